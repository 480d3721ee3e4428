/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk told step by step: the same interpreter with somebody listening.
 * Nothing is passed over then, also rules that only count are shown.
 */
#include "base/mem.h"
#include "evaluate_internal.h"

void
evaluate_step(struct run *r, const struct state *s, enum step_kind kind,
    const struct rule *rule, enum action action)
{
	struct state copy = *s;
	struct box box;
	struct step step = {
		.kind = kind,
		.depth = s->depth,
		.chain = s->chain,
		.rule = rule,
		.action = action,
		.box = &box,
	};

	if (r->stop)
		return;
	evaluate_destination(r, &copy, &box);
	if (!r->step(r->step_context, &step))
		r->stop = STOP_CALLER;
}

enum walk_result
evaluate_trace(const struct evaluator *e, enum way way, const struct box *box,
    struct budget *budget, bool (*step)(void *context, const struct step *s),
    void *context)
{
	struct walk w = { .way = way, .budget = budget };

	return evaluate_walk_told(e, &w, box, step, context);
}
