/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Another model under the devices: boundary, zone and tap of each are found
 * again by id, what its addresses lead to is worked out anew. A device lets go
 * where its boundary or zone is there no more, where its zone is no longer
 * the municipality's, or where its MAC is now a declared router's; the next
 * frame shows it again where it is still one. What the ledger's hosts were
 * seen goes along by MAC and address.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "inventory_internal.h"
#include "locate.h"

static const struct boundary *
boundary_of(const struct model *m, const struct boundary *old)
{
	for (size_t k = 0; k < m->boundary_count; k++)
		if (strcmp(m->boundaries[k].id, old->id) == 0)
			return m->boundaries[k].tap_count > 0 ?
			    &m->boundaries[k] :
			    NULL;
	return NULL;
}

static const struct tap *
tap_of(const struct model *m, const struct boundary *b, const struct tap *old)
{
	const struct tap *tap = model_tap(m, old->id);

	return tap && tap->boundary == b ? tap : &b->taps[0];
}

static bool
is_router_now(const struct boundary *b, const struct device *d)
{
	for (size_t k = 0; k < b->tap_count; k++)
		for (size_t n = 0; n < b->taps[k].router_count; n++) {
			const struct router *r = &b->taps[k].routers[n];

			for (size_t j = 0; d->has_mac && j < r->mac_count; j++)
				if (mac_equal(&r->macs[j], &d->mac))
					return true;
			for (uint8_t j = 0; j < d->address_count; j++)
				if (addr_equal(&r->address, &d->addresses[j]))
					return true;
		}
	return false;
}

/* The zone that the device stands in now, or NULL: it is let go of. A host
 * that is known by its address alone stands where that leads to. */
static const struct zone *
zone_of(const struct model *m, const struct boundary *b, const struct device *d)
{
	const struct zone *z = model_zone(m, d->zone->id);
	struct place place;

	if (d->has_mac)
		return z;
	if (d->address_count == 0)
		return NULL;
	place = locate_address(m, b, &d->addresses[0]);
	return place.kind == PLACE_ZONE && !place.hidden ? place.zone : NULL;
}

static bool
move(struct inventory *i, struct inventory_entry *e, const struct model *m)
{
	const struct boundary *b = boundary_of(m, e->d.boundary);
	const struct zone *z = b ? zone_of(m, b, &e->d) : NULL;
	const struct tap *of_kept;

	if (!z || !inventory_is_owned(z) || is_router_now(b, &e->d))
		return false;
	if (e->kept != INVENTORY_NONE) {
		struct evidence_packet *p = &i->kept[e->kept].packet;

		of_kept = model_tap(m, p->tap->id);
		if (of_kept)
			p->tap = of_kept;
		else
			inventory_drop_kept(i, e);
	}
	e->d.tap = tap_of(m, b, e->d.tap);
	e->d.boundary = b;
	e->d.zone = z;
	e->d.host = NULL;
	e->dirty = e->again = e->is_told;
	memset(e->settled, 0, sizeof(e->settled));
	e->announced = 0;
	e->owed = DEVICE_SERVICES_MAX; /* the next answer is judged anew */
	return true;
}

/* What is known of a host of the old ledger is known of the same one of the
 * new one: by the MAC or address of one of its interfaces. */
static void
inherit_host(struct inventory_ledger *to, size_t k,
    const struct inventory_ledger *from)
{
	const struct host *h = &to->model->hosts[k];
	const struct inventory_row *rows;
	size_t count, n, j;

	for (n = 0; n < h->interface_count; n++) {
		const struct host_interface *at = &h->interfaces[n];

		count = 0;
		rows = NULL;
		if (at->address.family != 0)
			rows = inventory_ledger_address(from, &at->address,
			    &count);
		if (count == 0 && at->has_mac)
			rows = inventory_ledger_mac(from, &at->mac, &count);
		for (j = 0; j < count; j++) {
			const size_t old = (size_t)(rows[j].host -
			    from->model->hosts);

			if (from->seen_us[old] > to->seen_us[k])
				to->seen_us[k] = from->seen_us[old];
			to->unseen_told[k] |= from->unseen_told[old];
		}
		if (count > 0)
			return;
	}
}

/* New ones are awaited from now on. */
static void
inherit(struct inventory_ledger *to, const struct inventory_ledger *from,
    int64_t watched_us)
{
	for (size_t k = 0; k < to->model->host_count; k++) {
		to->seen_us[k] = -1;
		inherit_host(to, k, from);
		if (to->seen_us[k] < 0)
			to->seen_us[k] = watched_us;
	}
	for (size_t k = 0; k < from->model->zone_count; k++) {
		const struct zone *z = model_zone(to->model,
		    from->model->zones[k].id);

		if (!z || z->index >= to->model->zone_count)
			continue;
		to->zones[z->index].watched = from->zones[k].watched;
		to->zones[z->index].strangers = from->zones[k].strangers;
		to->zones[z->index].files = from->zones[k].files;
	}
}

static void
move_said(struct inventory *i, const struct model *m)
{
	bool *said = mem_calloc(m->boundary_count + 1, sizeof(*said));

	for (size_t k = 0; k < i->model->boundary_count; k++) {
		const struct boundary *b = boundary_of(m,
		    &i->model->boundaries[k]);

		if (b)
			said[b->index] = i->said[k];
	}
	free(i->said);
	i->said = said;
}

void
inventory_reload(struct inventory *i, const struct model *m)
{
	struct inventory_ledger ledger;
	uint8_t secret[16];

	inventory_ledger_init(&ledger, m);
	inherit(&ledger, &i->ledger, i->watched_us);
	move_said(i, m);
	memcpy(secret, i->keys.secret, sizeof(secret));
	/* Those that go leave under the model that they came under. */
	for (uint32_t at = 0; at < i->top; at++)
		if (i->entries[at].used && !move(i, &i->entries[at], m))
			inventory_remove(i, at);
	inventory_ledger_fini(&i->ledger);
	i->ledger = ledger;
	i->model = m;
	table_fini(&i->keys);
	table_init(&i->keys, INVENTORY_KEYS_MAX, INVENTORY_KEY_SIZE, secret);
	inventory_rekey(i);
	memset(secret, 0, sizeof(secret));
}
