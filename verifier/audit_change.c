/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two rulesets held against each other by what they let through. Only packets
 * that an edited rule can match may fare otherwise, so only those are walked
 * (all of them where chains or policies differ): what one side lets through is
 * walked in the other, and the reverse. Where something unknown is passed on
 * the way both closures are compared, so that the same limit in both rulesets
 * is no change. Knows nothing of why anything changed.
 */
#include "audit_change.h"
#include "audit_space.h"
#include "audit_stranger.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CONDITIONS_MAX 256  /* boxes of one edited rule */
#define LEAVES_MAX 200000   /* kept of one walk */
#define REGIONS_MAX 1000000 /* walked of one comparison */

/* ---- what a walk leaves, kept beyond its call */

struct kept {
	struct box box;
	bool accepted, free;
};

struct compare;

struct leaves {
	const struct compare *c; /* borrowed: what counts as let through */
	struct pool *p;		 /* borrowed: boxes lie there */
	struct kept *items;	 /* owned */
	size_t count, capacity;
	bool full;
};

static void
keep_box(struct pool *p, const struct box *from, struct box *to)
{
	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct spans *s = from->dims[d];

		to->dims[d] = s != NULL ? spans_make(p, s->items, s->count) :
					  NULL;
	}
}

/* ---- one comparison */

struct side {
	const struct evaluator *e;
	struct slice *slice; /* of the pair; owned */
};

struct compare {
	struct audit *a;
	struct audit_changes *out;
	struct evaluator *other; /* owned */
	struct side old, now;
	struct rule_edits edits;
	struct box *conditions; /* owned: of every edit, in pool */
	size_t condition_count, condition_capacity;
	bool translates;      /* one of them changes destinations */
	bool translated;      /* such packets are asked about, and no others */
	bool everything;      /* any packet may fare otherwise */
	struct pool *pool;    /* of the whole comparison */
	struct pool *scratch; /* of one pair: boxes */
	/* of the pair */
	const struct zone *from, *to; /* NULL: the stranger's end */
	const struct span *stranger;  /* interface of no zone; or NULL */
	bool strange_ipv6;	      /* of a zone that declares no IPv6 */
	enum way way;
	int family;
	size_t regions;
};

/* Whether it is let through to the zone that is asked about: a packet that is
 * sent elsewhere belongs to the zone that it is sent to. */
static bool
passes(const struct compare *c, const struct leaf *leaf)
{
	/* What is sent to the firewall itself is not accepted on other ways. */
	if (!leaf->accepted)
		return false;
	if (c->way == WAY_INPUT || !c->translates || c->to == NULL)
		return true;
	return leaf->translated == c->translated &&
	    (!leaf->translated ||
		!spans_disjoint(leaf->box->dims[DIM_NEW_DADDR],
		    space_addresses(c->a, c->to, c->family)));
}

static bool
keep_leaf(void *context, const struct leaf *leaf)
{
	struct leaves *l = context;
	struct kept *k;

	if (l->count == LEAVES_MAX) {
		l->full = true;
		return false;
	}
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	k = &l->items[l->count++];
	keep_box(l->p, leaf->box, &k->box);
	/* Where it is sent says nothing of which packet it was. */
	k->box.dims[DIM_NEW_DADDR] = k->box.dims[DIM_NEW_DPORT] = NULL;
	k->accepted = passes(l->c, leaf);
	k->free = leaf->free;
	return true;
}

/* False when it could not be walked to its end. */
static bool
walk(struct compare *c, const struct side *s, const struct box *box,
    struct leaves *out)
{
	struct budget budget = audit_budget(c->a);
	const struct walk w = { .way = c->way,
		.slice = s->slice,
		.budget = &budget,
		.leaf = keep_leaf,
		.context = out };

	return evaluate_walk(s->e, &w, box) == WALK_DONE && !out->full;
}

enum hole { HOLE_NONE, HOLE_FOUND, HOLE_UNDECIDED };

