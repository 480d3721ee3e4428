/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ruleset of another maker as nftables would hold it: one table inet, a
 * chain forward and, where rules say so, a chain input. All rules stand in one
 * chain in their order; a rule that changes the destination does so there, not
 * in prerouting: rules compare with the packet as it arrived, the first one
 * that fits decides and translates. Replies pass by state, as on every such
 * firewall.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_neutral.h"
#include "ruleset_text_value.h"

#define TABLE_NAME "rules"
#define SHOWN_MAX 16 /* values in a rule's line */

void
neutral_init(struct neutral *n, const char *file, struct diag *d)
{
	memset(n, 0, sizeof(*n));
	n->file = file;
	n->d = d;
	n->fine = true;
	n->b = builder_new(RULESET_NEUTRAL, file);
	n->pool = builder_pool(n->b);
	n->interfaces = ruleset_index_new();
	builder_zones(n->b, true);
}

static void
add_chain(struct neutral *n, const char *name, enum hook hook,
    enum action action)
{
	static const struct spans known = { 1,
		{ { CT_ESTABLISHED, CT_RELATED } } };
	struct diag_place place = { n->file, 0, 0 };
	struct chain *c;

	c = builder_chain(n->b, TABLE_INET, TABLE_NAME, name, place, n->d);
	c->hook = hook;
	c->type = CHAIN_FILTER;
	c->policy_drop = action != ACTION_ACCEPT;
	(void)builder_rule(n->b, TABLE_INET, TABLE_NAME, name, place, n->d);
	builder_match(n->b, FIELD_CT_STATE, &known, false);
	builder_verdict(n->b, ACTION_ACCEPT, NULL);
}

void
neutral_begin(struct neutral *n)
{
	struct diag_place place = { n->file, 0, 0 };

	(void)builder_table(n->b, TABLE_INET, TABLE_NAME, place, n->d);
	add_chain(n, "forward", HOOK_FORWARD, n->action);
	if (n->has_input_action)
		add_chain(n, "input", HOOK_INPUT, n->input_action);
}

/* ---- words for what nft has none for */

static const char *
keep(struct neutral *n, struct text *t)
{
	const char *s = builder_string(n->b, text_str(t));

	text_free(t);
	return s;
}

static void
put_addresses(const struct neutral_addresses *a, const char *word,
    struct text *t)
{
	const struct spans *of[] = { a->v4, a->v6 };
	size_t shown = 0, total = 0;

	if (a->v4 == NULL && a->v6 == NULL)
		return;
	text_printf(t, "%s%s { ", t->length > 0 ? " " : "", word);
	for (int i = 0; i < 2; i++) {
		struct span all = { 0, i == 0 ? UINT32_MAX : ~(packet_value)0 };
		size_t count = of[i] == NULL ? 1 : of[i]->count;

		total += count;
		for (size_t j = 0; j < count && shown < SHOWN_MAX; j++) {
			text_add(t, shown++ > 0 ? ", " : "");
			text_value(FIELD_SADDR,
			    of[i] == NULL ? all : of[i]->items[j],
			    i == 0 ? 4 : 6, -1, t);
		}
	}
	if (total > shown)
		text_printf(t, ", ... %zu more", total - shown);
	text_add(t, " }");
}

static void
put_values(const char *word, enum field f, const struct spans *s,
    unsigned protocol, struct text *t)
{
	if (s == NULL)
		return;
	text_printf(t, " %s ", word);
	for (size_t i = 0; i < s->count && i < SHOWN_MAX; i++) {
		text_add(t, i > 0 ? "," : "");
		text_value(f, s->items[i], 0, (int)protocol, t);
	}
	if (s->count > SHOWN_MAX)
		text_printf(t, ",... %zu more", s->count - SHOWN_MAX);
}

static void
put_service(const struct neutral_service *s, struct text *t)
{
	struct span protocol = { s->protocol, s->protocol };

	text_value(FIELD_PROTOCOL, protocol, 0, -1, t);
	put_values("sport", FIELD_SPORT, s->sport, s->protocol, t);
	put_values("dport", FIELD_DPORT, s->dport, s->protocol, t);
	put_values("type", FIELD_ICMP_TYPE, s->type, s->protocol, t);
	put_values("code", FIELD_ICMP_CODE, s->code, s->protocol, t);
}

/* ---- conditions */

static bool
is_none(const struct spans *s)
{
	return s != NULL && s->count == 0;
}

static const struct spans *
one(struct neutral *n, packet_value v)
{
	return spans_one(n->pool, v, v);
}

