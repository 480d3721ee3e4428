/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows of a table. 〃 takes the cell above because somebody wrote it there; a
 * blank takes it only where the sheet says that the cells are one, or, in
 * CSV, which cannot say so, for the system and the division. An address is
 * never taken over without 〃: it would register a device that nobody wrote.
 */
#include "import_grid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define VALUES_MAX 3

/* ---- faults */

static void
add_fault(struct grid *t, uint32_t row, int slot, enum diag_severity severity,
    const char *sentence)
{
	struct diag_place place = { t->shown, row, 0 };
	struct text whole = { 0 }, heading = { 0 };
	char letters[8];

	if (slot >= 0) {
		place.column = t->slots[slot].column;
		text_quote(&heading, t->slots[slot].heading);
		words_add(&whole, t->d->lang, W_IMPORT_AT, 2,
		    sheet_letters(place.column, letters), text_str(&heading));
	}
	text_add(&whole, sentence);
	diag_add(t->d, place, severity, NULL,
	    severity == DIAG_ERROR ? NULL : "low", NULL, text_str(&whole));
	text_free(&whole);
	text_free(&heading);
}

void
grid_fault(struct grid *t, struct grid_line *line, int slot,
    enum diag_severity severity, enum word word, size_t count, ...)
{
	struct text sentence = { 0 }, quoted[VALUES_MAX] = { { 0 } };
	const char *v;
	va_list ap;
	size_t i;

	assert(count <= VALUES_MAX);
	va_start(ap, count);
	for (i = 0; i < count; i++)
		if ((v = va_arg(ap, const char *)) != NULL)
			text_quote(&quoted[i], v);
	va_end(ap);
	words_add(&sentence, t->d->lang, word, VALUES_MAX, text_str(&quoted[0]),
	    text_str(&quoted[1]), text_str(&quoted[2]));
	add_fault(t, line->row, slot, severity, text_str(&sentence));
	line->faulty |= severity == DIAG_ERROR;
	text_free(&sentence);
	for (i = 0; i < VALUES_MAX; i++)
		text_free(&quoted[i]);
}

/* ---- fields */

int
grid_slot(const struct grid *t, enum grid_field field, int from)
{
	for (size_t i = (size_t)from; i < t->slot_count; i++)
		if (t->slots[i].row->field == field)
			return (int)i;
	return -1;
}

const char *
grid_text(const struct grid *t, const struct grid_line *line,
    enum grid_field field, int *slot)
{
	*slot = grid_slot(t, field, 0);
	return *slot >= 0 ? line->text[*slot] : NULL;
}

const char *
grid_name(struct grid *t, struct grid_line *line, enum grid_field field)
{
	struct text name = { 0 };
	const char *text, *kept = NULL;
	enum cell_fault fault;
	int slot;

	text = grid_text(t, line, field, &slot);
	if (text == NULL)
		return NULL;
	fault = cell_name(&name, text);
	if (fault == CELL_FOREIGN && !line->taken[slot])
		grid_fault(t, line, slot, DIAG_WARNING, W_IMPORT_HANGUL, 2,
		    text, text_str(&name));
	if (fault != CELL_NOTHING)
		kept = arena_strdup(t->out->arena, text_str(&name));
	text_free(&name);
	return kept;
}

struct day
grid_day(struct grid *t, struct grid_line *line, enum grid_field field)
{
	struct day day = { 0, 0, 0 };
	enum cell_fault fault;
	const char *text;
	char buf[16];
	int slot;

	text = grid_text(t, line, field, &slot);
	if (text == NULL)
		return day;
	fault = cell_day(text, &day);
	switch (fault) {
	case CELL_OK:
	case CELL_NOTHING:
		return day;
	case CELL_ERA:
		grid_fault(t, line, slot, DIAG_WARNING, W_IMPORT_DAY_ERA, 2,
		    text, day_format(day, buf, sizeof(buf)));
		return day;
	case CELL_NO_YEAR:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_DAY_NO_YEAR, 1,
		    text);
		break;
	case CELL_NO_DAY:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_DAY_NO_DAY, 1,
		    text);
		break;
	case CELL_CALENDAR:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_DAY_CALENDAR, 1,
		    text);
		break;
	default:
		grid_fault(t, line, slot, DIAG_ERROR, W_IMPORT_DAY, 1, text);
		break;
	}
	return (struct day){ 0, 0, 0 };
}

