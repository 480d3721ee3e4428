/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP, UDP, SCTP, ICMP with what it quotes, and neighbour discovery. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode.h"
#include "frame_build.h"

static enum decode_status
decode_raw(const struct build *b, struct packet *p)
{
	return build_decode(DECODE_LINK_RAW, b, p);
}

/* Every cut of the headers (all but payload bytes of b) is TRUNCATED. */
static void
assert_cuts_truncated(const struct build *b, size_t payload)
{
	struct packet p;

	for (size_t n = 0; n < b->length - payload; n++)
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, b, n,
				     b->length, &p),
		    DECODE_TRUNCATED);
	for (size_t n = b->length - payload; n < b->length; n++)
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, b, n,
				     b->length, &p),
		    DECODE_OK);
}

static void
test_tcp_is_read(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 6, 32 + 5, 0);
	build_tcp(&b, TCP_SYN | TCP_ACK);
	b.bytes[32] = 0x80; /* a header of 32 bytes */
	build_fill(&b, 1, 12);
	build_fill(&b, 'x', 5);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_int_equal(p.layer, LAYER_TCP);
	assert_int_equal(p.source_port, 51514);
	assert_int_equal(p.destination_port, 445);
	assert_int_equal(p.tcp_seq, 0x01020304);
	assert_int_equal(p.tcp_ack, 0x05060708);
	assert_int_equal(p.tcp_flags, TCP_SYN | TCP_ACK);
	assert_int_equal(p.tcp_window, 4096);
	assert_int_equal(p.payload_length, 5);
	assert_memory_equal(p.payload, "xxxxx", 5);
	assert_cuts_truncated(&b, 5);
	b.bytes[32] = 0x40; /* 16 bytes */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[32] = 0xf0; /* 60 bytes in 37 */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	assert_int_equal(p.destination_port, 445);
}

static void
test_udp_is_read_and_its_length_ends_the_payload(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 17, 8 + 10, 0);
	build_udp(&b, 40000, 514, 7);
	build_fill(&b, 'x', 10);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.layer, LAYER_UDP);
	assert_int_equal(p.source_port, 40000);
	assert_int_equal(p.destination_port, 514);
	assert_int_equal(p.payload_length, 7);
	assert_int_equal(p.payload_captured, 7);
	b.bytes[25] = 18;
	assert_cuts_truncated(&b, 10);
	b.bytes[25] = 19; /* more than IP says there is */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[25] = 7; /* less than its own header */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[25] = 0;
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
	b.bytes[25] = 8;
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.payload_length, 0);
	assert_null(p.payload);
}

static void
test_sctp_gives_its_ports(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 132, 12 + 16, 0);
	build_u16(&b, 2905);
	build_u16(&b, 2906);
	build_fill(&b, 0, 8);
	build_fill(&b, 1, 16);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_int_equal(p.source_port, 2905);
	assert_int_equal(p.destination_port, 2906);
	assert_int_equal(p.payload_length, 16);
	assert_cuts_truncated(&b, 16);
}

static void
test_another_protocol_is_a_packet_without_ports(void **state)
{
	static const unsigned protocols[] = { 2, 88, 89, 112, 255, 58 };

	(void)state;
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ip4(&b, protocols[i], 30, 0);
		build_fill(&b, 0xff, 30);
		assert_int_equal(decode_raw(&b, &p), DECODE_OK);
		assert_int_equal(p.kind, PACKET_IP);
		assert_int_equal(p.layer, LAYER_IP4);
		assert_int_equal(p.protocol, protocols[i]);
		assert_int_equal(p.source_port, 0);
		assert_int_equal(p.payload_length, 30);
		assert_int_equal(p.tunnel, TUNNEL_NONE);
		assert_cuts_truncated(&b, 30);
	}
}