/* A packet of q in none of the leaves that are accepted (or dropped). */
static enum hole
hole_beside(struct compare *c, const struct box *q, const struct leaves *l,
    bool accepted, struct point *x)
{
	const struct box **list = mem_calloc(l->count + 1, sizeof(*list));
	struct budget budget = audit_budget(c->a);
	enum cover answer;
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].accepted == accepted)
			list[n++] = &l->items[i].box;
	answer = cover_box(c->scratch, q, list, n, &budget, x);
	free(list);
	return answer == COVER_YES ? HOLE_NONE :
	    answer == COVER_NO	   ? HOLE_FOUND :
				     HOLE_UNDECIDED;
}

/* ---- what is told */

/* What ended it: of what passed the rule of the chain that filters this way,
 * of what did not the last decision. */
static struct audit_rule
decider(const struct leaf *leaf, enum way way)
{
	const enum hook hook = way == WAY_INPUT ? HOOK_INPUT : HOOK_FORWARD;
	const struct leaf_decision *best = NULL;

	for (size_t i = 0; i < leaf->decision_count; i++) {
		const struct leaf_decision *d = &leaf->decisions[i];
		const bool filters = d->base->hook == hook &&
		    d->base->type == CHAIN_FILTER;

		if (!leaf->accepted || (filters && best == NULL) ||
		    (filters && best != NULL && best->rule == NULL))
			best = d;
	}
	if (best == NULL)
		return (struct audit_rule){
			.action = leaf->accepted ? ACTION_ACCEPT : ACTION_DROP
		};
	return (struct audit_rule){ best->rule,
		best->rule != NULL ? best->rule->chain : best->base,
		best->action };
}

static bool
is_declared(struct compare *c, const struct point *x, bool translated)
{
	const struct declared *list;
	size_t n;

	if (c->stranger != NULL)
		return false;
	n = space_declared(c->a, c->from, c->to, c->family, c->scratch, &list);
	struct point last = *x;

	/* Boxes speak of where it comes to, behind any translation. */
	if (translated) {
		last.at[DIM_DADDR] = x->at[DIM_NEW_DADDR];
		last.at[DIM_DPORT] = x->at[DIM_NEW_DPORT];
	}
	last.at[DIM_NEW_DADDR] = last.at[DIM_NEW_DPORT] = 0;
	for (size_t i = 0; i < n; i++)
		if (box_has(&list[i].box, &last))
			return true;
	return false;
}

static bool
is_same_rule(const struct audit_rule *a, const struct audit_rule *b)
{
	return a->rule == b->rule && a->chain == b->chain &&
	    a->action == b->action;
}

static struct audit_change *
known_change(struct audit_changes *out, const struct audit_change *like,
    bool any_family)
{
	/* Those of a pair stand together at the end. */
	for (size_t i = out->count; i-- > 0;) {
		struct audit_change *k = &out->items[i];

		if (k->from != like->from || k->to != like->to ||
		    k->stranger.first != like->stranger.first ||
		    k->stranger.last != like->stranger.last)
			break;
		if ((any_family || k->family == like->family) &&
		    k->way == like->way && k->opens == like->opens &&
		    is_same_rule(&k->old_rule, &like->old_rule) &&
		    is_same_rule(&k->new_rule, &like->new_rule))
			return k;
	}
	return NULL;
}

static void
set_translation(struct audit_change *change, const struct leaf *leaf)
{
	static const enum dimension to[] = { DIM_NEW_DADDR, DIM_NEW_DPORT };
	static const enum dimension was[] = { DIM_DADDR, DIM_DPORT };

	change->translated = leaf->accepted && leaf->translated;
	for (size_t i = 0; change->translated && i < 2; i++) {
		const struct spans *s = leaf->box != NULL ?
		    leaf->box->dims[to[i]] :
		    NULL;

		change->witness.at[to[i]] = s != NULL && s->count > 0 ?
		    s->items[0].first :
		    change->witness.at[was[i]];
	}
}

