/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what nft -j list ruleset prints, up to the finished ruleset:
 * either a fault that says where, or a ruleset whose every rule has its words
 * and whose every value lies in order. The same bytes give the same meaning.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"
#include "ruleset.h"

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

		if (rule->text == NULL || rule->place.line == 0 ||
		    rule->id != i)
			abort();
		unknown += rule->unknown;
		for (size_t j = 0; j < rule->statement_count; j++)
			check_statement(rule, &rule->statements[j]);
	}
	if (unknown != r->unknown_count || strlen(r->sha256) != 64)
		abort();
}

static struct ruleset *
read_once(const struct jsonx_doc *doc, enum lang lang)
{
	struct diag d = { .lang = lang };
	struct text t = { 0 };
	struct ruleset *r = ruleset_json("fuzz", jsonx_root(doc), &d);

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
	const char *bytes = size > 0 ? (const char *)data : "";
	struct diag d = { .lang = LANG_EN };
	struct jsonx_doc *doc = jsonx_parse("fuzz", bytes, size, &d);
	struct ruleset *first, *second;

	diag_free(&d);
	if (doc == NULL)
		return 0;
	first = read_once(doc, LANG_EN);
	second = read_once(doc, LANG_JA);
	if ((first == NULL) != (second == NULL))
		abort();
	if (first != NULL) {
		check_ruleset(first);
		if (strcmp(first->sha256, second->sha256) != 0)
			abort();
	}
	ruleset_free(first);
	ruleset_free(second);
	jsonx_free(doc);
	return 0;
}
