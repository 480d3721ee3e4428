/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds what a tunnel carries: reads the tunnel's own header, which stands
 * where the payload of IP or UDP begins, and says where the inner packet lies
 * and of which form it is. GRE (RFC 2784, 2890), ERSPAN I to III
 * (draft-foschiano-erspan), IP in IP (RFC 2003, 2473, 4213), MPLS in IP (RFC
 * 4023), VXLAN (RFC 7348) and its generic extension, GENEVE (RFC 8926), Teredo
 * (RFC 4380), GTP-U (3GPP TS 29.281). The inner packet itself is not read.
 *
 * What is encrypted, or has a form of its own (PPP in GRE and L2TP), is
 * UNSUPPORTED. A header that is only the tunnel's upkeep carries nothing.
 */
#include <string.h>

#include "decode_internal.h"

#define GRE_CHECKSUM 0x8000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_UNKNOWN 0x4c00 /* RFC 2784 2.3: of RFC 1701, not to be taken */
#define GRE_VERSION 0x0007
#define GRE_HEADER 4
#define GRE_ETHERNET 0x6558
#define GRE_ERSPAN 0x88be  /* types I and II */
#define GRE_ERSPAN3 0x22eb /* type III */

#define ERSPAN2_HEADER 8
#define ERSPAN3_HEADER 12
#define ERSPAN3_PLATFORM 8
#define ERSPAN3_ETHERNET 0 /* frame types */
#define ERSPAN3_IP 2

#define VXLAN_HEADER 8
#define GENEVE_HEADER 8
#define GENEVE_CONTROL 0x80
#define GTP_HEADER 8
#define GTP_OPTIONAL 4	      /* sequence, N-PDU, next extension */
#define GTP_EXTENSIONS_MAX 16 /* in use are 1 or 2 */
#define GTP_USER_PACKET 0xff  /* the other messages are upkeep */
#define TEREDO_AUTHENTICATION 1
#define TEREDO_ORIGIN 0

/* The rest of v is what is carried. */
static enum decode_status
carries(const struct decode_view *v, int link_type, struct packet *p)
{
	struct carried *c = &p->carried;

	if (decode_view_wire(v) == 0)
		return DECODE_OK; /* nothing */
	if (cursor_left(&v->c) == 0)
		return DECODE_TRUNCATED;
	c->bytes = v->c.pos;
	c->captured = (uint32_t)cursor_left(&v->c);
	c->wire = (uint32_t)decode_view_wire(v);
	c->link_type = link_type;
	return DECODE_OK;
}

static void
set_key(struct packet *p, uint32_t key)
{
	p->carried.has_key = true;
	p->carried.key = key;
}

static enum decode_status
carries_ethertype(const struct decode_view *v, uint16_t ethertype,
    struct packet *p)
{
	switch (ethertype) {
	case DECODE_ETHERTYPE_IP4:
		return carries(v, DECODE_LINK_IPV4, p);
	case DECODE_ETHERTYPE_IP6:
		return carries(v, DECODE_LINK_IPV6, p);
	case GRE_ETHERNET:
		return carries(v, DECODE_LINK_ETHERNET, p);
	case DECODE_ETHERTYPE_MPLS:
	case DECODE_ETHERTYPE_MPLS_MULTICAST:
		return carries(v, DECODE_LINK_MPLS, p);
	default:
		return decode_view_wire(v) == 0 ? DECODE_OK :
						  DECODE_UNSUPPORTED;
	}
}

/* ---- GRE and what mirrors put into it */

/* version(4 bits) VLAN(12) class(3) encapsulation(2) truncated(1) session(10)
 * reserved(12) index(20) */
static enum decode_status
open_erspan2(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const uint16_t vlan = cursor_be16(&v->c);
	const uint16_t session = cursor_be16(&v->c);

	cursor_skip(&v->c, ERSPAN2_HEADER - 4);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, ERSPAN2_HEADER);
	if (vlan >> 12 != 1)
		return DECODE_UNSUPPORTED;
	p->carried.vlan = vlan & 0x0fff;
	p->carried.shortened = session >> 10 & 1;
	set_key(p, session & 0x03ff);
	return carries(v, DECODE_LINK_ETHERNET, p);
}

