/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Left sides: which field of a packet an expression looks at, through which
 * bit operations, and what it implies: nft prints "tcp dport" alone, the
 * kernel also compares the protocol, and where a field is not there at all
 * (ct mark of an untracked packet) the rule ends. A field that Sekisho does
 * not hold is not known, with what it implies all the same.
 */
#include <string.h>

#include "ruleset_json_internal.h"

#define NO_FIELD FIELD_COUNT

struct row {
	const char *protocol, *field; /* field NULL: any other */
	enum field is;
	enum json_kind kind;
	int family, transport; /* implied; transport -1: any */
};

/* The first row that fits counts. */
static const struct row payloads[] = {
	{ "ip", "saddr", FIELD_SADDR, JSON_ADDRESS_4, 4, -1 },
	{ "ip", "daddr", FIELD_DADDR, JSON_ADDRESS_4, 4, -1 },
	{ "ip", "protocol", FIELD_PROTOCOL, JSON_PROTOCOL, 4, -1 },
	{ "ip", NULL, NO_FIELD, 0, 4, -1 },
	{ "ip6", "saddr", FIELD_SADDR, JSON_ADDRESS_6, 6, -1 },
	{ "ip6", "daddr", FIELD_DADDR, JSON_ADDRESS_6, 6, -1 },
	{ "ip6", "nexthdr", FIELD_PROTOCOL, JSON_PROTOCOL, 6, -1 },
	{ "ip6", NULL, NO_FIELD, 0, 6, -1 },
	{ "tcp", "sport", FIELD_SPORT, JSON_PORT, 0, 6 },
	{ "tcp", "dport", FIELD_DPORT, JSON_PORT, 0, 6 },
	{ "tcp", "flags", FIELD_TCP_FLAGS, JSON_TCP_FLAGS, 0, 6 },
	{ "tcp", NULL, NO_FIELD, 0, 0, 6 },
	{ "udp", "sport", FIELD_SPORT, JSON_PORT, 0, 17 },
	{ "udp", "dport", FIELD_DPORT, JSON_PORT, 0, 17 },
	{ "udp", NULL, NO_FIELD, 0, 0, 17 },
	{ "udplite", "sport", FIELD_SPORT, JSON_PORT, 0, 136 },
	{ "udplite", "dport", FIELD_DPORT, JSON_PORT, 0, 136 },
	{ "udplite", NULL, NO_FIELD, 0, 0, 136 },
	{ "dccp", "sport", FIELD_SPORT, JSON_PORT, 0, 33 },
	{ "dccp", "dport", FIELD_DPORT, JSON_PORT, 0, 33 },
	{ "dccp", NULL, NO_FIELD, 0, 0, 33 },
	{ "sctp", "sport", FIELD_SPORT, JSON_PORT, 0, 132 },
	{ "sctp", "dport", FIELD_DPORT, JSON_PORT, 0, 132 },
	{ "sctp", NULL, NO_FIELD, 0, 0, 132 },
	{ "th", "sport", FIELD_SPORT, JSON_PORT, 0, JSON_PORTS },
	{ "th", "dport", FIELD_DPORT, JSON_PORT, 0, JSON_PORTS },
	{ "icmp", "type", FIELD_ICMP_TYPE, JSON_ICMP_TYPE, 4, 1 },
	{ "icmp", "code", FIELD_ICMP_CODE, JSON_ICMP_CODE, 4, 1 },
	{ "icmp", NULL, NO_FIELD, 0, 4, 1 },
	{ "icmpv6", "type", FIELD_ICMP_TYPE, JSON_ICMPV6_TYPE, 6, 58 },
	{ "icmpv6", "code", FIELD_ICMP_CODE, JSON_ICMPV6_CODE, 6, 58 },
	{ "icmpv6", NULL, NO_FIELD, 0, 6, 58 },
	{ "igmp", NULL, NO_FIELD, 0, 4, 2 },
	{ "gre", NULL, NO_FIELD, 0, 0, 47 },
	{ "esp", NULL, NO_FIELD, 0, 0, 50 },
	{ "ah", NULL, NO_FIELD, 0, 0, 51 },
	{ "comp", NULL, NO_FIELD, 0, 0, 108 },
	{ "ether", "type", FIELD_FAMILY, JSON_ETHER_TYPE, 0, -1 },
	{ "arp", NULL, NO_FIELD, 0, -1, -1 },
};

/* Of the header that a raw payload counts from. */
struct raw {
	const char *base;
	int version; /* that the packet must be known to have; 0: either */
	int64_t offset, length; /* bits */
	const char *protocol, *field;
};

