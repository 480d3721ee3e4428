/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks on what crosses rather than on where: systems that should be silent,
 * data that leaves without an answer, sanitised paths, declared relays and
 * proxies, forbidden applications, name servers.
 */
#include <stdio.h>
#include <string.h>

#include "application.h"
#include "judge_internal.h"

static unsigned
traits(const struct conversation *c)
{
	if (c->application_state != APPLICATION_KNOWN)
		return 0;
	return application_traits(c->application) |
	    application_traits(c->master);
}

static struct clause
clause_at(enum clause_kind kind, const char *id, struct diag_place place)
{
	return (struct clause){ .kind = kind, .id = id, .place = place };
}

static bool
answered_by_responder(const struct look *l)
{
	return l->c->outcome >= OUTCOME_ANSWERED ||
	    l->refused_by == REFUSER_HOST;
}

void
service_offline(struct look *l)
{
	for (int end = 0; end < 2; end++) {
		const struct place *p = end ? &l->to : &l->from;
		const struct host *h;

		if (p->kind != PLACE_ZONE || p->hidden ||
		    (end && !answered_by_responder(l)))
			continue;
		h = model_host(l->m, p->zone, &p->address);
		if (h && h->offline) {
			look_fault(l, CHECK_SEG_14, ELEMENT_ENDPOINTS,
			    clause_at(CLAUSE_MODEL, h->name, h->place));
			return;
		}
	}
}

/* The crossing itself is not permitted, whatever else may be wrong. */
static bool
not_permitted(const struct look *l)
{
	for (size_t i = 0; i < l->fault_count; i++)
		switch (l->faults[i].check) {
		case CHECK_SEG_1:
		case CHECK_SEG_2:
		case CHECK_SEG_3:
		case CHECK_SEG_5:
		case CHECK_SEG_16:
			return true;
		default:
			break;
		}
	return false;
}

void
service_one_way_data(struct look *l)
{
	const struct conversation *c = l->c;

	if (!c->datagram || c->outcome >= OUTCOME_ANSWERED ||
	    !c->payload[l->flipped] || l->passed != PASSED_YES ||
	    !not_permitted(l))
		return;
	look_fault_at(l, CHECK_SEG_15,
	    l->from.zone->tier == TIER_MYNUMBER ? SEVERITY_CRITICAL :
						  SEVERITY_HIGH,
	    ELEMENT_TIER, clause_of_cell(l));
}

static bool
any_holds(const struct endpoint *ends, size_t count, const struct place *p)
{
	for (size_t i = 0; i < count; i++)
		if (endpoint_matches(&ends[i], p))
			return true;
	return false;
}

static bool
is_clean_side(const struct model *m, const struct place *p)
{
	for (size_t i = 0; i < m->sanitiser_count; i++)
		if (any_holds(m->sanitisers[i].clean,
			m->sanitisers[i].clean_count, p))
			return true;
	return false;
}

/* SAN-1 in its path form: a file protocol answered in the LGWAN tier for a
 * peer of an unsanitised tier that is no sanitiser's clean side. */
void
service_sanitised(struct look *l)
{
	const enum tier t = l->from.zone->tier;

	if (l->to.zone->tier != TIER_LGWAN ||
	    (t != TIER_INTERNET && t != TIER_OUTSIDE && t != TIER_SAAS) ||
	    l->c->outcome < OUTCOME_ANSWERED || is_clean_side(l->m, &l->from))
		return;
	/* What it carries is the question here; not to know is not fine. */
	if (l->c->application_state == APPLICATION_PENDING ||
	    l->c->application_state == APPLICATION_UNKNOWN) {
		l->unobserved |= ELEMENT_APPLICATION;
		look_unjudged(l, REASON_APPLICATION);
	}
	if (!(traits(l->c) & (APPLICATION_FILE | APPLICATION_MAIL)))
		return;
	look_fault(l, CHECK_SAN_1, ELEMENT_TRANSFER, clause_of_cell(l));
}

