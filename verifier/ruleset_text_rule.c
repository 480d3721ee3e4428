/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules as nft writes them. What a match implies (tcp dport: the protocol) is
 * a match of its own in a ruleset and is left out of the line, as nft leaves
 * it out. Long sets are cut with a count. A line is for people: of what nft
 * has several spellings for, one is taken.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ruleset_build_internal.h"
#include "ruleset_text_value.h"

#define ELEMENTS_SHOWN 16
#define PIECES_MAX 4 /* values of an interval that are named one by one */

/* ---- names of fields where they stand */

static const char *
ip_of(const struct rule_context *c)
{
	return c->version == 6 ? "ip6" : "ip";
}

/* Of ports: the protocol, or "th", which is any with ports. */
static const char *
transport_of(const struct rule_context *c)
{
	switch (c->protocol) {
	case 6:
		return "tcp";
	case 17:
		return "udp";
	case 33:
		return "dccp";
	case 132:
		return "sctp";
	case 136:
		return "udplite";
	default:
		return "th";
	}
}

static void
put_field(struct text *out, enum field f, const struct rule_context *c)
{
	switch (f) {
	case FIELD_SADDR:
	case FIELD_DADDR:
		text_printf(out, "%s %s", ip_of(c),
		    f == FIELD_SADDR ? "saddr" : "daddr");
		return;
	case FIELD_ORIGINAL_SADDR:
	case FIELD_ORIGINAL_DADDR:
		text_printf(out, "ct original %s %s", ip_of(c),
		    f == FIELD_ORIGINAL_SADDR ? "saddr" : "daddr");
		return;
	case FIELD_SPORT:
	case FIELD_DPORT:
		text_printf(out, "%s %s", transport_of(c),
		    f == FIELD_SPORT ? "sport" : "dport");
		return;
	case FIELD_ICMP_TYPE:
	case FIELD_ICMP_CODE:
		text_printf(out, "%s %s",
		    c->protocol == 58 || (c->protocol < 0 && c->version == 6) ?
			"icmpv6" :
			"icmp",
		    f == FIELD_ICMP_TYPE ? "type" : "code");
		return;
	default:
		text_add(out, field_name(f));
		return;
	}
}

/* ---- lookups of one field */

static bool
is_address(enum field f)
{
	return f == FIELD_SADDR || f == FIELD_DADDR ||
	    f == FIELD_ORIGINAL_SADDR || f == FIELD_ORIGINAL_DADDR;
}

static packet_value
most_of(enum field f, const struct rule_context *c)
{
	return is_address(f) && c->version == 4 ? UINT32_MAX : field_most(f);
}

/* The holes of s, which begins at 0 and ends at the highest value. */
static struct span
hole(const struct spans *s, size_t i)
{
	return (struct span){ s->items[i].last + 1, s->items[i + 1].first - 1 };
}

static void
put_more(struct text *out, size_t left)
{
	text_printf(out, ", ... %zu more", left);
}

/* Of a few values that have names each is an element of its own. */
static size_t
pieces_of(enum field f, struct span span)
{
	packet_value count = span.last - span.first + 1;

	switch (f) {
	case FIELD_PROTOCOL:
	case FIELD_ICMP_TYPE:
	case FIELD_CT_DIRECTION:
		return count > 0 && count <= PIECES_MAX ? (size_t)count : 1;
	default:
		return 1;
	}
}

static void
put_spans(struct text *out, enum field f, const struct rule_context *c,
    const struct spans *s)
{
	bool except = s->count >= 2 && s->items[0].first == 0 &&
	    s->items[s->count - 1].last == most_of(f, c);
	size_t count = s->count - except, total = 0, shown = 0;

	for (size_t i = 0; i < count; i++)
		total += pieces_of(f, except ? hole(s, i) : s->items[i]);
	text_add(out, except ? " != " : " ");
	text_add(out, total > 1 ? "{ " : "");
	for (size_t i = 0; i < count && shown < ELEMENTS_SHOWN; i++) {
		struct span span = except ? hole(s, i) : s->items[i];
		size_t n = pieces_of(f, span);

		for (size_t j = 0; j < n; j++, shown++) {
			struct span one = { span.first + j, span.first + j };

			text_add(out, shown > 0 ? ", " : "");
			text_value(f, n > 1 ? one : span, c->version,
			    c->protocol, out);
		}
	}
	if (total > shown)
		put_more(out, total - shown);
	text_add(out, total > 1 ? " }" : "");
}

static void
put_name(struct text *out, const char *name)
{
	text_add_char(out, '@');
	text_quote(out, name);
}

