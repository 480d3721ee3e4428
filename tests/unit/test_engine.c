/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in, observations and accounts out. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "flow.h"
#include "fragment.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define RST TCP_RST
#define FIN TCP_FIN

static const struct scene_place core = { .vlan = 110 };
static const struct scene_place lg = { .vlan = 200 };
static const struct scene_place lg_router = { .vlan = 200,
	.from_router = true };
static const struct scene_place office = { .vlan = 300 };
static const struct scene_place core_router = { .vlan = 110,
	.from_router = true };

static const uint8_t dns_query[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
	3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0, 1 };
static const uint8_t dns_reply[] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0,
	0, 0, 3, 'w', 'w', 'w', 2, 'l', 'g', 2, 'j', 'p', 0, 0, 1, 0, 1, 0xc0,
	12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 172, 20, 0, 80 };

static void
balanced(const struct scene *s)
{
	assert_true(s->final);
	assert_false(s->unbalanced);
	assert_true(s->read == s->judged + s->unjudged);
}

static void
test_a_forbidden_attempt_is_told_at_once_and_ended_once(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 51514, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	assert_int_equal(s->count, 1);
	n = &s->notes[0];
	assert_int_equal(n->stage, OBSERVATION_FIRST);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	assert_int_equal(n->check, CHECK_SEG_1);
	assert_int_equal(n->outcome, OUTCOME_TRIED);
	assert_int_equal(n->id, 1000);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->ending, ENDING_SHUTDOWN);
	assert_int_equal(n->packets[0], 1);
	balanced(s);
	scene_free(s);
}

static void
test_a_rising_outcome_is_told_again(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, SYN | ACK, 9, 2,
	    NULL);
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, ACK, 2, 10,
	    "hello");
	scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, ACK, 10, 7,
	    "hello");
	assert_int_equal(scene_count(s, OBSERVATION_FIRST), 1);
	assert_int_equal(scene_last(s, OBSERVATION_UPDATE, 0)->outcome,
	    OUTCOME_DATA);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	balanced(s);
	scene_free(s);
}

static void
test_conform_is_told_once_the_application_is_known(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	/* Watched for long enough to know who begins. */
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 33333,
	    dns_reply, sizeof(dns_reply));
	n = scene_last(s, OBSERVATION_FIRST, 0);
	assert_non_null(n);
	assert_int_equal(n->kind, VERDICT_CONFORM);
	assert_int_equal(n->application_state, APPLICATION_KNOWN);
	assert_string_equal(n->application, "DNS");
	assert_int_equal(n->initiator, INITIATOR_LIKELY);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, n->id);
	assert_int_equal(n->kind, VERDICT_CONFORM);
	assert_int_equal(n->outcome, OUTCOME_DATA);
	balanced(s);
	scene_free(s);
}

static void
test_a_lone_syn_of_a_conduit_is_not_told_before_its_end(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, SYN, 1, 0, NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 21, "10.2.0.9", 4000, SYN | ACK,
	    1, 2, NULL);
	assert_int_equal(s->count, 0);
	scene_finish(s);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->notes[0].stage, OBSERVATION_FINAL);
	scene_free(s);
}

static void
test_payload_without_a_label_is_unjudged_at_the_end(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, SYN, 1, 0, NULL);
	scene_tcp(s, lg_router, "172.20.0.21", 21, "10.2.0.9", 4000, SYN | ACK,
	    1, 2, NULL);
	scene_tcp(s, lg, "10.2.0.9", 4000, "172.20.0.21", 21, ACK, 2, 2,
	    "\x01\x02\x03qqq");
	assert_int_equal(s->count, 0);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->application_state, APPLICATION_UNKNOWN);
	assert_int_equal(n->kind, VERDICT_UNJUDGED);
	assert_int_equal(n->reason, REASON_APPLICATION);
	scene_free(s);
}

static void
test_both_sides_of_the_firewall_are_one_conversation(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_tcp(s, core_router, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->sightings, 2);
	assert_int_equal(n->packets[0], 1);
	assert_int_equal(n->frames, 2);
	balanced(s);
	scene_free(s);
}

