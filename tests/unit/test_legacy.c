/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ways of old in payload: SMB 1 only where the server speaks it, SNMP only
 * where its community is in clear; every truncation, and what lies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "inspect_snmp.h"
#include "legacy.h"
#include "smb.h"

/* get-request, v2c, community "public" */
static const uint8_t snmp[] = { 0x30, 38, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l',
	'i', 'c', 0xa0, 25, 2, 1, 1, 2, 1, 0, 2, 1, 0, 0x30, 14, 0x30, 12, 6, 8,
	0x2b, 6, 1, 2, 1, 1, 5, 0, 5, 0 };
#define COMMUNITY_END 14 /* the PDU's tag is the last that is needed */

static const uint8_t snmp3[] = { 0x30, 0x0a, 2, 1, 3, 0x30, 5, 2, 1, 1, 2, 0 };

/* Answer to a negotiation: 17 words, the first of them the dialect. */
static const uint8_t smb1[] = { 0, 0, 0, 37, 0xff, 'S', 'M', 'B', 0x72, 0, 0, 0,
	0, 0x98, 1, 0xc8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 17, 5, 0 };
#define DIALECT 37

static enum decode_status
read_snmp(const uint8_t *bytes, size_t n, size_t length,
    enum inspect_snmp_version *version)
{
	uint8_t *exact = malloc(n ? n : 1);
	enum decode_status s;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	s = inspect_snmp_message(exact, n, length, version);
	free(exact);
	return s;
}

static bool
is_smb1(const uint8_t *bytes, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);
	bool is;

	assert_non_null(exact);
	memcpy(exact, bytes, n);
	is = smb_is_version1(exact, n);
	free(exact);
	return is;
}

static void
test_the_version_of_a_message_is_read(void **state)
{
	enum inspect_snmp_version version;
	uint8_t v1[sizeof(snmp)];

	(void)state;
	assert_int_equal(read_snmp(snmp, sizeof(snmp), sizeof(snmp), &version),
	    DECODE_OK);
	assert_int_equal(version, INSPECT_SNMP_V2C);
	memcpy(v1, snmp, sizeof(v1));
	v1[4] = 0;
	assert_int_equal(read_snmp(v1, sizeof(v1), sizeof(v1), &version),
	    DECODE_OK);
	assert_int_equal(version, INSPECT_SNMP_V1);
	assert_int_equal(read_snmp(snmp3, sizeof(snmp3), sizeof(snmp3),
			     &version),
	    DECODE_OK);
	assert_int_equal(version, INSPECT_SNMP_V3);
}

static void
test_every_truncation_of_snmp_is_told(void **state)
{
	enum inspect_snmp_version version;

	(void)state;
	for (size_t n = 0; n < COMMUNITY_END; n++)
		assert_int_equal(read_snmp(snmp, n, sizeof(snmp), &version),
		    DECODE_TRUNCATED);
	for (size_t n = COMMUNITY_END; n <= sizeof(snmp); n++)
		assert_int_equal(read_snmp(snmp, n, sizeof(snmp), &version),
		    DECODE_OK);
}

static void
test_what_is_no_snmp_is_left(void **state)
{
	static const struct {
		size_t at;
		uint8_t to;
		enum decode_status status;
	} lies[] = {
		{ 0, 0x31, DECODE_UNSUPPORTED }, /* no sequence */
		{ 1, 37, DECODE_UNSUPPORTED },	 /* bytes are left over */
		{ 1, 0x85, DECODE_UNSUPPORTED }, /* five bytes of length */
		{ 1, 0x80, DECODE_UNSUPPORTED }, /* indefinite */
		{ 2, 4, DECODE_UNSUPPORTED },	 /* no integer */
		{ 3, 2, DECODE_UNSUPPORTED },	 /* of two bytes */
		{ 4, 4, DECODE_UNSUPPORTED },	 /* no such version */
		{ 5, 5, DECODE_UNSUPPORTED },	 /* no community */
		{ 6, 38, DECODE_MALFORMED },	 /* longer than the message */
		{ 6, 0x85, DECODE_MALFORMED },
		{ 13, 0x60, DECODE_UNSUPPORTED }, /* LDAP begins alike */
	};
	enum inspect_snmp_version version;
	uint8_t bytes[sizeof(snmp)];

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		memcpy(bytes, snmp, sizeof(bytes));
		bytes[lies[i].at] = lies[i].to;
		assert_int_equal(read_snmp(bytes, sizeof(bytes), sizeof(bytes),
				     &version),
		    lies[i].status);
	}
}

static void
test_smb_1_is_in_use_where_the_server_took_a_dialect(void **state)
{
	uint8_t bytes[sizeof(smb1)];

	(void)state;
	assert_true(is_smb1(smb1, sizeof(smb1)));
	for (size_t n = 0; n < sizeof(smb1); n++)
		assert_false(is_smb1(smb1, n));
	/* it takes none of them */
	memcpy(bytes, smb1, sizeof(bytes));
	bytes[DIALECT] = bytes[DIALECT + 1] = 0xff;
	assert_false(is_smb1(bytes, sizeof(bytes)));
	/* any other answer is one */
	bytes[8] = 0x73;
	assert_true(is_smb1(bytes, sizeof(bytes)));
	/* a request, SMB 2, no session message */
	for (size_t i = 0; i < 3; i++) {
		static const size_t at[] = { 13, 4, 0 };
		static const uint8_t to[] = { 0x18, 0xfe, 0x82 };

		memcpy(bytes, smb1, sizeof(bytes));
		bytes[at[i]] = to[i];
		assert_false(is_smb1(bytes, sizeof(bytes)));
	}
}

static void
give(struct flow *f, uint8_t protocol, int way, const uint8_t *bytes, size_t n)
{
	const struct packet p = { .kind = PACKET_IP,
		.protocol = protocol,
		.payload = bytes,
		.payload_captured = (uint32_t)n,
		.payload_length = (uint32_t)n };
	const struct tracked t = { .way = way, .fresh = (uint32_t)n };

	f->key.protocol = protocol;
	legacy_packet(f, &p, &t);
}

static void
test_a_conversation_shows_its_ways_of_old(void **state)
{
	struct flow *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	give(f, 6, 0, smb1, sizeof(smb1)); /* the client is not asked */
	assert_int_equal(f->conversation.legacy, 0);
	give(f, 6, 1, smb1, sizeof(smb1));
	assert_int_equal(f->conversation.legacy, LEGACY_SMB1);
	f->conversation.legacy = 0;
	give(f, 17, 0, snmp3, sizeof(snmp3));
	assert_int_equal(f->conversation.legacy, 0);
	give(f, 6, 0, snmp, sizeof(snmp));
	assert_int_equal(f->conversation.legacy, 0);
	give(f, 17, 0, snmp, sizeof(snmp));
	assert_int_equal(f->conversation.legacy, LEGACY_SNMP_COMMUNITY);
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_version_of_a_message_is_read),
		cmocka_unit_test(test_every_truncation_of_snmp_is_told),
		cmocka_unit_test(test_what_is_no_snmp_is_left),
		cmocka_unit_test(
		    test_smb_1_is_in_use_where_the_server_took_a_dialect),
		cmocka_unit_test(test_a_conversation_shows_its_ways_of_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
