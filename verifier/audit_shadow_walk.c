/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Goes through each base chain and what it jumps to, in the order of packets,
 * with a list of boxes that no packet leaves any more: those that a rule
 * before accepted, dropped, or sent back from this chain. A rule whose every
 * packet is in these never applies. Rules that hold something unknown take
 * nothing away, but may be covered by others.
 *
 * Idea: Al-Shaer and Hamed, "Discovery of policy anomalies in distributed
 * firewalls" (2004), over whole sets of rules and through jumps.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_shadow.h"
#include "base/mem.h"

#define CONDITIONS_MAX 64  /* boxes of one rule */
#define PIECES_MAX 256	   /* of a rule on one path */
#define ELEMENTS_MAX 1024  /* of a verdict map, one by one */
#define SURVIVORS_MAX 64   /* pieces of what a chain leaves behind */
#define VISITS_MAX 1000000 /* of rules, over all paths */
#define STEPS_MAX UINT64_C(2000000000)	/* quick comparisons in all */
#define QUESTION_STEPS UINT64_C(300000) /* of one union of boxes */
#define COVER_STEPS UINT64_C(60000000)	/* of all of them */
#define SAMPLES 8

/* What becomes of the packets of a box. */
enum gone {
	GONE,		   /* accepted or dropped: for good */
	GONE_BACK,	   /* to the chain that jumped here */
	GONE_BACK_PERHAPS, /* covers nothing */
};

struct entry {
	struct box box;
	const struct rule *rule;
	enum gone gone;
};

/* The outer bounds of a box where rules tell apart most: a quick test, kept
 * by itself since it is asked millions of times. */
struct hull {
	packet_value low[3], high[3]; /* destination, source, interface in */
	uint32_t port_low, port_high;
	uint8_t families, usable; /* bits 1: IPv4, 2: IPv6, 4: others too */
};

struct pieces {
	struct box items[PIECES_MAX];
	size_t count;
	bool exact; /* else a packet of it need not be there */
};

struct known {
	const struct box *boxes; /* NULL: not asked yet */
	size_t count;
	bool exact;
};

struct walking {
	struct shadows *out;
	struct pool *p;	       /* scratch */
	struct entry *entries; /* owned: a stack */
	struct hull *hulls;    /* owned: of the entries */
	size_t count, capacity, hull_capacity;
	struct known *known; /* owned; by id of the rule */
	uint64_t steps, cover_steps, visits;
	bool other_families; /* not only IP comes here */
	bool state_changes;  /* the connection's state is not one thing here */
};

/* ---- the stack */

static void
bounds(const struct spans *s, packet_value most, packet_value *low,
    packet_value *high)
{
	*low = s != NULL && s->count > 0 ? s->items[0].first : 0;
	*high = s != NULL && s->count > 0 ? s->items[s->count - 1].last : most;
}

static void
make_hull(const struct box *b, struct hull *h)
{
	static const enum dimension dims[3] = { DIM_DADDR, DIM_SADDR, DIM_IIF };
	const struct spans *family = b->dims[DIM_FAMILY];
	packet_value low, high;

	for (size_t i = 0; i < 3; i++)
		bounds(b->dims[dims[i]], dimension_most(dims[i]), &h->low[i],
		    &h->high[i]);
	bounds(b->dims[DIM_DPORT], 65535, &low, &high);
	h->port_low = (uint32_t)low;
	h->port_high = (uint32_t)high;
	h->families = family == NULL ?
	    7 :
	    (uint8_t)((spans_has(family, 4) ? 1 : 0) |
		(spans_has(family, 6) ? 2 : 0));
	h->usable = 1;
}

static bool
hulls_touch(const struct hull *a, const struct hull *b)
{
	return (a->families & b->families) != 0 &&
	    a->port_low <= b->port_high && b->port_low <= a->port_high &&
	    a->low[0] <= b->high[0] && b->low[0] <= a->high[0] &&
	    a->low[1] <= b->high[1] && b->low[1] <= a->high[1] &&
	    a->low[2] <= b->high[2] && b->low[2] <= a->high[2];
}

