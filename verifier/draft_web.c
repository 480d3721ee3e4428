/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the judge asks for beside the row of a conversation's own ends: behind
 * a declared proxy the crossing to what was asked for (topology/
 * judge_target.c), whose names have no address here, so that only a conduit
 * to the whole of a zone outside takes them; the names of a list that media
 * without a name goes to; and what is no doubt at all because the model
 * declares it, or because it is what such a zone is for.
 */
#include <string.h>

#include "application.h"
#include "base/mem.h"
#include "draft.h"
#include "locate.h"

#define HTTP_PORT 80
#define HTTPS_PORT 443

/* ---- behind a proxy */

/* Where names lead to: a name is no address, so any zone outside will do that
 * the guideline lets these clients reach. NULL: none. */
static const struct zone *
zone_of_names(const struct model *m, const struct zone *from)
{
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];
		const struct cell *cell = draft_cell(m, from, z);

		if (z->tier == TIER_OUTSIDE && z != from &&
		    (cell == NULL || cell->kind == CELL_PERMIT ||
			cell->kind == CELL_SPECIAL))
			return z;
	}
	return NULL;
}

unsigned
draft_web_asked(const struct model *m, const struct boundary *b,
    const struct draft_channel *c, const char *application, const char *name)
{
	struct place far;
	struct addr a;

	if (c->protocol != 6 || !model_is_proxy(m, &c->to, c->port) ||
	    name[0] == '\0')
		return 0;
	if (addr_parse(name, &a)) {
		far = locate_address(m, b, &a);
		if (far.kind != PLACE_ZONE || far.zone->tier != TIER_OUTSIDE)
			return 0;
	}
	if (strcmp(application, "HTTP_Connect") == 0)
		return DRAFT_ASKED_TLS;
	return strcmp(application, "HTTP_Proxy") == 0 ? DRAFT_ASKED_HTTP : 0;
}

bool
draft_web_inner(struct draft_seen *s, const struct draft_channel *c,
    struct draft_channel *out)
{
	const struct zone *far;

	if (c->asked == 0 || c->from_zone == NULL)
		return false;
	far = zone_of_names(s->m, c->from_zone);
	if (far == NULL)
		return false;
	*out = *c;
	out->to_zone = far;
	memset(&out->to, 0, sizeof(out->to));
	out->port = HTTPS_PORT; /* draft_web_services says what else */
	out->application = draft_word(s, "TLS");
	out->label = out->application;
	out->master = 0;
	out->name_count = 0;
	out->names_full = false;
	out->hop = out->reversed = out->unanswered = out->dynamic = false;
	out->list = NULL;
	return true;
}

void
draft_web_services(struct draft_seen *s, unsigned asked, struct draft_row *r)
{
	const struct draft_service all[] = {
		{ 6, HTTP_PORT, HTTP_PORT, draft_word(s, "HTTP") },
		{ 6, HTTPS_PORT, HTTPS_PORT, draft_word(s, "TLS") },
	};

	r->asked = asked;
	r->services = mem_reallocarray(r->services, 2, sizeof(*r->services));
	r->service_count = 0;
	if (asked & DRAFT_ASKED_HTTP)
		r->services[r->service_count++] = all[0];
	if (asked & DRAFT_ASKED_TLS)
		r->services[r->service_count++] = all[1];
}

/* ---- lists */

/* Whether a channel to a list carries what has no name to be seen. */
static bool
lacks_names(const struct draft_channel *c)
{
	return c->never == NEVER_NOT && c->list != NULL && c->name_count == 0;
}

/* The names that were asked for of a list, else those it has. */
static void
names_of(struct draft_seen *s, const struct address_list *list,
    struct draft_channel *out)
{
	uint16_t word;

	out->name_count = 0;
	for (size_t i = 0; i < s->channel_count; i++) {
		const struct draft_channel *c = &s->channels[i];

		if (c->never != NEVER_NOT || c->list != list)
			continue;
		for (size_t k = 0; k < c->name_count; k++) {
			bool known = out->name_count == DRAFT_NAMES_MAX;

			for (size_t j = 0; j < out->name_count; j++)
				known |= out->names[j] == c->names[k];
			if (!known)
				out->names[out->name_count++] = c->names[k];
		}
	}
	for (size_t i = 0; out->name_count < DRAFT_NAMES_MAX &&
	     i < list->name_count && (i > 0 || out->name_count == 0);
	     i++) {
		word = draft_word(s, list->names[i]);
		if (word != 0)
			out->names[out->name_count++] = word;
	}
}

