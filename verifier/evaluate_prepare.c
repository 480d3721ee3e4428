/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules made ready for walking, once a ruleset: what each can do to a packet
 * at all, also through the chains it jumps to, and the plain conditions that
 * must hold before it does anything. A walk passes over most rules by these
 * without taking its box apart.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate_internal.h"

static bool
is_connection_field(enum field f)
{
	return f == FIELD_CT_DIRECTION || f == FIELD_CT_STATUS ||
	    f == FIELD_CT_MARK || f >= FIELD_ORIGINAL_SADDR;
}

/* ---- what the ruleset asks for at all */

static void
note_fields(struct evaluator *e, const struct lookup *l)
{
	for (size_t i = 0; i < l->field_count; i++) {
		if (is_connection_field(l->fields[i]))
			e->needs_class = true;
		if (l->fields[i] == FIELD_MARK)
			e->tests_mark = true;
		if (l->fields[i] == FIELD_CT_MARK)
			e->tests_ct_mark = true;
		if (l->fields[i] == FIELD_CT_STATUS)
			e->tests_status = true;
	}
}

static void
note_statement(struct evaluator *e, const struct statement *s)
{
	note_fields(e, &s->lookup);
	switch (s->kind) {
	case STATEMENT_NOTRACK:
		e->has_notrack = e->needs_class = true;
		break;
	case STATEMENT_SNAT:
		e->has_snat = e->needs_class = true;
		break;
	case STATEMENT_DNAT:
	case STATEMENT_CT_MARK:
	case STATEMENT_MARK_FROM_CT:
	case STATEMENT_CT_MARK_FROM_META:
		e->needs_class = true;
		break;
	default:
		break;
	}
}

static void
note_all(struct evaluator *e)
{
	for (size_t i = 0; i < e->ruleset->chain_count; i++)
		if (e->ruleset->chains[i]->type == CHAIN_NAT)
			e->needs_class = true;
	for (size_t i = 0; i < e->ruleset->rule_count; i++) {
		const struct rule *rule = e->ruleset->rules[i];

		for (size_t k = 0; k < rule->statement_count; k++)
			note_statement(e, &rule->statements[k]);
	}
}

/* ---- effects */

static uint8_t
effects_of_decision(const struct evaluator *e, const struct decision *d)
{
	switch (d->action) {
	case ACTION_ACCEPT:
		return EFFECT_ACCEPT;
	case ACTION_DROP:
	case ACTION_REJECT:
		return EFFECT_DROP;
	case ACTION_JUMP:
		return e->chain_effects[d->target->id];
	case ACTION_GOTO:
		return EFFECT_FLOW | e->chain_effects[d->target->id];
	case ACTION_RETURN:
		return EFFECT_FLOW;
	case ACTION_CONTINUE:
		return 0;
	default:
		return EFFECT_ACCEPT | EFFECT_DROP;
	}
}

static uint8_t
effects_of_map(const struct evaluator *e, const struct statement *s)
{
	uint8_t effects = s->lookup.changing ? EFFECT_ACCEPT | EFFECT_DROP : 0;

	for (size_t i = 0; i < s->lookup.element_count; i++)
		effects |= effects_of_decision(e,
		    &s->lookup.elements[i].decision);
	return effects;
}

static uint8_t
effects_of(const struct evaluator *e, const struct statement *s)
{
	switch (s->kind) {
	case STATEMENT_VERDICT:
		return effects_of_decision(e, &s->decision);
	case STATEMENT_VMAP:
		return effects_of_map(e, s);
	case STATEMENT_DNAT:
	case STATEMENT_SNAT:
		return EFFECT_NAT | EFFECT_ACCEPT;
	case STATEMENT_MARK:
	case STATEMENT_CT_MARK:
	case STATEMENT_MARK_FROM_CT:
	case STATEMENT_CT_MARK_FROM_META:
		return e->tests_mark || e->tests_ct_mark ? EFFECT_MARK : 0;
	case STATEMENT_NOTRACK:
		return EFFECT_TRACK;
	case STATEMENT_LOG:
		return EFFECT_LOG;
	case STATEMENT_UNKNOWN:
		return s->may_decide ? EFFECT_ACCEPT | EFFECT_DROP : 0;
	default:
		return 0;
	}
}

static bool
looks_at_connection(const struct statement *s)
{
	for (size_t i = 0; i < s->lookup.field_count; i++)
		if (is_connection_field(s->lookup.fields[i]) ||
		    s->lookup.fields[i] == FIELD_CT_STATE)
			return true;
	return s->kind == STATEMENT_NOTRACK || s->kind == STATEMENT_CT_MARK ||
	    s->kind == STATEMENT_MARK_FROM_CT ||
	    s->kind == STATEMENT_CT_MARK_FROM_META;
}

