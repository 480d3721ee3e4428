/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of verifier/audit_shadow*.c and audit_change.c against every packet of
 * a small world: random rulesets whose rules name few values, and packets with
 * each of these and one that no rule names. SEEDS=n sets how many.
 */
#include "audit.h"
#include "holding.h"

#include "audit_shadow.h"

#define RULES_MAX 12
#define SEEDS 150

static const char *const interfaces[] = { "lg0", "core0", "out0" };
static const char *const sources[] = { "10.2.0.1", "10.2.0.2", "10.1.0.5",
	"192.0.2.9", "10.2.0.77" };
static const char *const targets[] = { "10.1.0.5", "10.1.0.6", "10.2.0.1",
	"192.0.2.9", "10.1.0.77" };
static const unsigned protocols[] = { 6, 17, 47 };
static const unsigned ports[] = { 1, 2, 3, 9 };

/* ---- rulesets */

static uint64_t
next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static unsigned
below(uint64_t *seed, unsigned n)
{
	return (unsigned)(next(seed) >> 11) % n;
}

static void
add_matches(uint64_t *seed, struct text *out)
{
	if (below(seed, 3) == 0)
		text_printf(out, "iif %s%s ", below(seed, 4) ? "" : "!",
		    interfaces[below(seed, 2)]);
	if (below(seed, 3) == 0)
		text_printf(out, "saddr %s ",
		    below(seed, 2) ? sources[below(seed, 3)] : "10.2.0.0/16");
	if (below(seed, 4) == 0)
		text_printf(out, "daddr %s ",
		    below(seed, 2) ? targets[below(seed, 3)] : "10.1.0.0/16");
	if (below(seed, 6) == 0)
		text_printf(out, "family %u ", below(seed, 2) ? 4 : 6);
	if (below(seed, 3) == 0)
		text_printf(out, "tcp dport %s ",
		    below(seed, 2)     ? "1-2" :
			below(seed, 2) ? "2-3" :
					 "3");
	else if (below(seed, 4) == 0)
		text_add(out, below(seed, 2) ? "tcp " : "udp ");
}

static void
add_rule(uint64_t *seed, int level, bool unknown, struct text *out)
{
	static const char *const ends[] = { "accept", "drop", "accept", "drop",
		"counter", "return", "jump one", "goto one", "jump two",
		"goto two" };
	const unsigned choices[] = { 10, 6, 6 };
	unsigned which = below(seed, choices[level]);

	add_matches(seed, out);
	if (unknown && below(seed, 6) == 0)
		text_add(out, "unknown limit ");
	/* The first chain may lead to the second. */
	if (level == 1 && below(seed, 5) == 0)
		which = 8 + below(seed, 2);
	text_printf(out, "%s\n", ends[which]);
}

static void
add_chain(uint64_t *seed, const char *head, int level, bool unknown,
    struct text *out)
{
	const unsigned n = 1 + below(seed, level == 0 ? RULES_MAX : 4);

	text_printf(out, "chain %s\n", head);
	for (unsigned i = 0; i < n; i++)
		add_rule(seed, level, unknown, out);
}

static struct ruleset *
make(uint64_t *seed, bool unknown)
{
	struct text lines = { 0 };
	struct ruleset *r;

	add_chain(seed, "two", 2, unknown, &lines);
	add_chain(seed, "one", 1, unknown, &lines);
	add_chain(seed, "forward hook forward drop", 0, unknown, &lines);
	r = holding_ruleset(text_str(&lines));
	text_free(&lines);
	return r;
}

/* ---- every packet of the small world */

#define WORLD (3 * 6 * 6 * 3 * 4)

static struct point
packet(size_t n)
{
	struct point x = { { 0 } };
	struct addr a;
	const size_t from = n / 3 % 6, to = n / 18 % 6;

	x.at[DIM_IIF] = packet_value_of_name(interfaces[n % 3]);
	x.at[DIM_FAMILY] = from == 5 || to == 5 ? 6 : 4;
	if (x.at[DIM_FAMILY] == 4) {
		assert_true(addr_parse(sources[from], &a));
		x.at[DIM_SADDR] = packet_value_of_addr(&a);
		assert_true(addr_parse(targets[to], &a));
		x.at[DIM_DADDR] = packet_value_of_addr(&a);
	} else {
		assert_true(addr_parse("2001:db8::9", &a));
		x.at[DIM_SADDR] = x.at[DIM_DADDR] = packet_value_of_addr(&a);
	}
	x.at[DIM_PROTOCOL] = protocols[n / 108 % 3];
	x.at[DIM_DPORT] = ports[n / 324 % 4];
	x.at[DIM_SPORT] = 40000;
	x.at[DIM_TCP_FLAGS] = 2;
	x.at[DIM_CT_STATE] = CT_NEW;
	return x;
}

