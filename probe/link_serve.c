/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-3: who offers addresses and ways out. A DHCP server must be one of the
 * zone's; a relay a declared router that gives its own address; a router
 * advertisement and a redirect must come from a declared router's MAC.
 */
#include <stdio.h>
#include <string.h>

#include "link_internal.h"

static bool
is_server(const struct zone *z, const struct addr *a)
{
	for (size_t i = 0; i < z->dhcp_server_count; i++)
		if (addr_equal(&z->dhcp_servers[i], a))
			return true;
	return false;
}

/* The zone whose clients a relay with that address serves: of the router that
 * has it, else of the address. NULL: it is no declared router's. */
static const struct zone *
relayed_zone(const struct link_look *k, const struct addr *relay)
{
	const struct boundary *b = k->tap->boundary;
	const struct zone *found = NULL;
	bool declared = false;

	for (size_t i = 0; i < b->tap_count; i++) {
		for (size_t j = 0; j < b->taps[i].router_count; j++) {
			const struct router *r = &b->taps[i].routers[j];

			if (!addr_equal(&r->address, relay))
				continue;
			declared = true;
			found = found ? found : r->zone;
		}
	}
	for (size_t i = 0; b->firewall && i < b->firewall->address_count; i++)
		declared = declared ||
		    addr_equal(&b->firewall->addresses[i], relay);
	if (!declared)
		return NULL;
	return found ? found : k->segment;
}

static bool
is_declared_relay(const struct link_look *k, const struct addr *relay)
{
	return relayed_zone(k, relay) != NULL;
}

/* "10.2.0.53 10.2.0.54", or the words for none. */
static const char *
write_servers(char out[LINK_TEXT_MAX], const struct zone *z)
{
	char text[ADDR_TEXT_MAX];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < z->dhcp_server_count; i++) {
		const int n = snprintf(out + used, LINK_TEXT_MAX - used, "%s%s",
		    i ? " " : "", addr_format(&z->dhcp_servers[i], text));

		if (n < 0 || (size_t)n >= LINK_TEXT_MAX - used) {
			out[used] = '\0';
			break;
		}
		used += (size_t)n;
	}
	return out;
}

/* "ACK 10.2.5.9, server-id 10.2.7.7, giaddr 10.2.0.1": the names of RFC 2131. */
static const char *
write_offer(char out[LINK_TEXT_MAX], const struct dhcp_message *m)
{
	static const char *const kinds[] = { "BOOTP", "DISCOVER", "OFFER",
		"REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM" };
	char yours[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX], relay[ADDR_TEXT_MAX];

	(void)snprintf(out, LINK_TEXT_MAX, "%s%s%s%s%s%s%s",
	    m->kind < sizeof(kinds) / sizeof(kinds[0]) ? kinds[m->kind] : "?",
	    m->yours.family ? " " : "",
	    m->yours.family ? addr_format(&m->yours, yours) : "",
	    m->server.family ? ", server-id " : "",
	    m->server.family ? addr_format(&m->server, server) : "",
	    m->relay.family ? ", giaddr " : "",
	    m->relay.family ? addr_format(&m->relay, relay) : "");
	return out;
}

static void
tell_dhcp(const struct link_look *k, enum notice_word word,
    const struct dhcp_message *m, const struct zone *z)
{
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	const struct link_claim c = { .check = CHECK_LNK_3,
		.severity = SEVERITY_HIGH,
		.word = word,
		.who = link_party(&k->p->source_mac, &k->p->source, k->segment),
		.whom = link_party(m->has_mac ? &m->mac : NULL, NULL, z),
		.clause = link_clause_zone(z),
		.expected = z->dhcp_given ? write_servers(expected, z) : NULL,
		.seen = write_offer(seen, m),
		.by_mac = true,
		.by_address = true };

	(void)link_tell(k, &c);
}

/*
 * The server that m names, or that sent it, may serve the zone. A relay may
 * put its own address in the place of the server's (RFC 5107), and its own
 * above the server's as the sender's.
 */
static bool
is_served(const struct link_look *k, const struct dhcp_message *m,
    const struct zone *z, bool relayed)
{
	if (m->server.family != 0 && !is_server(z, &m->server) &&
	    !(relayed && is_declared_relay(k, &m->server)))
		return false;
	if (relayed)
		return true;
	return is_server(z, &k->p->source);
}

/* Where nobody says which MACs are routers, its address has to do. */
static bool
is_by_relay(const struct link_look *k, const struct dhcp_message *m)
{
	return m->relay.family != 0 && (k->from_router || !k->routers_known) &&
	    is_declared_relay(k, &m->relay);
}

/* Where no servers are declared only a declared router is believed: as a relay
 * with its own address, or carrying the answer to one who renews. */
static bool
is_by_router(const struct link_look *k, const struct dhcp_message *m)
{
	return is_by_relay(k, m) ||
	    (k->from_router && m->relay.family == 0 && m->client.family != 0 &&
		!mac_is_group(&k->p->destination_mac));
}

/* Neither servers nor routers are declared: nothing to hold it against. */
static bool
is_unknown(const struct link_look *k)
{
	return !k->segment->dhcp_given && !k->routers_known;
}

