/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/evaluate*.c: each construct of nftables by itself, in the
 * way nft(8) and the kernel have it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "evaluate.h"
#include "evaluating.h"

#define PACKET "tcp 10.2.0.5:40000 -> 10.1.0.7:443 iif lg0 oif core0"

/* One inet table with a forward chain that drops. */
static void
forward(struct evaluating *x)
{
	evaluating_begin(x);
	table(x, TABLE_INET, "t");
	base(x, "forward", HOOK_FORWARD, 0, true);
}

static void
test_policy_decides_what_no_rule_does(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	tcp(&x, 443);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, PACKET), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:80"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:80,443"), '/');
	assert_null(fare(&x, "udp * -> *:443").last.decisions[0].rule);
	done(&x);
}

static void
test_accept_ends_its_own_base_chain_alone(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	verdict(&x, ACTION_ACCEPT);
	table(&x, TABLE_IP, "later");
	base(&x, "forward", HOOK_FORWARD, 10, false);
	rule(&x, "forward");
	tcp(&x, 443);
	verdict(&x, ACTION_REJECT);
	ready(&x);
	f = fare(&x, PACKET);
	assert_true(!f.accepted && f.leaves == 1);
	assert_int_equal(f.last.decision_count, 2);
	assert_int_equal(f.last.decisions[0].action, ACTION_ACCEPT);
	assert_int_equal(f.last.decisions[1].action, ACTION_REJECT);
	/* A table of ip sees no IPv6. */
	assert_int_equal(fate(&x, "tcp * -> [fd00::1]:443"), 'A');
	done(&x);
}

static void
test_return_goes_on_in_the_caller_and_goto_does_not(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	chain(&x, "sub");
	rule(&x, "forward");
	tcp(&x, 443);
	jump(&x, "sub");
	rule(&x, "forward");
	tcp(&x, 80);
	builder_verdict(x.b, ACTION_GOTO, "sub");
	rule(&x, "forward");
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "sub");
	verdict(&x, ACTION_RETURN);
	rule(&x, "sub");
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:443"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:80"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:22"), 'A');
	done(&x);
}

static void
test_verdict_map_that_has_no_element_goes_on(void **state_)
{
	struct set_element *all;
	struct evaluating x;

	(void)state_;
	forward(&x);
	chain(&x, "sub");
	rule(&x, "forward");
	all = lookup(&x, builder_statement(x.b, STATEMENT_VMAP), 3, FIELD_IIF);
	all[0].parts[0] = name(&x, "lg0");
	all[0].decision = builder_decision(x.b, ACTION_JUMP, "sub");
	all[1].parts[0] = name(&x, "core0");
	all[1].decision = builder_decision(x.b, ACTION_DROP, NULL);
	all[2].parts[0] = name(&x, "office0");
	all[2].decision = builder_decision(x.b, ACTION_CONTINUE, NULL);
	rule(&x, "forward");
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "sub");
	tcp(&x, 22);
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:443 iif lg0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:443 iif core0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:443 iif office0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:443 iif other"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *"), '/');
	done(&x);
}

static void
test_element_for_all_others_counts_last(void **state_)
{
	struct set_element *all;
	struct evaluating x;
	struct statement *s;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	s = builder_statement(x.b, STATEMENT_VMAP);
	all = lookup(&x, s, 2, FIELD_IIF);
	lookup(&x, s, 2, FIELD_DPORT);
	all = pool_take(x.p, 2 * sizeof(*all));
	memset(all, 0, 2 * sizeof(*all));
	all[0].decision = builder_decision(x.b, ACTION_ACCEPT, NULL);
	all[1].parts[0] = name(&x, "lg0");
	all[1].parts[1] = range(&x, 22, 22);
	all[1].decision = builder_decision(x.b, ACTION_DROP, NULL);
	s->lookup.elements = all;
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg1"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:23 iif lg0"), 'A');
	done(&x);
}

