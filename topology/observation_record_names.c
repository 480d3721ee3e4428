/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that must outlive the record they came in, and the model they were of:
 * each text once, in an arena, found by a keyed hash in open addressing. Those
 * of a model that was loaded are bounded by it; of those that only a record
 * says there are at most RECORD_NAMES_MAX, since whoever writes records may
 * invent them.
 */
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/table.h"
#include "observation_record_internal.h"

#define SLOTS_FIRST 1024u /* a power of two, as every size after */

struct slot {
	uint64_t hash;
	const char *text; /* of the arena; NULL: free */
};

struct record_names {
	uint8_t secret[16];
	struct arena *arena; /* owned, as are the slots */
	struct slot *slots;
	size_t size, used;
	size_t foreign; /* of them: not of a model */
};

/* A secret that who writes records does not know. Where the kernel has none
 * to give, the process's own bytes are better than none. */
static void
draw_secret(uint8_t secret[16])
{
	const void *given = (const void *)(uintptr_t)getauxval(AT_RANDOM);

	if (getrandom(secret, 16, GRND_NONBLOCK) != 16 && given != NULL)
		memcpy(secret, given, 16);
}

struct record_names *
record_names_new(void)
{
	struct record_names *n = mem_calloc(1, sizeof(*n));

	draw_secret(n->secret);
	n->arena = arena_new();
	n->size = SLOTS_FIRST;
	n->slots = mem_calloc(n->size, sizeof(*n->slots));
	return n;
}

void
record_names_free(struct record_names *n)
{
	if (n == NULL)
		return;
	arena_free(n->arena);
	free(n->slots);
	free(n);
}

/* Where text of that hash is, or would be. */
static struct slot *
find(const struct record_names *n, uint64_t hash, const char *s)
{
	size_t i = hash & (n->size - 1);

	while (n->slots[i].text != NULL &&
	    (n->slots[i].hash != hash || strcmp(n->slots[i].text, s) != 0))
		i = (i + 1) & (n->size - 1);
	return &n->slots[i];
}

static void
grow(struct record_names *n)
{
	struct slot *old = n->slots;
	const size_t size = n->size;

	n->size = 2 * size;
	n->slots = mem_calloc(n->size, sizeof(*n->slots));
	for (size_t i = 0; i < size; i++)
		if (old[i].text != NULL)
			*find(n, old[i].hash, old[i].text) = old[i];
	free(old);
}

const char *
record_names_keep(struct record_names *n, const char *s, bool of_model)
{
	const uint64_t hash = table_hash(n->secret, s, strlen(s));
	struct slot *slot = find(n, hash, s);

	if (slot->text != NULL)
		return slot->text;
	if (!of_model && n->foreign == RECORD_NAMES_MAX)
		return NULL;
	if (n->used >= n->size / 2) {
		grow(n);
		slot = find(n, hash, s);
	}
	slot->hash = hash;
	slot->text = arena_strdup(n->arena, s);
	n->used++;
	n->foreign += !of_model;
	return slot->text;
}
