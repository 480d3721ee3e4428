/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DHCP messages of both families: what they say, options in pieces and in
 * other fields, every way to be cut or to lie.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>

#include <cmocka.h>

#include "dhcp.h"

struct bytes {
	uint8_t at[2048];
	size_t n;
};

static void
put(struct bytes *b, const void *bytes, size_t n)
{
	assert_true(b->n + n <= sizeof(b->at));
	memcpy(b->at + b->n, bytes, n);
	b->n += n;
}

static void
option(struct bytes *b, uint8_t code, const void *bytes, size_t n)
{
	const uint8_t head[2] = { code, (uint8_t)n };

	put(b, head, 2);
	put(b, bytes, n);
}

/* op, addresses by their last byte of 10.2.0.x, chaddr, no options yet. */
static void
head(struct bytes *b, uint8_t op, uint8_t client, uint8_t yours, uint8_t relay)
{
	uint8_t h[240] = { op, 1, 6, 1, 0, 0, 0x12, 0x34 };
	const uint8_t network[3] = { 10, 2, 0 };
	const uint8_t mac[6] = { 2, 0, 0, 0, 2, 0x55 };
	const uint8_t cookie[4] = { 0x63, 0x82, 0x53, 0x63 };
	const uint8_t last[4] = { client, yours, 0, relay };

	for (int i = 0; i < 4; i++) {
		if (last[i] == 0)
			continue;
		memcpy(h + 12 + 4 * i, network, 3);
		h[15 + 4 * i] = last[i];
	}
	memcpy(h + 28, mac, 6);
	memcpy(h + 236, cookie, 4);
	b->n = 0;
	put(b, h, sizeof(h));
}

static void
whole_request(struct bytes *b)
{
	static const uint8_t id[] = { 1, 2, 0, 0, 0, 2, 0x55 };
	static const uint8_t uuid[17] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
		12, 13, 14, 15, 16 };
	static const uint8_t full[] = { 4, 0, 0, 3, 'p', 'c', '1', 2, 'l', 'g',
		2, 'j', 'p', 0 };
	static const uint8_t address[] = { 10, 2, 0, 9 };
	static const uint8_t server[] = { 10, 2, 0, 67 };
	static const uint8_t end = 255;

	head(b, 1, 7, 0, 0);
	option(b, 53, "\3", 1);
	option(b, 12, "TAX-PC1", 7);
	option(b, 60, "MSFT 5.0", 8);
	option(b, 61, id, sizeof(id));
	option(b, 97, uuid, sizeof(uuid));
	option(b, 81, full, sizeof(full));
	option(b, 50, address, 4);
	option(b, 54, server, 4);
	option(b, 55, "\1\3\6", 3);
	put(b, &end, 1);
}

static enum decode_status
parse(const uint8_t *bytes, size_t captured, size_t wire,
    struct dhcp_message *out)
{
	uint8_t *exact = malloc(captured ? captured : 1);
	enum decode_status status;

	assert_non_null(exact);
	memcpy(exact, bytes, captured);
	status = dhcp_parse(exact, captured, wire, out);
	free(exact);
	return status;
}

static void
assert_address(const struct addr *a, const char *text)
{
	char buf[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, buf), text);
}

static void
test_a_whole_request_is_read(void **state)
{
	struct dhcp_message m;
	struct bytes b;

	(void)state;
	whole_request(&b);
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_false(m.reply);
	assert_int_equal(m.kind, DHCP_REQUEST);
	assert_int_equal(m.hops, 1);
	assert_int_equal(m.transaction, 0x1234);
	assert_true(m.has_mac);
	assert_int_equal(m.mac.bytes[5], 0x55);
	assert_address(&m.client, "10.2.0.7");
	assert_address(&m.requested, "10.2.0.9");
	assert_address(&m.server, "10.2.0.67");
	assert_int_equal(m.yours.family, 0);
	assert_int_equal(m.relay.family, 0);
	assert_string_equal(m.host_name, "TAX-PC1");
	assert_string_equal(m.vendor_class, "MSFT 5.0");
	assert_string_equal(m.full_name, "pc1.lg.jp");
	assert_int_equal(m.id.length, 7);
	assert_true(m.has_uuid);
	assert_int_equal(m.uuid[15], 16);
	assert_false(dhcp_is_offer(&m));
}

