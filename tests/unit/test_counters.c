/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's counters as rows of a tally. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "counters.h"

static const struct account_row *
row(const struct account_row *rows, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static void
test_reasons_carry_fragments_and_sum_up(void **state)
{
	struct counters c = { .read = 21, .judged = 6 };
	const struct fragment_counters f = { .fragments = 99,
		.held = 1,
		.joined = 89,
		.expired = 2,
		.evicted = 3,
		.refused = 4 };
	struct counters_rows rows;
	struct tally t = { 0 };

	(void)state;
	c.frames[FRAME_ARP] = 5;
	counters_tally(&c, &f, &rows, &t);
	assert_int_equal(counters_unjudged(&t), 15);
	assert_int_equal(t.read, t.judged + counters_unjudged(&t));
	assert_int_equal(row(t.reasons, t.reason_count, "arp")->value, 5);
	assert_int_equal(
	    row(t.reasons, t.reason_count, "fragment-evicted")->value, 3);
}

static void
test_every_row_has_a_name_of_its_own(void **state)
{
	struct counters c = { 0 };
	const struct fragment_counters f = { 0 };
	struct counters_rows rows;
	struct tally t = { 0 };

	(void)state;
	memset(c.layers, 1, sizeof(c.layers));
	memset(c.tunnels, 1, sizeof(c.tunnels));
	counters_tally(&c, &f, &rows, &t);
	assert_in_range(t.counter_count, COUNTER_COUNT + 1, COUNTERS_ROWS_MAX);
	for (size_t i = 0; i < t.counter_count; i++) {
		assert_non_null(t.counters[i].name);
		assert_ptr_equal(row(t.counters, t.counter_count,
				     t.counters[i].name),
		    &t.counters[i]);
		assert_null(row(t.reasons, t.reason_count, t.counters[i].name));
	}
	for (size_t i = 0; i < t.reason_count; i++)
		assert_ptr_equal(row(t.reasons, t.reason_count,
				     t.reasons[i].name),
		    &t.reasons[i]);
}

static void
test_layers_that_counted_nothing_are_left_out(void **state)
{
	struct counters c = { 0 };
	const struct fragment_counters f = { 0 };
	struct counters_rows rows;
	struct tally t = { 0 };

	(void)state;
	c.layers[DECODE_TRUNCATED][LAYER_TCP] = 7;
	c.tunnels[TUNNEL_GRE] = 2;
	c.tunnels[TUNNEL_NONE] = 100;
	counters_tally(&c, &f, &rows, &t);
	assert_int_equal(t.counter_count, COUNTER_COUNT + 2);
	assert_int_equal(
	    row(t.counters, t.counter_count, "truncated-tcp")->value, 7);
	assert_int_equal(row(t.counters, t.counter_count, "tunnel-gre")->value,
	    2);
	assert_int_equal(
	    row(t.counters, t.counter_count, "conversations")->value, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons_carry_fragments_and_sum_up),
		cmocka_unit_test(test_every_row_has_a_name_of_its_own),
		cmocka_unit_test(test_layers_that_counted_nothing_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
