/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rules that can concern packets of a box: those whose plain conditions
 * the box meets, in the chains its way passes. A slice only leaves out rules
 * that match none of the packets, so a walk with it ends as one without; in
 * doubt (a destination behind a translation) a rule stays.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate_internal.h"

/* From where a chain is reached. */
enum place {
	PLACE_IN = 1, /* the interface in is known */
	PLACE_NO_IN = 2,
	PLACE_OUT = 4,
	PLACE_NO_OUT = 8,
	PLACE_TRACKED = 16,
	PLACE_UNTRACKED = 32,
	PLACE_DNAT = 64, /* perhaps behind a translation */
	PLACE_SNAT = 128,
};

struct slicing {
	const struct evaluator *e;
	const struct slice *of;
	const struct box *box;
	struct pool *pool;
	uint8_t *places; /* by chain; 0: not reached */
	/* Destinations behind nat. */
	const struct spans *address, *port;
};

static const struct spans only_0 = { 1, { { 0, 0 } } };

/* ---- where chains are reached from */

static void
reach_decision(struct slicing *g, const struct decision *d, uint8_t place,
    const struct chain **queue, size_t *waiting)
{
	if (d->action != ACTION_JUMP && d->action != ACTION_GOTO)
		return;
	if (!(place & ~g->places[d->target->id]))
		return;
	/* A chain is in the queue once, or its places grew since. */
	g->places[d->target->id] |= place;
	queue[(*waiting)++] = d->target;
}

static void
reach(struct slicing *g, const struct chain *base, uint8_t place)
{
	size_t capacity = 8 * g->e->ruleset->chain_count + 8, waiting = 0;
	const struct chain **queue = mem_reallocarray(NULL, capacity,
	    sizeof(*queue));

	g->places[base->id] |= place;
	queue[waiting++] = base;
	while (waiting) {
		const struct chain *chain = queue[--waiting];
		const struct program *p = &g->of->programs[chain->id];
		uint8_t mine = g->places[chain->id];

		if (!g->e->chain_calls[chain->id])
			continue;
		for (size_t i = 0; i < p->count; i++) {
			const struct rule *rule = p->rules[i]->rule;

			if (!p->rules[i]->calls)
				continue;
			for (size_t k = 0; k < rule->statement_count; k++) {
				const struct statement *s =
				    &rule->statements[k];

				if (s->kind == STATEMENT_VERDICT)
					reach_decision(g, &s->decision, mine,
					    queue, &waiting);
				for (size_t x = 0; s->kind == STATEMENT_VMAP &&
				     x < s->lookup.element_count;
				     x++)
					reach_decision(g,
					    &s->lookup.elements[x].decision,
					    mine, queue, &waiting);
			}
		}
	}
	free(queue);
}

static void
reach_bases(struct slicing *g, enum way way, int family)
{
	const struct bases *bases = &g->e->bases[way][family == 6];
	uint8_t behind = 0;

	for (size_t i = 0; i < bases->count; i++) {
		const struct base *base = &bases->items[i];
		uint8_t place = behind;

		if (!base->chain)
			continue;
		place |= base->in ? PLACE_IN : PLACE_NO_IN;
		place |= base->out ? PLACE_OUT : PLACE_NO_OUT;
		place |= base->conntrack == CONNTRACK_BEHIND ? PLACE_TRACKED :
							       PLACE_UNTRACKED;
		reach(g, base->chain, place);
		if (g->e->chain_effects[base->chain->id] & EFFECT_NAT)
			behind |= base->chain->hook == HOOK_PREROUTING ?
			    PLACE_DNAT :
			    PLACE_DNAT | PLACE_SNAT;
	}
}

/* ---- conditions */

/* Values that packets of the box have of a field; false: not known. */
static bool
values_of(const struct slicing *g, enum field field, uint8_t place,
    const struct spans **out)
{
	switch (field) {
	case FIELD_IIF:
		*out = place & PLACE_NO_IN ? &only_0 : g->box->dims[DIM_IIF];
		return !(place & PLACE_IN) || !(place & PLACE_NO_IN);
	case FIELD_OIF:
		*out = place & PLACE_NO_OUT ? &only_0 : g->box->dims[DIM_OIF];
		return !(place & PLACE_OUT) || !(place & PLACE_NO_OUT);
	case FIELD_SADDR:
	case FIELD_SPORT:
		*out = g->box->dims[field];
		return !(place & PLACE_SNAT) || !g->e->has_snat;
	case FIELD_DADDR:
		*out = place & PLACE_DNAT ? g->address :
					    g->box->dims[DIM_DADDR];
		return true;
	case FIELD_DPORT:
		*out = place & PLACE_DNAT ? g->port : g->box->dims[DIM_DPORT];
		return true;
	case FIELD_CT_STATE:
		*out = g->box->dims[DIM_CT_STATE];
		return !(place & PLACE_UNTRACKED) && !g->e->has_notrack;
	case FIELD_FAMILY:
	case FIELD_PROTOCOL:
	case FIELD_ICMP_TYPE:
	case FIELD_ICMP_CODE:
	case FIELD_TCP_FLAGS:
		*out = g->box->dims[field];
		return true;
	default:
		return false;
	}
}

static bool
concerns(const struct slicing *g, const struct ready *ready, uint8_t place)
{
	for (size_t i = 0; i < ready->condition_count; i++) {
		const struct condition *c = &ready->conditions[i];
		const struct spans *have;

		if (!values_of(g, c->field, place, &have))
			continue;
		if (!c->negated && !evaluate_touch(have, c->values))
			return false;
		if (c->negated && have &&
		    spans_cover(c->values, have, ~(packet_value)0))
			return false;
	}
	return true;
}

