/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recorder under one model after another: groups go on, nothing points
 * into a model that is freed (the address sanitizer sees to that), and what
 * the new model does not hold can still be told.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <malloc.h>

#include "recorder.h"
#include "recording.h"

#define ALERTS "\"event_type\":\"alert\""

struct run {
	struct recorder *recorder;
	struct observer observer;
	struct model *m; /* owned: the present one */
	struct text lines;
	struct bundle *bundle; /* of the recording: for the guideline */
	struct recording r;    /* a copy of it whose model is m */
	uint64_t lasting, conversations;
	bool refuses;
	size_t alerts;
};

static bool
on_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct run *run = context;

	(void)now;
	if (run->refuses)
		return false;
	text_add_n(&run->lines, line, length);
	run->conversations += conversation;
	run->lasting += !conversation;
	return true;
}

static void
on_alert(void *context, const struct recorder_alert *a)
{
	struct run *run = context;

	assert_non_null(a->message);
	assert_true(strlen(a->message) > 0);
	run->alerts++;
}

/* The model of the recording with one part of its text replaced. */
static struct model *
model_with(const struct bundle *of, const char *from, const char *to)
{
	const char *at = from ? strstr(recording_model, from) : NULL;
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 }, out = { 0 };
	struct model *m;

	if (at != NULL) {
		text_add_n(&t, recording_model, (size_t)(at - recording_model));
		text_add(&t, to);
		text_add(&t, at + strlen(from));
	} else
		text_add(&t, recording_model);
	(void)bundle_add(&b, "model.jsonc", "model.jsonc", t.data, t.length);
	(void)bundle_add(&b, of->files[1].reference, of->files[1].shown,
	    of->files[1].bytes, of->files[1].length);
	m = model_load(&b, &d);
	if (m == NULL) {
		diag_print(&d, &out);
		fail_msg("%s", text_str(&out));
	}
	diag_free(&d);
	bundle_free(&b);
	text_free(&t);
	return m;
}

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

static void
begin(struct run *run, void **state)
{
	const struct recorder_sink sink = { .context = run,
		.line = on_line,
		.alert = on_alert };
	struct recording *r = *state;

	memset(run, 0, sizeof(*run));
	run->bundle = &r->bundle;
	run->m = model_with(run->bundle, NULL, NULL);
	run->r.m = run->m;
	run->recorder = recorder_new_sink(run->m, 1, "probe1", LANG_JA, &sink,
	    recording_secret);
	run->observer = recorder_observer(run->recorder);
}

static void
end(struct run *run)
{
	recorder_finish(run->recorder, run->r.o.now);
	recording_keep(text_str(&run->lines), run->lines.length);
	recorder_free(run->recorder);
	model_free(run->m);
	text_free(&run->lines);
}

static void
give(struct run *run)
{
	run->observer.conversation(run->observer.context, &run->r.o);
}

/* Another model from now on; the old one is freed. */
static void
reload(struct run *run, struct model *m, uint32_t generation)
{
	recorder_reload(run->recorder, m, generation);
	model_free(run->m);
	run->m = m;
	run->r.m = m;
}

static size_t
count(const struct run *run, const char *part)
{
	size_t n = 0;

	for (const char *s = text_str(&run->lines);
	     (s = strstr(s, part)) != NULL; s++)
		n++;
	return n;
}

/* A conversation that a conduit covers all but for its application. */
static void
example_of_conduit(struct run *run)
{
	struct recording *r = &run->r;

	recording_example(r);
	recording_between(r, "10.3.1.5", "203.0.113.7");
	r->c.port[1] = 443;
	r->v.deciding.check = CHECK_SEG_4;
	r->v.deciding.severity = SEVERITY_HIGH;
	r->v.also_count = 0;
	r->v.conduit = &r->m->conduits[0];
	r->v.clause.kind = CLAUSE_CONDUIT;
	r->v.clause.id = r->m->conduits[0].id;
	r->v.clause.place = r->m->conduits[0].place;
	r->v.near_miss.conduit = &r->m->conduits[0];
	r->v.near_miss.element = ELEMENT_APPLICATION;
	r->c.outcome = OUTCOME_ANSWERED;
}

static void
test_a_held_alert_is_told_under_the_new_model(void **state)
{
	struct run run;

	begin(&run, state);
	example_of_conduit(&run);
	give(&run);
	assert_int_equal(count(&run, ALERTS), 0);
	assert_int_equal(recorder_held(run.recorder), 1);
	reload(&run,
	    model_with(run.bundle, "\"name\":\"ファイル交換\"",
		"\"name\":\"新しい名前\""),
	    2);
	run.r.o.now.us += RECORDER_HOLD_US;
	run.observer.tick(run.observer.context, run.r.o.now);
	assert_int_equal(count(&run, ALERTS), 1);
	assert_int_equal(run.alerts, 1);
	assert_int_equal(count(&run, "新しい名前"), 3);
	assert_int_equal(count(&run, "ファイル交換"), 0);
	assert_int_equal(count(&run, "\"generation\":2"), 1);
	end(&run);
}

