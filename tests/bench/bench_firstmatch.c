/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A peer for audit.sh: the set of all packets that a ruleset accepts, as one
 * decision diagram over the bits of the header, rule by rule from the last to
 * the first, as verifiers of whole filters build it (Al-Shaer and Hamed;
 * Batfish). It names no rule and compares with no model: less than the audit
 * does. Takes rulesets as tests/bench/rulesets.py writes them, one chain.
 */
#include <bdd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ruleset.h"

#define NODES_MAX 17000000 /* about a GiB with the caches */
#define SECONDS_MAX 60	   /* of the processor */
#define NAMES_MAX 255

static volatile sig_atomic_t failed;

/* What the fields are in bits, the first variable of each at `first`. */
static const struct layout {
	enum field field;
	unsigned bits;
	int first;
} layouts[] = {
	{ FIELD_CT_STATE, 3, 0 },
	{ FIELD_FAMILY, 1, 3 },
	{ FIELD_IIF, 8, 4 },
	{ FIELD_OIF, 8, 12 },
	{ FIELD_PROTOCOL, 8, 20 },
	{ FIELD_SADDR, 32, 28 },
	{ FIELD_DADDR, 32, 60 },
	{ FIELD_DPORT, 16, 92 },
	{ FIELD_SPORT, 16, 108 },
};
#define VARIABLES 124

struct names {
	packet_value known[NAMES_MAX];
	unsigned count;
};

static void
on_error(int code)
{
	(void)code;
	failed = 1;
}

static BDD
hold(BDD old, BDD new)
{
	bdd_addref(new);
	bdd_delref(old);
	return new;
}

/* Values of a field that are at least, or at most, v. */
static BDD
bounded(const struct layout *l, uint32_t v, bool at_least)
{
	BDD r = bdd_true(), one;

	for (unsigned i = 0; i < l->bits; i++) {
		const int variable = l->first + (int)(l->bits - 1 - i);
		const bool bit = v >> i & 1;

		one = at_least ? bdd_ithvar(variable) : bdd_nithvar(variable);
		r = hold(r, bit == at_least ? bdd_and(one, r) : bdd_or(one, r));
	}
	return r;
}

/* A name as a number, for the diagram has few bits of it. */
static uint32_t
number_of(struct names *names, packet_value v)
{
	unsigned i;

	for (i = 0; i < names->count; i++)
		if (names->known[i] == v)
			return i;
	if (names->count == NAMES_MAX)
		exit(2);
	names->known[names->count] = v;
	return names->count++;
}

static BDD
values(const struct layout *l, const struct spans *s, struct names *names)
{
	BDD r = bdd_false(), from, to, both;

	for (size_t i = 0; i < s->count; i++) {
		uint32_t first = (uint32_t)s->items[i].first;
		uint32_t last = (uint32_t)s->items[i].last;

		if (l->field == FIELD_IIF || l->field == FIELD_OIF)
			first = last = number_of(names, s->items[i].first);
		if (l->field == FIELD_FAMILY)
			first = last = first == 6;
		from = bounded(l, first, true);
		to = bounded(l, last, false);
		both = bdd_addref(bdd_and(from, to));
		r = hold(r, bdd_or(r, both));
		bdd_delref(from);
		bdd_delref(to);
		bdd_delref(both);
	}
	return r;
}

static BDD
lookup(const struct lookup *l, struct names *names)
{
	const struct layout *layout = NULL;
	BDD r = bdd_false(), one;

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].field == l->fields[0])
			layout = &layouts[i];
	if (layout == NULL || l->field_count != 1)
		exit(2);
	for (size_t i = 0; i < l->element_count; i++) {
		one = values(layout, l->elements[i].parts[0], names);
		r = hold(r, bdd_or(r, one));
		bdd_delref(one);
	}
	return l->negated ? hold(r, bdd_not(r)) : r;
}

/* What a rule matches; *accepts says its verdict. */
static BDD
condition(const struct rule *rule, struct names *names, bool *accepts)
{
	BDD r = bdd_true(), one;

	for (size_t i = 0; i < rule->statement_count; i++) {
		const struct statement *s = &rule->statements[i];

		if (s->kind == STATEMENT_VERDICT)
			*accepts = s->decision.action == ACTION_ACCEPT;
		if (s->kind != STATEMENT_MATCH)
			continue;
		one = lookup(&s->lookup, names);
		r = hold(r, bdd_and(r, one));
		bdd_delref(one);
	}
	return r;
}

static double
spent_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
evaluate(const struct chain *chain)
{
	struct names names = { .count = 0 };
	const double begun = spent_ms();
	BDD accepted = chain->policy_drop ? bdd_false() : bdd_true(), match;
	size_t i = chain->rule_count;
	bool accepts;

	while (i > 0 && !failed && spent_ms() - begun < SECONDS_MAX * 1e3) {
		accepts = false;
		match = condition(&chain->rules[--i], &names, &accepts);
		accepted = hold(accepted,
		    bdd_apply(accepted, match,
			accepts ? bddop_or : bddop_diff));
		bdd_delref(match);
	}
	printf("%.0f ms, %d nodes", spent_ms() - begun, bdd_getnodenum());
	if (i > 0 || failed)
		printf(": given up with %zu of %zu rules done (%s)",
		    chain->rule_count - i, chain->rule_count,
		    failed ? "memory" : "time");
	printf("\n");
}

int
main(int argc, char **argv)
{
	struct diag d = { 0 };
	struct ruleset *r;

	if (argc != 2) {
		printf("what audit.sh is compared with: see there\n");
		return 0;
	}
	r = ruleset_file(argv[1], &d);
	if (r == NULL || r->chain_count == 0)
		return 2;
	if (bdd_init(1000000, 250000) < 0)
		return 2;
	bdd_error_hook(on_error);
	bdd_gbc_hook(NULL);
	bdd_setmaxnodenum(NODES_MAX);
	bdd_setmaxincrease(NODES_MAX / 8);
	bdd_setcacheratio(4);
	bdd_setvarnum(VARIABLES);
	evaluate(r->chains[0]);
	bdd_done();
	ruleset_free(r);
	diag_free(&d);
	return 0;
}
