/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Segments in their turn: whatever the order in which they are shown, those
 * who read payload get them as they were sent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "reorder.h"

#define CLIENT 1000u
#define SERVER 9000u

/* What was handed on, as letters; a gap before one is "-". */
struct scene {
	struct reorder *reorder;
	struct flow flow;
	char read[256];
	struct wall_us now;
};

static void
take(void *context, struct flow *f, const struct arrival *a,
    const struct tracked *t)
{
	struct scene *s = context;
	const size_t n = strlen(s->read);

	assert_ptr_equal(f, &s->flow);
	if (a->packet->payload_captured == 0)
		return;
	assert_true(n + 3 < sizeof(s->read));
	(void)snprintf(s->read + n, 3, "%s%c", t->gap ? "-" : "",
	    a->packet->payload[0]);
}

static void
begin(struct scene *s)
{
	const struct reorder_taker taker = { s, take };

	memset(s, 0, sizeof(*s));
	s->reorder = reorder_new(&taker);
	s->flow.key.protocol = 6;
	s->now.us = 100 * CLOCK_SECOND;
	s->flow.begun_us = s->now.us;
}

static void
show(struct scene *s, int side, uint8_t flags, uint32_t seq, uint32_t ack,
    const char *payload)
{
	const struct packet p = { .kind = PACKET_IP,
		.protocol = 6,
		.tcp_flags = flags,
		.tcp_seq = seq,
		.tcp_ack = ack,
		.payload = (const uint8_t *)payload,
		.payload_captured = (uint32_t)strlen(payload),
		.payload_length = (uint32_t)strlen(payload) };
	const struct arrival a = { .packet = &p, .time = s->now, .frames = 1 };
	const struct tracked t = { .way = side,
		.first_place = true,
		.fresh = p.payload_length,
		.feed = true };

	reorder_packet(s->reorder, &s->flow, &a, &t, side, true, s->now);
	s->now.us += 100;
}

static void
open_both(struct scene *s)
{
	show(s, 0, TCP_SYN, CLIENT - 1, 0, "");
	show(s, 1, TCP_SYN | TCP_ACK, SERVER - 1, CLIENT, "");
}

static void
test_in_order_nothing_waits(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "aa");
	assert_string_equal(s.read, "a");
	show(&s, 1, TCP_ACK, SERVER, CLIENT + 2, "b");
	assert_string_equal(s.read, "ab");
	reorder_free(s.reorder);
}

static void
test_a_segment_waits_for_the_one_before_it(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT + 4, SERVER, "cc");
	show(&s, 0, TCP_ACK, CLIENT + 2, SERVER, "bb");
	assert_string_equal(s.read, "");
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "aa");
	assert_string_equal(s.read, "abc");
	reorder_free(s.reorder);
}

static void
test_an_answer_waits_for_its_question(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 1, TCP_ACK, SERVER, CLIENT + 1, "r");
	assert_string_equal(s.read, "");
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "q");
	assert_string_equal(s.read, "qr");
	reorder_free(s.reorder);
}

static void
test_payload_before_the_opening_waits_for_it(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	show(&s, 0, TCP_ACK, CLIENT + 1, SERVER, "b");
	show(&s, 1, TCP_SYN | TCP_ACK, SERVER - 1, CLIENT, "");
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "a");
	assert_string_equal(s.read, "");
	show(&s, 0, TCP_SYN, CLIENT - 1, 0, "");
	assert_string_equal(s.read, "ab");
	reorder_free(s.reorder);
}

static void
test_an_acknowledgement_alone_moves_nothing(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT + 2, SERVER + 5, "");
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "aa");
	assert_string_equal(s.read, "a");
	reorder_free(s.reorder);
}

static void
test_what_does_not_come_is_given_up(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT + 2, SERVER, "b");
	show(&s, 0, TCP_ACK, CLIENT + 3, SERVER, "c");
	assert_null(reorder_due(s.reorder, s.now));
	s.now.us += REORDER_HOLD_US;
	assert_ptr_equal(reorder_due(s.reorder, s.now), &s.flow);
	assert_string_equal(s.read, "-bc");
	assert_null(reorder_due(s.reorder, s.now));
	reorder_free(s.reorder);
}

static void
test_one_direction_alone_is_read_after_a_moment(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	show(&s, 0, TCP_SYN, CLIENT - 1, 0, "");
	show(&s, 0, TCP_ACK, CLIENT, SERVER, "a");
	assert_string_equal(s.read, "");
	s.now.us += REORDER_HOLD_US;
	(void)reorder_due(s.reorder, s.now);
	assert_string_equal(s.read, "a");
	show(&s, 0, TCP_ACK, CLIENT + 1, SERVER + 40, "b");
	assert_string_equal(s.read, "ab");
	reorder_free(s.reorder);
}

static void
test_numbers_that_wrap_are_in_order(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	show(&s, 0, TCP_SYN, UINT32_MAX - 1, 0, "");
	show(&s, 1, TCP_SYN | TCP_ACK, SERVER - 1, UINT32_MAX, "");
	show(&s, 0, TCP_ACK, 1, SERVER, "c");
	show(&s, 0, TCP_ACK, UINT32_MAX, SERVER, "ab");
	assert_string_equal(s.read, "ac");
	reorder_free(s.reorder);
}

static void
test_a_full_conversation_goes_on_as_it_comes(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	for (uint32_t i = 0; i <= REORDER_FLOW_MAX; i++)
		show(&s, 0, TCP_ACK, CLIENT + 10 + 2 * i, SERVER, "x");
	assert_int_equal(reorder_refused(s.reorder), 1);
	assert_int_equal(s.flow.held_count, 0);
	/* Every one was behind a gap. */
	assert_int_equal(strlen(s.read), 2 * (REORDER_FLOW_MAX + 1));
	reorder_free(s.reorder);
}

static void
test_a_segment_too_large_is_not_kept(void **state)
{
	static char giant[REORDER_BYTES_MAX + 2];
	struct scene s;

	(void)state;
	memset(giant, 'g', sizeof(giant) - 1);
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT + 5, SERVER, giant);
	assert_string_equal(s.read, "-g");
	assert_int_equal(reorder_refused(s.reorder), 1);
	reorder_free(s.reorder);
}

static void
test_the_end_hands_on_what_is_kept(void **state)
{
	struct scene s;

	(void)state;
	begin(&s);
	open_both(&s);
	show(&s, 0, TCP_ACK, CLIENT + 4, SERVER, "c");
	show(&s, 0, TCP_ACK, CLIENT + 2, SERVER, "b");
	reorder_flush(s.reorder, &s.flow);
	assert_string_equal(s.read, "-b-c");
	assert_int_equal(s.flow.held_count, 0);
	reorder_free(s.reorder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order_nothing_waits),
		cmocka_unit_test(test_a_segment_waits_for_the_one_before_it),
		cmocka_unit_test(test_an_answer_waits_for_its_question),
		cmocka_unit_test(test_payload_before_the_opening_waits_for_it),
		cmocka_unit_test(test_an_acknowledgement_alone_moves_nothing),
		cmocka_unit_test(test_what_does_not_come_is_given_up),
		cmocka_unit_test(
		    test_one_direction_alone_is_read_after_a_moment),
		cmocka_unit_test(test_numbers_that_wrap_are_in_order),
		cmocka_unit_test(test_a_full_conversation_goes_on_as_it_comes),
		cmocka_unit_test(test_a_segment_too_large_is_not_kept),
		cmocka_unit_test(test_the_end_hands_on_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
