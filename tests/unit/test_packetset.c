/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals, boxes and their memory: every law against each single point. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "boxes.h"
#include "packetset.h"

#define MOST 15
#define ROUNDS 3000
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- one dimension: sets of 0..15 as bits */

static const struct spans *
of_bits(struct pool *p, uint32_t bits)
{
	struct span items[MOST + 1];
	size_t count = 0;

	for (unsigned i = 0; i <= MOST; i++)
		if (bits >> i & 1)
			items[count++] = (struct span){ i, i };
	return spans_make(p, items, count);
}

static uint32_t
bits_of(const struct spans *s)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i <= MOST; i++)
		if (spans_has(s, i))
			bits |= 1u << i;
	return bits;
}

/* Sorted, disjoint and not adjacent, within 0..most. */
static void
assert_proper(const struct spans *s)
{
	for (size_t i = 0; s != NULL && i < s->count; i++) {
		assert_true(s->items[i].first <= s->items[i].last);
		if (i > 0)
			assert_true(
			    s->items[i - 1].last + 1 < s->items[i].first);
	}
}

static void
assert_bits(const struct spans *s, uint32_t bits)
{
	assert_proper(s);
	assert_int_equal(bits_of(s), bits);
}

static void
try_pair(struct pool *p, uint32_t x, uint32_t y)
{
	const struct spans *a = of_bits(p, x), *b = of_bits(p, y);

	assert_bits(a, x);
	assert_bits(spans_intersect(p, a, b), x & y);
	assert_bits(spans_union(p, a, b), x | y);
	assert_bits(spans_subtract(p, a, b, MOST), x & ~y);
	assert_int_equal(spans_disjoint(a, b), (x & y) == 0);
	assert_int_equal(spans_cover(a, b, MOST), (y & ~x) == 0);
	assert_int_equal(spans_equal(a, b), x == y);
	assert_int_equal(spans_size(a, MOST), __builtin_popcount(x));
}

static void
test_interval_laws_hold_for_random_sets(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 20250301 };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct pool_mark mark = pool_mark(p);
		const uint32_t x = boxes_next(&r) & 0xffff;
		const uint32_t y = i % 3 == 0 ? x & boxes_next(&r) :
						boxes_next(&r) & 0xffff;

		try_pair(p, x, y);
		try_pair(p, x | 0x0ff0, y & 0x0070); /* single intervals */
		pool_release(p, mark);
	}
	pool_free(p);
}

static void
test_every_value_is_null_in_each_operation(void **state)
{
	struct pool *p = pool_new();
	const struct spans *some = of_bits(p, 0x0f0);

	(void)state;
	assert_ptr_equal(spans_intersect(p, NULL, some), some);
	assert_ptr_equal(spans_intersect(p, some, NULL), some);
	assert_null(spans_intersect(p, NULL, NULL));
	assert_null(spans_union(p, NULL, some));
	assert_null(spans_union(p, some, NULL));
	assert_bits(spans_subtract(p, NULL, some, MOST), 0xff0f);
	assert_bits(spans_subtract(p, some, NULL, MOST), 0);
	assert_bits(spans_subtract(p, NULL, NULL, MOST), 0);
	assert_null(spans_subtract(p, NULL, &spans_nothing, MOST));
	assert_false(spans_disjoint(NULL, some));
	assert_false(spans_disjoint(NULL, NULL));
	assert_true(spans_disjoint(NULL, &spans_nothing));
	assert_true(spans_disjoint(&spans_nothing, some));
	assert_true(spans_disjoint(&spans_nothing, &spans_nothing));
	assert_true(spans_cover(NULL, some, MOST));
	assert_false(spans_cover(some, NULL, MOST));
	assert_true(spans_cover(of_bits(p, 0xffff), NULL, MOST));
	assert_true(spans_cover(some, &spans_nothing, MOST));
	assert_false(spans_cover(&spans_nothing, some, MOST));
	assert_false(spans_equal(NULL, some));
	assert_true(spans_equal(NULL, NULL));
	assert_true(spans_has(NULL, 3));
	assert_int_equal(spans_size(NULL, MOST), 16);
	pool_free(p);
}

