/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-ruleset/1 as JSON: see sekisho-ruleset(5) and its schema. A member
 * that is not known is a fault: what it meant would be lost.
 */
#include "ruleset_neutral.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "base/mem.h"

/* A named group; its value is worked out when it is first used. */
struct group {
	const struct jsonx *node;
	enum { GROUP_NEW, GROUP_OPEN, GROUP_DONE } state;
	struct neutral_addresses addresses;
	struct neutral_services services; /* owned */
};

struct groups {
	struct group *items; /* owned */
	size_t count;
	struct ruleset_index *index;
};

struct reader {
	struct neutral n;
	struct groups addresses, services;
	int depth; /* of groups within groups */
};

static struct diag_place
place_of(const struct reader *x, const struct jsonx *n)
{
	return (struct diag_place){ x->n.file, n->line, n->column };
}

static struct diag_place
place_of_key(const struct reader *x, const struct jsonx *n)
{
	return (struct diag_place){ x->n.file, n->key_line, n->key_column };
}

/* ---- members */

/* False after a fault: no object. Unknown members are faults as well. */
static bool
object(struct reader *x, const struct jsonx *o, const char *const *keys)
{
	const char *near;

	if (o->kind != JSONX_OBJECT) {
		neutral_fault(&x->n, place_of(x, o), W_RULESET_NEUTRAL_KIND, 2,
		    jsonx_kind_name(JSONX_OBJECT, x->n.d->lang),
		    jsonx_kind_name(o->kind, x->n.d->lang));
		return false;
	}
	for (const struct jsonx *m = o->child; m != NULL; m = m->next) {
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], m->key) != 0)
			i++;
		if (keys[i] != NULL)
			continue;
		near = neutral_nearest(m->key, keys);
		neutral_fault(&x->n, place_of_key(x, m),
		    near != NULL ? W_RULESET_NEUTRAL_KEY_NEAR :
				   W_RULESET_NEUTRAL_KEY,
		    2, m->key, near);
	}
	return true;
}

static const struct jsonx *
member(struct reader *x, const struct jsonx *o, const char *key,
    enum jsonx_kind kind, bool needed)
{
	const struct jsonx *m = jsonx_get(o, key);

	if (m == NULL && needed)
		neutral_fault(&x->n, place_of(x, o), W_RULESET_NEUTRAL_MISSING,
		    1, key);
	if (m == NULL || m->kind == kind)
		return m;
	neutral_fault(&x->n, place_of(x, m), W_RULESET_NEUTRAL_KIND, 2,
	    jsonx_kind_name(kind, x->n.d->lang),
	    jsonx_kind_name(m->kind, x->n.d->lang));
	return NULL;
}

static const char *
string(struct reader *x, const struct jsonx *o, const char *key, bool needed)
{
	const struct jsonx *m = member(x, o, key, JSONX_STRING, needed);

	return m != NULL ? m->string : NULL;
}

static bool
boolean(struct reader *x, const struct jsonx *o, const char *key, bool absent)
{
	const struct jsonx *m = member(x, o, key, JSONX_BOOLEAN, false);

	return m != NULL ? m->integer != 0 : absent;
}

/* Does one value for a string, or for each string of an array. */
typedef void each(struct reader *x, const struct jsonx *n, void *out);

static void
for_each(struct reader *x, const struct jsonx *m, each *one, void *out)
{
	if (m->kind != JSONX_ARRAY) {
		one(x, m, out);
		return;
	}
	if (m->count == 0)
		neutral_fault(&x->n, place_of(x, m), W_RULESET_NEUTRAL_EMPTY,
		    0);
	for (const struct jsonx *n = m->child; n != NULL; n = n->next)
		one(x, n, out);
}

static bool
is_string(struct reader *x, const struct jsonx *n)
{
	if (n->kind == JSONX_STRING)
		return true;
	neutral_fault(&x->n, place_of(x, n), W_RULESET_NEUTRAL_KIND, 2,
	    jsonx_kind_name(JSONX_STRING, x->n.d->lang),
	    jsonx_kind_name(n->kind, x->n.d->lang));
	return false;
}

