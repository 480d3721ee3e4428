/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of JSON. A reader here reports what is wrong inside its word and
 * always steps over it, so that the grammar above can go on.
 */
#include "base/jsonx_lex.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Steps over a comment and blanks it; false when '/' begins none. */
static bool
skip_comment(struct jsonx_lex *s)
{
	char *start = s->p, *stop;
	size_t left = (size_t)(s->end - start);
	bool told = false;

	if (left < 2 || (start[1] != '/' && start[1] != '*'))
		return false;
	if (start[1] == '/') {
		stop = memchr(start, '\n', left);
	} else {
		stop = memmem(start + 2, left - 2, "*/", 2);
		if (stop == NULL)
			jsonx_fault_report(s, jsonx_fault_place(s, start),
			    JSONX_FAULT_COMMENT, NULL, NULL, NULL);
		else
			stop += 2;
	}
	if (stop == NULL)
		stop = s->end;
	for (char *p = start; p < stop && !told;) {
		size_t n = text_utf8(p, (size_t)(stop - p));

		if (n == 0) {
			jsonx_fault_utf8(s, p);
			told = true; /* one is enough for a comment */
		}
		p += n;
	}
	/* Columns count characters: count them before they are blanked. */
	(void)jsonx_fault_place(s, stop);
	for (char *p = start; p < stop; p++)
		*p = *p == '\n' ? '\n' : ' ';
	s->p = stop;
	return true;
}

void
jsonx_lex_space(struct jsonx_lex *s)
{
	for (;;) {
		char c = jsonx_lex_peek(s);

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			s->p++;
		else if (c != '/' || !skip_comment(s))
			return;
	}
}

void
jsonx_lex_quoted(struct jsonx_lex *s)
{
	char quote = *s->p++;

	while (s->p < s->end && jsonx_lex_peek(s) != '\n') {
		if (*s->p++ == quote)
			return;
		if (s->p[-1] == '\\' && s->p < s->end &&
		    jsonx_lex_peek(s) != '\n')
			s->p++;
	}
}

void
jsonx_lex_recover(struct jsonx_lex *s, size_t nested)
{
	while (s->p < s->end) {
		char c = jsonx_lex_peek(s);

		if (nested == 0 && (c == ',' || c == ']' || c == '}'))
			return;
		if (c == '"') {
			jsonx_lex_quoted(s);
			continue;
		}
		if (c == '/' && skip_comment(s))
			continue;
		if (c == '[' || c == '{')
			nested++;
		else if (c == ']' || c == '}')
			nested--;
		s->p++;
	}
}

/* ---- strings */

/* The value of four hex digits at p, or -1. */
static int32_t
read_hex4(const char *p, const char *end)
{
	int32_t value = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i], lower = (char)(c | 0x20);

		if (is_digit(c))
			value = value << 4 | (c - '0');
		else if (lower >= 'a' && lower <= 'f')
			value = value << 4 | (lower - 'a' + 10);
		else
			return -1;
	}
	return value;
}

static void
add_code_point(struct text *out, uint32_t c)
{
	char b[4];
	size_t n = 0;

	if (out == NULL)
		return;
	if (c < 0x80) {
		b[n++] = (char)c;
	} else if (c < 0x800) {
		b[n++] = (char)(0xC0 | c >> 6);
		b[n++] = (char)(0x80 | (c & 0x3F));
	} else {
		if (c < 0x10000) {
			b[n++] = (char)(0xE0 | c >> 12);
		} else {
			b[n++] = (char)(0xF0 | c >> 18);
			b[n++] = (char)(0x80 | (c >> 12 & 0x3F));
		}
		b[n++] = (char)(0x80 | (c >> 6 & 0x3F));
		b[n++] = (char)(0x80 | (c & 0x3F));
	}
	text_add_n(out, b, n);
}

/* \uXXXX at s->p; a surrogate must come with its other half. */
static void
scan_unicode(struct jsonx_lex *s, struct text *out)
{
	char *start = s->p;
	int32_t c = read_hex4(start + 2, s->end), low = -1;

	if (c < 0) {
		jsonx_fault_quoted(s, jsonx_fault_place(s, start),
		    JSONX_FAULT_ESCAPE, start, 2, NULL);
		s->p += 2;
		return;
	}
	s->p += 6;
	if (c == 0) {
		jsonx_fault_report(s, jsonx_fault_place(s, start),
		    JSONX_FAULT_NUL, NULL, NULL, NULL);
		return;
	}
	if (c < 0xD800 || c > 0xDFFF) {
		add_code_point(out, (uint32_t)c);
		return;
	}
	if (c < 0xDC00 && s->end - s->p >= 6 && memcmp(s->p, "\\u", 2) == 0)
		low = read_hex4(s->p + 2, s->end);
	if (low < 0xDC00 || low > 0xDFFF) {
		jsonx_fault_quoted(s, jsonx_fault_place(s, start),
		    JSONX_FAULT_SURROGATE, start, 6, NULL);
		return;
	}
	s->p += 6;
	add_code_point(out,
	    0x10000 + ((uint32_t)(c - 0xD800) << 10) +
		(uint32_t)(low - 0xDC00));
}

