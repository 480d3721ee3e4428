/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of the model loader: a small model whose sections a
 * test may add to, side files as strings, and what was said of them.
 */
#ifndef LOADING_H
#define LOADING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct loading {
	struct bundle bundle;
	struct diag d;
	struct model *m;
	struct text said; /* every fault, as printed */
};

static inline void
loading_guideline(struct bundle *b)
{
	static const char path[] = "topology/guidelines/mic-2025-03.json";
	FILE *f = fopen(path, "r");
	static char bytes[1 << 20];
	size_t n = 0;

	if (f != NULL) {
		n = fread(bytes, 1, sizeof(bytes), f);
		fclose(f);
	}
	bundle_add(b, "mic-2025-03.json", path, bytes, n);
}

/* Loads a whole model; side files are name, text pairs ended by NULL. */
static inline void
loading_text(struct loading *l, const char *text, const char *const *sides)
{
	memset(l, 0, sizeof(*l));
	l->d.lang = LANG_EN;
	bundle_add(&l->bundle, "m.jsonc", "m.jsonc", text, strlen(text));
	loading_guideline(&l->bundle);
	for (; sides != NULL && sides[0] != NULL; sides += 2)
		bundle_add(&l->bundle, sides[0], sides[0], sides[1],
		    strlen(sides[1]));
	l->m = model_load(&l->bundle, &l->d);
	diag_sort(&l->d);
	diag_print(&l->d, &l->said);
}

/* The small model with more sections ("\"conduits\":[...]") behind it. */
static inline void
loading_with(struct loading *l, const char *more, const char *const *sides)
{
	static const char base[] =
	    "{\"format\":\"sekisho-topology/1\",\n"
	    "\"guideline\":{\"file\":\"mic-2025-03.json\","
	    "\"model\":\"alpha\"},\n"
	    "\"zones\":[\n"
	    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":["
	    "\"10.1.0.0/16\",\"fd00:1::/48\"]},\n"
	    "{\"id\":\"gcloud\",\"tier\":\"mynumber\",\"parent\":\"core\","
	    "\"networks\":[\"10.200.0.0/20\"],\"accounts\":[{\"id\":\"res\","
	    "\"networks\":[\"10.200.1.0/24\"]}]},\n"
	    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":["
	    "\"10.2.0.0/16\"]},\n"
	    "{\"id\":\"gate\",\"tier\":\"relay\",\"networks\":["
	    "\"10.9.0.0/24\"]},\n"
	    "{\"id\":\"lgwan\",\"tier\":\"lgwan-network\",\"networks\":["
	    "\"172.20.0.0/14\"]},\n"
	    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":["
	    "\"0.0.0.0/0\",\"::/0\"]}],\n"
	    "\"links\":[{\"id\":\"line\",\"kind\":\"lgwan\"}],\n"
	    "\"partners\":[{\"id\":\"eltax\",\"zone\":\"lgwan\","
	    "\"networks\":[\"172.20.9.0/24\"]}],\n"
	    "\"divisions\":[{\"id\":\"tax\",\"name\":\"税務課\","
	    "\"short\":\"税務\",\"networks\":[\"10.1.20.0/24\"]},"
	    "{\"id\":\"it\",\"networks\":[\"10.1.0.0/16\"]}],\n";
	struct text text = { 0 };

	text_add(&text, base);
	text_add(&text, more);
	text_add(&text, "}\n");
	loading_text(l, text_str(&text), sides);
	text_free(&text);
}

static inline void
loading_free(struct loading *l)
{
	model_free(l->m);
	diag_free(&l->d);
	bundle_free(&l->bundle);
	text_free(&l->said);
}

/* Whether the faults say so. */
static inline bool
loading_says(const struct loading *l, const char *words)
{
	if (strstr(text_str(&l->said), words) != NULL)
		return true;
	fprintf(stderr, "not said: %s\nbut:\n%s", words, text_str(&l->said));
	return false;
}

#endif
