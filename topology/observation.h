/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine hands to the recorder: conversations as they are judged,
 * the accounts of every frame, and findings about coverage. Offline they are
 * handed over by call; live they cross a socket, encoded.
 */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include "conversation.h"
#include "judge.h"

enum observation_stage {
	OBSERVATION_FIRST,  /* first verdict that is certain */
	OBSERVATION_UPDATE, /* verdict, check or outcome changed */
	OBSERVATION_FINAL,  /* ended: exactly one a conversation */
};

/* Why a conversation ended; Suricata's flow "reason" and "state". */
enum ending {
	ENDING_NONE,
	ENDING_TCP_END,
	ENDING_TIMEOUT,
	ENDING_EVICTED,
	ENDING_REUSED,
	ENDING_SHUTDOWN
};
enum flow_state { FLOW_NEW, FLOW_ESTABLISHED, FLOW_CLOSED };

struct observation {
	enum observation_stage stage;
	uint64_t flow_id; /* < 2^53, unique */
	struct wall_us now;
	const struct conversation *conversation; /* borrowed for the call */
	const struct verdict *verdict;		 /* likewise */
	uint64_t packets[2], bytes[2]; /* by direction, one place only, so a
					* packet seen twice counts once */
	uint64_t frames;	       /* over all places */
	struct wall_us start, end;     /* first and last packet */
	enum ending ending;
	enum flow_state state;
	uint8_t tcp_flags[2];  /* all seen */
	bool midstream;	       /* TCP without its opening */
	const struct tap *tap; /* of the first packet */
	uint16_t tags[4];      /* of the first packet */
	uint8_t tag_count;
};

/* A finding about coverage: COV-1, 2, 8, 9, 10. */
struct coverage_finding {
	enum check check;
	enum severity severity;
	struct wall_us now;
	const struct boundary *boundary;
	const struct tap *tap; /* or NULL: the whole boundary */
	uint64_t counted, of;  /* "counted of of", e.g. one-way of TCP */
	const char *detail;    /* an address or VLAN, or NULL */
};

/* Every counter by name; names are stable and stand in the stats line. */
struct account_row {
	const char *name; /* "read", "judged", "truncated" ... */
	uint64_t value;
};

struct tap_account {
	const struct tap *tap;
	const char *file; /* as shown to the user, or NULL */
	uint64_t frames, bytes_captured, bytes_wire, cut;
	struct wall_us first, last;
	uint64_t tcp_conversations, tcp_one_way;
	uint64_t payload_seen, payload_missing; /* TCP bytes */
	uint64_t backward;			/* time steps backwards */
};

struct tally {
	struct wall_us now;
	/* read = judged + the sum of reasons: frames that belong to no
	 * conversation, each by its one reason. */
	uint64_t read, judged;
	const struct account_row *reasons;
	size_t reason_count;
	const struct account_row *counters; /* everything else */
	size_t counter_count;
	const struct tap_account *taps;
	size_t tap_count;
	uint64_t bytes;
	bool final;
};

/* Part of a capture that nobody could read: nothing is known of that time. */
struct gap {
	const char *file; /* as shown to the user */
	const struct tap *tap;
	uint64_t frames;    /* that were read of it before */
	const char *cause;  /* why not more, in the words of who read it */
	struct wall_us now; /* 0: before the first frame */
};

/* Who takes them. Every call is synchronous; pointers live for the call. */
struct observer {
	void *context;
	void (*conversation)(void *context, const struct observation *o);
	void (*coverage)(void *context, const struct coverage_finding *f);
	void (*account)(void *context, const struct tally *t);
	/* Packet time went on; called at least once a second of it. */
	void (*tick)(void *context, struct wall_us now);
	void (*gap)(void *context, const struct gap *g);
};

const char *ending_name(enum ending e);		/* "tcp-end" ... */
const char *flow_state_name(enum flow_state s); /* "new" ... */

#endif
