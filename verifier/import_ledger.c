/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 情報システム台帳, 機器台帳: a device a row. A row counts only when each of
 * its cells that says which device it is can be read; half a registration
 * would be another one. Addresses that several rows name are told, and the
 * rows kept: shared servers stand under each of their systems.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import_cell.h"

/* A slot's place in a row, to tell of it after all rows were read. */
struct claim {
	struct addr first, last;
	struct import_range *range;
	uint32_t row;
};

struct ledger {
	struct grid t;
	struct seen_rows *seen;
	struct import_device *devices; /* owned while reading */
	size_t count, capacity;
};

/* ---- one row */

/* 1 not connected, 0 connected or not said, -1 unreadable. */
static int
read_offline(const char *text, bool asks_connected)
{
	static const char *const apart[] = { "非接続", "スタンドアロン",
		"スタンドアローン", "オフライン", "未接続", "接続なし",
		"接続無し" };
	static const char *const joined[] = { "接続", "接続あり", "接続有り",
		"オンライン" };
	struct text key = { 0 };
	int result = -2;

	cell_key(&key, text);
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (strcmp(text_str(&key), apart[i]) == 0)
			result = 1;
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++)
		if (strcmp(text_str(&key), joined[i]) == 0)
			result = 0;
	text_free(&key);
	if (result != -2)
		return result;
	result = cell_truth(text);
	return !asks_connected || result < 0 ? result : !result;
}

static void
take_offline(struct ledger *l, struct grid_line *line,
    struct import_device *out)
{
	static const enum grid_field fields[] = { FIELD_OFFLINE,
		FIELD_CONNECTED };

	for (size_t i = 0; i < 2; i++) {
		const char *text;
		int slot, offline;

		text = grid_text(&l->t, line, fields[i], &slot);
		if (text == NULL)
			continue;
		offline = read_offline(text, fields[i] == FIELD_CONNECTED);
		if (offline < 0)
			grid_fault(&l->t, line, slot, DIAG_ERROR,
			    W_IMPORT_TRUTH, 1, text);
		out->offline |= offline == 1;
	}
	/* 「スタンドアロン」 in the place of a zone. */
	if (out->zone != NULL && read_offline(out->zone, false) == 1) {
		out->offline = true;
		out->zone = NULL;
	}
}

static void
take_addresses(struct ledger *l, struct grid_line *line,
    struct import_device *out)
{
	struct grid *t = &l->t;
	bool any = false, device = out->mac_count > 0 || out->offline;
	int slot;

	for (slot = grid_slot(t, FIELD_ADDRESS, 0); slot >= 0;
	     slot = grid_slot(t, FIELD_ADDRESS, slot + 1))
		(void)import_cell_addresses(t, line, slot, line->text[slot],
		    IMPORT_CELL_DEVICE, out->addresses, &out->address_count,
		    &any);
	for (size_t i = 0; i < out->address_count; i++) {
		if (!out->addresses[i].network) {
			device = true;
			continue;
		}
		slot = grid_slot(t, FIELD_ADDRESS, 0);
		grid_fault(t, line, slot, DIAG_WARNING,
		    W_IMPORT_ADDRESS_NETWORK, 1, line->text[slot]);
		device = true;
	}
	if (!device && !line->faulty)
		grid_fault(t, line, -1, DIAG_ERROR, W_IMPORT_NO_DEVICE, 0);
}

static void
take_row(struct ledger *l, struct grid_line *line)
{
	struct import_device d;
	struct grid *t = &l->t;

	memset(&d, 0, sizeof(d));
	d.place.row = line->row;
	d.name = grid_name(t, line, FIELD_NAME);
	d.kind = grid_name(t, line, FIELD_KIND);
	d.system = grid_name(t, line, FIELD_SYSTEM);
	d.division = grid_name(t, line, FIELD_DIVISION);
	d.zone = grid_name(t, line, FIELD_ZONE);
	d.note = grid_name(t, line, FIELD_NOTE);
	import_cell_macs(t, line, d.macs, &d.mac_count);
	d.has_mac = d.mac_count > 0;
	if (d.has_mac)
		d.mac = d.macs[0];
	take_offline(l, line, &d);
	take_addresses(l, line, &d);
	if (!line->faulty && import_cell_seen(l->seen, t, line))
		return;
	grid_settle(t, line);
	if (line->faulty)
		return;
	l->devices = mem_grow(l->devices, &l->capacity, l->count,
	    sizeof(*l->devices));
	l->devices[l->count++] = d;
}

/* ---- addresses of several rows */

