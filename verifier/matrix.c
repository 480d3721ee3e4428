/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Gathers the matrix. A two-way conduit counts in both cells; an exception
 * counts where its own ends or those of its conduit are.
 */
#include "matrix.h"

#include <stdlib.h>

#include "base/mem.h"

static struct matrix_cell *
at(struct matrix *x, const struct zone *from, const struct zone *to)
{
	/* The firewall's own addresses stand in no row. */
	if (from->index >= x->count || to->index >= x->count ||
	    from->tier >= TIER_COUNT || to->tier >= TIER_COUNT)
		return NULL;
	return &x->cells[from->index * x->count + to->index];
}

static void
count_conduit(struct matrix *x, const struct conduit *c)
{
	struct matrix_cell *forward = at(x, c->from.zone, c->to.zone);
	struct matrix_cell *back = at(x, c->to.zone, c->from.zone);

	if (forward != NULL)
		forward->conduits++;
	if (back != NULL && back != forward && c->direction == CONDUIT_BOTH)
		back->conduits++;
}

static void
count_exception(struct matrix *x, const struct exception *e)
{
	struct matrix_cell *cell = NULL;

	if (e->has_from && e->has_to)
		cell = at(x, e->from.zone, e->to.zone);
	else if (e->conduit != NULL)
		cell = at(x, e->conduit->from.zone, e->conduit->to.zone);
	if (cell != NULL)
		cell->exceptions++;
}

bool
matrix_collect(const struct model *m, struct matrix *out)
{
	if (m->zone_count > MATRIX_ZONES_MAX)
		return false;
	out->m = m;
	out->count = m->zone_count;
	out->cells = mem_calloc(m->zone_count * m->zone_count + 1,
	    sizeof(*out->cells));
	for (size_t i = 0; i < out->count; i++)
		for (size_t j = 0; j < out->count; j++)
			if (i != j)
				out->cells[i * out->count + j].cell =
				    &m->guideline->cells[m->zones[i].tier]
							[m->zones[j].tier];
	for (size_t i = 0; i < m->conduit_count; i++)
		count_conduit(out, &m->conduits[i]);
	for (size_t i = 0; i < m->exception_count; i++)
		count_exception(out, &m->exceptions[i]);
	return true;
}

void
matrix_fini(struct matrix *x)
{
	free(x->cells);
	x->cells = NULL;
	x->count = 0;
}

const struct matrix_cell *
matrix_at(const struct matrix *x, size_t from, size_t to)
{
	return &x->cells[from * x->count + to];
}

bool
matrix_has_conduit(const struct conduit *c, const struct zone *from,
    const struct zone *to)
{
	return (c->from.zone == from && c->to.zone == to) ||
	    (c->direction == CONDUIT_BOTH && c->from.zone == to &&
		c->to.zone == from);
}

bool
matrix_has_exception(const struct exception *e, const struct zone *from,
    const struct zone *to)
{
	if (e->has_from && e->has_to)
		return e->from.zone == from && e->to.zone == to;
	return e->conduit != NULL && e->conduit->from.zone == from &&
	    e->conduit->to.zone == to;
}

bool
matrix_is_against(const struct matrix_cell *c)
{
	return c->cell != NULL && c->cell->kind == CELL_DENY && c->conduits > 0;
}
