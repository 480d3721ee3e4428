/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conduits, matched by id and compared element by element. An element that is
 * set limits; one that is not set admits everything, so that taking a limit
 * away opens.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "describe.h"
#include "diff.h"

#define NOUN W_NOUN_CONDUIT

/* ---- finding the same conduit in the other model */

struct index {
	const struct conduit **items; /* owned; sorted by id */
	size_t count;
};

static int
compare_ids(const void *x, const void *y)
{
	const struct conduit *const *a = x, *const *b = y;

	return strcmp((*a)->id, (*b)->id);
}

static struct index
index_of(const struct model *m)
{
	struct index x = { NULL, m->conduit_count };

	x.items = mem_calloc(x.count + 1, sizeof(const struct conduit *));
	for (size_t i = 0; i < x.count; i++)
		x.items[i] = &m->conduits[i];
	qsort(x.items, x.count, sizeof(const struct conduit *), compare_ids);
	return x;
}

static const struct conduit *
find(const struct index *x, const struct conduit *c)
{
	const struct conduit **found = bsearch(&c, x->items, x->count,
	    sizeof(const struct conduit *), compare_ids);

	return found != NULL ? *found : NULL;
}

/* ---- elements */

static const struct prefix_set *
addresses(const struct endpoint *e)
{
	return e->whole_zone ? &e->zone->all : &e->reach;
}

