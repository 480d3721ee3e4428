/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The evaluator against a naive walker: rulesets by chance over a few
 * interfaces, addresses and ports; every packet of the small domain must fare
 * alike in the walk of the whole box, in the walk of the packet alone, in
 * slices and as a candidate's, for every choice that nobody can know.
 *
 * EVALUATE_SEED and EVALUATE_RULESETS in the environment say which and how
 * many; the seed of what fails is printed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "evaluate.h"
#include "naive_walker.h"
#include "random_ruleset.h"

#define RULESETS 2500
#define PACKETS_MAX 4096

struct fate {
	bool accepted, dropped; /* by some choice */
	size_t certain;		/* leaves without a choice that held it */
	size_t leaves;
};

struct domain {
	struct point packets[PACKETS_MAX];
	size_t count;
	struct box box;
};

struct trial {
	uint64_t seed;
	enum way way;
	struct ruleset *r;
	struct evaluator *e;
	struct pool *pool;
	struct domain domain;
	struct fate walked[PACKETS_MAX], naive[PACKETS_MAX];
	struct naive_walk w;
	size_t choices; /* packets that depend on one */
};

static bool
print_step(void *context, const struct step *s)
{
	static const char *const kinds[] = { "chain", "rule", "passed", "split",
		"free", "rest", "policy", "end" };

	(void)context;
	if (s->kind != STEP_PASSED)
		fprintf(stderr, "    %*s%s %s: %s %s%s\n", 2 * s->depth, "",
		    kinds[s->kind], s->chain ? s->chain->name : "",
		    s->rule ? s->rule->text : "", action_name(s->action),
		    s->leaf && s->leaf->free ? " (free)" : "");
	return true;
}

/* The walk of a packet, where the two disagree. */
static void
print_walk(const struct trial *t, size_t packet)
{
	struct box box;

	for (size_t d = 0; d < DIM_COUNT; d++)
		box.dims[d] = spans_one(t->pool,
		    t->domain.packets[packet].at[d],
		    t->domain.packets[packet].at[d]);
	evaluate_trace(t->e, t->way, &box, NULL, print_step, NULL);
}

static void
fail_at(const struct trial *t, size_t packet, const char *what)
{
	const packet_value *x = t->domain.packets[packet].at;

	fprintf(stderr,
	    "seed %llu way %d packet family %u iif %u oif %u %u:%u -> %u:%u "
	    "protocol %u state %u direction %u: %s\n",
	    (unsigned long long)t->seed, (int)t->way, (unsigned)x[DIM_FAMILY],
	    (unsigned)(x[DIM_IIF] >> 96), (unsigned)(x[DIM_OIF] >> 96),
	    (unsigned)x[DIM_SADDR], (unsigned)x[DIM_SPORT],
	    (unsigned)x[DIM_DADDR], (unsigned)x[DIM_DPORT],
	    (unsigned)x[DIM_PROTOCOL], (unsigned)x[DIM_CT_STATE],
	    (unsigned)x[DIM_CT_DIRECTION], what);
	for (size_t i = 0; i < t->r->rule_count; i++) {
		const struct rule *rule = t->r->rules[i];

		fprintf(stderr, "  %s %s %s: %s\n",
		    table_family_name(rule->chain->table->family),
		    rule->chain->table->name, rule->chain->name, rule->text);
	}
	print_walk(t, packet);
	fail_msg("seed %llu: %s", (unsigned long long)t->seed, what);
}

/* ---- the domain */

static size_t
some_of(struct random_source *g, packet_value *out, const packet_value *from,
    size_t count, size_t least)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (random_one_in(g, 2) || count - i <= least - n)
			out[n++] = from[i];
	return n;
}

