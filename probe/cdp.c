/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See cdp.h. version(1) time to live(1) checksum(2), then TLVs whose length
 * counts their own head of four bytes.
 */
#include "cdp.h"

#include <string.h>

#include "base/cursor.h"
#include "printable.h"

enum tlv {
	TLV_DEVICE = 1,
	TLV_ADDRESSES = 2,
	TLV_PORT = 3,
	TLV_CAPABILITIES = 4,
	TLV_PLATFORM = 6,
	TLV_NATIVE_VLAN = 10,
};

#define HEAD 4
#define ADDRESSES_MAX 16 /* of one device that are looked through */
#define PROTOCOL_IPV4 0xcc

static void
take_text(struct cursor *c, char *out)
{
	const size_t n = cursor_left(c);
	const uint8_t *bytes = cursor_take(c, n);

	if (n > 0)
		(void)printable_copy(out, CDP_NAME_MAX, bytes, n);
}

/* count(4), each: kind(1) length(1) protocol length(2) address. */
static bool
take_addresses(struct cursor *c, struct cdp_message *out)
{
	uint32_t count = cursor_be32(c);

	if (count > ADDRESSES_MAX)
		count = ADDRESSES_MAX;
	while (count-- > 0) {
		uint8_t length;
		const uint8_t *protocol, *address;
		uint16_t n;

		cursor_skip(c, 1);
		length = cursor_u8(c);
		protocol = cursor_take(c, length);
		n = cursor_be16(c);
		address = cursor_take(c, n);
		if (!cursor_ok(c))
			return false;
		if (out->address.family == 0 && length == 1 &&
		    protocol[0] == PROTOCOL_IPV4 && n == 4)
			out->address = addr_from_v4(address);
	}
	return cursor_ok(c);
}

static bool
take_tlv(uint16_t type, struct cursor *c, struct cdp_message *out)
{
	switch (type) {
	case TLV_DEVICE:
		take_text(c, out->name);
		return true;
	case TLV_PORT:
		take_text(c, out->port);
		return true;
	case TLV_PLATFORM:
		take_text(c, out->platform);
		return true;
	case TLV_CAPABILITIES:
		out->capabilities = cursor_be32(c);
		return cursor_ok(c);
	case TLV_NATIVE_VLAN:
		out->native_vlan = cursor_be16(c);
		return cursor_ok(c);
	case TLV_ADDRESSES:
		return take_addresses(c, out);
	default:
		return true;
	}
}

enum decode_status
cdp_parse(const uint8_t *payload, size_t captured, size_t wire,
    struct cdp_message *out)
{
	struct cursor c, tlv;
	bool good = true;

	memset(out, 0, sizeof(*out));
	cursor_init(&c, payload, captured);
	out->version = cursor_u8(&c);
	if (cursor_ok(&c) && out->version != 1 && out->version != 2)
		return DECODE_UNSUPPORTED;
	cursor_skip(&c, 3);
	while (cursor_left(&c) > 0) {
		const uint16_t type = cursor_be16(&c);
		const uint16_t length = cursor_be16(&c);

		if (!cursor_ok(&c))
			break;
		if (length < HEAD)
			return DECODE_MALFORMED;
		cursor_sub(&c, (size_t)length - HEAD, &tlv);
		if (!cursor_ok(&c))
			break;
		good = take_tlv(type, &tlv, out) && good;
	}
	if (captured < wire)
		return DECODE_TRUNCATED;
	return good && cursor_ok(&c) ? DECODE_OK : DECODE_MALFORMED;
}
