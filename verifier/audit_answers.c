/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FWR-2 of answers: a declared connection whose first packet passes and whose
 * answers never do. A conduit needs no rule for them where what is established
 * is accepted; where that rule is missing, stands behind what drops, or raw
 * takes the requests away from conntrack, nothing that is declared works.
 *
 * Asked is TCP, which no service does without answers (a log by UDP does):
 * the second packet of the handshake to whatever the first one's rules let
 * through. One finding a rule that drops them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_pair.h"
#include "base/mem.h"

#define SHOWN_MAX 5
#define PORTS_MAX 64 /* intervals asked one by one */
#define TCP 6
#define FLAG_SYN 0x02
#define FLAGS_ANSWER 0x12 /* SYN, ACK */

/* What drops answers, with the conduits that it makes useless. */
struct dropper {
	struct audit_rule by;
	enum way way;
	struct point answer;
	int family; /* 0: both */
	const struct zone *from, *to;
	const struct conduit *conduit, *last;
	struct text names;
	size_t count;
};

struct droppers {
	struct audit *a;
	struct dropper *items; /* owned */
	size_t count, capacity;
};

/* One declared service. */
struct serving {
	struct pair *pair;
	size_t way;
	struct point answer; /* the first that is dropped */
	enum way answer_way;
	bool dropped, answered, undecided;
};

/* ---- the answer to a request */

static bool
first_accepted(void *context, const struct leaf *leaf)
{
	bool *accepted = context;

	*accepted |= leaf->accepted && !leaf->redirected;
	return !*accepted;
}

/*
 * The second packet of all connections in a leaf. Of requests that conntrack
 * did not see the answer belongs to nothing: that is invalid to it.
 */
static struct box
answer_of(struct pool *pool, const struct leaf *leaf)
{
	const struct box last = space_of_leaf(leaf);
	const enum ct_state state = leaf->untracked ? CT_INVALID :
						      CT_ESTABLISHED;
	const packet_value direction = leaf->untracked ? 0 : 1;
	struct box out = { { NULL } };

	out.dims[DIM_FAMILY] = last.dims[DIM_FAMILY];
	out.dims[DIM_IIF] = last.dims[DIM_OIF];
	out.dims[DIM_OIF] = last.dims[DIM_IIF];
	out.dims[DIM_SADDR] = last.dims[DIM_DADDR];
	out.dims[DIM_DADDR] = last.dims[DIM_SADDR];
	out.dims[DIM_PROTOCOL] = last.dims[DIM_PROTOCOL];
	out.dims[DIM_SPORT] = last.dims[DIM_DPORT];
	out.dims[DIM_DPORT] = last.dims[DIM_SPORT];
	out.dims[DIM_TCP_FLAGS] = spans_one(pool, FLAGS_ANSWER, FLAGS_ANSWER);
	out.dims[DIM_CT_STATE] = spans_one(pool, state, state);
	out.dims[DIM_CT_DIRECTION] = spans_one(pool, direction, direction);
	return out;
}

/* To a port as clients have, where it is free. */
static void
as_shown(struct pool *pool, struct box *answer)
{
	const struct spans *ports = spans_intersect(pool,
	    answer->dims[DIM_DPORT], spans_one(pool, 40000, 40000));

	if (ports->count)
		answer->dims[DIM_DPORT] = ports;
}

static bool
request_leaf(void *context, const struct leaf *leaf)
{
	struct serving *s = context;
	struct pair *p = s->pair;
	const struct pool_mark mark = pool_mark(p->pool);
	const enum way way = p->ways->items[s->way];
	struct walk walk = { .way = way,
		.budget = &p->budget,
		.leaf = first_accepted,
		.context = &s->answered };
	struct slice *slice;
	struct box answer;

	if (!leaf->accepted || leaf->redirected)
		return true;
	answer = answer_of(p->pool, leaf);
	slice = evaluate_slice(p->a->evaluator, NULL, way, &answer);
	walk.slice = slice;
	s->undecided |= evaluate_walk(p->a->evaluator, &walk, &answer) ==
	    WALK_UNDECIDED;
	evaluate_slice_free(slice);
	if (!s->answered && !s->dropped) {
		as_shown(p->pool, &answer);
		pair_pick(p->pool, &answer, &s->answer);
		s->answer_way = way;
		s->dropped = true;
	}
	pool_release(p->pool, mark);
	return !s->answered && !s->undecided;
}

/* Requests of a declared service as clients begin them; ports NULL: to all of
 * its ports. */
static void
ask_service(struct serving *s, const struct declared *d,
    const struct span *ports)
{
	struct pair *p = s->pair;
	const struct pool_mark mark = pool_mark(p->pool);
	struct box asked = p->box;

	asked.dims[DIM_PROTOCOL] = spans_one(p->pool, TCP, TCP);
	asked.dims[DIM_TCP_FLAGS] = spans_one(p->pool, FLAG_SYN, FLAG_SYN);
	if (ports)
		asked.dims[DIM_DPORT] = spans_one(p->pool, ports->first,
		    ports->last);
	if (box_intersect(p->pool, &asked, &d->box, &asked))
		for (s->way = 0;
		     s->way < p->ways->count && !s->answered && !s->undecided;
		     s->way++) {
			const struct walk walk = {
				.way = p->ways->items[s->way],
				.slice = p->slices[s->way],
				.budget = &p->budget,
				.leaf = request_leaf,
				.context = s
			};

			s->undecided |= evaluate_walk(p->a->evaluator, &walk,
					    &asked) == WALK_UNDECIDED;
		}
	pool_release(p->pool, mark);
}

