/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The frame of an audit: what it gathers (findings, notes, questions that
 * stayed open), the rules that decide a witness, and the order in which the
 * checks run and findings are told. Decides nothing by itself.
 */
#include "audit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define VALUES_MAX 10 /* placeholders of a row of the catalogue */

/* The sentence of a row of the catalogue, owned by the caller. */
static char *
sentence(const struct audit *a, enum word word, size_t count, va_list ap)
{
	const char *v[VALUES_MAX] = { 0 };
	struct text t = { 0 };
	char *s;

	for (size_t i = 0; i < count && i < VALUES_MAX; i++)
		v[i] = va_arg(ap, const char *);
	words_add(&t, a->lang, word, count < VALUES_MAX ? count : VALUES_MAX,
	    v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]);
	s = mem_strdup(text_str(&t));
	text_free(&t);
	return s;
}

struct audit_finding *
audit_add(struct audit *a, enum check check)
{
	struct audit_finding *f;

	if (a->finding_count == AUDIT_FINDINGS_MAX) {
		a->findings_left_out++;
		return NULL;
	}
	a->findings = mem_grow(a->findings, &a->finding_capacity,
	    a->finding_count, sizeof(*a->findings));
	f = &a->findings[a->finding_count++];
	memset(f, 0, sizeof(*f));
	f->check = check;
	f->severity = checks_row(check)->passed;
	return f;
}

void
audit_say(struct audit *a, struct audit_finding *f, enum word word,
    size_t count, ...)
{
	va_list ap;

	free(f->sentence);
	va_start(ap, count);
	f->sentence = sentence(a, word, count, ap);
	va_end(ap);
}

void
audit_suggest(struct audit_finding *f, const char *line)
{
	if (f->suggestion_count < AUDIT_SUGGESTIONS_MAX)
		f->suggestions[f->suggestion_count++] = mem_strdup(line);
}

void
audit_suggest_note(struct audit *a, struct audit_finding *f, enum word word,
    size_t count, ...)
{
	va_list ap;

	free(f->suggestion_note);
	va_start(ap, count);
	f->suggestion_note = sentence(a, word, count, ap);
	va_end(ap);
}

/* The same note is told once. */
void
audit_add_note(struct audit *a, enum word word, size_t count, ...)
{
	va_list ap;
	char *s;

	va_start(ap, count);
	s = sentence(a, word, count, ap);
	va_end(ap);
	for (size_t i = 0; i < a->note_count; i++)
		if (strcmp(a->notes[i].sentence, s) == 0) {
			free(s);
			return;
		}
	a->notes = mem_grow(a->notes, &a->note_capacity, a->note_count,
	    sizeof(*a->notes));
	a->notes[a->note_count++].sentence = s;
}

void
audit_add_undecided(struct audit *a, enum check check, const struct zone *from,
    const struct zone *to, const struct rule *rule, enum word word,
    size_t count, ...)
{
	struct audit_undecided *u;
	va_list ap;

	a->undecided = mem_grow(a->undecided, &a->undecided_capacity,
	    a->undecided_count, sizeof(*a->undecided));
	u = &a->undecided[a->undecided_count++];
	u->check = check;
	u->from = from;
	u->to = to;
	u->rule = rule;
	va_start(ap, count);
	u->sentence = sentence(a, word, count, ap);
	va_end(ap);
}

struct budget
audit_budget(const struct audit *a)
{
	return (struct budget){
		.steps = a->budget_steps ? a->budget_steps : AUDIT_STEPS,
		.bytes = a->budget_bytes ? a->budget_bytes : AUDIT_BYTES,
	};
}

/* ---- what decides a witness */

static void
add_rule(struct audit_finding *f, const struct rule *rule,
    const struct chain *chain, enum action action)
{
	if (f->rule_count == AUDIT_RULES_MAX) {
		f->rules_left_out++;
		return;
	}
	f->rules[f->rule_count++] = (struct audit_rule){ rule,
		rule ? rule->chain : chain, action };
}

