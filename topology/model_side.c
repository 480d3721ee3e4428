/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading calendars and address lists, which lie in files of their own.
 * Calendars: "date,open|closed[,name]" or the Cabinet Office's table of
 * national holidays. Lists: Microsoft's endpoints JSON, networks one a line,
 * or server names one a line. A fault stands at its place in that file.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "csv.h"
#include "model_internal.h"

#define LINE_MAX_BYTES 512
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

/* What is read of one list before it is settled. */
struct gathered {
	struct prefix *networks; /* owned, as is names */
	size_t network_count, network_capacity;
	const char **names;
	size_t name_count, name_capacity;
};

static void
gather_network(struct loader *l, struct gathered *g, const char *file,
    uint32_t line, uint32_t column, const char *text)
{
	struct prefix p;

	if (prefix_parse(text, &p) != PREFIX_OK) {
		fault(l, file, line, column, DIAG_ERROR, W_MODEL_BAD_NETWORK,
		    text);
		return;
	}
	g->networks = mem_grow(g->networks, &g->network_capacity,
	    g->network_count, sizeof(p));
	g->networks[g->network_count++] = p;
}

static void
gather_name(struct loader *l, struct gathered *g, const char *file,
    uint32_t line, uint32_t column, const char *text,
    enum diag_severity severity)
{
	const char *name = model_value_name(l->arena, text);

	if (name == NULL) {
		fault(l, file, line, column, severity, W_MODEL_BAD_NAME, text);
		return;
	}
	g->names = mem_grow(g->names, &g->name_capacity, g->name_count,
	    sizeof(*g->names));
	g->names[g->name_count++] = name;
}

static void
m365_strings(struct loader *l, const struct bundle_file *f,
    const struct jsonx *list, bool names, struct gathered *g)
{
	const struct jsonx *item;

	if (list == NULL)
		return;
	if (list->kind != JSONX_ARRAY) {
		fault(l, f->shown, list->line, list->column, DIAG_ERROR,
		    W_SIDE_M365, NULL);
		return;
	}
	for (item = list->child; item != NULL; item = item->next) {
		if (item->kind != JSONX_STRING)
			fault(l, f->shown, item->line, item->column, DIAG_ERROR,
			    W_SIDE_M365, NULL);
		else if (names)
			/* Its inner wildcards ("a.*.b") are left out: a list
			 * that is too short permits less, never more. */
			gather_name(l, g, f->shown, item->line, item->column,
			    item->string, DIAG_WARNING);
		else
			gather_network(l, g, f->shown, item->line, item->column,
			    item->string);
	}
}

static void
m365_read(struct loader *l, const struct bundle_file *f, struct gathered *g)
{
	struct jsonx_doc *doc = jsonx_parse(f->shown, f->bytes, f->length,
	    l->d);
	const struct jsonx *root, *item;

	if (doc == NULL)
		return;
	root = jsonx_root(doc);
	if (root->kind != JSONX_ARRAY)
		fault(l, f->shown, root->line, root->column, DIAG_ERROR,
		    W_SIDE_M365, NULL);
	for (item = root->child; item != NULL; item = item->next) {
		if (item->kind != JSONX_OBJECT) {
			fault(l, f->shown, item->line, item->column, DIAG_ERROR,
			    W_SIDE_M365, NULL);
			continue;
		}
		m365_strings(l, f, jsonx_get(item, "ips"), false, g);
		m365_strings(l, f, jsonx_get(item, "urls"), true, g);
	}
	jsonx_free(doc);
}

/* "# fetched: 2026-04-01" */
static void
comment_line(const char *text, struct address_list *out)
{
	static const char word[] = "fetched:";
	struct day day;

	while (*text == '#' || *text == ' ')
		text++;
	if (strncmp(text, word, strlen(word)) != 0)
		return;
	for (text += strlen(word); *text == ' '; text++)
		;
	if (day_parse(text, &day))
		out->fetched = day;
}

/* One line without its end, cut at a comment and at blanks. */
static void
list_line(struct loader *l, const struct bundle_file *f, uint32_t line,
    char *text, struct address_list *out, struct gathered *g)
{
	char *comment = strchr(text, '#'), *end;
	uint32_t column = 1;

	if (comment != NULL) {
		end = comment + strlen(comment);
		while (end > comment && isspace((unsigned char)end[-1]))
			*--end = '\0';
		comment_line(comment, out);
		*comment = '\0';
	}
	for (; isspace((unsigned char)*text); text++)
		column++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	if (*text == '\0')
		return;
	if (out->format == LIST_CIDR)
		gather_network(l, g, f->shown, line, column, text);
	else
		gather_name(l, g, f->shown, line, column, text, DIAG_ERROR);
}

static void
lines_read(struct loader *l, const struct bundle_file *f,
    struct address_list *out, struct gathered *g)
{
	const char *p = f->bytes, *end = p + f->length, *stop;
	char text[LINE_MAX_BYTES];
	uint32_t line;
	size_t n;

	if (f->length >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (line = 1; p < end; line++) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		n = (size_t)(stop - p);
		if (n >= sizeof(text)) /* too long for any name */
			n = sizeof(text) - 1;
		memcpy(text, p, n);
		text[n] = '\0';
		if (strlen(text) != n)
			fault(l, f->shown, line, 1, DIAG_ERROR, W_SIDE_ENCODING,
			    "UTF-8");
		list_line(l, f, line, text, out, g);
		p = stop < end ? stop + 1 : end;
	}
}

static void
list_read(struct loader *l, const struct bundle_file *f,
    struct address_list *out)
{
	struct gathered g = { 0 };
	struct prefix_set all;

	if (out->format == LIST_M365_JSON)
		m365_read(l, f, &g);
	else
		lines_read(l, f, out, &g);
	all.items = g.networks;
	all.count = g.network_count;
	out->networks = model_set_normal(l->arena, &all);
	out->names = arena_copy(l->arena, g.names, g.name_count,
	    sizeof(*g.names));
	out->name_count = g.name_count;
	free(g.networks);
	free(g.names);
}

void
model_side_lists(struct loader *l, const struct jsonx *root)
{
	static const char *const keys[] = { "id", "file", "format", "max-age",
		"fetched", "approved", NULL };
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
		list_read(l, f, out);
	}
}