static void
make_domain(struct trial *t, struct random_source *g)
{
	static const packet_value small[] = { 0, 1, 2, 3, 4 };
	static const packet_value protocols[] = { 6, 17 };
	static const packet_value families[] = { 4, 6 };
	packet_value names[RANDOM_INTERFACES];
	packet_value of[DIM_COUNT][8];
	size_t counts[DIM_COUNT], at[DIM_COUNT] = { 0 };
	struct domain *d = &t->domain;

	for (size_t i = 0; i < RANDOM_INTERFACES; i++)
		names[i] = packet_value_of_name(random_interfaces[i]);
	for (size_t k = 0; k < DIM_COUNT; k++) {
		counts[k] = 1;
		of[k][0] = 0;
	}
	counts[DIM_FAMILY] = some_of(g, of[DIM_FAMILY], families, 2, 1);
	counts[DIM_IIF] = some_of(g, of[DIM_IIF], names, 3, 2);
	counts[DIM_OIF] = some_of(g, of[DIM_OIF], names, 3, 1);
	counts[DIM_SADDR] = some_of(g, of[DIM_SADDR], small, 4, 1);
	counts[DIM_DADDR] = some_of(g, of[DIM_DADDR], small, 4, 3);
	counts[DIM_PROTOCOL] = some_of(g, of[DIM_PROTOCOL], protocols, 2, 1);
	counts[DIM_SPORT] = 1;
	of[DIM_SPORT][0] = 1;
	counts[DIM_DPORT] = some_of(g, of[DIM_DPORT], small, 4, 2);
	counts[DIM_CT_STATE] = 1;
	of[DIM_CT_STATE][0] = CT_NEW;
	if (random_one_in(g, 3))
		counts[DIM_CT_STATE] = some_of(g, of[DIM_CT_STATE], small,
		    CT_STATES, 2);
	counts[DIM_CT_DIRECTION] = some_of(g, of[DIM_CT_DIRECTION], small, 2,
	    1);
	of[DIM_TCP_FLAGS][0] = 2;
	for (size_t k = 0; k < DIM_COUNT; k++) {
		struct span items[8];

		for (size_t i = 0; i < counts[k]; i++)
			items[i].first = items[i].last = of[k][i];
		d->box.dims[k] = spans_make(t->pool, items, counts[k]);
	}
	d->count = 0;
	for (;;) {
		size_t k = 0;

		if (d->count < PACKETS_MAX) {
			for (size_t i = 0; i < DIM_COUNT; i++)
				d->packets[d->count].at[i] = of[i][at[i]];
			d->count++;
		}
		while (k < DIM_COUNT && ++at[k] == counts[k])
			at[k++] = 0;
		if (k == DIM_COUNT)
			return;
	}
}

/* ---- leaves */

static bool
holds(const struct box *box, const struct point *x)
{
	for (size_t d = 0; d < DIM_NEW_DADDR; d++)
		if (!naive_in(box->dims[d], x->at[d]))
			return false;
	return true;
}

static bool
count_leaf(void *context, const struct leaf *leaf)
{
	struct trial *t = context;

	for (size_t i = 0; i < t->domain.count; i++) {
		struct fate *f = &t->walked[i];

		if (!holds(leaf->box, &t->domain.packets[i]))
			continue;
		f->leaves++;
		f->certain += !leaf->free;
		if (leaf->accepted)
			f->accepted = true;
		else
			f->dropped = true;
	}
	return true;
}

static void
walk_box(struct trial *t, struct walk *w, const struct box *box)
{
	memset(t->walked, 0, t->domain.count * sizeof(t->walked[0]));
	w->way = t->way;
	w->leaf = count_leaf;
	w->context = t;
	assert_int_equal(evaluate_walk(t->e, w, box), WALK_DONE);
}

static void
compare(const struct trial *t, const struct box *within, const char *what)
{
	for (size_t i = 0; i < t->domain.count; i++) {
		const struct fate *a = &t->walked[i], *b = &t->naive[i];

		if (!holds(within, &t->domain.packets[i])) {
			if (a->leaves)
				fail_at(t, i, "a leaf outside of the box");
			continue;
		}
		if (a->accepted != b->accepted || a->dropped != b->dropped)
			fail_at(t, i, what);
		if (a->certain && a->leaves != 1)
			fail_at(t, i, "certain, and yet in other leaves");
		if (!a->leaves)
			fail_at(t, i, "in no leaf");
	}
}

