/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets kept as evidence, on their way from the engine to the recorder: the
 * first ones of a conversation that is to be alerted of and those that decided
 * its verdict, each cut after its layer-4 header unless the model records an
 * authority for the payload of both zones.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "zone.h"

#define EVIDENCE_FIRST_MAX 16	 /* packets from a conversation's beginning */
#define EVIDENCE_DECIDING_MAX 16 /* and of those that decided */
#define EVIDENCE_PACKETS_MAX (EVIDENCE_FIRST_MAX + EVIDENCE_DECIDING_MAX)
#define EVIDENCE_NOTICE_MAX 4 /* frames of a notice */
/* Bytes of one packet that are kept: headers with tags and tunnels. */
#define EVIDENCE_BYTES_MAX 256
#define EVIDENCE_PAYLOAD_MAX 1518 /* where payload may be kept */

struct evidence_packet {
	struct wall_us time;
	uint16_t nanoseconds;  /* the part below a microsecond */
	const struct tap *tap; /* never NULL */
	uint16_t link_type;    /* as LINKTYPE_ of pcapng: 1 Ethernet ... */
	uint32_t kept, wire;   /* bytes here, and on the wire */
	const uint8_t *bytes;  /* kept of them; borrowed */
	bool deciding;	       /* the verdict came or changed with it */
	bool cut;	       /* bytes that were captured are left out */
};

/* What is kept of one conversation; in the order of time. */
struct evidence_set {
	uint64_t flow_id;
	struct wall_us now;
	struct evidence_packet packets[EVIDENCE_PACKETS_MAX];
	size_t packet_count;
	uint64_t missing; /* of the first 16, or of those that decided, that
			   * were gone, joined or found no room */
	bool payload;	  /* kept with payload, by authority */
};

#endif
