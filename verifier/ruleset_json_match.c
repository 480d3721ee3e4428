/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matches and verdict maps. What the left side implies comes first, as
 * matches of its own that stay as they are when the match is negated: tcp
 * dport != 22 is of TCP alone. What is not known becomes a free choice, of
 * those packets only that the known parts let through.
 */
#include <string.h>

#include "ruleset_json_internal.h"

static const struct {
	size_t count;
	struct span items[5];
} with_ports = { 5,
	{ { 6, 6 }, { 17, 17 }, { 33, 33 }, { 132, 132 }, { 136, 136 } } };

/* ---- implied */

static void
match_one(struct json_rule *rule, enum field field, packet_value v)
{
	builder_match(rule->r->b, field, spans_one(rule->r->pool, v, v), false);
}

void
json_imply_family(struct json_rule *rule, int family)
{
	if (family == 0 || family == rule->version)
		return;
	if (family < 0)
		builder_match(rule->r->b, FIELD_FAMILY, &spans_nothing, false);
	else
		match_one(rule, FIELD_FAMILY, (packet_value)family);
	rule->version = family < 0 ? 0 : family;
}

void
json_imply_protocol(struct json_rule *rule, int protocol)
{
	if (protocol < 0 || protocol == rule->protocol)
		return;
	if (protocol != JSON_PORTS)
		match_one(rule, FIELD_PROTOCOL, (packet_value)protocol);
	else if (rule->protocol < 0)
		builder_match(rule->r->b, FIELD_PROTOCOL,
		    spans_make(rule->r->pool, with_ports.items,
			with_ports.count),
		    false);
	if (protocol != JSON_PORTS || rule->protocol < 0)
		rule->protocol = protocol;
}

/* ct expressions end the rule for a packet without a connection. */
void
json_imply_tracked(struct json_rule *rule)
{
	static const struct span states[] = {
		{ CT_ESTABLISHED, CT_ESTABLISHED },
		{ CT_RELATED, CT_RELATED },
		{ CT_NEW, CT_NEW },
	};

	if (!rule->tracked)
		builder_match(rule->r->b, FIELD_CT_STATE,
		    spans_make(rule->r->pool, states, 3), false);
	rule->tracked = true;
}

void
json_imply(struct json_rule *rule, const struct json_left *left)
{
	for (size_t i = 0; i < left->count; i++) {
		json_imply_family(rule, left->keys[i].family);
		json_imply_protocol(rule, left->keys[i].protocol);
		if (left->keys[i].tracked)
			json_imply_tracked(rule);
		if (left->keys[i].link)
			builder_unknown(rule->r->b, "ether type", false);
	}
}

/* Takes words; empty ones are left to the builder. */
static void
free_choice(struct json_rule *rule, const char *what, bool may_decide,
    struct text *words)
{
	struct statement *s = builder_statement(rule->r->b, STATEMENT_UNKNOWN);

	if (s != NULL) {
		s->unknown = builder_string(rule->r->b, what);
		s->may_decide = may_decide;
		if (words->length > 0)
			s->text = builder_string(rule->r->b, text_str(words));
	}
	text_free(words);
}

void
json_free_choice(struct json_rule *rule, const char *what, bool may_decide)
{
	struct text words = { 0 };

	json_statement_text(rule->statement, &words);
	free_choice(rule, what, may_decide, &words);
}

void
json_unknown(struct json_rule *rule, const struct jsonx *node, bool may_decide,
    bool whole)
{
	struct text name = { 0 }, words = { 0 };

	json_key_name(node, &name);
	if (whole)
		json_statement_text(rule->statement, &words);
	else
		json_text(node, &words);
	free_choice(rule, text_str(&name), may_decide, &words);
	text_free(&name);
}

/* ---- the two sides of a match */

struct match {
	const char *op;
	const struct jsonx *left, *right;
	struct json_left keys;
};

static bool
is_set(const struct jsonx *node)
{
	const struct jsonx *only = json_only(node);

	return (node->kind == JSONX_STRING && node->string[0] == '@') ||
	    (only != NULL && strcmp(only->key, "set") == 0);
}

