/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames that a span port shows more than once. A frame is a copy only when
 * segment, MACs, TTL and bytes agree with one a few milliseconds before, at
 * any tap of the boundary; tags that map to no segment are left out of the
 * comparison. The other side of a firewall differs in MACs or TTL and is a
 * sighting, never a copy. Packets that a host may well send twice alike (no
 * IP identification, no sequence number that moves) are copies only where the
 * port was seen to double others just before, and only as often as it does.
 */
#ifndef DUPLICATE_H
#define DUPLICATE_H

#include "capture.h"
#include "model.h"
#include "packet.h"

#define DUPLICATE_WINDOW_US 5000   /* a switch delays its mirror by less */
#define DUPLICATE_FRAMES_MAX 65536 /* within the window; older ones go */
/* What was learnt of a port is forgotten when it showed nothing to learn from
 * for so long. */
#define DUPLICATE_LEARNT_US (10 * CLOCK_SECOND)

/* What a frame is to those before it. */
enum duplicate {
	DUPLICATE_NONE,	 /* no copy: false */
	DUPLICATE_AWAY,	 /* another tap of the segment showed it before */
	DUPLICATE_AGAIN, /* this tap did */
};

struct duplicates;

/* secret keys the hash. About 4 MB. */
struct duplicates *duplicate_new(const struct model *m,
    const uint8_t secret[16]);
void duplicate_free(struct duplicates *d);
/* Another model, while the one before is still there: what goes by the same
 * names goes on, window and all. O(taps squared). */
void duplicate_reload(struct duplicates *d, const struct model *m);
/*
 * Whether the frame is a copy, and of what. segment is as locate_segment says
 * it, vlan the tag that maps to it, or 0. p is what the frame, or the packet
 * carried in it that is asked about, was decoded to, as far as that went. Time
 * never matters but by differences, and may step back. O(captured bytes) for
 * the hash.
 */
enum duplicate duplicate_frame(struct duplicates *d, const struct tap *tap,
    const struct zone *segment, uint16_t vlan, const struct frame *f,
    const struct packet *p);
/* Frames that left the window too early since the last call, for there were too
 * many: their copies may be missed. */
uint64_t duplicate_overrun(struct duplicates *d);

#endif
