/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another model under conversations that are open. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_play.h"
#include "flow.h"
#include "region.h"

#define TEXT_MAX 16384

/* ---- models */

/* The town with one place of its text changed; of no use beyond the next. */
static const char *
edited(const char *from, const char *to)
{
	static char text[TEXT_MAX];
	const char *at = strstr(scene_model_text, from);

	assert_non_null(at);
	(void)snprintf(text, sizeof(text), "%.*s%s%s",
	    (int)(at - scene_model_text), scene_model_text, to,
	    at + strlen(from));
	return text;
}

/* Takes the model of that text; the old one is gone at once, so that the
 * address sanitizer sees who still looks at it. */
static void
reload(struct scene *s, const char *text)
{
	struct model *m = scene_load(text);

	scene_find_taps(m, s->taps);
	s->options.generation++;
	engine_reload(s->engine, m, s->taps, s->options.generation);
	model_free(s->model);
	s->model = m;
}

static void
reload_same(struct scene *s)
{
	reload(s, scene_model_text);
}

#define WITHOUT_DNS                                                             \
	edited(                                                                 \
	    "\"hosts\":[\"172.20.0.53\"]},\"services\":[{\"protocol\":\"udp\"", \
	    "\"hosts\":[\"172.20.0.54\"]},\"services\":[{\"protocol\":\"udp\"")

/* ---- the same model */

/* What is told of that play when the model is taken again each few steps. */
static struct scene *
played(uint64_t seed, int steps, int each)
{
	struct scene *s = scene_new(0);
	struct player player = { .seed = seed };
	int since = 0;

	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	for (int i = 0; i < steps; i++) {
		play(s, &player);
		if (each && ++since == each) {
			reload_same(s);
			since = 0;
		}
	}
	scene_finish(s);
	assert_false(s->unbalanced);
	return s;
}

static void
same_notes(const struct scene *a, const struct scene *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		struct scene_note x = a->notes[i], y = b->notes[i];

		x.tap = y.tap = NULL;
		assert_memory_equal(&x, &y, sizeof(x));
	}
	assert_string_equal(a->counters, b->counters);
	assert_int_equal(a->coverage_count, b->coverage_count);
}

/* The last tally's judgements differ, since each look is one. */
static void
forget_judgements(struct scene *s)
{
	char *at = strstr(s->counters, "judgements=");
	char *end = at ? strchr(at, ' ') : NULL;

	assert_non_null(end);
	memmove(at, end, strlen(end) + 1);
}

static void
test_the_same_model_again_changes_no_line(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 14; seed++) {
		struct scene *a = played(seed, 400, 0);
		struct scene *b = played(seed, 400, 1 + (int)(seed % 7) * 5);

		forget_judgements(a);
		forget_judgements(b);
		same_notes(a, b);
		scene_free(a);
		scene_free(b);
	}
}

static void
test_a_thousand_models_are_as_one(void **state)
{
	struct scene *a = played(77, 1000, 0);
	struct scene *b = played(77, 1000, 1);

	(void)state;
	forget_judgements(a);
	forget_judgements(b);
	same_notes(a, b);
	scene_free(a);
	scene_free(b);
}

/* ---- another model */

/* Asked and answered on both sides, so that all that counts is known. */
static struct scene *
dns_scene(const char *text)
{
	struct scene *s = scene_new(0);

	if (text)
		reload(s, text);
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	s->us += 2 * FLOW_UDP_US;
	scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 33333,
	    dns_reply, sizeof(dns_reply));
	return s;
}

static void
look(struct scene *s)
{
	s->us += CLOCK_SECOND;
	engine_time(s->engine, (struct wall_us){ s->us });
}

static void
test_a_withdrawn_conduit_makes_a_violation_at_once(void **state)
{
	struct scene *s = dns_scene(NULL);
	const struct scene_note *n = scene_last(s, OBSERVATION_FIRST, 0);

	(void)state;
	assert_int_equal(n->kind, VERDICT_CONFORM);
	s->count = 0;
	reload(s, WITHOUT_DNS);
	assert_int_equal(s->count, 0);
	look(s); /* without a packet of it */
	n = scene_last(s, OBSERVATION_UPDATE, 0);
	assert_non_null(n);
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	assert_int_equal(n->check, CHECK_SEG_2);
	scene_finish(s);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, n->id)->kind,
	    VERDICT_VIOLATE);
	scene_free(s);
}

static void
test_an_added_conduit_makes_it_conform(void **state)
{
	struct scene *s = dns_scene(WITHOUT_DNS);
	const struct scene_note *n = scene_last(s, OBSERVATION_UPDATE, 0);

	(void)state;
	assert_int_equal(n->kind, VERDICT_VIOLATE);
	reload_same(s);
	s->us += CLOCK_SECOND;
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query)); /* with its next packet */
	n = scene_last(s, OBSERVATION_UPDATE, n->id);
	assert_non_null(n);
	assert_int_equal(n->kind, VERDICT_CONFORM);
	assert_string_equal(n->clause, "dns");
	scene_finish(s);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, n->id)->kind,
	    VERDICT_CONFORM);
	scene_free(s);
}

