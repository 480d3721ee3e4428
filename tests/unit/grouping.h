/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of groups: a table of any size, and alerts that differ
 * as far as a test needs. Include after cmocka.h.
 */
#ifndef GROUPING_H
#define GROUPING_H

#include <string.h>

#include "group.h"
#include "group_key.h"

#define NAMED 3 /* folded critical ones with a line of their own */
#define JST (9 * 3600)
#define HOLD (3 * CLOCK_SECOND)
#define WINDOW (15 * CLOCK_MINUTE)
#define NOON (CLOCK_DAY * 20000 + 3 * CLOCK_HOUR) /* 12:00 in Japan */
#define MIDNIGHT (NOON + 12 * CLOCK_HOUR)	  /* the end of that day */

static const uint8_t grouping_secret[16] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8,
	9, 7, 9, 3 };

static inline struct group_table *
make(size_t groups, size_t held, size_t conversations)
{
	const struct group_limits limits = {
		.groups = groups,
		.held = held,
		.conversations = conversations,
		.named = NAMED,
		.hold_us = HOLD,
		.window_us = WINDOW,
		.utc_offset_s = JST,
	};

	return group_new(&limits, grouping_secret);
}

static inline struct wall_us
when(int64_t us)
{
	struct wall_us t = { us };

	return t;
}

/* An alert of a conversation 10.0.0.1 -> 10.0.1.1:445 that goes on. */
static inline struct alert
alert(uint64_t flow_id, enum check check, enum severity severity,
    enum outcome outcome)
{
	struct alert a;

	memset(&a, 0, sizeof(a));
	a.flow_id = flow_id;
	a.finding.check = check;
	a.finding.severity = severity;
	a.outcome = outcome;
	a.refused_by = outcome == OUTCOME_REFUSED ? REFUSER_HOST : REFUSER_NONE;
	a.ongoing = true;
	a.clause.kind = CLAUSE_GUIDELINE;
	a.clause.from = TIER_INTERNET;
	a.clause.to = TIER_MYNUMBER;
	a.ends.protocol = 6;
	a.ends.port[0] = (uint16_t)(50000 + flow_id);
	a.ends.port[1] = 445;
	(void)addr_parse("10.0.0.1", &a.ends.address[0]);
	(void)addr_parse("10.0.1.1", &a.ends.address[1]);
	return a;
}

/* Adds after asking for what is due; nothing may be due by time here. */
static inline enum emission
add(struct group_table *t, const struct alert *a, int64_t us,
    struct group_line *line)
{
	struct group_line other;

	assert_int_equal(group_due(t, when(us), &other), EMISSION_NONE);
	return group_add(t, a, when(us), line);
}

/* An alert with a group of its own for each i. */
static inline struct alert
apart(uint64_t i, enum severity severity)
{
	struct alert a = alert(i, CHECK_SEG_2, severity, OUTCOME_DATA);

	a.ends.address[0].bytes[2] = (uint8_t)(i >> 8);
	a.ends.address[0].bytes[3] = (uint8_t)i;
	return a;
}

#endif
