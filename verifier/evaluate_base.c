/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The base chains that packets of a way pass, in the order of the kernel:
 * hook by hook, by priority within a hook. Ingress of a device is one hook
 * for netdev and inet tables. All nat chains of a hook run at the priority of
 * the kernel's own nat hook, whatever they say; their own priority orders
 * them among themselves.
 *
 * Source: include/uapi/linux/netfilter_ipv4.h and netfilter_bridge.h for the
 * priorities, net/netfilter/nf_nat_core.c (nf_nat_register_fn). A device's
 * ingress chain sees the frames of that device alone: what a VLAN or a bridge
 * above it is called there is not followed.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate_internal.h"

#define PRIORITY_CONNTRACK (-200)
#define PRIORITY_DNAT (-100)
#define PRIORITY_SNAT 100

/* The hooks of a way in order; HOOK_NONE is the routing decision. */
static const enum hook forward_hooks[] = {
	HOOK_INGRESS,
	HOOK_PREROUTING,
	HOOK_NONE,
	HOOK_FORWARD,
	HOOK_POSTROUTING,
	HOOK_EGRESS,
};
static const enum hook input_hooks[] = {
	HOOK_INGRESS,
	HOOK_PREROUTING,
	HOOK_NONE,
	HOOK_INPUT,
};
static const enum hook bridge_hooks[] = {
	HOOK_INGRESS,
	HOOK_PREROUTING,
	HOOK_FORWARD,
	HOOK_POSTROUTING,
	HOOK_EGRESS,
};

static const struct {
	const enum hook *hooks;
	size_t count;
} ways[WAYS] = {
	[WAY_FORWARD] = { forward_hooks, 6 },
	[WAY_BRIDGE] = { bridge_hooks, 5 },
	[WAY_INPUT] = { input_hooks, 4 },
};

static bool
is_seen(const struct chain *chain, enum way way, int family, enum hook hook)
{
	if (chain->hook != hook || hook == HOOK_NONE || chain->table->dormant)
		return false;
	switch (chain->table->family) {
	case TABLE_NETDEV:
		return hook == HOOK_INGRESS || hook == HOOK_EGRESS;
	case TABLE_INET:
		return way != WAY_BRIDGE || hook == HOOK_INGRESS ||
		    hook == HOOK_EGRESS;
	case TABLE_IP:
		return way != WAY_BRIDGE && family == 4;
	case TABLE_IP6:
		return way != WAY_BRIDGE && family == 6;
	case TABLE_BRIDGE:
		return way == WAY_BRIDGE;
	default:
		return false;
	}
}

static int32_t
priority_of(const struct chain *chain)
{
	if (chain->type != CHAIN_NAT || chain->table->family == TABLE_BRIDGE)
		return chain->priority;
	return chain->hook == HOOK_PREROUTING ? PRIORITY_DNAT : PRIORITY_SNAT;
}

static int
compare_bases(const void *left, const void *right)
{
	const struct chain *a = ((const struct base *)left)->chain;
	const struct chain *b = ((const struct base *)right)->chain;
	int32_t pa = priority_of(a), pb = priority_of(b);

	if (pa != pb)
		return pa < pb ? -1 : 1;
	if ((a->type == CHAIN_NAT) != (b->type == CHAIN_NAT))
		return a->type == CHAIN_NAT ? 1 : -1;
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	/* Of equals what was registered last comes first (nf_hook_entries_grow
	 * in net/netfilter/core.c); rulesets list chains as they came. */
	return a->id > b->id ? -1 : a->id < b->id;
}

/* One nat chain of a family makes the kernel look translations up in all of
 * its hooks. */
static bool
has_nat(const struct ruleset *r, int family)
{
	for (size_t i = 0; i < r->chain_count; i++) {
		const struct chain *c = r->chains[i];
		const enum table_family f = c->table->family;

		if (c->hook != HOOK_NONE && c->type == CHAIN_NAT &&
		    !c->table->dormant &&
		    (f == TABLE_INET ||
			f == (family == 6 ? TABLE_IP6 : TABLE_IP)))
			return true;
	}
	return false;
}

