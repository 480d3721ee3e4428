/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading a model: parse, read each section in the order in which they refer
 * to one another, check TOP-1, and index. All faults are told; with any the
 * model is thrown away. What is read is never changed afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge.h"
#include "locate.h"
#include "model_internal.h"

#define FORMAT "sekisho-topology/1"
#define NEAREST_MAX 2000 /* "did you mean" searches one load may make */

static void
organisation_load(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "name", "code", "timezone", "roles",
		NULL };
	static const char *const role_keys[] = { "ciso",
		"chief-security-officer", "network-manager", "csirt", NULL };
	const struct jsonx *n = jsonx_get(root, "organisation"), *roles;
	struct model *m = l->m;
	const char *zone;

	m->organisation = "";
	m->timezone = "Asia/Tokyo";
	m->utc_offset_s = 9 * 3600;
	if (n == NULL || !model_read_object(l, n, keys))
		return;
	m->organisation = model_read_string(l, n, "name", OPTIONAL);
	if (m->organisation == NULL)
		m->organisation = "";
	m->code = model_read_string(l, n, "code", OPTIONAL);
	zone = model_read_string(l, n, "timezone", OPTIONAL);
	if (zone != NULL) {
		m->timezone = zone;
		if (!model_value_timezone(zone, &m->utc_offset_s))
			model_read_fault(l, jsonx_get(n, "timezone"),
			    W_MODEL_BAD_TIMEZONE, 1, zone);
	}
	roles = jsonx_get(n, "roles");
	if (roles == NULL || !model_read_object(l, roles, role_keys))
		return;
	m->ciso = model_read_string(l, roles, "ciso", OPTIONAL);
	m->security_officer = model_read_string(l, roles,
	    "chief-security-officer", OPTIONAL);
	m->network_manager = model_read_string(l, roles, "network-manager",
	    OPTIONAL);
	m->csirt = model_read_string(l, roles, "csirt", OPTIONAL);
}

static void
stage_load(struct loader *l, const struct jsonx *root)
{
	struct model *m = l->m;

	m->stage = (enum stage)model_read_choice(l, root, "stage",
	    model_words_stage, STAGE_IN_FORCE);
	m->until = model_value_day(l, root, "until", OPTIONAL);
	if (m->stage == STAGE_TRIAL && jsonx_get(root, "until") == NULL)
		model_read_fault(l, jsonx_get(root, "stage"),
		    W_MODEL_TRIAL_UNTIL, 0);
	if (m->stage != STAGE_TRIAL && jsonx_get(root, "until") != NULL)
		model_read_fault(l, jsonx_get(root, "until"),
		    W_MODEL_UNTIL_NOT_TRIAL, 0);
}

/* Clauses cite a guideline by its name without folders ("mic-2025-03.json");
 * the bundle's name for it need not live as long as the model. */
static void
keep_name(struct loader *l, struct guideline *g, const char *shown)
{
	const char *slash = strrchr(shown, '/');
	const char *file = arena_strdup(l->arena, slash ? slash + 1 : shown);
	int from, to;

	g->file = file;
	for (from = 0; from < TIER_COUNT; from++)
		for (to = 0; to < TIER_COUNT; to++)
			g->cells[from][to].place.file = file;
}

/* A model that the guideline has not is told where it is asked for. What is
 * wrong with the guideline itself is left to guideline_load. */
static bool
has_model(struct loader *l, const struct jsonx *asked,
    const struct jsonx_doc *doc)
{
	const struct jsonx *models = jsonx_get(jsonx_root(doc), "models"), *n;
	const char **names, *near;
	size_t count = 0;

	if (models == NULL || models->kind != JSONX_OBJECT ||
	    jsonx_get(models, asked->string) != NULL)
		return true;
	names = arena_calloc(l->scratch, models->count, sizeof(*names));
	for (n = models->child; n != NULL; n = n->next)
		names[count++] = n->key;
	near = model_read_nearest(l, asked->string, names, count);
	model_read_fault(l, asked,
	    near != NULL ? W_GUIDELINE_MODEL_NEAR : W_GUIDELINE_MODEL,
	    near != NULL ? 2 : 1, asked->string, near);
	return false;
}

