/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One packet of a box, as a person would choose it for an example: everyday
 * protocols, ports and addresses where the box has them. The choice has no
 * weight, save that a packet that is to be sent must be one that a kernel
 * takes: no loopback, no multicast, no address of a whole network.
 */
#include <string.h>

#include "packetset.h"

#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_DCCP 33
#define PROTOCOL_ICMP6 58
#define PROTOCOL_SCTP 132
#define PROTOCOL_UDPLITE 136
#define LAST_4 ((packet_value)UINT32_MAX)
/* C has no constant of 128 bits: two halves. */
#define VALUE(high, low) ((packet_value)(high) << 64 | (low))
#define SPANS_TRIED 64

static const packet_value protocols[] = { PROTOCOL_TCP, PROTOCOL_UDP,
	PROTOCOL_ICMP, PROTOCOL_ICMP6 };
static const packet_value tcp_ports[] = { 443, 80, 445, 22, 3389, 25, 53,
	8080 };
static const packet_value udp_ports[] = { 53, 123, 161, 514, 69 };
static const packet_value source_ports[] = { 40000, 50000, 60000, 1024, 123 };
static const packet_value echo[] = { 8, 128 };
static const packet_value flags[] = { 2, 16 };
static const packet_value states[] = { CT_NEW, CT_UNTRACKED, CT_RELATED,
	CT_ESTABLISHED };
static const packet_value nothing[] = { 0 };
/* For documentation (RFC 5737, RFC 3849), then private ones. */
static const packet_value addresses_4[] = { 0xc6336402, 0xcb007102, 0xc0000202,
	0x0a000002, 0xac100002, 0xc0a80002 };
static const packet_value addresses_6[] = { VALUE(0x20010db800000000, 2),
	VALUE(0x20010db800010000, 2), VALUE(0xfd00000000000000, 2) };

/* Never the address of an end of routed traffic: "this network", loopback,
 * link-local, multicast and above; unspecified, loopback, mapped. Sorted. */
static const struct span odd_4[] = { { 0, 0x00ffffff },
	{ 0x7f000000, 0x7fffffff }, { 0xa9fe0000, 0xa9feffff },
	{ 0xe0000000, 0xffffffff } };
static const struct span odd_6[] = { { 0, VALUE(0x0000ffffffffffff, ~0ull) },
	{ VALUE(0xfe80000000000000, 0), VALUE(0xfebfffffffffffff, ~0ull) },
	{ VALUE(0xff00000000000000, 0), ~(packet_value)0 } };

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static const struct spans *
dim(const struct box *b, enum dimension d)
{
	return b->dims[d] != NULL ? b->dims[d] : dimension_all(d);
}

/* The first of the wishes that s has, or else its first value. */
static packet_value
wish(const struct spans *s, const packet_value *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (spans_has(s, wishes[i]))
			return wishes[i];
	return s->items[0].first;
}

/* As wish, but else the first value that is not 0, where there is one. */
static packet_value
wish_port(const struct spans *s, const packet_value *wishes, size_t count)
{
	const packet_value v = wish(s, wishes, count);

	if (v == 0 && s->items[0].last > 0)
		return 1;
	if (v == 0 && s->count > 1)
		return s->items[1].first;
	return v;
}

/* An address of one interval that a host may have: false if there is none. */
static bool
usable(struct span s, int family, packet_value *out)
{
	const struct span *odd = family == 4 ? odd_4 : odd_6;
	const size_t count = family == 4 ? COUNT_OF(odd_4) : COUNT_OF(odd_6);
	packet_value v = s.first;

	for (size_t i = 0; i < count; i++) {
		if (v < odd[i].first || v > odd[i].last)
			continue;
		if (s.last <= odd[i].last)
			return false;
		v = odd[i].last + 1;
	}
	/* Where a network begins: its second address. */
	if ((v & 0xff) == 0 && v < s.last)
		v++;
	*out = v;
	return true;
}