static bool
same_set(const struct prefix_set *a, const struct prefix_set *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!prefix_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

void
diff_end(struct diff *d, enum word noun, const char *id,
    const struct endpoint *now, const struct endpoint *old, enum word side)
{
	const char *name = words_get(d->lang, side);
	struct text added = { 0 }, removed = { 0 };

	if (strcmp(now->zone->id, old->zone->id) != 0) {
		diff_say(d, EFFECT_CLOSES, noun, id, W_VERIFIER_END_REMOVED,
		    name, old->zone->id);
		diff_say(d, EFFECT_OPENS, noun, id, W_VERIFIER_END_ADDED, name,
		    now->zone->id);
		return;
	}
	/* Both are in normal form. A whole zone grows with its zone. */
	if (same_set(addresses(now), addresses(old)))
		return;
	diff_prefixes(addresses(now), addresses(old), &added);
	diff_prefixes(addresses(old), addresses(now), &removed);
	if (added.length)
		diff_say(d, EFFECT_OPENS, noun, id, W_VERIFIER_END_ADDED, name,
		    text_str(&added));
	if (removed.length)
		diff_say(d, EFFECT_CLOSES, noun, id, W_VERIFIER_END_REMOVED,
		    name, text_str(&removed));
	text_free(&added);
	text_free(&removed);
}

void
diff_day(struct diff *d, enum word noun, const char *id, struct day now,
    struct day old, bool last, enum word what)
{
	const char *never = words_get(d->lang, W_VERIFIER_NEVER);
	char a[16], b[16];
	bool later;

	if (day_compare(now, old) == 0)
		return;
	if (now.year == 0 || old.year == 0)
		later = (now.year == 0) == last;
	else
		later = day_compare(now, old) > 0;
	diff_say(d, later == last ? EFFECT_OPENS : EFFECT_CLOSES, noun, id,
	    what, old.year ? day_format(old, a, sizeof(a)) : never,
	    now.year ? day_format(now, b, sizeof(b)) : never);
}

static bool
has_name(const struct conduit *c, const char *name)
{
	for (size_t i = 0; i < c->server_name_count; i++)
		if (strcmp(c->server_names[i], name) == 0)
			return true;
	return false;
}

static void
list_names(const struct conduit *a, const struct conduit *b, struct text *out)
{
	for (size_t i = 0; i < a->server_name_count; i++)
		if (!has_name(b, a->server_names[i]))
			text_printf(out, "%s%s", out->length ? ", " : "",
			    a->server_names[i]);
}

/* Without any name every name will do. */
static void
compare_names(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text added = { 0 }, removed = { 0 };
	bool begins = now->server_name_count && !old->server_name_count;
	bool ends = !now->server_name_count && old->server_name_count;

	list_names(now, old, &added);
	list_names(old, now, &removed);
	if (added.length)
		diff_say(d, begins ? EFFECT_CLOSES : EFFECT_OPENS, NOUN,
		    now->id, W_VERIFIER_NAMES_ADDED, text_str(&added), NULL);
	if (removed.length)
		diff_say(d, ends ? EFFECT_OPENS : EFFECT_CLOSES, NOUN, now->id,
		    W_VERIFIER_NAMES_REMOVED, text_str(&removed), NULL);
	text_free(&added);
	text_free(&removed);
}

static const char *
encryption_name(enum encryption_class e, enum lang lang)
{
	static const char *const names[] = {
		[ENCRYPTION_HIGH] = "tls-high",
		[ENCRYPTION_RECOMMENDED] = "tls-recommended",
		[ENCRYPTION_EXCEPTION] = "tls-exception",
		[ENCRYPTION_IPSEC] = "ipsec",
		[ENCRYPTION_MACSEC] = "macsec",
	};

	return e == ENCRYPTION_NONE ? words_get(lang, W_VERIFIER_ANY) :
				      names[e];
}

static void
say_flag(struct diff *d, const char *id, bool now, bool old, enum effect set,
    enum word word_set, enum word word_unset)
{
	if (now == old)
		return;
	diff_say(d,
	    now			    ? set :
		set == EFFECT_OPENS ? EFFECT_CLOSES :
				      EFFECT_OPENS,
	    NOUN, id, now ? word_set : word_unset, NULL, NULL);
}

int
diff_encryption_rank(enum encryption_class e)
{
	switch (e) {
	case ENCRYPTION_NONE:
		return 0;
	case ENCRYPTION_EXCEPTION:
		return 1;
	case ENCRYPTION_RECOMMENDED:
		return 2;
	case ENCRYPTION_HIGH:
		return 3;
	default:
		return -1;
	}
}

/* What is required less opens; another kind of line changes. */
static void
compare_encryption(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	int a = diff_encryption_rank(now->encryption);
	int b = diff_encryption_rank(old->encryption);
	enum effect effect = a < b ? EFFECT_OPENS : EFFECT_CLOSES;

	if (now->encryption == old->encryption)
		return;
	/* Any kind is more than none. */
	if (a < 0 || b < 0)
		effect = a == 0 ? EFFECT_OPENS :
		    b == 0	? EFFECT_CLOSES :
				  EFFECT_CHANGES;
	diff_say(d, effect, NOUN, now->id, W_VERIFIER_ENCRYPTION_CHANGED,
	    encryption_name(old->encryption, d->lang),
	    encryption_name(now->encryption, d->lang));
}

/* What a carries and b does not. */
static void
list_carries(const struct conduit *a, const struct conduit *b, struct text *out)
{
	bool held;

	for (size_t i = 0; i < a->carry_count; i++) {
		held = false;
		for (size_t j = 0; j < b->carry_count; j++)
			held |= strcmp(a->carries[i], b->carries[j]) == 0;
		if (!held)
			text_printf(out, "%s%s", out->length ? ", " : "",
			    a->carries[i]);
	}
}

static void
compare_carries(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text added = { 0 }, removed = { 0 };

	list_carries(now, old, &added);
	list_carries(old, now, &removed);
	if (added.length)
		diff_say(d, EFFECT_OPENS, NOUN, now->id,
		    W_VERIFIER_CARRIES_ADDED, text_str(&added), NULL);
	if (removed.length)
		diff_say(d, EFFECT_CLOSES, NOUN, now->id,
		    W_VERIFIER_CARRIES_REMOVED, text_str(&removed), NULL);
	text_free(&added);
	text_free(&removed);
}

/* A renewal in progress lets a conduit outlive its last day. */
static void
compare_renewal(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	if (now->renewal != old->renewal)
		diff_say(d, now->renewal ? EFFECT_OPENS : EFFECT_CLOSES, NOUN,
		    now->id,
		    now->renewal ? W_VERIFIER_RENEWAL : W_VERIFIER_NO_RENEWAL,
		    now->renewal ? now->renewal_number : old->renewal_number,
		    NULL);
	else
		diff_field(d, NOUN, now->id, W_VERIFIER_RENEWAL_NUMBER,
		    now->renewal_number, old->renewal_number);
}

/* Who answers for it and on what grounds; a relay's is said of the relay. */
static void
compare_record(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	char a[24], b[24];

	compare_renewal(d, now, old);
	if (now->from_relay && old->from_relay)
		return;
	diff_approval(d, NOUN, now->id, &now->approved, &old->approved);
	diff_field(d, NOUN, now->id, W_VERIFIER_BASIS, now->basis, old->basis);
	diff_field(d, NOUN, now->id, W_VERIFIER_OWNER, now->owner, old->owner);
	(void)snprintf(a, sizeof(a), "%d", now->review_months);
	(void)snprintf(b, sizeof(b), "%d", old->review_months);
	diff_field(d, NOUN, now->id, W_VERIFIER_REVIEW,
	    now->review_months ? a : NULL, old->review_months ? b : NULL);
	diff_field(d, NOUN, now->id, W_VERIFIER_REVIEWED,
	    now->reviewed.year ? day_format(now->reviewed, a, sizeof(a)) : NULL,
	    old->reviewed.year ? day_format(old->reviewed, b, sizeof(b)) :
				 NULL);
}

static void
compare_conduit(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	diff_end(d, NOUN, now->id, &now->from, &old->from, W_VERIFIER_FROM);
	diff_end(d, NOUN, now->id, &now->to, &old->to, W_VERIFIER_TO);
	say_flag(d, now->id, now->direction == CONDUIT_BOTH,
	    old->direction == CONDUIT_BOTH, EFFECT_OPENS, W_VERIFIER_BOTH_WAYS,
	    W_VERIFIER_ONE_WAY);
	diff_services(d, NOUN, now->id, &now->services, &old->services);
	diff_via(d, now, old);
	compare_names(d, now, old);
	compare_encryption(d, now, old);
	say_flag(d, now->id, now->transfers == TRANSFERS_SCREEN,
	    old->transfers == TRANSFERS_SCREEN, EFFECT_CLOSES,
	    W_VERIFIER_SCREEN_ONLY, W_VERIFIER_NOT_SCREEN_ONLY);
	say_flag(d, now->id, now->special, old->special, EFFECT_OPENS,
	    W_VERIFIER_SPECIAL, W_VERIFIER_NOT_SPECIAL);
	say_flag(d, now->id, now->bulk, old->bulk, EFFECT_OPENS,
	    W_VERIFIER_BULK, W_VERIFIER_NOT_BULK);
	compare_carries(d, now, old);
	diff_schedule(d, now, old);
	say_flag(d, now->id, now->emergency_only, old->emergency_only,
	    EFFECT_CLOSES, W_VERIFIER_EMERGENCY_ONLY,
	    W_VERIFIER_NOT_EMERGENCY_ONLY);
	diff_day(d, NOUN, now->id, now->starts, old->starts, false,
	    W_VERIFIER_STARTS_CHANGED);
	diff_day(d, NOUN, now->id, now->expires, old->expires, true,
	    W_VERIFIER_EXPIRES_CHANGED);
	/* What was learnt from traffic conforms once it is approved. */
	say_flag(d, now->id, !now->observed || now->approved.given,
	    !old->observed || old->approved.given, EFFECT_OPENS,
	    W_VERIFIER_APPROVED, W_VERIFIER_NOT_APPROVED);
	compare_record(d, now, old);
}

static void
say_whole(struct diff *d, enum effect effect, const struct conduit *c)
{
	struct text ends = { 0 }, services = { 0 };

	describe_end(&c->from, &ends);
	text_add(&ends, c->direction == CONDUIT_BOTH ? " ↔ " : " → ");
	describe_end(&c->to, &ends);
	describe_services(&c->services, &services);
	diff_say(d, effect, NOUN, c->id,
	    effect == EFFECT_OPENS ? W_VERIFIER_CONDUIT_ADDED :
				     W_VERIFIER_CONDUIT_REMOVED,
	    text_str(&ends), text_str(&services));
	text_free(&ends);
	text_free(&services);
}

void
diff_conduits(struct diff *d)
{
	struct index now = index_of(d->now), old = index_of(d->old);

	for (size_t i = 0; i < now.count; i++) {
		const struct conduit *before = find(&old, now.items[i]);

		if (before == NULL)
			say_whole(d, EFFECT_OPENS, now.items[i]);
		else
			compare_conduit(d, now.items[i], before);
	}
	for (size_t i = 0; i < old.count; i++)
		if (find(&now, old.items[i]) == NULL)
			say_whole(d, EFFECT_CLOSES, old.items[i]);
	free(now.items);
	free(old.items);
}