static void
test_concatenation_is_not_the_product_of_its_fields(void **state_)
{
	struct set_element *all;
	struct evaluating x;
	struct statement *s;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	s = builder_statement(x.b, STATEMENT_MATCH);
	all = lookup(&x, s, 2, FIELD_IIF);
	s->lookup.fields[s->lookup.field_count++] = FIELD_DPORT;
	all[0].parts[0] = name(&x, "lg0");
	all[0].parts[1] = range(&x, 443, 443);
	all[1].parts[0] = name(&x, "lg1");
	all[1].parts[1] = range(&x, 22, 22);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:443 iif lg0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg1"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:443 iif lg1"), 'D');
	done(&x);
}

static void
test_empty_set_matches_nothing_and_negated_everything(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	match(&x, FIELD_DPORT, &spans_nothing);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	number(&x, FIELD_DPORT, 443);
	match_not(&x, FIELD_IIF, &spans_nothing);
	match_not(&x, FIELD_OIF, name(&x, "core0"));
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:443 oif lg0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:443 oif core0"), 'D');
	done(&x);
}

/* ---- conntrack */

static void
test_before_conntrack_no_connection_is_known(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "early", HOOK_PREROUTING, -250, false);
	base(&x, "late", HOOK_PREROUTING, -150, false);
	rule(&x, "early");
	tcp(&x, 22);
	state(&x, CT_NEW);
	verdict(&x, ACTION_DROP);
	rule(&x, "early");
	tcp(&x, 23);
	state(&x, CT_INVALID);
	verdict(&x, ACTION_DROP);
	rule(&x, "late");
	tcp(&x, 24);
	state(&x, CT_NEW);
	verdict(&x, ACTION_DROP);
	/* Nothing of a connection can be looked at: the rule ends. */
	rule(&x, "early");
	tcp(&x, 25);
	match_not(&x, FIELD_CT_MARK, range(&x, 1, 1));
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:23"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:24"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:25"), 'A');
	done(&x);
}

static void
test_chain_at_the_priority_of_conntrack_is_before_or_behind(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "raw", HOOK_PREROUTING, -200, false);
	rule(&x, "raw");
	tcp(&x, 22);
	state(&x, CT_INVALID);
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22"), '?');
	done(&x);
}

static void
test_notrack_makes_untracked_and_no_nat_sees_it(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "raw", HOOK_PREROUTING, -300, false);
	nat(&x, "dnat", HOOK_PREROUTING, -100);
	base(&x, "forward", HOOK_FORWARD, 0, true);
	rule(&x, "raw");
	tcp(&x, 53);
	builder_statement(x.b, STATEMENT_NOTRACK);
	rule(&x, "dnat");
	dnat(&x, "10.1.0.9", -1);
	rule(&x, "forward");
	state(&x, CT_UNTRACKED);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> 10.9.0.1:53");
	assert_true(f.accepted && !f.dropped);
	assert_true(f.last.untracked && !f.last.translated);
	f = fare(&x, "tcp * -> 10.9.0.1:54");
	assert_true(!f.accepted && f.last.translated);
	done(&x);
}

/* ---- translation */

static void
test_forward_sees_the_destination_behind_a_dnat(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	forward(&x);
	nat(&x, "nat", HOOK_PREROUTING, -100);
	rule(&x, "nat");
	daddr(&x, "192.0.2.1");
	tcp(&x, 8443);
	dnat(&x, "10.1.0.7", 443);
	/* Of two translations the first counts. */
	rule(&x, "nat");
	daddr(&x, "192.0.2.1");
	dnat(&x, "10.1.0.8", -1);
	rule(&x, "forward");
	daddr(&x, "10.1.0.7");
	tcp(&x, 443);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> 192.0.2.1:8443");
	assert_true(f.accepted && !f.dropped);
	assert_true(f.last.translated);
	assert_non_null(f.last.translated_by);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:443"), 'D');
	assert_int_equal(fate(&x, "tcp * -> 10.1.0.7:443"), 'A');
	/* A packet of a connection that stands is what the rules see. */
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:8443 state established"),
	    'D');
	done(&x);
}

