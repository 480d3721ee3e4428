/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The choice of the next frame of several live sources, with scripted sources
 * and clocks: when a frame is held, how long, and what the clock being set
 * does to that.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "capture_internal.h"

#define WALL INT64_C(1700000000000000)
#define STEADY INT64_C(5000000)
#define HOLD CAPTURE_HOLD_US
#define FRAMES_MAX 4096

/* Frames by source, each readable from a moment of the steady clock on. */
struct script {
	struct {
		int64_t time_us, from_us;
	} frames[3][FRAMES_MAX];
	size_t count[3], next[3];
	struct capture_moment now;
	uint64_t readings, asked; /* of the clock; of sources without frame */
};

/* The hooks have no argument of the test's own. */
static struct script *script;

static void
read_script(struct source *s)
{
	size_t i = (size_t)(s->path[0] - '0'), n = script->next[i];

	s->state = SOURCE_EMPTY;
	if (n == script->count[i] ||
	    script->frames[i][n].from_us > script->now.monotonic_us) {
		script->asked++;
		return;
	}
	s->frame.time.us = script->frames[i][n].time_us;
	s->state = SOURCE_AHEAD;
	script->next[i]++;
}

static struct capture_moment
read_clock(void)
{
	script->readings++;
	return script->now;
}

static struct capture *
begin(uint32_t sources)
{
	static char names[3][2] = { "0", "1", "2" };
	struct capture *c = calloc(1, sizeof(*c));

	script = calloc(1, sizeof(*script));
	assert_non_null(c);
	assert_non_null(script);
	script->now = (struct capture_moment){ WALL, STEADY };
	c->is_live = true;
	c->count = sources;
	c->read_live = read_script;
	c->clock = read_clock;
	for (uint32_t i = 0; i < sources; i++) {
		c->sources[i].is_live = true;
		c->sources[i].path = names[i];
	}
	return c;
}

static void
end(struct capture *c)
{
	free(c);
	free(script);
	script = NULL;
}

/* A frame of that time, both relative to the begin. */
static void
add(uint32_t source, int64_t time_us, int64_t from_us)
{
	size_t n = script->count[source]++;

	assert_true(n < FRAMES_MAX);
	script->frames[source][n].time_us = WALL + time_us;
	script->frames[source][n].from_us = STEADY + from_us;
}

static void
pass(int64_t us)
{
	script->now.wall_us += us;
	script->now.monotonic_us += us;
}

static void
assert_next(struct capture *c, uint32_t source, int64_t time_us)
{
	struct frame f;

	assert_int_equal(capture_next(c, &f), CAPTURE_FRAME);
	assert_int_equal(f.source, source);
	assert_int_equal(f.time.us - WALL, time_us);
}

static void
assert_wait(struct capture *c)
{
	struct frame f;

	assert_int_equal(capture_next(c, &f), CAPTURE_WAIT);
}

static void
test_a_lone_source_is_never_held(void **state)
{
	struct capture *c = begin(1);

	(void)state;
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), -1);
	add(0, 0, 0);
	add(0, 999999999, 0); /* from the future */
	add(0, 5, 0);
	assert_next(c, 0, 0);
	assert_next(c, 0, 999999999);
	assert_next(c, 0, 5);
	assert_wait(c);
	end(c);
}

static void
test_a_frame_waits_for_one_that_may_be_older(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	add(0, 0, 0);
	add(1, -5000, 10000); /* older, but handed over later */
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), HOLD / 1000);
	pass(9999);
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), (HOLD - 9999 + 999) / 1000);
	pass(1);
	assert_next(c, 1, -5000);
	assert_wait(c);
	pass(HOLD - 10001);
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), 1);
	pass(1);
	assert_next(c, 0, 0);
	assert_int_equal(capture_hold_ms(c), -1);
	end(c);
}

static void
test_with_one_frame_of_each_nothing_is_held(void **state)
{
	struct capture *c = begin(3);

	(void)state;
	add(0, 3, 0);
	add(0, 6, 0);
	add(1, 2, 0);
	add(1, 5, 0);
	add(2, 1, 0);
	add(2, 4, 0);
	for (int64_t i = 1; i <= 4; i++)
		assert_next(c, (uint32_t)((9 - i) % 3), i);
	assert_wait(c); /* 2 might yet have one before 5 */
	end(c);
}

