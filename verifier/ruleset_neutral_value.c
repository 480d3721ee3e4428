/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words and cells of sekisho-ruleset/1, which its JSON and its CSV share.
 * Strict: what is not understood is a fault, since a condition that is read
 * wider than it was written would permit, and one read narrower would hide.
 */
#include "ruleset_neutral.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define VALUES_MAX 3
#define TEXT_MAX 128 /* of an address, a service ... */

/* ---- faults */

void
neutral_fault(struct neutral *n, struct diag_place place, enum word word,
    size_t count, ...)
{
	struct text quoted[VALUES_MAX] = { { 0 } };
	const char *v;
	va_list ap;

	assert(count <= VALUES_MAX);
	va_start(ap, count);
	for (size_t i = 0; i < count; i++)
		if ((v = va_arg(ap, const char *)) != NULL) {
			/* What may be written is our own, and listed whole. */
			if (i == 1 && word == W_RULESET_NEUTRAL_WORD)
				text_add(&quoted[i], v);
			else
				text_quote(&quoted[i], v);
		}
	va_end(ap);
	words_diag(n->d, place, DIAG_ERROR, CHECK_NONE, word, VALUES_MAX,
	    text_str(&quoted[0]), text_str(&quoted[1]), text_str(&quoted[2]));
	for (size_t i = 0; i < VALUES_MAX; i++)
		text_free(&quoted[i]);
	n->fine = false;
}

const char *
neutral_nearest(const char *word, const char *const *words)
{
	unsigned limit = (unsigned)(strlen(word) + 2) / 3, d;
	const char *best = NULL;

	limit = limit > 3 ? 3 : limit;
	for (; *words != NULL; words++) {
		d = text_distance(word, *words, limit);
		if (d <= limit && d > 0) {
			best = *words;
			limit = d - 1;
		}
	}
	return best;
}

/* A word that is none of the known ones. */
static void
bad_word(struct neutral *n, struct diag_place place, const char *text,
    const char *const *words)
{
	const char *near = neutral_nearest(text, words);
	struct text list = { 0 };

	for (size_t i = 0; words[i] != NULL; i++)
		text_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	if (near != NULL)
		neutral_fault(n, place, W_RULESET_NEUTRAL_WORD_NEAR, 2, text,
		    near);
	else
		neutral_fault(n, place, W_RULESET_NEUTRAL_WORD, 2, text,
		    text_str(&list));
	text_free(&list);
}

int
neutral_word(struct neutral *n, struct diag_place place, const char *text,
    const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	bad_word(n, place, text, words);
	return -1;
}

bool
neutral_action(struct neutral *n, struct diag_place place, const char *text,
    bool may_be_unknown, enum action *out)
{
	static const char *const words[] = { "accept", "drop", "reject",
		"unknown", NULL };
	static const char *const known[] = { "accept", "drop", "reject", NULL };
	static const enum action actions[] = { ACTION_ACCEPT, ACTION_DROP,
		ACTION_REJECT, ACTION_UNKNOWN };
	int i = neutral_word(n, place, text, may_be_unknown ? words : known);

	if (i < 0)
		return false;
	*out = actions[i];
	return true;
}

/* ---- interfaces */

/* Two names that are one in 16 bytes would be taken for each other. */
static bool
is_distinct(struct neutral *n, struct diag_place place, const char *text)
{
	packet_value v = packet_value_of_name(text);
	uint32_t found = ruleset_index_find(n->interfaces, &v, sizeof(v));

	if (found == RULESET_INDEX_NONE) {
		n->interface_names = mem_grow(n->interface_names,
		    &n->interface_capacity, n->interface_count,
		    sizeof(*n->interface_names));
		n->interface_names[n->interface_count] = builder_string(n->b,
		    text);
		ruleset_index_add(n->interfaces, &v, sizeof(v),
		    (uint32_t)n->interface_count++);
		return true;
	}
	if (strcmp(n->interface_names[found], text) == 0)
		return true;
	neutral_fault(n, place, W_RULESET_NEUTRAL_ALIKE, 2, text,
	    n->interface_names[found]);
	return false;
}

