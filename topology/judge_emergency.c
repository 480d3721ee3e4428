/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an emergency permits while it is on: the hours of conduits that it names
 * do not count, and conduits for emergencies alone may be used. Nothing else:
 * no cell of the guideline, no other element of a conduit. It is on from since
 * to before until, to the minute and in packet time, without grace; what began
 * before it is not excused by it. What conforms only by it is excepted.
 */
#include <stdio.h>

#include "judge_fit.h"

const struct emergency *
emergency_at(const struct conduit *k, bool schedule, int64_t t_us)
{
	const struct wall_us t = { t_us };

	for (size_t i = 0; i < k->emergency_count; i++) {
		const struct emergency *e = k->emergencies[i];

		if (emergency_is_on(e, t) && (!schedule || e->lifts_schedule))
			return e;
	}
	return NULL;
}

bool
emergency_admits(struct fit *f, const struct look *l)
{
	const struct emergency *e;
	int64_t us = l->c->first.us;

	do {
		e = emergency_at(f->conduit, false, us);
		if (e == NULL)
			return false;
		us = e->until.us;
	} while (us <= l->now.us);
	f->emergency = e;
	f->without_emergency = CHECK_SEG_2;
	fit_again(f, us, l);
	return true;
}

void
emergency_near(struct look *l, const struct conduit *k)
{
	struct near_miss *near = &l->near_store;

	near->conduit = k;
	near->element = ELEMENT_SCHEDULE;
	snprintf(near->expected, sizeof(near->expected), "%s", "emergency");
	snprintf(near->seen, sizeof(near->seen), "%s", "-");
	l->near = near;
}

void
emergency_take(struct look *l, const struct fit *f)
{
	struct fault *fault;

	if (!f->emergency)
		return;
	l->emergency = f->emergency;
	fault = look_fault_at(l, f->without_emergency, SEVERITY_LOW,
	    ELEMENT_SCHEDULE, clause_of_emergency(f->emergency));
	if (fault) {
		fault->conduit = f->conduit;
		fault->excepted = true;
	}
}
