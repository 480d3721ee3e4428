/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_text.h. Zones that this firewall does not part from any other are
 * not in the table: nothing was asked about them.
 */
#include "audit_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_view.h"
#include "base/mem.h"
#include "describe.h"

#define COLUMN_GAP 2

struct grid {
	const struct audit *a;
	size_t *zones; /* indices, of those that are in it */
	size_t *widths;
	size_t count;
	size_t id, label; /* widths */
	bool numbered;	  /* columns have numbers for their ids */
	bool seen[AUDIT_MARK_COUNT];
};

static bool
is_asked(const struct audit *a, size_t zone)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];

	for (size_t i = 0; i < a->m->zone_count; i++) {
		if (i == zone)
			continue;
		(void)audit_view_signs(a, zone, i, signs);
		if (signs[0].mark != AUDIT_MARK_ELSEWHERE)
			return true;
		(void)audit_view_signs(a, i, zone, signs);
		if (signs[0].mark != AUDIT_MARK_ELSEWHERE)
			return true;
	}
	return false;
}

static void
add_cell(const struct grid *g, size_t from, size_t to, struct text *out)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];
	const size_t n = audit_view_signs(g->a, g->zones[from], g->zones[to],
	    signs);

	for (size_t i = 0; i < n; i++) {
		text_add(out, i > 0 ? " " : "");
		text_add(out, audit_view_mark_sign(signs[i].mark, g->a->lang));
		if (signs[i].count > 0)
			text_printf(out, "%zu", signs[i].count);
	}
}

static void
add_column(const struct grid *g, size_t j, struct text *out)
{
	if (g->numbered)
		text_printf(out, "%zu", j + 1);
	else
		describe_name(g->a->m->zones[g->zones[j]].id, out);
}

static void
add_label(const struct grid *g, size_t i, struct text *out)
{
	const struct zone *z = &g->a->m->zones[g->zones[i]];
	struct text id = { 0 };

	if (g->numbered)
		text_printf(&id, "%zu ", i + 1);
	describe_name(z->id, &id);
	if (strcmp(z->id, z->name) == 0) {
		text_add(out, text_str(&id));
	} else {
		text_pad(out, text_str(&id), g->id);
		describe_name(z->name, out);
	}
	text_free(&id);
}

static size_t
wider(size_t width, struct text *t)
{
	const size_t w = text_width(text_str(t));

	text_clear(t);
	return w > width ? w : width;
}

/* The width of the whole table, after measuring its columns. */
static size_t
measure(struct grid *g)
{
	struct text t = { 0 };
	size_t whole;

	g->id = 0;
	for (size_t i = 0; i < g->count; i++) {
		describe_name(g->a->m->zones[g->zones[i]].id, &t);
		if (g->numbered)
			text_printf(&t, "%zu ", i + 1);
		g->id = wider(g->id, &t);
	}
	g->id += COLUMN_GAP;
	g->label = text_width(words_get(g->a->lang, W_VERIFIER_CORNER));
	for (size_t i = 0; i < g->count; i++) {
		add_label(g, i, &t);
		g->label = wider(g->label, &t);
	}
	whole = g->label;
	for (size_t j = 0; j < g->count; j++) {
		add_column(g, j, &t);
		g->widths[j] = wider(0, &t);
		for (size_t i = 0; i < g->count; i++) {
			add_cell(g, i, j, &t);
			g->widths[j] = wider(g->widths[j], &t);
		}
		whole += COLUMN_GAP + g->widths[j];
	}
	text_free(&t);
	return whole;
}

static void
end_row(struct text *out)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_add_char(out, '\n');
}

/* The column behind the last one that fits in a line with first; one at the
 * least, however wide. */
static size_t
block_end(const struct grid *g, size_t first)
{
	size_t width = g->label, end = first;

	while (end < g->count &&
	    (end == first ||
		width + COLUMN_GAP + g->widths[end] <= AUDIT_COLUMNS))
		width += COLUMN_GAP + g->widths[end++];
	return end;
}

/* Row r, 0 being the head; columns first to before end. */
static void
add_row(const struct grid *g, size_t r, size_t first, size_t end,
    struct text *out)
{
	struct text cell = { 0 };

	if (r > 0)
		add_label(g, r - 1, &cell);
	else
		text_add(&cell, words_get(g->a->lang, W_VERIFIER_CORNER));
	text_pad(out, text_str(&cell), g->label + COLUMN_GAP);
	for (size_t j = first; j < end; j++) {
		text_clear(&cell);
		if (r == 0)
			add_column(g, j, &cell);
		else
			add_cell(g, r - 1, j, &cell);
		text_pad(out, text_str(&cell), g->widths[j] + COLUMN_GAP);
	}
	end_row(out);
	text_free(&cell);
}

static void
look(struct grid *g)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];

	for (size_t i = 0; i < g->count; i++)
		for (size_t j = 0; j < g->count; j++) {
			const size_t n = audit_view_signs(g->a, g->zones[i],
			    g->zones[j], signs);

			for (size_t k = 0; k < n; k++)
				g->seen[signs[k].mark] = true;
		}
}

static void
add_legend(const struct grid *g, struct text *out)
{
	struct text list = { 0 }, line = { 0 };
	const enum lang lang = g->a->lang;

	for (int m = AUDIT_MARK_COUNT; m-- > 0;)
		if (g->seen[m] && m != AUDIT_MARK_SAME)
			text_printf(&list, "%s%s %s",
			    list.length > 0 ? (lang == LANG_JA ? "、" : ", ") :
					      "",
			    audit_view_mark_sign((enum audit_mark)m, lang),
			    audit_view_mark_title((enum audit_mark)m, lang));
	words_add(&line, lang, W_PAGE_LEGEND, 1, text_str(&list));
	audit_wrap(text_str(&line), 0, 0, out);
	text_free(&list);
	text_free(&line);
}

void
audit_text_grid(const struct audit *a, struct text *out)
{
	struct grid g = { .a = a };

	g.zones = mem_calloc(a->m->zone_count + 1, sizeof(*g.zones));
	g.widths = mem_calloc(a->m->zone_count + 1, sizeof(*g.widths));
	for (size_t i = 0; i < a->m->zone_count; i++)
		if (is_asked(a, i))
			g.zones[g.count++] = i;
	if (g.count > 0) {
		text_printf(out, "\n%s\n", words_get(a->lang, W_PAGE_GRID));
		look(&g);
		if (measure(&g) > AUDIT_COLUMNS) {
			g.numbered = true;
			(void)measure(&g);
		}
		for (size_t j = 0, end; j < g.count; j = end) {
			end = block_end(&g, j);
			text_add(out, j > 0 ? "\n" : "");
			for (size_t r = 0; r <= g.count; r++)
				add_row(&g, r, j, end, out);
		}
		add_legend(&g, out);
	}
	free(g.zones);
	free(g.widths);
}
