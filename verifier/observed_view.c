/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See observed_view.h: the zones in the order in which they are shown, signs,
 * and what is said of a cell. What is said of all: observed_account.c.
 */
#include "observed_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "init.h"
#include "words.h"

#define NEAR 3	      /* letters that a slip may differ by */
#define IDS_SHOWN 8   /* conduits of a cell */
#define NAMED_SHOWN 4 /* checks or reasons of a cell */

static const char *
number(uint64_t n, char buf[32])
{
	(void)snprintf(buf, 32, "%" PRIu64, n);
	return buf;
}

static void
add_zone(struct observed_view *v, const char *id, const char *name,
    const struct zone *zone, int seen)
{
	struct observed_view_zone *z = &v->zones[v->count++];

	z->id = id;
	z->name = name;
	z->zone = zone;
	z->seen = seen;
}

bool
observed_view_init(struct observed_view *v, const struct observed *o,
    const struct model *m, const char *source, enum lang lang)
{
	memset(v, 0, sizeof(*v));
	v->o = o;
	v->m = m;
	v->lang = lang;
	v->source = source;
	v->cell[0] = v->cell[1] = -1;
	if (m != NULL && !matrix_collect(m, &v->declared))
		return false;
	v->zones = mem_calloc(OBSERVED_VIEW_ZONES_MAX, sizeof(*v->zones));
	for (size_t i = 0; m != NULL && i < m->zone_count; i++)
		add_zone(v, m->zones[i].id, m->zones[i].name, &m->zones[i],
		    observed_zone(o, m->zones[i].id));
	for (size_t i = OBSERVED_ZONES_FIRST; i < o->zone_count; i++)
		if (m == NULL || model_zone(m, o->zones[i]) == NULL ||
		    model_zone(m, o->zones[i])->index >= m->zone_count)
			add_zone(v, o->zones[i], o->zones[i], NULL, (int)i);
	add_zone(v, "", words_get(lang, W_OBSERVED_IN_NO_ZONE), NULL,
	    OBSERVED_NO_ZONE);
	add_zone(v, "", words_get(lang, W_OBSERVED_MORE_ZONES), NULL,
	    OBSERVED_MORE_ZONES);
	return true;
}

void
observed_view_fini(struct observed_view *v)
{
	if (v->m != NULL)
		matrix_fini(&v->declared);
	free(v->zones);
	v->zones = NULL;
}

int
observed_view_find(const struct observed_view *v, const char *id,
    const char **meant)
{
	unsigned distance = NEAR;

	*meant = NULL;
	for (size_t i = 0; i < v->count; i++) {
		const struct observed_view_zone *z = &v->zones[i];
		unsigned d;

		if (strcmp(id, "-") == 0 && z->seen == OBSERVED_NO_ZONE)
			return (int)i;
		if (z->id[0] == '\0')
			continue;
		if (strcmp(id, z->id) == 0)
			return (int)i;
		d = text_distance(id, z->id, NEAR);
		if (d < distance) {
			distance = d;
			*meant = z->id;
		}
	}
	return -1;
}

const struct observed_cell *
observed_view_at(const struct observed_view *v, size_t from, size_t to)
{
	if (v->zones[from].seen < 0 || v->zones[to].seen < 0)
		return NULL;
	return observed_at(v->o, (size_t)v->zones[from].seen,
	    (size_t)v->zones[to].seen);
}

const struct matrix_cell *
observed_view_declared(const struct observed_view *v, size_t from, size_t to)
{
	const struct zone *a = v->zones[from].zone, *b = v->zones[to].zone;

	if (v->m == NULL || a == NULL || b == NULL || a == b)
		return NULL;
	return matrix_at(&v->declared, a->index, b->index);
}

bool
observed_view_is_busy(const struct observed_view *v, size_t zone)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct observed_cell *out = observed_view_at(v, zone, i);
		const struct observed_cell *in = observed_view_at(v, i, zone);

		if ((out != NULL && observed_judged(out) > 0) ||
		    (in != NULL && observed_judged(in) > 0))
			return true;
	}
	return false;
}

/* ---- signs */

enum observed_mark
observed_mark_of(const struct observed_cell *c)
{
	enum observed_mark mark = OBSERVED_MARK_COUNT;

	if (c == NULL)
		return OBSERVED_MARK_NONE;
	while (--mark > OBSERVED_MARK_NONE)
		if (observed_mark_count(c, mark) > 0)
			return mark;
	return OBSERVED_MARK_NONE;
}

