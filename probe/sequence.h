/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sequence space of one direction of a TCP connection (RFC 9293 3.4): how
 * many distinct bytes were seen, and how many the other side acknowledged
 * that were not. No bytes are kept. 32-bit numbers are widened, so a wrap is
 * nothing special; a jump of over SEQUENCE_JUMP_MAX starts afresh, because it
 * is another connection, a lie, or a loss too long to measure.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#define SEQUENCE_HOLES_MAX 8
#define SEQUENCE_JUMP_MAX (INT64_C(1) << 30) /* the largest window, RFC 7323 */
/* At another place than the first the numbers may be other ones: firewalls
 * rewrite them. What is further off than this is not compared. */
#define SEQUENCE_NEAR_MAX (INT64_C(1) << 24)

struct sequence_hole {
	uint64_t from, to; /* [from, to) was skipped and not seen since */
};

/* Zero-initialise. Numbers are widened. */
struct sequence {
	bool known;  /* low and high are set */
	bool begun;  /* the SYN was seen: nothing lies before low */
	bool ended;  /* sequence_end has run */
	bool broken; /* a jump could not be followed */
	uint8_t hole_count;
	uint64_t low, high; /* first number seen, one past the last */
	uint64_t acked;	    /* highest acknowledgement, 0: none */
	uint64_t missing;   /* bytes acknowledged and never seen; complete
			     * after sequence_end */
	struct sequence_hole holes[SEQUENCE_HOLES_MAX];
};

/* A SYN with this initial number was seen: data begin at isn + 1. */
void sequence_begin(struct sequence *s, uint32_t isn);
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
/* The other side acknowledged everything before ack. */
void sequence_ack(struct sequence *s, uint32_t ack);
/* True when seq lies near what was seen, or nothing was seen yet. */
bool sequence_near(const struct sequence *s, uint32_t seq);
/* No more packets: settles missing. A lone byte at the end does not count: it
 * is the FIN's number. Returns missing. */
uint64_t sequence_end(struct sequence *s);

#endif
