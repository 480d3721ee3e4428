/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A map from prefixes to indices that answers with the longest prefix that
 * holds an address: one hash look-up for each prefix length in use.
 */
#ifndef PREFIX_MAP_H
#define PREFIX_MAP_H

#include "base/addr.h"
#include "base/table.h"

#define PREFIX_MAP_LENGTHS 129

struct prefix_map {
	struct table table;
	/* Lengths in use, longest first: [0] IPv4, [1] IPv6. */
	uint8_t lengths[2][PREFIX_MAP_LENGTHS];
	size_t length_count[2];
	bool ready; /* initialised */
};

/* Room for max prefixes. */
void prefix_map_init(struct prefix_map *m, size_t max);
/* Also of a map that is all zero. */
void prefix_map_fini(struct prefix_map *m);
/*
 * Maps p to value. When p is there already nothing changes and its value is
 * returned, else TABLE_NONE. A full map takes no more (and asserts).
 */
uint32_t prefix_map_add(struct prefix_map *m, const struct prefix *p,
    uint32_t value);
/* Replaces the value of p, which must be there. */
void prefix_map_replace(struct prefix_map *m, const struct prefix *p,
    uint32_t value);
/* The value of the longest prefix that holds a, or TABLE_NONE. O(prefix
 * lengths in use). */
uint32_t prefix_map_find(const struct prefix_map *m, const struct addr *a);

#endif