/* ct state new, tcp flags ! syn: whether any of these bits is set. The
 * wanted values are pushed: none of them. */
static enum json_got
bits(struct json_reader *r, struct json_key *k, const struct jsonx *right)
{
	packet_value mask = 0;
	enum json_got got = json_scalar(r, k->kind, right, &mask);

	if (got != JSON_OK)
		return got;
	if (k->operation_count == JSON_OPERATIONS_MAX)
		return JSON_UNKNOWN;
	k->operations[k->operation_count++] = (struct json_operation){ JSON_AND,
		mask };
	json_push(r, 0, 0);
	return JSON_OK;
}

/* < 1024 and the like. */
static enum json_got
bound(struct json_reader *r, enum json_kind kind, const char *op,
    const struct jsonx *right)
{
	packet_value v = 0, most = json_most(kind);
	enum json_got got = json_scalar(r, kind, right, &v);

	if (got != JSON_OK)
		return got;
	if (strcmp(op, "<") == 0 && v > 0)
		json_push(r, 0, v - 1);
	else if (strcmp(op, "<=") == 0)
		json_push(r, 0, v);
	else if (strcmp(op, ">") == 0 && v < most)
		json_push(r, v + 1, most);
	else if (strcmp(op, ">=") == 0)
		json_push(r, v, most);
	return JSON_OK;
}

/* The values of a match of one known field; negated on top of that. */
static enum json_got
values(struct json_reader *r, struct match *m, const struct spans **out,
    bool *negated)
{
	struct json_key *k = &m->keys.keys[0];
	const size_t start = r->span_count;
	const bool any = strcmp(m->op, "in") == 0, no = m->op[0] == '!';
	enum json_got got;

	*negated = strcmp(m->op, "!=") == 0;
	if (m->op[0] == '<' || m->op[0] == '>') {
		got = bound(r, k->kind, m->op, m->right);
	} else if (json_kind_is_mask(k->kind) && (any || (no && !*negated))) {
		got = bits(r, k, m->right);
		*negated = any;
	} else if (no && !*negated) {
		got = JSON_UNKNOWN;
	} else {
		got = json_values(r, k->kind, m->right);
	}
	if (got == JSON_OK)
		got = json_spans(r, k, start, out);
	r->span_count = start;
	return got;
}

/* What is now known of the packets that come so far. */
static void
learn(struct json_rule *rule, const struct json_key *k, const struct spans *s)
{
	const bool single = s->count == 1 &&
	    s->items[0].first == s->items[0].last;

	if (k->field == FIELD_FAMILY && single)
		rule->version = (int)s->items[0].first;
	if (k->field == FIELD_PROTOCOL && single)
		rule->protocol = (int)s->items[0].first;
	if (k->field == FIELD_CT_STATE && !spans_has(s, CT_INVALID) &&
	    !spans_has(s, CT_UNTRACKED))
		rule->tracked = true;
}

/* th dport != 53 holds of every packet that has no ports: the kernel compares
 * whatever stands there. */
static void
match_no_port(struct json_rule *rule, enum field field, const struct spans *s)
{
	struct statement *out = builder_statement(rule->r->b, STATEMENT_MATCH);
	struct set_element *e;

	if (out == NULL)
		return;
	e = pool_take(rule->r->pool, sizeof(*e));
	memset(e, 0, sizeof(*e));
	e->parts[0] = spans_make(rule->r->pool, with_ports.items,
	    with_ports.count);
	e->parts[1] = s;
	out->lookup.fields[0] = FIELD_PROTOCOL;
	out->lookup.fields[1] = field;
	out->lookup.field_count = 2;
	out->lookup.elements = e;
	out->lookup.element_count = 1;
	out->lookup.negated = true;
}

