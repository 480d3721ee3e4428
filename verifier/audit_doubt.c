/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-2 where nobody can know: what a conduit declares and only some outcome
 * of a limit, a changing set and the like lets through. Of a declared box the
 * packets are kept of which every outcome is accepted by some source port or
 * interface; what remains may be blocked. A reverse path check (fib saddr)
 * never blocks those who come by the way that leads to them.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_look.h"
#include "audit_pair.h"
#include "base/mem.h"

#define BOXES_MAX 4096 /* of one kind; more is not decided */
#define TRIED_MAX 64   /* packets asked in the hope of one that shows it */

struct boxes {
	struct box *items; /* owned; spans in the pair's pool */
	size_t count, capacity;
	bool full;
};

struct doubting {
	struct pair *pair;
	const struct box *asked;
	enum way way;
	bool direct;	   /* the wire's destination is the declared one */
	struct boxes left; /* as the conduit speaks of them */
	struct boxes passed, lasts; /* on the wire; by their last destination */
	struct boxes dropped;	    /* by some outcome, on the wire */
	struct point *out;
	bool shown;
};

static void
boxes_add(struct boxes *l, const struct box *box)
{
	if (l->count == BOXES_MAX) {
		l->full = true;
		return;
	}
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count++] = *box;
}

/* Values that outlive the walk's leaf. */
static void
boxes_keep(struct boxes *l, struct pool *pool, struct box box)
{
	for (int d = 0; d < DIM_COUNT && l->count < BOXES_MAX; d++)
		if (box.dims[d])
			box.dims[d] = spans_make(pool, box.dims[d]->items,
			    box.dims[d]->count);
	boxes_add(l, &box);
}

static void
boxes_subtract(struct boxes *l, struct pool *pool, const struct box *gone)
{
	struct boxes old = *l;
	struct box pieces[DIM_COUNT];

	*l = (struct boxes){ .full = old.full };
	for (size_t i = 0; i < old.count; i++) {
		size_t n = 1;

		pieces[0] = old.items[i];
		if (!box_disjoint(&old.items[i], gone))
			n = box_subtract(pool, &old.items[i], gone, pieces);
		for (size_t k = 0; k < n; k++)
			boxes_add(l, &pieces[k]);
	}
	free(old.items);
}

/* ---- what becomes of them */

static bool
is_path_drop(const struct leaf *leaf)
{
	const struct rule *rule = leaf->decision_count ?
	    leaf->decisions[leaf->decision_count - 1].rule :
	    NULL;

	return rule && audit_checks_path(rule);
}

static bool
doubting_leaf(void *context, const struct leaf *leaf)
{
	struct doubting *d = context;
	struct pool *pool = d->pair->pool;
	const struct box last = space_of_leaf(leaf);
	const bool passes = leaf->accepted && !leaf->redirected;
	struct box wire = *leaf->box;

	wire.dims[DIM_NEW_DADDR] = wire.dims[DIM_NEW_DPORT] = NULL;
	if (passes && !box_disjoint(&last, d->asked)) {
		boxes_keep(&d->passed, pool, wire);
		boxes_keep(&d->lasts, pool, last);
	} else if (leaf->free && (d->direct || !leaf->accepted) &&
	    !is_path_drop(leaf)) {
		boxes_keep(&d->dropped, pool, wire);
	}
	return !d->passed.full && !d->dropped.full;
}

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

/* Of what passes by some outcome, that which no other outcome drops. What is
 * translated is taken as a whole or not at all. */
static void
take_certain(struct doubting *d)
{
	struct pool *pool = d->pair->pool;

	for (size_t i = 0; i < d->passed.count && d->left.count; i++) {
		const struct box *last = &d->lasts.items[i];
		const bool same = last->dims[DIM_DADDR] &&
		    d->passed.items[i].dims[DIM_DADDR] &&
		    spans_equal(last->dims[DIM_DADDR],
			d->passed.items[i].dims[DIM_DADDR]) &&
		    spans_equal(last->dims[DIM_DPORT],
			d->passed.items[i].dims[DIM_DPORT]);
		struct boxes sure = { 0 };

		boxes_add(&sure, &d->passed.items[i]);
		for (size_t k = 0; k < d->dropped.count && sure.count; k++)
			boxes_subtract(&sure, pool, &d->dropped.items[k]);
		for (size_t k = 0; k < sure.count; k++) {
			struct box gone = projected(&sure.items[k]);

			if (!same) {
				gone.dims[DIM_DADDR] = last->dims[DIM_DADDR];
				gone.dims[DIM_DPORT] = last->dims[DIM_DPORT];
			}
			boxes_subtract(&d->left, pool, &gone);
		}
		d->left.full |= sure.full;
		free(sure.items);
	}
}

/* ---- a packet that shows it */

/* It lies where one outcome passes and another does not; that may be accepted
 * as well, on its way to somewhere else. */
static bool
is_doubtful(const struct doubting *d, const struct point *x)
{
	struct fates fates;

	evaluate_point(d->pair->a->evaluator, d->way, x, d->pair->pool, &fates);
	return fates.possibly_accepted;
}

