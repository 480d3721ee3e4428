/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of alerts: what is held, told, told again, counted and folded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "group.h"
#include "grouping.h"

static void
test_an_alert_is_held_for_three_seconds(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_CRITICAL,
	    OUTCOME_ANSWERED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + HOLD - 1), &line),
	    EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NEW);
	assert_true(line.at.us == NOON + HOLD);
	assert_int_equal(line.count, 1);
	assert_int_equal(line.suppressed, 0);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NONE);
	group_free(t);
}

static void
test_a_late_look_at_the_clock_does_not_date_the_line_late(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_CRITICAL,
	    OUTCOME_ANSWERED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + CLOCK_HOUR), &line),
	    EMISSION_NEW);
	assert_true(line.at.us == NOON + HOLD);
	group_free(t);
}

static void
test_a_settled_outcome_is_told_at_once(void **state)
{
	static const struct {
		enum outcome outcome;
		enum refuser by;
		enum emission expected;
	} rows[] = {
		{ OUTCOME_DATA, REFUSER_NONE, EMISSION_NEW },
		{ OUTCOME_REFUSED, REFUSER_HOST, EMISSION_NEW },
		{ OUTCOME_REFUSED, REFUSER_BOUNDARY, EMISSION_NEW },
		{ OUTCOME_REFUSED, REFUSER_UNKNOWN, EMISSION_NONE },
		{ OUTCOME_ANSWERED, REFUSER_NONE, EMISSION_NONE },
		{ OUTCOME_TRIED, REFUSER_NONE, EMISSION_NONE },
	};
	struct group_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct group_table *t = make(8, 8, 8);
		struct alert a = alert(1, CHECK_SEG_1, SEVERITY_CRITICAL,
		    rows[i].outcome);

		a.refused_by = rows[i].by;
		assert_int_equal(add(t, &a, NOON, &line), rows[i].expected);
		group_free(t);
	}
}

static void
test_a_held_alert_is_told_when_its_conversation_ends(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_TRIED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	assert_int_equal(group_counters(t)->held, 1);
	a.ongoing = false;
	assert_int_equal(add(t, &a, NOON + 1000, &line), EMISSION_NEW);
	assert_false(line.alert->ongoing);
	assert_int_equal(line.count, 1);
	assert_int_equal(group_counters(t)->held, 0);
	group_free(t);
}

static void
test_what_is_held_tells_the_gravest(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_TRIED);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_CRITICAL, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	assert_int_equal(add(t, &b, NOON + 1, &line), EMISSION_NEW);
	assert_true(line.alert->flow_id == 2);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.suppressed, 1);
	group_free(t);
}

static void
test_a_conversation_counts_once(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct group_line line;

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (uint64_t flow = 1; flow <= 3; flow++) {
			struct alert a = alert(flow, CHECK_SEG_1,
			    SEVERITY_CRITICAL, OUTCOME_DATA);
			enum emission e = add(t, &a, NOON + round, &line);

			assert_int_equal(e,
			    round == 0 && flow == 1 ? EMISSION_NEW :
						      EMISSION_NONE);
		}
	}
	assert_int_equal(group_due(t, when(NOON + WINDOW), &line),
	    EMISSION_CLOSED);
	assert_int_equal(line.count, 3);
	assert_int_equal(line.suppressed, 2);
	assert_int_equal(group_counters(t)->counted, 3);
	assert_int_equal(group_counters(t)->written, 1);
	group_free(t);
}

static void
test_a_counted_conversation_opens_no_second_group(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(group_due(t, when(NOON + WINDOW), &line),
	    EMISSION_NONE);
	a.ongoing = false; /* it ends an hour later */
	assert_int_equal(add(t, &a, NOON + CLOCK_HOUR, &line), EMISSION_NONE);
	assert_int_equal(group_counters(t)->opened, 1);
	/* what was forgotten is new */
	group_forget(t, 1);
	assert_false(group_alerted(t, 1));
	assert_int_equal(add(t, &a, NOON + CLOCK_HOUR, &line), EMISSION_NEW);
	assert_true(group_alerted(t, 1));
	group_free(t);
}

