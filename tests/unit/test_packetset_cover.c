/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether boxes cover another: both ways against each other and against every
 * single point, with and without a budget. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "boxes.h"
#include "packetset.h"

#define MEMBERS 24
#define ROUNDS 2500
#define PLENTY ((struct budget){ 100000000, (size_t)64 << 20 })

struct scene {
	struct box boxes[MEMBERS];
	const struct box *list[MEMBERS];
	size_t count;
	struct box q;
};

static void
make_scene(struct scene *s, struct boxes_random *r, struct pool *p)
{
	const unsigned open = boxes_next(r) % 8;

	s->count = boxes_next(r) % (MEMBERS + 1);
	s->q = boxes_make(r, p, boxes_next(r) % 8);
	for (size_t i = 0; i < s->count; i++) {
		s->boxes[i] = boxes_make(r, p, open);
		s->list[i] = &s->boxes[i];
	}
}

/* By looking at every point; skip: a member that is left out, or count. */
static bool
covered(const struct scene *s, const size_t *members, size_t count, size_t skip)
{
	for (unsigned i = 0; i < BOXES_POINTS; i++) {
		const struct point x = boxes_point(i);
		bool held = !box_has(&s->q, &x);

		for (size_t k = 0; k < count && !held; k++)
			held = k != skip && box_has(s->list[members[k]], &x);
		if (!held)
			return false;
	}
	return true;
}

static void
assert_hole(const struct scene *s, const struct point *hole)
{
	assert_true(box_has(&s->q, hole));
	for (size_t i = 0; i < s->count; i++)
		assert_false(box_has(s->list[i], hole));
}

static void
assert_least(struct pool *p, const struct scene *s)
{
	struct budget budget = PLENTY;
	size_t out[MEMBERS];
	const size_t count = cover_least(p, &s->q, s->list, s->count, &budget,
	    out);

	assert_true(count > 0);
	assert_true(covered(s, out, count, count));
	for (size_t k = 0; k < count; k++) {
		assert_false(covered(s, out, count, k));
		if (k > 0)
			assert_true(out[k - 1] < out[k]);
	}
}

static void
test_both_ways_agree_with_every_point(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 815 };
	size_t members[MEMBERS], yes = 0;

	(void)state;
	for (size_t i = 0; i < MEMBERS; i++)
		members[i] = i;
	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct pool_mark none = pool_mark(p);
		struct budget budget = PLENTY;
		struct scene s;
		struct point hole;
		struct pool_mark mark;
		enum cover expected;

		make_scene(&s, &r, p);
		mark = pool_mark(p);
		expected = covered(&s, members, s.count, s.count) ? COVER_YES :
								    COVER_NO;
		assert_int_equal(cover_box(p, &s.q, s.list, s.count, &budget,
				     &hole),
		    expected);
		if (expected == COVER_NO)
			assert_hole(&s, &hole);
		assert_int_equal(cover_by_diagram(p, &s.q, s.list, s.count,
				     &budget, &hole),
		    expected);
		if (expected == COVER_NO)
			assert_hole(&s, &hole);
		if (expected == COVER_YES) {
			assert_least(p, &s);
			yes++;
		}
		assert_ptr_equal(pool_mark(p).block, mark.block);
		assert_int_equal(pool_mark(p).used, mark.used);
		pool_release(p, none);
	}
	assert_true(yes > ROUNDS / 10 && yes < ROUNDS);
	pool_free(p);
}

static void
test_a_proof_needs_only_the_members_it_names(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 99 };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct budget budget = PLENTY;
		struct scene s;
		bool used[MEMBERS] = { false };
		size_t named[MEMBERS], count = 0;

		make_scene(&s, &r, p);
		if (cover_by_splitting(p, &s.q, s.list, s.count, &budget, NULL,
			used) != COVER_YES)
			continue;
		for (size_t k = 0; k < s.count; k++)
			if (used[k])
				named[count++] = k;
		assert_true(covered(&s, named, count, count));
	}
	pool_free(p);
}

static void
test_one_that_covers_all_is_the_least(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 3 };
	struct budget budget = PLENTY;
	struct box all = { { NULL } };
	struct scene s;
	size_t out[MEMBERS + 2];
	const struct box *list[MEMBERS + 2];

	(void)state;
	make_scene(&s, &r, p);
	memcpy(list, s.list, s.count * sizeof(struct box *));
	list[s.count] = list[s.count + 1] = &all;
	s.q = all;
	assert_int_equal(cover_least(p, &s.q, list, s.count + 2, &budget, out),
	    1);
	assert_int_equal(out[0], s.count);
	pool_free(p);
}

