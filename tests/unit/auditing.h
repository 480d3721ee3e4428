/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of audit: a model as text, a ruleset written in a few
 * words a rule, and what the audit finds of the two.
 *
 *   "iif lg0 oif core0 saddr 10.2.0.5 daddr 10.1.0.0/16 tcp 443 accept"
 *
 * Words: iif NAME, oif NAME, saddr / daddr ADDRESS|PREFIX|A-B, tcp / udp
 * PORT|A-B|any, sport N|A-B, proto N, icmp TYPE, v4, v6, new, established,
 * invalid, untracked, limit (a condition nobody can know), not (the next match), dnat
 * ADDRESS[:PORT], notrack, accept, drop, return, jump CHAIN, goto CHAIN.
 */
#ifndef AUDITING_H
#define AUDITING_H

#include "audit.h"
#include "loading.h"
#include "ruleset_build.h"

struct auditing {
	struct loading l;
	struct builder *b;
	struct ruleset *r;
	struct audit a;
	uint64_t handle;
};

static inline const struct diag_place *
auditing_nowhere(void)
{
	static const struct diag_place place = { "rules", 0, 0 };

	return &place;
}

/* Begins a ruleset of one inet table; the model's first boundary and firewall
 * are meant. */
static inline bool
auditing_begin(struct auditing *x, const char *model)
{
	memset(x, 0, sizeof(*x));
	loading_text(&x->l, model, NULL);
	if (x->l.m == NULL) {
		fputs(text_str(&x->l.said), stderr);
		return false;
	}
	x->b = builder_new(RULESET_JSON, "rules");
	builder_table(x->b, TABLE_INET, "t", *auditing_nowhere(), &x->l.d);
	return true;
}

static inline void
auditing_chain(struct auditing *x, const char *name, enum hook hook,
    enum chain_type type, bool policy_drop)
{
	struct chain *c = builder_chain(x->b, TABLE_INET, "t", name,
	    *auditing_nowhere(), &x->l.d);

	c->hook = hook;
	c->type = type;
	/* The usual ones of dnat and raw; later forward chains come later. */
	c->priority = hook != HOOK_PREROUTING ? 0 :
	    type == CHAIN_NAT		      ? -100 :
						-300;
	c->policy_drop = policy_drop;
}

static inline void
auditing_number(struct auditing *x, enum field field, const char *text,
    bool not )
{
	struct pool *p = builder_pool(x->b);
	unsigned first = 0, last = 0;

	if (sscanf(text, "%u-%u", &first, &last) < 2)
		last = first;
	builder_match(x->b, field, spans_one(p, first, last), not );
}

static inline struct span
auditing_span(const char *text, int *family)
{
	struct prefix prefix;
	struct addr a, b;
	struct span s = { 0, 0 };
	char first[64];
	const char *dash = strchr(text, '-');

	if (dash != NULL && (size_t)(dash - text) < sizeof(first)) {
		memcpy(first, text, (size_t)(dash - text));
		first[dash - text] = '\0';
		if (addr_parse(first, &a) && addr_parse(dash + 1, &b)) {
			*family = a.family;
			s.first = packet_value_of_addr(&a);
			s.last = packet_value_of_addr(&b);
		}
		return s;
	}
	if (prefix_parse(text, &prefix) == PREFIX_OK) {
		const unsigned bits = addr_bits(&prefix.addr) - prefix.length;

		*family = prefix.addr.family;
		s.first = packet_value_of_addr(&prefix.addr);
		s.last = bits >= 128 ?
		    ~(packet_value)0 :
		    s.first | (((packet_value)1 << bits) - 1);
	}
	return s;
}

static inline void
auditing_address(struct auditing *x, enum field field, const char *text,
    bool not )
{
	struct pool *p = builder_pool(x->b);
	int family = 4;
	const struct span s = auditing_span(text, &family);

	builder_match(x->b, FIELD_FAMILY,
	    spans_one(p, (packet_value)family, (packet_value)family), false);
	builder_match(x->b, field, spans_one(p, s.first, s.last), not );
}

static inline void
auditing_dnat(struct auditing *x, const char *text)
{
	struct pool *p = builder_pool(x->b);
	struct statement *s = builder_statement(x->b, STATEMENT_DNAT);
	char address[64];
	const char *colon = strchr(text, ':');
	const size_t n = colon ? (size_t)(colon - text) : strlen(text);
	int family = 4;
	struct span to;

	memcpy(address, text, n);
	address[n] = '\0';
	to = auditing_span(address, &family);
	s->change.address = spans_one(p, to.first, to.last);
	if (colon)
		s->change.port = spans_one(p, (packet_value)atoi(colon + 1),
		    (packet_value)atoi(colon + 1));
}

static inline bool
auditing_simple(struct auditing *x, const char *word)
{
	struct pool *p = builder_pool(x->b);
	static const struct {
		const char *word;
		enum action action;
	} verdicts[] = { { "accept", ACTION_ACCEPT }, { "drop", ACTION_DROP },
		{ "return", ACTION_RETURN } };
	static const struct {
		const char *word;
		enum field field;
		unsigned value;
	} matches[] = { { "v4", FIELD_FAMILY, 4 }, { "v6", FIELD_FAMILY, 6 },
		{ "new", FIELD_CT_STATE, CT_NEW },
		{ "established", FIELD_CT_STATE, CT_ESTABLISHED },
		{ "invalid", FIELD_CT_STATE, CT_INVALID },
		{ "untracked", FIELD_CT_STATE, CT_UNTRACKED } };

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (strcmp(word, verdicts[i].word) == 0) {
			builder_verdict(x->b, verdicts[i].action, NULL);
			return true;
		}
	for (size_t i = 0; i < sizeof(matches) / sizeof(matches[0]); i++)
		if (strcmp(word, matches[i].word) == 0) {
			builder_match(x->b, matches[i].field,
			    spans_one(p, matches[i].value, matches[i].value),
			    false);
			return true;
		}
	if (strcmp(word, "limit") == 0)
		builder_unknown(x->b, "limit", false);
	else if (strcmp(word, "notrack") == 0)
		(void)builder_statement(x->b, STATEMENT_NOTRACK);
	else
		return false;
	return true;
}