static uint16_t
looked_up(const struct chain *chain, enum hook hook)
{
	const int32_t priority = chain ? priority_of(chain) : 0;
	uint16_t bits = 0;

	if (hook == HOOK_INGRESS)
		return 0;
	if (hook != HOOK_PREROUTING || priority > PRIORITY_DNAT)
		bits |= CT_STATUS_DESTINATION_DONE;
	if ((hook == HOOK_POSTROUTING || hook == HOOK_INPUT) &&
	    priority > PRIORITY_SNAT)
		bits |= CT_STATUS_SOURCE_DONE;
	return hook == HOOK_EGRESS ? bits | CT_STATUS_SOURCE_DONE : bits;
}

static void
set_place(struct base *base, enum way way, enum hook hook)
{
	base->in = hook != HOOK_EGRESS &&
	    !(way == WAY_BRIDGE && hook == HOOK_POSTROUTING);
	base->out = hook == HOOK_FORWARD || hook == HOOK_POSTROUTING ||
	    hook == HOOK_EGRESS;
	base->conntrack = CONNTRACK_BEHIND;
	if (hook == HOOK_INGRESS)
		base->conntrack = CONNTRACK_BEFORE;
	if (hook == HOOK_PREROUTING && base->chain) {
		int32_t priority = priority_of(base->chain);

		if (priority < PRIORITY_CONNTRACK)
			base->conntrack = CONNTRACK_BEFORE;
		/* Whichever was registered last comes first. */
		if (priority == PRIORITY_CONNTRACK)
			base->conntrack = CONNTRACK_AT;
	}
}

static void
add_hook(const struct evaluator *e, struct bases *bases, size_t *capacity,
    enum way way, int family, enum hook hook)
{
	const struct ruleset *r = e->ruleset;
	size_t first = bases->count;

	for (size_t i = 0; i < r->chain_count; i++) {
		if (!is_seen(r->chains[i], way, family, hook))
			continue;
		bases->items = mem_grow(bases->items, capacity, bases->count,
		    sizeof(*bases->items));
		bases->items[bases->count].chain = r->chains[i];
		set_place(&bases->items[bases->count], way, hook);
		bases->items[bases->count].looked_up = way != WAY_BRIDGE &&
			has_nat(r, family) ?
		    looked_up(r->chains[i], hook) :
		    0;
		bases->count++;
	}
	if (bases->count > first)
		qsort(bases->items + first, bases->count - first,
		    sizeof(*bases->items), compare_bases);
}

static void
add_routing(struct bases *bases, size_t *capacity)
{
	bases->items = mem_grow(bases->items, capacity, bases->count,
	    sizeof(*bases->items));
	bases->items[bases->count].chain = NULL;
	bases->items[bases->count].in = true;
	bases->items[bases->count].out = false;
	bases->items[bases->count].conntrack = CONNTRACK_BEHIND;
	bases->items[bases->count].looked_up = 0;
	bases->count++;
}

void
evaluate_base_all(struct evaluator *e)
{
	for (int way = 0; way < WAYS; way++)
		for (int f = 0; f < 2; f++) {
			struct bases *bases = &e->bases[way][f];
			size_t capacity = 0;

			for (size_t i = 0; i < ways[way].count; i++) {
				enum hook hook = ways[way].hooks[i];

				if (hook == HOOK_NONE)
					add_routing(bases, &capacity);
				else
					add_hook(e, bases, &capacity,
					    (enum way)way, f ? 6 : 4, hook);
			}
		}
}

void
evaluate_base_free(struct evaluator *e)
{
	for (int way = 0; way < WAYS; way++)
		for (int f = 0; f < 2; f++)
			free(e->bases[way][f].items);
}

size_t
evaluate_chains(const struct evaluator *e, enum way way, int family,
    const struct chain **out, size_t max)
{
	const struct bases *bases = &e->bases[way][family == 6];
	size_t count = 0;

	for (size_t i = 0; i < bases->count; i++) {
		if (!bases->items[i].chain)
			continue;
		if (count < max)
			out[count] = bases->items[i].chain;
		count++;
	}
	return count < max ? count : max;
}
