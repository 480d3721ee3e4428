/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The register machine on programs written by hand: as nft and iptables-nft
 * write them, loads joined and split, and such as no kernel would send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_bytecode.h"

#define BYTES(...)                                           \
	{                                                    \
		(const uint8_t[]){ __VA_ARGS__ },            \
		    sizeof((const uint8_t[]){ __VA_ARGS__ }) \
	}
#define LOAD(base_, offset_, length_, reg)                                \
	{                                                                 \
		.kind = CODE_PAYLOAD, .name = "payload", .base = (base_), \
		.offset = (offset_), .length = (length_), .dreg = (reg),  \
		.has_dreg = true                                          \
	}
#define NETWORK(offset, length) \
	LOAD(NFT_PAYLOAD_NETWORK_HEADER, offset, length, NFT_REG_1)
#define TRANSPORT(offset, length) \
	LOAD(NFT_PAYLOAD_TRANSPORT_HEADER, offset, length, NFT_REG_1)
#define META(key_)                                                \
	{                                                         \
		.kind = CODE_META, .name = "meta", .key = (key_), \
		.dreg = NFT_REG_1, .has_dreg = true               \
	}
#define CT(key_, way)                                                        \
	{                                                                    \
		.kind = CODE_CT, .name = "ct", .key = (key_), .base = (way), \
		.dreg = NFT_REG_1, .has_dreg = true                          \
	}
#define CMP(op_, ...)                                                      \
	{                                                                  \
		.kind = CODE_CMP, .name = "cmp", .sreg = NFT_REG_1,        \
		.has_sreg = true, .op = (op_), .value = BYTES(__VA_ARGS__) \
	}
#define EQ(...) CMP(NFT_CMP_EQ, __VA_ARGS__)
#define NEQ(...) CMP(NFT_CMP_NEQ, __VA_ARGS__)
#define ACCEPT                                                            \
	{                                                                 \
		.kind = CODE_IMMEDIATE, .name = "immediate", .verdict = { \
			true,                                             \
			NF_ACCEPT,                                        \
			NULL                                              \
		}                                                         \
	}
#define VALUE(reg, ...)                                                     \
	{                                                                   \
		.kind = CODE_IMMEDIATE, .name = "immediate", .dreg = (reg), \
		.has_dreg = true, .value = BYTES(__VA_ARGS__)               \
	}
#define MASK(length_, mask_, value_)                                        \
	{                                                                   \
		.kind = CODE_BITWISE, .name = "bitwise", .sreg = NFT_REG_1, \
		.dreg = NFT_REG_1, .length = (length_), .mask = mask_,      \
		.value = value_                                             \
	}
#define TCP META(NFT_META_L4PROTO), EQ(6)
#define IPV4 META(NFT_META_NFPROTO), EQ(NFPROTO_IPV4)

static const struct diag_place nowhere = { "test", 0, 0 };

struct bench {
	struct diag d;
	struct code_world w;
	struct machine *m;
	enum table_family family;
};

static void
bench_begin(struct bench *x, enum table_family family)
{
	memset(x, 0, sizeof(*x));
	x->d.lang = LANG_EN;
	x->family = family;
	x->w.b = builder_new(RULESET_KERNEL, NULL);
	x->w.pool = builder_pool(x->w.b);
	x->m = mem_calloc(1, sizeof(*x->m));
	assert_non_null(builder_table(x->w.b, family, "t", nowhere, &x->d));
	assert_non_null(
	    builder_chain(x->w.b, family, "t", "sub", nowhere, &x->d));
	assert_non_null(
	    builder_chain(x->w.b, family, "t", "c", nowhere, &x->d));
}

static struct ruleset *
bench_run(struct bench *x, const struct code *codes, size_t count)
{
	struct ruleset *r;

	assert_non_null(
	    builder_rule(x->w.b, x->family, "t", "c", nowhere, &x->d));
	machine_begin(x->m, &x->w, x->family, "t");
	for (size_t i = 0; i < count; i++)
		machine_step(x->m, &codes[i]);
	machine_end(x->m);
	r = builder_finish(x->w.b, &x->d);
	assert_non_null(r);
	free(x->m);
	code_world_fini(&x->w);
	diag_free(&x->d);
	return r;
}

