/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See cmd_matrix_observed.h. The page may be written beside the text or the
 * CSV (--html FILE), or instead of them (--format html).
 */
#include "cmd_matrix_observed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd.h"
#include "observed_view.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_HTML };

/* One sentence on standard error; false. */
static bool
refuse(enum lang lang, enum word word, const char *what, const char *meant)
{
	struct text out = { 0 }, shown = { 0 }, other = { 0 };

	text_quote(&shown, what);
	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 1, text_str(&shown));
	if (meant != NULL) {
		text_quote(&other, meant);
		text_add(&out, lang == LANG_JA ? "" : " ");
		words_add(&out, lang, W_OBSERVED_MEANT, 1, text_str(&other));
	}
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	text_free(&shown);
	text_free(&other);
	return false;
}

bool
cmd_matrix_options(const struct options *o)
{
	const bool observed = options_value(o, VALUE_OBSERVED) != NULL;

	if (!observed && options_value(o, VALUE_CELL) != NULL)
		return refuse(o->lang, W_OBSERVED_NEEDS_OBSERVED, "--cell",
		    NULL);
	if (!observed && options_value(o, VALUE_HTML) != NULL)
		return refuse(o->lang, W_OBSERVED_NEEDS_OBSERVED, "--html",
		    NULL);
	if (!observed && o->operand_count == 0)
		return refuse(o->lang, W_OBSERVED_NEEDS_MODEL, "", NULL);
	if (o->format == FORMAT_HTML && options_value(o, VALUE_HTML) != NULL)
		return refuse(o->lang, W_OBSERVED_TWO_PAGES, "", NULL);
	return true;
}

/* "core,lg" as two zones of the view. */
static bool
find_cell(struct observed_view *v, const char *cell)
{
	const char *comma = strchr(cell, ',');
	bool ok = true;

	if (comma == NULL || comma == cell || comma[1] == '\0' ||
	    strchr(comma + 1, ',') != NULL)
		return refuse(v->lang, W_OBSERVED_BAD_CELL, cell, NULL);
	for (int i = 0; i < 2 && ok; i++) {
		char *id = i == 0 ? mem_strndup(cell, (size_t)(comma - cell)) :
				    mem_strdup(comma + 1);
		const char *meant;

		v->cell[i] = observed_view_find(v, id, &meant);
		if (v->cell[i] < 0)
			ok = refuse(v->lang, W_OBSERVED_BAD_ZONE, id, meant);
		free(id);
	}
	return ok;
}

/* The events must outlive the answer about them. */
static bool
spares_events(const char *path, const char *events, enum lang lang)
{
	struct stat a, b;
	bool hit;

	if (path == NULL || stat(path, &a) != 0 || !S_ISREG(a.st_mode))
		return true;
	hit = stat(events, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino;
	if (!hit && stat(events, &b) == 0 && S_ISDIR(b.st_mode)) {
		struct events_names names;
		struct text name = { 0 };

		if (events_list(events, &names)) {
			for (size_t i = 0; i <= names.count && !hit; i++) {
				text_clear(&name);
				text_printf(&name, "%s/%s", events,
				    i < names.count ? names.items[i] :
						      EVENTS_YOUNGEST);
				hit = stat(text_str(&name), &b) == 0 &&
				    a.st_dev == b.st_dev &&
				    a.st_ino == b.st_ino;
			}
			events_names_free(&names);
		}
		text_free(&name);
	}
	return !hit || refuse(lang, W_VERIFIER_IS_INPUT, path, NULL);
}

static bool
write_answers(const struct options *o, const struct observed_view *v)
{
	const char *page = options_value(o, VALUE_HTML);
	struct text out = { 0 };
	bool ok = true;

	if (page != NULL) {
		observed_html(v, &out);
		ok = output_write(&out, page, o->lang);
		text_clear(&out);
	}
	if (o->format == FORMAT_HTML)
		observed_html(v, &out);
	else if (o->format == FORMAT_CSV && v->cell[0] >= 0)
		observed_csv_cell(v, &out);
	else if (o->format == FORMAT_CSV)
		observed_csv(v, &out);
	else if (v->cell[0] >= 0)
		observed_text_cell(v, &out);
	else
		observed_text(v, &out);
	ok = ok && output_write(&out, o->output, o->lang);
	text_free(&out);
	return ok;
}

static int
answer(const struct options *o, const struct input *in,
    const struct observed *seen)
{
	const char *cell = options_value(o, VALUE_CELL);
	struct observed_view v;
	int status = CMD_BAD_INPUT;
	char most[16];

	if (!observed_view_init(&v, seen, in != NULL ? in->model : NULL,
		options_value(o, VALUE_OBSERVED), o->lang)) {
		(void)snprintf(most, sizeof(most), "%d", MATRIX_ZONES_MAX);
		(void)refuse(o->lang, W_VERIFIER_TOO_MANY_ZONES, most, NULL);
		return CMD_BAD_INPUT;
	}
	if ((cell == NULL || find_cell(&v, cell)) && write_answers(o, &v)) {
		status = seen->failed		? CMD_BAD_INPUT :
		    observed_has_findings(seen) ? CMD_FINDINGS :
		    observed_has_nothing(seen)	? CMD_UNDECIDED :
						  CMD_CLEAN;
	}
	observed_view_fini(&v);
	return status;
}

int
cmd_matrix_observed(const struct options *o, const struct input *in)
{
	const char *path = options_value(o, VALUE_OBSERVED);
	struct observed *seen;
	struct events *e;
	uint8_t secret[16];
	int status;

	if (!spares_events(o->output, path, o->lang) ||
	    !spares_events(options_value(o, VALUE_HTML), path, o->lang))
		return CMD_BAD_INPUT;
	e = events_open(path, o->lang);
	if (e == NULL)
		return CMD_BAD_INPUT;
	/* Hosts of a network choose the keys of the tables. */
	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		memset(secret, 0, sizeof(secret));
	seen = mem_calloc(1, sizeof(*seen));
	observed_init(seen, secret);
	observed_read(seen, e);
	status = answer(o, in, seen);
	observed_fini(seen);
	free(seen);
	events_close(e);
	return status;
}