static void
test_a_conversation_ends_with_its_boundary(void **state)
{
	struct scene *s = dns_scene(NULL);

	(void)state;
	s->count = 0;
	reload(s, edited("{\"id\":\"main\",", "{\"id\":\"other\","));
	/* Under the model by which it was judged until then. */
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	assert_int_equal(s->notes[1].ending, ENDING_SHUTDOWN);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1002)->kind,
	    VERDICT_CONFORM);
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 3);
	assert_false(s->unbalanced);
	scene_free(s);
}

static void
test_boundaries_may_change_their_order(void **state)
{
	static const char dark[] = ",{\"id\":\"dark\",\"zones\":[\"core\","
				   "\"lg\"]}],\"proxies\"";
	static char text[TEXT_MAX];
	struct scene *s = dns_scene(NULL);
	const char *without = edited(dark, "],\"proxies\"");
	const char *at = strstr(without, "\"boundaries\":[");

	(void)state;
	(void)snprintf(text, sizeof(text),
	    "%.*s\"boundaries\":[{\"id\":\"dark\",\"zones\":[\"core\",\"lg\"]},"
	    "%s",
	    (int)(at - without), without, at + strlen("\"boundaries\":["));
	ftp(s, 7, 0);
	s->count = 0;
	reload(s, text);
	reload_same(s);
	reload(s, text);
	ftp(s, 7, 1);
	s->us += CLOCK_SECOND;
	scene_udp(s, lg_router, "172.20.0.53", 53, "10.2.0.53", 33333,
	    dns_reply, sizeof(dns_reply));
	scene_finish(s);
	assert_int_equal(s->count, 3); /* no more and no fewer */
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1002)->packets[1], 2);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1002)->kind,
	    VERDICT_CONFORM);
	assert_int_equal(s->coverage_count, 1); /* "dark" was told of */
	scene_free(s);
}

static void
test_a_tap_that_is_gone_shows_nothing_any_more(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, floor_tap, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	scene_tcp(s, core_router, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	scene_udp(s, floor_tap, "10.3.1.5", 5, "10.1.0.10", 53, "x", 1);
	reload(s, edited("{\"id\":\"floor\",", "{\"id\":\"storey\","));
	scene_tcp(s, floor_tap, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	assert_int_equal(s->tallies, 1); /* the last word on that tap */
	scene_finish(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_string_equal(n->tap, "trunk");
	assert_int_equal(n->sightings, 1);
	assert_int_equal(n->frames, 2);
	assert_int_equal(n->passed, PASSED_YES);
	n = scene_last(s, OBSERVATION_FINAL, 1001);
	assert_int_equal(n->sightings, 0);
	assert_true(scene_counted(s, "tap-unknown", 1));
	assert_true(scene_counted(s, "sightings-full", 2));
	assert_false(s->unbalanced);
	scene_free(s);
}

static void
test_a_place_that_is_declared_otherwise_is_seen_anew(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_tcp(s, core_router, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	/* Another router in core: what was counted of it there is void. */
	reload(s, edited("02:00:00:00:01:01", "02:00:00:00:01:02"));
	s->us += CLOCK_SECOND;
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0, NULL);
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->sightings, 1);
	assert_int_equal(n->passed, PASSED_UNKNOWN);
	assert_int_equal(n->packets[0], 2);
	scene_free(s);
}

static void
test_a_way_goes_on_where_its_place_is_gone(void **state)
{
	struct scene *s = scene_new(0);
	const struct scene_note *n;

	(void)state;
	scene_tcp(s, floor_tap, "10.3.1.5", 5, "10.1.0.10", 445, SYN, 1, 0,
	    NULL);
	reload(s, edited("{\"id\":\"floor\",", "{\"id\":\"storey\","));
	scene_tcp(s, office, "10.3.1.5", 5, "10.1.0.10", 445, ACK, 2, 10,
	    "hello");
	scene_finish(s);
	n = scene_last(s, OBSERVATION_FINAL, 1000);
	assert_int_equal(n->packets[0], 2);
	assert_int_equal(n->outcome, OUTCOME_ANSWERED);
	scene_free(s);
}

static void
test_a_zone_that_moved_is_found_by_address(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	scene_udp(s, office, "10.3.1.5", 5, "10.3.1.6", 53, "x", 1);
	reload(s,
	    edited(
		"[\"10.2.0.0/16\"]},{\"id\":\"office\",\"tier\":\"internet\","
		"\"networks\":[\"10.3.0.0/16\"",
		"[\"10.2.0.0/16\",\"10.3.1.6/32\"]},{\"id\":\"office\","
		"\"tier\":\"internet\",\"networks\":[\"10.3.0.0/24\","
		"\"10.3.1.4/31\",\"10.3.128.0/17\""));
	look(s);
	scene_finish(s);
	/* Office to lg now: forbidden. */
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->kind,
	    VERDICT_VIOLATE);
	scene_free(s);
}

static void
test_who_is_translated_otherwise_begins_anew(void **state)
{
	struct scene *s = dns_scene(NULL);

	(void)state;
	s->count = 0;
	reload(s, edited("\"to\":[\"172.20.5.53\"]", "\"to\":[\"10.2.0.53\"]"));
	reload(s,
	    edited("\"to\":[\"172.20.5.53\"]", "\"to\":[\"172.20.5.54\"]"));
	assert_int_equal(s->count, 0);
	/* Beyond: another host's now. */
	scene_udp(s, lgwan, "172.20.5.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	reload_same(s);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	assert_int_equal(s->notes[0].ending, ENDING_SHUTDOWN);
	scene_udp(s, lgwan, "172.20.5.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	scene_finish(s);
	/* One conversation with that within. */
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1002)->sightings, 2);
	assert_false(s->unbalanced);
	scene_free(s);
}

static void
test_who_becomes_a_proxy_was_asked_unheard(void **state)
{
	static char no_proxy[TEXT_MAX];
	struct scene *s = scene_new(0);

	(void)state;
	(void)snprintf(no_proxy, sizeof(no_proxy), "%s",
	    edited("\"hosts\":[\"10.2.0.8\"]", "\"hosts\":[\"10.2.0.9\"]"));
	ask_proxy(s, 5, 0);
	ask_proxy(s, 5, 2);
	reload(s, no_proxy);
	look(s);
	reload_same(s);
	look(s);
	scene_finish(s);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 1000)->targets, 0);
	assert_true(scene_counted(s, "targets-full", 1));
	scene_free(s);
}

