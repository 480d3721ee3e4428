/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the table of checks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "checks.h"

static void
test_every_check_has_a_complete_row(void **state)
{
	const struct check_row *row;
	int i, lang;

	(void)state;
	for (i = CHECK_NONE + 1; i < CHECK_COUNT; i++) {
		row = checks_row((enum check)i);
		assert_int_equal(row->check, i);
		assert_int_equal(checks_find(row->id), i);
		assert_true(row->grade[0] != '\0');
		assert_non_null(row->requirements);
		assert_true(row->passed > SEVERITY_NONE);
		assert_true(row->tried > SEVERITY_NONE);
		assert_true(row->tried <= row->passed);
		for (lang = 0; lang < LANG_COUNT; lang++) {
			assert_true(row->title[lang][0] != '\0');
			assert_true(row->trigger[lang][0] != '\0');
			assert_null(strchr(row->trigger[lang], '\n'));
		}
	}
	assert_int_equal(checks_find("SEG-99"), CHECK_NONE);
	assert_int_equal(checks_find(""), CHECK_NONE);
	assert_string_equal(checks_id(CHECK_NONE), "");
}

static void
test_signatures_follow_family_and_number(void **state)
{
	int i, j;

	(void)state;
	assert_int_equal(checks_signature(CHECK_TOP_12), 7700012);
	assert_int_equal(checks_signature(CHECK_SEG_1), 7700101);
	assert_int_equal(checks_signature(CHECK_LNK_10), 7700210);
	assert_int_equal(checks_signature(CHECK_FWR_14), 7701014);
	assert_int_equal(checks_signature(CHECK_COV_12), 7701112);
	for (i = CHECK_NONE + 1; i < CHECK_COUNT; i++)
		for (j = i + 1; j < CHECK_COUNT; j++)
			assert_int_not_equal(checks_signature((enum check)i),
			    checks_signature((enum check)j));
}

static void
test_severities_have_names_and_numbers(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_CRITICAL), "critical");
	assert_string_equal(severity_title(SEVERITY_HIGH, LANG_JA), "高");
	assert_int_equal(severity_number(SEVERITY_CRITICAL), 1);
	assert_int_equal(severity_number(SEVERITY_LOW), 4);
	assert_int_equal(severity_number(SEVERITY_INFORMATION), 4);
	assert_int_equal(checks_row(CHECK_SEG_1)->passed, SEVERITY_CRITICAL);
	assert_int_equal(checks_row(CHECK_SEG_1)->tried, SEVERITY_LOW);
	assert_int_equal(checks_row(CHECK_SEG_13)->tried, SEVERITY_MEDIUM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_check_has_a_complete_row),
		cmocka_unit_test(test_signatures_follow_family_and_number),
		cmocka_unit_test(test_severities_have_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
