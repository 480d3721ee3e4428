/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of hosts whose control conversation could not be read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "unread.h"

static const uint8_t secret[16] = "unread test";

static struct addr
at(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

static void
test_a_pair_is_known_in_either_order_and_for_a_while(void **state)
{
	struct unread *u = unread_new(secret);
	const struct addr a = at("10.1.0.1"), b = at("10.2.0.1");
	const struct wall_us now = { 50 * CLOCK_SECOND };

	(void)state;
	assert_false(unread_is(u, 0, &a, &b, now));
	unread_note(u, 0, &a, &b, true, now);
	assert_true(unread_is(u, 0, &a, &b, now));
	assert_true(unread_is(u, 0, &b, &a, now));
	assert_false(unread_is(u, 1, &a, &b, now));
	assert_true(
	    unread_is(u, 0, &a, &b, (struct wall_us){ now.us + UNREAD_US }));
	assert_false(unread_is(u, 0, &a, &b,
	    (struct wall_us){ now.us + UNREAD_US + 1 }));
	unread_free(u);
}

static void
test_a_control_that_is_read_after_all_takes_it_back(void **state)
{
	struct unread *u = unread_new(secret);
	const struct addr a = at("fd00::1"), b = at("fd00::2"),
			  c = at("fd00::3");
	const struct wall_us now = { CLOCK_SECOND };

	(void)state;
	unread_note(u, 0, &a, &b, true, now);
	unread_note(u, 0, &a, &c, false, now); /* another pair */
	assert_true(unread_is(u, 0, &a, &b, now));
	unread_note(u, 0, &b, &a, false, now);
	assert_false(unread_is(u, 0, &a, &b, now));
	unread_note(u, 0, &a, &b, true, now);
	unread_forget(u);
	assert_false(unread_is(u, 0, &a, &b, now));
	unread_free(u);
}

static void
test_pairs_that_are_displaced_are_counted(void **state)
{
	struct unread *u = unread_new(secret);
	const struct wall_us now = { CLOCK_SECOND };
	struct addr a = at("10.1.0.0"), b = at("10.2.0.1");

	(void)state;
	for (unsigned i = 0; i < 4 * UNREAD_PAIRS_MAX; i++) {
		a.bytes[2] = (uint8_t)(i >> 8);
		a.bytes[3] = (uint8_t)i;
		unread_note(u, 0, &a, &b, true, now);
	}
	assert_true(unread_displaced(u) >= 3 * UNREAD_PAIRS_MAX);
	assert_true(unread_is(u, 0, &a, &b, now));
	unread_free(u);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_pair_is_known_in_either_order_and_for_a_while),
		cmocka_unit_test(
		    test_a_control_that_is_read_after_all_takes_it_back),
		cmocka_unit_test(test_pairs_that_are_displaced_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
