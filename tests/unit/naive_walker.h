/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A walker of rulesets as simple as nft(8) reads: one packet, statement by
 * statement, and where nobody can know every way is tried in turn. For
 * comparing with evaluate.h; shares no code with it save the structs of
 * ruleset.h.
 */
#ifndef NAIVE_WALKER_H
#define NAIVE_WALKER_H

#include <stdlib.h>
#include <string.h>

#include "evaluate.h"

#define NAIVE_CHOICES_MAX 64
#define NAIVE_BASES_MAX 64
#define NAIVE_OUTCOMES_MAX 4096
#define NAIVE_OTHER 200 /* an address or port that no rule names */

struct naive_outcome {
	bool accepted, logged, translated, redirected, untracked;
	packet_value daddr, dport; /* in the end */
	size_t count;
	struct leaf_decision decisions[NAIVE_BASES_MAX];
};

struct naive_walk {
	const struct ruleset *r;
	enum way way;
	/* As of struct walk. */
	const struct rule *candidate;
	const struct chain *candidate_base;
	bool policy;
	/* The firewall's addresses; NULL: nobody knows. */
	const struct spans *own;
	/* The choices of this turn, and how many ways each had. */
	unsigned choices[NAIVE_CHOICES_MAX], ways[NAIVE_CHOICES_MAX];
	size_t choice_count, choice_at;
	bool overfull;
	struct naive_outcome *outcomes; /* room for NAIVE_OUTCOMES_MAX */
	size_t outcome_count;
};

/* The packet on its way. */
struct naive_packet {
	const struct point *x;
	packet_value saddr, sport, daddr, dport; /* now */
	bool saddr_new;
	uint32_t mark, ct_mark, status;
	/* Not chosen as long as nobody asks. */
	bool mark_open, ct_mark_open, status_open, source_open, snat_open;
	bool connection, untracked; /* conntrack has seen it */
	bool translated, redirected, logged;
	bool address_new; /* another destination than the wire's was given */
	bool has_in, has_out; /* interfaces known in this hook */
	const struct chain *base;
};

enum naive_verdict {
	NAIVE_NEXT,   /* rule */
	NAIVE_RETURN, /* to the caller */
	NAIVE_ACCEPT,
	NAIVE_DROP,
	NAIVE_REJECT,
	NAIVE_FORGET, /* candidate: this packet is not asked about */
};

static unsigned
naive_choose(struct naive_walk *w, unsigned ways)
{
	if (w->choice_at == NAIVE_CHOICES_MAX) {
		w->overfull = true;
		return 0;
	}
	if (w->choice_at == w->choice_count) {
		w->choices[w->choice_count] = 0;
		w->ways[w->choice_count] = ways;
		w->choice_count++;
	}
	return w->choices[w->choice_at++];
}

/* On to the next turn; false after the last. */
static bool
naive_next_turn(struct naive_walk *w)
{
	while (w->choice_count) {
		size_t last = w->choice_count - 1;

		if (++w->choices[last] < w->ways[last])
			return true;
		w->choice_count--;
	}
	return false;
}

static bool
naive_in(const struct spans *s, packet_value v)
{
	if (!s)
		return true;
	for (size_t i = 0; i < s->count; i++)
		if (v >= s->items[i].first && v <= s->items[i].last)
			return true;
	return false;
}

static bool
naive_tracked(const struct naive_packet *p)
{
	packet_value state = p->x->at[DIM_CT_STATE];

	return p->connection && !p->untracked && state != CT_INVALID &&
	    state != CT_UNTRACKED;
}

static bool
naive_is_new(const struct naive_packet *p)
{
	return naive_tracked(p) && p->x->at[DIM_CT_STATE] == CT_NEW;
}

static uint32_t
naive_any_mark(struct naive_walk *w)
{
	static const uint32_t all[] = { 0, 1, 2, 3, 0x10, 0xfffffff0 };

	return all[naive_choose(w, 6)];
}

/* An address or a port that some rule may name, or another. */
static packet_value
naive_any(struct naive_walk *w)
{
	packet_value v = naive_choose(w, 7);

	return v == 6 ? NAIVE_OTHER : v;
}

