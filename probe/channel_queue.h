/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The queue of a channel: records in order of arrival in one ring of bytes,
 * with a budget for each class. For channel.c only.
 */
#ifndef CHANNEL_QUEUE_H
#define CHANNEL_QUEUE_H

#include "channel.h"

/* What stands before each record. */
struct channel_waiting {
	uint32_t length; /* of the record, 1..RECORD_BYTES_MAX */
	uint8_t class;	 /* enum record_class */
	bool last_word;	 /* of a conversation */
};

struct channel_queue;

/* About 50 MB of addresses; pages are used as records wait, the first ones
 * again whenever none does. */
struct channel_queue *channel_queue_new(void);
void channel_queue_free(struct channel_queue *q);
/* Adds a copy of the record; false when its class has no room. O(length). */
bool channel_queue_push(struct channel_queue *q, const uint8_t *record,
    const struct channel_waiting *w);
bool channel_queue_is_empty(const struct channel_queue *q);
/* The oldest record and its bytes (of the queue, until it is dropped); the
 * queue must not be empty. */
struct channel_waiting channel_queue_first(struct channel_queue *q,
    uint8_t **bytes);
/* Drops the oldest; the queue must not be empty. */
void channel_queue_drop(struct channel_queue *q);
/* Whether half of each class's room is free. */
bool channel_queue_has_room(const struct channel_queue *q);

#endif
