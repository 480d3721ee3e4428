/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Translations: to an address, a range, a network, a port, or what a map
 * gives. The family of the address is implied: nft hides that match too.
 */
#include <string.h>

#include "ruleset_json_internal.h"

static const struct jsonx *
map_of(const struct jsonx *node)
{
	const struct jsonx *only = node == NULL ? NULL : json_only(node);

	return only != NULL && strcmp(only->key, "map") == 0 ? only : NULL;
}

/* Of "family", else of the table, else of the address itself; 0: no telling. */
static int
family_of(const struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *f = jsonx_get(node, "family");
	const struct jsonx *a = jsonx_get(node, "addr");
	struct addr address;

	if (f != NULL && f->kind == JSONX_STRING)
		return strcmp(f->string, "ip") == 0 ? 4 :
		    strcmp(f->string, "ip6") == 0   ? 6 :
						      0;
	if (rule->family == TABLE_IP || rule->family == TABLE_IP6)
		return rule->family == TABLE_IP ? 4 : 6;
	if (a != NULL && a->kind == JSONX_STRING &&
	    addr_parse(a->string, &address))
		return address.family;
	return 0;
}

static bool
is_network(const struct jsonx *node)
{
	return json_has_word(jsonx_get(node, "flags"), "netmap") ||
	    json_has_word(jsonx_get(node, "type_flags"), "prefix");
}

static enum json_use
use_of(int family, bool network)
{
	if (network)
		return family == 4 ? JSON_USE_NETWORK_4 : JSON_USE_NETWORK_6;
	return family == 4 ? JSON_USE_ADDRESS_4 : JSON_USE_ADDRESS_6;
}

static enum json_got
taken(struct json_reader *r, enum json_kind kind, const struct jsonx *node,
    const struct spans **out)
{
	const struct json_key plain = { .kind = kind };
	const size_t start = r->span_count;
	enum json_got got = json_values(r, kind, node);

	if (got != JSON_OK) {
		r->span_count = start;
		return got;
	}
	return json_spans(r, &plain, start, out);
}

/* The new destination looked up; what is not in the map ends the rule. */
static enum json_got
by_map(struct json_rule *rule, const struct jsonx *map, enum json_use use,
    struct lookup *out)
{
	const struct jsonx *key = jsonx_get(map, "key");
	const struct jsonx *data = jsonx_get(map, "data");
	struct json_left left;
	enum json_got got;

	if (key == NULL || data == NULL) {
		json_fault(rule->r, map, W_RULESET_JSON_MISSING, 1,
		    key == NULL ? "key" : "data");
		return JSON_FAULT;
	}
	json_left(rule, key, &left);
	json_imply(rule, &left);
	got = left.known == left.count ?
	    json_lookup(rule, &left, data, use, out) :
	    JSON_UNKNOWN;
	if (got == JSON_UNKNOWN) /* may find nothing */
		json_unknown(rule, key, false, false);
	return got;
}

struct target {
	struct lookup lookup;
	struct change change;
	bool unknown;
};

/* False with a fault. */
static bool
address_of(struct json_rule *rule, const struct jsonx *node, struct target *out)
{
	const struct jsonx *a = jsonx_get(node, "addr"), *map = map_of(a);
	const int family = family_of(rule, node);
	const bool network = is_network(node);
	enum json_got got = JSON_UNKNOWN;

	json_imply_family(rule, family);
	if (a == NULL)
		return true;
	if (family != 0 && map != NULL) {
		got = by_map(rule, map, use_of(family, network), &out->lookup);
	} else if (family != 0) {
		const struct jsonx *only = json_only(a);

		got = taken(rule->r,
		    family == 4 ? JSON_ADDRESS_4 : JSON_ADDRESS_6, a,
		    &out->change.address);
		out->change.prefix = network && only != NULL &&
		    strcmp(only->key, "prefix") == 0;
		if (network && !out->change.prefix && a->kind != JSONX_STRING &&
		    got == JSON_OK)
			got = JSON_UNKNOWN;
	}
	out->unknown = out->unknown || got == JSON_UNKNOWN;
	return got != JSON_FAULT;
}

static bool
port_of(struct json_rule *rule, const struct jsonx *node, struct target *out)
{
	const struct jsonx *p = jsonx_get(node, "port"), *map = map_of(p);
	struct lookup second;
	enum json_got got;

	if (p == NULL)
		return true;
	if (map != NULL && out->lookup.field_count == 0 &&
	    out->change.address == NULL) {
		got = by_map(rule, map, JSON_USE_PORT, &out->lookup);
	} else if (map != NULL) { /* two maps */
		got = by_map(rule, map, JSON_USE_PORT, &second);
		got = got == JSON_OK ? JSON_UNKNOWN : got;
	} else {
		got = taken(rule->r, JSON_PORT, p, &out->change.port);
		if (got == JSON_OK && out->lookup.field_count > 0)
			got = JSON_UNKNOWN; /* a map and a port besides */
	}
	out->unknown = out->unknown || got == JSON_UNKNOWN;
	return got != JSON_FAULT;
}

static void
translate(struct json_rule *rule, const struct jsonx *node,
    enum statement_kind kind, bool redirects)
{
	struct target t;
	struct statement *s;

	memset(&t, 0, sizeof(t));
	if (node->kind != JSONX_OBJECT && node->kind != JSONX_NULL) {
		json_fault_kind(rule->r, node, JSONX_OBJECT);
		return;
	}
	if (!address_of(rule, node, &t) || !port_of(rule, node, &t))
		return;
	s = builder_statement(rule->r->b, kind);
	if (s == NULL)
		return;
	s->redirects = redirects;
	s->target_unknown = t.unknown && kind == STATEMENT_DNAT;
	if (!t.unknown) {
		s->lookup = t.lookup;
		s->change = t.change;
	}
}

void
json_dnat(struct json_rule *rule, const struct jsonx *node)
{
	translate(rule, node, STATEMENT_DNAT, false);
}

void
json_redirect(struct json_rule *rule, const struct jsonx *node)
{
	translate(rule, node, STATEMENT_DNAT, true);
}

void
json_snat(struct json_rule *rule, const struct jsonx *node)
{
	translate(rule, node, STATEMENT_SNAT, false);
}
