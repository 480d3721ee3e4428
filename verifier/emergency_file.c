/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See emergency_file.h. Places come from jsonx as line and column (counted in
 * characters); ends of values are found by stepping over strings, comments and
 * brackets, which is enough in a text that is known to be well-formed.
 */
#include "emergency_file.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

void
emergency_file_new(struct text *out)
{
	text_add(out,
	    "// 緊急対応の記録です。「sekisho emergency」が書き足します。\n"
	    "// 項目は削除せず、終えるときも off で終えてください。\n"
	    "// A record of emergencies, added to by \"sekisho emergency\".\n"
	    "{\n"
	    "  \"format\": \"sekisho-emergency/1\",\n"
	    "  \"emergencies\": [\n"
	    "  ]\n"
	    "}\n");
}

/* The offset of a place; length when there is no such place. */
static size_t
offset_of(const char *bytes, size_t length, uint32_t line, uint32_t column)
{
	const char *p = bytes, *end = bytes + length, *next;

	if (length >= 3 && memcmp(bytes, bom, 3) == 0)
		p += 3;
	for (; line > 1; line--) {
		next = memchr(p, '\n', (size_t)(end - p));
		if (next == NULL)
			return length;
		p = next + 1;
	}
	for (; column > 1 && p < end; column--) {
		size_t n = text_utf8(p, (size_t)(end - p));

		p += n > 0 ? n : 1;
	}
	return (size_t)(p - bytes);
}

/* Behind the string that begins at at. */
static size_t
string_end(const char *bytes, size_t length, size_t at)
{
	for (at++; at < length && bytes[at] != '"'; at++)
		if (bytes[at] == '\\')
			at++;
	return at < length ? at + 1 : length;
}

/* Behind the comment that begins at at, or at itself: there is none. */
static size_t
comment_end(const char *bytes, size_t length, size_t at)
{
	const char *stop;

	if (at + 1 >= length || bytes[at] != '/')
		return at;
	if (bytes[at + 1] == '/') {
		stop = memchr(bytes + at, '\n', length - at);
		return stop != NULL ? (size_t)(stop - bytes) : length;
	}
	stop = memmem(bytes + at + 2, length - at - 2, "*/", 2);
	return stop != NULL ? (size_t)(stop - bytes) + 2 : length;
}

/* The bracket that closes the one at at; *last is set behind the last byte
 * before it that is neither blank nor of a comment. */
static size_t
closing(const char *bytes, size_t length, size_t at, size_t *last)
{
	int depth = 0;

	for (*last = at + 1; at < length;) {
		const size_t skipped = comment_end(bytes, length, at);

		if (skipped != at) {
			at = skipped;
			continue;
		}
		if (bytes[at] == '"') {
			at = *last = string_end(bytes, length, at);
			continue;
		}
		if (bytes[at] == '[' || bytes[at] == '{')
			depth++;
		if ((bytes[at] == ']' || bytes[at] == '}') && --depth == 0)
			return at;
		if (strchr(" \t\r\n", bytes[at]) == NULL)
			*last = at + 1;
		at++;
	}
	return length;
}

bool
emergency_file_append(const char *bytes, size_t length,
    const struct jsonx *list, const char *element, struct text *out)
{
	size_t at = offset_of(bytes, length, list->line, list->column);
	size_t last, end;

	if (at >= length || bytes[at] != '[')
		return false;
	end = closing(bytes, length, at, &last);
	if (end >= length)
		return false;
	text_add_n(out, bytes, last);
	if (list->count > 0)
		text_add_char(out, ',');
	text_add_n(out, bytes + last, end - last);
	/* What stands before the bracket on its line is its indent. */
	if (end > last && bytes[end - 1] != '\n' &&
	    memrchr(bytes + last, '\n', end - last) != NULL)
		text_add(out, "  ");
	else
		text_add(out, "\n    ");
	text_add(out, element);
	text_add(out, "\n  ");
	text_add_n(out, bytes + end, length - end);
	return true;
}

bool
emergency_file_end(const char *bytes, size_t length, const struct jsonx *entry,
    const char *until, const char *by, struct text *out)
{
	const struct jsonx *value = jsonx_get(entry, "until");
	size_t at, end;

	if (value == NULL)
		return false;
	at = offset_of(bytes, length, value->line, value->column);
	if (at >= length || bytes[at] != '"')
		return false;
	end = string_end(bytes, length, at);
	text_add_n(out, bytes, at);
	text_json(out, until, strlen(until));
	if (jsonx_get(entry, "ended-by") == NULL) {
		text_add(out, ", \"ended-by\": ");
		text_json(out, by, strlen(by));
	}
	text_add_n(out, bytes + end, length - end);
	return true;
}
