/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading zones with their accounts, the links that lead to them, and the
 * partners in them.
 */
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

static void
link_encryption(struct loader *l, const struct jsonx *n, struct link *out)
{
	static const char *const keys[] = { "minimum", "or-link", "document",
		NULL };
	const struct jsonx *e = jsonx_get(n, "encryption");
	int i;

	if (e == NULL || !model_read_object(l, e, keys))
		return;
	out->has_encryption = true;
	out->minimum = (enum encryption_class)model_read_choice(l, e, "minimum",
	    model_words_encryption, -1);
	i = model_read_choice(l, e, "or-link", model_words_encryption, 0);
	out->or_link = i ? model_words_encryption[i] : NULL;
	out->document = model_read_string(l, e, "document", OPTIONAL);
}

void
model_zone_links(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "name", "kind", "encryption",
		"approved", "note", NULL };
	const struct jsonx *n;
	struct link *out;
	size_t count;

	n = model_read_array(l, root, "links", OPTIONAL, true, &count);
	l->m->links = arena_calloc(l->arena, count, sizeof(*out));
	l->m->link_count = count;
	model_ids_init(l, NOUN_LINK, count);
	for (out = l->m->links; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->index = (uint32_t)(out - l->m->links);
		out->id = model_ids_define(l, NOUN_LINK, n, out->index);
		out->name = model_read_string(l, n, "name", OPTIONAL);
		if (out->name == NULL)
			out->name = out->id;
		out->kind = model_read_string(l, n, "kind", NEEDED);
		link_encryption(l, n, out);
		out->approved = model_value_approval(l, n, "approved");
		out->note = model_read_string(l, n, "note", OPTIONAL);
	}
}

static void
account_load(struct loader *l, const struct jsonx *n, struct zone *zone)
{
	static const char *const keys[] = { "id", "provider", "vendor", "usage",
		"networks", NULL };
	struct account *a = &zone->accounts[zone->account_count];

	if (!model_read_object(l, n, keys))
		return;
	a->id = model_read_string(l, n, "id", NEEDED);
	if (a->id == NULL)
		return;
	a->provider = model_read_string(l, n, "provider", OPTIONAL);
	a->vendor = model_read_string(l, n, "vendor", OPTIONAL);
	a->usage = model_read_string(l, n, "usage", OPTIONAL);
	a->networks = model_address_networks(l, n, "networks", NEEDED, zone);
	a->place = model_read_place(l, n);
	zone->account_count++;
}

