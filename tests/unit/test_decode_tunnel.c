/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is taken for a tunnel, and what is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode.h"
#include "frame_build.h"

static enum packet_tunnel
tunnel_of_protocol(unsigned protocol, uint32_t first)
{
	struct build b = { .length = 0 };
	struct packet p;

	build_ip4(&b, protocol, 44, 0);
	build_u32(&b, first);
	build_fill(&b, 0x11, 40);
	assert_int_equal(build_decode(DECODE_LINK_RAW, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_IP);
	assert_int_equal(p.payload_length, 44);
	return p.tunnel;
}

/* payload[0..n) is followed by zeros up to length. */
static enum packet_tunnel
tunnel_of_datagram(unsigned port, const char *payload, size_t n, size_t length)
{
	struct build b = { .length = 0 };
	struct packet p;

	build_ip4(&b, 17, 8 + length, 0);
	build_udp(&b, 40000, port, length);
	memcpy(b.bytes + b.length, payload, n);
	b.length += n;
	build_fill(&b, 0, length - n);
	assert_int_equal(build_decode(DECODE_LINK_RAW, &b, &p), DECODE_OK);
	assert_int_equal(p.payload_length, length);
	return p.tunnel;
}

static void
test_protocols_that_carry_packets_are_tunnels(void **state)
{
	(void)state;
	assert_int_equal(tunnel_of_protocol(47, 0x00000800), TUNNEL_GRE);
	assert_int_equal(tunnel_of_protocol(47, 0x3001880b), TUNNEL_GRE);
	assert_int_equal(tunnel_of_protocol(47, 0x100088be), TUNNEL_ERSPAN);
	assert_int_equal(tunnel_of_protocol(47, 0x100022eb), TUNNEL_ERSPAN);
	assert_int_equal(tunnel_of_protocol(4, 0x45000000), TUNNEL_IPIP);
	assert_int_equal(tunnel_of_protocol(41, 0x60000000), TUNNEL_6IN4);
	assert_int_equal(tunnel_of_protocol(50, 0x00001234), TUNNEL_ESP);
	assert_int_equal(tunnel_of_protocol(115, 0), TUNNEL_L2TP);
	assert_int_equal(tunnel_of_protocol(137, 0), TUNNEL_MPLS);
	assert_int_equal(tunnel_of_protocol(89, 0), TUNNEL_NONE);
}

static void
test_esp_in_ip6_is_a_tunnel_and_ends_the_headers(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip6(&b, 60, 8 + 32);
	build_extension(&b, 50, 0);
	build_fill(&b, 0x22, 32);
	assert_int_equal(build_decode(DECODE_LINK_RAW, &b, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_ESP);
	assert_int_equal(p.protocol, 50);
	assert_int_equal(p.payload_length, 32);
}

static void
test_a_datagram_is_a_tunnel_by_port_and_shape(void **state)
{
	(void)state;
	assert_int_equal(tunnel_of_datagram(4789, "\x08\0\0\0\0\0\7\0", 8, 60),
	    TUNNEL_VXLAN);
	assert_int_equal(tunnel_of_datagram(4789, "\x88\x08\0\7\0\0\7\0", 8,
			     60),
	    TUNNEL_VXLAN);
	assert_int_equal(tunnel_of_datagram(6081, "\0\0\x65\x58\0\0\1\0", 8,
			     60),
	    TUNNEL_GENEVE);
	assert_int_equal(tunnel_of_datagram(3544, "\x60", 1, 60),
	    TUNNEL_TEREDO);
	assert_int_equal(tunnel_of_datagram(3544, "\0\0\1\2\3\4\5\6\x60", 9,
			     60),
	    TUNNEL_TEREDO);
	assert_int_equal(tunnel_of_datagram(3544,
			     "\0\1\0\0........\0\0\0\1\2\3\4\5\6\x60", 22, 80),
	    TUNNEL_TEREDO);
	assert_int_equal(tunnel_of_datagram(2152, "\x30\xff\0\x34", 4, 60),
	    TUNNEL_GTP);
	assert_int_equal(tunnel_of_datagram(1701, "\xc8\2", 2, 60),
	    TUNNEL_L2TP);
	assert_int_equal(tunnel_of_datagram(1701, "\0\2", 2, 60), TUNNEL_L2TP);
	assert_int_equal(tunnel_of_datagram(4500, "\0\0\0\7", 4, 60),
	    TUNNEL_ESP);
	assert_int_equal(tunnel_of_datagram(51820, "\1\0\0\0", 4, 148),
	    TUNNEL_WIREGUARD);
	assert_int_equal(tunnel_of_datagram(53, "\2\0\0\0", 4, 92),
	    TUNNEL_WIREGUARD);
}

static void
test_a_tunnels_port_without_its_shape_is_none(void **state)
{
	(void)state;
	/* VXLAN: no flag, no frame in it. What is reserved is not looked at:
	 * a bit more hides nothing. */
	assert_int_equal(tunnel_of_datagram(4789, "\0", 1, 60), TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(4789, "\x09", 1, 60), TUNNEL_VXLAN);
	assert_int_equal(tunnel_of_datagram(4789, "\x08\0\1", 3, 60),
	    TUNNEL_VXLAN);
	assert_int_equal(tunnel_of_datagram(4789, "\x08\0\0\0\0\0\0\1", 8, 60),
	    TUNNEL_VXLAN);
	assert_int_equal(tunnel_of_datagram(4789, "\x08", 1, 21), TUNNEL_NONE);
	/* GENEVE: version 1, options beyond the end, no ethertype. */
	assert_int_equal(tunnel_of_datagram(6081, "\x40\0\x65\x58", 4, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(6081, "\x3f\0\x65\x58", 4, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(6081, "\0\0\0\x58", 4, 60),
	    TUNNEL_NONE);
	/* Teredo: IPv4, too short. */
	assert_int_equal(tunnel_of_datagram(3544, "\x45", 1, 60), TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(3544, "\x60", 1, 39), TUNNEL_NONE);
	/* GTP: prime, version 2, another length. */
	assert_int_equal(tunnel_of_datagram(2152, "\x20\xff\0\x34", 4, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(2152, "\x50\xff\0\x34", 4, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(2152, "\x30\xff\0\x33", 4, 60),
	    TUNNEL_NONE);
	/* L2TP: L2F's version, a reserved bit. */
	assert_int_equal(tunnel_of_datagram(1701, "\xc8\1", 2, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(1701, "\xd8\2", 2, 60),
	    TUNNEL_NONE);
	/* 4500: IKE, a NAT's keep-alive. */
	assert_int_equal(tunnel_of_datagram(4500, "\0\0\0\0", 4, 60),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(4500, "\xff", 1, 1), TUNNEL_NONE);
	/* WireGuard: other lengths, reserved bytes. */
	assert_int_equal(tunnel_of_datagram(51820, "\1\0\0\0", 4, 147),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(51820, "\1\0\0\1", 4, 148),
	    TUNNEL_NONE);
	assert_int_equal(tunnel_of_datagram(51820, "\4\0\0\0", 4, 148),
	    TUNNEL_NONE);
	/* Another port. */
	assert_int_equal(tunnel_of_datagram(4788, "\x08", 1, 60), TUNNEL_NONE);
}

static void
test_a_cut_payload_shows_a_tunnel_as_soon_as_its_header_is_there(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ip4(&b, 17, 8 + 60, 0);
	build_udp(&b, 40000, 4789, 60);
	build_u32(&b, 0x08000000);
	build_u32(&b, 0x00000700);
	build_fill(&b, 0, 52);
	for (size_t n = 28; n <= b.length; n++) {
		assert_int_equal(build_decode_cut(DECODE_LINK_RAW, &b, n,
				     b.length, &p),
		    DECODE_OK);
		assert_int_equal(p.tunnel,
		    n >= 36 ? TUNNEL_VXLAN : TUNNEL_NONE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocols_that_carry_packets_are_tunnels),
		cmocka_unit_test(
		    test_esp_in_ip6_is_a_tunnel_and_ends_the_headers),
		cmocka_unit_test(test_a_datagram_is_a_tunnel_by_port_and_shape),
		cmocka_unit_test(test_a_tunnels_port_without_its_shape_is_none),
		cmocka_unit_test(
		    test_a_cut_payload_shows_a_tunnel_as_soon_as_its_header_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
