/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that addresses were looked up by: answers to what was asked, aliases,
 * answers that nobody asked for, every truncation, what lies, and room.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "resolve.h"

#define QUESTION_END 35 /* of these messages */

static const uint8_t secret[16] = { 7 };

/* ocsp.digicert.com A */
static const uint8_t question[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4,
	'O', 'c', 's', 'p', 8, 'd', 'i', 'g', 'i', 'c', 'e', 'r', 't', 3, 'c',
	'o', 'm', 0, 0, 1, 0, 1 };
/* The same; an alias, then its address. */
static const uint8_t answer[] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0,
	0, 4, 'o', 'c', 's', 'p', 8, 'd', 'i', 'g', 'i', 'c', 'e', 'r', 't', 3,
	'c', 'o', 'm', 0, 0, 1, 0, 1,
	/* 35: CNAME edge.com */
	0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 7, 4, 'e', 'd', 'g', 'e', 0xc0,
	26,
	/* 54: edge.com A 203.0.113.7 */
	0xc0, 47, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7 };

struct town {
	struct resolver *r;
	struct addr client, server, target;
	struct wall_us now;
};

static void
begin(struct town *t)
{
	t->r = resolve_new(secret);
	assert_true(addr_parse("10.2.1.5", &t->client));
	assert_true(addr_parse("10.2.0.53", &t->server));
	assert_true(addr_parse("203.0.113.7", &t->target));
	t->now.us = 1000 * CLOCK_SECOND;
}

/* Hands over n bytes in memory of their own. */
static const char *
give(struct town *t, bool back, const uint8_t *bytes, size_t n)
{
	struct packet p = { .kind = PACKET_IP, .protocol = 17 };
	uint8_t *exact = malloc(n ? n : 1);
	const char *asked;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	p.source = back ? t->server : t->client;
	p.destination = back ? t->client : t->server;
	p.source_port = back ? 53 : 40001;
	p.destination_port = back ? 40001 : 53;
	p.payload = exact;
	p.payload_captured = p.payload_length = (uint32_t)n;
	asked = resolve_packet(t->r, &p, t->now);
	free(exact);
	return asked;
}

static const char *
name(const struct town *t)
{
	return resolve_name(t->r, &t->client, &t->target, t->now);
}

static void
test_an_answer_to_a_question_names_the_address(void **state)
{
	struct town t;

	(void)state;
	begin(&t);
	assert_string_equal(give(&t, false, question, sizeof(question)),
	    "ocsp.digicert.com");
	assert_null(name(&t));
	assert_null(give(&t, true, answer, sizeof(answer)));
	assert_string_equal(name(&t), "ocsp.digicert.com");
	/* for that client alone, and for an hour */
	assert_null(resolve_name(t.r, &t.server, &t.target, t.now));
	t.now.us += RESOLVE_KEEP_US;
	assert_non_null(name(&t));
	t.now.us++;
	assert_null(name(&t));
	assert_int_equal(resolve_refused(t.r), 0);
	resolve_free(t.r);
}

static void
test_an_address_of_ip_version_6_is_named_too(void **state)
{
	uint8_t ask[sizeof(question)], reply[QUESTION_END + 28];
	static const uint8_t record[] = { 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 60, 0,
		16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7 };
	struct town t;

	(void)state;
	begin(&t);
	memcpy(ask, question, sizeof(ask));
	ask[32] = 28;
	memcpy(reply, answer, QUESTION_END);
	reply[7] = 1;
	reply[32] = 28;
	memcpy(reply + QUESTION_END, record, sizeof(record));
	(void)give(&t, false, ask, sizeof(ask));
	(void)give(&t, true, reply, sizeof(reply));
	assert_true(addr_parse("2001:db8::7", &t.target));
	assert_string_equal(name(&t), "ocsp.digicert.com");
	resolve_free(t.r);
}

