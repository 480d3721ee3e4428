/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "audit_view.h"

/* The widest line, and whether the text without line ends and indents is s
 * (blanks aside). */
static size_t
widest(const char *text)
{
	size_t most = 0;

	while (*text != '\0') {
		const size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);
		const size_t w = text_width(line);

		most = w > most ? w : most;
		free(line);
		text += n + (text[n] == '\n');
	}
	return most;
}

static void
assert_same_letters(const char *a, const char *b)
{
	for (;;) {
		while (*a == ' ' || *a == '\n')
			a++;
		while (*b == ' ' || *b == '\n')
			b++;
		assert_int_equal(*a, *b);
		if (*a == '\0')
			return;
		a++;
		b++;
	}
}

static void
test_a_short_sentence_stays_on_its_line(void **state)
{
	struct text out = { 0 };

	(void)state;
	audit_wrap("短い文です。", 4, 4, &out);
	assert_string_equal(text_str(&out), "短い文です。\n");
	text_free(&out);
}

static void
test_nothing_is_an_empty_line(void **state)
{
	struct text out = { 0 };

	(void)state;
	audit_wrap("", 4, 4, &out);
	assert_string_equal(text_str(&out), "\n");
	text_free(&out);
}

static void
test_words_are_broken_at_blanks_alone(void **state)
{
	static const char s[] =
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen fifteen sixteen seventeen eighteen";
	struct text out = { 0 };

	(void)state;
	audit_wrap(s, 4, 0, &out);
	assert_true(widest(text_str(&out)) <= AUDIT_COLUMNS);
	assert_same_letters(s, text_str(&out));
	assert_non_null(strstr(text_str(&out), "\n    "));
	assert_null(strstr(text_str(&out), " \n"));
	assert_null(strstr(text_str(&out), "\n     "));
	text_free(&out);
}

static void
test_japanese_is_broken_anywhere_but_before_a_stop(void **state)
{
	struct text s = { 0 }, out = { 0 };

	(void)state;
	/* For every phase the stop falls on another column. */
	for (size_t lead = 0; lead < 8; lead++) {
		text_clear(&s);
		text_clear(&out);
		for (size_t i = 0; i < lead; i++)
			text_add(&s, "あ");
		for (size_t i = 0; i < 40; i++)
			text_add(&s, "境界「機器」、です。");
		audit_wrap(text_str(&s), 2, 2, &out);
		assert_true(widest(text_str(&out)) <= AUDIT_COLUMNS);
		assert_same_letters(text_str(&s), text_str(&out));
		assert_null(strstr(text_str(&out), "\n  。"));
		assert_null(strstr(text_str(&out), "\n  、"));
		assert_null(strstr(text_str(&out), "\n  」"));
		assert_null(strstr(text_str(&out), "「\n"));
	}
	text_free(&s);
	text_free(&out);
}

static void
test_what_cannot_be_broken_has_a_line_of_its_own(void **state)
{
	struct text s = { 0 }, out = { 0 };

	(void)state;
	text_add(&s, "see ");
	for (size_t i = 0; i < 120; i++)
		text_add_char(&s, 'x');
	text_add(&s, " there");
	audit_wrap(text_str(&s), 2, 0, &out);
	assert_same_letters(text_str(&s), text_str(&out));
	assert_memory_equal(text_str(&out), "see\n  xxx", 9);
	assert_non_null(strstr(text_str(&out), "x\n  there\n"));
	text_free(&s);
	text_free(&out);
}

static void
test_a_sign_keeps_its_blank(void **state)
{
	struct text out = { 0 };

	(void)state;
	audit_wrap("? a sentence", 4, 2, &out);
	assert_string_equal(text_str(&out), "? a sentence\n");
	text_free(&out);
}

static void
test_hostile_bytes_are_shown_not_sent(void **state)
{
	struct text out = { 0 };

	(void)state;
	audit_wrap("a\033[2Jb\nc\xff\xe2\x80\xae", 0, 0, &out);
	for (size_t i = 0; i + 1 < out.length; i++)
		assert_true((unsigned char)out.data[i] >= 0x20 &&
		    (unsigned char)out.data[i] < 0x7f);
	text_free(&out);
}

static void
test_every_beginning_of_a_text_ends_well(void **state)
{
	static const char s[] = "「境界」ab 機器、\xe3\x81 x";

	(void)state;
	for (size_t n = 0; n < sizeof(s); n++) {
		struct text out = { 0 };
		char *cut = strndup(s, n);

		audit_wrap(cut, 78, 78, &out);
		assert_int_equal(out.data[out.length - 1], '\n');
		free(cut);
		text_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_short_sentence_stays_on_its_line),
		cmocka_unit_test(test_nothing_is_an_empty_line),
		cmocka_unit_test(test_words_are_broken_at_blanks_alone),
		cmocka_unit_test(
		    test_japanese_is_broken_anywhere_but_before_a_stop),
		cmocka_unit_test(
		    test_what_cannot_be_broken_has_a_line_of_its_own),
		cmocka_unit_test(test_a_sign_keeps_its_blank),
		cmocka_unit_test(test_hostile_bytes_are_shown_not_sent),
		cmocka_unit_test(test_every_beginning_of_a_text_ends_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
