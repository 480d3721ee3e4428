/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of background destinations: what its patterns match, and that the
 * table is one that can be kept.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "background.h"

static void
test_a_name_on_the_list_is_found_whatever_its_case(void **state)
{
	const struct background *b;

	(void)state;
	b = background_find("OCSP.DigiCert.com");
	assert_non_null(b);
	assert_int_equal(b->category, BACKGROUND_REVOCATION);
	b = background_find("time.windows.com");
	assert_non_null(b);
	assert_int_equal(b->category, BACKGROUND_TIME);
}

static void
test_a_star_stands_for_names_below_and_not_for_none(void **state)
{
	(void)state;
	assert_non_null(background_find("v10.events.data.microsoft.com"));
	assert_non_null(background_find("eu-v20.EVENTS.data.microsoft.com"));
	assert_non_null(background_find("a.b.delivery.mp.microsoft.com"));
	assert_null(background_find("events.data.microsoft.com"));
	assert_null(background_find(".events.data.microsoft.com"));
	assert_null(background_find("*.events.data.microsoft.com.example"));
}

static void
test_what_only_ends_alike_is_another_name(void **state)
{
	(void)state;
	assert_null(background_find("notwindowsupdate.com"));
	assert_null(background_find("ocsp.digicert.com.example.net"));
	assert_null(background_find("xocsp.digicert.com"));
	assert_null(background_find("www.microsoft.com"));
	assert_null(background_find("com"));
	assert_null(background_find("."));
	assert_null(background_find(""));
	assert_null(background_find(NULL));
}

static void
test_a_name_that_could_carry_something_is_none(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'a', BACKGROUND_BEFORE_MAX);
	(void)strcpy(name + BACKGROUND_BEFORE_MAX, ".gvt1.com");
	assert_non_null(background_find(name));
	memset(name, 'a', BACKGROUND_BEFORE_MAX + 1);
	(void)strcpy(name + BACKGROUND_BEFORE_MAX + 1, ".gvt1.com");
	assert_null(background_find(name));
}

static void
check_pattern(const char *pattern)
{
	size_t dots = 0;

	if (pattern[0] == '*') {
		assert_int_equal(pattern[1], '.');
		pattern += 2;
	}
	for (const char *s = pattern; *s != '\0'; s++) {
		assert_true(islower((unsigned char)*s) ||
		    isdigit((unsigned char)*s) || *s == '-' || *s == '.');
		dots += *s == '.';
	}
	assert_true(dots >= 1); /* never a whole top-level domain */
}

static void
test_every_row_is_a_lower_case_name_and_stands_once(void **state)
{
	size_t count;
	const struct background *rows = background_rows(&count);

	(void)state;
	assert_true(count > 50);
	for (size_t i = 0; i < count; i++) {
		check_pattern(rows[i].pattern);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rows[i].pattern,
			    rows[k].pattern);
	}
}

static void
test_every_category_is_used_and_has_its_names(void **state)
{
	size_t count, seen[BACKGROUND_CATEGORY_COUNT] = { 0 };
	const struct background *rows = background_rows(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		seen[rows[i].category]++;
	for (int i = 0; i < BACKGROUND_CATEGORY_COUNT; i++) {
		const enum background_category c = (enum background_category)i;

		assert_true(seen[i] > 0);
		assert_non_null(background_category_name(c));
		assert_true(background_category_title(c, LANG_JA)[0] != '\0');
	}
	assert_string_equal(background_category_title(BACKGROUND_TIME, LANG_EN),
	    "time");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_name_on_the_list_is_found_whatever_its_case),
		cmocka_unit_test(
		    test_a_star_stands_for_names_below_and_not_for_none),
		cmocka_unit_test(test_what_only_ends_alike_is_another_name),
		cmocka_unit_test(
		    test_a_name_that_could_carry_something_is_none),
		cmocka_unit_test(
		    test_every_row_is_a_lower_case_name_and_stands_once),
		cmocka_unit_test(test_every_category_is_used_and_has_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
