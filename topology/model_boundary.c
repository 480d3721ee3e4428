/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading the box's own probes and the boundaries with their taps: which
 * segment a tap or VLAN watches, which routers may forward onto it, and what
 * is said not to be watched.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

#define VIRTUAL_MACS_MAX 512 /* PAN: 256 interfaces of two devices */

static void
probes_load(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "management", NULL };
	static const char *const at_keys[] = { "zone", "address", NULL };
	const struct jsonx *n, *at;
	struct probe_declared *out;
	size_t count;

	n = model_read_array(l, root, "probes", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->probes = out;
	l->m->probe_count = count;
	model_ids_init(l, NOUN_PROBE, count);
	for (; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_PROBE, n,
		    (uint32_t)(out - l->m->probes));
		at = model_read_member(l, n, "management", JSONX_OBJECT,
		    OPTIONAL);
		if (at == NULL || !model_read_object(l, at, at_keys))
			continue;
		out->zone = model_ids_zone(l, at, "zone", NEEDED, false);
		out->address = model_address(l, at, "address", NEEDED);
		if (out->address.family != 0) {
			struct prefix p = { out->address,
				(uint8_t)addr_bits(&out->address) };

			(void)model_address_within(l, jsonx_get(at, "address"),
			    out->zone, &p);
		}
	}
}

/* ---- routers */

/* How a redundancy protocol makes a MAC of a group number. */
enum virtual_kind {
	VIRTUAL_VRRP,
	VIRTUAL_HSRP,
	VIRTUAL_HSRP2,
	VIRTUAL_GLBP,
	VIRTUAL_FGCP,
	VIRTUAL_PAN,
};

#define GLBP_FORWARDERS 4
#define PAN_SECOND 0x80 /* of the other device of an active pair */

static struct mac
mac_of(uint32_t first, unsigned fourth, unsigned fifth, unsigned last)
{
	return (struct mac){ { (uint8_t)(first >> 16), (uint8_t)(first >> 8),
	    (uint8_t)first, (uint8_t)fourth, (uint8_t)fifth, (uint8_t)last } };
}

/* Fortinet: 256 groups a prefix, the last byte is the interface. */
static size_t
fgcp_macs(unsigned group, struct mac out[VIRTUAL_MACS_MAX])
{
	size_t n;

	for (n = 0; n < 256; n++)
		out[n] = group < 256 ?
		    mac_of(0x00090f, 0x09, group, (unsigned)n) :
		    mac_of(0xe023ff, 0xfb + (group >> 8), group, (unsigned)n);
	return n;
}

/* Palo Alto: the group, with the device where both are active; then the
 * interface. */
static size_t
pan_macs(unsigned group, struct mac out[VIRTUAL_MACS_MAX])
{
	size_t n = 0;
	unsigned i;

	for (i = 0; i < 256; i++) {
		out[n++] = mac_of(0x001b17, 0x00, group, i);
		out[n++] = mac_of(0x001b17, 0x00, group | PAN_SECOND, i);
	}
	return n;
}

static size_t
virtual_macs(enum virtual_kind kind, unsigned group, uint8_t family,
    struct mac out[VIRTUAL_MACS_MAX])
{
	size_t n = 0;
	unsigned i;

	switch (kind) {
	case VIRTUAL_VRRP: /* RFC 5798, 7.3: one for each family */
		if (family != 6)
			out[n++] = mac_of(0x00005e, 0x00, 0x01, group);
		if (family != 4)
			out[n++] = mac_of(0x00005e, 0x00, 0x02, group);
		break;
	case VIRTUAL_HSRP: /* RFC 2281, 5.1 */
		out[n++] = mac_of(0x00000c, 0x07, 0xac, group);
		break;
	case VIRTUAL_HSRP2: /* likewise one for each family */
		if (family != 6)
			out[n++] = mac_of(0x00000c, 0x9f, 0xf0 | group >> 8,
			    group);
		if (family != 4)
			out[n++] = mac_of(0x000573, 0xa0, group >> 8, group);
		break;
	case VIRTUAL_GLBP: /* ten bits of group, then who of them forwards */
		for (i = 1; i <= GLBP_FORWARDERS; i++)
			out[n++] = mac_of(0x0007b4, group >> 8, group, i);
		break;
	case VIRTUAL_FGCP:
		return fgcp_macs(group, out);
	case VIRTUAL_PAN:
		return pan_macs(group, out);
	}
	return n;
}

