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

/* ---- copies and directions */

static void
test_copies_are_a_finding_above_a_tenth_of_a_thousand(void **state)
{
	static const struct {
		uint64_t frames, copies;
		bool found;
	} cases[] = { { 1000, 101, true }, { 1000, 100, false },
		{ 999, 999, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = scene_new(0);
		const struct tap *trunk = model_tap(s->model, "trunk");
		struct coverage c;

		coverage_init(&c, s->model, &trunk, NULL, 1, NULL);
		c.sources[0].account->frames = cases[i].frames;
		for (uint64_t k = 0; k < cases[i].frames; k++)
			coverage_copy(&c, 0, k < cases[i].copies);
		coverage_tell(&c, &s->observer, (struct wall_us){ 0 });
		assert_int_equal(finding(s, CHECK_COV_4) != NULL,
		    cases[i].found);
		coverage_fini(&c);
		scene_free(s);
	}
}

static void
test_one_way_says_which_direction_is_missing(void **state)
{
	struct scene *s = scene_new(0);
	const struct coverage_finding *f;

	(void)state;
	connections(s, 30, 25);
	scene_finish(s);
	f = finding(s, CHECK_COV_2);
	assert_non_null(f);
	assert_string_equal(f->detail, "core > office; SYN-ACK");
	scene_free(s);
}

/* The answers come by another tap. */
static void
test_two_taps_of_one_direction_each_are_not_one_way(void **state)
{
	const struct scene_place transit = { .source = 1 };
	struct scene *s = scene_new(0);

	(void)state;
	for (uint16_t i = 0; i < 40; i++) {
		const uint16_t port = (uint16_t)(20000 + i);

		scene_tcp(s, office, "10.3.1.5", port, "10.1.0.10", 445, SYN, 1,
		    0, NULL);
		scene_tcp(s, transit, "10.1.0.10", 445, "10.3.1.5", port,
		    SYN | ACK, 1, 2, NULL);
		scene_tcp(s, office, "10.3.1.5", port, "10.1.0.10", 445, ACK, 2,
		    2, "x");
	}
	scene_finish(s);
	assert_null(finding(s, CHECK_COV_2));
	scene_free(s);
}

/* ---- minutes */

#define MINUTES_MAX 100

struct minutes {
	struct tap_minute all[MINUTES_MAX];
	size_t count;
};

static void
on_minute(void *context, const struct tap_minute *m)
{
	struct minutes *t = context;

	assert_true(t->count < MINUTES_MAX);
	t->all[t->count++] = *m;
}

static const struct wall_us noon = { INT64_C(1795230000000000) };

static struct wall_us
after(int64_t seconds)
{
	return (struct wall_us){ noon.us + seconds * CLOCK_SECOND };
}

static void
frame(struct coverage *c, const struct observer *o, uint32_t source,
    int64_t second)
{
	const struct frame f = { .source = source,
		.time = after(second),
		.captured = 60,
		.wire = 100 };

	coverage_time(c, o, f.time);
	(void)coverage_frame(c, &f);
}

static void
assert_minute(const struct tap_minute *m, int64_t from, int64_t until,
    uint64_t frames)
{
	assert_true(m->from.us == after(from).us);
	assert_true(m->until.us == after(until).us);
	assert_int_equal(m->frames, frames);
}

static void
test_each_minute_is_told_and_a_long_silence_as_one(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	const struct tap *taps[2] = { trunk, trunk };
	struct minutes t = { .count = 0 };
	const struct observer o = { .context = &t, .minute = on_minute };
	struct coverage c;

	(void)state;
	coverage_init(&c, s->model, taps, NULL, 2, NULL);
	frame(&c, &o, 0, 30);
	frame(&c, &o, 1, 59);
	assert_int_equal(t.count, 0);
	frame(&c, &o, 0, 60);
	coverage_undecodable(&c, 0);
	coverage_time(&c, &o, after(119));
	assert_int_equal(t.count, 1);
	assert_minute(&t.all[0], 30, 60, 2);
	assert_ptr_equal(t.all[0].tap, trunk);
	assert_int_equal(t.all[0].bytes, 200);
	assert_int_equal(t.all[0].cut, 2);
	/* Two minutes between, and then a night. */
	frame(&c, &o, 0, 245);
	assert_int_equal(t.count, 4);
	assert_minute(&t.all[1], 60, 120, 1);
	assert_int_equal(t.all[1].undecodable, 1);
	assert_minute(&t.all[2], 120, 180, 0);
	assert_minute(&t.all[3], 180, 240, 0);
	frame(&c, &o, 0, 240 + 8 * 3600);
	assert_int_equal(t.count, 6);
	assert_minute(&t.all[4], 240, 300, 1);
	assert_minute(&t.all[5], 300, 240 + 8 * 3600, 0);
	coverage_close(&c, &o, after(241 + 8 * 3600));
	assert_int_equal(t.count, 7);
	assert_minute(&t.all[6], 240 + 8 * 3600, 241 + 8 * 3600, 1);
	coverage_fini(&c);
	scene_free(s);
}

static void
test_time_that_falls_back_begins_a_minute_anew(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	struct minutes t = { .count = 0 };
	const struct observer o = { .context = &t, .minute = on_minute };
	struct coverage c;

	(void)state;
	coverage_init(&c, s->model, &trunk, NULL, 1, NULL);
	coverage_close(&c, &o, after(0)); /* there was no time yet */
	assert_int_equal(t.count, 0);
	frame(&c, &o, 0, 7200);
	frame(&c, &o, 0, 15);
	assert_int_equal(t.count, 1);
	assert_minute(&t.all[0], 7200, 7260, 1);
	/* A damaged time stands for none. */
	coverage_time(&c, &o, (struct wall_us){ INT64_MAX });
	coverage_time(&c, &o, (struct wall_us){ INT64_MIN });
	assert_int_equal(t.count, 1);
	coverage_close(&c, &o, after(15));
	assert_int_equal(t.count, 2);
	assert_minute(&t.all[1], 15, 15, 1);
	coverage_close(&c, &o, after(15)); /* nothing came of it since */
	assert_int_equal(t.count, 2);
	coverage_fini(&c);
	scene_free(s);
}

/* What is missing may come late: it is taken off what is told next. */
static void
test_less_than_was_told_is_made_up_for(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	struct minutes t = { .count = 0 };
	const struct observer o = { .context = &t, .minute = on_minute };
	struct coverage c;
	uint64_t *missing;

	(void)state;
	coverage_init(&c, s->model, &trunk, NULL, 1, NULL);
	missing = &c.sources[0].account->payload_missing;
	frame(&c, &o, 0, 0);
	*missing = 500;
	coverage_time(&c, &o, after(60));
	*missing = 200;
	coverage_time(&c, &o, after(120));
	*missing = 700;
	coverage_time(&c, &o, after(180));
	assert_int_equal(t.all[0].payload_missing, 500);
	assert_int_equal(t.all[1].payload_missing, 0);
	assert_int_equal(t.all[2].payload_missing, 200);
	coverage_fini(&c);
	scene_free(s);
}

static void
test_an_engine_goes_on_in_the_minute_of_the_one_before(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	struct region *region = region_new(16);
	struct region_status *r = region_status(region);
	struct minutes t = { .count = 0 };
	const struct observer o = { .context = &t, .minute = on_minute };

	(void)state;
	for (int engine = 0; engine < 2; engine++) {
		struct coverage c;

		coverage_init(&c, s->model, &trunk, NULL, 1, r->accounts);
		coverage_keep(&c, &r->told, r->sources);
		assert_true(coverage_inherit(&c));
		frame(&c, &o, 0, 10 + engine);
		r->sources[0].ring_drops += 5;
		r->sources[0].ring_freezes += 1;
		r->sources[0].nic_drops += 2;
		if (engine == 1)
			coverage_time(&c, &o, after(60));
		coverage_fini(&c);
	}
	assert_int_equal(t.count, 1);
	assert_minute(&t.all[0], 10, 60, 2);
	assert_int_equal(t.all[0].ring_drops, 10);
	assert_int_equal(t.all[0].ring_freezes, 2);
	assert_int_equal(t.all[0].nic_drops, 4);
	region_free(region);
	scene_free(s);
}

static void
test_what_an_engine_left_is_held_to_what_can_be(void **state)
{
	struct scene *s = scene_new(0);
	const struct tap *trunk = model_tap(s->model, "trunk");
	struct region *region = region_new(16);
	struct region_status *r = region_status(region);
	struct coverage c;

	(void)state;
	coverage_init(&c, s->model, &trunk, NULL, 1, r->accounts);
	coverage_keep(&c, &r->told, r->sources);
	r->accounts[0].frames = 9;
	r->told.minute_us = INT64_MIN;
	assert_false(coverage_inherit(&c));
	assert_int_equal(r->accounts[0].frames, 0);
	assert_true(r->told.minute_us == 0);
	r->accounts[0].frames = 9;
	r->told.until_us = CLOCK_MINUTE + 1;
	assert_false(coverage_inherit(&c));
	r->told.minute[0].copies = 1; /* of no frames */
	assert_false(coverage_inherit(&c));
	r->accounts[0].tcp_no_syn_ack = 1;
	assert_false(coverage_inherit(&c));
	assert_true(coverage_inherit(&c));
	coverage_fini(&c);
	region_free(region);
	scene_free(s);
}

static void
test_an_engine_tells_minutes_with_what_its_conversations_showed(void **state)
{
	struct scene *s = scene_new(0);
	struct tap_minute sum = { .tap = NULL };

	(void)state;
	connections(s, 3, 1);
	download(s, 10, 5); /* two of ten segments are lost */
	s->us += 3 * CLOCK_MINUTE;
	scene_tcp(s, office, "10.3.1.5", 9, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_finish(s);
	assert_true(s->minute_count >= 4 * 3);
	for (size_t i = 0; i < s->minute_count; i++) {
		const struct tap_minute *m = &s->minutes[i];

		if (strcmp(m->tap->id, "trunk") != 0) {
			assert_int_equal(m->frames, 0);
			continue;
		}
		sum.frames += m->frames;
		sum.payload_seen += m->payload_seen;
		sum.payload_missing += m->payload_missing;
		sum.tcp_conversations += m->tcp_conversations;
		sum.tcp_one_way += m->tcp_one_way;
		sum.conversations += m->conversations;
		sum.unclassified += m->unclassified;
		sum.syns += m->syns;
		sum.syn_acks += m->syn_acks;
	}
	assert_int_equal(sum.frames, 8 + 2 + 18 + 1);
	assert_int_equal(sum.payload_seen, 3 + 8000);
	assert_int_equal(sum.payload_missing, 2000);
	assert_int_equal(sum.tcp_conversations, 4);
	assert_int_equal(sum.tcp_one_way, 1);
	assert_int_equal(sum.conversations, 4);
	assert_int_equal(sum.unclassified, 4);
	assert_int_equal(sum.syns, 5);
	assert_int_equal(sum.syn_acks, 3);
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
		cmocka_unit_test(
		    test_copies_are_a_finding_above_a_tenth_of_a_thousand),
		cmocka_unit_test(test_one_way_says_which_direction_is_missing),
		cmocka_unit_test(
		    test_two_taps_of_one_direction_each_are_not_one_way),
		cmocka_unit_test(
		    test_each_minute_is_told_and_a_long_silence_as_one),
		cmocka_unit_test(
		    test_time_that_falls_back_begins_a_minute_anew),
		cmocka_unit_test(test_less_than_was_told_is_made_up_for),
		cmocka_unit_test(
		    test_an_engine_goes_on_in_the_minute_of_the_one_before),
		cmocka_unit_test(
		    test_what_an_engine_left_is_held_to_what_can_be),
		cmocka_unit_test(
		    test_an_engine_tells_minutes_with_what_its_conversations_showed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
