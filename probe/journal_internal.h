/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What journal.c (writing and rotating) and journal_room.c (the cap) share.
 */
#ifndef JOURNAL_INTERNAL_H
#define JOURNAL_INTERNAL_H

#include "journal.h"

#define JOURNAL_NAME "eve.json"
#define JOURNAL_SPARE "eve.json.tmp"
#define JOURNAL_NAME_MAX 40
/* Set aside before; beyond it names are not looked at. */
#define JOURNAL_LISTED_MAX 65536
#define JOURNAL_CHUNK ((size_t)256 << 10)

/* A file that was set aside. */
struct journal_file {
	char name[JOURNAL_NAME_MAX];
	uint64_t bytes;
	bool stripped; /* no lines of conversations are left in it */
};

/* What is being done to the oldest file that is worth it. */
enum journal_work {
	WORK_NONE,
	WORK_STRIP, /* copying what stays */
	WORK_COUNT, /* counting what goes with the whole file */
};

struct journal_room {
	enum journal_work work;
	size_t at; /* which file */
	int from, to;
	uint64_t kept;			 /* bytes written to the spare file */
	uint64_t conversations, lasting; /* lines: that go */
	char *chunk;			 /* owned, of JOURNAL_CHUNK */
	size_t held;	  /* bytes at its start: a line that goes on */
	bool inside;	  /* in a line longer than the chunk */
	bool inside_goes; /* which is one that goes */
};

struct journal {
	int folder; /* borrowed */
	int fd;	    /* of eve.json; -1: it could not be opened */
	uint64_t device, inode;
	uint64_t size;	/* of eve.json */
	bool torn;	/* half a line stands at size and could not be cut */
	int64_t day_us; /* when the day of eve.json began */
	int64_t due_us; /* when the next thing that failed is tried again */
	struct journal_limits limits;
	struct journal_counters counters;
	int fault; /* errno of the last line; 0: it was written */

	struct journal_file *files; /* owned, oldest first */
	size_t file_count, file_room;
	uint64_t aside;	  /* bytes of all of them */
	int64_t stamp_us; /* of the newest name, and its number */
	uint32_t number;
	uint64_t tick_bytes; /* counters.bytes at the last tick */
	struct journal_room room;
};

/* Makes room as long as there is too much, with about that many bytes read
 * (0: without end). */
void journal_make_room(struct journal *j, uint64_t budget);
/* Lets go of what it was doing; the file is as it was. */
void journal_room_fini(struct journal *j);
/* Whether files that were set aside are too many or too large. */
bool journal_is_over(const struct journal *j);

#endif
