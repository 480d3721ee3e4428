/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-7: IPv6 where the zone is declared to have none: what systems send of
 * themselves once a zone and day, other hosts one by one up to a limit, and
 * beyond it counted. LNK-8: packets that no router passes on (broadcast,
 * link-local multicast, or with a hop limit that says so) from an address of
 * another zone: only two networks that are one on layer 2 bring such a packet
 * here.
 */
#include <stdio.h>
#include <string.h>

#include "link_internal.h"

#define UDP 17
#define PROTOCOL_IGMP 2
#define PROTOCOL_ICMP6 58
#define PORT_LLMNR 5355
/* Hosts of a zone that are told of in a day. */
#define IPV6_HOSTS_MAX 32

/* What systems send of themselves where IPv6 is merely not turned off: it
 * stays on the link. Bytes that hosts pass each other do not count as that. */
static bool
is_idle_ipv6(const struct packet *p)
{
	const enum addr_kind source = addr_kind(&p->source);

	if (source != ADDR_LINK_LOCAL && source != ADDR_UNSPECIFIED)
		return false;
	return p->protocol == PROTOCOL_ICMP6 ||
	    addr_kind(&p->destination) == ADDR_MULTICAST ||
	    (p->protocol == UDP && p->source_port == PORT_LLMNR);
}

/* The router that says of itself that it is one (RFC 4861 4.2), where it is
 * declared; else NULL. */
static const struct router *
advertiser(const struct link_look *k)
{
	const struct packet *p = k->p;

	if (p->kind != PACKET_IP || p->unreadable ||
	    p->protocol != PROTOCOL_ICMP6 ||
	    p->icmp_type != ND_ROUTER_ADVERTISEMENT)
		return NULL;
	return link_router(k, &p->source_mac);
}

/* That router is declared with an address of IPv6, too. */
static bool
has_ipv6(const struct link_look *k, const struct router *router)
{
	for (size_t i = 0; i < k->tap->router_count; i++) {
		const struct router *r = &k->tap->routers[i];

		if (r->address.family != 6 || r->zone != router->zone)
			continue;
		for (size_t j = 0; j < r->mac_count; j++)
			if (mac_equal(&r->macs[j], &k->p->source_mac))
				return true;
	}
	return false;
}

/* So many hosts of a zone are told of one by one within a day: true while
 * there is a place left, which is taken. */
static bool
takes_place(const struct link_look *k)
{
	struct link_claim c = { .check = CHECK_LNK_7,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_LINK_IPV6_MANY_MORE };
	uint64_t since;

	for (c.also = 1; c.also <= IPV6_HOSTS_MAX; c.also++)
		if (link_is_news(k->l, k->mark, &c, k->us, &since))
			return true;
	return false;
}

/* The host was not seen to do so for a day. */
static bool
is_host_news(const struct link_look *k, const struct link_claim *about,
    bool idle)
{
	struct link_claim c = *about;
	uint64_t since;

	c.word = NOTICE_LINK_IPV6;
	c.by_mac = true;
	c.also = idle;
	return link_is_news(k->l, k->mark, &c, k->us, &since);
}

void
link_ipv6(const struct link_look *k)
{
	const struct packet *p = k->p;
	const bool idle = is_idle_ipv6(p);
	const struct router *router = advertiser(k);
	struct link_claim c = { .check = CHECK_LNK_7,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_LINK_IPV6,
		.who = link_party(&p->source_mac, &p->source, k->segment),
		.whom = link_party(NULL, &p->destination, NULL),
		.clause = link_clause_zone(k->segment) };

	if (!k->segment->ipv6_none)
		return;
	if (router) {
		c.word = NOTICE_LINK_IPV6_ROUTER;
		if (!has_ipv6(k, router))
			(void)link_tell(k, &c);
		return;
	}
	if (!is_host_news(k, &c, idle))
		return;
	if (idle) {
		c.word = NOTICE_LINK_IPV6_LOCAL;
		c.more = NOTICE_LINK_IPV6_LOCAL_MORE;
	} else if (!takes_place(k)) {
		c.word = NOTICE_LINK_IPV6_MANY;
		c.more = NOTICE_LINK_IPV6_MANY_MORE;
	} else {
		c.by_mac = true; /* and counts as told apart from the above */
		c.also = 2;
	}
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