static void
test_a_window_is_fifteen_minutes_from_its_first(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert b = alert(2, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert c = alert(3, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, NOON + WINDOW - 1, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + WINDOW - 1), &line),
	    EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + WINDOW), &line),
	    EMISSION_CLOSED);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.suppressed, 1);
	assert_int_equal(add(t, &c, NOON + WINDOW, &line), EMISSION_NEW);
	assert_int_equal(line.count, 1);
	group_free(t);
}

static void
test_a_window_with_one_closes_in_silence(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(group_counters(t)->open, 1);
	assert_int_equal(group_due(t, when(NOON + WINDOW), &line),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->open, 0);
	group_free(t);
}

static void
test_a_rising_severity_is_told_again(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_9, SEVERITY_MEDIUM,
	    OUTCOME_REFUSED);
	struct alert b = alert(2, CHECK_SEG_9, SEVERITY_HIGH, OUTCOME_ANSWERED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, NOON + 1, &line), EMISSION_RAISED);
	assert_int_equal(line.alert->finding.severity, SEVERITY_HIGH);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.suppressed, 0);
	b.outcome = OUTCOME_DATA; /* as grave as told: nothing new */
	assert_int_equal(add(t, &b, NOON + 2, &line), EMISSION_NONE);
	/* the same conversation rises by itself */
	a.finding.severity = SEVERITY_CRITICAL;
	assert_int_equal(add(t, &a, NOON + 3, &line), EMISSION_RAISED);
	assert_int_equal(line.count, 2);
	assert_int_equal(line.suppressed, 0);
	group_free(t);
}

static void
test_what_was_overtaken_while_held_is_taken_back(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_13, SEVERITY_MEDIUM, OUTCOME_TRIED);
	struct alert b = alert(1, CHECK_SEG_1, SEVERITY_CRITICAL, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	group_revise(t, 1, &b, 1, when(NOON + 1));
	assert_int_equal(group_counters(t)->open, 0);
	assert_int_equal(group_counters(t)->held, 0);
	assert_int_equal(group_counters(t)->counted, 0);
	assert_int_equal(group_counters(t)->findings, 0);
	assert_int_equal(group_counters(t)->opened_by_check[CHECK_SEG_13], 0);
	assert_int_equal(add(t, &b, NOON + 1, &line), EMISSION_NEW);
	assert_int_equal(group_finish(t, when(NOON + 2), &line), EMISSION_NONE);
	/* it may come again: then it is new */
	assert_int_equal(add(t, &a, NOON + 3, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + 3 + HOLD), &line),
	    EMISSION_NEW);
	group_free(t);
}

static void
test_what_no_longer_alerts_while_held_is_taken_back(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_2, SEVERITY_LOW, OUTCOME_TRIED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	group_revise(t, 1, NULL, 0, when(NOON + 1));
	assert_false(group_alerted(t, 1));
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NONE);
	group_free(t);
}

static void
test_what_was_told_stays_and_others_stand_when_one_is_taken_back(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_2, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert b = alert(2, CHECK_SEG_3, SEVERITY_LOW, OUTCOME_TRIED);
	struct alert c = alert(3, CHECK_SEG_3, SEVERITY_LOW, OUTCOME_TRIED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	group_revise(t, 1, NULL, 0, when(NOON + 1));
	assert_true(group_alerted(t, 1));
	assert_int_equal(group_counters(t)->open, 1);
	assert_int_equal(add(t, &b, NOON, &line), EMISSION_NONE);
	assert_int_equal(add(t, &c, NOON, &line), EMISSION_NONE);
	group_revise(t, 2, NULL, 0, when(NOON + 1));
	assert_int_equal(add(t, &c, NOON + 1, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NEW);
	assert_int_equal(line.count, 1);
	assert_int_equal(line.alert->flow_id, 3);
	assert_int_equal(group_counters(t)->counted, 2);
	group_free(t);
}

static void
test_who_turns_round_is_of_another_group(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_3, SEVERITY_LOW, OUTCOME_TRIED);
	struct alert b = a;
	struct group_line line;

	(void)state;
	b.ends.address[0] = a.ends.address[1];
	b.ends.address[1] = a.ends.address[0];
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	group_revise(t, 1, &b, 1, when(NOON + 1));
	assert_int_equal(group_counters(t)->open, 0);
	assert_int_equal(add(t, &b, NOON + 1, &line), EMISSION_NONE);
	group_revise(t, 1, NULL, 0, when(NOON + 2));
	assert_int_equal(group_due(t, when(NOON + HOLD + 5), &line),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->counted, 0);
	group_free(t);
}

static void
test_the_latest_word_is_told_when_the_hold_ends(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_TRIED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	a.passed = PASSED_NO;
	group_revise(t, 1, &a, 1, when(NOON + HOLD));
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NEW);
	assert_int_equal(line.alert->passed, PASSED_NO);
	assert_int_equal(group_add(t, &a, when(NOON + HOLD), &line),
	    EMISSION_NONE);
	assert_int_equal(group_counters(t)->counted, 1);
	group_free(t);
}

