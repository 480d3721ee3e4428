/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands between the link layer and a packet without addresses of its
 * own: MPLS label stacks (RFC 3032) with IP, or an Ethernet pseudowire (RFC
 * 4448) at the bottom, and PPPoE sessions (RFC 2516, RFC 1661). They are
 * opened in place: the packet is what they wrap.
 *
 * No field says what lies below a label stack. IP shows itself by its first
 * nibble and its lengths; a pseudowire by the ethertype of its frame, with or
 * without a control word (RFC 4385). Anything else stays closed.
 */
#include "decode_internal.h"

#define MPLS_LABEL 4	   /* bytes of an entry */
#define MPLS_LABELS_MAX 16 /* in use are 2 to 5; more is UNSUPPORTED */
#define MPLS_BOTTOM 0x100
#define MPLS_IP4_NULL 0 /* explicit nulls: RFC 3032 2.1 */
#define MPLS_IP6_NULL 2
#define MPLS_CONTROL_WORD 4
#define NIBBLE_CONTROL 0 /* RFC 4385 3 */
#define NIBBLE_CHANNEL 1 /* of the pseudowire's own upkeep */

#define PPPOE_VERSION_TYPE 0x11
#define PPPOE_HEADER 6
#define PPP_IP4 0x0021
#define PPP_IP6 0x0057
#define PPP_MPLS 0x0281
#define PPP_MPLS_MULTICAST 0x0283
#define PPP_CONTROL 0x8000 /* and above: of the link and its protocols */

/* It is known to carry something, and not what. */
static enum decode_status
leave_closed(enum packet_tunnel kind, struct packet *out)
{
	out->kind = PACKET_OTHER;
	out->tunnel = kind;
	return DECODE_OK;
}

static bool
enter(struct decode_view *v, enum packet_tunnel kind, struct packet *out)
{
	out->layer = LAYER_TUNNEL;
	if (out->wrapped == TUNNEL_NONE)
		out->wrapped = kind;
	return v->wraps++ < PACKET_NESTING_MAX;
}

static enum decode_status
take_network(struct decode_view *v, uint16_t ethertype, struct packet *out)
{
	out->network = v->c.pos;
	return decode_network(v, ethertype, out);
}

/* A frame that begins offset bytes ahead has an ethertype of those that
 * matter here. */
static bool
is_frame(const struct decode_view *v, size_t offset)
{
	struct cursor c = v->c;
	uint16_t ethertype;

	cursor_skip(&c, offset + 2 * sizeof(struct mac));
	ethertype = cursor_be16(&c);
	return cursor_ok(&c) &&
	    (ethertype == DECODE_ETHERTYPE_IP4 ||
		ethertype == DECODE_ETHERTYPE_IP6 ||
		ethertype == DECODE_ETHERTYPE_ARP ||
		ethertype == DECODE_ETHERTYPE_MPLS ||
		ethertype == DECODE_ETHERTYPE_PPPOE_SESSION ||
		decode_is_tag(ethertype));
}

/* IP by more than its nibble, which a MAC may begin with as well; where the
 * rest fits neither, it is IP that lies. */
static bool
is_ip(const struct decode_view *v, unsigned nibble)
{
	const size_t left = decode_view_wire(v);
	struct cursor c = v->c;
	uint8_t first = cursor_u8(&c);
	uint16_t length;

	cursor_skip(&c, nibble == 4 ? 1 : 3);
	length = cursor_be16(&c);
	if (!cursor_ok(&c))
		return true; /* cut: there is nothing to tell them apart */
	if (!is_frame(v, 0))
		return true;
	if (nibble == 4)
		return (first & 15) >= 5 && (length == 0 || length <= left);
	return (size_t)length + 40 <= left;
}

/* What lies below the last label. */
static enum decode_status
decode_bottom(struct decode_view *v, uint32_t label, struct packet *out)
{
	struct cursor ahead = v->c;
	const uint16_t begin = cursor_be16(&ahead);
	const unsigned nibble = begin >> 12;

	if (!cursor_ok(&ahead))
		return decode_short(v, decode_view_wire(v), 2);
	if (label == MPLS_IP4_NULL || (nibble == 4 && is_ip(v, nibble)))
		return take_network(v, DECODE_ETHERTYPE_IP4, out);
	if (label == MPLS_IP6_NULL || (nibble == 6 && is_ip(v, nibble)))
		return take_network(v, DECODE_ETHERTYPE_IP6, out);
	if (nibble == NIBBLE_CONTROL && begin == 0 &&
	    (is_frame(v, MPLS_CONTROL_WORD) || !is_frame(v, 0))) {
		cursor_skip(&v->c, MPLS_CONTROL_WORD);
		return decode_ethernet(v, out);
	}
	if (is_frame(v, 0))
		return decode_ethernet(v, out);
	if (nibble == NIBBLE_CHANNEL)
		return DECODE_OK; /* nobody's packet */
	return leave_closed(TUNNEL_MPLS, out);
}

enum decode_status
decode_mpls(struct decode_view *v, struct packet *out)
{
	uint32_t entry = 0;

	if (!enter(v, TUNNEL_MPLS, out))
		return DECODE_UNSUPPORTED;
	for (int n = 0; !(entry & MPLS_BOTTOM); n++) {
		const size_t had = decode_view_wire(v);

		if (n == MPLS_LABELS_MAX)
			return DECODE_UNSUPPORTED;
		entry = cursor_be32(&v->c);
		if (!cursor_ok(&v->c))
			return decode_short(v, had, MPLS_LABEL);
		out->headers_end = v->c.pos;
	}
	return decode_bottom(v, entry >> 12, out);
}

/* RFC 1661 2: the first byte of a protocol number is even, the last is odd;
 * where a first byte of 0 was left out (6.5), an odd one begins. */
static uint16_t
read_ppp_protocol(struct cursor *c)
{
	const uint8_t first = cursor_u8(c);

	return first & 1 ? first : (uint16_t)(first << 8 | cursor_u8(c));
}

static enum decode_status
decode_ppp(struct decode_view *v, struct packet *out)
{
	const size_t had = decode_view_wire(v);
	const uint16_t protocol = read_ppp_protocol(&v->c);

	if (!cursor_ok(&v->c))
		return decode_short(v, had, 2);
	out->headers_end = v->c.pos;
	switch (protocol) {
	case PPP_IP4:
		return take_network(v, DECODE_ETHERTYPE_IP4, out);
	case PPP_IP6:
		return take_network(v, DECODE_ETHERTYPE_IP6, out);
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		return take_network(v, DECODE_ETHERTYPE_MPLS, out);
	default:
		if (protocol >= PPP_CONTROL)
			return DECODE_OK;
		return leave_closed(TUNNEL_PPPOE, out);
	}
}

/* version and type(1) code(1) session(2) length(2) */
enum decode_status
decode_pppoe(struct decode_view *v, struct packet *out)
{
	const size_t had = decode_view_wire(v);
	enum decode_status status;
	uint8_t version, code;
	uint16_t length;

	if (!enter(v, TUNNEL_PPPOE, out))
		return DECODE_UNSUPPORTED;
	version = cursor_u8(&v->c);
	code = cursor_u8(&v->c);
	cursor_skip(&v->c, 2);
	length = cursor_be16(&v->c);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, PPPOE_HEADER);
	out->headers_end = v->c.pos;
	if (version != PPPOE_VERSION_TYPE || code != 0)
		return leave_closed(TUNNEL_PPPOE, out);
	status = decode_view_limit(v, length);
	return status == DECODE_OK ? decode_ppp(v, out) : status;
}