/* ---- gathering */

static struct dropper *
dropper_of(struct droppers *all, const struct audit_rule *by)
{
	struct dropper *x;

	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].by.rule == by->rule &&
		    all->items[i].by.chain == by->chain)
			return &all->items[i];
	all->items = mem_grow(all->items, &all->capacity, all->count,
	    sizeof(*all->items));
	x = &all->items[all->count++];
	memset(x, 0, sizeof(*x));
	x->by = *by;
	return x;
}

static void
note_dropped(struct droppers *all, const struct serving *s,
    const struct conduit *conduit, struct audit_cell *cell)
{
	struct audit_finding probe = { .check = CHECK_FWR_2 };
	const struct audit_rule nothing = { .action = ACTION_DROP };
	struct dropper *x;

	/* That single answer may yet be a free choice's. */
	if (!audit_witness(all->a, &probe, s->answer_way, &s->answer, false))
		return;
	x = dropper_of(all, probe.rule_count ? &probe.rules[0] : &nothing);
	if (!x->from) {
		x->way = s->answer_way;
		x->answer = s->answer;
		x->family = s->pair->family;
		x->from = s->pair->from;
		x->to = s->pair->to;
		x->conduit = conduit;
	}
	if (x->family != s->pair->family)
		x->family = 0;
	if (x->last == conduit)
		return;
	x->last = conduit;
	cell->blocked++;
	if (x->count++ < SHOWN_MAX)
		text_printf(&x->names, "%s%s", x->count > 1 ? ", " : "",
		    conduit->id);
	else if (x->count == SHOWN_MAX + 1)
		text_add(&x->names, ", ...");
}

/* Port by port: that one of them is answered says nothing of the others. */
static void
ask_declared(struct droppers *all, struct pair *p, const struct declared *d,
    struct audit_cell *cell)
{
	const struct spans *ports = d->box.dims[DIM_DPORT];
	const size_t count = ports && ports->count <= PORTS_MAX ? ports->count :
								  1;

	for (size_t i = 0; i < count; i++) {
		struct serving s = { .pair = p };

		ask_service(&s, d,
		    ports && ports->count <= PORTS_MAX ? &ports->items[i] :
							 NULL);
		if (s.answered)
			continue;
		if (s.undecided)
			audit_add_undecided(all->a, CHECK_FWR_2, p->from, p->to,
			    NULL, W_ANSWERS_UNDECIDED, 2, p->from->id,
			    p->to->id);
		else if (s.dropped)
			note_dropped(all, &s, d->conduit, cell);
	}
}

/* The declared boxes of both families, conduit by conduit. */
static void
ask_conduits(struct droppers *all, struct pair *families[2],
    struct audit_cell *cell)
{
	for (size_t k = 0; k < all->a->m->conduit_count; k++)
		for (int f = 0; f < 2; f++)
			for (size_t i = 0;
			     families[f] && i < families[f]->declared_count;
			     i++) {
				const struct declared *d =
				    &families[f]->declared[i];

				if (!d->exception &&
				    d->conduit == &all->a->m->conduits[k])
					ask_declared(all, families[f], d, cell);
			}
}

/* ---- telling */

static void
tell(struct audit *a, const struct dropper *x)
{
	struct audit_finding *f = audit_add(a, CHECK_FWR_2);
	struct text by = { 0 }, witness = { 0 };
	char count[24];

	if (!f)
		return;
	f->severity = SEVERITY_MEDIUM;
	f->from = x->from;
	f->to = x->to;
	f->family = x->family;
	f->conduit = x->conduit;
	f->cell = space_cell(a, x->from, x->to);
	(void)audit_witness(a, f, x->way, &x->answer, false);
	audit_witness_text(&x->answer, false, &witness);
	if (x->by.rule)
		ruleset_where(x->by.rule, &by);
	else if (x->by.chain)
		ruleset_chain_name(x->by.chain, &by);
	snprintf(count, sizeof(count), "%zu", x->count);
	audit_say(a, f, W_ANSWERS_DROPPED, 4, count, text_str(&x->names),
	    text_str(&witness), text_str(&by));
	audit_suggest_note(a, f, W_ANSWERS_SUGGEST, 0);
	text_free(&by);
	text_free(&witness);
}

static void
ask_pair(struct droppers *all, const struct pair_source *source,
    const struct zone *to)
{
	struct audit_cell *cell =
	    &all->a->cells[(size_t)source->from->index * all->a->zone_count +
		to->index];
	struct pair pairs[2], *families[2] = { NULL, NULL };

	for (int f = 0; f < 2; f++)
		if (pair_open(&pairs[f], source, to, f ? 6 : 4))
			families[f] = &pairs[f];
	if (families[0] || families[1])
		ask_conduits(all, families, cell);
	for (int f = 0; f < 2; f++)
		if (families[f])
			pair_close(families[f]);
}

void
audit_answers(struct audit *a)
{
	const struct boundary *b = a->boundary;
	struct droppers all = { .a = a };

	for (size_t i = 0; i < b->zone_count; i++) {
		struct pair_source source;

		pair_source_open(&source, a, b->zones[i]);
		for (size_t j = 0; j < b->zone_count; j++)
			if (space_judged(a, b->zones[i], b->zones[j]))
				ask_pair(&all, &source, b->zones[j]);
		pair_source_close(&source);
	}
	for (size_t i = 0; i < all.count; i++) {
		tell(a, &all.items[i]);
		text_free(&all.items[i].names);
	}
	free(all.items);
}
