/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See unread.h: a cache with one place a hash, since a pair that is lost costs
 * no more than a doubt.
 */
#include "unread.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"

/* Without padding: it is hashed as bytes. The lower address comes first. */
struct unread_key {
	uint8_t address[2][16];
	uint32_t place, family;
};

struct unread_pair {
	struct unread_key key;
	int64_t at_us;
	bool used;
};

struct unread {
	struct unread_pair pairs[UNREAD_PAIRS_MAX];
	bool noted; /* anything, ever */
	uint8_t secret[16];
	uint64_t displaced;
};

struct unread *
unread_new(const uint8_t secret[16])
{
	struct unread *u = mem_calloc(1, sizeof(*u));

	memcpy(u->secret, secret, sizeof(u->secret));
	return u;
}

void
unread_free(struct unread *u)
{
	free(u);
}

static size_t
place_of(const struct unread *u, uint32_t place, const struct addr *a,
    const struct addr *b, struct unread_key *key)
{
	const bool swap = memcmp(a->bytes, b->bytes, sizeof(a->bytes)) > 0;

	memset(key, 0, sizeof(*key));
	memcpy(key->address[swap], a->bytes, sizeof(a->bytes));
	memcpy(key->address[!swap], b->bytes, sizeof(b->bytes));
	key->place = place;
	key->family = a->family;
	return table_hash(u->secret, key, sizeof(*key)) % UNREAD_PAIRS_MAX;
}

void
unread_note(struct unread *u, uint32_t place, const struct addr *a,
    const struct addr *b, bool is_unread, struct wall_us now)
{
	struct unread_key key;
	struct unread_pair *p;

	if (!is_unread && !u->noted)
		return;
	u->noted = true;
	p = &u->pairs[place_of(u, place, a, b, &key)];
	if (!is_unread) {
		if (memcmp(&p->key, &key, sizeof(key)) == 0)
			p->used = false;
		return;
	}
	if (p->used && memcmp(&p->key, &key, sizeof(key)) != 0 &&
	    now.us - p->at_us <= UNREAD_US)
		u->displaced++;
	p->key = key;
	p->at_us = now.us;
	p->used = true;
}

bool
unread_is(const struct unread *u, uint32_t place, const struct addr *a,
    const struct addr *b, struct wall_us now)
{
	struct unread_key key;
	const struct unread_pair *p;

	if (!u->noted)
		return false;
	p = &u->pairs[place_of(u, place, a, b, &key)];
	return p->used && memcmp(&p->key, &key, sizeof(key)) == 0 &&
	    now.us - p->at_us <= UNREAD_US;
}

void
unread_forget(struct unread *u)
{
	memset(u->pairs, 0, sizeof(u->pairs));
	u->noted = false;
}

uint64_t
unread_displaced(const struct unread *u)
{
	return u->displaced;
}