bool
neutral_interface(struct neutral *n, struct diag_place place, const char *text,
    const struct spans **out)
{
	char prefix[TEXT_MAX];
	size_t length = strlen(text);
	struct span span;

	if (strcmp(text, "any") == 0 || strcmp(text, "*") == 0) {
		*out = NULL;
		return true;
	}
	if (length == 0 || length >= sizeof(prefix)) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_INTERFACE, 1, text);
		return false;
	}
	memcpy(prefix, text, length + 1);
	if (text[length - 1] == '*') {
		prefix[length - 1] = '\0';
		span = packet_span_of_prefix(prefix);
	} else {
		if (!is_distinct(n, place, text))
			return false;
		span.first = span.last = packet_value_of_name(text);
	}
	*out = spans_union(n->pool, *out,
	    spans_one(n->pool, span.first, span.last));
	return true;
}

/* ---- addresses */

static bool
address_range(const char *text, struct addr *first, struct addr *last)
{
	char copy[TEXT_MAX];
	char *dash;

	if (strlen(text) >= sizeof(copy))
		return false;
	memcpy(copy, text, strlen(text) + 1);
	dash = strchr(copy, '-');
	if (dash == NULL)
		return false;
	*dash = '\0';
	return addr_parse(copy, first) && addr_parse(dash + 1, last) &&
	    addr_compare(first, last) <= 0 && first->family == last->family;
}

static void
add_range(struct neutral *n, struct neutral_addresses *out, int family,
    packet_value first, packet_value last)
{
	const struct spans **of = family == 4 ? &out->v4 : &out->v6;
	packet_value most = family == 4 ? UINT32_MAX : ~(packet_value)0;

	*of = first == 0 && last == most ?
	    NULL :
	    spans_union(n->pool, *of, spans_one(n->pool, first, last));
}

static void
add_prefix(struct neutral *n, struct neutral_addresses *out,
    const struct prefix *p)
{
	packet_value first = packet_value_of_addr(&p->addr), size;
	unsigned host = addr_bits(&p->addr) - p->length;

	size = host == 128 ? ~(packet_value)0 : ((packet_value)1 << host) - 1;
	add_range(n, out, p->addr.family, first, first + size);
}

bool
neutral_address(struct neutral *n, struct diag_place place, const char *text,
    struct neutral_addresses *out)
{
	char right[PREFIX_TEXT_MAX];
	struct addr first, last;
	struct prefix prefix;

	if (strcmp(text, "any") == 0) {
		out->v4 = out->v6 = NULL;
		return true;
	}
	switch (strlen(text) < TEXT_MAX ? prefix_parse(text, &prefix) :
					  PREFIX_BAD) {
	case PREFIX_OK:
		add_prefix(n, out, &prefix);
		return true;
	case PREFIX_HOST_BITS:
		neutral_fault(n, place, W_RULESET_NEUTRAL_HOST_BITS, 2, text,
		    prefix_format(&prefix, right));
		return false;
	default:
		break;
	}
	if (!address_range(text, &first, &last)) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_ADDRESS, 1, text);
		return false;
	}
	add_range(n, out, first.family, packet_value_of_addr(&first),
	    packet_value_of_addr(&last));
	return true;
}

struct neutral_addresses
neutral_less(struct neutral *n, const struct neutral_addresses *a,
    const struct neutral_addresses *b)
{
	struct neutral_addresses out = {
		spans_subtract(n->pool, a->v4, b->v4, UINT32_MAX),
		spans_subtract(n->pool, a->v6, b->v6, ~(packet_value)0),
	};

	return out;
}

struct neutral_addresses
neutral_both(struct neutral *n, const struct neutral_addresses *a,
    const struct neutral_addresses *b)
{
	struct neutral_addresses out = {
		spans_union(n->pool, a->v4, b->v4),
		spans_union(n->pool, a->v6, b->v6),
	};

	return out;
}

/* ---- services */

