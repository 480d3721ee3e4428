/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See dhcp.h. Options may stand in pieces and in up to three areas of a
 * message; each that is wanted is joined in a buffer of its own before it is
 * read (RFC 3396). A message is read to its end even where one option is
 * wrong, as clients do.
 */
#include "dhcp.h"

#include <string.h>

#include "base/cursor.h"
#include "printable.h"

#define COOKIE 0x63825363
#define OP_REQUEST 1
#define OP_REPLY 2
#define HARDWARE_ETHERNET 1
#define HEADER 240 /* with the cookie */
#define SNAME_SIZE 64
#define FILE_SIZE 128
#define OVERLOAD_FILE 1
#define OVERLOAD_SNAME 2

enum option {
	OPTION_PAD = 0,
	OPTION_HOST_NAME = 12,
	OPTION_REQUESTED = 50,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_KIND = 53,
	OPTION_SERVER = 54,
	OPTION_VENDOR_CLASS = 60,
	OPTION_CLIENT_ID = 61,
	OPTION_FULL_NAME = 81,
	OPTION_UUID = 97,
	OPTION_END = 255,
};

/* Those that are kept, in any order. */
static const uint8_t wanted[] = { OPTION_HOST_NAME, OPTION_REQUESTED,
	OPTION_LEASE, OPTION_KIND, OPTION_SERVER, OPTION_VENDOR_CLASS,
	OPTION_CLIENT_ID, OPTION_FULL_NAME, OPTION_UUID };

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))
#define JOINED_MAX 255 /* bytes of one option that are kept */

/* An option's bytes out of all its parts. */
struct joined {
	bool given, cut;
	uint8_t length;
	uint8_t bytes[JOINED_MAX];
};

struct options {
	struct joined of[WANTED];
	uint8_t overload;
};

static struct joined *
joined_of(struct options *o, uint8_t code)
{
	for (size_t i = 0; i < WANTED; i++)
		if (wanted[i] == code)
			return &o->of[i];
	return NULL;
}

static void
join(struct joined *j, const uint8_t *bytes, size_t n)
{
	const size_t room = sizeof(j->bytes) - j->length;

	j->given = true;
	if (n > room) {
		j->cut = true;
		n = room;
	}
	if (n > 0)
		memcpy(j->bytes + j->length, bytes, n);
	j->length = (uint8_t)(j->length + n);
}

/* One area, to its end option or its last byte. False: an option runs over. */
static bool
read_area(struct cursor c, struct options *o, bool overload_counts)
{
	while (cursor_left(&c) > 0) {
		const uint8_t code = cursor_u8(&c);
		struct joined *j;
		const uint8_t *bytes;
		uint8_t length;

		if (code == OPTION_END)
			return true;
		if (code == OPTION_PAD)
			continue;
		length = cursor_u8(&c);
		bytes = cursor_take(&c, length);
		if (!cursor_ok(&c))
			return false;
		if (code == OPTION_OVERLOAD && length == 1 && overload_counts)
			o->overload = bytes[0] & 3;
		j = joined_of(o, code);
		if (j)
			join(j, bytes, length);
	}
	return true;
}

/* ---- what the options say */

static struct addr
address_of(const uint8_t *bytes)
{
	static const uint8_t zero[4];
	const struct addr none = { 0 };

	return !bytes || memcmp(bytes, zero, sizeof(zero)) == 0 ?
	    none :
	    addr_from_v4(bytes);
}

static bool
take_address(const struct joined *j, struct addr *out)
{
	if (!j->given)
		return true;
	if (j->length != 4)
		return false;
	*out = address_of(j->bytes);
	return true;
}

static void
take_text(const struct joined *j, char *out)
{
	if (j->given)
		(void)printable_copy(out, DHCP_NAME_MAX, j->bytes, j->length);
}

static void
take_id(struct dhcp_id *id, const uint8_t *bytes, size_t n)
{
	id->cut = n > sizeof(id->bytes);
	id->length = (uint8_t)(id->cut ? sizeof(id->bytes) : n);
	if (id->length > 0)
		memcpy(id->bytes, bytes, id->length);
}

/* Labels of RFC 1035 3.1 without compression, as a name with dots. */
static bool
take_labels(const uint8_t *bytes, size_t n, char *out)
{
	uint8_t text[256];
	struct cursor c;
	size_t used = 0;

	cursor_init(&c, bytes, n);
	while (cursor_left(&c) > 0) {
		const uint8_t length = cursor_u8(&c);
		const uint8_t *label;

		if (length == 0)
			break;
		if (length > 63 || used + length + 1 > sizeof(text))
			return false;
		label = cursor_take(&c, length);
		if (!label)
			return false;
		if (used > 0)
			text[used++] = '.';
		memcpy(text + used, label, length);
		used += length;
	}
	(void)printable_copy(out, DHCP_NAME_MAX, text, used);
	return true;
}

