/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Neighbour discovery and redirects: what they say, every cut, and what a
 * host must drop.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "nd.h"

static const uint8_t advertisement[] = { 134, 0, 0, 0, 64, 0xc0, 7, 8, 0, 0, 0,
	0, 0, 0, 0, 0,				/* router */
	1, 1, 2, 0, 0, 0, 2, 1,			/* its MAC */
	5, 1, 0, 0, 0, 0, 5, 220,		/* largest packet: not read */
	3, 4, 64, 0xc0, 0, 0, 0, 1, 0, 0, 0, 1, /* prefix */
	0, 0, 0, 0, 0xfd, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9 };
static const uint8_t neighbour[] = { 136, 0, 0, 0, 0xe0, 0, 0, 0, 0xfd, 0, 0, 2,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 2, 1, 2, 0, 0, 0, 2, 0x55 };
static const uint8_t solicitation[] = { 135, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0, 0, 2,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9 };
static const uint8_t redirect[] = { 137, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 9 };

static struct packet
of(const char *from, const char *to, unsigned type)
{
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.kind = PACKET_IP;
	assert_true(addr_parse(from, &p.source));
	assert_true(addr_parse(to, &p.destination));
	p.ttl = 255;
	p.protocol = p.source.family == 6 ? 58 : 1;
	p.icmp_type = (uint8_t)type;
	return p;
}

/* The first captured bytes of it, in a buffer of that size. */
static enum decode_status
parse(struct packet p, const uint8_t *bytes, size_t captured, size_t wire,
    struct nd_message *out)
{
	uint8_t *exact = malloc(captured ? captured : 1);
	enum decode_status status;

	assert_non_null(exact);
	memcpy(exact, bytes, captured);
	p.transport = exact;
	p.transport_captured = (uint32_t)captured;
	p.payload_cut = captured < wire;
	status = p.source.family == 6 ? nd_parse(&p, out) :
					nd_redirect4_parse(&p, out);
	free(exact);
	return status;
}

#define PARSE(p, bytes, out) parse(p, bytes, sizeof(bytes), sizeof(bytes), out)

static void
assert_address(const struct addr *a, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, buf), text);
}

static void
test_an_advertisement_of_a_router_is_read(void **state)
{
	struct packet p = of("fe80::1", "ff02::1", 134);
	char text[PREFIX_TEXT_MAX];
	struct nd_message m;

	(void)state;
	assert_int_equal(PARSE(p, advertisement, &m), DECODE_OK);
	assert_int_equal(m.kind, ND_ROUTER_ADVERTISEMENT);
	assert_true(m.managed && m.other);
	assert_int_equal(m.router_lifetime_s, 1800);
	assert_true(m.has_source_mac);
	assert_int_equal(m.source_mac.bytes[5], 1);
	assert_int_equal(m.prefix_count, 1);
	assert_string_equal(prefix_format(&m.prefixes[0], text), "fd00:2::/64");
	p.ttl = 254;
	assert_int_equal(PARSE(p, advertisement, &m), DECODE_MALFORMED);
	p = of("fd00:2::1", "ff02::1", 134);
	assert_int_equal(PARSE(p, advertisement, &m), DECODE_MALFORMED);
	p = of("fe80::1", "ff02::1", 134);
	p.icmp_code = 1;
	assert_int_equal(PARSE(p, advertisement, &m), DECODE_MALFORMED);
}

static void
test_neighbours_are_read(void **state)
{
	struct packet p = of("fe80::2", "fe80::3", 136);
	struct nd_message m;

	(void)state;
	assert_int_equal(PARSE(p, neighbour, &m), DECODE_OK);
	assert_true(m.router && m.solicited && m.override);
	assert_address(&m.target, "fd00:2::9");
	assert_true(m.has_target_mac);
	/* To all it answers nobody. */
	p = of("fe80::2", "ff02::1", 136);
	assert_int_equal(PARSE(p, neighbour, &m), DECODE_MALFORMED);
	p = of("::", "ff02::1:ff00:9", 135);
	assert_int_equal(PARSE(p, solicitation, &m), DECODE_OK);
	assert_true(m.duplicate_detection);
	p = of("fd00:2::8", "ff02::1:ff00:9", 135);
	assert_int_equal(PARSE(p, solicitation, &m), DECODE_OK);
	assert_false(m.duplicate_detection);
}