/* Whether a decision is worth naming: every rule is, and the policy of a
 * chain that filters what passes; that others let it by says nothing. */
static bool
tells(const struct leaf_decision *d)
{
	return d->rule != NULL ||
	    (d->base->type == CHAIN_FILTER &&
		(d->base->hook == HOOK_FORWARD ||
		    d->base->hook == HOOK_INPUT)) ||
	    d->action != ACTION_ACCEPT;
}

void
audit_decided_by(struct audit_finding *f, const struct leaf *leaf)
{
	const struct leaf_decision *last = leaf->decision_count ?
	    &leaf->decisions[leaf->decision_count - 1] :
	    NULL;

	f->rule_count = f->rules_left_out = 0;
	if (!leaf->accepted) {
		if (last) {
			add_rule(f, last->rule, last->base, last->action);
			f->base = last->base;
		}
		return;
	}
	if (leaf->translated_by)
		add_rule(f, leaf->translated_by, leaf->translated_by->chain,
		    ACTION_CONTINUE);
	for (size_t i = 0; i < leaf->decision_count; i++) {
		const struct leaf_decision *d = &leaf->decisions[i];

		if (tells(d) &&
		    (d->rule == NULL || d->rule != leaf->translated_by))
			add_rule(f, d->rule, d->base, d->action);
	}
}

/* The end of a dropped packet that tells most of what drops it. */
struct end {
	struct audit_finding *f;
	int worth;
};

static bool
better_end(void *context, const struct leaf *leaf)
{
	struct end *e = context;
	const struct rule *last = leaf->decision_count ?
	    leaf->decisions[leaf->decision_count - 1].rule :
	    NULL;
	const int worth = !leaf->free ? 3 : !last || !last->unknown ? 2 : 1;

	if (worth > e->worth) {
		e->worth = worth;
		audit_decided_by(e->f, leaf);
	}
	return worth < 3;
}

/* Of a packet that is dropped whatever is chosen: what does so for certain,
 * rather than a rule of which nobody knows that it does (fib, limit). */
static void
decided_for_certain(const struct audit *a, struct audit_finding *f,
    enum way way, const struct point *x, struct pool *p)
{
	struct end e = { .f = f };
	const struct walk w = { .way = way, .leaf = better_end, .context = &e };
	struct box box = { { NULL } };

	for (int d = 0; d < DIM_NEW_DADDR; d++)
		box.dims[d] = spans_one(p, x->at[d], x->at[d]);
	(void)evaluate_walk(a->evaluator, &w, &box);
}

bool
audit_witness(struct audit *a, struct audit_finding *f, enum way way,
    const struct point *x, bool accepted)
{
	struct pool *p = pool_new();
	struct fates fates;
	bool as_said;

	evaluate_point(a->evaluator, way, x, p, &fates);
	as_said = fates.possibly_accepted == accepted;
	if (as_said) {
		f->certainty = accepted && !fates.certainly_accepted ?
		    AUDIT_POSSIBLE :
		    AUDIT_CERTAIN;
		f->has_witness = true;
		f->way = way;
		f->witness = *x;
		f->translated = fates.leaf.translated;
		if (f->translated && fates.leaf.box) {
			const struct spans *to =
			    fates.leaf.box->dims[DIM_NEW_DADDR];
			const struct spans *port =
			    fates.leaf.box->dims[DIM_NEW_DPORT];

			f->witness.at[DIM_NEW_DADDR] = to && to->count ?
			    to->items[0].first :
			    x->at[DIM_DADDR];
			f->witness.at[DIM_NEW_DPORT] = port && port->count ?
			    port->items[0].first :
			    x->at[DIM_DPORT];
		}
		audit_decided_by(f, &fates.leaf);
		if (!accepted && fates.leaf.free)
			decided_for_certain(a, f, way, x, p);
	}
	pool_free(p);
	return as_said;
}

