/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which frames are copies: by place, MACs, TTL and bytes; what a host may say
 * twice; what is learnt of a port and forgotten again. Shares over mixed
 * traffic are measured by tests/property/duplicates.py.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "duplicate.h"
#include "engine_scene.h"
#include "frame_build.h"

#define LATE 1000 /* microseconds: a copy comes so much later */

enum { TRUNK, TRANSIT, FLOOR };

/* A frame of the tests, in one line. */
struct shot {
	uint16_t tags[2]; /* 0: none */
	uint16_t id;
	uint8_t ttl; /* 0: 64 */
	uint8_t host;
	bool six, group, tcp;
	uint8_t word;  /* what the payload is made of */
	uint32_t wire; /* padded to so much */
	uint32_t cut;  /* captured, 0: all */
};

struct state {
	struct model *m;
	const struct tap *taps[3];
	struct duplicates *d;
	int64_t us;
	struct build b;
};

static void
fresh(struct state *s)
{
	const uint8_t secret[16] = "duplicate";

	duplicate_free(s->d);
	s->d = duplicate_new(s->m, secret);
	s->us = INT64_C(1795222800) * CLOCK_SECOND;
}

static int
setup(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->m = scene_load(scene_model_text);
	scene_find_taps(s->m, s->taps);
	fresh(s);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct state *s = *state;

	duplicate_free(s->d);
	model_free(s->m);
	free(s);
	return 0;
}

static void
put_network(struct build *b, const struct shot *shot)
{
	const size_t upper = shot->tcp ? 20 : 8, n = 32;

	if (shot->six) {
		build_ip6(b, shot->tcp ? 6 : 17, upper + n);
	} else {
		const size_t at = b->length;

		build_ip4(b, shot->tcp ? 6 : 17, upper + n, 0);
		b->bytes[at + 4] = (uint8_t)(shot->id >> 8);
		b->bytes[at + 5] = (uint8_t)shot->id;
		b->bytes[at + 8] = shot->ttl ? shot->ttl : 64;
	}
	build_u16(b, 40000);
	build_u16(b, 443);
	if (shot->tcp) {
		build_u32(b, 1000);
		build_u32(b, 2000);
		build_u16(b, 0x5010);
		build_fill(b, 0, 6);
	} else {
		build_u16(b, (unsigned)(8 + n));
		build_u16(b, 0);
	}
	build_fill(b, shot->word, n);
}

static enum duplicate
show(struct state *s, unsigned tap, const struct shot *shot)
{
	struct frame f = { .time = { s->us }, .link_type = 1 };
	struct build *b = &s->b;
	const struct zone *segment;
	enum duplicate kind;
	struct packet p;
	uint16_t vlan;
	uint8_t *exact;

	b->length = 0;
	build_u32(b, shot->group ? 0x01005e00 : 0x02000000);
	build_u16(b, 1);
	build_u32(b, 0x02000000);
	build_u16(b, 0x100u + shot->host);
	for (int i = 0; i < 2 && shot->tags[i]; i++) {
		build_u16(b, 0x8100);
		build_u16(b, shot->tags[i]);
	}
	build_u16(b, shot->six ? 0x86dd : 0x0800);
	put_network(b, shot);
	if (shot->wire > b->length)
		build_fill(b, 0xee, shot->wire - b->length);
	f.wire = (uint32_t)b->length;
	f.captured = shot->cut ? shot->cut : f.wire;
	exact = malloc(f.captured);
	if (!exact)
		abort();
	memcpy(exact, b->bytes, f.captured);
	f.bytes = exact;
	(void)decode_frame(1, exact, f.captured, f.wire, &p);
	segment = locate_segment(s->taps[tap], p.tags, p.tag_count, &vlan,
	    NULL);
	kind = duplicate_frame(s->d, s->taps[tap], segment, vlan, &f, &p);
	free(exact);
	return kind;
}

/* Whether b is a copy of a, a millisecond later. */
static bool
is_copy(struct state *s, unsigned tap_a, const struct shot *a, unsigned tap_b,
    const struct shot *b)
{
	bool copy;

	fresh(s);
	assert_false(show(s, tap_a, a));
	s->us += LATE;
	copy = show(s, tap_b, b) != DUPLICATE_NONE;
	return copy;
}

