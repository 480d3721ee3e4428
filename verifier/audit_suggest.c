/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What to change about a finding of FWR-1, 2 or 5, as lines that nft takes.
 * Nothing is ever applied. What should not pass: a drop of exactly what
 * nothing declares between the two zones, in front of the rule that lets it
 * through, so that nothing declared can be blocked by it. What should: an
 * accept no wider than the conduit, which stands only where the guideline's
 * cell admits it. Where no such line can be written (another maker's firewall,
 * too many pieces, names that nft would not take) there is a sentence.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_space.h"

#define INTERVALS_MAX 24 /* of one set that is written out */
#define LINE_MAX_BYTES 2000

/* ---- what nft reads */

static bool
is_word(const char *s, const char *more)
{
	if (!s || !*s || strlen(s) > 64)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr(more, *s))
			return false;
	return true;
}

/* "inet filter forward", or false when a name would need quoting. */
static bool
add_chain(const struct chain *c, struct text *out)
{
	if (!is_word(c->table->name, "_-.") || !is_word(c->name, "_-."))
		return false;
	text_printf(out, "%s %s %s", table_family_name(c->table->family),
	    c->table->name, c->name);
	return true;
}

static void
add_address_span(const struct span *s, int family, struct text *out)
{
	const struct addr first = packet_value_addr(s->first, family);
	const struct addr last = packet_value_addr(s->last, family);
	char a[PREFIX_TEXT_MAX], b[ADDR_TEXT_MAX];
	struct prefix one;

	if (s->first == s->last)
		text_add(out, addr_format(&first, a));
	else if (prefix_from_range(&first, &last, &one, 1) == 1)
		text_add(out, prefix_format(&one, a));
	else
		text_printf(out, "%s-%s", addr_format(&first, a),
		    addr_format(&last, b));
}

static void
add_number_span(const struct span *s, struct text *out)
{
	text_printf(out, "%u", (unsigned)s->first);
	if (s->last != s->first)
		text_printf(out, "-%u", (unsigned)s->last);
}

/* family 0: numbers. */
static bool
add_spans(const struct spans *s, int family, struct text *out)
{
	if (s->count == 0 || s->count > INTERVALS_MAX)
		return false;
	if (s->count > 1)
		text_add(out, "{ ");
	for (size_t i = 0; i < s->count; i++) {
		if (i)
			text_add(out, ", ");
		if (family)
			add_address_span(&s->items[i], family, out);
		else
			add_number_span(&s->items[i], out);
	}
	if (s->count > 1)
		text_add(out, " }");
	return true;
}

static bool
add_interfaces(const char *key, const struct spans *names, struct text *out)
{
	char name[17];

	if (!names)
		return true;
	if (names->count == 0 || names->count > INTERVALS_MAX)
		return false;
	text_printf(out, " %s %s", key, names->count > 1 ? "{ " : "");
	for (size_t i = 0; i < names->count; i++) {
		if (names->items[i].first != names->items[i].last)
			return false;
		(void)packet_value_name(names->items[i].first, name);
		if (!is_word(name, "_-.@:"))
			return false;
		text_printf(out, "%s\"%s\"", i ? ", " : "", name);
	}
	if (names->count > 1)
		text_add(out, " }");
	return true;
}

static const char *
protocol_word(packet_value v, char buf[8])
{
	switch ((unsigned)v) {
	case 1:
		return "icmp";
	case 6:
		return "tcp";
	case 17:
		return "udp";
	case 58:
		return "icmpv6";
	case 132:
		return "sctp";
	default:
		snprintf(buf, 8, "%u", (unsigned)v);
		return buf;
	}
}

static bool
add_service(const struct spans *protocols, const struct spans *ports,
    struct text *out)
{
	char buf[8];

	if (protocols && protocols->count == 1 &&
	    protocols->items[0].first == protocols->items[0].last) {
		const packet_value p = protocols->items[0].first;

		if (ports && (p == 6 || p == 17 || p == 132)) {
			text_printf(out, " %s dport ", protocol_word(p, buf));
			return add_spans(ports, 0, out);
		}
		text_printf(out, " meta l4proto %s", protocol_word(p, buf));
	} else if (protocols) {
		text_add(out, " meta l4proto ");
		if (!add_spans(protocols, 0, out))
			return false;
	}
	if (ports) {
		text_add(out, " th dport ");
		return add_spans(ports, 0, out);
	}
	return true;
}

/* ---- packets as matches */

/* No other zone of the boundary may be behind these interfaces. */
static bool
alone(struct audit *a, const struct zone *zone)
{
	const struct spans *own = space_interfaces(a, zone);

	for (size_t i = 0; own && i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];
		const struct spans *theirs = space_interfaces(a, z);

		if (z != zone && !spans_disjoint(own, theirs))
			return false;
	}
	return own != NULL;
}

