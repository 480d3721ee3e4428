/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See nd.h. What RFC 4861 tells a host to drop is MALFORMED here, so that
 * nobody is accused by a message that no host would heed: a hop limit below
 * 255 says that it came from beyond a router.
 */
#include "nd.h"

#include <string.h>

#include "base/cursor.h"

#define ICMP6 58
#define ICMP4 1
#define ICMP4_REDIRECT 5
#define HOP_LIMIT 255
#define OPTION_UNIT 8 /* bytes that an option's length counts */

enum option {
	OPTION_SOURCE_MAC = 1,
	OPTION_TARGET_MAC = 2,
	OPTION_PREFIX = 3,
};

bool
nd_is_kind(const struct packet *p)
{
	return p->kind == PACKET_IP && p->protocol == ICMP6 &&
	    p->source.family == 6 && !p->unreadable &&
	    p->icmp_type >= ND_ROUTER_SOLICITATION &&
	    p->icmp_type <= ND_REDIRECT;
}

static struct addr
read_address(struct cursor *c)
{
	const struct addr none = { 0 };
	const uint8_t *p = cursor_take(c, 16);

	return p ? addr_from_v6(p) : none;
}

static bool
read_mac(struct cursor *c, struct mac *out)
{
	const uint8_t *p = cursor_take(c, sizeof(out->bytes));

	if (p)
		memcpy(out->bytes, p, sizeof(out->bytes));
	return p != NULL;
}

/* RFC 4861 4.6.2: length(1) flags(1) valid(4) preferred(4) reserved(4)
 * prefix(16). */
static bool
read_prefix(struct cursor *c, struct nd_message *out)
{
	const uint8_t length = cursor_u8(c);
	struct addr a;

	cursor_skip(c, 13);
	a = read_address(c);
	if (!cursor_ok(c) || length > 128)
		return false;
	if (out->prefix_count < ND_PREFIXES_MAX)
		out->prefixes[out->prefix_count++] =
		    (struct prefix){ .addr = addr_mask(&a, length),
			    .length = length };
	return true;
}

static bool
take_option(uint8_t kind, struct cursor *c, struct nd_message *out)
{
	switch (kind) {
	case OPTION_SOURCE_MAC:
		out->has_source_mac = read_mac(c, &out->source_mac);
		return out->has_source_mac;
	case OPTION_TARGET_MAC:
		out->has_target_mac = read_mac(c, &out->target_mac);
		return out->has_target_mac;
	case OPTION_PREFIX:
		return read_prefix(c, out);
	default:
		return true;
	}
}

static bool
read_options(struct cursor *c, struct nd_message *out)
{
	while (cursor_left(c) > 0) {
		const uint8_t kind = cursor_u8(c);
		const size_t length = (size_t)cursor_u8(c) * OPTION_UNIT;
		struct cursor option;

		if (!cursor_ok(c) || length == 0)
			return false;
		cursor_sub(c, length - 2, &option);
		if (!cursor_ok(c) || !take_option(kind, &option, out))
			return false;
	}
	return cursor_ok(c);
}

/* What stands between the ICMP header and the options. */
static void
read_body(struct cursor *c, struct nd_message *out)
{
	uint8_t flags;

	switch (out->kind) {
	case ND_ROUTER_SOLICITATION:
		cursor_skip(c, 4);
		break;
	case ND_ROUTER_ADVERTISEMENT:
		cursor_skip(c, 1);
		flags = cursor_u8(c);
		out->managed = flags & 0x80;
		out->other = flags & 0x40;
		out->router_lifetime_s = cursor_be16(c);
		cursor_skip(c, 8);
		break;
	case ND_NEIGHBOUR_SOLICITATION:
		cursor_skip(c, 4);
		out->target = read_address(c);
		break;
	case ND_NEIGHBOUR_ADVERTISEMENT:
		flags = cursor_u8(c);
		out->router = flags & 0x80;
		out->solicited = flags & 0x40;
		out->override = flags & 0x20;
		cursor_skip(c, 3);
		out->target = read_address(c);
		break;
	case ND_REDIRECT:
		cursor_skip(c, 4);
		out->target = read_address(c);
		out->destination = read_address(c);
		break;
	}
}

/* What every host drops (RFC 4861 6.1, 7.1, 8.1). */
static bool
is_heeded(const struct packet *p, const struct nd_message *m)
{
	const enum addr_kind from = addr_kind(&p->source);

	if (p->ttl != HOP_LIMIT || p->icmp_code != 0)
		return false;
	switch (m->kind) {
	case ND_ROUTER_ADVERTISEMENT:
	case ND_REDIRECT:
		return from == ADDR_LINK_LOCAL;
	case ND_NEIGHBOUR_SOLICITATION:
		return addr_kind(&m->target) != ADDR_MULTICAST &&
		    !(m->duplicate_detection && m->has_source_mac);
	case ND_NEIGHBOUR_ADVERTISEMENT:
		return addr_kind(&m->target) != ADDR_MULTICAST &&
		    !(addr_kind(&p->destination) == ADDR_MULTICAST &&
			m->solicited);
	default:
		return true;
	}
}

enum decode_status
nd_parse(const struct packet *p, struct nd_message *out)
{
	struct cursor c;
	bool good;

	memset(out, 0, sizeof(*out));
	if (!nd_is_kind(p))
		return DECODE_UNSUPPORTED;
	out->kind = (enum nd_kind)p->icmp_type;
	out->duplicate_detection = out->kind == ND_NEIGHBOUR_SOLICITATION &&
	    addr_kind(&p->source) == ADDR_UNSPECIFIED;
	cursor_init(&c, p->transport, p->transport_captured);
	cursor_skip(&c, 4);
	read_body(&c, out);
	good = cursor_ok(&c) && read_options(&c, out);
	if (p->payload_cut)
		return DECODE_TRUNCATED;
	return good && is_heeded(p, out) ? DECODE_OK : DECODE_MALFORMED;
}

enum decode_status
nd_redirect4_parse(const struct packet *p, struct nd_message *out)
{
	const uint8_t *gateway, *destination;
	struct cursor c;

	memset(out, 0, sizeof(*out));
	if (p->kind != PACKET_IP || p->source.family != 4 ||
	    p->protocol != ICMP4 || p->icmp_type != ICMP4_REDIRECT ||
	    p->unreadable)
		return DECODE_UNSUPPORTED;
	out->kind = ND_REDIRECT;
	cursor_init(&c, p->transport, p->transport_captured);
	cursor_skip(&c, 4);
	gateway = cursor_take(&c, 4);
	cursor_skip(&c, 16); /* to the destination of what it quotes */
	destination = cursor_take(&c, 4);
	if (gateway)
		out->target = addr_from_v4(gateway);
	if (destination)
		out->destination = addr_from_v4(destination);
	if (cursor_ok(&c))
		return DECODE_OK;
	return p->payload_cut ? DECODE_TRUNCATED : DECODE_MALFORMED;
}
