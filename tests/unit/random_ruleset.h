/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rulesets by chance over a few interfaces, addresses and ports, with every
 * construct that the evaluator knows, and the packets that go with them.
 * The same seed gives the same.
 */
#ifndef RANDOM_RULESET_H
#define RANDOM_RULESET_H

#include <stdio.h>

#include "ruleset_build.h"

#define RANDOM_INTERFACES 3
#define RANDOM_ADDRESSES 4
#define RANDOM_PORTS 4
#define RANDOM_CHAINS 3 /* a table, besides base chains */

struct random_source {
	uint64_t state;
};

/* Marsaglia's xorshift64* */
static uint64_t
random_next(struct random_source *g)
{
	g->state ^= g->state >> 12;
	g->state ^= g->state << 25;
	g->state ^= g->state >> 27;
	return (g->state * 2685821657736338717ULL) >> 16;
}

static unsigned
random_below(struct random_source *g, unsigned n)
{
	return (unsigned)(random_next(g) % n);
}

static bool
random_one_in(struct random_source *g, unsigned n)
{
	return random_below(g, n) == 0;
}

static const char *const random_interfaces[] = { "lg0", "lg1", "core0" };

struct random_table {
	enum table_family family;
	char name[8];
	unsigned chains; /* callable ones: c0 .. */
};

struct random_making {
	struct random_source *g;
	struct builder *b;
	struct diag *d;
	const struct random_table *t;
	bool nat, prerouting; /* what the chain may do */
	unsigned from;	      /* callable chains from here on */
	/* Rules ask for ct status; then a translation has one target. Of
	 * several only some would change a packet that is there already, and
	 * that the evaluator takes as unknown for all of them. */
	bool status;
	/* Marks are changed by masks, and then never unknown: of those the
	 * evaluator forgets what a mask leaves. */
	bool masks;
};

static const struct spans *
random_values(struct random_making *m, unsigned most)
{
	struct span items[8];
	size_t count = 0;

	for (unsigned v = 0; v <= most && count < 8; v++)
		if (random_one_in(m->g, 2)) {
			items[count].first = items[count].last = v;
			count++;
		}
	if (count == 0 && !random_one_in(m->g, 6)) {
		items[0].first = items[0].last = random_below(m->g, most + 1);
		count = 1;
	}
	if (random_one_in(m->g, 12) && most > 1) {
		items[0].first = random_below(m->g, most);
		items[0].last = most;
		count = 1;
	}
	if (count == 0)
		return &spans_nothing;
	return spans_make(builder_pool(m->b), items, count);
}

static const struct spans *
random_names(struct random_making *m)
{
	struct span items[4];
	size_t count = 0;

	if (random_one_in(m->g, 5)) {
		items[0] = packet_span_of_prefix("lg");
		return spans_make(builder_pool(m->b), items, 1);
	}
	if (random_one_in(m->g, 12)) /* what is not known yet */
		items[count].first = items[count].last = 0, count++;
	for (unsigned i = 0; i < RANDOM_INTERFACES; i++)
		if (random_one_in(m->g, 2) || (count == 0 && i == 2)) {
			items[count].first = items[count].last =
			    packet_value_of_name(random_interfaces[i]);
			count++;
		}
	return spans_make(builder_pool(m->b), items, count);
}

static const struct spans *
random_status(struct random_making *m)
{
	static const unsigned bits[] = { 32, 32, 32, 2, 16, 128, 256 };
	unsigned bit = bits[random_below(m->g, 7)];
	struct span items[1024];
	size_t count = 0;

	for (unsigned v = 0; v < 1024; v++)
		if (v & bit) {
			items[count].first = items[count].last = v;
			count++;
		}
	return spans_make(builder_pool(m->b), items, count);
}

static enum field
random_field(struct random_making *m)
{
	static const enum field plain[] = { FIELD_IIF, FIELD_OIF, FIELD_SADDR,
		FIELD_DADDR, FIELD_DADDR, FIELD_DPORT, FIELD_DPORT,
		FIELD_PROTOCOL, FIELD_CT_STATE, FIELD_CT_STATE, FIELD_FAMILY };
	static const enum field rare[] = { FIELD_MARK, FIELD_MARK,
		FIELD_CT_MARK, FIELD_CT_MARK, FIELD_CT_STATUS, FIELD_CT_STATUS,
		FIELD_CT_DIRECTION, FIELD_ORIGINAL_DADDR, FIELD_ORIGINAL_DPORT,
		FIELD_ORIGINAL_SADDR, FIELD_SPORT, FIELD_TCP_FLAGS };

	if (random_one_in(m->g, 4)) {
		enum field f =
		    rare[random_below(m->g, sizeof(rare) / sizeof(rare[0]))];

		if ((f == FIELD_CT_STATUS && !m->status) ||
		    (f == FIELD_CT_MARK && m->masks))
			f = FIELD_DADDR;
		return f;
	}
	return plain[random_below(m->g, sizeof(plain) / sizeof(plain[0]))];
}

