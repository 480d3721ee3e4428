/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people write into cells: cell_text, cell_day, cell_address,
 * cell_service. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cell.h"

static void
assert_fold(const char *in, const char *expected)
{
	struct text t = { 0 };

	cell_fold(&t, in);
	assert_string_equal(text_str(&t), expected);
	text_free(&t);
}

static void
test_full_width_signs_are_ascii_and_blanks_are_one(void **state)
{
	(void)state;
	assert_fold("１０．１．２０．５", "10.1.20.5");
	assert_fold("　ＴＣＰ／４４３ \r\n ｘ　", "TCP/443 x");
	assert_fold("10－20―30−40～50〜60", "10-20-30-40~50~60");
	assert_fold("10。1｡2、3，4", "10.1.2,3,4");
	assert_fold("ｱﾄﾞﾚｽ", "ｱﾄﾞﾚｽ");
	assert_fold("\xef\xbb\xbfx\xe2\x80\x8by", "xy");
	assert_fold("", "");
	assert_fold("\xff\xe3\x80", "\xff\xe3\x80");
}

static void
assert_key(const char *in, const char *expected)
{
	struct text t = { 0 };

	cell_key(&t, in);
	assert_string_equal(text_str(&t), expected);
	text_free(&t);
}

static void
test_headings_of_all_widths_have_one_key(void **state)
{
	(void)state;
	assert_key("ＩＰｱﾄﾞﾚｽ", "ipアドレス");
	assert_key("I P アドレス", "ipアドレス");
	assert_key("ﾊﾟｿｺﾝ ｳﾞｧ ﾎﾟﾎﾞ", "パソコンヴァポボ");
	assert_key("ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞ",
	    "ガギグゲゴザジズゼゾダヂヅデドバビブベボ");
	assert_key("ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟｯｬｭｮｰｦﾝ", "パピプペポッャュョーヲン");
	assert_key("ﾞ", "ﾞ");
}

static void
assert_name(const char *in, enum cell_fault fault, const char *expected)
{
	struct text t = { 0 };

	assert_int_equal(cell_name(&t, in), fault);
	assert_string_equal(text_str(&t), expected);
	text_free(&t);
}

static void
test_hangul_among_kana_is_told_with_the_kana(void **state)
{
	(void)state;
	assert_name("イン트라ネット", CELL_FOREIGN, "イントラネット");
	assert_name("サー버", CELL_FOREIGN, "サーバ");
	assert_name("シス템", CELL_FOREIGN, "システム");
	assert_name("ワーク넷ア", CELL_FOREIGN, "ワークネットア");
	assert_name("네트워크", CELL_OK, "네트워크");
	assert_name("　税務　サーバ　", CELL_OK, "税務 サーバ");
	assert_name("－", CELL_NOTHING, "");
	assert_name(" 　", CELL_NOTHING, "");
	assert_name("Ａ棟", CELL_OK, "Ａ棟");
}

static void
test_dittos_and_nothings_are_known(void **state)
{
	static const char *const dittos[] = { "〃", "同上", "々", "″", " 〃　",
		"\"" };
	static const char *const nothings[] = { "", "－", "―", "ー", "なし",
		"N/A", "　" };

	(void)state;
	for (size_t i = 0; i < sizeof(dittos) / sizeof(dittos[0]); i++)
		assert_true(cell_is_ditto(dittos[i]));
	for (size_t i = 0; i < sizeof(nothings) / sizeof(nothings[0]); i++)
		assert_true(cell_is_nothing(nothings[i]));
	assert_false(cell_is_ditto("〃（予備）"));
	assert_false(cell_is_nothing("0"));
	assert_int_equal(cell_truth("○"), 1);
	assert_int_equal(cell_truth("有"), 1);
	assert_int_equal(cell_truth("×"), 0);
	assert_int_equal(cell_truth("無"), 0);
	assert_int_equal(cell_truth("多分"), -1);
}

/* ---- days */

static void
assert_day(const char *in, enum cell_fault fault, const char *expected)
{
	struct day day = { 0, 0, 0 };
	char buf[16];

	if (cell_day(in, &day) != fault)
		fail_msg("%s: not as expected", in);
	assert_string_equal(day_format(day, buf, sizeof(buf)), expected);
}