static void
test_a_copy_of_a_frame_counts_as_a_frame_but_no_packet(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	for (int i = 0; i < 3; i++) /* 1 ms apart */
		scene_udp(s, office, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
	s->us += CLOCK_SECOND; /* sent again */
	scene_udp(s, office, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
	/* The other side: its MACs differ. */
	scene_udp(s, core_router, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->packets[0] + n->packets[1], 2);
	assert_int_equal(n->frames, 5);
	assert_int_equal(n->sightings, 2);
	assert_true(scene_counted(s, "duplicates", 2));
	balanced(s);
	scene_free(s);
}

static void
test_a_translated_address_is_its_owners_conversation(void **state)
{
	const struct scene_place lgwan = { .vlan = 400 };
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_udp(s, lgwan, "172.20.5.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_udp(s, lgwan, "172.20.0.53", 53, "172.20.5.53", 33333, dns_reply,
	    sizeof(dns_reply));
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 33333,
	    dns_reply, sizeof(dns_reply));
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->sightings, 2);
	assert_int_equal(n->packets[0], 1);
	assert_int_equal(n->packets[1], 1);
	assert_int_equal(n->outcome, OUTCOME_DATA);
	assert_string_equal(n->application, "DNS");
	balanced(s);
	scene_free(s);
}

static void
test_what_does_not_come_within_three_seconds_is_told(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	/* The other side is watched and stays silent. */
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	assert_int_equal(s->notes[s->count - 1].passed, PASSED_UNKNOWN);
	s->us += FLOW_SETTLE_US;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "y", 1);
	n = scene_last(s, OBSERVATION_UPDATE, 0);
	assert_non_null(n);
	assert_int_equal(n->id, 1001);
	assert_int_equal(n->passed, PASSED_NO);
	scene_finish(s);
	scene_free(s);
}

static void
test_every_frame_has_one_account(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 53, "x", 1);
	scene_ethernet(s, 300, false, 0x0806); /* ARP */
	for (int i = 0; i < 4; i++)
		scene_u16(s,
		    i == 0     ? 1 :
			i == 1 ? 0x0800 :
			i == 2 ? 0x0604 :
				 1);
	scene_bytes(s, "\2\0\0\0\3\11\12\3\1\5\0\0\0\0\0\0\12\3\1\6", 20);
	scene_send(s, 0, s->length);
	scene_ethernet(s, 300, false, 0x88cc); /* LLDP */
	scene_u16(s, 0);
	scene_send(s, 0, s->length);
	scene_ethernet(s, 300, false, 0x8847); /* MPLS: label, bottom, TTL */
	scene_bytes(s, "\0\1\101\100\377\377", 6);
	scene_send(s, 0, s->length);
	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.3.1.6", 6, 20, 1, 0);
	s->length += 20;
	scene_send(s, 0, 30); /* truncated within IP's header */
	scene_ethernet(s, 300, false, 0x0800);
	scene_u16(s, 0x4100); /* header of 4 bytes: malformed */
	s->length += 40;
	scene_send(s, 0, s->length);
	scene_send(s, 9, s->length); /* no such source */
	scene_finish(s);
	assert_int_equal(s->read, 7);
	assert_true(scene_counted(s, "arp", 1));
	assert_true(scene_counted(s, "not-ip", 1));
	assert_true(scene_counted(s, "tunnel-unopened", 1));
	assert_true(scene_counted(s, "truncated", 1));
	assert_true(scene_counted(s, "malformed", 1));
	assert_true(scene_counted(s, "tap-unknown", 1));
	balanced(s);
	scene_free(s);
}

static void
test_an_idle_conversation_ends_by_time(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_udp(s, office, "10.3.1.5", 5, "10.1.0.1", 53, "x", 1);
	s->us += FLOW_UDP_US + CLOCK_SECOND;
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 0);
	scene_udp(s, office, "10.3.1.5", 6, "10.1.0.1", 53, "x", 1);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->ending,
	    ENDING_TIMEOUT);
	scene_finish(s);
	assert_true(scene_counted(s, "ended-timeout", 1));
	assert_true(scene_counted(s, "ended-shutdown", 1));
	scene_free(s);
}