static void
test_a_reply_is_an_offer(void **state)
{
	static const uint8_t lease[] = { 0, 0, 0x0e, 0x10 };
	struct dhcp_message m;
	struct bytes b;

	(void)state;
	head(&b, 2, 0, 9, 1);
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_int_equal(m.kind, DHCP_BOOTP);
	assert_true(dhcp_is_offer(&m));
	option(&b, 53, "\2", 1);
	option(&b, 51, lease, 4);
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_true(dhcp_is_offer(&m));
	assert_int_equal(m.lease_s, 3600);
	assert_address(&m.yours, "10.2.0.9");
	assert_address(&m.relay, "10.2.0.1");
}

static void
test_options_in_pieces_and_in_other_fields_are_joined(void **state)
{
	struct dhcp_message m;
	struct bytes b;

	(void)state;
	head(&b, 1, 0, 0, 0);
	option(&b, 12, "TAX", 3);
	option(&b, 52, "\3", 1);
	option(&b, 255, "", 0);
	memcpy(b.at + 108, "\x0c\x02-P\xff", 5); /* file */
	memcpy(b.at + 44,
	    "\x0c\x02"
	    "C1\x35\x01\x01\xff",
	    8); /* sname */
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_string_equal(m.host_name, "TAX-PC1");
	assert_int_equal(m.kind, DHCP_DISCOVER);
	/* Not where they are what they are called. */
	head(&b, 1, 0, 0, 0);
	memcpy(b.at + 108, "\x0c\x02-P\xff", 5);
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_string_equal(m.host_name, "");
}

static void
test_every_cut_is_truncated_and_every_lie_malformed(void **state)
{
	struct dhcp_message m;
	struct bytes b;
	size_t fits = 0;

	(void)state;
	whole_request(&b);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(parse(b.at, n, b.n, &m), DECODE_TRUNCATED);
	for (size_t n = 0; n < b.n; n++) {
		const enum decode_status status = parse(b.at, n, n, &m);

		if (status == DECODE_OK)
			fits++; /* it ends between two options */
		else
			assert_int_equal(status, DECODE_MALFORMED);
	}
	assert_int_equal(fits, 10);
}

static void
test_options_of_wrong_length_are_malformed(void **state)
{
	static const uint8_t codes[] = { 50, 51, 53, 54, 81, 97 };
	struct dhcp_message m;
	struct bytes b;

	(void)state;
	for (size_t i = 0; i < sizeof(codes); i++) {
		head(&b, 1, 0, 0, 0);
		option(&b, codes[i], "\1\2", 2);
		option(&b, 12, "pc", 2);
		assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_MALFORMED);
		assert_string_equal(m.host_name, "pc");
	}
	head(&b, 3, 0, 0, 0);
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_UNSUPPORTED);
	head(&b, 1, 0, 0, 0);
	b.at[236] = 0;
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_UNSUPPORTED);
}

static void
test_names_show_no_control_characters(void **state)
{
	static const uint8_t name[] = { 'a', 0x1b, '[', '2', 'J', 0xe2, 0x80,
		0xae, 0xe7, 0xa8, 0x8e, 0xff, 'z', 0, 'x' };
	uint8_t full[255], all[255];
	struct dhcp_message m;
	struct bytes b;

	(void)state;
	head(&b, 1, 0, 0, 0);
	option(&b, 12, name, sizeof(name));
	memset(all, 'n', sizeof(all));
	option(&b, 60, all, sizeof(all));
	option(&b, 61, all, sizeof(all));
	memset(full, 'x', sizeof(full));
	full[0] = full[1] = full[2] = 0;
	option(&b, 81, full, sizeof(full));
	assert_int_equal(parse(b.at, b.n, b.n, &m), DECODE_OK);
	assert_string_equal(m.host_name, "a?[2J?\xe7\xa8\x8e?z");
	assert_int_equal(strlen(m.vendor_class), DHCP_NAME_MAX - 1);
	assert_int_equal(strlen(m.full_name), DHCP_NAME_MAX - 1);
	assert_true(m.id.cut);
	assert_int_equal(m.id.length, DHCP_ID_MAX);
}

/* ---- IPv6 */

