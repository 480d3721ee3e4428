/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The elements of sets and maps made searchable once for all rules that look
 * there. A set of one field becomes one row of intervals; of several fields,
 * or of a map, the elements are sorted by the field that tells most apart,
 * so that a box meets only those near it and not a hundred thousand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate_internal.h"

#define INDEX_SEARCHED_MIN 9 /* fewer entries are all tried */
#define INDEX_GROUPS_MAX 64  /* different outcomes that are gathered */

static int
compare_keys(const void *left, const void *right)
{
	const struct index *a = left, *b = right;

	if (a->elements != b->elements)
		return (uintptr_t)a->elements < (uintptr_t)b->elements ? -1 : 1;
	if (a->element_count != b->element_count)
		return a->element_count < b->element_count ? -1 : 1;
	if (a->field_count != b->field_count)
		return a->field_count < b->field_count ? -1 : 1;
	return (int)a->outcomes - (int)b->outcomes;
}

static int
compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

static bool
is_for_all(const struct index *x, const struct set_element *element)
{
	for (size_t f = 0; f < x->field_count; f++)
		if (element->parts[f])
			return false;
	return true;
}

static bool
same_spans(const struct spans *a, const struct spans *b)
{
	return a == b || (a && b && spans_equal(a, b));
}

static bool
same_outcome(const struct set_element *a, const struct set_element *b)
{
	return a->decision.action == b->decision.action &&
	    a->decision.target == b->decision.target &&
	    a->change.prefix == b->change.prefix &&
	    a->change.keep == b->change.keep &&
	    a->change.flip == b->change.flip &&
	    same_spans(a->change.address, b->change.address) &&
	    same_spans(a->change.port, b->change.port);
}

/* The values of a field in some elements; owned by the caller. */
static struct span *
gather(const struct index *x, size_t field, size_t *count, bool *every)
{
	struct span *all;
	size_t n = 0;

	*every = false;
	for (size_t i = 0; i < x->element_count; i++) {
		const struct spans *part = x->elements[i].parts[field];

		if (!part)
			*every = true;
		else
			n += part->count;
	}
	all = mem_calloc(n ? n : 1, sizeof(*all));
	n = 0;
	for (size_t i = 0; i < x->element_count; i++) {
		const struct spans *part = x->elements[i].parts[field];

		for (size_t k = 0; part && k < part->count; k++)
			all[n++] = part->items[k];
	}
	*count = n;
	return all;
}

static const struct spans *
spans_of(struct pool *p, const struct span *items, size_t count)
{
	return count ? spans_make(p, items, count) : &spans_nothing;
}

static void
add_entry(struct index *x, const struct spans *const *parts,
    const struct set_element *element)
{
	x->entries[x->count].parts = parts;
	x->entries[x->count].element = element;
	x->count++;
}

/* Entries of a map of one field whose elements are apart: one an outcome.
 * False when there are too many outcomes. */
static bool
group(struct pool *p, struct index *x)
{
	const struct set_element *groups[INDEX_GROUPS_MAX];
	size_t count = 0;
	struct span *room;
	bool every;
	size_t n;

	for (size_t i = 0; i < x->element_count; i++) {
		size_t g = 0;

		if (is_for_all(x, &x->elements[i]))
			continue;
		while (g < count && !same_outcome(groups[g], &x->elements[i]))
			g++;
		if (g == INDEX_GROUPS_MAX)
			return false;
		if (g == count)
			groups[count++] = &x->elements[i];
	}
	room = gather(x, 0, &n, &every);
	for (size_t g = 0; g < count; g++) {
		const struct spans **parts = pool_take(p, sizeof(*parts));

		n = 0;
		for (size_t i = 0; i < x->element_count; i++) {
			const struct spans *part = x->elements[i].parts[0];

			if (!part || !same_outcome(groups[g], &x->elements[i]))
				continue;
			for (size_t k = 0; k < part->count; k++)
				room[n++] = part->items[k];
		}
		*parts = spans_of(p, room, n);
		add_entry(x, parts, groups[g]);
	}
	free(room);
	return true;
}

static bool
are_apart(const struct index *x)
{
	bool every, apart = true;
	size_t n;
	struct span *all = gather(x, 0, &n, &every);

	qsort(all, n, sizeof(*all), compare_spans);
	for (size_t i = 1; i < n; i++)
		if (all[i].first <= all[i - 1].last)
			apart = false;
	free(all);
	return apart;
}

/* The one for all values counts only where no other does. */
static void
fill_entries(struct pool *p, struct index *x)
{
	x->entries = pool_take(p, (x->element_count + 1) * sizeof(*x->entries));
	if (x->field_count != 1 || !are_apart(x) || !group(p, x)) {
		x->count = 0;
		for (size_t i = 0; i < x->element_count; i++)
			if (!is_for_all(x, &x->elements[i]))
				add_entry(x, x->elements[i].parts,
				    &x->elements[i]);
	}
	for (size_t i = 0; i < x->element_count; i++)
		if (is_for_all(x, &x->elements[i]))
			add_entry(x, x->elements[i].parts, &x->elements[i]);
}

static int
compare_reaches(const void *left, const void *right)
{
	const struct reach *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->entry < b->entry ? -1 : a->entry > b->entry;
}

