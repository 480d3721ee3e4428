/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_html.h: the zone by zone table and one finding. Nothing reaches
 * the page but through text_html.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_html.h"
#include "audit_view.h"
#include "base/mem.h"
#include "describe.h"

#define MANY_ZONES 12 /* beyond them the table has smaller cells */

/* On paper the usual signs stand: no column depends on their width. */
static const char *
sign_of(enum audit_mark mark)
{
	static const char *const signs[AUDIT_MARK_COUNT] = {
		[AUDIT_MARK_SAME] = "",
		[AUDIT_MARK_ELSEWHERE] = "・",
		[AUDIT_MARK_CLOSED] = "－",
		[AUDIT_MARK_DECLARED] = "○",
		[AUDIT_MARK_BLOCKED] = "△",
		[AUDIT_MARK_POSSIBLY] = "(×)",
		[AUDIT_MARK_UNDECLARED] = "×",
		[AUDIT_MARK_UNDECIDED] = "？",
	};

	return signs[mark];
}

/* ---- the grid */

static void
add_zone(const struct zone *z, const char *scope, struct text *out)
{
	text_printf(out, "<th scope=\"%s\">", scope);
	text_html(out, z->name);
	if (strcmp(z->id, z->name) != 0) {
		text_add(out, "<small>");
		text_html(out, z->id);
		text_add(out, "</small>");
	}
	text_add(out, "</th>");
}

/* The first finding of a pair, or finding_count. */
static size_t
first_of(const struct audit *a, size_t from, size_t to)
{
	for (size_t i = 0; i < a->finding_count && i < AUDIT_HTML_FINDINGS; i++)
		if (a->findings[i].from == &a->m->zones[from] &&
		    a->findings[i].to == &a->m->zones[to])
			return i;
	return a->finding_count;
}

static void
add_cell(const struct audit *a, size_t from, size_t to, size_t page,
    struct text *out)
{
	struct audit_sign signs[AUDIT_SIGNS_MAX];
	const size_t n = audit_view_signs(a, from, to, signs);
	const struct audit_cell *c = a->cells != NULL ?
	    &a->cells[from * a->zone_count + to] :
	    NULL;
	size_t first = a->finding_count;

	if (signs[0].count > 0 || n > 1)
		first = first_of(a, from, to);
	text_printf(out, "<td class=\"m-%s\">",
	    audit_view_mark_name(signs[0].mark));
	if (first < a->finding_count)
		text_printf(out, "<a href=\"#b%zu-f%zu\">", page, first);
	for (size_t i = 0; i < n; i++) {
		text_printf(out, "<b>%s", sign_of(signs[i].mark));
		if (signs[i].count > 0)
			text_printf(out, " %zu", signs[i].count);
		text_add(out, "</b>");
	}
	if (first < a->finding_count)
		text_add(out, "</a>");
	if (c != NULL && c->judged && c->cell != NULL) {
		text_add(out, "<small>");
		text_html(out, cell_kind_title(c->cell->kind, a->lang));
		if (c->declared > 0)
			text_printf(out, " %zu", c->declared);
		text_add(out, "</small>");
	}
	text_add(out, "</td>");
}

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
	}
	return false;
}

static void
add_legend(enum lang lang, struct text *out)
{
	struct text list = { 0 }, line = { 0 };

	for (int m = AUDIT_MARK_COUNT; m-- > AUDIT_MARK_ELSEWHERE;)
		text_printf(&list, "%s%s %s",
		    list.length > 0 ? (lang == LANG_JA ? "、" : ", ") : "",
		    sign_of((enum audit_mark)m),
		    audit_view_mark_title((enum audit_mark)m, lang));
	words_add(&line, lang, W_PAGE_LEGEND_PAGE, 1, text_str(&list));
	text_add(out, "<p class=\"fine\">");
	text_html(out, text_str(&line));
	text_add(out, "</p>\n");
	text_free(&list);
	text_free(&line);
}

static void
add_grid(const struct audit *a, const size_t *zones, size_t n, size_t page,
    struct text *out)
{
	text_add(out, "<h2>");
	audit_html_word(a->lang, W_PAGE_GRID, out);
	text_printf(out,
	    "</h2>\n<div class=\"scroll\"><table class=\"grid%s\">\n"
	    "<thead><tr><th>",
	    n > MANY_ZONES ? " many" : "");
	audit_html_word(a->lang, W_VERIFIER_CORNER, out);
	text_add(out, "</th>");
	for (size_t j = 0; j < n; j++)
		add_zone(&a->m->zones[zones[j]], "col", out);
	text_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n; i++) {
		text_add(out, "<tr>");
		add_zone(&a->m->zones[zones[i]], "row", out);
		for (size_t j = 0; j < n; j++)
			add_cell(a, zones[i], zones[j], page, out);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody>\n</table></div>\n");
	add_legend(a->lang, out);
}

