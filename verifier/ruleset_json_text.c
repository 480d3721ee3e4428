/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Expressions in the words of nft, for people: where a match is not known, or
 * was turned into intervals of which nobody would guess the mask. Bounded; a
 * long list ends in "...". Nothing is decided by these words.
 */
#include <inttypes.h>
#include <string.h>

#include "ruleset_json_internal.h"

#define WORDS_MAX 240 /* bytes, about */

static void
join(const struct jsonx *list, const char *between, struct text *out)
{
	if (list->kind != JSONX_ARRAY) {
		json_text(list, out);
		return;
	}
	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		if (n != list->child)
			text_add(out, between);
		if (out->length > WORDS_MAX) {
			text_add(out, "...");
			return;
		}
		json_text(n, out);
	}
}

/* A pair of a map: key and what it gives. */
static void
pairs(const struct jsonx *list, struct text *out)
{
	text_add(out, "{ ");
	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		if (n != list->child)
			text_add(out, ", ");
		if (out->length > WORDS_MAX) {
			text_add(out, "...");
			break;
		}
		join(n, n->kind == JSONX_ARRAY ? " : " : ", ", out);
	}
	text_add(out, " }");
}

static void
member(const struct jsonx *o, const char *key, const char *before,
    struct text *out)
{
	const struct jsonx *n = jsonx_get(o, key);

	if (n == NULL)
		return;
	text_add(out, before);
	json_text(n, out);
}

static void
map(const struct jsonx *o, const char *word, struct text *out)
{
	const struct jsonx *data = jsonx_get(o, "data");
	const struct jsonx *set = jsonx_get(data, "set");

	member(o, "key", "", out);
	text_add(out, word);
	if (set != NULL && set->kind == JSONX_ARRAY)
		pairs(set, out);
	else if (data != NULL)
		json_text(data, out);
}

static void
hash(const struct jsonx *only, struct text *out)
{
	text_add(out, only->key);
	member(only, "mode", " ", out);
	member(only, "expr", " ", out);
	member(only, "mod", " mod ", out);
}

static void
fib(const struct jsonx *o, struct text *out)
{
	const struct jsonx *flags = jsonx_get(o, "flags");

	text_add(out, "fib ");
	if (flags != NULL)
		join(flags, " . ", out);
	member(o, "result", " ", out);
}

static bool
is_binary(const char *key)
{
	return strcmp(key, "&") == 0 || strcmp(key, "|") == 0 ||
	    strcmp(key, "^") == 0 || strcmp(key, "<<") == 0 ||
	    strcmp(key, ">>") == 0;
}

/* Of a mask. */
static void
number(const struct jsonx *node, struct text *out)
{
	if (node->kind == JSONX_INTEGER)
		text_printf(out, "0x%" PRIx64, (uint64_t)node->integer);
	else
		json_text(node, out);
}

static void
binary(const struct jsonx *only, struct text *out)
{
	char between[8] = " ";

	strcat(between, only->key);
	strcat(between, " ");
	if (only->kind != JSONX_ARRAY)
		return;
	for (const struct jsonx *n = only->child; n != NULL; n = n->next) {
		const struct jsonx *inner = json_only(n);
		const bool paren = n->kind == JSONX_ARRAY ||
		    (inner != NULL && is_binary(inner->key));

		if (out->length > WORDS_MAX) {
			text_add(out, " ...");
			return;
		}
		if (n != only->child)
			text_add(out, between);
		text_add(out, paren ? "(" : "");
		if (n->kind == JSONX_ARRAY)
			join(n, " | ", out);
		else
			number(n, out);
		text_add(out, paren ? ")" : "");
	}
}

static void
object(const struct jsonx *node, const struct jsonx *only, struct text *out)
{
	const char *key = only->key;

	if (is_binary(key)) {
		binary(only, out);
	} else if (strcmp(key, "prefix") == 0) {
		member(only, "addr", "", out);
		member(only, "len", "/", out);
	} else if (strcmp(key, "range") == 0) {
		join(only, "-", out);
	} else if (strcmp(key, "concat") == 0) {
		join(only, " . ", out);
	} else if (strcmp(key, "set") == 0) {
		text_add(out, "{ ");
		join(only, ", ", out);
		text_add(out, " }");
	} else if (strcmp(key, "elem") == 0) {
		member(only, "val", "", out);
	} else if (strcmp(key, "map") == 0) {
		map(only, " map ", out);
	} else if (strcmp(key, "vmap") == 0) {
		map(only, " vmap ", out);
	} else if (strcmp(key, "numgen") == 0 || strcmp(key, "jhash") == 0 ||
	    strcmp(key, "symhash") == 0) {
		hash(only, out);
	} else if (jsonx_get(only, "base") != NULL) {
		text_add(out, strcmp(key, "payload") == 0 ? "" : key);
		member(only, "base", "@", out);
		member(only, "offset", ",", out);
		member(only, "len", ",", out);
	} else if (strcmp(key, "fib") == 0) {
		fib(only, out);
	} else if (strcmp(key, "jump") == 0 || strcmp(key, "goto") == 0) {
		text_add(out, key);
		member(only, "target", " ", out);
	} else {
		struct text name = { 0 };

		json_key_name(node, &name);
		text_add(out, text_str(&name));
		text_free(&name);
	}
}

