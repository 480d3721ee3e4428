/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_default*.c: FWR-4, FWR-6. */
#include "audit.h"
#include "holding.h"

static size_t
defaults(struct holding *x, const char *lines)
{
	holding_open(x, "", lines);
	audit_default(&x->a);
	assert_int_equal(x->a.undecided_count, 0);
	return holding_count(x, CHECK_FWR_4);
}

static void
test_no_chain_at_forward_is_told_for_each_family_in_use(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(defaults(&x,
			     "chain input hook input drop\ntcp accept\n"),
	    2);
	assert_int_equal(holding_find(&x, CHECK_FWR_4, 0)->family, 4);
	assert_int_equal(holding_find(&x, CHECK_FWR_4, 1)->family, 6);
	assert_int_equal(holding_find(&x, CHECK_FWR_4, 0)->severity,
	    SEVERITY_HIGH);
	holding_close(&x);
}

static void
test_policy_that_drops_is_fine(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(defaults(&x,
			     "chain forward hook forward drop\ntcp accept\n"),
	    0);
	holding_close(&x);
}

static void
test_policy_that_accepts_is_told_with_a_witness(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(defaults(&x,
			     "chain forward hook forward\niif lg0 drop\n"),
	    2);
	f = holding_find(&x, CHECK_FWR_4, 0);
	assert_true(f->has_witness);
	assert_true(holding_says(f, "policy"));
	assert_null(f->rules[f->rule_count - 1].rule);
	holding_close(&x);
}

static void
test_last_rule_that_drops_all_is_as_good_as_a_policy(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(
	    defaults(&x,
		"chain end\nlog\ndrop\n"
		"chain forward hook forward\ntcp dport 443 accept\n"
		"jump end\n"),
	    0);
	holding_close(&x);
	/* Of one family alone it is not. */
	assert_int_equal(
	    defaults(&x,
		"chain forward hook forward\ntcp accept\nfamily 4 drop\n"),
	    1);
	assert_int_equal(holding_find(&x, CHECK_FWR_4, 0)->family, 6);
	holding_close(&x);
}

static void
test_rule_that_accepts_all_is_as_bad_as_a_policy(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(
	    defaults(&x,
		"chain forward hook forward drop\niif lg0 drop\naccept\n"),
	    2);
	f = holding_find(&x, CHECK_FWR_4, 0);
	assert_true(holding_says(f, "accepts everything"));
	assert_int_equal(f->rules[f->rule_count - 1].rule->index, 1);
	holding_close(&x);
	/* One that nothing reaches is not. */
	assert_int_equal(defaults(&x,
			     "chain forward hook forward drop\ndrop\naccept\n"),
	    0);
	holding_close(&x);
}

static void
test_second_chain_that_drops_makes_up_for_it(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(
	    defaults(&x,
		"chain one hook forward\ntcp accept\n"
		"chain two hook forward drop\ntcp dport 443 accept\n"),
	    0);
	holding_close(&x);
}

/* ---- FWR-6 */

static size_t
logs(struct holding *x, const char *lines)
{
	defaults(x, lines);
	return holding_count(x, CHECK_FWR_6);
}

static void
test_policy_that_drops_without_a_log_is_told_once(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(logs(&x,
			     "chain forward hook forward drop\nudp accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_6, 0);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_true(f->has_witness);
	assert_null(f->rules[0].rule);
	holding_close(&x);
}

static void
test_drop_of_what_nobody_can_know_is_not_told(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(
	    logs(&x,
		"chain forward hook forward drop\nfib-missing drop\n"
		"unknown limit drop\nlog drop\n"),
	    0);
	holding_close(&x);
}

static void
test_policy_behind_an_unknown_accept_is_possible(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(
	    logs(&x, "chain forward hook forward drop\nunknown limit accept\n"),
	    1);
	assert_int_equal(holding_find(&x, CHECK_FWR_6, 0)->certainty,
	    AUDIT_POSSIBLE);
	holding_close(&x);
}

static void
test_log_before_the_end_is_enough(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(
	    logs(&x, "chain forward hook forward drop\ntcp accept\nlog\n"), 0);
	holding_close(&x);
	assert_int_equal(
	    logs(&x, "chain forward hook forward drop\ntcp accept\nlog drop\n"),
	    0);
	holding_close(&x);
	assert_int_equal(
	    logs(&x,
		"chain end\nlog\ndrop\n"
		"chain forward hook forward drop\ntcp accept\njump end\n"),
	    0);
	holding_close(&x);
}

static void
test_log_that_is_limited_counts_as_one(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(logs(&x,
			     "chain forward hook forward drop\ntcp accept\n"
			     "unknown limit log\n"),
	    0);
	holding_close(&x);
}

static void
test_log_of_one_protocol_leaves_the_others_untold(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(logs(&x, "chain forward hook forward drop\ntcp log\n"),
	    1);
	holding_close(&x);
}

static void
test_rule_that_drops_silently_before_the_log_is_told(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(logs(&x,
			     "chain forward hook forward drop\n"
			     "udp dport 137 drop\nlog\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_6, 0);
	assert_int_equal(f->rules[0].rule->index, 0);
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_no_chain_at_forward_is_told_for_each_family_in_use),
		cmocka_unit_test(test_policy_that_drops_is_fine),
		cmocka_unit_test(
		    test_policy_that_accepts_is_told_with_a_witness),
		cmocka_unit_test(
		    test_last_rule_that_drops_all_is_as_good_as_a_policy),
		cmocka_unit_test(
		    test_rule_that_accepts_all_is_as_bad_as_a_policy),
		cmocka_unit_test(test_second_chain_that_drops_makes_up_for_it),
		cmocka_unit_test(
		    test_policy_that_drops_without_a_log_is_told_once),
		cmocka_unit_test(test_log_before_the_end_is_enough),
		cmocka_unit_test(test_drop_of_what_nobody_can_know_is_not_told),
		cmocka_unit_test(
		    test_policy_behind_an_unknown_accept_is_possible),
		cmocka_unit_test(test_log_that_is_limited_counts_as_one),
		cmocka_unit_test(
		    test_log_of_one_protocol_leaves_the_others_untold),
		cmocka_unit_test(
		    test_rule_that_drops_silently_before_the_log_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