/* The firewall's own addresses are never forwarded: with them a zone's
 * addresses are its networks again. */
static const struct spans *
rounded(struct audit *a, struct pool *p, const struct spans *s, int family)
{
	const struct spans *own = space_addresses(a, &a->m->firewall_zone,
	    family);
	const struct spans *joined;

	if (!s->count)
		return s;
	own = spans_intersect(p, own,
	    spans_one(p, s->items[0].first, s->items[s->count - 1].last));
	joined = spans_union(p, s, own);
	return joined->count < s->count ? joined : s;
}

/* Addresses of other zones that may be behind the same interfaces. */
static const struct spans *
neighbours(struct audit *a, struct pool *p, const struct zone *zone, int family)
{
	const struct spans *own = space_interfaces(a, zone);
	const struct spans *out = &spans_nothing;

	for (size_t i = 0; i < a->boundary->zone_count; i++) {
		const struct zone *z = a->boundary->zones[i];

		if (z != zone && !spans_disjoint(own, space_interfaces(a, z)))
			out = spans_union(p, out,
			    space_addresses(a, z, family));
	}
	return out;
}

struct matching {
	struct audit *a;
	struct pool *p;
	const struct zone *from, *to;
	int family;			      /* 0: both, then no addresses */
	bool whole_source, whole_destination; /* what the box has is all */
	bool drops;
	const struct chain *base; /* in which the line stands, or NULL */
};

/* All of "outside" in a drop is what no other zone there has: what is of
 * nobody may be dropped as well. */
static bool
add_addresses(const struct matching *m, const char *key,
    const struct zone *zone, const struct spans *s, struct text *out)
{
	const bool world = m->drops && zone->tier == TIER_OUTSIDE &&
	    spans_equal(s, space_addresses(m->a, zone, m->family));

	if (world) {
		s = neighbours(m->a, m->p, zone, m->family);
		if (!s->count)
			return true;
	}
	text_printf(out, " %s %s %s", m->family == 4 ? "ip" : "ip6", key,
	    world ? "!= " : "");
	return add_spans(rounded(m->a, m->p, s, m->family), m->family, out);
}

#define PRIORITY_CONNTRACK (-200)

/* Before routing nobody knows by which interface a packet leaves. */
static bool
knows_oif(const struct matching *m)
{
	const enum hook hook = m->base ? m->base->hook : HOOK_FORWARD;

	return hook != HOOK_INGRESS && hook != HOOK_PREROUTING &&
	    hook != HOOK_INPUT;
}

/* Before conntrack a packet has no state. */
static bool
knows_state(const struct matching *m)
{
	const struct chain *base = m->base;

	return !base ||
	    (base->hook != HOOK_INGRESS &&
		(base->hook != HOOK_PREROUTING ||
		    base->priority > PRIORITY_CONNTRACK));
}

/* The line's matches and verdict; false when nft could not say it. */
static bool
add_matches(const struct matching *m, const struct box *box, struct text *out)
{
	struct audit *a = m->a;
	bool ok = add_interfaces("iifname", space_interfaces(a, m->from),
		      out) &&
	    (!knows_oif(m) ||
		add_interfaces("oifname", space_interfaces(a, m->to), out));
	const size_t before = out->length;

	if (ok && !m->whole_source)
		ok = add_addresses(m, "saddr", m->from, box->dims[DIM_SADDR],
		    out);
	if (ok && !m->whole_destination)
		ok = add_addresses(m, "daddr", m->to, box->dims[DIM_DADDR],
		    out);
	if (ok && m->family && out->length == before)
		text_printf(out, " meta nfproto ipv%d", m->family);
	ok = ok &&
	    add_service(box->dims[DIM_PROTOCOL], box->dims[DIM_DPORT], out);
	/* What is dropped must leave a log (FWR-6). */
	text_printf(out, "%s %s", knows_state(m) ? " ct state new" : "",
	    m->drops ? "log drop" : "accept");
	return ok && out->length <= LINE_MAX_BYTES;
}

/* "nft insert rule inet filter forward handle 12": in front of the rule, or
 * at the end where the policy decides. */
static bool
add_place(const struct audit_rule *r, struct text *out)
{
	const struct chain *c = r->rule ? r->rule->chain : r->chain;

	if (!c || c->table->family == TABLE_BRIDGE ||
	    c->table->family == TABLE_NETDEV || (r->rule && !r->rule->handle))
		return false;
	text_add(out, r->rule ? "nft insert rule " : "nft add rule ");
	if (!add_chain(c, out))
		return false;
	if (r->rule)
		text_printf(out, " handle %llu",
		    (unsigned long long)r->rule->handle);
	return true;
}

