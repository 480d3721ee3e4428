/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Right sides: numbers, words, addresses, prefixes, ranges and sets of them,
 * as intervals of the raw value that the kernel compares. Which packets that
 * means is told by ruleset_json_spans.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_json_internal.h"

packet_value
json_most(enum json_kind kind)
{
	unsigned width = json_kind_width(kind);

	return width == 128 ? ~(packet_value)0 : ((packet_value)1 << width) - 1;
}

void
json_push(struct json_reader *r, packet_value first, packet_value last)
{
	r->spans = mem_grow(r->spans, &r->span_capacity, r->span_count,
	    sizeof(*r->spans));
	r->spans[r->span_count++] = (struct span){ first, last };
}

/* ---- one value */

static enum json_got
number(struct json_reader *r, enum json_kind kind, const struct jsonx *node,
    packet_value *out)
{
	packet_value most = json_most(kind);
	char told[24], limit[24];

	if (kind == JSON_INTERFACE || kind == JSON_INDEX)
		return JSON_UNKNOWN; /* an index that has no name */
	if (node->integer >= 0 && (packet_value)node->integer <= most) {
		*out = (packet_value)node->integer;
		return JSON_OK;
	}
	(void)snprintf(told, sizeof(told), "%" PRId64, node->integer);
	(void)snprintf(limit, sizeof(limit), "%" PRIu64, (uint64_t)most);
	json_fault(r, node, W_RULESET_JSON_RANGE, 3, told, "0", limit);
	return JSON_FAULT;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* "77", "0x20010db8..." and, where nft does not know what it prints,
 * "0x50 [invalid type]". */
static bool
written_number(const char *s, packet_value most, packet_value *out)
{
	unsigned base = strncmp(s, "0x", 2) == 0 ? 16 : 10;
	packet_value v = 0;
	size_t digits = 0;

	if (base == 16)
		s += 2;
	for (; (unsigned)digit(*s) < base; s++, digits++) {
		packet_value add = (packet_value)digit(*s);

		if (v > (most - add) / base)
			return false;
		v = v * base + add;
	}
	if (digits == 0 || (*s != '\0' && strncmp(s, " [", 2) != 0))
		return false;
	*out = v;
	return true;
}

static enum json_got
word(struct json_reader *r, enum json_kind kind, const struct jsonx *node,
    packet_value *out)
{
	const char *s = node->string;
	struct text quoted = { 0 };
	struct addr a;
	uint32_t v;

	if (kind == JSON_ADDRESS_4 || kind == JSON_ADDRESS_6) {
		if (!addr_parse(s, &a))
			return written_number(s, json_most(kind), out) ?
			    JSON_OK :
			    JSON_UNKNOWN;
		if (addr_bits(&a) == json_kind_width(kind)) {
			*out = packet_value_of_addr(&a);
			return JSON_OK;
		}
		text_quote(&quoted, s);
		json_fault(r, node,
		    kind == JSON_ADDRESS_4 ? W_RULESET_JSON_NOT_IPV4 :
					     W_RULESET_JSON_NOT_IPV6,
		    1, text_str(&quoted));
		text_free(&quoted);
		return JSON_FAULT;
	}
	if (json_name_value(kind, s, &v)) {
		*out = v;
		return JSON_OK;
	}
	return written_number(s, json_most(kind), out) ? JSON_OK : JSON_UNKNOWN;
}

/* ["syn", "ack"] or {"|": ["syn", "ack"]}: bits of a mask. */
static enum json_got
fold(struct json_reader *r, enum json_kind kind, const struct jsonx *list,
    char operator, packet_value * out)
{
	const struct jsonx *n;
	packet_value v = 0;

	if (list->kind != JSONX_ARRAY || list->count == 0) {
		json_fault_kind(r, list, JSONX_ARRAY);
		return JSON_FAULT;
	}
	for (n = list->child; n != NULL; n = n->next) {
		packet_value x = 0;
		enum json_got got = json_scalar(r, kind, n, &x);

		if (got != JSON_OK)
			return got;
		v = n == list->child ? x :
		    operator== '|'   ? v | x :
		    operator== '&'   ? v & x :
				       v ^ x;
	}
	*out = v;
	return JSON_OK;
}

enum json_got
json_scalar(struct json_reader *r, enum json_kind kind,
    const struct jsonx *node, packet_value *out)
{
	const struct jsonx *only;

	switch (node->kind) {
	case JSONX_INTEGER:
		return number(r, kind, node, out);
	case JSONX_STRING:
		if (kind == JSON_INTERFACE || kind == JSON_INDEX)
			return JSON_UNKNOWN; /* see interface() */
		return word(r, kind, node, out);
	case JSONX_ARRAY:
		return json_kind_is_mask(kind) ? fold(r, kind, node, '|', out) :
						 JSON_UNKNOWN;
	case JSONX_OBJECT:
		only = json_only(node);
		if (only != NULL &&
		    (strcmp(only->key, "|") == 0 ||
			strcmp(only->key, "&") == 0 ||
			strcmp(only->key, "^") == 0))
			return fold(r, kind, only, only->key[0], out);
		return JSON_UNKNOWN;
	case JSONX_BOOLEAN:
		return JSON_UNKNOWN;
	case JSONX_NULL:
	case JSONX_DOUBLE:
		break;
	}
	json_fault(r, node, W_RULESET_JSON_NO_VALUE, 0);
	return JSON_FAULT;
}

/* ---- several values */

/* "eth0"; "eth*" is every name that begins so, "eth\*" has a star in it. */
static enum json_got
interface(struct json_reader *r, enum json_kind kind, const struct jsonx *node)
{
	char name[JSON_INTERFACE_MAX + 2];
	size_t n = strlen(node->string);
	struct text quoted = { 0 };
	struct span s;
	bool wild;

	if (kind == JSON_INDEX && strspn(node->string, "0123456789") == n)
		return JSON_UNKNOWN; /* an index that has no name */
	wild = kind == JSON_INTERFACE && n > 0 && node->string[n - 1] == '*';
	if (wild && n > 1 && node->string[n - 2] == '\\') {
		wild = false;
		n--;
	} else if (wild) {
		n--;
	}
	if (n > JSON_INTERFACE_MAX) {
		text_quote(&quoted, node->string);
		json_fault(r, node, W_RULESET_JSON_INTERFACE, 1,
		    text_str(&quoted));
		text_free(&quoted);
		return JSON_FAULT;
	}
	memcpy(name, node->string, n);
	if (n < strlen(node->string) && !wild)
		name[n - 1] = '*';
	name[n] = '\0';
	s = packet_span_of_prefix(name);
	json_push(r, s.first, wild ? s.last : s.first);
	return JSON_OK;
}

static enum json_got
prefix(struct json_reader *r, enum json_kind kind, const struct jsonx *o)
{
	const struct jsonx *length, *address;
	unsigned width = json_kind_width(kind);
	packet_value v = 0, host;
	enum json_got got;
	char told[24], limit[24];

	address = jsonx_get(o, "addr");
	length = json_need(r, o, "len", JSONX_INTEGER);
	if (address == NULL)
		json_fault(r, o, W_RULESET_JSON_MISSING, 1, "addr");
	if (address == NULL || length == NULL)
		return JSON_FAULT;
	if (length->integer < 0 || length->integer > width) {
		(void)snprintf(told, sizeof(told), "%" PRId64, length->integer);
		(void)snprintf(limit, sizeof(limit), "%u", width);
		json_fault(r, length, W_RULESET_JSON_RANGE, 3, told, "0",
		    limit);
		return JSON_FAULT;
	}
	got = json_scalar(r, kind, address, &v);
	if (got != JSON_OK)
		return got;
	host = length->integer == 0 ?
	    json_most(kind) :
	    (((packet_value)1 << (width - (unsigned)length->integer)) - 1);
	json_push(r, v & ~host, v | host);
	return JSON_OK;
}

static enum json_got
range(struct json_reader *r, enum json_kind kind, const struct jsonx *list)
{
	packet_value first = 0, last = 0;
	enum json_got got;

	if (list->kind != JSONX_ARRAY || list->count != 2) {
		json_fault(r, list, W_RULESET_JSON_PAIR, 0);
		return JSON_FAULT;
	}
	got = json_scalar(r, kind, list->child, &first);
	if (got == JSON_OK)
		got = json_scalar(r, kind, list->child->next, &last);
	if (got != JSON_OK)
		return got;
	if (first > last) {
		json_fault(r, list, W_RULESET_JSON_ORDER, 0);
		return JSON_FAULT;
	}
	json_push(r, first, last);
	return JSON_OK;
}

static enum json_got
each(struct json_reader *r, enum json_kind kind, const struct jsonx *list)
{
	enum json_got got = JSON_OK;

	for (const struct jsonx *n = list->child; n != NULL; n = n->next) {
		enum json_got one = json_values(r, kind, n);

		if (one > got)
			got = one;
	}
	return got;
}

static enum json_got
object(struct json_reader *r, enum json_kind kind, const struct jsonx *node)
{
	const struct jsonx *only = json_only(node), *value;
	packet_value v;
	enum json_got got;

	if (only != NULL && strcmp(only->key, "prefix") == 0)
		return prefix(r, kind, only);
	if (only != NULL && strcmp(only->key, "range") == 0)
		return range(r, kind, only);
	if (only != NULL && strcmp(only->key, "set") == 0)
		return only->kind == JSONX_ARRAY ? each(r, kind, only) :
						   json_values(r, kind, only);
	if (only != NULL && strcmp(only->key, "elem") == 0) {
		value = jsonx_get(only, "val");
		if (value != NULL)
			return json_values(r, kind, value);
		json_fault(r, only, W_RULESET_JSON_MISSING, 1, "val");
		return JSON_FAULT;
	}
	got = json_scalar(r, kind, node, &v);
	if (got == JSON_OK)
		json_push(r, v, v);
	return got;
}

enum json_got
json_values(struct json_reader *r, enum json_kind kind,
    const struct jsonx *node)
{
	packet_value v;
	enum json_got got;

	if (node->kind == JSONX_STRING && strcmp(node->string, "*") == 0) {
		json_push(r, 0, json_most(kind));
		return JSON_OK;
	}
	if (node->kind == JSONX_STRING &&
	    (kind == JSON_INTERFACE || kind == JSON_INDEX))
		return interface(r, kind, node);
	if (node->kind == JSONX_OBJECT)
		return object(r, kind, node);
	if (node->kind == JSONX_ARRAY && !json_kind_is_mask(kind))
		return each(r, kind, node);
	got = json_scalar(r, kind, node, &v);
	if (got == JSON_OK)
		json_push(r, v, v);
	return got;
}
