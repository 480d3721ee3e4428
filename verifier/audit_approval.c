/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A note on conduits of this boundary that nobody approved yet, or that are
 * approved as of a later day. They count as declared, since a ruleset is held
 * against what is written; that they do is said, and sekisho check tells of
 * each (TOP-3).
 */
#include <stdio.h>

#include "audit.h"

#define SHOWN_MAX 8

static bool
of_boundary(const struct audit *a, const struct conduit *k)
{
	bool here = k->via.boundary_count == 0, from = false, to = false;

	for (size_t i = 0; i < k->via.boundary_count; i++)
		here |= k->via.boundaries[i] == a->boundary;
	for (size_t i = 0; i < a->boundary->zone_count; i++) {
		from |= a->boundary->zones[i] == k->from.zone;
		to |= a->boundary->zones[i] == k->to.zone;
	}
	return here && from && to && k->from.zone != k->to.zone;
}

static bool
lacks_approval(const struct audit *a, const struct approval *x)
{
	return !x->given || !x->by_count ||
	    (x->on.year && day_compare(x->on, a->at) > 0);
}

void
audit_approval(struct audit *a)
{
	struct text names = { 0 };
	char number[24];
	size_t count = 0;

	for (size_t i = 0; i < a->m->conduit_count; i++) {
		const struct conduit *k = &a->m->conduits[i];

		/* What was only observed is not declared before that. */
		if (k->observed || !of_boundary(a, k) ||
		    !lacks_approval(a, &k->approved))
			continue;
		if (count++ < SHOWN_MAX)
			text_printf(&names, "%s%s", count > 1 ? ", " : "",
			    k->id);
		else if (count == SHOWN_MAX + 1)
			text_add(&names, ", ...");
	}
	snprintf(number, sizeof(number), "%zu", count);
	if (count > 0)
		audit_add_note(a, W_AUDIT_UNAPPROVED, 2, number,
		    text_str(&names));
	text_free(&names);
}
