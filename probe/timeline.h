/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packet time as the engine lives by it. "now" is the highest time seen since
 * packet time last fell far back, which is what is told; only then does it run
 * backwards. "idle" is what waiting is measured on: it follows packet time, but
 * goes on from where it stands when that falls far back, so that one frame from
 * the future cannot stop every time-out after it. It never runs backwards.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "base/clock.h"

/* What a merge of files is out of order by is less than this. */
#define TIMELINE_BACKWARD_US CLOCK_HOUR
/* A longer silence counts as this: every wait is shorter, and the times of a
 * damaged file must not turn the clock over. */
#define TIMELINE_AHEAD_US CLOCK_DAY
/* Live, time is told every second at least and frames come in order: what lies
 * further apart than these is a step of the clock. */
#define TIMELINE_LIVE_BACKWARD_US (2 * CLOCK_SECOND)
#define TIMELINE_LIVE_AHEAD_US (10 * CLOCK_SECOND)

/* Zero-initialise. */
struct timeline {
	bool started;
	bool live; /* set by who makes it */
	struct wall_us now;
	struct wall_us idle; /* begins at 0 */
	int64_t anchor_us;   /* the packet time at which idle stands */
	uint64_t restarts;   /* times that packet time fell far back */
	uint64_t leaps;	     /* times that it leapt ahead further than idle */
};

/* A frame of that time came, or it is that time now. True when idle moved on.
 */
bool timeline_advance(struct timeline *t, struct wall_us time);
/* True each time every_us of idle time have passed since *last, which is then
 * set to now. */
bool timeline_due(const struct timeline *t, int64_t *last, int64_t every_us);

#endif
