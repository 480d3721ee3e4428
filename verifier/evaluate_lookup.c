/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matching: which packets of a state have the values that a lookup wants. A
 * field is found in the state (the present destination, not the wire's;
 * no connection before conntrack), then its values are split. A value that
 * nobody knows (a mark of a connection that stands, the address behind a
 * masquerade) is split too, but as a choice: both sides are then free.
 *
 * Source: kernel nft_lookup.c, nft_ct.c (no connection: the rule ends),
 * nft_meta.c (an interface that is not known has the empty name).
 */
#include <string.h>

#include "base/mem.h"
#include "evaluate_internal.h"

static const struct spans only_0 = { 1, { { 0, 0 } } };
static const struct spans only_invalid = { 1, { { CT_INVALID, CT_INVALID } } };
static const struct spans only_untracked = { 1,
	{ { CT_UNTRACKED, CT_UNTRACKED } } };

const struct spans **
evaluate_axis(struct state *s, enum axis axis)
{
	return axis < (enum axis)DIM_COUNT ? &s->box.dims[axis] :
					     &s->more[axis - DIM_COUNT];
}

static const struct spans *
values_of(const struct state *s, enum axis axis)
{
	return axis < (enum axis)DIM_COUNT ? s->box.dims[axis] :
					     s->more[axis - DIM_COUNT];
}

packet_value
evaluate_axis_most(const struct state *s, enum axis axis)
{
	bool is4 = s->box.dims[DIM_FAMILY] &&
	    s->box.dims[DIM_FAMILY]->items[0].first == 4;

	switch ((int)axis) {
	case DIM_SADDR:
	case DIM_DADDR:
	case DIM_NEW_DADDR:
	case AXIS_SOURCE:
		return is4 ? UINT32_MAX : ~(packet_value)0;
	case AXIS_MARK:
	case AXIS_CT_MARK:
		return UINT32_MAX;
	case AXIS_CT_STATUS:
		return CT_STATUS_MOST;
	case AXIS_SOURCE_PORT:
		return UINT16_MAX;
	default:
		return dimension_most((enum dimension)axis);
	}
}

/* ---- where a field is */

bool
evaluate_has_connection(const struct state *s)
{
	return s->conntracked && !s->untracked && s->class != CLASS_NONE;
}

static struct view
at(int axis)
{
	return (struct view){ .axis = (enum axis)axis };
}

static struct view
fixed(const struct spans *value)
{
	return (struct view){ .axis = AXIS_NONE, .fixed = value };
}

static struct view
view_of_connection(const struct state *s, enum field field)
{
	struct view v = { .axis = AXIS_NONE };
	bool is_new = s->class == CLASS_NEW;

	if (!evaluate_has_connection(s)) {
		v.missing = true;
		return v;
	}
	switch (field) {
	case FIELD_CT_DIRECTION:
		return is_new ? fixed(&only_0) : at(DIM_CT_DIRECTION);
	case FIELD_CT_STATUS:
		return at(AXIS_CT_STATUS);
	case FIELD_CT_MARK:
		return at(AXIS_CT_MARK);
	default:
		v.unknown = !is_new;
		v.axis = (enum axis)(field == FIELD_ORIGINAL_SADDR ? DIM_SADDR :
			field == FIELD_ORIGINAL_DADDR		   ? DIM_DADDR :
			field == FIELD_ORIGINAL_SPORT		   ? DIM_SPORT :
								     DIM_DPORT);
		return v;
	}
}

