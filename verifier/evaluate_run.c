/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interpreter: a state goes through base chains, rules and statements
 * until it is accepted or dropped. Where packets part, one part goes on and
 * the other is pushed. What a rule does is in evaluate_rule.c.
 *
 * Source: kernel nf_tables_core.c (nft_do_chain), nf_nat_core.c
 * (nf_nat_inet_fn: nat chains see new packets, until one translates).
 */
#include "base/mem.h"
#include "evaluate_internal.h"

/* ---- the stack */

bool
evaluate_spend(struct run *r, uint64_t steps)
{
	struct budget *b = r->w->budget;

	if (r->stop)
		return false;
	if (!b)
		return true;
	if (b->steps < steps) {
		b->steps = 0;
		r->stop = STOP_BUDGET;
		return false;
	}
	b->steps -= steps;
	return true;
}

void
evaluate_push(struct run *r, const struct state *s)
{
	struct scratch *scratch = r->scratch;
	struct budget *b = r->w->budget;

	if (b &&
	    pool_bytes(r->pool) + r->count * sizeof(struct state) > b->bytes)
		r->stop = STOP_BUDGET;
	if (!evaluate_spend(r, 1))
		return;
	scratch->stack = mem_grow(scratch->stack, &scratch->capacity, r->count,
	    sizeof(*scratch->stack));
	scratch->stack[r->count] = *s;
	scratch->stack[r->count].mark = pool_mark(r->pool);
	r->count++;
}

void
evaluate_begin_rule(struct state *s)
{
	s->statement = 0;
	s->pending = s->logged_since = s->split = s->forked = false;
}

void
evaluate_doubt(struct state *s)
{
	s->pending = true;
	/* What leaves here was logged, what left before was not: perhaps. */
	s->logged_since = false;
}

void
evaluate_next_rule(struct state *s)
{
	s->position++;
	evaluate_begin_rule(s);
}

void
evaluate_leave(struct run *r, const struct state *s, bool free)
{
	struct state rest = *s;

	evaluate_next_rule(&rest);
	rest.free |= free;
	rest.rest = true;
	evaluate_push(r, &rest);
}

/* ---- ends */

static void
tell_end(struct run *r, const struct state *s, const struct leaf *leaf)
{
	struct step step = {
		.kind = STEP_END,
		.box = leaf->box,
		.accepted = leaf->accepted,
		.leaf = leaf,
		.action = leaf->accepted ? ACTION_ACCEPT : ACTION_DROP,
	};

	if (s->decided) {
		step.chain = s->decided->decision.base;
		step.rule = s->decided->decision.rule;
		step.action = s->decided->decision.action;
	}
	if (!r->step(r->step_context, &step))
		r->stop = STOP_CALLER;
}

void
evaluate_leaf(struct run *r, struct state *s, bool accepted)
{
	const struct decided *d = s->decided;
	struct leaf leaf = { .accepted = accepted };
	struct box box;
	size_t count = s->decided_count;

	if (r->stop || (!accepted && (r->own || r->own_all)))
		return;
	evaluate_destination(r, s, &box);
	leaf.box = &box;
	leaf.logged = s->logged;
	leaf.free = s->free;
	leaf.translated = s->translated;
	leaf.redirected = s->redirected;
	leaf.untracked = s->untracked;
	leaf.translated_by = s->translated_by;
	/* Beyond the maximum the last one still stands at the end. */
	leaf.decision_count = count < LEAF_DECISIONS_MAX ? count :
							   LEAF_DECISIONS_MAX;
	for (size_t i = count; i-- > 0; d = d->before)
		if (i < leaf.decision_count)
			leaf.decisions[i] = d->decision;
	if (count > leaf.decision_count)
		leaf.decisions[leaf.decision_count - 1] = s->decided->decision;
	if (r->step)
		tell_end(r, s, &leaf);
	else if (!r->w->leaf(r->w->context, &leaf))
		r->stop = STOP_CALLER;
}

static void
note_decision(struct run *r, struct state *s, enum action action,
    const struct rule *rule)
{
	struct decided *d = pool_take(r->pool, sizeof(*d));

	d->decision.base = r->bases->items[s->base].chain;
	d->decision.rule = rule;
	d->decision.action = action;
	d->before = s->decided;
	s->decided = d;
	s->decided_count++;
}

