/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was observed, as one page without scripts, fonts or pictures from
 * elsewhere, to be read on a screen, printed on A4 landscape and filed. What
 * could not be judged and what was not seen stand on its first sheet. Signs
 * and words carry the meaning; the tint only helps the eye. Everything that
 * comes from packets or the model passes text_html.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "observed_view.h"

static const char style[] =
    "@page{size:A4 landscape;margin:10mm 10mm 14mm}\n"
    "body{font:13px/1.5 \"Noto Sans CJK JP\",\"Noto Sans JP\","
    "\"Hiragino Sans\",\"Yu Gothic\",Meiryo,sans-serif;color:#111;"
    "margin:20px;max-width:1240px;-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact;overflow-wrap:anywhere}\n"
    "h1{font-size:21px;margin:0 0 2px}h2{font-size:16px;margin:30px 0 8px;"
    "border-bottom:1px solid #888}h3{font-size:14px;margin:20px 0 4px}\n"
    "p{margin:3px 0}.fine{color:#444;font-size:11.5px}\n"
    ".stage{font-weight:bold;border:2px solid #111;display:inline-block;"
    "padding:1px 8px;margin:4px 0}\n"
    ".boxes{display:flex;gap:10px;margin:10px 0;flex-wrap:wrap}"
    ".box{border:1px solid #888;border-top:5px solid #888;padding:6px 12px;"
    "min-width:150px;flex:1}.box b{font-size:26px;line-height:1.2;"
    "display:block}.box small{color:#444}\n"
    ".box.violate{border-top-color:#a8071a}.box.unjudged{border-top-color:"
    "#8a6d00}.box.conform{border-top-color:#2b6a2b}.box.undeclared{"
    "border-top-color:#c05a00}.box.excepted{border-top-color:#4a4a8a}\n"
    ".pair{display:flex;gap:30px;align-items:flex-start;flex-wrap:wrap}"
    ".pair>div{flex:1;min-width:420px}\n"
    "ol{margin:4px 0;padding-left:22px}li{margin:3px 0}\n"
    "table{border-collapse:collapse}th,td{border:1px solid #999;"
    "padding:3px 6px;text-align:left;vertical-align:top;font-size:12px}"
    "thead th{background:#eee}td.n{text-align:right;white-space:nowrap}"
    "td.t{white-space:nowrap}\n"
    ".grid td{text-align:center;min-width:64px;vertical-align:middle}"
    ".grid small,th small{font-weight:normal;color:#444;display:block}"
    ".grid a{color:inherit;text-decoration:none;display:block}"
    ".grid b{display:block;font-size:13px}\n"
    ".grid .violate{background:#fbe1e1}.grid .tried{background:#fdeedd}"
    ".grid .unjudged{background:#fdf6d3}.grid .excepted{background:#e8e8f6}"
    ".grid .conform{background:#eaf5ea}.grid .none{color:#999}\n"
    ".list{width:100%}.cell{break-inside:avoid}\n"
    "svg{max-width:980px;width:100%;height:auto;display:block;"
    "break-inside:avoid;font-size:13px}"
    "svg .zone{fill:#fff;stroke:#222;stroke-width:1.4}"
    "svg .wall{fill:#ececec;stroke:#999;stroke-width:1}"
    "svg .way{stroke:#222;stroke-width:1.6}"
    "svg .tap{fill:#fff;stroke:#111;stroke-width:2.4}"
    "svg .small{font-size:11px;fill:#333}"
    "svg .edge{fill:none;stroke:#333}"
    "svg .edge.conform{stroke:#2b6a2b}"
    "svg .edge.violate{stroke:#a8071a;stroke-dasharray:11 5}"
    "svg .edge.unjudged{stroke:#8a6d00;stroke-dasharray:2 5}"
    "svg .edge.tried{stroke:#c05a00;stroke-dasharray:5 11}"
    "svg .edge.excepted{stroke:#4a4a8a;stroke-dasharray:14 4 2 4}"
    "svg .tip{fill:#222}"
    "svg .mark{fill:#fff;stroke:#222;stroke-width:1.3}"
    "svg .sign{text-anchor:middle;font-weight:bold;font-size:12px}"
    "svg .label{font-size:11px;paint-order:stroke;stroke:#fff;"
    "stroke-width:3px}\n"
    "tr{break-inside:avoid}.foot{display:none}"
    "@media print{body{margin:0}a{color:inherit}"
    ".foot{display:block;position:fixed;bottom:0;right:0;"
    "font-size:10px;background:#fff;padding:0 4px}}\n";

