/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether boxes together hold all of another box, and which of them are
 * needed for it. What is asked about shrinks by every member that leaves one
 * piece of it (no choice is made by that), then is split by the member that
 * holds most of it. Exact; a question that grows too large goes to decision
 * diagrams, and beyond the budget it is undecided.
 *
 * Idea: the search of Davis, Logemann and Loveland (1962) with boxes for
 * clauses: a member that leaves one piece is a unit.
 */
#include <stdlib.h>
#include <string.h>

#include "packetset.h"

/* Each level drops a member; a question deeper than this is not for here. */
#define COVER_DEPTH_MAX 2048
/* Of the budget's steps: what splitting may take before diagrams try. */
#define COVER_SPLIT_PART 4
/* Members that are weighed for the split; the first ones count most. */
#define COVER_WEIGHED 256

struct search {
	struct pool *pool;
	const struct box *const *list;
	struct budget *budget;
	struct point *hole; /* or NULL */
	bool *used;	    /* or NULL */
};

/* One part of what is still to be covered, and who may. */
struct part {
	struct box box;
	uint32_t *members; /* indices of list, rising */
	size_t count;
};

static bool
spend(struct search *s)
{
	if (s->budget->steps == 0 || pool_bytes(s->pool) > s->budget->bytes)
		return false;
	s->budget->steps--;
	return true;
}

static void
mark_used(struct search *s, uint32_t member)
{
	if (s->used != NULL)
		s->used[member] = true;
}

/* How many dimensions of q stick out of b, 2 standing for more; *which is one
 * of them. */
static int
sticking_out(const struct box *b, const struct box *q, size_t *which)
{
	int count = 0;

	for (size_t d = 0; d < DIM_COUNT && count < 2; d++) {
		const struct spans *x = b->dims[d], *y = q->dims[d];

		if (x == NULL || x == y)
			continue;
		if (y == NULL)
			y = dimension_all((enum dimension)d);
		if (!spans_cover(x, y, 0)) {
			count++;
			*which = d;
		}
	}
	return count;
}

enum pass {
	PASS_COVERED,
	PASS_SHRANK, /* look again: less is left */
	PASS_STILL,
	PASS_UNDECIDED,
};

/* Drops members that share nothing with the part and takes away what a member
 * cuts off along one dimension. */
static enum pass
shrink(struct search *s, struct part *part)
{
	struct box *box = &part->box;
	enum pass result = PASS_STILL;
	size_t kept = 0, d = 0;

	for (size_t i = 0; i < part->count; i++) {
		const uint32_t m = part->members[i];
		const struct box *b = s->list[m];
		int out;

		if (!spend(s))
			return PASS_UNDECIDED;
		if (box_disjoint(b, box))
			continue;
		out = sticking_out(b, box, &d);
		if (out < 2)
			mark_used(s, m);
		if (out == 0)
			return PASS_COVERED;
		if (out > 1) {
			part->members[kept++] = m;
			continue;
		}
		box->dims[d] = spans_subtract(s->pool,
		    box->dims[d] != NULL ? box->dims[d] :
					   dimension_all((enum dimension)d),
		    b->dims[d], 0);
		result = PASS_SHRANK;
	}
	part->count = kept;
	return result;
}

/* The member that holds most of a part. */
static uint32_t
largest(const struct search *s, const struct part *part)
{
	uint32_t best = part->members[0];
	double most = -1;

	for (size_t i = 0; i < part->count && i < COVER_WEIGHED; i++) {
		const double share = box_share(s->list[part->members[i]],
		    &part->box);

		if (share > most) {
			most = share;
			best = part->members[i];
		}
	}
	return best;
}

/* Of from's members those that meet the part, but not the one split by. */
static bool
assign(struct search *s, struct part *part, const struct part *from,
    uint32_t splitter)
{
	part->members = pool_take(s->pool,
	    from->count * sizeof(*part->members));
	part->count = 0;
	for (size_t i = 0; i < from->count; i++) {
		const uint32_t m = from->members[i];

		if (!spend(s))
			return false;
		if (m != splitter && !box_disjoint(s->list[m], &part->box))
			part->members[part->count++] = m;
	}
	pool_trim(s->pool, from->count * sizeof(*part->members),
	    part->count * sizeof(*part->members));
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->count < y->count ? -1 : x->count > y->count;
}

static enum cover
not_covered(struct search *s, const struct box *box)
{
	if (s->hole != NULL)
		box_pick(box, s->hole);
	return COVER_NO;
}

static enum cover search_part(struct search *s, struct part *part,
    unsigned depth);

static enum cover
split(struct search *s, const struct part *part, unsigned depth)
{
	const uint32_t splitter = largest(s, part);
	struct box *boxes = pool_take(s->pool, DIM_COUNT * sizeof(*boxes));
	struct part *parts;
	enum cover result = COVER_YES;
	size_t count;

	mark_used(s, splitter);
	count = box_subtract(s->pool, &part->box, s->list[splitter], boxes);
	parts = pool_take(s->pool, count * sizeof(*parts));
	for (size_t i = 0; i < count; i++) {
		parts[i].box = boxes[i];
		if (!assign(s, &parts[i], part, splitter))
			return COVER_UNDECIDED;
	}
	/* Where few reach, a hole is likelier. */
	qsort(parts, count, sizeof(*parts), by_count);
	for (size_t i = 0; i < count && result == COVER_YES; i++)
		result = search_part(s, &parts[i], depth + 1);
	return result;
}

