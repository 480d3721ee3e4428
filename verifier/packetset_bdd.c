/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether boxes hold all of another box, by decision diagrams (the library
 * BuDDy): for questions on which splitting is lost. The only file that knows
 * the library, whose state is global: it is begun and ended for each question.
 *
 * Values are not taken bit by bit: only where an interval of the question
 * begins or ends can anything change, so each dimension becomes the numbers
 * of the cells between such places, which are few.
 *
 * Source: Bryant (1986); BuDDy 2.4, bdd.h.
 */
#include <bdd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "packetset.h"

#define NODE_BYTES 60	/* one of the library's, with its share of the caches */
#define NODES_A_CACHE 4 /* fewer cost memory, more cost time: measured */
#define NODES_A_MEMBER 256 /* room at the start, up to ... */
#define NODES_FIRST 65536
#define NODES_MIN 1024
#define NODES_MAX 16777216
#define BITS_MAX 24 /* of one dimension: as many cells as intervals */

/* The library calls its hook without a context, so this cannot be an
 * argument. Set: what was computed since is worth nothing. */
static volatile sig_atomic_t diagrams_failed;

/* One dimension as cells: cell i is starts[i] .. starts[i + 1] - 1. */
struct axis {
	packet_value *starts;
	size_t count;	  /* of cells; 0: the dimension plays no part */
	packet_value end; /* the last value of the last cell */
	unsigned bits;
	int variable; /* the first; the highest bit */
};

struct question {
	struct pool *pool;
	const struct box *q;
	const struct box *const *list;
	size_t count;
	struct axis axes[DIM_COUNT];
	int variables;
};

static void
on_error(int code)
{
	(void)code;
	diagrams_failed = 1;
}

static int
by_value(const void *a, const void *b)
{
	const packet_value *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Adds where intervals of s begin and where they have ended, from first to
 * last. */
static void
add_starts(struct axis *axis, const struct spans *s, packet_value first)
{
	for (size_t i = 0; s != NULL && i < s->count; i++) {
		const struct span *one = &s->items[i];

		if (one->first > first && one->first <= axis->end)
			axis->starts[axis->count++] = one->first;
		if (one->last >= first && one->last < axis->end)
			axis->starts[axis->count++] = one->last + 1;
	}
}

static const struct spans *
asked(const struct question *o, enum dimension d)
{
	return o->q->dims[d] != NULL ? o->q->dims[d] : dimension_all(d);
}

/* Cuts a dimension into cells; false when there are too many. */
static bool
make_axis(struct question *o, enum dimension d)
{
	const struct spans *q = asked(o, d);
	const packet_value first = q->items[0].first;
	struct axis *axis = &o->axes[d];
	size_t room = 1 + 2 * q->count, kept = 1;
	bool cut = false;

	axis->end = q->items[q->count - 1].last;
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i]->dims[d] != NULL) {
			room += 2 * o->list[i]->dims[d]->count;
			cut = true;
		}
	if (!cut)
		return true;
	axis->starts = pool_take(o->pool, room * sizeof(*axis->starts));
	axis->starts[axis->count++] = first;
	add_starts(axis, q, first);
	for (size_t i = 0; i < o->count; i++)
		add_starts(axis, o->list[i]->dims[d], first);
	qsort(axis->starts, axis->count, sizeof(*axis->starts), by_value);
	for (size_t i = 1; i < axis->count; i++)
		if (axis->starts[i] != axis->starts[kept - 1])
			axis->starts[kept++] = axis->starts[i];
	axis->count = kept;
	while (axis->bits <= BITS_MAX && (size_t)1 << axis->bits < kept)
		axis->bits++;
	axis->variable = o->variables;
	o->variables += (int)axis->bits;
	return axis->bits <= BITS_MAX;
}

