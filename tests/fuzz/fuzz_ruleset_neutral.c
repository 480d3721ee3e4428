/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as sekisho-ruleset/1 in JSON (first byte j), in CSV (c), as an
 * image (i) or as a FortiGate's tables (f): a fault or a ruleset, never
 * neither; and what was read is kept in an image that reads back to the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/jsonx.h"
#include "import_ruleset.h"
#include "ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ruleset *
read_json(const char *bytes, size_t size, bool image, struct diag *d)
{
	struct jsonx_doc *doc = jsonx_parse("fuzz", bytes, size, d);
	struct ruleset *r = NULL;

	if (doc != NULL)
		r = image ? ruleset_image("fuzz", jsonx_root(doc), d) :
			    ruleset_neutral("fuzz", jsonx_root(doc), d);
	jsonx_free(doc);
	return r;
}

static void
keep(const struct ruleset *r)
{
	struct diag d = { .lang = LANG_EN };
	struct text image = { 0 };
	struct ruleset *again;
	struct jsonw w;

	jsonw_init(&w, &image);
	ruleset_image_write(r, &w, NULL);
	again = read_json(text_str(&image), image.length, true, &d);
	if (again == NULL || strcmp(again->sha256, r->sha256) != 0 ||
	    again->rule_count != r->rule_count)
		abort();
	for (size_t i = 0; i < r->rule_count; i++)
		if (strcmp(r->rules[i]->text, again->rules[i]->text) != 0 ||
		    !text_is_safe(r->rules[i]->text))
			abort();
	ruleset_free(again);
	text_free(&image);
	diag_free(&d);
}

static void
convert(const char *bytes, size_t size)
{
	struct diag d = { .lang = LANG_EN };
	struct import_ruleset x;
	bool fine = import_ruleset_bytes("fuzz", bytes, size, &x, &d);

	if (fine != (d.errors == 0))
		abort();
	import_ruleset_fini(&x);
	diag_free(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diag d = { .lang = LANG_JA };
	const char *bytes = (const char *)data + 1;
	struct ruleset *r;

	if (size == 0)
		return 0;
	if (data[0] == 'f') {
		convert(bytes, size - 1);
		return 0;
	}
	r = data[0] == 'c' ? ruleset_csv("fuzz", bytes, size - 1, &d) :
			     read_json(bytes, size - 1, data[0] == 'i', &d);
	if ((r == NULL) != (d.errors > 0))
		abort();
	if (r != NULL)
		keep(r);
	ruleset_free(r);
	diag_free(&d);
	return 0;
}
