/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of the ids of a model. Ids have any length and the table's keys one
 * size, so the key is two hashes of the id; a hit is compared with the id
 * itself. The keys are fixed: a model is its owner's, not an attacker's.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

#define ID_MAX 64

static const uint8_t secrets[2][16] = { "sekisho ids one", "sekisho ids two" };

struct id_key {
	uint64_t hash[2];
};

static const enum word noun_words[NOUN_COUNT] = {
	[NOUN_ZONE] = W_NOUN_ZONE,
	[NOUN_LINK] = W_NOUN_LINK,
	[NOUN_PARTNER] = W_NOUN_PARTNER,
	[NOUN_PROBE] = W_NOUN_PROBE,
	[NOUN_FIREWALL] = W_NOUN_FIREWALL,
	[NOUN_BOUNDARY] = W_NOUN_BOUNDARY,
	[NOUN_TAP] = W_NOUN_TAP,
	[NOUN_PROXY] = W_NOUN_PROXY,
	[NOUN_GROUP] = W_NOUN_GROUP,
	[NOUN_LIST] = W_NOUN_LIST,
	[NOUN_CALENDAR] = W_NOUN_CALENDAR,
	[NOUN_CONDUIT] = W_NOUN_CONDUIT,
	[NOUN_RELAY] = W_NOUN_RELAY,
	[NOUN_SANITISER] = W_NOUN_SANITISER,
	[NOUN_EXCEPTION] = W_NOUN_EXCEPTION,
	[NOUN_EMERGENCY] = W_NOUN_EMERGENCY,
	[NOUN_DIVISION] = W_NOUN_DIVISION,
	[NOUN_TUNNEL] = W_NOUN_TUNNEL,
	[NOUN_CONTAINMENT] = W_NOUN_CONTAINMENT,
};

static struct id_key
key_of(const char *id)
{
	struct id_key key;
	size_t n = strlen(id);

	key.hash[0] = table_hash(secrets[0], id, n);
	key.hash[1] = table_hash(secrets[1], id, n);
	return key;
}

void
model_ids_init(struct loader *l, enum noun noun, size_t max)
{
	struct ids *ids = &l->ids[noun];

	table_init(&ids->table, max ? max : 1, sizeof(struct id_key),
	    secrets[0]);
	ids->names = mem_calloc(max, sizeof(*ids->names));
	ids->nodes = mem_calloc(max, sizeof(*ids->nodes));
	ids->max = max;
}

void
model_ids_fini(struct loader *l)
{
	struct ids *ids;

	for (ids = l->ids; ids < l->ids + NOUN_COUNT; ids++) {
		if (ids->names == NULL)
			continue;
		table_fini(&ids->table);
		free(ids->names);
		free(ids->nodes);
	}
}

uint32_t
model_ids_find(const struct loader *l, enum noun noun, const char *id)
{
	const struct ids *ids = &l->ids[noun];
	struct id_key key;
	uint32_t index;

	if (ids->names == NULL)
		return TABLE_NONE;
	key = key_of(id);
	index = table_find(&ids->table, &key);
	if (index == TABLE_NONE || strcmp(ids->names[index], id) != 0)
		return TABLE_NONE;
	return index;
}

void
model_ids_enter(struct loader *l, enum noun noun, const char *id,
    const struct jsonx *n, uint32_t index)
{
	struct ids *ids = &l->ids[noun];
	struct id_key key = key_of(id);

	if (index >= ids->max || !table_add(&ids->table, &key, index))
		return;
	ids->names[index] = id;
	ids->nodes[index] = n;
}

/* Ids are printed as they are, so what a terminal would obey is refused. */
static bool
well_formed(const char *id)
{
	const char *p;

	for (p = id; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c == 0x7f || isupper(c) ||
		    strchr("/@\"'", c) != NULL)
			return false;
	}
	return (size_t)(p - id) <= ID_MAX && text_is_safe(id);
}

bool
model_ids_check(struct loader *l, const struct jsonx *at, const char *id)
{
	if (well_formed(id))
		return true;
	model_read_fault(l, at, W_MODEL_BAD_ID, 1, id);
	return false;
}

static void
duplicate(struct loader *l, enum noun noun, const struct jsonx *n,
    const char *id, uint32_t first)
{
	const struct jsonx *node = l->ids[noun].nodes[first];
	struct text place = { 0 };

	text_printf(&place, "%s:%u:%u", l->shown, node->line, node->column);
	model_read_fault(l, n, W_MODEL_DUPLICATE_ID, 3,
	    words_get(l->d->lang, noun_words[noun]), id, text_str(&place));
	text_free(&place);
}