/* The cell that value lies in. */
static size_t
cell_of(const struct axis *axis, packet_value value)
{
	size_t low = 0, high = axis->count, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (axis->starts[mid] <= value)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* Replaces a diagram that is held by another one. */
static BDD
hold(BDD old, BDD new)
{
	bdd_addref(new);
	bdd_delref(old);
	return new;
}

/* Numbers of an axis that are at least (or at most) a cell's. */
static BDD
bounded(const struct axis *axis, size_t cell, bool at_least)
{
	BDD r = bdd_true(), v;

	for (unsigned i = 0; i < axis->bits; i++) {
		const int variable = axis->variable + (int)(axis->bits - 1 - i);
		const bool bit = cell >> i & 1;

		v = at_least ? bdd_ithvar(variable) : bdd_nithvar(variable);
		r = hold(r, bit == at_least ? bdd_and(v, r) : bdd_or(v, r));
	}
	return r;
}

/* The cells of one dimension that s holds. */
static BDD
cells(const struct axis *axis, const struct spans *s)
{
	BDD r = bdd_false(), from, to, both;

	for (size_t i = 0; i < s->count; i++) {
		const struct span *one = &s->items[i];

		if (one->last < axis->starts[0] || one->first > axis->end)
			continue;
		from = bounded(axis, cell_of(axis, one->first), true);
		to = bounded(axis, cell_of(axis, one->last), false);
		both = bdd_addref(bdd_and(from, to));
		r = hold(r, bdd_or(r, both));
		bdd_delref(from);
		bdd_delref(to);
		bdd_delref(both);
		if (diagrams_failed)
			break;
	}
	return r;
}

/* A box as a diagram; every value of a dimension is no condition, save in the
 * box asked about, whose cells bound the numbers in use. */
static BDD
diagram(const struct question *o, const struct box *b)
{
	BDD r = bdd_true(), one;

	for (size_t d = DIM_COUNT; d-- > 0 && !diagrams_failed;) {
		const struct axis *axis = &o->axes[d];

		if (axis->count == 0 || (b->dims[d] == NULL && b != o->q))
			continue;
		one = cells(axis,
		    b == o->q ? asked(o, (enum dimension)d) : b->dims[d]);
		r = hold(r, bdd_and(r, one));
		bdd_delref(one);
	}
	return r;
}

/* A packet of what is left. */
static void
point_of(const struct question *o, BDD rest, struct point *out)
{
	struct box box = *o->q;
	size_t number[DIM_COUNT] = { 0 };

	while (rest != bdd_true()) {
		const int variable = bdd_var(rest);
		const bool high = bdd_low(rest) == bdd_false();

		for (size_t d = 0; d < DIM_COUNT && high; d++) {
			const struct axis *axis = &o->axes[d];
			const int bit = variable - axis->variable;

			if (axis->bits != 0 && bit >= 0 &&
			    bit < (int)axis->bits)
				number[d] |= (size_t)1
				    << (axis->bits - 1 - (unsigned)bit);
		}
		rest = high ? bdd_high(rest) : bdd_low(rest);
	}
	for (size_t d = 0; d < DIM_COUNT; d++) {
		const struct axis *axis = &o->axes[d];
		const size_t n = number[d];

		if (axis->count != 0)
			box.dims[d] = spans_one(o->pool, axis->starts[n],
			    n + 1 < axis->count ? axis->starts[n + 1] - 1 :
						  axis->end);
	}
	box_pick(&box, out);
}

/* Takes the steps that nodes made since the last time stand for. */
static bool
spend_nodes(struct budget *budget, uint64_t *produced)
{
	bddStat now;
	uint64_t made;

	bdd_stats(&now);
	made = (uint64_t)now.produced - *produced;
	*produced = (uint64_t)now.produced;
	budget->steps -= made < budget->steps ? made : budget->steps;
	return budget->steps > 0;
}

/* Takes one member after another away from q, until nothing is left. */
static enum cover
take_away(const struct question *o, struct budget *budget, struct point *hole)
{
	uint64_t produced = 0;
	BDD rest = bdd_addref(diagram(o, o->q)), member;

	for (size_t i = 0; i < o->count && rest != bdd_false(); i++) {
		if (diagrams_failed || !spend_nodes(budget, &produced))
			return COVER_UNDECIDED;
		member = diagram(o, o->list[i]);
		rest = hold(rest, bdd_apply(rest, member, bddop_diff));
		bdd_delref(member);
	}
	/* Last, for a failure makes nothing out of what is something. */
	if (diagrams_failed)
		return COVER_UNDECIDED;
	if (rest == bdd_false())
		return COVER_YES;
	if (hole != NULL)
		point_of(o, rest, hole);
	return COVER_NO;
}

/* Starts the library; false when it has not the memory. */
static bool
begin(const struct question *o, const struct budget *budget)
{
	size_t nodes = budget->bytes / NODE_BYTES;
	const size_t most = nodes > NODES_MAX ? NODES_MAX : nodes;

	nodes = (o->count + 1) * NODES_A_MEMBER;
	if (nodes > NODES_FIRST)
		nodes = NODES_FIRST;
	if (nodes > most)
		nodes = most;
	if (most < NODES_MIN ||
	    bdd_init((int)nodes, (int)(nodes / NODES_A_CACHE)) < 0)
		return false;
	diagrams_failed = 0;
	bdd_error_hook(on_error); /* its own ends the process */
	bdd_gbc_hook(NULL);	  /* its own prints */
	bdd_setmaxnodenum((int)most);
	bdd_setmaxincrease((int)(most / 4));
	bdd_setcacheratio(NODES_A_CACHE);
	bdd_setvarnum(o->variables > 0 ? o->variables : 1);
	return true;
}

enum cover
cover_by_diagram(struct pool *p, const struct box *q,
    const struct box *const *list, size_t count, struct budget *budget,
    struct point *hole)
{
	const struct pool_mark mark = pool_mark(p);
	struct question o = { .pool = p, .q = q, .list = list, .count = count };
	enum cover result = COVER_UNDECIDED;
	bool fits = true;

	if (box_empty(q))
		return COVER_YES;
	for (size_t d = 0; d < DIM_COUNT && fits; d++)
		fits = make_axis(&o, (enum dimension)d);
	if (fits && begin(&o, budget)) {
		result = take_away(&o, budget, hole);
		bdd_done();
	}
	pool_release(p, mark);
	return result;
}
