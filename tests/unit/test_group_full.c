/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Groups when every one is in use: what makes room, what is folded, and that
 * a flood of attempts hides nothing critical.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "group.h"
#include "grouping.h"

static void
test_what_finds_no_room_is_folded_and_counted(void **state)
{
	struct group_table *t = make(4, 8, 64);
	struct alert a;
	struct group_line line;
	enum emission e;

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		a = apart(i, SEVERITY_HIGH);
		e = add(t, &a, NOON + (int64_t)i, &line);
		assert_int_equal(e, i <= 4 ? EMISSION_NEW : EMISSION_NONE);
		if (e != EMISSION_NONE)
			assert_int_equal(line.folded, i == 4);
		/* the update of one that was folded counts no more */
		assert_int_equal(add(t, &a, NOON + (int64_t)i, &line),
		    EMISSION_NONE);
	}
	a = apart(10, SEVERITY_CRITICAL);
	assert_int_equal(add(t, &a, NOON + 20, &line), EMISSION_NEW);
	assert_true(line.folded);
	assert_int_equal(line.count, 7);
	assert_int_equal(group_counters(t)->folded, 7);
	assert_int_equal(group_counters(t)->opened, 4);
	assert_int_equal(group_counters(t)->findings, 5);
	assert_int_equal(group_due(t, when(NOON + WINDOW + 4), &line),
	    EMISSION_CLOSED);
	assert_true(line.folded);
	assert_int_equal(line.count, 7);
	assert_int_equal(line.suppressed, 5);
	assert_int_equal(line.graded[SEVERITY_HIGH], 6);
	assert_int_equal(line.graded[SEVERITY_CRITICAL], 1);
	/* there is room again */
	a = apart(20, SEVERITY_HIGH);
	assert_int_equal(add(t, &a, NOON + WINDOW + 4, &line), EMISSION_NEW);
	assert_false(line.folded);
	group_free(t);
}

/* Adds as the recorder does; lines that make room are counted in made. */
static enum emission
add_with_room(struct group_table *t, const struct alert *a, int64_t us,
    struct group_line *line, size_t made[4])
{
	enum emission e;

	memset(made, 0, 4 * sizeof(made[0]));
	while ((e = group_make_room(t, a, when(us), line)) != EMISSION_NONE)
		made[e]++;
	return add(t, a, us, line);
}

static void
test_the_oldest_low_group_makes_room_for_what_is_grave(void **state)
{
	struct group_table *t = make(4, 8, 64);
	struct group_line line;
	struct alert a;
	size_t made[4];

	(void)state;
	for (uint64_t i = 0; i < 4; i++) { /* the first is not low */
		a = apart(i, i == 0 ? SEVERITY_MEDIUM : SEVERITY_LOW);
		assert_int_equal(add_with_room(t, &a, NOON + (int64_t)i, &line,
				     made),
		    EMISSION_NEW);
	}
	a = apart(1, SEVERITY_LOW);
	a.flow_id = 11; /* a second one in the oldest low group */
	assert_int_equal(add(t, &a, NOON + 5, &line), EMISSION_NONE);
	a = apart(20, SEVERITY_CRITICAL);
	assert_int_equal(group_make_room(t, &a, when(NOON + 6), &line),
	    EMISSION_CLOSED);
	assert_int_equal(line.alert->flow_id, 1);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.suppressed, 1);
	assert_true(line.at.us == NOON + 6);
	assert_int_equal(add_with_room(t, &a, NOON + 6, &line, made),
	    EMISSION_NEW);
	assert_int_equal(made[EMISSION_CLOSED], 0);
	assert_false(line.folded);
	assert_int_equal(line.alert->flow_id, 20);
	/* what counts one closes in silence, as at its window's end */
	a = apart(21, SEVERITY_HIGH);
	assert_int_equal(add_with_room(t, &a, NOON + 7, &line, made),
	    EMISSION_NEW);
	assert_int_equal(made[EMISSION_CLOSED], 0);
	assert_false(line.folded);
	assert_int_equal(group_counters(t)->closed_early, 2);
	assert_int_equal(group_counters(t)->open, 4);
	assert_int_equal(group_counters(t)->counted, 7);
	/* what was counted there is not counted again */
	a = apart(1, SEVERITY_LOW);
	assert_int_equal(add_with_room(t, &a, NOON + 8, &line, made),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->counted, 7);
	group_free(t);
}

