/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cipher suites of TLS by their IANA number, and which setting class of the
 * TLS暗号設定ガイドライン (CRYPTREC GL-3001, IPA and NICT) a negotiated
 * version and suite meet. A table and one rule; what is not in a ServerHello
 * (lengths of keys, certificates) is not looked at.
 */
#ifndef TLS_SUITE_H
#define TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#define TLS_TEXT_MAX 64 /* of a version or a suite, longer than any name */

/* Weaker to stricter: each meets those before it. */
enum tls_class {
	TLS_CLASS_UNKNOWN,     /* a suite that no registry knows, or no hello */
	TLS_CLASS_BELOW,       /* known, and in none of the classes */
	TLS_CLASS_EXCEPTION,   /* セキュリティ例外型 */
	TLS_CLASS_RECOMMENDED, /* 推奨セキュリティ型 */
	TLS_CLASS_HIGH,	       /* 高セキュリティ型 */
};

/*
 * The class that the version (0x0300 SSL 3.0 .. 0x0304 TLS 1.3) and the suite
 * of one ServerHello meet together: high is TLS 1.3, or TLS 1.2 with forward
 * secrecy and an AEAD; recommended adds forward secrecy with CBC; exception
 * adds TLS 1.0 and 1.1 and the exchange of keys by RSA. RC4, DES, 3DES and
 * whatever is anonymous, exported or without a cipher meets none. A suite
 * without a row is TLS_CLASS_UNKNOWN unless the version alone decides.
 * O(log suites).
 */
enum tls_class tls_class(uint16_t version, uint16_t suite);
/* "tls-high", "tls-recommended", "tls-exception", "below"; NULL: unknown. */
const char *tls_class_name(enum tls_class c);
/* "TLS 1.2", "SSL 3.0", or the number; writes to buf of TLS_TEXT_MAX. */
const char *tls_version_name(uint16_t version, char *buf);
/* IANA's name, or the number ("0xABCD"), in buf of TLS_TEXT_MAX. */
const char *tls_suite_name(uint16_t suite, char *buf);
/* True when IANA knows the number as a suite. */
bool tls_suite_known(uint16_t suite);

#endif