static void
put_one(struct text *out, const struct lookup *l, const struct rule_context *c)
{
	const enum field f = l->fields[0];
	const struct spans *s = l->element_count > 0 ? l->elements[0].parts[0] :
						       &spans_nothing;

	put_field(out, f, c);
	if (l->set != NULL) {
		text_add(out, l->negated ? " != " : " ");
		put_name(out, l->set);
	} else if (s == NULL || s->count == 0) {
		/* Every value, or none: nft has no words for it. */
		text_add(out, s == NULL ? " *" : " != *");
	} else if (!text_value_bits(f, s, out)) {
		put_spans(out, f, c, s);
	}
}

/* ---- concatenations and maps */

static void
put_fields(struct text *out, const struct lookup *l,
    const struct rule_context *c)
{
	for (size_t i = 0; i < l->field_count; i++) {
		text_add(out, i > 0 ? " . " : "");
		put_field(out, l->fields[i], c);
	}
}

static void
put_part(struct text *out, enum field f, const struct rule_context *c,
    const struct spans *s, size_t at)
{
	struct span all = { 0, most_of(f, c) };

	if (s == NULL && (f == FIELD_IIF || f == FIELD_OIF))
		text_add(out, "\"*\"");
	else
		text_value(f, s == NULL ? all : s->items[at], c->version,
		    c->protocol, out);
}

/* How many single values the element stands for, written one by one. */
static size_t
combinations(const struct lookup *l, const struct set_element *e)
{
	size_t n = 1;

	for (size_t i = 0; i < l->field_count; i++) {
		size_t count = e->parts[i] == NULL ? 1 : e->parts[i]->count;

		if (count != 0 && n > 1000000 / count)
			return 1000000;
		n *= count;
	}
	return n;
}

static bool
is_catch_all(const struct lookup *l, const struct set_element *e)
{
	for (size_t i = 0; i < l->field_count; i++)
		if (e->parts[i] != NULL)
			return false;
	return true;
}

/* The family and protocol that an element itself asks for. */
static struct rule_context
context_of(const struct lookup *l, const struct set_element *e,
    const struct rule_context *c)
{
	struct rule_context own = *c;

	for (size_t i = 0; i < l->field_count; i++) {
		const struct spans *s = e->parts[i];

		if (s == NULL || s->count != 1 ||
		    s->items[0].first != s->items[0].last)
			continue;
		if (l->fields[i] == FIELD_FAMILY)
			own.version = (int)s->items[0].first;
		if (l->fields[i] == FIELD_PROTOCOL)
			own.protocol = (int)s->items[0].first;
	}
	return own;
}

static void
put_combination(struct text *out, const struct lookup *l,
    const struct set_element *e, const struct rule_context *c, size_t which)
{
	struct rule_context own = context_of(l, e, c);

	if (is_catch_all(l, e)) {
		text_add_char(out, '*');
		return;
	}
	for (size_t i = 0; i < l->field_count; i++) {
		const struct spans *s = e->parts[i];
		size_t count = s == NULL ? 1 : s->count;

		text_add(out, i > 0 ? " . " : "");
		put_part(out, l->fields[i], &own, s, which % count);
		which /= count;
	}
}

static void
put_decision(struct text *out, const struct decision *d)
{
	text_add(out, action_name(d->action));
	if (d->target != NULL) {
		text_add_char(out, ' ');
		text_quote(out, d->target->name);
	}
}

static void
put_target(struct text *out, const struct change *change, int version)
{
	bool port = change->port != NULL && change->port->count > 0;
	bool address = change->address != NULL && change->address->count > 0;

	if (address && version == 6 && port)
		text_add_char(out, '[');
	if (address)
		text_value(FIELD_DADDR, change->address->items[0], version, -1,
		    out);
	if (address && version == 6 && port)
		text_add_char(out, ']');
	if (port) {
		text_add_char(out, ':');
		text_value(FIELD_DPORT, change->port->items[0], 0, -1, out);
	}
}

static void
put_outcome(struct text *out, const struct statement *s,
    const struct set_element *e, const struct rule_context *c)
{
	text_add(out, " : ");
	if (s->kind == STATEMENT_VMAP)
		put_decision(out, &e->decision);
	else if (s->kind == STATEMENT_DNAT || s->kind == STATEMENT_SNAT)
		put_target(out, &e->change, c->version);
	else
		text_printf(out, "0x%08" PRIx32, e->change.flip);
}

