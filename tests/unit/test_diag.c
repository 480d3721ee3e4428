/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics as an editor and an operator read them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/diag.h"

static void
add(struct diag *d, const char *file, uint32_t line, uint32_t column,
    const char *sentence)
{
	struct diag_place place = { file, line, column };

	diag_add(d, place, DIAG_ERROR, NULL, NULL, NULL, sentence);
}

static void
test_a_place_is_printed_as_far_as_it_is_known(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct diag_place place = { "m.json", 3, 7 };
	struct text t = { 0 };

	(void)state;
	diag_add(&d, place, DIAG_WARNING, "TOP-3", "high", "Q-01 Q-05",
	    "zone is empty");
	diag_add(&d, place, DIAG_ERROR, "TOP-4", "high", NULL, "no zone");
	add(&d, "m.json", 0, 0, "cannot be read");
	add(&d, "m.json", 4, 0, "odd line");
	add(&d, "\x1b[2J", 1, 1, "odd name");
	diag_print(&d, &t);
	assert_string_equal(text_str(&t),
	    "m.json:3:7: warning: zone is empty [TOP-3 high; Q-01 Q-05]\n"
	    "m.json:3:7: error: no zone [TOP-4]\n"
	    "m.json: error: cannot be read\n"
	    "m.json:4: error: odd line\n"
	    "\\x1b[2J:1:1: error: odd name\n");
	assert_int_equal(d.errors, 4);
	assert_int_equal(d.warnings, 1);
	text_free(&t);
	diag_free(&d);
}

static void
test_nothing_to_say_prints_nothing(void **state)
{
	struct diag d = { .lang = LANG_JA };
	struct text t = { 0 };

	(void)state;
	diag_sort(&d);
	diag_print(&d, &t);
	assert_string_equal(text_str(&t), "");
	diag_free(&d);
}

static void
test_sorting_keeps_the_order_of_equal_places(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };

	(void)state;
	add(&d, "b", 1, 1, "6");
	add(&d, "a", 2, 1, "4");
	add(&d, "a", 1, 9, "2");
	add(&d, "a", 1, 9, "3");
	add(&d, "a", 1, 2, "1");
	add(&d, "a", 10, 1, "5");
	diag_sort(&d);
	add(&d, "c", 1, 1, "7"); /* it can still grow */
	diag_print(&d, &t);
	assert_string_equal(text_str(&t),
	    "a:1:2: error: 1\na:1:9: error: 2\na:1:9: error: 3\n"
	    "a:2:1: error: 4\na:10:1: error: 5\nb:1:1: error: 6\n"
	    "c:1:1: error: 7\n");
	text_free(&t);
	diag_free(&d);
}

static size_t
count_lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void
test_what_is_not_shown_is_counted(void **state)
{
	static const size_t totals[] = { DIAG_SHOWN_MAX, DIAG_SHOWN_MAX + 1,
		DIAG_ERRORS_MAX + 5 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct diag d = { .lang = LANG_EN };
		struct text t = { 0 };
		size_t rest = totals[i] - DIAG_SHOWN_MAX;
		char last[32];

		for (size_t n = 0; n < totals[i]; n++)
			add(&d, "m", 1, 1, "x");
		assert_int_equal(d.errors, totals[i]);
		assert_true(d.count <= DIAG_ERRORS_MAX);
		diag_print(&d, &t);
		assert_int_equal(count_lines(text_str(&t)),
		    DIAG_SHOWN_MAX + (rest > 0));
		(void)snprintf(last, sizeof(last), "and %zu more\n", rest);
		assert_int_equal(strstr(text_str(&t), last) != NULL, rest > 0);
		text_clear(&t);
		d.lang = LANG_JA;
		diag_print(&d, &t);
		(void)snprintf(last, sizeof(last), "他 %zu 件\n", rest);
		assert_int_equal(strstr(text_str(&t), last) != NULL, rest > 0);
		text_free(&t);
		diag_free(&d);
	}
}

static void
test_no_number_of_warnings_hides_an_error(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct diag_place early = { "a", 1, 1 };
	struct text t = { 0 };

	(void)state;
	for (size_t n = 0; n < DIAG_KEPT_MAX + 5; n++)
		diag_add(&d, early, DIAG_WARNING, "TOP-9", "low", NULL, "x");
	add(&d, "b", 7, 1, "no zone");
	assert_int_equal(d.count, DIAG_KEPT_MAX + 1);
	assert_int_equal(d.graded[DIAG_LOW], DIAG_KEPT_MAX + 5);
	diag_sort(&d);
	diag_print(&d, &t);
	assert_non_null(strstr(text_str(&t), "b:7:1: error: no zone\n"));
	assert_int_equal(count_lines(text_str(&t)), DIAG_SHOWN_MAX + 1);
	text_free(&t);
	diag_free(&d);
}

static void
test_the_gravest_are_shown_in_the_order_of_places(void **state)
{
	static const char *const grades[] = { "information", "low", "critical",
		"medium" };
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };
	const char *first, *last;

	(void)state;
	for (uint32_t i = 0; i < 80; i++)
		diag_add(&d, (struct diag_place){ "m", i + 1, 1 }, DIAG_WARNING,
		    "TOP-2", grades[i % 4], NULL, "x");
	assert_int_equal(d.graded[DIAG_CRITICAL], 20);
	add(&d, "m", 50, 9, "y");
	diag_sort(&d);
	diag_print(&d, &t);
	assert_null(strstr(text_str(&t), "[TOP-2 medium]"));
	first = strstr(text_str(&t), "m:3:1: warning: x [TOP-2 critical]");
	last = strstr(text_str(&t), "m:50:9: error: y\n");
	assert_true(first != NULL && last != NULL && first < last);
	assert_non_null(strstr(last, "m:51:1: "));
	assert_non_null(strstr(text_str(&t), "and 61 more\n"));
	text_free(&t);
	diag_free(&d);
}

static void
test_a_sentence_cannot_command_the_terminal(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };

	(void)state;
	add(&d, "m", 1, 1, "\x1b[31m");
	diag_print(&d, &t);
	assert_string_equal(text_str(&t), "m:1:1: error: \\x1b[31m\n");
	text_free(&t);
	diag_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_place_is_printed_as_far_as_it_is_known),
		cmocka_unit_test(test_nothing_to_say_prints_nothing),
		cmocka_unit_test(test_sorting_keeps_the_order_of_equal_places),
		cmocka_unit_test(test_what_is_not_shown_is_counted),
		cmocka_unit_test(test_no_number_of_warnings_hides_an_error),
		cmocka_unit_test(
		    test_the_gravest_are_shown_in_the_order_of_places),
		cmocka_unit_test(test_a_sentence_cannot_command_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
