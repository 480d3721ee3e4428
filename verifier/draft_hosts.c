/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices of a ledger as "hosts". A server that was merely observed is not
 * written as one: that would register it, and tell of every other device of
 * its zone that it is not; it is asked about instead (draft_remark.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"
#include "draft_text.h"

struct placed_key {
	struct addr address;
	uint32_t zone;
};

static bool
is_new(struct table *t, const struct zone *zone, const struct addr *a)
{
	struct placed_key k;

	memset(&k, 0, sizeof(k));
	k.address = *a;
	k.zone = zone->index;
	if (table_find(t, &k) != TABLE_NONE)
		return false;
	return table_add(t, &k, 0);
}

static const struct division *
division_of(const struct model *m, const char *name)
{
	for (size_t i = 0; name != NULL && i < m->division_count; i++)
		if (strcmp(m->divisions[i].id, name) == 0 ||
		    strcmp(m->divisions[i].name, name) == 0)
			return &m->divisions[i];
	return NULL;
}

static void
add_text(const char *key, const char *value, struct text *out)
{
	if (value == NULL || value[0] == '\0')
		return;
	text_printf(out, ", \"%s\": ", key);
	text_json(out, value, strlen(value));
}

static void
add_interface(const struct import_device *x, const struct addr *a,
    const struct zone *zone, struct text *out)
{
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];

	text_printf(out, "{ \"zone\": \"%s\", \"address\": \"%s\"", zone->id,
	    addr_format(a, address));
	if (x->has_mac && x->address_count == 1)
		text_printf(out, ", \"mac\": \"%s\"", mac_format(&x->mac, mac));
	text_add(out, " }");
}

/* False where it has no address that could be placed. */
static bool
add_interfaces(const struct draft *d, const struct import_device *x,
    struct table *placed, struct text *out)
{
	bool any = false;

	for (size_t i = 0; i < x->address_count; i++) {
		const struct addr *a = &x->addresses[i].first;
		const struct zone *zone = draft_zone_of(d->m, a);

		if (zone == NULL || !addr_equal(a, &x->addresses[i].last) ||
		    model_host(d->m, zone, a) != NULL ||
		    !is_new(placed, zone, a))
			continue;
		text_add(out, any ? ", " : "");
		add_interface(x, a, zone, out);
		any = true;
	}
	return any;
}

static void
add_host(const struct draft *d, const struct import_device *x,
    const char *interfaces, struct text *out)
{
	const struct division *division = division_of(d->m, x->division);
	char address[ADDR_TEXT_MAX];
	const char *name = x->name;

	if (name == NULL || name[0] == '\0')
		name = addr_format(&x->addresses[0].first, address);
	text_add(out, "    { \"name\": ");
	text_json(out, name, strlen(name));
	add_text("kind", x->kind, out);
	add_text("division", division != NULL ? division->id : NULL, out);
	add_text("system", x->system, out);
	if (x->offline)
		text_add(out, ", \"offline\": true");
	text_printf(out, ", \"interfaces\": [ %s ]", interfaces);
	add_text("note", division == NULL ? x->division : x->note, out);
	text_add(out, " }");
}

static void
add_left(const struct draft *d, const struct import_device *x, struct text *out)
{
	struct text name = { 0 };
	struct draft_counts n;

	text_quote(&name, x->name != NULL ? x->name : "-");
	draft_text_counts(&n, (uint64_t[4]){ x->place.row });
	text_add(out, "    // ");
	words_add(out, d->lang, W_DRAFT_HOSTS_LEFT, 2, n.text[0],
	    text_str(&name));
	text_add_char(out, '\n');
	text_free(&name);
}

void
draft_write_hosts(struct draft *d, struct draft_source *source)
{
	const struct imported *in = &d->ledgers->devices;
	struct text rows = { 0 }, left = { 0 }, interfaces = { 0 };
	struct draft_counts n;
	struct table placed;
	size_t room = 1;

	for (size_t i = 0; i < in->device_count; i++)
		room += in->devices[i].address_count;
	table_init(&placed, room, sizeof(struct placed_key), d->seen->secret);
	for (size_t i = 0; i < in->device_count; i++) {
		const struct import_device *x = &in->devices[i];

		text_clear(&interfaces);
		if (!add_interfaces(d, x, &placed, &interfaces)) {
			add_left(d, x, &left);
			continue;
		}
		text_add(&rows, d->hosts++ > 0 ? ",\n" : "");
		add_host(d, x, text_str(&interfaces), &rows);
	}
	table_fini(&placed);
	text_clear(&interfaces);
	if (d->hosts > 0) {
		draft_text_counts(&n, (uint64_t[4]){ d->hosts });
		text_add(&interfaces, "    // ");
		words_add(&interfaces, d->lang, W_DRAFT_HOSTS_HEAD, 1,
		    n.text[0]);
		text_printf(&interfaces, "\n%s%s", text_str(&left),
		    text_str(&rows));
		draft_append(source, "hosts", text_str(&interfaces));
	} else if (left.length > 0) {
		draft_add_remark(source, text_str(&left));
	}
	text_free(&rows);
	text_free(&left);
	text_free(&interfaces);
}