/* The proxy declared for a zone, or NULL; *used is set when p is a proxy. */
static const struct proxy *
proxy_for(const struct model *m, const struct place *p, bool *used)
{
	const struct proxy *found = NULL;

	*used = false;
	for (size_t i = 0; i < m->proxy_count; i++) {
		const struct proxy *x = &m->proxies[i];

		*used |= prefix_set_contains(&x->hosts, &p->address);
		for (size_t j = 0; j < x->client_count; j++)
			if (x->clients[j] == p->zone)
				found = x;
	}
	return found;
}

/* The mail relay declared: a mail sanitiser. *used as above. */
static const struct sanitiser *
mail_relay(const struct model *m, const struct place *p, bool *used)
{
	const struct sanitiser *found = NULL;

	*used = false;
	for (size_t i = 0; i < m->sanitiser_count; i++) {
		const struct sanitiser *s = &m->sanitisers[i];

		*used |= any_holds(s->clean, s->clean_count, p) ||
		    any_holds(s->dirty, s->dirty_count, p);
		if (s->method == SANITISER_MAIL_TEXT)
			found = s;
	}
	for (size_t i = 0; i < m->relay_count; i++)
		*used |= prefix_set_contains(&m->relays[i].hosts, &p->address);
	return found;
}

/* SAN-9: web or mail to or from outside that goes round the declared way. */
void
service_bypass(struct look *l)
{
	const bool out = l->to.zone->tier == TIER_OUTSIDE;
	const struct place *inner = out ? &l->from : &l->to;
	const unsigned t = traits(l->c);
	bool used;

	if ((!out && l->from.zone->tier != TIER_OUTSIDE) ||
	    l->c->outcome < OUTCOME_ANSWERED)
		return;
	if (t & APPLICATION_MAIL) {
		const struct sanitiser *s = mail_relay(l->m, inner, &used);

		if (s && !used)
			look_fault(l, CHECK_SAN_9, ELEMENT_PATH,
			    clause_at(CLAUSE_MODEL, s->id, s->place));
	} else if (t & APPLICATION_WEB && out) {
		const struct proxy *x = proxy_for(l->m, inner, &used);

		if (x && !used)
			look_fault(l, CHECK_SAN_9, ELEMENT_PATH,
			    clause_at(CLAUSE_MODEL, x->id, x->place));
	}
}

/* The covering conduit names the application itself, for this service. */
static bool
conduit_names(const struct look *l)
{
	const struct conduit *k = l->conduit;

	for (size_t i = 0; k && i < k->services.count; i++) {
		struct service *s = &k->services.items[i];
		const struct services one = { .items = s, .count = 1 };

		if (!service_matches(&one, l->c->protocol, l->port))
			continue;
		for (size_t j = 0; j < s->application_count; j++)
			if (application_matches(s->applications[j],
				l->c->application))
				return true;
	}
	return false;
}

void
service_forbidden(struct look *l)
{
	if (!(traits(l->c) & APPLICATION_FORBIDDEN) || conduit_names(l))
		return;
	look_fault(l, CHECK_SVC_1, ELEMENT_APPLICATION, clause_of_cell(l));
}

/* SVC-4: a name server that no conduit names as one. */
void
service_dns(struct look *l)
{
	const struct conduit *k = l->conduit;

	if (!(traits(l->c) & APPLICATION_DNS) ||
	    (!l->c->payload[0] && !l->c->payload[1]) || conduit_names(l))
		return;
	for (size_t i = 0; k && !l->fault_count && i < k->services.count; i++) {
		const struct service *s = &k->services.items[i];

		for (size_t j = 0; j < s->port_count; j++)
			if (s->ports[j].first == s->ports[j].last &&
			    (s->ports[j].first == 53 ||
				s->ports[j].first == 853))
				return;
	}
	look_fault(l, CHECK_SVC_4, ELEMENT_SERVICE, clause_of_cell(l));
}
