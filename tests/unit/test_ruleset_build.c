/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The builder of rulesets: jumps, one form for one meaning, the digest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ruleset_build.h"
#include "ruling.h"

static void
test_chains_and_rules_keep_their_order_and_number(void **state)
{
	struct ruling x;
	struct ruleset *r;

	(void)state;
	ruling_begin(&x);
	ruling_rule(&x, "sub")->handle = 1;
	ruling_rule(&x, "forward")->handle = 2;
	ruling_rule(&x, "sub")->handle = 3;
	r = ruling_finish(&x);
	assert_non_null(r);
	assert_int_equal(r->chain_count, 2);
	assert_int_equal(r->rule_count, 3);
	assert_string_equal(r->chains[0]->name, "forward");
	assert_int_equal(r->rules[0]->handle, 2);
	assert_int_equal(r->rules[1]->handle, 1);
	assert_int_equal(r->rules[2]->handle, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(r->rules[i]->id, i);
	assert_int_equal(r->rules[2]->index, 1);
	assert_ptr_equal(r->rules[2]->chain, r->chains[1]);
	assert_string_equal(r->rules[0]->place.file, "rules.json");
	ruling_end(&x, r);
}

static void
test_names_given_twice_are_faults(void **state)
{
	struct ruling x;

	(void)state;
	ruling_begin(&x);
	assert_null(
	    builder_table(x.b, TABLE_INET, "filter", ruling_place, &x.d));
	assert_non_null(
	    builder_table(x.b, TABLE_IP, "filter", ruling_place, &x.d));
	assert_null(builder_chain(x.b, TABLE_INET, "filter", "sub",
	    ruling_place, &x.d));
	assert_null(
	    builder_chain(x.b, TABLE_INET, "none", "sub", ruling_place, &x.d));
	assert_null(ruling_rule(&x, "none"));
	assert_int_equal(x.d.errors, 4);
	builder_free(x.b);
	ruling_end(&x, NULL);
}

static void
test_jumps_are_resolved_by_name_in_their_table(void **state)
{
	struct ruling x;
	struct ruleset *r;

	(void)state;
	ruling_begin(&x);
	ruling_rule(&x, "forward");
	builder_verdict(x.b, ACTION_JUMP, "sub");
	r = ruling_finish(&x);
	assert_non_null(r);
	assert_ptr_equal(r->rules[0]->statements[0].decision.target,
	    r->chains[1]);
	ruling_end(&x, r);
}

static void
fails_with(struct ruling *x, const char *words)
{
	struct ruleset *r = ruling_finish(x);

	assert_null(r);
	assert_non_null(strstr(text_str(&x->said), words));
	assert_non_null(strstr(text_str(&x->said), "rules.json:7:3: error"));
	ruling_end(x, NULL);
}

static void
test_a_jump_to_nowhere_or_to_a_base_chain_is_a_fault(void **state)
{
	struct ruling x;

	(void)state;
	ruling_begin(&x);
	ruling_rule(&x, "forward");
	builder_verdict(x.b, ACTION_GOTO, "nowhere");
	fails_with(&x, "does not have");
	ruling_begin(&x);
	ruling_rule(&x, "sub");
	builder_verdict(x.b, ACTION_JUMP, "forward");
	fails_with(&x, "base chain");
}

static void
test_jumps_in_a_circle_are_a_fault_also_through_a_map(void **state)
{
	struct set_element e = { .parts = { NULL } };
	struct statement *s;
	struct ruling x;

	(void)state;
	ruling_begin(&x);
	builder_chain(x.b, TABLE_INET, "filter", "two", ruling_place, &x.d);
	ruling_rule(&x, "sub");
	builder_verdict(x.b, ACTION_JUMP, "two");
	ruling_rule(&x, "two");
	e.parts[0] = ruling_one(x.p, 22, 22);
	e.decision = builder_decision(x.b, ACTION_JUMP, "sub");
	s = builder_statement(x.b, STATEMENT_VMAP);
	s->lookup.fields[0] = FIELD_DPORT;
	s->lookup.field_count = 1;
	s->lookup.elements = &e;
	s->lookup.element_count = 1;
	fails_with(&x, "circle");
	ruling_begin(&x);
	ruling_rule(&x, "sub");
	builder_verdict(x.b, ACTION_JUMP, "sub");
	fails_with(&x, "circle");
}

/* forward -> c1 -> ... -> cN */
static void
ladder(struct ruling *x, int levels)
{
	char from[16] = "forward", to[16];

	ruling_begin(x);
	for (int i = 1; i <= levels; i++) {
		(void)snprintf(to, sizeof(to), "c%d", i);
		builder_chain(x->b, TABLE_INET, "filter", to, ruling_place,
		    &x->d);
		ruling_rule(x, from);
		builder_verdict(x->b, ACTION_JUMP, to);
		memcpy(from, to, sizeof(from));
	}
}

static void
test_jumps_go_sixteen_deep_and_no_deeper(void **state)
{
	struct ruling x;
	struct ruleset *r;

	(void)state;
	ladder(&x, 16);
	r = ruling_finish(&x);
	assert_non_null(r);
	ruling_end(&x, r);
	ladder(&x, 17);
	fails_with(&x, "too deep");
}

static void
test_a_rule_with_too_many_statements_is_a_fault(void **state)
{
	struct ruling x;

	(void)state;
	ruling_begin(&x);
	ruling_rule(&x, "forward");
	for (int i = 0; i < RULESET_STATEMENTS_MAX; i++)
		assert_non_null(builder_statement(x.b, STATEMENT_NOTHING));
	assert_null(builder_statement(x.b, STATEMENT_NOTHING));
	builder_verdict(x.b, ACTION_ACCEPT, NULL);
	fails_with(&x, "too many statements");
}

/* iif lg0, from 10.2/16 to not 10.1/16, tcp 443; extra: matches that say
 * nothing more. */
static struct ruleset *
same_meaning(struct ruling *x, bool extra)
{
	ruling_begin(x);
	ruling_rule(x, "forward");
	if (extra) {
		builder_match(x->b, FIELD_DPORT, NULL, false);
		builder_match(x->b, FIELD_PROTOCOL, ruling_one(x->p, 6, 6),
		    false);
	}
	builder_match(x->b, FIELD_IIF, ruling_name(x->p, "lg0"), false);
	builder_match(x->b, FIELD_FAMILY, ruling_one(x->p, 4, 4), false);
	builder_match(x->b, FIELD_SADDR, ruling_network(x->p, "10.2.0.0/16"),
	    false);
	if (extra)
		builder_match(x->b, FIELD_FAMILY, ruling_one(x->p, 4, 4),
		    false);
	builder_match(x->b, FIELD_DADDR, ruling_network(x->p, "10.1.0.0/16"),
	    true);
	builder_match(x->b, FIELD_PROTOCOL, ruling_one(x->p, 6, 6), false);
	builder_match(x->b, FIELD_DPORT, ruling_one(x->p, 443, 443), false);
	if (extra) {
		struct statement *s = builder_statement(x->b,
		    STATEMENT_NOTHING);

		s->text = "counter";
		builder_match(x->b, FIELD_DPORT, ruling_one(x->p, 0, 65535),
		    false);
	}
	builder_verdict(x->b, ACTION_ACCEPT, NULL);
	return ruling_finish(x);
}

static void
test_what_implies_itself_is_left_out_and_means_the_same(void **state)
{
	struct ruling x, y;
	struct ruleset *r = same_meaning(&x, false);
	struct ruleset *s = same_meaning(&y, true);

	(void)state;
	assert_non_null(r);
	assert_non_null(s);
	assert_string_equal(r->sha256, s->sha256);
	assert_int_equal(r->rules[0]->statement_count, 7);
	assert_int_equal(s->rules[0]->statement_count, 8); /* the counter */
	assert_string_equal(r->rules[0]->text,
	    "iifname \"lg0\" ip saddr 10.2.0.0/16 ip daddr != 10.1.0.0/16 "
	    "tcp dport 443 accept");
	ruling_end(&x, r);
	ruling_end(&y, s);
}

static void
test_what_is_negated_becomes_what_remains(void **state)
{
	struct ruling x;
	struct ruleset *r = same_meaning(&x, false);
	const struct lookup *l;

	(void)state;
	l = &r->rules[0]->statements[3].lookup;
	assert_int_equal(l->fields[0], FIELD_DADDR);
	assert_false(l->negated);
	assert_int_equal(l->element_count, 1);
	assert_int_equal(l->elements[0].parts[0]->count, 2);
	assert_true(l->elements[0].parts[0]->items[1].last == UINT32_MAX);
	ruling_end(&x, r);
}

/* A verdict map of ports in one of two orders and cuts. */
static struct ruleset *
with_map(struct ruling *x, bool turned)
{
	struct set_element e[3] = { { .parts = { NULL } } };
	struct statement *s;

	ruling_begin(x);
	e[turned ? 2 : 0].parts[0] = ruling_one(x->p, 80, turned ? 81 : 80);
	e[turned ? 2 : 0].decision = builder_decision(x->b, ACTION_ACCEPT,
	    NULL);
	e[1].parts[0] = turned ? ruling_one(x->p, 443, 443) :
				 ruling_one(x->p, 81, 81);
	e[1].decision = builder_decision(x->b, ACTION_ACCEPT, NULL);
	e[turned ? 0 : 2].parts[0] = NULL; /* all others */
	e[turned ? 0 : 2].decision = builder_decision(x->b, ACTION_JUMP, "sub");
	ruling_rule(x, "forward");
	s = builder_statement(x->b, STATEMENT_VMAP);
	s->lookup.fields[0] = FIELD_DPORT;
	s->lookup.field_count = 1;
	s->lookup.elements = e;
	s->lookup.element_count = 3;
	return ruling_finish(x);
}

static void
test_elements_of_a_map_have_one_order_and_all_others_are_what_remains(
    void **state)
{
	struct ruling x, y;
	struct ruleset *r = with_map(&x, false), *s = with_map(&y, true);
	const struct lookup *l;

	(void)state;
	assert_string_not_equal(r->sha256, s->sha256); /* 443 is more */
	l = &r->rules[0]->statements[0].lookup;
	assert_int_equal(l->element_count, 2);
	assert_int_equal(l->elements[0].decision.action, ACTION_JUMP);
	assert_int_equal(l->elements[0].parts[0]->count, 2);
	assert_int_equal(l->elements[1].decision.action, ACTION_ACCEPT);
	assert_int_equal(l->elements[1].parts[0]->count, 1);
	assert_true(l->elements[1].parts[0]->items[0].last == 81);
	ruling_end(&x, r);
	ruling_end(&y, s);
}

static void
test_elements_of_a_map_that_contradict_are_a_fault(void **state)
{
	struct set_element e[2] = { { .parts = { NULL } } };
	struct statement *s;
	struct ruling x;

	(void)state;
	ruling_begin(&x);
	e[0].parts[0] = ruling_one(x.p, 80, 90);
	e[0].decision = builder_decision(x.b, ACTION_ACCEPT, NULL);
	e[1].parts[0] = ruling_one(x.p, 85, 85);
	e[1].decision = builder_decision(x.b, ACTION_DROP, NULL);
	ruling_rule(&x, "forward");
	s = builder_statement(x.b, STATEMENT_VMAP);
	s->lookup.fields[0] = FIELD_DPORT;
	s->lookup.field_count = 1;
	s->lookup.elements = e;
	s->lookup.element_count = 2;
	fails_with(&x, "overlap");
}

static void
change_one(struct ruling *x, int what)
{
	struct statement *s;

	ruling_begin(x);
	if (what == 1)
		ruling_rule(x, "forward")->comment = "x";
	else
		ruling_rule(x, "forward");
	builder_match(x->b, FIELD_PROTOCOL,
	    ruling_one(x->p, what == 2 ? 17 : 6, what == 2 ? 17 : 6), false);
	if (what == 3) {
		s = builder_statement(x->b, STATEMENT_NOTHING);
		s->text = "counter";
	}
	if (what == 4)
		builder_unknown(x->b, "limit", false);
	if (what == 5)
		(void)builder_statement(x->b, STATEMENT_LOG);
	builder_verdict(x->b, what == 6 ? ACTION_DROP : ACTION_ACCEPT, NULL);
}

static void
test_the_digest_is_of_the_meaning_alone(void **state)
{
	static const bool same[] = { true, true, false, true, false, false,
		false };
	char first[65] = "";

	(void)state;
	for (int i = 0; i < 7; i++) {
		struct ruling x;
		struct ruleset *r;

		change_one(&x, i);
		r = ruling_finish(&x);
		assert_non_null(r);
		if (i == 0)
			memcpy(first, r->sha256, sizeof(first));
		assert_int_equal(strcmp(first, r->sha256) == 0, same[i]);
		assert_int_equal(r->unknown_count, i == 4);
		ruling_end(&x, r);
	}
}

static void
test_elements_of_a_changing_set_are_not_in_the_digest(void **state)
{
	char sha256[2][65];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct set_element e = { .parts = { NULL } };
		struct statement *s;
		struct ruling x;
		struct ruleset *r;

		ruling_begin(&x);
		ruling_rule(&x, "forward");
		e.parts[0] = ruling_one(x.p, (packet_value)i, 9);
		s = builder_statement(x.b, STATEMENT_MATCH);
		s->lookup.fields[0] = FIELD_SADDR;
		s->lookup.field_count = 1;
		s->lookup.elements = &e;
		s->lookup.element_count = 1;
		s->lookup.changing = true;
		s->lookup.set = "banned";
		r = ruling_finish(&x);
		assert_non_null(r);
		assert_true(r->rules[0]->unknown);
		memcpy(sha256[i], r->sha256, 65);
		ruling_end(&x, r);
	}
	assert_string_equal(sha256[0], sha256[1]);
}

