/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Questions to a loaded model: nouns by id, hosts and divisions by address,
 * calendars and schedules. The index is made once, at the end of loading; the
 * keys of its hashes are fixed because only the model's own addresses enter.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "model_internal.h"

#define ZONE_ANY UINT32_MAX	   /* the first host with an address */
#define ZONE_NONE (UINT32_MAX - 1) /* a host whose zone is not known */
#define SEARCH_DAYS 400		   /* back to the last end of a schedule */

static const uint8_t secret[16] = "sekisho indexing";

struct named {
	const char *id;
	const void *noun;
};

struct names {
	struct named *items; /* owned, sorted by id */
	size_t count;
};

struct host_key {
	uint32_t zone;
	struct addr address;
	uint8_t pad[3];
};

_Static_assert(sizeof(struct host_key) == 24, "no hidden padding");

struct model_index {
	struct names zones, taps, divisions;
	struct table hosts;	    /* host_key -> index of the host */
	struct table macs;	    /* MAC -> index of the host */
	struct prefix_map prefixes; /* networks of divisions -> its index */
};

static int
compare(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	return strcmp(a->id, b->id);
}

static void
names_room(struct names *n, size_t count)
{
	n->items = mem_calloc(count, sizeof(*n->items));
}

static void
names_add(struct names *n, const char *id, const void *noun)
{
	n->items[n->count].id = id;
	n->items[n->count++].noun = noun;
}

static const void *
names_find(const struct names *n, const char *id)
{
	const struct named wanted = { id, NULL }, *found;

	if (id == NULL || n->count == 0)
		return NULL;
	found = bsearch(&wanted, n->items, n->count, sizeof(wanted), compare);
	return found != NULL ? found->noun : NULL;
}

static struct host_key
host_key(uint32_t zone, const struct addr *address)
{
	struct host_key key;

	memset(&key, 0, sizeof(key));
	key.zone = zone;
	key.address = *address;
	return key;
}

/* The first host of an address stays: those of the model stand first. */
static void
add_host(struct model_index *index, uint32_t zone, const struct addr *address,
    uint32_t host)
{
	struct host_key key = host_key(zone, address);

	if (table_find(&index->hosts, &key) == TABLE_NONE)
		(void)table_add(&index->hosts, &key, host);
}

static uint64_t
mac_key(const struct mac *mac)
{
	uint64_t key = 0;

	memcpy(&key, mac->bytes, sizeof(mac->bytes));
	return key;
}

/* The first host of a MAC stays, likewise. */
static void
index_macs(struct model_index *index, const struct model *m, size_t total)
{
	table_init(&index->macs, total + 1, sizeof(uint64_t), secret);
	for (size_t i = 0; i < m->host_count; i++) {
		for (size_t j = 0; j < m->hosts[i].interface_count; j++) {
			const struct host_interface *at =
			    &m->hosts[i].interfaces[j];
			const uint64_t key = mac_key(&at->mac);

			if (at->has_mac &&
			    table_find(&index->macs, &key) == TABLE_NONE)
				(void)table_add(&index->macs, &key,
				    (uint32_t)i);
		}
	}
}

static void
index_hosts(struct model_index *index, const struct model *m)
{
	size_t i, j, total = 0;

	for (i = 0; i < m->host_count; i++)
		total += m->hosts[i].interface_count;
	table_init(&index->hosts, 2 * total + 1, sizeof(struct host_key),
	    secret);
	for (i = 0; i < m->host_count; i++) {
		for (j = 0; j < m->hosts[i].interface_count; j++) {
			const struct host_interface *at =
			    &m->hosts[i].interfaces[j];

			if (at->address.family == 0)
				continue;
			add_host(index, at->zone ? at->zone->index : ZONE_NONE,
			    &at->address, (uint32_t)i);
			add_host(index, ZONE_ANY, &at->address, (uint32_t)i);
		}
	}
	index_macs(index, m, total);
}

static void
index_divisions(struct model_index *index, const struct model *m)
{
	size_t i, j, total = 0;

	for (i = 0; i < m->division_count; i++)
		total += m->divisions[i].networks.count;
	prefix_map_init(&index->prefixes, total);
	names_room(&index->divisions, m->division_count);
	for (i = 0; i < m->division_count; i++) {
		const struct division *d = &m->divisions[i];

		names_add(&index->divisions, d->id, d);
		for (j = 0; j < d->networks.count; j++)
			(void)prefix_map_add(&index->prefixes,
			    &d->networks.items[j], (uint32_t)i);
	}
}

struct model_index *
model_index_new(const struct model *m)
{
	struct model_index *index = mem_calloc(1, sizeof(*index));
	size_t i, j;

	names_room(&index->zones, m->zone_count + 1);
	for (i = 0; i < m->zone_count; i++)
		names_add(&index->zones, m->zones[i].id, &m->zones[i]);
	names_add(&index->zones, m->firewall_zone.id, &m->firewall_zone);
	names_room(&index->taps, m->tap_count);
	for (i = 0; i < m->boundary_count; i++)
		for (j = 0; j < m->boundaries[i].tap_count; j++)
			names_add(&index->taps, m->boundaries[i].taps[j].id,
			    &m->boundaries[i].taps[j]);
	index_divisions(index, m);
	index_hosts(index, m);
	qsort(index->zones.items, index->zones.count, sizeof(struct named),
	    compare);
	qsort(index->taps.items, index->taps.count, sizeof(struct named),
	    compare);
	qsort(index->divisions.items, index->divisions.count,
	    sizeof(struct named), compare);
	return index;
}

