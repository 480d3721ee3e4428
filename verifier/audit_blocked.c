/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-2: what a conduit declares and the ruleset drops whatever nobody can
 * know (what it drops by some outcome is asked in audit_doubt.c). Asked are connections as clients begin them (a lone SYN, an echo
 * request), and a service is blocked for two addresses only where no source
 * port, interface or address before translation leads through: that a rule
 * asks for ports above 1023 blocks nothing. One finding a conduit and pair.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "audit_space.h"
#include "base/mem.h"

#define REMAINS_MAX 20000 /* boxes left of what is declared */

struct remains {
	struct box *items; /* owned; spans in the pair's pool */
	size_t count, capacity;
	bool full; /* too many: not decided */
};

/* What becomes of one declared box. */
struct blocking {
	struct pair *pair;
	struct remains left;
	bool passed; /* something went through */
};

/* What is known of a conduit in one family, over its services. */
struct answer {
	const struct conduit *conduit;
	size_t parts, whole, part; /* asked; blocked wholly; in part */
	bool undecided, has_hole, hole_whole;
	struct point hole; /* a packet that is dropped */
	bool holed[256];   /* by protocol: something of it is blocked */
	enum pair_doubt doubt;
	struct point doubtful; /* one that may be dropped */
};

/* ---- one declared box */

/* The dimensions that a conduit speaks of; all others are open. */
static struct box
projected(const struct box *box)
{
	struct box out = { { NULL } };

	out.dims[DIM_SADDR] = box->dims[DIM_SADDR];
	out.dims[DIM_DADDR] = box->dims[DIM_DADDR];
	out.dims[DIM_PROTOCOL] = box->dims[DIM_PROTOCOL];
	out.dims[DIM_DPORT] = box->dims[DIM_DPORT];
	return out;
}

static void
remains_add(struct remains *r, const struct box *box)
{
	if (r->count == REMAINS_MAX) {
		r->full = true;
		return;
	}
	r->items = mem_grow(r->items, &r->capacity, r->count,
	    sizeof(*r->items));
	r->items[r->count++] = *box;
}

/* Values that outlive the walk's leaf. */
static void
keep(struct pool *pool, struct box *box)
{
	for (int d = 0; d < DIM_COUNT; d++)
		if (box->dims[d])
			box->dims[d] = spans_make(pool, box->dims[d]->items,
			    box->dims[d]->count);
}

static void
take_away(struct blocking *b, const struct box *passed)
{
	struct remains old = b->left;
	struct box gone = projected(passed), pieces[DIM_COUNT];

	keep(b->pair->pool, &gone);
	b->left = (struct remains){ .full = old.full };
	for (size_t i = 0; i < old.count; i++) {
		size_t n;

		if (box_disjoint(&old.items[i], &gone)) {
			remains_add(&b->left, &old.items[i]);
			continue;
		}
		b->passed = true;
		n = box_subtract(b->pair->pool, &old.items[i], &gone, pieces);
		for (size_t k = 0; k < n; k++)
			remains_add(&b->left, &pieces[k]);
	}
	free(old.items);
}

static bool
blocking_leaf(void *context, const struct leaf *leaf)
{
	struct blocking *b = context;
	const struct box last = space_of_leaf(leaf);

	if (leaf->accepted && !leaf->redirected)
		take_away(b, &last);
	return b->left.count > 0 && !b->left.full;
}

/* Packets as clients begin a connection with them. */
static void
as_clients(struct pair *p, struct box *box)
{
	static const struct span syn[] = { { 2, 2 }, { 0x42, 0x42 },
		{ 0x82, 0x82 }, { 0xc2, 0xc2 } }; /* with ECN, RFC 3168 */
	const packet_value echo = p->family == 4 ? 8 : 128;
	const packet_value other = p->family == 4 ? 58 : 1;

	/* Nobody sends the other version's ICMP, though he may. */
	box->dims[DIM_PROTOCOL] = spans_subtract(p->pool,
	    box->dims[DIM_PROTOCOL], spans_one(p->pool, other, other),
	    UINT8_MAX);
	box->dims[DIM_TCP_FLAGS] = spans_make(p->pool, syn, 4);
	box->dims[DIM_ICMP_TYPE] = spans_one(p->pool, echo, echo);
	box->dims[DIM_ICMP_CODE] = spans_one(p->pool, 0, 0);
}