static enum cover
search_part(struct search *s, struct part *part, unsigned depth)
{
	const struct pool_mark mark = pool_mark(s->pool);
	enum pass pass;
	enum cover result;

	do
		pass = shrink(s, part);
	while (pass == PASS_SHRANK);
	if (pass == PASS_COVERED)
		result = COVER_YES;
	else if (pass == PASS_UNDECIDED || depth >= COVER_DEPTH_MAX)
		result = COVER_UNDECIDED;
	else if (part->count == 0)
		result = not_covered(s, &part->box);
	else
		result = split(s, part, depth);
	pool_release(s->pool, mark);
	return result;
}

enum cover
cover_by_splitting(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole, bool *used)
{
	const struct pool_mark mark = pool_mark(p);
	struct search s = { p, list, budget, hole, used };
	struct part part = { .box = *q };
	enum cover result;

	if (box_empty(q))
		return COVER_YES;
	part.members = pool_take(p, count * sizeof(*part.members));
	for (size_t i = 0; i < count; i++)
		part.members[part.count++] = (uint32_t)i;
	result = search_part(&s, &part, 0);
	pool_release(p, mark);
	return result;
}

/* The members that meet q, as copies of their pointers; *indices (may be NULL)
 * says where they stood. One that holds all of q comes alone. */
static const struct box *const *
meeting(struct pool *p, const struct box *q, const struct box *const *list,
    size_t count, struct budget *budget, size_t *kept, uint32_t **indices)
{
	const struct box **out = pool_take(p, count * sizeof(struct box *));
	uint32_t *at = pool_take(p, count * sizeof(*at));

	*kept = 0;
	*indices = at;
	for (size_t i = 0; i < count; i++) {
		if (budget->steps > 0)
			budget->steps--;
		if (box_disjoint(list[i], q))
			continue;
		if (box_covers(list[i], q))
			*kept = 0;
		out[*kept] = list[i];
		at[*kept] = (uint32_t)i;
		++*kept;
		if (box_covers(list[i], q))
			break;
	}
	return out;
}

/* Splitting with a part of the budget, then diagrams with the rest. */
static enum cover
cover_meeting(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole, bool *used)
{
	const uint64_t part = budget->steps / COVER_SPLIT_PART;
	struct budget first = { part, budget->bytes };
	enum cover result;

	result = cover_by_splitting(p, q, list, count, &first, hole, used);
	budget->steps -= part - first.steps;
	if (result != COVER_UNDECIDED)
		return result;
	if (used != NULL) /* diagrams do not tell: all are */
		memset(used, true, count * sizeof(*used));
	return cover_by_diagram(p, q, list, count, budget, hole);
}

enum cover
cover_box(struct pool *p, const struct box *q, const struct box *const *list,
    size_t count, struct budget *budget, struct point *hole)
{
	const struct pool_mark mark = pool_mark(p);
	const struct box *const *near;
	enum cover result;
	uint32_t *indices;
	size_t kept;

	if (box_empty(q))
		return COVER_YES;
	if (budget->steps == 0)
		return COVER_UNDECIDED;
	near = meeting(p, q, list, count, budget, &kept, &indices);
	result = cover_meeting(p, q, near, kept, budget, hole, NULL);
	pool_release(p, mark);
	return result;
}

/* A member and how much of q it holds, for the order of leaving out. */
struct weighed {
	double share;
	size_t at;
};

static int
by_share(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	if (x->share != y->share)
		return x->share < y->share ? -1 : 1;
	return x->at > y->at ? -1 : x->at < y->at;
}

/*
 * Tries to leave out each of those needed; a proof without it may need fewer
 * still, then those go at once. False when the budget ended.
 */
static bool
leave_out(struct pool *p, const struct box *q, const struct box *const *list,
    size_t count, struct budget *budget, bool *needed)
{
	struct weighed *order = pool_take(p, count * sizeof(*order));
	const struct box **rest = pool_take(p, count * sizeof(struct box *));
	size_t *from = pool_take(p, count * sizeof(*from));
	bool *used = pool_take(p, count * sizeof(*used));

	for (size_t i = 0; i < count; i++)
		order[i] = (struct weighed){ box_share(list[i], q), i };
	qsort(order, count, sizeof(*order), by_share);
	for (size_t k = 0; k < count; k++) {
		enum cover covered;
		size_t n = 0;

		if (!needed[order[k].at])
			continue;
		for (size_t i = 0; i < count; i++) {
			if (!needed[i] || i == order[k].at)
				continue;
			from[n] = i;
			rest[n++] = list[i];
		}
		memset(used, 0, count * sizeof(*used));
		covered = cover_meeting(p, q, rest, n, budget, NULL, used);
		if (covered == COVER_UNDECIDED)
			return false;
		if (covered == COVER_NO)
			continue;
		needed[order[k].at] = false;
		for (size_t i = 0; i < n; i++)
			needed[from[i]] = used[i];
	}
	return true;
}

size_t
cover_least(struct pool *p, const struct box *q, const struct box *const *list,
    size_t count, struct budget *budget, size_t *out)
{
	const struct pool_mark mark = pool_mark(p);
	const struct box *const *near;
	uint32_t *indices;
	size_t kept, written = 0;
	bool *needed;

	if (box_empty(q) || budget->steps == 0)
		return 0;
	near = meeting(p, q, list, count, budget, &kept, &indices);
	needed = pool_take(p, kept * sizeof(*needed));
	memset(needed, 0, kept * sizeof(*needed));
	if (cover_meeting(p, q, near, kept, budget, NULL, needed) ==
		COVER_YES &&
	    leave_out(p, q, near, kept, budget, needed)) {
		for (size_t i = 0; i < kept; i++)
			if (needed[i])
				out[written++] = indices[i];
	}
	pool_release(p, mark);
	return written;
}
