/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Basic Encoding Rules (X.690) as far as SNMP's wrapper needs them: a tag of
 * one byte, a length of one byte or, long form, of up to four more. A message
 * fills its datagram to the last byte.
 */
#include "inspect_snmp.h"

#include "base/cursor.h"

#define TAG_INTEGER 0x02
#define TAG_OCTETS 0x04
#define TAG_SEQUENCE 0x30
#define TAG_PDU 0xa0	  /* get, then the others up to: */
#define TAG_PDU_LAST 0xa8 /* report, RFC 3416 section 3 */
#define LONG_FORM 0x80
#define LENGTH_BYTES_MAX 4

/* The length that follows a tag; *fits is cleared where it is no length that
 * a datagram could have. */
static size_t
read_length(struct cursor *c, bool *fits)
{
	const uint8_t first = cursor_u8(c);
	size_t n = first & (LONG_FORM - 1), length = 0;

	if (!(first & LONG_FORM))
		return first;
	if (n == 0 || n > LENGTH_BYTES_MAX) {
		*fits = false;
		return 0;
	}
	while (n-- > 0)
		length = length << 8 | cursor_u8(c);
	return length;
}

/* A community, and behind it what may be done by it. */
static enum decode_status
read_community(struct cursor *c, size_t left)
{
	const size_t before = cursor_left(c);
	bool fits = true;
	size_t n;
	uint8_t tag;

	n = read_length(c, &fits);
	if (cursor_ok(c) && (!fits || n + 1 > left - (before - cursor_left(c))))
		return DECODE_MALFORMED;
	cursor_skip(c, n);
	tag = cursor_u8(c);
	if (!cursor_ok(c))
		return DECODE_TRUNCATED;
	return tag >= TAG_PDU && tag <= TAG_PDU_LAST ? DECODE_OK :
						       DECODE_UNSUPPORTED;
}

enum decode_status
inspect_snmp_message(const uint8_t *payload, size_t n, size_t length,
    enum inspect_snmp_version *out)
{
	struct cursor c;
	bool fits = true;
	uint8_t tag[3], size, version;
	size_t whole;

	cursor_init(&c, payload, n);
	tag[0] = cursor_u8(&c);
	whole = read_length(&c, &fits);
	if (cursor_ok(&c) &&
	    (tag[0] != TAG_SEQUENCE || !fits ||
		whole != length - (n - cursor_left(&c))))
		return DECODE_UNSUPPORTED;
	tag[1] = cursor_u8(&c);
	size = cursor_u8(&c);
	version = cursor_u8(&c);
	tag[2] = cursor_u8(&c);
	if (!cursor_ok(&c))
		return DECODE_TRUNCATED;
	if (tag[1] != TAG_INTEGER || size != 1 || version > INSPECT_SNMP_V3)
		return DECODE_UNSUPPORTED;
	if (version <= INSPECT_SNMP_V2C) {
		enum decode_status s;

		if (tag[2] != TAG_OCTETS)
			return DECODE_UNSUPPORTED;
		s = read_community(&c, length - (n - cursor_left(&c)));
		if (s != DECODE_OK)
			return s;
	} else if (tag[2] != TAG_SEQUENCE)
		return DECODE_UNSUPPORTED;
	*out = (enum inspect_snmp_version)version;
	return DECODE_OK;
}