static size_t
virtual_load(struct loader *l, const struct jsonx *n, uint8_t family,
    struct mac out[VIRTUAL_MACS_MAX])
{
	static const char *const keys[] = { "kind", "group", NULL };
	static const char *const kinds[] = { "vrrp", "hsrp", "hsrp2", "glbp",
		"fgcp", "pan", NULL };
	static const unsigned most[] = { 255, 255, 4095, 1023, 1023, 63 };
	const struct jsonx *group;
	char number[24];
	int kind;

	if (!model_read_object(l, n, keys))
		return 0;
	kind = model_read_choice(l, n, "kind", kinds, -1);
	group = model_read_member(l, n, "group", JSONX_INTEGER, NEEDED);
	if (group == NULL || kind < 0)
		return 0;
	if (group->integer <
		(kind == VIRTUAL_VRRP || kind == VIRTUAL_PAN ? 1 : 0) ||
	    group->integer > (int64_t)most[kind]) {
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)group->integer);
		model_read_fault(l, group, W_MODEL_VIRTUAL_GROUP, 2,
		    kinds[kind], number);
		return 0;
	}
	return virtual_macs((enum virtual_kind)kind, (unsigned)group->integer,
	    family, out);
}

static void
add_mac(struct router *r, const struct mac *m)
{
	size_t i;

	for (i = 0; i < r->mac_count; i++)
		if (mac_equal(&r->macs[i], m))
			return;
	r->macs[r->mac_count++] = *m;
}

static void
router_macs(struct loader *l, const struct jsonx *n, struct router *r)
{
	struct mac virtual[VIRTUAL_MACS_MAX], m;
	const struct mac none = { { 0 } };
	const struct jsonx *item, *v = jsonx_get(n, "virtual");
	size_t count, made = 0, i;

	item = model_read_array(l, n, "macs", OPTIONAL, false, &count);
	if (v != NULL)
		made = virtual_load(l, v, r->address.family, virtual);
	r->macs = arena_calloc(l->arena, count + made, sizeof(*r->macs));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "macs", JSONX_STRING))
			continue;
		m = model_address_mac(l, item);
		if (!mac_equal(&m, &none))
			add_mac(r, &m);
	}
	for (i = 0; i < made; i++)
		add_mac(r, &virtual[i]);
}

/* The zone of the boundary that holds the address; outside holds none. */
static const struct zone *
zone_at(const struct boundary *b, const struct addr *a)
{
	const struct zone *best = NULL;
	int length = -1;
	size_t i, j;

	for (i = 0; i < b->zone_count; i++) {
		const struct prefix_set *s = &b->zones[i]->networks;

		if (b->zones[i]->tier == TIER_OUTSIDE)
			continue;
		for (j = 0; j < s->count; j++) {
			if ((int)s->items[j].length <= length ||
			    !prefix_contains(&s->items[j], a))
				continue;
			length = s->items[j].length;
			best = b->zones[i];
		}
	}
	return best;
}

static void
routers_load(struct loader *l, const struct jsonx *n, struct tap *tap)
{
	static const char *const keys[] = { "address", "macs", "virtual",
		"link", NULL };
	const struct jsonx *item;
	struct router *r;
	size_t count;

	item = model_read_array(l, n, "routers", OPTIONAL, true, &count);
	tap->routers = arena_calloc(l->arena, count, sizeof(*tap->routers));
	for (; item != NULL; item = item->next) {
		if (!model_read_object(l, item, keys))
			continue;
		r = &tap->routers[tap->router_count++];
		r->place = model_read_place(l, item);
		r->address = model_address(l, item, "address", OPTIONAL);
		r->link = model_ids_link(l, item, "link");
		router_macs(l, item, r);
		if (r->address.family != 0)
			r->zone = zone_at(tap->boundary, &r->address);
		if (r->zone == NULL)
			r->zone = tap->segment;
	}
}

/* ---- taps */

static void
at_boundary(struct loader *l, const struct jsonx *n, const struct boundary *b,
    const struct zone *zone)
{
	size_t i;

	for (i = 0; zone != NULL && i < b->zone_count; i++)
		if (b->zones[i] == zone)
			return;
	if (zone != NULL)
		model_read_fault(l, n, W_MODEL_ZONE_NOT_AT_BOUNDARY, 2,
		    zone->id, b->id);
}

