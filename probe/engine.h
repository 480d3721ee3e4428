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

struct region;

struct engine_options {
	uint32_t conversations_max; /* 0: the default, 200,000 */
	uint8_t secret[16];	    /* keys the hash tables */
	uint64_t flow_id_base;	    /* first flow_id */
	uint32_t flow_id_stride;    /* from one to the next; 0: 1 */
	bool is_live;	     /* taps are watched from the first frame or call of
		       * engine_time on, whether they show anything or not */
	uint32_t generation; /* of m, for the region */
	struct region *region;	 /* borrowed: conversations and counters are
				* kept there too and go on from there; NULL:
				* nowhere */
	int64_t silent_after_us; /* for taps that declare none; 0: no limit */
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
/* flow_ids begin with base, whatever the options said: for who knows it only
 * when the first frame is read. Call before that one and engine_inherit. */
void engine_ids(struct engine *e, uint64_t base);
/* One frame. Cost: O(1) expected. */
void engine_frame(struct engine *e, const struct frame *f);
/*
 * Live: time went on without a frame. Never ahead of a frame that may still
 * come. What is due by then is done. Call each second at least: live, a leap of
 * more than 10 s is a step of the clock and waits no time-out out, and one of
 * more than 2 s back likewise.
 */
void engine_time(struct engine *e, struct wall_us now);
/* Frames were lost on their way here (ring, interface): whose packets come
 * next may have begun before. Nobody's beginning is known for a while. */
void engine_missed(struct engine *e);
/*
 * The model is another one (m, which the engine does not own); taps as in
 * engine_new, of m, for the same sources (NULL: that source has no tap any
 * more: its frames are counted as tap-unknown). Every open conversation
 * goes on under m: its places are found again by id and address, and it is
 * judged anew with its next packet or by the next calls of engine_time; one
 * whose boundary is gone (or has no taps any more), or whose addresses are
 * translated otherwise, ends. What the observer is told before this returns is
 * of the old model, what it is told after is of m: let a channel's
 * generation follow this call. The old model is not looked at again.
 * Cost: O(open conversations).
 */
void engine_reload(struct engine *e, const struct model *m,
    const struct tap *const *taps, uint32_t generation);
/* Tells again of every open conversation that was told of, as an update: who
 * listened has forgotten. The first 2,048 now, the rest as time goes on (some
 * 30,000 a second). */
void engine_again(struct engine *e);
/* Tells the account now. */
void engine_account(struct engine *e);
/*
 * What an engine before left in the region is closed (region_close_all), and
 * its counters are gone on from: frames that it had read and not yet put
 * anywhere stand under the reason "engine-restarted" from now on. Call first,
 * where region is not new. now is packet time, as good as it is known. Returns
 * how many conversations were closed; those without a good record are counted
 * (conversations-lost), as are counters that cannot be (counters-lost).
 */
uint64_t engine_inherit(struct engine *e, struct wall_us now);
/* The end: every conversation is ended and the final account handed over. */
void engine_finish(struct engine *e);

#endif