static void
test_dnat_chain_runs_at_the_priority_of_the_kernels_hook(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_IP, "t");
	nat(&x, "nat", HOOK_PREROUTING, -150);
	base(&x, "before", HOOK_PREROUTING, -120, false);
	base(&x, "behind", HOOK_PREROUTING, -90, false);
	rule(&x, "nat");
	dnat(&x, "10.1.0.7", -1);
	rule(&x, "before");
	daddr(&x, "10.1.0.7");
	tcp(&x, 22);
	verdict(&x, ACTION_DROP);
	rule(&x, "behind");
	daddr(&x, "10.1.0.7");
	tcp(&x, 23);
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:22"), 'A');
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:23"), 'D');
	done(&x);
}

static void
test_status_says_translated_only_where_something_changed(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	nat(&x, "nat", HOOK_PREROUTING, -100);
	rule(&x, "nat");
	tcp(&x, 443);
	dnat(&x, "10.1.0.7", -1);
	rule(&x, "forward");
	match(&x, FIELD_CT_STATUS, range(&x, 32, 63));
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	match(&x, FIELD_CT_STATUS, range(&x, 256 + 32, 256 + 63));
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:443"), 'A');
	assert_int_equal(fate(&x, "tcp * -> 10.1.0.7:443"), 'D');
	assert_int_equal(fate(&x, "tcp * -> 10.1.0.6-10.1.0.8:443"), '/');
	done(&x);
}

static void
test_range_of_targets_is_a_choice_only_where_it_matters(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	forward(&x);
	nat(&x, "nat", HOOK_PREROUTING, -100);
	rule(&x, "nat");
	daddr(&x, "192.0.2.0/24");
	dnat(&x, "10.1.0.4/30", -1);
	rule(&x, "forward");
	daddr(&x, "10.1.0.0/16");
	tcp(&x, 80);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	daddr(&x, "10.1.0.6");
	tcp(&x, 443);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> 192.0.2.1:80");
	assert_true(f.accepted && !f.dropped && !f.is_free);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:443"), '?');
	done(&x);
}

static void
test_netmap_moves_each_address_by_the_same_distance(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	forward(&x);
	nat(&x, "nat", HOOK_PREROUTING, -100);
	rule(&x, "nat");
	daddr(&x, "192.0.2.0/24");
	dnat(&x, "10.1.5.0/24", -1)->change.prefix = true;
	rule(&x, "forward");
	daddr(&x, "10.1.5.7");
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> 192.0.2.7:1");
	assert_true(f.accepted && !f.dropped && !f.is_free);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.8:1"), 'D');
	f = fare(&x, "tcp * -> 192.0.2.0/24:1");
	assert_true(f.accepted && f.dropped && !f.is_free);
	done(&x);
}

static void
test_map_translates_by_element_and_others_go_on(void **state_)
{
	struct set_element *all;
	struct evaluating x;
	struct statement *s;

	(void)state_;
	forward(&x);
	nat(&x, "nat", HOOK_PREROUTING, -100);
	rule(&x, "nat");
	number(&x, FIELD_FAMILY, 4);
	number(&x, FIELD_PROTOCOL, 6);
	s = builder_statement(x.b, STATEMENT_DNAT);
	all = lookup(&x, s, 2, FIELD_DPORT);
	all[0].parts[0] = range(&x, 80, 80);
	all[0].change.address = net(&x, "10.1.0.7");
	all[1].parts[0] = range(&x, 81, 81);
	all[1].change.address = net(&x, "10.1.0.8");
	all[1].change.port = range(&x, 80, 80);
	rule(&x, "forward");
	daddr(&x, "10.1.0.8");
	tcp(&x, 80);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:80"), 'D');
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:81"), 'A');
	assert_int_equal(fate(&x, "tcp * -> 10.1.0.8:82"), 'D');
	done(&x);
}

