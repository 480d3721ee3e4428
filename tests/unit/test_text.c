/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growing strings, escaping of hostile text, widths and word distance. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void
assert_text(struct text *t, const char *want)
{
	assert_string_equal(text_str(t), want);
	assert_int_equal(t->length, strlen(want));
	text_clear(t);
}

static void
test_an_untouched_text_is_empty(void **state)
{
	struct text t = { 0 };

	(void)state;
	assert_string_equal(text_str(&t), "");
	text_clear(&t);
	text_add(&t, "");
	assert_string_equal(text_str(&t), "");
	text_free(&t);
}

static void
test_a_text_grows_by_any_means(void **state)
{
	struct text t = { 0 };
	char long_word[300];

	(void)state;
	for (int i = 0; i < 1000; i++)
		text_add_char(&t, 'x');
	assert_int_equal(t.length, 1000);
	assert_int_equal(strlen(text_str(&t)), 1000);
	text_clear(&t);
	memset(long_word, 'y', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	for (size_t n = 0; n < sizeof(long_word); n++) {
		text_free(&t);
		text_printf(&t, "%s", long_word + n);
		assert_string_equal(text_str(&t), long_word + n);
		text_printf(&t, "%d", 12);
		assert_int_equal(t.length, strlen(long_word + n) + 2);
	}
	text_free(&t);
	assert_null(t.data);
}

static void
test_languages_are_told_by_their_first_letters(void **state)
{
	enum lang lang = LANG_COUNT;

	(void)state;
	assert_true(lang_parse("ja", &lang));
	assert_int_equal(lang, LANG_JA);
	assert_true(lang_parse("en_GB.UTF-8", &lang));
	assert_int_equal(lang, LANG_EN);
	assert_true(lang_parse("ja-JP", &lang));
	assert_int_equal(lang, LANG_JA);
	assert_false(lang_parse("", &lang));
	assert_false(lang_parse("j", &lang));
	assert_false(lang_parse("jam", &lang));
	assert_false(lang_parse("C", &lang));
	assert_false(lang_parse("JA", &lang));
	assert_int_equal(lang, LANG_JA);
}

static void
test_utf8_is_judged_as_rfc_3629_does(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{ "a", 1 },
		{ "\xC2\x80", 2 },
		{ "\xC1\xBF", 0 }, /* overlong */
		{ "\xE0\xA0\x80", 3 },
		{ "\xE0\x9F\xBF", 0 }, /* overlong */
		{ "\xED\x9F\xBF", 3 },
		{ "\xED\xA0\x80", 0 }, /* surrogate */
		{ "\xEF\xBF\xBF", 3 },
		{ "\xF0\x90\x80\x80", 4 },
		{ "\xF0\x8F\xBF\xBF", 0 }, /* overlong */
		{ "\xF4\x8F\xBF\xBF", 4 },
		{ "\xF4\x90\x80\x80", 0 }, /* above U+10FFFF */
		{ "\xF5\x80\x80\x80", 0 },
		{ "\x80", 0 },
		{ "\xE3\x81", 0 }, /* cut */
		{ "\xE3\x81\x41", 0 },
		{ "\xFF", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(text_utf8(cases[i].bytes,
				     strlen(cases[i].bytes)),
		    cases[i].length);
	assert_int_equal(text_utf8("", 0), 0);
	assert_int_equal(text_utf8("", 1), 1);
	assert_int_equal(text_utf8("関", 2), 0);
}

static void
test_json_strings_are_valid_whatever_the_bytes(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_json(&t, "", 0);
	assert_text(&t, "\"\"");
	text_json(&t, "a\"b\\c/関所", 12);
	assert_text(&t, "\"a\\\"b\\\\c/関所\"");
	text_json(&t, "\b\f\n\r\t\0\x01\x1f\x7f", 9);
	assert_text(&t, "\"\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\\u007f\"");
	text_json(&t, "x\xFFy\xE3\x81", 5);
	assert_text(&t, "\"x\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBD\"");
	text_json(&t,
	    "\xC2\x9B"
	    "a\xE2\x80\xAE",
	    6);
	assert_text(&t, "\"\\u009ba\\u202e\"");
	text_free(&t);
}

static void
test_nothing_reaches_the_terminal_unescaped(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_escape(&t, "\x1b[31m関\xE6\x01\n\x7f", 13);
	assert_text(&t,
	    "\\x1b[31m関\\xe6\\x01\\x0a\\x7f"
	    "\\x00");
	text_escape(&t, "a\xE2\x80\xAEz", 5); /* right-to-left override */
	assert_text(&t, "a\\xe2\\x80\\xaez");
	text_escape(&t, "plain", 5);
	assert_text(&t, "plain");
	text_free(&t);
}

static void
test_html_cannot_be_left(void **state)
{
	struct text t = { 0 };

	(void)state;
	text_html(&t, "<a href=\"x\" b='y'>&関</a>");
	assert_text(&t,
	    "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;関&lt;/a&gt;");
	text_html(&t,
	    "a\x01"
	    "b\xFF");
	assert_text(&t,
	    "a\xEF\xBF\xBD"
	    "b\xEF\xBF\xBD");
	text_free(&t);
}

static void
test_csv_fields_are_quoted_and_run_no_formula(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "plain 関所", "plain 関所" },
		{ "a,b", "\"a,b\"" },
		{ "a\"b", "\"a\"\"b\"" },
		{ "a\r\nb", "\"a\r\nb\"" },
		{ " a", "\" a\"" },
		{ "=1+1", "\"'=1+1\"" },
		{ "+x", "\"'+x\"" },
		{ "-x", "\"'-x\"" },
		{ "@x", "\"'@x\"" },
		{ "\tx", "\"'\tx\"" },
		{ "＝x", "\"'＝x\"" },
		{ "a=b", "a=b" },
		{ "\xFF", "\xEF\xBF\xBD" },
		{ "a\x1b[m", "a\xEF\xBF\xBD[m" },
		{ "a\xE2\x80\xAE", "a\xEF\xBF\xBD" },
	};
	struct text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		text_csv(&t, pairs[i][0]);
		assert_text(&t, pairs[i][1]);
	}
	text_free(&t);
}

