/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a conversation is judged and what the observer is told of it: first
 * when the verdict is certain, again when kind, check, severity or outcome
 * change, and exactly once at its end. Decides nothing about verdicts.
 */
#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include "flow.h"

struct retained;

struct announcer {
	const struct model *model;
	const struct observer *observer;
	struct retained *retained; /* borrowed: what is evidence of a verdict */
	uint64_t judgements;	   /* calls of judge, counted here */
};

/*
 * Judges f at the time of its last packet if anything that judging reads has
 * changed (f->dirty) or its verdict was to change by now, and tells what is
 * new. Nothing to do costs a comparison.
 */
void announce(struct announcer *a, struct flow *f);
/*
 * Judges f as of FLOW_SETTLE_US after it began, if anything has changed by
 * what did not come (track_settle), and tells what is new.
 */
void announce_settled(struct announcer *a, struct flow *f);
/*
 * Judges f by a model that is new, at a time that it was judged at before, and
 * tells what is new; with again also what it was told of already, as an
 * update.
 */
void announce_look(struct announcer *a, struct flow *f, bool again);
/*
 * The last word: f->conversation is final. now is when its end was noticed,
 * which for a time-out is later than its last packet.
 */
void announce_final(struct announcer *a, struct flow *f, enum ending ending,
    struct wall_us now);

#endif
