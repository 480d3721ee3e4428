/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe/clockwatch.c: made-up clocks, a second at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clockwatch.h"

#define WALL_START (INT64_C(1795222800) * CLOCK_SECOND)
#define MONOTONIC_START (INT64_C(5000) * CLOCK_SECOND)

struct watch {
	struct clockwatch c;
	struct observer observer;
	int64_t wall, monotonic;
	enum clock_state kernel;
	size_t told;
	struct coverage_finding last;
	char detail[64];
};

static void
take(void *context, const struct coverage_finding *f)
{
	struct watch *w = context;

	w->told++;
	w->last = *f;
	(void)snprintf(w->detail, sizeof(w->detail), "%s", f->detail);
}

static void
begin(struct watch *w, enum clock_state kernel)
{
	memset(w, 0, sizeof(*w));
	w->observer.context = w;
	w->observer.coverage = take;
	w->wall = WALL_START;
	w->monotonic = MONOTONIC_START;
	w->kernel = kernel;
}

static void
tick(struct watch *w, int64_t wall_by, int64_t monotonic_by)
{
	w->wall += wall_by;
	w->monotonic += monotonic_by;
	clockwatch_tick(&w->c, (struct wall_us){ w->wall }, w->monotonic,
	    w->kernel, -400, &w->observer);
}

static void
go_on(struct watch *w, int64_t us)
{
	for (; us > 0; us -= CLOCK_SECOND)
		tick(w, CLOCK_SECOND, CLOCK_SECOND);
}

static void
test_clocks_that_agree_are_no_finding(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_SYNCHRONISED);
	go_on(&w, 2 * CLOCK_DAY);
	assert_int_equal(w.told, 0);
	assert_int_equal(w.c.steps, 0);
	assert_int_equal(w.c.state, CLOCK_SYNCHRONISED);
	assert_int_equal(w.c.offset_us, -400);
}

static void
test_a_step_is_told_at_once_each_way(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_SYNCHRONISED);
	go_on(&w, CLOCK_MINUTE);
	tick(&w, CLOCK_SECOND + 3600 * CLOCK_SECOND, CLOCK_SECOND);
	assert_int_equal(w.told, 1);
	assert_int_equal(w.last.check, CHECK_COV_5);
	assert_int_equal(w.last.severity, SEVERITY_MEDIUM);
	assert_int_equal(w.last.now.us, w.wall);
	assert_null(w.last.boundary);
	assert_string_equal(w.detail, "+3600.000 s");
	go_on(&w, CLOCK_MINUTE);
	tick(&w, CLOCK_SECOND - 1500000, CLOCK_SECOND);
	assert_int_equal(w.told, 2);
	assert_string_equal(w.detail, "-1.500 s");
	assert_int_equal(w.c.steps, 2);
	assert_int_equal(w.c.last_step_us, -1500000);
}

static void
test_the_first_look_is_no_step(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_SYNCHRONISED);
	tick(&w, 0, 0);
	assert_int_equal(w.c.steps, 0);
}

static void
test_a_slew_is_no_step(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_SYNCHRONISED);
	for (int i = 0; i < 7200; i++) /* 8.3 %, the most that chrony does */
		tick(&w, CLOCK_SECOND + 83333, CLOCK_SECOND);
	assert_int_equal(w.told, 0);
	tick(&w, CLOCK_SECOND + CLOCKWATCH_STEP_US, CLOCK_SECOND);
	assert_int_equal(w.told, 0);
	tick(&w, CLOCK_SECOND + CLOCKWATCH_STEP_US + 1, CLOCK_SECOND);
	assert_int_equal(w.told, 1);
}

static void
test_a_late_look_and_a_sleep_are_no_step(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_SYNCHRONISED);
	go_on(&w, CLOCK_MINUTE);
	tick(&w, 8 * CLOCK_HOUR, 8 * CLOCK_HOUR);
	assert_int_equal(w.told, 0);
}

