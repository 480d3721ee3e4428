/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Multicast DNS and LLMNR: host names with addresses, announced services,
 * every truncation, pointers that lie, and names that are no text.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mdns.h"

/* A NAS: PTR _smb._tcp.local, SRV by pointers, A and a TXT that is passed
 * over. Offsets: 12 "_smb._tcp.local", of which 27 is "local". */
static const uint8_t nas[] = { 0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 3,
	/* 12: _smb._tcp.local PTR */
	4, '_', 's', 'm', 'b', 4, '_', 't', 'c', 'p', 5, 'l', 'o', 'c', 'a',
	'l', 0, 0, 12, 0, 1, 0, 0, 0x11, 0x94, 0, 6,
	/* 39: NAS1._smb._tcp.local */
	3, 'N', 'A', 'S', 0xc0, 12,
	/* SRV */
	0xc0, 39, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 13, 0, 0, 0, 0, 0x01, 0xbd,
	/* 63: nas1.local */
	4, 'N', 'a', 's', '1', 0xc0, 22,
	/* TXT */
	0xc0, 39, 0, 16, 0x80, 1, 0, 0, 0, 120, 0, 1, 0,
	/* A */
	0xc0, 63, 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 10, 2, 0, 9 };

/* The answer of LLMNR: the question again, then the record. */
static const uint8_t llmnr[] = { 0x12, 0x34, 0x80, 0, 0, 1, 0, 1, 0, 0, 0, 0,
	10, 'z', 'e', 'i', 'm', 'u', '-', 'p', 'c', '1', '2', 0, 0, 1, 0, 1,
	0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 2, 20, 31 };

static enum decode_status
decode(const uint8_t *bytes, size_t n, struct mdns_message *out)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum decode_status s;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	s = mdns_decode(exact, n, out);
	free(exact);
	return s;
}

static void
test_a_nas_tells_its_name_address_and_service(void **state)
{
	struct mdns_message m;
	struct addr address;

	(void)state;
	assert_int_equal(decode(nas, sizeof(nas), &m), DECODE_OK);
	assert_int_equal(m.host_count, 1);
	assert_string_equal(m.hosts[0].name, "nas1");
	assert_true(addr_parse("10.2.0.9", &address));
	assert_true(addr_equal(&m.hosts[0].address, &address));
	assert_int_equal(m.service_count, 1);
	assert_int_equal(m.services[0].kind, MDNS_SMB);
	assert_int_equal(m.services[0].port, 445);
	assert_string_equal(m.services[0].host, "nas1");
	assert_string_equal(mdns_service_name(MDNS_SMB), "_smb._tcp");
}

static void
test_llmnr_answers_with_the_name_asked_for(void **state)
{
	struct mdns_message m;

	(void)state;
	assert_int_equal(decode(llmnr, sizeof(llmnr), &m), DECODE_OK);
	assert_int_equal(m.host_count, 1);
	assert_string_equal(m.hosts[0].name, "zeimu-pc12");
	assert_int_equal(m.service_count, 0);
}

static void
test_every_truncation_is_told(void **state)
{
	struct mdns_message m;

	(void)state;
	for (size_t n = 0; n < sizeof(nas); n++)
		assert_int_equal(decode(nas, n, &m), DECODE_TRUNCATED);
	for (size_t n = 0; n < sizeof(llmnr); n++)
		assert_int_equal(decode(llmnr, n, &m), DECODE_TRUNCATED);
}

static void
test_a_question_names_nobody(void **state)
{
	uint8_t bytes[sizeof(llmnr)];
	struct mdns_message m;

	(void)state;
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[2] = 0;
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_UNSUPPORTED);
	assert_int_equal(m.host_count, 0);
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[3] = 3; /* no such name */
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_UNSUPPORTED);
}

static void
test_a_farewell_is_left_out(void **state)
{
	uint8_t bytes[sizeof(llmnr)];
	struct mdns_message m;

	(void)state;
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[sizeof(llmnr) - 7] = 0;
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_OK);
	assert_int_equal(m.host_count, 0);
}

