/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the catalogue of messages. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "words.h"

/* The set of placeholders {0}..{9} in a row, as bits. */
static unsigned
placeholders(const char *row)
{
	unsigned set = 0;

	for (; (row = strchr(row, '{')) != NULL; row++)
		if (row[1] >= '0' && row[1] <= '9' && row[2] == '}')
			set |= 1u << (row[1] - '0');
	return set;
}

static void
test_both_languages_use_the_same_placeholders(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < W_COUNT; i++) {
		const char *ja = words_get(LANG_JA, (enum word)i);
		const char *en = words_get(LANG_EN, (enum word)i);

		if (placeholders(ja) != placeholders(en))
			fail_msg("%s / %s", ja, en);
		if ((ja[0] == '\0') != (en[0] == '\0'))
			fail_msg("%s / %s", ja, en);
	}
}

static void
test_placeholders_are_filled_in_any_order(void **state)
{
	struct text t = { 0 };

	(void)state;
	words_add(&t, LANG_EN, W_BUNDLE_UNREADABLE, 2, "a{1}b", NULL);
	/* A value is not searched for placeholders, and NULL is a dash. */
	assert_string_equal(text_str(&t), "\"a{1}b\" cannot be read: -");
	text_clear(&t);
	words_add(&t, LANG_EN, W_BUNDLE_UNREADABLE, 1, "a");
	assert_string_equal(text_str(&t), "\"a\" cannot be read: {1}");
	text_free(&t);
}

static void
test_faults_carry_check_and_requirements(void **state)
{
	struct diag d = { .lang = LANG_JA };
	struct diag_place place = { "f", 1, 2 };

	(void)state;
	words_diag(&d, place, DIAG_WARNING, CHECK_TOP_3, W_NOUN_ZONE, 0);
	words_diag(&d, place, DIAG_ERROR, CHECK_NONE, W_NOUN_ZONE, 0);
	assert_int_equal(d.count, 2);
	assert_string_equal(d.entries[0].check, "TOP-3");
	assert_string_equal(d.entries[0].requirements, "Q-01 Q-05");
	assert_string_equal(d.entries[0].grade, "high");
	assert_null(d.entries[1].check);
	diag_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_languages_use_the_same_placeholders),
		cmocka_unit_test(test_placeholders_are_filled_in_any_order),
		cmocka_unit_test(test_faults_carry_check_and_requirements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