void
model_index_free(struct model_index *index)
{
	if (index == NULL)
		return;
	free(index->zones.items);
	free(index->taps.items);
	free(index->divisions.items);
	table_fini(&index->hosts);
	table_fini(&index->macs);
	prefix_map_fini(&index->prefixes);
	free(index);
}

const struct zone *
model_zone(const struct model *m, const char *id)
{
	return names_find(&m->index->zones, id);
}

const struct tap *
model_tap(const struct model *m, const char *id)
{
	return names_find(&m->index->taps, id);
}

const struct division *
model_division(const struct model *m, const char *id)
{
	return names_find(&m->index->divisions, id);
}

const struct host *
model_host(const struct model *m, const struct zone *zone,
    const struct addr *address)
{
	struct host_key key = host_key(zone != NULL ? zone->index : ZONE_ANY,
	    address);
	uint32_t i = table_find(&m->index->hosts, &key);

	if (i == TABLE_NONE && zone != NULL) {
		key.zone = ZONE_NONE;
		i = table_find(&m->index->hosts, &key);
	}
	return i != TABLE_NONE ? &m->hosts[i] : NULL;
}

const struct host *
model_host_of_mac(const struct model *m, const struct mac *mac)
{
	const uint64_t key = mac_key(mac);
	const uint32_t i = table_find(&m->index->macs, &key);

	return i != TABLE_NONE ? &m->hosts[i] : NULL;
}

const struct division *
model_division_of(const struct model *m, const struct zone *zone,
    const struct addr *address)
{
	const struct host *host = model_host(m, zone, address);
	const struct division *d = NULL;
	uint32_t i;

	if (host != NULL && host->division != NULL)
		d = model_division(m, host->division);
	if (d != NULL)
		return d;
	i = prefix_map_find(&m->index->prefixes, address);
	return i != TABLE_NONE ? &m->divisions[i] : NULL;
}

bool
prefix_set_contains(const struct prefix_set *s, const struct addr *a)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (prefix_contains(&s->items[i], a))
			return true;
	return false;
}

/* ---- days and hours */

static int
compare_days(const void *left, const void *right)
{
	const struct calendar_day *a = left, *b = right;

	return day_compare(a->day, b->day);
}

bool
calendar_open(const struct calendar *c, struct day d)
{
	const struct calendar_day wanted = { d, false }, *found;
	int weekday;

	if (c == NULL)
		return true;
	found = c->day_count == 0 ? NULL :
				    bsearch(&wanted, c->days, c->day_count,
					sizeof(wanted), compare_days);
	if (found != NULL)
		return found->open;
	weekday = day_weekday(d);
	return weekday >= 1 && weekday <= 5;
}

/* The span of a schedule that begins on day d, in microseconds from the
 * midnight d begins with. An overnight one ends on the next day. */
static void
span(const struct schedule *s, int64_t *from, int64_t *to)
{
	*from = s->from_s * CLOCK_SECOND;
	*to = s->to_s * CLOCK_SECOND;
	if (s->to_s <= s->from_s)
		*to += CLOCK_DAY;
}

bool
schedule_covers(const struct schedule *s, struct wall_us t,
    int32_t utc_offset_s, int64_t *since_end_us)
{
	int64_t since, from, to;
	struct day today, d;
	int back;

	if (!s->given)
		return true;
	today = clock_day(t, utc_offset_s, &since);
	span(s, &from, &to);
	/* Backwards, so that the first end met is the last one. */
	for (back = 0; back <= SEARCH_DAYS; back++) {
		int64_t at = since + back * CLOCK_DAY;

		d = day_add(today, -back);
		if (!calendar_open(s->calendar, d) || at < from)
			continue;
		if (at < to)
			return true;
		if (since_end_us != NULL)
			*since_end_us = at - to;
		return false;
	}
	if (since_end_us != NULL)
		*since_end_us = INT64_MAX;
	return false;
}

bool
zone_is_above(const struct zone *a, const struct zone *b)
{
	/* Parents are few; a loop among them is an error of loading, the
	 * bound is for models made otherwise. */
	for (int depth = 0; b && depth < 16; depth++, b = b->parent)
		if (a == b)
			return true;
	return false;
}

bool
model_is_proxy(const struct model *m, const struct addr *address, uint16_t port)
{
	for (size_t i = 0; i < m->proxy_count; i++) {
		const struct proxy *x = &m->proxies[i];

		if (!prefix_set_contains(&x->hosts, address))
			continue;
		for (size_t j = 0; j < x->port_count; j++)
			if (port >= x->ports[j].first &&
			    port <= x->ports[j].last)
				return true;
	}
	return false;
}
