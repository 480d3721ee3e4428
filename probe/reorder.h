/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TCP segments in the order in which they were sent, for those who read
 * payload. A span port, or two taps that are merged by time, may show a
 * segment before the one that it follows, or an answer before its question. A
 * segment that came too early is kept for a moment; what does not come by then
 * is taken to be lost. Judging does not wait: what a packet says about its
 * conversation is taken as it comes.
 */
#ifndef REORDER_H
#define REORDER_H

#include "flow.h"
#include "track.h"

#define REORDER_HOLD_US TRACK_REORDER_US
#define REORDER_SEGMENTS_MAX 1024 /* kept at once */
#define REORDER_FLOW_MAX 64	  /* of one conversation */
#define REORDER_BYTES_MAX 2048	  /* of a segment; a larger one is not kept */
/* An acknowledgement that is further ahead is of other numbers: a firewall
 * between two taps rewrites them. */
#define REORDER_NEAR_MAX (UINT32_C(1) << 20)

struct reorder;

/* What is done with each packet in its turn. t->gap says whether bytes before
 * it are missing; t->newest that it is the next. */
struct reorder_taker {
	void *context;
	void (*take)(void *context, struct flow *f, const struct arrival *a,
	    const struct tracked *t);
};

/* About 2.6 MB. */
struct reorder *reorder_new(const struct reorder_taker *taker);
void reorder_free(struct reorder *r);
/*
 * A packet of f that end `side` of its key sent, as tracked; t->feed is set.
 * listens: somebody wants its payload; else it is handed on at once. It is
 * handed on now, later, or after others that it lets go. now never runs
 * backwards. O(segments of f that are kept).
 */
void reorder_packet(struct reorder *r, struct flow *f, const struct arrival *a,
    const struct tracked *t, int side, bool listens, struct wall_us now);
/* Hands on what has waited for long enough; returns a conversation of which
 * something was handed on, or NULL when nothing is due. Call until NULL. */
struct flow *reorder_due(struct reorder *r, struct wall_us now);
/* Hands on all that is kept of f: it ends, or its model is replaced. */
void reorder_flush(struct reorder *r, struct flow *f);
struct rebase;
/* What is kept came by taps of the model that r leads away from. */
void reorder_reload(struct reorder *r, const struct rebase *to);
/* Segments that found no room and were handed on as they came. */
uint64_t reorder_refused(const struct reorder *r);

#endif
