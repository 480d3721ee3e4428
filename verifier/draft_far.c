/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that lead to the Internet. Many servers outside are no list that
 * anybody could approve: one row stands for them, a question, or a proposal
 * where the zone is there to browse from and nothing else was seen.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "draft.h"

#define FAR_MOST 32 /* responders outside before it is "the Internet" */

static int
compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static bool
is_far(const struct draft_row *r)
{
	return r->list == NULL && r->to_zone->tier == TIER_OUTSIDE;
}

static int
by_far_service(const struct draft_row *a, const struct draft_row *b)
{
	int order = compare(a->from_zone->index, b->from_zone->index);

	if (order == 0)
		order = compare(a->to_zone->index, b->to_zone->index);
	return order ? order : draft_row_compare_services(a, b);
}

/* Many servers outside are no list that anybody could approve: one question
 * stands for them. */
static void
fold_far(struct draft_rows *rows, size_t at)
{
	struct draft_row *r = &rows->items[at];
	size_t kept = at + 1, n = 1;

	for (size_t i = at + 1; i < rows->count; i++)
		n += is_far(&rows->items[i]) && rows->items[i].far == 0 &&
		    by_far_service(r, &rows->items[i]) == 0;
	if (n <= FAR_MOST)
		return;
	for (size_t i = at + 1; i < rows->count; i++) {
		struct draft_row *o = &rows->items[i];

		if (!is_far(o) || o->far != 0 || by_far_service(r, o) != 0) {
			rows->items[kept++] = *o;
			continue;
		}
		draft_row_take(r, o);
	}
	rows->count = kept;
	r->far = n;
	r->to_count = 0;
	r->name_count = 0;
	r->doubts = DOUBT_WIDE;
	draft_ends_fini(&r->from);
}

static bool
is_web(const struct draft_seen *s, const struct draft_row *r)
{
	const unsigned mild = DOUBT_ONCE | DOUBT_NIGHT | DOUBT_NAMES;

	return is_far(r) && r->far == 0 && (r->doubts & ~mild) == 0 &&
	    draft_web_is_browsing(s, r);
}

static bool
same_zones(const struct draft_row *a, const struct draft_row *b)
{
	return a->from_zone == b->from_zone && a->to_zone == b->to_zone;
}

static void
add_ends(struct draft_ends *e, const struct draft_ends *o)
{
	e->networks = mem_reallocarray(e->networks,
	    e->network_count + o->network_count + 1, sizeof(*e->networks));
	for (size_t i = 0; i < o->network_count; i++)
		if (!draft_ends_hold(e, &o->networks[i].addr))
			e->networks[e->network_count++] = o->networks[i];
	e->hosts = mem_reallocarray(e->hosts, e->host_count + o->host_count + 1,
	    sizeof(*e->hosts));
	for (size_t i = 0; i < o->host_count; i++)
		if (!draft_ends_hold(e, &o->hosts[i]))
			e->hosts[e->host_count++] = o->hosts[i];
}

/* Where a zone is there to browse from, and several of its hosts do, the
 * Internet as a whole is what a person can approve: one row. */
static void
fold_web(const struct draft_seen *s, struct draft_rows *rows, size_t at)
{
	struct draft_row *r = &rows->items[at];
	size_t kept = at + 1, far = 0;
	struct draft_ends ends = { 0 };

	for (size_t i = at; i < rows->count; i++)
		if (is_web(s, &rows->items[i]) &&
		    same_zones(r, &rows->items[i])) {
			far += rows->items[i].to_count;
			add_ends(&ends, &rows->items[i].from);
		}
	if (far <= FAR_MOST ||
	    (ends.network_count == 0 && ends.host_count < DRAFT_NETWORK_LEAST))
		goto out;
	for (size_t i = at + 1; i < rows->count; i++) {
		struct draft_row *o = &rows->items[i];

		if (!is_web(s, o) || !same_zones(r, o)) {
			rows->items[kept++] = *o;
			continue;
		}
		draft_row_take(r, o);
	}
	rows->count = kept;
	r->far = far;
	r->to_count = r->name_count = 0;
	r->doubts = 0;
	r->initiators = ends.host_count > r->initiators ? ends.host_count :
							  r->initiators;
	draft_ends_fini(&r->from);
	/* Guests come and go with their addresses. */
	if (r->from_zone->tier != TIER_GUEST) {
		r->from = ends;
		return;
	}
out:
	draft_ends_fini(&ends);
}

void
draft_far_fold(const struct draft_seen *s, struct draft_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (is_web(s, &rows->items[i]))
			fold_web(s, rows, i);
	for (size_t i = 0; i < rows->count; i++)
		if (is_far(&rows->items[i]) && rows->items[i].far == 0)
			fold_far(rows, i);
}
