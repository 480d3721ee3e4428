/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-1 of addresses that no zone of the boundary has: from such an address,
 * in by one zone's interface, into another zone; and from a zone to such an
 * address, out by another's. The pairs of audit_open.c know zones by their
 * addresses alone, so that a rule for a network that nobody declared is in
 * none of them.
 *
 * A rule that names no address at all lets strangers through as well, but
 * that is for want of a check of sources (FWR-11). So asked are rules that
 * name such addresses, and those that let nothing else of the pair through:
 * what is meant by them is not what is declared. One finding a rule.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "audit_space.h"
#include "base/mem.h"

enum end { END_SOURCE, END_DESTINATION }; /* which is in no zone */

struct stray {
	struct pair_leak leak;
	enum way way;
	enum end end;
	enum severity severity;
	int family;
	const struct zone *from, *to;
	size_t pairs; /* that it concerns, with both ends */
};

struct strays {
	struct audit *a;
	struct pool *pool;
	const struct spans *nowhere[2]; /* by family, 4 and 6 */
	struct stray *items;		/* owned */
	size_t count, capacity;
};

/* ---- what is nowhere */

static packet_value
most_of(int family)
{
	return family == 4 ? (packet_value)UINT32_MAX : ~(packet_value)0;
}

static const struct spans *
without(struct pool *pool, const struct spans *s, const struct prefix_set *set,
    int family)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct span x = space_span(&set->items[i]);

		if (set->items[i].addr.family == family)
			s = spans_subtract(pool, s,
			    spans_one(pool, x.first, x.last), most_of(family));
	}
	return s;
}

/* A zone elsewhere whose conduits lead through this boundary is known here. */
static bool
passes_here(const struct audit *a, const struct zone *z)
{
	for (size_t i = 0; i < a->m->conduit_count; i++) {
		const struct conduit *k = &a->m->conduits[i];

		if (k->from.zone != z && k->to.zone != z)
			continue;
		for (size_t n = 0; n < k->via.boundary_count; n++)
			if (k->via.boundaries[n] == a->boundary)
				return true;
	}
	return false;
}

/* What hosts may have and route. */
static const struct spans *
usable(struct pool *pool, int family)
{
	static const char *const networks[] = { "1.0.0.0/8", "223.0.0.0/8",
		"2000::/3", "fc00::/7" };
	const struct spans *out = &spans_nothing;
	struct prefix first, second;

	prefix_parse(networks[family == 4 ? 0 : 2], &first);
	prefix_parse(networks[family == 4 ? 1 : 3], &second);
	if (family == 4)
		return spans_one(pool, space_span(&first).first,
		    space_span(&second).last);
	out = spans_one(pool, space_span(&first).first,
	    space_span(&first).last);
	return spans_union(pool, out,
	    spans_one(pool, space_span(&second).first,
		space_span(&second).last));
}

/* Neither of a zone, nor the firewall's, nor a translation's, nor of a
 * segment. */
static const struct spans *
nowhere_of(struct audit *a, struct pool *pool, int family)
{
	const struct box any = space_any(a, a->boundary->zones[0], family,
	    pool);
	const struct spans *s = spans_intersect(pool, any.dims[DIM_SADDR],
	    usable(pool, family));

	for (size_t i = 0; i < a->boundary->zone_count; i++)
		s = spans_subtract(pool, s,
		    space_addresses(a, a->boundary->zones[i], family),
		    most_of(family));
	s = spans_subtract(pool, s,
	    space_addresses(a, &a->m->firewall_zone, family), most_of(family));
	for (size_t i = 0; i < a->m->translation_count; i++)
		s = without(pool, s, &a->m->translations[i].to, family);
	for (size_t i = 0; i < a->m->zone_count; i++)
		if (passes_here(a, &a->m->zones[i]))
			s = without(pool, s, &a->m->zones[i].networks, family);
	return s;
}

/* ---- the packets of two zones with one end nowhere */

/* False where one has no interface to be told by. Zones without IPv6 are
 * asked by audit_ipv6.c. */
