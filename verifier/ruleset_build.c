/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What readers hand over, gathered in arrays that grow. Chains that are jumped
 * to are named by a place holder (a chain without a table) until the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_build_internal.h"

struct builder *
builder_new(enum ruleset_source source, const char *file)
{
	struct builder *b = mem_calloc(1, sizeof(*b));

	b->source = source;
	b->file = file;
	b->pool = pool_new();
	b->table_index = ruleset_index_new();
	b->chain_index = ruleset_index_new();
	b->statements = mem_calloc(RULESET_STATEMENTS_MAX,
	    sizeof(*b->statements));
	return b;
}

void
builder_free(struct builder *b)
{
	if (b == NULL)
		return;
	pool_free(b->pool);
	ruleset_index_free(b->table_index);
	ruleset_index_free(b->chain_index);
	free(b->tables);
	free(b->chains);
	free(b->rules);
	free(b->statements);
	free(b);
}

struct pool *
builder_pool(struct builder *b)
{
	return b->pool;
}

const char *
builder_string(struct builder *b, const char *s)
{
	size_t n;
	char *copy;

	if (s == NULL)
		return NULL;
	n = strlen(s) + 1;
	copy = pool_take(b->pool, n);
	memcpy(copy, s, n);
	return copy;
}

void
builder_system(struct builder *b, const char *system)
{
	b->system = builder_string(b, system);
}

void
builder_zones(struct builder *b, bool zones)
{
	b->zones = zones;
}

/* ---- faults */

static void
fault_most(struct diag *d, struct diag_place place, enum word word, size_t most)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", most);
	words_diag(d, place, DIAG_ERROR, CHECK_NONE, word, 1, number);
}

static void
fault_name(struct diag *d, struct diag_place place, enum word word,
    const char *name, enum table_family family, const char *table)
{
	struct text quoted = { 0 }, in = { 0 };

	text_quote(&quoted, name);
	text_printf(&in, "%s ", table_family_name(family));
	text_quote(&in, table);
	words_diag(d, place, DIAG_ERROR, CHECK_NONE, word, 2, text_str(&quoted),
	    text_str(&in));
	text_free(&quoted);
	text_free(&in);
}

/* ---- tables and chains */

/* A number and a name as one key; the caller frees it. */
static struct text
key_of(uint32_t number, const char *name)
{
	struct text key = { 0 };

	text_add_n(&key, (const char *)&number, sizeof(number));
	text_add(&key, name);
	return key;
}

static uint32_t
find(const struct ruleset_index *x, uint32_t number, const char *name)
{
	struct text key = key_of(number, name);
	uint32_t found = ruleset_index_find(x, key.data, key.length);

	text_free(&key);
	return found;
}

static void
remember(struct ruleset_index *x, uint32_t number, const char *name,
    size_t value)
{
	struct text key = key_of(number, name);

	ruleset_index_add(x, key.data, key.length, (uint32_t)value);
	text_free(&key);
}

uint32_t
builder_find_table(const struct builder *b, enum table_family family,
    const char *name)
{
	return find(b->table_index, (uint32_t)family, name);
}

uint32_t
builder_find_chain(const struct builder *b, uint32_t table, const char *name)
{
	return find(b->chain_index, table, name);
}

struct table *
builder_table(struct builder *b, enum table_family family, const char *name,
    struct diag_place place, struct diag *d)
{
	struct build_table *t;

	if (b->table_count == RULESET_TABLES_MAX) {
		fault_most(d, place, W_RULESET_TABLES, RULESET_TABLES_MAX);
		return NULL;
	}
	if (builder_find_table(b, family, name) != RULESET_INDEX_NONE) {
		fault_name(d, place, W_RULESET_TABLE_TWICE, name, family, name);
		return NULL;
	}
	b->tables = mem_grow(b->tables, &b->table_capacity, b->table_count,
	    sizeof(*b->tables));
	t = &b->tables[b->table_count];
	memset(t, 0, sizeof(*t));
	t->table.family = family;
	t->table.name = builder_string(b, name);
	t->table.place = place;
	remember(b->table_index, (uint32_t)family, name, b->table_count++);
	return &t->table;
}

/* The number of a table, or NONE with a fault. */
static uint32_t
table_of(struct builder *b, enum table_family family, const char *table,
    struct diag_place place, struct diag *d)
{
	uint32_t t = builder_find_table(b, family, table);

	if (t == RULESET_INDEX_NONE)
		fault_name(d, place, W_RULESET_NO_TABLE, table, family, table);
	return t;
}

