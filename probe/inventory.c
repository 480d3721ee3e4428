/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See inventory.h. A frame of a watched segment shows the device that has its
 * source MAC; a packet of a conversation shows who sent it, by address. Each
 * new device waits a few seconds, so that its name and address come with it;
 * then it is told and held against the ledger. Devices are looked through in
 * turn, a part each second: for what changed, and for what was not seen for
 * long.
 */
#include "inventory.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inventory_internal.h"
#include "locate.h"

/* More than this between two ticks is no time that was watched. */
#define TICK_MOST_US CLOCK_HOUR
#define ICMP6_NEIGHBOUR_SOLICITATION 135
#define ICMP6_NEIGHBOUR_ADVERTISEMENT 136

struct inventory *
inventory_new(const struct model *m, const uint8_t secret[16])
{
	struct inventory *i = mem_calloc(1, sizeof(*i));

	i->model = m;
	inventory_ledger_init(&i->ledger, m);
	table_init(&i->keys, INVENTORY_KEYS_MAX, INVENTORY_KEY_SIZE, secret);
	memset(i->cache, 0xff, sizeof(i->cache));
	i->unused = i->first_waiting = i->last_waiting = INVENTORY_NONE;
	i->kept_unused = INVENTORY_NONE;
	i->said = mem_calloc(m->boundary_count + 1, sizeof(*i->said));
	return i;
}

void
inventory_free(struct inventory *i)
{
	if (!i)
		return;
	inventory_ledger_fini(&i->ledger);
	table_fini(&i->keys);
	free(i->entries);
	free(i->kept);
	free(i->said);
	free(i);
}

uint64_t
inventory_refused(const struct inventory *i)
{
	return i->refused;
}

/* ---- whose MAC and address are a network's own */

/* MACs that groups of routers share: VRRP (RFC 5798), HSRP 1 and 2, GLBP,
 * FGCP. */
static bool
is_virtual(const struct mac *m)
{
	static const uint8_t groups[][5] = { { 5, 0x00, 0x00, 0x5e, 0x00 },
		{ 5, 0x00, 0x00, 0x0c, 0x07 }, { 3, 0x00, 0x00, 0x0c, 0x9f },
		{ 3, 0x00, 0x07, 0xb4, 0x00 }, { 3, 0x00, 0x09, 0x0f, 0x09 },
		{ 3, 0xe0, 0x23, 0xff, 0xfc } };
	const uint8_t *b = m->bytes;

	if (memcmp(b, groups[0] + 1, 4) == 0)
		return b[4] == 1 || b[4] == 2;
	if (memcmp(b, groups[1] + 1, 4) == 0)
		return b[4] == 0xac;
	if (memcmp(b, groups[2] + 1, 3) == 0)
		return b[3] >= 0xf0;
	if (memcmp(b, groups[5] + 1, 3) == 0)
		return b[3] >= 0xfc;
	return memcmp(b, groups[3] + 1, 4) == 0 ||
	    memcmp(b, groups[4] + 1, 4) == 0;
}

static bool
has_router_mac(const struct boundary *b, const struct mac *mac)
{
	for (size_t k = 0; k < b->tap_count; k++)
		for (size_t n = 0; n < b->taps[k].router_count; n++) {
			const struct router *r = &b->taps[k].routers[n];

			for (size_t j = 0; j < r->mac_count; j++)
				if (mac_equal(&r->macs[j], mac))
					return true;
		}
	return false;
}

static bool
is_router_address(const struct boundary *b, const struct addr *a)
{
	for (size_t k = 0; k < b->tap_count; k++)
		for (size_t n = 0; n < b->taps[k].router_count; n++)
			if (addr_equal(&b->taps[k].routers[n].address, a))
				return true;
	return false;
}

/* ---- frames of a segment */

/* The address by which a frame names its sender; family 0: none that is its
 * own. */
static struct addr
sender_of(const struct packet *p)
{
	const struct addr none = { 0 };

	if (p->kind == PACKET_ARP)
		return mac_equal(&p->arp_sender_mac, &p->source_mac) ?
		    p->arp_sender :
		    none;
	return p->kind == PACKET_OTHER ? none : p->source;
}

