/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a ruleset can be that of the firewall it is held against. What is
 * said of zones rests on the model's interfaces: a ruleset that knows none of
 * them was taken from another machine or the model is wrong, and must not end
 * as clean.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_view.h"
#include "base/mem.h"
#include "describe.h"

#define NAMES_SHOWN 12

struct names {
	packet_value *items; /* owned: sorted, each once */
	size_t count, capacity;
};

struct reach {
	const struct firewall *fw;
	struct names foreign;	/* of the ruleset alone */
	bool *named;		/* owned: the interfaces of fw that it names */
	size_t common, unnamed; /* counts */
};

/* Every machine has it, and no zone lies behind it. */
static bool
is_loopback(packet_value v)
{
	return v == packet_value_of_name("lo");
}

static void
add_name(struct names *n, packet_value v)
{
	n->items = mem_grow(n->items, &n->capacity, n->count,
	    sizeof(*n->items));
	n->items[n->count++] = v;
}

static int
order_values(const void *a, const void *b)
{
	const packet_value *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
sort_names(struct names *n)
{
	size_t kept = 0;

	if (n->count > 0)
		qsort(n->items, n->count, sizeof(*n->items), order_values);
	for (size_t i = 0; i < n->count; i++)
		if (kept == 0 || n->items[kept - 1] != n->items[i])
			n->items[kept++] = n->items[i];
	n->count = kept;
}

/* One interval of names: a name, or a wildcard that may be several. */
static void
add_span(struct reach *r, const struct span *s)
{
	bool known = false;

	for (size_t i = 0; i < r->fw->interface_count; i++) {
		const packet_value v = packet_value_of_name(
		    r->fw->interfaces[i].name);

		if (s->first <= v && v <= s->last)
			known = r->named[i] = true;
	}
	if (!known && s->first == s->last && !is_loopback(s->first))
		add_name(&r->foreign, s->first);
}

static void
add_lookup(struct reach *r, const struct lookup *l)
{
	for (size_t k = 0; k < l->field_count; k++) {
		if (l->fields[k] != FIELD_IIF && l->fields[k] != FIELD_OIF)
			continue;
		for (size_t e = 0; e < l->element_count; e++) {
			const struct spans *s = l->elements[e].parts[k];

			/* All names but one are no naming of the others. */
			for (size_t i = 0; s != NULL && i < s->count; i++)
				if (s->items[i].first == s->items[i].last ||
				    !l->negated)
					add_span(r, &s->items[i]);
		}
	}
}

static void
look(struct reach *r, const struct ruleset *set)
{
	r->named = mem_calloc(r->fw->interface_count + 1, sizeof(*r->named));
	for (size_t i = 0; i < set->rule_count; i++)
		for (size_t k = 0; k < set->rules[i]->statement_count; k++)
			add_lookup(r, &set->rules[i]->statements[k].lookup);
	sort_names(&r->foreign);
	for (size_t i = 0; i < r->fw->interface_count; i++) {
		r->common += r->named[i];
		r->unnamed += !r->named[i];
	}
}

static void
add_one(struct text *out, size_t n, const char *name)
{
	if (n > NAMES_SHOWN)
		return;
	text_add(out, n > 0 ? ", " : "");
	if (n == NAMES_SHOWN)
		text_add(out, "...");
	else
		describe_name(name, out);
}

static void
list_foreign(const struct reach *r, struct text *out)
{
	char name[17];

	for (size_t i = 0; i < r->foreign.count; i++)
		add_one(out, i, packet_value_name(r->foreign.items[i], name));
}

/* Those of the model; unnamed: only such as no rule names. */
static void
list_declared(const struct reach *r, bool unnamed, struct text *out)
{
	size_t n = 0;

	for (size_t i = 0; i < r->fw->interface_count; i++)
		if (!unnamed || !r->named[i])
			add_one(out, n++, r->fw->interfaces[i].name);
}

static void
tell_interfaces(struct audit *a, const struct reach *r)
{
	struct text foreign = { 0 }, declared = { 0 };

	list_foreign(r, &foreign);
	if (r->common == 0 && r->foreign.count > 0) {
		list_declared(r, false, &declared);
		audit_add_undecided(a, CHECK_NONE, NULL, NULL, NULL,
		    W_PAGE_NO_COMMON_INTERFACE, 3, text_str(&foreign),
		    a->firewall->id, text_str(&declared));
	} else {
		if (r->foreign.count > 0)
			audit_add_note(a, W_PAGE_FOREIGN_INTERFACES, 1,
			    text_str(&foreign));
		list_declared(r, true, &declared);
		if (r->common > 0 && r->unnamed > 0)
			audit_add_note(a, W_PAGE_UNNAMED_INTERFACES, 1,
			    text_str(&declared));
	}
	text_free(&foreign);
	text_free(&declared);
}

void
audit_reach(struct audit *a)
{
	struct reach r = { .fw = a->firewall };

	if (a->firewall->foreign_operator)
		audit_add_note(a, W_PAGE_KIND_FOREIGN, 1, a->firewall->id);
	if (a->ruleset == NULL) {
		audit_add_undecided(a, CHECK_COV_12, NULL, NULL, NULL,
		    W_PAGE_NOT_READ, 0);
		return;
	}
	if (a->firewall->kind == FIREWALL_OPAQUE)
		audit_add_note(a, W_PAGE_KIND_OPAQUE, 1, a->firewall->id);
	if (a->firewall->interface_count > 0) {
		look(&r, a->ruleset);
		tell_interfaces(a, &r);
	}
	free(r.foreign.items);
	free(r.named);
}
