/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and names of interfaces as values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "packetset.h"

static void
test_addresses_keep_their_order_and_come_back(void **state)
{
	static const char *const sorted[] = { "0.0.0.0", "10.0.0.1", "10.0.1.0",
		"192.0.2.255", "255.255.255.255" };
	static const char *const six[] = { "::", "::1", "2001:db8::1",
		"fd00::2", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" };
	packet_value before = 0;

	(void)state;
	for (size_t i = 0; i < 2 * 5; i++) {
		struct addr a, back;
		packet_value v;

		assert_true(addr_parse(i < 5 ? sorted[i] : six[i - 5], &a));
		v = packet_value_of_addr(&a);
		back = packet_value_addr(v, a.family);
		assert_true(addr_equal(&a, &back));
		if (i % 5 != 0)
			assert_true(v > before);
		before = v;
	}
	assert_true(before == ~(packet_value)0);
}

static void
test_names_come_back_and_only_their_prefix_holds_them(void **state)
{
	static const char *const names[] = { "", "e", "eth0", "eth0.4000",
		"wlp0s20f3", "fifteen-letters", "sixteen-letters!" };
	char buf[17];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const packet_value v = packet_value_of_name(names[i]);
		char prefix[17];

		assert_string_equal(packet_value_name(v, buf), names[i]);
		for (size_t n = 0; n <= strlen(names[i]); n++) {
			struct span s;

			memcpy(prefix, names[i], n);
			prefix[n] = '\0';
			s = packet_span_of_prefix(prefix);
			assert_true(s.first <= v && v <= s.last);
			if (n == 0)
				continue;
			prefix[n - 1]++;
			s = packet_span_of_prefix(prefix);
			assert_false(s.first <= v && v <= s.last);
		}
	}
}

static void
test_a_prefix_of_nothing_is_every_name(void **state)
{
	struct span s = packet_span_of_prefix("");

	(void)state;
	assert_true(s.first == 0 && s.last == ~(packet_value)0);
	s = packet_span_of_prefix("sixteen-letters!and more");
	assert_true(s.first == s.last);
	assert_true(s.first == packet_value_of_name("sixteen-letters!"));
	s = packet_span_of_prefix("eth");
	assert_true(s.first == packet_value_of_name("eth"));
	assert_true(s.last < packet_value_of_name("eti"));
	assert_true(s.last > packet_value_of_name("eth\xff"));
}

static void
test_bytes_of_a_name_are_not_signed(void **state)
{
	char buf[17];

	(void)state;
	assert_true(packet_value_of_name("\xff") > packet_value_of_name("z"));
	assert_string_equal(packet_value_name(packet_value_of_name("\x80\xff"),
				buf),
	    "\x80\xff");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_keep_their_order_and_come_back),
		cmocka_unit_test(
		    test_names_come_back_and_only_their_prefix_holds_them),
		cmocka_unit_test(test_a_prefix_of_nothing_is_every_name),
		cmocka_unit_test(test_bytes_of_a_name_are_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
