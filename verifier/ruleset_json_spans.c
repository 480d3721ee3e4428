/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bit operations undone: which values of a field give, after & ^ << >>, a
 * value that is asked for. Intervals are split into aligned blocks (prefixes),
 * on which a mask acts without mixing; the bits that a mask throws away are
 * enumerated. Bits of a mark that no rule of this ruleset sets are 0 in every
 * packet (ruleset.h, FIELD_MARK), so a mark is exact where an address of 32
 * bits would take too many intervals.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ruleset_json_internal.h"

/* Intervals while operations are undone one by one. */
struct list {
	struct span *items; /* owned */
	size_t count, capacity;
	bool full;
};

static void
add(struct list *l, packet_value first, packet_value last)
{
	if (l->count >= JSON_SPANS_MAX) {
		l->full = true;
		return;
	}
	l->items = mem_grow(l->items, &l->capacity, l->count,
	    sizeof(*l->items));
	l->items[l->count++] = (struct span){ first, last };
}

/* The largest aligned block at first that ends at last or before, as its
 * bits below. */
static packet_value
block(packet_value first, packet_value last)
{
	packet_value low = 0;

	for (;;) {
		packet_value next = low << 1 | 1;

		if (next == low || (first & next) != 0 || next > last - first)
			return low;
		low = next;
	}
}

/* Every x with (x & mask) in the block at value; free: the bits that x may
 * have besides. */
static void
undo_mask(struct list *out, packet_value value, packet_value low,
    packet_value mask, packet_value free_bits)
{
	packet_value bits, run = 0, x = 0;

	if ((value & ~mask & ~low) != 0)
		return;
	/* Within the block mask does not matter, above it x & mask must be
	 * value. */
	bits = (free_bits & ~mask) | low;
	value &= ~low;
	while (
	    (bits & (run << 1 | 1)) == (run << 1 | 1) && (run << 1 | 1) != run)
		run = run << 1 | 1;
	bits &= ~run;
	do { /* every subset of bits, in order */
		add(out, value | x, value | x | run);
		x = (x - bits) & bits;
	} while (x != 0 && !out->full);
}

static void
undo(struct list *out, const struct span *s, const struct json_operation *o,
    packet_value most, packet_value free_bits)
{
	unsigned n = (unsigned)o->value;
	packet_value first = s->first, low;

	if (o->operator== JSON_RIGHT) {
		if (first > most >> n)
			return;
		low = s->last > most >> n ? most >> n : s->last;
		add(out, first << n, low << n | (((packet_value)1 << n) - 1));
		return;
	}
	for (;;) {
		low = block(first, s->last);
		if (o->operator== JSON_XOR)
			add(out, (first ^ o->value) & ~low,
			    (first ^ o->value) | low);
		else
			undo_mask(out, first, low, o->value & most, free_bits);
		if (s->last - first == low || out->full)
			return;
		first += low + 1;
	}
}

/* x << n: what is left of x after its upper bits are lost. */
static void
undo_left(struct list *out, const struct span *s, unsigned n, packet_value most,
    packet_value free_bits)
{
	const struct json_operation rest = { JSON_AND, most >> n };
	const packet_value step = (packet_value)1 << n;
	struct span kept;

	kept.first = s->first / step + (s->first % step != 0);
	kept.last = s->last / step;
	if (kept.first <= kept.last)
		undo(out, &kept, &rest, most, free_bits);
}

/* The bits that can be set in what operation n is given. */
static packet_value
bits_before(const struct json_reader *r, const struct json_key *key, size_t n)
{
	const packet_value most = json_most(key->kind);
	packet_value bits = key->kind == JSON_MARK_VALUE ? r->mark_bits : most;

	for (size_t i = 0; i < n; i++) {
		const struct json_operation *o = &key->operations[i];

		if (o->operator== JSON_AND)
			bits &= o->value;
		else if (o->operator== JSON_XOR)
			bits |= o->value;
		else if (o->operator== JSON_LEFT)
			bits = bits << (unsigned)o->value & most;
		else
			bits >>= (unsigned)o->value;
	}
	return bits;
}

