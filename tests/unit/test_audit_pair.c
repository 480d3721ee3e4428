/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit_pair.c and what stands on it: pairs proven closed or shown open
 * (FWR-1), blocked conduits (FWR-2), IPv6 (FWR-5), rules that limit too little
 * (FWR-7). Random rulesets over a small town are held against every packet of
 * it, judged one by one by evaluate_point and by the judge.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit.h"
#include "auditing.h"

#define ROUNDS 80
#define RULES_MAX 14

static const char head[] =
    "{\"format\":\"sekisho-topology/1\",\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/30\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/30\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":["
    "\"10.3.0.0/30\"]},"
    "{\"id\":\"gate\",\"tier\":\"relay\",\"networks\":[\"10.9.0.0/30\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw\",\"zones\":["
    "\"core\",\"lg\",\"office\",\"gate\"],\"taps\":[]}],"
    "\"firewalls\":[{\"id\":\"fw\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.2.0.1\"],\"interfaces\":{\"core0\":[\"core\"],\"lg0\":[\"lg\"],"
    "\"office0\":[\"office\",\"gate\"]}}],\n"
    "\"sanitisers\":[{\"id\":\"s\",\"name\":\"s\",\"method\":\"remove\","
    "\"dirty\":[{\"zone\":\"office\",\"hosts\":[\"10.3.0.0\"]}],\"clean\":[{"
    "\"zone\":\"office\",\"hosts\":[\"10.3.0.2\",\"10.3.0.3\"]}]}],"
    "\"conduits\":[";

static const char *const zone_names[] = { "core", "lg", "office", "gate" };
static const char *const zone_nets[] = { "10.1.0.", "10.2.0.", "10.3.0.",
	"10.9.0." };
static const char *const zone_interfaces[] = { "core0", "lg0", "office0",
	"office0" };
#define ZONES 4

static uint64_t
draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 11;
}

/* ---- a random model and ruleset */

static void
draw_end(uint64_t *seed, unsigned zone, struct text *out)
{
	text_printf(out, "{\"zone\":\"%s\"", zone_names[zone]);
	if (draw(seed) % 3)
		text_printf(out, ",\"hosts\":[\"%s%u\"]", zone_nets[zone],
		    (unsigned)(zone == 1 ? 2 + draw(seed) % 2 :
					   draw(seed) % 4));
	text_add(out, "}");
}

static void
draw_service(uint64_t *seed, struct text *out)
{
	const unsigned first = 10 + 10 * (unsigned)(draw(seed) % 3);

	switch (draw(seed) % 6) {
	case 0:
		text_add(out, "{\"protocol\":\"icmp\"}");
		return;
	case 1:
		text_add(out, "{\"protocol\":\"udp\"}");
		return;
	case 2:
		text_printf(out, "{\"protocol\":\"tcp\",\"ports\":[\"%u-%u\"]}",
		    first, first + 10);
		return;
	case 3:
		text_add(out, "{\"protocol\":\"any\"}");
		return;
	default:
		text_printf(out, "{\"protocol\":\"tcp\",\"ports\":[%u]}",
		    first);
		return;
	}
}

static void
draw_model(uint64_t *seed, struct text *out)
{
	const unsigned count = (unsigned)(draw(seed) % 7);

	text_add(out, head);
	for (unsigned i = 0; i < count; i++) {
		const unsigned from = (unsigned)(draw(seed) % ZONES);
		const unsigned to =
		    (from + 1 + (unsigned)(draw(seed) % (ZONES - 1))) % ZONES;

		text_printf(out, "%s{\"id\":\"c%u\",", i ? "," : "", i);
		if (draw(seed) % 2)
			text_add(out, "\"special\":true,\"basis\":\"x\",");
		if (draw(seed) % 4 == 0)
			text_add(out, "\"transfers\":\"screen\",");
		if (draw(seed) % 4 == 0)
			text_add(out, "\"direction\":\"both\",");
		if (draw(seed) % 6 == 0)
			text_add(out, "\"expires\":\"2026-11-19\",");
		text_add(out, "\"from\":");
		draw_end(seed, from, out);
		text_add(out, ",\"to\":");
		draw_end(seed, to, out);
		text_add(out, ",\"services\":[");
		draw_service(seed, out);
		if (draw(seed) % 3 == 0) {
			text_add(out, ",");
			draw_service(seed, out);
		}
		text_add(out, "]}");
	}
	text_add(out, "]}\n");
}

static void
draw_match(uint64_t *seed, struct text *out)
{
	const unsigned zone = (unsigned)(draw(seed) % ZONES);
	const char *no = draw(seed) % 6 ? "" : "not ";

	switch (draw(seed) % 9) {
	case 0:
	case 1:
		text_printf(out, "%siif %s ", no, zone_interfaces[zone]);
		return;
	case 2:
		text_printf(out, "%soif %s ", no, zone_interfaces[zone]);
		return;
	case 3:
		text_printf(out, "%ssaddr %s%u/%u ", no, zone_nets[zone],
		    (unsigned)(draw(seed) % 2) * 2, draw(seed) % 2 ? 31 : 32);
		return;
	case 4:
		text_printf(out, "%sdaddr %s%u/%u ", no, zone_nets[zone],
		    (unsigned)(draw(seed) % 2) * 2, draw(seed) % 2 ? 31 : 32);
		return;
	case 5:
	case 6:
		text_printf(out, "%s%s %u-%u ", no,
		    draw(seed) % 3 ? "tcp" : "udp",
		    10 + 10 * (unsigned)(draw(seed) % 2),
		    20 + 10 * (unsigned)(draw(seed) % 3));
		return;
	case 7:
		text_add(out, draw(seed) % 2 ? "sport 1024-65535 " : "new ");
		return;
	default:
		text_add(out, draw(seed) % 2 ? "icmp 8 " : "limit ");
		return;
	}
}

