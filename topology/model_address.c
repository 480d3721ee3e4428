/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses, networks, ranges, ports and MACs as members of a model, and the
 * rule that an address named under a zone must be the zone's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

#define RANGE_MAX 256 /* prefixes one range may need: 2 * 128 - 2 */
#define HOST_TEXT_MAX (2 * ADDR_TEXT_MAX)

struct addr
model_address(struct loader *l, const struct jsonx *o, const char *key,
    enum need need)
{
	const char *text = model_read_string(l, o, key, need);
	struct addr out = { 0 }, none = { 0 };

	if (text == NULL)
		return none;
	if (addr_parse(text, &out))
		return out;
	model_read_fault(l, jsonx_get(o, key), W_MODEL_BAD_ADDRESS, 1, text);
	return none;
}

struct addr *
model_address_array(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, size_t *count)
{
	const struct jsonx *item;
	struct addr *out;
	size_t n;

	item = model_read_array(l, o, key, need, false, &n);
	*count = 0;
	if (n == 0)
		return NULL;
	out = arena_calloc(l->arena, n, sizeof(*out));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, key, JSONX_STRING))
			continue;
		if (addr_parse(item->string, &out[*count]))
			(*count)++;
		else
			model_read_fault(l, item, W_MODEL_BAD_ADDRESS, 1,
			    item->string);
	}
	return out;
}

/* "outside" never claims what the registries reserve for special purposes.
 * Shorter prefixes, such as 0.0.0.0/0, hold more than one kind. */
bool
model_address_special(const struct prefix *p)
{
	enum addr_kind kind = addr_kind(&p->addr);

	return p->length >= 7 && kind != ADDR_GLOBAL && kind != ADDR_RESERVED;
}

const struct prefix_set *
model_address_zone(const struct loader *l, const struct zone *zone)
{
	static const struct prefix_set nothing = { 0 };

	return zone != NULL ? &l->zone_sets[zone->index] : &nothing;
}

bool
model_address_within(struct loader *l, const struct jsonx *item,
    const struct zone *zone, const struct prefix *p)
{
	char buf[PREFIX_TEXT_MAX];
	enum word word;

	if (zone == NULL || zone->id[0] == '\0')
		return true; /* its own fault is told already */
	if (!model_set_covers(model_address_zone(l, zone), p))
		word = W_MODEL_OUTSIDE_ZONE;
	else if (zone->tier == TIER_OUTSIDE && model_address_special(p))
		word = W_MODEL_OUTSIDE_SPECIAL;
	else
		return true;
	if (p->length == addr_bits(&p->addr))
		(void)addr_format(&p->addr, buf);
	else
		(void)prefix_format(p, buf);
	model_read_fault(l, item, word, 2, buf, zone->id);
	return false;
}

static bool
parse_network(struct loader *l, const struct jsonx *item, struct prefix *out)
{
	char buf[PREFIX_TEXT_MAX];

	switch (prefix_parse(item->string, out)) {
	case PREFIX_OK:
		if (out->length < 96 || !addr_is_v4_mapped(&out->addr))
			return true;
		model_read_fault(l, item, W_MODEL_V4_MAPPED, 1, item->string);
		return false;
	case PREFIX_HOST_BITS:
		model_read_fault(l, item, W_MODEL_HOST_BITS, 2, item->string,
		    prefix_format(out, buf));
		return false;
	default:
		model_read_fault(l, item, W_MODEL_BAD_NETWORK, 1, item->string);
		return false;
	}
}

struct prefix_set
model_address_networks(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, const struct zone *within)
{
	struct prefix_set out = { 0 };
	const struct jsonx *item;
	struct prefix p;
	size_t n;

	item = model_read_array(l, o, key, need, false, &n);
	if (n == 0)
		return out;
	out.items = arena_calloc(l->arena, n, sizeof(*out.items));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, key, JSONX_STRING) ||
		    !parse_network(l, item, &p))
			continue;
		if (within == NULL || model_address_within(l, item, within, &p))
			out.items[out.count++] = p;
	}
	return out;
}