/* Chooses what was left open, now that a rule asks. */
static void
naive_close(struct naive_walk *w, struct naive_packet *p, enum field f)
{
	if (f == FIELD_MARK && p->mark_open) {
		p->mark_open = false;
		p->mark = naive_any_mark(w);
	}
	if (f == FIELD_CT_MARK && p->ct_mark_open && naive_tracked(p)) {
		p->ct_mark_open = false;
		p->ct_mark = naive_any_mark(w);
	}
	if ((f == FIELD_SADDR || f == FIELD_SPORT) && p->source_open) {
		p->source_open = false;
		p->saddr = naive_any(w);
		p->sport = naive_any(w);
	}
	/* Whether the new source is the old one by chance. */
	if (f == FIELD_CT_STATUS && p->snat_open) {
		p->snat_open = false;
		p->status |= naive_choose(w, 2) ? 16 : 0;
	}
	if (f == FIELD_CT_STATUS && p->status_open && naive_tracked(p)) {
		p->status_open = false;
		/* 2 seen-reply, 8 confirmed, 16 snat, 32 dnat, 128 and 256 the
		 * same looked up */
		p->status = naive_choose(w, 16) << 4;
		p->status = (p->status & 0x30) | (p->status & 0xc0) << 1;
		if (p->x->at[DIM_CT_STATE] == CT_ESTABLISHED ||
		    naive_choose(w, 2))
			p->status |= 10;
	}
}

/* The value of a field; false where there is none. *unknown: a choice. */
static bool
naive_value(struct naive_walk *w, struct naive_packet *p, enum field f,
    packet_value *v, bool *unknown)
{
	const packet_value *x = p->x->at;

	naive_close(w, p, f);

	switch (f) {
	case FIELD_IIF:
		*v = p->has_in ? x[DIM_IIF] : 0;
		return true;
	case FIELD_OIF:
		*v = p->has_out ? x[DIM_OIF] : 0;
		return true;
	case FIELD_SADDR:
		*v = p->saddr;
		return true;
	case FIELD_SPORT:
		*v = p->sport;
		return true;
	case FIELD_DADDR:
		*v = p->daddr;
		return true;
	case FIELD_DPORT:
		*v = p->dport;
		return true;
	case FIELD_CT_STATE:
		*v = p->untracked ? CT_UNTRACKED :
		    p->connection ? x[DIM_CT_STATE] :
				    CT_INVALID;
		return true;
	case FIELD_MARK:
		*v = p->mark;
		return true;
	case FIELD_CT_DIRECTION:
		*v = naive_is_new(p) ? 0 : x[DIM_CT_DIRECTION];
		return naive_tracked(p);
	case FIELD_CT_STATUS:
		*v = p->status;
		return naive_tracked(p);
	case FIELD_CT_MARK:
		*v = p->ct_mark;
		return naive_tracked(p);
	case FIELD_ORIGINAL_SADDR:
	case FIELD_ORIGINAL_DADDR:
	case FIELD_ORIGINAL_SPORT:
	case FIELD_ORIGINAL_DPORT:
		*v = f == FIELD_ORIGINAL_SADDR ? x[DIM_SADDR] :
		    f == FIELD_ORIGINAL_DADDR  ? x[DIM_DADDR] :
		    f == FIELD_ORIGINAL_SPORT  ? x[DIM_SPORT] :
						 x[DIM_DPORT];
		*unknown |= !naive_is_new(p);
		return naive_tracked(p);
	default:
		*v = x[f];
		return true;
	}
}

enum naive_match { NAIVE_MISSING, NAIVE_HIT, NAIVE_MISS, NAIVE_NOBODY_KNOWS };

