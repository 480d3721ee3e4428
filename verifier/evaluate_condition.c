/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a rule asks for by itself, as boxes: for shadowing, and for the space
 * in which a rule has to be looked at. Never less than what it can match.
 */
#include "evaluate_internal.h"

struct asking {
	struct pool *pool;
	struct box *boxes;
	size_t count, max;
	bool all; /* nothing was left out */
};

/* The dimension that a field sees, DIM_COUNT: none. */
static enum dimension
dimension_of(enum field f)
{
	return (int)f <= (int)FIELD_CT_DIRECTION ? (enum dimension)f :
						   DIM_COUNT;
}

/* Takes the values of one field; values NULL: every one. */
static bool
ask_one(struct asking *a, struct box *box, enum field field, bool negated,
    const struct spans *values)
{
	enum dimension d = dimension_of(field);

	if (d == DIM_COUNT) {
		a->all = false;
		return true;
	}
	box->dims[d] = negated ?
	    spans_subtract(a->pool, box->dims[d], values, dimension_most(d)) :
	    spans_intersect(a->pool, box->dims[d], values);
	return !box->dims[d] || box->dims[d]->count;
}

static void
ask_all(struct asking *a, const struct lookup *l, const struct index *x)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->count; i++) {
		struct box box = a->boxes[i];
		bool some = true;

		for (size_t f = 0; f < l->field_count && some; f++)
			some = ask_one(a, &box, l->fields[f],
			    l->negated && l->field_count == 1, x->all[f]);
		if (some)
			a->boxes[kept++] = box;
	}
	a->count = kept;
}

/* Each box with each element; false when that is too many. */
static bool
ask_each(struct asking *a, const struct lookup *l)
{
	size_t count = 0;
	struct box *out;

	if (l->element_count > a->max ||
	    a->count * l->element_count > 4 * a->max)
		return false;
	out = pool_take(a->pool,
	    (a->count * l->element_count + 1) * sizeof(*out));
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < l->element_count; k++) {
			bool some = true;

			out[count] = a->boxes[i];
			for (size_t f = 0; f < l->field_count && some; f++)
				some = ask_one(a, &out[count], l->fields[f],
				    false, l->elements[k].parts[f]);
			count += some;
		}
	if (count > a->max)
		return false;
	for (size_t i = 0; i < count; i++)
		a->boxes[i] = out[i];
	a->count = count;
	return true;
}

static void
ask(struct asking *a, const struct lookup *l, const struct index *x)
{
	if (!x)
		return;
	if (l->changing || (l->negated && l->field_count > 1)) {
		a->all = false;
		return;
	}
	if (l->field_count == 1) {
		ask_all(a, l, x);
		return;
	}
	if (!ask_each(a, l)) {
		a->all = false;
		ask_all(a, l, x);
	}
}

bool
evaluate_condition(const struct evaluator *e, const struct rule *rule,
    struct pool *p, struct box *out, size_t max, size_t *count)
{
	struct asking a = { .pool = p, .boxes = out, .max = max, .all = true };

	*count = 0;
	if (!max)
		return false;
	out[0] = (struct box){ { NULL } };
	a.count = 1;
	for (size_t k = 0; k < rule->statement_count; k++) {
		const struct statement *s = &rule->statements[k];

		if (s->kind == STATEMENT_UNKNOWN ||
		    s->kind == STATEMENT_MARK_FROM_CT)
			a.all = false;
		ask(&a, &s->lookup,
		    evaluate_index_find(e, &s->lookup,
			s->kind != STATEMENT_MATCH));
		if (s->kind == STATEMENT_UNKNOWN && s->may_decide)
			break;
	}
	*count = a.count;
	return a.all;
}
