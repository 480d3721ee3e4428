/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-14: who may open a connection to the firewall itself. Everything but the
 * control protocols that the judge lets pass (judge.c) needs a conduit to the
 * pseudo-zone "firewall"; zones of tier management may. Where nothing filters
 * what comes in, that is said once a family and not for every zone.
 */
#include <stdio.h>

#include "audit_look.h"

#define RULES_TOLD_MAX 16  /* of one zone and family; then counted */
#define CONDITIONS_MAX 256 /* boxes of one rule's condition */

/* As judge.c has them: routing, redundancy and configuration of addresses. */
static const struct span control_protocols[] = { { 1, 2 }, { 58, 58 },
	{ 88, 89 }, { 103, 103 }, { 112, 112 } };
static const struct span control_ports[] = { { 67, 68 }, { 520, 521 },
	{ 546, 547 }, { 1985, 1985 }, { 2029, 2029 }, { 3784, 3785 } };

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define UDP 17

/* ---- packets that need a conduit */

/* Those of base that are no control traffic. */
void
look_uncontrolled(struct pool *p, const struct box *base,
    struct look_boxes *out)
{
	const struct spans *control = spans_make(p, control_protocols,
	    COUNT_OF(control_protocols));
	const struct spans *udp = spans_one(p, UDP, UDP);
	struct box narrow = { { NULL } }, box;

	narrow.dims[DIM_PROTOCOL] = spans_subtract(p,
	    spans_subtract(p, NULL, control, dimension_most(DIM_PROTOCOL)), udp,
	    dimension_most(DIM_PROTOCOL));
	if (box_intersect(p, base, &narrow, &box))
		look_add(out, &box);
	narrow.dims[DIM_PROTOCOL] = udp;
	narrow.dims[DIM_DPORT] = spans_subtract(p, NULL,
	    spans_make(p, control_ports, COUNT_OF(control_ports)),
	    dimension_most(DIM_DPORT));
	if (box_intersect(p, base, &narrow, &box))
		look_add(out, &box);
}

/* A conduit to all addresses of the firewall is one to whatever address it
 * has: on the input hook none else can be meant. */
static void
take_declared(struct audit *a, const struct zone *from, int family,
    struct pool *p, struct look_boxes *boxes)
{
	const struct zone *firewall = &a->m->firewall_zone;
	const struct spans *own = space_addresses(a, firewall, family);
	const struct declared *list;
	const size_t n = space_declared(a, from, firewall, family, p, &list);

	for (size_t i = 0; i < n; i++) {
		struct box box = list[i].box;

		if (spans_equal(box.dims[DIM_DADDR], own))
			box.dims[DIM_DADDR] = NULL;
		box.dims[DIM_OIF] = NULL;
		look_subtract(p, boxes, &box);
	}
}

/* ---- one zone */

struct managing {
	struct audit *a;
	const struct zone *from;
	struct pool *pool; /* borrowed */
	int family;
	const struct look_boxes *undeclared;
	const struct rule *told[RULES_TOLD_MAX];
	size_t told_count, beyond;
	bool invalid; /* asks for packets without a connection */
};

/* The rule of the input hook that lets the witness in. */
static const struct rule *
rule_of(const struct audit_finding *f)
{
	for (size_t i = f->rule_count; i-- > 0;)
		if (f->rules[i].rule != NULL)
			return f->rules[i].rule;
	return NULL;
}

static bool
was_told(const struct managing *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->told_count; i++)
		if (m->told[i] == rule)
			return true;
	return false;
}

static bool
is_undeclared(const struct managing *m, const struct point *x)
{
	for (size_t i = 0; i < m->undeclared->count; i++)
		if (box_has(&m->undeclared->items[i], x))
			return true;
	return false;
}

static bool
comes_in(const struct managing *m, const struct point *x)
{
	struct pool *p = pool_new();
	struct fates fates;

	evaluate_point(m->a->evaluator, WAY_INPUT, x, p, &fates);
	pool_free(p);
	return fates.possibly_accepted && !fates.leaf.translated;
}

