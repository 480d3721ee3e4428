/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pairs of hosts between which a control conversation (FTP) could not be read
 * whole: what opens between them may have been announced there, so that it is
 * not known to be undeclared. Bounded; a pair that another one displaces is
 * counted, and what opens between it is judged as if nothing was announced.
 */
#ifndef UNREAD_H
#define UNREAD_H

#include "base/addr.h"
#include "base/clock.h"

#define UNREAD_PAIRS_MAX 4096
/* A passive port is used at once; a client may take its time to list. */
#define UNREAD_US (2 * CLOCK_MINUTE)

struct unread;

/* secret keys the hash. About 250 kB. */
struct unread *unread_new(const uint8_t secret[16]);
void unread_free(struct unread *u);
/* A control between a and b, in either order, cannot be read at now, or
 * (is_unread false) can. place tells pairs apart that share addresses: a
 * boundary, and whether it is inside a tunnel. O(1). */
void unread_note(struct unread *u, uint32_t place, const struct addr *a,
    const struct addr *b, bool is_unread, struct wall_us now);
/* Whether that was so at most UNREAD_US before now. O(1); while nothing was noted, a
 * comparison. */
bool unread_is(const struct unread *u, uint32_t place, const struct addr *a,
    const struct addr *b, struct wall_us now);
/* The boundaries have other numbers: what is known is forgotten. */
void unread_forget(struct unread *u);
uint64_t unread_displaced(const struct unread *u);

#endif
