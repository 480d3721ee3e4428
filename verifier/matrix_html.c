/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The matrix as one page without scripts, fonts or pictures from elsewhere,
 * made to be printed on A4 landscape and filed. Each cell says its kind in a
 * sign and a word; the tint only helps the eye. Everything that comes from
 * the model passes text_html.
 */
#include <string.h>

#include "describe.h"
#include "matrix.h"
#include "words.h"

static const char *const signs[CELL_KIND_COUNT] = {
	[CELL_DENY] = "×",
	[CELL_PERMIT] = "○",
	[CELL_SPECIAL] = "◇",
	[CELL_SANITISE] = "▽",
	[CELL_SCREEN] = "□",
	[CELL_LIST] = "☆",
};

static const char style[] =
    "@page{size:A4 landscape;margin:10mm}\n"
    "body{font:13px/1.45 \"Noto Sans CJK JP\",\"Noto Sans JP\","
    "\"Hiragino Sans\",\"Yu Gothic\",Meiryo,sans-serif;color:#111;"
    "margin:20px;max-width:1500px;-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact}\n"
    "h1{font-size:20px;margin:0 0 4px}h2{font-size:15px;margin:26px 0 8px}\n"
    ".stage{border:2px solid #111;display:inline-block;padding:2px 8px;"
    "font-weight:bold}\n"
    "p{margin:2px 0}.fine{color:#444;font-size:11px}\n"
    "table{border-collapse:collapse}th,td{border:1px solid #888;"
    "padding:3px 5px}\n"
    "thead th{background:#eee}.grid thead th{vertical-align:bottom;"
    "text-wrap:balance}\n"
    ".grid td{text-align:center;font-size:11px;min-width:66px;height:38px}\n"
    ".grid th[scope=row]{text-align:left;background:#eee}\n"
    ".grid small,th small{font-weight:normal;color:#444;display:block}\n"
    ".grid b{display:block;font-size:12px}\n"
    ".list td,.list th{text-align:left;vertical-align:top;font-size:12px}\n"
    ".deny{background:#e4e4e4;color:#444}.permit{background:#eaf5ea}\n"
    ".special{background:#fdf3d3}.sanitise{background:#e3effa}\n"
    ".screen{background:#efe7f7}.list-only{background:#dff3f1}\n"
    ".none{background:repeating-linear-gradient(45deg,#fff,#fff 4px,"
    "#ddd 4px,#ddd 5px)}\n"
    ".against{outline:3px double #a00;outline-offset:-4px}\n"
    "svg{max-width:920px;width:100%;height:auto;display:block;"
    "break-inside:avoid;font-size:13px}\n"
    "svg .zone{fill:#fff;stroke:#222;stroke-width:1.4}"
    "svg .wall{fill:#f0f0f0;stroke:#222;stroke-width:2}"
    "svg .way{stroke:#222;stroke-width:1.6}"
    "svg .tap{fill:#fff;stroke:#111;stroke-width:2.4}"
    "svg .small{font-size:11px;fill:#333}\n"
    "tr{break-inside:avoid}@media print{body{margin:0}}\n";

static const char *
class_of(enum cell_kind kind)
{
	return kind == CELL_LIST ? "list-only" : cell_kind_name(kind);
}

static void
add_word(struct text *out, enum lang lang, enum word word)
{
	text_html(out, words_get(lang, word));
}

static void
add_head(const struct matrix *x, enum lang lang, struct text *out)
{
	const struct guideline *g = x->m->guideline;

	text_printf(out,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	    lang == LANG_JA ? "ja" : "en");
	text_html(out, x->m->organisation);
	text_add(out, " ");
	add_word(out, lang, W_VERIFIER_MATRIX_TITLE);
	text_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
	    style);
	text_html(out, x->m->organisation);
	text_add(out, " ");
	add_word(out, lang, W_VERIFIER_MATRIX_TITLE);
	text_add(out, "</h1>\n<p>");
	text_html(out, g->document[lang]);
	text_add(out, " ");
	text_html(out, lang == LANG_JA ? g->title_ja : g->title_en);
	text_add(out, "</p>\n");
	if (x->m->stage != STAGE_IN_FORCE) {
		text_add(out, "<p class=\"stage\">");
		describe_stage(x->m, lang, out);
		text_add(out, "</p>\n");
	}
	text_add(out, "<p class=\"fine\">");
	text_html(out, x->m->file);
	text_printf(out, " SHA-256 %s</p>\n", x->m->sha256);
}

