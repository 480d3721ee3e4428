/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An audit for a terminal: what was read and held against what, what could not
 * be decided first of all, the zone by zone table with its signs explained,
 * then the findings from the gravest on, each with its witness, the rules that
 * decide and what to do. Whatever came from a ruleset or model is escaped.
 */
#include <stdio.h>
#include <string.h>

#include "audit_html.h"
#include "audit_text.h"
#include "audit_view.h"
#include "describe.h"

#define SHOWN_MAX 40  /* findings of one check that are shown */
#define FOLD_FROM 12  /* findings of one check: then alike ones are one */
#define ALIKE_SHOWN 8 /* zones of those that are folded */
#define NOTES_MAX 40  /* notes, and likewise what is undecided */
#define INDENT 2
#define LABEL 15 /* columns of what stands before a line of a finding */

static const char *
number(size_t n, char buf[24])
{
	(void)snprintf(buf, 24, "%zu", n);
	return buf;
}

static void
escape(const char *s, struct text *out)
{
	text_escape(out, s, strlen(s));
}

static void
add_title(const struct audit *a, enum word word, struct text *out)
{
	text_printf(out, "\n%s\n", words_get(a->lang, word));
}

/* ---- head */

static void
add_ruleset(const struct audit *a, const struct ruleset *r, enum word word,
    struct text *out)
{
	struct text name = { 0 }, file = { 0 }, line = { 0 };
	char n[4][24], sha[13] = "";

	if (r->file != NULL) {
		describe_name(r->file, &name);
		text_printf(&name, " (%s)",
		    audit_view_source_title(r->source, a->lang));
	} else {
		text_add(&name, audit_view_source_title(r->source, a->lang));
	}
	if (r->system != NULL) {
		describe_name(r->system, &file);
		words_add(&line, a->lang, W_PAGE_RULESET_OF, 2, text_str(&file),
		    text_str(&name));
	} else {
		text_add(&line, text_str(&name));
	}
	words_add(out, a->lang, word, 1, text_str(&line));
	text_add_char(out, '\n');
	text_pad(out, "", INDENT);
	memcpy(sha, r->sha256, sizeof(sha) - 1);
	words_add(out, a->lang, W_PAGE_COUNTS_OF, 5,
	    number(r->table_count, n[0]), number(r->chain_count, n[1]),
	    number(r->rule_count, n[2]), number(r->unknown_count, n[3]), sha);
	text_add_char(out, '\n');
	text_free(&name);
	text_free(&file);
	text_free(&line);
}

static void
add_model(const struct audit *a, struct text *out)
{
	const struct guideline *g = a->m->guideline;
	struct text file = { 0 }, title = { 0 }, edition = { 0 };
	char day[16], sha[13] = "";

	describe_name(a->m->file, &file);
	memcpy(sha, a->m->sha256, sizeof(sha) - 1);
	words_add(out, a->lang, W_PAGE_MODEL, 2, text_str(&file), sha);
	text_add_char(out, '\n');
	text_pad(out, "", INDENT);
	describe_name(g->edition, &edition);
	describe_name(a->lang == LANG_JA ? g->title_ja : g->title_en, &title);
	words_add(out, a->lang, W_PAGE_GUIDELINE, 3, text_str(&edition),
	    text_str(&title), day_format(a->at, day, sizeof(day)));
	text_add_char(out, '\n');
	if (a->m->stage != STAGE_IN_FORCE) {
		text_pad(out, "", INDENT);
		describe_stage(a->m, a->lang, out);
		text_add_char(out, '\n');
	}
	text_free(&file);
	text_free(&title);
	text_free(&edition);
}

