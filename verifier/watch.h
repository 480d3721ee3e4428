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
 */
#ifndef WATCH_H
#define WATCH_H

#include "base/table.h"
#include "base/text.h"
#include "judge.h"

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
	uint64_t count;
};

struct watch_rows {
	struct watch_row rows[WATCH_SUMMARY_ROWS_MAX];
	size_t count;
	uint64_t rest; /* of names that found no row */
};

/* A row that is not shown yet. */
struct watch_held {
	int64_t id; /* of a conversation; 0 for other rows */
	int64_t since_ms;
	char clock[WATCH_CLOCK_MAX];
	char said[WATCH_SAID_MAX];
	bool ended, in_scope;
	struct text row; /* all but time and mark; owned */
};

struct watch {
	enum lang lang;
	bool colour;
	unsigned columns; /* of the terminal; 0 for none: nothing is folded */
	bool ended;	  /* the last line of a run came */
	uint64_t lines, unread; /* events; lines that are none */
	uint64_t verdicts[VERDICT_COUNT];
	struct watch_rows checks;   /* alerts above information */
	struct watch_rows records;  /* those of information: no findings */
	struct watch_rows reasons;  /* of unjudged conversations */
	struct watch_rows coverage; /* sentences of the last account */
	struct watch_rows gaps;	    /* by kind */
	/* Devices told as new, and told at the end; of them not registered. */
	uint64_t devices[2], unregistered[2];
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

void watch_init(struct watch *w, enum lang lang, bool colour);
void watch_fini(struct watch *w);
/* The heading of the rows. */
void watch_heading(const struct watch *w, struct text *out);
/* One line of events, without newline: appends what is to be shown by now. */
void watch_line(struct watch *w, const char *line, size_t length,
    struct text *out);
/* Appends what is held: nothing more comes, or not soon. */
void watch_release(struct watch *w, struct text *out);
/* What was seen in all. file: where the events lie, as shown. */
void watch_summary(const struct watch *w, const char *file, struct text *out);

#endif
