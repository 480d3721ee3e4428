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
#include "ruleset_sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_listed(const struct ruleset *r)
{
	check_ruleset(r);
	for (size_t i = 0; i < r->rule_count; i++)
		if (r->rules[i]->place.line == 0)
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
		check_listed(first);
		if (strcmp(first->sha256, second->sha256) != 0)
			abort();
	}
	ruleset_free(first);
	ruleset_free(second);
	jsonx_free(doc);
	return 0;
}
