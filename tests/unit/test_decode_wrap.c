/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MPLS label stacks and PPPoE sessions, opened in place. */
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

/* Another MAC than that of build_ethernet, so that both can be told apart. */
static void
add_inner_ethernet(struct build *b, unsigned first, unsigned ethertype)
{
	build_u8(b, first);
	build_fill(b, 0x10, 5);
	build_fill(b, 0x20, 6);
	build_u16(b, ethertype);
}

static void
mpls_ip4(struct build *b)
{
	build_ethernet(b, 0x8847);
	build_u32(b, 0x00010040);
	build_u32(b, 0x00020140);
	add_tcp4(b);
}

static void
mpls_tagged_ip6(struct build *b)
{
	build_ethernet(b, 0x8100);
	build_u16(b, 300);
	build_u16(b, 0x8848);
	build_u32(b, 0x00010140);
	add_tcp6(b);
}

static void
mpls_null4(struct build *b)
{
	build_ethernet(b, 0x8847);
	build_u32(b, 0x00000140);
	add_tcp4(b);
}

static void
mpls_null6(struct build *b)
{
	build_ethernet(b, 0x8847);
	build_u32(b, 0x00002140);
	add_tcp6(b);
}

static void
mpls_control_word(struct build *b)
{
	build_ethernet(b, 0x8847);
	build_u32(b, 0x00010140);
	build_u32(b, 0x00000007); /* sequence 7 */
	add_inner_ethernet(b, 0x00, 0x8100);
	build_u16(b, 110);
	build_u16(b, 0x0800);
	add_tcp4(b);
}

static void
mpls_pseudowire(struct build *b)
{
	build_ethernet(b, 0x8847);
	build_u32(b, 0x00010140);
	add_inner_ethernet(b, 0x48, 0x0800); /* begins like IPv4 */
	add_tcp4(b);
}

static void
pppoe_ip4(struct build *b)
{
	build_ethernet(b, 0x8864);
	build_u32(b, 0x11000001);
	build_u16(b, 2 + 44);
	build_u16(b, 0x0021);
	add_tcp4(b);
	build_fill(b, 0xee, 3); /* padding */
}

static void
pppoe_ip6(struct build *b)
{
	build_ethernet(b, 0x8864);
	build_u32(b, 0x11000001);
	build_u16(b, 1 + 64);
	build_u8(b, 0x57); /* the first byte, 0, left out */
	add_tcp6(b);
}

static void
pppoe_mpls(struct build *b)
{
	build_ethernet(b, 0x8864);
	build_u32(b, 0x11000001);
	build_u16(b, 2 + 4 + 44);
	build_u16(b, 0x0281);
	build_u32(b, 0x00010140);
	add_tcp4(b);
}

static const struct example {
	const char *name;
	void (*build)(struct build *b);
	enum packet_tunnel wrapped;
	uint16_t vlan;
	bool inner_macs;
} examples[] = {
	{ "labels, IPv4", mpls_ip4, TUNNEL_MPLS, 0, false },
	{ "tag and label, IPv6", mpls_tagged_ip6, TUNNEL_MPLS, 300, false },
	{ "explicit null of IPv4", mpls_null4, TUNNEL_MPLS, 0, false },
	{ "explicit null of IPv6", mpls_null6, TUNNEL_MPLS, 0, false },
	{ "pseudowire with control word", mpls_control_word, TUNNEL_MPLS, 110,
	    true },
	{ "pseudowire without", mpls_pseudowire, TUNNEL_MPLS, 0, true },
	{ "PPPoE, IPv4", pppoe_ip4, TUNNEL_PPPOE, 0, false },
	{ "PPPoE, IPv6", pppoe_ip6, TUNNEL_PPPOE, 0, false },
	{ "PPPoE, labels", pppoe_mpls, TUNNEL_PPPOE, 0, false },
};
#define EXAMPLES (sizeof(examples) / sizeof(examples[0]))

static void
test_what_is_wrapped_is_the_packet(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		const struct example *e = &examples[i];
		struct build b = { .length = 0 };
		struct packet p;

		print_message("%s\n", e->name);
		e->build(&b);
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_int_equal(p.kind, PACKET_IP);
		assert_int_equal(p.wrapped, e->wrapped);
		assert_int_equal(p.tunnel, TUNNEL_NONE);
		assert_null(p.carried.bytes);
		assert_int_equal(p.destination_port, 445);
		assert_int_equal(p.payload_length, 4);
		assert_memory_equal(p.payload, "xxxx", 4);
		assert_ptr_equal(p.headers_end, p.payload);
		assert_int_equal(p.tag_count, e->vlan != 0);
		assert_int_equal(p.tags[0], e->vlan);
		assert_true(p.has_macs);
		assert_int_equal(p.source_mac.bytes[5],
		    e->inner_macs ? 0x20 : 1);
	}
}

