/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounded hash table, against published vectors and a naive model. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/table.h"

static const uint8_t secret[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15 };

/* From the reference implementation's vectors: key 00..0f, input 00 01 02... */
static void
test_the_hash_is_siphash_2_4(void **state)
{
	uint8_t input[64];

	(void)state;
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (uint8_t)i;
	assert_true(
	    table_hash(secret, input, 0) == UINT64_C(0x726fdb47dd0e0e31));
	assert_true(
	    table_hash(secret, input, 1) == UINT64_C(0x74f839c593dc67fd));
	assert_true(
	    table_hash(secret, input, 8) == UINT64_C(0x93f5f5799a932462));
	assert_true(
	    table_hash(secret, input, 15) == UINT64_C(0xa129ca6149be45e5));
	assert_true(
	    table_hash(secret, input, 63) == UINT64_C(0x958a324ceb064572));
}

static void
test_what_is_added_is_found_and_the_rest_is_not(void **state)
{
	struct table t;

	(void)state;
	table_init(&t, 1000, sizeof(uint32_t), secret);
	for (uint32_t k = 0; k < 1000; k++)
		assert_true(table_add(&t, &k, k * 3));
	for (uint32_t k = 0; k < 2000; k++)
		assert_int_equal(table_find(&t, &k),
		    k < 1000 ? k * 3 : TABLE_NONE);
	table_fini(&t);
}

static void
test_a_full_table_takes_no_more(void **state)
{
	struct table t;
	uint32_t k;

	(void)state;
	for (size_t max = 0; max < 70; max++) {
		table_init(&t, max, sizeof(k), secret);
		for (k = 0; k < max; k++)
			assert_true(table_add(&t, &k, k));
		assert_false(table_add(&t, &k, k));
		assert_int_equal(table_find(&t, &k), TABLE_NONE);
		assert_int_equal(t.count, max);
		if (max > 0) {
			uint32_t first = 0;

			assert_true(table_remove(&t, &first));
			assert_true(table_add(&t, &k, k));
		}
		table_fini(&t);
	}
}

/* Years of churn in a nearly full table, checked against a plain array. */
static void
test_random_churn_agrees_with_a_plain_array(void **state)
{
	enum { KEYS = 300, MAX = 200 };
	uint32_t model[KEYS];
	struct table t;
	uint32_t x = 7, live = 0;

	(void)state;
	memset(model, 0xff, sizeof(model)); /* TABLE_NONE */
	table_init(&t, MAX, sizeof(uint32_t), secret);
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t k;

		x = x * 1664525 + 1013904223;
		k = (x >> 8) % KEYS;
		if (model[k] != TABLE_NONE) {
			assert_true(table_remove(&t, &k));
			model[k] = TABLE_NONE;
			live--;
		} else if (table_add(&t, &k, i)) {
			model[k] = i;
			live++;
		} else {
			assert_int_equal(live, MAX);
		}
		assert_int_equal(t.count, live);
		if (i % 1000 != 0)
			continue;
		for (k = 0; k < KEYS; k++)
			assert_int_equal(table_find(&t, &k), model[k]);
	}
	table_fini(&t);
}

static void
test_removing_what_is_absent_changes_nothing(void **state)
{
	uint8_t key[37] = { 1 }, other[37] = { 2 };
	struct table t;

	(void)state;
	table_init(&t, 4, sizeof(key), secret);
	assert_false(table_remove(&t, key));
	assert_true(table_add(&t, key, 5));
	assert_false(table_remove(&t, other));
	assert_int_equal(table_find(&t, key), 5);
	table_fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_hash_is_siphash_2_4),
		cmocka_unit_test(
		    test_what_is_added_is_found_and_the_rest_is_not),
		cmocka_unit_test(test_a_full_table_takes_no_more),
		cmocka_unit_test(test_random_churn_agrees_with_a_plain_array),
		cmocka_unit_test(test_removing_what_is_absent_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