static const struct raw raws[] = {
	{ "nh", 4, 96, 32, "ip", "saddr" },
	{ "nh", 4, 128, 32, "ip", "daddr" },
	{ "nh", 4, 72, 8, "ip", "protocol" },
	{ "nh", 6, 64, 128, "ip6", "saddr" },
	{ "nh", 6, 192, 128, "ip6", "daddr" },
	{ "nh", 6, 48, 8, "ip6", "nexthdr" },
	{ "th", 0, 0, 16, "th", "sport" },
	{ "th", 0, 16, 16, "th", "dport" },
};

static const char *
string_of(const struct jsonx *o, const char *key)
{
	const struct jsonx *n = jsonx_get(o, key);

	return n != NULL && n->kind == JSONX_STRING ? n->string : "";
}

static int64_t
integer_of(const struct jsonx *o, const char *key)
{
	const struct jsonx *n = jsonx_get(o, key);

	return n != NULL && n->kind == JSONX_INTEGER ? n->integer : -1;
}

static void
is(struct json_key *k, enum field field, enum json_kind kind)
{
	k->known = field != NO_FIELD;
	k->field = field;
	k->kind = kind;
}

/* ---- payload */

static void
named_payload(const struct json_rule *rule, const char *protocol,
    const char *field, struct json_key *k)
{
	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		const struct row *row = &payloads[i];

		if (strcmp(row->protocol, protocol) != 0 ||
		    (row->field != NULL && strcmp(row->field, field) != 0))
			continue;
		is(k, row->is, row->kind);
		k->family = row->family;
		k->protocol = row->transport;
		break;
	}
	/* Elsewhere nft also asks whether the link is Ethernet. */
	k->link = k->known && k->kind == JSON_ETHER_TYPE &&
	    rule->family != TABLE_BRIDGE && rule->family != TABLE_NETDEV;
}

static void
payload(const struct json_rule *rule, const struct jsonx *o, struct json_key *k)
{
	const char *base = string_of(o, "base");
	const char *protocol = string_of(o, "protocol");

	if (jsonx_get(o, "tunnel") != NULL)
		return; /* of an inner packet */
	if (base[0] == '\0') {
		if (protocol[0] == '\0')
			protocol = string_of(o, "name"); /* nft 0.9.0 */
		named_payload(rule, protocol, string_of(o, "field"), k);
		return;
	}
	for (size_t i = 0; i < sizeof(raws) / sizeof(raws[0]); i++) {
		const struct raw *raw = &raws[i];

		if (strcmp(raw->base, base) == 0 &&
		    raw->offset == integer_of(o, "offset") &&
		    raw->length == integer_of(o, "len") &&
		    (raw->version == 0 || raw->version == rule->version))
			named_payload(rule, raw->protocol, raw->field, k);
	}
}

/* ---- meta and ct */

static void
meta(const struct json_rule *rule, const char *key, struct json_key *k)
{
	if (strcmp(key, "iifname") == 0)
		is(k, FIELD_IIF, JSON_INTERFACE);
	else if (strcmp(key, "oifname") == 0)
		is(k, FIELD_OIF, JSON_INTERFACE);
	else if (strcmp(key, "iif") == 0)
		is(k, FIELD_IIF, JSON_INDEX);
	else if (strcmp(key, "oif") == 0)
		is(k, FIELD_OIF, JSON_INDEX);
	else if (strcmp(key, "l4proto") == 0)
		is(k, FIELD_PROTOCOL, JSON_PROTOCOL);
	else if (strcmp(key, "mark") == 0)
		is(k, FIELD_MARK, JSON_MARK_VALUE);
	else if (strcmp(key, "protocol") == 0)
		is(k, FIELD_FAMILY, JSON_ETHER_TYPE);
	else if (strcmp(key, "nfproto") == 0 && rule->family != TABLE_BRIDGE &&
	    rule->family != TABLE_NETDEV) /* there it is the table's own */
		is(k, FIELD_FAMILY, JSON_NFPROTO);
}

