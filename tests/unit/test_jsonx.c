/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strict reader: what it takes, every kind of fault, and their places. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char good[] =
    "\xEF\xBB\xBF// 見本\n"
    "{\n"
    "  \"名\": \"関所\", /* 多 */ \"list\": [1, -2, 3.5, 1e3, true, false,\n"
    "    null, \"\\ud83d\\ude00\\u0041\\n\", {}, []],\n"
    "  \"int\": -9223372036854775808\n"
    "} /* end */\n";

/* Reads from a block of exactly that size, so that a sanitizer sees a read
 * past the end. */
static struct jsonx_doc *
parse_n(const char *bytes, size_t n, struct diag *d)
{
	char *copy = malloc(n ? n : 1);
	struct jsonx_doc *doc;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	doc = jsonx_parse("t", copy, n, d);
	free(copy);
	return doc;
}

static struct jsonx_doc *
parse_good(const char *bytes)
{
	struct diag d = { .lang = LANG_EN };
	struct jsonx_doc *doc = parse_n(bytes, strlen(bytes), &d);

	if (doc == NULL)
		fail_msg("%s: %s", bytes, d.entries[0].sentence);
	assert_int_equal(d.count, 0);
	diag_free(&d);
	return doc;
}

/* The faults of bytes as diag_print shows them. */
static void
assert_faults_n(const char *bytes, size_t n, const char *want)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };

	assert_null(parse_n(bytes, n, &d));
	diag_sort(&d);
	diag_print(&d, &t);
	assert_string_equal(text_str(&t), want);
	text_free(&t);
	diag_free(&d);
}

static void
assert_faults(const char *bytes, const char *want)
{
	assert_faults_n(bytes, strlen(bytes), want);
}

static void
assert_place(const struct jsonx *v, uint32_t line, uint32_t column)
{
	assert_non_null(v);
	assert_int_equal(v->line, line);
	assert_int_equal(v->column, column);
}

static void
test_a_good_text_becomes_a_tree(void **state)
{
	struct jsonx_doc *doc = parse_good(good);
	const struct jsonx *root = jsonx_root(doc), *list, *v;

	(void)state;
	assert_string_equal(jsonx_name(doc), "t");
	assert_int_equal(root->kind, JSONX_OBJECT);
	assert_int_equal(root->count, 3);
	assert_string_equal(jsonx_get(root, "名")->string, "関所");
	list = jsonx_get(root, "list");
	assert_int_equal(list->kind, JSONX_ARRAY);
	assert_int_equal(list->count, 10);
	v = list->child;
	assert_int_equal(v->kind, JSONX_INTEGER);
	assert_int_equal(v->integer, 1);
	v = v->next;
	assert_true(v->integer == -2 && v->number == -2.0);
	v = v->next;
	assert_true(v->kind == JSONX_DOUBLE && v->number == 3.5);
	v = v->next;
	assert_true(v->kind == JSONX_DOUBLE && v->number == 1000);
	v = v->next;
	assert_true(v->kind == JSONX_BOOLEAN && v->integer == 1);
	v = v->next;
	assert_true(v->kind == JSONX_BOOLEAN && v->integer == 0);
	v = v->next;
	assert_int_equal(v->kind, JSONX_NULL);
	v = v->next;
	assert_string_equal(v->string,
	    "\xF0\x9F\x98\x80"
	    "A\n");
	v = v->next;
	assert_true(v->kind == JSONX_OBJECT && v->child == NULL);
	v = v->next;
	assert_true(v->kind == JSONX_ARRAY && v->next == NULL);
	assert_true(jsonx_get(root, "int")->integer == INT64_MIN);
	assert_null(jsonx_get(root, "absent"));
	assert_null(jsonx_get(list, "absent"));
	assert_null(jsonx_get(NULL, "absent"));
	jsonx_free(doc);
	jsonx_free(NULL);
}

static void
test_places_count_characters_not_bytes(void **state)
{
	struct jsonx_doc *doc = parse_good(good);
	const struct jsonx *root = jsonx_root(doc), *v;

	(void)state;
	assert_place(root, 2, 1);
	v = jsonx_get(root, "名");
	assert_place(v, 3, 8);
	assert_int_equal(v->key_line, 3);
	assert_int_equal(v->key_column, 3);
	v = jsonx_get(root, "list");
	assert_int_equal(v->key_column, 22); /* after a wide comment */
	assert_place(v, 3, 30);
	assert_place(v->child, 3, 31);
	assert_int_equal(v->child->key_line, 0);
	assert_string_equal(jsonx_get(root, "int")->key, "int");
	assert_place(jsonx_get(root, "int"), 5, 10);
	jsonx_free(doc);
}

