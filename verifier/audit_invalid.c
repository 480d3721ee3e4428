/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-1 of packets that are of no connection: the kernel calls them invalid
 * (a lone FIN or RST, an ICMP answer that nobody asked for), and a rule that
 * names no state, or that one, lets them through as it does others. Two hosts
 * that agree can talk by them. Asked as for new packets (audit_pair.c), of
 * rules that have no finding of the pair yet: what is declared excuses them
 * too, so a rule for a conduit says nothing here.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "base/mem.h"
#include "begin.h"

#define TCP 6
#define ICMP 1
#define ICMP6 58
#define OPENERS_MAX 256 /* of one pair and family; beyond: said once more */

struct invalid {
	struct pair pair; /* as the one asked for, of other packets */
	struct pair_leak leaks[OPENERS_MAX];
	size_t count;
	bool undecided;
};

/* ---- packets */

size_t
space_invalid(const struct box *box, struct pool *p,
    struct box out[SPACE_INVALID_MAX])
{
	const int family = spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4;
	const packet_value icmp = family == 6 ? ICMP6 : ICMP;
	struct box any = *box;

	any.dims[DIM_CT_STATE] = spans_one(p, CT_INVALID, CT_INVALID);
	any.dims[DIM_CT_DIRECTION] = NULL;
	any.dims[DIM_ICMP_TYPE] = any.dims[DIM_ICMP_CODE] = NULL;
	any.dims[DIM_TCP_FLAGS] = NULL;
	out[0] = out[1] = out[2] = any;
	out[0].dims[DIM_PROTOCOL] = spans_one(p, TCP, TCP);
	out[0].dims[DIM_TCP_FLAGS] = begin_not_flags(p);
	out[1].dims[DIM_PROTOCOL] = spans_one(p, icmp, icmp);
	out[1].dims[DIM_ICMP_TYPE] = begin_not_types(p, family);
	/* The ICMP of the other version of IP. */
	out[2].dims[DIM_PROTOCOL] = spans_subtract(p, NULL,
	    begin_protocols(p, family), UINT8_MAX);
	for (size_t i = 0; i < SPACE_INVALID_MAX; i++)
		box_clip(p, &out[i]);
	return SPACE_INVALID_MAX;
}

/* ---- gathering */

static bool
names(const struct audit_finding *f, const struct pair_opener *o)
{
	for (size_t i = 0; i < f->rule_count; i++)
		if (f->rules[i].rule == o->rule &&
		    (o->rule || f->rules[i].chain == o->chain))
			return true;
	return f->rule_count == 0 && !o->rule && !o->chain;
}

/* Whether the rule lets new packets of the pair through that nothing declares:
 * then that is told, and these are no more. */
static bool
was_told(const struct pair *p, const struct pair_opener *o)
{
	const struct audit *a = p->a;

	for (size_t i = a->finding_count; i-- > 0;) {
		const struct audit_finding *f = &a->findings[i];

		if (f->check == CHECK_FWR_1 && f->from == p->from &&
		    f->to == p->to && f->family == p->family && names(f, o))
			return true;
	}
	return false;
}

static void
note(struct invalid *v, const struct pair_leak *leak)
{
	const struct pair_opener *o = &leak->opener;

	if (was_told(&v->pair, o))
		return;
	for (size_t i = 0; i < v->count; i++) {
		struct pair_leak *known = &v->leaks[i];

		if (known->opener.rule == o->rule &&
		    (o->rule || known->opener.chain == o->chain)) {
			if (leak->certain && !known->certain)
				*known = *leak;
			return;
		}
	}
	if (v->count < OPENERS_MAX)
		v->leaks[v->count++] = *leak;
}

/* ---- asking */

static void
ask_rule(struct invalid *v, size_t way, const struct chain *base,
    const struct rule *rule)
{
	const struct pair_opener self = { rule, base };
	struct pair_leak leak;
	enum walk_result result;

	if (rule && was_told(&v->pair, &self))
		return;
	result = pair_leak_of(&v->pair, way, base, rule, &leak);
	if (result == WALK_STOPPED)
		note(v, &leak);
	v->undecided |= result == WALK_UNDECIDED;
}

