/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search of one pair of zones for packets that are let through and not
 * declared. Says nothing of findings.
 *
 * Idea: whatever passes a chain was accepted by one of its rules or by its
 * policy. So each accepting rule is asked alone: its own packets less what is
 * declared are walked with all other accepting rules passed over, and only
 * what drops before it cuts them up. If no rule has such a packet the pair is
 * proven closed; if one has, the packet is judged by itself by every rule, and
 * that names who really lets it through.
 */
#include "audit_pair.h"

#include <stdlib.h>
#include <string.h>

#include "audit_look.h"
#include "base/mem.h"

#define CHAINS_MAX 64	 /* base chains of one way */
#define TRIED_MAX 64	 /* packets judged in the hope of a certain one */
#define PEELED_MAX 64	 /* boxes left of a leaf by rules before */
#define REMAINS_MAX 4096 /* boxes left of one leaf */

/* ---- opening */

static bool
filters_forward(const struct audit *a, enum way way, int family)
{
	const struct chain *chains[CHAINS_MAX];
	const size_t n = evaluate_chains(a->evaluator, way, family, chains,
	    CHAINS_MAX);

	for (size_t i = 0; i < n && i < CHAINS_MAX; i++)
		if (chains[i]->hook == HOOK_FORWARD)
			return true;
	return false;
}

static struct pair_ways
ways_of(const struct audit *a, int family)
{
	const bool bridged = filters_forward(a, WAY_BRIDGE, family);
	struct pair_ways w = { .count = 0 };

	if (filters_forward(a, WAY_FORWARD, family) || !bridged)
		w.items[w.count++] = WAY_FORWARD;
	if (bridged)
		w.items[w.count++] = WAY_BRIDGE;
	return w;
}

static bool
box_of_family(const struct box *boxes, size_t count, int family,
    struct box *out)
{
	for (size_t i = 0; i < count; i++)
		if (spans_has(boxes[i].dims[DIM_FAMILY],
			(packet_value)family)) {
			*out = boxes[i];
			return true;
		}
	return false;
}

static bool
has_notrack(const struct ruleset *r)
{
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t k = 0; k < r->rules[i]->statement_count; k++)
			if (r->rules[i]->statements[k].kind ==
			    STATEMENT_NOTRACK)
				return true;
	return false;
}

static bool
is_doubtful(const struct ruleset *r)
{
	for (size_t i = 0; i < r->rule_count; i++)
		if (audit_unknown_decides(r->rules[i]) &&
		    !audit_checks_path(r->rules[i]))
			return true;
	return false;
}

void
pair_source_open(struct pair_source *s, struct audit *a,
    const struct zone *from)
{
	struct box boxes[2];
	size_t count;

	memset(s, 0, sizeof(*s));
	s->a = a;
	s->from = from;
	s->pool = pool_new();
	s->notrack = has_notrack(a->ruleset);
	s->doubtful = is_doubtful(a->ruleset);
	count = space_from(a, from, s->pool, boxes);
	for (int f = 0; f < 2; f++) {
		const int family = f ? 6 : 4;

		s->ways[f] = ways_of(a, family);
		s->there[f] = box_of_family(boxes, count, family, &s->boxes[f]);
		if (!s->there[f])
			continue;
		for (size_t w = 0; w < s->ways[f].count; w++)
			s->slices[f][w] = evaluate_slice(a->evaluator, NULL,
			    s->ways[f].items[w], &s->boxes[f]);
	}
}

void
pair_source_close(struct pair_source *s)
{
	for (int f = 0; f < 2; f++)
		for (size_t w = 0; w < PAIR_WAYS_MAX; w++)
			if (s->slices[f][w])
				evaluate_slice_free(s->slices[f][w]);
	pool_free(s->pool);
}

