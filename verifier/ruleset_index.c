/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open addressing with SipHash, doubled when three quarters are taken; the
 * bytes of all keys lie in one buffer.
 */
#include "ruleset_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/table.h"

struct slot {
	uint64_t hash;
	size_t at, length; /* of the key in bytes */
	uint32_t value;
	uint32_t used;
};

struct ruleset_index {
	uint8_t secret[16];
	struct slot *slots; /* owned */
	size_t mask, count;
	char *bytes; /* owned */
	size_t length, capacity;
};

struct ruleset_index *
ruleset_index_new(void)
{
	struct ruleset_index *x = mem_calloc(1, sizeof(*x));

	/* Without randomness the hash is merely not secret. */
	(void)!getrandom(x->secret, sizeof(x->secret), GRND_NONBLOCK);
	x->mask = 63;
	x->slots = mem_calloc(x->mask + 1, sizeof(*x->slots));
	return x;
}

void
ruleset_index_free(struct ruleset_index *x)
{
	if (x == NULL)
		return;
	free(x->slots);
	free(x->bytes);
	free(x);
}

static struct slot *
find(const struct ruleset_index *x, uint64_t hash, const void *key, size_t n)
{
	size_t i = (size_t)hash & x->mask;

	for (;; i = (i + 1) & x->mask) {
		struct slot *s = &x->slots[i];

		if (!s->used)
			return s;
		if (s->hash == hash && s->length == n &&
		    (n == 0 || memcmp(x->bytes + s->at, key, n) == 0))
			return s;
	}
}

uint32_t
ruleset_index_find(const struct ruleset_index *x, const void *key, size_t n)
{
	const struct slot *s = find(x, table_hash(x->secret, key, n), key, n);

	return s->used ? s->value : RULESET_INDEX_NONE;
}

static void
grow(struct ruleset_index *x)
{
	size_t old_mask = x->mask;
	struct slot *old = x->slots;

	x->mask = 2 * old_mask + 1;
	x->slots = mem_calloc(x->mask + 1, sizeof(*x->slots));
	for (size_t i = 0; i <= old_mask; i++) {
		size_t j = (size_t)old[i].hash & x->mask;

		if (!old[i].used)
			continue;
		while (x->slots[j].used)
			j = (j + 1) & x->mask;
		x->slots[j] = old[i];
	}
	free(old);
}

void
ruleset_index_add(struct ruleset_index *x, const void *key, size_t n,
    uint32_t value)
{
	uint64_t hash = table_hash(x->secret, key, n);
	struct slot *s;

	if ((x->count + 1) * 4 > (x->mask + 1) * 3)
		grow(x);
	if (x->length + n > x->capacity) {
		x->capacity = 2 * (x->length + n) + 256;
		x->bytes = mem_reallocarray(x->bytes, x->capacity, 1);
	}
	if (n > 0)
		memcpy(x->bytes + x->length, key, n);
	s = find(x, hash, key, n);
	*s = (struct slot){ hash, x->length, n, value, 1 };
	x->length += n;
	x->count++;
}
