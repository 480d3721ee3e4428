/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of an audit's checks of rules: a model with a firewall,
 * and rulesets from lines as short as people think of them:
 *
 *   chain forward hook forward drop          base chain of table inet filter
 *   chain lgin                               a chain to jump to
 *   iif lg0 oif core0 saddr 10.2.0.0/16 tcp dport 22-23 log accept
 *
 * Rules belong to the chain before them. Not a parser: a test with a wrong
 * line ends.
 */
#ifndef HOLDING_H
#define HOLDING_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "audit.h"
#include "loading.h"
#include "ruleset_build.h"

static const char holding_firewall[] =
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":["
    "\"core\",\"lg\",\"lgwan\",\"outside\"],\"taps\":[]}],\n"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\"],\"interfaces\":{\"core0\":[\"core\"],"
    "\"lg0\":[\"lg\"],\"lgwan0\":[\"lgwan\"],\"out0\":[\"outside\"]}}]";

struct holding {
	struct loading l;
	struct ruleset *r, *other;
	struct audit a;
};

/* ---- rulesets */

static inline struct span
holding_addresses(const char *text)
{
	struct prefix p;
	struct span s;

	assert_int_equal(prefix_parse(text, &p), PREFIX_OK);
	s.first = packet_value_of_addr(&p.addr);
	s.last = s.first;
	for (unsigned i = p.length; i < addr_bits(&p.addr); i++)
		s.last |= (packet_value)1 << (addr_bits(&p.addr) - 1 - i);
	return s;
}

static inline struct span
holding_numbers(const char *text)
{
	unsigned first, last;
	const int n = sscanf(text, "%u-%u", &first, &last);

	assert_true(n >= 1);
	return (struct span){ first, n == 2 ? last : first };
}

static inline void
holding_match(struct builder *b, enum field field, struct span s, bool negated)
{
	builder_match(b, field, spans_one(builder_pool(b), s.first, s.last),
	    negated);
}

static inline void
holding_states(struct builder *b, const char *text)
{
	static const char *const names[] = { "invalid", "established",
		"related", "new", "untracked" };
	struct span items[CT_STATES];
	size_t n = 0;

	for (size_t i = 0; i < CT_STATES; i++)
		if (strstr(text, names[i]) != NULL)
			items[n++] = (struct span){ i, i };
	assert_true(n > 0);
	builder_match(b, FIELD_CT_STATE, spans_make(builder_pool(b), items, n),
	    false);
}

/* Words with a value behind them; false when w is none. */
static inline bool
holding_value(struct builder *b, const char *w, const char *v, bool negated)
{
	static const struct {
		const char *word;
		enum field field;
	} numbers[] = { { "family", FIELD_FAMILY }, { "proto", FIELD_PROTOCOL },
		{ "dport", FIELD_DPORT }, { "sport", FIELD_SPORT },
		{ "mark", FIELD_MARK } };
	const packet_value name = packet_value_of_name(v);

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(w, numbers[i].word) == 0) {
			holding_match(b, numbers[i].field, holding_numbers(v),
			    negated);
			return true;
		}
	if (strcmp(w, "iif") == 0 || strcmp(w, "oif") == 0)
		holding_match(b, w[0] == 'i' ? FIELD_IIF : FIELD_OIF,
		    (struct span){ name, name }, negated);
	else if (strcmp(w, "saddr") == 0 || strcmp(w, "daddr") == 0) {
		const packet_value family = strchr(v, ':') != NULL ? 6 : 4;

		holding_match(b, FIELD_FAMILY, (struct span){ family, family },
		    false);
		holding_match(b, w[0] == 's' ? FIELD_SADDR : FIELD_DADDR,
		    holding_addresses(v), negated);
	} else if (strcmp(w, "state") == 0)
		holding_states(b, v);
	else if (strcmp(w, "jump") == 0)
		builder_verdict(b, ACTION_JUMP, v);
	else if (strcmp(w, "goto") == 0)
		builder_verdict(b, ACTION_GOTO, v);
	else if (strcmp(w, "unknown") == 0)
		builder_unknown(b, v, false);
	else if (strcmp(w, "redirect") == 0) {
		const struct span s = holding_numbers(v);
		struct statement *to = builder_statement(b, STATEMENT_DNAT);

		to->redirects = true;
		to->change.port = spans_one(builder_pool(b), s.first, s.last);
	} else if (strcmp(w, "dnat") == 0) {
		const struct span s = holding_addresses(v);

		builder_statement(b, STATEMENT_DNAT)->change.address =
		    spans_one(builder_pool(b), s.first, s.last);
	} else
		return false;
	return true;
}

/* ct status dnat. */
static inline void
holding_translated(struct builder *b)
{
	struct span items[512];
	size_t n = 0;

	for (unsigned v = 0; v < 1024; v++)
		if ((v & 32) != 0)
			items[n++] = (struct span){ v, v };
	builder_match(b, FIELD_CT_STATUS, spans_make(builder_pool(b), items, n),
	    false);
}

