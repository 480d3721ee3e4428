/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values of addressing: IPv4 and IPv6 addresses, prefixes, MAC addresses and
 * port ranges. Everything is a plain value, comparable and printable; nothing
 * here resolves a name.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDR_TEXT_MAX 46   /* INET6_ADDRSTRLEN: longest address and NUL */
#define PREFIX_TEXT_MAX 50 /* address, slash, three digits and NUL */
#define MAC_TEXT_MAX 18

/*
 * family is 4, 6 or 0 (no address). bytes are in network order; an IPv4
 * address uses the first four and the rest are zero, so memcmp compares.
 */
struct addr {
	uint8_t family;
	uint8_t bytes[16];
};

struct prefix {
	struct addr addr; /* host bits are zero */
	uint8_t length;	  /* 0..32 or 0..128 */
};

struct mac {
	uint8_t bytes[6];
};

struct port_range {
	uint16_t first; /* inclusive */
	uint16_t last;	/* inclusive, >= first */
};

/* What an address is by the special-purpose registries (RFC 6890, 4193...). */
enum addr_kind {
	ADDR_GLOBAL,	   /* also documentation and benchmarking prefixes */
	ADDR_PRIVATE,	   /* RFC 1918 */
	ADDR_SHARED,	   /* 100.64.0.0/10, RFC 6598 */
	ADDR_UNIQUE_LOCAL, /* fc00::/7, RFC 4193 */
	ADDR_LINK_LOCAL,   /* 169.254.0.0/16, fe80::/10 */
	ADDR_LOOPBACK,	   /* 127.0.0.0/8, ::1 */
	ADDR_MULTICAST,	   /* 224.0.0.0/4, ff00::/8 */
	ADDR_BROADCAST,	   /* 255.255.255.255 */
	ADDR_UNSPECIFIED,  /* 0.0.0.0/8, :: */
	ADDR_RESERVED,	   /* 240.0.0.0/4 less broadcast */
};

struct addr addr_from_v4(const uint8_t bytes[4]);
struct addr addr_from_v6(const uint8_t bytes[16]);
/* Strict text (inet_pton); false and *out untouched on anything else. */
bool addr_parse(const char *text, struct addr *out);
/* Writes the usual text (RFC 5952 for IPv6) and returns buf. */
const char *addr_format(const struct addr *a, char buf[ADDR_TEXT_MAX]);
bool addr_equal(const struct addr *a, const struct addr *b);
/* <0, 0, >0: by family, then by value in network order. */
int addr_compare(const struct addr *a, const struct addr *b);
enum addr_kind addr_kind(const struct addr *a);
/* ::ffff:0:0/96: an IPv4 address in the clothes of IPv6. */
bool addr_is_v4_mapped(const struct addr *a);
/* a with all bits after the first length cleared. length over the family's
 * size is taken as the family's size. */
struct addr addr_mask(const struct addr *a, unsigned length);
/* 32, 128, or 0 for no address. */
unsigned addr_bits(const struct addr *a);
/* The address after a; false when a is the last of its family. */
bool addr_next(const struct addr *a, struct addr *out);

enum prefix_fault {
	PREFIX_OK,
	PREFIX_BAD,	  /* not an address, or length out of range */
	PREFIX_HOST_BITS, /* 10.1.2.3/16: *out is then the masked prefix */
};
/* "10.1.0.0/16", "fd00::/48"; a lone address is a full-length prefix. */
enum prefix_fault prefix_parse(const char *text, struct prefix *out);
const char *prefix_format(const struct prefix *p, char buf[PREFIX_TEXT_MAX]);
bool prefix_contains(const struct prefix *p, const struct addr *a);
bool prefix_equal(const struct prefix *a, const struct prefix *b);
/* True when inner lies within outer (equal counts). */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
/*
 * The fewest prefixes that make up first..last (same family, first <= last).
 * Writes at most max and returns how many are needed (<= 2 * bits - 2).
 */
size_t prefix_from_range(const struct addr *first, const struct addr *last,
    struct prefix *out, size_t max);

/* "02:00:5e:00:00:01" or with '-'; six pairs of hex digits. Also as routers
 * print it, "0200.5e00.0001". */
bool mac_parse(const char *text, struct mac *out);
const char *mac_format(const struct mac *m, char buf[MAC_TEXT_MAX]);
bool mac_equal(const struct mac *a, const struct mac *b);
/* Group bit set: multicast or broadcast. */
bool mac_is_group(const struct mac *m);

/* "443" or "1024-2048"; 0..65535, first <= last. */
bool port_range_parse(const char *text, struct port_range *out);

#endif
