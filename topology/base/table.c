/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open addressing with linear probing. Removal shifts the followers back, so
 * there are no tombstones and a table that lives for years of churn stays as
 * fast as a fresh one. Keyed SipHash keeps senders from choosing collisions.
 */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static inline uint64_t
rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

/* Little endian, as the SipHash paper has it, on every machine. */
static inline uint64_t
load64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static inline void
sip_word(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	sip_round(v);
	v[0] ^= m;
}

uint64_t
table_hash(const uint8_t secret[16], const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t k0 = load64(secret), k1 = load64(secret + 8);
	uint64_t v[4] = { k0 ^ UINT64_C(0x736f6d6570736575),
		k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261),
		k1 ^ UINT64_C(0x7465646279746573) };
	uint64_t last = (uint64_t)n << 56;
	size_t left = n;

	for (; left >= 8; p += 8, left -= 8)
		sip_word(v, load64(p));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)p[i] << (8 * i);
	sip_word(v, last);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* A slot's hash is never 0: that value marks an empty slot. */
static inline uint64_t
slot_hash(const struct table *t, const void *key)
{
	uint64_t h = table_hash(t->secret, key, t->key_size);

	return h ? h : 1;
}

void
table_init(struct table *t, size_t max, size_t key_size,
    const uint8_t secret[16])
{
	size_t slots = 8;

	assert(key_size > 0 && max < SIZE_MAX / 4);
	while (slots < max + max / 2)
		slots *= 2;
	memset(t, 0, sizeof(*t));
	memcpy(t->secret, secret, sizeof(t->secret));
	t->key_size = key_size;
	t->max = max;
	t->mask = slots - 1;
	t->hashes = mem_calloc(slots, sizeof(*t->hashes));
	t->values = mem_calloc(slots, sizeof(*t->values));
	t->keys = mem_calloc(slots, key_size);
}

void
table_fini(struct table *t)
{
	free(t->hashes);
	free(t->values);
	free(t->keys);
	memset(t, 0, sizeof(*t));
}

/* The slot that holds key, or the empty slot where its probing ended. Ends
 * always: max is below the number of slots, so an empty one exists. */
static size_t
slot_of(const struct table *t, const void *key, uint64_t hash)
{
	size_t i = hash & t->mask;

	while (t->hashes[i] != 0) {
		if (t->hashes[i] == hash &&
		    memcmp(t->keys + i * t->key_size, key, t->key_size) == 0)
			break;
		i = (i + 1) & t->mask;
	}
	return i;
}

uint32_t
table_find(const struct table *t, const void *key)
{
	size_t i = slot_of(t, key, slot_hash(t, key));

	return t->hashes[i] ? t->values[i] : TABLE_NONE;
}

bool
table_add(struct table *t, const void *key, uint32_t value)
{
	uint64_t hash = slot_hash(t, key);
	size_t i;

	if (t->count >= t->max)
		return false;
	i = slot_of(t, key, hash);
	assert(t->hashes[i] == 0 && value != TABLE_NONE);
	t->hashes[i] = hash;
	t->values[i] = value;
	memcpy(t->keys + i * t->key_size, key, t->key_size);
	t->count++;
	return true;
}

bool
table_remove(struct table *t, const void *key)
{
	size_t hole = slot_of(t, key, slot_hash(t, key));

	if (t->hashes[hole] == 0)
		return false;
	for (size_t i = (hole + 1) & t->mask; t->hashes[i] != 0;
	     i = (i + 1) & t->mask) {
		/* An entry may fall back into the hole only when that does
		 * not put it before the slot its probing starts at. */
		size_t home = t->hashes[i] & t->mask;

		if (((i - home) & t->mask) < ((i - hole) & t->mask))
			continue;
		t->hashes[hole] = t->hashes[i];
		t->values[hole] = t->values[i];
		memcpy(t->keys + hole * t->key_size, t->keys + i * t->key_size,
		    t->key_size);
		hole = i;
	}
	t->hashes[hole] = 0;
	t->count--;
	return true;
}
