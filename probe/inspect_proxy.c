/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *	CONNECT host:port HTTP/1.1
 *	METHOD scheme://[user[:password]@]host[:port][/path][?query] HTTP/1.1
 *
 * The host ends at the first of / ? # and space, or at the end of the line,
 * since HTTP/0.9 had no version and there are proxies that take it. Payload
 * that begins as a request does and goes on as none is unreadable where its
 * method is known, and nothing where any word may stand for it: tunnels carry
 * bytes that look like one by chance.
 * A host of digits is the address that a proxy's inet_aton would make of it
 * (2130706433 is 127.0.0.1): else an address could be asked for as a name.
 */
#include "inspect_proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cursor.h"

#define METHOD_MAX 32
#define SCHEME_MAX 16
#define VERSION "HTTP/1."

enum reading {
	READ_NOTHING,	 /* no request */
	READ_ITSELF,	 /* a request, and the proxy is its target */
	READ_MORE,	 /* ends before that can be told */
	READ_TARGET,	 /* the target is written */
	READ_UNREADABLE, /* it is one, and its host is no host */
};

/* One request line and what it asks for. */
struct request {
	char method[METHOD_MAX + 1];
	char scheme[SCHEME_MAX + 1];
	struct cursor authority;
};

static const struct {
	const char *scheme;
	uint16_t port;
} schemes[] = {
	{ "http", 80 },
	{ "https", 443 },
	{ "ftp", 21 },
	{ "ws", 80 },
	{ "wss", 443 },
};

/* The next byte without taking it; NUL at the end. */
static uint8_t
peek(const struct cursor *c)
{
	struct cursor ahead = *c;

	return cursor_u8(&ahead);
}

/* ---- host and port */

static bool
is_host_byte(uint8_t byte)
{
	return isalnum(byte) || byte == '-' || byte == '.' || byte == '_';
}

/* An IPv6 address in brackets. */
static bool
read_literal(struct cursor *c, struct target *out)
{
	char text[ADDR_TEXT_MAX];
	size_t n = 0;

	cursor_skip(c, 1);
	while (cursor_left(c) > 0 && peek(c) != ']' && n + 1 < sizeof(text))
		text[n++] = (char)cursor_u8(c);
	text[n] = '\0';
	return cursor_u8(c) == ']' && strlen(text) == n &&
	    addr_parse(text, &out->address) && out->address.family == 6;
}

static bool
read_name(struct cursor *c, struct target *out)
{
	struct in_addr v4;
	uint8_t bytes[4];
	size_t n = 0;

	while (is_host_byte(peek(c)) && n + 1 < sizeof(out->name))
		out->name[n++] = (char)tolower(cursor_u8(c));
	if (n > 0 && out->name[n - 1] == '.')
		n--; /* the root's dot */
	out->name[n] = '\0';
	if (n == 0)
		return false;
	if (isdigit((unsigned char)out->name[0]) &&
	    inet_aton(out->name, &v4) != 0) {
		memcpy(bytes, &v4, sizeof(bytes));
		out->address = addr_from_v4(bytes);
		memset(out->name, 0, sizeof(out->name));
	}
	return true;
}

/* ":port" to the end, or nothing. */
static bool
read_port(struct cursor *c, uint16_t normal, uint16_t *port)
{
	uint32_t value = 0;

	if (cursor_left(c) > 0 && cursor_u8(c) != ':')
		return false;
	if (cursor_left(c) == 0) {
		*port = normal; /* RFC 3986 3.2.3: may also be ":" */
		return normal != 0;
	}
	while (isdigit(peek(c)) && value <= UINT16_MAX)
		value = value * 10 + (uint32_t)(cursor_u8(c) - '0');
	*port = (uint16_t)value;
	return cursor_left(c) == 0 && value > 0 && value <= UINT16_MAX;
}

static uint16_t
normal_port(const char *scheme)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strcasecmp(scheme, schemes[i].scheme) == 0)
			return schemes[i].port;
	return 0;
}