static void
add_call(struct evaluator *e, const struct decision *d, const struct rule *rule)
{
	uint32_t id;

	if (d->action != ACTION_JUMP && d->action != ACTION_GOTO)
		return;
	id = d->target->id;
	e->calls[id] = mem_grow(e->calls[id], &e->call_capacities[id],
	    e->call_counts[id], sizeof(*e->calls[id]));
	e->rules[rule->id].calls = e->chain_calls[rule->chain->id] = true;
	e->calls[id][e->call_counts[id]].caller = rule->chain;
	e->calls[id][e->call_counts[id]].rule = rule->index;
	e->call_counts[id]++;
}

static void
add_calls(struct evaluator *e, const struct rule *rule)
{
	for (size_t k = 0; k < rule->statement_count; k++) {
		const struct statement *s = &rule->statements[k];

		if (s->kind == STATEMENT_VERDICT)
			add_call(e, &s->decision, rule);
		if (s->kind != STATEMENT_VMAP)
			continue;
		for (size_t i = 0; i < s->lookup.element_count; i++)
			add_call(e, &s->lookup.elements[i].decision, rule);
	}
}

/* One round of what the rules of a chain do; true when more was found. */
static bool
gather_effects(struct evaluator *e, const struct chain *chain)
{
	uint8_t before = e->chain_effects[chain->id], effects = before;

	for (size_t i = 0; i < chain->rule_count; i++) {
		const struct rule *rule = &chain->rules[i];

		for (size_t k = 0; k < rule->statement_count; k++)
			effects |= effects_of(e, &rule->statements[k]);
	}
	e->chain_effects[chain->id] = effects & (uint8_t)~EFFECT_FLOW;
	return e->chain_effects[chain->id] != before;
}

/* What changes in a chain may change in those that jump there. Each chain
 * comes up again at most once for each effect it gains. */
static void
spread(struct evaluator *e)
{
	size_t count = e->ruleset->chain_count, waiting = count;
	const struct chain **queue = mem_calloc(count + 1, sizeof(*queue));
	bool *queued = mem_calloc(count + 1, sizeof(*queued));

	for (size_t i = 0; i < count; i++) {
		queue[i] = e->ruleset->chains[i];
		queued[i] = true;
	}
	while (waiting) {
		const struct chain *chain = queue[--waiting];
		bool looks = e->chain_looks[chain->id];

		queued[chain->id] = false;
		if (!gather_effects(e, chain) && !looks)
			continue;
		for (size_t i = 0; i < e->call_counts[chain->id]; i++) {
			const struct chain *caller =
			    e->calls[chain->id][i].caller;
			bool news = looks && !e->chain_looks[caller->id];

			e->chain_looks[caller->id] |= looks;
			if (queued[caller->id] ||
			    (!news &&
				!(e->chain_effects[chain->id] &
				    ~e->chain_effects[caller->id])))
				continue;
			queued[caller->id] = true;
			queue[waiting++] = caller;
		}
	}
	free(queue);
	free(queued);
}

/* ---- conditions */

static int
rank(enum field f)
{
	switch (f) {
	case FIELD_DADDR:
		return 0;
	case FIELD_SADDR:
		return 1;
	case FIELD_IIF:
	case FIELD_OIF:
		return 2;
	case FIELD_DPORT:
		return 3;
	case FIELD_PROTOCOL:
		return 4;
	default:
		return 5;
	}
}

struct conditions {
	struct condition items[RULESET_STATEMENTS_MAX];
	size_t count;
};

static void
add_condition(struct conditions *c, enum field field, bool negated,
    const struct spans *values)
{
	size_t at = c->count;

	if (c->count == RULESET_STATEMENTS_MAX || (!values && !negated))
		return;
	for (; at && rank(c->items[at - 1].field) > rank(field); at--)
		c->items[at] = c->items[at - 1];
	c->items[at].field = field;
	c->items[at].negated = negated;
	c->items[at].values = values;
	c->count++;
}

/* With others in one lookup: of a connection that stands none is known. */
static bool
has_original(const struct lookup *l)
{
	for (size_t f = 0; f < l->field_count; f++)
		if (l->fields[f] >= FIELD_ORIGINAL_SADDR)
			return true;
	return false;
}

/* False: what stands behind is not a condition for what the rule does. */
static bool
add_conditions(struct conditions *c, const struct statement *s,
    const struct index *x)
{
	const struct lookup *l = &s->lookup;

	if (s->kind == STATEMENT_NOTHING || s->kind == STATEMENT_OFFLOAD ||
	    (s->kind == STATEMENT_UNKNOWN && !s->may_decide) ||
	    (s->kind == STATEMENT_MATCH && (!x || l->changing)))
		return true;
	if (x && !l->changing && !s->target_unknown && !has_original(l)) {
		if (s->kind == STATEMENT_MATCH && l->negated)
			for (size_t f = 0; f < l->field_count; f++) {
				if (l->field_count == 1)
					add_condition(c, l->fields[f], true,
					    x->all[f]);
			}
		else
			for (size_t f = 0; f < l->field_count; f++)
				add_condition(c, l->fields[f], false,
				    x->all[f]);
	}
	return s->kind == STATEMENT_MATCH;
}