/* The port doubles n frames, each of its own. */
static void
teach(struct state *s, unsigned tap, uint16_t vlan, unsigned n, unsigned times)
{
	struct shot shot = { .tags = { vlan } };

	for (unsigned i = 0; i < n; i++) {
		shot.id = (uint16_t)(1000 + i);
		for (unsigned t = 0; t < times; t++) {
			(void)show(s, tap, &shot);
			s->us += 50;
		}
		s->us += 2 * DUPLICATE_WINDOW_US;
	}
}

/* ---- likeness */

static void
test_the_same_frame_again_is_a_copy_however_often(void **state)
{
	struct state *s = *state;
	const struct shot shot = { .id = 7, .tags = { 300 } };

	fresh(s);
	assert_int_equal(show(s, TRUNK, &shot), DUPLICATE_NONE);
	assert_int_equal(show(s, TRUNK, &shot), DUPLICATE_AGAIN);
	s->us += LATE;
	assert_int_equal(show(s, TRUNK, &shot), DUPLICATE_AGAIN);
	assert_int_equal(duplicate_overrun(s->d), 0);
}

static void
test_another_ttl_mac_vlan_or_word_is_no_copy(void **state)
{
	struct state *s = *state;
	const struct shot one = { .id = 7, .tags = { 300 } };
	const struct shot others[] = {
		{ .id = 7, .tags = { 300 }, .ttl = 63 },
		{ .id = 7, .tags = { 300 }, .host = 1 },
		{ .id = 7, .tags = { 110 } },
		{ .id = 7, .tags = { 300 }, .word = 1 },
		{ .id = 8, .tags = { 300 } },
		{ .id = 7, .tags = { 300 }, .group = true },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(is_copy(s, TRUNK, &one, TRUNK, &others[i]));
	assert_true(is_copy(s, TRUNK, &one, TRUNK, &one));
}

static void
test_tags_that_map_to_nothing_and_padding_do_not_matter(void **state)
{
	struct state *s = *state;
	const struct shot bare = { .id = 7 };
	const struct shot dressed = { .id = 7, .tags = { 999 } };
	const struct shot office = { .id = 7, .tags = { 300 } };
	const struct shot remote = { .id = 7, .tags = { 999, 300 } };
	const struct shot padded = { .id = 7, .wire = 110 };

	assert_true(is_copy(s, FLOOR, &bare, FLOOR, &dressed));
	assert_true(is_copy(s, TRANSIT, &bare, TRANSIT, &dressed));
	assert_true(is_copy(s, TRUNK, &office, TRUNK, &remote));
	assert_true(is_copy(s, FLOOR, &bare, FLOOR, &padded));
	/* On a trunk a bare frame is of another place. */
	assert_false(is_copy(s, TRUNK, &office, TRUNK, &bare));
}

static void
test_another_tap_of_the_segment_shows_the_same(void **state)
{
	struct state *s = *state;
	const struct shot tagged = { .id = 7, .tags = { 300 } };
	const struct shot bare = { .id = 7 };

	fresh(s);
	assert_int_equal(show(s, TRUNK, &tagged), DUPLICATE_NONE);
	assert_int_equal(show(s, FLOOR, &bare), DUPLICATE_AWAY);
	assert_int_equal(show(s, FLOOR, &bare), DUPLICATE_AGAIN);
	assert_int_equal(show(s, TRUNK, &tagged), DUPLICATE_AGAIN);
	/* Transit is a place of its own. */
	assert_int_equal(show(s, TRANSIT, &bare), DUPLICATE_NONE);
}

static void
test_a_frame_cut_shorter_is_the_same_frame(void **state)
{
	struct state *s = *state;
	const struct shot whole = { .id = 7, .wire = 400 };
	const struct shot cut = { .id = 7, .wire = 400, .cut = 76 };
	const struct shot other = { .id = 9, .wire = 400, .cut = 76 };

	assert_true(is_copy(s, FLOOR, &cut, FLOOR, &cut));
	assert_false(is_copy(s, FLOOR, &whole, FLOOR, &other));
	/* So short that it cannot be told. */
	assert_false(is_copy(s, FLOOR, &whole, FLOOR,
	    &(struct shot){ .id = 7, .wire = 400, .cut = 40 }));
}

static void
test_a_frame_cut_within_its_payload_is_the_same_frame(void **state)
{
	struct state *s = *state;
	const struct shot whole = { .id = 7, .tcp = true };
	const struct shot cut = { .id = 7, .tcp = true, .cut = 80 };

	assert_true(is_copy(s, FLOOR, &whole, FLOOR, &cut));
	assert_true(is_copy(s, FLOOR, &cut, FLOOR, &whole));
}

/* ---- time */

static void
test_what_comes_later_than_a_port_delays_is_said_again(void **state)
{
	struct state *s = *state;
	const struct shot shot = { .id = 7 };

	fresh(s);
	assert_false(show(s, FLOOR, &shot));
	s->us += DUPLICATE_WINDOW_US;
	assert_true(show(s, FLOOR, &shot));
	s->us += 1; /* of the first, not of the copy */
	assert_false(show(s, FLOOR, &shot));
}

static void
test_time_may_step_back(void **state)
{
	struct state *s = *state;
	const struct shot shot = { .id = 7 };

	fresh(s);
	assert_false(show(s, FLOOR, &shot));
	s->us -= LATE;
	assert_true(show(s, FLOOR, &shot));
	s->us -= CLOCK_DAY;
	assert_false(show(s, FLOOR, &shot));
	assert_true(show(s, FLOOR, &shot));
}

static void
test_a_window_that_overflows_is_counted(void **state)
{
	struct state *s = *state;
	struct shot shot = { .id = 1 };

	fresh(s);
	for (unsigned i = 0; i < DUPLICATE_FRAMES_MAX + 3; i++) {
		shot.id = (uint16_t)(i % 60000 + 1);
		shot.host = (uint8_t)(i / 60000);
		assert_false(show(s, FLOOR, &shot));
	}
	assert_int_equal(duplicate_overrun(s->d), 3);
	assert_int_equal(duplicate_overrun(s->d), 0); /* said once */
	assert_true(show(s, FLOOR, &shot));
}

/* ---- what hosts say twice */

static void
test_a_host_may_say_the_same_again_without_an_identification(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .id = 0 }, six = { .six = true };
	const struct shot segment = { .six = true, .tcp = true };

	assert_false(is_copy(s, FLOOR, &beat, FLOOR, &beat));
	assert_false(is_copy(s, FLOOR, &six, FLOOR, &six));
	assert_false(is_copy(s, FLOOR, &segment, FLOOR, &segment));
}

