/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One table holds every noun of the new model and every stub made since, by
 * kind and digest of the id; what it finds are places in one array.
 */
#include "noun.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/table.h"

enum noun {
	NOUN_BOUNDARY,
	NOUN_TAP,
	NOUN_ZONE,
	NOUN_CONDUIT,
	NOUN_EXCEPTION,
	NOUN_EMERGENCY,
	NOUN_STRING,
};

/* No padding: it is hashed as bytes. */
struct key {
	uint64_t digest, noun;
};

struct noun_map {
	uint8_t secret[16];
	struct arena *arena; /* owned: stubs and strings */
	struct table by_id;
	const void **nouns; /* owned array */
	size_t count, max;  /* of nouns */
	size_t own;	    /* nouns before this one are the model's */
};

static struct key
key_of(const struct noun_map *n, enum noun noun, const char *id)
{
	const struct key key = { table_hash(n->secret, id, strlen(id)), noun };

	return key;
}

/* The place of the noun in n->nouns, or TABLE_NONE. */
static uint32_t
find(const struct noun_map *n, enum noun noun, const char *id)
{
	const struct key key = key_of(n, noun, id);

	return table_find(&n->by_id, &key);
}

/* Takes in what p points to; the first of an id counts. */
static void
add(struct noun_map *n, enum noun noun, const char *id, const void *p)
{
	const struct key key = key_of(n, noun, id);

	if (table_find(&n->by_id, &key) != TABLE_NONE || n->count == n->max)
		return;
	n->nouns[n->count] = p;
	(void)table_add(&n->by_id, &key, (uint32_t)n->count++);
}

static void
add_boundary(struct noun_map *n, const struct boundary *b)
{
	add(n, NOUN_BOUNDARY, b->id, b);
	for (size_t i = 0; i < b->tap_count; i++)
		add(n, NOUN_TAP, b->taps[i].id, &b->taps[i]);
}

struct noun_map *
noun_map_new(const struct model *m, const uint8_t secret[16])
{
	struct noun_map *n = mem_calloc(1, sizeof(*n));

	memcpy(n->secret, secret, sizeof(n->secret));
	n->arena = arena_new();
	n->max = NOUN_STUBS_MAX + m->boundary_count + m->tap_count +
	    m->zone_count + 1 + m->conduit_count + m->exception_count +
	    m->emergency_count;
	n->nouns = mem_calloc(n->max, sizeof(*n->nouns));
	table_init(&n->by_id, n->max, sizeof(struct key), secret);
	for (size_t i = 0; i < m->boundary_count; i++)
		add_boundary(n, &m->boundaries[i]);
	for (size_t i = 0; i < m->zone_count; i++)
		add(n, NOUN_ZONE, m->zones[i].id, &m->zones[i]);
	if (m->firewall_zone.id != NULL)
		add(n, NOUN_ZONE, m->firewall_zone.id, &m->firewall_zone);
	for (size_t i = 0; i < m->conduit_count; i++)
		add(n, NOUN_CONDUIT, m->conduits[i].id, &m->conduits[i]);
	for (size_t i = 0; i < m->exception_count; i++)
		add(n, NOUN_EXCEPTION, m->exceptions[i].id, &m->exceptions[i]);
	for (size_t i = 0; i < m->emergency_count; i++)
		add(n, NOUN_EMERGENCY, m->emergencies[i].id,
		    &m->emergencies[i]);
	n->own = n->count;
	return n;
}

void
noun_map_free(struct noun_map *n)
{
	if (n == NULL)
		return;
	table_fini(&n->by_id);
	arena_free(n->arena);
	free(n->nouns);
	free(n);
}

/* The noun or its stub, as it is known already; NULL: not yet. */
static const void *
known(const struct noun_map *n, enum noun noun, const char *id)
{
	const uint32_t i = find(n, noun, id);

	return i == TABLE_NONE ? NULL : n->nouns[i];
}

static bool
has_room(const struct noun_map *n)
{
	return n->count < n->max;
}

bool
noun_has_boundary(const struct noun_map *n, const struct boundary *b)
{
	return b == NULL || find(n, NOUN_BOUNDARY, b->id) < n->own;
}

const char *
noun_string(struct noun_map *n, const char *s)
{
	const char *copy;

	if (s == NULL)
		return NULL;
	copy = known(n, NOUN_STRING, s);
	if (copy != NULL || !has_room(n))
		return copy;
	copy = arena_strdup(n->arena, s);
	add(n, NOUN_STRING, s, copy);
	return copy;
}

const struct boundary *
noun_boundary(struct noun_map *n, const struct boundary *b)
{
	const struct boundary *same;
	struct boundary *stub;

	if (b == NULL)
		return NULL;
	same = known(n, NOUN_BOUNDARY, b->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, b->id);
	stub->name = arena_strdup(n->arena, b->name);
	stub->index = UINT32_MAX; /* in no array */
	add(n, NOUN_BOUNDARY, stub->id, stub);
	return stub;
}

