/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The devices: one array that grows to its maximum, one table from their MACs
 * and addresses to their index, one queue of those that wait to be told. An
 * address leads to one device of its zone: to the one with a MAC where there
 * is one, else to one known by that address alone.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "inventory_internal.h"
#include "locate.h"

/* Without padding: it is hashed as bytes. */
struct device_key {
	uint32_t boundary, zone;
	uint8_t bytes[16];
	uint8_t family; /* of an address, or that of a MAC: */
#define FAMILY_MAC 1
	uint8_t pad[3];
};

_Static_assert(sizeof(struct device_key) == INVENTORY_KEY_SIZE,
    "no hidden padding");

bool
inventory_is_owned(const struct zone *z)
{
	switch (z ? z->tier : TIER_OUTSIDE) {
	case TIER_MYNUMBER:
	case TIER_LGWAN:
	case TIER_INTERNET:
	case TIER_RELAY:
	case TIER_DMZ:
	case TIER_SHARED_SERVICES:
	case TIER_SCHOOL_AFFAIRS:
	case TIER_SCHOOL_LEARNING:
	case TIER_MANAGEMENT:
	case TIER_REMOTE_ACCESS:
		return true;
	default:
		return false;
	}
}

/* ---- finding */

static struct device_key
mac_key(const struct boundary *b, const struct zone *zone,
    const struct mac *mac)
{
	struct device_key k;

	memset(&k, 0, sizeof(k));
	k.boundary = b->index;
	k.zone = zone->index;
	k.family = FAMILY_MAC;
	memcpy(k.bytes, mac->bytes, sizeof(mac->bytes));
	return k;
}

static struct device_key
address_key(const struct boundary *b, const struct zone *zone,
    const struct addr *a)
{
	struct device_key k;

	memset(&k, 0, sizeof(k));
	k.boundary = b->index;
	k.zone = zone->index;
	k.family = a->family;
	memcpy(k.bytes, a->bytes, sizeof(k.bytes));
	return k;
}

/* Where the cache keeps it: neighbours differ in their last bytes. */
static uint32_t *
cached(struct inventory *i, const uint8_t *last, uint32_t salt)
{
	const uint32_t mixed = (uint32_t)last[0] * 40503u +
	    (uint32_t)last[1] * 2654435761u + salt * 97u;

	return &i->cache[(mixed ^ mixed >> 16) % INVENTORY_CACHE];
}

uint32_t
inventory_by_mac(struct inventory *i, const struct boundary *b,
    const struct zone *zone, const struct mac *mac)
{
	uint32_t *slot = cached(i, mac->bytes + 4, zone->index);
	struct device_key key;

	if (*slot < i->top) {
		const struct inventory_entry *e = &i->entries[*slot];

		if (e->used && e->d.has_mac && e->d.zone == zone &&
		    e->d.boundary == b && mac_equal(&e->d.mac, mac))
			return *slot;
	}
	key = mac_key(b, zone, mac);
	return *slot = table_find(&i->keys, &key);
}

uint32_t
inventory_by_address(struct inventory *i, const struct boundary *b,
    const struct zone *zone, const struct addr *address)
{
	const uint8_t *last = address->bytes + (address->family == 4 ? 2 : 14);
	uint32_t *slot = cached(i, last, zone->index + 7);
	struct device_key key;

	if (*slot < i->top) {
		const struct inventory_entry *e = &i->entries[*slot];

		/* An address is of one zone of a boundary. */
		if (e->used && e->d.boundary == b)
			for (uint8_t k = 0; k < e->d.address_count; k++)
				if (addr_equal(&e->d.addresses[k], address))
					return *slot;
	}
	key = address_key(b, zone, address);
	return *slot = table_find(&i->keys, &key);
}

/* ---- those that wait */

void
inventory_wait(struct inventory *i, uint32_t at, struct wall_us now)
{
	struct inventory_entry *e = &i->entries[at];

	if (e->waiting)
		return;
	e->waiting = true;
	e->due_us = now.us + INVENTORY_SETTLE_US;
	e->next = INVENTORY_NONE;
	e->previous = i->last_waiting;
	if (i->last_waiting == INVENTORY_NONE)
		i->first_waiting = at;
	else
		i->entries[i->last_waiting].next = at;
	i->last_waiting = at;
}

