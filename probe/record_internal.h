/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the recorder's process: its loop (record.c), where records come
 * from (record_sender.c), copies of what a death would lose (record_held.c),
 * and where lines go (record_store.c).
 */
#ifndef RECORD_INTERNAL_H
#define RECORD_INTERNAL_H

#include "eve.h"
#include "observation_record.h"
#include "order.h"
#include "record.h"
#include "summary.h"
#include "syslog_out.h"

/* Models before the present one that records may still be of. */
#define RECORD_MODELS_MAX 16
/* So long a record waits for its model, or the oldest model for records. */
#define RECORD_MODEL_MS 5000
#define RECORD_NS_PER_MS UINT64_C(1000000)

struct record_model {
	const struct model *m;
	struct model *owned; /* NULL: the first one, which is the job's */
	uint32_t generation;
};

struct record_sender {
	int fd;		     /* -1: not used, or at its end */
	bool has_spoken;     /* to this process */
	uint32_t generation; /* of its last record; 0: none came yet */
	size_t waiting;	     /* bytes of a record whose model has not come */
	uint64_t waiting_ns;
	uint8_t *record; /* owned: that one */
	/* Numbers that were passed over and are not told yet. */
	uint64_t lost_with_recorder, lost_on_the_way;
};

struct record_store {
	struct journal *journal; /* owned; NULL: a plain file or a pipe */
	int fd;			 /* of that */
	bool is_file;		 /* it is ours to sync */
	bool is_sticky;		 /* no line after the first fault */
	bool is_torn;		 /* half a line was written */
	int fault;		 /* of the plain one; 0: none */
	struct journal_counters plain;
	int evidence;		   /* the folder of evidence, or -1 */
	struct exhibits *exhibits; /* owned; NULL: there is no such folder */
	struct novelty *novelty;   /* owned; NULL likewise */
	int novelty_fault;	   /* as told */
	struct syslog_out syslog;
	bool has_syslog;
	bool is_failing;	       /* as told */
	uint64_t told_lost, told_room; /* what gaps have said */
	uint64_t try_ns, room_ns;      /* when it may be said again */
	uint64_t cov_ns;	       /* when the finding may be */
	struct wall_us failing_since;
	uint64_t published_room; /* as the shared status has it */
};

struct record {
	struct record_job *job;
	struct recorder *recorder; /* owned, as are the next two */
	struct record_reader *reader;
	uint8_t *bytes; /* RECORD_BYTES_MAX: the record at hand */
	struct summary summary;
	struct observer inner;	  /* the summary's, then the recorder's */
	struct observer observer; /* what records are decoded to */
	struct record_sender senders[RECORD_SENDERS_MAX];
	struct record_model models[RECORD_MODELS_MAX + 1]; /* oldest first */
	size_t model_count;
	void *charset;	      /* of iconv_open: holds its tables */
	struct order waiting; /* ORDER_MODEL that finds no room yet */
	uint64_t waiting_ns;
	struct record_store store;
	uint64_t refused[RECORD_RESULT_COUNT], refused_told;
	size_t log_lines; /* of engines, in this second */
	uint64_t missing;
	size_t engines;	    /* that have spoken */
	struct wall_us now; /* as last told, or of the wall clock */
	uint64_t told_ns;   /* when that was, CLOCK_MONOTONIC */
	uint64_t second_ns; /* of the last look at what time makes due */
	int memory;	    /* of resident_kb */
	bool is_orders_gone, is_stopping;
	bool is_draining; /* no order is listened to any more */
};

/* ---- record_sender.c */

void record_sender_init(struct record *r);
void record_sender_fini(struct record *r);
/* Reads a number of records of that sender; true when there may be more. */
bool record_sender_take(struct record *r, size_t i);
/* Tells the supervisor, and the next recorder, what was written so far. */
void record_sender_publish(struct record *r);
/* Writes gaps about records that never came. */
void record_sender_tell(struct record *r);
/* Whether that sender cannot be read now: its record waits for a model. */
bool record_sender_waits(const struct record *r, size_t i);

/* ---- record_model.c */

void record_model_init(struct record *r);
void record_model_fini(struct record *r);
/* The model of that generation, or NULL. */
const struct model *record_model_find(const struct record *r,
    uint32_t generation);
/* The newest one's. */
uint32_t record_model_generation(const struct record *r);
/* Takes the bundle of an ORDER_MODEL, and answers it; o->fd is closed. */
void record_model_take(struct record *r, struct order *o);
/* Frees models that no record can be of any more, and takes what waits. */
void record_model_tick(struct record *r);

/* ---- record_held.c */

/* The record was dealt with: keeps a copy while its alert is held. */
void record_held_keep(struct record *r, const uint8_t *bytes, size_t length,
    const struct record_head *head);
/* Lets go of copies whose alerts are told. */
void record_held_expire(struct record *r);
/* What the recorder before held is taken again. Returns how many records;
 * *lost is set to those that could not be. */
uint64_t record_held_replay(struct record *r, uint64_t *lost);

/* ---- record_store.c */

/* Opens where lines go. False with a cause in error. */
bool record_store_open(struct record *r, char *error, size_t size);
void record_store_close(struct record *r);
struct recorder_sink record_store_sink(struct record *r);
/* Descriptors to keep, for the walls. */
void record_store_walls(const struct record *r, struct sandbox_plan *walls);
/* Each second: rotates, and tells of what could not be kept. */
void record_store_tick(struct record *r);
/* Everything is on the disk; false when it is not. */
bool record_store_sync(struct record *r);
const struct journal_counters *record_store_counters(const struct record *r);
/* NULL, or why the last line could not be written. */
const char *record_store_fault(const struct record *r);
int record_store_errno(const struct record *r); /* 0: none */

#endif