/* "{ 10.0.0.1 . 80 : accept, ... }" or the set's name. */
static void
put_elements(struct text *out, const struct statement *s,
    const struct rule_context *c)
{
	const struct lookup *l = &s->lookup;
	size_t shown = 0, total = 0;

	if (l->set != NULL) {
		put_name(out, l->set);
		return;
	}
	text_add(out, "{ ");
	for (size_t i = 0; i < l->element_count; i++) {
		const struct set_element *e = &l->elements[i];
		size_t n = combinations(l, e);

		total += n;
		for (size_t j = 0; j < n && shown < ELEMENTS_SHOWN; j++) {
			text_add(out, shown++ > 0 ? ", " : "");
			put_combination(out, l, e, c, j);
			if (s->kind != STATEMENT_MATCH)
				put_outcome(out, s, e, c);
		}
	}
	if (total > shown)
		put_more(out, total - shown);
	text_add(out, " }");
}

/* ---- statements */

static void
put_match(struct text *out, const struct statement *s,
    const struct rule_context *c)
{
	if (s->lookup.field_count == 1) {
		put_one(out, &s->lookup, c);
		return;
	}
	put_fields(out, &s->lookup, c);
	text_add(out, s->lookup.negated ? " != " : " ");
	put_elements(out, s, c);
}

static void
put_map(struct text *out, const struct statement *s,
    const struct rule_context *c, const char *word)
{
	put_fields(out, &s->lookup, c);
	text_add(out, word);
	put_elements(out, s, c);
}

static void
put_nat(struct text *out, const struct statement *s,
    const struct rule_context *c)
{
	const struct change *change = &s->change;
	bool map = s->lookup.field_count > 0;
	bool dnat = s->kind == STATEMENT_DNAT;

	if (!map && !s->target_unknown && change->address == NULL &&
	    (!dnat || s->redirects)) {
		text_add(out, dnat ? "redirect" : "masquerade");
		if (change->port != NULL) {
			text_add(out, " to ");
			put_target(out, change, c->version);
		}
		return;
	}
	text_add(out, s->redirects ? "redirect" : dnat ? "dnat" : "snat");
	if (c->family == TABLE_INET && !s->redirects && c->version != 0)
		text_printf(out, " %s", ip_of(c));
	if (change->prefix)
		text_add(out, " prefix");
	text_add(out, " to ");
	if (s->target_unknown)
		text_add_char(out, '?');
	else if (map)
		put_map(out, s, c, " map ");
	else
		put_target(out, change, c->version);
}

static void
put_mark(struct text *out, const struct statement *s,
    const struct rule_context *c)
{
	const char *name = s->kind == STATEMENT_MARK ? "meta mark" : "ct mark";
	const struct change *change = &s->change;

	text_printf(out, "%s set ", name);
	if (s->target_unknown)
		text_add_char(out, '?');
	else if (s->lookup.field_count > 0)
		put_map(out, s, c, " map ");
	else if (change->keep == 0)
		text_printf(out, "0x%08" PRIx32, change->flip);
	else
		text_printf(out, "%s & 0x%08" PRIx32 " %s 0x%08" PRIx32, name,
		    change->keep, change->keep & change->flip ? "^" : "|",
		    change->flip);
}

static const char *
fixed_words(enum statement_kind kind)
{
	switch (kind) {
	case STATEMENT_MARK_FROM_CT:
		return "meta mark set ct mark";
	case STATEMENT_CT_MARK_FROM_META:
		return "ct mark set meta mark";
	case STATEMENT_NOTRACK:
		return "notrack";
	case STATEMENT_LOG:
		return "log";
	case STATEMENT_OFFLOAD:
		return "flow add";
	default:
		return "counter";
	}
}

void
rule_text_statement(const struct statement *s, const struct rule_context *c,
    struct text *out)
{
	switch (s->kind) {
	case STATEMENT_MATCH:
		put_match(out, s, c);
		break;
	case STATEMENT_VERDICT:
		put_decision(out, &s->decision);
		break;
	case STATEMENT_VMAP:
		put_map(out, s, c, " vmap ");
		break;
	case STATEMENT_DNAT:
	case STATEMENT_SNAT:
		put_nat(out, s, c);
		break;
	case STATEMENT_MARK:
	case STATEMENT_CT_MARK:
		put_mark(out, s, c);
		break;
	case STATEMENT_UNKNOWN:
		if (s->unknown != NULL)
			text_escape(out, s->unknown, strlen(s->unknown));
		else
			text_add_char(out, '?');
		break;
	default:
		text_add(out, fixed_words(s->kind));
		break;
	}
}

/* ---- rules */

