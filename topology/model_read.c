/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Typed readers of the members of a JSON object. Each tells what is wrong at
 * the value, or at the object when something is missing, and goes on.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model_internal.h"

#define VALUES_MAX 5
#define NEAR_MAX 3
#define CHOICES_AT 2 /* the list of choices among the values */

struct diag_place
model_read_at(const struct loader *l, const struct jsonx *n)
{
	struct diag_place place = { l->shown, n->line, n->column };

	return place;
}

struct diag_place
model_read_place(const struct loader *l, const struct jsonx *n)
{
	struct diag_place place = { l->m->file, n->line, n->column };

	return place;
}

static bool
is_choice(enum word word)
{
	return word == W_MODEL_BAD_CHOICE || word == W_MODEL_BAD_CHOICE_NEAR;
}

static void
fault(struct loader *l, const struct jsonx *n, enum check check, enum word word,
    size_t count, va_list ap)
{
	struct text escaped[VALUES_MAX] = { { 0 } };
	const char *v[VALUES_MAX] = { 0 }, *s;
	size_t i;

	assert(count <= VALUES_MAX);
	for (i = 0; i < count; i++) {
		s = va_arg(ap, const char *);
		if (s != NULL) {
			/* What may be written is our own, and listed whole. */
			if (i == CHOICES_AT && is_choice(word))
				text_add(&escaped[i], s);
			else
				text_quote(&escaped[i], s);
			v[i] = text_str(&escaped[i]);
		}
	}
	words_diag(l->d, model_read_at(l, n),
	    l->milder ? DIAG_WARNING : DIAG_ERROR, check, word, count, v[0],
	    v[1], v[2], v[3], v[4]);
	for (i = 0; i < count; i++)
		text_free(&escaped[i]);
}

void
model_read_fault_of(struct loader *l, const struct jsonx *n, enum check check,
    enum word word, size_t count, ...)
{
	va_list ap;

	va_start(ap, count);
	fault(l, n, check, word, count, ap);
	va_end(ap);
}

void
model_read_fault(struct loader *l, const struct jsonx *n, enum word word,
    size_t count, ...)
{
	va_list ap;

	va_start(ap, count);
	fault(l, n, CHECK_TOP_9, word, count, ap);
	va_end(ap);
}

const char *
model_read_nearest(struct loader *l, const char *word, const char *const *names,
    size_t count)
{
	const char *best = NULL;
	unsigned d, limit = (unsigned)(strlen(word) + 2) / 3, held;
	size_t i;

	if (l->nearest_left == 0)
		return NULL;
	l->nearest_left--;
	if (limit > NEAR_MAX)
		limit = NEAR_MAX;
	held = limit + 1;
	for (i = 0; i < count && held > 1; i++) {
		if (names[i] == NULL)
			continue;
		d = text_distance(word, names[i], held - 1);
		if (d < held) {
			held = d;
			best = names[i];
		}
	}
	return best;
}

static size_t
length_of(const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return n;
}

static void
unknown_key(struct loader *l, const struct jsonx *member,
    const char *const *keys)
{
	struct jsonx at = *member;
	const char *near;

	at.line = member->key_line;
	at.column = member->key_column;
	near = model_read_nearest(l, member->key, keys, length_of(keys));
	if (near != NULL)
		model_read_fault(l, &at, W_MODEL_UNKNOWN_KEY_NEAR, 2,
		    member->key, near);
	else
		model_read_fault(l, &at, W_MODEL_UNKNOWN_KEY, 1, member->key);
}

bool
model_read_object(struct loader *l, const struct jsonx *n,
    const char *const *keys)
{
	const struct jsonx *member;
	size_t i;

	if (n->kind != JSONX_OBJECT) {
		model_read_fault(l, n, W_MODEL_NOT_OBJECT, 1,
		    jsonx_kind_name(n->kind, l->d->lang));
		return false;
	}
	for (member = n->child; member != NULL; member = member->next) {
		for (i = 0; keys[i] != NULL; i++)
			if (strcmp(keys[i], member->key) == 0)
				break;
		if (keys[i] == NULL)
			unknown_key(l, member, keys);
	}
	return true;
}

const struct jsonx *
model_read_member(struct loader *l, const struct jsonx *o, const char *key,
    enum jsonx_kind kind, enum need need)
{
	const struct jsonx *n = jsonx_get(o, key);

