/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads a pattern of packets as people write it on a command line:
 *
 *   PROTOCOL SOURCE -> DESTINATION [WORD VALUE ...] [to firewall | bridged]
 *
 * "!" stands for all other protocols or interfaces.
 *
 * What is left out is what the first packet of a connection has: ct state new
 * and, of TCP, the flag SYN alone. A word that is not understood is a fault
 * with its column, never guessed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "begin.h"
#include "explain_internal.h"
#include "words.h"

#define TOKENS_MAX 48
#define TOKEN_MAX 512 /* bytes of one */
#define ITEMS_MAX 64  /* of one list with commas */

struct token {
	char text[TOKEN_MAX];
	uint32_t column;
};

struct end {
	int family; /* 0: every one */
	const struct spans *addresses, *ports;
};

struct reading {
	struct pool *p;
	struct diag *d;
	struct token *tokens;
	size_t count, at;
	int family; /* that some address or protocol asks for */
	bool icmp;  /* of the packet's family */
	const struct spans *protocol;
	struct end from, to;
	const struct spans *iif, *oif, *states, *flags, *direction, *code;
	const struct spans *type[2]; /* of ICMP and of ICMPv6 */
	uint32_t type_column, oif_column, flags_column;
	bool firewall, bridged;
	uint32_t seen; /* words behind the ends, a bit each */
};

static bool
fault(struct reading *r, uint32_t column, enum word word, const char *text)
{
	struct diag_place place = { "--explain", 1, column };
	struct text quoted = { 0 };

	text_quote(&quoted, text ? text : "");
	words_diag(r->d, place, DIAG_ERROR, CHECK_NONE, word, 1,
	    text_str(&quoted));
	text_free(&quoted);
	return false;
}

/* ---- words */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The arrow stands by itself even without spaces around it. */
static size_t
arrow_at(const char *s)
{
	if (strncmp(s, "->", 2) == 0)
		return 2;
	return strncmp(s, "→", strlen("→")) == 0 ? strlen("→") : 0;
}

static bool
split(struct reading *r, const char *pattern)
{
	uint32_t column = 1;

	for (const char *s = pattern; *s != '\0';) {
		struct token *t = &r->tokens[r->count];
		size_t length = 0, arrow = arrow_at(s);

		if (is_space(*s)) {
			s++;
			column++;
			continue;
		}
		if (r->count == TOKENS_MAX)
			return fault(r, column, W_EXPLAIN_LONG, "");
		while (!arrow && s[length] != '\0' && !is_space(s[length]) &&
		    !arrow_at(s + length))
			length++;
		if (arrow)
			length = arrow;
		if (length >= TOKEN_MAX)
			return fault(r, column, W_EXPLAIN_LONG, "");
		memcpy(t->text, s, length);
		t->text[length] = '\0';
		if (arrow)
			(void)snprintf(t->text, sizeof(t->text), "->");
		t->column = column;
		r->count++;
		for (size_t i = 0; i < length; i++) /* characters, not bytes */
			column += ((unsigned char)s[i] & 0xc0) != 0x80;
		s += length;
	}
	return true;
}

static bool
number(const char *text, unsigned long most, unsigned long *out)
{
	unsigned long v = 0;
	int base = 10;

	if (strncmp(text, "0x", 2) == 0) {
		base = 16;
		text += 2;
	}
	if (*text == '\0' ||
	    strspn(text,
		base == 16 ? "0123456789abcdefABCDEF" : "0123456789") !=
		strlen(text) ||
	    strlen(text) > 9)
		return false;
	v = strtoul(text, NULL, base);
	if (v > most)
		return false;
	*out = v;
	return true;
}

static bool
is_any(const char *text)
{
	return strcmp(text, "*") == 0 || strcmp(text, "any") == 0;
}

/* ---- lists: each item by itself to one interval */

typedef bool read_item(struct reading *r, const struct token *t,
    const char *item, struct span *out);
static read_item read_interface;