/* ---- a walker of a few lines */

static bool
matches(const struct rule *r, const struct point *x)
{
	for (size_t i = 0; i < r->statement_count; i++) {
		const struct lookup *l = &r->statements[i].lookup;
		bool hit = false;

		if (r->statements[i].kind != STATEMENT_MATCH)
			continue;
		for (size_t k = 0; k < l->element_count; k++)
			hit |= spans_has(l->elements[k].parts[0],
			    x->at[l->fields[0]]);
		if (hit == l->negated)
			return false;
	}
	return true;
}

static enum action
action_of(const struct rule *r, const struct chain **target)
{
	for (size_t i = 0; i < r->statement_count; i++)
		if (r->statements[i].kind == STATEMENT_VERDICT) {
			*target = r->statements[i].decision.target;
			return r->statements[i].decision.action;
		}
	return ACTION_CONTINUE;
}

/* True when the packet's way ended. */
static bool
walk(const struct chain *c, const struct point *x, bool *met)
{
	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule *r = &c->rules[i];
		const struct chain *target = NULL;

		if (!matches(r, x))
			continue;
		met[r->id] = true;
		switch (action_of(r, &target)) {
		case ACTION_ACCEPT:
		case ACTION_DROP:
			return true;
		case ACTION_RETURN:
			return false;
		case ACTION_JUMP:
			if (walk(target, x, met))
				return true;
			break;
		case ACTION_GOTO:
			return walk(target, x, met);
		default:
			break;
		}
	}
	return false;
}

static const struct chain *
base_of(const struct ruleset *r)
{
	for (size_t i = 0; i < r->chain_count; i++)
		if (r->chains[i]->hook == HOOK_FORWARD)
			return r->chains[i];
	return NULL;
}

static unsigned
seeds(void)
{
	const char *n = getenv("SEEDS");

	return n != NULL ? (unsigned)atoi(n) : SEEDS;
}

static void
test_rule_applies_when_some_packet_meets_it(void **state)
{
	unsigned wrong = 0, dead = 0;

	(void)state;
	for (unsigned n = 1; n <= seeds(); n++) {
		uint64_t seed = n * UINT64_C(0x9e3779b97f4a7c15);
		struct ruleset *r = make(&seed, false);
		struct audit a = { .ruleset = r };
		bool *met = calloc(r->rule_count, sizeof(*met));
		struct shadows s;

		a.evaluator = evaluate_new(r);
		for (size_t i = 0; i < WORLD; i++) {
			const struct point x = packet(i);

			(void)walk(base_of(r), &x, met);
		}
		shadows_find(&a, &s);
		for (size_t i = 0; i < r->rule_count; i++) {
			dead += !met[i];
			if (met[i] == (s.items[i].state == SHADOW_ALIVE))
				continue;
			wrong++;
			fprintf(stderr, "seed %u: %s %u is %d: %s\n", n,
			    r->rules[i]->chain->name, r->rules[i]->index,
			    s.items[i].state, r->rules[i]->text);
		}
		shadows_fini(&s);
		evaluate_free(a.evaluator);
		ruleset_free(r);
		free(met);
	}
	assert_int_equal(wrong, 0);
	assert_true(dead > 0);
}

/* None of those that cover a rule of one chain can be left out, and together
 * they hold all of its packets. */
static void
test_covering_rules_are_enough_and_none_too_many(void **state)
{
	unsigned covered = 0;

	(void)state;
	for (unsigned n = 1; n <= seeds(); n++) {
		uint64_t seed = n * UINT64_C(0xd1342543de82ef95);
		struct text lines = { 0 };
		struct audit a = { 0 };
		struct ruleset *r;
		struct shadows s;

		text_add(&lines, "chain forward hook forward drop\n");
		for (int i = 0; i < 14; i++)
			add_rule(&seed, 2, false, &lines);
		r = holding_ruleset(text_str(&lines));
		text_free(&lines);
		a.ruleset = r;
		a.evaluator = evaluate_new(r);
		shadows_find(&a, &s);
		for (size_t i = 0; i < r->rule_count; i++) {
			const struct shadow *k = &s.items[i];

			if (k->state != SHADOW_COVERED)
				continue;
			covered++;
			for (size_t without = 0; without <= k->covering_count;
			     without++) {
				bool all = true;

				for (size_t p = 0; p < WORLD && all; p++) {
					const struct point x = packet(p);
					bool in = !matches(r->rules[i], &x);

					for (size_t j = 0;
					     j < k->covering_count; j++)
						in |= j != without &&
						    matches(
							r->rules
							    [k->covering[j]],
							&x);
					all &= in;
				}
				assert_int_equal(all,
				    without == k->covering_count);
			}
		}
		shadows_fini(&s);
		evaluate_free(a.evaluator);
		ruleset_free(r);
	}
	assert_true(covered > 0);
}

