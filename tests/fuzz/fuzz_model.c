/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes the loader with a model and its side files in one input: parts are
 * divided by NUL bytes, the model first, then a calendar, an address list, a
 * ledger. What loads must print, and what is printed must load and print
 * alike.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const side_names[] = { "calendar.csv", "list.txt",
	"ledger.csv" };

#define GUIDELINE "mic-2025-03.json"

/* Adds the guideline as installed; without it no model loads. */
static void
add_guideline(struct bundle *b)
{
	char path[4096];
	char *bytes = mem_calloc(1, 1 << 20);
	size_t n = 0;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/guidelines/%s", bundle_data_dir(),
		GUIDELINE) < (int)sizeof(path) &&
	    (f = fopen(path, "r")) != NULL) {
		n = fread(bytes, 1, 1 << 20, f);
		fclose(f);
	}
	bundle_add(b, GUIDELINE, GUIDELINE, bytes, n);
	free(bytes);
}

static struct model *
load(const char *text, size_t n, const struct bundle *sides)
{
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_JA };
	struct model *m;
	size_t i;

	bundle_add(&b, "m.jsonc", "m.jsonc", text, n);
	for (i = 0; i < sides->count; i++)
		bundle_add(&b, sides->files[i].reference, sides->files[i].shown,
		    sides->files[i].bytes, sides->files[i].length);
	m = model_load(&b, &d);
	assert((m == NULL) == (d.errors != 0));
	diag_free(&d);
	bundle_free(&b);
	return m;
}

/* Printed twice over must be the same. */
static void
round_trip(const struct model *m, const struct bundle *sides)
{
	struct text first = { 0 }, second = { 0 };
	struct model *again;

	model_print(m, &first);
	again = load(text_str(&first), first.length, sides);
	assert(again != NULL);
	model_print(again, &second);
	assert(strcmp(text_str(&first), text_str(&second)) == 0);
	model_free(again);
	text_free(&first);
	text_free(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *cut;
	struct bundle sides = { 0 };
	struct model *m;
	size_t i, n;

	cut = memchr(p, '\0', size);
	n = cut != NULL ? (size_t)(cut - p) : size;
	add_guideline(&sides);
	for (i = 0; i < 3 && cut != NULL; i++) {
		const char *part = cut + 1;

		cut = memchr(part, '\0', (size_t)(end - part));
		bundle_add(&sides, side_names[i], side_names[i], part,
		    (size_t)((cut != NULL ? cut : end) - part));
	}
	m = load((const char *)data, n, &sides);
	if (m != NULL)
		round_trip(m, &sides);
	model_free(m);
	bundle_free(&sides);
	return 0;
}
