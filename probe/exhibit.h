/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evidence as files: DIR/evidence/FLOW_ID.pcapng, or nID.pcapng of a notice,
 * one for each alert that is written. What the engines keep of conversations
 * waits here, in bounded memory, until its alert is told; then it becomes a
 * file, whole or not at all, which never changes any more: what the same
 * conversation has more to show later goes to FLOW_ID-2.pcapng and on.
 *
 * Room on the disk is bounded for each check and in all, so that a flood of one
 * check takes none of another's. Files stay for as long as the model says.
 * Where a file cannot be had, the alert says why.
 */
#ifndef EXHIBIT_H
#define EXHIBIT_H

#include "evidence.h"
#include "judge.h"

#define EXHIBIT_FOLDER "evidence" /* beneath that of the events */
#define EXHIBIT_NAME_MAX 40	  /* of a file, with NUL */
#define EXHIBIT_FILES_MAX 20000	  /* in all */
#define EXHIBIT_BYTES_MAX (UINT64_C(1) << 30)
#define EXHIBIT_CHECK_FILES_MAX 2000 /* of one check */
#define EXHIBIT_CHECK_BYTES_MAX (UINT64_C(128) << 20)
/* Waiting for their alert, or remembered to have been written. */
#define EXHIBIT_HELD_MAX 65536
#define EXHIBIT_HELD_BYTES (32u << 20)
#define EXHIBIT_SERIAL_MAX 99 /* files of one conversation */

/* Why an alert has no file. */
enum exhibit_reason {
	EXHIBIT_KEPT,	   /* it has one */
	EXHIBIT_OFF,	   /* the model has none kept */
	EXHIBIT_NO_FOLDER, /* events go to standard output */
	EXHIBIT_LIMIT,	   /* there is no room for more of that check */
	EXHIBIT_BACKLOG,   /* it was lost on the way, or for want of memory */
	EXHIBIT_GONE,	   /* nothing is left of it, or who held it died */
	EXHIBIT_DISK,	   /* it could not be written */
	EXHIBIT_GROUPED,   /* of a conversation without a line of its own */
	EXHIBIT_REASON_COUNT,
};

/* What an alert says of its evidence. */
struct exhibited {
	enum exhibit_reason reason;
	/* From here on only of EXHIBIT_KEPT. */
	char name[EXHIBIT_NAME_MAX]; /* beneath EXHIBIT_FOLDER */
	char sha256[65];
	uint32_t packets;
	bool payload;	  /* with bytes after the headers, by authority */
	bool cut;	  /* captured bytes were left out */
	uint64_t missing; /* packets that should be there and are not */
};

struct exhibit_limits {
	/* 0: the defaults above. */
	uint32_t files, check_files;
	uint64_t bytes, check_bytes;
	size_t held;
	size_t held_bytes;
	int days; /* files stay that long; 0: for ever */
};

struct exhibit_counters {
	uint64_t written, written_bytes;
	uint64_t without[EXHIBIT_REASON_COUNT]; /* alerts that have no file */
	uint64_t expired;	   /* files older than they shall become */
	uint64_t made_room;	   /* of low severity, for a critical one */
	uint64_t mended;	   /* unfinished ones of a process before */
	uint64_t held_lost;	   /* sets that gave way before their alert */
	uint64_t files, bytes;	   /* there now */
	uint64_t held, held_bytes; /* waiting now */
};

struct exhibits;

/*
 * folder: a descriptor of the folder for files, borrowed. Counts what is there
 * (by the check that each file says it is of), takes away what was not
 * finished. Never fails: what cannot be done shows when a file is to be
 * written. O(files there).
 */
struct exhibits *exhibit_new(int folder, const struct exhibit_limits *limits,
    const uint8_t secret[16], struct wall_us now);
void exhibit_free(struct exhibits *x); /* NULL is fine */
/* Files stay for that many days from now on. */
void exhibit_retention(struct exhibits *x, int days);
/* Keeps a set until its alert is written; it stands for all that was kept of
 * the conversation before. Everything is copied. O(bytes). */
void exhibit_take(struct exhibits *x, const struct evidence_set *e);
/* The same of a notice, under its evidence_id. */
void exhibit_take_notice(struct exhibits *x, uint64_t id,
    const struct evidence_packet *packets, size_t count);
/* No line will be written of it: lets go of what waits. */
void exhibit_drop(struct exhibits *x, uint64_t id);
/*
 * An alert's line is being written: makes its file, and says what the line
 * says. Where nothing new came since the last line, it is that one's file.
 * is_gone: who held it died.
 */
void exhibit_write(struct exhibits *x, uint64_t id, enum check check,
    enum severity severity, bool is_gone, struct exhibited *out);
/* A line that closes a group: the file that was written before, if one was. */
void exhibit_recall(struct exhibits *x, uint64_t id, struct exhibited *out);
/* Counts a line that has no file for a reason that is known elsewhere. */
void exhibit_without(struct exhibits *x, enum exhibit_reason reason,
    struct exhibited *out);
/* Whether anything waits or was written under that id. */
bool exhibit_has(const struct exhibits *x, uint64_t id);
/* Takes away what is too old, once a day; call each second. now: of the wall
 * clock. */
void exhibit_tick(struct exhibits *x, struct wall_us now);
const struct exhibit_counters *exhibit_counters(const struct exhibits *x);
const char *exhibit_reason_name(enum exhibit_reason r); /* "limit" ... */

#endif
