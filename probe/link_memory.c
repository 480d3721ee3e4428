/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bounded memories of the link layer: a keyed hash over slots that are
 * strung from the least to the most recently used. Nothing is refused; what
 * has been out of use for longest gives way, and where its time had not come
 * that is counted, since something may then be told twice or not be known.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "link_internal.h"

#define NONE UINT32_MAX
#define ROOM_LEAST 256	 /* entries at first; then it doubles */
#define EXPIRE_STEP 1024 /* entries at once, so that no packet waits long */

struct link_slot {
	uint32_t older, newer; /* newer also: the next vacant one */
	int64_t used_us;
};

/* Room for so many, and all that are there in a table of that size. */
static void
make_room(struct link_memory *t, uint32_t room)
{
	t->slots = mem_reallocarray(t->slots, room, sizeof(*t->slots));
	t->keys = mem_reallocarray(t->keys, room, t->key_size);
	t->values = mem_reallocarray(t->values, room, t->value_size);
	if (t->room > 0)
		table_fini(&t->table);
	table_init(&t->table, room, t->key_size, t->secret);
	for (uint32_t i = 0; i < t->count; i++)
		(void)table_add(&t->table, t->keys + i * t->key_size, i);
	t->room = room;
}

void
link_memory_init(struct link_memory *t, uint32_t max, size_t key_size,
    size_t value_size, int64_t life_us, const uint8_t secret[16])
{
	memset(t, 0, sizeof(*t));
	memcpy(t->secret, secret, sizeof(t->secret));
	t->key_size = key_size;
	t->value_size = value_size;
	t->max = max;
	t->life_us = life_us;
	t->oldest = t->newest = t->vacant = NONE;
	make_room(t, max < ROOM_LEAST ? max : ROOM_LEAST);
}

void
link_memory_fini(struct link_memory *t)
{
	table_fini(&t->table);
	free(t->slots);
	free(t->keys);
	free(t->values);
}

static void
unstring(struct link_memory *t, uint32_t at)
{
	const struct link_slot *s = &t->slots[at];

	if (s->older != NONE)
		t->slots[s->older].newer = s->newer;
	else
		t->oldest = s->newer;
	if (s->newer != NONE)
		t->slots[s->newer].older = s->older;
	else
		t->newest = s->older;
}

static void
string(struct link_memory *t, uint32_t at)
{
	struct link_slot *s = &t->slots[at];

	s->newer = NONE;
	s->older = t->newest;
	if (t->newest != NONE)
		t->slots[t->newest].newer = at;
	else
		t->oldest = at;
	t->newest = at;
}

static void
release(struct link_memory *t, uint32_t at)
{
	unstring(t, at);
	(void)table_remove(&t->table, t->keys + at * t->key_size);
	t->slots[at].newer = t->vacant;
	t->vacant = at;
}

static void *
use(struct link_memory *t, uint32_t at, int64_t now_us)
{
	struct link_slot *s = &t->slots[at];

	if (s->used_us < now_us)
		s->used_us = now_us;
	if (t->newest != at) {
		unstring(t, at);
		string(t, at);
	}
	return t->values + at * t->value_size;
}

/* A slot for a new key; time steps back at times, and then nothing is past
 * its life. */
static uint32_t
vacate(struct link_memory *t, int64_t now_us)
{
	uint32_t at;

	/* Only while every slot is in use: the table then holds all. */
	if (t->vacant == NONE && t->count == t->room && t->room < t->max)
		make_room(t, t->room > t->max / 2 ? t->max : 2 * t->room);
	if (t->vacant == NONE && t->count < t->room)
		return t->count++;
	if (t->vacant == NONE) {
		if (now_us - t->slots[t->oldest].used_us <= t->life_us)
			t->forgotten++;
		release(t, t->oldest);
	}
	at = t->vacant;
	t->vacant = t->slots[at].newer;
	return at;
}

void *
link_memory_find(struct link_memory *t, const void *key, int64_t now_us)
{
	const uint32_t at = table_find(&t->table, key);

	if (at == TABLE_NONE)
		return NULL;
	if (now_us - t->slots[at].used_us > t->life_us) {
		release(t, at);
		return NULL;
	}
	return use(t, at, now_us);
}

void *
link_memory_take(struct link_memory *t, const void *key, int64_t now_us,
    bool *fresh)
{
	void *value = link_memory_find(t, key, now_us);
	uint32_t at;

	*fresh = value == NULL;
	if (value)
		return value;
	at = vacate(t, now_us);
	memcpy(t->keys + at * t->key_size, key, t->key_size);
	(void)table_add(&t->table, key, at);
	t->slots[at].used_us = now_us;
	string(t, at);
	value = t->values + at * t->value_size;
	memset(value, 0, t->value_size);
	return value;
}

void
link_memory_expire(struct link_memory *t, int64_t now_us)
{
	for (int n = 0; n < EXPIRE_STEP && t->oldest != NONE; n++) {
		if (now_us - t->slots[t->oldest].used_us <= t->life_us)
			return;
		release(t, t->oldest);
	}
}
