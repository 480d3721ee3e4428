/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was observed, for a terminal: the account with what could not be judged
 * first, a grid of the zones that had traffic, and one cell with its busiest
 * conversations. Whatever came from packets is escaped.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "observed_view.h"

#define COLUMN_GAP 2
#define INDENT 2
#define QUIET_SHOWN 16

static const char *
number(uint64_t n, char buf[32])
{
	(void)snprintf(buf, 32, "%" PRIu64, n);
	return buf;
}

static void
escape(const char *s, struct text *out)
{
	text_escape(out, s, strlen(s));
}

/* Lines that may hold names, each escaped and moved in. */
static void
add_lines(const char *lines, size_t indent, struct text *out)
{
	for (size_t n; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		text_pad(out, "", indent);
		text_escape(out, lines, n);
		text_add_char(out, '\n');
	}
}

/* What a sentence says, escaped, on a line of its own. */
static void
say(const struct observed_view *v,
    void (*sentence)(const struct observed_view *, struct text *),
    struct text *out)
{
	struct text said = { 0 };

	sentence(v, &said);
	add_lines(text_str(&said), 0, out);
	text_free(&said);
}

/* ---- account */

static void
add_reasons(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	struct text line = { 0 };
	char n[32];

	words_add(out, v->lang, W_OBSERVED_UNJUDGED, 1,
	    number(o->verdicts[VERDICT_UNJUDGED], n));
	text_add_char(out, '\n');
	for (size_t i = 0; i < o->reason_count; i++) {
		text_clear(&line);
		text_pad(&line,
		    o->reasons[i].name[0] ?
			o->reasons[i].name :
			words_get(v->lang, W_OBSERVED_OTHERS),
		    28);
		text_printf(&line, "%8" PRIu64 "  ", o->reasons[i].count);
		describe_reason(o->reasons[i].name, v->lang, &line);
		add_lines(text_str(&line), INDENT, out);
	}
	text_free(&line);
}

static void
add_counts(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	char n[9][32];

	words_add(out, v->lang, W_OBSERVED_COUNTS, 7,
	    number(o->conversations, n[0]),
	    number(o->verdicts[VERDICT_UNJUDGED], n[1]),
	    number(o->verdicts[VERDICT_VIOLATE], n[2]),
	    number(o->tried[VERDICT_VIOLATE], n[3]),
	    number(o->verdicts[VERDICT_EXCEPTED], n[4]),
	    number(o->verdicts[VERDICT_CONFORM], n[5]),
	    number(o->verdicts[VERDICT_OUT_OF_SCOPE], n[6]));
	text_add_char(out, '\n');
	words_add(out, v->lang, W_OBSERVED_COUNTS_UNDECLARED, 3,
	    number(o->undeclared, n[0]),
	    number(o->undeclared - o->undeclared_draft, n[7]),
	    number(o->undeclared_draft, n[8]));
	text_add_char(out, '\n');
}

static void
add_head(const struct observed_view *v, struct text *out)
{
	struct text source = { 0 };
	char n[32];

	if (v->m != NULL) {
		escape(v->m->organisation, out);
		text_add(out, "  ");
	}
	text_printf(out, "%s\n", words_get(v->lang, W_OBSERVED_TITLE));
	escape(v->source, &source);
	words_add(out, v->lang, W_OBSERVED_SOURCE, 2, text_str(&source),
	    number(v->o->lines, n));
	text_add_char(out, '\n');
	say(v, observed_say_days, out);
	say(v, observed_say_stage, out);
	text_free(&source);
}

/* ---- grid */

/* "62", "12k", "3M" */
static void
add_number(uint64_t n, struct text *out)
{
	if (n < 100000)
		text_printf(out, "%" PRIu64, n);
	else if (n < 100000000)
		text_printf(out, "%" PRIu64 "k", n / 1000);
	else
		text_printf(out, "%" PRIu64 "M", n / 1000000);
}