static int
compare_accounts(const void *left, const void *right)
{
	const struct account *const *a = left, *const *b = right;
	int order = strcmp((*a)->id, (*b)->id);

	return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* Tells ids that stand twice, the later one. */
static void
accounts_once(struct loader *l, const struct zone *zone)
{
	const struct account **sorted;
	size_t i;

	sorted = arena_calloc(l->scratch, zone->account_count,
	    sizeof(const struct account *));
	for (i = 0; i < zone->account_count; i++)
		sorted[i] = &zone->accounts[i];
	if (i > 1)
		qsort(sorted, i, sizeof(const struct account *),
		    compare_accounts);
	for (i = 1; i < zone->account_count; i++) {
		const struct jsonx at = { .line = sorted[i]->place.line,
			.column = sorted[i]->place.column };

		if (strcmp(sorted[i - 1]->id, sorted[i]->id) == 0)
			model_read_fault(l, &at, W_MODEL_LISTED_TWICE, 1,
			    sorted[i]->id);
	}
}

/* "outside" never claims special addresses, so naming them is of no use. */
static void
outside_networks(struct loader *l, const struct jsonx *n,
    const struct zone *zone)
{
	const struct jsonx *all = jsonx_get(n, "networks"), *item;
	struct prefix p;

	if (zone->tier != TIER_OUTSIDE || all == NULL ||
	    all->kind != JSONX_ARRAY)
		return;
	l->milder = true;
	for (item = all->child; item != NULL; item = item->next)
		if (item->kind == JSONX_STRING &&
		    prefix_parse(item->string, &p) == PREFIX_OK &&
		    model_address_special(&p))
			model_read_fault_of(l, item, CHECK_TOP_1,
			    W_MODEL_OUTSIDE_SPECIAL, 2, item->string, zone->id);
	l->milder = false;
}

static void
zone_networks(struct loader *l, const struct jsonx *n, struct zone *zone)
{
	struct prefix_set all;
	uint32_t list;

	list = model_ids_member(l, NOUN_LIST, n, "list", OPTIONAL);
	if (list != TABLE_NONE)
		zone->list = &l->m->lists[list];
	zone->networks = model_address_networks(l, n, "networks",
	    jsonx_get(n, "list") != NULL ? OPTIONAL : NEEDED, NULL);
	all = zone->networks;
	if (zone->list != NULL)
		all = model_set_join(l->scratch, &all, &zone->list->networks);
	zone->all = model_set_normal(l->arena, &all);
	l->zone_sets[zone->index] = zone->all;
}

static void
zone_load(struct loader *l, const struct jsonx *n, struct zone *zone)
{
	static const char *const keys[] = { "id", "tier", "name", "networks",
		"list", "parent", "links", "accounts", "inspect", "ipv6",
		"dhcp-servers", "note", NULL };
	static const char *const inspect[] = { "content", "headers", NULL };
	static const char *const ipv6[] = { "used", "none", NULL };
	const struct jsonx *account;
	const char *id, *name;
	size_t count;

	if (!model_read_object(l, n, keys))
		return;
	zone->place = model_read_place(l, n);
	id = model_ids_define(l, NOUN_ZONE, n, zone->index);
	if (id != NULL)
		zone->id = zone->name = id;
	name = model_read_string(l, n, "name", OPTIONAL);
	if (name != NULL)
		zone->name = name;
	zone->tier = (enum tier)model_read_choice(l, n, "tier",
	    model_words_tier, -1);
	zone_networks(l, n, zone);
	outside_networks(l, n, zone);
	zone->links = model_ids_links(l, n, "links", &zone->link_count);
	account = model_read_array(l, n, "accounts", OPTIONAL, true, &count);
	zone->accounts = arena_calloc(l->arena, count, sizeof(struct account));
	for (; account != NULL; account = account->next)
		account_load(l, account, zone);
	accounts_once(l, zone);
	zone->inspect_headers = model_read_choice(l, n, "inspect", inspect,
				    0) == 1;
	zone->ipv6_none = model_read_choice(l, n, "ipv6", ipv6, 0) == 1;
	model_segment_zone(l, n, zone);
	zone->note = model_read_string(l, n, "note", OPTIONAL);
}

/* Parents may stand behind their children in the file. */
static void
parents(struct loader *l, const struct jsonx *first)
{
	struct zone *zone = l->m->zones;
	const struct jsonx *n;
	const struct zone *up;
	size_t steps;

	for (n = first; n != NULL; n = n->next, zone++)
		if (n->kind == JSONX_OBJECT)
			zone->parent = model_ids_zone(l, n, "parent", OPTIONAL,
			    false);
	zone = l->m->zones;
	for (n = first; n != NULL; n = n->next, zone++) {
		steps = 0;
		for (up = zone->parent;
		     up != NULL && up != zone && steps < l->m->zone_count;
		     up = up->parent)
			steps++;
		if (up != NULL)
			model_read_fault(l, jsonx_get(n, "parent"),
			    W_MODEL_PARENT_CYCLE, 1, zone->id);
	}
}

static void
locate_all(struct loader *l)
{
	const struct zone *zone;
	size_t i, j, total = 0;
	uint32_t there;

	for (i = 0; i < l->m->zone_count; i++)
		total += l->m->zones[i].networks.count;
	prefix_map_init(&l->located, total);
	for (i = 0; i < l->m->zone_count; i++) {
		zone = &l->m->zones[i];
		for (j = 0; j < zone->networks.count; j++) {
			there = prefix_map_add(&l->located,
			    &zone->networks.items[j], zone->index);
			if (there != TABLE_NONE && there != zone->index)
				prefix_map_replace(&l->located,
				    &zone->networks.items[j], LOCATED_TWICE);
		}
	}
}

void
model_zone_load(struct loader *l, const struct jsonx *root)
{
	struct model *m = l->m;
	const struct jsonx *first, *n;
	size_t count;
	uint32_t i = 0;

	first = model_read_array(l, root, "zones", NEEDED, false, &count);
	if (count > MODEL_ZONES_MAX) {
		model_read_fault(l, jsonx_get(root, "zones"), W_MODEL_TOO_MANY,
		    2, "zones", "4096");
		count = 0;
		first = NULL;
	}
	m->zones = arena_calloc(l->arena, count, sizeof(*m->zones));
	m->zone_count = count;
	m->firewall_zone.id = m->firewall_zone.name = "firewall";
	m->firewall_zone.tier = TIER_FIREWALL;
	m->firewall_zone.index = (uint32_t)count;
	l->zone_sets = arena_calloc(l->scratch, count + 1,
	    sizeof(*l->zone_sets));
	model_ids_init(l, NOUN_ZONE, count);
	for (n = first; n != NULL; n = n->next, i++) {
		m->zones[i].index = i;
		m->zones[i].id = m->zones[i].name = "";
		zone_load(l, n, &m->zones[i]);
	}
	parents(l, first);
	locate_all(l);
}

static struct day
review_due(struct loader *l, const struct jsonx *n, const struct partner *p)
{
	const char *text = model_read_string(l, n, "review", OPTIONAL);
	struct day due = { 0 }, from;
	int months;

	if (text == NULL || day_parse(text, &due))
		return due;
	/* A length of time runs from the last review, else the approval. */
	months = model_value_months(l, n, "review", 0);
	from = model_value_day(l, n, "reviewed", OPTIONAL);
	if (from.year == 0)
		from = p->approved.on;
	if (months != 0 && from.year != 0)
		due = day_add_months(from, months);
	return due;
}

void
model_zone_partners(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "name", "operator",
		"public-body", "zone", "networks", "approved", "review",
		"reviewed", NULL };
	const struct jsonx *n;
	struct partner *out;
	size_t count;

	n = model_read_array(l, root, "partners", OPTIONAL, true, &count);
	l->m->partners = arena_calloc(l->arena, count, sizeof(*out));
	l->m->partner_count = count;
	model_ids_init(l, NOUN_PARTNER, count);
	for (out = l->m->partners; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_PARTNER, n,
		    (uint32_t)(out - l->m->partners));
		out->name = model_read_string(l, n, "name", OPTIONAL);
		if (out->name == NULL)
			out->name = out->id;
		out->operator_name = model_read_string(l, n, "operator",
		    OPTIONAL);
		out->public_body = model_read_bool(l, n, "public-body", false);
		out->zone = model_ids_zone(l, n, "zone", NEEDED, false);
		out->networks = model_address_networks(l, n, "networks",
		    OPTIONAL, out->zone);
		/* Without any the zone is the partner's alone. */
		if (jsonx_get(n, "networks") == NULL && out->zone != NULL)
			out->networks = out->zone->all;
		out->approved = model_value_approval(l, n, "approved");
		out->review_due = review_due(l, n, out);
	}
}
