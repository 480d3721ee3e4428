/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recorder: which observations become which lines, in which order, and
 * what is counted when a line cannot be written.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "recorder.h"
#include "recording.h"

struct run {
	struct recording *r;
	struct recorder *recorder;
	struct observer observer;
	FILE *out;
	char *bytes; /* of out, once it was closed */
	size_t length;
};

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
	memset(run, 0, sizeof(*run));
	run->r = *state;
	recording_example(run->r);
	run->out = open_memstream(&run->bytes, &run->length);
	run->recorder = recorder_new(run->r->m, "probe1", LANG_JA, run->out,
	    recording_secret);
	run->observer = recorder_observer(run->recorder);
}

static void
give(struct run *run)
{
	run->observer.conversation(run->observer.context, &run->r->o);
}

/* Finishes and closes; the lines are in run->bytes. */
static void
finish(struct run *run)
{
	recorder_finish(run->recorder, run->r->o.now);
	assert_null(recorder_fault(run->recorder));
	(void)fclose(run->out);
	recording_keep(run->bytes, run->length);
}

static void
end(struct run *run)
{
	recorder_free(run->recorder);
	free(run->bytes);
}

static size_t
count(const struct run *run, const char *part)
{
	size_t n = 0;

	for (const char *p = run->bytes; (p = strstr(p, part)) != NULL; p++)
		n++;
	return n;
}

#define ALERTS "\"event_type\":\"alert\""
#define FLOWS "\"event_type\":\"flow\""
#define CONVERSATIONS "\"event_type\":\"sekisho_conversation\""

static void
test_a_conversation_has_one_flow_line_and_one_alert(void **state)
{
	struct run run;

	begin(&run, state);
	give(&run);
	run.r->o.stage = OBSERVATION_UPDATE;
	give(&run);
	recording_end(run.r);
	give(&run);
	finish(&run);
	assert_int_equal(count(&run, ALERTS), 1);
	assert_int_equal(count(&run, FLOWS), 1);
	assert_int_equal(count(&run, CONVERSATIONS), 2);
	assert_int_equal(count(&run, "\n"), 4);
	assert_int_equal(count(&run, "\"alerted\":true"), 1);
	/* the alert comes before the flow it belongs to */
	assert_true(strstr(run.bytes, ALERTS) < strstr(run.bytes, FLOWS));
	assert_int_equal(
	    recorder_totals(run.recorder)->verdicts[VERDICT_VIOLATE], 1);
	assert_int_equal(recorder_totals(run.recorder)->findings, 1);
	assert_int_equal(
	    recorder_totals(run.recorder)->groups_by_check[CHECK_SEG_1], 1);
	assert_int_equal(recorder_totals(run.recorder)->lines, 4);
	end(&run);
}

static void
test_what_conforms_or_is_excepted_does_not_alert(void **state)
{
	static const enum verdict_kind kinds[] = { VERDICT_CONFORM,
		VERDICT_EXCEPTED, VERDICT_OUT_OF_SCOPE };
	struct run run;

	for (size_t i = 0; i < 3; i++) {
		begin(&run, state);
		run.r->v.kind = kinds[i];
		run.r->v.alerts = kinds[i] == VERDICT_EXCEPTED;
		recording_end(run.r);
		give(&run);
		finish(&run);
		assert_int_equal(count(&run, ALERTS), 0);
		assert_int_equal(count(&run, "\"alerted\":false"), 1);
		assert_int_equal(
		    recorder_totals(run.recorder)->verdicts[kinds[i]], 1);
		assert_int_equal(recorder_totals(run.recorder)->findings, 0);
		end(&run);
	}
}

static void
test_an_unjudged_conversation_alerts_only_where_the_judge_says(void **state)
{
	struct run run;

	for (int alerts = 0; alerts < 2; alerts++) {
		begin(&run, state);
		run.r->v.kind = VERDICT_UNJUDGED;
		run.r->v.reason = REASON_DRAFT;
		run.r->v.alerts = alerts;
		recording_end(run.r);
		give(&run);
		finish(&run);
		assert_int_equal(count(&run, ALERTS), alerts);
		assert_int_equal(
		    recorder_totals(run.recorder)->unjudged[REASON_DRAFT], 1);
		end(&run);
	}
}

