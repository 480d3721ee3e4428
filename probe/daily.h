/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What repeats itself every day and alerts nobody: attempts in the background
 * (revocation lists, connectivity checks, telemetry, updates) that were only
 * tried, one row a zone and day; and ways of old inside one zone (SMBv1,
 * SNMPv1 and v2c), one row a zone, kind and day. Rows are written as
 * sekisho_daily when the day of packet time ends, and at the end of a run.
 *
 * An attempt counts as background only as long as nothing says that it passed:
 * it was tried, or the boundary refused it; no answer and no byte of it was
 * seen beyond; nothing is wrong with it but that it crosses; it goes outside;
 * and every name that is known of it is on the list (background.h). One that
 * passes after all is an alert, and counts in no row.
 */
#ifndef DAILY_H
#define DAILY_H

#include "background.h"
#include "observation.h"

#define DAILY_ROWS_MAX 4096  /* of one day; then one row for the rest */
#define DAILY_HOSTS_MAX 1024 /* told apart in one row; more are "at least" */
#define DAILY_NAMES_MAX 16   /* destinations named in one row */
#define DAILY_ASIDE_MAX \
	65536 /* attempts set aside that have not ended; then
			       * they are forgotten, and counted */
/* Where nobody sees beyond the boundary, datagrams of an attempt may be so
 * many: more could be a message. Openings of QUIC are sent again and again. */
#define DAILY_DATAGRAMS_MAX 16
#define DAILY_BYTES_MAX (16 * 1024)
/* Rows of a day wait for what ended with it and comes late. What comes later
 * still makes a row of its own: rows of a day add up. */
#define DAILY_LATE_US CLOCK_MINUTE

struct daily;
struct eve;

/* Why an attempt is background: the name it goes by, and the list's row. */
struct daily_name {
	const char *name; /* borrowed from the conversation */
	const struct background *row;
};

struct daily_counters {
	uint64_t background; /* conversations counted in rows, as are these */
	uint64_t legacy;
	uint64_t rows;	    /* opened */
	uint64_t folded;    /* counted in the row for the rest */
	uint64_t rose;	    /* set aside, and passed after all: alerts */
	uint64_t forgotten; /* set aside, and given up: too many at once */
};

struct daily *daily_new(const struct model *m, const uint8_t secret[16]);
void daily_free(struct daily *d);
/* Goes on where another ended without a word: what it had counted of the day
 * is lost, and rows of that day say that there may be more. */
void daily_resume(struct daily *d);
/*
 * Takes an observation. True: its alert is a matter of a daily row for now,
 * and none is to be written; asked again for each observation of the same
 * conversation, since an attempt that passes after all is an alert. told: an
 * alert of it was written before, so it stays one. *out is set where the
 * result is true. O(1) expected.
 */
bool daily_take(struct daily *d, const struct observation *o, bool told,
    struct daily_name *out);
/* Appends the next row that is due at now as a line (no newline); false when
 * none is. finish: every row is due. O(1) where none is. */
bool daily_due(struct daily *d, const struct eve *e, struct wall_us now,
    bool finish, struct text *out, struct wall_us *at);
/* The model is another one: rows go on under the ids of their zones. */
void daily_rebase(struct daily *d, const struct model *m);
/* Rows above information that were opened: findings. */
uint64_t daily_findings(const struct daily *d);
const struct daily_counters *daily_counters(const struct daily *d);

#endif