static void
push(struct walking *w, const struct box *box, const struct rule *rule,
    enum gone gone)
{
	w->entries = mem_grow(w->entries, &w->capacity, w->count,
	    sizeof(*w->entries));
	w->hulls = mem_grow(w->hulls, &w->hull_capacity, w->count,
	    sizeof(*w->hulls));
	w->entries[w->count] = (struct entry){ *box, rule, gone };
	make_hull(box, &w->hulls[w->count]);
	w->hulls[w->count].usable = gone != GONE_BACK_PERHAPS &&
	    !(w->state_changes && box->dims[DIM_CT_STATE] != NULL);
	w->count++;
}

static void
push_all(struct walking *w, const struct pieces *q, const struct rule *rule,
    enum gone gone)
{
	for (size_t i = 0; i < q->count; i++)
		push(w, &q->items[i], rule, gone);
}

/* ---- conditions */

static const struct known *
condition(struct walking *w, const struct rule *r)
{
	struct known *k = &w->known[r->id];
	struct box boxes[CONDITIONS_MAX], *kept;

	if (k->boxes != NULL)
		return k;
	k->exact = evaluate_condition(w->out->a->evaluator, r, w->out->pool,
	    boxes, CONDITIONS_MAX, &k->count);
	kept = pool_take(w->out->pool, (k->count + 1) * sizeof(*kept));
	memcpy(kept, boxes, k->count * sizeof(*kept));
	k->boxes = kept;
	return k;
}

static void
add_piece(struct walking *w, struct pieces *q, const struct box *b)
{
	if (q->count == PIECES_MAX) {
		/* Too many: told as unknown rather than left out. */
		q->exact = false;
		return;
	}
	q->items[q->count] = *b;
	box_clip(w->out->pool, &q->items[q->count]);
	if (!box_empty(&q->items[q->count]))
		q->count++;
}

/* What of the path the boxes hold. False when there was no room for all. */
static bool
cut(struct walking *w, const struct pieces *path, const struct box *boxes,
    size_t count, struct pieces *out)
{
	struct box b;

	out->count = 0;
	for (size_t i = 0; i < path->count; i++)
		for (size_t k = 0; k < count; k++) {
			if (!box_intersect(w->out->pool, &path->items[i],
				&boxes[k], &b))
				continue;
			if (out->count == PIECES_MAX)
				return false;
			add_piece(w, out, &b);
		}
	return true;
}

/* ---- is a rule covered? */

struct covering {
	uint32_t *ids; /* owned */
	size_t count, capacity;
};

static void
add_covering(struct covering *c, uint32_t id)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->ids[i] == id)
			return;
	c->ids = mem_grow(c->ids, &c->capacity, c->count, sizeof(*c->ids));
	c->ids[c->count++] = id;
}

static packet_value
low_of(const struct box *b, enum dimension d)
{
	return b->dims[d] != NULL ? b->dims[d]->items[0].first :
				    dimension_all(d)->items[0].first;
}

static packet_value
high_of(const struct box *b, enum dimension d)
{
	const struct spans *s = b->dims[d] != NULL ? b->dims[d] :
						     dimension_all(d);

	return s->items[s->count - 1].last;
}

/* Some corners of a box: most boxes that are not covered show it there. */
static void
sample(const struct box *b, size_t which, struct point *x)
{
	if (which == 0) {
		box_pick(b, x);
		return;
	}
	for (enum dimension d = 0; d < DIM_COUNT; d++)
		x->at[d] = (which * 2654435761u >> (d + 3)) & 1 || which == 1 ?
		    high_of(b, d) :
		    low_of(b, d);
	if (which == 2)
		for (enum dimension d = 0; d < DIM_COUNT; d++)
			x->at[d] = low_of(b, d);
}

static bool
sample_beside(const struct box *q, const struct box **list, size_t n)
{
	for (size_t which = 0; which < SAMPLES; which++) {
		struct point x;
		bool in = false;

		sample(q, which, &x);
		for (size_t i = 0; i < n && !in; i++)
			in = box_has(list[i], &x);
		if (!in)
			return true;
	}
	return false;
}

