/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may be carried out by an ordinary service, and shows only over all that
 * a responder was sent: more bytes out than in, from zones or to places where
 * that matters, and names asked of a server that nobody calls a resolver. A
 * person has to look at these; the honest ones (backups, mail, a resolver
 * that stands in no ledger) are few.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "application.h"
#include "base/mem.h"
#include "draft.h"

#define UPLOAD_BYTES (UINT64_C(1) << 20) /* a day, of all initiators */
#define UPLOAD_TIMES 4			 /* as much as came back */
#define ASKERS_LEAST 3			 /* hosts that share a resolver */
/* A question of a people's server, with its headers and options, is below it
 * (RFC 1035 4.1, RFC 6891, RFC 7873); a tunnel fills its names. */
#define QUESTION_BYTES 130
#define PORT_DNS 53
#define PORT_DNS_TLS 853

/* Where whatever leaves is gone, or may be. */
static bool
leads_out(const struct draft_channel *c)
{
	switch (c->to_zone->tier) {
	case TIER_OUTSIDE:
	case TIER_SAAS:
	case TIER_PARTNER:
	case TIER_LGWAN_NETWORK:
	case TIER_SECURITY_CLOUD:
	case TIER_RELAY:
	case TIER_REMOTE_ACCESS:
		return true;
	default:
		return c->from_zone->tier == TIER_MYNUMBER;
	}
}

static bool
is_upload(const struct draft_channel *c)
{
	return leads_out(c) && c->bytes[0] / UPLOAD_TIMES > c->bytes[1];
}

static bool
is_dns(const struct draft_seen *s, const struct draft_channel *c)
{
	return c->port == PORT_DNS || c->port == PORT_DNS_TLS ||
	    draft_labels(s, c, "DNS");
}

bool
draft_asks_long(const struct draft_seen *s, const struct draft_channel *c)
{
	return c->protocol == 17 && is_dns(s, c) && c->packets > 0 &&
	    c->bytes[0] / c->packets >= QUESTION_BYTES;
}

/* ---- in order */

static int
by_responder(const void *left, const void *right)
{
	const struct draft_channel *a = *(struct draft_channel *const *)left;
	const struct draft_channel *b = *(struct draft_channel *const *)right;
	int order = (a->from_zone->index > b->from_zone->index) -
	    (a->from_zone->index < b->from_zone->index);

	if (order == 0)
		order = (a->to_zone->index > b->to_zone->index) -
		    (a->to_zone->index < b->to_zone->index);
	return order ? order : addr_compare(&a->to, &b->to);
}

static int
by_responder_then_initiator(const void *left, const void *right)
{
	const struct draft_channel *a = *(struct draft_channel *const *)left;
	const struct draft_channel *b = *(struct draft_channel *const *)right;
	const int order = by_responder(left, right);

	return order ? order : addr_compare(&a->from, &b->from);
}

/* ---- uploads */

static void
weigh_uploads(struct draft_channel **all, size_t n)
{
	uint64_t bytes = 0, days = 0, count = 0;

	for (size_t i = 0; i < n; i++)
		if (is_upload(all[i])) {
			bytes += all[i]->bytes[0];
			days |= all[i]->days;
		}
	for (; days != 0; days &= days - 1)
		count++;
	if (count == 0 || bytes / count < UPLOAD_BYTES)
		return;
	for (size_t i = 0; i < n; i++)
		all[i]->uploads = is_upload(all[i]);
}

/* ---- resolvers */

static bool
offers_dns(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct service *x = &s->items[i];

		for (size_t k = 0; k < x->port_count; k++)
			if (x->ports[k].first == x->ports[k].last &&
			    (x->ports[k].first == PORT_DNS ||
				x->ports[k].first == PORT_DNS_TLS))
				return true;
		for (size_t k = 0; k < x->application_count; k++)
			if (strcasecmp(x->applications[k], "DNS") == 0)
				return true;
	}
	return false;
}

static bool
calls_dns(const char *text)
{
	return text != NULL && strcasestr(text, "DNS") != NULL;
}

/* Whether people wrote down that it answers names: its services or kind, or a
 * conduit that is no proposal of an earlier draft. */
static bool
is_declared(const struct model *m, const struct zone *zone,
    const struct addr *a)
{
	const struct host *h = model_host(m, zone, a);

	if (h != NULL &&
	    ((h->services_given && offers_dns(&h->services)) ||
		calls_dns(h->kind) || calls_dns(h->system) ||
		calls_dns(h->name)))
		return true;
	for (size_t i = 0; i < m->conduit_count; i++) {
		const struct conduit *c = &m->conduits[i];

		if (!c->observed && c->to.zone == zone && !c->to.whole_zone &&
		    prefix_set_contains(&c->to.reach, a) &&
		    offers_dns(&c->services))
			return true;
	}
	return false;
}

/* One that answers several hosts of its zone: it asks for them. */
static bool
is_forwarder(const struct draft_seen *s, const struct zone *zone,
    const struct addr *a)
{
	for (size_t i = 0; i < s->resolver_count; i++)
		if (s->resolvers[i].zone == zone && s->resolvers[i].several &&
		    addr_equal(&s->resolvers[i].host, a))
			return true;
	return is_declared(s->m, zone, a);
}

static bool
same_family(const struct zone *a, const struct zone *b)
{
	return a->tier == b->tier || zone_is_above(a, b) || zone_is_above(b, a);
}

/* All channels into one responder from one zone, by initiator. */
static void
weigh_resolver(struct draft_seen *s, struct draft_channel **all, size_t n)
{
	const struct addr *last = NULL;
	bool forwarded = true;
	size_t askers = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_dns(s, all[i]) ||
		    (last != NULL && addr_equal(last, &all[i]->from)))
			continue;
		last = &all[i]->from;
		askers++;
		forwarded = forwarded &&
		    is_forwarder(s, all[i]->from_zone, last);
	}
	if (askers == 0 || forwarded ||
	    (askers >= ASKERS_LEAST &&
		same_family(all[0]->from_zone, all[0]->to_zone)) ||
	    is_declared(s->m, all[0]->to_zone, &all[0]->to))
		return;
	for (size_t i = 0; i < n; i++)
		all[i]->unresolved = is_dns(s, all[i]);
}

void
draft_weigh_outward(struct draft_seen *s)
{
	struct draft_channel **all = mem_calloc(s->channel_count + 1,
	    sizeof(struct draft_channel *));
	size_t n = 0, end;

	for (size_t i = 0; i < s->channel_count; i++)
		if (s->channels[i].never == NEVER_NOT)
			all[n++] = &s->channels[i];
	qsort(all, n, sizeof(*all), by_responder_then_initiator);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1;
		     end < n && by_responder(&all[i], &all[end]) == 0;)
			end++;
		weigh_uploads(all + i, end - i);
		weigh_resolver(s, all + i, end - i);
	}
	free(all);
}
