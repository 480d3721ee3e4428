/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of packets byte by byte, as the draft says they are, and what is read
 * back from their beginning, whatever stands there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pcapng.h"

static uint32_t
le32(const struct text *t, size_t at)
{
	const uint8_t *p = (const uint8_t *)t->data + at;

	assert_true(at + 4 <= t->length);
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0];
}

static uint16_t
le16(const struct text *t, size_t at)
{
	return (uint16_t)le32(t, at);
}

/* Every block is a multiple of four, and says its length at both ends. */
static size_t
blocks(const struct text *t)
{
	size_t at = 0, n = 0;

	while (at < t->length) {
		const uint32_t length = le32(t, at + 4);

		assert_true(length >= 12 && length % 4 == 0);
		assert_int_equal(le32(t, at + length - 4), length);
		at += length;
		n++;
	}
	assert_int_equal(at, t->length);
	return n;
}

static void
a_section_says_who_wrote_it_and_what_for(void **state)
{
	char comment[PCAPNG_TEXT_MAX + 1];
	struct text t = { 0 };

	(void)state;
	pcapng_section(&t, "probe 1", "SEG-1 critical flow 7");
	assert_int_equal(blocks(&t), 1);
	assert_int_equal(le32(&t, 0), 0x0a0d0d0a);
	assert_int_equal(le32(&t, 8), 0x1a2b3c4d);
	assert_int_equal(le16(&t, 12), 1);
	assert_int_equal(le32(&t, 16), UINT32_MAX);
	assert_int_equal(le32(&t, 20), UINT32_MAX);
	assert_int_equal(le16(&t, 24), 1); /* opt_comment */
	assert_int_equal(le16(&t, 26), strlen("SEG-1 critical flow 7"));
	assert_true(pcapng_comment((const uint8_t *)t.data, t.length, comment));
	assert_string_equal(comment, "SEG-1 critical flow 7");
	text_free(&t);
}

static void
an_interface_has_its_names_and_nanoseconds(void **state)
{
	struct text t = { 0 };

	(void)state;
	pcapng_interface(&t, 1, "span1", "main-trunk");
	assert_int_equal(blocks(&t), 1);
	assert_int_equal(le32(&t, 0), 1);
	assert_int_equal(le16(&t, 8), 1);
	assert_int_equal(le32(&t, 12), 0);
	assert_int_equal(le16(&t, 16), 2); /* if_name */
	assert_memory_equal(t.data + 20, "span1", 5);
	assert_int_equal(le16(&t, 28), 3); /* if_description */
	assert_memory_equal(t.data + 32, "main-trunk", 10);
	assert_int_equal(le16(&t, 44), 9); /* if_tsresol */
	assert_int_equal(t.data[48], 9);
	text_clear(&t);
	pcapng_interface(&t, 113, NULL, NULL);
	assert_int_equal(blocks(&t), 1);
	assert_int_equal(le16(&t, 16), 9);
	text_free(&t);
}

static void
a_packet_that_was_cut_says_how_long_it_was(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3, 4, 5 };
	const struct pcapng_packet p = { .interface = 3,
		.time = { INT64_C(1795223730123456) },
		.nanoseconds = 789,
		.captured = sizeof(bytes),
		.wire = 1514,
		.bytes = bytes,
		.comment = "decided" };
	const uint64_t time = UINT64_C(1795223730123456789);
	struct text t = { 0 };

	(void)state;
	pcapng_packet(&t, &p);
	assert_int_equal(blocks(&t), 1);
	assert_int_equal(le32(&t, 0), 6);
	assert_int_equal(le32(&t, 8), 3);
	assert_int_equal(le32(&t, 12), time >> 32);
	assert_int_equal(le32(&t, 16), (uint32_t)time);
	assert_int_equal(le32(&t, 20), 5);
	assert_int_equal(le32(&t, 24), 1514);
	assert_memory_equal(t.data + 28, bytes, 5);
	assert_int_equal(le16(&t, 36), 1); /* opt_comment */
	assert_memory_equal(t.data + 40, "decided", 7);
	assert_int_equal(le16(&t, 48), 2); /* epb_flags */
	assert_int_equal(le32(&t, 52), 1 | 4 << 2);
	text_free(&t);
}

static void
a_packet_without_bytes_and_before_1970_is_one(void **state)
{
	const struct pcapng_packet p = { .time = { -5 }, .wire = 60 };
	struct text t = { 0 };

	(void)state;
	pcapng_packet(&t, &p);
	assert_int_equal(blocks(&t), 1);
	assert_int_equal(le32(&t, 12), 0);
	assert_int_equal(le32(&t, 16), 0);
	text_free(&t);
}

static void
text_that_is_too_long_is_cut_between_characters(void **state)
{
	char comment[PCAPNG_TEXT_MAX + 1], name[3 * 100 + 1] = "";
	struct text t = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		memcpy(name + 3 * i, "境", 4);
	pcapng_section(&t, NULL, name);
	assert_int_equal(blocks(&t), 1);
	assert_true(t.length <= PCAPNG_SECTION_MAX);
	assert_true(pcapng_comment((const uint8_t *)t.data, t.length, comment));
	assert_int_equal(strlen(comment), PCAPNG_TEXT_MAX / 3 * 3);
	text_free(&t);
}

static void
no_beginning_of_a_file_is_read_beyond_its_end(void **state)
{
	char comment[PCAPNG_TEXT_MAX + 1];
	struct text t = { 0 };

	(void)state;
	pcapng_section(&t, "probe 1", "SEG-1 critical flow 7");
	for (size_t n = 0; n <= t.length; n++) {
		uint8_t *exact = malloc(n ? n : 1);

		memcpy(exact, t.data, n);
		/* The comment ends at 28 + 21. */
		assert_int_equal(pcapng_comment(exact, n, comment), n >= 49);
		free(exact);
	}
	text_free(&t);
}

static void
what_is_no_section_has_no_comment(void **state)
{
	static const uint8_t pcap[] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0 };
	char comment[PCAPNG_TEXT_MAX + 1];
	struct text t = { 0 };

	(void)state;
	assert_false(pcapng_comment(pcap, sizeof(pcap), comment));
	pcapng_section(&t, "probe 1", NULL);
	assert_false(
	    pcapng_comment((const uint8_t *)t.data, t.length, comment));
	text_clear(&t);
	pcapng_section(&t, NULL, "x");
	t.data[8] = 0x1a; /* the other byte order */
	assert_false(
	    pcapng_comment((const uint8_t *)t.data, t.length, comment));
	text_clear(&t);
	pcapng_section(&t, NULL, "x");
	t.data[26] = (char)0xff; /* a length beyond the end */
	t.data[27] = (char)0xff;
	assert_false(
	    pcapng_comment((const uint8_t *)t.data, t.length, comment));
	text_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_says_who_wrote_it_and_what_for),
		cmocka_unit_test(an_interface_has_its_names_and_nanoseconds),
		cmocka_unit_test(a_packet_that_was_cut_says_how_long_it_was),
		cmocka_unit_test(a_packet_without_bytes_and_before_1970_is_one),
		cmocka_unit_test(
		    text_that_is_too_long_is_cut_between_characters),
		cmocka_unit_test(no_beginning_of_a_file_is_read_beyond_its_end),
		cmocka_unit_test(what_is_no_section_has_no_comment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