static int
compare_vlans(const void *left, const void *right)
{
	const struct tap_vlan *a = left, *b = right;

	return (int)a->id - (int)b->id;
}

/* The number in a key: decimal, 1..4094, or 0. */
static uint16_t
vlan_number(const char *text)
{
	unsigned n = 0;
	const char *p;

	for (p = text; *p >= '0' && *p <= '9' && p - text < 5; p++)
		n = n * 10 + (unsigned)(*p - '0');
	return *p == '\0' && text[0] != '0' && n <= 4094 ? (uint16_t)n : 0;
}

static void
vlans_load(struct loader *l, const struct jsonx *n, struct tap *tap)
{
	static const char *const keys[] = { "zone", "link", NULL };
	const struct jsonx *all, *v;
	struct tap_vlan *out;

	all = model_read_member(l, n, "vlans", JSONX_OBJECT, OPTIONAL);
	if (all == NULL)
		return;
	out = arena_calloc(l->arena, all->count, sizeof(*out));
	tap->vlans = out;
	for (v = all->child; v != NULL; v = v->next) {
		uint16_t id = vlan_number(v->key);

		if (id == 0) {
			model_read_fault(l, v, W_MODEL_BAD_VLAN, 1, v->key);
			continue;
		}
		out->id = id;
		if (v->kind == JSONX_STRING) {
			out->zone = model_ids_zone(l, all, v->key, NEEDED,
			    false);
		} else if (model_read_object(l, v, keys)) {
			out->zone = model_ids_zone(l, v, "zone", NEEDED, false);
			out->link = model_ids_link(l, v, "link");
		}
		at_boundary(l, v, tap->boundary, out->zone);
		out++;
	}
	tap->vlan_count = (size_t)(out - tap->vlans);
	qsort(tap->vlans, tap->vlan_count, sizeof(*out), compare_vlans);
}

static void
tap_load(struct loader *l, const struct jsonx *n, struct tap *tap)
{
	static const char *const keys[] = { "id", "probe", "interface",
		"segment", "link", "direction", "silent-after", "vlans",
		"routers", "quiet", "mirror", "neighbours", "root-bridge",
		"note", NULL };
	static const char *const quiet_keys[] = { "calendar", "hours", NULL };
	const struct jsonx *quiet;
	uint32_t probe;

	if (!model_read_object(l, n, keys))
		return;
	tap->place = model_read_place(l, n);
	tap->id = model_ids_define(l, NOUN_TAP, n, tap->index);
	probe = model_ids_member(l, NOUN_PROBE, n, "probe", OPTIONAL);
	if (probe != TABLE_NONE)
		tap->probe = l->m->probes[probe].id;
	tap->interface = model_read_string(l, n, "interface", OPTIONAL);
	tap->segment = model_ids_zone(l, n, "segment", OPTIONAL, false);
	if (tap->segment != NULL)
		at_boundary(l, jsonx_get(n, "segment"), tap->boundary,
		    tap->segment);
	tap->link = model_ids_link(l, n, "link");
	tap->direction = (enum tap_direction)model_read_choice(l, n,
	    "direction", model_words_tap_direction, TAP_BOTH);
	tap->silent_after_us = model_value_duration(l, n, "silent-after", 0);
	vlans_load(l, n, tap);
	routers_load(l, n, tap);
	quiet = jsonx_get(n, "quiet");
	if (quiet != NULL && model_read_object(l, quiet, quiet_keys))
		tap->quiet = model_value_schedule(l, quiet);
	model_segment_tap(l, n, tap);
	tap->note = model_read_string(l, n, "note", OPTIONAL);
}

static void
taps_load(struct loader *l, const struct jsonx *n, struct boundary *b)
{
	const struct jsonx *item;
	size_t count;

	item = model_read_array(l, n, "taps", OPTIONAL, true, &count);
	b->taps = arena_calloc(l->arena, count, sizeof(*b->taps));
	b->tap_count = count;
	for (count = 0; item != NULL; item = item->next, count++) {
		b->taps[count].boundary = b;
		b->taps[count].index = (uint32_t)l->m->tap_count++;
		tap_load(l, item, &b->taps[count]);
	}
}

/* ---- the rest of a boundary */