/* A string, or a whole number as its digits. */
static const char *
number_or_string(struct reader *x, const struct jsonx *n, struct text *buf)
{
	if (n->kind != JSONX_INTEGER)
		return is_string(x, n) ? n->string : NULL;
	text_printf(buf, "%lld", (long long)n->integer);
	return text_str(buf);
}

/* ---- groups */

static void
groups_load(struct reader *x, const struct jsonx *root, const char *key,
    struct groups *g)
{
	const struct jsonx *o = member(x, root, key, JSONX_OBJECT, false);

	g->index = ruleset_index_new();
	if (o == NULL)
		return;
	if (o->count > NEUTRAL_GROUPS_MAX) {
		neutral_fault(&x->n, place_of(x, o), W_RULESET_NEUTRAL_GROUPS,
		    0);
		return;
	}
	g->items = mem_calloc(o->count + 1, sizeof(*g->items));
	for (const struct jsonx *m = o->child; m != NULL; m = m->next) {
		g->items[g->count].node = m;
		ruleset_index_add(g->index, m->key, strlen(m->key),
		    (uint32_t)g->count++);
	}
}

static void
groups_fini(struct groups *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->items[i].services.items);
	free(g->items);
	ruleset_index_free(g->index);
}

/* The group that "@name" means, its value worked out by one; NULL after a
 * fault. */
static struct group *
group_find(struct reader *x, struct groups *g, const struct jsonx *n, each *one)
{
	const char *name = n->string + 1;
	uint32_t found = ruleset_index_find(g->index, name, strlen(name));
	struct group *group;

	if (found == RULESET_INDEX_NONE) {
		neutral_fault(&x->n, place_of(x, n), W_RULESET_NEUTRAL_NO_GROUP,
		    1, name);
		return NULL;
	}
	group = &g->items[found];
	if (group->state == GROUP_DONE)
		return group;
	if (group->state == GROUP_OPEN || x->depth == NEUTRAL_DEPTH_MAX) {
		neutral_fault(&x->n, place_of(x, n),
		    W_RULESET_NEUTRAL_GROUP_CIRCLE, 1, name);
		return NULL;
	}
	group->state = GROUP_OPEN;
	group->addresses.v4 = group->addresses.v6 = &spans_nothing;
	x->depth++;
	for_each(x, group->node, one,
	    g == &x->addresses ? (void *)&group->addresses :
				 (void *)&group->services);
	x->depth--;
	group->state = GROUP_DONE;
	return group;
}

/* ---- one value */

static void
one_interface(struct reader *x, const struct jsonx *n, void *out)
{
	if (is_string(x, n))
		(void)neutral_interface(&x->n, place_of(x, n), n->string, out);
}

static void
one_address(struct reader *x, const struct jsonx *n, void *out)
{
	struct neutral_addresses *to = out;
	const struct group *group;

	if (!is_string(x, n))
		return;
	if (n->string[0] != '@') {
		(void)neutral_address(&x->n, place_of(x, n), n->string, to);
		return;
	}
	group = group_find(x, &x->addresses, n, one_address);
	if (group != NULL)
		*to = neutral_both(&x->n, to, &group->addresses);
}

struct numbers {
	unsigned most;
	const struct spans *spans;
};

static void
one_number(struct reader *x, const struct jsonx *n, void *out)
{
	struct numbers *to = out;
	struct text buf = { 0 };
	const char *s = number_or_string(x, n, &buf);

	if (s != NULL)
		(void)neutral_numbers(&x->n, place_of(x, n), s, to->most,
		    &to->spans);
	text_free(&buf);
}

static const struct spans *
numbers(struct reader *x, const struct jsonx *o, const char *key, unsigned most)
{
	const struct jsonx *m = jsonx_get(o, key);
	struct numbers to = { most, &spans_nothing };

	if (m == NULL)
		return NULL;
	for_each(x, m, one_number, &to);
	return to.spans;
}

/* {"protocol": "tcp", "destination-ports": ["443"], ...} */
static void
service_object(struct reader *x, const struct jsonx *n,
    struct neutral_services *out)
{
	static const char *const keys[] = { "protocol", "source-ports",
		"destination-ports", "type", "code", NULL };
	struct neutral_service s = { .protocol = NEUTRAL_NONE };
	const struct jsonx *m;
	struct text buf = { 0 };
	const char *protocol;
	int number = -1;

