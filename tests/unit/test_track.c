/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What packets say about their conversation: initiator, outcome, sightings,
 * ends. One boundary with two taps, the two sides of its firewall.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "track.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define RST TCP_RST
#define FIN TCP_FIN

static const uint8_t secret[16] = "track test";

static struct mac router_mac = { { 2, 0, 0, 0, 1, 1 } };
static struct router router = { .macs = &router_mac, .mac_count = 1 };
static const struct zone inner = { .id = "inner" }, outer = { .id = "outer" };
static struct tap taps[2] = {
	{ .id = "in",
	    .index = 0,
	    .segment = &inner,
	    .routers = &router,
	    .router_count = 1 },
	{ .id = "out", .index = 1, .segment = &outer },
};
static const struct boundary boundary = { .id = "b",
	.taps = taps,
	.tap_count = 2 };

/* One conversation and the packets it is fed. */
struct scene {
	struct flow_table *table;
	struct flow *flow;
	int64_t us; /* time of the next packet */
	int tap;    /* where it is seen */
	bool sealed;
	bool watched;
	uint8_t protocol;
	uint16_t port[2]; /* of a and b */
	struct tracked last;
};

static struct packet
between(const struct scene *s, bool forth)
{
	struct packet p = { .kind = PACKET_IP,
		.has_macs = true,
		.source_mac = { { 2, 0, 0, 0, 9, forth ? 1 : 2 } },
		.destination_mac = { { 2, 0, 0, 0, 9, forth ? 2 : 1 } },
		.protocol = s->protocol,
		.source_port = s->port[!forth],
		.destination_port = s->port[forth] };

	(void)addr_parse(forth ? "10.1.0.1" : "10.2.0.1", &p.source);
	(void)addr_parse(forth ? "10.2.0.1" : "10.1.0.1", &p.destination);
	return p;
}

static struct scene
scene(uint8_t protocol)
{
	struct scene s = { .table = flow_table_new(FLOW_MAX_LEAST, secret),
		.us = 1000 * CLOCK_SECOND,
		.protocol = protocol,
		.port = { 50000, 443 } };

	return s;
}

static void
scene_end(struct scene *s)
{
	flow_table_free(s->table);
}

/* Feeds a packet; true when it began a new conversation in place of one. */
static bool
feed(struct scene *s, const struct packet *p)
{
	const struct arrival a = { .packet = p,
		.tap = &taps[s->tap],
		.source = (uint32_t)s->tap,
		.time = { s->us },
		.frames = 1,
		.bytes = 54 + p->payload_length,
		.sealed = s->sealed,
		.watched = s->watched };
	struct flow_key key;
	const int side = flow_key_of(&key, 0, p, &p->source, &p->destination);
	bool reused = false;

	s->us += 1000;
	s->flow = flow_find(s->table, &key);
	if (s->flow && track_reused(s->flow, &a, side)) {
		flow_remove(s->table, s->flow);
		s->flow = NULL;
		reused = true;
	}
	if (!s->flow) {
		s->flow = flow_add(s->table, &key, s->us);
		track_begin(s->flow, &boundary, &a, side);
	}
	track_packet(s->flow, &a, side, &s->last);
	flow_touch(s->table, s->flow, track_idle(s->flow), s->us);
	return reused;
}

static bool
tcp(struct scene *s, bool forth, uint8_t flags, uint32_t seq, uint32_t ack,
    uint32_t length)
{
	struct packet p = between(s, forth);

	p.tcp_flags = flags;
	p.tcp_seq = seq;
	p.tcp_ack = ack;
	p.payload_length = p.payload_captured = length;
	return feed(s, &p);
}

static void
datagram(struct scene *s, bool forth, uint32_t length)
{
	struct packet p = between(s, forth);

	p.payload_length = p.payload_captured = length;
	(void)feed(s, &p);
}

/* An ICMP error about a packet that a (forth) or b sent. */
static void
unreachable(struct scene *s, bool forth, uint8_t type, uint8_t code)
{
	struct packet p = { .kind = PACKET_IP,
		.has_macs = true,
		.source_mac = router_mac,
		.protocol = 1,
		.icmp_type = type,
		.icmp_code = code };
	const struct arrival a = { .packet = &p,
		.tap = &taps[s->tap],
		.time = { s->us },
		.frames = 1 };

	(void)addr_parse("10.1.0.254", &p.source);
	track_error(s->flow, &a, !forth);
}

