/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting in little room over a window of time that slides: how many
 * different things there were (HyperLogLog, with the estimator of Ertl 2017,
 * arXiv:1702.01284), how many things there were at all, and whether a thing
 * was there before (a Bloom filter, Bloom 1970). A window is cut into
 * SKETCH_SLICES slices of equal length that the caller numbers; the oldest is
 * forgotten as a whole when a new one begins, so that a window covers between
 * three quarters of its length and all of it. Hashes come from the caller and
 * must be keyed: who can choose them can make any count come out.
 */
#ifndef SKETCH_H
#define SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SKETCH_SLICES 4
/* The standard error is 1.04 / sqrt(registers): 9 %; of few things, 8 %. */
#define SKETCH_REGISTERS 128

/* How many different things. Zero-initialise. */
struct sketch {
	int64_t newest; /* the number of its newest slice */
	uint8_t slices[SKETCH_SLICES][SKETCH_REGISTERS];
};

/* A thing with that hash was there in that slice. A slice that is older than
 * the window (time stepped back) is taken for the newest. True when the count
 * may have changed. O(1). */
bool sketch_add(struct sketch *s, int64_t slice, uint64_t hash);
/* How many different things there were in the window that ends with slice,
 * about. O(registers). */
uint32_t sketch_count(struct sketch *s, int64_t slice);

/* The same for a few dozen things at most (64 bits a slice, linear counting:
 * Whang and others 1990); more than 266 are told as 266. */
#define SKETCH_FEW_MOST 266
struct sketch_few {
	int64_t newest;
	uint64_t slices[SKETCH_SLICES];
};

bool sketch_few_add(struct sketch_few *s, int64_t slice, uint64_t hash);
uint32_t sketch_few_count(struct sketch_few *s, int64_t slice);

/* How many things at all; a slice's number stops at UINT32_MAX. */
struct sketch_sum {
	int64_t newest;
	uint32_t slices[SKETCH_SLICES];
};

void sketch_sum_add(struct sketch_sum *s, int64_t slice, uint64_t n);
uint64_t sketch_sum_count(struct sketch_sum *s, int64_t slice);

/*
 * Things that were there before: two generations of a blocked Bloom filter
 * (one cache line a thing). The younger takes what comes; when it is old or
 * full it becomes the elder, and the elder is forgotten. Of a thing that was
 * never there it says that it was in some 6 % of cases when both are full.
 */
struct sketch_memory {
	uint64_t *bits[2]; /* owned; [0] the younger */
	size_t lines;	   /* of each, a power of two */
	uint64_t added;	   /* to the younger */
	int64_t begun_us;  /* of the younger */
	int64_t keep_us;   /* how long it is the younger */
};

/* About bytes of memory in all; keep_us: a thing is remembered for at least
 * that long and at most twice that, less where it fills up sooner. */
void sketch_memory_init(struct sketch_memory *m, size_t bytes, int64_t keep_us);
void sketch_memory_fini(struct sketch_memory *m);
bool sketch_memory_has(const struct sketch_memory *m, uint64_t hash);
/* True when it was not there before. Clearing a generation is O(size). */
bool sketch_memory_add(struct sketch_memory *m, int64_t now_us, uint64_t hash);

#endif
