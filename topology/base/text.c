/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Growing strings and escaping. Each escaping looks for runs of bytes that
 * need nothing and copies them at once, since nearly all text is such a run.
 * A character that is dangerous everywhere (controls, and the marks that turn
 * the direction of writing and so can make one name look like another) is
 * told by one function for all outputs.
 */
#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_ROOM 64
#define WORD_MAX 64 /* bytes text_distance compares */

static const char hex_digits[] = "0123456789abcdef";
static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

bool
lang_parse(const char *text, enum lang *out)
{
	static const char names[LANG_COUNT][3] = { "ja", "en" };

	for (int i = 0; i < LANG_COUNT; i++) {
		/* strchr also finds the end of the string */
		if (strncmp(text, names[i], 2) == 0 &&
		    strchr("_.-@", text[2]) != NULL) {
			*out = (enum lang)i;
			return true;
		}
	}
	return false;
}

enum lang
lang_of_environment(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	enum lang lang = LANG_JA;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			(void)lang_parse(value, &lang);
			break;
		}
	}
	return lang;
}

void
text_free(struct text *t)
{
	free(t->data);
	memset(t, 0, sizeof(*t));
}

void
text_clear(struct text *t)
{
	t->length = 0;
	if (t->data != NULL)
		t->data[0] = '\0';
}

const char *
text_str(const struct text *t)
{
	return t->data != NULL ? t->data : "";
}

static void
text_grow(struct text *t, size_t need)
{
	size_t room = t->capacity ? t->capacity : FIRST_ROOM;

	while (room < need)
		room *= 2;
	t->data = mem_reallocarray(t->data, room, 1);
	t->capacity = room;
}

/* Where n more bytes and a NUL may be written. */
static inline char *
text_room(struct text *t, size_t n)
{
	assert(n < SIZE_MAX / 4 && t->length < SIZE_MAX / 4);
	if (t->capacity - t->length <= n)
		text_grow(t, t->length + n + 1);
	return t->data + t->length;
}

void
text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

void
text_add_n(struct text *t, const char *s, size_t n)
{
	char *p;

	if (n == 0)
		return;
	p = text_room(t, n);
	memcpy(p, s, n);
	p[n] = '\0';
	t->length += n;
}

void
text_add_char(struct text *t, char c)
{
	char *p = text_room(t, 1);

	p[0] = c;
	p[1] = '\0';
	t->length++;
}

