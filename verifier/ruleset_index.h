/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names (or any bytes) to numbers, growing: how the builder finds a chain
 * again. Keyed, since whoever writes a ruleset chooses the names. Includes
 * nothing of ruleset.h: base/table.h has a struct table of its own.
 */
#ifndef RULESET_INDEX_H
#define RULESET_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define RULESET_INDEX_NONE UINT32_MAX

struct ruleset_index;

struct ruleset_index *ruleset_index_new(void);
void ruleset_index_free(struct ruleset_index *x); /* NULL is fine */
/* The number of a key of n bytes, or RULESET_INDEX_NONE. O(n) expected. */
uint32_t ruleset_index_find(const struct ruleset_index *x, const void *key,
    size_t n);
/* Adds a key that is not there yet; the key is copied. O(n) amortised. */
void ruleset_index_add(struct ruleset_index *x, const void *key, size_t n,
    uint32_t value);

#endif