static void
test_redirect_is_never_forwarded_but_comes_in(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	nat(&x, "nat", HOOK_PREROUTING, -100);
	base(&x, "input", HOOK_INPUT, 0, true);
	rule(&x, "nat");
	tcp(&x, 80);
	dnat(&x, NULL, 3128)->redirects = true;
	rule(&x, "nat");
	tcp(&x, 81);
	dnat(&x, "10.1.0.7", -1);
	rule(&x, "input");
	tcp(&x, 3128);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> 192.0.2.1:80");
	assert_true(!f.accepted && f.last.redirected);
	assert_int_equal(fate(&x, "tcp * -> 192.0.2.1:80 to firewall"), 'A');
	/* What is sent elsewhere does not come in. */
	f = fare(&x, "tcp * -> 192.0.2.1:81 to firewall");
	assert_true(!f.accepted && f.last.translated && !f.last.redirected);
	done(&x);
}

static void
test_source_behind_masquerade_is_unknown(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	nat(&x, "nat", HOOK_POSTROUTING, 100);
	base(&x, "last", HOOK_POSTROUTING, 150, false);
	rule(&x, "nat");
	tcp(&x, 80);
	builder_statement(x.b, STATEMENT_SNAT);
	rule(&x, "last");
	saddr(&x, "10.2.0.5");
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp 10.2.0.5 -> *:80"), '?');
	assert_int_equal(fate(&x, "tcp 10.2.0.5 -> *:81"), 'D');
	done(&x);
}

/* ---- marks */

static void
test_marks_that_rules_set_are_known(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "pre", HOOK_PREROUTING, -150, false);
	base(&x, "forward", HOOK_FORWARD, 0, true);
	rule(&x, "pre");
	tcp(&x, 22);
	mark(&x, STATEMENT_MARK, 7);
	rule(&x, "pre");
	tcp(&x, 23);
	mark(&x, STATEMENT_MARK, 0)->target_unknown = true;
	/* A statement is done although the rule ends behind it. */
	rule(&x, "pre");
	tcp(&x, 24);
	mark(&x, STATEMENT_MARK, 7);
	match(&x, FIELD_IIF, name(&x, "never0"));
	verdict(&x, ACTION_DROP);
	rule(&x, "forward");
	number(&x, FIELD_MARK, 7);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	f = fare(&x, "tcp * -> *:22 iif lg0");
	assert_true(f.accepted && !f.dropped && !f.is_free);
	assert_int_equal(fate(&x, "tcp * -> *:21 iif lg0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:23 iif lg0"), '?');
	assert_int_equal(fate(&x, "tcp * -> *:24 iif lg0"), 'A');
	done(&x);
}

static void
test_mark_of_a_connection_that_stands_is_unknown(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	number(&x, FIELD_CT_MARK, 0);
	verdict(&x, ACTION_ACCEPT);
	/* The same value twice is one choice. */
	rule(&x, "forward");
	number(&x, FIELD_CT_MARK, 0);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	builder_statement(x.b, STATEMENT_MARK_FROM_CT);
	number(&x, FIELD_MARK, 0);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:22 state established"), '?');
	assert_int_equal(
	    fare(&x, "tcp 10.2.0.5 -> *:22 state established").leaves, 2);
	assert_int_equal(fate(&x, "tcp * -> *:22 state invalid"), 'D');
	done(&x);
}

/* ---- what nobody can know */

static void
test_limit_is_a_choice_for_exactly_what_comes_to_the_verdict(void **state_)
{
	struct evaluating x;
	struct fared f;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	builder_unknown(x.b, "limit", false);
	tcp(&x, 22);
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	builder_unknown(x.b, "limit", false);
	builder_statement(x.b, STATEMENT_LOG);
	rule(&x, "forward");
	tcp(&x, 443);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22"), '?');
	/* A limit before a log alone is none. */
	f = fare(&x, "tcp 10.2.0.5 -> *:443");
	assert_true(f.leaves == 1 && f.accepted && !f.is_free);
	assert_true(f.last.logged);
	f = fare(&x, "tcp 10.2.0.5 -> *:23");
	assert_true(f.leaves == 1 && !f.accepted && !f.is_free);
	done(&x);
}

