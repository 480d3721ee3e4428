/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Emergencies: those that the model declares, and those of the side file that
 * `sekisho emergency` writes. A file that is not there means that none is on.
 * Each has an end, not far off, and names its conduits one by one: it can be
 * no permission for good and none by zone. A plan (neither beginning nor end)
 * is never on.
 */
#include <stdio.h>
#include <string.h>

#include "model_internal.h"

#define FORMAT "sekisho-emergency/1"

bool
emergency_is_on(const struct emergency *e, struct wall_us t)
{
	return !e->is_plan && t.us >= e->since.us && t.us < e->until.us;
}

/* ---- when */

static bool
time_load(struct loader *l, const struct jsonx *n, const char *key,
    struct wall_us *out)
{
	const char *text = model_read_string(l, n, key, NEEDED);

	if (text == NULL)
		return false;
	if (clock_parse(text, l->m->utc_offset_s, out))
		return true;
	model_read_fault(l, jsonx_get(n, key), W_MODEL_BAD_TIME, 1, text);
	return false;
}

static void
times_load(struct loader *l, const struct jsonx *n, struct emergency *e)
{
	const bool has_since = jsonx_get(n, "since") != NULL;
	const bool has_until = jsonx_get(n, "until") != NULL;
	char days[8];

	if (!has_since && !has_until && !e->from_file) {
		e->is_plan = true;
		return;
	}
	if (!has_since || !has_until) {
		model_read_fault(l, n, W_MODEL_EMERGENCY_HALF, 0);
		return;
	}
	if (!time_load(l, n, "since", &e->since) ||
	    !time_load(l, n, "until", &e->until))
		return;
	if (e->until.us < e->since.us)
		model_read_fault(l, jsonx_get(n, "until"),
		    W_MODEL_EMERGENCY_BACKWARD, 0);
	else if (e->until.us - e->since.us > EMERGENCY_DAYS_MAX * CLOCK_DAY) {
		(void)snprintf(days, sizeof(days), "%d", EMERGENCY_DAYS_MAX);
		model_read_fault(l, jsonx_get(n, "until"),
		    W_MODEL_EMERGENCY_LONG, 1, days);
	}
}

/* ---- what */

static void
lifts_load(struct loader *l, const struct jsonx *n, struct emergency *e)
{
	static const char *const choices[] = { "schedule", NULL };
	const struct jsonx *item;
	size_t count;

	item = model_read_array(l, n, "lifts", OPTIONAL, true, &count);
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "lifts", JSONX_STRING))
			continue;
		if (strcmp(item->string, choices[0]) == 0)
			e->lifts_schedule = true;
		else
			model_read_fault(l, item, W_MODEL_BAD_CHOICE, 3,
			    "lifts", item->string, choices[0]);
	}
}

static bool
names_already(const struct emergency *e, const struct conduit *c)
{
	for (size_t i = 0; i < e->conduit_count; i++)
		if (e->conduits[i] == c)
			return true;
	return false;
}

static void
conduits_load(struct loader *l, const struct jsonx *n, struct emergency *e)
{
	const struct jsonx *item;
	size_t count;
	uint32_t i;

	item = model_read_array(l, n, "conduits", NEEDED, false, &count);
	e->conduits = arena_calloc(l->arena, count, sizeof(*e->conduits));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, "conduits", JSONX_STRING))
			continue;
		i = model_ids_refer(l, NOUN_CONDUIT, item);
		if (i == TABLE_NONE)
			continue;
		if (names_already(e, &l->m->conduits[i])) {
			model_read_fault(l, item, W_MODEL_LISTED_TWICE, 1,
			    item->string);
			continue;
		}
		e->conduits[e->conduit_count++] = &l->m->conduits[i];
		l->m->conduits[i].emergency_count++;
	}
}