/* NULL in *out: every value. */
static bool
read_list(struct reading *r, const struct token *t, const char *list,
    read_item *read, const struct spans **out)
{
	struct span items[ITEMS_MAX];
	char item[TOKEN_MAX];
	size_t count = 0;

	bool but = list[0] == '!';

	*out = NULL;
	if (is_any(list))
		return true;
	for (const char *s = list + but;; s++) {
		size_t length = strcspn(s, ",");

		if (count == ITEMS_MAX)
			return fault(r, t->column, W_EXPLAIN_LONG, "");
		memcpy(item, s, length);
		item[length] = '\0';
		if (!read(r, t, item, &items[count++]))
			return false;
		s += length;
		if (*s == '\0')
			break;
	}
	*out = spans_make(r->p, items, count);
	if (but) {
		if (read != read_interface)
			return fault(r, t->column, W_EXPLAIN_NOT, list);
		*out = spans_subtract(r->p, NULL, *out, ~(packet_value)0);
	}
	return true;
}

/* "a-b" or "a" of numbers. */
static bool
read_range(const char *item, unsigned long most, struct span *out)
{
	const char *dash = strchr(item, '-');
	unsigned long first, last;
	char text[TOKEN_MAX];

	(void)snprintf(text, sizeof(text), "%.*s",
	    (int)(dash ? (size_t)(dash - item) : strlen(item)), item);
	if (!number(text, most, &first) ||
	    !number(dash ? dash + 1 : text, most, &last) || first > last)
		return false;
	out->first = first;
	out->last = last;
	return true;
}

static bool
read_port(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	return read_range(item, UINT16_MAX, out) ||
	    fault(r, t->column, W_EXPLAIN_PORT, item);
}

static bool
read_code(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	return read_range(item, UINT8_MAX, out) ||
	    fault(r, t->column, W_EXPLAIN_CODE, item);
}

static bool
read_interface(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	size_t length = strlen(item);
	char name[TOKEN_MAX];

	(void)snprintf(name, sizeof(name), "%s", item);
	if (length > 0 && name[length - 1] == '*') {
		name[--length] = '\0';
		*out = packet_span_of_prefix(name);
	} else
		out->first = out->last = packet_value_of_name(name);
	return (length > 0 && length < 16) ||
	    fault(r, t->column, W_EXPLAIN_INTERFACE, item);
}

static bool
read_state(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	for (int s = 0; s < CT_STATES; s++)
		if (strcmp(item, explain_state_name((enum ct_state)s)) == 0) {
			out->first = out->last = (packet_value)s;
			return true;
		}
	return fault(r, t->column, W_EXPLAIN_STATE, item);
}

static bool
read_direction(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	bool reply = strcmp(item, "reply") == 0;

	out->first = out->last = reply;
	return reply || strcmp(item, "original") == 0 ||
	    fault(r, t->column, W_EXPLAIN_DIRECTION, item);
}

/* ---- addresses */

static bool
take_family(struct reading *r, const struct token *t, struct end *e, int family,
    const char *item)
{
	if (e->family && e->family != family)
		return fault(r, t->column, W_EXPLAIN_FAMILY, item);
	if (r->family && r->family != family)
		return fault(r, t->column, W_EXPLAIN_FAMILY, item);
	e->family = r->family = family;
	return true;
}

static bool
read_address(struct reading *r, const struct token *t, struct end *e,
    const char *item, struct span *out)
{
	char text[TOKEN_MAX];
	char *dash;
	struct prefix prefix;
	struct addr first, last;
	unsigned bits;

	(void)snprintf(text, sizeof(text), "%s", item);
	dash = strchr(text, '-');
	if (dash) {
		*dash = '\0';
		if (!addr_parse(text, &first) || !addr_parse(dash + 1, &last) ||
		    first.family != last.family ||
		    addr_compare(&first, &last) > 0)
			return fault(r, t->column, W_EXPLAIN_ADDRESS, item);
		out->first = packet_value_of_addr(&first);
		out->last = packet_value_of_addr(&last);
		return take_family(r, t, e, first.family, item);
	}
	if (prefix_parse(text, &prefix) == PREFIX_BAD)
		return fault(r, t->column, W_EXPLAIN_ADDRESS, item);
	bits = addr_bits(&prefix.addr) - prefix.length;
	out->first = packet_value_of_addr(&prefix.addr);
	out->last = bits == 128 ? ~(packet_value)0 :
				  out->first + (((packet_value)1 << bits) - 1);
	return take_family(r, t, e, prefix.addr.family, item);
}

