/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minutes become hours and hours one statement, which never promises more
 * than was seen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "cover.h"
#include "recorder.h"
#include "recording.h"

#define NINE INT64_C(1795219200000000) /* an hour begins */

static int
set_up(void **state)
{
	*state = recording_new();
	return 0;
}

static int
tear_down(void **state)
{
	recording_free(*state);
	return 0;
}

static const struct tap *
tap(const struct recording *r, size_t i)
{
	return &r->m->boundaries[0].taps[i];
}

/* The minute of the hour, with that much seen and missing. */
static struct tap_minute
minute(const struct tap *t, int number, uint64_t seen, uint64_t missing)
{
	const struct tap_minute m = { .tap = t,
		.from = { NINE + number * CLOCK_MINUTE },
		.until = { NINE + (number + 1) * CLOCK_MINUTE },
		.frames = 10,
		.payload_seen = seen,
		.payload_missing = missing };

	return m;
}

/* ---- the bound */

static void
test_a_share_is_rounded_down_and_never_whole_too_early(void **state)
{
	static const struct {
		struct cover_payload p;
		const char *percent;
	} rows[] = {
		{ { 0 }, "-" },
		{ { .frames = 5 }, "-" },
		{ { .frames = 5, .seen = 1 }, "100.00" },
		{ { .frames = 5, .seen = UINT64_C(1) << 50, .missing = 1 },
		    "99.99" },
		{ { .frames = 5, .missing = 7 }, "0.00" },
		{ { .frames = 5, .unheard = 7 }, "0.00" },
		/* a ninth on top of what is missing */
		{ { .frames = 5, .seen = 9000, .missing = 900 }, "90.00" },
		{ { .frames = 5, .seen = 9000, .unheard = 900 }, "90.00" },
		/* ten frames of 900 bytes each, and the odd one */
		{ { .frames = 10, .seen = 9000, .lost_frames = 1 }, "90.89" },
		{ { .frames = 10, .seen = 9000, .lost_frames = 10 }, "49.99" },
		/* nothing is known of what they held */
		{ { .seen = 9000, .lost_frames = 1 }, "-" },
		{ { .frames = 10, .lost_frames = 1 }, "-" },
		{ { .frames = 1,
		      .seen = UINT64_MAX,
		      .missing = UINT64_MAX,
		      .unheard = UINT64_MAX,
		      .lost_frames = UINT64_MAX },
		    "32.14" },
	};
	char percent[COVER_PERCENT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cover_bound b = cover_bound(&rows[i].p);

		assert_string_equal(cover_percent(&b, percent),
		    rows[i].percent);
	}
}

static void
test_the_sentence_says_it_in_both_languages(void **state)
{
	const struct cover_payload some = { .frames = 1,
		.seen = 9000,
		.missing = 900 };
	const struct cover_payload none = { .frames = 1 };
	struct cover_bound b = cover_bound(&some);
	struct text t = { 0 };

	(void)state;
	cover_sentence(&t, LANG_JA, &b, 0);
	assert_string_equal(text_str(&t),
	    "この境界のTCPペイロードの少なくとも 90.00 % を取得しました。");
	text_clear(&t);
	cover_sentence(&t, LANG_EN, &b, 61);
	assert_string_equal(text_str(&t),
	    "At least 90.00 % of the TCP payload at this boundary was seen. "
	    "Of the 61 seconds that were not watched nothing is known.");
	text_clear(&t);
	b = cover_bound(&none);
	cover_sentence(&t, LANG_EN, &b, 0);
	assert_string_equal(text_str(&t),
	    "No TCP payload was seen at this boundary, so it is unknown how "
	    "much of it was.");
	text_free(&t);
}

/* ---- hours */