static void
test_pointers_that_lie_are_malformed(void **state)
{
	static const uint16_t to[] = { 28, 29, 40, 0x3fff };
	uint8_t bytes[sizeof(llmnr)];
	struct mdns_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		memcpy(bytes, llmnr, sizeof(bytes));
		bytes[28] = (uint8_t)(0xc0 | to[i] >> 8);
		bytes[29] = (uint8_t)to[i];
		assert_int_equal(decode(bytes, sizeof(bytes), &m),
		    DECODE_MALFORMED);
	}
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[12] = 0xc0; /* the question points to itself */
	bytes[13] = 12;
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_MALFORMED);
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[12] = 0x4a; /* reserved kind of label */
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_MALFORMED);
}

static void
test_a_wrong_length_of_data_is_malformed(void **state)
{
	uint8_t bytes[sizeof(llmnr)];
	struct mdns_message m;

	(void)state;
	memcpy(bytes, llmnr, sizeof(bytes));
	bytes[sizeof(llmnr) - 5] = 3; /* an address of three bytes */
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_MALFORMED);
	assert_int_equal(m.host_count, 0);
}

static void
test_more_records_than_are_read_are_told(void **state)
{
	static const uint8_t record[17] = { 1, 'a', 0, 0, 1, 0, 1, 0, 0, 0, 9,
		0, 4, 10, 1, 0, 9 };
	uint8_t bytes[12 + 200 * sizeof(record)] = { 0, 0, 0x84, 0, 0, 0, 0,
		200 };
	struct mdns_message m;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		memcpy(bytes + 12 + i * sizeof(record), record, sizeof(record));
	assert_int_equal(decode(bytes, sizeof(bytes), &m), DECODE_OK);
	assert_true(m.full);
	assert_int_equal(m.host_count, MDNS_HOSTS_MAX);
}

static void
test_names_that_are_no_plain_text_are_no_names(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} bad[] = {
		{ "", 0 },
		{ "a\nb", 3 },
		{ "\xff\xfe", 2 },
		{ "\xc2\x9b"
		  "31m",
		    5 },		 /* a control of C1 */
		{ "pc\xe2\x80\xae", 5 }, /* turns what follows */
		{ "\xe2\x80\x8b", 3 },	 /* cannot be seen */
		{ " . ", 3 },		 /* nothing but edges */
		{ "\xed\xa0\x80", 3 },	 /* half a surrogate */
		{ "012345678901234567890123456789012345678901234567890123456789"
		  "0123",
		    64 },
	};
	char out[DEVICE_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(hostname_take(bad[i].text, bad[i].length, out));
		assert_string_equal(out, "");
	}
	assert_true(hostname_take(" 税務-PC12. ", strlen(" 税務-PC12. "), out));
	assert_string_equal(out, "税務-PC12");
}

static void
test_utf16_becomes_utf8_or_nothing(void **state)
{
	static const uint8_t good[] = { 0x0e, 0x7a, 'P', 0, 0x42, 0xd8, 0xb7,
		0xdf };
	static const uint8_t half[] = { 'P', 0, 0x42, 0xd8 };
	static const uint8_t wrong[] = { 0x42, 0xd8, 'P', 0 };
	char out[DEVICE_NAME_MAX];

	(void)state;
	assert_true(hostname_take_utf16(good, sizeof(good), out));
	assert_string_equal(out, "税P𠮷");
	assert_false(hostname_take_utf16(half, sizeof(half), out));
	assert_false(hostname_take_utf16(wrong, sizeof(wrong), out));
	assert_false(hostname_take_utf16(good, 3, out));
	assert_false(hostname_take_utf16(good, 0, out));
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_nas_tells_its_name_address_and_service),
		cmocka_unit_test(test_llmnr_answers_with_the_name_asked_for),
		cmocka_unit_test(test_every_truncation_is_told),
		cmocka_unit_test(test_a_question_names_nobody),
		cmocka_unit_test(test_a_farewell_is_left_out),
		cmocka_unit_test(test_pointers_that_lie_are_malformed),
		cmocka_unit_test(test_a_wrong_length_of_data_is_malformed),
		cmocka_unit_test(test_more_records_than_are_read_are_told),
		cmocka_unit_test(
		    test_names_that_are_no_plain_text_are_no_names),
		cmocka_unit_test(test_utf16_becomes_utf8_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
