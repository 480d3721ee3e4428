/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine by wall time, and one engine after another. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "flow.h"
#include "region.h"

#define SYN TCP_SYN
#define ACK TCP_ACK

static const struct scene_place office = { .vlan = 300 };
static const struct scene_place core = { .vlan = 110 };

static struct scene *
live_new(void)
{
	const struct engine_options options = { .flow_id_base = 1000,
		.flow_id_stride = 16,
		.is_live = true,
		.generation = 1,
		.secret = "scene" };

	return scene_new_with(&options);
}

/* Wall time goes on by us without a frame, each second told. */
static void
wait_us(struct scene *s, int64_t us)
{
	const int64_t until = s->us + us;

	engine_time(s->engine, (struct wall_us){ s->us });
	while (s->us < until) {
		s->us += s->us + CLOCK_SECOND < until ? CLOCK_SECOND :
							until - s->us;
		engine_time(s->engine, (struct wall_us){ s->us });
	}
}

static void
say(struct scene *s, uint16_t port)
{
	scene_udp(s, office, "10.3.1.5", port, "10.1.0.10", 53, "x", 1);
}

static void
test_a_conversation_ends_by_time_without_a_frame(void **state)
{
	struct scene *s = live_new();

	(void)state;
	say(s, 5);
	wait_us(s, FLOW_UDP_US + 2 * CLOCK_SECOND);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->ending,
	    ENDING_TIMEOUT);
	scene_free(s);
}

static void
test_ticks_and_accounts_come_by_wall_time(void **state)
{
	struct scene *s = live_new();

	(void)state;
	wait_us(s, 21 * CLOCK_MINUTE);
	assert_in_range(s->ticks, 21 * 60 - 2, 21 * 60 + 1);
	assert_int_equal(s->tallies, 2);
	assert_int_equal(s->ticked.us, s->us);
	assert_int_equal(s->coverage_count, 1); /* COV-9, once */
	engine_account(s->engine);
	assert_int_equal(s->tallies, 3);
	assert_false(s->final);
	scene_free(s);
}

/* The first datagram after that long: who began it. */
static enum initiator
initiator_after(int64_t us, bool shown)
{
	struct scene *s = live_new();
	enum initiator initiator;

	wait_us(s, CLOCK_SECOND);
	if (shown)
		say(s, 4);
	wait_us(s, us);
	s->count = 0;
	say(s, 5);
	scene_finish(s);
	initiator = s->notes[s->count - 1].initiator;
	scene_free(s);
	return initiator;
}

static void
test_a_silent_tap_is_watched_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(initiator_after(FLOW_UDP_US / 2, false),
	    INITIATOR_UNCERTAIN);
	assert_int_equal(initiator_after(FLOW_UDP_US + CLOCK_SECOND, false),
	    INITIATOR_LIKELY);
	assert_int_equal(initiator_after(FLOW_UDP_US + CLOCK_SECOND, true),
	    INITIATOR_LIKELY);
}

static void
test_nothing_is_concluded_from_a_tap_that_showed_nothing(void **state)
{
	struct scene *s = live_new();
	const struct scene_note *n;

	(void)state;
	wait_us(s, 2 * CLOCK_HOUR);
	/* Of floor alone, where the firewall's other side cannot be seen. */
	scene_tcp(s, (struct scene_place){ .source = 2 }, "10.3.1.5", 5,
	    "10.1.0.10", 445, SYN, 1, 0, NULL);
	wait_us(s, 5 * CLOCK_SECOND);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 0);
	assert_int_equal(n->initiator, INITIATOR_CERTAIN);
	assert_int_equal(n->passed, PASSED_UNKNOWN);
	scene_free(s);
}

static void
test_lost_frames_leave_beginnings_unknown(void **state)
{
	struct scene *s = live_new();

	(void)state;
	wait_us(s, 2 * FLOW_UDP_US);
	engine_missed(s->engine);
	say(s, 5);
	wait_us(s, 2 * FLOW_UDP_US);
	say(s, 6);
	scene_finish(s);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->initiator,
	    INITIATOR_UNCERTAIN);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1016)->initiator,
	    INITIATOR_LIKELY);
	scene_free(s);
}

