/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What has to be known of all rules before the first is read: which sets they
 * change (add @s ...), and which bits of a mark any of them can set, since
 * the other bits are 0 in every packet.
 */
#include <string.h>

#include "ruleset_json_internal.h"

/* ---- marks as expressions */

static bool
combine(struct json_reader *r, const struct jsonx *list, struct json_mark *out)
{
	const struct jsonx *source = NULL, *n;
	packet_value v;

	if (list->kind != JSONX_ARRAY)
		return false;
	for (n = list->child; n != NULL; n = n->next) {
		if (json_is_constant(n))
			continue;
		if (source != NULL)
			return false;
		source = n;
	}
	if (source == NULL || !json_mark(r, source, out))
		return false;
	for (n = list->child; n != NULL; n = n->next) {
		uint32_t bits;

		if (n == source)
			continue;
		if (json_scalar(r, JSON_MARK_VALUE, n, &v) != JSON_OK)
			return false;
		bits = (uint32_t)v;
		if (list->key[0] == '&') {
			out->keep &= bits;
			out->flip &= bits;
		} else if (list->key[0] == '|') {
			out->keep &= ~bits;
			out->flip = (out->flip & ~bits) | bits;
		} else {
			out->flip ^= bits;
		}
	}
	return true;
}

bool
json_mark(struct json_reader *r, const struct jsonx *node,
    struct json_mark *out)
{
	const struct jsonx *only = json_only(node), *key;
	packet_value v = 0;

	*out = (struct json_mark){ JSON_FROM_NUMBER, 0, 0 };
	if (json_is_constant(node)) {
		if (json_scalar(r, JSON_MARK_VALUE, node, &v) != JSON_OK)
			return false;
		out->flip = (uint32_t)v;
		return true;
	}
	if (only == NULL)
		return false;
	if (strcmp(only->key, "&") == 0 || strcmp(only->key, "|") == 0 ||
	    strcmp(only->key, "^") == 0)
		return combine(r, only, out);
	key = jsonx_get(only, "key");
	if (key == NULL || key->kind != JSONX_STRING ||
	    strcmp(key->string, "mark") != 0)
		return false;
	out->keep = ~(uint32_t)0;
	if (strcmp(only->key, "meta") == 0)
		out->source = JSON_FROM_META;
	else if (strcmp(only->key, "ct") == 0)
		out->source = JSON_FROM_CT;
	else
		return false;
	return true;
}

/* ---- what rules do */

static const char *
string_of(const struct jsonx *o, const char *key)
{
	const struct jsonx *n = jsonx_get(o, key);

	return n != NULL && n->kind == JSONX_STRING ? n->string : "";
}

/* The bits of a map's data; of anything else than numbers all. */
static void
scan_map(struct json_reader *r, const struct jsonx *list)
{
	if (list == NULL)
		return;
	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		const struct jsonx *data = n->kind == JSONX_ARRAY &&
			n->count == 2 ?
		    n->child->next :
		    NULL;

		r->mark_bits |= data != NULL && data->kind == JSONX_INTEGER ?
		    (uint32_t)data->integer :
		    ~(uint32_t)0;
	}
}

static void
scan_mark(struct json_reader *r, const struct jsonx *rule,
    const struct jsonx *value)
{
	const struct jsonx *map = jsonx_get(value, "map"), *data;
	const struct json_set *s;
	enum table_family family;
	struct json_mark m;

	if (map == NULL) {
		/* Bits that are kept were set elsewhere or are 0. */
		r->mark_bits |= json_mark(r, value, &m) ? m.flip : ~(uint32_t)0;
		return;
	}
	data = jsonx_get(map, "data");
	if (data != NULL && data->kind == JSONX_OBJECT &&
	    jsonx_get(data, "set") != NULL) {
		scan_map(r, jsonx_get(data, "set"));
		return;
	}
	s = data != NULL && data->kind == JSONX_STRING &&
		data->string[0] == '@' &&
		json_family(string_of(rule, "family"), &family) ?
	    json_set_find(r, family, string_of(rule, "table"),
		data->string + 1) :
	    NULL;
	if (s == NULL || s->changing || s->more != NULL)
		r->mark_bits = ~(uint32_t)0;
	else
		scan_map(r, jsonx_get(s->node, "elem"));
}

static void
scan_mangle(struct json_reader *r, const struct jsonx *rule,
    const struct jsonx *o)
{
	const struct jsonx *key = jsonx_get(o, "key");
	const struct jsonx *value = jsonx_get(o, "value");
	const struct jsonx *only = key == NULL ? NULL : json_only(key);

	if (only == NULL || value == NULL ||
	    strcmp(string_of(only, "key"), "mark") != 0)
		return;
	if (strcmp(only->key, "meta") == 0 || strcmp(only->key, "ct") == 0)
		scan_mark(r, rule, value);
}

/* add @s { ... }, add @m { ... : ... }, and the meter of old. */
static void
scan_update(struct json_reader *r, const struct jsonx *rule, const char *name)
{
	enum table_family family;
	struct json_set *s;

	if (name[0] == '@')
		name++;
	if (!json_family(string_of(rule, "family"), &family))
		return;
	s = json_set_find(r, family, string_of(rule, "table"), name);
	if (s != NULL)
		s->changing = true;
}

static void
scan_statement(struct json_reader *r, const struct jsonx *rule,
    const struct jsonx *o, bool marks)
{
	const struct jsonx *only = json_only(o);

	if (only == NULL)
		return;
	if (marks && json_stranger(only) != NULL)
		r->mark_bits = ~(uint32_t)0;
	if (marks && strcmp(only->key, "mangle") == 0)
		scan_mangle(r, rule, only);
	else if (marks && strcmp(only->key, "xt") == 0)
		r->mark_bits = ~(uint32_t)0; /* perhaps MARK */
	else if (strcmp(only->key, "set") == 0 || strcmp(only->key, "map") == 0)
		scan_update(r, rule, string_of(only, only->key));
	else if (strcmp(only->key, "meter") == 0)
		scan_update(r, rule, string_of(only, "name"));
}

static void
scan_rules(struct json_reader *r, const struct jsonx *list, bool marks)
{
	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		const struct jsonx *rule = jsonx_get(n, "rule");
		const struct jsonx *all = jsonx_get(rule, "expr");

		if (all == NULL || all->kind != JSONX_ARRAY)
			continue;
		for (const struct jsonx *s = all->child; s != NULL; s = s->next)
			scan_statement(r, rule, s, marks);
	}
}

void
json_scan(struct json_reader *r, const struct jsonx *list)
{
	scan_rules(r, list, false);
	scan_rules(r, list, true);
}