/* Both families: one lookup, an element each. */
static void
match_both(struct neutral *n, const struct neutral_rule *rule)
{
	const struct neutral_addresses *s = &rule->source;
	const struct neutral_addresses *d = &rule->destination;
	bool source = s->v4 != NULL || s->v6 != NULL;
	bool destination = d->v4 != NULL || d->v6 != NULL;
	struct statement *m;
	struct set_element *e;
	struct text t = { 0 };
	size_t f = 1;

	if (!source && !destination)
		return;
	m = builder_statement(n->b, STATEMENT_MATCH);
	e = pool_take(n->pool, 2 * sizeof(*e));
	memset(e, 0, 2 * sizeof(*e));
	m->lookup.fields[0] = FIELD_FAMILY;
	e[0].parts[0] = one(n, 4);
	e[1].parts[0] = one(n, 6);
	if (source) {
		m->lookup.fields[f] = FIELD_SADDR;
		e[0].parts[f] = s->v4;
		e[1].parts[f++] = s->v6;
	}
	if (destination) {
		m->lookup.fields[f] = FIELD_DADDR;
		e[0].parts[f] = d->v4;
		e[1].parts[f++] = d->v6;
	}
	m->lookup.field_count = f;
	m->lookup.elements = e;
	m->lookup.element_count = 2;
	put_addresses(s, "saddr", &t);
	put_addresses(d, "daddr", &t);
	m->text = keep(n, &t);
}

static void
match_addresses(struct neutral *n, const struct neutral_rule *rule)
{
	const struct neutral_addresses *s = &rule->source;
	const struct neutral_addresses *d = &rule->destination;
	bool v4 = !is_none(s->v4) && !is_none(d->v4);
	bool v6 = !is_none(s->v6) && !is_none(d->v6);

	if (v4 && v6) {
		match_both(n, rule);
		return;
	}
	if (!v4 && !v6) { /* one end has only IPv4, the other only IPv6 */
		builder_match(n->b, FIELD_FAMILY, &spans_nothing, false);
		return;
	}
	builder_match(n->b, FIELD_FAMILY, one(n, v4 ? 4 : 6), false);
	if ((v4 ? s->v4 : s->v6) != NULL)
		builder_match(n->b, FIELD_SADDR, v4 ? s->v4 : s->v6, false);
	if ((v4 ? d->v4 : d->v6) != NULL)
		builder_match(n->b, FIELD_DADDR, v4 ? d->v4 : d->v6, false);
}

static void
match_if(struct neutral *n, enum field f, const struct spans *values)
{
	if (values != NULL)
		builder_match(n->b, f, values, false);
}

static const struct spans *
part_of(const struct neutral_service *s, enum field f)
{
	switch (f) {
	case FIELD_SPORT:
		return s->sport;
	case FIELD_DPORT:
		return s->dport;
	case FIELD_ICMP_TYPE:
		return s->type;
	default:
		return s->code;
	}
}

/* Several services: one lookup over those fields that any of them has. */
static void
match_many(struct neutral *n, const struct neutral_services *s)
{
	static const enum field fields[] = { FIELD_SPORT, FIELD_DPORT,
		FIELD_ICMP_TYPE, FIELD_ICMP_CODE };
	struct statement *m = builder_statement(n->b, STATEMENT_MATCH);
	struct set_element *e = pool_take(n->pool, s->count * sizeof(*e));
	struct text t = { 0 };
	size_t used = 1;

	memset(e, 0, s->count * sizeof(*e));
	for (size_t i = 0; i < s->count; i++)
		e[i].parts[0] = one(n, s->items[i].protocol);
	m->lookup.fields[0] = FIELD_PROTOCOL;
	for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
		bool asked = false;

		for (size_t i = 0; i < s->count; i++) {
			e[i].parts[used] = part_of(&s->items[i], fields[f]);
			asked |= e[i].parts[used] != NULL;
		}
		m->lookup.fields[used] = fields[f];
		used += asked;
	}
	m->lookup.field_count = used;
	m->lookup.elements = e;
	m->lookup.element_count = s->count;
	for (size_t i = 0; i < s->count && i < SHOWN_MAX; i++) {
		text_add(&t, i == 0 ? "{ " : ", ");
		put_service(&s->items[i], &t);
	}
	if (s->count > SHOWN_MAX)
		text_printf(&t, ", ... %zu more", s->count - SHOWN_MAX);
	text_add(&t, " }");
	m->text = keep(n, &t);
}

/* Services without ports, or of the same ports: protocols are one match. */
static bool
match_protocols(struct neutral *n, const struct neutral_services *s)
{
	const struct spans *protocols = &spans_nothing;

	for (size_t i = 0; i < s->count; i++) {
		const struct neutral_service *a = &s->items[0];
		const struct neutral_service *b = &s->items[i];

		if (!spans_equal(a->sport, b->sport) ||
		    !spans_equal(a->dport, b->dport) || b->type != NULL ||
		    b->code != NULL)
			return false;
		protocols = spans_union(n->pool, protocols,
		    one(n, b->protocol));
	}
	builder_match(n->b, FIELD_PROTOCOL, protocols, false);
	match_if(n, FIELD_SPORT, s->items[0].sport);
	match_if(n, FIELD_DPORT, s->items[0].dport);
	return true;
}

