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
#define HANDSHAKE_CLIENT_HELLO 1
#define EXTENSION_SUPPORTED_VERSIONS 43
#define EXTENSION_ENCRYPTED_HELLO 0xfe0d
#define EXTENSION_ENCRYPTED_NAME 0xffce
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

static bool
is_version(uint16_t version)
{
	return version >= VERSION_SSL3 && version <= VERSION_TLS12;
}

/* Length with the top bit set, type, version, then the length of the suites,
 * which have three bytes each. */
static bool
is_old_client_hello(const uint8_t *payload, size_t n)
{
	struct cursor c;
	uint16_t length, version, suites;
	uint8_t message;

	cursor_init(&c, payload, n);
	length = cursor_be16(&c);
	message = cursor_u8(&c);
	version = cursor_be16(&c);
	suites = cursor_be16(&c);
	return cursor_ok(&c) && length & 0x8000 &&
	    message == HANDSHAKE_CLIENT_HELLO && is_version(version) &&
	    suites > 0 && suites % 3 == 0;
}

bool
inspect_tls_is_client_hello(const uint8_t *payload, size_t n)
{
	struct cursor c;
	uint8_t type, message;
	uint16_t version, length, offered;

	cursor_init(&c, payload, n);
	type = cursor_u8(&c);
	version = cursor_be16(&c);
	length = cursor_be16(&c);
	message = cursor_u8(&c);
	cursor_skip(&c, 3); /* the size of the message */
	offered = cursor_be16(&c);
	if (cursor_ok(&c) && type == RECORD_HANDSHAKE && version >> 8 == 3 &&
	    length > 0 && message == HANDSHAKE_CLIENT_HELLO &&
	    is_version(offered))
		return true;
	return is_old_client_hello(payload, n);
}

/* ---- the client's hello, byte by byte */

/* In the order in which the numbers of it stand; each is read whole. */
enum step {
	STEP_MESSAGE,	/* its type */
	STEP_SIZE,	/* of the message */
	STEP_HELLO,	/* its version; the random is passed over */
	STEP_SESSION,	/* length of the session id */
	STEP_SUITES,	/* length of the list */
	STEP_METHODS,	/* of compression */
	STEP_ALL,	/* length of all extensions */
	STEP_EXTENSION, /* its type */
	STEP_BODY,	/* its length */
};

static void
go_to(struct inspect_tls_client *s, enum step step, uint8_t bytes)
{
	s->step = (uint8_t)step;
	s->want = bytes;
	s->value = 0;
}

static void
end_unless(struct inspect_tls_client *s, bool good)
{
	s->over = s->over || !good;
}

static void
take_extension(struct inspect_tls_client *s, uint32_t type)
{
	end_unless(s, s->left >= 4);
	if (s->over)
		return;
	if (type == EXTENSION_ENCRYPTED_HELLO ||
	    type == EXTENSION_ENCRYPTED_NAME)
		s->encrypted_hello = true;
	s->left -= 4; /* type and length */
	go_to(s, STEP_BODY, 2);
}

static void
take_body(struct inspect_tls_client *s, uint32_t length)
{
	end_unless(s, length < s->left); /* else it is the last, or lies */
	if (s->over)
		return;
	s->left = (uint16_t)(s->left - length);
	s->skip = length;
	go_to(s, STEP_EXTENSION, 2);
}

/* The lists before the extensions. */
static void
take_list(struct inspect_tls_client *s, uint32_t v)
{
	switch ((enum step)s->step) {
	case STEP_HELLO:
		end_unless(s, v >= VERSION_SSL3 && v <= VERSION_TLS12);
		s->skip = RANDOM_BYTES;
		go_to(s, STEP_SESSION, 1);
		break;
	case STEP_SESSION:
		end_unless(s, v <= SESSION_ID_MAX);
		s->skip = v;
		go_to(s, STEP_SUITES, 2);
		break;
	case STEP_SUITES:
		s->skip = v;
		go_to(s, STEP_METHODS, 1);
		break;
	default: /* STEP_METHODS */
		s->skip = v;
		go_to(s, STEP_ALL, 2);
		break;
	}
}

/* A number of the message has been read whole. */
static void
take_number(struct inspect_tls_client *s)
{
	const uint32_t v = s->value;

	switch ((enum step)s->step) {
	case STEP_MESSAGE:
		s->hello = v == HANDSHAKE_CLIENT_HELLO;
		end_unless(s, s->hello);
		go_to(s, STEP_SIZE, 3);
		break;
	case STEP_SIZE:
		go_to(s, STEP_HELLO, 2);
		break;
	case STEP_ALL:
		s->left = (uint16_t)v;
		go_to(s, STEP_EXTENSION, 2);
		break;
	case STEP_EXTENSION:
		take_extension(s, v);
		break;
	case STEP_BODY:
		take_body(s, v);
		break;
	default:
		take_list(s, v);
		break;
	}
}

/* A byte of a record's header: a message may be spread over several. */
static void
take_header(struct inspect_tls_client *s, uint8_t byte)
{
	switch (s->head++) {
	case 0:
		end_unless(s, byte == RECORD_HANDSHAKE);
		break;
	case 1:
		end_unless(s, byte == 3);
		break;
	case 2: /* the lower part of the version: anything */
		break;
	case 3:
		s->record = (uint16_t)(byte << 8);
		break;
	default:
		s->record |= byte;
		s->head = 0;
		end_unless(s, s->record > 0);
		break;
	}
}

void
inspect_tls_client_hello(struct inspect_tls_client *s, const uint8_t *payload,
    size_t n)
{
	if (s->step == STEP_MESSAGE && s->want == 0)
		s->want = 1; /* nothing was read yet */
	for (size_t i = 0; i < n && !s->over; i++) {
		if (s->record == 0 || s->head > 0) {
			take_header(s, payload[i]);
			continue;
		}
		s->record--;
		if (s->skip > 0) {
			s->skip--;
			continue;
		}
		s->value = s->value << 8 | payload[i];
		if (--s->want == 0)
			take_number(s);
	}
}
