/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparisons of registers, as the kernel does them byte by byte: equal and
 * not, less and more in the order of memcmp, ranges. nft_cmp.c, nft_range.c.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_bytecode.h"

/* ---- comparing */

/* Whether the values of a piece without any field are from..to. */
static bool
fixed_between(const struct piece *p, const uint8_t *from, const uint8_t *to)
{
	return memcmp(p->flip, from, p->count) >= 0 &&
	    memcmp(p->flip, to, p->count) <= 0;
}

/* The opposite of a match of several fields: one lookup, negated. */
static void
emit_negated(struct machine *m, const struct piece *pieces,
    const struct spans *const *values, size_t count)
{
	struct set_element *e = pool_take(m->w->pool, sizeof(*e));
	struct lookup l = { .negated = true };
	bool ports = false;

	memset(e, 0, sizeof(*e));
	for (size_t i = 0; i < count && l.field_count < RULESET_FIELDS_MAX;
	     i++) {
		if (pieces[i].fixed)
			continue;
		if (pieces[i].ports && !ports) {
			e->parts[l.field_count] = &machine_with_ports;
			l.fields[l.field_count++] = FIELD_PROTOCOL;
			ports = true;
		}
		if (l.field_count == RULESET_FIELDS_MAX)
			break;
		e->parts[l.field_count] = values[i];
		l.fields[l.field_count++] = pieces[i].field;
	}
	if (l.field_count == RULESET_FIELDS_MAX) {
		machine_unknown(m, machine_name(m, pieces, count), false);
		return;
	}
	l.elements = e;
	l.element_count = 1;
	machine_settle(m);
	machine_emit_lookup(m, &l);
}

/* Waits for what may imply it. An interface's kind is implied by the header
 * of its link, as is the type of a frame by what it carries. */
static bool
hold(struct machine *m, const struct piece *p, const struct spans *family,
    bool negated)
{
	if (negated ||
	    (p->codec != CODEC_ETHERTYPE &&
		strcmp(p->name, "meta iiftype") != 0))
		return false;
	if (m->held == NULL || strcmp(m->held, "meta iiftype") != 0)
		machine_settle(m);
	m->held = p->name;
	m->held_family = family;
	return true;
}

/* A type of frame where there may be no such header. */
static bool
compare_type(struct machine *m, const struct piece *p, const uint8_t *from,
    const uint8_t *to, bool negated)
{
	const struct spans *values;

	if (!p->link || p->codec != CODEC_ETHERTYPE || negated ||
	    !field_values(m, p, from, to, &values))
		return false;
	if (p->unknown && !m->said_link)
		return hold(m, p, values, negated);
	/* "vlan type" implies the tag; the type of the frame itself does not, and
	 * a frame of both types is none: it must be said. */
	if (m->held != NULL && strcmp(m->held, "meta iiftype") != 0 &&
	    strncmp(p->name, "vlan ", 5) != 0)
		machine_settle(m);
	m->held = NULL;
	machine_emit(m, FIELD_FAMILY, values, false);
	return true;
}

/* One piece from..to, or not that. */
static void
compare_one(struct machine *m, const struct piece *p, const uint8_t *from,
    const uint8_t *to, bool negated)
{
	const struct spans *values;

	if (p->fixed) {
		if (fixed_between(p, from, to) == negated)
			machine_emit(m, FIELD_FAMILY, &spans_nothing, false);
		return;
	}
	if (compare_type(m, p, from, to, negated))
		return;
	if (p->unknown || !field_values(m, p, from, to, &values)) {
		machine_imply(m, p, 1);
		if (!hold(m, p, NULL, negated))
			machine_unknown(m, p->name, false);
		return;
	}
	if (negated && p->ports) {
		emit_negated(m, p, &values, 1);
		return;
	}
	machine_imply(m, p, 1);
	machine_emit(m, p->field, values, negated);
}