/* Of the packet that opened the connection, as it was on the wire. */
static void
original(const struct json_rule *rule, const char *key, int family,
    struct json_key *k)
{
	static const struct {
		const char *key;
		enum field field;
		int family; /* -1: the table's */
	} rows[] = {
		{ "ip saddr", FIELD_ORIGINAL_SADDR, 4 },
		{ "ip daddr", FIELD_ORIGINAL_DADDR, 4 },
		{ "ip6 saddr", FIELD_ORIGINAL_SADDR, 6 },
		{ "ip6 daddr", FIELD_ORIGINAL_DADDR, 6 },
		{ "saddr", FIELD_ORIGINAL_SADDR, -1 },
		{ "daddr", FIELD_ORIGINAL_DADDR, -1 },
		{ "proto-src", FIELD_ORIGINAL_SPORT, 0 },
		{ "proto-dst", FIELD_ORIGINAL_DPORT, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].key, key) != 0)
			continue;
		if (rows[i].family >= 0)
			family = rows[i].family;
		else if (family == 0)
			family = rule->version;
		k->family = family;
		if (rows[i].field == FIELD_ORIGINAL_SPORT ||
		    rows[i].field == FIELD_ORIGINAL_DPORT)
			is(k, rows[i].field, JSON_PORT);
		else if (family != 0)
			is(k, rows[i].field,
			    family == 4 ? JSON_ADDRESS_4 : JSON_ADDRESS_6);
	}
}

static void
ct(const struct json_rule *rule, const struct jsonx *o, struct json_key *k)
{
	const char *key = string_of(o, "key"), *dir = string_of(o, "dir");
	const char *family = string_of(o, "family");

	k->tracked = strcmp(key, "state") != 0;
	if (strncmp(key, "ip ", 3) == 0)
		k->family = 4;
	else if (strncmp(key, "ip6 ", 4) == 0)
		k->family = 6;
	if (strcmp(key, "state") == 0)
		is(k, FIELD_CT_STATE, JSON_CT_STATE);
	else if (strcmp(key, "status") == 0)
		is(k, FIELD_CT_STATUS, JSON_CT_STATUS);
	else if (strcmp(key, "direction") == 0)
		is(k, FIELD_CT_DIRECTION, JSON_CT_DIRECTION);
	else if (strcmp(key, "mark") == 0)
		is(k, FIELD_CT_MARK, JSON_MARK_VALUE);
	else if (strcmp(key, "protocol") == 0)
		is(k, FIELD_PROTOCOL, JSON_PROTOCOL);
	else if (strcmp(key, "l3proto") == 0)
		is(k, FIELD_FAMILY, JSON_NFPROTO);
	else if (strcmp(dir, "original") == 0)
		original(rule, key,
		    strcmp(family, "ip") == 0	   ? 4 :
			strcmp(family, "ip6") == 0 ? 6 :
						     0,
		    k);
}

/* ---- bit operations */

static bool
is_operator(const char *key)
{
	return strcmp(key, "&") == 0 || strcmp(key, "|") == 0 ||
	    strcmp(key, "^") == 0 || strcmp(key, "<<") == 0 ||
	    strcmp(key, ">>") == 0;
}

bool
json_is_constant(const struct jsonx *node)
{
	const struct jsonx *list = node, *only = json_only(node);

	if (only != NULL)
		list = is_operator(only->key) ? only : NULL;
	else if (node->kind != JSONX_ARRAY)
		return node->kind == JSONX_INTEGER ||
		    node->kind == JSONX_STRING;
	if (list == NULL || list->kind != JSONX_ARRAY)
		return false;
	for (const struct jsonx *n = list->child; n != NULL; n = n->next)
		if (!json_is_constant(n))
			return false;
	return true;
}

static void
operate(struct json_key *k, enum json_operator operator, packet_value value)
{
	if (k->operation_count == JSON_OPERATIONS_MAX) {
		k->known = false;
		return;
	}
	k->operations[k->operation_count++] = (struct json_operation){ operator,
		value };
}

static void
operate_by(struct json_reader *r, const char *operator,
    const struct jsonx * node, struct json_key *k)
{
	packet_value v = 0;
	bool shift = operator[0] == '<' || operator[0] == '>';

	if (shift && node->kind == JSONX_INTEGER && node->integer >= 0)
		v = (packet_value)node->integer;
	else if (shift || json_scalar(r, k->kind, node, &v) != JSON_OK ||
	    k->kind == JSON_INTERFACE || k->kind == JSON_INDEX)
		k->known = false;
	if (shift && v >= json_kind_width(k->kind))
		k->known = false;
	switch (operator[0]) {
	case '&':
		operate(k, JSON_AND, v);
		break;
	case '|': /* x | v is (x & ~v) ^ v */
		operate(k, JSON_AND, ~v);
		operate(k, JSON_XOR, v);
		break;
	case '^':
		operate(k, JSON_XOR, v);
		break;
	case '<':
		operate(k, JSON_LEFT, v);
		break;
	default:
		operate(k, JSON_RIGHT, v);
		break;
	}
}

static void one(const struct json_rule *rule, const struct jsonx *node,
    struct json_key *k);

