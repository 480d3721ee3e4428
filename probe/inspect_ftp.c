/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Announcements:
 *	227 Entering Passive Mode (h1,h2,h3,h4,p1,p2).	RFC 959, RFC 1123 4.1.2.6
 *	229 Entering Extended Passive Mode (|||port|)	RFC 2428 3
 *	PORT h1,h2,h3,h4,p1,p2				RFC 959
 *	EPRT |1|address|port|	EPRT |2|address|port|	RFC 2428 2
 * The sender of the line is the end that listens, unless it names another.
 */
#include "inspect_ftp.h"

#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/cursor.h"

#define HEAD_MAX 5 /* "PORT ", "EPRT " */
#define DATA_PORT_LEAST 1024
#define TFTP_READ 1
#define TFTP_WRITE 2
#define TFTP_MODE_MAX 8 /* "netascii" */

/* What a line announces: an address (family 0: the sender's) and a port. */
struct announcement {
	struct addr address;
	uint16_t port;
};

/* ---- reading text */

/* The next byte without taking it; NUL at the end. */
static uint8_t
peek(const struct cursor *c)
{
	struct cursor ahead = *c;

	return cursor_u8(&ahead);
}

/* A decimal number of 0..most; fails the cursor when there is none. */
static uint32_t
read_number(struct cursor *c, uint32_t most)
{
	uint32_t value = 0;
	size_t digits = 0;

	while (isdigit(peek(c)) && value <= most) {
		value = value * 10 + (uint32_t)(cursor_u8(c) - '0');
		digits++;
	}
	if (digits == 0 || value > most)
		c->failed = true;
	return c->failed ? 0 : value;
}

static void
read_char(struct cursor *c, uint8_t wanted)
{
	if (cursor_u8(c) != wanted)
		c->failed = true;
}

/* h1,h2,h3,h4,p1,p2 at the cursor, which it moves. */
static bool
read_host_port(struct cursor *c, struct announcement *out)
{
	uint8_t v[6];

	for (size_t i = 0; i < 6; i++) {
		if (i > 0)
			read_char(c, ',');
		v[i] = (uint8_t)read_number(c, UINT8_MAX);
	}
	if (!cursor_ok(c) || isdigit(peek(c)) || peek(c) == ',')
		return false;
	out->address = addr_from_v4(v);
	out->port = (uint16_t)(v[4] << 8 | v[5]);
	return true;
}

/* 227: the first place in the text where six numbers stand, with or without
 * parentheses (RFC 1123 4.1.2.6). */
static bool
parse_passive(struct cursor *c, struct announcement *out)
{
	while (cursor_left(c) > 0) {
		struct cursor here = *c;

		if (isdigit(peek(c))) {
			if (read_host_port(&here, out))
				return true;
			while (isdigit(peek(c)) || peek(c) == ',')
				cursor_skip(c, 1);
		} else {
			cursor_skip(c, 1);
		}
	}
	return false;
}

/* 229: three times the same mark, the port, and the mark. */
static bool
parse_extended_passive(struct cursor *c, struct announcement *out)
{
	uint8_t mark;

	while (cursor_left(c) > 0 && peek(c) != '(')
		cursor_skip(c, 1);
	cursor_skip(c, 1);
	mark = cursor_u8(c);
	if (mark < '!' || mark > '~' || isdigit(mark))
		return false;
	read_char(c, mark);
	read_char(c, mark);
	out->address = (struct addr){ 0 };
	out->port = (uint16_t)read_number(c, UINT16_MAX);
	read_char(c, mark);
	return cursor_ok(c);
}

static bool
parse_port(struct cursor *c, struct announcement *out)
{
	while (peek(c) == ' ')
		cursor_skip(c, 1);
	return read_host_port(c, out);
}

static bool
parse_extended_port(struct cursor *c, struct announcement *out)
{
	char text[ADDR_TEXT_MAX];
	size_t n = 0;
	uint32_t family;
	uint8_t mark;

	while (peek(c) == ' ')
		cursor_skip(c, 1);
	mark = cursor_u8(c);
	if (mark < '!' || mark > '~' || isxdigit(mark))
		return false;
	family = read_number(c, 2);
	read_char(c, mark);
	while (cursor_left(c) > 0 && peek(c) != mark && n + 1 < sizeof(text))
		text[n++] = (char)cursor_u8(c);
	text[n] = '\0';
	read_char(c, mark);
	out->port = (uint16_t)read_number(c, UINT16_MAX);
	read_char(c, mark);
	return cursor_ok(c) && strlen(text) == n &&
	    addr_parse(text, &out->address) &&
	    out->address.family ==
	    (family == 1	? 4 :
		    family == 2 ? 6 :
				  0);
}

