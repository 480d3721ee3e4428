/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is done to packets: translations and marks, whose operands lie in
 * registers: a value, what a map gave, or something nobody knows. A map that
 * nothing used is still a match: without an element the rule ends there.
 * nft_nat.c, nft_masq.c, nft_redir.c, nft_meta.c, nft_ct.c.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "ruleset_bytecode.h"

/* ---- maps */

void
machine_map(struct machine *m, const struct code *c, struct code_set *set,
    const struct piece *pieces, size_t count, bool unknown)
{
	const struct source s = { SOURCE_MAP, ++m->maps, 0, NULL };
	struct piece *copy = pool_take(m->w->pool, count * sizeof(*copy));
	size_t length = set->data_length, first;

	memcpy(copy, pieces, count * sizeof(*copy));
	m->map.pending = true;
	m->map.unknown = unknown;
	m->map.set = set;
	m->map.pieces = copy;
	m->map.piece_count = count;
	if (!machine_register(c->dreg, length, &first))
		length = NFT_REG32_SIZE;
	m->map.source = machine_load(m, c->dreg, &s, 0, length);
}

void
machine_flush(struct machine *m)
{
	static const struct map_shape keys = { .use = MAP_KEYS };
	const struct pending_map map = m->map;
	struct lookup l;

	if (!map.pending)
		return;
	m->map.pending = false;
	machine_imply(m, map.pieces, map.piece_count);
	if (!map.unknown &&
	    set_lookup(m, map.set, map.pieces, map.piece_count, &keys, &l))
		machine_emit_lookup(m, &l);
	else
		builder_unknown(m->w->b,
		    machine_name(m, map.pieces, map.piece_count), false);
}

/* ---- operands */

enum operand_kind { OPERAND_NONE, OPERAND_VALUE, OPERAND_MAP, OPERAND_UNKNOWN };

struct operand {
	enum operand_kind kind;
	uint8_t value[FIELD_BYTES];
	size_t offset; /* in what the map gives */
};

/* Register 0 stands for none. */
static struct operand
operand(const struct machine *m, uint32_t reg, size_t length)
{
	struct operand out = { .kind = OPERAND_UNKNOWN };
	size_t first, values = 0, maps = 0;

	if (reg == NFT_REG_VERDICT) {
		out.kind = OPERAND_NONE;
		return out;
	}
	if (!machine_register(reg, length, &first))
		return out;
	for (size_t i = 0; i < length; i++) {
		const struct cell *c = &m->cells[first + i];

		if (c->kind == CELL_VALUE)
			out.value[values++] = c->value;
		else if (c->kind == CELL_SOURCE && m->map.pending &&
		    c->source == m->map.source && c->mask == 0xff &&
		    c->value == 0 && c->offset == m->cells[first].offset + i)
			maps++;
	}
	if (values == length)
		out.kind = OPERAND_VALUE;
	if (maps == length) {
		out.kind = OPERAND_MAP;
		out.offset = m->cells[first].offset;
	}
	return out;
}

static packet_value
number_of(const struct operand *o, size_t length)
{
	packet_value v = 0;

	for (size_t i = 0; i < length; i++)
		v = v << 8 | o->value[i];
	return v;
}

/* ---- translations */

/* first..last, each of length bytes: an interval of values, or a place in the
 * map's. False: nobody knows. */
static bool
resolve(struct machine *m, uint32_t reg, uint32_t reg_last, size_t length,
    const struct spans **values, bool *in_map, size_t *from, size_t *to)
{
	const struct operand first = operand(m, reg, length);
	const struct operand last = reg_last == NFT_REG_VERDICT ?
	    first :
	    operand(m, reg_last, length);
	packet_value low, high;

	if (first.kind == OPERAND_NONE)
		return last.kind == OPERAND_NONE;
	if (first.kind == OPERAND_UNKNOWN || first.kind != last.kind)
		return false;
	if (first.kind == OPERAND_MAP) {
		*in_map = true;
		*from = first.offset;
		*to = last.offset;
		return true;
	}
	low = number_of(&first, length);
	high = number_of(&last, length);
	if (low > high)
		return false;
	*values = spans_one(m->w->pool, low, high);
	return true;
}

/* In a table of both families a translation concerns packets of its own. */
static void
only_family(struct machine *m, uint32_t family)
{
	if (family == NFPROTO_IPV4 && m->may_be_6)
		machine_emit(m, FIELD_FAMILY, spans_one(m->w->pool, 4, 4),
		    false);
	else if (family == NFPROTO_IPV6 && m->may_be_4)
		machine_emit(m, FIELD_FAMILY, spans_one(m->w->pool, 6, 6),
		    false);
}

/* The statement by what the pending map gives; false when it cannot. */
static bool
by_map(struct machine *m, struct statement *s, const struct map_shape *shape)
{
	const struct pending_map map = m->map;
	struct lookup l;

	if (map.unknown)
		return false;
	m->map.pending = false;
	machine_imply(m, map.pieces, map.piece_count);
	m->map.pending = true;
	if (!set_lookup(m, map.set, map.pieces, map.piece_count, shape, &l))
		return false;
	s->lookup = l;
	return true;
}

static void
emit(struct machine *m, const struct statement *s)
{
	struct statement *out = builder_statement(m->w->b, s->kind);

	if (out != NULL)
		*out = *s;
}