struct view
evaluate_view(const struct run *r, const struct state *s, enum field field)
{
	const struct base *base = &r->bases->items[s->base];
	struct view v;

	switch (field) {
	case FIELD_IIF:
		return base->in ? at(DIM_IIF) : fixed(&only_0);
	case FIELD_OIF:
		return base->out ? at(DIM_OIF) : fixed(&only_0);
	case FIELD_SADDR:
		return at(s->source_new ? (int)AXIS_SOURCE : DIM_SADDR);
	case FIELD_SPORT:
		return at(s->source_new ? (int)AXIS_SOURCE_PORT : DIM_SPORT);
	case FIELD_DADDR:
		v = at(s->address_new ? DIM_NEW_DADDR : DIM_DADDR);
		v.shifted = s->shifted;
		return v;
	case FIELD_DPORT:
		return at(s->port_new ? DIM_NEW_DPORT : DIM_DPORT);
	case FIELD_CT_STATE:
		if (s->untracked)
			return fixed(&only_untracked);
		return s->conntracked ? at(DIM_CT_STATE) : fixed(&only_invalid);
	case FIELD_MARK:
		return at(s->one_mark ? AXIS_CT_MARK : AXIS_MARK);
	case FIELD_FAMILY:
	case FIELD_PROTOCOL:
	case FIELD_ICMP_TYPE:
	case FIELD_ICMP_CODE:
	case FIELD_TCP_FLAGS:
		return at((int)field);
	default:
		return view_of_connection(s, field);
	}
}

static bool
is_choice(const struct state *s, enum axis axis)
{
	switch ((int)axis) {
	case DIM_NEW_DADDR:
		return s->address_choice;
	case DIM_NEW_DPORT:
		return s->port_choice;
	default:
		return axis >= AXIS_MARK;
	}
}

void
evaluate_narrow(struct state *s, enum axis axis, const struct spans *to)
{
	const struct spans **have = evaluate_axis(s, axis);

	if (is_choice(s, axis) && !s->free && *have != to &&
	    !(*have && to && spans_equal(*have, to)))
		s->free = true;
	*have = to;
}

/* ---- values that a lookup wants, in terms of the axis */

/* Wanted destinations behind a netmap are others on the wire. */
static const struct spans *
unshift(struct run *r, const struct state *s, const struct spans *want)
{
	const struct spans *block, *met;
	struct span *moved;

	if (!want)
		return NULL;
	block = spans_one(r->pool, s->shift_to, s->shift_to + s->shift_size);
	met = spans_intersect(r->pool, want, block);
	if (!met->count)
		return &spans_nothing;
	moved = pool_take(r->pool, met->count * sizeof(*moved));
	for (size_t i = 0; i < met->count; i++) {
		moved[i].first = met->items[i].first - s->shift_to +
		    s->shift_from;
		moved[i].last = met->items[i].last - s->shift_to +
		    s->shift_from;
	}
	return spans_make(r->pool, moved, met->count);
}

