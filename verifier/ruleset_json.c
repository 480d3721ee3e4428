/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads what `nft -j list ruleset` prints into the builder: tables, chains
 * and rules here, the rest in ruleset_json_*.c (see the internal header).
 * Faults are those of the file's structure, all told at once; an expression
 * that is not known is none, but a free choice in its rule.
 *
 * nft 1.0.6 prints neither the device of a chain nor the flags of a table as
 * they are. A chain that may not see a packet at all begins with a rule of
 * our own: a free choice, and accepted.
 *
 * Source: libnftables-json(5).
 */
#include <stdlib.h>
#include <string.h>

#include "ruleset_json_internal.h"

#define SCHEMA 1 /* json_schema_version that is known */

/* ---- faults */

struct diag_place
json_place(const struct json_reader *r, const struct jsonx *node)
{
	return (struct diag_place){ r->name, node->line, node->column };
}

void
json_fault(struct json_reader *r, const struct jsonx *node, enum word word,
    size_t count, ...)
{
	const char *s[3] = { NULL, NULL, NULL };
	va_list ap;

	va_start(ap, count);
	for (size_t i = 0; i < count && i < 3; i++)
		s[i] = va_arg(ap, const char *);
	va_end(ap);
	r->faults++;
	words_diag(r->d, json_place(r, node), DIAG_ERROR, CHECK_NONE, word, 3,
	    s[0], s[1], s[2]);
}

void
json_fault_kind(struct json_reader *r, const struct jsonx *node,
    enum jsonx_kind expected)
{
	struct text key = { 0 };

	text_quote(&key, node->key != NULL ? node->key : "[]");
	json_fault(r, node, W_RULESET_JSON_KIND, 3, text_str(&key),
	    jsonx_kind_name(expected, r->d->lang),
	    jsonx_kind_name(node->kind, r->d->lang));
	text_free(&key);
}

const struct jsonx *
json_need(struct json_reader *r, const struct jsonx *o, const char *key,
    enum jsonx_kind kind)
{
	const struct jsonx *n = jsonx_get(o, key);

	if (n == NULL)
		json_fault(r, o, W_RULESET_JSON_MISSING, 1, key);
	else if (n->kind != kind)
		json_fault_kind(r, n, kind);
	else
		return n;
	return NULL;
}

const char *
json_need_string(struct json_reader *r, const struct jsonx *o, const char *key)
{
	const struct jsonx *n = json_need(r, o, key, JSONX_STRING);

	return n == NULL ? NULL : n->string;
}

const struct jsonx *
json_only(const struct jsonx *node)
{
	return node->kind == JSONX_OBJECT && node->count == 1 ? node->child :
								NULL;
}

bool
json_has_word(const struct jsonx *flags, const char *word)
{
	if (flags == NULL)
		return false;
	if (flags->kind == JSONX_STRING)
		return strcmp(flags->string, word) == 0;
	for (const struct jsonx *n = flags->child; n != NULL; n = n->next)
		if (n->kind == JSONX_STRING && strcmp(n->string, word) == 0)
			return true;
	return false;
}

/* ---- words */

struct word_of {
	const char *word;
	int value;
};

static const struct word_of families[] = {
	{ "ip", TABLE_IP },
	{ "ip6", TABLE_IP6 },
	{ "inet", TABLE_INET },
	{ "bridge", TABLE_BRIDGE },
	{ "netdev", TABLE_NETDEV },
	{ "arp", TABLE_ARP },
	{ NULL, 0 },
};

static const struct word_of hooks[] = {
	{ "ingress", HOOK_INGRESS },
	{ "prerouting", HOOK_PREROUTING },
	{ "input", HOOK_INPUT },
	{ "forward", HOOK_FORWARD },
	{ "output", HOOK_OUTPUT },
	{ "postrouting", HOOK_POSTROUTING },
	{ "egress", HOOK_EGRESS },
	{ NULL, 0 },
};

static const struct word_of types[] = {
	{ "filter", CHAIN_FILTER },
	{ "nat", CHAIN_NAT },
	{ "route", CHAIN_ROUTE },
	{ NULL, 0 },
};

static const struct word_of policies[] = {
	{ "accept", false },
	{ "drop", true },
	{ NULL, 0 },
};

static bool
find_word(const struct word_of *list, const char *word, int *out)
{
	for (; list->word != NULL; list++) {
		if (strcmp(list->word, word) == 0) {
			*out = list->value;
			return true;
		}
	}
	return false;
}

