/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_shadow*.c: FWR-3. */
#include "audit.h"
#include "holding.h"

#define BASE "chain forward hook forward drop\n"

/* The findings of those lines; what rule the first is about. */
static size_t
shadows(struct holding *x, const char *lines)
{
	holding_open(x, "", lines);
	audit_shadow(&x->a);
	assert_int_equal(x->a.undecided_count, 0);
	return x->a.finding_count;
}

static void
test_rule_behind_one_that_does_the_same_is_redundant(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE "saddr 10.2.0.0/16 accept\n"
				  "saddr 10.2.3.0/24 tcp accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_3, 0);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_int_equal(f->rules[0].rule->index, 1);
	assert_int_equal(f->covering_count, 1);
	assert_int_equal(f->covering[0].rule->index, 0);
	assert_true(holding_says(f, "they do the same"));
	holding_close(&x);
}

static void
test_rule_behind_one_that_does_otherwise_says_so(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE "saddr 10.2.0.0/16 drop\n"
				  "saddr 10.2.3.0/24 tcp accept\n"),
	    1);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_3, 0), "do otherwise"));
	holding_close(&x);
}

static void
test_rule_is_covered_by_several_of_which_the_needed_are_named(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE "daddr 192.0.2.0/24 drop\n"
				  "saddr 10.2.0.0/17 accept\n"
				  "saddr 10.2.128.0/17 tcp accept\n"
				  "saddr 10.2.128.0/17 proto 0-5 accept\n"
				  "saddr 10.2.128.0/17 proto 7-255 accept\n"
				  "saddr 10.2.0.0/16 accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_3, 0);
	assert_int_equal(f->rules[0].rule->index, 5);
	assert_int_equal(f->covering_count, 4);
	assert_int_equal(f->covering[0].rule->index, 1);
	holding_close(&x);
}

static void
test_rule_for_both_families_is_covered_by_one_of_each(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE "family 4 tcp accept\n"
				  "family 6 tcp accept\n"
				  "tcp dport 22 accept\n"),
	    1);
	assert_int_equal(holding_find(&x, CHECK_FWR_3, 0)->covering_count, 2);
	holding_close(&x);
	assert_int_equal(shadows(&x,
			     BASE "family 4 tcp accept\n"
				  "tcp dport 22 accept\n"),
	    0);
	holding_close(&x);
}

static void
test_rule_with_something_unknown_covers_nothing(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE "unknown limit drop\n"
				  "mark 1 drop\n"
				  "tcp dport 22 accept\n"),
	    0);
	holding_close(&x);
	/* But it may be covered. */
	assert_int_equal(shadows(&x,
			     BASE "tcp drop\ntcp unknown limit accept\n"),
	    1);
	holding_close(&x);
}

static void
test_rules_that_only_count_are_rules_and_comments_are_not(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x, BASE "drop\ncounter\n"), 1);
	assert_true(holding_says(holding_find(&x, CHECK_FWR_3, 0), "counts"));
	holding_close(&x);
	/* What only counts covers nothing. */
	assert_int_equal(shadows(&x, BASE "counter\nlog\ntcp accept\n"), 0);
	holding_close(&x);
}

static void
test_condition_that_contradicts_itself_is_told(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     BASE
			     "saddr 10.1.0.0/16 saddr 10.2.0.0/16 accept\n"),
	    1);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_3, 0), "contradicts"));
	holding_close(&x);
}

static void
test_condition_that_contradicts_every_jump_is_told(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "iif core0 tcp accept\n"
			     "tcp dport 22 accept\n" BASE
			     "iif lg0 jump lgin\n"),
	    1);
	assert_true(holding_says(holding_find(&x, CHECK_FWR_3, 0),
	    "comes to its chain"));
	holding_close(&x);
	/* One jump that agrees is enough. */
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "iif core0 tcp accept\n" BASE "iif lg0 jump lgin\n"
			     "iif core0 jump lgin\n"),
	    0);
	holding_close(&x);
}

static void
test_rule_behind_a_chain_that_drops_everything_is_covered(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "tcp dport 443 accept\n"
			     "log drop\n" BASE "iif lg0 jump lgin\n"
			     "iif lg0 tcp dport 80 accept\n"
			     "iif core0 tcp dport 80 accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_3, 0);
	assert_int_equal(f->rules[0].rule->index, 1);
	assert_true(holding_says(f, "do otherwise"));
	assert_string_equal(f->covering[0].chain->name, "lgin");
	holding_close(&x);
}