static void
expect(enum table_family family, const struct code *codes, size_t count,
    const char *words)
{
	struct bench x;
	struct ruleset *r;

	bench_begin(&x, family);
	r = bench_run(&x, codes, count);
	assert_string_equal(r->rules[0]->text, words);
	ruleset_free(r);
}

#define EXPECT(family, words, ...)                                      \
	do {                                                            \
		const struct code given[] = { __VA_ARGS__ };            \
		expect(family, given, sizeof(given) / sizeof(given[0]), \
		    words);                                             \
	} while (0)

static void
test_a_port_is_two_bytes_behind_a_protocol(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "tcp dport 22 accept", TCP, TRANSPORT(2, 2),
	    EQ(0, 22), ACCEPT);
	EXPECT(TABLE_INET, "udp sport 53 accept", META(NFT_META_L4PROTO),
	    EQ(17), TRANSPORT(0, 2), EQ(0, 53), ACCEPT);
	EXPECT(TABLE_INET, "tcp dport != 22 accept", TCP, TRANSPORT(2, 2),
	    NEQ(0, 22), ACCEPT);
}

static void
test_a_type_of_frame_is_said_whatever_type_follows(void **state)
{
	(void)state;
	EXPECT(TABLE_BRIDGE, "ether type ip saddr 10.0.0.1 accept",
	    LOAD(NFT_PAYLOAD_LL_HEADER, 12, 2, NFT_REG_1), EQ(0x81, 0x00),
	    LOAD(NFT_PAYLOAD_LL_HEADER, 12, 2, NFT_REG_1), EQ(0x08, 0x00),
	    NETWORK(12, 4), EQ(10, 0, 0, 1), ACCEPT);
	EXPECT(TABLE_BRIDGE, "ether type ip saddr 10.0.0.1 accept",
	    LOAD(NFT_PAYLOAD_LL_HEADER, 12, 2, NFT_REG_1), EQ(0x81, 0x00),
	    META(NFT_META_PROTOCOL), EQ(0x08, 0x00), NETWORK(12, 4),
	    EQ(10, 0, 0, 1), ACCEPT);
}

static void
test_joined_loads_are_matches_of_each_field(void **state)
{
	(void)state;
	EXPECT(TABLE_IP, "ip saddr 10.1.2.3 ip daddr 10.4.5.6 accept",
	    NETWORK(12, 8), EQ(10, 1, 2, 3, 10, 4, 5, 6), ACCEPT);
	EXPECT(TABLE_IP, "tcp sport 1 tcp dport 2 accept", TCP, TRANSPORT(0, 4),
	    EQ(0, 1, 0, 2), ACCEPT);
	EXPECT(TABLE_IP, "ip ttl meta l4proto tcp accept", NETWORK(8, 2),
	    EQ(5, 6), ACCEPT);
	/* Not both: one lookup, negated. */
	EXPECT(TABLE_IP, "tcp sport . tcp dport != { 1 . 2 } accept", TCP,
	    TRANSPORT(0, 4), NEQ(0, 1, 0, 2), ACCEPT);
}

static void
test_fewer_bytes_of_an_address_are_a_prefix(void **state)
{
	(void)state;
	EXPECT(TABLE_IP, "ip saddr 10.0.0.0/8 accept", NETWORK(12, 1), EQ(10),
	    ACCEPT);
	EXPECT(TABLE_IP, "ip daddr 10.2.0.0/16 accept", NETWORK(16, 2),
	    EQ(10, 2), ACCEPT);
	EXPECT(TABLE_IP, "ip saddr 10.128.0.0/9 accept", NETWORK(12, 4),
	    MASK(4, BYTES(255, 128, 0, 0), BYTES(0, 0, 0, 0)),
	    EQ(10, 128, 0, 0), ACCEPT);
	/* A value with bits that the mask takes away: never. */
	EXPECT(TABLE_IP, "ip saddr != * accept", NETWORK(12, 4),
	    MASK(4, BYTES(255, 128, 0, 0), BYTES(0, 0, 0, 0)),
	    EQ(10, 129, 0, 0), ACCEPT);
}

