/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Headers: which field a byte of one belongs to. It has a meaning only where
 * the matches before say which header it is; where they do not, it is unknown
 * by the name nft has for it. RFC 791, 8200, 9293, 768, 792, 4443, 826.
 */
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "ruleset_bytecode.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- protocols that the matches so far leave */

static bool
only(const struct machine *m, const uint8_t *list, size_t count)
{
	bool any = false;

	for (unsigned i = 0; i < 256; i++) {
		if ((m->protocols[i / 8] >> i % 8 & 1) == 0)
			continue;
		if (memchr(list, (int)i, count) == NULL)
			return false;
		any = true;
	}
	return any;
}

static const uint8_t with_ports[] = { 6, 17, 33, 132, 136 };

/* Of the protocols with ports: all that are left, some, none. */
static bool
has_ports(const struct machine *m)
{
	return only(m, with_ports, sizeof(with_ports));
}

static bool
may_have_ports(const struct machine *m)
{
	for (size_t i = 0; i < sizeof(with_ports); i++)
		if (m->protocols[with_ports[i] / 8] >> with_ports[i] % 8 & 1)
			return true;
	return false;
}

/* ---- headers */

/* Bytes first..first+length-1 of a header are a field, or have a name. */
struct header_part {
	uint16_t first, length;
	enum field field; /* FIELD_COUNT: none that is known */
	enum codec codec;
	const char *name;
};

#define FREE(first, length, name)                                    \
	{                                                            \
		(first), (length), FIELD_COUNT, CODEC_NUMBER, (name) \
	}
#define KNOWN(first, length, field, name)                        \
	{                                                        \
		(first), (length), (field), CODEC_NUMBER, (name) \
	}
#define PORTS(protocol)                              \
	KNOWN(0, 2, FIELD_SPORT, protocol " sport"), \
	    KNOWN(2, 2, FIELD_DPORT, protocol " dport")