/* Steps over "user:password@"; the last @ ends it. */
static void
skip_user(struct cursor *c)
{
	struct cursor ahead = *c;

	while (cursor_left(&ahead) > 0)
		if (cursor_u8(&ahead) == '@')
			*c = ahead;
}

static enum reading
read_authority(struct request *r, struct target *out)
{
	struct cursor *c = &r->authority;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (r->scheme[0] != '\0')
		skip_user(c);
	ok = peek(c) == '[' ? read_literal(c, out) : read_name(c, out);
	if (ok && read_port(c, normal_port(r->scheme), &out->port))
		return READ_TARGET;
	memset(out, 0, sizeof(*out));
	return READ_UNREADABLE;
}

/* ---- the request line */

/* RFC 9110 5.6.2 */
static bool
is_token_byte(uint8_t byte)
{
	return isalnum(byte) ||
	    (byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static enum reading
read_method(struct cursor *c, char method[METHOD_MAX + 1])
{
	size_t n = 0;

	while (is_token_byte(peek(c)) && n < METHOD_MAX)
		method[n++] = (char)cursor_u8(c);
	method[n] = '\0';
	if (cursor_left(c) == 0)
		return READ_MORE;
	return n > 0 && cursor_u8(c) == ' ' ? READ_TARGET : READ_NOTHING;
}

/* Methods of RFC 9110, 5789, 4918 and 3253 that are worth lying about. */
static bool
is_known_method(const char *method)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT",
		"DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND",
		"PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
		"REPORT", "SEARCH" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcasecmp(method, known[i]) == 0)
			return true;
	return false;
}

/* "scheme://"; a request for the proxy itself begins with / or *. */
static enum reading
read_scheme(struct cursor *c, char scheme[SCHEME_MAX + 1])
{
	static const char mark[] = "://";
	size_t n = 0;

	while (n < SCHEME_MAX &&
	    (isalnum(peek(c)) ||
		(n > 0 && strchr("+-.", peek(c)) && peek(c) != 0)))
		scheme[n++] = (char)cursor_u8(c);
	scheme[n] = '\0';
	for (size_t i = 0; i < strlen(mark); i++) {
		if (cursor_left(c) == 0)
			return READ_MORE;
		if (n == 0 || cursor_u8(c) != (uint8_t)mark[i])
			return READ_NOTHING;
	}
	return READ_TARGET;
}

static bool
ends_line(struct cursor c)
{
	const uint8_t byte = cursor_u8(&c);

	return byte == '\n' || (byte == '\r' && peek(&c) == '\n');
}

/* The bytes up to / ? # or space, or to the end of the line. */
static enum reading
take_authority(struct cursor *c, struct cursor *authority)
{
	struct cursor start = *c;
	size_t n = 0;

	for (;;) {
		uint8_t byte = peek(c);

		if (cursor_left(c) == 0)
			return READ_MORE;
		if (byte == '/' || byte == '?' || byte == '#' || byte == ' ')
			break;
		if (byte == '\r' && cursor_left(c) == 1)
			return READ_MORE;
		if (ends_line(*c))
			break;
		if (byte < ' ')
			return READ_NOTHING;
		cursor_skip(c, 1);
		n++;
	}
	cursor_sub(&start, n, authority);
	return READ_TARGET;
}

/*
 * Steps to the end of the line. True when it ends as a request does, or its
 * end is not here. A method in capitals needs no version: HTTP/0.9 had none
 * and there are proxies that take it.
 */
static bool
skip_rest(struct cursor *c, const char *method)
{
	char last[sizeof(VERSION) + 1] = { 0 }; /* "HTTP/1.1" */
	bool plain = true;

	for (size_t i = 0; method[i] != '\0'; i++)
		plain = plain && isupper((unsigned char)method[i]);
	while (cursor_left(c) > 0) {
		uint8_t byte = cursor_u8(c);

		if (byte == '\n')
			return plain ||
			    strncmp(last, VERSION, strlen(VERSION)) == 0;
		if (byte == '\r' || byte == ' ' || byte == '\t')
			continue;
		memmove(last, last + 1, sizeof(last) - 2);
		last[sizeof(last) - 2] = (char)byte;
	}
	return true;
}

