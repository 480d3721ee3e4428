/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of packets to and from what people and other modules write:
 * addresses and names of interfaces.
 */
#include <string.h>

#include "packetset.h"

#define NAME_BYTES 16 /* IFNAMSIZ, with its NUL */

packet_value
packet_value_of_addr(const struct addr *a)
{
	const unsigned bytes = addr_bits(a) / 8;
	packet_value v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | a->bytes[i];
	return v;
}

struct addr
packet_value_addr(packet_value v, int family)
{
	struct addr a = { .family = (uint8_t)family };

	for (unsigned i = addr_bits(&a) / 8; i-- > 0; v >>= 8)
		a.bytes[i] = (uint8_t)v;
	return a;
}

packet_value
packet_value_of_name(const char *interface)
{
	return packet_span_of_prefix(interface).first;
}

const char *
packet_value_name(packet_value v, char buf[17])
{
	for (unsigned i = NAME_BYTES; i-- > 0; v >>= 8)
		buf[i] = (char)(uint8_t)v;
	buf[NAME_BYTES] = '\0';
	return buf;
}

struct span
packet_span_of_prefix(const char *prefix)
{
	const size_t length = strnlen(prefix, NAME_BYTES);
	struct span s = { 0, 0 };

	for (size_t i = 0; i < NAME_BYTES; i++) {
		const uint8_t byte = i < length ? (uint8_t)prefix[i] : 0;

		s.first = s.first << 8 | byte;
		s.last = s.last << 8 | (i < length ? byte : 0xff);
	}
	return s;
}