/* Words that stand alone. */
static inline void
holding_word(struct builder *b, const char *w)
{
	static const struct {
		const char *word;
		enum action action;
	} verdicts[] = { { "accept", ACTION_ACCEPT }, { "drop", ACTION_DROP },
		{ "reject", ACTION_REJECT }, { "return", ACTION_RETURN } };
	static const struct {
		const char *word;
		enum statement_kind kind;
	} statements[] = { { "log", STATEMENT_LOG },
		{ "counter", STATEMENT_NOTHING },
		{ "notrack", STATEMENT_NOTRACK },
		{ "masquerade", STATEMENT_SNAT } };

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strcmp(w, verdicts[i].word) == 0) {
			builder_verdict(b, verdicts[i].action, NULL);
			return;
		}
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (strcmp(w, statements[i].word) == 0) {
			builder_statement(b, statements[i].kind);
			return;
		}
	if (strcmp(w, "tcp") == 0)
		holding_match(b, FIELD_PROTOCOL, (struct span){ 6, 6 }, false);
	else if (strcmp(w, "udp") == 0)
		holding_match(b, FIELD_PROTOCOL, (struct span){ 17, 17 },
		    false);
	else if (strcmp(w, "translated") == 0)
		holding_translated(b);
	else if (strcmp(w, "fib-missing") == 0)
		builder_unknown(b, "fib saddr . iif oif missing", false);
	else
		fail_msg("no such word: %s", w);
}

static inline void
holding_chain(struct builder *b, char **w, size_t n, struct diag *d)
{
	static const char *const hooks[] = { "prerouting", "input", "forward",
		"output", "postrouting" };
	static const enum hook values[] = { HOOK_PREROUTING, HOOK_INPUT,
		HOOK_FORWARD, HOOK_OUTPUT, HOOK_POSTROUTING };
	struct chain *c = builder_chain(b, TABLE_INET, "filter", w[1],
	    (struct diag_place){ 0 }, d);

	assert_non_null(c);
	for (size_t i = 2; i < n; i++) {
		for (size_t k = 0; k < 5; k++)
			if (strcmp(w[i], hooks[k]) == 0)
				c->hook = values[k];
		if (strcmp(w[i], "drop") == 0)
			c->policy_drop = true;
		if (strcmp(w[i], "nat") == 0) {
			c->type = CHAIN_NAT;
			c->priority = -100;
		}
		if (strcmp(w[i], "raw") == 0)
			c->priority = -300;
	}
}

static inline void
holding_line(struct builder *b, char *line, char *chain, struct diag *d)
{
	char *words[64] = { NULL }, *save = NULL;
	size_t n = 0;

	for (char *t = strtok_r(line, " ", &save); t != NULL;
	     t = strtok_r(NULL, " ", &save))
		words[n++] = t;
	if (n == 0)
		return;
	if (strcmp(words[0], "chain") == 0) {
		holding_chain(b, words, n, d);
		snprintf(chain, 64, "%s", words[1]);
		return;
	}
	assert_non_null(builder_rule(b, TABLE_INET, "filter", chain,
	    (struct diag_place){ 0 }, d));
	for (size_t i = 0; i < n; i++) {
		const char *v = words[i + 1] != NULL ? words[i + 1] : "";
		const bool negated = v[0] == '!';

		if (holding_value(b, words[i], v + negated, negated))
			i++;
		else
			holding_word(b, words[i]);
	}
}

/* Lines that end with "\n". */
static inline struct ruleset *
holding_ruleset(const char *lines)
{
	struct builder *b = builder_new(RULESET_JSON, "rules.json");
	struct diag d = { .lang = LANG_EN };
	char *copy = strdup(lines), *save = NULL, chain[64] = "";
	struct text said = { 0 };
	struct ruleset *r;

	assert_non_null(builder_table(b, TABLE_INET, "filter",
	    (struct diag_place){ 0 }, &d));
	for (char *t = strtok_r(copy, "\n", &save); t != NULL;
	     t = strtok_r(NULL, "\n", &save))
		holding_line(b, t, chain, &d);
	free(copy);
	r = builder_finish(b, &d);
	diag_print(&d, &said);
	if (r == NULL)
		fail_msg("%s", text_str(&said));
	text_free(&said);
	diag_free(&d);
	return r;
}

/* ---- audits */

static inline void
holding_open(struct holding *x, const char *more, const char *lines)
{
	struct text model = { 0 };

	memset(x, 0, sizeof(*x));
	text_add(&model, holding_firewall);
	text_add(&model, more);
	loading_with(&x->l, text_str(&model), NULL);
	text_free(&model);
	if (x->l.m == NULL)
		fail_msg("%s", text_str(&x->l.said));
	if (lines != NULL)
		x->r = holding_ruleset(lines);
	x->a.m = x->l.m;
	x->a.boundary = &x->l.m->boundaries[0];
	x->a.firewall = x->l.m->boundaries[0].firewall;
	x->a.ruleset = x->r;
	x->a.lang = LANG_EN;
	x->a.at = (struct day){ 2026, 11, 22 };
	if (lines != NULL)
		audit_open(&x->a);
}

static inline void
holding_close(struct holding *x)
{
	audit_fini(&x->a);
	ruleset_free(x->r);
	ruleset_free(x->other);
	loading_free(&x->l);
}

static inline size_t
holding_count(const struct holding *x, enum check check)
{
	size_t n = 0;

	for (size_t i = 0; i < x->a.finding_count; i++)
		n += x->a.findings[i].check == check;
	return n;
}

/* The at-th finding of a check, which must be there. */
static inline const struct audit_finding *
holding_find(const struct holding *x, enum check check, size_t at)
{
	for (size_t i = 0; i < x->a.finding_count; i++)
		if (x->a.findings[i].check == check && at-- == 0)
			return &x->a.findings[i];
	fail_msg("no finding of %s", checks_id(check));
	return NULL;
}

static inline bool
holding_says(const struct audit_finding *f, const char *words)
{
	if (f->sentence != NULL && strstr(f->sentence, words) != NULL)
		return true;
	fprintf(stderr, "not said: %s\nbut: %s\n", words,
	    f->sentence != NULL ? f->sentence : "(nothing)");
	return false;
}

#endif