static enum walk_result
walk_part(struct blocking *b, size_t way, const struct slice *of,
    const struct box *box)
{
	struct pair *p = b->pair;
	struct slice *slice = evaluate_slice(p->a->evaluator, of,
	    p->ways->items[way], box);
	const struct walk walk = { .way = p->ways->items[way],
		.slice = slice,
		.budget = &p->budget,
		.leaf = blocking_leaf,
		.context = b };
	const enum walk_result result = evaluate_walk(p->a->evaluator, &walk,
	    box);

	evaluate_slice_free(slice);
	return result;
}

/* What is left may be reached under another address. */
static enum walk_result
walk_translated(struct blocking *b, const struct box *asked)
{
	struct pair *p = b->pair;
	const int f = p->family == 6;
	enum walk_result result = WALK_DONE;
	struct box *boxes, narrow = *asked;
	const size_t count = pair_translations(p, &boxes);

	narrow.dims[DIM_DADDR] = narrow.dims[DIM_DPORT] = NULL;
	for (size_t i = 0; i < count && result == WALK_DONE; i++) {
		struct box box;

		if (!box_intersect(p->pool, &boxes[i], &narrow, &box))
			continue;
		for (size_t w = 0; w < p->ways->count; w++)
			if (result == WALK_DONE)
				result = walk_part(b, w,
				    p->source->slices[f][w], &box);
	}
	free(boxes);
	return result;
}

/* Takes away all that passes; false when that is undecided. */
static bool
ask_part(struct blocking *b, const struct box *asked)
{
	struct pair *p = b->pair;
	enum walk_result result = WALK_DONE;

	for (size_t w = 0; w < p->ways->count && result == WALK_DONE; w++)
		result = walk_part(b, w, p->slices[w], asked);
	if (result == WALK_DONE && b->left.count)
		result = walk_translated(b, asked);
	return result != WALK_UNDECIDED && !b->left.full;
}

/* One that is blocked wholly shows more than one that is in part. */
static void
note_hole(struct answer *x, const struct blocking *b, const struct box *asked)
{
	struct box hole = *asked;
	const struct box *left = &b->left.items[0];

	for (size_t i = 0; i < b->left.count; i++)
		if (b->left.items[i].dims[DIM_PROTOCOL])
			x->holed[b->left.items[i]
				     .dims[DIM_PROTOCOL]
				     ->items[0]
				     .first &
			    0xff] = true;
	if (x->has_hole && (b->passed || x->hole_whole))
		return;
	x->has_hole = true;
	x->hole_whole = !b->passed;
	hole.dims[DIM_SADDR] = left->dims[DIM_SADDR];
	hole.dims[DIM_DADDR] = left->dims[DIM_DADDR];
	hole.dims[DIM_PROTOCOL] = left->dims[DIM_PROTOCOL];
	hole.dims[DIM_DPORT] = left->dims[DIM_DPORT];
	pair_pick(b->pair->pool, &hole, &x->hole);
}

/* Behind this firewall hosts speak under their own addresses, never under
 * those that it translates them to. */
static const struct spans *
own_sources(struct pair *p, const struct spans *sources)
{
	const struct space_translation *items;
	const size_t count = space_translations(p->a, &items);

	for (size_t i = 0; i < count; i++) {
		const struct translation *t = items[i].translation;

		if (items[i].family == p->family && t->from == p->from &&
		    t->at == p->a->firewall)
			sources = spans_subtract(p->pool, sources,
			    spans_one(p->pool, items[i].span.first,
				items[i].span.last),
			    dimension_most(DIM_SADDR));
	}
	return sources;
}

/* Whether what passes does so whatever comes. */
static void
ask_doubt(struct answer *x, const struct blocking *b, const struct box *asked)
{
	struct point shown;
	enum pair_doubt doubt;

	if (!b->passed || x->doubt == PAIR_DOUBT_SHOWN)
		return;
	doubt = pair_doubt_of(b->pair, asked, b->left.items, b->left.count,
	    &shown);
	if (doubt == PAIR_DOUBT_UNDECIDED)
		x->undecided = true;
	else if (doubt > x->doubt)
		x->doubt = doubt;
	if (doubt == PAIR_DOUBT_SHOWN)
		x->doubtful = shown;
}

