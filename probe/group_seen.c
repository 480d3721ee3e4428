/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fixed array of conversations, found through a keyed table. Slots that
 * were never used are handed out in order, so memory is touched as needed.
 */
#include "group_seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

struct entry {
	struct group_seen_check checks[GROUP_SEEN_CHECKS_MAX];
	uint8_t count;
};

struct group_seen {
	struct table by_flow;
	struct entry *entries; /* owned */
	uint32_t *free_slots;  /* owned, a stack */
	size_t free_count;
	size_t fresh; /* slots from here on were never used */
	size_t max;
};

struct group_seen *
group_seen_new(size_t max, const uint8_t secret[16])
{
	struct group_seen *s = mem_calloc(1, sizeof(*s));

	assert(max > 0);
	s->max = max;
	s->entries = mem_calloc(max, sizeof(*s->entries));
	s->free_slots = mem_calloc(max, sizeof(*s->free_slots));
	table_init(&s->by_flow, max, sizeof(uint64_t), secret);
	return s;
}

void
group_seen_free(struct group_seen *s)
{
	if (s == NULL)
		return;
	table_fini(&s->by_flow);
	free(s->entries);
	free(s->free_slots);
	free(s);
}

static struct entry *
find_or_add(struct group_seen *s, uint64_t flow_id)
{
	uint32_t i = table_find(&s->by_flow, &flow_id);

	if (i != TABLE_NONE)
		return &s->entries[i];
	if (s->free_count > 0)
		i = s->free_slots[--s->free_count];
	else if (s->fresh < s->max)
		i = (uint32_t)s->fresh++;
	else
		return NULL;
	(void)table_add(&s->by_flow, &flow_id, i);
	memset(&s->entries[i], 0, sizeof(s->entries[i]));
	return &s->entries[i];
}

struct group_seen_check *
group_seen_check(struct group_seen *s, uint64_t flow_id, enum check check)
{
	struct entry *e = find_or_add(s, flow_id);
	uint8_t i = 0;

	if (e == NULL)
		return NULL;
	while (i < e->count && e->checks[i].check != check)
		i++;
	if (i == GROUP_SEEN_CHECKS_MAX)
		return NULL;
	if (i == e->count) {
		memset(&e->checks[i], 0, sizeof(e->checks[i]));
		e->checks[i].check = (uint8_t)check;
		e->count++;
	}
	return &e->checks[i];
}

struct group_seen_check *
group_seen_all(const struct group_seen *s, uint64_t flow_id, size_t *count)
{
	uint32_t i = table_find(&s->by_flow, &flow_id);

	*count = i == TABLE_NONE ? 0 : s->entries[i].count;
	return i == TABLE_NONE ? NULL : s->entries[i].checks;
}

void
group_seen_withdraw(struct group_seen *s, uint64_t flow_id,
    struct group_seen_check *entry)
{
	uint32_t i = table_find(&s->by_flow, &flow_id);
	struct entry *e = &s->entries[i];

	assert(i != TABLE_NONE && e->count > 0);
	*entry = e->checks[--e->count];
	if (e->count == 0)
		group_seen_forget(s, flow_id);
}

bool
group_seen_has(const struct group_seen *s, uint64_t flow_id)
{
	return table_find(&s->by_flow, &flow_id) != TABLE_NONE;
}

void
group_seen_forget(struct group_seen *s, uint64_t flow_id)
{
	uint32_t i = table_find(&s->by_flow, &flow_id);

	if (i == TABLE_NONE)
		return;
	(void)table_remove(&s->by_flow, &flow_id);
	s->free_slots[s->free_count++] = i;
}
