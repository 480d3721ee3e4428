/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Boxes of packets: meet, difference and comparison, dimension by dimension.
 * Idea and bounds in packetset.h.
 */
#include "packetset.h"

/* Those first that most often tell two boxes apart. */
static const enum dimension dimension_order[DIM_COUNT] = {
	DIM_SADDR,
	DIM_DADDR,
	DIM_DPORT,
	DIM_IIF,
	DIM_OIF,
	DIM_PROTOCOL,
	DIM_FAMILY,
	DIM_SPORT,
	DIM_NEW_DADDR,
	DIM_NEW_DPORT,
	DIM_CT_STATE,
	DIM_ICMP_TYPE,
	DIM_TCP_FLAGS,
	DIM_ICMP_CODE,
	DIM_CT_DIRECTION,
};

static const struct spans all_families = { 2, { { 4, 4 }, { 6, 6 } } };
static const struct spans all_of_1 = { 1, { { 0, 1 } } };
static const struct spans all_states = { 1, { { 0, CT_STATES - 1 } } };
static const struct spans all_of_8 = { 1, { { 0, UINT8_MAX } } };
static const struct spans all_of_16 = { 1, { { 0, UINT16_MAX } } };
static const struct spans all_of_128 = { 1, { { 0, ~(packet_value)0 } } };

const struct spans *
dimension_all(enum dimension d)
{
	switch (d) {
	case DIM_FAMILY:
		return &all_families;
	case DIM_IIF:
	case DIM_OIF:
	case DIM_SADDR:
	case DIM_DADDR:
	case DIM_NEW_DADDR:
		return &all_of_128;
	case DIM_SPORT:
	case DIM_DPORT:
	case DIM_NEW_DPORT:
		return &all_of_16;
	case DIM_CT_STATE:
		return &all_states;
	case DIM_CT_DIRECTION:
		return &all_of_1;
	default:
		return &all_of_8;
	}
}

packet_value
dimension_most(enum dimension d)
{
	const struct spans *all = dimension_all(d);

	return all->items[all->count - 1].last;
}

void
box_clip(struct pool *p, struct box *b)
{
	static const struct spans four = { 1, { { 0, UINT32_MAX } } };
	const bool may_be_4 = spans_has(b->dims[DIM_FAMILY], 4);
	const bool may_be_6 = spans_has(b->dims[DIM_FAMILY], 6);
	const struct spans **dims = b->dims;

	if (may_be_4 && !may_be_6) {
		dims[DIM_SADDR] = spans_intersect(p, dims[DIM_SADDR], &four);
		dims[DIM_DADDR] = spans_intersect(p, dims[DIM_DADDR], &four);
		dims[DIM_NEW_DADDR] = spans_intersect(p, dims[DIM_NEW_DADDR],
		    &four);
	}
}

bool
box_disjoint(const struct box *a, const struct box *b)
{
	for (size_t i = 0; i < DIM_COUNT; i++) {
		const enum dimension d = dimension_order[i];
		const struct spans *x = a->dims[d], *y = b->dims[d];

		if (x != y && spans_disjoint(x, y))
			return true;
		if (x == y && x != NULL && x->count == 0)
			return true;
	}
	return false;
}

bool
box_intersect(struct pool *p, const struct box *a, const struct box *b,
    struct box *out)
{
	struct box both;

	if (box_disjoint(a, b))
		return false;
	for (size_t d = 0; d < DIM_COUNT; d++)
		both.dims[d] = spans_intersect(p, a->dims[d], b->dims[d]);
	*out = both;
	return true;
}

/* a holds all of b in one dimension. */
static bool
covers_in(const struct box *a, const struct box *b, enum dimension d)
{
	if (a->dims[d] == NULL || a->dims[d] == b->dims[d])
		return true;
	return spans_cover(a->dims[d],
	    b->dims[d] != NULL ? b->dims[d] : dimension_all(d), 0);
}

bool
box_empty(const struct box *b)
{
	for (size_t d = 0; d < DIM_COUNT; d++)
		if (b->dims[d] != NULL && b->dims[d]->count == 0)
			return true;
	return false;
}

bool
box_covers(const struct box *a, const struct box *b)
{
	for (size_t i = 0; i < DIM_COUNT; i++)
		if (!covers_in(a, b, dimension_order[i]))
			return box_empty(b);
	return true;
}

bool
box_has(const struct box *b, const struct point *x)
{
	for (size_t d = 0; d < DIM_COUNT; d++)
		if (!spans_has(b->dims[d], x->at[d]))
			return false;
	return true;
}

/* As spans_size, near enough. */
static double
size_of(const struct spans *s)
{
	double size = 0;

	for (size_t i = 0; i < s->count; i++)
		size += (double)(s->items[i].last - s->items[i].first) + 1.0;
	return size;
}

/* The part of dimension d of `of` that is in b. */
static double
share_in(const struct box *b, const struct box *of, enum dimension d)
{
	const struct spans *x = b->dims[d], *y = of->dims[d];
	double both = 0;
	size_t i = 0, j = 0;

	if (y == NULL)
		y = dimension_all(d);
	while (i < x->count && j < y->count) {
		const struct span *s = &x->items[i], *t = &y->items[j];
		const packet_value first = s->first > t->first ? s->first :
								 t->first;
		const packet_value last = s->last < t->last ? s->last : t->last;

		if (first <= last)
			both += (double)(last - first) + 1.0;
		if (s->last < t->last)
			i++;
		else
			j++;
	}
	return both / size_of(y);
}

double
box_share(const struct box *b, const struct box *of)
{
	double share = 1;

	for (size_t d = 0; d < DIM_COUNT; d++)
		if (b->dims[d] != NULL && b->dims[d] != of->dims[d])
			share *= share_in(b, of, (enum dimension)d);
	return share;
}

/*
 * The dimensions in which b cuts a, the most selective first: all pieces but
 * the first are then narrow, and meet few others.
 */
static size_t
cutting(const struct box *a, const struct box *b, enum dimension out[DIM_COUNT])
{
	double shares[DIM_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < DIM_COUNT; i++) {
		const enum dimension d = dimension_order[i];
		double share;
		size_t at;

		if (covers_in(b, a, d))
			continue;
		share = share_in(b, a, d);
		for (at = count; at > 0 && shares[at - 1] > share; at--) {
			shares[at] = shares[at - 1];
			out[at] = out[at - 1];
		}
		shares[at] = share;
		out[at] = d;
		count++;
	}
	return count;
}

size_t
box_subtract(struct pool *p, const struct box *a, const struct box *b,
    struct box out[DIM_COUNT])
{
	enum dimension order[DIM_COUNT];
	struct box rest = *a;
	size_t count;

	if (box_empty(a))
		return 0;
	if (box_disjoint(a, b)) {
		out[0] = *a;
		return 1;
	}
	count = cutting(a, b, order);
	for (size_t i = 0; i < count; i++) {
		const enum dimension d = order[i];
		const struct spans *from = rest.dims[d] != NULL ?
		    rest.dims[d] :
		    dimension_all(d);

		out[i] = rest;
		out[i].dims[d] = spans_subtract(p, from, b->dims[d], 0);
		rest.dims[d] = spans_intersect(p, from, b->dims[d]);
	}
	return count;
}