const char *
model_ids_define(struct loader *l, enum noun noun, const struct jsonx *n,
    uint32_t index)
{
	const struct jsonx *at;
	const char *id = model_read_string(l, n, "id", NEEDED);
	uint32_t first;

	if (id == NULL)
		return NULL;
	at = jsonx_get(n, "id");
	/* Entered all the same: one fault, not one a reference. */
	(void)model_ids_check(l, at, id);
	if (noun == NOUN_ZONE && strcmp(id, "firewall") == 0) {
		model_read_fault(l, at, W_MODEL_RESERVED_ID, 1, id);
		return id;
	}
	first = model_ids_find(l, noun, id);
	if (first != TABLE_NONE)
		duplicate(l, noun, at, id, first);
	else
		model_ids_enter(l, noun, id, at, index);
	return id;
}

uint32_t
model_ids_refer(struct loader *l, enum noun noun, const struct jsonx *item)
{
	const char *noun_name, *near;
	uint32_t index;

	index = model_ids_find(l, noun, item->string);
	if (index != TABLE_NONE)
		return index;
	noun_name = words_get(l->d->lang, noun_words[noun]);
	near = model_read_nearest(l, item->string, l->ids[noun].names,
	    l->ids[noun].max);
	if (near != NULL)
		model_read_fault(l, item, W_MODEL_UNKNOWN_REFERENCE_NEAR, 3,
		    noun_name, item->string, near);
	else
		model_read_fault(l, item, W_MODEL_UNKNOWN_REFERENCE, 2,
		    noun_name, item->string);
	return TABLE_NONE;
}

uint32_t
model_ids_member(struct loader *l, enum noun noun, const struct jsonx *o,
    const char *key, enum need need)
{
	if (model_read_string(l, o, key, need) == NULL)
		return TABLE_NONE;
	return model_ids_refer(l, noun, jsonx_get(o, key));
}

const struct zone *
model_ids_zone(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, bool pseudo)
{
	const char *id = model_read_string(l, o, key, need);
	uint32_t index;

	if (id == NULL)
		return NULL;
	if (pseudo && strcmp(id, "firewall") == 0)
		return &l->m->firewall_zone;
	index = model_ids_refer(l, NOUN_ZONE, jsonx_get(o, key));
	return index != TABLE_NONE ? &l->m->zones[index] : NULL;
}

const struct link *
model_ids_link(struct loader *l, const struct jsonx *o, const char *key)
{
	uint32_t index = model_ids_member(l, NOUN_LINK, o, key, OPTIONAL);

	return index != TABLE_NONE ? &l->m->links[index] : NULL;
}

/* The indices an array of strings refers to; what fails is left out. */
static uint32_t *
refer_all(struct loader *l, enum noun noun, const struct jsonx *o,
    const char *key, enum need need, size_t *count)
{
	const struct jsonx *item;
	uint32_t *out, index;
	size_t n, i;

	item = model_read_array(l, o, key, need, false, &n);
	*count = 0;
	if (n == 0)
		return NULL;
	out = arena_calloc(l->scratch, n, sizeof(*out));
	for (; item != NULL; item = item->next) {
		if (!model_read_item(l, item, key, JSONX_STRING))
			continue;
		index = model_ids_refer(l, noun, item);
		if (index == TABLE_NONE)
			continue;
		for (i = 0; i < *count && out[i] != index; i++)
			;
		if (i < *count)
			model_read_fault(l, item, W_MODEL_LISTED_TWICE, 1,
			    item->string);
		else
			out[(*count)++] = index;
	}
	return out;
}

const struct zone **
model_ids_zones(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, size_t *count)
{
	uint32_t *indices = refer_all(l, NOUN_ZONE, o, key, need, count);
	const struct zone **out;
	size_t i;

	if (*count == 0)
		return NULL;
	out = arena_calloc(l->arena, *count, sizeof(*out));
	for (i = 0; i < *count; i++)
		out[i] = &l->m->zones[indices[i]];
	return out;
}

const struct link **
model_ids_links(struct loader *l, const struct jsonx *o, const char *key,
    size_t *count)
{
	uint32_t *indices = refer_all(l, NOUN_LINK, o, key, OPTIONAL, count);
	const struct link **out;
	size_t i;

	if (*count == 0)
		return NULL;
	out = arena_calloc(l->arena, *count, sizeof(*out));
	for (i = 0; i < *count; i++)
		out[i] = &l->m->links[indices[i]];
	return out;
}
