/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ruleset made ready, and walks through it: of boxes, of a candidate rule
 * and of single packets. What a rule does is in evaluate_run.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate_internal.h"

struct evaluator *
evaluate_new(const struct ruleset *r)
{
	struct evaluator *e = mem_calloc(1, sizeof(*e));

	e->ruleset = r;
	e->pool = pool_new();
	evaluate_prepare(e);
	evaluate_base_all(e);
	e->rooms = mem_calloc(1, sizeof(*e->rooms));
	return e;
}

void
evaluate_free(struct evaluator *e)
{
	struct scratch *next;

	if (!e)
		return;
	for (struct scratch *s = e->rooms->spare; s; s = next) {
		next = s->next;
		pool_free(s->pool);
		free(s->stack);
		free(s->room);
		free(s->last);
		free(s);
	}
	free(e->rooms);
	evaluate_base_free(e);
	evaluate_unprepare(e);
	pool_free(e->pool);
	free(e);
}

void
evaluate_own(struct evaluator *e, const struct spans *v4,
    const struct spans *v6)
{
	const struct spans *const own[2] = { v4, v6 };

	for (size_t f = 0; f < 2; f++)
		e->own[f] = own[f] ?
		    spans_make(e->pool, own[f]->items, own[f]->count) :
		    NULL;
}

bool
evaluate_knows_own(const struct evaluator *e, int family)
{
	return e->own[family == 6] != NULL;
}

const struct ruleset *
evaluate_ruleset(const struct evaluator *e)
{
	return e->ruleset;
}

/* A walk's room; another one while a walk's callback walks. */
static struct scratch *
take_scratch(const struct evaluator *e)
{
	struct scratch *s = e->rooms->spare;

	if (s) {
		e->rooms->spare = s->next;
		return s;
	}
	s = mem_calloc(1, sizeof(*s));
	s->pool = pool_new();
	s->last = mem_reallocarray(NULL, e->ruleset->chain_count + 1,
	    sizeof(*s->last));
	for (size_t i = 0; i < e->ruleset->chain_count; i++)
		s->last[i] = -1;
	return s;
}

static void
give_scratch(const struct evaluator *e, struct scratch *s)
{
	s->next = e->rooms->spare;
	e->rooms->spare = s;
}

/* ---- the candidate */

/* For each chain the last rule that leads to the candidate; -1: none. */
static void
find_leading(const struct evaluator *e, const struct rule *candidate,
    int64_t *last)
{
	const struct chain **queue = mem_calloc(e->ruleset->chain_count + 1,
	    sizeof(*queue));
	size_t waiting = 1;

	queue[0] = candidate->chain;
	last[candidate->chain->id] = candidate->index;
	while (waiting) {
		const struct chain *chain = queue[--waiting];

		for (size_t i = 0; i < e->call_counts[chain->id]; i++) {
			const struct call *call = &e->calls[chain->id][i];
			int64_t *mine = &last[call->caller->id];

			if (*mine < 0)
				queue[waiting++] = call->caller;
			if (*mine < (int64_t)call->rule)
				*mine = call->rule;
		}
	}
	free(queue);
}

static void
forget_leading(const struct evaluator *e, int64_t *last)
{
	for (size_t i = 0; i < e->ruleset->chain_count; i++)
		last[i] = -1;
}

static void
run_candidate(struct run *r, const struct box *box)
{
	const struct evaluator *e = r->e;
	const struct bases *bases[2] = { &e->bases[r->w->way][0],
		&e->bases[r->w->way][1] };

	r->last = r->scratch->last;
	find_leading(e, r->w->candidate, r->last);
	if (r->w->candidate_base) {
		r->own = r->w->candidate_base;
		if (r->last[r->own->id] >= 0)
			evaluate_run(r, box);
	}
	for (size_t f = 0; f < 2 && !r->w->candidate_base; f++)
		for (size_t i = 0; i < bases[f]->count && !r->stop; i++) {
			const struct chain *chain = bases[f]->items[i].chain;
			struct box half = *box;

			if (!chain || r->last[chain->id] < 0)
				continue;
			half.dims[DIM_FAMILY] = spans_intersect(r->pool,
			    box->dims[DIM_FAMILY],
			    spans_one(r->pool, f ? 6 : 4, f ? 6 : 4));
			r->own = chain;
			evaluate_run(r, &half);
		}
	forget_leading(e, r->last);
}

enum walk_result
evaluate_walk_told(const struct evaluator *e, const struct walk *w,
    const struct box *box, bool (*step)(void *context, const struct step *s),
    void *context)
{
	struct run r = { .e = e, .w = w };
	struct pool_mark mark;

	r.step = step;
	r.step_context = context;
	r.scratch = take_scratch(e);
	r.pool = r.scratch->pool;
	r.slice = w->slice ? w->slice : &e->all;
	mark = pool_mark(r.pool);
	if (w->candidate)
		run_candidate(&r, box);
	else {
		r.own = w->candidate_policy ? w->candidate_base : NULL;
		r.own_all = w->candidate_policy && !r.own;
		evaluate_run(&r, box);
	}
	pool_release(r.pool, mark);
	give_scratch(e, r.scratch);
	return r.stop == STOP_BUDGET ? WALK_UNDECIDED :
	    r.stop == STOP_CALLER    ? WALK_STOPPED :
				       WALK_DONE;
}

enum walk_result
evaluate_walk(const struct evaluator *e, const struct walk *w,
    const struct box *box)
{
	return evaluate_walk_told(e, w, box, NULL, NULL);
}

/* ---- one packet */

struct gathering {
	struct fates *out;
	struct pool *pool;
	struct box box;
	bool any, dropped;
};

static const struct spans *
copy_spans(struct pool *p, const struct spans *s)
{
	return s && s->count ? spans_make(p, s->items, s->count) : s;
}

static bool
gather_leaf(void *context, const struct leaf *leaf)
{
	struct gathering *g = context;
	struct box *box;

	if (leaf->accepted)
		g->out->possibly_accepted = true;
	else
		g->dropped = true;
	if (g->any && (!leaf->accepted || g->out->leaf.accepted))
		return true;
	g->any = true;
	g->out->leaf = *leaf;
	box = pool_take(g->pool, sizeof(*box));
	for (size_t d = 0; d < DIM_COUNT; d++)
		box->dims[d] = copy_spans(g->pool, leaf->box->dims[d]);
	g->out->leaf.box = box;
	return true;
}

void
evaluate_point(const struct evaluator *e, enum way way, const struct point *x,
    struct pool *p, struct fates *out)
{
	struct gathering g = { .out = out, .pool = p };
	struct walk w = { .way = way, .leaf = gather_leaf, .context = &g };
	struct box box;

	memset(out, 0, sizeof(*out));
	for (int d = 0; d < DIM_COUNT; d++)
		box.dims[d] = spans_one(p, x->at[d], x->at[d]);
	evaluate_walk(e, &w, &box);
	out->certainly_accepted = out->possibly_accepted && !g.dropped;
	if (!g.any)
		out->leaf.box = NULL;
}
