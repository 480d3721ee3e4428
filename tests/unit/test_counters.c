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

static void
test_what_a_dead_engine_had_in_hand_is_accounted_for(void **state)
{
	struct counters c = { .read = 21, .judged = 6 };
	struct fragment_counters f = { .fragments = 9,
		.held = 5,
		.expired = 2 };
	struct counters_rows rows;
	struct tally t = { 0 };

	(void)state;
	c.frames[FRAME_ARP] = 5;
	assert_true(counters_inherit(&c, &f));
	assert_int_equal(f.held, 0);
	counters_tally(&c, &f, &rows, &t);
	assert_int_equal(t.read, t.judged + counters_unjudged(&t));
	assert_int_equal(
	    row(t.reasons, t.reason_count, "engine-restarted")->value, 8);
	/* It may have said anything. */
	assert_int_equal(counters_unread(t.reasons, t.reason_count), 10);
	assert_true(counters_inherit(&c, &f)); /* nothing more is missing */
	assert_int_equal(c.frames[FRAME_ENGINE_RESTARTED], 8);
}

static void
test_counters_above_what_was_read_are_not_believed(void **state)
{
	struct counters c = { .read = 3, .judged = 4 };
	struct fragment_counters f = { .expired = 1 };
	struct counters_rows rows;
	struct tally t = { 0 };

	(void)state;
	c.rare[RARE_COUNTERS_LOST] = 1;
	assert_false(counters_inherit(&c, &f));
	counters_tally(&c, &f, &rows, &t);
	assert_int_equal(t.read, 0);
	assert_int_equal(counters_unjudged(&t), 0);
	assert_int_equal(
	    row(t.counters, t.counter_count, "counters-lost")->value, 2);
}

static void
test_every_conversation_of_a_dead_engine_has_an_end(void **state)
{
	struct counters c = { 0 };

	(void)state;
	c.of[COUNTER_CONVERSATIONS] = 10;
	c.of[COUNTER_ENDED_TCP] = 3;
	counters_closed(&c, 5, 1); /* and one that was not written down */
	assert_int_equal(c.rare[RARE_ENDED_ENGINE], 5);
	assert_int_equal(c.rare[RARE_CONVERSATIONS_LOST], 2);
	counters_closed(&c, 0, 0);
	assert_int_equal(c.rare[RARE_CONVERSATIONS_LOST], 2);
	counters_closed(&c, 4, 1); /* more than it ever said: then as found */
	assert_int_equal(c.rare[RARE_ENDED_ENGINE], 9);
	assert_int_equal(c.rare[RARE_CONVERSATIONS_LOST], 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons_carry_fragments_and_sum_up),
		cmocka_unit_test(test_every_row_has_a_name_of_its_own),
		cmocka_unit_test(test_layers_that_counted_nothing_are_left_out),
		cmocka_unit_test(
		    test_what_a_dead_engine_had_in_hand_is_accounted_for),
		cmocka_unit_test(
		    test_counters_above_what_was_read_are_not_believed),
		cmocka_unit_test(
		    test_every_conversation_of_a_dead_engine_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
