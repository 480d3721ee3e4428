/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which column holds what. Headings are compared without width, case and
 * blanks. They may stand below titles, and in two lines (「接続元」 over
 * 「IPアドレス」); of all rows the one that explains most columns is taken, of
 * a workbook's sheets likewise. What a heading means is in import_fields.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import_grid.h"

#define HEADINGS_WITHIN 50 /* rows from the top */
#define SHOWN_HEADINGS_MAX 12

static void
tell(struct grid *t, const char *file, uint32_t line, uint32_t column,
    enum word word, const char *v0, const char *v1, const char *v2)
{
	struct diag_place place = { file, line, column };
	struct text a = { 0 }, b = { 0 };

	text_quote(&a, v0 != NULL ? v0 : "");
	text_quote(&b, v1 != NULL ? v1 : "");
	words_diag(t->d, place, DIAG_ERROR, CHECK_NONE, word, 3, text_str(&a),
	    text_str(&b), v2);
	text_free(&a);
	text_free(&b);
}

/* ---- one guess at the headings */

struct candidate {
	char *upper, *lower; /* owned keys of one column; NULL: blank */
	char *shown;	     /* owned: as written */
};

struct guess {
	const struct sheet *sheet;
	size_t row; /* index of the (last) row */
	bool double_line;
	size_t fields; /* that it explains */
	struct candidate columns[SHEET_COLUMNS_MAX + 1];
	/* per column: the row of the field table, or NULL */
	const struct field_row *taken[SHEET_COLUMNS_MAX + 1];
	int rank[SHEET_COLUMNS_MAX + 1];
};

static void
guess_fini(struct guess *g)
{
	for (size_t i = 0; i <= SHEET_COLUMNS_MAX; i++) {
		free(g->columns[i].upper);
		free(g->columns[i].lower);
		free(g->columns[i].shown);
	}
	free(g);
}

static char *
key_of(const char *text)
{
	struct text name = { 0 }, key = { 0 };
	char *copy = NULL;

	if (text == NULL || strlen(text) > 4 * CELL_WORD_MAX)
		return NULL;
	(void)cell_name(&name, text); /* Hangul as kana */
	cell_key(&key, text_str(&name));
	if (key.length > 0)
		copy = mem_strdup(text_str(&key));
	text_free(&name);
	text_free(&key);
	return copy;
}

static void
take_column(const struct grid *t, struct guess *g, size_t i)
{
	struct candidate *c = &g->columns[i];
	struct text both = { 0 };

	if (c->upper != NULL && c->lower != NULL) {
		text_add(&both, c->upper);
		text_add(&both, c->lower);
		g->taken[i] = fields_find(t, text_str(&both), &g->rank[i]);
		text_free(&both);
	}
	if (g->taken[i] == NULL)
		g->taken[i] = fields_find(t,
		    c->lower != NULL ? c->lower : c->upper, &g->rank[i]);
}

/* Of columns that name the same field, the preferred one stays; of those
 * that may be many, all do. */
static void
settle_columns(struct guess *g)
{
	for (size_t i = 1; i <= SHEET_COLUMNS_MAX; i++) {
		if (g->taken[i] == NULL)
			continue;
		for (size_t j = 1; j < i; j++) {
			if (g->taken[j] != g->taken[i] ||
			    g->taken[i]->flags & FIELD_MANY)
				continue;
			if (g->rank[i] < g->rank[j]) {
				g->taken[j] = NULL;
			} else {
				g->taken[i] = NULL;
				break;
			}
		}
	}
	for (size_t i = 1; i <= SHEET_COLUMNS_MAX; i++) {
		bool first = g->taken[i] != NULL;

		for (size_t j = 1; j < i && first; j++)
			first = g->taken[j] != g->taken[i];
		g->fields += first;
	}
}

/* Of each column the one further left that its cell in the row is joined
 * with, or 0. Joined cells never overlap in a workbook that a spreadsheet
 * made; in others what comes first stands, and the work is bounded. */
static void
joined_across(const struct sheet *s, uint32_t row,
    uint32_t from[SHEET_COLUMNS_MAX + 1])
{
	size_t steps = 0;

	memset(from, 0, (SHEET_COLUMNS_MAX + 1) * sizeof(*from));
	for (size_t i = 0; i < s->merge_count; i++) {
		const struct sheet_merge *m = &s->merges[i];

		if (m->first_row > row || steps > 4 * SHEET_COLUMNS_MAX)
			return;
		if (m->last_row < row)
			continue;
		for (uint32_t c = m->first + 1;
		     c <= m->last && c <= SHEET_COLUMNS_MAX; c++, steps++)
			if (from[c] == 0)
				from[c] = m->first;
	}
}

/* The text above a lower heading: its own, or that of the cell to the left
 * which it is joined with; in CSV every blank is taken as joined. */