static void
test_two_comparisons_of_one_register_are_a_range(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "tcp dport 80-90 accept", TCP, TRANSPORT(2, 2),
	    CMP(NFT_CMP_GTE, 0, 80), CMP(NFT_CMP_LTE, 0, 90), ACCEPT);
	EXPECT(TABLE_INET, "tcp dport 1025-65535 accept", TCP, TRANSPORT(2, 2),
	    CMP(NFT_CMP_GT, 4, 0), ACCEPT);
	EXPECT(TABLE_INET, "tcp dport 0-1023 accept", TCP, TRANSPORT(2, 2),
	    CMP(NFT_CMP_LT, 4, 0), ACCEPT);
	EXPECT(TABLE_INET, "meta l4proto tcp meta nfproto != * accept", TCP,
	    TRANSPORT(2, 2), CMP(NFT_CMP_LT, 0, 0), ACCEPT);
	EXPECT(TABLE_INET, "meta l4proto tcp meta nfproto != * accept", TCP,
	    TRANSPORT(2, 2), CMP(NFT_CMP_GT, 255, 255), ACCEPT);
	EXPECT(TABLE_INET, "tcp dport != 1-100 accept", TCP, TRANSPORT(2, 2),
	    { .kind = CODE_RANGE,
		.name = "range",
		.sreg = NFT_REG_1,
		.op = NFT_RANGE_NEQ,
		.value = BYTES(0, 1),
		.upper = BYTES(0, 100) },
	    ACCEPT);
}

static void
test_a_header_without_its_protocol_is_not_guessed(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "nh accept", NETWORK(12, 4), EQ(10, 0, 0, 1),
	    ACCEPT);
	EXPECT(TABLE_INET, "ip saddr 10.0.0.1 accept", IPV4, NETWORK(12, 4),
	    EQ(10, 0, 0, 1), ACCEPT);
	EXPECT(TABLE_INET, "th accept", TRANSPORT(13, 1), EQ(2), ACCEPT);
	EXPECT(TABLE_INET,
	    "meta l4proto { tcp, udp, dccp, sctp, udplite } th dport 53 accept",
	    TRANSPORT(2, 2), EQ(0, 53), ACCEPT);
	EXPECT(TABLE_IP, "meta l4proto tcp tcp doff accept", TCP,
	    TRANSPORT(12, 1), EQ(0x50), ACCEPT);
}

static void
test_states_and_flags_are_masks(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "ct state established,related accept",
	    CT(NFT_CT_STATE, 2), MASK(4, BYTES(6, 0, 0, 0), BYTES(0, 0, 0, 0)),
	    NEQ(0, 0, 0, 0), ACCEPT);
	EXPECT(TABLE_INET, "tcp flags & (syn | ack) == syn accept", TCP,
	    TRANSPORT(13, 1), MASK(1, BYTES(0x12), BYTES(0)), EQ(2), ACCEPT);
	EXPECT(TABLE_INET, "ct direction reply accept", CT(NFT_CT_DIRECTION, 2),
	    EQ(1), ACCEPT);
}

static void
test_names_of_interfaces_are_prefixes_without_their_nul(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "iifname \"eth*\" accept", META(NFT_META_IIFNAME),
	    EQ('e', 't', 'h'), ACCEPT);
	EXPECT(TABLE_INET, "iifname \"eth0\" accept", META(NFT_META_IIFNAME),
	    EQ('e', 't', 'h', '0', 0), ACCEPT);
	EXPECT(TABLE_INET, "oifname \"eth0\" accept", META(NFT_META_OIFNAME),
	    EQ('e', 't', 'h', '0', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), ACCEPT);
}

