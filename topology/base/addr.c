/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses as bytes in network order. Parsing is strict, since a lenient
 * reader (010.1.1.1 as octal, 10.1 as 10.0.0.1) would judge another network
 * than the operator wrote; formatting is done here because it is hot and
 * because inet_ntop does not follow RFC 5952 for every IPv6 address.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

struct addr
addr_from_v4(const uint8_t bytes[4])
{
	struct addr a = { .family = 4 };

	memcpy(a.bytes, bytes, 4);
	return a;
}

struct addr
addr_from_v6(const uint8_t bytes[16])
{
	struct addr a = { .family = 6 };

	memcpy(a.bytes, bytes, 16);
	return a;
}

bool
addr_parse(const char *text, struct addr *out)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*out = addr_from_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*out = addr_from_v6(bytes);
	else
		return false;
	return true;
}

/* Up to 255, which is all an octet or a prefix length needs. */
static char *
put_u8(char *p, unsigned value)
{
	if (value >= 100)
		*p++ = (char)('0' + value / 100);
	if (value >= 10)
		*p++ = (char)('0' + value / 10 % 10);
	*p++ = (char)('0' + value % 10);
	return p;
}

static char *
put_v4(char *p, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = put_u8(p, bytes[i]);
	}
	return p;
}

static char *
put_group(char *p, unsigned group)
{
	bool started = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = group >> shift & 15;

		if (digit || started || shift == 0) {
			*p++ = hex_digits[digit];
			started = true;
		}
	}
	return p;
}

/* The first longest run of two or more zero groups (RFC 5952 4.2); its
 * length, 0 when there is none. */
static int
zero_run(const uint8_t *bytes, int *first)
{
	int best = 0, run = 0;

	for (int i = 0; i < 8; i++) {
		run = bytes[2 * i] || bytes[2 * i + 1] ? 0 : run + 1;
		if (run > best && run > 1) {
			best = run;
			*first = i - run + 1;
		}
	}
	return best;
}

bool
addr_is_v4_mapped(const struct addr *a)
{
	static const uint8_t lead[12] = { [10] = 0xff, [11] = 0xff };

	return a->family == 6 && memcmp(a->bytes, lead, sizeof(lead)) == 0;
}

static char *
put_v6(char *p, const struct addr *a)
{
	int first = -1;
	int run = zero_run(a->bytes, &first);

	if (addr_is_v4_mapped(a)) { /* RFC 5952 5: mixed notation */
		memcpy(p, "::ffff:", 7);
		return put_v4(p + 7, a->bytes + 12);
	}
	for (int i = 0; i < 8; i++) {
		if (i == first) {
			*p++ = ':';
			*p++ = ':';
			i += run - 1;
			continue;
		}
		if (i && i != first + run)
			*p++ = ':';
		p = put_group(p,
		    (unsigned)a->bytes[2 * i] << 8 | a->bytes[2 * i + 1]);
	}
	return p;
}