static inline void
auditing_pair(struct auditing *x, const char *word, const char *value,
    bool not )
{
	struct pool *p = builder_pool(x->b);
	const bool tcp = strcmp(word, "tcp") == 0;

	if (strcmp(word, "iif") == 0 || strcmp(word, "oif") == 0) {
		const packet_value v = packet_value_of_name(value);

		builder_match(x->b, word[0] == 'i' ? FIELD_IIF : FIELD_OIF,
		    spans_one(p, v, v), not );
	} else if (strcmp(word, "saddr") == 0 || strcmp(word, "daddr") == 0) {
		auditing_address(x, word[0] == 's' ? FIELD_SADDR : FIELD_DADDR,
		    value, not );
	} else if (tcp || strcmp(word, "udp") == 0) {
		auditing_number(x, FIELD_PROTOCOL, tcp ? "6" : "17", false);
		if (strcmp(value, "any") != 0)
			auditing_number(x, FIELD_DPORT, value, not );
	} else if (strcmp(word, "sport") == 0) {
		auditing_number(x, FIELD_SPORT, value, not );
	} else if (strcmp(word, "proto") == 0) {
		auditing_number(x, FIELD_PROTOCOL, value, not );
	} else if (strcmp(word, "icmp") == 0) {
		auditing_number(x, FIELD_FAMILY, "4", false);
		auditing_number(x, FIELD_PROTOCOL, "1", false);
		auditing_number(x, FIELD_ICMP_TYPE, value, not );
	} else if (strcmp(word, "dnat") == 0) {
		auditing_dnat(x, value);
	} else if (strcmp(word, "jump") == 0 || strcmp(word, "goto") == 0) {
		builder_verdict(x->b,
		    word[0] == 'j' ? ACTION_JUMP : ACTION_GOTO, value);
	}
}

/* A rule at the end of a chain. */
static inline void
auditing_rule(struct auditing *x, const char *chain, const char *words)
{
	struct rule *rule = builder_rule(x->b, TABLE_INET, "t", chain,
	    *auditing_nowhere(), &x->l.d);
	char copy[512], *word, *rest = NULL, *value;
	bool not = false;

	rule->handle = ++x->handle;
	rule->packets = -1;
	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		if (strcmp(word, "not") == 0) {
			not = true;
			continue;
		}
		if (!auditing_simple(x, word)) {
			value = strtok_r(NULL, " ", &rest);
			auditing_pair(x, word, value ? value : "", not );
		}
		not = false;
	}
}

/* Ends the ruleset and opens the audit, as of 2026-11-20; nothing ran yet. */
static inline bool
auditing_end(struct auditing *x)
{
	x->r = builder_finish(x->b, &x->l.d);
	x->b = NULL;
	if (x->r == NULL) {
		struct text out = { 0 };

		diag_print(&x->l.d, &out);
		fputs(text_str(&out), stderr);
		text_free(&out);
		return false;
	}
	x->a.m = x->l.m;
	x->a.boundary = &x->l.m->boundaries[0];
	x->a.firewall = x->a.boundary->firewall;
	x->a.ruleset = x->r;
	x->a.lang = LANG_EN;
	x->a.at = (struct day){ 2026, 11, 20 };
	audit_open(&x->a);
	return true;
}

static inline void
auditing_free(struct auditing *x)
{
	audit_fini(&x->a);
	builder_free(x->b);
	ruleset_free(x->r);
	loading_free(&x->l);
}

static inline size_t
auditing_count(const struct auditing *x, enum check check)
{
	size_t n = 0;

	for (size_t i = 0; i < x->a.finding_count; i++)
		n += x->a.findings[i].check == check;
	return n;
}

/* The first finding of a check for a pair (NULL: any) in a family (-1: any),
 * or NULL. */
static inline const struct audit_finding *
auditing_find(const struct auditing *x, enum check check, const char *from,
    const char *to, int family)
{
	for (size_t i = 0; i < x->a.finding_count; i++) {
		const struct audit_finding *f = &x->a.findings[i];

		if (f->check == check &&
		    (!from || (f->from && strcmp(f->from->id, from) == 0)) &&
		    (!to || (f->to && strcmp(f->to->id, to) == 0)) &&
		    (family < 0 || f->family == family))
			return f;
	}
	return NULL;
}

/* For whoever looks at a failed test. */
static inline void
auditing_show(const struct auditing *x)
{
	for (size_t i = 0; i < x->a.finding_count; i++) {
		const struct audit_finding *f = &x->a.findings[i];
		struct text witness = { 0 };

		if (f->has_witness)
			audit_witness_text(&f->witness, f->translated,
			    &witness);
		fprintf(stderr, "%s %s: %s\n\t%s\n", checks_id(f->check),
		    severity_name(f->severity), f->sentence ? f->sentence : "-",
		    text_str(&witness));
		for (size_t k = 0; k < f->suggestion_count; k++)
			fprintf(stderr, "\t%s\n", f->suggestions[k]);
		text_free(&witness);
	}
}

#endif
