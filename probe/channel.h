/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way of records from an engine (or the supervisor) to the recorder: one
 * end of a SOCK_SEQPACKET pair, a bounded queue in front of it in order of
 * arrival, with a budget of bytes for each class of record. What finds no room
 * is counted by its class and told in a gap record as soon as there is room
 * again: nothing is lost unsaid. Live the socket never blocks; offline it does,
 * and nothing is lost at all.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "observation_record.h"

/* Bytes that may wait, by class: what is urgent has the most room, and a
 * flood of one class takes none of another. */
#define CHANNEL_URGENT_BYTES (16u << 20)
#define CHANNEL_FINAL_BYTES (24u << 20)
#define CHANNEL_UPDATE_BYTES (8u << 20)
#define CHANNEL_MINOR_BYTES (1u << 20)

/*
 * Plain numbers, so that they can lie in a shared region. What an engine that
 * died left in its queue, or had not told yet, the next one finds here.
 */
struct channel_counters {
	uint64_t sent, sent_bytes;
	uint64_t backlog[RECORD_CLASS_COUNT]; /* found no room */
	uint64_t conversations; /* of them: last words of a conversation */
	uint64_t waiting;	/* records in the queue now */
	uint64_t queued[RECORD_CLASS_COUNT]; /* of them, by class */
	uint64_t queued_conversations;	     /* of them: last words */
	uint64_t told, told_conversations;   /* of backlog, in gap records */
	uint64_t next; /* sequence number of the next record; written before
			* that one is sent: it may be lost, never be two */
};

struct channel;

/*
 * Takes over fd, a SOCK_SEQPACKET socket, and sets it non-blocking; sender is
 * the head's "engine". sequence: of the next record; counters->next, where it
 * is higher, stands. blocking: wait for room rather than queue. counters is
 * where the counts are kept (a shared region, so that they outlive this
 * process), or NULL for its own; they are added to, not cleared: what waited
 * there was lost with the process before, becomes backlog and is told. SIGPIPE
 * must be ignored. Sending needs write(2) alone, waiting poll(2). About 50 MB of
 * addresses, of which pages are used as records wait.
 */
struct channel *channel_new(int fd, uint8_t sender, uint32_t generation,
    uint64_t sequence, bool blocking, struct channel_counters *counters);
/* Closes fd; sends nothing more. What waits still stands in the counters as
 * waiting: the next channel_new on them takes it for lost. */
void channel_free(struct channel *c);
/*
 * Everything that the observer is told becomes a record. A conversation that
 * alerts, as the recorder will see it, is urgent whatever its stage.
 */
struct observer channel_observer(struct channel *c);
/* Indices are of this generation from now on; every record still waiting goes
 * with the generation it was made under. */
void channel_generation(struct channel *c, uint32_t generation);
/*
 * Sends what waits as far as there is room, and the gap record about what
 * found none: as soon as nothing waits any more or half of that class's room is
 * free again, and each second of packet time while more is lost. Call when the
 * socket is writable, and each second. False when the other end is gone: what
 * is sent then waits, and goes out when it is there again.
 */
bool channel_flush(struct channel *c);
/* Whether to wait for the socket to be writable: something waits, and the other
 * end is there. */
bool channel_is_waiting(const struct channel *c);
int channel_fd(const struct channel *c);
const struct channel_counters *channel_counters(const struct channel *c);
/* The sequence number of the next record to be sent. */
uint64_t channel_sequence(const struct channel *c);
/*
 * Waits until everything is sent or timeout_ms (-1: for ever) have passed;
 * what waits then is counted as backlog, and false returned. For a clean end.
 */
bool channel_drain(struct channel *c, int timeout_ms);

#endif
