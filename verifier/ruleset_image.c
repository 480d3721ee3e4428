/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ruleset kept exactly: what a snapshot holds. Numbers are hexadecimal
 * intervals ("a010000-a01ffff"), sets stand once and are referred to. An
 * image carries the SHA-256 of its meaning and is refused where that is not
 * what was read. Its rules have no place: the file they came from is not at
 * hand any more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "ruleset_image_words.h"
#include "ruleset_index.h"

struct image_writer {
	struct jsonw *w;
	struct ruleset_index *sets; /* struct set_key -> number */
	uint32_t count;
};

struct set_key {
	const void *elements;
	size_t fields;
	size_t count;
};

/* ---- values */

static void
add_hex(struct text *t, packet_value v)
{
	if (v >> 64 != 0)
		text_printf(t, "%llx%016llx", (unsigned long long)(v >> 64),
		    (unsigned long long)v);
	else
		text_printf(t, "%llx", (unsigned long long)v);
}

static void
write_spans(struct jsonw *w, const char *key, const struct spans *s)
{
	struct text t = { 0 };

	if (s == NULL) {
		jsonw_null(w, key);
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		text_add(&t, i > 0 ? "," : "");
		add_hex(&t, s->items[i].first);
		if (s->items[i].first == s->items[i].last)
			continue;
		text_add_char(&t, '-');
		add_hex(&t, s->items[i].last);
	}
	jsonw_string(w, key, text_str(&t));
	text_free(&t);
}

static void
write_decision(struct jsonw *w, const struct decision *d)
{
	jsonw_string(w, "action", action_name(d->action));
	if (d->target != NULL)
		jsonw_string(w, "target", d->target->name);
}

static bool
has_change(const struct change *c)
{
	return c->address != NULL || c->port != NULL || c->prefix ||
	    c->keep != 0 || c->flip != 0;
}

static void
write_change(struct jsonw *w, const struct change *c)
{
	if (!has_change(c))
		return;
	jsonw_object(w, "change");
	if (c->address != NULL)
		write_spans(w, "address", c->address);
	if (c->port != NULL)
		write_spans(w, "port", c->port);
	if (c->prefix)
		jsonw_bool(w, "prefix", true);
	if (c->keep != 0)
		jsonw_uint(w, "keep", c->keep);
	if (c->flip != 0)
		jsonw_uint(w, "flip", c->flip);
	jsonw_object_end(w);
}

/* ---- sets */

static struct set_key
key_of(const struct lookup *l)
{
	struct set_key key;

	memset(&key, 0, sizeof(key));
	key.elements = l->elements;
	key.fields = l->field_count;
	key.count = l->element_count;
	return key;
}

static void
write_set(struct image_writer *x, const struct statement *s)
{
	const struct lookup *l = &s->lookup;
	struct set_key key = key_of(l);

	if (l->field_count == 0 ||
	    ruleset_index_find(x->sets, &key, sizeof(key)) !=
		RULESET_INDEX_NONE)
		return;
	ruleset_index_add(x->sets, &key, sizeof(key), x->count++);
	jsonw_array(x->w, NULL);
	for (size_t i = 0; i < l->element_count; i++) {
		const struct set_element *e = &l->elements[i];

		jsonw_object(x->w, NULL);
		jsonw_array(x->w, "parts");
		for (size_t f = 0; f < l->field_count; f++)
			write_spans(x->w, NULL, e->parts[f]);
		jsonw_array_end(x->w);
		if (s->kind == STATEMENT_VMAP)
			write_decision(x->w, &e->decision);
		write_change(x->w, &e->change);
		jsonw_object_end(x->w);
	}
	jsonw_array_end(x->w);
}

