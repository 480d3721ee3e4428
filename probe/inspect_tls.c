/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Record (type, version, length), handshake header (type, length of three
 * bytes), ServerHello (version, random, session id, cipher, compression,
 * extensions). Only supported_versions is read of the extensions: with TLS
 * 1.3 it holds the version and the field before says 1.2 for ever.
 */
#include "inspect_tls.h"

#include "base/cursor.h"

#define RECORD_HANDSHAKE 22
#define HANDSHAKE_SERVER_HELLO 2
#define EXTENSION_SUPPORTED_VERSIONS 43
#define VERSION_SSL3 0x0300
#define VERSION_TLS12 0x0303 /* the field never says more */
#define VERSION_TLS13 0x0304
#define RANDOM_BYTES 32
#define SESSION_ID_MAX 32

/* The version that supported_versions names, else that of the hello. */
static uint16_t
read_extensions(struct cursor *c, uint16_t version)
{
	while (cursor_left(c) > 0) {
		struct cursor body;
		uint16_t type = cursor_be16(c);
		uint16_t length = cursor_be16(c);

		cursor_sub(c, length, &body);
		if (type == EXTENSION_SUPPORTED_VERSIONS && length == 2)
			version = cursor_be16(&body);
	}
	return version;
}

static bool
read_hello(struct cursor *c, struct inspect_tls_hello *out)
{
	struct cursor extensions;
	struct inspect_tls_hello hello;
	uint8_t session;

	hello.version = cursor_be16(c);
	cursor_skip(c, RANDOM_BYTES);
	session = cursor_u8(c);
	cursor_skip(c, session);
	hello.cipher = cursor_be16(c);
	cursor_skip(c, 1); /* compression */
	if (!cursor_ok(c) || session > SESSION_ID_MAX ||
	    hello.version < VERSION_SSL3 || hello.version > VERSION_TLS12)
		return false;
	if (cursor_left(c) > 0) { /* SSL 3.0 has no extensions */
		cursor_sub(c, cursor_be16(c), &extensions);
		hello.version = read_extensions(&extensions, hello.version);
		if (!cursor_ok(&extensions))
			return false;
	}
	if (!cursor_ok(c) || hello.version < VERSION_SSL3 ||
	    hello.version > VERSION_TLS13)
		return false;
	*out = hello;
	return true;
}

bool
inspect_tls_server_hello(const uint8_t *payload, size_t n,
    struct inspect_tls_hello *out)
{
	struct cursor c, record, hello;
	uint8_t type, message;
	uint16_t version, length;
	uint32_t size;

	cursor_init(&c, payload, n);
	type = cursor_u8(&c);
	version = cursor_be16(&c);
	length = cursor_be16(&c);
	if (!cursor_ok(&c) || type != RECORD_HANDSHAKE || version >> 8 != 3)
		return false;
	/* Of a record only the hello must be here, what follows may be cut. */
	if (length > cursor_left(&c))
		length = (uint16_t)cursor_left(&c);
	cursor_sub(&c, length, &record);
	message = cursor_u8(&record);
	size = (uint32_t)cursor_u8(&record) << 16;
	size |= cursor_be16(&record);
	if (!cursor_ok(&record) || message != HANDSHAKE_SERVER_HELLO)
		return false;
	cursor_sub(&record, size, &hello);
	return cursor_ok(&hello) && read_hello(&hello, out);
}
