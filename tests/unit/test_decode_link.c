/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Link layers, tags, ARP and what is no IP at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode.h"
#include "frame_build.h"

static void
add_tcp4(struct build *b)
{
	build_ip4(b, 6, 24, 0);
	build_tcp(b, TCP_SYN);
	build_fill(b, 'x', 4);
}

static void
add_tcp6(struct build *b)
{
	build_ip6(b, 6, 24);
	build_tcp(b, TCP_SYN);
	build_fill(b, 'x', 4);
}

static void
assert_tcp(const struct packet *p, unsigned family)
{
	char text[ADDR_TEXT_MAX];

	assert_int_equal(p->kind, PACKET_IP);
	assert_int_equal(p->layer, LAYER_TCP);
	assert_int_equal(p->source.family, family);
	assert_string_equal(addr_format(&p->source, text),
	    family == 4 ? "10.1.0.5" : "fd00:1::5");
	assert_string_equal(addr_format(&p->destination, text),
	    family == 4 ? "10.3.0.9" : "fd00:3::9");
	assert_int_equal(p->ethertype, family == 4 ? 0x0800 : 0x86dd);
	assert_int_equal(p->source_port, 51514);
	assert_int_equal(p->destination_port, 445);
	assert_int_equal(p->payload_length, 4);
	assert_int_equal(p->payload_captured, 4);
	assert_memory_equal(p->payload, "xxxx", 4);
}

static void
test_ethernet_gives_both_macs_and_cuts_the_padding(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x0800);
	add_tcp4(&b);
	build_fill(&b, 0xee, 6);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_tcp(&p, 4);
	assert_true(p.has_macs);
	assert_int_equal(p.destination_mac.bytes[5], 2);
	assert_int_equal(p.source_mac.bytes[5], 1);
	assert_int_equal(p.transport_captured, 24);
	assert_int_equal(p.tag_count, 0);
}

static void
test_every_link_type_leads_to_the_same_packet(void **state)
{
	static const struct {
		int link;
		const char *header;
		size_t length;
		unsigned family;
	} cases[] = {
		{ DECODE_LINK_RAW, "", 0, 4 },
		{ DECODE_LINK_RAW, "", 0, 6 },
		{ DECODE_LINK_RAW_OLD, "", 0, 4 },
		{ DECODE_LINK_RAW_BSD, "", 0, 6 },
		{ DECODE_LINK_IPV4, "", 0, 4 },
		{ DECODE_LINK_IPV6, "", 0, 6 },
		{ DECODE_LINK_LOOP, "\0\0\0\2", 4, 4 },
		{ DECODE_LINK_LOOP, "\0\0\0\30", 4, 6 },
		{ DECODE_LINK_NULL, "\0\0\0\2", 4, 4 },
		{ DECODE_LINK_NULL, "\2\0\0\0", 4, 4 },
		{ DECODE_LINK_NULL, "\12\0\0\0", 4, 6 },
		{ DECODE_LINK_NULL, "\30\0\0\0", 4, 6 },
		{ DECODE_LINK_NULL, "\34\0\0\0", 4, 6 },
		{ DECODE_LINK_NULL, "\36\0\0\0", 4, 6 },
		{ DECODE_LINK_NULL, "\0\0\0\36", 4, 6 },
		{ DECODE_LINK_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00", 16,
		    4 },
		{ DECODE_LINK_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd", 16,
		    6 },
		{ DECODE_LINK_SLL2,
		    "\x08\x00\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\1\0\0", 20, 4 },
		{ DECODE_LINK_SLL2,
		    "\x86\xdd\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\1\0\0", 20, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		memcpy(b.bytes, cases[i].header, cases[i].length);
		b.length = cases[i].length;
		(cases[i].family == 4 ? add_tcp4 : add_tcp6)(&b);
		assert_true(decode_knows(cases[i].link));
		assert_int_equal(build_decode(cases[i].link, &b, &p),
		    DECODE_OK);
		assert_tcp(&p, cases[i].family);
		assert_false(p.has_macs);
	}
}

static void
test_an_unknown_link_type_is_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_tcp4(&b);
	assert_false(decode_knows(127));
	assert_int_equal(build_decode(127, &b, &p), DECODE_UNSUPPORTED);
	assert_int_equal(p.layer, LAYER_LINK);
	assert_int_equal(p.kind, PACKET_OTHER);
}

static void
test_an_unknown_address_family_is_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_u32(&b, 7);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_NULL, &b, &p),
	    DECODE_UNSUPPORTED);
}