static void
test_an_index_is_the_interface_that_has_it(void **state)
{
	const struct code codes[] = { META(NFT_META_IIF), EQ(7, 0, 0, 0),
		ACCEPT };
	const struct code gone[] = { META(NFT_META_IIF), EQ(8, 0, 0, 0),
		ACCEPT };
	struct bench x;
	struct ruleset *r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		bench_begin(&x, TABLE_INET);
		x.w.links = mem_calloc(1, sizeof(*x.w.links));
		x.w.link_count = 1;
		x.w.links[0].index = 7;
		memcpy(x.w.links[0].name, "lan0", 5);
		r = bench_run(&x, i == 0 ? codes : gone, 3);
		assert_string_equal(r->rules[0]->text,
		    i == 0 ? "iifname \"lan0\" accept" : "meta iif accept");
		assert_int_equal(r->unknown_count, i);
		ruleset_free(r);
	}
}

static void
test_marks_are_in_this_machines_order(void **state)
{
	(void)state;
	EXPECT(TABLE_INET, "meta mark 0x00000102 accept", META(NFT_META_MARK),
	    EQ(2, 1, 0, 0), ACCEPT);
	EXPECT(TABLE_INET, "meta mark 0x00000001-0x0000000a accept",
	    META(NFT_META_MARK),
	    { .kind = CODE_BYTEORDER,
		.name = "byteorder",
		.sreg = NFT_REG_1,
		.dreg = NFT_REG_1,
		.length = 4,
		.size = 4 },
	    CMP(NFT_CMP_GTE, 0, 0, 0, 1), CMP(NFT_CMP_LTE, 0, 0, 0, 10),
	    ACCEPT);
	EXPECT(TABLE_INET, "meta mark set meta mark & 0x000000f0 | 0x00000001",
	    META(NFT_META_MARK),
	    MASK(4, BYTES(0xf0, 0, 0, 0), BYTES(1, 0, 0, 0)),
	    { .kind = CODE_META_SET,
		.name = "meta",
		.key = NFT_META_MARK,
		.sreg = NFT_REG_1,
		.has_sreg = true });
	EXPECT(TABLE_INET,
	    "ct state established,related,new "
	    "meta mark set ct mark",
	    CT(NFT_CT_MARK, 2),
	    { .kind = CODE_META_SET,
		.name = "meta",
		.key = NFT_META_MARK,
		.sreg = NFT_REG_1,
		.has_sreg = true });
	EXPECT(TABLE_INET, "ct mark set ?", NETWORK(12, 4),
	    { .kind = CODE_CT_SET,
		.name = "ct",
		.key = NFT_CT_MARK,
		.sreg = NFT_REG_1,
		.has_sreg = true });
}

static void
test_long_and_short_registers_are_the_same_ones(void **state)
{
	(void)state;
	/* The second long register is the fifth short one. */
	EXPECT(TABLE_IP, "ip saddr 10.0.0.1 accept",
	    LOAD(NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_2),
	    { .kind = CODE_CMP,
		.name = "cmp",
		.sreg = NFT_REG32_00 + 4,
		.op = NFT_CMP_EQ,
		.value = BYTES(10, 0, 0, 1) },
	    ACCEPT);
	/* What a load leaves of its word is zero. */
	EXPECT(TABLE_IP, "tcp dport 22 accept", META(NFT_META_L4PROTO),
	    EQ(6, 0, 0, 0), TRANSPORT(2, 2), EQ(0, 22, 0, 0), ACCEPT);
}

