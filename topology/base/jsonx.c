/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two readers in a row. Our scan (jsonx_token) judges the text and notes where
 * each value stands; json-c then decodes what passed; the two are zipped, and
 * a difference between them is refused as a fault. Neither reader alone is
 * enough: json-c gives no positions and takes the last of two equal keys, and
 * a decoder of our own would be one more to trust.
 */
#include "base/jsonx.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx_token.h"
#include "base/mem.h"

_Static_assert(JSONX_BYTES_MAX < INT_MAX, "json-c takes its length as int");

struct jsonx_doc {
	const char *name;     /* borrowed from the caller of jsonx_parse */
	struct jsonx nodes[]; /* in file order; the strings follow the last */
};

/* The state of pairing our tokens with json-c's tree. */
struct zip {
	const struct jsonx_tokens *tokens;
	size_t next; /* token and node to come */
	struct jsonx *nodes;
	char *strings, *strings_end; /* room left for copies */
};

static void
report(struct diag *d, const char *name, const char *sentence)
{
	struct diag_place place = { name, 0, 0 };

	diag_add(d, place, DIAG_ERROR, NULL, NULL, NULL, sentence);
}

/* Copies n bytes and a NUL into the document; NULL when there is no room. */
static const char *
zip_copy(struct zip *z, const char *bytes, size_t n)
{
	char *copy = z->strings;

	if ((size_t)(z->strings_end - copy) <= n)
		return NULL;
	memcpy(copy, bytes, n);
	copy[n] = '\0';
	z->strings += n + 1;
	return copy;
}

static bool zip_value(struct zip *z, json_object *value, struct jsonx **out);

static bool
zip_array(struct zip *z, json_object *value, struct jsonx *node)
{
	struct jsonx **link = &node->child;

	if (json_object_array_length(value) != node->count)
		return false;
	for (size_t i = 0; i < node->count; i++) {
		if (!zip_value(z, json_object_array_get_idx(value, i), link))
			return false;
		link = &(*link)->next;
	}
	return true;
}

/* json-c keeps members in the order they were added: that of the file. */
static bool
zip_object(struct zip *z, json_object *value, struct jsonx *node)
{
	struct json_object_iterator i = json_object_iter_begin(value);
	struct json_object_iterator end = json_object_iter_end(value);
	struct jsonx **link = &node->child;
	size_t count = 0;

	for (; !json_object_iter_equal(&i, &end); json_object_iter_next(&i)) {
		const char *key = json_object_iter_peek_name(&i);

		if (!zip_value(z, json_object_iter_peek_value(&i), link))
			return false;
		(*link)->key = zip_copy(z, key, strlen(key));
		if ((*link)->key == NULL)
			return false;
		link = &(*link)->next;
		count++;
	}
	return count == node->count;
}

static bool
zip_scalar(struct zip *z, json_object *value, struct jsonx *node)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return node->kind == JSONX_NULL;
	case json_type_boolean:
		node->integer = json_object_get_boolean(value) != 0;
		return node->kind == JSONX_BOOLEAN;
	case json_type_int:
		node->integer = json_object_get_int64(value);
		node->number = (double)node->integer;
		return node->kind == JSONX_INTEGER;
	case json_type_double:
		node->number = json_object_get_double(value);
		return node->kind == JSONX_DOUBLE;
	case json_type_string:
		node->string = zip_copy(z, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value));
		return node->kind == JSONX_STRING && node->string != NULL;
	default:
		return false;
	}
}

/* Makes the next node from the next token and value, and links it to *out.
 * False when they differ. Recursion is capped by the scan's depth. */
static bool
zip_value(struct zip *z, json_object *value, struct jsonx **out)
{
	const struct jsonx_token *token;
	struct jsonx *node;

	if (z->next == z->tokens->count)
		return false;
	token = &z->tokens->items[z->next];
	node = &z->nodes[z->next++];
	node->kind = (enum jsonx_kind)token->kind;
	node->line = token->line;
	node->column = token->column;
	node->key_line = token->key_line;
	node->key_column = token->key_column;
	node->count = token->count;
	*out = node;
	if (node->kind == JSONX_ARRAY)
		return json_object_is_type(value, json_type_array) &&
		    zip_array(z, value, node);
	if (node->kind == JSONX_OBJECT)
		return json_object_is_type(value, json_type_object) &&
		    zip_object(z, value, node);
	return zip_scalar(z, value, node);
}

/* json-c's reading of text, or NULL. bytes[length] is NUL and is given along,
 * so that a number at the very end is known to be complete. */
static json_object *
decode(const char *bytes, size_t length, bool *ok)
{
	/* json-c counts one level for the root and one for scalars. */
	json_tokener *tokener = json_tokener_new_ex(JSONX_DEPTH_MAX + 2);
	json_object *value;

	*ok = false;
	if (tokener == NULL)
		return NULL;
	json_tokener_set_flags(tokener,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, bytes, (int)length + 1);
	*ok = json_tokener_get_error(tokener) == json_tokener_success;
	json_tokener_free(tokener);
	return value;
}

/* Of json-c alone: memory that we ask for ourselves is there or ends the
 * program. It does not always say so, and then a text is cut short. */
static struct jsonx_doc *
build(const char *name, const char *bytes, size_t length,
    const struct jsonx_tokens *tokens, bool *exhausted)
{
	size_t nodes_size = tokens->count * sizeof(struct jsonx);
	struct jsonx_doc *doc;
	struct zip z = { .tokens = tokens };
	struct jsonx *root;
	json_object *value;
	bool ok;

	errno = 0;
	value = decode(bytes, length, &ok);
	*exhausted = errno == ENOMEM;
	doc = mem_calloc(1, sizeof(*doc) + nodes_size + tokens->string_bytes);
	doc->name = name;
	z.nodes = doc->nodes;
	z.strings = (char *)(doc->nodes + tokens->count);
	z.strings_end = z.strings + tokens->string_bytes;
	if (!ok || *exhausted || !zip_value(&z, value, &root) ||
	    z.next != tokens->count) {
		jsonx_free(doc);
		doc = NULL;
	}
	json_object_put(value);
	return doc;
}

