/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the files beside a model: ledger, calendars, address lists. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "csv.h"
#include "model_list.h"
#include "loading.h"

static const char ledger[] =
    "\"ledger\":{\"file\":\"l.csv\",\"encoding\":\"%s\",\"columns\":{"
    "\"address\":\"IP\",\"mac\":\"MAC\",\"name\":\"機器名\","
    "\"division\":\"課\",\"offline\":\"非接続\",\"zone\":\"領域\"}}";

static void
load_ledger(struct loading *l, const char *encoding, const char *rows)
{
	const char *sides[] = { "l.csv", rows, NULL };
	char more[512];

	snprintf(more, sizeof(more), ledger, encoding);
	loading_with(l, more, sides);
}

static void
test_ledger_rows_become_hosts(void **state)
{
	struct addr a = { 4, { 10, 1, 20, 5 } };
	const struct host *h;
	struct loading l;

	(void)state;
	load_ledger(&l, "utf-8",
	    "\xef\xbb\xbfIP,MAC,機器名,課,非接続,領域\r\n"
	    "10.1.20.5,02-00-00-00-00-05,\"税務, 1\",税務,,\r\n"
	    ",,独立機,情報,○,\r\n"
	    "10.2.0.9,,端末,it,0,lg\r\n");
	assert_non_null(l.m);
	assert_int_equal(l.d.warnings, 0);
	assert_int_equal(l.m->host_count, 3);
	h = model_host(l.m, model_zone(l.m, "core"), &a);
	assert_non_null(h);
	assert_string_equal(h->name, "税務, 1");
	assert_string_equal(h->division, "tax");
	assert_true(h->from_ledger && !h->offline);
	assert_true(l.m->hosts[1].offline);
	assert_string_equal(l.m->hosts[1].division, "情報");
	assert_string_equal(l.m->hosts[2].interfaces[0].zone->id, "lg");
	loading_free(&l);
}

static void
test_cp932_ledger_is_read(void **state)
{
	struct loading l;

	(void)state;
	/* 機器名 課 非接続 領域 and 税務課 in CP932 */
	load_ledger(&l, "cp932",
	    "IP,MAC,\x8b\x40\x8a\xed\x96\xbc,\x89\xdb,"
	    "\x94\xf1\x90\xda\x91\xb1,\x97\xcc\x88\xe6\r\n"
	    "10.1.20.5,,x,\x90\xc5\x96\xb1\x89\xdb,,\r\n");
	assert_non_null(l.m);
	assert_int_equal(l.m->host_count, 1);
	assert_string_equal(l.m->hosts[0].division, "tax");
	loading_free(&l);
}

static void
test_bad_ledger_rows_are_warned_of_and_good_ones_kept(void **state)
{
	struct loading l;

	(void)state;
	load_ledger(&l, "utf-8",
	    "IP,MAC,機器名,課,非接続,領域\n"
	    "10.1.0.300,,a,,,\n"
	    "10.1.0.1,zz,b,,,\n"
	    "10.1.0.2,,c,,perhaps,\n"
	    "10.1.0.3,,d,,,nowhere\n"
	    "10.1.0.4,,e,,,lg\n"
	    ",,f,,,\n"
	    "10.1.0.5,,\"g\"x,,,\n"
	    "10.1.0.6,,h,,,\n"
	    "10.1.0.6,,i,,,\n"
	    "10.77.0.1,,j,,,\n"
	    "10.1.0.7,,\"k,,,\n"
	    "10.1.0.8,,l,,,\n");
	assert_non_null(l.m);
	assert_int_equal(l.d.errors, 0);
	assert_int_equal(l.d.warnings, 10);
	assert_true(loading_says(&l, "l.csv:2:1: warning: \"10.1.0.300\""));
	assert_true(loading_says(&l, "l.csv:3:10: warning: \"zz\""));
	assert_true(loading_says(&l, "l.csv:4:14: warning"));
	assert_true(loading_says(&l, "l.csv:8:14: warning: there are"));
	assert_true(loading_says(&l, "is already that of h"));
	assert_true(loading_says(&l, "address 10.77.0.1 lies in no zone"));
	assert_true(loading_says(&l,
	    "l.csv:12:11: warning: a quoted field has no end"));
	assert_int_equal(l.m->host_count, 4); /* h, i, j and l */
	loading_free(&l);
}