	if (!object(x, n, keys))
		return;
	m = jsonx_get(n, "protocol");
	if (m == NULL) {
		neutral_fault(&x->n, place_of(x, n), W_RULESET_NEUTRAL_MISSING,
		    1, "protocol");
		return;
	}
	protocol = number_or_string(x, m, &buf);
	if (protocol != NULL)
		number = neutral_protocol(&x->n, place_of(x, m), protocol);
	text_free(&buf);
	if (number < 0)
		return;
	s.protocol = (unsigned)number;
	s.sport = numbers(x, n, "source-ports", UINT16_MAX);
	s.dport = numbers(x, n, "destination-ports", UINT16_MAX);
	s.type = numbers(x, n, "type", UINT8_MAX);
	s.code = numbers(x, n, "code", UINT8_MAX);
	if (neutral_service_fits(&x->n, place_of(x, n), &s))
		neutral_add_service(&x->n, out, &s);
}

static void
one_service(struct reader *x, const struct jsonx *n, void *out)
{
	struct neutral_services *to = out;
	const struct group *group;

	if (n->kind == JSONX_OBJECT) {
		service_object(x, n, to);
		return;
	}
	if (!is_string(x, n))
		return;
	if (n->string[0] != '@') {
		(void)neutral_service(&x->n, place_of(x, n), n->string, to);
		return;
	}
	group = group_find(x, &x->services, n, one_service);
	if (group == NULL)
		return;
	to->any |= group->services.any;
	for (size_t i = 0; i < group->services.count; i++)
		neutral_add_service(&x->n, to, &group->services.items[i]);
}

static void
one_unknown(struct reader *x, const struct jsonx *n, void *out)
{
	if (is_string(x, n))
		neutral_unknown(&x->n, out, n->string);
}

/* ---- rules */

static struct neutral_addresses
addresses(struct reader *x, const struct jsonx *o, const char *key,
    const char *except)
{
	const struct jsonx *m = jsonx_get(o, key), *e = jsonx_get(o, except);
	struct neutral_addresses in = { &spans_nothing, &spans_nothing };
	struct neutral_addresses out = in;

	if (m == NULL)
		neutral_fault(&x->n, place_of(x, o), W_RULESET_NEUTRAL_MISSING,
		    1, key);
	else
		for_each(x, m, one_address, &in);
	if (e == NULL)
		return in;
	for_each(x, e, one_address, &out);
	return neutral_less(&x->n, &in, &out);
}

static const struct spans *
interfaces(struct reader *x, const struct jsonx *o, const char *key)
{
	const struct jsonx *m = jsonx_get(o, key);
	const struct spans *s = &spans_nothing;

	if (m == NULL)
		return NULL;
	for_each(x, m, one_interface, &s);
	return s;
}

/* A translation: "unknown", an address with or without a port, or, of the
 * source, true: the firewall's own. */
static enum neutral_nat
translation(struct reader *x, const struct jsonx *o, const char *key, bool own,
    struct change *out)
{
	const struct jsonx *m = jsonx_get(o, key);

	if (m == NULL)
		return NAT_NONE;
	if (own && m->kind == JSONX_BOOLEAN)
		return m->integer != 0 ? NAT_TO : NAT_NONE;
	if (!is_string(x, m))
		return NAT_NONE;
	if (strcmp(m->string, "unknown") == 0)
		return NAT_UNKNOWN;
	return neutral_translation(&x->n, place_of(x, m), m->string, out) ?
	    NAT_TO :
	    NAT_NONE;
}

static void
read_nat(struct reader *x, const struct jsonx *o, struct neutral_rule *rule)
{
	static const char *const keys[] = { "destination", "source", NULL };
	const struct jsonx *nat = jsonx_get(o, "nat");

	if (nat == NULL || !object(x, nat, keys))
		return;
	rule->dnat = translation(x, nat, "destination", false,
	    &rule->to_destination);
	rule->snat = translation(x, nat, "source", true, &rule->to_source);
}

/* An id that is a number finds the rule again as nft's handle does. */
static const char *
read_id(struct reader *x, const struct jsonx *o, struct neutral_rule *rule)
{
	const struct jsonx *m = jsonx_get(o, "id");

	if (m == NULL)
		return NULL;
	if (m->kind == JSONX_INTEGER && m->integer >= 0) {
		rule->number = (uint64_t)m->integer;
		return NULL;
	}
	return is_string(x, m) ? m->string : NULL;
}

