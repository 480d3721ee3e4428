/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random boxes over a few values of four dimensions, and every point that can
 * tell two of them apart: what sets of packets are held against in tests.
 */
#ifndef TESTS_BOXES_H
#define TESTS_BOXES_H

#include "packetset.h"

#define BOXES_DIMS 4
#define BOXES_VALUES 6 /* the last stands for itself up to the highest */
#define BOXES_POINTS (2 * 5 * BOXES_VALUES * BOXES_VALUES)

static const enum dimension boxes_dims[BOXES_DIMS] = { DIM_FAMILY, DIM_CT_STATE,
	DIM_SADDR, DIM_DPORT };

struct boxes_random {
	uint64_t state; /* never 0 */
};

/* xorshift64*, Marsaglia 2003 */
static inline uint32_t
boxes_next(struct boxes_random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)(r->state * 2685821657736338717u >> 32);
}

/* How many values of a dimension are told apart. */
static inline unsigned
boxes_values(enum dimension d)
{
	return d == DIM_FAMILY ? 2 : d == DIM_CT_STATE ? 5 : BOXES_VALUES;
}

static inline packet_value
boxes_value(enum dimension d, unsigned i)
{
	return d == DIM_FAMILY ? 4 + 2 * i : i;
}

static inline const struct spans *
boxes_spans(struct boxes_random *r, struct pool *p, enum dimension d,
    uint32_t mask)
{
	struct span items[BOXES_VALUES];
	const unsigned values = boxes_values(d);
	size_t count = 0;

	for (unsigned i = 0; i < values; i++)
		if (mask >> i & 1) {
			items[count].first = boxes_value(d, i);
			items[count].last = values == BOXES_VALUES &&
				i + 1 == values ?
			    dimension_most(d) :
			    boxes_value(d, i);
			count++;
		}
	for (size_t i = count; i > 1; i--) { /* in any order */
		const size_t k = boxes_next(r) % i;
		const struct span was = items[k];

		items[k] = items[i - 1];
		items[i - 1] = was;
	}
	return spans_make(p, items, count);
}

/* open: how many of 8 dimensions stay unbounded. Never empty. */
static inline struct box
boxes_make(struct boxes_random *r, struct pool *p, unsigned open)
{
	struct box b = { { NULL } };

	for (size_t k = 0; k < BOXES_DIMS; k++) {
		const enum dimension d = boxes_dims[k];
		const uint32_t all = (1u << boxes_values(d)) - 1;
		uint32_t mask = boxes_next(r) & all;

		if (boxes_next(r) % 8 < open)
			continue;
		if (mask == 0)
			mask = 1;
		b.dims[d] = boxes_spans(r, p, d, mask);
	}
	return b;
}

/* The i-th point, i < BOXES_POINTS. */
static inline struct point
boxes_point(unsigned i)
{
	struct point x = { { 0 } };

	for (size_t k = 0; k < BOXES_DIMS; k++) {
		const enum dimension d = boxes_dims[k];
		const unsigned v = i % boxes_values(d);

		i /= boxes_values(d);
		x.at[d] = boxes_value(d, v);
		if (v == BOXES_VALUES - 1)
			x.at[d] += i % 2 * 1000; /* anywhere in the last */
	}
	return x;
}

#endif
