/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which values of a field a comparison of its bytes lets pass, through masks
 * and turned around as they may be. Fields of few values are tried one by one.
 */
#include <endian.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ruleset_bytecode.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SPANS_MOST 4096 /* that a mask with holes may stand for */

/* The bytes of a field that is a number, lowest index first as in memory. */
static void
bytes_of(enum codec codec, size_t length, uint64_t number, uint8_t *out)
{
	const bool host = codec == CODEC_HOST || codec == CODEC_INDEX ||
	    codec == CODEC_STATE || codec == CODEC_STATUS;

	for (size_t i = 0; i < length; i++) {
		size_t at = host && BYTE_ORDER == LITTLE_ENDIAN ?
		    i :
		    length - 1 - i;

		out[at] = i < 8 ? (uint8_t)(number >> 8 * i) : 0;
	}
}

/* Whether the field with these bytes lies within from..to in registers. */
static bool
passes(const struct piece *p, const uint8_t *field, const uint8_t *from,
    const uint8_t *to)
{
	uint8_t seen[CODE_BYTES];

	for (size_t i = 0; i < p->count; i++)
		seen[i] = (field[p->index[i]] & p->mask[i]) ^ p->flip[i];
	return memcmp(seen, from, p->count) >= 0 &&
	    memcmp(seen, to, p->count) <= 0;
}

/* Values found one by one; neighbours are joined as they come. */
struct found {
	struct span *items;
	size_t count, capacity;
};

static void
found_add(struct found *f, packet_value v)
{
	if (f->count > 0 && f->items[f->count - 1].last + 1 == v) {
		f->items[f->count - 1].last = v;
		return;
	}
	f->items = mem_grow(f->items, &f->capacity, f->count,
	    sizeof(*f->items));
	f->items[f->count++] = (struct span){ v, v };
}

/* Numbers of few values: tried one after another. What a number stands for may
 * be another value; false: for something that cannot be told. */
static bool
try_all(const struct machine *m, const struct piece *p, const uint8_t *from,
    const uint8_t *to, struct found *out)
{
	static const uint8_t states[] = { 1, 2, 4, 8, 64 };
	static const enum ct_state named[] = { CT_INVALID, CT_ESTABLISHED,
		CT_RELATED, CT_NEW, CT_UNTRACKED };
	/* Frames that may carry one of ours in another one. */
	static const uint16_t wrapped[] = { ETH_P_8021Q, ETH_P_8021AD,
		ETH_P_PPP_DISC, ETH_P_PPP_SES, ETH_P_MPLS_UC, ETH_P_MPLS_MC };
	uint8_t bytes[FIELD_BYTES];
	size_t i;

#define TRY(number, value)                                      \
	do {                                                    \
		bytes_of(p->codec, p->length, (number), bytes); \
		if (passes(p, bytes, from, to))                 \
			found_add(out, (value));                \
	} while (0)
	switch (p->codec) {
	case CODEC_INDEX:
		for (i = 0; i < m->w->link_count; i++)
			TRY(m->w->links[i].index,
			    packet_value_of_name(m->w->links[i].name));
		/* The index of none that is there now. */
		return out->count > 0 || memcmp(from, to, p->count) != 0;
	case CODEC_ETHERTYPE:
		for (i = 0; i < COUNT(wrapped); i++) {
			bytes_of(p->codec, p->length, wrapped[i], bytes);
			if (passes(p, bytes, from, to))
				return false;
		}
		TRY(ETH_P_IP, 4);
		TRY(ETH_P_IPV6, 6);
		return true;
	case CODEC_NFPROTO:
		TRY(NFPROTO_IPV4, 4);
		TRY(NFPROTO_IPV6, 6);
		return true;
	case CODEC_STATE:
		for (i = 0; i < COUNT(states); i++)
			TRY(states[i], named[i]);
		return true;
	case CODEC_STATUS:
		for (i = 0; i < 1024; i++)
			TRY(i, i);
		return true;
	case CODEC_WAY:
		TRY(0, 0);
		TRY(1, 1);
		return true;
	default:
		for (i = 0; i < (size_t)1 << 8 * p->length; i++)
			TRY(i, i);
		return true;
	}
#undef TRY
}

