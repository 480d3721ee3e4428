/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-4: a device that forwards and is no declared router. It shows itself in
 * three ways: packets from beyond the segment come out of it with a hop already
 * counted; hosts hand it packets for beyond; it answers in ARP for addresses of
 * beyond. And a virtual MAC of a redundancy group that nobody declared.
 *
 * A foreign source address alone is no gateway: a packet whose hop limit is
 * still whole was made where it was seen, and that is LNK-1, which the judge
 * tells. Nothing is said where no routers are declared for the segment.
 */
#include <stdio.h>
#include <string.h>

#include "link_internal.h"

static void
tell(const struct link_look *k, enum notice_word word, const struct mac *m,
    const struct notice_party *whom, const char *seen)
{
	char expected[LINK_TEXT_MAX];
	struct addr own = { 0 };
	struct link_claim c = { .check = CHECK_LNK_4,
		.severity = SEVERITY_HIGH,
		.word = word,
		.as = NOTICE_LINK_FORWARDS, /* one device, one finding */
		.clause = link_clause_tap(k->tap),
		.expected = link_routers(expected, k),
		.seen = seen,
		.by_mac = true };

	(void)link_resides(k, m, &own);
	c.who = link_party(m, own.family ? &own : NULL, k->segment);
	if (whom)
		c.whom = *whom;
	(void)link_tell(k, &c);
}

void
link_virtual_mac(const struct link_look *k)
{
	char seen[LINK_TEXT_MAX];
	unsigned group;
	const enum link_virtual v = link_virtual(&k->p->source_mac, &group);

	if (v == LINK_VIRTUAL_NONE)
		return;
	(void)snprintf(seen, sizeof(seen), "%s %u", link_virtual_name(v),
	    group);
	tell(k, NOTICE_LINK_VIRTUAL, &k->p->source_mac, NULL, seen);
}

bool
link_is_whole(uint8_t ttl)
{
	return ttl == 255 || ttl == 128 || ttl == 64 || ttl == 32 || ttl <= 1;
}

/* The host is declared to forward. */
static bool
may_forward(const struct link_look *k, const struct mac *m)
{
	const struct host *h = link_host(k->l, m);

	return h && h->forwards;
}

/* From beyond, by a MAC that is no router, to a device of this segment. */
static void
look_at_source(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct zone *from = link_foreign(k, &p->source);
	char seen[LINK_TEXT_MAX];
	struct notice_party whom;

	if (!from || link_is_whole(p->ttl) || !link_local(k, &p->destination) ||
	    may_forward(k, &p->source_mac) ||
	    link_own_address(k, &p->source_mac, from, &p->source))
		return;
	whom = link_party(&p->destination_mac, &p->destination, k->segment);
	tell(k, NOTICE_LINK_FORWARDS, &p->source_mac, &whom,
	    link_text(seen, &p->source, from));
}

/* A device of this segment sends to beyond, by a MAC that is no router. */
static void
look_at_destination(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct zone *to = link_foreign(k, &p->destination);
	char seen[LINK_TEXT_MAX];
	struct notice_party whom;

	/* A frame of a declared router is no host's, wherever it shows. */
	if (!to || !link_local(k, &p->source) ||
	    link_is_router(k->l, &p->source_mac) ||
	    link_router(k, &p->destination_mac) ||
	    may_forward(k, &p->destination_mac) ||
	    link_own_address(k, &p->destination_mac, to, &p->destination))
		return;
	whom = link_party(&p->source_mac, &p->source, k->segment);
	tell(k, NOTICE_LINK_USED, &p->destination_mac, &whom,
	    link_text(seen, &p->destination, to));
}

void
link_gateway(const struct link_look *k)
{
	if (!k->routers_known || k->from_router ||
	    mac_is_group(&k->p->destination_mac))
		return;
	look_at_source(k);
	look_at_destination(k);
}

bool
link_proxy_arp(const struct link_look *k, const struct zone *foreign)
{
	const struct packet *p = k->p;
	char seen[LINK_TEXT_MAX];
	struct addr own;

	if (!k->routers_known || !link_resides(k, &p->arp_sender_mac, &own))
		return false;
	if (!may_forward(k, &p->arp_sender_mac))
		tell(k, NOTICE_LINK_PROXY_ARP, &p->arp_sender_mac, NULL,
		    link_text(seen, &p->arp_sender, foreign));
	return true;
}