static void
test_what_the_new_model_lacks_is_told_by_its_old_name(void **state)
{
	struct run run;

	begin(&run, state);
	example_of_conduit(&run);
	give(&run);
	/* twice, so that a stub is taken over from a stub */
	for (uint32_t g = 2; g < 4; g++)
		reload(&run,
		    model_with(run.bundle, "\"id\":\"files\"",
			g == 2 ? "\"id\":\"a\"" : "\"id\":\"b\""),
		    g);
	run.r.o.now.us += RECORDER_HOLD_US;
	run.observer.tick(run.observer.context, run.r.o.now);
	assert_int_equal(count(&run, "\"conduit\":\"files\""), 2 + 2);
	assert_int_equal(count(&run, "\"id\":\"files\""), 2); /* clauses */
	assert_true(count(&run, "ファイル交換") > 0);
	end(&run);
}

static void
test_windows_go_on_and_count_on(void **state)
{
	struct run run;

	begin(&run, state);
	for (uint32_t g = 1; g <= 5; g++) {
		recording_example(&run.r);
		run.r.v.also_count = 0;
		run.r.o.flow_id = g;
		give(&run);
		reload(&run, model_with(run.bundle, NULL, NULL), g + 1);
	}
	run.r.o.now.us += RECORDER_WINDOW_US;
	run.observer.tick(run.observer.context, run.r.o.now);
	assert_int_equal(count(&run, "\"emission\":\"new\""), 1);
	assert_int_equal(count(&run, "\"emission\":\"closed\""), 1);
	assert_int_equal(count(&run, "\"count\":5,\"suppressed\":4"), 1);
	end(&run);
}

static void
test_groups_of_a_boundary_that_is_gone_are_closed(void **state)
{
	struct run run;

	begin(&run, state);
	for (uint64_t i = 1; i <= 3; i++) {
		recording_example(&run.r);
		run.r.v.also_count = 0;
		run.r.o.flow_id = i;
		give(&run);
	}
	assert_int_equal(recorder_untold(run.recorder), 2);
	reload(&run,
	    model_with(run.bundle, "\"id\":\"main\"", "\"id\":\"other\""), 2);
	assert_int_equal(count(&run, "\"emission\":\"closed\""), 1);
	assert_int_equal(count(&run, "\"boundary\":\"main\""), 3 + 2);
	assert_int_equal(recorder_untold(run.recorder), 0);
	/* One that is late is still of the boundary that it was of. */
	recording_example(&run.r);
	run.r.v.also_count = 0;
	run.r.o.flow_id = 4;
	give(&run);
	assert_int_equal(count(&run, "\"boundary\":\"other\""), 2);
	end(&run);
}

static void
test_late_records_are_told_with_their_own_generation(void **state)
{
	struct run run;
	struct model *old;

	begin(&run, state);
	old = run.m;
	run.m = model_with(run.bundle, "\"id\":\"main-trunk\"",
	    "\"id\":\"renamed\"");
	recorder_reload(run.recorder, run.m, 7);
	recorder_from(run.recorder, 0, 1);
	run.r.m = old;
	example_of_conduit(&run);
	recording_end(&run.r);
	give(&run);
	model_free(old); /* nothing may point into it */
	run.r.m = run.m;
	recorder_from(run.recorder, 0, 7);
	recording_example(&run.r);
	run.r.o.flow_id = 2;
	run.r.o.now.us += 2 * CLOCK_MINUTE;
	give(&run);
	assert_int_equal(count(&run, "\"frames\":137,\"generation\":1"), 1);
	assert_int_equal(count(&run, "\"event_type\":\"sekisho_conversation\""),
	    1);
	assert_int_equal(count(&run, "\"tap\":\"main-trunk\""), 2);
	assert_int_equal(count(&run, "\"tap\":\"renamed\""), 2);
	end(&run);
}