/* An address or a range into out[RANGE_MAX]; 0 when it is neither. */
static size_t
parse_host(const char *text, struct prefix *out)
{
	char first[HOST_TEXT_MAX];
	const char *dash = strchr(text, '-');
	struct addr a, b;
	size_t length;

	if (dash == NULL) {
		if (!addr_parse(text, &a))
			return 0;
		out[0].addr = a;
		out[0].length = (uint8_t)addr_bits(&a);
		return 1;
	}
	length = (size_t)(dash - text);
	if (length >= sizeof(first))
		return 0;
	memcpy(first, text, length);
	first[length] = '\0';
	if (!addr_parse(first, &a) || !addr_parse(dash + 1, &b) ||
	    a.family != b.family || addr_compare(&a, &b) > 0)
		return 0;
	return prefix_from_range(&a, &b, out, RANGE_MAX);
}

/* What one element stands for, into found[RANGE_MAX]; 0 after a fault. */
static size_t
host_item(struct loader *l, const struct jsonx *item, const char *key,
    const struct zone *within, struct prefix *found)
{
	size_t n, i;

	if (!model_read_item(l, item, key, JSONX_STRING))
		return 0;
	n = parse_host(item->string, found);
	if (n != 0 && addr_is_v4_mapped(&found[0].addr)) {
		model_read_fault(l, item, W_MODEL_V4_MAPPED, 1, item->string);
		return 0;
	}
	if (n == 0)
		model_read_fault(l, item,
		    strchr(item->string, '/') != NULL ?
			W_MODEL_HOST_IS_NETWORK :
			W_MODEL_BAD_HOST,
		    1, item->string);
	for (i = 0; within != NULL && i < n; i++)
		if (!model_address_within(l, item, within, &found[i]))
			return 0;
	return n;
}

struct prefix_set
model_address_hosts(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, const struct zone *within)
{
	struct prefix_set out = { 0 };
	struct prefix found[RANGE_MAX], *all = NULL;
	const struct jsonx *item;
	size_t n, i, capacity = 0;

	item = model_read_array(l, o, key, need, false, &n);
	for (; item != NULL; item = item->next) {
		n = host_item(l, item, key, within, found);
		for (i = 0; i < n; i++) {
			all = mem_grow(all, &capacity, out.count, sizeof(*all));
			all[out.count++] = found[i];
		}
	}
	if (out.count != 0)
		out.items = arena_copy(l->arena, all, out.count, sizeof(*all));
	free(all);
	return out;
}

struct port_range *
model_address_ports(struct loader *l, const struct jsonx *o, enum need need,
    size_t *count)
{
	struct port_range *out;
	const struct jsonx *item;
	char number[24];
	const char *text;
	size_t n;

	item = model_read_array(l, o, "ports", need, false, &n);
	*count = 0;
	if (n == 0)
		return NULL;
	out = arena_calloc(l->arena, n, sizeof(*out));
	for (; item != NULL; item = item->next) {
		text = item->string;
		if (item->kind == JSONX_INTEGER) {
			(void)snprintf(number, sizeof(number), "%lld",
			    (long long)item->integer);
			text = number;
		} else if (!model_read_item(l, item, "ports", JSONX_STRING)) {
			continue;
		}
		if (port_range_parse(text, &out[*count]))
			(*count)++;
		else
			model_read_fault(l, item, W_MODEL_BAD_PORTS, 1, text);
	}
	return out;
}

struct mac
model_address_mac(struct loader *l, const struct jsonx *item)
{
	struct mac out = { { 0 } }, none = { { 0 } };

	if (!mac_parse(item->string, &out)) {
		model_read_fault(l, item, W_MODEL_BAD_MAC, 1, item->string);
		return none;
	}
	if (mac_is_group(&out)) {
		model_read_fault(l, item, W_MODEL_GROUP_MAC, 1, item->string);
		return none;
	}
	return out;
}

const struct zone *
model_address_locate(const struct loader *l, const struct addr *a)
{
	struct prefix whole = { *a, (uint8_t)addr_bits(a) };
	const struct zone *zone;
	uint32_t index = prefix_map_find(&l->located, a);

	if (index == TABLE_NONE || index == LOCATED_TWICE)
		return NULL;
	zone = &l->m->zones[index];
	return zone->tier == TIER_OUTSIDE && model_address_special(&whole) ?
	    NULL :
	    zone;
}