static void
test_a_full_table_evicts_and_forgets_none(void **state)
{
	struct scene *s = scene_new(FLOW_MAX_LEAST);

	(void)state;
	for (int i = 0; i < 50; i++) {
		s->us += CLOCK_SECOND;
		scene_udp(s, office, "10.3.1.5", (uint16_t)(1000 + i),
		    "10.1.0.1", 53, "x", 1);
	}
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 50);
	assert_true(scene_counted(s, "ended-evicted", 50 - FLOW_MAX_LEAST));
	assert_true(scene_counted(s, "conversations", 50));
	for (uint64_t id = 1000; id < 1050; id++)
		assert_non_null(scene_last(s, OBSERVATION_FINAL, id));
	/* The oldest went first. */
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->ending,
	    ENDING_EVICTED);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1049)->ending,
	    ENDING_SHUTDOWN);
	balanced(s);
	scene_free(s);
}

/* The tap shows both ways, and has for long enough. */
static struct scene *
watched_scene(void)
{
	struct scene *s = scene_new(0);

	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 33333,
	    dns_reply, sizeof(dns_reply));
	return s;
}

static void
test_an_answer_that_overtakes_its_question_is_no_violation(void **state)
{
	struct scene *s = watched_scene();
	const struct scene_note *n;

	(void)state;
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 57143,
	    dns_reply, sizeof(dns_reply));
	s->us += 1000;
	scene_udp(s, lg, "10.2.0.53", 57143, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_finish(s);
	for (size_t i = 0; i < s->count; i++)
		assert_int_not_equal(s->notes[i].kind, VERDICT_VIOLATE);
	n = scene_last(s, OBSERVATION_FINAL, 1002);
	assert_int_equal(n->kind, VERDICT_UNJUDGED);
	assert_int_equal(n->initiator, INITIATOR_UNCERTAIN);
	balanced(s);
	scene_free(s);
}

static void
test_a_question_from_a_service_port_is_told_when_nothing_came_back(void **state)
{
	struct scene *s = watched_scene();
	const struct scene_note *n;

	(void)state;
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 57143, "x", 1);
	assert_null(scene_last(s, OBSERVATION_FIRST, 1002));
	s->us += FLOW_SETTLE_US;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	n = scene_last(s, OBSERVATION_FIRST, 1002);
	assert_non_null(n);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	assert_int_equal(n->initiator, INITIATOR_LIKELY);
	scene_finish(s);
	balanced(s);
	scene_free(s);
}

static void
test_after_an_eviction_nobody_is_likely(void **state)
{
	struct scene *s = scene_new(FLOW_MAX_LEAST);

	(void)state;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	scene_udp(s, office, "10.3.1.5", 40000, "10.1.0.1", 53, "x", 1);
	assert_int_equal(scene_last(s, OBSERVATION_FIRST, 0)->initiator,
	    INITIATOR_LIKELY);
	for (uint16_t i = 0; i < FLOW_MAX_LEAST; i++)
		scene_udp(s, core, "10.1.0.2", i, "10.1.0.9", 9, "x", 1);
	scene_udp(s, office, "10.3.1.6", 40000, "10.1.0.1", 53, "x", 1);
	scene_finish(s);
	for (size_t i = 0; i < s->count; i++)
		if (s->notes[i].id == 1000 + 2 + FLOW_MAX_LEAST)
			assert_int_equal(s->notes[i].initiator,
			    INITIATOR_UNCERTAIN);
	scene_free(s);
}

static void
test_a_port_used_again_is_another_conversation(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, RST | ACK, 0, 2,
	    NULL);
	s->us += CLOCK_SECOND;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 90000, 0,
	    NULL);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->ending,
	    ENDING_REUSED);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->outcome,
	    OUTCOME_REFUSED);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1001)->outcome,
	    OUTCOME_TRIED);
	scene_free(s);
}

/* An unreachable from 10.1.0.77 that quotes UDP from 10.3.1.5:5 to port. */
static void
send_unreachable(struct scene *s, uint16_t port)
{
	scene_ethernet(s, 300, true, 0x0800);
	scene_ip(s, "10.1.0.77", "10.3.1.5", 1, 8 + 28, 1, 0);
	scene_u16(s, 0x030d);
	scene_u16(s, 0);
	scene_u32(s, 0);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 8 + 1, 1, 0);
	scene_u16(s, 5);
	scene_u16(s, port);
	scene_u16(s, 9);
	scene_u16(s, 0);
	scene_send(s, 0, s->length);
}