/* "443" or "8000-8080"; no signs, no blanks, at most five digits each. */
static bool
parse_numbers(const char *p, unsigned most, unsigned *first, unsigned *last)
{
	unsigned *to[] = { first, last };

	for (int i = 0; i < 2; i++) {
		int digits = 0;

		for (*to[i] = 0; isdigit((unsigned char)*p) && digits < 6;
		     p++, digits++)
			*to[i] = *to[i] * 10 + (unsigned)(*p - '0');
		if (digits == 0 || digits == 6)
			return false;
		if (i == 0 && *p == '\0')
			*last = *first;
		if (i == 0 && *p == '\0')
			return *first <= most;
		if (i == 0 && *p++ != '-')
			return false;
	}
	return *p == '\0' && *first <= *last && *last <= most;
}

bool
neutral_numbers(struct neutral *n, struct diag_place place, const char *text,
    unsigned most, const struct spans **out)
{
	unsigned first, last;
	char shown[16];

	if (!parse_numbers(text, most, &first, &last)) {
		(void)snprintf(shown, sizeof(shown), "%u", most);
		neutral_fault(n, place, W_RULESET_NEUTRAL_NUMBERS, 2, text,
		    shown);
		return false;
	}
	*out = first == 0 && last == most ?
	    NULL :
	    spans_union(n->pool, *out, spans_one(n->pool, first, last));
	return true;
}

int
neutral_protocol(struct neutral *n, struct diag_place place, const char *text)
{
	static const char *const names[] = { "any", "tcp", "udp", "icmp",
		"icmpv6", "sctp", "dccp", "udplite", "esp", "ah", "gre", "igmp",
		"ospf", "vrrp", "ipip", "ipv6", "pim", "l2tp", NULL };
	static const int numbers[] = { NEUTRAL_NONE, 6, 17, 1, 58, 132, 33, 136,
		50, 51, 47, 2, 89, 112, 4, 41, 103, 115 };
	unsigned first, last;

	for (size_t i = 0; names[i] != NULL; i++)
		if (strcmp(names[i], text) == 0)
			return numbers[i];
	if (parse_numbers(text, 255, &first, &last) && first == last)
		return (int)first;
	bad_word(n, place, text, names);
	return -1;
}

static bool
has_ports(unsigned protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 33 ||
	    protocol == 132 || protocol == 136;
}

void
neutral_add_service(struct neutral *n, struct neutral_services *s,
    const struct neutral_service *service)
{
	if (service->protocol == NEUTRAL_NONE) {
		s->any = true;
		return;
	}
	/* Those that differ in the destination port alone become one. */
	for (size_t i = 0; i < s->count; i++) {
		struct neutral_service *had = &s->items[i];

		if (had->protocol == service->protocol &&
		    spans_equal(had->sport, service->sport) &&
		    spans_equal(had->type, service->type) &&
		    spans_equal(had->code, service->code)) {
			had->dport = spans_union(n->pool, had->dport,
			    service->dport);
			return;
		}
	}
	s->items = mem_grow(s->items, &s->capacity, s->count,
	    sizeof(*s->items));
	s->items[s->count++] = *service;
}

bool
neutral_service_fits(struct neutral *n, struct diag_place place,
    const struct neutral_service *s)
{
	bool icmp = s->protocol == 1 || s->protocol == 58;
	bool ports = s->sport != NULL || s->dport != NULL;
	bool types = s->type != NULL || s->code != NULL;

	if ((!ports || has_ports(s->protocol)) && (!types || icmp))
		return true;
	neutral_fault(n, place, W_RULESET_NEUTRAL_NO_PORTS, 0);
	return false;
}

/* What stands behind the protocol: "443", "443:1024-65535", "8", "3/4". */
static bool
service_rest(struct neutral *n, struct diag_place place, char *rest,
    struct neutral_service *s)
{
	bool icmp = s->protocol == 1 || s->protocol == 58;
	char *second = strchr(rest, icmp ? '/' : ':');
	unsigned most = icmp ? UINT8_MAX : UINT16_MAX;
	const struct spans **one = icmp ? &s->type : &s->dport;
	const struct spans **two = icmp ? &s->code : &s->sport;

	if (!icmp && !has_ports(s->protocol)) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_NO_PORTS, 0);
		return false;
	}
	if (second != NULL)
		*second++ = '\0';
	*one = &spans_nothing;
	if (!neutral_numbers(n, place, rest, most, one))
		return false;
	if (second == NULL)
		return true;
	*two = &spans_nothing;
	return neutral_numbers(n, place, second, most, two);
}