static bool
asks_for_lease(const struct packet *p)
{
	return p->kind == PACKET_IP && p->protocol == IPPROTO_UDP &&
	    p->source_port == 68 && p->destination_port == 67;
}

static bool
is_neighbour_discovery(const struct packet *p)
{
	return p->kind == PACKET_IP && p->protocol == IPPROTO_ICMPV6 &&
	    p->ttl == 255 &&
	    (p->icmp_type == ICMP6_NEIGHBOUR_SOLICITATION ||
		p->icmp_type == ICMP6_NEIGHBOUR_ADVERTISEMENT);
}

/* What a frame says of its sender. */
struct shown {
	bool device;		 /* it is one of this segment, no router */
	struct addr address;	 /* family 0: not told */
	const struct zone *zone; /* of it, or NULL: of the link alone */
};

static struct shown
look_at(const struct inventory *i, const struct arrival *a)
{
	const struct packet *p = a->packet;
	const struct boundary *b = a->tap->boundary;
	struct shown s = { .address = sender_of(p) };
	struct place place;

	if (s.address.family == 0 ||
	    addr_kind(&s.address) == ADDR_UNSPECIFIED) {
		s.address.family = 0;
		s.device = p->kind == PACKET_ARP || asks_for_lease(p) ||
		    is_neighbour_discovery(p);
		return s;
	}
	place = locate_address(i->model, b, &s.address);
	if (place.kind == PLACE_FIREWALL || is_router_address(b, &s.address)) {
		s.address.family = 0;
		return s; /* the boundary's own, whatever its MAC */
	}
	if (place.kind == PLACE_ZONE && !place.hidden &&
	    (zone_is_above(place.zone, a->segment) ||
		zone_is_above(a->segment, place.zone))) {
		s.zone = place.zone;
		s.device = true;
	} else if (addr_kind(&s.address) == ADDR_LINK_LOCAL) {
		s.device = true;
	} else { /* another zone's: link.c knows what that is */
		s.device = p->kind == PACKET_ARP;
		s.address.family = 0;
	}
	return s;
}

static bool
is_device_mac(const struct mac *m)
{
	static const struct mac none = { { 0 } };

	return !mac_is_group(m) && !mac_equal(m, &none);
}

/* The device that sent the frame, made where it is new. */
static uint32_t
sender(struct inventory *i, const struct arrival *a, struct shown *s)
{
	const struct packet *p = a->packet;
	const struct boundary *b = a->tap->boundary;
	uint32_t at = inventory_by_mac(i, b, a->segment, &p->source_mac);

	if (at == TABLE_NONE &&
	    locate_router(a->tap, a->segment, &p->source_mac))
		return INVENTORY_NONE;
	*s = (struct shown){ .device = true };
	if (at != TABLE_NONE && p->kind != PACKET_OTHER &&
	    inventory_knows(&i->entries[at],
		p->kind == PACKET_ARP ? &p->arp_sender : &p->source, a->time))
		return at; /* nothing new, as nearly always */
	*s = look_at(i, a);
	if (at != TABLE_NONE)
		return at;
	if (!s->device || has_router_mac(b, &p->source_mac) ||
	    is_virtual(&p->source_mac))
		return INVENTORY_NONE;
	return inventory_add(i, a, a->segment, &p->source_mac);
}

static void
touch(struct inventory_entry *e, struct wall_us now)
{
	if (now.us > e->d.last.us)
		e->d.last = now;
}

/* Only its link-local address is known, and another one may still come. */
static bool
awaits_address(const struct inventory_entry *e, struct wall_us now)
{
	const int64_t known = now.us - e->d.first.us;

	if (e->d.address_count == 0 || known < 0 ||
	    known >= INVENTORY_LINK_LOCAL_US)
		return false;
	for (uint8_t k = 0; k < e->d.address_count; k++)
		if (addr_kind(&e->d.addresses[k]) != ADDR_LINK_LOCAL)
			return false;
	return true;
}

