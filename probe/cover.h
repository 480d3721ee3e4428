/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Minutes of taps added up by boundary and hour, in the recorder, with the
 * gaps of that time. Hours are those of packet time (UTC, as minutes are); one
 * that a new model or the end cuts short is told as far as it went.
 */
#ifndef COVER_H
#define COVER_H

#include "cover_bound.h"
#include "model.h"
#include "observation.h"

/* Gaps of one tap, or of all. Counts are as in struct gap. */
struct cover_gaps {
	uint64_t count, seconds, frames, conversations, records;
};

/* A tap's part of an hour; from and until are those of its minutes. */
struct cover_tap {
	struct tap_minute sum; /* tap NULL: nothing came of it */
	struct cover_gaps gaps;
};

struct cover_hour {
	const struct boundary *boundary;
	struct tap_minute sum;	/* over all taps; tap is NULL, link 0 */
	struct cover_gaps gaps; /* seconds: of the tap with the most */
	struct cover_tap *taps; /* owned: as many as the boundary has */
	bool is_open;		/* there is something to tell */
};

struct cover;

/* m is borrowed. */
struct cover *cover_new(const struct model *m);
void cover_free(struct cover *c);
/* The hour that is over now that m comes, to be told and cleared before m is
 * added; or NULL. */
struct cover_hour *cover_ended(struct cover *c, const struct tap_minute *m);
/* Adds m, unless its tap is of no boundary of the model. */
void cover_minute(struct cover *c, const struct tap_minute *m);
/* Adds g to its tap's boundary; to all where it is of no tap. */
void cover_gap(struct cover *c, const struct gap *g);
/* Any hour with something to tell, or NULL: to be told and cleared, at the end
 * and before another model. */
struct cover_hour *cover_next(struct cover *c);
void cover_clear(struct cover_hour *h);
/* What may be missing of it, gaps of frames included. */
struct cover_payload cover_hour_payload(const struct cover_hour *h);
struct cover_payload cover_tap_payload(const struct cover_tap *t);
/* The tap of which the least was seen; NULL where it is known of none. */
const struct cover_tap *cover_worst(const struct cover_hour *h);

#endif
