/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices held against the rows of ledger and "hosts": who is in none (AST-1),
 * whose MAC and address are of two rows (AST-2), which row nobody was seen of
 * (AST-3), and what stands in another zone than it is meant for (AST-6). A
 * zone without a single row says nothing about who is a stranger in it, and
 * that is told once a boundary. What a draft does not declare yet is told all the
 * same: the recorder counts it and keeps it back.
 */
#include <stdio.h>
#include <string.h>

#include "inventory_internal.h"

bool
inventory_has_ledger(const struct inventory *i, const struct zone *z)
{
	return z && inventory_is_owned(z) && z->tier != TIER_REMOTE_ACCESS &&
	    i->ledger.zones[z->index].rows > 0;
}

/* ---- AST-1 */

/* The zones of b for which there is no row, by their ids. */
static void
list_zones(const struct inventory *i, const struct boundary *b, char *out,
    size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t k = 0; k < b->zone_count; k++) {
		const struct zone *z = b->zones[k];
		int n;

		if (!inventory_is_owned(z) || z->tier == TIER_REMOTE_ACCESS ||
		    i->ledger.zones[z->index].rows > 0)
			continue;
		n = snprintf(out + used, size - used, "%s%s",
		    used > 0 ? ", " : "", z->id);
		if (n < 0 || (size_t)n >= size - used) {
			(void)snprintf(out +
				(used < size - 5 ? used : size - 5),
			    5, " ...");
			return;
		}
		used += (size_t)n;
	}
}

/* Who is a stranger there cannot be told; that can, once. A model that has no
 * row at all does not ask for it. */
static void
tell_no_ledger(struct inventory *i, const struct inventory_entry *e,
    struct wall_us now, const struct observer *o)
{
	char zones[NOTICE_TEXT_MAX - 4];
	const struct inventory_finding f = { .check = CHECK_AST_1,
		.severity = SEVERITY_INFORMATION,
		.word = NOTICE_AST_NO_LEDGER,
		.seen = zones };

	if (i->ledger.rows == 0 || i->said[e->d.boundary->index] ||
	    e->d.zone->tier == TIER_REMOTE_ACCESS)
		return;
	i->said[e->d.boundary->index] = true;
	list_zones(i, e->d.boundary, zones, sizeof(zones));
	inventory_tell_zone(i, e->d.boundary, NULL, &f, now, o);
}

static bool
is_probe(const struct inventory *i, const struct device *d)
{
	for (size_t k = 0; k < i->model->probe_count; k++)
		for (uint8_t n = 0; n < d->address_count; n++)
			if (addr_equal(&i->model->probes[k].address,
				&d->addresses[n]))
				return true;
	return false;
}

static bool
is_neighbour(const struct device *d)
{
	for (size_t k = 0; d->has_mac && k < d->tap->neighbour_count; k++)
		if (mac_equal(&d->tap->neighbours[k], &d->mac))
			return true;
	return false;
}

/* Whether the rows could have named it by what is known of it. */
static bool
can_tell(const struct inventory *i, const struct device *d)
{
	const struct inventory_zone *here = &i->ledger.zones[d->zone->index];
	const struct inventory_zone *anywhere =
	    &i->ledger.zones[i->model->zone_count];
	bool has_address = false;

	for (uint8_t k = 0; k < d->address_count; k++)
		has_address |= addr_kind(&d->addresses[k]) != ADDR_LINK_LOCAL;
	if (!d->has_mac)
		return here->without_address + anywhere->without_address == 0;
	return has_address || here->without_mac + anywhere->without_mac == 0;
}

static bool
take_turn(struct inventory *i, const struct inventory_entry *e,
    struct wall_us now, const struct observer *o)
{
	const struct inventory_finding many = { .check = CHECK_AST_1,
		.severity = e->d.zone->tier == TIER_MYNUMBER ? SEVERITY_HIGH :
							       SEVERITY_MEDIUM,
		.word = NOTICE_AST_1_MANY,
		.seen = e->d.zone->name,
		.counted = INVENTORY_ZONE_TOLD_MAX };

	return inventory_take_turn(i, e,
	    &i->ledger.zones[e->d.zone->index].strangers, &many, now, o);
}