static void
test_what_may_decide_is_accepted_dropped_or_goes_on(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	tcp(&x, 22);
	builder_unknown(x.b, "xt", true);
	rule(&x, "forward");
	tcp(&x, 23);
	verdict(&x, ACTION_QUEUE);
	rule(&x, "forward");
	tcp(&x, 24);
	verdict(&x, ACTION_UNKNOWN);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22"), '?');
	assert_int_equal(fate(&x, "tcp * -> *:23"), '?');
	assert_int_equal(fate(&x, "tcp * -> *:24"), '?');
	assert_int_equal(fate(&x, "tcp * -> *:25"), 'D');
	done(&x);
}

static void
test_set_that_changes_may_match_or_not(void **state_)
{
	struct set_element *all;
	struct evaluating x;
	struct statement *s;

	(void)state_;
	forward(&x);
	rule(&x, "forward");
	tcp(&x, 22);
	s = builder_statement(x.b, STATEMENT_MATCH);
	lookup(&x, s, 0, FIELD_SADDR);
	s->lookup.changing = true;
	verdict(&x, ACTION_ACCEPT);
	rule(&x, "forward");
	tcp(&x, 23);
	s = builder_statement(x.b, STATEMENT_VMAP);
	all = lookup(&x, s, 1, FIELD_SADDR);
	all[0].parts[0] = range(&x, 1, 1);
	all[0].decision = builder_decision(x.b, ACTION_DROP, NULL);
	s->lookup.changing = true;
	ready(&x);
	assert_int_equal(fate(&x, "tcp 10.2.0.5 -> *:22"), '?');
	assert_int_equal(fate(&x, "tcp 10.2.0.5 -> *:23"), '?');
	done(&x);
}

/* ---- hooks */

static void
test_ingress_sees_the_packets_of_its_devices(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_NETDEV, "n");
	base(&x, "in", HOOK_INGRESS, 0, false)->devices = name(&x, "lg0");
	base(&x, "out", HOOK_EGRESS, 0, false)->devices = name(&x, "core0");
	rule(&x, "in");
	tcp(&x, 22);
	verdict(&x, ACTION_DROP);
	rule(&x, "out");
	tcp(&x, 23);
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg1"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:22"), '/');
	assert_int_equal(fate(&x, "tcp * -> *:23 oif core0"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:23 oif lg0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:23 to firewall"), 'A');
	done(&x);
}

static void
test_interface_out_is_empty_before_routing(void **state_)
{
	struct evaluating x;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "pre", HOOK_PREROUTING, 0, false);
	rule(&x, "pre");
	tcp(&x, 22);
	match(&x, FIELD_OIF, name(&x, "core0"));
	verdict(&x, ACTION_DROP);
	rule(&x, "pre");
	tcp(&x, 23);
	match_not(&x, FIELD_OIF, name(&x, "core0"));
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22 oif core0"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:23 oif core0"), 'D');
	done(&x);
}

static void
test_bridge_takes_the_tables_of_bridges(void **state_)
{
	struct evaluating x;

	(void)state_;
	forward(&x);
	table(&x, TABLE_BRIDGE, "b");
	base(&x, "forward", HOOK_FORWARD, -200, false);
	base(&x, "post", HOOK_POSTROUTING, 0, false);
	rule(&x, "forward");
	tcp(&x, 22);
	match(&x, FIELD_IIF, name(&x, "lg0"));
	state(&x, CT_NEW);
	verdict(&x, ACTION_DROP);
	rule(&x, "post");
	tcp(&x, 23);
	match(&x, FIELD_IIF, name(&x, "lg0"));
	verdict(&x, ACTION_DROP);
	ready(&x);
	assert_int_equal(fate(&x, "tcp * -> *:22 iif lg0 bridged"), 'D');
	assert_int_equal(fate(&x, "tcp * -> *:23 iif lg0 bridged"), 'A');
	assert_int_equal(fate(&x, "tcp * -> *:24 iif lg0"), 'D');
	done(&x);
}

