/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-3: rules that never apply, each with the rules that cover it and whether
 * those do the same. A chain that nothing leads to is one finding. Empty rules
 * (comments alone) are no rules.
 */
#include "audit_shadow.h"

#include <stdio.h>

/* ---- what a rule does, as far as it is compared */

enum deed {
	DEED_NOTHING, /* no verdict: counts, logs, marks */
	DEED_ACCEPT,
	DEED_BLOCK,
	DEED_RETURN,
	DEED_OTHER, /* jumps, maps, translations: never the same */
};

static enum deed
deed_of(const struct rule *r, enum action *action)
{
	*action = ACTION_CONTINUE;
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (s->kind == STATEMENT_VMAP || s->kind == STATEMENT_DNAT ||
		    s->kind == STATEMENT_SNAT ||
		    (s->kind == STATEMENT_UNKNOWN && s->may_decide))
			return DEED_OTHER;
		if (s->kind != STATEMENT_VERDICT)
			continue;
		*action = s->decision.action;
		switch (s->decision.action) {
		case ACTION_ACCEPT:
			return DEED_ACCEPT;
		case ACTION_DROP:
		case ACTION_REJECT:
			return DEED_BLOCK;
		case ACTION_RETURN:
			return DEED_RETURN;
		case ACTION_CONTINUE:
			return DEED_NOTHING;
		default:
			return DEED_OTHER;
		}
	}
	return DEED_NOTHING;
}

static struct audit_rule
named(const struct rule *r)
{
	struct audit_rule out = { .rule = r, .chain = r->chain };

	(void)deed_of(r, &out.action);
	return out;
}

/* ---- one rule */

static bool
has_log(const struct rule *r)
{
	for (size_t i = 0; i < r->statement_count; i++)
		if (r->statements[i].kind == STATEMENT_LOG)
			return true;
	return false;
}

/* A last "drop" or "ct state invalid drop" behind chains that drop everything
 * is a second lock, and what distributions write by themselves; so is the log
 * before it (firewalld's FINAL_REJECT): no finding. */
static bool
is_second_lock(const struct audit *a, const struct rule *r,
    const struct shadow *s)
{
	enum action action;
	const enum deed deed = deed_of(r, &action);
	bool elsewhere = false;

	if (deed != DEED_BLOCK && !(deed == DEED_NOTHING && has_log(r)))
		return false;
	for (size_t i = 0; i < r->statement_count; i++)
		for (size_t k = 0; k < r->statements[i].lookup.field_count; k++)
			if (r->statements[i].lookup.fields[k] != FIELD_FAMILY &&
			    r->statements[i].lookup.fields[k] != FIELD_CT_STATE)
				return false;
	for (size_t i = 0; i < s->covering_count; i++) {
		const struct rule *by = a->ruleset->rules[s->covering[i]];

		if (deed_of(by, &action) != DEED_BLOCK)
			return false;
		elsewhere |= by->chain != r->chain;
	}
	return elsewhere;
}

static enum word
words_of(const struct audit *a, const struct rule *r, const struct shadow *s)
{
	enum action action;
	const enum deed deed = deed_of(r, &action);
	bool same = deed != DEED_OTHER;

	if (s->state == SHADOW_EMPTY)
		return W_SHADOW_EMPTY;
	if (s->state == SHADOW_NEVER_COMES)
		return W_SHADOW_NEVER_COMES;
	if (deed == DEED_NOTHING)
		return W_SHADOW_NOTHING;
	for (size_t i = 0; i < s->covering_count; i++)
		same = same &&
		    deed_of(a->ruleset->rules[s->covering[i]], &action) == deed;
	return same ? W_SHADOW_SAME : W_SHADOW_OTHER;
}

static void
tell(struct audit *a, const struct rule *r, const struct shadow *s)
{
	struct audit_finding *f;

	if (s->state == SHADOW_COVERED && is_second_lock(a, r, s))
		return;
	f = audit_add(a, CHECK_FWR_3);
	if (f == NULL)
		return;
	f->rules[f->rule_count++] = named(r);
	for (size_t i = 0; i < s->covering_count; i++)
		if (f->covering_count < AUDIT_RULES_MAX)
			f->covering[f->covering_count++] = named(
			    a->ruleset->rules[s->covering[i]]);
		else
			f->covering_left_out++;
	audit_say(a, f, words_of(a, r, s), 0);
}

/* ---- chains */

static size_t
rules_in(const struct chain *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->rule_count; i++)
		n += c->rules[i].statement_count > 0;
	return n;
}

static void
tell_chain(struct audit *a, const struct chain *c)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_3);
	struct text name = { 0 };
	char number[24];

	if (f == NULL)
		return;
	f->rules[f->rule_count++] = (struct audit_rule){ NULL, c,
		ACTION_CONTINUE };
	(void)snprintf(number, sizeof(number), "%zu", rules_in(c));
	ruleset_chain_name(c, &name);
	audit_say(a, f, W_SHADOW_CHAIN, 2, text_str(&name), number);
	text_free(&name);
}

/* ---- the whole */

/* Chains of families that carry other than IP say more than we look at, so a
 * condition that holds no IP is no contradiction there. */
static bool
may_be_told(const struct rule *r, const struct shadow *s)
{
	const enum table_family family = r->chain->table->family;

	return s->state == SHADOW_COVERED ||
	    ((s->state == SHADOW_EMPTY || s->state == SHADOW_NEVER_COMES) &&
		(family == TABLE_IP || family == TABLE_IP6 ||
		    family == TABLE_INET));
}

void
audit_shadow(struct audit *a)
{
	struct shadows shadows;
	size_t open = 0;
	char number[24];

	shadows_find(a, &shadows);
	for (size_t i = 0; i < a->ruleset->chain_count; i++) {
		const struct chain *c = a->ruleset->chains[i];

		if (!shadows.reached[c->id] && rules_in(c) > 0)
			tell_chain(a, c);
	}
	for (size_t i = 0; i < a->ruleset->rule_count; i++) {
		const struct rule *r = a->ruleset->rules[i];
		const struct shadow *s = &shadows.items[i];

		open += s->state == SHADOW_UNDECIDED;
		if (shadows.reached[r->chain->id] && may_be_told(r, s))
			tell(a, r, s);
	}
	if (open > 0) {
		(void)snprintf(number, sizeof(number), "%zu", open);
		audit_add_undecided(a, CHECK_FWR_3, NULL, NULL, NULL,
		    W_SHADOW_UNDECIDED, 1, number);
	}
	shadows_fini(&shadows);
}