static void
test_a_step_of_the_clock_ends_nothing(void **state)
{
	static const int64_t steps[] = { CLOCK_HOUR, -CLOCK_HOUR,
		-10 * CLOCK_MINUTE, 365 * CLOCK_DAY };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct scene *s = live_new();
		uint64_t ticks;

		wait_us(s, 2 * FLOW_UDP_US);
		say(s, 5);
		s->us += steps[i];
		ticks = s->ticks;
		wait_us(s, 20 * CLOCK_SECOND);
		assert_true(s->ticks >= ticks + 19);
		assert_null(scene_last(s, OBSERVATION_FINAL, 0));
		say(s, 6); /* and who begins is known all along */
		wait_us(s, 2 * FLOW_UDP_US);
		assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
		assert_int_equal(
		    scene_last(s, OBSERVATION_FINAL, 1016)->initiator,
		    INITIATOR_LIKELY);
		scene_finish(s);
		assert_true(scene_counted(s,
		    steps[i] > 0 ? "time-leapt" : "time-restarted", 1));
		scene_free(s);
	}
}

static void
test_a_bad_tap_is_told_each_hour_and_not_only_at_the_end(void **state)
{
	struct scene *s = live_new();

	(void)state;
	wait_us(s, CLOCK_SECOND);
	s->coverage_count = 0;
	for (uint16_t i = 0; i < 20; i++) {
		scene_tcp(s, office, "10.3.1.5", i, "10.1.0.10", 445, SYN, 1, 0,
		    NULL);
		scene_tcp(s, office, "10.3.1.5", i, "10.1.0.10", 445, ACK, 2, 2,
		    "x");
	}
	wait_us(s, 2 * CLOCK_HOUR + CLOCK_MINUTE);
	assert_int_equal(s->coverage_count, 1);
	assert_int_equal(s->coverage[0].check, CHECK_COV_2);
	wait_us(s, 3 * CLOCK_HOUR); /* it was told of */
	scene_finish(s);
	assert_int_equal(s->coverage_count, 1);
	scene_free(s);
}

static void
test_ids_go_in_strides(void **state)
{
	struct scene *s = live_new();

	(void)state;
	for (uint16_t i = 0; i < 3; i++)
		say(s, (uint16_t)(i + 1));
	scene_finish(s);
	for (uint64_t id = 1000; id <= 1032; id += 16)
		assert_non_null(scene_last(s, OBSERVATION_FINAL, id));
	scene_free(s);
}

static void
test_who_has_forgotten_is_told_again(void **state)
{
	struct scene *s = live_new();

	(void)state;
	wait_us(s, 2 * FLOW_UDP_US);
	for (uint16_t i = 0; i < 3000; i++)
		scene_tcp(s, office, "10.3.1.5", (uint16_t)(1000 + i),
		    "10.1.0.10", 445, SYN, 1, 0, NULL);
	/* Within a zone: it was never told of. */
	scene_tcp(s, office, "10.3.1.5", 1, "10.3.1.6", 445, SYN, 1, 0, NULL);
	assert_int_equal(scene_count(s, OBSERVATION_FIRST), 3000);
	s->count = 0;
	wait_us(s, 4 * CLOCK_SECOND); /* settled */
	s->count = 0;
	engine_again(s->engine);
	assert_int_equal(scene_count(s, OBSERVATION_UPDATE), 2048);
	wait_us(s, CLOCK_SECOND);
	assert_int_equal(scene_count(s, OBSERVATION_UPDATE), 3000);
	assert_int_equal(s->count, 3000);
	s->count = 0;
	wait_us(s, CLOCK_SECOND);
	assert_int_equal(s->count, 0);
	scene_free(s);
}

/* ---- one engine after another */

static struct scene *
region_scene(void)
{
	struct scene *s = live_new();

	s->options.region = region_new(256);
	s->options.conversations_max = 256;
	assert_non_null(s->options.region);
	scene_open(s);
	return s;
}

static void
region_scene_free(struct scene *s)
{
	struct region *r = s->options.region;

	scene_free(s);
	region_free(r);
}

static struct region_status *
status_of(struct scene *s)
{
	return region_status(s->options.region);
}

/* The engine dies and another one takes over. */
static uint64_t
restart(struct scene *s)
{
	uint64_t closed;

	scene_open(s);
	s->us += 300000;
	closed = engine_inherit(s->engine, (struct wall_us){ s->us });
	engine_account(s->engine);
	assert_false(s->unbalanced);
	return closed;
}

