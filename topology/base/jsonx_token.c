/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recursive descent over RFC 8259 and comments that does not stop at a
 * fault. It reports, skips to the next comma or bracket of the same level and
 * goes on, so that one run shows all that is wrong. Each step of a container's
 * loop consumes a byte or leaves, and the depth is capped: any input ends.
 */
#include "base/jsonx_token.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx_lex.h"
#include "base/mem.h"

/* A key of an object that is being read. */
struct key {
	size_t offset; /* of the decoded key in scan.keys */
	size_t length;
	uint32_t line, column;
};

struct scan {
	struct jsonx_lex lex;
	bool ended; /* told that the input ended early: say it once */
	char closers[JSONX_DEPTH_MAX]; /* of the open containers */
	size_t depth;
	struct jsonx_tokens tokens;
	struct text keys; /* decoded keys of the open objects, a stack */
	struct key *seen; /* owned; the same stack */
	size_t seen_count, seen_capacity;
};

static void scan_value(struct scan *s, const struct diag_place *key);

static inline char
peek(const struct scan *s)
{
	return jsonx_lex_peek(&s->lex);
}

static inline bool
starts_value(char c)
{
	return jsonx_lex_is_word(c) || c == '"' || c == '\'' || c == '{' ||
	    c == '[';
}

/* Of two keys, by their bytes and then by where they stand. */
static int
compare_keys(const void *x, const void *y, void *context)
{
	const struct key *a = x, *b = y;
	const char *bytes = context;
	int c;

	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	c = memcmp(bytes + a->offset, bytes + b->offset, a->length);
	if (c != 0)
		return c;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Sorting finds duplicates in O(k log k) whatever the keys are. */
static void
check_duplicates(struct scan *s, size_t first)
{
	struct key *keys;
	size_t count = s->seen_count - first, original = 0;
	struct text at = { 0 };

	if (count < 2)
		return;
	keys = s->seen + first;
	qsort_r(keys, count, sizeof(*keys), compare_keys, s->keys.data);
	for (size_t i = 1; i < count; i++) {
		const struct key *a = &keys[original], *b = &keys[i];
		const char *bytes = s->keys.data + b->offset;
		struct diag_place place = { s->lex.name, b->line, b->column };

		if (a->length != b->length ||
		    memcmp(s->keys.data + a->offset, bytes, a->length) != 0) {
			original = i;
			continue;
		}
		text_clear(&at);
		text_printf(&at, "%u:%u", a->line, a->column);
		jsonx_fault_quoted(&s->lex, place, JSONX_FAULT_DUPLICATE, bytes,
		    b->length, text_str(&at));
	}
	text_free(&at);
}

static void
remember_key(struct scan *s, size_t offset, const struct diag_place *place)
{
	struct key *key;

	s->seen = mem_grow(s->seen, &s->seen_capacity, s->seen_count,
	    sizeof(*s->seen));
	key = &s->seen[s->seen_count++];
	key->offset = offset;
	key->length = s->keys.length - offset;
	key->line = place->line;
	key->column = place->column;
	/* Apart in the stack even when empty: offsets tell keys' order. */
	text_add_char(&s->keys, '\0');
}

/* False when nothing is there that could be meant as a key. */
static bool
scan_key(struct scan *s, const struct diag_place *place)
{
	size_t offset = s->keys.length;

	if (peek(s) == '"') {
		if (jsonx_lex_string(&s->lex, &s->keys))
			remember_key(s, offset, place);
		return true;
	}
	if (peek(s) == '\'') {
		jsonx_fault_report(&s->lex, *place, JSONX_FAULT_SINGLE_QUOTE,
		    NULL, NULL, NULL);
		jsonx_lex_quoted(&s->lex);
		return true;
	}
	jsonx_fault_found(&s->lex, JSONX_FAULT_KEY, NULL, NULL);
	return jsonx_lex_word(&s->lex) > 0;
}

static void
scan_member(struct scan *s)
{
	struct diag_place place = jsonx_fault_place(&s->lex, s->lex.p);

	if (!scan_key(s, &place)) {
		jsonx_lex_recover(&s->lex, 0);
		return;
	}
	jsonx_lex_space(&s->lex);
	if (s->lex.p == s->lex.end)
		return;
	if (peek(s) == ':') {
		s->lex.p++;
		jsonx_lex_space(&s->lex);
	} else {
		jsonx_fault_found(&s->lex, JSONX_FAULT_COLON, NULL, NULL);
		if (peek(s) == '=') {
			s->lex.p++;
			jsonx_lex_space(&s->lex);
		}
		if (!starts_value(peek(s))) {
			jsonx_lex_recover(&s->lex, 0);
			return;
		}
	}
	if (s->lex.p < s->lex.end)
		scan_value(s, &place);
}

static const char *
closer_name(char closer)
{
	return closer == ']' ? "`]`" : "`}`";
}

/* What stands between a value and the next, or before the closing bracket. */
static void
scan_separator(struct scan *s, char closer)
{
	struct diag_place comma;

	jsonx_lex_space(&s->lex);
	if (s->lex.p == s->lex.end || peek(s) == ']' || peek(s) == '}')
		return;
	if (peek(s) != ',') {
		jsonx_fault_found(&s->lex, JSONX_FAULT_SEPARATOR,
		    closer_name(closer), NULL);
		if (!starts_value(peek(s)))
			jsonx_lex_recover(&s->lex, 0);
		if (peek(s) != ',')
			return;
	}
	comma = jsonx_fault_place(&s->lex, s->lex.p);
	s->lex.p++;
	jsonx_lex_space(&s->lex);
	if (peek(s) == closer)
		jsonx_fault_report(&s->lex, comma, JSONX_FAULT_TRAILING_COMMA,
		    closer_name(closer), NULL, NULL);
}

/* True when the innermost container is over, rightly or wrongly. */
static bool
scan_closer(struct scan *s, const struct diag_place *open)
{
	char closer = s->closers[s->depth - 1];
	struct text at = { 0 };

	if (s->lex.p < s->lex.end && peek(s) != ']' && peek(s) != '}')
		return false;
	if (s->lex.p < s->lex.end && peek(s) == closer) {
		s->lex.p++;
		return true;
	}
	text_printf(&at, "%u:%u", open->line, open->column);
	if (s->lex.p < s->lex.end) {
		size_t outer = s->depth - 1;

		jsonx_fault_found(&s->lex, JSONX_FAULT_WRONG_BRACKET,
		    closer_name(closer), text_str(&at));
		/* It may close a container further out; if not, this one. */
		while (outer > 0 && s->closers[outer - 1] != peek(s))
			outer--;
		if (outer == 0)
			s->lex.p++;
	} else if (!s->ended) {
		s->ended = true;
		jsonx_fault_report(&s->lex,
		    jsonx_fault_place(&s->lex, s->lex.p),
		    JSONX_FAULT_NOT_CLOSED, closer_name(closer), text_str(&at),
		    NULL);
	}
	text_free(&at);
	return true;
}

static void
scan_container(struct scan *s, size_t index, const struct diag_place *open)
{
	bool object = *s->lex.p == '{';
	char closer = object ? '}' : ']';
	size_t first_key = s->seen_count, keys_length = s->keys.length;
	struct text levels = { 0 };
	uint32_t count = 0;

	s->lex.p++;
	if (s->depth == JSONX_DEPTH_MAX) {
		text_printf(&levels, "%d", JSONX_DEPTH_MAX);
		jsonx_fault_report(&s->lex, *open, JSONX_FAULT_DEPTH,
		    text_str(&levels), NULL, NULL);
		text_free(&levels);
		jsonx_lex_recover(&s->lex, 1);
		return;
	}
	s->closers[s->depth++] = closer;
	jsonx_lex_space(&s->lex);
	while (!scan_closer(s, open)) {
		if (object)
			scan_member(s);
		else
			scan_value(s, NULL);
		count++;
		scan_separator(s, closer);
	}
	s->depth--;
	s->tokens.items[index].count = count;
	check_duplicates(s, first_key);
	s->seen_count = first_key;
	s->keys.length = keys_length;
}

/* Notes that a value begins at place; its index. When there are too many, the
 * rest of the input is given up: SIZE_MAX. */
static size_t
add_token(struct scan *s, const struct diag_place *place,
    const struct diag_place *key)
{
	struct jsonx_tokens *tokens = &s->tokens;
	struct jsonx_token *token;

	if (tokens->count == JSONX_NODES_MAX) {
		struct text most = { 0 };

		text_printf(&most, "%u", JSONX_NODES_MAX);
		jsonx_fault_report(&s->lex, *place, JSONX_FAULT_NODES,
		    text_str(&most), NULL, NULL);
		text_free(&most);
		s->lex.p = s->lex.end;
		s->ended = true;
		return SIZE_MAX;
	}
	tokens->items = mem_grow(tokens->items, &tokens->capacity,
	    tokens->count, sizeof(*tokens->items));
	token = &tokens->items[tokens->count];
	memset(token, 0, sizeof(*token));
	token->line = place->line;
	token->column = place->column;
	if (key != NULL) {
		token->key_line = key->line;
		token->key_column = key->column;
	}
	return tokens->count++;
}

/* Reads the value at s->lex.p, which is not the end. Consumes nothing when a
 * comma or a closing bracket stands there. */
static void
scan_value(struct scan *s, const struct diag_place *key)
{
	struct diag_place place = jsonx_fault_place(&s->lex, s->lex.p);
	size_t index = add_token(s, &place, key);
	enum jsonx_kind kind = JSONX_NULL;
	char c = peek(s);

	if (index == SIZE_MAX)
		return;
	if (c == '{' || c == '[') {
		kind = c == '{' ? JSONX_OBJECT : JSONX_ARRAY;
		scan_container(s, index, &place);
	} else if (c == '"') {
		kind = JSONX_STRING;
		(void)jsonx_lex_string(&s->lex, NULL);
	} else if (jsonx_lex_is_word(c)) {
		kind = jsonx_lex_scalar(&s->lex);
	} else if (c == '\'') {
		jsonx_fault_report(&s->lex, place, JSONX_FAULT_SINGLE_QUOTE,
		    NULL, NULL, NULL);
		jsonx_lex_quoted(&s->lex);
	} else {
		jsonx_fault_found(&s->lex, JSONX_FAULT_VALUE, NULL, NULL);
		jsonx_lex_recover(&s->lex, 0);
	}
	s->tokens.items[index].kind = (uint8_t)kind;
}

static void
scan_root(struct scan *s)
{
	const char *start;

	jsonx_lex_space(&s->lex);
	if (s->lex.p == s->lex.end) {
		jsonx_fault_report(&s->lex,
		    jsonx_fault_place(&s->lex, s->lex.p), JSONX_FAULT_EMPTY,
		    NULL, NULL, NULL);
		return;
	}
	start = s->lex.p;
	scan_value(s, NULL);
	if (s->lex.p == start)
		return; /* told already */
	jsonx_lex_space(&s->lex);
	if (s->lex.p < s->lex.end)
		jsonx_fault_found(&s->lex, JSONX_FAULT_AFTER, NULL, NULL);
}

bool
jsonx_token_scan(const char *name, char *bytes, size_t length, struct diag *d,
    struct jsonx_tokens *out)
{
	struct scan s = { 0 };

	s.lex = (struct jsonx_lex){ .name = name,
		.d = d,
		.p = bytes,
		.end = bytes + length,
		.mark = bytes,
		.line = 1,
		.column = 1 };
	assert(bytes[length] == '\0');
	scan_root(&s);
	text_free(&s.keys);
	free(s.seen);
	if (s.lex.faults) {
		jsonx_tokens_free(&s.tokens);
		return false;
	}
	s.tokens.string_bytes = s.lex.string_bytes;
	*out = s.tokens;
	return true;
}

void
jsonx_tokens_free(struct jsonx_tokens *tokens)
{
	free(tokens->items);
	memset(tokens, 0, sizeof(*tokens));
}