static void
test_a_rise_after_the_window_is_an_alert_of_its_own(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_9, SEVERITY_MEDIUM,
	    OUTCOME_REFUSED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	a.finding.severity = SEVERITY_HIGH;
	a.outcome = OUTCOME_DATA;
	assert_int_equal(add(t, &a, NOON + WINDOW, &line), EMISSION_NEW);
	assert_int_equal(line.count, 1);
	group_free(t);
}

static void
test_what_was_only_tried_is_told_once_a_day(void **state)
{
	struct group_table *t = make(8, 8, 64);
	struct group_line line;

	(void)state;
	for (uint64_t i = 0; i < 12; i++) {
		struct alert a = alert(i, CHECK_SEG_1, SEVERITY_LOW,
		    OUTCOME_REFUSED);

		assert_int_equal(add(t, &a, NOON + (int64_t)i * CLOCK_HOUR,
				     &line),
		    i == 0 ? EMISSION_NEW : EMISSION_NONE);
	}
	assert_int_equal(group_due(t, when(MIDNIGHT - 1), &line),
	    EMISSION_NONE);
	assert_int_equal(group_due(t, when(MIDNIGHT), &line), EMISSION_CLOSED);
	assert_int_equal(line.count, 12);
	assert_int_equal(line.suppressed, 11);
	assert_true(line.at.us == MIDNIGHT);
	group_free(t);
}

static void
test_a_day_ends_by_the_clock_of_the_model(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_REFUSED);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_REFUSED);
	struct alert c = alert(3, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_REFUSED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, MIDNIGHT - 2, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, MIDNIGHT - 1, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(MIDNIGHT), &line), EMISSION_CLOSED);
	assert_int_equal(line.count, 2);
	assert_int_equal(add(t, &c, MIDNIGHT, &line), EMISSION_NEW);
	group_free(t);
}

static void
test_what_crossed_ends_the_day_long_window(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_REFUSED);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_CRITICAL, OUTCOME_DATA);
	struct alert c = alert(3, CHECK_SEG_1, SEVERITY_CRITICAL, OUTCOME_DATA);
	int64_t rise = NOON + CLOCK_HOUR;
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, rise, &line), EMISSION_RAISED);
	assert_int_equal(group_due(t, when(rise + WINDOW - 1), &line),
	    EMISSION_NONE);
	assert_int_equal(group_due(t, when(rise + WINDOW), &line),
	    EMISSION_CLOSED);
	assert_int_equal(add(t, &c, rise + WINDOW, &line), EMISSION_NEW);
	group_free(t);
}

static void
test_an_expired_conduit_is_told_once_a_day(void **state)
{
	struct group_table *t = make(8, 8, 64);
	struct group_line line;

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		struct alert a = alert(i, CHECK_SEG_8, SEVERITY_MEDIUM,
		    OUTCOME_DATA);

		a.clause.kind = CLAUSE_CONDUIT;
		a.clause.id = i % 2 ? "odd" : "even";
		a.ends.address[0].bytes[3] = (uint8_t)i; /* other hosts */
		a.ends.port[1] = (uint16_t)(1000 + i);	 /* and services */
		assert_int_equal(add(t, &a, NOON + (int64_t)i * CLOCK_HOUR,
				     &line),
		    i < 2 ? EMISSION_NEW : EMISSION_NONE);
	}
	assert_int_equal(group_due(t, when(MIDNIGHT), &line), EMISSION_CLOSED);
	assert_int_equal(line.count, 5);
	assert_int_equal(group_due(t, when(MIDNIGHT), &line), EMISSION_CLOSED);
	assert_int_equal(line.count, 5);
	/* the next day it is told again */
	for (uint64_t i = 100; i < 102; i++) {
		struct alert a = alert(i, CHECK_SEG_8, SEVERITY_MEDIUM,
		    OUTCOME_DATA);

		a.clause.kind = CLAUSE_CONDUIT;
		a.clause.id = "odd";
		assert_int_equal(add(t, &a, MIDNIGHT, &line),
		    i == 100 ? EMISSION_NEW : EMISSION_NONE);
	}
	group_free(t);
}