static void
check_registered(struct inventory *i, struct inventory_entry *e,
    const struct arrival *a, struct wall_us now, const struct observer *o)
{
	char seen[NOTICE_TEXT_MAX];
	struct inventory_finding f = { .check = CHECK_AST_1,
		.severity = e->d.zone->tier == TIER_MYNUMBER ? SEVERITY_HIGH :
							       SEVERITY_MEDIUM,
		.word = NOTICE_AST_1,
		.seen = seen };

	if (!inventory_has_ledger(i, e->d.zone)) {
		tell_no_ledger(i, e, now, o);
		return;
	}
	if (!can_tell(i, &e->d) || is_probe(i, &e->d) || is_neighbour(&e->d) ||
	    !inventory_due(e, TOLD_1, now) || !take_turn(i, e, now, o))
		return;
	/* The second lowest bit of the first byte: not the maker's, but one
	 * that was set (IEEE 802 8.2), as devices do to hide which they are. */
	if (e->d.has_mac && (e->d.mac.bytes[0] & 2))
		f.word = NOTICE_AST_1_RANDOM;
	inventory_describe(&e->d, seen, sizeof(seen));
	if (seen[0] == '\0')
		f.seen = "-";
	inventory_tell(i, e, &f, a, now, o);
}

/* ---- AST-6 */

/* The device by its MAC where it is of special purpose and its rows name other
 * zones only, or NULL. */
static const struct inventory_row *
misplaced(const struct inventory *i, const struct device *d)
{
	const struct inventory_row *rows;
	const struct host *h;
	size_t count;

	if (!d->has_mac)
		return NULL;
	rows = inventory_ledger_mac(&i->ledger, &d->mac, &count);
	for (size_t k = 0; k < count; k++) {
		h = rows[k].host;
		if (inventory_ledger_kind(&i->ledger, h) < INVENTORY_MFP)
			return NULL;
		for (size_t n = 0; n < h->interface_count; n++) {
			const struct inventory_row row = { h,
				&h->interfaces[n] };

			if (inventory_ledger_here(&row, d->zone))
				return NULL;
		}
		for (size_t n = 0; n < h->switching_count; n++)
			if (h->switching[n] == d->zone)
				return NULL;
	}
	return count > 0 ? rows : NULL;
}

static void
check_place(struct inventory *i, struct inventory_entry *e,
    const struct arrival *a, struct wall_us now, const struct observer *o)
{
	const struct inventory_row *row = misplaced(i, &e->d);
	struct inventory_finding f = { .check = CHECK_AST_6,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_AST_6 };

	if (!row || !inventory_due(e, TOLD_6, now))
		return;
	f.host = row->host;
	f.expected = row->at->zone->name;
	f.seen = e->d.zone->name;
	inventory_tell(i, e, &f, a, now, o);
}

void
inventory_check_device(struct inventory *i, uint32_t at,
    const struct arrival *a, struct wall_us now, const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];

	e->registered = inventory_ledger_find(&i->ledger, &e->d) != NULL;
	inventory_ledger_seen(&i->ledger, &e->d, i->watched_us);
	if (!e->registered)
		check_registered(i, e, a, now, o);
	check_place(i, e, a, now, o);
}

/* ---- AST-2 */

