/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See link.h. A frame is looked at by its kind: tags first, then what switches
 * tell each other, then what the segment's own devices say (ARP, ND, DHCP) and
 * where its packets come from. A packet like one that was looked at within the
 * same second has nothing new to say.
 */
#include "link.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "link_internal.h"

#define UDP 17
#define ETHERTYPE_IP6 0x86dd

static void
make_memories(struct link_watch *l)
{
	link_memory_init(&l->told, LINK_TOLD_MAX, 16, sizeof(struct link_told),
	    2 * LINK_AGAIN_US, l->secret);
	link_binding_init(l);
	link_device_init(l);
}

struct link_watch *
link_new(const struct model *m, const uint8_t secret[16])
{
	struct link_watch *l = mem_calloc(1, sizeof(*l));

	l->m = m;
	memcpy(l->secret, secret, sizeof(l->secret));
	link_declared_init(&l->declared, m, secret);
	make_memories(l);
	l->taps = mem_calloc(m->tap_count + 1, sizeof(*l->taps));
	l->checked = mem_calloc(LINK_CHECKED, sizeof(*l->checked));
	return l;
}

void
link_free(struct link_watch *l)
{
	if (!l)
		return;
	link_declared_fini(&l->declared);
	link_memory_fini(&l->told);
	link_memory_fini(&l->bindings);
	link_memory_fini(&l->residents);
	link_memory_fini(&l->identities);
	free(l->taps);
	free(l->checked);
	free(l);
}

void
link_reload(struct link_watch *l, const struct model *m)
{
	link_tags_reload(l, m);
	link_declared_fini(&l->declared);
	link_declared_init(&l->declared, m, l->secret);
	l->m = m;
	/* What conformed by the old model may not by the new one. */
	memset(l->checked, 0, LINK_CHECKED * sizeof(*l->checked));
}

uint64_t
link_forgotten(struct link_watch *l)
{
	const uint64_t n = l->told.forgotten + l->bindings.forgotten +
	    l->residents.forgotten + l->identities.forgotten + l->strays_early;

	l->told.forgotten = l->bindings.forgotten = l->residents.forgotten =
	    l->identities.forgotten = l->strays_early = 0;
	return n;
}

/* ---- what can be observed */

#define BIT(n) (1u << (n))

/* What one segment of the tap lets observe. */
static unsigned
of_segment(const struct tap *tap, const struct zone *z)
{
	unsigned bits = BIT(1) | BIT(5) | BIT(7) | BIT(8) | BIT(10);

	if (locate_has_routers(tap, z))
		bits |= BIT(3) | BIT(4);
	if (z->dhcp_given)
		bits |= BIT(3);
	return bits;
}

unsigned
link_observable(const struct model *m, const struct tap *tap)
{
	unsigned bits = BIT(6); /* a tunnel is seen wherever it passes */

	if (tap->segment)
		bits |= of_segment(tap, tap->segment);
	for (size_t i = 0; i < tap->vlan_count; i++)
		if (tap->vlans[i].zone)
			bits |= of_segment(tap, tap->vlans[i].zone);
	if (tap->vlan_count > 0)
		bits |= BIT(2);
	if (link_neighbour_observable(m, tap))
		bits |= BIT(9);
	return bits;
}

/* ---- frames */

/* A packet from one device to another was looked at within this second. */
static bool
was_checked(const struct link_look *k)
{
	const struct packet *p = k->p;
	const int64_t second = k->us / CLOCK_SECOND;
	struct {
		uint64_t mark;
		uint32_t tap;
		uint16_t vlan;
		struct mac macs[2];
		struct addr ends[2];
		uint8_t ttl, kind;
		uint32_t pad;
	} s;
	uint64_t hash;

	memset(&s, 0, sizeof(s));
	s.mark = k->mark ^ (uint64_t)second;
	s.tap = k->tap->index;
	s.vlan = k->a->vlan;
	s.macs[0] = p->source_mac;
	s.macs[1] = p->destination_mac;
	s.ends[0] = p->source;
	s.ends[1] = p->destination;
	s.ttl = p->ttl;
	s.kind = (uint8_t)p->kind;
	hash = table_hash(k->l->secret, &s, sizeof(s)) | 1;
	if (k->l->checked[hash / 2 % LINK_CHECKED] == hash)
		return true;
	k->l->checked[hash / 2 % LINK_CHECKED] = hash;
	return false;
}

