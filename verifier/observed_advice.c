/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What to check first, three things at most: the gravest violation, whatever
 * makes the counts doubtful, and what could not be judged or is undeclared.
 * An order, not a judgement: everything stands in the cells as well.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "observed_view.h"

#define SHARE_LEAST 990 /* thousandths seen; less is to be looked at */

struct choice {
	size_t from, to; /* zones of the view */
	const struct observed_cell *cell;
	enum check check;
	enum severity severity;
	uint64_t count;
};

static const char *
number(uint64_t n, char buf[32])
{
	(void)snprintf(buf, 32, "%" PRIu64, n);
	return buf;
}

static bool
is_undeclared(enum check c)
{
	return c == CHECK_SEG_2 || c == CHECK_SEG_3;
}

/* The gravest check of a cell that is more than undeclared. */
static void
consider(const struct observed_view *v, size_t from, size_t to,
    const struct observed_cell *not_this, struct choice *best)
{
	const struct observed_cell *c = observed_view_at(v, from, to);

	if (c == NULL || c == not_this || c->forbidden == 0)
		return;
	for (int i = CHECK_NONE + 1; i < CHECK_COUNT; i++) {
		const struct check_row *row = checks_row((enum check)i);

		if (c->crossed[i] == 0 || is_undeclared((enum check)i) ||
		    row->passed < best->severity ||
		    (row->passed == best->severity &&
			c->crossed[i] <= best->count))
			continue;
		*best = (struct choice){ .from = from,
			.to = to,
			.cell = c,
			.check = (enum check)i,
			.severity = row->passed,
			.count = c->crossed[i] };
	}
}

static struct choice
gravest(const struct observed_view *v, const struct observed_cell *not_this)
{
	struct choice best = { .cell = NULL };

	for (size_t i = 0; i < v->count; i++)
		for (size_t j = 0; j < v->count; j++)
			consider(v, i, j, not_this, &best);
	return best;
}

/* The cell with the most of what counts. */
static struct choice
most(const struct observed_view *v,
    uint64_t (*counts)(const struct observed_cell *))
{
	struct choice best = { .cell = NULL };

	for (size_t i = 0; i < v->count; i++)
		for (size_t j = 0; j < v->count; j++) {
			const struct observed_cell *c = observed_view_at(v, i,
			    j);

			if (c != NULL && counts(c) > best.count)
				best = (struct choice){ .from = i,
					.to = j,
					.cell = c,
					.count = counts(c) };
		}
	return best;
}

static uint64_t
count_undeclared(const struct observed_cell *c)
{
	return c->undeclared_crossed;
}

static uint64_t
count_tried(const struct observed_cell *c)
{
	return c->tried[VERDICT_VIOLATE];
}

/* ---- sentences */

static bool
advise_violation(const struct observed_view *v,
    const struct observed_cell *not_this, const struct observed_cell **cell,
    struct text *out)
{
	const struct choice c = gravest(v, not_this);
	struct text from = { 0 }, to = { 0 }, check = { 0 }, next = { 0 };
	char n[32];

	*cell = c.cell;
	if (c.cell == NULL)
		return false;
	observed_say_zone(v, c.from, &from);
	observed_say_zone(v, c.to, &to);
	observed_say_next(v, c.cell, &next);
	text_printf(&check, "%s %s", checks_id(c.check),
	    checks_row(c.check)->title[v->lang]);
	words_add(out, v->lang, W_OBSERVED_ADVICE_VIOLATION, 5, text_str(&from),
	    text_str(&to), text_str(&check), number(c.count, n),
	    text_str(&next));
	text_free(&from);
	text_free(&to);
	text_free(&check);
	text_free(&next);
	return true;
}

static bool
advise_most(const struct observed_view *v, const struct choice *c,
    enum word word, enum word next, struct text *out)
{
	struct text from = { 0 }, to = { 0 };
	char n[32];

	if (c->cell == NULL)
		return false;
	observed_say_zone(v, c->from, &from);
	observed_say_zone(v, c->to, &to);
	words_add(out, v->lang, word, 4, text_str(&from), text_str(&to),
	    number(c->count, n), words_get(v->lang, next));
	text_free(&from);
	text_free(&to);
	return true;
}