static void
add_cell(const struct observed_cell *c, struct text *out)
{
	const enum observed_mark mark = observed_mark_of(c);
	enum observed_mark other = mark;

	if (mark == OBSERVED_MARK_NONE) {
		text_add(out, observed_mark_sign(mark));
		return;
	}
	if (observed_mark_count(c, OBSERVED_MARK_UNJUDGED) > 0) {
		text_add(out, observed_mark_sign(OBSERVED_MARK_UNJUDGED));
		add_number(observed_mark_count(c, OBSERVED_MARK_UNJUDGED), out);
	}
	while (other == OBSERVED_MARK_UNJUDGED ||
	    (other > OBSERVED_MARK_NONE && observed_mark_count(c, other) == 0))
		other--;
	if (other == OBSERVED_MARK_NONE)
		return;
	text_add(out, out->length > 0 ? " " : "");
	text_add(out, observed_mark_sign(other));
	add_number(observed_mark_count(c, other), out);
}

struct grid {
	const struct observed_view *v;
	size_t *zones; /* of the view, that are in it */
	size_t *widths;
	size_t count;
	size_t label, id; /* widths */
};

static size_t
wider(size_t width, const struct text *t)
{
	const size_t w = text_width(text_str(t));

	return w > width ? w : width;
}

static void
add_label(const struct grid *g, size_t i, struct text *out)
{
	const struct observed_view_zone *z = &g->v->zones[g->zones[i]];
	struct text id = { 0 };

	escape(z->id, &id);
	text_pad(out, text_str(&id), g->id);
	if (strcmp(z->id, z->name) != 0)
		escape(z->name, out);
	text_free(&id);
}

static void
measure(struct grid *g)
{
	struct text t = { 0 };

	for (size_t i = 0; i < g->count; i++) {
		text_clear(&t);
		escape(g->v->zones[g->zones[i]].id, &t);
		g->id = wider(g->id, &t);
		g->widths[i] = text_width(text_str(&t));
	}
	g->id += COLUMN_GAP;
	g->label = text_width(words_get(g->v->lang, W_VERIFIER_CORNER));
	for (size_t i = 0; i < g->count; i++) {
		text_clear(&t);
		add_label(g, i, &t);
		g->label = wider(g->label, &t);
		for (size_t j = 0; j < g->count; j++) {
			text_clear(&t);
			add_cell(observed_view_at(g->v, g->zones[i],
				     g->zones[j]),
			    &t);
			g->widths[j] = wider(g->widths[j], &t);
		}
	}
	text_free(&t);
}

static void
end_row(struct text *out)
{
	while (out->length > 0 && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_add_char(out, '\n');
}

/* Row r of the grid, 0 being the head. */
static void
add_row(const struct grid *g, size_t r, struct text *out)
{
	struct text cell = { 0 };

	if (r > 0)
		add_label(g, r - 1, &cell);
	else
		text_add(&cell, words_get(g->v->lang, W_VERIFIER_CORNER));
	text_pad(out, text_str(&cell), g->label + COLUMN_GAP);
	for (size_t j = 0; j < g->count; j++) {
		text_clear(&cell);
		if (r == 0)
			escape(g->v->zones[g->zones[j]].id, &cell);
		else
			add_cell(observed_view_at(g->v, g->zones[r - 1],
				     g->zones[j]),
			    &cell);
		text_pad(out, text_str(&cell), g->widths[j] + COLUMN_GAP);
	}
	end_row(out);
	text_free(&cell);
}

/* Zones that have nothing to do with any other stand in one line. */
static void
add_quiet(const struct observed_view *v, struct text *out)
{
	struct text ids = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < v->count; i++) {
		/* The firewall's own addresses are no zone of their own. */
		if (v->zones[i].id[0] == '\0' || observed_view_is_busy(v, i) ||
		    (v->m != NULL &&
			strcmp(v->zones[i].id, v->m->firewall_zone.id) == 0))
			continue;
		if (count++ < QUIET_SHOWN) {
			text_add(&ids, ids.length ? ", " : "");
			escape(v->zones[i].id, &ids);
		}
	}
	if (count > QUIET_SHOWN)
		text_printf(&ids, " +%zu", count - QUIET_SHOWN);
	if (count > 0) {
		words_add(out, v->lang, W_OBSERVED_QUIET, 1, text_str(&ids));
		text_add_char(out, '\n');
	}
	text_free(&ids);
}

/* One line for what has an end in no zone, another for zones beyond those
 * told apart. */