static const struct spans *
random_of_field(struct random_making *m, enum field f)
{
	struct pool *p = builder_pool(m->b);

	switch (f) {
	case FIELD_IIF:
	case FIELD_OIF:
		return random_names(m);
	case FIELD_FAMILY:
		return random_one_in(m->g, 3) ? spans_one(p, 6, 6) :
						spans_one(p, 4, 4);
	case FIELD_PROTOCOL:
		return random_one_in(m->g, 3) ? spans_one(p, 17, 17) :
						spans_one(p, 6, 6);
	case FIELD_CT_STATE:
		return random_values(m, CT_STATES - 1);
	case FIELD_CT_DIRECTION:
		return spans_one(p, random_below(m->g, 2), 1);
	case FIELD_CT_STATUS:
		return random_status(m);
	case FIELD_MARK:
	case FIELD_CT_MARK:
		return random_values(m, 3);
	case FIELD_TCP_FLAGS:
		return spans_one(p, 2, 2);
	case FIELD_SPORT:
		return random_values(m, 2);
	case FIELD_DPORT:
	case FIELD_ORIGINAL_DPORT:
		return random_values(m, RANDOM_PORTS);
	default:
		return random_values(m, RANDOM_ADDRESSES);
	}
}

/* ---- outcomes */

static struct change
random_target(struct random_making *m)
{
	struct pool *p = builder_pool(m->b);
	struct change c = { .prefix = false };
	unsigned first = random_below(m->g, RANDOM_ADDRESSES);
	bool several = !m->status && random_one_in(m->g, 4);

	if (!random_one_in(m->g, 4)) {
		unsigned last = first + (several ? random_below(m->g, 3) : 0);

		c.address = spans_one(p, first, last);
		if (random_one_in(m->g, 5)) {
			c.prefix = true;
			first = random_one_in(m->g, 2) ? 0 : 2;
			c.address = spans_one(p, first, first + 1);
		}
	}
	if (random_one_in(m->g, 2) || !c.address) {
		first = random_below(m->g, RANDOM_PORTS);
		c.port = spans_one(p, first, first + (several ? 1 : 0));
	}
	return c;
}

static struct change
random_mark(struct random_making *m)
{
	struct change c = { .prefix = false };

	if (m->masks && random_one_in(m->g, 2))
		c.keep = random_one_in(m->g, 2) ? UINT32_MAX : 2;
	c.flip = random_below(m->g, 4);
	return c;
}

static struct decision
random_decision(struct random_making *m)
{
	static const enum action actions[] = { ACTION_ACCEPT, ACTION_ACCEPT,
		ACTION_ACCEPT, ACTION_DROP, ACTION_DROP, ACTION_REJECT,
		ACTION_JUMP, ACTION_JUMP, ACTION_GOTO, ACTION_RETURN,
		ACTION_CONTINUE };
	static const enum action strange[] = { ACTION_QUEUE, ACTION_UNKNOWN };
	enum action a =
	    actions[random_below(m->g, sizeof(actions) / sizeof(actions[0]))];
	char name[16];

	if (random_one_in(m->g, 40))
		a = strange[random_below(m->g, 2)];
	if (a != ACTION_JUMP && a != ACTION_GOTO)
		return builder_decision(m->b, a, NULL);
	if (m->from >= m->t->chains)
		return builder_decision(m->b, ACTION_ACCEPT, NULL);
	snprintf(name, sizeof(name), "c%u",
	    m->from + random_below(m->g, m->t->chains - m->from));
	return builder_decision(m->b, a, name);
}

/* ---- lookups */

static bool
random_apart(const struct set_element *a, const struct set_element *b,
    size_t fields)
{
	for (size_t f = 0; f < fields; f++)
		if (a->parts[f] && b->parts[f] &&
		    spans_disjoint(a->parts[f], b->parts[f]))
			return true;
	return false;
}