static void
add_cell(const struct matrix_cell *c, enum lang lang, struct text *out)
{
	if (c->cell == NULL) {
		text_add(out, "<td class=\"none\">");
		add_word(out, lang, W_VERIFIER_SAME_ZONE);
		text_add(out, "</td>");
		return;
	}
	text_printf(out, "<td class=\"%s%s\">%s %s", class_of(c->cell->kind),
	    matrix_is_against(c) ? " against" : "", signs[c->cell->kind],
	    cell_kind_title(c->cell->kind, lang));
	for (int k = 0; k < CELL_KIND_COUNT; k++)
		if (c->cell->also & 1u << k)
			text_printf(out, "<br>%s %s", signs[k],
			    cell_kind_title((enum cell_kind)k, lang));
	if (c->conduits) {
		text_add(out, "<b>");
		if (matrix_is_against(c))
			text_add(out, "! ");
		add_word(out, lang, W_NOUN_CONDUIT);
		text_printf(out, " %u</b>", c->conduits);
	}
	if (c->exceptions) {
		text_add(out, "<b>");
		add_word(out, lang, W_NOUN_EXCEPTION);
		text_printf(out, " %u</b>", c->exceptions);
	}
	text_add(out, "</td>");
}

static void
add_zone(const struct zone *z, const char *scope, struct text *out)
{
	text_printf(out, "<th scope=\"%s\">", scope);
	text_html(out, z->name);
	text_add(out, "<small>");
	text_html(out, z->id);
	text_add(out, "</small></th>");
}

static void
add_grid(const struct matrix *x, enum lang lang, struct text *out)
{
	text_add(out, "<table class=\"grid\">\n<thead><tr><th>");
	add_word(out, lang, W_VERIFIER_CORNER);
	text_add(out, "</th>");
	for (size_t i = 0; i < x->count; i++)
		add_zone(&x->m->zones[i], "col", out);
	text_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < x->count; i++) {
		text_add(out, "<tr>");
		add_zone(&x->m->zones[i], "row", out);
		for (size_t j = 0; j < x->count; j++)
			add_cell(matrix_at(x, i, j), lang, out);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody>\n</table>\n");
	for (int k = 0; k < CELL_KIND_COUNT; k++) {
		text_add(out, "<p class=\"fine\">");
		text_printf(out, "%s ", signs[k]);
		add_word(out, lang, (enum word)(W_VERIFIER_KIND_DENY + k));
		text_add(out, "</p>\n");
	}
	if (x->m->guideline->remark[lang] != NULL) {
		text_add(out, "<p class=\"fine\">");
		text_html(out, x->m->guideline->remark[lang]);
		text_add(out, "</p>\n");
	}
}

static void
open_list(enum lang lang, enum word title, const enum word *heads, size_t count,
    struct text *out)
{
	text_add(out, "<h2>");
	add_word(out, lang, title);
	text_add(out, "</h2>\n<table class=\"list\">\n<thead><tr>");
	for (size_t i = 0; i < count; i++) {
		text_add(out, "<th>");
		add_word(out, lang, heads[i]);
		text_add(out, "</th>");
	}
	text_add(out, "</tr></thead>\n<tbody>\n");
}

static void
add_field(struct text *out, const char *s)
{
	text_add(out, "<td>");
	text_html(out, s != NULL && s[0] != '\0' ? s : "-");
	text_add(out, "</td>");
}

static void
add_day_field(struct text *out, struct day day)
{
	char buf[16];

	add_field(out, day.year ? day_format(day, buf, sizeof(buf)) : NULL);
}