static void
test_a_backup_line_in_use_is_one_record_of_two_zones_and_day(void **state)
{
	static const struct zone zones[] = { { .id = "core" },
		{ .id = "gcloud" }, { .id = "lg" } };
	struct group_table *t = make(8, 8, 64);
	struct group_line line;

	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		struct alert a = alert(i, CHECK_SEG_10, SEVERITY_INFORMATION,
		    OUTCOME_DATA);

		a.from.zone = &zones[i == 9 ? 2 : 0];
		a.to.zone = &zones[1];
		a.ends.address[0].bytes[3] = (uint8_t)i; /* other hosts */
		a.ends.port[1] = (uint16_t)(1000 + i);	 /* and services */
		assert_int_equal(add(t, &a, NOON + (int64_t)i * CLOCK_MINUTE,
				     &line),
		    i % 9 == 0 ? EMISSION_NEW : EMISSION_NONE);
	}
	/* Off its lines altogether it is told for each pair of hosts. */
	for (uint64_t i = 20; i < 23; i++) {
		struct alert a = alert(i, CHECK_SEG_10, SEVERITY_CRITICAL,
		    OUTCOME_DATA);

		a.from.zone = &zones[0];
		a.to.zone = &zones[1];
		a.ends.address[0].bytes[3] = (uint8_t)i;
		assert_int_equal(add(t, &a, NOON + CLOCK_HOUR, &line),
		    EMISSION_NEW);
	}
	assert_int_equal(group_due(t, when(MIDNIGHT), &line), EMISSION_CLOSED);
	assert_int_equal(line.count, 9);
	group_free(t);
}

/* One alert for each way in which a key may differ from that of alert(). */
static size_t
variants(struct alert *out)
{
	size_t n = 0;

	for (; n < 9; n++)
		out[n] = alert(n + 1, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	n = 1;
	out[n++].finding.check = CHECK_SEG_2;
	out[n++].clause.to = TIER_LGWAN;
	out[n++].clause.kind = CLAUSE_CONDUIT;
	out[n++].clause.id = "a-conduit";
	out[n++].ends.address[0].bytes[3] = 9;
	out[n++].ends.address[1].bytes[3] = 9;
	out[n++].ends.protocol = 17;
	out[n++].ends.port[1] = 80;
	return n;
}

static void
test_check_clause_hosts_and_service_tell_groups_apart(void **state)
{
	struct group_table *t = make(64, 64, 64);
	struct alert a[9];
	size_t n = variants(a);
	struct group_line line;
	char ids[9][GROUP_ID_MAX];

	(void)state;
	assert_int_equal(n, 9);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(add(t, &a[i], NOON, &line), EMISSION_NEW);
		memcpy(ids[i], line.id, sizeof(ids[i]));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	}
	assert_int_equal(group_counters(t)->opened, n);
	group_free(t);
}

static void
test_the_tap_and_the_client_port_do_not(void **state)
{
	static const struct tap taps[2];
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	a.tap = a.taps[0] = &taps[0];
	b.tap = b.taps[0] = &taps[1];
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, NOON, &line), EMISSION_NONE);
	assert_int_equal(group_counters(t)->opened, 1);
	group_free(t);
}

static void
test_icmp_is_grouped_by_type(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert b, c;
	struct group_line line;

	(void)state;
	a.ends.protocol = 1;
	a.ends.icmp_type = 8;
	a.ends.port[0] = a.ends.port[1] = 0;
	b = c = a;
	b.flow_id = 2;
	c.flow_id = 3;
	c.ends.icmp_type = 13;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &b, NOON, &line), EMISSION_NONE);
	assert_int_equal(add(t, &c, NOON, &line), EMISSION_NEW);
	group_free(t);
}

