/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads an image back, through the builder as every reader does. An image is
 * a file like any other and may hold anything: each member is checked, and in
 * the end the digest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "base/mem.h"
#include "ruleset_build.h"
#include "ruleset_image_words.h"
#include "words.h"

#define SPANS_MAX 1000000 /* intervals of one part */

const char *const image_kinds[IMAGE_KINDS] = { "match", "verdict", "vmap",
	"dnat", "snat", "mark", "ct-mark", "mark-from-ct", "ct-mark-from-meta",
	"notrack", "log", "offload", "nothing", "unknown" };
const char *const image_types[IMAGE_TYPES] = { "filter", "nat", "route" };

struct image_set {
	const struct set_element *elements;
	size_t count;
	size_t fields; /* parts of each element; 0: there are no elements */
	bool silent;   /* one has no verdict: this is no verdict map */
};

struct image {
	const char *name;
	struct diag *d;
	struct builder *b;
	struct pool *pool;
	struct image_set *sets; /* owned */
	size_t set_count;
	bool fine;
};

/* ---- members */

static struct diag_place
place_of(const struct image *x, const struct jsonx *n)
{
	return (struct diag_place){ x->name, n->line, n->column };
}

/* One fault is enough: what is damaged was not written by hand. */
static void
damaged(struct image *x, const struct jsonx *at, const char *key)
{
	if (x->fine)
		words_diag(x->d, place_of(x, at), DIAG_ERROR, CHECK_NONE,
		    W_RULESET_IMAGE_DAMAGED, 1, key);
	x->fine = false;
}

static const struct jsonx *
member(struct image *x, const struct jsonx *o, const char *key,
    enum jsonx_kind kind, bool needed)
{
	const struct jsonx *n = jsonx_get(o, key);

	if (n != NULL && n->kind == kind)
		return n;
	if (n != NULL || needed)
		damaged(x, n != NULL ? n : o, key);
	return NULL;
}

static const char *
string(struct image *x, const struct jsonx *o, const char *key, bool needed)
{
	const struct jsonx *n = member(x, o, key, JSONX_STRING, needed);

	return n != NULL ? n->string : NULL;
}

static bool
boolean(struct image *x, const struct jsonx *o, const char *key)
{
	const struct jsonx *n = member(x, o, key, JSONX_BOOLEAN, false);

	return n != NULL && n->integer != 0;
}

static int64_t
integer(struct image *x, const struct jsonx *o, const char *key, int64_t absent,
    int64_t least, int64_t most)
{
	const struct jsonx *n = member(x, o, key, JSONX_INTEGER, false);

	if (n == NULL)
		return absent;
	if (n->integer >= least && n->integer <= most)
		return n->integer;
	damaged(x, n, key);
	return absent;
}

/* The place of a member's word in a list, or -1 after a fault. */
static int
word(struct image *x, const struct jsonx *o, const char *key,
    const char *const *words, size_t count)
{
	const char *s = string(x, o, key, true);

	for (size_t i = 0; s != NULL && i < count; i++)
		if (strcmp(words[i], s) == 0)
			return (int)i;
	damaged(x, o, key);
	return -1;
}

static int
named(struct image *x, const struct jsonx *o, const char *key,
    const char *(*name_of)(int), int count)
{
	const char *s = string(x, o, key, true);

	for (int i = 0; s != NULL && i < count; i++)
		if (strcmp(name_of(i), s) == 0)
			return i;
	damaged(x, o, key);
	return -1;
}

static const char *
name_of_action(int i)
{
	return action_name((enum action)i);
}

static const char *
name_of_family(int i)
{
	return table_family_name((enum table_family)i);
}

static const char *
name_of_hook(int i)
{
	return hook_name((enum hook)i);
}

/* ---- values */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A number of at most 32 digits; NULL, or what follows. */
static const char *
parse_hex(const char *p, packet_value *out)
{
	const char *begin = p;

	*out = 0;
	for (; hex_digit(*p) >= 0 && p - begin < 32; p++)
		*out = *out << 4 | (packet_value)hex_digit(*p);
	return p == begin || hex_digit(*p) >= 0 ? NULL : p;
}