static void
test_an_hour_is_over_when_a_minute_of_the_next_comes(void **state)
{
	const struct recording *r = *state;
	struct cover *c = cover_new(r->m);
	struct tap_minute m;
	struct cover_hour *h;

	for (int i = 58; i < 60; i++)
		for (size_t k = 0; k < 2; k++) {
			m = minute(tap(r, k), i, 1000, 100 * k);
			assert_null(cover_ended(c, &m));
			cover_minute(c, &m);
		}
	m = minute(tap(r, 0), 60, 7, 0);
	h = cover_ended(c, &m);
	assert_non_null(h);
	assert_ptr_equal(h->boundary, &r->m->boundaries[0]);
	assert_int_equal(h->sum.payload_seen, 4000);
	assert_int_equal(h->sum.payload_missing, 200);
	assert_int_equal(h->sum.frames, 40);
	assert_true(h->sum.from.us == NINE + 58 * CLOCK_MINUTE);
	assert_true(h->sum.until.us == NINE + CLOCK_HOUR);
	assert_ptr_equal(cover_worst(h)->sum.tap, tap(r, 1));
	cover_clear(h);
	assert_null(cover_ended(c, &m));
	cover_minute(c, &m);
	h = cover_next(c);
	assert_int_equal(h->sum.payload_seen, 7);
	cover_clear(h);
	assert_null(cover_next(c));
	cover_free(c);
}

static void
test_gaps_count_with_their_tap_or_everywhere(void **state)
{
	const struct recording *r = *state;
	struct cover *c = cover_new(r->m);
	struct gap g = { .kind = GAP_ENGINE,
		.from = { NINE },
		.until = { NINE + 90 * CLOCK_SECOND + 1 },
		.held = 3,
		.unseen = 4,
		.conversations = 5 };
	struct cover_hour *h;

	/* The same time away for each tap of the boundary. */
	for (size_t i = 0; i < 2; i++) {
		g.tap = tap(r, i);
		cover_gap(c, &g);
		g.conversations = 0;
	}
	g = (struct gap){ .kind = GAP_BACKLOG,
		.records = 9,
		.from = { NINE },
		.until = { NINE + CLOCK_HOUR } };
	cover_gap(c, &g);
	h = cover_next(c);
	assert_non_null(h);
	assert_int_equal(h->gaps.count, 3);
	assert_int_equal(h->gaps.seconds, 91);
	assert_int_equal(h->gaps.frames, 14);
	assert_int_equal(h->gaps.conversations, 5);
	assert_int_equal(h->gaps.records, 9);
	assert_int_equal(cover_hour_payload(h).lost_frames, 14);
	assert_null(cover_worst(h));
	cover_clear(h);
	for (size_t i = 1; i < r->m->boundary_count; i++) {
		h = cover_next(c);
		assert_int_equal(h->gaps.records, 9);
		cover_clear(h);
	}
	assert_null(cover_next(c));
	cover_free(c);
}

static void
test_a_tap_of_no_boundary_is_left_out(void **state)
{
	const struct recording *r = *state;
	struct boundary gone = { .id = "gone", .index = UINT32_MAX };
	struct tap stub = { .id = "stub", .boundary = &gone };
	struct tap_minute m = minute(&stub, 0, 1, 1);
	struct gap g = { .tap = &stub, .records = 1 };
	struct cover *c = cover_new(r->m);

	assert_null(cover_ended(c, &m));
	cover_minute(c, &m);
	cover_gap(c, &g);
	stub.boundary = NULL;
	cover_minute(c, &m);
	m.tap = NULL;
	cover_minute(c, &m);
	assert_null(cover_next(c));
	cover_free(c);
}

static void
test_what_an_engine_invents_does_not_turn_over(void **state)
{
	const struct recording *r = *state;
	struct tap_minute m = minute(tap(r, 0), 0, UINT64_MAX, UINT64_MAX);
	struct cover *c = cover_new(r->m);
	struct cover_payload p;
	struct cover_bound b;
	struct cover_hour *h;

	m.ring_drops = m.nic_drops = UINT64_MAX;
	for (int i = 0; i < 3; i++)
		cover_minute(c, &m);
	h = cover_next(c);
	assert_true(h->sum.payload_seen == UINT64_MAX);
	p = cover_hour_payload(h);
	b = cover_bound(&p);
	assert_true(b.known && cover_hundredths(&b) < 10000);
	cover_free(c);
}

/* ---- lines */

struct lines {
	struct recorder *recorder;
	struct observer observer;
	struct text text;
};

static bool
on_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct lines *l = context;

	(void)conversation;
	(void)now;
	text_add_n(&l->text, line, length);
	return true;
}

