/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See emergency.h. One state for each emergency of the model, in its order,
 * and behind them those that a new model has no more, until that is told.
 */
#include "emergency.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct emergency_watch {
	const struct model *model;
	struct emergency_state *states; /* owned */
	size_t count;
	struct wall_us begun; /* first time that was told; 0: none yet */
	struct emergency_state *told; /* the last one, or NULL */
};

static void
take(struct emergency_state *s, const struct emergency *e)
{
	memset(s, 0, sizeof(*s));
	s->id = mem_strdup(e->id);
	s->name = mem_strdup(e->name);
	s->since = e->since;
	s->until = e->until;
	s->emergency = e;
}

static void
drop(struct emergency_state *s)
{
	/* Owned, and shown to others as what they must not change. */
	free((void *)(uintptr_t)s->id);
	free((void *)(uintptr_t)s->name);
}

struct emergency_watch *
emergency_watch_new(const struct model *m)
{
	struct emergency_watch *w = mem_calloc(1, sizeof(*w));

	emergency_watch_rebase(w, m);
	return w;
}

void
emergency_watch_free(struct emergency_watch *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		drop(&w->states[i]);
	free(w->states);
	free(w);
}

static struct emergency_state *
find(const struct emergency_watch *w, const char *id)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->states[i].id, id) == 0)
			return &w->states[i];
	return NULL;
}

void
emergency_watch_count(struct emergency_watch *w, const struct emergency *e)
{
	struct emergency_state *s = e != NULL ? find(w, e->id) : NULL;

	if (s == NULL)
		return;
	s->conversations++;
	s->of_day++;
}

/* What the old state knows goes on in the new one. */
static void
move(struct emergency_state *to, const struct emergency_state *from)
{
	to->is_on = from->is_on;
	to->was_on = from->was_on;
	to->ended = from->ended;
	to->conversations = from->conversations;
	to->of_day = from->of_day;
	to->counted_from = from->counted_from;
	to->told = from->told;
}

void
emergency_watch_rebase(struct emergency_watch *w, const struct model *m)
{
	struct emergency_watch next = { .model = m, .begun = w->begun };

	next.states = mem_calloc(m->emergency_count + w->count + 1,
	    sizeof(*next.states));
	for (size_t i = 0; i < m->emergency_count; i++) {
		struct emergency_state *s = &next.states[next.count++];
		const struct emergency_state *old;

		take(s, &m->emergencies[i]);
		old = find(w, s->id);
		if (old != NULL)
			move(s, old);
	}
	for (size_t i = 0; i < w->count; i++) {
		struct emergency_state *s = &w->states[i];

		if (s->is_on && find(&next, s->id) == NULL) {
			s->emergency = NULL;
			next.states[next.count++] = *s;
		} else
			drop(s);
	}
	free(w->states);
	*w = next;
}

/* ---- what is due */

static enum emergency_event
begin(const struct emergency_watch *w, struct emergency_state *s,
    struct day today)
{
	const bool is_new = s->since.us >= w->begun.us || s->was_on;

	if (!s->was_on)
		s->counted_from = is_new ? s->since : w->begun;
	s->is_on = s->was_on = true;
	s->told = today;
	return is_new ? EMERGENCY_BEGINS : EMERGENCY_GOES_ON;
}

static enum emergency_event
event_of(const struct emergency_watch *w, struct emergency_state *s,
    struct wall_us now)
{
	const struct day today = clock_day(now, w->model->utc_offset_s, NULL);

	if (!s->is_on) {
		if (s->emergency == NULL || s->ended.us == s->until.us ||
		    !emergency_is_on(s->emergency, now))
			return EMERGENCY_NOTHING;
		return begin(w, s, today);
	}
	if (s->emergency == NULL || now.us >= s->until.us) {
		s->is_on = false;
		s->ended = s->until;
		return s->emergency == NULL ? EMERGENCY_WITHDRAWN :
					      EMERGENCY_ENDS;
	}
	if (day_compare(today, s->told) <= 0)
		return EMERGENCY_NOTHING;
	s->told = today;
	return EMERGENCY_GOES_ON;
}

enum emergency_event
emergency_watch_due(struct emergency_watch *w, struct wall_us now,
    const struct emergency_state **out)
{
	if (w->told != NULL) /* its day begins anew once it was told */
		w->told->of_day = 0;
	w->told = NULL;
	if (w->count == 0 || now.us == 0)
		return EMERGENCY_NOTHING;
	if (w->begun.us == 0)
		w->begun = now;
	for (size_t i = 0; i < w->count; i++) {
		const enum emergency_event e = event_of(w, &w->states[i], now);

		if (e == EMERGENCY_NOTHING)
			continue;
		*out = w->told = &w->states[i];
		return e;
	}
	return EMERGENCY_NOTHING;
}

const struct emergency_state *
emergency_watch_each(const struct emergency_watch *w, size_t *cursor)
{
	while (w != NULL && *cursor < w->count) {
		const struct emergency_state *s = &w->states[(*cursor)++];

		if (s->was_on)
			return s;
	}
	return NULL;
}

const char *
emergency_event_name(enum emergency_event e)
{
	static const char *const names[] = {
		[EMERGENCY_NOTHING] = "nothing",
		[EMERGENCY_BEGINS] = "begin",
		[EMERGENCY_GOES_ON] = "on",
		[EMERGENCY_ENDS] = "end",
		[EMERGENCY_WITHDRAWN] = "withdrawn",
	};

	return names[e];
}
