/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * IPv4 (RFC 791) and IPv6 (RFC 8200) with extension headers and fragments.
 * The IP length ends what every later layer sees, so link padding is never
 * taken for payload. The authentication header hides nothing and is stepped
 * over in both versions.
 *
 * Lengths: an IP length beyond the frame is the sender's lie when the capture
 * says how long the frame was (captured < wire); else the file may have been
 * cut by a tool that rewrote the frame's length, and the rest counts as cut.
 */
#include <string.h>

#include "decode_internal.h"

#define IP4_HEADER 20
#define IP6_HEADER 40
#define IP6_FRAGMENT_HEADER 8
#define TCP_HEADER 20
#define OPTION_PAD1 0x00
#define OPTION_JUMBO 0xc2 /* RFC 2675 */

static uint32_t
to_u32(size_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* The authentication header, or in IPv6 any header that another follows. */
static bool
is_extension(const struct packet *p)
{
	if (p->protocol == DECODE_AH)
		return true;
	if (p->source.family == 4)
		return false;
	switch (p->protocol) {
	case DECODE_HOP_BY_HOP:
	case DECODE_ROUTING:
	case DECODE_IP6_FRAGMENT:
	case DECODE_DESTINATION:
	case DECODE_MOBILITY:
	case DECODE_HIP:
	case DECODE_SHIM6:
		return true;
	default:
		return false;
	}
}

/* The whole view as payload, which for fragments is all that is known. */
static void
take_rest(const struct decode_view *v, struct packet *out)
{
	out->transport_captured = to_u32(cursor_left(&v->c));
	out->transport = out->transport_captured ? v->c.pos : NULL;
	out->payload = out->transport;
	out->payload_captured = out->transport_captured;
	out->payload_length = to_u32(decode_view_wire(v));
	out->payload_cut = v->missing > 0;
}

/*
 * A fragment. The first one tells the ports when its transport header is
 * whole; where that header is spread over fragments or stands behind another
 * extension header, only the joined datagram can tell. transport begins at
 * the fragment's data in any case: it is what fragment.c joins.
 */
static enum decode_status
decode_fragment(struct decode_view *v, struct packet *out)
{
	struct decode_view inner = *v;
	enum decode_status status;
	struct packet first;

	out->kind = PACKET_FRAGMENT;
	out->first_fragment = out->fragment_offset == 0;
	take_rest(v, out);
	if (!out->first_fragment || is_extension(out))
		return DECODE_OK;
	first = *out;
	status = decode_transport_view(&inner, &first);
	if (status == DECODE_OK) {
		*out = first;
	} else if (status == DECODE_TRUNCATED) {
		*out = first;
		take_rest(v, out);
		return status;
	}
	return DECODE_OK;
}

enum decode_status
decode_ip4(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	enum decode_status status;
	const uint8_t *source, *destination;
	uint16_t total, id, fragment;
	uint8_t version, ttl, protocol;
	size_t header;

	out->layer = LAYER_IP4;
	version = cursor_u8(&v->c);
	cursor_skip(&v->c, 1);
	total = cursor_be16(&v->c);
	id = cursor_be16(&v->c);
	fragment = cursor_be16(&v->c);
	ttl = cursor_u8(&v->c);
	protocol = cursor_u8(&v->c);
	cursor_skip(&v->c, 2);
	source = cursor_take(&v->c, 4);
	destination = cursor_take(&v->c, 4);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, IP4_HEADER);
	header = (size_t)(version & 15) * 4;
	if (version >> 4 != 4 || header < IP4_HEADER)
		return DECODE_MALFORMED;
	out->source = addr_from_v4(source);
	out->destination = addr_from_v4(destination);
	out->ttl = ttl;
	out->protocol = protocol;
	out->fragment_id = id;
	out->fragment_offset = (fragment & 0x1fffu) * 8;
	out->more_fragments = (fragment & 0x2000) != 0;
	out->fragment = out->more_fragments || out->fragment_offset > 0;
	/* 0: a giant that the sender's card was to cut into segments. */
	out->ip_length = total ? total : to_u32(had);
	if (total != 0 && total < header)
		return DECODE_MALFORMED;
	cursor_skip(&v->c, header - IP4_HEADER);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, header);
	out->headers_end = v->c.pos;
	if (total != 0) {
		status = decode_view_limit(v, total - header);
		if (status != DECODE_OK)
			return status;
	}
	if (out->fragment)
		return decode_fragment(v, out);
	status = decode_ip_extensions(v, out, false);
	return status == DECODE_OK ? decode_transport_view(v, out) : status;
}