static bool
worth_asking(struct audit *a, const struct zone *zone, const struct zone *other,
    int family)
{
	return space_interfaces(a, zone) && space_interfaces(a, other) &&
	    space_addresses(a, other, family)->count > 0 &&
	    (family == 4 ||
		(!zone->ipv6_none &&
		    space_addresses(a, zone, family)->count > 0));
}

static bool
open_stray(struct strays *s, const struct pair_source *source,
    const struct zone *to, int family, enum end end, struct pair *p)
{
	const struct zone *from = source->from;
	const struct spans *nowhere = s->nowhere[family == 6];

	if (!nowhere->count ||
	    !worth_asking(s->a, end == END_SOURCE ? from : to,
		end == END_SOURCE ? to : from, family))
		return false;
	memset(p, 0, sizeof(*p));
	p->a = s->a;
	p->from = from;
	p->to = to;
	p->family = family;
	p->source = source;
	p->ways = &source->ways[family == 6];
	p->pool = pool_new();
	p->budget = audit_budget(s->a);
	p->box = space_any(s->a, from, family, p->pool);
	p->box.dims[DIM_OIF] = space_interfaces(s->a, to);
	p->box.dims[DIM_SADDR] = end == END_SOURCE ?
	    nowhere :
	    space_addresses(s->a, from, family);
	p->box.dims[DIM_DADDR] = end == END_DESTINATION ?
	    nowhere :
	    space_addresses(s->a, to, family);
	for (size_t w = 0; w < p->ways->count; w++)
		p->slices[w] = evaluate_slice(s->a->evaluator,
		    end == END_DESTINATION ? source->slices[family == 6][w] :
					     NULL,
		    p->ways->items[w], &p->box);
	return true;
}

/* ---- which rules */

/* All but some networks (!=) names none: such a set goes up to the end. */
static bool
names_networks(const struct spans *s, int family)
{
	return s && !spans_has(s, 0) && !spans_has(s, most_of(family));
}

static bool
names_nowhere(struct pair *p, const struct rule *rule, enum end end)
{
	const struct pool_mark mark = pool_mark(p->pool);
	struct box *boxes = pool_take(p->pool,
	    PAIR_CONDITIONS_MAX * sizeof(*boxes));
	bool names = false;
	size_t count;

	(void)evaluate_condition(p->a->evaluator, rule, p->pool, boxes,
	    PAIR_CONDITIONS_MAX, &count);
	for (size_t i = 0; i < count && !names; i++) {
		const struct spans *s =
		    boxes[i].dims[end == END_SOURCE ? DIM_SADDR : DIM_DADDR];

		boxes[i].dims[DIM_CT_STATE] = NULL;
		boxes[i].dims[DIM_CT_DIRECTION] = NULL;
		names = names_networks(s, p->family) &&
		    !box_disjoint(&boxes[i], &p->box);
	}
	pool_release(p->pool, mark);
	return names;
}

/* Whether it lets packets through that go between two zones. */
static bool
serves_zones(const struct pair_source *source, const struct zone *to,
    const struct pair_opener *opener)
{
	bool serves = false;

	for (int family = 4; family <= 6 && !serves; family += 2) {
		struct pair p;
		struct pair_leak leak;

		if (!pair_open(&p, source, to, family))
			continue;
		p.declared_count = 0;
		for (size_t w = 0; w < p.ways->count && !serves; w++) {
			const enum walk_result r = pair_leak_of(&p, w,
			    pair_base(&p, w), opener->rule, &leak);

			serves = r == WALK_UNDECIDED ||
			    (r == WALK_STOPPED &&
				leak.opener.rule == opener->rule);
		}
		pair_close(&p);
	}
	return serves;
}

static bool
share_interface(struct audit *a, const struct zone *x, const struct zone *y)
{
	return x == y ||
	    (space_interfaces(a, x) && space_interfaces(a, y) &&
		!spans_disjoint(space_interfaces(a, x),
		    space_interfaces(a, y)));
}

