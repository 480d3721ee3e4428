/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What IP carries: TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6
 * (RFC 4443) with what errors quote, neighbour discovery (RFC 4861) and the
 * ports of SCTP (RFC 9260). Any other protocol is a packet without ports
 * whose payload is all of it.
 */
#include <string.h>

#include "decode_internal.h"

#define TCP_HEADER 20
#define UDP_HEADER 8
#define SCTP_HEADER 12
#define ICMP_HEADER 8 /* all known messages of both versions have 8 */

#define ICMP4_ECHO_REPLY 0
#define ICMP4_UNREACHABLE 3
#define ICMP4_QUENCH 4
#define ICMP4_REDIRECT 5
#define ICMP4_ECHO 8
#define ICMP4_TIME_EXCEEDED 11
#define ICMP4_PARAMETER 12

#define ICMP6_ERROR_FIRST 1 /* unreachable, too big, time exceeded, */
#define ICMP6_ERROR_LAST 4  /* parameter problem */
#define ICMP6_ECHO 128
#define ICMP6_ECHO_REPLY 129
#define ND_ROUTER_SOLICIT 133
#define ND_ROUTER_ADVERT 134
#define ND_NEIGHBOUR_SOLICIT 135
#define ND_NEIGHBOUR_ADVERT 136
#define ND_REDIRECT 137
#define ND_OPTION_SOURCE 1 /* link-layer address */
#define ND_OPTION_TARGET 2
#define ARP_REQUEST 1
#define ARP_REPLY 2

/* A header that ends before it should: where bytes are lacking, those that are
 * here are the header's all the same. */
static enum decode_status
cut_header(const struct decode_view *v, size_t had, size_t need,
    struct packet *out)
{
	const enum decode_status status = decode_short(v, had, need);

	if (status == DECODE_TRUNCATED)
		out->headers_end = v->c.end;
	return status;
}

/* What is left of the view is payload, and the packet can be keyed. */
static void
take_payload(const struct decode_view *v, struct packet *out)
{
	out->kind = PACKET_IP;
	out->payload_captured = (uint32_t)cursor_left(&v->c);
	out->payload = out->payload_captured ? v->c.pos : NULL;
	out->payload_length = (uint32_t)decode_view_wire(v);
	out->payload_cut = v->missing > 0;
}

/* Both ports or none: a quoted header may end after them. */
static void
read_ports(struct decode_view *v, struct packet *out)
{
	uint16_t source = cursor_be16(&v->c);
	uint16_t destination = cursor_be16(&v->c);

	if (!cursor_ok(&v->c))
		return;
	out->source_port = source;
	out->destination_port = destination;
}

/*
 * ports(4) sequence(4) acknowledgement(4) offset(1) flags(1) window(2)
 * checksum(2) urgent(2) options
 */
static enum decode_status
decode_tcp(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint32_t seq, ack;
	uint16_t window;
	uint8_t offset, flags;
	size_t header;

	out->layer = LAYER_TCP;
	read_ports(v, out);
	seq = cursor_be32(&v->c);
	ack = cursor_be32(&v->c);
	offset = cursor_u8(&v->c);
	flags = cursor_u8(&v->c);
	window = cursor_be16(&v->c);
	cursor_skip(&v->c, 4);
	if (!cursor_ok(&v->c))
		return cut_header(v, had, TCP_HEADER, out);
	out->tcp_seq = seq;
	out->tcp_ack = ack;
	out->tcp_flags = flags;
	out->tcp_window = window;
	header = (size_t)(offset >> 4) * 4;
	if (header < TCP_HEADER)
		return DECODE_MALFORMED;
	cursor_skip(&v->c, header - TCP_HEADER);
	if (!cursor_ok(&v->c))
		return cut_header(v, had, header, out);
	out->headers_end = v->c.pos;
	take_payload(v, out);
	return DECODE_OK;
}

/*
 * ports(4) length(2) checksum(2). The length may be less than IP's: what is
 * beyond it is no payload (RFC 9868). A first fragment's length is that of
 * the whole datagram, so nothing follows from it here.
 */