/* ---- the whole */

void
audit_open(struct audit *a)
{
	if (!a->evaluator && a->ruleset) {
		a->evaluator = evaluate_new(a->ruleset);
		space_tell_own(a->boundary->firewall, a->evaluator);
	}
	if (a->cells)
		return;
	a->zone_count = a->m->zone_count;
	a->cells = mem_calloc(a->zone_count * a->zone_count + 1,
	    sizeof(*a->cells));
}

static uint64_t
place_of_zone(const struct zone *z)
{
	return z ? (uint64_t)z->index + 1 : 0;
}

static int
order_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static uint64_t
place_of_rule(const struct audit_finding *f)
{
	if (!f->rule_count)
		return 0;
	if (f->rules[0].rule)
		return (uint64_t)f->rules[0].rule->id + 1;
	return (uint64_t)RULESET_RULES_MAX + 1 +
	    (f->rules[0].chain ? f->rules[0].chain->id : 0);
}

/* The gravest first; then by check, zones, family, rule: the same input gives
 * the same order. */
static int
order_findings(const void *left, const void *right)
{
	const struct audit_finding *a = left, *b = right;
	int order = order_numbers(b->severity, a->severity);

	if (!order)
		order = order_numbers(a->check, b->check);
	if (!order)
		order = order_numbers(a->certainty, b->certainty);
	if (!order)
		order = order_numbers(place_of_zone(a->from),
		    place_of_zone(b->from));
	if (!order)
		order = order_numbers(place_of_zone(a->to),
		    place_of_zone(b->to));
	if (!order)
		order = order_numbers((uint64_t)a->family, (uint64_t)b->family);
	if (!order)
		order = order_numbers(place_of_rule(a), place_of_rule(b));
	if (!order)
		order = strcmp(a->sentence ? a->sentence : "",
		    b->sentence ? b->sentence : "");
	return order;
}

void
audit_sort(struct audit *a)
{
	if (a->finding_count)
		qsort(a->findings, a->finding_count, sizeof(*a->findings),
		    order_findings);
}

void
audit_run(struct audit *a)
{
	audit_open(a);
	if (a->ruleset) {
		audit_pairs(a);
		audit_nowhere(a);
		audit_answers(a);
		audit_approval(a);
		audit_strangers(a);
		audit_narrow(a);
		audit_shadow(a);
		audit_default(a);
		audit_spoof(a);
		audit_manage(a);
	}
	audit_unknown(a);
	if (a->ruleset && a->peer)
		audit_peer(a);
	for (size_t i = 0; i < a->finding_count; i++)
		if (!a->findings[i].suggestion_count &&
		    !a->findings[i].suggestion_note)
			audit_suggest_for(a, &a->findings[i]);
	audit_sort(a);
}

static void
finding_fini(struct audit_finding *f)
{
	free(f->sentence);
	for (size_t i = 0; i < f->suggestion_count; i++)
		free(f->suggestions[i]);
	free(f->suggestion_note);
}

void
audit_fini(struct audit *a)
{
	for (size_t i = 0; i < a->finding_count; i++)
		finding_fini(&a->findings[i]);
	for (size_t i = 0; i < a->undecided_count; i++)
		free(a->undecided[i].sentence);
	for (size_t i = 0; i < a->note_count; i++)
		free(a->notes[i].sentence);
	free(a->findings);
	free(a->cells);
	free(a->undecided);
	free(a->notes);
	evaluate_free(a->evaluator);
	space_free(a->space);
	a->findings = NULL;
	a->cells = NULL;
	a->undecided = NULL;
	a->notes = NULL;
	a->evaluator = NULL;
	a->space = NULL;
	a->finding_count = a->undecided_count = a->note_count = 0;
	a->finding_capacity = a->undecided_capacity = a->note_capacity = 0;
}