static void
test_echo_has_an_identifier(void **state)
{
	static const struct {
		unsigned type, id;
	} cases[] = { { 8, 0x1122 }, { 0, 0x1122 }, { 13, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ip4(&b, 1, 8 + 4, 0);
		build_u32(&b, cases[i].type << 24 | 0x030000);
		build_u32(&b, 0x11220001);
		build_fill(&b, 'p', 4);
		assert_int_equal(decode_raw(&b, &p), DECODE_OK);
		assert_int_equal(p.kind, PACKET_IP);
		assert_int_equal(p.layer, LAYER_ICMP);
		assert_int_equal(p.icmp_type, cases[i].type);
		assert_int_equal(p.icmp_code, 3);
		assert_int_equal(p.icmp_id, cases[i].id);
		assert_int_equal(p.payload_length, 4);
		assert_false(p.quoted.given);
		assert_cuts_truncated(&b, 4);
	}
}

static void
add_quoted_udp4(struct build *b)
{
	build_ip4(b, 17, 8 + 100, 0); /* as it was before it was quoted */
	build_udp(b, 40000, 53, 100);
}

static void
test_an_icmp_error_tells_whose_it_is(void **state)
{
	static const unsigned types[] = { 3, 4, 5, 11, 12 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct build b = { .length = 0 };
		char text[ADDR_TEXT_MAX];
		struct packet p;

		build_ip4(&b, 1, 8 + 28, 0);
		build_u32(&b, types[i] << 24 | 0x010000);
		build_u32(&b, 0);
		add_quoted_udp4(&b);
		assert_int_equal(decode_raw(&b, &p), DECODE_OK);
		assert_true(p.quoted.given);
		assert_string_equal(addr_format(&p.quoted.source, text),
		    "10.1.0.5");
		assert_string_equal(addr_format(&p.quoted.destination, text),
		    "10.3.0.9");
		assert_int_equal(p.quoted.protocol, 17);
		assert_true(p.quoted.has_ports);
		assert_int_equal(p.quoted.source_port, 40000);
		assert_int_equal(p.quoted.destination_port, 53);
		assert_int_equal(p.protocol, 1);
		assert_int_equal(p.source_port, 0);
		assert_int_equal(p.tunnel, TUNNEL_NONE);
	}
}

static void
test_a_quoted_packet_is_read_as_far_as_it_goes(void **state)
{
	struct build b = { .length = 0 };

	(void)state;
	build_ip4(&b, 1, 8 + 28, 0);
	build_u32(&b, 0x03010000);
	build_u32(&b, 0);
	add_quoted_udp4(&b);
	for (size_t n = 28; n <= b.length; n++) {
		struct packet p;

		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_OK);
		assert_int_equal(p.quoted.given, n >= 48);
		assert_int_equal(p.quoted.has_ports, n >= 52);
		assert_int_equal(p.quoted.destination_port, n >= 52 ? 53 : 0);
	}
}

static void
test_a_quoted_echo_tells_type_and_identifier(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 1, 8 + 28, 0);
	build_u32(&b, 0x03010000);
	build_u32(&b, 0);
	build_ip4(&b, 1, 64, 0);
	build_u32(&b, 0x08000000);
	build_u32(&b, 0x33440001);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.quoted.protocol, 1);
	assert_int_equal(p.quoted.icmp_type, 8);
	assert_int_equal(p.quoted.icmp_id, 0x3344);
	assert_false(p.quoted.has_ports);
	assert_int_equal(p.icmp_type, 3);
	assert_int_equal(p.icmp_id, 0);
}

static void
test_a_quoted_error_is_not_opened_again(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 1, 500 * 28, 0);
	for (int i = 0; i < 500; i++) {
		build_u32(&b, 0x03010000);
		build_u32(&b, 0);
		build_ip4(&b, 1, 1000, 0);
	}
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_true(p.quoted.given);
	assert_int_equal(p.quoted.icmp_type, 3);
}

static void
test_a_quoted_later_fragment_has_no_ports(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 1, 8 + 28, 0);
	build_u32(&b, 0x0b010000);
	build_u32(&b, 0);
	build_ip4(&b, 17, 64, 100);
	build_fill(&b, 7, 8);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_true(p.quoted.given);
	assert_false(p.quoted.has_ports);
	assert_int_equal(p.quoted.source_port, 0);
}

static void
test_an_icmp6_error_quotes_past_extension_headers(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 58, 8 + 40 + 8 + 8 + 20);
	build_u32(&b, 0x01040000);
	build_u32(&b, 0);
	build_ip6(&b, 60, 1000);
	build_extension(&b, 44, 0);
	build_fragment_header(&b, 6, 1, 9);
	build_tcp(&b, TCP_SYN);
	for (size_t n = 48; n <= b.length; n++) {
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_OK);
		assert_int_equal(p.quoted.given, n >= 88);
		assert_int_equal(p.quoted.has_ports, n >= 108);
	}
	assert_int_equal(p.quoted.protocol, 6);
	assert_int_equal(p.quoted.destination_port, 445);
	assert_int_equal(p.icmp_type, 1);
	assert_int_equal(p.icmp_code, 4);
}