static void
draw_rule(uint64_t *seed, struct auditing *x, const char *chain, bool jumps)
{
	struct text words = { 0 };
	const unsigned matches = 1 + (unsigned)(draw(seed) % 4);

	for (unsigned i = 0; i < matches; i++)
		draw_match(seed, &words);
	switch (draw(seed) % 8) {
	case 0:
	case 1:
		text_add(&words, "drop");
		break;
	case 2:
		text_add(&words, jumps ? "jump side" : "return");
		break;
	default:
		text_add(&words, "accept");
		break;
	}
	auditing_rule(x, chain, text_str(&words));
	text_free(&words);
}

static void
draw_rules(uint64_t *seed, struct auditing *x, const char *chain, bool jumps)
{
	const unsigned count = (unsigned)(draw(seed) % RULES_MAX);

	for (unsigned i = 0; i < count; i++)
		draw_rule(seed, x, chain, jumps);
}

static void
draw_dnat(uint64_t *seed, struct auditing *x)
{
	struct text words = { 0 };
	const unsigned zone = (unsigned)(draw(seed) % ZONES);

	auditing_chain(x, "pre", HOOK_PREROUTING, CHAIN_NAT, false);
	draw_match(seed, &words);
	text_printf(&words, "daddr 10.2.0.%u tcp %u dnat %s%u",
	    (unsigned)(draw(seed) % 3), 10 + 10 * (unsigned)(draw(seed) % 3),
	    zone_nets[zone], (unsigned)(draw(seed) % 4));
	if (draw(seed) % 2)
		text_printf(&words, ":%u",
		    10 + 10 * (unsigned)(draw(seed) % 3));
	auditing_rule(x, "pre", text_str(&words));
	text_free(&words);
}

static bool
draw_all(uint64_t *seed, struct auditing *x)
{
	struct text model = { 0 };
	bool loaded;

	draw_model(seed, &model);
	loaded = auditing_begin(x, text_str(&model));
	text_free(&model);
	if (!loaded)
		return false;
	auditing_chain(x, "side", HOOK_NONE, CHAIN_FILTER, false);
	draw_rules(seed, x, "side", false);
	auditing_chain(x, "forward", HOOK_FORWARD, CHAIN_FILTER,
	    draw(seed) % 4 != 0);
	draw_rules(seed, x, "forward", true);
	if (draw(seed) % 4 == 0) {
		auditing_chain(x, "second", HOOK_FORWARD, CHAIN_FILTER,
		    draw(seed) % 2);
		draw_rules(seed, x, "second", true);
	}
	if (draw(seed) % 2)
		draw_dnat(seed, x);
	return auditing_end(x);
}

/* ---- every packet */

/* Nothing of the judge's word on ends, service or day is against it. */
static bool
judge_declares(struct auditing *x, const struct point *at, packet_value daddr,
    packet_value dport)
{
	struct conversation c = { .boundary = x->a.boundary,
		.protocol = (uint8_t)at->at[DIM_PROTOCOL] };
	struct verdict v;

	c.address[0] = packet_value_addr(at->at[DIM_SADDR], 4);
	c.address[1] = packet_value_addr(daddr, 4);
	c.port[0] = (uint16_t)at->at[DIM_SPORT];
	c.port[1] = (uint16_t)dport;
	c.icmp_type = (uint8_t)at->at[DIM_ICMP_TYPE];
	c.first.us = day_begin((struct day){ 2026, 11, 20 }, 9 * 3600).us +
	    10 * CLOCK_HOUR;
	c.last = c.first;
	judge(x->l.m, &c, c.last, &v);
	switch (v.deciding.check) {
	case CHECK_SEG_1:
	case CHECK_SEG_2:
	case CHECK_SEG_3:
	case CHECK_SEG_5:
	case CHECK_SEG_8:
		return v.kind == VERDICT_EXCEPTED;
	default:
		return true;
	}
}

#define PORTS 10 /* 5, 10 ... 45, and none */

struct seen {
	bool leak; /* some packet undeclared and let through */
	bool passes;
	/* By hosts, protocol (tcp, udp, icmp, gre) and port: whether a client
	 * can get there. */
	bool reached[4][4][4][PORTS];
};

/* Where a packet ends, or -1: to the firewall itself. */
static int
zone_of(packet_value daddr)
{
	for (int z = 0; z < ZONES; z++) {
		struct prefix p;
		char text[32];

		snprintf(text, sizeof(text), "%s0/30", zone_nets[z]);
		prefix_parse(text, &p);
		if (daddr >> 2 == packet_value_of_addr(&p.addr) >> 2)
			return daddr == (packet_value_of_addr(&p.addr) | 1) &&
				z == 1 ?
			    -1 :
			    z;
	}
	return -1;
}

struct shape {
	unsigned protocol, dport, sport, flags, type;
};

