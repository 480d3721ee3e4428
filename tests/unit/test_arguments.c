/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of sekisho-probe. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arguments.h"

/* Parses the words up to NULL after the program's name. */
static bool
parse(struct arguments *o, const char *const *words)
{
	static char copies[80][64];
	char *argv[80];
	int argc = 0;

	argv[argc++] = strcpy(copies[0], "sekisho-probe");
	for (; words[argc - 1]; argc++)
		argv[argc] = strcpy(copies[argc], words[argc - 1]);
	argv[argc] = NULL;
	return arguments_parse(o, argc, argv);
}

#define PARSE(o, ...) parse(o, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_a_whole_command_line_is_taken_apart(void **state)
{
	struct arguments o;

	(void)state;
	assert_true(PARSE(&o, "-t", "m.jsonc", "-p", "probe1", "-r", "a=x=y",
	    "-ra=-", "-o", "out", "--lang", "en", "--data=d", "--conversations",
	    "500"));
	assert_string_equal(o.model, "m.jsonc");
	assert_string_equal(o.probe, "probe1");
	assert_int_equal(o.source_count, 2);
	assert_string_equal(o.sources[0].tap, "a");
	assert_string_equal(o.sources[0].file, "x=y");
	assert_string_equal(o.sources[1].file, "-");
	assert_string_equal(o.output, "out");
	assert_string_equal(o.data_dir, "d");
	assert_int_equal(o.lang, LANG_EN);
	assert_int_equal(o.conversations, 500);
	assert_false(o.check_only);
	arguments_free(&o);
}

static void
test_what_cannot_be_left_out_is_asked_for(void **state)
{
	struct arguments o;

	(void)state;
	assert_false(PARSE(&o, "--lang", "en"));
	assert_false(PARSE(&o, "-t", "m"));
	assert_false(PARSE(&o, "-p", "p"));
	assert_true(PARSE(&o, "-t", "m", "-n"));
	assert_true(o.check_only);
	assert_true(PARSE(&o, "--help"));
	assert_true(PARSE(&o, "--version"));
}

static void
test_slips_are_refused(void **state)
{
	struct arguments o;

	(void)state;
	assert_false(PARSE(&o, "-t", "m", "-x"));
	assert_false(PARSE(&o, "-t"));
	assert_false(PARSE(&o, "--nonsense"));
	assert_false(PARSE(&o, "-t", "m", "-n", "extra"));
	assert_false(PARSE(&o, "-t", "m", "-n", "--lang", "fr"));
	assert_false(PARSE(&o, "-t", "m", "-p", "p", "-r", "noequals"));
	assert_false(PARSE(&o, "-t", "m", "-p", "p", "-r", "=file"));
	assert_false(PARSE(&o, "-t", "m", "-p", "p", "-r", "tap="));
	arguments_free(&o);
}

static void
test_the_number_of_conversations_has_limits(void **state)
{
	static const char *const bad[] = { "0", "15", "-1", "1e6", "", "9x",
		"99999999999999999999", "20000001" };
	struct arguments o;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(
		    PARSE(&o, "-t", "m", "-n", "--conversations", bad[i]));
	assert_true(PARSE(&o, "-t", "m", "-n", "--conversations", "16"));
}

static void
test_more_files_than_can_be_open_are_refused(void **state)
{
	const char *words[CAPTURE_SOURCES_MAX + 6] = { "-tm", "-pp" };
	struct arguments o;
	size_t n = 2;

	(void)state;
	for (int i = 0; i < CAPTURE_SOURCES_MAX; i++)
		words[n++] = "-ra=b";
	assert_true(parse(&o, words));
	arguments_free(&o);
	words[n] = "-ra=b";
	assert_false(parse(&o, words));
	arguments_free(&o);
}

static void
test_the_language_is_the_environments_else_japanese(void **state)
{
	struct arguments o;

	(void)state;
	assert_int_equal(setenv("LC_ALL", "en_US.UTF-8", 1), 0);
	assert_true(PARSE(&o, "--help"));
	assert_int_equal(o.lang, LANG_EN);
	assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
	assert_true(PARSE(&o, "--help"));
	assert_int_equal(o.lang, LANG_JA);
	assert_true(PARSE(&o, "--help", "--lang", "en"));
	assert_int_equal(o.lang, LANG_EN);
}

static void
test_without_files_the_run_is_live(void **state)
{
	struct arguments o;

	(void)state;
	assert_true(PARSE(&o, "-t", "m", "-p", "p"));
	assert_int_equal(o.source_count, 0);
	assert_int_equal(o.interface_count, 0);
	assert_null(o.user);
	assert_false(o.no_sandbox || o.syslog || o.list);
	assert_true(PARSE(&o, "-t", "m", "-p", "p", "-i", "a=eth1", "-ib=eth2",
	    "--user", "61234:61234", "--ring=128", "--syslog", "--no-sandbox"));
	assert_int_equal(o.interface_count, 2);
	assert_string_equal(o.interfaces[1].tap, "b");
	assert_string_equal(o.interfaces[1].file, "eth2");
	assert_string_equal(o.user, "61234:61234");
	assert_int_equal(o.ring_mib, 128);
	assert_true(o.no_sandbox && o.syslog);
	arguments_free(&o);
}

static void
test_interfaces_and_files_do_not_go_together(void **state)
{
	struct arguments o;

	(void)state;
	assert_false(
	    PARSE(&o, "-t", "m", "-p", "p", "-i", "a=eth1", "-r", "a=file"));
	arguments_free(&o);
	assert_false(PARSE(&o, "-t", "m", "-p", "p", "-i", "eth1"));
	assert_false(PARSE(&o, "-t", "m", "-p", "p", "-i", "a="));
	assert_false(PARSE(&o, "-t", "m", "-n", "--ring", "0"));
	assert_false(PARSE(&o, "-t", "m", "-n", "--ring", "1025"));
	assert_false(PARSE(&o, "-t", "m", "-n", "--user"));
}

static void
test_the_list_needs_no_model(void **state)
{
	struct arguments o;

	(void)state;
	assert_true(PARSE(&o, "--list"));
	assert_true(o.list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_command_line_is_taken_apart),
		cmocka_unit_test(test_what_cannot_be_left_out_is_asked_for),
		cmocka_unit_test(test_slips_are_refused),
		cmocka_unit_test(test_the_number_of_conversations_has_limits),
		cmocka_unit_test(test_more_files_than_can_be_open_are_refused),
		cmocka_unit_test(test_without_files_the_run_is_live),
		cmocka_unit_test(test_interfaces_and_files_do_not_go_together),
		cmocka_unit_test(test_the_list_needs_no_model),
		cmocka_unit_test(
		    test_the_language_is_the_environments_else_japanese),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