/* As evaluate_point, to the zone that is asked about. */
static void
fare(struct compare *c, const struct side *s, const struct point *x,
    struct fates *out)
{
	evaluate_point(s->e, c->way, x, c->scratch, out);
	if (out->possibly_accepted && !passes(c, &out->leaf))
		out->possibly_accepted = out->certainly_accepted = false;
}

static bool
is_alike(const struct fates *x, const struct fates *y, enum way way)
{
	const struct audit_rule a = decider(&x->leaf, way);
	const struct audit_rule b = decider(&y->leaf, way);

	return x->possibly_accepted == y->possibly_accepted &&
	    x->certainly_accepted == y->certainly_accepted &&
	    is_same_rule(&a, &b);
}

/* Of a packet to the firewall one to an address that it is declared to have,
 * where it fares the same; that of the zone's own side first. */
static struct point
to_declared_address(struct compare *c, const struct point *x,
    const struct fates *old, const struct fates *now)
{
	const struct firewall *f = c->a->boundary->firewall;
	struct point best = *x;
	bool found = false;

	for (size_t i = 0; f != NULL && i < f->address_count; i++) {
		const struct addr *to = &f->addresses[i];
		const bool near = c->from != NULL &&
		    prefix_set_contains(&c->from->networks, to);
		struct fates o, n;
		struct point y = *x;

		if (to->family != c->family || (found && !near))
			continue;
		y.at[DIM_DADDR] = packet_value_of_addr(to);
		fare(c, &c->old, &y, &o);
		fare(c, &c->now, &y, &n);
		if (!is_alike(old, &o, c->way) || !is_alike(now, &n, c->way))
			continue;
		best = y;
		found = true;
		if (near)
			break;
	}
	return best;
}

/* x fares otherwise, as far as the walks say; a point tells it exactly. */
static void
add_change(struct compare *c, const struct point *x)
{
	struct fates old, now;
	struct audit_change change = { .from = c->from,
		.to = c->to,
		.family = c->family,
		.witness = *x,
		.way = c->way },
			    *known;

	if (c->stranger != NULL)
		change.stranger = *c->stranger;
	fare(c, &c->old, x, &old);
	fare(c, &c->now, x, &now);
	if (old.possibly_accepted == now.possibly_accepted &&
	    old.certainly_accepted == now.certainly_accepted)
		return;
	if (c->way == WAY_INPUT) {
		/* What ends here goes out nowhere. */
		change.witness = to_declared_address(c, x, &old, &now);
		change.witness.at[DIM_OIF] = 0;
		fare(c, &c->old, &change.witness, &old);
		fare(c, &c->now, &change.witness, &now);
	}
	change.opens = old.possibly_accepted == now.possibly_accepted ?
	    now.certainly_accepted :
	    now.possibly_accepted;
	change.certain = old.possibly_accepted != now.possibly_accepted &&
	    old.possibly_accepted == old.certainly_accepted &&
	    now.possibly_accepted == now.certainly_accepted;
	change.old_rule = decider(&old.leaf, c->way);
	change.new_rule = decider(&now.leaf, c->way);
	set_translation(&change, change.opens ? &now.leaf : &old.leaf);
	/* Where the same rules do it to IPv4 that is said already. */
	known = known_change(c->out, &change, c->strange_ipv6);
	if (known != NULL) {
		known->certain |= change.certain;
		return;
	}
	if (c->out->count == AUDIT_CHANGES_MAX) {
		c->out->left_out++;
		return;
	}
	change.declared = is_declared(c, &change.witness, change.translated);
	c->out->items = mem_grow(c->out->items, &c->out->capacity,
	    c->out->count, sizeof(*c->out->items));
	c->out->items[c->out->count++] = change;
}

/* ---- one region of a pair, in one direction */

/* On the packets of d, which the far side may drop: those that it never lets
 * through, and those that it lets through less surely than the near one. */