static const char *
upper_text(const struct sheet *s, const struct sheet_row *row, uint32_t column,
    const uint32_t *joined)
{
	const char *text = sheet_text(row, column);

	if (text != NULL)
		return text;
	if (s->name != NULL)
		return joined[column] ? sheet_text(row, joined[column]) : NULL;
	while (--column > 0)
		if ((text = sheet_text(row, column)) != NULL)
			return text;
	return NULL;
}

static void
show(struct candidate *c, const char *upper, const char *lower)
{
	struct text t = { 0 };

	if (upper != NULL)
		(void)cell_name(&t, upper);
	if (upper != NULL && lower != NULL)
		text_add_char(&t, ' ');
	if (lower != NULL)
		(void)cell_name(&t, lower);
	c->shown = mem_strdup(text_str(&t));
	text_free(&t);
}

static struct guess *
guess_at(const struct grid *t, const struct sheet *s, size_t row,
    bool double_line)
{
	const struct sheet_row *lower = &s->rows[row];
	const struct sheet_row *upper = double_line ? lower - 1 : NULL;
	struct guess *g = mem_calloc(1, sizeof(*g));
	uint32_t joined[SHEET_COLUMNS_MAX + 1];

	if (double_line && s->name != NULL)
		joined_across(s, upper->number, joined);
	g->sheet = s;
	g->row = row;
	g->double_line = double_line;
	for (uint32_t i = 1; i <= SHEET_COLUMNS_MAX; i++) {
		const char *low = sheet_text(lower, i);
		const char *high = upper == NULL ? NULL :
		    low != NULL ? upper_text(s, upper, i, joined) :
				  sheet_text(upper, i);

		g->columns[i].lower = key_of(low);
		g->columns[i].upper = key_of(high);
		if (g->columns[i].lower == NULL && g->columns[i].upper == NULL)
			continue;
		show(&g->columns[i], g->columns[i].upper ? high : NULL,
		    g->columns[i].lower ? low : NULL);
		take_column(t, g, i);
	}
	settle_columns(g);
	return g;
}

/* Keeps the better of two; the earlier one where they are equal. */
static struct guess *
better(struct guess *a, struct guess *b)
{
	if (a == NULL || b->fields > a->fields) {
		if (a != NULL)
			guess_fini(a);
		return b;
	}
	guess_fini(b);
	return a;
}

static struct guess *
guess_sheet(const struct grid *t, const struct sheet *s)
{
	size_t rows = s->count < HEADINGS_WITHIN ? s->count : HEADINGS_WITHIN;
	struct guess *best = NULL;

	for (size_t i = 0; i < rows; i++)
		if (!s->rows[i].broken)
			best = better(best, guess_at(t, s, i, false));
	for (size_t i = 1; i < rows; i++)
		if (!s->rows[i].broken && !s->rows[i - 1].broken &&
		    s->rows[i].number == s->rows[i - 1].number + 1)
			best = better(best, guess_at(t, s, i, true));
	return best;
}

/* ---- what came of it */

static bool
has_needed(const struct grid *t, const struct guess *g)
{
	for (size_t i = 0; t->kind->needed[i] != FIELD_COUNT; i++)
		for (size_t j = 1; j <= SHEET_COLUMNS_MAX; j++)
			if (g->taken[j] != NULL &&
			    g->taken[j]->field == t->kind->needed[i])
				return true;
	return false;
}

/* The headings that stand there, for whoever must find the right one. */
static void
list_headings(const struct guess *g, struct text *out)
{
	size_t shown = 0;

	for (size_t i = 1; g != NULL && i <= SHEET_COLUMNS_MAX; i++) {
		if (g->columns[i].shown == NULL)
			continue;
		if (shown++ == SHOWN_HEADINGS_MAX) {
			text_add(out, " …");
			break;
		}
		text_add(out, shown > 1 ? "、「" : "「");
		text_quote(out, g->columns[i].shown);
		text_add(out, "」");
	}
	if (shown == 0)
		text_add(out, "-");
}

/* Each heading that the map names must stand there. */
static bool
wishes_met(struct grid *t, const struct guess *g, const char *map)
{
	bool met = true;

	for (size_t f = 0; f < t->kind->count; f++) {
		const struct grid_wish *wish =
		    &t->wishes[t->kind->fields[f].field];

		for (size_t i = 0; i < wish->count; i++) {
			bool there = false;
			const char *near = NULL;
			unsigned best = 7, distance;

			for (size_t j = 1; j <= SHEET_COLUMNS_MAX; j++) {
				const char *shown = g->columns[j].shown;

				if (shown == NULL)
					continue;
				there |= g->taken[j] == &t->kind->fields[f];
				distance = text_distance(wish->headings[i],
				    shown, best);
				if (distance < best) {
					best = distance;
					near = shown;
				}
			}
			if (there)
				continue;
			tell(t, map, 0, 0,
			    near ? W_IMPORT_MAP_ABSENT_NEAR :
				   W_IMPORT_MAP_ABSENT,
			    wish->headings[i], near, NULL);
			met = false;
		}
	}
	return met;
}

