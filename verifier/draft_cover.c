/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From hosts that were seen to the ends of a conduit, see draft.h. A network
 * is only written where several of its hosts were seen, and never one that
 * reaches beyond the zone: a conduit must not open what nobody used.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"

#define V4_LENGTH 24 /* where no division says how networks are cut */
#define V6_LENGTH 64
#define V4_WIDEST \
	21 /* a division's network wider than that is no network
		      * of a few hosts */
#define V6_WIDEST 56

static bool
within_zone(const struct zone *zone, const struct prefix *p)
{
	for (size_t i = 0; i < zone->all.count; i++)
		if (prefix_covers(&zone->all.items[i], p))
			return true;
	return false;
}

/* The smallest division network that holds a and lies in the zone, else the
 * /24 or /64, or the zone's own smaller prefix. */
static struct prefix
network_of(const struct model *m, const struct zone *zone, const struct addr *a)
{
	const unsigned widest = a->family == 4 ? V4_WIDEST : V6_WIDEST;
	struct prefix best = { .length = 0 };

	for (size_t i = 0; i < m->division_count; i++) {
		const struct prefix_set *s = &m->divisions[i].networks;

		for (size_t j = 0; j < s->count; j++)
			if (prefix_contains(&s->items[j], a) &&
			    within_zone(zone, &s->items[j]) &&
			    s->items[j].length >= widest &&
			    s->items[j].length > best.length)
				best = s->items[j];
	}
	if (best.length > 0)
		return best;
	best.length = a->family == 4 ? V4_LENGTH : V6_LENGTH;
	best.addr = addr_mask(a, best.length);
	for (size_t i = 0; i < zone->all.count; i++)
		if (prefix_contains(&zone->all.items[i], a) &&
		    zone->all.items[i].length > best.length)
			best = zone->all.items[i];
	return best;
}

static int
by_prefix(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	const int order = addr_compare(&a->addr, &b->addr);

	return order ? order : (int)a->length - (int)b->length;
}

/* How many of count networks equal the one at i; they are sorted. */
static size_t
alike(const struct prefix *all, size_t i, size_t count)
{
	size_t n = 1;

	while (i + n < count && prefix_equal(&all[i], &all[i + n]))
		n++;
	return n;
}

void
draft_cover_networks(const struct model *m, const struct zone *zone,
    const struct addr *hosts, size_t count, struct draft_ends *out)
{
	struct prefix *all = mem_calloc(count + 1, sizeof(*all));
	size_t step;

	memset(out, 0, sizeof(*out));
	out->networks = mem_calloc(count + 1, sizeof(*out->networks));
	for (size_t i = 0; i < count; i++)
		all[i] = network_of(m, zone, &hosts[i]);
	qsort(all, count, sizeof(*all), by_prefix);
	for (size_t i = 0; i < count; i += step) {
		step = alike(all, i, count);
		if (step >= DRAFT_NETWORK_LEAST)
			out->networks[out->network_count++] = all[i];
	}
	free(all);
}

void
draft_cover(const struct model *m, const struct zone *zone,
    const struct addr *hosts, size_t count, struct draft_ends *out)
{
	struct draft_ends nets = { 0 };

	if (count > DRAFT_HOSTS_FEW)
		draft_cover_networks(m, zone, hosts, count, &nets);
	*out = nets;
	out->hosts = mem_calloc(count + 1, sizeof(*out->hosts));
	for (size_t i = 0; i < count; i++)
		if (!draft_ends_hold(&nets, &hosts[i]))
			out->hosts[out->host_count++] = hosts[i];
}

bool
draft_ends_hold(const struct draft_ends *e, const struct addr *a)
{
	for (size_t i = 0; i < e->host_count; i++)
		if (addr_equal(&e->hosts[i], a))
			return true;
	for (size_t i = 0; i < e->network_count; i++)
		if (prefix_contains(&e->networks[i], a))
			return true;
	return false;
}

bool
draft_ends_equal(const struct draft_ends *a, const struct draft_ends *b)
{
	if (a->host_count != b->host_count ||
	    a->network_count != b->network_count)
		return false;
	for (size_t i = 0; i < a->host_count; i++)
		if (!addr_equal(&a->hosts[i], &b->hosts[i]))
			return false;
	for (size_t i = 0; i < a->network_count; i++)
		if (!prefix_equal(&a->networks[i], &b->networks[i]))
			return false;
	return true;
}

void
draft_ends_fini(struct draft_ends *e)
{
	free(e->hosts);
	free(e->networks);
	memset(e, 0, sizeof(*e));
}