/* An FTP session up to its announcement; ended where asked for. */
static void
announce_ftp(struct scene *s, bool end)
{
	for (unsigned i = 0; i < (end ? FTP_STEPS : FTP_ANNOUNCED); i++)
		ftp(s, 107, i);
	if (end) {
		s->us += 20 * CLOCK_SECOND;
		scene_udp(s, core, "10.1.0.2", 9, "10.1.0.3", 9, "x", 1);
		assert_non_null(scene_last(s, OBSERVATION_FINAL, 1000));
	}
}

static void
test_a_data_connection_is_judged_by_its_control_under_the_new_model(
    void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		const bool end = i & 1, before = i & 2, withdrawn = i & 4;
		const char *text = withdrawn ?
		    edited("172.20.0.21", "172.20.0.22") :
		    scene_model_text;
		struct scene *s = scene_new(0);
		const struct scene_note *n;

		announce_ftp(s, end);
		if (before)
			reload(s, text);
		ftp_data(s, false);
		ftp_data(s, true);
		if (!before)
			reload(s, text);
		look(s);
		scene_finish(s);
		n = &s->notes[s->count - 1];
		for (size_t k = 0; k < s->count; k++)
			if (s->notes[k].stage == OBSERVATION_FINAL &&
			    strcmp(s->notes[k].application, "FTP_DATA") == 0)
				n = &s->notes[k];
		assert_string_equal(n->application, "FTP_DATA");
		assert_true(n->inherited);
		assert_int_equal(n->kind,
		    withdrawn ? VERDICT_VIOLATE : VERDICT_CONFORM);
		scene_free(s);
	}
}

static void
test_a_waiting_announcement_goes_with_its_boundary(void **state)
{
	struct scene *s = scene_new(0);
	const char *other;

	(void)state;
	announce_ftp(s, true);
	other = edited("{\"id\":\"main\",", "{\"id\":\"other\",");
	reload(s, other);
	reload_same(s);
	ftp_data(s, false);
	scene_finish(s);
	assert_false(s->notes[s->count - 1].inherited);
	scene_free(s);
}

static void
test_fragments_wait_through_a_reload(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	fragment(s, 1, false);
	/* One more tap before it, so another number. */
	reload(s,
	    edited("\"taps\":[",
		"\"taps\":[{\"id\":\"extra\",\"probe\":\"probe1\"},"));
	fragment(s, 1, true);
	fragment(s, 2, false);
	reload(s, edited("{\"id\":\"trunk\",", "{\"id\":\"branch\","));
	scene_finish(s);
	assert_true(scene_counted(s, "datagrams-joined", 1));
	assert_true(scene_counted(s, "fragments-unjoined", 1));
	assert_false(s->unbalanced);
	scene_free(s);
}