static void
test_a_remark_is_told_once_the_conversation_is_judged(void **state)
{
	struct run run;

	begin(&run, state);
	run.r->v.kind = VERDICT_UNJUDGED;
	run.r->v.reason = REASON_APPLICATION;
	run.r->v.deciding.check = CHECK_NONE;
	run.r->v.deciding.severity = SEVERITY_NONE;
	run.r->v.also[0].check = CHECK_SEG_10;
	run.r->v.also[0].severity = SEVERITY_INFORMATION;
	give(&run);
	assert_int_equal(fflush(run.out), 0);
	assert_int_equal(count(&run, ALERTS), 0);
	run.r->v.kind = VERDICT_CONFORM;
	run.r->o.stage = OBSERVATION_UPDATE;
	give(&run);
	finish(&run);
	assert_int_equal(count(&run, ALERTS), 1);
	assert_int_equal(count(&run, "\"signature\":\"SEG-10"), 1);
	assert_int_equal(recorder_totals(run.recorder)->findings, 0);
	end(&run);
}

static void
test_only_graver_findings_alert_beside_the_deciding_one(void **state)
{
	struct run run;

	begin(&run, state);
	run.r->v.deciding.severity = SEVERITY_MEDIUM;
	run.r->v.also[0].severity = SEVERITY_HIGH;
	run.r->v.also[1].check = CHECK_SEG_7;
	run.r->v.also[1].severity = SEVERITY_MEDIUM;
	run.r->v.also_count = 2;
	run.r->v.also_failed[0] = ELEMENT_SOURCE;
	run.r->v.also_clause[0] = (struct clause){ .kind = CLAUSE_MODEL,
		.id = "a-zone" };
	give(&run);
	finish(&run);
	assert_int_equal(count(&run, ALERTS), 2);
	assert_int_equal(count(&run, "\"id\":\"a-zone\""), 1);
	assert_int_equal(count(&run, "\"failed\":\"source\""), 1);
	assert_int_equal(count(&run, "\"signature\":\"AST-4"), 1);
	assert_int_equal(count(&run, "\"also\":[\"SEG-1\",\"SEG-7\"]"), 1);
	end(&run);
}

static void
test_time_alone_writes_what_is_held(void **state)
{
	struct run run;

	begin(&run, state);
	run.r->c.outcome = OUTCOME_ANSWERED;
	give(&run);
	assert_int_equal(fflush(run.out), 0);
	assert_int_equal(count(&run, ALERTS), 0);
	run.r->o.now.us += RECORDER_HOLD_US - 1;
	run.observer.tick(run.recorder, run.r->o.now);
	assert_int_equal(fflush(run.out), 0);
	assert_int_equal(count(&run, ALERTS), 0);
	run.r->o.now.us += 1;
	run.observer.tick(run.recorder, run.r->o.now);
	assert_int_equal(count(&run, ALERTS), 1); /* the tick has flushed */
	finish(&run);
	assert_int_equal(count(&run, ALERTS), 1);
	end(&run);
}

static void
test_a_window_with_more_than_one_is_summed_up(void **state)
{
	struct run run;

	begin(&run, state);
	for (int i = 0; i < 5; i++) {
		run.r->o.flow_id = (uint64_t)i + 1;
		give(&run);
	}
	run.r->o.now.us += RECORDER_WINDOW_US;
	run.observer.tick(run.recorder, run.r->o.now);
	assert_int_equal(count(&run, "\"emission\":\"new\""), 1);
	assert_int_equal(count(&run, "\"emission\":\"closed\""), 1);
	assert_int_equal(count(&run, "\"count\":5,\"suppressed\":4"), 1);
	finish(&run);
	assert_int_equal(recorder_totals(run.recorder)->suppressed, 4);
	assert_int_equal(recorder_totals(run.recorder)->alerts, 2);
	end(&run);
}

