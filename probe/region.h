/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an engine leaves behind when it dies: memory shared between the
 * supervisor and one engine after another, without a pointer in it. It holds
 * a short record of each open conversation, the counters, and the signs of
 * life that the watchdog reads. The next engine and the supervisor treat all
 * of it as hostile: whoever wrote it may have been taken over.
 */
#ifndef REGION_H
#define REGION_H

#include <stdatomic.h>

#include "capture.h"
#include "channel.h"
#include "counters.h"
#include "flow.h"

/* One open conversation. Fixed size; written by the engine as packets come. */
struct region_conversation {
	uint64_t flow_id; /* 0: the slot is free */
	int64_t first_us, last_us;
	uint64_t packets[2], bytes[2], frames;
	uint32_t boundary, tap; /* indices in the model of generation */
	uint32_t generation;
	uint16_t port[2]; /* [0]: the initiator's, as the addresses */
	uint16_t tags[4];
	uint8_t address[2][16];
	uint8_t family, protocol, icmp_type, icmp_code;
	uint8_t initiator, outcome, tag_count, midstream;
	uint8_t tcp_flags[2];
	uint8_t payload; /* bit 0: from the initiator, bit 1: from the other */
	_Atomic uint8_t whole; /* written last, cleared first: REGION_WHOLE */
};
#define REGION_WHOLE 0xa5

/* How a live source is doing; every number only grows while a region lives. */
struct region_source {
	_Atomic uint64_t taken; /* frames handed to the engine */
	_Atomic uint64_t ring_packets, ring_drops, ring_freezes;
	_Atomic uint64_t nic_drops; /* before any ring */
	_Atomic int64_t last_us;    /* packet time of the last frame */
	_Atomic uint32_t state;	    /* enum capture_state */
};

/* The numbers of one source's account that must outlive an engine. */
struct region_account {
	uint64_t frames, bytes_captured, bytes_wire, cut;
	int64_t first_us, last_us;
	uint64_t tcp_conversations, tcp_one_way;
	uint64_t payload_seen, payload_missing, backward;
	uint64_t payload_unheard, copies, undecodable;
	uint64_t conversations, unclassified; /* with payload, ended */
	uint64_t tcp_no_answer; /* of tcp_one_way: the responder was not seen */
	uint64_t tcp_no_syn_ack; /* of these: the opening and data were */
	uint64_t syns, syn_acks;
	uint64_t ring_drops, ring_freezes, nic_drops; /* as last read */
};

/* What of the accounts was told: by the minute, and by the hour (COV). */
struct region_told {
	int64_t minute_us, until_us; /* of the minute at hand; both 0: none */
	struct region_account minute[CAPTURE_SOURCES_MAX];
	struct region_account hour[CAPTURE_SOURCES_MAX];
};

struct region_status {
	_Atomic uint64_t beat_ns;  /* CLOCK_MONOTONIC, each turn of the loop */
	_Atomic uint64_t frame_ns; /* when the frame in hand was taken up; 0:
				    * none is */
	_Atomic uint32_t generation; /* acknowledged */
	_Atomic uint32_t open;	     /* conversations */
	_Atomic uint32_t memory_kb;  /* of the engine; 0: not known */
	_Atomic uint32_t used;	     /* slots below this were ever used */
	_Atomic uint64_t sequence;   /* of the next record */
	uint64_t next_id;	     /* of the next conversation */
	struct region_source sources[CAPTURE_SOURCES_MAX];
	struct region_account accounts[CAPTURE_SOURCES_MAX];
	struct region_told told;
	struct counters counters;
	struct fragment_counters fragments; /* of engines before, and of this
					     * one as of its last second */
	struct channel_counters channel;
};

struct region;

/* Anonymous shared memory for that many conversations (as flow_table_new);
 * NULL and errno when there is none. Pages are taken as they are used. */
struct region *region_new(uint32_t conversations_max);
void region_free(struct region *r); /* unmaps it here; others keep theirs */
/* Whether processes that are forked from now on have it, as they do at first. */
void region_inherit(const struct region *r, bool inherited);
struct region_status *region_status(struct region *r);
uint32_t region_capacity(const struct region *r);
/* The record of the flow at this index of the flow table; NULL beyond the
 * capacity. */
struct region_conversation *region_at(struct region *r, uint32_t index);
/* Writes f's record, generation that of the model that its places are of;
 * O(1), no system call. */
void region_put(struct region *r, const struct flow *f, uint32_t generation);
/* f ended. */
void region_remove(struct region *r, const struct flow *f);

/*
 * Reads what an engine before left, as if an enemy had written it: each whole
 * record whose every value can be (family, counts, boundary and tap in m, times
 * in order, an id below that engine's next one, no id twice) is handed to
 * take as a final observation, in the order of the ids, unjudged
 * (engine-restarted) unless it was out of the boundary's scope anyway; then the
 * slots are cleared. Returns how many were handed over; *refused counts those
 * that could not be read: half written, impossible, or of another generation of
 * the model than m's. O(n log n) in the slots that were ever used. No engine
 * may be writing.
 */
uint64_t region_close_all(struct region *r, const struct model *m,
    uint32_t generation, struct wall_us now, const struct observer *take,
    uint64_t *refused);

#endif
