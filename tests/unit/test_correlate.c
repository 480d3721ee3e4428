/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that another announced: found once, in either direction, at
 * their own boundary and in time; a full table is counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <string.h>

#include "correlate.h"

static const uint8_t secret[16] = { 4, 2 };
static const struct wall_us start = { 1000 * CLOCK_SECOND };

static int
setup(void **state)
{
	*state = correlate_new(secret);
	return 0;
}

static int
teardown(void **state)
{
	correlate_free(*state);
	return 0;
}

static struct addr
host(uint8_t last)
{
	const uint8_t bytes[4] = { 10, 1, 0, last };

	return addr_from_v4(bytes);
}

static struct correlate_expectation
expectation(enum correlate_kind kind, uint16_t port)
{
	struct correlate_expectation e = { .kind = kind,
		.named = host(10),
		.named_port = port,
		.other = host(5) };

	return e;
}

static struct packet
packet(uint8_t protocol, uint8_t from, uint16_t from_port, uint8_t to,
    uint16_t to_port)
{
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.kind = PACKET_IP;
	p.protocol = protocol;
	p.source = host(from);
	p.source_port = from_port;
	p.destination = host(to);
	p.destination_port = to_port;
	return p;
}

static void
test_a_passive_connection_is_found_once(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_FTP_DATA, 50000);
	struct packet p = packet(IPPROTO_TCP, 5, 40001, 10, 50000);
	struct correlate_match match;

	correlate_expect(*state, 3, &e, 77, start);
	assert_true(correlate_find(*state, 3, &p, start, &match));
	assert_int_equal(match.control, 77);
	assert_string_equal(match.label, "FTP_DATA");
	assert_false(match.stranger);
	assert_false(correlate_find(*state, 3, &p, start, &match));
	assert_int_equal(correlate_counters(*state)->expected, 1);
	assert_int_equal(correlate_counters(*state)->matched, 1);
}

static void
test_its_first_packet_seen_may_be_the_answer(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_FTP_DATA, 50000);
	struct packet p = packet(IPPROTO_TCP, 10, 50000, 5, 40001);
	struct correlate_match match;

	correlate_expect(*state, 3, &e, 77, start);
	assert_true(correlate_find(*state, 3, &p, start, &match));
}

static void
test_what_differs_in_one_element_is_not_it(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_FTP_DATA, 50000);
	const struct packet others[] = {
		packet(IPPROTO_TCP, 5, 40001, 10, 50001),
		packet(IPPROTO_TCP, 6, 40001, 10, 50000),
		packet(IPPROTO_TCP, 5, 40001, 11, 50000),
		packet(IPPROTO_UDP, 5, 40001, 10, 50000),
		packet(IPPROTO_TCP, 10, 40001, 5, 50000),
	};
	struct correlate_match match;
	struct packet p = packet(IPPROTO_TCP, 5, 40001, 10, 50000);

	correlate_expect(*state, 3, &e, 77, start);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(
		    correlate_find(*state, 3, &others[i], start, &match));
	assert_false(correlate_find(*state, 4, &p, start, &match));
	assert_true(correlate_find(*state, 3, &p, start, &match));
}

static void
test_a_transfer_comes_from_any_port_of_the_server(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_TFTP, 40069);
	struct packet p = packet(IPPROTO_UDP, 5, 33333, 10, 40069);
	struct correlate_match match;

	e.stranger = true;
	correlate_expect(*state, 0, &e, 9, start);
	assert_true(correlate_find(*state, 0, &p, start, &match));
	assert_string_equal(match.label, "TFTP");
	assert_true(match.stranger);
}

static void
test_each_kind_is_waited_for_its_own_time(void **state)
{
	static const int64_t patience[] = { CORRELATE_FTP_US,
		CORRELATE_TFTP_US };
	static const uint8_t protocol[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct correlate_match match;

	for (int kind = 0; kind < CORRELATE_KIND_COUNT; kind++) {
		struct correlate_expectation e = expectation(kind, 50000);
		struct packet p = packet(protocol[kind], 5, 4000, 10, 50000);
		struct wall_us late = { start.us + patience[kind] };

		correlate_expect(*state, 0, &e, 1, start);
		assert_true(correlate_find(*state, 0, &p, late, &match));
		correlate_expect(*state, 0, &e, 1, start);
		late.us++;
		assert_false(correlate_find(*state, 0, &p, late, &match));
	}
	assert_int_equal(correlate_counters(*state)->expired, 2);
}

static void
test_the_newer_announcement_of_an_end_point_counts(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_FTP_DATA, 50000);
	struct packet p = packet(IPPROTO_TCP, 5, 40001, 10, 50000);
	struct correlate_match match;

	correlate_expect(*state, 3, &e, 77, start);
	correlate_expect(*state, 3, &e, 78, start);
	assert_true(correlate_find(*state, 3, &p, start, &match));
	assert_int_equal(match.control, 78);
	assert_false(correlate_find(*state, 3, &p, start, &match));
}

static void
test_a_full_table_lets_the_oldest_go_and_counts_it(void **state)
{
	struct correlate_expectation e = expectation(CORRELATE_FTP_DATA, 0);
	struct correlate_expectation t = expectation(CORRELATE_TFTP, 7);
	struct packet p = packet(IPPROTO_TCP, 5, 40001, 10, 1024);
	struct correlate_match match;

	for (uint32_t i = 0; i < CORRELATE_MAX; i++) {
		e.named_port = (uint16_t)(1024 + i);
		correlate_expect(*state, 0, &e, i, start);
	}
	assert_int_equal(correlate_counters(*state)->evicted, 0);
	correlate_expect(*state, 0, &t, 1, start); /* none of its kind */
	assert_int_equal(correlate_counters(*state)->evicted, 1);
	assert_false(correlate_find(*state, 0, &p, start, &match));
	p.destination_port = 1025;
	assert_true(correlate_find(*state, 0, &p, start, &match));
	assert_int_equal(match.control, 1);
	for (uint32_t i = 0; i < 3 * CORRELATE_MAX; i++) {
		e.named_port = (uint16_t)(1024 + i);
		correlate_expect(*state, 1, &e, i, start);
	}
	p.destination_port = (uint16_t)(1024 + 3 * CORRELATE_MAX - 1);
	assert_true(correlate_find(*state, 1, &p, start, &match));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_passive_connection_is_found_once),
		TEST(test_its_first_packet_seen_may_be_the_answer),
		TEST(test_what_differs_in_one_element_is_not_it),
		TEST(test_a_transfer_comes_from_any_port_of_the_server),
		TEST(test_each_kind_is_waited_for_its_own_time),
		TEST(test_the_newer_announcement_of_an_end_point_counts),
		TEST(test_a_full_table_lets_the_oldest_go_and_counts_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
