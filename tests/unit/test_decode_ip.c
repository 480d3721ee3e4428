/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv4 and IPv6: lengths, options, extension headers, fragments, giants. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode.h"
#include "frame_build.h"

/* Where fields lie in a raw IPv4 packet. */
#define IP4_TOTAL 2

static void
add_tcp4(struct build *b, size_t payload)
{
	build_ip4(b, 6, 20 + payload, 0);
	build_tcp(b, TCP_ACK);
	build_fill(b, 'x', payload);
}

static void
put_u16(struct build *b, size_t at, unsigned value)
{
	b->bytes[at] = (uint8_t)(value >> 8);
	b->bytes[at + 1] = (uint8_t)value;
}

static enum decode_status
decode_raw(const struct build *b, struct packet *p)
{
	return build_decode(DECODE_LINK_RAW, b, p);
}

static void
test_ip4_fields_are_read(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 10);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.ttl, 63);
	assert_int_equal(p.protocol, 6);
	assert_int_equal(p.ip_length, 50);
	assert_false(p.fragment);
	assert_int_equal(p.payload_length, 10);
	assert_false(p.payload_cut);
}

static void
test_every_truncation_of_ip4_headers_is_truncated(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 10);
	for (size_t n = 0; n < 40; n++) {
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_TRUNCATED);
		assert_int_equal(p.source.family, n < 20 ? 0 : 4);
		assert_int_not_equal(p.kind, PACKET_IP);
	}
}

static void
test_a_cut_payload_is_ok_and_says_so(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 10);
	for (size_t n = 40; n < 50; n++) {
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n, 50,
				     &p),
		    DECODE_OK);
		assert_int_equal(p.kind, PACKET_IP);
		assert_true(p.payload_cut);
		assert_int_equal(p.payload_captured, n - 40);
		assert_int_equal(p.payload_length, 10);
	}
}

static void
test_a_file_cut_by_a_tool_that_rewrote_the_length_is_cut(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 100);
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 60, 60, &p),
	    DECODE_OK);
	assert_true(p.payload_cut);
	assert_int_equal(p.payload_captured, 20);
	assert_int_equal(p.payload_length, 100);
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 30, 30, &p),
	    DECODE_TRUNCATED);
	assert_int_equal(p.source.family, 4);
}

static void
test_an_ip4_length_beyond_a_known_wire_length_is_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 100);
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 60, 100, &p),
	    DECODE_MALFORMED);
	assert_int_equal(p.layer, LAYER_IP4);
}

static void
test_each_lie_of_an_ip4_header_is_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 10);
	b.bytes[0] = 0x44; /* header of 16 bytes */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[0] = 0x55; /* version 5 */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	assert_int_equal(build_decode(DECODE_LINK_IPV4, &b, &p),
	    DECODE_MALFORMED);
	b.bytes[0] = 0x45;
	put_u16(&b, IP4_TOTAL, 19);
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	put_u16(&b, IP4_TOTAL, 20 + 19); /* no room for TCP's header */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	assert_int_equal(p.layer, LAYER_TCP);
	b.bytes[0] = 0x4f; /* header of 60 bytes in a total of 39 */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
}

static void
test_ip4_options_are_stepped_over(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 6, 44, 0);
	b.bytes[0] = 0x4b; /* 24 bytes of options */
	build_fill(&b, 1, 24);
	build_tcp(&b, TCP_ACK);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.destination_port, 445);
	assert_int_equal(p.payload_length, 0);
	assert_null(p.payload);
	for (size_t n = 20; n < 44; n++)
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_TRUNCATED);
}

static void
test_a_length_of_0_is_a_segmentation_giant(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b, 66000);
	put_u16(&b, IP4_TOTAL, 0);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.payload_length, 66000);
	assert_int_equal(p.ip_length, 66040);
	b.length = 0;
	build_ip6(&b, 6, 0);
	build_tcp(&b, TCP_ACK);
	build_fill(&b, 'x', 66000);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.payload_length, 66000);
	assert_int_equal(p.ip_length, 66060);
}

