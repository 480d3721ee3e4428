/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The packet's mark and that of its connection, as far as rules set them. A
 * new packet's are 0, so they are one value each; a connection that stands
 * has one that nobody knows, which is then any until a rule asks. A mark that
 * was copied stays the same value as the one it came from.
 *
 * Source: kernel nft_meta.c, nft_ct.c.
 */
#include "evaluate_internal.h"

#define MARKS_MAX 64 /* values that a mask is applied to one by one */

/* Of few values each by itself; of many nobody knows which. */
static const struct spans *
changed(struct run *r, const struct spans *old, const struct change *c)
{
	struct span items[MARKS_MAX];
	size_t count = 0;

	if (!c->keep)
		return spans_one(r->pool, c->flip, c->flip);
	if (!old || spans_size(old, UINT32_MAX) > MARKS_MAX)
		return NULL;
	for (size_t i = 0; i < old->count; i++)
		for (packet_value v = old->items[i].first;
		     v <= old->items[i].last; v++) {
			uint32_t value = ((uint32_t)v & c->keep) ^ c->flip;

			items[count].first = items[count].last = value;
			count++;
		}
	return spans_make(r->pool, items, count);
}

/* Each mark is its own again. */
static void
part_marks(struct state *s)
{
	if (s->one_mark)
		*evaluate_axis(s, AXIS_MARK) = *evaluate_axis(s, AXIS_CT_MARK);
	s->one_mark = false;
}

static void
set_mark(struct run *r, struct state *s, enum axis axis,
    const struct statement *statement)
{
	const struct spans **values = evaluate_axis(s, axis);

	part_marks(s);
	*values = statement->target_unknown ?
	    NULL :
	    changed(r, *values, &statement->change);
}

bool
evaluate_mark(struct run *r, struct state *s, const struct statement *statement)
{
	switch (statement->kind) {
	case STATEMENT_MARK:
		set_mark(r, s, AXIS_MARK, statement);
		return true;
	case STATEMENT_MARK_FROM_CT:
		if (!evaluate_has_connection(s))
			return false;
		if (statement->target_unknown)
			set_mark(r, s, AXIS_MARK, statement);
		else
			s->one_mark = true;
		return true;
	case STATEMENT_CT_MARK:
		if (evaluate_has_connection(s))
			set_mark(r, s, AXIS_CT_MARK, statement);
		return true;
	default:
		if (!evaluate_has_connection(s))
			return true;
		if (statement->target_unknown) {
			set_mark(r, s, AXIS_CT_MARK, statement);
			return true;
		}
		part_marks(s);
		*evaluate_axis(s, AXIS_CT_MARK) = *evaluate_axis(s, AXIS_MARK);
		s->one_mark = true;
		return true;
	}
}