static const struct shape shapes[] = {
	{ 6, 5, 500, 2, 0 },
	{ 6, 10, 500, 2, 0 },
	{ 6, 15, 500, 2, 0 },
	{ 6, 20, 500, 2, 0 },
	{ 6, 25, 500, 2, 0 },
	{ 6, 30, 500, 2, 0 },
	{ 6, 35, 500, 2, 0 },
	{ 6, 40, 500, 2, 0 },
	{ 6, 45, 500, 2, 0 },
	{ 6, 5, 5000, 2, 0 },
	{ 6, 10, 5000, 2, 0 },
	{ 6, 15, 5000, 2, 0 },
	{ 6, 20, 5000, 2, 0 },
	{ 6, 25, 5000, 2, 0 },
	{ 6, 30, 5000, 2, 0 },
	{ 6, 35, 5000, 2, 0 },
	{ 6, 40, 5000, 2, 0 },
	{ 6, 45, 5000, 2, 0 },
	{ 17, 5, 500, 0, 0 },
	{ 17, 15, 500, 0, 0 },
	{ 17, 20, 500, 0, 0 },
	{ 17, 25, 500, 0, 0 },
	{ 17, 30, 500, 0, 0 },
	{ 17, 35, 500, 0, 0 },
	{ 17, 40, 500, 0, 0 },
	{ 17, 10, 500, 0, 0 },
	{ 17, 45, 500, 0, 0 },
	{ 17, 5, 5000, 0, 0 },
	{ 17, 15, 5000, 0, 0 },
	{ 17, 20, 5000, 0, 0 },
	{ 17, 25, 5000, 0, 0 },
	{ 17, 30, 5000, 0, 0 },
	{ 17, 35, 5000, 0, 0 },
	{ 17, 40, 5000, 0, 0 },
	{ 17, 10, 5000, 0, 0 },
	{ 17, 45, 5000, 0, 0 },
	{ 1, 0, 0, 0, 8 },
	{ 1, 0, 0, 0, 13 },
	{ 47, 0, 0, 0, 0 },
	/* A rule may ask for a port without a protocol. */
	{ 1, 0, 5000, 0, 8 },
	{ 1, 0, 5000, 0, 13 },
	{ 47, 0, 5000, 0, 0 },
};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

static struct point
packet(unsigned from, unsigned to_interface, packet_value saddr,
    packet_value daddr, const struct shape *s)
{
	struct point x = { { 0 } };

	x.at[DIM_FAMILY] = 4;
	x.at[DIM_IIF] = packet_value_of_name(zone_interfaces[from]);
	x.at[DIM_OIF] = packet_value_of_name(zone_interfaces[to_interface]);
	x.at[DIM_SADDR] = saddr;
	x.at[DIM_DADDR] = daddr;
	x.at[DIM_PROTOCOL] = s->protocol;
	x.at[DIM_SPORT] = s->sport;
	x.at[DIM_DPORT] = s->dport;
	x.at[DIM_ICMP_TYPE] = s->type;
	x.at[DIM_TCP_FLAGS] = s->protocol == 6 ? s->flags : 0;
	x.at[DIM_CT_STATE] = CT_NEW;
	return x;
}

static packet_value
address(unsigned zone, unsigned host)
{
	struct addr a;
	char text[32];

	snprintf(text, sizeof(text), "%s%u", zone_nets[zone], host);
	addr_parse(text, &a);
	return packet_value_of_addr(&a);
}

static unsigned
protocol_place(unsigned protocol)
{
	return protocol == 6 ? 0 : protocol == 17 ? 1 : protocol == 1 ? 2 : 3;
}

static void
reach(const struct point *at, packet_value daddr, packet_value dport,
    struct seen *out)
{
	const unsigned protocol = protocol_place(
	    (unsigned)at->at[DIM_PROTOCOL]);
	const unsigned port = dport ? (unsigned)dport / 5 - 1 : PORTS - 1;

	if (protocol != 2 || at->at[DIM_ICMP_TYPE] == 8)
		out->reached[at->at[DIM_SADDR] & 3][daddr & 3][protocol][port] =
		    true;
}

struct looking {
	struct auditing *x;
	const struct point *at;
	unsigned to;
	struct seen *out;
};

/* One way in which a packet may end. */
static bool
look_at_leaf(void *context, const struct leaf *leaf)
{
	const struct looking *l = context;
	packet_value daddr = l->at->at[DIM_DADDR], dport = l->at->at[DIM_DPORT];

	if (!leaf->accepted || leaf->redirected)
		return true;
	if (leaf->translated) {
		daddr = leaf->box->dims[DIM_NEW_DADDR]->items[0].first;
		dport = leaf->box->dims[DIM_NEW_DPORT]->items[0].first;
	}
	if (zone_of(daddr) != (int)l->to)
		return true;
	if (l->at->at[DIM_CT_STATE] == CT_INVALID &&
	    judge_declares(l->x, l->at, daddr, dport))
		return true;
	l->out->passes = true;
	if (l->at->at[DIM_CT_STATE] == CT_NEW)
		reach(l->at, daddr, dport, l->out);
	l->out->leak |= !judge_declares(l->x, l->at, daddr, dport);
	return true;
}

/* One packet to the wire's destination, leaving by the interface of `to`. */
static void
look(struct auditing *x, unsigned to, struct pool *p, const struct point *at,
    struct seen *out)
{
	struct looking l = { x, at, to, out };
	const struct walk walk = { .way = WAY_FORWARD,
		.leaf = look_at_leaf,
		.context = &l };
	const struct pool_mark mark = pool_mark(p);
	struct box box = { { NULL } };