static void
test_registers_and_lengths_that_are_none_are_unknown(void **state)
{
	static const uint32_t bad[] = { NFT_REG_VERDICT, 5, 7, 24, 255,
		UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(TABLE_IP, "cmp accept",
		    { .kind = CODE_CMP,
			.name = "cmp",
			.sreg = bad[i],
			.value = BYTES(1) },
		    ACCEPT);
		EXPECT(TABLE_IP, "expression accept",
		    LOAD(NFT_PAYLOAD_NETWORK_HEADER, 12, 4, bad[i]), ACCEPT);
		EXPECT(TABLE_IP, "bitwise accept",
		    { .kind = CODE_BITWISE,
			.name = "bitwise",
			.sreg = bad[i],
			.dreg = NFT_REG_1,
			.length = 4 },
		    ACCEPT);
		EXPECT(TABLE_IP, "byteorder accept",
		    { .kind = CODE_BYTEORDER,
			.name = "byteorder",
			.sreg = NFT_REG_1,
			.dreg = bad[i],
			.length = 4,
			.size = 4 },
		    ACCEPT);
	}
	EXPECT(TABLE_IP, "expression accept", NETWORK(12, 65), ACCEPT);
	EXPECT(TABLE_IP, "expression accept", NETWORK(12, 0), ACCEPT);
	EXPECT(TABLE_IP, "expression accept",
	    LOAD(NFT_PAYLOAD_NETWORK_HEADER, 12, 5, NFT_REG32_15), ACCEPT);
	EXPECT(TABLE_IP, "payload accept",
	    LOAD(NFT_PAYLOAD_NETWORK_HEADER, UINT32_MAX, 4, NFT_REG_1),
	    EQ(1, 2, 3, 4), ACCEPT);
	EXPECT(TABLE_IP, "register accept", EQ(1), ACCEPT);
	EXPECT(TABLE_IP, "byteorder accept",
	    { .kind = CODE_BYTEORDER,
		.name = "byteorder",
		.sreg = NFT_REG_1,
		.dreg = NFT_REG_1,
		.length = 4,
		.size = 3 },
	    ACCEPT);
}

static void
test_what_cannot_be_followed_is_a_free_choice(void **state)
{
	struct bench x;
	struct ruleset *r;
	const struct code codes[] = { NETWORK(12, 4),
		{ .kind = CODE_STRANGE, .name = "newer" }, EQ(10, 0, 0, 1),
		ACCEPT };

	(void)state;
	bench_begin(&x, TABLE_IP);
	r = bench_run(&x, codes, 4);
	/* It might be a verdict, and what was loaded before is gone. */
	assert_string_equal(r->rules[0]->text, "newer newer accept");
	assert_true(r->rules[0]->statements[0].may_decide);
	assert_true(r->rules[0]->unknown);
	ruleset_free(r);
	/* A shift, and an operation that is newer than this. */
	EXPECT(TABLE_IP, "ip saddr accept", NETWORK(12, 4),
	    { .kind = CODE_BITWISE,
		.name = "bitwise",
		.sreg = NFT_REG_1,
		.dreg = NFT_REG_1,
		.length = 4,
		.op = NFT_BITWISE_RSHIFT },
	    EQ(10, 0, 0, 1), ACCEPT);
	EXPECT(TABLE_IP, "meta hour accept", META(NFT_META_TIME_HOUR),
	    CMP(NFT_CMP_GTE, 1, 0, 0, 0), CMP(NFT_CMP_LTE, 2, 0, 0, 0), ACCEPT);
	/* Masked away altogether it is a value again. */
	EXPECT(TABLE_IP, "accept", META(NFT_META_TIME_HOUR),
	    MASK(4, BYTES(0, 0, 0, 0), BYTES(0, 0, 0, 1)), EQ(0, 0, 0, 1),
	    ACCEPT);
}

