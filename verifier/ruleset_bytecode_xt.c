/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matches of iptables that nf_tables runs as they are. Those whose structure
 * says all of what they do are read out of it; the others are a free choice
 * by name. What a structure holds besides what is read here makes it one, too.
 * linux/netfilter/xt_*.h; net/netfilter/xt_conntrack.c, xt_multiport.c ...
 */
#include <string.h>
/* Declares inline functions that need string.h. */
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "ruleset_bytecode.h"

#define PAIR_MAX 3
#define ICMP_ANY 0xff

void
xt_unknown(struct machine *m, const struct code *c, bool may_decide)
{
	struct text name = { 0 };

	text_add(&name, "xt ");
	text_quote(&name, c->set);
	machine_unknown(m, builder_string(m->w->b, text_str(&name)),
	    may_decide);
	text_free(&name);
}

bool
xt_copy(const struct code *c, void *out, size_t size)
{
	if (c->value.at == NULL || c->value.length < size)
		return false;
	memcpy(out, c->value.at, size);
	return true;
}

/* ---- several fields at once */

struct row {
	const struct spans *parts[PAIR_MAX]; /* NULL: every value */
};

/* Any of the rows, or none of them. */
static void
emit_rows(struct machine *m, const enum field *fields, size_t field_count,
    const struct row *rows, size_t count, bool negated)
{
	struct set_element *e = pool_take(m->w->pool, count * sizeof(*e));
	struct lookup l = { .elements = e,
		.element_count = count,
		.field_count = field_count,
		.negated = negated };

	memset(e, 0, count * sizeof(*e));
	for (size_t f = 0; f < field_count; f++) {
		l.fields[f] = fields[f];
		for (size_t i = 0; i < count; i++)
			e[i].parts[f] = rows[i].parts[f];
	}
	machine_emit_lookup(m, &l);
}

static const struct spans *
one(struct machine *m, packet_value first, packet_value last)
{
	return first <= last ? spans_one(m->w->pool, first, last) :
			       &spans_nothing;
}

static void
emit(struct machine *m, enum field field, packet_value first, packet_value last,
    packet_value most, bool negated)
{
	if (first != 0 || last != most || negated)
		machine_emit(m, field, one(m, first, last), negated);
}

/* ---- tcp, udp, icmp, multiport */

static bool
match_tcp(struct machine *m, const struct code *c)
{
	struct piece flags = { .field = FIELD_TCP_FLAGS,
		.length = 1,
		.count = 1 };
	const struct spans *values;
	struct xt_tcp x;

	if (!xt_copy(c, &x, sizeof(x)) || x.option != 0 ||
	    (x.invflags & ~XT_TCP_INV_MASK) != 0)
		return false;
	flags.mask[0] = x.flg_mask;
	if (!field_values(m, &flags, &x.flg_cmp, &x.flg_cmp, &values))
		return false;
	emit(m, FIELD_PROTOCOL, 6, 6, UINT8_MAX, false);
	emit(m, FIELD_SPORT, x.spts[0], x.spts[1], UINT16_MAX,
	    (x.invflags & XT_TCP_INV_SRCPT) != 0);
	emit(m, FIELD_DPORT, x.dpts[0], x.dpts[1], UINT16_MAX,
	    (x.invflags & XT_TCP_INV_DSTPT) != 0);
	if (x.flg_mask != 0 || x.flg_cmp != 0 ||
	    (x.invflags & XT_TCP_INV_FLAGS) != 0)
		machine_emit(m, FIELD_TCP_FLAGS, values,
		    (x.invflags & XT_TCP_INV_FLAGS) != 0);
	return true;
}

static bool
match_udp(struct machine *m, const struct code *c)
{
	const bool lite = strcmp(c->set, "udplite") == 0;
	struct xt_udp x;

	if (!xt_copy(c, &x, sizeof(x)) || (x.invflags & ~XT_UDP_INV_MASK) != 0)
		return false;
	emit(m, FIELD_PROTOCOL, lite ? 136 : 17, lite ? 136 : 17, UINT8_MAX,
	    false);
	emit(m, FIELD_SPORT, x.spts[0], x.spts[1], UINT16_MAX,
	    (x.invflags & XT_UDP_INV_SRCPT) != 0);
	emit(m, FIELD_DPORT, x.dpts[0], x.dpts[1], UINT16_MAX,
	    (x.invflags & XT_UDP_INV_DSTPT) != 0);
	return true;
}