static void
test_a_new_boundary_without_a_tap_is_told_of(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	look(s);
	assert_int_equal(s->coverage_count, 1);
	reload(s, edited("{\"id\":\"dark\",", "{\"id\":\"darker\","));
	assert_int_equal(s->coverage_count, 1);
	look(s);
	assert_int_equal(s->coverage_count, 2);
	assert_string_equal(s->coverage[1].boundary->id, "darker");
	scene_free(s);
}

static void
test_the_region_knows_the_new_model(void **state)
{
	struct scene *s = scene_new(0);

	(void)state;
	s->options.region = region_new(64);
	s->options.conversations_max = 64;
	s->options.generation = 1;
	scene_open(s);
	scene_udp(s, lg, "10.2.0.53", 33333, "172.20.0.53", 53, dns_query,
	    sizeof(dns_query));
	reload(s, edited("{\"id\":\"transit\",\"probe\":\"probe1\"},", ""));
	assert_int_equal(atomic_load(
			     &region_status(s->options.region)->generation),
	    2);
	scene_open(s);
	assert_int_equal(engine_inherit(s->engine, (struct wall_us){ s->us }),
	    1);
	assert_string_equal(scene_last(s, OBSERVATION_FINAL, 0)->tap, "trunk");
	engine_finish(s->engine);
	assert_false(s->unbalanced);
	region_free(s->options.region);
	scene_free(s);
}

/* Models at random under traffic at random: for the sanitizers. */
static void
test_any_model_may_follow_any_other(void **state)
{
	static const char *const edits[][2] = {
		{ "{\"id\":\"main\",", "{\"id\":\"other\"," },
		{ "{\"id\":\"floor\",", "{\"id\":\"storey\"," },
		{ "{\"id\":\"trunk\",", "{\"id\":\"branch\"," },
		{ "{\"id\":\"transit\",\"probe\":\"probe1\"},", "" },
		{ "02:00:00:00:01:01", "02:00:00:00:01:02" },
		{ "\"400\":\"lgwan\"", "\"401\":\"lgwan\"" },
		{ "\"110\":\"core\",", "" },
		{ "\"hosts\":[\"10.2.0.8\"]", "\"hosts\":[\"10.2.0.9\"]" },
		{ "172.20.5.53", "172.20.5.54" },
		{ "172.20.0.21", "172.20.0.22" },
		{ "10.1.0.0/16", "10.1.0.0/17" },
	};
	struct player player = { .seed = 5 };

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct scene *s = scene_new(64);

		s->options.region = region_new(64);
		scene_open(s);
		for (int i = 0; i < 500; i++) {
			const uint32_t k = draw(&player.seed, 60);

			if (s->count > SCENE_NOTES_MAX / 2)
				s->count = 0;
			s->coverage_count = 0;
			play(s, &player);
			if (k < sizeof(edits) / sizeof(edits[0]))
				reload(s, edited(edits[k][0], edits[k][1]));
			else if (k == 20)
				reload_same(s);
			else if (k == 21)
				engine_again(s->engine);
			else if (k == 22) {
				scene_open(s);
				(void)engine_inherit(s->engine,
				    (struct wall_us){ s->us });
			}
		}
		scene_finish(s);
		assert_false(s->unbalanced);
		region_free(s->options.region);
		scene_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_model_again_changes_no_line),
		cmocka_unit_test(test_a_thousand_models_are_as_one),
		cmocka_unit_test(
		    test_a_withdrawn_conduit_makes_a_violation_at_once),
		cmocka_unit_test(test_an_added_conduit_makes_it_conform),
		cmocka_unit_test(test_a_conversation_ends_with_its_boundary),
		cmocka_unit_test(test_boundaries_may_change_their_order),
		cmocka_unit_test(
		    test_a_tap_that_is_gone_shows_nothing_any_more),
		cmocka_unit_test(
		    test_a_place_that_is_declared_otherwise_is_seen_anew),
		cmocka_unit_test(test_a_way_goes_on_where_its_place_is_gone),
		cmocka_unit_test(test_a_zone_that_moved_is_found_by_address),
		cmocka_unit_test(test_who_is_translated_otherwise_begins_anew),
		cmocka_unit_test(test_who_becomes_a_proxy_was_asked_unheard),
		cmocka_unit_test(
		    test_a_data_connection_is_judged_by_its_control_under_the_new_model),
		cmocka_unit_test(
		    test_a_waiting_announcement_goes_with_its_boundary),
		cmocka_unit_test(test_fragments_wait_through_a_reload),
		cmocka_unit_test(test_a_new_boundary_without_a_tap_is_told_of),
		cmocka_unit_test(test_the_region_knows_the_new_model),
		cmocka_unit_test(test_any_model_may_follow_any_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
