/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Link layers: Ethernet II and 802.3 with its tags, Linux cooked captures,
 * raw IP, the BSD loopback pair, and ARP (RFC 826).
 *
 * A frame that is known not to carry IP is OK and PACKET_OTHER. One that may
 * carry IP behind a header that nobody here can open (MACsec, provider
 * backbone, fabric tags) is UNSUPPORTED, so that it counts as not seen.
 */
#include <string.h>

#include "decode_internal.h"

#define ARP_ETHERNET 1
#define ARP_HEADER 28	     /* of Ethernet and IPv4 */
#define LENGTH_8023_MAX 1500 /* IEEE 802.3: 1501..1535 mean nothing */
#define LLC_SNAP_HEADER 8    /* LLC 3, OUI 3, type 2 */
#define SLL_PROTOCOL_8023 1  /* Novell's frames without LLC */
#define SLL_PROTOCOL_LLC 4
#define SLL_PROTOCOL_CAN 0x000c
#define SLL_PROTOCOL_CANFD 0x000d

bool
decode_is_tag(uint16_t ethertype)
{
	return ethertype == 0x8100 ||			/* 802.1Q */
	    ethertype == 0x88a8 ||			/* 802.1ad */
	    ethertype == 0x9100 || ethertype == 0x9200; /* before 802.1ad */
}

/* Ethertypes behind which IP may follow in a form that is not read here. */
static bool
is_opaque(uint16_t ethertype)
{
	static const uint16_t opaque[] = {
		0x22f3, /* TRILL */
		0x6558, /* transparent Ethernet bridging */
		0x876b, /* TCP/IP header compression */
		0x880b, /* PPP */
		0x8903, /* FabricPath */
		0x8909, /* Cisco metadata (security group tag) */
		0x8926, /* VN-Tag */
		0x893f, /* 802.1BR E-Tag */
		0x894f, /* network service header */
		0x88e5, /* 802.1AE MACsec */
		0x88e7, /* 802.1ah provider backbone bridges */
	};

	for (size_t i = 0; i < sizeof(opaque) / sizeof(opaque[0]); i++) {
		if (opaque[i] == ethertype)
			return true;
	}
	return false;
}

static struct mac
read_mac(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, sizeof(struct mac));
	struct mac m = { { 0 } };

	if (p != NULL)
		memcpy(m.bytes, p, sizeof(m.bytes));
	return m;
}

static struct addr
read_ip4(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);
	struct addr none = { 0 };

	return p ? addr_from_v4(p) : none;
}

/*
 * hardware(2) protocol(2) hlen(1) plen(1) operation(2)
 * sender mac(6) sender ip(4) target mac(6) target ip(4)
 */
static enum decode_status
decode_arp(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint16_t hardware = cursor_be16(&v->c);
	uint16_t protocol = cursor_be16(&v->c);
	uint8_t hardware_length = cursor_u8(&v->c);
	uint8_t protocol_length = cursor_u8(&v->c);
	uint16_t operation = cursor_be16(&v->c);

	out->kind = PACKET_ARP;
	out->layer = LAYER_ARP;
	if (!cursor_ok(&v->c))
		return decode_short(v, had, ARP_HEADER);
	if (hardware != ARP_ETHERNET || protocol != DECODE_ETHERTYPE_IP4)
		return DECODE_UNSUPPORTED;
	if (hardware_length != 6 || protocol_length != 4)
		return DECODE_MALFORMED;
	out->arp_operation = operation;
	out->arp_sender_mac = read_mac(&v->c);
	out->arp_sender = read_ip4(&v->c);
	cursor_skip(&v->c, sizeof(struct mac));
	out->arp_target = read_ip4(&v->c);
	if (!cursor_ok(&v->c))
		return decode_short(v, had, ARP_HEADER);
	out->headers_end = v->c.pos;
	return DECODE_OK;
}

