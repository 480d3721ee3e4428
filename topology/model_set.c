/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of addresses as prefixes in normal form: sorted by address, disjoint,
 * and as few as can be (two halves are written as the whole). Two equal sets
 * have equal forms, and whether a set holds a prefix is one binary search.
 */
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

static int
compare(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	int order = addr_compare(&a->addr, &b->addr);

	return order != 0 ? order : (int)a->length - (int)b->length;
}

/* Whether a and b are the two halves of one prefix; *whole is then it. */
static bool
halves(const struct prefix *a, const struct prefix *b, struct prefix *whole)
{
	if (a->length != b->length || a->length == 0 ||
	    a->addr.family != b->addr.family)
		return false;
	whole->length = (uint8_t)(a->length - 1);
	whole->addr = addr_mask(&a->addr, whole->length);
	return prefix_contains(whole, &b->addr) && !prefix_equal(a, b);
}

struct prefix_set
model_set_normal(struct arena *arena, const struct prefix_set *s)
{
	struct prefix_set out = { 0 };
	struct prefix *p, whole;
	size_t i, n = 0;

	if (s->count == 0)
		return out;
	p = arena_copy(arena, s->items, s->count, sizeof(*p));
	qsort(p, s->count, sizeof(*p), compare);
	for (i = 0; i < s->count; i++) {
		if (n > 0 && prefix_covers(&p[n - 1], &p[i]))
			continue;
		p[n++] = p[i];
		while (n > 1 && halves(&p[n - 2], &p[n - 1], &whole))
			p[--n - 1] = whole;
	}
	out.items = p;
	out.count = n;
	return out;
}

struct prefix_set
model_set_join(struct arena *arena, const struct prefix_set *a,
    const struct prefix_set *b)
{
	struct prefix_set out;

	out.count = a->count + b->count;
	out.items = arena_calloc(arena, out.count, sizeof(*out.items));
	if (a->count != 0)
		memcpy(out.items, a->items, a->count * sizeof(*a->items));
	if (b->count != 0)
		memcpy(out.items + a->count, b->items,
		    b->count * sizeof(*b->items));
	return out;
}

struct prefix_set
model_set_intersect(struct arena *arena, const struct prefix_set *a,
    const struct prefix_set *b)
{
	struct prefix_set out = { 0 };
	size_t i = 0, j = 0;

	out.items = arena_calloc(arena, a->count + b->count,
	    sizeof(*out.items));
	while (i < a->count && j < b->count) {
		const struct prefix *p = &a->items[i], *q = &b->items[j];

		if (prefix_covers(p, q)) {
			out.items[out.count++] = *q;
			j++;
		} else if (prefix_covers(q, p)) {
			out.items[out.count++] = *p;
			i++;
		} else if (addr_compare(&p->addr, &q->addr) < 0) {
			i++;
		} else {
			j++;
		}
	}
	return out;
}

bool
model_set_covers(const struct prefix_set *s, const struct prefix *p)
{
	size_t low = 0, high = s->count, middle;

	/* The last element that begins at or before p. */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (addr_compare(&s->items[middle].addr, &p->addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && prefix_covers(&s->items[low - 1], p);
}

bool
model_set_covers_all(const struct prefix_set *outer,
    const struct prefix_set *inner)
{
	for (size_t i = 0; i < inner->count; i++)
		if (!model_set_covers(outer, &inner->items[i]))
			return false;
	return true;
}
