/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading conduits: who may open what to whom, over which way, when, until
 * when, and who approved it.
 */
#include <stdio.h>
#include <string.h>

#include "model_internal.h"

#define COUNT_MAX INT64_C(1000000000000000)

/* ---- via */

static void
via_boundaries(struct loader *l, const struct jsonx *n, struct via *via)
{
	const struct jsonx *item;
	size_t count;
	uint32_t index;

	item = model_read_array(l, n, "boundaries", OPTIONAL, false, &count);
	via->boundaries = arena_calloc(l->arena, count,
	    sizeof(*via->boundaries));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "boundaries", JSONX_STRING))
			continue;
		index = model_ids_refer(l, NOUN_BOUNDARY, item);
		if (index != TABLE_NONE)
			via->boundaries[via->boundary_count++] =
			    &l->m->boundaries[index];
	}
}

static const struct tap *
tap_at(const struct model *m, uint32_t index)
{
	size_t i;

	for (i = 0; i < m->boundary_count; i++) {
		if (index < m->boundaries[i].tap_count)
			return &m->boundaries[i].taps[index];
		index -= (uint32_t)m->boundaries[i].tap_count;
	}
	return NULL;
}

static void
via_taps(struct loader *l, const struct jsonx *n, struct via *via)
{
	const struct jsonx *item;
	size_t count;
	uint32_t index;

	item = model_read_array(l, n, "taps", OPTIONAL, false, &count);
	via->taps = arena_calloc(l->arena, count, sizeof(*via->taps));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "taps", JSONX_STRING))
			continue;
		index = model_ids_refer(l, NOUN_TAP, item);
		if (index != TABLE_NONE)
			via->taps[via->tap_count++] = tap_at(l->m, index);
	}
}

static void
via_vlans(struct loader *l, const struct jsonx *n, struct via *via)
{
	const struct jsonx *item;
	char number[24];
	size_t count;

	item = model_read_array(l, n, "vlans", OPTIONAL, false, &count);
	via->vlans = arena_calloc(l->arena, count, sizeof(*via->vlans));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "vlans", JSONX_INTEGER))
			continue;
		if (item->integer >= 1 && item->integer <= 4094) {
			via->vlans[via->vlan_count++] = (uint16_t)item->integer;
			continue;
		}
		(void)snprintf(number, sizeof(number), "%lld",
		    (long long)item->integer);
		model_read_fault(l, item, W_MODEL_BAD_VLAN, 1, number);
	}
}

static struct via
via_load(struct loader *l, const struct jsonx *o)
{
	static const char *const keys[] = { "links", "boundaries", "taps",
		"vlans", "routers", NULL };
	const struct jsonx *n = jsonx_get(o, "via");
	struct via via = { 0 };

	if (n == NULL || !model_read_object(l, n, keys))
		return via;
	if (n->count == 0)
		model_read_fault(l, n, W_MODEL_EMPTY, 1, "via");
	via.links = model_ids_links(l, n, "links", &via.link_count);
	via_boundaries(l, n, &via);
	via_taps(l, n, &via);
	via_vlans(l, n, &via);
	via.routers = model_address_array(l, n, "routers", OPTIONAL,
	    &via.router_count);
	return via;
}

/* ---- smaller members */

static void
names_load(struct loader *l, const struct jsonx *n, struct conduit *c)
{
	const struct jsonx *item;
	const char *name;
	size_t count;

	item = model_read_array(l, n, "server-names", OPTIONAL, false, &count);
	c->server_names = arena_calloc(l->arena, count,
	    sizeof(*c->server_names));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "server-names", JSONX_STRING))
			continue;
		name = model_value_name(l->arena, item->string);
		if (name != NULL)
			c->server_names[c->server_name_count++] = name;
		else
			model_read_fault(l, item, W_MODEL_BAD_NAME, 1,
			    item->string);
	}
}

/* A renewal counts with its number only (checks SEG-8), so the plain word is
 * refused with the way to write it. */
static void
renewal_load(struct loader *l, const struct jsonx *o, struct conduit *c)
{
	static const char *const keys[] = { "state", "number", NULL };
	static const char *const states[] = { "in-progress", NULL };
	const struct jsonx *n = jsonx_get(o, "renewal");

	if (jsonx_get(o, "renewal-number") != NULL && n == NULL)
		n = jsonx_get(o, "renewal-number");
	if (n == NULL)
		return;
	if (n->kind != JSONX_OBJECT) {
		model_read_fault(l, n, W_MODEL_RENEWAL_PLAIN, 0);
		return;
	}
	if (!model_read_object(l, n, keys))
		return;
	(void)model_read_choice(l, n, "state", states, -1);
	c->renewal_number = model_read_string(l, n, "number", NEEDED);
	c->renewal = c->renewal_number != NULL;
}

