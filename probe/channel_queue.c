/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring that records lie in whole: where the next one would not fit before
 * the end, the rest of the ring is left out. It holds every budget together
 * and what may be left out, so that who writes never reaches who reads.
 */
#include "channel_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define WRAP 0 /* a length: the ring goes on at its beginning */
#define ROOM_OF(length) \
	(sizeof(struct channel_waiting) + (((size_t)(length) + 7) & ~(size_t)7))
#define RING_BYTES                                            \
	((size_t)CHANNEL_URGENT_BYTES + CHANNEL_FINAL_BYTES + \
	    CHANNEL_UPDATE_BYTES + CHANNEL_MINOR_BYTES +      \
	    ROOM_OF(RECORD_BYTES_MAX) + sizeof(struct channel_waiting))

static const uint32_t budgets[RECORD_CLASS_COUNT] = {
	[RECORD_URGENT] = CHANNEL_URGENT_BYTES,
	[RECORD_FINAL] = CHANNEL_FINAL_BYTES,
	[RECORD_UPDATE] = CHANNEL_UPDATE_BYTES,
	[RECORD_MINOR] = CHANNEL_MINOR_BYTES,
};

struct channel_queue {
	size_t used[RECORD_CLASS_COUNT]; /* bytes */
	size_t count;			 /* records */
	size_t head, tail;		 /* where to read, to write */
	uint8_t *ring;			 /* owned; RING_BYTES */
};

struct channel_queue *
channel_queue_new(void)
{
	struct channel_queue *q = mem_calloc(1, sizeof(*q));

	_Static_assert(sizeof(struct channel_waiting) == 8,
	    "what stands before a record keeps the ring in steps of 8");
	q->ring = mem_calloc(1, RING_BYTES);
	return q;
}

void
channel_queue_free(struct channel_queue *q)
{
	if (q == NULL)
		return;
	free(q->ring);
	free(q);
}

bool
channel_queue_push(struct channel_queue *q, const uint8_t *record,
    const struct channel_waiting *w)
{
	const size_t room = ROOM_OF(w->length);

	if (q->used[w->class] + room > budgets[w->class])
		return false;
	if (q->tail + room > RING_BYTES) {
		if (q->tail + sizeof(*w) <= RING_BYTES)
			memset(q->ring + q->tail, WRAP, sizeof(*w));
		q->tail = 0;
	}
	memcpy(q->ring + q->tail, w, sizeof(*w));
	memcpy(q->ring + q->tail + sizeof(*w), record, w->length);
	q->tail += room;
	q->used[w->class] += room;
	q->count++;
	return true;
}

bool
channel_queue_is_empty(const struct channel_queue *q)
{
	return q->count == 0;
}

struct channel_waiting
channel_queue_first(struct channel_queue *q, uint8_t **bytes)
{
	struct channel_waiting w = { .length = WRAP };

	if (q->head + sizeof(w) <= RING_BYTES)
		memcpy(&w, q->ring + q->head, sizeof(w));
	if (w.length == WRAP) {
		q->head = 0;
		memcpy(&w, q->ring, sizeof(w));
	}
	*bytes = q->ring + q->head + sizeof(w);
	return w;
}

void
channel_queue_drop(struct channel_queue *q)
{
	uint8_t *bytes;
	const struct channel_waiting w = channel_queue_first(q, &bytes);

	q->head += ROOM_OF(w.length);
	q->used[w.class] -= ROOM_OF(w.length);
	if (--q->count == 0)
		q->head = q->tail = 0;
}

bool
channel_queue_has_room(const struct channel_queue *q)
{
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		if (q->used[i] > budgets[i] / 2)
			return false;
	return true;
}
