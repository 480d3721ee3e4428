/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a ruleset means, named by a SHA-256. Matches that stand next to each
 * other are put in order and those of one field are joined, since the order
 * says nothing; rules keep theirs. No counters, handles, comments, places or
 * words; no elements of sets that come and go. Each thing is written with its
 * length or count before it, so that no two rulesets write the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "ruleset_build_internal.h"

struct writer {
	struct digest *digest;
	struct pool *pool; /* its own: gone in the end */
	struct ruleset_index *index;
	char (*hex)[65]; /* of elements, by index */
	size_t hex_count, hex_capacity;
};

/* ---- pieces of a statement, as bytes in a text */

static void
put_number(struct text *t, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		text_add_char(t, (char)(v >> shift & 0xff));
}

static void
put_string(struct text *t, const char *s)
{
	if (s == NULL) {
		put_number(t, UINT64_MAX);
		return;
	}
	put_number(t, strlen(s));
	text_add(t, s);
}

static void
put_spans(struct text *t, const struct spans *s)
{
	if (s == NULL) {
		put_number(t, UINT64_MAX);
		return;
	}
	put_number(t, s->count);
	for (size_t i = 0; i < s->count; i++) {
		put_number(t, (uint64_t)(s->items[i].first >> 64));
		put_number(t, (uint64_t)s->items[i].first);
		put_number(t, (uint64_t)(s->items[i].last >> 64));
		put_number(t, (uint64_t)s->items[i].last);
	}
}

static void
put_change(struct text *t, const struct change *c)
{
	put_spans(t, c->address);
	put_spans(t, c->port);
	put_number(t, c->prefix);
	put_number(t, c->keep);
	put_number(t, c->flip);
}

static void
put_decision(struct text *t, const struct decision *d)
{
	put_number(t, (uint64_t)d->action);
	put_string(t, d->target != NULL ? d->target->name : NULL);
}

/* Elements by their own digest, which rules that share them share, too. */
static void
put_elements(struct writer *w, struct text *t, const struct lookup *l)
{
	struct {
		const void *items;
		size_t fields;
	} key = { l->elements, l->field_count };
	uint32_t found = ruleset_index_find(w->index, &key, sizeof(key));
	struct digest *digest;

	if (found == RULESET_INDEX_NONE) {
		digest = digest_new();
		for (size_t i = 0; i < l->element_count; i++) {
			const struct set_element *e = &l->elements[i];
			struct text one = { 0 };

			for (size_t f = 0; f < l->field_count; f++)
				put_spans(&one, e->parts[f]);
			put_decision(&one, &e->decision);
			put_change(&one, &e->change);
			digest_add(digest, one.data, one.length);
			text_free(&one);
		}
		w->hex = mem_grow(w->hex, &w->hex_capacity, w->hex_count,
		    sizeof(*w->hex));
		digest_hex(digest, w->hex[w->hex_count]);
		found = (uint32_t)w->hex_count++;
		ruleset_index_add(w->index, &key, sizeof(key), found);
	}
	put_string(t, w->hex[found]);
}

static void
put_lookup(struct writer *w, struct text *t, const struct lookup *l)
{
	put_number(t, l->field_count);
	for (size_t i = 0; i < l->field_count; i++)
		put_string(t, field_name(l->fields[i]));
	put_number(t, l->negated);
	put_number(t, l->changing);
	if (l->field_count == 0)
		return;
	if (l->changing)
		put_string(t, l->set);
	else
		put_elements(w, t, l);
}

static void
put_statement(struct writer *w, struct text *t, const struct statement *s)
{
	put_number(t, (uint64_t)s->kind);
	put_lookup(w, t, &s->lookup);
	put_decision(t, &s->decision);
	put_change(t, &s->change);
	put_number(t, s->redirects);
	put_number(t, s->target_unknown);
	put_number(t, s->may_decide);
	put_string(t, s->unknown);
}

/* ---- a run of matches */

#define RUN_SPANS_MAX 256 /* of a match that is joined with others */

struct run {
	const struct spans *fields[FIELD_COUNT];
	bool has[FIELD_COUNT];
	struct text *others; /* owned: those of several fields */
	size_t count, capacity;
};

static int
by_bytes(const void *a, const void *b)
{
	const struct text *x = a, *y = b;
	size_t n = x->length < y->length ? x->length : y->length;
	int c = memcmp(text_str(x), text_str(y), n);

	return c != 0 ? c : x->length < y->length ? -1 : x->length > y->length;
}

/* Written once (put_elements) for all the rules that look there. */
static bool
is_large(const struct spans *s)
{
	return s != NULL && s->count > RUN_SPANS_MAX;
}