static bool
match_icmp(struct machine *m, const struct code *c)
{
	static const enum field fields[] = { FIELD_ICMP_TYPE, FIELD_ICMP_CODE };
	const bool v6 = strcmp(c->set, "icmp6") == 0;
	struct row row = { { NULL } };
	struct ipt_icmp x; /* that of ICMPv6 is the same */

	_Static_assert(sizeof(struct ipt_icmp) == sizeof(struct ip6t_icmp),
	    "one structure for both");
	if (!xt_copy(c, &x, sizeof(x)) || (x.invflags & ~IPT_ICMP_INV) != 0)
		return false;
	emit(m, FIELD_FAMILY, v6 ? 6 : 4, v6 ? 6 : 4, 0, false);
	emit(m, FIELD_PROTOCOL, v6 ? 58 : 1, v6 ? 58 : 1, UINT8_MAX, false);
	if (x.type != ICMP_ANY || v6) {
		row.parts[0] = one(m, x.type, x.type);
		row.parts[1] = one(m, x.code[0], x.code[1]);
	}
	if ((x.invflags & IPT_ICMP_INV) != 0) {
		emit_rows(m, fields, 2, &row, 1, true);
	} else if (row.parts[0] != NULL) {
		machine_emit(m, fields[0], row.parts[0], false);
		machine_emit(m, fields[1], row.parts[1], false);
	}
	return true;
}

/* Ports one by one, or the first of a range with pflags. */
static bool
match_multiport(struct machine *m, const struct code *c)
{
	static const enum field both[] = { FIELD_SPORT, FIELD_DPORT };
	struct span items[XT_MULTI_PORTS];
	struct row rows[2] = { { { NULL } }, { { NULL } } };
	const struct spans *ports;
	struct xt_multiport_v1 x;
	size_t n = 0;

	if (c->revision != 1 || !xt_copy(c, &x, sizeof(x)) ||
	    x.count > XT_MULTI_PORTS || x.flags > XT_MULTIPORT_EITHER)
		return false;
	for (size_t i = 0; i < x.count; i++, n++) {
		items[n].first = items[n].last = x.ports[i];
		if (x.pflags[i] != 0 && ++i < x.count)
			items[n].last = x.ports[i];
		if (items[n].first > items[n].last)
			return false;
	}
	ports = spans_make(m->w->pool, items, n);
	machine_emit(m, FIELD_PROTOCOL, &machine_with_ports, false);
	if (x.flags != XT_MULTIPORT_EITHER) {
		machine_emit(m, both[x.flags == XT_MULTIPORT_DESTINATION],
		    ports, x.invert != 0);
		return true;
	}
	rows[0].parts[0] = rows[1].parts[1] = ports;
	emit_rows(m, both, 2, rows, 2, x.invert != 0);
	return true;
}

/* ---- addresses, marks */

static packet_value
address_of(const struct machine *m, const union nf_inet_addr *a)
{
	const uint8_t *bytes = (const uint8_t *)a;
	packet_value v = 0;

	for (size_t i = 0; i < (m->family == TABLE_IP6 ? 16 : 4); i++)
		v = v << 8 | bytes[i];
	return v;
}

static bool
match_iprange(struct machine *m, const struct code *c)
{
	struct xt_iprange_mtinfo x;

	if (c->revision != 1 || !xt_copy(c, &x, sizeof(x)) ||
	    (m->family != TABLE_IP && m->family != TABLE_IP6))
		return false;
	if ((x.flags & IPRANGE_SRC) != 0)
		machine_emit(m, FIELD_SADDR,
		    one(m, address_of(m, &x.src_min),
			address_of(m, &x.src_max)),
		    (x.flags & IPRANGE_SRC_INV) != 0);
	if ((x.flags & IPRANGE_DST) != 0)
		machine_emit(m, FIELD_DADDR,
		    one(m, address_of(m, &x.dst_min),
			address_of(m, &x.dst_max)),
		    (x.flags & IPRANGE_DST_INV) != 0);
	return true;
}

/* The field under a mask is value; bytes as they lie in memory. */
static bool
masked(struct machine *m, enum field field, enum codec codec, size_t length,
    const void *mask, const void *value, const struct spans **out)
{
	struct piece p = { .field = field,
		.codec = codec,
		.length = length,
		.count = length };

	for (size_t i = 0; i < length; i++)
		p.index[i] = (uint8_t)i;
	memcpy(p.mask, mask, length);
	return field_values(m, &p, value, value, out);
}

static bool
match_mark(struct machine *m, const struct code *c)
{
	const bool ct = strcmp(c->set, "connmark") == 0;
	const enum field field = ct ? FIELD_CT_MARK : FIELD_MARK;
	const struct spans *values;
	struct xt_mark_mtinfo1 x;

	_Static_assert(sizeof(struct xt_mark_mtinfo1) ==
		sizeof(struct xt_connmark_mtinfo1),
	    "one structure for both");
	if (c->revision != 1 || !xt_copy(c, &x, sizeof(x)) ||
	    !masked(m, field, CODEC_HOST, sizeof(x.mark), &x.mask, &x.mark,
		&values))
		return false;
	if (ct)
		machine_tracked(m);
	machine_emit(m, field, values, x.invert != 0);
	return true;
}

