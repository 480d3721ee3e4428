/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was observed, for a spreadsheet: one row a cell that has traffic, or
 * one row a conversation of the cell that was asked for. Fields that a
 * spreadsheet would run are quoted (text_csv).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "observed_view.h"

static void
field(struct text *out, const char *s)
{
	if (out->length > 0 && out->data[out->length - 1] != '\n')
		text_add_char(out, ',');
	text_csv(out, s);
}

static void
count_field(struct text *out, uint64_t n)
{
	char buf[32];

	(void)snprintf(buf, sizeof(buf), "%" PRIu64, n);
	field(out, buf);
}

static void
time_field(struct text *out, const char *stamp)
{
	struct text t = { 0 };

	observed_say_time(stamp, &t);
	field(out, text_str(&t));
	text_free(&t);
}

static void
heads(const char *const *names, size_t count, struct text *out)
{
	for (size_t i = 0; i < count; i++)
		field(out, names[i]);
	text_add(out, "\r\n");
}

static void
zone_fields(const struct observed_view *v, size_t zone, struct text *out)
{
	field(out, v->zones[zone].id[0] ? v->zones[zone].id : "-");
	field(out, v->zones[zone].name);
}

static void
declared_fields(const struct observed_view *v, size_t from, size_t to,
    struct text *out)
{
	const struct matrix_cell *d = observed_view_declared(v, from, to);
	struct text ids = { 0 };

	field(out,
	    d != NULL && d->cell != NULL ?
		cell_kind_title(d->cell->kind, v->lang) :
		"");
	for (size_t i = 0; d != NULL && i < v->m->conduit_count; i++)
		if (matrix_has_conduit(&v->m->conduits[i], v->zones[from].zone,
			v->zones[to].zone))
			text_printf(&ids, "%s%s", ids.length ? " " : "",
			    v->m->conduits[i].id);
	field(out, text_str(&ids));
	text_free(&ids);
}

static void
cell_row(const struct observed_view *v, size_t from, size_t to,
    const struct observed_cell *c, struct text *out)
{
	struct text named = { 0 };
	uint64_t tried = 0;

	for (int i = 0; i < VERDICT_COUNT; i++)
		tried += i != VERDICT_OUT_OF_SCOPE ? c->tried[i] : 0;
	zone_fields(v, from, out);
	zone_fields(v, to, out);
	count_field(out, observed_judged(c));
	count_field(out, c->verdicts[VERDICT_UNJUDGED]);
	observed_say_reasons(v, c, &named);
	field(out, text_str(&named));
	count_field(out, c->verdicts[VERDICT_VIOLATE]);
	count_field(out, c->tried[VERDICT_VIOLATE]);
	text_clear(&named);
	observed_say_checks(v, c, &named);
	field(out, text_str(&named));
	count_field(out, c->undeclared);
	count_field(out, c->verdicts[VERDICT_EXCEPTED]);
	count_field(out, c->verdicts[VERDICT_CONFORM]);
	count_field(out, tried);
	count_field(out, c->bytes[0]);
	count_field(out, c->bytes[1]);
	count_field(out, c->hosts[0]);
	count_field(out, c->hosts[1]);
	field(out, c->hosts_at_least ? "1" : "");
	time_field(out, c->time.first);
	time_field(out, c->time.last);
	declared_fields(v, from, to, out);
	text_add(out, "\r\n");
	text_free(&named);
}

