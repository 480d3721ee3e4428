/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-1: an address of another zone in ARP, neighbour discovery or DHCP on
 * this segment. It has no business here: a device brought from elsewhere, a
 * cable between two networks, or somebody who pretends. Addresses of packets
 * are not looked at: the judge does that, by conversation.
 */
#include <string.h>

#include "link_internal.h"

#define ARP_REPLY 2

/* Who claims it is at fault by the very claim. */
static void
tell(const struct link_look *k, enum notice_word word, const struct mac *m,
    const struct addr *a, const struct zone *foreign)
{
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	const struct link_claim c = { .check = CHECK_LNK_1,
		.severity = SEVERITY_HIGH,
		.word = word,
		.who = link_party(m, a, foreign),
		.whom = link_party(NULL, NULL, k->segment),
		.clause = link_clause_zone(k->segment),
		.expected = link_networks(expected, k->segment),
		.seen = link_text(seen, a, foreign),
		.by_mac = true,
		.by_address = true };

	(void)link_tell(k, &c);
}

/* The zone that a claimed address belongs to and that its claimer is not
 * declared to be in, or NULL. */
static const struct zone *
misplaced(const struct link_look *k, const struct mac *m, const struct addr *a)
{
	const struct zone *z;

	if (k->from_router || link_router(k, m))
		return NULL;
	z = link_foreign(k, a);
	if (!z || link_own_address(k, m, z, a))
		return NULL;
	return z;
}

/* Both ends are of that one zone: its frames are in this one's VLAN. */
static bool
is_mistagged(const struct link_look *k, const struct zone *foreign)
{
	const struct addr *target = &k->p->arp_target;
	const struct zone *other;

	if (k->a->vlan == 0 || target->family == 0 ||
	    addr_equal(target, &k->p->arp_sender))
		return false;
	other = link_foreign(k, target);
	return other && link_near(other, foreign);
}

static void
tell_mistagged(const struct link_look *k, const struct zone *foreign)
{
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	const struct link_claim c = { .check = CHECK_LNK_2,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_LINK_MISTAGGED,
		.who = link_party(&k->p->arp_sender_mac, &k->p->arp_sender,
		    foreign),
		.whom = link_party(NULL, &k->p->arp_target, foreign),
		.clause = link_clause_tap(k->tap),
		.expected = link_networks(expected, k->segment),
		.seen = link_text(seen, &k->p->arp_sender, foreign),
		.by_mac = true };

	(void)link_tell(k, &c);
}

void
link_arp(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct addr *a = &p->arp_sender;
	const struct zone *foreign;

	/* A probe asks whether the address is free (RFC 5227 2.1.1). */
	if (addr_kind(a) == ADDR_UNSPECIFIED)
		return;
	foreign = misplaced(k, &p->arp_sender_mac, a);
	if (!foreign)
		link_bind(k, a, &p->arp_sender_mac, true);
	if (foreign) {
		if (p->arp_operation == ARP_REPLY && link_proxy_arp(k, foreign))
			return;
		if (is_mistagged(k, foreign))
			tell_mistagged(k, foreign);
		else
			tell(k, NOTICE_LINK_FOREIGN_ARP, &p->arp_sender_mac, a,
			    foreign);
	} else if (!k->from_router && link_local(k, a)) {
		link_reside(k, &p->arp_sender_mac, a);
	}
}

/* An address that the message says is the sender's own, or is to be. */
static void
take_claim(const struct link_look *k, const struct addr *a)
{
	const struct mac *m = &k->p->source_mac;
	const struct zone *foreign = misplaced(k, m, a);

	if (foreign)
		tell(k, NOTICE_LINK_FOREIGN_ND, m, a, foreign);
	else if (!k->from_router && link_local(k, a))
		link_reside(k, m, a);
}

void
link_nd(const struct link_look *k)
{
	struct nd_message m;
	const enum decode_status status = nd_parse(k->p, &m);

	if (status != DECODE_OK && status != DECODE_TRUNCATED)
		return;
	link_serve_nd(k, &m);
	take_claim(k, &k->p->source);
	if (m.kind == ND_NEIGHBOUR_ADVERTISEMENT ||
	    (m.kind == ND_NEIGHBOUR_SOLICITATION && m.duplicate_detection))
		take_claim(k, &m.target);
	/* Without the flag it adds itself to others (RFC 4861 7.2.5), as those
	 * that share an anycast address do. */
	if (m.kind == ND_NEIGHBOUR_ADVERTISEMENT && m.override)
		link_bind(k, &m.target,
		    m.has_target_mac ? &m.target_mac : &k->p->source_mac, true);
	else if (m.kind == ND_NEIGHBOUR_SOLICITATION && m.has_source_mac)
		link_bind(k, &k->p->source, &m.source_mac, true);
}

/* ---- DHCP */

/* What a client asks for on its own segment, not what a relay passes on. */
static void
take_request(const struct link_look *k, const struct dhcp_message *m)
{
	const struct addr *asked[] = { &m->client, &m->requested };
	const struct zone *foreign;

	if (m->relay.family != 0 || m->hops > 0 || k->from_router ||
	    (!k->routers_known && !mac_is_group(&k->p->destination_mac)))
		return;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		if (asked[i]->family == 0)
			continue;
		foreign = misplaced(k, &k->p->source_mac, asked[i]);
		if (foreign)
			tell(k, NOTICE_LINK_FOREIGN_LEASE_ASKED,
			    &k->p->source_mac, asked[i], foreign);
	}
}

/* What a server gives to a client of this segment; an answer that is on its
 * way to another one goes to a router. */
static void
take_reply(const struct link_look *k, const struct dhcp_message *m)
{
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	const struct packet *p = k->p;
	const bool everyone = mac_is_group(&p->destination_mac);
	const struct zone *foreign;
	struct link_claim c = { .check = CHECK_LNK_1,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_LINK_FOREIGN_LEASE_GIVEN,
		.clause = link_clause_zone(k->segment),
		.by_mac = true };

	if (p->destination_port != DHCP_PORT_CLIENT || m->yours.family == 0 ||
	    (!everyone &&
		(!k->routers_known || link_router(k, &p->destination_mac))))
		return;
	foreign = link_foreign(k, &m->yours);
	if (!foreign)
		return;
	if (m->has_mac && link_own_address(k, &m->mac, foreign, &m->yours))
		return;
	c.who = link_party(&p->source_mac, &p->source, k->segment);
	c.whom = link_party(m->has_mac ? &m->mac : NULL, &m->yours, foreign);
	c.expected = link_networks(expected, k->segment);
	c.seen = link_text(seen, &m->yours, foreign);
	c.also = table_hash(k->l->secret, m->yours.bytes,
	    sizeof(m->yours.bytes));
	(void)link_tell(k, &c);
}

void
link_dhcp_addresses(const struct link_look *k, const struct dhcp_message *m)
{
	if (m->reply)
		take_reply(k, m);
	else
		take_request(k, m);
}
