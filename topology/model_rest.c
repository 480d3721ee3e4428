/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading sanitisers, exceptions, and the sections numbers, evidence and
 * limits with their defaults.
 */
#include <string.h>

#include "model_internal.h"

#define MEBIBYTE (INT64_C(1) << 20)

void
model_rest_sanitisers(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "name", "method", "dirty",
		"clean", "inputs", "passes-unchanged", NULL };
	const struct jsonx *n;
	struct sanitiser *s;
	size_t count;

	n = model_read_array(l, root, "sanitisers", OPTIONAL, true, &count);
	s = arena_calloc(l->arena, count, sizeof(*s));
	l->m->sanitisers = s;
	l->m->sanitiser_count = count;
	model_ids_init(l, NOUN_SANITISER, count);
	for (; n != NULL; n = n->next, s++) {
		if (!model_read_object(l, n, keys))
			continue;
		s->place = model_read_place(l, n);
		s->id = model_ids_define(l, NOUN_SANITISER, n,
		    (uint32_t)(s - l->m->sanitisers));
		s->name = model_read_string(l, n, "name", OPTIONAL);
		if (s->name == NULL)
			s->name = s->id;
		s->method = (enum sanitiser_method)model_read_choice(l, n,
		    "method", model_words_method, -1);
		s->dirty = model_endpoint_array(l, n, "dirty", OPTIONAL,
		    &s->dirty_count);
		s->clean = model_endpoint_array(l, n, "clean", NEEDED,
		    &s->clean_count);
		s->inputs = model_read_strings(l, n, "inputs", OPTIONAL,
		    &s->input_count);
		s->passes = model_read_strings(l, n, "passes-unchanged",
		    OPTIONAL, &s->pass_count);
	}
}

static void
check_of(struct loader *l, const struct jsonx *n, struct exception *e)
{
	const char *ids[CHECK_COUNT] = { 0 }, *near;
	const char *id = model_read_string(l, n, "check", NEEDED);
	int i;

	if (id == NULL)
		return;
	e->check = id;
	if (checks_find(id) != CHECK_NONE)
		return;
	for (i = CHECK_NONE + 1; i < CHECK_COUNT; i++)
		ids[i] = checks_id((enum check)i);
	near = model_read_nearest(l, id, ids, CHECK_COUNT);
	model_read_fault(l, jsonx_get(n, "check"),
	    near != NULL ? W_MODEL_UNKNOWN_REFERENCE_NEAR :
			   W_MODEL_UNKNOWN_REFERENCE,
	    near != NULL ? 3 : 2, words_get(l->d->lang, W_NOUN_CHECK), id,
	    near);
}

static void
excepts_load(struct loader *l, const struct jsonx *o, struct exception *e)
{
	static const char *const keys[] = { "check", "conduit", "link", "from",
		"to", "services", NULL };
	const struct jsonx *n, *end;
	uint32_t conduit;

	n = model_read_member(l, o, "excepts", JSONX_OBJECT, NEEDED);
	if (n == NULL || !model_read_object(l, n, keys))
		return;
	check_of(l, n, e);
	conduit = model_ids_member(l, NOUN_CONDUIT, n, "conduit", OPTIONAL);
	if (conduit != TABLE_NONE)
		e->conduit = &l->m->conduits[conduit];
	e->link = model_ids_link(l, n, "link");
	end = jsonx_get(n, "from");
	e->has_from = end != NULL;
	if (end != NULL)
		e->from = model_endpoint_load(l, end);
	end = jsonx_get(n, "to");
	e->has_to = end != NULL;
	if (end != NULL)
		e->to = model_endpoint_load(l, end);
	e->services = model_service_load(l, n, OPTIONAL, true);
}

void
model_rest_exceptions(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "excepts", "reason",
		"compensating", "applicant", "approved", "expires", "note",
		NULL };
	const struct jsonx *n;
	struct exception *e;
	size_t count;

	n = model_read_array(l, root, "exceptions", OPTIONAL, true, &count);
	e = arena_calloc(l->arena, count, sizeof(*e));
	l->m->exceptions = e;
	l->m->exception_count = count;
	model_ids_init(l, NOUN_EXCEPTION, count);
	for (; n != NULL; n = n->next, e++) {
		e->index = (uint32_t)(e - l->m->exceptions);
		if (!model_read_object(l, n, keys))
			continue;
		e->place = model_read_place(l, n);
		e->id = model_ids_define(l, NOUN_EXCEPTION, n, e->index);
		excepts_load(l, n, e);
		e->reason = model_read_string(l, n, "reason", OPTIONAL);
		e->compensating = model_read_string(l, n, "compensating",
		    OPTIONAL);
		e->approved = model_value_approval(l, n, "approved");
		e->applicant = model_read_string(l, n, "applicant", OPTIONAL);
		if (e->applicant == NULL)
			e->applicant = e->approved.applicant;
		e->expires = model_value_day(l, n, "expires", OPTIONAL);
		e->note = model_read_string(l, n, "note", OPTIONAL);
	}
}

