/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What switches say: LLDP, CDP and the spanning tree. Good input, every cut of
 * it, and lies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "cdp.h"
#include "lldp.h"
#include "stp.h"

/* A copy of the first n bytes that ends where memory ends. */
static uint8_t *
exactly(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	return copy;
}

static void
assert_address(const struct addr *a, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, buf), text);
}

/* ---- LLDP */

static const uint8_t lldp[] = { 0x02, 7, 4, 2, 0, 0, 0, 0x99, 1, /* chassis */
	0x04, 3, 5, 'g', '1', 0x06, 2, 0, 120,	    /* port, time to live */
	0x0a, 7, 'f', 'l', 'o', 'o', 'r', '-', '2', /* name */
	0x0e, 4, 0, 0x14, 0, 4,			    /* capabilities */
	0x10, 12, 5, 1, 10, 2, 0, 250, 2, 0, 0, 0, 1, 0, /* management */
	0, 0 };

static enum decode_status
parse_lldp(const uint8_t *bytes, size_t captured, size_t wire,
    struct lldp_message *m)
{
	uint8_t *copy = exactly(bytes, captured);
	const enum decode_status status = lldp_parse(copy, captured, wire, m);

	free(copy);
	return status;
}

static void
test_lldp_is_read(void **state)
{
	struct lldp_message m;

	(void)state;
	assert_int_equal(parse_lldp(lldp, sizeof(lldp), sizeof(lldp), &m),
	    DECODE_OK);
	assert_true(m.has_chassis_mac);
	assert_string_equal(m.chassis, "02:00:00:00:99:01");
	assert_string_equal(m.port, "g1");
	assert_string_equal(m.name, "floor-2");
	assert_int_equal(m.enabled, LLDP_BRIDGE);
	assert_address(&m.management, "10.2.0.250");
	assert_false(m.shutdown);
}

static void
test_every_cut_of_lldp_is_told(void **state)
{
	struct lldp_message m;

	(void)state;
	for (size_t n = 0; n < sizeof(lldp); n++) {
		enum decode_status status = parse_lldp(lldp, n, sizeof(lldp),
		    &m);

		assert_int_equal(status, DECODE_TRUNCATED);
		status = parse_lldp(lldp, n, n, &m);
		/* Some leave out the end. */
		assert_int_equal(status,
		    n == 18 || n == 27 || n == 33 || n == 47 ?
			DECODE_OK :
			DECODE_MALFORMED);
	}
}

static void
test_lldp_out_of_order_is_malformed(void **state)
{
	uint8_t bytes[sizeof(lldp)];
	struct lldp_message m;

	(void)state;
	memcpy(bytes, lldp, sizeof(bytes));
	bytes[0] = 0x04; /* the port first */
	assert_int_equal(parse_lldp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_MALFORMED);
	memcpy(bytes, lldp, sizeof(bytes));
	bytes[18] = 0x02; /* a second chassis */
	assert_int_equal(parse_lldp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_MALFORMED);
	memcpy(bytes, lldp, sizeof(bytes));
	bytes[35] = 200; /* an address longer than its TLV */
	assert_int_equal(parse_lldp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_MALFORMED);
}

/* ---- CDP */

static const uint8_t cdp[] = { 2, 180, 0, 0, 0, 1, 0, 11, 'f', 'l', 'o', 'o',
	'r', '-', '2',						  /* name */
	0, 2, 0, 17, 0, 0, 0, 1, 1, 1, 0xcc, 0, 4, 10, 2, 0, 250, /* address */
	0, 3, 0, 6, 'g', '1', 0, 4, 0, 8, 0, 0, 0, 0x28,  /* port, capability */
	0, 6, 0, 7, 'W', 'S', '1', 0, 10, 0, 6, 0, 110 }; /* platform, VLAN */

static enum decode_status
parse_cdp(const uint8_t *bytes, size_t captured, size_t wire,
    struct cdp_message *m)
{
	uint8_t *copy = exactly(bytes, captured);
	const enum decode_status status = cdp_parse(copy, captured, wire, m);

	free(copy);
	return status;
}

static void
test_cdp_is_read(void **state)
{
	struct cdp_message m;

	(void)state;
	assert_int_equal(parse_cdp(cdp, sizeof(cdp), sizeof(cdp), &m),
	    DECODE_OK);
	assert_int_equal(m.version, 2);
	assert_string_equal(m.name, "floor-2");
	assert_string_equal(m.port, "g1");
	assert_string_equal(m.platform, "WS1");
	assert_int_equal(m.capabilities, 0x20 | CDP_SWITCH);
	assert_int_equal(m.native_vlan, 110);
	assert_address(&m.address, "10.2.0.250");
}