/* Where the packet comes from and goes to, whatever it carries. */
static void
look_at_ends(const struct link_look *k)
{
	if (was_checked(k))
		return;
	link_discovery(k);
	link_gateway(k);
	if (k->from_router || !link_is_whole(k->p->ttl) ||
	    !link_local(k, &k->p->source))
		return;
	link_bind(k, &k->p->source, &k->p->source_mac, false);
	link_reside(k, &k->p->source_mac, &k->p->source);
}

static bool
has_port(const struct packet *p, uint16_t one, uint16_t other)
{
	return p->protocol == UDP && p->payload &&
	    (p->source_port == one || p->source_port == other ||
		p->destination_port == one || p->destination_port == other);
}

static void
look_at_dhcp(const struct link_look *k)
{
	const struct packet *p = k->p;
	struct dhcp_message m;
	struct dhcp6_message m6;
	enum decode_status status;

	if (p->source.family == 4 &&
	    has_port(p, DHCP_PORT_SERVER, DHCP_PORT_CLIENT)) {
		status = dhcp_parse(p->payload, p->payload_captured,
		    p->payload_length, &m);
		if (status == DECODE_UNSUPPORTED)
			return;
		link_serve_dhcp(k, &m);
		link_dhcp_addresses(k, &m);
		link_bind_lease(k, &m);
		link_identify(k, &m);
	} else if (p->source.family == 6 &&
	    has_port(p, DHCP6_PORT_SERVER, DHCP6_PORT_CLIENT)) {
		status = dhcp6_parse(p->payload, p->payload_captured,
		    p->payload_length, &m6);
		if (status == DECODE_UNSUPPORTED)
			return;
		link_serve_dhcp6(k, &m6);
	}
}

static void
look_at_packet(const struct link_look *k)
{
	struct nd_message m;

	if (k->p->protocol == UDP) {
		look_at_dhcp(k);
	} else if (nd_is_kind(k->p)) {
		link_nd(k);
	} else if (nd_redirect4_parse(k->p, &m) == DECODE_OK) {
		link_serve_redirect(k, &m);
	}
	look_at_ends(k);
}

static bool
is_device(const struct mac *m)
{
	static const struct mac none;

	return !mac_is_group(m) && !mac_equal(m, &none);
}

static void
look_at(struct link_look *k, enum decode_status status)
{
	const struct packet *p = k->p;

	k->mark = link_mark(k->l, k->segment) ^
	    k->l->declared.boundary_marks[k->tap->boundary->index];
	if (p->ethertype == ETHERTYPE_IP6)
		link_ipv6(k);
	if (status != DECODE_OK || !is_device(&p->source_mac))
		return;
	k->routers_known = locate_has_routers(k->tap, k->segment);
	k->from_router = link_router(k, &p->source_mac);
	if (k->routers_known && !k->from_router)
		link_virtual_mac(k);
	switch (p->kind) {
	case PACKET_ARP:
		link_arp(k);
		break;
	case PACKET_IP:
		look_at_packet(k);
		break;
	case PACKET_FRAGMENT:
		look_at_ends(k);
		break;
	default:
		break;
	}
}

void
link_frame(struct link_watch *l, const struct arrival *a,
    enum decode_status status, const struct observer *o)
{
	struct link_look k = { .l = l,
		.a = a,
		.p = a->packet,
		.o = o,
		.tap = a->tap,
		.segment = a->segment,
		.us = a->time.us };
	bool known;

	if (!a->packet->has_macs)
		return;
	known = link_tags(&k);
	if (status == DECODE_OK && a->packet->kind == PACKET_OTHER)
		link_neighbour(&k);
	else if (a->segment && known)
		look_at(&k, status);
}

void
link_tick(struct link_watch *l, struct wall_us now, const struct observer *o)
{
	link_tags_tick(l, now, o, false);
	link_memory_expire(&l->told, now.us);
	link_memory_expire(&l->bindings, now.us);
	link_memory_expire(&l->residents, now.us);
	link_memory_expire(&l->identities, now.us);
}

void
link_finish(struct link_watch *l, struct wall_us now, const struct observer *o)
{
	link_tags_tick(l, now, o, true);
}