/* Our copy of the text without a byte order mark, NUL-terminated. */
static char *
copy_text(const char *bytes, size_t *length)
{
	char *copy;

	if (*length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		*length -= 3;
	}
	copy = mem_reallocarray(NULL, *length + 1, 1);
	if (*length)
		memcpy(copy, bytes, *length);
	copy[*length] = '\0';
	return copy;
}

struct jsonx_doc *
jsonx_parse(const char *name, const char *bytes, size_t length, struct diag *d)
{
	static const char *const too_long[LANG_COUNT] = {
		"入力が大きすぎます: 256 MiB までに分割してください",
		"input too large: split it to at most 256 MiB",
	};
	static const char *const disagree[LANG_COUNT] = {
		"json-c の解釈が検査結果と異なります: "
		"この入力を添えて不具合として報告してください",
		"json-c reads the input differently from our scan: report this "
		"as a defect together with the input",
	};
	static const char *const no_memory[LANG_COUNT] = {
		"メモリが足りません: メモリの上限（ulimit 等）を上げるか、"
		"入力を小さくしてください",
		"out of memory: raise the limit (ulimit and the like) or make "
		"the input smaller",
	};
	struct jsonx_tokens tokens = { 0 };
	struct jsonx_doc *doc = NULL;
	bool exhausted = false;
	locale_t c_locale, caller;
	char *text;

	if (length > JSONX_BYTES_MAX) {
		report(d, name, too_long[d->lang]);
		return NULL;
	}
	/* strtod, here and in json-c, goes by the locale's decimal point. */
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	caller = uselocale(c_locale);
	text = copy_text(bytes, &length);
	if (jsonx_token_scan(name, text, length, d, &tokens)) {
		doc = build(name, text, length, &tokens, &exhausted);
		if (doc == NULL)
			report(d, name,
			    exhausted ? no_memory[d->lang] : disagree[d->lang]);
	}
	jsonx_tokens_free(&tokens);
	free(text);
	(void)uselocale(caller);
	freelocale(c_locale);
	return doc;
}

void
jsonx_free(struct jsonx_doc *doc)
{
	free(doc);
}

const struct jsonx *
jsonx_root(const struct jsonx_doc *doc)
{
	return doc->nodes;
}

const char *
jsonx_name(const struct jsonx_doc *doc)
{
	return doc->name;
}

const struct jsonx *
jsonx_get(const struct jsonx *o, const char *key)
{
	if (o == NULL || o->kind != JSONX_OBJECT)
		return NULL;
	for (const struct jsonx *m = o->child; m != NULL; m = m->next) {
		if (strcmp(m->key, key) == 0)
			return m;
	}
	return NULL;
}

const char *
jsonx_kind_name(enum jsonx_kind kind, enum lang lang)
{
	static const char *const names[][LANG_COUNT] = {
		[JSONX_NULL] = { "null", "null" },
		[JSONX_BOOLEAN] = { "真偽値", "true or false" },
		[JSONX_INTEGER] = { "整数", "an integer" },
		[JSONX_DOUBLE] = { "小数", "a number with a fraction" },
		[JSONX_STRING] = { "文字列", "a string" },
		[JSONX_ARRAY] = { "配列", "an array" },
		[JSONX_OBJECT] = { "オブジェクト", "an object" },
	};

	return names[kind][lang];
}

/* The shortest of three precisions that reads back as the same double, and
 * never in the form of an integer. */
static void
print_double(double number, struct text *out)
{
	char buf[32];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(buf, sizeof(buf), "%.*g", digits, number);
		if (strtod(buf, NULL) == number)
			break;
	}
	text_add(out, buf);
	if (strpbrk(buf, ".e") == NULL)
		text_add(out, ".0");
}

static void
print_indent(int depth, struct text *out)
{
	text_add_char(out, '\n');
	for (int i = 0; i < depth; i++)
		text_add(out, "  ");
}

static void
print_node(const struct jsonx *node, int depth, struct text *out)
{
	switch (node->kind) {
	case JSONX_NULL:
		text_add(out, "null");
		return;
	case JSONX_BOOLEAN:
		text_add(out, node->integer ? "true" : "false");
		return;
	case JSONX_INTEGER:
		text_printf(out, "%lld", (long long)node->integer);
		return;
	case JSONX_DOUBLE:
		print_double(node->number, out);
		return;
	case JSONX_STRING:
		text_json(out, node->string, strlen(node->string));
		return;
	case JSONX_ARRAY:
	case JSONX_OBJECT:
		break;
	}
	text_add_char(out, node->kind == JSONX_ARRAY ? '[' : '{');
	for (const struct jsonx *m = node->child; m != NULL; m = m->next) {
		print_indent(depth + 1, out);
		if (m->key != NULL) {
			text_json(out, m->key, strlen(m->key));
			text_add(out, ": ");
		}
		print_node(m, depth + 1, out);
		if (m->next != NULL)
			text_add_char(out, ',');
	}
	if (node->child != NULL)
		print_indent(depth, out);
	text_add_char(out, node->kind == JSONX_ARRAY ? ']' : '}');
}

void
jsonx_print(const struct jsonx *node, struct text *out)
{
	locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t caller = uselocale(c_locale);

	print_node(node, 0, out);
	(void)uselocale(caller);
	freelocale(c_locale);
}
