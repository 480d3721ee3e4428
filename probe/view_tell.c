/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was counted of a tap, added up and put in order: VLANs by number; of
 * prefixes first those of the segment itself; of MACs first those that pass on
 * what others send, then those that send the most. Zones are those of the
 * model in force.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "locate.h"
#include "view_internal.h"

/* Sources that are not its own and yet of one host: IPv4 1 (a second address),
 * IPv6 2 (global and unique local ones stand side by side). */
#define FOREIGN4_HOST 1
#define FOREIGN6_HOST 2
/* Frames that must have come for each row that is told at an hour's end. */
#define ROWS_FRAMES 16

/* What the pairs of one MAC add up to. */
struct sum {
	struct tap_view_mac mac;
	uint32_t foreign[2]; /* prefixes not its own, IPv4 and IPv6 */
	bool passed_on;	     /* from one of them with a hop counted */
	bool zones_full;
};

/* What is told of all, before the longest lists are cut. */
struct sums {
	struct sum *macs;		  /* owned, by MAC */
	struct tap_view_prefix *prefixes; /* owned, by prefix */
};

static const struct zone *
zone_of(const struct model *m, const struct tap *tap, const struct addr *a)
{
	struct place place = locate_address(m, tap->boundary, a);

	/* The firewall stands on every segment: what its address is one of. */
	for (size_t i = 0; place.kind == PLACE_FIREWALL; i++) {
		if (i == tap->boundary->zone_count)
			return NULL;
		if (prefix_set_contains(&tap->boundary->zones[i]->all, a))
			return tap->boundary->zones[i];
	}
	return place.kind == PLACE_ZONE ? place.zone : NULL;
}

static struct prefix
prefix_of(const struct addr *a)
{
	struct prefix p = { .length = a->family == 6 ? TAP_VIEW_LENGTH6 :
						       TAP_VIEW_LENGTH4 };

	p.addr = addr_mask(a, p.length);
	return p;
}