static void
test_an_icmp_error_belongs_to_what_it_quotes(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	scene_udp(s, office, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
	send_unreachable(s, 53);
	assert_int_equal(scene_last(s, OBSERVATION_UPDATE, 0)->outcome,
	    OUTCOME_REFUSED);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	assert_true(scene_counted(s, "icmp-error-matched", 1));
	assert_true(scene_counted(s, "icmp-error-unmatched", 0));
	balanced(s);
	scene_free(s);
}

/* Sends an unreachable about UDP 10.3.1.5:5 > 10.1.0.10:53, by whom, whereto. */
static void
send_forged(struct scene *s, struct scene_place at, const char *from,
    const char *to)
{
	scene_ethernet(s, at.vlan, at.from_router, 0x0800);
	scene_ip(s, from, to, 1, 8 + 28, 1, 0);
	scene_u16(s, 0x030d);
	scene_u16(s, 0);
	scene_u32(s, 0);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 8 + 1, 1, 0);
	scene_u16(s, 5);
	scene_u16(s, 53);
	scene_u16(s, 9);
	scene_u16(s, 0);
	scene_send(s, at.source, s->length);
}

static void
test_an_icmp_error_counts_only_for_who_sent_what_it_quotes(void **state)
{
	static const struct {
		struct scene_place at;
		const char *from, *to;
		bool counts;
	} rows[] = {
		{ { .vlan = 110 }, "10.1.0.77", "203.0.113.7", false },
		{ { .vlan = 110 }, "10.1.0.77", "10.1.0.10", false },
		{ { .vlan = 200 }, "10.2.0.77", "10.3.1.5", false },
		/* The boundary speaks by way of its routers. */
		{ { .vlan = 300 }, "10.3.0.1", "10.3.1.5", false },
		{ { .vlan = 300, .from_router = true }, "10.3.0.1", "10.3.1.5",
		    true },
		{ { .source = 1 }, "10.3.0.1", "10.3.1.5", true },
		{ { .vlan = 110 }, "10.1.0.10", "10.3.1.5", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene *s = scene_new(0);

		scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
		s->us += 2 * FLOW_UDP_US;
		scene_udp(s, office, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
		send_forged(s, rows[i].at, rows[i].from, rows[i].to);
		scene_finish(s);
		assert_int_equal(scene_count(s, OBSERVATION_FINAL),
		    rows[i].counts ? 2 : 3);
		assert_true(
		    scene_counted(s, "icmp-error-matched", rows[i].counts));
		assert_int_equal(
		    scene_last(s, OBSERVATION_FINAL, 1001)->outcome,
		    rows[i].counts ? OUTCOME_REFUSED : OUTCOME_TRIED);
		balanced(s);
		scene_free(s);
	}
}

static void
test_what_cannot_be_read_is_judged_by_its_ends(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	for (unsigned i = 0; i < 2; i++) { /* a header of 16 bytes */
		scene_ethernet(s, 110, false, 0x0800);
		scene_ip(s, "10.1.0.2", "203.0.113.7", 6, 26, i, 0);
		scene_u32(s, 0x0fa001bb + i);
		scene_u32(s, 1);
		scene_u32(s, 0);
		scene_u16(s, 0x4018);
		scene_bytes(s, "0123456789ab", 12);
		scene_send(s, 0, s->length);
	}
	/* Cut before its ports: another conversation, of another protocol. */
	scene_ethernet(s, 110, false, 0x0800);
	scene_ip(s, "10.1.0.2", "203.0.113.7", 17, 30, 7, 0);
	scene_bytes(s, "0123456789abcdef0123456789abcd", 30);
	scene_send(s, 0, s->length - 28);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 3);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_int_equal(n->frames, 2);
	assert_int_equal(n->check, CHECK_SEG_1);
	assert_int_equal(n->application_state, APPLICATION_UNKNOWN);
	assert_int_equal(n->initiator, INITIATOR_LIKELY);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1002)->initiator,
	    INITIATOR_UNCERTAIN);
	assert_int_equal(s->read, s->judged);
	assert_true(scene_counted(s, "malformed", 0));
	assert_true(scene_counted(s, "malformed-tcp", 2));
	assert_true(scene_counted(s, "unreadable", 3));
	balanced(s);
	scene_free(s);
}