static enum decode_status
decode_udp(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	enum decode_status status;
	uint16_t length;

	out->layer = LAYER_UDP;
	read_ports(v, out);
	length = cursor_be16(&v->c);
	cursor_skip(&v->c, 2);
	if (!cursor_ok(&v->c))
		return cut_header(v, had, UDP_HEADER, out);
	/* 0: longer than the field can say (RFC 2675 4). */
	if (length < UDP_HEADER && (length != 0 || had <= UINT16_MAX))
		return DECODE_MALFORMED;
	out->headers_end = v->c.pos;
	if (length != 0 && !out->fragment) {
		status = decode_view_limit(v, (size_t)length - UDP_HEADER);
		if (status != DECODE_OK)
			return status;
	}
	take_payload(v, out);
	if (v->quoted)
		return DECODE_OK;
	out->tunnel = decode_tunnel_datagram(out);
	decode_open(out);
	return DECODE_OK;
}

/* ports(4) verification tag(4) checksum(4) chunks */
static enum decode_status
decode_sctp(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);

	read_ports(v, out);
	cursor_skip(&v->c, 8);
	if (!cursor_ok(&v->c))
		return cut_header(v, had, SCTP_HEADER, out);
	out->headers_end = v->c.pos;
	take_payload(v, out);
	return DECODE_OK;
}

/*
 * The packet that an ICMP error quotes, by the same decoder. Its lengths are
 * those of the packet before it was cut to be quoted, so they fence nothing;
 * what cannot be read of it is left out, and is no fault of the error.
 */
static void
decode_quoted(const struct decode_view *v, struct packet *out)
{
	struct decode_view inner = { .c = v->c, .quoted = true };
	struct quoted *q = &out->quoted;
	struct packet p;

	memset(&p, 0, sizeof(p));
	(void)decode_ip_any(&inner, &p);
	if (p.source.family == 0)
		return;
	if (p.headers_end != NULL)
		out->headers_end = p.headers_end;
	q->given = true;
	q->source = p.source;
	q->destination = p.destination;
	q->protocol = p.protocol;
	q->source_port = p.source_port;
	q->destination_port = p.destination_port;
	q->icmp_type = p.icmp_type;
	q->icmp_id = p.icmp_id;
	q->has_ports = p.transport_captured >= 4 && p.fragment_offset == 0 &&
	    (p.protocol == DECODE_TCP || p.protocol == DECODE_UDP ||
		p.protocol == DECODE_SCTP);
}

/* type(1) code(1) checksum(2) and four bytes that the type defines, of which
 * an echo has its identifier in the first two. */
static enum decode_status
read_icmp(struct decode_view *v, uint8_t request, uint8_t reply,
    struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint8_t type = cursor_u8(&v->c);
	uint8_t code = cursor_u8(&v->c);
	uint16_t id;

	out->layer = LAYER_ICMP;
	if (cursor_ok(&v->c)) {
		out->icmp_type = type;
		out->icmp_code = code;
	}
	cursor_skip(&v->c, 2);
	id = cursor_be16(&v->c);
	cursor_skip(&v->c, 2);
	if (!cursor_ok(&v->c))
		return cut_header(v, had, ICMP_HEADER, out);
	out->headers_end = v->c.pos;
	if (type == request || type == reply)
		out->icmp_id = id;
	take_payload(v, out);
	return DECODE_OK;
}

static enum decode_status
decode_icmp4(struct decode_view *v, struct packet *out)
{
	enum decode_status status;

	status = read_icmp(v, ICMP4_ECHO, ICMP4_ECHO_REPLY, out);
	if (status != DECODE_OK || v->quoted)
		return status;
	switch (out->icmp_type) {
	case ICMP4_UNREACHABLE:
	case ICMP4_QUENCH:
	case ICMP4_REDIRECT:
	case ICMP4_TIME_EXCEEDED:
	case ICMP4_PARAMETER:
		decode_quoted(v, out);
		break;
	default:
		break;
	}
	return DECODE_OK;
}

static struct addr
read_ip6(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 16);
	struct addr none = { 0 };

	return p ? addr_from_v6(p) : none;
}

