/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets and maps: the kernel keeps keys as they lie in registers, intervals as
 * where they start and where something ends, unsorted; those of concatenations
 * as a lower and an upper key. Here they become elements over fields, made
 * once for all rules that look there the same way. nft_set_rbtree.c,
 * nft_set_pipapo.c, nft_set_hash.c.
 */
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_bytecode.h"

/* ---- finding */

static int
compare_names(enum table_family family, const char *table, const char *name,
    const struct code_set *set)
{
	int c;

	if (family != set->family)
		return family < set->family ? -1 : 1;
	c = strcmp(table, set->table);
	return c != 0 ? c : strcmp(name, set->name);
}

static int
by_name(const void *a, const void *b)
{
	const struct code_set *x = a;

	return compare_names(x->family, x->table, x->name, b);
}

void
code_world_sort(struct code_world *w)
{
	if (w->set_count > 0)
		qsort(w->sets, w->set_count, sizeof(*w->sets), by_name);
}

struct code_set *
code_world_set(const struct code_world *w, enum table_family family,
    const char *table, const char *name)
{
	size_t low = 0, high = w->set_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = compare_names(family, table, name, &w->sets[middle]);

		if (c == 0)
			return &w->sets[middle];
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

void
code_world_fini(struct code_world *w)
{
	for (size_t i = 0; i < w->set_count; i++)
		free(w->sets[i].elements);
	free(w->sets);
	free(w->links);
}

/* ---- one element after another */

struct making {
	struct machine *m;
	struct code_set *set;
	const struct piece *pieces;
	size_t piece_count;
	const struct map_shape *shape;
	struct set_element *out; /* room for all, in the pool */
	size_t count;
	/* Of a plain set of one field: its intervals, joined in the end. */
	bool joins;
	struct span *items;
	size_t item_count, item_capacity;
};

static packet_value
big_endian(const uint8_t *at, size_t length)
{
	packet_value v = 0;

	for (size_t i = 0; i < length; i++)
		v = v << 8 | at[i];
	return v;
}

/* from..to of the value's bytes, or every value when they are not there. */
static bool
value_interval(struct making *k, const struct code_bytes *value, size_t first,
    size_t last, size_t length, const struct spans **out)
{
	packet_value from, to;

	if (first + length > value->length || last + length > value->length)
		return false;
	from = big_endian(value->at + first, length);
	to = big_endian(value->at + last, length);
	if (from > to)
		return false;
	*out = spans_one(k->m->w->pool, from, to);
	return true;
}

/* What the element gives. */
static bool
set_outcome(struct making *k, const struct code_element *e,
    struct set_element *out)
{
	const struct map_shape *s = k->shape;

	switch (s->use) {
	case MAP_KEYS:
		return true;
	case MAP_VERDICT:
		if (!e->verdict.given)
			return false;
		out->decision = machine_decision(k->m, &e->verdict);
		return true;
	case MAP_MARK:
		if (e->value.length != sizeof(uint32_t))
			return false;
		memcpy(&out->change.flip, e->value.at, sizeof(uint32_t));
		return true;
	case MAP_ADDRESS:
		if (s->address_length > 0 &&
		    !value_interval(k, &e->value, s->address, s->address_last,
			s->address_length, &out->change.address))
			return false;
		if (s->has_port &&
		    !value_interval(k, &e->value, s->port, s->port_last, 2,
			&out->change.port))
			return false;
		out->change.prefix = s->prefix;
		return true;
	}
	return false;
}

/* An element with keys from..to; both have the bytes of a key. */
static bool
add(struct making *k, const struct code_element *e, const uint8_t *from,
    const uint8_t *to)
{
	const struct spans *values;
	struct set_element *out = &k->out[k->count];
	size_t field = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < k->piece_count; i++) {
		const struct piece *p = &k->pieces[i];

		if (!p->fixed && p->unknown)
			continue; /* any */
		if (p->fixed) {
			if (memcmp(p->flip, from + p->start, p->count) < 0 ||
			    memcmp(p->flip, to + p->start, p->count) > 0)
				return true; /* no packet has this key */
			continue;
		}
		if (!field_values(k->m, p, from + p->start, to + p->start,
			&values))
			return false;
		out->parts[field++] = values;
	}
	if (k->joins) {
		values = out->parts[0];
		for (size_t i = 0; i < values->count; i++) {
			k->items = mem_grow(k->items, &k->item_capacity,
			    k->item_count, sizeof(*k->items));
			k->items[k->item_count++] = values->items[i];
		}
		return true;
	}
	k->count++;
	return set_outcome(k, e, out);
}

