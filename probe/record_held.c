/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Copies of records whose alerts are held: shared memory that outlives this
 * process, a ring of entries (length, time, bytes). When it is full the oldest
 * copy gives way, since its alert is the next to be told. The reader believes
 * nothing of what it finds there: an entry that cannot be ends the reading.
 */
#include <string.h>

#include "record_internal.h"

#define MASK (RECORD_HELD_BYTES - 1)

_Static_assert((RECORD_HELD_BYTES & MASK) == 0, "places are remainders");

struct entry {
	uint32_t length, zero;
	int64_t time_us;
};

static uint32_t
room_of(uint32_t length)
{
	return (uint32_t)sizeof(struct entry) + ((length + 7u) & ~7u);
}

static void
put(struct record_status *s, uint32_t at, const void *bytes, uint32_t n)
{
	const uint32_t first = RECORD_HELD_BYTES - (at & MASK);

	if (n <= first) {
		memcpy(s->held + (at & MASK), bytes, n);
		return;
	}
	memcpy(s->held + (at & MASK), bytes, first);
	memcpy(s->held, (const uint8_t *)bytes + first, n - first);
}

static void
get(const struct record_status *s, uint32_t at, void *bytes, uint32_t n)
{
	const uint32_t first = RECORD_HELD_BYTES - (at & MASK);

	if (n <= first) {
		memcpy(bytes, s->held + (at & MASK), n);
		return;
	}
	memcpy(bytes, s->held + (at & MASK), first);
	memcpy((uint8_t *)bytes + first, s->held, n - first);
}

/* The entry at head; false when there is none that can be. */
static bool
first_entry(const struct record_status *s, uint32_t head, uint32_t tail,
    struct entry *e)
{
	const uint32_t used = tail - head;

	if (used < sizeof(*e) || used > RECORD_HELD_BYTES)
		return false;
	get(s, head, e, sizeof(*e));
	return e->length > 0 && e->length <= RECORD_BYTES_MAX &&
	    room_of(e->length) <= used;
}

static void
clear(struct record_status *s)
{
	atomic_store(&s->held_head, atomic_load(&s->held_tail));
	atomic_store(&s->held_lost, 0);
}

void
record_held_keep(struct record *r, const uint8_t *bytes, size_t length,
    const struct record_head *head)
{
	struct record_status *s = r->job->status;
	uint32_t from = atomic_load(&s->held_head);
	const uint32_t to = atomic_load(&s->held_tail);
	struct entry e = { (uint32_t)length, 0, r->now.us }, old;

	if (head->class != RECORD_URGENT ||
	    (head->type != RECORD_CONVERSATION &&
		head->type != RECORD_COVERAGE) ||
	    recorder_held(r->recorder) == 0)
		return;
	while (RECORD_HELD_BYTES - (to - from) < room_of(e.length)) {
		if (!first_entry(s, from, to, &old)) {
			from = to;
			break;
		}
		from += room_of(old.length);
		atomic_fetch_add(&s->held_lost, 1);
		atomic_store(&s->held_head, from);
	}
	atomic_store(&s->held_head, from);
	put(s, to, &e, sizeof(e));
	put(s, to + (uint32_t)sizeof(e), bytes, e.length);
	atomic_store(&s->held_tail, to + room_of(e.length));
}

void
record_held_expire(struct record *r)
{
	struct record_status *s = r->job->status;
	uint32_t head = atomic_load(&s->held_head);
	const uint32_t tail = atomic_load(&s->held_tail);
	struct entry e;

	if (head == tail)
		return;
	if (recorder_held(r->recorder) == 0) {
		clear(s);
		return;
	}
	while (first_entry(s, head, tail, &e) &&
	    e.time_us < r->now.us - RECORDER_HOLD_US)
		head += room_of(e.length);
	atomic_store(&s->held_head, head);
}

/* One copy, decoded to the recorder alone: the summary has counted it. */
static bool
replay(struct record *r, const uint8_t *bytes, size_t length)
{
	const struct observer observer = recorder_observer(r->recorder);
	const uint32_t generation = r->job->generation;
	struct record_head head;

	if (record_read_head(bytes, length, &head) != RECORD_OK ||
	    (head.type != RECORD_CONVERSATION &&
		head.type != RECORD_COVERAGE) ||
	    head.generation != generation)
		return false;
	recorder_from(r->recorder, head.engine, generation);
	return record_read(r->reader, bytes, length, r->job->model, generation,
		   &observer) == RECORD_OK;
}

uint64_t
record_held_replay(struct record *r, uint64_t *lost)
{
	struct record_status *s = r->job->status;
	uint32_t head = atomic_load(&s->held_head);
	const uint32_t tail = atomic_load(&s->held_tail);
	const int64_t young = atomic_load(&s->now_us) - RECORDER_HOLD_US;
	struct entry e;
	uint64_t done = 0;

	*lost = 0;
	recorder_replay(r->recorder, true);
	while (first_entry(s, head, tail, &e)) {
		get(s, head + (uint32_t)sizeof(e), r->bytes, e.length);
		head += room_of(e.length);
		if (e.time_us < young)
			continue; /* it was told */
		if (replay(r, r->bytes, e.length))
			done++;
		else
			(*lost)++;
	}
	/* Copies that gave way may have been told: at most so many were not. */
	*lost += atomic_load(&s->held_lost);
	if (head != tail) { /* what stands behind cannot be read */
		(*lost)++;
		clear(s);
	}
	recorder_replay(r->recorder, false);
	recorder_from(r->recorder, RECORD_SUPERVISOR, r->job->generation);
	if (done == 0)
		clear(s);
	return done;
}