	for (int d = 0; d < DIM_NEW_DADDR; d++)
		box.dims[d] = spans_one(p, at->at[d], at->at[d]);
	assert_int_equal(evaluate_walk(x->a.evaluator, &walk, &box), WALK_DONE);
	pool_release(p, mark);
}

/* The same as a packet of no connection: an RST, an answer of ICMP. */
static void
look_without(struct auditing *x, unsigned to, struct pool *p,
    const struct point *at, struct seen *out)
{
	struct point stray = *at;

	stray.at[DIM_CT_STATE] = CT_INVALID;
	if (at->at[DIM_PROTOCOL] == 6)
		stray.at[DIM_TCP_FLAGS] = 4;
	else if (at->at[DIM_PROTOCOL] == 1)
		stray.at[DIM_ICMP_TYPE] = 0;
	else
		return;
	look(x, to, p, &stray, out);
}

static void
look_at_pair(struct auditing *x, unsigned from, unsigned to, struct pool *p,
    struct seen *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned a = 0; a < 4; a++)
		for (unsigned z = 0; z < ZONES; z++)
			for (unsigned b = 0; b < 4; b++)
				for (size_t s = 0; s < SHAPES; s++) {
					const struct point at = packet(from, to,
					    address(from, a), address(z, b),
					    &shapes[s]);

					if (from != 1 || a != 1) {
						look(x, to, p, &at, out);
						look_without(x, to, p, &at,
						    out);
					}
				}
}

/* Some client's service that is declared and leads nowhere. */
static bool
is_blocked(struct auditing *x, unsigned from, unsigned to,
    const struct seen *seen)
{
	for (unsigned a = 0; a < 4; a++)
		for (unsigned b = 0; b < 4; b++)
			for (size_t s = 0; s < SHAPES; s++) {
				const struct shape *h = &shapes[s];
				const struct point at = packet(from, to,
				    address(from, a), address(to, b), h);

				if ((from == 1 && a == 1) ||
				    (to == 1 && b == 1) || h->type == 13)
					continue;
				if (!seen->reached[a][b]
						  [protocol_place(h->protocol)]
						  [h->dport ? h->dport / 5 - 1 :
							      PORTS - 1] &&
				    judge_declares(x, &at, at.at[DIM_DADDR],
					h->dport))
					return true;
			}
	return false;
}

static void
show(const struct auditing *x)
{
	auditing_show(x);
	for (size_t i = 0; i < x->r->rule_count; i++)
		fprintf(stderr, "%s: %s\n", x->r->rules[i]->chain->name,
		    x->r->rules[i]->text);
}

static void
check_pair(struct auditing *x, unsigned from, unsigned to, struct pool *p,
    int round)
{
	const struct audit_finding *f = auditing_find(x, CHECK_FWR_1,
	    zone_names[from], zone_names[to], 4);
	const struct audit_cell *cell =
	    &x->a.cells[model_zone(x->l.m, zone_names[from])->index *
		    x->a.zone_count +
		model_zone(x->l.m, zone_names[to])->index];
	/* These packets are IPv4; what else opens the pair is IPv6 of zones
	 * that declare none, and a finding says so. */
	const bool ipv6 = cell->undeclared[0] + cell->undeclared[1] > 0 &&
	    auditing_find(x, CHECK_FWR_5, NULL, NULL, 6) != NULL;
	struct seen seen;

	look_at_pair(x, from, to, p, &seen);
	if (seen.leak != (f != NULL) || seen.passes > cell->permits ||
	    (seen.passes < cell->permits && !ipv6) || cell->undecided) {
		show(x);
		fail_msg("round %d, %s to %s: leak %d, finding %d; passes %d, "
			 "permits %d; undecided %d",
		    round, zone_names[from], zone_names[to], seen.leak,
		    f != NULL, seen.passes, cell->permits, cell->undecided);
	}
	if (is_blocked(x, from, to, &seen) != (cell->blocked > 0)) {
		show(x);
		fail_msg("round %d, %s to %s: blocked %d, findings %zu", round,
		    zone_names[from], zone_names[to],
		    is_blocked(x, from, to, &seen), cell->blocked);
	}
}

/* Each witness is let through and not declared. */
static void
check_witnesses(struct auditing *x, struct pool *p)
{
	for (size_t i = 0; i < x->a.finding_count; i++) {
		const struct audit_finding *f = &x->a.findings[i];
		struct fates fates;
		packet_value daddr = f->witness.at[DIM_DADDR];
		packet_value dport = f->witness.at[DIM_DPORT];

		if (f->check != CHECK_FWR_1 && f->check != CHECK_FWR_2)
			continue;
		if (!f->has_witness)
			show(x);
		assert_true(f->has_witness);
		evaluate_point(x->a.evaluator, f->way, &f->witness, p, &fates);
		if (f->check == CHECK_FWR_2 && f->certainty == AUDIT_POSSIBLE) {
			/* Another outcome may lead elsewhere. */
			assert_true(fates.possibly_accepted);
			continue;
		}
		if (f->check == CHECK_FWR_2) {
			assert_true(!fates.possibly_accepted || f->translated);
			assert_true(
			    judge_declares(x, &f->witness, daddr, dport));
			continue;
		}
		assert_true(fates.possibly_accepted);
		/* By another choice it may go elsewhere, and be declared. */
		assert_true(
		    fates.certainly_accepted || f->certainty == AUDIT_POSSIBLE);
		if (f->translated) {
			daddr = f->witness.at[DIM_NEW_DADDR];
			dport = f->witness.at[DIM_NEW_DPORT];
		}
		assert_int_equal(zone_of(daddr), f->to->index);
		assert_false(judge_declares(x, &f->witness, daddr, dport));
		assert_true(f->rule_count > 0);
	}
}