/* Elements that share no packet, as the kernel holds them. */
static void
random_lookup(struct random_making *m, struct lookup *l, size_t fields,
    unsigned elements)
{
	struct set_element *all = pool_take(builder_pool(m->b),
	    elements * sizeof(*all));

	l->field_count = fields;
	l->elements = all;
	for (size_t f = 0; f < fields; f++)
		l->fields[f] = random_field(m);
	for (unsigned tries = 0; tries < 3 * elements; tries++) {
		struct set_element *e = &all[l->element_count];
		bool fits = l->element_count < elements;

		if (!fits)
			break;
		memset(e, 0, sizeof(*e));
		for (size_t f = 0; f < fields; f++) {
			e->parts[f] = random_of_field(m, l->fields[f]);
			if (fields > 1 && random_one_in(m->g, 8))
				e->parts[f] = NULL;
		}
		for (size_t i = 0; i < l->element_count; i++)
			fits &= random_apart(e, &all[i], fields);
		l->element_count += fits;
	}
	if (l->element_count && random_one_in(m->g, 8))
		for (size_t f = 0; f < fields; f++)
			all[l->element_count - 1].parts[f] = NULL;
	l->changing = random_one_in(m->g, 30);
}

static struct set_element *
random_element(struct lookup *l, size_t i)
{
	struct set_element *all;

	/* The elements are ours, made just now. */
	memcpy(&all, &l->elements, sizeof(all));
	return &all[i];
}

static void
random_match(struct random_making *m)
{
	if (random_one_in(m->g, 5)) {
		struct statement *s = builder_statement(m->b, STATEMENT_MATCH);

		random_lookup(m, &s->lookup, 1 + random_below(m->g, 3),
		    1 + random_below(m->g, 4));
		s->lookup.negated = random_one_in(m->g, 5);
	} else {
		enum field f = random_field(m);

		builder_match(m->b, f, random_of_field(m, f),
		    random_one_in(m->g, 5));
	}
}

/* ---- statements that do something */

static void
random_dnat(struct random_making *m)
{
	struct statement *s = builder_statement(m->b, STATEMENT_DNAT);

	s->redirects = !m->status && random_one_in(m->g, 6);
	s->target_unknown = !m->status && !s->redirects &&
	    random_one_in(m->g, 12);
	if (random_one_in(m->g, 4) && !s->target_unknown) {
		random_lookup(m, &s->lookup, 1 + random_below(m->g, 2),
		    1 + random_below(m->g, 3));
		s->lookup.changing &= !m->status;
		for (size_t i = 0; i < s->lookup.element_count; i++) {
			struct set_element *e = random_element(&s->lookup, i);

			e->change = random_target(m);
			if (s->redirects) {
				e->change.address = NULL;
				e->change.prefix = false;
			}
		}
		return;
	}
	if (s->target_unknown)
		return;
	s->change = random_target(m);
	if (s->redirects) {
		s->change.address = NULL;
		s->change.prefix = false;
	}
}

static void
random_marking(struct random_making *m)
{
	static const enum statement_kind kinds[] = { STATEMENT_MARK,
		STATEMENT_MARK, STATEMENT_CT_MARK, STATEMENT_MARK_FROM_CT,
		STATEMENT_CT_MARK_FROM_META };
	struct statement *s = builder_statement(m->b,
	    kinds[random_below(m->g, m->masks ? 2 : 5)]);

	s->target_unknown = !m->masks && random_one_in(m->g, 10);
	if ((s->kind == STATEMENT_MARK || s->kind == STATEMENT_CT_MARK) &&
	    !s->target_unknown) {
		if (random_one_in(m->g, 4)) {
			random_lookup(m, &s->lookup, 1 + random_below(m->g, 2),
			    1 + random_below(m->g, 3));
			s->lookup.changing &= !m->masks;
			for (size_t i = 0; i < s->lookup.element_count; i++)
				random_element(&s->lookup, i)->change =
				    random_mark(m);
		} else
			s->change = random_mark(m);
	}
}

static void
random_vmap(struct random_making *m)
{
	struct statement *s = builder_statement(m->b, STATEMENT_VMAP);

	random_lookup(m, &s->lookup, 1 + random_below(m->g, 3),
	    1 + random_below(m->g, 12));
	for (size_t i = 0; i < s->lookup.element_count; i++)
		random_element(&s->lookup, i)->decision = random_decision(m);
}

static void
random_middle(struct random_making *m)
{
	switch (random_below(m->g, 12)) {
	case 0:
		builder_statement(m->b, STATEMENT_LOG);
		break;
	case 1:
		builder_statement(m->b, STATEMENT_NOTHING);
		break;
	case 2:
		builder_unknown(m->b, "limit", random_one_in(m->g, 6));
		break;
	case 3:
		random_marking(m);
		break;
	case 4:
		if (m->prerouting && !m->nat)
			builder_statement(m->b, STATEMENT_NOTRACK);
		break;
	case 5:
		builder_statement(m->b, STATEMENT_OFFLOAD);
		break;
	default:
		random_match(m);
	}
}

