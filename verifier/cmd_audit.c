/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho audit: what a boundary's ruleset really lets through, held against
 * the model. Here is the order of reading and answering; a firewall that
 * several boundaries share is audited once for each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit_progress.h"
#include "audit_view.h"
#include "base/mem.h"
#include "cmd.h"
#include "cmd_audit.h"
#include "explain.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_JSON };

/* ---- reading */

static bool
read_model(struct cmd_audit *c)
{
	const char *path = options_value(c->o, VALUE_MODEL);

	c->taken.us = (int64_t)time(NULL) * CLOCK_SECOND;
	if (path == NULL)
		return true;
	if (!input_need(&c->in, path, c->o))
		return false;
	c->has_model = true;
	c->at = c->o->at.year != 0 ?
	    c->o->at :
	    clock_day(c->taken, c->in.model->utc_offset_s, NULL);
	return true;
}

/* A firewall whose ruleset nobody can read needs none. */
static bool
read_rulesets(struct cmd_audit *c)
{
	const char *file = options_value(c->o, VALUE_RULESET);
	const char *peer = options_value(c->o, VALUE_PEER);
	bool ok = true;

	if (c->o->kernel)
		c->ruleset = ruleset_kernel(options_value(c->o, VALUE_NETNS),
		    &c->diag);
	else if (file != NULL)
		c->ruleset = ruleset_file(file, &c->diag);
	else if (c->firewall == NULL || c->firewall->kind != FIREWALL_OPAQUE)
		return cmd_audit_refuse(c->o->lang, W_PAGE_NEEDS_RULESET, NULL,
		    NULL, NULL);
	if (c->ruleset == NULL && (c->o->kernel || file != NULL))
		ok = false;
	if (ok && peer != NULL) {
		c->peer = ruleset_file(peer, &c->diag);
		ok = c->peer != NULL;
	}
	return cmd_audit_sound(&c->diag) && ok;
}

static bool
read_snapshots(struct cmd_audit *c)
{
	const char *folder = options_value(c->o, VALUE_SNAPSHOTS);

	if (folder == NULL)
		return true;
	if (!snapshot_is_there(folder))
		return cmd_audit_refuse(c->o->lang, W_SNAPSHOT_NO_FOLDER,
		    folder, NULL, NULL);
	c->has_snapshots = snapshot_open(folder, c->firewall->id, &c->snapshots,
	    &c->diag);
	return cmd_audit_sound(&c->diag) && c->has_snapshots;
}

static void
close_all(struct cmd_audit *c)
{
	if (c->has_snapshots)
		snapshot_close(&c->snapshots);
	ruleset_free(c->ruleset);
	ruleset_free(c->peer);
	if (c->has_model)
		input_close(&c->in);
	diag_free(&c->diag);
}

/* ---- deciding */

struct audit_set
cmd_audit_prepare(const struct cmd_audit *c, const struct model *m,
    const struct firewall *firewall)
{
	const bool stored = c->ruleset != NULL &&
	    c->ruleset->source == RULESET_IMAGE && !c->o->kernel;
	struct audit_set s = { 0 };
	struct day day = { 0 };

	if (stored)
		day = snapshot_day(options_value(c->o, VALUE_RULESET),
		    m->utc_offset_s);
	s.items = mem_calloc(m->boundary_count + 1, sizeof(*s.items));
	for (size_t i = 0; i < m->boundary_count; i++) {
		if (m->boundaries[i].firewall != firewall)
			continue;
		s.items[s.count++] = (struct audit){
			.m = m,
			.boundary = &m->boundaries[i],
			.firewall = firewall,
			.ruleset = c->ruleset,
			.peer = c->peer,
			.lang = c->o->lang,
			.at = c->at,
			.taken = c->taken,
			.ruleset_day = day,
		};
		audit_open(&s.items[s.count - 1]);
	}
	return s;
}

void
cmd_audit_release(struct audit_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		audit_fini(&s->items[i]);
	free(s->items);
}

static void
run_all(struct cmd_audit *c, struct audit_set *s)
{
	for (size_t i = 0; i < s->count; i++) {
		audit_reach(&s->items[i]);
		/* Before the rest, so that FWR-8 is sorted among it. */
		if (c->has_snapshots && c->ruleset != NULL)
			snapshot_audit(&s->items[i], &c->snapshots, &c->diag);
		audit_run(&s->items[i]);
	}
}

