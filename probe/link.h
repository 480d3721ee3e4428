/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The link layer of a watched segment: whose addresses and MACs appear in ARP,
 * ND and DHCP, who forwards, who advertises itself, what is of another zone.
 * LNK-1 to 5 and 7 to 10. Only where the tap stands on that segment; anywhere
 * else the check is not observable, and link_observable says so.
 */
#ifndef LINK_H
#define LINK_H

#include "decode.h"
#include "flow.h"
#include "track.h"

struct link_watch;

/* secret keys the tables. */
struct link_watch *link_new(const struct model *m, const uint8_t secret[16]);
void link_free(struct link_watch *l);
/* Another model: what was remembered stays, by address, MAC and zone id. The
 * old model must still be there. */
void link_reload(struct link_watch *l, const struct model *m);
/*
 * Bit n: LNK-n can be observed at this tap, on any segment that it watches.
 * LNK-4 needs declared routers there, LNK-3 these or DHCP servers, LNK-2
 * VLANs, LNK-9 a declared neighbour, root bridge or switch; LNK-6 is seen
 * anywhere (tunnel.h). O(1) but for LNK-9, which may look through the hosts.
 */
unsigned link_observable(const struct model *m, const struct tap *tap);
/*
 * A frame that is no copy, of any kind, also one that could not be decoded
 * (status); a->packet is as far as decoding came. Not what a tunnel carries.
 * O(1) expected, but for what is told.
 */
void link_frame(struct link_watch *l, const struct arrival *a,
    enum decode_status status, const struct observer *o);
/* Time went on; about once a second. */
void link_tick(struct link_watch *l, struct wall_us now,
    const struct observer *o);
/* The end: what waited for more frames is decided. */
void link_finish(struct link_watch *l, struct wall_us now,
    const struct observer *o);
/* What was remembered and gave way for want of room, since it was asked for
 * before: something of it may be told twice, or not be known. */
uint64_t link_forgotten(struct link_watch *l);

#endif
