/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which alerting conversations have been counted, until they end: for each
 * check of a conversation, the group that counted it and how grave it was.
 */
#ifndef GROUP_SEEN_H
#define GROUP_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checks.h"

#define GROUP_SEEN_CHECKS_MAX 6 /* alerting checks of one conversation */

struct group_seen_check {
	uint32_t serial;  /* of the group that counted it; 0: none yet */
	uint32_t group;	  /* where that group lies */
	uint8_t check;	  /* enum check */
	uint8_t severity; /* enum severity: the gravest so far */
	bool named;	  /* the folded group wrote a line of it */
};

struct group_seen;

/* Room for max conversations; secret keys the table. */
struct group_seen *group_seen_new(size_t max, const uint8_t secret[16]);
void group_seen_free(struct group_seen *s);
/*
 * The entry of that check of that conversation, added when it is not there;
 * valid until group_seen_forget. NULL when there is no room. O(1) expected.
 */
struct group_seen_check *group_seen_check(struct group_seen *s,
    uint64_t flow_id, enum check check);
/* The entries of a conversation as an array of *count, or NULL; in no order. */
struct group_seen_check *group_seen_all(const struct group_seen *s,
    uint64_t flow_id, size_t *count);
/* Takes back one entry of the conversation; the others may move. */
void group_seen_withdraw(struct group_seen *s, uint64_t flow_id,
    struct group_seen_check *entry);
/* True when an entry of the conversation was added and not taken back. */
bool group_seen_has(const struct group_seen *s, uint64_t flow_id);
void group_seen_forget(struct group_seen *s, uint64_t flow_id);

#endif