static void
add_outsiders(const struct observed_view *v, size_t zone, struct text *out)
{
	struct text line = { 0 }, cell = { 0 };

	for (size_t i = 0; i < v->count; i++)
		for (int way = 0; way < (i == zone ? 1 : 2); way++) {
			const size_t from = way == 0 ? i : zone,
				     to = way == 0 ? zone : i;
			const struct observed_cell *c = observed_view_at(v,
			    from, to);

			text_clear(&cell);
			if (observed_mark_of(c) == OBSERVED_MARK_NONE)
				continue;
			add_cell(c, &cell);
			text_add(&line, line.length ? ", " : "");
			escape(v->zones[from].id[0] ? v->zones[from].id : "-",
			    &line);
			text_add(&line, " → ");
			escape(v->zones[to].id[0] ? v->zones[to].id : "-",
			    &line);
			text_printf(&line, " %s", text_str(&cell));
		}
	if (line.length > 0 && v->zones[zone].seen == OBSERVED_NO_ZONE)
		words_add(out, v->lang, W_OBSERVED_NO_ZONE_LINE, 1,
		    text_str(&line));
	else if (line.length > 0)
		text_printf(out, "%s: %s", v->zones[zone].name,
		    text_str(&line));
	text_add(out, line.length > 0 ? "\n" : "");
	text_free(&line);
	text_free(&cell);
}

static void
add_grid(const struct observed_view *v, struct text *out)
{
	struct grid g = { .v = v };

	g.zones = mem_calloc(v->count, sizeof(*g.zones));
	g.widths = mem_calloc(v->count, sizeof(*g.widths));
	for (size_t i = 0; i < v->count; i++)
		if (v->zones[i].id[0] != '\0' && observed_view_is_busy(v, i))
			g.zones[g.count++] = i;
	text_add_char(out, '\n');
	if (g.count == 0) {
		text_printf(out, "%s\n", words_get(v->lang, W_OBSERVED_EMPTY));
	} else {
		measure(&g);
		for (size_t r = 0; r <= g.count; r++)
			add_row(&g, r, out);
		text_printf(out, "%s\n", words_get(v->lang, W_OBSERVED_LEGEND));
	}
	free(g.zones);
	free(g.widths);
}

/* ---- the whole */

static void
add_advice(const struct observed_view *v, struct text *out)
{
	struct text advice[OBSERVED_ADVICE_MAX], line = { 0 };
	const size_t n = observed_advise(v, advice);

	text_printf(out, "\n%s\n", words_get(v->lang, W_OBSERVED_ADVICE));
	for (size_t i = 0; i < n; i++) {
		text_clear(&line);
		text_printf(&line, "%zu. %s", i + 1, text_str(&advice[i]));
		add_lines(text_str(&line), INDENT, out);
		text_free(&advice[i]);
	}
	if (n == 0)
		add_lines(words_get(v->lang, W_OBSERVED_NEXT_NOTHING), INDENT,
		    out);
	text_free(&line);
}

/* An example that works: the gravest cell. */
static void
add_hint(const struct observed_view *v, struct text *out)
{
	enum observed_mark best = OBSERVED_MARK_NONE;
	struct text from = { 0 }, to = { 0 };

	for (size_t i = 0; i < v->count; i++)
		for (size_t j = 0; j < v->count; j++) {
			const enum observed_mark mark = observed_mark_of(
			    observed_view_at(v, i, j));

			if (mark <= best || i == j || !v->zones[i].id[0] ||
			    !v->zones[j].id[0])
				continue;
			best = mark;
			text_clear(&from);
			text_clear(&to);
			escape(v->zones[i].id, &from);
			escape(v->zones[j].id, &to);
		}
	if (best != OBSERVED_MARK_NONE) {
		words_add(out, v->lang, W_OBSERVED_OPEN_CELL, 2,
		    text_str(&from), text_str(&to));
		text_add_char(out, '\n');
	}
	text_free(&from);
	text_free(&to);
}