static void
test_every_truncation_is_a_fault(void **state)
{
	const char *last = strrchr(good, '}');

	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		struct diag d = { .lang = n % 2 ? LANG_JA : LANG_EN };
		struct jsonx_doc *doc = parse_n(good, n, &d);
		bool comment = n == (size_t)(last - good) + 1 ||
		    n == (size_t)(last - good) + 2 || n >= sizeof(good) - 2;

		if ((doc != NULL) != comment || (d.errors > 0) == comment)
			fail_msg("cut at %zu", n);
		jsonx_free(doc);
		diag_free(&d);
	}
}

static void
test_any_value_may_be_the_root(void **state)
{
	static const char *const texts[] = { "null", "true", "-0", "12", "1.5",
		"\"\"", "[]", "{}", " 7 ", "/**/7//",
		"\xEF\xBB\xBF"
		"7",
		"0", "0.0", "0e1", "-0.0", "1E+2", "1e-400",
		"9223372036854775807", "\r\n[\r\n]\r\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		jsonx_free(parse_good(texts[i]));
}

/* What json-c takes in its default mode, or takes wrongly, and more. */
static void
test_lenient_forms_are_refused(void **state)
{
	static const char *const bad[] = { "", " ", "// only", "{\"a\":1,}",
		"[1,]", "[,]", "[,1]", "[1,,2]", "{,}", "{'a':1}", "['a']",
		"[01]", "[-01]", "[NaN]", "[Infinity]", "[-Infinity]", "[nan]",
		"[True]", "[NULL]", "[nul]", "[+1]", "[.5]", "[1.]", "[1.e5]",
		"[1e]", "[1e+]", "[-]", "[0x10]", "[1_000]", "[2-1]", "{} x",
		"{}{}", "[] ]", "1 2", "{a:1}", "{1:1}", "{\"a\"}", "{\"a\":}",
		"{\"a\" 1}", "{\"a\"=1}", "{\"a\":1 \"b\":2}", "[1 2]",
		"[\"a\" \"b\"]", "[1;2]", "[1:2]", "[1}", "{\"a\":1]", "[", "{",
		"]", "}", ",", ":", "[\"a", "[\"a\n\"]", "[\"\t\"]",
		"[\"\x7f\xff\"]", "[\"\\x41\"]", "[\"\\'\"]", "[\"\\u12\"]",
		"[\"\\u12g4\"]", "[\"\\ud800\"]", "[\"\\ud800\\u0041\"]",
		"[\"\\udc00\\ud800\"]", "[\"\\u0000\"]", "[\"\\\n\"]",
		"[9223372036854775808]", "[-9223372036854775809]",
		"[99999999999999999999999999999999]", "[1e309]", "[-1.8e308]",
		"[1]/", "[1] / /", "/* [1]", "[1 /* ]", "#x\n[1]", "[\xff]",
		"// \x82\xa0\n[1]", "\xEF\xBB\xBF\xEF\xBB\xBF[1]",
		"\xEF\xBB[1]", "[\"\xed\xa0\x80\"]", "[\"\xc0\x80\"]",
		"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"{\"\":1,\"\":2}", "\v[1]", "\f[1]" };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct diag d = { .lang = i % 2 ? LANG_JA : LANG_EN };

		if (parse_n(bad[i], strlen(bad[i]), &d) != NULL)
			fail_msg("%s is accepted", bad[i]);
		assert_true(d.errors > 0);
		if (strstr(d.entries[0].sentence, "json-c") != NULL)
			fail_msg("only json-c refused %s", bad[i]);
		diag_free(&d);
	}
	assert_faults_n("[1]\0", 4,
	    "t:1:4: error: found `\\x00` after the outermost value: remove "
	    "it\n");
	assert_faults_n("[\"a\0b\"]", 7,
	    "t:1:4: error: \\u0000 in a string: remove it\n");
	assert_faults_n("[1,\0]", 5,
	    "t:1:4: error: found `\\x00` where a value belongs: write a "
	    "value or remove it\n");
}

static void
test_all_faults_are_told_in_one_run(void **state)
{
	(void)state;
	assert_faults("{\n"
		      "  'a': 1,\n"
		      "  \"b\": 01,\n"
		      "  \"c\" 2,\n"
		      "  \"関\": [1 2, NaN, \"\\q\",],\n"
		      "  \"e\": {\"f\": @ x, \"g\": 9223372036854775808}\n"
		      "  \"h\": \"open,\n"
		      "  \"b\": \"\t\",\n"
		      "} x\n",
	    "t:2:3: error: single quotes cannot be used: write double quotes\n"
	    "t:3:8: error: `01` is malformed: write a number like -12, 3.5 or "
	    "1e6 (no leading zero, no plus sign)\n"
	    "t:4:7: error: found `2` after a key: write a colon and a value\n"
	    "t:5:11: error: found `2` after a value: write a comma or `]`\n"
	    "t:5:14: error: `NaN` is no value: write true, false, null, a "
	    "number or a string in double quotes\n"
	    "t:5:20: error: unknown escape `\\q`: write one of \\\" \\\\ \\/ "
	    "\\b \\f \\n \\r \\t \\uXXXX (a backslash is \\\\)\n"
	    "t:5:23: error: comma before `]`: remove it\n"
	    "t:6:14: error: found `@` where a value belongs: write a value or "
	    "remove it\n"
	    "t:6:24: error: integer `9223372036854775808` is out of range: "
	    "write one from -9223372036854775808 to 9223372036854775807\n"
	    "t:7:3: error: found `\"` after a value: write a comma or `}`\n"
	    "t:7:8: error: string is not closed on its line: write the "
	    "closing double quote, and a line break as \\n\n"
	    "t:8:3: error: found `\"` after a value: write a comma or `}`\n"
	    "t:8:3: error: key `b` is given twice (first at 3:3): remove one "
	    "of them\n"
	    "t:8:9: error: control character U+0009 in a string: write \\t or "
	    "remove it\n"
	    "t:8:11: error: comma before `}`: remove it\n"
	    "t:9:3: error: found `x` after the outermost value: remove it\n");
}

static void
test_brackets_are_matched_to_the_level_they_close(void **state)
{
	(void)state;
	assert_faults("{\"a\": [1, 2}",
	    "t:1:12: error: found `}` but the bracket opened at 1:7 is closed "
	    "by `]`: write `]`\n");
	assert_faults("[1, 2}, 3",
	    "t:1:6: error: found `}` but the bracket opened at 1:1 is closed "
	    "by `]`: write `]`\n"
	    "t:1:7: error: found `,` after the outermost value: remove it\n");
	assert_faults("[[[1",
	    "t:1:5: error: the input ends before the bracket opened at 1:3 is "
	    "closed: write `]`\n");
}

static void
test_sentences_come_in_japanese_too(void **state)
{
	struct diag d = { .lang = LANG_JA };
	struct text t = { 0 };

	(void)state;
	assert_null(parse_n("{\"a\": [1, 2}", 12, &d));
	diag_print(&d, &t);
	assert_string_equal(text_str(&t),
	    "t:1:12: error: 1:7 で始まる括弧を閉じる所に `}` があります: "
	    "`]` で閉じてください\n");
	text_free(&t);
	diag_free(&d);
}

static void
test_a_quoted_fault_is_escaped_and_cut(void **state)
{
	(void)state;
	assert_faults("[aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee]",
	    "t:1:2: error: `aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd...` is "
	    "no value: write true, false, null, a number or a string in "
	    "double quotes\n");
	assert_faults("{\"\\u001b[2J\":1,\"\\u001b[2J\":2}",
	    "t:1:16: error: key `\\x1b[2J` is given twice (first at 1:2): "
	    "remove one of them\n");
}

/* depth brackets, open and closed, around nothing. */
static char *
nested(size_t depth)
{
	char *s = malloc(2 * depth + 1);

	assert_non_null(s);
	memset(s, '[', depth);
	memset(s + depth, ']', depth);
	s[2 * depth] = '\0';
	return s;
}

static void
test_nesting_is_held_to_its_limit(void **state)
{
	static const size_t depths[] = { JSONX_DEPTH_MAX, JSONX_DEPTH_MAX + 1,
		1000000 };

	(void)state;
	for (size_t i = 0; i < COUNT(depths); i++) {
		struct diag d = { .lang = LANG_EN };
		char *s = nested(depths[i]);
		struct jsonx_doc *doc = parse_n(s, strlen(s), &d);

		assert_int_equal(doc != NULL, i == 0);
		assert_int_equal(d.errors, i != 0);
		jsonx_free(doc);
		diag_free(&d);
		(void)parse_n(s, depths[i], &d); /* only the opening half */
		assert_true(d.errors > 0);
		diag_free(&d);
		free(s);
	}
}

static void
test_scalars_are_read_at_the_deepest_level(void **state)
{
	char *s = nested(JSONX_DEPTH_MAX);
	struct text t = { 0 };

	(void)state;
	text_add_n(&t, s, JSONX_DEPTH_MAX);
	text_add(&t, "1, \"a\", null, 2.5");
	text_add(&t, s + JSONX_DEPTH_MAX);
	jsonx_free(parse_good(text_str(&t)));
	text_free(&t);
	free(s);
}

/* Would take minutes if keys were compared with one another. */
static void
test_an_object_of_many_keys_is_read_at_once(void **state)
{
	enum { KEYS = 100000 };
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };
	struct jsonx_doc *doc;

	(void)state;
	text_add_char(&t, '{');
	for (int i = 0; i < KEYS; i++)
		text_printf(&t, "%s\n\"key%d\": [%d]", i ? "," : "", i, i);
	text_add_char(&t, '}');
	doc = parse_good(text_str(&t));
	assert_int_equal(jsonx_root(doc)->count, KEYS);
	assert_place(jsonx_get(jsonx_root(doc), "key99999"), KEYS + 1, 13);
	jsonx_free(doc);
	t.length--;
	for (int i = 0; i < KEYS; i++)
		text_printf(&t, ",\n\"key%d\": 0", i);
	text_add_char(&t, '}');
	assert_null(jsonx_parse("t", t.data, t.length, &d));
	assert_int_equal(d.errors, KEYS);
	text_free(&t);
	diag_free(&d);
}

