/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho draft: a base model and a day's events in, a model in draft out.
 * What is written was loaded once before, so that nobody gets a file that
 * would not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd.h"
#include "draft.h"
#include "output.h"
#include "probe_run.h"

#define MODEL_DEFAULT "model.jsonc"

static bool
complain_of_two(enum lang lang, enum word word, const char *a, const char *b)
{
	struct text out = { 0 }, first = { 0 }, second = { 0 };

	text_quote(&first, a);
	text_quote(&second, b);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 2, text_str(&first), text_str(&second));
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&first);
	text_free(&second);
	return false;
}

static bool
complain(enum lang lang, enum word word, const char *what)
{
	return complain_of_two(lang, word, what, "");
}

static void
print_faults(struct diag *d)
{
	struct text faults = { 0 };

	diag_sort(d);
	diag_print(d, &faults);
	(void)fputs(text_str(&faults), stderr);
	text_free(&faults);
}

/* ---- what was observed */

/* TAP=CAPTURE: the tap, or NULL where it is a path. */
static const struct tap *
tap_of(const struct model *m, const char *from)
{
	const char *equals = strchr(from, '=');
	const struct tap *tap;
	struct stat st;
	char *id;

	if (equals == NULL || equals == from || stat(from, &st) == 0)
		return NULL;
	id = mem_strndup(from, (size_t)(equals - from));
	tap = model_tap(m, id);
	free(id);
	return tap;
}

static size_t
captures_of(const struct model *m, const struct option_given *from,
    const char *probe)
{
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++) {
		const struct tap *tap = tap_of(m, from->items[i]);

		count += tap != NULL && strcmp(tap->probe, probe) == 0;
	}
	return count;
}

/* Every tap has a probe, and no probe more captures than it takes. */
static bool
can_run(const struct model *m, const struct options *o)
{
	const struct option_given *from = &o->given[VALUE_FROM];
	const struct tap *tap;
	char most[16];

	for (size_t i = 0; i < from->count; i++) {
		tap = tap_of(m, from->items[i]);
		if (tap != NULL && tap->probe == NULL)
			return complain_of_two(o->lang, W_TAP_WITHOUT_PROBE,
			    tap->id,
			    m->probe_count > 0 ? m->probes[0].id : "probe1");
	}
	(void)snprintf(most, sizeof(most), "%d", PROBE_RUN_SOURCES_MAX);
	for (size_t i = 0; i < from->count; i++) {
		tap = tap_of(m, from->items[i]);
		if (tap != NULL &&
		    captures_of(m, from, tap->probe) > PROBE_RUN_SOURCES_MAX)
			return complain_of_two(o->lang, W_DRAFT_TOO_MANY,
			    tap->probe, most);
	}
	return true;
}

/* All captures of one probe are one run, so that both sides of a firewall
 * are seen together. */
static bool
read_captures(struct draft_seen *s, const struct options *o,
    const struct option_given *from, const char *model, const char *probe)
{
	struct probe_run_request r = { .model = model,
		.data = o->data,
		.probe = probe,
		.lang = o->lang };
	struct probe_run run;
	bool good;

	for (size_t i = 0; i < from->count; i++) {
		const struct tap *tap = tap_of(s->m, from->items[i]);

		if (tap != NULL && strcmp(tap->probe, probe) == 0 &&
		    r.source_count < PROBE_RUN_SOURCES_MAX)
			r.sources[r.source_count++] = from->items[i];
	}
	if (!probe_run_start(&run, &r))
		return false;
	good = draft_read(s, run.path, o->lang);
	/* Where nothing came of it, it may say why. */
	return probe_run_finish(&run, s->flows == 0) && good;
}

static bool
was_run(const struct model *m, const struct option_given *from, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const struct tap *tap = tap_of(m, from->items[i]);

		if (tap != NULL &&
		    strcmp(tap->probe, tap_of(m, from->items[at])->probe) == 0)
			return true;
	}
	return false;
}

static bool
read_all(struct draft_seen *s, const struct options *o, const char *model)
{
	const struct option_given *from = &o->given[VALUE_FROM];

	for (size_t i = 0; i < from->count; i++) {
		const struct tap *tap = tap_of(s->m, from->items[i]);

		if (tap == NULL) {
			if (!draft_read(s, from->items[i], o->lang))
				return false;
		} else if (!was_run(s->m, from, i) &&
		    !read_captures(s, o, from, model, tap->probe)) {
			return false;
		}
	}
	return true;
}

/* ---- what comes out */