static void
add_head(const struct audit *a, struct text *out)
{
	struct text name = { 0 };
	char time[CLOCK_MINUTE_MAX];

	describe_name(a->m->organisation, out);
	text_printf(out, "  %s\n", words_get(a->lang, W_PAGE_TITLE));
	describe_name(a->boundary->name, &name);
	if (strcmp(a->boundary->name, a->boundary->id) != 0) {
		text_add_char(&name, '(');
		describe_name(a->boundary->id, &name);
		text_add_char(&name, ')');
	}
	words_add(out, a->lang, W_PAGE_WHERE, 3, text_str(&name),
	    a->firewall->id, audit_view_kind_name(a->firewall->kind));
	text_add_char(out, '\n');
	if (a->ruleset != NULL)
		add_ruleset(a, a->ruleset, W_PAGE_RULESET, out);
	else
		text_printf(out, "%s\n", words_get(a->lang, W_PAGE_OPAQUE));
	if (a->peer != NULL)
		add_ruleset(a, a->peer, W_PAGE_PEER, out);
	add_model(a, out);
	if (a->taken.us != 0) {
		words_add(out, a->lang, W_PAGE_TAKEN, 1,
		    clock_format(a->taken, a->m->utc_offset_s, time));
		text_add_char(out, '\n');
	}
	text_free(&name);
}

static void
add_counts(const struct audit *a, struct text *out)
{
	struct audit_counts c;
	struct text list = { 0 };
	char n[24];

	audit_view_count(a, &c);
	words_add(&list, a->lang, W_PAGE_UNDECIDED_COUNT, 1,
	    number(c.undecided, n));
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFORMATION; s--)
		text_printf(&list, " / %s %zu",
		    severity_title((enum severity)s, a->lang), c.by[s]);
	words_add(out, a->lang, W_PAGE_COUNTS, 1, text_str(&list));
	text_add_char(out, '\n');
	text_free(&list);
}

/* ---- what could not be decided */

static void
add_undecided(const struct audit *a, struct text *out)
{
	char n[24];

	if (a->undecided_count == 0)
		return;
	add_title(a, W_PAGE_UNDECIDED, out);
	for (size_t i = 0; i < a->undecided_count; i++) {
		const struct audit_undecided *u = &a->undecided[i];
		struct text line = { 0 };

		if (i == NOTES_MAX) {
			text_pad(out, "", INDENT);
			words_add(out, a->lang, W_PAGE_MORE, 2,
			    words_get(a->lang, W_PAGE_UNDECIDED),
			    number(a->undecided_count - i, n));
			text_add_char(out, '\n');
			break;
		}
		text_printf(&line, "%s ",
		    audit_view_mark_sign(AUDIT_MARK_UNDECIDED, a->lang));
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
		text_pad(out, "", INDENT);
		audit_wrap(text_str(&line), 2 * INDENT, INDENT, out);
		text_free(&line);
	}
}

/* ---- findings */

/* A word of what follows, and then its text from column LABEL on; long ones
 * in several lines unless they are to be copied. */
static void
add_line(const struct audit *a, enum word word, const char *s, bool wrap,
    struct text *out)
{
	struct text label = { 0 };

	text_pad(&label, "", 2 * INDENT);
	if (word != W_COUNT)
		text_printf(&label, "%s:", words_get(a->lang, word));
	text_pad(out, text_str(&label), 2 * INDENT + LABEL);
	if (text_width(text_str(&label)) >= 2 * INDENT + LABEL)
		text_add_char(out, ' ');
	text_free(&label);
	if (wrap) {
		audit_wrap(s, 2 * INDENT + LABEL, 2 * INDENT + LABEL, out);
	} else {
		escape(s, out);
		text_add_char(out, '\n');
	}
}

static void
add_rules(const struct audit *a, const struct audit_rule *rules, size_t count,
    size_t left_out, enum word word, struct text *out)
{
	struct text line = { 0 };
	char n[24];

	for (size_t i = 0; i < count; i++) {
		text_clear(&line);
		audit_view_rule(&rules[i], a->lang, &line);
		add_line(a, i == 0 ? word : W_COUNT, text_str(&line), false,
		    out);
		if (rules[i].rule != NULL && rules[i].rule->text != NULL)
			add_line(a, W_COUNT, rules[i].rule->text, false, out);
	}
	if (left_out > 0) {
		text_clear(&line);
		words_add(&line, a->lang, W_PAGE_RULES_LEFT, 1,
		    number(left_out, n));
		add_line(a, W_COUNT, text_str(&line), true, out);
	}
	text_free(&line);
}