static bool
read_from(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	return read_address(r, t, &r->from, item, out);
}

static bool
read_to(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	return read_address(r, t, &r->to, item, out);
}

/* Where the port begins in an end; NULL: it has none. *address is what
 * stands before it, without brackets. */
static const char *
cut_end(const char *text, char address[TOKEN_MAX])
{
	const char *colon = strchr(text, ':'), *close = strrchr(text, ']');

	if (text[0] == '[' && close) {
		(void)snprintf(address, TOKEN_MAX, "%.*s",
		    (int)(close - text - 1), text + 1);
		return close[1] == ':' ? close + 2 :
		    close[1] == '\0'   ? NULL :
					 close + 1;
	}
	if (!colon || strchr(colon + 1, ':')) {
		(void)snprintf(address, TOKEN_MAX, "%s", text);
		return NULL;
	}
	(void)snprintf(address, TOKEN_MAX, "%.*s", (int)(colon - text), text);
	return colon + 1;
}

static bool
read_end(struct reading *r, struct end *e, read_item *read)
{
	const struct token *t = &r->tokens[r->at++];
	char address[TOKEN_MAX];
	const char *port = cut_end(t->text, address);

	if (!read_list(r, t, address, read, &e->addresses))
		return false;
	return !port || read_list(r, t, port, read_port, &e->ports);
}

/* ---- protocols */

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "icmpv6", 58 },
	{ "icmp6", 58 },
	{ "ipv6-icmp", 58 },
	{ "sctp", 132 },
	{ "dccp", 33 },
	{ "udplite", 136 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "igmp", 2 },
	{ "ospf", 89 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
};

const char *
explain_protocol_name(unsigned protocol)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return protocol == 1 ? "icmp" : NULL;
}

/* A number or a name as one protocol; SIZE_MAX: it is none. */
static size_t
find_protocol(const char *text)
{
	unsigned long n;

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (strcmp(text, protocols[i].name) == 0)
			return protocols[i].number;
	if (strcmp(text, "icmp") == 0)
		return 1;
	return number(text, UINT8_MAX, &n) ? n : SIZE_MAX;
}

/* "tcp", "tcp,udp", "6-17" or "!tcp". */
static bool
read_protocols(struct reading *r, const char *text)
{
	struct span items[ITEMS_MAX];
	bool but = text[0] == '!';
	char copy[TOKEN_MAX];
	char *rest = copy, *item;
	size_t count = 0;

	(void)snprintf(copy, sizeof(copy), "%s", text + but);
	while ((item = strsep(&rest, ",")) != NULL) {
		size_t n = find_protocol(item);

		if (count == ITEMS_MAX)
			return false;
		if (n != SIZE_MAX)
			items[count].first = items[count].last = n;
		else if (!read_range(item, UINT8_MAX, &items[count]))
			return false;
		count++;
	}
	r->protocol = spans_make(r->p, items, count);
	if (but)
		r->protocol = spans_subtract(r->p, NULL, r->protocol,
		    UINT8_MAX);
	return true;
}

/* Whether the word is one; when it is not, it may be an address. */
static bool
read_protocol(struct reading *r, const char *text)
{
	if (strcmp(text, "any") == 0 || strcmp(text, "ip") == 0)
		return true;
	if (strcmp(text, "ip4") == 0 || strcmp(text, "ip6") == 0) {
		r->family = text[2] - '0';
		return true;
	}
	if (strcmp(text, "icmp") == 0) {
		r->icmp = true;
		return true;
	}
	return read_protocols(r, text);
}

static bool
is_protocol(const struct spans *s, unsigned protocol)
{
	return s && s->count == 1 && s->items[0].first == protocol &&
	    s->items[0].last == protocol;
}

/* ---- flags, types */

static bool
read_flag_value(struct reading *r, const struct token *t, const char *item,
    struct span *out)
{
	return read_range(item, UINT8_MAX, out) ||
	    fault(r, t->column, W_EXPLAIN_FLAG, item);
}

