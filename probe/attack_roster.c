/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See attack_roster.h. Two lists by time of use; each hit moves an entry to
 * the end of its list, and ROSTER_HITS of them from probation to the kept.
 */
#include "attack_roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ROSTER_NONE UINT32_MAX
#define ROSTER_HITS 4 /* a sweep or a flood has them at once */

_Static_assert(sizeof(struct attack_key) == 44, "no padding");

static struct roster_head *
head_of(const struct roster *r, uint32_t at)
{
	return (struct roster_head *)(void *)(r->entries + at * r->size);
}

static uint32_t
index_of(const struct roster *r, const struct roster_head *h)
{
	return (uint32_t)((size_t)((const uint8_t *)h - r->entries) / r->size);
}

static void
unlink_from(const struct roster *r, struct roster_list *l,
    struct roster_head *h)
{
	if (h->older == ROSTER_NONE)
		l->oldest = h->newer;
	else
		head_of(r, h->older)->newer = h->newer;
	if (h->newer == ROSTER_NONE)
		l->newest = h->older;
	else
		head_of(r, h->newer)->older = h->older;
	l->count--;
}

static void
append(const struct roster *r, struct roster_list *l, struct roster_head *h)
{
	const uint32_t at = index_of(r, h);

	h->older = l->newest;
	h->newer = ROSTER_NONE;
	if (l->newest == ROSTER_NONE)
		l->oldest = at;
	else
		head_of(r, l->newest)->newer = at;
	l->newest = at;
	l->count++;
}

static struct roster_list *
list_of(struct roster *r, const struct roster_head *h)
{
	return h->kept ? &r->kept : &r->probation;
}

static void
empty(struct roster *r)
{
	r->made = 0;
	r->probation = (struct roster_list){ ROSTER_NONE, ROSTER_NONE, 0 };
	r->kept = r->probation;
}

void
roster_clear(struct roster *r)
{
	uint8_t secret[16];

	if (r->made == 0)
		return;
	memcpy(secret, r->table.secret, sizeof(secret));
	table_fini(&r->table);
	table_init(&r->table, r->max, sizeof(struct attack_key), secret);
	empty(r);
}

void
roster_init(struct roster *r, size_t max, size_t size, int64_t live_us,
    const uint8_t secret[16])
{
	memset(r, 0, sizeof(*r));
	r->max = max;
	r->size = size;
	r->live_us = live_us;
	r->entries = mem_calloc(max, size);
	table_init(&r->table, max, sizeof(struct attack_key), secret);
	empty(r);
}

void
roster_fini(struct roster *r)
{
	table_fini(&r->table);
	free(r->entries);
	memset(r, 0, sizeof(*r));
}

void *
roster_find(const struct roster *r, const struct attack_key *key)
{
	const uint32_t at = table_find(&r->table, key);

	return at == TABLE_NONE ? NULL : head_of(r, at);
}

/* A free entry, or that of whoever gives way. */
static struct roster_head *
make_room(struct roster *r, int64_t now_us)
{
	struct roster_head *h;

	if (r->made < r->max)
		return head_of(r, (uint32_t)r->made++);
	h = head_of(r,
	    r->probation.count > 0 ? r->probation.oldest : r->kept.oldest);
	if (h->hits >= ROSTER_HITS && now_us - h->used_us < r->live_us)
		r->refused++;
	unlink_from(r, list_of(r, h), h);
	(void)table_remove(&r->table, &h->key);
	return h;
}

static void
begin(const struct roster *r, struct roster_head *h,
    const struct attack_key *key, int64_t now_us)
{
	memset(h, 0, r->size);
	h->key = *key;
	h->begun_us = now_us;
}

/* Who is kept too long for the room gives way to who was there just now. */
static void
keep(struct roster *r, struct roster_head *h)
{
	struct roster_head *oldest;

	h->kept = true;
	append(r, &r->kept, h);
	if (r->kept.count <= r->max - r->max / 4)
		return;
	oldest = head_of(r, r->kept.oldest);
	unlink_from(r, &r->kept, oldest);
	oldest->kept = false;
	append(r, &r->probation, oldest);
}

void *
roster_take(struct roster *r, const struct attack_key *key, int64_t now_us)
{
	struct roster_head *h = roster_find(r, key);

	if (!h) {
		h = make_room(r, now_us);
		begin(r, h, key, now_us);
		(void)table_add(&r->table, key, index_of(r, h));
	} else {
		unlink_from(r, list_of(r, h), h);
		if (now_us - h->used_us >= r->live_us)
			begin(r, h, key, now_us);
	}
	h->used_us = now_us;
	if (h->hits < UINT32_MAX)
		h->hits++;
	if (h->kept || h->hits < ROSTER_HITS)
		append(r, list_of(r, h), h);
	else
		keep(r, h);
	return h;
}