static const struct conversation *
talk(const struct scene *s)
{
	return &s->flow->conversation;
}

static void
handshake(struct scene *s)
{
	tcp(s, true, SYN, 100, 0, 0);
	tcp(s, false, SYN | ACK, 900, 101, 0);
	tcp(s, true, ACK, 101, 901, 0);
}

static void
test_a_syn_is_tried_and_its_sender_began(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, false, SYN, 900, 0, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	assert_int_equal(talk(&s)->initiator, INITIATOR_CERTAIN);
	assert_int_equal(talk(&s)->port[0], 443);
	assert_int_equal(track_state(s.flow), FLOW_NEW);
	assert_int_equal(track_idle(s.flow), FLOW_IDLE_TCP_OPENING);
	track_end(s.flow);
	assert_false(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_a_handshake_is_answered_and_payload_both_ways_is_data(void **state)
{
	struct scene s = scene(6);

	(void)state;
	handshake(&s);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	tcp(&s, true, ACK, 101, 901, 10);
	tcp(&s, true, ACK, 101, 901, 10); /* again is nothing new */
	assert_int_equal(s.last.fresh, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	tcp(&s, false, ACK, 901, 111, 5);
	assert_int_equal(talk(&s)->outcome, OUTCOME_DATA);
	assert_true(talk(&s)->payload[0] && talk(&s)->payload[1]);
	assert_int_equal(track_idle(s.flow), FLOW_IDLE_TCP_ESTABLISHED);
	scene_end(&s);
}

static void
test_a_syn_ack_first_makes_its_receiver_the_initiator(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, false, SYN | ACK, 900, 101, 0);
	assert_int_equal(talk(&s)->initiator, INITIATOR_CERTAIN);
	assert_int_equal(talk(&s)->port[1], 443);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	assert_false(s.flow->midstream);
	scene_end(&s);
}

static void
test_tcp_without_its_opening_is_uncertain(void **state)
{
	struct scene s = scene(6);

	(void)state;
	s.watched = true;
	tcp(&s, false, ACK, 901, 101, 100);
	assert_int_equal(talk(&s)->initiator, INITIATOR_UNCERTAIN);
	assert_true(s.flow->midstream);
	/* Presented with the lower port as responder. */
	assert_int_equal(talk(&s)->port[1], 443);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	scene_end(&s);
}

static void
test_a_late_syn_corrects_the_initiator(void **state)
{
	struct scene s = scene(6);

	(void)state;
	s.port[1] = 60000; /* guessed wrong: the lower port began */
	tcp(&s, true, ACK, 101, 901, 10);
	assert_int_equal(talk(&s)->port[0], 60000);
	tcp(&s, true, SYN, 100, 0, 0);
	assert_int_equal(talk(&s)->initiator, INITIATOR_CERTAIN);
	assert_int_equal(talk(&s)->port[0], 50000);
	assert_true(talk(&s)->payload[0]);
	assert_false(talk(&s)->payload[1]);
	assert_int_equal(talk(&s)->sightings[0].way[0].frames, 2);
	assert_int_equal(talk(&s)->sightings[0].way[1].frames, 0);
	assert_int_equal(s.flow->way[0].packets, 2);
	assert_false(s.flow->midstream);
	scene_end(&s);
}

static void
test_a_reset_before_the_answer_is_refused(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	tcp(&s, false, RST | ACK, 0, 101, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_REFUSED);
	assert_int_equal(talk(&s)->refusal, REFUSAL_RESET);
	assert_int_equal(talk(&s)->sightings[0].way[1].refusals, 1);
	assert_int_equal(talk(&s)->sightings[0].way[1].refusals_from_router, 0);
	assert_int_equal(track_state(s.flow), FLOW_CLOSED);
	assert_int_equal(track_idle(s.flow), FLOW_IDLE_TCP_CLOSED);
	track_end(s.flow);
	assert_false(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_a_reset_after_the_answer_is_not_refused(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	tcp(&s, false, SYN | ACK, 900, 101, 0);
	tcp(&s, false, RST, 901, 0, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	assert_int_equal(talk(&s)->refusal, REFUSAL_NONE);
	assert_int_equal(talk(&s)->sightings[0].way[1].refusals, 0);
	scene_end(&s);
}

static void
test_refused_then_answered_is_answered(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	tcp(&s, false, RST | ACK, 0, 101, 0);
	assert_false(tcp(&s, true, SYN, 100, 0, 0));
	tcp(&s, false, SYN | ACK, 900, 101, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	scene_end(&s);
}

static void
test_the_initiators_acknowledgement_proves_an_unseen_answer(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	tcp(&s, true, ACK, 101, 901, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	track_end(s.flow);
	assert_true(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_what_is_acknowledged_midstream_was_sent(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, ACK, 101, 901, 10);
	tcp(&s, true, ACK, 111, 901, 10);
	tcp(&s, true, ACK, 111, 901, 10); /* again */
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	tcp(&s, true, ACK, 121, 800, 0); /* back: late */
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	tcp(&s, true, ACK, 121, 1200, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	scene_end(&s);
}

static void
test_a_reset_of_what_was_under_way_is_no_refusal(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, ACK, 101, 901, 10);
	tcp(&s, false, RST, 901, 0, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	assert_int_equal(talk(&s)->refusal, REFUSAL_NONE);
	scene_end(&s);
	/* All that was seen of an attempt. */
	s = scene(6);
	tcp(&s, false, RST | ACK, 0, 101, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_REFUSED);
	scene_end(&s);
}

static void
test_a_copy_counts_and_shows_nothing(void **state)
{
	struct scene s = scene(6);
	struct packet p = between(&s, true);
	struct arrival a = { .packet = &p,
		.tap = &taps[0],
		.time = { s.us },
		.frames = 1,
		.bytes = 54,
		.copy = true,
		.again = true };

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	assert_false(s.last.both);
	p.tcp_flags = SYN;
	p.tcp_seq = 100;
	track_packet(s.flow, &a, s.flow->initiator_side, &s.last);
	assert_int_equal(s.flow->way[0].packets, 1);
	assert_int_equal(s.flow->frames, 2);
	assert_int_equal(talk(&s)->sightings[0].way[0].frames, 1);
	assert_false(s.last.feed);
	/* Of another tap it is a sighting. */
	a.tap = &taps[1];
	a.again = false;
	track_packet(s.flow, &a, s.flow->initiator_side, &s.last);
	assert_int_equal(s.flow->way[0].packets, 1);
	assert_int_equal(talk(&s)->sighting_count, 2);
	assert_int_equal(talk(&s)->sightings[1].way[0].frames, 1);
	tcp(&s, false, SYN | ACK, 900, 101, 0);
	assert_true(s.last.both);
	scene_end(&s);
}

static void
test_a_reset_of_the_initiator_proves_nothing(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	tcp(&s, true, RST | ACK, 101, 901, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	track_end(s.flow);
	assert_false(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_one_way_is_said_after_three_seconds_and_taken_back(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, ACK, 101, 901, 10);
	assert_false(talk(&s)->one_way);
	s.us += FLOW_SETTLE_US;
	s.flow->dirty = false;
	tcp(&s, true, ACK, 111, 901, 10);
	assert_true(talk(&s)->one_way);
	assert_true(s.flow->dirty);
	tcp(&s, false, ACK, 901, 121, 0);
	assert_false(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_a_repeated_syn_is_the_same_attempt(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	assert_false(tcp(&s, true, SYN, 100, 0, 0));
	assert_false(tcp(&s, true, SYN, 7000, 0, 0));
	assert_int_equal(s.flow->way[0].packets, 3);
	handshake(&s);
	assert_false(tcp(&s, true, SYN, 100, 0, 0));
	scene_end(&s);
}

static void
test_an_opening_shown_after_the_end_is_late_and_no_other(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, false, ACK, 920, 143, 20); /* all within some milliseconds */
	tcp(&s, true, FIN | ACK, 143, 940, 0);
	tcp(&s, false, FIN | ACK, 940, 144, 0);
	assert_false(tcp(&s, false, SYN | ACK, 900, 101, 0));
	assert_false(tcp(&s, true, SYN, 100, 0, 0));
	assert_int_equal(talk(&s)->initiator, INITIATOR_CERTAIN);
	assert_int_equal(talk(&s)->port[0], 50000);
	s.us += CLOCK_SECOND;
	assert_true(tcp(&s, true, SYN, 7000, 0, 0));
	scene_end(&s);
}

static void
test_another_syn_after_the_end_is_another_conversation(void **state)
{
	struct scene s = scene(6);

	(void)state;
	handshake(&s);
	tcp(&s, true, FIN | ACK, 101, 901, 0);
	assert_int_equal(track_idle(s.flow), FLOW_IDLE_TCP_HALF_CLOSED);
	tcp(&s, false, FIN | ACK, 901, 102, 0);
	tcp(&s, true, ACK, 102, 902, 0);
	assert_int_equal(track_state(s.flow), FLOW_CLOSED);
	assert_false(tcp(&s, true, SYN, 100, 0, 0)); /* a late copy */
	assert_true(tcp(&s, true, SYN, 5000, 0, 0));
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	scene_end(&s);
}

static void
test_a_syn_far_outside_an_open_connection_is_another_one(void **state)
{
	struct scene s = scene(6);

	(void)state;
	handshake(&s);
	tcp(&s, true, ACK, 101, 901, 10);
	s.us += CLOCK_MINUTE;
	assert_true(tcp(&s, true, SYN, 0x12345678, 0, 0));
	handshake(&s);
	assert_true(tcp(&s, false, SYN, 0x1234, 0, 0)); /* from the other end */
	assert_int_equal(talk(&s)->port[0], 443);
	scene_end(&s);
}

static void
test_rewritten_numbers_beyond_the_firewall_are_no_reuse(void **state)
{
	struct scene s = scene(6);

	(void)state;
	tcp(&s, true, SYN, 100, 0, 0);
	s.tap = 1;
	assert_false(tcp(&s, true, SYN, 0x70000000, 0, 0));
	tcp(&s, false, SYN | ACK, 900, 0x70000001, 0);
	s.tap = 0;
	tcp(&s, false, SYN | ACK, 0x50000000, 101, 0);
	tcp(&s, true, ACK, 101, 0x50000001, 10);
	s.tap = 1;
	assert_false(tcp(&s, true, ACK, 0x70000001, 901, 10));
	assert_int_equal(s.last.fresh, 0);
	assert_int_equal(talk(&s)->sighting_count, 2);
	assert_int_equal(s.flow->way[0].packets, 2);
	track_end(s.flow);
	assert_false(talk(&s)->lost);
	scene_end(&s);
}

static void
test_a_packet_on_both_sides_counts_once_and_is_seen_twice(void **state)
{
	struct scene s = scene(17);

	(void)state;
	datagram(&s, true, 100);
	assert_true(s.last.feed);
	s.tap = 1;
	datagram(&s, true, 100);
	assert_false(s.last.feed);
	assert_int_equal(s.flow->way[0].packets, 1);
	assert_int_equal(s.flow->way[0].bytes, 154);
	assert_int_equal(s.flow->frames, 2);
	assert_int_equal(talk(&s)->sighting_count, 2);
	assert_ptr_equal(talk(&s)->sightings[1].segment, &outer);
	assert_true(talk(&s)->sightings[0].routers_known);
	assert_int_equal(talk(&s)->sightings[0].way[0].from_other, 1);
	assert_int_equal(talk(&s)->sightings[0].way[0].to_other, 1);
	assert_false(talk(&s)->sightings[1].routers_known);
	assert_int_equal(talk(&s)->sightings[1].way[0].from_other, 0);
	scene_end(&s);
}

static void
test_what_the_first_tap_lost_is_taken_from_the_other(void **state)
{
	struct scene s = scene(6);

	(void)state;
	handshake(&s);
	tcp(&s, true, ACK, 101, 901, 100);
	s.tap = 1;
	tcp(&s, true, ACK, 101, 901, 100);
	assert_false(s.last.feed);
	tcp(&s, true, ACK, 201, 901, 100);
	assert_true(s.last.feed);
	assert_int_equal(s.last.fresh, 100);
	s.tap = 0;
	tcp(&s, false, ACK, 901, 301, 0);
	track_end(s.flow);
	assert_false(talk(&s)->lost);
	scene_end(&s);
}

static void
test_acknowledged_bytes_that_nobody_saw_are_lost(void **state)
{
	struct scene s = scene(6);

	(void)state;
	handshake(&s);
	tcp(&s, true, ACK, 101, 901, 100);
	tcp(&s, true, ACK, 301, 901, 100);
	assert_true(s.last.gap);
	tcp(&s, false, ACK, 901, 401, 0);
	track_end(s.flow);
	assert_true(talk(&s)->lost);
	assert_int_equal(s.flow->way[0].sequence.missing, 100);
	scene_end(&s);
}

static void
test_a_datagram_back_is_an_answer(void **state)
{
	struct scene s = scene(17);

	(void)state;
	s.watched = true;
	datagram(&s, true, 0);
	assert_int_equal(talk(&s)->initiator, INITIATOR_LIKELY);
	assert_true(talk(&s)->datagram);
	datagram(&s, false, 0);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	datagram(&s, true, 10);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	datagram(&s, false, 10);
	assert_int_equal(talk(&s)->outcome, OUTCOME_DATA);
	track_end(s.flow);
	assert_false(talk(&s)->one_way);
	scene_end(&s);
}

static void
test_an_answer_that_overtakes_its_question_leaves_who_began_open(void **state)
{
	struct scene s = scene(17);

	(void)state;
	s.watched = true;
	datagram(&s, false, 10); /* from port 443 */
	datagram(&s, false, 10);
	assert_int_equal(talk(&s)->initiator, INITIATOR_LIKELY);
	assert_int_equal(talk(&s)->port[0], 443);
	datagram(&s, true, 10);
	assert_int_equal(talk(&s)->initiator, INITIATOR_UNCERTAIN);
	assert_int_equal(talk(&s)->port[0], 50000);
	assert_int_equal(talk(&s)->outcome, OUTCOME_DATA);
	assert_int_equal(s.flow->way[1].packets, 2);
	assert_int_equal(s.flow->way[0].packets, 1);
	scene_end(&s);
}

static void
test_a_datagram_back_that_is_late_is_an_answer_from_whatever_port(void **state)
{
	struct scene s = scene(17);

	(void)state;
	s.watched = true;
	datagram(&s, false, 10);
	s.us += 10000;
	datagram(&s, true, 10);
	assert_int_equal(talk(&s)->initiator, INITIATOR_LIKELY);
	assert_int_equal(talk(&s)->port[0], 443);
	scene_end(&s);
	/* Ports that tell nothing. */
	s = scene(17);
	s.watched = true;
	s.port[0] = s.port[1] = 123;
	datagram(&s, false, 10);
	datagram(&s, true, 10);
	assert_int_equal(talk(&s)->initiator, INITIATOR_LIKELY);
	assert_int_equal(talk(&s)->address[0].bytes[1], 2);
	scene_end(&s);
}

static void
test_an_unwatched_datagram_is_guessed_and_uncertain(void **state)
{
	struct scene s = scene(17);

	(void)state;
	datagram(&s, false, 10); /* from port 443 */
	assert_int_equal(talk(&s)->initiator, INITIATOR_UNCERTAIN);
	assert_int_equal(talk(&s)->port[0], 50000);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	scene_end(&s);
}

static void
test_an_echo_is_answered_by_its_reply_and_never_data(void **state)
{
	struct scene s = scene(1);
	struct packet p;

	(void)state;
	s.port[0] = s.port[1] = 0;
	p = between(&s, true);
	p.icmp_type = 8;
	p.icmp_id = 4;
	p.payload_length = 56;
	feed(&s, &p);
	assert_int_equal(talk(&s)->initiator, INITIATOR_CERTAIN);
	assert_false(talk(&s)->datagram);
	p = between(&s, false);
	p.icmp_id = 4;
	p.payload_length = 56;
	feed(&s, &p);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	assert_int_equal(talk(&s)->icmp_type, 8);
	scene_end(&s);
}

static void
test_a_lone_reply_names_its_receiver_without_certainty(void **state)
{
	struct scene s = scene(1);
	struct packet p;

	(void)state;
	s.watched = true;
	s.port[0] = s.port[1] = 0;
	p = between(&s, false);
	p.icmp_id = 4;
	feed(&s, &p);
	assert_int_equal(talk(&s)->initiator, INITIATOR_UNCERTAIN);
	assert_int_equal(talk(&s)->address[0].bytes[1], 1);
	assert_int_equal(talk(&s)->outcome, OUTCOME_ANSWERED);
	assert_int_equal(talk(&s)->icmp_type, 8);
	scene_end(&s);
}

static void
test_unreachable_refuses_what_the_initiator_sent(void **state)
{
	struct scene s = scene(17);
	char text[ADDR_TEXT_MAX];

	(void)state;
	s.watched = true;
	datagram(&s, true, 10);
	unreachable(&s, true, 3, 4);  /* too big */
	unreachable(&s, true, 11, 0); /* time exceeded */
	unreachable(&s, false, 3, 3); /* about what the other sent */
	assert_int_equal(talk(&s)->outcome, OUTCOME_TRIED);
	unreachable(&s, true, 3, 13);
	assert_int_equal(talk(&s)->outcome, OUTCOME_REFUSED);
	assert_int_equal(talk(&s)->refusal, REFUSAL_UNREACHABLE);
	assert_string_equal(addr_format(&talk(&s)->refused_from, text),
	    "10.1.0.254");
	assert_int_equal(talk(&s)->sightings[0].way[1].refusals, 1);
	assert_int_equal(talk(&s)->sightings[0].way[1].refusals_from_router, 1);
	/* It is no packet of the conversation's other direction. */
	assert_int_equal(talk(&s)->sightings[0].way[1].frames, 0);
	assert_int_equal(s.flow->frames, 5);
	scene_end(&s);
}

static void
test_an_error_makes_no_sighting_of_its_own(void **state)
{
	struct scene s = scene(17);

	(void)state;
	datagram(&s, true, 10);
	s.tap = 1;
	unreachable(&s, true, 3, 1);
	assert_int_equal(talk(&s)->sighting_count, 1);
	assert_int_equal(talk(&s)->outcome, OUTCOME_REFUSED);
	scene_end(&s);
}

static void
test_more_places_than_are_kept_are_said(void **state)
{
	static struct tap_vlan vlans[12];
	struct scene s = scene(17);
	struct tap trunk = { .id = "trunk", .vlans = vlans, .vlan_count = 12 };
	const struct tap saved = taps[0];

	(void)state;
	for (int i = 0; i < 12; i++)
		vlans[i] = (struct tap_vlan){ (uint16_t)(i + 1), &inner, NULL };
	taps[0] = trunk;
	for (int i = 0; i < 12; i++) {
		struct packet p = between(&s, true);

		p.tags[0] = (uint16_t)(i + 1);
		p.tag_count = 1;
		p.payload_length = 10;
		feed(&s, &p);
	}
	taps[0] = saved;
	assert_int_equal(talk(&s)->sighting_count, CONVERSATION_SIGHTINGS_MAX);
	assert_true(talk(&s)->sightings_full);
	assert_int_equal(s.flow->way[0].packets, 1);
	assert_int_equal(s.flow->frames, 12);
	scene_end(&s);
}

static void
test_routers_and_groups_are_told_apart(void **state)
{
	struct scene s = scene(17);
	struct packet p = between(&s, true);
	const struct sighting_way *w;

	(void)state;
	p.destination_mac = router_mac;
	feed(&s, &p);
	p.destination_mac = (struct mac){ { 1, 0, 0x5e, 0, 0, 1 } };
	feed(&s, &p);
	p.has_macs = false;
	feed(&s, &p);
	w = &talk(&s)->sightings[0].way[s.last.way];
	assert_int_equal(w->frames, 3);
	assert_int_equal(w->to_router, 1);
	assert_int_equal(w->to_other, 0);
	assert_int_equal(w->from_other, 2);
	assert_ptr_equal(w->router, &router);
	scene_end(&s);
}

static void
test_cut_and_tunnelled_packets_are_noted(void **state)
{
	struct scene s = scene(47);
	struct packet p;

	(void)state;
	s.port[0] = s.port[1] = 0;
	p = between(&s, true);
	p.tunnel = TUNNEL_GRE; /* what it carries was opened */
	feed(&s, &p);
	assert_false(talk(&s)->tunnel);
	s.sealed = true;
	p.payload_cut = true;
	feed(&s, &p);
	assert_true(talk(&s)->tunnel);
	assert_true(talk(&s)->cut);
	scene_end(&s);
}

static void
test_time_that_steps_back_leaves_the_last_packet_last(void **state)
{
	struct scene s = scene(17);
	struct wall_us first, last;

	(void)state;
	datagram(&s, true, 1);
	first = talk(&s)->first;
	datagram(&s, true, 1);
	last = talk(&s)->last;
	s.us -= CLOCK_DAY;
	datagram(&s, true, 1);
	assert_true(talk(&s)->first.us == first.us);
	assert_true(talk(&s)->last.us == last.us);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_syn_is_tried_and_its_sender_began),
		cmocka_unit_test(
		    test_a_handshake_is_answered_and_payload_both_ways_is_data),
		cmocka_unit_test(
		    test_a_syn_ack_first_makes_its_receiver_the_initiator),
		cmocka_unit_test(test_tcp_without_its_opening_is_uncertain),
		cmocka_unit_test(test_a_late_syn_corrects_the_initiator),
		cmocka_unit_test(test_a_reset_before_the_answer_is_refused),
		cmocka_unit_test(test_a_reset_after_the_answer_is_not_refused),
		cmocka_unit_test(test_refused_then_answered_is_answered),
		cmocka_unit_test(
		    test_the_initiators_acknowledgement_proves_an_unseen_answer),
		cmocka_unit_test(test_what_is_acknowledged_midstream_was_sent),
		cmocka_unit_test(
		    test_a_reset_of_what_was_under_way_is_no_refusal),
		cmocka_unit_test(test_a_copy_counts_and_shows_nothing),
		cmocka_unit_test(test_a_reset_of_the_initiator_proves_nothing),
		cmocka_unit_test(
		    test_one_way_is_said_after_three_seconds_and_taken_back),
		cmocka_unit_test(test_a_repeated_syn_is_the_same_attempt),
		cmocka_unit_test(
		    test_another_syn_after_the_end_is_another_conversation),
		cmocka_unit_test(
		    test_a_syn_far_outside_an_open_connection_is_another_one),
		cmocka_unit_test(
		    test_rewritten_numbers_beyond_the_firewall_are_no_reuse),
		cmocka_unit_test(
		    test_a_packet_on_both_sides_counts_once_and_is_seen_twice),
		cmocka_unit_test(
		    test_what_the_first_tap_lost_is_taken_from_the_other),
		cmocka_unit_test(
		    test_acknowledged_bytes_that_nobody_saw_are_lost),
		cmocka_unit_test(test_a_datagram_back_is_an_answer),
		cmocka_unit_test(
		    test_an_answer_that_overtakes_its_question_leaves_who_began_open),
		cmocka_unit_test(
		    test_a_datagram_back_that_is_late_is_an_answer_from_whatever_port),
		cmocka_unit_test(
		    test_an_unwatched_datagram_is_guessed_and_uncertain),
		cmocka_unit_test(
		    test_an_echo_is_answered_by_its_reply_and_never_data),
		cmocka_unit_test(
		    test_a_lone_reply_names_its_receiver_without_certainty),
		cmocka_unit_test(
		    test_unreachable_refuses_what_the_initiator_sent),
		cmocka_unit_test(test_an_error_makes_no_sighting_of_its_own),
		cmocka_unit_test(test_more_places_than_are_kept_are_said),
		cmocka_unit_test(
		    test_an_opening_shown_after_the_end_is_late_and_no_other),
		cmocka_unit_test(test_routers_and_groups_are_told_apart),
		cmocka_unit_test(test_cut_and_tunnelled_packets_are_noted),
		cmocka_unit_test(
		    test_time_that_steps_back_leaves_the_last_packet_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