static void
test_verdicts_are_those_of_the_kernel(void **state)
{
	static const struct {
		int32_t code;
		const char *words;
	} list[] = {
		{ NF_DROP, "drop" },
		{ NFT_RETURN, "return" },
		{ NFT_CONTINUE, "continue" },
		{ NF_QUEUE | 3 << 16, "queue" },
		{ NFT_JUMP, "jump sub" },
		{ NFT_GOTO, "goto sub" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		EXPECT(TABLE_IP, list[i].words,
		    { .kind = CODE_IMMEDIATE,
			.name = "immediate",
			.verdict = { true, list[i].code, "sub" } });
	EXPECT(TABLE_IP, "verdict",
	    { .kind = CODE_IMMEDIATE,
		.name = "immediate",
		.verdict = { true, -77, NULL } });
}

static void
test_translations_take_registers(void **state)
{
	(void)state;
	EXPECT(TABLE_IP, "tcp dport 80 dnat to 10.0.0.1:8080", TCP,
	    TRANSPORT(2, 2), EQ(0, 80), VALUE(NFT_REG_1, 10, 0, 0, 1),
	    VALUE(NFT_REG_2, 0x1f, 0x90),
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV4,
		.sreg = NFT_REG_1,
		.port = NFT_REG_2 });
	EXPECT(TABLE_IP, "dnat to 10.0.0.1-10.0.0.9",
	    VALUE(NFT_REG_1, 10, 0, 0, 1), VALUE(NFT_REG_2, 10, 0, 0, 9),
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV4,
		.sreg = NFT_REG_1,
		.address_last = NFT_REG_2 });
	EXPECT(TABLE_INET, "meta nfproto ipv6 dnat ip6 to fd00::1",
	    VALUE(NFT_REG_1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV6,
		.sreg = NFT_REG_1 });
	EXPECT(TABLE_IP, "redirect to :3128", VALUE(NFT_REG_1, 0x0c, 0x38),
	    { .kind = CODE_REDIRECT, .name = "redir", .port = NFT_REG_1 });
	EXPECT(TABLE_IP, "masquerade",
	    { .kind = CODE_MASQUERADE, .name = "masq" });
	/* The wrong way round, of a header, of a register that is none. */
	EXPECT(TABLE_IP, "dnat to ?", VALUE(NFT_REG_1, 10, 0, 0, 9),
	    VALUE(NFT_REG_2, 10, 0, 0, 1),
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV4,
		.sreg = NFT_REG_1,
		.address_last = NFT_REG_2 });
	EXPECT(TABLE_IP, "dnat to ?", NETWORK(12, 4),
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV4,
		.sreg = NFT_REG_1 });
	EXPECT(TABLE_IP, "dnat to ?",
	    { .kind = CODE_NAT,
		.name = "nat",
		.op = NFT_NAT_DNAT,
		.family = NFPROTO_IPV4,
		.sreg = 99 });
}

/* ---- sets */

static struct code_set *
add_set(struct bench *x, const char *name, uint32_t flags, uint32_t length)
{
	struct code_set *set;

	x->w.sets = mem_grow(x->w.sets, &x->w.set_capacity, x->w.set_count,
	    sizeof(*x->w.sets));
	set = &x->w.sets[x->w.set_count++];
	memset(set, 0, sizeof(*set));
	set->family = x->family;
	set->table = "t";
	set->name = name;
	set->flags = flags;
	set->key_length = length;
	return set;
}

static struct code_element *
add_element(struct code_set *set, struct code_bytes key, uint32_t flags)
{
	struct code_element *e;

	set->elements = mem_grow(set->elements, &set->capacity, set->count,
	    sizeof(*set->elements));
	e = &set->elements[set->count++];
	memset(e, 0, sizeof(*e));
	e->key = key;
	e->flags = flags;
	return e;
}

#define KEY(...) ((struct code_bytes)BYTES(__VA_ARGS__))
#define LOOKUP(name_)                                                  \
	{                                                              \
		.kind = CODE_LOOKUP, .name = "lookup", .set = (name_), \
		.sreg = NFT_REG_1                                      \
	}

static void
test_intervals_are_starts_and_ends_in_any_order(void **state)
{
	const struct code codes[] = { TCP, TRANSPORT(2, 2), LOOKUP("__set0"),
		ACCEPT };
	const uint32_t end = NFT_SET_ELEM_INTERVAL_END;
	struct bench x;
	struct code_set *set;
	struct ruleset *r;

	(void)state;
	bench_begin(&x, TABLE_INET);
	set = add_set(&x, "__set0", NFT_SET_ANONYMOUS | NFT_SET_INTERVAL, 2);
	add_element(set, KEY(0, 90), end);
	add_element(set, KEY(255, 0), 0); /* open to the last */
	add_element(set, KEY(0, 0), end);
	add_element(set, KEY(0, 80), 0);
	add_element(set, KEY(0, 90), 0); /* begins where one ends */
	add_element(set, KEY(0, 91), end);
	r = bench_run(&x, codes, 5);
	assert_string_equal(r->rules[0]->text,
	    "tcp dport { 80-90, 65280-65535 } accept");
	ruleset_free(r);
}