/* The link-layer address in the option of that type, if there is one. */
static void
read_nd_option(struct cursor *c, uint8_t wanted, struct packet *out)
{
	struct cursor option;
	const uint8_t *address;
	uint8_t type;
	size_t length;

	while (cursor_left(c) > 0) {
		type = cursor_u8(c);
		length = (size_t)cursor_u8(c) * 8;
		if (length == 0)
			return; /* RFC 4861 4.6: not valid, and no way on */
		cursor_sub(c, length - 2, &option);
		address = cursor_take(&option, sizeof(struct mac));
		if (type != wanted || address == NULL)
			continue;
		memcpy(out->arp_sender_mac.bytes, address, sizeof(struct mac));
		return;
	}
}

/* What stands before the options of a message is of fixed form. */
static void
end_nd(const struct cursor *c, struct packet *out)
{
	if (cursor_ok(c))
		out->headers_end = c->pos;
}

/*
 * Neighbour discovery in the terms of ARP: the sender is the address that
 * the message binds to a link-layer address, the target who is asked for or
 * told. Faults here leave the fields empty: the packet itself is whole.
 */
static void
decode_nd(const struct decode_view *v, struct packet *out)
{
	struct cursor c = v->c;

	switch (out->icmp_type) {
	case ND_ROUTER_SOLICIT:
		out->arp_sender = out->source;
		read_nd_option(&c, ND_OPTION_SOURCE, out);
		break;
	case ND_ROUTER_ADVERT:
		cursor_skip(&c, 8); /* reachable time, retransmission timer */
		end_nd(&c, out);
		out->arp_sender = out->source;
		read_nd_option(&c, ND_OPTION_SOURCE, out);
		break;
	case ND_NEIGHBOUR_SOLICIT:
		out->arp_operation = ARP_REQUEST;
		out->arp_sender = out->source;
		out->arp_target = read_ip6(&c);
		end_nd(&c, out);
		read_nd_option(&c, ND_OPTION_SOURCE, out);
		break;
	case ND_NEIGHBOUR_ADVERT:
		out->arp_operation = ARP_REPLY;
		out->arp_sender = read_ip6(&c);
		end_nd(&c, out);
		out->arp_target = out->destination;
		read_nd_option(&c, ND_OPTION_TARGET, out);
		break;
	case ND_REDIRECT:
		out->arp_sender = read_ip6(&c); /* the better next hop */
		out->arp_target = read_ip6(&c);
		end_nd(&c, out);
		read_nd_option(&c, ND_OPTION_TARGET, out);
		break;
	default:
		break;
	}
}

static enum decode_status
decode_icmp6(struct decode_view *v, struct packet *out)
{
	enum decode_status status;

	status = read_icmp(v, ICMP6_ECHO, ICMP6_ECHO_REPLY, out);
	if (status != DECODE_OK || v->quoted)
		return status;
	if (out->icmp_type >= ICMP6_ERROR_FIRST &&
	    out->icmp_type <= ICMP6_ERROR_LAST)
		decode_quoted(v, out);
	else
		decode_nd(v, out);
	return DECODE_OK;
}

enum decode_status
decode_transport_view(struct decode_view *v, struct packet *out)
{
	out->transport_captured = (uint32_t)cursor_left(&v->c);
	out->transport = out->transport_captured ? v->c.pos : NULL;
	switch (out->protocol) {
	case DECODE_TCP:
		return decode_tcp(v, out);
	case DECODE_UDP:
		return decode_udp(v, out);
	case DECODE_SCTP:
		return decode_sctp(v, out);
	case DECODE_ICMP4:
		if (out->source.family == 4)
			return decode_icmp4(v, out);
		break;
	case DECODE_ICMP6:
		if (out->source.family == 6)
			return decode_icmp6(v, out);
		break;
	default:
		break;
	}
	take_payload(v, out);
	if (v->quoted)
		return DECODE_OK;
	out->tunnel = decode_tunnel_protocol(out);
	decode_open(out);
	return DECODE_OK;
}

enum decode_status
decode_transport(const uint8_t *bytes, size_t captured, size_t wire,
    struct packet *out)
{
	struct decode_view v;
	enum decode_status status;

	decode_view_init(&v, bytes, captured, wire);
	v.fenced = true; /* wire is what the IP length left */
	status = decode_ip_extensions(&v, out, true);
	if (status == DECODE_OK)
		status = decode_transport_view(&v, out);
	out->headers_end = NULL; /* it is in no frame */
	return status;
}