/* next(1) reserved(1) offset in 8 bytes and more-flag(2) id(4) */
static enum decode_status
decode_fragment_header(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint16_t fragment;
	uint32_t id;
	uint8_t next;

	next = cursor_u8(&v->c);
	cursor_skip(&v->c, 1);
	fragment = cursor_be16(&v->c);
	id = cursor_be32(&v->c);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, IP6_FRAGMENT_HEADER);
	out->headers_end = v->c.pos;
	out->protocol = next;
	out->fragment_id = id;
	out->fragment_offset = fragment & 0xfff8u;
	out->more_fragments = fragment & 1;
	/* Neither offset nor more: atomic, a whole packet (RFC 6946). */
	out->fragment = out->more_fragments || out->fragment_offset > 0;
	return DECODE_OK;
}

/* next(1) length(1), in units that the kind of header decides. */
static enum decode_status
decode_extension(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint8_t next = cursor_u8(&v->c);
	size_t length = cursor_u8(&v->c);

	if (!cursor_ok(&v->c))
		return decode_short(v, had, 8);
	length = out->protocol == DECODE_AH ? (length + 2) * 4 :
					      (length + 1) * 8;
	cursor_skip(&v->c, length - 2);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, length);
	out->headers_end = v->c.pos;
	out->protocol = next;
	return DECODE_OK;
}

enum decode_status
decode_ip_extensions(struct decode_view *v, struct packet *out, bool joined)
{
	enum decode_status status;

	for (int n = 0; is_extension(out); n++) {
		if (n == PACKET_EXTENSIONS_MAX)
			return DECODE_UNSUPPORTED;
		/* RFC 8200 4.1: only right after the IPv6 header. */
		if (out->protocol == DECODE_HOP_BY_HOP && (n > 0 || joined))
			return DECODE_MALFORMED;
		if (out->protocol != DECODE_IP6_FRAGMENT)
			status = decode_extension(v, out);
		else if (joined)
			return DECODE_UNSUPPORTED;
		else
			status = decode_fragment_header(v, out);
		if (status != DECODE_OK || out->fragment)
			return status;
	}
	return DECODE_OK;
}

/*
 * Payload length 0 before hop-by-hop options: a jumbogram when they say so,
 * which is not read; without that option, options in no room.
 */
static enum decode_status
jumbo_status(struct cursor c)
{
	struct cursor options;
	size_t length;
	uint8_t type;

	cursor_skip(&c, 1);
	length = cursor_u8(&c);
	cursor_sub(&c, (length + 1) * 8 - 2, &options);
	if (!cursor_ok(&options))
		return DECODE_TRUNCATED;
	while (cursor_left(&options) > 0) {
		type = cursor_u8(&options);
		if (type == OPTION_JUMBO)
			return DECODE_UNSUPPORTED;
		if (type != OPTION_PAD1)
			cursor_skip(&options, cursor_u8(&options));
	}
	return DECODE_MALFORMED;
}

/* Sets ip_length and ends the view by the payload length of the header. */
static enum decode_status
limit_ip6(struct decode_view *v, size_t had, uint16_t length,
    struct packet *out)
{
	if (length == 0 && out->protocol == DECODE_HOP_BY_HOP)
		return jumbo_status(v->c);
	/* As with IPv4's length 0; link padding is shorter than TCP. */
	if (length == 0 && out->protocol == DECODE_TCP &&
	    decode_view_wire(v) >= TCP_HEADER) {
		out->ip_length = to_u32(had);
		return DECODE_OK;
	}
	out->ip_length = (uint32_t)length + IP6_HEADER;
	return decode_view_limit(v, length);
}

enum decode_status
decode_ip6(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	enum decode_status status;
	const uint8_t *source, *destination;
	uint32_t version;
	uint16_t length;
	uint8_t next, hops;

	out->layer = LAYER_IP6;
	version = cursor_be32(&v->c);
	length = cursor_be16(&v->c);
	next = cursor_u8(&v->c);
	hops = cursor_u8(&v->c);
	source = cursor_take(&v->c, 16);
	destination = cursor_take(&v->c, 16);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, IP6_HEADER);
	if (version >> 28 != 6)
		return DECODE_MALFORMED;
	out->headers_end = v->c.pos;
	out->source = addr_from_v6(source);
	out->destination = addr_from_v6(destination);
	out->ttl = hops;
	out->protocol = next;
	status = limit_ip6(v, had, length, out);
	if (status == DECODE_OK)
		status = decode_ip_extensions(v, out, false);
	if (status != DECODE_OK)
		return status;
	return out->fragment ? decode_fragment(v, out) :
			       decode_transport_view(v, out);
}

enum decode_status
decode_ip_any(struct decode_view *v, struct packet *out)
{
	struct cursor ahead = v->c;
	uint8_t version = cursor_u8(&ahead) >> 4;

	if (!cursor_ok(&ahead))
		return DECODE_TRUNCATED;
	switch (version) {
	case 4:
		out->ethertype = DECODE_ETHERTYPE_IP4;
		return decode_ip4(v, out);
	case 6:
		out->ethertype = DECODE_ETHERTYPE_IP6;
		return decode_ip6(v, out);
	default:
		return DECODE_MALFORMED;
	}
}
