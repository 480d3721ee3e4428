/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_spoof.c: FWR-11. */
#include "audit.h"
#include "holding.h"

#define BASE "chain forward hook forward drop\n"
#define HTTPS "tcp dport 443 accept\n"

static size_t
spoofs(struct holding *x, const char *lines)
{
	holding_open(x, "", lines);
	audit_spoof(&x->a);
	assert_int_equal(x->a.undecided_count, 0);
	return holding_count(x, CHECK_FWR_11);
}

static void
test_rule_without_source_lets_any_zone_be_forged(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	/* core, lg and lgwan; each by an interface of another. */
	assert_int_equal(spoofs(&x,
			     BASE "iif lg0 oif lgwan0 tcp dport 443 accept\n"),
	    2);
	f = holding_find(&x, CHECK_FWR_11, 0);
	assert_string_equal(f->from->id, "core");
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_true(f->has_witness);
	assert_true(f->witness.at[DIM_IIF] == packet_value_of_name("lg0"));
	assert_non_null(strstr(f->sentence, "lg0"));
	/* Forwarded: to a host of another zone, out by its interface. */
	assert_true(f->witness.at[DIM_OIF] == packet_value_of_name("lgwan0"));
	assert_true(
	    spans_has(space_addresses(&x.a, model_zone(x.a.m, "lgwan"), 4),
		f->witness.at[DIM_DADDR]));
	assert_int_not_equal(f->witness.at[DIM_SADDR] & 0xffff, 0);
	assert_int_equal(f->rules[0].rule->index, 0);
	assert_int_equal(x.a.note_count, 1); /* rp_filter */
	holding_close(&x);
}

static void
test_rule_with_interface_and_source_is_fine(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(spoofs(&x, BASE "iif lg0 saddr 10.2.0.0/16 " HTTPS),
	    0);
	assert_int_equal(x.a.note_count, 0);
	holding_close(&x);
}

static void
test_rule_with_source_and_no_interface_is_told(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(spoofs(&x, BASE "saddr 10.2.0.0/16 " HTTPS), 1);
	assert_string_equal(holding_find(&x, CHECK_FWR_11, 0)->from->id, "lg");
	holding_close(&x);
}

static void
test_drop_of_foreign_sources_is_fine(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(spoofs(&x,
			     BASE
			     "iif !core0 saddr 10.1.0.0/16 drop\n"
			     "iif !core0 saddr fd00:1::/48 drop\n"
			     "iif !lg0 saddr 10.2.0.0/16 drop\n"
			     "iif !lgwan0 saddr 172.20.0.0/14 drop\n" HTTPS),
	    0);
	holding_close(&x);
}

static void
test_reverse_path_check_is_fine_before_the_decision(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(spoofs(&x,
			     "chain pre hook prerouting raw\n"
			     "fib-missing drop\n" BASE HTTPS),
	    0);
	holding_close(&x);
	assert_int_equal(spoofs(&x,
			     BASE "state established accept\n"
				  "fib-missing drop\n" HTTPS),
	    0);
	holding_close(&x);
	/* Behind it it is too late. */
	assert_int_equal(spoofs(&x, BASE HTTPS "fib-missing drop\n"), 3);
	holding_close(&x);
	/* And one that only counts does nothing. */
	assert_int_equal(spoofs(&x, BASE "fib-missing counter\n" HTTPS), 3);
	holding_close(&x);
}

static void
test_fortigate_checks_the_path_unless_it_is_told_not_to(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	holding_open(&x, "", BASE "iif lg0 oif lgwan0 " HTTPS);
	x.r->system = "FortiGate fw1";
	audit_spoof(&x.a);
	f = holding_find(&x, CHECK_FWR_11, 0);
	assert_int_equal(f->certainty, AUDIT_POSSIBLE);
	assert_non_null(strstr(f->sentence, "reverse path check"));
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_rule_without_source_lets_any_zone_be_forged),
		cmocka_unit_test(test_rule_with_interface_and_source_is_fine),
		cmocka_unit_test(
		    test_rule_with_source_and_no_interface_is_told),
		cmocka_unit_test(test_drop_of_foreign_sources_is_fine),
		cmocka_unit_test(
		    test_fortigate_checks_the_path_unless_it_is_told_not_to),
		cmocka_unit_test(
		    test_reverse_path_check_is_fine_before_the_decision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
