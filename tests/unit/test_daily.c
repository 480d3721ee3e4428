/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Daily rows: what is background and what is not, what rises, the day of the
 * model, full tables, another model, and what the recorder makes of it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daily.h"
#include "eve.h"
#include "recorder.h"
#include "recording.h"

struct run {
	struct recording *r;
	struct daily *d;
	struct eve eve;
	struct daily_name name;
	struct text lines; /* with their newlines */
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

/* An opening to a revocation list that nobody answered. */
static void
attempt(struct recording *r)
{
	recording_example(r);
	recording_between(r, "10.1.0.10", "203.0.113.7");
	r->c.port[1] = 80;
	r->c.outcome = OUTCOME_TRIED;
	r->c.application_state = APPLICATION_NO_PAYLOAD;
	r->c.application = NULL;
	r->c.resolved_name = "ocsp.digicert.com";
	r->v.deciding.severity = SEVERITY_LOW;
	r->v.also_count = 0;
	r->v.passed = PASSED_NO;
	r->o.packets[0] = 1;
	r->o.packets[1] = r->o.bytes[1] = 0;
	r->o.bytes[0] = 60;
	r->o.end = r->o.start;
	r->o.now = r->o.start;
}

static void
begin(struct run *run, void **state)
{
	memset(run, 0, sizeof(*run));
	run->r = *state;
	run->d = daily_new(run->r->m, recording_secret);
	run->eve.model = run->r->m;
	run->eve.probe = "probe1";
	run->eve.lang = LANG_JA;
	run->eve.generation = 1;
	attempt(run->r);
}

static void
end(struct run *run)
{
	recording_keep(text_str(&run->lines), run->lines.length);
	daily_free(run->d);
	text_free(&run->lines);
}

static bool
take(struct run *run)
{
	return daily_take(run->d, &run->r->o, false, &run->name);
}

/* It ends as it is. */
static bool
take_last(struct run *run)
{
	recording_end(run->r);
	return take(run);
}

/* Another conversation of the kind of the last one. */
static void
next(struct run *run)
{
	run->r->o.flow_id++;
	run->r->o.stage = OBSERVATION_FIRST;
}

/* Rows that are due at now, or all: how many. */
static size_t
due(struct run *run, struct wall_us now, bool finish)
{
	struct wall_us at;
	size_t n = 0;

	while (daily_due(run->d, &run->eve, now, finish, &run->lines, &at)) {
		text_add_char(&run->lines, '\n');
		n++;
	}
	return n;
}

static void
assert_line(const struct run *run, const char *part)
{
	if (strstr(text_str(&run->lines), part) == NULL)
		fail_msg("no %s in %s", part, text_str(&run->lines));
}

static void
test_an_attempt_at_a_name_of_the_list_makes_a_row(void **state)
{
	struct run run;

	begin(&run, state);
	assert_true(take(&run));
	assert_string_equal(run.name.name, "ocsp.digicert.com");
	assert_int_equal(run.name.row->category, BACKGROUND_REVOCATION);
	assert_int_equal(daily_counters(run.d)->background, 0);
	assert_true(take_last(&run));
	assert_int_equal(daily_counters(run.d)->background, 1);
	assert_int_equal(due(&run, run.r->o.now, false), 0);
	assert_int_equal(due(&run, run.r->o.now, true), 1);
	assert_int_equal(daily_findings(run.d), 0);
	assert_line(&run,
	    "\"day\":\"2026-11-21\",\"kind\":\"background\","
	    "\"check\":\"SEG-1\"");
	assert_line(&run,
	    "\"severity\":\"information\",\"boundary\":\"main\","
	    "\"zone\":\"core\",\"what\":null,\"count\":1,"
	    "\"count_at_least\":false,\"blocked\":1,\"hosts\":1");
	assert_line(&run,
	    "\"names\":[{\"name\":\"ocsp.digicert.com\","
	    "\"category\":\"revocation\",\"count\":1}]");
	assert_line(&run,
	    "\"examples\":[{\"src_ip\":\"10.1.0.10\","
	    "\"dest_ip\":\"203.0.113.7\",\"dest_port\":80}]");
	end(&run);
}

static void
test_nothing_but_a_mere_attempt_is_background(void **state)
{
	struct run run;
	struct recording *r;

	begin(&run, state);
	r = run.r;
	for (int i = 0; i < 22; i++) {
		attempt(r);
		next(&run);
		r->o.flow_id += (uint64_t)i;
		switch (i) {
		case 0:
			r->v.passed = PASSED_YES;
			break;
		case 1:
			r->c.outcome = OUTCOME_ANSWERED;
			break;
		case 2:
			r->c.outcome = OUTCOME_REFUSED;
			r->v.refused_by = REFUSER_HOST;
			break;
		case 3:
			r->c.outcome = OUTCOME_REFUSED;
			r->v.refused_by = REFUSER_UNKNOWN;
			break;
		case 4:
			r->v.deciding.check = CHECK_SEG_12;
			break;
		case 5:
			r->v.deciding.severity = SEVERITY_MEDIUM;
			break;
		case 6:
			r->v.also[0].check = CHECK_SEG_14;
			r->v.also[0].severity = SEVERITY_HIGH;
			r->v.also_count = 1;
			break;
		case 7:
			recording_between(r, "10.3.1.5", "10.1.0.10");
			break;
		case 8:
			r->c.resolved_name = "www.example.jp";
			break;
		case 9:
			r->c.resolved_name = NULL;
			break;
		case 10: /* what it asks for says otherwise */
			r->c.server_name = "evil.example";
			break;
		case 11:
			r->c.server_name = "ocsp.digicert.com";
			r->c.server_name_cut = true;
			break;
		case 12:
			r->c.initiator = INITIATOR_UNCERTAIN;
			break;
		case 13:
			r->c.carriage = CARRIAGE_UNDECLARED;
			break;
		case 14:
			r->c.malformed = true;
			break;
		case 15:
			r->v.alerts = false;
			break;
		case 16:
			r->v.kind = VERDICT_UNJUDGED;
			r->v.reason = REASON_DIRECTION;
			break;
		case 17: /* data with the opening, and nobody looks */
			r->v.passed = PASSED_UNKNOWN;
			r->c.payload[0] = true;
			break;
		case 18:
			r->c.payload[1] = true;
			break;
		case 19:
			r->c.protocol = 1;
			break;
		case 20:
			r->c.target_count = 1;
			break;
		default:
			r->c.targets_full = true;
			break;
		}
		assert_false(take(&run));
		assert_false(take_last(&run));
		r->c.target_count = 0;
	}
	assert_int_equal(due(&run, r->o.now, true), 0);
	end(&run);
}

static void
test_the_other_ways_to_be_background(void **state)
{
	struct run run;
	struct recording *r;

	begin(&run, state);
	r = run.r;
	r->c.outcome = OUTCOME_REFUSED;
	r->v.refused_by = REFUSER_BOUNDARY;
	assert_true(take(&run));
	next(&run);
	attempt(r);
	r->v.passed = PASSED_UNKNOWN;
	assert_true(take(&run));
	/* a datagram that may have arrived, and a name server asked for it */
	r->c.datagram = r->c.payload[0] = true;
	r->c.protocol = 17;
	r->v.kind = VERDICT_UNJUDGED;
	r->v.reason = REASON_ONE_WAY;
	r->v.also[0].check = CHECK_SVC_4;
	r->v.also[0].severity = SEVERITY_MEDIUM;
	r->v.also_count = 1;
	next(&run);
	assert_true(take(&run));
	r->c.resolved_name = NULL;
	r->c.server_name = "edgedl.me.gvt1.com";
	next(&run);
	assert_true(take(&run));
	assert_string_equal(run.name.name, "edgedl.me.gvt1.com");
	end(&run);
}

static void
test_many_datagrams_into_the_dark_are_no_attempt(void **state)
{
	struct run run;
	struct recording *r;

	begin(&run, state);
	r = run.r;
	r->c.datagram = r->c.payload[0] = true;
	r->c.protocol = 17;
	r->v.passed = PASSED_UNKNOWN;
	r->o.packets[0] = DAILY_DATAGRAMS_MAX;
	assert_true(take(&run));
	r->o.packets[0]++;
	assert_false(take(&run));
	next(&run);
	r->o.packets[0] = 2;
	r->o.bytes[0] = DAILY_BYTES_MAX + 1;
	assert_false(take(&run));
	r->v.passed = PASSED_NO; /* somebody looked */
	next(&run);
	assert_true(take(&run));
	end(&run);
}

static void
test_what_passes_after_all_rises_for_good(void **state)
{
	struct run run;

	begin(&run, state);
	assert_true(take(&run));
	run.r->o.stage = OBSERVATION_UPDATE;
	run.r->c.outcome = OUTCOME_ANSWERED;
	run.r->v.passed = PASSED_YES;
	run.r->v.deciding.severity = SEVERITY_CRITICAL;
	assert_false(take(&run));
	assert_int_equal(daily_counters(run.d)->rose, 1);
	/* whatever is said of it later */
	run.r->c.outcome = OUTCOME_TRIED;
	run.r->v.passed = PASSED_NO;
	run.r->v.deciding.severity = SEVERITY_LOW;
	assert_false(take(&run));
	assert_false(take_last(&run));
	assert_int_equal(daily_counters(run.d)->rose, 1);
	assert_int_equal(due(&run, run.r->o.now, true), 0);
	end(&run);
}

static void
test_who_refused_may_show_later(void **state)
{
	struct run run;

	begin(&run, state);
	assert_true(take(&run));
	run.r->c.outcome = OUTCOME_REFUSED;
	run.r->v.passed = PASSED_UNKNOWN;
	run.r->v.refused_by = REFUSER_UNKNOWN;
	assert_false(take(&run));
	run.r->v.passed = PASSED_NO;
	run.r->v.refused_by = REFUSER_BOUNDARY;
	assert_true(take(&run));
	assert_int_equal(daily_counters(run.d)->rose, 0);
	end(&run);
}

static void
test_what_was_told_stays_an_alert(void **state)
{
	struct run run;

	begin(&run, state);
	assert_false(daily_take(run.d, &run.r->o, true, &run.name));
	end(&run);
}

static void
test_a_row_counts_hosts_and_names(void **state)
{
	char address[ADDR_TEXT_MAX], name[64];
	struct run run;

	begin(&run, state);
	for (int i = 0; i < DAILY_HOSTS_MAX + 10; i++) {
		attempt(run.r);
		run.r->o.flow_id += (uint64_t)i;
		(void)snprintf(address, sizeof(address), "10.1.%d.%d", i / 250,
		    i % 250 + 1);
		recording_between(run.r, address, "203.0.113.7");
		(void)snprintf(name, sizeof(name), "r%d.gvt1.com",
		    i % (DAILY_NAMES_MAX + 2));
		run.r->c.resolved_name = name;
		assert_true(take_last(&run));
	}
	assert_int_equal(due(&run, run.r->o.now, true), 1);
	assert_line(&run, "\"count\":1034,");
	assert_line(&run, "\"hosts\":1024,\"hosts_at_least\":true");
	assert_line(&run, "\"name\":\"r15.gvt1.com\"");
	assert_null(strstr(text_str(&run.lines), "r16.gvt1.com"));
	assert_line(&run, "\"unnamed\":114,");
	assert_line(&run, "少なくとも 1024 台");
	end(&run);
}

/* 2026-11-21T23:59:59+0900 */
#define BEFORE_MIDNIGHT (INT64_C(1795273199) * CLOCK_SECOND)

static void
test_the_day_ends_at_the_models_midnight(void **state)
{
	struct run run;
	struct wall_us t = { BEFORE_MIDNIGHT };

	begin(&run, state);
	recording_end(run.r);
	run.r->o.start = run.r->o.end = run.r->o.now = t;
	assert_true(take(&run));
	t.us += CLOCK_SECOND;
	next(&run);
	recording_end(run.r);
	run.r->o.start = run.r->o.end = run.r->o.now = t;
	assert_true(take(&run));
	assert_int_equal(daily_counters(run.d)->rows, 2);
	assert_int_equal(due(&run, t, false), 0);
	t.us += DAILY_LATE_US;
	assert_int_equal(due(&run, t, false), 1);
	assert_line(&run, "\"day\":\"2026-11-21\"");
	assert_null(strstr(text_str(&run.lines), "\"day\":\"2026-11-22\""));
	/* what comes late makes another row of that day, a little later */
	next(&run);
	recording_end(run.r);
	run.r->o.end.us = BEFORE_MIDNIGHT;
	run.r->o.now = t;
	assert_true(take(&run));
	assert_int_equal(due(&run, t, false), 0);
	t.us += DAILY_LATE_US;
	assert_int_equal(due(&run, t, false), 1);
	assert_int_equal(due(&run, t, true), 1);
	assert_line(&run, "\"day\":\"2026-11-22\"");
	end(&run);
}

static void
make_legacy(struct recording *r, unsigned legacy, const char *from,
    const char *to)
{
	recording_example(r);
	recording_between(r, from, to);
	r->c.legacy = (uint8_t)legacy;
	r->v.kind = r->v.from.zone == r->v.to.zone ? VERDICT_OUT_OF_SCOPE :
						     VERDICT_CONFORM;
	r->v.alerts = false;
	r->v.deciding.check = CHECK_NONE;
	r->v.also_count = 0;
	recording_end(r);
}

static void
test_ways_of_old_inside_a_zone_make_a_row_each(void **state)
{
	struct run run;

	begin(&run, state);
	make_legacy(run.r, LEGACY_SMB1, "10.3.1.5", "10.3.1.9");
	assert_false(take(&run));
	assert_false(take(&run));
	make_legacy(run.r, LEGACY_SNMP_COMMUNITY, "10.3.1.5", "10.3.1.9");
	assert_false(take(&run));
	/* across zones: SNMP alone */
	make_legacy(run.r, LEGACY_SNMP_COMMUNITY, "10.3.1.5", "10.1.0.10");
	assert_false(take(&run));
	make_legacy(run.r, LEGACY_SMB1, "10.3.1.5", "10.1.0.10");
	assert_false(take(&run));
	/* it counts when it has ended */
	make_legacy(run.r, LEGACY_SMB1, "10.1.0.5", "10.1.0.10");
	run.r->o.stage = OBSERVATION_FIRST;
	assert_false(take(&run));
	assert_int_equal(daily_counters(run.d)->legacy, 4);
	assert_int_equal(daily_findings(run.d), 2);
	assert_int_equal(due(&run, run.r->o.now, true), 2);
	assert_line(&run,
	    "\"kind\":\"legacy\",\"check\":\"CRY-6\","
	    "\"title\":\"廃止対象プロトコルの使用\",\"severity\":\"low\"");
	assert_line(&run,
	    "\"zone\":\"office\",\"what\":\"SMBv1\",\"count\":2,"
	    "\"count_at_least\":false,\"blocked\":null,"
	    "\"hosts\":1");
	assert_line(&run,
	    "\"what\":\"SNMPv1/v2c\",\"count\":2,"
	    "\"count_at_least\":false,\"blocked\":null,"
	    "\"hosts\":2");
	end(&run);
}

static void
test_what_finds_no_row_is_counted_in_the_one_for_the_rest(void **state)
{
	struct run run;
	size_t lines;

	begin(&run, state);
	/* a row a day, of many days at once */
	for (int i = 0; i < DAILY_ROWS_MAX + 5; i++) {
		attempt(run.r);
		recording_end(run.r);
		run.r->o.flow_id += (uint64_t)i;
		run.r->o.end.us += i * CLOCK_DAY;
		assert_true(take(&run));
	}
	assert_int_equal(daily_counters(run.d)->folded, 5);
	assert_int_equal(daily_counters(run.d)->background, DAILY_ROWS_MAX + 5);
	lines = due(&run, run.r->o.now, true);
	assert_int_equal(lines, DAILY_ROWS_MAX + 1);
	assert_line(&run,
	    "\"check\":null,\"title\":null,"
	    "\"severity\":\"information\",\"boundary\":null,"
	    "\"zone\":null,\"what\":null,\"count\":5,");
	text_clear(&run.lines);
	end(&run);
}

static void
test_too_many_that_have_not_ended_are_given_up(void **state)
{
	struct run run;

	begin(&run, state);
	for (int i = 0; i <= DAILY_ASIDE_MAX; i++) {
		run.r->o.flow_id = (uint64_t)i + 1;
		assert_true(take(&run));
	}
	assert_int_equal(daily_counters(run.d)->forgotten, DAILY_ASIDE_MAX);
	/* they are still judged by what they are */
	run.r->o.flow_id = 1;
	run.r->v.passed = PASSED_YES;
	assert_false(take(&run));
	end(&run);
}

static void
test_a_recorder_that_took_over_says_that_there_may_be_more(void **state)
{
	struct run run;

	begin(&run, state);
	daily_resume(run.d);
	assert_true(take_last(&run));
	next(&run);
	recording_end(run.r);
	run.r->o.end.us += CLOCK_DAY;
	assert_true(take(&run));
	assert_int_equal(due(&run, run.r->o.now, true), 2);
	assert_line(&run, "\"count\":1,\"count_at_least\":true");
	assert_line(&run, "\"count\":1,\"count_at_least\":false");
	assert_line(&run, "再起動したため");
	end(&run);
}

static void
test_rows_go_on_under_another_model(void **state)
{
	struct recording *other = recording_new();
	struct run run;

	begin(&run, state);
	assert_true(take_last(&run));
	daily_rebase(run.d, other->m);
	run.r = other;
	attempt(other);
	other->o.flow_id++;
	recording_between(other, "10.1.0.11", "203.0.113.7");
	assert_true(take_last(&run));
	assert_int_equal(due(&run, other->o.now, true), 1);
	assert_line(&run, "\"count\":2,");
	assert_line(&run, "\"hosts\":2,");
	end(&run);
	recording_free(other);
}

/* ---- through the recorder */

struct written {
	struct recorder *recorder;
	struct observer observer;
	FILE *out;
	char *bytes;
	size_t length;
};

static void
open_recorder(struct written *w, struct recording *r)
{
	memset(w, 0, sizeof(*w));
	attempt(r);
	w->out = open_memstream(&w->bytes, &w->length);
	w->recorder = recorder_new(r->m, "probe1", LANG_EN, w->out,
	    recording_secret);
	w->observer = recorder_observer(w->recorder);
}

static void
give(struct written *w, const struct recording *r)
{
	w->observer.conversation(w->observer.context, &r->o);
}

static void
close_recorder(struct written *w, const struct recording *r)
{
	recorder_finish(w->recorder, r->o.now);
	(void)fclose(w->out);
	recording_keep(w->bytes, w->length);
}

static void
free_recorder(struct written *w)
{
	recorder_free(w->recorder);
	free(w->bytes);
}

static size_t
count(const struct written *w, const char *part)
{
	size_t n = 0;

	for (const char *p = w->bytes; (p = strstr(p, part)) != NULL; p++)
		n++;
	return n;
}

#define ALERTS "\"event_type\":\"alert\""
#define ROWS "\"event_type\":\"sekisho_daily\""

static void
test_the_recorder_writes_a_row_and_no_alert(void **state)
{
	struct recording *r = *state;
	struct written w;

	open_recorder(&w, r);
	give(&w, r);
	recording_end(r);
	give(&w, r);
	close_recorder(&w, r);
	assert_int_equal(count(&w, ALERTS), 0);
	assert_int_equal(count(&w, ROWS), 1);
	assert_int_equal(count(&w, "\"alerted\":false"), 1);
	assert_int_equal(count(&w,
			     "\"background\":{\"name\":\"ocsp.digicert.com\""),
	    2);
	assert_int_equal(count(&w, "\"verdict\":\"violate\""), 2);
	assert_int_equal(recorder_totals(w.recorder)->findings, 0);
	assert_int_equal(recorder_totals(w.recorder)->background, 1);
	free_recorder(&w);
}

static void
test_the_recorder_alerts_of_what_rises(void **state)
{
	struct recording *r = *state;
	struct written w;

	open_recorder(&w, r);
	give(&w, r);
	r->o.stage = OBSERVATION_UPDATE;
	r->c.outcome = OUTCOME_DATA;
	r->v.passed = PASSED_YES;
	r->v.deciding.severity = SEVERITY_CRITICAL;
	give(&w, r);
	recording_end(r);
	give(&w, r);
	close_recorder(&w, r);
	assert_int_equal(count(&w, ALERTS), 1);
	assert_int_equal(count(&w, ROWS), 0);
	assert_int_equal(count(&w, "\"severity\":\"critical\""), 3);
	assert_int_equal(count(&w, "\"alerted\":true"), 1);
	assert_int_equal(count(&w, "\"background\""), 1);
	assert_int_equal(recorder_totals(w.recorder)->findings, 1);
	free_recorder(&w);
}

static void
test_a_name_that_comes_late_does_not_take_a_written_alert_back(void **state)
{
	struct recording *r = *state;
	struct written w;

	open_recorder(&w, r);
	r->c.resolved_name = NULL;
	give(&w, r);
	w.observer.tick(w.observer.context,
	    (struct wall_us){ r->o.now.us + CLOCK_MINUTE });
	r->c.resolved_name = "ocsp.digicert.com";
	recording_end(r);
	give(&w, r);
	close_recorder(&w, r);
	assert_int_equal(count(&w, ALERTS), 1);
	assert_int_equal(count(&w, ROWS), 0);
	assert_int_equal(count(&w, "\"alerted\":true"), 1);
	free_recorder(&w);
}

static void
test_the_recorder_counts_ways_of_old_as_findings(void **state)
{
	struct recording *r = *state;
	struct written w;

	open_recorder(&w, r);
	make_legacy(r, LEGACY_SMB1, "10.3.1.5", "10.3.1.9");
	give(&w, r);
	close_recorder(&w, r);
	assert_int_equal(count(&w, ALERTS), 0);
	assert_int_equal(count(&w, ROWS), 1);
	assert_int_equal(recorder_totals(w.recorder)->findings, 1);
	assert_int_equal(recorder_totals(w.recorder)->legacy, 1);
	free_recorder(&w);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_attempt_at_a_name_of_the_list_makes_a_row),
		TEST(test_nothing_but_a_mere_attempt_is_background),
		TEST(test_the_other_ways_to_be_background),
		TEST(test_many_datagrams_into_the_dark_are_no_attempt),
		TEST(test_what_passes_after_all_rises_for_good),
		TEST(test_who_refused_may_show_later),
		TEST(test_what_was_told_stays_an_alert),
		TEST(test_a_row_counts_hosts_and_names),
		TEST(test_the_day_ends_at_the_models_midnight),
		TEST(test_ways_of_old_inside_a_zone_make_a_row_each),
		TEST(test_what_finds_no_row_is_counted_in_the_one_for_the_rest),
		TEST(test_too_many_that_have_not_ended_are_given_up),
		TEST(
		    test_a_recorder_that_took_over_says_that_there_may_be_more),
		TEST(test_rows_go_on_under_another_model),
		TEST(test_the_recorder_writes_a_row_and_no_alert),
		TEST(test_the_recorder_alerts_of_what_rises),
		TEST(
		    test_a_name_that_comes_late_does_not_take_a_written_alert_back),
		TEST(test_the_recorder_counts_ways_of_old_as_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