uint64_t
observed_mark_count(const struct observed_cell *c, enum observed_mark mark)
{
	switch (mark) {
	case OBSERVED_MARK_CONFORM:
		return c->verdicts[VERDICT_CONFORM];
	case OBSERVED_MARK_EXCEPTED:
		return c->verdicts[VERDICT_EXCEPTED];
	case OBSERVED_MARK_TRIED:
		return c->tried[VERDICT_VIOLATE];
	case OBSERVED_MARK_UNJUDGED:
		return c->verdicts[VERDICT_UNJUDGED];
	case OBSERVED_MARK_VIOLATE:
		return observed_crossed(c);
	case OBSERVED_MARK_NONE:
	case OBSERVED_MARK_COUNT:
		break;
	}
	return 0;
}

const char *
observed_mark_sign(enum observed_mark mark)
{
	static const char *const signs[OBSERVED_MARK_COUNT] = {
		[OBSERVED_MARK_NONE] = ".",
		[OBSERVED_MARK_CONFORM] = "o",
		[OBSERVED_MARK_EXCEPTED] = "e",
		[OBSERVED_MARK_TRIED] = "t",
		[OBSERVED_MARK_UNJUDGED] = "?",
		[OBSERVED_MARK_VIOLATE] = "X",
	};

	return signs[mark];
}

const char *
observed_mark_title(enum observed_mark mark, enum lang lang)
{
	switch (mark) {
	case OBSERVED_MARK_CONFORM:
		return verdict_title(VERDICT_CONFORM, lang);
	case OBSERVED_MARK_EXCEPTED:
		return verdict_title(VERDICT_EXCEPTED, lang);
	case OBSERVED_MARK_TRIED:
		return words_get(lang, W_OBSERVED_TRIED_ONLY);
	case OBSERVED_MARK_UNJUDGED:
		return verdict_title(VERDICT_UNJUDGED, lang);
	case OBSERVED_MARK_VIOLATE:
		return verdict_title(VERDICT_VIOLATE, lang);
	case OBSERVED_MARK_NONE:
	case OBSERVED_MARK_COUNT:
		break;
	}
	return words_get(lang, W_OBSERVED_NONE);
}

/* ---- what is said of a cell */

void
observed_say_zone(const struct observed_view *v, size_t zone, struct text *out)
{
	const struct observed_view_zone *z = &v->zones[zone];

	text_add(out, z->name);
	if (z->id[0] != '\0' && strcmp(z->id, z->name) != 0)
		text_printf(out, " (%s)", z->id);
}

void
observed_say_bytes(uint64_t bytes, struct text *out)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= 999.5 && unit + 1 < sizeof(units) / sizeof(*units)) {
		n /= 1000;
		unit++;
	}
	text_printf(out, unit == 0 || n >= 99.95 ? "%.0f %s" : "%.1f %s", n,
	    units[unit]);
}

void
observed_say_time(const char *stamp, struct text *out)
{
	if (strlen(stamp) < 19)
		text_add(out, "-");
	else
		text_printf(out, "%.10s %.8s", stamp, stamp + 11);
}

/* "name n", with a comma before all but the first. */
static void
add_named(struct text *out, size_t *named, const char *name, uint64_t n)
{
	text_printf(out, "%s%s %" PRIu64, (*named)++ > 0 ? ", " : "", name, n);
}

void
observed_say_checks(const struct observed_view *v,
    const struct observed_cell *c, struct text *out)
{
	bool told[CHECK_COUNT] = { false };
	uint64_t rest = 0;
	size_t named = 0;

	while (named < NAMED_SHOWN) {
		int best = CHECK_NONE;

		for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++)
			if (!told[i] && c->checks[i] > 0 &&
			    (best == CHECK_NONE ||
				c->checks[i] > c->checks[best]))
				best = i;
		if (best == CHECK_NONE)
			break;
		told[best] = true;
		add_named(out, &named, checks_id((enum check)best),
		    c->checks[best]);
	}
	for (int i = CHECK_NONE; i < CHECK_COUNT; i++)
		rest += told[i] ? 0 : c->checks[i];
	if (rest > 0)
		add_named(out, &named, words_get(v->lang, W_OBSERVED_OTHERS),
		    rest);
}

/* A reason of events: in Japanese as a sentence. English has the short word
 * that stands in the events. */
static void
add_reason(const struct observed_view *v, const char *reason, struct text *out)
{
	struct text words = { 0 };

	if (v->lang != LANG_EN)
		describe_reason(reason, v->lang, &words);
	text_add(out, words.length > 0 ? text_str(&words) : reason);
	text_free(&words);
}

