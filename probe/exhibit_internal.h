/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What exhibit.c (sets that wait, and their files) and exhibit_room.c (which
 * files there are, and which give way) share.
 */
#ifndef EXHIBIT_INTERNAL_H
#define EXHIBIT_INTERNAL_H

#include "base/table.h"
#include "base/text.h"
#include "exhibit.h"

#define EXHIBIT_SPARE "exhibit.tmp" /* a file that is being written */
#define EXHIBIT_NONE UINT32_MAX

/* A file that is there. */
struct exhibit_file {
	char name[EXHIBIT_NAME_MAX];
	uint8_t check, severity;
	int64_t time_us; /* when it was written, of the wall clock */
	uint64_t bytes;
};

/* A conversation or notice whose packets wait, or are in a file. */
struct exhibit_held {
	uint64_t id;
	struct text body; /* owned: interfaces and packets; empty: written */
	uint32_t packets;
	bool waits; /* there is something to write, be it no packet */
	bool payload, cut;
	uint64_t missing;
	uint32_t serial;       /* of its last file; 0: none */
	bool said;	       /* a line has told of it: */
	struct exhibited last; /* this */
	uint32_t older, newer; /* by the last time it was touched */
};

struct exhibits {
	int folder; /* borrowed */
	struct exhibit_limits limits;
	struct exhibit_counters counters;
	struct exhibit_file *files; /* owned, oldest first */
	size_t file_count, file_room;
	struct {
		uint32_t files;
		uint64_t bytes;
	} of[CHECK_COUNT];
	struct wall_us now;
	int64_t swept_us; /* when old files were last looked for */

	struct table by_id;
	struct exhibit_held *held; /* owned */
	uint32_t free_held, fresh_held;
	uint32_t oldest, newest;
	struct text file; /* reused */
};

/* Counts what is there and takes away what was not finished. */
void exhibit_room_list(struct exhibits *x);
/* Makes room for a file; false where there is none. */
bool exhibit_room_make(struct exhibits *x, enum check check,
    enum severity severity, uint64_t bytes);
/* A file was written. */
void exhibit_room_add(struct exhibits *x, const struct exhibit_file *f);
/* Takes away what is too old. */
void exhibit_room_sweep(struct exhibits *x);
/* What a file says of itself in its comment. */
void exhibit_room_comment(struct text *out, uint64_t id, enum check check,
    enum severity severity);

#endif
