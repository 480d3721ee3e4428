/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of readers: rulesets from JSON in a string, and what a rule became
 * as one line, so that a test is a row of a table. Values are hexadecimal,
 * interfaces are names.
 */
#ifndef RULESET_TELLING_H
#define RULESET_TELLING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "ruleset.h"

static void
tell_number(packet_value v, struct text *out)
{
	if (v >> 64 != 0)
		text_printf(out, "%llx:", (unsigned long long)(v >> 64));
	text_printf(out, "%llx", (unsigned long long)v);
}

static void
tell_span(enum field f, const struct span *s, struct text *out)
{
	char name[17];

	if (f == FIELD_IIF || f == FIELD_OIF) {
		const struct span wild = packet_span_of_prefix(
		    packet_value_name(s->first, name));

		if (s->first == s->last || s->last == wild.last) {
			text_printf(out, "%s%s", name,
			    s->first == s->last ? "" : "*");
			return;
		}
	}
	tell_number(s->first, out);
	if (s->first != s->last) {
		text_add_char(out, '-');
		tell_number(s->last, out);
	}
}

static void
tell_spans(enum field f, const struct spans *s, struct text *out)
{
	if (s == NULL) {
		text_add_char(out, '*');
		return;
	}
	if (s->count == 0)
		text_add(out, "none");
	for (size_t i = 0; i < s->count && i < 12; i++) {
		text_add(out, i > 0 ? "," : "");
		tell_span(f, &s->items[i], out);
	}
	if (s->count > 12)
		text_printf(out, ",..%zu", s->count);
}

static const char *
tell_field(enum field f)
{
	static const char *const names[FIELD_COUNT] = { "family", "iif", "oif",
		"saddr", "daddr", "proto", "sport", "dport", "type", "code",
		"flags", "state", "direction", "status", "mark", "ctmark",
		"osaddr", "odaddr", "osport", "odport" };

	return names[f];
}

static void
tell_decision(const struct decision *d, struct text *out)
{
	static const char *const names[] = { "accept", "drop", "reject", "jump",
		"goto", "return", "continue", "queue", "unknown" };

	text_add(out, names[d->action]);
	if (d->target != NULL)
		text_printf(out, "(%s)", d->target->name);
}

static void
tell_change(const struct change *c, struct text *out)
{
	if (c->address != NULL) {
		text_add(out, c->prefix ? " net " : " to ");
		tell_spans(FIELD_DADDR, c->address, out);
	}
	if (c->port != NULL) {
		text_add(out, " port ");
		tell_spans(FIELD_DPORT, c->port, out);
	}
	if (c->keep != 0 || c->flip != 0)
		text_printf(out, " keep %x flip %x", c->keep, c->flip);
}

static void
tell_lookup(const struct statement *s, struct text *out)
{
	const struct lookup *l = &s->lookup;

	for (size_t f = 0; f < l->field_count; f++)
		text_printf(out, "%s%s", f > 0 ? "." : "",
		    tell_field(l->fields[f]));
	text_printf(out, "%s%s%s%s ", l->changing ? "~" : "",
	    l->set != NULL ? "@" : "", l->set != NULL ? l->set : "",
	    l->negated ? " !" : "");
	for (size_t i = 0; i < l->element_count && i < 8; i++) {
		const struct set_element *e = &l->elements[i];

		text_add(out, i > 0 ? " / " : "");
		for (size_t f = 0; f < l->field_count; f++) {
			text_add(out, f > 0 ? "." : "");
			tell_spans(l->fields[f], e->parts[f], out);
		}
		if (s->kind == STATEMENT_VMAP) {
			text_add_char(out, ':');
			tell_decision(&e->decision, out);
		}
		tell_change(&e->change, out);
	}
}

static void
tell_statement(const struct statement *s, struct text *out)
{
	static const char *const kinds[] = { "", "", "vmap ", "dnat", "snat",
		"mark", "ctmark", "mark=ctmark", "ctmark=mark", "notrack",
		"log", "offload", "nothing", "unknown " };

	text_add(out, out->length > 0 ? "; " : "");
	text_add(out, kinds[s->kind]);
	if (s->lookup.field_count > 0) {
		text_add(out, s->kind > STATEMENT_VMAP ? " " : "");
		tell_lookup(s, out);
	}
	if (s->kind == STATEMENT_VERDICT)
		tell_decision(&s->decision, out);
	if (s->redirects)
		text_add(out, " self");
	if (s->target_unknown)
		text_add(out, " ?");
	tell_change(&s->change, out);
	if (s->unknown != NULL)
		text_printf(out, "%s%s", s->unknown, s->may_decide ? "!" : "");
}