static void
emergency_load(struct loader *l, const struct jsonx *n, struct emergency *e)
{
	static const char *const keys[] = { "id", "name", "plan", "kind",
		"since", "until", "lifts", "conduits", "reason", "applicant",
		"approved", "ended-by", "note", NULL };

	if (!model_read_object(l, n, keys))
		return;
	e->place.line = n->line;
	e->place.column = n->column;
	e->id = model_ids_define(l, NOUN_EMERGENCY, n, e->index);
	e->name = model_read_string(l, n, "name", OPTIONAL);
	if (e->name == NULL)
		e->name = e->id;
	e->plan = model_read_string(l, n, "plan", OPTIONAL);
	e->kind = (enum emergency_kind)model_read_choice(l, n, "kind",
	    model_words_emergency, EMERGENCY_OTHER);
	times_load(l, n, e);
	lifts_load(l, n, e);
	conduits_load(l, n, e);
	e->reason = model_read_string(l, n, "reason", OPTIONAL);
	e->approved = model_value_approval(l, n, "approved");
	e->applicant = model_read_string(l, n, "applicant", OPTIONAL);
	if (e->applicant == NULL)
		e->applicant = e->approved.applicant;
	e->ended_by = model_read_string(l, n, "ended-by", OPTIONAL);
	e->note = model_read_string(l, n, "note", OPTIONAL);
}

/* ---- the side file */

/* Its entries, or NULL and *count 0: it is not there, or faulty. */
static const struct jsonx *
file_read(struct loader *l, const struct bundle_file *f, size_t *count)
{
	static const char *const keys[] = { "$schema", "format", "emergencies",
		NULL };
	const struct jsonx *root;
	const char *format;

	*count = 0;
	l->m->emergency_source = jsonx_parse(f->shown, f->bytes, f->length,
	    l->d);
	if (l->m->emergency_source == NULL)
		return NULL;
	root = jsonx_root(l->m->emergency_source);
	if (!model_read_object(l, root, keys))
		return NULL;
	format = model_read_string(l, root, "format", NEEDED);
	if (format != NULL && strcmp(format, FORMAT) != 0)
		model_read_fault(l, jsonx_get(root, "format"),
		    W_MODEL_EMERGENCY_FORMAT, 1, format);
	return model_read_array(l, root, "emergencies", NEEDED, true, count);
}

/* Each conduit knows the emergencies that name it. */
static void
link_conduits(struct loader *l)
{
	struct model *m = l->m;
	struct conduit *c;

	for (c = m->conduits; c < m->conduits + m->conduit_count; c++) {
		if (c->emergency_count == 0)
			continue;
		c->emergencies = arena_calloc(l->arena, c->emergency_count,
		    sizeof(*c->emergencies));
		c->emergency_count = 0;
	}
	for (size_t i = 0; i < m->emergency_count; i++) {
		const struct emergency *e = &m->emergencies[i];

		for (size_t j = 0; j < e->conduit_count; j++) {
			c = m->conduits + (e->conduits[j] - m->conduits);
			c->emergencies[c->emergency_count++] = e;
		}
	}
}

void
model_emergency_load(struct loader *l, const struct jsonx *root)
{
	const char *shown = l->shown, *side;
	const struct bundle_file *f = NULL;
	const struct jsonx *n, *more = NULL;
	size_t own, added = 0;
	struct emergency *e;

	n = model_read_array(l, root, "emergencies", OPTIONAL, true, &own);
	l->m->emergency_file = model_read_string(l, root, "emergency-file",
	    OPTIONAL);
	if (l->m->emergency_file != NULL)
		f = bundle_find(l->bundle, l->m->emergency_file);
	if (f != NULL) {
		l->shown = f->shown;
		more = file_read(l, f, &added);
		l->shown = shown;
	}
	if (own + added > EMERGENCIES_MAX) {
		model_read_fault(l, n != NULL ? n : root, W_MODEL_TOO_MANY, 2,
		    "emergencies", "1024");
		return;
	}
	e = arena_calloc(l->arena, own + added, sizeof(*e));
	l->m->emergencies = e;
	l->m->emergency_count = own + added;
	model_ids_init(l, NOUN_EMERGENCY, own + added);
	for (size_t i = 0; i < own + added; i++)
		e[i].index = (uint32_t)i;
	for (; n != NULL; n = n->next, e++) {
		e->place.file = l->m->file;
		emergency_load(l, n, e);
	}
	side = f != NULL ? arena_strdup(l->arena, f->shown) : NULL;
	for (; more != NULL; more = more->next, e++) {
		l->shown = f->shown;
		e->place.file = side;
		e->from_file = true;
		emergency_load(l, more, e);
	}
	l->shown = shown;
	link_conduits(l);
}
