/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the ledger of devices (機器台帳): a table whose headings the model
 * maps. A row that cannot be read is told as a warning at its place and left
 * out; the others stand. What is left out can only make a device look
 * unregistered, never registered.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "csv.h"
#include "model_internal.h"

#define NO_COLUMN SIZE_MAX
#define VALUES_MAX 3

struct reader {
	struct loader *l;
	const char *shown;	       /* the file in diagnostics */
	const char *file;	       /* and in the model */
	size_t column[LEDGER_COLUMNS]; /* index of each, or NO_COLUMN */
};

static void
add_low(struct loader *l, struct diag_place place, const char *sentence)
{
	const struct check_row *row = checks_row(CHECK_TOP_9);

	diag_add(l->d, place, DIAG_WARNING, row->id,
	    severity_name(SEVERITY_LOW),
	    row->requirements[0] ? row->requirements : NULL, sentence);
}

void
model_ledger_fault(struct loader *l, struct diag_place place, enum word word,
    size_t count, ...)
{
	struct text sentence = { 0 }, quoted[VALUES_MAX] = { { 0 } };
	const char *v;
	va_list ap;
	size_t i;

	if (l->ledger_faults++ == LEDGER_TOLD_MAX)
		l->ledger_rest = place;
	if (l->ledger_faults > LEDGER_TOLD_MAX)
		return;
	assert(count <= VALUES_MAX);
	va_start(ap, count);
	for (i = 0; i < count; i++)
		if ((v = va_arg(ap, const char *)) != NULL)
			text_quote(&quoted[i], v);
	va_end(ap);
	words_add(&sentence, l->d->lang, word, VALUES_MAX, text_str(&quoted[0]),
	    text_str(&quoted[1]), text_str(&quoted[2]));
	add_low(l, place, text_str(&sentence));
	text_free(&sentence);
	for (i = 0; i < VALUES_MAX; i++)
		text_free(&quoted[i]);
}

void
model_ledger_rest(struct loader *l)
{
	struct text sentence = { 0 };
	char number[24];

	if (l->ledger_faults <= LEDGER_TOLD_MAX)
		return;
	(void)snprintf(number, sizeof(number), "%zu",
	    l->ledger_faults - LEDGER_TOLD_MAX);
	words_add(&sentence, l->d->lang, W_SIDE_MORE_ROWS, 1, number);
	add_low(l, l->ledger_rest, text_str(&sentence));
	text_free(&sentence);
}

/* Of one row. */
static void
warn(const struct reader *r, const struct csv_field *f, enum word word,
    const char *v0, const char *v1)
{
	struct diag_place place = { r->shown, f->line, f->column };

	model_ledger_fault(r->l, place, word, 2, v0, v1);
}

/* Of the whole table: its grade is the check's. */
static void
warn_whole(const struct reader *r, uint32_t line, uint32_t column,
    enum word word, const char *v0, const char *v1)
{
	struct diag_place place = { r->shown, line, column };

	words_diag(r->l->d, place, DIAG_WARNING, CHECK_TOP_9, word, 2, v0, v1);
}

/* The field of a column, or NULL when it is not there or empty. */
static const struct csv_field *
field(const struct reader *r, const struct csv_row *row,
    enum ledger_column column)
{
	size_t i = r->column[column];

	if (i >= row->count || row->fields[i].text[0] == '\0')
		return NULL;
	return &row->fields[i];
}

static const char *
text_of(const struct reader *r, const struct csv_row *row,
    enum ledger_column column)
{
	const struct csv_field *f = field(r, row, column);

	return f != NULL ? arena_strdup(r->l->arena, f->text) : NULL;
}

/* The id of the division a text means by id, name or short name; else the
 * text itself: the ledger may know divisions that the model does not. */
static const char *
division_of(const struct reader *r, const struct csv_row *row)
{
	const struct csv_field *f = field(r, row, LEDGER_DIVISION);
	const struct model *m = r->l->m;
	size_t i;

	if (f == NULL)
		return NULL;
	for (i = 0; i < m->division_count; i++) {
		const struct division *d = &m->divisions[i];

		if (strcmp(d->id, f->text) == 0 ||
		    strcmp(d->name, f->text) == 0 ||
		    (d->short_name != NULL &&
			strcmp(d->short_name, f->text) == 0))
			return d->id;
	}
	return arena_strdup(r->l->arena, f->text);
}

