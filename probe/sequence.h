/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sequence space of one direction of a TCP connection (RFC 9293 3.4): how
 * many distinct bytes were seen, and how many the other side acknowledged
 * that were not. No bytes are kept. 32-bit numbers are widened, so a wrap is
 * nothing special; a jump of over SEQUENCE_JUMP_MAX starts afresh, because it
 * is another connection, a lie, or a loss too long to measure.
 *
 * What is missing is an estimate until the end, and may become less: taps are
 * merged by time, and data may come after what acknowledges them. So an
 * acknowledgement counts only from the second sequence_sweep after it on.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#define SEQUENCE_HOLES_MAX 24
#define SEQUENCE_JUMP_MAX (INT64_C(1) << 30) /* the largest window, RFC 7323 */
/* At another place than the first the numbers may be other ones: firewalls
 * rewrite them. What is further off than this is not compared. */
#define SEQUENCE_NEAR_MAX (INT64_C(1) << 24)

struct sequence_hole {
	uint64_t from, to; /* [from, to) was skipped and not seen since */
};

/* Zero-initialise. Numbers are widened. */
struct sequence {
	bool known;	/* low and high are set */
	bool begun;	/* the SYN was seen: nothing lies before low */
	bool opened;	/* an opening of the connection was seen, of any side */
	bool fin;	/* high is past the FIN's number */
	bool ended;	/* sequence_end has run */
	bool broken;	/* a jump could not be followed */
	bool has_acks;	/* first_ack and acked are set */
	bool acks_here; /* from the place of the data: no other counts */
	bool step_one;	/* the last acknowledgement was of one number */
	uint8_t hole_count;
	uint64_t low, high;	   /* first number seen, one past the last */
	uint64_t first_ack, acked; /* the first and the highest */
	uint64_t swept;		   /* acked, as of the last sweep */
	/* Bytes of holes that found no room, all before a number. */
	uint64_t crowded, crowded_to;
	uint64_t settled; /* bytes that are missing for good */
	uint64_t missing; /* set by sequence_end */
	uint64_t unheard; /* of acknowledgements before a jump of them */
	struct sequence_hole holes[SEQUENCE_HOLES_MAX];
};

/* A SYN with this initial number was seen: data begin at isn + 1. */
void sequence_begin(struct sequence *s, uint32_t isn);
/* An opening was seen, of this or of the other side: whatever is acknowledged
 * from the first acknowledgement on was sent while somebody watched. */
void sequence_open(struct sequence *s);
/*
 * length bytes at number seq. Returns how many of them were not seen before
 * (those of a retransmission, a copy or a keep-alive are 0). first_place says
 * whether they came from the place where this direction was first seen; from
 * any other, numbers that are not near are left alone and 0. O(holes).
 */
uint32_t sequence_data(struct sequence *s, uint32_t seq, uint32_t length,
    bool first_place);
/* A FIN takes the number seq (after its payload). */
void sequence_fin(struct sequence *s, uint32_t seq);
/*
 * The other side acknowledged everything before ack. here: it was seen where
 * this direction's data were first seen or, as long as none were, where the
 * first acknowledgement was. From elsewhere it counts only when it is near and
 * nothing comes from here.
 */
void sequence_ack(struct sequence *s, uint32_t ack, bool here);
/* True when seq lies near what was seen, or nothing was seen yet. */
bool sequence_near(const struct sequence *s, uint32_t seq);
/* Some time went by: a few seconds, in which late data would have come. */
void sequence_sweep(struct sequence *s);
/* Bytes acknowledged before the last sweep and not seen since. After the end:
 * what that returned. O(holes). */
uint64_t sequence_missing(const struct sequence *s);
/* The same where no byte of this direction was ever seen: how far the
 * acknowledgements went. 0 when one was. */
uint64_t sequence_unheard(const struct sequence *s);
/*
 * No more packets: settles missing. A lone number at the end does not count:
 * it is the FIN's. Where no acknowledgement was seen at all a hole that never
 * filled counts whole: TCP would have sent again what did not arrive. Returns
 * missing.
 */
uint64_t sequence_end(struct sequence *s);

#endif