static void
take_slots(struct grid *t, const struct guess *g)
{
	struct arena *a = t->out->arena;
	struct imported *out = t->out;

	out->columns = arena_calloc(a, SHEET_COLUMNS_MAX,
	    sizeof(*out->columns));
	for (uint32_t i = 1; i <= SHEET_COLUMNS_MAX; i++) {
		const struct candidate *c = &g->columns[i];
		struct import_column *column;
		struct grid_slot *slot;

		if (c->shown == NULL)
			continue;
		column = &out->columns[out->column_count++];
		column->column = i;
		column->heading = arena_strdup(a, c->shown);
		if (g->taken[i] == NULL || t->slot_count == GRID_SLOTS_MAX)
			continue;
		column->field = g->taken[i]->key;
		slot = &t->slots[t->slot_count++];
		slot->row = g->taken[i];
		slot->column = i;
		slot->heading = column->heading;
		slot->keys[0] = arena_strdup(a, c->lower);
		slot->keys[1] = arena_strdup(a, c->upper);
	}
}

/* Columns with one heading of a field that only one may hold, and headings
 * with the slip. */
static void
tell_headings(struct grid *t, const struct guess *g)
{
	const struct sheet_row *row = &g->sheet->rows[g->row];
	struct grid_line line = { .row = row->number };
	char letters[8];

	for (uint32_t i = 1; i <= SHEET_COLUMNS_MAX; i++) {
		const char *text = sheet_text(row, i);
		struct text name = { 0 };
		int rank = 0;

		if (text == NULL)
			continue;
		if (cell_name(&name, text) == CELL_FOREIGN)
			grid_fault(t, &line, -1, DIAG_WARNING, W_IMPORT_HANGUL,
			    2, text, text_str(&name));
		text_free(&name);
		if (g->taken[i] != NULL || g->columns[i].shown == NULL)
			continue;
		for (size_t j = 0; j < t->slot_count; j++)
			if (fields_find(t, g->columns[i].lower, &rank) ==
				t->slots[j].row &&
			    fields_same(g->columns[i].shown,
				t->slots[j].heading))
				grid_fault(t, &line, (int)j, DIAG_WARNING,
				    W_IMPORT_TWO_COLUMNS, 1,
				    sheet_letters(i, letters));
	}
}

/* Other sheets that would have fitted are not read: that is said. */
static void
tell_sheets(struct grid *t, const struct guess *g)
{
	for (size_t i = 0; i < t->book.count; i++) {
		const struct sheet *s = &t->book.sheets[i];
		struct grid_line line = { .row = 0 };
		struct guess *other;

		if (s == g->sheet || (other = guess_sheet(t, s)) == NULL)
			continue;
		if (other->fields > 1 && has_needed(t, other))
			grid_fault(t, &line, -1, DIAG_WARNING,
			    W_IMPORT_OTHER_SHEET, 2, s->name, g->sheet->name);
		guess_fini(other);
	}
}

bool
headings_find(struct grid *t)
{
	struct guess *best = NULL, *one;
	struct text list = { 0 };
	struct diag_place place = { t->shown, 0, 0 };
	bool found;

	for (size_t i = 0; i < t->book.count; i++)
		if ((one = guess_sheet(t, &t->book.sheets[i])) != NULL)
			best = better(best, one);
	found = best != NULL && has_needed(t, best);
	if (best != NULL && !wishes_met(t, best, t->shown))
		found = false;
	else if (!found) {
		list_headings(best && best->fields > 0 ? best : NULL, &list);
		words_diag(t->d, place, DIAG_ERROR, CHECK_NONE, t->kind->needs,
		    1, text_str(&list));
	}
	if (found) {
		t->sheet = best->sheet;
		t->next = best->row + 1;
		t->out->sheet = best->sheet->name;
		t->out->heading_row = best->sheet->rows[best->row].number;
		take_slots(t, best);
		tell_headings(t, best);
		tell_sheets(t, best);
	}
	text_free(&list);
	if (best != NULL)
		guess_fini(best);
	return found;
}

bool
headings_again(const struct grid *t, const struct sheet_row *row)
{
	size_t equal = 0;

	for (size_t i = 0; i < t->slot_count; i++) {
		const struct grid_slot *slot = &t->slots[i];
		char *key = key_of(sheet_text(row, slot->column));
		bool same = key != NULL &&
		    ((slot->keys[0] && strcmp(key, slot->keys[0]) == 0) ||
			(slot->keys[1] && strcmp(key, slot->keys[1]) == 0));
		bool other = key != NULL && !same;

		free(key);
		if (other)
			return false;
		equal += same;
	}
	return equal >= 2 || (equal == 1 && t->slot_count == 1);
}