/* ---- one packet alone: everything that is said of it */

struct alone {
	struct trial *t;
	size_t packet, leaves;
	bool seen[NAIVE_OUTCOMES_MAX];
};

static bool
decisions_equal(const struct leaf *leaf, const struct naive_outcome *o)
{
	if (o->count > LEAF_DECISIONS_MAX)
		return true;
	if (leaf->decision_count != o->count)
		return false;
	for (size_t i = 0; i < o->count; i++)
		if (leaf->decisions[i].base != o->decisions[i].base ||
		    leaf->decisions[i].rule != o->decisions[i].rule ||
		    leaf->decisions[i].action != o->decisions[i].action)
			return false;
	return true;
}

static bool
leaf_is(const struct leaf *leaf, const struct naive_outcome *o)
{
	if (leaf->accepted != o->accepted ||
	    leaf->redirected != o->redirected ||
	    leaf->untracked != o->untracked ||
	    leaf->translated != o->translated || (o->logged && !leaf->logged))
		return false;
	if (leaf->translated &&
	    (!naive_in(leaf->box->dims[DIM_NEW_DADDR], o->daddr) ||
		!naive_in(leaf->box->dims[DIM_NEW_DPORT], o->dport)))
		return false;
	return decisions_equal(leaf, o);
}

static void
print_leaf(const struct leaf *leaf)
{
	fprintf(stderr,
	    "%s%s%s%s%s%s:", leaf->accepted ? "accepted" : "dropped",
	    leaf->free ? " free" : "", leaf->logged ? " logged" : "",
	    leaf->translated ? " translated" : "",
	    leaf->redirected ? " redirected" : "",
	    leaf->untracked ? " untracked" : "");
	for (size_t i = 0; i < leaf->decision_count; i++)
		fprintf(stderr, " %s %s", leaf->decisions[i].base->name,
		    leaf->decisions[i].rule ? leaf->decisions[i].rule->text :
					      "policy");
	fprintf(stderr, "\n");
}

static void
print_outcome(const struct naive_outcome *o)
{
	struct leaf leaf = {
		.accepted = o->accepted,
		.logged = o->logged,
		.translated = o->translated,
		.redirected = o->redirected,
		.untracked = o->untracked,
	};

	for (size_t i = 0; i < o->count && i < LEAF_DECISIONS_MAX; i++)
		leaf.decisions[leaf.decision_count++] = o->decisions[i];
	print_leaf(&leaf);
}

static bool
one_leaf(void *context, const struct leaf *leaf)
{
	struct alone *a = context;
	const struct naive_walk *w = &a->t->w;
	bool any = false, logged = false;

	a->leaves++;
	for (size_t i = 0; i < w->outcome_count; i++)
		if (leaf_is(leaf, &w->outcomes[i])) {
			a->seen[i] = any = true;
			logged |= w->outcomes[i].logged;
		}
	if (!any) {
		print_leaf(leaf);
		fail_at(a->t, a->packet, "a leaf that the walker has not");
	}
	if (leaf->logged && !logged)
		fail_at(a->t, a->packet, "logged, but not by the walker");
	if (w->outcome_count == 1 && leaf->free)
		fail_at(a->t, a->packet, "free where nothing is chosen");
	return true;
}