/* "50,1bb,400-4ff" */
static bool
parse_spans(struct pool *pool, const char *p, const struct spans **out)
{
	struct span *items = NULL;
	size_t count = 0, capacity = 0;
	bool fine = true;

	while (*p != '\0' && fine) {
		struct span s;

		p = parse_hex(p, &s.first);
		s.last = s.first;
		if (p != NULL && *p == '-')
			p = parse_hex(p + 1, &s.last);
		fine = p != NULL && s.first <= s.last && count < SPANS_MAX &&
		    (*p == '\0' || (*p == ',' && p[1] != '\0'));
		if (!fine)
			break;
		p += *p == ',';
		items = mem_grow(items, &capacity, count, sizeof(*items));
		items[count++] = s;
	}
	if (fine)
		*out = spans_make(pool, items, count);
	free(items);
	return fine;
}

/* NULL for null. */
static const struct spans *
spans(struct image *x, const struct jsonx *n, const char *key)
{
	const struct spans *s = NULL;

	if (n->kind == JSONX_NULL)
		return NULL;
	if (n->kind != JSONX_STRING || !parse_spans(x->pool, n->string, &s))
		damaged(x, n, key);
	return s;
}

static const struct spans *
target(struct image *x, const struct jsonx *o, const char *key,
    packet_value most)
{
	const struct jsonx *n = jsonx_get(o, key);
	const struct spans *s;

	if (n == NULL)
		return NULL;
	s = spans(x, n, key);
	if (s == NULL || s->count == 0 || s->items[s->count - 1].last > most)
		damaged(x, n, key);
	return s;
}

static struct change
read_change(struct image *x, const struct jsonx *o)
{
	const struct jsonx *n = member(x, o, "change", JSONX_OBJECT, false);
	struct change c = { 0 };

	if (n == NULL)
		return c;
	c.address = target(x, n, "address", ~(packet_value)0);
	c.port = target(x, n, "port", UINT16_MAX);
	c.prefix = boolean(x, n, "prefix");
	c.keep = (uint32_t)integer(x, n, "keep", 0, 0, UINT32_MAX);
	c.flip = (uint32_t)integer(x, n, "flip", 0, 0, UINT32_MAX);
	return c;
}

static struct decision
read_decision(struct image *x, const struct jsonx *o)
{
	int action = named(x, o, "action", name_of_action, ACTION_UNKNOWN + 1);
	bool jumps = action == ACTION_JUMP || action == ACTION_GOTO;
	const char *to = string(x, o, "target", jumps);

	if (action < 0 || (to != NULL && !jumps)) {
		damaged(x, o, "target");
		return (struct decision){ ACTION_UNKNOWN, NULL };
	}
	return builder_decision(x->b, (enum action)action, to);
}

/* ---- sets */

static void
read_element(struct image *x, const struct jsonx *n, struct image_set *set,
    struct set_element *out)
{
	const struct jsonx *parts = member(x, n, "parts", JSONX_ARRAY, true);
	const struct jsonx *part;
	size_t count = 0;

	memset(out, 0, sizeof(*out));
	if (parts == NULL)
		return;
	if (set->fields == 0)
		set->fields = parts->count;
	if (parts->count == 0 || parts->count != set->fields ||
	    parts->count > RULESET_FIELDS_MAX) {
		damaged(x, parts, "parts");
		return;
	}
	for (part = parts->child; part != NULL; part = part->next)
		out->parts[count++] = spans(x, part, "parts");
	if (jsonx_get(n, "action") != NULL)
		out->decision = read_decision(x, n);
	else
		set->silent = true;
	out->change = read_change(x, n);
}

