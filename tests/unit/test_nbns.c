/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NetBIOS names: registrations, answers and node status as Windows sends
 * them, every truncation of each, and lies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "nbns.h"

struct message {
	uint8_t bytes[2048];
	size_t length;
};

static void
put(struct message *m, const void *bytes, size_t n)
{
	memcpy(m->bytes + m->length, bytes, n);
	m->length += n;
}

static void
put_u16(struct message *m, unsigned v)
{
	const uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(m, b, 2);
}

/* Header: flags and the four counts. */
static void
begin(struct message *m, unsigned flags, unsigned questions, unsigned answers,
    unsigned additional)
{
	m->length = 0;
	put_u16(m, 0x1234);
	put_u16(m, flags);
	put_u16(m, questions);
	put_u16(m, answers);
	put_u16(m, 0);
	put_u16(m, additional);
}

/* A name of at most 15 bytes, as it is encoded. */
static void
put_name(struct message *m, const char *name, uint8_t suffix)
{
	uint8_t plain[16];
	uint8_t out[34] = { 32 };

	memset(plain, ' ', sizeof(plain));
	memcpy(plain, name, strlen(name));
	plain[15] = suffix;
	for (size_t i = 0; i < 16; i++) {
		out[1 + 2 * i] = (uint8_t)('A' + (plain[i] >> 4));
		out[2 + 2 * i] = (uint8_t)('A' + (plain[i] & 15));
	}
	put(m, out, sizeof(out));
}

static void
put_address(struct message *m, unsigned flags)
{
	put_u16(m, 0x20);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u16(m, 300);
	put_u16(m, 6);
	put_u16(m, flags);
	put(m, "\12\2\0\11", 4);
}

static void
make_registration(struct message *m, const char *name, uint8_t suffix,
    unsigned flags)
{
	begin(m, 0x2910, 1, 0, 1);
	put_name(m, name, suffix);
	put_u16(m, 0x20);
	put_u16(m, 1);
	put_u16(m, 0xc00c);
	put_address(m, flags);
}

static void
make_status(struct message *m)
{
	static const uint8_t rest[46] = { 2, 0, 0, 0, 2, 9 };

	begin(m, 0x8400, 0, 1, 0);
	put_name(m, "*", 0);
	put_u16(m, 0x21);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u16(m, 0);
	put_u16(m, 1 + 3 * 18 + sizeof(rest));
	put(m, "\3", 1);
	put(m, "ZEIMU-PC12     \0\4\0", 18);
	put(m, "KIKAN          \0\204\0", 18);
	put(m, "ZEIMU-PC12     \40\4\0", 18);
	put(m, rest, sizeof(rest));
}

static enum decode_status
decode(const struct message *m, size_t n, struct nbns_message *out)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum decode_status s;

	assert_non_null(exact);
	memcpy(exact, m->bytes, n);
	s = nbns_decode(exact, n, out);
	free(exact);
	return s;
}

static void
test_a_registration_names_the_host_and_its_address(void **state)
{
	struct message m;
	struct nbns_message out;
	struct addr address;

	(void)state;
	make_registration(&m, "ZEIMU-PC12", 0, 0);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_int_equal(out.name_count, 1);
	assert_string_equal(out.names[0].text, "ZEIMU-PC12");
	assert_int_equal(out.names[0].suffix, NBNS_WORKSTATION);
	assert_false(out.names[0].group);
	assert_true(addr_parse("10.2.0.9", &address));
	assert_true(addr_equal(&out.names[0].address, &address));
}

static void
test_a_group_is_told_from_a_host(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	make_registration(&m, "WORKGROUP", 0, 0x8000);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_true(out.names[0].group);
}

static void
test_node_status_lists_every_name(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	make_status(&m);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_int_equal(out.name_count, 3);
	assert_string_equal(out.names[0].text, "ZEIMU-PC12");
	assert_true(out.names[1].group);
	assert_int_equal(out.names[2].suffix, NBNS_FILE_SERVER);
	assert_int_equal(out.names[2].address.family, 0);
}

