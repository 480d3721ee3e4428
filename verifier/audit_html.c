/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An audit as one page without scripts, fonts or pictures from elsewhere, to
 * be read on a screen, printed on A4 landscape and filed. What could not be
 * decided stands before what was found. Signs and words carry the meaning; the
 * tint only helps the eye. Everything that comes from a ruleset or a model
 * passes text_html.
 */
#include <stdio.h>
#include <string.h>

#include "audit_html.h"
#include "audit_view.h"
#include "describe.h"

static const char style[] =
    "@page{size:A4 landscape;margin:10mm 10mm 14mm}\n"
    "body{font:13px/1.5 \"Noto Sans CJK JP\",\"Noto Sans JP\","
    "\"Hiragino Sans\",\"Yu Gothic\",Meiryo,sans-serif;color:#111;"
    "margin:20px;max-width:1240px;-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact;overflow-wrap:anywhere}\n"
    "h1{font-size:21px;margin:0 0 2px}h2{font-size:16px;margin:26px 0 8px;"
    "border-bottom:1px solid #888}h3{font-size:14px;margin:0 0 2px}\n"
    "p{margin:3px 0}.fine{color:#444;font-size:11.5px}\n"
    ".stage{font-weight:bold;border:2px solid #111;display:inline-block;"
    "padding:1px 8px;margin:4px 0}\n"
    ".boxes{display:flex;gap:10px;margin:10px 0;flex-wrap:wrap}"
    ".box{border:1px solid #888;border-top:5px solid #888;padding:6px 12px;"
    "min-width:110px;flex:1}.box b{font-size:26px;line-height:1.2;"
    "display:block}.box small{color:#444}\n"
    ".undecided{border-color:#8a6d00}.critical{border-color:#a8071a}"
    ".high{border-color:#c05a00}.medium{border-color:#8a6d00}"
    ".low{border-color:#4a4a8a}.information{border-color:#888}\n"
    "table{border-collapse:collapse}th,td{border:1px solid #999;"
    "padding:3px 6px;text-align:left;vertical-align:top;font-size:12px}"
    "thead th{background:#eee}\n"
    ".grid td{text-align:center;min-width:64px;vertical-align:middle}"
    /* Names keep whole words; a wide table moves within its frame, and with
     * many zones heads stand upright and cells are small, for paper. */
    ".scroll{overflow-x:auto}.grid{overflow-wrap:normal}"
    ".grid tbody th{min-width:8em}.many td,.many th{padding:2px 3px;"
    "font-size:10px}.many td{min-width:26px}.many td small{"
    "font-size:8px;overflow-wrap:anywhere}.many tbody th{min-width:9em}"
    ".many thead th+th{writing-mode:vertical-rl;max-height:14em}\n"
    ".grid small,th small{font-weight:normal;color:#444;display:block}"
    ".grid a{color:inherit;text-decoration:none;display:block}"
    ".grid b{display:block;font-size:13px}\n"
    ".grid .m-undeclared{background:#fbe1e1}"
    ".grid .m-possibly-undeclared{background:#fdeedd}"
    ".grid .m-blocked{background:#e8e8f6}"
    ".grid .m-possibly-blocked{background:#f2f2fa}"
    ".grid .m-undecided{background:#fdf6d3}"
    ".grid .m-declared{background:#eaf5ea}"
    ".grid .m-elsewhere{color:#999}.grid .m-same{background:repeating-"
    "linear-gradient(45deg,#fff,#fff 4px,#ddd 4px,#ddd 5px)}\n"
    ".finding{border:1px solid #999;border-left-width:6px;padding:6px 12px;"
    "margin:10px 0;break-inside:avoid}.finding.critical{border-left-color:"
    "#a8071a}.finding.high{border-left-color:#c05a00}.finding.medium{"
    "border-left-color:#8a6d00}.finding.low{border-left-color:#4a4a8a}\n"
    ".grade{display:inline-block;border:1px solid #111;padding:0 6px;"
    "margin-right:6px}.certainty{font-weight:normal}\n"
    "dl{display:grid;grid-template-columns:9em 1fr;margin:4px 0 0;gap:2px "
    "8px}dt{color:#444}dd{margin:0}\n"
    "code,pre{font:12px/1.4 \"Noto Sans Mono CJK JP\",\"DejaVu Sans Mono\","
    "Consolas,monospace;white-space:pre-wrap;margin:0}\n"
    "tr{break-inside:avoid}.boundary{break-before:page}"
    ".boundary:first-of-type{break-before:auto}.foot{display:none}"
    "@media print{body{margin:0}a{color:inherit}"
    ".foot{display:block;position:fixed;bottom:0;right:0;"
    "font-size:10px;background:#fff;padding:0 4px}}\n";