/* A mask keeps the words it was written with. */
static void
emit(struct json_rule *rule, enum field field, const struct spans *values,
    bool negated, bool masked)
{
	struct set_element *e = pool_take(rule->r->pool, sizeof(*e));
	struct statement *s = builder_statement(rule->r->b, STATEMENT_MATCH);
	struct text words = { 0 };

	if (s == NULL)
		return;
	memset(e, 0, sizeof(*e));
	e->parts[0] = values;
	s->lookup.fields[0] = field;
	s->lookup.field_count = 1;
	s->lookup.elements = e;
	s->lookup.element_count = 1;
	s->lookup.negated = negated;
	if (!masked)
		return;
	json_statement_text(rule->statement, &words);
	s->text = builder_string(rule->r->b, text_str(&words));
	text_free(&words);
}

static void
match_values(struct json_rule *rule, struct match *m)
{
	struct json_key *k = &m->keys.keys[0];
	const bool masked = k->operation_count > 0;
	const struct spans *s = NULL;
	bool negated;
	enum json_got got = values(rule->r, m, &s, &negated);

	if (got == JSON_OK && negated && k->protocol == JSON_PORTS) {
		match_no_port(rule, k->field, s);
		return;
	}
	json_imply(rule, &m->keys);
	if (got == JSON_UNKNOWN && !k->link)
		json_unknown(rule, m->left, false, true);
	if (got != JSON_OK)
		return;
	if (negated && json_kind_is_mask(k->kind) && m->op[0] == 'i') {
		s = spans_subtract(rule->r->pool, NULL, s,
		    field_most(k->field));
		negated = false;
	}
	emit(rule, k->field, s, negated, masked);
	if (!negated)
		learn(rule, k, s);
}

/* ---- sets */

static bool
has_ports(const struct json_left *left)
{
	for (size_t i = 0; i < left->count; i++)
		if (left->keys[i].protocol == JSON_PORTS)
			return true;
	return false;
}

static void
keep_words(struct json_rule *rule, const struct json_left *left,
    struct statement *s)
{
	struct text words = { 0 };
	bool masked = false;

	for (size_t i = 0; i < left->count; i++)
		masked = masked || left->keys[i].operation_count > 0;
	if (!masked)
		return;
	json_statement_text(rule->statement, &words);
	s->text = builder_string(rule->r->b, text_str(&words));
	text_free(&words);
}

/* th dport as above, in a set. */
static void
widen_no_port(struct json_rule *rule, struct json_left *left, struct lookup *l)
{
	const struct spans *ports;
	struct set_element *wide;
	size_t i;

	for (i = 0; i < left->count; i++)
		if (left->keys[i].protocol == JSON_PORTS)
			left->keys[i].protocol = -1;
	for (i = 0; i < l->field_count; i++)
		if (l->fields[i] == FIELD_PROTOCOL)
			return;
	if (l->field_count == RULESET_FIELDS_MAX)
		return;
	/* A copy of what others share: counted as what was read. */
	if (l->element_count > RULESET_ELEMENTS_MAX - rule->r->elements) {
		json_fault(rule->r, rule->statement, W_RULESET_ELEMENTS, 1,
		    "4000000");
		return;
	}
	rule->r->elements += l->element_count;
	ports = spans_make(rule->r->pool, with_ports.items, with_ports.count);
	wide = pool_take(rule->r->pool, (l->element_count + 1) * sizeof(*wide));
	for (i = 0; i < l->element_count; i++) {
		wide[i] = l->elements[i];
		wide[i].parts[l->field_count] = ports;
	}
	l->fields[l->field_count++] = FIELD_PROTOCOL;
	l->elements = wide;
}

static void
match_set(struct json_rule *rule, struct match *m)
{
	const bool negated = strcmp(m->op, "!=") == 0;
	const bool part = m->keys.known < m->keys.count;
	struct statement *s;
	struct lookup l;
	enum json_got got = json_lookup(rule, &m->keys, m->right, JSON_USE_SET,
	    &l);

	if (!negated && strcmp(m->op, "==") != 0 && strcmp(m->op, "in") != 0)
		got = got == JSON_FAULT ? got : JSON_UNKNOWN;
	if (got == JSON_OK && negated && !part && has_ports(&m->keys))
		widen_no_port(rule, &m->keys, &l);
	json_imply(rule, &m->keys);
	if ((got == JSON_UNKNOWN && !m->keys.keys[0].link) ||
	    (got == JSON_OK && part))
		json_unknown(rule, m->left, false, true);
	if (got != JSON_OK || (part && negated))
		return;
	s = builder_statement(rule->r->b, STATEMENT_MATCH);
	if (s == NULL)
		return;
	s->lookup = l;
	s->lookup.negated = negated;
	keep_words(rule, &m->keys, s);
	if (!negated && !l.changing && l.field_count == 1 &&
	    l.element_count == 1 && l.elements[0].parts[0] != NULL &&
	    m->keys.count == 1)
		learn(rule, &m->keys.keys[0], l.elements[0].parts[0]);
}

