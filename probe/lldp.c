/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See lldp.h. A TLV is 7 bits of type and 9 of length; chassis, port and time
 * to live stand first and in that order (IEEE 802.1AB 8.2).
 */
#include "lldp.h"

#include <string.h>

#include "base/cursor.h"
#include "printable.h"

enum tlv {
	TLV_END = 0,
	TLV_CHASSIS = 1,
	TLV_PORT = 2,
	TLV_TIME_TO_LIVE = 3,
	TLV_NAME = 5,
	TLV_CAPABILITIES = 7,
	TLV_MANAGEMENT = 8,
};

#define CHASSIS_MAC 4 /* subtypes */
#define PORT_MAC 3
#define FAMILY_IPV4 1 /* IANA address family numbers */
#define FAMILY_IPV6 2

/* Text, or a MAC where the subtype says so. */
static bool
take_id(struct cursor *c, uint8_t mac_subtype, char *text, struct mac *mac)
{
	const uint8_t subtype = cursor_u8(c);
	const size_t n = cursor_left(c);
	const uint8_t *bytes = cursor_take(c, n);

	if (!cursor_ok(c) || n == 0)
		return false;
	if (subtype == mac_subtype && n == sizeof(mac->bytes)) {
		memcpy(mac->bytes, bytes, sizeof(mac->bytes));
		(void)mac_format(mac, text);
	} else {
		(void)printable_copy(text, LLDP_NAME_MAX, bytes, n);
	}
	return true;
}

static bool
take_chassis(struct cursor *c, struct lldp_message *out)
{
	const struct cursor ahead = *c;
	struct cursor kind = ahead;
	const bool is_mac = cursor_u8(&kind) == CHASSIS_MAC &&
	    cursor_left(&kind) == sizeof(out->chassis_mac.bytes);

	out->has_chassis_mac = is_mac;
	return take_id(c, CHASSIS_MAC, out->chassis, &out->chassis_mac);
}

/* Length of the address with its family(1) family(1) address. */
static bool
take_management(struct cursor *c, struct lldp_message *out)
{
	const uint8_t length = cursor_u8(c);
	const uint8_t family = cursor_u8(c);
	const uint8_t *address;

	if (!cursor_ok(c) || length < 2)
		return false;
	address = cursor_take(c, (size_t)length - 1);
	if (!address)
		return false;
	if (out->management.family != 0)
		return true;
	if (family == FAMILY_IPV4 && length == 1 + 4)
		out->management = addr_from_v4(address);
	else if (family == FAMILY_IPV6 && length == 1 + 16)
		out->management = addr_from_v6(address);
	return true;
}

static bool
take_tlv(uint8_t type, struct cursor *c, struct lldp_message *out)
{
	struct mac port;
	const uint8_t *bytes;
	size_t n;

	switch (type) {
	case TLV_CHASSIS:
		return take_chassis(c, out);
	case TLV_PORT:
		return take_id(c, PORT_MAC, out->port, &port);
	case TLV_TIME_TO_LIVE:
		out->shutdown = cursor_be16(c) == 0;
		return cursor_ok(c);
	case TLV_NAME:
		n = cursor_left(c);
		bytes = cursor_take(c, n);
		if (n > 0)
			(void)printable_copy(out->name, sizeof(out->name),
			    bytes, n);
		return true;
	case TLV_CAPABILITIES:
		cursor_skip(c, 2);
		out->enabled = cursor_be16(c);
		return cursor_ok(c);
	case TLV_MANAGEMENT:
		return take_management(c, out);
	default:
		return true;
	}
}

enum decode_status
lldp_parse(const uint8_t *payload, size_t captured, size_t wire,
    struct lldp_message *out)
{
	struct cursor c, tlv;
	unsigned count = 0;
	bool good = true;

	memset(out, 0, sizeof(*out));
	cursor_init(&c, payload, captured);
	while (cursor_left(&c) > 0) {
		const uint16_t head = cursor_be16(&c);
		const uint8_t type = (uint8_t)(head >> 9);

		cursor_sub(&c, head & 0x1ff, &tlv);
		if (!cursor_ok(&c))
			break;
		if (type == TLV_END && count >= 3)
			return good ? DECODE_OK : DECODE_MALFORMED;
		if ((count < 3) !=
			(type >= TLV_CHASSIS && type <= TLV_TIME_TO_LIVE) ||
		    (count < 3 && type != count + 1))
			return DECODE_MALFORMED;
		count++;
		good = take_tlv(type, &tlv, out) && good;
	}
	if (captured < wire)
		return DECODE_TRUNCATED;
	return good && cursor_ok(&c) && count >= 3 ? DECODE_OK :
						     DECODE_MALFORMED;
}