static void
test_an_answer_that_nobody_asked_for_names_nothing(void **state)
{
	uint8_t other[sizeof(question)];
	struct town t;

	(void)state;
	begin(&t);
	(void)give(&t, true, answer, sizeof(answer));
	assert_null(name(&t));
	/* another id, another name, another type */
	for (size_t i = 0; i < 3; i++) {
		static const size_t at[] = { 1, 13, 32 };

		memcpy(other, question, sizeof(other));
		other[at[i]] ^= i == 2 ? 1 ^ 28 : 1;
		(void)give(&t, false, other, sizeof(other));
		(void)give(&t, true, answer, sizeof(answer));
		assert_null(name(&t));
	}
	/* too late */
	(void)give(&t, false, question, sizeof(question));
	t.now.us += RESOLVE_ANSWER_US + 1;
	(void)give(&t, true, answer, sizeof(answer));
	assert_null(name(&t));
	resolve_free(t.r);
}

static void
test_the_answer_must_come_from_who_was_asked(void **state)
{
	struct town t;

	(void)state;
	begin(&t);
	(void)give(&t, false, question, sizeof(question));
	assert_true(addr_parse("10.2.0.66", &t.server));
	(void)give(&t, true, answer, sizeof(answer));
	assert_null(name(&t));
	resolve_free(t.r);
}

static void
test_every_truncation_of_an_answer_is_refused(void **state)
{
	struct town t;

	(void)state;
	begin(&t);
	for (size_t n = 0; n < sizeof(answer); n++) {
		const uint64_t before = resolve_refused(t.r);

		(void)give(&t, false, question, sizeof(question));
		(void)give(&t, true, answer, n);
		assert_null(name(&t));
		/* nothing at all is no answer */
		assert_int_equal(resolve_refused(t.r) - before, n > 0);
	}
	(void)give(&t, true, answer, sizeof(answer));
	assert_non_null(name(&t));
	resolve_free(t.r);
}

static void
test_every_truncation_of_a_question_cannot_be_told(void **state)
{
	struct town t;

	(void)state;
	begin(&t);
	for (size_t n = 0; n < sizeof(question); n++)
		assert_string_equal(give(&t, false, question, n), ".");
	resolve_free(t.r);
}

static void
test_a_question_that_carries_more_cannot_be_told(void **state)
{
	uint8_t more[sizeof(question) + 11 + 100] = { 0 };
	struct town t;

	(void)state;
	begin(&t);
	memcpy(more, question, sizeof(question));
	/* bytes behind it */
	assert_string_equal(give(&t, false, more, sizeof(question) + 1), ".");
	/* OPT: how to answer, and little else */
	more[11] = 1;
	more[sizeof(question) + 2] = 41;
	assert_string_equal(give(&t, false, more, sizeof(question) + 11),
	    "ocsp.digicert.com");
	more[sizeof(question) + 10] = 100;
	assert_string_equal(give(&t, false, more, sizeof(more)), ".");
	/* two questions, an answer in it, another operation */
	for (size_t i = 0; i < 3; i++) {
		static const size_t at[] = { 5, 7, 2 };

		memcpy(more, question, sizeof(question));
		more[at[i]] = i == 0 ? 2 : i == 1 ? 1 : 0x28;
		assert_string_equal(give(&t, false, more, sizeof(question)),
		    ".");
	}
	/* a name that is no host's */
	memcpy(more, question, sizeof(question));
	more[14] = ' ';
	assert_string_equal(give(&t, false, more, sizeof(question)), ".");
	resolve_free(t.r);
}

static void
test_records_that_lead_elsewhere_name_nothing(void **state)
{
	uint8_t bad[sizeof(answer)];
	struct town t;

	(void)state;
	begin(&t);
	/* the address is of another name */
	memcpy(bad, answer, sizeof(bad));
	bad[48] = 'x';
	bad[55] = 26;
	(void)give(&t, false, question, sizeof(question));
	(void)give(&t, true, bad, sizeof(bad));
	assert_null(name(&t));
	/* an error, and a question come back */
	memcpy(bad, answer, sizeof(bad));
	bad[3] |= 3;
	(void)give(&t, true, bad, sizeof(bad));
	assert_null(name(&t));
	memcpy(bad, answer, sizeof(bad));
	bad[2] &= 0x7f;
	(void)give(&t, true, bad, sizeof(bad));
	assert_null(name(&t));
	assert_int_equal(resolve_refused(t.r), 0);
	resolve_free(t.r);
}