/* ---- closing */

/* The rule or policy among those that decide in which a drop is to stand: one
 * that filters what is forwarded. */
static const struct audit_rule *
closer(const struct audit_finding *f)
{
	for (size_t i = 0; i < f->rule_count; i++) {
		const struct audit_rule *r = &f->rules[i];

		if (r->action == ACTION_ACCEPT &&
		    (!r->rule || r->rule->chain->hook == HOOK_FORWARD ||
			r->rule->chain->hook == HOOK_NONE))
			return r;
	}
	return NULL;
}

struct pieces {
	struct box items[AUDIT_SUGGESTIONS_MAX];
	size_t count;
	bool too_many;
};

static void
piece_add(struct pieces *x, const struct box *box)
{
	if (x->count == AUDIT_SUGGESTIONS_MAX)
		x->too_many = true;
	else
		x->items[x->count++] = *box;
}

/* What of one box another one leaves, protocols before ports: ports of all
 * protocols but one mean nothing. */
static void
cut_one(struct pool *p, struct box rest, const struct box *gone,
    struct pieces *out)
{
	static const enum dimension order[] = { DIM_SADDR, DIM_DADDR,
		DIM_PROTOCOL, DIM_DPORT };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const enum dimension d = order[i];
		struct box piece = rest;

		piece.dims[d] = spans_subtract(p, rest.dims[d], gone->dims[d],
		    dimension_most(d));
		if (gone->dims[d] && piece.dims[d]->count)
			piece_add(out, &piece);
		rest.dims[d] = spans_intersect(p, rest.dims[d], gone->dims[d]);
	}
}

/* What of the pair nothing declares, in a few boxes. */
static void
cut(struct pool *p, const struct declared *declared, size_t count,
    struct pieces *x)
{
	for (size_t i = 0; i < count && !x->too_many; i++) {
		struct pieces next = { .count = 0 };

		for (size_t k = 0; k < x->count; k++)
			if (box_disjoint(&x->items[k], &declared[i].box))
				piece_add(&next, &x->items[k]);
			else
				cut_one(p, x->items[k], &declared[i].box,
				    &next);
		*x = next;
	}
}

/* The pair's addresses and services alone. */
static bool
pair_box(struct audit *a, const struct audit_finding *f, int family,
    struct pool *p, struct box *out)
{
	struct box boxes[2];
	const size_t count = space_pair(a, f->from, f->to, p, boxes);

	for (size_t i = 0; i < count; i++)
		if (spans_has(boxes[i].dims[DIM_FAMILY],
			(packet_value)family)) {
			memset(out, 0, sizeof(*out));
			out->dims[DIM_FAMILY] = boxes[i].dims[DIM_FAMILY];
			out->dims[DIM_SADDR] = boxes[i].dims[DIM_SADDR];
			out->dims[DIM_DADDR] = boxes[i].dims[DIM_DADDR];
			return true;
		}
	return false;
}

static size_t
declared_of(struct audit *a, const struct audit_finding *f, int family,
    struct pool *p, const struct declared **out)
{
	return space_declared(a, f->from, f->to, family, p, out);
}

static bool
suggest_drop(struct audit *a, struct audit_finding *f,
    const struct audit_rule *at, const struct matching *m,
    const struct box *box)
{
	struct text line = { 0 };
	const bool ok = add_place(at, &line) && add_matches(m, box, &line);

	if (ok)
		audit_suggest(f, text_str(&line));
	text_free(&line);
	(void)a;
	return ok;
}

static void
drop_suggestions(struct audit_finding *f)
{
	for (size_t i = 0; i < f->suggestion_count; i++)
		free(f->suggestions[i]);
	f->suggestion_count = 0;
}

/* Drops for what nothing declares between the two zones. */
static bool
close_pair(struct audit *a, struct audit_finding *f,
    const struct audit_rule *at, struct pool *p)
{
	const struct declared *declared, *others;
	struct matching m = { .a = a,
		.p = p,
		.from = f->from,
		.to = f->to,
		.family = f->family,
		.drops = true };
	const bool from_alone = alone(a, f->from), to_alone = alone(a, f->to);
	struct pieces x = { .count = 1 };
	struct box all;
	size_t count;

	if (!pair_box(a, f, f->family, p, &all))
		return false;
	count = declared_of(a, f, f->family, p, &declared);
	if (!count && from_alone && to_alone &&
	    !declared_of(a, f, 10 - f->family, p, &others))
		m.family = 0;
	x.items[0] = all;
	cut(p, declared, count, &x);
	for (size_t i = 0; i < x.count && !x.too_many; i++) {
		m.whole_source = from_alone &&
		    spans_equal(x.items[i].dims[DIM_SADDR],
			all.dims[DIM_SADDR]);
		m.whole_destination = to_alone &&
		    spans_equal(x.items[i].dims[DIM_DADDR],
			all.dims[DIM_DADDR]);
		if (!suggest_drop(a, f, at, &m, &x.items[i]))
			x.too_many = true;
	}
	if (x.too_many)
		drop_suggestions(f);
	return !x.too_many;
}

