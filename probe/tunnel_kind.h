/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kinds of tunnels and VPNs: as packets show them, as the classifier names
 * them, and as models spell them. No memory, no policy.
 */
#ifndef TUNNEL_KIND_H
#define TUNNEL_KIND_H

#include "flow.h"

enum tunnel_kind {
	TUNNEL_KIND_NONE,
	TUNNEL_KIND_GRE,
	TUNNEL_KIND_ERSPAN,
	TUNNEL_KIND_VXLAN,
	TUNNEL_KIND_GENEVE,
	TUNNEL_KIND_IPIP,
	TUNNEL_KIND_6IN4,
	TUNNEL_KIND_TEREDO,
	TUNNEL_KIND_L2TP,
	TUNNEL_KIND_GTP,
	TUNNEL_KIND_ESP, /* IPsec: also its key exchange */
	TUNNEL_KIND_WIREGUARD,
	TUNNEL_KIND_OPENVPN,
	TUNNEL_KIND_SOFTETHER,
	TUNNEL_KIND_CISCO, /* the classifier's CiscoVPN */
	TUNNEL_KIND_MPLS,  /* in IP */
	TUNNEL_KIND_COUNT
};

/* Of a packet that carries another; NONE for what has no ends (PPPoE). */
enum tunnel_kind tunnel_kind_of_packet(enum packet_tunnel t);
/*
 * Of a packet of f: by what it carries, else by what f was named when that has
 * just changed, else by the words that SoftEther begins with where they can be
 * read. O(payload) for the first packets of a TCP connection.
 */
enum tunnel_kind tunnel_kind_of(const struct flow *f, const struct packet *p);
/* True when a model's word ("gre", "vxlan" ...) means the kind. */
bool tunnel_kind_is(enum tunnel_kind kind, const char *protocol);
const char *tunnel_kind_title(enum tunnel_kind kind); /* "VXLAN" ... */
/*
 * True when one of the services that take c names the kind: by an application,
 * by its IP protocol, or by its own port. A service for any protocol, or for
 * many ports, names none.
 */
bool tunnel_kind_in(enum tunnel_kind kind, const struct services *s,
    const struct conversation *c);
/* True when systems try it by themselves: Teredo, and ISATAP (RFC 5214) as its
 * inner addresses show it. */
bool tunnel_kind_is_automatic(enum tunnel_kind kind, const struct packet *p);

#endif
