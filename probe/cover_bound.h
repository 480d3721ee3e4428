/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One statement of how much was seen: at least so much of the TCP payload. A
 * lower bound: whatever may have been missed counts as missed, the share is
 * rounded down, and where nothing is known it says so.
 */
#ifndef COVER_BOUND_H
#define COVER_BOUND_H

#include "base/text.h"
#include "tap_minute.h"
#include "words.h"

/*
 * What was acknowledged and never seen is an estimate that is tested to be
 * within a tenth of the truth (tests/property/loss.py): the bound takes it as
 * a ninth higher.
 */
#define COVER_MARGIN 9
#define COVER_PERCENT_MAX 16

/* What is known of a boundary or tap, and of some time. */
struct cover_payload {
	uint64_t frames;		 /* that were read */
	uint64_t seen, missing, unheard; /* bytes, as in tap_minute.h */
	uint64_t lost_frames; /* dropped, or come while nobody listened */
};

struct cover_bound {
	bool known;
	uint64_t seen, whole;
	/* Of whole: for frames that were lost, each taken for as long as those
	 * that were read are on average; and the margin. */
	uint64_t for_frames, margin;
};

struct cover_payload cover_payload_of(const struct tap_minute *m);
struct cover_bound cover_bound(const struct cover_payload *p);
/* 0..10000, rounded down: 10000 only where nothing is missing. known only. */
uint64_t cover_hundredths(const struct cover_bound *b);
/* "99.98"; "-" where nothing is known. Returns out. */
const char *cover_percent(const struct cover_bound *b,
    char out[COVER_PERCENT_MAX]);
/* The sentence. unwatched_s: seconds of which nothing is known, 0: none. */
void cover_sentence(struct text *out, enum lang lang,
    const struct cover_bound *b, uint64_t unwatched_s);

#endif