static void
scan_escape(struct jsonx_lex *s, struct text *out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	size_t n;

	if (s->end - s->p < 2) { /* the string is not closed either */
		s->p++;
		return;
	}
	if (s->p[1] == 'u') {
		scan_unicode(s, out);
		return;
	}
	letter = memchr(letters, s->p[1], sizeof(letters) - 1);
	if (letter != NULL) {
		if (out != NULL)
			text_add_char(out, meanings[letter - letters]);
		s->p += 2;
		return;
	}
	n = text_utf8(s->p + 1, (size_t)(s->end - s->p - 1));
	jsonx_fault_quoted(s, jsonx_fault_place(s, s->p), JSONX_FAULT_ESCAPE,
	    s->p, s->p[1] == '\n' || s->p[1] == '\r' ? 1 : 1 + (n ? n : 1),
	    NULL);
	s->p++; /* what follows is read as if unescaped */
}

static void
report_control(struct jsonx_lex *s)
{
	struct text name = { 0 }, escape = { 0 };
	unsigned c = (unsigned char)*s->p;

	text_printf(&name, "U+%04X", c);
	if (c == '\t')
		text_add(&escape, "\\t");
	else
		text_printf(&escape, "\\u%04x", c);
	jsonx_fault_report(s, jsonx_fault_place(s, s->p),
	    c ? JSONX_FAULT_CONTROL : JSONX_FAULT_NUL, text_str(&name),
	    text_str(&escape), NULL);
	text_free(&name);
	text_free(&escape);
}

/* One run of plain characters, one escape or one fault. */
static void
scan_string_part(struct jsonx_lex *s, struct text *out, bool *told_utf8)
{
	char *start = s->p;
	size_t n;

	for (;;) {
		unsigned char c = (unsigned char)*s->p;

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		n = c < 0x80 ? 1 : text_utf8(s->p, (size_t)(s->end - s->p));
		if (n == 0)
			break;
		s->p += n;
	}
	if (s->p > start) {
		if (out != NULL)
			text_add_n(out, start, (size_t)(s->p - start));
	} else if (*s->p == '\\') {
		scan_escape(s, out);
	} else {
		if ((unsigned char)*s->p < 0x20) {
			report_control(s);
		} else if (!*told_utf8) {
			jsonx_fault_utf8(s, s->p);
			*told_utf8 = true; /* one is enough for a string */
		}
		s->p++;
	}
}

bool
jsonx_lex_string(struct jsonx_lex *s, struct text *out)
{
	struct diag_place start = jsonx_fault_place(s, s->p);
	const char *first = ++s->p;
	size_t before = s->faults;
	bool told_utf8 = false;

	while (s->p < s->end && jsonx_lex_peek(s) != '"' &&
	    jsonx_lex_peek(s) != '\n' &&
	    !(jsonx_lex_peek(s) == '\r' && s->p[1] == '\n'))
		scan_string_part(s, out, &told_utf8);
	s->string_bytes += (size_t)(s->p - first) + 1;
	if (jsonx_lex_peek(s) == '"')
		s->p++;
	else
		jsonx_fault_report(s, start, JSONX_FAULT_STRING, NULL, NULL,
		    NULL);
	return s->faults == before;
}

/* ---- words and numbers */

static const char *
skip_digits(const char *p)
{
	while (is_digit(*p))
		p++;
	return p;
}

/* Matches RFC 8259 section 6 from p on; returns what follows or NULL. */
static const char *
match_number(const char *p, bool *integer)
{
	*integer = true;
	if (*p == '-')
		p++;
	if (!is_digit(*p))
		return NULL;
	p = *p == '0' ? p + 1 : skip_digits(p);
	if (*p == '.') {
		*integer = false;
		if (!is_digit(*++p))
			return NULL;
		p = skip_digits(p);
	}
	if (*p == 'e' || *p == 'E') {
		*integer = false;
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (!is_digit(*p))
			return NULL;
		p = skip_digits(p);
	}
	return p;
}

static enum jsonx_kind
scan_number(struct jsonx_lex *s, const char *word, size_t n)
{
	struct diag_place place = jsonx_fault_place(s, word);
	bool integer;

	if (match_number(word, &integer) != word + n) {
		jsonx_fault_quoted(s, place, JSONX_FAULT_NUMBER, word, n, NULL);
		return JSONX_INTEGER;
	}
	if (!integer) {
		if (!isfinite(strtod(word, NULL)))
			jsonx_fault_quoted(s, place, JSONX_FAULT_DOUBLE, word,
			    n, NULL);
		return JSONX_DOUBLE;
	}
	errno = 0;
	(void)strtoll(word, NULL, 10);
	if (errno == ERANGE)
		jsonx_fault_quoted(s, place, JSONX_FAULT_INTEGER, word, n,
		    NULL);
	return JSONX_INTEGER;
}

size_t
jsonx_lex_word(struct jsonx_lex *s)
{
	const char *start = s->p;

	while (jsonx_lex_is_word(jsonx_lex_peek(s)))
		s->p++;
	return (size_t)(s->p - start);
}

enum jsonx_kind
jsonx_lex_scalar(struct jsonx_lex *s)
{
	const char *word = s->p;
	size_t n = jsonx_lex_word(s);

	if (n == 4 && memcmp(word, "null", 4) == 0)
		return JSONX_NULL;
	if ((n == 4 && memcmp(word, "true", 4) == 0) ||
	    (n == 5 && memcmp(word, "false", 5) == 0))
		return JSONX_BOOLEAN;
	if (is_digit(*word) || (strchr("+-.", *word) && is_digit(word[1])))
		return scan_number(s, word, n);
	jsonx_fault_quoted(s, jsonx_fault_place(s, word), JSONX_FAULT_WORD,
	    word, n, NULL);
	return JSONX_NULL;
}