static void
test_quotes_are_cut_at_whole_characters(void **state)
{
	struct text t = { 0 }, s = { 0 };

	(void)state;
	text_quote(&t, "a\x1b");
	assert_text(&t, "a\\x1b");
	for (size_t i = 0; i < TEXT_QUOTED_MAX; i++)
		text_add(&s, "関");
	text_quote(&t, text_str(&s));
	assert_text(&t, text_str(&s));
	text_add(&s, "所");
	text_quote(&t, text_str(&s));
	assert_int_equal(text_width(text_str(&t)), 2 * TEXT_QUOTED_MAX + 1);
	assert_true(text_is_safe(text_str(&t)));
	assert_false(text_is_safe("a\x7f"));
	assert_false(text_is_safe("\xFF"));
	text_free(&s);
	text_free(&t);
}

static void
test_width_counts_columns_not_bytes(void **state)
{
	struct text t = { 0 };

	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("関所"), 4);
	assert_int_equal(text_width("ｶﾞ"), 2);		   /* halfwidth */
	assert_int_equal(text_width("か\xE3\x82\x99"), 2); /* combining */
	assert_int_equal(text_width("é"), 1);
	assert_int_equal(text_width("①○"), 2); /* ambiguous is narrow */
	assert_int_equal(text_width("Ａ！"), 4);
	assert_int_equal(text_width("𠮷"), 2);
	assert_int_equal(text_width("\xFF"
				    "a"),
	    2);
	text_pad(&t, "関所", 6);
	assert_text(&t, "関所  ");
	text_pad(&t, "関所", 3);
	assert_text(&t, "関所");
	text_free(&t);
}

static void
test_distance_is_levenshtein_up_to_the_limit(void **state)
{
	char long_word[200];

	(void)state;
	assert_int_equal(text_distance("zone", "zone", 2), 0);
	assert_int_equal(text_distance("zone", "zones", 2), 1);
	assert_int_equal(text_distance("zone", "znoe", 2), 2);
	assert_int_equal(text_distance("kitten", "sitting", 5), 3);
	assert_int_equal(text_distance("kitten", "sitting", 2), 3);
	assert_int_equal(text_distance("", "abc", 3), 3);
	assert_int_equal(text_distance("a", "abcdef", 2), 3);
	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_int_equal(text_distance(long_word, long_word + 1, 2), 3);
	assert_int_equal(text_distance(long_word, long_word, 2), 0);
}

static void
test_the_environment_is_japanese_unless_it_asks_for_english(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("LC_ALL"), 0);
	assert_int_equal(unsetenv("LC_MESSAGES"), 0);
	assert_int_equal(unsetenv("LANG"), 0);
	assert_int_equal(lang_of_environment(), LANG_JA);
	assert_int_equal(setenv("LANG", "C.UTF-8", 1), 0);
	assert_int_equal(lang_of_environment(), LANG_JA);
	assert_int_equal(setenv("LANG", "en_US.UTF-8", 1), 0);
	assert_int_equal(lang_of_environment(), LANG_EN);
	assert_int_equal(setenv("LC_ALL", "ja_JP.UTF-8", 1), 0);
	assert_int_equal(lang_of_environment(), LANG_JA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_untouched_text_is_empty),
		cmocka_unit_test(test_a_text_grows_by_any_means),
		cmocka_unit_test(
		    test_languages_are_told_by_their_first_letters),
		cmocka_unit_test(test_utf8_is_judged_as_rfc_3629_does),
		cmocka_unit_test(
		    test_json_strings_are_valid_whatever_the_bytes),
		cmocka_unit_test(test_nothing_reaches_the_terminal_unescaped),
		cmocka_unit_test(test_html_cannot_be_left),
		cmocka_unit_test(test_csv_fields_are_quoted_and_run_no_formula),
		cmocka_unit_test(test_quotes_are_cut_at_whole_characters),
		cmocka_unit_test(test_width_counts_columns_not_bytes),
		cmocka_unit_test(test_distance_is_levenshtein_up_to_the_limit),
		cmocka_unit_test(
		    test_the_environment_is_japanese_unless_it_asks_for_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