static void
every_pair_is_as_open_as_its_packets_are(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15u;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct auditing x;
		struct pool *p = pool_new();

		assert_true(draw_all(&seed, &x));
		audit_pairs(&x.a);
		for (unsigned from = 0; from < ZONES; from++)
			for (unsigned to = 0; to < ZONES; to++)
				if (from != to)
					check_pair(&x, from, to, p, round);
		check_witnesses(&x, p);
		assert_int_equal(x.a.undecided_count, 0);
		auditing_free(&x);
		pool_free(p);
	}
}

/* ---- by hand */

static const char town[] =
    "{\"format\":\"sekisho-topology/1\",\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\","
    "\"fd00:1::/48\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\","
    "\"fd00:2::/48\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":["
    "\"10.3.0.0/16\"],\"ipv6\":\"none\"},"
    "{\"id\":\"lgwan\",\"tier\":\"lgwan-network\",\"networks\":["
    "\"172.20.0.0/14\"]}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw\",\"zones\":["
    "\"core\",\"lg\",\"office\",\"lgwan\"],\"taps\":[]}],"
    "\"firewalls\":[{\"id\":\"fw\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\"],\"interfaces\":{\"core0\":[\"core\"],"
    "\"lg0\":[\"lg\"],\"office0\":[\"office\"],\"lgwan0\":[\"lgwan\"]}}],"
    "\"conduits\":["
    "{\"id\":\"dns\",\"from\":{\"zone\":\"lg\",\"hosts\":[\"10.2.0.53\"]},"
    "\"to\":{\"zone\":\"lgwan\",\"hosts\":[\"172.20.0.53\"]},\"services\":[{"
    "\"protocol\":\"udp\",\"ports\":[53]},{\"protocol\":\"tcp\","
    "\"ports\":[53]}]},"
    "{\"id\":\"wide\",\"special\":true,\"basis\":\"x\",\"from\":{\"zone\":"
    "\"lg\"},\"to\":{\"zone\":\"core\",\"hosts\":[\"10.1.0.9\"]},"
    "\"services\":[{\"protocol\":\"tcp\"}]}]}\n";

static void
begin(struct auditing *x, bool policy_drop)
{
	assert_true(auditing_begin(x, town));
	auditing_chain(x, "forward", HOOK_FORWARD, CHAIN_FILTER, policy_drop);
	auditing_rule(x, "forward", "established accept");
}

static void
run(struct auditing *x)
{
	assert_true(auditing_end(x));
	audit_pairs(&x->a);
	audit_narrow(&x->a);
	for (size_t i = 0; i < x->a.finding_count; i++)
		audit_suggest_for(&x->a, &x->a.findings[i]);
}

static const struct audit_cell *
cell(const struct auditing *x, const char *from, const char *to)
{
	return &x->a.cells[model_zone(x->l.m, from)->index * x->a.zone_count +
	    model_zone(x->l.m, to)->index];
}

/* Packets of no connection pass by rules that name no state or that one. */
static void
packets_of_no_connection_are_asked_about(void **state)
{
	const struct audit_finding *f;
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif core0 invalid accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "core", 4);
	assert_non_null(f);
	assert_non_null(strstr(f->sentence, "without any connection"));
	assert_int_equal(f->witness.at[DIM_CT_STATE], CT_INVALID);
	assert_non_null(f->suggestion_note);
	assert_null(auditing_find(&x, CHECK_FWR_1, "core", "lg", 4));
	auditing_free(&x);
	/* Answers of ICMP that nobody asked for. */
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif core0 icmp 0 accept");
	run(&x);
	assert_non_null(auditing_find(&x, CHECK_FWR_1, "lg", "core", 4));
	auditing_free(&x);
	begin(&x, true);
	auditing_rule(&x, "forward", "invalid drop");
	auditing_rule(&x, "forward", "iif lg0 oif core0 icmp 0 accept");
	run(&x);
	assert_null(auditing_find(&x, CHECK_FWR_1, NULL, NULL, -1));
	auditing_free(&x);
	/* A rule that lets new ones through as well is told once. */
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif core0 tcp 22 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->witness.at[DIM_CT_STATE], CT_NEW);
	auditing_free(&x);
}

static void
what_is_declared_is_silent(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 udp 53 "
	    "accept");
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 tcp 53 "
	    "sport 1024-65535 accept");
	auditing_rule(&x, "forward",
	    "iif lg0 oif core0 saddr 10.2.0.5 daddr 10.1.0.9 tcp 443 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 0);
	assert_int_equal(auditing_count(&x, CHECK_FWR_5), 0);
	assert_int_equal(auditing_count(&x, CHECK_FWR_7), 0);
	/* "wide" is a network's: a part of it is not let through. */
	assert_int_equal(auditing_count(&x, CHECK_FWR_2), 1);
	assert_true(cell(&x, "lg", "lgwan")->permits);
	assert_false(cell(&x, "lgwan", "lg")->permits);
	assert_int_equal(cell(&x, "lg", "lgwan")->declared, 1);
	assert_false(cell(&x, "lg", "lg")->judged);
	auditing_free(&x);
}

