/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of how verifier/evaluate*.c walks: slices, candidates, conditions,
 * budgets, points, and sets of a hundred thousand elements. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "evaluate.h"
#include "evaluating.h"

#define MANY 100000

/* Rules: 0 drops telnet, 1 accepts 22 and 23 of lg0, 2 jumps to "sub" of
 * which rule 0 accepts 443. */
static void
small(struct evaluating *x)
{
	evaluating_begin(x);
	table(x, TABLE_INET, "t");
	base(x, "forward", HOOK_FORWARD, 0, true);
	chain(x, "sub");
	rule(x, "forward");
	tcp(x, 23);
	verdict(x, ACTION_DROP);
	rule(x, "forward");
	number(x, FIELD_PROTOCOL, 6);
	match(x, FIELD_DPORT, range(x, 22, 23));
	match(x, FIELD_IIF, name(x, "lg0"));
	verdict(x, ACTION_ACCEPT);
	rule(x, "forward");
	jump(x, "sub");
	rule(x, "sub");
	tcp(x, 443);
	verdict(x, ACTION_ACCEPT);
	ready(x);
}

static struct box
box_of(struct evaluating *x, const char *pattern)
{
	struct explain_query q;

	asked(x, pattern, &q);
	assert_int_equal(q.count, 1);
	return q.boxes[0];
}

static void
test_slice_keeps_what_can_concern_the_packets(void **state_)
{
	const struct rule *rules[4];
	struct evaluating x;
	struct slice *wide, *narrow;
	struct box box;

	(void)state_;
	small(&x);
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7 iif lg0");
	wide = evaluate_slice(x.e, NULL, WAY_FORWARD, &box);
	assert_int_equal(evaluate_accepting(wide, NULL, rules, 4), 2);
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7:443 iif lg0");
	narrow = evaluate_slice(x.e, wide, WAY_FORWARD, &box);
	assert_int_equal(evaluate_accepting(narrow, NULL, rules, 4), 1);
	assert_string_equal(rules[0]->chain->name, "sub");
	assert_int_equal(evaluate_accepting(narrow, NULL, NULL, 0), 1);
	assert_int_equal(evaluate_accepting(narrow, x.r->chains[0], rules, 4),
	    1);
	assert_int_equal(evaluate_accepting(narrow, x.r->chains[1], rules, 4),
	    1);
	evaluate_slice_free(narrow);
	evaluate_slice_free(wide);
	evaluate_slice_free(NULL);
	done(&x);
}

static void
test_slice_heeds_where_translations_lead(void **state_)
{
	const struct rule *rules[4];
	struct evaluating x;
	struct slice *s;
	struct box box;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	nat(&x, "nat", HOOK_PREROUTING, -100);
	base(&x, "forward", HOOK_FORWARD, 0, true);
	rule(&x, "nat");
	daddr(&x, "192.0.2.1");
	dnat(&x, "10.1.0.7", -1);
	rule(&x, "forward");
	daddr(&x, "10.1.0.7");
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	daddr(&x, "10.1.0.8");
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	box = box_of(&x, "tcp 10.2.0.5 -> 192.0.2.1:443");
	s = evaluate_slice(x.e, NULL, WAY_FORWARD, &box);
	assert_int_equal(evaluate_accepting(s, x.r->chains[1], rules, 4), 1);
	assert_int_equal(rules[0]->index, 0);
	evaluate_slice_free(s);
	box = box_of(&x, "tcp 10.2.0.5 -> 192.0.2.2:443");
	s = evaluate_slice(x.e, NULL, WAY_FORWARD, &box);
	assert_int_equal(evaluate_accepting(s, x.r->chains[1], rules, 4), 0);
	evaluate_slice_free(s);
	done(&x);
}

/* ---- candidates */

struct found {
	struct pool *pool;
	struct box boxes[8];
	size_t count;
	size_t stop_after;
};

static bool
find(void *context, const struct leaf *leaf)
{
	struct found *f = context;

	assert_true(f->count < 8);
	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct spans *s = leaf->box->dims[d];

		f->boxes[f->count].dims[d] = s ?
		    spans_make(f->pool, s->items, s->count) :
		    NULL;
	}
	f->count++;
	return f->count != f->stop_after;
}

static void
test_candidate_shows_what_it_lets_through_of_what_nothing_drops(void **state_)
{
	struct found f = { .count = 0 };
	struct walk w = { .leaf = find, .context = &f };
	struct evaluating x;
	struct box box;

	(void)state_;
	small(&x);
	f.pool = x.scratch;
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7");
	w.candidate = x.r->chains[0]->rules + 1;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 1);
	/* 23 was dropped before. */
	assert_true(f.boxes[0].dims[DIM_DPORT]->items[0].first == 22);
	assert_true(f.boxes[0].dims[DIM_DPORT]->items[0].last == 22);
	f.count = 0;
	w.candidate = x.r->chains[1]->rules;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 1);
	f.count = 0;
	w.candidate = NULL;
	w.candidate_policy = true;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 0);
	done(&x);
}

