/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts text into a model's source and leaves all else of it, comments too, as
 * a person wrote it. Where a value begins its document says; where it ends is
 * found by walking over strings, comments and brackets of a text that is
 * known to be well formed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "draft.h"

/* The members of a model in the order in which people write them. */
static const char *const usual_order[] = { "format", "stage", "until",
	"organisation", "guideline", "zones", "partners", "links", "probes",
	"boundaries", "firewalls", "translations", "proxies", "service-groups",
	"address-lists", "calendars", "tunnels", "containments", "conduits",
	"relays", "sanitisers", "exceptions", "divisions", "ledger", "hosts",
	"numbers", "evidence", "limits", NULL };

bool
draft_source_init(struct draft_source *s, const char *name, const char *bytes,
    size_t length, struct diag *d)
{
	memset(s, 0, sizeof(*s));
	s->bytes = bytes;
	s->length = length;
	s->doc = jsonx_parse(name, bytes, length, d);
	return s->doc != NULL;
}

void
draft_source_fini(struct draft_source *s)
{
	for (size_t i = 0; i < s->edit_count; i++)
		free(s->edits[i].text);
	free(s->edits);
	jsonx_free(s->doc);
	memset(s, 0, sizeof(*s));
}

/* ---- where things are */

/* Columns count characters. */
static size_t
offset_of(const struct draft_source *s, uint32_t line, uint32_t column)
{
	size_t at = 0;

	for (uint32_t l = 1; l < line && at < s->length; at++)
		l += s->bytes[at] == '\n';
	for (uint32_t c = 1; c < column && at < s->length; c++) {
		const size_t n = text_utf8(s->bytes + at, s->length - at);

		at += n != 0 ? n : 1;
	}
	return at;
}

/* Behind the comment that begins at, or at itself when none does. */
static size_t
skip_comment(const struct draft_source *s, size_t at)
{
	if (at + 1 >= s->length || s->bytes[at] != '/')
		return at;
	if (s->bytes[at + 1] == '/') {
		while (at < s->length && s->bytes[at] != '\n')
			at++;
		return at;
	}
	for (at += 2; at + 1 < s->length; at++)
		if (s->bytes[at] == '*' && s->bytes[at + 1] == '/')
			return at + 2;
	return s->length;
}

static size_t
skip_string(const struct draft_source *s, size_t at)
{
	for (at++; at < s->length && s->bytes[at] != '"'; at++)
		if (s->bytes[at] == '\\')
			at++;
	return at < s->length ? at + 1 : s->length;
}

/* Behind the value that begins at. */
static size_t
end_of(const struct draft_source *s, size_t at)
{
	int depth = 0;

	while (at < s->length) {
		const char c = s->bytes[at];

		if (c == '"') {
			at = skip_string(s, at);
		} else if (c == '/') {
			at = skip_comment(s, at);
		} else if (c == '{' || c == '[') {
			depth++;
			at++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return at;
			depth--;
			at++;
		} else if (depth == 0 && strchr(", \t\r\n", c) != NULL) {
			return at;
		} else {
			at++;
			if (depth == 0)
				continue;
		}
		if (depth == 0 && (c == '"' || c == '}' || c == ']'))
			return at;
	}
	return at;
}

static size_t
start_of(const struct draft_source *s, const struct jsonx *n)
{
	return offset_of(s, n->line, n->column);
}

/* Behind blanks and comments. */
static size_t
skip_blank(const struct draft_source *s, size_t at)
{
	for (;;) {
		size_t next = at;

		while (next < s->length &&
		    strchr(" \t\r\n", s->bytes[next]) != NULL)
			next++;
		next = skip_comment(s, next);
		if (next == at)
			return at;
		at = next;
	}
}

/* Behind what else stands on the line of at, where that is a comment. */
static size_t
line_end(const struct draft_source *s, size_t at)
{
	size_t next = at;

	while (next < s->length &&
	    (s->bytes[next] == ' ' || s->bytes[next] == '\t'))
		next++;
	if (next + 1 < s->length && s->bytes[next] == '/' &&
	    s->bytes[next + 1] == '/')
		return skip_comment(s, next);
	return at;
}

/* ---- edits */

static void
edit(struct draft_source *s, size_t at, size_t cut, const char *text)
{
	struct draft_edit *e;

	s->edits = mem_grow(s->edits, &s->edit_room, s->edit_count,
	    sizeof(*s->edits));
	e = &s->edits[s->edit_count];
	e->at = at;
	e->cut = cut;
	e->order = s->edit_count++;
	e->text = mem_strdup(text);
}

static bool
has_comma(const struct draft_source *s, size_t at)
{
	for (size_t i = 0; i < s->edit_count; i++)
		if (s->edits[i].at == at && strcmp(s->edits[i].text, ",") == 0)
			return true;
	return false;
}

