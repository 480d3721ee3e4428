/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of ledger and "hosts" as the inventory asks for them: by MAC and by
 * address, each in a sorted array, with all rows that share one; what a zone's
 * rows say and do not say; what kind of device a word means. A row without a
 * MAC or without an address leaves that open, and nothing differs from it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "inventory_internal.h"

/* ---- kinds */

/* Parts of words, the more special ones first: a print server is a server and
 * a camera recorder is a camera. ASCII is compared without regard to case. */
static const struct {
	const char *part;
	enum inventory_kind kind;
	bool whole; /* the word is just that */
} kinds[] = {
	{ "複合機", INVENTORY_MFP, false },
	{ "コピー", INVENTORY_MFP, false },
	{ "mfp", INVENTORY_MFP, false },
	{ "nas", INVENTORY_NAS, true },
	{ "ＮＡＳ", INVENTORY_NAS, false },
	{ "ファイルサーバ", INVENTORY_NAS, false },
	{ "ストレージ", INVENTORY_NAS, false },
	{ "storage", INVENTORY_NAS, false },
	{ "サーバ", INVENTORY_SERVER, false },
	{ "ｻｰﾊﾞ", INVENTORY_SERVER, false },
	{ "server", INVENTORY_SERVER, false },
	{ "カメラ", INVENTORY_CAMERA, false },
	{ "ｶﾒﾗ", INVENTORY_CAMERA, false },
	{ "camera", INVENTORY_CAMERA, false },
	{ "プリンタ", INVENTORY_PRINTER, false },
	{ "ﾌﾟﾘﾝﾀ", INVENTORY_PRINTER, false },
	{ "printer", INVENTORY_PRINTER, false },
	{ "電話", INVENTORY_PHONE, false },
	{ "phone", INVENTORY_PHONE, false },
	{ "センサ", INVENTORY_THING, false },
	{ "sensor", INVENTORY_THING, false },
	{ "入退", INVENTORY_THING, false },
	{ "電気錠", INVENTORY_THING, false },
	{ "door", INVENTORY_THING, true },
	{ "無停電", INVENTORY_THING, false },
	{ "ups", INVENTORY_THING, true },
	{ "ＵＰＳ", INVENTORY_THING, false },
	{ "iot", INVENTORY_THING, true },
	{ "サイネージ", INVENTORY_THING, false },
	{ "端末", INVENTORY_TERMINAL, false },
	{ "パソコン", INVENTORY_TERMINAL, false },
	{ "ノート", INVENTORY_TERMINAL, false },
	{ "クライアント", INVENTORY_TERMINAL, false },
	{ "タブレット", INVENTORY_TERMINAL, false },
	{ "ＰＣ", INVENTORY_TERMINAL, false },
	{ "pc", INVENTORY_TERMINAL, true },
	{ "terminal", INVENTORY_TERMINAL, false },
	{ "client", INVENTORY_TERMINAL, false },
	{ "laptop", INVENTORY_TERMINAL, false },
	{ "desktop", INVENTORY_TERMINAL, false },
	{ "tablet", INVENTORY_TERMINAL, false },
};

enum inventory_kind
inventory_kind_of(const char *word)
{
	if (!word)
		return INVENTORY_UNKNOWN;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].whole ? strcasecmp(word, kinds[i].part) == 0 :
				     strcasestr(word, kinds[i].part) != NULL)
			return kinds[i].kind;
	return INVENTORY_UNKNOWN;
}

enum inventory_kind
inventory_ledger_kind(const struct inventory_ledger *l, const struct host *h)
{
	return h ? (enum inventory_kind)l->kinds[h - l->model->hosts] :
		   INVENTORY_UNKNOWN;
}

/* ---- rows */

