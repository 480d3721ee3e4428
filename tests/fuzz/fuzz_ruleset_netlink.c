/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what the kernel answers about its nf_tables, up to the finished
 * ruleset: either a fault, or a ruleset whose every rule has its words and
 * whose every value lies in order. The same bytes give the same meaning, and
 * nothing of it points into them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_bytecode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

		if (rule->text == NULL || rule->id != i ||
		    strlen(rule->text) > SIZE_MAX / 2 ||
		    (rule->comment != NULL && strlen(rule->comment) > 256))
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

/* From bytes that are gone before anything is looked at. */
static struct ruleset *
read_once(const uint8_t *data, size_t size, enum lang lang)
{
	uint8_t *bytes = malloc(size + 1);
	struct diag d = { .lang = lang };
	struct text t = { 0 };
	struct ruleset *r;

	if (bytes == NULL)
		abort();
	if (size > 0)
		memcpy(bytes, data, size);
	r = ruleset_answers(bytes, size, "host", &d);
	free(bytes);
	if ((r == NULL) != (d.errors > 0))
		abort();
	diag_sort(&d);
	diag_print(&d, &t);
	text_free(&t);
	diag_free(&d);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ruleset *first = read_once(data, size, LANG_EN);
	struct ruleset *second = read_once(data, size, LANG_JA);

	if ((first == NULL) != (second == NULL))
		abort();
	if (first != NULL) {
		check_ruleset(first);
		if (strcmp(first->sha256, second->sha256) != 0)
			abort();
	}
	ruleset_free(first);
	ruleset_free(second);
	return 0;
}
