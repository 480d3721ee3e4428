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
	uint64_t findings_by_check[CHECK_COUNT]; /* above information */
	uint64_t lines;				 /* written, of all kinds */
	uint64_t lines_lost;			 /* not written after a fault */
	/* Alert lines with a file of evidence, and without one. */
	uint64_t evidence, evidence_missing;
	/* Conversations counted in daily rows: daily.h. */
	uint64_t background, legacy;
};

/* An alert line in short, for those who take no JSON. */
struct recorder_alert {
	enum check check;
	enum severity severity;
	const uint64_t *flow_id; /* or NULL: of no conversation */
	const char *message;	 /* its sentences, in the recorder's language */
};

struct eve_store;
struct exhibits;
struct novelty;

/* Where a whole line (with its newline) goes. False: it could not be written
 * and is counted as lost; the next is tried again. */
struct recorder_sink {
	void *context;
	bool (*line)(void *context, const char *line, size_t length,
	    bool conversation, struct wall_us now);
	/* Told of each alert line, whether it could be written or not; or
	 * NULL. */
	void (*alert)(void *context, const struct recorder_alert *a);
	/* Fills in what the health line says of where lines are kept; or
	 * NULL: nothing is known of it. */
	void (*store)(void *context, struct eve_store *out);
	/* Where evidence becomes files; borrowed; NULL: there is no folder. */
	struct exhibits *exhibits;
	/* What alerted before; borrowed; NULL: nothing is remembered. */
	struct novelty *novelty;
};

/*
 * Writes to out (borrowed; the caller closes it). probe is the probe's id.
 * generation starts at 1. secret keys the group table.
 */
struct recorder *recorder_new(const struct model *m, const char *probe,
    enum lang lang, FILE *out, const uint8_t secret[16]);
/* As recorder_new, writing to a sink; generation is m's. */
struct recorder *recorder_new_sink(const struct model *m, uint32_t generation,
    const char *probe, enum lang lang, const struct recorder_sink *sink,
    const uint8_t secret[16]);
void recorder_free(struct recorder *r);
/*
 * is_live: what the kernel counts is not known before the first health record,
 * rather than not at all. engines: how many final accounts come; the last of
 * them closes all windows. May be called again. Without it: offline, 1.
 */
void recorder_expect(struct recorder *r, bool is_live, size_t engines);
/* Goes on from the totals of a recorder that ended. */
void recorder_resume(struct recorder *r, const struct recorder_totals *before);
/*
 * Who speaks from now on, as the head of a record names it, and under which
 * generation of the model. What is of an older one is told under the nouns of
 * the present one, with its own generation.
 */
void recorder_from(struct recorder *r, uint8_t sender, uint32_t generation);
/* True: what is told was told before to a recorder that ended; only alerts are
 * taken of it. */
void recorder_replay(struct recorder *r, bool replaying);
/* How many alerts are held now: they would be lost with this process. */
size_t recorder_held(const struct recorder *r);
/* Conversations counted in open groups that no line has told of yet. */
uint64_t recorder_untold(const struct recorder *r);
/*
 * The model is another one: open groups go on under the nouns of m that have
 * the same ids; those whose boundary is gone are closed (and written). The old
 * model is not looked at again.
 */
void recorder_reload(struct recorder *r, const struct model *m,
    uint32_t generation);
/* The observer to give to the engine; context is r. */
struct observer recorder_observer(struct recorder *r);
/* Writes held alerts, closes all windows and flushes out. The final account
 * does the same before its stats line, which is thus the last line. */
void recorder_finish(struct recorder *r, struct wall_us now);
/* As of now; borrowed from r. */
const struct recorder_totals *recorder_totals(struct recorder *r);
/* NULL, or why a line could not be written (disk full), in errno's words. It
 * stays: later lines are counted and not written. A sink of one's own knows of
 * its faults itself. */
const char *recorder_fault(const struct recorder *r);

#endif