/* The packet to an address that the firewall is declared to have, that of the
 * zone's own side first, where the rules do not mind; else as it is. */
static struct point
to_declared_address(const struct managing *m, const struct point *x)
{
	const struct firewall *f = m->a->firewall;
	struct point best = *x;
	bool found = false;

	for (size_t i = 0; f != NULL && i < f->address_count; i++) {
		const struct addr *to = &f->addresses[i];
		const bool near = prefix_set_contains(&m->from->networks, to);
		struct point y = *x;

		if (to->family != m->family || (found && !near))
			continue;
		y.at[DIM_DADDR] = packet_value_of_addr(to);
		if (!is_undeclared(m, &y) || !comes_in(m, &y))
			continue;
		best = y;
		found = true;
		if (near)
			break;
	}
	return best;
}

/* Adds what one packet shows, unless its rule was told. */
static void
tell_point(struct managing *m, const struct point *x, bool new_destination)
{
	struct audit_finding *f = look_finding(m->a, CHECK_FWR_14, WAY_INPUT,
	    x);
	const struct rule *rule;

	if (f == NULL)
		return;
	rule = rule_of(f);
	if (was_told(m, rule) || m->told_count == RULES_TOLD_MAX) {
		m->beyond += !was_told(m, rule);
		m->a->finding_count--;
		return;
	}
	if (new_destination) {
		f->witness.at[DIM_NEW_DADDR] = x->at[DIM_NEW_DADDR];
		f->witness.at[DIM_NEW_DPORT] = x->at[DIM_NEW_DPORT];
	}
	m->told[m->told_count++] = rule;
	f->from = m->from;
	f->to = &m->a->m->firewall_zone;
	f->family = m->family;
	audit_say(m->a, f, m->invalid ? W_MANAGE_INVALID : W_MANAGE_OPEN, 1,
	    m->from->name);
}

static bool
tell_open(void *context, const struct look *l)
{
	struct managing *m = context;
	const struct point x = to_declared_address(m, &l->x);

	tell_point(m, &x, false);
	return true;
}

/* ---- what is translated, by where it leads */

/* The firewall's addresses that a redirect takes, as far as they are known:
 * the one of the interface that it came in by. */
static const struct spans *
near_addresses(const struct managing *m, struct pool *p)
{
	const struct spans *own = space_addresses(m->a, &m->a->m->firewall_zone,
	    m->family);
	const struct firewall *f = m->a->boundary->firewall;
	const struct spans *near = &spans_nothing;

	for (size_t i = 0; f != NULL && i < f->address_count; i++) {
		const packet_value v = packet_value_of_addr(&f->addresses[i]);

		if (f->addresses[i].family == m->family &&
		    prefix_set_contains(&m->from->networks, &f->addresses[i]))
			near = spans_union(p, near, spans_one(p, v, v));
	}
	return near->count > 0 ? near : own->count > 0 ? own : NULL;
}

/* Of any destination that of the firewall's near side. */
static void
take_near(struct managing *m, struct box *wire)
{
	const struct spans *near = near_addresses(m, m->pool);
	const struct spans *both = near == NULL ?
	    &spans_nothing :
	    spans_intersect(m->pool, wire->dims[DIM_DADDR], near);

	if (both->count > 0)
		wire->dims[DIM_DADDR] = both;
}

static bool
tell_translated(void *context, const struct leaf *leaf)
{
	struct managing *m = context;
	const struct pool_mark mark = pool_mark(m->pool);
	struct box last, narrow = { { NULL } }, left, wire;

	if (!leaf->accepted || !leaf->translated)
		return true;
	last = space_of_leaf(leaf);
	last.dims[DIM_OIF] = NULL;
	if (leaf->redirected)
		narrow.dims[DIM_DADDR] = near_addresses(m, m->pool);
	if (!box_intersect(m->pool, &last, &narrow, &last))
		last = space_of_leaf(leaf);
	for (size_t i = 0; i < m->undeclared->count; i++) {
		struct point x;

		if (!box_intersect(m->pool, &last, &m->undeclared->items[i],
			&left))
			continue;
		wire = space_before(m->pool, leaf, &left);
		if (leaf->redirected)
			take_near(m, &wire);
		box_pick(&wire, &x);
		tell_point(m, &x, true);
		break;
	}
	pool_release(m->pool, mark);
	return true;
}