static void
test_what_changes_nothing_gives_back_its_argument(void **state)
{
	struct pool *p = pool_new();
	const struct spans *a = of_bits(p, 0x0db6), *b = of_bits(p, 0x0920);
	const size_t bytes = pool_bytes(p);

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		assert_ptr_equal(spans_intersect(p, a, b), b);
		assert_ptr_equal(spans_union(p, a, b), a);
		assert_ptr_equal(spans_subtract(p, b, of_bits(p, 0x1000), MOST),
		    b);
	}
	assert_true(pool_bytes(p) < bytes + ((size_t)100000 << 8));
	pool_free(p);
}

static void
test_the_ends_of_128_bits_do_not_wrap(void **state)
{
	struct pool *p = pool_new();
	const packet_value most = ~(packet_value)0;
	const struct span both[] = { { most, most }, { 0, 0 },
		{ 5, most - 1 } };
	const struct spans *s = spans_make(p, both, COUNT(both)), *rest;

	(void)state;
	assert_int_equal(s->count, 2);
	assert_true(s->items[1].first == 5 && s->items[1].last == most);
	rest = spans_subtract(p, NULL, s, most);
	assert_int_equal(rest->count, 1);
	assert_true(rest->items[0].first == 1 && rest->items[0].last == 4);
	rest = spans_subtract(p, NULL, spans_one(p, most, most), most);
	assert_true(rest->items[0].last == most - 1);
	assert_int_equal(
	    spans_subtract(p, NULL, spans_one(p, 0, most), most)->count, 0);
	assert_true(spans_size(NULL, most) == most);
	assert_true(spans_size(s, most) == most - 3);
	assert_true(spans_cover(spans_one(p, 0, most), NULL, most));
	pool_free(p);
}

/* ---- boxes */

static void
try_boxes(struct pool *p, const struct box *a, const struct box *b)
{
	struct box both, pieces[DIM_COUNT];
	const bool meet = box_intersect(p, a, b, &both);
	const size_t count = box_subtract(p, a, b, pieces);
	bool disjoint = true, covers = true;

	assert_true(count <= DIM_COUNT);
	for (unsigned i = 0; i < BOXES_POINTS; i++) {
		const struct point x = boxes_point(i);
		const bool in_a = box_has(a, &x), in_b = box_has(b, &x);
		size_t held = 0;

		disjoint = disjoint && !(in_a && in_b);
		covers = covers && (in_a || !in_b);
		if (meet)
			assert_int_equal(box_has(&both, &x), in_a && in_b);
		for (size_t k = 0; k < count; k++)
			held += box_has(&pieces[k], &x);
		assert_int_equal(held, in_a && !in_b);
	}
	assert_int_equal(meet, !disjoint);
	assert_int_equal(box_disjoint(a, b), disjoint);
	assert_int_equal(box_covers(a, b), covers);
	for (size_t k = 0; k < count; k++)
		assert_false(box_empty(&pieces[k]));
	if (meet) {
		const double share = box_share(b, a);

		assert_true(share >= 0 && share <= 1.000001);
	}
}

static void
test_box_laws_hold_for_random_boxes(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 4711 };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct pool_mark mark = pool_mark(p);
		const struct box a = boxes_make(&r, p, i % 8);
		const struct box b = boxes_make(&r, p, i / 8 % 8);

		try_boxes(p, &a, &b);
		try_boxes(p, &a, &a);
		pool_release(p, mark);
	}
	pool_free(p);
}

static void
test_an_empty_box_is_in_all_and_meets_none(void **state)
{
	struct pool *p = pool_new();
	struct box empty = { { NULL } }, all = { { NULL } }, pieces[DIM_COUNT];

	(void)state;
	empty.dims[DIM_OIF] = &spans_nothing;
	assert_true(box_empty(&empty));
	assert_false(box_empty(&all));
	assert_true(box_disjoint(&empty, &all));
	assert_true(box_disjoint(&empty, &empty));
	assert_true(box_covers(&all, &empty));
	assert_false(box_covers(&empty, &all));
	assert_int_equal(box_subtract(p, &empty, &all, pieces), 0);
	assert_int_equal(box_subtract(p, &all, &empty, pieces), 1);
	assert_int_equal(box_subtract(p, &all, &all, pieces), 0);
	pool_free(p);
}

