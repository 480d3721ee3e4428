/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DNS by RFC 1035 4.1 (over TCP 4.2.2; mDNS RFC 6762 18; LLMNR RFC 4795 2.1),
 * NTP by RFC 5905 7.3 and 9.2, the opening of RDP over UDP by MS-RDPEUDP
 * 2.2.2.1.
 */
#include "confirm.h"

#include <string.h>

#include <netinet/in.h>

#include "base/cursor.h"

#define DNS_HEADER 12
#define DNS_ANSWER 0x8000
#define DNS_OPERATION_MOST 6 /* DSO, RFC 8490 */
#define DNS_RESERVED 0x0040
#define DNS_RECORDS_MOST 512
#define DNS_NAME_MOST 255
#define DNS_LABEL_MOST 63
#define DNS_POINTER 0xc0
#define DNS_TYPE_OPT 41
#define DNS_CLASS_MASK 0x7fff /* mDNS uses the highest bit */
#define NTP_LENGTH 48
#define NTP_CONTROL_LENGTH 12
#define NTP_TRAILER_MOST 27 /* padding, key and digest */
#define NTP_STRATUM_MOST 16
#define RDP_SYN 0x0001
#define RDP_NEVER 0xe004 /* ACK, and bits without a meaning */

/* ---- names */

static bool
skip_name(struct cursor *c)
{
	size_t total = 1;

	for (;;) {
		uint8_t length = cursor_u8(c);

		if (length == 0)
			return cursor_ok(c);
		if ((length & DNS_POINTER) == DNS_POINTER) {
			cursor_skip(c, 1);
			return cursor_ok(c);
		}
		total += length + 1u;
		if (length > DNS_LABEL_MOST || total > DNS_NAME_MOST)
			return false;
		cursor_skip(c, length);
	}
}

static bool
is_class(uint16_t class)
{
	class &= DNS_CLASS_MASK;
	return class == 1 || class == 3 || class == 4 || class == 254 ||
	    class == 255; /* IN, CH, HS, NONE, ANY */
}

/* A question, or with record the head of a resource record. */
static bool
skip_entry(struct cursor *c, bool record)
{
	uint16_t type, class;

	if (!skip_name(c))
		return false;
	type = cursor_be16(c);
	class = cursor_be16(c);
	if (record) {
		cursor_skip(c, 4); /* time to live */
		cursor_skip(c, cursor_be16(c));
	}
	return cursor_ok(c) && type != 0 &&
	    (is_class(class) || (record && type == DNS_TYPE_OPT));
}

static bool
is_names(struct cursor c, size_t length)
{
	uint16_t flags, counts[4];
	uint32_t records = 0;

	cursor_skip(&c, 2); /* identifier */
	flags = cursor_be16(&c);
	for (size_t i = 0; i < 4; i++)
		counts[i] = cursor_be16(&c);
	for (size_t i = 1; i < 4; i++)
		records += counts[i];
	if (!cursor_ok(&c) || (flags >> 11 & 15) > DNS_OPERATION_MOST ||
	    (flags & DNS_RESERVED) != 0 || counts[0] > DNS_RECORDS_MOST ||
	    records > DNS_RECORDS_MOST)
		return false;
	for (size_t i = 0; i < counts[0]; i++)
		if (!skip_entry(&c, false))
			return false;
	if (counts[0] > 0)
		return true;
	if (records > 0)
		return skip_entry(&c, true);
	/* A refusal that quotes nothing. */
	return (flags & DNS_ANSWER) != 0 && length == DNS_HEADER;
}

/* ---- time */

static bool
is_time(struct cursor c, size_t length)
{
	uint8_t first = cursor_u8(&c);
	uint8_t stratum = cursor_u8(&c);
	unsigned version = first >> 3 & 7, mode = first & 7;

	if (!cursor_ok(&c) || version < 1 || version > 4)
		return false;
	if (mode == 6) { /* control: ten more bytes, then data and a digest */
		size_t count;

		cursor_skip(&c, 8);
		count = cursor_be16(&c);
		return cursor_ok(&c) && version >= 2 &&
		    length >= NTP_CONTROL_LENGTH + count &&
		    length <= NTP_CONTROL_LENGTH + count + NTP_TRAILER_MOST;
	}
	return mode >= 1 && mode <= 5 && length >= NTP_LENGTH &&
	    length % 4 == 0 && stratum <= NTP_STRATUM_MOST;
}

/* ---- BitTorrent */

/* BEP 3: the handshake's name; BEP 5: a bencoded dictionary of the DHT. */
static bool
is_bittorrent(struct cursor c)
{
	static const char *const openings[] = { "\023BitTorrent protocol",
		"d1:ad2:id20:", "d1:rd2:id20:" };

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		const size_t length = strlen(openings[i]);
		struct cursor look = c;
		const uint8_t *p = cursor_take(&look, length);

		if (p && memcmp(p, openings[i], length) == 0)
			return true;
	}
	return false;
}

/* ---- RDP */

/* The first datagram acknowledges nothing, and asks to open. */
static bool
is_rdp(struct cursor c)
{
	uint32_t acknowledged = cursor_be32(&c);
	uint16_t window = cursor_be16(&c);
	uint16_t flags = cursor_be16(&c);

	return cursor_ok(&c) && acknowledged == UINT32_MAX && window != 0 &&
	    (flags & RDP_SYN) != 0 && (flags & RDP_NEVER) == 0;
}

/* The first bytes of either side; nDPI knows one of them by other bytes. */
static bool
is_citrix(struct cursor c)
{
	static const char ica[] = "\x7f\x7f"
				  "ICA";
	static const char cgp[] = "\x1a"
				  "CGP/01";
	struct cursor look = c;
	const uint8_t *p = cursor_take(&c, sizeof(ica)); /* with its zero */

	if (p && memcmp(p, ica, sizeof(ica)) == 0)
		return true;
	p = cursor_take(&look, sizeof(cgp) - 1);
	return p && memcmp(p, cgp, sizeof(cgp) - 1) == 0;
}

unsigned
confirm_payload(const struct packet *p)
{
	size_t length = p->payload_length;
	struct cursor c;

	cursor_init(&c, p->payload, p->payload_captured);
	if (is_bittorrent(c))
		return CONFIRM_BITTORRENT;
	if (p->protocol == IPPROTO_TCP && is_citrix(c))
		return CONFIRM_CITRIX;
	if (p->protocol == IPPROTO_TCP) {
		length = cursor_be16(&c);
		return is_names(c, length) && length >= DNS_HEADER ?
		    CONFIRM_NAMES :
		    0;
	}
	return (is_names(c, length) ? CONFIRM_NAMES : 0) |
	    (is_time(c, length) ? CONFIRM_TIME : 0) |
	    (is_rdp(c) ? CONFIRM_RDP : 0);
}