static void
add_zones(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text line = { 0 };

	if (f->from == NULL && f->to == NULL && f->family == 0)
		return;
	audit_view_ends(a, f, &line);
	if (f->family != 0)
		text_printf(&line, "%s%s", line.length > 0 ? "  " : "",
		    audit_view_family(f->family, a->lang));
	text_pad(out, "", 2 * INDENT);
	escape(text_str(&line), out);
	text_add_char(out, '\n');
	text_free(&line);
}

static void
add_remedy(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	for (size_t i = 0; i < f->suggestion_count; i++)
		add_line(a, i == 0 ? W_PAGE_SUGGESTION : W_COUNT,
		    f->suggestions[i], false, out);
	if (f->suggestion_note != NULL)
		add_line(a,
		    f->suggestion_count == 0 ? W_PAGE_SUGGESTION : W_COUNT,
		    f->suggestion_note, true, out);
}

void
audit_text_finding(const struct audit *a, const struct audit_finding *f,
    struct text *out)
{
	struct text line = { 0 };

	text_printf(out, "  [%s] %s %s%s%s\n",
	    severity_title(f->severity, a->lang), checks_id(f->check),
	    checks_row(f->check)->title[a->lang],
	    f->certainty == AUDIT_POSSIBLE ? "  " : "",
	    f->certainty == AUDIT_POSSIBLE ?
		words_get(a->lang, W_PAGE_POSSIBLE_LONG) :
		"");
	add_zones(a, f, out);
	text_pad(out, "", 2 * INDENT);
	audit_wrap(f->sentence != NULL ? f->sentence : "", 2 * INDENT,
	    2 * INDENT, out);
	if (f->has_witness) {
		audit_view_witness(f, &line);
		add_line(a, W_PAGE_WITNESS, text_str(&line), false, out);
	}
	if (f->has_witness && f->translated) {
		text_clear(&line);
		audit_view_translated(f, &line);
		add_line(a, W_PAGE_TRANSLATED, text_str(&line), false, out);
	}
	add_rules(a, f->rules, f->rule_count, f->rules_left_out, W_PAGE_RULE,
	    out);
	add_rules(a, f->covering, f->covering_count, f->covering_left_out,
	    W_PAGE_COVERING, out);
	text_clear(&line);
	audit_view_clause(a, f, &line);
	if (line.length > 0)
		add_line(a, W_PAGE_DECLARED_BY, text_str(&line), true, out);
	add_remedy(a, f, out);
	text_free(&line);
}

/* Whether f says of the same rule what g said of other zones. */
static bool
is_like(const struct audit_finding *f, const struct audit_finding *g)
{
	return f->check == g->check && f->severity == g->severity &&
	    f->certainty == g->certainty && f->rule_count > 0 &&
	    g->rule_count > 0 && f->rules[0].rule == g->rules[0].rule &&
	    f->rules[0].chain == g->rules[0].chain;
}

/* Of a check with too many findings those that say something new come first,
 * and of one rule one. */
static bool
is_folded(const struct audit *a, size_t i, size_t of_check)
{
	const struct audit_finding *f = &a->findings[i];

	if (of_check <= FOLD_FROM)
		return false;
	/* They are sorted by check within a severity. */
	for (size_t k = i; k-- > 0 && a->findings[k].check == f->check;)
		if (is_like(&a->findings[k], f))
			return true;
	return false;
}

/* How many are like finding i and come after it, with the zones of some. */
static size_t
list_alike(const struct audit *a, size_t i, struct text *zones, size_t *grave)
{
	const struct audit_finding *f = &a->findings[i];
	size_t n = 0;

	for (size_t k = i + 1;
	     k < a->finding_count && a->findings[k].check == f->check; k++) {
		const struct audit_finding *g = &a->findings[k];

		if (!is_like(f, g))
			continue;
		if (n < ALIKE_SHOWN && (g->from != NULL || g->to != NULL)) {
			text_add(zones, zones->length > 0 ? ", " : "");
			audit_view_end_id(a, g, g->from, zones);
			text_add(zones, " → ");
			audit_view_end_id(a, g, g->to, zones);
			text_add(zones, g->family == 6 ? " IPv6" : "");
		} else if (n == ALIKE_SHOWN)
			text_add(zones, ", ...");
		*grave -= g->severity == SEVERITY_CRITICAL;
		n++;
	}
	return n;
}