/* After it was told: a stranger is told again after a day, and who got another
 * address may be registered by it. */
static void
look_again(struct inventory *i, uint32_t at, bool news, const struct arrival *a,
    const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const int64_t told = e->told_us[TOLD_1];

	if (!e->is_told || (e->unchecked && awaits_address(e, a->time)))
		return;
	news |= e->again;
	e->again = false;
	if (news ||
	    (!e->registered && told != INT64_MIN &&
		a->time.us - told >= CLOCK_DAY))
		inventory_check_device(i, at, a, a->time, o);
}

void
inventory_frame(struct inventory *i, const struct arrival *a,
    const struct observer *o)
{
	const struct packet *p = a->packet;
	struct shown s;
	bool news = false;
	uint32_t at;

	if (!a->segment || !inventory_is_owned(a->segment))
		return;
	i->ledger.zones[a->segment->index].watched = true;
	if (!p->has_macs || !is_device_mac(&p->source_mac))
		return;
	at = sender(i, a, &s);
	if (at == INVENTORY_NONE)
		return;
	touch(&i->entries[at], a->time);
	if (s.address.family != 0) {
		news = inventory_learn(i, at, &s.address, s.zone, a->time, o);
		if (news && s.zone &&
		    (p->kind == PACKET_ARP || is_neighbour_discovery(p) ||
			locate_has_routers(a->tap, a->segment)))
			inventory_check_pair(i, at, &s.address, a, o);
	}
	inventory_names_frame(i, at, a, o);
	look_again(i, at, news, a, o);
}

/* ---- packets of conversations */

/* Who is seen only through a router: only what answers or carries something
 * shows that it is there. */
static uint32_t
add_far(struct inventory *i, const struct flow *f, int way,
    const struct arrival *a, const struct zone *zone, const struct observer *o)
{
	const struct packet *p = a->packet;
	const struct addr *address = &f->conversation.address[way];
	const struct place place = locate_address(i->model, a->tap->boundary,
	    address);
	uint32_t at;

	if (place.kind != PLACE_ZONE || place.hidden || p->unreadable ||
	    f->way[way].packets > INVENTORY_EARLY ||
	    is_router_address(a->tap->boundary, address))
		return INVENTORY_NONE;
	/* A router speaks for itself to a group (VRRP, HSRP, OSPF). */
	if (addr_kind(&p->destination) == ADDR_MULTICAST)
		return INVENTORY_NONE;
	if (p->protocol == IPPROTO_TCP && way == 0 && !(p->tcp_flags & TCP_ACK))
		return INVENTORY_NONE;
	/* What a translation makes of a host is no other device. */
	if (place.translation) {
		at = inventory_by_address(i, a->tap->boundary, zone,
		    &place.address);
		if (at != TABLE_NONE)
			return at;
	}
	at = inventory_add(i, a, zone, NULL);
	if (at != INVENTORY_NONE)
		(void)inventory_learn(i, at, &place.address, zone, a->time, o);
	return at;
}

/* The device behind an end of f, made where it speaks and is new. */
static uint32_t
far_sender(struct inventory *i, const struct flow *f, int way,
    const struct arrival *a, const struct observer *o)
{
	const struct conversation *c = &f->conversation;
	const struct zone *zone = f->zones[way ^ f->initiator_side];
	uint32_t at;

	if (!zone || !inventory_is_owned(zone) ||
	    f->segment_only[way ^ f->initiator_side])
		return INVENTORY_NONE;
	at = inventory_by_address(i, c->boundary, zone, &c->address[way]);
	return at != TABLE_NONE ? at : add_far(i, f, way, a, zone, o);
}

