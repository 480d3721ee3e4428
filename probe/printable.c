/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See printable.h. A name is shown to people and written to records, so
 * nothing in it may move a cursor, end a line or turn its neighbours around.
 * Which character set it was meant in is not guessed: a name in CP932 shows
 * its ASCII letters and '?'.
 */
#include "printable.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* The code point of a valid sequence of n bytes (RFC 3629). */
static uint32_t
code_point(const uint8_t *s, size_t n)
{
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t c = s[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

/* Zero-width and turning characters, line and paragraph ends, noncharacters,
 * private use: nothing that a name needs. */
static bool
is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	    (c >= 0xfff0 && c <= 0xffff) || (c >= 0xe000 && c <= 0xf8ff) ||
	    c >= 0xe0000;
}

size_t
printable_copy(char *out, size_t size, const uint8_t *bytes, size_t n)
{
	size_t used = 0;

	while (n > 0 && bytes[0] == ' ') {
		bytes++;
		n--;
	}
	while (n > 0 && bytes[0] != '\0') {
		size_t length = text_utf8((const char *)bytes, n);
		const bool shown = length > 0 &&
		    !is_hidden(code_point(bytes, length));
		const size_t room = shown ? length : 1;

		if (used + room >= size)
			break;
		if (shown)
			memcpy(out + used, bytes, length);
		else
			out[used] = '?';
		used += room;
		length += length == 0;
		bytes += length;
		n -= length;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return used;
}
