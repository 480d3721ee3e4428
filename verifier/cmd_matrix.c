/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho matrix: zone by zone, what the guideline says and what is declared.
 * Text is an aligned grid for a terminal; CSV has one row for each pair, so
 * that a spreadsheet can filter it; the page is for printing. What was
 * observed (--observed): cmd_matrix_observed.c.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "cmd_matrix_observed.h"
#include "describe.h"
#include "input.h"
#include "matrix.h"
#include "output.h"

enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_HTML };

#define COLUMN_GAP 2

/* One sign a kind: each two columns wide in Japanese, also on terminals that
 * draw ambiguous characters wide. */
static const char *const signs[CELL_KIND_COUNT][LANG_COUNT] = {
	[CELL_DENY] = { "禁", "x" },
	[CELL_PERMIT] = { "登", "D" },
	[CELL_SPECIAL] = { "特", "R" },
	[CELL_SANITISE] = { "無", "S" },
	[CELL_SCREEN] = { "画", "V" },
	[CELL_LIST] = { "限", "L" },
};

/* ---- text */

static void
add_cell(const struct matrix_cell *c, enum lang lang, struct text *out)
{
	if (c->cell == NULL) {
		text_add(out, lang == LANG_JA ? "－" : "-");
		return;
	}
	text_add(out, signs[c->cell->kind][lang]);
	for (int k = 0; k < CELL_KIND_COUNT; k++)
		if (c->cell->also & 1u << k)
			text_printf(out, "%s%s", lang == LANG_JA ? "" : "/",
			    signs[k][lang]);
	if (matrix_is_against(c))
		text_add(out, lang == LANG_JA ? "！" : "!");
	if (c->conduits)
		text_printf(out, " %u", c->conduits);
	if (c->exceptions)
		text_printf(out, lang == LANG_JA ? " 例%u" : " e%u",
		    c->exceptions);
}

/* Ids stand in a column of their own: they are what heads the columns. */
static size_t
id_width(const struct matrix *x)
{
	size_t width = 0, w;

	for (size_t i = 0; i < x->count; i++) {
		w = text_width(x->m->zones[i].id);
		width = w > width ? w : width;
	}
	return width + COLUMN_GAP;
}

static void
add_label(const struct matrix *x, size_t i, struct text *out)
{
	const struct zone *z = &x->m->zones[i];

	text_pad(out, z->id, id_width(x));
	if (strcmp(z->id, z->name) != 0)
		describe_name(z->name, out);
}

static size_t
label_width(const struct matrix *x, enum lang lang)
{
	size_t width = text_width(words_get(lang, W_VERIFIER_CORNER)), w;
	struct text label = { 0 };

	for (size_t i = 0; i < x->count; i++) {
		text_clear(&label);
		add_label(x, i, &label);
		w = text_width(text_str(&label));
		width = w > width ? w : width;
	}
	text_free(&label);
	return width + COLUMN_GAP;
}

static size_t
column_width(const struct matrix *x, size_t to, enum lang lang)
{
	struct text cell = { 0 };
	size_t width;

	describe_name(x->m->zones[to].id, &cell);
	width = text_width(text_str(&cell));
	for (size_t from = 0; from < x->count; from++) {
		text_clear(&cell);
		add_cell(matrix_at(x, from, to), lang, &cell);
		if (text_width(text_str(&cell)) > width)
			width = text_width(text_str(&cell));
	}
	text_free(&cell);
	return width + COLUMN_GAP;
}

/* Row r of the grid, 0 being the head; what trails is cut. */
static void
add_row(const struct matrix *x, size_t r, const size_t *widths, enum lang lang,
    struct text *out)
{
	struct text cell = { 0 };

	if (r > 0)
		add_label(x, r - 1, &cell);
	else
		text_add(&cell, words_get(lang, W_VERIFIER_CORNER));
	text_pad(out, text_str(&cell), widths[0]);
	for (size_t to = 0; to < x->count; to++) {
		text_clear(&cell);
		if (r == 0)
			describe_name(x->m->zones[to].id, &cell);
		else
			add_cell(matrix_at(x, r - 1, to), lang, &cell);
		if (to + 1 < x->count)
			text_pad(out, text_str(&cell), widths[to + 1]);
		else
			text_add(out, text_str(&cell));
	}
	text_add_char(out, '\n');
	text_free(&cell);
}

static void
add_legend(enum lang lang, struct text *out)
{
	for (int k = 0; k < CELL_KIND_COUNT; k++)
		text_printf(out, "%s%s %s", k ? "  " : "", signs[k][lang],
		    cell_kind_title((enum cell_kind)k, lang));
	text_printf(out, "\n%s\n", words_get(lang, W_VERIFIER_LEGEND));
}

static void
print_text(const struct matrix *x, enum lang lang, struct text *out)
{
	const struct guideline *g = x->m->guideline;
	size_t widths[MATRIX_ZONES_MAX + 1];

	describe_name(x->m->organisation, out);
	text_add(out, "  ");
	describe_name(lang == LANG_JA ? g->title_ja : g->title_en, out);
	text_add(out, "  ");
	describe_name(g->edition, out);
	text_add_char(out, '\n');
	if (x->m->stage != STAGE_IN_FORCE) {
		describe_stage(x->m, lang, out);
		text_add_char(out, '\n');
	}
	widths[0] = label_width(x, lang);
	for (size_t to = 0; to < x->count; to++)
		widths[to + 1] = column_width(x, to, lang);
	for (size_t r = 0; r <= x->count; r++)
		add_row(x, r, widths, lang, out);
	add_legend(lang, out);
	if (g->remark[lang] != NULL) {
		describe_name(g->remark[lang], out);
		text_add_char(out, '\n');
	}
}

