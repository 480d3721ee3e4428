/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a rule does to a state: statement by statement until a verdict or a
 * match that fails. A statement that may match or not is a choice only when
 * what stands behind it in the rule does something: then both ways go on, for
 * exactly the packets that come so far.
 *
 * Source: kernel nf_tables_core.c (nft_do_chain), nft_verdict; nft(8).
 */
#include "base/mem.h"
#include "evaluate_internal.h"

#define HOPS_MAX 65536 /* chains entered in one base chain: a goto's cycle */

/* ---- the candidate */

bool
evaluate_is_own(const struct run *r, const struct state *s)
{
	const struct chain *base = r->bases->items[s->base].chain;

	if (r->own)
		return base == r->own;
	return r->own_all;
}

/* A rule whose acceptance does not count. */
static bool
is_passed_over(const struct run *r, const struct state *s,
    const struct rule *rule)
{
	return evaluate_is_own(r, s) && rule != r->w->candidate;
}

/* Which effects matter where s is. */
static uint8_t
relevant(const struct run *r, const struct state *s)
{
	if ((r->own || r->own_all) && evaluate_is_own(r, s))
		return (uint8_t) ~(EFFECT_LOG | EFFECT_ACCEPT);
	return r->own || r->own_all ? (uint8_t)~EFFECT_LOG : UINT8_MAX;
}

static bool
decision_leads(const struct run *r, const struct decision *d)
{
	return (d->action == ACTION_JUMP || d->action == ACTION_GOTO) &&
	    r->last[d->target->id] >= 0;
}

/* The rule is the candidate or leads there. */
static bool
leads(const struct run *r, const struct rule *rule)
{
	if (!r->last || r->last[rule->chain->id] < (int64_t)rule->index)
		return false;
	if (rule == r->w->candidate)
		return true;
	for (size_t k = 0; k < rule->statement_count; k++) {
		const struct statement *s = &rule->statements[k];

		if (s->kind == STATEMENT_VERDICT &&
		    decision_leads(r, &s->decision))
			return true;
		for (size_t i = 0;
		     s->kind == STATEMENT_VMAP && i < s->lookup.element_count;
		     i++)
			if (decision_leads(r, &s->lookup.elements[i].decision))
				return true;
	}
	return false;
}

/* ---- verdicts */

static bool
enter_chain(struct run *r, struct state *s, const struct chain *target)
{
	/* The builder refuses cycles and depth; a bound all the same. */
	if (s->hops++ > HOPS_MAX || s->depth > EVALUATE_DEPTH_MAX) {
		r->stop = STOP_BUDGET;
		return false;
	}
	s->chain = target;
	s->position = 0;
	evaluate_begin_rule(s);
	s->shown_chain = false;
	return true;
}

static bool
jump(struct run *r, struct state *s, const struct chain *target)
{
	struct frame *f = pool_take(r->pool, sizeof(*f));

	f->chain = s->chain;
	f->position = s->position + 1;
	f->below = s->frames;
	s->frames = f;
	s->depth++;
	return enter_chain(r, s, target);
}

bool
evaluate_end_chain(struct run *r, struct state *s)
{
	const struct chain *base = r->bases->items[s->base].chain;
	const struct frame *f = s->frames;

	if (f) {
		s->chain = f->chain;
		s->position = f->position;
		evaluate_begin_rule(s);
		s->frames = f->below;
		s->depth--;
		return true;
	}
	if (r->step)
		evaluate_step(r, s, STEP_POLICY, NULL,
		    base->policy_drop ? ACTION_DROP : ACTION_ACCEPT);
	if (r->last && evaluate_is_own(r, s) && !base->policy_drop)
		return false; /* not by the candidate */
	return evaluate_decide(r, s,
	    base->policy_drop ? ACTION_DROP : ACTION_ACCEPT, NULL);
}

/* Each way that nobody can foresee, all of them free. */
static bool
fork_decision(struct run *r, struct state *s, bool goes_on,
    const struct rule *rule)
{
	struct state copy;

	s->free = true;
	if (!is_passed_over(r, s, rule)) {
		copy = *s;
		copy.rest = true;
		if (evaluate_decide(r, &copy, ACTION_ACCEPT, rule))
			evaluate_push(r, &copy);
	} else
		goes_on = true;
	copy = *s;
	evaluate_decide(r, &copy, ACTION_DROP, rule);
	if (!goes_on)
		return false;
	return !r->stop;
}

/* What a decision makes of s; false when it ended. */
static bool
act(struct run *r, struct state *s, const struct decision *d,
    const struct rule *rule)
{
	switch (d->action) {
	case ACTION_ACCEPT:
		if (!is_passed_over(r, s, rule))
			return evaluate_decide(r, s, ACTION_ACCEPT, rule);
		evaluate_next_rule(s);
		return true;
	case ACTION_DROP:
	case ACTION_REJECT:
		return evaluate_decide(r, s, d->action, rule);
	case ACTION_JUMP:
		return jump(r, s, d->target);
	case ACTION_GOTO:
		return enter_chain(r, s, d->target);
	case ACTION_RETURN:
		return evaluate_end_chain(r, s);
	case ACTION_CONTINUE:
		s->statement++;
		return true;
	default:
		if (!fork_decision(r, s, d->action == ACTION_UNKNOWN, rule))
			return false;
		evaluate_next_rule(s);
		return true;
	}
}