static const struct {
	char head[HEAD_MAX + 1];
	bool (*parse)(struct cursor *, struct announcement *);
} lines[] = {
	{ "227 ", parse_passive },
	{ "229 ", parse_extended_passive },
	{ "PORT ", parse_port },
	{ "EPRT ", parse_extended_port },
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

/* ---- what an announcement leads to */

static void
add(struct correlate_expectation *found, size_t *count,
    const struct addr *named, uint16_t port, const struct addr *other,
    bool stranger)
{
	enum addr_kind kind = addr_kind(named);

	if (*count >= INSPECT_FTP_FOUND_MAX || port < DATA_PORT_LEAST ||
	    named->family != other->family || kind == ADDR_MULTICAST ||
	    kind == ADDR_BROADCAST || kind == ADDR_UNSPECIFIED)
		return;
	found[(*count)++] = (struct correlate_expectation){
		.kind = CORRELATE_FTP_DATA,
		.named = *named,
		.named_port = port,
		.other = *other,
		.stranger = stranger,
	};
}

/* One whole line, without its end. */
static void
read_line(const uint8_t *bytes, size_t n, const struct addr *sender,
    const struct addr *receiver, struct correlate_expectation *found,
    size_t *count)
{
	for (size_t i = 0; i < LINES; i++) {
		struct announcement a = { 0 };
		struct cursor c;
		size_t head = strlen(lines[i].head);
		const uint8_t *start;

		cursor_init(&c, bytes, n);
		start = cursor_take(&c, head);
		if (start == NULL ||
		    strncasecmp((const char *)start, lines[i].head, head) != 0)
			continue;
		if (!lines[i].parse(&c, &a))
			return;
		add(found, count, sender, a.port, receiver, false);
		if (a.address.family != 0 && !addr_equal(&a.address, sender) &&
		    !addr_equal(&a.address, receiver))
			add(found, count, &a.address, a.port, receiver, true);
		return;
	}
}

/* ---- gathering lines */

/* Whether what is held may still become a line of the table. */
static bool
is_wanted(const struct inspect_ftp_line *l)
{
	for (size_t i = 0; i < LINES; i++) {
		size_t head = strlen(lines[i].head);
		size_t n = l->used < head ? l->used : head;

		if (strncasecmp((const char *)l->bytes, lines[i].head, n) == 0)
			return true;
	}
	return false;
}

static void
line_wipe(struct inspect_ftp_line *l, bool skip)
{
	explicit_bzero(l->bytes, l->used);
	l->used = 0;
	l->skip = skip;
}

size_t
inspect_ftp_payload(struct inspect_ftp *f, int way, const struct addr *sender,
    const struct addr *receiver, const uint8_t *payload, size_t n,
    struct correlate_expectation found[INSPECT_FTP_FOUND_MAX])
{
	struct inspect_ftp_line *l = &f->way[way];
	struct cursor c;
	size_t count = 0;

	cursor_init(&c, payload, n);
	while (cursor_left(&c) > 0) {
		uint8_t byte = cursor_u8(&c);

		if (byte == '\n') {
			if (!l->skip)
				read_line(l->bytes, l->used, sender, receiver,
				    found, &count);
			line_wipe(l, false);
			continue;
		}
		if (l->skip)
			continue;
		if (l->used == sizeof(l->bytes)) {
			line_wipe(l, true);
			continue;
		}
		l->bytes[l->used++] = byte;
		if (l->used <= HEAD_MAX && !is_wanted(l))
			line_wipe(l, true);
	}
	return count;
}

void
inspect_ftp_gap(struct inspect_ftp *f, int way)
{
	line_wipe(&f->way[way], true);
}

void
inspect_ftp_wipe(struct inspect_ftp *f)
{
	explicit_bzero(f, sizeof(*f));
}

/* ---- TFTP */

/* Takes a text and its NUL; false when it is empty or has no end. */
static bool
skip_text(struct cursor *c)
{
	size_t n = 0;

	while (cursor_left(c) > 0 && peek(c) != 0) {
		cursor_skip(c, 1);
		n++;
	}
	cursor_skip(c, 1);
	return cursor_ok(c) && n > 0;
}

static bool
is_mode(struct cursor *c)
{
	static const char modes[][TFTP_MODE_MAX + 1] = { "netascii", "octet",
		"mail" };
	char mode[TFTP_MODE_MAX + 1];
	size_t n = 0;

	while (cursor_left(c) > 0 && peek(c) != 0 && n < TFTP_MODE_MAX)
		mode[n++] = (char)cursor_u8(c);
	mode[n] = '\0';
	if (cursor_left(c) == 0 || cursor_u8(c) != 0)
		return false;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcasecmp(mode, modes[i]) == 0)
			return true;
	return false;
}

bool
inspect_tftp_request(const struct packet *p, struct correlate_expectation *out)
{
	struct cursor c;
	uint16_t operation;

	if (p->protocol != IPPROTO_UDP ||
	    p->destination_port != INSPECT_TFTP_PORT)
		return false;
	cursor_init(&c, p->payload, p->payload_captured);
	operation = cursor_be16(&c);
	if ((operation != TFTP_READ && operation != TFTP_WRITE) ||
	    !skip_text(&c) || !is_mode(&c))
		return false;
	*out = (struct correlate_expectation){
		.kind = CORRELATE_TFTP,
		.named = p->source,
		.named_port = p->source_port,
		.other = p->destination,
	};
	return true;
}
