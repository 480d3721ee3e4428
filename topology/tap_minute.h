/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one tap saw in one minute of packet time, and what it is known to have
 * missed. The recorder tells each and adds them up by boundary and hour.
 */
#ifndef TAP_MINUTE_H
#define TAP_MINUTE_H

#include "zone.h"

struct tap_minute {
	const struct tap *tap;
	/* A whole minute, save the first and the last, and a long time in which
	 * nothing came, which is told as one. */
	struct wall_us from, until;
	uint64_t frames, bytes; /* read, as on the wire */
	uint64_t copies;	/* of them that were there before */
	uint64_t cut;		/* by the snap length */
	uint64_t undecodable;	/* truncated, malformed, unsupported */
	uint64_t backward;	/* time stepped back */
	uint64_t ring_drops, ring_freezes, nic_drops; /* live */
	/* TCP: bytes seen, and bytes that were acknowledged and seen at no tap
	 * of the boundary, told with the tap that showed the conversation
	 * first. Late data lowers what was told; that is taken off the next
	 * minutes. */
	uint64_t payload_seen, payload_missing;
	/* And bytes acknowledged of directions of which nothing was seen. */
	uint64_t payload_unheard;
	/* Conversations that ended in it, begun at this tap. */
	uint64_t conversations,
	    unclassified; /* with payload; of them unnamed */
	uint64_t tcp_conversations, tcp_one_way;
	/* Connections that were opened, and of them those that were seen to be
	 * answered: copies, repeats and other places left out. */
	uint64_t syns, syn_acks;
	unsigned link; /* bit n: LNK-n can be observed on this tap */
};

#endif