static const uint8_t advertise[] = { 2, 0, 0, 1,	 /* transaction */
	0, 1, 0, 10, 0, 3, 0, 1, 2, 0, 0, 0, 2, 0x55,	 /* client */
	0, 2, 0, 10, 0, 3, 0, 1, 2, 0, 0, 0, 2, 0x66,	 /* server */
	0, 3, 0, 40, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, /* IA_NA */
	0, 5, 0, 24, 0xfd, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0,
	0, 0, 0, 0, 0, /* address */
	0, 39, 0, 5, 0, 2, 'p', 'c', 0 };

static enum decode_status
parse6(const uint8_t *bytes, size_t captured, size_t wire,
    struct dhcp6_message *out)
{
	uint8_t *exact = malloc(captured ? captured : 1);
	enum decode_status status;

	assert_non_null(exact);
	memcpy(exact, bytes, captured);
	status = dhcp6_parse(exact, captured, wire, out);
	free(exact);
	return status;
}

static void
test_an_advertise_is_read(void **state)
{
	struct dhcp6_message m;

	(void)state;
	assert_int_equal(parse6(advertise, sizeof(advertise), sizeof(advertise),
			     &m),
	    DECODE_OK);
	assert_int_equal(m.kind, DHCP6_ADVERTISE);
	assert_true(dhcp6_is_offer(&m));
	assert_int_equal(m.transaction, 1);
	assert_int_equal(m.client.length, 10);
	assert_int_equal(m.server.bytes[9], 0x66);
	assert_int_equal(m.address_count, 1);
	assert_address(&m.addresses[0], "fd00:2::9");
	assert_string_equal(m.full_name, "pc");
}

static void
test_every_cut_of_an_advertise_is_told(void **state)
{
	struct dhcp6_message m;

	(void)state;
	for (size_t n = 0; n < sizeof(advertise); n++) {
		assert_int_equal(parse6(advertise, n, sizeof(advertise), &m),
		    DECODE_TRUNCATED);
		if (n != 4 && n != 18 && n != 32 && n != 76)
			assert_int_equal(parse6(advertise, n, n, &m),
			    DECODE_MALFORMED);
	}
}

/* Each relay's message around the one before. */
static size_t
relay(uint8_t *out, const uint8_t *inner, size_t n, uint8_t kind)
{
	memset(out, 0, 34);
	out[0] = kind;
	out[2] = 0xfd;
	out[18] = 0xfe;
	out[19] = 0x80;
	out[34] = 0;
	out[35] = 9;
	out[36] = (uint8_t)(n >> 8);
	out[37] = (uint8_t)n;
	memcpy(out + 38, inner, n);
	return 38 + n;
}

static void
test_relayed_messages_are_opened_so_far(void **state)
{
	uint8_t a[1024], b[1024];
	struct dhcp6_message m;
	size_t n = sizeof(advertise);

	(void)state;
	memcpy(a, advertise, n);
	for (unsigned i = 1; i <= DHCP6_RELAYS_MAX + 1; i++) {
		n = relay(b, a, n, DHCP6_RELAY_REPLY);
		memcpy(a, b, n);
		if (i <= DHCP6_RELAYS_MAX) {
			assert_int_equal(parse6(a, n, n, &m), DECODE_OK);
			assert_int_equal(m.relays, i);
			assert_int_equal(m.kind, DHCP6_ADVERTISE);
			assert_address(&m.peer, "fe80::");
		} else {
			assert_int_equal(parse6(a, n, n, &m),
			    DECODE_UNSUPPORTED);
		}
	}
	/* One that carries nothing, and a kind that is none. */
	assert_int_equal(parse6(a, 34, 34, &m), DECODE_MALFORMED);
	a[0] = 99;
	assert_int_equal(parse6(a, n, n, &m), DECODE_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_request_is_read),
		cmocka_unit_test(test_a_reply_is_an_offer),
		cmocka_unit_test(
		    test_options_in_pieces_and_in_other_fields_are_joined),
		cmocka_unit_test(
		    test_every_cut_is_truncated_and_every_lie_malformed),
		cmocka_unit_test(test_options_of_wrong_length_are_malformed),
		cmocka_unit_test(test_names_show_no_control_characters),
		cmocka_unit_test(test_an_advertise_is_read),
		cmocka_unit_test(test_every_cut_of_an_advertise_is_told),
		cmocka_unit_test(test_relayed_messages_are_opened_so_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
