/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TOP-1: networks of two zones that share a boundary must not overlap, unless
 * the outer zone is the inner one's parent or is "outside". Zones that
 * share no boundary may have the same networks. Per boundary: sort, then one
 * sweep with a stack of the networks that hold the current one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

#define STACK_MAX 130 /* one network of each length may hold another */

struct claim {
	struct prefix prefix;
	const struct zone *zone;
	size_t order; /* in the file: the later one is told */
};

static int
compare(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;
	int order = addr_compare(&a->prefix.addr, &b->prefix.addr);

	if (order == 0)
		order = (int)a->prefix.length - (int)b->prefix.length;
	if (order == 0)
		order = a->order < b->order ? -1 : a->order > b->order;
	return order;
}

static bool
ancestor(const struct zone *old, const struct zone *young)
{
	size_t steps;

	for (steps = 0; young != NULL && steps < MODEL_ZONES_MAX; steps++) {
		if (young == old)
			return true;
		young = young->parent;
	}
	return false;
}

static bool
may_nest(const struct zone *outer, const struct zone *inner)
{
	return outer->tier == TIER_OUTSIDE || ancestor(outer, inner);
}

static void
tell(struct loader *l, const struct boundary *b, const struct claim *outer,
    const struct claim *inner)
{
	char wide[PREFIX_TEXT_MAX], narrow[PREFIX_TEXT_MAX];
	struct diag_place place = inner->zone->place;
	bool equal = prefix_equal(&outer->prefix, &inner->prefix);
	const struct jsonx at = { .line = place.line, .column = place.column };

	(void)prefix_format(&outer->prefix, wide);
	(void)prefix_format(&inner->prefix, narrow);
	if (equal)
		model_read_fault_of(l, &at, CHECK_TOP_1, W_MODEL_OVERLAP_EQUAL,
		    4, inner->zone->id, outer->zone->id, narrow, b->id);
	else if (ancestor(inner->zone, outer->zone))
		model_read_fault_of(l, &at, CHECK_TOP_1, W_MODEL_OVERLAP_CHILD,
		    5, inner->zone->id, outer->zone->id, narrow, wide, b->id);
	else
		model_read_fault_of(l, &at, CHECK_TOP_1, W_MODEL_OVERLAP_NESTED,
		    5, inner->zone->id, outer->zone->id, narrow, wide, b->id);
}

/* c against the networks that hold it; the nearest conflict is told. */
static void
against(struct loader *l, const struct boundary *b, struct claim *const *stack,
    size_t depth, struct claim *c)
{
	while (depth-- > 0) {
		const struct claim *outer = stack[depth];

		if (outer->zone == c->zone)
			continue;
		if (prefix_equal(&outer->prefix, &c->prefix) ||
		    !may_nest(outer->zone, c->zone)) {
			tell(l, b, outer, c);
			return;
		}
	}
}

static void
sweep(struct loader *l, const struct boundary *b, struct claim *claims,
    size_t count)
{
	struct claim *stack[STACK_MAX], *c;
	size_t depth = 0, i;

	for (i = 0; i < count; i++) {
		c = &claims[i];
		while (depth > 0 &&
		    !prefix_covers(&stack[depth - 1]->prefix, &c->prefix))
			depth--;
		against(l, b, stack, depth, c);
		/* An equal one stands for both. */
		if (depth == 0 ||
		    !prefix_equal(&stack[depth - 1]->prefix, &c->prefix))
			stack[depth++] = c;
	}
}

/* Whether both zones of every pair told here met at an earlier boundary is
 * not asked: each boundary is a place where they would be mistaken. */
static void
at_boundary(struct loader *l, const struct boundary *b)
{
	struct claim *claims;
	size_t count = 0, i, j;

	for (i = 0; i < b->zone_count; i++)
		count += b->zones[i]->networks.count;
	claims = mem_calloc(count, sizeof(*claims));
	count = 0;
	for (i = 0; i < b->zone_count; i++) {
		const struct prefix_set *s = &b->zones[i]->networks;

		for (j = 0; j < s->count; j++) {
			claims[count].prefix = s->items[j];
			claims[count].zone = b->zones[i];
			claims[count].order = (size_t)b->zones[i]->index << 20 |
			    j;
			count++;
		}
	}
	qsort(claims, count, sizeof(*claims), compare);
	sweep(l, b, claims, count);
	free(claims);
}

void
model_overlap_check(struct loader *l)
{
	size_t i;

	for (i = 0; i < l->m->boundary_count; i++)
		at_boundary(l, &l->m->boundaries[i]);
}
