/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_manage.c: FWR-14. */
#include "audit.h"
#include "holding.h"

#define BASE                            \
	"chain input hook input drop\n" \
	"iif lo accept\nstate established,related accept\n"

static const char conduit[] =
    ",\"conduits\":[{\"id\":\"admin\",\"from\":{\"zone\":\"lg\",\"hosts\":["
    "\"10.2.0.5\"]},\"to\":{\"zone\":\"firewall\"},\"services\":[{"
    "\"protocol\":\"tcp\",\"ports\":[22]}],\"approved\":{\"by\":[\"CISO\"],"
    "\"applicant\":\"a\",\"number\":\"1\",\"on\":\"2026-04-01\"},"
    "\"expires\":\"2027-03-31\"}]";

static size_t
manages(struct holding *x, const char *more, const char *lines)
{
	holding_open(x, more, lines);
	audit_manage(&x->a);
	assert_int_equal(x->a.undecided_count, 0);
	return holding_count(x, CHECK_FWR_14);
}

static void
test_zone_that_may_log_in_is_told_with_rule_and_witness(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "", BASE "iif lg0 tcp dport 22 accept\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_14, 0);
	assert_string_equal(f->from->id, "lg");
	assert_string_equal(f->to->id, "firewall");
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_int_equal(f->way, WAY_INPUT);
	assert_true(f->has_witness);
	assert_true(f->witness.at[DIM_DPORT] == 22);
	assert_int_equal(f->rules[f->rule_count - 1].rule->index, 2);
	holding_close(&x);
}

static void
test_declared_management_is_fine_and_only_as_far_as_declared(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, conduit,
			     BASE "iif lg0 saddr 10.2.0.5 tcp dport 22 "
				  "accept\n"),
	    0);
	holding_close(&x);
	assert_int_equal(manages(&x, conduit,
			     BASE "iif lg0 saddr 10.2.0.0/24 tcp dport 22 "
				  "accept\n"),
	    1);
	holding_close(&x);
}

static void
test_control_protocols_are_no_management(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     BASE "proto 1 accept\nproto 58 accept\n"
				  "proto 112 accept\nproto 2 accept\n"
				  "udp dport 67-68 accept\n"
				  "udp dport 546-547 accept\n"),
	    0);
	holding_close(&x);
	assert_int_equal(manages(&x, "", BASE "iif lg0 udp dport 161 accept\n"),
	    1);
	holding_close(&x);
}

static void
test_open_input_is_told_once_a_family(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     "chain forward hook forward drop\ntcp accept\n"),
	    2);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_14, 0), "no base chain"));
	holding_close(&x);
	assert_int_equal(manages(&x, "",
			     "chain input hook input\niif lg0 drop\n"),
	    2);
	assert_true(
	    holding_says(holding_find(&x, CHECK_FWR_14, 1), "policy lets"));
	holding_close(&x);
}

static void
test_last_rule_that_drops_closes_an_accepting_policy(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     "chain input hook input\niif lo accept\ndrop\n"),
	    0);
	holding_close(&x);
}

static void
test_one_rule_for_both_families_is_one_finding_each(void **state)
{
	struct holding x;

	(void)state;
	/* Only core has addresses of IPv6. */
	assert_int_equal(manages(&x, "",
			     BASE "iif core0 tcp dport 443 accept\n"),
	    2);
	holding_close(&x);
}

#define PRE "chain pre hook prerouting nat\n"

static void
test_redirect_to_the_firewall_is_seen_by_where_it_leads(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     "chain input hook input drop\n"
			     "translated tcp dport 22 accept\n"
			     "chain forward hook forward drop\ndrop\n" PRE
			     "iif lg0 tcp dport 8443 redirect 22\n"),
	    1);
	f = holding_find(&x, CHECK_FWR_14, 0);
	assert_string_equal(f->from->id, "lg");
	assert_int_equal(f->witness.at[DIM_DPORT], 8443);
	assert_int_equal(f->witness.at[DIM_NEW_DPORT], 22);
	assert_true(f->translated);
	holding_close(&x);
	/* Declared is what it leads to, from that host alone. */
	assert_int_equal(manages(&x, conduit,
			     "chain input hook input drop\n"
			     "saddr 10.2.0.5 translated tcp dport 22 accept\n"
			     "chain forward hook forward drop\ndrop\n" PRE
			     "iif lg0 tcp dport 8443 redirect 22\n"),
	    0);
	holding_close(&x);
}

static void
test_dnat_to_an_address_of_the_firewall_comes_in(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     "chain input hook input drop\n"
			     "translated tcp dport 22 accept\n" PRE
			     "iif lg0 daddr 10.2.0.9 dnat 10.1.0.1\n"),
	    1);
	assert_true(
	    holding_find(&x, CHECK_FWR_14, 0)->witness.at[DIM_NEW_DADDR] ==
	    holding_addresses("10.1.0.1").first);
	holding_close(&x);
	/* To a host it does not. */
	assert_int_equal(manages(&x, "",
			     "chain input hook input drop\n"
			     "translated tcp dport 22 accept\n" PRE
			     "iif lg0 daddr 10.2.0.9 dnat 10.1.0.7\n"),
	    0);
	holding_close(&x);
}

static void
test_packets_of_no_connection_are_asked_about_too(void **state)
{
	struct holding x;

	(void)state;
	assert_int_equal(manages(&x, "",
			     "chain input hook input drop\n"
			     "iif lg0 state invalid accept\n"),
	    1);
	assert_true(holding_says(holding_find(&x, CHECK_FWR_14, 0),
	    "without any connection"));
	holding_close(&x);
	/* A rule is told once. */
	assert_int_equal(manages(&x, "",
			     "chain input hook input drop\n"
			     "iif lg0 tcp dport 22 accept\n"),
	    1);
	assert_false(holding_says(holding_find(&x, CHECK_FWR_14, 0),
	    "without any connection"));
	holding_close(&x);
	/* What is declared excuses them. */
	assert_int_equal(manages(&x, conduit,
			     BASE "iif lg0 saddr 10.2.0.5 tcp dport 22 "
				  "accept\n"),
	    0);
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_zone_that_may_log_in_is_told_with_rule_and_witness),
		cmocka_unit_test(
		    test_declared_management_is_fine_and_only_as_far_as_declared),
		cmocka_unit_test(test_control_protocols_are_no_management),
		cmocka_unit_test(test_open_input_is_told_once_a_family),
		cmocka_unit_test(
		    test_last_rule_that_drops_closes_an_accepting_policy),
		cmocka_unit_test(
		    test_one_rule_for_both_families_is_one_finding_each),
		cmocka_unit_test(
		    test_redirect_to_the_firewall_is_seen_by_where_it_leads),
		cmocka_unit_test(
		    test_dnat_to_an_address_of_the_firewall_comes_in),
		cmocka_unit_test(
		    test_packets_of_no_connection_are_asked_about_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