static void
write_lookup(struct image_writer *x, const struct lookup *l)
{
	struct set_key key = key_of(l);

	if (l->field_count == 0)
		return;
	jsonw_object(x->w, "lookup");
	jsonw_array(x->w, "fields");
	for (size_t i = 0; i < l->field_count; i++)
		jsonw_string(x->w, NULL, field_name(l->fields[i]));
	jsonw_array_end(x->w);
	jsonw_uint(x->w, "elements",
	    ruleset_index_find(x->sets, &key, sizeof(key)));
	if (l->negated)
		jsonw_bool(x->w, "negated", true);
	if (l->changing)
		jsonw_bool(x->w, "changing", true);
	if (l->set != NULL)
		jsonw_string(x->w, "set", l->set);
	jsonw_object_end(x->w);
}

/* ---- rules and what holds them */

static void
write_statement(struct image_writer *x, const struct statement *s)
{
	struct jsonw *w = x->w;

	jsonw_object(w, NULL);
	jsonw_string(w, "kind", image_kinds[s->kind]);
	write_lookup(x, &s->lookup);
	if (s->kind == STATEMENT_VERDICT)
		write_decision(w, &s->decision);
	write_change(w, &s->change);
	if (s->redirects)
		jsonw_bool(w, "redirects", true);
	if (s->target_unknown)
		jsonw_bool(w, "target-unknown", true);
	if (s->may_decide)
		jsonw_bool(w, "may-decide", true);
	if (s->unknown != NULL)
		jsonw_string(w, "unknown", s->unknown);
	jsonw_string(w, "text", s->text);
	jsonw_object_end(w);
}

static void
write_rule(struct image_writer *x, const struct rule *rule)
{
	struct jsonw *w = x->w;

	jsonw_object(w, NULL);
	if (rule->handle != 0)
		jsonw_uint(w, "handle", rule->handle);
	if (rule->comment != NULL)
		jsonw_string(w, "comment", rule->comment);
	if (rule->packets >= 0)
		jsonw_int(w, "packets", rule->packets);
	/* For people alone: it is made anew of the statements. */
	jsonw_string(w, "text", rule->text);
	jsonw_array(w, "statements");
	for (size_t i = 0; i < rule->statement_count; i++)
		write_statement(x, &rule->statements[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
write_chain(struct image_writer *x, const struct chain *c)
{
	struct jsonw *w = x->w;

	jsonw_object(w, NULL);
	jsonw_string(w, "name", c->name);
	if (c->handle != 0)
		jsonw_uint(w, "handle", c->handle);
	if (c->hook != HOOK_NONE) {
		jsonw_string(w, "hook", hook_name(c->hook));
		jsonw_string(w, "type", image_types[c->type]);
		jsonw_int(w, "priority", c->priority);
		jsonw_string(w, "policy", c->policy_drop ? "drop" : "accept");
		if (c->devices != NULL)
			write_spans(w, "devices", c->devices);
	}
	jsonw_array(w, "rules");
	for (size_t i = 0; i < c->rule_count; i++)
		write_rule(x, &c->rules[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
write_table(struct image_writer *x, const struct table *t)
{
	struct jsonw *w = x->w;

	jsonw_object(w, NULL);
	jsonw_string(w, "family", table_family_name(t->family));
	jsonw_string(w, "name", t->name);
	if (t->dormant)
		jsonw_bool(w, "dormant", true);
	jsonw_array(w, "chains");
	for (size_t i = 0; i < t->chain_count; i++)
		write_chain(x, &t->chains[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

void
ruleset_image_write(const struct ruleset *r, struct jsonw *w, const char *key)
{
	struct image_writer x = { w, ruleset_index_new(), 0 };

	jsonw_object(w, key);
	jsonw_string(w, "format", "sekisho-ruleset-image/1");
	jsonw_string(w, "sha256", r->sha256);
	if (r->system != NULL)
		jsonw_string(w, "system", r->system);
	if (r->zones)
		jsonw_bool(w, "zones", true);
	jsonw_array(w, "sets");
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t j = 0; j < r->rules[i]->statement_count; j++)
			write_set(&x, &r->rules[i]->statements[j]);
	jsonw_array_end(w);
	jsonw_array(w, "tables");
	for (size_t i = 0; i < r->table_count; i++)
		write_table(&x, &r->tables[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
	ruleset_index_free(x.sets);
}
