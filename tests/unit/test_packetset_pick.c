/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet that is shown of a box: always one of it, and an everyday one
 * where the box has such. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "boxes.h"
#include "packetset.h"

static packet_value
address(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return packet_value_of_addr(&a);
}

static const struct spans *
range(struct pool *p, const char *first, const char *last)
{
	return spans_one(p, address(first), address(last));
}

static struct box
box_of(struct pool *p, int family)
{
	struct box b = { { NULL } };

	b.dims[DIM_FAMILY] = spans_one(p, (packet_value)family,
	    (packet_value)family);
	box_clip(p, &b);
	return b;
}

static void
assert_name(packet_value v, const char *expected)
{
	char buf[17];

	assert_string_equal(packet_value_name(v, buf), expected);
	assert_true(packet_value_of_name(buf) == v);
}

static void
test_the_packet_is_one_of_the_box(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 5 };

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		const struct pool_mark mark = pool_mark(p);
		struct box b = boxes_make(&r, p, i % 8);
		struct point x;

		for (size_t d = 0; d < DIM_COUNT; d++) {
			const packet_value most = dimension_most(
			    (enum dimension)d);
			packet_value at = boxes_next(&r);

			if (b.dims[d] != NULL || boxes_next(&r) % 2)
				continue;
			if (d == DIM_FAMILY)
				continue;
			for (unsigned k = boxes_next(&r) % 4; k > 0; k--)
				at = at << 32 | boxes_next(&r);
			at %= most;
			b.dims[d] = spans_one(p, at,
			    boxes_next(&r) % 2 ? at : most);
		}
		box_clip(p, &b);
		if (!box_empty(&b)) {
			box_pick(&b, &x);
			/* a dimension that nothing asks about may be 0 */
			assert_true(box_has(&b, &x));
		}
		pool_release(p, mark);
	}
	pool_free(p);
}

static void
test_of_all_packets_an_everyday_one_is_shown(void **state)
{
	struct pool *p = pool_new();
	struct box four = box_of(p, 4), six = box_of(p, 6), any = { { NULL } };
	struct point x;

	(void)state;
	box_pick(&four, &x);
	assert_true(x.at[DIM_PROTOCOL] == 6 && x.at[DIM_TCP_FLAGS] == 2);
	assert_true(x.at[DIM_DPORT] == 443 && x.at[DIM_SPORT] == 40000);
	assert_true(x.at[DIM_DADDR] == address("198.51.100.2"));
	assert_true(x.at[DIM_SADDR] == address("198.51.100.3"));
	assert_true(x.at[DIM_CT_STATE] == CT_NEW);
	assert_true(x.at[DIM_ICMP_TYPE] == 0 && x.at[DIM_ICMP_CODE] == 0);
	assert_name(x.at[DIM_IIF], "eth0");
	assert_name(x.at[DIM_OIF], "eth1");
	box_pick(&six, &x);
	assert_true(x.at[DIM_FAMILY] == 6);
	assert_true(x.at[DIM_DADDR] == address("2001:db8::2"));
	box_pick(&any, &x);
	assert_true(x.at[DIM_FAMILY] == 4);
	any.dims[DIM_SADDR] = range(p, "2001:db8::", "2001:db8::ffff");
	box_pick(&any, &x);
	assert_true(x.at[DIM_FAMILY] == 6);
	assert_true(x.at[DIM_SADDR] == address("2001:db8::1"));
	pool_free(p);
}