static void
match_services(struct neutral *n, const struct neutral_services *s)
{
	const struct neutral_service *first = s->items;

	if (s->any || s->count == 0)
		return;
	if (s->count > 1) {
		if (!match_protocols(n, s))
			match_many(n, s);
		return;
	}
	builder_match(n->b, FIELD_PROTOCOL, one(n, first->protocol), false);
	match_if(n, FIELD_SPORT, first->sport);
	match_if(n, FIELD_DPORT, first->dport);
	match_if(n, FIELD_ICMP_TYPE, first->type);
	match_if(n, FIELD_ICMP_CODE, first->code);
}

/* ---- what is done */

static void
translate(struct neutral *n, enum statement_kind kind, enum neutral_nat nat,
    const struct change *change)
{
	struct statement *s;

	if (nat == NAT_NONE)
		return;
	s = builder_statement(n->b, kind);
	if (s == NULL)
		return;
	s->change = *change;
	s->target_unknown = nat == NAT_UNKNOWN;
	if (nat == NAT_UNKNOWN)
		s->unknown = kind == STATEMENT_DNAT ? "dnat" : "snat";
}

static void
act(struct neutral *n, const struct neutral_rule *rule)
{
	struct statement *s;

	if (rule->log)
		(void)builder_statement(n->b, STATEMENT_LOG);
	if (rule->action == ACTION_UNKNOWN) {
		builder_unknown(n->b, "action", true);
		return;
	}
	if (rule->action == ACTION_ACCEPT) {
		translate(n, STATEMENT_DNAT, rule->dnat, &rule->to_destination);
		/* The source changes behind the last decision: it is told,
		 * and means nothing here. */
		s = rule->snat == NAT_NONE ?
		    NULL :
		    builder_statement(n->b, STATEMENT_NOTHING);
		if (s != NULL)
			s->text = rule->to_source.address == NULL ?
			    "masquerade" :
			    "snat";
	}
	builder_verdict(n->b, rule->action, NULL);
}

static size_t
intervals(const struct spans *s)
{
	return s != NULL ? s->count : 0;
}

static bool
within_bounds(struct neutral *n, const struct neutral_rule *rule)
{
	n->intervals += intervals(rule->source.v4) +
	    intervals(rule->source.v6) + intervals(rule->destination.v4) +
	    intervals(rule->destination.v6) + rule->services.count;
	if (n->intervals <= RULESET_ELEMENTS_MAX)
		return true;
	if (n->fine)
		neutral_fault(n, rule->place, W_RULESET_ELEMENTS, 1, "4000000");
	return false;
}

static void
build(struct neutral *n, const struct neutral_rule *rule)
{
	struct rule *r = builder_rule(n->b, TABLE_INET, TABLE_NAME,
	    rule->input ? "input" : "forward", rule->place, n->d);

	if (r == NULL) {
		n->fine = false;
		return;
	}
	r->handle = rule->number;
	r->comment = rule->comment;
	match_if(n, FIELD_IIF, rule->from);
	if (!rule->input)
		match_if(n, FIELD_OIF, rule->to);
	match_addresses(n, rule);
	match_services(n, &rule->services);
	for (size_t i = 0; i < rule->unknown_count; i++)
		builder_unknown(n->b, rule->unknown[i], false);
	act(n, rule);
}

void
neutral_rule(struct neutral *n, struct neutral_rule *rule)
{
	if (rule->input && !n->has_input_action)
		neutral_fault(n, rule->place, W_RULESET_NEUTRAL_NO_INPUT, 0);
	else if (!rule->disabled && n->fine && within_bounds(n, rule))
		build(n, rule);
	n->rule_count++;
	n->input_count += rule->input;
	free(rule->services.items);
	memset(&rule->services, 0, sizeof(rule->services));
}

struct ruleset *
neutral_end(struct neutral *n)
{
	struct ruleset *r = NULL;
	struct text system = { 0 };
	const char *const parts[] = { n->name, n->maker, n->system };

	for (size_t i = 0; i < 3; i++)
		if (parts[i] != NULL && parts[i][0] != '\0')
			text_printf(&system, "%s%s",
			    system.length > 0 ? " " : "", parts[i]);
	if (system.length > 0)
		builder_system(n->b, text_str(&system));
	text_free(&system);
	if (n->fine)
		r = builder_finish(n->b, n->d);
	else
		builder_free(n->b);
	ruleset_index_free(n->interfaces);
	free(n->interface_names);
	return r;
}
