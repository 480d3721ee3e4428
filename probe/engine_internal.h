/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the engine share: its state, and the few steps that
 * frames (engine.c), time (engine_time.c) and another model (engine_reload.c)
 * have in common. Nobody else includes this.
 */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "announce.h"
#include "counters.h"
#include "coverage.h"
#include "engine.h"
#include "flow.h"
#include "fragment.h"
#include "identify.h"
#include "owner.h"
#include "region.h"
#include "silence.h"
#include "timeline.h"
#include "track.h"

/* A look at every open conversation, a few at a time. */
struct engine_walk {
	bool active;
	uint32_t at;	 /* cursor of flow_next */
	int64_t idle_us; /* idle time of the last step */
};

/* Counts of engines before this one, which what this one's parts count is
 * added to. */
struct engine_base {
	uint64_t of[COUNTER_COUNT], leaps;
	struct fragment_counters fragments;
};

struct engine {
	const struct model *model;
	const struct observer *observer;
	const struct tap **taps; /* owned array, by source; NULL: the model has
				  * none for it any more */
	uint32_t *places;	 /* owned, by source: the first of that tap */
	size_t tap_count;
	bool *watching;	     /* owned, by tap index: it delivers frames */
	int64_t *watched_us; /* owned, by tap index: since when, or */
#define ENGINE_UNWATCHED (-1)
	struct flow_table *flows; /* owned, as are the next three */
	struct fragment_table *fragments;
	struct identifier *identifier;
	struct silence *silence;
	struct owner_table owners;
	struct coverage coverage;
	uint8_t secret[16];

	struct counters own;	   /* or in the region: */
	struct counters *counters; /* where they are counted */
	struct engine_base base;
	struct counters_rows rows;
	struct region *region; /* borrowed, or NULL */
	uint32_t generation, reloads;

	struct announcer announcer;
	struct timeline time;
	int64_t ticked_us, tallied_us; /* idle time of the last one */
	int64_t covered_us;	       /* likewise, of a look at coverage */
	int64_t forgot_us; /* idle time when something was last forgotten */
	struct engine_walk look;  /* at what a new model says */
	struct engine_walk again; /* for who has forgotten */
	uint64_t first_id, next_id;
	uint32_t stride;
	bool is_live, begun, finished;
	bool unwatched; /* a tap's time of watching has yet to begin */
};

/* Every conversation leaves through here, and is told of once more. */
void engine_end_flow(struct engine *e, struct flow *f, enum ending ending);
/* The zones of f's ends under e's model. */
void engine_place_flow(const struct engine *e, struct flow *f);
/* Tells the account as it stands. */
void engine_tell_tally(struct engine *e, bool final);
/* Takes the time of a frame that was not counted yet, and does what is due. */
void engine_take_time(struct engine *e, struct wall_us time);
/* The taps of e->taps, each once, in a new array; the caller frees it. */
const struct tap **engine_distinct_taps(const struct engine *e, size_t *count);
/* Walks over all conversations from now on. */
void engine_begin_walk(const struct engine *e, struct engine_walk *w);
/* Which sources are of one tap. */
void engine_find_places(struct engine *e);
/* The id after e->next_id, and where the next engine finds it. */
void engine_step_id(struct engine *e);

#endif