static void
read_sets(struct image *x, const struct jsonx *root)
{
	const struct jsonx *sets = member(x, root, "sets", JSONX_ARRAY, true);
	const struct jsonx *n, *e;

	if (sets == NULL)
		return;
	x->sets = mem_calloc(sets->count + 1, sizeof(*x->sets));
	for (n = sets->child; n != NULL && x->fine; n = n->next) {
		struct image_set *set = &x->sets[x->set_count];
		struct set_element *items;

		if (n->kind != JSONX_ARRAY || n->count > RULESET_ELEMENTS_MAX) {
			damaged(x, n, "sets");
			return;
		}
		items = pool_take(x->pool, (n->count + 1) * sizeof(*items));
		for (e = n->child; e != NULL && x->fine; e = e->next)
			read_element(x, e, set, &items[set->count++]);
		set->elements = items;
		x->set_count++;
	}
}

static bool
read_field(const char *s, enum field *out)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (strcmp(field_name((enum field)f), s) == 0) {
			*out = (enum field)f;
			return true;
		}
	return false;
}

static void
read_lookup(struct image *x, const struct jsonx *o, bool decides,
    struct lookup *out)
{
	const struct jsonx *n = member(x, o, "lookup", JSONX_OBJECT, false);
	const struct jsonx *fields, *f;
	const struct image_set *set;
	int64_t which;

	if (n == NULL)
		return;
	fields = member(x, n, "fields", JSONX_ARRAY, true);
	which = integer(x, n, "elements", -1, 0, (int64_t)x->set_count - 1);
	if (fields == NULL || which < 0 || fields->count == 0 ||
	    fields->count > RULESET_FIELDS_MAX) {
		damaged(x, n, "lookup");
		return;
	}
	set = &x->sets[which];
	for (f = fields->child; f != NULL; f = f->next)
		if (f->kind != JSONX_STRING ||
		    !read_field(f->string, &out->fields[out->field_count++]))
			damaged(x, f, "fields");
	if ((set->count > 0 && set->fields != out->field_count) ||
	    (decides && set->silent))
		damaged(x, n, "elements");
	out->elements = set->elements;
	out->element_count = set->count;
	out->negated = boolean(x, n, "negated");
	out->changing = boolean(x, n, "changing");
	out->set = builder_string(x->b, string(x, n, "set", false));
}

/* ---- rules and what holds them */

static void
read_statement(struct image *x, const struct jsonx *n)
{
	int kind = word(x, n, "kind", image_kinds, IMAGE_KINDS);
	struct statement *s = kind < 0 ?
	    NULL :
	    builder_statement(x->b, (enum statement_kind)kind);
	const char *text;

	if (s == NULL)
		return;
	read_lookup(x, n, kind == STATEMENT_VMAP, &s->lookup);
	if ((kind == STATEMENT_MATCH || kind == STATEMENT_VMAP) &&
	    s->lookup.field_count == 0)
		damaged(x, n, "lookup");
	if (kind == STATEMENT_VERDICT)
		s->decision = read_decision(x, n);
	s->change = read_change(x, n);
	s->redirects = boolean(x, n, "redirects");
	s->target_unknown = boolean(x, n, "target-unknown");
	s->may_decide = boolean(x, n, "may-decide");
	text = string(x, n, "unknown", kind == STATEMENT_UNKNOWN);
	s->unknown = builder_string(x->b, text);
	s->text = builder_string(x->b, string(x, n, "text", true));
}

static void
read_rule(struct image *x, const struct jsonx *n, enum table_family family,
    const char *table, const char *chain)
{
	struct diag_place none = { x->name, 0, 0 };
	const struct jsonx *statements, *s;
	struct rule *rule;

	rule = builder_rule(x->b, family, table, chain, none, x->d);
	if (rule == NULL) {
		x->fine = false;
		return;
	}
	rule->handle = (uint64_t)integer(x, n, "handle", 0, 0, INT64_MAX);
	rule->packets = integer(x, n, "packets", -1, 0, INT64_MAX);
	rule->comment = builder_string(x->b, string(x, n, "comment", false));
	statements = member(x, n, "statements", JSONX_ARRAY, true);
	s = statements != NULL ? statements->child : NULL;
	for (; s != NULL && x->fine; s = s->next)
		read_statement(x, s);
}