static int
compare_claims(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;
	int c = addr_compare(&a->first, &b->first);

	return c != 0 ? c : (a->row > b->row) - (a->row < b->row);
}

static void
tell_twice(struct ledger *l, const struct claim *one, const struct claim *other)
{
	const struct claim *later = one->row > other->row ? one : other;
	const struct claim *sooner = later == one ? other : one;
	struct grid_line line = { .row = later->row };
	char address[ADDR_TEXT_MAX], row[16];

	if (later->row == sooner->row)
		return;
	(void)snprintf(row, sizeof(row), "%u", sooner->row);
	grid_fault(&l->t, &line, grid_slot(&l->t, FIELD_ADDRESS, 0),
	    DIAG_WARNING, W_IMPORT_ADDRESS_TWICE, 2,
	    addr_format(&one->first, address), row);
	/* All of it stands in the sooner row. */
	if (addr_compare(&later->first, &sooner->first) >= 0 &&
	    addr_compare(&later->last, &sooner->last) <= 0)
		later->range->again = true;
}

static void
find_twice(struct ledger *l)
{
	struct claim *claims = NULL;
	size_t n = 0, capacity = 0, reach = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct import_device *d = &l->devices[i];

		for (size_t j = 0; j < d->address_count; j++) {
			if (d->addresses[j].network)
				continue;
			claims = mem_grow(claims, &capacity, n,
			    sizeof(*claims));
			claims[n].first = d->addresses[j].first;
			claims[n].last = d->addresses[j].last;
			claims[n].range = &d->addresses[j];
			claims[n++].row = d->place.row;
		}
	}
	if (n > 1)
		qsort(claims, n, sizeof(*claims), compare_claims);
	/* reach: of those before, the one that ends last. */
	for (size_t i = 1; i < n; i++) {
		if (claims[i].first.family == claims[reach].last.family &&
		    addr_compare(&claims[i].first, &claims[reach].last) <= 0)
			tell_twice(l, &claims[i], &claims[reach]);
		if (addr_compare(&claims[i].last, &claims[reach].last) > 0)
			reach = i;
	}
	free(claims);
}

/* A MAC of several rows is no fault: a device may have several addresses. */
static int
compare_macs(const void *left, const void *right)
{
	const struct import_device *const *pa = left, *const *pb = right;
	const struct import_device *a = *pa, *b = *pb;
	int c = memcmp(a->mac.bytes, b->mac.bytes, sizeof(a->mac.bytes));

	if (c != 0)
		return c;
	return (a->place.row > b->place.row) - (a->place.row < b->place.row);
}

static void
find_macs(struct ledger *l)
{
	struct import_device **with;
	size_t n = 0;

	with = mem_calloc(l->count + 1, sizeof(struct import_device *));
	for (size_t i = 0; i < l->count; i++)
		if (l->devices[i].has_mac)
			with[n++] = &l->devices[i];
	if (n > 1)
		qsort(with, n, sizeof(struct import_device *), compare_macs);
	for (size_t i = 1; i < n; i++)
		with[i]->mac_again = mac_equal(&with[i]->mac,
		    &with[i - 1]->mac);
	free(with);
}

static bool
read_all(struct ledger *l, bool opened, struct imported *out)
{
	struct grid_line line;

	if (opened) {
		l->seen = import_cell_seen_new(l->t.sheet->count);
		while (grid_next(&l->t, &line))
			take_row(l, &line);
		import_cell_seen_free(l->seen);
		find_twice(l);
		find_macs(l);
		out->devices = arena_copy(out->arena, l->devices, l->count,
		    sizeof(*l->devices));
		out->device_count = l->count;
	}
	free(l->devices);
	grid_close(&l->t);
	free(l);
	return opened;
}

bool
import_ledger(const char *path, const struct import_options *o,
    struct imported *out, struct diag *d)
{
	struct ledger *l = mem_calloc(1, sizeof(*l));

	memset(out, 0, sizeof(*out));
	return read_all(l, grid_open(&l->t, path, o, &grid_ledger, out, d),
	    out);
}

bool
import_ledger_bytes(const char *shown, const char *bytes, size_t length,
    const struct import_options *o, struct imported *out, struct diag *d)
{
	struct ledger *l = mem_calloc(1, sizeof(*l));

	memset(out, 0, sizeof(*out));
	return read_all(l,
	    grid_open_bytes(&l->t, shown, bytes, length, o, &grid_ledger, out,
		d),
	    out);
}

void
import_fini(struct imported *x)
{
	arena_free(x->arena);
	memset(x, 0, sizeof(*x));
}
