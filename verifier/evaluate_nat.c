/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Translation of destinations, and where packets are routed after it. The
 * box keeps the wire's destination; the new one stands beside it: a range to
 * choose from (the kernel takes any of it), or for a netmap the wire's own
 * moved by a distance, so that what is asked of one narrows the other.
 *
 * Source: kernel nf_nat_core.c (nf_nat_setup_info sets IPS_DST_NAT only when
 * something changes), nft_nat.c (netmap), nf_nat_redirect.c.
 */
#include "evaluate_internal.h"

#define NETMAP_BLOCKS_MAX 1024 /* beyond: any address of the network */

#define STATUSES_MAX 4 /* that a new packet can have, one by one */

static bool
is_one(const struct spans *s)
{
	return s && s->count == 1 && s->items[0].first == s->items[0].last;
}

static const struct spans *
status_of(struct run *r, int dnat)
{
	if (dnat >= 0)
		return spans_one(r->pool, dnat ? CT_STATUS_DNAT : 0,
		    dnat ? CT_STATUS_DNAT : 0);
	return spans_make(r->pool,
	    (struct span[]){ { 0, 0 }, { CT_STATUS_DNAT, CT_STATUS_DNAT } }, 2);
}

/* s, with its new destination, is done with its base chain. dnat: whether
 * the status says translated; -1: nobody knows. */
static void
finish(struct run *r, struct state *s, const struct rule *rule, int dnat)
{
	s->translated = true;
	s->translated_by = rule;
	if (r->e->tests_status)
		*evaluate_axis(s, AXIS_CT_STATUS) = status_of(r, dnat);
	if (evaluate_decide(r, s, ACTION_ACCEPT, rule))
		evaluate_push(r, s);
}

static void
set_destination(struct run *r, struct state *s, const struct change *c)
{
	packet_value most = evaluate_axis_most(s, (enum axis)DIM_NEW_DADDR);

	if (c->address) {
		s->box.dims[DIM_NEW_DADDR] = spans_intersect(r->pool,
		    c->address, spans_one(r->pool, 0, most));
		s->address_new = true;
		s->address_choice = !is_one(c->address);
	}
	if (c->port) {
		s->box.dims[DIM_NEW_DPORT] = c->port;
		s->port_new = true;
		s->port_choice = !is_one(c->port);
	}
}

/* Whether packets that had the new destination already could be among them:
 * for those nothing changes. */
static bool
may_stay(const struct state *s, const struct change *c)
{
	return (!c->address ||
		   evaluate_touch(s->box.dims[DIM_DADDR], c->address)) &&
	    (!c->port || evaluate_touch(s->box.dims[DIM_DPORT], c->port));
}

/* One destination for all: those that had it already are apart. */
static void
translate_to_one(struct run *r, const struct state *s, const struct change *c,
    const struct rule *rule)
{
	static const enum dimension parts[] = { DIM_DADDR, DIM_DPORT };
	const struct spans *want[] = { c->address, c->port };
	struct state left = *s, copy;

	for (size_t i = 0; i < 2; i++) {
		const struct spans *have = left.box.dims[parts[i]], *out;

		if (!want[i])
			continue;
		out = spans_subtract(r->pool, have, want[i],
		    evaluate_axis_most(s, (enum axis)parts[i]));
		if (!out || out->count) {
			copy = left;
			copy.rest = true;
			copy.box.dims[parts[i]] = out;
			set_destination(r, &copy, c);
			finish(r, &copy, rule, 1);
		}
		left.box.dims[parts[i]] = spans_intersect(r->pool, have,
		    want[i]);
	}
	set_destination(r, &left, c);
	finish(r, &left, rule, 0);
}

/* A destination, or one of a range. */
static void
translate_plain(struct run *r, const struct state *s, const struct change *c,
    const struct rule *rule)
{
	struct state copy = *s;

	if (r->e->tests_status && may_stay(s, c) &&
	    (!c->address || is_one(c->address)) &&
	    (!c->port || is_one(c->port))) {
		translate_to_one(r, s, c, rule);
		return;
	}
	set_destination(r, &copy, c);
	finish(r, &copy, rule, may_stay(s, c) ? -1 : 1);
}

/* The packets of one block of the size of the new network. */
static void
translate_block(struct run *r, const struct state *s,
    const struct spans *addresses, packet_value from, const struct change *c,
    const struct rule *rule)
{
	const struct span *network = &c->address->items[0];
	struct change port = { .port = c->port };
	struct state copy = *s;

	copy.box.dims[DIM_DADDR] = addresses;
	copy.rest = copy.shifted = true;
	copy.shift_from = from;
	copy.shift_to = network->first;
	copy.shift_size = network->last - network->first;
	/* The same network: only a port can make it another destination. */
	if (from == network->first) {
		translate_plain(r, &copy, &port, rule);
		return;
	}
	set_destination(r, &copy, &port);
	finish(r, &copy, rule, 1);
}