static enum step_kind
kind_of(const struct state *s)
{
	if (s->forked)
		return STEP_FREE;
	return s->split ? STEP_SPLIT : STEP_RULE;
}

static bool
verdict(struct run *r, struct state *s, const struct decision *d,
    const struct rule *rule)
{
	if (r->step && d->action != ACTION_CONTINUE)
		evaluate_step(r, s, kind_of(s), rule, d->action);
	return act(r, s, d, rule);
}

/* Both ways for what may not have matched so far. */
static void
settle(struct run *r, struct state *s)
{
	struct state rest = *s;

	if (!s->pending)
		return;
	rest.logged &= !s->logged_since;
	evaluate_leave(r, &rest, true);
	s->pending = s->logged_since = false;
	s->free = s->forked = true;
}

/* ---- maps */

static bool
is_first_of_kind(const struct lookup *l, size_t at)
{
	const struct decision *d = &l->elements[at].decision;

	for (size_t i = 0; i < at; i++)
		if (l->elements[i].decision.action == d->action &&
		    l->elements[i].decision.target == d->target)
			return false;
	return true;
}

/* Nobody knows which element it is: every decision that is there, or none;
 * and when elements come and go any other. */
static bool
vmap_unknown(struct run *r, struct state *s, const struct statement *statement,
    const struct rule *rule)
{
	const struct lookup *l = &statement->lookup;

	s->free = s->forked = true;
	for (size_t i = 0; i < l->element_count && !r->stop; i++) {
		const struct decision *d = &l->elements[i].decision;
		struct state copy = *s;

		if (l->changing &&
		    (d->action == ACTION_ACCEPT || d->action == ACTION_DROP))
			continue;
		if (is_first_of_kind(l, i) && verdict(r, &copy, d, rule)) {
			copy.rest = true;
			evaluate_push(r, &copy);
		}
	}
	if (l->changing)
		return verdict(r, s,
		    &(struct decision){ .action = ACTION_UNKNOWN }, rule);
	evaluate_next_rule(s);
	return true;
}

static bool
vmap(struct run *r, struct state *s, const struct statement *statement,
    const struct index *x, const struct rule *rule)
{
	const struct outcome *o;
	bool several;

	if (evaluate_is_unknown(r, s, &statement->lookup))
		return vmap_unknown(r, s, statement, rule);
	o = evaluate_outcomes(r, s, &statement->lookup, x);
	several = o && o->next;
	for (; o && !r->stop; o = o->next) {
		struct state copy = o->state;

		if (!o->element) {
			copy.split |= several;
			if (!several && r->step)
				evaluate_step(r, &copy, STEP_PASSED, rule,
				    ACTION_CONTINUE);
			evaluate_next_rule(&copy);
			copy.rest |= several;
			evaluate_push(r, &copy);
			continue;
		}
		copy.split |= several;
		settle(r, &copy);
		if (verdict(r, &copy, &o->element->decision, rule)) {
			copy.rest |= several;
			evaluate_push(r, &copy);
		}
	}
	return false;
}

static void
dnat(struct run *r, struct state *s, const struct statement *statement,
    const struct index *x, const struct rule *rule)
{
	const struct outcome *o;

	if (!x || evaluate_is_unknown(r, s, &statement->lookup)) {
		struct statement unknown = *statement;

		if (x) {
			/* It may hold nothing for the packet. */
			unknown.target_unknown = true;
			evaluate_leave(r, s, true);
			s->free = true;
		}
		if (r->step)
			evaluate_step(r, s, kind_of(s), rule, ACTION_ACCEPT);
		evaluate_translate(r, s, &unknown, &statement->change);
		return;
	}
	for (o = evaluate_outcomes(r, s, &statement->lookup, x); o && !r->stop;
	     o = o->next) {
		if (!o->element) {
			evaluate_leave(r, &o->state, false);
			continue;
		}
		if (r->step)
			evaluate_step(r, &o->state, kind_of(&o->state), rule,
			    ACTION_ACCEPT);
		evaluate_translate(r, &o->state, statement,
		    &o->element->change);
	}
}

/* ---- marks */

/* A mark by a map: s goes on with one of its outcomes, others are pushed. */
static bool
mark_by_map(struct run *r, struct state *s, const struct statement *statement,
    const struct index *x)
{
	struct statement one = *statement;
	const struct outcome *o;

	if (evaluate_is_unknown(r, s, &statement->lookup)) {
		one.target_unknown = true;
		evaluate_leave(r, s, true);
		s->free = true;
		return evaluate_mark(r, s, &one);
	}
	for (o = evaluate_outcomes(r, s, &statement->lookup, x); o && !r->stop;
	     o = o->next) {
		struct state copy = o->state;

		if (!o->element) {
			evaluate_leave(r, &copy, false);
			continue;
		}
		one.change = o->element->change;
		evaluate_mark(r, &copy, &one);
		copy.statement++;
		copy.split = copy.rest = true;
		evaluate_push(r, &copy);
	}
	return false;
}

