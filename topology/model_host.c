/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading divisions and hosts: those of the model, then those of the ledger.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

static const uint8_t secret[16] = "sekisho hostload";

void
model_host_divisions(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "name", "short", "networks",
		NULL };
	const struct jsonx *n;
	struct division *out;
	size_t count;

	n = model_read_array(l, root, "divisions", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->divisions = out;
	l->m->division_count = count;
	model_ids_init(l, NOUN_DIVISION, count);
	for (; n != NULL; n = n->next, out++) {
		out->id = out->name = "";
		if (!model_read_object(l, n, keys))
			continue;
		out->id = model_ids_define(l, NOUN_DIVISION, n,
		    (uint32_t)(out - l->m->divisions));
		if (out->id == NULL)
			out->id = "";
		out->name = model_read_string(l, n, "name", OPTIONAL);
		if (out->name == NULL)
			out->name = out->id;
		out->short_name = model_read_string(l, n, "short", OPTIONAL);
		out->networks = model_address_networks(l, n, "networks",
		    OPTIONAL, NULL);
	}
}

static void
interface_load(struct loader *l, const struct jsonx *n,
    struct host_interface *out)
{
	static const char *const keys[] = { "zone", "address", "mac", NULL };
	struct prefix p;

	if (!model_read_object(l, n, keys))
		return;
	out->zone = model_ids_zone(l, n, "zone", OPTIONAL, false);
	out->address = model_address(l, n, "address", OPTIONAL);
	if (out->address.family != 0) {
		p.addr = out->address;
		p.length = (uint8_t)addr_bits(&p.addr);
		if (out->zone == NULL && jsonx_get(n, "zone") == NULL)
			out->zone = model_address_locate(l, &p.addr);
		else
			(void)model_address_within(l, jsonx_get(n, "address"),
			    out->zone, &p);
	}
	if (model_read_string(l, n, "mac", OPTIONAL) != NULL) {
		out->mac = model_address_mac(l, jsonx_get(n, "mac"));
		out->has_mac = true;
	}
	if (out->address.family == 0 && !out->has_mac)
		model_read_fault(l, n, W_SIDE_NO_ADDRESS, 0);
}

/* Whether an address or a MAC tells which device it is. */
static bool
is_placed(const struct jsonx *n)
{
	const struct jsonx *all = jsonx_get(n, "interfaces"), *at;

	if (all == NULL || all->kind != JSONX_ARRAY)
		return false;
	for (at = all->child; at != NULL; at = at->next)
		if (at->kind == JSONX_OBJECT &&
		    (jsonx_get(at, "address") != NULL ||
			jsonx_get(at, "mac") != NULL))
			return true;
	return false;
}

static void
host_load(struct loader *l, const struct jsonx *n, struct host *h)
{
	static const char *const keys[] = { "name", "kind", "division",
		"system", "multi-homed", "offline", "interfaces", "may-scan",
		"switching", "services", "note", NULL };
	static const char *const homed_keys[] = { "forwards", "reason",
		"number", NULL };
	const struct jsonx *item, *homed;
	size_t i = 0;

	if (!model_read_object(l, n, keys))
		return;
	h->place = model_read_place(l, n);
	h->name = model_read_string(l, n, "name",
	    is_placed(n) ? OPTIONAL : NEEDED);
	h->kind = model_read_string(l, n, "kind", OPTIONAL);
	h->system = model_read_string(l, n, "system", OPTIONAL);
	if (model_ids_member(l, NOUN_DIVISION, n, "division", OPTIONAL) !=
	    TABLE_NONE)
		h->division = jsonx_get(n, "division")->string;
	homed = jsonx_get(n, "multi-homed");
	if (homed != NULL && model_read_object(l, homed, homed_keys)) {
		h->multi_homed = true;
		h->forwards = model_read_bool(l, homed, "forwards", false);
		h->multi_homed_reason = model_read_string(l, homed, "reason",
		    OPTIONAL);
		h->multi_homed_number = model_read_string(l, homed, "number",
		    OPTIONAL);
	}
	h->offline = model_read_bool(l, n, "offline", false);
	model_segment_host(l, n, h);
	item = model_read_array(l, n, "interfaces", OPTIONAL, true,
	    &h->interface_count);
	h->interfaces = arena_calloc(l->arena, h->interface_count,
	    sizeof(*h->interfaces));
	for (; item != NULL; item = item->next)
		interface_load(l, item, &h->interfaces[i++]);
	h->note = model_read_string(l, n, "note", OPTIONAL);
}

