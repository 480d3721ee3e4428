/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is told of emergencies: begun, once a day, ended by itself in packet
 * time, withdrawn by another model; and how many conversations used each.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "emergency.h"

#define JAPAN (9 * 3600)

/* A model with nothing but emergencies. */
struct town {
	struct model model;
	struct emergency emergencies[2];
};

static struct wall_us
minute(const char *text)
{
	struct wall_us t;

	assert_true(clock_parse(text, JAPAN, &t));
	return t;
}

static void
set_up(struct town *t, const char *until)
{
	memset(t, 0, sizeof(*t));
	t->model.utc_offset_s = JAPAN;
	t->model.emergencies = t->emergencies;
	t->model.emergency_count = 2;
	t->emergencies[0] = (struct emergency){ .id = "flood",
		.name = "flood",
		.since = minute("2026-11-20T22:00"),
		.until = minute(until) };
	t->emergencies[1] =
	    (struct emergency){ .id = "plan", .name = "plan", .is_plan = true };
}

/* The next event at that minute, and its state. */
static enum emergency_event
due(struct emergency_watch *w, const char *at, const struct emergency_state **s)
{
	return emergency_watch_due(w, minute(at), s);
}

static void
it_begins_is_told_daily_and_ends_by_itself(void **state)
{
	const struct emergency_state *s;
	struct emergency_watch *w;
	struct town t;
	size_t at = 0;

	(void)state;
	set_up(&t, "2026-11-22T02:00");
	w = emergency_watch_new(&t.model);
	assert_int_equal(due(w, "2026-11-20T21:59", &s), EMERGENCY_NOTHING);
	assert_null(emergency_watch_each(w, &at));
	assert_int_equal(due(w, "2026-11-20T22:00", &s), EMERGENCY_BEGINS);
	assert_string_equal(s->id, "flood");
	assert_int_equal(due(w, "2026-11-20T22:00", &s), EMERGENCY_NOTHING);
	emergency_watch_count(w, &t.emergencies[0]);
	emergency_watch_count(w, &t.emergencies[0]);
	emergency_watch_count(w, NULL);
	assert_int_equal(due(w, "2026-11-20T23:59", &s), EMERGENCY_NOTHING);
	assert_int_equal(due(w, "2026-11-21T00:00", &s), EMERGENCY_GOES_ON);
	assert_int_equal(s->conversations, 2);
	assert_int_equal(s->of_day, 2);
	assert_int_equal(due(w, "2026-11-21T10:00", &s), EMERGENCY_NOTHING);
	emergency_watch_count(w, &t.emergencies[0]);
	assert_int_equal(due(w, "2026-11-22T01:59", &s), EMERGENCY_GOES_ON);
	assert_int_equal(s->conversations, 3);
	assert_int_equal(s->of_day, 1);
	assert_int_equal(due(w, "2026-11-22T02:00", &s), EMERGENCY_ENDS);
	assert_int_equal(s->conversations, 3);
	assert_int_equal(s->of_day, 0);
	assert_false(s->is_on);
	assert_int_equal(due(w, "2026-11-22T02:00", &s), EMERGENCY_NOTHING);
	at = 0;
	s = emergency_watch_each(w, &at);
	assert_string_equal(s->id, "flood");
	assert_null(emergency_watch_each(w, &at));
	emergency_watch_free(w);
}

static void
one_that_was_on_before_is_said_to_go_on(void **state)
{
	const struct emergency_state *s;
	struct emergency_watch *w;
	struct town t;

	(void)state;
	set_up(&t, "2026-11-22T02:00");
	w = emergency_watch_new(&t.model);
	assert_int_equal(due(w, "2026-11-21T10:00", &s), EMERGENCY_GOES_ON);
	assert_true(s->counted_from.us == minute("2026-11-21T10:00").us);
	emergency_watch_free(w);
}

static void
another_model_may_end_it_earlier_or_take_it_away(void **state)
{
	const struct emergency_state *s;
	struct emergency_watch *w;
	struct town t, ended, gone;
	size_t at = 0;

	(void)state;
	set_up(&t, "2026-11-22T02:00");
	set_up(&ended, "2026-11-20T23:00");
	set_up(&gone, "2026-11-22T02:00");
	gone.model.emergency_count = 0;
	w = emergency_watch_new(&t.model);
	(void)due(w, "2026-11-20T21:00", &s);
	assert_int_equal(due(w, "2026-11-20T22:00", &s), EMERGENCY_BEGINS);
	emergency_watch_count(w, &t.emergencies[0]);
	emergency_watch_rebase(w, &ended.model);
	assert_int_equal(due(w, "2026-11-20T23:05", &s), EMERGENCY_ENDS);
	assert_int_equal(s->conversations, 1);
	assert_ptr_equal(s->emergency, &ended.emergencies[0]);
	/* On again for longer. */
	emergency_watch_rebase(w, &t.model);
	assert_int_equal(due(w, "2026-11-20T23:10", &s), EMERGENCY_BEGINS);
	emergency_watch_rebase(w, &gone.model);
	assert_int_equal(due(w, "2026-11-20T23:20", &s), EMERGENCY_WITHDRAWN);
	assert_string_equal(s->id, "flood");
	assert_null(s->emergency);
	assert_int_equal(s->conversations, 1);
	assert_int_equal(due(w, "2026-11-20T23:20", &s), EMERGENCY_NOTHING);
	emergency_watch_rebase(w, &gone.model);
	assert_null(emergency_watch_each(w, &at));
	emergency_watch_free(w);
}

static void
what_has_ended_stays_so_when_time_steps_back(void **state)
{
	const struct emergency_state *s;
	struct emergency_watch *w;
	struct town t;

	(void)state;
	set_up(&t, "2026-11-20T23:00");
	w = emergency_watch_new(&t.model);
	(void)due(w, "2026-11-20T21:00", &s);
	(void)due(w, "2026-11-20T22:00", &s);
	assert_int_equal(due(w, "2026-11-20T23:00", &s), EMERGENCY_ENDS);
	assert_int_equal(due(w, "2026-11-20T22:30", &s), EMERGENCY_NOTHING);
	emergency_watch_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_is_told_daily_and_ends_by_itself),
		cmocka_unit_test(one_that_was_on_before_is_said_to_go_on),
		cmocka_unit_test(
		    another_model_may_end_it_earlier_or_take_it_away),
		cmocka_unit_test(what_has_ended_stays_so_when_time_steps_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
