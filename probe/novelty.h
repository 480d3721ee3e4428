/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * First-seen and days-seen: what has alerted before, kept across restarts in
 * one bounded file beneath the recorder's folder. A row is (check, clause, the
 * two hosts, service), as groups are; it holds when it was first and last seen
 * and on how many days. Helps triage only: nothing is judged by it, and a file
 * that is lost, full or damaged is counted and said, never taken for "new".
 *
 * The file names nobody: a row's key and host are keyed digests. Time is packet
 * time and may step back: what has a row was seen before, whatever its times.
 */
#ifndef NOVELTY_H
#define NOVELTY_H

#include "alert.h"

#define NOVELTY_FILE "novelty" /* beneath the folder of events */
/* A file that could not be read, or not wholly; the one before it goes. */
#define NOVELTY_ASIDE "novelty.damaged"
#define NOVELTY_ROWS_MAX 262144 /* then the longest unseen gives way */
#define NOVELTY_HOSTS_MAX 65536 /* initiators of a day, over all checks */

/* What an alert says of it. */
struct novelty_seen {
	bool known;	 /* false: the store cannot say (it was lost) */
	bool first_ever; /* never seen before in what the store remembers */
	struct wall_us first, last; /* before this time; 0: never */
	uint32_t days;		    /* on which it was seen, this one counted */
	uint32_t hosts_same_check;  /* initiators that this check was seen of
				    * today, this one counted; 0: it is of no
				    * initiator, or not known */
	struct wall_us since;	    /* the store remembers from then on */
};

struct novelty_counters {
	uint64_t rows;		  /* there now */
	uint64_t forgotten;	  /* gave way to new ones */
	uint64_t damaged;	  /* rows or files that could not be read */
	uint64_t failed;	  /* writes that failed */
	uint64_t hosts_uncounted; /* initiators that found no room */
};

/* What was there at the start. */
enum novelty_found {
	NOVELTY_NONE,	    /* no file: it begins */
	NOVELTY_WHOLE,	    /* the file as it was written */
	NOVELTY_PARTLY,	    /* rows of it are damaged or missing */
	NOVELTY_FOREIGN,    /* not such a file, or its head is damaged */
	NOVELTY_VERSION,    /* such a file of another version */
	NOVELTY_UNREADABLE, /* it could not be opened or read */
};

struct novelty_limits {
	size_t rows, hosts; /* 0: the defaults above */
};

struct novelty;

/*
 * folder: a descriptor of the recorder's folder, borrowed; -1: nothing is
 * kept over restarts. limits NULL: the defaults. secret keys the tables. now:
 * the store remembers from then on where it has no file; 0: from its first
 * alert on. Never fails: what cannot be read is set aside as NOVELTY_ASIDE and
 * shows in found, the counters and known. O(rows there).
 */
struct novelty *novelty_new(int folder, const struct novelty_limits *limits,
    int32_t utc_offset_s, const uint8_t secret[16], struct wall_us now);
/* Writes what is not written yet. NULL is fine. */
void novelty_free(struct novelty *n);
/* Days end by that offset from now on. */
void novelty_zone(struct novelty *n, int32_t utc_offset_s);
/*
 * A line of an alert is being written, of a group that was first and last seen
 * then: notes it and says what was known before the group opened, so that all
 * lines of a group say the same. O(1) expected; once a day O(rows).
 */
void novelty_see(struct novelty *n, const struct alert *a, struct wall_us first,
    struct wall_us last, struct novelty_seen *out);
/* Call each second: writes when something changed, at most once a minute. */
void novelty_tick(struct novelty *n, struct wall_us now);
/* Writes what is not written yet; false when that could not be done. */
bool novelty_sync(struct novelty *n);
enum novelty_found novelty_found(const struct novelty *n);
/* Why the last write failed, an errno; 0: it did not. */
int novelty_errno(const struct novelty *n);
const struct novelty_counters *novelty_counters(const struct novelty *n);

#endif