/* The same of all zones that stand behind the interfaces of the two. */
static bool
serves_pair(const struct pair *of, const struct pair_opener *opener)
{
	const struct boundary *b = of->a->boundary;
	bool serves = false;

	for (size_t i = 0; i < b->zone_count && !serves; i++) {
		struct pair_source source;

		if (!share_interface(of->a, b->zones[i], of->from))
			continue;
		pair_source_open(&source, of->a, b->zones[i]);
		for (size_t j = 0; j < b->zone_count && !serves; j++)
			serves = share_interface(of->a, b->zones[j], of->to) &&
			    space_judged(of->a, b->zones[i], b->zones[j]) &&
			    serves_zones(&source, b->zones[j], opener);
		pair_source_close(&source);
	}
	return serves;
}

static bool
same_opener(const struct audit_rule *r, const struct pair_opener *o)
{
	return r->rule == o->rule && (o->rule || r->chain == o->chain);
}

static bool
told_already(const struct audit *a, const struct pair *p,
    const struct pair_opener *opener)
{
	for (size_t i = 0; i < a->finding_count; i++) {
		const struct audit_finding *f = &a->findings[i];

		if (f->check != CHECK_FWR_1 || f->from != p->from ||
		    f->to != p->to)
			continue;
		for (size_t k = 0; k < f->rule_count; k++)
			if (same_opener(&f->rules[k], opener))
				return true;
	}
	return false;
}

/* ---- gathering */

static struct stray *
stray_of(struct strays *s, const struct pair_opener *opener)
{
	struct stray *x;

	for (size_t i = 0; i < s->count; i++) {
		const struct pair_opener *known = &s->items[i].leak.opener;

		if (known->rule == opener->rule &&
		    (known->rule || known->chain == opener->chain))
			return &s->items[i];
	}
	s->items = mem_grow(s->items, &s->capacity, s->count,
	    sizeof(*s->items));
	x = &s->items[s->count++];
	memset(x, 0, sizeof(*x));
	return x;
}

/* The gravest pair is shown, and of those one that is certain. */
static void
note_stray(struct strays *s, const struct pair *p, enum end end,
    const struct pair_leak *leak, struct audit_cell *cell)
{
	const struct zone *zone = end == END_SOURCE ? p->to : p->from;
	const enum severity severity = zone->tier == TIER_MYNUMBER ?
	    SEVERITY_CRITICAL :
	    SEVERITY_HIGH;
	struct stray *x = stray_of(s, &leak->opener);

	cell->permits = true;
	cell->undeclared[leak->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE]++;
	x->pairs++;
	if (x->from &&
	    (severity < x->severity ||
		(severity == x->severity &&
		    (x->leak.certain || !leak->certain))))
		return;
	x->leak = *leak;
	x->way = p->ways->items[leak->way];
	x->end = end;
	x->severity = severity;
	x->family = p->family;
	x->from = p->from;
	x->to = p->to;
}

static void
ask_rule(struct strays *s, struct pair *p, size_t way, enum end end,
    const struct rule *rule, struct audit_cell *cell)
{
	const bool named = rule && names_nowhere(p, rule, end);
	struct pair_leak leak;
	enum walk_result r;

	r = pair_leak_of(p, way, pair_base(p, way), rule, &leak);
	if (r == WALK_UNDECIDED && named) {
		cell->undecided = true;
		audit_add_undecided(s->a, CHECK_FWR_1, p->from, p->to, rule,
		    W_NOWHERE_UNDECIDED, 2, p->from->id, p->to->id);
	}
	/* What an accepting rule before it takes is asked of that one. */
	if (r != WALK_STOPPED || leak.opener.rule != rule ||
	    told_already(s->a, p, &leak.opener) ||
	    (!named && serves_pair(p, &leak.opener)))
		return;
	note_stray(s, p, end, &leak, cell);
}

static void
ask(struct strays *s, struct pair *p, enum end end)
{
	struct audit_cell *cell =
	    &s->a->cells[(size_t)p->from->index * s->a->zone_count +
		p->to->index];

	for (size_t w = 0; w < p->ways->count; w++) {
		const struct chain *base = pair_base(p, w);
		const struct rule **rules = NULL;
		size_t count = 0;

		if (base)
			rules = pair_candidates(p, w, base, &count);
		for (size_t i = 0; i < count; i++)
			ask_rule(s, p, w, end, rules[i], cell);
		free(rules);
		if (!base || !base->policy_drop)
			ask_rule(s, p, w, end, NULL, cell);
	}
}

