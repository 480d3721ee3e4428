/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the conduits of two addresses without walking all of them: tuple
 * space search. Every conduit stands in a hash table under (zone, zone,
 * prefix, prefix); a look-up tries each pair of prefix lengths that occurs
 * between the two zones, so its cost depends on how many different lengths
 * are in use and not on how many conduits there are. Entries whose one side
 * is "any" serve hidden clients (NAT) and near misses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "judge_internal.h"

/* A side with more prefixes than this is entered once as the whole zone; the
 * caller compares the addresses exactly anyway. */
#define SIDE_PREFIXES_MAX 256
#define LENGTH_ZONE 254 /* the whole zone */
#define LENGTH_ANY 255	/* any address at all */

struct tuple {
	uint8_t from_family, from_length, to_family, to_length;
};

struct index_key {
	uint32_t from, to; /* zone indexes */
	struct tuple tuple;
	uint8_t from_bytes[16], to_bytes[16];
};

struct chain {
	const struct conduit *conduit;
	uint32_t next; /* in chains, or TABLE_NONE */
};

/* Entries with both ends are asked for by every judgement, the others only
 * by hidden clients and near misses: kept apart, the first stay near. */
enum space { SPACE_BOTH, SPACE_ANY, SPACES };

struct tuples {
	struct tuple *items;
	size_t count, capacity;
};

struct pair {
	struct tuples of[SPACES];
};

struct judge_index {
	struct table keys[SPACES]; /* index_key → first chain */
	struct table pairs;	   /* two zone indexes → pair */
	struct chain *chains;
	size_t chain_count, chain_capacity;
	uint32_t *tails; /* by first chain: the last of it */
	struct pair *pair_items;
	size_t pair_count, pair_capacity;
};

/* One side of a conduit as the index sees it: single prefixes, or a wildcard
 * of the given length mark. */
struct side {
	const struct prefix *prefixes;
	size_t count;
	uint8_t mark;
};

static struct side
side_of(const struct endpoint *e)
{
	struct side s = { NULL, 1, LENGTH_ZONE };

	if (!e->whole_zone && e->reach.count <= SIDE_PREFIXES_MAX) {
		s.prefixes = e->reach.items;
		s.count = e->reach.count;
	}
	return s;
}

static void
set_side(const struct side *s, size_t i, uint8_t *family, uint8_t *length,
    uint8_t bytes[16])
{
	if (!s->prefixes) {
		*family = 0;
		*length = s->mark;
		return;
	}
	*family = s->prefixes[i].addr.family;
	*length = s->prefixes[i].length;
	memcpy(bytes, s->prefixes[i].addr.bytes, 16);
}

static void
pair_note(struct judge_index *x, uint32_t from, uint32_t to, enum space space,
    struct tuple tuple)
{
	const uint32_t key[2] = { from, to };
	uint32_t at = table_find(&x->pairs, key);
	struct tuples *t;

	if (at == TABLE_NONE) {
		at = (uint32_t)x->pair_count;
		if (!table_add(&x->pairs, key, at))
			return;
		x->pair_items = mem_grow(x->pair_items, &x->pair_capacity,
		    x->pair_count, sizeof(*x->pair_items));
		memset(&x->pair_items[x->pair_count++], 0,
		    sizeof(*x->pair_items));
	}
	t = &x->pair_items[at].of[space];
	for (size_t i = 0; i < t->count; i++)
		if (memcmp(&t->items[i], &tuple, sizeof(tuple)) == 0)
			return;
	t->items = mem_grow(t->items, &t->capacity, t->count,
	    sizeof(*t->items));
	t->items[t->count++] = tuple;
}

static enum space
space_of(const struct tuple *t)
{
	return t->from_length == LENGTH_ANY || t->to_length == LENGTH_ANY ?
	    SPACE_ANY :
	    SPACE_BOTH;
}

static void
index_add(struct judge_index *x, const struct conduit *c,
    const struct index_key *key)
{
	const enum space space = space_of(&key->tuple);
	struct table *keys = &x->keys[space];
	const uint32_t head = table_find(keys, key);
	const uint32_t at = (uint32_t)x->chain_count++;

	x->chains[at].conduit = c;
	x->chains[at].next = TABLE_NONE;
	x->tails[at] = at;
	if (head == TABLE_NONE) {
		(void)table_add(keys, key, at);
		pair_note(x, key->from, key->to, space, key->tuple);
		return;
	}
	x->chains[x->tails[head]].next = at;
	x->tails[head] = at;
}