void
audit_html_word(enum lang lang, enum word word, struct text *out)
{
	text_html(out, words_get(lang, word));
}

static const char *
number(size_t n, char buf[24])
{
	(void)snprintf(buf, 24, "%zu", n);
	return buf;
}

static void
add_paragraph(const char *class, struct text *t, struct text *out)
{
	text_printf(out, "<p%s>", class);
	text_html(out, text_str(t));
	text_add(out, "</p>\n");
	text_clear(t);
}

static void
add_section(enum lang lang, enum word word, struct text *out)
{
	text_add(out, "<h2>");
	audit_html_word(lang, word, out);
	text_add(out, "</h2>\n");
}

/* ---- in short */

static void
add_ruleset(const struct audit *a, const struct ruleset *r, enum word word,
    struct text *out)
{
	struct text name = { 0 }, line = { 0 };
	char n[4][24];

	if (r->file != NULL)
		text_printf(&name, "%s (%s)", r->file,
		    audit_view_source_title(r->source, a->lang));
	else
		text_add(&name, audit_view_source_title(r->source, a->lang));
	if (r->system != NULL)
		words_add(&line, a->lang, W_PAGE_RULESET_OF, 2, r->system,
		    text_str(&name));
	else
		text_add(&line, text_str(&name));
	text_clear(&name);
	words_add(&name, a->lang, word, 1, text_str(&line));
	add_paragraph("", &name, out);
	words_add(&name, a->lang, W_PAGE_COUNTS_OF, 5,
	    number(r->table_count, n[0]), number(r->chain_count, n[1]),
	    number(r->rule_count, n[2]), number(r->unknown_count, n[3]),
	    r->sha256);
	add_paragraph(" class=\"fine\"", &name, out);
	text_free(&name);
	text_free(&line);
}

static void
add_where(const struct audit *a, struct text *out)
{
	const struct guideline *g = a->m->guideline;
	struct text line = { 0 }, name = { 0 };
	char day[16], minute[CLOCK_MINUTE_MAX];

	text_add(&name, a->boundary->name);
	if (strcmp(a->boundary->name, a->boundary->id) != 0)
		text_printf(&name, "(%s)", a->boundary->id);
	words_add(&line, a->lang, W_PAGE_WHERE, 3, text_str(&name),
	    a->firewall->id, audit_view_kind_name(a->firewall->kind));
	add_paragraph("", &line, out);
	if (a->ruleset != NULL) {
		add_ruleset(a, a->ruleset, W_PAGE_RULESET, out);
	} else {
		text_add(&line, words_get(a->lang, W_PAGE_OPAQUE));
		add_paragraph(" class=\"stage\"", &line, out);
	}
	if (a->peer != NULL)
		add_ruleset(a, a->peer, W_PAGE_PEER, out);
	words_add(&line, a->lang, W_PAGE_GUIDELINE, 3, g->edition,
	    a->lang == LANG_JA ? g->title_ja : g->title_en,
	    day_format(a->at, day, sizeof(day)));
	add_paragraph("", &line, out);
	words_add(&line, a->lang, W_PAGE_MODEL, 2, a->m->file, a->m->sha256);
	if (a->taken.us != 0) {
		text_add(&line, a->lang == LANG_JA ? "　" : "; ");
		words_add(&line, a->lang, W_PAGE_TAKEN, 1,
		    clock_format(a->taken, a->m->utc_offset_s, minute));
	}
	add_paragraph(" class=\"fine\"", &line, out);
	text_free(&line);
	text_free(&name);
}

static void
add_box(const char *class, const char *title, size_t n, const char *small,
    struct text *out)
{
	text_printf(out, "<div class=\"box %s\">", class);
	text_html(out, title);
	text_printf(out, "<b>%zu</b><small>", n);
	text_html(out, small);
	text_add(out, "</small></div>\n");
}

static void
add_boxes(const struct audit *a, struct text *out)
{
	struct audit_counts c;
	struct text small = { 0 };
	char n[24];

	audit_view_count(a, &c);
	text_add(out, "<div class=\"boxes\">\n");
	add_box("undecided", words_get(a->lang, W_PAGE_MARK_UNDECIDED),
	    c.undecided, words_get(a->lang, W_PAGE_BOX_UNDECIDED), out);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--) {
		text_clear(&small);
		words_add(&small, a->lang, W_PAGE_BOX_CERTAIN, 1,
		    number(c.certain[s], n));
		add_box(severity_name((enum severity)s),
		    severity_title((enum severity)s, a->lang), c.by[s],
		    text_str(&small), out);
	}
	text_add(out, "</div>\n");
	text_free(&small);
}