/* MACs that redundancy protocols make: VRRP (RFC 9568 7.3), HSRP, GLBP. */
static bool
is_virtual(const struct mac *m)
{
	static const struct {
		uint8_t bytes[5], length;
	} known[] = {
		{ { 0x00, 0x00, 0x5e, 0x00, 0x01 }, 5 },
		{ { 0x00, 0x00, 0x5e, 0x00, 0x02 }, 5 },
		{ { 0x00, 0x00, 0x0c, 0x07, 0xac }, 5 },
		{ { 0x00, 0x00, 0x0c, 0x9f }, 4 },
		{ { 0x00, 0x05, 0x73, 0xa0 }, 4 },
		{ { 0x00, 0x07, 0xb4 }, 3 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memcmp(m->bytes, known[i].bytes, known[i].length) == 0)
			return true;
	return false;
}

/* ---- VLANs */

static int
by_id(const void *a, const void *b)
{
	const struct tap_view_vlan *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void
add_vlans(struct tap_view *out, const struct view_tap *t)
{
	const struct tap *tap = t->tap;

	memcpy(out->vlans, t->vlans, t->vlan_count * sizeof(out->vlans[0]));
	out->vlan_count = t->vlan_count;
	for (size_t i = 0; i < out->vlan_count; i++) {
		struct tap_view_vlan *v = &out->vlans[i];

		v->declared = v->id == 0 && tap->segment != NULL;
		v->zone = v->id == 0 ? tap->segment : NULL;
		for (size_t k = 0; k < tap->vlan_count; k++) {
			if (tap->vlans[k].id != v->id)
				continue;
			v->declared = true;
			v->zone = tap->vlans[k].zone;
		}
	}
	qsort(out->vlans, out->vlan_count, sizeof(out->vlans[0]), by_id);
	out->unlisted_vlans = t->vlans_refused > 0;
}

/* ---- MACs */

static void
add_zone(struct sum *s, const struct zone *z)
{
	struct tap_view_mac *m = &s->mac;

	for (size_t i = 0; i < m->zone_count; i++)
		if (m->zones[i] == z)
			return;
	if (m->zone_count < TAP_VIEW_ZONES_MAX)
		m->zones[m->zone_count++] = z;
	else
		s->zones_full = true;
}

static void
add_pair(struct sum *s, const struct view_mac *own, const struct view_pair *p,
    const struct tap_view_prefix *prefix)
{
	const bool is6 = prefix->prefix.addr.family == 6;
	const bool beside = own->own[is6].family != 0 &&
	    prefix_contains(&prefix->prefix, &own->own[is6]);

	s->mac.prefixes++;
	/* What it says for itself (a DHCP relay, an answer to a ping) tells of
	 * nobody behind it. */
	if (prefix->zone != NULL && (!beside || p->several || p->hops > 0))
		add_zone(s, prefix->zone);
	if (beside)
		return;
	s->foreign[is6]++;
	/* Where its own is not known, one lone source may be that, of a system
	 * that begins with an unusual hop limit. */
	if (p->hops > 0 && (own->own[is6].family != 0 || p->several))
		s->passed_on = true;
}

/* Zones of what it sent beside that of its own address. */
static size_t
foreign_zones(const struct sum *s, const struct zone *own)
{
	size_t n = s->mac.zone_count;

	for (size_t i = 0; i < s->mac.zone_count; i++)
		n -= s->mac.zones[i] == own;
	return n;
}

static bool
is_router(const struct tap *tap, const struct mac *m)
{
	for (size_t i = 0; i < tap->router_count; i++)
		for (size_t k = 0; k < tap->routers[i].mac_count; k++)
			if (mac_equal(&tap->routers[i].macs[k], m))
				return true;
	return false;
}

static void
finish_mac(const struct view *v, const struct view_tap *t, struct sum *s,
    const struct view_mac *counted)
{
	const struct zone *own;

	s->mac.mac = counted->mac;
	s->mac.vlan = counted->vlan;
	s->mac.frames += counted->other;
	s->mac.address = counted->own[counted->own[0].family == 0];
	s->mac.router = is_router(t->tap, &counted->mac);
	own = s->mac.address.family != 0 ?
	    zone_of(v->m, t->tap, &s->mac.address) :
	    NULL;
	/* Without its own address one prefix is as good as its own. */
	if (counted->own[0].family == 0 && s->foreign[0] > 0 && !s->passed_on)
		s->foreign[0]--;
	s->mac.forwards = s->foreign[0] > FOREIGN4_HOST ||
	    s->foreign[1] > FOREIGN6_HOST || foreign_zones(s, own) > 1 ||
	    s->passed_on || is_virtual(&counted->mac);
}

static int
by_weight(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;
	const bool first = x->mac.forwards || x->mac.router;
	const bool second = y->mac.forwards || y->mac.router;

	if (first != second)
		return second - first;
	if (x->mac.frames != y->mac.frames)
		return x->mac.frames < y->mac.frames ? 1 : -1;
	if (x->mac.vlan != y->mac.vlan)
		return x->mac.vlan < y->mac.vlan ? -1 : 1;
	return memcmp(x->mac.mac.bytes, y->mac.mac.bytes,
	    sizeof(x->mac.mac.bytes));
}

static void
add_macs(struct tap_view *out, const struct view_tap *t, struct sums *s)
{
	size_t n = t->mac_count;

	qsort(s->macs, n, sizeof(s->macs[0]), by_weight);
	out->unlisted_macs = t->macs_refused > 0;
	if (n > TAP_VIEW_MACS_MAX) {
		out->unlisted_macs += n - TAP_VIEW_MACS_MAX;
		n = TAP_VIEW_MACS_MAX;
	}
	for (size_t i = 0; i < n; i++)
		out->macs[i] = s->macs[i].mac;
	out->mac_count = n;
}

/* ---- prefixes */

static int
by_place(const void *a, const void *b)
{
	const struct tap_view_prefix *x = a, *y = b;
	const uint64_t first[3] = { x->local, x->from, x->to };
	const uint64_t second[3] = { y->local, y->from, y->to };

	for (int i = 0; i < 3; i++)
		if (first[i] != second[i])
			return first[i] < second[i] ? 1 : -1;
	if (x->vlan != y->vlan)
		return x->vlan < y->vlan ? -1 : 1;
	return addr_compare(&x->prefix.addr, &y->prefix.addr);
}

static void
add_prefixes(struct tap_view *out, const struct view_tap *t, struct sums *s)
{
	size_t n = t->prefix_count;

	qsort(s->prefixes, n, sizeof(s->prefixes[0]), by_place);
	out->unlisted_prefixes = t->prefixes_refused > 0;
	if (n > TAP_VIEW_PREFIXES_MAX) {
		out->unlisted_prefixes += n - TAP_VIEW_PREFIXES_MAX;
		n = TAP_VIEW_PREFIXES_MAX;
	}
	memcpy(out->prefixes, s->prefixes, n * sizeof(out->prefixes[0]));
	out->prefix_count = n;
}

/* ---- all together */

static void
sum_up(const struct view *v, const struct view_tap *t, struct sums *s)
{
	for (uint32_t i = 0; i < t->prefix_count; i++) {
		struct tap_view_prefix *p = &s->prefixes[i];

		p->prefix = prefix_of(&t->prefixes[i].address);
		p->vlan = t->prefixes[i].vlan;
		p->zone = zone_of(v->m, t->tap, &t->prefixes[i].address);
		p->to = t->prefixes[i].to;
	}
	for (uint32_t i = 0; i < t->pair_count; i++) {
		const struct view_pair *p = &t->pairs[i];

		if (p->prefix != TABLE_NONE)
			s->prefixes[p->prefix].from += p->frames;
		if (p->mac == TABLE_NONE)
			continue;
		s->macs[p->mac].mac.frames += p->frames;
		if (p->prefix != TABLE_NONE)
			add_pair(&s->macs[p->mac], &t->macs[p->mac], p,
			    &s->prefixes[p->prefix]);
	}
	for (uint32_t i = 0; i < t->mac_count; i++)
		finish_mac(v, t, &s->macs[i], &t->macs[i]);
	/* Only now is it known who passes on. */
	for (uint32_t i = 0; i < t->pair_count; i++) {
		const struct view_pair *p = &t->pairs[i];

		if (p->prefix != TABLE_NONE && p->mac != TABLE_NONE &&
		    !s->macs[p->mac].mac.forwards &&
		    !s->macs[p->mac].mac.router)
			s->prefixes[p->prefix].local += p->frames;
	}
}

static void
fill(struct view *v, const struct view_tap *t, struct tap_view *out)
{
	struct sums s = {
		.macs = mem_calloc((size_t)t->mac_count + 1, sizeof(*s.macs)),
		.prefixes = mem_calloc((size_t)t->prefix_count + 1,
		    sizeof(*s.prefixes)),
	};

	out->from = t->from;
	out->until = t->until;
	out->frames = t->frames;
	out->bytes = t->bytes;
	out->copies = t->copies;
	out->cut = t->cut;
	out->giants = t->giants;
	out->longest = t->longest;
	out->tcp_conversations = t->tcp_conversations;
	out->tcp_one_way = t->tcp_one_way;
	out->passed = t->passed;
	sum_up(v, t, &s);
	add_vlans(out, t);
	add_macs(out, t, &s);
	add_prefixes(out, t, &s);
	free(s.macs);
	free(s.prefixes);
}

bool
view_due(struct view *v, struct wall_us now)
{
	const int64_t hour = now.us / CLOCK_HOUR;
	const bool due = v->begun && hour > v->hour;

	/* Time that steps back begins no hour that was there. */
	if (!v->begun || due)
		v->hour = hour;
	v->begun = true;
	return due;
}

void
view_tell(struct view *v, const struct tap *tap, struct wall_us now, bool all,
    const struct observer *o)
{
	struct view_tap *t = v->taps[tap->index];
	const uint64_t rows = t == NULL ?
	    1 :
	    (uint64_t)t->vlan_count + t->prefix_count + t->mac_count;

	if (o->view == NULL ||
	    (!all && (t == NULL || t->frames < t->told + ROWS_FRAMES * rows)))
		return;
	memset(&v->told, 0, sizeof(v->told));
	v->told.tap = tap;
	v->told.now = now;
	if (t != NULL) {
		fill(v, t, &v->told);
		t->told = t->frames;
	}
	o->view(o->context, &v->told);
}
