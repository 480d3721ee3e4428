/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said of all that was observed: the stage, the days, how much was
 * seen and what keeps the counts from being the whole truth. Silence would
 * pass for perfection, so each of them speaks also where nothing is known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "observed_view.h"

#define STRANGERS_SHOWN 8
#define UNOBSERVABLE_SHOWN 16

static const char *
number(uint64_t n, char buf[32])
{
	(void)snprintf(buf, 32, "%" PRIu64, n);
	return buf;
}

static void
add_line(struct text *out)
{
	if (out->length > 0)
		text_add_char(out, '\n');
}

void
observed_say_stage(const struct observed_view *v, struct text *out)
{
	const char *stage = v->o->stage;
	char until[16] = "";

	if (v->m != NULL)
		stage = v->m->stage == STAGE_DRAFT ? "draft" :
		    v->m->stage == STAGE_TRIAL	   ? "trial" :
						     "in-force";
	if (v->m != NULL && v->m->until.year != 0)
		(void)day_format(v->m->until, until, sizeof(until));
	else
		observed_copy(until, sizeof(until), v->o->until);
	if (strcmp(stage, "draft") == 0)
		text_add(out, words_get(v->lang, W_OBSERVED_STAGE_DRAFT));
	else if (strcmp(stage, "trial") == 0)
		words_add(out, v->lang, W_OBSERVED_STAGE_TRIAL, 1,
		    until[0] ? until : words_get(v->lang, W_OBSERVED_NO_END));
	else if (strcmp(stage, "in-force") == 0)
		text_add(out, words_get(v->lang, W_OBSERVED_STAGE_IN_FORCE));
	else
		text_add(out, words_get(v->lang, W_OBSERVED_STAGE_UNKNOWN));
}

void
observed_say_days(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	struct text first = { 0 }, last = { 0 }, days = { 0 };
	char n[32];

	if (o->day_count == 0) {
		text_add(out, words_get(v->lang, W_OBSERVED_NO_DAYS));
		return;
	}
	observed_say_time(o->time.first, &first);
	observed_say_time(o->time.last, &last);
	(void)number(o->day_count, n);
	if (o->days_at_least)
		words_add(&days, v->lang, W_OBSERVED_AT_LEAST, 1, n);
	else
		text_add(&days, n);
	words_add(out, v->lang, W_OBSERVED_DAYS, 3, text_str(&first),
	    text_str(&last), text_str(&days));
	text_free(&first);
	text_free(&last);
	text_free(&days);
}

static void
say_hours(const struct observed_view *v, uint64_t seconds, struct text *out)
{
	char hours[32], minutes[32];

	words_add(out, v->lang, W_OBSERVED_HOURS, 2,
	    number(seconds / 3600, hours), number(seconds / 60 % 60, minutes));
}

static void
say_boundary(const struct observed_view *v, const struct observed_boundary *b,
    struct text *out)
{
	const int share = observed_share(b);
	const char *id = b->id[0] != '\0' ? b->id : "-";
	struct text watched = { 0 };
	char n[32], one_way[32], all[32];

	add_line(out);
	if (share < 0) {
		words_add(out, v->lang, W_OBSERVED_SEEN_UNKNOWN, 1, id);
		return;
	}
	(void)snprintf(n, sizeof(n), "%d.%d", share / 10, share % 10);
	say_hours(v, b->seconds, &watched);
	words_add(out, v->lang, W_OBSERVED_SEEN, 5, id, n, text_str(&watched),
	    number(b->one_way, one_way), number(b->conversations, all));
	text_free(&watched);
}

void
observed_say_coverage(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	struct text checks = { 0 };
	size_t named = 0;

	if (o->boundary_count == 0)
		text_add(out, words_get(v->lang, W_OBSERVED_SEEN_NONE));
	for (size_t i = 0; i < o->boundary_count; i++)
		say_boundary(v, &o->boundaries[i], out);
	for (int c = CHECK_NONE + 1; c < CHECK_COUNT; c++)
		if (o->unobservable[c] && named++ < UNOBSERVABLE_SHOWN)
			text_printf(&checks, "%s%s", checks.length ? ", " : "",
			    checks_id((enum check)c));
	if (named > UNOBSERVABLE_SHOWN)
		text_printf(&checks, " +%zu", named - UNOBSERVABLE_SHOWN);
	if (checks.length > 0) {
		add_line(out);
		words_add(out, v->lang, W_OBSERVED_UNOBSERVABLE, 1,
		    text_str(&checks));
	}
	text_free(&checks);
}

