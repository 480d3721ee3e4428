/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cisco's discovery protocol, versions 1 and 2: what a switch, router or
 * telephone says of itself. A pure function of the frame's payload. Never
 * published; as described by Cisco's own documents and many readers of it.
 */
#ifndef CDP_H
#define CDP_H

#include "packet.h"

#define CDP_NAME_MAX 64 /* bytes with NUL */

#define CDP_ROUTER 0x01 /* capabilities */
#define CDP_BRIDGE 0x02
#define CDP_SWITCH 0x08

struct cdp_message {
	uint8_t version;
	char name[CDP_NAME_MAX];     /* device id, or "" */
	char port[CDP_NAME_MAX];     /* port id, or "" */
	char platform[CDP_NAME_MAX]; /* or "" */
	uint32_t capabilities;
	uint16_t native_vlan; /* 0: not said */
	struct addr address;  /* the first of IPv4; family 0: none */
};

/*
 * Reads what follows the SNAP header (OUI 00000c, type 0x2000): captured bytes
 * of wire. *out is always written with what could be read. TRUNCATED: the rest
 * was not captured. MALFORMED: a TLV is shorter than its head or runs over the
 * end. UNSUPPORTED: another version. The checksum is not looked at. O(wire).
 */
enum decode_status cdp_parse(const uint8_t *payload, size_t captured,
    size_t wire, struct cdp_message *out);

#endif
