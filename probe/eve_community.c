/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Community ID: Base64 of SHA-1 over seed, addresses, protocol and ports,
 * with the smaller end first so that both directions agree.
 */
#include <string.h>

#include "base/digest.h"
#include "eve.h"

#define HASHED_MAX (2 + 16 + 16 + 2 + 2 + 2)

/* ICMP types that answer each other; RFC 792, 950, 1256; 4443, 4861, 2710,
 * 4620, 6275. */
static const uint8_t icmp4_pairs[][2] = {
	{ 8, 0 },
	{ 13, 14 },
	{ 15, 16 },
	{ 17, 18 },
	{ 10, 9 },
};
static const uint8_t icmp6_pairs[][2] = {
	{ 128, 129 },
	{ 133, 134 },
	{ 135, 136 },
	{ 130, 131 },
	{ 139, 140 },
	{ 144, 145 },
};

/* The type that answers this one or that it answers, or -1. */
static int
counterpart(const struct ends *e)
{
	const bool v6 = e->protocol == 58;
	const uint8_t(*pairs)[2] = v6 ? icmp6_pairs : icmp4_pairs;
	size_t count = v6 ? sizeof(icmp6_pairs) / 2 : sizeof(icmp4_pairs) / 2;

	for (size_t i = 0; i < count; i++) {
		if (pairs[i][0] == e->icmp_type)
			return pairs[i][1];
		if (pairs[i][1] == e->icmp_type)
			return pairs[i][0];
	}
	return -1;
}

static uint8_t *
put16(uint8_t *p, uint16_t value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

static uint8_t *
put_address(uint8_t *p, const struct addr *a)
{
	size_t n = a->family == 4 ? 4 : 16;

	memcpy(p, a->bytes, n);
	return p + n;
}

void
eve_community(const struct ends *ends, char out[EVE_COMMUNITY_MAX])
{
	bool ports = ends_have_ports(ends), one_way = false;
	uint16_t port[2] = { ends->port[0], ends->port[1] };
	uint8_t hashed[HASHED_MAX], digest[20];
	uint8_t *p = hashed;
	int first = 0, order, answer;

	if (ends_are_icmp(ends)) {
		answer = counterpart(ends);
		one_way = answer < 0;
		ports = true;
		port[0] = ends->icmp_type;
		port[1] = one_way ? ends->icmp_code : (uint16_t)answer;
	}
	order = addr_compare(&ends->address[0], &ends->address[1]);
	if (!one_way && (order > 0 || (order == 0 && port[0] > port[1])))
		first = 1;
	p = put16(p, 0); /* the seed */
	p = put_address(p, &ends->address[first]);
	p = put_address(p, &ends->address[!first]);
	*p++ = ends->protocol;
	*p++ = 0;
	if (ports) {
		p = put16(p, port[first]);
		p = put16(p, port[!first]);
	}
	digest_sha1(hashed, (size_t)(p - hashed), digest);
	out[0] = '1';
	out[1] = ':';
	digest_base64(digest, sizeof(digest), out + 2);
}