static void
test_tags_are_listed_from_the_outside(void **state)
{
	static const uint16_t types[] = { 0x88a8, 0x8100, 0x9100, 0x9200 };

	(void)state;
	for (size_t n = 1; n <= 4; n++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ethernet(&b, types[0]);
		for (size_t i = 0; i < n; i++) {
			build_u16(&b, 0xe000 | (unsigned)(100 + i));
			build_u16(&b, i + 1 < n ? types[i + 1] : 0x0800);
		}
		add_tcp4(&b);
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_tcp(&p, 4);
		assert_int_equal(p.tag_count, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p.tags[i], 100 + i);
	}
}

static void
test_a_fifth_tag_is_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8100);
	for (int i = 0; i < 5; i++) {
		build_u16(&b, 7);
		build_u16(&b, i < 4 ? 0x8100 : 0x0800);
	}
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_UNSUPPORTED);
	assert_int_equal(p.layer, LAYER_TAG);
	assert_int_equal(p.tag_count, 4);
}

static void
test_a_priority_tag_is_no_vlan(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8100);
	build_u16(&b, 0xa000); /* priority 5, VLAN 0 */
	build_u16(&b, 0x0800);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_tcp(&p, 4);
	assert_int_equal(p.tag_count, 0);
}

static void
test_snap_carries_ip(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 8 + 44);
	build_u32(&b, 0xaaaa0300);
	build_u32(&b, 0x00000800);
	add_tcp4(&b);
	build_fill(&b, 0xee, 3);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_tcp(&p, 4);
}

static void
test_a_snap_length_that_ends_inside_snap_is_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 7);
	build_u32(&b, 0xaaaa0300);
	build_u32(&b, 0x00000800);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_MALFORMED);
}

static void
test_what_is_known_not_to_be_ip_is_other(void **state)
{
	static const unsigned cases[] = { 38, /* 802.3: STP */
		1500, 0x88cc,		      /* LLDP */
		0x8863 /* PPPoE discovery */ };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ethernet(&b, cases[i]);
		build_u32(&b, 0x42420300);
		build_fill(&b, 0, 42);
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_int_equal(p.kind, PACKET_OTHER);
		assert_int_equal(p.ethertype, cases[i]);
		assert_int_equal(p.tunnel, TUNNEL_NONE);
		assert_int_equal(p.wrapped, TUNNEL_NONE);
		assert_null(p.payload);
	}
}

static void
test_what_may_hide_ip_is_unsupported(void **state)
{
	static const unsigned types[] = { 0x88e5, 0x88e7, 0x8926, 0x8909,
		0x893f, 1501, 1535 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_ethernet(&b, types[i]);
		add_tcp4(&b);
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_UNSUPPORTED);
		assert_int_equal(p.ethertype, types[i]);
	}
}

static void
test_a_cooked_frame_of_another_kind_of_link_is_not_read_as_ip(void **state)
{
	static const unsigned hardware[] = { 824, 770, 801, 803 };

	(void)state;
	for (size_t i = 0; i < sizeof(hardware) / sizeof(hardware[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		build_u16(&b, 0);
		build_u16(&b, hardware[i]);
		build_fill(&b, 0, 10);
		build_u16(&b, 0x0800);
		add_tcp4(&b);
		assert_int_equal(build_decode(DECODE_LINK_SLL, &b, &p),
		    DECODE_UNSUPPORTED);
	}
}

static void
test_cooked_frames_know_llc_tags_and_other_protocols(void **state)
{
	static const struct {
		unsigned protocol;
		enum decode_status status;
	} cases[] = { { 1, DECODE_OK }, { 4, DECODE_OK }, { 0x0c, DECODE_OK },
		{ 3, DECODE_UNSUPPORTED }, { 0x88cc, DECODE_OK } };
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b.length = 0;
		build_u16(&b, 0);
		build_u16(&b, 1);
		build_fill(&b, 0, 10);
		build_u16(&b, cases[i].protocol);
		build_fill(&b, 0x42, 20);
		assert_int_equal(build_decode(DECODE_LINK_SLL, &b, &p),
		    cases[i].status);
		assert_int_equal(p.kind, PACKET_OTHER);
	}
	b.length = 14;
	build_u16(&b, 0x8100);
	build_u16(&b, 30);
	build_u16(&b, 0x0800);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_SLL, &b, &p), DECODE_OK);
	assert_tcp(&p, 4);
	assert_int_equal(p.tags[0], 30);
}

static void
add_arp(struct build *b)
{
	build_ethernet(b, 0x0806);
	build_u16(b, 1);
	build_u16(b, 0x0800);
	build_u16(b, 0x0604);
	build_u16(b, 2);
	build_u32(b, 0x02000000);
	build_u16(b, 1);
	build_u32(b, 0x0a010001);
	build_fill(b, 0xff, 6);
	build_u32(b, 0x0a010005);
}

