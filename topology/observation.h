/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the engine hands to the recorder: conversations as they are judged,
 * the accounts of every frame, and findings about coverage. Offline they are
 * handed over by call; live they cross a socket, encoded.
 */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include "conversation.h"
#include "device.h"
#include "evidence.h"
#include "judge.h"
#include "notice.h"
#include "tap_minute.h"
#include "tap_view.h"

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
	ENDING_SHUTDOWN,
	ENDING_ENGINE, /* the engine that watched it died */
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

/* A finding about coverage: any COV check. */
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
	uint64_t payload_unheard;		/* as in tap_minute.h */
	uint64_t drops;				/* of ring and NIC; live */
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

/* Why something was not seen or not kept. */
enum gap_kind {
	GAP_CAPTURE,   /* a capture file could not be read, or not to its end */
	GAP_ENGINE,    /* an engine ended early and was started again */
	GAP_RECORDER,  /* the recorder did */
	GAP_BACKLOG,   /* records found no room on their way */
	GAP_INTERFACE, /* a tap's interface was down or gone */
	GAP_STORE,     /* lines could not be written, or had to make room */
	GAP_KIND_COUNT,
};

/*
 * A part of what there was that is missing from what is told. Counts are
 * exact; what a kind does not have is 0.
 */
struct gap {
	enum gap_kind kind;
	const char *file; /* GAP_CAPTURE: as shown to the user, else NULL */
	const struct tap *tap; /* or NULL: not of one tap */
	uint64_t frames;       /* GAP_CAPTURE: that were read of it before */
	const char *cause;     /* why, in the words of who knows it */
	struct wall_us now;    /* 0: before the first frame */
	struct wall_us from, until; /* the time of it; 0: not known */
	uint64_t held;	 /* frames the old ring still held, judged by none */
	uint64_t unseen; /* frames that came while nobody listened */
	uint64_t conversations; /* closed as unjudged, or without a record */
	uint64_t records;	/* that were lost on their way or not written */
	int32_t exit_status; /* as waitpid gave it: of GAP_ENGINE, RECORDER */
};

#define HEALTH_TAPS_MAX 64
#define HEALTH_PROCESSES_MAX 40
#define HEALTH_NOTE_MAX 160

enum health_link { LINK_UP, LINK_DOWN, LINK_GONE };

/* A tap's interface, all counts since the probe started. */
struct health_tap {
	const struct tap *tap; /* NULL: the model has it no more */
	char interface[32];
	enum health_link link;
	uint64_t received; /* frames the interface took in */
	uint64_t taken;	   /* frames an engine took out of a ring */
	uint64_t ring_drops, ring_freezes;
	uint64_t nic_drops; /* dropped before any ring: driver and hardware */
	uint64_t held, unseen; /* lost to restarts: the sums of gaps */
	uint64_t muted;	       /* frames that were kept from leaving */
	struct wall_us last;   /* of its last frame; 0: none yet */
};

struct health_process {
	char name[16]; /* "engine-0", "recorder" */
	int32_t pid;
	uint32_t restarts;
	uint64_t memory_kb; /* resident; 0: not known */
	struct wall_us started;
};

/* Who has not asked yet does not know. */
enum clock_state {
	CLOCK_UNKNOWN,
	CLOCK_UNSYNCHRONISED,
	CLOCK_SYNCHRONISED,
	CLOCK_STATE_COUNT,
};
enum sandbox_state { SANDBOX_FULL, SANDBOX_RELAXED, SANDBOX_NONE };

/* How the probe itself is: once a minute, on SIGUSR1, and when it changes. */
struct health {
	struct wall_us now;
	const char *event; /* "start", "minute", "asked", "reload",
			    * "reload-refused", "restart", "stopping" (engines
			    * still read what they hold), "stop" */
	uint32_t generation;
	char model[65]; /* SHA-256 of the bundle */
	enum sandbox_state sandbox;
	int32_t landlock; /* ABI, 0: this kernel has none, or no sandbox */
	enum clock_state clock;
	int64_t clock_offset_us; /* as the kernel estimates it */
	uint64_t clock_steps;	 /* jumps of wall against monotonic time */
	uint64_t muted;		 /* over all taps */
	uint64_t backlog[4];	 /* records not told, by enum record_class */
	struct health_tap taps[HEALTH_TAPS_MAX];
	size_t tap_count;
	struct health_process processes[HEALTH_PROCESSES_MAX];
	size_t process_count;
	char note[HEALTH_NOTE_MAX]; /* a sentence of cause, or "" */
};

/* Who takes them. Every call is synchronous; pointers live for the call. A
 * call that is NULL is not wanted. */
struct observer {
	void *context;
	void (*conversation)(void *context, const struct observation *o);
	void (*coverage)(void *context, const struct coverage_finding *f);
	void (*account)(void *context, const struct tally *t);
	/* Packet time went on; called at least once a second of it. */
	void (*tick)(void *context, struct wall_us now);
	void (*gap)(void *context, const struct gap *g);
	void (*health)(void *context, const struct health *h);
	void (*notice)(void *context, const struct notice *n);
	void (*device)(void *context, const struct device *d);
	/* Told before the observation that alerts. */
	void (*evidence)(void *context, const struct evidence_set *e);
	void (*minute)(void *context, const struct tap_minute *m);
	/* What a tap shows: at each end of an hour of packet time, and at the
	 * end. */
	void (*view)(void *context, const struct tap_view *v);
	/* A line for the operator, whole, without newline. */
	void (*log)(void *context, const char *line);
};

const char *ending_name(enum ending e);		      /* "tcp-end" ... */
const char *flow_state_name(enum flow_state s);	      /* "new" ... */
const char *gap_kind_name(enum gap_kind k);	      /* "capture" ... */
const char *health_link_name(enum health_link l);     /* "up" ... */
const char *clock_state_name(enum clock_state c);     /* "synchronised" ... */
const char *sandbox_state_name(enum sandbox_state s); /* "full" ... */

#endif