void
observed_csv(const struct observed_view *v, struct text *out)
{
	const enum lang l = v->lang;
	const char *const names[] = { words_get(l, W_OBSERVED_FROM),
		words_get(l, W_VERIFIER_NAME), words_get(l, W_OBSERVED_TO),
		words_get(l, W_VERIFIER_NAME), words_get(l, W_OBSERVED_COUNT),
		verdict_title(VERDICT_UNJUDGED, l),
		words_get(l, W_OBSERVED_REASONS),
		verdict_title(VERDICT_VIOLATE, l),
		words_get(l, W_OBSERVED_TRIED_VIOLATING),
		words_get(l, W_OBSERVED_CHECKS),
		words_get(l, W_OBSERVED_UNDECLARED),
		verdict_title(VERDICT_EXCEPTED, l),
		verdict_title(VERDICT_CONFORM, l),
		words_get(l, W_OBSERVED_TRIED_ALL),
		words_get(l, W_OBSERVED_BYTES_OUT),
		words_get(l, W_OBSERVED_BYTES_BACK),
		words_get(l, W_OBSERVED_INITIATORS),
		words_get(l, W_OBSERVED_RESPONDERS),
		words_get(l, W_OBSERVED_HOSTS_LEAST),
		words_get(l, W_OBSERVED_FIRST), words_get(l, W_OBSERVED_LAST),
		words_get(l, W_OBSERVED_DECLARED_CELL),
		words_get(l, W_OBSERVED_DECLARED_CONDUITS) };
	struct text rows = { 0 };

	heads(names, sizeof(names) / sizeof(*names), &rows);
	for (size_t i = 0; i < v->count; i++)
		for (size_t j = 0; j < v->count; j++) {
			const struct observed_cell *c = observed_view_at(v, i,
			    j);

			if (c != NULL && observed_judged(c) > 0)
				cell_row(v, i, j, c, &rows);
		}
	text_printf(out, "\xEF\xBB\xBF%s", text_str(&rows));
	text_free(&rows);
}

static void
top_row(const struct observed_view *v, size_t from, size_t to,
    const struct observed_top *t, struct text *out)
{
	struct text clause = { 0 };

	field(out, v->zones[from].id[0] ? v->zones[from].id : "-");
	field(out, v->zones[to].id[0] ? v->zones[to].id : "-");
	field(out, t->from);
	field(out, t->to);
	field(out, t->service);
	field(out, t->application);
	field(out, t->name);
	field(out, observed_mark_title(observed_mark_of_top(t), v->lang));
	observed_say_why(v, t, &clause);
	field(out, text_str(&clause));
	text_clear(&clause);
	observed_say_clause(v, t, &clause);
	field(out, text_str(&clause));
	count_field(out, t->count);
	count_field(out, t->error);
	count_field(out, t->bytes);
	time_field(out, t->time.first);
	time_field(out, t->time.last);
	text_add(out, "\r\n");
	text_free(&clause);
}

static void
way_rows(const struct observed_view *v, size_t from, size_t to,
    struct text *out)
{
	const struct observed_top
	    *tops[OBSERVED_MARK_COUNT * OBSERVED_TOPS_MAX];
	const struct observed_cell *c = observed_view_at(v, from, to);
	struct observed_rest rest;
	size_t n;

	if (c == NULL)
		return;
	n = observed_tops(c, tops, sizeof(tops) / sizeof(*tops), &rest);
	for (size_t i = 0; i < n; i++)
		top_row(v, from, to, tops[i], out);
	if (rest.conversations == 0)
		return;
	field(out, v->zones[from].id[0] ? v->zones[from].id : "-");
	field(out, v->zones[to].id[0] ? v->zones[to].id : "-");
	field(out, words_get(v->lang, W_OBSERVED_OTHERS));
	for (int i = 0; i < 7; i++)
		field(out, "");
	count_field(out, rest.conversations);
	text_add(out, ",,,,\r\n");
}

void
observed_csv_cell(const struct observed_view *v, struct text *out)
{
	const enum lang l = v->lang;
	const char *const names[] = { words_get(l, W_OBSERVED_FROM),
		words_get(l, W_OBSERVED_TO), words_get(l, W_OBSERVED_INITIATOR),
		words_get(l, W_OBSERVED_RESPONDER),
		words_get(l, W_OBSERVED_SERVICE),
		words_get(l, W_OBSERVED_APPLICATION),
		words_get(l, W_OBSERVED_NAME), words_get(l, W_OBSERVED_VERDICT),
		words_get(l, W_OBSERVED_REASON), words_get(l, W_OBSERVED_AT),
		words_get(l, W_OBSERVED_COUNT), words_get(l, W_OBSERVED_ERROR),
		words_get(l, W_OBSERVED_BYTES), words_get(l, W_OBSERVED_FIRST),
		words_get(l, W_OBSERVED_LAST) };
	struct text rows = { 0 };

	heads(names, sizeof(names) / sizeof(*names), &rows);
	way_rows(v, (size_t)v->cell[0], (size_t)v->cell[1], &rows);
	if (v->cell[0] != v->cell[1])
		way_rows(v, (size_t)v->cell[1], (size_t)v->cell[0], &rows);
	text_printf(out, "\xEF\xBB\xBF%s", text_str(&rows));
	text_free(&rows);
}
