/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Headers field by field in wire order (RFC 791, RFC 8200, RFC 9293, RFC 768).
 */
#include "rebuild.h"

#include <netinet/in.h>
#include <string.h>

#include "base/cursor.h"

#define IP4_HEADER 20
#define TCP_HEADER 20
#define UDP_HEADER 8
#define HOPS 64

static uint8_t *
put_u16(uint8_t *at, uint16_t v)
{
	*at++ = (uint8_t)(v >> 8);
	*at++ = (uint8_t)v;
	return at;
}

static uint8_t *
put_u32(uint8_t *at, uint32_t v)
{
	return put_u16(put_u16(at, (uint16_t)(v >> 16)), (uint16_t)v);
}

static uint8_t *
put_bytes(uint8_t *at, const uint8_t *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

/*
 * A public address becomes a private one: 10.0.0.0/8 with the first byte
 * mixed into the others, or fd00::/8. The same address always becomes the
 * same, since nDPI remembers peers by it; that two become one is as unlikely
 * as 2^-24.
 */
static struct addr
disguise(const struct addr *a)
{
	struct addr out = *a;
	uint32_t mix;

	if (addr_kind(a) != ADDR_GLOBAL)
		return out;
	if (a->family == 6) {
		out.bytes[0] = 0xfd;
		return out;
	}
	mix = a->bytes[0] * UINT32_C(0x9e3779);
	out.bytes[0] = 10;
	out.bytes[1] ^= (uint8_t)(mix >> 16);
	out.bytes[2] ^= (uint8_t)(mix >> 8);
	out.bytes[3] ^= (uint8_t)mix;
	return out;
}

/* An IP header before length bytes. */
static uint8_t *
put_ip(uint8_t *at, const struct packet *p, size_t length)
{
	struct addr source = disguise(&p->source);
	struct addr destination = disguise(&p->destination);

	if (p->source.family == 4) {
		at = put_u16(at, 0x4500); /* version, 5 words, TOS */
		at = put_u16(at, (uint16_t)(IP4_HEADER + length));
		at = put_u32(at, 0x00004000); /* id 0, don't fragment */
		*at++ = HOPS;
		*at++ = p->protocol;
		at = put_u16(at, 0); /* checksum */
		at = put_bytes(at, source.bytes, 4);
		return put_bytes(at, destination.bytes, 4);
	}
	at = put_u32(at, UINT32_C(0x60000000)); /* version, class, label */
	at = put_u16(at, (uint16_t)length);
	*at++ = p->protocol;
	*at++ = HOPS;
	at = put_bytes(at, source.bytes, 16);
	return put_bytes(at, destination.bytes, 16);
}

static uint8_t *
put_tcp(uint8_t *at, const struct packet *p, uint32_t skip)
{
	uint32_t first = p->tcp_seq + (p->tcp_flags & TCP_SYN ? 1 : 0);

	at = put_u16(at, p->source_port);
	at = put_u16(at, p->destination_port);
	at = put_u32(at, first + skip);
	at = put_u32(at, p->tcp_ack);
	*at++ = 0x50; /* 5 words */
	*at++ = p->tcp_flags & (uint8_t)~TCP_SYN;
	at = put_u16(at, p->tcp_window);
	at = put_u16(at, 0);   /* checksum */
	return put_u16(at, 0); /* urgent pointer */
}

static uint8_t *
put_udp(uint8_t *at, const struct packet *p, size_t n)
{
	at = put_u16(at, p->source_port);
	at = put_u16(at, p->destination_port);
	at = put_u16(at, (uint16_t)(UDP_HEADER + n));
	return put_u16(at, 0); /* checksum */
}

size_t
rebuild_packet(const struct packet *p, uint32_t skip, uint8_t out[REBUILD_MAX])
{
	bool tcp = p->protocol == IPPROTO_TCP;
	struct cursor in;
	uint8_t *at;
	size_t n;

	cursor_init(&in, p->payload, p->payload_captured);
	cursor_skip(&in, skip);
	n = cursor_left(&in);
	if (n > REBUILD_PAYLOAD_MAX)
		n = REBUILD_PAYLOAD_MAX;
	at = put_ip(out, p, (tcp ? TCP_HEADER : UDP_HEADER) + n);
	at = tcp ? put_tcp(at, p, skip) : put_udp(at, p, n);
	if (n > 0)
		at = put_bytes(at, cursor_take(&in, n), n);
	return (size_t)(at - out);
}
