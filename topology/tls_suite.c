/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rule that gives a suite its class reads the columns of the table rather
 * than a list of numbers, so that a row added to the table has a class at
 * once. TLS 1.0 and 1.1 meet the exception class at best, whatever the suite.
 */
#include "tls_suite.h"

#include <stddef.h>
#include <stdio.h>

#define SSL3 0x0300
#define TLS10 0x0301
#define TLS12 0x0303
#define TLS13 0x0304

enum exchange {
	EXCHANGE_NONE,
	EXCHANGE_RSA,
	EXCHANGE_DH, /* static */
	EXCHANGE_DHE,
	EXCHANGE_ECDH, /* static */
	EXCHANGE_ECDHE,
	EXCHANGE_PSK,
	EXCHANGE_SRP,
	EXCHANGE_KRB5,
	EXCHANGE_ECCPWD,
	EXCHANGE_GOST,
	EXCHANGE_TLS13, /* not the suite's business: always ephemeral */
};

enum authentication {
	BY_ANON,
	BY_RSA,
	BY_DSS,
	BY_ECDSA,
	BY_PSK,
	BY_SRP,
	BY_KRB5,
	BY_ECCPWD,
	BY_GOST,
	BY_TLS13,
};

enum cipher {
	CIPHER_NONE,
	CIPHER_RC4,
	CIPHER_RC2,
	CIPHER_IDEA,
	CIPHER_DES,
	CIPHER_TRIPLE_DES,
	CIPHER_SEED,
	CIPHER_SM4,
	CIPHER_GOST,
	CIPHER_ARIA_128,
	CIPHER_ARIA_256,
	CIPHER_AES_128, /* from here on those of CRYPTREC's first list */
	CIPHER_AES_256,
	CIPHER_CAMELLIA_128,
	CIPHER_CAMELLIA_256,
	CIPHER_CHACHA20,
};

enum hash {
	HASH_NONE,
	HASH_MD5,
	HASH_SHA1,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SM3,
	HASH_GOST,
};

enum applied {
	APPLIED_STREAM,
	APPLIED_EXPORT, /* with a key that was cut for export */
	APPLIED_CBC,
	APPLIED_AEAD,
	APPLIED_AEAD_SHORT, /* with a tag of 8 bytes */
};

struct suite {
	uint16_t number;
	const char *name;
	enum exchange exchange;
	enum authentication by;
	enum cipher cipher;
	enum hash hash;
	enum applied applied;
};

static const struct suite suites[] = {
#define SUITE(number, name, exchange, by, cipher, hash, applied)       \
	{ number, name, EXCHANGE_##exchange, BY_##by, CIPHER_##cipher, \
		HASH_##hash, APPLIED_##applied },
#include "tls_suite_table.h"
#undef SUITE
};

static const struct suite *
suite_of(uint16_t number)
{
	size_t low = 0, high = sizeof(suites) / sizeof(suites[0]);

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (suites[middle].number == number)
			return &suites[middle];
		if (suites[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Forward secrecy by one of the signatures that the guideline names. */
static bool
is_forward_secret(const struct suite *s)
{
	return (s->exchange == EXCHANGE_DHE || s->exchange == EXCHANGE_ECDHE) &&
	    (s->by == BY_RSA || s->by == BY_ECDSA);
}

static enum tls_class
class_of_suite(const struct suite *s)
{
	if (s->cipher < CIPHER_AES_128 || s->applied < APPLIED_CBC ||
	    s->hash == HASH_MD5)
		return TLS_CLASS_BELOW;
	if (s->exchange == EXCHANGE_TLS13)
		return TLS_CLASS_HIGH;
	if (is_forward_secret(s)) {
		if (s->applied == APPLIED_AEAD)
			return TLS_CLASS_HIGH;
		/* Short tags are for very small devices (RFC 9325 4.2.1). */
		return s->applied == APPLIED_CBC ? TLS_CLASS_RECOMMENDED :
						   TLS_CLASS_EXCEPTION;
	}
	return s->exchange == EXCHANGE_RSA && s->by == BY_RSA ?
	    TLS_CLASS_EXCEPTION :
	    TLS_CLASS_BELOW;
}

enum tls_class
tls_class(uint16_t version, uint16_t suite)
{
	const struct suite *s = suite_of(suite);
	enum tls_class c;

	if (version < SSL3 || version > TLS13)
		return TLS_CLASS_UNKNOWN;
	if (version == SSL3)
		return TLS_CLASS_BELOW;
	if (s == NULL)
		return TLS_CLASS_UNKNOWN;
	/* Suites of TLS 1.3 and of those before it are no use to each other
	 * (RFC 8446 4.1.3): such a hello is nobody's. */
	if ((version == TLS13) != (s->exchange == EXCHANGE_TLS13))
		return TLS_CLASS_UNKNOWN;
	c = class_of_suite(s);
	if (version < TLS12 && c > TLS_CLASS_EXCEPTION)
		c = TLS_CLASS_EXCEPTION;
	return c;
}

const char *
tls_class_name(enum tls_class c)
{
	static const char *const names[] = { NULL, "below", "tls-exception",
		"tls-recommended", "tls-high" };

	return names[c];
}

const char *
tls_version_name(uint16_t version, char *buf)
{
	if (version == SSL3)
		(void)snprintf(buf, TLS_TEXT_MAX, "SSL 3.0");
	else if (version >= TLS10 && version <= TLS13)
		(void)snprintf(buf, TLS_TEXT_MAX, "TLS 1.%u",
		    (unsigned)(version - TLS10));
	else
		(void)snprintf(buf, TLS_TEXT_MAX, "0x%04X", version);
	return buf;
}

const char *
tls_suite_name(uint16_t suite, char *buf)
{
	const struct suite *s = suite_of(suite);

	if (s != NULL)
		(void)snprintf(buf, TLS_TEXT_MAX, "%s", s->name);
	else
		(void)snprintf(buf, TLS_TEXT_MAX, "0x%04X", suite);
	return buf;
}

bool
tls_suite_known(uint16_t suite)
{
	return suite_of(suite) != NULL;
}
