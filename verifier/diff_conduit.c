/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conduits and exceptions, matched by id and compared element by element. An
 * element that is set limits; one that is not set admits everything, so that
 * taking a limit away opens.
 */
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
	return e->whole_zone ? &e->zone->networks : &e->reach;
}

/* from is the word for the side's name. */
static void
compare_end(struct diff *d, enum word noun, const char *id,
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
	/* Two whole zones differ only as the zone does: said there. */
	if (now->whole_zone && old->whole_zone)
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

/* A day on which something ends (last) or begins; none means never. */
static void
compare_day(struct diff *d, enum word noun, const char *id, struct day now,
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

/* A limit that is a text: one side without it is open. */
static void
compare_limit(struct diff *d, const char *id, enum word what, const char *now,
    bool limited_now, const char *old, bool limited_old)
{
	enum effect effect = EFFECT_CHANGES;

	if (limited_now == limited_old && strcmp(now, old) == 0)
		return;
	if (limited_now != limited_old)
		effect = limited_now ? EFFECT_CLOSES : EFFECT_OPENS;
	diff_say(d, effect, NOUN, id, what, old, now);
}

static void
compare_schedule(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_schedule(&now->schedule, d->lang, &a);
	describe_schedule(&old->schedule, d->lang, &b);
	compare_limit(d, now->id, W_VERIFIER_SCHEDULE_CHANGED, text_str(&a),
	    now->schedule.given, text_str(&b), old->schedule.given);
	text_free(&a);
	text_free(&b);
}

static void
describe_via(const struct via *v, enum lang lang, struct text *out)
{
	char buf[ADDR_TEXT_MAX];

	for (size_t i = 0; i < v->link_count; i++)
		text_printf(out, " %s", v->links[i]->id);
	for (size_t i = 0; i < v->boundary_count; i++)
		text_printf(out, " %s", v->boundaries[i]->id);
	for (size_t i = 0; i < v->tap_count; i++)
		text_printf(out, " %s", v->taps[i]->id);
	for (size_t i = 0; i < v->vlan_count; i++)
		text_printf(out, " VLAN%u", v->vlans[i]);
	for (size_t i = 0; i < v->router_count; i++)
		text_printf(out, " %s", addr_format(&v->routers[i], buf));
	if (out->length == 0)
		text_printf(out, " %s", words_get(lang, W_VERIFIER_ANY));
}

static bool
via_limits(const struct via *v)
{
	return v->link_count || v->boundary_count || v->tap_count ||
	    v->vlan_count || v->router_count;
}

static void
compare_via(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_via(&now->via, d->lang, &a);
	describe_via(&old->via, d->lang, &b);
	compare_limit(d, now->id, W_VERIFIER_VIA_CHANGED, text_str(&a) + 1,
	    via_limits(&now->via), text_str(&b) + 1, via_limits(&old->via));
	text_free(&a);
	text_free(&b);
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

static void
join(const char **items, size_t count, struct text *out)
{
	for (size_t i = 0; i < count; i++)
		text_printf(out, "%s%s", i ? ", " : "", items[i]);
}

static void
compare_carries(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	struct text a = { 0 }, b = { 0 };

	join(now->carries, now->carry_count, &a);
	join(old->carries, old->carry_count, &b);
	if (strcmp(text_str(&a), text_str(&b)) != 0)
		diff_say(d,
		    now->carry_count > old->carry_count	    ? EFFECT_OPENS :
			now->carry_count < old->carry_count ? EFFECT_CLOSES :
							      EFFECT_CHANGES,
		    NOUN, now->id, W_VERIFIER_CARRIES_CHANGED,
		    b.length ? text_str(&b) : "-",
		    a.length ? text_str(&a) : "-");
	text_free(&a);
	text_free(&b);
}

static void
compare_conduit(struct diff *d, const struct conduit *now,
    const struct conduit *old)
{
	compare_end(d, NOUN, now->id, &now->from, &old->from, W_VERIFIER_FROM);
	compare_end(d, NOUN, now->id, &now->to, &old->to, W_VERIFIER_TO);
	say_flag(d, now->id, now->direction == CONDUIT_BOTH,
	    old->direction == CONDUIT_BOTH, EFFECT_OPENS, W_VERIFIER_BOTH_WAYS,
	    W_VERIFIER_ONE_WAY);
	diff_services(d, NOUN, now->id, &now->services, &old->services);
	compare_via(d, now, old);
	compare_names(d, now, old);
	if (now->encryption != old->encryption)
		compare_limit(d, now->id, W_VERIFIER_ENCRYPTION_CHANGED,
		    encryption_name(now->encryption, d->lang),
		    now->encryption != ENCRYPTION_NONE,
		    encryption_name(old->encryption, d->lang),
		    old->encryption != ENCRYPTION_NONE);
	say_flag(d, now->id, now->transfers == TRANSFERS_SCREEN,
	    old->transfers == TRANSFERS_SCREEN, EFFECT_CLOSES,
	    W_VERIFIER_SCREEN_ONLY, W_VERIFIER_NOT_SCREEN_ONLY);
	say_flag(d, now->id, now->special, old->special, EFFECT_OPENS,
	    W_VERIFIER_SPECIAL, W_VERIFIER_NOT_SPECIAL);
	say_flag(d, now->id, now->bulk, old->bulk, EFFECT_OPENS,
	    W_VERIFIER_BULK, W_VERIFIER_NOT_BULK);
	compare_carries(d, now, old);
	compare_schedule(d, now, old);
	compare_day(d, NOUN, now->id, now->starts, old->starts, false,
	    W_VERIFIER_STARTS_CHANGED);
	compare_day(d, NOUN, now->id, now->expires, old->expires, true,
	    W_VERIFIER_EXPIRES_CHANGED);
	/* What was learnt from traffic conforms once it is approved. */
	say_flag(d, now->id, !now->observed || now->approved.given,
	    !old->observed || old->approved.given, EFFECT_OPENS,
	    W_VERIFIER_APPROVED, W_VERIFIER_NOT_APPROVED);
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

/* ---- exceptions */

static const struct exception *
find_exception(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->exception_count; i++)
		if (strcmp(m->exceptions[i].id, id) == 0)
			return &m->exceptions[i];
	return NULL;
}

/* What an exception is about, but for its services and dates. */
static void
describe_exception(const struct exception *e, struct text *out)
{
	text_add(out, e->check);
	if (e->conduit != NULL)
		text_printf(out, " %s", e->conduit->id);
	if (e->link != NULL)
		text_printf(out, " %s", e->link->id);
	if (e->has_from || e->has_to)
		text_add_char(out, ' ');
	if (e->has_from)
		describe_end(&e->from, out);
	if (e->has_to) {
		text_add(out, " → ");
		describe_end(&e->to, out);
	}
}

static void
compare_exception(struct diff *d, const struct exception *now,
    const struct exception *old)
{
	struct text a = { 0 }, b = { 0 };

	describe_exception(now, &a);
	describe_exception(old, &b);
	if (strcmp(text_str(&a), text_str(&b)) != 0)
		diff_say(d, EFFECT_CHANGES, W_NOUN_EXCEPTION, now->id,
		    W_VERIFIER_ABOUT_CHANGED, text_str(&b), text_str(&a));
	diff_services(d, W_NOUN_EXCEPTION, now->id, &now->services,
	    &old->services);
	compare_day(d, W_NOUN_EXCEPTION, now->id, now->expires, old->expires,
	    true, W_VERIFIER_EXPIRES_CHANGED);
	text_free(&a);
	text_free(&b);
}

void
diff_exceptions(struct diff *d)
{
	struct text about = { 0 };

	for (size_t i = 0; i < d->now->exception_count; i++) {
		const struct exception *e = &d->now->exceptions[i];
		const struct exception *old = find_exception(d->old, e->id);

		if (old != NULL) {
			compare_exception(d, e, old);
			continue;
		}
		text_clear(&about);
		describe_exception(e, &about);
		diff_say(d, EFFECT_OPENS, W_NOUN_EXCEPTION, e->id,
		    W_VERIFIER_ADDED, text_str(&about), NULL);
	}
	for (size_t i = 0; i < d->old->exception_count; i++) {
		const struct exception *e = &d->old->exceptions[i];

		if (find_exception(d->now, e->id) != NULL)
			continue;
		text_clear(&about);
		describe_exception(e, &about);
		diff_say(d, EFFECT_CLOSES, W_NOUN_EXCEPTION, e->id,
		    W_VERIFIER_REMOVED, text_str(&about), NULL);
	}
	text_free(&about);
}