static void
test_link_padding_is_no_ip6_giant(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 6, 0);
	build_fill(&b, 0, 6);
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[6] = 59; /* no next header */
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.protocol, 59);
	assert_int_equal(p.payload_length, 0);
}

static void
test_fragments_of_ip4_are_told_apart(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 17, 32, 0x2000);
	build_udp(&b, 5353, 53, 100); /* of the whole datagram */
	build_fill(&b, 'x', 24);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_true(p.fragment);
	assert_true(p.first_fragment);
	assert_true(p.more_fragments);
	assert_int_equal(p.destination_port, 53);
	assert_int_equal(p.fragment_id, 0x1234);
	assert_int_equal(p.transport_captured, 32);
	assert_int_equal(p.payload_length, 24);

	b.length = 0;
	build_ip4(&b, 17, 16, 4);
	build_fill(&b, 'y', 16);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_true(p.fragment);
	assert_false(p.first_fragment);
	assert_false(p.more_fragments);
	assert_int_equal(p.fragment_offset, 32);
	assert_int_equal(p.source_port, 0);
	assert_int_equal(p.transport_captured, 16);
	assert_memory_equal(p.transport, "yyyy", 4);
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 30, 36, &p),
	    DECODE_OK);
	assert_true(p.payload_cut);
}

static void
test_a_first_fragment_without_its_whole_header_waits_for_the_rest(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 6, 8, 0x2000);
	build_tcp(&b, TCP_SYN);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_true(p.first_fragment);
	assert_int_equal(p.destination_port, 0);
	assert_int_equal(p.transport_captured, 8);
	/* The same by the snap length is not the sender's doing. */
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 24, 28, &p),
	    DECODE_OK);
	assert_true(p.payload_cut);
	b.length = 0;
	build_ip4(&b, 6, 80, 0x2000);
	build_tcp(&b, TCP_SYN);
	build_fill(&b, 0, 60);
	assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, 30, 100, &p),
	    DECODE_TRUNCATED);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_true(p.payload_cut);
}

static void
test_ip6_fields_and_extension_headers_are_read(void **state)
{
	static const unsigned chain[] = { 43, 60, 135, 139, 140 };
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 0, 8 + 5 * 16 + 24 + 20 + 3);
	build_extension(&b, chain[0], 0);
	for (size_t i = 0; i < 5; i++)
		build_extension(&b, i < 4 ? chain[i + 1] : 51, 1);
	build_u8(&b, 6); /* AH of 4 * (4 + 2) bytes */
	build_u8(&b, 4);
	build_fill(&b, 0, 22);
	build_tcp(&b, TCP_SYN);
	build_fill(&b, 'x', 3);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_int_equal(p.protocol, 6);
	assert_int_equal(p.ttl, 62);
	assert_int_equal(p.ip_length, 40 + 135);
	assert_int_equal(p.destination_port, 445);
	assert_int_equal(p.payload_length, 3);
	for (size_t n = 0; n < b.length - 3; n++)
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_TRUNCATED);
}

static void
test_an_authentication_header_hides_nothing_in_ip4(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 51, 24 + 20, 0);
	build_u8(&b, 6);
	build_u8(&b, 4);
	build_fill(&b, 0, 22);
	build_tcp(&b, TCP_SYN);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.protocol, 6);
	assert_int_equal(p.destination_port, 445);
	assert_int_equal(p.transport_captured, 20);
}

static void
test_extension_headers_beyond_the_maximum_are_unsupported(void **state)
{
	(void)state;
	for (int n = PACKET_EXTENSIONS_MAX; n <= PACKET_EXTENSIONS_MAX + 1;
	     n++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ip6(&b, 60, (size_t)n * 8 + 20);
		for (int i = 0; i < n; i++)
			build_extension(&b, i + 1 < n ? 60 : 6, 0);
		build_tcp(&b, TCP_SYN);
		assert_int_equal(decode_raw(&b, &p),
		    n > PACKET_EXTENSIONS_MAX ? DECODE_UNSUPPORTED : DECODE_OK);
	}
}