static void
test_an_icmp_error_about_nothing_known_stands_alone(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	send_unreachable(s, 53);
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	assert_int_equal(s->notes[s->count - 1].check, CHECK_SEG_1);
	assert_true(scene_counted(s, "icmp-error-unmatched", 1));
	balanced(s);
	scene_free(s);
}

/* One fragment of a UDP datagram of 8 + 24 + 8 bytes. */
static void
send_fragment(struct scene *s, unsigned offset, bool more, unsigned id)
{
	const uint8_t payload[24] = "fragmented";

	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, offset ? 8 : 32, id,
	    (more ? 0x2000u : 0) | offset / 8);
	if (offset == 0) {
		scene_u16(s, 5);
		scene_u16(s, 53);
		scene_u16(s, 40);
		scene_u16(s, 0);
		scene_bytes(s, payload, 24);
	} else {
		scene_bytes(s, payload, 8);
	}
	scene_send(s, 0, s->length);
}

static void
test_joined_fragments_are_one_packet_of_two_frames(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	send_fragment(s, 0, true, 7);
	send_fragment(s, 32, false, 7);
	send_fragment(s, 0, true, 8); /* its rest never comes */
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->frames, 2);
	assert_int_equal(n->packets[0] + n->packets[1], 2);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1001)->frames, 1);
	assert_int_equal(s->judged, 3);
	assert_true(scene_counted(s, "fragment-expired", 0));
	assert_true(scene_counted(s, "fragments-unjoined", 1));
	assert_true(scene_counted(s, "datagrams-joined", 1));
	balanced(s);
	scene_free(s);
}

static void
test_refused_and_expired_fragments_are_judged_by_their_ends(void **state)
{
	struct scene *s = scene_new(0);
	const int64_t begun = s->us;
	const struct scene_note *n;

	(void)state;
	send_fragment(s, 0, true, 7);
	send_fragment(s, 8, true, 7); /* overlaps: both are refused */
	send_fragment(s, 0, true, 8);
	assert_int_equal(scene_count(s, OBSERVATION_FIRST), 1);
	s->us += FRAGMENT_TIMEOUT_US + 2 * CLOCK_SECOND;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->frames, 3);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	assert_int_equal(n->check, CHECK_SEG_1);
	assert_true(n->now.us > begun);
	assert_int_equal(s->read, s->judged);
	assert_true(scene_counted(s, "fragments-unjoined", 3));
	balanced(s);
	scene_free(s);
}

static void
test_a_frame_from_the_future_stops_no_time_out(void **state)
{
	struct scene *s = scene_new(0);
	const int64_t now = s->us;

	(void)state;
	s->us = now + 100 * 365 * CLOCK_DAY;
	scene_udp(s, office, "10.3.1.9", 5, "10.1.0.1", 53, "x", 1);
	s->us = now;
	scene_udp(s, office, "10.3.1.5", 5, "10.1.0.1", 53, "x", 1);
	s->us += FLOW_UDP_US + CLOCK_SECOND;
	scene_udp(s, office, "10.3.1.6", 5, "10.1.0.1", 53, "x", 1);
	assert_non_null(scene_last(s, OBSERVATION_FINAL, 1001));
	assert_true(s->ticked.us < now + CLOCK_HOUR);
	scene_finish(s);
	assert_true(scene_counted(s, "time-restarted", 1));
	assert_true(scene_counted(s, "time-backward", 1));
	balanced(s);
	scene_free(s);
}