static bool
is_network(const struct spans *address)
{
	packet_value size;

	if (!address || address->count != 1)
		return false;
	size = address->items[0].last - address->items[0].first;
	return (size & (size + 1)) == 0 && !(address->items[0].first & size);
}

/* How many blocks of a network's size the destinations lie in, at most
 * NETMAP_BLOCKS_MAX + 1. */
static size_t
count_blocks(const struct spans *have, packet_value size)
{
	packet_value count = 0;

	for (size_t i = 0; i < have->count; i++) {
		count += (have->items[i].last & ~size) / (size + 1) -
		    (have->items[i].first & ~size) / (size + 1) + 1;
		if (count > NETMAP_BLOCKS_MAX)
			break;
	}
	return (
	    size_t)(count > NETMAP_BLOCKS_MAX ? NETMAP_BLOCKS_MAX + 1 : count);
}

static bool
translate_network(struct run *r, const struct state *s, const struct change *c,
    const struct rule *rule)
{
	const struct spans *have = s->box.dims[DIM_DADDR];
	packet_value size, block, next = 0;

	if (!is_network(c->address))
		return false;
	size = c->address->items[0].last - c->address->items[0].first;
	if (!have)
		have = spans_one(r->pool, 0,
		    evaluate_axis_most(s, (enum axis)DIM_DADDR));
	if (size + 1 == 0 || count_blocks(have, size) > NETMAP_BLOCKS_MAX)
		return false;
	for (size_t i = 0; i < have->count && !r->stop; i++) {
		block = have->items[i].first & ~size;
		if (i && block < next)
			block = next;
		for (; block <= have->items[i].last; block += size + 1) {
			translate_block(r, s,
			    spans_intersect(r->pool, have,
				spans_one(r->pool, block, block + size)),
			    block, c, rule);
			next = block + size + 1;
			if (!next || r->stop)
				return true;
		}
	}
	return true;
}

static void
redirect(struct run *r, const struct state *s, const struct change *c,
    const struct rule *rule)
{
	struct state copy = *s;
	struct change ports = { .port = c->port };

	set_destination(r, &copy, &ports);
	/* The address is one of the firewall's own. */
	copy.box.dims[DIM_NEW_DADDR] = spans_one(r->pool, 0,
	    evaluate_axis_most(s, (enum axis)DIM_NEW_DADDR));
	copy.address_new = copy.address_choice = true;
	copy.redirected = true;
	finish(r, &copy, rule, may_stay(s, &ports) ? -1 : 1);
}

void
evaluate_translate(struct run *r, const struct state *s,
    const struct statement *statement, const struct change *change)
{
	const struct rule *rule =
	    r->slice->programs[s->chain->id].rules[s->position]->rule;
	struct change every = { .prefix = false };

	if (statement->redirects) {
		redirect(r, s, change, rule);
		return;
	}
	if (statement->target_unknown) {
		every.address = spans_one(r->pool, 0,
		    evaluate_axis_most(s, (enum axis)DIM_NEW_DADDR));
		every.port = spans_one(r->pool, 0, UINT16_MAX);
		change = &every;
	}
	if (change->prefix && translate_network(r, s, change, rule))
		return;
	translate_plain(r, s, change, rule);
}

/* Whether the status says so depends on what the source was by chance. */
void
evaluate_translate_source(struct run *r, struct state *s)
{
	const struct spans **status = evaluate_axis(s, AXIS_CT_STATUS);
	struct span items[2 * STATUSES_MAX];
	size_t count = 0;

	s->source_new = true;
	*evaluate_axis(s, AXIS_SOURCE) = NULL;
	*evaluate_axis(s, AXIS_SOURCE_PORT) = NULL;
	if (!r->e->tests_status || !*status || (*status)->count > STATUSES_MAX)
		return;
	for (size_t i = 0; i < (*status)->count; i++) {
		packet_value v = (*status)->items[i].first;

		items[count].first = items[count].last = v;
		count++;
		items[count].first = items[count].last = v | CT_STATUS_SNAT;
		count++;
	}
	*status = spans_make(r->pool, items, count);
}

void
evaluate_destination(struct run *r, struct state *s, struct box *out)
{
	const struct spans *have = s->box.dims[DIM_DADDR];
	struct span *moved;

	*out = s->box;
	if (!s->translated) {
		out->dims[DIM_NEW_DADDR] = out->dims[DIM_NEW_DPORT] = NULL;
		return;
	}
	if (!s->port_new)
		out->dims[DIM_NEW_DPORT] = out->dims[DIM_DPORT];
	if (s->address_new)
		return;
	out->dims[DIM_NEW_DADDR] = have;
	if (!s->shifted)
		return;
	moved = pool_take(r->pool, have->count * sizeof(*moved));
	for (size_t i = 0; i < have->count; i++) {
		moved[i].first = have->items[i].first - s->shift_from +
		    s->shift_to;
		moved[i].last = have->items[i].last - s->shift_from +
		    s->shift_to;
	}
	out->dims[DIM_NEW_DADDR] = spans_make(r->pool, moved, have->count);
}