static void
take_offer(const struct link_look *k, const struct dhcp_message *m)
{
	/* On its way to a relay it is for the zone of that. */
	const bool to_relay = k->p->destination_port == DHCP_PORT_SERVER;
	const struct zone *z = k->segment;
	bool good;

	if (m->relay.family != 0 && to_relay) {
		z = relayed_zone(k, &m->relay);
		if (!z) {
			tell_dhcp(k, NOTICE_LINK_DHCP_RELAY, m, k->segment);
			return;
		}
		good = !z->dhcp_given || is_served(k, m, z, false);
	} else if (m->relay.family != 0 && !is_declared_relay(k, &m->relay)) {
		tell_dhcp(k, NOTICE_LINK_DHCP_RELAY, m, z);
		return;
	} else if (link_foreign(k, &k->p->destination) &&
	    k->p->destination.family == 4) {
		return; /* passes by on its way to another segment */
	} else if (!z->dhcp_given) {
		good = is_unknown(k) || is_by_router(k, m);
	} else {
		good = is_served(k, m, z, is_by_relay(k, m));
	}
	if (!good)
		tell_dhcp(k, NOTICE_LINK_DHCP_SERVER, m, z);
}

void
link_serve_dhcp(const struct link_look *k, const struct dhcp_message *m)
{
	if (dhcp_is_offer(m) && k->p->source_port == DHCP_PORT_SERVER)
		take_offer(k, m);
	else if (!m->reply && m->relay.family != 0 &&
	    !is_declared_relay(k, &m->relay))
		tell_dhcp(k, NOTICE_LINK_DHCP_RELAY, m, k->segment);
}

/* ---- IPv6 */

/* It speaks from an address of its own making: known by its other one. */
static bool
is_server6(const struct link_look *k)
{
	const struct zone *z = k->segment;
	const struct host *h = link_host(k->l, &k->p->source_mac);
	struct mac m;

	for (size_t i = 0; i < z->dhcp_server_count; i++) {
		const struct addr *a = &z->dhcp_servers[i];

		if (addr_equal(a, &k->p->source) ||
		    (link_bound(k, a, &m) && mac_equal(&m, &k->p->source_mac)))
			return true;
		for (size_t j = 0; h && j < h->interface_count; j++)
			if (addr_equal(&h->interfaces[j].address, a))
				return true;
	}
	return false;
}

void
link_serve_dhcp6(const struct link_look *k, const struct dhcp6_message *m)
{
	char expected[LINK_TEXT_MAX];
	const struct zone *z = k->segment;
	struct link_claim c = { .check = CHECK_LNK_3,
		.severity = SEVERITY_HIGH,
		.word = NOTICE_LINK_DHCP6_SERVER,
		.by_mac = true };

	if (!dhcp6_is_offer(m) || m->relays > 0 ||
	    k->p->source_port != DHCP6_PORT_SERVER || k->from_router ||
	    is_unknown(k) || is_server6(k))
		return;
	c.who = link_party(&k->p->source_mac, &k->p->source, z);
	c.whom = link_party(NULL, &k->p->destination, z);
	c.clause = link_clause_zone(z);
	c.expected = z->dhcp_given ? write_servers(expected, z) : NULL;
	(void)link_tell(k, &c);
}

static void
tell_router(const struct link_look *k, enum notice_word word, const char *seen)
{
	char expected[LINK_TEXT_MAX];
	const struct link_claim c = { .check = CHECK_LNK_3,
		.severity = SEVERITY_HIGH,
		.word = word,
		.who = link_party(&k->p->source_mac, &k->p->source, k->segment),
		.whom = link_party(NULL, NULL, k->segment),
		.clause = link_clause_tap(k->tap),
		.expected = link_routers(expected, k),
		.seen = seen,
		.by_mac = true };

	(void)link_tell(k, &c);
}

void
link_serve_nd(const struct link_look *k, const struct nd_message *m)
{
	char seen[LINK_TEXT_MAX], text[PREFIX_TEXT_MAX];

	if (!k->routers_known || k->from_router)
		return;
	if (m->kind == ND_ROUTER_ADVERTISEMENT) {
		(void)snprintf(seen, sizeof(seen), "%s%s%u s",
		    m->prefix_count ? prefix_format(&m->prefixes[0], text) : "",
		    m->prefix_count ? ", " : "", m->router_lifetime_s);
		tell_router(k, NOTICE_LINK_ADVERTISEMENT, seen);
	} else if (m->kind == ND_REDIRECT) {
		link_serve_redirect(k, m);
	}
}

void
link_serve_redirect(const struct link_look *k, const struct nd_message *m)
{
	char seen[LINK_TEXT_MAX], to[ADDR_TEXT_MAX], by[ADDR_TEXT_MAX];

	if (!k->routers_known || k->from_router)
		return;
	(void)snprintf(seen, sizeof(seen), "%s > %s",
	    addr_format(&m->destination, to), addr_format(&m->target, by));
	tell_router(k, NOTICE_LINK_REDIRECT, seen);
}