static void
a_rule_too_wide_is_named_and_what_is_behind_it(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif office0 oif core0 accept");
	auditing_rule(&x, "forward", "iif office0 oif core0 tcp 1433 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 1);
	f = auditing_find(&x, CHECK_FWR_1, "office", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_int_equal(f->certainty, AUDIT_CERTAIN);
	assert_int_equal(f->rules[0].rule->handle, 2);
	assert_non_null(strstr(f->sentence, "#3"));
	assert_int_equal(f->suggestion_count, 1);
	assert_string_equal(f->suggestions[0],
	    "nft insert rule inet t forward handle 2 iifname \"office0\" "
	    "oifname \"core0\" ct state new log drop");
	/* FWR-1 says it all. */
	assert_int_equal(auditing_count(&x, CHECK_FWR_7), 0);
	auditing_free(&x);
}

static void
a_limit_is_possible_and_not_certain(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif office0 oif core0 limit accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "office", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->certainty, AUDIT_POSSIBLE);
	assert_int_equal(cell(&x, "office", "core")->undeclared[AUDIT_POSSIBLE],
	    1);
	auditing_free(&x);
}

static void
a_drop_before_it_closes_the_pair(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "not saddr 10.2.0.0/16 drop");
	auditing_rule(&x, "forward", "saddr 10.2.0.0/17 drop");
	auditing_rule(&x, "forward", "saddr 10.2.128.0/17 drop");
	auditing_rule(&x, "forward", "v4 accept");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 0);
	assert_false(cell(&x, "office", "core")->permits);
	auditing_free(&x);
}

static void
a_limited_drop_does_not_close_it(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "limit drop");
	auditing_rule(&x, "forward", "iif office0 oif core0 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "office", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->certainty, AUDIT_POSSIBLE);
	auditing_free(&x);
}

static void
another_chain_must_accept_as_well(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif office0 accept");
	auditing_chain(&x, "late", HOOK_FORWARD, CHAIN_FILTER, true);
	auditing_rule(&x, "late", "iif office0 oif lg0 tcp 80 accept");
	run(&x);
	assert_null(auditing_find(&x, CHECK_FWR_1, "office", "core", -1));
	assert_non_null(auditing_find(&x, CHECK_FWR_1, "office", "lg", 4));
	auditing_free(&x);
}

static void
no_chain_at_all_opens_every_pair(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	assert_true(auditing_begin(&x, town));
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "office", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->rule_count, 0);
	assert_int_equal(f->suggestion_count, 0);
	assert_non_null(f->suggestion_note);
	assert_non_null(auditing_find(&x, CHECK_FWR_1, "lg", "lgwan", 4));
	auditing_free(&x);
}

static void
a_translation_opens_the_zone_it_leads_to(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	assert_true(auditing_begin(&x, town));
	auditing_chain(&x, "pre", HOOK_PREROUTING, CHAIN_NAT, false);
	auditing_rule(&x, "pre",
	    "iif lgwan0 daddr 172.20.5.9 tcp 8443 dnat 10.1.0.5:443");
	auditing_chain(&x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	auditing_rule(&x, "forward", "daddr 10.1.0.5 tcp 443 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lgwan", "core", 4);
	assert_non_null(f);
	auditing_free(&x);
	assert_true(auditing_begin(&x, town));
	auditing_chain(&x, "pre", HOOK_PREROUTING, CHAIN_NAT, false);
	auditing_rule(&x, "pre",
	    "iif lgwan0 daddr 172.20.5.9 tcp 8443 dnat 10.1.0.5:443");
	auditing_chain(&x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	/* Not to be met on the wire but by translation alone. */
	auditing_rule(&x, "forward", "saddr 10.2.0.0/16 drop");
	auditing_rule(&x, "forward", "not iif lgwan0 drop");
	auditing_rule(&x, "forward", "tcp 8443 drop");
	auditing_rule(&x, "forward", "oif core0 tcp 443 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lgwan", "core", 4);
	assert_non_null(f);
	assert_null(auditing_find(&x, CHECK_FWR_1, "office", NULL, -1));
	auditing_free(&x);
}

static void
ipv6_alone_is_said(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, false);
	auditing_rule(&x, "forward", "v4 drop");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_5, "lg", "core", 6);
	assert_non_null(f);
	assert_true(f->has_witness);
	/* And of the zone that declares none. */
	f = auditing_find(&x, CHECK_FWR_5, NULL, "office", 6);
	assert_non_null(f);
	assert_non_null(strstr(f->sentence, "core → office"));
	auditing_free(&x);
}

static void
a_whole_conduit_blocked_is_told_apart_from_a_part(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 udp 53 "
	    "accept");
	auditing_rule(&x, "forward", "oif lgwan0 drop");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "lgwan", 4);
	assert_non_null(f);
	assert_string_equal(f->conduit->id, "dns");
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_non_null(strstr(f->sentence, "TCP/53 is blocked altogether"));
	assert_int_equal(f->rules[0].rule->handle, 3);
	assert_string_equal(f->suggestions[0],
	    "nft insert rule inet t forward handle 3 iifname \"lg0\" oifname "
	    "\"lgwan0\" ip saddr 10.2.0.53 ip daddr 172.20.0.53 tcp dport 53 "
	    "ct state new accept");
	f = auditing_find(&x, CHECK_FWR_2, "lg", "core", 4);
	assert_non_null(f);
	assert_non_null(strstr(f->sentence, "is blocked altogether"));
	assert_null(f->rules[0].rule);
	assert_int_equal(strncmp(f->suggestions[0],
			     "nft add rule inet t forward iifname", 35),
	    0);
	auditing_free(&x);
}

