/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-6: what is dropped on its way to where nothing may go (a forbidden cell,
 * or into the tier of personal numbers) must leave a log. Asked of every rule
 * and policy that drops without a log of its own: does a packet end there that
 * no log before it has told? A log that is limited counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_look.h"
#include "base/mem.h"

#define CONDITIONS_MAX 64
#define TOLD_MAX 50 /* findings; then the rest is one, and not asked */

/* Something that drops: a rule, or the policy of a chain (rule NULL). */
struct dropper {
	const struct rule *rule;
	const struct chain *chain;
	bool told;
};

struct logging {
	struct audit *a;
	struct pool *p;	       /* of one pair */
	struct dropper *items; /* owned */
	size_t count, capacity;
	size_t told;
	/* of the question at hand */
	const struct dropper *asked;
	struct point x;
	bool found, certain;
};

/* ---- who drops without a log of his own */

static bool
has_log(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++)
		if (r->statements[i].kind == STATEMENT_LOG)
			return true;
	return false;
}

static bool
is_drop(const struct decision *d)
{
	return d->action == ACTION_DROP || d->action == ACTION_REJECT;
}

static bool
drops(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (s->kind == STATEMENT_VERDICT && is_drop(&s->decision))
			return true;
		for (size_t k = 0;
		     s->kind == STATEMENT_VMAP && k < s->lookup.element_count;
		     k++)
			if (is_drop(&s->lookup.elements[k].decision))
				return true;
	}
	return false;
}

static void
add_dropper(struct logging *l, const struct rule *rule,
    const struct chain *chain)
{
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count++] = (struct dropper){ rule, chain, false };
}

static void
find_droppers(struct logging *l)
{
	const struct ruleset *r = l->a->ruleset;

	for (size_t i = 0; i < r->chain_count; i++) {
		const struct chain *c = r->chains[i];

		if (c->table->dormant || c->table->family == TABLE_ARP ||
		    c->table->family == TABLE_BRIDGE || c->hook == HOOK_INPUT ||
		    c->hook == HOOK_OUTPUT)
			continue;
		for (size_t k = 0; k < c->rule_count; k++)
			/* What depends on an unknown (fib, limit) drops what
			 * nobody can name: no packet would show it. */
			if (drops(&c->rules[k]) && !has_log(&c->rules[k]) &&
			    !c->rules[k].unknown)
				add_dropper(l, &c->rules[k], c);
		if (c->hook != HOOK_NONE && c->policy_drop)
			add_dropper(l, NULL, c);
	}
}

/* ---- logs before it */

/* Whether whatever the condition holds is logged, or as much of it as a limit
 * lets through. */
static bool
logs_condition(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (s->kind == STATEMENT_LOG)
			return true;
		if (s->lookup.changing)
			return false;
		if (s->kind == STATEMENT_UNKNOWN &&
		    (s->may_decide || s->unknown == NULL ||
			strstr(s->unknown, "limit") == NULL))
			return false;
	}
	return false;
}

/* The conditions of the limited logs are as exact as without the limit, save
 * where marks and the like are asked about. */
static bool
asks_dimensions(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++)
		for (size_t k = 0; k < r->statements[i].lookup.field_count; k++)
			if (r->statements[i].lookup.fields[k] >
			    FIELD_CT_DIRECTION)
				return false;
	return true;
}

/* Boxes that rules of the chain before the dropper log. */
static void
logged_before(struct logging *l, const struct dropper *d,
    struct look_boxes *out)
{
	const size_t end = d->rule != NULL ? d->rule->index :
					     d->chain->rule_count;
	struct box boxes[CONDITIONS_MAX];

	for (size_t i = 0; i < end; i++) {
		const struct rule *r = &d->chain->rules[i];
		bool exact;
		size_t n = 0;

		if (!has_log(r) || !logs_condition(r) || !asks_dimensions(r))
			continue;
		exact = evaluate_condition(l->a->evaluator, r, l->p, boxes,
		    CONDITIONS_MAX, &n);
		for (size_t k = 0; k < n && (exact || r->unknown); k++)
			look_add(out, &boxes[k]);
	}
}

/* ---- one question */

static bool
is_asked(const struct dropper *d, const struct leaf *leaf)
{
	const struct leaf_decision *last;

	if (leaf->accepted || leaf->logged || leaf->decision_count == 0)
		return false;
	last = &leaf->decisions[leaf->decision_count - 1];
	return last->rule == d->rule &&
	    (d->rule != NULL || last->base == d->chain);
}

static bool
is_silent(struct logging *l, const struct point *x)
{
	struct fates fates;

	evaluate_point(l->a->evaluator, look_way(l->a, (int)x->at[DIM_FAMILY]),
	    x, l->p, &fates);
	return !fates.possibly_accepted && is_asked(l->asked, &fates.leaf);
}

static bool
first_silent(void *context, const struct leaf *leaf)
{
	struct logging *l = context;

	if (!is_asked(l->asked, leaf))
		return true;
	box_pick(leaf->box, &l->x);
	l->found = true;
	return false;
}