static void
test_missing_heading_is_an_error(void **state)
{
	struct loading l;

	(void)state;
	load_ledger(&l, "utf-8", "IP,機器名,課,非接続,領域\n10.1.0.1,a,,,\n");
	assert_null(l.m);
	assert_true(loading_says(&l, "the heading has no column \"MAC\""));
	loading_free(&l);
}

static void
load_calendar(struct loading *l, const char *text)
{
	const char *sides[] = { "c.csv", text, NULL };

	loading_with(l, "\"calendars\":[{\"id\":\"c\",\"file\":\"c.csv\"}]",
	    sides);
}

static void
test_calendars_open_and_close_days(void **state)
{
	struct loading l;
	const struct calendar *c;

	(void)state;
	load_calendar(&l,
	    "日付,区分,名称\r\n2026-11-23,休,勤労感謝の日\r\n"
	    "2026/11/21,開\r\n2026-11-23,closed\r\n");
	assert_non_null(l.m);
	c = l.m->calendars;
	assert_int_equal(c->day_count, 2);
	assert_false(calendar_open(c, (struct day){ 2026, 11, 23 }));
	assert_true(calendar_open(c, (struct day){ 2026, 11, 21 }));
	assert_false(calendar_open(c, (struct day){ 2026, 11, 22 }));
	assert_true(calendar_open(c, (struct day){ 2026, 11, 24 }));
	loading_free(&l);
}

static void
test_holiday_table_of_the_cabinet_office_is_read(void **state)
{
	struct loading l;

	(void)state;
	/* 国民の祝日・休日月日,国民の祝日・休日名称 in CP932 */
	load_calendar(&l,
	    "\x8d\x91\x96\xaf\x82\xcc\x8f\x6a\x93\xfa\x81\x45\x8b\x78"
	    "\x93\xfa\x8c\x8e\x93\xfa,\x8d\x91\x96\xaf\x82\xcc\x8f\x6a\x93\xfa"
	    "\x81\x45\x8b\x78\x93\xfa\x96\xbc\x8f\xcc\r\n"
	    "2026/1/1,\x8c\xb3\x93\xfa\r\n2026/5/6,\x8b\x78\x93\xfa\r\n");
	assert_non_null(l.m);
	assert_int_equal(l.m->calendars[0].day_count, 2);
	assert_false(calendar_open(l.m->calendars, (struct day){ 2026, 5, 6 }));
	loading_free(&l);
}

static void
test_faulty_calendar_is_an_error_at_its_row(void **state)
{
	struct loading l;

	(void)state;
	load_calendar(&l,
	    "2026-11-23,closed\n2026-02-30,open\n2026-11-24,maybe\n"
	    "2026-11-25\n2026-11-23,open\n");
	assert_null(l.m);
	assert_int_equal(l.d.errors, 4);
	assert_true(loading_says(&l, "c.csv:2:1: error: \"2026-02-30\""));
	assert_true(loading_says(&l, "c.csv:3:12: error: \"maybe\""));
	assert_true(loading_says(&l, "2026-11-23 is given twice"));
	loading_free(&l);
}

static void
load_list(struct loading *l, const char *format, const char *text)
{
	const char *sides[] = { "x.txt", text, NULL };
	char more[256];

	snprintf(more, sizeof(more),
	    "\"address-lists\":[{\"id\":\"x\",\"file\":\"x.txt\","
	    "\"format\":\"%s\",\"max-age\":\"35 days\"}]",
	    format);
	loading_with(l, more, sides);
}

static void
test_address_lists_of_each_format_are_read(void **state)
{
	struct loading l;

	(void)state;
	load_list(&l, "m365-json",
	    "[{\"id\":1,\"urls\":[\"Outlook.Office.com\",\"*.x.example\"],"
	    "\"ips\":[\"13.107.6.152/31\",\"2603:1006::/40\"]},{\"id\":2}]");
	assert_non_null(l.m);
	assert_int_equal(l.m->lists[0].networks.count, 2);
	assert_string_equal(l.m->lists[0].names[0], "outlook.office.com");
	assert_int_equal(l.m->lists[0].max_age_days, 35);
	loading_free(&l);
	load_list(&l, "cidr",
	    "# fetched: 2026-04-01\r\n192.0.2.0/25\r\n"
	    "192.0.2.128/25 # both\n\n");
	assert_non_null(l.m);
	/* The two halves are one network. */
	assert_int_equal(l.m->lists[0].networks.count, 1);
	assert_int_equal(l.m->lists[0].networks.items[0].length, 24);
	assert_int_equal(l.m->lists[0].fetched.month, 4);
	loading_free(&l);
	load_list(&l, "fqdn", "www.Example.jp\n*.example.jp");
	assert_non_null(l.m);
	assert_int_equal(l.m->lists[0].name_count, 2);
	loading_free(&l);
}