static void
begin(struct lines *l, const struct recording *r)
{
	const struct recorder_sink sink = { .context = l, .line = on_line };

	memset(l, 0, sizeof(*l));
	l->recorder = recorder_new_sink(r->m, 1, "probe1", LANG_EN, &sink,
	    recording_secret);
	l->observer = recorder_observer(l->recorder);
}

static int
count(const struct lines *l, const char *what)
{
	const char *at = text_str(&l->text);
	int n = 0;

	while ((at = strstr(at, what)) != NULL) {
		at += strlen(what);
		n++;
	}
	return n;
}

static void
give(struct lines *l, struct tap_minute m)
{
	l->observer.minute(l->observer.context, &m);
}

static void
test_minutes_and_hours_are_lines_before_the_last_account(void **state)
{
	const struct recording *r = *state;
	struct tally tally = { .now = { NINE + 3 * CLOCK_HOUR },
		.final = true };
	struct tap_minute m = minute(tap(r, 0), 59, 9000, 900);
	struct lines l;
	const char *stats;

	begin(&l, r);
	m.link = 1u << 1 | 1u << 10;
	give(&l, m);
	give(&l, minute(tap(r, 0), 60, 50, 0));
	assert_int_equal(count(&l, "\"level\":\"tap\""), 2);
	assert_int_equal(count(&l, "\"level\":\"boundary\""), 1);
	assert_int_equal(count(&l,
			     "\"worst\":{\"tap\":\"main-trunk\","
			     "\"seen_at_least\":0.9}"),
	    1);
	assert_int_equal(count(&l,
			     "\"not_observable\":[\"LNK-2\",\"LNK-3\","
			     "\"LNK-4\",\"LNK-5\",\"LNK-6\",\"LNK-7\","
			     "\"LNK-8\",\"LNK-9\"]"),
	    2);
	assert_int_equal(count(&l, "\"sentence\":\"At least 90.00 % of"), 1);
	assert_int_equal(count(&l, "\"drops\":null"), 3);
	l.observer.account(l.observer.context, &tally);
	assert_int_equal(count(&l, "\"sentence\":\"At least 100.00 % of"), 1);
	stats = strstr(text_str(&l.text), "\"event_type\":\"stats\"");
	assert_null(strstr(stats, "sekisho_coverage"));
	recorder_finish(l.recorder, tally.now);
	recording_keep(text_str(&l.text), l.text.length);
	assert_int_equal(count(&l, "\"level\":\"boundary\""), 2);
	recorder_free(l.recorder);
	text_free(&l.text);
}

static void
test_another_model_closes_the_hour_and_late_minutes_go_on(void **state)
{
	const struct recording *r = *state;
	struct recording *other = recording_new();
	struct lines l;

	begin(&l, r);
	recorder_expect(l.recorder, true, 1);
	give(&l, minute(tap(r, 0), 3, 100, 0));
	recorder_reload(l.recorder, other->m, 2);
	assert_int_equal(count(&l, "\"level\":\"boundary\""), 1);
	recorder_from(l.recorder, 0, 1); /* still on its way */
	give(&l, minute(tap(r, 1), 3, 100, 0));
	recorder_from(l.recorder, 0, 2);
	give(&l, minute(tap(other, 1), 4, 100, 0));
	recorder_finish(l.recorder, (struct wall_us){ NINE });
	assert_int_equal(count(&l, "\"level\":\"tap\""), 3);
	assert_int_equal(count(&l, "\"level\":\"boundary\""), 2);
	assert_int_equal(count(&l, "\"payload\":{\"seen\":200,"), 1);
	assert_int_equal(count(&l,
			     "\"drops\":{\"ring\":0,"
			     "\"ring-freezes\":0,\"nic\":0}"),
	    5);
	recording_keep(text_str(&l.text), l.text.length);
	recorder_free(l.recorder);
	text_free(&l.text);
	recording_free(other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_share_is_rounded_down_and_never_whole_too_early),
		TEST(test_the_sentence_says_it_in_both_languages),
		TEST(test_an_hour_is_over_when_a_minute_of_the_next_comes),
		TEST(test_gaps_count_with_their_tap_or_everywhere),
		TEST(test_a_tap_of_no_boundary_is_left_out),
		TEST(test_what_an_engine_invents_does_not_turn_over),
		TEST(test_minutes_and_hours_are_lines_before_the_last_account),
		TEST(test_another_model_closes_the_hour_and_late_minutes_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
