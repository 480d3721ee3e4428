/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading firewalls, the address translations they make, and proxies.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

static void
interfaces_load(struct loader *l, const struct jsonx *n,
    struct firewall *firewall)
{
	const struct jsonx *all, *member;
	struct firewall_interface *out;

	all = model_read_member(l, n, "interfaces", JSONX_OBJECT, OPTIONAL);
	if (all == NULL)
		return;
	out = arena_calloc(l->arena, all->count, sizeof(*out));
	firewall->interfaces = out;
	firewall->interface_count = all->count;
	for (member = all->child; member != NULL; member = member->next) {
		out->name = member->key;
		out->zones = model_ids_zones(l, all, member->key, NEEDED,
		    &out->zone_count);
		out++;
	}
}

/* The pseudo-zone holds the addresses of every firewall. */
static void
pseudo_zone(struct loader *l)
{
	struct zone *zone = &l->m->firewall_zone;
	struct prefix *p;
	size_t i, j, count = 0;

	for (i = 0; i < l->m->firewall_count; i++)
		count += l->m->firewalls[i].address_count;
	p = arena_calloc(l->arena, count, sizeof(*p));
	zone->networks.items = p;
	zone->networks.count = count;
	for (i = 0; i < l->m->firewall_count; i++) {
		const struct firewall *f = &l->m->firewalls[i];

		for (j = 0; j < f->address_count; j++, p++) {
			p->addr = f->addresses[j];
			p->length = (uint8_t)addr_bits(&p->addr);
		}
	}
	zone->all = model_set_normal(l->arena, &zone->networks);
	l->zone_sets[zone->index] = zone->all;
}

void
model_firewall_load(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "kind", "operator",
		"addresses", "interfaces", NULL };
	static const char *const operators[] = { "own", "other", NULL };
	const struct jsonx *n;
	struct firewall *out;
	size_t count;

	n = model_read_array(l, root, "firewalls", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->firewalls = out;
	l->m->firewall_count = count;
	model_ids_init(l, NOUN_FIREWALL, count);
	for (; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_FIREWALL, n,
		    (uint32_t)(out - l->m->firewalls));
		out->kind = (enum firewall_kind)model_read_choice(l, n, "kind",
		    model_words_firewall, FIREWALL_OPAQUE);
		out->foreign_operator = model_read_choice(l, n, "operator",
					    operators, 0) == 1;
		out->addresses = model_address_array(l, n, "addresses",
		    OPTIONAL, &out->address_count);
		interfaces_load(l, n, out);
	}
	pseudo_zone(l);
}

/* Reads "to": addresses, ranges or networks of anyone. */
static struct prefix_set
translated(struct loader *l, const struct jsonx *n)
{
	const struct jsonx *item;
	struct prefix_set out = { 0 };
	struct prefix p;
	size_t count;

	item = model_read_array(l, n, "to", NEEDED, false, &count);
	if (count == 0)
		return out;
	out.items = arena_calloc(l->arena, count, sizeof(*out.items));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "to", JSONX_STRING))
			continue;
		if (prefix_parse(item->string, &p) == PREFIX_OK)
			out.items[out.count++] = p;
		else
			model_read_fault(l, item, W_MODEL_BAD_NETWORK, 1,
			    item->string);
	}
	return out;
}

static void
static_pairs(struct loader *l, const struct jsonx *n,
    const struct translation *t)
{
	struct text inside = { 0 }, outside = { 0 };
	bool even = t->inside.count == t->to.count;
	size_t i;

	if (t->inside.count == 0) {
		model_read_fault(l, n, W_MODEL_STATIC_NO_FROM, 0);
		return;
	}
	for (i = 0; even && i < t->to.count; i++)
		even = t->inside.items[i].length == t->to.items[i].length &&
		    t->inside.items[i].addr.family ==
			t->to.items[i].addr.family;
	if (even)
		return;
	text_printf(&inside, "%zu", t->inside.count);
	text_printf(&outside, "%zu", t->to.count);
	model_read_fault(l, n, W_MODEL_STATIC_UNEVEN, 2, text_str(&inside),
	    text_str(&outside));
	text_free(&inside);
	text_free(&outside);
}

static void
translation_load(struct loader *l, const struct jsonx *n,
    struct translation *out)
{
	static const char *const keys[] = { "at", "kind", "from", "to",
		"toward", NULL };
	static const char *const from_keys[] = { "zone", "hosts", "networks",
		NULL };
	size_t before = l->d->errors;
	const struct jsonx *from;
	struct prefix_set hosts;
	uint32_t at;

	if (!model_read_object(l, n, keys))
		return;
	out->place = model_read_place(l, n);
	at = model_ids_member(l, NOUN_FIREWALL, n, "at", NEEDED);
	out->at = at != TABLE_NONE ? &l->m->firewalls[at] : NULL;
	out->kind = (enum translation_kind)model_read_choice(l, n, "kind",
	    model_words_translation, -1);
	from = model_read_member(l, n, "from", JSONX_OBJECT, NEEDED);
	if (from != NULL && model_read_object(l, from, from_keys)) {
		out->from = model_ids_zone(l, from, "zone", NEEDED, false);
		hosts = model_address_hosts(l, from, "hosts", OPTIONAL,
		    out->from);
		out->inside = model_address_networks(l, from, "networks",
		    OPTIONAL, out->from);
		out->inside = model_set_join(l->arena, &hosts, &out->inside);
	}
	out->to = translated(l, n);
	out->toward = model_ids_zone(l, n, "toward", OPTIONAL, false);
	/* The pairing is asked only of what was read without a fault. */
	if (out->kind == TRANSLATION_STATIC && l->d->errors == before)
		static_pairs(l, n, out);
}

void
model_firewall_translations(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	uint32_t i = 0;
	size_t count;

	n = model_read_array(l, root, "translations", OPTIONAL, true, &count);
	l->m->translations = arena_calloc(l->arena, count,
	    sizeof(*l->m->translations));
	l->m->translation_count = count;
	for (; n != NULL; n = n->next, i++) {
		translation_load(l, n, &l->m->translations[i]);
		l->m->translations[i].index = i;
	}
}

void
model_firewall_proxies(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "hosts", "ports", "for",
		NULL };
	const struct jsonx *n;
	struct proxy *out;
	size_t count;

	n = model_read_array(l, root, "proxies", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->proxies = out;
	l->m->proxy_count = count;
	model_ids_init(l, NOUN_PROXY, count);
	for (; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_PROXY, n,
		    (uint32_t)(out - l->m->proxies));
		out->hosts = model_address_hosts(l, n, "hosts", NEEDED, NULL);
		out->ports = model_address_ports(l, n, NEEDED,
		    &out->port_count);
		out->clients = model_ids_zones(l, n, "for", NEEDED,
		    &out->client_count);
	}
}