void
observed_say_why(const struct observed_view *v, const struct observed_top *t,
    struct text *out)
{
	if (t->check[0] != '\0')
		text_add(out, t->check);
	else
		add_reason(v, t->reason, out);
}

/* "alpha: mynumber to lgwan" as words; false: it is no such pair. */
static bool
add_pair(const struct observed_view *v, const char *pair, struct text *out)
{
	char model[32], from[32], to[32];
	enum tier a, b;
	const char *title = model;

	if (sscanf(pair, "%31[^: ]: %31s to %31s", model, from, to) != 3 ||
	    !tier_parse(from, &a) || !tier_parse(to, &b))
		return false;
	if (v->lang != LANG_EN)
		title = strcmp(model, "alpha") == 0 ? "α" :
		    strcmp(model, "beta") == 0	    ? "β" :
						      model;
	words_add(out, v->lang, W_OBSERVED_GUIDELINE_PAIR, 3, title,
	    v->lang == LANG_EN ? from : init_tier_title(a, v->lang),
	    v->lang == LANG_EN ? to : init_tier_title(b, v->lang));
	return true;
}

void
observed_say_clause(const struct observed_view *v, const struct observed_top *t,
    struct text *out)
{
	if (!add_pair(v, t->clause, out))
		text_add(out, t->clause);
	text_printf(out, "%s%s", t->clause[0] && t->at[0] ? " " : "", t->at);
}

void
observed_say_rest(const struct observed_view *v,
    const struct observed_rest *rest, struct text *out)
{
	char n[3][32];

	if (rest->conversations == 0 && rest->rows == 0)
		return;
	words_add(out, v->lang, W_OBSERVED_REST, 1,
	    number(rest->conversations, n[0]));
	if (rest->rows > 0)
		words_add(out, v->lang, W_OBSERVED_REST_ROWS, 2,
		    number(rest->rows, n[1]), number(rest->unsure, n[2]));
}

void
observed_say_reasons(const struct observed_view *v,
    const struct observed_cell *c, struct text *out)
{
	struct text words = { 0 };
	size_t named = 0;

	for (size_t i = 0; i < v->o->reason_count; i++) {
		const char *name = v->o->reasons[i].name;

		if (c->reasons[i] == 0)
			continue;
		text_clear(&words);
		if (name[0] != '\0')
			add_reason(v, name, &words);
		else
			text_add(&words, words_get(v->lang, W_OBSERVED_OTHERS));
		add_named(out, &named, text_str(&words), c->reasons[i]);
	}
	text_free(&words);
}

void
observed_say_cell(const struct observed_view *v, const struct observed_cell *c,
    struct text *out)
{
	struct text parts[2] = { { 0 }, { 0 } }, hosts[2] = { { 0 }, { 0 } };
	char n[6][32];

	words_add(out, v->lang, W_OBSERVED_CELL_COUNTS, 6,
	    number(observed_judged(c), n[0]),
	    number(c->verdicts[VERDICT_UNJUDGED], n[1]),
	    number(c->verdicts[VERDICT_VIOLATE], n[2]),
	    number(c->tried[VERDICT_VIOLATE], n[3]),
	    number(c->verdicts[VERDICT_EXCEPTED], n[4]),
	    number(c->verdicts[VERDICT_CONFORM], n[5]));
	text_add_char(out, '\n');
	for (int i = 0; i < 2; i++) {
		observed_say_bytes(c->bytes[i], &parts[i]);
		(void)number(c->hosts[i], n[i]);
		if (c->hosts_at_least)
			words_add(&hosts[i], v->lang, W_OBSERVED_AT_LEAST, 1,
			    n[i]);
		else
			text_add(&hosts[i], n[i]);
	}
	words_add(out, v->lang, W_OBSERVED_CELL_VOLUME, 4, text_str(&hosts[0]),
	    text_str(&hosts[1]), text_str(&parts[0]), text_str(&parts[1]));
	for (int i = 0; i < 2; i++) {
		text_clear(&parts[0]);
		if (i == 0)
			observed_say_reasons(v, c, &parts[0]);
		else
			observed_say_checks(v, c, &parts[0]);
		if (parts[0].length == 0)
			continue;
		text_add_char(out, '\n');
		words_add(out, v->lang,
		    i == 0 ? W_OBSERVED_CELL_REASONS : W_OBSERVED_CELL_CHECKS,
		    1, text_str(&parts[0]));
	}
	for (int i = 0; i < 2; i++) {
		text_free(&parts[i]);
		text_free(&hosts[i]);
	}
}