/* ---- one address, one host */

struct host_key {
	uint32_t zone;
	struct addr address;
	uint8_t pad[3]; /* named so that every byte of a key is set */
};

_Static_assert(sizeof(struct host_key) == 24, "no hidden padding");

/* Tells of an address given to two hosts: an error in the model, a warning
 * in the ledger, whose first row stands. */
static void
twice(struct loader *l, const struct host *h, const struct host *first,
    const struct host_interface *at)
{
	struct text who = { 0 };
	struct diag_place place = h->place;
	char buf[ADDR_TEXT_MAX];
	const char *name = first->name != NULL ? first->name : "-";

	text_quote(&who, name);
	addr_format(&at->address, buf);
	if (h->from_ledger) {
		const struct bundle_file *f = bundle_find(l->bundle,
		    l->m->ledger.file);

		place.file = f->shown;
		model_ledger_fault(l, place, W_MODEL_ADDRESS_TWICE, 3, buf,
		    at->zone != NULL ? at->zone->id : "-", text_str(&who));
	} else {
		place.file = l->shown;
		words_diag(l->d, place, DIAG_ERROR, CHECK_TOP_9,
		    W_MODEL_ADDRESS_TWICE, 3, buf,
		    at->zone != NULL ? at->zone->id : "-", text_str(&who));
	}
	text_free(&who);
}

static void
addresses_once(struct loader *l)
{
	const struct model *m = l->m;
	size_t i, j, total = 0;
	struct table seen;
	struct host_key key;
	uint32_t first;

	for (i = 0; i < m->host_count; i++)
		total += m->hosts[i].interface_count;
	table_init(&seen, total + 1, sizeof(key), secret);
	for (i = 0; i < m->host_count; i++) {
		const struct host *h = &m->hosts[i];

		for (j = 0; j < h->interface_count; j++) {
			const struct host_interface *at = &h->interfaces[j];

			if (at->address.family == 0)
				continue;
			memset(&key, 0, sizeof(key));
			key.zone = at->zone ? at->zone->index : UINT32_MAX;
			key.address = at->address;
			first = table_find(&seen, &key);
			if (first == TABLE_NONE)
				(void)table_add(&seen, &key, (uint32_t)i);
			else if (first != i &&
			    (!h->from_ledger || m->hosts[first].from_ledger))
				twice(l, h, &m->hosts[first], at);
		}
	}
	table_fini(&seen);
}

void
model_host_load(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	struct host *ledger;
	size_t count, rows, i = 0;

	n = model_read_array(l, root, "hosts", OPTIONAL, true, &count);
	if (count > MODEL_HOSTS_MAX) {
		model_read_fault(l, n, W_MODEL_TOO_MANY, 2, "hosts", "200000");
		n = NULL;
		count = 0;
	}
	ledger = model_ledger_load(l, root, &rows);
	l->m->hosts = arena_calloc(l->arena, count + rows, sizeof(*ledger));
	l->m->host_count = count + rows;
	for (; n != NULL; n = n->next)
		host_load(l, n, &l->m->hosts[i++]);
	if (rows != 0)
		memcpy(l->m->hosts + count, ledger, rows * sizeof(*ledger));
	free(ledger);
	for (i = 0; i < l->m->host_count; i++)
		l->m->hosts[i].index = (uint32_t)i;
	addresses_once(l);
	model_ledger_rest(l);
}