/* What follows the method, to the end of the line. */
static enum reading
read_line(struct cursor *c, struct request *r, struct target *out)
{
	enum reading reading = READ_TARGET;
	bool itself;

	itself = peek(c) == '/' || peek(c) == '*';
	if (!itself && strcasecmp(r->method, "CONNECT") != 0)
		reading = read_scheme(c, r->scheme);
	if (!itself && reading == READ_TARGET)
		reading = take_authority(c, &r->authority);
	if (reading != READ_TARGET)
		return reading;
	if (!skip_rest(c, r->method))
		return READ_NOTHING;
	return itself ? READ_ITSELF : read_authority(r, out);
}

/* Reads one request line and leaves the cursor behind it. */
static enum reading
read_request(struct cursor *c, struct request *r, struct target *out)
{
	enum reading reading;

	memset(r, 0, sizeof(*r));
	while (cursor_left(c) > 0 && (peek(c) == '\r' || peek(c) == '\n'))
		cursor_skip(c, 1); /* RFC 9112 2.2 */
	reading = read_method(c, r->method);
	if (reading == READ_TARGET)
		reading = read_line(c, r, out);
	if (reading == READ_NOTHING && is_known_method(r->method))
		reading = READ_UNREADABLE;
	return reading;
}

/* ---- Host */

/* Steps to the value of the field "Host" in the header lines; false where
 * there is none before their end. *whole: that end is here. */
static bool
find_host(struct cursor *c, bool *whole)
{
	static const char name[] = "host:";
	size_t at = 0;
	bool matches = true, empty = true;

	*whole = false;
	while (cursor_left(c) > 0) {
		const uint8_t byte = cursor_u8(c);

		if (byte == '\n') {
			*whole = empty;
			if (empty)
				return false;
			at = 0;
			matches = empty = true;
			continue;
		}
		if (byte == '\r')
			continue;
		empty = false;
		matches = matches && tolower(byte) == name[at];
		if (matches && name[++at] == '\0')
			return true;
	}
	return false;
}

/* The value itself, to the end of its line. */
static bool
read_host(struct cursor *c, struct target *out)
{
	struct cursor start, value;
	size_t n = 0;

	while (peek(c) == ' ' || peek(c) == '\t')
		cursor_skip(c, 1);
	start = *c;
	while (cursor_left(c) > 0 && peek(c) > ' ') {
		cursor_skip(c, 1);
		n++;
	}
	if (cursor_left(c) == 0)
		return false; /* may go on */
	cursor_sub(&start, n, &value);
	memset(out, 0, sizeof(*out));
	return peek(&value) == '[' ? read_literal(&value, out) :
				     read_name(&value, out);
}

/*
 * Whether a request in origin form is for the proxy itself, or for the end of
 * the tunnel that it made: by the header lines at c.
 */
static bool
is_own(const struct inspect_proxy *p, struct cursor c)
{
	struct target host;
	bool whole;

	if (!find_host(&c, &whole))
		return whole; /* HTTP/1.0 needs none */
	if (!read_host(&c, &host))
		return false;
	if (addr_equal(&host.address, &p->self) && p->self.family != 0)
		return true;
	return p->tunnel.port != 0 &&
	    addr_equal(&host.address, &p->tunnel.address) &&
	    strcmp(host.name, p->tunnel.name) == 0;
}

/* ---- payloads */

/*
 * Steps over the header lines. True when the next bytes are another request:
 * the empty line is here and the method has no body.
 */
static bool
skip_header(struct cursor *c, const char *method)
{
	static const char *const bodyless[] = { "GET", "HEAD", "OPTIONS",
		"TRACE", "DELETE" };
	uint8_t before = '\n';

	while (cursor_left(c) > 0) {
		uint8_t byte = cursor_u8(c);

		if (byte == '\r')
			continue;
		if (byte == '\n' && before == '\n')
			break;
		before = byte;
	}
	if (cursor_left(c) == 0)
		return false;
	for (size_t i = 0; i < sizeof(bodyless) / sizeof(bodyless[0]); i++)
		if (strcmp(method, bodyless[i]) == 0)
			return true;
	return false;
}