static void
read_base(struct image *x, const struct jsonx *n, struct chain *c)
{
	static const char *const policies[] = { "accept", "drop" };
	const struct jsonx *devices = jsonx_get(n, "devices");
	int hook, type, policy;

	if (jsonx_get(n, "hook") == NULL)
		return;
	hook = named(x, n, "hook", name_of_hook, HOOK_EGRESS + 1);
	type = word(x, n, "type", image_types, IMAGE_TYPES);
	policy = word(x, n, "policy", policies, 2);
	if (!x->fine)
		return;
	c->hook = (enum hook)hook;
	c->type = (enum chain_type)type;
	c->policy_drop = policy == 1;
	c->priority = (int32_t)integer(x, n, "priority", 0, INT32_MIN,
	    INT32_MAX);
	if (devices != NULL)
		c->devices = spans(x, devices, "devices");
}

static void
read_table(struct image *x, const struct jsonx *n)
{
	struct diag_place none = { x->name, 0, 0 };
	int family = named(x, n, "family", name_of_family, TABLE_ARP + 1);
	const char *name = string(x, n, "name", true);
	const struct jsonx *chains = member(x, n, "chains", JSONX_ARRAY, true);
	const struct jsonx *c, *rules, *rule;
	struct table *table;

	if (!x->fine)
		return;
	table = builder_table(x->b, (enum table_family)family, name, none,
	    x->d);
	if (table != NULL)
		table->dormant = boolean(x, n, "dormant");
	for (c = chains->child; c != NULL && x->fine; c = c->next) {
		const char *its = string(x, c, "name", true);
		struct chain *chain = its == NULL ?
		    NULL :
		    builder_chain(x->b, (enum table_family)family, name, its,
			none, x->d);

		if (chain == NULL) {
			x->fine = false;
			return;
		}
		chain->handle = (uint64_t)integer(x, c, "handle", 0, 0,
		    INT64_MAX);
		read_base(x, c, chain);
		rules = member(x, c, "rules", JSONX_ARRAY, true);
		rule = rules != NULL ? rules->child : NULL;
		for (; rule != NULL && x->fine; rule = rule->next)
			read_rule(x, rule, (enum table_family)family, name,
			    its);
	}
	if (table == NULL)
		x->fine = false;
}

/* ---- all of it */

static void
read_all(struct image *x, const struct jsonx *image)
{
	const struct jsonx *tables, *t;
	const char *format = string(x, image, "format", true);

	if (format == NULL || strcmp(format, "sekisho-ruleset-image/1") != 0)
		damaged(x, image, "format");
	builder_system(x->b, string(x, image, "system", false));
	builder_zones(x->b, boolean(x, image, "zones"));
	read_sets(x, image);
	tables = member(x, image, "tables", JSONX_ARRAY, true);
	t = tables != NULL ? tables->child : NULL;
	for (; t != NULL && x->fine; t = t->next)
		read_table(x, t);
}

struct ruleset *
ruleset_image(const char *name, const struct jsonx *image, struct diag *d)
{
	struct image x = { .name = name, .d = d, .fine = true };
	struct ruleset *r = NULL;
	const char *sha256;

	x.b = builder_new(RULESET_IMAGE, name);
	x.pool = builder_pool(x.b);
	read_all(&x, image);
	sha256 = x.fine ? string(&x, image, "sha256", true) : NULL;
	if (x.fine)
		r = builder_finish(x.b, d);
	else
		builder_free(x.b);
	if (r != NULL && strcmp(sha256, r->sha256) != 0) {
		words_diag(d, place_of(&x, image), DIAG_ERROR, CHECK_NONE,
		    W_RULESET_IMAGE_DIGEST, 0);
		ruleset_free(r);
		r = NULL;
	}
	free(x.sets);
	return r;
}