/* Whether anything passes is told for exceptions as well. */
static void
ask_declared(struct pair *p, const struct declared *d, struct answer *x,
    struct audit_cell *cell)
{
	const struct pool_mark mark = pool_mark(p->pool);
	struct blocking b = { .pair = p };
	struct box asked = p->box;
	struct box first;
	bool decided;

	as_clients(p, &asked);
	asked.dims[DIM_SADDR] = own_sources(p, asked.dims[DIM_SADDR]);
	if ((asked.dims[DIM_SADDR] && !asked.dims[DIM_SADDR]->count) ||
	    !box_intersect(p->pool, &asked, &d->box, &asked)) {
		pool_release(p->pool, mark);
		return;
	}
	first = projected(&asked);
	remains_add(&b.left, &first);
	decided = ask_part(&b, &asked);
	cell->permits |= b.passed;
	if (!d->exception) {
		x->parts++;
		if (!decided)
			x->undecided = true;
		else if (b.left.count)
			note_hole(x, &b, &asked);
		if (decided && b.left.count)
			*(b.passed ? &x->part : &x->whole) += 1;
		if (decided)
			ask_doubt(x, &b, &asked);
	}
	free(b.left.items);
	pool_release(p->pool, mark);
}

/* ---- telling */

static void
service_words(const struct point *x, struct text *out)
{
	const unsigned protocol = (unsigned)x->at[DIM_PROTOCOL];
	const unsigned port = (unsigned)x->at[DIM_DPORT];

	switch (protocol) {
	case 1:
		text_add(out, "ICMP");
		return;
	case 58:
		text_add(out, "ICMPv6");
		return;
	case 6:
		text_printf(out, "TCP/%u", port);
		return;
	case 17:
		text_printf(out, "UDP/%u", port);
		return;
	default:
		text_printf(out, "IP %u", protocol);
		return;
	}
}

static void
dropper_words(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text chain = { 0 };

	if (!f->rule_count) {
		text_add(out, "-");
	} else if (f->rules[0].rule) {
		ruleset_where(f->rules[0].rule, out);
	} else {
		ruleset_chain_name(f->rules[0].chain, &chain);
		words_add(out, a->lang, W_AUDIT_BY_POLICY_DROP, 1,
		    text_str(&chain));
	}
	text_free(&chain);
}

static bool
of_the_world(const struct endpoint *e)
{
	return (e->whole_zone || e->list) &&
	    (e->zone->tier == TIER_OUTSIDE || e->zone->tier == TIER_SAAS);
}

/* The declared proxy that clients of the zone go through, or NULL. */
static const struct proxy *
proxy_of(const struct pair *p, const struct answer *x)
{
	const struct model *m = p->a->m;

	for (size_t i = 0; i < m->proxy_count; i++)
		for (size_t k = 0; k < m->proxies[i].client_count; k++)
			if (m->proxies[i].clients[k] == p->from &&
			    x->hole.at[DIM_PROTOCOL] == 6)
				return &m->proxies[i];
	return NULL;
}

/* As the table says, save what is meant more often than not: that a part of
 * the world is left out (lists of bad addresses), that clients of a proxy
 * cannot go past it; and IPv6 where IPv4 passes. */
static enum severity
severity_of(const struct pair *p, const struct answer *x, bool other_passes)
{
	const struct conduit *k = x->conduit;

	if (other_passes)
		return SEVERITY_LOW;
	if (proxy_of(p, x) ||
	    (!x->whole && (of_the_world(&k->from) || of_the_world(&k->to))))
		return SEVERITY_INFORMATION;
	return SEVERITY_MEDIUM;
}

static bool
all_blocked(const struct answer *x)
{
	return x->parts && x->whole == x->parts && !x->undecided;
}

/* The interface of the zone that an address is of; 0: of none, or of one
 * without interfaces. */
