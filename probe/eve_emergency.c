/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line about an emergency: what it opens, until when, by whose approval,
 * and how much was permitted by it alone. And, in the lines about the probe,
 * which ones are on.
 */
#include <inttypes.h>
#include <stdio.h>

#include "eve.h"
#include "eve_internal.h"
#include "words.h"

static const char *
kind_name(enum emergency_kind kind)
{
	static const char *const names[] = {
		[EMERGENCY_DISASTER] = "disaster",
		[EMERGENCY_ELECTION] = "election",
		[EMERGENCY_OUTAGE] = "outage",
		[EMERGENCY_HOLIDAY_OPENING] = "holiday-opening",
		[EMERGENCY_OTHER] = "other",
	};

	return names[kind];
}

static bool
is_approved(const struct emergency *x)
{
	const struct approval *a = &x->approved;

	return a->given && a->by_count > 0 && a->number != NULL &&
	    a->on.year != 0;
}

/* Of one that the model still has. */
static void
add_declared(struct jsonw *w, const struct eve *e, const struct emergency *x)
{
	const struct clause clause = { .kind = CLAUSE_MODEL,
		.id = x->id,
		.place = x->place };

	jsonw_string(w, "kind", kind_name(x->kind));
	jsonw_string(w, "plan", x->plan);
	jsonw_array(w, "lifts");
	if (x->lifts_schedule)
		jsonw_string(w, NULL, "schedule");
	jsonw_array_end(w);
	jsonw_array(w, "conduits");
	for (size_t i = 0; i < x->conduit_count; i++)
		jsonw_string(w, NULL, x->conduits[i]->id);
	jsonw_array_end(w);
	jsonw_string(w, "reason", x->reason);
	jsonw_bool(w, "approved", is_approved(x));
	jsonw_string(w, "number", x->approved.number);
	jsonw_string(w, "ended_by", x->ended_by);
	eve_clause(w, e, &clause);
}

static const char *
number(char buf[24], uint64_t n)
{
	(void)snprintf(buf, 24, "%" PRIu64, n);
	return buf;
}

static void
add_message(struct jsonw *w, const struct eve *e,
    const struct emergency_state *s, enum emergency_event why)
{
	const struct emergency *x = s->emergency;
	char until[CLOCK_MINUTE_MAX], all[24], day[24], conduits[24];
	struct text name = { 0 }, out = { 0 };

	(void)clock_format(s->until, e->model->utc_offset_s, until);
	(void)number(all, s->conversations);
	(void)number(day, s->of_day);
	(void)number(conduits, x != NULL ? x->conduit_count : 0);
	text_quote(&name, s->name);
	if (why == EMERGENCY_BEGINS)
		words_add(&out, e->lang, W_EMERGENCY_TOLD_BEGIN, 5,
		    text_str(&name), until, conduits,
		    words_get(e->lang,
			x != NULL && x->lifts_schedule ?
			    W_EMERGENCY_LIFTS_SCHEDULE :
			    W_EMERGENCY_LIFTS_NOTHING),
		    until);
	else
		words_add(&out, e->lang,
		    why == EMERGENCY_GOES_ON  ? W_EMERGENCY_TOLD_ON :
			why == EMERGENCY_ENDS ? W_EMERGENCY_TOLD_END :
						W_EMERGENCY_TOLD_WITHDRAWN,
		    4, text_str(&name), until, all, day);
	if (x != NULL && why != EMERGENCY_ENDS && !is_approved(x))
		text_printf(&out, "%s%s", e->lang == LANG_EN ? " " : "",
		    words_get(e->lang, W_EMERGENCY_UNAPPROVED));
	jsonw_string(w, "message", text_str(&out));
	text_free(&name);
	text_free(&out);
}

static void
add_state(struct jsonw *w, const struct eve *e, const struct emergency_state *s)
{
	jsonw_string(w, "id", s->id);
	eve_time(w, e, "since", s->since);
	eve_time(w, e, "until", s->until);
	jsonw_uint(w, "conversations", s->conversations);
	eve_time(w, e, "counted_from", s->counted_from);
}

void
eve_emergency(struct text *out, const struct eve *e,
    const struct emergency_state *s, enum emergency_event why,
    struct wall_us now)
{
	struct jsonw w;

	eve_begin(&w, out, e, now, NULL, NULL, "sekisho_emergency", NULL, 0);
	jsonw_object(&w, "sekisho");
	jsonw_string(&w, "event", emergency_event_name(why));
	add_state(&w, e, s);
	jsonw_string(&w, "name", s->name);
	jsonw_uint(&w, "of_day", s->of_day);
	if (s->emergency != NULL)
		add_declared(&w, e, s->emergency);
	add_message(&w, e, s, why);
	jsonw_object(&w, "model");
	jsonw_string(&w, "sha256", e->model->sha256);
	jsonw_uint(&w, "generation", e->generation);
	jsonw_string(&w, "stage", eve_stage(e->model->stage));
	jsonw_object_end(&w);
	jsonw_string(&w, "probe", e->probe);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
}

void
eve_emergencies(struct jsonw *w, const struct eve *e)
{
	const struct emergency_state *s;
	size_t at = 0;

	if (e->model->emergency_count == 0)
		return;
	jsonw_array(w, "emergencies");
	while ((s = emergency_watch_each(e->emergencies, &at)) != NULL) {
		jsonw_object(w, NULL);
		add_state(w, e, s);
		jsonw_bool(w, "on", s->is_on);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}