static void
weigh_drop(struct compare *c, const struct side *near, const struct kept *a,
    const struct kept *d, const struct leaves *far)
{
	struct leaves own = { .c = c, .p = c->scratch };
	enum hole hole = HOLE_FOUND;
	struct point x;

	if (d->free)
		hole = hole_beside(c, &d->box, far, true, &x);
	else
		box_pick(&d->box, &x);
	if (hole == HOLE_NONE && !a->free) {
		box_pick(&d->box, &x);
		hole = HOLE_FOUND;
	} else if (hole == HOLE_NONE) {
		/* Both leave it open: a change only of what the near side
		 * never drops. */
		if (walk(c, near, &d->box, &own))
			hole = hole_beside(c, &d->box, &own, false, &x);
		else
			hole = HOLE_UNDECIDED;
		free(own.items);
	}
	if (hole == HOLE_FOUND)
		add_change(c, &x);
	else if (hole == HOLE_UNDECIDED)
		c->out->undecided++;
}

/* What near lets through of box and far drops. */
static void
compare_way(struct compare *c, const struct side *near, const struct side *far,
    const struct box *box)
{
	struct leaves mine = { .c = c, .p = c->scratch };

	if (!walk(c, near, box, &mine))
		c->out->undecided++;
	for (size_t i = 0; i < mine.count; i++) {
		struct leaves theirs = { .c = c, .p = c->scratch };

		if (!mine.items[i].accepted)
			continue;
		if (!walk(c, far, &mine.items[i].box, &theirs))
			c->out->undecided++;
		for (size_t k = 0; k < theirs.count; k++)
			if (!theirs.items[k].accepted)
				weigh_drop(c, near, &mine.items[i],
				    &theirs.items[k], &theirs);
		free(theirs.items);
	}
	free(mine.items);
}

static void
compare_region(struct compare *c, const struct box *box)
{
	if (c->regions++ >= REGIONS_MAX) {
		c->out->undecided++;
		return;
	}
	compare_way(c, &c->old, &c->now, box);
	compare_way(c, &c->now, &c->old, box);
}

/* ---- one pair */

static void
compare_box(struct compare *c, const struct box *box)
{
	const struct pool_mark mark = pool_mark(c->scratch);
	struct box part;

	c->family = box->dims[DIM_FAMILY] != NULL &&
		spans_has(box->dims[DIM_FAMILY], 6) ?
	    6 :
	    4;
	c->old.slice = evaluate_slice(c->old.e, NULL, c->way, box);
	c->now.slice = evaluate_slice(c->now.e, NULL, c->way, box);
	if (c->everything)
		compare_region(c, box);
	for (size_t i = 0; !c->everything && i < c->condition_count; i++) {
		if (box_intersect(c->scratch, box, &c->conditions[i], &part))
			compare_region(c, &part);
		pool_release(c->scratch, mark);
	}
	evaluate_slice_free(c->old.slice);
	evaluate_slice_free(c->now.slice);
	pool_release(c->scratch, mark);
}

static void
compare_boxes(struct compare *c, const struct box *boxes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		compare_box(c, &boxes[i]);
}

static void
compare_pair(struct compare *c, const struct zone *from, const struct zone *to)
{
	struct pool *p = pool_new();
	struct box boxes[2];
	size_t n = space_pair(c->a, from, to, p, boxes);

	c->from = from;
	c->to = to;
	c->way = WAY_FORWARD;
	c->translated = false;
	compare_boxes(c, boxes, n);
	if (c->translates) {
		/* Sent to anywhere, and from here to that zone. */
		c->translated = true;
		n = space_from(c->a, from, p, boxes);
		for (size_t i = 0; i < n; i++)
			boxes[i].dims[DIM_OIF] = space_interfaces(c->a, to);
		compare_boxes(c, boxes, n);
	}
	pool_free(p);
}

static void
compare_input(struct compare *c, const struct zone *from)
{
	struct pool *p = pool_new();
	struct box boxes[2];
	const size_t n = space_from(c->a, from, p, boxes);

	c->from = from;
	c->to = &c->a->m->firewall_zone;
	c->way = WAY_INPUT;
	compare_boxes(c, boxes, n);
	pool_free(p);
}