static bool
changes_destination(const struct rule *rule)
{
	for (size_t k = 0; k < rule->statement_count; k++)
		if (rule->statements[k].kind == STATEMENT_DNAT)
			return true;
	return false;
}

/* Packets of base that a rule may give a new destination. False: undecided. */
static bool
ask_translated(struct managing *m, const struct rule *rule,
    const struct box *base)
{
	struct audit *a = m->a;
	struct box *conditions = pool_take(m->pool,
	    CONDITIONS_MAX * sizeof(*conditions));
	bool done = true;
	size_t n;

	(void)evaluate_condition(a->evaluator, rule, m->pool, conditions,
	    CONDITIONS_MAX, &n);
	for (size_t i = 0; i < n && done; i++) {
		struct budget budget = audit_budget(a);
		struct walk w = { .way = WAY_INPUT,
			.budget = &budget,
			.leaf = tell_translated,
			.context = m };
		struct slice *slice;
		struct box box;

		/* Its state may not yet be known there. */
		conditions[i].dims[DIM_OIF] = NULL;
		conditions[i].dims[DIM_CT_STATE] = NULL;
		conditions[i].dims[DIM_CT_DIRECTION] = NULL;
		if (!box_intersect(m->pool, &conditions[i], base, &box))
			continue;
		slice = evaluate_slice(a->evaluator, NULL, WAY_INPUT, &box);
		w.slice = slice;
		done = evaluate_walk(a->evaluator, &w, &box) != WALK_UNDECIDED;
		evaluate_slice_free(slice);
	}
	return done;
}

static bool
audit_translated(struct managing *m, const struct box *base)
{
	const struct ruleset *r = m->a->ruleset;
	bool done = true;

	for (size_t i = 0; i < r->rule_count; i++) {
		const struct pool_mark mark = pool_mark(m->pool);

		if (changes_destination(r->rules[i]))
			done &= ask_translated(m, r->rules[i], base);
		pool_release(m->pool, mark);
	}
	return done;
}

/* Packets of TCP without a connection, in rules that were not told of yet:
 * ICMP is control traffic anyway. */
static bool
audit_invalid(struct managing *m, const struct box *base, struct pool *p)
{
	struct look_boxes boxes = { 0 };
	struct box of[SPACE_INVALID_MAX];
	bool done = true;

	if (m->a->ruleset->source == RULESET_NEUTRAL)
		return true;
	(void)space_invalid(base, p, of);
	look_add(&boxes, &of[0]);
	take_declared(m->a, m->from, m->family, p, &boxes);
	m->undeclared = &boxes;
	m->invalid = true;
	for (size_t i = 0; i < boxes.count; i++)
		done &= look_accepting(m->a, WAY_INPUT, m->family,
			    &boxes.items[i], tell_open, m) != WALK_UNDECIDED;
	look_boxes_fini(&boxes);
	return done;
}

static void
audit_zone(struct audit *a, const struct zone *from, const struct box *box,
    struct pool *p)
{
	struct managing m = { .a = a,
		.from = from,
		.pool = p,
		.family = spans_has(box->dims[DIM_FAMILY], 6) ? 6 : 4 };
	struct look_boxes boxes = { 0 };
	bool open = false;
	char number[24];