static const struct header_part ip4_header[] = {
	FREE(0, 1, "ip hdrlength"),
	FREE(1, 1, "ip dscp"),
	FREE(2, 2, "ip length"),
	FREE(4, 2, "ip id"),
	FREE(6, 2, "ip frag-off"),
	FREE(8, 1, "ip ttl"),
	KNOWN(9, 1, FIELD_PROTOCOL, "ip protocol"),
	FREE(10, 2, "ip checksum"),
	KNOWN(12, 4, FIELD_SADDR, "ip saddr"),
	KNOWN(16, 4, FIELD_DADDR, "ip daddr"),
};
static const struct header_part ip6_header[] = {
	FREE(0, 1, "ip6 dscp"),
	FREE(1, 3, "ip6 flowlabel"),
	FREE(4, 2, "ip6 length"),
	KNOWN(6, 1, FIELD_PROTOCOL, "ip6 nexthdr"),
	FREE(7, 1, "ip6 hoplimit"),
	KNOWN(8, 16, FIELD_SADDR, "ip6 saddr"),
	KNOWN(24, 16, FIELD_DADDR, "ip6 daddr"),
};
static const struct header_part tcp_header[] = {
	PORTS("tcp"),
	FREE(4, 4, "tcp sequence"),
	FREE(8, 4, "tcp ackseq"),
	FREE(12, 1, "tcp doff"),
	KNOWN(13, 1, FIELD_TCP_FLAGS, "tcp flags"),
	FREE(14, 2, "tcp window"),
	FREE(16, 2, "tcp checksum"),
	FREE(18, 2, "tcp urgptr"),
};
static const struct header_part udp_header[] = {
	PORTS("udp"),
	FREE(4, 2, "udp length"),
	FREE(6, 2, "udp checksum"),
};
static const struct header_part udplite_header[] = {
	PORTS("udplite"),
	FREE(4, 2, "udplite csumcov"),
	FREE(6, 2, "udplite checksum"),
};
static const struct header_part sctp_header[] = {
	PORTS("sctp"),
	FREE(4, 4, "sctp vtag"),
	FREE(8, 4, "sctp checksum"),
};
static const struct header_part dccp_header[] = {
	PORTS("dccp"),
	FREE(8, 1, "dccp type"),
};
static const struct header_part esp_header[] = {
	FREE(0, 4, "esp spi"),
	FREE(4, 4, "esp sequence"),
};
static const struct header_part ah_header[] = {
	FREE(0, 1, "ah nexthdr"),
	FREE(1, 1, "ah hdrlength"),
	FREE(2, 2, "ah reserved"),
	FREE(4, 4, "ah spi"),
	FREE(8, 4, "ah sequence"),
};
static const struct header_part comp_header[] = {
	FREE(0, 1, "comp nexthdr"),
	FREE(1, 1, "comp flags"),
	FREE(2, 2, "comp cpi"),
};
static const struct header_part igmp_header[] = {
	FREE(0, 1, "igmp type"),
	FREE(1, 1, "igmp mrt"),
	FREE(2, 2, "igmp checksum"),
	FREE(4, 4, "igmp group"),
};
static const struct header_part any_header[] = { PORTS("th") };
static const struct header_part icmp_header[] = {
	KNOWN(0, 1, FIELD_ICMP_TYPE, "icmp type"),
	KNOWN(1, 1, FIELD_ICMP_CODE, "icmp code"),
	FREE(2, 2, "icmp checksum"),
	FREE(4, 2, "icmp id"),
	FREE(6, 2, "icmp sequence"),
};
static const struct header_part icmpv6_header[] = {
	KNOWN(0, 1, FIELD_ICMP_TYPE, "icmpv6 type"),
	KNOWN(1, 1, FIELD_ICMP_CODE, "icmpv6 code"),
	FREE(2, 2, "icmpv6 checksum"),
	FREE(4, 2, "icmpv6 id"),
	FREE(6, 2, "icmpv6 sequence"),
};
/* Its type is there for sure on a bridge and a device only. */
static const struct header_part ether_header[] = {
	FREE(0, 6, "ether daddr"),
	FREE(6, 6, "ether saddr"),
	{ 12, 2, FIELD_FAMILY, CODEC_ETHERTYPE, "ether type" },
	FREE(14, 2, "vlan id"),
	{ 16, 2, FIELD_FAMILY, CODEC_ETHERTYPE, "vlan type" },
};
static const struct header_part arp_header[] = {
	FREE(0, 2, "arp htype"),
	FREE(2, 2, "arp ptype"),
	FREE(4, 1, "arp hlen"),
	FREE(5, 1, "arp plen"),
	FREE(6, 2, "arp operation"),
	FREE(8, 6, "arp saddr ether"),
	FREE(14, 4, "arp saddr ip"),
	FREE(18, 6, "arp daddr ether"),
	FREE(24, 4, "arp daddr ip"),
};
#undef FREE
#undef KNOWN
#undef PORTS

struct header {
	const struct header_part *parts;
	size_t count;
	const char *name; /* of what is in no part */
};

#define HEADER(table, name)                   \
	(struct header)                       \
	{                                     \
		(table), COUNT(table), (name) \
	}

static struct header
transport_of(const struct machine *m)
{
	static const struct {
		uint8_t protocol;
		struct header header;
	} list[] = {
		{ 6, { tcp_header, COUNT(tcp_header), "tcp" } },
		{ 17, { udp_header, COUNT(udp_header), "udp" } },
		{ 136, { udplite_header, COUNT(udplite_header), "udplite" } },
		{ 132, { sctp_header, COUNT(sctp_header), "sctp" } },
		{ 33, { dccp_header, COUNT(dccp_header), "dccp" } },
		{ 1, { icmp_header, COUNT(icmp_header), "icmp" } },
		{ 58, { icmpv6_header, COUNT(icmpv6_header), "icmpv6" } },
		{ 50, { esp_header, COUNT(esp_header), "esp" } },
		{ 51, { ah_header, COUNT(ah_header), "ah" } },
		{ 108, { comp_header, COUNT(comp_header), "comp" } },
		{ 2, { igmp_header, COUNT(igmp_header), "igmp" } },
	};
	static const uint8_t both[] = { 1, 58 };

	for (size_t i = 0; i < COUNT(list); i++)
		if (only(m, &list[i].protocol, 1))
			return list[i].header;
	/* Type and code of both lie alike. */
	if (only(m, both, sizeof(both)))
		return (struct header){ icmp_header, 2, "th" };
	return may_have_ports(m) ? HEADER(any_header, "th") :
				   (struct header){ NULL, 0, "th" };
}