/* ---- two rulesets */

static const struct zone *
zone_of(struct audit *a, packet_value address)
{
	for (size_t i = 0; i < a->m->zone_count; i++)
		if (spans_has(space_addresses(a, &a->m->zones[i], 4), address))
			return &a->m->zones[i];
	return NULL;
}

struct seen {
	bool opens, closes;
};

static void
note_packet(struct holding *x, const struct evaluator *other, size_t n,
    struct seen *seen)
{
	struct point p = packet(n);
	const struct zone *from = zone_of(&x->a, p.at[DIM_SADDR]);
	const struct zone *to = zone_of(&x->a, p.at[DIM_DADDR]);
	struct fates old, now;
	struct pool *pool;
	struct seen *s;

	if (p.at[DIM_FAMILY] != 4 || from == NULL || to == NULL ||
	    !space_judged(&x->a, from, to) ||
	    !spans_has(space_interfaces(&x->a, from), p.at[DIM_IIF]))
		return;
	p.at[DIM_OIF] = space_interfaces(&x->a, to)->items[0].first;
	pool = pool_new();
	evaluate_point(x->a.evaluator, WAY_FORWARD, &p, pool, &old);
	evaluate_point(other, WAY_FORWARD, &p, pool, &now);
	s = &seen[from->index * x->a.m->zone_count + to->index];
	s->opens |= (now.possibly_accepted && !old.possibly_accepted) ||
	    (now.certainly_accepted && !old.certainly_accepted);
	s->closes |= (old.possibly_accepted && !now.possibly_accepted) ||
	    (old.certainly_accepted && !now.certainly_accepted);
	pool_free(pool);
}

static unsigned
compare(struct holding *x, struct seen *seen, unsigned n)
{
	const size_t zones = x->a.m->zone_count;
	struct evaluator *other = evaluate_new(x->other);
	struct audit_changes changes;
	unsigned wrong = 0, told = 0;

	audit_compare(&x->a, x->other, &changes);
	assert_int_equal(changes.undecided, 0);
	memset(seen, 0, zones * zones * sizeof(*seen));
	for (size_t i = 0; i < WORLD; i++)
		note_packet(x, other, i, seen);
	for (size_t i = 0; i < zones * zones; i++) {
		struct seen said = { false, false };

		for (size_t k = 0; k < changes.count; k++) {
			const struct audit_change *c = &changes.items[k];

			if (c->way != WAY_FORWARD || c->family != 4 ||
			    c->from->index * zones + c->to->index != i)
				continue;
			said.opens |= c->opens;
			said.closes |= !c->opens;
			told++;
		}
		/* Zones have more addresses than the small world. */
		if ((seen[i].opens && !said.opens) ||
		    (seen[i].closes && !said.closes)) {
			wrong++;
			fprintf(stderr, "seed %u: %zu to %zu not said\n", n,
			    i / zones, i % zones);
		}
	}
	for (size_t k = 0; k < changes.count; k++) {
		const struct audit_change *c = &changes.items[k];
		struct fates old, now;
		struct pool *p = pool_new();

		/* What is said is so. */
		evaluate_point(x->a.evaluator, c->way, &c->witness, p, &old);
		evaluate_point(other, c->way, &c->witness, p, &now);
		if (c->opens)
			assert_true(
			    now.possibly_accepted && !old.certainly_accepted);
		else
			assert_true(
			    old.possibly_accepted && !now.certainly_accepted);
		pool_free(p);
	}
	audit_changes_fini(&changes);
	evaluate_free(other);
	assert_int_equal(wrong, 0);
	return told;
}

static void
test_every_change_is_told_and_what_is_told_is_one(void **state)
{
	struct seen seen[64];
	unsigned told = 0;

	(void)state;
	for (unsigned n = 1; n <= seeds(); n++) {
		uint64_t seed = n * UINT64_C(0xa0761d6478bd642f);
		struct holding x;

		holding_open(&x, "", NULL);
		x.r = make(&seed, n % 2 == 0);
		x.other = make(&seed, n % 2 == 0);
		x.a.ruleset = x.r;
		audit_open(&x.a);
		assert_true(x.a.m->zone_count <= 8);
		told += compare(&x, seen, n);
		holding_close(&x);
	}
	assert_true(told > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_applies_when_some_packet_meets_it),
		cmocka_unit_test(
		    test_covering_rules_are_enough_and_none_too_many),
		cmocka_unit_test(
		    test_every_change_is_told_and_what_is_told_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