static void
test_a_match_that_nothing_passes_is_kept(void **state)
{
	struct ruling x;
	struct ruleset *r;

	(void)state;
	ruling_begin(&x);
	ruling_rule(&x, "forward");
	builder_match(x.b, FIELD_DPORT, &spans_nothing, false);
	builder_verdict(x.b, ACTION_ACCEPT, NULL);
	r = ruling_finish(&x);
	assert_non_null(r);
	assert_int_equal(r->rules[0]->statement_count, 2);
	ruling_end(&x, r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_chains_and_rules_keep_their_order_and_number),
		cmocka_unit_test(test_names_given_twice_are_faults),
		cmocka_unit_test(
		    test_jumps_are_resolved_by_name_in_their_table),
		cmocka_unit_test(
		    test_a_jump_to_nowhere_or_to_a_base_chain_is_a_fault),
		cmocka_unit_test(
		    test_jumps_in_a_circle_are_a_fault_also_through_a_map),
		cmocka_unit_test(test_jumps_go_sixteen_deep_and_no_deeper),
		cmocka_unit_test(
		    test_a_rule_with_too_many_statements_is_a_fault),
		cmocka_unit_test(
		    test_what_implies_itself_is_left_out_and_means_the_same),
		cmocka_unit_test(test_what_is_negated_becomes_what_remains),
		cmocka_unit_test(
		    test_elements_of_a_map_have_one_order_and_all_others_are_what_remains),
		cmocka_unit_test(
		    test_elements_of_a_map_that_contradict_are_a_fault),
		cmocka_unit_test(test_the_digest_is_of_the_meaning_alone),
		cmocka_unit_test(
		    test_elements_of_a_changing_set_are_not_in_the_digest),
		cmocka_unit_test(test_a_match_that_nothing_passes_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