static void
test_what_a_chain_sends_back_is_not_gone(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "tcp dport 80 return\n"
			     "drop\n" BASE "iif lg0 jump lgin\n"
			     "iif lg0 tcp dport 80 accept\n"),
	    0);
	holding_close(&x);
	/* Perhaps sent back is as good. */
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "unknown limit return\n"
			     "drop\n" BASE "iif lg0 jump lgin\n"
			     "iif lg0 tcp dport 80 accept\n"),
	    0);
	holding_close(&x);
	/* Within its chain a return takes it away. */
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "tcp return\n"
			     "tcp dport 80 accept\n" BASE
			     "iif lg0 jump lgin\n"),
	    1);
	holding_close(&x);
}

static void
test_goto_takes_away_and_comes_back_to_the_caller(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain far\n"
			     "tcp dport 22 accept\n"
			     "chain near\n"
			     "goto far\n"
			     "udp accept\n" BASE "iif lg0 jump near\n"
			     "iif lg0 tcp dport 80 accept\n"
			     "iif lg0 tcp dport 22 accept\n"),
	    2);
	assert_string_equal(
	    holding_find(&x, CHECK_FWR_3, 0)->rules[0].chain->name, "near");
	assert_int_equal(holding_find(&x, CHECK_FWR_3, 1)->rules[0].rule->index,
	    2);
	holding_close(&x);
}

static void
test_jump_that_is_covered_is_told_and_not_what_it_leads_to(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain lgin\n"
			     "tcp dport 22 accept\n"
			     "udp accept\n" BASE "iif lg0 drop\n"
			     "iif lg0 jump lgin\n"),
	    1);
	assert_string_equal(
	    holding_find(&x, CHECK_FWR_3, 0)->rules[0].chain->name, "forward");
	holding_close(&x);
}

static void
test_chain_that_nothing_leads_to_is_one_finding(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain old\n"
			     "tcp accept\ntcp accept\nudp drop\n"
			     "chain empty\n" BASE "tcp accept\n"),
	    1);
	assert_true(holding_says(holding_find(&x, CHECK_FWR_3, 0), "3 rules"));
	assert_null(holding_find(&x, CHECK_FWR_3, 0)->rules[0].rule);
	holding_close(&x);
}

static void
test_second_lock_behind_other_chains_is_no_finding(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain zones\n"
			     "tcp dport 22 accept\n"
			     "reject\n" BASE
			     "state established,related accept\n"
			     "jump zones\n"
			     "state invalid drop\n"
			     "reject\n"),
	    0);
	holding_close(&x);
	/* In one chain it is. */
	assert_int_equal(shadows(&x, BASE "drop\nreject\n"), 1);
	holding_close(&x);
}

static void
test_notrack_between_makes_other_states(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain raw hook prerouting raw\n"
			     "state untracked drop\n"
			     "tcp notrack\n"
			     "tcp state untracked accept\n"),
	    0);
	holding_close(&x);
}

static void
test_translation_takes_away_in_its_chain(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(shadows(&x,
			     "chain pre hook prerouting nat\n"
			     "daddr 192.0.2.0/24 dnat 10.1.0.5\n"
			     "daddr 192.0.2.7 dnat 10.1.0.7\n"
			     "chain post hook postrouting nat\n"
			     "oif out0 masquerade\n"
			     "oif out0 saddr 10.2.0.0/16 masquerade\n"),
	    2);
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_rule_behind_one_that_does_the_same_is_redundant),
		cmocka_unit_test(
		    test_rule_behind_one_that_does_otherwise_says_so),
		cmocka_unit_test(
		    test_rule_is_covered_by_several_of_which_the_needed_are_named),
		cmocka_unit_test(
		    test_rule_for_both_families_is_covered_by_one_of_each),
		cmocka_unit_test(
		    test_rule_with_something_unknown_covers_nothing),
		cmocka_unit_test(
		    test_rules_that_only_count_are_rules_and_comments_are_not),
		cmocka_unit_test(
		    test_condition_that_contradicts_itself_is_told),
		cmocka_unit_test(
		    test_condition_that_contradicts_every_jump_is_told),
		cmocka_unit_test(
		    test_rule_behind_a_chain_that_drops_everything_is_covered),
		cmocka_unit_test(test_what_a_chain_sends_back_is_not_gone),
		cmocka_unit_test(
		    test_goto_takes_away_and_comes_back_to_the_caller),
		cmocka_unit_test(
		    test_jump_that_is_covered_is_told_and_not_what_it_leads_to),
		cmocka_unit_test(
		    test_chain_that_nothing_leads_to_is_one_finding),
		cmocka_unit_test(
		    test_second_lock_behind_other_chains_is_no_finding),
		cmocka_unit_test(test_notrack_between_makes_other_states),
		cmocka_unit_test(test_translation_takes_away_in_its_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
