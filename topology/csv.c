/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading CSV in place: the text is decoded to UTF-8 once, then fields are
 * unquoted and ended where they lie, which never needs more room.
 */
#include "csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char mark[] = "\xef\xbb\xbf";
static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* ---- decoding */

static void
advance(struct csv *c, const char *p)
{
	if (*p == '\n') {
		c->line++;
		c->column = 1;
	} else if (((unsigned char)*p & 0xc0) != 0x80) {
		c->column++;
	}
}

/* Notes a sequence that is no text; out is what was decoded before it. */
static void
note_bad(struct csv *c, const char *out, size_t n)
{
	size_t i;

	if (c->bad++ != 0)
		return;
	c->line = c->column = 1;
	for (i = 0; i < n; i++)
		advance(c, out + i);
	c->bad_line = c->line;
	c->bad_column = c->column;
}

static bool
valid_utf8(const char *bytes, size_t n)
{
	size_t i = 0, step;

	while (i < n) {
		step = bytes[i] != '\0' ? text_utf8(bytes + i, n - i) : 0;
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

/* Copies n bytes, each bad one as U+FFFD: at most three bytes for one. */
static void
decode_utf8(struct csv *c, const char *bytes, size_t n)
{
	size_t i = 0, used = 0, step;

	if (n >= 3 && memcmp(bytes, mark, 3) == 0)
		i = 3;
	c->bytes = mem_calloc(n + 1, 3);
	while (i < n) {
		step = bytes[i] != '\0' ? text_utf8(bytes + i, n - i) : 0;
		if (step != 0) {
			memcpy(c->bytes + used, bytes + i, step);
			used += step;
			i += step;
			continue;
		}
		note_bad(c, c->bytes, used);
		memcpy(c->bytes + used, replacement, 3);
		used += 3;
		i++;
	}
	c->end = c->bytes + used;
}

/* A CP932 byte becomes at most three of UTF-8. */
static bool
decode_cp932(struct csv *c, const char *bytes, size_t n)
{
	iconv_t converter = iconv_open("UTF-8", "CP932");
	char *input, *in, *out;
	size_t left = n, room = 3 * (n + 1);

	if (converter == (iconv_t)-1)
		return false;
	input = mem_calloc(n + 1, 1);
	if (n != 0)
		memcpy(input, bytes, n);
	in = input;
	c->bytes = out = mem_calloc(n + 1, 3);
	while (left != 0) {
		char *zero = memchr(in, '\0', left);
		size_t part = zero != NULL ? (size_t)(zero - in) : left;
		size_t rest = left - part;

		if (part != 0 &&
		    iconv(converter, &in, &part, &out, &room) != (size_t)-1)
			part = 0;
		left = rest + part;
		if (left == 0)
			break;
		/* A bad or cut sequence, or a NUL: skip one byte of it. */
		note_bad(c, c->bytes, (size_t)(out - c->bytes));
		memcpy(out, replacement, 3);
		out += 3;
		room -= 3;
		in++;
		left--;
		(void)iconv(converter, NULL, NULL, NULL, NULL);
	}
	c->end = out;
	free(input);
	(void)iconv_close(converter);
	return true;
}

bool
csv_init(struct csv *c, const char *bytes, size_t n, enum csv_encoding encoding)
{
	bool ok = true;

	memset(c, 0, sizeof(*c));
	if (encoding == CSV_GUESS)
		encoding = valid_utf8(bytes, n) ? CSV_UTF8 : CSV_CP932;
	c->encoding = encoding;
	if (encoding == CSV_UTF8)
		decode_utf8(c, bytes, n);
	else
		ok = decode_cp932(c, bytes, n);
	if (!ok)
		c->bytes = c->end = mem_calloc(1, 1);
	c->next = c->bytes;
	*c->end = '\0';
	c->line = c->column = 1;
	c->separator = ',';
	return ok;
}

void
csv_fini(struct csv *c)
{
	free(c->bytes);
	memset(c, 0, sizeof(*c));
}

/* ---- rows */

/* Whether the quote at p is closed; "" within is a quote of the text. */
static bool
is_closed(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p != '"')
			continue;
		if (p[1] != '"')
			return true;
		p++;
	}
	return false;
}

/* Reads a quoted field whose opening quote is at next; *to ends the text. An
 * open one is left as it is, so that only its line is lost. */
static enum csv_fault
quoted(struct csv *c, char **to)
{
	char *out = c->next;

	*to = out;
	if (!is_closed(c->next, c->end))
		return CSV_OPEN_QUOTE;
	advance(c, c->next++);
	for (;;) {
		if (*c->next == '"' && c->next[1] != '"')
			break;
		if (*c->next == '"')
			advance(c, c->next++);
		advance(c, c->next);
		*out++ = *c->next++;
	}
	*to = out;
	advance(c, c->next++);
	if (c->next < c->end && *c->next != c->separator && *c->next != '\r' &&
	    *c->next != '\n')
		return CSV_AFTER_QUOTE;
	return CSV_OK;
}

static void
plain(struct csv *c, char **to)
{
	char *start = c->next, *out;

	while (c->next < c->end && *c->next != c->separator &&
	    *c->next != '\n' && *c->next != '\r')
		advance(c, c->next++);
	for (out = c->next; out > start && out[-1] == ' '; out--)
		;
	*to = out;
}

/* Steps over the separator; true when the row goes on. */
static bool
separator(struct csv *c)
{
	if (c->next == c->end)
		return false;
	if (*c->next == c->separator) {
		advance(c, c->next++);
		return true;
	}
	if (*c->next == '\r' && c->next[1] == '\n')
		c->next++;
	else if (*c->next == '\r')
		*c->next = '\n'; /* old spreadsheets end lines so */
	advance(c, c->next++);
	return false;
}

static void
skip_line(struct csv *c)
{
	while (c->next < c->end && *c->next != '\n')
		advance(c, c->next++);
	if (c->next < c->end)
		advance(c, c->next++);
}

static void
read_row(struct csv *c, struct csv_row *row)
{
	enum csv_fault fault = CSV_OK;
	struct csv_field *f;
	char *to;
	bool more;

	row->count = 0;
	row->fault = CSV_OK;
	row->line = c->line;
	row->column = c->column;
	do {
		if (row->count == CSV_FIELDS_MAX) {
			fault = CSV_FIELDS;
			break;
		}
		while (c->next < c->end && *c->next == ' ')
			advance(c, c->next++);
		f = &row->fields[row->count++];
		f->text = c->next;
		f->line = c->line;
		f->column = c->column;
		if (c->next < c->end && *c->next == '"')
			fault = quoted(c, &to);
		else
			plain(c, &to);
		if (fault != CSV_OK)
			break;
		more = separator(c);
		*to = '\0'; /* the separator is read: its place is free */
	} while (more);
	if (fault == CSV_OK)
		return;
	row->fault = fault;
	row->line = c->line;
	row->column = c->column;
	skip_line(c);
}

bool
csv_next(struct csv *c, struct csv_row *row)
{
	size_t i;

	while (c->next < c->end) {
		read_row(c, row);
		if (row->fault != CSV_OK)
			return true;
		for (i = 0; i < row->count; i++)
			if (row->fields[i].text[0] != '\0')
				return true;
	}
	return false;
}