static bool
read_flags(struct reading *r, const struct token *t)
{
	static const char *const names[] = { "fin", "syn", "rst", "psh", "ack",
		"urg", "ece", "cwr" };
	unsigned long value = 0;
	char text[TOKEN_MAX];
	char *rest = text, *item;

	r->flags_column = t->column;
	if (is_any(t->text)) {
		r->flags = spans_one(r->p, 0, UINT8_MAX);
		return true;
	}
	if (t->text[0] >= '0' && t->text[0] <= '9')
		return read_list(r, t, t->text, read_flag_value, &r->flags);
	(void)snprintf(text, sizeof(text), "%s", t->text);
	while ((item = strsep(&rest, ",|")) != NULL) {
		size_t i = 0;

		while (i < 8 && strcmp(item, names[i]) != 0)
			i++;
		if (i == 8 && strcmp(t->text, "none") != 0)
			return fault(r, t->column, W_EXPLAIN_FLAG, item);
		value |= i < 8 ? 1UL << i : 0;
	}
	r->flags = spans_one(r->p, value, value);
	return true;
}

/* A type by its name, of each version that has it. */
static bool
add_type_name(struct reading *r, const char *name)
{
	static const struct {
		const char *name;
		int of[2]; /* of ICMP and of ICMPv6; -1: has none */
	} types[] = {
		{ "echo-request", { 8, 128 } },
		{ "echo-reply", { 0, 129 } },
		{ "destination-unreachable", { 3, 1 } },
		{ "packet-too-big", { -1, 2 } },
		{ "time-exceeded", { 11, 3 } },
		{ "parameter-problem", { 12, 4 } },
		{ "redirect", { 5, 137 } },
		{ "nd-router-solicit", { -1, 133 } },
		{ "nd-router-advert", { -1, 134 } },
		{ "nd-neighbor-solicit", { -1, 135 } },
		{ "nd-neighbor-advert", { -1, 136 } },
	};
	size_t i = 0, count = sizeof(types) / sizeof(types[0]);

	while (i < count && strcmp(name, types[i].name) != 0)
		i++;
	for (size_t f = 0; f < 2 && i < count; f++)
		if (types[i].of[f] >= 0)
			r->type[f] = spans_union(r->p, r->type[f],
			    spans_one(r->p, (packet_value)types[i].of[f],
				(packet_value)types[i].of[f]));
	return i < count;
}

static bool
read_type(struct reading *r, const struct token *t)
{
	char text[TOKEN_MAX];
	char *rest = text, *item;
	struct span range;

	r->type_column = t->column;
	if (is_any(t->text))
		return true;
	r->type[0] = r->type[1] = &spans_nothing;
	(void)snprintf(text, sizeof(text), "%s", t->text);
	while ((item = strsep(&rest, ",")) != NULL) {
		if (add_type_name(r, item))
			continue;
		if (!read_range(item, UINT8_MAX, &range))
			return fault(r, t->column, W_EXPLAIN_TYPE, item);
		for (size_t f = 0; f < 2; f++)
			r->type[f] = spans_union(r->p, r->type[f],
			    spans_one(r->p, range.first, range.last));
	}
	return true;
}

/* ---- the words behind the ends */

/* The second of two would win: which one is meant nobody knows. */
static bool
once(struct reading *r, const struct token *t, unsigned word, bool before)
{
	if (before || (r->seen & 1U << word) != 0)
		return fault(r, t->column, W_EXPLAIN_TWICE, t->text);
	r->seen |= 1U << word;
	return true;
}

/* A word that takes a list of what read reads. */
struct option {
	const char *name, *other;
	read_item *read;
	size_t offset; /* of its spans in struct reading */
};

static bool
read_listed(struct reading *r, const char *name, const struct token *value,
    bool *found)
{
	static const struct option options[] = {
		{ "iif", "iifname", read_interface,
		    offsetof(struct reading, iif) },
		{ "oif", "oifname", read_interface,
		    offsetof(struct reading, oif) },
		{ "state", "ct-state", read_state,
		    offsetof(struct reading, states) },
		{ "direction", "ct-direction", read_direction,
		    offsetof(struct reading, direction) },
		{ "code", "icmp-code", read_code,
		    offsetof(struct reading, code) },
		{ "sport", "source-port", read_port,
		    offsetof(struct reading, from.ports) },
		{ "dport", "port", read_port,
		    offsetof(struct reading, to.ports) },
	};

	*found = false;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct spans *s;

		if (strcmp(name, options[i].name) != 0 &&
		    strcmp(name, options[i].other) != 0)
			continue;
		*found = true;
		if (!value)
			return true;
		/* A port may stand behind its address already. */
		memcpy(&s, (const char *)r + options[i].offset, sizeof(s));
		if (!once(r, value - 1, i, s != NULL))
			return false;
		if (!read_list(r, value, value->text, options[i].read, &s))
			return false;
		/* "state any" is not the same as no word. */
		if (!s && options[i].offset == offsetof(struct reading, states))
			s = spans_one(r->p, 0, CT_STATES - 1);
		if (!s &&
		    options[i].offset == offsetof(struct reading, direction))
			s = spans_one(r->p, 0, 1);
		memcpy((char *)r + options[i].offset, &s, sizeof(s));
		return true;
	}
	return true;
}