static void
test_nothing_covers_nothing_but_the_empty(void **state)
{
	struct pool *p = pool_new();
	struct budget budget = PLENTY;
	struct box all = { { NULL } }, empty = all;
	struct point hole;
	size_t out[1];

	(void)state;
	empty.dims[DIM_SADDR] = &spans_nothing;
	assert_int_equal(cover_box(p, &all, NULL, 0, &budget, &hole), COVER_NO);
	assert_int_equal(cover_by_diagram(p, &all, NULL, 0, &budget, &hole),
	    COVER_NO);
	assert_int_equal(cover_box(p, &empty, NULL, 0, &budget, &hole),
	    COVER_YES);
	assert_int_equal(cover_by_diagram(p, &empty, NULL, 0, &budget, &hole),
	    COVER_YES);
	assert_int_equal(cover_least(p, &all, NULL, 0, &budget, out), 0);
	assert_int_equal(cover_least(p, &empty, NULL, 0, &budget, out), 0);
	pool_free(p);
}

/* Random boxes of addresses and ports: what neither way decides at once. */
static size_t
hard_scene(struct pool *p, struct boxes_random *r, struct box *boxes,
    const struct box **list, size_t count)
{
	static const enum dimension dims[] = { DIM_SADDR, DIM_DADDR, DIM_DPORT,
		DIM_SPORT };

	for (size_t i = 0; i < count; i++) {
		boxes[i] = (struct box){ { NULL } };
		for (size_t k = 0; k < 4; k++) {
			const uint32_t at = boxes_next(r) & 0xffff;
			const uint32_t width = boxes_next(r) % 0x4000;

			boxes[i].dims[dims[k]] = spans_one(p, at,
			    at + width > 0xffff ? 0xffff : at + width);
		}
		list[i] = &boxes[i];
	}
	return count;
}

static void
test_a_budget_that_ends_is_undecided(void **state)
{
	static struct box boxes[2000];
	static const struct box *list[2000];
	static size_t out[2000];
	struct pool *p = pool_new();
	struct boxes_random r = { 17 };
	struct box q = { { NULL } };
	const size_t count = hard_scene(p, &r, boxes, list, 2000);
	struct budget steps = { 4000, (size_t)64 << 20 };
	struct budget bytes = { 100000000, 0 };
	struct budget nodes = { 100000000, (size_t)1 << 20 };
	struct budget none = { 0, (size_t)64 << 20 };
	struct point hole;

	(void)state;
	q.dims[DIM_SADDR] = spans_one(p, 0, 0xffff);
	q.dims[DIM_DADDR] = spans_one(p, 0, 0xffff);
	q.dims[DIM_SPORT] = spans_one(p, 0, 0xffff);
	q.dims[DIM_DPORT] = spans_one(p, 0, 0xffff);
	assert_int_equal(cover_box(p, &q, list, count, &steps, &hole),
	    COVER_UNDECIDED);
	assert_int_equal(steps.steps, 0);
	assert_int_equal(cover_box(p, &q, list, count, &bytes, &hole),
	    COVER_UNDECIDED);
	assert_int_equal(cover_box(p, &q, list, count, &none, &hole),
	    COVER_UNDECIDED);
	assert_int_equal(cover_by_diagram(p, &q, list, count, &nodes, &hole),
	    COVER_UNDECIDED);
	/* And the library is as new afterwards. */
	nodes = PLENTY;
	assert_int_equal(cover_by_diagram(p, &q, list, 10, &nodes, &hole),
	    COVER_NO);
	assert_true(box_has(&q, &hole));
	steps.steps = 4000;
	assert_int_equal(cover_least(p, &q, list, count, &steps, out), 0);
	pool_free(p);
}

static void
test_whatever_the_budget_no_answer_is_wrong(void **state)
{
	struct pool *p = pool_new();
	struct boxes_random r = { 2222 };
	size_t members[MEMBERS], counts[3] = { 0 }, left_out = 0;

	(void)state;
	for (size_t i = 0; i < MEMBERS; i++)
		members[i] = i;
	for (unsigned i = 0; i < ROUNDS; i++) {
		const struct pool_mark none = pool_mark(p);
		struct budget budget = { boxes_next(&r) % 1000,
			(size_t)8 << 20 };
		struct budget same = budget;
		struct scene s;
		struct point hole;
		size_t out[MEMBERS];
		enum cover told;
		bool is;

		make_scene(&s, &r, p);
		is = covered(&s, members, s.count, s.count);
		told = cover_box(p, &s.q, s.list, s.count, &budget, &hole);
		counts[told]++;
		if (told == COVER_YES)
			assert_true(is);
		if (told == COVER_NO) {
			assert_false(is);
			assert_hole(&s, &hole);
		}
		if (cover_least(p, &s.q, s.list, s.count, &same, out) > 0) {
			assert_true(is);
			left_out++;
		}
		pool_release(p, none);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(counts[i] > 20);
	assert_true(left_out > 20);
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways_agree_with_every_point),
		cmocka_unit_test(test_a_proof_needs_only_the_members_it_names),
		cmocka_unit_test(test_one_that_covers_all_is_the_least),
		cmocka_unit_test(test_nothing_covers_nothing_but_the_empty),
		cmocka_unit_test(test_a_budget_that_ends_is_undecided),
		cmocka_unit_test(test_whatever_the_budget_no_answer_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