static void
test_records_that_lie_are_refused(void **state)
{
	uint8_t bad[sizeof(answer)];
	struct town t;

	(void)state;
	begin(&t);
	(void)give(&t, false, question, sizeof(question));
	/* an address of another length; an alias that does not fill its data;
	 * a name that points at itself */
	for (size_t i = 0; i < 3; i++) {
		static const size_t at[] = { 65, 46, 53 };
		static const uint8_t to[] = { 3, 8, 52 };

		memcpy(bad, answer, sizeof(bad));
		bad[at[i]] = to[i];
		(void)give(&t, true, bad, sizeof(bad));
		assert_null(name(&t));
		assert_int_equal(resolve_refused(t.r), i + 1);
	}
	resolve_free(t.r);
}

static void
test_a_later_look_up_names_the_address_anew(void **state)
{
	uint8_t ask[sizeof(question)], reply[sizeof(answer)];
	struct town t;

	(void)state;
	begin(&t);
	(void)give(&t, false, question, sizeof(question));
	(void)give(&t, true, answer, sizeof(answer));
	memcpy(ask, question, sizeof(ask));
	memcpy(reply, answer, sizeof(reply));
	ask[13] = reply[13] = 'x';
	(void)give(&t, false, ask, sizeof(ask));
	(void)give(&t, true, reply, sizeof(reply));
	assert_string_equal(name(&t), "xcsp.digicert.com");
	resolve_free(t.r);
}

static void
test_the_oldest_gives_way_and_is_counted(void **state)
{
	uint8_t reply[sizeof(answer)];
	struct town t;
	struct addr first;

	(void)state;
	begin(&t);
	memcpy(reply, answer, sizeof(reply));
	first = t.target;
	(void)give(&t, false, question, sizeof(question));
	(void)give(&t, true, answer, sizeof(answer));
	for (uint32_t i = 0; i < RESOLVE_ROWS_MAX; i++) {
		reply[sizeof(reply) - 4] = 100;
		reply[sizeof(reply) - 3] = (uint8_t)(i >> 16);
		reply[sizeof(reply) - 2] = (uint8_t)(i >> 8);
		reply[sizeof(reply) - 1] = (uint8_t)i;
		(void)give(&t, true, reply, sizeof(reply));
	}
	assert_int_equal(resolve_forgotten(t.r), 1);
	assert_null(resolve_name(t.r, &t.client, &first, t.now));
	assert_true(addr_parse("100.0.0.0", &t.target));
	assert_non_null(name(&t));
	assert_true(addr_parse("100.0.255.255", &t.target));
	assert_non_null(name(&t));
	resolve_free(t.r);
}

static void
test_other_traffic_is_left_alone(void **state)
{
	struct packet p = { .kind = PACKET_IP,
		.protocol = 6,
		.destination_port = 53,
		.payload = question,
		.payload_captured = sizeof(question) };
	struct town t;

	(void)state;
	begin(&t);
	assert_null(resolve_packet(t.r, &p, t.now));
	p.protocol = 17;
	p.destination_port = 5353;
	assert_null(resolve_packet(t.r, &p, t.now));
	resolve_free(t.r);
	resolve_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_an_answer_to_a_question_names_the_address),
		cmocka_unit_test(test_an_address_of_ip_version_6_is_named_too),
		cmocka_unit_test(
		    test_an_answer_that_nobody_asked_for_names_nothing),
		cmocka_unit_test(test_the_answer_must_come_from_who_was_asked),
		cmocka_unit_test(test_every_truncation_of_an_answer_is_refused),
		cmocka_unit_test(
		    test_every_truncation_of_a_question_cannot_be_told),
		cmocka_unit_test(
		    test_a_question_that_carries_more_cannot_be_told),
		cmocka_unit_test(test_records_that_lead_elsewhere_name_nothing),
		cmocka_unit_test(test_records_that_lie_are_refused),
		cmocka_unit_test(test_a_later_look_up_names_the_address_anew),
		cmocka_unit_test(test_the_oldest_gives_way_and_is_counted),
		cmocka_unit_test(test_other_traffic_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
