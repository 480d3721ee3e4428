/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See audit_change.h. Rules are compared by what they do, never by their text:
 * a named set whose elements changed makes every rule that looks there another
 * one. The alignment is the classic table of a longest common subsequence,
 * between the first and the last difference of two chains.
 */
#include "audit_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CELLS_MAX 4000000 /* of the table of two chains */

/* ---- what a rule means */

static bool
same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
same_spans(const struct spans *a, const struct spans *b)
{
	return a == b || (a != NULL && b != NULL && spans_equal(a, b));
}

static bool
same_decision(const struct decision *a, const struct decision *b)
{
	if (a->action != b->action)
		return false;
	if (a->target == NULL || b->target == NULL)
		return a->target == b->target;
	return strcmp(a->target->name, b->target->name) == 0;
}

static bool
same_change(const struct change *a, const struct change *b)
{
	return same_spans(a->address, b->address) &&
	    same_spans(a->port, b->port) && a->prefix == b->prefix &&
	    a->keep == b->keep && a->flip == b->flip;
}

static bool
same_element(const struct set_element *a, const struct set_element *b,
    size_t fields)
{
	for (size_t i = 0; i < fields; i++)
		if (!same_spans(a->parts[i], b->parts[i]))
			return false;
	return same_decision(&a->decision, &b->decision) &&
	    same_change(&a->change, &b->change);
}

static bool
same_lookup(const struct lookup *a, const struct lookup *b)
{
	if (a->field_count != b->field_count || a->negated != b->negated ||
	    a->changing != b->changing)
		return false;
	for (size_t i = 0; i < a->field_count; i++)
		if (a->fields[i] != b->fields[i])
			return false;
	/* What comes and goes has no meaning to compare but its name. */
	if (a->changing)
		return same_text(a->set, b->set);
	if (a->element_count != b->element_count)
		return false;
	for (size_t i = 0; i < a->element_count; i++)
		if (!same_element(&a->elements[i], &b->elements[i],
			a->field_count))
			return false;
	return true;
}

static bool
same_statement(const struct statement *a, const struct statement *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == STATEMENT_LOG)
		return true;
	if (a->kind == STATEMENT_UNKNOWN && !same_text(a->text, b->text))
		return false;
	return same_text(a->unknown, b->unknown) &&
	    a->may_decide == b->may_decide && a->redirects == b->redirects &&
	    a->target_unknown == b->target_unknown &&
	    same_decision(&a->decision, &b->decision) &&
	    same_change(&a->change, &b->change) &&
	    same_lookup(&a->lookup, &b->lookup);
}

/* The next statement from at that means something, or the count. */
static size_t
meant(const struct rule *r, size_t at)
{
	while (at < r->statement_count &&
	    r->statements[at].kind == STATEMENT_NOTHING)
		at++;
	return at;
}

bool
rule_means_same(const struct rule *a, const struct rule *b)
{
	size_t i = meant(a, 0), k = meant(b, 0);

	for (; i < a->statement_count && k < b->statement_count;
	     i = meant(a, i + 1), k = meant(b, k + 1))
		if (!same_statement(&a->statements[i], &b->statements[k]))
			return false;
	return i >= a->statement_count && k >= b->statement_count;
}

/* ---- aligning two chains */

static void
add_edit(struct rule_edits *e, const struct rule *rule, bool added)
{
	e->items = mem_grow(e->items, &e->capacity, e->count,
	    sizeof(*e->items));
	e->items[e->count++] = (struct rule_edit){ rule, added };
}

static void
add_all(struct rule_edits *e, const struct chain *c, size_t from, size_t to,
    bool added)
{
	for (size_t i = from; i < to; i++)
		add_edit(e, &c->rules[i], added);
}

/* What lies between the rules that both share at their ends. */
struct middle {
	const struct chain *old, *now;
	size_t from;	       /* equal in both before it */
	size_t old_to, now_to; /* likewise from there on */
};

static void
find_middle(struct middle *m)
{
	m->from = 0;
	m->old_to = m->old->rule_count;
	m->now_to = m->now->rule_count;
	while (m->from < m->old_to && m->from < m->now_to &&
	    rule_means_same(&m->old->rules[m->from], &m->now->rules[m->from]))
		m->from++;
	while (m->old_to > m->from && m->now_to > m->from &&
	    rule_means_same(&m->old->rules[m->old_to - 1],
		&m->now->rules[m->now_to - 1])) {
		m->old_to--;
		m->now_to--;
	}
}