/* IPv6 of zones that declare none, as FWR-5 asks about it. */
static void
compare_strange_ipv6(struct compare *c, const struct zone *from,
    const struct zone *to)
{
	struct pool *p = pool_new();
	struct box box;

	c->from = from;
	c->to = to;
	c->way = WAY_FORWARD;
	c->translated = false;
	c->strange_ipv6 = true;
	if (space_strange_ipv6(c->a, from, to, p, &box))
		compare_box(c, &box);
	c->strange_ipv6 = false;
	pool_free(p);
}

/* ---- interfaces that no zone has */

static void
compare_stranger_in(struct compare *c, const struct zone *zone, int family,
    struct pool *p)
{
	const struct spans *own = space_addresses(c->a, zone, family);
	struct box box = space_any(c->a, zone, family, p);

	c->from = NULL;
	c->to = zone;
	c->way = WAY_FORWARD;
	c->translated = false;
	box.dims[DIM_IIF] = spans_make(p, c->stranger, 1);
	box.dims[DIM_OIF] = space_interfaces(c->a, zone);
	box.dims[DIM_SADDR] = strangers_addresses(c->a, family, p);
	box.dims[DIM_DADDR] = own;
	compare_box(c, &box);
	if (!c->translates)
		return;
	c->translated = true;
	box.dims[DIM_DADDR] = NULL;
	box_clip(p, &box);
	compare_box(c, &box);
}

/* Wherever it is sent: behind the interface nobody's addresses are known. */
static void
compare_stranger_out(struct compare *c, const struct zone *zone, int family,
    struct pool *p)
{
	struct box box = space_any(c->a, zone, family, p);

	c->from = zone;
	c->to = NULL;
	c->way = WAY_FORWARD;
	c->translated = false;
	box.dims[DIM_OIF] = spans_make(p, c->stranger, 1);
	box.dims[DIM_SADDR] = space_addresses(c->a, zone, family);
	box.dims[DIM_DADDR] = strangers_addresses(c->a, family, p);
	compare_box(c, &box);
}

static void
compare_stranger(struct compare *c, int family)
{
	const struct boundary *b = c->a->boundary;
	struct pool *p = pool_new();
	struct box box;

	for (size_t i = 0; i < b->zone_count; i++) {
		if (space_addresses(c->a, b->zones[i], family)->count == 0)
			continue;
		compare_stranger_in(c, b->zones[i], family, p);
		compare_stranger_out(c, b->zones[i], family, p);
	}
	box = space_any(c->a, b->zones[0], family, p);
	box.dims[DIM_IIF] = spans_make(p, c->stranger, 1);
	box.dims[DIM_SADDR] = strangers_addresses(c->a, family, p);
	c->from = NULL;
	c->to = &c->a->m->firewall_zone;
	c->way = WAY_INPUT;
	compare_box(c, &box);
	pool_free(p);
}

static void
compare_strangers(struct compare *c, const struct ruleset *other)
{
	struct strangers s = { 0 };

	if (c->a->boundary->zone_count == 0)
		return;
	strangers_find(c->a, c->a->ruleset, &s);
	strangers_find(c->a, other, &s);
	for (size_t i = 0; i < s.count; i++)
		for (int family = 4; family <= 6; family += 2) {
			c->stranger = &s.items[i];
			compare_stranger(c, family);
		}
	c->stranger = NULL;
	c->out->undecided += s.left_out;
	strangers_fini(&s);
}

/* ---- which packets an edit can concern */

static bool
has_kind(const struct ruleset *r, enum statement_kind kind)
{
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t k = 0; k < r->rules[i]->statement_count; k++)
			if (r->rules[i]->statements[k].kind == kind)
				return true;
	return false;
}

static void
add_condition(struct compare *c, const struct box *b)
{
	for (size_t i = 0; i < c->condition_count; i++)
		if (box_covers(&c->conditions[i], b))
			return;
	c->conditions = mem_grow(c->conditions, &c->condition_capacity,
	    c->condition_count, sizeof(*c->conditions));
	c->conditions[c->condition_count++] = *b;
}