static const char *
class_of(enum observed_mark mark)
{
	static const char *const classes[OBSERVED_MARK_COUNT] = {
		[OBSERVED_MARK_NONE] = "none",
		[OBSERVED_MARK_CONFORM] = "conform",
		[OBSERVED_MARK_EXCEPTED] = "excepted",
		[OBSERVED_MARK_TRIED] = "tried",
		[OBSERVED_MARK_UNJUDGED] = "unjudged",
		[OBSERVED_MARK_VIOLATE] = "violate",
	};

	return classes[mark];
}

static const char *
number(uint64_t n, char buf[32])
{
	(void)snprintf(buf, 32, "%" PRIu64, n);
	return buf;
}

static void
add_word(const struct observed_view *v, enum word word, struct text *out)
{
	text_html(out, words_get(v->lang, word));
}

static void
open_section(const struct observed_view *v, enum word title, struct text *out)
{
	text_add(out, "<h2>");
	add_word(v, title, out);
	text_add(out, "</h2>\n");
}

/* Each line of what a sentence says is a paragraph. */
static void
add_lines(const char *lines, const char *class, struct text *out)
{
	struct text line = { 0 };

	for (size_t n; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		text_clear(&line);
		text_add_n(&line, lines, n);
		text_printf(out, "<p%s>", class);
		text_html(out, text_str(&line));
		text_add(out, "</p>\n");
	}
	text_free(&line);
}

static void
say(const struct observed_view *v,
    void (*sentence)(const struct observed_view *, struct text *),
    const char *class, struct text *out)
{
	struct text said = { 0 };

	sentence(v, &said);
	add_lines(text_str(&said), class, out);
	text_free(&said);
}

static void
open_table(const struct observed_view *v, const char *class,
    const enum word *heads, size_t count, struct text *out)
{
	text_printf(out, "<table class=\"%s\">\n<thead><tr>", class);
	for (size_t i = 0; i < count; i++) {
		text_add(out, "<th>");
		add_word(v, heads[i], out);
		text_add(out, "</th>");
	}
	text_add(out, "</tr></thead>\n<tbody>\n");
}

static void
add_field(const char *s, struct text *out)
{
	text_add(out, "<td>");
	text_html(out, s[0] != '\0' ? s : "-");
	text_add(out, "</td>");
}

static void
add_number(uint64_t n, struct text *out)
{
	text_printf(out, "<td class=\"n\">%" PRIu64 "</td>", n);
}

/* ---- 1 in short */

static void
add_head(const struct observed_view *v, struct text *out)
{
	struct text title = { 0 }, source = { 0 };
	char n[32];

	if (v->m != NULL)
		text_printf(&title, "%s ", v->m->organisation);
	text_add(&title, words_get(v->lang, W_OBSERVED_TITLE));
	text_printf(out,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	    v->lang == LANG_JA ? "ja" : "en");
	text_html(out, text_str(&title));
	text_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
	    style);
	text_html(out, text_str(&title));
	text_add(out, "</h1>\n");
	/* Its place is on every sheet that is printed, too. */
	say(v, observed_say_stage, " class=\"stage\"", out);
	say(v, observed_say_stage, " class=\"foot\"", out);
	say(v, observed_say_days, "", out);
	words_add(&source, v->lang, W_OBSERVED_SOURCE, 2, v->source,
	    number(v->o->lines, n));
	add_lines(text_str(&source), " class=\"fine\"", out);
	if (v->m != NULL) {
		text_add(out, "<p class=\"fine\">");
		text_html(out, v->m->file);
		text_printf(out, " SHA-256 %s</p>\n", v->m->sha256);
	}
	text_free(&title);
	text_free(&source);
}