static void
test_arp_is_read(void **state)
{
	struct build b = { .length = 0 };
	char text[ADDR_TEXT_MAX];
	struct packet p;

	(void)state;
	add_arp(&b);
	build_fill(&b, 0, 18);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_ARP);
	assert_int_equal(p.arp_operation, 2);
	assert_int_equal(p.arp_sender_mac.bytes[5], 1);
	assert_string_equal(addr_format(&p.arp_sender, text), "10.1.0.1");
	assert_string_equal(addr_format(&p.arp_target, text), "10.1.0.5");
	assert_int_equal(p.source.family, 0);
}

static void
test_every_truncation_of_arp_is_truncated(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_arp(&b);
	for (size_t n = 0; n < b.length; n++) {
		assert_int_equal(build_decode_cut(DECODE_LINK_ETHERNET, &b, n,
				     b.length, &p),
		    DECODE_TRUNCATED);
		assert_int_equal(build_decode_cut(DECODE_LINK_ETHERNET, &b, n,
				     n, &p),
		    DECODE_TRUNCATED);
	}
}

static void
test_arp_of_other_address_kinds_is_told_apart_from_lies(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	add_arp(&b);
	b.bytes[15] = 6; /* hardware: IEEE 802 */
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_UNSUPPORTED);
	b.bytes[15] = 1;
	b.bytes[18] = 8; /* Ethernet addresses of eight bytes */
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_MALFORMED);
	assert_int_equal(p.kind, PACKET_ARP);
}

static void
test_every_truncation_of_link_headers_is_truncated(void **state)
{
	static const struct {
		int link;
		size_t header;
	} cases[] = { { DECODE_LINK_ETHERNET, 14 }, { DECODE_LINK_SLL, 16 },
		{ DECODE_LINK_SLL2, 20 }, { DECODE_LINK_NULL, 4 },
		{ DECODE_LINK_LOOP, 4 }, { DECODE_LINK_RAW, 1 },
		{ DECODE_LINK_IPV4, 1 }, { DECODE_LINK_IPV6, 1 } };
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_fill(&b, 0, 64);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t n = 0; n < cases[i].header; n++) {
			assert_int_equal(build_decode_cut(cases[i].link, &b, n,
					     64, &p),
			    DECODE_TRUNCATED);
			assert_int_equal(p.kind, PACKET_OTHER);
		}
	}
}

static void
test_every_value_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < DECODE_STATUS_COUNT; i++)
		assert_non_null(decode_status_name((enum decode_status)i));
	for (int i = 0; i < LAYER_COUNT; i++)
		assert_non_null(packet_layer_name((enum packet_layer)i));
	for (int i = 0; i < TUNNEL_COUNT; i++)
		assert_non_null(packet_tunnel_name((enum packet_tunnel)i));
	assert_string_equal(decode_status_name(DECODE_TRUNCATED), "truncated");
	assert_string_equal(packet_layer_name(LAYER_IP4), "ip4");
	assert_string_equal(packet_tunnel_name(TUNNEL_GRE), "gre");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_ethernet_gives_both_macs_and_cuts_the_padding),
		cmocka_unit_test(test_every_link_type_leads_to_the_same_packet),
		cmocka_unit_test(test_an_unknown_link_type_is_unsupported),
		cmocka_unit_test(test_an_unknown_address_family_is_unsupported),
		cmocka_unit_test(test_tags_are_listed_from_the_outside),
		cmocka_unit_test(test_a_fifth_tag_is_unsupported),
		cmocka_unit_test(test_a_priority_tag_is_no_vlan),
		cmocka_unit_test(test_snap_carries_ip),
		cmocka_unit_test(
		    test_a_snap_length_that_ends_inside_snap_is_malformed),
		cmocka_unit_test(test_what_is_known_not_to_be_ip_is_other),
		cmocka_unit_test(test_what_may_hide_ip_is_unsupported),
		cmocka_unit_test(
		    test_a_cooked_frame_of_another_kind_of_link_is_not_read_as_ip),
		cmocka_unit_test(
		    test_cooked_frames_know_llc_tags_and_other_protocols),
		cmocka_unit_test(test_arp_is_read),
		cmocka_unit_test(test_every_truncation_of_arp_is_truncated),
		cmocka_unit_test(
		    test_arp_of_other_address_kinds_is_told_apart_from_lies),
		cmocka_unit_test(
		    test_every_truncation_of_link_headers_is_truncated),
		cmocka_unit_test(test_every_value_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
