/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading one end of a conduit and working out which addresses it reaches:
 * the hosts and networks written, or the whole zone, cut with the networks of
 * the account, the partner and the address list that are named.
 */
#include <string.h>

#include "model_internal.h"

static const struct account *
account_of(struct loader *l, const struct jsonx *n, const struct zone *zone)
{
	const char *id = model_read_string(l, n, "account", OPTIONAL);
	const char *noun = words_get(l->d->lang, W_NOUN_ACCOUNT), *near;
	const char **names;
	size_t i;

	if (id == NULL || zone == NULL)
		return NULL;
	names = arena_calloc(l->scratch, zone->account_count, sizeof(*names));
	for (i = 0; i < zone->account_count; i++) {
		if (strcmp(zone->accounts[i].id, id) == 0)
			return &zone->accounts[i];
		names[i] = zone->accounts[i].id;
	}
	near = model_read_nearest(l, id, names, zone->account_count);
	model_read_fault(l, jsonx_get(n, "account"),
	    near != NULL ? W_MODEL_UNKNOWN_REFERENCE_NEAR :
			   W_MODEL_UNKNOWN_REFERENCE,
	    near != NULL ? 3 : 2, noun, id, near);
	return NULL;
}

static const struct partner *
partner_of(struct loader *l, const struct jsonx *n, const struct zone *zone)
{
	const struct partner *p;
	uint32_t index;

	index = model_ids_member(l, NOUN_PARTNER, n, "partner", OPTIONAL);
	if (index == TABLE_NONE)
		return NULL;
	p = &l->m->partners[index];
	if (zone != NULL && p->zone != NULL && p->zone != zone)
		model_read_fault(l, jsonx_get(n, "partner"),
		    W_MODEL_PARTNER_ZONE, 3, p->id, p->zone->id, zone->id);
	return p;
}

/* reach, cut with what s holds. */
static struct prefix_set
cut(struct loader *l, struct prefix_set reach, const struct prefix_set *s)
{
	struct prefix_set normal = model_set_normal(l->scratch, s);

	return model_set_intersect(l->scratch, &reach, &normal);
}

static void
work_out(struct loader *l, const struct jsonx *n, struct endpoint *e)
{
	struct prefix_set reach;

	e->whole_zone = e->hosts.count == 0 && e->networks.count == 0 &&
	    e->account == NULL && e->partner == NULL && e->list == NULL;
	if (e->whole_zone)
		return;
	if (e->hosts.count == 0 && e->networks.count == 0) {
		reach = *model_address_zone(l, e->zone);
	} else {
		reach = model_set_join(l->scratch, &e->hosts, &e->networks);
		reach = model_set_normal(l->scratch, &reach);
	}
	if (e->account != NULL)
		reach = cut(l, reach, &e->account->networks);
	if (e->partner != NULL)
		reach = cut(l, reach, &e->partner->networks);
	if (e->list != NULL)
		reach = cut(l, reach, &e->list->networks);
	e->reach.count = reach.count;
	if (reach.count != 0)
		e->reach.items = arena_copy(l->arena, reach.items, reach.count,
		    sizeof(*reach.items));
	else
		model_read_fault(l, n, W_MODEL_EMPTY_REACH, 0);
}

struct endpoint
model_endpoint_load(struct loader *l, const struct jsonx *n)
{
	static const char *const keys[] = { "zone", "account", "partner",
		"list", "hosts", "networks", NULL };
	size_t before = l->d->errors;
	struct endpoint e = { 0 };
	uint32_t list;

	if (!model_read_object(l, n, keys))
		return e;
	e.place = model_read_place(l, n);
	e.zone = model_ids_zone(l, n, "zone", NEEDED, true);
	e.account = account_of(l, n, e.zone);
	e.partner = partner_of(l, n, e.zone);
	list = model_ids_member(l, NOUN_LIST, n, "list", OPTIONAL);
	if (list != TABLE_NONE)
		e.list = &l->m->lists[list];
	e.hosts = model_address_hosts(l, n, "hosts", OPTIONAL, e.zone);
	e.networks = model_address_networks(l, n, "networks", OPTIONAL, e.zone);
	/* What failed to load is not said a second time as "empty". */
	if (l->d->errors == before)
		work_out(l, n, &e);
	return e;
}

struct endpoint *
model_endpoint_array(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, size_t *count)
{
	const struct jsonx *item;
	struct endpoint *out;
	size_t i = 0;

	item = model_read_array(l, o, key, need, false, count);
	out = arena_calloc(l->arena, *count, sizeof(*out));
	for (; item != NULL; item = item->next)
		out[i++] = model_endpoint_load(l, item);
	return out;
}