bool
pair_open(struct pair *p, const struct pair_source *s, const struct zone *to,
    int family)
{
	const int f = family == 6;
	struct box boxes[2];
	size_t count;

	if (!s->there[f])
		return false;
	memset(p, 0, sizeof(*p));
	p->a = s->a;
	p->from = s->from;
	p->to = to;
	p->family = family;
	p->source = s;
	p->ways = &s->ways[f];
	p->pool = pool_new();
	p->budget = audit_budget(s->a);
	count = space_pair(s->a, s->from, to, p->pool, boxes);
	if (!box_of_family(boxes, count, family, &p->box)) {
		pool_free(p->pool);
		return false;
	}
	p->declared_count = space_declared(s->a, s->from, to, family, p->pool,
	    &p->declared);
	for (size_t w = 0; w < p->ways->count; w++)
		p->slices[w] = evaluate_slice(s->a->evaluator, s->slices[f][w],
		    p->ways->items[w], &p->box);
	return true;
}

void
pair_close(struct pair *p)
{
	for (size_t w = 0; w < PAIR_WAYS_MAX; w++)
		if (p->slices[w])
			evaluate_slice_free(p->slices[w]);
	pool_free(p->pool);
}

/* ---- who may accept */

/* One that drops what no rule accepts tells most; then the one with the most
 * rules that could. */
const struct chain *
pair_base(const struct pair *p, size_t way)
{
	const struct chain *chains[CHAINS_MAX], *best = NULL;
	size_t n = evaluate_chains(p->a->evaluator, p->ways->items[way],
	    p->family, chains, CHAINS_MAX);
	size_t most = 0;

	for (size_t i = 0; i < n && i < CHAINS_MAX; i++) {
		const struct chain *c = chains[i];
		size_t rules;

		if (c->hook != HOOK_FORWARD || c->type == CHAIN_NAT)
			continue;
		rules = evaluate_accepting(p->slices[way], c, NULL, 0);
		if (!best || (c->policy_drop && !best->policy_drop) ||
		    (c->policy_drop == best->policy_drop && rules > most)) {
			best = c;
			most = rules;
		}
	}
	return best;
}

const struct rule **
pair_candidates(const struct pair *p, size_t way, const struct chain *base,
    size_t *count)
{
	const size_t n = evaluate_accepting(p->slices[way], base, NULL, 0);
	const struct rule **out = mem_calloc(n + 1, sizeof(*out));

	*count = evaluate_accepting(p->slices[way], base, out, n);
	return out;
}

/* Boxes still to be asked, each with the first declared one that was not yet
 * taken from it. */
struct pending {
	struct box box;
	size_t declared;
};

struct pendings {
	struct pending *items; /* owned */
	size_t count, capacity;
};

static void
pending_add(struct pendings *s, const struct box *box, size_t declared)
{
	s->items = mem_grow(s->items, &s->capacity, s->count,
	    sizeof(*s->items));
	s->items[s->count++] = (struct pending){ *box, declared };
}

/* ---- judging one packet */

struct judging {
	const struct pair *pair;
	const struct chain *base;
	const struct point *at;
	struct pair_leak *out;
	bool possible, certain;
};

/*
 * What of a box of packets, by their last destination, goes to the zone and is
 * not declared: one box of it in the pool; false when there is none. Where
 * that takes too long it is true, though there may be none.
 */
static bool
undeclared(const struct pair *p, struct pool *pool, const struct box *box,
    struct box *out)
{
	struct box into = { { NULL } }, pieces[DIM_COUNT];
	struct pendings todo = { 0 };
	bool found = false;

	into.dims[DIM_DADDR] = p->box.dims[DIM_DADDR];
	if (!box_intersect(pool, box, &into, &into))
		return false;
	pending_add(&todo, &into, 0);
	while (todo.count && !found) {
		const struct pending now = todo.items[--todo.count];
		size_t i = now.declared, n;

		while (i < p->declared_count &&
		    box_disjoint(&now.box, &p->declared[i].box))
			i++;
		if (i == p->declared_count || todo.count > REMAINS_MAX) {
			*out = now.box;
			found = true;
			break;
		}
		n = box_subtract(pool, &now.box, &p->declared[i].box, pieces);
		for (size_t k = 0; k < n; k++)
			pending_add(&todo, &pieces[k], i + 1);
	}
	free(todo.items);
	return found;
}