static void
make_ready(struct evaluator *e, const struct rule *rule)
{
	struct ready *ready = &e->rules[rule->id];
	size_t count = rule->statement_count;
	struct conditions c;
	struct condition *kept;
	bool on = true;

	ready->rule = rule;
	ready->indices = pool_take(e->pool,
	    (count + 1) * sizeof(*ready->indices));
	ready->tails = pool_take(e->pool, count + 1);
	ready->tails[count] = 0;
	c.count = 0;
	for (size_t k = 0; k < count; k++) {
		const struct statement *s = &rule->statements[k];

		ready->indices[k] = evaluate_index_find(e, &s->lookup,
		    s->kind != STATEMENT_MATCH);
		on = on && add_conditions(&c, s, ready->indices[k]);
	}
	for (size_t k = count; k-- > 0;)
		ready->tails[k] = ready->tails[k + 1] |
		    effects_of(e, &rule->statements[k]);
	ready->effects = ready->tails[0];
	kept = pool_take(e->pool, (c.count + 1) * sizeof(*kept));
	for (size_t i = 0; i < c.count; i++)
		kept[i] = c.items[i];
	ready->conditions = kept;
	ready->condition_count = c.count;
}

/* ---- the whole ruleset as a slice */

static void
fill_all(struct evaluator *e)
{
	const struct ruleset *r = e->ruleset;
	size_t used = 0;

	e->all.evaluator = e;
	e->all.total = r->rule_count;
	e->all.programs = mem_calloc(r->chain_count + 1,
	    sizeof(*e->all.programs));
	e->all.room = mem_calloc(r->rule_count + 1, sizeof(struct ready *));
	for (size_t i = 0; i < r->chain_count; i++) {
		const struct chain *chain = r->chains[i];

		e->all.programs[i].rules = e->all.room + used;
		e->all.programs[i].count = chain->rule_count;
		for (size_t k = 0; k < chain->rule_count; k++)
			e->all.room[used++] = &e->rules[chain->rules[k].id];
	}
}

static void
gather_dnats(struct evaluator *e)
{
	size_t capacity = 0;

	for (size_t i = 0; i < e->ruleset->rule_count; i++) {
		const struct rule *rule = e->ruleset->rules[i];

		for (size_t k = 0; k < rule->statement_count; k++) {
			if (rule->statements[k].kind != STATEMENT_DNAT)
				continue;
			e->dnats = mem_grow(e->dnats, &capacity, e->dnat_count,
			    sizeof(*e->dnats));
			e->dnats[e->dnat_count++] = &e->rules[i];
			break;
		}
	}
}

void
evaluate_prepare(struct evaluator *e)
{
	const struct ruleset *r = e->ruleset;

	note_all(e);
	evaluate_index_all(e);
	e->rules = mem_calloc(r->rule_count + 1, sizeof(*e->rules));
	e->chain_effects = mem_calloc(r->chain_count + 1, 1);
	e->chain_looks = mem_calloc(r->chain_count + 1, sizeof(bool));
	e->chain_calls = mem_calloc(r->chain_count + 1, sizeof(bool));
	e->calls = mem_calloc(r->chain_count + 1, sizeof(*e->calls));
	e->call_counts = mem_calloc(r->chain_count + 1, sizeof(size_t));
	e->call_capacities = mem_calloc(r->chain_count + 1, sizeof(size_t));
	for (size_t i = 0; i < r->rule_count; i++) {
		const struct rule *rule = r->rules[i];

		add_calls(e, rule);
		for (size_t k = 0; k < rule->statement_count; k++)
			if (looks_at_connection(&rule->statements[k]))
				e->chain_looks[rule->chain->id] = true;
	}
	spread(e);
	for (size_t i = 0; i < r->rule_count; i++)
		make_ready(e, r->rules[i]);
	gather_dnats(e);
	fill_all(e);
}

void
evaluate_unprepare(struct evaluator *e)
{
	for (size_t i = 0; e->calls && i < e->ruleset->chain_count; i++)
		free(e->calls[i]);
	free(e->calls);
	free(e->call_counts);
	free(e->call_capacities);
	free(e->chain_effects);
	free(e->chain_looks);
	free(e->chain_calls);
	free(e->dnats);
	free(e->rules);
	free(e->all.programs);
	free(e->all.room);
	evaluate_index_free(e);
}