/* Whether nothing that is read would be written over. */
static bool
spares_all(const struct input *in, const struct options *o)
{
	static const enum option_value files[] = { VALUE_LEDGER, VALUE_CONDUITS,
		VALUE_LEASES, VALUE_RULESET, VALUE_COLUMNS };
	const struct option_given *from = &o->given[VALUE_FROM];

	if (!output_spares(o->output, &in->bundle, o->lang))
		return false;
	for (size_t i = 0; i < from->count; i++) {
		const char *path = from->items[i];

		if (tap_of(in->model, path) != NULL)
			path = strchr(path, '=') + 1;
		if (!output_spares_events(o->output, path, o->lang))
			return false;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!output_spares_file(o->output, options_value(o, files[i]),
			o->lang))
			return false;
	return true;
}

/* The draft, if it loads with all the files that the base names. */
static bool
is_sound(const struct bundle *base, const struct text *made,
    const struct options *o)
{
	struct diag d = { .lang = o->lang };
	struct bundle b = { 0 };
	struct model *m = NULL;
	bool sound;

	(void)bundle_add(&b, base->files[0].reference, base->files[0].shown,
	    text_str(made), made->length);
	for (size_t i = 1; i < base->count; i++)
		(void)bundle_add(&b, base->files[i].reference,
		    base->files[i].shown, base->files[i].bytes,
		    base->files[i].length);
	m = model_load(&b, &d);
	sound = m != NULL;
	if (!sound) {
		print_faults(&d);
		(void)complain(o->lang, W_DRAFT_NOT_LOADED, "");
	}
	model_free(m);
	diag_free(&d);
	bundle_free(&b);
	return sound;
}

static int
write_draft(struct draft *d, const struct bundle *base, const struct options *o,
    const char *model)
{
	const struct bundle_file *file = &base->files[0];
	struct text made = { 0 }, told = { 0 };
	struct diag faults = { .lang = o->lang };
	struct draft_source source;
	int status = CMD_BAD_INPUT;

	if (!draft_source_init(&source, file->shown, file->bytes, file->length,
		&faults))
		goto out;
	draft_write(d, &source);
	draft_source_print(&source, &made);
	draft_source_fini(&source);
	if (!is_sound(base, &made, o) ||
	    !output_write(&made, o->output, o->lang))
		goto out;
	draft_tell(d, model, o->output, &told);
	/* Where the model goes to standard output, this does not. */
	(void)fputs(text_str(&told), o->output != NULL ? stdout : stderr);
	status = CMD_CLEAN;
out:
	diag_free(&faults);
	text_free(&made);
	text_free(&told);
	return status;
}

static int
draft(struct draft_seen *s, const struct bundle *base, const struct options *o,
    const char *model)
{
	const char *ruleset = options_value(o, VALUE_RULESET);
	struct diag faults = { .lang = o->lang };
	struct draft_ledgers ledgers;
	struct draft_rows rows = { 0 };
	struct draft d = { .lang = o->lang,
		.m = s->m,
		.seen = s,
		.ledgers = &ledgers,
		.rows = &rows };
	int status = CMD_BAD_INPUT;

	if (!draft_ledgers_read(&ledgers, o, s, &faults) ||
	    (ruleset != NULL &&
		!draft_ruleset(ruleset, o->lang, s->m, &d.ruleset, &faults)))
		goto out;
	print_faults(&faults);
	if (s->flows == 0 && ledgers.conduits.kept == 0 &&
	    ledgers.devices.kept == 0) {
		(void)complain(o->lang, W_DRAFT_TOO_LITTLE, "");
		status = CMD_UNDECIDED;
		goto done;
	}
	draft_weigh(s);
	draft_group(s, &ledgers, &rows);
	status = write_draft(&d, base, o, model);
	goto done;
out:
	print_faults(&faults);
done:
	draft_rows_fini(&rows);
	draft_ledgers_fini(&ledgers);
	text_free(&d.ruleset);
	diag_free(&faults);
	return status;
}

int
cmd_draft(const struct options *o)
{
	const char *model = options_value(o, VALUE_MODEL);
	struct draft_seen seen;
	int status = CMD_BAD_INPUT;
	struct input in;

	if (model == NULL)
		model = MODEL_DEFAULT;
	if (access(model, F_OK) != 0 && errno == ENOENT) {
		(void)complain(o->lang, W_DRAFT_NO_MODEL, model);
		return CMD_BAD_INPUT;
	}
	if (o->given[VALUE_FROM].count == 0) {
		(void)complain(o->lang, W_DRAFT_NO_FROM, "");
		return CMD_BAD_INPUT;
	}
	if (!input_need(&in, model, o))
		return CMD_BAD_INPUT;
	draft_seen_init(&seen, in.model);
	if (spares_all(&in, o) && can_run(in.model, o) &&
	    read_all(&seen, o, model))
		status = draft(&seen, &in.bundle, o, model);
	draft_seen_fini(&seen);
	input_close(&in);
	return status;
}