/* RFC 4702 2: flags(1), two bytes that mean nothing, the name: in labels
 * where the flag E is set, else as text. */
static bool
take_full_name(const struct joined *j, char *out)
{
	if (!j->given)
		return true;
	if (j->length < 3)
		return false;
	if (j->bytes[0] & 0x04)
		return take_labels(j->bytes + 3, (size_t)j->length - 3, out);
	(void)printable_copy(out, DHCP_NAME_MAX, j->bytes + 3,
	    (size_t)j->length - 3);
	return true;
}

/* RFC 4578 2.3: type 0 and 16 bytes. */
static bool
take_uuid(const struct joined *j, struct dhcp_message *out)
{
	if (!j->given)
		return true;
	if (j->length != 1 + DHCP_UUID_SIZE || j->bytes[0] != 0)
		return false;
	out->has_uuid = true;
	memcpy(out->uuid, j->bytes + 1, DHCP_UUID_SIZE);
	return true;
}

static bool
take_numbers(struct options *o, struct dhcp_message *out)
{
	const struct joined *kind = joined_of(o, OPTION_KIND);
	const struct joined *lease = joined_of(o, OPTION_LEASE);
	bool good = true;

	if (kind->given && kind->length == 1)
		out->kind = kind->bytes[0];
	else
		good = !kind->given;
	if (lease->given && lease->length == 4) {
		struct cursor c;

		cursor_init(&c, lease->bytes, lease->length);
		out->has_lease = true;
		out->lease_s = cursor_be32(&c);
	} else {
		good = good && !lease->given;
	}
	return good;
}

static bool
take_options(struct options *o, struct dhcp_message *out)
{
	const struct joined *id = joined_of(o, OPTION_CLIENT_ID);
	bool good = take_numbers(o, out);

	good = take_address(joined_of(o, OPTION_REQUESTED), &out->requested) &&
	    good;
	good = take_address(joined_of(o, OPTION_SERVER), &out->server) && good;
	take_text(joined_of(o, OPTION_HOST_NAME), out->host_name);
	take_text(joined_of(o, OPTION_VENDOR_CLASS), out->vendor_class);
	good = take_full_name(joined_of(o, OPTION_FULL_NAME), out->full_name) &&
	    good;
	good = take_uuid(joined_of(o, OPTION_UUID), out) && good;
	if (id->given) {
		take_id(&out->id, id->bytes, id->length);
		out->id.cut = out->id.cut || id->cut;
	}
	return good;
}

/* ---- the message */

/* op(1) hardware(1) length(1) hops(1) transaction(4) seconds(2) flags(2)
 * client(4) yours(4) next(4) relay(4) chaddr(16) */
static void
read_head(struct cursor *c, struct dhcp_message *out)
{
	uint8_t hardware, length;
	const uint8_t *mac;

	out->reply = cursor_u8(c) == OP_REPLY;
	hardware = cursor_u8(c);
	length = cursor_u8(c);
	out->hops = cursor_u8(c);
	out->transaction = cursor_be32(c);
	cursor_skip(c, 4);
	out->client = address_of(cursor_take(c, 4));
	out->yours = address_of(cursor_take(c, 4));
	cursor_skip(c, 4);
	out->relay = address_of(cursor_take(c, 4));
	mac = cursor_take(c, 16);
	out->has_mac = mac && hardware == HARDWARE_ETHERNET && length == 6;
	if (out->has_mac)
		memcpy(out->mac.bytes, mac, sizeof(out->mac.bytes));
}

static enum decode_status
short_or_lie(size_t captured, size_t wire)
{
	return captured < wire ? DECODE_TRUNCATED : DECODE_MALFORMED;
}

enum decode_status
dhcp_parse(const uint8_t *payload, size_t captured, size_t wire,
    struct dhcp_message *out)
{
	struct options o;
	struct cursor c, sname, file;
	bool good;

	memset(out, 0, sizeof(*out));
	memset(&o, 0, sizeof(o));
	if (captured > 0 && payload[0] != OP_REQUEST && payload[0] != OP_REPLY)
		return DECODE_UNSUPPORTED;
	cursor_init(&c, payload, captured);
	read_head(&c, out);
	cursor_sub(&c, SNAME_SIZE, &sname);
	cursor_sub(&c, FILE_SIZE, &file);
	if (cursor_be32(&c) != COOKIE)
		return cursor_ok(&c) ? DECODE_UNSUPPORTED :
				       short_or_lie(captured, wire);
	good = read_area(c, &o, true);
	if (o.overload & OVERLOAD_FILE)
		good = read_area(file, &o, false) && good;
	if (o.overload & OVERLOAD_SNAME)
		good = read_area(sname, &o, false) && good;
	good = take_options(&o, out) && good;
	if (captured < wire)
		return DECODE_TRUNCATED;
	return good ? DECODE_OK : DECODE_MALFORMED;
}

