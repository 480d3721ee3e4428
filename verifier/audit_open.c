/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All ordered pairs of a boundary's zones: what the ruleset lets through that
 * nothing declares (FWR-1), and where only IPv6 does (FWR-5). One finding a
 * pair, family and rule that really lets it through; rules behind it that
 * would do so as well are named, since closing the first alone closes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "base/mem.h"

#define BEHIND_SHOWN_MAX 5

/* One opener of a pair with its packet. */
struct opened {
	struct pair_leak leak;
	const struct declared *lapsed; /* all it lets through is of such */
	struct text behind;	       /* rules behind it, some */
	size_t behind_count;
};

struct opening {
	struct pair *pair;
	const struct rule *asked; /* the candidate, or NULL */
	struct opened *items;	  /* owned */
	size_t count, capacity;
};

/* ---- gathering */

static struct opened *
find_opened(struct opening *o, const struct pair_opener *opener)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct pair_opener *x = &o->items[i].leak.opener;

		if (x->rule == opener->rule &&
		    (x->rule || x->chain == opener->chain))
			return &o->items[i];
	}
	return NULL;
}

/* A bridged and a routed way may both lead there: certain is what passes by
 * either. */
static void
weigh_ways(const struct pair *p, struct pair_leak *leak)
{
	struct pair_leak other;

	for (size_t w = 0; w < p->ways->count && leak->certain; w++)
		if (w != leak->way &&
		    (!pair_judge(p, w,
			 leak->leaf.translated ? NULL : p->slices[w], NULL,
			 &leak->at, &other) ||
			!other.certain))
			leak->certain = false;
}

static void
note_behind(struct opened *x, const struct rule *rule)
{
	if (x->behind_count++ >= BEHIND_SHOWN_MAX)
		return;
	if (x->behind.length)
		text_add(&x->behind, ", ");
	ruleset_where(rule, &x->behind);
}

static void
note_leak(void *context, const struct pair_leak *leak)
{
	struct opening *o = context;
	struct opened *x = find_opened(o, &leak->opener);
	struct pair_leak weighed = *leak;

	weigh_ways(o->pair, &weighed);
	if (!x) {
		o->items = mem_grow(o->items, &o->capacity, o->count,
		    sizeof(*o->items));
		x = &o->items[o->count++];
		memset(x, 0, sizeof(*x));
		x->leak = weighed;
	} else if (weighed.certain && !x->leak.certain) {
		x->leak = weighed;
	}
	if (o->asked && o->asked != leak->opener.rule)
		note_behind(x, o->asked);
}

static void
opening_fini(struct opening *o)
{
	for (size_t i = 0; i < o->count; i++)
		text_free(&o->items[i].behind);
	free(o->items);
}

/* ---- asking */

static void
note_answer(struct opening *o, enum walk_result result, struct pair_leak *leak,
    struct audit_cell *cell)
{
	cell->questions++;
	if (result == WALK_UNDECIDED) {
		cell->undecided = true;
		return;
	}
	cell->decided++;
	if (result == WALK_STOPPED)
		note_leak(o, leak);
}

static void
ask_way(struct opening *o, size_t way, struct audit_cell *cell)
{
	struct pair *p = o->pair;
	const struct chain *base = pair_base(p, way);
	struct pair_leak leak;
	const struct rule **rules = NULL;
	enum walk_result result;
	size_t count = 0;

	if (base)
		rules = pair_candidates(p, way, base, &count);
	for (size_t i = 0; i < count; i++) {
		o->asked = rules[i];
		result = pair_leak_of(p, way, base, rules[i], &leak);
		note_answer(o, result, &leak, cell);
	}
	free(rules);
	o->asked = NULL;
	if (!base || !base->policy_drop) {
		result = pair_leak_of(p, way, base, NULL, &leak);
		note_answer(o, result, &leak, cell);
	}
	result = pair_leaks_translated(p, way, base, note_leak, o);
	note_answer(o, result == WALK_STOPPED ? WALK_DONE : result, NULL, cell);
}

/* ---- conduits that do not count */