/* One operand is the field, the others are numbers. */
static void
binary(const struct json_rule *rule, const struct jsonx *list,
    struct json_key *k)
{
	const struct jsonx *field = NULL, *n;
	size_t fields = 0;

	if (list->kind != JSONX_ARRAY)
		return;
	for (n = list->child; n != NULL; n = n->next) {
		if (json_is_constant(n))
			continue;
		fields++;
		field = n;
	}
	if (fields == 0)
		return;
	one(rule, field, k);
	if (fields > 1 ||
	    ((list->key[0] == '<' || list->key[0] == '>') &&
		field != list->child))
		k->known = false;
	for (n = list->child; n != NULL && k->known; n = n->next)
		if (n != field)
			operate_by(rule->r, list->key, n, k);
}

/* ---- all of it */

/* A hash of a field is of packets that have the field. */
static void
imply_hash(const struct json_rule *rule, const struct jsonx *o,
    struct json_key *k)
{
	const struct jsonx *of = jsonx_get(o, "expr");

	if (of == NULL)
		return;
	one(rule, of, k);
	k->known = false;
}

static void
one(const struct json_rule *rule, const struct jsonx *node, struct json_key *k)
{
	const struct jsonx *only = json_only(node), *inner;

	if (only == NULL)
		return;
	if (is_operator(only->key)) {
		binary(rule, only, k);
	} else if (only->kind != JSONX_OBJECT) {
		return;
	} else if (strcmp(only->key, "payload") == 0) {
		payload(rule, only, k);
	} else if (strcmp(only->key, "meta") == 0) {
		meta(rule, string_of(only, "key"), k);
	} else if (strcmp(only->key, "ct") == 0) {
		ct(rule, only, k);
	} else if (strcmp(only->key, "elem") == 0) {
		inner = jsonx_get(only, "val");
		if (inner != NULL)
			one(rule, inner, k);
	} else if (strcmp(only->key, "jhash") == 0) {
		imply_hash(rule, only, k);
	} else if (strcmp(only->key, "exthdr") == 0) {
		k->family = 6;
	} else if (strcmp(only->key, "ip option") == 0) {
		k->family = 4;
	} else if (jsonx_get(only, "field") == NULL) {
		return; /* whether it is there at all: of any packet */
	} else if (strcmp(only->key, "tcp option") == 0) {
		k->protocol = 6;
	} else if (strcmp(only->key, "sctp chunk") == 0) {
		k->protocol = 132;
	}
}

void
json_left(const struct json_rule *rule, const struct jsonx *node,
    struct json_left *out)
{
	const struct jsonx *only = json_only(node), *n = node;

	memset(out, 0, sizeof(*out));
	if (only != NULL && strcmp(only->key, "concat") == 0 &&
	    only->kind == JSONX_ARRAY)
		n = only->child;
	for (; n != NULL; n = n == node ? NULL : n->next) {
		struct json_key *k;

		if (out->count == RULESET_FIELDS_MAX) {
			out->known = 0; /* longer than the kernel's own */
			return;
		}
		k = &out->keys[out->count++];
		k->protocol = -1;
		one(rule, n, k);
		out->known += k->known;
	}
}

/* ---- names */

static void
add_words(const struct jsonx *o, const char *const keys[], size_t count,
    struct text *out)
{
	for (size_t i = 0; i < count; i++) {
		const char *s = string_of(o, keys[i]);

		if (s[0] == '\0')
			continue;
		if (out->length > 0)
			text_add_char(out, ' ');
		text_quote(out, s);
	}
}

void
json_key_name(const struct jsonx *node, struct text *out)
{
	static const char *const words[] = { "tunnel", "dir", "family",
		"protocol", "name", "type", "mode", "base", "key", "field",
		"result" };
	const struct jsonx *only = json_only(node), *n;

	if (only == NULL) {
		text_add(out, out->length == 0 ? "?" : "");
		return;
	}
	if ((is_operator(only->key) || strcmp(only->key, "concat") == 0) &&
	    only->kind == JSONX_ARRAY) {
		for (n = only->child; n != NULL && out->length < 200;
		     n = n->next) {
			struct text part = { 0 };

			if (!json_is_constant(n))
				json_key_name(n, &part);
			if (out->length > 0 && part.length > 0)
				text_add(out, " . ");
			text_add(out, text_str(&part));
			text_free(&part);
		}
		return;
	}
	if (strcmp(only->key, "payload") != 0)
		text_quote(out, only->key);
	if (only->kind == JSONX_OBJECT)
		add_words(only, words, sizeof(words) / sizeof(words[0]), out);
	if (out->length == 0)
		text_add(out, "payload");
}
