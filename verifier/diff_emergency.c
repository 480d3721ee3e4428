/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Emergencies, matched by id, whichever file they stand in. One that is longer,
 * names more conduits or lifts more opens; a plan is never on and opens
 * nothing, but what may be opened by it changes.
 */
#include <string.h>

#include "diff.h"

#define NOUN W_NOUN_EMERGENCY

static const struct emergency *
find(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->emergency_count; i++)
		if (strcmp(m->emergencies[i].id, id) == 0)
			return &m->emergencies[i];
	return NULL;
}

static void
describe_time(const struct model *m, const struct emergency *e,
    struct text *out, enum lang lang)
{
	char at[CLOCK_MINUTE_MAX];

	if (e->is_plan) {
		text_add(out, words_get(lang, W_VERIFIER_EMERGENCY_PLAN));
		return;
	}
	text_add(out, clock_format(e->since, m->utc_offset_s, at));
	text_add(out, " - ");
	text_add(out, clock_format(e->until, m->utc_offset_s, at));
}

static bool
names(const struct emergency *e, const char *conduit)
{
	for (size_t i = 0; i < e->conduit_count; i++)
		if (strcmp(e->conduits[i]->id, conduit) == 0)
			return true;
	return false;
}

/* Conduits of a that b has not; b NULL: all. */
static void
list_conduits(const struct emergency *a, const struct emergency *b,
    struct text *out)
{
	for (size_t i = 0; i < a->conduit_count; i++)
		if (b == NULL || !names(b, a->conduits[i]->id))
			text_printf(out, "%s%s", out->length ? ", " : "",
			    a->conduits[i]->id);
}

static void
say_conduits(struct diff *d, const struct emergency *now,
    const struct emergency *old)
{
	const bool is_plan = now->is_plan && old->is_plan;
	struct text added = { 0 }, removed = { 0 };

	list_conduits(now, old, &added);
	list_conduits(old, now, &removed);
	if (added.length)
		diff_say(d, is_plan ? EFFECT_CHANGES : EFFECT_OPENS, NOUN,
		    now->id, W_VERIFIER_ADDED, text_str(&added), NULL);
	if (removed.length)
		diff_say(d, is_plan ? EFFECT_CHANGES : EFFECT_CLOSES, NOUN,
		    now->id, W_VERIFIER_REMOVED, text_str(&removed), NULL);
	text_free(&added);
	text_free(&removed);
}

/* Whether a covers all the time of b. */
static bool
covers(const struct emergency *a, const struct emergency *b)
{
	return b->is_plan ||
	    (!a->is_plan && a->since.us <= b->since.us &&
		a->until.us >= b->until.us);
}

static void
say_time(struct diff *d, const struct emergency *now,
    const struct emergency *old)
{
	const bool more = covers(now, old), less = covers(old, now);
	struct text a = { 0 }, b = { 0 };

	if (!more || !less) {
		describe_time(d->now, now, &a, d->lang);
		describe_time(d->old, old, &b, d->lang);
		diff_say(d,
		    more     ? EFFECT_OPENS :
			less ? EFFECT_CLOSES :
			       EFFECT_CHANGES,
		    NOUN, now->id, W_VERIFIER_FROM_TO, text_str(&b),
		    text_str(&a));
	}
	text_free(&a);
	text_free(&b);
}

static void
compare(struct diff *d, const struct emergency *now,
    const struct emergency *old)
{
	say_time(d, now, old);
	say_conduits(d, now, old);
	if (now->lifts_schedule != old->lifts_schedule)
		diff_say(d,
		    now->is_plan && old->is_plan ? EFFECT_CHANGES :
			now->lifts_schedule	 ? EFFECT_OPENS :
						   EFFECT_CLOSES,
		    NOUN, now->id,
		    now->lifts_schedule ? W_VERIFIER_LIFTS_SCHEDULE :
					  W_VERIFIER_KEEPS_SCHEDULE,
		    NULL, NULL);
	diff_approval(d, NOUN, now->id, &now->approved, &old->approved);
	diff_field(d, NOUN, now->id, W_VERIFIER_ENDED_BY, now->ended_by,
	    old->ended_by);
}

static void
say_whole(struct diff *d, const struct model *m, enum effect effect,
    const struct emergency *e)
{
	struct text about = { 0 };

	describe_time(m, e, &about, d->lang);
	text_add(&about, ": ");
	for (size_t i = 0; i < e->conduit_count; i++)
		text_printf(&about, "%s%s", i ? ", " : "", e->conduits[i]->id);
	diff_say(d, e->is_plan ? EFFECT_CHANGES : effect, NOUN, e->id,
	    effect == EFFECT_OPENS ? W_VERIFIER_ADDED : W_VERIFIER_REMOVED,
	    text_str(&about), NULL);
	text_free(&about);
}

void
diff_emergencies(struct diff *d)
{
	for (size_t i = 0; i < d->now->emergency_count; i++) {
		const struct emergency *now = &d->now->emergencies[i];
		const struct emergency *old = find(d->old, now->id);

		if (old == NULL)
			say_whole(d, d->now, EFFECT_OPENS, now);
		else
			compare(d, now, old);
	}
	for (size_t i = 0; i < d->old->emergency_count; i++) {
		const struct emergency *old = &d->old->emergencies[i];

		if (find(d->now, old->id) == NULL)
			say_whole(d, d->old, EFFECT_CLOSES, old);
	}
	if (!diff_same_text(d->now->emergency_file, d->old->emergency_file))
		diff_field(d, W_VERIFIER_SECTION, "emergency-file",
		    W_VERIFIER_EMERGENCY_FILE, d->now->emergency_file,
		    d->old->emergency_file);
}