const char *
addr_format(const struct addr *a, char buf[ADDR_TEXT_MAX])
{
	char *p = buf;

	if (a->family == 4)
		p = put_v4(p, a->bytes);
	else if (a->family == 6)
		p = put_v6(p, a);
	*p = '\0';
	return buf;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* True when the first length bits are the same. */
static bool
bits_equal(const uint8_t *a, const uint8_t *b, unsigned length)
{
	unsigned whole = length / 8, rest = length % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

struct special {
	uint8_t family;
	uint8_t length;
	uint8_t bytes[16];
	enum addr_kind kind;
};

/*
 * First match wins. What is in ::/8 and not listed (IPv4-mapped and
 * IPv4-compatible forms, local NAT64) has no business on a wire and is
 * reserved, as is the withdrawn fec0::/10: "outside" must not claim either.
 */
static const struct special specials[] = {
	{ 4, 8, { 10 }, ADDR_PRIVATE },
	{ 4, 12, { 172, 16 }, ADDR_PRIVATE },
	{ 4, 16, { 192, 168 }, ADDR_PRIVATE },
	{ 4, 10, { 100, 64 }, ADDR_SHARED },
	{ 4, 16, { 169, 254 }, ADDR_LINK_LOCAL },
	{ 4, 8, { 127 }, ADDR_LOOPBACK },
	{ 4, 8, { 0 }, ADDR_UNSPECIFIED },
	{ 4, 4, { 224 }, ADDR_MULTICAST },
	{ 4, 32, { 255, 255, 255, 255 }, ADDR_BROADCAST },
	{ 4, 4, { 240 }, ADDR_RESERVED },
	{ 6, 7, { 0xfc }, ADDR_UNIQUE_LOCAL },
	{ 6, 10, { 0xfe, 0x80 }, ADDR_LINK_LOCAL },
	{ 6, 8, { 0xff }, ADDR_MULTICAST },
	{ 6, 128, { [15] = 1 }, ADDR_LOOPBACK },
	{ 6, 128, { 0 }, ADDR_UNSPECIFIED },
	{ 6, 96, { 0, 0x64, 0xff, 0x9b }, ADDR_GLOBAL }, /* RFC 6052 */
	{ 6, 8, { 0 }, ADDR_RESERVED },
	{ 6, 10, { 0xfe, 0xc0 }, ADDR_RESERVED },
};

enum addr_kind
addr_kind(const struct addr *a)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
		const struct special *s = &specials[i];

		if (s->family == a->family &&
		    bits_equal(s->bytes, a->bytes, s->length))
			return s->kind;
	}
	return a->family == 0 ? ADDR_UNSPECIFIED : ADDR_GLOBAL;
}

struct addr
addr_mask(const struct addr *a, unsigned length)
{
	struct addr out = *a;
	unsigned bits = addr_bits(a);

	for (unsigned i = length / 8; i < bits / 8; i++)
		out.bytes[i] = i == length / 8 ?
		    (uint8_t)(a->bytes[i] & (0xff00u >> length % 8)) :
		    0;
	return out;
}

unsigned
addr_bits(const struct addr *a)
{
	return a->family == 4 ? 32 : a->family == 6 ? 128 : 0;
}

bool
addr_next(const struct addr *a, struct addr *out)
{
	struct addr next = *a;

	for (int i = (int)addr_bits(a) / 8 - 1; i >= 0; i--) {
		if (++next.bytes[i] != 0) {
			*out = next;
			return true;
		}
	}
	return false;
}

/* Decimal of 1..max_digits digits without a leading zero; returns what follows
 * it, or NULL when there is none or it is over max. */
static const char *
read_decimal(const char *s, int max_digits, unsigned max, unsigned *out)
{
	unsigned value = 0;
	int n = 0;

	while (s[n] >= '0' && s[n] <= '9') {
		if (n == max_digits || (n == 1 && s[0] == '0'))
			return NULL;
		value = value * 10 + (unsigned)(s[n] - '0');
		n++;
	}
	if (n == 0 || value > max)
		return NULL;
	*out = value;
	return s + n;
}

enum prefix_fault
prefix_parse(const char *text, struct prefix *out)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char buf[ADDR_TEXT_MAX];
	struct addr a;
	unsigned length;

	if (n >= sizeof(buf))
		return PREFIX_BAD;
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (!addr_parse(buf, &a))
		return PREFIX_BAD;
	length = addr_bits(&a);
	if (slash) {
		const char *end = read_decimal(slash + 1, 3, length, &length);

		if (end == NULL || *end != '\0')
			return PREFIX_BAD;
	}
	out->addr = addr_mask(&a, length);
	out->length = (uint8_t)length;
	return addr_equal(&a, &out->addr) ? PREFIX_OK : PREFIX_HOST_BITS;
}

const char *
prefix_format(const struct prefix *p, char buf[PREFIX_TEXT_MAX])
{
	char *end = buf + strlen(addr_format(&p->addr, buf));

	*end++ = '/';
	*put_u8(end, p->length) = '\0';
	return buf;
}