static int
status_of(const struct audit_set *s)
{
	int status = CMD_CLEAN;

	for (size_t i = 0; i < s->count; i++) {
		const enum audit_result r = audit_view_result(&s->items[i]);

		if (r == AUDIT_FINDINGS)
			status = CMD_FINDINGS;
		else if (r == AUDIT_UNDECIDED && status == CMD_CLEAN)
			status = CMD_UNDECIDED;
	}
	return status;
}

/* ---- answering */

static bool
write_answers(const struct options *o, const struct audit_set *s)
{
	const char *page = options_value(o, VALUE_HTML);
	struct text out = { 0 };
	bool ok = true;

	if (page != NULL) {
		audit_html_all(s->items, s->count, o->lang, &out);
		ok = output_write(&out, page, o->lang);
		text_clear(&out);
	}
	if (o->format == FORMAT_JSON) {
		audit_json_all(s->items, s->count, o->lang, &out);
	} else {
		for (size_t i = 0; i < s->count; i++) {
			text_add(&out, i > 0 ? "\n\n" : "");
			audit_text(&s->items[i], &out);
		}
	}
	ok = ok && output_write(&out, o->output, o->lang);
	text_free(&out);
	return ok;
}

static int
audit_boundaries(struct cmd_audit *c)
{
	struct audit_set s = cmd_audit_prepare(c, c->in.model, c->firewall);
	struct audit_progress progress;
	int status = CMD_BAD_INPUT;

	audit_progress_begin(&progress, c->o->lang);
	run_all(c, &s);
	audit_progress_end(&progress);
	if (cmd_audit_sound(&c->diag) && write_answers(c->o, &s))
		status = status_of(&s);
	cmd_audit_release(&s);
	return status;
}

/* Whose addresses are the firewall's own; NULL: that is not told. */
static const struct firewall *
explained_firewall(const struct cmd_audit *c)
{
	const struct model *m = c->has_model ? c->in.model : NULL;

	if (c->firewall != NULL || m == NULL || m->firewall_count != 1)
		return c->firewall;
	return &m->firewalls[0];
}

int
cmd_audit_explain(const struct cmd_audit *c)
{
	const char *pattern = options_value(c->o, VALUE_EXPLAIN);
	struct pool *p = pool_new();
	struct diag d = { .lang = c->o->lang };
	struct text out = { 0 };
	struct explain_query q;
	struct evaluator *e;
	int status = CMD_BAD_INPUT;

	if (explain_parse(pattern, p, &q, &d)) {
		enum walk_result (*say)(const struct evaluator *,
		    const struct explain_query *, enum lang, struct text *) =
		    c->o->format == FORMAT_JSON ? explain_json : explain_text;

		e = evaluate_new(c->ruleset);
		space_tell_own(explained_firewall(c), e);
		status = say(e, &q, c->o->lang, &out) == WALK_UNDECIDED ?
		    CMD_UNDECIDED :
		    CMD_CLEAN;
		evaluate_free(e);
		if (!output_write(&out, c->o->output, c->o->lang))
			status = CMD_BAD_INPUT;
	}
	(void)cmd_audit_sound(&d);
	text_free(&out);
	diag_free(&d);
	pool_free(p);
	return status;
}

static int
answer(struct cmd_audit *c)
{
	if (!read_model(c) || (c->has_model && !cmd_audit_firewall(c)) ||
	    !read_rulesets(c) || !read_snapshots(c) || !cmd_audit_spares(c))
		return CMD_BAD_INPUT;
	if (options_value(c->o, VALUE_EXPLAIN) != NULL)
		return cmd_audit_explain(c);
	if (options_value(c->o, VALUE_WHAT_IF) != NULL)
		return cmd_audit_what_if(c);
	return audit_boundaries(c);
}

int
cmd_audit(const struct options *o)
{
	struct cmd_audit c = { .o = o, .diag = { .lang = o->lang } };
	int status;

	if (!cmd_audit_options(o))
		return CMD_BAD_INPUT;
	status = answer(&c);
	close_all(&c);
	return status;
}