static void
test_a_positive_answer_is_read(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	begin(&m, 0x8500, 0, 1, 0);
	put_name(&m, "FILES", 0x20);
	put_address(&m, 0x6000);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_string_equal(out.names[0].text, "FILES");
	assert_int_equal(out.names[0].suffix, NBNS_FILE_SERVER);
}

static void
test_every_truncation_is_told_and_reads_nothing_beyond(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	make_registration(&m, "ZEIMU-PC12", 0, 0);
	for (size_t n = 0; n < m.length; n++) {
		const enum decode_status s = decode(&m, n, &out);

		assert_true(s == DECODE_TRUNCATED);
		assert_int_equal(out.name_count, 0);
	}
	make_status(&m);
	for (size_t n = 0; n < m.length; n++)
		assert_int_equal(decode(&m, n, &out), DECODE_TRUNCATED);
}

static void
test_questions_releases_and_errors_name_nobody(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	begin(&m, 0x0110, 1, 0, 0);
	put_name(&m, "SOMEBODY", 0);
	put_u16(&m, 0x20);
	put_u16(&m, 1);
	assert_int_equal(decode(&m, m.length, &out), DECODE_UNSUPPORTED);
	make_registration(&m, "LEAVING", 0, 0);
	m.bytes[2] = 0x30;
	assert_int_equal(decode(&m, m.length, &out), DECODE_UNSUPPORTED);
	begin(&m, 0x8503, 0, 0, 0);
	assert_int_equal(decode(&m, m.length, &out), DECODE_UNSUPPORTED);
	assert_int_equal(out.name_count, 0);
}

static void
test_lies_are_malformed(void **state)
{
	struct message m;
	struct nbns_message out;
	size_t at;

	(void)state;
	make_registration(&m, "ZEIMU-PC12", 0, 0);
	m.bytes[12] = 31; /* the length of the encoded name */
	assert_int_equal(decode(&m, m.length, &out), DECODE_MALFORMED);
	make_registration(&m, "ZEIMU-PC12", 0, 0);
	m.bytes[13] = 'Z'; /* no such letter */
	assert_int_equal(decode(&m, m.length, &out), DECODE_MALFORMED);
	make_registration(&m, "ZEIMU-PC12", 0, 0);
	at = m.length - 8; /* the length of the data: no address in it */
	m.bytes[at] = 0;
	m.bytes[at + 1] = 4;
	assert_int_equal(decode(&m, m.length, &out), DECODE_MALFORMED);
	make_status(&m);
	m.bytes[12 + 34 + 10] = 200; /* more names than the data holds */
	assert_int_equal(decode(&m, m.length, &out), DECODE_MALFORMED);
}

static void
test_a_hostile_name_is_no_name(void **state)
{
	struct message m;
	struct nbns_message out;

	(void)state;
	make_registration(&m, "A\033[2JB", 0, 0);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_int_equal(out.name_count, 0);
	make_registration(&m, "\203\145\203\130", 0, 0); /* CP932 */
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_int_equal(out.name_count, 0);
	make_registration(&m, "", 0, 0);
	assert_int_equal(decode(&m, m.length, &out), DECODE_OK);
	assert_int_equal(out.name_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_registration_names_the_host_and_its_address),
		cmocka_unit_test(test_a_group_is_told_from_a_host),
		cmocka_unit_test(test_node_status_lists_every_name),
		cmocka_unit_test(test_a_positive_answer_is_read),
		cmocka_unit_test(
		    test_every_truncation_is_told_and_reads_nothing_beyond),
		cmocka_unit_test(
		    test_questions_releases_and_errors_name_nobody),
		cmocka_unit_test(test_lies_are_malformed),
		cmocka_unit_test(test_a_hostile_name_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