static void
test_equal_keys_in_different_objects_are_fine(void **state)
{
	(void)state;
	jsonx_free(parse_good("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{"
			      "\"a\":1},\"ab\":0,\"\":0}"));
}

static void
test_each_further_equal_key_names_the_first(void **state)
{
	(void)state;
	assert_faults("{\"a\":1,\n\"b\":{\"a\":1},\"\\u0061\":2,\n\"a\":3}",
	    "t:2:13: error: key `a` is given twice (first at 1:2): remove one "
	    "of them\n"
	    "t:3:1: error: key `a` is given twice (first at 1:2): remove one "
	    "of them\n");
}

static void
test_a_printed_tree_reads_back_the_same(void **state)
{
	struct jsonx_doc *doc = parse_good(
	    "{\"a\":[1,2.50,1e300,5e-324,0.1,-0.0,1.0],\"b\":{},\"c\":[],"
	    "\"d\":{\"関\\n\":null,\"t\":true}, \"e\":\"\\u0001\\\"\"}");
	struct text first = { 0 }, second = { 0 };

	(void)state;
	jsonx_print(jsonx_root(doc), &first);
	jsonx_free(doc);
	assert_string_equal(text_str(&first),
	    "{\n  \"a\": [\n    1,\n    2.5,\n    1e+300,\n"
	    "    4.94065645841247e-324,\n    0.1,\n    -0.0,\n    1.0\n  ],\n"
	    "  \"b\": {},\n  \"c\": [],\n  \"d\": {\n    \"関\\n\": null,\n"
	    "    \"t\": true\n  },\n  \"e\": \"\\u0001\\\"\"\n}");
	doc = parse_good(text_str(&first));
	jsonx_print(jsonx_root(doc), &second);
	assert_string_equal(text_str(&second), text_str(&first));
	jsonx_free(doc);
	text_free(&first);
	text_free(&second);
}

