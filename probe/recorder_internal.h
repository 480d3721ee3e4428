/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the recorder's files share: its state, and how a line is written.
 * Nobody else includes this.
 */
#ifndef RECORDER_INTERNAL_H
#define RECORDER_INTERNAL_H

#include "daily.h"
#include "eve.h"
#include "recorder.h"

#define RECORDER_ALERTS_MAX \
	(VERDICT_ALSO_MAX + 1) /* of one conversation at once */

struct recorder {
	struct eve eve;
	struct eve_coverage *coverage;	     /* owned, by boundary index */
	struct cover *cover;		     /* owned */
	struct daily *daily;		     /* owned */
	struct emergency_watch *emergencies; /* owned */
	struct daily_name background;	     /* of the observation at hand */
	struct group_table *groups;	     /* owned */
	struct text line;		     /* reused for every line */
	struct alert
	    alerts[RECORDER_ALERTS_MAX]; /* of the observation at hand */
	struct recorder_sink sink;
	FILE *out;   /* borrowed; NULL: the sink is another's */
	char *probe; /* owned */
	struct recorder_totals totals, before; /* before: of those that ended */
	uint64_t lines, lines_lost, gaps;
	uint64_t notices, notices_kept_back, devices; /* told of */
	const char *fault; /* of strerror; NULL: none */
	bool unflushed;

	struct health health;	/* the last one; its event is not kept */
	struct wall_us now;	/* the latest that was told */
	uint32_t judged_by;	/* generation of what is told now */
	size_t engines, finals; /* how many end, and how many have */
	bool replaying;
	bool is_heir; /* of a recorder that died */
	uint8_t secret[16];
	struct noun_map *nouns; /* owned; NULL: the model is the first */
	struct noun_room *room; /* owned; NULL likewise */
};

/* Writes r->line and empties it. */
void recorder_write_line(struct recorder *r, bool conversation,
    struct wall_us now);
/* Writes what time alone makes due. */
void recorder_write_due(struct recorder *r, struct wall_us now);
/* Writes what is held and closes all windows. */
void recorder_write_rest(struct recorder *r, struct wall_us now);

/* ---- recorder_account.c */

/* What there is of hours that have not ended, as far as each went. */
void recorder_write_hours(struct recorder *r);
/* Calls of the observer. */
void recorder_on_account(void *context, const struct tally *observed);
void recorder_on_minute(void *context, const struct tap_minute *observed);
void recorder_on_view(void *context, const struct tap_view *observed);

#endif