/* The element that a packet meets. */
static enum naive_match
naive_lookup(struct naive_walk *w, struct naive_packet *p,
    const struct lookup *l, const struct set_element **found)
{
	packet_value v[RULESET_FIELDS_MAX];
	const struct set_element *every = NULL;
	bool unknown = l->changing;

	*found = NULL;
	for (size_t f = 0; f < l->field_count; f++)
		if (!naive_value(w, p, l->fields[f], &v[f], &unknown))
			return NAIVE_MISSING;
	if (unknown)
		return NAIVE_NOBODY_KNOWS;
	for (size_t i = 0; i < l->element_count; i++) {
		bool all = true, any = true;

		for (size_t f = 0; f < l->field_count; f++) {
			all &= naive_in(l->elements[i].parts[f], v[f]);
			any &= l->elements[i].parts[f] == NULL;
		}
		if (any && !every)
			every = &l->elements[i];
		if (all && !any && !*found)
			*found = &l->elements[i];
	}
	if (!*found)
		*found = every;
	return *found ? NAIVE_HIT : NAIVE_MISS;
}

/* ---- translation */

static packet_value
naive_pick(struct naive_walk *w, const struct spans *s)
{
	packet_value all[64];
	unsigned count = 0;

	for (size_t i = 0; i < s->count; i++)
		for (packet_value v = s->items[i].first;
		     v <= s->items[i].last && count < 64; v++)
			all[count++] = v;
	return count == 1 ? all[0] : all[naive_choose(w, count)];
}

static void
naive_translate(struct naive_walk *w, struct naive_packet *p,
    const struct statement *s, const struct change *c, bool unknown)
{
	packet_value daddr = p->daddr, dport = p->dport;

	p->translated = true;
	if (s->redirects) {
		p->redirected = true;
		p->daddr = naive_any(w);
		if (c->port)
			p->dport = naive_pick(w, c->port);
	} else if (s->target_unknown || unknown) {
		p->address_new = true;
		p->daddr = naive_any(w);
		p->dport = naive_any(w);
	} else {
		if (c->address && c->prefix) {
			packet_value size = c->address->items[0].last -
			    c->address->items[0].first;

			p->daddr = (p->daddr & size) |
			    c->address->items[0].first;
		} else if (c->address)
			p->daddr = naive_pick(w, c->address);
		p->address_new = c->address &&
		    !(c->prefix && p->daddr == daddr);
		if (c->port)
			p->dport = naive_pick(w, c->port);
	}
	/* nf_nat_setup_info: only what changes something is a translation. */
	if (p->daddr != daddr || p->dport != dport)
		p->status |= 32;
}

/* ---- marks */

/* False: the rule ends. */
static bool
naive_mark(struct naive_walk *w, struct naive_packet *p,
    const struct statement *s)
{
	const struct change *c = &s->change;
	const struct set_element *found = NULL;
	bool unknown = s->target_unknown;

	if (s->lookup.field_count) {
		switch (naive_lookup(w, p, &s->lookup, &found)) {
		case NAIVE_HIT:
			c = &found->change;
			break;
		case NAIVE_NOBODY_KNOWS:
			if (naive_choose(w, 2))
				return false;
			unknown = true;
			break;
		default:
			return false;
		}
	}
	switch (s->kind) {
	case STATEMENT_MARK:
		naive_close(w, p, c->keep ? FIELD_MARK : FIELD_COUNT);
		p->mark_open = unknown;
		p->mark = (p->mark & c->keep) ^ c->flip;
		return true;
	case STATEMENT_MARK_FROM_CT:
		if (!naive_tracked(p))
			return false;
		naive_close(w, p, unknown ? FIELD_COUNT : FIELD_CT_MARK);
		p->mark_open = unknown;
		p->mark = p->ct_mark;
		return true;
	case STATEMENT_CT_MARK:
		if (!naive_tracked(p))
			return true;
		naive_close(w, p, c->keep ? FIELD_CT_MARK : FIELD_COUNT);
		p->ct_mark_open = unknown;
		p->ct_mark = (p->ct_mark & c->keep) ^ c->flip;
		return true;
	default:
		if (!naive_tracked(p))
			return true;
		naive_close(w, p, unknown ? FIELD_COUNT : FIELD_MARK);
		p->ct_mark_open = unknown;
		p->ct_mark = p->mark;
		return true;
	}
}

/* ---- rules and chains */

