/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine: frames in, judged conversations and exact accounts out. Joins
 * capture's frames, decode, fragments, the flow table, classification,
 * correlation and judging; writes nothing and opens nothing.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "capture.h"
#include "observation.h"

struct engine;

struct engine_options {
	uint32_t conversations_max; /* 0: the default, 200,000 */
	uint8_t secret[16];	    /* keys the hash tables */
	uint64_t flow_id_base;	    /* first flow_id */
};

/*
 * taps[i] is the tap that source i watches; all must be of the model. NULL
 * with a sentence in error when the classifier cannot start.
 */
struct engine *engine_new(const struct model *m, const struct tap *const *taps,
    const char *const *files, size_t tap_count,
    const struct engine_options *options, const struct observer *observer,
    char *error, size_t size);
void engine_free(struct engine *e);
/* One frame. Cost: O(1) expected. */
void engine_frame(struct engine *e, const struct frame *f);
/* The end: every conversation is ended and the final account handed over. */
void engine_finish(struct engine *e);

#endif
