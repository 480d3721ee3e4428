/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tunnels carry is found, or said why it is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode.h"
#include "frame_build.h"

#define INNER_PORT 445

/* Bytes before what b holds. */
static void
prepend(struct build *b, const struct build *head)
{
	memmove(b->bytes + head->length, b->bytes, b->length);
	memcpy(b->bytes, head->bytes, head->length);
	b->length += head->length;
}

static void
prepend_bytes(struct build *b, const char *bytes, size_t n)
{
	struct build head = { .length = 0 };

	memcpy(head.bytes, bytes, n);
	head.length = n;
	prepend(b, &head);
}

#define PREPEND(b, bytes) prepend_bytes(b, bytes, sizeof(bytes) - 1)

static void
add_inner4(struct build *b)
{
	build_ip4(b, 6, 24, 0);
	build_tcp(b, TCP_SYN);
	build_fill(b, 'x', 4);
}

static void
add_inner6(struct build *b)
{
	build_ip6(b, 6, 24);
	build_tcp(b, TCP_SYN);
	build_fill(b, 'x', 4);
}

static void
add_inner_frame(struct build *b)
{
	struct build head = { .length = 0 };

	add_inner4(b);
	build_ethernet(&head, 0x0800);
	prepend(b, &head);
}

static void
wrap_ethernet(struct build *b, unsigned ethertype)
{
	struct build head = { .length = 0 };

	build_ethernet(&head, ethertype);
	prepend(b, &head);
}

static void
wrap_ip4(struct build *b, unsigned protocol)
{
	struct build head = { .length = 0 };

	build_ip4(&head, protocol, b->length, 0);
	prepend(b, &head);
	wrap_ethernet(b, 0x0800);
}

static void
wrap_udp(struct build *b, unsigned port)
{
	struct build head = { .length = 0 };

	build_udp(&head, 40000, port, b->length);
	prepend(b, &head);
	wrap_ip4(b, 17);
}

/* ---- one good example of each */

static void
gre_ip4(struct build *b)
{
	add_inner4(b);
	PREPEND(b, "\0\0\x08\0");
	wrap_ip4(b, 47);
}

static void
gre_all_fields(struct build *b)
{
	add_inner6(b);
	PREPEND(b, "\xb0\0\x86\xdd\x12\x34\0\0\0\0\0\x2a\0\0\0\1");
	wrap_ip4(b, 47);
}

static void
gre_ethernet(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b, "\x20\0\x65\x58\0\0\0\x2a");
	wrap_ip4(b, 47);
}

static void
gre_mpls(struct build *b)
{
	add_inner4(b);
	PREPEND(b, "\0\0\x88\x47\0\1\1\x40");
	wrap_ip4(b, 47);
}

static void
erspan1(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b, "\0\0\x88\xbe");
	wrap_ip4(b, 47);
}

static void
erspan2(struct build *b)
{
	add_inner_frame(b);
	/* sequence; version 1, VLAN 300; session 42 */
	PREPEND(b, "\x10\0\x88\xbe\0\0\0\1\x11\x2c\x18\x2a\0\0\0\0");
	wrap_ip4(b, 47);
}

static void
erspan3(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b, "\x10\0\x22\xeb\0\0\0\1\x21\x2c\x00\x2a\1\2\3\4\0\0\0\0");
	wrap_ip4(b, 47);
}

static void
erspan3_platform(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b,
	    "\x10\0\x22\xeb\0\0\0\1\x21\x2c\x00\x2a\1\2\3\4\0\0\0\1abcdefgh");
	wrap_ip4(b, 47);
}

static void
erspan3_ip(struct build *b)
{
	add_inner4(b);
	PREPEND(b, "\x10\0\x22\xeb\0\0\0\1\x20\x00\x00\x2a\1\2\3\4\0\0\x08\0");
	wrap_ip4(b, 47);
}

static void
ip_in_ip(struct build *b)
{
	add_inner4(b);
	wrap_ip4(b, 4);
}

static void
six_in_four(struct build *b)
{
	add_inner6(b);
	wrap_ip4(b, 41);
}

