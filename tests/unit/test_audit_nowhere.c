/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the checks on pairs leave out: addresses that no zone has
 * (audit_nowhere.c), answers that are dropped (audit_answers.c), conduits that
 * nobody approved (audit_approval.c); and who is named for a blocked conduit.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit.h"
#include "auditing.h"

static const char town[] =
    "{\"format\":\"sekisho-topology/1\",\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\","
    "\"fd00:2::/48\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":["
    "\"10.3.0.0/16\",\"fd00:3::/48\"]},"
    "{\"id\":\"world\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\"]},"
    "{\"id\":\"cloud\",\"tier\":\"saas\",\"networks\":["
    "\"198.51.100.0/24\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw\",\"zones\":["
    "\"core\",\"lg\",\"office\",\"world\",\"cloud\"],\"taps\":[]}],"
    "\"firewalls\":[{\"id\":\"fw\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.2.0.1\"],\"interfaces\":{\"core0\":[\"core\"],\"lg0\":[\"lg\"],"
    "\"office0\":[\"office\"],\"net0\":[\"world\",\"cloud\"]}}],"
    "\"conduits\":["
    "{\"id\":\"screen\",\"transfers\":\"screen\",\"from\":{\"zone\":\"lg\"},"
    "\"to\":{\"zone\":\"office\"},\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[443,3389]}],\"approved\":{\"by\":[\"CISO\"],\"number\":"
    "\"1\",\"on\":\"2026-12-01\"}},"
    "{\"id\":\"web\",\"from\":{\"zone\":\"office\"},\"to\":{\"zone\":"
    "\"world\"},\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}],"
    "\"approved\":{\"by\":[\"CISO\"],\"number\":\"2\",\"on\":"
    "\"2025-04-01\"}}]}\n";

static void
begin(struct auditing *x, bool answers)
{
	assert_true(auditing_begin(x, town));
	auditing_chain(x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	if (answers)
		auditing_rule(x, "forward", "established accept");
}

static void
run(struct auditing *x)
{
	assert_true(auditing_end(x));
	audit_pairs(&x->a);
	audit_nowhere(&x->a);
	audit_answers(&x->a);
	audit_approval(&x->a);
}

static const struct audit_cell *
cell(const struct auditing *x, const char *from, const char *to)
{
	return &x->a.cells[model_zone(x->l.m, from)->index * x->a.zone_count +
	    model_zone(x->l.m, to)->index];
}

static void
a_source_in_no_zone_is_told_with_its_interface(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif core0 saddr 192.168.0.0/16 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 1);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_int_equal(f->certainty, AUDIT_CERTAIN);
	assert_true(f->witness.at[DIM_SADDR] >> 16 == 0xc0a8);
	assert_non_null(strstr(f->sentence, "through interface lg0 into core"));
	assert_int_equal(cell(&x, "lg", "core")->undeclared[AUDIT_CERTAIN], 1);
	auditing_free(&x);
}

static void
a_destination_in_no_zone_is_told_of_a_shared_interface(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif net0 daddr 172.16.0.0/12 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 1);
	f = auditing_find(&x, CHECK_FWR_1, "lg", NULL, 4);
	assert_non_null(f);
	assert_null(f->to); /* two zones share the interface */
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_true(f->witness.at[DIM_DADDR] >> 20 == 0xac1);
	assert_non_null(strstr(f->sentence, "interface net0"));
	auditing_free(&x);
}

static void
a_rule_that_names_no_address_and_serves_is_silent(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif office0 oif net0 tcp 443 accept");
	auditing_rule(&x, "forward",
	    "iif office0 oif net0 not daddr 10.0.0.0/8 tcp 443 accept");
	run(&x);
	/* office to cloud is the pair's own affair. */
	for (size_t i = 0; i < x.a.finding_count; i++)
		if (x.a.findings[i].check == CHECK_FWR_1)
			assert_string_equal(x.a.findings[i].to->id, "cloud");
	auditing_free(&x);
}

