/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of numbers of one dimension of packets, as sorted intervals: meet,
 * join, difference. An operation that changes nothing gives back its
 * argument, so that what is the same is often the same pointer.
 */
#include <stdlib.h>
#include <string.h>

#include "packetset.h"

#define VALUE_MOST (~(packet_value)0)

const struct spans spans_nothing = { 0 };

/* Some intervals of a set. */
struct view {
	const struct span *items;
	size_t count;
};

static struct spans *
room_for(struct pool *p, size_t count)
{
	return pool_take(p, sizeof(struct spans) + count * sizeof(struct span));
}

/* A set that was given room for max intervals, as short as it turned out; or
 * same, where that is equal. */
static const struct spans *
ended(struct pool *p, struct spans *s, size_t max, const struct spans *same)
{
	const size_t taken = sizeof(*s) + max * sizeof(s->items[0]);
	const struct spans *result = s;
	size_t kept = sizeof(*s) + s->count * sizeof(s->items[0]);

	if (s->count == 0)
		result = &spans_nothing;
	else if (same != NULL && spans_equal(s, same))
		result = same;
	if (result != s)
		kept = 0;
	pool_trim(p, taken, kept);
	return result;
}

const struct spans *
spans_one(struct pool *p, packet_value first, packet_value last)
{
	struct spans *s = room_for(p, 1);

	s->count = 1;
	s->items[0].first = first;
	s->items[0].last = last;
	return s;
}

