/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What FTP and TFTP announce: each form, each truncation, each lie; and that
 * no password is held. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "inspect_ftp.h"

#define CLIENT "10.3.1.5"
#define SERVER "10.1.0.10"

static struct addr
addr(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

/* One control connection. */
struct session {
	struct inspect_ftp ftp;
	struct addr ends[2]; /* client, server */
	struct correlate_expectation found[INSPECT_FTP_FOUND_MAX];
	size_t count;
};

static int
setup(void **state)
{
	struct session *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->ends[0] = addr(CLIENT);
	s->ends[1] = addr(SERVER);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

/* A copy of its own size, so that a sanitizer sees a read beyond the end. */
static size_t
say_bytes(struct session *s, int way, const void *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	s->count = inspect_ftp_payload(&s->ftp, way, &s->ends[way],
	    &s->ends[!way], copy, n, s->found);
	free(copy);
	return s->count;
}

static size_t
say(struct session *s, int way, const char *text)
{
	return say_bytes(s, way, text, strlen(text));
}

static void
expect(const struct session *s, size_t i, const char *named, uint16_t port,
    const char *other, bool stranger)
{
	struct addr a = addr(named), b = addr(other);

	assert_true(i < s->count);
	assert_int_equal(s->found[i].kind, CORRELATE_FTP_DATA);
	assert_true(addr_equal(&s->found[i].named, &a));
	assert_int_equal(s->found[i].named_port, port);
	assert_true(addr_equal(&s->found[i].other, &b));
	assert_int_equal(s->found[i].stranger, stranger);
}

static void
test_passive_replies_are_read_in_all_their_spellings(void **state)
{
	static const char *const lines[] = {
		"227 Entering Passive Mode (10,1,0,10,195,80).\r\n",
		"227 Entering Passive Mode. 10,1,0,10,195,80\r\n",
		"227 =10,1,0,10,195,80\r\n",
		"227 Mode 2 (10,1,0,10,195,80)\n",
		"227 10,1,0 10,1,0,10,195,80 ok\r\n",
	};
	struct session *s = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(say(s, 1, lines[i]), 1);
		expect(s, 0, SERVER, 195 * 256 + 80, CLIENT, false);
	}
}

static void
test_extended_passive_replies_name_the_senders_address(void **state)
{
	struct session *s = *state;

	assert_int_equal(
	    say(s, 1, "229 Entering Extended Passive Mode (|||6446|)\r\n"), 1);
	expect(s, 0, SERVER, 6446, CLIENT, false);
	assert_int_equal(say(s, 1, "229 ok (!!!65535!)\r\n"), 1);
	expect(s, 0, SERVER, 65535, CLIENT, false);
	s->ends[0] = addr("fd00:3::5");
	s->ends[1] = addr("fd00:1::10");
	assert_int_equal(say(s, 1, "229 ok (|||6446|)\r\n"), 1);
	expect(s, 0, "fd00:1::10", 6446, "fd00:3::5", false);
}

static void
test_active_commands_name_the_client(void **state)
{
	struct session *s = *state;

	assert_int_equal(say(s, 0, "PORT 10,3,1,5,200,1\r\n"), 1);
	expect(s, 0, CLIENT, 200 * 256 + 1, SERVER, false);
	assert_int_equal(say(s, 0, "port 10,3,1,5,200,1\r\n"), 1);
	assert_int_equal(say(s, 0, "EPRT |1|10.3.1.5|5282|\r\n"), 1);
	expect(s, 0, CLIENT, 5282, SERVER, false);
	s->ends[0] = addr("fd00:3::5");
	s->ends[1] = addr("fd00:1::10");
	assert_int_equal(say(s, 0, "EPRT |2|fd00:3::5|5282|\r\n"), 1);
	expect(s, 0, "fd00:3::5", 5282, "fd00:1::10", false);
}

static void
test_another_address_counts_twice_and_is_a_stranger(void **state)
{
	struct session *s = *state;

	assert_int_equal(say(s, 1, "227 ok (192,168,9,9,195,80)\r\n"), 2);
	expect(s, 0, SERVER, 195 * 256 + 80, CLIENT, false);
	expect(s, 1, "192.168.9.9", 195 * 256 + 80, CLIENT, true);
	assert_int_equal(say(s, 0, "PORT 10,1,0,99,200,1\r\n"), 2);
	expect(s, 0, CLIENT, 200 * 256 + 1, SERVER, false);
	expect(s, 1, "10.1.0.99", 200 * 256 + 1, SERVER, true);
}

static void
test_no_truncation_of_a_line_announces_anything(void **state)
{
	static const char *const lines[] = {
		"227 Entering Passive Mode (10,1,0,10,195,80)\r\n",
		"229 Entering Extended Passive Mode (|||6446|)\r\n",
		"PORT 10,3,1,5,200,1\r\n",
		"EPRT |1|10.3.1.5|5282|\r\n",
	};
	struct session *s = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		for (size_t n = 0; n < strlen(lines[i]); n++) {
			inspect_ftp_wipe(&s->ftp);
			assert_int_equal(say_bytes(s, 1, lines[i], n), 0);
			/* The rest comes later. */
			assert_int_equal(say(s, 1, lines[i] + n), 1);
		}
}

static void
test_lies_are_not_believed(void **state)
{
	static const char *const lines[] = {
		"227 (10,1,0,10,195)\r\n",
		"227 (10,1,0,10,195,256)\r\n",
		"227 (10,1,0,256,195,80)\r\n",
		"227 (10,1,0,10,195,80,7)\r\n",
		"227 (10,1,0,10,195,800)\r\n",
		"227 (10,1,0,10,0,0)\r\n",
		"227 (10,1,0,10,1,189)\r\n", /* port 445 */
		"227-(10,1,0,10,195,80)\r\n",
		"2270 (10,1,0,10,195,80)\r\n",
		" 227 (10,1,0,10,195,80)\r\n",
		"227 99999999999999999999,1,0,10,195,80\r\n",
		"229 (|||65536|)\r\n",
		"229 (|||80|)\r\n",
		"229 (|||6446)\r\n",
		"229 (||6446|)\r\n",
		"229 (|1|10.1.0.10|6446|)\r\n",
		"229 (1112000 1)\r\n",
		"229 |||6446|\r\n",
		"PORT\r\n",
		"PORT 10.3.1.5,200,1\r\n",
		"PORT 10,3,1,5,200,1,2\r\n",
		"EPRT |2|10.3.1.5|5282|\r\n",
		"EPRT |1|fd00::1|5282|\r\n",
		"EPRT |3|10.3.1.5|5282|\r\n",
		"EPRT |1|10.3.1.5|5282\r\n",
		"EPRT |1||5282|\r\n",
		"EPRT |1|1111111111111111111111111111111111111111111111|9999|"
		"\r\n",
	};
	struct session *s = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (say(s, 1, lines[i]) != 0)
			fail_msg("believed: %s", lines[i]);
}

static void
test_addresses_that_no_host_has_are_left_out(void **state)
{
	struct session *s = *state;

	assert_int_equal(say(s, 1, "227 (0,0,0,0,195,80)\r\n"), 1);
	expect(s, 0, SERVER, 195 * 256 + 80, CLIENT, false);
	assert_int_equal(say(s, 1, "227 (224,0,0,1,195,80)\r\n"), 1);
	assert_int_equal(say(s, 1, "227 (255,255,255,255,195,80)\r\n"), 1);
}

static void
test_a_password_is_never_held(void **state)
{
	static const char password[] = "hunter2hunter2";
	struct session *s = *state;

	assert_int_equal(say(s, 0, "USER taro\r\nPASS hunter2hunter2"), 0);
	assert_null(memmem(&s->ftp, sizeof(s->ftp), password, 7));
	assert_null(memmem(&s->ftp, sizeof(s->ftp), "taro", 4));
	assert_int_equal(say(s, 0, "\r\nPORT 10,3,1,5,200,1\r\n"), 1);
	assert_null(memmem(&s->ftp, sizeof(s->ftp), "10,3", 4));
}

static void
test_a_long_line_is_skipped_and_the_next_is_read(void **state)
{
	struct session *s = *state;
	char line[1200];

	memset(line, 'x', sizeof(line));
	memcpy(line, "227 ", 4);
	assert_int_equal(say_bytes(s, 1, line, sizeof(line)), 0);
	assert_int_equal(say(s, 1, "(10,1,0,10,195,80)\r\n"), 0);
	assert_int_equal(say(s, 1, "227 (10,1,0,10,195,80)\r\n"), 1);
}

static void
test_after_a_gap_nothing_is_believed_until_a_line_ends(void **state)
{
	struct session *s = *state;

	assert_int_equal(say(s, 1, "227 (10,1,0,"), 0);
	inspect_ftp_gap(&s->ftp, 1);
	assert_int_equal(say(s, 1, "10,195,80)\r\n"), 0);
	assert_int_equal(say(s, 1, "227 (10,1,0,10,195,80)\r\n"), 1);
}

static void
test_the_directions_do_not_mix(void **state)
{
	struct session *s = *state;

	assert_int_equal(say(s, 1, "227 (10,1,0,10,"), 0);
	assert_int_equal(say(s, 0, "NOOP\r\n"), 0);
	assert_int_equal(say(s, 1, "195,80)\r\n"), 1);
}

static void
test_no_more_is_written_than_there_is_room(void **state)
{
	struct session *s = *state;
	char text[40 * 21 + 1] = "";

	for (int i = 0; i < 40; i++)
		strcat(text, "PORT 10,3,1,5,200,1\r\n");
	assert_int_equal(say(s, 0, text), INSPECT_FTP_FOUND_MAX);
}

/* ---- TFTP */

static bool
is_request(const void *bytes, size_t n, uint16_t port,
    struct correlate_expectation *out)
{
	uint8_t *copy = malloc(n ? n : 1);
	struct packet p;
	bool result;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	memset(&p, 0, sizeof(p));
	p.kind = PACKET_IP;
	p.protocol = IPPROTO_UDP;
	p.source = addr(CLIENT);
	p.source_port = 40069;
	p.destination = addr(SERVER);
	p.destination_port = port;
	p.payload = n ? copy : NULL;
	p.payload_captured = p.payload_length = (uint32_t)n;
	result = inspect_tftp_request(&p, out);
	free(copy);
	return result;
}

static void
test_a_tftp_request_announces_its_transfer(void **state)
{
	static const char requests[][32] = { "\0\1boot.cfg\0octet",
		"\0\2config\0NetASCII", "\0\1a\0mail" };
	static const size_t sizes[] = { 17, 18, 9 };
	struct correlate_expectation e;
	struct addr client = addr(CLIENT), server = addr(SERVER);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(is_request(requests[i], sizes[i], 69, &e));
		assert_int_equal(e.kind, CORRELATE_TFTP);
		assert_true(addr_equal(&e.named, &client));
		assert_int_equal(e.named_port, 40069);
		assert_true(addr_equal(&e.other, &server));
		for (size_t n = 0; n < sizes[i]; n++)
			assert_false(is_request(requests[i], n, 69, &e));
		assert_false(is_request(requests[i], sizes[i], 6969, &e));
	}
	/* Options behind the mode (RFC 2347). */
	assert_true(is_request("\0\1a\0octet\0blksize\0"
			       "1428",
	    23, 69, &e));
	assert_false(is_request("\0\3a\0octet", 10, 69, &e));
	assert_false(is_request("\0\1\0octet", 9, 69, &e));
	assert_false(is_request("\0\1a\0octets", 11, 69, &e));
	assert_false(is_request("\0\1a\0netascii1", 14, 69, &e));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_passive_replies_are_read_in_all_their_spellings),
		TEST(test_extended_passive_replies_name_the_senders_address),
		TEST(test_active_commands_name_the_client),
		TEST(test_another_address_counts_twice_and_is_a_stranger),
		TEST(test_no_truncation_of_a_line_announces_anything),
		TEST(test_lies_are_not_believed),
		TEST(test_addresses_that_no_host_has_are_left_out),
		TEST(test_a_password_is_never_held),
		TEST(test_a_long_line_is_skipped_and_the_next_is_read),
		TEST(test_after_a_gap_nothing_is_believed_until_a_line_ends),
		TEST(test_the_directions_do_not_mix),
		TEST(test_no_more_is_written_than_there_is_room),
		cmocka_unit_test(test_a_tftp_request_announces_its_transfer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
