/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of devices made fit to be shown: what stays, what becomes '?', where
 * they end.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/text.h"
#include "printable.h"

static const char *
shown(const char *text, size_t size)
{
	static char out[64];
	size_t n;

	assert_true(size <= sizeof(out));
	n = printable_copy(out, size, (const uint8_t *)text, strlen(text));
	assert_int_equal(n, strlen(out));
	return out;
}

static void
test_names_stay_as_they_are(void **state)
{
	(void)state;
	assert_string_equal(shown("TAX-PC1.example.lg.jp", 64),
	    "TAX-PC1.example.lg.jp");
	assert_string_equal(shown("税務課ＰＣ１", 64), "税務課ＰＣ１");
	assert_string_equal(shown("  two words ", 64), "two words");
	assert_string_equal(shown("", 64), "");
}

static void
test_what_moves_or_hides_text_becomes_a_question_mark(void **state)
{
	(void)state;
	assert_string_equal(shown("a\x1b[2Jb\r\nc\x7f", 64), "a?[2Jb??c?");
	assert_string_equal(shown("a\xe2\x80\xae"
				  "b\xe2\x80\x8b\xef\xbb\xbf",
				64),
	    "a?b??");
	assert_string_equal(shown("\xc2\x85", 64), "?");
	/* CP932, an overlong form, a surrogate, a byte too few. */
	assert_string_equal(shown("\x90\xc5+1", 64), "??+1");
	assert_string_equal(shown("\xc0\xaf", 64), "??");
	assert_string_equal(shown("\xed\xa0\x80", 64), "???");
	assert_string_equal(shown("\xe7\xa8", 64), "??");
}

static void
test_a_long_name_ends_at_a_whole_character(void **state)
{
	(void)state;
	assert_string_equal(shown("税務課", 9), "税務");
	assert_string_equal(shown("税務課", 10), "税務課");
	assert_string_equal(shown("abc", 1), "");
}

static void
test_any_bytes_are_fit_to_be_shown(void **state)
{
	uint8_t bytes[40];
	char out[32];
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(bytes); k++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			bytes[k] = (uint8_t)x;
		}
		(void)printable_copy(out, sizeof(out), bytes, sizeof(bytes));
		assert_true(text_is_safe(out));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_stay_as_they_are),
		cmocka_unit_test(
		    test_what_moves_or_hides_text_becomes_a_question_mark),
		cmocka_unit_test(test_a_long_name_ends_at_a_whole_character),
		cmocka_unit_test(test_any_bytes_are_fit_to_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
