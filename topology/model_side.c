/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading calendars and address lists, which lie in files of their own.
 * Calendars: "date,open|closed[,name]" or the Cabinet Office's table of
 * national holidays. A fault stands at its place in that file. How a list's
 * file is read is in model_list.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "csv.h"
#include "model_internal.h"
#include "model_list.h"

/* How the table of 国民の祝日 that the Cabinet Office publishes begins. */
#define HOLIDAYS_HEAD "国民の祝日"

static bool
told_already(const struct loader *l, const struct jsonx *n)
{
	const struct diag_entry *e;
	size_t i;

	for (i = 0; i < l->d->count; i++) {
		e = &l->d->entries[i];
		if (e->place.line == n->line && e->place.column == n->column &&
		    e->severity == DIAG_ERROR && e->place.file != NULL &&
		    strcmp(e->place.file, l->shown) == 0)
			return true;
	}
	return false;
}

const struct bundle_file *
model_side_file(struct loader *l, const struct jsonx *n)
{
	const char *name = model_read_string(l, n, "file", NEEDED);
	const struct bundle_file *f;

	if (name == NULL)
		return NULL;
	f = bundle_find(l->bundle, name);
	l->failed |= f == NULL;
	if (f == NULL && !told_already(l, jsonx_get(n, "file")))
		model_read_fault(l, jsonx_get(n, "file"), W_BUNDLE_ABSENT, 1,
		    name);
	return f;
}

/* An error in a side file; v1 fills the sentence and is escaped. */
static void
fault(struct loader *l, const char *file, uint32_t line, uint32_t column,
    enum diag_severity severity, enum word word, const char *v1)
{
	struct diag_place place = { file, line, column };
	struct text escaped = { 0 };

	if (v1 != NULL)
		text_quote(&escaped, v1);
	words_diag(l->d, place, severity, CHECK_TOP_9, word, 1,
	    text_str(&escaped));
	text_free(&escaped);
}

/* ---- calendars */

/* "2026-01-01" or "2026/1/1". */
static bool
parse_day(const char *text, struct day *out)
{
	unsigned year, month, day;
	char buf[16];
	int used = 0;

	if (day_parse(text, out))
		return true;
	if (!isdigit((unsigned char)text[0]) ||
	    sscanf(text, "%4u/%2u/%2u%n", &year, &month, &day, &used) != 3 ||
	    text[used] != '\0')
		return false;
	if (snprintf(buf, sizeof(buf), "%04u-%02u-%02u", year, month, day) >=
	    (int)sizeof(buf))
		return false;
	return day_parse(buf, out);
}

static int
compare_days(const void *left, const void *right)
{
	const struct calendar_day *a = left, *b = right;

	return day_compare(a->day, b->day);
}

