/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What rules write: marks exactly, fields that Sekisho does not hold not at
 * all. A rule that writes an address or a port makes another packet of it
 * without telling conntrack: what becomes of that nobody knows.
 */
#include <string.h>

#include "ruleset_json_internal.h"

static const char *
string_of(const struct jsonx *o, const char *key)
{
	const struct jsonx *n = jsonx_get(o, key);

	return n != NULL && n->kind == JSONX_STRING ? n->string : "";
}

/* ---- marks */

static void
change(struct json_rule *rule, enum statement_kind kind,
    const struct json_mark *m)
{
	struct statement *s = builder_statement(rule->r->b, kind);

	if (s == NULL)
		return;
	s->change.keep = m->keep;
	s->change.flip = m->flip;
}

static void
mark_by_map(struct json_rule *rule, const struct jsonx *map,
    enum statement_kind kind)
{
	const struct jsonx *key = jsonx_get(map, "key");
	const struct jsonx *data = jsonx_get(map, "data");
	struct json_left left;
	struct statement *s;
	struct lookup l = { 0 };
	enum json_got got;

	if (key == NULL || data == NULL) {
		json_fault(rule->r, map, W_RULESET_JSON_MISSING, 1,
		    key == NULL ? "key" : "data");
		return;
	}
	json_left(rule, key, &left);
	json_imply(rule, &left);
	got = left.known == left.count ?
	    json_lookup(rule, &left, data, JSON_USE_MARK, &l) :
	    JSON_UNKNOWN;
	if (got == JSON_FAULT)
		return;
	if (got == JSON_UNKNOWN) /* may find nothing */
		json_unknown(rule, key, false, false);
	s = builder_statement(rule->r->b, kind);
	if (s == NULL)
		return;
	s->target_unknown = got == JSON_UNKNOWN;
	if (got == JSON_OK)
		s->lookup = l;
}

static void
mark(struct json_rule *rule, const struct jsonx *value, bool of_packet)
{
	const enum statement_kind kind = of_packet ? STATEMENT_MARK :
						     STATEMENT_CT_MARK;
	const struct jsonx *only = json_only(value);
	struct json_left left;
	struct json_mark m;
	struct statement *s;

	if (only != NULL && strcmp(only->key, "map") == 0) {
		mark_by_map(rule, only, kind);
		return;
	}
	if (!json_mark(rule->r, value, &m)) {
		json_left(rule, value, &left);
		json_imply(rule, &left);
		s = builder_statement(rule->r->b, kind);
		if (s != NULL)
			s->target_unknown = true;
		return;
	}
	if (m.source == JSON_FROM_CT)
		json_imply_tracked(rule);
	if (of_packet ? m.source == JSON_FROM_CT : m.source == JSON_FROM_META) {
		(void)builder_statement(rule->r->b,
		    of_packet ? STATEMENT_MARK_FROM_CT :
				STATEMENT_CT_MARK_FROM_META);
		if (m.keep == ~(uint32_t)0 && m.flip == 0)
			return;
	}
	change(rule, kind, &m);
}

/* ---- fields */

/* Whether the kernel's verdict or path may depend on it. */
static bool
matters(const struct jsonx *key, const struct json_left *left)
{
	static const char *const harmless[] = { "payload ip dscp",
		"payload ip ecn", "payload ip ttl", "payload ip id",
		"payload ip checksum", "payload ip6 dscp", "payload ip6 ecn",
		"payload ip6 hoplimit", "payload ip6 flowlabel",
		"payload tcp window", "payload tcp checksum",
		"payload tcp urgptr", "payload tcp sequence",
		"payload tcp ackseq", "payload udp checksum",
		"payload ether saddr", "payload ether daddr",
		"payload vlan pcp", "meta priority", "meta nftrace",
		"meta secmark", "ct zone", "ct event", "ct label", "ct secmark",
		"ct helper" };
	const struct jsonx *only = json_only(key);
	struct text name = { 0 };
	bool found;

	if (only == NULL || only->kind != JSONX_OBJECT || left->known > 0)
		return true;
	if (strcmp(only->key, "tcp option") == 0)
		return false;
	text_add(&name, only->key);
	for (size_t i = 0; i < 3; i++) {
		static const char *const parts[] = { "protocol", "key",
			"field" };
		const char *s = string_of(only, parts[i]);

		if (s[0] != '\0') {
			text_add_char(&name, ' ');
			text_add(&name, s);
		}
	}
	found = false;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		found = found || strcmp(harmless[i], text_str(&name)) == 0;
	text_free(&name);
	return !found;
}

void
json_mangle(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *key = jsonx_get(node, "key");
	const struct jsonx *value = jsonx_get(node, "value");
	const struct jsonx *only = key == NULL ? NULL : json_only(key);
	struct json_left left;

	if (key == NULL || value == NULL) {
		json_fault(rule->r, node, W_RULESET_JSON_MISSING, 1,
		    key == NULL ? "key" : "value");
		return;
	}
	if (only != NULL && strcmp(string_of(only, "key"), "mark") == 0 &&
	    (strcmp(only->key, "meta") == 0 || strcmp(only->key, "ct") == 0)) {
		mark(rule, value, only->key[0] == 'm');
		return;
	}
	json_left(rule, key, &left);
	if (only == NULL || strcmp(only->key, "ct") != 0)
		json_imply(rule, &left);
	if (matters(key, &left))
		json_unknown(rule, key, true, true);
	else
		(void)builder_statement(rule->r->b, STATEMENT_NOTHING);
}