/* Takes those that are critical from grave. */
static size_t
add_alike(const struct audit *a, size_t i, size_t *grave, struct text *out)
{
	struct text zones = { 0 }, line = { 0 };
	const size_t n = list_alike(a, i, &zones, grave);
	char buf[24];

	if (n > 0) {
		words_add(&line, a->lang, W_PAGE_ALIKE, 2, number(n, buf),
		    text_str(&zones));
		add_line(a, W_COUNT, text_str(&line), true, out);
	}
	text_free(&zones);
	text_free(&line);
	return n;
}

static void
add_findings(const struct audit *a, struct text *out)
{
	size_t of[CHECK_COUNT] = { 0 }, shown[CHECK_COUNT] = { 0 };
	size_t told[CHECK_COUNT] = { 0 }, grave[CHECK_COUNT] = { 0 };
	const char *all = a->finding_count <= AUDIT_HTML_FINDINGS ?
	    "--html / --format json" :
	    "--format json";
	char n[24], critical[24];

	for (size_t i = 0; i < a->finding_count; i++) {
		of[a->findings[i].check]++;
		grave[a->findings[i].check] += a->findings[i].severity ==
		    SEVERITY_CRITICAL;
	}
	if (a->finding_count > 0)
		add_title(a, W_PAGE_FINDINGS, out);
	for (size_t i = 0; i < a->finding_count; i++) {
		const enum check check = a->findings[i].check;

		if (shown[check] == SHOWN_MAX || is_folded(a, i, of[check]))
			continue;
		text_add(out, shown[check] + i > 0 ? "\n" : "");
		audit_text_finding(a, &a->findings[i], out);
		shown[check]++;
		told[check]++;
		grave[check] -= a->findings[i].severity == SEVERITY_CRITICAL;
		if (of[check] > FOLD_FROM)
			told[check] += add_alike(a, i, &grave[check], out);
	}
	for (int k = CHECK_NONE + 1; k < CHECK_COUNT; k++) {
		if (of[k] == told[k])
			continue;
		text_add(out, "\n  ");
		words_add(out, a->lang, W_PAGE_MORE_OF, 4,
		    checks_id((enum check)k), number(of[k] - told[k], n),
		    number(grave[k], critical), all);
		text_add_char(out, '\n');
	}
	if (a->findings_left_out > 0) {
		text_add(out, "\n  ");
		words_add(out, a->lang, W_PAGE_LEFT_OUT, 1,
		    number(a->findings_left_out, n));
		text_add_char(out, '\n');
	}
}

static void
add_notes(const struct audit *a, struct text *out)
{
	char n[24];

	if (a->note_count > 0)
		add_title(a, W_PAGE_NOTES, out);
	for (size_t i = 0; i < a->note_count; i++) {
		text_pad(out, "", INDENT);
		if (i == NOTES_MAX) {
			words_add(out, a->lang, W_PAGE_MORE, 2,
			    words_get(a->lang, W_PAGE_NOTES),
			    number(a->note_count - i, n));
			text_add_char(out, '\n');
			break;
		}
		audit_wrap(a->notes[i].sentence, INDENT, INDENT, out);
	}
}

/* Nothing found is said in words, unless there is nothing that was asked. */
static void
add_verdict(const struct audit *a, struct text *out)
{
	if (audit_view_result(a) == AUDIT_FINDINGS)
		return;
	text_add_char(out, '\n');
	audit_wrap(words_get(a->lang, audit_view_verdict(a)), 0, 0, out);
}

static bool
has_suggestions(const struct audit *a)
{
	for (size_t i = 0; i < a->finding_count; i++)
		if (a->findings[i].suggestion_count > 0)
			return true;
	return false;
}

void
audit_text(const struct audit *a, struct text *out)
{
	add_head(a, out);
	add_counts(a, out);
	add_undecided(a, out);
	audit_text_grid(a, out);
	add_findings(a, out);
	add_notes(a, out);
	add_verdict(a, out);
	if (has_suggestions(a)) {
		text_add_char(out, '\n');
		audit_wrap(words_get(a->lang, W_PAGE_NEVER_APPLIED), 0, 0, out);
	}
}