/*
 * version(4 bits) VLAN(12) class(3) state(2) truncated(1) session(10)
 * timestamp(32) group(16) P(1) frame type(5) hardware(6) direction(1)
 * granularity(2) optional(1); the platform's own 8 bytes where that is set
 */
static enum decode_status
open_erspan3(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const uint16_t vlan = cursor_be16(&v->c);
	const uint16_t session = cursor_be16(&v->c);
	size_t header = ERSPAN3_HEADER;
	uint16_t flags;

	cursor_skip(&v->c, 6);
	flags = cursor_be16(&v->c);
	if (flags & 1) {
		header += ERSPAN3_PLATFORM;
		cursor_skip(&v->c, ERSPAN3_PLATFORM);
	}
	if (!cursor_ok(&v->c))
		return decode_short(v, had, header);
	if (vlan >> 12 != 2)
		return DECODE_UNSUPPORTED;
	p->carried.vlan = vlan & 0x0fff;
	p->carried.shortened = session >> 10 & 1;
	set_key(p, session & 0x03ff);
	switch (flags >> 10 & 0x1f) {
	case ERSPAN3_ETHERNET:
		return carries(v, DECODE_LINK_ETHERNET, p);
	case ERSPAN3_IP:
		return carries(v, DECODE_LINK_RAW, p);
	default:
		return DECODE_UNSUPPORTED;
	}
}

/* flags and version(2) ethertype(2), then checksum and reserved(4), key(4),
 * sequence(4) as the flags say */
static enum decode_status
open_gre(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const uint16_t flags = cursor_be16(&v->c);
	const uint16_t ethertype = cursor_be16(&v->c);
	size_t header = GRE_HEADER;
	uint32_t key = 0;

	if (!cursor_ok(&v->c))
		return decode_short(v, had, header);
	/* 1: PPP by RFC 2637, whose numbers mean something else. */
	if (flags & (GRE_VERSION | GRE_UNKNOWN))
		return DECODE_UNSUPPORTED;
	if (flags & GRE_CHECKSUM) {
		header += 4;
		cursor_skip(&v->c, 4);
	}
	if (flags & GRE_KEY) {
		header += 4;
		key = cursor_be32(&v->c);
	}
	if (flags & GRE_SEQUENCE) {
		header += 4;
		cursor_skip(&v->c, 4);
	}
	if (!cursor_ok(&v->c))
		return decode_short(v, had, header);
	if (flags & GRE_KEY)
		set_key(p, key);
	if (ethertype == GRE_ERSPAN3)
		return open_erspan3(v, p);
	if (ethertype == GRE_ERSPAN)
		return flags & GRE_SEQUENCE ?
		    open_erspan2(v, p) :
		    carries(v, DECODE_LINK_ETHERNET, p); /* type I */
	return carries_ethertype(v, ethertype, p);
}

/* ---- IP in IP */

static enum decode_status
open_ip4(struct decode_view *v, struct packet *p)
{
	return carries(v, DECODE_LINK_IPV4, p);
}

static enum decode_status
open_ip6(struct decode_view *v, struct packet *p)
{
	return carries(v, DECODE_LINK_IPV6, p);
}

static enum decode_status
open_mpls(struct decode_view *v, struct packet *p)
{
	return carries(v, DECODE_LINK_MPLS, p);
}

/* ---- in UDP */

/* flags(1) reserved(2) next protocol(1) network(3) reserved(1); without the
 * flag P it is Ethernet. decode_tunnel has read the flags. */
static enum decode_status
open_vxlan(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const uint32_t flags = cursor_be32(&v->c);
	const uint32_t network = cursor_be32(&v->c);
	static const int next[] = { -1, DECODE_LINK_IPV4, DECODE_LINK_IPV6,
		DECODE_LINK_ETHERNET };

	if (!cursor_ok(&v->c))
		return decode_short(v, had, VXLAN_HEADER);
	set_key(p, network >> 8);
	if (!(flags & 0x04000000))
		return carries(v, DECODE_LINK_ETHERNET, p);
	if ((flags & 0xff) == 0 ||
	    (flags & 0xff) >= sizeof(next) / sizeof(next[0]))
		return DECODE_UNSUPPORTED;
	return carries(v, next[flags & 0xff], p);
}

/* version(2 bits) options in words(6) flags(8) ethertype(16) network(24)
 * reserved(8) options */
