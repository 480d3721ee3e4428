/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A name ends in alerts and on terminals, so nothing passes that is no plain
 * text there. A pointer of a DNS name must lead to before the place where it
 * stands, and every jump leads to before the last one: no circle is possible,
 * and the number of labels is bounded by the length that a name may have.
 */
#include "hostname.h"

#include <string.h>

#include "base/text.h"

#define POINTER 0xc0 /* of the two high bits of a label's length */
#define LABEL_MAX 63

/* The code point of a valid sequence of n bytes. */
static uint32_t
code_point(const char *s, size_t n)
{
	static const uint8_t first[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = (uint8_t)s[0] & first[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((uint8_t)s[i] & 0x3f);
	return c;
}

/* Control characters, and those that hide or turn what stands beside them. */
static bool
is_plain(uint32_t c)
{
	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && c != 0xad &&
	    c != 0x61c && !(c >= 0x200b && c <= 0x200f) &&
	    !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) &&
	    c != 0xfeff && c != 0xfffd && !(c >= 0xfff9 && c <= 0xfffb) &&
	    !(c >= 0xe0000 && c <= 0xe0fff) && (c & 0xfffe) != 0xfffe;
}

static bool
is_edge(char c)
{
	return c == ' ' || c == '.' || c == '\0';
}

bool
hostname_take(const char *text, size_t n, char out[DEVICE_NAME_MAX])
{
	size_t at = 0, step;

	out[0] = '\0';
	while (n > 0 && is_edge(text[n - 1]))
		n--;
	while (n > 0 && is_edge(text[0])) {
		text++;
		n--;
	}
	if (n == 0 || n >= DEVICE_NAME_MAX)
		return false;
	while (at < n) {
		step = text_utf8(text + at, n - at);
		if (step == 0 || !is_plain(code_point(text + at, step)))
			return false;
		at += step;
	}
	memcpy(out, text, n);
	out[n] = '\0';
	return true;
}

/* Writes c to s, which has room for four bytes; how many it took. */
static size_t
put_utf8(char *s, uint32_t c)
{
	if (c < 0x80) {
		s[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		s[0] = (char)(0xc0 | c >> 6);
		s[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		s[0] = (char)(0xe0 | c >> 12);
		s[1] = (char)(0x80 | (c >> 6 & 0x3f));
		s[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	s[0] = (char)(0xf0 | c >> 18);
	s[1] = (char)(0x80 | (c >> 12 & 0x3f));
	s[2] = (char)(0x80 | (c >> 6 & 0x3f));
	s[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static uint16_t
read_unit(struct cursor *c)
{
	uint16_t low = cursor_u8(c);

	return (uint16_t)(low | (uint16_t)cursor_u8(c) << 8);
}

bool
hostname_take_utf16(const uint8_t *bytes, size_t n, char out[DEVICE_NAME_MAX])
{
	char text[DEVICE_NAME_MAX + 4];
	struct cursor c;
	size_t used = 0;
	uint32_t unit;

	out[0] = '\0';
	if (n % 2 != 0)
		return false;
	cursor_init(&c, bytes, n);
	while (cursor_left(&c) > 0) {
		unit = read_unit(&c);
		if (unit >= 0xd800 && unit < 0xdc00) {
			const uint16_t low = read_unit(&c);

			if (low < 0xdc00 || low > 0xdfff)
				return false;
			unit = 0x10000 + ((unit - 0xd800) << 10) +
			    (low - 0xdc00);
		}
		if (used >= DEVICE_NAME_MAX)
			return false;
		used += put_utf8(text + used, unit);
	}
	return cursor_ok(&c) && hostname_take(text, used, out);
}

/* Appends a label; one that cannot be text makes the whole name none. */
static void
add_label(const uint8_t *label, size_t n, char out[HOSTNAME_DNS_MAX],
    size_t *used, bool *is_text)
{
	if (label == NULL || *used + n + 2 > HOSTNAME_DNS_MAX) {
		*is_text = false;
		return;
	}
	if (*used > 0)
		out[(*used)++] = '.';
	for (size_t i = 0; i < n; i++) {
		const char c = (char)label[i];

		if ((uint8_t)c < 0x20 || (uint8_t)c == 0x7f)
			*is_text = false;
		out[(*used)++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
}

static enum decode_status
fail(struct cursor *c, enum decode_status why)
{
	c->failed = true;
	return why;
}

enum decode_status
hostname_read_dns(struct cursor *c, const uint8_t *message, size_t length,
    char out[HOSTNAME_DNS_MAX])
{
	const size_t left = cursor_left(c);
	size_t used = 0, wire = 0, before = left <= length ? length - left : 0;
	struct cursor jumped, *at = c;
	bool is_text = true;

	out[0] = '\0';
	for (;;) {
		const uint8_t n = cursor_u8(at);

		if ((n & POINTER) == POINTER) {
			size_t to = (size_t)(n & ~POINTER) << 8;

			to |= cursor_u8(at);
			if (!cursor_ok(at))
				return fail(c, DECODE_TRUNCATED);
			if (to >= before)
				return fail(c, DECODE_MALFORMED);
			before = to;
			cursor_init(&jumped, message, length);
			cursor_skip(&jumped, to);
			at = &jumped;
			continue;
		}
		if (!cursor_ok(at))
			return fail(c, DECODE_TRUNCATED);
		wire += (size_t)n + 1;
		if (n > LABEL_MAX || wire > HOSTNAME_DNS_MAX)
			return fail(c, DECODE_MALFORMED);
		if (n == 0)
			break;
		add_label(cursor_take(at, n), n, out, &used, &is_text);
		if (!cursor_ok(at))
			return fail(c, DECODE_TRUNCATED);
	}
	out[is_text ? used : 0] = '\0';
	return DECODE_OK;
}
