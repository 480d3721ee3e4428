/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_look.h. A question "does anything of this box pass?" is asked one
 * accepting rule at a time: then only what drops parts the box, and no answer
 * at all is a proof.
 */
#include "audit_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- chains */

static enum hook
hook_of(enum way way)
{
	return way == WAY_INPUT ? HOOK_INPUT : HOOK_FORWARD;
}

size_t
look_chains(const struct audit *a, enum way way, int family,
    const struct chain *out[LOOK_CHAINS_MAX])
{
	const struct chain *all[LOOK_CHAINS_MAX];
	size_t n = evaluate_chains(a->evaluator, way, family, all,
	    LOOK_CHAINS_MAX);
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (all[i]->hook == hook_of(way) &&
		    all[i]->type == CHAIN_FILTER)
			out[count++] = all[i];
	return count;
}

enum way
look_way(const struct audit *a, int family)
{
	const struct chain *chains[LOOK_CHAINS_MAX];

	return look_chains(a, WAY_FORWARD, family, chains) == 0 &&
		look_chains(a, WAY_BRIDGE, family, chains) > 0 ?
	    WAY_BRIDGE :
	    WAY_FORWARD;
}

/* Every base chain must accept, so any one will do; one that drops what no
 * rule of it names has the least to ask about. */
static const struct chain *
strictest(const struct audit *a, enum way way, int family)
{
	const struct chain *chains[LOOK_CHAINS_MAX], *best = NULL;
	const size_t n = look_chains(a, way, family, chains);

	for (size_t i = 0; i < n; i++)
		if (best == NULL ||
		    (chains[i]->policy_drop && !best->policy_drop))
			best = chains[i];
	return best;
}

/* ---- asking */

/* To the firewall itself what is translated is asked about apart, by its last
 * destination (audit_manage.c). */
static bool
counts(const struct leaf *leaf, enum way way)
{
	return leaf->accepted && (way != WAY_INPUT || !leaf->translated);
}

struct asking {
	struct audit *a;
	struct walk walk;
	const struct box *box;
	struct look look;
	bool found;
	bool (*each)(void *context, const struct look *l);
	void *context;
};

static bool
first_accepted(void *context, const struct leaf *leaf)
{
	struct asking *q = context;

	if (!counts(leaf, q->walk.way))
		return true;
	box_pick(leaf->box, &q->look.x);
	q->found = true;
	return false;
}

/* One question: STOPPED when whoever asks has enough. */
static enum walk_result
ask(struct asking *q)
{
	struct budget budget = audit_budget(q->a);
	enum walk_result result;

	q->found = false;
	q->walk.budget = &budget;
	q->walk.leaf = first_accepted;
	q->walk.context = q;
	result = evaluate_walk(q->a->evaluator, &q->walk, q->box);
	if (q->found)
		return q->each(q->context, &q->look) ? WALK_DONE : WALK_STOPPED;
	return result;
}

static enum walk_result
ask_rules(struct asking *q, const struct rule **rules, size_t count)
{
	enum walk_result all = WALK_DONE;

	for (size_t i = 0; i < count; i++) {
		enum walk_result one;

		q->walk.candidate = rules[i];
		q->look.rule = rules[i];
		one = ask(q);
		if (one == WALK_STOPPED)
			return one;
		if (one == WALK_UNDECIDED)
			all = one;
	}
	q->walk.candidate = NULL;
	q->look.rule = NULL;
	return all;
}

/* Where there is no chain everything passes. */
static enum walk_result
ask_policy(struct asking *q)
{
	const struct chain *base = q->look.base;
	enum walk_result result;

	if (base == NULL)
		return ask(q);
	if (base->policy_drop)
		return WALK_DONE;
	result = look_own(q->a, q->walk.way, base, NULL, q->box, &q->look.x);
	if (result != WALK_STOPPED)
		return result;
	return q->each(q->context, &q->look) ? WALK_DONE : WALK_STOPPED;
}

enum walk_result
look_accepting(struct audit *a, enum way way, int family, const struct box *box,
    bool (*each)(void *context, const struct look *l), void *context)
{
	const struct chain *base = strictest(a, way, family);
	struct slice *slice = evaluate_slice(a->evaluator, NULL, way, box);
	const struct rule **rules;
	enum walk_result result, policy = WALK_DONE;
	size_t count;
	struct asking q = { .a = a,
		.walk = { .way = way, .slice = slice },
		.box = box,
		.look = { .base = base },
		.each = each,
		.context = context };

	rules = mem_calloc(a->ruleset->rule_count + 1, sizeof(*rules));
	count = base == NULL ?
	    0 :
	    evaluate_accepting(slice, base, rules, a->ruleset->rule_count);
	q.walk.candidate_base = base;
	result = ask_rules(&q, rules, count);
	if (result != WALK_STOPPED)
		policy = ask_policy(&q);
	if (result == WALK_DONE || policy == WALK_STOPPED)
		result = policy;
	free(rules);
	evaluate_slice_free(slice);
	return result;
}

/* ---- what is a rule's own */

#define CONDITIONS_MAX 16 /* boxes of one rule */
#define LEAVES_TRIED 256