static void
add_box(const char *class, const char *sign, const char *title, uint64_t n,
    const char *small, struct text *out)
{
	text_printf(out, "<div class=\"box %s\">", class);
	text_html(out, sign);
	text_add(out, sign[0] != '\0' ? " " : "");
	text_html(out, title);
	text_printf(out, "<b>%" PRIu64 "</b><small>", n);
	text_html(out, small);
	text_add(out, "</small></div>\n");
}

static void
add_boxes(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	const uint64_t unjudged = o->verdicts[VERDICT_UNJUDGED],
		       scope = o->conversations -
	    o->verdicts[VERDICT_OUT_OF_SCOPE];
	struct text small = { 0 };
	char a[32], b[32];

	text_add(out, "<div class=\"boxes\">\n");
	(void)snprintf(b, sizeof(b), "%.1f",
	    scope > 0 ? (double)unjudged * 100 / (double)scope : 0.0);
	words_add(&small, v->lang, W_OBSERVED_BOX_UNJUDGED, 2, number(scope, a),
	    b);
	add_box("unjudged", "?", verdict_title(VERDICT_UNJUDGED, v->lang),
	    unjudged, text_str(&small), out);
	text_clear(&small);
	words_add(&small, v->lang, W_OBSERVED_BOX_VIOLATE, 1,
	    number(o->tried[VERDICT_VIOLATE], a));
	add_box("violate", "X", verdict_title(VERDICT_VIOLATE, v->lang),
	    o->verdicts[VERDICT_VIOLATE], text_str(&small), out);
	text_clear(&small);
	words_add(&small, v->lang, W_OBSERVED_BOX_UNDECLARED, 2,
	    number(o->undeclared - o->undeclared_draft, a),
	    number(o->undeclared_draft, b));
	add_box("undeclared", "", words_get(v->lang, W_OBSERVED_UNDECLARED),
	    o->undeclared, text_str(&small), out);
	add_box("excepted", "e", verdict_title(VERDICT_EXCEPTED, v->lang),
	    o->verdicts[VERDICT_EXCEPTED],
	    words_get(v->lang, W_OBSERVED_BOX_EXCEPTED), out);
	add_box("conform", "o", verdict_title(VERDICT_CONFORM, v->lang),
	    o->verdicts[VERDICT_CONFORM],
	    words_get(v->lang, W_OBSERVED_BOX_CONFORM), out);
	text_add(out, "</div>\n");
	text_free(&small);
}