static void
run_add(struct writer *w, struct run *run, const struct statement *s)
{
	const struct lookup *l = &s->lookup;
	struct text *other;

	if (l->field_count == 1 && !l->changing && !l->negated &&
	    l->element_count == 1 && !is_large(l->elements[0].parts[0])) {
		enum field f = l->fields[0];

		run->fields[f] = spans_intersect(w->pool, run->fields[f],
		    l->elements[0].parts[0]);
		run->has[f] = true;
		return;
	}
	run->others = mem_grow(run->others, &run->capacity, run->count,
	    sizeof(*run->others));
	other = &run->others[run->count++];
	memset(other, 0, sizeof(*other));
	put_statement(w, other, s);
}

static void
run_end(struct run *run, struct text *t)
{
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		if (!run->has[f] || run->fields[f] == NULL)
			continue;
		put_string(t, field_name((enum field)f));
		put_spans(t, run->fields[f]);
		run->fields[f] = NULL;
	}
	memset(run->has, 0, sizeof(run->has));
	if (run->count > 0)
		qsort(run->others, run->count, sizeof(*run->others), by_bytes);
	for (size_t i = 0; i < run->count; i++) {
		text_add_n(t, text_str(&run->others[i]), run->others[i].length);
		text_free(&run->others[i]);
	}
	run->count = 0;
}

/* ---- rules, chains, tables */

static void
add_rule(struct writer *w, const struct rule *rule)
{
	struct pool_mark mark = pool_mark(w->pool);
	struct run run = { 0 };
	struct text t = { 0 }, length = { 0 };

	for (size_t i = 0; i < rule->statement_count; i++) {
		const struct statement *s = &rule->statements[i];

		if (s->kind == STATEMENT_NOTHING)
			continue;
		if (s->kind == STATEMENT_MATCH) {
			run_add(w, &run, s);
			continue;
		}
		run_end(&run, &t);
		put_statement(w, &t, s);
	}
	run_end(&run, &t);
	put_number(&length, t.length);
	digest_add(w->digest, length.data, length.length);
	digest_add(w->digest, text_str(&t), t.length);
	text_free(&t);
	text_free(&length);
	free(run.others);
	pool_release(w->pool, mark);
}

static void
add_chain(struct writer *w, const struct chain *c)
{
	struct text t = { 0 };

	put_string(&t, c->name);
	put_number(&t, (uint64_t)c->hook);
	if (c->hook != HOOK_NONE) {
		put_number(&t, (uint64_t)c->type);
		put_number(&t, (uint64_t)(int64_t)c->priority);
		put_number(&t, c->policy_drop);
		put_spans(&t, c->devices);
	}
	put_number(&t, c->rule_count);
	digest_add(w->digest, t.data, t.length);
	text_free(&t);
	for (size_t i = 0; i < c->rule_count; i++)
		add_rule(w, &c->rules[i]);
}

static int
by_chain(const void *a, const void *b)
{
	const struct chain *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void
add_table(struct writer *w, const struct table *table)
{
	const struct chain **sorted = mem_calloc(table->chain_count + 1,
	    sizeof(struct chain *));
	struct text t = { 0 };

	put_string(&t, table_family_name(table->family));
	put_string(&t, table->name);
	put_number(&t, table->dormant);
	put_number(&t, table->chain_count);
	digest_add(w->digest, t.data, t.length);
	text_free(&t);
	for (size_t i = 0; i < table->chain_count; i++)
		sorted[i] = &table->chains[i];
	qsort(sorted, table->chain_count, sizeof(struct chain *), by_chain);
	for (size_t i = 0; i < table->chain_count; i++)
		add_chain(w, sorted[i]);
	free(sorted);
}

static int
by_table(const void *a, const void *b)
{
	const struct table *const *x = a, *const *y = b;

	if ((*x)->family != (*y)->family)
		return (*x)->family < (*y)->family ? -1 : 1;
	return strcmp((*x)->name, (*y)->name);
}

void
builder_digest(struct ruleset *r)
{
	static const char version[] = "sekisho ruleset meaning 1";
	struct writer w = { 0 };
	const struct table **sorted = mem_calloc(r->table_count + 1,
	    sizeof(struct table *));

	w.digest = digest_new();
	w.pool = pool_new();
	w.index = ruleset_index_new();
	digest_add(w.digest, version, sizeof(version));
	for (size_t i = 0; i < r->table_count; i++)
		sorted[i] = &r->tables[i];
	qsort(sorted, r->table_count, sizeof(struct table *), by_table);
	for (size_t i = 0; i < r->table_count; i++)
		add_table(&w, sorted[i]);
	digest_hex(w.digest, r->sha256);
	free(sorted);
	free(w.hex);
	ruleset_index_free(w.index);
	pool_free(w.pool);
}
