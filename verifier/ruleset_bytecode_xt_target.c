/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Targets of iptables that nf_tables runs as they are: verdicts, translations
 * and marks as their structures say them, those that change nothing that
 * counts here, and the others as a free choice by name. linux/netfilter/
 * nf_nat.h, xt_*.h; net/netfilter/xt_nat.c, xt_mark.c, xt_connmark.c, xt_CT.c.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_mark.h>
#include <string.h>

#include "ruleset_bytecode.h"

static void
emit(struct machine *m, const struct statement *s)
{
	struct statement *out;

	machine_settle(m);
	out = builder_statement(m->w->b, s->kind);
	if (out != NULL)
		*out = *s;
}

/* ---- translations */

static packet_value
big_endian(const void *at, size_t length)
{
	const uint8_t *bytes = at;
	packet_value v = 0;

	for (size_t i = 0; i < length; i++)
		v = v << 8 | bytes[i];
	return v;
}

static bool
interval(struct machine *m, const void *first, const void *last, size_t length,
    const struct spans **out)
{
	const packet_value low = big_endian(first, length);
	const packet_value high = big_endian(last, length);

	if (low > high)
		return false;
	*out = spans_one(m->w->pool, low, high);
	return true;
}

/* struct nf_nat_ipv4_multi_range_compat: the first revision, of IPv4. */
static bool
change_old(struct machine *m, const struct code *c, struct change *out)
{
	struct nf_nat_ipv4_multi_range_compat x;
	const struct nf_nat_ipv4_range *r = &x.range[0];

	if (!xt_copy(c, &x, sizeof(x)) || x.rangesize != 1)
		return false;
	if ((r->flags & NF_NAT_RANGE_MAP_IPS) != 0 &&
	    !interval(m, &r->min_ip, &r->max_ip, 4, &out->address))
		return false;
	return (r->flags & NF_NAT_RANGE_PROTO_SPECIFIED) == 0 ||
	    interval(m, &r->min, &r->max, 2, &out->port);
}

/* struct nf_nat_range, with which nf_nat_range2 begins. */
static bool
change_new(struct machine *m, const struct code *c, struct change *out)
{
	const size_t length = m->family == TABLE_IP6 ? 16 : 4;
	struct nf_nat_range x;

	if (!xt_copy(c, &x, sizeof(x)) ||
	    (x.flags & (NF_NAT_RANGE_PROTO_OFFSET | NF_NAT_RANGE_NETMAP)) != 0)
		return false;
	if ((x.flags & NF_NAT_RANGE_MAP_IPS) != 0 &&
	    !interval(m, &x.min_addr, &x.max_addr, length, &out->address))
		return false;
	return (x.flags & NF_NAT_RANGE_PROTO_SPECIFIED) == 0 ||
	    interval(m, &x.min_proto, &x.max_proto, 2, &out->port);
}

static void
translate(struct machine *m, const struct code *c)
{
	const bool redirects = strcmp(c->set, "REDIRECT") == 0;
	const bool dnat = redirects || strcmp(c->set, "DNAT") == 0;
	struct statement s = { .kind = dnat ? STATEMENT_DNAT : STATEMENT_SNAT,
		.redirects = redirects };
	bool known = false;

	if (m->family == TABLE_IP && c->revision == 0)
		known = change_old(m, c, &s.change);
	else if (m->family == TABLE_IP || m->family == TABLE_IP6)
		known = change_new(m, c, &s.change);
	/* A redirect goes to the firewall's own address. */
	if (redirects)
		s.change.address = NULL;
	if (!known)
		s.change = (struct change){ 0 };
	s.target_unknown = dnat && !known;
	emit(m, &s);
}

/* ---- marks */

static bool
set_mark(struct machine *m, const struct code *c)
{
	struct statement s = { .kind = STATEMENT_MARK };
	struct xt_mark_tginfo2 x;

	if (c->revision != 2 || !xt_copy(c, &x, sizeof(x)))
		return false;
	s.change.keep = ~x.mask;
	s.change.flip = x.mark;
	m->w->mark_bits |= x.mark;
	emit(m, &s);
	return true;
}