/* The link's header is there, and it is of Ethernet. */
static bool
has_link(const struct machine *m)
{
	return m->family == TABLE_BRIDGE || m->family == TABLE_NETDEV;
}

static struct header
header_of(const struct machine *m, uint32_t base)
{
	switch (base) {
	case NFT_PAYLOAD_LL_HEADER:
		return m->held != NULL || m->said_link || has_link(m) ?
		    HEADER(ether_header, "ll") :
		    (struct header){ NULL, 0, "ll" };
	case NFT_PAYLOAD_NETWORK_HEADER:
		if (m->may_be_4 && !m->may_be_6)
			return HEADER(ip4_header, "nh");
		if (m->may_be_6 && !m->may_be_4)
			return HEADER(ip6_header, "nh");
		if (!m->may_be_4 && !m->may_be_6)
			return HEADER(arp_header, "nh");
		return (struct header){ NULL, 0, "nh" };
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		return transport_of(m);
	case NFT_PAYLOAD_INNER_HEADER:
		return (struct header){ NULL, 0, "ih" };
	default:
		return (struct header){ NULL, 0, "payload" };
	}
}
#undef HEADER

/* Halves of one byte that have names of their own. */
static const char *
by_mask(const char *name, uint32_t offset, uint8_t mask)
{
	if (strcmp(name, "ip dscp") == 0 && mask == 0x03)
		return "ip ecn";
	if (strcmp(name, "vlan id") == 0 && offset == 14 && mask == 0xe0)
		return "vlan pcp";
	if (strcmp(name, "vlan id") == 0 && offset == 14 && mask == 0x10)
		return "vlan dei";
	if (strcmp(name, "ip hdrlength") == 0 && mask == 0xf0)
		return "ip version";
	if (strcmp(name, "ip6 dscp") == 0 && mask == 0xf0)
		return "ip6 version";
	if (strcmp(name, "ip6 flowlabel") == 0 && offset == 1 && mask == 0xc0)
		return "ip6 dscp";
	if (strcmp(name, "ip6 flowlabel") == 0 && offset == 1 && mask == 0x30)
		return "ip6 ecn";
	return name;
}

void
header_locate(const struct machine *m, uint32_t base, uint32_t offset,
    uint8_t mask, struct piece *out, size_t *index)
{
	const struct header h = header_of(m, base);

	out->unknown = true;
	out->name = h.name;
	for (size_t i = 0; i < h.count; i++) {
		const struct header_part *p = &h.parts[i];

		if (offset < p->first ||
		    offset >= (uint32_t)p->first + p->length)
			continue;
		out->name = by_mask(p->name, offset, mask);
		out->unknown = p->field == FIELD_COUNT ||
		    (base == NFT_PAYLOAD_LL_HEADER && !has_link(m));
		out->link = base == NFT_PAYLOAD_LL_HEADER;
		out->ports = h.parts == any_header && !has_ports(m);
		out->field = p->field;
		out->codec = p->codec;
		out->length = p->length;
		*index = offset - p->first;
		return;
	}
}

/* Neither a verdict nor a way depends on them here. */
static const char *const harmless[] = { "ip dscp", "ip ecn", "ip ttl", "ip id",
	"ip checksum", "ip6 dscp", "ip6 ecn", "ip6 hoplimit", "ip6 flowlabel",
	"tcp window", "tcp checksum", "tcp urgptr", "tcp sequence",
	"tcp ackseq", "udp checksum", "ether saddr", "ether daddr",
	"meta priority", "meta nftrace", "meta secmark", "ct zone", "ct event",
	"ct label", "ct secmark", "ct helper" };

bool
header_harmless(const char *name)
{
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (strcmp(harmless[i], name) == 0)
			return true;
	return false;
}
