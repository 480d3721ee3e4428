/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of the recorder's process: records of all engines and of the
 * supervisor in, lines of events out. Sees no packet. When it is the second
 * one it goes on where the first one ended, and says how much was lost.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdatomic.h>

#include "base/text.h"
#include "journal.h"
#include "recorder.h"
#include "sandbox.h"

#define RECORD_SENDERS_MAX 17 /* 16 engines and the supervisor */
#define RECORD_HELD_BYTES (4u << 20)

/*
 * Shared with the supervisor and with the recorder after: what was read, and
 * copies of the records whose alerts are still held, which a death would lose.
 * Pointer-free; the next recorder reads it as if an enemy had written it.
 */
struct record_status {
	_Atomic uint64_t beat_ns;		   /* CLOCK_MONOTONIC */
	_Atomic uint32_t generation;		   /* acknowledged */
	_Atomic uint32_t memory_kb;		   /* of it; 0: not known */
	_Atomic uint64_t read[RECORD_SENDERS_MAX]; /* sequence number of the
						    * last record dealt with */
	_Atomic uint64_t lines, lines_lost, refused;
	_Atomic uint64_t store_made_room;
	_Atomic int32_t fault;	/* errno of the last write, 0: fine */
	_Atomic int64_t now_us; /* packet time, as told */
	/* Of every recorder so far: the next one goes on from those that
	 * totals_at (0 or 1) names, and writes the others. */
	_Atomic uint32_t totals_at;
	struct recorder_totals totals[2];
	_Atomic uint64_t untold;    /* conversations counted in alert groups
				     * that no line has told of yet */
	_Atomic uint64_t held_lost; /* copies that gave way to newer ones */
	/* Both only grow; their remainders are places in the ring. */
	_Atomic uint32_t held_head, held_tail;
	uint8_t held[RECORD_HELD_BYTES]; /* ring: length, time, bytes */
};

struct record_job {
	const struct model *model;
	uint32_t generation;
	const char *probe;
	enum lang lang;
	int senders[RECORD_SENDERS_MAX]; /* sockets; [16]: the supervisor's;
					  * -1: not used */
	int orders;
	int folder; /* of eve.json, or -1: lines go to standard output */
	const char *events; /* as shown */
	bool syslog;
	bool is_live; /* false: offline; ends after every sender's end */
	bool is_restart;
	int exit_status; /* is_restart: how the one before ended */
	struct wall_us away_since;
	struct record_status *status; /* shared */
	struct journal_limits limits;
	uint8_t secret[16];
	struct sandbox_plan walls;
	bool no_sandbox;
};

/* NULL and errno. Shared anonymous memory, zeroed. */
struct record_status *record_status_new(void);
/*
 * Never returns. Exit status 0 ended clean, 70 cannot start; the verdict of the
 * run goes out with ORDER_DONE: 0, 1 or 3 as the exit codes, and 2 where
 * (offline) lines could not be written. Live it ends on ORDER_STOP, or when the
 * supervisor is gone, after it has read what lies in every socket: the engines
 * must have ended before. Offline it ends when every sender has. Either way the
 * closing summary goes to standard error.
 */
_Noreturn void record_run(struct record_job *job);

#endif