void
observed_say_gaps(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;
	struct text kinds = { 0 }, time = { 0 };
	char lost[32], records[32];

	if (o->gap_count == 0) {
		text_add(out, words_get(v->lang, W_OBSERVED_GAPS_NONE));
		return;
	}
	for (size_t i = 0; i < o->gap_count; i++)
		text_printf(&kinds, "%s%s %" PRIu64, i > 0 ? ", " : "",
		    o->gaps[i].name[0] ? o->gaps[i].name :
					 words_get(v->lang, W_OBSERVED_OTHERS),
		    o->gaps[i].count);
	say_hours(v, o->gap_seconds, &time);
	words_add(out, v->lang, W_OBSERVED_GAPS, 4, text_str(&kinds),
	    text_str(&time), number(o->gap_conversations, lost),
	    number(o->gap_records, records));
	text_free(&kinds);
	text_free(&time);
}

void
observed_say_devices(const struct observed_view *v, struct text *out)
{
	if (v->o->devices.count == 0)
		text_add(out, words_get(v->lang, W_OBSERVED_DEVICES_NONE));
	else
		devices_say(&v->o->devices, v->lang, out);
}

/* ---- limits */

/* A sentence with a count, where it is more than 0. */
static void
limit(const struct observed_view *v, enum word word, uint64_t n,
    struct text *out)
{
	char buf[32];

	if (n == 0)
		return;
	add_line(out);
	words_add(out, v->lang, word, 1, number(n, buf));
}

static void
say_strangers(const struct observed_view *v, struct text *out)
{
	struct text ids = { 0 };
	size_t count = 0;

	for (size_t i = 0; v->m != NULL && i < v->count; i++) {
		const struct observed_view_zone *z = &v->zones[i];

		if (z->zone != NULL || z->id[0] == '\0' ||
		    strcmp(z->id, v->m->firewall_zone.id) == 0)
			continue;
		if (count++ < STRANGERS_SHOWN)
			text_printf(&ids, "%s%s", ids.length ? ", " : "",
			    z->id);
	}
	if (count > STRANGERS_SHOWN)
		text_printf(&ids, " +%zu", count - STRANGERS_SHOWN);
	if (count > 0) {
		add_line(out);
		words_add(out, v->lang, W_OBSERVED_LIMIT_STRANGERS, 1,
		    text_str(&ids));
	}
	text_free(&ids);
}

void
observed_say_limits(const struct observed_view *v, struct text *out)
{
	const struct observed *o = v->o;

	limit(v, W_OBSERVED_LIMIT_UNREAD, o->unread, out);
	limit(v, W_OBSERVED_LIMIT_FAILED, o->failed, out);
	limit(v, W_OBSERVED_LIMIT_OPEN, o->open, out);
	limit(v, W_OBSERVED_LIMIT_OPEN_LOST, o->open_lost, out);
	limit(v, W_OBSERVED_LIMIT_CELLS, o->cells_lost, out);
	if (o->zone_count == OBSERVED_ZONES_MAX)
		limit(v, W_OBSERVED_LIMIT_ZONES,
		    OBSERVED_ZONES_MAX - OBSERVED_ZONES_FIRST, out);
	limit(v, W_OBSERVED_LIMIT_UNKNOWN, o->unknown, out);
	limit(v, W_OBSERVED_LIMIT_VERDICT, o->verdict_unknown, out);
	limit(v, W_OBSERVED_LIMIT_MODELS, o->models > 0 ? o->models - 1 : 0,
	    out);
	if (v->m != NULL && o->model[0] != '\0' &&
	    strcmp(v->m->sha256, o->model) != 0)
		limit(v, W_OBSERVED_LIMIT_OTHER_MODEL, 1, out);
	say_strangers(v, out);
	limit(v, W_OBSERVED_LIMIT_SCOPE, o->verdicts[VERDICT_OUT_OF_SCOPE],
	    out);
	if (v->m == NULL)
		limit(v, W_OBSERVED_NO_MODEL, 1, out);
}
