/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bounded table of the busiest: sources, targets, pairs of them. Who is new
 * stands on probation, and of those the one that has been idle longest makes
 * room; who was there often enough is kept, and only gives way to others of
 * its kind. So a flood of addresses that are there once cannot drive out who
 * is there all the time (the segmented form of least recently used, in place
 * of space-saving counts, because what is kept of each are sketches that
 * cannot be handed on).
 */
#ifndef ATTACK_ROSTER_H
#define ATTACK_ROSTER_H

#include "base/table.h"

/* Who, and to whom. Without padding: it is hashed as bytes. What a table does
 * not tell apart is zero. */
struct attack_key {
	uint32_t boundary, carrier;
	uint8_t address[16], peer[16];
	uint16_t port;
	uint8_t protocol;
	uint8_t kind; /* the table's own */
};

/* What an entry begins with. */
struct roster_head {
	struct attack_key key;
	uint32_t older, newer; /* neighbours in its list */
	uint32_t hits;
	bool kept;
	int64_t begun_us, used_us;
};

struct roster_list {
	uint32_t oldest, newest, count;
};

struct roster {
	struct table table;
	uint8_t *entries; /* owned; each begins with a roster_head */
	size_t size, max, made;
	struct roster_list probation, kept;
	int64_t live_us;
	uint64_t refused; /* kept ones that gave way while they lived */
};

/* max entries of size bytes; one that was not there for live_us is over. */
void roster_init(struct roster *r, size_t max, size_t size, int64_t live_us,
    const uint8_t secret[16]);
void roster_fini(struct roster *r);
/* Forgets all. */
void roster_clear(struct roster *r);
/* The entry, or NULL. Borrowed until the next roster_take. O(1). */
void *roster_find(const struct roster *r, const struct attack_key *key);
/* The entry, or a new one that is zero but for its head; it is the one that
 * was there last now. One that was idle for live_us is new again. O(1). */
void *roster_take(struct roster *r, const struct attack_key *key,
    int64_t now_us);

#endif
