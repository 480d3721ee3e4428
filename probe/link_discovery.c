/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-7: IPv6 where the zone is declared to have none. LNK-8: packets that no
 * router passes on (broadcast, link-local multicast, or with a hop limit that
 * says so) from an address of another zone: only two networks that are one on
 * layer 2 bring such a packet here.
 */
#include <stdio.h>
#include <string.h>

#include "link_internal.h"

#define UDP 17
#define PROTOCOL_IGMP 2

void
link_ipv6(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct link_claim c = { .check = CHECK_LNK_7,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_LINK_IPV6,
		.who = link_party(&p->source_mac, &p->source, k->segment),
		.whom = link_party(NULL, &p->destination, NULL),
		.clause = link_clause_zone(k->segment),
		.by_mac = true };

	if (k->segment->ipv6_none)
		(void)link_tell(k, &c);
}

/* 224.0.0.0/24 (RFC 5771 4), ff02::/16 (RFC 4291 2.7). */
static bool
is_link_local_group(const struct addr *a)
{
	if (a->family == 4)
		return a->bytes[0] == 224 && a->bytes[1] == 0 &&
		    a->bytes[2] == 0;
	return a->bytes[0] == 0xff && (a->bytes[1] & 0x0f) == 2;
}

/* No router carries it from one network into another. */
static bool
is_confined(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct mac everyone = { { 255, 255, 255, 255, 255, 255 } };

	switch (addr_kind(&p->destination)) {
	case ADDR_BROADCAST:
		return true;
	case ADDR_MULTICAST:
		return is_link_local_group(&p->destination) || p->ttl <= 1 ||
		    p->ttl == 255;
	default:
		/* The broadcast of a network has an address of a zone, and
		 * where routers are known the judge tells of its source. */
		return mac_equal(&p->destination_mac, &everyone) &&
		    !k->routers_known;
	}
}

/* What it is for, by its port. */
static const char *
service_of(const struct packet *p)
{
	static const struct {
		uint16_t port;
		const char *name;
	} known[] = { { 5353, "mDNS" }, { 5355, "LLMNR" }, { 137, "NBNS" },
		{ 138, "NetBIOS" }, { 1900, "SSDP" }, { 3702, "WS-Discovery" },
		{ 67, "DHCP" }, { 546, "DHCPv6" }, { 547, "DHCPv6" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (p->protocol == UDP && p->destination_port == known[i].port)
			return known[i].name;
	return p->protocol == PROTOCOL_IGMP ? "IGMP" : NULL;
}

void
link_discovery(const struct link_look *k)
{
	const struct packet *p = k->p;
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	const struct zone *foreign;
	struct link_claim c = { .check = CHECK_LNK_8,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_LINK_DISCOVERY,
		.by_mac = true,
		.by_address = true };
	const char *service;

	if (k->from_router || !is_confined(k))
		return;
	foreign = link_foreign(k, &p->source);
	if (!foreign ||
	    link_own_address(k, &p->source_mac, foreign, &p->source))
		return;
	service = service_of(p);
	(void)snprintf(seen, sizeof(seen), "TTL %u%s%s", p->ttl,
	    service ? ", " : "", service ? service : "");
	c.who = link_party(&p->source_mac, &p->source, foreign);
	c.who.port = p->source_port;
	c.whom = link_party(NULL, &p->destination, k->segment);
	c.whom.port = p->destination_port;
	c.clause = link_clause_zone(k->segment);
	c.expected = link_networks(expected, k->segment);
	c.seen = seen;
	(void)link_tell(k, &c);
}