static enum naive_verdict naive_chain(struct naive_walk *w,
    struct naive_packet *p, const struct chain *chain,
    const struct rule **decider);

/* Accepting, unless only the candidate may. */
static enum naive_verdict
naive_accept(const struct naive_walk *w, const struct naive_packet *p,
    const struct rule *rule)
{
	if (p->base == w->candidate_base && rule != w->candidate)
		return NAIVE_NEXT;
	return NAIVE_ACCEPT;
}

/* NAIVE_NEXT with *on: the next statement instead. */
static enum naive_verdict
naive_decide(struct naive_walk *w, struct naive_packet *p,
    const struct decision *d, const struct rule *rule,
    const struct rule **decider, bool *on)
{
	enum naive_verdict v;

	*decider = rule;
	switch (d->action) {
	case ACTION_ACCEPT:
		return naive_accept(w, p, rule);
	case ACTION_DROP:
		return NAIVE_DROP;
	case ACTION_REJECT:
		return NAIVE_REJECT;
	case ACTION_RETURN:
		return NAIVE_RETURN;
	case ACTION_CONTINUE:
		*on = true;
		return NAIVE_NEXT;
	case ACTION_QUEUE:
		return naive_choose(w, 2) ? NAIVE_DROP :
					    naive_accept(w, p, rule);
	case ACTION_JUMP:
		v = naive_chain(w, p, d->target, decider);
		return v == NAIVE_RETURN ? NAIVE_NEXT : v;
	case ACTION_GOTO:
		return naive_chain(w, p, d->target, decider);
	default:
		switch (naive_choose(w, 3)) {
		case 0:
			return NAIVE_NEXT;
		case 1:
			return NAIVE_DROP;
		default:
			return naive_accept(w, p, rule);
		}
	}
}

static enum naive_verdict
naive_vmap(struct naive_walk *w, struct naive_packet *p,
    const struct statement *s, const struct rule *rule,
    const struct rule **decider, bool *on)
{
	const struct set_element *found;
	unsigned choice;

	switch (naive_lookup(w, p, &s->lookup, &found)) {
	case NAIVE_HIT:
		return naive_decide(w, p, &found->decision, rule, decider, on);
	case NAIVE_NOBODY_KNOWS:
		*decider = rule;
		choice = naive_choose(w,
		    (unsigned)s->lookup.element_count +
			(s->lookup.changing ? 3 : 1));
		if (choice == 0)
			return NAIVE_NEXT;
		if (!s->lookup.changing)
			choice += 2;
		if (choice == 1)
			return NAIVE_DROP;
		if (choice == 2)
			return naive_accept(w, p, rule);
		return naive_decide(w, p,
		    &s->lookup.elements[choice - 3].decision, rule, decider,
		    on);
	default:
		return NAIVE_NEXT;
	}
}

/* NAIVE_RETURN here stands for the end of the base chain by translation. */
static enum naive_verdict
naive_dnat(struct naive_walk *w, struct naive_packet *p,
    const struct statement *s, const struct rule *rule)
{
	const struct set_element *found;

	if (!s->lookup.field_count) {
		if (naive_accept(w, p, rule) == NAIVE_NEXT)
			return NAIVE_NEXT;
		naive_translate(w, p, s, &s->change, false);
		return NAIVE_ACCEPT;
	}
	switch (naive_lookup(w, p, &s->lookup, &found)) {
	case NAIVE_HIT:
		if (naive_accept(w, p, rule) == NAIVE_NEXT)
			return NAIVE_NEXT;
		naive_translate(w, p, s, &found->change, false);
		return NAIVE_ACCEPT;
	case NAIVE_NOBODY_KNOWS:
		if (naive_choose(w, 2) ||
		    naive_accept(w, p, rule) == NAIVE_NEXT)
			return NAIVE_NEXT;
		naive_translate(w, p, s, &s->change, true);
		return NAIVE_ACCEPT;
	default:
		return NAIVE_NEXT;
	}
}