bool
dhcp_is_offer(const struct dhcp_message *m)
{
	return m->reply &&
	    (m->kind == DHCP_BOOTP || m->kind == DHCP_OFFER ||
		m->kind == DHCP_ACK || m->kind == DHCP_NAK);
}

/* ---- IPv6 */

#define OPTION6_CLIENT_ID 1
#define OPTION6_SERVER_ID 2
#define OPTION6_IA_NA 3
#define OPTION6_IA_TA 4
#define OPTION6_ADDRESS 5
#define OPTION6_RELAY_MESSAGE 9
#define OPTION6_FULL_NAME 39
#define IA_NA_HEADER 12
#define IA_TA_HEADER 4

static bool
read_addresses(struct cursor c, struct dhcp6_message *out)
{
	while (cursor_left(&c) > 0) {
		const uint16_t code = cursor_be16(&c);
		struct cursor option;
		const uint8_t *address;

		cursor_sub(&c, cursor_be16(&c), &option);
		if (!cursor_ok(&c))
			return false;
		if (code != OPTION6_ADDRESS)
			continue;
		address = cursor_take(&option, 16);
		if (!address)
			return false;
		if (out->address_count < DHCP6_ADDRESSES_MAX)
			out->addresses[out->address_count++] = addr_from_v6(
			    address);
	}
	return cursor_ok(&c);
}

static bool
take_option6(uint16_t code, struct cursor option, struct dhcp6_message *out)
{
	const size_t n = cursor_left(&option);

	switch (code) {
	case OPTION6_CLIENT_ID:
		take_id(&out->client, option.pos, n);
		return n > 2;
	case OPTION6_SERVER_ID:
		take_id(&out->server, option.pos, n);
		return n > 2;
	case OPTION6_IA_NA:
	case OPTION6_IA_TA:
		cursor_skip(&option,
		    code == OPTION6_IA_NA ? IA_NA_HEADER : IA_TA_HEADER);
		return cursor_ok(&option) && read_addresses(option, out);
	case OPTION6_FULL_NAME: /* flags(1) and labels */
		cursor_skip(&option, 1);
		return cursor_ok(&option) &&
		    take_labels(option.pos, n - 1, out->full_name);
	default:
		return true;
	}
}

/* The options of one message; *inner is what a relay carries, if anything. */
static bool
read_options6(struct cursor c, struct dhcp6_message *out, struct cursor *inner)
{
	bool good = true;

	while (cursor_left(&c) > 0) {
		const uint16_t code = cursor_be16(&c);
		const uint16_t length = cursor_be16(&c);
		struct cursor option;

		/* What is here of a message that is cut is read on. */
		if (code == OPTION6_RELAY_MESSAGE && cursor_ok(&c) &&
		    cursor_left(&c) < length) {
			*inner = c;
			return false;
		}
		cursor_sub(&c, length, &option);
		if (!cursor_ok(&c))
			return false;
		if (code == OPTION6_RELAY_MESSAGE)
			*inner = option;
		else
			good = take_option6(code, option, out) && good;
	}
	return cursor_ok(&c) && good;
}

enum decode_status
dhcp6_parse(const uint8_t *payload, size_t captured, size_t wire,
    struct dhcp6_message *out)
{
	struct cursor c, inner;
	bool good = true;

	memset(out, 0, sizeof(*out));
	cursor_init(&inner, payload, captured);
	do {
		const uint8_t *link, *peer;

		c = inner;
		cursor_init(&inner, NULL, 0);
		out->kind = cursor_u8(&c);
		if (!cursor_ok(&c))
			return short_or_lie(captured, wire);
		if (out->kind < DHCP6_SOLICIT || out->kind > DHCP6_RELAY_REPLY)
			return DECODE_UNSUPPORTED;
		if (out->kind < DHCP6_RELAY_FORWARD) {
			const uint8_t *number = cursor_take(&c, 3);

			if (number)
				out->transaction = (uint32_t)number[0] << 16 |
				    (uint32_t)number[1] << 8 | number[2];
		} else {
			if (out->relays == DHCP6_RELAYS_MAX)
				return DECODE_UNSUPPORTED;
			out->relays++;
			cursor_skip(&c, 1);
			link = cursor_take(&c, 16);
			peer = cursor_take(&c, 16);
			if (link && peer) {
				out->link = addr_from_v6(link);
				out->peer = addr_from_v6(peer);
			}
		}
		good = cursor_ok(&c) && read_options6(c, out, &inner) && good;
	} while (out->kind >= DHCP6_RELAY_FORWARD && cursor_left(&inner) > 0);
	if (captured < wire)
		return DECODE_TRUNCATED;
	/* A relay that carries nothing is no message of anybody. */
	return good && out->kind < DHCP6_RELAY_FORWARD ? DECODE_OK :
							 DECODE_MALFORMED;
}

bool
dhcp6_is_offer(const struct dhcp6_message *m)
{
	return m->kind == DHCP6_ADVERTISE || m->kind == DHCP6_REPLY ||
	    m->kind == DHCP6_RECONFIGURE;
}