static bool
read_word(struct reading *r)
{
	const struct token *t = &r->tokens[r->at++];
	const struct token *value = r->at < r->count ? &r->tokens[r->at] : NULL;
	bool found;

	if (strcmp(t->text, "bridged") == 0) {
		r->bridged = true;
		return once(r, t, 31, false);
	}
	if (strcmp(t->text, "to") == 0 && value &&
	    strcmp(value->text, "firewall") == 0) {
		r->firewall = true;
		r->at++;
		return once(r, t, 30, false);
	}
	if (strcmp(t->text, "flags") == 0 || strcmp(t->text, "type") == 0)
		found = true;
	else
		(void)read_listed(r, t->text, NULL, &found);
	if (!found)
		return fault(r, t->column, W_EXPLAIN_WORD, t->text);
	if (!value)
		return fault(r, t->column, W_EXPLAIN_NO_VALUE, t->text);
	r->at++;
	if (strcmp(t->text, "oif") == 0 || strcmp(t->text, "oifname") == 0)
		r->oif_column = t->column;
	if (strcmp(t->text, "flags") == 0)
		return once(r, t, 29, false) && read_flags(r, value);
	if (strcmp(t->text, "type") == 0)
		return once(r, t, 28, false) && read_type(r, value);
	return read_listed(r, t->text, value, &found);
}

static bool
read_all(struct reading *r, const char *pattern)
{
	if (!split(r, pattern))
		return false;
	if (r->count == 0)
		return fault(r, 1, W_EXPLAIN_SHAPE, "");
	if (read_protocol(r, r->tokens[0].text))
		r->at++;
	else if (r->count > 1 && strcmp(r->tokens[1].text, "->") != 0)
		return fault(r, r->tokens[0].column, W_EXPLAIN_PROTOCOL,
		    r->tokens[0].text);
	if (r->at + 2 >= r->count ||
	    strcmp(r->tokens[r->at + 1].text, "->") != 0)
		return fault(r,
		    r->tokens[r->at < r->count ? r->at : r->count - 1].column,
		    W_EXPLAIN_SHAPE, "");
	if (!read_end(r, &r->from, read_from))
		return false;
	r->at++;
	if (!read_end(r, &r->to, read_to))
		return false;
	while (r->at < r->count)
		if (!read_word(r))
			return false;
	return true;
}

/* ---- what it means */

/* Ports without a protocol: of all protocols that have some. */
static const struct spans *
with_ports(struct reading *r)
{
	static const struct span items[] = { { 6, 6 }, { 17, 17 }, { 33, 33 },
		{ 132, 132 }, { 136, 136 } };

	return spans_make(r->p, items, sizeof(items) / sizeof(items[0]));
}

static bool
check_all(struct reading *r)
{
	bool is_icmp = r->icmp || is_protocol(r->protocol, 1) ||
	    is_protocol(r->protocol, 58);
	bool ports = r->from.ports || r->to.ports;

	if (ports &&
	    (is_icmp ||
		(r->protocol && !spans_cover(with_ports(r), r->protocol, 0))))
		return fault(r, 1, W_EXPLAIN_NO_PORTS, r->tokens[0].text);
	if ((r->type[0] || r->type[1] || r->code) && !is_icmp)
		return fault(r, r->type_column ? r->type_column : 1,
		    W_EXPLAIN_NOT_ICMP, "");
	if (r->flags && !is_protocol(r->protocol, 6))
		return fault(r, r->flags_column, W_EXPLAIN_NOT_TCP, "");
	if (r->oif && r->firewall)
		return fault(r, r->oif_column, W_EXPLAIN_NO_OIF, "");
	if (r->firewall && r->bridged)
		return fault(r, 1, W_EXPLAIN_TWO_WAYS, "");
	/* By number it may be of the other version, where it is no ICMP. */
	if (strspn(r->tokens[0].text, "0123456789") > 0)
		return true;
	if (is_protocol(r->protocol, 58) && r->family == 4)
		return fault(r, 1, W_EXPLAIN_FAMILY, r->tokens[0].text);
	if (is_protocol(r->protocol, 58))
		r->family = 6;
	return true;
}