static bool
is_operator(const char *op)
{
	static const char *const all[] = { "==", "!=", "<", ">",
		"<=", ">=", "in", "!" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(op, all[i]) == 0)
			return true;
	return false;
}

void
json_match(struct json_rule *rule, const struct jsonx *node)
{
	struct json_reader *r = rule->r;
	struct match m = { 0 };

	if (node->kind != JSONX_OBJECT) {
		json_fault_kind(r, node, JSONX_OBJECT);
		return;
	}
	m.op = json_need_string(r, node, "op");
	m.left = jsonx_get(node, "left");
	m.right = jsonx_get(node, "right");
	if (m.left == NULL)
		json_fault(r, node, W_RULESET_JSON_MISSING, 1, "left");
	if (m.right == NULL)
		json_fault(r, node, W_RULESET_JSON_MISSING, 1, "right");
	if (m.op == NULL || m.left == NULL || m.right == NULL)
		return;
	if (!is_operator(m.op)) {
		json_fault(r, jsonx_get(node, "op"), W_RULESET_JSON_WORD, 2,
		    "op", "==, !=, <, >, <=, >=, in, !");
		return;
	}
	json_left(rule, m.left, &m.keys);
	if (m.keys.known > 0 && is_set(m.right)) {
		match_set(rule, &m);
	} else if (m.keys.known == 1 && m.keys.count == 1) {
		match_values(rule, &m);
	} else {
		json_imply(rule, &m.keys);
		json_unknown(rule, m.left, false, true);
	}
}

/* ---- maps */

void
json_vmap(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *key = jsonx_get(node, "key");
	const struct jsonx *data = jsonx_get(node, "data");
	struct json_left left;
	struct statement *s;
	struct lookup l;
	enum json_got got;

	if (key == NULL || data == NULL) {
		json_fault(rule->r, node, W_RULESET_JSON_MISSING, 1,
		    key == NULL ? "key" : "data");
		return;
	}
	json_left(rule, key, &left);
	json_imply(rule, &left);
	got = left.known == left.count ?
	    json_lookup(rule, &left, data, JSON_USE_VERDICT, &l) :
	    JSON_UNKNOWN;
	if (got == JSON_UNKNOWN)
		json_unknown(rule, key, true, true);
	if (got != JSON_OK)
		return;
	s = builder_statement(rule->r->b, STATEMENT_VMAP);
	if (s == NULL)
		return;
	s->lookup = l;
	keep_words(rule, &left, s);
}

void
json_object_map(struct json_rule *rule, const struct jsonx *node)
{
	const struct jsonx *only = json_only(node), *key, *data;
	struct json_left left;
	struct statement *s;
	struct lookup l;
	enum json_got got;

	if (only == NULL || strcmp(only->key, "map") != 0)
		return;
	key = jsonx_get(only, "key");
	data = jsonx_get(only, "data");
	if (key == NULL || data == NULL) {
		json_fault(rule->r, only, W_RULESET_JSON_MISSING, 1,
		    key == NULL ? "key" : "data");
		return;
	}
	json_left(rule, key, &left);
	json_imply(rule, &left);
	got = left.known == left.count ?
	    json_lookup(rule, &left, data, JSON_USE_ANYTHING, &l) :
	    JSON_UNKNOWN;
	if (got == JSON_UNKNOWN)
		json_unknown(rule, key, false, false);
	if (got != JSON_OK)
		return;
	s = builder_statement(rule->r->b, STATEMENT_MATCH);
	if (s != NULL)
		s->lookup = l;
}