static struct pair_opener
opener_of(const struct leaf *leaf, const struct chain *base)
{
	struct pair_opener o = { NULL, base };

	for (size_t i = 0; i < leaf->decision_count; i++)
		if (base ? leaf->decisions[i].base == base :
			   leaf->decisions[i].rule != NULL) {
			o.rule = leaf->decisions[i].rule;
			o.chain = leaf->decisions[i].base;
			break;
		}
	return o;
}

static packet_value
first_of(const struct spans *s, packet_value otherwise)
{
	return s && s->count ? s->items[0].first : otherwise;
}

/* A leaf of a single packet. */
static bool
judge_leaf(void *context, const struct leaf *leaf)
{
	struct judging *j = context;
	struct pool *pool = j->pair->pool;
	const struct pool_mark mark = pool_mark(pool);
	const struct box last = space_of_leaf(leaf);
	struct box left;

	if (!leaf->accepted || leaf->redirected ||
	    !undeclared(j->pair, pool, &last, &left)) {
		j->certain = false;
		pool_release(pool, mark);
		return true;
	}
	if (!j->possible) {
		j->out->at = *j->at;
		j->out->at.at[DIM_NEW_DADDR] = first_of(left.dims[DIM_DADDR],
		    j->at->at[DIM_DADDR]);
		j->out->at.at[DIM_NEW_DPORT] = first_of(left.dims[DIM_DPORT],
		    j->at->at[DIM_DPORT]);
		j->out->leaf = *leaf;
		j->out->leaf.box = NULL;
		j->out->opener = opener_of(leaf, j->base);
	}
	j->possible = true;
	pool_release(pool, mark);
	return true;
}

static struct box
box_of_point(struct pool *pool, const struct point *x)
{
	struct box out = { { NULL } };

	for (int d = 0; d < DIM_NEW_DADDR; d++)
		out.dims[d] = spans_one(pool, x->at[d], x->at[d]);
	return out;
}

bool
pair_judge(const struct pair *p, size_t way, const struct slice *slice,
    const struct chain *base, const struct point *x, struct pair_leak *out)
{
	const struct pool_mark mark = pool_mark(p->pool);
	const struct box box = box_of_point(p->pool, x);
	struct judging j = { .pair = p,
		.base = base,
		.at = x,
		.out = out,
		.certain = true };
	const struct walk w = { .way = p->ways->items[way],
		.slice = slice,
		.leaf = judge_leaf,
		.context = &j };

	(void)evaluate_walk(p->a->evaluator, &w, &box);
	pool_release(p->pool, mark);
	out->way = way;
	out->certain = j.possible && j.certain;
	return j.possible;
}

/* ---- packets that are not translated */

static const struct spans *
widest(struct pool *pool, const struct spans *s)
{
	size_t best = 0;

	if (!s || s->count < 2)
		return s;
	for (size_t i = 1; i < s->count; i++)
		if (s->items[i].last - s->items[i].first >
		    s->items[best].last - s->items[best].first)
			best = i;
	return spans_one(pool, s->items[best].first, s->items[best].last);
}

void
pair_pick(struct pool *pool, const struct box *box, struct point *out)
{
	const struct pool_mark mark = pool_mark(pool);
	struct box b = *box;

	b.dims[DIM_SADDR] = widest(pool, b.dims[DIM_SADDR]);
	b.dims[DIM_DADDR] = widest(pool, b.dims[DIM_DADDR]);
	box_pick(&b, out);
	pool_release(pool, mark);
}

