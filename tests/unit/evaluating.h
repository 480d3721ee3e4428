/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of evaluate and explain: rulesets made in a few calls,
 * and how packets fare in them, asked in the grammar of --explain.
 */
#ifndef EVALUATING_H
#define EVALUATING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "ruleset_build.h"

struct evaluating {
	struct builder *b;
	struct pool *p, *scratch;
	struct diag d;
	struct ruleset *r;
	struct evaluator *e;
	enum table_family family; /* of what is added */
	const char *table;
};

static const struct diag_place evaluating_place = { "rules", 0, 0 };

static inline void
evaluating_begin(struct evaluating *x)
{
	memset(x, 0, sizeof(*x));
	x->d.lang = LANG_EN;
	x->b = builder_new(RULESET_JSON, "rules");
	x->p = builder_pool(x->b);
	x->scratch = pool_new();
}

static inline struct table *
table(struct evaluating *x, enum table_family family, const char *name)
{
	x->family = family;
	x->table = name;
	return builder_table(x->b, family, name, evaluating_place, &x->d);
}

static inline struct chain *
chain(struct evaluating *x, const char *name)
{
	return builder_chain(x->b, x->family, x->table, name, evaluating_place,
	    &x->d);
}

static inline struct chain *
base(struct evaluating *x, const char *name, enum hook hook, int priority,
    bool policy_drop)
{
	struct chain *c = chain(x, name);

	c->hook = hook;
	c->priority = priority;
	c->policy_drop = policy_drop;
	return c;
}

static inline struct chain *
nat(struct evaluating *x, const char *name, enum hook hook, int priority)
{
	struct chain *c = base(x, name, hook, priority, false);

	c->type = CHAIN_NAT;
	return c;
}

static inline void
rule(struct evaluating *x, const char *in)
{
	builder_rule(x->b, x->family, x->table, in, evaluating_place, &x->d);
}

/* ---- matches */

static inline const struct spans *
range(struct evaluating *x, packet_value first, packet_value last)
{
	return spans_one(x->p, first, last);
}

static inline const struct spans *
name(struct evaluating *x, const char *interface)
{
	packet_value v = packet_value_of_name(interface);

	return spans_one(x->p, v, v);
}

static inline const struct spans *
net(struct evaluating *x, const char *text)
{
	struct prefix prefix;
	unsigned bits;
	packet_value first;

	if (prefix_parse(text, &prefix) == PREFIX_BAD)
		abort();
	bits = addr_bits(&prefix.addr) - prefix.length;
	first = packet_value_of_addr(&prefix.addr);
	return spans_one(x->p, first, first + (((packet_value)1 << bits) - 1));
}

static inline void
match(struct evaluating *x, enum field f, const struct spans *values)
{
	builder_match(x->b, f, values, false);
}

static inline void
match_not(struct evaluating *x, enum field f, const struct spans *values)
{
	builder_match(x->b, f, values, true);
}

static inline void
number(struct evaluating *x, enum field f, packet_value v)
{
	match(x, f, range(x, v, v));
}

static inline void
tcp(struct evaluating *x, unsigned port)
{
	number(x, FIELD_PROTOCOL, 6);
	number(x, FIELD_DPORT, port);
}

static inline void
daddr(struct evaluating *x, const char *text)
{
	number(x, FIELD_FAMILY, strchr(text, ':') ? 6 : 4);
	match(x, FIELD_DADDR, net(x, text));
}

static inline void
saddr(struct evaluating *x, const char *text)
{
	number(x, FIELD_FAMILY, strchr(text, ':') ? 6 : 4);
	match(x, FIELD_SADDR, net(x, text));
}

static inline void
state(struct evaluating *x, enum ct_state s)
{
	number(x, FIELD_CT_STATE, (packet_value)s);
}

/* ---- what is done */

static inline void
verdict(struct evaluating *x, enum action action)
{
	builder_verdict(x->b, action, NULL);
}

static inline void
jump(struct evaluating *x, const char *to)
{
	builder_verdict(x->b, ACTION_JUMP, to);
}

static inline struct statement *
dnat(struct evaluating *x, const char *address, int port)
{
	struct statement *s = builder_statement(x->b, STATEMENT_DNAT);

	if (address)
		s->change.address = net(x, address);
	if (port >= 0)
		s->change.port = range(x, (packet_value)port,
		    (packet_value)port);
	return s;
}

static inline struct statement *
mark(struct evaluating *x, enum statement_kind kind, uint32_t value)
{
	struct statement *s = builder_statement(x->b, kind);

	s->change.flip = value;
	return s;
}

/* A lookup with room for count elements, filled by the caller. */
static inline struct set_element *
lookup(struct evaluating *x, struct statement *s, size_t count, enum field f)
{
	struct set_element *all = pool_take(x->p, count * sizeof(*all));

	memset(all, 0, count * sizeof(*all));
	s->lookup.elements = all;
	s->lookup.element_count = count;
	s->lookup.fields[s->lookup.field_count++] = f;
	return all;
}

/* ---- asking */

static inline void
ready(struct evaluating *x)
{
	struct text said = { 0 };

	x->r = builder_finish(x->b, &x->d);
	diag_print(&x->d, &said);
	if (!x->r)
		fputs(text_str(&said), stderr);
	text_free(&said);
	assert_non_null(x->r);
	x->e = evaluate_new(x->r);
}

static inline void
done(struct evaluating *x)
{
	evaluate_free(x->e);
	ruleset_free(x->r);
	diag_free(&x->d);
	pool_free(x->scratch);
}

static inline void
asked(struct evaluating *x, const char *pattern, struct explain_query *q)
{
	struct text said = { 0 };

	if (!explain_parse(pattern, x->scratch, q, &x->d)) {
		diag_print(&x->d, &said);
		fputs(text_str(&said), stderr);
		text_free(&said);
		fail_msg("%s", pattern);
	}
}

struct fared {
	bool accepted, dropped, is_free;
	size_t leaves;
	struct leaf last;
};

static inline bool
fared_leaf(void *context, const struct leaf *leaf)
{
	struct fared *f = context;

	f->accepted |= leaf->accepted;
	f->dropped |= !leaf->accepted;
	f->is_free |= leaf->free;
	f->last = *leaf;
	f->leaves++;
	return true;
}

static inline struct fared
fare(struct evaluating *x, const char *pattern)
{
	struct fared f = { .leaves = 0 };
	struct walk w = { .leaf = fared_leaf, .context = &f };
	struct explain_query q;

	asked(x, pattern, &q);
	w.way = q.way;
	for (size_t i = 0; i < q.count; i++)
		assert_int_equal(evaluate_walk(x->e, &w, &q.boxes[i]),
		    WALK_DONE);
	return f;
}

/* 'A'ccepted, 'D'ropped, '?': nobody knows, '/': some are, some are not. */
static inline char
fate(struct evaluating *x, const char *pattern)
{
	struct fared f = fare(x, pattern);

	if (f.accepted && f.dropped)
		return f.is_free ? '?' : '/';
	return f.accepted ? 'A' : 'D';
}

#endif
