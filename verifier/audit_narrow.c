/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-7: rules by which a conversation from or to a zone of personal numbers
 * may begin and that leave its source, destination, protocol or port
 * unlimited. What counts is not how a rule is written but which packets reach
 * it along its chains and go through: a rule behind a jump that names the
 * port is limited. Where a rule lets through what nothing declares FWR-1 says
 * so for that pair, and this says nothing more; it speaks of rules that are as
 * wide as a declaration that is too wide itself.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "base/mem.h"

enum limit {
	LIMIT_SOURCE = 1,
	LIMIT_DESTINATION = 2,
	LIMIT_PROTOCOL = 4,
	LIMIT_PORT = 8,
	LIMIT_ALL = 15,
};

/* What the packets of one rule take up in each dimension. */
struct extent {
	const struct pair *pair;
	struct pool *pool; /* owned */
	const struct spans *source, *destination, *protocol, *port;
	struct point sample;
	bool any, with_ports;
};

/* One rule of a pair over both families. */
struct wide {
	const struct rule *rule;
	unsigned limits; /* that are missing */
	int family;	 /* 0: both */
	enum way way;
	struct point sample;
};

struct wides {
	struct wide *items; /* owned */
	size_t count, capacity;
	bool undecided;
};

static const struct spans *
grown(struct pool *pool, const struct spans *before, const struct spans *more)
{
	return !more ? NULL :
		       spans_union(pool, before,
			   spans_make(pool, more->items, more->count));
}

static void
extend(struct extent *x, const struct box *b)
{
	static const struct span tcp = { 6, 6 }, udp = { 17, 17 };
	const struct spans *protocol = b->dims[DIM_PROTOCOL];

	x->any = true;
	x->source = grown(x->pool, x->source, b->dims[DIM_SADDR]);
	x->destination = grown(x->pool, x->destination, b->dims[DIM_DADDR]);
	x->protocol = grown(x->pool, x->protocol, protocol);
	if (spans_has(protocol, tcp.first) || spans_has(protocol, udp.first)) {
		x->with_ports = true;
		x->port = grown(x->pool, x->port, b->dims[DIM_DPORT]);
	}
}

static bool
extent_leaf(void *context, const struct leaf *leaf)
{
	struct extent *x = context;

	if (!leaf->accepted || leaf->redirected || leaf->translated)
		return true;
	if (!x->any)
		pair_pick(x->pool, leaf->box, &x->sample);
	extend(x, leaf->box);
	return true;
}

/* Whether all of what the pair has, and more than one, is taken up. */
static bool
takes_all(enum dimension d, const struct spans *taken, const struct spans *all)
{
	const packet_value most = dimension_most(d);

	return spans_cover(taken, all, most) && spans_size(all, most) > 1;
}

static unsigned
missing_limits(const struct extent *x)
{
	const struct box *all = &x->pair->box;
	unsigned out = 0;

	if (!x->any)
		return 0;
	if (takes_all(DIM_SADDR, x->source, all->dims[DIM_SADDR]))
		out |= LIMIT_SOURCE;
	if (takes_all(DIM_DADDR, x->destination, all->dims[DIM_DADDR]))
		out |= LIMIT_DESTINATION;
	if (takes_all(DIM_PROTOCOL, x->protocol, all->dims[DIM_PROTOCOL]))
		out |= LIMIT_PROTOCOL;
	if (x->with_ports && takes_all(DIM_DPORT, x->port, NULL))
		out |= LIMIT_PORT;
	return out;
}

static struct extent
extent_of(const struct pair *p)
{
	return (struct extent){ .pair = p,
		.pool = pool_new(),
		.source = &spans_nothing,
		.destination = &spans_nothing,
		.protocol = &spans_nothing,
		.port = &spans_nothing };
}

/* Whether a rule, as it is written, is unlimited in anything: what reaches it
 * is never more, and to know that much no walk is needed. */
static bool
may_be_wide(const struct pair *p, const struct box *boxes, size_t count)
{
	struct extent x = extent_of(p);
	unsigned limits;

	for (size_t i = 0; i < count; i++)
		extend(&x, &boxes[i]);
	limits = missing_limits(&x);
	pool_free(x.pool);
	return limits != 0;
}

static enum walk_result
measure(struct pair *p, size_t way, const struct chain *base,
    const struct rule *rule, struct extent *x)
{
	const struct pool_mark mark = pool_mark(p->pool);
	const struct walk walk = { .way = p->ways->items[way],
		.slice = p->slices[way],
		.candidate = rule,
		.candidate_base = base,
		.budget = &p->budget,
		.leaf = extent_leaf,
		.context = x };
	enum walk_result result = WALK_DONE;
	struct box *boxes;
	const size_t count = pair_conditions(p, rule, &boxes);

	if (may_be_wide(p, boxes, count))
		for (size_t i = 0; i < count && result == WALK_DONE; i++)
			result = evaluate_walk(p->a->evaluator, &walk,
			    &boxes[i]);
	pool_release(p->pool, mark);
	return result;
}

static void
note(struct wides *w, const struct pair *p, enum way way,
    const struct rule *rule, unsigned limits, const struct point *sample)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].rule == rule) {
			w->items[i].limits |= limits;
			if (w->items[i].family != p->family)
				w->items[i].family = 0;
			return;
		}
	w->items = mem_grow(w->items, &w->capacity, w->count,
	    sizeof(*w->items));
	w->items[w->count++] = (struct wide){ rule, limits, p->family, way,
		*sample };
}

