/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What counting (view.c) and telling (view_tell.c) share. Nothing that is
 * counted points into the model but the tap itself: zones are looked up when
 * they are told. Nobody else includes this.
 */
#ifndef VIEW_INTERNAL_H
#define VIEW_INTERNAL_H

#include "base/table.h"
#include "view.h"

#define VIEW_CACHED 2048 /* sets of the cache, a power of two */
#define VIEW_WAYS 2	 /* places in each */

struct view_prefix {
	struct addr address; /* the first that was seen of it */
	uint16_t vlan;
	uint64_t to;
};

struct view_mac {
	struct mac mac;
	uint16_t vlan;
	bool asked;	    /* own[0] is of a request, not of an answer */
	struct addr own[2]; /* IPv4 by ARP, IPv6 by ND; family 0: not known */
	uint64_t other;	    /* frames of no pair: there was no room */
};

/* A MAC and a prefix that it sends from, or TABLE_NONE for either. */
struct view_pair {
	uint32_t mac, prefix;
	uint64_t frames, hops; /* hops: of them, with one counted */
	uint64_t first;	       /* within the prefix, of its first source */
	bool several;	       /* there were others */
};

/* Where a frame like the last such one is counted. */
struct view_cached {
	uint64_t who; /* MAC and VLAN */
	uint64_t source, destination;
	uint32_t tap;			  /* its index, + 1 */
	uint8_t family;			  /* of both; 0: no IP */
	uint32_t pair, mac, prefix, vlan; /* TABLE_NONE: there was no room */
};

struct view_tap {
	const struct tap *tap;
	struct wall_us from, until;
	uint64_t frames, bytes, copies, cut, giants;
	uint32_t longest;
	uint64_t tcp_conversations, tcp_one_way, passed;
	uint64_t told; /* frames, when it was told */

	struct tap_view_vlan vlans[TAP_VIEW_VLANS_MAX];
	uint32_t vlan_count;
	struct table by_prefix, by_mac, by_pair;
	struct view_prefix *prefixes; /* owned, as are these two */
	struct view_mac *macs;
	struct view_pair *pairs;
	uint32_t prefix_count, mac_count, pair_count;
	uint64_t vlans_refused, prefixes_refused, macs_refused; /* look-ups */
};

struct view {
	const struct model *m;
	uint8_t secret[16];
	struct view_tap **taps; /* owned, by tap index; NULL: no frame yet */
	size_t tap_count;
	struct view_cached cached[VIEW_CACHED * VIEW_WAYS];
	int64_t hour;
	bool begun;
	struct tap_view told; /* room to tell from */
};

#endif
