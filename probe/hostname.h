/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that devices give themselves, out of hostile bytes: what is kept is
 * valid UTF-8 without control characters, of bounded length, or nothing. Also
 * the DNS names that mDNS and LLMNR carry (RFC 1035 section 4.1.4).
 */
#ifndef HOSTNAME_H
#define HOSTNAME_H

#include "base/cursor.h"
#include "device.h"
#include "packet.h"

#define HOSTNAME_DNS_MAX 256 /* text of a DNS name with NUL */

/*
 * Takes n bytes for UTF-8 and writes them to out, without the blanks and dots
 * around them. False, and out "", where nothing is left, it is too long, or
 * any of it is no UTF-8, a control character or one that turns the direction
 * of writing or cannot be seen. O(n).
 */
bool hostname_take(const char *text, size_t n, char out[DEVICE_NAME_MAX]);
/* The same of UTF-16 in little endian, as Windows writes it; n bytes. */
bool hostname_take_utf16(const uint8_t *bytes, size_t n,
    char out[DEVICE_NAME_MAX]);
/*
 * Reads a DNS name at c, which stands somewhere in message[0..length), and
 * steps over it. out holds its labels with dots between them, lower case
 * where ASCII; "" where it cannot be text. TRUNCATED where bytes are missing,
 * MALFORMED where it points forward or in a circle or is too long; c has then
 * failed. O(HOSTNAME_DNS_MAX).
 */
enum decode_status hostname_read_dns(struct cursor *c, const uint8_t *message,
    size_t length, char out[HOSTNAME_DNS_MAX]);

#endif