bool
evaluate_decide(struct run *r, struct state *s, enum action action,
    const struct rule *rule)
{
	note_decision(r, s, action, rule);
	if (action != ACTION_ACCEPT) {
		evaluate_leaf(r, s, false);
		return false;
	}
	s->base++;
	s->chain = NULL;
	s->frames = NULL;
	s->position = 0;
	evaluate_begin_rule(s);
	return true;
}

/* Nothing ahead in this base chain leads to the candidate. */
static bool
is_lost(const struct run *r, const struct state *s, uint32_t rule)
{
	const struct frame *f;

	if (!r->last || !evaluate_is_own(r, s))
		return false;
	if (r->last[s->chain->id] >= (int64_t)rule)
		return false;
	for (f = s->frames; f; f = f->below) {
		const struct program *p = &r->slice->programs[f->chain->id];

		if (f->position < p->count &&
		    r->last[f->chain->id] >=
			(int64_t)p->rules[f->position]->rule->index)
			return false;
	}
	return true;
}

/* ---- base chains */

static bool
at_devices(struct run *r, struct state *s, const struct base *base)
{
	enum dimension d = base->chain->hook == HOOK_EGRESS ? DIM_OIF : DIM_IIF;
	const struct spans *have = s->box.dims[d], *in, *out;
	struct state rest = *s;

	if (!base->chain->devices)
		return true;
	in = spans_intersect(r->pool, have, base->chain->devices);
	if (!in->count)
		return false;
	out = spans_subtract(r->pool, have, base->chain->devices,
	    dimension_most(d));
	if (!out || out->count) {
		rest.box.dims[d] = out;
		rest.rest = true;
		rest.base++;
		evaluate_push(r, &rest);
		s->box.dims[d] = in;
	}
	return true;
}

/* nat chains see the first packet of a connection, until one translates. */
static bool
is_nat_seen(const struct state *s, const struct chain *chain)
{
	if (chain->type != CHAIN_NAT)
		return true;
	if (!evaluate_has_connection(s) || s->class != CLASS_NEW)
		return false;
	return chain->hook == HOOK_PREROUTING ? !s->translated : !s->source_new;
}

/* A new connection's status says so, too, when nothing was translated. */
static void
set_looked_up(struct run *r, struct state *s, uint16_t bits)
{
	const struct spans **status = evaluate_axis(s, AXIS_CT_STATUS);
	struct span items[4];
	size_t count = 0;

	if (!bits || !r->e->tests_status || s->class != CLASS_NEW ||
	    !evaluate_has_connection(s) || !*status || (*status)->count > 4)
		return;
	for (size_t i = 0; i < (*status)->count; i++) {
		items[count].first = (*status)->items[i].first | bits;
		items[count].last = items[count].first;
		count++;
	}
	*status = spans_make(r->pool, items, count);
}

static bool
enter_base(struct run *r, struct state *s)
{
	const struct base *base;

	if (s->base == r->bases->count) {
		evaluate_leaf(r, s, true);
		return false;
	}
	base = &r->bases->items[s->base];
	if (!base->chain) {
		s->conntracked = true;
		return evaluate_routed(r, s);
	}
	if (base->conntrack == CONNTRACK_BEHIND)
		s->conntracked = true;
	set_looked_up(r, s, base->looked_up);
	if (base->conntrack == CONNTRACK_AT && !s->conntracked &&
	    r->e->chain_looks[base->chain->id]) {
		struct state behind = *s;

		behind.conntracked = behind.free = s->free = true;
		behind.rest = true;
		evaluate_push(r, &behind);
	}
	if (!is_nat_seen(s, base->chain) || !at_devices(r, s, base)) {
		s->base++;
		return true;
	}
	s->chain = base->chain;
	s->frames = NULL;
	s->position = s->statement = s->hops = 0;
	s->depth = 0;
	s->shown_chain = false;
	return true;
}