/* The one that a leak's packet would be of. */
static const struct declared *
lapsed_of(const struct pair_leak *leak, const struct declared *lapsed,
    size_t count)
{
	struct point last = leak->at;

	if (leak->leaf.translated) {
		last.at[DIM_DADDR] = last.at[DIM_NEW_DADDR];
		last.at[DIM_DPORT] = last.at[DIM_NEW_DPORT];
	}
	for (size_t i = 0; i < count; i++)
		if (box_has(&lapsed[i].box, &last))
			return &lapsed[i];
	return NULL;
}

/*
 * Asks once more as if they counted: an opener that lets nothing else through
 * is of such a conduit alone, and of another one the packet is shown that no
 * conduit at all would hold.
 */
static void
ask_lapsed(struct opening *o)
{
	struct pair *p = o->pair;
	const struct declared *before = p->declared, *lapsed;
	const size_t before_count = p->declared_count;
	const size_t count = space_lapsed(p->a, p->from, p->to, p->family,
	    p->pool, &lapsed);
	struct opening again = { .pair = p };
	struct audit_cell cell = { 0 };
	struct declared *all;

	if (!count || !o->count)
		return;
	all = pool_take(p->pool, (before_count + count) * sizeof(*all));
	if (before_count)
		memcpy(all, before, before_count * sizeof(*all));
	memcpy(all + before_count, lapsed, count * sizeof(*all));
	p->declared = all;
	p->declared_count = before_count + count;
	for (size_t w = 0; w < p->ways->count; w++)
		ask_way(&again, w, &cell);
	p->declared = before;
	p->declared_count = before_count;
	for (size_t i = 0; i < o->count; i++) {
		struct opened *x = &o->items[i];
		const struct opened *y = find_opened(&again, &x->leak.opener);

		if (y)
			x->leak = y->leak;
		else if (!cell.undecided)
			x->lapsed = lapsed_of(&x->leak, lapsed, count);
	}
	opening_fini(&again);
}

/* ---- telling */

static const char *
family_words(const struct audit *a, int family)
{
	return words_get(a->lang,
	    family == 4	    ? W_AUDIT_IPV4 :
		family == 6 ? W_AUDIT_IPV6 :
			      W_AUDIT_IP);
}

void
pair_opener_words(const struct audit *a, const struct pair_opener *o,
    struct text *out)
{
	struct text chain = { 0 };

	if (o->rule) {
		ruleset_where(o->rule, out);
	} else if (o->chain) {
		ruleset_chain_name(o->chain, &chain);
		words_add(out, a->lang, W_AUDIT_BY_POLICY, 1, text_str(&chain));
	} else {
		words_add(out, a->lang, W_AUDIT_BY_NOTHING, 0);
	}
	text_free(&chain);
}

static void
add_behind(const struct audit *a, const struct opened *x, struct text *out)
{
	struct text list = { 0 };
	char more[24];

	if (!x->behind_count)
		return;
	text_add(&list, text_str(&x->behind));
	if (x->behind_count > BEHIND_SHOWN_MAX) {
		snprintf(more, sizeof(more), "%zu",
		    x->behind_count - BEHIND_SHOWN_MAX);
		words_add(&list, a->lang, W_AUDIT_AND_MORE, 1, more);
	}
	words_add(out, a->lang, W_AUDIT_OPEN_BEHIND, 1, text_str(&list));
	text_free(&list);
}

/* As SEG-8 is graded in judge_dates.c. */
#define EXPIRED_HIGH_DAYS 30

static void
grade_lapsed(const struct audit *a, struct audit_finding *f,
    const struct declared *d)
{
	if (d->lapse == LAPSE_EXPIRED &&
	    day_between(d->conduit->expires, a->at) <= EXPIRED_HIGH_DAYS)
		f->severity = SEVERITY_MEDIUM;
}

/* Names the conduit and why it does not count; what is to be done first is to
 * ask for its renewal, not to cut off who may need it. */
