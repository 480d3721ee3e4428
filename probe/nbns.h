/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NetBIOS names over UDP port 137 (RFC 1002 section 4.2): what the sender of
 * a datagram says that itself is called. It registers or refreshes names of
 * its own, answers a query for one of them, or lists them all (node status).
 * Queries for other names and what a name server says of others are left out.
 */
#ifndef NBNS_H
#define NBNS_H

#include "device.h"
#include "packet.h"

#define NBNS_PORT 137
#define NBNS_NAMES_MAX 8
/* Sixteenth byte of a name: what it is for. */
#define NBNS_WORKSTATION 0x00
#define NBNS_FILE_SERVER 0x20

struct nbns_name {
	char text[DEVICE_NAME_MAX]; /* never "" */
	uint8_t suffix;
	bool group;	     /* of a domain or work group, no host's */
	struct addr address; /* it stands for; family 0: not said */
};

struct nbns_message {
	struct nbns_name names[NBNS_NAMES_MAX];
	uint8_t name_count;
	bool full; /* it has more than are kept */
};

/*
 * Reads n bytes of a datagram's payload. OK where it was read to its end,
 * which may have yielded no names; TRUNCATED where bytes are missing;
 * MALFORMED where it says what cannot be; UNSUPPORTED where it is of another
 * kind (a query, a release, an error). *out holds what was read before.
 * O(n), no allocation.
 */
enum decode_status nbns_decode(const uint8_t *payload, size_t n,
    struct nbns_message *out);

#endif
