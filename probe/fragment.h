/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joins IPv4 and IPv6 fragments so that ports and payload are known. Bounded
 * in datagrams, in bytes of each and in time (packet time); what does not
 * fit, overlaps differently or never completes is counted, never guessed.
 */
#ifndef FRAGMENT_H
#define FRAGMENT_H

#include "packet.h"

#define FRAGMENT_DATAGRAMS_MAX 1024
#define FRAGMENT_BYTES_MAX 65535
#define FRAGMENT_PIECES_MAX 128
/* RFC 8200 4.5: 60 s; RFC 791 suggests 15 s. */
#define FRAGMENT_TIMEOUT_US (30 * CLOCK_SECOND)

enum fragment_result {
	FRAGMENT_HELD,	   /* stored, nothing to hand on yet */
	FRAGMENT_COMPLETE, /* *out is the whole datagram's packet */
	FRAGMENT_REFUSED,  /* overlap, too big, too many pieces, or malformed */
};

struct fragment_counters {
	uint64_t fragments; /* all that came */
	uint64_t held;	    /* frames waiting now */
	uint64_t joined;    /* frames that ended in a whole datagram */
	uint64_t expired;   /* frames given up by time-out or at the end */
	uint64_t evicted;   /* frames given up because the table was full */
	uint64_t refused;   /* frames refused */
	uint64_t told;	    /* frames that fragment_tell's taker took instead */
};

/* Frames of one datagram that will not be joined. */
struct fragment_lost {
	const struct packet *packet; /* the first that came: addresses,
				      * protocol, MACs and tags are good */
	uint64_t place;
	struct wall_us begun;
	uint32_t frames;
};

struct fragment_table;

/* secret keys the hash. About 70 MB at most when full; taken as needed. */
struct fragment_table *fragment_new(const uint8_t secret[16]);
/* Who is told of what is given up or refused, as it happens; those frames then
 * count as told and nowhere else. The table must not be called from there. */
void fragment_tell(struct fragment_table *t,
    void (*taker)(void *context, const struct fragment_lost *lost),
    void *context);
void fragment_free(struct fragment_table *t);
/*
 * Offers a fragment (in->fragment) seen at a place (tap and VLAN as one
 * number: copies of one datagram at two places are joined apart). On
 * FRAGMENT_COMPLETE *out is decoded with reassembled set; its spans live
 * until the next call. *frames is the number of frames it was made of.
 *
 * An exact copy of a fragment is held and joined with it. An overlap of any
 * other kind, two ends or too many pieces refuse the whole datagram: what was
 * held of it and what still comes. A fragment that is empty, of odd length,
 * too long or cut by the snap length is refused alone. Cost: O(pieces).
 */
enum fragment_result fragment_add(struct fragment_table *t,
    const struct packet *in, uint64_t place, struct wall_us now,
    struct packet *out, uint32_t *frames);
/* Gives up what is older than the time-out; at the end pass end = true to
 * give up everything. */
void fragment_expire(struct fragment_table *t, struct wall_us now, bool end);
/* The account: fragments = held + joined + expired + evicted + refused +
 * told. */
const struct fragment_counters *fragment_counters(
    const struct fragment_table *t);

#endif
