/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a TLS server chose: version and cipher suite out of its ServerHello
 * (RFC 8446 4.1.3, RFC 5246 7.4.1.3). nDPI 4.2 keeps the version the client
 * offered for everything before TLS 1.3, so the negotiated one is read here.
 */
#ifndef INSPECT_TLS_H
#define INSPECT_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inspect_tls_hello {
	uint16_t version; /* 0x0300 SSL 3.0 .. 0x0304 TLS 1.3 */
	uint16_t cipher;  /* IANA number */
};

/*
 * Reads a ServerHello that begins at the first of n bytes of TCP payload
 * (a record of its own or the first of several). *out is written, and true
 * returned, only when all of it is there: a hello that is cut could hide the
 * extension that says TLS 1.3. O(extensions), no allocation.
 */
bool inspect_tls_server_hello(const uint8_t *payload, size_t n,
    struct inspect_tls_hello *out);

#endif