static void
suggest_close(struct audit *a, struct audit_finding *f)
{
	const struct audit_rule *at = closer(f);
	struct pool *p = pool_new();

	if (!at)
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_CHAIN, 0);
	else if (f->from && f->to && f->family && close_pair(a, f, at, p))
		audit_suggest_note(a, f,
		    at->rule ? W_AUDIT_SUGGEST_DROP : W_AUDIT_SUGGEST_DROP_END,
		    2, f->from->id, f->to->id);
	else
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_NARROW, 2, f->from->id,
		    f->to->id);
	pool_free(p);
}

/* ---- opening */

/* A packet of a declared box as the pair's clients send it, and whether any
 * choice lets it through. */
static bool
seems_blocked(struct audit *a, const struct audit_finding *f, struct pool *p,
    const struct declared *d)
{
	struct box boxes[2], box;
	const size_t count = space_pair(a, f->from, f->to, p, boxes);
	struct fates fates = { .possibly_accepted = true };
	struct point x;

	for (size_t i = 0; i < count; i++)
		if (box_intersect(p, &boxes[i], &d->box, &box)) {
			box_pick(&box, &x);
			evaluate_point(a->evaluator, f->way, &x, p, &fates);
		}
	return !fates.possibly_accepted;
}

/* The declared box that holds the witness, and others of the conduit that are
 * blocked as well. */
static bool
to_open(struct audit *a, const struct audit_finding *f, struct pool *p,
    const struct declared *d)
{
	return d->conduit == f->conduit && !d->exception &&
	    (box_has(&d->box, &f->witness) || seems_blocked(a, f, p, d));
}

static bool
open_conduit(struct audit *a, struct audit_finding *f, struct pool *p)
{
	const int family = (int)f->witness.at[DIM_FAMILY];
	const struct declared *declared;
	const struct matching m = { .a = a,
		.p = p,
		.from = f->from,
		.to = f->to,
		.family = family,
		.base = f->base };
	const size_t count = declared_of(a, f, family, p, &declared);

	for (size_t i = 0; i < count; i++) {
		struct text line = { 0 };

		if (to_open(a, f, p, &declared[i]) && f->rule_count &&
		    add_place(&f->rules[0], &line) &&
		    add_matches(&m, &declared[i].box, &line))
			audit_suggest(f, text_str(&line));
		text_free(&line);
	}
	return f->suggestion_count > 0;
}

static void
suggest_open(struct audit *a, struct audit_finding *f)
{
	struct pool *p = pool_new();

	/* Never where the tier forbids; no conduit counts there anyway. */
	if ((!f->cell || f->cell->kind != CELL_DENY) && f->conduit &&
	    f->has_witness && !f->translated && open_conduit(a, f, p))
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_ACCEPT, 1,
		    f->conduit->id);
	else
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_ALLOW, 1,
		    f->conduit ? f->conduit->id : "-");
	pool_free(p);
}

/* ---- the whole */

/* Whether its rules are nft's, so that a line of nft means anything. */
static bool
speaks_nft(const struct audit *a)
{
	return a->ruleset->source != RULESET_NEUTRAL && !a->ruleset->zones &&
	    (!a->firewall || a->firewall->kind == FIREWALL_NFTABLES);
}

static void
suggest_words(struct audit *a, struct audit_finding *f)
{
	const bool named = f->from && f->to;

	if (f->check == CHECK_FWR_2)
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_ALLOW, 1,
		    f->conduit ? f->conduit->id : "-");
	else if (named)
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_NARROW, 2, f->from->id,
		    f->to->id);
}

void
audit_suggest_for(struct audit *a, struct audit_finding *f)
{
	if (!a->ruleset || f->suggestion_count || f->suggestion_note)
		return;
	/* What is meant more often than not is not to be opened on our word. */
	if (f->check == CHECK_FWR_2 && f->severity == SEVERITY_INFORMATION)
		return;
	switch (f->check) {
	case CHECK_FWR_1:
	case CHECK_FWR_2:
		if (!speaks_nft(a))
			suggest_words(a, f);
		else if (f->check == CHECK_FWR_1)
			suggest_close(a, f);
		else
			suggest_open(a, f);
		return;
	case CHECK_FWR_5:
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_IPV6, 0);
		return;
	case CHECK_FWR_7:
		audit_suggest_note(a, f, W_AUDIT_SUGGEST_LIMIT, 0);
		return;
	default:
		return;
	}
}
