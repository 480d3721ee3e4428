/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_unknown.c: FWR-13, COV-12. */
#include "audit.h"
#include "holding.h"

#define BASE "chain forward hook forward drop\n"

static size_t
unknowns(struct holding *x, const char *lines)
{
	holding_open(x, "", lines);
	audit_unknown(&x->a);
	return holding_count(x, CHECK_FWR_13);
}

static void
test_each_closure_is_told_for_what_it_is(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(unknowns(&x,
			     "chain far\nudp drop\n" BASE
			     "tcp unknown limit accept\n"
			     "tcp unknown limit drop\n"
			     "unknown numgen jump far\n"
			     "unknown limit return\n"),
	    4);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_13, 0), "may open:"));
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_13, 1), "may block:"));
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_13, 2), "may block:"));
	assert_true(holding_says(holding_find(&x, CHECK_FWR_13, 3),
	    "may open or block:"));
	assert_true(holding_says(holding_find(&x, CHECK_FWR_13, 0), "limit"));
	assert_int_equal(holding_find(&x, CHECK_FWR_13, 0)->severity,
	    SEVERITY_INFORMATION);
	holding_close(&x);
}

static void
test_limit_before_a_log_is_no_finding(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(unknowns(&x,
			     BASE "unknown limit log\nunknown quota counter\n"),
	    0);
	holding_close(&x);
	/* Nor is one behind the verdict's own conditions that is known. */
	assert_int_equal(unknowns(&x, BASE "tcp dport 443 accept\n"), 0);
	holding_close(&x);
}

static void
test_many_are_folded_and_counted(void **state)
{
	struct text lines = { 0 };
	struct holding x;

	(void)state;
	text_add(&lines, BASE);
	for (int i = 0; i < 120; i++)
		text_add(&lines, "tcp unknown limit accept\n");
	assert_int_equal(unknowns(&x, text_str(&lines)), 51);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_13, 50), "70 more"));
	assert_int_equal(holding_find(&x, CHECK_FWR_13, 50)->rule_count +
		holding_find(&x, CHECK_FWR_13, 50)->rules_left_out,
	    70);
	text_free(&lines);
	holding_close(&x);
}

static void
test_firewall_without_a_ruleset_is_not_covered(void **state)
{
	struct holding x;

	(void)state;
	holding_open(&x, "", NULL);
	audit_unknown(&x.a);
	assert_int_equal(holding_count(&x, CHECK_COV_12), 1);
	assert_int_equal(holding_find(&x, CHECK_COV_12, 0)->severity,
	    SEVERITY_MEDIUM);
	holding_close(&x);
}

static void
test_snapshot_older_than_the_limit_is_told(void **state)
{
	struct holding x;

	(void)state;
	holding_open(&x, ",\"limits\":{\"ruleset-age\":\"7 days\"}",
	    BASE "tcp accept\n");
	x.a.ruleset_day = (struct day){ 2026, 11, 15 };
	audit_unknown(&x.a);
	assert_int_equal(holding_count(&x, CHECK_COV_12), 0);
	x.a.ruleset_day = (struct day){ 2026, 11, 14 };
	audit_unknown(&x.a);
	assert_int_equal(holding_count(&x, CHECK_COV_12), 1);
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_closure_is_told_for_what_it_is),
		cmocka_unit_test(test_limit_before_a_log_is_no_finding),
		cmocka_unit_test(test_many_are_folded_and_counted),
		cmocka_unit_test(
		    test_firewall_without_a_ruleset_is_not_covered),
		cmocka_unit_test(test_snapshot_older_than_the_limit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
