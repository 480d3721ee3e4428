/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See sketch.h. The registers of a window are the greatest of those of its
 * slices, so that what was there in several of them counts once. Ertl's
 * estimator needs no correction for small counts and no table of biases.
 */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define INDEX_BITS 7		    /* 2^7 registers */
#define RANK_BITS (64 - INDEX_BITS) /* of a hash that make its rank */
#define RANK_MOST (RANK_BITS + 1)   /* all of them are zero */
#define LINE_WORDS 8		    /* of a cache line */
#define LINE_BITS 4		    /* that a thing sets in its line */
#define THINGS_PER_LINE 64	    /* then 39 % of the bits are set */

_Static_assert(SKETCH_REGISTERS == 1 << INDEX_BITS, "");

/* ---- windows */

/*
 * Where slice is kept in a window whose newest is *newest, which moves on;
 * *gone are the places (bits) that must be emptied first.
 */
static unsigned
slide(int64_t *newest, int64_t slice, unsigned *gone)
{
	*gone = 0;
	if (slice <= *newest - SKETCH_SLICES)
		slice = *newest;
	if (slice >= *newest + SKETCH_SLICES) {
		*gone = (1u << SKETCH_SLICES) - 1;
		*newest = slice;
	}
	while (*newest < slice) {
		++*newest;
		*gone |= 1u << ((uint64_t)*newest % SKETCH_SLICES);
	}
	return (uint64_t)slice % SKETCH_SLICES;
}

static unsigned
slide_sketch(struct sketch *s, int64_t slice)
{
	unsigned gone;
	const unsigned at = slide(&s->newest, slice, &gone);

	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		if (gone & 1u << i)
			memset(s->slices[i], 0, sizeof(s->slices[i]));
	return at;
}

bool
sketch_add(struct sketch *s, int64_t slice, uint64_t hash)
{
	const unsigned at = slide_sketch(s, slice);
	const uint64_t rest = hash >> INDEX_BITS;
	const uint8_t rank = rest ?
	    (uint8_t)(RANK_BITS - (63 - __builtin_clzll(rest))) :
	    RANK_MOST;
	uint8_t *r = &s->slices[at][hash % SKETCH_REGISTERS];

	if (*r >= rank)
		return false;
	*r = rank;
	return true;
}

/* ---- Ertl's functions: what is to be added for registers at either end */

static double
sigma(double x)
{
	double y = 1, z = x, before;

	if (x >= 1)
		return INFINITY;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

static double
tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x <= 0 || x >= 1)
		return 0;
	do {
		x = sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z < before);
	return z / 3;
}

