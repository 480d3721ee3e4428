/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open groups under another model. Keys and names are digests of ids and stay
 * as they are; only what an alert points to is another.
 */
#include "group_internal.h"
#include "noun.h"

static bool
is_open(const struct group_table *t, const struct group *g)
{
	return g->folded ? t->fold_open : g->serial != 0;
}

/* The group at i; those in use come first, then the folded one. */
static struct group *
open_at(const struct group_table *t, size_t i)
{
	struct group *g = &t->groups[i < t->fresh ? i : t->limits.groups];

	return is_open(t, g) ? g : NULL;
}

void
group_orphan(struct group_table *t, const struct noun_map *to,
    struct wall_us now)
{
	for (size_t i = 0; i < t->fresh; i++) {
		struct group *g = open_at(t, i);

		if (g == NULL || noun_has_boundary(to, g->alert.boundary))
			continue;
		if (g->closes > now.us)
			g->closes = now.us;
		if (g->deadline > now.us)
			g->deadline = now.us;
		group_order_settle(t, g);
	}
}

void
group_rebase(struct group_table *t, struct noun_map *to, int32_t utc_offset_s)
{
	struct group *g;

	t->limits.utc_offset_s = utc_offset_s;
	for (size_t i = 0; i <= t->fresh; i++) {
		g = open_at(t, i);
		if (g != NULL)
			alert_rebase(&g->alert, to);
	}
}

uint64_t
group_untold(const struct group_table *t)
{
	const struct group *g;
	uint64_t sum = 0;

	for (size_t i = 0; i <= t->fresh; i++) {
		g = open_at(t, i);
		if (g != NULL)
			sum += g->count - g->written;
	}
	return sum;
}