/* A member that is one of some words; false with a fault. */
static bool
need_word(struct json_reader *r, const struct jsonx *o, const char *key,
    const struct word_of *list, int *out)
{
	const char *s = json_need_string(r, o, key);
	struct text all = { 0 };

	if (s == NULL)
		return false;
	if (find_word(list, s, out))
		return true;
	for (; list->word != NULL; list++) {
		text_add(&all, all.length > 0 ? ", " : "");
		text_add(&all, list->word);
	}
	json_fault(r, jsonx_get(o, key), W_RULESET_JSON_WORD, 2, key,
	    text_str(&all));
	text_free(&all);
	return false;
}

bool
json_family(const char *word, enum table_family *out)
{
	int value;

	if (!find_word(families, word, &value))
		return false;
	*out = (enum table_family)value;
	return true;
}

static uint64_t
handle_of(const struct jsonx *o)
{
	const struct jsonx *n = jsonx_get(o, "handle");

	return n != NULL && n->kind == JSONX_INTEGER && n->integer > 0 ?
	    (uint64_t)n->integer :
	    0;
}

/* ---- tables and chains */

static struct text
table_key(int family, const char *table)
{
	struct text key = { 0 };

	text_printf(&key, "%d %s", family, table);
	return key;
}

/* Flags that nft 1.0.6 prints are some other string: whether the table is
 * dormant cannot be told. */
static bool
flags_are_known(const struct jsonx *flags)
{
	static const char *const words[] = { "dormant", "owner", "persist" };
	size_t known = 0, all;

	if (flags == NULL)
		return true;
	all = flags->kind == JSONX_ARRAY ? flags->count : 1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		known += json_has_word(flags, words[i]);
	return known >= all;
}

static void
read_table(struct json_reader *r, const struct jsonx *o)
{
	const struct jsonx *flags = jsonx_get(o, "flags");
	const char *name = json_need_string(r, o, "name");
	struct table *t;
	struct text key;
	int family;

	if (!need_word(r, o, "family", families, &family) || name == NULL)
		return;
	t = builder_table(r->b, (enum table_family)family, name,
	    json_place(r, o), r->d);
	if (t == NULL)
		return;
	t->dormant = json_has_word(flags, "dormant");
	if (t->dormant ||
	    (flags_are_known(flags) && json_object_stranger(o) == NULL))
		return;
	key = table_key(family, name);
	ruleset_index_add(r->doubtful, key.data, key.length, 1);
	text_free(&key);
}

/* A free choice at the head of a chain: it may not see the packet. */
static void
may_pass_by(struct json_reader *r, const struct jsonx *o,
    enum table_family family, const char *table, const char *name,
    const char *why)
{
	if (builder_rule(r->b, family, table, name, json_place(r, o), r->d) ==
	    NULL)
		return;
	builder_unknown(r->b, why, false);
	builder_verdict(r->b, ACTION_ACCEPT, NULL);
}

/* A rule of its own, or at the head of one: what a member that nobody knows
 * makes of it. */
static void
may_be_anything(struct json_reader *r, const struct jsonx *o)
{
	const char *stranger = json_object_stranger(o);
	struct text what = { 0 };

	if (stranger == NULL)
		return;
	text_printf(&what, "%s: ", o->key);
	text_quote(&what, stranger);
	builder_unknown(r->b, text_str(&what), true);
	text_free(&what);
}

/* "type", "prio" or "policy" without a hook would be taken for a chain that
 * nothing passes. */
static bool
is_half_base(const struct jsonx *o)
{
	return jsonx_get(o, "type") != NULL || jsonx_get(o, "prio") != NULL ||
	    jsonx_get(o, "policy") != NULL || jsonx_get(o, "dev") != NULL;
}

static bool
read_base(struct json_reader *r, const struct jsonx *o, struct chain *c)
{
	const struct json_key names = { .kind = JSON_INTERFACE };
	const struct jsonx *prio, *dev = jsonx_get(o, "dev");
	int type = CHAIN_FILTER, hook = HOOK_NONE, policy = 0;
	bool fine;

	fine = need_word(r, o, "type", types, &type);
	fine = need_word(r, o, "hook", hooks, &hook) && fine;
	prio = json_need(r, o, "prio", JSONX_INTEGER);
	if (jsonx_get(o, "policy") != NULL)
		fine = need_word(r, o, "policy", policies, &policy) && fine;
	if (prio != NULL &&
	    (prio->integer < INT32_MIN || prio->integer > INT32_MAX)) {
		json_fault(r, prio, W_RULESET_JSON_RANGE, 3, "prio",
		    "-2147483648", "2147483647");
		prio = NULL;
	}
	if (dev != NULL) {
		if (json_values(r, JSON_INTERFACE, dev) == JSON_OK)
			(void)json_spans(r, &names, 0, &c->devices);
		r->span_count = 0;
	}
	if (!fine || prio == NULL)
		return false;
	c->type = (enum chain_type)type;
	c->hook = (enum hook)hook;
	c->priority = (int32_t)prio->integer;
	c->policy_drop = policy != 0;
	return true;
}