/* As many attempts as there are groups, each with one of its own. */
static void
fill_groups(struct run *run)
{
	struct recording *r = run->r;

	for (uint32_t i = 0; i < RECORDER_GROUPS_MAX; i++) {
		recording_example(r);
		recording_end(r);
		r->o.flow_id = i + 1000;
		r->c.port[1] = (uint16_t)i;
		r->c.outcome = OUTCOME_TRIED;
		r->v.deciding.severity = SEVERITY_LOW;
		r->v.also_count = 0;
		rewind(run->out); /* these lines are not looked at */
		give(run);
	}
}

static void
test_a_scan_does_not_hide_a_crossing(void **state)
{
	struct run run;

	begin(&run, state);
	fill_groups(&run);
	rewind(run.out);
	for (uint64_t i = 1; i <= 3; i++) {
		recording_example(run.r);
		run.r->v.also_count = 0;
		run.r->o.flow_id = i;
		run.r->c.address[0].bytes[3] = (uint8_t)(100 + i);
		give(&run);
	}
	finish(&run);
	assert_int_equal(recorder_totals(run.recorder)->alerts,
	    RECORDER_GROUPS_MAX + 3);
	assert_int_equal(recorder_totals(run.recorder)->suppressed, 0);
	assert_int_equal(count(&run, "\"folded\""), 0);
	assert_int_equal(count(&run, "\"src_ip\":\"10.3.1.101\""), 2);
	assert_int_equal(count(&run, "\"src_ip\":\"10.3.1.102\""), 2);
	assert_int_equal(count(&run, "\"src_ip\":\"10.3.1.103\""), 2);
	end(&run);
}

static void
test_an_alert_once_given_marks_the_flow(void **state)
{
	struct run run;

	begin(&run, state);
	give(&run);
	run.r->v.kind = VERDICT_CONFORM; /* as judged at its end */
	run.r->v.deciding.check = CHECK_NONE;
	run.r->v.alerts = false;
	recording_end(run.r);
	give(&run);
	finish(&run);
	assert_int_equal(count(&run, "\"alerted\":true"), 1);
	end(&run);
}

static void
test_the_final_account_is_the_last_line(void **state)
{
	struct run run;
	struct tap_account tap;
	struct tally tally;
	const char *stats;

	begin(&run, state);
	memset(&tap, 0, sizeof(tap));
	memset(&tally, 0, sizeof(tally));
	tap.tap = &run.r->m->boundaries[0].taps[0];
	tap.frames = 137;
	tap.first = run.r->o.start;
	tap.last = run.r->o.end;
	tap.tcp_conversations = 4;
	tap.tcp_one_way = 1;
	tap.payload_seen = 900;
	tap.payload_missing = 100;
	tally.taps = &tap;
	tally.tap_count = 1;
	tally.read = tally.judged = 137;
	run.r->c.outcome = OUTCOME_ANSWERED;
	give(&run);
	/* an account on the way tells later alerts what was seen */
	tally.now = run.r->o.now;
	run.observer.account(run.recorder, &tally);
	tally.final = true;
	run.observer.account(run.recorder, &tally);
	finish(&run);
	assert_int_equal(count(&run, "\"event_type\":\"stats\""), 2);
	assert_int_equal(count(&run, ALERTS), 1);
	assert_int_equal(count(&run,
			     "\"coverage\":{\"lost\":0.1,\"one_way\":0.25}"),
	    1);
	assert_int_equal(count(&run,
			     "\"seen_share\":0.9,\"seen_at_least\":0.8893,"
			     "\"lost\":0.1,\"one_way\":0.25"),
	    2);
	stats = strstr(run.bytes, "\"final\":true");
	assert_non_null(stats);
	assert_null(strstr(stats, ALERTS));
	end(&run);
}

static void
test_coverage_findings_alert(void **state)
{
	struct run run;
	struct coverage_finding f;

	begin(&run, state);
	memset(&f, 0, sizeof(f));
	f.check = CHECK_COV_8;
	f.severity = SEVERITY_MEDIUM;
	f.now = run.r->o.now;
	f.boundary = &run.r->m->boundaries[0];
	f.tap = &f.boundary->taps[0];
	f.counted = 12;
	f.of = 100;
	run.observer.coverage(run.recorder, &f);
	finish(&run);
	assert_int_equal(count(&run, ALERTS), 1);
	assert_int_equal(count(&run, "\"counted\":12,\"of\":100"), 1);
	assert_int_equal(recorder_totals(run.recorder)->findings, 1);
	end(&run);
}