static void
check_alone(struct trial *t, size_t packet)
{
	struct alone a = { .t = t, .packet = packet };
	struct walk w = { .way = t->way, .leaf = one_leaf, .context = &a };
	const struct point *x = &t->domain.packets[packet];
	struct pool_mark mark = pool_mark(t->pool);
	struct fates fates;
	struct box box;

	for (size_t d = 0; d < DIM_COUNT; d++)
		box.dims[d] = spans_one(t->pool, x->at[d], x->at[d]);
	assert_int_equal(evaluate_walk(t->e, &w, &box), WALK_DONE);
	for (size_t i = 0; i < t->w.outcome_count; i++)
		if (!a.seen[i]) {
			print_outcome(&t->w.outcomes[i]);
			fail_at(t, packet, "no leaf for what the walker has");
		}
	evaluate_point(t->e, t->way, x, t->pool, &fates);
	if (fates.possibly_accepted != t->naive[packet].accepted ||
	    fates.certainly_accepted != !t->naive[packet].dropped ||
	    fates.leaf.accepted != fates.possibly_accepted)
		fail_at(t, packet, "evaluate_point");
	pool_release(t->pool, mark);
}

/* ---- slices and candidates */

static struct box
part_of(struct trial *t, struct random_source *g)
{
	struct box box = t->domain.box;

	for (size_t d = 0; d < DIM_NEW_DADDR; d++) {
		const struct spans *s = box.dims[d];

		if (random_one_in(g, 2)) {
			const struct span *one =
			    &s->items[random_below(g, (unsigned)s->count)];

			box.dims[d] = spans_one(t->pool, one->first, one->last);
		}
	}
	return box;
}

static void
check_slices(struct trial *t, struct random_source *g)
{
	struct slice *outer = evaluate_slice(t->e, NULL, t->way,
	    &t->domain.box);
	struct walk w = { .slice = outer };
	struct box part = part_of(t, g);
	struct slice *inner = evaluate_slice(t->e, outer, t->way, &part);

	walk_box(t, &w, &t->domain.box);
	compare(t, &t->domain.box, "in a slice");
	w.slice = inner;
	walk_box(t, &w, &part);
	compare(t, &part, "in a slice of a slice");
	evaluate_slice_free(inner);
	evaluate_slice_free(outer);
}

/* Accepted packets of a candidate's walk are those of the walker's. */
static void
check_candidate(struct trial *t, struct walk *w, const struct chain *base,
    bool *accepted)
{
	w->candidate_base = base;
	walk_box(t, w, &t->domain.box);
	t->w.candidate = w->candidate;
	t->w.candidate_base = base;
	t->w.policy = w->candidate_policy;
	for (size_t i = 0; i < t->domain.count; i++) {
		bool expected = false;

		naive_all(&t->w, &t->domain.packets[i]);
		for (size_t k = 0; k < t->w.outcome_count; k++)
			expected |= t->w.outcomes[k].accepted;
		if (t->w.overfull)
			continue;
		if (expected != t->walked[i].accepted)
			fail_at(t, i, "as a candidate's");
		if (t->walked[i].dropped)
			fail_at(t, i, "a candidate's leaf is not accepted");
		accepted[i] |= expected;
	}
	t->w.candidate = NULL;
	t->w.candidate_base = NULL;
	t->w.policy = false;
}

static void
check_candidates(struct trial *t, struct random_source *g)
{
	const struct chain *bases[64];
	const struct rule *rules[256];
	struct slice *slice = evaluate_slice(t->e, NULL, t->way,
	    &t->domain.box);
	bool accepted[PACKETS_MAX] = { false };
	struct walk w = { .slice = random_one_in(g, 2) ? slice : NULL };
	size_t count = evaluate_chains(t->e, t->way,
	    (int)t->domain.packets[0].at[DIM_FAMILY], bases, 64);
	const struct chain *base;

	if (count == 0) {
		evaluate_slice_free(slice);
		return;
	}
	base = bases[random_below(g, (unsigned)count)];
	count = evaluate_accepting(slice, base, rules, 256);
	for (size_t i = 0; i < count && i < 256; i++) {
		w.candidate = rules[i];
		check_candidate(t, &w, base, accepted);
	}
	w.candidate = NULL;
	w.candidate_policy = true;
	check_candidate(t, &w, base, accepted);
	/* What is accepted at all is some candidate's, unless it does not
	 * come to this base chain. */
	for (size_t i = 0; i < t->domain.count; i++) {
		const struct naive_outcome *o = t->w.outcomes;

		if (accepted[i] || !t->naive[i].accepted)
			continue;
		naive_all(&t->w, &t->domain.packets[i]);
		for (size_t k = 0; k < t->w.outcome_count && !t->w.overfull;
		     k++)
			for (size_t n = 0; o[k].accepted && n < o[k].count; n++)
				if (o[k].decisions[n].base == base)
					fail_at(t, i, "of no candidate");
	}
	evaluate_slice_free(slice);
}