static void
read_chain(struct json_reader *r, const struct jsonx *o)
{
	const char *table = json_need_string(r, o, "table");
	const char *name = json_need_string(r, o, "name");
	bool doubtful, nowhere;
	struct chain *c;
	struct text key;
	int family;

	if (!need_word(r, o, "family", families, &family) || table == NULL ||
	    name == NULL)
		return;
	c = builder_chain(r->b, (enum table_family)family, table, name,
	    json_place(r, o), r->d);
	if (c == NULL)
		return;
	c->handle = handle_of(o);
	if (jsonx_get(o, "hook") == NULL && is_half_base(o))
		json_fault(r, o, W_RULESET_JSON_MISSING, 1, "hook");
	if (jsonx_get(o, "hook") != NULL && !read_base(r, o, c))
		return;
	if (json_object_stranger(o) != NULL &&
	    builder_rule(r->b, (enum table_family)family, table, name,
		json_place(r, o), r->d) != NULL)
		may_be_anything(r, o);
	if (jsonx_get(o, "hook") == NULL)
		return;
	key = table_key(family, table);
	doubtful = ruleset_index_find(r->doubtful, key.data, key.length) !=
	    RULESET_INDEX_NONE;
	text_free(&key);
	nowhere = c->devices == NULL &&
	    (family == TABLE_NETDEV || c->hook == HOOK_INGRESS ||
		c->hook == HOOK_EGRESS);
	if (doubtful)
		may_pass_by(r, o, (enum table_family)family, table, name,
		    "table flags");
	if (nowhere)
		may_pass_by(r, o, (enum table_family)family, table, name,
		    "chain device");
}

/* ---- rules */

static void
read_rule(struct json_reader *r, const struct jsonx *o)
{
	struct json_rule rule = { .r = r, .protocol = -1, .packets = -1 };
	const char *table = json_need_string(r, o, "table");
	const char *chain = json_need_string(r, o, "chain");
	const struct jsonx *all = jsonx_get(o, "expr");
	const struct jsonx *comment = jsonx_get(o, "comment");
	struct rule *out;
	int family;

	if (!need_word(r, o, "family", families, &family) || table == NULL ||
	    chain == NULL)
		return;
	rule.family = (enum table_family)family;
	rule.table = table;
	rule.version = family == TABLE_IP ? 4 : family == TABLE_IP6 ? 6 : 0;
	if (all != NULL && all->kind != JSONX_ARRAY) {
		json_fault_kind(r, all, JSONX_ARRAY);
		return;
	}
	out = builder_rule(r->b, rule.family, table, chain, json_place(r, o),
	    r->d);
	if (out == NULL)
		return;
	out->handle = handle_of(o);
	if (comment != NULL && comment->kind == JSONX_STRING)
		out->comment = builder_string(r->b, comment->string);
	may_be_anything(r, o);
	if (all == NULL)
		return;
	for (const struct jsonx *n = all->child; n != NULL; n = n->next) {
		rule.statement = n;
		json_statement(&rule, n);
		r->span_count = 0;
	}
	out->packets = rule.packets;
}

/* ---- objects */

enum object {
	OBJECT_TABLE,
	OBJECT_CHAIN,
	OBJECT_RULE,
	OBJECT_SET,
	OBJECT_ELEMENT,
	OBJECT_META,
	OBJECT_COMMAND,
	OBJECT_NOTHING, /* of itself decides nothing */
};

static const struct word_of objects[] = {
	{ "metainfo", OBJECT_META },
	{ "table", OBJECT_TABLE },
	{ "chain", OBJECT_CHAIN },
	{ "rule", OBJECT_RULE },
	{ "set", OBJECT_SET },
	{ "map", OBJECT_SET },
	{ "meter", OBJECT_SET },
	{ "element", OBJECT_ELEMENT },
	{ "flowtable", OBJECT_NOTHING },
	{ "counter", OBJECT_NOTHING },
	{ "quota", OBJECT_NOTHING },
	{ "limit", OBJECT_NOTHING },
	{ "ct helper", OBJECT_NOTHING },
	{ "ct timeout", OBJECT_NOTHING },
	{ "ct expectation", OBJECT_NOTHING },
	{ "synproxy", OBJECT_NOTHING },
	{ "secmark", OBJECT_NOTHING },
	{ "tunnel", OBJECT_NOTHING },
	{ "add", OBJECT_COMMAND },
	{ "create", OBJECT_COMMAND },
	{ "insert", OBJECT_COMMAND },
	{ "replace", OBJECT_COMMAND },
	{ "delete", OBJECT_COMMAND },
	{ "destroy", OBJECT_COMMAND },
	{ "flush", OBJECT_COMMAND },
	{ "rename", OBJECT_COMMAND },
	{ "reset", OBJECT_COMMAND },
	{ "list", OBJECT_COMMAND },
	{ NULL, 0 },
};

