/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The version of an SNMP message (RFC 1157, RFC 1901, RFC 3412): whether it
 * carries its community, which is a password, in clear. The community itself
 * is stepped over and never kept.
 */
#ifndef INSPECT_SNMP_H
#define INSPECT_SNMP_H

#include "packet.h"

enum inspect_snmp_version {
	INSPECT_SNMP_V1 = 0, /* as it stands in the message */
	INSPECT_SNMP_V2C = 1,
	INSPECT_SNMP_V2 = 2, /* v2u, v2*: never came into use */
	INSPECT_SNMP_V3 = 3,
};

/*
 * Reads n bytes of a datagram: a SEQUENCE of a version and, up to v2c, a
 * community and a PDU, else v3's header. OK and *out; TRUNCATED where bytes of
 * that are missing, MALFORMED where lengths do not fit each other, UNSUPPORTED
 * where it is no SNMP. length is that of the datagram on the wire (>= n).
 * O(1), no allocation.
 */
enum decode_status inspect_snmp_message(const uint8_t *payload, size_t n,
    size_t length, enum inspect_snmp_version *out);

#endif