/* ---- */

static bool
run_naive(struct trial *t)
{
	memset(t->naive, 0, sizeof(t->naive));
	t->choices = 0;
	for (size_t i = 0; i < t->domain.count; i++) {
		naive_all(&t->w, &t->domain.packets[i]);
		if (t->w.overfull)
			return false;
		t->choices += t->w.outcome_count > 1;
		for (size_t k = 0; k < t->w.outcome_count; k++)
			if (t->w.outcomes[k].accepted)
				t->naive[i].accepted = true;
			else
				t->naive[i].dropped = true;
		check_alone(t, i);
	}
	return true;
}

static bool
try_one(struct trial *t, uint64_t seed)
{
	struct random_source g = { .state = seed * 0x9e3779b97f4a7c15ULL + 1 };
	struct diag d = { .lang = LANG_EN };
	struct naive_outcome *room = t->w.outcomes;
	struct walk w = { .slice = NULL };
	const struct spans *own;
	bool done;

	for (int i = 0; i < 8; i++)
		random_next(&g);
	t->seed = seed;
	t->way = random_one_in(&g, 4) ? WAY_INPUT :
	    random_one_in(&g, 6)      ? WAY_BRIDGE :
					WAY_FORWARD;
	t->r = random_ruleset(&g, t->way, &d);
	if (!t->r) {
		struct text out = { 0 };

		diag_print(&d, &out);
		fail_msg("seed %llu: %s", (unsigned long long)seed,
		    text_str(&out));
	}
	t->e = evaluate_new(t->r);
	t->pool = pool_new();
	own = random_one_in(&g, 2) ? NULL :
				     spans_one(t->pool, random_below(&g, 3), 3);
	evaluate_own(t->e, own, own);
	make_domain(t, &g);
	memset(&t->w, 0, sizeof(t->w));
	t->w.outcomes = room;
	t->w.r = t->r;
	t->w.way = t->way;
	t->w.own = own;
	done = run_naive(t);
	if (done) {
		walk_box(t, &w, &t->domain.box);
		compare(t, &t->domain.box, "in the whole box");
		check_slices(t, &g);
		check_candidates(t, &g);
	}
	pool_free(t->pool);
	evaluate_free(t->e);
	ruleset_free(t->r);
	diag_free(&d);
	return done;
}

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void
the_evaluator_accepts_what_a_naive_walker_accepts(void **state)
{
	struct trial *t = calloc(1, sizeof(*t));
	uint64_t seed = number_of("EVALUATE_SEED", 1);
	uint64_t count = number_of("EVALUATE_RULESETS", RULESETS), done = 0;
	size_t packets = 0, choices = 0;

	(void)state;
	t->w.outcomes = calloc(NAIVE_OUTCOMES_MAX, sizeof(*t->w.outcomes));
	for (uint64_t i = 0; i < count; i++) {
		if (!try_one(t, seed + i))
			continue;
		done++;
		packets += t->domain.count;
		choices += t->choices;
	}
	print_message("seeds %llu to %llu: %llu rulesets, %zu packets, %zu of "
		      "them by choice; %llu had too many choices\n",
	    (unsigned long long)seed, (unsigned long long)(seed + count - 1),
	    (unsigned long long)done, packets, choices,
	    (unsigned long long)(count - done));
	assert_true(done >= count / 2);
	free(t->w.outcomes);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_evaluator_accepts_what_a_naive_walker_accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
