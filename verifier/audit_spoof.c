/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-11: a packet with the address of an inner zone that comes in by another
 * zone's interface, and is let through. A reverse path check in the ruleset
 * (fib saddr ... oif missing, drop) protects; one in the kernel's settings
 * (rp_filter) is not in a ruleset and is only pointed to.
 */
#include <string.h>

#include "audit_look.h"
#include "audit_stranger.h"

#define CONDITIONS_MAX 64

/* ---- reverse path checks in the ruleset */

/* "fib saddr . iif oif missing" or "fib saddr oif eq 0", as either reader
 * writes it: no route back through which it could have come. */
static bool
is_path_check(const struct statement *s)
{
	const char *text = s->text != NULL ? s->text : "";

	return s->kind == STATEMENT_UNKNOWN && strstr(text, "fib") != NULL &&
	    strstr(text, "saddr") != NULL && strstr(text, "oif") != NULL &&
	    strstr(text, "exists") == NULL && strstr(text, "!=") == NULL;
}

/* A rule that drops by such a check, and by nothing else unknown. */
bool
audit_checks_path(const struct rule *r)
{
	bool found = false;

	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (is_path_check(s))
			found = true;
		else if (s->kind == STATEMENT_UNKNOWN || s->lookup.changing)
			return false;
		else if (s->kind == STATEMENT_VERDICT)
			return found &&
			    (s->decision.action == ACTION_DROP ||
				s->decision.action == ACTION_REJECT);
	}
	return false;
}

/* Whether packets leave the chain there without passing what follows. */
static bool
lets_by(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (s->kind == STATEMENT_VMAP ||
		    (s->kind == STATEMENT_UNKNOWN && s->may_decide))
			return true;
		if (s->kind == STATEMENT_VERDICT &&
		    s->decision.action != ACTION_DROP &&
		    s->decision.action != ACTION_REJECT &&
		    s->decision.action != ACTION_CONTINUE)
			return true;
	}
	return false;
}

/* Each rule's condition; more than there is room for comes as wider boxes. */
static size_t
condition(const struct audit *a, const struct rule *r, struct pool *p,
    struct box out[CONDITIONS_MAX])
{
	size_t n = 0;

	(void)evaluate_condition(a->evaluator, r, p, out, CONDITIONS_MAX, &n);
	return n;
}

/* As far as it concerns new connections. */
static size_t
condition_of_new(const struct audit *a, const struct rule *r, struct pool *p,
    struct box out[CONDITIONS_MAX])
{
	const size_t n = condition(a, r, p, out);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct spans *state = out[i].dims[DIM_CT_STATE];

		if (state != NULL && !spans_has(state, CT_NEW))
			continue;
		out[kept] = out[i];
		out[kept++].dims[DIM_CT_STATE] = NULL;
	}
	return kept;
}

/* Takes away what the checks of a base chain would drop: what its check sees,
 * less what leaves the chain before it. */
static void
take_checked(const struct audit *a, const struct chain *c, struct pool *p,
    struct look_boxes *boxes)
{
	struct box found[CONDITIONS_MAX];

	for (size_t i = 0; i < c->rule_count; i++) {
		struct look_boxes seen = { 0 };
		size_t n;

		if (!audit_checks_path(&c->rules[i]))
			continue;
		n = condition_of_new(a, &c->rules[i], p, found);
		for (size_t k = 0; k < n; k++)
			look_add(&seen, &found[k]);
		for (size_t j = 0; j < i; j++) {
			const struct rule *before = &c->rules[j];

			if (!lets_by(before))
				continue;
			n = condition_of_new(a, before, p, found);
			for (size_t k = 0; k < n; k++)
				look_subtract(p, &seen, &found[k]);
		}
		for (size_t k = 0; k < seen.count; k++)
			look_subtract(p, boxes, &seen.items[k]);
		look_boxes_fini(&seen);
	}
}

/* ---- one zone */

struct spoofing {
	struct audit *a;
	struct point x;
	bool found;
};

static bool
first_spoofed(void *context, const struct look *l)
{
	struct spoofing *s = context;

	s->x = l->x;
	s->found = true;
	return false;
}

/* Interfaces of others, by which no packet of the zone comes; NULL: none. */
static const struct spans *
foreign_interfaces(struct audit *a, const struct zone *zone, struct pool *p)
{
	const struct spans *own = space_interfaces(a, zone);
	const struct spans *all = &spans_nothing;
	struct strangers strangers = { 0 };

	if (own == NULL)
		return NULL;
	for (size_t i = 0; i < a->firewall->interface_count; i++) {
		const packet_value v = packet_value_of_name(
		    a->firewall->interfaces[i].name);

		all = spans_union(p, all, spans_one(p, v, v));
	}
	strangers_find(a, a->ruleset, &strangers);
	all = spans_union(p, all,
	    spans_make(p, strangers.items, strangers.count));
	strangers_fini(&strangers);
	all = spans_subtract(p, all, own, dimension_most(DIM_IIF));
	return all->count > 0 ? all : NULL;
}

