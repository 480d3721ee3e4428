/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See timeline.h. */
#include "timeline.h"

bool
timeline_advance(struct timeline *t, struct wall_us time)
{
	const int64_t backward_us = t->live ? TIMELINE_LIVE_BACKWARD_US :
					      TIMELINE_BACKWARD_US;
	const int64_t most_us = t->live ? TIMELINE_LIVE_AHEAD_US :
					  TIMELINE_AHEAD_US;
	int64_t ahead_us;

	if (!t->started) {
		t->started = true;
		t->now = time;
		t->anchor_us = time.us;
	}
	if (time.us > t->now.us)
		t->now = time;
	if (time.us < t->anchor_us - backward_us) {
		t->now = time;
		t->anchor_us = time.us;
		t->restarts++;
	}
	ahead_us = time.us - t->anchor_us;
	if (ahead_us <= 0)
		return false;
	t->anchor_us = time.us;
	t->leaps += ahead_us > most_us;
	t->idle.us += ahead_us < most_us ? ahead_us : most_us;
	return true;
}

bool
timeline_due(const struct timeline *t, int64_t *last, int64_t every_us)
{
	if (t->idle.us - *last < every_us)
		return false;
	*last = t->idle.us;
	return true;
}