static void
test_faulty_lists_are_errors_at_their_place(void **state)
{
	struct loading l;

	(void)state;
	load_list(&l, "cidr", "192.0.2.0/24\n  192.0.2.1/24\n");
	assert_null(l.m);
	assert_true(loading_says(&l, "x.txt:2:3: error: \"192.0.2.1/24\""));
	loading_free(&l);
	load_list(&l, "fqdn", "a b\n");
	assert_null(l.m);
	loading_free(&l);
	load_list(&l, "m365-json", "{\"ips\":[]}");
	assert_null(l.m);
	loading_free(&l);
	load_list(&l, "m365-json", "[{\"ips\":[\"x\"]}");
	assert_null(l.m);
	loading_free(&l);
}

static void
test_a_list_must_have_the_digest_that_is_declared(void **state)
{
	static const char *const digests[] = {
		"41E4B1D1C0BB5AA92E81F4B7CBC4E11F6EB5C0CB0D2C7B2D0E6FBE35C4B9F3D1",
		"short", NULL
	};
	const char *sides[] = { "x.txt", "192.0.2.0/24\n", NULL };
	char digest[65], more[256];
	struct loading l;

	(void)state;
	model_list_digest(sides[1], strlen(sides[1]), digest);
	snprintf(more, sizeof(more),
	    "\"address-lists\":[{\"id\":\"x\",\"file\":\"x.txt\","
	    "\"format\":\"cidr\",\"sha256\":\"%s\"}]",
	    digest);
	loading_with(&l, more, sides);
	assert_non_null(l.m);
	assert_string_equal(l.m->lists[0].sha256, digest);
	loading_free(&l);
	for (size_t i = 0; digests[i] != NULL; i++) {
		snprintf(more, sizeof(more),
		    "\"address-lists\":[{\"id\":\"x\",\"file\":"
		    "\"x.txt\",\"format\":\"cidr\",\n\"sha256\":\"%s\"}]",
		    digests[i]);
		loading_with(&l, more, sides);
		assert_null(l.m);
		assert_true(loading_says(&l,
		    i == 0 ? "not what is written here" : "is no SHA-256"));
		loading_free(&l);
	}
}

static void
test_ledger_cells_are_read_as_people_write_them(void **state)
{
	struct loading l;
	const struct host *h;

	(void)state;
	load_ledger(&l, "utf-8",
	    "ＩＰ,MAC,機器名,課,非接続,領域\n"
	    "１０．１．０．５～７,02-00-5E-00-00-01,a,,,\n"
	    "\"10.1.0.10\n10.1.0.11\",\"02005e000002 02005e000003\",b,,－,core\n"
	    "10.1.1.0/24,,c,,,\n10.1.2.0-10.1.3.0,,d,,,\n"
	    "10.1.4.5/24,,e,,,\n");
	assert_non_null(l.m);
	assert_int_equal(l.m->host_count, 3);
	h = l.m->hosts;
	assert_int_equal(h->interface_count, 3);
	assert_int_equal(h->interfaces[2].address.bytes[3], 7);
	assert_true(h->interfaces[2].has_mac);
	assert_int_equal(h[1].interface_count, 3);
	assert_int_equal(h[1].interfaces[2].address.family, 0);
	assert_int_equal(h[1].interfaces[2].mac.bytes[5], 3);
	assert_int_equal(h[2].interface_count, 1);
	assert_true(loading_says(&l, "registers no device"));
	assert_true(loading_says(&l, "too wide a range"));
	loading_free(&l);
}

