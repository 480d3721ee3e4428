/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Statements by their name. What can end a rule for reasons that nobody can
 * foresee (limit, quota, a set that is full) is a free choice; what takes the
 * packet away (fwd, synproxy, tproxy) or is not known at all might be a
 * verdict as well.
 */
#include <string.h>

#include "ruleset_json_internal.h"

static void
verdict(struct json_rule *rule, const struct jsonx *statement)
{
	struct decision decision;
	struct statement *s;

	if (json_verdict(rule->r, statement, &decision) != JSON_OK)
		return;
	s = builder_statement(rule->r->b, STATEMENT_VERDICT);
	if (s != NULL)
		s->decision = decision;
}

static void
plain(struct json_rule *rule, enum statement_kind kind)
{
	(void)builder_statement(rule->r->b, kind);
}

/* nft hides what a kind of reject implies. */
static void
reject(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *type = jsonx_get(node, "type");

	if (type != NULL && type->kind == JSONX_STRING) {
		if (strcmp(type->string, "tcp reset") == 0)
			json_imply_protocol(rule, 6);
		else if (strcmp(type->string, "icmp") == 0)
			json_imply_family(rule, 4);
		else if (strcmp(type->string, "icmpv6") == 0)
			json_imply_family(rule, 6);
	}
	builder_verdict(rule->r->b, ACTION_REJECT, NULL);
}

static void
counter(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *n = jsonx_get(node, "packets");

	if (n != NULL && n->kind == JSONX_INTEGER && n->integer >= 0 &&
	    rule->packets < 0)
		rule->packets = n->integer;
	json_object_map(rule, node);
	plain(rule, STATEMENT_NOTHING);
}

/* add and update end the rule when the set is full; delete never does. */
static void
update(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *op = jsonx_get(node, "op");
	const struct jsonx *elem = jsonx_get(node, "elem");
	struct text name = { 0 };
	struct json_left left;

	if (elem != NULL) {
		json_left(rule, elem, &left);
		json_imply(rule, &left);
	}
	if (op != NULL && op->kind == JSONX_STRING &&
	    strcmp(op->string, "delete") == 0 &&
	    jsonx_get(node, "stmt") == NULL) {
		plain(rule, STATEMENT_NOTHING);
		return;
	}
	if (op != NULL && op->kind == JSONX_STRING)
		text_quote(&name, op->string);
	text_add(&name, name.length > 0 ? " " : "");
	text_add(&name, node->key);
	json_free_choice(rule, text_str(&name), false);
	text_free(&name);
}

static void
meter(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *key = jsonx_get(node, "key");
	struct json_left left;

	if (key != NULL) {
		json_left(rule, key, &left);
		json_imply(rule, &left);
	}
	json_free_choice(rule, "meter", false);
}

/* A TCP option taken off: the rule ends for other packets. */
static void
strip(struct json_rule *rule, const struct jsonx *node)
{
	(void)node;
	json_imply_protocol(rule, 6);
	plain(rule, STATEMENT_NOTHING);
}

/* What iptables-nft writes; nft 1.0.6 prints not even the name. */
static void
xt(struct json_rule *rule, const struct jsonx *node)
{
	static const struct {
		const char *target;
		enum statement_kind kind;
		enum action action;
	} targets[] = {
		{ "LOG", STATEMENT_LOG, 0 },
		{ "NFLOG", STATEMENT_LOG, 0 },
		{ "ACCEPT", STATEMENT_VERDICT, ACTION_ACCEPT },
		{ "DROP", STATEMENT_VERDICT, ACTION_DROP },
		{ "REJECT", STATEMENT_VERDICT, ACTION_REJECT },
		{ "MASQUERADE", STATEMENT_SNAT, 0 },
		{ "SNAT", STATEMENT_SNAT, 0 },
		{ "DNAT", STATEMENT_DNAT, 0 },
		{ "REDIRECT", STATEMENT_DNAT, 0 },
		/* They change what no rule here looks at. */
		{ "TRACE", STATEMENT_NOTHING, 0 },
		{ "AUDIT", STATEMENT_NOTHING, 0 },
		{ "CHECKSUM", STATEMENT_NOTHING, 0 },
		{ "CLASSIFY", STATEMENT_NOTHING, 0 },
		{ "DSCP", STATEMENT_NOTHING, 0 },
		{ "TOS", STATEMENT_NOTHING, 0 },
		{ "TTL", STATEMENT_NOTHING, 0 },
		{ "HL", STATEMENT_NOTHING, 0 },
		{ "TCPMSS", STATEMENT_NOTHING, 0 },
		{ "TCPOPTSTRIP", STATEMENT_NOTHING, 0 },
	};
	const struct jsonx *type = jsonx_get(node, "type");
	const struct jsonx *name = jsonx_get(node, "name");
	struct text what = { 0 };
	struct statement *s;
	bool target;

	if (name == NULL || name->kind != JSONX_STRING || type == NULL ||
	    type->kind != JSONX_STRING) {
		json_free_choice(rule, "xt", true);
		return;
	}
	target = strcmp(type->string, "target") == 0;
	/* For people alone: every packet matches. */
	if (!target && strcmp(name->string, "comment") == 0) {
		(void)builder_statement(rule->r->b, STATEMENT_NOTHING);
		return;
	}
	for (size_t i = 0; target && i < sizeof(targets) / sizeof(targets[0]);
	     i++) {
		if (strcmp(targets[i].target, name->string) != 0)
			continue;
		s = builder_statement(rule->r->b, targets[i].kind);
		if (s == NULL)
			return;
		s->decision.action = targets[i].action;
		s->target_unknown = targets[i].kind == STATEMENT_DNAT;
		s->redirects = strcmp(name->string, "REDIRECT") == 0;
		return;
	}
	text_add(&what, "xt ");
	text_quote(&what, name->string);
	json_free_choice(rule, text_str(&what),
	    strcmp(type->string, "match") != 0);
	text_free(&what);
}

