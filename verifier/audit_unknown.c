/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-13: rules that hold something nobody can foresee (a limit, a set that
 * changes, an extension that is not known), and what depends on it: whether
 * it may open or may block. COV-12: a firewall whose ruleset is not known, or
 * is known from too long ago.
 */
#include <stdio.h>
#include <string.h>

#include "audit.h"

#define TOLD_MAX 50 /* findings; the rest is one that counts */
#define WHAT_BYTES_MAX 200

/* ---- what is unknown in a rule */

/* Whether it stands before anything that decides; a limit before a log alone
 * changes nothing that we ask about. */
static bool
decides(const struct statement *s)
{
	switch (s->kind) {
	case STATEMENT_VERDICT:
		return s->decision.action != ACTION_CONTINUE;
	case STATEMENT_VMAP:
	case STATEMENT_DNAT:
	case STATEMENT_MARK:
	case STATEMENT_CT_MARK:
	case STATEMENT_MARK_FROM_CT:
	case STATEMENT_CT_MARK_FROM_META:
	case STATEMENT_NOTRACK:
		return true;
	case STATEMENT_UNKNOWN:
		return s->may_decide;
	default:
		return false;
	}
}

static bool
is_unknown(const struct statement *s)
{
	return s->kind == STATEMENT_UNKNOWN || s->unknown != NULL ||
	    s->lookup.changing || s->target_unknown ||
	    (s->kind == STATEMENT_VERDICT &&
		(s->decision.action == ACTION_QUEUE ||
		    s->decision.action == ACTION_UNKNOWN));
}

bool
audit_unknown_decides(const struct rule *r)
{
	bool unknown = false;

	for (size_t i = 0; i < r->statement_count; i++) {
		unknown |= is_unknown(&r->statements[i]);
		if (unknown && decides(&r->statements[i]))
			return true;
	}
	return false;
}

static void
add_what(const char *what, struct text *out)
{
	if (what == NULL || out->length > WHAT_BYTES_MAX)
		return;
	if (out->length > 0)
		text_add(out, ", ");
	text_quote(out, what);
}

/* "limit, @blocked": each as its reader names it. */
void
audit_unknown_words(const struct rule *r, struct text *out)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (!is_unknown(s))
			continue;
		if (s->unknown != NULL)
			add_what(s->unknown, out);
		else if (s->lookup.changing && s->lookup.set != NULL)
			add_what(s->lookup.set, out);
		else
			add_what(s->text, out);
	}
}

/* ---- both closures */

struct closures {
	bool opens, blocks;
};

static void weigh_chain(struct closures *c, const struct chain *chain,
    int depth);

static void
weigh_decision(struct closures *c, const struct decision *d, int depth)
{
	switch (d->action) {
	case ACTION_ACCEPT:
		c->opens = true;
		break;
	case ACTION_DROP:
	case ACTION_REJECT:
		c->blocks = true;
		break;
	case ACTION_JUMP:
	case ACTION_GOTO:
		weigh_chain(c, d->target, depth + 1);
		break;
	case ACTION_CONTINUE:
		break;
	default: /* what is returned from or queued may end in any way */
		c->opens = c->blocks = true;
		break;
	}
}

/* What a rule does where it matches. */
static void
weigh_rule(struct closures *c, const struct rule *r, int depth)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct statement *s = &r->statements[i];

		if (s->kind == STATEMENT_VERDICT)
			weigh_decision(c, &s->decision, depth);
		else if (s->kind == STATEMENT_VMAP)
			for (size_t k = 0; k < s->lookup.element_count; k++)
				weigh_decision(c,
				    &s->lookup.elements[k].decision, depth);
		else if (decides(s))
			c->opens = c->blocks = true;
		if (c->opens && c->blocks)
			return;
	}
}

static void
weigh_chain(struct closures *c, const struct chain *chain, int depth)
{
	if (depth > EVALUATE_DEPTH_MAX)
		c->opens = c->blocks = true;
	for (size_t i = 0; i < chain->rule_count && !(c->opens && c->blocks);
	     i++)
		weigh_rule(c, &chain->rules[i], depth);
}

/* ---- telling */

static void
tell(struct audit *a, const struct rule *r)
{
	struct closures c = { false, false };
	struct audit_finding *f = audit_add(a, CHECK_FWR_13);
	struct text what = { 0 };

	if (f == NULL)
		return;
	weigh_rule(&c, r, 0);
	f->certainty = AUDIT_POSSIBLE;
	f->rules[f->rule_count++] = (struct audit_rule){ r, r->chain,
		ACTION_UNKNOWN };
	audit_unknown_words(r, &what);
	audit_say(a, f,
	    c.opens == c.blocks ? W_UNKNOWN_BOTH :
		c.opens		? W_UNKNOWN_OPENS :
				  W_UNKNOWN_BLOCKS,
	    1, text_str(&what));
	text_free(&what);
}

static void
tell_folded(struct audit *a, const struct rule **rules, size_t kept, size_t n)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_13);
	char number[24];

	if (f == NULL)
		return;
	f->certainty = AUDIT_POSSIBLE;
	for (size_t i = 0; i < kept; i++)
		f->rules[f->rule_count++] = (struct audit_rule){ rules[i],
			rules[i]->chain, ACTION_UNKNOWN };
	f->rules_left_out = n - kept;
	(void)snprintf(number, sizeof(number), "%zu", n);
	audit_say(a, f, W_UNKNOWN_FOLDED, 1, number);
}

static void
audit_rules(struct audit *a)
{
	const struct rule *beyond[AUDIT_RULES_MAX];
	size_t told = 0, n = 0;

	for (size_t i = 0; i < a->ruleset->rule_count; i++) {
		const struct rule *r = a->ruleset->rules[i];

		if (!audit_unknown_decides(r))
			continue;
		if (told < TOLD_MAX) {
			tell(a, r);
			told++;
		} else if (n++ < AUDIT_RULES_MAX)
			beyond[n - 1] = r;
	}
	if (n > 0)
		tell_folded(a, beyond,
		    n < AUDIT_RULES_MAX ? n : AUDIT_RULES_MAX, n);
}

/* ---- what is not known at all */

static void
audit_missing(struct audit *a)
{
	struct audit_finding *f = audit_add(a, CHECK_COV_12);

	if (f != NULL)
		audit_say(a, f,
		    a->firewall->kind == FIREWALL_OPAQUE ? W_RULESET_OPAQUE :
							   W_RULESET_MISSING,
		    1, a->firewall->id);
}

/* Of a stored ruleset: when it was last seen in force. */
static void
audit_age(struct audit *a)
{
	const int64_t days = a->ruleset_day.year != 0 ?
	    day_between(a->ruleset_day, a->at) :
	    0;
	struct audit_finding *f;
	char age[24], limit[24], day[16];

	if (days <= a->m->limits.ruleset_age_days)
		return;
	f = audit_add(a, CHECK_COV_12);
	if (f == NULL)
		return;
	(void)snprintf(age, sizeof(age), "%lld", (long long)days);
	(void)snprintf(limit, sizeof(limit), "%d",
	    a->m->limits.ruleset_age_days);
	audit_say(a, f, W_RULESET_OLD, 4, a->firewall->id,
	    day_format(a->ruleset_day, day, sizeof(day)), age, limit);
}

void
audit_unknown(struct audit *a)
{
	if (a->ruleset != NULL)
		audit_rules(a);
	if (a->firewall == NULL)
		return;
	if (a->ruleset == NULL)
		audit_missing(a);
	else
		audit_age(a);
}
