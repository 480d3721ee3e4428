/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Netlink messages and their attributes out of bytes nobody vouches for: a
 * length that says more than there is fails, and so does one that says less
 * than its own head. netlink(7), linux/netlink.h.
 */
#include <linux/netlink.h>
#include <string.h>

#include "ruleset_bytecode.h"

#define TYPE_MASK 0x3fff /* without NLA_F_NESTED, NLA_F_NET_BYTEORDER */

/* A head is in this machine's byte order. */
bool
message_next(struct cursor *c, struct message *out)
{
	const uint8_t *at;
	struct nlmsghdr h;

	if (cursor_left(c) == 0)
		return false;
	if ((at = cursor_take(c, sizeof(h))) == NULL)
		return false;
	memcpy(&h, at, sizeof(h));
	if (h.nlmsg_len < sizeof(h)) {
		c->failed = true;
		return false;
	}
	out->type = h.nlmsg_type;
	out->flags = h.nlmsg_flags;
	out->sequence = h.nlmsg_seq;
	cursor_sub(c, h.nlmsg_len - sizeof(h), &out->body);
	if (cursor_left(c) > 0)
		cursor_skip(c, NLMSG_ALIGN(h.nlmsg_len) - h.nlmsg_len);
	return cursor_ok(c);
}

bool
attr_next(struct cursor *c, uint16_t *type, struct attr *out)
{
	const uint8_t *at;
	struct nlattr a;
	size_t pad;

	if (cursor_left(c) == 0 || (at = cursor_take(c, sizeof(a))) == NULL)
		return false;
	memcpy(&a, at, sizeof(a));
	if (a.nla_len < sizeof(a)) {
		c->failed = true;
		return false;
	}
	*type = a.nla_type & TYPE_MASK;
	out->length = a.nla_len - sizeof(a);
	out->at = cursor_take(c, out->length);
	/* Behind the last one the padding may be missing. */
	pad = NLA_ALIGN(a.nla_len) - a.nla_len;
	cursor_skip(c, pad < cursor_left(c) ? pad : cursor_left(c));
	return cursor_ok(c);
}

bool
attrs_read(struct cursor *c, struct attr *out, size_t max, uint32_t *beyond)
{
	struct attr a;
	uint16_t type;

	memset(out, 0, (max + 1) * sizeof(*out));
	*beyond = 0;
	while (attr_next(c, &type, &a)) {
		if (type <= max)
			out[type] = a;
		else if (type > *beyond)
			*beyond = type;
	}
	return cursor_ok(c);
}

uint32_t
attr_u32(const struct attr *a, bool *bad)
{
	struct cursor c;

	if (a->at == NULL)
		return 0;
	*bad = *bad || a->length != 4;
	attr_cursor(a, &c);
	return cursor_be32(&c);
}

uint64_t
attr_u64(const struct attr *a, bool *bad)
{
	struct cursor c;
	uint64_t high;

	if (a->at == NULL)
		return 0;
	*bad = *bad || a->length != 8;
	attr_cursor(a, &c);
	high = cursor_be32(&c);
	return high << 32 | cursor_be32(&c);
}

const char *
attr_string(const struct attr *a, bool *bad)
{
	if (a->at == NULL)
		return NULL;
	if (a->length > CODE_NAME_BYTES ||
	    memchr(a->at, '\0', a->length) == NULL) {
		*bad = true;
		return NULL;
	}
	return (const char *)a->at;
}

void
attr_cursor(const struct attr *a, struct cursor *out)
{
	cursor_init(out, a->at, a->at != NULL ? a->length : 0);
}