/* Behind the value that ends at, with the comma that parts the two. */
static void
add_behind(struct draft_source *s, size_t end, const char *text)
{
	size_t comma = skip_blank(s, end);
	struct text out = { 0 };

	if (comma < s->length && s->bytes[comma] == ',') {
		text_printf(&out, "\n%s,", text);
		edit(s, line_end(s, comma + 1), 0, text_str(&out));
	} else {
		const bool again = has_comma(s, end);

		/* After what was put there before, that too wants its comma. */
		text_printf(&out, "%s\n%s", again ? "," : "", text);
		if (!again)
			edit(s, end, 0, ",");
		edit(s, line_end(s, end), 0, text_str(&out));
	}
	text_free(&out);
}

static const struct jsonx *
last_of(const struct jsonx *n)
{
	const struct jsonx *last = n->child;

	while (last != NULL && last->next != NULL)
		last = last->next;
	return last;
}

/* Into an object or array that has nothing in it. */
static void
fill(struct draft_source *s, const struct jsonx *n, const char *text)
{
	struct text out = { 0 };

	text_printf(&out, "\n%s\n  ", text);
	edit(s, start_of(s, n) + 1, 0, text_str(&out));
	text_free(&out);
}

void
draft_add_element(struct draft_source *s, const struct jsonx *array,
    const char *text)
{
	const struct jsonx *last = last_of(array);

	if (last == NULL)
		fill(s, array, text);
	else
		add_behind(s, end_of(s, start_of(s, last)), text);
}

void
draft_add_member(struct draft_source *s, const struct jsonx *object,
    const char *text)
{
	draft_add_element(s, object, text);
}

static int
rank(const char *key)
{
	int i = 0;

	while (usual_order[i] != NULL && strcmp(usual_order[i], key) != 0)
		i++;
	return i;
}

void
draft_append(struct draft_source *s, const char *key, const char *text)
{
	const struct jsonx *root = jsonx_root(s->doc);
	const struct jsonx *array = jsonx_get(root, key), *before = NULL;
	struct text out = { 0 };

	if (text[0] == '\0')
		return;
	if (array != NULL) {
		draft_add_element(s, array, text);
		return;
	}
	for (const struct jsonx *n = root->child; n != NULL; n = n->next)
		if (rank(n->key) < rank(key))
			before = n;
	text_printf(&out, "\n  \"%s\": [\n%s\n  ]", key, text);
	if (before != NULL)
		add_behind(s, end_of(s, start_of(s, before)), text_str(&out));
	else
		draft_add_member(s, root, text_str(&out));
	text_free(&out);
}

void
draft_add_before(struct draft_source *s, const char *key, const char *text)
{
	const struct jsonx *array = jsonx_get(jsonx_root(s->doc), key);
	struct text out = { 0 };

	if (array == NULL || last_of(array) == NULL) {
		draft_append(s, key, text);
		return;
	}
	text_printf(&out, "\n%s", text);
	edit(s, start_of(s, array) + 1, 0, text_str(&out));
	text_free(&out);
}

void
draft_add_after(struct draft_source *s, const struct jsonx *member,
    const char *text)
{
	add_behind(s, end_of(s, start_of(s, member)), text);
}

void
draft_remove(struct draft_source *s, const struct jsonx *member)
{
	const size_t at = offset_of(s, member->key_line, member->key_column);
	const size_t comma = skip_blank(s, end_of(s, start_of(s, member)));

	if (comma < s->length && s->bytes[comma] == ',')
		edit(s, at, comma + 1 - at, "");
}

void
draft_add_top(struct draft_source *s, const char *text)
{
	edit(s, 0, 0, text);
}

void
draft_replace(struct draft_source *s, const struct jsonx *value,
    const char *text)
{
	const size_t at = start_of(s, value);

	edit(s, at, end_of(s, at) - at, text);
}

void
draft_add_remark(struct draft_source *s, const char *text)
{
	const size_t root = start_of(s, jsonx_root(s->doc));
	struct text out = { 0 };

	text_printf(&out, "\n%s", text);
	edit(s, end_of(s, root) - 1, 0, text_str(&out));
	text_free(&out);
}

static int
by_offset(const void *left, const void *right)
{
	const struct draft_edit *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

void
draft_source_print(const struct draft_source *s, struct text *out)
{
	struct draft_edit *sorted = mem_calloc(s->edit_count + 1,
	    sizeof(*sorted));
	size_t at = 0;

	if (s->edit_count > 0)
		memcpy(sorted, s->edits, s->edit_count * sizeof(*sorted));
	qsort(sorted, s->edit_count, sizeof(*sorted), by_offset);
	for (size_t i = 0; i < s->edit_count; i++) {
		if (sorted[i].at > at)
			text_add_n(out, s->bytes + at, sorted[i].at - at);
		text_add(out, sorted[i].text);
		at = sorted[i].at + sorted[i].cut;
	}
	text_add_n(out, s->bytes + at, s->length - at);
	free(sorted);
}