static void
test_addresses_are_those_of_hosts(void **state)
{
	static const char *const cases[][4] = {
		{ "4", "10.2.0.0", "10.2.255.255", "10.2.0.1" },
		{ "4", "10.2.0.7", "10.2.0.9", "10.2.0.7" },
		{ "4", "10.2.0.0", "10.2.0.0", "10.2.0.0" },
		{ "4", "0.0.0.0", "1.255.255.255", "1.0.0.1" },
		{ "4", "126.255.255.255", "128.255.0.0", "126.255.255.255" },
		{ "4", "127.0.0.0", "128.255.0.0", "128.0.0.1" },
		{ "4", "224.0.0.0", "239.255.255.255", "224.0.0.0" },
		{ "6", "::", "2000::", "1::1" },
		{ "6", "fe80::", "fec0::5", "fec0::1" },
		{ "6", "fd00:1::", "fd00:1::ffff", "fd00:1::1" },
	};
	struct pool *p = pool_new();
	struct point x;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct box b = box_of(p, cases[i][0][0] - '0');

		b.dims[DIM_SADDR] = range(p, cases[i][1], cases[i][2]);
		box_pick(&b, &x);
		if (x.at[DIM_SADDR] != address(cases[i][3]))
			fail_msg("%s-%s", cases[i][1], cases[i][2]);
	}
	pool_free(p);
}

static void
test_interfaces_have_readable_names(void **state)
{
	struct pool *p = pool_new();
	struct box b = box_of(p, 4);
	struct span s = packet_span_of_prefix("ppp");
	struct point x;
	const packet_value lg0 = packet_value_of_name("lg0");

	(void)state;
	b.dims[DIM_IIF] = spans_one(p, s.first, s.last);
	b.dims[DIM_OIF] = spans_one(p, lg0, lg0);
	box_pick(&b, &x);
	assert_name(x.at[DIM_IIF], "ppp0");
	assert_name(x.at[DIM_OIF], "lg0");
	b.dims[DIM_IIF] = spans_subtract(p, NULL, b.dims[DIM_OIF],
	    dimension_most(DIM_IIF));
	box_pick(&b, &x);
	assert_name(x.at[DIM_IIF], "eth0");
	b.dims[DIM_IIF] = spans_one(p, lg0 + 1, dimension_most(DIM_IIF));
	b.dims[DIM_OIF] = spans_one(p, lg0 + 1,
	    packet_span_of_prefix("lg0").last);
	box_pick(&b, &x);
	assert_name(x.at[DIM_IIF], "wan0");
	assert_name(x.at[DIM_OIF], "lg00");
	pool_free(p);
}

static void
test_what_means_nothing_for_the_protocol_is_nought(void **state)
{
	struct pool *p = pool_new();
	struct box b = box_of(p, 6);
	struct point x;

	(void)state;
	b.dims[DIM_PROTOCOL] = spans_one(p, 58, 58);
	box_pick(&b, &x);
	assert_true(x.at[DIM_ICMP_TYPE] == 128);
	assert_true(x.at[DIM_SPORT] == 0 && x.at[DIM_DPORT] == 0);
	assert_true(x.at[DIM_TCP_FLAGS] == 0);
	b.dims[DIM_PROTOCOL] = spans_one(p, 17, 17);
	box_pick(&b, &x);
	assert_true(x.at[DIM_DPORT] == 53 && x.at[DIM_TCP_FLAGS] == 0);
	assert_true(x.at[DIM_NEW_DADDR] == 0 && x.at[DIM_NEW_DPORT] == 0);
	b.dims[DIM_DPORT] = spans_one(p, 0, 52);
	box_pick(&b, &x);
	assert_true(x.at[DIM_DPORT] == 1);
	b.dims[DIM_PROTOCOL] = spans_one(p, 47, 50);
	b.dims[DIM_DPORT] = spans_one(p, 5, 9);
	box_pick(&b, &x);
	assert_true(x.at[DIM_PROTOCOL] == 47 && x.at[DIM_DPORT] == 5);
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_packet_is_one_of_the_box),
		cmocka_unit_test(test_of_all_packets_an_everyday_one_is_shown),
		cmocka_unit_test(test_addresses_are_those_of_hosts),
		cmocka_unit_test(test_interfaces_have_readable_names),
		cmocka_unit_test(
		    test_what_means_nothing_for_the_protocol_is_nought),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
