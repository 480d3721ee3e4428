/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spanning tree: the bridge that a switch holds for the root, out of the
 * configuration messages of STP, RSTP and MSTP (IEEE 802.1Q-2018 clause 14)
 * and of Cisco's one tree a VLAN (PVST+), which are alike up to the VLAN that
 * follows. A pure function of the bytes after the LLC or SNAP header.
 */
#ifndef STP_H
#define STP_H

#include "packet.h"

enum stp_version { STP_CLASSIC = 0, STP_RAPID = 2, STP_MULTIPLE = 3 };

struct stp_message {
	uint8_t version;	/* enum stp_version, or a later one */
	bool topology_change;	/* a notification: it names no root */
	uint16_t root_priority; /* with the extension that a VLAN is in */
	struct mac root;
	uint32_t root_cost;
	uint16_t bridge_priority;
	struct mac bridge; /* who sends; of MSTP the regional root */
	uint16_t port;
	uint16_t vlan; /* of PVST+; 0: not said */
};

/*
 * Reads captured bytes of wire that begin at the protocol identifier. *out is
 * always written with what could be read; where status is OK and not
 * topology_change, root and bridge are set. TRUNCATED: the rest was not
 * captured. MALFORMED: the message ends before it may. UNSUPPORTED: another
 * protocol or kind of message. O(1).
 */
enum decode_status stp_parse(const uint8_t *payload, size_t captured,
    size_t wire, bool per_vlan, struct stp_message *out);

#endif