bool
neutral_service(struct neutral *n, struct diag_place place, const char *text,
    struct neutral_services *out)
{
	struct neutral_service s = { .protocol = NEUTRAL_NONE };
	char copy[TEXT_MAX];
	char *slash;
	int protocol;

	if (strlen(text) >= sizeof(copy)) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_SERVICE, 1, text);
		return false;
	}
	memcpy(copy, text, strlen(text) + 1);
	slash = strchr(copy, '/');
	if (slash != NULL)
		*slash++ = '\0';
	protocol = neutral_protocol(n, place, copy);
	if (protocol < 0)
		return false;
	s.protocol = (unsigned)protocol;
	if (slash != NULL && !service_rest(n, place, slash, &s))
		return false;
	neutral_add_service(n, out, &s);
	return true;
}

/* ---- translation, the unknown */

/* Cuts ":443" or "]:443" off and leaves the address; false when it is no
 * port. */
static bool
cut_port(char *text, char **address, char **port)
{
	char *colon = strrchr(text, ':'), *close = strchr(text, ']');

	*address = text;
	*port = NULL;
	if (*text == '[') {
		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return false;
		*port = close[1] == ':' ? close + 2 : NULL;
		*close = '\0';
		*address = text + 1;
	} else if (colon != NULL && strchr(text, ':') == colon) {
		*colon = '\0'; /* one colon: no IPv6 address */
		*port = colon + 1;
	}
	return true;
}

bool
neutral_translation(struct neutral *n, struct diag_place place,
    const char *text, struct change *out)
{
	struct neutral_addresses to = { &spans_nothing, &spans_nothing };
	char copy[TEXT_MAX], *address, *port;

	memset(out, 0, sizeof(*out));
	if (strlen(text) >= sizeof(copy)) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_ADDRESS, 1, text);
		return false;
	}
	memcpy(copy, text, strlen(text) + 1);
	if (!cut_port(copy, &address, &port) || strcmp(address, "any") == 0) {
		neutral_fault(n, place, W_RULESET_NEUTRAL_ADDRESS, 1, text);
		return false;
	}
	if (*address != '\0' && !neutral_address(n, place, address, &to))
		return false;
	if (to.v4 == NULL || to.v6 == NULL) { /* all of a family */
		neutral_fault(n, place, W_RULESET_NEUTRAL_ADDRESS, 1, text);
		return false;
	}
	if (*address != '\0')
		out->address = to.v4->count > 0 ? to.v4 : to.v6;
	if (port != NULL) {
		out->port = &spans_nothing;
		if (!neutral_numbers(n, place, port, UINT16_MAX, &out->port))
			return false;
	}
	return true;
}

void
neutral_comment(struct neutral *n, struct neutral_rule *rule, const char *id,
    const char *name, const char *comment)
{
	const char *const parts[] = { id, name, comment };
	struct text t = { 0 };

	for (size_t i = 0; i < 3; i++)
		if (parts[i] != NULL && parts[i][0] != '\0')
			text_printf(&t, "%s%s", t.length > 0 ? ": " : "",
			    parts[i]);
	if (t.length > 0)
		rule->comment = builder_string(n->b, text_str(&t));
	text_free(&t);
}

void
neutral_unknown(struct neutral *n, struct neutral_rule *rule, const char *what)
{
	if (rule->unknown_count == NEUTRAL_UNKNOWNS_MAX) {
		neutral_fault(n, rule->place, W_RULESET_NEUTRAL_UNKNOWNS, 0);
		return;
	}
	rule->unknown[rule->unknown_count++] = builder_string(n->b, what);
}

void
neutral_schedule(struct neutral *n, struct neutral_rule *rule, const char *text)
{
	struct text what = { 0 };

	if (text[0] == '\0' || strcmp(text, "always") == 0)
		return;
	text_add(&what, "schedule ");
	text_quote(&what, text);
	neutral_unknown(n, rule, text_str(&what));
	text_free(&what);
}
