/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How packets ended, told apart: those accepted under every choice, those
 * dropped under every choice, and those that are either. A packet whose fate
 * depends on what nobody can know is in leaves of both kinds; what both kinds
 * hold is cut out of each.
 */
#include "explain_internal.h"

static const struct box *
keep(struct pool *p, const struct box *b)
{
	struct box *copy = pool_take(p, sizeof(*copy));

	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct spans *s = b->dims[d];

		copy->dims[d] = s && s->count ?
		    spans_make(p, s->items, s->count) :
		    s;
	}
	/* A destination behind a translation is no part of the packet. */
	copy->dims[DIM_NEW_DADDR] = copy->dims[DIM_NEW_DPORT] = NULL;
	return copy;
}

bool
explain_is_elsewhere(const struct leaf *leaf)
{
	return !leaf->accepted &&
	    (leaf->decision_count == 0 ||
		leaf->decisions[leaf->decision_count - 1].action ==
		    ACTION_ACCEPT);
}

static void
add_inside(struct parts *p, const struct leaf *leaf)
{
	for (size_t i = 0; i < p->inside_count; i++)
		if (box_covers(p->inside[i], leaf->box))
			return;
	if (p->inside_count == EXPLAIN_LEAVES_MAX) {
		p->overfull = true;
		return;
	}
	p->inside[p->inside_count++] = keep(p->pool, leaf->box);
}

struct box
explain_inside_box(const struct parts *p, size_t i)
{
	struct box out = *p->inside[i];

	out.dims[DIM_OIF] = NULL;
	return out;
}

static void
add(struct parts *p, const struct leaf *leaf)
{
	const struct box **list = leaf->accepted ? p->accepted : p->dropped;
	size_t *count = leaf->accepted ? &p->accepted_count : &p->dropped_count;

	p->any_free |= leaf->free;
	if (leaf->accepted)
		p->any_accepted = true;
	else
		p->any_dropped = true;
	for (size_t i = 0; i < *count; i++)
		if (box_covers(list[i], leaf->box))
			return;
	if (*count == EXPLAIN_LEAVES_MAX) {
		p->overfull = true;
		return;
	}
	list[(*count)++] = keep(p->pool, leaf->box);
}

void
explain_parts_add(struct parts *p, const struct leaf *leaf)
{
	p->any_free |= leaf->free;
	if (leaf->redirected && explain_is_elsewhere(leaf))
		add_inside(p, leaf);
	else
		add(p, leaf);
}

bool
explain_parts_add_inside(struct parts *p, const struct leaf *leaf)
{
	if (!leaf->redirected)
		return false;
	p->any_inside |= leaf->accepted;
	add(p, leaf);
	return true;
}

static void
add_part(struct parts *p, enum part part, const struct box *b)
{
	struct box *copy;

	for (size_t i = 0; i < p->counts[part]; i++)
		if (box_covers(p->boxes[part][i], b))
			return;
	if (p->counts[part] == EXPLAIN_PARTS_MAX) {
		p->overfull = true;
		return;
	}
	copy = pool_take(p->pool, sizeof(*copy));
	*copy = *b;
	p->boxes[part][p->counts[part]++] = copy;
}

/* What of a box none of the others holds; what they do goes to PART_OPEN. */
static void
cut(struct parts *p, const struct box *b, const struct box *const *others,
    size_t count, enum part part)
{
	struct box *left = pool_take(p->pool,
	    EXPLAIN_PARTS_MAX * sizeof(*left));
	size_t n = 1;

	left[0] = *b;
	for (size_t i = 0; i < count; i++) {
		struct box *rest;
		size_t kept = 0;

		if (box_disjoint(b, others[i]))
			continue;
		rest = pool_take(p->pool, EXPLAIN_PARTS_MAX * sizeof(*rest));
		for (size_t k = 0; k < n; k++) {
			struct box pieces[DIM_COUNT], common;
			size_t made = 1;

			pieces[0] = left[k];
			if (box_intersect(p->pool, &left[k], others[i],
				&common)) {
				add_part(p, PART_OPEN, &common);
				made = box_subtract(p->pool, &left[k],
				    others[i], pieces);
			}
			if (kept + made > EXPLAIN_PARTS_MAX) {
				p->overfull = true;
				return;
			}
			for (size_t m = 0; m < made; m++)
				rest[kept++] = pieces[m];
		}
		left = rest;
		n = kept;
	}
	for (size_t k = 0; k < n; k++)
		add_part(p, part, &left[k]);
}

void
explain_parts_settle(struct parts *p)
{
	for (size_t i = 0; i < p->accepted_count; i++)
		cut(p, p->accepted[i], p->dropped, p->dropped_count,
		    PART_ACCEPTED);
	for (size_t i = 0; i < p->dropped_count; i++)
		cut(p, p->dropped[i], p->accepted, p->accepted_count,
		    PART_DROPPED);
}

enum explain_result
explain_result_of(const struct parts *p, enum walk_result walked)
{
	if (walked != WALK_DONE || p->overfull)
		return EXPLAIN_UNDECIDED;
	if (!p->any_dropped)
		return EXPLAIN_ACCEPTED;
	if (!p->any_accepted)
		return EXPLAIN_DROPPED;
	return p->counts[PART_OPEN] ? EXPLAIN_OPEN : EXPLAIN_PARTLY;
}