bool
prefix_contains(const struct prefix *p, const struct addr *a)
{
	return p->addr.family == a->family && a->family != 0 &&
	    bits_equal(p->addr.bytes, a->bytes, p->length);
}

bool
prefix_equal(const struct prefix *a, const struct prefix *b)
{
	return a->length == b->length && addr_equal(&a->addr, &b->addr);
}

bool
prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->length <= inner->length &&
	    prefix_contains(outer, &inner->addr);
}

/* The last address of the block of length bits that a begins. */
static struct addr
block_last(const struct addr *a, unsigned length)
{
	struct addr out = *a;

	for (unsigned i = length / 8; i < addr_bits(a) / 8; i++)
		out.bytes[i] |=
		    (uint8_t)(i == length / 8 ? 0xffu >> length % 8 : 0xffu);
	return out;
}

/* The shortest length whose block begins at a and does not pass last. */
static unsigned
block_length(const struct addr *a, const struct addr *last)
{
	unsigned length = addr_bits(a);

	while (length > 0) {
		struct addr start = addr_mask(a, length - 1);
		struct addr end = block_last(a, length - 1);

		if (!addr_equal(&start, a) || addr_compare(&end, last) > 0)
			break;
		length--;
	}
	return length;
}

size_t
prefix_from_range(const struct addr *first, const struct addr *last,
    struct prefix *out, size_t max)
{
	struct addr a = *first;
	size_t n = 0;

	if (first->family != last->family || addr_bits(first) == 0 ||
	    addr_compare(first, last) > 0)
		return 0;
	for (;;) {
		unsigned length = block_length(&a, last);
		struct addr end = block_last(&a, length);

		if (n < max) {
			out[n].addr = a;
			out[n].length = (uint8_t)length;
		}
		n++;
		if (addr_equal(&end, last) || !addr_next(&end, &a))
			return n;
	}
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Three groups of four hex digits with dots between. */
static bool
parse_dotted(const char *text, struct mac *out)
{
	struct mac m = { { 0 } };

	for (int i = 0, digit = 0; i < 14; i++) {
		int value = hex_value(text[i]);

		if (i % 5 == 4) {
			if (text[i] != '.')
				return false;
			continue;
		}
		if (value < 0)
			return false;
		m.bytes[digit / 2] = (uint8_t)(m.bytes[digit / 2] << 4 | value);
		digit++;
	}
	*out = m;
	return true;
}

bool
mac_parse(const char *text, struct mac *out)
{
	char separator;
	struct mac m;

	if (strlen(text) == 14)
		return parse_dotted(text, out);
	if (strlen(text) != MAC_TEXT_MAX - 1)
		return false;
	separator = text[2];
	if (separator != ':' && separator != '-')
		return false;
	for (int i = 0; i < 6; i++) {
		int high = hex_value(text[3 * i]);
		int low = hex_value(text[3 * i + 1]);

		if (high < 0 || low < 0 ||
		    (i < 5 && text[3 * i + 2] != separator))
			return false;
		m.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = m;
	return true;
}

const char *
mac_format(const struct mac *m, char buf[MAC_TEXT_MAX])
{
	for (int i = 0; i < 6; i++) {
		buf[3 * i] = hex_digits[m->bytes[i] >> 4];
		buf[3 * i + 1] = hex_digits[m->bytes[i] & 15];
		buf[3 * i + 2] = i < 5 ? ':' : '\0';
	}
	return buf;
}

bool
mac_equal(const struct mac *a, const struct mac *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
mac_is_group(const struct mac *m)
{
	return (m->bytes[0] & 1) != 0;
}

bool
port_range_parse(const char *text, struct port_range *out)
{
	unsigned first, last;
	const char *p = read_decimal(text, 5, UINT16_MAX, &first);

	if (p == NULL)
		return false;
	last = first;
	if (*p == '-')
		p = read_decimal(p + 1, 5, UINT16_MAX, &last);
	if (p == NULL || *p != '\0' || last < first)
		return false;
	out->first = (uint16_t)first;
	out->last = (uint16_t)last;
	return true;
}