static void
read_words(struct reader *x, const struct jsonx *o, struct neutral_rule *rule)
{
	static const char *const hooks[] = { "forward", "input", NULL };
	const struct jsonx *m;
	const char *s, *id = read_id(x, o, rule);

	neutral_comment(&x->n, rule, id, string(x, o, "name", false),
	    string(x, o, "comment", false));
	rule->disabled = !boolean(x, o, "enabled", true);
	rule->log = boolean(x, o, "log", false);
	if ((s = string(x, o, "hook", false)) != NULL)
		rule->input = neutral_word(&x->n,
				  place_of(x, jsonx_get(o, "hook")), s,
				  hooks) == 1;
	if ((s = string(x, o, "action", true)) != NULL)
		(void)neutral_action(&x->n, place_of(x, jsonx_get(o, "action")),
		    s, true, &rule->action);
	if ((s = string(x, o, "schedule", false)) != NULL)
		neutral_schedule(&x->n, rule, s);
	if ((m = jsonx_get(o, "unknown")) != NULL)
		for_each(x, m, one_unknown, rule);
}

static void
read_rule(struct reader *x, const struct jsonx *o)
{
	static const char *const keys[] = { "id", "name", "enabled", "hook",
		"from-interfaces", "to-interfaces", "source", "source-except",
		"destination", "destination-except", "services", "action",
		"log", "nat", "schedule", "comment", "unknown", NULL };
	struct neutral_rule rule = { .place = place_of(x, o) };
	const struct jsonx *m;

	if (!object(x, o, keys))
		return;
	read_words(x, o, &rule);
	rule.from = interfaces(x, o, "from-interfaces");
	rule.to = interfaces(x, o, "to-interfaces");
	rule.source = addresses(x, o, "source", "source-except");
	rule.destination = addresses(x, o, "destination", "destination-except");
	m = jsonx_get(o, "services");
	if (m == NULL)
		neutral_fault(&x->n, rule.place, W_RULESET_NEUTRAL_MISSING, 1,
		    "services");
	else
		for_each(x, m, one_service, &rule.services);
	read_nat(x, o, &rule);
	neutral_rule(&x->n, &rule);
}

/* ---- all of it */

static void
read_head(struct reader *x, const struct jsonx *root)
{
	static const char *const keys[] = { "format", "name", "maker", "system",
		"default", "default-input", "address-groups", "service-groups",
		"rules", "comment", NULL };
	const char *s;

	if (!object(x, root, keys))
		return;
	s = string(x, root, "format", true);
	if (s != NULL && strcmp(s, "sekisho-ruleset/1") != 0)
		neutral_fault(&x->n, place_of(x, root), W_RULESET_FORMAT, 1, s);
	x->n.name = string(x, root, "name", false);
	x->n.maker = string(x, root, "maker", false);
	x->n.system = string(x, root, "system", false);
	(void)string(x, root, "comment", false);
	if ((s = string(x, root, "default", true)) != NULL)
		x->n.has_action = neutral_action(&x->n,
		    place_of(x, jsonx_get(root, "default")), s, false,
		    &x->n.action);
	if ((s = string(x, root, "default-input", false)) != NULL)
		x->n.has_input_action = neutral_action(&x->n,
		    place_of(x, jsonx_get(root, "default-input")), s, false,
		    &x->n.input_action);
	groups_load(x, root, "address-groups", &x->addresses);
	groups_load(x, root, "service-groups", &x->services);
}

struct ruleset *
ruleset_neutral(const char *name, const struct jsonx *root, struct diag *d)
{
	struct reader x;
	const struct jsonx *rules, *rule;
	struct ruleset *r;

	memset(&x, 0, sizeof(x));
	neutral_init(&x.n, name, d);
	read_head(&x, root);
	neutral_begin(&x.n);
	rules = member(&x, root, "rules", JSONX_ARRAY, true);
	rule = rules != NULL ? rules->child : NULL;
	for (; rule != NULL; rule = rule->next)
		read_rule(&x, rule);
	r = neutral_end(&x.n);
	groups_fini(&x.addresses);
	groups_fini(&x.services);
	return r;
}