static void
mpls_in_ip(struct build *b)
{
	add_inner6(b);
	PREPEND(b, "\0\0\x20\x40\0\0\1\x40");
	b->bytes[4] = 0; /* explicit null of IPv6 below */
	b->bytes[5] = 0;
	b->bytes[6] = 0x21;
	wrap_ip4(b, 137);
}

static void
vxlan(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b, "\x08\0\0\0\0\0\x2a\0");
	wrap_udp(b, 4789);
}

static void
vxlan_generic(struct build *b)
{
	add_inner6(b);
	PREPEND(b, "\x0c\0\0\2\0\0\x2a\0");
	wrap_udp(b, 4790);
}

static void
geneve(struct build *b)
{
	add_inner_frame(b);
	PREPEND(b, "\2\0\x65\x58\0\0\x2a\0\1\2\3\1abcd");
	wrap_udp(b, 6081);
}

static void
geneve_ip(struct build *b)
{
	add_inner4(b);
	PREPEND(b, "\0\0\x08\0\0\0\x2a\0");
	wrap_udp(b, 6081);
}

static void
teredo(struct build *b)
{
	add_inner6(b);
	wrap_udp(b, 3544);
}

static void
teredo_both(struct build *b)
{
	add_inner6(b);
	PREPEND(b, "\0\1\2\1abcnonce...\0\0\0\1\2\3\4\5\6");
	wrap_udp(b, 3544);
}

static void
gtp(struct build *b)
{
	struct build head = { .length = 0 };

	add_inner4(b);
	build_u16(&head, 0x30ff);
	build_u16(&head, (unsigned)b->length);
	build_u32(&head, 0x01020304);
	prepend(b, &head);
	wrap_udp(b, 2152);
}

static void
gtp_extension(struct build *b)
{
	struct build head = { .length = 0 };

	add_inner6(b);
	build_u16(&head, 0x34ff);
	build_u16(&head, (unsigned)(b->length + 8));
	build_u32(&head, 0x01020304);
	build_u32(&head, 0x00000085);
	build_u32(&head, 0x01000900); /* 4 bytes, none follows */
	prepend(b, &head);
	wrap_udp(b, 2152);
}

struct example {
	const char *name;
	void (*build)(struct build *b);
	enum packet_tunnel tunnel;
	unsigned family;
	bool frame, has_key;
	uint16_t vlan;
};

static const struct example examples[] = {
	{ "gre", gre_ip4, TUNNEL_GRE, 4, false, false, 0 },
	{ "gre with all", gre_all_fields, TUNNEL_GRE, 6, false, true, 0 },
	{ "gre ethernet", gre_ethernet, TUNNEL_GRE, 4, true, true, 0 },
	{ "gre mpls", gre_mpls, TUNNEL_GRE, 4, false, false, 0 },
	{ "erspan 1", erspan1, TUNNEL_ERSPAN, 4, true, false, 0 },
	{ "erspan 2", erspan2, TUNNEL_ERSPAN, 4, true, true, 300 },
	{ "erspan 3", erspan3, TUNNEL_ERSPAN, 4, true, true, 300 },
	{ "erspan 3 platform", erspan3_platform, TUNNEL_ERSPAN, 4, true, true,
	    300 },
	{ "erspan 3 ip", erspan3_ip, TUNNEL_ERSPAN, 4, false, true, 0 },
	{ "ip in ip", ip_in_ip, TUNNEL_IPIP, 4, false, false, 0 },
	{ "6in4", six_in_four, TUNNEL_6IN4, 6, false, false, 0 },
	{ "mpls in ip", mpls_in_ip, TUNNEL_MPLS, 6, false, false, 0 },
	{ "vxlan", vxlan, TUNNEL_VXLAN, 4, true, true, 0 },
	{ "vxlan generic", vxlan_generic, TUNNEL_VXLAN, 6, false, true, 0 },
	{ "geneve", geneve, TUNNEL_GENEVE, 4, true, true, 0 },
	{ "geneve ip", geneve_ip, TUNNEL_GENEVE, 4, false, true, 0 },
	{ "teredo", teredo, TUNNEL_TEREDO, 6, false, false, 0 },
	{ "teredo both", teredo_both, TUNNEL_TEREDO, 6, false, false, 0 },
	{ "gtp", gtp, TUNNEL_GTP, 4, false, false, 0 },
	{ "gtp extension", gtp_extension, TUNNEL_GTP, 6, false, false, 0 },
};
#define EXAMPLES (sizeof(examples) / sizeof(examples[0]))