	if (n == NULL) {
		if (need == NEEDED)
			model_read_fault(l, o, W_MODEL_MISSING, 1, key);
		return NULL;
	}
	if (n->kind != kind) {
		model_read_fault(l, n, W_MODEL_WRONG_KIND, 3, key,
		    jsonx_kind_name(kind, l->d->lang),
		    jsonx_kind_name(n->kind, l->d->lang));
		return NULL;
	}
	return n;
}

bool
model_read_item(struct loader *l, const struct jsonx *item, const char *key,
    enum jsonx_kind kind)
{
	if (item->kind != kind) {
		model_read_fault(l, item, W_MODEL_WRONG_ITEM, 3, key,
		    jsonx_kind_name(kind, l->d->lang),
		    jsonx_kind_name(item->kind, l->d->lang));
		return false;
	}
	if (kind == JSONX_STRING && model_read_is_blank(item->string)) {
		model_read_fault(l, item, W_MODEL_EMPTY, 1, key);
		return false;
	}
	return true;
}

const struct jsonx *
model_read_array(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, bool empty, size_t *count)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_ARRAY, need);

	*count = 0;
	if (n == NULL)
		return NULL;
	if (n->count == 0 && !empty)
		model_read_fault(l, n, W_MODEL_EMPTY, 1, key);
	*count = n->count;
	return n->child;
}

bool
model_read_is_blank(const char *s)
{
	static const char wide[] = "　";

	for (;;) {
		s += strspn(s, " \t\r\n\v\f");
		if (strncmp(s, wide, sizeof(wide) - 1) != 0)
			return *s == '\0';
		s += sizeof(wide) - 1;
	}
}

const char *
model_read_string(struct loader *l, const struct jsonx *o, const char *key,
    enum need need)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_STRING,
	    need);

	if (n == NULL)
		return NULL;
	if (model_read_is_blank(n->string)) {
		model_read_fault(l, n, W_MODEL_EMPTY, 1, key);
		return NULL;
	}
	return n->string;
}

const char **
model_read_strings(struct loader *l, const struct jsonx *o, const char *key,
    enum need need, size_t *count)
{
	const struct jsonx *item;
	const char **out;
	size_t n;

	item = model_read_array(l, o, key, need, false, &n);
	*count = 0;
	if (n == 0)
		return NULL;
	out = arena_calloc(l->arena, n, sizeof(*out));
	for (; item != NULL; item = item->next)
		if (model_read_item(l, item, key, JSONX_STRING))
			out[(*count)++] = item->string;
	return out;
}

bool
model_read_bool(struct loader *l, const struct jsonx *o, const char *key,
    bool absent)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_BOOLEAN,
	    OPTIONAL);

	return n != NULL ? n->integer != 0 : absent;
}

static void
bad_choice(struct loader *l, const struct jsonx *n, const char *key,
    const char *const *choices)
{
	struct text list = { 0 };
	const char *near;
	size_t i;

	for (i = 0; choices[i] != NULL; i++) {
		if (i > 0)
			text_add(&list, ", ");
		text_add(&list, choices[i]);
	}
	near = model_read_nearest(l, n->string, choices, i);
	model_read_fault(l, n,
	    near != NULL ? W_MODEL_BAD_CHOICE_NEAR : W_MODEL_BAD_CHOICE,
	    near != NULL ? 4 : 3, key, n->string, text_str(&list), near);
	text_free(&list);
}

int
model_read_choice(struct loader *l, const struct jsonx *o, const char *key,
    const char *const *choices, int absent)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_STRING,
	    absent < 0 ? NEEDED : OPTIONAL);
	int i;

	if (n == NULL)
		return absent < 0 ? 0 : absent;
	for (i = 0; choices[i] != NULL; i++)
		if (strcmp(choices[i], n->string) == 0)
			return i;
	bad_choice(l, n, key, choices);
	return absent < 0 ? 0 : absent;
}

int64_t
model_read_number(struct loader *l, const struct jsonx *o, const char *key,
    int64_t low, int64_t high, int64_t absent)
{
	const struct jsonx *n = model_read_member(l, o, key, JSONX_INTEGER,
	    OPTIONAL);
	char from[24], to[24];

	if (n == NULL)
		return absent;
	if (n->integer >= low && n->integer <= high)
		return n->integer;
	(void)snprintf(from, sizeof(from), "%lld", (long long)low);
	(void)snprintf(to, sizeof(to), "%lld", (long long)high);
	model_read_fault(l, n, W_MODEL_BAD_NUMBER, 3, key, from, to);
	return absent;
}
