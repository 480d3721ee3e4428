/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When and over which way a conduit may be used, compared as sets: more times
 * or more ways open, fewer close, and where neither holds the other it is
 * another one.
 */
#include <string.h>

#include "diff.h"

#define NOUN W_NOUN_CONDUIT
#define DAY_S 86400

/* What it means that the one holds the other, or both or neither do. */
static enum effect
effect_of(bool now_holds_old, bool old_holds_now)
{
	if (now_holds_old == old_holds_now)
		return EFFECT_CHANGES;
	return now_holds_old ? EFFECT_OPENS : EFFECT_CLOSES;
}

/* ---- schedule */

static int32_t
length_of(const struct schedule *s)
{
	int32_t length = s->to_s - s->from_s;

	return length > 0 ? length : length + DAY_S;
}

/* Whether every moment of b is one of a. On days that are not all open a span
 * belongs to the day it begins on, so that only b's own begin may be later. */
static bool
schedule_holds(const struct schedule *a, const struct schedule *b)
{
	int32_t later = b->from_s - a->from_s;

	if (!a->given)
		return true;
	if (!b->given)
		return a->calendar == NULL && length_of(a) == DAY_S;
	if (a->calendar != NULL &&
	    (b->calendar == NULL || later < 0 ||
		!diff_same_calendar(a->calendar, b->calendar)))
		return false;
	if (a->calendar == NULL && length_of(a) == DAY_S)
		return true;
	later = (later + DAY_S) % DAY_S;
	return later + length_of(b) <= length_of(a);
}

static void
describe_schedule(const struct schedule *s, enum lang lang, struct text *out)
{
	if (!s->given) {
		text_add(out, words_get(lang, W_VERIFIER_ALWAYS));
		return;
	}
	text_printf(out, "%s %02d:%02d-%02d:%02d",
	    s->calendar ? s->calendar->id : "", (int)(s->from_s / 3600),
	    (int)(s->from_s / 60 % 60), (int)(s->to_s / 3600),
	    (int)(s->to_s / 60 % 60));
}

void
diff_schedule(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_schedule(&now->schedule, d->lang, &a);
	describe_schedule(&old->schedule, d->lang, &b);
	if (strcmp(text_str(&a), text_str(&b)) != 0)
		diff_say(d,
		    effect_of(schedule_holds(&now->schedule, &old->schedule),
			schedule_holds(&old->schedule, &now->schedule)),
		    NOUN, now->id, W_VERIFIER_SCHEDULE_CHANGED, text_str(&b),
		    text_str(&a));
	text_free(&a);
	text_free(&b);
}

/* ---- via */

/* The kinds of ways; each list that is empty admits all of its kind. */
enum { VIA_LINKS, VIA_BOUNDARIES, VIA_TAPS, VIA_VLANS, VIA_ROUTERS, VIA_KINDS };

static size_t
via_count(const struct via *v, int kind)
{
	const size_t counts[VIA_KINDS] = {
		[VIA_LINKS] = v->link_count,
		[VIA_BOUNDARIES] = v->boundary_count,
		[VIA_TAPS] = v->tap_count,
		[VIA_VLANS] = v->vlan_count,
		[VIA_ROUTERS] = v->router_count,
	};

	return counts[kind];
}

/* The i-th of a kind as text. */
static void
add_way(const struct via *v, int kind, size_t i, struct text *out)
{
	char buf[ADDR_TEXT_MAX];

	switch (kind) {
	case VIA_LINKS:
		text_add(out, v->links[i]->id);
		break;
	case VIA_BOUNDARIES:
		text_add(out, v->boundaries[i]->id);
		break;
	case VIA_TAPS:
		text_add(out, v->taps[i]->id);
		break;
	case VIA_VLANS:
		text_printf(out, "VLAN%u", v->vlans[i]);
		break;
	default:
		text_add(out, addr_format(&v->routers[i], buf));
	}
}

static bool
has_way(const struct via *v, int kind, const char *way)
{
	struct text one = { 0 };
	bool found = false;

	for (size_t i = 0; !found && i < via_count(v, kind); i++) {
		text_clear(&one);
		add_way(v, kind, i, &one);
		found = strcmp(text_str(&one), way) == 0;
	}
	text_free(&one);
	return found;
}

/* Whether a admits every way that b does. */
static bool
via_holds(const struct via *a, const struct via *b)
{
	struct text one = { 0 };
	bool holds = true;

	for (int kind = 0; kind < VIA_KINDS; kind++) {
		if (via_count(a, kind) == 0)
			continue;
		holds &= via_count(b, kind) != 0;
		for (size_t i = 0; holds && i < via_count(b, kind); i++) {
			text_clear(&one);
			add_way(b, kind, i, &one);
			holds = has_way(a, kind, text_str(&one));
		}
	}
	text_free(&one);
	return holds;
}

static void
describe_via(const struct via *v, enum lang lang, struct text *out)
{
	for (int kind = 0; kind < VIA_KINDS; kind++)
		for (size_t i = 0; i < via_count(v, kind); i++) {
			if (out->length)
				text_add_char(out, ' ');
			add_way(v, kind, i, out);
		}
	if (out->length == 0)
		text_add(out, words_get(lang, W_VERIFIER_ANY));
}

void
diff_via(struct diff *d, const struct conduit *now, const struct conduit *old)
{
	bool wider = via_holds(&now->via, &old->via);
	bool narrower = via_holds(&old->via, &now->via);
	struct text a = { 0 }, b = { 0 };

	if (wider && narrower)
		return;
	describe_via(&now->via, d->lang, &a);
	describe_via(&old->via, d->lang, &b);
	diff_say(d, effect_of(wider, narrower), NOUN, now->id,
	    W_VERIFIER_VIA_CHANGED, text_str(&b), text_str(&a));
	text_free(&a);
	text_free(&b);
}