static void
add_reasons(const struct observed_view *v, struct text *out)
{
	static const enum word heads[] = { W_OBSERVED_REASONS, W_OBSERVED_COUNT,
		W_OBSERVED_MEANING };
	const struct observed *o = v->o;
	struct text meaning = { 0 };

	if (o->reason_count == 0)
		return;
	open_table(v, "reasons", heads, 3, out);
	for (size_t i = 0; i < o->reason_count; i++) {
		text_clear(&meaning);
		describe_reason(o->reasons[i].name, v->lang, &meaning);
		text_add(out, "<tr>");
		add_field(o->reasons[i].name[0] ?
			o->reasons[i].name :
			words_get(v->lang, W_OBSERVED_OTHERS),
		    out);
		add_number(o->reasons[i].count, out);
		add_field(text_str(&meaning), out);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody>\n</table>\n");
	text_free(&meaning);
}

static void
add_advice(const struct observed_view *v, struct text *out)
{
	struct text advice[OBSERVED_ADVICE_MAX];
	const size_t n = observed_advise(v, advice);

	text_add(out, "<h3>");
	add_word(v, W_OBSERVED_ADVICE, out);
	text_add(out, "</h3>\n<ol>\n");
	for (size_t i = 0; i < n; i++) {
		text_add(out, "<li>");
		text_html(out, text_str(&advice[i]));
		text_add(out, "</li>\n");
		text_free(&advice[i]);
	}
	text_add(out, "</ol>\n");
	if (n == 0)
		add_lines(words_get(v->lang, W_OBSERVED_NEXT_NOTHING), "", out);
}

static void
add_account(const struct observed_view *v, struct text *out)
{
	open_section(v, W_OBSERVED_ACCOUNT_TITLE, out);
	add_boxes(v, out);
	text_add(out, "<div class=\"pair\"><div>\n");
	add_advice(v, out);
	text_add(out, "</div><div>\n");
	add_reasons(v, out);
	text_add(out, "</div></div>\n");
	say(v, observed_say_coverage, "", out);
	say(v, observed_say_gaps, "", out);
	say(v, observed_say_devices, "", out);
	say(v, observed_say_limits, " class=\"fine\"", out);
	add_lines(words_get(v->lang, W_OBSERVED_MADE), " class=\"fine\"", out);
}

/* ---- 3 the grid */

static void
add_zone_head(const struct observed_view *v, size_t zone, const char *scope,
    struct text *out)
{
	const struct observed_view_zone *z = &v->zones[zone];

	text_printf(out, "<th scope=\"%s\">", scope);
	text_html(out, z->name);
	if (z->id[0] != '\0' && strcmp(z->id, z->name) != 0) {
		text_add(out, "<small>");
		text_html(out, z->id);
		text_add(out, "</small>");
	}
	text_add(out, "</th>");
}

static void
add_grid_cell(const struct observed_view *v, size_t from, size_t to,
    struct text *out)
{
	const struct observed_cell *c = observed_view_at(v, from, to);
	const struct matrix_cell *d = observed_view_declared(v, from, to);
	const enum observed_mark mark = observed_mark_of(c);

	text_printf(out, "<td class=\"%s\">", class_of(mark));
	if (mark != OBSERVED_MARK_NONE) {
		text_printf(out, "<a href=\"#c%zu-%zu\">", from, to);
		if (c->verdicts[VERDICT_UNJUDGED] > 0)
			text_printf(out, "<b>? %" PRIu64 "</b>",
			    c->verdicts[VERDICT_UNJUDGED]);
		for (int m = OBSERVED_MARK_VIOLATE; m > OBSERVED_MARK_NONE; m--)
			if (m != OBSERVED_MARK_UNJUDGED &&
			    observed_mark_count(c, (enum observed_mark)m) > 0)
				text_printf(out, "<b>%s %" PRIu64 "</b>",
				    observed_mark_sign((enum observed_mark)m),
				    observed_mark_count(c,
					(enum observed_mark)m));
		text_add(out, "</a>");
	} else {
		text_add(out, from == to ? "" : "·");
	}
	if (d != NULL && d->cell != NULL) {
		text_add(out, "<small>");
		text_html(out, cell_kind_title(d->cell->kind, v->lang));
		if (d->conduits > 0)
			text_printf(out, " %u", d->conduits);
		text_add(out, "</small>");
	}
	text_add(out, "</td>");
}

static void
add_grid(const struct observed_view *v, struct text *out)
{
	open_section(v, W_OBSERVED_GRID_TITLE, out);
	text_add(out, "<table class=\"grid\">\n<thead><tr><th>");
	add_word(v, W_VERIFIER_CORNER, out);
	text_add(out, "</th>");
	for (size_t j = 0; j < v->count; j++)
		if (observed_view_is_busy(v, j))
			add_zone_head(v, j, "col", out);
	text_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->count; i++) {
		if (!observed_view_is_busy(v, i))
			continue;
		text_add(out, "<tr>");
		add_zone_head(v, i, "row", out);
		for (size_t j = 0; j < v->count; j++)
			if (observed_view_is_busy(v, j))
				add_grid_cell(v, i, j, out);
		text_add(out, "</tr>\n");
	}
	text_add(out, "</tbody>\n</table>\n");
	add_lines(words_get(v->lang, W_OBSERVED_GRID_LEGEND), " class=\"fine\"",
	    out);
}