void
inventory_stop_waiting(struct inventory *i, uint32_t at)
{
	struct inventory_entry *e = &i->entries[at];

	if (!e->waiting)
		return;
	e->waiting = false;
	if (e->previous == INVENTORY_NONE)
		i->first_waiting = e->next;
	else
		i->entries[e->previous].next = e->next;
	if (e->next == INVENTORY_NONE)
		i->last_waiting = e->previous;
	else
		i->entries[e->next].previous = e->previous;
}

/* ---- the frame that shows a device first */

void
inventory_keep(struct inventory *i, struct inventory_entry *e,
    const struct arrival *a)
{
	struct inventory_kept *k;
	struct evidence_packet p;

	if (e->kept != INVENTORY_NONE || !retain_cut(i->model, a, false, &p) ||
	    p.kept > sizeof(k->bytes))
		return;
	if (i->kept_unused != INVENTORY_NONE) {
		e->kept = i->kept_unused;
		i->kept_unused = i->kept[e->kept].next;
	} else if (i->kept_top < INVENTORY_KEPT_MAX) {
		i->kept = mem_grow(i->kept, &i->kept_capacity, i->kept_top,
		    sizeof(*i->kept));
		e->kept = (uint32_t)i->kept_top++;
	} else {
		return;
	}
	k = &i->kept[e->kept];
	k->packet = p;
	if (p.kept > 0)
		memcpy(k->bytes, p.bytes, p.kept);
}

void
inventory_drop_kept(struct inventory *i, struct inventory_entry *e)
{
	if (e->kept == INVENTORY_NONE)
		return;
	i->kept[e->kept].next = i->kept_unused;
	i->kept_unused = e->kept;
	e->kept = INVENTORY_NONE;
}

/* ---- made and forgotten */

static uint32_t
take_slot(struct inventory *i)
{
	uint32_t at = i->unused;

	if (at != INVENTORY_NONE) {
		i->unused = i->entries[at].next;
		return at;
	}
	if (i->top == INVENTORY_DEVICES_MAX)
		return INVENTORY_NONE;
	i->entries = mem_grow(i->entries, &i->capacity, i->top,
	    sizeof(*i->entries));
	return (uint32_t)i->top++;
}

static void
give_slot(struct inventory *i, uint32_t at)
{
	i->entries[at].used = false;
	i->entries[at].next = i->unused;
	i->unused = at;
}

uint32_t
inventory_add(struct inventory *i, const struct arrival *a,
    const struct zone *zone, const struct mac *mac)
{
	const uint32_t at = take_slot(i);
	struct inventory_entry *e;
	struct device_key key;

	if (at == INVENTORY_NONE) {
		i->refused++;
		return at;
	}
	e = &i->entries[at];
	memset(e, 0, sizeof(*e));
	e->used = true;
	e->d.boundary = a->tap->boundary;
	e->d.tap = a->tap;
	e->d.zone = zone;
	e->d.first = e->d.last = a->time;
	for (int k = 0; k < TOLD_COUNT; k++)
		e->told_us[k] = INT64_MIN;
	if (mac) {
		e->d.has_mac = e->heard = true;
		e->d.mac = *mac;
		key = mac_key(e->d.boundary, zone, mac);
		if (!table_add(&i->keys, &key, at)) {
			give_slot(i, at);
			i->refused++;
			return INVENTORY_NONE;
		}
	}
	i->count++;
	e->kept = INVENTORY_NONE;
	e->owed = DEVICE_SERVICES_MAX;
	inventory_keep(i, e, a);
	inventory_wait(i, at, a->time);
	return at;
}

static const struct zone *
zone_of(const struct inventory *i, const struct boundary *b,
    const struct addr *a)
{
	return locate_address(i->model, b, a).zone;
}

/* The address leads to that device no more. */
static void
remove_key(struct inventory *i, uint32_t at, const struct addr *a)
{
	const struct boundary *b = i->entries[at].d.boundary;
	const struct zone *zone = zone_of(i, b, a);
	struct device_key key;

	if (!zone)
		return;
	key = address_key(b, zone, a);
	if (table_find(&i->keys, &key) == at)
		(void)table_remove(&i->keys, &key);
}

