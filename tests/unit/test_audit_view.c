/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "audit_view.h"

static struct point
point(int family, unsigned protocol, const char *from, const char *to)
{
	struct point x = { { 0 } };
	struct addr a;

	x.at[DIM_FAMILY] = (packet_value)family;
	x.at[DIM_PROTOCOL] = protocol;
	assert_true(addr_parse(from, &a));
	x.at[DIM_SADDR] = packet_value_of_addr(&a);
	assert_true(addr_parse(to, &a));
	x.at[DIM_DADDR] = packet_value_of_addr(&a);
	x.at[DIM_SPORT] = 40000;
	x.at[DIM_DPORT] = 443;
	x.at[DIM_CT_STATE] = CT_NEW;
	x.at[DIM_TCP_FLAGS] = 2;
	x.at[DIM_IIF] = packet_value_of_name("lg0");
	return x;
}

static void
assert_witness(const struct point *x, const char *expected)
{
	struct text out = { 0 };

	audit_witness_text(x, false, &out);
	assert_string_equal(text_str(&out), expected);
	text_free(&out);
}

static void
test_a_witness_is_written_as_explain_reads_it(void **state)
{
	struct point x = point(4, 6, "10.2.0.5", "10.1.0.7");

	(void)state;
	assert_witness(&x, "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif lg0");
	x.at[DIM_OIF] = packet_value_of_name("core0");
	assert_witness(&x,
	    "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif lg0 oif core0");
	x = point(6, 17, "fd00:2::5", "fd00:1::7");
	assert_witness(&x, "udp [fd00:2::5]:40000 -> [fd00:1::7]:443 iif lg0");
	x = point(6, 58, "fd00:2::5", "fd00:1::7");
	x.at[DIM_ICMP_TYPE] = 128;
	assert_witness(&x,
	    "icmpv6 fd00:2::5 -> fd00:1::7 type 128 code 0 iif lg0");
	x = point(4, 47, "10.2.0.5", "10.1.0.7");
	assert_witness(&x, "47 10.2.0.5 -> 10.1.0.7 iif lg0");
}

static void
test_what_is_not_taken_for_granted_is_said(void **state)
{
	struct point x = point(4, 6, "10.2.0.5", "10.1.0.7");

	(void)state;
	x.at[DIM_TCP_FLAGS] = 16;
	x.at[DIM_CT_STATE] = CT_UNTRACKED;
	assert_witness(&x,
	    "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif lg0 state untracked "
	    "flags 0x10");
}

static void
test_an_interface_with_a_hostile_name_is_shown(void **state)
{
	struct point x = point(4, 6, "10.2.0.5", "10.1.0.7");

	(void)state;
	x.at[DIM_IIF] = packet_value_of_name("a\033[2J");
	assert_witness(&x, "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif a\\x1b[2J");
}

static void
test_every_sign_has_a_name_and_one_width(void **state)
{
	(void)state;
	for (int m = 0; m < AUDIT_MARK_COUNT; m++) {
		const enum audit_mark mark = (enum audit_mark)m;

		assert_non_null(audit_view_mark_name(mark));
		assert_int_equal(text_width(
				     audit_view_mark_sign(mark, LANG_JA)),
		    2);
		assert_int_equal(text_width(
				     audit_view_mark_sign(mark, LANG_EN)),
		    1);
		for (int n = 0; n < m; n++)
			assert_string_not_equal(audit_view_mark_sign(mark,
						    LANG_JA),
			    audit_view_mark_sign((enum audit_mark)n, LANG_JA));
	}
}

/* A table of two zones, of which one cell is looked at. */
struct table_of_two {
	struct zone zones[2];
	struct model m;
	struct audit_cell cells[4];
	struct ruleset ruleset;
	struct audit a;
};

static void
table_init(struct table_of_two *t)
{
	memset(t, 0, sizeof(*t));
	t->zones[1].index = 1;
	t->m.zones = t->zones;
	t->m.zone_count = 2;
	t->a.m = &t->m;
	t->a.zone_count = 2;
	t->a.cells = t->cells;
	t->a.ruleset = &t->ruleset;
	t->cells[1].judged = true;
}

static enum audit_mark
first_sign(const struct table_of_two *t)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];

	assert_true(audit_view_signs(&t->a, 0, 1, signs) >= 1);
	return signs[0].mark;
}

static void
test_undecided_stands_before_all_else(void **state)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];
	struct table_of_two t;

	(void)state;
	table_init(&t);
	assert_int_equal(first_sign(&t), AUDIT_MARK_CLOSED);
	t.cells[1].permits = true;
	assert_int_equal(first_sign(&t), AUDIT_MARK_DECLARED);
	t.cells[1].blocked = 2;
	assert_int_equal(first_sign(&t), AUDIT_MARK_BLOCKED);
	t.cells[1].undeclared[AUDIT_POSSIBLE] = 3;
	assert_int_equal(first_sign(&t), AUDIT_MARK_POSSIBLY);
	t.cells[1].undeclared[AUDIT_CERTAIN] = 4;
	assert_int_equal(first_sign(&t), AUDIT_MARK_UNDECLARED);
	t.cells[1].undecided = true;
	assert_int_equal(audit_view_signs(&t.a, 0, 1, signs), 4);
	assert_int_equal(signs[0].mark, AUDIT_MARK_UNDECIDED);
	assert_int_equal(signs[1].count, 4);
	assert_int_equal(signs[2].count, 3);
	assert_int_equal(signs[3].count, 2);
	t.cells[1] = (struct audit_cell){ .undecided = true };
	assert_int_equal(first_sign(&t), AUDIT_MARK_ELSEWHERE);
	assert_int_equal(audit_view_signs(&t.a, 1, 1, signs), 1);
	assert_int_equal(signs[0].mark, AUDIT_MARK_SAME);
}

static void
test_the_result_is_never_clean_by_default(void **state)
{
	struct audit_finding f = { .check = CHECK_FWR_13,
		.severity = SEVERITY_INFORMATION };
	struct table_of_two t;

	(void)state;
	table_init(&t);
	assert_int_equal(audit_view_result(&t.a), AUDIT_CLEAN);
	t.a.findings = &f;
	t.a.finding_count = 1;
	assert_int_equal(audit_view_result(&t.a), AUDIT_CLEAN);
	t.a.undecided_count = 1;
	assert_int_equal(audit_view_result(&t.a), AUDIT_UNDECIDED);
	f.severity = SEVERITY_LOW;
	assert_int_equal(audit_view_result(&t.a), AUDIT_FINDINGS);
	t.a.finding_count = 0;
	t.a.findings_left_out = 1;
	assert_int_equal(audit_view_result(&t.a), AUDIT_FINDINGS);
	t.a.ruleset = NULL;
	assert_int_equal(audit_view_result(&t.a), AUDIT_UNDECIDED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_witness_is_written_as_explain_reads_it),
		cmocka_unit_test(test_what_is_not_taken_for_granted_is_said),
		cmocka_unit_test(
		    test_an_interface_with_a_hostile_name_is_shown),
		cmocka_unit_test(test_every_sign_has_a_name_and_one_width),
		cmocka_unit_test(test_undecided_stands_before_all_else),
		cmocka_unit_test(test_the_result_is_never_clean_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
