/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-5 of zones that declare no IPv6 (or say "ipv6": "none"): whether any
 * IPv6 that comes in by their interfaces, or goes out by them, is let through.
 * A rogue router advertisement gives every host an address, and a ruleset that
 * thinks of IPv4 alone lets it go. One finding a rule that does so, since it
 * does for all such zones alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "audit_space.h"
#include "base/mem.h"

#define PAIRS_SHOWN_MAX 4

struct opened {
	struct pair_leak leak;
	enum way way;
	const struct zone *from, *to;		/* of the first pair */
	const struct zone *last_from, *last_to; /* told last */
	struct text pairs;
	size_t pair_count;
};

struct openings {
	struct audit *a;
	struct opened *items; /* owned */
	size_t count, capacity;
	bool undecided;
};

static bool
has_none(struct audit *a, const struct zone *z)
{
	return z->ipv6_none || space_addresses(a, z, 6)->count == 0;
}

/* Addresses of the world and of sites that no zone of the boundary has. */
static const struct spans *
strangers(struct audit *a, struct pool *pool)
{
	static const char *const networks[] = { "2000::/3", "fc00::/7" };
	const struct spans *out = &spans_nothing;
	struct prefix prefix;

	for (size_t i = 0; i < 2; i++)
		if (prefix_parse(networks[i], &prefix) == PREFIX_OK) {
			const packet_value first = packet_value_of_addr(
			    &prefix.addr);
			const packet_value size = (packet_value)1
			    << (128 - prefix.length);

			out = spans_union(pool, out,
			    spans_one(pool, first, first + (size - 1)));
		}
	for (size_t i = 0; i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];

		if (z->tier != TIER_OUTSIDE)
			out = spans_subtract(pool, out,
			    space_addresses(a, z, 6),
			    dimension_most(DIM_SADDR));
	}
	return out;
}

static const struct spans *
end_of(struct audit *a, const struct zone *z, struct pool *pool)
{
	return has_none(a, z) ? strangers(a, pool) : space_addresses(a, z, 6);
}

bool
space_strange_ipv6(struct audit *a, const struct zone *from,
    const struct zone *to, struct pool *p, struct box *out)
{
	const struct zone *ends[2] = { from, to };

	if (!has_none(a, from) && !has_none(a, to))
		return false;
	for (int e = 0; e < 2; e++)
		if (has_none(a, ends[e]) && !space_interfaces(a, ends[e]))
			return false;
	*out = space_any(a, from, 6, p);
	out->dims[DIM_SADDR] = end_of(a, from, p);
	out->dims[DIM_DADDR] = end_of(a, to, p);
	out->dims[DIM_OIF] = space_interfaces(a, to);
	return true;
}

/* The pair's packets with strangers' addresses where none is declared. */
static bool
open_strange(struct pair *p, const struct pair_source *s, const struct zone *to)
{
	struct audit *a = s->a;
	struct pool *pool = pool_new();
	struct box box;

	if (!space_strange_ipv6(a, s->from, to, pool, &box)) {
		pool_free(pool);
		return false;
	}
	memset(p, 0, sizeof(*p));
	p->a = a;
	p->from = s->from;
	p->to = to;
	p->family = 6;
	p->source = s;
	p->ways = &s->ways[1];
	p->pool = pool;
	p->budget = audit_budget(a);
	p->box = box;
	for (size_t w = 0; w < p->ways->count; w++)
		p->slices[w] = evaluate_slice(a->evaluator, NULL,
		    p->ways->items[w], &p->box);
	return true;
}

static struct opened *
opened_by(struct openings *o, const struct pair_opener *opener)
{
	struct opened *x;

	for (size_t i = 0; i < o->count; i++) {
		const struct pair_opener *known = &o->items[i].leak.opener;

		if (known->rule == opener->rule &&
		    (known->rule || known->chain == opener->chain))
			return &o->items[i];
	}
	o->items = mem_grow(o->items, &o->capacity, o->count,
	    sizeof(*o->items));
	x = &o->items[o->count++];
	memset(x, 0, sizeof(*x));
	return x;
}

