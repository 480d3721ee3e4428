/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What each packet says about its conversation: who began it, how far it
 * came (outcome), where it was seen, what is missing of it. Fills struct
 * conversation and never judges. Rules: architecture section 5.2, "Outcome"
 * and "Initiator".
 */
#ifndef TRACK_H
#define TRACK_H

#include "capture.h"
#include "flow.h"

/* Taps are merged by time; what lies closer together than this may have
 * happened in the other order. */
#define TRACK_REORDER_US (CLOCK_SECOND / 10)
/* A packet as it arrived. */
struct arrival {
	const struct packet *packet; /* PACKET_IP */
	const struct tap *tap;
	uint32_t source;
	struct wall_us time;
	uint32_t frames; /* that it came in: more than one when joined */
	uint64_t bytes;	 /* of them on the wire */
	const struct frame *frame; /* NULL: it was joined, or given up */
	/* Where it was joined: the fragment that completed it, or NULL. */
	const struct frame *last_part;
	const struct packet *last_packet;
	const struct zone
	    *segment;	  /* of the frame, as locate_segment; or NULL */
	uint16_t vlan;	  /* of the tap's map, or 0 */
	bool copy;	  /* the same frame was there before: see duplicate.h */
	bool again;	  /* a copy, and the same tap had shown it */
	uint32_t carrier; /* the tunnel it came out of, 0: none (tunnel.h) */
	bool sealed;	  /* it carries in clear what could not be opened */
	bool waited;	  /* an ICMP error that waited for what it quotes */
	bool watched;	  /* its tap was watched for longer than the time-out of
		       * its protocol before it came */
};

/* What tracking a packet yielded. */
struct tracked {
	int way;	  /* 0: from the initiator */
	bool first_place; /* where this direction was first seen */
	uint32_t fresh;	  /* TCP payload bytes that nobody showed before */
	bool newest;	  /* its last byte is the highest seen */
	bool gap;	  /* bytes before it were skipped */
	bool copy;	  /* the same frame was there just before */
	bool feed;	  /* it brings something to classify */
	bool both;	  /* its place has shown both directions */
};

/* The list a conversation idles in after its first or latest packet. */
enum flow_idle track_idle(const struct flow *f);
/* The list that a packet's conversation would begin in, or go to once both
 * sides spoke: decides how long a tap must have been watched. */
enum flow_idle track_idle_of(const struct packet *p);

/*
 * Fills a fresh entry (flow_add) from its first packet, which end `side` of
 * the key sent. The packet itself is then given to track_packet.
 */
void track_begin(struct flow *f, const struct boundary *boundary,
    const struct arrival *a, int side);
/*
 * True when the packet opens another TCP connection with the addresses and
 * ports of this one, which has therefore ended. False for an opening that is
 * merely sent again, seen at another place, or late.
 */
bool track_reused(const struct flow *f, const struct arrival *a, int side);
/* Takes a packet that end `side` sent. Sets f->dirty when judging may come
 * out differently. O(1). */
void track_packet(struct flow *f, const struct arrival *a, int side,
    struct tracked *out);
/* FLOW_SETTLE_US went by since it began: what has not come does not come.
 * Sets f->dirty where judging may come out differently by that. */
void track_settle(struct flow *f);
/* Takes an ICMP message about a packet of it that end `quoted_side` sent. */
void track_error(struct flow *f, const struct arrival *a, int quoted_side);
/* No more packets: settles what is only known then. */
void track_end(struct flow *f);
enum flow_state track_state(const struct flow *f);

#endif