void
audit_html_grid(const struct audit *a, size_t page, struct text *out)
{
	const struct model *m = a->m;
	size_t *zones = mem_calloc(m->zone_count + 1, sizeof(*zones));
	size_t n = 0;

	for (size_t i = 0; i < m->zone_count; i++)
		if (is_asked(a, i))
			zones[n++] = i;
	if (n > 0)
		add_grid(a, zones, n, page, out);
	free(zones);
}
/* ---- a finding */

static void
open_row(enum lang lang, enum word word, struct text *out)
{
	text_add(out, "<dt>");
	audit_html_word(lang, word, out);
	text_add(out, "</dt><dd>");
}

static void
add_code(const char *s, struct text *out)
{
	text_add(out, "<code>");
	text_html(out, s);
	text_add(out, "</code>");
}

static void
add_rules(const struct audit *a, enum word word, const struct audit_rule *rules,
    size_t count, size_t left_out, struct text *out)
{
	struct text line = { 0 };
	char n[24];

	if (count == 0)
		return;
	open_row(a->lang, word, out);
	for (size_t i = 0; i < count; i++) {
		text_clear(&line);
		audit_view_rule(&rules[i], a->lang, &line);
		text_add(out, "<div>");
		text_html(out, text_str(&line));
		text_add(out, "</div>");
		if (rules[i].rule != NULL && rules[i].rule->text != NULL) {
			text_add(out, "<pre>");
			text_html(out, rules[i].rule->text);
			text_add(out, "</pre>");
		}
	}
	if (left_out > 0) {
		(void)snprintf(n, sizeof(n), "%zu", left_out);
		text_clear(&line);
		words_add(&line, a->lang, W_PAGE_RULES_LEFT, 1, n);
		text_add(out, "<div>");
		text_html(out, text_str(&line));
		text_add(out, "</div>");
	}
	text_add(out, "</dd>\n");
	text_free(&line);
}

static void
add_witness(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text line = { 0 };

	if (!f->has_witness)
		return;
	open_row(a->lang, W_PAGE_WITNESS, out);
	audit_view_witness(f, &line);
	add_code(text_str(&line), out);
	text_add(out, "</dd>\n");
	if (f->translated) {
		open_row(a->lang, W_PAGE_TRANSLATED, out);
		text_clear(&line);
		audit_view_translated(f, &line);
		add_code(text_str(&line), out);
		text_add(out, "</dd>\n");
	}
	text_free(&line);
}

static void
add_remedy(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	if (f->suggestion_count == 0 && f->suggestion_note == NULL)
		return;
	open_row(a->lang, W_PAGE_SUGGESTION, out);
	for (size_t i = 0; i < f->suggestion_count; i++) {
		text_add(out, "<pre>");
		text_html(out, f->suggestions[i]);
		text_add(out, "</pre>");
	}
	if (f->suggestion_note != NULL) {
		text_add(out, "<div>");
		text_html(out, f->suggestion_note);
		text_add(out, "</div>");
	}
	text_add(out, "</dd>\n");
}

static void
add_details(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text clause = { 0 };

	text_add(out, "<dl>\n");
	add_witness(a, f, out);
	add_rules(a, W_PAGE_RULE, f->rules, f->rule_count, f->rules_left_out,
	    out);
	add_rules(a, W_PAGE_COVERING, f->covering, f->covering_count,
	    f->covering_left_out, out);
	audit_view_clause(a, f, &clause);
	if (clause.length > 0) {
		open_row(a->lang, W_PAGE_DECLARED_BY, out);
		text_html(out, text_str(&clause));
		text_add(out, "</dd>\n");
	}
	add_remedy(a, f, out);
	text_add(out, "</dl>\n");
	text_free(&clause);
}

static void
add_heading(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	text_add(out, "<h3><span class=\"grade\">");
	text_html(out, severity_title(f->severity, a->lang));
	text_printf(out, "</span>%s ", checks_id(f->check));
	text_html(out, checks_row(f->check)->title[a->lang]);
	text_add(out, " <span class=\"certainty\">");
	audit_html_word(a->lang,
	    f->certainty == AUDIT_CERTAIN ? W_PAGE_CERTAIN :
					    W_PAGE_POSSIBLE_LONG,
	    out);
	text_add(out, "</span></h3>\n");
}

void
audit_html_finding(const struct audit *a, size_t i, size_t page,
    struct text *out)
{
	const struct audit_finding *f = &a->findings[i];
	struct text line = { 0 };

	text_printf(out, "<div class=\"finding %s\" id=\"b%zu-f%zu\">\n",
	    severity_name(f->severity), page, i);
	add_heading(a, f, out);
	audit_view_ends(a, f, &line);
	if (f->family != 0)
		text_printf(&line, "%s%s", line.length > 0 ? "　" : "",
		    audit_view_family(f->family, a->lang));
	if (line.length > 0) {
		text_add(out, "<p><strong>");
		text_html(out, text_str(&line));
		text_add(out, "</strong></p>\n");
	}
	text_add(out, "<p>");
	text_html(out, f->sentence != NULL ? f->sentence : "");
	text_add(out, "</p>\n");
	add_details(a, f, out);
	text_add(out, "</div>\n");
	text_free(&line);
}
