/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of the traffic each tap really showed, and the findings when that
 * is too little: COV-1 lost, COV-2 one-way, COV-8 cut, COV-9 no tap, COV-10
 * misplaced. Counts a source (one file of a tap) apart; findings are of taps.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "capture.h"
#include "flow.h"
#include "observation.h"

/* Below these, a share says nothing. */
#define COVERAGE_PAYLOAD_LEAST 100000 /* bytes, COV-1 */
#define COVERAGE_LOST_GRAVE 0.05      /* of them: H */
#define COVERAGE_TCP_LEAST 20	      /* conversations, COV-2 */
#define COVERAGE_ONE_WAY_SHARE 0.5
#define COVERAGE_CUT_LEAST 20 /* frames, COV-8 */
#define COVERAGE_CUT_SHARE 0.01
#define COVERAGE_PLACED_LEAST 50 /* frames, COV-10 */
#define COVERAGE_PLACED_SHARE 0.5

/* What COV-10 counts: things seen, and those that do not belong here. */
struct coverage_placed {
	uint64_t seen, strange;
	struct addr address; /* a strange one, or */
	uint16_t vlan;
};

struct coverage_source {
	struct tap_account account;
	struct wall_us previous; /* time of the frame before */
	struct coverage_placed ends, tags;
};

struct coverage {
	const struct model *model;
	struct coverage_source *sources; /* owned */
	struct tap_account *accounts;	 /* owned: as last handed out */
	size_t count;
};

/* taps[i] and files[i] (or NULL) are of source i; both borrowed. */
void coverage_init(struct coverage *c, const struct model *m,
    const struct tap *const *taps, const char *const *files, size_t count);
void coverage_fini(struct coverage *c);

/* A frame of a known source. True when its time steps back within it. */
bool coverage_frame(struct coverage *c, const struct frame *f);
/* The VLAN tags of a frame of that source. O(log VLANs). */
void coverage_tags(struct coverage *c, uint32_t source, const uint16_t *tags,
    size_t count);
/* A packet of f from that source, in the direction way; fresh TCP payload
 * bytes that it was the first to show. */
void coverage_packet(struct coverage *c, uint32_t source, const struct flow *f,
    int way, const struct packet *p, uint32_t fresh);
/* f ended (track_end has run). */
void coverage_conversation(struct coverage *c, const struct flow *f);

/* COV-9, before the first frame; now may be 0: there is no packet yet. */
void coverage_begin(const struct coverage *c, const struct observer *o,
    struct wall_us now);
/* COV-1, 2, 8 and 10, after the last one. */
void coverage_end(const struct coverage *c, const struct observer *o,
    struct wall_us now);
/* The accounts as they stand; valid until the next call. */
const struct tap_account *coverage_accounts(struct coverage *c);

#endif
