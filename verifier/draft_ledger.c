/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a municipality already keeps in tables: its devices, its registered
 * conduits (特定通信台帳), its DHCP leases. Rows of conduits are placed in the
 * base model's zones; one that cannot be placed, or that a guideline forbids,
 * is said and never written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"

/* "outside" never claims what is private. NULL: none, or two of one length. */
const struct zone *
draft_zone_of(const struct model *m, const struct addr *a)
{
	const struct zone *best = NULL;
	int length = -1;

	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];

		if (z->tier == TIER_OUTSIDE && addr_kind(a) != ADDR_GLOBAL)
			continue;
		for (size_t k = 0; k < z->all.count; k++) {
			if ((int)z->all.items[k].length < length ||
			    !prefix_contains(&z->all.items[k], a))
				continue;
			best = z->all.items[k].length == length ? NULL : z;
			length = z->all.items[k].length;
		}
	}
	return best;
}

static const struct zone *
zone_named(const struct model *m, const char *text)
{
	for (size_t i = 0; text != NULL && i < m->zone_count; i++)
		if (strcmp(m->zones[i].id, text) == 0 ||
		    strcmp(m->zones[i].name, text) == 0)
			return &m->zones[i];
	return NULL;
}

/* The one zone of all its addresses, which must be the one it names. */
static const struct zone *
zone_of_end(const struct model *m, const struct import_end *e)
{
	const struct zone *named = zone_named(m, e->zone), *zone = NULL;

	for (size_t i = 0; i < e->range_count; i++) {
		const struct zone *first = draft_zone_of(m,
		    &e->ranges[i].first);
		const struct zone *last = draft_zone_of(m, &e->ranges[i].last);

		if (first == NULL || first != last ||
		    (zone != NULL && zone != first))
			return NULL;
		zone = first;
	}
	if (named != NULL && zone != NULL && named != zone)
		return NULL;
	return zone;
}

static void
place_row(const struct model *m, const struct import_conduit *row,
    enum lang lang, struct draft_declared *d)
{
	memset(d, 0, sizeof(*d));
	d->row = row;
	d->from_zone = zone_of_end(m, &row->from);
	d->to_zone = zone_of_end(m, &row->to);
	d->complete = row->approver != NULL && row->approved_on.year != 0 &&
	    (row->approval_number != NULL || row->number != NULL);
	if (d->from_zone == NULL || d->to_zone == NULL) {
		d->fault = words_get(lang, W_DRAFT_ROW_NO_ZONE);
		return;
	}
	if (d->from_zone == d->to_zone) {
		d->fault = words_get(lang, W_DRAFT_ROW_SAME_ZONE);
		return;
	}
	d->cell = draft_cell(m, d->from_zone, d->to_zone);
	if (d->cell != NULL && d->cell->kind == CELL_DENY)
		d->fault = words_get(lang, W_DRAFT_ROW_FORBIDDEN);
	else if (row->service_count == 0)
		d->fault = words_get(lang, W_DRAFT_ROW_NO_SERVICE);
	else if (!d->complete)
		d->fault = words_get(lang, W_DRAFT_ROW_NOT_APPROVED);
}

static void
take_leases(struct draft_ledgers *l, struct draft_seen *s)
{
	for (size_t i = 0; i < l->leases.lease_count; i++) {
		const struct import_lease *x = &l->leases.leases[i];

		if (x->name != NULL)
			draft_name_add(s, &x->address, x->name);
	}
	for (size_t i = 0; i < l->devices.device_count; i++) {
		const struct import_device *x = &l->devices.devices[i];

		for (size_t k = 0; x->name != NULL && k < x->address_count; k++)
			if (addr_equal(&x->addresses[k].first,
				&x->addresses[k].last))
				draft_name_add(s, &x->addresses[k].first,
				    x->name);
	}
}

bool
draft_ledgers_read(struct draft_ledgers *l, const struct options *o,
    struct draft_seen *s, struct diag *d)
{
	const char *ledger = options_value(o, VALUE_LEDGER);
	const char *conduits = options_value(o, VALUE_CONDUITS);
	const char *leases = options_value(o, VALUE_LEASES);
	const struct import_options how = { .columns = options_value(o,
						VALUE_COLUMNS),
		.encoding = options_value(o, VALUE_ENCODING),
		.today = s->last_us != 0 ?
		    clock_day((struct wall_us){ s->last_us },
			s->m->utc_offset_s, NULL) :
		    (struct day){ 0 } };
	bool read = true;

	memset(l, 0, sizeof(*l));
	if (ledger != NULL)
		read &= import_ledger(ledger, &how, &l->devices, d);
	if (conduits != NULL)
		read &= import_conduits(conduits, &how, &l->conduits, d);
	if (leases != NULL)
		read &= import_leases(leases, &how, &l->leases, d);
	l->declared = mem_calloc(l->conduits.conduit_count + 1,
	    sizeof(*l->declared));
	for (size_t i = 0; i < l->conduits.conduit_count; i++)
		place_row(s->m, &l->conduits.conduits[i], o->lang,
		    &l->declared[i]);
	take_leases(l, s);
	return read;
}

void
draft_ledgers_fini(struct draft_ledgers *l)
{
	import_fini(&l->devices);
	import_fini(&l->conduits);
	import_fini(&l->leases);
	free(l->declared);
	memset(l, 0, sizeof(*l));
}

static bool
in_ranges(const struct import_end *e, const struct addr *a)
{
	for (size_t i = 0; i < e->range_count; i++)
		if (a->family == e->ranges[i].first.family &&
		    addr_compare(&e->ranges[i].first, a) <= 0 &&
		    addr_compare(a, &e->ranges[i].last) <= 0)
			return true;
	return false;
}

static bool
has_service(const struct import_conduit *row, const struct draft_channel *c)
{
	for (size_t i = 0; i < row->service_count; i++) {
		const struct import_service *s = &row->services[i];

		if (s->protocol != PROTOCOL_ANY && s->protocol != c->protocol)
			continue;
		if ((s->ports.first == 0 && s->ports.last == 0) ||
		    (c->port >= s->ports.first && c->port <= s->ports.last))
			return true;
	}
	return false;
}

struct draft_declared *
draft_ledger_of(struct draft_ledgers *l, const struct draft_channel *c)
{
	for (size_t i = 0; i < l->conduits.conduit_count; i++) {
		struct draft_declared *d = &l->declared[i];
		const bool forward = in_ranges(&d->row->from, &c->from) &&
		    in_ranges(&d->row->to, &c->to);
		const bool backward = d->row->both &&
		    in_ranges(&d->row->from, &c->to) &&
		    in_ranges(&d->row->to, &c->from);

		if (d->fault == NULL && (forward || backward) &&
		    has_service(d->row, c))
			return d;
	}
	return NULL;
}