/* What stands for every key that no other element has. */
static bool
add_rest(struct making *k, const struct code_element *e)
{
	struct set_element *out = &k->out[k->count++];

	memset(out, 0, sizeof(*out));
	return set_outcome(k, e, out);
}

/* ---- kinds of sets */

/* Keys in order; an end before a start of the same key. */
static int
by_key(const void *a, const void *b)
{
	const struct code_element *const *x = a, *const *y = b;
	const size_t n = (*x)->key.length;
	int c = memcmp((*x)->key.at, (*y)->key.at, n);
	const bool x_ends = ((*x)->flags & NFT_SET_ELEM_INTERVAL_END) != 0;
	const bool y_ends = ((*y)->flags & NFT_SET_ELEM_INTERVAL_END) != 0;

	return c != 0 ? c : (int)y_ends - (int)x_ends;
}

/* The key before; false when it is the first of all. */
static bool
before(uint8_t *key, size_t length)
{
	while (length-- > 0)
		if (key[length]-- != 0)
			return true;
	return false;
}

/* Starts and ends, in order: [start, next), the last one open. */
static bool
add_intervals(struct making *k)
{
	const struct code_element **list = mem_calloc(k->set->count + 1,
	    sizeof(struct code_element *));
	const size_t length = k->set->key_length;
	const struct code_element *open = NULL;
	uint8_t last[CODE_BYTES];
	size_t count = 0;
	bool fine = true;

	for (size_t i = 0; i < k->set->count; i++)
		if ((k->set->elements[i].flags & NFT_SET_ELEM_CATCHALL) == 0)
			list[count++] = &k->set->elements[i];
	if (count > 0)
		qsort(list, count, sizeof(struct code_element *), by_key);
	for (size_t i = 0; i < count && fine; i++) {
		const struct code_element *e = list[i];

		memcpy(last, e->key.at, length);
		if (open != NULL && memcmp(open->key.at, last, length) != 0 &&
		    before(last, length))
			fine = add(k, open, open->key.at, last);
		open = (e->flags & NFT_SET_ELEM_INTERVAL_END) ? NULL : e;
	}
	memset(last, 0xff, sizeof(last));
	if (open != NULL && fine)
		fine = add(k, open, open->key.at, last);
	free(list);
	return fine;
}

/* Lower and upper keys hold for each part by itself: that can be said only if
 * the parts are the pieces. */
static bool
parts_are_pieces(const struct making *k)
{
	size_t at = 0;

	for (size_t i = 0; i < k->set->part_count; i++) {
		const size_t end = at + k->set->parts[i];
		size_t covered = 0;

		for (size_t j = 0; j < k->piece_count; j++) {
			const struct piece *p = &k->pieces[j];

			if (p->start < end && p->start + p->count > at &&
			    (p->start != at || p->start + p->count != end))
				return false;
			covered += p->start == at;
		}
		if (covered != 1)
			return false;
		at = (end + 3) / 4 * 4;
	}
	return true;
}

static bool
has_ranges(const struct code_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->elements[i].key_end.at != NULL &&
		    memcmp(set->elements[i].key.at, set->elements[i].key_end.at,
			set->key_length) != 0)
			return true;
	return false;
}

static bool
add_keys(struct making *k)
{
	const struct code_set *set = k->set;

	if (has_ranges(set) && set->part_count > 0 && !parts_are_pieces(k))
		return false;
	if (has_ranges(set) && set->part_count == 0 && k->piece_count > 1)
		return false;
	for (size_t i = 0; i < set->count; i++) {
		const struct code_element *e = &set->elements[i];
		const uint8_t *to = e->key_end.at != NULL ? e->key_end.at :
							    e->key.at;

		if ((e->flags & NFT_SET_ELEM_CATCHALL) == 0 &&
		    !add(k, e, e->key.at, to))
			return false;
	}
	return true;
}

static bool
add_all(struct making *k)
{
	const struct code_set *set = k->set;

	if ((set->flags & NFT_SET_INTERVAL) != 0 &&
	    (set->flags & NFT_SET_CONCAT) == 0 && set->part_count < 2 &&
	    !has_ranges(set)) {
		if (k->piece_count > 1)
			return false;
		if (!add_intervals(k))
			return false;
	} else if (!add_keys(k)) {
		return false;
	}
	for (size_t i = 0; i < set->count; i++)
		if ((set->elements[i].flags & NFT_SET_ELEM_CATCHALL) != 0) {
			/* In a plain set every packet matches then. */
			if (k->joins)
				k->count = 1;
			return k->joins || add_rest(k, &set->elements[i]);
		}
	return true;
}