static void
test_csv_survives_every_truncation(void **state)
{
	static const char text[] = "a,\"b\"\"c\nd\",e\r\n\r\n f ,,\"\"\n\x8b\n";
	struct csv_row *row = calloc(1, sizeof(*row));
	struct csv c;
	size_t n, rows;

	(void)state;
	for (n = 0; n < sizeof(text); n++) {
		assert_true(csv_init(&c, text, n, CSV_GUESS));
		for (rows = 0; csv_next(&c, row); rows++)
			assert_true(rows < 5);
		csv_fini(&c);
	}
	assert_true(csv_init(&c, text, sizeof(text) - 1, CSV_UTF8));
	assert_true(csv_next(&c, row));
	assert_int_equal(row->count, 3);
	assert_string_equal(row->fields[1].text, "b\"c\nd");
	assert_int_equal(row->fields[2].line, 2);
	assert_true(csv_next(&c, row));
	assert_string_equal(row->fields[0].text, "f");
	assert_int_equal(c.bad, 1);
	assert_int_equal(c.bad_line, 5);
	csv_fini(&c);
	free(row);
}

static void
test_many_bad_rows_are_counted_and_hide_nothing(void **state)
{
	struct text rows = { 0 };
	struct loading l;

	(void)state;
	text_add(&rows, "IP,MAC,機器名,課,非接続,領域\n");
	for (size_t i = 0; i < 500; i++)
		text_add(&rows, "bad,,,,,\n");
	load_ledger(&l, "utf-8", text_str(&rows));
	assert_non_null(l.m);
	assert_int_equal(l.d.warnings, 21);
	assert_int_equal(l.d.graded[DIAG_LOW], 21);
	assert_string_equal(l.d.entries[20].sentence,
	    "and 480 more rows, this one first");
	assert_int_equal(l.d.entries[20].place.line, 22);
	loading_free(&l);
	text_free(&rows);
}

static void
test_character_set_is_guessed_or_suggested(void **state)
{
	/* 機 in CP932 */
	static const char rows[] = "IP,n\n10.1.20.5,\x8b\x40\n";
	static const char *const sides[] = { "l.csv", rows, NULL };
	static const char more[] =
	    "\"ledger\":{\"file\":\"l.csv\",%s\"columns\":{"
	    "\"address\":\"IP\",\"name\":\"n\"}}";
	char text[256];
	struct loading l;

	(void)state;
	snprintf(text, sizeof(text), more, "");
	loading_with(&l, text, sides);
	assert_non_null(l.m);
	assert_int_equal(l.d.warnings, 0);
	assert_string_equal(l.m->hosts[0].name, "機");
	assert_string_equal(l.m->ledger.encoding, "cp932");
	loading_free(&l);
	snprintf(text, sizeof(text), more, "\"encoding\":\"utf-8\",");
	loading_with(&l, text, sides);
	assert_non_null(l.m);
	assert_true(loading_says(&l, "did you mean \"cp932\""));
	loading_free(&l);
}

static void
test_calendar_without_days_is_warned_of(void **state)
{
	static const char *const sides[] = { "c.csv", "date,open\n", NULL };
	struct loading l;

	(void)state;
	loading_with(&l, "\"calendars\":[{\"id\":\"c\",\"file\":\"c.csv\"}]",
	    sides);
	assert_non_null(l.m);
	assert_true(loading_says(&l, "c.csv: warning: there is no day in it"));
	loading_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ledger_rows_become_hosts),
		cmocka_unit_test(test_cp932_ledger_is_read),
		cmocka_unit_test(
		    test_bad_ledger_rows_are_warned_of_and_good_ones_kept),
		cmocka_unit_test(test_missing_heading_is_an_error),
		cmocka_unit_test(test_calendars_open_and_close_days),
		cmocka_unit_test(
		    test_holiday_table_of_the_cabinet_office_is_read),
		cmocka_unit_test(test_faulty_calendar_is_an_error_at_its_row),
		cmocka_unit_test(test_address_lists_of_each_format_are_read),
		cmocka_unit_test(test_faulty_lists_are_errors_at_their_place),
		cmocka_unit_test(
		    test_a_list_must_have_the_digest_that_is_declared),
		cmocka_unit_test(
		    test_ledger_cells_are_read_as_people_write_them),
		cmocka_unit_test(
		    test_many_bad_rows_are_counted_and_hide_nothing),
		cmocka_unit_test(test_character_set_is_guessed_or_suggested),
		cmocka_unit_test(test_calendar_without_days_is_warned_of),
		cmocka_unit_test(test_csv_survives_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
