/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk of packets through every chain, for people: what each rule takes,
 * indented by jumps, rules that do not match only counted, and at the end
 * what became of all packets.
 */
#include <stdio.h>

#include "explain_internal.h"
#include "words.h"

#define WIDTH 2 /* of one step of indentation */

struct telling {
	const struct evaluator *e;
	enum lang lang;
	enum way way;
	struct text *out;
	struct parts *parts;
	size_t passed; /* rules that did not match, not yet told */
	int passed_depth;
	size_t steps;
	bool untracked;
	bool inside;	/* goes on with what is sent to the firewall */
	bool maybe_own; /* a new destination may be the firewall's */
};

static void
indent(struct telling *t, int depth)
{
	for (int i = 0; i < WIDTH * depth; i++)
		text_add_char(t->out, ' ');
}

static void
line(struct telling *t, int depth, enum word word, const char *a, const char *b)
{
	indent(t, depth);
	words_add(t->out, t->lang, word, 2, a, b);
	text_add_char(t->out, '\n');
}

/* The rules passed over since the last line. */
static void
tell_passed(struct telling *t)
{
	char number[24];

	if (t->passed == 0)
		return;
	(void)snprintf(number, sizeof(number), "%zu", t->passed);
	line(t, t->passed_depth + 1,
	    t->passed == 1 ? W_EXPLAIN_PASSED_ONE : W_EXPLAIN_PASSED, number,
	    NULL);
	t->passed = 0;
}

static void
tell_chain(struct telling *t, const struct step *s)
{
	struct text name = { 0 };
	char priority[16];

	ruleset_chain_name(s->chain, &name);
	if (s->depth > 0 || s->chain->hook == HOOK_NONE) {
		line(t, s->depth, W_EXPLAIN_CHAIN, text_str(&name), NULL);
		text_free(&name);
		return;
	}
	(void)snprintf(priority, sizeof(priority), "%d",
	    (int)s->chain->priority);
	words_add(t->out, t->lang, W_EXPLAIN_BASE, 4, text_str(&name),
	    hook_name(s->chain->hook), priority,
	    s->chain->policy_drop ? "drop" : "accept");
	text_add_char(t->out, '\n');
	text_free(&name);
}

/* Why a rule may match or not: "limit, fib". */
static void
add_unknown(const struct rule *rule, struct text *out)
{
	for (size_t i = 0; i < rule->statement_count; i++) {
		const char *what = rule->statements[i].unknown;

		if (!what && rule->statements[i].lookup.changing)
			what = rule->statements[i].lookup.set;
		if (!what)
			continue;
		if (out->length)
			text_add(out, ", ");
		text_quote(out, what);
	}
}

static void
tell_packets(struct telling *t, int depth, enum word word,
    const struct box *box, bool new_destination)
{
	struct text packets = { 0 };

	explain_packets(box, new_destination, &packets);
	line(t, depth, word, text_str(&packets), NULL);
	text_free(&packets);
}

static void
tell_rule(struct telling *t, const struct step *s)
{
	struct text where = { 0 }, why = { 0 };

	ruleset_where(s->rule, &where);
	indent(t, s->depth + 1);
	text_printf(t->out, "%s\n", text_str(&where));
	indent(t, s->depth + 2);
	text_add(t->out, s->rule->text);
	text_add_char(t->out, '\n');
	if (s->kind == STEP_SPLIT)
		tell_packets(t, s->depth + 2, W_EXPLAIN_SPLIT, s->box, false);
	if (s->kind == STEP_FREE) {
		add_unknown(s->rule, &why);
		line(t, s->depth + 2,
		    why.length ? W_EXPLAIN_FREE : W_EXPLAIN_FREE_BARE,
		    text_str(&why), NULL);
	}
	text_free(&where);
	text_free(&why);
}

static void
tell_rest(struct telling *t, const struct step *s)
{
	struct text name = { 0 }, packets = { 0 };

	explain_packets(s->box, false, &packets);
	text_add_char(t->out, '\n');
	if (s->chain) {
		ruleset_chain_name(s->chain, &name);
		line(t, s->depth, W_EXPLAIN_REST, text_str(&name),
		    text_str(&packets));
	} else
		line(t, s->depth, W_EXPLAIN_REST_ACCEPTED, text_str(&packets),
		    NULL);
	text_free(&name);
	text_free(&packets);
}

