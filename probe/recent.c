/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See recent.h. Slots are numbered for ever; number n stands in slot n modulo
 * the ring's size, so that a number tells whether its slot is still its own.
 */
#include "recent.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
recent_init(struct recent *r, uint32_t max)
{
	assert(max > 0 && (max & (max - 1)) == 0);
	r->hashes = mem_calloc(max, sizeof(*r->hashes));
	r->older = mem_calloc(max, sizeof(*r->older));
	r->newest = mem_calloc(max, sizeof(*r->newest));
	r->next = 1;
	r->max = max;
}

void
recent_fini(struct recent *r)
{
	free(r->hashes);
	free(r->older);
	free(r->newest);
}

void
recent_clear(struct recent *r)
{
	memset(r->newest, 0, r->max * sizeof(*r->newest));
	r->next = 1;
}

static uint32_t
slot_of(const struct recent *r, uint64_t number)
{
	return (uint32_t)(number & (r->max - 1));
}

static bool
is_held(const struct recent *r, uint64_t number)
{
	return number != 0 && r->next - number <= r->max;
}

uint32_t
recent_add(struct recent *r, uint64_t hash)
{
	const uint32_t slot = slot_of(r, r->next);
	uint64_t *newest = &r->newest[hash & (r->max - 1)];

	r->hashes[slot] = hash;
	r->older[slot] = *newest;
	*newest = r->next++;
	return slot;
}

uint32_t
recent_giving_way(const struct recent *r)
{
	return r->next > r->max ? slot_of(r, r->next) : RECENT_NONE;
}

uint32_t
recent_next(const struct recent *r, struct recent_look *look)
{
	while (look->left > 0 && is_held(r, look->number)) {
		const uint32_t slot = slot_of(r, look->number);

		look->number = r->older[slot];
		look->left--;
		if (r->hashes[slot] == look->hash)
			return slot;
	}
	return RECENT_NONE;
}

uint32_t
recent_first(const struct recent *r, uint64_t hash, struct recent_look *look)
{
	look->hash = hash;
	look->number = r->newest[hash & (r->max - 1)];
	look->left = RECENT_CHAIN_MAX;
	return recent_next(r, look);
}

int64_t
recent_apart(int64_t a, int64_t b)
{
	const uint64_t away = a > b ? (uint64_t)a - (uint64_t)b :
				      (uint64_t)b - (uint64_t)a;

	return away > INT64_MAX ? INT64_MAX : (int64_t)away;
}
