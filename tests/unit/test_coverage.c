/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a tap is accused, and when not yet. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_scene.h"
#include "coverage.h"

#define SYN TCP_SYN
#define ACK TCP_ACK
#define FLOOR 2 /* the source whose tap stands on office's segment */

static const struct scene_place office = { .vlan = 300 };
static const struct scene_place core = { .vlan = 110 };
static const struct scene_place floor_tap = { .source = FLOOR,
	.no_router = true };

/* The finding of that check, or NULL. */
static const struct coverage_finding *
finding(const struct scene *s, enum check check)
{
	for (size_t i = 0; i < s->coverage_count; i++)
		if (s->coverage[i].check == check)
			return &s->coverage[i];
	return NULL;
}

static void
test_a_boundary_without_a_tap_is_said_once(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	for (int i = 0; i < 3; i++)
		scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	scene_finish(s);
	assert_int_equal(s->coverage_count, 1);
	assert_int_equal(s->coverage[0].check, CHECK_COV_9);
	assert_int_equal(s->coverage[0].severity, SEVERITY_HIGH);
	assert_string_equal(s->coverage[0].boundary->id, "dark");
	assert_null(s->coverage[0].tap);
	scene_free(s);
}

/* count connections to port 445, the answer unseen for the first one_way. */
static void
connections(struct scene *s, int count, int one_way)
{
	for (int i = 0; i < count; i++) {
		const uint16_t port = (uint16_t)(20000 + i);

		scene_tcp(s, office, "10.3.1.5", port, "10.1.0.10", 445, SYN, 1,
		    0, NULL);
		if (i >= one_way)
			scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", port,
			    SYN | ACK, 1, 2, NULL);
		scene_tcp(s, office, "10.3.1.5", port, "10.1.0.10", 445, ACK, 2,
		    2, "x");
	}
}

static void
test_one_way_is_a_finding_above_half_of_twenty(void **state)
{
	static const struct {
		int count, one_way;
		bool found;
	} cases[] = { { 20, 11, true }, { 20, 10, false }, { 19, 19, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_new(0);
		const struct coverage_finding *f;

		connections(s, cases[i].count, cases[i].one_way);
		scene_finish(s);
		f = finding(s, CHECK_COV_2);
		assert_int_equal(f != NULL, cases[i].found);
		if (f) {
			assert_int_equal(f->severity, SEVERITY_HIGH);
			assert_int_equal(f->counted, 11);
			assert_int_equal(f->of, 20);
			assert_string_equal(f->tap->id, "trunk");
		}
		scene_free(s);
	}
}

static void
test_attempts_alone_are_not_one_way(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	for (uint16_t i = 0; i < 50; i++)
		scene_tcp(s, office, "10.3.1.5", i, "10.1.0.10", 445, SYN, 1, 0,
		    NULL);
	scene_finish(s);
	assert_null(finding(s, CHECK_COV_2));
	scene_free(s);
}

/* A download of 1000-byte segments of which every nth is not captured. */
static void
download(struct scene *s, int segments, int nth)
{
	static char payload[1001];
	uint32_t seq = 2;

	memset(payload, 'x', 1000);
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, SYN | ACK, 1, 2,
	    NULL);
	for (int i = 1; i <= segments; i++, seq += 1000) {
		if (i % nth != 0)
			scene_tcp(s, core, "10.1.0.10", 445, "10.3.1.5", 5, ACK,
			    seq, 2, payload);
		scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, ACK, 2,
		    seq + 1000, NULL);
	}
}

static void
test_lost_bytes_are_a_finding_by_share_and_amount(void **state)
{
	static const struct {
		int segments, nth;
		enum severity severity;
	} cases[] = {
		{ 200, 1000, SEVERITY_NONE }, /* none lost */
		{ 200, 101, SEVERITY_NONE },  /* 0.5 % */
		{ 200, 50, SEVERITY_MEDIUM }, /* 2 % */
		{ 200, 10, SEVERITY_HIGH },   /* 10 % */
		{ 90, 10, SEVERITY_NONE },    /* too little to say */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_new(0);
		const struct coverage_finding *f;

		download(s, cases[i].segments, cases[i].nth);
		scene_finish(s);
		f = finding(s, CHECK_COV_1);
		assert_int_equal(f ? f->severity : SEVERITY_NONE,
		    cases[i].severity);
		scene_free(s);
	}
}