static bool
set_connmark(struct machine *m, const struct code *c)
{
	struct statement s = { .kind = STATEMENT_CT_MARK };
	struct xt_connmark_tginfo1 x;
	struct xt_connmark_tginfo2 shifted;

	if (c->revision == 2 && xt_copy(c, &shifted, sizeof(shifted))) {
		if (shifted.shift_bits != 0)
			return false;
		x.ctmark = shifted.ctmark;
		x.ctmask = shifted.ctmask;
		x.nfmask = shifted.nfmask;
		x.mode = shifted.mode;
	} else if (c->revision != 1 || !xt_copy(c, &x, sizeof(x))) {
		return false;
	}
	if (x.mode == XT_CONNMARK_SET) {
		s.change.keep = ~x.ctmask;
		s.change.flip = x.ctmark;
		m->w->mark_bits |= x.ctmark;
	} else if (x.ctmask != UINT32_MAX || x.nfmask != UINT32_MAX) {
		return false;
	} else {
		s.kind = x.mode == XT_CONNMARK_SAVE ?
		    STATEMENT_CT_MARK_FROM_META :
		    STATEMENT_MARK_FROM_CT;
	}
	if (s.kind == STATEMENT_MARK_FROM_CT && x.mode != XT_CONNMARK_RESTORE)
		return false;
	emit(m, &s);
	return true;
}

static bool
set_tracking(struct machine *m, const struct code *c)
{
	struct statement s = { .kind = STATEMENT_NOTHING };
	struct xt_ct_target_info x;

	if (!xt_copy(c, &x, offsetof(struct xt_ct_target_info, ct)) ||
	    (x.flags & ~(unsigned)XT_CT_MASK) != 0)
		return false;
	if ((x.flags & XT_CT_NOTRACK) != 0)
		s.kind = STATEMENT_NOTRACK;
	emit(m, &s);
	return true;
}

/* ---- all of them */

enum doing { DO_STATEMENT, DO_TRANSLATE, DO_MARK, DO_CONNMARK, DO_TRACKING };

static const struct target {
	const char *name;
	enum doing doing;
	enum statement_kind kind;
	enum action action;
} targets[] = {
	{ "ACCEPT", DO_STATEMENT, STATEMENT_VERDICT, ACTION_ACCEPT },
	{ "DROP", DO_STATEMENT, STATEMENT_VERDICT, ACTION_DROP },
	{ "REJECT", DO_STATEMENT, STATEMENT_VERDICT, ACTION_REJECT },
	{ "LOG", DO_STATEMENT, STATEMENT_LOG, 0 },
	{ "NFLOG", DO_STATEMENT, STATEMENT_LOG, 0 },
	{ "MASQUERADE", DO_STATEMENT, STATEMENT_SNAT, 0 },
	{ "NOTRACK", DO_STATEMENT, STATEMENT_NOTRACK, 0 },
	{ "TRACE", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "AUDIT", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "CHECKSUM", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "CLASSIFY", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "DSCP", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "TOS", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "TTL", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "HL", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "TCPMSS", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "TCPOPTSTRIP", DO_STATEMENT, STATEMENT_NOTHING, 0 },
	{ "SNAT", DO_TRANSLATE, STATEMENT_SNAT, 0 },
	{ "DNAT", DO_TRANSLATE, STATEMENT_DNAT, 0 },
	{ "REDIRECT", DO_TRANSLATE, STATEMENT_DNAT, 0 },
	{ "MARK", DO_MARK, STATEMENT_MARK, 0 },
	{ "CONNMARK", DO_CONNMARK, STATEMENT_CT_MARK, 0 },
	{ "CT", DO_TRACKING, STATEMENT_NOTRACK, 0 },
};

static const struct target *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

enum xt_marks
xt_marks(const char *name)
{
	const struct target *t = find(name);

	if (t == NULL)
		return XT_MARKS_UNKNOWN;
	return t->doing == DO_MARK || t->doing == DO_CONNMARK ? XT_MARKS_SET :
								XT_MARKS_NONE;
}

void
machine_xt_target(struct machine *m, const struct code *c)
{
	const struct target *t = find(c->set);
	bool done = t != NULL;
	struct statement s = { .kind = STATEMENT_NOTHING };

	switch (t != NULL ? t->doing : DO_STATEMENT) {
	case DO_STATEMENT:
		if (t == NULL)
			break;
		s.kind = t->kind;
		s.decision.action = t->action;
		emit(m, &s);
		break;
	case DO_TRANSLATE:
		translate(m, c);
		break;
	case DO_MARK:
		done = set_mark(m, c);
		break;
	case DO_CONNMARK:
		done = set_connmark(m, c);
		break;
	case DO_TRACKING:
		done = set_tracking(m, c);
		break;
	}
	if (done)
		return;
	if (t != NULL && (t->doing == DO_MARK || t->doing == DO_CONNMARK))
		m->w->mark_bits = UINT32_MAX;
	xt_unknown(m, c, true);
}