void
inventory_remove(struct inventory *i, uint32_t at)
{
	struct inventory_entry *e = &i->entries[at];
	struct device_key key;

	for (uint8_t k = 0; k < e->d.address_count; k++)
		remove_key(i, at, &e->d.addresses[k]);
	if (e->d.has_mac) {
		key = mac_key(e->d.boundary, e->d.zone, &e->d.mac);
		(void)table_remove(&i->keys, &key);
	}
	inventory_stop_waiting(i, at);
	inventory_drop_kept(i, e);
	i->count--;
	give_slot(i, at);
}

void
inventory_rekey(struct inventory *i)
{
	struct device_key key;

	memset(i->cache, 0xff, sizeof(i->cache));
	for (uint32_t at = 0; at < i->top; at++) {
		struct inventory_entry *e = &i->entries[at];

		if (!e->used)
			continue;
		if (e->d.has_mac) {
			key = mac_key(e->d.boundary, e->d.zone, &e->d.mac);
			if (table_find(&i->keys, &key) == TABLE_NONE)
				(void)table_add(&i->keys, &key, at);
		}
		for (uint8_t k = 0; k < e->d.address_count; k++) {
			const struct zone *zone = zone_of(i, e->d.boundary,
			    &e->d.addresses[k]);

			if (!zone)
				continue;
			key = address_key(e->d.boundary, zone,
			    &e->d.addresses[k]);
			if (table_find(&i->keys, &key) == TABLE_NONE)
				(void)table_add(&i->keys, &key, at);
		}
	}
}

/* ---- what is known of one */

static void
drop_address(struct inventory_entry *e, const struct addr *a)
{
	for (uint8_t k = 0; k < e->d.address_count; k++) {
		if (!addr_equal(&e->d.addresses[k], a))
			continue;
		e->d.address_count--;
		for (uint8_t n = k; n < e->d.address_count; n++) {
			e->d.addresses[n] = e->d.addresses[n + 1];
			e->address_us[n] = e->address_us[n + 1];
		}
		e->dirty = true;
		return;
	}
}

/* What was known by its address alone is the device with a MAC. */
static void
merge(struct inventory *i, uint32_t from, uint32_t to, struct wall_us now,
    const struct observer *o)
{
	struct inventory_entry *a = &i->entries[from], *b = &i->entries[to];

	for (uint8_t k = 0; k < a->d.name_count; k++)
		inventory_name(b, a->d.names[k].source, a->d.names[k].text);
	for (uint8_t k = 0; k < a->d.service_count; k++) {
		const struct device_service *s = &a->d.services[k];
		const size_t at = inventory_service(b, s->protocol, s->port,
		    s->application);

		if (at < DEVICE_SERVICES_MAX) {
			b->settled[at] |= a->settled[k];
			b->unsure[at] = a->unsure[k];
		}
	}
	if (a->d.first.us < b->d.first.us)
		b->d.first = a->d.first;
	for (int k = 0; k < TOLD_COUNT; k++)
		if (a->told_us[k] > b->told_us[k])
			b->told_us[k] = a->told_us[k];
	if (a->is_told)
		inventory_say(i, from, DEVICE_LAST, now, o);
	inventory_remove(i, from);
}

/* The place of an address that was not used for long, or none. */
static uint8_t
oldest_address(const struct inventory_entry *e, struct wall_us now)
{
	uint8_t oldest = 0;

	for (uint8_t k = 1; k < e->d.address_count; k++)
		if (e->address_us[k] < e->address_us[oldest])
			oldest = k;
	return now.us - e->address_us[oldest] > INVENTORY_ADDRESS_US ?
	    oldest :
	    DEVICE_ADDRESSES_MAX;
}

static bool
put_address(struct inventory *i, uint32_t at, const struct addr *a,
    struct wall_us now)
{
	struct inventory_entry *e = &i->entries[at];

	if (e->d.address_count == DEVICE_ADDRESSES_MAX) {
		const uint8_t k = oldest_address(e, now);
		struct addr old;

		if (k == DEVICE_ADDRESSES_MAX) {
			e->d.full = true;
			return false;
		}
		old = e->d.addresses[k];
		remove_key(i, at, &old);
		drop_address(e, &old);
	}
	e->d.addresses[e->d.address_count] = *a;
	e->address_us[e->d.address_count++] = now.us;
	e->dirty = true;
	return true;
}