/* ---- routing */

/* Wire's destinations that a netmap moves into (or out of) a set. */
static const struct spans *
moved_back(struct run *r, const struct state *s, const struct spans *set)
{
	const struct spans *in = spans_intersect(r->pool, set,
	    spans_one(r->pool, s->shift_to, s->shift_to + s->shift_size));
	struct span *items = pool_take(r->pool,
	    (in->count + 1) * sizeof(*items));

	for (size_t i = 0; i < in->count; i++) {
		items[i].first = in->items[i].first - s->shift_to +
		    s->shift_from;
		items[i].last = in->items[i].last - s->shift_to + s->shift_from;
	}
	return spans_make(r->pool, items, in->count);
}

/* Of what was sent to another address: that whose new one is of the set, and
 * that whose is not. A range to choose from may give both. */
struct parted {
	struct state in, out;
	bool any_in, any_out;
};

static struct parted
part_by(struct run *r, const struct state *s, const struct spans *set)
{
	const enum dimension d = s->shifted ? DIM_DADDR : DIM_NEW_DADDR;
	const packet_value most = evaluate_axis_most(s, (enum axis)d);
	const struct spans *have = s->box.dims[d], *left;
	struct parted p = { .in = *s, .out = *s };

	if (s->shifted)
		set = moved_back(r, s, set);
	p.in.box.dims[d] = spans_intersect(r->pool, have, set);
	left = spans_subtract(r->pool, have, set, most);
	p.out.box.dims[d] = left;
	p.any_in = p.in.box.dims[d]->count > 0;
	p.any_out = !left || left->count > 0;
	if (p.any_in && p.any_out && !s->shifted)
		p.in.free = p.out.free = true;
	return p;
}

/* Nobody knows the firewall's addresses: what was sent to the one it was for
 * comes in, all else may. */
static bool
routed_somewhere(struct run *r, struct state *s)
{
	const struct spans *have, *want, *left;
	struct state rest = *s;

	if (!s->shifted && is_one(s->box.dims[DIM_NEW_DADDR])) {
		have = s->box.dims[DIM_DADDR];
		want = s->box.dims[DIM_NEW_DADDR];
		left = spans_subtract(r->pool, have, want,
		    evaluate_axis_most(s, (enum axis)DIM_DADDR));
		if (!left || left->count) {
			rest.box.dims[DIM_DADDR] = left;
			rest.free = true;
			rest.rest = true;
			evaluate_push(r, &rest);
			evaluate_leaf(r, &rest, false);
		}
		s->box.dims[DIM_DADDR] = spans_intersect(r->pool, have, want);
		return s->box.dims[DIM_DADDR]->count > 0 && !r->stop;
	}
	s->free = true;
	rest.free = true;
	evaluate_leaf(r, &rest, false);
	return !r->stop;
}

/* Another address than the wire's was given. */
static bool
is_sent(const struct state *s)
{
	return s->translated && !s->redirected &&
	    (s->address_new || (s->shifted && s->shift_from != s->shift_to));
}

/* To the firewall itself: what was sent elsewhere does not come there. */
static bool
routed_inside(struct run *r, struct state *s, const struct spans *own)
{
	struct parted p;

	if (!is_sent(s))
		return true;
	if (!own)
		return routed_somewhere(r, s);
	p = part_by(r, s, own);
	if (p.any_out)
		evaluate_leaf(r, &p.out, false);
	if (!p.any_in || r->stop)
		return false;
	*s = p.in;
	s->redirected = true;
	return true;
}

bool
evaluate_routed(struct run *r, struct state *s)
{
	const bool six = s->box.dims[DIM_FAMILY] &&
	    spans_has(s->box.dims[DIM_FAMILY], 6);
	const struct spans *own = r->e->own[six];
	struct parted p;

	s->base++;
	if (r->w->way == WAY_INPUT)
		return routed_inside(r, s, own);
	if (own && r->w->way == WAY_FORWARD && is_sent(s)) {
		p = part_by(r, s, own);
		if (p.any_in) {
			p.in.redirected = true;
			evaluate_leaf(r, &p.in, false);
		}
		*s = p.out;
		return p.any_out && !r->stop;
	}
	if (!s->redirected)
		return true;
	evaluate_leaf(r, s, false);
	return false;
}