static void
unmonitored_load(struct loader *l, const struct jsonx *n, struct boundary *b)
{
	static const char *const keys[] = { "zone", "reason", NULL };
	const struct jsonx *item;
	struct unmonitored *out;
	size_t count;

	item = model_read_array(l, n, "unmonitored", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	b->unmonitored = out;
	for (; item != NULL; item = item->next) {
		if (!model_read_object(l, item, keys))
			continue;
		out->zone = model_ids_zone(l, item, "zone", NEEDED, false);
		out->reason = model_read_string(l, item, "reason", NEEDED);
		at_boundary(l, item, b, out->zone);
		out++;
	}
	b->unmonitored_count = (size_t)(out - b->unmonitored);
}

static const struct tap *
tap_of(struct loader *l, const struct jsonx *n, const struct boundary *b)
{
	const char *id = model_read_string(l, n, "tap", NEEDED);
	size_t i;

	if (id == NULL)
		return NULL;
	for (i = 0; i < b->tap_count; i++)
		if (b->taps[i].id != NULL && strcmp(b->taps[i].id, id) == 0)
			return &b->taps[i];
	if (model_ids_refer(l, NOUN_TAP, jsonx_get(n, "tap")) != TABLE_NONE)
		model_read_fault(l, jsonx_get(n, "tap"),
		    W_MODEL_TAP_NOT_AT_BOUNDARY, 2, id, b->id);
	return NULL;
}

static void
heartbeats_load(struct loader *l, const struct jsonx *n, struct boundary *b)
{
	static const char *const keys[] = { "tap", "from", "to", "service",
		"every", NULL };
	const struct jsonx *item, *service;
	struct heartbeat *out;
	struct service s;
	size_t count;

	item = model_read_array(l, n, "heartbeats", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	b->heartbeats = out;
	for (; item != NULL; item = item->next) {
		if (!model_read_object(l, item, keys))
			continue;
		out->tap = tap_of(l, item, b);
		out->from = model_address(l, item, "from", NEEDED);
		out->to = model_address(l, item, "to", NEEDED);
		if (jsonx_get(item, "every") == NULL)
			model_read_fault(l, item, W_MODEL_MISSING, 1, "every");
		out->every_us = model_value_duration(l, item, "every", 0);
		memset(&s, 0, sizeof(s));
		service = model_read_member(l, item, "service", JSONX_OBJECT,
		    NEEDED);
		if (service != NULL)
			model_service_one(l, service, &s);
		out->protocol = (uint8_t)s.protocol;
		if (s.protocol == PROTOCOL_ANY)
			model_read_fault(l, service, W_MODEL_BAD_PROTOCOL, 1,
			    "any");
		if (s.port_count != 0)
			out->port = s.ports[0].first;
		if (s.port_count > 1 ||
		    (s.port_count == 1 && s.ports[0].last != out->port))
			model_read_fault(l, service, W_MODEL_TOO_MANY, 2,
			    "ports", "1");
		out++;
	}
	b->heartbeat_count = (size_t)(out - b->heartbeats);
}

void
model_boundary_load(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "name", "firewall", "zones",
		"taps", "unmonitored", "heartbeats", "note", NULL };
	const struct jsonx *n, *first, *taps;
	struct boundary *out;
	size_t count, tap_total = 0;
	uint32_t firewall;

	probes_load(l, root);
	first = model_read_array(l, root, "boundaries", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->boundaries = out;
	l->m->boundary_count = count;
	model_ids_init(l, NOUN_BOUNDARY, count);
	for (n = first; n != NULL; n = n->next) {
		taps = jsonx_get(n, "taps");
		tap_total += taps != NULL ? taps->count : 0;
	}
	model_ids_init(l, NOUN_TAP, tap_total);
	for (n = first; n != NULL; n = n->next, out++) {
		out->index = (uint32_t)(out - l->m->boundaries);
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_BOUNDARY, n, out->index);
		out->name = model_read_string(l, n, "name", OPTIONAL);
		if (out->name == NULL)
			out->name = out->id;
		firewall = model_ids_member(l, NOUN_FIREWALL, n, "firewall",
		    OPTIONAL);
		if (firewall != TABLE_NONE)
			out->firewall = &l->m->firewalls[firewall];
		out->zones = model_ids_zones(l, n, "zones", NEEDED,
		    &out->zone_count);
		taps_load(l, n, out);
		unmonitored_load(l, n, out);
		heartbeats_load(l, n, out);
		out->note = model_read_string(l, n, "note", OPTIONAL);
	}
}
