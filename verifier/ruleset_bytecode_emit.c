/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the machine found out, as statements of the rule. Some wait for the one
 * behind them: what nft adds to a match without printing it, the first half of
 * a range, a map whose result is not used yet. What the matches leave of
 * families and protocols is noted, since it says which header a byte is of.
 */
#include <inttypes.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "ruleset_bytecode.h"

/* ---- statements */

/* What a match leaves of versions and protocols. */
static void
learn(struct machine *m, enum field field, const struct spans *values,
    bool negated)
{
	if (values == NULL && !negated)
		return;
	if (field == FIELD_FAMILY) {
		m->may_be_4 = m->may_be_4 && spans_has(values, 4) != negated;
		m->may_be_6 = m->may_be_6 && spans_has(values, 6) != negated;
	} else if (field == FIELD_PROTOCOL) {
		for (unsigned i = 0; i < 256; i++)
			if (spans_has(values, i) == negated)
				m->protocols[i / 8] &= (uint8_t) ~(1u << i % 8);
	}
}

void
machine_half(struct machine *m)
{
	if (!m->half)
		return;
	m->half = false;
	builder_match(m->w->b, m->half_field, m->half_values, false);
	learn(m, m->half_field, m->half_values, false);
}

static bool
is_link_name(const char *name)
{
	return strncmp(name, "ether ", 6) == 0 ||
	    strncmp(name, "vlan ", 5) == 0;
}

/* Whether an unknown match is only what the next one implies, which nft adds
 * and does not print: the link is of Ethernet, its type is VLAN. */
static bool
is_implied(const struct machine *m, const char *held, const char *next)
{
	if (next == NULL)
		return m->said_link && strcmp(held, "meta iiftype") == 0;
	return strcmp(held, "meta iiftype") == 0 ?
	    is_link_name(next) :
	    strncmp(next, "vlan ", 5) == 0;
}

static void
release(struct machine *m, const char *next)
{
	const struct spans *family = m->held_family;
	const char *held = m->held;

	m->held = NULL;
	m->held_family = NULL;
	if (held != NULL && !is_implied(m, held, next)) {
		builder_unknown(m->w->b, held, false);
		m->said_link = m->said_link || is_link_name(held);
	}
	if (family != NULL) {
		builder_match(m->w->b, FIELD_FAMILY, family, false);
		learn(m, FIELD_FAMILY, family, false);
	}
}

void
machine_settle(struct machine *m)
{
	release(m, NULL);
	machine_half(m);
	machine_flush(m);
}

void
machine_unknown(struct machine *m, const char *what, bool may_decide)
{
	release(m, what);
	machine_settle(m);
	builder_unknown(m->w->b, what, may_decide);
	m->said_link = m->said_link || is_link_name(what);
}

void
machine_unknown_words(struct machine *m, const char *what, const char *words)
{
	struct statement *s;

	machine_settle(m);
	s = builder_statement(m->w->b, STATEMENT_UNKNOWN);
	if (s == NULL)
		return;
	s->unknown = builder_string(m->w->b, what);
	s->text = builder_string(m->w->b, words);
}

/* As nft writes amounts of bytes. */
static void
put_bytes(struct text *out, uint64_t amount)
{
	static const char *const units[] = { "bytes", "kbytes", "mbytes" };
	size_t unit = 0;

	while (unit < 2 && amount >= 1024 && amount % 1024 == 0) {
		amount /= 1024;
		unit++;
	}
	text_printf(out, "%" PRIu64 " %s", amount, units[unit]);
}

static void
put_limit(struct text *out, const struct code *c)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 1, "second" }, { 60, "minute" }, { 3600, "hour" },
		{ 86400, "day" }, { 604800, "week" } };
	const char *unit = "?";

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].seconds == c->per)
			unit = units[i].name;
	text_printf(out, "limit rate %s", c->flags != 0 ? "over " : "");
	if (c->op == NFT_LIMIT_PKTS) {
		text_printf(out, "%" PRIu64 "/%s burst %" PRIu32, c->amount,
		    unit, c->burst);
	} else {
		put_bytes(out, c->amount);
		text_printf(out, "/%s burst ", unit);
		put_bytes(out, c->burst);
	}
}

