/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of building: tables, chains and rules at their last place, then
 * what the kernel holds rulesets to as well: jumps lead to chains of the same
 * table that are no base chains, never in a circle and at most
 * BUILD_DEPTH_MAX deep (NFT_JUMP_STACK_SIZE).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_build_internal.h"

#define BUILD_DEPTH_MAX 16

/* ---- everything at its last place */

static void *
take(struct pool *pool, size_t count, size_t size)
{
	void *p = pool_take(pool, count > 0 ? count * size : size);

	memset(p, 0, count > 0 ? count * size : size);
	return p;
}

/* Tables and chains; returns the chains by the builder's numbers. */
static struct chain **
place_chains(struct builder *b, struct ruleset *r)
{
	struct chain **by = mem_calloc(b->chain_count + 1,
	    sizeof(struct chain *));
	const struct chain **ids = take(b->pool, b->chain_count,
	    sizeof(struct chain *));
	size_t i, id = 0;

	r->tables = take(b->pool, b->table_count, sizeof(*r->tables));
	r->table_count = b->table_count;
	for (i = 0; i < b->table_count; i++) {
		r->tables[i] = b->tables[i].table;
		r->tables[i].chains = take(b->pool, b->tables[i].chains,
		    sizeof(struct chain));
	}
	for (i = 0; i < b->chain_count; i++) {
		struct table *t = &r->tables[b->chains[i].table];

		by[i] = &t->chains[t->chain_count++];
		*by[i] = b->chains[i].chain;
		by[i]->table = t;
		by[i]->rules = take(b->pool, b->chains[i].rules,
		    sizeof(struct rule));
		by[i]->rule_count = 0;
	}
	for (i = 0; i < r->table_count; i++)
		for (size_t j = 0; j < r->tables[i].chain_count; j++) {
			r->tables[i].chains[j].id = (uint32_t)id;
			ids[id++] = &r->tables[i].chains[j];
		}
	r->chains = ids;
	r->chain_count = id;
	return by;
}

static void
place_rules(struct builder *b, struct ruleset *r, struct chain **by)
{
	const struct rule **ids = take(b->pool, b->rule_count,
	    sizeof(struct rule *));
	size_t id = 0;

	for (size_t i = 0; i < b->rule_count; i++) {
		struct chain *c = by[b->rules[i].chain];
		struct rule *rule = &c->rules[c->rule_count];

		*rule = b->rules[i].rule;
		rule->chain = c;
		rule->index = (uint32_t)c->rule_count++;
	}
	for (size_t t = 0; t < r->table_count; t++)
		for (size_t c = 0; c < r->tables[t].chain_count; c++)
			for (size_t i = 0;
			     i < r->tables[t].chains[c].rule_count; i++) {
				r->tables[t].chains[c].rules[i].id =
				    (uint32_t)id;
				ids[id++] = &r->tables[t].chains[c].rules[i];
			}
	r->rules = ids;
	r->rule_count = id;
}

/* ---- jumps */

typedef bool visit(void *context, const struct rule *rule,
    const struct chain *target);

static bool
each_target(const struct rule *rule, visit *do_it, void *context)
{
	for (size_t i = 0; i < rule->statement_count; i++) {
		const struct statement *s = &rule->statements[i];

		if (s->kind == STATEMENT_VERDICT &&
		    s->decision.target != NULL &&
		    !do_it(context, rule, s->decision.target))
			return false;
		if (s->kind != STATEMENT_VMAP)
			continue;
		for (size_t j = 0; j < s->lookup.element_count; j++) {
			const struct chain *t =
			    s->lookup.elements[j].decision.target;

			if (t != NULL && !do_it(context, rule, t))
				return false;
		}
	}
	return true;
}

static bool
each_jump(const struct chain *c, visit *do_it, void *context)
{
	for (size_t i = 0; i < c->rule_count; i++)
		if (!each_target(&c->rules[i], do_it, context))
			return false;
	return true;
}

/* Chains in an order in which every jump leads forward (Kahn 1962), so that
 * depth needs no recursion. */
struct order {
	uint32_t *incoming; /* jumps to a chain that were not yet passed */
	const struct chain **queue;
	size_t head, tail;
	uint32_t *depth; /* deepest way from a base chain, plus 1; 0: none */
	const struct rule *too_deep;
};

static bool
count_incoming(void *context, const struct rule *rule,
    const struct chain *target)
{
	struct order *o = context;

	(void)rule;
	o->incoming[target->id]++;
	return true;
}

static bool
pass(void *context, const struct rule *rule, const struct chain *target)
{
	struct order *o = context;
	uint32_t depth = o->depth[rule->chain->id];

	if (depth != 0 && o->depth[target->id] < depth + 1)
		o->depth[target->id] = depth + 1;
	if (o->depth[target->id] > BUILD_DEPTH_MAX + 1 && o->too_deep == NULL)
		o->too_deep = rule;
	if (--o->incoming[target->id] == 0)
		o->queue[o->tail++] = target;
	return true;
}

