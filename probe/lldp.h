/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LLDP (IEEE 802.1AB-2016): what a switch or host says of itself to who is on
 * the other end of its cable. A pure function of the frame's payload.
 */
#ifndef LLDP_H
#define LLDP_H

#include "packet.h"

#define LLDP_ETHERTYPE 0x88cc
#define LLDP_NAME_MAX 64 /* bytes with NUL */

#define LLDP_BRIDGE 0x0004 /* capabilities, IEEE 802.1AB 8.5.8 */
#define LLDP_ROUTER 0x0010

struct lldp_message {
	bool has_chassis_mac;
	struct mac chassis_mac;	     /* chassis id of subtype 4 */
	char chassis[LLDP_NAME_MAX]; /* of another subtype, as text, or "" */
	char port[LLDP_NAME_MAX];    /* port id likewise; a MAC is written */
	char name[LLDP_NAME_MAX];    /* system name, or "" */
	uint16_t enabled;	     /* capabilities in use */
	struct addr management;	     /* the first, family 0: none */
	bool shutdown;		     /* time to live 0: it takes its leave */
};

/*
 * Reads the payload of a frame of LLDP_ETHERTYPE: captured bytes of wire.
 * *out is always written with what could be read. TRUNCATED: the rest was not
 * captured. MALFORMED: the three TLVs that must come first do not (8.2), or
 * one runs over the end. Ends at the end TLV, or at the last byte. O(wire).
 */
enum decode_status lldp_parse(const uint8_t *payload, size_t captured,
    size_t wire, struct lldp_message *out);

#endif