static void
a_rule_that_serves_strangers_alone_is_told(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 saddr 10.2.0.0/16 drop");
	auditing_rule(&x, "forward", "iif lg0 oif core0 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->rules[0].rule->index, 2);
	auditing_free(&x);
}

static void
a_rule_before_it_that_drops_keeps_it_silent(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 not saddr 10.2.0.0/16 drop");
	auditing_rule(&x, "forward",
	    "iif lg0 oif core0 saddr 192.168.0.0/16 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 0);
	auditing_free(&x);
}

static const struct audit_finding *
find_answers(const struct auditing *x)
{
	for (size_t i = 0; i < x->a.finding_count; i++)
		if (x->a.findings[i].check == CHECK_FWR_2 &&
		    strstr(x->a.findings[i].sentence, "answers are dropped"))
			return &x->a.findings[i];
	return NULL;
}

static void
answers_that_are_dropped_are_one_finding(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, false);
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp any accept");
	auditing_rule(&x, "forward", "iif office0 oif net0 tcp 443 accept");
	run(&x);
	f = find_answers(&x);
	assert_non_null(f);
	assert_non_null(strstr(f->sentence, "2 declared conduits"));
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_int_equal(f->witness.at[DIM_CT_STATE], CT_ESTABLISHED);
	assert_null(f->rules[0].rule); /* the policy */
	assert_true(cell(&x, "lg", "office")->blocked > 0);
	assert_true(cell(&x, "office", "world")->blocked > 0);
	auditing_free(&x);
}

static void
answers_that_pass_are_silent(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp any accept");
	run(&x);
	assert_null(find_answers(&x));
	auditing_free(&x);
}

static void
answers_to_what_is_not_tracked_are_asked_port_by_port(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp any accept");
	auditing_chain(&x, "raw", HOOK_PREROUTING, CHAIN_FILTER, false);
	auditing_rule(&x, "raw", "iif lg0 tcp 443 notrack");
	run(&x);
	f = find_answers(&x);
	assert_non_null(f);
	assert_int_equal(f->witness.at[DIM_SPORT], 443);
	assert_int_equal(f->witness.at[DIM_CT_STATE], CT_INVALID);
	auditing_free(&x);
}

static void
ipv4_that_is_blocked_as_well_does_not_pass(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp 443 accept");
	run(&x);
	for (int family = 4; family <= 6; family += 2) {
		const struct audit_finding *f = auditing_find(&x, CHECK_FWR_2,
		    "lg", "office", family);

		assert_non_null(f);
		assert_int_equal(f->severity, SEVERITY_MEDIUM);
		assert_null(strstr(f->sentence, "IPv4 passes"));
	}
	auditing_free(&x);
}

static void
what_drops_for_certain_is_named_before_what_may(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 limit drop");
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp 443 accept");
	auditing_rule(&x, "forward", "iif lg0 drop");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "office", 4);
	assert_non_null(f);
	assert_int_equal(f->witness.at[DIM_DPORT], 3389);
	assert_int_equal(f->rules[0].rule->index, 3);
	auditing_free(&x);
}

static void
a_destination_that_is_translated_names_the_translation(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif office0 tcp any accept");
	auditing_chain(&x, "pre", HOOK_PREROUTING, CHAIN_NAT, false);
	auditing_rule(&x, "pre",
	    "iif lg0 daddr 10.3.0.0/16 tcp 3389 dnat 10.1.0.9:3389");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "office", 4);
	assert_non_null(f);
	assert_string_equal(f->rules[0].rule->chain->name, "pre");
	assert_true(f->witness.at[DIM_OIF] == packet_value_of_name("core0"));
	assert_non_null(strstr(f->sentence, "goes elsewhere"));
	auditing_free(&x);
}

static void
conduits_without_an_approval_are_counted_in_a_note(void **state)
{
	struct auditing x;
	bool told = false;

	(void)state;
	begin(&x, true);
	run(&x);
	for (size_t i = 0; i < x.a.note_count; i++)
		told |= strstr(x.a.notes[i].sentence, "1 conduits (screen)") !=
		    NULL;
	assert_true(told);
	auditing_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_source_in_no_zone_is_told_with_its_interface),
		cmocka_unit_test(
		    a_destination_in_no_zone_is_told_of_a_shared_interface),
		cmocka_unit_test(
		    a_rule_that_names_no_address_and_serves_is_silent),
		cmocka_unit_test(a_rule_that_serves_strangers_alone_is_told),
		cmocka_unit_test(a_rule_before_it_that_drops_keeps_it_silent),
		cmocka_unit_test(answers_that_are_dropped_are_one_finding),
		cmocka_unit_test(answers_that_pass_are_silent),
		cmocka_unit_test(
		    answers_to_what_is_not_tracked_are_asked_port_by_port),
		cmocka_unit_test(ipv4_that_is_blocked_as_well_does_not_pass),
		cmocka_unit_test(
		    what_drops_for_certain_is_named_before_what_may),
		cmocka_unit_test(
		    a_destination_that_is_translated_names_the_translation),
		cmocka_unit_test(
		    conduits_without_an_approval_are_counted_in_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
