/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file of what alerted before with whatever bytes: it is read to its end, all
 * that it yields can be, and an alert that comes after is noted. Half of the
 * inputs have their digests made right, so that what lies behind them is read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "novelty_internal.h"

#define ROWS_MAX 8
#define NOW INT64_C(1795223730000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[16] = { 1, 2, 3 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
put_digest(uint8_t *at, uint64_t digest)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(digest >> (56 - 8 * i));
}

/* Magic, version, sizes and digests as a writer would have them. */
static void
mend(uint8_t *bytes, size_t size)
{
	static const uint8_t open_key[16] = { 0 };
	static const uint8_t version[4] = { 0, 0, 0, NOVELTY_VERSION_NOW };
	static const uint8_t row[4] = { 0, 0, 0, NOVELTY_ROW_BYTES };

	if (size < NOVELTY_HEAD_BYTES)
		return;
	memcpy(bytes, "sekisho-novelty\n", 16);
	memcpy(bytes + 16, version, 4);
	bytes[20] = bytes[21] = bytes[22] = 0; /* few rows */
	memcpy(bytes + 28, row, 4);
	put_digest(bytes + NOVELTY_HEAD_BYTES - 8,
	    table_hash(open_key, bytes, NOVELTY_HEAD_BYTES - 8));
	for (size_t at = NOVELTY_HEAD_BYTES; at + NOVELTY_ROW_BYTES <= size;
	     at += NOVELTY_ROW_BYTES)
		put_digest(bytes + at + NOVELTY_ROW_BYTES - 8,
		    table_hash(bytes + 32, bytes + at, NOVELTY_ROW_BYTES - 8));
}

static void
see(struct novelty *n, int64_t at)
{
	const struct wall_us first = { at }, last = { at + 1 };
	struct novelty_seen seen;
	struct alert a;

	memset(&a, 0, sizeof(a));
	a.finding.check = CHECK_SEG_2;
	a.clause.id = "x";
	a.ends.address[0].family = a.ends.address[1].family = 4;
	novelty_see(n, &a, first, last, &seen);
	require(!seen.first_ever || seen.known);
	require(!seen.known || seen.days > 0);
	require(seen.first.us < first.us && seen.last.us < first.us);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct novelty_limits limits = { .rows = ROWS_MAX, .hosts = 4 };
	struct novelty *n = novelty_new(-1, &limits, 9 * 3600, secret,
	    (struct wall_us){ NOW });
	uint8_t *bytes;
	enum novelty_found found;

	if (size == 0) {
		novelty_free(n);
		return 0;
	}
	bytes = malloc(size);
	require(bytes != NULL);
	memcpy(bytes, data + 1, size - 1);
	if (data[0] & 1)
		mend(bytes, size - 1);
	found = novelty_file_take(n, bytes, size - 1);
	require(found != NOVELTY_NONE && found != NOVELTY_UNREADABLE);
	require(n->counters.rows <= ROWS_MAX);
	require(found != NOVELTY_PARTLY || n->counters.damaged > 0);
	see(n, NOW);
	see(n, NOW + CLOCK_DAY);
	see(n, NOW - CLOCK_DAY);
	require(n->counters.rows <= ROWS_MAX && n->counters.rows > 0);
	novelty_free(n);
	free(bytes);
	return 0;
}
