/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packet time: jitter, steps back, frames from the future. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "timeline.h"

static bool
at(struct timeline *t, int64_t us)
{
	return timeline_advance(t, (struct wall_us){ us });
}

static void
test_both_clocks_follow_packet_time(void **state)
{
	struct timeline t = { 0 };

	(void)state;
	assert_false(at(&t, CLOCK_DAY));
	assert_true(t.idle.us == 0 && t.now.us == CLOCK_DAY);
	assert_true(at(&t, CLOCK_DAY + 5));
	assert_true(t.idle.us == 5 && t.now.us == CLOCK_DAY + 5);
}

static void
test_jitter_adds_no_time(void **state)
{
	struct timeline t = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		at(&t, CLOCK_SECOND);
		at(&t, 2 * CLOCK_SECOND);
	}
	assert_true(t.idle.us == CLOCK_SECOND);
	assert_true(t.now.us == 2 * CLOCK_SECOND);
	assert_int_equal(t.restarts, 0);
}

static void
test_time_goes_on_after_it_fell_far_back(void **state)
{
	struct timeline t = { 0 };

	(void)state;
	at(&t, 0);
	at(&t, 10 * CLOCK_DAY);
	assert_true(t.idle.us == TIMELINE_AHEAD_US);
	assert_false(at(&t, CLOCK_DAY));
	assert_int_equal(t.restarts, 1);
	assert_true(at(&t, CLOCK_DAY + 7));
	assert_true(t.idle.us == TIMELINE_AHEAD_US + 7);
	assert_true(t.now.us == CLOCK_DAY + 7);
	/* Just not far enough. */
	assert_false(at(&t, CLOCK_DAY + 7 - TIMELINE_BACKWARD_US));
	assert_int_equal(t.restarts, 1);
}

static void
test_what_is_due_comes_once_for_each_span(void **state)
{
	struct timeline t = { 0 };
	int64_t last = 0;
	int due = 0;

	(void)state;
	for (int64_t us = 0; us <= 10 * CLOCK_SECOND; us += CLOCK_SECOND / 4) {
		at(&t, us);
		due += timeline_due(&t, &last, CLOCK_SECOND);
	}
	assert_int_equal(due, 10);
}

static void
test_the_widest_steps_overflow_nothing(void **state)
{
	const int64_t far = (INT64_C(1) << 42) * CLOCK_SECOND;
	struct timeline t = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++) {
		at(&t, far);
		at(&t, -far);
	}
	assert_int_equal(t.restarts, 10);
	assert_true(t.now.us == -far);
	assert_true(t.idle.us == 9 * TIMELINE_AHEAD_US);
}

static void
test_live_a_step_of_the_clock_is_no_time_that_passed(void **state)
{
	struct timeline t = { .live = true };

	(void)state;
	(void)at(&t, 1000 * CLOCK_SECOND);
	(void)at(&t, 1001 * CLOCK_SECOND);
	assert_int_equal(t.leaps, 0);
	(void)at(&t, 9000 * CLOCK_SECOND);
	assert_int_equal(t.leaps, 1);
	assert_int_equal(t.idle.us, CLOCK_SECOND + TIMELINE_LIVE_AHEAD_US);
	assert_int_equal(t.now.us, 9000 * CLOCK_SECOND);
	/* Within what frames are out of order by, it waits. */
	assert_false(at(&t, 8999 * CLOCK_SECOND));
	assert_int_equal(t.restarts, 0);
	(void)at(&t, 8000 * CLOCK_SECOND);
	assert_int_equal(t.restarts, 1);
	assert_int_equal(t.now.us, 8000 * CLOCK_SECOND);
	assert_true(at(&t, 8001 * CLOCK_SECOND));
	assert_int_equal(t.idle.us, 2 * CLOCK_SECOND + TIMELINE_LIVE_AHEAD_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_clocks_follow_packet_time),
		cmocka_unit_test(test_jitter_adds_no_time),
		cmocka_unit_test(test_time_goes_on_after_it_fell_far_back),
		cmocka_unit_test(test_what_is_due_comes_once_for_each_span),
		cmocka_unit_test(test_the_widest_steps_overflow_nothing),
		cmocka_unit_test(
		    test_live_a_step_of_the_clock_is_no_time_that_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