static packet_value
interface_to(const struct pair *p, packet_value address)
{
	const struct boundary *b = p->a->boundary;

	for (size_t i = 0; i < b->zone_count; i++) {
		const struct spans *s = space_interfaces(p->a, b->zones[i]);

		if (s &&
		    spans_has(space_addresses(p->a, b->zones[i], p->family),
			address))
			return s->items[0].first;
	}
	return 0;
}

/* A destination that is translated to one elsewhere is blocked by that, and
 * leaves by the new one's interface, however it then fares. */
static bool
goes_elsewhere(const struct pair *p, struct audit_finding *f)
{
	struct pool *pool = pool_new();
	struct point x = f->witness;
	struct fates fates;

	if (f->has_witness && f->translated &&
	    !spans_has(p->box.dims[DIM_DADDR], x.at[DIM_NEW_DADDR])) {
		x.at[DIM_OIF] = interface_to(p, x.at[DIM_NEW_DADDR]);
		if (x.at[DIM_OIF] == 0)
			x.at[DIM_OIF] = f->witness.at[DIM_OIF];
		evaluate_point(p->a->evaluator, f->way, &x, pool, &fates);
		if (fates.leaf.translated_by) {
			f->witness.at[DIM_OIF] = x.at[DIM_OIF];
			f->rules[0] = (struct audit_rule){
				.rule = fates.leaf.translated_by,
				.chain = fates.leaf.translated_by->chain,
				.action = ACTION_CONTINUE,
			};
			f->rule_count = 1;
			pool_free(pool);
			return true;
		}
	}
	pool_free(pool);
	return false;
}

static void
tell_blocked(const struct pair *p, const struct answer *x, int family,
    bool other_passes, struct audit_cell *cell)
{
	struct audit *a = p->a;
	struct audit_finding *f = audit_add(a, CHECK_FWR_2);
	struct text service = { 0 }, by = { 0 }, more = { 0 };
	bool elsewhere = false;

	cell->blocked++;
	if (!f)
		return;
	f->from = p->from;
	f->to = p->to;
	f->family = family;
	f->conduit = x->conduit;
	f->cell = space_cell(a, p->from, p->to);
	f->severity = severity_of(p, x, other_passes);
	service_words(&x->hole, &service);
	if (!audit_witness(a, f, p->ways->items[0], &x->hole, false) &&
	    audit_witness(a, f, p->ways->items[0], &x->hole, true)) {
		f->certainty = AUDIT_CERTAIN;
		elsewhere = true;
	}
	if (goes_elsewhere(p, f) || elsewhere)
		words_add(&more, a->lang, W_AUDIT_BLOCKED_ELSEWHERE, 0);
	dropper_words(a, f, &by);
	if (other_passes)
		words_add(&more, a->lang, W_AUDIT_BLOCKED_IPV6, 0);
	if (proxy_of(p, x))
		words_add(&more, a->lang, W_AUDIT_BLOCKED_PROXY, 1,
		    proxy_of(p, x)->id);
	audit_say(a, f,
	    all_blocked(x)    ? W_AUDIT_BLOCKED_WHOLE :
		x->hole_whole ? W_AUDIT_BLOCKED_SERVICE :
				W_AUDIT_BLOCKED_PART,
	    6, x->conduit->id, p->from->id, p->to->id, text_str(&service),
	    text_str(&by), text_str(&more));
	text_free(&service);
	text_free(&by);
	text_free(&more);
}

/* Some outcome of what nobody can know blocks it. */
static void
tell_doubtful(const struct pair *p, const struct answer *x, int family,
    struct audit_cell *cell)
{
	struct audit *a = p->a;
	struct audit_finding *f = audit_add(a, CHECK_FWR_2);
	struct text service = { 0 }, what = { 0 };