static void
add_sides(struct judge_index *x, const struct conduit *c,
    const struct endpoint *a, const struct endpoint *b, struct side from,
    struct side to)
{
	for (size_t i = 0; i < from.count; i++)
		for (size_t j = 0; j < to.count; j++) {
			struct index_key key = { .from = a->zone->index,
				.to = b->zone->index };

			set_side(&from, i, &key.tuple.from_family,
			    &key.tuple.from_length, key.from_bytes);
			set_side(&to, j, &key.tuple.to_family,
			    &key.tuple.to_length, key.to_bytes);
			index_add(x, c, &key);
		}
}

static struct side
cut_side(struct side s, size_t other)
{
	if (s.count * other > SIDE_PREFIXES_MAX * 4) {
		s.prefixes = NULL;
		s.count = 1;
		s.mark = LENGTH_ZONE;
	}
	return s;
}

/* What one conduit adds: both sides exact, and each side with the other any. */
static void
count_entries(const struct conduit *c, size_t counts[SPACES])
{
	const struct side from = side_of(&c->from);
	const struct side to = cut_side(side_of(&c->to), from.count);

	counts[SPACE_BOTH] += from.count * to.count;
	counts[SPACE_ANY] += from.count + to.count;
}

static void
add_conduit(struct judge_index *x, const struct conduit *c)
{
	const struct side any = { NULL, 1, LENGTH_ANY };
	const struct side from = side_of(&c->from);
	const struct side to = cut_side(side_of(&c->to), from.count);

	add_sides(x, c, &c->from, &c->to, from, to);
	add_sides(x, c, &c->from, &c->to, any, to);
	add_sides(x, c, &c->from, &c->to, from, any);
}

struct judge_index *
judge_index_new(const struct model *m)
{
	/* Keys are the operator's own words: see locate_index_new. */
	static const uint8_t secret[16] = "sekisho conduit";
	struct judge_index *x = mem_calloc(1, sizeof(*x));
	size_t counts[SPACES] = { 1, 1 };

	for (size_t i = 0; i < m->conduit_count; i++)
		count_entries(&m->conduits[i], counts);
	x->chain_capacity = counts[SPACE_BOTH] + counts[SPACE_ANY];
	x->chains = mem_calloc(x->chain_capacity, sizeof(*x->chains));
	x->tails = mem_calloc(x->chain_capacity, sizeof(*x->tails));
	for (int space = 0; space < SPACES; space++)
		table_init(&x->keys[space], counts[space],
		    sizeof(struct index_key), secret);
	table_init(&x->pairs, m->conduit_count + 1, 2 * sizeof(uint32_t),
	    secret);
	for (size_t i = 0; i < m->conduit_count; i++)
		add_conduit(x, &m->conduits[i]);
	return x;
}

void
judge_index_free(struct judge_index *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->pair_count; i++)
		for (int space = 0; space < SPACES; space++)
			free(x->pair_items[i].of[space].items);
	free(x->pair_items);
	free(x->chains);
	free(x->tails);
	for (int space = 0; space < SPACES; space++)
		table_fini(&x->keys[space]);
	table_fini(&x->pairs);
	free(x);
}

/* Fills one side of a key from an address; false when the tuple cannot hold
 * it (another family, or a host where any or hidden is asked for). */
static bool
key_side(uint8_t family, uint8_t length, const struct place *p, bool any,
    uint8_t bytes[16])
{
	struct addr masked;

	if (any)
		return length == LENGTH_ANY;
	if (length == LENGTH_ANY)
		return false;
	if (length == LENGTH_ZONE)
		return true;
	if (family != p->address.family)
		return false;
	masked = addr_mask(&p->address, length);
	memcpy(bytes, masked.bytes, 16);
	return true;
}

void
index_each(const struct model *m, const struct place *a, const struct place *b,
    enum index_side side,
    bool (*each)(void *context, const struct conduit *conduit), void *context)
{
	const struct judge_index *x = m->judged;
	const uint32_t zones[2] = { a->zone->index, b->zone->index };
	const uint32_t at = table_find(&x->pairs, zones);
	const enum space space = side == INDEX_BOTH ? SPACE_BOTH : SPACE_ANY;
	const struct tuples *tuples;

	if (at == TABLE_NONE)
		return;
	tuples = &x->pair_items[at].of[space];
	for (size_t i = 0; i < tuples->count; i++) {
		const struct tuple *t = &tuples->items[i];
		struct index_key key = { .from = zones[0],
			.to = zones[1],
			.tuple = *t };
		uint32_t link;

		if (!key_side(t->from_family, t->from_length, a,
			side == INDEX_ANY_FROM, key.from_bytes) ||
		    !key_side(t->to_family, t->to_length, b,
			side == INDEX_ANY_TO, key.to_bytes))
			continue;
		for (link = table_find(&x->keys[space], &key);
		     link != TABLE_NONE; link = x->chains[link].next)
			if (!each(context, x->chains[link].conduit))
				return;
	}
}
