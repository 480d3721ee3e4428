/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tunnels are recognised here, not opened: see decode_carried. By IP protocol
 * that is certain. On a UDP port it takes the shape of the tunnel's header as
 * well, as far as that can be told: any port may be a client's own. WireGuard
 * has no port and is known by its handshake alone.
 */
#include "decode_internal.h"

#define GRE_ERSPAN 0x88be /* versions 1 and 2 */
#define GRE_ERSPAN3 0x22eb

#define PORT_L2TP 1701
#define PORT_GTP_USER 2152
#define PORT_TEREDO 3544
#define PORT_ESP 4500
#define PORT_VXLAN 4789
#define PORT_VXLAN_GENERIC 4790
#define PORT_GENEVE 6081

#define IP6_HEADER 40
#define ESP_LEAST 12 /* SPI, sequence, trailer at a 4-byte boundary */
#define WIREGUARD_INITIATION 148
#define WIREGUARD_RESPONSE 92

/* flags and version(2) ethertype(2) */
static enum packet_tunnel
gre_kind(const struct packet *p)
{
	struct cursor c;
	uint16_t carried;

	cursor_init(&c, p->transport, p->transport_captured);
	cursor_skip(&c, 2);
	carried = cursor_be16(&c);
	if (carried == GRE_ERSPAN || carried == GRE_ERSPAN3)
		return TUNNEL_ERSPAN;
	return TUNNEL_GRE;
}

enum packet_tunnel
decode_tunnel_protocol(const struct packet *p)
{
	switch (p->protocol) {
	case DECODE_GRE:
		return gre_kind(p);
	case DECODE_IP4_IN_IP:
		return TUNNEL_IPIP;
	case DECODE_IP6_IN_IP:
		return TUNNEL_6IN4;
	case DECODE_ESP:
		return TUNNEL_ESP;
	case DECODE_L2TP:
		return TUNNEL_L2TP;
	case DECODE_MPLS_IN_IP:
		return TUNNEL_MPLS;
	default:
		return TUNNEL_NONE;
	}
}

/*
 * RFC 7348 5: flags(1), of which I is set, reserved(3), network(3),
 * reserved(1); an Ethernet frame. What is reserved is ignored on receipt, so
 * it is no reason not to look.
 */
static bool
is_vxlan(struct cursor c, size_t length)
{
	const uint32_t flags = cursor_be32(&c);

	cursor_skip(&c, 4);
	return cursor_ok(&c) && length >= 8 + DECODE_ETHERNET_HEADER &&
	    (flags & 0x08000000) != 0;
}

/* draft-ietf-nvo3-vxlan-gpe: version 0, I and P set, O and B (upkeep and
 * multicast) as they are, reserved(2), next protocol(1), network(3),
 * reserved(1). */
static bool
is_vxlan_generic(struct cursor c, size_t length)
{
	uint32_t flags = cursor_be32(&c);
	uint32_t network = cursor_be32(&c);

	return cursor_ok(&c) && length > 8 &&
	    (flags & 0xfcffff00) == 0x0c000000 && (network & 0xff) == 0;
}

/* RFC 8926 3.4: version 0, six reserved bits, options that fit. */
static bool
is_geneve(struct cursor c, size_t length)
{
	uint8_t version = cursor_u8(&c);
	uint8_t flags = cursor_u8(&c);
	uint16_t carried = cursor_be16(&c);
	uint8_t last;

	cursor_skip(&c, 3);
	last = cursor_u8(&c);
	return cursor_ok(&c) && version >> 6 == 0 && !(flags & 0x3f) &&
	    carried >= DECODE_ETHERTYPE_MIN && last == 0 &&
	    8 + (size_t)(version & 0x3f) * 4 <= length;
}

/* RFC 4380 5.1.1: authentication and origin may stand before the packet. */
static bool
is_teredo(struct cursor c, size_t length)
{
	struct cursor ahead = c;
	size_t names;

	if (cursor_be16(&ahead) == 0x0001) {
		names = cursor_u8(&ahead);
		names += cursor_u8(&ahead);
		cursor_skip(&ahead, names + 9); /* nonce and confirmation */
		c = ahead;
	}
	ahead = c;
	if (cursor_be16(&ahead) == 0x0000)
		cursor_skip(&c, 8);
	return cursor_be32(&c) >> 28 == 6 && length >= IP6_HEADER;
}

/* 3GPP TS 29.281 5.1: version 1, GTP not GTP', the length of what follows. */
static bool
is_gtp_user(struct cursor c, size_t length)
{
	uint8_t flags = cursor_u8(&c);
	uint16_t follows;

	cursor_skip(&c, 1);
	follows = cursor_be16(&c);
	return cursor_ok(&c) && (flags & 0xf8) == 0x30 &&
	    (size_t)follows + 8 == length;
}

/* RFC 2661 3.1, RFC 3931 4.1.2: version 2 or 3, reserved bits clear. */
static bool
is_l2tp(struct cursor c, size_t length)
{
	uint16_t flags = cursor_be16(&c);
	unsigned version = flags & 0x000f;

	return length >= 6 && !(flags & 0x34f0) &&
	    (version == 2 || version == 3);
}

/* RFC 3948 2: SPI 0 is IKE's, one byte keeps the translation alive. */
static bool
is_esp(struct cursor c, size_t length)
{
	uint32_t spi = cursor_be32(&c);

	return cursor_ok(&c) && spi != 0 && length >= ESP_LEAST;
}

/* type(1) zero(3): the two messages of the handshake have one length each. */
static bool
is_wireguard(struct cursor c, size_t length)
{
	uint32_t type = cursor_le32(&c);

	return (type == 1 && length == WIREGUARD_INITIATION) ||
	    (type == 2 && length == WIREGUARD_RESPONSE);
}

enum packet_tunnel
decode_tunnel_datagram(const struct packet *p)
{
	static const struct {
		uint16_t port; /* of either end; 0: any */
		enum packet_tunnel tunnel;
		bool (*fits)(struct cursor, size_t);
	} kinds[] = {
		{ PORT_VXLAN, TUNNEL_VXLAN, is_vxlan },
		{ PORT_VXLAN_GENERIC, TUNNEL_VXLAN, is_vxlan_generic },
		{ PORT_GENEVE, TUNNEL_GENEVE, is_geneve },
		{ PORT_TEREDO, TUNNEL_TEREDO, is_teredo },
		{ PORT_GTP_USER, TUNNEL_GTP, is_gtp_user },
		{ PORT_L2TP, TUNNEL_L2TP, is_l2tp },
		{ PORT_ESP, TUNNEL_ESP, is_esp },
		{ 0, TUNNEL_WIREGUARD, is_wireguard },
	};
	struct cursor c;

	cursor_init(&c, p->payload, p->payload_captured);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].port != 0 && kinds[i].port != p->source_port &&
		    kinds[i].port != p->destination_port)
			continue;
		if (kinds[i].fits(c, p->payload_length))
			return kinds[i].tunnel;
	}
	return TUNNEL_NONE;
}