static void
warn(struct json_reader *r, const struct jsonx *node, enum word word,
    const char *s)
{
	struct text quoted = { 0 };

	text_quote(&quoted, s);
	words_diag(r->d, json_place(r, node), DIAG_WARNING, CHECK_NONE, word, 1,
	    text_str(&quoted));
	text_free(&quoted);
}

static void
read_meta(struct json_reader *r, const struct jsonx *o)
{
	const struct jsonx *schema = jsonx_get(o, "json_schema_version");
	const struct jsonx *version = jsonx_get(o, "version");

	if (schema != NULL && schema->kind == JSONX_INTEGER &&
	    schema->integer > SCHEMA)
		warn(r, schema, W_RULESET_JSON_SCHEMA,
		    version != NULL && version->kind == JSONX_STRING ?
			version->string :
			"?");
}

/* It may be a rule of a new kind: nothing would be certain. */
static void
refuse_object(struct json_reader *r, const struct jsonx *o)
{
	struct text quoted = { 0 };

	text_quote(&quoted, o->key);
	json_fault(r, o, W_RULESET_JSON_OBJECT, 1, text_str(&quoted));
	text_free(&quoted);
}

/* Only sets, or only what comes after them. */
static void
read_object(struct json_reader *r, const struct jsonx *node, bool sets)
{
	const struct jsonx *only = json_only(node);
	int what;

	if (only == NULL) {
		if (sets)
			json_fault(r, node, W_RULESET_JSON_ONE, 0);
		return;
	}
	if (!find_word(objects, only->key, &what)) {
		if (sets)
			refuse_object(r, only);
		return;
	}
	if (what == OBJECT_COMMAND) {
		if (sets)
			json_fault(r, only, W_RULESET_JSON_COMMAND, 1,
			    only->key);
		return;
	}
	if (only->kind != JSONX_OBJECT) {
		if (sets)
			json_fault_kind(r, only, JSONX_OBJECT);
		return;
	}
	if (sets && what == OBJECT_SET)
		(void)json_set_add(r, only);
	else if (sets && what == OBJECT_META)
		read_meta(r, only);
	else if (!sets && what == OBJECT_TABLE)
		read_table(r, only);
	else if (!sets && what == OBJECT_CHAIN)
		read_chain(r, only);
	else if (!sets && what == OBJECT_RULE)
		read_rule(r, only);
}

static void
read_list(struct json_reader *r, const struct jsonx *list)
{
	const struct jsonx *n;

	for (n = list->child; n != NULL && r->faults < JSON_FAULTS_MAX;
	     n = n->next)
		read_object(r, n, true);
	for (n = list->child; n != NULL && r->faults < JSON_FAULTS_MAX;
	     n = n->next) {
		const struct jsonx *more = jsonx_get(n, "element");

		if (more != NULL && more->kind == JSONX_OBJECT)
			(void)json_set_more(r, more);
	}
	json_scan(r, list);
	for (n = list->child; n != NULL && r->faults < JSON_FAULTS_MAX;
	     n = n->next)
		read_object(r, n, false);
	if (n != NULL)
		json_fault(r, n, W_RULESET_JSON_MANY, 0);
}

struct ruleset *
ruleset_json(const char *name, const struct jsonx *root, struct diag *d)
{
	const struct jsonx *list = jsonx_get(root, "nftables");
	const size_t errors = d->errors;
	struct json_reader r = { .name = name, .d = d };
	struct ruleset *out = NULL;

	if (list == NULL || list->kind != JSONX_ARRAY) {
		json_fault(&r, list != NULL ? list : root, W_RULESET_JSON_ROOT,
		    0);
		return NULL;
	}
	r.b = builder_new(RULESET_JSON, name);
	r.pool = builder_pool(r.b);
	r.index = ruleset_index_new();
	r.doubtful = ruleset_index_new();
	read_list(&r, list);
	if (d->errors == errors)
		out = builder_finish(r.b, d);
	else
		builder_free(r.b);
	ruleset_index_free(r.index);
	ruleset_index_free(r.doubtful);
	free(r.sets);
	free(r.spans);
	return out;
}