static void
test_a_full_disk_is_told_and_stays(void **state)
{
	struct recording *r = *state;
	FILE *full = fopen("/dev/full", "w");
	struct recorder *recorder;
	struct observer observer;

	if (full == NULL)
		skip();
	recording_example(r);
	recorder = recorder_new(r->m, "probe1", LANG_JA, full,
	    recording_secret);
	observer = recorder_observer(recorder);
	observer.conversation(recorder, &r->o);
	assert_null(recorder_fault(recorder)); /* still in the buffer */
	observer.tick(recorder, r->o.now);
	assert_string_equal(recorder_fault(recorder),
	    "No space left on device");
	observer.conversation(recorder, &r->o);
	recorder_finish(recorder, r->o.now);
	assert_string_equal(recorder_fault(recorder),
	    "No space left on device");
	assert_true(recorder_totals(recorder)->lines_lost > 0);
	recorder_free(recorder);
	(void)fclose(full);
}

/* Every line ends whole, whatever is observed and in whatever order. */
static void
test_any_mix_of_observations_yields_whole_lines(void **state)
{
	struct run run;
	uint32_t random = 7;

	begin(&run, state);
	for (int i = 0; i < 3000; i++) {
		struct recording *r = run.r;

		recording_example(r);
		random = random * 1664525 + 1013904223;
		r->o.flow_id = random >> 24;
		r->o.now.us += (int64_t)i * CLOCK_SECOND / 2;
		r->o.stage = (enum observation_stage)(random >> 22 & 1);
		r->v.kind = (enum verdict_kind)(random >> 19 & 7) %
		    VERDICT_COUNT;
		r->v.reason = r->v.kind == VERDICT_UNJUDGED ?
		    REASON_APPLICATION :
		    REASON_NONE;
		r->v.alerts = random >> 18 & 1;
		r->v.deciding.check = CHECK_SEG_1 + (random >> 13 & 15);
		r->v.deciding.severity = SEVERITY_INFORMATION +
		    (random >> 10) % 5;
		r->c.outcome = (enum outcome)(random >> 9 & 3);
		r->v.refused_by = r->c.outcome == OUTCOME_REFUSED ?
		    REFUSER_HOST :
		    REFUSER_NONE;
		if (random & 256)
			recording_end(r);
		give(&run);
	}
	finish(&run);
	assert_int_equal(count(&run, "\n"),
	    recorder_totals(run.recorder)->lines);
	assert_int_equal(count(&run, "\n{\"timestamp\":\""),
	    count(&run, "\n") - 1);
	assert_int_equal(count(&run, ALERTS),
	    recorder_totals(run.recorder)->alerts);
	end(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_conversation_has_one_flow_line_and_one_alert),
		cmocka_unit_test(
		    test_what_conforms_or_is_excepted_does_not_alert),
		cmocka_unit_test(
		    test_an_unjudged_conversation_alerts_only_where_the_judge_says),
		cmocka_unit_test(
		    test_a_remark_is_told_once_the_conversation_is_judged),
		cmocka_unit_test(
		    test_only_graver_findings_alert_beside_the_deciding_one),
		cmocka_unit_test(test_time_alone_writes_what_is_held),
		cmocka_unit_test(test_a_window_with_more_than_one_is_summed_up),
		cmocka_unit_test(test_a_scan_does_not_hide_a_crossing),
		cmocka_unit_test(test_an_alert_once_given_marks_the_flow),
		cmocka_unit_test(test_the_final_account_is_the_last_line),
		cmocka_unit_test(test_coverage_findings_alert),
		cmocka_unit_test(test_a_full_disk_is_told_and_stays),
		cmocka_unit_test(
		    test_any_mix_of_observations_yields_whole_lines),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