uint32_t
sketch_count(struct sketch *s, int64_t slice)
{
	const double m = SKETCH_REGISTERS;
	uint8_t most[SKETCH_REGISTERS] = { 0 };
	unsigned of[RANK_MOST + 1] = { 0 };
	double z, count;

	(void)slide_sketch(s, slice);
	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		for (unsigned j = 0; j < SKETCH_REGISTERS; j++)
			if (s->slices[i][j] > most[j])
				most[j] = s->slices[i][j];
	for (unsigned j = 0; j < SKETCH_REGISTERS; j++)
		of[most[j]]++;
	z = m * tau(1 - of[RANK_MOST] / m);
	for (unsigned k = RANK_BITS; k >= 1; k--)
		z = 0.5 * (z + of[k]);
	z += m * sigma(of[0] / m);
	count = m * m / (2 * M_LN2 * z) + 0.5;
	return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* ---- few things, and sums */

static unsigned
slide_few(struct sketch_few *s, int64_t slice)
{
	unsigned gone;
	const unsigned at = slide(&s->newest, slice, &gone);

	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		if (gone & 1u << i)
			s->slices[i] = 0;
	return at;
}

bool
sketch_few_add(struct sketch_few *s, int64_t slice, uint64_t hash)
{
	const unsigned at = slide_few(s, slice);
	const uint64_t bit = UINT64_C(1) << (hash % 64);

	if (s->slices[at] & bit)
		return false;
	s->slices[at] |= bit;
	return true;
}

uint32_t
sketch_few_count(struct sketch_few *s, int64_t slice)
{
	uint64_t all = 0;
	int empty;

	(void)slide_few(s, slice);
	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		all |= s->slices[i];
	empty = 64 - __builtin_popcountll(all);
	if (empty == 0)
		return SKETCH_FEW_MOST;
	return (uint32_t)(64 * log(64.0 / empty) + 0.5);
}

static unsigned
slide_sum(struct sketch_sum *s, int64_t slice)
{
	unsigned gone;
	const unsigned at = slide(&s->newest, slice, &gone);

	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		if (gone & 1u << i)
			s->slices[i] = 0;
	return at;
}

void
sketch_sum_add(struct sketch_sum *s, int64_t slice, uint64_t n)
{
	uint32_t *at = &s->slices[slide_sum(s, slice)];

	*at = n < UINT32_MAX - *at ? *at + (uint32_t)n : UINT32_MAX;
}

uint64_t
sketch_sum_count(struct sketch_sum *s, int64_t slice)
{
	uint64_t all = 0;

	(void)slide_sum(s, slice);
	for (unsigned i = 0; i < SKETCH_SLICES; i++)
		all += s->slices[i];
	return all;
}

/* ---- what was there before */

void
sketch_memory_init(struct sketch_memory *m, size_t bytes, int64_t keep_us)
{
	memset(m, 0, sizeof(*m));
	m->lines = 1;
	while (m->lines * 2 * LINE_WORDS * sizeof(uint64_t) <= bytes / 2)
		m->lines *= 2;
	m->keep_us = keep_us;
	m->begun_us = INT64_MIN;
	for (int i = 0; i < 2; i++)
		m->bits[i] = mem_calloc(m->lines * LINE_WORDS,
		    sizeof(uint64_t));
}

void
sketch_memory_fini(struct sketch_memory *m)
{
	free(m->bits[0]);
	free(m->bits[1]);
	memset(m, 0, sizeof(*m));
}

/* Bit i of those that a thing sets in its line. */
static unsigned
bit_of(uint64_t hash, unsigned i)
{
	return (unsigned)(hash >> (28 + 9 * i)) % (LINE_WORDS * 64);
}

static uint64_t *
line_of(const struct sketch_memory *m, int generation, uint64_t hash)
{
	return m->bits[generation] + (hash & (m->lines - 1)) * LINE_WORDS;
}

static bool
is_in(const struct sketch_memory *m, int generation, uint64_t hash)
{
	const uint64_t *line = line_of(m, generation, hash);
	bool all = true;

	for (unsigned i = 0; i < LINE_BITS; i++) {
		const unsigned bit = bit_of(hash, i);

		all = all && line[bit / 64] & UINT64_C(1) << bit % 64;
	}
	return all;
}

bool
sketch_memory_has(const struct sketch_memory *m, uint64_t hash)
{
	return is_in(m, 0, hash) || is_in(m, 1, hash);
}

static void
age(struct sketch_memory *m, int64_t now_us)
{
	uint64_t *elder = m->bits[1];

	if (m->begun_us == INT64_MIN)
		m->begun_us = now_us;
	if (now_us - m->begun_us < m->keep_us &&
	    m->added < m->lines * THINGS_PER_LINE)
		return;
	m->bits[1] = m->bits[0];
	m->bits[0] = elder;
	memset(elder, 0, m->lines * LINE_WORDS * sizeof(uint64_t));
	m->added = 0;
	m->begun_us = now_us;
}

bool
sketch_memory_add(struct sketch_memory *m, int64_t now_us, uint64_t hash)
{
	bool fresh;
	uint64_t *line;

	age(m, now_us);
	if (is_in(m, 0, hash))
		return false;
	fresh = !is_in(m, 1, hash);
	line = line_of(m, 0, hash);
	for (unsigned i = 0; i < LINE_BITS; i++) {
		const unsigned bit = bit_of(hash, i);

		line[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	m->added++;
	return fresh;
}
