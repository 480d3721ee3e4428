/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which packets make the kernel's connection tracking begin a connection, and
 * which, without one, it calls invalid or does not track at all: by the flags
 * of TCP and the type of ICMP. Packets of other protocols always begin one
 * (a false checksum apart, which no host takes).
 *
 * Source: kernel nf_conntrack_proto_tcp.c (tcp_conntracks, with
 * nf_conntrack_tcp_loose as it is), nf_conntrack_proto_icmp.c and
 * nf_conntrack_proto_icmpv6.c (valid_new, noct_valid_new).
 */
#ifndef BEGIN_H
#define BEGIN_H

#include "packetset.h"

/* Flags with which a new connection is made: SYN alone of SYN, ACK, RST and
 * FIN, or ACK alone. The others of the byte are free. In p. */
const struct spans *begin_flags(struct pool *p);
/* All others: FIN, RST, SYN and ACK, none ... */
const struct spans *begin_not_flags(struct pool *p);
/* Types of ICMP (family 4) or ICMPv6 (6) that are new to the kernel. */
const struct spans *begin_types(struct pool *p, int family);
/* Types that it calls invalid where they answer, or are errors of, nothing
 * that it knows. */
const struct spans *begin_not_types(struct pool *p, int family);
/* Protocols of which a new connection can be: all but the ICMP of the other
 * version of IP, which is invalid (nf_conntrack_icmp_packet looks at it). */
const struct spans *begin_protocols(struct pool *p, int family);
/* Types that it never tracks (neighbour and listener discovery). */
const struct spans *begin_untracked_types(struct pool *p, int family);
/* The state that packets of a box (its family and protocol) have where nothing
 * is known of their connection and flags or types (NULL: not said) tell it:
 * CT_INVALID or CT_UNTRACKED, else CT_NEW. */
const struct spans *begin_state(struct pool *p, const struct box *box,
    const struct spans *flags, const struct spans *types);

#endif
