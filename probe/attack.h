/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Early signs of an attack, from conversations alone: scans (ATK-1), denial
 * of service (ATK-2), spreading between hosts (ATK-4), guessing of passwords
 * (ATK-6), and traffic of what was cut off (ATK-7). Counts of distinct peers
 * and ports are estimated in sketches of fixed size; sources and targets are
 * kept in bounded tables where the busiest stay.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "flow.h"
#include "track.h"

struct attacks;

/* secret keys tables and sketches. Some 25 MB, taken as it is needed. */
struct attacks *attack_new(const struct model *m, const uint8_t secret[16]);
void attack_free(struct attacks *t);
/* Counts go on; where the boundaries are others, they begin anew. */
void attack_reload(struct attacks *t, const struct model *m);
/* A packet of a conversation was tracked, as tr says; is_new: it opened it.
 * The outcome before it is before. Copies are not given. O(1). */
void attack_packet(struct attacks *t, const struct flow *f,
    const struct arrival *a, const struct tracked *tr, bool is_new,
    enum outcome before, const struct observer *o);
/* FLOW_SETTLE_US went by since it began. */
void attack_settled(struct attacks *t, const struct flow *f, struct wall_us now,
    const struct observer *o);
/* A conversation ended, settled or not. */
void attack_end(struct attacks *t, const struct flow *f, struct wall_us now,
    const struct observer *o);
/* Sources and targets that had to give way while they were being watched. */
uint64_t attack_refused(const struct attacks *t);

/* True when a was cut off (a containment of m) by then. */
bool attack_is_cut(const struct model *m, const struct addr *a,
    struct wall_us now);

#endif