const struct tap *
noun_tap(struct noun_map *n, const struct tap *t)
{
	const struct tap *same;
	struct tap *stub;

	if (t == NULL)
		return NULL;
	same = known(n, NOUN_TAP, t->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, t->id);
	stub->interface = arena_strdup(n->arena, t->interface);
	stub->probe = arena_strdup(n->arena, t->probe);
	stub->index = UINT32_MAX;
	stub->boundary = noun_boundary(n, t->boundary);
	add(n, NOUN_TAP, stub->id, stub);
	return stub;
}

const struct zone *
noun_zone(struct noun_map *n, const struct zone *z)
{
	const struct zone *same;
	struct zone *stub;

	if (z == NULL)
		return NULL;
	same = known(n, NOUN_ZONE, z->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, z->id);
	stub->name = arena_strdup(n->arena, z->name);
	stub->tier = z->tier;
	stub->index = UINT32_MAX;
	add(n, NOUN_ZONE, stub->id, stub);
	return stub;
}

const struct conduit *
noun_conduit(struct noun_map *n, const struct conduit *c)
{
	const struct conduit *same;
	struct conduit *stub;

	if (c == NULL)
		return NULL;
	same = known(n, NOUN_CONDUIT, c->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, c->id);
	stub->name = arena_strdup(n->arena, c->name);
	stub->index = UINT32_MAX;
	stub->from.zone = noun_zone(n, c->from.zone);
	stub->to.zone = noun_zone(n, c->to.zone);
	stub->direction = c->direction;
	add(n, NOUN_CONDUIT, stub->id, stub);
	return stub;
}

void
noun_device(struct noun_map *n, struct device *d)
{
	d->boundary = noun_boundary(n, d->boundary);
	d->tap = noun_tap(n, d->tap);
	d->zone = noun_zone(n, d->zone);
	d->host = NULL;
}

static const struct exception *
exception_of(struct noun_map *n, const struct exception *e)
{
	const struct exception *same;
	struct exception *stub;

	if (e == NULL)
		return NULL;
	same = known(n, NOUN_EXCEPTION, e->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, e->id);
	stub->index = UINT32_MAX;
	add(n, NOUN_EXCEPTION, stub->id, stub);
	return stub;
}

static const struct emergency *
emergency_of(struct noun_map *n, const struct emergency *e)
{
	const struct emergency *same;
	struct emergency *stub;

	if (e == NULL)
		return NULL;
	same = known(n, NOUN_EMERGENCY, e->id);
	if (same != NULL || !has_room(n))
		return same;
	stub = arena_calloc(n->arena, 1, sizeof(*stub));
	stub->id = arena_strdup(n->arena, e->id);
	stub->index = UINT32_MAX;
	add(n, NOUN_EMERGENCY, stub->id, stub);
	return stub;
}

void
noun_place(struct noun_map *n, struct place *p)
{
	p->zone = noun_zone(n, p->zone);
	p->translation = NULL;
}

/* Where the clause stands in the new model, or NULL: not there. */
static const struct diag_place *
place_of(const struct noun_map *n, const struct clause *c)
{
	const bool is_conduit = c->kind == CLAUSE_CONDUIT;
	uint32_t i;

	if (c->id == NULL || (!is_conduit && c->kind != CLAUSE_EXCEPTION))
		return NULL;
	i = find(n, is_conduit ? NOUN_CONDUIT : NOUN_EXCEPTION, c->id);
	if (i >= n->own)
		return NULL;
	return is_conduit ? &((const struct conduit *)n->nouns[i])->place :
			    &((const struct exception *)n->nouns[i])->place;
}

void
noun_clause(struct noun_map *n, struct clause *c)
{
	const struct diag_place *place = place_of(n, c);

	c->id = noun_string(n, c->id);
	if (place != NULL)
		c->place = *place;
	else
		c->place.file = noun_string(n, c->place.file);
}

static void
move_conversation(struct noun_map *n, struct conversation *c)
{
	size_t kept = 0;

	c->boundary = noun_boundary(n, c->boundary);
	c->control = NULL;
	c->watching = NULL;
	for (size_t i = 0; i < c->sighting_count; i++) {
		struct sighting s = c->sightings[i];

		s.tap = noun_tap(n, s.tap);
		s.segment = noun_zone(n, s.segment);
		s.link = NULL;
		s.way[0].router = s.way[1].router = NULL;
		if (s.tap != NULL) /* else there is nothing to say of it */
			c->sightings[kept++] = s;
	}
	c->sightings_full = c->sightings_full || kept < c->sighting_count;
	c->sighting_count = kept;
}

const struct observation *
noun_observation(struct noun_map *n, const struct observation *o,
    struct noun_room *room)
{
	struct verdict *v = &room->verdict;

	room->observation = *o;
	room->conversation = *o->conversation;
	*v = *o->verdict;
	room->observation.conversation = &room->conversation;
	room->observation.verdict = v;
	room->observation.tap = noun_tap(n, o->tap);
	move_conversation(n, &room->conversation);
	noun_clause(n, &v->clause);
	for (size_t i = 0; i < v->also_count; i++)
		noun_clause(n, &v->also_clause[i]);
	v->conduit = noun_conduit(n, v->conduit);
	v->exception = exception_of(n, v->exception);
	v->emergency = emergency_of(n, v->emergency);
	v->near_miss.conduit = noun_conduit(n, v->near_miss.conduit);
	noun_place(n, &v->from);
	noun_place(n, &v->to);
	return &room->observation;
}