/* ---- where translations lead to */

static void
add_change(struct slicing *g, const struct statement *s, const struct change *c)
{
	if (s->redirects || s->target_unknown || s->lookup.changing)
		g->address = NULL;
	else if (c->address && g->address)
		g->address = spans_union(g->pool, g->address, c->address);
	if (s->target_unknown || s->lookup.changing)
		g->port = NULL;
	else if (c->port && g->port)
		g->port = spans_union(g->pool, g->port, c->port);
}

static void
add_translation(struct slicing *g, const struct statement *s)
{
	if (s->kind != STATEMENT_DNAT)
		return;
	if (!s->lookup.field_count) {
		add_change(g, s, &s->change);
		return;
	}
	for (size_t i = 0; i < s->lookup.element_count; i++)
		add_change(g, s, &s->lookup.elements[i].change);
	if (s->lookup.changing)
		add_change(g, s, &s->change);
	for (size_t f = 0; f < s->lookup.field_count; f++)
		if (s->lookup.fields[f] >= FIELD_CT_STATUS)
			g->address = g->port = NULL;
}

static void
find_destinations(struct slicing *g)
{
	g->address = g->box->dims[DIM_DADDR];
	g->port = g->box->dims[DIM_DPORT];
	for (size_t i = 0; i < g->e->dnat_count; i++) {
		const struct ready *ready = g->e->dnats[i];
		const struct rule *rule = ready->rule;
		uint8_t place = g->places[rule->chain->id];

		/* The first translation counts: it sees the wire's. */
		if (!place || !concerns(g, ready, place & (uint8_t)~PLACE_DNAT))
			continue;
		for (size_t k = 0; k < rule->statement_count; k++)
			add_translation(g, &rule->statements[k]);
	}
}

/* ---- slices */

struct slice *
evaluate_slice(const struct evaluator *e, const struct slice *of, enum way way,
    const struct box *box)
{
	struct slice *s = mem_calloc(1, sizeof(*s));
	struct slicing g = { .e = e, .of = of ? of : &e->all, .box = box };
	size_t chains = e->ruleset->chain_count;

	s->evaluator = e;
	s->way = way;
	s->programs = mem_calloc(chains + 1, sizeof(*s->programs));
	s->room = mem_reallocarray(NULL, g.of->total + 1,
	    sizeof(struct ready *));
	g.places = mem_calloc(chains + 1, 1);
	g.pool = pool_new();
	for (int family = 4; family <= 6; family += 2)
		if (spans_has(box->dims[DIM_FAMILY], (packet_value)family))
			reach_bases(&g, way, family);
	find_destinations(&g);
	for (size_t i = 0; i < chains; i++) {
		const struct program *p = &g.of->programs[i];

		s->programs[i].rules = s->room + s->total;
		for (size_t k = 0; k < p->count && g.places[i]; k++)
			if (p->rules[k]->effects &&
			    concerns(&g, p->rules[k], g.places[i]))
				s->room[s->total++] = p->rules[k];
		s->programs[i].count = (size_t)(s->room + s->total -
		    s->programs[i].rules);
	}
	pool_free(g.pool);
	free(g.places);
	return s;
}

void
evaluate_slice_free(struct slice *s)
{
	if (!s)
		return;
	free(s->programs);
	free(s->room);
	free(s);
}

/* ---- rules that accept */

static bool
decision_accepts(const struct decision *d)
{
	return d->action == ACTION_ACCEPT || d->action == ACTION_QUEUE ||
	    d->action == ACTION_UNKNOWN;
}

static bool
accepts(const struct rule *rule)
{
	for (size_t k = 0; k < rule->statement_count; k++) {
		const struct statement *s = &rule->statements[k];

		if (s->kind == STATEMENT_DNAT || s->kind == STATEMENT_SNAT ||
		    (s->kind == STATEMENT_UNKNOWN && s->may_decide) ||
		    (s->kind == STATEMENT_VERDICT &&
			decision_accepts(&s->decision)) ||
		    (s->kind == STATEMENT_VMAP && s->lookup.changing))
			return true;
		for (size_t i = 0;
		     s->kind == STATEMENT_VMAP && i < s->lookup.element_count;
		     i++)
			if (decision_accepts(&s->lookup.elements[i].decision))
				return true;
	}
	return false;
}

size_t
evaluate_accepting(const struct slice *s, const struct chain *base,
    const struct rule **out, size_t max)
{
	const struct evaluator *e = s->evaluator;
	size_t count = 0, chains = e->ruleset->chain_count;
	struct slicing g = { .e = e, .of = s };

	g.places = mem_calloc(chains + 1, 1);
	if (base)
		reach(&g, base, PLACE_IN);
	for (int f = 0; f < 2 && !base; f++)
		reach_bases(&g, s->way, f ? 6 : 4);
	for (size_t i = 0; i < chains; i++) {
		const struct program *p = &s->programs[i];

		for (size_t k = 0; k < p->count && g.places[i]; k++) {
			const struct ready *ready = p->rules[k];

			if (!(ready->effects & EFFECT_ACCEPT) ||
			    !accepts(ready->rule))
				continue;
			if (count < max)
				out[count] = ready->rule;
			count++;
		}
	}
	free(g.places);
	return count;
}