static int
compare_macs(const void *left, const void *right)
{
	const struct inventory_row *a = left, *b = right;
	const int order = memcmp(a->at->mac.bytes, b->at->mac.bytes, 6);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static int
compare_addresses(const void *left, const void *right)
{
	const struct inventory_row *a = left, *b = right;
	const int order = addr_compare(&a->at->address, &b->at->address);

	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void
add_row(struct inventory_ledger *l, const struct host *h,
    const struct host_interface *at)
{
	const struct inventory_row row = { h, at };
	const size_t zone = at->zone ? at->zone->index : l->model->zone_count;
	struct inventory_zone *z = &l->zones[zone];

	if (at->has_mac)
		l->by_mac[l->mac_count++] = row;
	if (at->address.family != 0)
		l->by_address[l->address_count++] = row;
	/* What is kept off the network says nothing of who is on it. */
	if (h->offline || zone > l->model->zone_count)
		return;
	z->rows++;
	z->without_mac += !at->has_mac;
	z->without_address += at->address.family == 0;
	l->rows++;
}

void
inventory_ledger_init(struct inventory_ledger *l, const struct model *m)
{
	size_t total = 0;

	memset(l, 0, sizeof(*l));
	l->model = m;
	for (size_t i = 0; i < m->host_count; i++)
		total += m->hosts[i].interface_count;
	l->by_mac = mem_calloc(total + 1, sizeof(*l->by_mac));
	l->by_address = mem_calloc(total + 1, sizeof(*l->by_address));
	l->zones = mem_calloc(m->zone_count + 1, sizeof(*l->zones));
	l->kinds = mem_calloc(m->host_count + 1, 1);
	l->seen_us = mem_calloc(m->host_count + 1, sizeof(*l->seen_us));
	l->unseen_told = mem_calloc(m->host_count + 1, sizeof(*l->unseen_told));
	for (size_t i = 0; i < m->host_count; i++) {
		const struct host *h = &m->hosts[i];

		l->kinds[i] = (uint8_t)inventory_kind_of(h->kind);
		for (size_t j = 0; j < h->interface_count; j++)
			add_row(l, h, &h->interfaces[j]);
	}
	qsort(l->by_mac, l->mac_count, sizeof(*l->by_mac), compare_macs);
	qsort(l->by_address, l->address_count, sizeof(*l->by_address),
	    compare_addresses);
}

void
inventory_ledger_fini(struct inventory_ledger *l)
{
	free(l->by_mac);
	free(l->by_address);
	free(l->zones);
	free(l->kinds);
	free(l->seen_us);
	free(l->unseen_told);
	memset(l, 0, sizeof(*l));
}

const struct inventory_row *
inventory_ledger_mac(const struct inventory_ledger *l, const struct mac *mac,
    size_t *count)
{
	size_t low = 0, high = l->mac_count, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (memcmp(l->by_mac[middle].at->mac.bytes, mac->bytes, 6) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low;
	     end < l->mac_count && mac_equal(&l->by_mac[end].at->mac, mac);)
		end++;
	*count = end - low;
	return &l->by_mac[low];
}

const struct inventory_row *
inventory_ledger_address(const struct inventory_ledger *l,
    const struct addr *address, size_t *count)
{
	size_t low = 0, high = l->address_count, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (addr_compare(&l->by_address[middle].at->address, address) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < l->address_count &&
	     addr_equal(&l->by_address[end].at->address, address);)
		end++;
	*count = end - low;
	return &l->by_address[low];
}

bool
inventory_ledger_here(const struct inventory_row *row, const struct zone *zone)
{
	return !row->at->zone || zone_is_above(row->at->zone, zone) ||
	    zone_is_above(zone, row->at->zone);
}

const struct inventory_row *
inventory_ledger_find(const struct inventory_ledger *l, const struct device *d)
{
	const struct inventory_row *rows;
	size_t count;

	if (d->has_mac) {
		rows = inventory_ledger_mac(l, &d->mac, &count);
		for (size_t i = 0; i < count; i++)
			if (inventory_ledger_here(&rows[i], d->zone))
				return &rows[i];
		if (count > 0)
			return rows;
	}
	for (uint8_t k = 0; k < d->address_count; k++) {
		rows = inventory_ledger_address(l, &d->addresses[k], &count);
		for (size_t i = 0; i < count; i++)
			if (inventory_ledger_here(&rows[i], d->zone))
				return &rows[i];
	}
	return NULL;
}

void
inventory_ledger_seen(struct inventory_ledger *l, const struct device *d,
    int64_t watched_us)
{
	const struct inventory_row *rows;
	size_t count;

	if (d->has_mac) {
		rows = inventory_ledger_mac(l, &d->mac, &count);
		for (size_t i = 0; i < count; i++)
			l->seen_us[rows[i].host - l->model->hosts] = watched_us;
	}
	for (uint8_t k = 0; k < d->address_count; k++) {
		rows = inventory_ledger_address(l, &d->addresses[k], &count);
		for (size_t i = 0; i < count; i++)
			if (inventory_ledger_here(&rows[i], d->zone))
				l->seen_us[rows[i].host - l->model->hosts] =
				    watched_us;
	}
}

/* ---- pairs */

static bool
is_same_device(const struct host *a, const struct host *b)
{
	return a == b || (a->name && b->name && strcmp(a->name, b->name) == 0);
}

/* A device of that row has that MAC too, by this row or another of its. */
static bool
has_mac(const struct inventory_ledger *l, const struct inventory_row *row,
    const struct mac *mac)
{
	size_t count;
	const struct inventory_row *rows = inventory_ledger_mac(l, mac, &count);

	for (size_t i = 0; i < count; i++)
		if (is_same_device(rows[i].host, row->host))
			return true;
	return false;
}

static bool
moves_to(const struct host *h, const struct zone *zone)
{
	for (size_t i = 0; i < h->switching_count; i++)
		if (h->switching[i] == zone)
			return true;
	return false;
}

/* No row has the address: what the rows of the MAC say of it. IPv6 is not
 * held against them: a host makes such addresses for itself. */
static enum inventory_pair
pair_by_mac(const struct inventory_ledger *l, const struct zone *zone,
    const struct mac *mac, const struct addr *address,
    const struct inventory_row **row)
{
	size_t count;
	const struct inventory_row *rows = inventory_ledger_mac(l, mac, &count);

	*row = NULL;
	if (address->family != 4)
		return PAIR_FITS;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].at->address.family == 0 ||
		    moves_to(rows[i].host, zone))
			return PAIR_FITS;
		if (rows[i].at->address.family == 4 && !*row)
			*row = &rows[i];
	}
	return *row ? PAIR_OTHER_ADDRESS : PAIR_FITS;
}

enum inventory_pair
inventory_ledger_pair(const struct inventory_ledger *l, const struct zone *zone,
    const struct mac *mac, const struct addr *address,
    const struct inventory_row **row)
{
	const struct inventory_row *rows, *other = NULL;
	size_t count;

	rows = inventory_ledger_address(l, address, &count);
	for (size_t i = 0; i < count; i++) {
		if (!inventory_ledger_here(&rows[i], zone))
			continue;
		if (!rows[i].at->has_mac || mac_equal(&rows[i].at->mac, mac) ||
		    has_mac(l, &rows[i], mac))
			return PAIR_FITS;
		if (!other)
			other = &rows[i];
	}
	if (!other)
		return pair_by_mac(l, zone, mac, address, row);
	*row = other;
	return PAIR_OTHER_MAC;
}