static void
add_verdict(const struct audit *a, struct text *out)
{
	if (audit_view_result(a) == AUDIT_FINDINGS)
		return;
	text_add(out, "<p><strong>");
	audit_html_word(a->lang, audit_view_verdict(a), out);
	text_add(out, "</strong></p>\n");
}

/* ---- lists */

static void
add_undecided(const struct audit *a, struct text *out)
{
	struct text line = { 0 };

	if (a->undecided_count == 0)
		return;
	add_section(a->lang, W_PAGE_UNDECIDED, out);
	text_add(out, "<ul>\n");
	for (size_t i = 0; i < a->undecided_count; i++) {
		const struct audit_undecided *u = &a->undecided[i];

		text_clear(&line);
		if (u->check != CHECK_NONE)
			text_printf(&line, "%s ", checks_id(u->check));
		if (u->from != NULL)
			audit_view_zone(a, u->from, &line);
		if (u->to != NULL) {
			text_add(&line, " → ");
			audit_view_zone(a, u->to, &line);
		}
		if (u->from != NULL || u->to != NULL)
			text_add(&line, ": ");
		text_add(&line, u->sentence);
		if (u->rule != NULL) {
			text_add(&line, " ");
			ruleset_where(u->rule, &line);
		}
		text_add(out, "<li>？ ");
		text_html(out, text_str(&line));
		text_add(out, "</li>\n");
	}
	text_add(out, "</ul>\n");
	text_free(&line);
}

static void
add_findings(const struct audit *a, size_t page, struct text *out)
{
	size_t n = a->finding_count < AUDIT_HTML_FINDINGS ? a->finding_count :
							    AUDIT_HTML_FINDINGS;
	struct text line = { 0 };
	char buf[24];

	if (a->finding_count > 0)
		add_section(a->lang, W_PAGE_FINDINGS, out);
	for (size_t i = 0; i < n; i++)
		audit_html_finding(a, i, page, out);
	if (n < a->finding_count) {
		words_add(&line, a->lang, W_PAGE_MORE, 2,
		    words_get(a->lang, W_PAGE_FINDINGS),
		    number(a->finding_count - n, buf));
		add_paragraph("", &line, out);
	}
	if (a->findings_left_out > 0) {
		words_add(&line, a->lang, W_PAGE_LEFT_OUT, 1,
		    number(a->findings_left_out, buf));
		add_paragraph("", &line, out);
	}
	if (n > 0) {
		text_add(&line, words_get(a->lang, W_PAGE_NEVER_APPLIED));
		add_paragraph(" class=\"fine\"", &line, out);
	}
	text_free(&line);
}

static void
add_notes(const struct audit *a, struct text *out)
{
	if (a->note_count == 0)
		return;
	add_section(a->lang, W_PAGE_NOTES, out);
	text_add(out, "<ul>\n");
	for (size_t i = 0; i < a->note_count; i++) {
		text_add(out, "<li>");
		text_html(out, a->notes[i].sentence);
		text_add(out, "</li>\n");
	}
	text_add(out, "</ul>\n");
}

/* ---- the page */

static void
open_page(const struct audit *a, enum lang lang, struct text *out)
{
	struct text title = { 0 };

	if (a != NULL)
		text_printf(&title, "%s ", a->m->organisation);
	text_add(&title, words_get(lang, W_PAGE_TITLE));
	text_printf(out,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	    lang == LANG_JA ? "ja" : "en");
	text_html(out, text_str(&title));
	text_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
	    style);
	text_html(out, text_str(&title));
	text_add(out, "</h1>\n");
	if (a != NULL && a->m->stage != STAGE_IN_FORCE) {
		text_clear(&title);
		describe_stage(a->m, lang, &title);
		text_add(out, "<p class=\"stage\">");
		text_html(out, text_str(&title));
		/* On every sheet that is printed, too. */
		text_add(out, "</p>\n<p class=\"foot\">");
		text_html(out, text_str(&title));
		text_add(out, "</p>\n");
	}
	text_free(&title);
}

void
audit_html_all(const struct audit *audits, size_t count, enum lang lang,
    struct text *out)
{
	open_page(count > 0 ? &audits[0] : NULL, lang, out);
	for (size_t i = 0; i < count; i++) {
		const struct audit *a = &audits[i];

		text_add(out, "<section class=\"boundary\">\n");
		add_where(a, out);
		add_boxes(a, out);
		add_verdict(a, out);
		add_undecided(a, out);
		audit_html_grid(a, i, out);
		add_findings(a, i, out);
		add_notes(a, out);
		text_add(out, "</section>\n");
	}
	text_add(out, "</body>\n</html>\n");
}

void
audit_html(const struct audit *a, struct text *out)
{
	audit_html_all(a, 1, a->lang, out);
}