static void
notrack(struct state *s)
{
	/* Behind conntrack only what has no connection. */
	if (!s->conntracked || s->class == CLASS_NONE)
		s->untracked = true;
}

/* ---- rules */

enum done { DONE_ON, DONE_MISSED, DONE_MOVED, DONE_ENDED };

static enum done
do_change(struct run *r, struct state *s, const struct statement *statement,
    const struct index *x, const struct rule *rule)
{
	settle(r, s);
	switch (statement->kind) {
	case STATEMENT_DNAT:
		if (is_passed_over(r, s, rule))
			return DONE_MISSED;
		dnat(r, s, statement, x, rule);
		return DONE_ENDED;
	case STATEMENT_SNAT:
		if (is_passed_over(r, s, rule))
			return DONE_MISSED;
		if (r->step)
			evaluate_step(r, s, kind_of(s), rule, ACTION_ACCEPT);
		evaluate_translate_source(r, s);
		return evaluate_decide(r, s, ACTION_ACCEPT, rule) ? DONE_MOVED :
								    DONE_ENDED;
	case STATEMENT_NOTRACK:
		notrack(s);
		return DONE_ON;
	default:
		if (x)
			return mark_by_map(r, s, statement, x) ? DONE_ON :
								 DONE_ENDED;
		return evaluate_mark(r, s, statement) ? DONE_ON : DONE_MISSED;
	}
}

static enum done
do_unknown(struct run *r, struct state *s, const struct statement *statement,
    const struct rule *rule)
{
	struct state copy;

	if (statement->may_decide) {
		s->free = s->forked = true;
		if (r->step)
			evaluate_step(r, s, STEP_FREE, rule, ACTION_UNKNOWN);
		copy = *s;
		fork_decision(r, &copy, false, rule);
	}
	evaluate_doubt(s);
	return DONE_ON;
}

static enum done
do_statement(struct run *r, struct state *s, const struct ready *ready)
{
	const struct statement *statement =
	    &ready->rule->statements[s->statement];
	const struct index *x = ready->indices[s->statement];

	switch (statement->kind) {
	case STATEMENT_MATCH:
		return evaluate_match(r, s, &statement->lookup, x) == MATCHED ?
		    DONE_ON :
		    DONE_MISSED;
	case STATEMENT_VERDICT:
		if (statement->decision.action == ACTION_CONTINUE)
			return DONE_ON;
		settle(r, s);
		if (!verdict(r, s, &statement->decision, ready->rule))
			return DONE_ENDED;
		return DONE_MOVED;
	case STATEMENT_VMAP:
		if (!x)
			return DONE_MISSED;
		return vmap(r, s, statement, x, ready->rule) ? DONE_MOVED :
							       DONE_ENDED;
	case STATEMENT_LOG:
		s->logged_since |= s->pending && !s->logged;
		s->logged = true;
		return DONE_ON;
	case STATEMENT_NOTHING:
	case STATEMENT_OFFLOAD:
		return DONE_ON;
	case STATEMENT_UNKNOWN:
		return do_unknown(r, s, statement, ready->rule);
	default:
		return do_change(r, s, statement, x, ready->rule);
	}
}

/* A rule passed over without a look at its packets one by one. */
bool
evaluate_is_skipped(struct run *r, const struct state *s,
    const struct ready *ready)
{
	if (!r->step && !(ready->effects & relevant(r, s)) &&
	    !leads(r, ready->rule))
		return true;
	for (size_t i = 0; i < ready->condition_count; i++)
		if (evaluate_misses(r, s, &ready->conditions[i])) {
			evaluate_spend(r, i + 1);
			return true;
		}
	evaluate_spend(r, ready->condition_count + 1);
	return false;
}

bool
evaluate_rule(struct run *r, struct state *s, const struct ready *ready)
{
	const struct rule *rule = ready->rule;
	uint8_t matters = relevant(r, s);

	while (s->statement < rule->statement_count && !r->stop) {
		enum done done;

		/* What is left can do nothing: the choice does not matter. */
		if (!r->step && !(ready->tails[s->statement] & matters) &&
		    !leads(r, rule))
			break;
		done = do_statement(r, s, ready);
		if (done == DONE_MISSED) {
			if (r->step && !s->split)
				evaluate_step(r, s, STEP_PASSED, rule,
				    ACTION_CONTINUE);
			evaluate_next_rule(s);
			return true;
		}
		if (done != DONE_ON)
			return done == DONE_MOVED;
		s->statement++;
	}
	if (r->step && !r->stop)
		evaluate_step(r, s, kind_of(s), rule, ACTION_CONTINUE);
	evaluate_next_rule(s);
	return true;
}