/* ---- 4 findings */

static void
add_findings(const struct observed_view *v, struct text *out)
{
	static const enum word heads[] = { W_OBSERVED_VERDICT_CHECK,
		W_OBSERVED_TITLE_OF_CHECK, W_OBSERVED_SEVERITY,
		W_OBSERVED_ALERTS, W_OBSERVED_VIOLATING_COUNT };
	const struct observed *o = v->o;
	bool any = false;

	open_section(v, W_OBSERVED_FINDINGS_TITLE, out);
	for (int k = CHECK_NONE + 1; k < CHECK_COUNT; k++) {
		const struct observed_alert *a = &o->alerts[k];
		uint64_t n = 0;

		for (size_t i = 0; i < o->cell_count; i++)
			n += o->cells[i].checks[k];
		if (a->groups == 0 && a->severity == SEVERITY_NONE && n == 0)
			continue;
		if (!any)
			open_table(v, "findings", heads, 5, out);
		any = true;
		text_add(out, "<tr>");
		add_field(checks_id((enum check)k), out);
		add_field(checks_row((enum check)k)->title[v->lang], out);
		add_field(a->severity != SEVERITY_NONE ?
			severity_title(a->severity, v->lang) :
			"",
		    out);
		add_number(a->groups, out);
		add_number(n, out);
		text_add(out, "</tr>\n");
	}
	if (any)
		text_add(out, "</tbody>\n</table>\n");
	else
		add_lines(words_get(v->lang, W_OBSERVED_NO_FINDINGS), "", out);
}

/* ---- 5 cells */

static void
add_top(const struct observed_view *v, const struct observed_top *t,
    struct text *out)
{
	const enum observed_mark mark = observed_mark_of_top(t);
	struct text s = { 0 };
	char n[32], error[32];

	text_printf(out, "<tr><td class=\"t\">%s ", observed_mark_sign(mark));
	text_html(out, observed_mark_title(mark, v->lang));
	text_add(out, "</td>");
	observed_say_why(v, t, &s);
	add_field(text_str(&s), out);
	text_clear(&s);
	add_field(t->from, out);
	add_field(t->to, out);
	add_field(t->service, out);
	text_printf(&s, "%s%s%s", t->application,
	    t->application[0] && t->name[0] ? " " : "", t->name);
	add_field(text_str(&s), out);
	text_clear(&s);
	observed_say_clause(v, t, &s);
	add_field(text_str(&s), out);
	text_clear(&s);
	if (t->error > 0)
		words_add(&s, v->lang, W_OBSERVED_ABOUT, 2, number(t->count, n),
		    number(t->error, error));
	else
		text_add(&s, number(t->count, n));
	text_add(out, "<td class=\"n\">");
	text_html(out, text_str(&s));
	text_add(out, "</td><td class=\"n\">");
	text_clear(&s);
	observed_say_bytes(t->bytes, &s);
	text_html(out, text_str(&s));
	text_add(out, "</td><td class=\"t\">");
	text_clear(&s);
	observed_say_time(t->time.first, &s);
	text_html(out, text_str(&s));
	text_add(out, "<br>");
	text_clear(&s);
	observed_say_time(t->time.last, &s);
	text_html(out, text_str(&s));
	text_add(out, "</td></tr>\n");
	text_free(&s);
}