static void
test_days_are_read_in_every_usual_form(void **state)
{
	static const char *const same[] = { "2025-04-01", "2025/4/1",
		"2025.4.1", "２０２５年４月１日", "20250401", "令和7年4月1日",
		"令和７年 ４月 １日", "R7.4.1", "r07/04/01", "令7.4.1",
		"㋿7年4月1日", "45748", "2025/4/1 0:00:00",
		"2025年4月1日(火)", "2025-04-01T09:30", "R.7.4.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_day(same[i], CELL_OK, "2025-04-01");
	assert_day("令和元年5月1日", CELL_OK, "2019-05-01");
	assert_day("平成31.4.30", CELL_OK, "2019-04-30");
	assert_day("H1.1.8", CELL_OK, "1989-01-08");
	assert_day("昭和64年1月7日", CELL_OK, "1989-01-07");
	assert_day("令和8年度末", CELL_OK, "2027-03-31");
	assert_day("令和6年2月末", CELL_OK, "2024-02-29");
	assert_day("2027年2月末日", CELL_OK, "2027-02-28");
}

static void
test_days_that_are_none_are_told_why(void **state)
{
	(void)state;
	assert_day("令和6年2月29日", CELL_OK, "2024-02-29");
	assert_day("令和7年2月29日", CELL_CALENDAR, "");
	assert_day("2025/4/31", CELL_CALENDAR, "");
	assert_day("令和7年13月1日", CELL_CALENDAR, "");
	assert_day("令和0年4月1日", CELL_CALENDAR, "");
	assert_day("平成32年3月31日", CELL_ERA, "2020-03-31");
	assert_day("令和元年4月1日", CELL_ERA, "2019-04-01");
	assert_day("4/1", CELL_NO_YEAR, "");
	assert_day("4月1日", CELL_NO_YEAR, "");
	assert_day("25/4/1", CELL_NO_YEAR, "");
	assert_day("7.4.1", CELL_NO_YEAR, "");
	assert_day("令和9年3月", CELL_NO_DAY, "");
	assert_day("2027/3", CELL_NO_DAY, "");
	assert_day("－", CELL_NOTHING, "");
	assert_day("永年", CELL_BAD, "");
	assert_day("2025-04-01 頃", CELL_BAD, "");
	assert_day("2025-04-01（年）", CELL_BAD, "");
	assert_day("10000", CELL_BAD, "");
	assert_day("令和7年4月1日2", CELL_BAD, "");
	assert_day("2025/4.1", CELL_BAD, "");
}

static void
test_serial_numbers_know_the_day_that_never_was(void **state)
{
	struct day day;
	char buf[16];

	(void)state;
	assert_true(cell_serial(1, false, &day));
	assert_string_equal(day_format(day, buf, sizeof(buf)), "1900-01-01");
	assert_true(cell_serial(59, false, &day));
	assert_string_equal(day_format(day, buf, sizeof(buf)), "1900-02-28");
	assert_false(cell_serial(60, false, &day));
	assert_true(cell_serial(61, false, &day));
	assert_string_equal(day_format(day, buf, sizeof(buf)), "1900-03-01");
	assert_true(cell_serial(45748.99, false, &day));
	assert_string_equal(day_format(day, buf, sizeof(buf)), "2025-04-01");
	assert_true(cell_serial(44286, true, &day));
	assert_string_equal(day_format(day, buf, sizeof(buf)), "2025-04-01");
	assert_false(cell_serial(0, false, &day));
	assert_false(cell_serial(1e300, false, &day));
	assert_false(cell_serial(-5, false, &day));
}

/* ---- addresses */

/* As text: "a", "a-b" or "a/" for a network, with blanks between. */
static void
assert_ranges(const char *in, enum cell_fault fault, const char *expected)
{
	struct cell_range r[4];
	char buf[ADDR_TEXT_MAX], bad[CELL_WORD_MAX];
	struct text out = { 0 };
	size_t n = 99;

	if (cell_ranges(in, r, 4, &n, bad) != fault)
		fail_msg("%s: not as expected", in);
	for (size_t i = 0; i < n; i++) {
		text_printf(&out, "%s%s", i ? " " : "",
		    addr_format(&r[i].first, buf));
		if (!addr_equal(&r[i].first, &r[i].last))
			text_printf(&out, "-%s", addr_format(&r[i].last, buf));
		if (r[i].network)
			text_add_char(&out, '/');
	}
	assert_string_equal(text_str(&out), expected);
	text_free(&out);
}

static void
test_addresses_are_read_in_every_usual_form(void **state)
{
	(void)state;
	assert_ranges("10.1.20.5", CELL_OK, "10.1.20.5");
	assert_ranges("１０．１．２０．５～１０", CELL_OK,
	    "10.1.20.5-10.1.20.10");
	assert_ranges("10.1.20.5 － 10.1.20.10", CELL_OK,
	    "10.1.20.5-10.1.20.10");
	assert_ranges("10.1.20.5ー10", CELL_OK, "10.1.20.5-10.1.20.10");
	assert_ranges("10.1.20.5～.10", CELL_OK, "10.1.20.5-10.1.20.10");
	assert_ranges("10.1.20.5から10.1.20.10まで", CELL_OK,
	    "10.1.20.5-10.1.20.10");
	assert_ranges("10.1.20.0/24", CELL_OK, "10.1.20.0-10.1.20.255/");
	assert_ranges("10.1.20.0 / 255.255.255.0", CELL_OK,
	    "10.1.20.0-10.1.20.255/");
	assert_ranges("10.1.20.0 255.255.255.0", CELL_OK,
	    "10.1.20.0-10.1.20.255/");
	assert_ranges("10.1.20.5/32", CELL_OK, "10.1.20.5");
	assert_ranges("10.1.20.5/24", CELL_HOST, "10.1.20.5");
	assert_ranges("10.1.20.5、10.1.20.6\n10.1.20.7；10.1.20.8", CELL_OK,
	    "10.1.20.5 10.1.20.6 10.1.20.7 10.1.20.8");
	assert_ranges("fd00:1::5-fd00:1::9", CELL_OK, "fd00:1::5-fd00:1::9");
	assert_ranges("[fd00:1::5]", CELL_OK, "fd00:1::5");
	assert_ranges("fd00:1::/64", CELL_OK,
	    "fd00:1::-fd00:1::ffff:ffff:ffff:ffff/");
}

static void
test_addresses_that_are_none_are_told_why(void **state)
{
	struct cell_range r[4];
	char bad[CELL_WORD_MAX];
	size_t n;

	(void)state;
	assert_ranges("", CELL_NOTHING, "");
	assert_ranges("－", CELL_NOTHING, "");
	assert_ranges("any", CELL_ANY, "");
	assert_ranges("全て", CELL_ANY, "");
	assert_ranges("0.0.0.0/0", CELL_ANY, "");
	assert_ranges("0.0.0.0 / 0.0.0.0", CELL_BAD, "");
	assert_ranges("0.0.0.0/0 10.1.1.1", CELL_BITS, "");
	assert_ranges("10.1.1.1 0.0.0.0/0", CELL_BITS, "");
	assert_ranges("10.1.20.256", CELL_BAD, "");
	assert_ranges("10.1.20", CELL_BAD, "");
	assert_ranges("10.1.20.5,6", CELL_BAD, "");
	assert_ranges("10.1.20.5(旧)", CELL_BAD, "");
	assert_ranges("10.1.20.0/24を除く", CELL_BAD, "");
	assert_ranges("10.1.20.10～5", CELL_REVERSE, "");
	assert_ranges("10.1.20.1-fd00::5", CELL_FAMILIES, "");
	assert_ranges("10.1.20.1-10.1.20.0/24", CELL_BITS, "");
	assert_ranges("10.1.20.0/33", CELL_BAD, "");
	assert_ranges("10.1.20.0/255.0.255.0", CELL_BAD, "");
	assert_ranges("10.1.20.5～300", CELL_BAD, "");
	assert_ranges("10.1.20.5～05", CELL_BAD, "");
	assert_ranges("::ffff:10.1.1.1", CELL_BAD, "");
	assert_ranges("10.1.1.1 10.1.1.2 10.1.1.3 10.1.1.4 10.1.1.5", CELL_MANY,
	    "");
	assert_int_equal(cell_ranges("010.001.020.005", r, 4, &n, bad),
	    CELL_ZEROES);
	assert_string_equal(bad, "10.1.20.5");
}

static void
test_every_cut_of_a_cell_is_read_or_refused(void **state)
{
	static const char text[] =
	    "１０．１．２０．５～１０、fd00:1::/64 10.1.20.0 255.255.255.0 "
	    "令和7年4月1日(火) TCP/443・UDP 53 02:00:5e:00:00:01";
	struct cell_range ranges[4];
	struct cell_service services[4];
	struct mac macs[4];
	struct text out = { 0 };
	char bad[CELL_WORD_MAX], cut[sizeof(text)];
	const char *application;
	struct day day;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		memcpy(cut, text, i);
		cut[i] = '\0';
		(void)cell_ranges(cut, ranges, 4, &n, bad);
		assert_true(n <= 4 && strlen(bad) < sizeof(bad));
		(void)cell_macs(cut, macs, 4, &n, bad);
		assert_true(n <= 4);
		(void)cell_services(cut, cut, services, 4, &n, &application,
		    bad);
		assert_true(n <= 4);
		(void)cell_day(cut, &day);
		(void)cell_name(&out, cut);
		cell_key(&out, cut);
	}
	text_free(&out);
}