static void
test_accounts_and_health_go_on_by_id(void **state)
{
	struct run run;
	struct health h;
	struct tap_account tap;
	struct tally t;

	begin(&run, state);
	recording_example(&run.r);
	recorder_expect(run.recorder, true, 2);
	memset(&h, 0, sizeof(h));
	memset(&tap, 0, sizeof(tap));
	memset(&t, 0, sizeof(t));
	h.now = t.now = run.r.o.now;
	h.event = "minute";
	h.generation = 1;
	memcpy(h.model, run.m->sha256, sizeof(h.model));
	h.clock = CLOCK_SYNCHRONISED;
	h.tap_count = 2;
	h.taps[0].tap = &run.m->boundaries[0].taps[0];
	h.taps[0].received = 50;
	h.taps[0].ring_drops = 5;
	h.taps[0].muted = 1;
	h.taps[1].tap = &run.m->boundaries[0].taps[1];
	h.taps[1].received = 7;
	run.observer.health(run.observer.context, &h);
	reload(&run,
	    model_with(run.bundle, "\"id\":\"main-out\"", "\"id\":\"gone\""),
	    2);
	tap.tap = &run.m->boundaries[0].taps[0];
	tap.frames = 45;
	tap.tcp_conversations = 4;
	tap.tcp_one_way = 1;
	t.taps = &tap;
	t.tap_count = 1;
	t.read = t.judged = 45;
	t.final = true;
	run.observer.account(run.observer.context, &t);
	reload(&run, model_with(run.bundle, NULL, NULL), 3);
	recording_example(&run.r);
	give(&run);
	assert_int_equal(count(&run,
			     "\"kernel_packets\":50,\"kernel_drops\":5"),
	    1);
	assert_int_equal(count(&run, "\"mute\":1"), 1);
	assert_int_equal(count(&run,
			     "\"coverage\":{\"lost\":null,\"one_way\":0.25}"),
	    1);
	assert_int_equal(count(&run, "\"state\":\"synchronised\""), 3);
	end(&run);
}

static void
test_a_sink_that_refuses_is_tried_again(void **state)
{
	struct run run;

	begin(&run, state);
	recording_example(&run.r);
	run.r.v.also_count = 0;
	run.refuses = true;
	give(&run);
	assert_int_equal(run.alerts, 1); /* the bell rings all the same */
	run.refuses = false;
	run.r.o.stage = OBSERVATION_UPDATE;
	give(&run);
	assert_null(recorder_fault(run.recorder));
	assert_int_equal(recorder_totals(run.recorder)->lines_lost, 2);
	assert_int_equal(recorder_totals(run.recorder)->lines, 1);
	assert_int_equal(run.conversations, 1);
	end(&run);
}

static void
test_totals_go_on_from_a_recorder_before(void **state)
{
	struct recorder_totals before;
	struct run run;

	memset(&before, 0, sizeof(before));
	before.findings = 3;
	before.alerts = 4;
	before.lines = 10;
	before.verdicts[VERDICT_VIOLATE] = 5;
	before.groups_by_check[CHECK_SEG_1] = 3;
	before.findings_by_check[CHECK_SEG_1] = 2;
	begin(&run, state);
	recorder_resume(run.recorder, &before);
	recording_example(&run.r);
	run.r.v.also_count = 0;
	recording_end(&run.r);
	give(&run);
	assert_int_equal(recorder_totals(run.recorder)->findings, 4);
	assert_int_equal(recorder_totals(run.recorder)->alerts, 5);
	assert_int_equal(recorder_totals(run.recorder)->lines, 12);
	assert_int_equal(
	    recorder_totals(run.recorder)->verdicts[VERDICT_VIOLATE], 6);
	assert_int_equal(
	    recorder_totals(run.recorder)->groups_by_check[CHECK_SEG_1], 4);
	assert_int_equal(
	    recorder_totals(run.recorder)->findings_by_check[CHECK_SEG_1], 3);
	end(&run);
}

static void
test_a_thousand_reloads_leak_nothing(void **state)
{
	static const char *const ids[] = { "\"id\":\"files\"", "\"id\":\"x\"",
		"\"id\":\"y\"" };
	struct mallinfo2 early = { 0 }, late;
	struct run run;

	begin(&run, state);
	for (uint32_t g = 2; g <= 1001; g++) {
		example_of_conduit(&run);
		run.r.o.flow_id = g % 40;
		run.r.o.now.us += (int64_t)g * CLOCK_SECOND;
		run.r.c.port[1] = (uint16_t)(g % 50);
		give(&run);
		reload(&run, model_with(run.bundle, ids[0], ids[g % 3]), g);
		text_clear(&run.lines);
		if (g == 300)
			early = mallinfo2();
	}
	late = mallinfo2();
	/* Counts nothing under the address sanitizer, which does so itself. */
	assert_true(late.uordblks <= early.uordblks + 65536);
	end(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_held_alert_is_told_under_the_new_model),
		cmocka_unit_test(
		    test_what_the_new_model_lacks_is_told_by_its_old_name),
		cmocka_unit_test(test_windows_go_on_and_count_on),
		cmocka_unit_test(
		    test_groups_of_a_boundary_that_is_gone_are_closed),
		cmocka_unit_test(
		    test_late_records_are_told_with_their_own_generation),
		cmocka_unit_test(test_accounts_and_health_go_on_by_id),
		cmocka_unit_test(test_a_sink_that_refuses_is_tried_again),
		cmocka_unit_test(test_totals_go_on_from_a_recorder_before),
		cmocka_unit_test(test_a_thousand_reloads_leak_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
