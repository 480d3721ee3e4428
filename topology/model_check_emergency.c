/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is to be known of emergencies on a day (TOP-10): that one is on, what it
 * opens and when it ends, that it has no reason or opens nothing, and conduits
 * for emergencies that none names. Who approved it is told with all other
 * approvals.
 */
#include <stdio.h>

#include "model_check_internal.h"

#define NAMES_SHOWN_MAX 8

static void
note(const struct check_run *run, struct diag_place place, enum severity grade,
    enum word word, const char *v1, const char *v2, const char *v3)
{
	const struct check_row *row = checks_row(CHECK_TOP_10);
	struct text sentence = { 0 };

	words_add(&sentence, run->d->lang, word, 3, v1, v2, v3);
	diag_add(run->d, place, DIAG_WARNING, row->id, severity_name(grade),
	    row->requirements[0] ? row->requirements : NULL,
	    text_str(&sentence));
	text_free(&sentence);
}

/* "a, b (+3)" */
static void
list_conduits(const struct emergency *e, struct text *out)
{
	for (size_t i = 0; i < e->conduit_count; i++) {
		if (i == NAMES_SHOWN_MAX) {
			text_printf(out, " (+%zu)", e->conduit_count - i);
			return;
		}
		text_printf(out, "%s%s", i ? ", " : "", e->conduits[i]->id);
	}
}

static bool
opens_something(const struct emergency *e)
{
	if (e->lifts_schedule)
		return true;
	for (size_t i = 0; i < e->conduit_count; i++)
		if (e->conduits[i]->emergency_only)
			return true;
	return false;
}

/* On at any time of today. One that ends today or tomorrow is told graver:
 * somebody must go on or be ready for what it no longer permits. */
static void
check_on(const struct check_run *run, const struct emergency *e)
{
	const int32_t offset = run->m->utc_offset_s;
	const struct wall_us today = day_begin(run->today, offset);
	const bool soon = e->until.us <= today.us + 2 * CLOCK_DAY;
	char until[CLOCK_MINUTE_MAX];
	struct text conduits = { 0 };

	if (e->is_plan || e->ended_by != NULL || e->until.us <= today.us ||
	    e->since.us >= today.us + CLOCK_DAY)
		return;
	list_conduits(e, &conduits);
	note(run, e->place, soon ? SEVERITY_LOW : SEVERITY_INFORMATION,
	    soon ? W_CHECK_EMERGENCY_ENDS : W_CHECK_EMERGENCY_ON, e->id,
	    clock_format(e->until, offset, until), text_str(&conduits));
	text_free(&conduits);
}

void
check_emergencies(const struct check_run *run)
{
	const struct model *m = run->m;

	for (size_t i = 0; i < m->emergency_count; i++) {
		const struct emergency *e = &m->emergencies[i];

		check_on(run, e);
		if (!e->is_plan && e->reason == NULL)
			note(run, e->place, SEVERITY_MEDIUM,
			    W_CHECK_EMERGENCY_NO_REASON, e->id, NULL, NULL);
		if (!opens_something(e))
			note(run, e->place, SEVERITY_LOW,
			    W_CHECK_EMERGENCY_OPENS_NOTHING, e->id, NULL, NULL);
	}
	for (size_t i = 0; i < m->conduit_count; i++)
		if (m->conduits[i].emergency_only &&
		    m->conduits[i].emergency_count == 0)
			note(run, m->conduits[i].place, SEVERITY_LOW,
			    W_CHECK_EMERGENCY_NEVER, m->conduits[i].id, NULL,
			    NULL);
}