/* Entries that share packets with q; of one that holds all of it that alone.
 * Returns how many; *single tells of the latter. */
static size_t
touching(struct walking *w, const struct box *q, size_t *out, bool *single)
{
	struct hull h;
	size_t n = 0;

	make_hull(q, &h);
	*single = false;
	w->steps += w->count;
	for (size_t i = 0; i < w->count; i++) {
		const struct entry *e = &w->entries[i];

		if (!w->hulls[i].usable || !hulls_touch(&w->hulls[i], &h))
			continue;
		/* What is neither IPv4 nor IPv6 only a rule for all takes. */
		if (w->other_families && q->dims[DIM_FAMILY] == NULL &&
		    e->box.dims[DIM_FAMILY] != NULL)
			continue;
		if (box_disjoint(&e->box, q))
			continue;
		if (box_covers(&e->box, q)) {
			out[0] = i;
			*single = true;
			return 1;
		}
		out[n++] = i;
	}
	return n;
}

static enum shadow_state
weigh_union(struct walking *w, const struct box *q, const size_t *found,
    size_t n, struct covering *c)
{
	const struct box **list = mem_calloc(n + 1, sizeof(*list));
	size_t *least = mem_calloc(n + 1, sizeof(*least));
	struct budget budget = { .bytes = w->out->a->budget_bytes };
	enum shadow_state state = SHADOW_ALIVE;
	enum cover answer;
	size_t count;

	if (budget.bytes == 0)
		budget.bytes = audit_budget(w->out->a).bytes;
	budget.steps = w->cover_steps < QUESTION_STEPS ? w->cover_steps :
							 QUESTION_STEPS;
	for (size_t i = 0; i < n; i++)
		list[i] = &w->entries[found[i]].box;
	if (!sample_beside(q, list, n)) {
		const uint64_t before = budget.steps;

		answer = cover_box(w->p, q, list, n, &budget, NULL);
		count = answer == COVER_YES ?
		    cover_least(w->p, q, list, n, &budget, least) :
		    0;
		w->cover_steps -= before - budget.steps;
		state = answer == COVER_NO ? SHADOW_ALIVE :
		    answer == COVER_YES	   ? SHADOW_COVERED :
					     SHADOW_UNDECIDED;
		if (answer == COVER_YES && count == 0)
			for (size_t i = 0; i < n; i++)
				least[count++] = i;
		for (size_t i = 0; i < count; i++)
			add_covering(c, w->entries[found[least[i]]].rule->id);
	}
	free(list);
	free(least);
	return state;
}

static enum shadow_state
weigh_piece(struct walking *w, const struct box *q, struct covering *c)
{
	size_t *found = mem_calloc(w->count + 1, sizeof(*found));
	enum shadow_state state = SHADOW_ALIVE;
	bool single;
	size_t n;

	if (w->steps > STEPS_MAX) {
		free(found);
		return SHADOW_UNDECIDED;
	}
	n = touching(w, q, found, &single);
	if (single) {
		add_covering(c, w->entries[found[0]].rule->id);
		state = SHADOW_COVERED;
	} else if (n > 1)
		state = weigh_union(w, q, found, n, c);
	free(found);
	return state;
}

/* Whether the boxes of these rules, but for one, hold every piece. */
static bool
do_without(struct walking *w, const struct pieces *q, const struct covering *c,
    size_t without)
{
	const struct box **list = mem_calloc(w->count + 1, sizeof(*list));
	struct budget budget = audit_budget(w->out->a);
	bool all = true;
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		for (size_t k = 0; w->hulls[i].usable && k < c->count; k++)
			if (k != without &&
			    w->entries[i].rule->id == c->ids[k]) {
				list[n++] = &w->entries[i].box;
				break;
			}
	budget.steps = QUESTION_STEPS;
	for (size_t i = 0; all && i < q->count; i++)
		all = cover_box(w->p, &q->items[i], list, n, &budget, NULL) ==
		    COVER_YES;
	free(list);
	return all;
}

