/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second look at payload: what is DNS, NTP and the opening of RDP by its
 * syntax, every truncation of it, and what only stands on their ports. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "confirm.h"

/* A copy of its own size, so that a sanitizer sees a read beyond the end. */
static unsigned
look(uint8_t protocol, const void *bytes, size_t n, size_t length)
{
	uint8_t *copy = malloc(n ? n : 1);
	struct packet p;
	unsigned result;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	memset(&p, 0, sizeof(p));
	p.kind = PACKET_IP;
	p.protocol = protocol;
	p.payload = n ? copy : NULL;
	p.payload_captured = (uint32_t)n;
	p.payload_length = (uint32_t)length;
	result = confirm_payload(&p);
	free(copy);
	return result;
}

#define NAMES(bytes)                                                      \
	(look(IPPROTO_UDP, bytes, sizeof(bytes) - 1, sizeof(bytes) - 1) & \
	    CONFIRM_NAMES)

#define QUESTION "\x03www\x02jp\x00\x00\x01\x00\x01"

static void
test_messages_of_dns_are_names(void **state)
{
	(void)state;
	assert_true(NAMES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0" QUESTION));
	assert_true(NAMES("\x12\x34\x81\x80\0\1\0\1\0\0\0\0" QUESTION
			  "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"));
	/* mDNS: an answer without question, cache flush; and a question with
	 * the unicast bit. */
	assert_true(NAMES("\0\0\x84\0\0\0\0\1\0\0\0\0\x01"
			  "a\0\0\x01\x80\x01\0\0\0\x3c\0\4\1\2\3\4"));
	assert_true(NAMES("\0\0\0\0\0\1\0\0\0\0\0\0\x01"
			  "a\0\0\x0c\x80\x01"));
	/* The root's name servers; a refusal that quotes nothing; an update. */
	assert_true(NAMES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0\0\0\2\0\1"));
	assert_true(NAMES("\x12\x34\x81\x81\0\0\0\0\0\0\0\0"));
	assert_true(NAMES("\x12\x34\x28\x00\0\1\0\0\0\0\0\0" QUESTION));
}

static void
test_no_truncation_of_a_question_is_names(void **state)
{
	static const char query[] = "\x12\x34\x01\x00\0\1\0\0\0\0\0\0" QUESTION;

	(void)state;
	for (size_t n = 0; n < sizeof(query) - 1; n++)
		assert_int_equal(look(IPPROTO_UDP, query, n, n) & CONFIRM_NAMES,
		    0);
}

static void
test_lies_about_names_are_seen(void **state)
{
	(void)state;
	/* label too long; class 7; type 0; opcode 9; reserved bit; a header
	 * that asks nothing; more questions than there are. */
	assert_false(NAMES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0\x40"
			   "0123456789012345678901234567890123456789012345678"
			   "901234567890123\0\0\1\0\1"));
	assert_false(NAMES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0\0\0\1\0\7"));
	assert_false(NAMES("\x12\x34\x01\x00\0\1\0\0\0\0\0\0\0\0\0\0\1"));
	assert_false(NAMES("\x12\x34\x48\x00\0\1\0\0\0\0\0\0" QUESTION));
	assert_false(NAMES("\x12\x34\x01\x40\0\1\0\0\0\0\0\0" QUESTION));
	assert_false(NAMES("\x12\x34\x01\x00\0\0\0\0\0\0\0\0"));
	assert_false(NAMES("\x12\x34\x01\x00\0\2\0\0\0\0\0\0" QUESTION));
	assert_false(NAMES("\xf1\x9b\xe3\x88\xd7\xaa\xc5\x93\xb2\xf1\x9b\xe3"
			   "tunnelled"));
}

static void
test_dns_over_tcp_has_its_length_before_it(void **state)
{
	static const char query[] =
	    "\0\x18\x12\x34\x01\x00\0\1\0\0\0\0\0\0" QUESTION;

	(void)state;
	assert_int_equal(look(IPPROTO_TCP, query, sizeof(query) - 1,
			     sizeof(query) - 1),
	    CONFIRM_NAMES);
	assert_int_equal(look(IPPROTO_TCP, query + 2, sizeof(query) - 3,
			     sizeof(query) - 3),
	    0);
}

static void
test_time_has_its_length_version_and_mode(void **state)
{
	uint8_t bytes[68] = { 0x23 };

	(void)state;
	assert_int_equal(look(IPPROTO_UDP, bytes, 48, 48), CONFIRM_TIME);
	assert_int_equal(look(IPPROTO_UDP, bytes, 68, 68), CONFIRM_TIME);
	assert_int_equal(look(IPPROTO_UDP, bytes, 47, 47), 0);
	assert_int_equal(look(IPPROTO_UDP, bytes, 2, 48), CONFIRM_TIME);
	bytes[1] = 17; /* stratum */
	assert_int_equal(look(IPPROTO_UDP, bytes, 48, 48), 0);
	bytes[1] = 0;
	bytes[0] = 0x03; /* version 0 */
	assert_int_equal(look(IPPROTO_UDP, bytes, 48, 48), 0);
	bytes[0] = 0x27; /* mode 7: private */
	assert_int_equal(look(IPPROTO_UDP, bytes, 48, 48), 0);
	bytes[0] = 0x16; /* control */
	assert_int_equal(look(IPPROTO_UDP, bytes, 12, 12), CONFIRM_TIME);
	bytes[11] = 40; /* bytes of data */
	assert_int_equal(look(IPPROTO_UDP, bytes, 12, 12), 0);
	assert_int_equal(look(IPPROTO_UDP, bytes, 52, 52), CONFIRM_TIME);
}

static void
test_the_opening_of_rdp_asks_to_open(void **state)
{
	uint8_t bytes[16] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x40, 0x00, 0x01 };

	(void)state;
	assert_int_equal(look(IPPROTO_UDP, bytes, 16, 16), CONFIRM_RDP);
	for (size_t n = 0; n < 8; n++)
		assert_int_equal(look(IPPROTO_UDP, bytes, n, n), 0);
	bytes[7] = 0x05; /* SYN and ACK */
	assert_int_equal(look(IPPROTO_UDP, bytes, 16, 16), 0);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(look(IPPROTO_UDP, bytes, 16, 16), 0);
}

static void
test_bittorrent_is_its_handshake_and_no_part_of_it(void **state)
{
	static const char shake[] = "\023BitTorrent protocol";
	static const char table[] = "d1:ad2:id20:";

	(void)state;
	for (size_t n = 0; n < sizeof(shake) - 1; n++)
		assert_false(
		    look(IPPROTO_TCP, shake, n, n) & CONFIRM_BITTORRENT);
	assert_true(
	    look(IPPROTO_TCP, shake, sizeof(shake) - 1, sizeof(shake) - 1) &
	    CONFIRM_BITTORRENT);
	assert_true(
	    look(IPPROTO_UDP, table, sizeof(table) - 1, sizeof(table) - 1) &
	    CONFIRM_BITTORRENT);
}

static void
test_citrix_is_known_by_its_greetings(void **state)
{
	static const uint8_t ica[] = "\x7f\x7f"
				     "ICA";
	static const uint8_t cgp[] = "\x1a"
				     "CGP/01";

	(void)state;
	for (size_t n = 0; n <= sizeof(ica); n++)
		assert_int_equal(look(IPPROTO_TCP, ica, n, n) & CONFIRM_CITRIX,
		    n == sizeof(ica) ? CONFIRM_CITRIX : 0);
	for (size_t n = 0; n < sizeof(cgp); n++)
		assert_int_equal(look(IPPROTO_TCP, cgp, n, n) & CONFIRM_CITRIX,
		    n == sizeof(cgp) - 1 ? CONFIRM_CITRIX : 0);
	assert_int_equal(look(IPPROTO_UDP, ica, sizeof(ica), sizeof(ica)) &
		CONFIRM_CITRIX,
	    0);
	assert_int_equal(look(IPPROTO_TCP, ica + 1, 5, 5) & CONFIRM_CITRIX, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_of_dns_are_names),
		cmocka_unit_test(test_no_truncation_of_a_question_is_names),
		cmocka_unit_test(test_lies_about_names_are_seen),
		cmocka_unit_test(test_dns_over_tcp_has_its_length_before_it),
		cmocka_unit_test(test_time_has_its_length_version_and_mode),
		cmocka_unit_test(test_the_opening_of_rdp_asks_to_open),
		cmocka_unit_test(test_citrix_is_known_by_its_greetings),
		cmocka_unit_test(
		    test_bittorrent_is_its_handshake_and_no_part_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
