/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See dns.h: RFC 1035 sections 4.1.1 to 4.1.3, RFC 3596 section 2.2.
 */
#include "dns.h"

enum decode_status
dns_read_header(struct cursor *c, struct dns_header *out)
{
	out->id = cursor_be16(c);
	out->flags = cursor_be16(c);
	out->questions = cursor_be16(c);
	out->answers = cursor_be16(c);
	out->authorities = cursor_be16(c);
	out->additionals = cursor_be16(c);
	return cursor_ok(c) ? DECODE_OK : DECODE_TRUNCATED;
}

enum decode_status
dns_read_question(struct cursor *c, const uint8_t *message, size_t length,
    struct dns_question *out)
{
	const enum decode_status s = hostname_read_dns(c, message, length,
	    out->name);

	if (s != DECODE_OK)
		return s;
	out->type = cursor_be16(c);
	out->class = cursor_be16(c);
	return cursor_ok(c) ? DECODE_OK : DECODE_TRUNCATED;
}

enum decode_status
dns_read_record(struct cursor *c, const uint8_t *message, size_t length,
    struct dns_record *out)
{
	const enum decode_status s = hostname_read_dns(c, message, length,
	    out->name);
	uint16_t n;

	if (s != DECODE_OK)
		return s;
	out->type = cursor_be16(c);
	out->class = cursor_be16(c);
	out->ttl = cursor_be32(c);
	n = cursor_be16(c);
	cursor_sub(c, n, &out->data);
	return cursor_ok(c) ? DECODE_OK : DECODE_TRUNCATED;
}

enum decode_status
dns_record_address(const struct dns_record *r, struct addr *out)
{
	struct cursor data = r->data;
	const uint8_t *bytes = cursor_take(&data,
	    r->type == DNS_TYPE_A ? 4 : 16);

	if (!bytes || cursor_left(&data) > 0)
		return DECODE_MALFORMED;
	*out = r->type == DNS_TYPE_A ? addr_from_v4(bytes) :
				       addr_from_v6(bytes);
	return DECODE_OK;
}