/* What one piece needs may do for another: none is named too many. */
static void
prune(struct walking *w, const struct pieces *q, struct covering *c)
{
	for (size_t i = c->count; i-- > 0 && c->count > 1;)
		if (do_without(w, q, c, i)) {
			memmove(c->ids + i, c->ids + i + 1,
			    (c->count - i - 1) * sizeof(*c->ids));
			c->count--;
		}
}

static int
order_ids(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
keep_covering(struct walking *w, struct shadow *s, struct covering *c)
{
	uint32_t *kept;

	for (size_t i = 0; i < s->covering_count; i++)
		add_covering(c, s->covering[i]);
	qsort(c->ids, c->count, sizeof(*c->ids), order_ids);
	kept = pool_take(w->out->pool, c->count * sizeof(*kept));
	memcpy(kept, c->ids, c->count * sizeof(*kept));
	s->covering = kept;
	s->covering_count = c->count;
}

/* One visit of a rule; the most alive of its visits counts. False when none of
 * its packets come there. */
static bool
weigh(struct walking *w, const struct rule *r, const struct pieces *q,
    bool whole)
{
	struct shadow *s = &w->out->items[r->id];
	enum shadow_state state = SHADOW_NEVER_COMES;
	struct covering c = { 0 };

	if (s->state == SHADOW_ALIVE)
		return true;
	if (condition(w, r)->count == 0)
		state = SHADOW_EMPTY;
	for (size_t i = 0; i < q->count && state != SHADOW_ALIVE; i++) {
		const enum shadow_state one = weigh_piece(w, &q->items[i], &c);

		if (one > state)
			state = one;
	}
	if (!whole)
		state = SHADOW_UNDECIDED;
	if (state == SHADOW_COVERED && s->state <= SHADOW_COVERED) {
		if (q->count > 1 && c.count > 1 && !w->other_families)
			prune(w, q, &c);
		keep_covering(w, s, &c);
	}
	if (state > s->state)
		s->state = state;
	free(c.ids);
	return state >= SHADOW_UNDECIDED;
}

/* ---- what a rule takes away */

static void walk_chain(struct walking *w, const struct chain *chain,
    const struct pieces *path, int depth);

/* Ends a chain that was jumped to: what it sent back goes on behind the jump,
 * so only what was gone before that stays away. */
static void
close_scope(struct walking *w, size_t begin, bool exact)
{
	struct entry *left = NULL;
	size_t n = 0, capacity = 0;

	for (size_t i = begin; exact && i < w->count; i++) {
		struct box parts[SURVIVORS_MAX + DIM_COUNT];
		size_t count = 1;

		if (w->entries[i].gone != GONE)
			continue;
		parts[0] = w->entries[i].box;
		for (size_t k = begin; k < i && count > 0; k++) {
			struct box next[SURVIVORS_MAX + DIM_COUNT];
			size_t m = 0;

			w->steps++;
			if (w->entries[k].gone == GONE ||
			    box_disjoint(&w->entries[k].box,
				&w->entries[i].box))
				continue;
			for (size_t j = 0; j < count && m <= SURVIVORS_MAX; j++)
				m += box_subtract(w->out->pool, &parts[j],
				    &w->entries[k].box, next + m);
			count = m <= SURVIVORS_MAX ? m : 0;
			memcpy(parts, next, count * sizeof(*parts));
		}
		for (size_t j = 0; j < count; j++) {
			left = mem_grow(left, &capacity, n, sizeof(*left));
			left[n++] = (struct entry){ parts[j],
				w->entries[i].rule, GONE };
		}
	}
	w->count = begin;
	for (size_t i = 0; i < n; i++)
		push(w, &left[i].box, left[i].rule, GONE);
	free(left);
}

static void
take_decision(struct walking *w, const struct rule *r, const struct decision *d,
    const struct pieces *q, int depth)
{
	const size_t begin = w->count;

	switch (d->action) {
	case ACTION_ACCEPT:
	case ACTION_DROP:
	case ACTION_REJECT:
		if (q->exact)
			push_all(w, q, r, GONE);
		break;
	case ACTION_RETURN:
		push_all(w, q, r, q->exact ? GONE_BACK : GONE_BACK_PERHAPS);
		break;
	case ACTION_JUMP:
	case ACTION_GOTO:
		if (q->count > 0)
			walk_chain(w, d->target, q, depth + 1);
		close_scope(w, begin, q->exact);
		if (d->action == ACTION_GOTO)
			push_all(w, q, r,
			    q->exact ? GONE_BACK : GONE_BACK_PERHAPS);
		break;
	default:
		break;
	}
}

/* The box of one element; false when it speaks of what is no dimension. */
static bool
element_box(const struct lookup *l, const struct set_element *e,
    struct box *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < l->field_count; i++) {
		if (e->parts[i] == NULL)
			continue;
		if (l->fields[i] > FIELD_CT_DIRECTION ||
		    out->dims[l->fields[i]] != NULL)
			return false;
		out->dims[l->fields[i]] = e->parts[i];
	}
	return true;
}