enum doing {
	DO_VERDICT,
	DO_NOTHING,
	DO_LOG,
	DO_NOTRACK,
	DO_OFFLOAD,
	DO_UNKNOWN, /* may end the rule */
	DO_DECIDE,  /* may be a verdict as well */
	DO_OTHER,   /* has a function */
};

static const struct {
	const char *name;
	enum doing doing;
	void (*read)(struct json_rule *rule, const struct jsonx *node);
} statements[] = {
	{ "match", DO_OTHER, json_match },
	{ "accept", DO_VERDICT, NULL },
	{ "drop", DO_VERDICT, NULL },
	{ "jump", DO_VERDICT, NULL },
	{ "goto", DO_VERDICT, NULL },
	{ "return", DO_VERDICT, NULL },
	{ "continue", DO_VERDICT, NULL },
	{ "queue", DO_VERDICT, NULL },
	{ "counter", DO_OTHER, counter },
	{ "log", DO_LOG, NULL },
	{ "reject", DO_OTHER, reject },
	{ "vmap", DO_OTHER, json_vmap },
	{ "mangle", DO_OTHER, json_mangle },
	{ "dnat", DO_OTHER, json_dnat },
	{ "snat", DO_OTHER, json_snat },
	{ "masquerade", DO_OTHER, json_snat },
	{ "redirect", DO_OTHER, json_redirect },
	{ "notrack", DO_NOTRACK, NULL },
	{ "flow", DO_OFFLOAD, NULL },
	{ "limit", DO_UNKNOWN, NULL },
	{ "quota", DO_UNKNOWN, NULL },
	{ "ct count", DO_UNKNOWN, NULL },
	{ "set", DO_OTHER, update },
	{ "map", DO_OTHER, update },
	{ "meter", DO_OTHER, meter },
	{ "xt", DO_OTHER, xt },
	{ "ct helper", DO_NOTHING, NULL },
	{ "ct timeout", DO_NOTHING, NULL },
	{ "secmark", DO_NOTHING, NULL },
	{ "last", DO_NOTHING, NULL },
	{ "reset", DO_OTHER, strip },
	{ "ct expectation", DO_UNKNOWN, NULL },
	{ "dup", DO_UNKNOWN, NULL },
	{ "tproxy", DO_DECIDE, NULL },
	{ "synproxy", DO_DECIDE, NULL },
	{ "fwd", DO_DECIDE, NULL },
};

static void
do_it(struct json_rule *rule, size_t which, const struct jsonx *statement,
    const struct jsonx *node)
{
	if (statements[which].doing != DO_OTHER)
		json_object_map(rule, node);
	switch (statements[which].doing) {
	case DO_VERDICT:
		verdict(rule, statement);
		break;
	case DO_NOTHING:
		plain(rule, STATEMENT_NOTHING);
		break;
	case DO_LOG:
		plain(rule, STATEMENT_LOG);
		break;
	case DO_NOTRACK:
		plain(rule, STATEMENT_NOTRACK);
		break;
	case DO_OFFLOAD:
		plain(rule, STATEMENT_OFFLOAD);
		break;
	case DO_UNKNOWN:
	case DO_DECIDE:
		json_free_choice(rule, statements[which].name,
		    statements[which].doing == DO_DECIDE);
		break;
	case DO_OTHER:
		statements[which].read(rule, node);
		break;
	}
}

/* Whether a member that nobody knows stands in it; then it is a free choice.
 * What a translation gives is not known either. */
static bool
is_strange(struct json_rule *rule, const struct jsonx *only)
{
	const char *stranger = json_stranger(only);
	struct text name = { 0 };
	struct statement *s;

	if (stranger == NULL)
		return false;
	text_quote(&name, only->key);
	text_add(&name, ": ");
	text_quote(&name, stranger);
	json_free_choice(rule, text_str(&name), true);
	text_free(&name);
	if (strcmp(only->key, "dnat") != 0 &&
	    strcmp(only->key, "redirect") != 0)
		return true;
	s = builder_statement(rule->r->b, STATEMENT_DNAT);
	if (s != NULL) {
		s->target_unknown = true;
		s->redirects = only->key[0] == 'r';
	}
	return true;
}

void
json_statement(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *only = json_only(node);
	struct text name = { 0 };

	if (node->kind != JSONX_STRING && only == NULL) {
		json_fault(rule->r, node, W_RULESET_JSON_ONE, 0);
		return;
	}
	if (only != NULL && is_strange(rule, only))
		return;
	for (size_t i = 0;
	     only != NULL && i < sizeof(statements) / sizeof(statements[0]);
	     i++) {
		if (strcmp(only->key, statements[i].name) == 0) {
			do_it(rule, i, node, only);
			return;
		}
	}
	/* nft writes a statement that has no JSON as its text. */
	text_quote(&name, only != NULL ? only->key : node->string);
	json_free_choice(rule, text_str(&name), true);
	text_free(&name);
}
