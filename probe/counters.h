/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine's counters, and the tally made of them. Every frame that was
 * read is judged as part of a conversation or stands under one reason: read =
 * judged + the sum of the reasons holds whenever a tally is made.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "decode.h"
#include "fragment.h"
#include "observation.h"

/* Why a frame belongs to no conversation; those of fragments are counted by
 * fragment.c. */
enum unjudged_frame {
	FRAME_NOT_IP,
	FRAME_ARP,
	FRAME_TRUNCATED,
	FRAME_MALFORMED,
	FRAME_UNSUPPORTED,
	FRAME_TUNNEL, /* carries something in MPLS or PPPoE: not opened */
	FRAME_TAP_UNKNOWN,
	/* An engine had read them and died before it could say more. */
	FRAME_ENGINE_RESTARTED,
	FRAME_REASON_COUNT,
};

/* Everything else that is worth a name. */
enum counter {
	COUNTER_CONVERSATIONS,
	COUNTER_CONVERSATIONS_OPEN, /* now */
	COUNTER_ENDED_TCP,
	COUNTER_ENDED_TIMEOUT,
	COUNTER_ENDED_EVICTED,
	COUNTER_ENDED_REUSED,
	COUNTER_ENDED_SHUTDOWN,
	COUNTER_JUDGED_TIMES, /* calls of judge */
	COUNTER_ICMP_ERROR_MATCHED,
	COUNTER_ICMP_ERROR_UNMATCHED,
	COUNTER_CORRELATED,
	COUNTER_CLASSIFIER_REFUSED,
	COUNTER_SIGHTINGS_FULL,
	COUNTER_TARGETS_FULL,
	COUNTER_FRAMES_CUT,
	COUNTER_COPIES, /* frames that were there twice */
	COUNTER_TIME_BACKWARD,
	COUNTER_TIME_RESTARTED,
	COUNTER_FRAGMENTS,
	COUNTER_FRAGMENTS_JOINED,
	COUNTER_DATAGRAMS_JOINED,
	COUNTER_FRAGMENTS_UNJOINED, /* frames judged by addresses alone */
	COUNTER_UNREADABLE,	    /* likewise: no ports could be read */
	COUNTER_CARRIED,	    /* packets that tunnels carried */
	COUNTER_CARRIED_OTHER,	    /* of them, neither IP nor opened further */
	COUNTER_MIRRORED, /* frames that brought others from a mirror */
	COUNTER_COUNT,
};

/* What a run without mishap has none of: a row only where it is not zero. */
enum rare_counter {
	RARE_ENDED_ENGINE,	 /* conversations closed for a dead engine */
	RARE_CONVERSATIONS_LOST, /* it had more, of which no record was good */
	RARE_COUNTERS_LOST,	 /* times that it left counters that cannot be,
				  * and they began at zero again */
	RARE_TIME_LEAPT,	 /* live: steps of the clock ahead */
	RARE_EVIDENCE_LOST,   /* packets that gave way before they were told */
	RARE_TUNNELS_REFUSED, /* tunnels that found no room */
	RARE_DEVICES_REFUSED, /* devices that found no room */
	RARE_ATTACKS_REFUSED, /* attack.h: who had to give way */
	RARE_LINK_FORGOTTEN,  /* of the link layer, for want of room */
	RARE_COPIES_MISSED,   /* frames that left the window too early */
	RARE_NAT_FULL,	      /* pairs of addresses that found no room */
	RARE_NAMES_FORGOTTEN, /* resolve.h: look-ups that gave way */
	RARE_NAMES_UNREAD,    /* and answers that could not be read */
	RARE_COUNT,
};

#define COUNTERS_REASONS_MAX (FRAME_REASON_COUNT + 4)
#define COUNTERS_ROWS_MAX                                                     \
	(COUNTER_COUNT + RARE_COUNT + 2 * DECODE_STATUS_COUNT * LAYER_COUNT + \
	    TUNNEL_COUNT)
#define COUNTERS_NAME_MAX 32

/* Zero-initialise; owners count up directly. Without a pointer: it may lie in
 * memory that outlives a process. */
struct counters {
	uint64_t read, judged, bytes; /* frames, frames, bytes on the wire */
	uint64_t frames[FRAME_REASON_COUNT];
	uint64_t of[COUNTER_COUNT];
	uint64_t rare[RARE_COUNT];
	/* Where decoding ended when it did not succeed. */
	uint64_t layers[DECODE_STATUS_COUNT][LAYER_COUNT];
	/* The same of packets that tunnels carried, which are no frames. */
	uint64_t inner[DECODE_STATUS_COUNT][LAYER_COUNT];
	uint64_t tunnels[TUNNEL_COUNT]; /* frames that carry others */
};

/* Room for the rows of a tally. */
struct counters_rows {
	struct account_row reasons[COUNTERS_REASONS_MAX];
	struct account_row rows[COUNTERS_ROWS_MAX];
	char names[COUNTERS_ROWS_MAX][COUNTERS_NAME_MAX];
};

/*
 * Fills out's totals, reasons and counters from c and f; rows holds what out
 * points to and must outlive it. Rare counters and those of layers and tunnels
 * that are zero are left out, all others have a row always. Taps, now and final are the
 * caller's.
 */
void counters_tally(const struct counters *c, const struct fragment_counters *f,
    struct counters_rows *rows, struct tally *out);
/*
 * A dead engine's counters become those of the next: what it had read and put
 * nowhere stands under FRAME_ENGINE_RESTARTED from now on; what waited in f is
 * part of it (f->held becomes 0). The engine may have been taken over: counters
 * that cannot be (a sum above what was read, or a number that no machine lives
 * to reach) all begin at zero again, which RARE_COUNTERS_LOST counts. False
 * then.
 */
bool counters_inherit(struct counters *c, struct fragment_counters *f);
/* What a dead engine left of its conversations: closed of them were told. */
void counters_closed(struct counters *c, uint64_t closed, uint64_t refused);
/* sum += f. */
void counters_add_fragments(struct fragment_counters *sum,
    const struct fragment_counters *f);
/* Frames of the reasons that hide what was said: cut, malformed, of unknown
 * form, in a tunnel that is not opened, fragments without the rest, and what
 * a dead engine had in hand. */
uint64_t counters_unread(const struct account_row *reasons, size_t count);
/* The sum of a tally's reasons. */
uint64_t counters_unjudged(const struct tally *t);

#endif