static void
origin_load(struct loader *l, const struct jsonx *o, struct conduit *c)
{
	static const char *const keys[] = { "state", "first", "last", "count",
		NULL };
	static const char *const states[] = { "declared", "observed", NULL };
	const struct jsonx *n = jsonx_get(o, "origin");

	if (n == NULL)
		return;
	if (n->kind == JSONX_STRING) {
		c->observed = model_read_choice(l, o, "origin", states, -1) ==
		    1;
		return;
	}
	if (!model_read_object(l, n, keys))
		return;
	c->observed = model_read_choice(l, n, "state", states, -1) == 1;
	c->seen_first = model_read_string(l, n, "first", OPTIONAL);
	c->seen_last = model_read_string(l, n, "last", OPTIONAL);
	c->seen_count = model_read_number(l, n, "count", 0, COUNT_MAX, 0);
}

static void
ends_load(struct loader *l, const struct jsonx *n, struct conduit *c)
{
	const struct jsonx *from, *to;

	from = model_read_member(l, n, "from", JSONX_OBJECT, NEEDED);
	if (from != NULL)
		c->from = model_endpoint_load(l, from);
	to = model_read_member(l, n, "to", JSONX_OBJECT, NEEDED);
	if (to != NULL)
		c->to = model_endpoint_load(l, to);
	l->milder = true;
	if (c->from.zone != NULL && c->from.zone == c->to.zone)
		model_read_fault(l, to, W_MODEL_SAME_ZONE, 1, c->from.zone->id);
	l->milder = false;
}

static void
dates_load(struct loader *l, const struct jsonx *n, struct conduit *c)
{
	c->starts = model_value_day(l, n, "starts", OPTIONAL);
	c->expires = model_value_day(l, n, "expires", OPTIONAL);
	if (c->starts.year != 0 && c->expires.year != 0 &&
	    day_compare(c->expires, c->starts) < 0)
		model_read_fault(l, jsonx_get(n, "expires"),
		    W_MODEL_EXPIRES_FIRST, 0);
	c->review_months = model_value_months(l, n, "review", 0);
	c->reviewed = model_value_day(l, n, "reviewed", OPTIONAL);
	renewal_load(l, n, c);
}

static void
conduit_load(struct loader *l, const struct jsonx *n, struct conduit *c)
{
	static const char *const keys[] = { "id", "name", "special", "bulk",
		"owner", "basis", "carries", "from", "to", "direction",
		"services", "via", "server-names", "encryption", "transfers",
		"schedule", "emergency", "approved", "starts", "expires",
		"renewal", "renewal-number", "review", "reviewed", "origin",
		"note", NULL };
	static const char *const when_keys[] = { "calendar", "hours", NULL };
	static const char *const emergency[] = { "none", "only", NULL };
	const struct jsonx *when;

	if (!model_read_object(l, n, keys))
		return;
	c->place = model_read_place(l, n);
	c->id = model_ids_define(l, NOUN_CONDUIT, n, c->index);
	c->name = model_read_string(l, n, "name", OPTIONAL);
	if (c->name == NULL)
		c->name = c->id;
	c->special = model_read_bool(l, n, "special", false);
	c->bulk = model_read_bool(l, n, "bulk", false);
	c->owner = model_read_string(l, n, "owner", OPTIONAL);
	l->milder = true; /* who answers for it, not what it permits */
	if (c->owner != NULL)
		model_ids_refer(l, NOUN_DIVISION, jsonx_get(n, "owner"));
	l->milder = false;
	c->basis = model_read_string(l, n, "basis", OPTIONAL);
	c->carries = model_read_strings(l, n, "carries", OPTIONAL,
	    &c->carry_count);
	ends_load(l, n, c);
	c->direction = (enum conduit_direction)model_read_choice(l, n,
	    "direction", model_words_direction, CONDUIT_FORWARD);
	c->services = model_service_load(l, n, NEEDED, true);
	c->via = via_load(l, n);
	names_load(l, n, c);
	c->encryption = (enum encryption_class)model_read_choice(l, n,
	    "encryption", model_words_encryption, ENCRYPTION_NONE);
	c->transfers = (enum conduit_transfers)model_read_choice(l, n,
	    "transfers", model_words_transfers, TRANSFERS_ANY);
	when = jsonx_get(n, "schedule");
	if (when != NULL && model_read_object(l, when, when_keys))
		c->schedule = model_value_schedule(l, when);
	c->emergency_only = model_read_choice(l, n, "emergency", emergency,
				0) == 1;
	c->approved = model_value_approval(l, n, "approved");
	dates_load(l, n, c);
	origin_load(l, n, c);
	c->note = model_read_string(l, n, "note", OPTIONAL);
}

void
model_conduit_load(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	size_t count, all;
	uint32_t i = 0;

	n = model_read_array(l, root, "conduits", OPTIONAL, true, &count);
	all = count + model_relay_conduits(root);
	if (all > MODEL_CONDUITS_MAX) {
		model_read_fault(l, n != NULL ? n : root, W_MODEL_TOO_MANY, 2,
		    "conduits", "200000");
		n = NULL;
		all = count = 0;
		l->conduits_refused = true;
	}
	/* Room for those of relays too: the array never moves. */
	l->m->conduits = arena_calloc(l->arena, all, sizeof(struct conduit));
	l->m->conduit_count = count;
	l->conduit_room = all;
	model_ids_init(l, NOUN_CONDUIT, all);
	for (; n != NULL; n = n->next, i++) {
		l->m->conduits[i].index = i;
		conduit_load(l, n, &l->m->conduits[i]);
	}
}