static void
holders_load(struct loader *l, const struct jsonx *n)
{
	static const char *const keys[] = { "hosts", "affairs", NULL };
	const struct jsonx *item;
	struct number_holder *out;
	size_t count;

	item = model_read_array(l, n, "may-hold", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->numbers.holders = out;
	l->m->numbers.holder_count = count;
	for (; item != NULL; item = item->next, out++) {
		if (!model_read_object(l, item, keys))
			continue;
		out->hosts = model_address_hosts(l, item, "hosts", NEEDED,
		    NULL);
		out->affairs = model_read_string(l, item, "affairs", NEEDED);
	}
}

void
model_rest_numbers(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "zones", "may-hold", "authority",
		NULL };
	const struct jsonx *n = jsonx_get(root, "numbers");
	struct numbers *out = &l->m->numbers;

	if (n == NULL || !model_read_object(l, n, keys))
		return;
	out->given = true;
	out->zones = model_ids_zones(l, n, "zones", OPTIONAL, &out->zone_count);
	holders_load(l, n);
	out->authority = model_value_approval(l, n, "authority");
	l->m->numbers_authority = model_person_authorised(l->m,
	    &out->authority);
}

void
model_rest_evidence(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "default", "payload", NULL };
	static const char *const zone_keys[] = { "zone", "authority", NULL };
	static const char *const kinds[] = { "none", "headers", NULL };
	const struct jsonx *n = jsonx_get(root, "evidence"), *item;
	struct evidence *out = &l->m->evidence;
	struct evidence_zone *zone;
	size_t count;

	out->headers = true;
	if (n == NULL || !model_read_object(l, n, keys))
		return;
	out->headers = model_read_choice(l, n, "default", kinds, 1) == 1;
	item = model_read_array(l, n, "payload", OPTIONAL, true, &count);
	zone = arena_calloc(l->arena, count, sizeof(*zone));
	out->payload = zone;
	out->payload_count = count;
	for (; item != NULL; item = item->next, zone++) {
		if (!model_read_object(l, item, zone_keys))
			continue;
		zone->zone = model_ids_zone(l, item, "zone", NEEDED, false);
		zone->authority = model_value_approval(l, item, "authority");
		zone->authorised = zone->zone != NULL &&
		    model_person_authorised(l->m, &zone->authority);
		if (zone->authorised)
			l->m->payload_authority = true;
	}
}

void
model_rest_limits(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "mail", "bulk-per-host-day",
		"stale-conduit", "ruleset-age", "asset-unseen", "coverage",
		"unjudged", "retention", NULL };
	static const char *const retention[] = { "alerts", "conversations",
		"evidence", NULL };
	struct limits *out = &l->m->limits;
	const struct jsonx *n = jsonx_get(root, "limits"), *kept;

	if (n != NULL && !model_read_object(l, n, keys))
		n = NULL;
	out->mail_bytes = model_value_size(l, n, "mail", 10 * MEBIBYTE);
	out->bulk_bytes = model_value_size(l, n, "bulk-per-host-day",
	    500 * MEBIBYTE);
	out->stale_conduit_days = model_value_days(l, n, "stale-conduit", 90);
	out->ruleset_age_days = model_value_days(l, n, "ruleset-age", 7);
	out->unseen_days = model_value_days(l, n, "asset-unseen", 30);
	out->coverage = model_value_percent(l, n, "coverage", 0.99);
	out->unjudged = model_value_percent(l, n, "unjudged", 0.05);
	kept = jsonx_get(n, "retention");
	if (kept != NULL && !model_read_object(l, kept, retention))
		kept = NULL;
	out->retain_alerts_days = model_value_days(l, kept, "alerts", 3 * 366);
	out->retain_conversations_days = model_value_days(l, kept,
	    "conversations", 366);
	out->retain_evidence_days = model_value_days(l, kept, "evidence", 366);
}
