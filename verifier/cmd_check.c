/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho check: loads a model, holds it against the checks of declarations
 * and says everything that is wrong with it, then what it holds. The day it
 * is held against is today's in the model's time zone, or --at.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/jsonw.h"
#include "cmd.h"
#include "describe.h"
#include "input.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_JSON };

#define SEVERITIES (SEVERITY_CRITICAL + 1)

struct counts {
	size_t errors;
	size_t by[SEVERITIES]; /* findings, also those that are not kept */
	size_t omitted;	       /* counted, but beyond what is kept */
};

/* What was loaded, as counts in the order of W_VERIFIER_HOLDS. */
struct loaded {
	const char *key;
	size_t count;
};

#define LOADED_COUNT 9

static struct counts
count_findings(const struct diag *d)
{
	struct counts c = { .errors = d->errors };

	for (int s = SEVERITY_INFORMATION; s <= SEVERITY_CRITICAL; s++)
		c.by[s] =
		    d->graded[diag_grade_of(severity_name((enum severity)s))];
	c.omitted = d->errors + d->warnings - d->count;
	return c;
}

static int
status_of(const struct counts *c, const struct model *m)
{
	if (m == NULL || c->errors > 0)
		return CMD_BAD_INPUT;
	for (int s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		if (c->by[s] > 0)
			return CMD_FINDINGS;
	return CMD_CLEAN;
}

static void
list_loaded(const struct model *m, struct loaded out[LOADED_COUNT])
{
	size_t declared = 0, n = 0;

	for (size_t i = 0; i < m->conduit_count; i++)
		declared += !m->conduits[i].from_relay;
	out[n++] = (struct loaded){ "zones", m->zone_count };
	out[n++] = (struct loaded){ "links", m->link_count };
	out[n++] = (struct loaded){ "boundaries", m->boundary_count };
	out[n++] = (struct loaded){ "taps", m->tap_count };
	out[n++] = (struct loaded){ "conduits", declared };
	out[n++] = (struct loaded){ "relays", m->relay_count };
	out[n++] = (struct loaded){ "sanitisers", m->sanitiser_count };
	out[n++] = (struct loaded){ "exceptions", m->exception_count };
	out[n++] = (struct loaded){ "hosts", m->host_count };
}

static const char *
model_title(const struct model *m, enum lang lang)
{
	return lang == LANG_JA ? m->guideline->title_ja :
				 m->guideline->title_en;
}

static void
print_loaded(const struct model *m, enum lang lang, struct text *out)
{
	struct loaded loaded[LOADED_COUNT];
	struct text edition = { 0 }, title = { 0 };
	char n[LOADED_COUNT][24];

	list_loaded(m, loaded);
	for (size_t i = 0; i < LOADED_COUNT; i++)
		snprintf(n[i], sizeof(n[i]), "%zu", loaded[i].count);
	text_escape(out, m->file, strlen(m->file));
	text_add(out, ": ");
	words_add(out, lang, W_VERIFIER_HOLDS, LOADED_COUNT, n[0], n[1], n[2],
	    n[3], n[4], n[5], n[6], n[7], n[8]);
	text_add_char(out, '\n');
	describe_name(m->guideline->edition, &edition);
	describe_name(model_title(m, lang), &title);
	words_add(out, lang, W_VERIFIER_HELD_AGAINST, 2, text_str(&edition),
	    text_str(&title));
	text_add_char(out, '\n');
	if (m->stage != STAGE_IN_FORCE) {
		describe_stage(m, lang, out);
		text_add_char(out, '\n');
	}
	text_free(&edition);
	text_free(&title);
}

static void
print_counts(const struct counts *c, struct day at, bool loads, enum lang lang,
    struct text *out)
{
	struct text list = { 0 };
	char day[16], number[24];

	if (!loads) {
		snprintf(number, sizeof(number), "%zu", c->errors);
		words_add(out, lang, W_VERIFIER_NOT_LOADED, 1, number);
		text_add_char(out, '\n');
		return;
	}
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--)
		text_printf(&list, "%s%s %zu", list.length ? " / " : "",
		    severity_title((enum severity)s, lang), c->by[s]);
	words_add(out, lang, W_VERIFIER_COUNTS, 2, text_str(&list),
	    day_format(at, day, sizeof(day)));
	text_add_char(out, '\n');
	text_free(&list);
}

