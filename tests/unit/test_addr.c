/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses, prefixes, MAC addresses and port ranges as text and as values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/addr.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct addr
address(const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		fail_msg("%s does not parse", text);
	return a;
}

static struct prefix
prefix(const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p) != PREFIX_OK)
		fail_msg("%s does not parse", text);
	return p;
}

static void
test_addresses_are_written_as_rfc_5952_says(void **state)
{
	static const char *const pairs[][2] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "10.20.3.100", "10.20.3.100" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "1::", "1::" },
		{ "2001:DB8:0:0:0:0:2:1", "2001:db8::2:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "::1:2", "::1:2" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "fe80::", "fe80::" },
		{ "0:0:1::", "0:0:1::" },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
		{ "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
	};
	char buf[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct addr a = address(pairs[i][0]);

		assert_string_equal(addr_format(&a, buf), pairs[i][1]);
	}
}

static void
test_any_written_address_reads_back(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[16];
		char buf[ADDR_TEXT_MAX];
		struct addr a, b;

		for (int j = 0; j < 16; j++) {
			x = x * 1664525 + 1013904223;
			/* many zero groups, so that runs of them happen */
			bytes[j] = x >> 31 ? (uint8_t)(x >> 16) : 0;
		}
		a = i % 2 ? addr_from_v4(bytes) : addr_from_v6(bytes);
		assert_true(addr_parse(addr_format(&a, buf), &b));
		assert_true(addr_equal(&a, &b));
	}
}

static void
test_lenient_spellings_are_refused(void **state)
{
	static const char *const bad[] = { "", "10.1", "010.1.1.1", "1.2.3.256",
		"1.2.3.4.5", " 1.2.3.4", "1.2.3.4 ", "0x7f.0.0.1", "1:2",
		":::", "fe80::1%eth0", "1::2::3", "12345::", "example.jp" };
	struct addr a = { .family = 9 };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(addr_parse(bad[i], &a));
	assert_int_equal(a.family, 9);
}

static void
test_no_address_is_written_as_nothing(void **state)
{
	struct addr none = { 0 };
	char buf[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(addr_format(&none, buf), "");
	assert_int_equal(addr_bits(&none), 0);
	assert_false(addr_next(&none, &none));
}

static void
test_kinds_follow_the_registries(void **state)
{
	static const struct {
		const char *text;
		enum addr_kind kind;
	} cases[] = {
		{ "9.255.255.255", ADDR_GLOBAL },
		{ "10.0.0.0", ADDR_PRIVATE },
		{ "172.15.255.255", ADDR_GLOBAL },
		{ "172.16.0.0", ADDR_PRIVATE },
		{ "172.31.255.255", ADDR_PRIVATE },
		{ "172.32.0.0", ADDR_GLOBAL },
		{ "192.168.1.1", ADDR_PRIVATE },
		{ "100.64.0.1", ADDR_SHARED },
		{ "100.128.0.1", ADDR_GLOBAL },
		{ "169.254.1.1", ADDR_LINK_LOCAL },
		{ "127.1.2.3", ADDR_LOOPBACK },
		{ "0.0.0.0", ADDR_UNSPECIFIED },
		{ "224.0.0.1", ADDR_MULTICAST },
		{ "239.255.255.255", ADDR_MULTICAST },
		{ "240.0.0.1", ADDR_RESERVED },
		{ "255.255.255.255", ADDR_BROADCAST },
		{ "192.0.2.1", ADDR_GLOBAL },
		{ "2001:db8::1", ADDR_GLOBAL },
		{ "fc00::1", ADDR_UNIQUE_LOCAL },
		{ "fdff::1", ADDR_UNIQUE_LOCAL },
		{ "fe80::1", ADDR_LINK_LOCAL },
		{ "febf::1", ADDR_LINK_LOCAL },
		{ "ff02::1", ADDR_MULTICAST },
		{ "::1", ADDR_LOOPBACK },
		{ "::", ADDR_UNSPECIFIED },
		{ "::ffff:10.0.0.1", ADDR_RESERVED },
		{ "64:ff9b::a00:1", ADDR_GLOBAL },
		{ "fec0::1", ADDR_RESERVED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = address(cases[i].text);

		if (addr_kind(&a) != cases[i].kind)
			fail_msg("%s is of kind %d", cases[i].text,
			    addr_kind(&a));
	}
}

static void
test_order_is_by_family_then_value(void **state)
{
	struct addr a = address("9.0.0.0"), b = address("10.0.0.0");
	struct addr c = address("::");

	(void)state;
	assert_true(addr_compare(&a, &b) < 0);
	assert_true(addr_compare(&b, &a) > 0);
	assert_true(addr_compare(&b, &c) < 0);
	assert_int_equal(addr_compare(&c, &c), 0);
}

static void
test_next_carries_and_stops_at_the_last(void **state)
{
	struct addr a = address("10.0.255.255"), want = address("10.1.0.0");
	struct addr last = address("255.255.255.255"), out;

	(void)state;
	assert_true(addr_next(&a, &out));
	assert_true(addr_equal(&out, &want));
	out = a;
	assert_false(addr_next(&last, &out));
	assert_true(addr_equal(&out, &a));
}

static void
test_prefixes_tell_host_bits_from_nonsense(void **state)
{
	static const char *const bad[] = { "", "/", "10.0.0.0/", "10.0.0.0/33",
		"::/129", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8 ",
		"10.0.0.0/8/8", "/8", "10.0.0.0/0x8", "10.0.0.0/4294967304",
		"00000000000000000000000000000000000000000000000000/8" };
	char buf[PREFIX_TEXT_MAX];
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (prefix_parse(bad[i], &p) != PREFIX_BAD)
			fail_msg("%s is accepted", bad[i]);
	}
	assert_int_equal(prefix_parse("10.1.2.3/16", &p), PREFIX_HOST_BITS);
	assert_string_equal(prefix_format(&p, buf), "10.1.0.0/16");
	assert_int_equal(prefix_parse("10.1.2.3", &p), PREFIX_OK);
	assert_string_equal(prefix_format(&p, buf), "10.1.2.3/32");
	assert_int_equal(prefix_parse("fd00:1::/48", &p), PREFIX_OK);
	assert_string_equal(prefix_format(&p, buf), "fd00:1::/48");
	assert_int_equal(prefix_parse("0.0.0.0/0", &p), PREFIX_OK);
	assert_string_equal(prefix_format(&p, buf), "0.0.0.0/0");
}

static void
test_prefixes_contain_what_shares_their_bits(void **state)
{
	struct prefix p = prefix("10.1.128.0/17"), all = prefix("0.0.0.0/0");
	struct prefix wide = prefix("10.0.0.0/8"), six = prefix("::/0");
	struct addr in = address("10.1.128.1"), out = address("10.1.127.255");
	struct addr mapped = address("::a01:8001");

	(void)state;
	assert_true(prefix_contains(&p, &in));
	assert_false(prefix_contains(&p, &out));
	assert_true(prefix_contains(&all, &out));
	assert_false(prefix_contains(&all, &mapped));
	assert_true(prefix_contains(&six, &mapped));
	assert_true(prefix_covers(&wide, &p));
	assert_false(prefix_covers(&p, &wide));
	assert_true(prefix_covers(&p, &p));
	assert_true(prefix_equal(&p, &p));
	assert_false(prefix_equal(&p, &wide));
}

/* Every prefix list must start at first, end at last and leave no gap. */
static void
check_range(const char *from, const char *to, size_t want)
{
	struct addr first = address(from), last = address(to), at = first;
	struct prefix list[256];
	size_t n = prefix_from_range(&first, &last, list, COUNT(list));

	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++) {
		struct addr end = list[i].addr;

		assert_true(addr_equal(&list[i].addr, &at));
		for (unsigned b = list[i].length; b < addr_bits(&end); b++)
			end.bytes[b / 8] |= (uint8_t)(0x80 >> b % 8);
		if (i + 1 == n)
			assert_true(addr_equal(&end, &last));
		else
			assert_true(addr_next(&end, &at));
	}
}