size_t
pair_conditions(struct pair *p, const struct rule *rule, struct box **out)
{
	struct box *boxes = pool_take(p->pool,
	    PAIR_CONDITIONS_MAX * sizeof(*boxes));
	size_t count, kept = 0;

	(void)evaluate_condition(p->a->evaluator, rule, p->pool, boxes,
	    PAIR_CONDITIONS_MAX, &count);
	for (size_t i = 0; i < count; i++) {
		struct box box;

		/* Where notrack may have taken its state away, the rule sees
		 * another one than the pair's. */
		boxes[i].dims[DIM_CT_DIRECTION] = NULL;
		if (p->source->notrack)
			boxes[i].dims[DIM_CT_STATE] = NULL;
		if (box_intersect(p->pool, &boxes[i], &p->box, &box))
			boxes[kept++] = box;
	}
	*out = boxes;
	return kept;
}

/* How much a leak says of the rule that is asked. */
enum worth {
	WORTH_NOTHING,
	WORTH_POSSIBLE, /* another rule lets it through, perhaps */
	WORTH_CERTAIN,	/* another rule does */
	WORTH_OWN_POSSIBLE,
	WORTH_OWN_CERTAIN,
};

struct search {
	struct pair *pair;
	size_t way;
	const struct chain *base;
	const struct rule *rule; /* that is asked; NULL: the policy */
	struct pair_leak *out;
	enum worth worth; /* of out */
	bool unsure;
	size_t tried;
};

static enum worth
worth_of(const struct search *s, const struct pair_leak *leak)
{
	const struct pair_opener *o = &leak->opener;

	if (o->rule == s->rule && (o->rule || o->chain == s->base))
		return leak->certain ? WORTH_OWN_CERTAIN : WORTH_OWN_POSSIBLE;
	return leak->certain ? WORTH_CERTAIN : WORTH_POSSIBLE;
}

/* Judges a packet of a box. What remains of the box without the packets of
 * another rule that lets it through is added to rest. */
static void
try_box(struct search *s, const struct box *box, struct box *rest,
    size_t *count)
{
	struct box *conditions, pieces[DIM_COUNT];
	struct pair_leak leak;
	struct point x;
	size_t n, i;

	pair_pick(s->pair->pool, box, &x);
	if (!pair_judge(s->pair, s->way, s->pair->slices[s->way], s->base, &x,
		&leak)) {
		s->unsure = true;
		return;
	}
	s->tried++;
	if (worth_of(s, &leak) > s->worth) {
		s->worth = worth_of(s, &leak);
		*s->out = leak;
	}
	if (worth_of(s, &leak) >= WORTH_OWN_POSSIBLE || !leak.opener.rule)
		return;
	n = pair_conditions(s->pair, leak.opener.rule, &conditions);
	for (i = 0; i < n && !box_has(&conditions[i], &x); i++)
		continue;
	if (i == n)
		return;
	n = box_subtract(s->pair->pool, box, &conditions[i], pieces);
	for (i = 0; i < n && *count < PEELED_MAX; i++)
		rest[(*count)++] = pieces[i];
}

/*
 * A packet of the leaf may be one that an accepting rule before the candidate
 * takes; what such rules take is peeled off until one is left that the
 * candidate lets through itself, so that each rule is named that opens. A rule
 * that was passed over may also have changed what comes behind (a mark): then
 * the packet fares otherwise than the leaf says, and the question is asked
 * again without passing over any.
 */
static bool
search_leaf(void *context, const struct leaf *leaf)
{
	struct search *s = context;
	const struct pool_mark mark = pool_mark(s->pair->pool);
	struct box rest[PEELED_MAX];
	size_t count = 1;

	if (!leaf->accepted || leaf->redirected || leaf->translated)
		return true;
	rest[0] = *leaf->box;
	while (
	    count > 0 && s->worth < WORTH_OWN_CERTAIN && s->tried < TRIED_MAX) {
		const struct box box = rest[--count];

		try_box(s, &box, rest, &count);
	}
	pool_release(s->pair->pool, mark);
	return s->worth < WORTH_OWN_CERTAIN && s->tried < TRIED_MAX;
}