static void
print_text(const struct input *in, const struct counts *c, struct day at,
    enum lang lang, struct text *out)
{
	diag_print(&in->diag, out);
	if (in->model != NULL)
		print_loaded(in->model, lang, out);
	print_counts(c, at, in->model != NULL, lang, out);
}

/* "Z-03 Z-07" as an array of strings. */
static void
write_requirements(struct jsonw *w, const char *list)
{
	const char *p = list ? list : "";

	jsonw_array(w, "requirements");
	while (*p != '\0') {
		size_t n = strcspn(p, " ");
		char id[32];

		if (n > 0 && n < sizeof(id)) {
			memcpy(id, p, n);
			id[n] = '\0';
			jsonw_string(w, NULL, id);
		}
		p += n;
		p += strspn(p, " ");
	}
	jsonw_array_end(w);
}

static void
write_finding(struct jsonw *w, const struct diag_entry *e, enum lang lang)
{
	enum check check = e->check ? checks_find(e->check) : CHECK_NONE;

	jsonw_object(w, NULL);
	jsonw_string(w, "file", e->place.file);
	jsonw_uint(w, "line", e->place.line);
	jsonw_uint(w, "column", e->place.column);
	jsonw_string(w, "severity",
	    e->severity == DIAG_ERROR ? "error" : "warning");
	jsonw_string(w, "check", e->check);
	jsonw_string(w, "grade", e->grade);
	jsonw_string(w, "title",
	    check != CHECK_NONE ? checks_row(check)->title[lang] : NULL);
	write_requirements(w, e->requirements);
	jsonw_string(w, "sentence", e->sentence);
	jsonw_object_end(w);
}

static void
write_model(struct jsonw *w, const struct model *m)
{
	struct loaded loaded[LOADED_COUNT];

	list_loaded(m, loaded);
	jsonw_string(w, "model", m->file);
	jsonw_string(w, "sha256", m->sha256);
	jsonw_object(w, "guideline");
	jsonw_string(w, "file", m->guideline->file);
	jsonw_string(w, "edition", m->guideline->edition);
	jsonw_string(w, "model", m->guideline->model);
	jsonw_object_end(w);
	jsonw_object(w, "holds");
	for (size_t i = 0; i < LOADED_COUNT; i++)
		jsonw_uint(w, loaded[i].key, loaded[i].count);
	jsonw_object_end(w);
}

static void
print_json(const struct input *in, const struct counts *c, struct day at,
    enum lang lang, struct text *out)
{
	struct jsonw w;
	char day[16];

	jsonw_init(&w, out);
	jsonw_object(&w, NULL);
	jsonw_string(&w, "format", "sekisho-check/1");
	jsonw_bool(&w, "loads", in->model != NULL);
	if (in->model != NULL) {
		jsonw_string(&w, "at", day_format(at, day, sizeof(day)));
		write_model(&w, in->model);
	}
	jsonw_object(&w, "counts");
	jsonw_uint(&w, "error", c->errors);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--)
		jsonw_uint(&w, severity_name((enum severity)s), c->by[s]);
	jsonw_uint(&w, "omitted", c->omitted);
	jsonw_object_end(&w);
	jsonw_array(&w, "findings");
	for (size_t i = 0; i < in->diag.count; i++)
		write_finding(&w, &in->diag.entries[i], lang);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	text_add_char(out, '\n');
}

static struct day
today_of(const struct model *m)
{
	struct wall_us now = { (int64_t)time(NULL) * CLOCK_SECOND };

	return clock_day(now, m->utc_offset_s, NULL);
}

int
cmd_check(const struct options *o)
{
	struct text out = { 0 };
	struct day at = o->at;
	struct counts counts;
	struct input in;
	int status;

	input_open(&in, o->operands[0], o);
	if (in.model != NULL) {
		if (at.year == 0)
			at = today_of(in.model);
		model_check(in.model, at, &in.diag);
	}
	diag_sort(&in.diag);
	counts = count_findings(&in.diag);
	if (o->format == FORMAT_JSON)
		print_json(&in, &counts, at, o->lang, &out);
	else
		print_text(&in, &counts, at, o->lang, &out);
	status = status_of(&counts, in.model);
	if (!output_write(&out, NULL, o->lang))
		status = CMD_BAD_INPUT;
	text_free(&out);
	input_close(&in);
	return status;
}
