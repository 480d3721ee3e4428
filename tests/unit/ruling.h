/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of rulesets: a small one made by hand, spans in a line,
 * what was said of a fault.
 */
#ifndef RULING_H
#define RULING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/jsonx.h"
#include "ruleset_build.h"

struct ruling {
	struct builder *b;
	struct pool *p;
	struct diag d;
	struct text said;
};

static const struct diag_place ruling_place = { "rules.json", 7, 3 };

static inline const struct spans *
ruling_one(struct pool *p, packet_value first, packet_value last)
{
	return spans_one(p, first, last);
}

static inline const struct spans *
ruling_name(struct pool *p, const char *name)
{
	packet_value v = packet_value_of_name(name);

	return spans_one(p, v, v);
}

/* "10.1.0.0/16" of either family. */
static inline const struct spans *
ruling_network(struct pool *p, const char *text)
{
	struct prefix prefix;
	packet_value first, size;
	unsigned host;

	if (prefix_parse(text, &prefix) != PREFIX_OK)
		abort();
	first = packet_value_of_addr(&prefix.addr);
	host = addr_bits(&prefix.addr) - prefix.length;
	size = host == 128 ? ~(packet_value)0 : ((packet_value)1 << host) - 1;
	return spans_one(p, first, first + size);
}

/* table inet filter { chain forward (hook); chain sub } */
static inline void
ruling_begin(struct ruling *x)
{
	struct chain *c;

	memset(x, 0, sizeof(*x));
	x->d.lang = LANG_EN;
	x->b = builder_new(RULESET_JSON, "rules.json");
	x->p = builder_pool(x->b);
	builder_table(x->b, TABLE_INET, "filter", ruling_place, &x->d);
	c = builder_chain(x->b, TABLE_INET, "filter", "forward", ruling_place,
	    &x->d);
	c->hook = HOOK_FORWARD;
	c->policy_drop = true;
	builder_chain(x->b, TABLE_INET, "filter", "sub", ruling_place, &x->d);
}

static inline struct rule *
ruling_rule(struct ruling *x, const char *chain)
{
	return builder_rule(x->b, TABLE_INET, "filter", chain, ruling_place,
	    &x->d);
}

static inline struct ruleset *
ruling_finish(struct ruling *x)
{
	struct ruleset *r = builder_finish(x->b, &x->d);

	diag_print_all(&x->d, &x->said);
	return r;
}

static inline void
ruling_end(struct ruling *x, struct ruleset *r)
{
	ruleset_free(r);
	diag_free(&x->d);
	text_free(&x->said);
}

/* JSON or CSV in memory, by a reader of either. */
static inline struct ruleset *
ruling_json(const char *text, size_t length,
    struct ruleset *(*read)(const char *, const struct jsonx *, struct diag *),
    struct diag *d)
{
	struct jsonx_doc *doc = jsonx_parse("rules.json", text, length, d);
	struct ruleset *r = NULL;

	if (doc != NULL)
		r = read("rules.json", jsonx_root(doc), d);
	jsonx_free(doc);
	return r;
}

#endif
