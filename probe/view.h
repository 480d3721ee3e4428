/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each tap shows (topology/tap_view.h), counted frame by frame: which
 * VLANs and prefixes there are, who sends, who passes on. For whoever sets a
 * tap up or drafts a model; nothing is judged by it and nothing alerts.
 *
 * All since the engine began: an engine that follows a dead one begins anew.
 */
#ifndef VIEW_H
#define VIEW_H

#include "flow.h"
#include "observation.h"
#include "rebase.h"
#include "track.h"

/* Of one tap; what finds no room is counted. About 1 MB a tap that shows
 * frames. */
#define VIEW_PREFIXES_MAX 2048
#define VIEW_MACS_MAX 2048
#define VIEW_PAIRS_MAX 4096 /* MACs, by the prefixes that they send from */
/* Ethernet without tags, with its check sequence (IEEE 802.3); each tag adds
 * 4 bytes. What is longer was glued together before it was captured (offload),
 * or is of a network with longer frames. */
#define VIEW_FRAME_MAX 1518

struct view;

/* secret keys the tables. */
struct view *view_new(const struct model *m, const uint8_t secret[16]);
void view_free(struct view *v);
/* Another model: what a tap showed goes on under the same id. */
void view_reload(struct view *v, const struct rebase *r);
/*
 * A frame as the tap shows it, whatever became of decoding: a->packet is as
 * far as that came. Copies of what the same tap had shown are only counted.
 * O(1): a look into a cache, and where that has it not, four table look-ups.
 */
void view_frame(struct view *v, const struct arrival *a);
/* f ended. O(sightings). */
void view_conversation(struct view *v, const struct flow *f);
/* Whether an hour of packet time (UTC) has ended since it was asked before. */
bool view_due(struct view *v, struct wall_us now);
/*
 * Tells what the tap shows. all: also where that is nothing, or little more
 * than was told before; else only where many more frames came since than there
 * are rows to tell, so that what is written stays far below what is read.
 * O(n log n) in what is kept.
 */
void view_tell(struct view *v, const struct tap *tap, struct wall_us now,
    bool all, const struct observer *o);

#endif
