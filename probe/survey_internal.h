/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the survey share: survey.c listens, survey_count.c counts,
 * survey_table.c writes. Nobody else includes this, save tests.
 */
#ifndef SURVEY_INTERNAL_H
#define SURVEY_INTERNAL_H

#include "base/addr.h"
#include "base/table.h"
#include "base/text.h"
#include "capture.h"
#include "interface.h"

#define SURVEY_VLANS 4096
#define SURVEY_PREFIXES_MAX 4096 /* of one interface; more are counted */
#define SURVEY_SHOWN 3		 /* prefixes of one interface */

struct survey_prefix {
	struct prefix prefix; /* /24 or /64 */
	uint64_t bytes;	      /* of frames from or to it */
};

struct survey_row {
	struct interface_state state;
	bool is_measured;
	uint64_t frames; /* that came: read, or without room in the ring */
	uint64_t bytes;	 /* of those with addresses, on the wire */
	uint64_t elapsed_ms;
	bool untagged;
	uint8_t vlans[SURVEY_VLANS / 8]; /* outermost tags, a bit each */
	struct table table;		 /* prefix → place in prefixes */
	struct survey_prefix *prefixes;	 /* owned; NULL: not measured */
	uint64_t unlisted;		 /* frames whose prefix had no room */
};

/* Readies a row for survey_frame. secret keys its table. */
void survey_begin(struct survey_row *row, const uint8_t secret[16]);
void survey_end(struct survey_row *row);
/* Counts the VLAN and the prefixes of a frame. O(headers). */
void survey_frame(struct survey_row *row, const struct frame *f);
/* The prefixes with the most bytes, most first; returns how many. */
size_t survey_biggest(const struct survey_row *row,
    struct survey_prefix out[SURVEY_SHOWN]);
/* Writes the whole table. is_measured: with what was heard. */
void survey_table(const struct survey_row *rows, size_t count, bool is_measured,
    enum lang lang, struct text *out);

#endif