void
text_printf(struct text *t, const char *format, ...)
{
	char *p = text_room(t, 0);
	size_t room = t->capacity - t->length;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(p, room, format, ap);
	va_end(ap);
	if (n > 0 && (size_t)n >= room) {
		p = text_room(t, (size_t)n);
		va_start(ap, format);
		n = vsnprintf(p, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	if (n > 0)
		t->length += (size_t)n;
	else
		t->data[t->length] = '\0';
}

static inline bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t
text_utf8(const char *s, size_t n)
{
	unsigned char a, b;

	if (n == 0)
		return 0;
	a = (unsigned char)s[0];
	if (a < 0x80)
		return 1;
	if (a < 0xC2 || a > 0xF4 || n < 2 || !is_continuation(s[1]))
		return 0;
	if (a < 0xE0)
		return 2;
	b = (unsigned char)s[1];
	if (n < 3 || !is_continuation(s[2]) || (a == 0xE0 && b < 0xA0) ||
	    (a == 0xED && b > 0x9F))
		return 0;
	if (a < 0xF0)
		return 3;
	if (n < 4 || !is_continuation(s[3]) || (a == 0xF0 && b < 0x90) ||
	    (a == 0xF4 && b > 0x8F))
		return 0;
	return 4;
}

/* The code point of a sequence text_utf8 found to be length bytes. */
static uint32_t
code_point(const char *s, size_t length)
{
	static const uint8_t lead_bits[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c = (unsigned char)s[0] & lead_bits[length];

	for (size_t i = 1; i < length; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3F);
	return c;
}

/* C0, DEL, C1, line separators and the marks of writing direction. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C ||
	    c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
	    (c >= 0x2066 && c <= 0x2069);
}

/* One character of s: its length (1 when it is no UTF-8), and whether it is
 * fit to be shown as it is. */
static size_t
next_char(const char *s, size_t n, bool *valid, bool *safe)
{
	size_t length = text_utf8(s, n);

	*valid = length != 0;
	*safe = *valid && !is_unsafe(code_point(s, length));
	return *valid ? length : 1;
}

static void
json_control(struct text *t, uint32_t c)
{
	static const char names[] = "\b\f\n\r\t";
	static const char letters[] = "bfnrt";
	const char *name = c ? strchr(names, (int)c) : NULL;
	char *p;

	if (name != NULL && c < 0x20) {
		text_add_char(t, '\\');
		text_add_char(t, letters[name - names]);
		return;
	}
	p = text_room(t, 6);
	memcpy(p, "\\u", 2);
	for (int i = 0; i < 4; i++)
		p[2 + i] = hex_digits[c >> (12 - 4 * i) & 15];
	p[6] = '\0';
	t->length += 6;
}

/* Bytes that a JSON string holds as they are, ASCII only. */
static inline bool
json_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void
text_json(struct text *t, const char *s, size_t n)
{
	size_t done = 0, i = 0;

	text_room(t, n + 2);
	text_add_char(t, '"');
	while (i < n) {
		size_t length;
		bool valid, safe;

		if (json_plain((unsigned char)s[i])) {
			i++;
			continue;
		}
		length = next_char(s + i, n - i, &valid, &safe);
		if (safe && length > 1) {
			i += length;
			continue;
		}
		text_add_n(t, s + done, i - done);
		if (!valid)
			text_add_n(t, replacement, 3);
		else if (!safe)
			json_control(t, code_point(s + i, length));
		else {
			text_add_char(t, '\\');
			text_add_char(t, s[i]);
		}
		i += length;
		done = i;
	}
	text_add_n(t, s + done, n - done);
	text_add_char(t, '"');
}

void
text_escape(struct text *t, const char *s, size_t n)
{
	size_t done = 0, i = 0;

	while (i < n) {
		bool valid, safe;
		size_t length = next_char(s + i, n - i, &valid, &safe);

		if (safe) {
			i += length;
			continue;
		}
		text_add_n(t, s + done, i - done);
		for (done = i + length; i < done; i++)
			text_printf(t, "\\x%02x", (unsigned char)s[i]);
	}
	text_add_n(t, s + done, n - done);
}

void
text_quote(struct text *t, const char *s)
{
	size_t n = strlen(s), i = 0;

	for (size_t k = 0; i < n && k < TEXT_QUOTED_MAX; k++) {
		size_t length = text_utf8(s + i, n - i);

		i += length ? length : 1;
	}
	text_escape(t, s, i);
	if (i < n)
		text_add(t, "…");
}

bool
text_is_safe(const char *s)
{
	bool valid, safe = true;
	size_t n = strlen(s);

	for (size_t i = 0; i < n && safe;)
		i += next_char(s + i, n - i, &valid, &safe);
	return safe;
}

static const char *
html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
text_html(struct text *t, const char *s)
{
	size_t n = strlen(s), done = 0, i = 0;

	while (i < n) {
		bool valid, safe;
		size_t length = next_char(s + i, n - i, &valid, &safe);
		const char *other = safe ? html_entity(s[i]) : replacement;

		if (other != NULL) {
			text_add_n(t, s + done, i - done);
			text_add(t, other);
			done = i + length;
		}
		i += length;
	}
	text_add_n(t, s + done, n - done);
}

/* Spreadsheets take a cell for a formula by its first character; Japanese
 * ones also by the fullwidth form of it. */
static bool
begins_formula(const char *s)
{
	static const char wide[][4] = { "＝", "＋", "－", "＠" };

	if (s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (strncmp(s, wide[i], 3) == 0)
			return true;
	}
	return false;
}

void
text_csv(struct text *t, const char *s)
{
	size_t n = strlen(s);
	bool formula = begins_formula(s);
	bool quoted = formula || strpbrk(s, ",\"\r\n\t") != NULL ||
	    (n > 0 && (s[0] == ' ' || s[n - 1] == ' '));

	if (quoted)
		text_add_char(t, '"');
	if (formula)
		text_add_char(t, '\'');
	for (size_t i = 0; i < n;) {
		bool valid, safe;
		size_t length = next_char(s + i, n - i, &valid, &safe);

		if (safe || strchr("\r\n\t", s[i]) != NULL)
			text_add_n(t, s + i, length);
		else
			text_add_n(t, replacement, 3);
		if (s[i] == '"')
			text_add_char(t, '"');
		i += length;
	}
	if (quoted)
		text_add_char(t, '"');
}

struct range {
	uint32_t first;
	uint32_t last;
};

/* Marks that stand on the character before them, and invisible ones. The
 * scripts of this trade's documents are covered, not all of Unicode. */
static const struct range zero_width[] = { { 0x0300, 0x036F },
	{ 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x064B, 0x065F },
	{ 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x200B, 0x200F },
	{ 0x202A, 0x202E }, { 0x2060, 0x206F }, { 0x20D0, 0x20FF },
	{ 0x302A, 0x302D }, { 0x3099, 0x309A }, { 0xFE00, 0xFE0F },
	{ 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF }, { 0xE0100, 0xE01EF } };

/* East Asian Width W and F of Unicode 14 (EastAsianWidth.txt); gaps that hold
 * no assigned character are closed. */
static const struct range double_width[] = { { 0x1100, 0x115F },
	{ 0x231A, 0x231B }, { 0x2329, 0x232A }, { 0x23E9, 0x23EC },
	{ 0x23F0, 0x23F0 }, { 0x23F3, 0x23F3 }, { 0x25FD, 0x25FE },
	{ 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267F, 0x267F },
	{ 0x2693, 0x2693 }, { 0x26A1, 0x26A1 }, { 0x26AA, 0x26AB },
	{ 0x26BD, 0x26BE }, { 0x26C4, 0x26C5 }, { 0x26CE, 0x26CE },
	{ 0x26D4, 0x26D4 }, { 0x26EA, 0x26EA }, { 0x26F2, 0x26F3 },
	{ 0x26F5, 0x26F5 }, { 0x26FA, 0x26FA }, { 0x26FD, 0x26FD },
	{ 0x2705, 0x2705 }, { 0x270A, 0x270B }, { 0x2728, 0x2728 },
	{ 0x274C, 0x274C }, { 0x274E, 0x274E }, { 0x2753, 0x2755 },
	{ 0x2757, 0x2757 }, { 0x2795, 0x2797 }, { 0x27B0, 0x27B0 },
	{ 0x27BF, 0x27BF }, { 0x2B1B, 0x2B1C }, { 0x2B50, 0x2B50 },
	{ 0x2B55, 0x2B55 }, { 0x2E80, 0x303E }, { 0x3041, 0x3247 },
	{ 0x3250, 0x4DBF }, { 0x4E00, 0xA4CF }, { 0xA960, 0xA97F },
	{ 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 },
	{ 0xFE30, 0xFE6F }, { 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 },
	{ 0x16FE0, 0x18D08 }, { 0x1AFF0, 0x1B2FB }, { 0x1F004, 0x1F004 },
	{ 0x1F0CF, 0x1F0CF }, { 0x1F18E, 0x1F18E }, { 0x1F191, 0x1F19A },
	{ 0x1F200, 0x1F320 }, { 0x1F32D, 0x1F335 }, { 0x1F337, 0x1F37C },
	{ 0x1F37E, 0x1F393 }, { 0x1F3A0, 0x1F3CA }, { 0x1F3CF, 0x1F3D3 },
	{ 0x1F3E0, 0x1F3F0 }, { 0x1F3F4, 0x1F3F4 }, { 0x1F3F8, 0x1F43E },
	{ 0x1F440, 0x1F440 }, { 0x1F442, 0x1F4FC }, { 0x1F4FF, 0x1F53D },
	{ 0x1F54B, 0x1F54E }, { 0x1F550, 0x1F567 }, { 0x1F57A, 0x1F57A },
	{ 0x1F595, 0x1F596 }, { 0x1F5A4, 0x1F5A4 }, { 0x1F5FB, 0x1F64F },
	{ 0x1F680, 0x1F6C5 }, { 0x1F6CC, 0x1F6CC }, { 0x1F6D0, 0x1F6D2 },
	{ 0x1F6D5, 0x1F6DF }, { 0x1F6EB, 0x1F6EF }, { 0x1F6F4, 0x1F6FC },
	{ 0x1F7E0, 0x1F7F0 }, { 0x1F90C, 0x1F93A }, { 0x1F93C, 0x1F945 },
	{ 0x1F947, 0x1F9FF }, { 0x1FA70, 0x1FAFF }, { 0x20000, 0x2FFFD },
	{ 0x30000, 0x3FFFD } };

static bool
in_ranges(uint32_t c, const struct range *ranges, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && c >= ranges[low].first;
}

static size_t
char_width(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return 0;
	if (c < 0x300)
		return 1;
	if (in_ranges(c, zero_width, sizeof(zero_width) / sizeof(*zero_width)))
		return 0;
	return in_ranges(c, double_width,
		   sizeof(double_width) / sizeof(*double_width)) ?
	    2 :
	    1;
}

size_t
text_width(const char *s)
{
	size_t n = strlen(s), width = 0;

	for (size_t i = 0; i < n;) {
		size_t length = text_utf8(s + i, n - i);

		width += length ? char_width(code_point(s + i, length)) : 1;
		i += length ? length : 1;
	}
	return width;
}

void
text_pad(struct text *t, const char *s, size_t width)
{
	size_t used = text_width(s);

	text_add(t, s);
	if (used < width) {
		char *p = text_room(t, width - used);

		memset(p, ' ', width - used);
		p[width - used] = '\0';
		t->length += width - used;
	}
}

static unsigned
smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Wagner and Fischer with one row; words of more than WORD_MAX bytes are no
 * misspellings of anything and count as far apart. */
unsigned
text_distance(const char *a, const char *b, unsigned limit)
{
	unsigned row[WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b);

	if (strcmp(a, b) == 0)
		return 0;
	if (m > WORD_MAX || n > WORD_MAX || (m > n ? m - n : n - m) > limit)
		return limit + 1;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned cost = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = smaller(cost, smaller(row[j], row[j - 1]) + 1);
		}
	}
	return smaller(row[n], limit + 1);
}