static void
test_maps_of_verdicts_and_a_rest(void **state)
{
	struct code vmap = LOOKUP("__map0");
	struct bench x;
	struct code_set *set;
	struct ruleset *r;

	(void)state;
	vmap.has_dreg = true;
	vmap.dreg = NFT_REG_VERDICT;
	bench_begin(&x, TABLE_IP);
	set = add_set(&x, "__map0",
	    NFT_SET_ANONYMOUS | NFT_SET_MAP | NFT_SET_INTERVAL, 4);
	add_element(set, KEY(10, 0, 0, 0), 0)->verdict =
	    (struct code_verdict){ true, NFT_JUMP, "sub" };
	add_element(set, KEY(11, 0, 0, 0), NFT_SET_ELEM_INTERVAL_END);
	add_element(set, (struct code_bytes){ NULL, 0 }, NFT_SET_ELEM_CATCHALL)
	    ->verdict = (struct code_verdict){ true, NF_DROP, NULL };
	r = bench_run(&x, (const struct code[]){ NETWORK(12, 4), vmap }, 2);
	assert_string_equal(r->rules[0]->text,
	    "ip saddr vmap { 0.0.0.0-9.255.255.255 : drop, "
	    "11.0.0.0-255.255.255.255 : drop, 10.0.0.0/8 : jump sub }");
	ruleset_free(r);
}

static void
test_a_map_that_is_not_used_still_ends_the_rule(void **state)
{
	struct code map = LOOKUP("m");
	struct bench x;
	struct code_set *set;
	struct ruleset *r;

	(void)state;
	map.has_dreg = true;
	map.dreg = NFT_REG_1;
	for (int used = 0; used < 2; used++) {
		const struct code nat = { .kind = CODE_NAT,
			.name = "nat",
			.op = NFT_NAT_DNAT,
			.family = NFPROTO_IPV4,
			.sreg = NFT_REG_1 };
		const struct code accept = ACCEPT;

		bench_begin(&x, TABLE_IP);
		set = add_set(&x, "m", NFT_SET_MAP, 4);
		set->data_length = 4;
		add_element(set, KEY(1, 1, 1, 1), 0)->value = KEY(10, 0, 0, 1);
		r = bench_run(&x,
		    (const struct code[]){ NETWORK(16, 4), map,
			used ? nat : accept },
		    3);
		assert_string_equal(r->rules[0]->text,
		    used ? "dnat to ip daddr map @m" : "ip daddr @m accept");
		ruleset_free(r);
	}
}

static void
test_concatenations_lie_in_words(void **state)
{
	struct bench x;
	struct code_set *set;
	struct code_element *e;
	struct ruleset *r;
	const struct code codes[] = { TCP, NETWORK(12, 4),
		LOAD(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_00 + 1),
		LOOKUP("s"), ACCEPT };

	(void)state;
	for (int odd = 0; odd < 2; odd++) {
		bench_begin(&x, TABLE_IP);
		set = add_set(&x, "s",
		    NFT_SET_ANONYMOUS | NFT_SET_INTERVAL | NFT_SET_CONCAT, 8);
		set->part_count = 2;
		set->parts[0] = odd ? 3 : 4; /* cuts the address apart */
		set->parts[1] = 2;
		e = add_element(set, KEY(10, 0, 0, 0, 0, 80, 0, 0), 0);
		e->key_end = KEY(10, 255, 255, 255, 0, 90, 0, 0);
		r = bench_run(&x, codes, 6);
		assert_string_equal(r->rules[0]->text,
		    odd ? "meta l4proto tcp ip saddr . tcp dport accept" :
			  "ip saddr . tcp dport { 10.0.0.0/8 . 80-90 } accept");
		ruleset_free(r);
	}
}

