/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The recorder: observations → alerts in groups and EVE JSON lines. Group key
 * = (check, clause, initiator host, responder host, service); an alert is held
 * until its outcome settles or 3 s of packet time, written again when its
 * severity rises, and once when its window closes with more than one.
 */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdio.h>

#include "observation.h"

#define RECORDER_GROUPS_MAX 65536 /* then one folded group that counts */
#define RECORDER_HELD_MAX 65536
#define RECORDER_HOLD_US (3 * CLOCK_SECOND)
#define RECORDER_WINDOW_US (15 * CLOCK_MINUTE)

struct recorder;

struct recorder_totals { /* for the closing summary and the exit code */
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t unjudged[REASON_COUNT];
	uint64_t findings;   /* groups above information */
	uint64_t alerts;     /* alert lines */
	uint64_t suppressed; /* conversations that alert without a line of
			      * their own: counted in their group's */
	uint64_t groups_by_check[CHECK_COUNT];
	uint64_t lines;	     /* written, of all kinds */
	uint64_t lines_lost; /* not written after a fault */
};

/*
 * Writes to out (borrowed; the caller closes it). probe is the probe's id.
 * generation starts at 1. secret keys the group table.
 */
struct recorder *recorder_new(const struct model *m, const char *probe,
    enum lang lang, FILE *out, const uint8_t secret[16]);
void recorder_free(struct recorder *r);
/* The observer to give to the engine; context is r. */
struct observer recorder_observer(struct recorder *r);
/* Writes held alerts, closes all windows and flushes out. The final account
 * does the same before its stats line, which is thus the last line. */
void recorder_finish(struct recorder *r, struct wall_us now);
/* As of the last tick or recorder_finish; borrowed from r. */
const struct recorder_totals *recorder_totals(const struct recorder *r);
/* NULL, or why a line could not be written (disk full), in errno's words. It
 * stays: later lines are counted and not written. */
const char *recorder_fault(const struct recorder *r);

#endif
