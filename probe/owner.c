/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See owner.h. */
#include "owner.h"

#include <stdlib.h>

#include "base/mem.h"
#include "locate.h"

static bool
is_at(const struct translation *t, const struct boundary *b)
{
	return t->kind == TRANSLATION_STATIC &&
	    (!t->at || t->at == b->firewall);
}

void
owner_init(struct owner_table *t, const struct model *m)
{
	t->model = m;
	t->translates = mem_calloc(m->boundary_count + 1,
	    sizeof(*t->translates));
	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t j = 0; j < m->translation_count; j++)
			if (is_at(&m->translations[j], &m->boundaries[i]))
				t->translates[i] = true;
}

void
owner_fini(struct owner_table *t)
{
	free(t->translates);
}

struct addr
owner_of(const struct owner_table *t, const struct boundary *boundary,
    const struct addr *a)
{
	const struct model *m = t->model;

	if (!t->translates[boundary->index])
		return *a;
	for (size_t i = 0; i < m->translation_count; i++)
		if (is_at(&m->translations[i], boundary) &&
		    prefix_set_contains(&m->translations[i].to, a))
			return locate_address(m, boundary, a).address;
	return *a;
}