static void
test_only_the_grave_make_room_and_only_where_there_is_none(void **state)
{
	struct group_table *t = make(2, 8, 64);
	struct group_line line;
	struct alert a;
	size_t made[4];

	(void)state;
	a = apart(1, SEVERITY_LOW);
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	a = apart(2, SEVERITY_CRITICAL); /* a place is free */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	a.flow_id = 12; /* its group is open */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->closed_early, 0);
	a = apart(3, SEVERITY_MEDIUM); /* not grave enough */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	assert_true(line.folded);
	assert_int_equal(group_counters(t)->closed_early, 0);
	a = apart(4, SEVERITY_HIGH);
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	assert_false(line.folded);
	assert_int_equal(group_counters(t)->closed_early, 1);
	a = apart(5, SEVERITY_HIGH); /* nothing low is left */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	assert_true(line.folded);
	assert_int_equal(group_counters(t)->closed_early, 1);
	group_free(t);
}

static void
test_what_is_held_is_told_before_it_makes_room(void **state)
{
	struct group_table *t = make(1, 8, 64);
	struct group_line line;
	struct alert a = apart(1, SEVERITY_LOW);
	size_t made[4];

	(void)state;
	a.outcome = OUTCOME_TRIED;
	assert_int_equal(add_with_room(t, &a, NOON, &line, made),
	    EMISSION_NONE);
	a = apart(2, SEVERITY_CRITICAL);
	assert_int_equal(add_with_room(t, &a, NOON + 1, &line, made),
	    EMISSION_NEW);
	assert_int_equal(made[EMISSION_NEW], 1);
	assert_int_equal(group_counters(t)->held, 0);
	assert_int_equal(group_counters(t)->written, 2);
	/* the one that made room rises: it is grave itself now, and folded */
	a = apart(1, SEVERITY_CRITICAL);
	assert_int_equal(add_with_room(t, &a, NOON + 2, &line, made),
	    EMISSION_NEW);
	assert_true(line.folded);
	assert_int_equal(line.alert->flow_id, 1);
	group_free(t);
}

static void
test_a_group_that_rose_above_low_is_not_closed_early(void **state)
{
	struct group_table *t = make(2, 8, 64);
	struct group_line line;
	struct alert a;
	size_t made[4];

	(void)state;
	for (uint64_t i = 1; i <= 2; i++) {
		a = apart(i, SEVERITY_LOW);
		(void)add_with_room(t, &a, NOON, &line, made);
	}
	a = apart(1, SEVERITY_MEDIUM);
	assert_int_equal(add_with_room(t, &a, NOON, &line, made),
	    EMISSION_RAISED);
	a = apart(3, SEVERITY_HIGH);
	(void)add_with_room(t, &a, NOON, &line, made);
	assert_false(line.folded);
	a = apart(1, SEVERITY_HIGH); /* still there: the younger one went */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made),
	    EMISSION_RAISED);
	assert_false(line.folded);
	group_free(t);
}

static void
test_what_was_folded_leaves_when_it_becomes_grave(void **state)
{
	struct group_table *t = make(2, 8, 64);
	struct group_line line;
	struct alert a;
	size_t made[4];

	(void)state;
	for (uint64_t i = 1; i <= 3; i++) { /* the third is folded */
		a = apart(i, SEVERITY_LOW);
		assert_int_equal(add_with_room(t, &a, NOON, &line, made),
		    EMISSION_NEW);
	}
	assert_true(line.folded);
	a = apart(3, SEVERITY_MEDIUM);
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	assert_true(line.folded);
	assert_int_equal(line.graded[SEVERITY_LOW], 0);
	assert_int_equal(line.graded[SEVERITY_MEDIUM], 1);
	assert_int_equal(line.count, 1);
	assert_int_equal(line.suppressed, 0);
	a = apart(3, SEVERITY_CRITICAL);
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	assert_false(line.folded);
	assert_int_equal(line.alert->flow_id, 3);
	assert_int_equal(group_counters(t)->closed_early, 1);
	/* it stays there */
	assert_int_equal(add_with_room(t, &a, NOON, &line, made),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->folded, 1);
	group_free(t);
}