/* ---- conntrack, state */

/* What the bits of a mask of states stand for. */
static const struct spans *
states_of(struct machine *m, unsigned mask, unsigned untracked)
{
	const struct {
		unsigned bit;
		enum ct_state state;
	} list[] = {
		{ XT_CONNTRACK_STATE_INVALID, CT_INVALID },
		{ XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED), CT_ESTABLISHED },
		{ XT_CONNTRACK_STATE_BIT(IP_CT_RELATED), CT_RELATED },
		{ XT_CONNTRACK_STATE_BIT(IP_CT_NEW), CT_NEW },
		{ untracked, CT_UNTRACKED },
	};
	struct span items[CT_STATES];
	size_t n = 0;

	for (size_t i = 0; i < CT_STATES; i++)
		if ((mask & list[i].bit) != 0) {
			items[n].first = items[n].last = list[i].state;
			n++;
		}
	return spans_make(m->w->pool, items, n);
}

static bool
match_state(struct machine *m, const struct code *c)
{
	struct xt_state_info x;

	if (!xt_copy(c, &x, sizeof(x)))
		return false;
	machine_emit(m, FIELD_CT_STATE,
	    states_of(m, x.statemask, XT_STATE_UNTRACKED), false);
	return true;
}

/* Of all three revisions what they have alike. */
struct tracking {
	struct xt_conntrack_mtinfo3 x;
	unsigned flags, invert, states, status;
};

static bool
read_tracking(const struct code *c, struct tracking *out)
{
	struct xt_conntrack_mtinfo1 one_;
	struct xt_conntrack_mtinfo2 two;

	memset(out, 0, sizeof(*out));
	if (c->revision == 3 && xt_copy(c, &out->x, sizeof(out->x))) {
		out->flags = out->x.match_flags;
		out->invert = out->x.invert_flags;
		out->states = out->x.state_mask;
		out->status = out->x.status_mask;
		return true;
	}
	if (c->revision == 2 && xt_copy(c, &two, sizeof(two))) {
		out->flags = two.match_flags;
		out->invert = two.invert_flags;
		out->states = two.state_mask;
		out->status = two.status_mask;
		memcpy(&out->x, &two,
		    offsetof(struct xt_conntrack_mtinfo2, origsrc_port));
		return true;
	}
	if (c->revision == 1 && xt_copy(c, &one_, sizeof(one_))) {
		out->flags = one_.match_flags;
		out->invert = one_.invert_flags;
		out->states = one_.state_mask;
		out->status = one_.status_mask;
		memcpy(&out->x, &one_,
		    offsetof(struct xt_conntrack_mtinfo1, origsrc_port));
		return true;
	}
	return false;
}

/* SNAT and DNAT are states here: of a connection that is translated. */
static bool
emit_states(struct machine *m, const struct tracking *t)
{
	static const enum field fields[] = { FIELD_CT_STATE, FIELD_CT_STATUS };
	static const struct span tracked[] = {
		{ CT_ESTABLISHED, CT_ESTABLISHED },
		{ CT_RELATED, CT_RELATED },
		{ CT_NEW, CT_NEW },
	};
	const bool negated = (t->invert & XT_CONNTRACK_STATE) != 0;
	const struct spans *states = states_of(m, t->states,
	    XT_CONNTRACK_STATE_UNTRACKED);
	struct row rows[2] = { { { states, NULL } }, { { NULL } } };
	struct span bits[64];
	unsigned wanted = 0;
	size_t n = 0;

	if ((t->states & XT_CONNTRACK_STATE_SNAT) != 0)
		wanted |= IPS_SRC_NAT;
	if ((t->states & XT_CONNTRACK_STATE_DNAT) != 0)
		wanted |= IPS_DST_NAT;
	if (wanted == 0) {
		machine_emit(m, FIELD_CT_STATE, states, negated);
		return true;
	}
	for (unsigned i = 0; i < 64; i++)
		if ((i & wanted) != 0)
			bits[n++] = (struct span){ i, i };
	rows[1].parts[0] = spans_make(m->w->pool, tracked, 3);
	rows[1].parts[1] = spans_make(m->w->pool, bits, n);
	emit_rows(m, fields, 2, rows, 2, negated);
	return true;
}

static bool
emit_original(struct machine *m, const struct tracking *t, unsigned flag,
    enum field field, const union nf_inet_addr *address,
    const union nf_inet_addr *mask)
{
	const struct spans *values;

	if ((t->flags & flag) == 0)
		return true;
	if (!masked(m, field, CODEC_NUMBER, m->family == TABLE_IP6 ? 16 : 4,
		mask, address, &values))
		return false;
	machine_emit(m, field, values, (t->invert & flag) != 0);
	return true;
}