static void
hold(struct inspect_proxy *p, const struct cursor *start,
    struct inspect_proxy_result *result)
{
	struct cursor c = *start;
	size_t n = cursor_left(&c);

	if (n > sizeof(p->held)) {
		result->unreadable = true; /* no host is that long */
		return;
	}
	memcpy(p->held, cursor_take(&c, n), n);
	p->used = (uint16_t)n;
	result->more = true;
}

/* Takes a request that was read; its header lines begin at c. */
static void
note(struct inspect_proxy *p, const struct request *r, enum reading reading,
    const struct target *target, struct cursor c,
    struct inspect_proxy_result *result, struct target *found)
{
	if (reading == READ_TARGET && strcasecmp(r->method, "CONNECT") == 0)
		p->tunnel = *target;
	if (reading == READ_ITSELF && !is_own(p, c))
		reading = READ_UNREADABLE;
	if (reading == READ_UNREADABLE ||
	    (reading == READ_TARGET &&
		result->count == INSPECT_PROXY_FOUND_MAX))
		result->unreadable = true;
	else if (reading == READ_TARGET)
		found[result->count++] = *target;
}

/* Reads requests from the cursor on, as long as one follows another. */
static void
read_requests(struct inspect_proxy *p, struct cursor *c,
    struct inspect_proxy_result *result, struct target *found)
{
	struct request r;

	do {
		struct cursor start = *c;
		struct target target;
		enum reading reading = read_request(c, &r, &target);

		if (reading == READ_MORE)
			hold(p, &start, result);
		if (reading == READ_MORE || reading == READ_NOTHING)
			return;
		note(p, &r, reading, &target, *c, result, found);
	} while (skip_header(c, r.method));
}

/*
 * Reads the request that begins in what was held and goes on in the new
 * payload, then those behind it. False when the two make no request.
 */
static bool
read_joined(struct inspect_proxy *p, const uint8_t *payload, size_t n,
    struct inspect_proxy_result *result, struct target *found)
{
	uint8_t joined[2 * INSPECT_PROXY_HELD_MAX];
	size_t used = p->used;
	size_t taken = sizeof(joined) - used;
	struct cursor c, start, rest;
	struct request r;
	struct target target;
	enum reading reading;

	if (taken > n)
		taken = n;
	cursor_init(&rest, payload, n);
	memcpy(joined, p->held, used);
	memcpy(joined + used, payload, taken);
	inspect_proxy_wipe(p);
	cursor_init(&start, joined, used + taken);
	c = start;
	reading = read_request(&c, &r, &target);
	if (reading == READ_MORE)
		hold(p, &start, result);
	explicit_bzero(joined, sizeof(joined));
	if (reading == READ_MORE || reading == READ_NOTHING)
		return reading == READ_MORE;
	/* What was held ends within the host, so the line ends behind it. */
	cursor_skip(&rest, taken - cursor_left(&c));
	note(p, &r, reading, &target, rest, result, found);
	if (skip_header(&rest, r.method))
		read_requests(p, &rest, result, found);
	return true;
}

struct inspect_proxy_result
inspect_proxy_payload(struct inspect_proxy *p, const uint8_t *payload, size_t n,
    struct target found[INSPECT_PROXY_FOUND_MAX])
{
	struct inspect_proxy_result result = { 0 };
	struct cursor c;

	if (n == 0) {
		result.more = p->used > 0;
		return result;
	}
	/* When the two make no request, what was held was the end of a body
	 * and a request may begin here. */
	if (p->used > 0 && read_joined(p, payload, n, &result, found))
		return result;
	cursor_init(&c, payload, n);
	read_requests(p, &c, &result, found);
	return result;
}

void
inspect_proxy_gap(struct inspect_proxy *p)
{
	inspect_proxy_wipe(p);
}

void
inspect_proxy_wipe(struct inspect_proxy *p)
{
	explicit_bzero(p->held, sizeof(p->held));
	p->used = 0;
}