static void
test_icmp6_echo_has_an_identifier(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 58, 8);
	build_u32(&b, 0x81000000);
	build_u32(&b, 0x55660001);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.icmp_type, 129);
	assert_int_equal(p.icmp_id, 0x5566);
	assert_cuts_truncated(&b, 0);
	b.bytes[5] = 7; /* payload length */
	assert_int_equal(decode_raw(&b, &p), DECODE_MALFORMED);
}

/* fd00:1::1 */
static void
add_target(struct build *b)
{
	build_u32(b, 0xfd000001);
	build_fill(b, 0, 11);
	build_u8(b, 1);
}

static void
add_option(struct build *b, unsigned type)
{
	build_u16(b, type << 8 | 1);
	build_u32(b, 0x02aabbcc);
	build_u16(b, 0xddee);
}

static void
test_neighbour_discovery_fills_the_fields_of_arp(void **state)
{
	static const struct {
		unsigned type, between, addresses, option, operation;
		const char *sender, *target;
	} cases[] = {
		{ 133, 0, 0, 1, 0, "fd00:1::5", "" },
		{ 134, 8, 0, 1, 0, "fd00:1::5", "" },
		{ 135, 0, 1, 1, 1, "fd00:1::5", "fd00:1::1" },
		{ 136, 0, 1, 2, 2, "fd00:1::1", "fd00:3::9" },
		{ 137, 0, 2, 2, 0, "fd00:1::1", "fd00:1::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build b = { .length = 0 };
		char text[ADDR_TEXT_MAX];
		struct packet p;

		build_ip6(&b, 58,
		    8 + cases[i].between + 16 * cases[i].addresses + 16);
		build_u32(&b, cases[i].type << 24);
		build_u32(&b, 0);
		build_fill(&b, 0, cases[i].between);
		for (unsigned n = 0; n < cases[i].addresses; n++)
			add_target(&b);
		add_option(&b, 14); /* a nonce, say */
		add_option(&b, cases[i].option);
		assert_int_equal(decode_raw(&b, &p), DECODE_OK);
		assert_int_equal(p.kind, PACKET_IP);
		assert_int_equal(p.arp_operation, cases[i].operation);
		assert_int_equal(p.arp_sender_mac.bytes[5], 0xee);
		assert_string_equal(addr_format(&p.arp_sender, text),
		    cases[i].sender);
		assert_string_equal(addr_format(&p.arp_target, text),
		    cases[i].target);
		assert_cuts_truncated(&b, b.length - 48);
	}
}

static void
test_an_option_of_length_0_ends_neighbour_discovery(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 58, 8 + 16 + 16);
	build_u32(&b, 0x87000000);
	build_u32(&b, 0);
	add_target(&b);
	build_fill(&b, 0, 8);
	add_option(&b, 1);
	assert_int_equal(decode_raw(&b, &p), DECODE_OK);
	assert_int_equal(p.arp_target.family, 6);
	assert_int_equal(p.arp_sender_mac.bytes[5], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_is_read),
		cmocka_unit_test(
		    test_udp_is_read_and_its_length_ends_the_payload),
		cmocka_unit_test(test_sctp_gives_its_ports),
		cmocka_unit_test(
		    test_another_protocol_is_a_packet_without_ports),
		cmocka_unit_test(test_echo_has_an_identifier),
		cmocka_unit_test(test_an_icmp_error_tells_whose_it_is),
		cmocka_unit_test(
		    test_a_quoted_packet_is_read_as_far_as_it_goes),
		cmocka_unit_test(test_a_quoted_echo_tells_type_and_identifier),
		cmocka_unit_test(test_a_quoted_error_is_not_opened_again),
		cmocka_unit_test(test_a_quoted_later_fragment_has_no_ports),
		cmocka_unit_test(
		    test_an_icmp6_error_quotes_past_extension_headers),
		cmocka_unit_test(test_icmp6_echo_has_an_identifier),
		cmocka_unit_test(
		    test_neighbour_discovery_fills_the_fields_of_arp),
		cmocka_unit_test(
		    test_an_option_of_length_0_ends_neighbour_discovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