static void
say_lapsed(struct audit *a, struct audit_finding *f, const struct opened *x)
{
	static const struct {
		enum word why, first;
	} rows[] = {
		[LAPSE_EXPIRED] = { W_AUDIT_LAPSE_EXPIRED,
		    W_AUDIT_SUGGEST_RENEW },
		[LAPSE_NOT_BEGUN] = { W_AUDIT_LAPSE_NOT_BEGUN,
		    W_AUDIT_SUGGEST_BEGIN },
		[LAPSE_UNAPPROVED] = { W_AUDIT_LAPSE_UNAPPROVED,
		    W_AUDIT_SUGGEST_APPROVE },
		[LAPSE_EMERGENCY] = { W_AUDIT_LAPSE_EMERGENCY,
		    W_AUDIT_SUGGEST_EMERGENCY },
		[LAPSE_NOT_ENTITLED] = { W_AUDIT_LAPSE_NOT_ENTITLED,
		    W_AUDIT_SUGGEST_ENTITLE },
	};
	const struct conduit *k = x->lapsed->conduit;
	const enum lapse lapse = x->lapsed->lapse;
	struct text by = { 0 }, why = { 0 }, after = { 0 };
	char day[16];

	f->conduit = k;
	grade_lapsed(a, f, x->lapsed);
	day_format(lapse == LAPSE_NOT_BEGUN ? k->starts : k->expires, day,
	    sizeof(day));
	words_add(&why, a->lang, rows[lapse].why, 1, day);
	pair_opener_words(a, &x->leak.opener, &by);
	if (!x->leak.certain)
		words_add(&after, a->lang, W_AUDIT_OPEN_POSSIBLY, 0);
	add_behind(a, x, &after);
	audit_say(a, f, W_AUDIT_OPEN_LAPSED, 7, f->from->id, f->to->id,
	    family_words(a, f->family), text_str(&by), text_str(&after), k->id,
	    text_str(&why));
	audit_suggest_note(a, f, rows[lapse].first, 1, k->id);
	text_free(&by);
	text_free(&why);
	text_free(&after);
}

static void
say_open(struct audit *a, struct audit_finding *f, const struct opened *x)
{
	const bool forbidden = f->cell && f->cell->kind == CELL_DENY;
	struct text by = { 0 }, after = { 0 };

	if (x->lapsed) {
		say_lapsed(a, f, x);
		return;
	}
	pair_opener_words(a, &x->leak.opener, &by);
	if (!x->leak.certain)
		words_add(&after, a->lang, W_AUDIT_OPEN_POSSIBLY, 0);
	add_behind(a, x, &after);
	audit_say(a, f, forbidden ? W_AUDIT_OPEN_FORBIDDEN : W_AUDIT_OPEN, 5,
	    f->from->id, f->to->id, family_words(a, f->family), text_str(&by),
	    text_str(&after));
	text_free(&by);
	text_free(&after);
}

void
pair_fill(struct audit_finding *f, const struct pair *p,
    const struct pair_leak *leak)
{
	f->from = p->from;
	f->to = p->to;
	f->family = p->family;
	f->cell = space_cell(p->a, p->from, p->to);
	f->certainty = leak->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE;
	f->has_witness = true;
	f->way = p->ways->items[leak->way];
	f->witness = leak->at;
	f->translated = leak->leaf.translated;
	audit_decided_by(f, &leak->leaf);
}

static void
tell_open(struct opening *o, struct audit_cell *cell)
{
	struct audit *a = o->pair->a;

	for (size_t i = 0; i < o->count; i++) {
		const struct opened *x = &o->items[i];
		struct audit_finding *f = audit_add(a, CHECK_FWR_1);

		cell->permits = true;
		cell->undeclared[x->leak.certain ? AUDIT_CERTAIN :
						   AUDIT_POSSIBLE]++;
		if (!f)
			continue;
		pair_fill(f, o->pair, &x->leak);
		if (f->cell && f->cell->kind == CELL_DENY)
			f->severity = SEVERITY_CRITICAL;
		say_open(a, f, x);
	}
}