	look_uncontrolled(p, box, &boxes);
	take_declared(a, from, m.family, p, &boxes);
	m.undeclared = &boxes;
	for (size_t i = 0; i < boxes.count; i++)
		open |= look_accepting(a, WAY_INPUT, m.family, &boxes.items[i],
			    tell_open, &m) == WALK_UNDECIDED;
	open |= !audit_translated(&m, box);
	look_boxes_fini(&boxes);
	open |= !audit_invalid(&m, box, p);
	if (m.beyond > 0) {
		(void)snprintf(number, sizeof(number), "%zu", m.beyond);
		audit_add_note(a, W_MANAGE_MORE, 2, from->name, number);
	}
	if (open)
		audit_add_undecided(a, CHECK_FWR_14, from, &a->m->firewall_zone,
		    NULL, W_MANAGE_UNDECIDED, 1, from->name);
}

/* ---- what no rule decides */

struct unfiltered {
	struct audit *a;
	struct point x;
	bool found;
};

static bool
is_of_policies(const struct audit_finding *f)
{
	for (size_t i = 0; i < f->rule_count; i++)
		if (f->rules[i].rule != NULL)
			return false;
	return true;
}

static bool
by_policy(void *context, const struct look *l)
{
	struct unfiltered *u = context;

	if (l->rule == NULL) {
		u->x = l->x;
		u->found = true;
	}
	return true;
}

/* Whether what no rule names is let in; said once. */
static bool
tell_default(struct audit *a, int family, struct pool *p)
{
	const packet_value lo = packet_value_of_name("lo");
	struct box everything = look_everything(p, family);
	struct unfiltered u = { .a = a };
	struct look_boxes boxes = { 0 };
	const struct chain *chains[LOOK_CHAINS_MAX];
	const size_t n = look_chains(a, WAY_INPUT, family, chains);
	struct audit_finding *f = NULL;
	bool drops = false;

	for (size_t i = 0; i < n; i++)
		drops |= chains[i]->policy_drop;
	everything.dims[DIM_IIF] = spans_subtract(p, NULL, spans_one(p, lo, lo),
	    dimension_most(DIM_IIF));
	look_uncontrolled(p, &everything, &boxes);
	for (size_t i = 0; !drops && !u.found && i < boxes.count; i++)
		(void)look_accepting(a, WAY_INPUT, family, &boxes.items[i],
		    by_policy, &u);
	look_boxes_fini(&boxes);
	if (u.found)
		f = look_finding(a, CHECK_FWR_14, WAY_INPUT, &u.x);
	/* An accepting rule for all is another thing: it is told by zone. */
	if (f != NULL && n > 0 && !is_of_policies(f)) {
		a->finding_count--;
		f = NULL;
	}
	if (f == NULL)
		return false;
	f->to = &a->m->firewall_zone;
	f->family = family;
	audit_say(a, f, n > 0 ? W_MANAGE_POLICY : W_MANAGE_NO_CHAIN, 1,
	    family == 6 ? "IPv6" : "IPv4");
	return true;
}

/* What another maker's firewall exports are its policies; who may log in to it
 * stands elsewhere. That is not known, neither open nor closed. */
static bool
is_told(struct audit *a)
{
	const struct chain *chains[LOOK_CHAINS_MAX];

	if (!a->ruleset->zones || look_chains(a, WAY_INPUT, 4, chains) > 0 ||
	    look_chains(a, WAY_INPUT, 6, chains) > 0)
		return true;
	audit_add_undecided(a, CHECK_FWR_14, NULL, &a->m->firewall_zone, NULL,
	    W_MANAGE_NOT_TOLD, 0);
	return false;
}

void
audit_manage(struct audit *a)
{
	struct pool *p;

	if (!is_told(a))
		return;
	p = pool_new();
	for (int family = 4; family <= 6; family += 2) {
		if (!look_uses(a, family) || tell_default(a, family, p))
			continue;
		for (size_t i = 0; i < a->boundary->zone_count; i++) {
			const struct zone *z = a->boundary->zones[i];
			struct box boxes[2];
			size_t n;

			if (z->tier == TIER_MANAGEMENT)
				continue;
			n = space_from(a, z, p, boxes);
			for (size_t k = 0; k < n; k++)
				if (spans_has(boxes[k].dims[DIM_FAMILY],
					(packet_value)family))
					audit_zone(a, z, &boxes[k], p);
		}
	}
	pool_free(p);
}