static enum naive_verdict
naive_rule(struct naive_walk *w, struct naive_packet *p,
    const struct rule *rule, const struct rule **decider)
{
	for (size_t k = 0; k < rule->statement_count; k++) {
		const struct statement *s = &rule->statements[k];
		const struct set_element *found;
		enum naive_verdict v;
		bool on = false;

		switch (s->kind) {
		case STATEMENT_MATCH:
			switch (naive_lookup(w, p, &s->lookup, &found)) {
			case NAIVE_MISSING:
				return NAIVE_NEXT;
			case NAIVE_NOBODY_KNOWS:
				if (naive_choose(w, 2))
					return NAIVE_NEXT;
				break;
			case NAIVE_HIT:
				if (s->lookup.negated)
					return NAIVE_NEXT;
				break;
			case NAIVE_MISS:
				if (!s->lookup.negated)
					return NAIVE_NEXT;
				break;
			}
			break;
		case STATEMENT_VERDICT:
			v = naive_decide(w, p, &s->decision, rule, decider,
			    &on);
			if (!on)
				return v;
			break;
		case STATEMENT_VMAP:
			v = naive_vmap(w, p, s, rule, decider, &on);
			if (!on)
				return v;
			break;
		case STATEMENT_DNAT:
			*decider = rule;
			return naive_dnat(w, p, s, rule);
		case STATEMENT_SNAT:
			*decider = rule;
			if (naive_accept(w, p, rule) == NAIVE_NEXT)
				return NAIVE_NEXT;
			p->saddr_new = p->source_open = p->snat_open = true;
			return NAIVE_ACCEPT;
		case STATEMENT_MARK:
		case STATEMENT_CT_MARK:
		case STATEMENT_MARK_FROM_CT:
		case STATEMENT_CT_MARK_FROM_META:
			if (!naive_mark(w, p, s))
				return NAIVE_NEXT;
			break;
		case STATEMENT_NOTRACK:
			if (!p->connection || !naive_tracked(p))
				p->untracked = true;
			break;
		case STATEMENT_LOG:
			p->logged = true;
			break;
		case STATEMENT_UNKNOWN:
			switch (naive_choose(w, s->may_decide ? 4 : 2)) {
			case 0:
				break;
			case 1:
				return NAIVE_NEXT;
			case 2:
				*decider = rule;
				return naive_accept(w, p, rule);
			default:
				*decider = rule;
				return NAIVE_DROP;
			}
			break;
		default:
			break;
		}
	}
	return NAIVE_NEXT;
}

/* NAIVE_RETURN at its end too. */
static enum naive_verdict
naive_chain(struct naive_walk *w, struct naive_packet *p,
    const struct chain *chain, const struct rule **decider)
{
	for (size_t i = 0; i < chain->rule_count; i++) {
		enum naive_verdict v = naive_rule(w, p, &chain->rules[i],
		    decider);

		if (v != NAIVE_NEXT)
			return v;
	}
	return NAIVE_RETURN;
}

/* ---- base chains */

static int
naive_priority(const struct chain *c)
{
	if (c->type == CHAIN_NAT && c->table->family != TABLE_BRIDGE)
		return c->hook == HOOK_PREROUTING ? -100 : 100;
	return c->priority;
}

static bool
naive_sees(const struct naive_walk *w, const struct chain *c,
    packet_value family)
{
	enum table_family t = c->table->family;

	if (c->table->dormant)
		return false;
	if (c->hook == HOOK_INGRESS || c->hook == HOOK_EGRESS)
		return t == TABLE_NETDEV || t == TABLE_INET;
	if (w->way == WAY_BRIDGE)
		return t == TABLE_BRIDGE;
	return t == TABLE_INET || (t == TABLE_IP && family == 4) ||
	    (t == TABLE_IP6 && family == 6);
}

/* a runs before b. */
static bool
naive_before(const struct chain *a, const struct chain *b)
{
	if (naive_priority(a) != naive_priority(b))
		return naive_priority(a) < naive_priority(b);
	if (a->type != b->type &&
	    (a->type == CHAIN_NAT || b->type == CHAIN_NAT))
		return b->type == CHAIN_NAT;
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->id > b->id; /* registered last, asked first */
}

