/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets and maps, named and anonymous. A set may be defined after the rule
 * that looks there, so all are remembered first and their elements read when
 * a rule asks, once for every way of asking: what an element means depends on
 * the left side, not on what the set calls its type.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_json_internal.h"

/* ---- by name */

static struct text
key_of(enum table_family family, const char *table, const char *name)
{
	struct text key = { 0 };

	text_printf(&key, "%d ", (int)family);
	text_add(&key, table);
	text_add_n(&key, "", 1); /* no name has a NUL in it */
	text_add(&key, name);
	return key;
}

struct json_set *
json_set_find(const struct json_reader *r, enum table_family family,
    const char *table, const char *name)
{
	struct text key = key_of(family, table, name);
	uint32_t found = ruleset_index_find(r->index, key.data, key.length);

	text_free(&key);
	return found == RULESET_INDEX_NONE ? NULL : &r->sets[found];
}

/* The table and name of an object; false with faults. */
static bool
whose(struct json_reader *r, const struct jsonx *node,
    enum table_family *family, const char **table, const char **name)
{
	const struct jsonx *f = jsonx_get(node, "family");

	*table = json_need_string(r, node, "table");
	*name = json_need_string(r, node, "name");
	if (json_need_string(r, node, "family") == NULL || *table == NULL ||
	    *name == NULL)
		return false;
	if (json_family(f->string, family))
		return true;
	json_fault(r, f, W_RULESET_JSON_WORD, 2, "family",
	    "ip, ip6, inet, bridge, netdev, arp");
	return false;
}

