/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dates and hours of a conduit. A date holds to the end of that day in the
 * model's time zone; a conversation begun inside the schedule may end within
 * five minutes after it, and while an emergency that names the conduit is on.
 * Each limit that is still to come is noted, so that the conversation is judged
 * again when it passes.
 */
#include "judge_fit.h"

#define GRACE_US (5 * CLOCK_MINUTE) /* after a schedule's end */
#define RENEWAL_DAYS 30
#define EXPIRED_HIGH_DAYS 30

void
fit_again(struct fit *f, int64_t us, const struct look *l)
{
	if (us > l->now.us && us < f->again_us)
		f->again_us = us;
}

void
fit_dates(struct fit *f, const struct look *l)
{
	const struct conduit *k = f->conduit;
	const int32_t offset = l->m->utc_offset_s;
	const struct day today = clock_day(l->now, offset, NULL);
	char expected[16], seen[16];
	int64_t late;

	f->judged |= ELEMENT_EXPIRY;
	day_format(today, seen, sizeof(seen));
	if (k->starts.year &&
	    day_compare(clock_day(l->c->first, offset, NULL), k->starts) < 0) {
		day_format(k->starts, expected, sizeof(expected));
		fit_fault(f, CHECK_SEG_8, fit_grade(l, CHECK_SEG_8),
		    ELEMENT_EXPIRY, expected, seen);
	}
	if (!k->expires.year)
		return;
	late = day_between(k->expires, today);
	fit_again(f, day_begin(day_add(k->expires, 1), offset).us, l);
	if (late <= 0)
		return;
	if (k->renewal && k->renewal_number && late <= RENEWAL_DAYS) {
		f->renewed = true;
		fit_again(f,
		    day_begin(day_add(k->expires, RENEWAL_DAYS + 1), offset).us,
		    l);
		return;
	}
	fit_again(f,
	    day_begin(day_add(k->expires, EXPIRED_HIGH_DAYS + 1), offset).us,
	    l);
	day_format(k->expires, expected, sizeof(expected));
	fit_fault(f, CHECK_SEG_8,
	    !look_got_through(l)	 ? SEVERITY_LOW :
		late > EXPIRED_HIGH_DAYS ? SEVERITY_HIGH :
					   SEVERITY_MEDIUM,
	    ELEMENT_EXPIRY, expected, seen);
}

/* The end of the day's hours in which t lies, or of the whole day. */
static int64_t
hours_end(const struct schedule *s, struct wall_us t, int32_t offset)
{
	int64_t since, from_us = s->from_s * CLOCK_SECOND;
	int64_t to_us = s->to_s * CLOCK_SECOND;
	const struct day day = clock_day(t, offset, &since);
	const int64_t midnight = day_begin(day, offset).us;

	if (from_us == to_us)
		return midnight + CLOCK_DAY;
	if (from_us < to_us || since < to_us)
		return midnight + to_us;
	return midnight + CLOCK_DAY + to_us;
}

/* When the span of the schedule that holds t ends; what follows it without a
 * break belongs to it. INT64_MAX: not within a year. */
static int64_t
span_end(const struct schedule *s, struct wall_us t, int32_t offset)
{
	for (int days = 0; days < 366; days++) {
		t.us = hours_end(s, t, offset);
		if (!schedule_covers(s, t, offset, NULL))
			return t.us;
	}
	return INT64_MAX;
}

/*
 * Until when it may go on that began then: to the end of the span of the
 * schedule, with grace, or of an emergency, and what follows it without a
 * break. An emergency that begins later excuses nothing of before. What is used
 * of emergencies stands in f. Ends beyond now.
 */
static int64_t
may_go_on(struct fit *f, const struct look *l)
{
	const struct schedule *s = &f->conduit->schedule;
	const int32_t offset = l->m->utc_offset_s;
	const struct emergency *e;
	int64_t end, us = l->c->first.us;
	bool within = schedule_covers(s, l->c->first, offset, NULL);

	do {
		if (within) {
			end = span_end(s, (struct wall_us){ us }, offset);
			us = end == INT64_MAX ? end : end + GRACE_US + 1;
			within = false;
			continue;
		}
		e = emergency_at(f->conduit, true, us);
		if (e == NULL)
			break;
		f->emergency = e;
		us = e->until.us;
		within = schedule_covers(s, e->until, offset, NULL);
	} while (us <= l->now.us);
	return us;
}

void
fit_schedule(struct fit *f, const struct look *l)
{
	const struct conduit *k = f->conduit;
	const struct emergency *before = f->emergency;
	enum severity severity;
	int64_t end;

	if (!k->schedule.given)
		return;
	f->judged |= ELEMENT_SCHEDULE;
	end = may_go_on(f, l);
	if (end > l->now.us) {
		if (end != INT64_MAX)
			fit_again(f, end, l);
		if (f->emergency != before)
			f->without_emergency = CHECK_SEG_7;
		return;
	}
	f->emergency = before;
	severity = l->from.zone->tier == TIER_REMOTE_ACCESS ? SEVERITY_HIGH :
	    l->from.zone->tier == TIER_MYNUMBER		    ? SEVERITY_MEDIUM :
							      SEVERITY_LOW;
	if (!look_got_through(l))
		severity = SEVERITY_LOW;
	fit_fault(f, CHECK_SEG_7, severity, ELEMENT_SCHEDULE, "-", "-");
}
