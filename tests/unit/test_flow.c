/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The flow table: keys, room, time-outs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "flow.h"

static const uint8_t secret[16] = "flow test secret";

static struct packet
packet(const char *from, uint16_t from_port, const char *to, uint16_t to_port,
    uint8_t protocol)
{
	struct packet p = { .kind = PACKET_IP,
		.protocol = protocol,
		.source_port = from_port,
		.destination_port = to_port };

	assert_true(addr_parse(from, &p.source));
	assert_true(addr_parse(to, &p.destination));
	return p;
}

static struct packet
icmp(const char *from, const char *to, uint8_t type, uint16_t id)
{
	struct packet p = packet(from, 0, to, 0, 1);

	p.icmp_type = type;
	p.icmp_id = id;
	return p;
}

static bool
same_key(const struct packet *a, const struct packet *b)
{
	struct flow_key x, y;

	flow_key_of(&x, 0, a, &a->source, &a->destination);
	flow_key_of(&y, 0, b, &b->source, &b->destination);
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static void
test_both_directions_have_one_key_and_two_sides(void **state)
{
	const struct packet there = packet("10.1.0.1", 50000, "10.2.0.1", 443,
	    6);
	const struct packet back = packet("10.2.0.1", 443, "10.1.0.1", 50000,
	    6);
	struct flow_key a, b;

	(void)state;
	assert_int_equal(flow_key_of(&a, 3, &there, &there.source,
			     &there.destination),
	    0);
	assert_int_equal(flow_key_of(&b, 3, &back, &back.source,
			     &back.destination),
	    1);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
test_a_host_that_talks_to_itself_has_sides_by_port(void **state)
{
	const struct packet a = packet("10.1.0.1", 5, "10.1.0.1", 7, 17);
	const struct packet b = packet("10.1.0.1", 7, "10.1.0.1", 5, 17);

	(void)state;
	assert_true(same_key(&a, &b));
}

static void
test_everything_in_the_key_tells_conversations_apart(void **state)
{
	const struct packet p = packet("10.1.0.1", 1, "10.2.0.1", 2, 6);
	const struct packet others[] = {
		packet("10.1.0.2", 1, "10.2.0.1", 2, 6),
		packet("10.1.0.1", 3, "10.2.0.1", 2, 6),
		packet("10.1.0.1", 1, "10.2.0.1", 3, 6),
		packet("10.1.0.1", 1, "10.2.0.1", 2, 17),
		packet("a01:1::", 1, "a02:1::", 2, 6),
	};
	struct flow_key a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(same_key(&p, &others[i]));
	flow_key_of(&a, 0, &p, &p.source, &p.destination);
	flow_key_of(&b, 1, &p, &p.source, &p.destination);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

static void
test_an_echo_and_its_reply_are_one_conversation(void **state)
{
	const struct packet ask = icmp("10.1.0.1", "10.2.0.1", 8, 77);
	const struct packet reply = icmp("10.2.0.1", "10.1.0.1", 0, 77);
	const struct packet other = icmp("10.1.0.1", "10.2.0.1", 8, 78);
	const struct packet stamp = icmp("10.1.0.1", "10.2.0.1", 13, 0);
	const struct packet stamped = icmp("10.2.0.1", "10.1.0.1", 14, 0);

	(void)state;
	assert_true(same_key(&ask, &reply));
	assert_false(same_key(&ask, &other));
	assert_false(same_key(&ask, &stamp));
	assert_true(same_key(&stamp, &stamped));
}

static void
test_a_quoted_packet_finds_its_conversation(void **state)
{
	const struct packet p = packet("10.1.0.1", 50000, "10.2.0.1", 53, 17);
	struct quoted q = { .given = true,
		.source = p.source,
		.destination = p.destination,
		.protocol = 17,
		.has_ports = true,
		.source_port = 50000,
		.destination_port = 53 };
	struct flow_key a, b;

	(void)state;
	flow_key_of(&a, 0, &p, &p.source, &p.destination);
	assert_int_equal(flow_key_quoted(&b, 0, &q, &q.source, &q.destination),
	    0);
	assert_memory_equal(&a, &b, sizeof(a));
	q.has_ports = false;
	assert_int_equal(flow_key_quoted(&b, 0, &q, &q.source, &q.destination),
	    -1);
	q.given = false;
	assert_int_equal(flow_key_quoted(&b, 0, &q, &q.source, &q.destination),
	    -1);
}

/* An entry for the n-th of many conversations. */
static struct flow *
add(struct flow_table *t, uint32_t n)
{
	struct packet p = packet("10.1.0.1", 1000, "10.2.0.1", 53, 17);
	struct flow_key key;

	memcpy(p.source.bytes, &n, sizeof(n));
	flow_key_of(&key, 0, &p, &p.source, &p.destination);
	assert_null(flow_find(t, &key));
	return flow_add(t, &key, 0);
}

static void
test_entries_are_found_until_they_are_removed(void **state)
{
	struct flow_table *t = flow_table_new(1000, secret);
	struct flow *f[1000];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		assert_false(flow_full(t));
		f[i] = add(t, i);
		flow_touch(t, f[i], FLOW_IDLE_UDP, i);
	}
	assert_true(flow_full(t));
	for (uint32_t i = 0; i < 1000; i += 2)
		flow_remove(t, f[i]);
	assert_int_equal(flow_count(t), 500);
	for (uint32_t i = 1; i < 1000; i += 2)
		assert_ptr_equal(flow_find(t, &f[i]->key), f[i]);
	for (uint32_t i = 0; i < 1000; i += 2)
		(void)add(t, i);
	assert_true(flow_full(t));
	flow_table_free(t);
}

static void
test_a_fresh_entry_is_empty_though_its_memory_was_used(void **state)
{
	struct flow_table *t = flow_table_new(FLOW_MAX_LEAST, secret);
	struct flow *f = add(t, 1);

	(void)state;
	flow_touch(t, f, FLOW_IDLE_UDP, 1);
	f->frames = 7;
	f->conversation.sighting_count = 3;
	f->told = true;
	flow_remove(t, f);
	f = add(t, 2);
	assert_int_equal(f->frames, 0);
	assert_int_equal(f->conversation.sighting_count, 0);
	assert_false(f->told);
	flow_table_free(t);
}

static void
test_each_state_expires_after_its_own_time(void **state)
{
	(void)state;
	for (int i = 0; i < FLOW_IDLE_COUNT; i++) {
		struct flow_table *t = flow_table_new(FLOW_MAX_LEAST, secret);
		struct flow *f = add(t, 1);
		const int64_t wait = flow_timeout_us((enum flow_idle)i);

		flow_touch(t, f, (enum flow_idle)i, CLOCK_HOUR);
		assert_null(flow_expired(t, CLOCK_HOUR + wait - 1));
		assert_ptr_equal(flow_expired(t, CLOCK_HOUR + wait), f);
		flow_table_free(t);
	}
}

static void
test_the_first_deadline_is_served_first(void **state)
{
	struct flow_table *t = flow_table_new(FLOW_MAX_LEAST, secret);
	struct flow *tcp = add(t, 1), *udp = add(t, 2), *echo = add(t, 3);

	(void)state;
	flow_touch(t, tcp, FLOW_IDLE_TCP_ESTABLISHED, 0);
	flow_touch(t, udp, FLOW_IDLE_UDP, CLOCK_SECOND);
	flow_touch(t, echo, FLOW_IDLE_ICMP, 2 * CLOCK_SECOND);
	assert_ptr_equal(flow_oldest(t), tcp);
	assert_ptr_equal(flow_expired(t, CLOCK_DAY), echo);
	flow_remove(t, echo);
	assert_ptr_equal(flow_expired(t, CLOCK_DAY), udp);
	flow_remove(t, udp);
	assert_ptr_equal(flow_expired(t, CLOCK_DAY), tcp);
	flow_remove(t, tcp);
	assert_null(flow_expired(t, CLOCK_DAY));
	assert_null(flow_oldest(t));
	flow_table_free(t);
}

static void
test_a_touched_entry_waits_anew(void **state)
{
	struct flow_table *t = flow_table_new(FLOW_MAX_LEAST, secret);
	struct flow *a = add(t, 1), *b = add(t, 2);

	(void)state;
	flow_touch(t, a, FLOW_IDLE_UDP, 0);
	flow_touch(t, b, FLOW_IDLE_UDP, CLOCK_SECOND);
	flow_touch(t, a, FLOW_IDLE_UDP, 2 * CLOCK_SECOND);
	assert_ptr_equal(flow_oldest(t), b);
	flow_touch(t, b, FLOW_IDLE_UDP, 3 * CLOCK_SECOND);
	assert_null(flow_expired(t, 2 * CLOCK_SECOND + FLOW_UDP_US - 1));
	assert_ptr_equal(flow_expired(t, 2 * CLOCK_SECOND + FLOW_UDP_US), a);
	flow_table_free(t);
}

static void
test_each_entry_settles_once_in_the_order_of_beginning(void **state)
{
	struct flow_table *t = flow_table_new(FLOW_MAX_LEAST, secret);
	struct flow *f[3] = { add(t, 1), add(t, 2), add(t, 3) };

	(void)state;
	flow_touch(t, f[0], FLOW_IDLE_UDP, CLOCK_SECOND);
	assert_null(flow_settled(t, FLOW_SETTLE_US - 1));
	assert_ptr_equal(flow_settled(t, FLOW_SETTLE_US), f[0]);
	flow_remove(t, f[1]); /* it ended before */
	assert_ptr_equal(flow_settled(t, FLOW_SETTLE_US), f[2]);
	assert_null(flow_settled(t, CLOCK_DAY));
	flow_remove(t, f[0]);
	flow_table_free(t);
}

/* Lists against a plain array, over many random touches and removals. */
static void
test_random_churn_keeps_the_order_of_age(void **state)
{
	enum { MANY = 200 };
	struct flow_table *t = flow_table_new(MANY, secret);
	struct flow *f[MANY] = { 0 };
	int64_t at[MANY] = { 0 };
	uint32_t random = 99;

	(void)state;
	for (int64_t now = 1; now < 20000; now++) {
		uint32_t i;
		int64_t least = INT64_MAX;

		random = random * 1664525 + 1013904223;
		i = (random >> 8) % MANY;
		if (f[i] && random % 5 == 0) {
			flow_remove(t, f[i]);
			f[i] = NULL;
		} else {
			if (!f[i])
				f[i] = add(t, i);
			flow_touch(t, f[i],
			    (enum flow_idle)(random / 7 % FLOW_IDLE_COUNT),
			    now * CLOCK_SECOND);
			at[i] = now * CLOCK_SECOND;
		}
		for (i = 0; i < MANY; i++)
			if (f[i] && at[i] < least)
				least = at[i];
		if (flow_oldest(t))
			assert_true(flow_oldest(t)->idle_since_us == least);
	}
	flow_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_both_directions_have_one_key_and_two_sides),
		cmocka_unit_test(
		    test_a_host_that_talks_to_itself_has_sides_by_port),
		cmocka_unit_test(
		    test_everything_in_the_key_tells_conversations_apart),
		cmocka_unit_test(
		    test_an_echo_and_its_reply_are_one_conversation),
		cmocka_unit_test(test_a_quoted_packet_finds_its_conversation),
		cmocka_unit_test(test_entries_are_found_until_they_are_removed),
		cmocka_unit_test(
		    test_a_fresh_entry_is_empty_though_its_memory_was_used),
		cmocka_unit_test(test_each_state_expires_after_its_own_time),
		cmocka_unit_test(test_the_first_deadline_is_served_first),
		cmocka_unit_test(test_a_touched_entry_waits_anew),
		cmocka_unit_test(
		    test_each_entry_settles_once_in_the_order_of_beginning),
		cmocka_unit_test(test_random_churn_keeps_the_order_of_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
