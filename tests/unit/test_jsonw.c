/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON writer: commas, escaping and numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/jsonx.h"

static void
test_commas_and_nesting_are_right(void **state)
{
	struct text t = { 0 };
	struct jsonw w;

	(void)state;
	jsonw_init(&w, &t);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "a", "関所\n");
	jsonw_string(&w, "n", NULL);
	jsonw_array(&w, "l");
	jsonw_int(&w, NULL, -1);
	jsonw_object(&w, NULL);
	jsonw_object_end(&w);
	jsonw_array(&w, NULL);
	jsonw_array_end(&w);
	jsonw_bool(&w, NULL, true);
	jsonw_array_end(&w);
	jsonw_object(&w, "o\"");
	jsonw_bool(&w, "f", false);
	jsonw_null(&w, "z");
	jsonw_object_end(&w);
	jsonw_uint(&w, "u", UINT64_MAX);
	jsonw_object_end(&w);
	assert_string_equal(text_str(&t),
	    "{\"a\":\"関所\\n\",\"n\":null,\"l\":[-1,{},[],true],"
	    "\"o\\\"\":{\"f\":false,\"z\":null},"
	    "\"u\":18446744073709551615}");
	text_free(&t);
}

static void
test_integers_are_written_to_their_ends(void **state)
{
	struct text t = { 0 };
	struct jsonw w;

	(void)state;
	jsonw_init(&w, &t);
	jsonw_array(&w, NULL);
	jsonw_int(&w, NULL, INT64_MIN);
	jsonw_int(&w, NULL, INT64_MAX);
	jsonw_int(&w, NULL, 0);
	jsonw_uint(&w, NULL, 0);
	jsonw_array_end(&w);
	assert_string_equal(text_str(&t),
	    "[-9223372036854775808,9223372036854775807,0,0]");
	text_free(&t);
}

static void
assert_real(double value, int decimals, const char *want)
{
	struct text t = { 0 };
	struct jsonw w;

	jsonw_init(&w, &t);
	jsonw_real(&w, NULL, value, decimals);
	assert_string_equal(text_str(&t), want);
	text_free(&t);
}

static void
test_reals_are_rounded_and_cut(void **state)
{
	(void)state;
	assert_real(0.0, 3, "0");
	assert_real(-0.0, 3, "0");
	assert_real(1.5, 3, "1.5");
	assert_real(-1.25, 1, "-1.3");
	assert_real(0.001, 3, "0.001");
	assert_real(0.0004, 3, "0");
	assert_real(-0.0004, 3, "0");
	assert_real(0.9996, 3, "1");
	assert_real(99.05, 2, "99.05");
	assert_real(2.0, 0, "2");
	assert_real(2.6, 0, "3");
	assert_real(0.1, 30, "0.1");
	assert_real(123456789012.25, 2, "123456789012.25");
	assert_real(1e15, 3, "1000000000000000");
	assert_real(1e22, 3, "10000000000000000000000.0");
	assert_real(INFINITY, 3, "null");
	assert_real(NAN, 3, "null");
}

static void
test_what_is_written_reads_back(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };
	char hostile[257];
	struct jsonx_doc *doc;
	struct jsonw w;

	(void)state;
	for (int i = 0; i < 256; i++)
		hostile[i] = (char)(i + 1);
	hostile[255] = '\0';
	jsonw_init(&w, &t);
	jsonw_object(&w, NULL);
	jsonw_string(&w, hostile, hostile);
	jsonw_real(&w, "r", 1.7e308, 3);
	jsonw_object_end(&w);
	doc = jsonx_parse("written", t.data, t.length, &d);
	assert_non_null(doc);
	assert_int_equal(jsonx_root(doc)->count, 2);
	assert_null(strchr(text_str(&t), '\n'));
	jsonx_free(doc);
	text_free(&t);
	diag_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commas_and_nesting_are_right),
		cmocka_unit_test(test_integers_are_written_to_their_ends),
		cmocka_unit_test(test_reals_are_rounded_and_cut),
		cmocka_unit_test(test_what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