/* ---- telling */

static void
name_of(packet_value interface, struct text *out)
{
	char name[17];

	text_add(out, interface ? packet_value_name(interface, name) : "-");
}

static void
say_stray(struct audit *a, struct audit_finding *f, const struct stray *x)
{
	const bool source = x->end == END_SOURCE;
	const struct point *at = &x->leak.at;
	const struct addr address =
	    packet_value_addr(at->at[source ? DIM_SADDR : DIM_DADDR],
		x->family);
	struct text by = { 0 }, interface = { 0 }, more = { 0 };
	char buf[ADDR_TEXT_MAX], number[24];

	name_of(at->at[source ? DIM_IIF : DIM_OIF], &interface);
	pair_opener_words(a, &x->leak.opener, &by);
	if (!x->leak.certain)
		words_add(&more, a->lang, W_AUDIT_OPEN_POSSIBLY, 0);
	if (x->pairs > 1) {
		snprintf(number, sizeof(number), "%zu", x->pairs - 1);
		words_add(&more, a->lang, W_NOWHERE_MORE, 1, number);
	}
	audit_say(a, f, source ? W_NOWHERE_FROM : W_NOWHERE_TO, 5,
	    addr_format(&address, buf), text_str(&interface),
	    source ? x->to->id : x->from->id, text_str(&by), text_str(&more));
	audit_suggest_note(a, f, W_NOWHERE_SUGGEST, 0);
	text_free(&by);
	text_free(&interface);
	text_free(&more);
}

/* The zone that stands behind an interface by itself, or NULL. */
static const struct zone *
only_zone(const struct audit *a, const struct zone *z, packet_value interface)
{
	for (size_t i = 0; i < a->firewall->interface_count; i++)
		if (packet_value_of_name(a->firewall->interfaces[i].name) ==
			interface &&
		    a->firewall->interfaces[i].zone_count > 1)
			return NULL;
	return z;
}

static void
tell(struct audit *a, const struct stray *x)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_1);

	if (!f)
		return;
	f->severity = x->severity;
	f->from = x->from;
	f->to = x->to;
	if (x->end == END_SOURCE)
		f->from = only_zone(a, x->from, x->leak.at.at[DIM_IIF]);
	else
		f->to = only_zone(a, x->to, x->leak.at.at[DIM_OIF]);
	if (!f->from || !f->to) {
		const packet_value v =
		    x->leak.at.at[f->from ? DIM_OIF : DIM_IIF];

		f->stranger = (struct span){ v, v };
	}
	f->family = x->family;
	f->cell = space_cell(a, x->from, x->to);
	f->certainty = x->leak.certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->has_witness = true;
	f->way = x->way;
	f->witness = x->leak.at;
	f->translated = x->leak.leaf.translated;
	audit_decided_by(f, &x->leak.leaf);
	say_stray(a, f, x);
}

/* ---- all pairs */

static void
ask_from(struct strays *s, const struct zone *from)
{
	const struct boundary *b = s->a->boundary;
	struct pair_source source;

	pair_source_open(&source, s->a, from);
	for (size_t j = 0; j < b->zone_count; j++) {
		if (!space_judged(s->a, from, b->zones[j]))
			continue;
		for (int family = 4; family <= 6; family += 2)
			for (int end = END_SOURCE; end <= END_DESTINATION;
			     end++) {
				struct pair p;

				if (!open_stray(s, &source, b->zones[j], family,
					(enum end)end, &p))
					continue;
				ask(s, &p, (enum end)end);
				pair_close(&p);
			}
	}
	pair_source_close(&source);
}

void
audit_nowhere(struct audit *a)
{
	const struct boundary *b = a->boundary;
	struct strays s = { .a = a, .pool = pool_new() };

	for (int f = 0; f < 2 && b->zone_count; f++)
		s.nowhere[f] = nowhere_of(a, s.pool, f ? 6 : 4);
	for (size_t i = 0; i < b->zone_count; i++)
		ask_from(&s, b->zones[i]);
	for (size_t i = 0; i < s.count; i++)
		tell(a, &s.items[i]);
	free(s.items);
	pool_free(s.pool);
}