enum decode_status
decode_network(struct decode_view *v, uint16_t ethertype, struct packet *out)
{
	out->ethertype = ethertype;
	switch (ethertype) {
	case DECODE_ETHERTYPE_IP4:
		return decode_ip4(v, out);
	case DECODE_ETHERTYPE_IP6:
		return decode_ip6(v, out);
	case DECODE_ETHERTYPE_ARP:
		return decode_arp(v, out);
	case DECODE_ETHERTYPE_MPLS:
	case DECODE_ETHERTYPE_MPLS_MULTICAST:
		return decode_mpls(v, out);
	case DECODE_ETHERTYPE_PPPOE_SESSION:
		return decode_pppoe(v, out);
	default:
		if (is_opaque(ethertype) || decode_is_tag(ethertype))
			return DECODE_UNSUPPORTED;
		return DECODE_OK;
	}
}

/*
 * 802.2 LLC. Only SNAP with the OUI of Ethernet types (RFC 1042, or 802.1H's
 * bridge tunnel) can carry IP; what else there is (STP, CDP, IPX, NetBEUI)
 * stays PACKET_OTHER. length is what 802.3 says, or all there is.
 */
static enum decode_status
decode_llc(struct decode_view *v, size_t length, struct packet *out)
{
	enum decode_status status;
	struct cursor snap = v->c;
	uint16_t access_points = cursor_be16(&snap);
	uint32_t control_oui = cursor_be32(&snap);
	uint16_t ethertype = cursor_be16(&snap);

	if (!cursor_ok(&snap) || access_points != 0xaaaa ||
	    (control_oui != 0x03000000 && control_oui != 0x030000f8) ||
	    ethertype < DECODE_ETHERTYPE_MIN)
		return DECODE_OK;
	status = decode_view_limit(v, length);
	if (status != DECODE_OK)
		return status;
	cursor_skip(&v->c, LLC_SNAP_HEADER);
	if (!cursor_ok(&v->c))
		return decode_short(v, length, LLC_SNAP_HEADER);
	out->headers_end = v->c.pos;
	v->fenced = false; /* a frame's length is no packet's length */
	return decode_network(v, ethertype, out);
}

/*
 * Tags, then a type or a length. A tag with VLAN 0 carries a priority alone:
 * its frame belongs to the port's own VLAN and it is not among out->tags.
 */
static enum decode_status
decode_ethertype(struct decode_view *v, uint16_t ethertype, struct packet *out)
{
	size_t had = decode_view_wire(v);
	uint16_t id;

	for (size_t n = 0; decode_is_tag(ethertype); n++) {
		out->layer = LAYER_TAG;
		out->ethertype = ethertype;
		if (n == PACKET_TAGS_MAX || out->tag_count == PACKET_TAGS_MAX)
			return DECODE_UNSUPPORTED;
		id = cursor_be16(&v->c) & 0x0fff;
		ethertype = cursor_be16(&v->c);
		if (!cursor_ok(&v->c))
			return decode_short(v, had, 4 * (n + 1));
		out->headers_end = v->c.pos;
		if (id != 0)
			out->tags[out->tag_count++] = id;
	}
	out->ethertype = ethertype;
	out->network = v->c.pos;
	if (ethertype >= DECODE_ETHERTYPE_MIN)
		return decode_network(v, ethertype, out);
	if (ethertype > LENGTH_8023_MAX)
		return DECODE_UNSUPPORTED;
	return decode_llc(v, ethertype, out);
}

enum decode_status
decode_ethernet(struct decode_view *v, struct packet *out)
{
	size_t had = decode_view_wire(v);
	struct mac destination = read_mac(&v->c);
	struct mac source = read_mac(&v->c);
	uint16_t ethertype = cursor_be16(&v->c);

	if (!cursor_ok(&v->c))
		return decode_short(v, had, DECODE_ETHERNET_HEADER);
	out->headers_end = v->c.pos;
	out->destination_mac = destination;
	out->source_mac = source;
	out->has_macs = true;
	return decode_ethertype(v, ethertype, out);
}

/*
 * The protocol of a cooked frame means an ethertype only on links that have
 * one: not on netlink (824), FRAD (770) and the 802.11 forms (801..803).
 */
