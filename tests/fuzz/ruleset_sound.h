/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What holds of every finished ruleset, whatever it was read from: each rule
 * has its words, values lie in order, jumps lead somewhere, unknowns are
 * counted. For fuzz targets: aborts where it does not.
 */
#ifndef RULESET_SOUND_H
#define RULESET_SOUND_H

#include <stdlib.h>
#include <string.h>

#include "ruleset.h"

static void
check_spans(const struct spans *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++) {
		if (s->items[i].first > s->items[i].last)
			abort();
		if (i > 0 &&
		    (s->items[i].first <= s->items[i - 1].last ||
			s->items[i].first - s->items[i - 1].last == 1))
			abort();
	}
}

static void
check_statement(const struct rule *rule, const struct statement *s)
{
	const struct lookup *l = &s->lookup;

	if (s->text == NULL || l->field_count > RULESET_FIELDS_MAX)
		abort();
	if (s->kind == STATEMENT_UNKNOWN &&
	    (s->unknown == NULL || !rule->unknown))
		abort();
	check_spans(s->change.address);
	check_spans(s->change.port);
	for (size_t i = 0; i < l->element_count; i++)
		for (size_t f = 0; f < l->field_count; f++)
			check_spans(l->elements[i].parts[f]);
	if (s->kind == STATEMENT_VERDICT &&
	    (s->decision.action == ACTION_JUMP ||
		s->decision.action == ACTION_GOTO) &&
	    (s->decision.target == NULL || s->decision.target->table == NULL))
		abort();
}

static void
check_ruleset(const struct ruleset *r)
{
	size_t unknown = 0;

	for (size_t i = 0; i < r->rule_count; i++) {
		const struct rule *rule = r->rules[i];

		if (rule->text == NULL || rule->id != i)
			abort();
		unknown += rule->unknown;
		for (size_t j = 0; j < rule->statement_count; j++)
			check_statement(rule, &rule->statements[j]);
	}
	for (size_t i = 0; i < r->chain_count; i++)
		check_spans(r->chains[i]->devices);
	if (unknown != r->unknown_count || strlen(r->sha256) != 64)
		abort();
}

#endif
