/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one tap shows: VLANs, prefixes and MACs, and how whole the conversations
 * on it are. Counted by the probe, written as "sekisho_tap"; it says what is
 * there and judges nothing. Lists are bounded: what found no room is counted.
 */
#ifndef TAP_VIEW_H
#define TAP_VIEW_H

#include "zone.h"

#define TAP_VIEW_VLANS_MAX 128
#define TAP_VIEW_PREFIXES_MAX 512
#define TAP_VIEW_MACS_MAX 256
#define TAP_VIEW_ZONES_MAX 8 /* of one MAC; further ones are left out */
/* Prefixes are of these lengths, whatever the network's own are. */
#define TAP_VIEW_LENGTH4 24
#define TAP_VIEW_LENGTH6 64

/* Frames that bear that tag. */
struct tap_view_vlan {
	uint16_t id;		 /* 0: none */
	bool declared;		 /* of the tap: its "vlans", or its segment */
	const struct zone *zone; /* of the tap's "vlans", else its segment of
				  * what bears no tag; or NULL */
	uint64_t frames;
};

/* Addresses of one /24 or /64 on one VLAN. Multicast, broadcast, link-local
 * and the like are of no prefix. */
struct tap_view_prefix {
	struct prefix prefix;
	uint16_t vlan;
	const struct zone *zone; /* of the first of its addresses, or NULL */
	uint64_t from, to; /* packets that bear it as source, destination */
	uint64_t local;	   /* of "from": out of a MAC that forwards nothing */
};

/* Who sent frames on one VLAN. */
struct tap_view_mac {
	struct mac mac;
	uint16_t vlan;
	uint64_t frames;
	uint32_t prefixes; /* that the sources of its packets are of */
	const struct zone *zones[TAP_VIEW_ZONES_MAX]; /* theirs */
	uint8_t zone_count;
	struct addr address; /* its own, by ARP or ND; family 0: not known */
	bool router;	     /* declared as one for this tap */
	/* It passes on what others send: its packets have sources of two
	 * prefixes or zones that are not its own (three of IPv6, where hosts
	 * have several), or of one with a hop that was counted. */
	bool forwards;
};

/*
 * All since the engine began that tells it: where one died, the next begins
 * anew, and "from" says so.
 */
struct tap_view {
	const struct tap *tap;
	struct wall_us now;
	struct wall_us from, until; /* first and last frame; 0: there is none */
	uint64_t frames, bytes;	    /* as on the wire, copies included */
	uint64_t copies;  /* that the same tap had shown; not in the lists */
	uint64_t cut;	  /* by the snap length */
	uint64_t giants;  /* longer than Ethernet has them (see view.h) */
	uint32_t longest; /* bytes on the wire */
	/* Conversations that ended, seen at this tap: of TCP that were more
	 * than an attempt, and of them those of which it showed one direction;
	 * and those that it showed on both sides of a firewall or router. */
	uint64_t tcp_conversations, tcp_one_way, passed;

	struct tap_view_vlan vlans[TAP_VIEW_VLANS_MAX]; /* by id */
	struct tap_view_prefix prefixes[TAP_VIEW_PREFIXES_MAX];
	struct tap_view_mac macs[TAP_VIEW_MACS_MAX]; /* forwarders first */
	size_t vlan_count, prefix_count, mac_count;
	/* What found no room: VLANs; prefixes and MACs at least. */
	uint64_t unlisted_vlans, unlisted_prefixes, unlisted_macs;
};

#endif