static void
make_box(struct reading *r, packet_value family, struct box *b)
{
	const struct spans *zero = spans_one(r->p, 0, 0);
	packet_value icmp = family == 4 ? 1 : 58;
	bool is_new;

	*b = (struct box){ { NULL } };
	b->dims[DIM_FAMILY] = spans_one(r->p, family, family);
	b->dims[DIM_IIF] = r->iif;
	b->dims[DIM_OIF] = r->oif;
	b->dims[DIM_SADDR] = r->from.addresses;
	b->dims[DIM_DADDR] = r->to.addresses;
	b->dims[DIM_SPORT] = r->from.ports;
	b->dims[DIM_DPORT] = r->to.ports;
	b->dims[DIM_PROTOCOL] = r->icmp ? spans_one(r->p, icmp, icmp) :
					  r->protocol;
	if (!b->dims[DIM_PROTOCOL] && (r->from.ports || r->to.ports))
		b->dims[DIM_PROTOCOL] = with_ports(r);
	b->dims[DIM_CT_STATE] = r->states ?
	    r->states :
	    begin_state(r->p, b, r->flags, r->type[family == 6]);
	b->dims[DIM_CT_DIRECTION] = r->direction;
	is_new = is_protocol(b->dims[DIM_CT_STATE], CT_NEW);
	if (is_new)
		b->dims[DIM_CT_DIRECTION] = zero;
	if (is_protocol(b->dims[DIM_PROTOCOL], 6))
		b->dims[DIM_TCP_FLAGS] = r->flags ? r->flags :
		    is_new			  ? spans_one(r->p, 2, 2) :
						    NULL;
	else if (b->dims[DIM_PROTOCOL] && !spans_has(b->dims[DIM_PROTOCOL], 6))
		b->dims[DIM_TCP_FLAGS] = zero;
	if (is_protocol(b->dims[DIM_PROTOCOL], (unsigned)icmp)) {
		b->dims[DIM_ICMP_TYPE] = r->type[family == 6];
		b->dims[DIM_ICMP_CODE] = r->code;
		b->dims[DIM_SPORT] = b->dims[DIM_DPORT] = zero;
	} else if (b->dims[DIM_PROTOCOL] &&
	    !spans_has(b->dims[DIM_PROTOCOL], icmp))
		b->dims[DIM_ICMP_TYPE] = b->dims[DIM_ICMP_CODE] = zero;
	box_clip(r->p, b);
}

static bool
is_empty(const struct box *b)
{
	for (size_t d = 0; d < DIM_COUNT; d++)
		if (b->dims[d] && !b->dims[d]->count)
			return true;
	return false;
}

bool
explain_parse(const char *pattern, struct pool *p, struct explain_query *out,
    struct diag *d)
{
	struct reading r = { .p = p, .d = d };
	struct explain_query q = { .way = WAY_FORWARD };

	r.tokens = pool_take(p, TOKENS_MAX * sizeof(*r.tokens));
	if (!read_all(&r, pattern) || !check_all(&r))
		return false;
	if (r.firewall)
		q.way = WAY_INPUT;
	if (r.bridged)
		q.way = WAY_BRIDGE;
	for (int family = 4; family <= 6; family += 2) {
		if (r.family && r.family != family)
			continue;
		make_box(&r, (packet_value)family, &q.boxes[q.count]);
		q.count += !is_empty(&q.boxes[q.count]);
		q.state_left_out = !r.states;
	}
	if (q.count == 0)
		return fault(&r, 1, W_EXPLAIN_NOTHING, "");
	*out = q;
	return true;
}