static void
add_tops(const struct observed_view *v, const struct observed_cell *c,
    struct text *out)
{
	static const enum word heads[] = { W_OBSERVED_VERDICT,
		W_OBSERVED_REASON, W_OBSERVED_INITIATOR, W_OBSERVED_RESPONDER,
		W_OBSERVED_SERVICE, W_OBSERVED_APPLICATION, W_OBSERVED_AT,
		W_OBSERVED_COUNT, W_OBSERVED_BYTES, W_OBSERVED_PERIOD };
	const struct observed_top *tops[OBSERVED_TOPS_SHOWN_CELL];
	const size_t max = v->cell[0] >= 0 ? OBSERVED_TOPS_SHOWN_CELL :
					     OBSERVED_TOPS_SHOWN;
	struct text line = { 0 };
	struct observed_rest rest;
	size_t count;

	count = observed_tops(c, tops, max, &rest);
	open_table(v, "list", heads, sizeof(heads) / sizeof(*heads), out);
	for (size_t i = 0; i < count; i++)
		add_top(v, tops[i], out);
	text_add(out, "</tbody>\n</table>\n");
	observed_say_rest(v, &rest, &line);
	add_lines(text_str(&line), " class=\"fine\"", out);
	text_free(&line);
}

static void
add_cell(const struct observed_view *v, size_t from, size_t to,
    const struct observed_cell *c, struct text *out)
{
	struct text line = { 0 }, part = { 0 };

	text_printf(out, "<div class=\"cell\"><h3 id=\"c%zu-%zu\">", from, to);
	observed_say_zone(v, from, &line);
	text_add(&line, " → ");
	observed_say_zone(v, to, &line);
	text_html(out, text_str(&line));
	text_add(out, "</h3>\n");
	text_clear(&line);
	observed_say_cell(v, c, &line);
	if (v->m != NULL) {
		text_add_char(&line, '\n');
		observed_say_declared(v, from, to, &line);
	}
	add_lines(text_str(&line), "", out);
	add_tops(v, c, out);
	if (observed_mark_of(c) != OBSERVED_MARK_CONFORM) {
		text_clear(&line);
		observed_say_next(v, c, &part);
		words_add(&line, v->lang, W_OBSERVED_NEXT, 1, text_str(&part));
		add_lines(text_str(&line), "", out);
	}
	text_add(out, "</div>\n");
	text_free(&line);
	text_free(&part);
}

static bool
is_asked_for(const struct observed_view *v, size_t from, size_t to)
{
	const int a = (int)from, b = (int)to;

	return v->cell[0] < 0 || (v->cell[0] == a && v->cell[1] == b) ||
	    (v->cell[0] == b && v->cell[1] == a);
}

static void
add_cells(const struct observed_view *v, struct text *out)
{
	open_section(v, W_OBSERVED_CELLS_TITLE, out);
	for (size_t i = 0; i < v->count; i++)
		for (size_t j = 0; j < v->count; j++) {
			const struct observed_cell *c = observed_view_at(v, i,
			    j);

			if (c != NULL && observed_judged(c) > 0 &&
			    is_asked_for(v, i, j))
				add_cell(v, i, j, c, out);
		}
}

void
observed_html(const struct observed_view *v, struct text *out)
{
	add_head(v, out);
	add_account(v, out);
	open_section(v, W_OBSERVED_PICTURE_TITLE, out);
	observed_svg(v, out);
	add_lines(words_get(v->lang, W_OBSERVED_PICTURE_LEGEND),
	    " class=\"fine\"", out);
	add_grid(v, out);
	add_findings(v, out);
	add_cells(v, out);
	if (v->m != NULL) {
		open_section(v, W_OBSERVED_BOUNDARIES_TITLE, out);
		for (size_t i = 0; i < v->m->boundary_count; i++)
			matrix_svg(&v->m->boundaries[i], v->lang, out);
	}
	text_add(out, "</body>\n</html>\n");
}
