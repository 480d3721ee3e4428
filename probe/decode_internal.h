/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the decode_* files share and nobody else sees: the view of bytes that
 * a layer hands to the next, and the entries of the layers.
 *
 * A read beyond the end of a view has two causes that must not be mixed up.
 * Where the end is what a length field of the sender says (fenced), a header
 * that does not fit is the sender's lie: MALFORMED. Elsewhere bytes are
 * lacking: TRUNCATED.
 */
#ifndef DECODE_INTERNAL_H
#define DECODE_INTERNAL_H

#include "base/cursor.h"
#include "decode.h"

#define DECODE_ETHERTYPE_MIN 0x0600 /* below: an 802.3 length */
#define DECODE_ETHERTYPE_IP4 0x0800
#define DECODE_ETHERTYPE_ARP 0x0806
#define DECODE_ETHERTYPE_IP6 0x86dd
#define DECODE_ETHERTYPE_MPLS 0x8847
#define DECODE_ETHERTYPE_MPLS_MULTICAST 0x8848
#define DECODE_ETHERTYPE_PPPOE_SESSION 0x8864
#define DECODE_ETHERNET_HEADER 14

/* Protocol numbers of IANA that the decoder treats apart. */
enum decode_protocol {
	DECODE_HOP_BY_HOP = 0,
	DECODE_ICMP4 = 1,
	DECODE_IP4_IN_IP = 4,
	DECODE_TCP = 6,
	DECODE_UDP = 17,
	DECODE_IP6_IN_IP = 41,
	DECODE_ROUTING = 43,
	DECODE_IP6_FRAGMENT = 44,
	DECODE_GRE = 47,
	DECODE_ESP = 50,
	DECODE_AH = 51,
	DECODE_ICMP6 = 58,
	DECODE_DESTINATION = 60,
	DECODE_L2TP = 115,
	DECODE_SCTP = 132,
	DECODE_MOBILITY = 135,
	DECODE_MPLS_IN_IP = 137,
	DECODE_HIP = 139,
	DECODE_SHIM6 = 140,
};

struct decode_view {
	struct cursor c;
	size_t missing; /* bytes the wire had beyond the cursor's end */
	bool fenced;	/* the end is what the sender's length says */
	bool quoted;	/* inside an ICMP error: nothing quotes again */
	uint8_t wraps;	/* MPLS stacks and PPPoE sessions around it */
};

/* Begins a view at bytes, as decode_frame describes its arguments. */
static inline void
decode_view_init(struct decode_view *v, const uint8_t *bytes, size_t captured,
    size_t wire)
{
	const size_t most = UINT32_MAX; /* what the lengths of a packet hold */

	if (captured > most)
		captured = most;
	if (wire > most)
		wire = most;
	*v = (struct decode_view){ 0 };
	cursor_init(&v->c, bytes, captured);
	if (wire > captured)
		v->missing = wire - captured;
}

/* Bytes that the wire had from here to the end of the view. */
static inline size_t
decode_view_wire(const struct decode_view *v)
{
	return cursor_left(&v->c) + v->missing;
}

/*
 * What a failed read means: had is what decode_view_wire() was at the begin
 * of the header, need the header's least length in bytes.
 */
static inline enum decode_status
decode_short(const struct decode_view *v, size_t had, size_t need)
{
	return v->fenced && had < need ? DECODE_MALFORMED : DECODE_TRUNCATED;
}

/*
 * Ends the view after length bytes, as the sender's header says. Padding is
 * cut off so. A length beyond the frame's end is MALFORMED where that end is
 * known to be the sender's; where nothing was known to be missing, the frame
 * may come from a tool that cut it and wrote the shorter length, and the
 * rest counts as missing.
 */
static inline enum decode_status
decode_view_limit(struct decode_view *v, size_t length)
{
	size_t left = cursor_left(&v->c);
	struct cursor inner;

	if (length > left + v->missing && (v->fenced || v->missing > 0))
		return DECODE_MALFORMED;
	if (length > left) {
		v->missing = length - left;
	} else {
		cursor_sub(&v->c, length, &inner);
		v->c = inner;
		v->missing = 0;
	}
	v->fenced = true;
	return DECODE_OK;
}

/* A whole frame of the link type; v begins at its first byte. */
enum decode_status decode_link(int link_type, struct decode_view *v,
    struct packet *out);
/* True when decode_link knows the link type. */
bool decode_link_knows(int link_type);

/* What begins with an IPv4 or an IPv6 header; the rest of the way up too. */
enum decode_status decode_ip4(struct decode_view *v, struct packet *out);
enum decode_status decode_ip6(struct decode_view *v, struct packet *out);
/* Either of the two, as the version in the first byte says. */
enum decode_status decode_ip_any(struct decode_view *v, struct packet *out);
/*
 * Steps over the extension headers that out->protocol begins, until it is
 * the transport's or out->fragment is set. joined: v holds a datagram made
 * from fragments, which may not be a fragment again.
 */
enum decode_status decode_ip_extensions(struct decode_view *v,
    struct packet *out, bool joined);

/* The header that out->protocol names; sets kind, spans and ports. */
enum decode_status decode_transport_view(struct decode_view *v,
    struct packet *out);

/* An Ethernet header and what follows; MACs and tags come to out's. */
enum decode_status decode_ethernet(struct decode_view *v, struct packet *out);
/* What an ethertype says that is neither a tag nor a length. */
enum decode_status decode_network(struct decode_view *v, uint16_t ethertype,
    struct packet *out);
/* True for the ethertypes of VLAN tags. */
bool decode_is_tag(uint16_t ethertype);

/*
 * A label stack, and a PPPoE session, with what they wrap. Of a kind that
 * cannot be opened the packet is OK and PACKET_OTHER, and out->tunnel set.
 */
enum decode_status decode_mpls(struct decode_view *v, struct packet *out);
enum decode_status decode_pppoe(struct decode_view *v, struct packet *out);

/* What a packet carries, by IP protocol (spans set) and by the payload of a
 * datagram (ports and payload set). */
enum packet_tunnel decode_tunnel_protocol(const struct packet *p);
enum packet_tunnel decode_tunnel_datagram(const struct packet *p);
/* Reads the header of p->tunnel at p->payload and sets p->carried. */
void decode_open(struct packet *p);

#endif
