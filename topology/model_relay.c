/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading relays. A relay stands for the conduits that lead to and from its
 * hosts; they are made here, behind the declared ones, so that judging knows
 * conduits only. A relay that only pulls never takes a session from upstream.
 */
#include <assert.h>
#include <string.h>

#include "model_internal.h"

size_t
model_relay_conduits(const struct jsonx *root)
{
	const struct jsonx *all = jsonx_get(root, "relays"), *n, *down;
	size_t count = 0;

	if (all == NULL || all->kind != JSONX_ARRAY)
		return 0;
	for (n = all->child; n != NULL; n = n->next) {
		down = jsonx_get(n, "downstream");
		count += 1 + (down != NULL ? down->count : 0);
	}
	return count;
}

/* The one zone that holds every host, or NULL after a fault. */
static const struct zone *
relay_zone(struct loader *l, const struct jsonx *n, const struct relay *r)
{
	const struct zone *zone = NULL, *found;
	size_t i;

	for (i = 0; i < r->hosts.count; i++) {
		found = model_address_locate(l, &r->hosts.items[i].addr);
		if (found == NULL || (zone != NULL && zone != found)) {
			model_read_fault(l, jsonx_get(n, "hosts"),
			    W_MODEL_RELAY_ZONES, 1, r->id);
			return NULL;
		}
		zone = found;
	}
	return zone;
}

/* The hosts of the relay as one end. */
static struct endpoint
own_end(struct loader *l, const struct relay *r)
{
	struct endpoint e = { 0 };

	e.zone = r->zone;
	e.hosts = r->hosts;
	e.reach = model_set_normal(l->arena, &r->hosts);
	e.place = r->place;
	return e;
}

static void
make_conduit(struct loader *l, const struct jsonx *n, const struct relay *r,
    const char *id, const struct endpoint *from, const struct endpoint *to)
{
	struct model *m = l->m;
	struct conduit *c;

	/* Within one zone no conduit is needed. */
	if (from->zone == NULL || to->zone == NULL || from->zone == to->zone)
		return;
	assert(m->conduit_count < l->conduit_room);
	c = &m->conduits[m->conduit_count];
	c->index = (uint32_t)m->conduit_count++;
	c->id = id;
	c->name = r->name;
	c->special = r->special;
	c->from_relay = true;
	c->relay = r;
	c->from = *from;
	c->to = *to;
	c->direction = r->pull_only ? CONDUIT_FORWARD : CONDUIT_BOTH;
	c->services = r->services;
	c->approved = r->approved;
	c->expires = r->expires;
	c->place = r->place;
	model_ids_enter(l, NOUN_CONDUIT, c->id, n, c->index);
}

static void
make_conduits(struct loader *l, const struct jsonx *n, const struct relay *r)
{
	struct endpoint own = own_end(l, r);
	struct text id = { 0 };
	size_t i, j, same;

	if (r->id == NULL || r->zone == NULL || l->conduits_refused)
		return;
	for (i = 0; i < r->downstream_count; i++) {
		const struct endpoint *e = &r->downstream[i];

		if (e->zone == NULL)
			continue;
		text_clear(&id);
		text_printf(&id, "%s/downstream:%s", r->id, e->zone->id);
		for (j = same = 0; j < i; j++)
			same += r->downstream[j].zone == e->zone;
		if (same != 0)
			text_printf(&id, "#%zu", same + 1);
		make_conduit(l, n, r, arena_strdup(l->arena, text_str(&id)), e,
		    &own);
	}
	text_clear(&id);
	text_printf(&id, "%s/upstream", r->id);
	make_conduit(l, n, r, arena_strdup(l->arena, text_str(&id)), &own,
	    &r->upstream);
	text_free(&id);
}

static void
relay_load(struct loader *l, const struct jsonx *n, struct relay *r,
    uint32_t index)
{
	static const char *const keys[] = { "id", "name", "hosts", "upstream",
		"downstream", "services", "pull-only", "special", "approved",
		"expires", "note", NULL };
	size_t before = l->d->errors;
	const struct jsonx *upstream;

	if (!model_read_object(l, n, keys))
		return;
	r->place = model_read_place(l, n);
	r->id = model_ids_define(l, NOUN_RELAY, n, index);
	r->name = model_read_string(l, n, "name", OPTIONAL);
	if (r->name == NULL)
		r->name = r->id;
	r->hosts = model_address_hosts(l, n, "hosts", NEEDED, NULL);
	r->zone = relay_zone(l, n, r);
	upstream = model_read_member(l, n, "upstream", JSONX_OBJECT, NEEDED);
	if (upstream != NULL)
		r->upstream = model_endpoint_load(l, upstream);
	r->downstream = model_endpoint_array(l, n, "downstream", NEEDED,
	    &r->downstream_count);
	r->services = model_service_load(l, n, NEEDED, true);
	r->pull_only = model_read_bool(l, n, "pull-only", true);
	r->special = model_read_bool(l, n, "special", false);
	r->approved = model_value_approval(l, n, "approved");
	r->expires = model_value_day(l, n, "expires", OPTIONAL);
	r->note = model_read_string(l, n, "note", OPTIONAL);
	if (l->d->errors == before)
		make_conduits(l, n, r);
}

void
model_relay_load(struct loader *l, const struct jsonx *root)
{
	const struct jsonx *n;
	size_t count;
	uint32_t i = 0;

	n = model_read_array(l, root, "relays", OPTIONAL, true, &count);
	l->m->relays = arena_calloc(l->arena, count, sizeof(*l->m->relays));
	l->m->relay_count = count;
	model_ids_init(l, NOUN_RELAY, count);
	for (; n != NULL; n = n->next, i++)
		relay_load(l, n, &l->m->relays[i], i);
}
