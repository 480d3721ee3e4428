/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sticky reader: what it yields, and that it never passes its end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"

static const uint8_t sample[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b };

static void
test_reads_are_in_network_order(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, sample, sizeof(sample));
	assert_int_equal(cursor_u8(&c), 0x01);
	assert_int_equal(cursor_be16(&c), 0x0203);
	assert_int_equal(cursor_be32(&c), 0x04050607);
	assert_int_equal(cursor_le32(&c), 0x0b0a0908);
	assert_int_equal(cursor_left(&c), 0);
	assert_true(cursor_ok(&c));
}

static void
test_failure_is_sticky_and_yields_zero(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, sample, 3);
	assert_int_equal(cursor_be32(&c), 0);
	assert_false(cursor_ok(&c));
	assert_int_equal(cursor_left(&c), 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_be16(&c), 0);
	assert_null(cursor_take(&c, 0));
}

/* Each length is read from a block of exactly that size, so that a sanitizer
 * sees a read past the end. */
static void
test_every_truncation_fails_where_it_should(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof(sample); n++) {
		uint8_t *copy = malloc(n ? n : 1);
		struct cursor c;

		assert_non_null(copy);
		memcpy(copy, sample, n);
		cursor_init(&c, copy, n);
		(void)cursor_u8(&c);
		(void)cursor_be16(&c);
		(void)cursor_be32(&c);
		(void)cursor_le32(&c);
		assert_int_equal(cursor_ok(&c), n == sizeof(sample));
		free(copy);
	}
}

static void
test_an_empty_reader_needs_no_data(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, NULL, 0);
	assert_true(cursor_ok(&c));
	cursor_skip(&c, 0);
	assert_true(cursor_ok(&c));
	(void)cursor_u8(&c);
	assert_false(cursor_ok(&c));
}

static void
test_a_fence_holds_the_inner_reader(void **state)
{
	struct cursor c, sub;

	(void)state;
	cursor_init(&c, sample, sizeof(sample));
	cursor_sub(&c, 2, &sub);
	assert_int_equal(cursor_be16(&sub), 0x0102);
	(void)cursor_u8(&sub);
	assert_false(cursor_ok(&sub));
	assert_true(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0x03);
}

static void
test_a_fence_too_long_fails_both(void **state)
{
	struct cursor c, sub;

	(void)state;
	cursor_init(&c, sample, sizeof(sample));
	cursor_sub(&c, SIZE_MAX, &sub);
	assert_false(cursor_ok(&c));
	assert_false(cursor_ok(&sub));
	assert_int_equal(cursor_left(&sub), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_are_in_network_order),
		cmocka_unit_test(test_failure_is_sticky_and_yields_zero),
		cmocka_unit_test(test_every_truncation_fails_where_it_should),
		cmocka_unit_test(test_an_empty_reader_needs_no_data),
		cmocka_unit_test(test_a_fence_holds_the_inner_reader),
		cmocka_unit_test(test_a_fence_too_long_fails_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