/* FortiOS checks the reverse path unless it is told not to (asymroute, or
 * src-check of an interface); its table of policies says nothing of that. */
static bool
is_fortigate(const struct audit *a)
{
	const char *system = a->ruleset->system;

	return system != NULL && strcasestr(system, "fortigate") != NULL;
}

/* The widest stretch of addresses without its ends, which no host has. */
static const struct spans *
of_hosts(const struct spans *s, struct pool *p)
{
	struct span best = { 0, 0 };

	for (size_t i = 0; i < s->count; i++)
		if (i == 0 ||
		    s->items[i].last - s->items[i].first >
			best.last - best.first)
			best = s->items[i];
	if (best.last - best.first < 2)
		return s;
	return spans_one(p, best.first + 1, best.last - 1);
}

/* For an example a packet that a router forwards: from a host of the zone to
 * one of another zone, out by that zone's interface and not in by it. */
static void
show_forwarded(struct spoofing *s, const struct zone *zone, int family,
    const struct look_boxes *boxes, struct pool *p)
{
	struct audit *a = s->a;
	const enum way way = look_way(a, family);
	const struct spans *sources = space_addresses(a, zone, family);

	s->found = false;
	for (size_t k = 0; k < a->boundary->zone_count && !s->found; k++) {
		const struct zone *to = a->boundary->zones[k];
		const struct spans *oif = space_interfaces(a, to);
		const struct spans *hosts = space_addresses(a, to, family);
		struct box narrow = { { NULL } }, box;

		if (to == zone || !hosts->count)
			continue;
		narrow.dims[DIM_SADDR] = of_hosts(sources, p);
		narrow.dims[DIM_DADDR] = of_hosts(hosts, p);
		narrow.dims[DIM_OIF] = oif;
		if (oif)
			narrow.dims[DIM_IIF] = spans_subtract(p, NULL, oif,
			    dimension_most(DIM_IIF));
		for (size_t i = 0; i < boxes->count && !s->found; i++)
			if (box_intersect(p, &boxes->items[i], &narrow, &box))
				(void)look_accepting(a, way, family, &box,
				    first_spoofed, s);
	}
	/* Else what was found stands, wherever it leads. */
	s->found = true;
}

static bool
audit_zone(struct audit *a, const struct zone *zone, int family,
    const struct spans *foreign, struct pool *p)
{
	struct box everything = look_everything(p, family);
	const struct chain *chains[LOOK_CHAINS_MAX];
	struct spoofing s = { .a = a };
	const enum way way = look_way(a, family);
	struct look_boxes boxes = { 0 };
	struct audit_finding *f;
	char arriving[17];
	bool open = false;
	size_t n;

	everything.dims[DIM_IIF] = foreign;
	everything.dims[DIM_SADDR] = space_addresses(a, zone, family);
	look_add(&boxes, &everything);
	n = evaluate_chains(a->evaluator, way, family, chains, LOOK_CHAINS_MAX);
	for (size_t i = 0; i < n; i++)
		if (chains[i]->type == CHAIN_FILTER)
			take_checked(a, chains[i], p, &boxes);
	for (size_t i = 0; !s.found && i < boxes.count; i++)
		open |= look_accepting(a, way, family, &boxes.items[i],
			    first_spoofed, &s) == WALK_UNDECIDED;
	if (s.found)
		show_forwarded(&s, zone, family, &boxes, p);
	look_boxes_fini(&boxes);
	if (!s.found && open)
		audit_add_undecided(a, CHECK_FWR_11, zone, NULL, NULL,
		    W_SPOOF_UNDECIDED, 1, zone->name);
	if (!s.found)
		return false;
	f = look_finding(a, CHECK_FWR_11, way, &s.x);
	if (f == NULL)
		return false;
	f->from = zone;
	f->family = family;
	if (is_fortigate(a))
		f->certainty = AUDIT_POSSIBLE;
	audit_say(a, f, is_fortigate(a) ? W_SPOOF_NOT_EXPORTED : W_SPOOF_OPEN,
	    2, zone->name, packet_value_name(s.x.at[DIM_IIF], arriving));
	return true;
}

/* What lies beyond a line of somebody else's claims no address for itself. */
static bool
is_inner(const struct zone *z)
{
	return z->tier != TIER_OUTSIDE && z->tier != TIER_SAAS;
}

void
audit_spoof(struct audit *a)
{
	struct pool *p = pool_new();
	bool found = false;

	for (size_t i = 0; a->firewall && i < a->boundary->zone_count; i++) {
		const struct zone *zone = a->boundary->zones[i];
		const struct spans *foreign;

		if (!is_inner(zone))
			continue;
		foreign = foreign_interfaces(a, zone, p);
		for (int family = 4; foreign && family <= 6; family += 2)
			if (space_addresses(a, zone, family)->count > 0 &&
			    audit_zone(a, zone, family, foreign, p)) {
				found = true;
				break;
			}
	}
	if (found && !a->ruleset->zones)
		audit_add_note(a, W_SPOOF_RP_FILTER, 0);
	pool_free(p);
}