static void
fault_at(struct diag *d, const struct rule *rule, enum word word)
{
	struct text where = { 0 };

	ruleset_where(rule, &where);
	words_diag(d, rule->place, DIAG_ERROR, CHECK_NONE, word, 2,
	    text_str(&where), "16");
	text_free(&where);
}

/* A rule whose jump leads to a chain that is part of a circle, or behind
 * one. */
struct circle {
	const struct order *o;
	const struct rule *found;
};

static bool
find_circle(void *context, const struct rule *rule, const struct chain *target)
{
	struct circle *c = context;

	if (c->o->incoming[target->id] == 0)
		return true;
	c->found = rule;
	return false;
}

/* Walks backwards would be exact; a rule within what remains is enough, since
 * it is a chain with jumps left that names the circle. */
static void
tell_circle(const struct ruleset *r, const struct order *o, struct diag *d)
{
	struct circle c = { o, NULL };

	for (size_t i = 0; i < r->chain_count && c.found == NULL; i++)
		if (o->incoming[i] > 0)
			(void)each_jump(r->chains[i], find_circle, &c);
	if (c.found != NULL)
		fault_at(d, c.found, W_RULESET_CIRCLE);
}

static bool
check_jumps(const struct ruleset *r, struct diag *d)
{
	struct order o = { 0 };
	size_t n = r->chain_count + 1;
	bool fine = true;

	o.incoming = mem_calloc(n, sizeof(*o.incoming));
	o.depth = mem_calloc(n, sizeof(*o.depth));
	o.queue = mem_calloc(n, sizeof(struct chain *));
	for (size_t i = 0; i < r->chain_count; i++)
		(void)each_jump(r->chains[i], count_incoming, &o);
	for (size_t i = 0; i < r->chain_count; i++) {
		o.depth[i] = r->chains[i]->hook != HOOK_NONE;
		if (o.incoming[i] == 0)
			o.queue[o.tail++] = r->chains[i];
	}
	while (o.head < o.tail)
		(void)each_jump(o.queue[o.head++], pass, &o);
	if (o.tail < r->chain_count) {
		tell_circle(r, &o, d);
		fine = false;
	} else if (o.too_deep != NULL) {
		fault_at(d, o.too_deep, W_RULESET_DEPTH);
		fine = false;
	}
	free(o.incoming);
	free(o.depth);
	free(o.queue);
	return fine;
}

/* ---- all of it */

static bool
is_unknown(const struct rule *rule)
{
	for (size_t i = 0; i < rule->statement_count; i++) {
		const struct statement *s = &rule->statements[i];

		if (s->kind == STATEMENT_UNKNOWN || s->unknown != NULL ||
		    s->target_unknown || s->lookup.changing ||
		    (s->kind == STATEMENT_VERDICT &&
			(s->decision.action == ACTION_QUEUE ||
			    s->decision.action == ACTION_UNKNOWN)))
			return true;
	}
	return false;
}

static bool
finish_rules(struct builder *b, struct ruleset *r, struct chain **by,
    struct diag *d)
{
	struct normal *n = normal_new(b, by, d);
	bool fine = true;

	for (size_t i = 0; i < b->chain_count; i++)
		for (size_t j = 0; j < by[i]->rule_count; j++)
			fine &= normal_rule(n, &by[i]->rules[j],
			    b->chains[i].table);
	normal_free(n);
	if (!fine || !check_jumps(r, d))
		return false;
	for (size_t i = 0; i < b->chain_count; i++)
		for (size_t j = 0; j < by[i]->rule_count; j++) {
			struct rule *rule = &by[i]->rules[j];

			rule_text(rule, b->pool);
			rule->unknown = is_unknown(rule);
			r->unknown_count += rule->unknown;
		}
	return true;
}

/* Places name the ruleset's own copy of the file's name from now on. */
static void
own_places(struct ruleset *r)
{
	for (size_t t = 0; t < r->table_count; t++) {
		struct table *table = &r->tables[t];

		table->place.file = r->file;
		for (size_t c = 0; c < table->chain_count; c++) {
			struct chain *chain = &table->chains[c];

			chain->place.file = r->file;
			for (size_t i = 0; i < chain->rule_count; i++)
				chain->rules[i].place.file = r->file;
		}
	}
}

struct ruleset *
builder_finish(struct builder *b, struct diag *d)
{
	struct ruleset *r = take(b->pool, 1, sizeof(*r));
	struct chain **by;
	bool fine;

	builder_flush(b);
	r->source = b->source;
	r->file = builder_string(b, b->file);
	r->system = b->system;
	r->zones = b->zones;
	by = place_chains(b, r);
	place_rules(b, r, by);
	fine = !b->overfull;
	if (!fine)
		words_diag(d, b->overfull_place, DIAG_ERROR, CHECK_NONE,
		    W_RULESET_STATEMENTS, 1, "256");
	fine = fine && finish_rules(b, r, by, d);
	free(by);
	if (fine) {
		own_places(r);
		builder_digest(r);
		r->pool = b->pool;
		b->pool = NULL;
	}
	builder_free(b);
	return fine ? r : NULL;
}

void
ruleset_free(struct ruleset *r)
{
	if (r != NULL)
		pool_free(r->pool);
}