static packet_value
pick_address(const struct spans *s, int family)
{
	const packet_value most = family == 4 ? LAST_4 : ~(packet_value)0;
	packet_value v;

	/* Wide open: no network of anybody's is meant. */
	if (s->items[0].last - s->items[0].first > most >> 4)
		for (size_t i = 0; i < (family == 4 ? COUNT_OF(addresses_4) :
						      COUNT_OF(addresses_6));
		     i++) {
			v = family == 4 ? addresses_4[i] : addresses_6[i];
			if (spans_has(s, v))
				return v;
		}
	for (size_t i = 0; i < s->count && i < SPANS_TRIED; i++) {
		struct span one = s->items[i];

		if (one.first > most)
			break;
		if (one.last > most)
			one.last = most;
		if (usable(one, family, &v))
			return v;
	}
	return s->items[0].first;
}

/* Another one of them where there is one: from itself no packet is routed to
 * anybody. */
static packet_value
pick_other(const struct spans *s, int family, packet_value taken)
{
	const packet_value most = family == 4 ? LAST_4 : ~(packet_value)0;
	packet_value v;

	for (size_t i = 0; i < s->count && i < SPANS_TRIED; i++) {
		struct span one = s->items[i];

		if (one.first > most)
			break;
		one.last = one.last > most ? most : one.last;
		if (one.first > taken || one.last < taken) {
			if (usable(one, family, &v))
				return v;
			continue;
		}
		if (taken < one.last &&
		    usable((struct span){ taken + 1, one.last }, family, &v))
			return v;
		if (one.first < taken &&
		    usable((struct span){ one.first, taken - 1 }, family, &v))
			return v;
	}
	return taken;
}