static void
test_every_cut_of_cdp_is_told(void **state)
{
	struct cdp_message m;

	(void)state;
	for (size_t n = 0; n < sizeof(cdp); n++) {
		assert_int_equal(parse_cdp(cdp, n, sizeof(cdp), &m),
		    DECODE_TRUNCATED);
		assert_int_equal(parse_cdp(cdp, n, n, &m),
		    n == 4 || n == 15 || n == 32 || n == 38 || n == 46 ||
			    n == 53 ?
			DECODE_OK :
			DECODE_MALFORMED);
	}
}

static void
test_cdp_that_lies_is_malformed(void **state)
{
	uint8_t bytes[sizeof(cdp)];
	struct cdp_message m;

	(void)state;
	memcpy(bytes, cdp, sizeof(bytes));
	bytes[7] = 3; /* shorter than its own head */
	assert_int_equal(parse_cdp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_MALFORMED);
	memcpy(bytes, cdp, sizeof(bytes));
	bytes[22] = 200; /* more addresses than there are */
	assert_int_equal(parse_cdp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_MALFORMED);
	assert_string_equal(m.port, "g1");
	bytes[0] = 3;
	assert_int_equal(parse_cdp(bytes, sizeof(bytes), sizeof(bytes), &m),
	    DECODE_UNSUPPORTED);
}

/* ---- spanning tree */

static const uint8_t stp[] = { 0, 0, 0, 0, 1, 0x80, 110, 2, 0, 0, 0, 0x99, 2, 0,
	0, 0, 4, 0x80, 110, 2, 0, 0, 0, 0x99, 1, 0x80, 1, 1, 0, 20, 0, 2, 0, 15,
	0, 0, 0, 0, 2, 0, 110 };

static enum decode_status
parse_stp(const uint8_t *bytes, size_t captured, size_t wire, bool per_vlan,
    struct stp_message *m)
{
	uint8_t *copy = exactly(bytes, captured);
	const enum decode_status status = stp_parse(copy, captured, wire,
	    per_vlan, m);

	free(copy);
	return status;
}

static void
test_the_root_of_the_tree_is_read(void **state)
{
	uint8_t rapid[sizeof(stp) + 1];
	struct stp_message m;

	(void)state;
	assert_int_equal(parse_stp(stp, sizeof(stp), sizeof(stp), true, &m),
	    DECODE_OK);
	assert_int_equal(m.root.bytes[5], 2);
	assert_int_equal(m.bridge.bytes[5], 1);
	assert_int_equal(m.root_priority, 0x806e);
	assert_int_equal(m.root_cost, 4);
	assert_int_equal(m.vlan, 110);
	assert_int_equal(parse_stp(stp, 35, 35, false, &m), DECODE_OK);
	assert_int_equal(m.vlan, 0);
	memcpy(rapid, stp, 35);
	memcpy(rapid + 35, stp + 34, sizeof(stp) - 34);
	rapid[2] = STP_RAPID;
	rapid[3] = 2;
	assert_int_equal(parse_stp(rapid, sizeof(rapid), sizeof(rapid), true,
			     &m),
	    DECODE_OK);
	assert_int_equal(m.version, STP_RAPID);
	assert_int_equal(m.vlan, 110);
}

static void
test_cuts_and_other_kinds_of_the_tree_are_told(void **state)
{
	static const uint8_t change[] = { 0, 0, 0, 0x80 };
	uint8_t other[sizeof(stp)];
	struct stp_message m;

	(void)state;
	for (size_t n = 0; n < 35; n++) {
		assert_int_equal(parse_stp(stp, n, sizeof(stp), false, &m),
		    DECODE_TRUNCATED);
		assert_int_equal(parse_stp(stp, n, n, false, &m),
		    DECODE_MALFORMED);
	}
	assert_int_equal(parse_stp(change, 4, 4, false, &m), DECODE_OK);
	assert_true(m.topology_change);
	memcpy(other, stp, sizeof(other));
	other[3] = 7;
	assert_int_equal(parse_stp(other, 35, 35, false, &m),
	    DECODE_UNSUPPORTED);
	other[1] = 1;
	assert_int_equal(parse_stp(other, 35, 35, false, &m),
	    DECODE_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lldp_is_read),
		cmocka_unit_test(test_every_cut_of_lldp_is_told),
		cmocka_unit_test(test_lldp_out_of_order_is_malformed),
		cmocka_unit_test(test_cdp_is_read),
		cmocka_unit_test(test_every_cut_of_cdp_is_told),
		cmocka_unit_test(test_cdp_that_lies_is_malformed),
		cmocka_unit_test(test_the_root_of_the_tree_is_read),
		cmocka_unit_test(
		    test_cuts_and_other_kinds_of_the_tree_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