/* ---- the lookup */

static bool
has_catch_all(const struct code_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if ((set->elements[i].flags & NFT_SET_ELEM_CATCHALL) != 0)
			return true;
	return false;
}

/* The elements as one that has them all. */
static void
join(struct making *k)
{
	memset(&k->out[0], 0, sizeof(k->out[0]));
	k->out[0].parts[0] = has_catch_all(k->set) ?
	    NULL :
	    spans_make(k->m->w->pool, k->items, k->item_count);
	k->count = 1;
}

#define KEPT_MAX 16 /* ways to look into one set */

/* Elements as they were made once, and for which key and use. */
struct kept_elements {
	const struct kept_elements *next;
	size_t number; /* of this one and those behind it */
	const struct set_element *elements;
	size_t count;
	const struct piece *pieces;
	size_t piece_count;
	struct map_shape shape;
};

static bool
same_piece(const struct piece *a, const struct piece *b)
{
	return a->field == b->field && a->codec == b->codec &&
	    a->length == b->length && a->count == b->count &&
	    a->start == b->start && a->fixed == b->fixed &&
	    a->unknown == b->unknown &&
	    memcmp(a->index, b->index, a->count) == 0 &&
	    memcmp(a->mask, b->mask, a->count) == 0 &&
	    memcmp(a->flip, b->flip, a->count) == 0;
}

static bool
same_shape(const struct map_shape *a, const struct map_shape *b)
{
	return a->use == b->use && a->address == b->address &&
	    a->address_last == b->address_last &&
	    a->address_length == b->address_length && a->port == b->port &&
	    a->port_last == b->port_last && a->has_port == b->has_port &&
	    a->prefix == b->prefix;
}

static bool
fits(const struct kept_elements *kept, const struct piece *pieces, size_t count,
    const struct map_shape *shape)
{
	if (kept->piece_count != count || !same_shape(&kept->shape, shape))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!same_piece(&kept->pieces[i], &pieces[i]))
			return false;
	return true;
}

static const struct kept_elements *
keep(struct making *k)
{
	struct kept_elements *kept = pool_take(k->m->w->pool, sizeof(*kept));
	struct piece *copy = pool_take(k->m->w->pool,
	    k->piece_count * sizeof(*copy));

	memcpy(copy, k->pieces, k->piece_count * sizeof(*copy));
	kept->elements = k->out;
	kept->count = k->count;
	kept->pieces = copy;
	kept->piece_count = k->piece_count;
	kept->shape = *k->shape;
	kept->next = k->set->kept;
	kept->number = kept->next != NULL ? kept->next->number + 1 : 1;
	if (kept->number <= KEPT_MAX)
		k->set->kept = kept;
	return kept;
}

/* Makes the elements; NULL when that is not possible. */
static const struct kept_elements *
make(struct machine *m, struct code_set *set, const struct piece *pieces,
    size_t count, const struct map_shape *shape, bool one_field)
{
	struct making k = { .m = m,
		.set = set,
		.pieces = pieces,
		.piece_count = count,
		.shape = shape,
		.joins = one_field && shape->use == MAP_KEYS };
	bool fine;

	k.out = pool_take(m->w->pool,
	    ((k.joins ? 0 : set->count) + 2) * sizeof(*k.out));
	fine = add_all(&k);
	if (k.joins)
		join(&k);
	free(k.items);
	return fine ? keep(&k) : NULL;
}

bool
set_lookup(struct machine *m, struct code_set *set, const struct piece *pieces,
    size_t count, const struct map_shape *shape, struct lookup *out)
{
	const struct kept_elements *kept = set->kept;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].fixed || pieces[i].unknown)
			continue;
		if (out->field_count == RULESET_FIELDS_MAX)
			return false;
		out->fields[out->field_count++] = pieces[i].field;
	}
	if (out->field_count == 0)
		return false;
	while (kept != NULL && !fits(kept, pieces, count, shape))
		kept = kept->next;
	if (kept == NULL)
		kept = make(m, set, pieces, count, shape,
		    out->field_count == 1);
	if (kept == NULL)
		return false;
	out->changing = set->changing;
	if ((set->flags & NFT_SET_ANONYMOUS) == 0)
		out->set = builder_string(m->w->b, set->name);
	out->elements = kept->elements;
	out->element_count = kept->count;
	return true;
}