static void
test_ranges_become_the_fewest_prefixes(void **state)
{
	struct addr a = address("10.0.0.0"), b = address("::1");

	(void)state;
	check_range("10.0.0.0", "10.255.255.255", 1);
	check_range("0.0.0.0", "255.255.255.255", 1);
	check_range("10.0.0.1", "10.0.0.1", 1);
	check_range("10.0.0.1", "10.0.0.6", 4);
	check_range("0.0.0.1", "255.255.255.254", 62);
	check_range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1);
	check_range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", 254);
	assert_int_equal(prefix_from_range(&a, &b, NULL, 0), 0);
	a = address("::5");
	assert_int_equal(prefix_from_range(&a, &b, NULL, 0), 0);
	assert_int_equal(prefix_from_range(&b, &a, NULL, 0), 3);
}

static void
test_macs_are_six_pairs_with_one_separator(void **state)
{
	static const char *const bad[] = { "", "02:00:5e:00:00",
		"0200.5e00:0001", "0200.5e00.000g", "0200.5e000.001",
		"02:00-5e:00:00:01", "02:00:5e:00:00:0g", "02:00:5e:00:00:011",
		"2:0:5e:0:0:1     ", "02 00 5e 00 00 01" };
	char buf[MAC_TEXT_MAX];
	struct mac m, n;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(mac_parse(bad[i], &m));
	assert_true(mac_parse("02-00-5E-00-aB-01", &m));
	assert_string_equal(mac_format(&m, buf), "02:00:5e:00:ab:01");
	assert_false(mac_is_group(&m));
	assert_true(mac_parse("0200.5E00.aB01", &n));
	assert_true(mac_equal(&m, &n));
	assert_true(mac_parse("33:33:00:00:00:01", &n));
	assert_true(mac_is_group(&n));
	assert_false(mac_equal(&m, &n));
}

static void
test_port_ranges_are_ordered_decimals(void **state)
{
	static const char *const bad[] = { "", "-", "65536", "1-", "-1",
		"2048-1024", "080", "1-65536", " 80", "80 ", "80-90-100",
		"99999999999", "0x50" };
	struct port_range r;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (port_range_parse(bad[i], &r))
			fail_msg("\"%s\" is accepted", bad[i]);
	}
	assert_true(port_range_parse("443", &r));
	assert_int_equal(r.first, 443);
	assert_int_equal(r.last, 443);
	assert_true(port_range_parse("0-65535", &r));
	assert_int_equal(r.first, 0);
	assert_int_equal(r.last, 65535);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_are_written_as_rfc_5952_says),
		cmocka_unit_test(test_any_written_address_reads_back),
		cmocka_unit_test(test_lenient_spellings_are_refused),
		cmocka_unit_test(test_no_address_is_written_as_nothing),
		cmocka_unit_test(test_kinds_follow_the_registries),
		cmocka_unit_test(test_order_is_by_family_then_value),
		cmocka_unit_test(test_next_carries_and_stops_at_the_last),
		cmocka_unit_test(test_prefixes_tell_host_bits_from_nonsense),
		cmocka_unit_test(test_prefixes_contain_what_shares_their_bits),
		cmocka_unit_test(test_ranges_become_the_fewest_prefixes),
		cmocka_unit_test(test_macs_are_six_pairs_with_one_separator),
		cmocka_unit_test(test_port_ranges_are_ordered_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