static void
test_who_has_no_address_gives_no_mac(void **state)
{
	uint8_t bytes[32];
	struct nd_message m;

	(void)state;
	memcpy(bytes, solicitation, sizeof(solicitation));
	memcpy(bytes + 24, "\1\1\2\0\0\0\2\x55", 8);
	assert_int_equal(PARSE(of("::", "ff02::1", 135), bytes, &m),
	    DECODE_MALFORMED);
	assert_int_equal(PARSE(of("fe80::5", "ff02::1", 135), bytes, &m),
	    DECODE_OK);
	bytes[8] = 0xff; /* nobody is called so */
	assert_int_equal(PARSE(of("fe80::5", "ff02::1", 135), bytes, &m),
	    DECODE_MALFORMED);
}

static void
test_redirects_of_both_families_are_read(void **state)
{
	static const uint8_t four[] = { 5, 1, 0, 0, 10, 2, 0, 99, 0x45, 0, 0,
		28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 2, 0, 9, 10, 1, 0, 10 };
	struct packet p = of("10.2.0.7", "10.2.0.9", 5);
	struct nd_message m;

	(void)state;
	assert_int_equal(PARSE(of("fe80::1", "fe80::9", 137), redirect, &m),
	    DECODE_OK);
	assert_address(&m.target, "fe80::1");
	assert_address(&m.destination, "fd00:1::9");
	assert_int_equal(PARSE(p, four, &m), DECODE_OK);
	assert_address(&m.target, "10.2.0.99");
	assert_address(&m.destination, "10.1.0.10");
	for (size_t n = 0; n < sizeof(four); n++) {
		assert_int_equal(parse(p, four, n, sizeof(four), &m),
		    DECODE_TRUNCATED);
		assert_int_equal(parse(p, four, n, n, &m), DECODE_MALFORMED);
	}
	p.icmp_type = 8;
	assert_int_equal(PARSE(p, four, &m), DECODE_UNSUPPORTED);
	p = of("fe80::1", "ff02::1", 129);
	assert_int_equal(PARSE(p, four, &m), DECODE_UNSUPPORTED);
}

static void
test_every_cut_is_told(void **state)
{
	const struct packet p = of("fe80::1", "ff02::1", 134);
	struct nd_message m;

	(void)state;
	for (size_t n = 0; n < sizeof(advertisement); n++) {
		assert_int_equal(parse(p, advertisement, n,
				     sizeof(advertisement), &m),
		    DECODE_TRUNCATED);
		assert_int_equal(parse(p, advertisement, n, n, &m),
		    n == 16 || n == 24 || n == 32 ? DECODE_OK :
						    DECODE_MALFORMED);
	}
}

static void
test_options_that_lie_are_malformed(void **state)
{
	const struct packet p = of("fe80::1", "ff02::1", 134);
	uint8_t bytes[sizeof(advertisement)];
	struct nd_message m;

	(void)state;
	memcpy(bytes, advertisement, sizeof(bytes));
	bytes[17] = 0;
	assert_int_equal(PARSE(p, bytes, &m), DECODE_MALFORMED);
	bytes[17] = 9;
	assert_int_equal(PARSE(p, bytes, &m), DECODE_MALFORMED);
	bytes[17] = 1;
	bytes[34] = 129; /* of 128 bits */
	assert_int_equal(PARSE(p, bytes, &m), DECODE_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_advertisement_of_a_router_is_read),
		cmocka_unit_test(test_neighbours_are_read),
		cmocka_unit_test(test_who_has_no_address_gives_no_mac),
		cmocka_unit_test(test_redirects_of_both_families_are_read),
		cmocka_unit_test(test_every_cut_is_told),
		cmocka_unit_test(test_options_that_lie_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