static void
test_more_than_may_be_held_is_told_at_once(void **state)
{
	struct group_table *t = make(8, 2, 64);
	struct group_line line;

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		struct alert a = apart(i, SEVERITY_HIGH);

		a.outcome = OUTCOME_ANSWERED;
		assert_int_equal(add(t, &a, NOON, &line),
		    i < 2 ? EMISSION_NONE : EMISSION_NEW);
	}
	assert_int_equal(group_counters(t)->held, 2);
	assert_int_equal(group_counters(t)->not_held, 2);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NEW);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NEW);
	assert_int_equal(group_due(t, when(NOON + HOLD), &line), EMISSION_NONE);
	group_free(t);
}

static void
test_more_conversations_than_are_remembered_are_counted_as_such(void **state)
{
	struct group_table *t = make(8, 8, 2);
	struct group_line line;

	(void)state;
	for (uint64_t i = 0; i < 5; i++) {
		struct alert a = alert(i, CHECK_SEG_1, SEVERITY_HIGH,
		    OUTCOME_DATA);

		(void)add(t, &a, NOON, &line);
	}
	assert_int_equal(group_counters(t)->counted, 5);
	assert_int_equal(group_counters(t)->untracked, 3);
	assert_true(group_alerted(t, 0));
	assert_false(group_alerted(t, 4));
	group_free(t);
}

static void
test_the_end_writes_what_is_held_and_closes_the_rest(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_TRIED);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_LOW, OUTCOME_TRIED);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	assert_int_equal(add(t, &b, NOON + 1, &line), EMISSION_NONE);
	assert_int_equal(group_finish(t, when(NOON + 2), &line), EMISSION_NEW);
	assert_true(line.at.us == NOON + 2);
	assert_int_equal(group_finish(t, when(NOON + 2), &line),
	    EMISSION_CLOSED);
	assert_int_equal(line.count, 2);
	assert_int_equal(group_finish(t, when(NOON + 2), &line), EMISSION_NONE);
	assert_int_equal(group_counters(t)->open, 0);
	group_free(t);
}

static void
test_the_same_input_yields_the_same_names(void **state)
{
	static const uint8_t other[16] = { 1 };
	const struct group_limits limits = { 8, 8, 8, 8, HOLD, WINDOW, JST };
	struct group_table *t = make(8, 8, 8);
	struct group_table *u = group_new(&limits, other);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line x, y;

	(void)state;
	assert_int_equal(add(t, &a, NOON, &x), EMISSION_NEW);
	assert_int_equal(add(u, &a, NOON, &y), EMISSION_NEW);
	assert_string_equal(x.id, y.id);
	assert_int_equal(strlen(x.id), GROUP_ID_MAX - 1);
	group_free(t);
	group_free(u);
}

static void
test_a_clock_set_back_does_not_keep_a_window_open(void **state)
{
	struct group_table *t = make(8, 8, 8);
	struct alert a = alert(1, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct alert b = alert(2, CHECK_SEG_1, SEVERITY_HIGH, OUTCOME_DATA);
	struct group_line line;

	(void)state;
	assert_int_equal(add(t, &a, NOON + 1000 * CLOCK_DAY, &line),
	    EMISSION_NEW);
	assert_int_equal(add(t, &b, NOON, &line), EMISSION_NONE);
	assert_int_equal(group_due(t, when(NOON + WINDOW), &line),
	    EMISSION_CLOSED);
	assert_int_equal(line.count, 2);
	group_free(t);
}

static void
test_times_at_the_end_of_the_scale_do_not_overflow(void **state)
{
	static const int64_t times[] = { INT64_MAX, INT64_MAX - 1, INT64_MIN,
		INT64_MIN + 1, 0, -1 };
	struct group_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct group_table *t = make(8, 8, 64);

		for (uint64_t k = 0; k < 12; k++) {
			struct alert a = apart(k / 2,
			    k % 2 ? SEVERITY_LOW : SEVERITY_HIGH);

			a.flow_id = k;
			a.outcome = OUTCOME_TRIED;
			(void)group_add(t, &a, when(times[i]), &line);
		}
		while (group_due(t, when(times[i]), &line) != EMISSION_NONE)
			;
		while (group_finish(t, when(times[i]), &line) != EMISSION_NONE)
			;
		assert_int_equal(group_counters(t)->open, 0);
		group_free(t);
	}
}