/* The same lets IPv4 through there: that is said, and it is not IPv6's. */
static bool
opens_ipv4(const struct audit *a, const struct pair *p,
    const struct pair_opener *opener)
{
	for (size_t i = 0; i < a->finding_count; i++) {
		const struct audit_finding *f = &a->findings[i];

		if (f->check != CHECK_FWR_1 || f->family != 4 ||
		    f->from != p->from || f->to != p->to)
			continue;
		for (size_t k = 0; k < f->rule_count; k++)
			if (f->rules[k].rule == opener->rule &&
			    (opener->rule ||
				f->rules[k].chain == opener->chain))
				return true;
	}
	return false;
}

/* The table must not show closed what a finding says is open. */
static struct audit_cell *
cell_of(const struct pair *p)
{
	return &p->a->cells[(size_t)p->from->index * p->a->zone_count +
	    p->to->index];
}

static void
note(struct openings *o, const struct pair *p, const struct pair_leak *leak)
{
	struct opened *x = opened_by(o, &leak->opener);
	struct audit_cell *cell = cell_of(p);

	cell->permits = true;
	cell->undeclared[leak->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE]++;
	if (!x->from || (leak->certain && !x->leak.certain)) {
		x->leak = *leak;
		x->way = p->ways->items[leak->way];
		x->from = p->from;
		x->to = p->to;
	}
	if (x->last_from == p->from && x->last_to == p->to)
		return;
	x->last_from = p->from;
	x->last_to = p->to;
	if (x->pair_count++ < PAIRS_SHOWN_MAX)
		text_printf(&x->pairs, "%s%s → %s",
		    x->pair_count > 1 ? ", " : "", p->from->id, p->to->id);
}

static void
ask(struct openings *o, struct pair *p)
{
	for (size_t w = 0; w < p->ways->count; w++) {
		const struct chain *base = pair_base(p, w);
		const struct rule **rules = NULL;
		struct pair_leak leak;
		size_t count = 0;

		if (base)
			rules = pair_candidates(p, w, base, &count);
		for (size_t i = 0; i <= count; i++) {
			enum walk_result r;

			if (i == count && base && base->policy_drop)
				break;
			r = pair_leak_of(p, w, base,
			    i < count ? rules[i] : NULL, &leak);
			if (r == WALK_STOPPED &&
			    !opens_ipv4(p->a, p, &leak.opener))
				note(o, p, &leak);
			cell_of(p)->questions++;
			cell_of(p)->decided += r != WALK_UNDECIDED;
			cell_of(p)->undecided |= r == WALK_UNDECIDED;
			o->undecided |= r == WALK_UNDECIDED;
		}
		free(rules);
	}
}

static void
tell(struct audit *a, const struct opened *x)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_5);
	struct text by = { 0 }, pairs = { 0 };
	char more[24];

	if (!f)
		return;
	f->from = x->from;
	f->to = x->to;
	f->family = 6;
	f->certainty = x->leak.certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->has_witness = true;
	f->way = x->way;
	f->witness = x->leak.at;
	f->translated = x->leak.leaf.translated;
	audit_decided_by(f, &x->leak.leaf);
	pair_opener_words(a, &x->leak.opener, &by);
	text_add(&pairs, text_str(&x->pairs));
	if (x->pair_count > PAIRS_SHOWN_MAX) {
		snprintf(more, sizeof(more), "%zu",
		    x->pair_count - PAIRS_SHOWN_MAX);
		words_add(&pairs, a->lang, W_AUDIT_AND_MORE, 1, more);
	}
	audit_say(a, f, W_AUDIT_IPV6_STRANGE, 2, text_str(&pairs),
	    text_str(&by));
	text_free(&by);
	text_free(&pairs);
}

void
audit_ipv6(struct audit *a)
{
	const struct boundary *b = a->boundary;
	struct openings o = { .a = a };

	for (size_t i = 0; i < b->zone_count; i++) {
		struct pair_source s;

		pair_source_open(&s, a, b->zones[i]);
		for (size_t j = 0; j < b->zone_count; j++) {
			const struct zone *to = b->zones[j];
			struct pair p;

			if (!space_judged(a, s.from, to) ||
			    !open_strange(&p, &s, to))
				continue;
			ask(&o, &p);
			pair_close(&p);
		}
		pair_source_close(&s);
	}
	for (size_t i = 0; i < o.count; i++) {
		tell(a, &o.items[i]);
		text_free(&o.items[i].pairs);
	}
	free(o.items);
	if (o.undecided)
		audit_add_undecided(a, CHECK_FWR_5, NULL, NULL, NULL,
		    W_AUDIT_IPV6_UNDECIDED, 0);
}
