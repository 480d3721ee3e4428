/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TOP-12, translations that nobody declared and that are plainly seen: TCP
 * segments with the same payload, sequence and acknowledgement numbers and
 * the same server, from two clients at two places. Not a proxy or a relay
 * (its numbers are its own), not a tunnel (what it carries is told apart), not
 * one packet shown twice (its addresses are the same), and not a load
 * balancer (the server is another behind it). Firewalls that rewrite sequence
 * numbers are not plain, and are not told of.
 */
#ifndef NAT_PLAIN_H
#define NAT_PLAIN_H

#include "flow.h"
#include "track.h"

/* Segments with payload that both sides must have shown before it is said. */
#define NAT_PROOF 3
#define NAT_SEGMENTS_MAX 8192 /* remembered of the last moments */
#define NAT_PAIRS_MAX 4096    /* of an inside and an outside address */
/* Of a conversation's direction: the first so many packets are looked at. */
#define NAT_FIRST_PACKETS 64

struct nat_plain;

/* secret keys the hashes. About 4 MB, taken as it is used. */
struct nat_plain *nat_plain_new(const struct model *m,
    const uint8_t secret[16]);
void nat_plain_free(struct nat_plain *n);
void nat_plain_reload(struct nat_plain *n, const struct model *m);
/* A packet was tracked as part of f. Tells each pair of addresses once a day
 * of packet time. O(payload). */
void nat_plain_packet(struct nat_plain *n, const struct flow *f,
    const struct arrival *a, const struct tracked *t, const struct observer *o);
/* Segments of pairs that found no room, since the last call. */
uint64_t nat_plain_lost(struct nat_plain *n);

#endif