static void
test_every_family_is_four_and_six(void **state)
{
	struct pool *p = pool_new();
	struct box all = { { NULL } }, four = all, both = all,
		   pieces[DIM_COUNT];
	const struct span families[] = { { 4, 4 }, { 6, 6 } };

	(void)state;
	four.dims[DIM_FAMILY] = spans_one(p, 4, 4);
	both.dims[DIM_FAMILY] = spans_make(p, families, 2);
	assert_true(box_covers(&both, &all));
	assert_int_equal(box_subtract(p, &all, &four, pieces), 1);
	assert_true(
	    spans_equal(pieces[0].dims[DIM_FAMILY], spans_one(p, 6, 6)));
	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct spans *s = dimension_all((enum dimension)d);

		assert_true(dimension_most((enum dimension)d) ==
		    s->items[s->count - 1].last);
	}
	pool_free(p);
}

static void
test_a_box_of_one_family_has_no_more_than_that(void **state)
{
	struct pool *p = pool_new();
	struct box four = { { NULL } }, six = { { NULL } }, any = { { NULL } };

	(void)state;
	four.dims[DIM_FAMILY] = spans_one(p, 4, 4);
	four.dims[DIM_DADDR] = spans_one(p, 7, ~(packet_value)0);
	box_clip(p, &four);
	assert_true(four.dims[DIM_SADDR]->items[0].last == UINT32_MAX);
	assert_true(four.dims[DIM_DADDR]->items[0].first == 7);
	assert_true(four.dims[DIM_DADDR]->items[0].last == UINT32_MAX);
	assert_true(four.dims[DIM_NEW_DADDR]->items[0].last == UINT32_MAX);
	/* The kernel forwards protocol 58 of IPv4 as any other. */
	assert_true(spans_has(four.dims[DIM_PROTOCOL], 58));
	assert_null(four.dims[DIM_DPORT]);
	six.dims[DIM_FAMILY] = spans_one(p, 6, 6);
	box_clip(p, &six);
	assert_null(six.dims[DIM_SADDR]);
	assert_true(spans_has(six.dims[DIM_PROTOCOL], 1));
	box_clip(p, &any);
	assert_null(any.dims[DIM_SADDR]);
	assert_null(any.dims[DIM_PROTOCOL]);
	four.dims[DIM_SADDR] = spans_one(p, (packet_value)1 << 40,
	    (packet_value)1 << 41);
	box_clip(p, &four);
	assert_true(box_empty(&four));
	pool_free(p);
}

/* ---- memory */

static void
test_what_was_taken_since_a_mark_is_given_back(void **state)
{
	struct pool *p = pool_new();
	struct pool_mark none = pool_mark(p), mark;
	unsigned char *a = pool_take(p, 100), *b;

	(void)state;
	memset(a, 1, 100);
	mark = pool_mark(p);
	for (size_t bytes = 1; bytes < 5000000; bytes = bytes * 3 + 1) {
		b = pool_take(p, bytes);
		assert_int_equal((uintptr_t)b % sizeof(packet_value), 0);
		memset(b, 2, bytes);
	}
	assert_true(pool_bytes(p) > 3000000);
	pool_release(p, mark);
	assert_true(pool_bytes(p) < 100000);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(a[i], 1);
	b = pool_take(p, 64);
	pool_trim(p, 64, 16);
	assert_ptr_equal((unsigned char *)pool_take(p, 16), b + 16);
	pool_release(p, none);
	assert_int_equal(pool_bytes(p), 0);
	pool_free(p);
	pool_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval_laws_hold_for_random_sets),
		cmocka_unit_test(test_every_value_is_null_in_each_operation),
		cmocka_unit_test(
		    test_what_changes_nothing_gives_back_its_argument),
		cmocka_unit_test(test_the_ends_of_128_bits_do_not_wrap),
		cmocka_unit_test(test_box_laws_hold_for_random_boxes),
		cmocka_unit_test(test_an_empty_box_is_in_all_and_meets_none),
		cmocka_unit_test(test_every_family_is_four_and_six),
		cmocka_unit_test(
		    test_a_box_of_one_family_has_no_more_than_that),
		cmocka_unit_test(
		    test_what_was_taken_since_a_mark_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
