/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What came in the last moments, found by a hash. A ring of slots in which the
 * oldest gives way to the newest; what a slot stands for its owner keeps in an
 * array of its own, and with it the time, for nothing here knows any. Chains
 * end by themselves where a slot was used again: nothing is ever unlinked.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stdint.h>

#define RECENT_NONE UINT32_MAX
/* Slots looked at for one hash, newest first: more of one kind are a flood. */
#define RECENT_CHAIN_MAX 64

struct recent {
	uint64_t *hashes, *older; /* owned, by slot */
	uint64_t *newest;	  /* owned, by bucket: a number, 0: none */
	uint64_t next;		  /* number of the next one, from 1 */
	uint32_t max;		  /* slots, and buckets: a power of two */
};

/* A look at the slots of one hash. */
struct recent_look {
	uint64_t hash, number;
	uint32_t left;
};

/* max is a power of two; 24 bytes a slot are taken, zeroed. */
void recent_init(struct recent *r, uint32_t max);
void recent_fini(struct recent *r);
void recent_clear(struct recent *r);
/* The slot for a new one: what stood in it is gone. hash must be keyed. O(1). */
uint32_t recent_add(struct recent *r, uint64_t hash);
/* The slot that recent_add will give next, RECENT_NONE while it is unused. */
uint32_t recent_giving_way(const struct recent *r);
/* The newest slot of that hash, then the next older; RECENT_NONE: no more. */
uint32_t recent_first(const struct recent *r, uint64_t hash,
    struct recent_look *look);
uint32_t recent_next(const struct recent *r, struct recent_look *look);
/* How far apart two times are, whichever is the later and whatever a file says
 * that they are: at most INT64_MAX. */
int64_t recent_apart(int64_t a, int64_t b);

#endif