static void
test_kinds_have_names_in_both_languages(void **state)
{
	(void)state;
	for (int k = JSONX_NULL; k <= JSONX_OBJECT; k++) {
		for (int l = 0; l < LANG_COUNT; l++)
			assert_true(strlen(jsonx_kind_name((enum jsonx_kind)k,
					(enum lang)l)) > 0);
	}
	assert_string_equal(jsonx_kind_name(JSONX_ARRAY, LANG_EN), "an array");
}

static void
test_an_oversized_input_is_refused_unread(void **state)
{
	struct diag d = { .lang = LANG_EN };

	(void)state;
	assert_null(jsonx_parse("t", "", (size_t)JSONX_BYTES_MAX + 1, &d));
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.entries[0].place.line, 0);
	diag_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_text_becomes_a_tree),
		cmocka_unit_test(test_places_count_characters_not_bytes),
		cmocka_unit_test(test_every_truncation_is_a_fault),
		cmocka_unit_test(test_any_value_may_be_the_root),
		cmocka_unit_test(test_lenient_forms_are_refused),
		cmocka_unit_test(test_all_faults_are_told_in_one_run),
		cmocka_unit_test(
		    test_brackets_are_matched_to_the_level_they_close),
		cmocka_unit_test(test_sentences_come_in_japanese_too),
		cmocka_unit_test(test_a_quoted_fault_is_escaped_and_cut),
		cmocka_unit_test(test_nesting_is_held_to_its_limit),
		cmocka_unit_test(test_scalars_are_read_at_the_deepest_level),
		cmocka_unit_test(test_an_object_of_many_keys_is_read_at_once),
		cmocka_unit_test(test_equal_keys_in_different_objects_are_fine),
		cmocka_unit_test(test_each_further_equal_key_names_the_first),
		cmocka_unit_test(test_a_printed_tree_reads_back_the_same),
		cmocka_unit_test(test_kinds_have_names_in_both_languages),
		cmocka_unit_test(test_an_oversized_input_is_refused_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