	cell->possibly_blocked++;
	if (!f)
		return;
	f->from = p->from;
	f->to = p->to;
	f->family = family;
	f->conduit = x->conduit;
	f->cell = space_cell(a, p->from, p->to);
	f->severity = SEVERITY_INFORMATION;
	f->certainty = AUDIT_POSSIBLE;
	if (x->doubt == PAIR_DOUBT_SHOWN) {
		f->has_witness = true;
		f->way = p->ways->items[0];
		f->witness = x->doubtful;
		pair_depends_on(p, f, &what);
		service_words(&x->doubtful, &service);
	}
	if (!what.length)
		text_add(&what, "FWR-13");
	audit_say(a, f,
	    service.length ? W_AUDIT_BLOCKED_DOUBT : W_AUDIT_BLOCKED_DOUBT_SOME,
	    5, x->conduit->id, p->from->id, p->to->id, text_str(&what),
	    text_str(&service));
	audit_suggest_note(a, f, W_AUDIT_SUGGEST_DOUBT, 2, text_str(&what),
	    x->conduit->id);
	text_free(&service);
	text_free(&what);
}

static void
tell_undecided(const struct pair *p, const struct conduit *k,
    struct audit_cell *cell)
{
	cell->undecided = true;
	audit_add_undecided(p->a, CHECK_FWR_2, p->from, p->to, NULL,
	    W_AUDIT_BLOCKED_UNDECIDED, 3, k->id, p->from->id, p->to->id);
}

/* Whether IPv4 has no hole in what IPv6 has one in. */
static bool
passes_instead(const struct answer *ipv4, const struct answer *ipv6)
{
	const unsigned protocol = (unsigned)ipv6->hole.at[DIM_PROTOCOL];

	return ipv4->parts && !all_blocked(ipv4) &&
	    !ipv4->holed[(protocol == 58 ? 1 : protocol) & 0xff];
}

static void
tell(struct pair *families[2], const struct answer x[2],
    struct audit_cell *cell)
{
	for (int f = 0; f < 2; f++)
		if (x[f].undecided) {
			tell_undecided(families[f], x[f].conduit, cell);
			return;
		}
	if (x[0].doubt && x[1].doubt)
		tell_doubtful(families[0], &x[0], 0, cell);
	else if (x[0].doubt || x[1].doubt)
		tell_doubtful(families[x[1].doubt != PAIR_DOUBT_NONE],
		    &x[x[1].doubt != PAIR_DOUBT_NONE],
		    x[1].doubt != PAIR_DOUBT_NONE ? 6 : 4, cell);
	if (all_blocked(&x[0]) && all_blocked(&x[1])) {
		tell_blocked(families[0], &x[0], 0, false, cell);
		return;
	}
	for (int f = 0; f < 2; f++)
		if (x[f].has_hole)
			tell_blocked(families[f], &x[f], f ? 6 : 4,
			    f == 1 && passes_instead(&x[0], &x[1]), cell);
}

/* ---- all conduits of a pair */

/* The boxes of one conduit stand together, conduits in their order and what
 * exceptions declare behind them all: the next conduit at or after *at. */
static const struct conduit *
next_conduit(const struct pair *p, size_t at)
{
	if (!p || at >= p->declared_count || p->declared[at].exception)
		return NULL;
	return p->declared[at].conduit;
}

static void
ask_next(struct pair *families[2], size_t at[2], struct audit_cell *cell)
{
	const struct conduit *k[2] = { next_conduit(families[0], at[0]),
		next_conduit(families[1], at[1]) };
	const struct conduit *now = k[0];
	struct answer x[2];

	if (!now || (k[1] && k[1]->index < now->index))
		now = k[1];
	for (int f = 0; f < 2; f++) {
		x[f] = (struct answer){ .conduit = now };
		while (next_conduit(families[f], at[f]) == now)
			ask_declared(families[f],
			    &families[f]->declared[at[f]++], &x[f], cell);
	}
	cell->questions++;
	cell->decided += !x[0].undecided && !x[1].undecided;
	tell(families, x, cell);
}

void
pair_blocked(struct pair *families[2], struct audit_cell *cell)
{
	size_t at[2] = { 0, 0 };

	for (int f = 0; f < 2; f++)
		if (families[f])
			families[f]->budget = audit_budget(families[f]->a);
	while (next_conduit(families[0], at[0]) ||
	    next_conduit(families[1], at[1]))
		ask_next(families, at, cell);
	for (int f = 0; f < 2; f++)
		for (; families[f] && at[f] < families[f]->declared_count;
		     at[f]++) {
			struct answer none = { .conduit = NULL };

			ask_declared(families[f], &families[f]->declared[at[f]],
			    &none, cell);
		}
}
