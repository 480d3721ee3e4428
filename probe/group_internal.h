/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What group.c and group_order.c share: the groups themselves, and the two
 * orders they stand in. By deadline: a heap, which says what is due. By age:
 * a list of those that tell nothing above low severity, which says which one
 * gives way when there is no room for what is graver.
 */
#ifndef GROUP_INTERNAL_H
#define GROUP_INTERNAL_H

#include "base/table.h"
#include "group.h"
#include "group_key.h"
#include "group_seen.h"

#define GROUP_NONE UINT32_MAX

struct group {
	struct alert alert;
	struct group_key key;
	char id[GROUP_ID_MAX];
	struct wall_us opened, first, last;
	int64_t closes;	  /* end of the window */
	int64_t deadline; /* when it is due next */
	uint64_t count, written;
	uint64_t voice; /* flow_id of the conversation last written */
	uint32_t serial, heap_at;
	uint32_t older, newer; /* in the list of low ones, or GROUP_NONE */
	enum severity told;    /* severity of the last line */
	bool held, daily, folded;
	bool orphan; /* what alert tells of was taken back, others stand */
	bool low;    /* stands in the list of low ones */
};

struct group_table {
	struct group_limits limits;
	uint8_t secret[16];
	struct group_counters counters;

	struct group *groups; /* owned: limits.groups, then the folded one */
	struct table by_key;
	uint32_t *free_groups;	  /* owned, a stack */
	size_t free_count, fresh; /* fresh: never used from here on */
	uint32_t serial;
	uint32_t oldest_low, newest_low; /* or GROUP_NONE */

	bool fold_open;
	size_t named; /* lines of the folded group beyond a rise */
	uint64_t graded[SEVERITY_CRITICAL + 1];

	uint32_t *heap; /* owned: indices of groups */
	size_t heap_count;

	struct group_seen *seen; /* owned */
};

/* The group with the earliest deadline; there must be one. O(1). */
struct group *group_order_first(const struct group_table *t);
/* Takes g into the heap. O(log groups), as are the next two. */
void group_order_add(struct group_table *t, struct group *g);
/* Moves g to where its deadline, just changed, belongs. */
void group_order_settle(struct group_table *t, const struct group *g);
/* Takes g out of the heap and out of the list. */
void group_order_remove(struct group_table *t, struct group *g);
/* Puts g, just opened, at the young end of the list of low ones. O(1). */
void group_order_add_low(struct group_table *t, struct group *g);
/* Takes g out of that list; nothing happens when it is not in it. O(1). */
void group_order_remove_low(struct group_table *t, struct group *g);

#endif