static enum decode_status
open_geneve(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const size_t options = (size_t)(cursor_u8(&v->c) & 0x3f) * 4;
	const uint8_t flags = cursor_u8(&v->c);
	const uint16_t ethertype = cursor_be16(&v->c);
	const uint32_t network = cursor_be32(&v->c);

	cursor_skip(&v->c, options);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, GENEVE_HEADER + options);
	set_key(p, network >> 8);
	if (flags & GENEVE_CONTROL)
		return DECODE_OK; /* between the ends alone */
	return carries_ethertype(v, ethertype, p);
}

/* RFC 4380 5.1.1: authentication, then origin, each may be there. */
static enum decode_status
open_teredo(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	struct cursor ahead = v->c;
	size_t names;

	if (cursor_be16(&ahead) == TEREDO_AUTHENTICATION) {
		names = cursor_u8(&ahead);
		names += cursor_u8(&ahead);
		cursor_skip(&ahead, names + 9); /* nonce, confirmation */
		v->c = ahead;
	}
	ahead = v->c;
	if (cursor_be16(&ahead) == TEREDO_ORIGIN)
		cursor_skip(&v->c, 8);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, 48);
	return carries(v, DECODE_LINK_IPV6, p);
}

/* length in words(1) content, next extension(1) */
static enum decode_status
skip_gtp_extensions(struct decode_view *v, uint8_t next)
{
	for (int n = 0; next != 0; n++) {
		const size_t had = decode_view_wire(v);
		const size_t length = (size_t)cursor_u8(&v->c) * 4;

		if (n == GTP_EXTENSIONS_MAX)
			return DECODE_UNSUPPORTED;
		if (!cursor_ok(&v->c))
			return decode_short(v, had, 1);
		if (length == 0)
			return DECODE_MALFORMED;
		cursor_skip(&v->c, length - 2);
		next = cursor_u8(&v->c);
		if (!cursor_ok(&v->c))
			return decode_short(v, had, length);
	}
	return DECODE_OK;
}

/* flags(1) message(1) length(2) endpoint(4), and where a flag says that one
 * of them means something, sequence(2) N-PDU(1) next extension(1). The
 * endpoint is another in each direction and so no key. */
static enum decode_status
open_gtp(struct decode_view *v, struct packet *p)
{
	const size_t had = decode_view_wire(v);
	const uint8_t flags = cursor_u8(&v->c);
	const uint8_t message = cursor_u8(&v->c);
	enum decode_status status = DECODE_OK;
	uint8_t next = 0;

	cursor_skip(&v->c, GTP_HEADER - 2);
	if (flags & 0x07) {
		cursor_skip(&v->c, GTP_OPTIONAL - 1);
		next = cursor_u8(&v->c);
	}
	if (!cursor_ok(&v->c))
		return decode_short(v, had,
		    GTP_HEADER + (flags & 0x07 ? GTP_OPTIONAL : 0));
	if (message != GTP_USER_PACKET)
		return DECODE_OK;
	if (flags & 0x04)
		status = skip_gtp_extensions(v, next);
	return status == DECODE_OK ? carries(v, DECODE_LINK_RAW, p) : status;
}

void
decode_open(struct packet *p)
{
	static enum decode_status (*const open[TUNNEL_COUNT])(
	    struct decode_view *, struct packet *) = {
		[TUNNEL_GRE] = open_gre,
		[TUNNEL_ERSPAN] = open_gre,
		[TUNNEL_IPIP] = open_ip4,
		[TUNNEL_6IN4] = open_ip6,
		[TUNNEL_MPLS] = open_mpls,
		[TUNNEL_VXLAN] = open_vxlan,
		[TUNNEL_GENEVE] = open_geneve,
		[TUNNEL_TEREDO] = open_teredo,
		[TUNNEL_GTP] = open_gtp,
	};
	struct decode_view v;

	memset(&p->carried, 0, sizeof(p->carried));
	if (p->tunnel == TUNNEL_NONE || p->fragment)
		return; /* nothing, or not all of it */
	if (!open[p->tunnel]) {
		p->carried.status = DECODE_UNSUPPORTED;
		return;
	}
	decode_view_init(&v, p->payload, p->payload_captured,
	    p->payload_length);
	v.fenced = true;
	p->carried.status = open[p->tunnel](&v, p);
	if (p->carried.bytes != NULL)
		p->headers_end = p->carried.bytes;
}
