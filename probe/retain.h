/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets kept while a conversation may still be alerted of: its first 16 and
 * those that decided. One bounded pool for all; where it is full, the oldest
 * conversation that conforms so far gives way first, then the oldest, and what
 * is missing is counted. Keeps what evidence.h lets it keep: bytes after the
 * layer-4 header only by authority of both zones.
 */
#ifndef RETAIN_H
#define RETAIN_H

#include "flow.h"
#include "track.h"

#define RETAIN_BYTES_MAX (64u << 20) /* of the pool */
#define RETAIN_PARTS_MAX 1024	     /* fragments that wait: see retain_part */
#define RETAIN_BYTES_LEAST (16u << 10) /* a smaller one is made so large */

struct rebase;
struct retained;

/* Takes bytes of addresses at once; pages are used as packets are kept. m is
 * borrowed until retain_reload. */
struct retained *retain_new(const struct model *m, size_t bytes);
void retain_free(struct retained *k); /* NULL is fine */
/*
 * Another model: packets of taps that are gone are let go of, and so is payload
 * that no authority covers any more. Call after flows were moved; r says what
 * became of the taps. O(packets).
 */
void retain_reload(struct retained *k, const struct rebase *r);
/*
 * A packet of f was tracked, or an ICMP error about it. Copies are not kept. a
 * is borrowed until retain_done: the packet may turn out to have decided. O(1),
 * and a comparison beyond the first 16.
 */
void retain_packet(struct retained *k, struct flow *f, const struct arrival *a);
/* All is told that the last packet makes known. */
void retain_done(struct retained *k);
/*
 * v is the verdict of f now; is_open: its application may still come out as
 * another. What conforms for certain, or is out of scope, is let go of at once.
 * O(1).
 */
void retain_judged(struct retained *k, struct flow *f, const struct verdict *v,
    bool is_open);
/*
 * v is about to be told. Where it alerts, tells what is kept of f through o,
 * the packet at hand being the one that decided; does nothing where v alerts of
 * nothing, or nothing new is kept. What is kept of none any more is told once,
 * as a set without packets. Call before the observation is told.
 */
void retain_tell(struct retained *k, struct flow *f, const struct verdict *v,
    struct wall_us now, const struct observer *o);
/* f has been told of before: tells what came since, for alerts that wait. */
void retain_settle(struct retained *k, struct flow *f, struct wall_us now,
    const struct observer *o);
/* Who is told has forgotten: all is new again. */
void retain_again(struct retained *k);
/* f will not be alerted of, or ended. */
void retain_release(struct retained *k, struct flow *f);
/*
 * Cuts a frame as evidence is cut: fills *out, whose bytes point into the
 * frame. payload: only where an authority covers all that the frame may hold.
 * Of a datagram that was joined it is the fragment that completed it, after its
 * IP header. False where there are no bytes, or the model has none kept.
 */
bool retain_cut(const struct model *m, const struct arrival *a, bool payload,
    struct evidence_packet *out);
/*
 * A fragment came to be joined at that place (as fragment.h means it): its
 * headers are kept for as long as few others come, in case it is given up.
 */
void retain_part(struct retained *k, const struct arrival *a, uint64_t place);
/* Fragments like p at that place are given up: what is kept of the latest of
 * them becomes a->last_part, if there is something. Borrowed until the next
 * call of retain_part. */
void retain_given_up(const struct retained *k, const struct packet *p,
    uint64_t place, struct arrival *a);
/* Packets that gave way before they were told. */
uint64_t retain_lost(const struct retained *k);

#endif
