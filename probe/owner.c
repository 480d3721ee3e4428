/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See owner.h. */
#include "owner.h"

#include <stdlib.h>

#include "base/mem.h"
#include "locate.h"

static bool
is_at(const struct translation *t, const struct boundary *b)
{
	return !t->at || t->at == b->firewall;
}

static bool
is_static_at(const struct translation *t, const struct boundary *b)
{
	return t->kind == TRANSLATION_STATIC && is_at(t, b);
}

void
owner_init(struct owner_table *t, const struct model *m)
{
	t->model = m;
	t->translates = mem_calloc(m->boundary_count + 1,
	    sizeof(*t->translates));
	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t j = 0; j < m->translation_count; j++)
			if (is_static_at(&m->translations[j],
				&m->boundaries[i]))
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
		if (is_static_at(&m->translations[i], boundary) &&
		    prefix_set_contains(&m->translations[i].to, a))
			return locate_address(m, boundary, a).address;
	return *a;
}

/* Whether t is of who has the address inner. */
static bool
is_of(const struct translation *t, const struct model *m,
    const struct boundary *b, const struct addr *inner)
{
	if (t->inside.count > 0)
		return prefix_set_contains(&t->inside, inner);
	return zone_is_above(t->from, locate_address(m, b, inner).zone);
}

const struct translation *
owner_shows(const struct model *m, const struct boundary *b,
    const struct addr *inner, const struct addr *outer,
    const struct addr *other)
{
	for (size_t i = 0; i < m->translation_count; i++) {
		const struct translation *t = &m->translations[i];

		if (is_at(t, b) && prefix_set_contains(&t->to, outer) &&
		    is_of(t, m, b, inner) &&
		    (!t->toward ||
			zone_is_above(t->toward,
			    locate_address(m, b, other).zone)))
			return t;
	}
	return NULL;
}

const struct translation *
owner_hides(const struct model *m, const struct boundary *b,
    const struct addr *outer)
{
	for (size_t i = 0; i < m->translation_count; i++) {
		const struct translation *t = &m->translations[i];

		if (t->kind == TRANSLATION_OVERLOAD && is_at(t, b) &&
		    prefix_set_contains(&t->to, outer))
			return t;
	}
	return NULL;
}