/* Letters, digits, '.', '-', '_' and then only NULs, as names are. */
static bool
readable(packet_value v)
{
	char name[17];
	size_t length;

	packet_value_name(v, name);
	length = strspn(name,
	    "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
	return length > 0 && length < 16 && packet_value_of_name(name) == v &&
	    name[length] == '\0';
}

/* The name that the ends of an interval begin with alike, and a 0. */
static packet_value
numbered(struct span s)
{
	char first[17], last[17];
	size_t same = 0;

	packet_value_name(s.first, first);
	packet_value_name(s.last, last);
	while (same < 15 && first[same] != '\0' && first[same] == last[same])
		same++;
	if (same == 15)
		return s.first;
	first[same] = '0';
	first[same + 1] = '\0';
	return packet_value_of_name(first);
}

/* The first readable name from s.first on: what may be printed of it, and a
 * 0. */
static packet_value
following(struct span s)
{
	char name[17];
	size_t length;

	packet_value_name(s.first, name);
	length = strlen(name);
	if (length > 14)
		return s.first;
	name[length] = '0';
	name[length + 1] = '\0';
	return packet_value_of_name(name);
}

/* Nothing that a person named: neither one interface nor a prefix. */
static bool
wide(struct span s)
{
	return (s.first ^ s.last) >> 120 != 0;
}

static packet_value
pick_interface(const struct spans *s, const char *usual)
{
	static const char *const others[] = { "wan0", "lan0", "eth2", "br0" };
	packet_value v = packet_value_of_name(usual);

	for (size_t i = 0; i < COUNT_OF(others) + 1 && wide(s->items[0]); i++) {
		if (i > 0)
			v = packet_value_of_name(others[i - 1]);
		if (spans_has(s, v))
			return v;
	}
	for (size_t i = 0; i < s->count && i < SPANS_TRIED; i++) {
		const struct span one = s->items[i];
		const packet_value tries[] = { one.first == one.last ?
			    one.first :
			    numbered(one),
			one.first, following(one), one.last };

		for (size_t k = 0; k < COUNT_OF(tries); k++)
			if (tries[k] >= one.first && tries[k] <= one.last &&
			    readable(tries[k]))
				return tries[k];
	}
	return s->items[0].first;
}

static bool
has_ports(packet_value protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP ||
	    protocol == PROTOCOL_DCCP || protocol == PROTOCOL_SCTP ||
	    protocol == PROTOCOL_UDPLITE;
}

static void
pick_ports(const struct box *b, struct point *out)
{
	const struct spans *to = dim(b, DIM_DPORT), *from = dim(b, DIM_SPORT);

	if (!has_ports(out->at[DIM_PROTOCOL])) {
		out->at[DIM_SPORT] = wish(from, nothing, 1);
		out->at[DIM_DPORT] = wish(to, nothing, 1);
		return;
	}
	out->at[DIM_SPORT] = wish_port(from, source_ports,
	    COUNT_OF(source_ports));
	out->at[DIM_DPORT] = out->at[DIM_PROTOCOL] == PROTOCOL_UDP ?
	    wish_port(to, udp_ports, COUNT_OF(udp_ports)) :
	    wish_port(to, tcp_ports, COUNT_OF(tcp_ports));
}

/* 4 unless only 6 can have what the box asks for. */
static int
pick_family(const struct box *b)
{
	static const enum dimension ends[] = { DIM_SADDR, DIM_DADDR };

	if (!spans_has(b->dims[DIM_FAMILY], 4))
		return (int)wish(dim(b, DIM_FAMILY), (packet_value[]){ 6 }, 1);
	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (dim(b, ends[i])->items[0].first > LAST_4 &&
		    spans_has(b->dims[DIM_FAMILY], 6))
			return 6;
	return 4;
}

static packet_value
pick_protocol(const struct spans *s, int family)
{
	packet_value v = wish(s, protocols, COUNT_OF(protocols));

	if (family == 6 && v == PROTOCOL_ICMP && spans_has(s, PROTOCOL_ICMP6))
		v = PROTOCOL_ICMP6;
	return v;
}

void
box_pick(const struct box *b, struct point *out)
{
	const int family = pick_family(b);
	const struct spans *daddr = dim(b, DIM_NEW_DADDR);
	packet_value protocol;
	bool icmp;

	out->at[DIM_FAMILY] = (packet_value)family;
	out->at[DIM_IIF] = pick_interface(dim(b, DIM_IIF), "eth0");
	out->at[DIM_OIF] = pick_interface(dim(b, DIM_OIF), "eth1");
	out->at[DIM_SADDR] = pick_address(dim(b, DIM_SADDR), family);
	out->at[DIM_DADDR] = pick_address(dim(b, DIM_DADDR), family);
	if (out->at[DIM_SADDR] == out->at[DIM_DADDR])
		out->at[DIM_SADDR] = pick_other(dim(b, DIM_SADDR), family,
		    out->at[DIM_DADDR]);
	protocol = pick_protocol(dim(b, DIM_PROTOCOL), family);
	out->at[DIM_PROTOCOL] = protocol;
	pick_ports(b, out);
	icmp = protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMP6;
	out->at[DIM_ICMP_TYPE] = wish(dim(b, DIM_ICMP_TYPE),
	    icmp ? &echo[protocol == PROTOCOL_ICMP6] : nothing, 1);
	out->at[DIM_ICMP_CODE] = wish(dim(b, DIM_ICMP_CODE), nothing, 1);
	out->at[DIM_TCP_FLAGS] = wish(dim(b, DIM_TCP_FLAGS),
	    protocol == PROTOCOL_TCP ? flags : nothing,
	    protocol == PROTOCOL_TCP ? COUNT_OF(flags) : 1);
	out->at[DIM_CT_STATE] = wish(dim(b, DIM_CT_STATE), states,
	    COUNT_OF(states));
	out->at[DIM_CT_DIRECTION] = wish(dim(b, DIM_CT_DIRECTION), nothing, 1);
	out->at[DIM_NEW_DADDR] = b->dims[DIM_NEW_DADDR] == NULL ?
	    0 :
	    pick_address(daddr, family);
	out->at[DIM_NEW_DPORT] = b->dims[DIM_NEW_DPORT] == NULL ?
	    0 :
	    wish_port(dim(b, DIM_NEW_DPORT), tcp_ports, COUNT_OF(tcp_ports));
}
