/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of computers in NTLMSSP messages (MS-NLMP sections 2.2.1.2 and
 * 2.2.1.3): what a server calls itself in its CHALLENGE, and the workstation
 * that a client says it is in its AUTHENTICATE. Nothing else is read: no user,
 * no domain, no response, no key.
 */
#ifndef NTLMSSP_H
#define NTLMSSP_H

#include "device.h"
#include "packet.h"

enum ntlmssp_kind { NTLMSSP_CHALLENGE = 2, NTLMSSP_AUTHENTICATE = 3 };

struct ntlmssp_message {
	enum ntlmssp_kind kind;
	char computer[DEVICE_NAME_MAX]; /* NetBIOS name of who sent it, or "" */
	char dns[DEVICE_NAME_MAX]; /* its DNS name (CHALLENGE only), or "" */
};

/*
 * Finds a message in the first NTLMSSP_SEARCH_MAX bytes of a security blob
 * (raw, or wrapped as SPNEGO does, RFC 4178) and reads it. OK where it has
 * been read, names or none; TRUNCATED where bytes are missing; MALFORMED
 * where it says what cannot be; UNSUPPORTED where there is no such message.
 * O(n), no allocation.
 */
#define NTLMSSP_SEARCH_MAX 512
enum decode_status ntlmssp_decode(const uint8_t *blob, size_t n,
    struct ntlmssp_message *out);

#endif