void
json_text(const struct jsonx *node, struct text *out)
{
	const struct jsonx *only = json_only(node);

	if (out->length > WORDS_MAX)
		return;
	switch (node->kind) {
	case JSONX_STRING:
		text_quote(out, node->string);
		break;
	case JSONX_INTEGER:
		text_printf(out, "%" PRId64, node->integer);
		break;
	case JSONX_BOOLEAN:
		text_add(out, node->integer ? "exists" : "missing");
		break;
	case JSONX_ARRAY:
		join(node, ",", out);
		break;
	case JSONX_OBJECT:
		if (only != NULL)
			object(node, only, out);
		else
			text_add(out, "?");
		break;
	case JSONX_NULL:
	case JSONX_DOUBLE:
		text_add(out, "?");
		break;
	}
}

void
json_match_text(const struct jsonx *match, struct text *out)
{
	const struct jsonx *op = jsonx_get(match, "op");
	const struct jsonx *left = jsonx_get(match, "left");
	const struct jsonx *right = jsonx_get(match, "right");
	const struct jsonx *only;

	if (op == NULL || op->kind != JSONX_STRING || left == NULL ||
	    right == NULL)
		return;
	json_text(left, out);
	only = json_only(left);
	text_add_char(out, ' ');
	if ((strcmp(op->string, "==") != 0 && strcmp(op->string, "in") != 0) ||
	    (only != NULL && is_binary(only->key))) {
		text_quote(out, op->string);
		text_add_char(out, ' ');
	}
	if (only != NULL && is_binary(only->key))
		number(right, out);
	else
		json_text(right, out);
}

static void
limit(const struct jsonx *o, struct text *out)
{
	const struct jsonx *inv = jsonx_get(o, "inv");

	text_add(out, " rate ");
	text_add(out, inv != NULL && inv->integer ? "over " : "");
	member(o, "rate", "", out);
	member(o, "rate_unit", " ", out);
	member(o, "per", "/", out);
	member(o, "burst", " burst ", out);
	member(o, "burst_unit", " ", out);
}

static void
amount(const struct jsonx *o, struct text *out)
{
	const struct jsonx *inv = jsonx_get(o, "inv");

	text_add(out, inv != NULL && inv->integer ? " over " : " ");
	member(o, "val", "", out);
	member(o, "val_unit", " ", out);
}

/* add @s { ip saddr }; a map has data besides. */
static void
update(const struct jsonx *o, struct text *out)
{
	member(o, "op", "", out);
	member(o, "set", " ", out);
	member(o, "map", " ", out);
	text_add(out, " {");
	member(o, "elem", " ", out);
	member(o, "data", " : ", out);
	text_add(out, " }");
}

void
json_statement_text(const struct jsonx *statement, struct text *out)
{
	const struct jsonx *o = json_only(statement);

	if (o == NULL) {
		json_text(statement, out);
	} else if (strcmp(o->key, "match") == 0) {
		json_match_text(o, out);
	} else if (strcmp(o->key, "vmap") == 0) {
		map(o, " vmap ", out);
	} else if (strcmp(o->key, "mangle") == 0) {
		member(o, "key", "", out);
		member(o, "value", " set ", out);
	} else if (o->kind == JSONX_OBJECT &&
	    (strcmp(o->key, "set") == 0 || strcmp(o->key, "map") == 0)) {
		update(o, out);
	} else {
		text_quote(out, o->key);
		if (o->kind == JSONX_STRING)
			member(statement, o->key, " name ", out);
		else if (strcmp(o->key, "limit") == 0)
			limit(o, out);
		else if (strcmp(o->key, "quota") == 0 ||
		    strcmp(o->key, "ct count") == 0)
			amount(o, out);
		else if (strcmp(o->key, "xt") == 0)
			member(o, "name", " ", out);
	}
}
