/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where sekisho watch reads: a file, a folder (what was set aside, oldest
 * first, then eve.json), or standard input. Follows a probe that sets eve.json
 * aside and begins a new one, also when it does so more than once between two
 * looks: no line is lost and none comes twice. Knows bytes, not events.
 */
#ifndef WATCH_SOURCE_H
#define WATCH_SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

struct watch_source {
	enum lang lang;
	const char *path; /* borrowed, as given */
	char *folder;	  /* owned; NULL: a file by itself, or none */
	char *last;	  /* owned: the last name set aside that was read */
	int fd;		  /* -1: none yet */
	bool is_input;	  /* standard input */
	bool is_aside;	  /* fd is a file set aside: it does not grow */
	bool is_drained;  /* the name leads elsewhere, and fd was read once
			     * more since */
	bool failed;	  /* a file could not be read; a sentence said so */
};

/*
 * Opens path ("-": standard input). follow: a folder without events will do,
 * they may come. False after a sentence on standard error.
 */
bool watch_source_open(struct watch_source *s, const char *path, bool follow,
    enum lang lang);
void watch_source_close(struct watch_source *s);
/* As read(2); 0 also where there is no file yet. */
ssize_t watch_source_read(struct watch_source *s, char *bytes, size_t n);
/*
 * After a read of 0: true when there may be more to read at once, in this file
 * or, *moved, in another one, which begins with a line of its own. False: not
 * now. follow: looks for what came since.
 */
bool watch_source_advance(struct watch_source *s, bool follow, bool *moved);

#endif