static void
add_id(struct text *ids, size_t *count, const char *id)
{
	if (*count < IDS_SHOWN)
		text_printf(ids, "%s%s", *count > 0 ? " " : "", id);
	(*count)++;
}

static void
end_ids(const struct observed_view *v, struct text *ids, size_t count)
{
	if (count == 0)
		text_add(ids, words_get(v->lang, W_OBSERVED_NONE));
	else if (count > IDS_SHOWN)
		text_printf(ids, " +%zu", count - IDS_SHOWN);
}

void
observed_say_declared(const struct observed_view *v, size_t from, size_t to,
    struct text *out)
{
	const struct matrix_cell *d = observed_view_declared(v, from, to);
	const struct zone *a = v->zones[from].zone, *b = v->zones[to].zone;
	struct text conduits = { 0 }, exceptions = { 0 };
	size_t n = 0, e = 0;

	if (v->m == NULL || d == NULL || d->cell == NULL) {
		text_add(out,
		    words_get(v->lang,
			v->m == NULL		? W_OBSERVED_NO_MODEL :
			    a != NULL && a == b ? W_OBSERVED_DECLARED_SAME :
						  W_OBSERVED_NO_DECLARED_ZONE));
		return;
	}
	for (size_t i = 0; i < v->m->conduit_count; i++)
		if (matrix_has_conduit(&v->m->conduits[i], a, b))
			add_id(&conduits, &n, v->m->conduits[i].id);
	end_ids(v, &conduits, n);
	for (size_t i = 0; i < v->m->exception_count; i++)
		if (matrix_has_exception(&v->m->exceptions[i], a, b))
			add_id(&exceptions, &e, v->m->exceptions[i].id);
	end_ids(v, &exceptions, e);
	words_add(out, v->lang, W_OBSERVED_DECLARED, 4,
	    cell_kind_title(d->cell->kind, v->lang),
	    d->cell->article[0] ? d->cell->article :
				  words_get(v->lang, W_VERIFIER_OURS),
	    text_str(&conduits), text_str(&exceptions));
	text_free(&conduits);
	text_free(&exceptions);
}

/* The most frequent reason of a cell. */
static const char *
observed_top_reason(const struct observed *o, const struct observed_cell *c)
{
	size_t best = 0;

	for (size_t i = 1; i < o->reason_count; i++)
		if (c->reasons[i] > c->reasons[best])
			best = i;
	return o->reason_count > 0 ? o->reasons[best].name : "";
}

enum word
observed_next_of_reason(const char *reason)
{
	static const struct {
		const char *reason;
		enum word next;
	} rows[] = {
		{ "draft", W_OBSERVED_NEXT_DRAFT },
		{ "application", W_OBSERVED_NEXT_CONTENT },
		{ "name", W_OBSERVED_NEXT_CONTENT },
		{ "opaque", W_OBSERVED_NEXT_CONTENT },
		{ "examiner", W_OBSERVED_NEXT_CONTENT },
		{ "not-observable", W_OBSERVED_NEXT_CONTENT },
		{ "hidden-by-nat", W_OBSERVED_NEXT_NAT },
		{ "no-zone", W_OBSERVED_NEXT_ZONE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strncmp(reason, rows[i].reason, strlen(rows[i].reason)) ==
		    0)
			return rows[i].next;
	return W_OBSERVED_NEXT_SEE;
}

void
observed_say_next(const struct observed_view *v, const struct observed_cell *c,
    struct text *out)
{
	enum word word = W_OBSERVED_NEXT_NOTHING;

	if (c == NULL) {
		text_add(out, words_get(v->lang, word));
		return;
	}
	if (c->forbidden > 0 &&
	    (c->from == OBSERVED_NO_ZONE || c->to == OBSERVED_NO_ZONE))
		word = W_OBSERVED_NEXT_ZONE;
	else if (c->forbidden > 0)
		word = W_OBSERVED_NEXT_FORBIDDEN;
	else if (observed_crossed(c) > 0)
		word = W_OBSERVED_NEXT_UNDECLARED;
	else if (observed_reason(v->o, c, "draft") > 0)
		word = W_OBSERVED_NEXT_DRAFT;
	else if (c->verdicts[VERDICT_UNJUDGED] > 0)
		word = observed_next_of_reason(observed_top_reason(v->o, c));
	else if (c->tried[VERDICT_VIOLATE] > 0)
		word = W_OBSERVED_NEXT_TRIED;
	else if (c->verdicts[VERDICT_EXCEPTED] > 0)
		word = W_OBSERVED_NEXT_EXCEPTED;
	text_add(out, words_get(v->lang, word));
}
