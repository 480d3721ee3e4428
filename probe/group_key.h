/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes two alerts one group: check, clause, the two hosts and the
 * service, never the tap; SEG-8 speaks of the conduit alone, and a finding
 * about coverage of what it was found at. A notice has its word besides, and
 * hosts without an address are told apart by their MAC; one without parties
 * speaks of what was seen at its boundary. And the name of a group.
 */
#ifndef GROUP_KEY_H
#define GROUP_KEY_H

#include "alert.h"

#define GROUP_ID_MAX 17 /* 16 hex digits and NUL */
#define GROUP_KEY_MAC 1 /* the host is a MAC: it has no address */

/* No padding: it is hashed as bytes. */
struct group_key {
	uint64_t clause; /* digest of the clause's id, or of what coverage
			  * is about */
	uint8_t host[2][16];
	uint8_t family[2]; /* 4, 6, GROUP_KEY_MAC or 0 */
	uint16_t port;
	uint8_t check, clause_kind, clause_from, clause_to;
	uint8_t protocol, icmp_type;
	uint16_t word; /* enum notice_word */
	uint8_t zero[4];
};

/* The key of a; secret keys the digest in it. */
void group_key_of(struct group_key *key, const struct alert *a,
    const uint8_t secret[16]);
/*
 * The name of a group that a opened then: a digest of what the key stands
 * for and of the time, not of any secret, so that the same capture yields
 * the same names again.
 */
void group_name(char id[GROUP_ID_MAX], const struct alert *a,
    struct wall_us opened, bool folded);

#endif