/* One state as far as it goes. */
static void
follow(struct run *r, struct state *s)
{
	while (!r->stop) {
		const struct program *p;
		const struct ready *ready;

		if (!s->chain) {
			if (!enter_base(r, s))
				return;
			continue;
		}
		if (r->step && !s->shown_chain) {
			evaluate_step(r, s, STEP_CHAIN, NULL, ACTION_CONTINUE);
			s->shown_chain = true;
		}
		p = &r->slice->programs[s->chain->id];
		if (s->position >= p->count) {
			if (!evaluate_end_chain(r, s))
				return;
			continue;
		}
		ready = p->rules[s->position];
		if (s->statement == 0) {
			if (r->last && is_lost(r, s, ready->rule->index))
				return;
			if (evaluate_is_skipped(r, s, ready)) {
				if (r->step)
					evaluate_step(r, s, STEP_PASSED,
					    ready->rule, ACTION_CONTINUE);
				evaluate_next_rule(s);
				continue;
			}
		}
		if (!evaluate_rule(r, s, ready))
			return;
	}
}

/* ---- the beginning */

static const struct spans *
established_status(struct run *r)
{
	struct span items[CT_STATUS_MOST + 1];
	size_t count = 0;

	for (unsigned v = 0; v <= CT_STATUS_MOST; v++)
		if ((v & 10) == 10) { /* seen reply, confirmed */
			items[count].first = items[count].last = v;
			count++;
		}
	return spans_make(r->pool, items, count);
}

static void
set_class(struct run *r, struct state *s, enum ct_class class)
{
	const struct spans *zero = spans_one(r->pool, 0, 0);

	s->class = class;
	*evaluate_axis(s, AXIS_MARK) = zero;
	*evaluate_axis(s, AXIS_CT_MARK) = class == CLASS_NEW ? zero : NULL;
	*evaluate_axis(s, AXIS_CT_STATUS) = class == CLASS_NEW ? zero :
	    class == CLASS_ESTABLISHED ? established_status(r) :
					 NULL;
	*evaluate_axis(s, AXIS_SOURCE) = NULL;
	*evaluate_axis(s, AXIS_SOURCE_PORT) = NULL;
}

/* Packets whose connections differ, where anybody asks for that. */
static void
push_classes(struct run *r, const struct state *s)
{
	static const struct {
		enum ct_class class;
		uint8_t first, last;
	} classes[] = {
		{ CLASS_NONE, CT_INVALID, CT_INVALID },
		{ CLASS_NONE, CT_UNTRACKED, CT_UNTRACKED },
		{ CLASS_RELATED, CT_RELATED, CT_RELATED },
		{ CLASS_ESTABLISHED, CT_ESTABLISHED, CT_ESTABLISHED },
		{ CLASS_NEW, CT_NEW, CT_NEW },
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		struct state part = *s;
		const struct spans *in = spans_intersect(r->pool,
		    s->box.dims[DIM_CT_STATE],
		    spans_one(r->pool, classes[i].first, classes[i].last));

		if (!in->count)
			continue;
		part.box.dims[DIM_CT_STATE] = in;
		set_class(r, &part, classes[i].class);
		evaluate_push(r, &part);
	}
}

static bool
is_empty(const struct box *b)
{
	for (size_t d = 0; d < DIM_COUNT; d++)
		if (b->dims[d] && !b->dims[d]->count)
			return true;
	return false;
}

static void
run_all(struct run *r)
{
	while (r->count && !r->stop) {
		struct state s = r->scratch->stack[--r->count];

		pool_release(r->pool, s.mark);
		if (s.rest && r->step)
			evaluate_step(r, &s, STEP_REST, NULL, ACTION_CONTINUE);
		s.rest = false;
		follow(r, &s);
	}
}

void
evaluate_run(struct run *r, const struct box *box)
{
	struct state s = { 0 };

	for (packet_value family = 4; family <= 6 && !r->stop; family += 2) {
		s.box = *box;
		s.box.dims[DIM_FAMILY] = spans_intersect(r->pool,
		    box->dims[DIM_FAMILY], spans_one(r->pool, family, family));
		s.box.dims[DIM_NEW_DADDR] = s.box.dims[DIM_NEW_DPORT] = NULL;
		if (!s.box.dims[DIM_FAMILY]->count)
			continue;
		box_clip(r->pool, &s.box);
		if (is_empty(&s.box))
			continue;
		r->bases = &r->e->bases[r->w->way][family == 6];
		if (r->e->needs_class)
			push_classes(r, &s);
		else {
			set_class(r, &s, CLASS_MIXED);
			evaluate_push(r, &s);
		}
		run_all(r);
	}
}