static void
assert_inner(const struct packet *p, const struct example *e)
{
	assert_int_equal(p->kind, PACKET_IP);
	assert_int_equal(p->source.family, e->family);
	assert_int_equal(p->destination_port, INNER_PORT);
	assert_int_equal(p->tcp_flags, TCP_SYN);
	assert_int_equal(p->payload_length, 4);
	assert_int_equal(p->has_macs, e->frame);
	assert_int_equal(p->tag_count, e->vlan != 0);
	assert_int_equal(p->tags[0], e->vlan);
}

static void
test_each_form_is_opened(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		const struct example *e = &examples[i];
		struct build b = { .length = 0 };
		struct packet p, inner;

		print_message("%s\n", e->name);
		e->build(&b);
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_int_equal(p.tunnel, e->tunnel);
		assert_non_null(p.carried.bytes);
		assert_int_equal(p.carried.status, DECODE_OK);
		assert_int_equal(p.carried.has_key, e->has_key);
		assert_int_equal(p.carried.key, e->has_key ? 42 : 0);
		assert_int_equal(p.wrapped, TUNNEL_NONE);
		assert_ptr_equal(p.headers_end, p.carried.bytes);
		assert_int_equal(decode_carried(&p, &inner), DECODE_OK);
		assert_inner(&inner, e);
		assert_memory_equal(inner.payload, "xxxx", 4);
		assert_ptr_equal(inner.headers_end, inner.payload);
		assert_ptr_equal(inner.payload + 4, b.bytes + b.length);
	}
}

/* What a cut frame says may never be said of its sender. */
static void
test_what_is_cut_is_truncated_and_never_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++)
		for (int told = 0; told < 2; told++) {
			struct build b = { .length = 0 };

			examples[i].build(&b);
			for (size_t n = 0; n < b.length; n++) {
				uint8_t *exact = malloc(n ? n : 1);
				struct packet p, inner;
				enum decode_status status;

				memcpy(exact, b.bytes, n);
				status = decode_frame(DECODE_LINK_ETHERNET,
				    exact, n, told ? b.length : n, &p);
				assert_int_not_equal(status, DECODE_MALFORMED);
				assert_int_not_equal(status,
				    DECODE_UNSUPPORTED);
				assert_true(p.carried.status == DECODE_OK ||
				    p.carried.status == DECODE_TRUNCATED);
				if (status != DECODE_OK ||
				    p.carried.bytes == NULL) {
					free(exact);
					continue;
				}
				status = decode_carried(&p, &inner);
				assert_true(status == DECODE_TRUNCATED ||
				    (status == DECODE_OK && inner.payload_cut));
				free(exact);
			}
		}
}

/* The whole frame is there, and the inner length reaches beyond it. */
static void
test_an_inner_length_beyond_the_tunnel_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		const struct example *e = &examples[i];
		struct build b = { .length = 0 };
		struct packet p, inner;
		size_t ip;

		e->build(&b);
		ip = b.length - (e->family == 4 ? 44 : 64);
		b.bytes[ip + (e->family == 4 ? 3 : 5)] += 8;
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_non_null(p.carried.bytes);
		assert_int_equal(decode_carried(&p, &inner), DECODE_MALFORMED);
		assert_int_equal(inner.source.family, e->family);
	}
}

/* A mirror cuts what is too long for it: that is nobody's lie. */
static void
test_a_frame_that_the_mirror_shortened_is_cut(void **state)
{
	struct build b = { .length = 0 };
	struct packet p, inner;

	(void)state;
	add_inner_frame(&b);
	b.length -= 3;
	PREPEND(&b, "\x10\0\x88\xbe\0\0\0\1\x11\x2c\x1c\x2a\0\0\0\0");
	wrap_ip4(&b, 47);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_true(p.carried.shortened);
	assert_int_equal(decode_carried(&p, &inner), DECODE_OK);
	assert_true(inner.payload_cut);
	assert_int_equal(inner.payload_captured, 1);
	assert_int_equal(inner.payload_length, 4);
}