void
machine_free(struct machine *m, const struct code *c)
{
	struct text words = { 0 };
	const char *what = c->name;

	if (strcmp(what, "limit") == 0) {
		put_limit(&words, c);
	} else if (strcmp(what, "quota") == 0) {
		text_printf(&words, "quota %s", c->flags != 0 ? "over " : "");
		put_bytes(&words, c->amount);
	} else if (strcmp(what, "connlimit") == 0) {
		what = "ct count";
		text_printf(&words, "ct count %s%" PRIu64,
		    c->flags != 0 ? "over " : "", c->amount);
	} else {
		text_add(&words, what);
	}
	machine_unknown_words(m, what, text_str(&words));
	text_free(&words);
}

void
machine_nothing(struct machine *m, const char *words)
{
	struct statement *s;

	machine_settle(m);
	s = builder_statement(m->w->b, STATEMENT_NOTHING);
	if (s != NULL && words != NULL)
		s->text = builder_string(m->w->b, words);
}

void
machine_emit(struct machine *m, enum field field, const struct spans *values,
    bool negated)
{
	machine_settle(m);
	builder_match(m->w->b, field, values, negated);
	learn(m, field, values, negated);
}

void
machine_emit_lookup(struct machine *m, const struct lookup *l)
{
	struct statement *s;

	machine_settle(m);
	s = builder_statement(m->w->b, STATEMENT_MATCH);

	if (s != NULL)
		s->lookup = *l;
	if (l->field_count == 1 && l->element_count == 1 && !l->changing)
		learn(m, l->fields[0], l->elements[0].parts[0], l->negated);
}

const struct spans machine_with_ports = { 5,
	{ { 6, 6 }, { 17, 17 }, { 33, 33 }, { 132, 132 }, { 136, 136 } } };

/* The only protocol that the matches so far leave, or -1. */
static int
protocol_of(const struct machine *m)
{
	int found = -1;

	for (int i = 0; i < 256; i++) {
		if ((m->protocols[i / 8] >> i % 8 & 1) == 0)
			continue;
		if (found >= 0)
			return -1;
		found = i;
	}
	return found;
}

void
machine_imply(struct machine *m, const struct piece *pieces, size_t count)
{
	const int protocol = protocol_of(m);
	const packet_value family = protocol == 58 ? 6 : 4;
	bool ports = false, icmp = false, arp = false;

	for (size_t i = 0; i < count; i++) {
		const struct piece *p = &pieces[i];

		ports = ports || p->ports;
		icmp = icmp ||
		    (!p->fixed && !p->unknown &&
			(p->field == FIELD_ICMP_TYPE ||
			    p->field == FIELD_ICMP_CODE));
		arp = arp ||
		    (!p->fixed && p->unknown &&
			strncmp(p->name, "arp ", 4) == 0);
	}
	if (ports)
		machine_emit(m, FIELD_PROTOCOL, &machine_with_ports, false);
	if (icmp && (protocol == 1 || protocol == 58))
		machine_emit(m, FIELD_FAMILY,
		    spans_one(m->w->pool, family, family), false);
	if (arp)
		machine_emit(m, FIELD_FAMILY, &spans_nothing, false);
}

const char *
machine_name(struct machine *m, const struct piece *pieces, size_t count)
{
	struct text out = { 0 };
	const char *name;

	for (size_t i = 0; i < count; i++) {
		if (pieces[i].fixed)
			continue;
		if (out.length > 0)
			text_add(&out, " . ");
		text_add(&out, pieces[i].name);
	}
	name = builder_string(m->w->b, out.length > 0 ? text_str(&out) : "?");
	text_free(&out);
	return name;
}

struct decision
machine_decision(struct machine *m, const struct code_verdict *v)
{
	enum action action = ACTION_UNKNOWN;

	switch (v->code) {
	case NF_ACCEPT:
		action = ACTION_ACCEPT;
		break;
	case NF_DROP:
		action = ACTION_DROP;
		break;
	case NFT_CONTINUE:
		action = ACTION_CONTINUE;
		break;
	case NFT_RETURN:
		action = ACTION_RETURN;
		break;
	case NFT_JUMP:
		action = ACTION_JUMP;
		break;
	case NFT_GOTO:
		action = ACTION_GOTO;
		break;
	default: /* a queue's number is in the upper half */
		if ((v->code & NF_VERDICT_MASK) == NF_QUEUE)
			action = ACTION_QUEUE;
		break;
	}
	return builder_decision(m->w->b, action,
	    action == ACTION_JUMP || action == ACTION_GOTO ? v->chain : NULL);
}