/* "特定通信 対策基準 3(1)①": the cell a conduit stands in. */
static void
add_clause_field(const struct model *m, const struct zone *from,
    const struct zone *to, enum lang lang, struct text *out)
{
	const struct cell *cell;
	struct text s = { 0 };

	if (from != to && from->tier < TIER_COUNT && to->tier < TIER_COUNT) {
		cell = &m->guideline->cells[from->tier][to->tier];
		text_printf(&s, "%s %s", cell_kind_title(cell->kind, lang),
		    cell->article[0] ? cell->article :
				       words_get(lang, W_VERIFIER_OURS));
	}
	add_field(out, text_str(&s));
	text_free(&s);
}

static void
add_conduit(const struct model *m, const struct conduit *c, enum lang lang,
    struct text *out)
{
	struct text s = { 0 };

	text_add(out, "<tr>");
	add_field(out, c->id);
	add_field(out, c->name);
	describe_end(&c->from, &s);
	add_field(out, text_str(&s));
	add_field(out, c->direction == CONDUIT_BOTH ? "↔" : "→");
	text_clear(&s);
	describe_end(&c->to, &s);
	add_field(out, text_str(&s));
	text_clear(&s);
	describe_services(&c->services, &s);
	add_field(out, text_str(&s));
	add_clause_field(m, c->from.zone, c->to.zone, lang, out);
	add_field(out, c->approved.number);
	add_day_field(out, c->expires);
	text_add(out, "</tr>\n");
	text_free(&s);
}

static void
add_conduits(const struct model *m, enum lang lang, struct text *out)
{
	static const enum word heads[] = { W_VERIFIER_ID, W_VERIFIER_NAME,
		W_VERIFIER_FROM, W_VERIFIER_WAY, W_VERIFIER_TO,
		W_VERIFIER_SERVICES, W_VERIFIER_CELL, W_VERIFIER_NUMBER,
		W_VERIFIER_EXPIRES };

	open_list(lang, W_VERIFIER_CONDUITS_TITLE, heads,
	    sizeof(heads) / sizeof(heads[0]), out);
	for (size_t i = 0; i < m->conduit_count; i++)
		add_conduit(m, &m->conduits[i], lang, out);
	text_add(out, "</tbody>\n</table>\n");
}

static void
add_exceptions(const struct model *m, enum lang lang, struct text *out)
{
	static const enum word heads[] = { W_VERIFIER_ID, W_VERIFIER_CHECK_ID,
		W_VERIFIER_ABOUT, W_VERIFIER_REASON, W_VERIFIER_COMPENSATING,
		W_VERIFIER_NUMBER, W_VERIFIER_EXPIRES };

	if (m->exception_count == 0)
		return;
	open_list(lang, W_VERIFIER_EXCEPTIONS_TITLE, heads,
	    sizeof(heads) / sizeof(heads[0]), out);
	for (size_t i = 0; i < m->exception_count; i++) {
		const struct exception *e = &m->exceptions[i];
		struct text about = { 0 };

		if (e->conduit != NULL)
			describe_name(e->conduit->id, &about);
		if (e->link != NULL)
			describe_name(e->link->id, &about);
		if (e->has_from)
			describe_end(&e->from, &about);
		if (e->has_to) {
			text_add(&about, " → ");
			describe_end(&e->to, &about);
		}
		text_add(out, "<tr>");
		add_field(out, e->id);
		add_field(out, e->check);
		add_field(out, text_str(&about));
		add_field(out, e->reason);
		add_field(out, e->compensating);
		add_field(out, e->approved.number);
		add_day_field(out, e->expires);
		text_add(out, "</tr>\n");
		text_free(&about);
	}
	text_add(out, "</tbody>\n</table>\n");
}

void
matrix_html(const struct matrix *x, enum lang lang, struct text *out)
{
	add_head(x, lang, out);
	text_add(out, "<h2>");
	add_word(out, lang, W_VERIFIER_GRID_TITLE);
	text_add(out, "</h2>\n");
	add_grid(x, lang, out);
	text_add(out, "<h2>");
	add_word(out, lang, W_VERIFIER_PICTURE_TITLE);
	text_add(out, "</h2>\n");
	for (size_t i = 0; i < x->m->boundary_count; i++)
		matrix_svg(&x->m->boundaries[i], lang, out);
	add_conduits(x->m, lang, out);
	add_exceptions(x->m, lang, out);
	text_add(out, "</body>\n</html>\n");
}