/* length[i][k]: of the longest common subsequence behind i and k. */
static void
align(const struct middle *m, struct rule_edits *e)
{
	const size_t rows = m->old_to - m->from, columns = m->now_to - m->from;
	uint32_t *length = mem_calloc((rows + 1) * (columns + 1),
	    sizeof(*length));
	size_t i, k;

#define AT(r, c) length[(r) * (columns + 1) + (c)]
	for (i = rows; i-- > 0;)
		for (k = columns; k-- > 0;) {
			if (rule_means_same(&m->old->rules[m->from + i],
				&m->now->rules[m->from + k]))
				AT(i, k) = AT(i + 1, k + 1) + 1;
			else
				AT(i, k) = AT(i + 1, k) >= AT(i, k + 1) ?
				    AT(i + 1, k) :
				    AT(i, k + 1);
		}
	for (i = k = 0; i < rows && k < columns;) {
		if (AT(i, k) == AT(i + 1, k))
			add_edit(e, &m->old->rules[m->from + i++], false);
		else if (AT(i, k) == AT(i, k + 1))
			add_edit(e, &m->now->rules[m->from + k++], true);
		else {
			i++;
			k++;
		}
	}
#undef AT
	add_all(e, m->old, m->from + i, m->old_to, false);
	add_all(e, m->now, m->from + k, m->now_to, true);
	free(length);
}

static void
align_chains(const struct chain *old, const struct chain *now,
    struct rule_edits *e)
{
	struct middle m = { .old = old, .now = now };
	size_t rows, columns;

	find_middle(&m);
	rows = m.old_to - m.from;
	columns = m.now_to - m.from;
	if (rows > 0 && columns > CELLS_MAX / rows) {
		add_all(e, old, m.from, m.old_to, false);
		add_all(e, now, m.from, m.now_to, true);
	} else
		align(&m, e);
}

/* ---- pairing chains */

static const struct chain *
counterpart(const struct ruleset *in, const struct chain *c, size_t hint)
{
	/* Most rulesets keep their order. */
	for (size_t n = 0; n < in->chain_count; n++) {
		const struct chain *o =
		    in->chains[(hint + n) % in->chain_count];

		if (o->table->family == c->table->family &&
		    strcmp(o->name, c->name) == 0 &&
		    strcmp(o->table->name, c->table->name) == 0)
			return o;
	}
	return NULL;
}

static bool
same_base(const struct chain *a, const struct chain *b)
{
	return a->hook == b->hook && a->type == b->type &&
	    a->priority == b->priority && a->policy_drop == b->policy_drop &&
	    a->table->dormant == b->table->dormant &&
	    same_spans(a->devices, b->devices);
}

/* Chains of the same hook and priority are passed in the order they were
 * registered: pairs that cross are another structure. */
static bool
crosses(const struct chain *old, const struct chain *now, uint32_t *last)
{
	const bool crossed = old->hook != HOOK_NONE && now->id < *last;

	if (old->hook != HOOK_NONE)
		*last = now->id;
	return crossed;
}

void
rule_edits_find(const struct ruleset *old, const struct ruleset *now,
    struct rule_edits *out)
{
	uint32_t last = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < old->chain_count; i++) {
		const struct chain *c = old->chains[i];
		const struct chain *o = counterpart(now, c, i);

		if (o == NULL) {
			out->structure |= c->hook != HOOK_NONE;
			add_all(out, c, 0, c->rule_count, false);
			continue;
		}
		if (!same_base(c, o) || crosses(c, o, &last))
			out->structure = true;
		align_chains(c, o, out);
	}
	for (size_t i = 0; i < now->chain_count; i++) {
		const struct chain *c = now->chains[i];

		if (counterpart(old, c, i) != NULL)
			continue;
		out->structure |= c->hook != HOOK_NONE;
		add_all(out, c, 0, c->rule_count, true);
	}
}

void
rule_edits_fini(struct rule_edits *e)
{
	free(e->items);
	memset(e, 0, sizeof(*e));
}

/* Whether an edit and the next one are one rule whose sets hold other elements
 * now. */
static bool
is_set_edit(const struct rule_edits *e, size_t at)
{
	return at + 1 < e->count && !e->items[at].added &&
	    e->items[at + 1].added &&
	    strcmp(e->items[at].rule->chain->name,
		e->items[at + 1].rule->chain->name) == 0 &&
	    strcmp(e->items[at].rule->text, e->items[at + 1].rule->text) == 0;
}

void
rule_edits_text(const struct rule_edits *e, enum lang lang, size_t most,
    struct text *out)
{
	char more[24];

	for (size_t i = 0; i < e->count && i < most; i++) {
		const struct rule *r = e->items[i].rule;

		if (is_set_edit(e, i)) {
			text_add(out, "* ");
			ruleset_where(r, out);
			text_add(out, ": ");
			text_escape(out, r->text, strlen(r->text));
			words_add(out, lang, W_CHANGE_SET, 0);
			text_add_char(out, '\n');
			i++;
			continue;
		}
		text_add(out, e->items[i].added ? "+ " : "- ");
		ruleset_where(r, out);
		text_add(out, ": ");
		text_escape(out, r->text, strlen(r->text));
		text_add_char(out, '\n');
	}
	if (e->structure) {
		words_add(out, lang, W_CHANGE_STRUCTURE, 0);
		text_add_char(out, '\n');
	}
	if (e->count > most) {
		(void)snprintf(more, sizeof(more), "%zu", e->count - most);
		words_add(out, lang, W_CHANGE_MORE, 1, more);
		text_add_char(out, '\n');
	}
}
