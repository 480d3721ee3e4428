/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What novelty.c (rows and what they say) and novelty_file.c (their file)
 * share. The file: a head of NOVELTY_HEAD_BYTES, then rows of NOVELTY_ROW_BYTES
 * each, longest unseen first, numbers in network byte order. Head and rows end
 * with a keyed digest of themselves.
 */
#ifndef NOVELTY_INTERNAL_H
#define NOVELTY_INTERNAL_H

#include "base/cursor.h"
#include "base/table.h"
#include "novelty.h"

#define NOVELTY_VERSION_NOW 1
#define NOVELTY_HEAD_BYTES 72
#define NOVELTY_ROW_BYTES 56
#define NOVELTY_KEY_BYTES 16
#define NOVELTY_SPARE "novelty.tmp" /* a file that is being written */
#define NOVELTY_CHECKS_MAX 2048	    /* numbers of checks lie below */

struct novelty_row {
	uint8_t key[NOVELTY_KEY_BYTES];
	uint64_t host; /* digest of the initiator; 0: there is none */
	int64_t first_us, last_us;
	uint32_t days;
	uint16_t check; /* its number: the same in every version */
	/* Not in the file: the group that was seen last, and what was known
	 * before it. */
	int64_t opened_us;
	int64_t previous_first_us, previous_last_us;
	bool is_new;	       /* nothing was */
	bool is_unsure;	       /* as far as a store after a loss can say */
	uint32_t older, newer; /* by when it was last noted */
};

struct novelty {
	int folder; /* borrowed; -1: there is none */
	struct novelty_limits limits;
	struct novelty_counters counters;
	int32_t utc_offset_s;
	uint8_t key[16];  /* of digests; kept in the file */
	int64_t since_us; /* 0: from the first alert on */
	bool is_lost;	  /* it began anew, or in part, after a loss */
	enum novelty_found found;

	struct table by_key;
	struct novelty_row *rows; /* owned */
	uint32_t oldest, newest;

	/* Initiators of one day, as (check, host). */
	struct table hosts;
	uint32_t hosts_of[NOVELTY_CHECKS_MAX];
	struct day today; /* year 0: no day yet */

	bool is_changed; /* since it was written */
	int64_t written_us;
	int fault;
};

/* ---- novelty.c */

/* Takes a row of the file; false when its key is there already or there is no
 * room for it. */
bool novelty_add(struct novelty *n, const struct novelty_row *row);

/* ---- novelty_file.c */

/* Reads what is there; sets found, key, since_us, is_lost and the rows. */
void novelty_file_read(struct novelty *n, int64_t now_us);
/* The same from bytes, for tests: nothing is set aside. */
enum novelty_found novelty_file_take(struct novelty *n, const uint8_t *bytes,
    size_t length);
/* Writes all of it; false and fault when that could not be done. */
bool novelty_file_write(struct novelty *n);

#endif
