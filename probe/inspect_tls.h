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

/*
 * Whether a ClientHello begins at the first of n bytes of TCP payload: its
 * record and message header and its version, or the one in the form of SSL
 * 2.0 that old clients open with (RFC 5246 appendix E.2). What follows may be
 * in later segments and is not read. O(1).
 */
bool inspect_tls_is_client_hello(const uint8_t *payload, size_t n);

/*
 * The client's first message as its bytes come: all that is asked of it is
 * whether the name it shows is all there is. With an Encrypted ClientHello
 * (RFC 9849 section 5, extension 0xfe0d; 0xffce of the first drafts) the name
 * in clear may be that of a gateway, and a client that has no key sends
 * something alike, so that nobody can tell which (section 6.2).
 */
struct inspect_tls_client {
	uint8_t step;	 /* zero at first; inspect_tls.c's own, as the rest */
	uint8_t head;	 /* bytes read of a record's header */
	uint8_t want;	 /* bytes of the number being read */
	uint16_t record; /* bytes left of the record */
	uint16_t left;	 /* bytes left of the extensions */
	uint32_t skip;	 /* bytes to pass over */
	uint32_t value;
	bool over;  /* nothing more is read: it ended, or is no ClientHello */
	bool hello; /* it is a ClientHello, as far as its type tells */
	bool encrypted_hello;
};

/* Reads n more bytes of the client's stream, without a gap. O(n). */
void inspect_tls_client_hello(struct inspect_tls_client *s,
    const uint8_t *payload, size_t n);

#endif