static void
test_the_frames_own_tag_stands_above_the_mirrors(void **state)
{
	struct build b = { .length = 0 }, head = { .length = 0 };
	struct packet p, inner;

	(void)state;
	add_inner4(&b);
	build_ethernet(&head, 0x8100);
	build_u16(&head, 110);
	build_u16(&head, 0x0800);
	prepend(&b, &head);
	PREPEND(&b, "\x10\0\x88\xbe\0\0\0\1\x11\x2c\x18\x2a\0\0\0\0");
	wrap_ip4(&b, 47);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(decode_carried(&p, &inner), DECODE_OK);
	assert_int_equal(inner.tag_count, 1);
	assert_int_equal(inner.tags[0], 110);
}

/* What one header of GRE yields. */
static const struct carried *
gre(struct packet *p, struct build *b, const char *header, size_t n)
{
	b->length = 0;
	add_inner4(b);
	prepend_bytes(b, header, n);
	wrap_ip4(b, 47);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, b, p), DECODE_OK);
	return &p->carried;
}

#define GRE(header) gre(&p, &b, header, sizeof(header) - 1)

static void
test_what_has_another_form_is_unsupported(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	/* PPTP, routing of RFC 1701, another version, unknown contents. */
	assert_int_equal(GRE("\x30\x01\x88\x0b\0\x2c\0\1\0\0\0\1")->status,
	    DECODE_UNSUPPORTED);
	assert_null(p.carried.bytes);
	assert_int_equal(GRE("\x40\0\x08\0\0\0\0\0")->status,
	    DECODE_UNSUPPORTED);
	assert_int_equal(GRE("\0\2\x08\0")->status, DECODE_UNSUPPORTED);
	assert_int_equal(GRE("\0\0\x88\x3e")->status, DECODE_UNSUPPORTED);
	/* ERSPAN of a version that its ethertype has not, a strange frame. */
	assert_int_equal(
	    GRE("\x10\0\x88\xbe\0\0\0\1\x31\x2c\0\0\0\0\0\0")->status,
	    DECODE_UNSUPPORTED);
	assert_int_equal(GRE("\x10\0\x22\xeb\0\0\0\1\x11\x2c\0\0\0\0\0\0"
			     "\0\0\0\0")
			     ->status,
	    DECODE_UNSUPPORTED);
	assert_int_equal(GRE("\x10\0\x22\xeb\0\0\0\1\x21\x2c\0\0\0\0\0\0"
			     "\0\0\x7c\0")
			     ->status,
	    DECODE_UNSUPPORTED);
}

static void
test_a_header_that_is_longer_than_its_packet_is_malformed(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} headers[] = {
		{ "\0\0\x08", 3 },
		{ "\x20\0\x08\0\0\0\0", 7 },
		{ "\xb0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0", 15 },
		{ "\x10\0\x88\xbe\0\0\0\1\x11\x2c\0", 11 },
		{ "\x10\0\x22\xeb\0\0\0\1\x21\x2c\0\0\0\0\0\0\0\0\0", 19 },
		{ "\x10\0\x22\xeb\0\0\0\1\x21\x2c\0\0\0\0\0\0\0\0\0\1abcdefg",
		    27 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		struct build b = { .length = 0 };
		struct packet p;

		prepend_bytes(&b, headers[i].bytes, headers[i].length);
		wrap_ip4(&b, 47);
		build_fill(&b, 0, 12); /* padding is no header */
		assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p),
		    DECODE_OK);
		assert_null(p.carried.bytes);
		assert_int_equal(p.carried.status, DECODE_MALFORMED);
	}
}

static void
test_upkeep_carries_nothing(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	PREPEND(&b, "\0\0\0\0"); /* keep-alive of GRE */
	wrap_ip4(&b, 47);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_GRE);
	assert_null(p.carried.bytes);
	assert_int_equal(p.carried.status, DECODE_OK);
	b.length = 0;
	PREPEND(&b, "\x32\1\0\4\0\0\0\0\0\1\0\0"); /* echo of GTP */
	wrap_udp(&b, 2152);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_GTP);
	assert_null(p.carried.bytes);
	assert_int_equal(p.carried.status, DECODE_OK);
	b.length = 0;
	PREPEND(&b, "\0\x80\x65\x58\0\0\x2a\0upkeep"); /* of GENEVE */
	wrap_udp(&b, 6081);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.tunnel, TUNNEL_GENEVE);
	assert_null(p.carried.bytes);
	assert_int_equal(p.carried.status, DECODE_OK);
}