void
machine_nat(struct machine *m, const struct code *c)
{
	struct map_shape shape = { .use = MAP_ADDRESS };
	struct statement s = { .kind = STATEMENT_SNAT };
	bool address_in_map = false, known = true;
	size_t length = 0;

	machine_half(m);
	if (c->kind == CODE_NAT) {
		const bool pending = m->map.pending;

		/* Before the map's match, which is part of the statement. */
		m->map.pending = false;
		only_family(m, c->family);
		m->map.pending = pending;
		length = c->family == NFPROTO_IPV6 ? 16 : 4;
		known = resolve(m, c->sreg, c->address_last, length,
		    &s.change.address, &address_in_map, &shape.address,
		    &shape.address_last);
		if (c->op == NFT_NAT_DNAT)
			s.kind = STATEMENT_DNAT;
		shape.address_length = address_in_map ? length : 0;
		s.change.prefix = (c->flags & NF_NAT_RANGE_NETMAP) != 0;
	} else if (c->kind == CODE_REDIRECT) {
		s.kind = STATEMENT_DNAT;
		s.redirects = true;
	}
	known = resolve(m, c->port, c->port_last, 2, &s.change.port,
		    &shape.has_port, &shape.port, &shape.port_last) &&
	    known;
	shape.prefix = s.change.prefix;
	if (known && (address_in_map || shape.has_port)) {
		/* One from the map and one not is more than a map can say. */
		known = s.change.address == NULL && s.change.port == NULL &&
		    by_map(m, &s, &shape);
		m->map.pending = !known;
		s.change.prefix = false;
	}
	machine_flush(m);
	if (!known) {
		memset(&s.change, 0, sizeof(s.change));
		s.target_unknown = s.kind == STATEMENT_DNAT;
	}
	emit(m, &s);
}

/* ---- marks */

/* The 4 bytes of a mark as (one source's & keep) ^ flip. False: otherwise. */
static bool
mark_of(const struct machine *m, uint32_t reg, struct change *out,
    const struct source **source)
{
	uint8_t keep[4], flip[4];
	size_t first;

	*source = NULL;
	if (!machine_register(reg, 4, &first))
		return false;
	for (size_t i = 0; i < 4; i++) {
		const struct cell *c = &m->cells[first + i];
		const struct source *s = &m->sources[c->source];

		flip[i] = c->value;
		keep[i] = 0;
		if (c->kind == CELL_VALUE)
			continue;
		if (c->kind == CELL_UNSET || c->offset != i ||
		    (*source != NULL && *source != s))
			return false;
		keep[i] = c->mask;
		*source = s;
	}
	memcpy(&out->keep, keep, sizeof(keep));
	memcpy(&out->flip, flip, sizeof(flip));
	return true;
}

static bool
is_meta_mark(const struct source *s)
{
	return s->kind == SOURCE_META && s->what == NFT_META_MARK;
}

static bool
is_ct_mark(const struct source *s)
{
	return s->kind == SOURCE_CT && s->what == NFT_CT_MARK;
}

/* All that a map gives, whatever asks for it. */
static uint32_t
bits_of_map(const struct code_set *set)
{
	uint32_t bits = 0, one;

	for (size_t i = 0; i < set->count; i++) {
		const struct code_bytes *value = &set->elements[i].value;

		if ((set->elements[i].flags & NFT_SET_ELEM_INTERVAL_END) != 0)
			continue;
		if (value->length != sizeof(one))
			return UINT32_MAX;
		memcpy(&one, value->at, sizeof(one));
		bits |= one;
	}
	return set->changing ? UINT32_MAX : bits;
}

/* The bits that a mark may get by this: bits, where that is not known. */
static void
note_bits(struct machine *m, const struct statement *s, uint32_t bits)
{
	const struct lookup *l = &s->lookup;

	if (s->target_unknown || l->changing)
		m->w->mark_bits |= bits;
	for (size_t i = 0; i < l->element_count; i++)
		m->w->mark_bits |= l->elements[i].change.flip;
	m->w->mark_bits |= s->change.flip;
}

/* From the other mark first, then what is done to it. */
static void
emit_mark(struct machine *m, const struct statement *s,
    const struct source *source)
{
	const bool is_ct = s->kind == STATEMENT_CT_MARK;
	const bool from_other = source != NULL &&
	    (is_ct ? is_meta_mark(source) : is_ct_mark(source));
	const struct statement copy = { .kind = is_ct ?
		    STATEMENT_CT_MARK_FROM_META :
		    STATEMENT_MARK_FROM_CT };

	machine_settle(m);
	if (from_other)
		emit(m, &copy);
	if (!from_other || s->change.keep != UINT32_MAX || s->change.flip != 0)
		emit(m, s);
}

static void
set_mark(struct machine *m, const struct code *c)
{
	static const struct map_shape shape = { .use = MAP_MARK };
	const bool is_ct = c->kind == CODE_CT_SET;
	struct statement s = { .kind = is_ct ? STATEMENT_CT_MARK :
					       STATEMENT_MARK };
	const struct operand o = operand(m, c->sreg, 4);
	const struct source *source = NULL;
	uint32_t bits = UINT32_MAX;

	if (o.kind == OPERAND_MAP && o.offset == 0)
		bits = bits_of_map(m->map.set);
	if (o.kind == OPERAND_MAP && o.offset == 0 && by_map(m, &s, &shape)) {
		m->map.pending = false;
	} else if (!mark_of(m, c->sreg, &s.change, &source) ||
	    (source != NULL && !is_meta_mark(source) && !is_ct_mark(source))) {
		s.target_unknown = true;
		s.change = (struct change){ 0 };
		source = NULL;
	}
	note_bits(m, &s, bits);
	emit_mark(m, &s, source);
}

void
machine_meta_set(struct machine *m, const struct code *c)
{
	const char *name;

	if (c->key ==
	    (c->kind == CODE_CT_SET ? (uint32_t)NFT_CT_MARK :
				      (uint32_t)NFT_META_MARK)) {
		set_mark(m, c);
		return;
	}
	name = field_written(m, c);
	if (name != NULL)
		machine_unknown(m, name, true);
	else
		machine_nothing(m, NULL);
}