static void
test_a_clock_out_of_step_is_told_after_patience_and_once_a_day(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_UNSYNCHRONISED);
	tick(&w, 0, 0);
	go_on(&w, CLOCKWATCH_PATIENCE_US - CLOCK_SECOND);
	assert_int_equal(w.told, 0);
	go_on(&w, CLOCK_SECOND);
	assert_int_equal(w.told, 1);
	assert_string_equal(w.detail, "unsynchronised");
	go_on(&w, CLOCK_DAY - CLOCK_SECOND);
	assert_int_equal(w.told, 1);
	go_on(&w, CLOCK_SECOND);
	assert_int_equal(w.told, 2);
	assert_int_equal(w.c.steps, 0);
}

static void
test_a_clock_that_comes_into_step_in_time_is_no_finding(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_UNSYNCHRONISED);
	tick(&w, 0, 0);
	go_on(&w, CLOCKWATCH_PATIENCE_US - CLOCK_MINUTE);
	w.kernel = CLOCK_SYNCHRONISED;
	go_on(&w, 2 * CLOCK_DAY);
	assert_int_equal(w.told, 0);
	w.kernel = CLOCK_UNSYNCHRONISED;
	go_on(&w, CLOCK_SECOND);
	assert_int_equal(w.told, 1);
}

static void
test_a_clock_that_nobody_vouches_for_is_not_fine(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_UNKNOWN);
	tick(&w, 0, 0);
	go_on(&w, CLOCKWATCH_PATIENCE_US);
	assert_int_equal(w.told, 1);
	assert_string_equal(w.detail, "unknown");
}

static void
test_patience_does_not_hang_on_the_wall_clock(void **state)
{
	struct watch w;

	(void)state;
	begin(&w, CLOCK_UNSYNCHRONISED);
	tick(&w, 0, 0);
	tick(&w, 30 * CLOCK_DAY, CLOCK_SECOND); /* a step, nothing else */
	assert_int_equal(w.told, 1);
	assert_int_equal(w.c.steps, 1);
	tick(&w, -60 * CLOCK_DAY, CLOCK_SECOND);
	go_on(&w, CLOCKWATCH_PATIENCE_US);
	assert_int_equal(w.told, 3);
	assert_string_equal(w.detail, "unsynchronised");
}

static void
test_nobody_need_listen(void **state)
{
	const struct observer deaf = { .context = NULL };
	struct clockwatch c = { .steps = 0 };

	(void)state;
	clockwatch_tick(&c, (struct wall_us){ 0 }, 0, CLOCK_UNKNOWN, 0, &deaf);
	clockwatch_tick(&c, (struct wall_us){ CLOCK_DAY }, CLOCK_SECOND,
	    CLOCK_UNKNOWN, 0, &deaf);
	assert_int_equal(c.steps, 1);
}

static void
test_the_kernel_is_asked_and_the_clocks_agree(void **state)
{
	struct wall_us wall[2];
	int64_t monotonic[2], offset = 77;

	(void)state;
	assert_in_range(clockwatch_ask(&offset), CLOCK_UNKNOWN,
	    CLOCK_SYNCHRONISED);
	assert_int_not_equal(offset, 77);
	clockwatch_read(&wall[0], &monotonic[0]);
	(void)nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	clockwatch_read(&wall[1], &monotonic[1]);
	assert_true(monotonic[1] - monotonic[0] >= 19000);
	assert_in_range(wall[1].us - wall[0].us + CLOCK_SECOND,
	    monotonic[1] - monotonic[0] + CLOCK_SECOND - 100000,
	    monotonic[1] - monotonic[0] + CLOCK_SECOND + 100000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clocks_that_agree_are_no_finding),
		cmocka_unit_test(test_a_step_is_told_at_once_each_way),
		cmocka_unit_test(test_the_first_look_is_no_step),
		cmocka_unit_test(test_a_slew_is_no_step),
		cmocka_unit_test(test_a_late_look_and_a_sleep_are_no_step),
		cmocka_unit_test(
		    test_a_clock_out_of_step_is_told_after_patience_and_once_a_day),
		cmocka_unit_test(
		    test_a_clock_that_comes_into_step_in_time_is_no_finding),
		cmocka_unit_test(
		    test_a_clock_that_nobody_vouches_for_is_not_fine),
		cmocka_unit_test(test_patience_does_not_hang_on_the_wall_clock),
		cmocka_unit_test(test_nobody_need_listen),
		cmocka_unit_test(test_the_kernel_is_asked_and_the_clocks_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
