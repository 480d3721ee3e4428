/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The events of a probe, line by line: of one file, of a folder (what was set
 * aside first, by name, then eve.json), or of standard input. Lines are whole;
 * what is too long or no JSON object is counted, never passed over in silence.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "base/jsonx.h"
#include "base/text.h"

#define EVENTS_LINE_MAX (1u << 20)
#define EVENTS_FILES_MAX 100000 /* of one folder */
#define EVENTS_TYPE_MAX 32	/* bytes of the name of a type */
#define EVENTS_YOUNGEST "eve.json"

struct events;

/* The names in a folder that are files set aside, oldest first. */
struct events_names {
	char **items; /* owned, as the array */
	size_t count;
	size_t left_out; /* beyond EVENTS_FILES_MAX */
	bool youngest;	 /* eve.json is there as well */
};

/* What a line says of itself before anything that came from packets. */
struct events_head {
	char type[EVENTS_TYPE_MAX];
	int64_t flow_id; /* 0: none */
};

/*
 * Opens path ("-": standard input). NULL after a sentence on standard error
 * when there is nothing to read: no such file, a folder without events.
 */
struct events *events_open(const char *path, enum lang lang);
void events_close(struct events *e);
/*
 * The next event, borrowed until the next call, or NULL at the end of all
 * files. Lines that are no event are counted in events_unread and skipped.
 */
const struct jsonx *events_next(struct events *e);
/*
 * The same in two steps, for whoever does not want every line parsed (which
 * is the cost of reading): events_line goes to the next line that is not
 * empty, false at the end of all files; events_parse makes an event of it, or
 * counts it as unread and returns NULL.
 */
bool events_line(struct events *e);
const struct jsonx *events_parse(struct events *e);
/*
 * The type of the line without parsing it. False, and nothing is known, when
 * it does not begin as a probe writes ("timestamp", "flow_id", "in_iface",
 * "event_type") or its brackets do not close exactly at its end, as those of a
 * line that was cut do not.
 */
bool events_head(const struct events *e, struct events_head *out);
/* The bytes of the line, borrowed until the next one. */
const char *events_bytes(const struct events *e, size_t *length);
uint64_t events_lines(const struct events *e);
uint64_t events_unread(const struct events *e);
/* True after the end where a file could not be read to its end; a sentence
 * was printed. */
bool events_failed(const struct events *e);
/* Members of an event; NULL-safe: "" or 0 where there is none of that kind. */
const char *events_text(const struct jsonx *o, const char *key);
int64_t events_number(const struct jsonx *o, const char *key);
/* What a member that is a boolean says; otherwise false. */
bool events_flag(const struct jsonx *o, const char *key);

/* ---- events_folder.c */

/* False with errno when the folder cannot be read. O(n log n). */
bool events_list(const char *folder, struct events_names *out);
void events_names_free(struct events_names *n);

#endif
