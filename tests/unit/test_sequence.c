/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TCP's sequence space: what is new, and what was acknowledged unseen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sequence.h"

#define HERE true
#define ELSEWHERE false

static void
test_bytes_in_order_are_new_once(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 1000);
	assert_int_equal(sequence_data(&s, 1001, 100, HERE), 100);
	assert_int_equal(sequence_data(&s, 1001, 100, HERE), 0);
	assert_int_equal(sequence_data(&s, 1051, 100, HERE), 50);
	assert_int_equal(sequence_data(&s, 1151, 1, HERE), 1);
	assert_int_equal(sequence_data(&s, 1001, 151, ELSEWHERE), 0);
	sequence_ack(&s, 1152);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_a_keep_alive_is_nothing_new(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 10, HERE);
	assert_int_equal(sequence_data(&s, 10, 1, HERE), 0);
	/* Before the first byte: the number of the SYN. */
	assert_int_equal(sequence_data(&s, 0, 1, HERE), 0);
}

static void
test_numbers_wrap_without_notice(void **state)
{
	struct sequence s = { 0 };
	uint64_t sum = 0;
	uint32_t seq = UINT32_MAX - 500;

	(void)state;
	sequence_begin(&s, seq++);
	for (int i = 0; i < 100; i++, seq += 1000)
		sum += sequence_data(&s, seq, 1000, HERE);
	sequence_ack(&s, seq);
	assert_int_equal(sum, 100000);
	assert_int_equal(sequence_end(&s), 0);
	assert_false(s.broken);
}

static void
test_four_gigabytes_are_counted_whole(void **state)
{
	struct sequence s = { 0 };
	uint64_t sum = 0;
	uint32_t seq = 7;

	(void)state;
	sequence_begin(&s, 6);
	for (int i = 0; i < 100; i++, seq += 50000000)
		sum += sequence_data(&s, seq, 50000000, HERE);
	assert_true(sum == UINT64_C(5000000000));
}

static void
test_a_hole_that_fills_is_not_missing(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	assert_int_equal(sequence_data(&s, 1, 100, HERE), 100);
	assert_int_equal(sequence_data(&s, 301, 100, HERE), 100);
	sequence_ack(&s, 401); /* may come before the data, on merged taps */
	assert_int_equal(sequence_data(&s, 151, 50, HERE), 50);
	assert_int_equal(sequence_data(&s, 101, 50, HERE), 50);
	assert_int_equal(sequence_data(&s, 101, 200, HERE), 100);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_acknowledged_holes_are_missing(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	sequence_data(&s, 301, 100, HERE);
	sequence_data(&s, 501, 100, HERE);
	sequence_ack(&s, 451);
	/* 101..300 whole, 401..450 of 401..500 */
	assert_int_equal(sequence_end(&s), 250);
	assert_int_equal(sequence_end(&s), 250);
}

static void
test_unacknowledged_holes_are_not_claimed(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1001, 10, HERE);
	sequence_ack(&s, 1);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_an_unseen_tail_is_missing_but_not_the_fin(void **state)
{
	struct sequence s = { 0 }, t = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 10, HERE);
	sequence_ack(&s, 12); /* the FIN, which nobody saw */
	assert_int_equal(sequence_end(&s), 0);
	sequence_begin(&t, 0);
	sequence_data(&t, 1, 10, HERE);
	sequence_fin(&t, 11);
	sequence_ack(&t, 512);
	assert_int_equal(sequence_end(&t), 500);
}

static void
test_more_holes_than_are_kept_are_settled_in_order(void **state)
{
	struct sequence s = { 0 };
	uint32_t seq = 1;

	(void)state;
	sequence_begin(&s, 0);
	for (int i = 0; i < 50; i++, seq += 20) {
		sequence_data(&s, seq, 10, HERE);
		sequence_ack(&s, seq + 10);
	}
	assert_int_equal(s.hole_count, SEQUENCE_HOLES_MAX);
	assert_int_equal(sequence_end(&s), 49 * 10);
}

static void
test_data_before_the_first_seen_is_new_in_midstream(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	assert_int_equal(sequence_data(&s, 1000, 100, HERE), 100);
	assert_int_equal(sequence_data(&s, 800, 100, HERE), 100);
	assert_int_equal(sequence_data(&s, 900, 100, HERE), 100);
	sequence_ack(&s, 1100);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_a_jump_starts_afresh_and_says_so(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	assert_int_equal(sequence_data(&s, 0x60000000, 100, HERE), 100);
	assert_true(s.broken);
	sequence_ack(&s, 0x60000064);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_rewritten_numbers_elsewhere_are_left_alone(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	assert_int_equal(sequence_data(&s, 0x40000001, 100, ELSEWHERE), 0);
	assert_int_equal(sequence_data(&s, 0xc0000001, 100, ELSEWHERE), 0);
	assert_false(s.broken);
	/* Lost here, shown there: the numbers are the same. */
	assert_int_equal(sequence_data(&s, 101, 100, ELSEWHERE), 100);
}

static void
test_a_lying_acknowledgement_claims_nothing(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	sequence_ack(&s, 0x70000000);
	sequence_ack(&s, 0x90000000);
	assert_int_equal(sequence_end(&s), 0);
	assert_int_equal(s.acked, 0);
}

static void
test_a_side_never_seen_has_nothing_missing(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_ack(&s, 1);
	sequence_ack(&s, 100000);
	assert_int_equal(sequence_end(&s), 0);
}

/* A reference that keeps every byte, against random segments. */
static void
test_random_segments_agree_with_a_map_of_bytes(void **state)
{
	static uint8_t seen[4096];
	uint32_t random = 12345;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct sequence s = { 0 };
		uint64_t fresh = 0, expected = 0;

		for (size_t i = 0; i < sizeof(seen); i++)
			seen[i] = 0;
		sequence_begin(&s, UINT32_MAX - 1000);
		for (int i = 0; i < 12; i++) {
			uint32_t at, n;

			random = random * 1664525 + 1013904223;
			at = (random >> 8) % 2000;
			random = random * 1664525 + 1013904223;
			n = 1 + (random >> 8) % 500;
			fresh += sequence_data(&s, UINT32_MAX - 999 + at, n,
			    HERE);
			for (uint32_t k = at; k < at + n; k++)
				seen[k] = 1;
		}
		for (size_t i = 0; i < sizeof(seen); i++)
			expected += seen[i];
		assert_true(fresh == expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_in_order_are_new_once),
		cmocka_unit_test(test_a_keep_alive_is_nothing_new),
		cmocka_unit_test(test_numbers_wrap_without_notice),
		cmocka_unit_test(test_four_gigabytes_are_counted_whole),
		cmocka_unit_test(test_a_hole_that_fills_is_not_missing),
		cmocka_unit_test(test_acknowledged_holes_are_missing),
		cmocka_unit_test(test_unacknowledged_holes_are_not_claimed),
		cmocka_unit_test(
		    test_an_unseen_tail_is_missing_but_not_the_fin),
		cmocka_unit_test(
		    test_more_holes_than_are_kept_are_settled_in_order),
		cmocka_unit_test(
		    test_data_before_the_first_seen_is_new_in_midstream),
		cmocka_unit_test(test_a_jump_starts_afresh_and_says_so),
		cmocka_unit_test(
		    test_rewritten_numbers_elsewhere_are_left_alone),
		cmocka_unit_test(test_a_lying_acknowledgement_claims_nothing),
		cmocka_unit_test(test_a_side_never_seen_has_nothing_missing),
		cmocka_unit_test(
		    test_random_segments_agree_with_a_map_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
