/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The orders of groups: a binary heap of indices by deadline, in which each
 * group knows where it lies, and a doubly linked list of the low ones by age.
 */
#include "group_internal.h"

/* ---- the heap: the earliest deadline on top */

static struct group *
at(const struct group_table *t, size_t i)
{
	return &t->groups[t->heap[i]];
}

static bool
due_before(const struct group *a, const struct group *b)
{
	if (a->deadline != b->deadline)
		return a->deadline < b->deadline;
	return a->serial < b->serial;
}

static void
put(struct group_table *t, size_t i, uint32_t group)
{
	t->heap[i] = group;
	t->groups[group].heap_at = (uint32_t)i;
}

/* Moves the group at i to where its deadline belongs. */
static void
settle(struct group_table *t, size_t i)
{
	uint32_t group = t->heap[i];
	struct group *g = &t->groups[group];
	size_t child;

	for (; i > 0 && due_before(g, at(t, (i - 1) / 2)); i = (i - 1) / 2)
		put(t, i, t->heap[(i - 1) / 2]);
	for (;;) {
		child = 2 * i + 1;
		if (child + 1 < t->heap_count &&
		    due_before(at(t, child + 1), at(t, child)))
			child++;
		if (child >= t->heap_count || !due_before(at(t, child), g))
			break;
		put(t, i, t->heap[child]);
		i = child;
	}
	put(t, i, group);
}

struct group *
group_order_first(const struct group_table *t)
{
	return at(t, 0);
}

void
group_order_add(struct group_table *t, struct group *g)
{
	put(t, t->heap_count, (uint32_t)(g - t->groups));
	settle(t, t->heap_count++);
}

void
group_order_settle(struct group_table *t, const struct group *g)
{
	settle(t, g->heap_at);
}

void
group_order_remove(struct group_table *t, struct group *g)
{
	size_t i = g->heap_at;
	uint32_t last = t->heap[--t->heap_count];

	group_order_remove_low(t, g);
	if (i == t->heap_count)
		return;
	put(t, i, last);
	settle(t, i);
}

/* ---- the list of low ones */

void
group_order_add_low(struct group_table *t, struct group *g)
{
	uint32_t i = (uint32_t)(g - t->groups);

	g->low = true;
	g->older = t->newest_low;
	g->newer = GROUP_NONE;
	if (t->newest_low == GROUP_NONE)
		t->oldest_low = i;
	else
		t->groups[t->newest_low].newer = i;
	t->newest_low = i;
}

void
group_order_remove_low(struct group_table *t, struct group *g)
{
	if (!g->low)
		return;
	g->low = false;
	if (g->older == GROUP_NONE)
		t->oldest_low = g->newer;
	else
		t->groups[g->older].newer = g->newer;
	if (g->newer == GROUP_NONE)
		t->newest_low = g->older;
	else
		t->groups[g->newer].older = g->older;
}