/* By its own condition, however it is reached, it limits all four: most rules
 * do, and need no walk. */
static bool
limits_itself(struct pair *p, const struct rule *rule)
{
	const struct pool_mark mark = pool_mark(p->pool);
	struct box *conditions = pool_take(p->pool,
	    PAIR_CONDITIONS_MAX * sizeof(*conditions));
	struct extent x = { .pair = p,
		.pool = p->pool,
		.source = &spans_nothing,
		.destination = &spans_nothing,
		.protocol = &spans_nothing,
		.port = &spans_nothing };
	const struct leaf as_leaf = { .accepted = true };
	size_t count;
	bool limited;

	(void)evaluate_condition(p->a->evaluator, rule, p->pool, conditions,
	    PAIR_CONDITIONS_MAX, &count);
	for (size_t i = 0; i < count; i++) {
		struct leaf leaf = as_leaf;

		leaf.box = &conditions[i];
		(void)extent_leaf(&x, &leaf);
	}
	limited = missing_limits(&x) == 0;
	pool_release(p->pool, mark);
	return limited;
}

static void
ask_rule(struct pair *p, size_t way, const struct chain *base,
    const struct rule *rule, struct wides *out)
{
	struct extent x = extent_of(p);
	struct pair_leak leak;
	enum walk_result result = measure(p, way, base, rule, &x);
	unsigned limits = missing_limits(&x);

	if (limits && result == WALK_DONE) {
		result = pair_leak_of(p, way, base, rule, &leak);
		if (result == WALK_DONE)
			note(out, p, p->ways->items[way], rule, limits,
			    &x.sample);
	}
	out->undecided |= result == WALK_UNDECIDED;
	pool_free(x.pool);
}

static void
ask_pair(struct pair *p, struct wides *out)
{
	for (size_t way = 0; way < p->ways->count; way++) {
		const struct chain *base = pair_base(p, way);
		const struct rule **rules;
		size_t count;

		if (!base)
			continue; /* FWR-4 says that nothing filters */
		rules = pair_candidates(p, way, base, &count);
		for (size_t i = 0; i < count; i++)
			if (!limits_itself(p, rules[i]))
				ask_rule(p, way, base, rules[i], out);
		free(rules);
	}
}

/* ---- telling */

static void
limit_words(const struct audit *a, unsigned limits, struct text *out)
{
	static const struct {
		enum limit limit;
		enum word word;
	} names[] = { { LIMIT_SOURCE, W_AUDIT_LIMIT_SOURCE },
		{ LIMIT_DESTINATION, W_AUDIT_LIMIT_DESTINATION },
		{ LIMIT_PROTOCOL, W_AUDIT_LIMIT_PROTOCOL },
		{ LIMIT_PORT, W_AUDIT_LIMIT_PORT } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(limits & names[i].limit))
			continue;
		if (out->length)
			text_add(out, a->lang == LANG_JA ? "・" : ", ");
		text_add(out, words_get(a->lang, names[i].word));
	}
}

static void
tell(struct audit *a, const struct zone *from, const struct zone *to,
    const struct wide *w)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_7);
	struct text where = { 0 }, limits = { 0 };

	if (!f)
		return;
	f->from = from;
	f->to = to;
	f->family = w->family;
	f->cell = space_cell(a, from, to);
	(void)audit_witness(a, f, w->way, &w->sample, true);
	/* Whoever takes that packet: it is this rule that is too wide. */
	f->rules[0] = (struct audit_rule){ w->rule, w->rule->chain,
		ACTION_ACCEPT };
	f->rule_count = 1;
	f->rules_left_out = 0;
	ruleset_where(w->rule, &where);
	limit_words(a, w->limits, &limits);
	audit_say(a, f, W_AUDIT_NARROW, 4, from->id, to->id, text_str(&where),
	    text_str(&limits));
	text_free(&where);
	text_free(&limits);
}

static void
narrow_pair(const struct pair_source *s, const struct zone *to)
{
	struct audit *a = s->a;
	struct wides w = { 0 };

	for (int family = 4; family <= 6; family += 2) {
		struct pair p;

		if (!pair_open(&p, s, to, family))
			continue;
		ask_pair(&p, &w);
		pair_close(&p);
	}
	for (size_t i = 0; i < w.count; i++)
		tell(a, s->from, to, &w.items[i]);
	if (w.undecided)
		audit_add_undecided(a, CHECK_FWR_7, s->from, to, NULL,
		    W_AUDIT_NARROW_UNDECIDED, 2, s->from->id, to->id);
	free(w.items);
}

void
audit_narrow(struct audit *a)
{
	const struct boundary *b = a->boundary;

	audit_open(a);
	for (size_t i = 0; i < b->zone_count; i++) {
		struct pair_source s;

		pair_source_open(&s, a, b->zones[i]);
		for (size_t j = 0; j < b->zone_count; j++)
			if (space_judged(a, s.from, b->zones[j]) &&
			    (s.from->tier == TIER_MYNUMBER ||
				b->zones[j]->tier == TIER_MYNUMBER))
				narrow_pair(&s, b->zones[j]);
		pair_source_close(&s);
	}
}