static void
test_dormant_table_sees_nothing(void **state_)
{
	struct evaluating x;
	const struct chain *c;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t")->dormant = true;
	base(&x, "forward", HOOK_FORWARD, 0, true);
	ready(&x);
	assert_int_equal(fate(&x, PACKET), 'A');
	assert_int_equal(evaluate_chains(x.e, WAY_FORWARD, 4, &c, 1), 0);
	done(&x);
}

static void
test_of_equal_priority_the_last_is_asked_first(void **state_)
{
	struct evaluating x;
	const struct chain *c[4];

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "first", HOOK_FORWARD, 0, true);
	base(&x, "last", HOOK_FORWARD, 0, true);
	base(&x, "early", HOOK_FORWARD, -1, true);
	ready(&x);
	assert_int_equal(evaluate_chains(x.e, WAY_FORWARD, 6, c, 4), 3);
	assert_string_equal(c[0]->name, "early");
	assert_string_equal(c[1]->name, "last");
	assert_string_equal(c[2]->name, "first");
	done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_decides_what_no_rule_does),
		cmocka_unit_test(test_accept_ends_its_own_base_chain_alone),
		cmocka_unit_test(
		    test_return_goes_on_in_the_caller_and_goto_does_not),
		cmocka_unit_test(test_verdict_map_that_has_no_element_goes_on),
		cmocka_unit_test(test_element_for_all_others_counts_last),
		cmocka_unit_test(
		    test_concatenation_is_not_the_product_of_its_fields),
		cmocka_unit_test(
		    test_empty_set_matches_nothing_and_negated_everything),
		cmocka_unit_test(test_before_conntrack_no_connection_is_known),
		cmocka_unit_test(
		    test_chain_at_the_priority_of_conntrack_is_before_or_behind),
		cmocka_unit_test(
		    test_notrack_makes_untracked_and_no_nat_sees_it),
		cmocka_unit_test(
		    test_forward_sees_the_destination_behind_a_dnat),
		cmocka_unit_test(
		    test_dnat_chain_runs_at_the_priority_of_the_kernels_hook),
		cmocka_unit_test(
		    test_status_says_translated_only_where_something_changed),
		cmocka_unit_test(
		    test_range_of_targets_is_a_choice_only_where_it_matters),
		cmocka_unit_test(
		    test_netmap_moves_each_address_by_the_same_distance),
		cmocka_unit_test(
		    test_map_translates_by_element_and_others_go_on),
		cmocka_unit_test(test_redirect_is_never_forwarded_but_comes_in),
		cmocka_unit_test(test_source_behind_masquerade_is_unknown),
		cmocka_unit_test(test_marks_that_rules_set_are_known),
		cmocka_unit_test(
		    test_mark_of_a_connection_that_stands_is_unknown),
		cmocka_unit_test(
		    test_limit_is_a_choice_for_exactly_what_comes_to_the_verdict),
		cmocka_unit_test(
		    test_what_may_decide_is_accepted_dropped_or_goes_on),
		cmocka_unit_test(test_set_that_changes_may_match_or_not),
		cmocka_unit_test(test_ingress_sees_the_packets_of_its_devices),
		cmocka_unit_test(test_interface_out_is_empty_before_routing),
		cmocka_unit_test(test_bridge_takes_the_tables_of_bridges),
		cmocka_unit_test(test_dormant_table_sees_nothing),
		cmocka_unit_test(
		    test_of_equal_priority_the_last_is_asked_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
