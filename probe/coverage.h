/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much of the traffic each tap really showed: counted here, told by the
 * minute (coverage_minute.c), and the findings when that is too little
 * (coverage_tell.c): COV-1 lost, COV-2 one-way, COV-4 doubled, COV-8 cut, COV-9
 * no tap, COV-10 misplaced. Counts a source (one file of a tap) apart; what is
 * told is of taps.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "capture.h"
#include "flow.h"
#include "observation.h"
#include "rebase.h"
#include "region.h"

/* Below these, a share says nothing. */
#define COVERAGE_PAYLOAD_LEAST 100000 /* bytes, COV-1 */
#define COVERAGE_LOST_GRAVE 0.05      /* of them: H */
#define COVERAGE_TCP_LEAST 20	      /* conversations, COV-2 */
#define COVERAGE_ONE_WAY_SHARE 0.5
#define COVERAGE_COPIES_LEAST 1000 /* frames, COV-4 */
#define COVERAGE_COPIES_SHARE 0.1
#define COVERAGE_CUT_LEAST 20 /* frames, COV-8 */
#define COVERAGE_CUT_SHARE 0.01
#define COVERAGE_PLACED_LEAST 50 /* frames, COV-10 */
#define COVERAGE_PLACED_SHARE 0.5
/* Live there is no end at which to look back: each hour is looked at. */
#define COVERAGE_WINDOW_US CLOCK_HOUR
/* So long late data may come after what acknowledges them, at least. */
#define COVERAGE_SWEEP_US FLOW_SETTLE_US
/* More minutes than that in which nothing came are told as one. */
#define COVERAGE_EMPTY_MAX 10
#define COVERAGE_DIRECTIONS_MAX 4

/* Ends the detail of a COV-2 where it is so: openings and data are seen, and
 * hardly ever the answer to an opening. */
#define COVERAGE_TOLD_NO_SYN_ACK "; SYN-ACK"
/* The detail of a COV-1 that counts frames and not bytes: dropped by ring or
 * NIC. */
#define COVERAGE_TOLD_FRAMES "frames"

/* What COV-10 counts: things seen, and those that do not belong here. */
struct coverage_placed {
	uint64_t seen, strange;
	struct addr address; /* a strange one, or */
	uint16_t vlan;
};

/* What of one-way conversations is not seen: from whom to whom. */
struct coverage_direction {
	const struct zone *from, *to;
	uint64_t count;
};

struct coverage_source {
	const struct tap *tap; /* NULL: the model has none for it any more */
	const char *file;
	struct region_account *account;
	struct region_account *hour;   /* as of the last coverage_tell */
	struct region_account *minute; /* as of the last minute told */
	struct wall_us previous;       /* time of the frame before */
	bool begun;		       /* there was one in this process */
	/* Since the last coverage_tell: */
	struct coverage_placed ends, tags;
	struct coverage_direction directions[COVERAGE_DIRECTIONS_MAX];
};

struct coverage {
	const struct model *model;
	struct coverage_source *sources; /* owned */
	struct tap_account *accounts;	 /* owned: as last handed out */
	struct region_account *own;	 /* owned, or NULL */
	struct region_account *own_told; /* owned: both of each source */
	struct region_told own_time;	 /* only its times */
	struct region_told *told;    /* whose times count: its own, or kept */
	struct region_source *drops; /* the kernel's counts, or NULL */
	bool *dark_told;	     /* owned, by boundary index: COV-9 */
	size_t count;
};

/*
 * taps[i] and files[i] (or NULL) are of source i; both borrowed. accounts[i] is
 * where the numbers of source i are kept, borrowed, and gone on from; NULL: here.
 */
void coverage_init(struct coverage *c, const struct model *m,
    const struct tap *const *taps, const char *const *files, size_t count,
    struct region_account *accounts);
/* What was told of them is kept in told, and what the kernel dropped is read
 * from sources; both borrowed and of as many sources as accounts. Without it:
 * here, and nothing is known of drops. */
void coverage_keep(struct coverage *c, struct region_told *told,
    struct region_source *sources);
void coverage_fini(struct coverage *c);

/* A frame of a known source. True when its time steps back within it. */
bool coverage_frame(struct coverage *c, const struct frame *f);
/* Whether the frame of that source was a copy (duplicate.h): COV-4. */
void coverage_copy(struct coverage *c, uint32_t source, bool is_copy);
/* The frame of that source could not be decoded. */
void coverage_undecodable(struct coverage *c, uint32_t source);
/* The VLAN tags of a frame of that source. O(log VLANs). */
void coverage_tags(struct coverage *c, uint32_t source, const uint16_t *tags,
    size_t count);
/* A packet of f from that source, in the direction way; fresh TCP payload
 * bytes that it was the first to show. */
void coverage_packet(struct coverage *c, uint32_t source, struct flow *f,
    int way, const struct packet *p, uint32_t fresh);
/* f ended (track_end and identify_end have run). */
void coverage_conversation(struct coverage *c, struct flow *f);

/* COV-9, before the first frame, and again after a reload; each boundary once.
 * now may be 0: there is no packet yet. */
void coverage_begin(struct coverage *c, const struct observer *o,
    struct wall_us now);
/* It was told by the engine before. */
void coverage_begun(struct coverage *c);
/* COV-1, 2, 4, 8 and 10 of what was seen since the last call: after the last
 * frame, and live each COVERAGE_WINDOW_US. */
void coverage_tell(struct coverage *c, const struct observer *o,
    struct wall_us now);
/*
 * Packet time is now, before what came by then is counted. Each minute that
 * has passed is told, for each tap. A long time without any is told as one.
 * O(1) but once a minute.
 */
void coverage_time(struct coverage *c, const struct observer *o,
    struct wall_us now);
/* Tells what there is of the minute at hand; the next begins now. */
void coverage_close(struct coverage *c, const struct observer *o,
    struct wall_us now);
/* The accounts as they stand; valid until the next call. */
const struct tap_account *coverage_accounts(struct coverage *c, size_t *count);
/* Accounts that an engine before left, and what it had told of them: false when
 * they cannot be; all are zero then. */
bool coverage_inherit(struct coverage *c);
/* The sources have taps of r->to now; the account of one whose tap is another
 * begins at zero. */
void coverage_reload(struct coverage *c, const struct rebase *r,
    const struct tap *const *taps);
/* Whether coverage_reload would begin any account at zero. */
bool coverage_would_reset(const struct coverage *c,
    const struct tap *const *taps);
/* Reads what the kernel dropped. */
void coverage_read_drops(struct coverage *c);

#endif
