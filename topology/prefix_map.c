/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Longest-prefix match by hashing: the address is cut to each length in use,
 * longest first, until the table knows the result. The key of the hash is
 * fixed: prefixes come from the model, and an address that is looked up never
 * enters the table.
 */
#include "prefix_map.h"

#include <assert.h>
#include <string.h>

static const uint8_t secret[16] = "sekisho prefixes";

struct map_key {
	uint8_t family, length;
	uint8_t bytes[16];
};

static struct map_key
key_of(const struct addr *a, uint8_t length)
{
	struct addr masked = addr_mask(a, length);
	struct map_key key;

	key.family = masked.family;
	key.length = length;
	memcpy(key.bytes, masked.bytes, sizeof(key.bytes));
	return key;
}

void
prefix_map_init(struct prefix_map *m, size_t max)
{
	memset(m, 0, sizeof(*m));
	table_init(&m->table, max ? max : 1, sizeof(struct map_key), secret);
	m->ready = true;
}

void
prefix_map_fini(struct prefix_map *m)
{
	if (m->ready)
		table_fini(&m->table);
	memset(m, 0, sizeof(*m));
}

static void
note_length(struct prefix_map *m, const struct prefix *p)
{
	uint8_t *lengths = m->lengths[p->addr.family == 6];
	size_t *count = &m->length_count[p->addr.family == 6], i;

	for (i = 0; i < *count && lengths[i] > p->length; i++)
		;
	if (i < *count && lengths[i] == p->length)
		return;
	memmove(lengths + i + 1, lengths + i, *count - i);
	lengths[i] = p->length;
	(*count)++;
}

uint32_t
prefix_map_add(struct prefix_map *m, const struct prefix *p, uint32_t value)
{
	struct map_key key = key_of(&p->addr, p->length);
	uint32_t there = table_find(&m->table, &key);
	bool added;

	if (there != TABLE_NONE)
		return there;
	added = table_add(&m->table, &key, value);
	assert(added);
	if (added)
		note_length(m, p);
	return TABLE_NONE;
}

void
prefix_map_replace(struct prefix_map *m, const struct prefix *p, uint32_t value)
{
	struct map_key key = key_of(&p->addr, p->length);

	if (table_remove(&m->table, &key))
		(void)table_add(&m->table, &key, value);
}

uint32_t
prefix_map_find(const struct prefix_map *m, const struct addr *a)
{
	const uint8_t *lengths = m->lengths[a->family == 6];
	size_t count = m->length_count[a->family == 6], i;
	struct map_key key;
	uint32_t value;

	if (!m->ready || a->family == 0)
		return TABLE_NONE;
	for (i = 0; i < count; i++) {
		key = key_of(a, lengths[i]);
		value = table_find(&m->table, &key);
		if (value != TABLE_NONE)
			return value;
	}
	return TABLE_NONE;
}