static void
test_each_lie_of_an_ip6_packet_is_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 60, 28);
	build_extension(&b, 6, 0);
	build_tcp(&b, TCP_SYN);
	b.bytes[0] = 0x50;
	assert_int_equal(build_decode(DECODE_LINK_IPV6, &b, &p),
	    DECODE_MALFORMED);
	b.bytes[0] = 0x60;
	b.bytes[41] = 9; /* an extension header longer than the packet */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[41] = 0;
	b.bytes[40] = 0; /* hop-by-hop that is not first */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[40] = 6;
	put_u16(&b, 4, 27); /* no room for TCP */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	put_u16(&b, 4, 1); /* nor for the extension header */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
}

static void
test_jumbograms_are_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 0, 0);
	build_u16(&b, 0x0600);
	build_u16(&b, 0xc204);
	build_u32(&b, 70000);
	build_tcp(&b, TCP_ACK);
	assert_int_equal(decode_raw(&b, &p), DECODE_UNSUPPORTED);
	for (size_t n = 0; n < 48; n++)
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_TRUNCATED);
	b.bytes[42] = 1; /* padding instead: length 0 is then a lie */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
}

static void
test_an_atomic_fragment_is_a_whole_packet(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 44, 28);
	build_fragment_header(&b, 6, 0, 77);
	build_tcp(&b, TCP_SYN);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_false(p.fragment);
	assert_int_equal(p.destination_port, 445);
}

static void
test_fragments_of_ip6_are_told_apart(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 60, 8 + 8 + 24);
	build_extension(&b, 44, 0);
	build_fragment_header(&b, 17, 1, 0x01020304);
	build_udp(&b, 1000, 53, 200);
	build_fill(&b, 'x', 16);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_true(p.first_fragment);
	assert_int_equal(p.fragment_id, 0x01020304);
	assert_int_equal(p.destination_port, 53);
	assert_int_equal(p.transport_captured, 24);

	b.bytes[51] = 24 | 1; /* low byte of offset and more-flag */
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_int_equal(p.fragment_offset, 24);
	assert_int_equal(p.protocol, 17);

	/* Behind it another extension header: only the whole can tell. */
	b.bytes[51] = 1;
	b.bytes[48] = 60;
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_FRAGMENT);
	assert_true(p.first_fragment);
	assert_int_equal(p.protocol, 60);
	assert_int_equal(p.transport_captured, 24);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip4_fields_are_read),
		cmocka_unit_test(
		    test_every_truncation_of_ip4_headers_is_truncated),
		cmocka_unit_test(test_a_cut_payload_is_ok_and_says_so),
		cmocka_unit_test(
		    test_a_file_cut_by_a_tool_that_rewrote_the_length_is_cut),
		cmocka_unit_test(
		    test_an_ip4_length_beyond_a_known_wire_length_is_malformed),
		cmocka_unit_test(test_each_lie_of_an_ip4_header_is_malformed),
		cmocka_unit_test(test_ip4_options_are_stepped_over),
		cmocka_unit_test(test_a_length_of_0_is_a_segmentation_giant),
		cmocka_unit_test(test_link_padding_is_no_ip6_giant),
		cmocka_unit_test(test_fragments_of_ip4_are_told_apart),
		cmocka_unit_test(
		    test_a_first_fragment_without_its_whole_header_waits_for_the_rest),
		cmocka_unit_test(
		    test_ip6_fields_and_extension_headers_are_read),
		cmocka_unit_test(
		    test_an_authentication_header_hides_nothing_in_ip4),
		cmocka_unit_test(
		    test_extension_headers_beyond_the_maximum_are_unsupported),
		cmocka_unit_test(test_each_lie_of_an_ip6_packet_is_malformed),
		cmocka_unit_test(test_jumbograms_are_unsupported),
		cmocka_unit_test(test_an_atomic_fragment_is_a_whole_packet),
		cmocka_unit_test(test_fragments_of_ip6_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
