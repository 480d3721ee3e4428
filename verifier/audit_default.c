/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-4: what no rule names must not be forwarded. A base chain at forward
 * must be there for each family that the zones use, and what reaches its end
 * must be dropped, by its policy or by a rule for everything that is left.
 */
#include "audit_look.h"

#define CONDITIONS_MAX 4

static const char *
family_name(int family)
{
	return family == 6 ? "IPv6" : "IPv4";
}

/* ---- no chain at all */

static bool
concerns(const struct chain *c, int family)
{
	return c->hook == HOOK_FORWARD && c->type == CHAIN_FILTER &&
	    (c->table->family == TABLE_INET ||
		c->table->family == (family == 6 ? TABLE_IP6 : TABLE_IP));
}

/* A chain that would filter if its table were not asleep, or NULL. */
static const struct chain *
dormant_chain(const struct audit *a, int family)
{
	for (size_t i = 0; i < a->ruleset->chain_count; i++) {
		const struct chain *c = a->ruleset->chains[i];

		if (c->table->dormant && concerns(c, family))
			return c;
	}
	return NULL;
}

static void
tell_no_chain(struct audit *a, int family)
{
	const struct chain *asleep = dormant_chain(a, family);
	struct audit_finding *f;
	struct text name = { 0 };

	if (!look_uses(a, family)) {
		/* Nobody says that there is any; but nothing would stop it. */
		audit_add_note(a, W_DEFAULT_UNUSED_FAMILY, 1,
		    family_name(family));
		return;
	}
	f = audit_add(a, CHECK_FWR_4);
	if (f == NULL)
		return;
	f->family = family;
	if (asleep != NULL) {
		f->rules[f->rule_count++] = (struct audit_rule){ NULL, asleep,
			asleep->policy_drop ? ACTION_DROP : ACTION_ACCEPT };
		ruleset_chain_name(asleep, &name);
		audit_say(a, f, W_DEFAULT_DORMANT, 2, family_name(family),
		    text_str(&name));
	} else
		audit_say(a, f, W_DEFAULT_NO_CHAIN, 1, family_name(family));
	text_free(&name);
}

/* ---- what is left at the end */

/* Every value save those that a dimension cannot tell anyway. */
static bool
is_everything(const struct box *b)
{
	for (size_t d = 0; d < DIM_COUNT; d++)
		if (d != DIM_FAMILY && b->dims[d] != NULL)
			return false;
	return true;
}

/* A rule that accepts whatever comes to it. */
static bool
accepts_all(const struct audit *a, const struct rule *r, struct pool *p)
{
	struct box boxes[CONDITIONS_MAX];
	size_t n = 0;

	if (r->statement_count == 0 ||
	    r->statements[r->statement_count - 1].kind != STATEMENT_VERDICT ||
	    r->statements[r->statement_count - 1].decision.action !=
		ACTION_ACCEPT)
		return false;
	return evaluate_condition(a->evaluator, r, p, boxes, CONDITIONS_MAX,
		   &n) &&
	    n == 1 && is_everything(&boxes[0]);
}

static const struct rule *
last_accepting(const struct audit *a, const struct chain *c, struct pool *p)
{
	for (size_t i = c->rule_count; i-- > 0;)
		if (accepts_all(a, &c->rules[i], p))
			return &c->rules[i];
	return NULL;
}

/* Whether every chain at forward lets x pass as what no rule names. */
static bool
is_unnamed(const struct audit *a, const struct point *x, struct pool *p)
{
	struct fates fates;

	evaluate_point(a->evaluator, look_way(a, (int)x->at[DIM_FAMILY]), x, p,
	    &fates);
	for (size_t i = 0; i < fates.leaf.decision_count; i++) {
		const struct leaf_decision *d = &fates.leaf.decisions[i];

		if (d->base->hook == HOOK_FORWARD &&
		    d->base->type == CHAIN_FILTER && d->rule != NULL &&
		    !accepts_all(a, d->rule, p))
			return false;
	}
	return fates.possibly_accepted;
}

static void
tell_open_end(struct audit *a, int family, const struct chain *c,
    const struct rule *rule, const struct point *x)
{
	struct audit_finding *f = look_finding(a, CHECK_FWR_4,
	    look_way(a, family), x);
	struct text name = { 0 };

	if (f == NULL)
		return;
	f->family = family;
	ruleset_chain_name(c, &name);
	audit_say(a, f,
	    rule != NULL ? W_DEFAULT_ACCEPTING_RULE : W_DEFAULT_POLICY, 2,
	    family_name(family), text_str(&name));
	text_free(&name);
}

/* What the end of a base chain, its policy or the rule for all, lets by. */
static void
audit_end(struct audit *a, int family, const struct chain *c,
    const struct rule *rule, struct pool *p)
{
	const struct box everything = look_everything(p, family);
	struct point x;
	const enum walk_result result = look_own(a, look_way(a, family), c,
	    rule, &everything, &x);
	struct text name = { 0 };

	if (result == WALK_STOPPED && is_unnamed(a, &x, p))
		tell_open_end(a, family, c, rule, &x);
	else if (result == WALK_UNDECIDED) {
		ruleset_chain_name(c, &name);
		audit_add_undecided(a, CHECK_FWR_4, NULL, NULL, rule,
		    W_DEFAULT_UNDECIDED, 1, text_str(&name));
		text_free(&name);
	}
}

/* A packet of everyday between addresses and interfaces that are nobody's: of
 * several chains each may have rules for what the others leave to their ends,
 * and this is least likely to be named by any. */
static void
audit_plain(struct audit *a, int family, struct pool *p)
{
	const struct box everything = look_everything(p, family);
	struct fates fates;
	struct point x;

	box_pick(&everything, &x);
	if (!is_unnamed(a, &x, p))
		return;
	evaluate_point(a->evaluator, look_way(a, family), &x, p, &fates);
	for (size_t i = 0; i < fates.leaf.decision_count; i++) {
		const struct leaf_decision *d = &fates.leaf.decisions[i];

		if (d->base->hook == HOOK_FORWARD &&
		    d->base->type == CHAIN_FILTER) {
			tell_open_end(a, family, d->base, d->rule, &x);
			return;
		}
	}
}

static void
audit_family(struct audit *a, int family, struct pool *p)
{
	const struct chain *chains[LOOK_CHAINS_MAX];
	const size_t n = look_chains(a, look_way(a, family), family, chains);
	const size_t before = a->finding_count;

	if (n == 0)
		tell_no_chain(a, family);
	else
		audit_plain(a, family, p);
	/* Of several chains all must let it by: one finding says so. */
	for (size_t i = 0; i < n && a->finding_count == before; i++) {
		const struct rule *rule = last_accepting(a, chains[i], p);

		if (!chains[i]->policy_drop)
			audit_end(a, family, chains[i], NULL, p);
		if (rule != NULL && a->finding_count == before)
			audit_end(a, family, chains[i], rule, p);
	}
}

void
audit_default(struct audit *a)
{
	struct pool *p = pool_new();

	for (int family = 4; family <= 6; family += 2)
		audit_family(a, family, p);
	pool_free(p);
	audit_default_log(a);
}