/* Conditions speak of the packet as the rule sees it: the connection's state
 * and, behind a translation, the destination are not those of the wire. */
static void
add_conditions_of(struct compare *c, const struct rule_edit *edit)
{
	const struct evaluator *e = edit->added ? c->now.e : c->old.e;
	struct box boxes[CONDITIONS_MAX];
	size_t n = 0;

	/* Too many boxes come as fewer and wider ones. */
	(void)evaluate_condition(e, edit->rule, c->pool, boxes, CONDITIONS_MAX,
	    &n);
	for (size_t i = 0; i < n; i++) {
		boxes[i].dims[DIM_CT_STATE] = NULL;
		boxes[i].dims[DIM_CT_DIRECTION] = NULL;
		if (c->translates) {
			boxes[i].dims[DIM_DADDR] = NULL;
			boxes[i].dims[DIM_DPORT] = NULL;
			boxes[i].dims[DIM_OIF] = NULL;
		}
		boxes[i].dims[DIM_NEW_DADDR] = NULL;
		boxes[i].dims[DIM_NEW_DPORT] = NULL;
		add_condition(c, &boxes[i]);
	}
}

static void
find_conditions(struct compare *c, const struct ruleset *other)
{
	c->translates = has_kind(c->a->ruleset, STATEMENT_DNAT) ||
	    has_kind(other, STATEMENT_DNAT);
	c->everything = c->edits.structure;
	for (size_t i = 0; !c->everything && i < c->edits.count; i++)
		add_conditions_of(c, &c->edits.items[i]);
}

/* ---- the whole */

static size_t
place_of(const struct zone *z)
{
	return z != NULL ? (size_t)z->index : SIZE_MAX;
}

static int
order_changes(const void *left, const void *right)
{
	const struct audit_change *a = left, *b = right;

	if (a->opens != b->opens)
		return a->opens ? -1 : 1;
	if (a->declared != b->declared)
		return a->declared ? 1 : -1;
	if (a->from != b->from)
		return place_of(a->from) < place_of(b->from) ? -1 : 1;
	if (a->to != b->to)
		return place_of(a->to) < place_of(b->to) ? -1 : 1;
	if (a->stranger.first != b->stranger.first)
		return a->stranger.first < b->stranger.first ? -1 : 1;
	if (a->stranger.last != b->stranger.last)
		return a->stranger.last < b->stranger.last ? -1 : 1;
	return a->family != b->family ?
	    a->family - b->family :
	    memcmp(a->witness.at, b->witness.at, sizeof(a->witness.at));
}

void
audit_compare(struct audit *a, const struct ruleset *other,
    struct audit_changes *out)
{
	struct compare c = { .a = a, .out = out };
	const struct model *m = a->m;

	memset(out, 0, sizeof(*out));
	if (a->ruleset == NULL || other == NULL ||
	    strcmp(a->ruleset->sha256, other->sha256) == 0)
		return;
	audit_open(a);
	c.pool = pool_new();
	c.scratch = pool_new();
	c.other = evaluate_new(other);
	space_tell_own(a->boundary->firewall, c.other);
	c.old.e = a->evaluator;
	c.now.e = c.other;
	rule_edits_find(a->ruleset, other, &c.edits);
	find_conditions(&c, other);
	for (size_t i = 0; i < m->zone_count; i++) {
		for (size_t k = 0; k < m->zone_count; k++)
			if (space_judged(a, &m->zones[i], &m->zones[k])) {
				compare_pair(&c, &m->zones[i], &m->zones[k]);
				compare_strange_ipv6(&c, &m->zones[i],
				    &m->zones[k]);
			}
		compare_input(&c, &m->zones[i]);
	}
	compare_strangers(&c, other);
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(*out->items),
		    order_changes);
	rule_edits_fini(&c.edits);
	free(c.conditions);
	evaluate_free(c.other);
	pool_free(c.pool);
	pool_free(c.scratch);
}

void
audit_changes_fini(struct audit_changes *c)
{
	free(c->items);
	memset(c, 0, sizeof(*c));
}