static void
test_a_port_that_doubles_doubles_these_too_but_no_more_often(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .six = true };

	fresh(s);
	teach(s, FLOOR, 0, 8, 2);
	assert_false(show(s, FLOOR, &beat));
	assert_true(show(s, FLOOR, &beat));  /* the port's */
	assert_false(show(s, FLOOR, &beat)); /* the host's second */
	assert_true(show(s, FLOOR, &beat));
	assert_false(show(s, FLOOR, &beat));
}

static void
test_a_port_that_shows_all_thrice(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .id = 0 };

	fresh(s);
	teach(s, TRUNK, 300, 8, 3);
	for (int i = 0; i < 9; i++)
		assert_int_equal(show(s, TRUNK,
				     &(struct shot){ .tags = { 300 } }) != 0,
		    i % 3 != 0);
	/* Nothing is known of another VLAN, nor of another tap. */
	assert_false(is_copy(s, FLOOR, &beat, FLOOR, &beat));
}

static void
test_copies_come_no_later_than_they_did(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .six = true };

	fresh(s);
	teach(s, FLOOR, 0, 8, 2); /* 50 microseconds late */
	assert_false(show(s, FLOOR, &beat));
	s->us += 2000;
	assert_false(show(s, FLOOR, &beat));
}

static void
test_what_was_learnt_is_forgotten_when_the_port_stops(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .six = true };

	fresh(s);
	teach(s, FLOOR, 0, 40, 2);
	teach(s, FLOOR, 0, 100, 1);
	assert_false(show(s, FLOOR, &beat));
	assert_false(show(s, FLOOR, &beat));
	teach(s, FLOOR, 0, 8, 2);
	s->us += DUPLICATE_LEARNT_US + 1;
	assert_false(show(s, FLOOR, &beat));
	assert_false(show(s, FLOOR, &beat));
}

static void
test_frames_to_groups_are_held_against_the_others_until_known(void **state)
{
	struct state *s = *state;
	const struct shot flooded = { .six = true, .group = true };
	struct shot single = { .group = true };

	fresh(s);
	teach(s, FLOOR, 0, 8, 2);
	assert_false(show(s, FLOOR, &flooded));
	assert_true(show(s, FLOOR, &flooded));
	s->us += 2 * DUPLICATE_WINDOW_US;
	for (unsigned i = 1; i < 9; i++) { /* these are not doubled */
		single.id = (uint16_t)i;
		assert_false(show(s, FLOOR, &single));
	}
	assert_false(show(s, FLOOR, &flooded));
	assert_false(show(s, FLOOR, &flooded));
}