/* 1 open, 0 closed, -1 neither. */
static int
parse_open(const char *text)
{
	static const char *const open[] = { "open", "開", "開庁" };
	static const char *const closed[] = { "closed", "休", "休日", "閉",
		"閉庁" };
	size_t i;

	for (i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (strcmp(open[i], text) == 0)
			return 1;
	for (i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (strcmp(closed[i], text) == 0)
			return 0;
	return -1;
}

/* One row; false when it is no day (the heading is one such). */
static bool
calendar_row(struct loader *l, const char *file, const struct csv_row *row,
    bool holidays, struct calendar_day *out)
{
	const struct csv_field *f = row->fields;
	int open = 0;

	if (row->fault != CSV_OK) {
		fault(l, file, row->line, row->column, DIAG_ERROR,
		    row->fault == CSV_OPEN_QUOTE ? W_SIDE_CSV_QUOTE :
			row->fault == CSV_FIELDS ? W_SIDE_CSV_FIELDS :
						   W_SIDE_CSV_AFTER_QUOTE,
		    "256");
		return false;
	}
	if (!parse_day(f[0].text, &out->day)) {
		fault(l, file, f[0].line, f[0].column, DIAG_ERROR,
		    W_MODEL_BAD_DAY, f[0].text);
		return false;
	}
	if (!holidays)
		open = row->count > 1 ? parse_open(f[1].text) : -1;
	if (open < 0) {
		fault(l, file, f[0].line, f[row->count > 1].column, DIAG_ERROR,
		    W_SIDE_OPEN, row->count > 1 ? f[1].text : "");
		return false;
	}
	out->open = open == 1;
	return true;
}

/* Sorts the days and takes out repetitions; contradictions are faults. */
static size_t
settle(struct loader *l, const char *file, struct calendar_day *days,
    size_t count)
{
	char buf[16];
	size_t i, n = 0;

	qsort(days, count, sizeof(*days), compare_days);
	for (i = 0; i < count; i++) {
		if (n == 0 || day_compare(days[n - 1].day, days[i].day) != 0) {
			days[n++] = days[i];
			continue;
		}
		if (days[n - 1].open != days[i].open)
			fault(l, file, 0, 0, DIAG_ERROR, W_SIDE_DAY_TWICE,
			    day_format(days[i].day, buf, sizeof(buf)));
	}
	return n;
}

static void
calendar_read(struct loader *l, const struct bundle_file *f,
    struct calendar *out)
{
	struct calendar_day *days = NULL, day;
	struct csv_row *row = mem_calloc(1, sizeof(*row));
	size_t count = 0, capacity = 0;
	bool first = true, holidays = false;
	struct csv csv;

	if (!csv_init(&csv, f->bytes, f->length, CSV_GUESS))
		fault(l, f->shown, 0, 0, DIAG_ERROR, W_SIDE_NO_ENCODING,
		    "CP932");
	if (csv.bad != 0)
		fault(l, f->shown, csv.bad_line, csv.bad_column, DIAG_ERROR,
		    W_SIDE_ENCODING, "UTF-8, CP932");
	for (; csv_next(&csv, row); first = false) {
		if (first && row->fault == CSV_OK &&
		    !parse_day(row->fields[0].text, &day.day) &&
		    !isdigit((unsigned char)row->fields[0].text[0])) {
			holidays = strncmp(row->fields[0].text, HOLIDAYS_HEAD,
				       strlen(HOLIDAYS_HEAD)) == 0;
			continue;
		}
		if (!calendar_row(l, f->shown, row, holidays, &day))
			continue;
		days = mem_grow(days, &capacity, count, sizeof(*days));
		days[count++] = day;
	}
	csv_fini(&csv);
	free(row);
	if (count == 0)
		fault(l, f->shown, 0, 0, DIAG_WARNING, W_SIDE_NO_DAYS, NULL);
	out->day_count = count ? settle(l, f->shown, days, count) : 0;
	out->days = arena_copy(l->arena, days, out->day_count, sizeof(*days));
	free(days);
}

void
model_side_calendars(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "file", NULL };
	const struct bundle_file *f;
	const struct jsonx *n;
	struct calendar *out;
	size_t count;

	n = model_read_array(l, root, "calendars", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->calendars = out;
	l->m->calendar_count = count;
	model_ids_init(l, NOUN_CALENDAR, count);
	for (; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_CALENDAR, n,
		    (uint32_t)(out - l->m->calendars));
		f = model_side_file(l, n);
		if (f == NULL)
			continue;
		out->file = jsonx_get(n, "file")->string;
		calendar_read(l, f, out);
	}
}

/* ---- address lists */

/* What "sha256" says must be what the file is: a list that was changed after
 * its approval is another list. */
static void
digest_check(struct loader *l, const struct jsonx *n,
    const struct bundle_file *f, struct address_list *out)
{
	const char *said = model_read_string(l, n, "sha256", OPTIONAL);
	char digest[65];

	if (said == NULL)
		return;
	model_list_digest(f->bytes, f->length, digest);
	out->sha256 = said;
	if (strlen(said) != 64 ||
	    strspn(said, "0123456789abcdefABCDEF") != strlen(said))
		model_read_fault(l, jsonx_get(n, "sha256"), W_SIDE_SHA256, 1,
		    said);
	else if (strcasecmp(said, digest) != 0)
		model_read_fault(l, jsonx_get(n, "sha256"), W_SIDE_SHA256_OTHER,
		    2, f->shown, digest);
}

void
model_side_lists(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "file", "format", "max-age",
		"fetched", "sha256", "approved", NULL };
	const struct bundle_file *f;
	const struct jsonx *n;
	struct address_list *out;
	size_t count;

	n = model_read_array(l, root, "address-lists", OPTIONAL, true, &count);
	out = arena_calloc(l->arena, count, sizeof(*out));
	l->m->lists = out;
	l->m->list_count = count;
	model_ids_init(l, NOUN_LIST, count);
	for (; n != NULL; n = n->next, out++) {
		if (!model_read_object(l, n, keys))
			continue;
		out->place = model_read_place(l, n);
		out->id = model_ids_define(l, NOUN_LIST, n,
		    (uint32_t)(out - l->m->lists));
		out->format = (enum list_format)model_read_choice(l, n,
		    "format", model_words_list, -1);
		out->max_age_days = model_value_days(l, n, "max-age", 0);
		out->fetched = model_value_day(l, n, "fetched", OPTIONAL);
		out->approved = model_value_approval(l, n, "approved");
		f = model_side_file(l, n);
		if (f == NULL)
			continue;
		out->file = jsonx_get(n, "file")->string;
		digest_check(l, n, f, out);
		model_list_read(l->arena, l->d, f->shown, f->bytes, f->length,
		    out);
	}
}