void
draft_web_list_names(struct draft_seen *s)
{
	for (size_t i = 0; i < s->m->list_count; i++) {
		const struct address_list *list = &s->m->lists[i];
		struct draft_channel names = { 0 };
		bool any = false;

		/* All names are gathered before any channel gets them. */
		for (size_t k = 0; k < s->channel_count; k++) {
			struct draft_channel *c = &s->channels[k];

			if (c->list != list || !lacks_names(c))
				continue;
			if (!any)
				names_of(s, list, &names);
			any = true;
			c->nameless = true;
		}
		for (size_t k = 0; any && k < s->channel_count; k++) {
			struct draft_channel *c = &s->channels[k];

			if (c->list != list || !lacks_names(c))
				continue;
			memcpy(c->names, names.names, sizeof(c->names));
			c->name_count = names.name_count;
		}
	}
}

/* ---- what is declared, or expected */

/* The protocol that a kind of tunnel stands on; 17 for what has ports. */
static bool
is_kind(const char *kind, const struct draft_channel *c)
{
	static const struct {
		const char *kind;
		uint8_t protocol;
	} rows[] = { { "gre", 47 }, { "erspan", 47 }, { "esp", 50 },
		{ "ipip", 4 }, { "6in4", 41 }, { "mpls", 137 },
		{ "l2tp", 115 } };

	/* Keys are agreed on beside ESP, which may stand in UDP too. */
	if (strcmp(kind, "esp") == 0 && c->protocol == 17)
		return c->port == 500 || c->port == 4500;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(kind, rows[i].kind) == 0 &&
		    c->protocol == rows[i].protocol)
			return true;
	return c->protocol == 17 &&
	    (strcmp(kind, "vxlan") == 0		? c->port == 4789 :
		    strcmp(kind, "geneve") == 0 ? c->port == 6081 :
		    strcmp(kind, "l2tp") == 0	? c->port == 1701 :
		    strcmp(kind, "gtp") == 0	? c->port == 2152 :
						  false);
}

bool
draft_web_is_declared_tunnel(const struct model *m,
    const struct draft_channel *c)
{
	for (size_t i = 0; i < m->tunnel_count; i++) {
		const struct tunnel_declared *t = &m->tunnels[i];

		/* An end that is left open declares nobody. */
		if (!is_kind(t->protocol, c) || t->ends[0].count == 0 ||
		    t->ends[1].count == 0)
			continue;
		if ((prefix_set_contains(&t->ends[0], &c->from) &&
			prefix_set_contains(&t->ends[1], &c->to)) ||
		    (prefix_set_contains(&t->ends[1], &c->from) &&
			prefix_set_contains(&t->ends[0], &c->to)))
			return true;
	}
	return false;
}

bool
draft_web_is_daily_report(const struct draft_seen *s,
    const struct draft_channel *c)
{
	const int64_t span = s->last_us - s->first_us;

	if (!c->unanswered || c->protocol != 17 ||
	    c->to_zone->tier == TIER_OUTSIDE || c->to_zone->tier == TIER_SAAS ||
	    c->to_zone->tier == TIER_PARTNER)
		return false;
	if (!draft_labels(s, c, "Syslog") && !draft_labels(s, c, "SNMP"))
		return false;
	/* What is sent all day may be one conversation that never ends. */
	return draft_is_regular(s, c) ||
	    (span > 0 && c->last_us - c->first_us >= span / 2);
}

bool
draft_web_is_browsing(const struct draft_seen *s, const struct draft_row *r)
{
	static const struct {
		uint8_t protocol;
		uint16_t port;
		const char *label;
	} web[] = {
		{ 6, 80, "HTTP" },
		{ 6, 443, "TLS" },
		{ 17, 443, "QUIC" },
		{ 6, 53, "DNS" },
		{ 17, 53, "DNS" },
	};

	if (r->from_zone->tier != TIER_GUEST &&
	    r->from_zone->tier != TIER_INTERNET)
		return false;
	for (size_t i = 0; i < r->service_count; i++) {
		const struct draft_service *x = &r->services[i];
		bool known = false;

		for (size_t k = 0; k < sizeof(web) / sizeof(web[0]); k++)
			known |= x->protocol == web[k].protocol &&
			    x->first == web[k].port && x->last == web[k].port &&
			    strcmp(s->words[x->application], web[k].label) == 0;
		if (!known)
			return false;
	}
	return r->service_count > 0;
}