static void
test_coverage_is_told_at_once_and_grouped_by_place(void **state)
{
	static const struct tap taps[2] = { { .id = "a" }, { .id = "b" } };
	struct group_table *t = make(8, 8, 8);
	struct coverage_finding f = { .check = CHECK_COV_2,
		.severity = SEVERITY_HIGH,
		.tap = &taps[0],
		.counted = 1,
		.of = 2 };
	struct group_line line;
	struct alert a;

	(void)state;
	alert_of_coverage(&a, &f);
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NONE);
	f.tap = &taps[1];
	alert_of_coverage(&a, &f);
	assert_int_equal(add(t, &a, NOON, &line), EMISSION_NEW);
	group_free(t);
}

/* A thousand groups at random: all are told, closed, and none twice. */
static void
test_many_groups_come_due_in_order(void **state)
{
	struct group_table *t = make(1000, 1000, 4000);
	int64_t last = 0;
	uint32_t random = 1;
	size_t told = 0, closed = 0;
	struct group_line line;
	enum emission e;

	(void)state;
	for (uint64_t i = 0; i < 3000; i++) {
		struct alert a = apart(i % 1000, SEVERITY_HIGH);

		random = random * 1664525 + 1013904223;
		a.flow_id = i;
		a.outcome = OUTCOME_TRIED;
		assert_int_equal(group_add(t, &a, when(NOON + (random >> 12)),
				     &line),
		    EMISSION_NONE);
	}
	while ((e = group_due(t, when(NOON + CLOCK_DAY), &line)) !=
	    EMISSION_NONE) {
		assert_true(line.at.us >= last);
		last = line.at.us;
		told += e == EMISSION_NEW;
		closed += e == EMISSION_CLOSED;
		assert_int_equal(line.count, 3);
	}
	assert_int_equal(told, 1000);
	assert_int_equal(closed, 1000);
	group_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_alert_is_held_for_three_seconds),
		cmocka_unit_test(
		    test_a_late_look_at_the_clock_does_not_date_the_line_late),
		cmocka_unit_test(test_a_settled_outcome_is_told_at_once),
		cmocka_unit_test(
		    test_a_held_alert_is_told_when_its_conversation_ends),
		cmocka_unit_test(test_what_is_held_tells_the_gravest),
		cmocka_unit_test(test_a_conversation_counts_once),
		cmocka_unit_test(
		    test_a_counted_conversation_opens_no_second_group),
		cmocka_unit_test(
		    test_a_window_is_fifteen_minutes_from_its_first),
		cmocka_unit_test(test_a_window_with_one_closes_in_silence),
		cmocka_unit_test(test_a_rising_severity_is_told_again),
		cmocka_unit_test(
		    test_what_was_overtaken_while_held_is_taken_back),
		cmocka_unit_test(
		    test_what_no_longer_alerts_while_held_is_taken_back),
		cmocka_unit_test(
		    test_what_was_told_stays_and_others_stand_when_one_is_taken_back),
		cmocka_unit_test(test_who_turns_round_is_of_another_group),
		cmocka_unit_test(
		    test_the_latest_word_is_told_when_the_hold_ends),
		cmocka_unit_test(
		    test_a_rise_after_the_window_is_an_alert_of_its_own),
		cmocka_unit_test(test_what_was_only_tried_is_told_once_a_day),
		cmocka_unit_test(test_a_day_ends_by_the_clock_of_the_model),
		cmocka_unit_test(test_what_crossed_ends_the_day_long_window),
		cmocka_unit_test(test_an_expired_conduit_is_told_once_a_day),
		cmocka_unit_test(
		    test_a_backup_line_in_use_is_one_record_of_two_zones_and_day),
		cmocka_unit_test(
		    test_check_clause_hosts_and_service_tell_groups_apart),
		cmocka_unit_test(test_the_tap_and_the_client_port_do_not),
		cmocka_unit_test(test_icmp_is_grouped_by_type),
		cmocka_unit_test(test_more_than_may_be_held_is_told_at_once),
		cmocka_unit_test(
		    test_more_conversations_than_are_remembered_are_counted_as_such),
		cmocka_unit_test(
		    test_the_end_writes_what_is_held_and_closes_the_rest),
		cmocka_unit_test(test_the_same_input_yields_the_same_names),
		cmocka_unit_test(
		    test_a_clock_set_back_does_not_keep_a_window_open),
		cmocka_unit_test(
		    test_times_at_the_end_of_the_scale_do_not_overflow),
		cmocka_unit_test(
		    test_coverage_is_told_at_once_and_grouped_by_place),
		cmocka_unit_test(test_many_groups_come_due_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