static bool
spend(struct pair *p, uint64_t steps)
{
	if (p->budget.steps < steps || pool_bytes(p->pool) > p->budget.bytes) {
		p->budget.steps = 0;
		return false;
	}
	p->budget.steps -= steps;
	return true;
}

/* Asks for all of the box that is not declared, piece by piece. */
static enum walk_result
ask(struct pair *p, const struct walk *walk, struct search *s,
    const struct box *box)
{
	enum walk_result result = WALK_DONE;
	struct pendings todo = { 0 };

	pending_add(&todo, box, 0);
	while (todo.count && result == WALK_DONE) {
		const struct pending now = todo.items[--todo.count];
		struct box pieces[DIM_COUNT];
		size_t i = now.declared, n;

		while (i < p->declared_count &&
		    box_disjoint(&now.box, &p->declared[i].box))
			i++;
		if (!spend(p, 1 + i - now.declared)) {
			result = WALK_UNDECIDED;
		} else if (i == p->declared_count) {
			result = evaluate_walk(p->a->evaluator, walk, &now.box);
		} else {
			n = box_subtract(p->pool, &now.box, &p->declared[i].box,
			    pieces);
			for (size_t k = 0; k < n; k++)
				pending_add(&todo, &pieces[k], i + 1);
		}
	}
	free(todo.items);
	if (result == WALK_DONE && s->worth >= WORTH_OWN_POSSIBLE)
		result = WALK_STOPPED;
	return result;
}

/* The rule's own condition within the pair, asked; NULL: all of the pair. */
static enum walk_result
ask_condition(struct pair *p, const struct walk *walk, struct search *s,
    const struct rule *rule)
{
	enum walk_result result = WALK_DONE;
	struct box *boxes = &p->box;
	const size_t count = rule ? pair_conditions(p, rule, &boxes) : 1;

	for (size_t i = 0; i < count && result == WALK_DONE; i++)
		result = ask(p, walk, s, &boxes[i]);
	return result;
}

enum walk_result
pair_leak_of(struct pair *p, size_t way, const struct chain *base,
    const struct rule *rule, struct pair_leak *out)
{
	const struct pool_mark mark = pool_mark(p->pool);
	struct search s = { .pair = p,
		.way = way,
		.base = base,
		.rule = rule,
		.out = out };
	struct walk walk = { .way = p->ways->items[way],
		.slice = p->slices[way],
		.candidate = rule,
		.candidate_policy = base && !rule,
		.candidate_base = base,
		.budget = &p->budget,
		.leaf = search_leaf,
		.context = &s };
	enum walk_result result = ask_condition(p, &walk, &s, rule);

	if (!s.worth && s.unsure) {
		walk.candidate = NULL;
		walk.candidate_policy = false;
		walk.candidate_base = NULL;
		s.unsure = false;
		s.tried = 0;
		result = ask_condition(p, &walk, &s, rule);
	}
	pool_release(p->pool, mark);
	if (s.worth)
		return WALK_STOPPED;
	return s.unsure ? WALK_UNDECIDED : result;
}

/* ---- packets that are translated into the zone */

static bool
may_reach(const struct pair *p, const struct change *c, bool unknown)
{
	return unknown || !c->address ||
	    !spans_disjoint(c->address, p->box.dims[DIM_DADDR]);
}

static bool
leads_into(const struct pair *p, const struct statement *s)
{
	const struct lookup *l = &s->lookup;

	if (s->kind != STATEMENT_DNAT || s->redirects)
		return false;
	if (l->field_count == 0 || s->target_unknown || l->changing)
		return may_reach(p, &s->change,
		    s->target_unknown || l->changing);
	for (size_t i = 0; i < l->element_count; i++)
		if (may_reach(p, &l->elements[i].change, false))
			return true;
	return false;
}

