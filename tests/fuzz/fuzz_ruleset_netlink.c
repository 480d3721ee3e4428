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
#include "ruleset_sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_answers(const struct ruleset *r)
{
	check_ruleset(r);
	for (size_t i = 0; i < r->rule_count; i++)
		if (r->rules[i]->comment != NULL &&
		    strlen(r->rules[i]->comment) > 256)
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
		check_answers(first);
		if (strcmp(first->sha256, second->sha256) != 0)
			abort();
	}
	ruleset_free(first);
	ruleset_free(second);
	return 0;
}