static void
test_extreme_times_overflow_nothing(void **state)
{
	static const int64_t times[] = { INT64_C(1) << 62, -(INT64_C(1) << 62),
		0, INT64_C(1) << 62, -(INT64_C(1) << 62), 1 };
	struct scene *s = scene_new(0);

	(void)state;
	for (size_t i = 0; i < 60; i++) {
		s->us = times[i % 6];
		scene_udp(s, office, "10.3.1.5", (uint16_t)(i % 7), "10.1.0.1",
		    53, "x", 1);
	}
	scene_finish(s);
	balanced(s);
	scene_free(s);
}

static void
test_time_is_ticked_each_second_and_told_in_tallies(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	for (int i = 0; i < 1300; i++) {
		s->us += CLOCK_SECOND;
		scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 53, "x", 1);
		assert_false(s->unbalanced);
	}
	assert_in_range(s->ticks, 1290, 1300);
	assert_int_equal(s->tallies, 2);
	scene_finish(s);
	assert_int_equal(s->tallies, 3);
	balanced(s);
	scene_free(s);
}

static void
test_the_same_number_after_the_end_is_another_conversation(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	for (int i = 0; i < 2; i++) {
		scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
		    NULL);
		scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, SYN | ACK,
		    9, 2, NULL);
		scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, ACK, 2,
		    10, "hello");
		scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, RST, 10, 7,
		    NULL);
		/* At once it is merely late. */
		scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
		    NULL);
		s->us += CLOCK_SECOND;
	}
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->ending,
	    ENDING_REUSED);
	balanced(s);
	scene_free(s);
}

static void
test_an_engine_without_a_frame_still_gives_its_account(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_finish(s);
	scene_finish(s); /* a second end is none */
	assert_int_equal(s->tallies, 1);
	assert_int_equal(s->coverage_count, 1);
	assert_int_equal(s->coverage[0].check, CHECK_COV_9);
	balanced(s);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_forbidden_attempt_is_told_at_once_and_ended_once),
		cmocka_unit_test(test_a_rising_outcome_is_told_again),
		cmocka_unit_test(
		    test_conform_is_told_once_the_application_is_known),
		cmocka_unit_test(
		    test_a_lone_syn_of_a_conduit_is_not_told_before_its_end),
		cmocka_unit_test(
		    test_payload_without_a_label_is_unjudged_at_the_end),
		cmocka_unit_test(
		    test_both_sides_of_the_firewall_are_one_conversation),
		cmocka_unit_test(
		    test_a_copy_of_a_frame_counts_as_a_frame_but_no_packet),
		cmocka_unit_test(
		    test_a_translated_address_is_its_owners_conversation),
		cmocka_unit_test(
		    test_what_does_not_come_within_three_seconds_is_told),
		cmocka_unit_test(test_every_frame_has_one_account),
		cmocka_unit_test(test_an_idle_conversation_ends_by_time),
		cmocka_unit_test(test_a_full_table_evicts_and_forgets_none),
		cmocka_unit_test(
		    test_an_answer_that_overtakes_its_question_is_no_violation),
		cmocka_unit_test(
		    test_a_question_from_a_service_port_is_told_when_nothing_came_back),
		cmocka_unit_test(test_after_an_eviction_nobody_is_likely),
		cmocka_unit_test(
		    test_a_port_used_again_is_another_conversation),
		cmocka_unit_test(test_an_icmp_error_belongs_to_what_it_quotes),
		cmocka_unit_test(
		    test_an_icmp_error_counts_only_for_who_sent_what_it_quotes),
		cmocka_unit_test(
		    test_what_cannot_be_read_is_judged_by_its_ends),
		cmocka_unit_test(
		    test_refused_and_expired_fragments_are_judged_by_their_ends),
		cmocka_unit_test(
		    test_the_same_number_after_the_end_is_another_conversation),
		cmocka_unit_test(
		    test_an_icmp_error_about_nothing_known_stands_alone),
		cmocka_unit_test(
		    test_joined_fragments_are_one_packet_of_two_frames),
		cmocka_unit_test(
		    test_a_frame_from_the_future_stops_no_time_out),
		cmocka_unit_test(test_extreme_times_overflow_nothing),
		cmocka_unit_test(
		    test_time_is_ticked_each_second_and_told_in_tallies),
		cmocka_unit_test(
		    test_an_engine_without_a_frame_still_gives_its_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
