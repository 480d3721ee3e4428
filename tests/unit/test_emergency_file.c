/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes to the text of a file of emergencies: entries are added and ended,
 * and every other byte stays, remarks and all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "emergency_file.h"

static struct jsonx_doc *
parse(const char *text)
{
	struct diag d = { .lang = LANG_EN };
	struct jsonx_doc *doc = jsonx_parse("e", text, strlen(text), &d);

	diag_free(&d);
	assert_non_null(doc);
	return doc;
}

static void
check_append(const char *before, const char *after)
{
	struct jsonx_doc *doc = parse(before);
	struct text out = { 0 };

	assert_true(emergency_file_append(before, strlen(before),
	    jsonx_get(jsonx_root(doc), "emergencies"), "{\"id\":\"new\"}",
	    &out));
	assert_string_equal(text_str(&out), after);
	jsonx_free(doc);
	doc = parse(text_str(&out));
	jsonx_free(doc);
	text_free(&out);
}

static void
an_entry_goes_behind_all_others_and_their_remarks(void **state)
{
	(void)state;
	check_append("{\"emergencies\": []}",
	    "{\"emergencies\": [\n    {\"id\":\"new\"}\n  ]}");
	check_append("{\n  \"emergencies\": [\n  ]\n}\n",
	    "{\n  \"emergencies\": [\n    {\"id\":\"new\"}\n  ]\n}\n");
	check_append("{\n  \"emergencies\": [\n    {\"id\":\"]\"} // 市長 ]\n"
		     "  ]\n}\n",
	    "{\n  \"emergencies\": [\n    {\"id\":\"]\"}, // 市長 ]\n"
	    "    {\"id\":\"new\"}\n  ]\n}\n");
	check_append("\xef\xbb\xbf{ /* \"[\" */ \"名\": \"\\\"[\", "
		     "\"emergencies\": [{\"a\":[1,{}]}/**/]}",
	    "\xef\xbb\xbf{ /* \"[\" */ \"名\": \"\\\"[\", "
	    "\"emergencies\": [{\"a\":[1,{}]},/**/\n    {\"id\":\"new\"}\n  ]}");
}

static void
a_new_file_takes_entries(void **state)
{
	struct text fresh = { 0 }, out = { 0 };
	struct jsonx_doc *doc;

	(void)state;
	emergency_file_new(&fresh);
	doc = parse(text_str(&fresh));
	assert_true(emergency_file_append(fresh.data, fresh.length,
	    jsonx_get(jsonx_root(doc), "emergencies"), "{\"id\":\"new\"}",
	    &out));
	jsonx_free(doc);
	doc = parse(text_str(&out));
	assert_int_equal(jsonx_get(jsonx_root(doc), "emergencies")->count, 1);
	jsonx_free(doc);
	text_free(&fresh);
	text_free(&out);
}

static void
check_end(const char *before, const char *after)
{
	struct jsonx_doc *doc = parse(before);
	struct text out = { 0 };

	assert_true(emergency_file_end(before, strlen(before), jsonx_root(doc),
	    "2026-11-20T22:30", "宿\"直", &out));
	assert_string_equal(text_str(&out), after);
	jsonx_free(doc);
	text_free(&out);
}

static void
an_entry_is_ended_where_it_stands(void **state)
{
	(void)state;
	check_end("{ \"until\": \"2026-11-21T02:00\", \"id\": \"e\" } // x",
	    "{ \"until\": \"2026-11-20T22:30\", \"ended-by\": \"宿\\\"直\", "
	    "\"id\": \"e\" } // x");
	check_end("{\n \"until\" : /* 夜 */ \"2026-11-21T0\\u0032:00\"\n}",
	    "{\n \"until\" : /* 夜 */ \"2026-11-20T22:30\", "
	    "\"ended-by\": \"宿\\\"直\"\n}");
	check_end("{\"until\":\"2026-11-21T02:00\",\"ended-by\":\"a\"}",
	    "{\"until\":\"2026-11-20T22:30\",\"ended-by\":\"a\"}");
}

static void
what_does_not_lie_there_is_refused(void **state)
{
	const struct jsonx far = { .kind = JSONX_ARRAY,
		.line = 9,
		.column = 1 };
	const struct jsonx brace = { .kind = JSONX_ARRAY,
		.line = 1,
		.column = 1 };
	const struct jsonx open = { .kind = JSONX_ARRAY,
		.line = 1,
		.column = 2 };
	struct text out = { 0 };

	(void)state;
	assert_false(emergency_file_append("{}", 2, &far, "{}", &out));
	assert_false(emergency_file_append("{}", 2, &brace, "{}", &out));
	assert_false(emergency_file_append("{[", 2, &open, "{}", &out));
	assert_false(emergency_file_append("", 0, &brace, "{}", &out));
	assert_false(emergency_file_end("{}", 2, &brace, "x", "y", &out));
	text_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_entry_goes_behind_all_others_and_their_remarks),
		cmocka_unit_test(a_new_file_takes_entries),
		cmocka_unit_test(an_entry_is_ended_where_it_stands),
		cmocka_unit_test(what_does_not_lie_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