static enum decode_status
decode_cooked(struct decode_view *v, uint16_t hardware, uint16_t protocol,
    struct packet *out)
{
	if (!cursor_ok(&v->c))
		return DECODE_TRUNCATED;
	out->headers_end = v->c.pos;
	out->ethertype = protocol;
	if (hardware == 824 || hardware == 770 ||
	    (hardware >= 801 && hardware <= 803))
		return DECODE_UNSUPPORTED;
	if (protocol >= DECODE_ETHERTYPE_MIN)
		return decode_ethertype(v, protocol, out);
	switch (protocol) {
	case SLL_PROTOCOL_LLC:
		return decode_llc(v, decode_view_wire(v), out);
	case SLL_PROTOCOL_8023:
	case SLL_PROTOCOL_CAN:
	case SLL_PROTOCOL_CANFD:
		return DECODE_OK;
	default:
		return DECODE_UNSUPPORTED;
	}
}

/* direction(2) hardware(2) address length(2) address(8) protocol(2) */
static enum decode_status
decode_sll(struct decode_view *v, struct packet *out)
{
	uint16_t hardware, protocol;

	cursor_skip(&v->c, 2);
	hardware = cursor_be16(&v->c);
	cursor_skip(&v->c, 10);
	protocol = cursor_be16(&v->c);
	return decode_cooked(v, hardware, protocol, out);
}

/* protocol(2) zero(2) interface(4) hardware(2) direction(1)
 * address length(1) address(8) */
static enum decode_status
decode_sll2(struct decode_view *v, struct packet *out)
{
	uint16_t hardware, protocol;

	protocol = cursor_be16(&v->c);
	cursor_skip(&v->c, 6);
	hardware = cursor_be16(&v->c);
	cursor_skip(&v->c, 10);
	return decode_cooked(v, hardware, protocol, out);
}

/*
 * An AF_ value of the system that wrote the file, in its byte order: no such
 * value needs more than 16 bits, so the other order shows itself.
 */
static enum decode_status
decode_null(struct decode_view *v, struct packet *out)
{
	struct cursor swapped = v->c;
	uint32_t family = cursor_be32(&v->c);

	if (!cursor_ok(&v->c))
		return DECODE_TRUNCATED;
	out->headers_end = v->c.pos;
	if (family > UINT16_MAX)
		family = cursor_le32(&swapped);
	out->network = v->c.pos;
	switch (family) {
	case 2: /* AF_INET everywhere */
		out->ethertype = DECODE_ETHERTYPE_IP4;
		return decode_ip4(v, out);
	case 10: /* AF_INET6 of Linux */
	case 24: /* of NetBSD and OpenBSD */
	case 28: /* of FreeBSD */
	case 30: /* of macOS */
		out->ethertype = DECODE_ETHERTYPE_IP6;
		return decode_ip6(v, out);
	default:
		return DECODE_UNSUPPORTED;
	}
}

static enum decode_status
decode_raw4(struct decode_view *v, struct packet *out)
{
	out->ethertype = DECODE_ETHERTYPE_IP4;
	return decode_ip4(v, out);
}

static enum decode_status
decode_raw6(struct decode_view *v, struct packet *out)
{
	out->ethertype = DECODE_ETHERTYPE_IP6;
	return decode_ip6(v, out);
}

struct link {
	int type;
	enum decode_status (*decode)(struct decode_view *, struct packet *);
};

static const struct link links[] = {
	{ DECODE_LINK_ETHERNET, decode_ethernet },
	{ DECODE_LINK_SLL, decode_sll },
	{ DECODE_LINK_SLL2, decode_sll2 },
	{ DECODE_LINK_RAW, decode_ip_any },
	{ DECODE_LINK_RAW_OLD, decode_ip_any },
	{ DECODE_LINK_RAW_BSD, decode_ip_any },
	{ DECODE_LINK_IPV4, decode_raw4 },
	{ DECODE_LINK_IPV6, decode_raw6 },
	{ DECODE_LINK_NULL, decode_null },
	{ DECODE_LINK_LOOP, decode_null },
	{ DECODE_LINK_MPLS, decode_mpls },
};

static const struct link *
link_find(int type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].type == type)
			return &links[i];
	}
	return NULL;
}

enum decode_status
decode_link(int link_type, struct decode_view *v, struct packet *out)
{
	const struct link *l = link_find(link_type);

	out->layer = LAYER_LINK;
	out->network = v->c.pos;
	return l ? l->decode(v, out) : DECODE_UNSUPPORTED;
}

bool
decode_link_knows(int link_type)
{
	return link_find(link_type) != NULL;
}
