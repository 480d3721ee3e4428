/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What sekisho draft reads and changes: a line of events, and a model's source
 * into which sections are put. What parsed before must parse after.
 */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "draft_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
fits(const struct jsonx *root, const char *key)
{
	const struct jsonx *n = jsonx_get(root, key);

	return n == NULL || n->kind == JSONX_ARRAY;
}

static void
edit_all(struct draft_source *s)
{
	const struct jsonx *root = jsonx_root(s->doc);

	draft_add_top(s, "// top\n");
	if (jsonx_get(root, "stage") != NULL)
		draft_replace(s, jsonx_get(root, "stage"), "\"draft\"");
	draft_append(s, "conduits", "    // one\n    { \"id\": \"a\" }");
	draft_append(s, "hosts", "    { \"name\": \"b\" }");
	draft_add_remark(s, "  // the end\n");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = size > 0 ? (const char *)data : "";
	struct diag d = { .lang = LANG_EN };
	struct draft_source s;
	struct draft_event e;
	struct text out = { 0 };
	struct jsonx_doc *doc;
	const struct jsonx *root;

	if (!draft_source_init(&s, "m", bytes, size, &d)) {
		draft_source_fini(&s);
		diag_free(&d);
		return 0;
	}
	root = jsonx_root(s.doc);
	if (root->kind == JSONX_OBJECT) {
		(void)draft_event_read(&e, root);
		if (root->count > 0 && fits(root, "conduits") &&
		    fits(root, "hosts")) {
			edit_all(&s);
			draft_source_print(&s, &out);
			doc = jsonx_parse("m", text_str(&out), out.length, &d);
			if (doc == NULL)
				abort();
			jsonx_free(doc);
		}
	}
	draft_source_fini(&s);
	text_free(&out);
	diag_free(&d);
	return 0;
}