static void
test_a_busy_source_beside_an_idle_one_costs_few_questions(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	for (int64_t i = 0; i < 4000; i++)
		add(0, i, 0);
	pass(HOLD + 4000);
	for (int64_t i = 0; i < 4000; i++)
		assert_next(c, 0, i);
	assert_true(script->asked <= 4);
	assert_true(script->readings <= 4);
	end(c);
}

static void
test_a_source_that_is_gone_is_not_waited_for(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	add(0, 0, 0);
	assert_wait(c);
	c->sources[1].state = SOURCE_ENDED;
	c->sources[1].link = CAPTURE_GONE;
	assert_int_equal(capture_hold_ms(c), 0);
	assert_next(c, 0, 0);
	end(c);
}

static void
test_frames_from_the_future_are_held_once_not_each(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	/* the clock was set back an hour after these came, 1 us apart */
	for (int64_t i = 0; i < 1000; i++)
		add(0, 3600 * CLOCK_SECOND + i, 0);
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), HOLD / 1000);
	pass(HOLD - 1);
	assert_wait(c);
	pass(1);
	assert_next(c, 0, 3600 * CLOCK_SECOND);
	/* the others were stamped at most 1 ms after that one */
	pass(1000);
	for (int64_t i = 1; i < 1000; i++)
		assert_next(c, 0, 3600 * CLOCK_SECOND + i);
	assert_wait(c);
	assert_int_equal(capture_hold_ms(c), -1);
	/* then all is as it was: a new frame waits as long as any */
	add(0, HOLD + 1000, 0);
	assert_wait(c);
	pass(HOLD);
	assert_next(c, 0, HOLD + 1000);
	end(c);
}

static void
test_frames_older_than_the_clock_that_was_set_go_at_once(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	add(0, 0, 0);
	assert_wait(c);
	script->now.wall_us += 3600 * CLOCK_SECOND; /* set forward */
	assert_next(c, 0, 0);
	end(c);
}

static void
test_a_clock_that_is_set_back_does_not_keep_a_frame(void **state)
{
	struct capture *c = begin(2);

	(void)state;
	add(0, 0, 0);
	assert_wait(c);
	pass(1000);
	script->now.wall_us -= 3600 * CLOCK_SECOND;
	assert_wait(c);
	pass(HOLD - 1);
	assert_wait(c);
	pass(1);
	assert_next(c, 0, 0);
	end(c);
}

static void
test_nothing_is_held_for_longer_than_the_hold(void **state)
{
	(void)state;
	srand(3);
	for (int round = 0; round < 200; round++) {
		struct capture *c = begin(3);
		size_t frames = 0;
		int64_t spent = 0;
		struct frame f;

		/* late, early, in and out of order; readable now */
		for (int i = 0; i < 60; i++)
			add((uint32_t)rand() % 3, rand() % 400000 - 200000, 0);
		while (frames < 60) {
			enum capture_result r = capture_next(c, &f);
			int wait = capture_hold_ms(c);

			if (r == CAPTURE_FRAME) {
				frames++;
				continue;
			}
			assert_int_equal(r, CAPTURE_WAIT);
			assert_in_range(wait, 0, HOLD / 1000);
			pass(wait > 0 ? wait * 1000 : 1);
			spent += wait > 0 ? wait * 1000 : 1;
			/* 200 ms of future, and the hold */
			assert_true(spent <= 200000 + 2 * HOLD);
		}
		for (uint32_t i = 0; i < 3; i++)
			assert_int_equal(capture_frames(c, i),
			    script->count[i]);
		end(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lone_source_is_never_held),
		cmocka_unit_test(test_a_frame_waits_for_one_that_may_be_older),
		cmocka_unit_test(test_with_one_frame_of_each_nothing_is_held),
		cmocka_unit_test(
		    test_a_busy_source_beside_an_idle_one_costs_few_questions),
		cmocka_unit_test(test_a_source_that_is_gone_is_not_waited_for),
		cmocka_unit_test(
		    test_frames_from_the_future_are_held_once_not_each),
		cmocka_unit_test(
		    test_frames_older_than_the_clock_that_was_set_go_at_once),
		cmocka_unit_test(
		    test_a_clock_that_is_set_back_does_not_keep_a_frame),
		cmocka_unit_test(test_nothing_is_held_for_longer_than_the_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