static bool
truth(const struct reader *r, const struct csv_row *row,
    enum ledger_column column, bool *out)
{
	static const char *const yes[] = { "1", "○", "〇", "◯", "はい", "yes",
		"true", "有" };
	static const char *const no[] = { "0", "×", "-", "－", "いいえ", "no",
		"false", "無" };
	const struct csv_field *f = field(r, row, column);
	size_t i;

	*out = false;
	if (f == NULL)
		return true;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcasecmp(yes[i], f->text) == 0) {
			*out = true;
			return true;
		}
	}
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcasecmp(no[i], f->text) == 0)
			return true;
	warn(r, f, W_SIDE_TRUTH, f->text, NULL);
	return false;
}

/* The zone a row names by id or name; *ok false when there is no such. */
static const struct zone *
named_zone(const struct reader *r, const struct csv_row *row, bool *ok)
{
	const struct csv_field *f = field(r, row, LEDGER_ZONE);
	const struct model *m = r->l->m;
	size_t i;

	*ok = true;
	if (f == NULL)
		return NULL;
	for (i = 0; i < m->zone_count; i++)
		if (strcmp(m->zones[i].id, f->text) == 0 ||
		    strcmp(m->zones[i].name, f->text) == 0)
			return &m->zones[i];
	warn(r, f, W_MODEL_UNKNOWN_REFERENCE,
	    words_get(r->l->d->lang, W_NOUN_ZONE), f->text);
	*ok = false;
	return NULL;
}

static bool
place_of(const struct reader *r, const struct csv_row *row,
    struct host_interface *out)
{
	const struct csv_field *f = field(r, row, LEDGER_ADDRESS);
	struct prefix p;
	bool ok;

	out->zone = named_zone(r, row, &ok);
	if (!ok || f == NULL)
		return ok;
	if (!addr_parse(f->text, &out->address)) {
		warn(r, f, W_MODEL_BAD_ADDRESS, f->text, NULL);
		return false;
	}
	p.addr = out->address;
	p.length = (uint8_t)addr_bits(&p.addr);
	if (out->zone == NULL) {
		out->zone = model_address_locate(r->l, &out->address);
		if (out->zone == NULL)
			warn(r, f, W_SIDE_NO_ZONE, f->text, NULL);
		return true;
	}
	if (model_set_covers(model_address_zone(r->l, out->zone), &p))
		return true;
	warn(r, f, W_MODEL_OUTSIDE_ZONE, f->text, out->zone->id);
	return false;
}

static bool
row_load(const struct reader *r, const struct csv_row *row, struct host *out)
{
	const struct csv_field *mac = field(r, row, LEDGER_MAC);
	struct host_interface at = { 0 };

	memset(out, 0, sizeof(*out));
	if (!truth(r, row, LEDGER_OFFLINE, &out->offline) ||
	    !place_of(r, row, &at))
		return false;
	if (mac != NULL && !mac_parse(mac->text, &at.mac)) {
		warn(r, mac, W_MODEL_BAD_MAC, mac->text, NULL);
		return false;
	}
	at.has_mac = mac != NULL;
	/* A device kept off every network may have neither. */
	if (at.address.family == 0 && !at.has_mac && !out->offline) {
		warn(r, &row->fields[0], W_SIDE_NO_ADDRESS, NULL, NULL);
		return false;
	}
	out->name = text_of(r, row, LEDGER_NAME);
	out->kind = text_of(r, row, LEDGER_KIND);
	out->system = text_of(r, row, LEDGER_SYSTEM);
	out->division = division_of(r, row);
	out->from_ledger = true;
	out->place.file = r->file;
	out->place.line = row->line;
	out->place.column = 1;
	if (at.address.family != 0 || at.has_mac) {
		out->interfaces = arena_copy(r->l->arena, &at, 1, sizeof(at));
		out->interface_count = 1;
	}
	return true;
}

/* Finds each mapped heading in the first row; a missing one is an error, for
 * then the model says something of the file that is not so. */
static void
headings(struct reader *r, const struct csv_row *row,
    const struct jsonx *columns)
{
	const struct ledger *ledger = &r->l->m->ledger;
	size_t i, j;

	for (i = 0; i < LEDGER_COLUMNS; i++) {
		r->column[i] = NO_COLUMN;
		if (ledger->columns[i] == NULL)
			continue;
		for (j = 0; j < row->count; j++)
			if (strcmp(row->fields[j].text, ledger->columns[i]) ==
			    0)
				break;
		if (j < row->count)
			r->column[i] = j;
		else
			model_read_fault(r->l,
			    jsonx_get(columns, model_words_column[i]),
			    W_SIDE_COLUMN, 2, ledger->columns[i], r->shown);
	}
}