static void
emit_port(struct machine *m, const struct tracking *t, unsigned flag,
    enum field field, uint16_t first, uint16_t last)
{
	if ((t->flags & flag) != 0)
		machine_emit(m, field, one(m, first, last),
		    (t->invert & flag) != 0);
}

/* What is about the connection, beside its state. */
static bool
emit_connection(struct machine *m, const struct tracking *t)
{
	const struct xt_conntrack_mtinfo3 *x = &t->x;

	machine_tracked(m);
	if ((t->flags & XT_CONNTRACK_DIRECTION) != 0)
		machine_emit(m, FIELD_CT_DIRECTION,
		    one(m, (t->invert & XT_CONNTRACK_DIRECTION) != 0,
			(t->invert & XT_CONNTRACK_DIRECTION) != 0),
		    false);
	if ((t->flags & XT_CONNTRACK_PROTO) != 0)
		machine_emit(m, FIELD_PROTOCOL, one(m, x->l4proto, x->l4proto),
		    (t->invert & XT_CONNTRACK_PROTO) != 0);
	emit_port(m, t, XT_CONNTRACK_ORIGSRC_PORT, FIELD_ORIGINAL_SPORT,
	    x->origsrc_port, x->origsrc_port_high);
	emit_port(m, t, XT_CONNTRACK_ORIGDST_PORT, FIELD_ORIGINAL_DPORT,
	    x->origdst_port, x->origdst_port_high);
	return emit_original(m, t, XT_CONNTRACK_ORIGSRC, FIELD_ORIGINAL_SADDR,
		   &x->origsrc_addr, &x->origsrc_mask) &&
	    emit_original(m, t, XT_CONNTRACK_ORIGDST, FIELD_ORIGINAL_DADDR,
		&x->origdst_addr, &x->origdst_mask);
}

/* Without a connection the state alone decides: other conditions are exact
 * only where the state asks for one. */
static bool
match_conntrack(struct machine *m, const struct code *c)
{
	const unsigned addresses = XT_CONNTRACK_ORIGSRC | XT_CONNTRACK_ORIGDST;
	const unsigned ports = XT_CONNTRACK_ORIGSRC_PORT |
	    XT_CONNTRACK_ORIGDST_PORT;
	const unsigned state = XT_CONNTRACK_STATE | XT_CONNTRACK_STATE_ALIAS;
	const unsigned rest = XT_CONNTRACK_PROTO | XT_CONNTRACK_DIRECTION;
	const unsigned none = XT_CONNTRACK_STATE_INVALID |
	    XT_CONNTRACK_STATE_UNTRACKED;
	struct tracking t;
	unsigned others;

	if (!read_tracking(c, &t) ||
	    (m->family != TABLE_IP && m->family != TABLE_IP6))
		return false;
	others = t.flags & ~state;
	if ((others & ~(addresses | ports | rest)) != 0 ||
	    ((others & ports) != 0 && c->revision != 3))
		return false;
	if ((t.flags & XT_CONNTRACK_STATE) != 0 && others != 0 &&
	    ((t.invert & XT_CONNTRACK_STATE) != 0 || (t.states & none) != 0))
		return false;
	if ((t.flags & XT_CONNTRACK_STATE) != 0 && !emit_states(m, &t))
		return false;
	return others == 0 || emit_connection(m, &t);
}

/* ---- comment: for people */

static bool
match_comment(struct machine *m, const struct code *c)
{
	char text[257] = "";
	const size_t n = c->value.length < 256 ? c->value.length : 256;

	if (c->value.at != NULL)
		memcpy(text, c->value.at, n);
	if (m->comment == NULL && text[0] != '\0')
		m->comment = builder_string(m->w->b, text);
	return true;
}

void
machine_xt_match(struct machine *m, const struct code *c)
{
	static const struct {
		const char *name;
		bool (*match)(struct machine *m, const struct code *c);
	} known[] = {
		{ "comment", match_comment },
		{ "conntrack", match_conntrack },
		{ "connmark", match_mark },
		{ "icmp", match_icmp },
		{ "icmp6", match_icmp },
		{ "iprange", match_iprange },
		{ "mark", match_mark },
		{ "multiport", match_multiport },
		{ "state", match_state },
		{ "tcp", match_tcp },
		{ "udp", match_udp },
		{ "udplite", match_udp },
	};

	machine_settle(m);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, c->set) == 0) {
			if (!known[i].match(m, c))
				xt_unknown(m, c, false);
			return;
		}
	xt_unknown(m, c, false);
}