static void
tell_undecided(const struct pair *p, const struct audit_cell *cell)
{
	char decided[24], questions[24];

	snprintf(decided, sizeof(decided), "%llu",
	    (unsigned long long)cell->decided);
	snprintf(questions, sizeof(questions), "%llu",
	    (unsigned long long)cell->questions);
	audit_add_undecided(p->a, CHECK_FWR_1, p->from, p->to, NULL,
	    W_AUDIT_OPEN_UNDECIDED, 5, p->from->id, p->to->id,
	    family_words(p->a, p->family), decided, questions);
}

/* Returns how many openers there are. */
static size_t
pair_opened(struct pair *p, struct audit_cell *cell, struct pair_leak *first)
{
	struct opening o = { .pair = p };
	const bool before = cell->undecided;
	size_t count;

	cell->undecided = false;
	for (size_t w = 0; w < p->ways->count; w++)
		ask_way(&o, w, cell);
	ask_lapsed(&o);
	tell_open(&o, cell);
	if (cell->undecided)
		tell_undecided(p, cell);
	cell->undecided |= before;
	pair_invalid(p, cell);
	count = o.count;
	if (count)
		*first = o.items[0].leak;
	opening_fini(&o);
	return count;
}

/* IPv6 lets something through that nothing declares, IPv4 nothing. */
static void
tell_ipv6_only(const struct pair *p, const struct pair_leak *leak)
{
	struct audit *a = p->a;
	struct audit_finding *f = audit_add(a, CHECK_FWR_5);
	struct text by = { 0 };

	if (!f)
		return;
	pair_fill(f, p, leak);
	pair_opener_words(a, &leak->opener, &by);
	audit_say(a, f, W_AUDIT_IPV6_ONLY, 3, p->from->id, p->to->id,
	    text_str(&by));
	text_free(&by);
}

/* ---- all pairs */

static size_t
count_conduits(struct pair *const families[2])
{
	const struct conduit *last = NULL;
	size_t count = 0;

	for (int f = 0; f < 2; f++)
		for (size_t i = 0;
		     families[f] && i < families[f]->declared_count; i++) {
			const struct declared *d = &families[f]->declared[i];
			bool known = d->exception || !d->conduit ||
			    d->conduit == last;

			/* The same one in the other family counts once. */
			for (size_t k = 0; f && !known && families[0] &&
			     k < families[0]->declared_count;
			     k++)
				known = families[0]->declared[k].conduit ==
				    d->conduit;
			if (!known)
				count++;
			if (!d->exception)
				last = d->conduit;
		}
	return count;
}

static void
audit_one(struct audit *a, const struct pair_source *s, const struct zone *to)
{
	struct audit_cell *cell =
	    &a->cells[(size_t)s->from->index * a->zone_count + to->index];
	struct pair pairs[2], *families[2] = { NULL, NULL };
	size_t opened[2] = { 0, 0 };
	struct pair_leak first;

	cell->judged = true;
	cell->cell = space_cell(a, s->from, to);
	for (int f = 0; f < 2; f++)
		if (pair_open(&pairs[f], s, to, f ? 6 : 4))
			families[f] = &pairs[f];
	cell->declared = count_conduits(families);
	for (int f = 0; f < 2; f++)
		if (families[f])
			opened[f] = pair_opened(families[f], cell, &first);
	if (families[0] && opened[1] && !opened[0] && !cell->undecided)
		tell_ipv6_only(families[1], &first);
	pair_blocked(families, cell);
	for (int f = 0; f < 2; f++)
		if (families[f])
			pair_close(families[f]);
}

void
audit_pairs(struct audit *a)
{
	const struct boundary *b = a->boundary;
	bool both = false;

	audit_open(a);
	for (size_t i = 0; i < b->zone_count; i++) {
		struct pair_source s;

		pair_source_open(&s, a, b->zones[i]);
		both |= s.ways[0].count > 1 || s.ways[1].count > 1;
		for (size_t j = 0; j < b->zone_count; j++)
			if (space_judged(a, b->zones[i], b->zones[j]))
				audit_one(a, &s, b->zones[j]);
		pair_source_close(&s);
	}
	if (both)
		audit_add_note(a, W_AUDIT_BOTH_WAYS, 0);
	audit_ipv6(a);
}