static size_t
sort_reaches(const struct index *x, size_t field, struct reach *out)
{
	size_t distinct = 0;

	for (size_t i = 0; i < x->count; i++) {
		const struct spans *part = x->entries[i].parts[field];
		struct reach *r = &out[i];

		r->entry = i;
		r->first = 0;
		r->last = ~(packet_value)0;
		if (part) {
			/* What is empty lies where nothing is looked for. */
			r->first = part->count ? part->items[0].first : r->last;
			r->last = part->count ?
			    part->items[part->count - 1].last :
			    0;
		}
	}
	qsort(out, x->count, sizeof(*out), compare_reaches);
	for (size_t i = 0; i < x->count; i++) {
		if (!i || out[i].first != out[i - 1].first)
			distinct++;
		out[i].most = out[i].last;
		if (i && out[i - 1].most > out[i].most)
			out[i].most = out[i - 1].most;
	}
	return distinct;
}

static void
fill_reaches(struct pool *p, struct index *x)
{
	size_t best = 0;

	if (x->count < INDEX_SEARCHED_MIN)
		return;
	x->reaches = pool_take(p, x->count * sizeof(*x->reaches));
	for (size_t f = 0; f < x->field_count; f++) {
		size_t distinct = sort_reaches(x, f, x->reaches);

		if (distinct > best) {
			best = distinct;
			x->key = f;
		}
	}
	sort_reaches(x, x->key, x->reaches);
}

static void
fill(struct pool *p, struct index *x)
{
	for (size_t f = 0; f < x->field_count; f++) {
		bool every;
		size_t n;
		struct span *all = gather(x, f, &n, &every);

		x->all[f] = every ? NULL : spans_of(p, all, n);
		free(all);
	}
	if (x->field_count == 1 && !x->outcomes)
		return;
	fill_entries(p, x);
	fill_reaches(p, x);
}

static bool
has_outcomes(const struct statement *s)
{
	return s->kind != STATEMENT_MATCH;
}

static void
add_lookup(struct evaluator *e, size_t *capacity, const struct statement *s)
{
	struct index *x;

	if (!s->lookup.field_count)
		return;
	e->indices = mem_grow(e->indices, capacity, e->index_count, sizeof(*x));
	x = &e->indices[e->index_count++];
	memset(x, 0, sizeof(*x));
	x->elements = s->lookup.elements;
	x->element_count = s->lookup.element_count;
	x->field_count = s->lookup.field_count;
	x->outcomes = has_outcomes(s);
}

void
evaluate_index_all(struct evaluator *e)
{
	size_t capacity = 0, kept = 0;

	for (size_t i = 0; i < e->ruleset->rule_count; i++) {
		const struct rule *rule = e->ruleset->rules[i];

		for (size_t k = 0; k < rule->statement_count; k++)
			add_lookup(e, &capacity, &rule->statements[k]);
	}
	if (!e->index_count)
		return;
	qsort(e->indices, e->index_count, sizeof(*e->indices), compare_keys);
	for (size_t i = 0; i < e->index_count; i++)
		if (!kept ||
		    compare_keys(&e->indices[kept - 1], &e->indices[i]) != 0)
			e->indices[kept++] = e->indices[i];
	e->index_count = kept;
	for (size_t i = 0; i < kept; i++)
		fill(e->pool, &e->indices[i]);
}

void
evaluate_index_free(struct evaluator *e)
{
	free(e->indices);
}

const struct index *
evaluate_index_find(const struct evaluator *e, const struct lookup *lookup,
    bool outcomes)
{
	struct index key = {
		.elements = lookup->elements,
		.element_count = lookup->element_count,
		.field_count = lookup->field_count,
		.outcomes = outcomes,
	};

	if (!lookup->field_count)
		return NULL;
	return bsearch(&key, e->indices, e->index_count, sizeof(key),
	    compare_keys);
}

static int
compare_numbers(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return a < b ? -1 : a > b;
}

/* The first reach that may end at or behind a value. */
static size_t
lowest(const struct index *x, packet_value first)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->reaches[middle].most < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
evaluate_index_search(const struct index *x, const struct spans *s,
    size_t *room)
{
	size_t count = 0;

	if (!s || !x->reaches) {
		for (size_t i = 0; i < x->count; i++)
			room[i] = i;
		return x->count;
	}
	for (size_t k = 0; k < s->count; k++) {
		const struct span *span = &s->items[k];

		for (size_t i = lowest(x, span->first);
		     i < x->count && x->reaches[i].first <= span->last; i++) {
			/* What meets the span before was found there. */
			if (x->reaches[i].last < span->first ||
			    (k && x->reaches[i].first <= s->items[k - 1].last &&
				x->reaches[i].last >= s->items[k - 1].first))
				continue;
			room[count++] = x->reaches[i].entry;
		}
	}
	qsort(room, count, sizeof(*room), compare_numbers);
	return count;
}

bool
evaluate_touch(const struct spans *a, const struct spans *b)
{
	if (!a || !b)
		return (!a || a->count) && (!b || b->count);
	if (a->count > b->count) {
		const struct spans *other = a;

		a = b;
		b = other;
	}
	if (b->count < 8)
		return !spans_disjoint(a, b);
	for (size_t i = 0; i < a->count; i++) {
		size_t low = 0, high = b->count;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (b->items[middle].last < a->items[i].first)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < b->count && b->items[low].first <= a->items[i].last)
			return true;
	}
	return false;
}