static void
test_candidate_shows_what_another_rule_takes_before_it(void **state_)
{
	struct found f = { .count = 0 };
	struct walk w = { .leaf = find, .context = &f };
	struct evaluating x;
	struct box box;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "forward", HOOK_FORWARD, 0, false);
	rule(&x, "forward");
	tcp(&x, 22);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	number(&x, FIELD_PROTOCOL, 6);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f.pool = x.scratch;
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7");
	w.candidate = x.r->chains[0]->rules + 1;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 1);
	assert_true(!f.boxes[0].dims[DIM_DPORT] ||
	    spans_has(f.boxes[0].dims[DIM_DPORT], 22));
	/* And the policy shows what both take. */
	f.count = 0;
	w.candidate = NULL;
	w.candidate_policy = true;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 1);
	/* A chain that does not reach the candidate shows nothing. */
	f.count = 0;
	w.candidate_policy = false;
	w.candidate = x.r->chains[0]->rules;
	w.candidate_base = x.r->chains[0];
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_int_equal(f.count, 1);
	done(&x);
}

/* ---- conditions */

static void
test_condition_is_what_a_rule_asks_for_by_itself(void **state_)
{
	struct set_element *all;
	struct evaluating x;
	struct statement *s;
	struct box boxes[4];
	size_t count;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "forward", HOOK_FORWARD, 0, true);
	rule(&x, "forward");
	tcp(&x, 443);
	match_not(&x, FIELD_IIF, name(&x, "lg0"));
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	s = builder_statement(x.b, STATEMENT_MATCH);
	all = lookup(&x, s, 2, FIELD_IIF);
	s->lookup.fields[s->lookup.field_count++] = FIELD_DPORT;
	all[0].parts[0] = name(&x, "lg0");
	all[0].parts[1] = range(&x, 1, 1);
	all[1].parts[0] = name(&x, "lg1");
	all[1].parts[1] = range(&x, 2, 2);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	builder_unknown(x.b, "limit", false);
	tcp(&x, 22);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	match(&x, FIELD_DPORT, &spans_nothing);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_true(evaluate_condition(x.e, x.r->rules[0], x.scratch, boxes, 4,
	    &count));
	assert_int_equal(count, 1);
	assert_true(boxes[0].dims[DIM_DPORT]->items[0].first == 443);
	assert_false(
	    spans_has(boxes[0].dims[DIM_IIF], packet_value_of_name("lg0")));
	assert_true(evaluate_condition(x.e, x.r->rules[1], x.scratch, boxes, 4,
	    &count));
	assert_int_equal(count, 2);
	/* Too many boxes: one that holds them all. */
	assert_false(evaluate_condition(x.e, x.r->rules[1], x.scratch, boxes, 1,
	    &count));
	assert_int_equal(count, 1);
	assert_true(spans_has(boxes[0].dims[DIM_DPORT], 2));
	assert_false(evaluate_condition(x.e, x.r->rules[2], x.scratch, boxes, 4,
	    &count));
	assert_int_equal(count, 1);
	assert_true(evaluate_condition(x.e, x.r->rules[3], x.scratch, boxes, 4,
	    &count));
	assert_int_equal(count, 0);
	done(&x);
}

/* ---- budgets, callbacks, points */

static bool
nothing(void *context, const struct leaf *leaf)
{
	(void)context;
	(void)leaf;
	return true;
}

static void
test_walk_ends_with_its_budget_or_its_caller(void **state_)
{
	struct budget budget = { 2, 1 << 20 };
	struct found f = { .stop_after = 1 };
	struct walk w = { .leaf = nothing, .budget = &budget };
	struct evaluating x;
	struct box box;

	(void)state_;
	small(&x);
	f.pool = x.scratch;
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7");
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_UNDECIDED);
	assert_int_equal(budget.steps, 0);
	budget.steps = 1000;
	budget.bytes = 1;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_UNDECIDED);
	w.budget = NULL;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	w.leaf = find;
	w.context = &f;
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_STOPPED);
	assert_int_equal(f.count, 1);
	done(&x);
}

struct nesting {
	struct evaluating *x;
	size_t leaves;
};

static bool
walk_inside(void *context, const struct leaf *leaf)
{
	struct nesting *n = context;
	struct fates fates;
	struct point point;

	box_pick(leaf->box, &point);
	evaluate_point(n->x->e, WAY_FORWARD, &point, n->x->scratch, &fates);
	assert_int_equal(fates.certainly_accepted, leaf->accepted);
	assert_true(box_has(leaf->box, &point));
	n->leaves++;
	return true;
}

