/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Longest-prefix match per boundary, firewalls' own addresses and declared
 * translations, by one hash table over (boundary, kind, length, address) and
 * the list of prefix lengths in use. The number of look-ups is the number of
 * different lengths, whatever the number of networks.
 */
#include "locate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

enum entry_kind { ENTRY_ZONE, ENTRY_FIREWALL, ENTRY_TRANSLATION, ENTRY_KINDS };

#define LENGTHS_MAX 129 /* 0..128 */

struct locate_key {
	uint32_t boundary;
	uint8_t kind, family, length, pad;
	uint8_t bytes[16];
};

/* Prefix lengths in use, longest first. */
struct lengths {
	uint8_t used[LENGTHS_MAX];
	size_t count;
};

struct boundary_lengths {
	struct lengths of[ENTRY_KINDS][2]; /* by kind and family */
};

struct locate_entry {
	const struct zone *zone;
	const struct translation *translation;
	uint32_t prefix; /* its number in translation->to */
	bool shared;	 /* translations of other zones use it too */
};

struct locate_index {
	struct table table;
	struct locate_entry *entries;
	size_t count, capacity;
	struct boundary_lengths *lengths; /* by boundary index */
};

static void
lengths_note(struct lengths *l, uint8_t length)
{
	size_t at = 0;

	while (at < l->count && l->used[at] > length)
		at++;
	if (at < l->count && l->used[at] == length)
		return;
	memmove(l->used + at + 1, l->used + at, l->count - at);
	l->used[at] = length;
	l->count++;
}

static void
make_key(struct locate_key *key, uint32_t boundary, enum entry_kind kind,
    const struct addr *address, unsigned length)
{
	const struct addr masked = addr_mask(address, length);

	memset(key, 0, sizeof(*key));
	key->boundary = boundary;
	key->kind = (uint8_t)kind;
	key->family = masked.family;
	key->length = (uint8_t)length;
	memcpy(key->bytes, masked.bytes, sizeof(key->bytes));
}

/* The first to claim a prefix keeps it: model_load has refused two zones with
 * one prefix at one boundary. An address that hides several zones tells none. */
static void
index_add(struct locate_index *x, const struct boundary *b,
    enum entry_kind kind, const struct prefix *p, struct locate_entry entry)
{
	struct locate_key key;
	uint32_t at;

	make_key(&key, b->index, kind, &p->addr, p->length);
	at = table_find(&x->table, &key);
	if (at != TABLE_NONE) {
		if (x->entries[at].zone != entry.zone)
			x->entries[at].shared = true;
		return;
	}
	if (!table_add(&x->table, &key, (uint32_t)x->count))
		return;
	x->entries[x->count++] = entry;
	lengths_note(&x->lengths[b->index].of[kind][p->addr.family == 6],
	    p->length);
}

static size_t
count_entries(const struct model *m)
{
	size_t n = 1;

	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		for (size_t j = 0; j < b->zone_count; j++) {
			n += b->zones[j]->networks.count;
			if (b->zones[j]->list)
				n += b->zones[j]->list->networks.count;
		}
		if (b->firewall)
			n += b->firewall->address_count;
		for (size_t j = 0; j < m->translation_count; j++)
			n += m->translations[j].to.count;
	}
	return n;
}

static void
add_zones(struct locate_index *x, const struct boundary *b)
{
	for (size_t i = 0; i < b->zone_count; i++) {
		const struct zone *z = b->zones[i];
		const struct locate_entry entry = { .zone = z };

		for (size_t j = 0; j < z->networks.count; j++)
			index_add(x, b, ENTRY_ZONE, &z->networks.items[j],
			    entry);
		for (size_t j = 0; z->list && j < z->list->networks.count; j++)
			index_add(x, b, ENTRY_ZONE, &z->list->networks.items[j],
			    entry);
	}
}

static void
add_firewall(struct locate_index *x, const struct model *m,
    const struct boundary *b)
{
	for (size_t i = 0; b->firewall && i < b->firewall->address_count; i++) {
		const struct addr *a = &b->firewall->addresses[i];
		const struct prefix p = { *a, (uint8_t)addr_bits(a) };
		const struct locate_entry entry = { .zone = &m->firewall_zone };

		index_add(x, b, ENTRY_FIREWALL, &p, entry);
	}
	for (size_t i = 0; i < m->translation_count; i++) {
		const struct translation *t = &m->translations[i];

		if (t->at && t->at != b->firewall)
			continue;
		for (size_t j = 0; j < t->to.count; j++) {
			const struct locate_entry entry = { .zone = t->from,
				.translation = t,
				.prefix = (uint32_t)j };

			index_add(x, b, ENTRY_TRANSLATION, &t->to.items[j],
			    entry);
		}
	}
}

struct locate_index *
locate_index_new(const struct model *m)
{
	/* The keys come from the operator's own model, so a fixed secret does:
	 * nobody gains by choosing prefixes that collide. */
	static const uint8_t secret[16] = "sekisho locate ";
	struct locate_index *x = mem_calloc(1, sizeof(*x));

	x->capacity = count_entries(m);
	table_init(&x->table, x->capacity, sizeof(struct locate_key), secret);
	x->entries = mem_calloc(x->capacity, sizeof(*x->entries));
	x->lengths = mem_calloc(m->boundary_count + 1, sizeof(*x->lengths));
	for (size_t i = 0; i < m->boundary_count; i++) {
		add_zones(x, &m->boundaries[i]);
		add_firewall(x, m, &m->boundaries[i]);
	}
	return x;
}

void
locate_index_free(struct locate_index *x)
{
	if (!x)
		return;
	table_fini(&x->table);
	free(x->entries);
	free(x->lengths);
	free(x);
}

