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

#include "base/mem.h"
#include "cell.h"
#include "csv.h"
#include "model_internal.h"

#define NO_COLUMN SIZE_MAX
#define LEDGER_RANGES_MAX 16	 /* addresses or ranges in one row */
#define LEDGER_ADDRESSES_MAX 256 /* that they make */
#define LEDGER_MACS_MAX 4
#define LEDGER_INTERFACES_MAX 1000000 /* of all rows */
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
	const struct csv_field *f = field(r, row, column);
	int said = f != NULL ? cell_truth(f->text) : 0;

	*out = said == 1;
	if (said < 0)
		warn(r, f, W_SIDE_TRUTH, f->text, NULL);
	return said >= 0;
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

/* What one row says of a device before it is a host. */
struct found {
	const struct zone *zone; /* named, or NULL */
	struct cell_range ranges[LEDGER_RANGES_MAX];
	size_t range_count;
	struct mac macs[LEDGER_MACS_MAX];
	size_t mac_count;
	size_t addresses; /* in all ranges */
};

/* Counts the addresses of a range, up to one more than most. */
static size_t
range_size(const struct cell_range *range, size_t most)
{
	struct addr a = range->first;
	size_t n = 1;

	while (n <= most && !addr_equal(&a, &range->last) && addr_next(&a, &a))
		n++;
	return n;
}

/* Addresses of the row; a network registers no device. */
static bool
addresses_of(const struct reader *r, const struct csv_row *row,
    struct found *out)
{
	const struct csv_field *f = field(r, row, LEDGER_ADDRESS);
	char bad[CELL_WORD_MAX];
	enum cell_fault fault;
	size_t i;

	if (f == NULL)
		return true;
	fault = cell_ranges(f->text, out->ranges, LEDGER_RANGES_MAX,
	    &out->range_count, bad);
	if (fault == CELL_NOTHING)
		return true;
	if (fault != CELL_OK && fault != CELL_HOST) {
		warn(r, f, W_MODEL_BAD_ADDRESS, f->text, NULL);
		return false;
	}
	for (i = 0; i < out->range_count; i++) {
		if (out->ranges[i].network) {
			warn(r, f, W_SIDE_LEDGER_NETWORK, f->text, NULL);
			return false;
		}
		out->addresses += range_size(&out->ranges[i],
		    LEDGER_ADDRESSES_MAX);
		if (out->addresses > LEDGER_ADDRESSES_MAX) {
			warn(r, f, W_SIDE_LEDGER_WIDE, f->text, "256");
			return false;
		}
	}
	return true;
}

static bool
macs_of(const struct reader *r, const struct csv_row *row, struct found *out)
{
	const struct csv_field *f = field(r, row, LEDGER_MAC);
	char bad[CELL_WORD_MAX];
	enum cell_fault fault;

	if (f == NULL)
		return true;
	fault = cell_macs(f->text, out->macs, LEDGER_MACS_MAX, &out->mac_count,
	    bad);
	if (fault == CELL_OK || fault == CELL_NOTHING)
		return true;
	warn(r, f, W_MODEL_BAD_MAC, f->text, NULL);
	return false;
}

/* The zone of one address, which the named one must hold. */
static bool
zone_of(const struct reader *r, const struct csv_row *row,
    const struct found *found, struct host_interface *at)
{
	const struct csv_field *f = field(r, row, LEDGER_ADDRESS);
	char buf[ADDR_TEXT_MAX];
	struct prefix p;

	at->zone = found->zone;
	p.addr = at->address;
	p.length = (uint8_t)addr_bits(&p.addr);
	if (at->zone == NULL) {
		at->zone = model_address_locate(r->l, &at->address);
		if (at->zone == NULL)
			warn(r, f, W_SIDE_NO_ZONE,
			    addr_format(&at->address, buf), NULL);
		return true;
	}
	if (model_set_covers(model_address_zone(r->l, at->zone), &p))
		return true;
	warn(r, f, W_MODEL_OUTSIDE_ZONE, addr_format(&at->address, buf),
	    at->zone->id);
	return false;
}

/* An interface for each address and for each MAC beyond them; every address
 * is the first MAC's. */
static bool
interfaces_load(const struct reader *r, const struct csv_row *row,
    const struct found *found, struct host *out)
{
	size_t rest = found->mac_count > 1 ? found->mac_count - 1 : 0;
	struct host_interface *at;
	struct addr a;
	size_t i;

	if (found->addresses == 0)
		rest = found->mac_count;
	at = arena_calloc(r->l->arena, found->addresses + rest, sizeof(*at));
	out->interfaces = at;
	out->interface_count = found->addresses + rest;
	for (i = 0; i < found->range_count; i++) {
		a = found->ranges[i].first;
		for (;;) {
			at->address = a;
			at->has_mac = found->mac_count > 0;
			if (at->has_mac)
				at->mac = found->macs[0];
			if (!zone_of(r, row, found, at++))
				return false;
			if (addr_equal(&a, &found->ranges[i].last) ||
			    !addr_next(&a, &a))
				break;
		}
	}
	for (i = 0; i < rest; i++, at++) {
		at->mac = found->macs[found->mac_count - rest + i];
		at->has_mac = true;
		at->zone = found->zone;
	}
	return true;
}

static bool
row_load(const struct reader *r, const struct csv_row *row, struct host *out)
{
	struct found found;
	bool ok;

	memset(out, 0, sizeof(*out));
	memset(&found, 0, sizeof(found));
	if (!truth(r, row, LEDGER_OFFLINE, &out->offline))
		return false;
	found.zone = named_zone(r, row, &ok);
	if (!ok || !addresses_of(r, row, &found) || !macs_of(r, row, &found))
		return false;
	/* A device kept off every network may have neither. */
	if (found.addresses == 0 && found.mac_count == 0 && !out->offline) {
		warn(r, &row->fields[0], W_SIDE_NO_ADDRESS, NULL, NULL);
		return false;
	}
	if (!interfaces_load(r, row, &found, out))
		return false;
	out->name = text_of(r, row, LEDGER_NAME);
	out->kind = text_of(r, row, LEDGER_KIND);
	out->system = text_of(r, row, LEDGER_SYSTEM);
	out->division = division_of(r, row);
	out->from_ledger = true;
	out->place.file = r->file;
	out->place.line = row->line;
	out->place.column = 1;
	return true;
}

static bool
same_key(const char *a, const char *b)
{
	struct text x = { 0 }, y = { 0 };
	bool same;

	cell_key(&x, a);
	cell_key(&y, b);
	same = strcmp(text_str(&x), text_str(&y)) == 0;
	text_free(&x);
	text_free(&y);
	return same;
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
		/* The same but for width, case and blanks. */
		if (j == row->count)
			for (j = 0; j < row->count; j++)
				if (same_key(row->fields[j].text,
					ledger->columns[i]))
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
	size_t capacity = 0, interfaces = 0;

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
		interfaces += host.interface_count;
		if (*count == MODEL_HOSTS_MAX ||
		    interfaces > LEDGER_INTERFACES_MAX) {
			warn_whole(r, row->line, 1, W_MODEL_TOO_MANY,
			    *count == MODEL_HOSTS_MAX ? "hosts" : "interfaces",
			    *count == MODEL_HOSTS_MAX ? "200000" : "1000000");
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