static bool
rule_leads_into(const struct pair *p, const struct rule *rule)
{
	for (size_t k = 0; k < rule->statement_count; k++)
		if (leads_into(p, &rule->statements[k]))
			return true;
	return false;
}

size_t
pair_translations(struct pair *p, struct box **out)
{
	const struct ruleset *r = p->a->ruleset;
	struct box base = p->source->boxes[p->family == 6];
	size_t count = 0, capacity = 0;

	*out = NULL;
	base.dims[DIM_OIF] = p->box.dims[DIM_OIF];
	for (size_t i = 0; i < r->rule_count; i++) {
		const struct rule *rule = r->rules[i];
		struct box *conditions, box;
		size_t n;

		if (!rule_leads_into(p, rule))
			continue;
		conditions = pool_take(p->pool,
		    PAIR_CONDITIONS_MAX * sizeof(*conditions));
		(void)evaluate_condition(p->a->evaluator, rule, p->pool,
		    conditions, PAIR_CONDITIONS_MAX, &n);
		for (size_t k = 0; k < n; k++) {
			/* What is routed to is not known there, and state may
			 * not yet be. */
			conditions[k].dims[DIM_OIF] = NULL;
			conditions[k].dims[DIM_CT_STATE] = NULL;
			conditions[k].dims[DIM_CT_DIRECTION] = NULL;
			if (!box_intersect(p->pool, &conditions[k], &base,
				&box))
				continue;
			*out = mem_grow(*out, &capacity, count, sizeof(**out));
			(*out)[count++] = box;
		}
	}
	return count;
}

struct translated {
	struct pair *pair;
	size_t way;
	const struct chain *base;
	const struct slice *slice;
	void (*each)(void *context, const struct pair_leak *leak);
	void *context;
	bool unsure; /* a leaf had none that could be shown */
};

static bool
translated_leaf(void *context, const struct leaf *leaf)
{
	struct translated *t = context;
	struct pool *pool = t->pair->pool;
	const struct pool_mark mark = pool_mark(pool);
	const struct box last = space_of_leaf(leaf);
	struct box left, wire;
	struct pair_leak leak;
	struct point x;

	if (leaf->accepted && leaf->translated && !leaf->redirected &&
	    undeclared(t->pair, pool, &last, &left)) {
		wire = space_before(pool, leaf, &left);
		pair_pick(pool, &wire, &x);
		if (pair_judge(t->pair, t->way, t->slice, t->base, &x, &leak))
			t->each(t->context, &leak);
		else
			t->unsure = true;
	}
	pool_release(pool, mark);
	return true;
}

enum walk_result
pair_leaks_translated(struct pair *p, size_t way, const struct chain *base,
    void (*each)(void *context, const struct pair_leak *leak), void *context)
{
	const int f = p->family == 6;
	const struct pool_mark mark = pool_mark(p->pool);
	enum walk_result result = WALK_DONE;
	struct translated t = { .pair = p,
		.way = way,
		.base = base,
		.each = each,
		.context = context };
	struct box *boxes;
	const size_t count = pair_translations(p, &boxes);

	for (size_t i = 0; i < count && result == WALK_DONE; i++) {
		struct slice *slice = evaluate_slice(p->a->evaluator,
		    p->source->slices[f][way], p->ways->items[way], &boxes[i]);
		const struct walk walk = { .way = p->ways->items[way],
			.slice = slice,
			.budget = &p->budget,
			.leaf = translated_leaf,
			.context = &t };

		t.slice = slice;
		result = evaluate_walk(p->a->evaluator, &walk, &boxes[i]);
		evaluate_slice_free(slice);
	}
	free(boxes);
	pool_release(p->pool, mark);
	return t.unsure ? WALK_UNDECIDED : result;
}
