/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counting in little room, against exact counts; the figures are printed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"
#include "sketch.h"

#define TRIALS 200

static const uint8_t secret[16] = "sketches";

static uint64_t
hash(uint64_t n)
{
	return table_hash(secret, &n, sizeof(n));
}

/* The relative error, root of the mean square, over trials of n things that
 * come in all slices, some of them twice. */
static double
error_of(uint64_t n, double *bias)
{
	double square = 0, sum = 0;

	for (uint64_t trial = 0; trial < TRIALS; trial++) {
		struct sketch s = { 0 };
		double e;

		for (uint64_t i = 0; i < n; i++) {
			const uint64_t h = hash(trial << 32 | i);

			(void)sketch_add(&s, 100 + (int64_t)i % 4, h);
			if (i % 3 == 0)
				(void)sketch_add(&s, 103, h);
		}
		e = ((double)sketch_count(&s, 103) - (double)n) / (double)n;
		square += e * e;
		sum += e;
	}
	*bias = sum / TRIALS;
	return sqrt(square / TRIALS);
}

static void
test_different_things_are_counted_about_right(void **state)
{
	static const uint64_t counts[] = { 1, 6, 12, 25, 60, 100, 200, 1000,
		10000, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		double bias, error = error_of(counts[i], &bias);

		print_message("%7llu things: error %4.1f %%, bias %+5.1f %%\n",
		    (unsigned long long)counts[i], error * 100, bias * 100);
		assert_true(error < (counts[i] <= 30 ? 0.10 : 0.12));
		assert_true(fabs(bias) < 0.05);
	}
}

static void
test_the_window_slides_and_time_may_step_back(void **state)
{
	struct sketch s = { 0 };
	struct sketch_sum sum = { 0 };

	(void)state;
	assert_int_equal(sketch_count(&s, 5), 0);
	for (uint64_t i = 0; i < 20; i++)
		(void)sketch_add(&s, 5, hash(i));
	assert_in_range(sketch_count(&s, 8), 18, 22);
	assert_int_equal(sketch_count(&s, 9), 0);
	/* A slice that is in the window still, and one that is long gone. */
	(void)sketch_add(&s, 7, hash(1));
	(void)sketch_add(&s, -50, hash(2));
	assert_int_equal(sketch_count(&s, 9), 2);
	assert_int_equal(sketch_count(&s, 11), 1);
	assert_int_equal(sketch_count(&s, INT64_C(1) << 50), 0);
	for (int64_t at = 0; at < 10; at++)
		sketch_sum_add(&sum, at, 3);
	assert_int_equal(sketch_sum_count(&sum, 9), 12);
	assert_int_equal(sketch_sum_count(&sum, 11), 6);
	sketch_sum_add(&sum, 11, UINT64_MAX);
	sketch_sum_add(&sum, 11, 1);
	assert_int_equal(sketch_sum_count(&sum, 11), (uint64_t)UINT32_MAX + 6);
}

static void
test_the_same_thing_twice_changes_nothing(void **state)
{
	struct sketch s = { 0 };
	struct sketch_few few = { 0 };

	(void)state;
	assert_true(sketch_add(&s, 1, hash(1)));
	assert_false(sketch_add(&s, 1, hash(1)));
	assert_true(sketch_few_add(&few, 1, hash(1)));
	assert_false(sketch_few_add(&few, 1, hash(1)));
	assert_int_equal(sketch_count(&s, 1), 1);
	assert_int_equal(sketch_few_count(&few, 1), 1);
}

static void
test_any_hash_is_counted(void **state)
{
	struct sketch s = { 0 };

	(void)state;
	for (uint64_t i = 0; i < SKETCH_REGISTERS; i++)
		(void)sketch_add(&s, 0, i); /* every rank is the greatest */
	assert_int_equal(sketch_count(&s, 0), UINT32_MAX);
	s = (struct sketch){ 0 };
	(void)sketch_add(&s, 0, UINT64_MAX);
	assert_int_equal(sketch_count(&s, 0), 1);
}

static void
test_few_things_are_counted_about_right(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 60; n += n < 10 ? 1 : 10) {
		double square = 0;

		for (uint64_t trial = 0; trial < TRIALS; trial++) {
			struct sketch_few s = { 0 };
			double e;

			for (uint64_t i = 0; i < n; i++)
				(void)sketch_few_add(&s, (int64_t)i % 4,
				    hash(trial << 32 | i));
			e = ((double)sketch_few_count(&s, 3) - (double)n) /
			    (double)n;
			square += e * e;
		}
		print_message("%4llu few: error %4.1f %%\n",
		    (unsigned long long)n, sqrt(square / TRIALS) * 100);
		assert_true(sqrt(square / TRIALS) < 0.15);
	}
}

static void
test_more_than_few_is_told_as_the_most(void **state)
{
	struct sketch_few s = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 10000; i++)
		(void)sketch_few_add(&s, 0, hash(i));
	assert_int_equal(sketch_few_count(&s, 0), SKETCH_FEW_MOST);
}

static void
test_memory_forgets_nothing_and_invents_little(void **state)
{
	struct sketch_memory m;
	uint64_t room, invented = 0;

	(void)state;
	sketch_memory_init(&m, 1 << 16, 1000);
	room = m.lines * 64;
	for (uint64_t i = 0; i < room; i++)
		(void)sketch_memory_add(&m, 5, hash(i));
	for (uint64_t i = 0; i < room; i++)
		assert_true(sketch_memory_has(&m, hash(i)));
	for (uint64_t i = 0; i < 100000; i++)
		invented += sketch_memory_has(&m, hash(room + i));
	print_message("full: %.2f %% of strangers are taken for known\n",
	    (double)invented / 1000);
	assert_true(invented < 4500);
	sketch_memory_fini(&m);
}

static void
test_memory_forgets_in_time(void **state)
{
	struct sketch_memory m;

	(void)state;
	sketch_memory_init(&m, 4096, 1000);
	assert_true(sketch_memory_add(&m, 0, hash(1)));
	assert_false(sketch_memory_add(&m, 999, hash(1)));
	assert_true(sketch_memory_add(&m, 1000, hash(2)));
	assert_true(sketch_memory_has(&m, hash(1)));
	assert_true(sketch_memory_add(&m, 2000, hash(3)));
	assert_false(sketch_memory_has(&m, hash(1)));
	assert_true(sketch_memory_has(&m, hash(2)));
	/* Who is there again is remembered anew. */
	assert_false(sketch_memory_add(&m, 2001, hash(2)));
	assert_true(sketch_memory_add(&m, 3000, hash(4)));
	assert_true(sketch_memory_has(&m, hash(2)));
	sketch_memory_fini(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_different_things_are_counted_about_right),
		cmocka_unit_test(test_the_window_slides_and_time_may_step_back),
		cmocka_unit_test(test_the_same_thing_twice_changes_nothing),
		cmocka_unit_test(test_any_hash_is_counted),
		cmocka_unit_test(test_few_things_are_counted_about_right),
		cmocka_unit_test(test_more_than_few_is_told_as_the_most),
		cmocka_unit_test(
		    test_memory_forgets_nothing_and_invents_little),
		cmocka_unit_test(test_memory_forgets_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
