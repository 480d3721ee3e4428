/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Neighbour discovery of IPv6 (RFC 4861, options of RFC 4861 and 8106) and
 * redirects of both families (RFC 792): who claims which address, who says
 * that it is a router. Pure functions of an ICMP message.
 */
#ifndef ND_H
#define ND_H

#include "packet.h"

#define ND_PREFIXES_MAX 4

enum nd_kind {
	ND_ROUTER_SOLICITATION = 133,
	ND_ROUTER_ADVERTISEMENT = 134,
	ND_NEIGHBOUR_SOLICITATION = 135,
	ND_NEIGHBOUR_ADVERTISEMENT = 136,
	ND_REDIRECT = 137,
};

struct nd_message {
	enum nd_kind kind;
	/* Solicitation and advertisement of neighbours, redirect: whom it is
	 * about. A redirect of IPv4 has its new gateway here. */
	struct addr target;
	struct addr destination;	  /* of a redirect */
	bool router, solicited, override; /* flags of an advertisement */
	bool managed, other;		  /* flags of a router's */
	uint16_t router_lifetime_s;	  /* 0: no default router */
	bool has_source_mac, has_target_mac;
	struct mac source_mac, target_mac;	 /* options 1 and 2 */
	struct prefix prefixes[ND_PREFIXES_MAX]; /* option 3 */
	uint8_t prefix_count;
	bool
	    duplicate_detection; /* solicitation from the unspecified address */
};

/* True for ICMPv6 packets that nd_parse reads, by type. */
bool nd_is_kind(const struct packet *p);
/*
 * Reads the message of a packet (PACKET_IP) that nd_is_kind. *out is always
 * written with what could be read. TRUNCATED: the rest was not captured.
 * MALFORMED: an option of length 0 or over the end, or what RFC 4861 says is
 * to be dropped: a hop limit other than 255, a code other than 0, a target
 * that is multicast, a link-layer address in duplicate detection. UNSUPPORTED:
 * no message of these. O(options), no allocation.
 */
enum decode_status nd_parse(const struct packet *p, struct nd_message *out);
/* An ICMP redirect of IPv4 (type 5), likewise: fills kind, target,
 * destination. */
enum decode_status nd_redirect4_parse(const struct packet *p,
    struct nd_message *out);

#endif
