/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A hash table of fixed capacity for keys that an attacker chooses: keyed
 * SipHash, open addressing, no growth after table_init. It maps a key of
 * fixed size to a uint32_t the caller gives (an index into its own array).
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_NONE UINT32_MAX

struct table {
	uint8_t secret[16];
	size_t key_size;
	size_t max; /* entries it may hold */
	size_t count;
	size_t mask;	  /* slots - 1 */
	uint64_t *hashes; /* owned; 0 = empty slot */
	uint32_t *values; /* owned */
	uint8_t *keys;	  /* owned */
};

/*
 * Room for max entries of key_size-byte keys (memory is taken at once: about
 * 2 * max * (key_size + 12) bytes). secret keys the hash.
 */
void table_init(struct table *t, size_t max, size_t key_size,
    const uint8_t secret[16]);
void table_fini(struct table *t);
/* The value of key, or TABLE_NONE. O(1) expected. */
uint32_t table_find(const struct table *t, const void *key);
/* Adds a key that is not present; false when the table is full. */
bool table_add(struct table *t, const void *key, uint32_t value);
/* Removes key if present; true when it was. */
bool table_remove(struct table *t, const void *key);
/* SipHash-2-4 of bytes (Aumasson and Bernstein 2012). */
uint64_t table_hash(const uint8_t secret[16], const void *data, size_t n);

#endif