static void
csv_fault_of(const struct reader *r, const struct csv_row *row)
{
	struct csv_field at = { NULL, row->line, row->column };

	switch (row->fault) {
	case CSV_OPEN_QUOTE:
		warn(r, &at, W_SIDE_CSV_QUOTE, NULL, NULL);
		break;
	case CSV_FIELDS:
		warn(r, &at, W_SIDE_CSV_FIELDS, "256", NULL);
		break;
	default:
		warn(r, &at, W_SIDE_CSV_AFTER_QUOTE, NULL, NULL);
		break;
	}
}

static struct host *
rows_load(struct reader *r, struct csv *csv, const struct jsonx *columns,
    size_t *count)
{
	struct csv_row *row = mem_calloc(1, sizeof(*row));
	struct host *hosts = NULL, host;
	size_t capacity = 0;

	if (!csv_next(csv, row) || row->fault != CSV_OK) {
		warn_whole(r, 1, 1, W_SIDE_CSV_EMPTY, NULL, NULL);
		free(row);
		return NULL;
	}
	headings(r, row, columns);
	while (csv_next(csv, row)) {
		if (row->fault != CSV_OK) {
			csv_fault_of(r, row);
			continue;
		}
		if (!row_load(r, row, &host))
			continue;
		if (*count == MODEL_HOSTS_MAX) {
			warn_whole(r, row->line, 1, W_MODEL_TOO_MANY, "hosts",
			    "200000");
			break;
		}
		hosts = mem_grow(hosts, &capacity, *count, sizeof(*hosts));
		hosts[(*count)++] = host;
	}
	free(row);
	return hosts;
}

/* In the order of enum csv_encoding; without a word it is guessed. */
static const char *const encodings[] = { "utf-8", "cp932", NULL };

/* Reads the section into the model; the columns node, or NULL. */
static const struct jsonx *
section(struct loader *l, const struct jsonx *n, enum csv_encoding *encoding)
{
	static const char *const keys[] = { "file", "encoding", "columns",
		NULL };
	struct ledger *out = &l->m->ledger;
	const struct jsonx *columns;
	int i;

	if (!model_read_object(l, n, keys))
		return NULL;
	i = model_read_choice(l, n, "encoding", encodings, CSV_GUESS);
	*encoding = (enum csv_encoding)i;
	columns = model_read_member(l, n, "columns", JSONX_OBJECT, NEEDED);
	if (columns == NULL ||
	    !model_read_object(l, columns, model_words_column))
		return NULL;
	for (i = 0; i < LEDGER_COLUMNS; i++)
		out->columns[i] = model_read_string(l, columns,
		    model_words_column[i],
		    i == LEDGER_ADDRESS ? NEEDED : OPTIONAL);
	return columns;
}

/* Whether every byte reads as CP932: what spreadsheets here save. */
static bool
is_cp932(const struct bundle_file *f)
{
	struct csv csv;
	bool fits = csv_init(&csv, f->bytes, f->length, CSV_CP932) &&
	    csv.bad == 0;

	csv_fini(&csv);
	return fits;
}

struct host *
model_ledger_load(struct loader *l, const struct jsonx *root, size_t *count)
{
	const struct jsonx *n = jsonx_get(root, "ledger"), *columns;
	const struct bundle_file *f;
	struct reader r = { .l = l };
	enum csv_encoding encoding;
	struct host *hosts;
	struct csv csv;

	*count = 0;
	if (n == NULL || (columns = section(l, n, &encoding)) == NULL ||
	    (f = model_side_file(l, n)) == NULL)
		return NULL;
	l->m->ledger.file = jsonx_get(n, "file")->string;
	r.shown = f->shown;
	r.file = arena_strdup(l->arena, f->shown);
	if (!csv_init(&csv, f->bytes, f->length, encoding))
		model_read_fault(l, n, W_SIDE_NO_ENCODING, 1, "CP932");
	l->m->ledger.encoding = encodings[csv.encoding];
	if (csv.bad != 0)
		warn_whole(&r, csv.bad_line, csv.bad_column,
		    csv.encoding == CSV_UTF8 && is_cp932(f) ?
			W_SIDE_ENCODING_NEAR :
			W_SIDE_ENCODING,
		    l->m->ledger.encoding, "cp932");
	hosts = rows_load(&r, &csv, columns, count);
	csv_fini(&csv);
	return hosts;
}