static void
test_open_conversations_are_closed_by_the_next_engine(void **state)
{
	struct scene *s = region_scene();
	const struct scene_note *n;

	(void)state;
	wait_us(s, CLOCK_SECOND);
	say(s, 5);
	scene_tcp(s, office, "10.3.1.5", 9, "10.3.1.6", 80, SYN, 1, 0, NULL);
	scene_tcp(s, core, "10.1.0.5", 9, "10.3.1.6", 80, SYN, 1, 0, NULL);
	assert_int_equal(restart(s), 3);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 3);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->ending, ENDING_ENGINE);
	assert_int_equal(n->kind, VERDICT_UNJUDGED);
	assert_int_equal(n->reason, REASON_ENGINE_RESTARTED);
	assert_string_equal(n->tap, "trunk");
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1016)->kind,
	    VERDICT_OUT_OF_SCOPE);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1032)->kind,
	    VERDICT_UNJUDGED);
	/* And the next ones have ids of their own. */
	say(s, 5);
	scene_finish(s);
	assert_non_null(scene_last(s, OBSERVATION_FINAL, 1048));
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 4);
	assert_true(scene_counted(s, "conversations", 4));
	assert_true(scene_counted(s, "ended-engine-restarted", 3));
	assert_null(strstr(s->counters, "conversations-lost"));
	assert_null(strstr(s->counters, "counters-lost"));
	region_scene_free(s);
}

static void
test_what_ended_before_the_death_is_not_closed_again(void **state)
{
	struct scene *s = region_scene();

	(void)state;
	wait_us(s, CLOCK_SECOND);
	say(s, 5);
	wait_us(s, FLOW_UDP_US + 2 * CLOCK_SECOND);
	say(s, 6);
	assert_int_equal(restart(s), 1);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	region_scene_free(s);
}

/* Two of three fragments. */
static void
half_a_datagram(struct scene *s, unsigned id)
{
	for (unsigned i = 0; i < 2; i++) {
		scene_ethernet(s, 300, false, 0x0800);
		scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 16, id,
		    0x2000 | i * 2);
		scene_bytes(s, "\0\5\0\65\0\60\0\0abcdefgh", 16);
		scene_send(s, 0, s->length);
	}
}

static void
test_every_frame_has_an_account_over_any_number_of_engines(void **state)
{
	struct scene *s = region_scene();

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		wait_us(s, 3 * CLOCK_SECOND);
		say(s, (uint16_t)(i + 1));
		half_a_datagram(s, i + 1);
		scene_ethernet(s, 300, false, 0x88cc);
		scene_u16(s, 0);
		scene_send(s, 0, s->length);
		(void)restart(s);
	}
	assert_int_equal(s->read, 80);
	assert_true(scene_counted(s, "engine-restarted", 40));
	assert_true(scene_counted(s, "not-ip", 20));
	assert_true(
	    scene_counted(s, "fragments", 0)); /* as of its last second */
	assert_true(scene_counted(s, "ended-engine-restarted", 20));
	half_a_datagram(s, 99);
	wait_us(s, CLOCK_MINUTE);
	scene_finish(s);
	assert_false(s->unbalanced);
	assert_true(scene_counted(s, "fragments-unjoined", 2));
	assert_true(scene_counted(s, "engine-restarted", 40));
	region_scene_free(s);
}

static void
test_parts_of_the_account_go_on(void **state)
{
	struct scene *s = region_scene();
	const struct region_account *a = status_of(s)->accounts;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		half_a_datagram(s, i + 1);
		wait_us(s, CLOCK_MINUTE); /* told */
		say(s, 7);
		wait_us(s, 2 * CLOCK_SECOND);
		(void)restart(s);
	}
	assert_true(scene_counted(s, "fragments", 6));
	assert_true(scene_counted(s, "fragments-unjoined", 6));
	assert_true(scene_counted(s, "engine-restarted", 0));
	assert_int_equal(a[0].frames, 9);
	assert_int_equal(a[1].frames, 0);
	assert_int_equal(s->coverage_count, 1); /* COV-9 by the first alone */
	assert_true(a[0].last_us > a[0].first_us);
	region_scene_free(s);
}