static void
random_rule(struct random_making *m, const char *chain)
{
	struct rule *rule = builder_rule(m->b, m->t->family, m->t->name, chain,
	    (struct diag_place){ 0 }, m->d);
	unsigned count = random_below(m->g, 4);

	(void)rule;
	random_match(m);
	for (unsigned i = 0; i < count; i++)
		random_middle(m);
	switch (random_below(m->g, 8)) {
	case 0:
		break; /* no verdict */
	case 1:
		random_vmap(m);
		break;
	case 2:
	case 3:
		if (m->nat) {
			if (m->prerouting)
				random_dnat(m);
			else
				builder_statement(m->b, STATEMENT_SNAT);
			break;
		}
		/* fall through */
	default: {
		struct statement *s = builder_statement(m->b,
		    STATEMENT_VERDICT);

		s->decision = random_decision(m);
	}
	}
}

/* ---- chains */

static void
random_base(struct random_making *m, enum table_family family, unsigned number)
{
	static const enum hook hooks[] = { HOOK_FORWARD, HOOK_FORWARD,
		HOOK_FORWARD, HOOK_PREROUTING, HOOK_PREROUTING,
		HOOK_POSTROUTING, HOOK_INPUT };
	static const int priorities[] = { -300, -250, -200, -150, -100, -50, 0,
		0, 0, 10, 100, 150 };
	struct chain *c;
	char name[16];
	unsigned rules = 1 + random_below(m->g, 6);

	snprintf(name, sizeof(name), "base%u", number);
	c = builder_chain(m->b, family, m->t->name, name,
	    (struct diag_place){ 0 }, m->d);
	c->hook = hooks[random_below(m->g, 7)];
	if (family == TABLE_NETDEV)
		c->hook = random_one_in(m->g, 3) ? HOOK_EGRESS : HOOK_INGRESS;
	else if (family == TABLE_INET && random_one_in(m->g, 8))
		c->hook = HOOK_INGRESS;
	c->priority = priorities[random_below(m->g, 12)];
	if ((c->hook == HOOK_PREROUTING || c->hook == HOOK_POSTROUTING ||
		c->hook == HOOK_INPUT) &&
	    random_one_in(m->g, 2) && family != TABLE_BRIDGE) {
		c->type = CHAIN_NAT;
		if (c->priority <= -200)
			c->priority = -100;
	}
	if (c->hook == HOOK_INGRESS || c->hook == HOOK_EGRESS)
		c->devices = random_names(m);
	c->policy_drop = random_one_in(m->g, c->type == CHAIN_NAT ? 12 : 2);
	m->nat = c->type == CHAIN_NAT;
	m->prerouting = c->hook == HOOK_PREROUTING || c->hook == HOOK_INGRESS;
	m->from = 0;
	for (unsigned i = 0; i < rules; i++)
		random_rule(m, name);
}

static void
random_fill_table(struct random_making *m, unsigned bases)
{
	char name[16];

	for (unsigned i = 0; i < m->t->chains; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		builder_chain(m->b, m->t->family, m->t->name, name,
		    (struct diag_place){ 0 }, m->d);
	}
	for (unsigned i = 0; i < bases; i++)
		random_base(m, m->t->family, i);
	m->nat = m->prerouting = false;
	for (unsigned i = 0; i < m->t->chains; i++) {
		unsigned rules = random_below(m->g, 5);

		snprintf(name, sizeof(name), "c%u", i);
		m->from = i + 1;
		for (unsigned k = 0; k < rules; k++)
			random_rule(m, name);
	}
}

/* A finished ruleset, owned by the caller. */
static struct ruleset *
random_ruleset(struct random_source *g, enum way way, struct diag *d)
{
	static const enum table_family families[] = { TABLE_INET, TABLE_INET,
		TABLE_IP, TABLE_IP6, TABLE_NETDEV };
	struct random_making m = { .g = g, .d = d };
	unsigned tables = 1 + random_below(g, 3);

	m.b = builder_new(RULESET_NEUTRAL, NULL);
	m.status = random_one_in(g, 3);
	m.masks = random_one_in(g, 3);
	for (unsigned i = 0; i < tables; i++) {
		struct random_table t = { .chains = random_below(g,
					      RANDOM_CHAINS + 1) };
		struct table *made;

		t.family = families[random_below(g, 5)];
		if (way == WAY_BRIDGE && t.family != TABLE_NETDEV &&
		    !random_one_in(g, 4))
			t.family = TABLE_BRIDGE;
		snprintf(t.name, sizeof(t.name), "t%u", i);
		made = builder_table(m.b, t.family, t.name,
		    (struct diag_place){ 0 }, d);
		made->dormant = random_one_in(g, 12);
		m.t = &t;
		random_fill_table(&m, 1 + random_below(g, 3));
	}
	return builder_finish(m.b, d);
}

#endif