static void
test_each_cut_is_truncated_or_stays_closed(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct build b = { .length = 0 };
		struct packet p;

		examples[i].build(&b);
		for (size_t n = 0; n < b.length; n++) {
			enum decode_status status =
			    build_decode_cut(DECODE_LINK_ETHERNET, &b, n,
				b.length, &p);

			assert_int_not_equal(status, DECODE_MALFORMED);
			assert_int_not_equal(status, DECODE_UNSUPPORTED);
			if (status == DECODE_OK && p.kind == PACKET_OTHER)
				assert_int_equal(p.tunnel, TUNNEL_MPLS);
		}
	}
}

static void
test_lengths_that_lie_are_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8864);
	build_u32(&b, 0x11000001);
	build_u16(&b, 1); /* no room for the protocol */
	build_u16(&b, 0x0021);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_MALFORMED);
	assert_int_equal(p.layer, LAYER_TUNNEL);
	b.bytes[19] = 30; /* IP is longer */
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_MALFORMED);
	assert_int_equal(p.layer, LAYER_IP4);
	b.bytes[19] = 200;
	assert_int_equal(build_decode_cut(DECODE_LINK_ETHERNET, &b, b.length,
			     b.length + 10, &p),
	    DECODE_MALFORMED);
	b.length = 0;
	build_ethernet(&b, 0x8847);
	build_u32(&b, 0x00000140); /* explicit null of IPv4, IPv6 below */
	add_tcp6(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_MALFORMED);
}

static void
test_what_is_not_known_stays_closed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8847);
	build_u32(&b, 0x00010140);
	build_fill(&b, 0x77, 60);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_int_equal(p.tunnel, TUNNEL_MPLS);
	b.length = 0;
	build_ethernet(&b, 0x8864);
	build_u32(&b, 0x11000001);
	build_u16(&b, 40);
	build_u16(&b, 0x0053); /* encrypted */
	build_fill(&b, 0x77, 60);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_int_equal(p.tunnel, TUNNEL_PPPOE);
	b.bytes[14] = 0x21; /* another version */
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_PPPOE);
}

static void
test_upkeep_of_the_line_is_no_tunnel(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8864);
	build_u32(&b, 0x11000001);
	build_u16(&b, 10);
	build_u16(&b, 0xc021); /* LCP */
	build_fill(&b, 0, 38);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_int_equal(p.tunnel, TUNNEL_NONE);
	b.length = 0;
	build_ethernet(&b, 0x8847);
	build_u32(&b, 0x00010140);
	build_u32(&b, 0x10000021); /* a channel beside the pseudowire */
	build_fill(&b, 0, 38);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_int_equal(p.tunnel, TUNNEL_NONE);
}

static void
test_too_many_labels_and_too_deep_a_nest_are_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8847);
	for (int i = 0; i < 16; i++)
		build_u32(&b, 0x00010040);
	build_u32(&b, 0x00010140);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_UNSUPPORTED);
	assert_int_equal(p.layer, LAYER_TUNNEL);
	b.length = 0;
	build_ethernet(&b, 0x8847);
	for (int i = 0; i < 2000; i++) {
		build_u32(&b, 0x00010140);
		add_inner_ethernet(&b, 0x02, 0x8847);
	}
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_UNSUPPORTED);
}

static void
test_tags_around_and_inside_are_no_more_than_fit(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	build_ethernet(&b, 0x8100);
	for (unsigned i = 1; i <= 3; i++) {
		build_u16(&b, i);
		build_u16(&b, i < 3 ? 0x8100 : 0x8847);
	}
	build_u32(&b, 0x00010140);
	add_inner_ethernet(&b, 0x02, 0x8100);
	build_u16(&b, 4);
	build_u16(&b, 0x8100);
	build_u16(&b, 5);
	build_u16(&b, 0x0800);
	add_tcp4(&b);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
	    DECODE_UNSUPPORTED);
	assert_int_equal(p.tag_count, PACKET_TAGS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_wrapped_is_the_packet),
		cmocka_unit_test(test_each_cut_is_truncated_or_stays_closed),
		cmocka_unit_test(test_lengths_that_lie_are_malformed),
		cmocka_unit_test(test_what_is_not_known_stays_closed),
		cmocka_unit_test(test_upkeep_of_the_line_is_no_tunnel),
		cmocka_unit_test(
		    test_too_many_labels_and_too_deep_a_nest_are_unsupported),
		cmocka_unit_test(
		    test_tags_around_and_inside_are_no_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