static size_t
naive_bases(const struct naive_walk *w, enum hook hook, packet_value family,
    const struct chain **out)
{
	size_t count = 0;

	for (size_t i = 0; i < w->r->chain_count; i++) {
		const struct chain *c = w->r->chains[i];
		size_t at = count;

		if (c->hook != hook || !naive_sees(w, c, family))
			continue;
		for (; at && naive_before(c, out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = c;
		count++;
	}
	return count;
}

static bool
naive_uses_conntrack(const struct chain *c, int depth)
{
	for (size_t i = 0; i < c->rule_count; i++)
		for (size_t k = 0; k < c->rules[i].statement_count; k++) {
			const struct statement *s = &c->rules[i].statements[k];

			if (s->kind == STATEMENT_NOTRACK ||
			    s->kind == STATEMENT_CT_MARK ||
			    s->kind == STATEMENT_MARK_FROM_CT ||
			    s->kind == STATEMENT_CT_MARK_FROM_META)
				return true;
			for (size_t f = 0; f < s->lookup.field_count; f++)
				if ((s->lookup.fields[f] >= FIELD_CT_STATE &&
					s->lookup.fields[f] != FIELD_MARK))
					return true;
			if (depth > 16)
				continue;
			if (s->decision.target &&
			    naive_uses_conntrack(s->decision.target, depth + 1))
				return true;
			for (size_t e = 0; e < s->lookup.element_count; e++)
				if (s->lookup.elements[e].decision.target &&
				    naive_uses_conntrack(
					s->lookup.elements[e].decision.target,
					depth + 1))
					return true;
		}
	return false;
}

static bool
naive_has_nat(const struct naive_walk *w, packet_value family)
{
	for (size_t i = 0; i < w->r->chain_count; i++) {
		const struct chain *c = w->r->chains[i];

		if (c->type == CHAIN_NAT && c->hook != HOOK_NONE &&
		    w->way != WAY_BRIDGE && naive_sees(w, c, family))
			return true;
	}
	return false;
}

/* What the kernel's own nat hooks, behind which this one is, looked up. */
static void
naive_look_up(const struct naive_walk *w, struct naive_packet *p,
    const struct chain *c)
{
	int priority = naive_priority(c);

	if (c->hook == HOOK_INGRESS || !naive_is_new(p) ||
	    !naive_has_nat(w, p->x->at[DIM_FAMILY]))
		return;
	if (c->hook != HOOK_PREROUTING || priority > -100)
		p->status |= 256;
	if (c->hook == HOOK_EGRESS ||
	    ((c->hook == HOOK_POSTROUTING || c->hook == HOOK_INPUT) &&
		priority > 100))
		p->status |= 128;
}

/* One base chain; false: the packet's way ends, *out says how. */
static bool
naive_base(struct naive_walk *w, struct naive_packet *p, const struct chain *c,
    struct naive_outcome *out, bool *forget)
{
	enum dimension device = c->hook == HOOK_EGRESS ? DIM_OIF : DIM_IIF;
	const struct rule *decider = NULL;
	struct leaf_decision *d;
	enum naive_verdict v;

	if ((c->hook == HOOK_INGRESS || c->hook == HOOK_EGRESS) &&
	    !naive_in(c->devices, p->x->at[device]))
		return true;
	if (c->hook != HOOK_INGRESS && c->hook != HOOK_EGRESS && c->devices &&
	    !naive_in(c->devices, p->x->at[device]))
		return true;
	if (c->type == CHAIN_NAT &&
	    (!naive_is_new(p) ||
		(c->hook == HOOK_PREROUTING ? p->translated : p->saddr_new)))
		return true;
	p->base = c;
	v = naive_chain(w, p, c, &decider);
	d = &out->decisions[out->count++];
	d->base = c;
	d->rule = decider;
	d->action = v == NAIVE_DROP ? ACTION_DROP :
	    v == NAIVE_REJECT	    ? ACTION_REJECT :
				      ACTION_ACCEPT;
	if (v == NAIVE_RETURN) {
		d->rule = NULL;
		if (c->policy_drop)
			d->action = ACTION_DROP;
		else if (c == w->candidate_base && !w->policy)
			*forget = true;
	}
	return d->action == ACTION_ACCEPT && !*forget;
}

/* The whole way of one packet with the choices of this turn. */
static bool
naive_way(struct naive_walk *w, const struct point *x,
    struct naive_outcome *out)
{
	static const enum hook hooks[][6] = {
		[WAY_FORWARD] = { HOOK_INGRESS, HOOK_PREROUTING, HOOK_FORWARD,
		    HOOK_POSTROUTING, HOOK_EGRESS, HOOK_NONE },
		[WAY_BRIDGE] = { HOOK_INGRESS, HOOK_PREROUTING, HOOK_FORWARD,
		    HOOK_POSTROUTING, HOOK_EGRESS, HOOK_NONE },
		[WAY_INPUT] = { HOOK_INGRESS, HOOK_PREROUTING, HOOK_INPUT,
		    HOOK_NONE, HOOK_NONE, HOOK_NONE },
	};
	struct naive_packet p = { .x = x };
	packet_value state = x->at[DIM_CT_STATE];
	bool forget = false, went = true;

	memset(out, 0, sizeof(*out));
	p.saddr = x->at[DIM_SADDR];
	p.sport = x->at[DIM_SPORT];
	p.daddr = x->at[DIM_DADDR];
	p.dport = x->at[DIM_DPORT];
	p.ct_mark_open = p.status_open = state == CT_ESTABLISHED ||
	    state == CT_RELATED;
	for (size_t h = 0; hooks[w->way][h] != HOOK_NONE && went; h++) {
		enum hook hook = hooks[w->way][h];
		const struct chain *bases[NAIVE_BASES_MAX];
		size_t count = naive_bases(w, hook, x->at[DIM_FAMILY], bases);

		p.has_in = hook != HOOK_EGRESS &&
		    !(hook == HOOK_POSTROUTING && w->way == WAY_BRIDGE);
		p.has_out = hook == HOOK_FORWARD || hook == HOOK_POSTROUTING ||
		    hook == HOOK_EGRESS;
		if (hook == HOOK_FORWARD || hook == HOOK_INPUT)
			p.connection = true;
		if (hook == HOOK_FORWARD && w->way == WAY_FORWARD) {
			if (p.address_new && w->own)
				p.redirected |= naive_in(w->own, p.daddr);
			went = !p.redirected;
		}
		if (hook == HOOK_INPUT && p.address_new && w->own)
			went = p.redirected = naive_in(w->own, p.daddr);
		else if (hook == HOOK_INPUT && p.address_new &&
		    p.daddr != x->at[DIM_DADDR])
			went = naive_choose(w, 2);
		for (size_t i = 0; i < count && went; i++) {
			int priority = naive_priority(bases[i]);

			if (hook == HOOK_PREROUTING) {
				if (priority > -200)
					p.connection = true;
				if (priority == -200 && !p.connection &&
				    naive_uses_conntrack(bases[i], 0))
					p.connection = naive_choose(w, 2);
			} else if (hook != HOOK_INGRESS)
				p.connection = true;
			naive_look_up(w, &p, bases[i]);
			went = naive_base(w, &p, bases[i], out, &forget);
		}
	}
	out->accepted = went;
	out->logged = p.logged;
	out->translated = p.translated;
	out->redirected = p.redirected;
	out->untracked = p.untracked;
	out->daddr = p.daddr;
	out->dport = p.dport;
	return !forget;
}

/* Every outcome that some choices lead to. */
static void
naive_all(struct naive_walk *w, const struct point *x)
{
	w->choice_count = 0;
	w->outcome_count = 0;
	w->overfull = false;
	do {
		w->choice_at = 0;
		if (w->outcome_count == NAIVE_OUTCOMES_MAX) {
			w->overfull = true;
			return;
		}
		if (naive_way(w, x, &w->outcomes[w->outcome_count]))
			w->outcome_count++;
	} while (naive_next_turn(w) && !w->overfull);
}

#endif