/* The one value of a match of that field alone, or -1. */
static int
single(const struct statement *s, enum field f)
{
	const struct spans *v;

	if (s->kind != STATEMENT_MATCH || s->lookup.field_count != 1 ||
	    s->lookup.fields[0] != f || s->lookup.element_count != 1 ||
	    s->lookup.negated || s->lookup.changing)
		return -1;
	v = s->lookup.elements[0].parts[0];
	return v != NULL && v->count == 1 &&
		v->items[0].first == v->items[0].last ?
	    (int)v->items[0].first :
	    -1;
}

static bool
uses(const struct statement *s, unsigned fields)
{
	for (size_t i = 0; i < s->lookup.field_count; i++)
		if (fields >> s->lookup.fields[i] & 1u)
			return true;
	return false;
}

#define BIT(f) (1u << (f))

/* What "ct status", "ct direction" and "ct original" imply: a connection. */
static bool
is_tracked(const struct statement *s)
{
	static const struct spans tracked = { 1,
		{ { CT_ESTABLISHED, CT_NEW } } };

	return s->lookup.field_count == 1 &&
	    s->lookup.fields[0] == FIELD_CT_STATE &&
	    s->lookup.element_count == 1 && !s->lookup.negated &&
	    spans_equal(s->lookup.elements[0].parts[0], &tracked);
}

/* Whether a later match of the same run implies this one, as its name has the
 * family or the protocol in it. */
static bool
is_implied(const struct rule *rule, size_t at)
{
	const struct statement *s = &rule->statements[at];
	unsigned fields = 0;
	int protocol = single(s, FIELD_PROTOCOL);

	if (s->kind != STATEMENT_MATCH || s->lookup.set != NULL)
		return false;
	if (is_tracked(s))
		fields = BIT(FIELD_CT_DIRECTION) | BIT(FIELD_CT_STATUS) |
		    BIT(FIELD_ORIGINAL_SADDR) | BIT(FIELD_ORIGINAL_DADDR) |
		    BIT(FIELD_ORIGINAL_SPORT) | BIT(FIELD_ORIGINAL_DPORT);
	else if (single(s, FIELD_FAMILY) >= 0)
		fields = BIT(FIELD_SADDR) | BIT(FIELD_DADDR) |
		    BIT(FIELD_ICMP_TYPE) | BIT(FIELD_ICMP_CODE) |
		    BIT(FIELD_ORIGINAL_SADDR) | BIT(FIELD_ORIGINAL_DADDR);
	else if (protocol == 1 || protocol == 58)
		fields = BIT(FIELD_ICMP_TYPE) | BIT(FIELD_ICMP_CODE);
	else if (protocol == 6)
		fields = BIT(FIELD_SPORT) | BIT(FIELD_DPORT) |
		    BIT(FIELD_TCP_FLAGS);
	else if (protocol == 17 || protocol == 33 || protocol == 132 ||
	    protocol == 136)
		fields = BIT(FIELD_SPORT) | BIT(FIELD_DPORT);
	for (size_t i = at + 1; fields != 0 && i < rule->statement_count; i++) {
		if (uses(&rule->statements[i], fields))
			return true;
		if (rule->statements[i].kind != STATEMENT_MATCH)
			return false;
	}
	return false;
}

static const char *
keep(struct pool *pool, const struct text *t)
{
	char *copy = pool_take(pool, t->length + 1);

	memcpy(copy, text_str(t), t->length + 1);
	return copy;
}

static void
statement_text(struct statement *s, const struct rule_context *c,
    struct pool *pool)
{
	struct text t = { 0 };

	if (s->text != NULL) {
		if (text_is_safe(s->text))
			return;
		text_escape(&t, s->text, strlen(s->text));
	} else {
		rule_text_statement(s, c, &t);
	}
	s->text = keep(pool, &t);
	text_free(&t);
}

void
rule_text(struct rule *rule, struct pool *pool)
{
	struct rule_context c = { rule->chain->table->family, 0, -1 };
	struct text line = { 0 };

	if (c.family == TABLE_IP || c.family == TABLE_IP6)
		c.version = c.family == TABLE_IP ? 4 : 6;
	for (size_t i = 0; i < rule->statement_count; i++) {
		struct statement *s = &rule->statements[i];

		if (single(s, FIELD_FAMILY) >= 0)
			c.version = single(s, FIELD_FAMILY);
		if (single(s, FIELD_PROTOCOL) >= 0)
			c.protocol = single(s, FIELD_PROTOCOL);
		statement_text(s, &c, pool);
		if (is_implied(rule, i) || s->text[0] == '\0')
			continue;
		if (line.length > 0)
			text_add_char(&line, ' ');
		text_add(&line, s->text);
	}
	rule->text = keep(pool, &line);
	text_free(&line);
}