static void
assert_mac(const char *in, enum cell_fault fault, const char *expected)
{
	struct mac macs[2];
	char buf[MAC_TEXT_MAX], bad[CELL_WORD_MAX];
	size_t n;

	if (cell_macs(in, macs, 2, &n, bad) != fault)
		fail_msg("%s: not as expected", in);
	if (fault == CELL_OK)
		assert_string_equal(mac_format(&macs[n - 1], buf), expected);
}

static void
test_macs_are_read_in_every_usual_form(void **state)
{
	static const char *const same[] = { "02:00:5e:00:00:01",
		"02-00-5E-00-00-01", "0200.5e00.0001", "02005E000001",
		"02005E-000001", "0200-5e00-0001", "02 00 5E 00 00 01",
		"2:0:5e:0:0:1", "０２－００－５Ｅ－００－００－０１",
		"02:00:5e:00:00:09\n02:00:5e:00:00:01", "0x02005E000001" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_mac(same[i], CELL_OK, "02:00:5e:00:00:01");
	assert_mac("02:00:5e:00:00", CELL_BAD, "");
	assert_mac("02:00:5e:00:00:01:02", CELL_BAD, "");
	assert_mac("02:00-5e:00-00:01", CELL_BAD, "");
	assert_mac("020:05e:000:001", CELL_BAD, "");
	assert_mac("02:00:5e:00:00:0g", CELL_BAD, "");
	assert_mac("2-0-5e-0-0-1", CELL_BAD, "");
	assert_mac("00:00:00:00:00:00", CELL_RESERVED, "");
	assert_mac("ff:ff:ff:ff:ff:ff", CELL_RESERVED, "");
	assert_mac("01:00:5e:00:00:01", CELL_RESERVED, "");
	assert_mac("なし", CELL_NOTHING, "");
	assert_mac("02005e000001 02005e000002 02005e000003", CELL_MANY, "");
}

/* ---- services */

static void
assert_services(const char *protocol, const char *ports, enum cell_fault fault,
    const char *expected)
{
	struct cell_service s[8];
	const char *application;
	char bad[CELL_WORD_MAX];
	struct text out = { 0 };
	size_t n;

	if (cell_services(protocol, ports, s, 8, &n, &application, bad) !=
	    fault)
		fail_msg("%s: not as expected", ports ? ports : protocol);
	for (size_t i = 0; i < n; i++)
		text_printf(&out, "%s%u/%u-%u", i ? " " : "", s[i].protocol,
		    s[i].ports.first, s[i].ports.last);
	assert_string_equal(text_str(&out), expected);
	text_free(&out);
}

static void
test_services_are_read_in_every_usual_form(void **state)
{
	(void)state;
	assert_services("TCP", "443", CELL_OK, "6/443-443");
	assert_services("ＴＣＰ", "４４３番", CELL_OK, "6/443-443");
	assert_services(NULL, "TCP/443", CELL_OK, "6/443-443");
	assert_services(NULL, "443/tcp", CELL_OK, "6/443-443");
	assert_services(NULL, "TCP443", CELL_OK, "6/443-443");
	assert_services("TCP", "80,443", CELL_OK, "6/80-80 6/443-443");
	assert_services("TCP", "80、443", CELL_OK, "6/80-80 6/443-443");
	assert_services("TCP", "1024～65535", CELL_OK, "6/1024-65535");
	assert_services(NULL, "TCP/80 UDP/53", CELL_OK, "6/80-80 17/53-53");
	assert_services(NULL, "80/tcp,53/udp", CELL_OK, "6/80-80 17/53-53");
	assert_services("TCP/UDP", "53", CELL_OK, "6/53-53 17/53-53");
	assert_services(NULL, "TCP・UDP 53", CELL_OK, "6/53-53 17/53-53");
	assert_services(NULL, "53(TCP/UDP)", CELL_OK, "6/53-53 17/53-53");
	assert_services("UDP・ICMP", "161", CELL_OK, "1/0-0 17/161-161");
	assert_services("ICMP", "－", CELL_OK, "1/0-0");
	assert_services("HTTPS", "443", CELL_OK, "6/443-443");
	assert_services("DNS", "53", CELL_OK, "6/53-53 17/53-53");
	assert_services("any", NULL, CELL_OK, "256/0-0");
	assert_services("TCP", "全て", CELL_OK, "6/0-0");
	assert_services("TCP", "443/tcp", CELL_OK, "6/443-443");
}

static void
test_services_that_are_none_are_told_why(void **state)
{
	(void)state;
	assert_services(NULL, "443", CELL_NO_PROTOCOL, "6/443-443");
	assert_services("TCP", NULL, CELL_NO_PORT, "");
	assert_services("HTTPS", "", CELL_NO_PORT, "");
	assert_services(NULL, NULL, CELL_NOTHING, "");
	assert_services("－", "－", CELL_NOTHING, "");
	assert_services("TCP", "UDP/53", CELL_CONFLICT, "");
	assert_services("TCP", "443～80", CELL_REVERSE, "");
	assert_services("TCP", "0", CELL_BAD, "");
	assert_services("TCP", "65536", CELL_BAD, "");
	assert_services("TCP", "99999999999999999999", CELL_BAD, "");
	assert_services("TCP", "any 443", CELL_BITS, "");
	assert_services("any", "443", CELL_BITS, "");
	assert_services(NULL, "SMB2", CELL_BAD, "");
	assert_services(NULL, "独自プロトコル", CELL_BAD, "");
	assert_services("TCP", "1 2 3 4 5 6 7 8 9", CELL_MANY, "");
}

static void
test_directions_are_words_and_arrows(void **state)
{
	enum cell_way way;

	(void)state;
	assert_int_equal(cell_direction("双方向", &way), CELL_OK);
	assert_int_equal(way, CELL_BOTH_WAYS);
	assert_int_equal(cell_direction("⇔", &way), CELL_OK);
	assert_int_equal(way, CELL_BOTH_WAYS);
	assert_int_equal(cell_direction("→", &way), CELL_OK);
	assert_int_equal(way, CELL_ONE_WAY);
	assert_int_equal(cell_direction("←", &way), CELL_OK);
	assert_int_equal(way, CELL_BACKWARDS);
	assert_int_equal(cell_direction("上り", &way), CELL_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_full_width_signs_are_ascii_and_blanks_are_one),
		cmocka_unit_test(test_headings_of_all_widths_have_one_key),
		cmocka_unit_test(test_hangul_among_kana_is_told_with_the_kana),
		cmocka_unit_test(test_dittos_and_nothings_are_known),
		cmocka_unit_test(test_days_are_read_in_every_usual_form),
		cmocka_unit_test(test_days_that_are_none_are_told_why),
		cmocka_unit_test(
		    test_serial_numbers_know_the_day_that_never_was),
		cmocka_unit_test(test_addresses_are_read_in_every_usual_form),
		cmocka_unit_test(test_addresses_that_are_none_are_told_why),
		cmocka_unit_test(test_every_cut_of_a_cell_is_read_or_refused),
		cmocka_unit_test(test_macs_are_read_in_every_usual_form),
		cmocka_unit_test(test_services_are_read_in_every_usual_form),
		cmocka_unit_test(test_services_that_are_none_are_told_why),
		cmocka_unit_test(test_directions_are_words_and_arrows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