static void
test_walk_may_begin_within_another(void **state_)
{
	struct nesting n = { .leaves = 0 };
	struct walk w = { .leaf = walk_inside, .context = &n };
	struct evaluating x;
	struct box box;

	(void)state_;
	small(&x);
	n.x = &x;
	box = box_of(&x, "tcp 10.2.0.5 -> 10.1.0.7");
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	assert_true(n.leaves >= 3);
	done(&x);
}

static void
test_point_without_any_chain_is_accepted(void **state_)
{
	struct point point = { { 0 } };
	struct evaluating x;
	struct fates fates;

	(void)state_;
	evaluating_begin(&x);
	ready(&x);
	point.at[DIM_FAMILY] = 4;
	point.at[DIM_CT_STATE] = CT_NEW;
	evaluate_point(x.e, WAY_FORWARD, &point, x.scratch, &fates);
	assert_true(fates.certainly_accepted && fates.possibly_accepted);
	assert_true(fates.leaf.accepted);
	assert_int_equal(fates.leaf.decision_count, 0);
	/* No packet at all. */
	point.at[DIM_FAMILY] = 5;
	evaluate_point(x.e, WAY_FORWARD, &point, x.scratch, &fates);
	assert_false(fates.certainly_accepted || fates.possibly_accepted);
	assert_null(fates.leaf.box);
	done(&x);
}

static void
test_last_decision_is_kept_of_very_many(void **state_)
{
	struct evaluating x;
	struct fared f;
	char names[40][8];

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "b%d", i);
		base(&x, names[i], HOOK_FORWARD, i, i == 39);
	}
	ready(&x);
	f = fare(&x, "tcp 10.2.0.5 -> *:22");
	assert_int_equal(f.last.decision_count, LEAF_DECISIONS_MAX);
	assert_string_equal(f.last.decisions[LEAF_DECISIONS_MAX - 1].base->name,
	    "b39");
	done(&x);
}

/* ---- size */

static void
test_large_map_costs_a_packet_few_steps(void **state_)
{
	struct budget budget = { 1000, 1 << 20 };
	struct walk w = { .leaf = nothing, .budget = &budget };
	struct set_element *all;
	struct evaluating x;
	struct statement *s;
	struct box box;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "forward", HOOK_FORWARD, 0, true);
	rule(&x, "forward");
	number(&x, FIELD_FAMILY, 4);
	s = builder_statement(x.b, STATEMENT_VMAP);
	all = lookup(&x, s, MANY, FIELD_SADDR);
	s->lookup.fields[s->lookup.field_count++] = FIELD_DPORT;
	for (size_t i = 0; i < MANY; i++) {
		all[i].parts[0] = range(&x, 2 * i, 2 * i);
		all[i].parts[1] = range(&x, i % 1000, i % 1000);
		all[i].decision = builder_decision(x.b,
		    i % 3 ? ACTION_ACCEPT : ACTION_DROP, NULL);
	}
	rule(&x, "forward");
	s = builder_statement(x.b, STATEMENT_MATCH);
	s->lookup.fields[s->lookup.field_count++] = FIELD_SADDR;
	s->lookup.fields[s->lookup.field_count++] = FIELD_DPORT;
	s->lookup.elements = all;
	s->lookup.element_count = MANY;
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp 0.0.0.2 -> *:1"), 'A');
	assert_int_equal(fate(&x, "tcp 0.0.0.6 -> *:3"), 'D');
	assert_int_equal(fate(&x, "tcp 0.0.0.3 -> *:1"), 'D');
	box = box_of(&x, "tcp 0.0.0.0/28 -> *");
	assert_int_equal(evaluate_walk(x.e, &w, &box), WALK_DONE);
	done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slice_keeps_what_can_concern_the_packets),
		cmocka_unit_test(test_slice_heeds_where_translations_lead),
		cmocka_unit_test(
		    test_candidate_shows_what_it_lets_through_of_what_nothing_drops),
		cmocka_unit_test(
		    test_candidate_shows_what_another_rule_takes_before_it),
		cmocka_unit_test(
		    test_condition_is_what_a_rule_asks_for_by_itself),
		cmocka_unit_test(test_walk_ends_with_its_budget_or_its_caller),
		cmocka_unit_test(test_walk_may_begin_within_another),
		cmocka_unit_test(test_point_without_any_chain_is_accepted),
		cmocka_unit_test(test_last_decision_is_kept_of_very_many),
		cmocka_unit_test(test_large_map_costs_a_packet_few_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
