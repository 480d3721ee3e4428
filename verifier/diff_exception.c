/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exceptions, matched by id and compared by what they excuse, and the records
 * of relays; what a relay permits is compared as its conduits. The reason of
 * an exception is prose and means nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "diff.h"

#define NOUN W_NOUN_EXCEPTION

/* ---- finding the same one in the other model */

struct index {
	const struct exception **items; /* owned; sorted by id */
	size_t count;
};

static int
compare_ids(const void *x, const void *y)
{
	const struct exception *const *a = x, *const *b = y;

	return strcmp((*a)->id, (*b)->id);
}

static struct index
index_of(const struct model *m)
{
	struct index x = { NULL, m->exception_count };

	x.items = mem_calloc(x.count + 1, sizeof(const struct exception *));
	for (size_t i = 0; i < x.count; i++)
		x.items[i] = &m->exceptions[i];
	qsort(x.items, x.count, sizeof(const struct exception *), compare_ids);
	return x;
}

static const struct exception *
find(const struct index *x, const struct exception *e)
{
	const struct exception **found = bsearch(&e, x->items, x->count,
	    sizeof(const struct exception *), compare_ids);

	return found != NULL ? *found : NULL;
}

/* ---- comparing */

/* The rule, conduit and link that an exception is about. */
static void
describe_about(const struct exception *e, struct text *out)
{
	text_add(out, e->check);
	if (e->conduit != NULL)
		text_printf(out, " %s", e->conduit->id);
	if (e->link != NULL)
		text_printf(out, " %s", e->link->id);
}

static void
describe_whole(const struct exception *e, struct text *out)
{
	describe_about(e, out);
	if (e->has_from || e->has_to)
		text_add_char(out, ' ');
	if (e->has_from)
		describe_end(&e->from, out);
	if (e->has_to) {
		text_add(out, " → ");
		describe_end(&e->to, out);
	}
}

/* An end that is not given excuses every one. */
static void
compare_side(struct diff *d, const char *id, const struct endpoint *now,
    bool has_now, const struct endpoint *old, bool has_old, enum word side)
{
	struct text end = { 0 };

	if (has_now && has_old) {
		diff_end(d, NOUN, id, now, old, side);
		return;
	}
	if (has_now == has_old)
		return;
	describe_end(has_now ? now : old, &end);
	diff_say(d, has_now ? EFFECT_CLOSES : EFFECT_OPENS, NOUN, id,
	    has_now ? W_VERIFIER_SIDE_LIMITED : W_VERIFIER_SIDE_FREED,
	    words_get(d->lang, side), text_str(&end));
	text_free(&end);
}

static void
compare_exception(struct diff *d, const struct exception *now,
    const struct exception *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_about(now, &a);
	describe_about(old, &b);
	if (strcmp(text_str(&a), text_str(&b)) != 0)
		diff_say(d, EFFECT_CHANGES, NOUN, now->id,
		    W_VERIFIER_ABOUT_CHANGED, text_str(&b), text_str(&a));
	compare_side(d, now->id, &now->from, now->has_from, &old->from,
	    old->has_from, W_VERIFIER_FROM);
	compare_side(d, now->id, &now->to, now->has_to, &old->to, old->has_to,
	    W_VERIFIER_TO);
	diff_services(d, NOUN, now->id, &now->services, &old->services);
	diff_day(d, NOUN, now->id, now->expires, old->expires, true,
	    W_VERIFIER_EXPIRES_CHANGED);
	diff_approval(d, NOUN, now->id, &now->approved, &old->approved);
	diff_field(d, NOUN, now->id, W_VERIFIER_APPLICANT, now->applicant,
	    old->applicant);
	diff_field(d, NOUN, now->id, W_VERIFIER_COMPENSATING, now->compensating,
	    old->compensating);
	text_free(&a);
	text_free(&b);
}

static void
say_whole(struct diff *d, enum effect effect, const struct exception *e)
{
	struct text about = { 0 };

	describe_whole(e, &about);
	diff_say(d, effect, NOUN, e->id,
	    effect == EFFECT_OPENS ? W_VERIFIER_ADDED : W_VERIFIER_REMOVED,
	    text_str(&about), NULL);
	text_free(&about);
}

void
diff_exceptions(struct diff *d)
{
	struct index now = index_of(d->now), old = index_of(d->old);

	for (size_t i = 0; i < now.count; i++) {
		const struct exception *before = find(&old, now.items[i]);

		if (before == NULL)
			say_whole(d, EFFECT_OPENS, now.items[i]);
		else
			compare_exception(d, now.items[i], before);
	}
	for (size_t i = 0; i < old.count; i++)
		if (find(&now, old.items[i]) == NULL)
			say_whole(d, EFFECT_CLOSES, old.items[i]);
	free(now.items);
	free(old.items);
}

/* ---- relays */

void
diff_relays(struct diff *d)
{
	for (size_t i = 0; i < d->now->relay_count; i++) {
		const struct relay *r = &d->now->relays[i];

		for (size_t j = 0; j < d->old->relay_count; j++)
			if (strcmp(r->id, d->old->relays[j].id) == 0)
				diff_approval(d, W_NOUN_RELAY, r->id,
				    &r->approved, &d->old->relays[j].approved);
	}
}
