/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * EVE JSON: one object a line, Suricata's field names where Suricata has one,
 * everything of ours under "sekisho". Pure: each function appends one line
 * without its newline; who writes it out, and where, is the recorder's
 * business. The schema is topology/schema/sekisho-eve-1.json.
 */
#ifndef EVE_H
#define EVE_H

#include "cover.h"
#include "emergency.h"
#include "daily.h"
#include "exhibit.h"
#include "group.h"
#include "novelty.h"
#include "observation_record.h"

#define EVE_GID 7700
#define EVE_COMMUNITY_MAX 32 /* "1:", 28 of Base64 and NUL */

/* What the accounts have said so far of a boundary. */
struct eve_coverage {
	uint64_t tcp_conversations, tcp_one_way;
	uint64_t payload_seen, payload_missing; /* TCP bytes */
	uint64_t payload_unheard, frames, drops;
};

struct daily_row;

/* What every line needs to know. */
struct eve {
	const struct model *model;
	const char *probe;
	enum lang lang;
	uint32_t generation;
	size_t groups_max;
	const struct eve_coverage *coverage; /* by boundary index */
	bool is_live;
	const struct health *health; /* the last one, or NULL: none came */
	uint8_t engine; /* whose account it is, where there are several */
	bool has_engine;
	/* Of the alert at hand; NULL: it has no packets. */
	const struct exhibited *evidence;
	const struct novelty_seen *novelty; /* likewise; NULL: not asked */
	const struct emergency_watch *emergencies; /* or NULL */
	/* Of the conversation at hand; NULL: it is no background. */
	const struct daily_name *background;
};

/* Where lines are kept, and what became of the records they are made of. */
struct eve_store {
	uint64_t lines, bytes; /* written */
	uint64_t lost, lost_conversations;
	uint64_t made_room, made_room_lasting;
	uint64_t mended, rotated;
	uint64_t refused[RECORD_RESULT_COUNT]; /* records, by what was wrong */
	uint64_t missing;		       /* records that never came */
	uint64_t held; /* alerts that would be lost by a death now */
	uint64_t syslog, syslog_lost; /* messages sent, and not taken */
	const char *fault; /* why the last line could not be written, or NULL */
	const struct exhibit_counters *evidence; /* NULL: there is no folder */
	const struct novelty_counters *novelty;	 /* likewise */
};

/* What has been written and judged so far, for the stats line. */
struct eve_totals {
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t unjudged[REASON_COUNT];
	uint64_t alert_lines, lines, lines_lost;
	uint64_t gaps; /* told of */
	/* Notices that came, those that a draft keeps back, and devices. */
	uint64_t notices, notices_kept_back, devices;
	const struct group_counters *groups;
	const struct daily_counters *daily;
	const struct exhibit_counters *evidence; /* NULL: there is no folder */
	const struct novelty_counters *novelty;	 /* likewise */
};

/* An alert as its group tells it. */
void eve_alert(struct text *out, const struct eve *e,
    const struct group_line *line, enum emission why);
/* The conversation that an alert is of, or that shows it; or NULL. */
const uint64_t *eve_flow_id(const struct alert *a);
/* A row of a day, written at that time. */
void eve_daily(struct text *out, const struct eve *e, const struct daily_row *r,
    struct wall_us at);
/* A device as it was seen. */
void eve_device(struct text *out, const struct eve *e, const struct device *d);
/* The one flow line of a conversation, at its end. */
void eve_flow(struct text *out, const struct eve *e,
    const struct observation *o, bool alerted);
/* A first or updated verdict, before the end. */
void eve_conversation(struct text *out, const struct eve *e,
    const struct observation *o);
/* An account of every frame. */
void eve_stats(struct text *out, const struct eve *e, const struct tally *tally,
    const struct eve_totals *totals);
/* A part of what there was that is missing from what is told. */
void eve_gap(struct text *out, const struct eve *e, const struct gap *g);
/* An emergency that begins, goes on or ends. */
void eve_emergency(struct text *out, const struct eve *e,
    const struct emergency_state *s, enum emergency_event why,
    struct wall_us now);
/* What a tap saw in a minute, and a boundary in an hour. */
void eve_cover_minute(struct text *out, const struct eve *e,
    const struct tap_minute *m);
void eve_cover_hour(struct text *out, const struct eve *e,
    const struct cover_hour *h, struct wall_us now);
/* What a tap shows. */
void eve_view(struct text *out, const struct eve *e, const struct tap_view *v);
/* How the probe itself is; store NULL: nothing is known of it. */
void eve_health(struct text *out, const struct eve *e, const struct health *h,
    const struct eve_store *store);
/*
 * The community ID, version 1 with seed 0 (github.com/corelight/
 * community-id-spec): ICMP types that answer each other stand for ports.
 */
void eve_community(const struct ends *ends, char out[EVE_COMMUNITY_MAX]);

#endif