static void
tell_dropped(struct telling *t, const struct leaf_decision *d)
{
	struct text where = { 0 }, by = { 0 };

	if (d->rule)
		ruleset_where(d->rule, &by);
	else {
		ruleset_chain_name(d->base, &where);
		words_add(&by, t->lang, W_EXPLAIN_BY_POLICY, 1,
		    text_str(&where));
	}
	line(t, 1, W_EXPLAIN_END_DROPPED, text_str(&by), NULL);
	text_free(&where);
	text_free(&by);
}

static bool
moves_address(const struct leaf *leaf)
{
	return leaf->box->dims[DIM_NEW_DADDR] != leaf->box->dims[DIM_DADDR];
}

static void
tell_end(struct telling *t, const struct step *s)
{
	const struct leaf *leaf = s->leaf;
	const struct leaf_decision *last = leaf->decision_count ?
	    &leaf->decisions[leaf->decision_count - 1] :
	    NULL;

	t->untracked |= leaf->accepted && leaf->untracked;
	if (leaf->translated && !leaf->redirected)
		tell_packets(t, 1, W_EXPLAIN_TRANSLATED, leaf->box, true);
	if (leaf->accepted)
		line(t, 1,
		    t->way == WAY_INPUT ? W_EXPLAIN_END_INPUT :
					  W_EXPLAIN_END_ACCEPTED,
		    NULL, NULL);
	else if (!explain_is_elsewhere(leaf))
		tell_dropped(t, last);
	else
		line(t, 1,
		    leaf->redirected ? W_EXPLAIN_END_REDIRECTED :
				       W_EXPLAIN_END_ELSEWHERE,
		    NULL, NULL);
	if (!t->inside)
		explain_parts_add(t->parts, leaf);
	else if (!explain_parts_add_inside(t->parts, leaf))
		line(t, 1, W_EXPLAIN_END_OTHER_CASE, NULL, NULL);
	t->maybe_own |= t->way == WAY_FORWARD && leaf->translated &&
	    !leaf->redirected && moves_address(leaf) &&
	    !evaluate_knows_own(t->e,
		spans_has(leaf->box->dims[DIM_FAMILY], 6) ? 6 : 4);
}

static bool
tell(void *context, const struct step *s)
{
	struct telling *t = context;

	if (++t->steps > EXPLAIN_STEPS_MAX) {
		tell_passed(t);
		line(t, 0, W_EXPLAIN_STOPPED, NULL, NULL);
		return false;
	}
	if (s->kind == STEP_PASSED) {
		t->steps--;
		t->passed++;
		t->passed_depth = s->depth;
		return true;
	}
	tell_passed(t);
	switch (s->kind) {
	case STEP_CHAIN:
		tell_chain(t, s);
		break;
	case STEP_RULE:
	case STEP_SPLIT:
	case STEP_FREE:
		tell_rule(t, s);
		break;
	case STEP_REST:
		tell_rest(t, s);
		break;
	case STEP_POLICY:
		line(t, 1, W_EXPLAIN_POLICY, action_name(s->action), NULL);
		break;
	default:
		tell_end(t, s);
		break;
	}
	return true;
}

/* ---- what became of them */

static void
tell_parts(struct telling *t)
{
	static const enum word words[PARTS] = {
		[PART_ACCEPTED] = W_EXPLAIN_PART_ACCEPTED,
		[PART_DROPPED] = W_EXPLAIN_PART_DROPPED,
		[PART_OPEN] = W_EXPLAIN_PART_OPEN,
	};

	for (int part = 0; part < PARTS; part++) {
		size_t count = t->parts->counts[part];
		char more[24];

		for (size_t i = 0; i < count && i < EXPLAIN_PARTS_SHOWN; i++)
			tell_packets(t, 1, words[part],
			    t->parts->boxes[part][i], false);
		if (count <= EXPLAIN_PARTS_SHOWN)
			continue;
		(void)snprintf(more, sizeof(more), "%zu",
		    count - EXPLAIN_PARTS_SHOWN);
		line(t, 1, W_EXPLAIN_PART_MORE, more, NULL);
	}
}