static void
test_counters_that_cannot_be_begin_again(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		struct scene *s = region_scene();

		say(s, 1);
		say(s, 2);
		switch (i) {
		case 0:
			status_of(s)->counters.judged = 3;
			break;
		case 1:
			status_of(s)->counters.judged = UINT64_MAX;
			break;
		case 2:
			status_of(s)->counters.read = UINT64_MAX;
			break;
		case 3:
			memset(&status_of(s)->counters, 0xff,
			    sizeof(status_of(s)->counters));
			break;
		case 4:
			status_of(s)->fragments.expired = 1;
			break;
		default:
			status_of(s)->counters.of[COUNTER_FRAGMENTS] =
			    UINT64_MAX - 1;
			break;
		}
		(void)restart(s);
		assert_true(scene_counted(s, "counters-lost", 1));
		assert_int_equal(s->read, 0);
		say(s, 3);
		scene_finish(s);
		assert_false(s->unbalanced);
		assert_int_equal(s->read, 1);
		assert_true(scene_counted(s, "conversations", 1));
		region_scene_free(s);
	}
}

static void
test_accounts_that_cannot_be_begin_again(void **state)
{
	struct scene *s = region_scene();

	(void)state;
	say(s, 1);
	status_of(s)->accounts[1].cut = 7; /* of no frames */
	(void)restart(s);
	assert_true(scene_counted(s, "counters-lost", 1));
	assert_int_equal(status_of(s)->accounts[0].frames, 0);
	assert_int_equal(s->read, 1); /* the rest can be */
	region_scene_free(s);
}

static void
test_records_that_are_no_good_are_counted(void **state)
{
	struct scene *s = region_scene();

	(void)state;
	say(s, 1);
	say(s, 2);
	region_at(s->options.region, 1)->family = 9;
	assert_int_equal(restart(s), 1);
	assert_true(scene_counted(s, "ended-engine-restarted", 1));
	assert_true(scene_counted(s, "conversations-lost", 1));
	region_scene_free(s);
}

static void
test_an_id_is_not_taken_from_who_may_lie(void **state)
{
	static const uint64_t lies[] = { 1, 1017, UINT64_MAX,
		(UINT64_C(1) << 53) - 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct scene *s = region_scene();

		status_of(s)->next_id = lies[i];
		(void)restart(s);
		say(s, 1);
		scene_finish(s);
		assert_int_equal(s->notes[s->count - 1].id % 16, 1000 % 16);
		assert_true(s->notes[s->count - 1].id >= 1000);
		assert_true(s->notes[s->count - 1].id < UINT64_C(1) << 53);
		region_scene_free(s);
	}
}

static void
test_the_region_bounds_the_table(void **state)
{
	struct scene *s = region_scene();

	(void)state;
	s->options.conversations_max = 0; /* the default is more */
	scene_open(s);
	for (uint16_t i = 0; i < 300; i++)
		say(s, (uint16_t)(i + 1));
	assert_int_equal(restart(s), 256);
	assert_true(scene_counted(s, "ended-evicted", 44));
	region_scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_conversation_ends_by_time_without_a_frame),
		cmocka_unit_test(test_ticks_and_accounts_come_by_wall_time),
		cmocka_unit_test(test_a_silent_tap_is_watched_all_the_same),
		cmocka_unit_test(
		    test_nothing_is_concluded_from_a_tap_that_showed_nothing),
		cmocka_unit_test(test_lost_frames_leave_beginnings_unknown),
		cmocka_unit_test(test_a_step_of_the_clock_ends_nothing),
		cmocka_unit_test(
		    test_a_bad_tap_is_told_each_hour_and_not_only_at_the_end),
		cmocka_unit_test(test_ids_go_in_strides),
		cmocka_unit_test(test_who_has_forgotten_is_told_again),
		cmocka_unit_test(
		    test_open_conversations_are_closed_by_the_next_engine),
		cmocka_unit_test(
		    test_what_ended_before_the_death_is_not_closed_again),
		cmocka_unit_test(
		    test_every_frame_has_an_account_over_any_number_of_engines),
		cmocka_unit_test(test_parts_of_the_account_go_on),
		cmocka_unit_test(test_counters_that_cannot_be_begin_again),
		cmocka_unit_test(test_accounts_that_cannot_be_begin_again),
		cmocka_unit_test(test_records_that_are_no_good_are_counted),
		cmocka_unit_test(test_an_id_is_not_taken_from_who_may_lie),
		cmocka_unit_test(test_the_region_bounds_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
