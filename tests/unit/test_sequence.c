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
	sequence_ack(&s, 1152, HERE);
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
	sequence_ack(&s, seq, HERE);
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
	sequence_ack(&s, 401,
	    HERE); /* may come before the data, on merged taps */
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
	sequence_ack(&s, 451, HERE);
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
	sequence_ack(&s, 1, HERE);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_an_unseen_tail_is_missing_but_not_the_fin(void **state)
{
	struct sequence s = { 0 }, t = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 10, HERE);
	sequence_ack(&s, 12, HERE); /* the FIN, which nobody saw */
	assert_int_equal(sequence_end(&s), 0);
	sequence_begin(&t, 0);
	sequence_data(&t, 1, 10, HERE);
	sequence_fin(&t, 511); /* 500 bytes before it never came */
	sequence_ack(&t, 512, HERE);
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
		sequence_ack(&s, seq + 10, HERE);
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
	sequence_ack(&s, 1100, HERE);
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
	sequence_ack(&s, 0x60000064, HERE);
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
	sequence_ack(&s, 0x70000000, HERE);
	sequence_ack(&s, 0x90000000, HERE);
	assert_int_equal(sequence_end(&s), 0);
	assert_int_equal(s.acked, 0);
}

static void
test_a_side_never_seen_has_nothing_missing(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_ack(&s, 1, HERE);
	sequence_ack(&s, 100000, HERE);
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

/* Lost on the way and sent again much later, more than there is room for. */
static void
test_holes_without_room_count_once_they_are_acknowledged(void **state)
{
	struct sequence s = { 0 };
	uint32_t seq = 1;

	(void)state;
	sequence_begin(&s, 0);
	for (int i = 0; i < SEQUENCE_HOLES_MAX + 10; i++, seq += 20)
		sequence_data(&s, seq, 10, HERE);
	assert_int_equal(sequence_missing(&s), 0);
	sequence_ack(&s, 11, HERE);
	sequence_sweep(&s);
	assert_int_equal(sequence_missing(&s), 0);
	sequence_ack(&s, seq - 10, HERE);
	sequence_sweep(&s);
	assert_int_equal(sequence_missing(&s), (SEQUENCE_HOLES_MAX + 9) * 10);
	assert_int_equal(sequence_end(&s), (SEQUENCE_HOLES_MAX + 9) * 10);
}

static void
test_missing_is_told_late_and_taken_back(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	sequence_data(&s, 201, 100, HERE);
	sequence_ack(&s, 501, HERE);
	assert_int_equal(sequence_missing(&s), 0);
	sequence_sweep(&s);
	assert_int_equal(sequence_missing(&s), 300);
	assert_int_equal(sequence_data(&s, 101, 100, HERE), 100);
	assert_int_equal(sequence_missing(&s), 200);
	assert_int_equal(sequence_data(&s, 301, 200, HERE), 200);
	assert_int_equal(sequence_missing(&s), 0);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_acknowledgements_alone_tell_how_much_is_unheard(void **state)
{
	struct sequence s = { 0 };
	uint32_t ack = UINT32_MAX - 5000;

	(void)state;
	for (int i = 0; i < 10; i++, ack += 1448)
		sequence_ack(&s, ack, HERE);
	sequence_ack(&s, 77, ELSEWHERE);	/* numbers of another place */
	sequence_ack(&s, ack - 1448 + 1, HERE); /* the FIN */
	assert_int_equal(sequence_unheard(&s), 9 * 1448);
	sequence_ack(&s, 0x70000000, HERE); /* a leap is measured by nothing */
	sequence_ack(&s, 0x70000100, HERE);
	assert_int_equal(sequence_unheard(&s), 9 * 1448 + 256);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_data_after_acknowledgements_alone_are_heard(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_ack(&s, 1001, HERE);
	sequence_ack(&s, 2001, HERE);
	assert_int_equal(sequence_unheard(&s), 1000);
	assert_int_equal(sequence_data(&s, 1001, 1000, HERE), 1000);
	assert_int_equal(sequence_unheard(&s), 0);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_what_came_before_the_first_seen_counts_where_the_opening_was(void **state)
{
	(void)state;
	for (int opened = 0; opened < 2; opened++) {
		struct sequence s = { 0 };

		if (opened)
			sequence_open(&s);
		sequence_ack(&s, 1001, HERE); /* of the answer to the SYN */
		sequence_data(&s, 1501, 500, HERE);
		sequence_ack(&s, 2001, HERE);
		assert_int_equal(sequence_end(&s), opened ? 500 : 0);
	}
}

static void
test_a_syn_that_comes_late_keeps_what_was_seen(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_data(&s, 501, 500, HERE);
	sequence_begin(&s, 0);
	sequence_ack(&s, 1001, HERE);
	assert_int_equal(sequence_data(&s, 501, 500, HERE), 0);
	sequence_sweep(&s);
	assert_int_equal(sequence_missing(&s), 500);
	assert_int_equal(sequence_data(&s, 1, 500, HERE), 500);
	assert_int_equal(sequence_end(&s), 0);
}

/* A firewall rewrites numbers, and they happen to be near. */
static void
test_acknowledgements_of_here_put_others_aside(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	sequence_ack(&s, 3000000, ELSEWHERE);
	sequence_ack(&s, 101, HERE);
	sequence_ack(&s, 4000000, ELSEWHERE);
	assert_int_equal(sequence_end(&s), 0);
}

static void
test_holes_count_whole_where_no_acknowledgement_was_seen(void **state)
{
	struct sequence s = { 0 };

	(void)state;
	sequence_begin(&s, 0);
	sequence_data(&s, 1, 100, HERE);
	sequence_data(&s, 301, 100, HERE);
	assert_int_equal(sequence_end(&s), 200);
}

/* Segments of which some are lost, others late or sent again; the other side
 * acknowledges what it had before, seen or not. */
static void
test_random_losses_agree_with_a_map_of_bytes(void **state)
{
	enum { SEGMENTS = 300, LENGTH = 10 };
	uint32_t random = 99;

	(void)state;
	for (int round = 0; round < 300; round++) {
		uint8_t seen[SEGMENTS] = { 0 };
		const uint32_t isn = UINT32_MAX - 1000;
		struct sequence s = { 0 };
		uint64_t lost = 0;

		sequence_begin(&s, isn);
		for (uint32_t i = 0; i < SEGMENTS; i++) {
			random = random * 1664525 + 1013904223;
			if ((random >> 8) % 100 < 20)
				continue; /* lost, or late */
			seen[i] = 1;
			sequence_data(&s, isn + 1 + i * LENGTH, LENGTH, HERE);
			if (i >= 5 && (random >> 16) % 4 == 0) {
				const uint32_t k = i - (random >> 20) % 5;

				seen[k] = 1; /* late, or again */
				sequence_data(&s, isn + 1 + k * LENGTH, LENGTH,
				    HERE);
			}
			if (i >= 20)
				sequence_ack(&s, isn + 1 + (i - 20) * LENGTH,
				    HERE);
		}
		sequence_ack(&s, isn + 1 + SEGMENTS * LENGTH, HERE);
		for (uint32_t i = 0; i < SEGMENTS; i++)
			lost += seen[i] ? 0 : LENGTH;
		assert_int_equal(sequence_end(&s), lost);
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
		cmocka_unit_test(
		    test_holes_without_room_count_once_they_are_acknowledged),
		cmocka_unit_test(test_missing_is_told_late_and_taken_back),
		cmocka_unit_test(
		    test_acknowledgements_alone_tell_how_much_is_unheard),
		cmocka_unit_test(
		    test_data_after_acknowledgements_alone_are_heard),
		cmocka_unit_test(
		    test_what_came_before_the_first_seen_counts_where_the_opening_was),
		cmocka_unit_test(
		    test_a_syn_that_comes_late_keeps_what_was_seen),
		cmocka_unit_test(
		    test_acknowledgements_of_here_put_others_aside),
		cmocka_unit_test(
		    test_holes_count_whole_where_no_acknowledgement_was_seen),
		cmocka_unit_test(test_random_losses_agree_with_a_map_of_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