/* Bytes of the field in their order, nothing done to them: an interval. */
static bool
is_plain(const struct piece *p)
{
	if (p->codec == CODEC_HOST)
		for (size_t i = 0; i < p->count; i++) {
			if (p->count != p->length || p->mask[i] != 0xff ||
			    p->flip[i] != 0 ||
			    p->index[i] !=
				(BYTE_ORDER == LITTLE_ENDIAN ?
					p->count - 1 - i :
					i))
				return false;
		}
	else
		for (size_t i = 0; i < p->count; i++)
			if (p->index[i] != i || p->mask[i] != 0xff ||
			    p->flip[i] != 0)
				return false;
	return true;
}

static const struct spans *
plain_interval(const struct machine *m, const struct piece *p,
    const uint8_t *from, const uint8_t *to)
{
	packet_value first = 0, last = 0;
	bool ended = false;

	/* A name of an interface ends with its NUL; what follows is zeros. */
	if (p->length == FIELD_BYTES &&
	    (p->field == FIELD_IIF || p->field == FIELD_OIF) &&
	    memcmp(from, to, p->count) == 0)
		ended = memchr(from, '\0', p->count) != NULL;
	for (size_t i = 0; i < p->length; i++) {
		first = first << 8 | (i < p->count ? from[i] : 0x00);
		last = last << 8 | (i < p->count ? to[i] : ended ? 0x00 : 0xff);
	}
	return first <= last ? spans_one(m->w->pool, first, last) :
			       &spans_nothing;
}

/* Which bits of the field's number must be what; false: no value has them. */
static bool
ternary(const struct piece *p, const uint8_t *value, packet_value *mask,
    packet_value *bits)
{
	const bool host = p->codec == CODEC_HOST && BYTE_ORDER == LITTLE_ENDIAN;

	*mask = *bits = 0;
	for (size_t i = 0; i < p->count; i++) {
		const size_t index = p->index[i];
		const size_t shift = 8 * (host ? index : p->length - 1 - index);
		const uint8_t wanted = value[i] ^ p->flip[i];

		if ((wanted & ~p->mask[i]) != 0)
			return false;
		*mask |= (packet_value)p->mask[i] << shift;
		*bits |= (packet_value)wanted << shift;
	}
	return true;
}

/* The numbers with these bits under mask; of others those of may_be can be
 * set, the lowest of them in a row as an interval. */
static bool
spread(const struct machine *m, packet_value may_be, packet_value mask,
    packet_value bits, const struct spans **out)
{
	packet_value rest = may_be & ~mask, run = 0, sub = 0;
	struct span *items;
	size_t count = 1, n;

	while (
	    (rest & (run << 1 | 1)) == (run << 1 | 1) && (run << 1 | 1) != run)
		run = run << 1 | 1;
	rest &= ~run;
	for (packet_value left = rest; left != 0; left &= left - 1) {
		count *= 2;
		if (count > SPANS_MOST)
			return false;
	}
	items = mem_calloc(count, sizeof(*items));
	for (n = 0; n < count; n++) {
		items[n].first = bits | sub;
		items[n].last = bits | sub | run;
		sub = (sub - rest) & rest; /* the next subset of rest */
	}
	*out = spans_make(m->w->pool, items, count);
	free(items);
	return true;
}

/* The bits that can be set at all: of a mark those that some rule sets. */
static packet_value
bits_of(const struct machine *m, const struct piece *p)
{
	if (p->field == FIELD_MARK || p->field == FIELD_CT_MARK)
		return m->w->mark_bits;
	return p->length == FIELD_BYTES ?
	    ~(packet_value)0 :
	    ((packet_value)1 << 8 * p->length) - 1;
}

bool
field_values(const struct machine *m, const struct piece *p,
    const uint8_t *from, const uint8_t *to, const struct spans **out)
{
	packet_value mask, bits;
	struct found found = { 0 };
	bool ok;

	if (p->codec != CODEC_NUMBER && p->codec != CODEC_HOST) {
		ok = try_all(m, p, from, to, &found);
	} else if (is_plain(p)) {
		*out = plain_interval(m, p, from, to);
		return true;
	} else if (memcmp(from, to, p->count) == 0) {
		if (ternary(p, from, &mask, &bits))
			return spread(m, bits_of(m, p), mask, bits, out);
		*out = &spans_nothing;
		return true;
	} else {
		ok = p->length <= 2 && try_all(m, p, from, to, &found);
	}
	if (ok)
		*out = spans_make(m->w->pool, found.items, found.count);
	free(found.items);
	return ok;
}