/* Of what is left in one dropped box: a packet that passes by another
 * outcome. */
static void
show_in(struct doubting *d, const struct box *left, const struct box *dropped,
    size_t *tried)
{
	struct pool *pool = d->pair->pool;
	struct box narrow = *left, both, box;

	if (!d->direct)
		narrow.dims[DIM_DADDR] = narrow.dims[DIM_DPORT] = NULL;
	if (!box_intersect(pool, &narrow, dropped, &both))
		return;
	for (size_t i = 0;
	     i < d->passed.count && !d->shown && *tried < TRIED_MAX; i++) {
		if (!box_intersect(pool, &both, &d->passed.items[i], &box))
			continue;
		pair_pick(pool, &box, d->out);
		++*tried;
		d->shown = is_doubtful(d, d->out);
	}
}

static void
show(struct doubting *d)
{
	size_t tried = 0, looked = 0;

	for (size_t i = 0; i < d->left.count; i++)
		for (size_t k = 0; k < d->dropped.count && !d->shown &&
		     tried < TRIED_MAX && looked++ < BOXES_MAX;
		     k++)
			show_in(d, &d->left.items[i], &d->dropped.items[k],
			    &tried);
}

static bool
walk_doubt(struct doubting *d, size_t way, const struct slice *of,
    const struct box *box)
{
	struct pair *p = d->pair;
	struct slice *slice = evaluate_slice(p->a->evaluator, of,
	    p->ways->items[way], box);
	const struct walk walk = { .way = p->ways->items[way],
		.slice = slice,
		.budget = &p->budget,
		.leaf = doubting_leaf,
		.context = d };
	enum walk_result result;

	d->way = p->ways->items[way];
	d->passed.count = d->lasts.count = d->dropped.count = 0;
	result = evaluate_walk(p->a->evaluator, &walk, box);
	evaluate_slice_free(slice);
	take_certain(d);
	if (result == WALK_DONE && !d->shown)
		show(d);
	return result == WALK_DONE && !d->left.full;
}

/* Those that come under another address. */
static bool
walk_translations(struct doubting *d)
{
	struct pair *p = d->pair;
	struct box *boxes, narrow = *d->asked;
	const size_t count = pair_translations(p, &boxes);
	bool decided = true;

	d->direct = false;
	narrow.dims[DIM_DADDR] = narrow.dims[DIM_DPORT] = NULL;
	for (size_t i = 0; i < count && decided; i++) {
		struct box box;

		if (!box_intersect(p->pool, &boxes[i], &narrow, &box))
			continue;
		for (size_t w = 0; w < p->ways->count && decided; w++)
			decided = walk_doubt(d, w,
			    p->source->slices[p->family == 6][w], &box);
	}
	free(boxes);
	return decided;
}

enum pair_doubt
pair_doubt_of(struct pair *p, const struct box *asked,
    const struct box *blocked, size_t count, struct point *out)
{
	struct doubting d = { .pair = p,
		.asked = asked,
		.direct = true,
		.out = out };
	const struct box first = projected(asked);
	enum pair_doubt result = PAIR_DOUBT_NONE;
	bool decided = true;

	if (!p->source->doubtful)
		return result;
	boxes_add(&d.left, &first);
	for (size_t i = 0; i < count; i++)
		boxes_subtract(&d.left, p->pool, &blocked[i]);
	for (size_t w = 0; w < p->ways->count && decided && d.left.count; w++)
		decided = walk_doubt(&d, w, p->slices[w], asked);
	if (decided && d.left.count)
		decided = walk_translations(&d);
	if (!decided)
		result = PAIR_DOUBT_UNDECIDED;
	else if (d.left.count)
		result = d.shown ? PAIR_DOUBT_SHOWN : PAIR_DOUBT_SOME;
	free(d.left.items);
	free(d.passed.items);
	free(d.lasts.items);
	free(d.dropped.items);
	return result;
}

/* ---- on what it depends */

struct depending {
	struct audit_finding *f;
	struct text *what;
};

static bool
note_free(void *context, const struct step *s)
{
	struct depending *d = context;
	struct audit_finding *f = d->f;

	if (s->kind != STEP_FREE || !s->rule || audit_checks_path(s->rule) ||
	    f->rule_count == AUDIT_RULES_MAX)
		return true;
	for (size_t i = 0; i < f->rule_count; i++)
		if (f->rules[i].rule == s->rule)
			return true;
	f->rules[f->rule_count++] = (struct audit_rule){ s->rule,
		s->rule->chain, ACTION_UNKNOWN };
	audit_unknown_words(s->rule, d->what);
	return true;
}

void
pair_depends_on(const struct pair *p, struct audit_finding *f,
    struct text *what)
{
	struct budget budget = audit_budget(p->a);
	struct depending d = { f, what };
	struct box box = { { NULL } };

	for (int k = 0; k < DIM_NEW_DADDR; k++)
		box.dims[k] = spans_one(p->pool, f->witness.at[k],
		    f->witness.at[k]);
	(void)evaluate_trace(p->a->evaluator, f->way, &box, &budget, note_free,
	    &d);
}