void
inventory_check_pair(struct inventory *i, uint32_t at,
    const struct addr *address, const struct arrival *a,
    const struct observer *o)
{
	struct inventory_entry *e = &i->entries[at];
	const struct inventory_row *row;
	char expected[ADDR_TEXT_MAX + MAC_TEXT_MAX + 4];
	char seen[sizeof(expected)];
	char text[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	struct inventory_finding f = { .check = CHECK_AST_2,
		.severity = SEVERITY_LOW,
		.expected = expected,
		.seen = seen,
		.address = address };
	const enum inventory_pair pair = inventory_ledger_pair(&i->ledger,
	    e->d.zone, &e->d.mac, address, &row);

	if (pair == PAIR_FITS || !inventory_due(e, TOLD_2, a->time))
		return;
	f.word = pair == PAIR_OTHER_MAC ? NOTICE_AST_2_MAC :
					  NOTICE_AST_2_ADDRESS;
	f.host = row->host;
	(void)snprintf(expected, sizeof(expected), "%s / %s",
	    addr_format(&row->at->address, text),
	    row->at->has_mac ? mac_format(&row->at->mac, mac) : "-");
	(void)snprintf(seen, sizeof(seen), "%s / %s",
	    addr_format(address, text), mac_format(&e->d.mac, mac));
	inventory_tell(i, e, &f, a, a->time, o);
}

/* ---- AST-3 */

/* The interface by which it would have been seen, or NULL: it is not awaited
 * on any segment that is watched. */
static const struct host_interface *
awaited_at(const struct inventory *i, const struct host *h)
{
	if (!h->from_ledger || h->offline)
		return NULL;
	for (size_t k = 0; k < h->interface_count; k++) {
		const struct zone *z = h->interfaces[k].zone;

		if (z && inventory_is_owned(z) &&
		    i->ledger.zones[z->index].watched)
			return &h->interfaces[k];
	}
	return NULL;
}

static const struct boundary *
boundary_of(const struct inventory *i, const struct zone *z)
{
	for (size_t k = 0; k < i->model->boundary_count; k++) {
		const struct boundary *b = &i->model->boundaries[k];

		for (size_t n = 0; n < b->zone_count; n++)
			if (b->zones[n] == z && b->tap_count > 0)
				return b;
	}
	return NULL;
}

static void
tell_unseen(struct inventory *i, const struct host *h,
    const struct host_interface *at, uint64_t days, struct wall_us now,
    const struct observer *o)
{
	struct inventory_entry e = { .kept = INVENTORY_NONE,
		.owed = DEVICE_SERVICES_MAX };
	const struct inventory_finding f = { .check = CHECK_AST_3,
		.severity = SEVERITY_INFORMATION,
		.word = NOTICE_AST_3,
		.host = h,
		.expected = h->name,
		.counted = days };

	e.d.boundary = boundary_of(i, at->zone);
	if (!e.d.boundary)
		return;
	e.d.zone = at->zone;
	e.d.has_mac = at->has_mac;
	e.d.mac = at->mac;
	e.d.addresses[0] = at->address;
	e.d.address_count = at->address.family != 0;
	e.d.first = now;
	inventory_tell(i, &e, &f, NULL, now, o);
}

/* More than are told for themselves, of all boundaries. */
static void
tell_unseen_rest(struct inventory *i, uint64_t count, uint64_t of,
    struct wall_us now, const struct observer *o)
{
	const struct inventory_finding f = { .check = CHECK_AST_3,
		.severity = SEVERITY_INFORMATION,
		.word = NOTICE_AST_3_MANY,
		.counted = count,
		.of = of };

	for (size_t k = 0; k < i->model->boundary_count; k++) {
		if (i->model->boundaries[k].tap_count == 0)
			continue;
		inventory_tell_zone(i, &i->model->boundaries[k], NULL, &f, now,
		    o);
		return;
	}
}

void
inventory_check_unseen(struct inventory *i, struct wall_us now,
    const struct observer *o)
{
	const struct model *m = i->model;
	const int64_t most = m->limits.unseen_days * CLOCK_DAY;
	uint64_t told = 0, rest = 0, awaited = 0;

	if (most <= 0 || i->watched_us < most)
		return;
	for (size_t k = 0; k < m->host_count; k++) {
		const struct host_interface *at = awaited_at(i, &m->hosts[k]);
		const int64_t unseen = i->watched_us - i->ledger.seen_us[k];

		awaited += at != NULL;
		if (unseen < most)
			i->ledger.unseen_told[k] = false;
		if (!at || unseen < most || i->ledger.unseen_told[k])
			continue;
		i->ledger.unseen_told[k] = true;
		if (told++ < INVENTORY_ZONE_TOLD_MAX)
			tell_unseen(i, &m->hosts[k], at,
			    (uint64_t)(unseen / CLOCK_DAY), now, o);
		else
			rest++;
	}
	if (rest > 0)
		tell_unseen_rest(i, rest, awaited, now, o);
}