static void
test_cut_frames_are_a_finding_from_twenty(void **state)
{
	(void)state;
	for (int cut = 19; cut <= 20; cut++) {
		struct scene *s = scene_new(0);

		for (int i = 0; i < cut; i++) {
			scene_ethernet(s, 300, false, 0x0800);
			scene_ip(s, "10.3.1.5", "10.3.1.6", 17, 58, 1, 0);
			scene_u16(s, 5);
			scene_u16(s, 5);
			scene_u16(s, 58);
			scene_u16(s, 0);
			s->length += 50;
			scene_send(s, 0, s->length - 10);
		}
		scene_finish(s);
		assert_int_equal(finding(s, CHECK_COV_8) != NULL, cut == 20);
		scene_free(s);
	}
}

static void
test_a_tap_that_sees_none_of_its_zone_is_misplaced(void **state)
{
	struct scene *s = scene_new(0);
	const struct coverage_finding *f;

	(void)state;
	for (int i = 0; i < 50; i++)
		scene_udp(s, floor_tap, i < 24 ? "10.3.1.5" : "10.2.1.5", 5,
		    "10.1.0.6", 5, "x", 1);
	scene_finish(s);
	f = finding(s, CHECK_COV_10);
	assert_non_null(f);
	assert_int_equal(f->counted, 26);
	assert_int_equal(f->of, 50);
	assert_string_equal(f->tap->id, "floor");
	scene_free(s);
}

static void
test_routed_and_link_local_frames_accuse_no_tap(void **state)
{
	const struct scene_place routed = { .source = FLOOR,
		.from_router = true };
	struct scene *s = scene_new(0);

	(void)state;
	for (int i = 0; i < 60; i++) {
		/* Carried by the declared router of the segment. */
		scene_udp(s, routed, "10.2.1.5", 5, "10.1.0.6", 5, "x", 1);
		scene_udp(s, floor_tap, "169.254.1.1", 5, "10.1.0.6", 5, "x",
		    1);
		scene_udp(s, floor_tap, "10.2.1.5", 5, "224.0.0.251", 5, "x",
		    1);
	}
	scene_finish(s);
	assert_null(finding(s, CHECK_COV_10));
	scene_free(s);
}

static void
test_undeclared_tags_say_that_a_trunk_is_misplaced(void **state)
{
	const struct scene_place other = { .vlan = 999 };
	const struct scene_place untagged = { .source = 0 };
	struct scene *s = scene_new(0);
	const struct coverage_finding *f;

	(void)state;
	for (int i = 0; i < 26; i++)
		scene_udp(s, other, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	for (int i = 0; i < 24; i++)
		scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	for (int i = 0; i < 100; i++)
		scene_udp(s, untagged, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	scene_finish(s);
	f = finding(s, CHECK_COV_10);
	assert_non_null(f);
	assert_int_equal(f->counted, 26);
	assert_int_equal(f->of, 50);
	scene_free(s);
}

static void
test_two_files_of_one_tap_are_one_finding(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	const struct tap *taps[2] = { trunk, trunk };
	struct coverage c;
	struct observer o = s->observer;

	(void)state;
	coverage_init(&c, s->model, taps, NULL, 2, NULL);
	for (int i = 0; i < 2; i++) {
		c.sources[i].account->tcp_conversations = 15;
		c.sources[i].account->tcp_one_way = 15;
	}
	coverage_tell(&c, &o, (struct wall_us){ 0 });
	assert_int_equal(s->coverage_count, 1);
	assert_int_equal(s->coverage[0].of, 30);
	coverage_fini(&c);
	scene_free(s);
}

static void
test_time_that_steps_back_is_counted_by_file(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	s->us -= CLOCK_SECOND;
	scene_udp(s, floor_tap, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 5, "x", 1);
	scene_finish(s);
	assert_true(scene_counted(s, "time-backward", 1));
	assert_true(scene_counted(s, "time-restarted", 0));
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_boundary_without_a_tap_is_said_once),
		cmocka_unit_test(
		    test_one_way_is_a_finding_above_half_of_twenty),
		cmocka_unit_test(test_attempts_alone_are_not_one_way),
		cmocka_unit_test(
		    test_lost_bytes_are_a_finding_by_share_and_amount),
		cmocka_unit_test(test_cut_frames_are_a_finding_from_twenty),
		cmocka_unit_test(
		    test_a_tap_that_sees_none_of_its_zone_is_misplaced),
		cmocka_unit_test(
		    test_routed_and_link_local_frames_accuse_no_tap),
		cmocka_unit_test(
		    test_undeclared_tags_say_that_a_trunk_is_misplaced),
		cmocka_unit_test(test_two_files_of_one_tap_are_one_finding),
		cmocka_unit_test(test_time_that_steps_back_is_counted_by_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