/* All bytes as they are given: of each piece in turn, or not all of them. */
static void
compare_equal(struct machine *m, const struct piece *pieces, size_t count,
    const uint8_t *value, bool negated)
{
	const struct spans *values[CODE_BYTES];

	if (count == 1 || !negated) {
		for (size_t i = 0; i < count; i++)
			compare_one(m, &pieces[i], value + pieces[i].start,
			    value + pieces[i].start, negated);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct piece *p = &pieces[i];
		const uint8_t *at = value + p->start;

		if (p->fixed && !fixed_between(p, at, at))
			return; /* always another */
		if (!p->fixed &&
		    (p->unknown || !field_values(m, p, at, at, &values[i]))) {
			machine_unknown(m, machine_name(m, pieces, count),
			    false);
			return;
		}
	}
	emit_negated(m, pieces, values, count);
}

/* The number before (-1) or after (1) a value, as memcmp has it. False when
 * there is none. */
static bool
step(uint8_t *value, size_t length, int by)
{
	while (length-- > 0) {
		value[length] = (uint8_t)(value[length] + by);
		if (value[length] != (by > 0 ? 0x00 : 0xff))
			return true;
	}
	return false;
}

/* The interval that lt, lte, gt, gte stand for; false: nothing fits. */
static bool
bounds(uint32_t op, const struct code_bytes *value, uint8_t from[CODE_BYTES],
    uint8_t to[CODE_BYTES])
{
	const size_t n = value->length;

	memset(from, 0x00, n);
	memset(to, 0xff, n);
	if (op == NFT_CMP_LT || op == NFT_CMP_LTE)
		memcpy(to, value->at, n);
	else
		memcpy(from, value->at, n);
	if (op == NFT_CMP_LT)
		return step(to, n, -1);
	return op != NFT_CMP_GT || step(from, n, 1);
}

/* "gte" then "lte" on one register are one range, as they were written. */
static void
compare_order(struct machine *m, const struct code *c, const struct piece *p,
    const uint8_t *from, const uint8_t *to)
{
	const struct spans *values;
	const bool lower = c->op == NFT_CMP_GT || c->op == NFT_CMP_GTE;

	if (p->fixed || p->unknown || !field_values(m, p, from, to, &values)) {
		if (!lower && m->said_at + 1 == m->steps &&
		    m->said_register == c->sreg)
			return; /* one range, of what is unknown */
		machine_half(m);
		compare_one(m, p, from, to, false);
		m->said_at = m->steps;
		m->said_register = c->sreg;
		return;
	}
	if (m->half && !lower && m->half_register == c->sreg &&
	    m->half_field == p->field) {
		m->half = false;
		machine_emit(m, p->field,
		    spans_intersect(m->w->pool, m->half_values, values), false);
		return;
	}
	machine_settle(m);
	machine_imply(m, p, 1);
	if (!lower) {
		machine_emit(m, p->field, values, false);
		return;
	}
	m->half = true;
	m->half_field = p->field;
	m->half_values = values;
	m->half_register = c->sreg;
}

void
machine_cmp(struct machine *m, const struct code *c)
{
	struct piece pieces[CODE_BYTES];
	uint8_t from[CODE_BYTES], to[CODE_BYTES];
	size_t count = machine_pieces(m, c->sreg, c->value.length, pieces,
	    CODE_BYTES);

	if (count == 0 || c->op > NFT_CMP_GTE) {
		machine_unknown(m, "cmp", false);
		return;
	}
	if (c->op == NFT_CMP_EQ || c->op == NFT_CMP_NEQ) {
		machine_half(m);
		compare_equal(m, pieces, count, c->value.at,
		    c->op == NFT_CMP_NEQ);
		return;
	}
	if (!bounds(c->op, &c->value, from, to)) {
		machine_emit(m, FIELD_FAMILY, &spans_nothing, false);
		return;
	}
	if (count > 1)
		machine_unknown(m, "cmp", false);
	else
		compare_order(m, c, &pieces[0], from, to);
}

void
machine_range(struct machine *m, const struct code *c)
{
	struct piece pieces[CODE_BYTES];
	size_t count = machine_pieces(m, c->sreg, c->value.length, pieces,
	    CODE_BYTES);

	machine_settle(m);
	if (count != 1 || c->op > NFT_RANGE_NEQ)
		machine_unknown(m, "range", false);
	else
		compare_one(m, &pieces[0], c->value.at, c->upper.at,
		    c->op == NFT_RANGE_NEQ);
}