static void
tell_result(struct telling *t, enum walk_result walked)
{
	static const enum word words[] = {
		[EXPLAIN_ACCEPTED] = W_EXPLAIN_RESULT_ACCEPTED,
		[EXPLAIN_DROPPED] = W_EXPLAIN_RESULT_DROPPED,
		[EXPLAIN_PARTLY] = W_EXPLAIN_RESULT_PARTLY,
		[EXPLAIN_OPEN] = W_EXPLAIN_RESULT_OPEN,
		[EXPLAIN_UNDECIDED] = W_EXPLAIN_RESULT_UNDECIDED,
	};
	enum explain_result result = explain_result_of(t->parts, walked);

	text_add_char(t->out, '\n');
	line(t, 0, words[result], NULL, NULL);
	if (result == EXPLAIN_PARTLY || result == EXPLAIN_OPEN)
		tell_parts(t);
	if (t->parts->any_inside)
		line(t, 0, W_EXPLAIN_TAKEN_IN, NULL, NULL);
	if (t->maybe_own)
		line(t, 0, W_EXPLAIN_MAYBE_OWN, NULL, NULL);
	if (t->untracked)
		line(t, 0, W_EXPLAIN_UNTRACKED, NULL, NULL);
}

static void
tell_head(struct telling *t, const struct box *box, bool state_left_out)
{
	static const enum word ways[] = {
		[WAY_FORWARD] = W_EXPLAIN_WAY_FORWARD,
		[WAY_BRIDGE] = W_EXPLAIN_WAY_BRIDGE,
		[WAY_INPUT] = W_EXPLAIN_WAY_INPUT,
	};
	const struct spans *states = box->dims[DIM_CT_STATE];
	bool standing = spans_has(states, CT_ESTABLISHED) ||
	    spans_has(states, CT_RELATED);

	tell_packets(t, 0, W_EXPLAIN_HEAD, box, false);
	line(t, 0, ways[t->way], NULL, NULL);
	if (standing) {
		line(t, 0, W_EXPLAIN_STANDING, NULL, NULL);
		line(t, 0, W_EXPLAIN_REPLY, NULL, NULL);
	} else if (spans_has(states, CT_NEW))
		line(t, 0, W_EXPLAIN_FIRST_PACKET, NULL, NULL);
	else if (state_left_out)
		line(t, 0, W_EXPLAIN_IMPLIED,
		    explain_state_name((enum ct_state)states->items[0].first),
		    NULL);
	text_add_char(t->out, '\n');
}

/* What is sent to the firewall itself goes on by the way there. */
static enum walk_result
tell_inside(struct telling *t, struct budget *budget)
{
	enum walk_result walked = WALK_DONE;
	const size_t count = t->parts->inside_count;

	t->inside = true;
	t->way = WAY_INPUT;
	for (size_t i = 0; i < count && walked == WALK_DONE; i++) {
		const struct box box = explain_inside_box(t->parts, i);

		text_add_char(t->out, '\n');
		tell_packets(t, 0, W_EXPLAIN_INSIDE, &box, false);
		walked = evaluate_trace(t->e, WAY_INPUT, &box, budget, tell, t);
		tell_passed(t);
	}
	return walked;
}

static enum walk_result
tell_box(const struct evaluator *e, const struct explain_query *q,
    const struct box *box, enum lang lang, struct text *out)
{
	struct budget budget = { EXPLAIN_STEP_BUDGET, EXPLAIN_BYTES };
	struct pool *pool = pool_new();
	struct parts *parts = pool_take(pool, sizeof(*parts));
	struct telling t = { .e = e, .lang = lang, .way = q->way, .out = out };
	const struct chain *any;
	enum walk_result walked;

	*parts = (struct parts){ .pool = pool };
	t.parts = parts;
	tell_head(&t, box, q->state_left_out);
	if (evaluate_chains(e, q->way,
		spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4, &any, 1) == 0)
		line(&t, 0, W_EXPLAIN_NO_CHAINS, NULL, NULL);
	walked = evaluate_trace(e, q->way, box, &budget, tell, &t);
	tell_passed(&t);
	if (walked == WALK_DONE)
		walked = tell_inside(&t, &budget);
	explain_parts_settle(parts);
	tell_result(&t, walked);
	if (parts->overfull)
		walked = WALK_UNDECIDED;
	pool_free(pool);
	return walked == WALK_DONE ? WALK_DONE : WALK_UNDECIDED;
}

enum walk_result
explain_text(const struct evaluator *e, const struct explain_query *q,
    enum lang lang, struct text *out)
{
	enum walk_result result = WALK_DONE;

	for (size_t i = 0; i < q->count; i++) {
		if (i)
			text_add(out, "\n\n");
		if (tell_box(e, q, &q->boxes[i], lang, out) != WALK_DONE)
			result = WALK_UNDECIDED;
	}
	return result;
}