static void
flags_and_source_ports_block_nothing(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 udp 53 "
	    "sport 1024-65535 accept");
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 tcp 53 "
	    "limit accept");
	run(&x);
	/* With the limit it may pass: nothing is certainly dropped. */
	assert_int_equal(cell(&x, "lg", "lgwan")->blocked, 0);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "lgwan", -1);
	assert_non_null(f);
	assert_int_equal(f->certainty, AUDIT_POSSIBLE);
	auditing_free(&x);
}

static void
what_a_limit_may_drop_is_told_as_possible(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 udp 53 limit drop");
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 udp 53 "
	    "accept");
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 tcp 53 "
	    "accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "lgwan", 4);
	assert_non_null(f);
	assert_int_equal(f->certainty, AUDIT_POSSIBLE);
	assert_int_equal(f->severity, SEVERITY_INFORMATION);
	assert_true(f->has_witness);
	assert_int_equal(f->witness.at[DIM_PROTOCOL], 17);
	assert_int_equal(f->rule_count, 1);
	assert_int_equal(f->rules[0].rule->handle, 2);
	assert_int_equal(f->suggestion_count, 0);
	assert_int_equal(cell(&x, "lg", "lgwan")->blocked, 0);
	assert_int_equal(cell(&x, "lg", "lgwan")->possibly_blocked, 1);
	auditing_free(&x);
}

static struct conduit *
conduit(struct auditing *x, const char *id)
{
	for (size_t i = 0; i < x->l.m->conduit_count; i++)
		if (strcmp(x->l.m->conduits[i].id, id) == 0)
			return &x->l.m->conduits[i];
	return NULL;
}

/* A rule for a conduit that expired is no rule for nothing. */
static void
a_conduit_that_does_not_count_is_named(void **state)
{
	static const char own[] = "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr "
				  "172.20.0.53 udp 53 accept";
	const struct audit_finding *f;
	struct auditing x;

	(void)state;
	begin(&x, true);
	conduit(&x, "dns")->expires = (struct day){ 2026, 11, 10 };
	auditing_rule(&x, "forward", own);
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 1);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "lgwan", 4);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->conduit->id, "dns");
	assert_non_null(strstr(f->sentence, "2026-11-10"));
	assert_int_equal(f->suggestion_count, 0);
	assert_non_null(strstr(f->suggestion_note, "renewal"));
	auditing_free(&x);
	begin(&x, true);
	conduit(&x, "dns")->expires = (struct day){ 2026, 10, 20 };
	auditing_rule(&x, "forward", own);
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "lgwan", 4);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->conduit->id, "dns");
	auditing_free(&x);
}

/* What it lets through beyond the conduit is shown, and graded as ever. */
static void
a_rule_wider_than_an_expired_conduit_is_open(void **state)
{
	const struct audit_finding *f;
	struct auditing x;

	(void)state;
	begin(&x, true);
	conduit(&x, "dns")->expires = (struct day){ 2026, 11, 10 };
	auditing_rule(&x, "forward",
	    "iif lg0 oif lgwan0 saddr 10.2.0.53 daddr 172.20.0.53 udp any "
	    "accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "lgwan", 4);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_null(f->conduit);
	assert_int_not_equal(f->witness.at[DIM_DPORT], 53);
	assert_true(f->suggestion_count > 0);
	auditing_free(&x);
}

/* Before routing and conntrack there is neither interface out nor state. */
static void
an_accept_before_routing_asks_for_what_is_known_there(void **state)
{
	const struct audit_finding *f;
	struct auditing x;

	(void)state;
	assert_true(auditing_begin(&x, town));
	auditing_chain(&x, "raw", HOOK_PREROUTING, CHAIN_FILTER, false);
	auditing_rule(&x, "raw", "iif lg0 udp 53 drop");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_2, "lg", "lgwan", 4);
	assert_non_null(f);
	assert_string_equal(f->suggestions[0],
	    "nft insert rule inet t raw handle 1 iifname \"lg0\" ip saddr "
	    "10.2.0.53 ip daddr 172.20.0.53 udp dport 53 accept");
	auditing_free(&x);
}

/* By another source port it passes, whatever the limit says; and a limit that
 * another rule accepts behind changes nothing. */
static void
a_limit_that_cannot_block_is_not_told(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "udp 53 sport 0-1023 limit drop");
	auditing_rule(&x, "forward", "iif lg0 oif lgwan0 limit accept");
	auditing_rule(&x, "forward", "iif lg0 oif lgwan0 accept");
	run(&x);
	assert_null(auditing_find(&x, CHECK_FWR_2, "lg", "lgwan", -1));
	assert_int_equal(cell(&x, "lg", "lgwan")->possibly_blocked, 0);
	auditing_free(&x);
}

static void
a_rule_of_personal_numbers_must_limit_everything(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward",
	    "iif lg0 oif core0 daddr 10.1.0.9 tcp any accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_7, "lg", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_non_null(strstr(f->sentence, "its source"));
	assert_non_null(strstr(f->sentence, "its destination port"));
	assert_null(strstr(f->sentence, "its destination,"));
	assert_null(strstr(f->sentence, "its protocol"));
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 0);
	auditing_free(&x);
}