/* ---- CSV */

static void
csv_field(struct text *out, const char *s)
{
	if (out->length > 0 && out->data[out->length - 1] != '\n')
		text_add_char(out, ',');
	text_csv(out, s);
}

/* Ids of what is declared for a pair, with spaces between. */
static void
csv_ids(const struct model *m, const struct zone *from, const struct zone *to,
    struct text *out)
{
	struct text ids = { 0 };

	for (size_t i = 0; i < m->conduit_count; i++)
		if (matrix_has_conduit(&m->conduits[i], from, to))
			text_printf(&ids, "%s%s", ids.length ? " " : "",
			    m->conduits[i].id);
	csv_field(out, text_str(&ids));
	text_clear(&ids);
	for (size_t i = 0; i < m->exception_count; i++)
		if (matrix_has_exception(&m->exceptions[i], from, to))
			text_printf(&ids, "%s%s", ids.length ? " " : "",
			    m->exceptions[i].id);
	csv_field(out, text_str(&ids));
	text_free(&ids);
}

static void
csv_row(const struct matrix *x, size_t i, size_t j, enum lang lang,
    struct text *out)
{
	const struct zone *from = &x->m->zones[i], *to = &x->m->zones[j];
	const struct matrix_cell *c = matrix_at(x, i, j);
	struct text kinds = { 0 }, clause = { 0 };

	text_add(&kinds, cell_kind_title(c->cell->kind, lang));
	for (int k = 0; k < CELL_KIND_COUNT; k++)
		if (c->cell->also & 1u << k)
			text_printf(&kinds, " / %s",
			    cell_kind_title((enum cell_kind)k, lang));
	text_printf(&clause, "%s:%u", c->cell->place.file, c->cell->place.line);
	csv_field(out, from->id);
	csv_field(out, from->name);
	csv_field(out, to->id);
	csv_field(out, to->name);
	csv_field(out, text_str(&kinds));
	csv_field(out, c->cell->article);
	csv_field(out, c->cell->ours ? words_get(lang, W_VERIFIER_OURS) : "");
	csv_field(out, c->cell->note[lang] ? c->cell->note[lang] : "");
	csv_field(out, text_str(&clause));
	csv_ids(x->m, from, to, out);
	text_add(out, "\r\n");
	text_free(&kinds);
	text_free(&clause);
}

static void
print_csv(const struct matrix *x, enum lang lang, struct text *out)
{
	static const enum word heads[] = { W_VERIFIER_FROM, W_VERIFIER_NAME,
		W_VERIFIER_TO, W_VERIFIER_NAME, W_VERIFIER_CELL,
		W_VERIFIER_ARTICLE, W_VERIFIER_READING, W_VERIFIER_REASON,
		W_VERIFIER_CLAUSE, W_NOUN_CONDUIT, W_NOUN_EXCEPTION };

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		csv_field(out, words_get(lang, heads[i]));
	text_add(out, "\r\n");
	for (size_t i = 0; i < x->count; i++)
		for (size_t j = 0; j < x->count; j++)
			if (i != j)
				csv_row(x, i, j, lang, out);
}

static int
declared(const struct options *o, const struct input *in)
{
	struct text out = { 0 }, csv = { 0 };
	int status = CMD_BAD_INPUT;
	struct matrix x;

	if (!matrix_collect(in->model, &x)) {
		char most[16];

		snprintf(most, sizeof(most), "%d", MATRIX_ZONES_MAX);
		text_add(&out, "sekisho: ");
		words_add(&out, o->lang, W_VERIFIER_TOO_MANY_ZONES, 1, most);
		fprintf(stderr, "%s\n", text_str(&out));
		goto out;
	}
	if (o->format == FORMAT_HTML) {
		matrix_html(&x, o->lang, &out);
	} else if (o->format == FORMAT_CSV) {
		/* The mark by which spreadsheets know UTF-8. */
		print_csv(&x, o->lang, &csv);
		text_printf(&out, "\xEF\xBB\xBF%s", text_str(&csv));
	} else {
		print_text(&x, o->lang, &out);
	}
	if (output_write(&out, o->output, o->lang))
		status = CMD_CLEAN;
	matrix_fini(&x);
out:
	text_free(&out);
	text_free(&csv);
	return status;
}

int
cmd_matrix(const struct options *o)
{
	const char *observed = options_value(o, VALUE_OBSERVED);
	const char *html = options_value(o, VALUE_HTML);
	int status = CMD_BAD_INPUT;
	struct input in;

	if (!cmd_matrix_options(o) ||
	    !output_spares_events(o->output, observed, o->lang) ||
	    !output_spares_events(html, observed, o->lang))
		return CMD_BAD_INPUT;
	if (o->operand_count == 0)
		return cmd_matrix_observed(o, NULL);
	if (!input_need(&in, o->operands[0], o))
		return CMD_BAD_INPUT;
	if (output_spares(o->output, &in.bundle, o->lang) &&
	    output_spares(html, &in.bundle, o->lang))
		status = observed != NULL ? cmd_matrix_observed(o, &in) :
					    declared(o, &in);
	input_close(&in);
	return status;
}