/* A packet of q that ends there without a log. */
static enum walk_result
look_silent(struct logging *l, const struct box *q)
{
	struct budget budget = audit_budget(l->a);
	const struct walk w = { .way = look_way(l->a,
				    spans_has(q->dims[DIM_FAMILY], 6) ? 6 : 4),
		.budget = &budget,
		.leaf = first_silent,
		.context = l };
	struct look_boxes before = { 0 };
	const struct box **list;
	enum cover covered;

	logged_before(l, l->asked, &before);
	list = mem_calloc(before.count + 1, sizeof(*list));
	for (size_t i = 0; i < before.count; i++)
		list[i] = &before.items[i];
	covered = cover_box(l->p, q, list, before.count, &budget, &l->x);
	free(list);
	look_boxes_fini(&before);
	l->found = false;
	if (covered == COVER_YES)
		return WALK_DONE;
	if (covered == COVER_NO)
		l->found = is_silent(l, &l->x);
	if (!l->found) {
		box_pick(q, &l->x);
		l->found = is_silent(l, &l->x);
	}
	return l->found ? WALK_STOPPED : evaluate_walk(l->a->evaluator, &w, q);
}

/* Whether whatever nobody can know ends the packet there as well. */
static bool
ends_there(void *context, const struct leaf *leaf)
{
	struct logging *l = context;

	l->certain &= is_asked(l->asked, leaf);
	return l->certain;
}

static bool
is_certain(struct logging *l)
{
	const struct walk w = { .way = look_way(l->a, (int)l->x.at[DIM_FAMILY]),
		.leaf = ends_there,
		.context = l };
	struct box box = { { NULL } };

	for (int d = 0; d < DIM_NEW_DADDR; d++)
		box.dims[d] = spans_one(l->p, l->x.at[d], l->x.at[d]);
	l->certain = true;
	(void)evaluate_walk(l->a->evaluator, &w, &box);
	return l->certain;
}

/* ---- telling */

static void
tell(struct logging *l, struct dropper *d, const struct zone *from,
    const struct zone *to)
{
	const struct audit_rule rule = { d->rule, d->chain, ACTION_DROP };
	struct audit_finding *f;
	struct text name = { 0 };

	d->told = true;
	f = audit_add(l->a, CHECK_FWR_6);
	if (f == NULL)
		return;
	l->told++;
	f->from = from;
	f->to = to;
	f->certainty = is_certain(l) ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->has_witness = true;
	f->way = look_way(l->a, (int)l->x.at[DIM_FAMILY]);
	f->witness = l->x;
	f->family = (int)l->x.at[DIM_FAMILY];
	f->rules[f->rule_count++] = rule;
	ruleset_chain_name(d->chain, &name);
	audit_say(l->a, f, d->rule != NULL ? W_LOG_RULE : W_LOG_POLICY, 1,
	    text_str(&name));
	text_free(&name);
}

/* Those that were not asked any more. */
static void
tell_folded(struct logging *l)
{
	struct audit_finding *f;
	char number[24];
	size_t n = 0;

	if (l->told < TOLD_MAX)
		return;
	f = audit_add(l->a, CHECK_FWR_6);
	if (f == NULL)
		return;
	for (size_t i = 0; i < l->count; i++) {
		const struct dropper *d = &l->items[i];

		if (d->told)
			continue;
		if (n++ < AUDIT_RULES_MAX)
			f->rules[f->rule_count++] = (struct audit_rule){
				d->rule, d->chain, ACTION_DROP
			};
	}
	f->rules_left_out = n - f->rule_count;
	if (n == 0) {
		l->a->finding_count--;
		return;
	}
	(void)snprintf(number, sizeof(number), "%zu", n);
	audit_say(l->a, f, W_LOG_FOLDED, 1, number);
}

/* ---- the pairs */

static bool
is_guarded(const struct audit *a, const struct zone *from,
    const struct zone *to)
{
	const struct cell *cell = space_cell(a, from, to);

	return (cell != NULL && cell->kind == CELL_DENY) ||
	    (to->tier == TIER_MYNUMBER && from->tier != TIER_MYNUMBER);
}

static void
ask_dropper(struct logging *l, struct dropper *d, const struct zone *from,
    const struct zone *to, const struct box *pair)
{
	struct box boxes[CONDITIONS_MAX];
	struct text name = { 0 };
	bool open = false;
	size_t n = 1;

	if (d->rule != NULL)
		(void)evaluate_condition(l->a->evaluator, d->rule, l->p, boxes,
		    CONDITIONS_MAX, &n);
	l->asked = d;
	for (size_t i = 0; i < n && !d->told; i++) {
		struct box q = *pair;

		if (d->rule != NULL &&
		    !box_intersect(l->p, pair, &boxes[i], &q))
			continue;
		open |= look_silent(l, &q) == WALK_UNDECIDED;
		if (l->found)
			tell(l, d, from, to);
	}
	if (!open || d->told)
		return;
	ruleset_chain_name(d->chain, &name);
	audit_add_undecided(l->a, CHECK_FWR_6, from, to, d->rule,
	    W_LOG_UNDECIDED, 1, text_str(&name));
	text_free(&name);
}

static void
ask_pair(struct logging *l, const struct zone *from, const struct zone *to)
{
	struct box boxes[2];
	size_t n;

	l->p = pool_new();
	n = space_pair(l->a, from, to, l->p, boxes);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < l->count; k++)
			if (!l->items[k].told && l->told < TOLD_MAX)
				ask_dropper(l, &l->items[k], from, to,
				    &boxes[i]);
	pool_free(l->p);
}

void
audit_default_log(struct audit *a)
{
	struct logging l = { .a = a };
	const struct model *m = a->m;

	find_droppers(&l);
	for (size_t i = 0; i < m->zone_count; i++)
		for (size_t k = 0; k < m->zone_count; k++)
			if (space_judged(a, &m->zones[i], &m->zones[k]) &&
			    is_guarded(a, &m->zones[i], &m->zones[k]))
				ask_pair(&l, &m->zones[i], &m->zones[k]);
	tell_folded(&l);
	free(l.items);
}