void
grid_settle(struct grid *t, const struct grid_line *line)
{
	if (line->faulty)
		t->out->left[IMPORT_LEFT_FAULT]++;
	else
		t->out->kept++;
}

/* ---- rows that are no data */

/* Whether the key begins as notes, totals and section titles do. */
static bool
begins_remark(const char *key)
{
	static const char *const starts[] = { "※", "注", "(注", "*", "備考",
		"計", "合計", "小計", "総計", "以上", "出典", "凡例", "■", "●",
		"○", "◆", "◇", "【", "<", "[", "★", "(※", "total" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(key, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static bool
is_total(const char *key)
{
	static const char *const words[] = { "計", "合計", "小計", "総計",
		"total", "以上" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(key, words[i]) == 0)
			return true;
	return false;
}

/* A single cell that begins like a note or a title, or a total. A row with
 * more than that is data, right or wrong. */
static bool
is_remark(const struct sheet_row *row)
{
	struct text key = { 0 };
	bool remark;

	if (row->broken || row->count == 0)
		return false;
	cell_key(&key, row->cells[0].text);
	remark = (row->count == 1 && begins_remark(text_str(&key))) ||
	    (row->count <= 3 && is_total(text_str(&key)));
	text_free(&key);
	return remark;
}

static bool
is_blank_row(const struct sheet_row *row)
{
	bool blank = !row->broken;

	for (uint32_t i = 0; i < row->count && blank; i++)
		blank = cell_is_blank(row->cells[i].text);
	return blank;
}

/* ---- resolving cells */

/* Lets merges begin that start at or before the row. */
static void
run_merges(struct grid *t, const struct sheet_row *row)
{
	const struct sheet *s = t->sheet;
	const struct sheet_merge *m;
	size_t i;

	while (t->next_merge < s->merge_count &&
	    s->merges[t->next_merge].first_row <= row->number) {
		m = &s->merges[t->next_merge++];
		if (m->first_row == m->last_row)
			continue;
		for (i = 0; i < t->slot_count; i++) {
			struct grid_slot *slot = &t->slots[i];

			if (slot->column < m->first || slot->column > m->last)
				continue;
			slot->merged_last = m->last_row;
			slot->merged = m->first_row == row->number ?
			    sheet_text(row, m->first) :
			    NULL;
		}
	}
}

static void
ditto(struct grid *t, struct grid_line *line, int i)
{
	const struct grid_slot *slot = &t->slots[i];

	if (!t->after_data) {
		grid_fault(t, line, i, DIAG_ERROR, W_IMPORT_DITTO_FIRST, 1,
		    line->text[i]);
		line->text[i] = NULL;
	} else if (slot->above == NULL) {
		grid_fault(t, line, i, DIAG_ERROR, W_IMPORT_DITTO_BLANK, 1,
		    line->text[i]);
		line->text[i] = NULL;
	} else {
		line->text[i] = slot->above;
		line->taken[i] = true;
	}
}

/* In CSV only: and not in the tables that import_print.c writes, whose
 * headings are the fields' own keys and whose blanks are blanks. */
static void
blank(struct grid *t, struct grid_line *line, int i, bool others)
{
	struct grid_slot *slot = &t->slots[i];
	unsigned flags = slot->row->flags;

	if (slot->merged_last >= line->row) {
		if (flags & FIELD_MERGED && slot->merged != NULL) {
			line->text[i] = cell_is_ditto(slot->merged) ?
			    slot->above :
			    slot->merged;
			line->taken[i] = true;
			t->out->filled++;
		} else {
			line->in_merge[i] = slot->merged != NULL;
		}
	} else if (t->sheet->name == NULL && flags & FIELD_FILL && others &&
	    t->after_data && slot->above != NULL &&
	    strcmp(slot->heading, slot->row->key) != 0) {
		line->text[i] = slot->above;
		line->taken[i] = true;
		t->out->filled++;
		/* A guess, if a fair one: it is told, once a column. */
		if (!slot->filled)
			grid_fault(t, line, i, DIAG_WARNING, W_IMPORT_FILLED, 1,
			    slot->above);
		slot->filled = true;
	}
}

static void
resolve(struct grid *t, const struct sheet_row *row, struct grid_line *line)
{
	bool others = false;

	for (size_t i = 0; i < t->slot_count; i++) {
		const char *text = sheet_text(row, t->slots[i].column);

		line->text[i] = text == NULL || cell_is_blank(text) ? NULL :
								      text;
		others |= line->text[i] != NULL &&
		    !(t->slots[i].row->flags & FIELD_FILL);
		if (text != NULL && strlen(text) > CELL_BYTES_MAX) {
			grid_fault(t, line, (int)i, DIAG_ERROR,
			    W_IMPORT_CELL_LONG, 1, "32768");
			line->text[i] = NULL;
		}
	}
	for (size_t i = 0; i < t->slot_count; i++) {
		if (line->text[i] == NULL)
			blank(t, line, (int)i, others);
		else if (cell_is_ditto(line->text[i]))
			ditto(t, line, (int)i);
	}
	for (size_t i = 0; i < t->slot_count; i++) {
		t->slots[i].above = line->text[i];
		if (line->taken[i] && line->text[i] != NULL)
			t->carried += strlen(line->text[i]);
	}
	t->after_data = true;
}

bool
grid_next(struct grid *t, struct grid_line *line)
{
	const struct sheet *s = t->sheet;

	while (t->next < s->count) {
		const struct sheet_row *row = &s->rows[t->next++];

		memset(line, 0, sizeof(*line));
		line->row = row->number;
		run_merges(t, row);
		if (is_blank_row(row))
			continue;
		t->out->rows++;
		if (t->out->rows > IMPORT_ROWS_MAX) {
			grid_fault(t, line, -1, DIAG_ERROR, W_IMPORT_TOO_LARGE,
			    0);
			t->out->left[IMPORT_LEFT_FAULT]++;
			return false;
		}
		if (row->broken) { /* told by whoever read it */
			t->out->left[IMPORT_LEFT_FAULT]++;
			t->after_data = false;
			continue;
		}
		if (headings_again(t, row)) {
			t->out->left[IMPORT_LEFT_HEADING]++;
			t->after_data = false;
			continue;
		}
		if (is_remark(row)) {
			t->out->left[IMPORT_LEFT_REMARK]++;
			t->after_data = false;
			continue;
		}
		resolve(t, row, line);
		if (t->carried <= SHEET_TEXT_MAX)
			return true;
		grid_fault(t, line, -1, DIAG_ERROR, W_IMPORT_TOO_LARGE, 0);
		t->out->left[IMPORT_LEFT_FAULT]++;
		return false;
	}
	return false;
}

/* ---- opening */

bool
grid_open_bytes(struct grid *t, const char *path, const char *bytes,
    size_t length, const struct import_options *o, const struct grid_kind *kind,
    struct imported *out, struct diag *d)
{
	memset(t, 0, sizeof(*t));
	if (out->arena == NULL)
		out->arena = arena_new();
	t->kind = kind;
	t->d = d;
	t->out = out;
	t->shown = path;
	if (!book_read(&t->book, t->shown, bytes, length, o->encoding,
		out->arena, d))
		return false;
	out->encoding = t->book.encoding;
	memcpy(out->sha256, t->book.sha256, sizeof(out->sha256));
	return fields_map(t, o->columns) && headings_find(t);
}

bool
grid_open(struct grid *t, const char *path, const struct import_options *o,
    const struct grid_kind *kind, struct imported *out, struct diag *d)
{
	size_t length;
	char *bytes;
	bool fine;

	memset(t, 0, sizeof(*t));
	if (out->arena == NULL)
		out->arena = arena_new();
	bytes = book_bytes(path, &length, d);
	if (bytes == NULL)
		return false;
	fine = grid_open_bytes(t, path, bytes, length, o, kind, out, d);
	free(bytes);
	return fine;
}

void
grid_close(struct grid *t)
{
	book_fini(&t->book);
}