/* A statement of each element that may end a rule. */
static bool
has_condition(const struct jsonx *node)
{
	static const char *const keys[] = { "limit", "quota", "ct count" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (jsonx_get(node, keys[i]) != NULL)
			return true;
	return false;
}

static bool
is_changing(const struct jsonx *node)
{
	const struct jsonx *flags = jsonx_get(node, "flags");
	const struct jsonx *list = jsonx_get(node, "stmt");

	if (strcmp(node->key, "meter") == 0 ||
	    json_object_stranger(node) != NULL ||
	    json_has_word(flags, "dynamic") ||
	    json_has_word(flags, "timeout") ||
	    jsonx_get(node, "timeout") != NULL)
		return true;
	if (list == NULL || list->kind != JSONX_ARRAY)
		return list != NULL && has_condition(list);
	for (const struct jsonx *n = list->child; n != NULL; n = n->next)
		if (has_condition(n))
			return true;
	return false;
}

bool
json_set_add(struct json_reader *r, const struct jsonx *node)
{
	enum table_family family;
	const char *table, *name;
	struct text key;
	struct json_set *s;

	if (!whose(r, node, &family, &table, &name))
		return false;
	if (json_set_find(r, family, table, name) != NULL) {
		json_fault(r, node, W_RULESET_JSON_SET_TWICE, 0);
		return false;
	}
	r->sets = mem_grow(r->sets, &r->set_capacity, r->set_count,
	    sizeof(*r->sets));
	s = &r->sets[r->set_count];
	memset(s, 0, sizeof(*s));
	s->name = builder_string(r->b, name);
	s->node = node;
	s->changing = is_changing(node);
	key = key_of(family, table, name);
	ruleset_index_add(r->index, key.data, key.length,
	    (uint32_t)r->set_count++);
	text_free(&key);
	return true;
}

bool
json_set_more(struct json_reader *r, const struct jsonx *node)
{
	enum table_family family;
	const char *table, *name;
	struct json_set *s;
	struct json_more *more;

	if (!whose(r, node, &family, &table, &name))
		return false;
	s = json_set_find(r, family, table, name);
	if (s == NULL) {
		json_fault(r, node, W_RULESET_JSON_NO_SET, 0);
		return false;
	}
	if (jsonx_get(node, "elem") == NULL) {
		json_fault(r, node, W_RULESET_JSON_MISSING, 1, "elem");
		return false;
	}
	more = pool_take(r->pool, sizeof(*more));
	more->node = jsonx_get(node, "elem");
	more->next = s->more;
	s->more = more;
	s->changing = s->changing || json_object_stranger(node) != NULL;
	return true;
}

/* ---- what an element of a map gives */

static const struct {
	const char *word;
	enum action action;
} verdicts[] = {
	{ "accept", ACTION_ACCEPT },
	{ "drop", ACTION_DROP },
	{ "continue", ACTION_CONTINUE },
	{ "return", ACTION_RETURN },
	{ "jump", ACTION_JUMP },
	{ "goto", ACTION_GOTO },
	{ "queue", ACTION_QUEUE },
};

enum json_got
json_verdict(struct json_reader *r, const struct jsonx *node,
    struct decision *out)
{
	const struct jsonx *only = json_only(node);
	const char *target = NULL;
	size_t i;

	for (i = 0; only != NULL && i < sizeof(verdicts) / sizeof(verdicts[0]);
	     i++)
		if (strcmp(only->key, verdicts[i].word) == 0)
			break;
	if (only == NULL || i == sizeof(verdicts) / sizeof(verdicts[0]))
		return JSON_UNKNOWN;
	if (verdicts[i].action == ACTION_JUMP ||
	    verdicts[i].action == ACTION_GOTO) {
		if (only->kind != JSONX_OBJECT) {
			json_fault_kind(r, only, JSONX_OBJECT);
			return JSON_FAULT;
		}
		target = json_need_string(r, only, "target");
		if (target == NULL)
			return JSON_FAULT;
	}
	*out = builder_decision(r->b, verdicts[i].action, target);
	return JSON_OK;
}

static enum json_got
taken(struct json_reader *r, enum json_kind kind, const struct jsonx *node,
    const struct spans **out)
{
	const struct json_key plain = { .kind = kind };
	const size_t start = r->span_count;
	enum json_got got = json_values(r, kind, node);

	if (got != JSON_OK) {
		r->span_count = start;
		return got;
	}
	return json_spans(r, &plain, start, out);
}

static enum json_got
address(struct json_reader *r, enum json_use use, const struct jsonx *node,
    struct change *out)
{
	const enum json_kind kind = use == JSON_USE_ADDRESS_4 ||
		use == JSON_USE_NETWORK_4 ?
	    JSON_ADDRESS_4 :
	    JSON_ADDRESS_6;
	const struct jsonx *only = json_only(node), *a = node;
	enum json_got got;

	if (only != NULL && strcmp(only->key, "concat") == 0) {
		if (only->kind != JSONX_ARRAY || only->count != 2) {
			json_fault(r, only, W_RULESET_JSON_PAIR, 0);
			return JSON_FAULT;
		}
		a = only->child;
		got = taken(r, JSON_PORT, a->next, &out->port);
		if (got != JSON_OK)
			return got;
	}
	if (use == JSON_USE_NETWORK_4 || use == JSON_USE_NETWORK_6) {
		only = json_only(a);
		out->prefix = only != NULL && strcmp(only->key, "prefix") == 0;
		if (!out->prefix && a->kind != JSONX_STRING)
			return JSON_UNKNOWN;
	}
	return taken(r, kind, a, &out->address);
}

static enum json_got
outcome(struct json_reader *r, enum json_use use, const struct jsonx *node,
    struct set_element *out)
{
	packet_value mark;
	enum json_got got;

	switch (use) {
	case JSON_USE_VERDICT:
		got = json_verdict(r, node, &out->decision);
		if (got == JSON_UNKNOWN)
			out->decision.action = ACTION_UNKNOWN;
		return got == JSON_FAULT ? got : JSON_OK;
	case JSON_USE_PORT:
		return taken(r, JSON_PORT, node, &out->change.port);
	case JSON_USE_MARK:
		got = json_scalar(r, JSON_MARK_VALUE, node, &mark);
		if (got == JSON_OK)
			out->change.flip = (uint32_t)mark;
		return got;
	case JSON_USE_SET:
	case JSON_USE_ANYTHING:
		return JSON_OK;
	default:
		return address(r, use, node, &out->change);
	}
}

/* ---- elements */

/* Elements being read. */
struct reading {
	struct json_reader *r;
	const struct json_left *left;
	enum json_use use;
	bool joined;  /* a set of one field: its values are one element */
	size_t start; /* of those on r->spans */
	bool everything;
	struct set_element *items; /* in the pool */
	size_t count, room;
	bool changing;
	enum json_got got;
};

/* Takes {"elem": {"val": ..., "timeout": ...}} off. */
static const struct jsonx *
unwrap(struct reading *e, const struct jsonx *node)
{
	const struct jsonx *only = json_only(node), *value;

	if (only == NULL || strcmp(only->key, "elem") != 0 ||
	    only->kind != JSONX_OBJECT)
		return node;
	value = jsonx_get(only, "val");
	if (value == NULL) {
		json_fault(e->r, only, W_RULESET_JSON_MISSING, 1, "val");
		return NULL;
	}
	e->changing = e->changing || has_condition(only) ||
	    json_element_stranger(only) != NULL ||
	    jsonx_get(only, "timeout") != NULL ||
	    jsonx_get(only, "expires") != NULL;
	return value;
}

static void
worse(struct reading *e, enum json_got got)
{
	if (got > e->got)
		e->got = got;
}

/* The key of an element of several fields, or of one with an outcome. */
static enum json_got
parts(struct reading *e, const struct jsonx *node, struct set_element *out)
{
	const struct json_left *left = e->left;
	const struct jsonx *only = json_only(node), *n = node;
	size_t used = 0;

	if (left->count > 1) {
		if (only == NULL || strcmp(only->key, "concat") != 0 ||
		    only->kind != JSONX_ARRAY || only->count != left->count) {
			json_fault(e->r, node, W_RULESET_JSON_CONCAT, 0);
			return JSON_FAULT;
		}
		n = only->child;
	}
	for (size_t i = 0; i < left->count; i++, n = n->next) {
		const size_t start = e->r->span_count;
		enum json_got got;

		if (!left->keys[i].known)
			continue;
		got = json_values(e->r, left->keys[i].kind, n);
		if (got == JSON_OK)
			got = json_spans(e->r, &left->keys[i], start,
			    &out->parts[used++]);
		if (got != JSON_OK) {
			e->r->span_count = start;
			return got;
		}
	}
	return JSON_OK;
}

static bool
is_star(const struct jsonx *node)
{
	return node->kind == JSONX_STRING && strcmp(node->string, "*") == 0;
}

static void
element(struct reading *e, const struct jsonx *node)
{
	const struct jsonx *key = unwrap(e, node), *data = NULL;
	struct set_element *out;
	enum json_got got;

	if (key != NULL && e->use != JSON_USE_SET) {
		if (key->kind != JSONX_ARRAY || key->count != 2) {
			json_fault(e->r, key, W_RULESET_JSON_PAIR, 0);
			worse(e, JSON_FAULT);
			return;
		}
		data = key->child->next;
		key = unwrap(e, key->child);
	}
	if (key == NULL) {
		worse(e, JSON_FAULT);
		return;
	}
	if (e->joined) {
		if (is_star(key))
			e->everything = true;
		else
			worse(e, json_values(e->r, e->left->keys[0].kind, key));
		return;
	}
	out = &e->items[e->count++];
	memset(out, 0, sizeof(*out));
	got = is_star(key) ? JSON_OK : parts(e, key, out);
	if (got == JSON_OK && data != NULL)
		got = outcome(e->r, e->use, data, out);
	worse(e, got);
}

static void
elements(struct reading *e, const struct jsonx *node)
{
	if (node->kind != JSONX_ARRAY) {
		element(e, node);
		return;
	}
	for (const struct jsonx *n = node->child;
	     n != NULL && e->got != JSON_FAULT; n = n->next)
		element(e, n);
}

static size_t
count_of(const struct jsonx *node)
{
	return node->kind == JSONX_ARRAY ? node->count : 1;
}

/* All values of a set of one field as one element. */
static void
join(struct reading *e)
{
	enum json_got got = JSON_OK;

	e->items = pool_take(e->r->pool, sizeof(*e->items));
	memset(e->items, 0, sizeof(*e->items));
	e->count = 1;
	if (e->everything || e->got != JSON_OK)
		e->r->span_count = e->start;
	else
		got = json_spans(e->r, &e->left->keys[0], e->start,
		    &e->items[0].parts[0]);
	worse(e, got);
}

/* Reads the elements of first and what is linked to more. */
static void
read_elements(struct reading *e, const struct jsonx *first,
    const struct json_more *more)
{
	size_t room = first == NULL ? 0 : count_of(first);
	const struct json_more *m;

	for (m = more; m != NULL; m = m->next)
		room += count_of(m->node);
	if (room > RULESET_ELEMENTS_MAX - e->r->elements) {
		json_fault(e->r, first != NULL ? first : more->node,
		    W_RULESET_ELEMENTS, 1, "4000000");
		e->got = JSON_FAULT;
		return;
	}
	e->r->elements += room;
	e->start = e->r->span_count;
	e->joined = e->use == JSON_USE_SET && e->left->count == 1;
	if (!e->joined)
		e->items = pool_take(e->r->pool,
		    (room + 1) * sizeof(*e->items));
	if (first != NULL)
		elements(e, first);
	for (m = more; m != NULL && e->got != JSON_FAULT; m = m->next)
		elements(e, m->node);
	if (e->joined)
		join(e);
}

/* ---- lookups */

/* How a rule asks, as numbers; false when that cannot be kept. */
static bool
way_of(const struct json_left *left, enum json_use use,
    uint32_t way[2 * RULESET_FIELDS_MAX + 2])
{
	size_t n = 0;

	memset(way, 0, (2 * RULESET_FIELDS_MAX + 2) * sizeof(*way));
	way[n++] = (uint32_t)use;
	way[n++] = (uint32_t)left->count;
	for (size_t i = 0; i < left->count; i++) {
		if (left->keys[i].operation_count > 0)
			return false;
		way[n++] = left->keys[i].known;
		way[n++] = (uint32_t)left->keys[i].kind;
	}
	return true;
}

static void
keep(struct json_reader *r, struct json_set *s, const struct reading *e)
{
	struct json_elements *c;

	if (s->cached_count == JSON_CACHED_MAX)
		return;
	c = pool_take(r->pool, sizeof(*c));
	if (!way_of(e->left, e->use, c->way))
		return;
	c->got = e->got;
	c->items = e->items;
	c->count = e->count;
	c->next = s->cached;
	s->cached = c;
	s->cached_count++;
}

static enum json_got
look_named(struct json_rule *rule, const struct json_left *left,
    const struct jsonx *data, enum json_use use, struct lookup *out)
{
	struct json_reader *r = rule->r;
	struct json_set *s = json_set_find(r, rule->family, rule->table,
	    data->string + 1);
	struct reading e = { .r = r, .left = left, .use = use };
	uint32_t way[2 * RULESET_FIELDS_MAX + 2];
	const struct json_elements *c;

	if (s == NULL) {
		json_fault(r, data, W_RULESET_JSON_NO_SET, 0);
		return JSON_FAULT;
	}
	c = way_of(left, use, way) ? s->cached : NULL;
	while (c != NULL && memcmp(c->way, way, sizeof(way)) != 0)
		c = c->next;
	if (c == NULL) {
		read_elements(&e, jsonx_get(s->node, "elem"), s->more);
		s->changing = s->changing || e.changing;
		keep(r, s, &e);
	}
	out->set = s->name;
	out->changing = s->changing;
	out->elements = c != NULL ? c->items : e.items;
	out->element_count = c != NULL ? c->count : e.count;
	return c != NULL ? c->got : e.got;
}

enum json_got
json_lookup(struct json_rule *rule, const struct json_left *left,
    const struct jsonx *data, enum json_use use, struct lookup *out)
{
	const struct jsonx *only = json_only(data);
	struct reading e = { .r = rule->r, .left = left, .use = use };

	memset(out, 0, sizeof(*out));
	if (left->known == 0)
		return JSON_UNKNOWN;
	for (size_t i = 0; i < left->count; i++)
		if (left->keys[i].known)
			out->fields[out->field_count++] = left->keys[i].field;
	if (data->kind == JSONX_STRING && data->string[0] == '@')
		return look_named(rule, left, data, use, out);
	if (only == NULL || strcmp(only->key, "set") != 0)
		return JSON_UNKNOWN;
	read_elements(&e, only, NULL);
	out->elements = e.items;
	out->element_count = e.count;
	out->changing = e.changing;
	return e.got;
}