/* The longest match of one kind, or NULL; outside_claims false passes over
 * zones of that tier. */
static const struct locate_entry *
longest(const struct locate_index *x, const struct boundary *b,
    enum entry_kind kind, const struct addr *a, bool outside_claims)
{
	const struct lengths *l =
	    &x->lengths[b->index].of[kind][a->family == 6];

	for (size_t i = 0; i < l->count; i++) {
		struct locate_key key;
		uint32_t at;

		make_key(&key, b->index, kind, a, l->used[i]);
		at = table_find(&x->table, &key);
		if (at == TABLE_NONE)
			continue;
		if (!outside_claims &&
		    x->entries[at].zone->tier == TIER_OUTSIDE)
			continue;
		return &x->entries[at];
	}
	return NULL;
}

static bool
of_the_segment(enum addr_kind kind)
{
	switch (kind) {
	case ADDR_LINK_LOCAL:
	case ADDR_LOOPBACK:
	case ADDR_MULTICAST:
	case ADDR_BROADCAST:
	case ADDR_UNSPECIFIED:
		return true;
	default:
		return false;
	}
}

/* The owner's address behind a static translation: the same host bits within
 * the inside prefix that stands at the same place. */
static struct addr
owner_address(const struct locate_entry *e, const struct addr *a)
{
	const struct translation *t = e->translation;
	const struct prefix *to = &t->to.items[e->prefix];
	const struct prefix *in;
	struct addr owner;

	if (e->prefix >= t->inside.count)
		return *a;
	in = &t->inside.items[e->prefix];
	if (in->length != to->length || in->addr.family != a->family)
		return in->addr;
	owner = in->addr;
	for (unsigned bit = in->length; bit < addr_bits(a); bit++)
		owner.bytes[bit / 8] |= (uint8_t)(a->bytes[bit / 8] &
		    (0x80 >> bit % 8));
	return owner;
}

/* 0.0.0.1 to 0.255.255.255: no host may have one, and only 0.0.0.0 is for a
 * host that has none yet (RFC 1122 3.2.1.3). */
static bool
is_zero_network(const struct place *place, const struct addr *a)
{
	static const struct addr none;

	return place->special == ADDR_UNSPECIFIED &&
	    memcmp(a->bytes, none.bytes, sizeof(none.bytes)) != 0;
}

struct place
locate_address(const struct model *m, const struct boundary *boundary,
    const struct addr *a)
{
	struct place place = { .kind = PLACE_NONE,
		.address = *a,
		.special = addr_kind(a) };
	const struct locate_index *x = m->located;
	const struct locate_entry *e;

	if (of_the_segment(place.special) && !is_zero_network(&place, a)) {
		place.kind = PLACE_SEGMENT;
		return place;
	}
	e = longest(x, boundary, ENTRY_TRANSLATION, a, true);
	if (e) {
		place.kind = PLACE_ZONE;
		place.zone = e->zone;
		place.translation = e->translation;
		place.hidden = e->translation->kind == TRANSLATION_OVERLOAD;
		place.shared = e->shared;
		if (!place.hidden)
			place.address = owner_address(e, a);
		return place;
	}
	e = longest(x, boundary, ENTRY_FIREWALL, a, true);
	if (e) {
		place.kind = PLACE_FIREWALL;
		place.zone = e->zone;
		return place;
	}
	e = longest(x, boundary, ENTRY_ZONE, a, place.special == ADDR_GLOBAL);
	if (e) {
		place.kind = PLACE_ZONE;
		place.zone = e->zone;
	}
	return place;
}

const struct zone *
locate_segment(const struct tap *tap, const uint16_t *tags, size_t tag_count,
    uint16_t *vlan, const struct link **link)
{
	for (size_t i = 0; i < tag_count; i++) {
		size_t low = 0, high = tap->vlan_count;

		if (i == 0 && tap->mirror_vlan == tags[i])
			continue; /* the mirror's own way here */
		while (low < high) {
			const size_t mid = (low + high) / 2;

			if (tap->vlans[mid].id < tags[i])
				low = mid + 1;
			else
				high = mid;
		}
		if (low == tap->vlan_count || tap->vlans[low].id != tags[i])
			continue;
		if (vlan)
			*vlan = tags[i];
		if (link)
			*link = tap->vlans[low].link ? tap->vlans[low].link :
						       tap->link;
		return tap->vlans[low].zone;
	}
	if (vlan)
		*vlan = 0;
	if (link)
		*link = tap->link;
	return tap->segment;
}

/* Whether a router of the tap serves a segment: a tap on one segment has
 * only routers of it, a trunk tells them apart by the zone of their address. */
static bool
serves(const struct tap *tap, const struct router *r,
    const struct zone *segment)
{
	if (!segment || !r->zone || tap->vlan_count == 0)
		return true;
	return r->zone == segment || r->zone->parent == segment ||
	    segment->parent == r->zone;
}

const struct router *
locate_router(const struct tap *tap, const struct zone *segment,
    const struct mac *mac)
{
	for (size_t i = 0; i < tap->router_count; i++) {
		const struct router *r = &tap->routers[i];

		if (!serves(tap, r, segment))
			continue;
		for (size_t j = 0; j < r->mac_count; j++)
			if (mac_equal(&r->macs[j], mac))
				return r;
	}
	return NULL;
}

bool
locate_has_routers(const struct tap *tap, const struct zone *segment)
{
	if (!segment)
		return false; /* on a transit link no side is known */
	for (size_t i = 0; i < tap->router_count; i++)
		if (tap->routers[i].mac_count &&
		    serves(tap, &tap->routers[i], segment))
			return true;
	return false;
}
