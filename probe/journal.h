/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where lines of events are kept: DIR/eve.json, set aside as
 * eve-YYYYMMDD-HHMMSS-NNNNNN.json when it has its size or the day of the model
 * ends, with a cap on all of them together. What must make room: first lines
 * of conversations ("flow", "sekisho_conversation"), oldest file first, then
 * whole files, oldest first; each line that goes is counted by kind. A disk
 * that is full loses lines, counted, and never half a line; writing goes on by
 * itself when there is room.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define JOURNAL_FILE_BYTES (64u << 20) /* then it is set aside */
#define JOURNAL_CAP_BYTES (INT64_C(4) << 30)
#define JOURNAL_FILES_MAX 4096

/* What a line is, for what goes first. */
enum journal_kind { JOURNAL_LASTING, JOURNAL_CONVERSATION };

struct journal_limits {
	uint64_t file_bytes, cap_bytes; /* 0: the defaults */
	int32_t utc_offset_s;
};

struct journal_counters {
	uint64_t lines, bytes; /* written */
	uint64_t lost;	       /* could not be written, this and the next */
	uint64_t lost_conversations; /* of them of that kind */
	uint64_t made_room;	     /* lines of conversations taken away */
	uint64_t made_room_lasting;  /* all other lines taken away */
	uint64_t mended;	     /* half lines cut off at the start */
	uint64_t rotated;
};

struct journal;

/*
 * folder: a descriptor of the folder, borrowed; every file is opened beneath
 * it. Goes on in an eve.json that is there: half a line at its end is cut off
 * and counted. NULL and errno when it cannot be opened (or is no regular file,
 * or a link).
 */
struct journal *journal_new(int folder, const struct journal_limits *limits,
    struct wall_us now);
void journal_free(struct journal *j);
/* Writes one line (newline included) or counts it; true when it is written.
 * now decides the day. One write(2), so that a death loses whole lines only. */
bool journal_write(struct journal *j, const char *line, size_t length,
    enum journal_kind kind, struct wall_us now);
/* Rotates and makes room where due; call each second. Bounded work a call. */
void journal_tick(struct journal *j, struct wall_us now);
/* Waits until all that was written is on the disk. False and errno. */
bool journal_sync(struct journal *j);
/* The descriptor of eve.json at this moment, or -1. Borrowed. */
int journal_fd(const struct journal *j);
const struct journal_counters *journal_counters(const struct journal *j);
/* NULL, or why the last line could not be written, in errno's words. */
const char *journal_fault(const struct journal *j);
int journal_errno(const struct journal *j); /* likewise; 0: none */

#endif