static void
test_extensions_of_gtp_that_do_not_end_are_malformed(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	PREPEND(&b, "\x34\xff\0\x08\0\0\0\0\0\0\0\x85\0\0\0\0");
	wrap_udp(&b, 2152);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.carried.status, DECODE_MALFORMED);
	b.length = 0;
	PREPEND(&b, "\x34\xff\0\x08\0\0\0\0\0\0\0\x85\xff\0\0\0");
	wrap_udp(&b, 2152);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_int_equal(p.carried.status, DECODE_MALFORMED);
}

static void
test_a_fragment_carries_nothing_yet(void **state)
{
	struct build b = { .length = 0 }, head = { .length = 0 };
	struct packet p;

	(void)state;
	add_inner4(&b);
	PREPEND(&b, "\0\0\x08\0");
	build_ip4(&head, 47, b.length, 0x2000);
	prepend(&b, &head);
	assert_int_equal(build_decode(DECODE_LINK_RAW, &b, &p), DECODE_OK);
	assert_true(p.fragment);
	assert_null(p.carried.bytes);
	assert_int_equal(p.carried.status, DECODE_OK);
}

static void
test_what_an_error_quotes_is_not_opened(void **state)
{
	struct build b = { .length = 0 };
	struct packet p;

	(void)state;
	gre_ip4(&b);
	memmove(b.bytes, b.bytes + 14, b.length -= 14);
	PREPEND(&b, "\3\2\0\0\0\0\0\0");
	wrap_ip4(&b, 1);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p), DECODE_OK);
	assert_true(p.quoted.given);
	assert_int_equal(p.tunnel, TUNNEL_NONE);
	assert_null(p.carried.bytes);
}

static void
test_a_tunnel_in_a_tunnel_is_opened_in_turn(void **state)
{
	struct build b = { .length = 0 };
	struct packet p[4];

	(void)state;
	gre_ip4(&b); /* a whole frame, in VXLAN, in GRE */
	PREPEND(&b, "\x08\0\0\0\0\0\x2a\0");
	wrap_udp(&b, 4789);
	PREPEND(&b, "\0\0\x65\x58");
	wrap_ip4(&b, 47);
	assert_int_equal(build_decode(DECODE_LINK_ETHERNET, &b, &p[0]),
	    DECODE_OK);
	for (int i = 0; i < 3; i++) {
		assert_non_null(p[i].carried.bytes);
		assert_int_equal(decode_carried(&p[i], &p[i + 1]), DECODE_OK);
	}
	assert_int_equal(p[1].tunnel, TUNNEL_VXLAN);
	assert_int_equal(p[2].tunnel, TUNNEL_GRE);
	assert_int_equal(p[3].destination_port, INNER_PORT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_form_is_opened),
		cmocka_unit_test(
		    test_what_is_cut_is_truncated_and_never_malformed),
		cmocka_unit_test(
		    test_an_inner_length_beyond_the_tunnel_is_malformed),
		cmocka_unit_test(test_a_frame_that_the_mirror_shortened_is_cut),
		cmocka_unit_test(
		    test_the_frames_own_tag_stands_above_the_mirrors),
		cmocka_unit_test(test_what_has_another_form_is_unsupported),
		cmocka_unit_test(
		    test_a_header_that_is_longer_than_its_packet_is_malformed),
		cmocka_unit_test(test_upkeep_carries_nothing),
		cmocka_unit_test(
		    test_extensions_of_gtp_that_do_not_end_are_malformed),
		cmocka_unit_test(test_a_fragment_carries_nothing_yet),
		cmocka_unit_test(test_what_an_error_quotes_is_not_opened),
		cmocka_unit_test(test_a_tunnel_in_a_tunnel_is_opened_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