struct chain *
builder_chain(struct builder *b, enum table_family family, const char *table,
    const char *name, struct diag_place place, struct diag *d)
{
	uint32_t t = table_of(b, family, table, place, d);
	struct build_chain *c;

	if (t == RULESET_INDEX_NONE)
		return NULL;
	if (b->chain_count == RULESET_CHAINS_MAX) {
		fault_most(d, place, W_RULESET_CHAINS, RULESET_CHAINS_MAX);
		return NULL;
	}
	if (builder_find_chain(b, t, name) != RULESET_INDEX_NONE) {
		fault_name(d, place, W_RULESET_CHAIN_TWICE, name, family,
		    table);
		return NULL;
	}
	b->chains = mem_grow(b->chains, &b->chain_capacity, b->chain_count,
	    sizeof(*b->chains));
	c = &b->chains[b->chain_count];
	memset(c, 0, sizeof(*c));
	c->table = t;
	c->chain.name = builder_string(b, name);
	c->chain.place = place;
	b->tables[t].chains++;
	remember(b->chain_index, t, name, b->chain_count++);
	return &c->chain;
}

/* ---- rules */

void
builder_flush(struct builder *b)
{
	struct rule *rule;
	size_t bytes = b->statement_count * sizeof(*b->statements);

	if (b->rule_count == 0 || b->statement_count == 0)
		return;
	rule = &b->rules[b->rule_count - 1].rule;
	rule->statements = pool_take(b->pool, bytes);
	memcpy(rule->statements, b->statements, bytes);
	rule->statement_count = b->statement_count;
	b->statement_count = 0;
}

struct rule *
builder_rule(struct builder *b, enum table_family family, const char *table,
    const char *chain, struct diag_place place, struct diag *d)
{
	uint32_t t = table_of(b, family, table, place, d), c;
	struct build_rule *r;

	if (t == RULESET_INDEX_NONE)
		return NULL;
	c = builder_find_chain(b, t, chain);
	if (c == RULESET_INDEX_NONE) {
		fault_name(d, place, W_RULESET_NO_CHAIN, chain, family, table);
		return NULL;
	}
	if (b->rule_count == RULESET_RULES_MAX) {
		fault_most(d, place, W_RULESET_RULES, RULESET_RULES_MAX);
		return NULL;
	}
	builder_flush(b);
	b->rules = mem_grow(b->rules, &b->rule_capacity, b->rule_count,
	    sizeof(*b->rules));
	r = &b->rules[b->rule_count++];
	memset(r, 0, sizeof(*r));
	r->chain = c;
	r->rule.place = place;
	r->rule.packets = -1;
	b->chains[c].rules++;
	return &r->rule;
}

/* ---- statements */

struct statement *
builder_statement(struct builder *b, enum statement_kind kind)
{
	struct statement *s;

	if (b->rule_count == 0)
		return NULL;
	if (b->statement_count == RULESET_STATEMENTS_MAX) {
		if (!b->overfull)
			b->overfull_place =
			    b->rules[b->rule_count - 1].rule.place;
		b->overfull = true;
		return NULL;
	}
	s = &b->statements[b->statement_count++];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	return s;
}

void
builder_match(struct builder *b, enum field field, const struct spans *values,
    bool negated)
{
	struct statement *s = builder_statement(b, STATEMENT_MATCH);
	struct set_element *e;

	if (s == NULL)
		return;
	e = pool_take(b->pool, sizeof(*e));
	memset(e, 0, sizeof(*e));
	e->parts[0] = values;
	s->lookup.fields[0] = field;
	s->lookup.field_count = 1;
	s->lookup.elements = e;
	s->lookup.element_count = 1;
	s->lookup.negated = negated;
}

void
builder_unknown(struct builder *b, const char *what, bool may_decide)
{
	struct statement *s = builder_statement(b, STATEMENT_UNKNOWN);

	if (s == NULL)
		return;
	s->unknown = builder_string(b, what);
	s->may_decide = may_decide;
}

struct decision
builder_decision(struct builder *b, enum action action, const char *chain)
{
	struct decision decision = { action, NULL };
	struct chain *named;

	if (chain == NULL)
		return decision;
	named = pool_take(b->pool, sizeof(*named));
	memset(named, 0, sizeof(*named));
	named->name = builder_string(b, chain);
	decision.target = named;
	return decision;
}

void
builder_verdict(struct builder *b, enum action action, const char *chain)
{
	struct statement *s = builder_statement(b, STATEMENT_VERDICT);

	if (s != NULL)
		s->decision = builder_decision(b, action, chain);
}
