/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See stp.h. protocol(2) version(1) kind(1) flags(1) root(8) cost(4) bridge(8)
 * port(2) age(2) maximum(2) hello(2) delay(2); RSTP adds a length of zero, and
 * PVST+ a TLV with the VLAN.
 */
#include "stp.h"

#include <string.h>

#include "base/cursor.h"

#define KIND_CONFIGURATION 0x00
#define KIND_RAPID 0x02
#define KIND_TOPOLOGY_CHANGE 0x80

static void
read_bridge(struct cursor *c, uint16_t *priority, struct mac *mac)
{
	const uint8_t *bytes;

	*priority = cursor_be16(c);
	bytes = cursor_take(c, sizeof(mac->bytes));
	if (bytes)
		memcpy(mac->bytes, bytes, sizeof(mac->bytes));
}

/* PVST+: type 0, length 2, the VLAN; after a byte where RSTP has its own. */
static uint16_t
read_vlan(struct cursor c, uint8_t kind)
{
	uint16_t type, length, vlan;

	if (kind == KIND_RAPID)
		cursor_skip(&c, 1);
	type = cursor_be16(&c);
	length = cursor_be16(&c);
	vlan = cursor_be16(&c);
	return cursor_ok(&c) && type == 0 && length == 2 ? vlan & 0x0fff : 0;
}

enum decode_status
stp_parse(const uint8_t *payload, size_t captured, size_t wire, bool per_vlan,
    struct stp_message *out)
{
	struct cursor c;
	uint16_t protocol;
	uint8_t kind;

	memset(out, 0, sizeof(*out));
	cursor_init(&c, payload, captured);
	protocol = cursor_be16(&c);
	out->version = cursor_u8(&c);
	kind = cursor_u8(&c);
	if (cursor_ok(&c) && protocol != 0)
		return DECODE_UNSUPPORTED;
	if (cursor_ok(&c) && kind == KIND_TOPOLOGY_CHANGE) {
		out->topology_change = true;
		return DECODE_OK;
	}
	if (cursor_ok(&c) && kind != KIND_CONFIGURATION && kind != KIND_RAPID)
		return DECODE_UNSUPPORTED;
	cursor_skip(&c, 1);
	read_bridge(&c, &out->root_priority, &out->root);
	out->root_cost = cursor_be32(&c);
	read_bridge(&c, &out->bridge_priority, &out->bridge);
	out->port = cursor_be16(&c);
	cursor_skip(&c, 8);
	if (!cursor_ok(&c))
		return captured < wire ? DECODE_TRUNCATED : DECODE_MALFORMED;
	if (per_vlan)
		out->vlan = read_vlan(c, kind);
	return DECODE_OK;
}