static void
test_folded_critical_ones_are_named_up_to_a_bound(void **state)
{
	struct group_table *t = make(1, 8, 64);
	struct group_line line;
	struct alert a = apart(0, SEVERITY_CRITICAL);
	size_t made[4];

	(void)state;
	assert_int_equal(add_with_room(t, &a, NOON, &line, made), EMISSION_NEW);
	for (uint64_t i = 1; i <= 3; i++) { /* the first rise only */
		a = apart(i, SEVERITY_HIGH);
		assert_int_equal(add_with_room(t, &a, NOON + 1, &line, made),
		    i == 1 ? EMISSION_NEW : EMISSION_NONE);
	}
	/* a rise, NAMED more, then they are counted */
	for (uint64_t i = 10; i < 10 + NAMED + 4; i++) {
		bool told = i < 10 + NAMED + 1;

		a = apart(i, SEVERITY_CRITICAL);
		a.outcome = OUTCOME_ANSWERED; /* and not held */
		assert_int_equal(add_with_room(t, &a, NOON + 2, &line, made),
		    told ? EMISSION_NEW : EMISSION_NONE);
		if (told) {
			assert_true(line.folded);
			assert_int_equal(line.alert->flow_id, i);
		}
		a.outcome = OUTCOME_DATA; /* each once */
		assert_int_equal(add_with_room(t, &a, NOON + 2, &line, made),
		    EMISSION_NONE);
	}
	assert_int_equal(group_due(t, when(NOON + 1 + WINDOW), &line),
	    EMISSION_CLOSED);
	assert_true(line.folded);
	assert_int_equal(line.count, 3 + NAMED + 4);
	assert_int_equal(line.suppressed, 2 + 3);
	assert_int_equal(line.graded[SEVERITY_CRITICAL], NAMED + 4);
	assert_int_equal(line.graded[SEVERITY_HIGH], 3);
	/* the next window names again */
	for (uint64_t i = 40; i < 43; i++) {
		a = apart(i, SEVERITY_CRITICAL);
		assert_int_equal(add_with_room(t, &a, NOON + 1 + WINDOW, &line,
				     made),
		    EMISSION_NEW);
		assert_int_equal(line.folded, i > 40);
	}
	group_free(t);
}

/* Random findings at small maxima: nothing critical is lost, the tables stay
 * whole, and every line is counted. */
static void
test_a_full_table_loses_nothing_critical(void **state)
{
	struct group_table *t = make(5, 3, 4000);
	struct group_line line;
	uint32_t random = 5;
	size_t made[4];
	uint64_t told[4000] = { 0 };
	enum emission e;

	(void)state;
	for (uint64_t i = 0; i < 4000; i++) {
		int64_t now = NOON + (int64_t)i * CLOCK_MINUTE;
		struct alert a;

		random = random * 1664525 + 1013904223;
		a = apart(i, SEVERITY_INFORMATION + (random >> 16) % 5);
		while (group_due(t, when(now), &line) != EMISSION_NONE)
			;
		e = add_with_room(t, &a, now, &line, made);
		if (e == EMISSION_NEW)
			told[line.alert->flow_id]++;
		if (a.finding.severity == SEVERITY_CRITICAL && told[i] == 0)
			assert_int_equal(group_counters(t)->open, 6);
		assert_true(group_counters(t)->open <= 6);
		assert_true(
		    group_counters(t)->written <= group_counters(t)->counted);
		group_forget(t, i);
	}
	assert_int_equal(group_counters(t)->counted, 4000);
	assert_true(group_counters(t)->closed_early > 0);
	while (group_finish(t, when(NOON + 9000 * CLOCK_MINUTE), &line) !=
	    EMISSION_NONE)
		;
	assert_int_equal(group_counters(t)->open, 0);
	assert_int_equal(group_counters(t)->held, 0);
	group_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_finds_no_room_is_folded_and_counted),
		cmocka_unit_test(
		    test_the_oldest_low_group_makes_room_for_what_is_grave),
		cmocka_unit_test(
		    test_only_the_grave_make_room_and_only_where_there_is_none),
		cmocka_unit_test(
		    test_what_is_held_is_told_before_it_makes_room),
		cmocka_unit_test(
		    test_a_group_that_rose_above_low_is_not_closed_early),
		cmocka_unit_test(
		    test_what_was_folded_leaves_when_it_becomes_grave),
		cmocka_unit_test(
		    test_folded_critical_ones_are_named_up_to_a_bound),
		cmocka_unit_test(test_a_full_table_loses_nothing_critical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
