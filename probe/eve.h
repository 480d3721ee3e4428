/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * EVE JSON: one object a line, Suricata's field names where Suricata has one,
 * everything of ours under "sekisho". Pure: each function appends one line
 * without its newline; who writes it out, and where, is the recorder's
 * business. The schema is topology/schema/sekisho-eve-1.json.
 */
#ifndef EVE_H
#define EVE_H

#include "group.h"

#define EVE_GID 7700
#define EVE_COMMUNITY_MAX 32 /* "1:", 28 of Base64 and NUL */

/* What the accounts have said so far of a boundary. */
struct eve_coverage {
	uint64_t tcp_conversations, tcp_one_way;
	uint64_t payload_seen, payload_missing; /* TCP bytes */
};

/* What every line needs to know. */
struct eve {
	const struct model *model;
	const char *probe;
	enum lang lang;
	uint32_t generation;
	size_t groups_max;
	const struct eve_coverage *coverage; /* by boundary index */
};

/* What has been written and judged so far, for the stats line. */
struct eve_totals {
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t unjudged[REASON_COUNT];
	uint64_t alert_lines, lines, lines_lost;
	uint64_t gaps; /* told of */
	const struct group_counters *groups;
};

/* An alert as its group tells it. */
void eve_alert(struct text *out, const struct eve *e,
    const struct group_line *line, enum emission why);
/* The one flow line of a conversation, at its end. */
void eve_flow(struct text *out, const struct eve *e,
    const struct observation *o, bool alerted);
/* A first or updated verdict, before the end. */
void eve_conversation(struct text *out, const struct eve *e,
    const struct observation *o);
/* An account of every frame. */
void eve_stats(struct text *out, const struct eve *e, const struct tally *tally,
    const struct eve_totals *totals);
/* A part of a capture that could not be read. */
void eve_gap(struct text *out, const struct eve *e, const struct gap *g);
/*
 * The community ID, version 1 with seed 0 (github.com/corelight/
 * community-id-spec): ICMP types that answer each other stand for ports.
 */
void eve_community(const struct ends *ends, char out[EVE_COMMUNITY_MAX]);

#endif