static void
test_a_second_tap_is_learnt_of_apart(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .six = true };
	const struct shot there = { .six = true, .tags = { 300 } };
	struct shot shot = { .id = 0 };

	fresh(s);
	for (unsigned i = 1; i < 9; i++) {
		shot.id = (uint16_t)i;
		shot.tags[0] = 300;
		assert_int_equal(show(s, TRUNK, &shot), DUPLICATE_NONE);
		shot.tags[0] = 0;
		assert_int_equal(show(s, FLOOR, &shot), DUPLICATE_AWAY);
	}
	/* Said twice, shown by both taps: two originals. */
	assert_int_equal(show(s, TRUNK, &there), DUPLICATE_NONE);
	assert_int_equal(show(s, TRUNK, &there), DUPLICATE_NONE);
	assert_int_equal(show(s, FLOOR, &beat), DUPLICATE_AWAY);
	assert_int_equal(show(s, FLOOR, &beat), DUPLICATE_AWAY);
	assert_int_equal(show(s, FLOOR, &beat), DUPLICATE_NONE);
}

static void
test_a_flood_of_the_same_costs_little_and_stays(void **state)
{
	struct state *s = *state;
	const struct shot beat = { .id = 0 };

	fresh(s);
	for (unsigned i = 0; i < 200000; i++)
		assert_false(show(s, FLOOR, &beat));
	s->us += 2 * DUPLICATE_WINDOW_US;
	assert_false(show(s, FLOOR, &beat));
}

static void
test_another_model_goes_on_by_name(void **state)
{
	struct state *s = *state;
	const struct shot shot = { .id = 7, .tags = { 300 } };
	const struct shot beat = { .six = true, .tags = { 300 } };
	struct model *next = scene_load(scene_model_text);

	fresh(s);
	teach(s, TRUNK, 300, 8, 2);
	assert_false(show(s, TRUNK, &shot));
	duplicate_reload(s->d, next);
	model_free(s->m);
	s->m = next;
	scene_find_taps(next, s->taps);
	assert_int_equal(show(s, TRUNK, &shot), DUPLICATE_AGAIN);
	assert_false(show(s, TRUNK, &beat));
	assert_true(show(s, TRUNK, &beat));
}

/* Whatever is cut where: no byte beyond what was captured is read, and the
 * same cut is the same frame. */
static void
test_every_cut_of_a_frame_is_a_copy_of_itself(void **state)
{
	struct state *s = *state;

	for (uint32_t cut = 1; cut < 94; cut++) {
		const struct shot shot = { .id = 7, .cut = cut };
		const struct shot six = { .six = true, .cut = cut };

		fresh(s);
		(void)show(s, FLOOR, &shot);
		assert_int_equal(show(s, FLOOR, &shot) != 0, cut >= 34);
		(void)show(s, FLOOR, &six);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_the_same_frame_again_is_a_copy_however_often),
		cmocka_unit_test(test_another_ttl_mac_vlan_or_word_is_no_copy),
		cmocka_unit_test(
		    test_tags_that_map_to_nothing_and_padding_do_not_matter),
		cmocka_unit_test(
		    test_another_tap_of_the_segment_shows_the_same),
		cmocka_unit_test(test_a_frame_cut_shorter_is_the_same_frame),
		cmocka_unit_test(
		    test_a_frame_cut_within_its_payload_is_the_same_frame),
		cmocka_unit_test(
		    test_what_comes_later_than_a_port_delays_is_said_again),
		cmocka_unit_test(test_time_may_step_back),
		cmocka_unit_test(test_a_window_that_overflows_is_counted),
		cmocka_unit_test(
		    test_a_host_may_say_the_same_again_without_an_identification),
		cmocka_unit_test(
		    test_a_port_that_doubles_doubles_these_too_but_no_more_often),
		cmocka_unit_test(test_a_port_that_shows_all_thrice),
		cmocka_unit_test(test_copies_come_no_later_than_they_did),
		cmocka_unit_test(
		    test_what_was_learnt_is_forgotten_when_the_port_stops),
		cmocka_unit_test(
		    test_frames_to_groups_are_held_against_the_others_until_known),
		cmocka_unit_test(test_a_second_tap_is_learnt_of_apart),
		cmocka_unit_test(
		    test_a_flood_of_the_same_costs_little_and_stays),
		cmocka_unit_test(test_another_model_goes_on_by_name),
		cmocka_unit_test(test_every_cut_of_a_frame_is_a_copy_of_itself),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