void
inventory_packet(struct inventory *i, const struct flow *f,
    const struct arrival *a, const struct tracked *t, const struct observer *o)
{
	const uint64_t packets = f->way[t->way].packets;
	struct inventory_entry *e;
	uint32_t at;

	at = far_sender(i, f, t->way, a, o);
	if (at == INVENTORY_NONE)
		return;
	e = &i->entries[at];
	touch(e, a->time);
	if (!e->heard &&
	    (f->conversation.outcome >= OUTCOME_ANSWERED ||
		a->time.us - e->d.first.us >= INVENTORY_SETTLE_US)) {
		e->heard = true;
		inventory_wait(i, at, a->time);
	}
	if (packets > INVENTORY_EARLY && packets % INVENTORY_SELDOM != 0)
		return;
	inventory_names_packet(e, f, t->way, a->packet);
	if (t->way == 1)
		inventory_answer(i, at, f, a, o);
	if (!e->d.has_mac)
		look_again(i, at, false, a, o);
}

/* ---- time */

/* last: there is nothing more to wait for. */
static void
settle(struct inventory *i, uint32_t at, struct wall_us now, bool last,
    const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];

	inventory_stop_waiting(i, at);
	if (!e->heard || (e->is_told && !e->unchecked))
		return;
	if (!e->is_told)
		inventory_say(i, at, DEVICE_NEW, now, o);
	e->unchecked = !last && awaits_address(e, now);
	if (e->unchecked) {
		inventory_wait(i, at, now);
		return;
	}
	inventory_check_device(i, at, NULL, now, o);
	inventory_drop_kept(i, e);
}

/* One device in its turn. */
static void
look_after(struct inventory *i, uint32_t at, struct wall_us now,
    const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const int64_t idle = now.us - e->d.last.us;

	if (idle > (e->is_told || e->waiting ? INVENTORY_AGE_US :
					       INVENTORY_GHOST_US)) {
		if (e->is_told)
			inventory_say(i, at, DEVICE_LAST, now, o);
		inventory_remove(i, at);
		return;
	}
	inventory_settle_owed(i, at, now, false, o);
	if (!e->is_told)
		return;
	if (e->dirty && now.us - e->changed_us >= INVENTORY_CHANGE_US)
		inventory_say(i, at, DEVICE_CHANGED, now, o);
	if (e->d.last.us - e->credited_us >= CLOCK_HOUR) {
		e->credited_us = e->d.last.us;
		inventory_ledger_seen(&i->ledger, &e->d, i->watched_us);
	}
}

static void
sweep(struct inventory *i, struct wall_us now, const struct observer *o)
{
	size_t steps = i->top < INVENTORY_SWEEP ? i->top : INVENTORY_SWEEP;

	while (steps-- > 0) {
		if (i->hand >= i->top)
			i->hand = 0;
		if (i->entries[i->hand].used)
			look_after(i, i->hand, now, o);
		i->hand++;
	}
}

static void
pass_time(struct inventory *i, struct wall_us now)
{
	const int64_t passed = now.us - i->ticked_us;

	if (i->ticking && passed > 0 && passed <= TICK_MOST_US)
		i->watched_us += passed;
	i->ticked_us = now.us;
	i->ticking = true;
}

void
inventory_tick(struct inventory *i, struct wall_us now,
    const struct observer *o)
{
	pass_time(i, now);
	while (i->first_waiting != INVENTORY_NONE) {
		const int64_t left = i->entries[i->first_waiting].due_us -
		    now.us;

		/* More than there was to wait: the clock was set back. */
		if (left > 0 && left <= INVENTORY_SETTLE_US)
			break;
		settle(i, i->first_waiting, now, false, o);
	}
	sweep(i, now, o);
	if (i->watched_us - i->looked_us >= CLOCK_DAY) {
		i->looked_us = i->watched_us;
		inventory_check_unseen(i, now, o);
	}
}

void
inventory_finish(struct inventory *i, struct wall_us now,
    const struct observer *o)
{
	while (i->first_waiting != INVENTORY_NONE)
		settle(i, i->first_waiting, now, true, o);
	for (uint32_t at = 0; at < i->top; at++) {
		if (!i->entries[at].used)
			continue;
		inventory_settle_owed(i, at, now, true, o);
		if (i->entries[at].is_told)
			inventory_say(i, at, DEVICE_LAST, now, o);
	}
}
