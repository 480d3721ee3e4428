/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digests, from libgcrypt; the only file with it. SHA-256 names models and
 * evidence, SHA-1 is what a community ID is defined over.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct digest;

/* Call once before threads or children; ends the process if libgcrypt is
 * older than what it was built with. Idempotent. */
void digest_init(void);
struct digest *digest_new(void); /* SHA-256 */
void digest_add(struct digest *d, const void *bytes, size_t n);
/* Writes 64 lower-case hex digits and NUL, and frees d. */
void digest_hex(struct digest *d, char out[65]);
void digest_sha1(const void *bytes, size_t n, uint8_t out[20]);
/* RFC 4648 with padding; out must hold 4 * ((n + 2) / 3) + 1 bytes. */
void digest_base64(const uint8_t *bytes, size_t n, char *out);

#endif