void
observed_text(const struct observed_view *v, struct text *out)
{
	add_head(v, out);
	text_add_char(out, '\n');
	add_reasons(v, out);
	add_counts(v, out);
	add_grid(v, out);
	for (size_t i = 0; i < v->count; i++)
		if (v->zones[i].id[0] == '\0')
			add_outsiders(v, i, out);
	add_quiet(v, out);
	add_hint(v, out);
	add_advice(v, out);
	text_add_char(out, '\n');
	say(v, observed_say_coverage, out);
	say(v, observed_say_gaps, out);
	say(v, observed_say_devices, out);
	say(v, observed_say_limits, out);
}

/* ---- one cell */

static void
add_top(const struct observed_view *v, const struct observed_top *t,
    struct text *out)
{
	const enum observed_mark mark = observed_mark_of_top(t);
	struct text line = { 0 }, more = { 0 }, about = { 0 };
	char n[32], error[32];

	observed_say_why(v, t, &about);
	text_printf(&line, "%s %s %s%s%s → %s %s %s  ",
	    observed_mark_sign(mark), observed_mark_title(mark, v->lang),
	    text_str(&about), about.length > 0 ? " " : "", t->from, t->to,
	    t->service, t->application);
	if (t->error > 0)
		words_add(&line, v->lang, W_OBSERVED_ABOUT, 2,
		    number(t->count, n), number(t->error, error));
	else
		words_add(&line, v->lang, W_OBSERVED_TIMES, 1,
		    number(t->count, n));
	text_add(&line, "  ");
	observed_say_bytes(t->bytes, &line);
	add_lines(text_str(&line), INDENT, out);
	observed_say_time(t->time.first, &more);
	text_add(&more, " ～ ");
	observed_say_time(t->time.last, &more);
	if (t->clause[0] != '\0' || t->at[0] != '\0') {
		text_clear(&about);
		observed_say_clause(v, t, &about);
		text_add(&more, "  ");
		words_add(&more, v->lang, W_OBSERVED_CLAUSE, 1,
		    text_str(&about));
	}
	if (t->name[0] != '\0') {
		text_add(&more, "  ");
		words_add(&more, v->lang, W_OBSERVED_SERVER_NAME, 1, t->name);
	}
	add_lines(text_str(&more), 3 * INDENT, out);
	text_free(&line);
	text_free(&more);
	text_free(&about);
}

static void
add_way(const struct observed_view *v, size_t from, size_t to, struct text *out)
{
	const struct observed_top *tops[OBSERVED_TOPS_SHOWN_CELL];
	const struct observed_cell *c = observed_view_at(v, from, to);
	struct text line = { 0 };
	struct observed_rest rest;
	size_t n = 0;

	text_add_char(out, '\n');
	observed_say_zone(v, from, &line);
	text_add(&line, " → ");
	observed_say_zone(v, to, &line);
	add_lines(text_str(&line), 0, out);
	if (c == NULL || observed_judged(c) == 0)
		add_lines(words_get(v->lang, W_OBSERVED_CELL_EMPTY), INDENT,
		    out);
	text_clear(&line);
	if (c != NULL && observed_judged(c) > 0) {
		observed_say_cell(v, c, &line);
		text_add_char(&line, '\n');
	}
	observed_say_declared(v, from, to, &line);
	add_lines(text_str(&line), INDENT, out);
	if (c == NULL || observed_judged(c) == 0)
		goto out;
	n = observed_tops(c, tops, OBSERVED_TOPS_SHOWN_CELL, &rest);
	for (size_t i = 0; i < n; i++)
		add_top(v, tops[i], out);
	text_clear(&line);
	observed_say_rest(v, &rest, &line);
	add_lines(text_str(&line), INDENT, out);
	text_clear(&line);
	struct text next = { 0 };

	observed_say_next(v, c, &next);
	words_add(&line, v->lang, W_OBSERVED_NEXT, 1, text_str(&next));
	add_lines(text_str(&line), INDENT, out);
	text_free(&next);
out:
	text_free(&line);
}

void
observed_text_cell(const struct observed_view *v, struct text *out)
{
	const size_t a = (size_t)v->cell[0], b = (size_t)v->cell[1];

	add_head(v, out);
	add_way(v, a, b, out);
	if (a != b)
		add_way(v, b, a, out);
	text_add_char(out, '\n');
	say(v, observed_say_coverage, out);
	say(v, observed_say_gaps, out);
	say(v, observed_say_limits, out);
}
