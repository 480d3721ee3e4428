/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes: either there is a fault or a tree; a tree, printed, reads back
 * and prints the same. What our scan passes, json-c must read alike.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct jsonx_doc *
parse(const char *bytes, size_t size, enum lang lang)
{
	struct diag d = { .lang = lang };
	struct text t = { 0 };
	struct jsonx_doc *doc = jsonx_parse("fuzz", bytes, size, &d);

	if ((doc == NULL) != (d.errors > 0))
		abort();
	for (size_t i = 0; i < d.count; i++) {
		if (d.entries[i].place.line == 0)
			abort(); /* said when the two readers differ */
	}
	diag_sort(&d);
	diag_print(&d, &t);
	text_free(&t);
	diag_free(&d);
	return doc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text first = { 0 }, second = { 0 };
	struct jsonx_doc *doc, *again;

	doc = parse((const char *)data, size, size % 2 ? LANG_JA : LANG_EN);
	if (doc == NULL)
		return 0;
	jsonx_print(jsonx_root(doc), &first);
	again = parse(text_str(&first), first.length, LANG_EN);
	if (again == NULL)
		abort();
	jsonx_print(jsonx_root(again), &second);
	if (strcmp(text_str(&first), text_str(&second)) != 0)
		abort();
	jsonx_free(again);
	jsonx_free(doc);
	text_free(&first);
	text_free(&second);
	return 0;
}