struct owning {
	struct audit *a;
	enum way way;
	struct pool *p;
	const struct chain *base;
	const struct rule *rule;
	const struct box **taken; /* owned: what others may accept */
	size_t taken_count;
	size_t tried;
	struct point x;
	bool found;
};

/* Every box that another accepting rule of the chain may take. */
static void
find_taken(struct owning *o, const struct slice *slice)
{
	const size_t most = o->a->ruleset->rule_count;
	const struct rule **rules = mem_calloc(most + 1, sizeof(*rules));
	const size_t n = evaluate_accepting(slice, o->base, rules, most);
	struct box boxes[CONDITIONS_MAX];

	o->taken = mem_calloc(n * CONDITIONS_MAX + 1, sizeof(*o->taken));
	for (size_t i = 0; i < n; i++) {
		size_t count = 0;

		if (rules[i] == o->rule)
			continue;
		(void)evaluate_condition(o->a->evaluator, rules[i], o->p, boxes,
		    CONDITIONS_MAX, &count);
		for (size_t k = 0; k < count; k++) {
			struct box *kept = pool_take(o->p, sizeof(*kept));

			*kept = boxes[k];
			kept->dims[DIM_CT_STATE] = NULL;
			o->taken[o->taken_count++] = kept;
		}
	}
	free(rules);
}

static bool
first_beside(void *context, const struct leaf *leaf)
{
	struct owning *o = context;
	struct budget budget = audit_budget(o->a);

	if (!counts(leaf, o->way))
		return true;
	o->found = cover_box(o->p, leaf->box, o->taken, o->taken_count, &budget,
		       &o->x) == COVER_NO;
	return !o->found && ++o->tried < LEAVES_TRIED;
}

static bool
first_of_own(void *context, const struct leaf *leaf)
{
	struct owning *o = context;

	if (!counts(leaf, o->way))
		return true;
	for (size_t i = 0; i < leaf->decision_count; i++)
		o->found |= leaf->decisions[i].base == o->base &&
		    leaf->decisions[i].rule == o->rule;
	if (o->found)
		box_pick(leaf->box, &o->x);
	return !o->found;
}

enum walk_result
look_own(struct audit *a, enum way way, const struct chain *base,
    const struct rule *rule, const struct box *box, struct point *x)
{
	struct slice *slice = evaluate_slice(a->evaluator, NULL, way, box);
	struct budget budget = audit_budget(a);
	struct owning o = { .a = a,
		.way = way,
		.p = pool_new(),
		.base = base,
		.rule = rule };
	struct walk w = { .way = way,
		.slice = slice,
		.candidate = rule,
		.candidate_policy = rule == NULL,
		.candidate_base = base,
		.budget = &budget,
		.leaf = first_beside,
		.context = &o };
	enum walk_result result;

	find_taken(&o, slice);
	result = evaluate_walk(a->evaluator, &w, box);
	if (!o.found && o.tried > 0) {
		/* Others may take all of it, and perhaps do not. */
		w.candidate = NULL;
		w.candidate_policy = false;
		w.candidate_base = NULL;
		w.leaf = first_of_own;
		budget = audit_budget(a);
		result = evaluate_walk(a->evaluator, &w, box);
	}
	if (o.found)
		*x = o.x;
	free(o.taken);
	pool_free(o.p);
	evaluate_slice_free(slice);
	return o.found ? WALK_STOPPED : result;
}

/* ---- the model and boxes */

bool
look_uses(struct audit *a, int family)
{
	for (size_t i = 0; i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];

		if (z->tier != TIER_OUTSIDE &&
		    space_addresses(a, z, family)->count > 0)
			return true;
	}
	return false;
}

struct box
look_everything(struct pool *p, int family)
{
	struct box b = { { NULL } };

	b.dims[DIM_FAMILY] = spans_one(p, (packet_value)family,
	    (packet_value)family);
	b.dims[DIM_CT_STATE] = spans_one(p, CT_NEW, CT_NEW);
	b.dims[DIM_CT_DIRECTION] = spans_one(p, 0, 0);
	box_clip(p, &b);
	return b;
}

struct audit_finding *
look_finding(struct audit *a, enum check check, enum way way,
    const struct point *x)
{
	struct audit_finding *f = audit_add(a, check);
	struct point own = *x;

	/* What ends here goes out nowhere. */
	if (way == WAY_INPUT)
		own.at[DIM_OIF] = 0;
	if (f != NULL && !audit_witness(a, f, way, &own, true)) {
		a->finding_count--;
		f = NULL;
	}
	return f;
}

void
look_add(struct look_boxes *l, const struct box *b)
{
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count++] = *b;
}

void
look_subtract(struct pool *p, struct look_boxes *l, const struct box *b)
{
	struct look_boxes out = { 0 };
	struct box pieces[DIM_COUNT];

	for (size_t i = 0; i < l->count; i++) {
		size_t n;

		if (box_disjoint(&l->items[i], b)) {
			look_add(&out, &l->items[i]);
			continue;
		}
		n = box_subtract(p, &l->items[i], b, pieces);
		for (size_t k = 0; k < n; k++)
			look_add(&out, &pieces[k]);
	}
	free(l->items);
	*l = out;
}

void
look_boxes_fini(struct look_boxes *l)
{
	free(l->items);
	memset(l, 0, sizeof(*l));
}
