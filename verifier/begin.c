/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See begin.h. Tables alone: no packet is looked at here. */
#include "begin.h"

#define TCP 6
#define ICMP 1u
#define ICMP6 58u
#define FIN 1u
#define SYN 2u
#define RST 4u
#define ACK 16u

static bool
begins(unsigned flags)
{
	const unsigned which = flags & (FIN | SYN | RST | ACK);

	return which == SYN || which == ACK;
}

static const struct spans *
flags_that(struct pool *p, bool begin)
{
	struct span items[256];
	size_t n = 0;

	for (unsigned flags = 0; flags < 256; flags++)
		if (begins(flags) == begin)
			items[n++] = (struct span){ flags, flags };
	return spans_make(p, items, n);
}

const struct spans *
begin_flags(struct pool *p)
{
	return flags_that(p, true);
}

const struct spans *
begin_not_flags(struct pool *p)
{
	return flags_that(p, false);
}

const struct spans *
begin_types(struct pool *p, int family)
{
	static const struct span v4[] = { { 8, 8 }, { 13, 13 }, { 15, 15 },
		{ 17, 17 } };
	static const struct span v6[] = { { 128, 128 }, { 139, 139 } };

	return family == 4 ? spans_make(p, v4, 4) : spans_make(p, v6, 2);
}

const struct spans *
begin_protocols(struct pool *p, int family)
{
	const packet_value other = family == 6 ? ICMP : ICMP6;

	return spans_subtract(p, NULL, spans_one(p, other, other), UINT8_MAX);
}

const struct spans *
begin_untracked_types(struct pool *p, int family)
{
	static const struct span v6[] = { { 130, 136 }, { 143, 143 } };

	return family == 4 ? &spans_nothing : spans_make(p, v6, 2);
}

const struct spans *
begin_not_types(struct pool *p, int family)
{
	const struct spans *out = spans_subtract(p, NULL,
	    begin_types(p, family), UINT8_MAX);

	return spans_subtract(p, out, begin_untracked_types(p, family),
	    UINT8_MAX);
}

static enum ct_state
state_of(struct pool *p, int family, packet_value protocol,
    const struct spans *flags, const struct spans *types)
{
	if (protocol == TCP && flags && flags->count > 0 &&
	    spans_cover(begin_not_flags(p), flags, UINT8_MAX))
		return CT_INVALID;
	if (protocol != (family == 6 ? ICMP6 : ICMP) || !types || !types->count)
		return CT_NEW;
	if (spans_cover(begin_not_types(p, family), types, UINT8_MAX))
		return CT_INVALID;
	if (spans_cover(begin_untracked_types(p, family), types, UINT8_MAX))
		return CT_UNTRACKED;
	return CT_NEW;
}

const struct spans *
begin_state(struct pool *p, const struct box *box, const struct spans *flags,
    const struct spans *types)
{
	const struct spans *protocol = box->dims[DIM_PROTOCOL];
	enum ct_state state = CT_NEW;

	if (protocol && protocol->count == 1 &&
	    protocol->items[0].first == protocol->items[0].last)
		state = state_of(p, spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4,
		    protocol->items[0].first, flags, types);
	return spans_one(p, state, state);
}