/* The caller frees it. */
static char *
tell_rule(const struct rule *rule)
{
	struct text out = { 0 };
	char *copy;

	for (size_t i = 0; i < rule->statement_count; i++)
		tell_statement(&rule->statements[i], &out);
	copy = strdup(text_str(&out));
	text_free(&out);
	return copy;
}

/* NULL with faults in d. */
static struct ruleset *
read_ruleset(const char *json, struct diag *d)
{
	struct jsonx_doc *doc = jsonx_parse("r.json", json, strlen(json), d);
	struct ruleset *r = doc == NULL ?
	    NULL :
	    ruleset_json("r.json", jsonx_root(doc), d);

	jsonx_free(doc);
	return r;
}

/* The same with ' for ". */
static struct ruleset *
read_quoted(const char *json, struct diag *d)
{
	char *copy = strdup(json);
	struct ruleset *r;

	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	r = read_ruleset(copy, d);
	free(copy);
	return r;
}

/* One rule in the base chain c of table t, which has a chain side and named
 * sets as well. */
static struct ruleset *
read_expr(const char *family, const char *expr, struct diag *d)
{
	static const char sets[][200] = {
		"'set':{'name':'four','elem':[{'prefix':{'addr':'10.0.0.0',"
		"'len':8}},'192.0.2.1']",
		"'set':{'name':'late','flags':['timeout'],"
		"'elem':[{'elem':{'val':'10.9.9.9','timeout':60}}]",
		"'set':{'name':'dyn'",
		"'set':{'name':'links','elem':['eth*','lo']",
		"'set':{'name':'three','elem':[{'concat':['10.0.0.1',"
		"{'range':[80,90]},'tcp']}]",
		"'map':{'name':'verdicts','map':'verdict','elem':["
		"[{'prefix':{'addr':'10.0.0.0','len':8}},"
		"{'goto':{'target':'side'}}],['*',{'drop':null}]]",
		"'map':{'name':'hosts','map':'ipv4_addr',"
		"'elem':[[80,'10.0.0.5']]",
		"'map':{'name':'both','map':'x',"
		"'elem':[[80,{'concat':['10.0.0.5',8080]}]]",
		"'map':{'name':'marks','map':'mark',"
		"'elem':[['10.0.0.5',16]]",
		"'map':{'name':'nets','map':'ipv4_addr','elem':[[{'prefix':"
		"{'addr':'10.0.0.0','len':24}},{'prefix':{'addr':'10.1.0.0',"
		"'len':24}}]]",
		"'map':{'name':'counters','map':'counter',"
		"'elem':[['10.0.0.5','n']]",
	};
	struct text t = { 0 };
	struct ruleset *r;

	text_printf(&t,
	    "{'nftables':[{'table':{'family':'%s','name':'t'}},"
	    "{'chain':{'family':'%s','table':'t','name':'c','type':'filter',"
	    "'hook':'forward','prio':0,'dev':'lo'}},{'chain':{'family':'%s',"
	    "'table':'t','name':'side'}},\n{'rule':{'family':'%s',"
	    "'table':'t','chain':'c','handle':7,'expr':[%s]}}",
	    family, family, family, family, expr);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		text_printf(&t, ",\n{%s,'family':'%s','table':'t'}}", sets[i],
		    family);
	text_add(&t, "]}");
	r = read_quoted(text_str(&t), d);
	text_free(&t);
	return r;
}

/* What a rule with these expressions becomes; the caller frees it. */
static char *
tell_expr(const char *family, const char *expr)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_expr(family, expr, &d);
	struct text faults = { 0 };
	char *told;

	diag_print(&d, &faults);
	told = r != NULL ? tell_rule(r->rules[r->rule_count - 1]) :
			   strdup(text_str(&faults));
	text_free(&faults);
	ruleset_free(r);
	diag_free(&d);
	return told;
}

struct told_row {
	const char *family, *expr, *told;
};

#endif