static void
a_jump_limits_as_well(void **state)
{
	struct auditing x;

	(void)state;
	assert_true(auditing_begin(&x, town));
	auditing_chain(&x, "side", HOOK_NONE, CHAIN_FILTER, false);
	auditing_rule(&x, "side", "iif lg0 accept");
	auditing_chain(&x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	auditing_rule(&x, "forward",
	    "saddr 10.2.0.5 daddr 10.1.0.9 tcp 443 oif core0 jump side");
	run(&x);
	assert_int_equal(auditing_count(&x, CHECK_FWR_7), 0);
	assert_int_equal(auditing_count(&x, CHECK_FWR_1), 0);
	auditing_free(&x);
}

static void
what_is_not_tracked_is_let_through_too(void **state)
{
	struct auditing x;

	(void)state;
	assert_true(auditing_begin(&x, town));
	auditing_chain(&x, "raw", HOOK_PREROUTING, CHAIN_FILTER, false);
	auditing_rule(&x, "raw", "iif office0 notrack");
	auditing_chain(&x, "forward", HOOK_FORWARD, CHAIN_FILTER, true);
	auditing_rule(&x, "forward", "untracked accept");
	run(&x);
	assert_non_null(auditing_find(&x, CHECK_FWR_1, "office", "core", 4));
	assert_null(auditing_find(&x, CHECK_FWR_1, "lg", "core", 4));
	auditing_free(&x);
}

static void
an_ended_budget_is_never_clean(void **state)
{
	struct auditing x;

	(void)state;
	begin(&x, true);
	for (int i = 0; i < 40; i++) {
		char words[96];

		snprintf(words, sizeof(words),
		    "saddr 10.2.%d.0/24 daddr 10.1.%d.0/24 tcp %d drop", i,
		    i * 3, i + 1);
		auditing_rule(&x, "forward", words);
	}
	auditing_rule(&x, "forward", "not tcp 1-65535 drop");
	auditing_rule(&x, "forward", "iif lg0 oif core0 tcp 1-65535 drop");
	auditing_rule(&x, "forward", "iif lg0 oif core0 accept");
	assert_true(auditing_end(&x));
	x.a.budget_steps = 3;
	audit_pairs(&x.a);
	assert_true(x.a.undecided_count > 0);
	assert_true(cell(&x, "lg", "core")->undecided);
	assert_true(cell(&x, "lg", "core")->decided <
	    cell(&x, "lg", "core")->questions);
	auditing_free(&x);
}

static void
another_makers_firewall_gets_a_sentence(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif office0 oif core0 accept");
	assert_true(auditing_end(&x));
	x.r->zones = true;
	audit_pairs(&x.a);
	audit_suggest_for(&x.a, &x.a.findings[0]);
	f = &x.a.findings[0];
	assert_int_equal(f->suggestion_count, 0);
	assert_non_null(f->suggestion_note);
	auditing_free(&x);
}

static void
a_drop_is_cut_around_what_is_declared(void **state)
{
	struct auditing x;
	const struct audit_finding *f;

	(void)state;
	begin(&x, true);
	auditing_rule(&x, "forward", "iif lg0 oif core0 v4 accept");
	run(&x);
	f = auditing_find(&x, CHECK_FWR_1, "lg", "core", 4);
	assert_non_null(f);
	assert_int_equal(f->suggestion_count, 2);
	assert_string_equal(f->suggestions[0],
	    "nft insert rule inet t forward handle 2 iifname \"lg0\" oifname "
	    "\"core0\" ip daddr { 10.1.0.0-10.1.0.8, 10.1.0.10-10.1.255.255 } "
	    "ct state new log drop");
	assert_string_equal(f->suggestions[1],
	    "nft insert rule inet t forward handle 2 iifname \"lg0\" oifname "
	    "\"core0\" ip daddr 10.1.0.9 meta l4proto { 0-5, 7-255 } "
	    "ct state new log drop");
	auditing_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_is_as_open_as_its_packets_are),
		cmocka_unit_test(packets_of_no_connection_are_asked_about),
		cmocka_unit_test(what_is_declared_is_silent),
		cmocka_unit_test(
		    a_rule_too_wide_is_named_and_what_is_behind_it),
		cmocka_unit_test(a_limit_is_possible_and_not_certain),
		cmocka_unit_test(a_drop_before_it_closes_the_pair),
		cmocka_unit_test(a_limited_drop_does_not_close_it),
		cmocka_unit_test(another_chain_must_accept_as_well),
		cmocka_unit_test(no_chain_at_all_opens_every_pair),
		cmocka_unit_test(a_translation_opens_the_zone_it_leads_to),
		cmocka_unit_test(ipv6_alone_is_said),
		cmocka_unit_test(
		    a_whole_conduit_blocked_is_told_apart_from_a_part),
		cmocka_unit_test(flags_and_source_ports_block_nothing),
		cmocka_unit_test(what_a_limit_may_drop_is_told_as_possible),
		cmocka_unit_test(a_limit_that_cannot_block_is_not_told),
		cmocka_unit_test(a_conduit_that_does_not_count_is_named),
		cmocka_unit_test(a_rule_wider_than_an_expired_conduit_is_open),
		cmocka_unit_test(
		    an_accept_before_routing_asks_for_what_is_known_there),
		cmocka_unit_test(
		    a_rule_of_personal_numbers_must_limit_everything),
		cmocka_unit_test(a_jump_limits_as_well),
		cmocka_unit_test(what_is_not_tracked_is_let_through_too),
		cmocka_unit_test(an_ended_budget_is_never_clean),
		cmocka_unit_test(another_makers_firewall_gets_a_sentence),
		cmocka_unit_test(a_drop_is_cut_around_what_is_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