static void
ask_way(struct invalid *v, size_t way)
{
	struct pair *p = &v->pair;
	const struct chain *base = pair_base(p, way);
	const struct rule **rules;
	size_t count = 0;

	if (base) {
		rules = pair_candidates(p, way, base, &count);
		for (size_t i = 0; i < count; i++)
			ask_rule(v, way, base, rules[i]);
		free(rules);
	}
	if (!base || !base->policy_drop)
		ask_rule(v, way, base, NULL);
}

static void
ask_box(struct invalid *v, const struct pair *p, const struct box *box)
{
	v->pair.box = *box;
	v->pair.budget = audit_budget(p->a);
	for (size_t w = 0; w < p->ways->count; w++)
		v->pair.slices[w] = evaluate_slice(p->a->evaluator, NULL,
		    p->ways->items[w], box);
	for (size_t w = 0; w < p->ways->count; w++)
		ask_way(v, w);
	for (size_t w = 0; w < p->ways->count; w++)
		evaluate_slice_free(v->pair.slices[w]);
}

/* ---- telling */

static void
tell(const struct pair *p, const struct pair_leak *leak,
    struct audit_cell *cell)
{
	struct audit *a = p->a;
	struct audit_finding *f = audit_add(a, CHECK_FWR_1);
	struct text by = { 0 }, after = { 0 };
	bool forbidden;

	cell->permits = true;
	cell->undeclared[leak->certain ? AUDIT_CERTAIN : AUDIT_POSSIBLE]++;
	if (!f)
		return;
	pair_fill(f, p, leak);
	forbidden = f->cell && f->cell->kind == CELL_DENY;
	if (forbidden)
		f->severity = SEVERITY_CRITICAL;
	pair_opener_words(a, &leak->opener, &by);
	words_add(&after, a->lang, W_AUDIT_OPEN_INVALID, 0);
	if (!leak->certain)
		words_add(&after, a->lang, W_AUDIT_OPEN_POSSIBLY, 0);
	audit_say(a, f, forbidden ? W_AUDIT_OPEN_FORBIDDEN : W_AUDIT_OPEN, 5,
	    f->from->id, f->to->id,
	    words_get(a->lang, p->family == 6 ? W_AUDIT_IPV6 : W_AUDIT_IPV4),
	    text_str(&by), text_str(&after));
	audit_suggest_note(a, f, W_AUDIT_SUGGEST_INVALID, 0);
	text_free(&by);
	text_free(&after);
}

void
pair_invalid(const struct pair *p, struct audit_cell *cell)
{
	const struct pool_mark mark = pool_mark(p->pool);
	struct invalid *v;
	struct box boxes[SPACE_INVALID_MAX];
	size_t n;

	/* A bridge tracks no connection: there every answer is let through by
	 * a rule of its own. */
	for (size_t w = 0; w < p->ways->count; w++)
		if (p->ways->items[w] == WAY_BRIDGE)
			return;
	/* Another maker's firewall has its own ways with such packets. */
	if (p->a->ruleset->source == RULESET_NEUTRAL || p->a->ruleset->zones)
		return;
	v = mem_calloc(1, sizeof(*v));
	v->pair = *p;
	n = space_invalid(&p->box, p->pool, boxes);
	for (size_t i = 0; i < n; i++)
		ask_box(v, p, &boxes[i]);
	for (size_t i = 0; i < v->count; i++)
		tell(p, &v->leaks[i], cell);
	if (v->undecided) {
		cell->undecided = true;
		audit_add_undecided(p->a, CHECK_FWR_1, p->from, p->to, NULL,
		    W_AUDIT_INVALID_UNDECIDED, 2, p->from->id, p->to->id);
	}
	free(v);
	pool_release(p->pool, mark);
}