static bool
is_for_rest(const struct lookup *l, const struct set_element *e)
{
	for (size_t i = 0; i < l->field_count; i++)
		if (e->parts[i] != NULL)
			return false;
	return true;
}

/* Nothing is known of how it tells packets apart: each target may get any. */
static void
take_map_blindly(struct walking *w, const struct rule *r,
    const struct statement *s, const struct pieces *q, int depth)
{
	struct pieces *any = pool_take(w->out->pool, sizeof(*any));

	*any = *q;
	any->exact = false;
	for (size_t i = 0; i < s->lookup.element_count; i++)
		if (i == 0 ||
		    memcmp(&s->lookup.elements[i].decision,
			&s->lookup.elements[i - 1].decision,
			sizeof(struct decision)) != 0)
			take_decision(w, r, &s->lookup.elements[i].decision,
			    any, depth);
	if (s->lookup.changing)
		push_all(w, any, r, GONE_BACK_PERHAPS);
}

static void
take_map(struct walking *w, const struct rule *r, const struct statement *s,
    const struct pieces *q, int depth)
{
	const struct lookup *l = &s->lookup;
	const struct pool_mark mark = pool_mark(w->p);
	struct pieces *part;
	bool plain = !l->changing && l->element_count <= ELEMENTS_MAX;
	struct box b;

	for (size_t i = 0; plain && i < l->element_count; i++)
		plain = element_box(l, &l->elements[i], &b) &&
		    !is_for_rest(l, &l->elements[i]);
	if (!plain) {
		take_map_blindly(w, r, s, q, depth);
		return;
	}
	part = mem_calloc(1, sizeof(*part));
	for (size_t i = 0; i < l->element_count; i++) {
		(void)element_box(l, &l->elements[i], &b);
		part->exact = q->exact;
		if (!cut(w, q, &b, 1, part))
			part->exact = false;
		take_decision(w, r, &l->elements[i].decision, part, depth);
	}
	free(part);
	pool_release(w->p, mark);
}

static void
take(struct walking *w, const struct rule *r, const struct pieces *q, int depth)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		switch (s->kind) {
		case STATEMENT_VERDICT:
			take_decision(w, r, &s->decision, q, depth);
			return;
		case STATEMENT_VMAP:
			take_map(w, r, s, q, depth);
			return;
		case STATEMENT_DNAT:
		case STATEMENT_SNAT:
			if (r->chain->table->family != TABLE_BRIDGE &&
			    q->exact && s->lookup.field_count == 0)
				push_all(w, q, r, GONE);
			return;
		default:
			break;
		}
	}
}

/* ---- chains */

