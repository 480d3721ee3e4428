/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See clockwatch.h. A slew changes the pace of both clocks alike, so only what
 * set the wall clock makes their difference jump. adjtimex(2), clock_gettime(2).
 */
#include "clockwatch.h"

#include <stdio.h>
#include <sys/timex.h>
#include <time.h>

#define DETAIL_BYTES 48

static void
tell(const struct observer *o, struct wall_us now, const char *detail)
{
	const struct coverage_finding f = { .check = CHECK_COV_5,
		.severity = SEVERITY_MEDIUM,
		.now = now,
		.detail = detail };

	if (o->coverage)
		o->coverage(o->context, &f);
}

static void
note_step(struct clockwatch *c, struct wall_us wall, int64_t by_us,
    const struct observer *o)
{
	const double seconds = (double)by_us / (double)CLOCK_SECOND;
	char detail[DETAIL_BYTES];

	c->steps++;
	c->last_step_us = by_us;
	(void)snprintf(detail, sizeof(detail), "%+.3f s", seconds);
	tell(o, wall, detail);
}

void
clockwatch_tick(struct clockwatch *c, struct wall_us wall, int64_t monotonic_us,
    enum clock_state kernel, int64_t offset_us, const struct observer *o)
{
	c->state = kernel;
	c->offset_us = offset_us;
	if (!c->begun) {
		c->begun = true;
		c->begun_us = monotonic_us;
	} else {
		const int64_t by_us = (wall.us - c->wall_us) -
		    (monotonic_us - c->monotonic_us);

		if (by_us > CLOCKWATCH_STEP_US || by_us < -CLOCKWATCH_STEP_US)
			note_step(c, wall, by_us, o);
	}
	c->wall_us = wall.us;
	c->monotonic_us = monotonic_us;
	/* What the kernel will not say is not taken for good. */
	if (kernel == CLOCK_SYNCHRONISED ||
	    monotonic_us - c->begun_us < CLOCKWATCH_PATIENCE_US ||
	    (c->told && monotonic_us - c->told_us < CLOCK_DAY))
		return;
	c->told = true;
	c->told_us = monotonic_us;
	tell(o, wall, clock_state_name(kernel));
}

enum clock_state
clockwatch_ask(int64_t *offset_us)
{
	struct timex t = { .modes = 0 };
	const int state = adjtimex(&t);

	*offset_us = 0;
	if (state < 0)
		return CLOCK_UNKNOWN;
	*offset_us = (t.status & STA_NANO) ? t.offset / 1000 : t.offset;
	return state == TIME_ERROR || (t.status & (STA_UNSYNC | STA_CLOCKERR)) ?
	    CLOCK_UNSYNCHRONISED :
	    CLOCK_SYNCHRONISED;
}

void
clockwatch_read(struct wall_us *wall, int64_t *monotonic_us)
{
	struct timespec before, at, after;
	int64_t from, to;

	(void)clock_gettime(CLOCK_BOOTTIME, &before);
	(void)clock_gettime(CLOCK_REALTIME, &at);
	(void)clock_gettime(CLOCK_BOOTTIME, &after);
	from = (int64_t)before.tv_sec * CLOCK_SECOND + before.tv_nsec / 1000;
	to = (int64_t)after.tv_sec * CLOCK_SECOND + after.tv_nsec / 1000;
	wall->us = (int64_t)at.tv_sec * CLOCK_SECOND + at.tv_nsec / 1000;
	*monotonic_us = from + (to - from) / 2;
}
