/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See pcapng.h. A block is its type, its length, a body, options and its length
 * again; every part is padded to four bytes. draft-ietf-opsawg-pcapng, sections
 * 3.5 (options), 4.1 (section header), 4.2 (interface description), 4.3
 * (enhanced packet).
 */
#include "pcapng.h"

#include <endian.h>
#include <string.h>

#include "base/cursor.h"

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define OPTION_END 0
#define OPTION_COMMENT 1
#define OPTION_SECTION_APPLICATION 4
#define OPTION_INTERFACE_NAME 2
#define OPTION_INTERFACE_DESCRIPTION 3
#define OPTION_INTERFACE_RESOLUTION 9
#define OPTION_PACKET_FLAGS 2

#define RESOLUTION_NANOSECONDS 9 /* ten to the minus nine */
/* Inbound; taken by a port that takes everything. */
#define FLAGS_TAP (1u | 4u << 2)

/* ---- writing */

static void
put16(struct text *out, uint16_t value)
{
	const uint16_t wire = htole16(value);

	text_add_n(out, (const char *)&wire, sizeof(wire));
}

static void
put32(struct text *out, uint32_t value)
{
	const uint32_t wire = htole32(value);

	text_add_n(out, (const char *)&wire, sizeof(wire));
}

static void
put_padded(struct text *out, const void *bytes, size_t n)
{
	static const char zeroes[4];

	text_add_n(out, bytes, n);
	text_add_n(out, zeroes, (4 - n % 4) % 4);
}

static void
put_option(struct text *out, uint16_t code, const void *bytes, size_t n)
{
	put16(out, code);
	put16(out, (uint16_t)n);
	put_padded(out, bytes, n);
}

/* Nothing where there is no text; cut between characters. */
static void
put_text(struct text *out, uint16_t code, const char *s)
{
	size_t n = 0, step;

	if (s == NULL || s[0] == '\0')
		return;
	while (s[n] != '\0') {
		step = text_utf8(s + n, strnlen(s + n, 4));
		step = step ? step : 1;
		if (n + step > PCAPNG_TEXT_MAX)
			break;
		n += step;
	}
	put_option(out, code, s, n);
}

/* Begins a block; returns where, for end_block. */
static size_t
begin_block(struct text *out, uint32_t type)
{
	const size_t at = out->length;

	put32(out, type);
	put32(out, 0); /* its length, known at its end */
	return at;
}

static void
end_block(struct text *out, size_t at)
{
	uint32_t length;

	put16(out, OPTION_END);
	put16(out, 0);
	length = htole32((uint32_t)(out->length + sizeof(length) - at));
	text_add_n(out, (const char *)&length, sizeof(length));
	memcpy(out->data + at + 4, &length, sizeof(length));
}

void
pcapng_section(struct text *out, const char *application, const char *comment)
{
	const size_t at = begin_block(out, BLOCK_SECTION);

	put32(out, BYTE_ORDER_MAGIC);
	put16(out, 1); /* version 1.0 */
	put16(out, 0);
	put32(out, UINT32_MAX); /* the section's length is not given */
	put32(out, UINT32_MAX);
	put_text(out, OPTION_COMMENT, comment);
	put_text(out, OPTION_SECTION_APPLICATION, application);
	end_block(out, at);
}

void
pcapng_interface(struct text *out, uint16_t link_type, const char *name,
    const char *description)
{
	const uint8_t resolution = RESOLUTION_NANOSECONDS;
	const size_t at = begin_block(out, BLOCK_INTERFACE);

	put16(out, link_type);
	put16(out, 0);
	put32(out, 0); /* packets are not cut at one length */
	put_text(out, OPTION_INTERFACE_NAME, name);
	put_text(out, OPTION_INTERFACE_DESCRIPTION, description);
	put_option(out, OPTION_INTERFACE_RESOLUTION, &resolution,
	    sizeof(resolution));
	end_block(out, at);
}

/* Before 1970 there is nothing to write. */
static uint64_t
nanoseconds_of(const struct pcapng_packet *p)
{
	if (p->time.us < 0)
		return 0;
	return (uint64_t)p->time.us * 1000 + p->nanoseconds;
}

void
pcapng_packet(struct text *out, const struct pcapng_packet *p)
{
	const uint64_t time = nanoseconds_of(p);
	const uint32_t flags = htole32(FLAGS_TAP);
	const size_t at = begin_block(out, BLOCK_PACKET);

	put32(out, p->interface);
	put32(out, (uint32_t)(time >> 32));
	put32(out, (uint32_t)time);
	put32(out, p->captured);
	put32(out, p->wire);
	put_padded(out, p->bytes, p->captured);
	put_text(out, OPTION_COMMENT, p->comment);
	put_option(out, OPTION_PACKET_FLAGS, &flags, sizeof(flags));
	end_block(out, at);
}

/* ---- reading back */

static uint16_t
get16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

bool
pcapng_comment(const uint8_t *bytes, size_t length,
    char out[PCAPNG_TEXT_MAX + 1])
{
	const uint8_t *text;
	uint16_t code, n;
	struct cursor c;

	cursor_init(&c, bytes, length);
	if (cursor_le32(&c) != BLOCK_SECTION)
		return false;
	cursor_skip(&c, 4);
	if (cursor_le32(&c) != BYTE_ORDER_MAGIC)
		return false;
	cursor_skip(&c, 12);
	while (cursor_ok(&c)) {
		code = get16(&c);
		n = get16(&c);
		if (!cursor_ok(&c) || code == OPTION_END)
			return false;
		text = cursor_take(&c, n);
		if (code == OPTION_COMMENT && text != NULL &&
		    n <= PCAPNG_TEXT_MAX) {
			memcpy(out, text, n);
			out[n] = '\0';
			return true;
		}
		cursor_skip(&c, (4u - n % 4u) % 4u);
	}
	return false;
}
