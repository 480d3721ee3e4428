/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the engine share: its state, and the few steps that
 * frames (engine.c), time (engine_time.c) and another model (engine_reload.c)
 * have in common. Nobody else includes this.
 */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include "announce.h"
#include "attack.h"
#include "counters.h"
#include "coverage.h"
#include "duplicate.h"
#include "engine.h"
#include "flow.h"
#include "fragment.h"
#include "identify.h"
#include "inventory.h"
#include "link.h"
#include "nat.h"
#include "owner.h"
#include "region.h"
#include "reorder.h"
#include "resolve.h"
#include "retain.h"
#include "silence.h"
#include "timeline.h"
#include "track.h"
#include "tunnel.h"
#include "view.h"

/* A look at every open conversation, a few at a time. */
struct engine_walk {
	bool active;
	uint32_t at;	 /* cursor of flow_next */
	int64_t idle_us; /* idle time of the last step */
};

/* Counts of engines before this one, which what this one's parts count is
 * added to. */
struct engine_base {
	uint64_t of[COUNTER_COUNT], leaps, evidence_lost, tunnels_refused,
	    devices_refused, attacks_refused, names_forgotten, names_unread;
	struct fragment_counters fragments;
};

/* When a tap last showed a conversation in both directions, and one, that had
 * both, in one direction: idle time, or ENGINE_UNWATCHED. */
struct engine_ways {
	int64_t both_us, lone_us;
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
	struct engine_ways *ways; /* owned, by tap index */
	struct flow_table *flows; /* owned, as are the next four */
	struct fragment_table *fragments;
	struct fragment_table *carried_fragments; /* that tunnels carried: of
						   * no frame of their own */
	struct identifier *identifier;
	struct silence *silence;
	struct reorder *reorder;       /* owned */
	struct engine_errors *errors;  /* owned */
	struct duplicates *duplicates; /* owned, as are the next six */
	struct nat *nat;
	struct tunnels *tunnels;
	struct link_watch *link;
	struct inventory *inventory;
	struct attacks *attacks;
	struct retained *retained;
	struct resolver *resolver;
	struct view *view;
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

/* Takes fragments that stay without the rest; context is the engine. */
void engine_lost_fragments(void *context, const struct fragment_lost *lost);
/* Gives up fragments that have waited for too long, or at the end all. */
void engine_expire_fragments(struct engine *e, bool end);
/* A packet that has a conversation, or gets one. */
void engine_take_packet(struct engine *e, struct arrival *a);
/* Every conversation leaves through here, and is told of once more. */
void engine_end_flow(struct engine *e, struct flow *f, enum ending ending);
/* Nothing is known of what count taps show; the caller frees it. */
struct engine_ways *engine_ways_new(size_t count);
/* The tap showed both directions of a conversation. */
void engine_ways_both(struct engine *e, const struct tap *tap);
/* f has settled: its taps may have shown one direction of it alone. */
void engine_ways_settled(struct engine *e, const struct flow *f);
/* Whether p, the first of its conversation on the tap, may be the answer to
 * something that the tap never shows. */
bool engine_ways_may_answer(const struct engine *e, const struct tap *tap,
    const struct packet *p);
/* Whether f is not told of yet, since the next datagram may leave in doubt who
 * began it: only for so long as INITIATOR_OVERTAKE_US, or until it settles. */
bool engine_ways_wait(const struct flow *f);
/* The zones of f's ends under e's model. */
void engine_place_flow(const struct engine *e, struct flow *f);
/* ICMP errors that wait for what they quote (engine_error.c). The third is
 * false where it cannot wait, or has. */
struct engine_errors *engine_errors_new(void);
void engine_errors_free(struct engine_errors *errors);
bool engine_error_wait(struct engine *e, const struct arrival *a);
/* Takes those that have waited since TRACK_REORDER_US before `until`. */
void engine_error_due(struct engine *e, struct wall_us until);
/* They go on under the model that r leads to. */
void engine_error_reload(struct engine *e, const struct rebase *r);
/* Reads payload that has waited for what comes before it since REORDER_HOLD_US
 * before `until`. */
void engine_take_turns(struct engine *e, struct wall_us until);
/* Tells the account as it stands. */
void engine_tell_tally(struct engine *e, bool final);
/* Tells what each tap shows; all: also taps of which there is nothing new. */
void engine_tell_views(struct engine *e, bool all);
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