bool
inventory_knows(struct inventory_entry *e, const struct addr *a,
    struct wall_us now)
{
	for (uint8_t k = 0; k < e->d.address_count; k++) {
		if (addr_equal(&e->d.addresses[k], a)) {
			e->address_us[k] = now.us;
			return true;
		}
	}
	return false;
}

bool
inventory_learn(struct inventory *i, uint32_t at, const struct addr *a,
    const struct zone *zone, struct wall_us now, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	struct device_key key;
	uint32_t other;

	if (inventory_knows(e, a, now) || !put_address(i, at, a, now))
		return false;
	if (!zone) /* of its link alone: nobody asks for it */
		return true;
	key = address_key(e->d.boundary, zone, a);
	other = table_find(&i->keys, &key);
	if (other != TABLE_NONE && other != at) {
		(void)table_remove(&i->keys, &key);
		if (i->entries[other].d.has_mac)
			drop_address(&i->entries[other], a);
		else
			merge(i, other, at, now, o);
	}
	if (other != at)
		(void)table_add(&i->keys, &key, at);
	return true;
}

void
inventory_name(struct inventory_entry *e, enum device_source source,
    const char *text)
{
	struct device_name *n;
	unsigned of_tls = 0;

	if (text[0] == '\0')
		return;
	for (uint8_t k = 0; k < e->d.name_count; k++) {
		of_tls += e->d.names[k].source == DEVICE_BY_TLS;
		if (e->d.names[k].source == source &&
		    strcasecmp(e->d.names[k].text, text) == 0)
			return;
	}
	if (e->d.name_count == DEVICE_NAMES_MAX ||
	    (source == DEVICE_BY_TLS && of_tls >= INVENTORY_TLS_NAMES_MAX)) {
		e->d.full = true;
		return;
	}
	n = &e->d.names[e->d.name_count++];
	n->source = source;
	(void)snprintf(n->text, sizeof(n->text), "%s", text);
	e->dirty = true;
}

size_t
inventory_service(struct inventory_entry *e, uint8_t protocol, uint16_t port,
    const char *application)
{
	struct device_service *s = NULL;
	size_t k;

	for (k = 0; k < e->d.service_count && !s; k++)
		if (e->d.services[k].protocol == protocol &&
		    e->d.services[k].port == port)
			s = &e->d.services[k];
	if (!s && e->d.service_count == DEVICE_SERVICES_MAX) {
		e->d.full = true;
		return DEVICE_SERVICES_MAX;
	}
	if (!s) {
		k = e->d.service_count;
		s = &e->d.services[e->d.service_count++];
		*s = (struct device_service){ .protocol = protocol,
			.port = port };
		e->settled[k] = false;
		e->unsure[k] = true;
		e->dirty = true;
	} else {
		k = (size_t)(s - e->d.services);
	}
	if (application[0] != '\0' && s->application[0] == '\0') {
		(void)snprintf(s->application, sizeof(s->application), "%s",
		    application);
		e->dirty = true;
	}
	return k;
}

void
inventory_forget_service(struct inventory_entry *e, size_t at)
{
	if (e->owed == at)
		e->owed = DEVICE_SERVICES_MAX;
	else if (e->owed > at && e->owed < DEVICE_SERVICES_MAX)
		e->owed--;
	e->d.service_count--;
	for (size_t k = at; k < e->d.service_count; k++) {
		e->d.services[k] = e->d.services[k + 1];
		e->settled[k] = e->settled[k + 1];
		e->unsure[k] = e->unsure[k + 1];
	}
}

void
inventory_say(struct inventory *i, uint32_t at, enum device_stage stage,
    struct wall_us now, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const struct inventory_row *row = inventory_ledger_find(&i->ledger,
	    &e->d);

	e->d.stage = stage;
	e->d.now = now;
	e->d.host = row ? row->host : NULL;
	e->d.ledger = inventory_has_ledger(i, e->d.zone);
	e->is_told = true;
	e->dirty = false;
	e->changed_us = now.us;
	if (o->device)
		o->device(o->context, &e->d);
}