static enum json_got
backward(struct json_reader *r, const struct json_key *key, size_t start,
    const struct spans **out)
{
	const packet_value most = json_most(key->kind);
	struct list from = { 0 }, to = { 0 };
	size_t i, n;

	for (i = start; i < r->span_count; i++)
		add(&from, r->spans[i].first, r->spans[i].last);
	for (n = key->operation_count; n-- > 0 && !from.full;) {
		const struct json_operation *o = &key->operations[n];
		const packet_value bits = bits_before(r, key, n);

		to = (struct list){ 0 };
		for (i = 0; i < from.count && !to.full; i++) {
			if (o->operator== JSON_LEFT)
				undo_left(&to, &from.items[i],
				    (unsigned)o->value, most, bits);
			else
				undo(&to, &from.items[i], o, most, bits);
		}
		free(from.items);
		from = to;
	}
	*out = from.full ? NULL : spans_make(r->pool, from.items, from.count);
	free(from.items);
	return from.full ? JSON_UNKNOWN : JSON_OK;
}

/* ---- fields of few values: every one is tried */

static packet_value
forward(const struct json_key *key, packet_value x)
{
	const packet_value most = json_most(key->kind);

	for (size_t i = 0; i < key->operation_count; i++) {
		const struct json_operation *o = &key->operations[i];

		switch (o->operator) {
		case JSON_AND:
			x &= o->value;
			break;
		case JSON_XOR:
			x ^= o->value;
			break;
		case JSON_LEFT:
			x = x << (unsigned)o->value & most;
			break;
		case JSON_RIGHT:
			x >>= (unsigned)o->value;
			break;
		}
	}
	return x;
}

static bool
wanted(const struct json_reader *r, const struct json_key *key, size_t start,
    packet_value x)
{
	x = forward(key, x);
	for (size_t i = start; i < r->span_count; i++)
		if (x >= r->spans[i].first && x <= r->spans[i].last)
			return true;
	return false;
}

static const struct spans *
pick(struct json_reader *r, const struct json_key *key, size_t start,
    const packet_value raw[], const packet_value value[], size_t count)
{
	struct span found[8];
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (wanted(r, key, start, raw[i]))
			found[n++] = (struct span){ value[i], value[i] };
	return spans_make(r->pool, found, n);
}

static const struct spans *
ct_states(struct json_reader *r, const struct json_key *key, size_t start)
{
	static const packet_value raw[] = { 1, 2, 4, 8, 64 };
	static const packet_value value[] = { CT_INVALID, CT_ESTABLISHED,
		CT_RELATED, CT_NEW, CT_UNTRACKED };

	return pick(r, key, start, raw, value, CT_STATES);
}

/* Frames that carry another one (VLAN, PPPoE, MPLS) may have IP inside. */
static enum json_got
families(struct json_reader *r, const struct json_key *key, size_t start,
    const struct spans **out)
{
	static const packet_value carriers[] = { 0x8100, 0x88a8, 0x8847, 0x8848,
		0x8863, 0x8864 };
	static const packet_value ether[] = { 0x0800, 0x86dd };
	static const packet_value nfproto[] = { 2, 10 };
	static const packet_value value[] = { 4, 6 };
	size_t i;

	if (key->kind == JSON_NFPROTO) {
		*out = pick(r, key, start, nfproto, value, 2);
		return JSON_OK;
	}
	for (i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
		if (wanted(r, key, start, carriers[i]))
			return JSON_UNKNOWN;
	*out = pick(r, key, start, ether, value, 2);
	return JSON_OK;
}

/* Of a byte, or of the ten bits of a status. */
static const struct spans *
small(struct json_reader *r, const struct json_key *key, size_t start,
    unsigned count)
{
	struct span found[1024];
	size_t n = 0;

	for (packet_value x = 0; x < count; x++)
		if (wanted(r, key, start, x))
			found[n++] = (struct span){ x, x };
	return spans_make(r->pool, found, n);
}

enum json_got
json_spans(struct json_reader *r, const struct json_key *key, size_t start,
    const struct spans **out)
{
	enum json_got got = JSON_OK;

	if (key->kind == JSON_CT_STATE)
		*out = ct_states(r, key, start);
	else if (key->kind == JSON_ETHER_TYPE || key->kind == JSON_NFPROTO)
		got = families(r, key, start, out);
	else if (r->span_count == start)
		*out = &spans_nothing;
	else if (key->operation_count == 0)
		*out = spans_make(r->pool, r->spans + start,
		    r->span_count - start);
	else if (key->kind == JSON_CT_STATUS)
		*out = small(r, key, start, 1024);
	else if (json_kind_width(key->kind) == 8)
		*out = small(r, key, start, 256);
	else
		got = backward(r, key, start, out);
	r->span_count = start;
	return got;
}