static bool
advise_undeclared(const struct observed_view *v, struct text *out)
{
	const struct choice c = most(v, count_undeclared);

	return advise_most(v, &c, W_OBSERVED_ADVICE_UNDECLARED,
	    c.cell != NULL &&
		    c.cell->crossed[CHECK_SEG_2] +
			    c.cell->crossed[CHECK_SEG_3] ==
			0 ?
		W_OBSERVED_NEXT_DRAFT :
		W_OBSERVED_NEXT_UNDECLARED,
	    out);
}

static bool
advise_tried(const struct observed_view *v, struct text *out)
{
	const struct choice c = most(v, count_tried);

	return advise_most(v, &c, W_OBSERVED_ADVICE_TRIED,
	    W_OBSERVED_NEXT_TRIED, out);
}

/* Whatever makes the counts doubtful. */
static bool
advise_doubt(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	bool is_low = o->boundary_count == 0 || o->boundaries_lost > 0;
	struct text said = { 0 };
	enum word word = W_COUNT;
	size_t first;

	for (size_t i = 0; i < o->boundary_count; i++)
		is_low = is_low ||
		    observed_share(&o->boundaries[i]) < SHARE_LEAST;
	if (o->failed || o->unread > 0 || o->open_lost + o->cells_lost > 0) {
		word = W_OBSERVED_ADVICE_LIMITS;
		observed_say_limits(v, &said);
	} else if (is_low) {
		word = W_OBSERVED_ADVICE_UNSEEN;
		observed_say_coverage(v, &said);
	} else if (o->gap_count > 0) {
		word = W_OBSERVED_ADVICE_GAPS;
		observed_say_gaps(v, &said);
	}
	if (word == W_COUNT)
		return false;
	first = strcspn(text_str(&said), "\n");
	if (first < said.length)
		said.data[first] = '\0';
	words_add(out, v->lang, word, 2, text_str(&said),
	    words_get(v->lang, W_OBSERVED_NEXT_SEE));
	text_free(&said);
	return true;
}

static bool
advise_unjudged(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	struct text reason = { 0 };
	const struct observed_name *best = NULL;
	char all[32], n[32];

	for (size_t i = 0; i < o->reason_count; i++)
		if (strcmp(o->reasons[i].name, "draft") != 0 &&
		    (best == NULL || o->reasons[i].count > best->count))
			best = &o->reasons[i];
	if (best == NULL || best->count == 0)
		return false;
	describe_reason(best->name, v->lang, &reason);
	words_add(out, v->lang, W_OBSERVED_ADVICE_UNJUDGED, 4,
	    number(o->verdicts[VERDICT_UNJUDGED], all), number(best->count, n),
	    reason.length > 0 ? text_str(&reason) :
		best->name[0] ? best->name :
				words_get(v->lang, W_OBSERVED_OTHERS),
	    words_get(v->lang, observed_next_of_reason(best->name)));
	text_free(&reason);
	return true;
}

/* One without an address is a router beyond a line or the like: there is
 * nothing to write into a ledger. */
static bool
advise_devices(const struct observed_view *v, struct text *out)
{
	const struct devices *d = &v->o->devices;
	char n[32];

	if (d->unregistered == d->unaddressed)
		return false;
	words_add(out, v->lang, W_OBSERVED_ADVICE_DEVICES, 1,
	    number(d->unregistered - d->unaddressed, n));
	return true;
}

size_t
observed_advise(const struct observed_view *v,
    struct text out[OBSERVED_ADVICE_MAX])
{
	const struct observed_cell *first, *second;
	size_t n = 0;

	memset(out, 0, OBSERVED_ADVICE_MAX * sizeof(*out));
	n += advise_violation(v, NULL, &first, &out[n]);
	n += advise_doubt(v, &out[n]);
	n += n < OBSERVED_ADVICE_MAX && advise_unjudged(v, &out[n]);
	n += n < OBSERVED_ADVICE_MAX && advise_undeclared(v, &out[n]);
	if (n < OBSERVED_ADVICE_MAX && first != NULL)
		n += advise_violation(v, first, &second, &out[n]);
	n += n < OBSERVED_ADVICE_MAX && advise_tried(v, &out[n]);
	n += n < OBSERVED_ADVICE_MAX && advise_devices(v, &out[n]);
	return n;
}