/* Of a long row only the part near the values of an axis. */
static const struct spans *
nearby(struct run *r, const struct spans *want, const struct spans *have)
{
	packet_value first, last;
	size_t low = 0, high, end;
	struct spans *part;

	if (!want || !have || !have->count ||
	    want->count < 4 * have->count + 16)
		return want;
	first = have->items[0].first;
	last = have->items[have->count - 1].last;
	for (high = want->count; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (want->items[middle].last < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < want->count && want->items[end].first <= last;)
		end++;
	if (end - low > want->count / 2)
		return want;
	part = pool_take(r->pool,
	    sizeof(*part) + (end - low) * sizeof(part->items[0]));
	part->count = end - low;
	memcpy(part->items, want->items + low,
	    (end - low) * sizeof(part->items[0]));
	return part;
}

bool
evaluate_misses(struct run *r, const struct state *s, const struct condition *c)
{
	struct view v = evaluate_view(r, s, c->field);
	const struct spans *have;

	if (v.missing)
		return true;
	if (v.unknown || v.shifted)
		return false;
	have = v.fixed ? v.fixed : values_of(s, v.axis);
	if (c->negated)
		return spans_cover(c->values, have,
		    v.fixed ? 0 : evaluate_axis_most(s, v.axis));
	return !evaluate_touch(have, c->values);
}

/* ---- one field */

static enum matched
match_one(struct run *r, struct state *s, const struct lookup *l,
    const struct index *x)
{
	struct view v = evaluate_view(r, s, l->fields[0]);
	const struct spans *have, *want = x->all[0], *in, *out, *swap;
	struct state rest;

	if (v.fixed)
		return evaluate_touch(v.fixed, want) != l->negated ? MATCHED :
								     MISSED;
	have = values_of(s, v.axis);
	if (v.shifted)
		want = unshift(r, s, want);
	want = nearby(r, want, have);
	in = spans_intersect(r->pool, have, want);
	out = spans_subtract(r->pool, have, want,
	    evaluate_axis_most(s, v.axis));
	if (l->negated) {
		swap = in;
		in = out;
		out = swap;
	}
	if (in && !in->count)
		return MISSED;
	if (out && !out->count)
		return MATCHED;
	rest = *s;
	evaluate_narrow(&rest, v.axis, out);
	evaluate_leave(r, &rest, false);
	evaluate_narrow(s, v.axis, in);
	s->split = true;
	return MATCHED;
}

/* ---- several fields, or a map */

/* The axes a lookup looks at; two fields may look at the same. */
struct cut {
	size_t count;
	enum axis axes[RULESET_FIELDS_MAX];
	size_t slots[RULESET_FIELDS_MAX]; /* of each field; SIZE_MAX: fixed */
	struct view views[RULESET_FIELDS_MAX];
};

struct piece {
	const struct piece *next;
	const struct spans *at[RULESET_FIELDS_MAX]; /* by slot */
};

static void
find_slots(struct run *r, const struct state *s, const struct lookup *l,
    struct cut *c, bool *missing)
{
	*missing = false;
	c->count = 0;
	for (size_t f = 0; f < l->field_count; f++) {
		struct view v = evaluate_view(r, s, l->fields[f]);
		size_t slot = 0;

		c->views[f] = v;
		*missing |= v.missing;
		c->slots[f] = SIZE_MAX;
		if (v.fixed || v.missing)
			continue;
		while (slot < c->count && c->axes[slot] != v.axis)
			slot++;
		if (slot == c->count)
			c->axes[c->count++] = v.axis;
		c->slots[f] = slot;
	}
}

/* What an entry wants of each slot; false: nothing has it. */
static bool
wants(struct run *r, const struct state *s, const struct cut *c,
    const struct lookup *l, const struct entry *entry,
    const struct spans *want[RULESET_FIELDS_MAX])
{
	for (size_t i = 0; i < c->count; i++)
		want[i] = NULL;
	for (size_t f = 0; f < l->field_count; f++) {
		const struct spans *part = entry->parts[f];
		size_t slot = c->slots[f];

		if (slot == SIZE_MAX) {
			if (!evaluate_touch(c->views[f].fixed, part))
				return false;
			continue;
		}
		if (!part)
			continue;
		if (c->views[f].shifted)
			part = unshift(r, s, part);
		want[slot] = want[slot] ?
		    spans_intersect(r->pool, want[slot], part) :
		    part;
		if (!want[slot]->count)
			return false;
	}
	return true;
}

static struct piece *
copy_piece(struct run *r, const struct piece *piece)
{
	struct piece *copy = pool_take(r->pool, sizeof(*copy));

	*copy = *piece;
	copy->next = NULL;
	return copy;
}

/*
 * Takes from the pieces what is wanted: met and rest are lists of what is
 * and is not. Cuts slot by slot, so a piece leaves at most one rest a slot.
 */
static void
take(struct run *r, const struct state *s, const struct cut *c,
    const struct spans *const want[RULESET_FIELDS_MAX],
    const struct piece *pieces, const struct piece **met,
    const struct piece **rest)
{
	*met = *rest = NULL;
	for (; pieces; pieces = pieces->next) {
		struct piece *in = copy_piece(r, pieces), *out;
		bool meets = true;

		if (!evaluate_spend(r, 1))
			return;
		for (size_t i = 0; i < c->count && meets; i++)
			meets = evaluate_touch(in->at[i], want[i]);
		if (!meets) {
			in->next = *rest;
			*rest = in;
			continue;
		}
		for (size_t i = 0; i < c->count; i++) {
			const struct spans *left;

			if (!want[i])
				continue;
			left = spans_subtract(r->pool, in->at[i], want[i],
			    evaluate_axis_most(s, c->axes[i]));
			if (!left || left->count) {
				out = copy_piece(r, in);
				out->at[i] = left;
				out->next = *rest;
				*rest = out;
			}
			in->at[i] = spans_intersect(r->pool, in->at[i],
			    want[i]);
		}
		in->next = *met;
		*met = in;
	}
}

static void
add_outcomes(struct run *r, const struct state *s, const struct cut *c,
    const struct piece *pieces, const struct set_element *element,
    const struct outcome **list)
{
	for (; pieces; pieces = pieces->next) {
		struct outcome *o = pool_take(r->pool, sizeof(*o));

		if (!evaluate_spend(r, 1))
			return;
		o->state = *s;
		o->element = element;
		for (size_t i = 0; i < c->count; i++)
			evaluate_narrow(&o->state, c->axes[i], pieces->at[i]);
		o->next = *list;
		*list = o;
	}
}

static size_t
candidates(struct run *r, const struct state *s, const struct cut *c,
    const struct index *x)
{
	struct scratch *scratch = r->scratch;
	const struct spans *near = NULL;
	size_t slot = c->slots[x->key];

	if (scratch->room_count < x->count) {
		scratch->room = mem_reallocarray(scratch->room, x->count,
		    sizeof(*scratch->room));
		scratch->room_count = x->count;
	}
	if (slot == SIZE_MAX)
		near = c->views[x->key].fixed;
	else if (!c->views[x->key].shifted)
		near = values_of(s, c->axes[slot]);
	return evaluate_index_search(x, near, scratch->room);
}

bool
evaluate_is_unknown(const struct run *r, const struct state *s,
    const struct lookup *l)
{
	bool unknown = l->changing;

	for (size_t f = 0; f < l->field_count; f++) {
		struct view v = evaluate_view(r, s, l->fields[f]);

		if (v.missing)
			return false;
		unknown |= v.unknown;
	}
	return unknown;
}

const struct outcome *
evaluate_outcomes(struct run *r, const struct state *s, const struct lookup *l,
    const struct index *x)
{
	const struct outcome *list = NULL;
	const struct piece *left, *met;
	struct piece whole = { 0 };
	struct outcome *none;
	bool missing;
	struct cut c;
	size_t count;

	find_slots(r, s, l, &c, &missing);
	if (missing) {
		none = pool_take(r->pool, sizeof(*none));
		none->next = NULL;
		none->element = NULL;
		none->state = *s;
		return none;
	}
	for (size_t i = 0; i < c.count; i++)
		whole.at[i] = values_of(s, c.axes[i]);
	left = copy_piece(r, &whole);
	count = candidates(r, s, &c, x);
	for (size_t i = 0; i < count && left && !r->stop; i++) {
		const struct entry *entry = &x->entries[r->scratch->room[i]];
		const struct spans *want[RULESET_FIELDS_MAX];

		if (!evaluate_spend(r, 1) || !wants(r, s, &c, l, entry, want))
			continue;
		take(r, s, &c, want, left, &met, &left);
		add_outcomes(r, s, &c, met, entry->element, &list);
	}
	add_outcomes(r, s, &c, left, NULL, &list);
	return list;
}

static enum matched
match_many(struct run *r, struct state *s, const struct lookup *l,
    const struct index *x)
{
	const struct outcome *o, *list, *kept = NULL;
	bool split = false;

	list = evaluate_outcomes(r, s, l, x);
	for (o = list; o && !kept; o = o->next)
		if ((o->element != NULL) != l->negated)
			kept = o;
	if (!kept)
		return MISSED;
	for (o = list; o && !r->stop; o = o->next) {
		struct state other = o->state;

		if (o == kept)
			continue;
		split = true;
		if ((o->element != NULL) == l->negated) {
			evaluate_leave(r, &other, false);
			continue;
		}
		other.statement++;
		other.split = other.rest = true;
		evaluate_push(r, &other);
	}
	split |= s->split;
	*s = kept->state;
	s->split = split;
	return MATCHED;
}

enum matched
evaluate_match(struct run *r, struct state *s, const struct lookup *l,
    const struct index *x)
{
	if (!x)
		return MATCHED;
	for (size_t f = 0; f < l->field_count; f++)
		if (evaluate_view(r, s, l->fields[f]).missing)
			return MISSED;
	if (evaluate_is_unknown(r, s, l)) {
		evaluate_doubt(s);
		return MATCHED;
	}
	if (l->field_count == 1)
		return match_one(r, s, l, x);
	return match_many(r, s, l, x);
}
