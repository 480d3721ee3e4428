/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "NTLMSSP" and a zero, message type, then fields of (length, room, offset)
 * that point into the rest, all in little endian. CHALLENGE: target name,
 * flags, challenge, reserved, target info: pairs (id, length, value), of which
 * 1 is the NetBIOS name of the computer and 3 its DNS name. AUTHENTICATE: two
 * responses, domain, user, workstation; flags say whether its text is UTF-16.
 */
#include "ntlmssp.h"

#include <string.h>

#include "base/cursor.h"
#include "hostname.h"

#define SIGNATURE "NTLMSSP"
#define SIGNATURE_BYTES 8 /* with its zero */
#define FLAG_UNICODE 1u
#define FIELD_BYTES 8
#define ID_END 0
#define ID_COMPUTER 1
#define ID_DNS_COMPUTER 3
#define PAIRS_MAX 32

static uint16_t
read_le16(struct cursor *c)
{
	uint16_t low = cursor_u8(c);

	return (uint16_t)(low | (uint16_t)cursor_u8(c) << 8);
}

/* The bytes that a field points to, from the message's beginning. */
static enum decode_status
read_field(struct cursor *c, const uint8_t *message, size_t n,
    struct cursor *out)
{
	struct cursor whole;
	uint16_t length = read_le16(c);
	uint32_t offset;

	cursor_skip(c, 2); /* room */
	offset = cursor_le32(c);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	cursor_init(&whole, message, n);
	cursor_skip(&whole, offset);
	cursor_sub(&whole, length, out);
	return cursor_ok(&whole) ? DECODE_OK : DECODE_TRUNCATED;
}

static enum decode_status
read_target(struct cursor *info, struct ntlmssp_message *out)
{
	struct cursor value;

	for (int i = 0; i < PAIRS_MAX && cursor_left(info) > 0; i++) {
		uint16_t id = read_le16(info);
		uint16_t length = read_le16(info);

		cursor_sub(info, length, &value);
		if (!cursor_ok(info))
			return DECODE_MALFORMED; /* the fence is its own */
		if (id == ID_END)
			break;
		if (id == ID_COMPUTER)
			(void)hostname_take_utf16(value.pos, length,
			    out->computer);
		else if (id == ID_DNS_COMPUTER)
			(void)hostname_take_utf16(value.pos, length, out->dns);
	}
	return DECODE_OK;
}

static enum decode_status
read_challenge(struct cursor *c, const uint8_t *message, size_t n,
    struct ntlmssp_message *out)
{
	struct cursor info;
	enum decode_status status;

	cursor_skip(c, FIELD_BYTES); /* target name: the domain */
	cursor_skip(c, 4 + 8 + 8);   /* flags, challenge, reserved */
	status = read_field(c, message, n, &info);
	return status == DECODE_OK ? read_target(&info, out) : status;
}

static enum decode_status
read_authenticate(struct cursor *c, const uint8_t *message, size_t n,
    struct ntlmssp_message *out)
{
	struct cursor workstation;
	enum decode_status status;
	uint32_t flags;

	cursor_skip(c, 4 * FIELD_BYTES); /* responses, domain, user */
	status = read_field(c, message, n, &workstation);
	if (status != DECODE_OK)
		return status;
	cursor_skip(c, FIELD_BYTES); /* session key */
	flags = cursor_le32(c);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	if (flags & FLAG_UNICODE)
		(void)hostname_take_utf16(workstation.pos,
		    cursor_left(&workstation), out->computer);
	else if (cursor_left(&workstation) > 0)
		(void)hostname_take((const char *)workstation.pos,
		    cursor_left(&workstation), out->computer);
	return DECODE_OK;
}

enum decode_status
ntlmssp_decode(const uint8_t *blob, size_t n, struct ntlmssp_message *out)
{
	const uint8_t *message;
	struct cursor c;
	uint32_t kind;

	memset(out, 0, sizeof(*out));
	if (n == 0)
		return DECODE_TRUNCATED;
	message = memmem(blob, n < NTLMSSP_SEARCH_MAX ? n : NTLMSSP_SEARCH_MAX,
	    SIGNATURE, SIGNATURE_BYTES);
	if (!message)
		return DECODE_UNSUPPORTED;
	n -= (size_t)(message - blob);
	cursor_init(&c, message, n);
	cursor_skip(&c, SIGNATURE_BYTES);
	kind = cursor_le32(&c);
	if (!cursor_ok(&c))
		return DECODE_TRUNCATED;
	out->kind = (enum ntlmssp_kind)kind;
	if (kind == NTLMSSP_CHALLENGE)
		return read_challenge(&c, message, n, out);
	if (kind == NTLMSSP_AUTHENTICATE)
		return read_authenticate(&c, message, n, out);
	return DECODE_UNSUPPORTED;
}
