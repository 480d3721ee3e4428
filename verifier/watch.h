/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events as a person reads them while they come: one row a verdict (time, who
 * to whom with zones, service, application, verdict, check), one a alert, gap
 * or change of the probe itself, and a closing summary. Takes lines and yields
 * text; where lines come from is cmd_watch's business. A line that cannot be
 * read is counted and said, never passed over in silence.
 *
 * A probe judges a conversation anew with each thing it learns of it, often
 * thrice within a millisecond. Rows are therefore held for WATCH_HOLD_MS and
 * only the last word stands; a row that revises one shown before is marked.
 * What is out of scope is counted and has no row, and neither has a device. An
 * alert that is not of one conversation has its parties in a second line.
 *
 * With a filter only what passes has a row; what was shown stays true: a
 * conversation that had a row has one again when it is judged otherwise. The
 * summary counts what passed beside what there was in all.
 */
#ifndef WATCH_H
#define WATCH_H

#include "base/table.h"
#include "devices.h"
#include "base/text.h"
#include "judge.h"
#include "watch_filter.h"

#define WATCH_LINE_MAX (1u << 20) /* bytes of one event */
#define WATCH_OPEN_MAX 65536	  /* conversations remembered at once */
#define WATCH_ZONE_COLUMNS \
	12			  /* a longer id is written whole, and moves
				    * what follows in its row */
#define WATCH_SUMMARY_ROWS_MAX 64 /* checks or reasons counted apart */
#define WATCH_NAME_MAX 48
#define WATCH_SAID_MAX 64  /* what a row says, to compare it */
#define WATCH_HELD_MAX 256 /* rows held at once */
#define WATCH_HOLD_MS 300  /* of the events' own time */
#define WATCH_CLOCK_MAX 9  /* "10:15:33" */
#define WATCH_WIDE_COLUMNS \
	122 /* a terminal that has fewer gets two lines
				* a conversation */

struct watch_row {
	char name[WATCH_NAME_MAX]; /* check, reason or boundary */
	uint64_t count, passed;	   /* in all; of them past the filter */
};

struct watch_rows {
	struct watch_row rows[WATCH_SUMMARY_ROWS_MAX];
	size_t count;
	uint64_t rest, rest_passed; /* of names that found no row */
};

/* A row that is not shown yet. */
struct watch_held {
	int64_t id; /* of a conversation; 0 for other rows */
	int64_t since_ms;
	char clock[WATCH_CLOCK_MAX];
	char said[WATCH_SAID_MAX];
	bool ended, in_scope;
	bool passes;	 /* the filter */
	struct text row; /* all but time and mark; owned */
};

struct watch {
	enum lang lang;
	struct watch_filter *filter; /* borrowed; NULL: everything is shown */
	bool colour;
	unsigned columns; /* of the terminal; 0 for none: nothing is folded */
	bool ended;	  /* the last line of a run came */
	uint64_t lines, unread; /* in all; of them no event */
	uint64_t events;	/* of a type, whichever */
	uint64_t verdicts[VERDICT_COUNT], passed[VERDICT_COUNT];
	struct watch_rows checks;   /* alerts above information */
	struct watch_rows records;  /* those of information: no findings */
	struct watch_rows reasons;  /* of unjudged conversations */
	struct watch_rows coverage; /* sentences of the last account */
	struct watch_rows gaps;	    /* by kind */
	struct watch_rows dailies;  /* daily rows, by check */
	struct watch_rows unknown;  /* types of events nobody told of */
	uint64_t daily_findings;    /* of the daily rows above information */
	uint64_t tap_views;	    /* sekisho_tap, counted only */
	struct devices devices;
	uint64_t dropped; /* frames, of the last account */
	bool dropped_known;
	/* What was shown last of a conversation that has not ended. */
	struct table shown;
	char (*last)[WATCH_SAID_MAX]; /* owned */
	uint32_t *free_slots;	      /* owned */
	uint32_t free_count;
	struct watch_held *held; /* a ring; owned */
	size_t held_at, held_count;
	int64_t now_ms; /* the latest time of day in an event */
};

/* filter: outlives w, or NULL. */
void watch_init(struct watch *w, enum lang lang, bool colour,
    struct watch_filter *filter);
void watch_fini(struct watch *w);
/* The heading of the rows. */
void watch_heading(const struct watch *w, struct text *out);
/* One line of events, without newline: appends what is to be shown by now. */
void watch_line(struct watch *w, const char *line, size_t length,
    struct text *out);
/* Appends what is held: nothing more comes, or not soon. */
void watch_release(struct watch *w, struct text *out);
/* Whether anything above information was among the events, shown or not. */
bool watch_has_findings(const struct watch *w);
/* Whether there were lines and not one was an event: nothing is known. */
bool watch_has_nothing(const struct watch *w);
/* What was seen in all. file: where the events lie, as shown. */
void watch_summary(const struct watch *w, const char *file, struct text *out);

#endif
