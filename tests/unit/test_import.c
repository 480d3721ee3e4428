/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables in memory through import_*; tests/golden-imports has whole ones. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "import_sheet.h"

typedef bool (*reader)(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d);

static const struct import_options plain = { .columns = NULL };

static const char ledger[] =
    "台帳\n機器名,システム名,IPアドレス,MACアドレス\n"
    "サーバ,住民記録,１０．１．１０．５～７,02:00:5e:00:00:01\n"
    "\"端\n末\",〃,10.1.10.9,\n";
static const char conduits[] =
    "番号,接続元,接続先,プロトコル,ポート,承認日\r\n"
    "1,10.1.1.1,10.2.1.1～9,TCP,\"80,443\",令和7年4月1日\r\n"
    "2,〃,〃,UDP,53,〃\r\n";
static const char isc[] =
    "lease 10.2.1.5 {\n binding state active;\n hardware ethernet "
    "02:00:5e:00:00:05;\n client-hostname \"pc005\";\n}\n";
static const char dnsmasq[] = "1763700000 02:00:5e:00:00:05 10.2.1.5 pc005 *\n"
			      "1763700000 02:00:5e:00:00:06 10.2.1.6 * *\n";

static void
test_devices_have_what_their_row_says(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct imported x;

	(void)state;
	assert_true(import_ledger_bytes("l.csv", ledger, strlen(ledger), &plain,
	    &x, &d));
	assert_int_equal(x.device_count, 2);
	assert_int_equal(x.heading_row, 2);
	assert_int_equal(x.devices[0].address_count, 1);
	assert_int_equal(x.devices[0].addresses[0].last.bytes[3], 7);
	assert_string_equal(x.devices[1].system, "住民記録");
	assert_string_equal(x.devices[1].name, "端 末");
	assert_int_equal(x.devices[1].place.row, 4);
	assert_int_equal(d.errors + d.warnings, 0);
	import_fini(&x);
	diag_free(&d);
}

static void
test_conduits_have_what_their_row_says(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct imported x;

	(void)state;
	assert_true(import_conduits_bytes("c.csv", conduits, strlen(conduits),
	    &plain, &x, &d));
	assert_int_equal(x.conduit_count, 2);
	assert_int_equal(x.conduits[0].service_count, 2);
	assert_int_equal(x.conduits[1].from.range_count, 1);
	assert_int_equal(x.conduits[1].services[0].protocol, 17);
	assert_int_equal(x.conduits[1].approved_on.year, 2025);
	assert_string_equal(x.conduits[1].number, "2");
	import_fini(&x);
	diag_free(&d);
}

static void
test_leases_that_ended_are_left_out_where_a_day_is_given(void **state)
{
	struct import_options late = { .today = { 2026, 11, 21 } };
	struct diag d = { .lang = LANG_EN };
	struct imported x;

	(void)state;
	assert_true(
	    import_leases_bytes("d", dnsmasq, strlen(dnsmasq), &plain, &x, &d));
	assert_int_equal(x.lease_count, 2);
	assert_string_equal(x.leases[0].name, "pc005");
	assert_null(x.leases[1].name);
	import_fini(&x);
	/* 2025-11-21 is over by then. */
	assert_true(
	    import_leases_bytes("d", dnsmasq, strlen(dnsmasq), &late, &x, &d));
	assert_int_equal(x.lease_count, 0);
	assert_int_equal(x.left[IMPORT_LEFT_ENDED], 2);
	import_fini(&x);
	diag_free(&d);
}

/* Whatever is cut off: rows add up, and what is left out is told. */
static void
cut_everywhere(reader read, const char *text)
{
	size_t length = strlen(text);

	for (size_t n = 0; n <= length; n++) {
		char *cut = malloc(n + 1);
		struct diag d = { .lang = LANG_EN };
		struct imported x;
		size_t left = 0;

		memcpy(cut, text, n);
		if (!read("cut", cut, n, &plain, &x, &d))
			assert_true(d.errors > 0);
		for (int i = 0; i < IMPORT_LEFT_COUNT; i++)
			left += x.left[i];
		assert_int_equal(x.rows, x.kept + left);
		if (x.left[IMPORT_LEFT_FAULT] > 0)
			assert_true(d.errors > 0);
		import_fini(&x);
		diag_free(&d);
		free(cut);
	}
}

static void
test_every_cut_of_a_table_adds_up(void **state)
{
	(void)state;
	cut_everywhere(import_ledger_bytes, ledger);
	cut_everywhere(import_conduits_bytes, conduits);
	cut_everywhere(import_leases_bytes, isc);
	cut_everywhere(import_leases_bytes, dnsmasq);
	cut_everywhere(import_leases_bytes, ledger);
}

static void
test_columns_have_the_letters_of_spreadsheets(void **state)
{
	char buf[8];

	(void)state;
	assert_string_equal(sheet_letters(1, buf), "A");
	assert_string_equal(sheet_letters(26, buf), "Z");
	assert_string_equal(sheet_letters(27, buf), "AA");
	assert_string_equal(sheet_letters(702, buf), "ZZ");
	assert_string_equal(sheet_letters(16384, buf), "XFD");
	assert_string_equal(sheet_letters(0, buf), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices_have_what_their_row_says),
		cmocka_unit_test(test_conduits_have_what_their_row_says),
		cmocka_unit_test(
		    test_leases_that_ended_are_left_out_where_a_day_is_given),
		cmocka_unit_test(test_every_cut_of_a_table_adds_up),
		cmocka_unit_test(test_columns_have_the_letters_of_spreadsheets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