static void
guideline_read(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "file", "model", "names", NULL };
	const struct jsonx *n, *names;
	const struct bundle_file *f;
	struct jsonx_doc *doc;
	int i;

	n = model_read_member(l, root, "guideline", JSONX_OBJECT, NEEDED);
	if (n == NULL || !model_read_object(l, n, keys))
		return;
	l->m->guideline_model = model_read_string(l, n, "model", NEEDED);
	names = jsonx_get(n, "names");
	if (names != NULL && model_read_object(l, names, model_words_tier))
		for (i = 0; i < TIER_COUNT; i++)
			l->m->tier_names[i] = model_read_string(l, names,
			    model_words_tier[i], OPTIONAL);
	f = model_side_file(l, n);
	if (f == NULL)
		return;
	l->m->guideline_file = jsonx_get(n, "file")->string;
	doc = jsonx_parse(f->shown, f->bytes, f->length, l->d);
	if (doc != NULL && l->m->guideline_model != NULL &&
	    has_model(l, jsonx_get(n, "model"), doc))
		l->m->guideline = guideline_load(l->arena, doc,
		    l->m->guideline_model, l->d);
	if (l->m->guideline != NULL)
		keep_name(l, l->m->guideline, f->shown);
	jsonx_free(doc);
}

static void
format_check(struct loader *l, const struct jsonx *root)
{
	const char *format = model_read_string(l, root, "format", NEEDED);

	if (format != NULL && strcmp(format, FORMAT) != 0)
		model_read_fault(l, jsonx_get(root, "format"), W_MODEL_FORMAT,
		    1, format);
}

static void
sections_load(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "$schema", "format", "stage",
		"until", "organisation", "guideline", "zones", "partners",
		"links", "probes", "boundaries", "firewalls", "translations",
		"proxies", "service-groups", "address-lists", "calendars",
		"conduits", "relays", "sanitisers", "exceptions", "emergencies",
		"emergency-file", "tunnels", "containments", "divisions",
		"ledger", "hosts", "numbers", "evidence", "limits", NULL };

	if (!model_read_object(l, root, keys))
		return;
	format_check(l, root);
	stage_load(l, root);
	organisation_load(l, root);
	guideline_read(l, root);
	model_side_calendars(l, root);
	model_side_lists(l, root);
	model_zone_links(l, root);
	model_zone_load(l, root);
	model_zone_partners(l, root);
	model_firewall_load(l, root);
	model_boundary_load(l, root);
	model_firewall_translations(l, root);
	model_firewall_proxies(l, root);
	model_service_groups(l, root);
	model_host_divisions(l, root);
	model_conduit_load(l, root);
	model_relay_load(l, root);
	model_rest_sanitisers(l, root);
	model_rest_exceptions(l, root);
	model_emergency_load(l, root);
	model_tunnel_load(l, root);
	model_tunnel_containments(l, root);
	model_host_load(l, root);
	model_rest_numbers(l, root);
	model_rest_evidence(l, root);
	model_rest_limits(l, root);
	model_overlap_check(l);
}

static struct model *
model_new(const char *shown)
{
	struct model *m = mem_calloc(1, sizeof(*m));

	m->arena = arena_new();
	m->file = arena_strdup(m->arena, shown);
	return m;
}

struct model *
model_load(const struct bundle *bundle, struct diag *d)
{
	const struct bundle_file *f = &bundle->files[0];
	struct loader l = { .bundle = bundle, .d = d };
	size_t before = d->errors;

	l.shown = f->shown;
	l.nearest_left = NEAREST_MAX;
	l.m = model_new(f->shown);
	l.arena = l.m->arena;
	l.scratch = arena_new();
	l.m->source = jsonx_parse(f->shown, f->bytes, f->length, d);
	if (l.m->source != NULL)
		sections_load(&l, jsonx_root(l.m->source));
	model_ids_fini(&l);
	prefix_map_fini(&l.located);
	arena_free(l.scratch);
	if (d->errors != before || l.m->source == NULL || l.failed) {
		model_free(l.m);
		return NULL;
	}
	bundle_sha256(bundle, l.m->sha256);
	l.m->index = model_index_new(l.m);
	l.m->located = locate_index_new(l.m);
	l.m->judged = judge_index_new(l.m);
	return l.m;
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	if (m->judged != NULL)
		judge_index_free(m->judged);
	if (m->located != NULL)
		locate_index_free(m->located);
	model_index_free(m->index);
	jsonx_free(m->source);
	jsonx_free(m->emergency_source);
	arena_free(m->arena);
	free(m);
}