static void
walk_chain(struct walking *w, const struct chain *chain,
    const struct pieces *path, int depth)
{
	struct pieces *q;

	if (depth > EVALUATE_DEPTH_MAX)
		return;
	q = mem_calloc(1, sizeof(*q));
	for (size_t i = 0; i < chain->rule_count; i++) {
		const struct rule *r = &chain->rules[i];
		const struct known *k;
		bool whole;

		if (r->statement_count == 0)
			continue;
		if (w->visits++ >= VISITS_MAX) {
			if (w->out->items[r->id].state < SHADOW_UNDECIDED)
				w->out->items[r->id].state = SHADOW_UNDECIDED;
			continue;
		}
		k = condition(w, r);
		q->exact = k->exact;
		whole = cut(w, path, k->boxes, k->count, q);
		q->exact = q->exact && whole;
		if (weigh(w, r, q, whole))
			take(w, r, q, depth);
	}
	free(q);
}

/* Every chain that something leads to, whether or not packets follow. */
static void reach(struct shadows *out, const struct chain *c, int depth);

static void
reach_by(struct shadows *out, const struct decision *d, int depth)
{
	if (d->action == ACTION_JUMP || d->action == ACTION_GOTO)
		reach(out, d->target, depth + 1);
}

static void
reach(struct shadows *out, const struct chain *c, int depth)
{
	if (out->reached[c->id] || depth > EVALUATE_DEPTH_MAX)
		return;
	out->reached[c->id] = true;
	for (size_t i = 0; i < c->rule_count; i++)
		for (size_t k = 0; k < c->rules[i].statement_count; k++) {
			const struct statement *s = &c->rules[i].statements[k];

			if (s->kind == STATEMENT_VERDICT)
				reach_by(out, &s->decision, depth);
			for (size_t n = 0; s->kind == STATEMENT_VMAP &&
			     n < s->lookup.element_count;
			     n++)
				reach_by(out, &s->lookup.elements[n].decision,
				    depth);
		}
}

static bool
has_notrack(const struct ruleset *r)
{
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t k = 0; k < r->rules[i]->statement_count; k++)
			if (r->rules[i]->statements[k].kind ==
			    STATEMENT_NOTRACK)
				return true;
	return false;
}

/* Packets that come to a base chain at all. */
static void
enter(struct walking *w, const struct chain *c, struct pieces *path)
{
	const enum table_family family = c->table->family;
	struct box b = { { NULL } };

	path->count = 0;
	path->exact = true;
	w->other_families = family == TABLE_BRIDGE || family == TABLE_NETDEV ||
	    c->hook == HOOK_INGRESS || c->hook == HOOK_EGRESS;
	if (w->other_families) {
		path->items[path->count++] = b;
		return;
	}
	for (packet_value v = 4; v <= 6; v += 2) {
		if ((family == TABLE_IP && v == 6) ||
		    (family == TABLE_IP6 && v == 4))
			continue;
		b.dims[DIM_FAMILY] = spans_one(w->out->pool, v, v);
		add_piece(w, path, &b);
	}
}

void
shadows_find(const struct audit *a, struct shadows *out)
{
	const struct ruleset *r = a->ruleset;
	struct walking w = { .out = out, .cover_steps = COVER_STEPS };
	struct pieces *path = mem_calloc(1, sizeof(*path));
	const bool notrack = has_notrack(r);

	memset(out, 0, sizeof(*out));
	out->a = a;
	out->pool = pool_new();
	out->items = mem_calloc(r->rule_count + 1, sizeof(*out->items));
	out->reached = mem_calloc(r->chain_count + 1, sizeof(*out->reached));
	w.p = pool_new();
	w.known = mem_calloc(r->rule_count + 1, sizeof(*w.known));
	for (size_t i = 0; i < r->chain_count; i++) {
		const struct chain *c = r->chains[i];

		if (c->hook == HOOK_NONE)
			continue;
		reach(out, c, 0);
		if (c->table->family == TABLE_ARP)
			continue;
		w.state_changes = notrack &&
		    (c->hook == HOOK_PREROUTING || c->hook == HOOK_OUTPUT);
		w.count = 0;
		enter(&w, c, path);
		walk_chain(&w, c, path, 0);
	}
	free(path);
	free(w.entries);
	free(w.hulls);
	free(w.known);
	pool_free(w.p);
}

void
shadows_fini(struct shadows *s)
{
	free(s->items);
	free(s->reached);
	pool_free(s->pool);
	memset(s, 0, sizeof(*s));
}