static int
by_first(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Adds an interval that begins no earlier than the last one. */
static void
append(struct spans *s, struct span item)
{
	struct span *last;

	if (s->count != 0) {
		last = &s->items[s->count - 1];
		if (last->last == VALUE_MOST || item.first <= last->last + 1) {
			if (item.last > last->last)
				last->last = item.last;
			return;
		}
	}
	s->items[s->count++] = item;
}

const struct spans *
spans_make(struct pool *p, const struct span *items, size_t count)
{
	struct spans *s;
	struct span *sorted;
	bool in_order = true;

	if (count == 0)
		return &spans_nothing;
	s = room_for(p, count);
	sorted = s->items;
	memcpy(sorted, items, count * sizeof(*items));
	for (size_t i = 1; i < count; i++)
		in_order = in_order && items[i - 1].first <= items[i].first;
	if (!in_order)
		qsort(sorted, count, sizeof(*sorted), by_first);
	s->count = 0;
	for (size_t i = 0; i < count; i++) /* never overtakes what it reads */
		append(s, sorted[i]);
	return ended(p, s, count, NULL);
}

/* The first interval of v that ends at value or behind it. */
static size_t
reaching(struct view v, packet_value value)
{
	size_t low = 0, high = v.count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (v.items[mid].last < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Those intervals of a that can meet first..last. */
static struct view
within(struct view a, packet_value first, packet_value last)
{
	size_t begin = reaching(a, first), end = reaching(a, last);

	if (end < a.count && a.items[end].first <= last)
		end++;
	return (struct view){ a.items + begin, end - begin };
}

static struct view
view_of(const struct spans *s)
{
	return (struct view){ s->items, s->count };
}

/* Leaves of both what can meet the other: a large set that meets a small one
 * costs little. */
static void
narrow(struct view *a, struct view *b)
{
	if (a->count != 0 && b->count != 0)
		*a = within(*a, b->items[0].first, b->items[b->count - 1].last);
	if (a->count != 0 && b->count != 0)
		*b = within(*b, a->items[0].first, a->items[a->count - 1].last);
}

static const struct spans *
intersect_many(struct pool *p, const struct spans *a, const struct spans *b)
{
	struct view x = view_of(a), y = view_of(b);
	struct spans *s;
	struct span both;
	size_t i = 0, j = 0, max;

	narrow(&x, &y);
	if (x.count == 0 || y.count == 0)
		return &spans_nothing;
	max = x.count + y.count;
	s = room_for(p, max);
	s->count = 0;
	while (i < x.count && j < y.count) {
		both.first = x.items[i].first > y.items[j].first ?
		    x.items[i].first :
		    y.items[j].first;
		both.last = x.items[i].last < y.items[j].last ?
		    x.items[i].last :
		    y.items[j].last;
		if (both.first <= both.last)
			s->items[s->count++] = both;
		if (x.items[i].last < y.items[j].last)
			i++;
		else
			j++;
	}
	return ended(p, s, max, s->count == a->count ? a : b);
}

const struct spans *
spans_intersect(struct pool *p, const struct spans *a, const struct spans *b)
{
	packet_value first, last;

	if (a == NULL || a == b)
		return b;
	if (b == NULL)
		return a;
	if (a->count != 1 || b->count != 1)
		return intersect_many(p, a, b);
	first = a->items[0].first > b->items[0].first ? a->items[0].first :
							b->items[0].first;
	last = a->items[0].last < b->items[0].last ? a->items[0].last :
						     b->items[0].last;
	if (first > last)
		return &spans_nothing;
	if (first == a->items[0].first && last == a->items[0].last)
		return a;
	if (first == b->items[0].first && last == b->items[0].last)
		return b;
	return spans_one(p, first, last);
}

/* Adds to s what of one interval is not in the intervals of b from *j on. */
static void
append_rest(struct spans *s, struct span one, struct view b, size_t *j)
{
	packet_value from = one.first;

	while (*j < b.count && b.items[*j].last < from)
		++*j;
	for (; *j < b.count && b.items[*j].first <= one.last; ++*j) {
		if (b.items[*j].first > from)
			s->items[s->count++] = (struct span){ from,
				b.items[*j].first - 1 };
		if (b.items[*j].last >= one.last)
			return; /* the next may meet the same one of b */
		from = b.items[*j].last + 1;
	}
	s->items[s->count++] = (struct span){ from, one.last };
}

const struct spans *
spans_subtract(struct pool *p, const struct spans *a, const struct spans *b,
    packet_value most)
{
	const struct span every = { 0, most };
	struct view x, y;
	struct spans *s;
	size_t j = 0, max;

	if (b == NULL || a == b)
		return &spans_nothing;
	if (spans_disjoint(a, b))
		return a;
	x = a == NULL ? (struct view){ &every, 1 } : view_of(a);
	y = within(view_of(b), x.items[0].first, x.items[x.count - 1].last);
	max = x.count + y.count;
	s = room_for(p, max);
	s->count = 0;
	for (size_t i = 0; i < x.count; i++)
		append_rest(s, x.items[i], y, &j);
	return ended(p, s, max, NULL);
}

const struct spans *
spans_union(struct pool *p, const struct spans *a, const struct spans *b)
{
	struct spans *s;
	size_t i = 0, j = 0;

	if (a == NULL || b == NULL)
		return NULL;
	if (b->count == 0 || a == b)
		return a;
	if (a->count == 0)
		return b;
	s = room_for(p, a->count + b->count);
	s->count = 0;
	while (i < a->count || j < b->count) {
		if (j == b->count ||
		    (i < a->count && a->items[i].first <= b->items[j].first))
			append(s, a->items[i++]);
		else
			append(s, b->items[j++]);
	}
	return ended(p, s, a->count + b->count, spans_equal(s, a) ? a : b);
}

bool
spans_has(const struct spans *s, packet_value v)
{
	size_t at;

	if (s == NULL)
		return true;
	at = reaching(view_of(s), v);
	return at < s->count && s->items[at].first <= v;
}

bool
spans_disjoint_many(const struct spans *a, const struct spans *b)
{
	struct view x = view_of(a), y = view_of(b);
	size_t i = 0, j = 0;

	narrow(&x, &y);
	while (i < x.count && j < y.count) {
		if (x.items[i].last < y.items[j].first)
			i++;
		else if (y.items[j].last < x.items[i].first)
			j++;
		else
			return false;
	}
	return true;
}

bool
spans_cover(const struct spans *a, const struct spans *b, packet_value most)
{
	const struct span every = { 0, most };
	struct view x, y;
	size_t i;

	if (a == NULL || a == b)
		return true;
	y = b == NULL ? (struct view){ &every, 1 } : view_of(b);
	if (y.count == 0)
		return true;
	x = view_of(a);
	i = x.count == 1 ? 0 : reaching(x, y.items[0].first);
	for (size_t j = 0; j < y.count; j++) {
		while (i < x.count && x.items[i].last < y.items[j].first)
			i++;
		if (i == x.count || x.items[i].first > y.items[j].first ||
		    x.items[i].last < y.items[j].last)
			return false;
	}
	return true;
}

bool
spans_equal(const struct spans *a, const struct spans *b)
{
	if (a == NULL || b == NULL || a == b)
		return a == b;
	return a->count == b->count &&
	    memcmp(a->items, b->items, a->count * sizeof(a->items[0])) == 0;
}

packet_value
spans_size(const struct spans *s, packet_value most)
{
	packet_value size = 0, one;

	if (s == NULL)
		return most == VALUE_MOST ? most : most + 1;
	for (size_t i = 0; i < s->count; i++) {
		one = s->items[i].last - s->items[i].first;
		if (one == VALUE_MOST || size > VALUE_MOST - 1 - one)
			return VALUE_MOST;
		size += one + 1;
	}
	return size;
}