static void
test_sets_that_are_not_there_or_do_not_fit_are_unknown(void **state)
{
	struct code vmap = LOOKUP("none");
	struct bench x;
	struct ruleset *r;
	struct code_set *set;

	(void)state;
	EXPECT(TABLE_IP, "lookup accept", NETWORK(12, 4), LOOKUP("none"),
	    ACCEPT);
	vmap.has_dreg = true;
	vmap.dreg = NFT_REG_VERDICT;
	EXPECT(TABLE_IP, "lookup", NETWORK(12, 4), vmap);
	/* A map of verdicts without one; a key longer than all registers. */
	bench_begin(&x, TABLE_IP);
	set = add_set(&x, "none", NFT_SET_MAP, 4);
	add_element(set, KEY(1, 2, 3, 4), 0);
	r = bench_run(&x, (const struct code[]){ NETWORK(12, 4), vmap }, 2);
	assert_string_equal(r->rules[0]->text, "ip saddr");
	assert_true(r->rules[0]->statements[0].may_decide);
	ruleset_free(r);
	bench_begin(&x, TABLE_IP);
	(void)add_set(&x, "none", 0, 65);
	r = bench_run(&x, (const struct code[]){ NETWORK(12, 4), vmap }, 2);
	assert_string_equal(r->rules[0]->text, "lookup");
	ruleset_free(r);
}

static void
test_structures_of_iptables_that_are_cut_are_unknown(void **state)
{
	static const char *const names[] = { "conntrack", "multiport", "tcp",
		"udp", "icmp", "icmp6", "mark", "connmark", "iprange", "state",
		"nosuch" };
	uint8_t *bytes = mem_calloc(1, 256);
	char words[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(words, sizeof(words), "xt %s accept", names[i]);
		EXPECT(TABLE_IP, words,
		    { .kind = CODE_MATCH,
			.name = "match",
			.set = names[i],
			.revision = 1,
			.value = { bytes, 1 } },
		    ACCEPT);
		EXPECT(TABLE_IP, words,
		    { .kind = CODE_MATCH,
			.name = "match",
			.set = names[i],
			.revision = 1,
			.value = { NULL, 0 } },
		    ACCEPT);
	}
	EXPECT(TABLE_IP, "dnat to ?",
	    { .kind = CODE_TARGET,
		.name = "target",
		.set = "DNAT",
		.revision = 2,
		.value = { bytes, 3 } });
	EXPECT(TABLE_IP, "xt MARK",
	    { .kind = CODE_TARGET,
		.name = "target",
		.set = "MARK",
		.revision = 2,
		.value = { bytes, 3 } });
	EXPECT(TABLE_IP, "xt NOSUCH",
	    { .kind = CODE_TARGET, .name = "target", .set = "NOSUCH" });
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_port_is_two_bytes_behind_a_protocol),
		cmocka_unit_test(
		    test_a_type_of_frame_is_said_whatever_type_follows),
		cmocka_unit_test(test_joined_loads_are_matches_of_each_field),
		cmocka_unit_test(test_fewer_bytes_of_an_address_are_a_prefix),
		cmocka_unit_test(
		    test_two_comparisons_of_one_register_are_a_range),
		cmocka_unit_test(
		    test_a_header_without_its_protocol_is_not_guessed),
		cmocka_unit_test(test_states_and_flags_are_masks),
		cmocka_unit_test(
		    test_names_of_interfaces_are_prefixes_without_their_nul),
		cmocka_unit_test(test_an_index_is_the_interface_that_has_it),
		cmocka_unit_test(test_marks_are_in_this_machines_order),
		cmocka_unit_test(
		    test_long_and_short_registers_are_the_same_ones),
		cmocka_unit_test(
		    test_registers_and_lengths_that_are_none_are_unknown),
		cmocka_unit_test(test_what_cannot_be_followed_is_a_free_choice),
		cmocka_unit_test(test_verdicts_are_those_of_the_kernel),
		cmocka_unit_test(test_translations_take_registers),
		cmocka_unit_test(
		    test_intervals_are_starts_and_ends_in_any_order),
		cmocka_unit_test(test_maps_of_verdicts_and_a_rest),
		cmocka_unit_test(
		    test_a_map_that_is_not_used_still_ends_the_rule),
		cmocka_unit_test(test_concatenations_lie_in_words),
		cmocka_unit_test(
		    test_sets_that_are_not_there_or_do_not_fit_are_unknown),
		cmocka_unit_test(
		    test_structures_of_iptables_that_are_cut_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
