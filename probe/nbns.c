/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Header: id, flags, four counts. A name is 32 letters, two for each byte of
 * the name padded to fifteen with blanks, and a sixteenth byte; a scope may
 * follow it. Registrations carry the name in the question and its address in
 * the additional record (RFC 1002 sections 4.2.2 to 4.2.6); a positive answer
 * in its only record (4.2.13); a node status lists names without addresses
 * (4.2.18).
 */
#include "nbns.h"

#include "base/cursor.h"
#include "hostname.h"

#define FLAG_RESPONSE 0x8000
#define OPCODE(flags) ((flags) >> 11 & 0xf)
#define RCODE(flags) ((flags)&0xf)
#define OPCODE_QUERY 0
#define OPCODE_REGISTRATION 5
#define OPCODE_REFRESH 8
#define OPCODE_REFRESH_ALT 9 /* RFC 1002 gives both numbers */
#define OPCODE_MULTIHOMED 15 /* of Windows: one name, several addresses */
#define TYPE_NB 0x20
#define TYPE_NBSTAT 0x21
#define CLASS_IN 1
#define NB_GROUP 0x8000
#define ENCODED 32
#define NAME_BYTES 15
#define SCOPE_LABELS_MAX 16

/* Fifteen bytes padded with blanks or zeros; only ASCII, since the code page
 * of the sender is not known. */
static bool
take_name(const uint8_t bytes[NAME_BYTES], char out[DEVICE_NAME_MAX])
{
	for (size_t i = 0; i < NAME_BYTES; i++)
		if (bytes[i] >= 0x80)
			return false;
	return hostname_take((const char *)bytes, NAME_BYTES, out);
}

static void
add_name(struct nbns_message *out, const uint8_t bytes[NAME_BYTES],
    uint8_t suffix, bool group, const struct addr *address)
{
	struct nbns_name *n = &out->names[out->name_count];

	if (out->name_count == NBNS_NAMES_MAX) {
		out->full = true;
		return;
	}
	if (!take_name(bytes, n->text))
		return;
	n->suffix = suffix;
	n->group = group;
	n->address = address ? *address : (struct addr){ 0 };
	out->name_count++;
}

/* The labels of a scope behind the name. */
static bool
skip_scope(struct cursor *c)
{
	for (int i = 0; i < SCOPE_LABELS_MAX; i++) {
		const uint8_t n = cursor_u8(c);

		if (n == 0)
			return cursor_ok(c);
		if (n > 63)
			return false;
		cursor_skip(c, n);
	}
	return false;
}

/* A name as it is encoded; false where it is no such. */
static bool
read_name(struct cursor *c, uint8_t name[NAME_BYTES + 1])
{
	uint8_t n = cursor_u8(c);
	const uint8_t *letters;

	if (n != ENCODED)
		return false;
	letters = cursor_take(c, ENCODED);
	if (!letters)
		return false;
	for (size_t i = 0; i <= NAME_BYTES; i++) {
		const uint8_t high = (uint8_t)(letters[2 * i] - 'A');
		const uint8_t low = (uint8_t)(letters[2 * i + 1] - 'A');

		if (high > 15 || low > 15)
			return false;
		name[i] = (uint8_t)(high << 4 | low);
	}
	return skip_scope(c);
}

static enum decode_status
why(const struct cursor *c)
{
	return cursor_ok(c) ? DECODE_MALFORMED : DECODE_TRUNCATED;
}

/* Flags and address, once or more often; the first counts. */
static enum decode_status
read_addresses(struct cursor *data, const uint8_t name[NAME_BYTES + 1],
    struct nbns_message *out)
{
	uint16_t flags = cursor_be16(data);
	const uint8_t *bytes = cursor_take(data, 4);
	struct addr address;

	if (!bytes) /* the fence is the record's own length */
		return DECODE_MALFORMED;
	address = addr_from_v4(bytes);
	add_name(out, name, name[NAME_BYTES], flags & NB_GROUP, &address);
	return DECODE_OK;
}

static enum decode_status
read_status(struct cursor *data, struct nbns_message *out)
{
	uint8_t count = cursor_u8(data);

	for (uint8_t i = 0; i < count; i++) {
		const uint8_t *name = cursor_take(data, NAME_BYTES);
		uint8_t suffix = cursor_u8(data);
		uint16_t flags = cursor_be16(data);

		if (!cursor_ok(data))
			return DECODE_MALFORMED;
		add_name(out, name, suffix, flags & NB_GROUP, NULL);
	}
	return cursor_ok(data) ? DECODE_OK : DECODE_MALFORMED;
}

/* A record whose name was read: type, class, time to live, data. */
static enum decode_status
read_record(struct cursor *c, const uint8_t name[NAME_BYTES + 1], bool status,
    struct nbns_message *out)
{
	struct cursor data;
	uint16_t type = cursor_be16(c);
	uint16_t class = cursor_be16(c);
	uint16_t length;

	cursor_skip(c, 4); /* time to live */
	length = cursor_be16(c);
	cursor_sub(c, length, &data);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (class != CLASS_IN)
		return DECODE_MALFORMED;
	if (type == TYPE_NBSTAT)
		return status ? read_status(&data, out) : DECODE_MALFORMED;
	if (type != TYPE_NB)
		return DECODE_UNSUPPORTED;
	return read_addresses(&data, name, out);
}

static enum decode_status
read_response(struct cursor *c, uint16_t answers, struct nbns_message *out)
{
	uint8_t name[NAME_BYTES + 1];

	if (answers == 0)
		return DECODE_UNSUPPORTED;
	if (!read_name(c, name))
		return why(c);
	return read_record(c, name, true, out);
}

static enum decode_status
read_registration(struct cursor *c, uint16_t questions, uint16_t additional,
    struct nbns_message *out)
{
	uint8_t name[NAME_BYTES + 1];
	uint16_t pointer;

	if (questions != 1 || additional == 0)
		return DECODE_MALFORMED;
	if (!read_name(c, name))
		return why(c);
	cursor_skip(c, 4);	  /* type and class of the question */
	pointer = cursor_be16(c); /* the record's name is the question's */
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (pointer >> 14 != 3)
		return DECODE_MALFORMED;
	return read_record(c, name, false, out);
}

enum decode_status
nbns_decode(const uint8_t *payload, size_t n, struct nbns_message *out)
{
	uint16_t flags, questions, answers, additional;
	struct cursor c;

	*out = (struct nbns_message){ 0 };
	cursor_init(&c, payload, n);
	cursor_skip(&c, 2); /* id */
	flags = cursor_be16(&c);
	questions = cursor_be16(&c);
	answers = cursor_be16(&c);
	cursor_skip(&c, 2); /* authorities */
	additional = cursor_be16(&c);
	if (!cursor_ok(&c))
		return DECODE_TRUNCATED;
	if (RCODE(flags) != 0)
		return DECODE_UNSUPPORTED;
	if (flags & FLAG_RESPONSE)
		return OPCODE(flags) == OPCODE_QUERY ?
		    read_response(&c, answers, out) :
		    DECODE_UNSUPPORTED;
	switch (OPCODE(flags)) {
	case OPCODE_REGISTRATION:
	case OPCODE_REFRESH:
	case OPCODE_REFRESH_ALT:
	case OPCODE_MULTIHOMED:
		return read_registration(&c, questions, additional, out);
	default:
		return DECODE_UNSUPPORTED;
	}
}
