/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/audit_change*.c and audit_peer.c: what two rulesets do
 * otherwise, FWR-12. */
#include "holding.h"

#include "audit_change.h"
#include "base/jsonw.h"

#define BASE "chain forward hook forward drop\n"
#define INPUT "chain input hook input drop\n"

static void
compare(struct holding *x, const char *old, const char *now,
    struct audit_changes *out)
{
	holding_open(x, "", old);
	x->other = holding_ruleset(now);
	audit_compare(&x->a, x->other, out);
	assert_int_equal(out->undecided, 0);
}

static const struct audit_change *
find(const struct audit_changes *c, const char *from, const char *to)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->items[i].from->id, from) == 0 &&
		    strcmp(c->items[i].to->id, to) == 0)
			return &c->items[i];
	fail_msg("no change from %s to %s", from, to);
	return NULL;
}

static void
test_rule_that_is_added_opens_with_a_witness(void **state)
{
	struct audit_changes c;
	const struct audit_change *k;
	struct holding x;

	(void)state;
	compare(&x, BASE "tcp dport 443 accept\n",
	    BASE
	    "tcp dport 443 accept\niif lg0 oif core0 tcp dport 22 accept\n",
	    &c);
	assert_int_equal(c.count, 1);
	k = find(&c, "lg", "core");
	assert_true(k->opens && k->certain && !k->declared);
	assert_true(k->witness.at[DIM_DPORT] == 22);
	assert_int_equal(k->family, 4);
	assert_null(k->old_rule.rule);
	assert_int_equal(k->old_rule.action, ACTION_DROP);
	assert_int_equal(k->new_rule.rule->index, 1);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_rule_that_is_removed_closes(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "tcp dport 443 accept\niif lg0 oif core0 accept\n",
	    BASE "tcp dport 443 accept\n", &c);
	assert_int_equal(c.count, 1);
	assert_false(find(&c, "lg", "core")->opens);
	/* What the other rule lets through all the same is no change. */
	assert_false(find(&c, "lg", "core")->witness.at[DIM_PROTOCOL] == 6 &&
	    find(&c, "lg", "core")->witness.at[DIM_DPORT] == 443);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_order_that_changes_nothing_is_no_change(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "tcp dport 443 accept\ntcp dport 80 accept\n",
	    BASE "tcp dport 80 accept\ncounter\ntcp dport 443 accept\n", &c);
	assert_int_equal(c.count, 0);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_order_that_changes_something_is_told(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "saddr 10.2.0.5 drop\niif lg0 oif core0 accept\n",
	    BASE "iif lg0 oif core0 accept\nsaddr 10.2.0.5 drop\n", &c);
	assert_int_equal(c.count, 1);
	assert_true(find(&c, "lg", "core")->opens);
	assert_true(find(&c, "lg", "core")->witness.at[DIM_SADDR] ==
	    holding_addresses("10.2.0.5").first);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_policy_changes_everything(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "tcp accept\n",
	    "chain forward hook forward\ntcp accept\n", &c);
	/* Four zones, each to each; core and outside also over IPv6. */
	assert_int_equal(c.count, 12 + 2);
	for (size_t i = 0; i < c.count; i++) {
		assert_true(c.items[i].opens);
		assert_null(c.items[i].new_rule.rule);
	}
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_the_way_into_the_firewall_is_compared_too(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE INPUT "tcp dport 22 iif lg0 accept\n",
	    BASE INPUT "tcp dport 22 accept\n", &c);
	assert_int_equal(find(&c, "core", "firewall")->way, WAY_INPUT);
	assert_true(find(&c, "outside", "firewall")->opens);
	for (size_t i = 0; i < c.count; i++)
		assert_string_not_equal(c.items[i].from->id, "lg");
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_same_unknown_on_both_sides_is_no_change(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "iif lg0 oif core0 unknown limit accept\n",
	    BASE "iif lg0 oif core0 unknown limit accept\n"
		 "iif lg0 oif core0 tcp dport 70000-70001 drop\n"
		 "udp unknown quota drop\n",
	    &c);
	assert_int_equal(c.count, 0);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_what_only_might_change_is_told_as_such(void **state)
{
	struct audit_changes c;
	struct holding x;

	(void)state;
	compare(&x, BASE "iif lg0 oif core0 unknown limit accept\n",
	    BASE "iif lg0 oif core0 accept\n", &c);
	assert_int_equal(c.count, 1);
	assert_true(c.items[0].opens);
	assert_false(c.items[0].certain);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_translation_is_told_for_the_zone_it_leads_to(void **state)
{
	struct audit_changes c;
	const struct audit_change *k;
	struct holding x;

	(void)state;
	compare(&x, BASE "iif out0 tcp dport 443 accept\n",
	    BASE "iif out0 tcp dport 443 accept\n"
		 "chain pre hook prerouting nat\n"
		 "iif out0 daddr 192.0.2.1 tcp dport 443 dnat 10.1.0.7\n",
	    &c);
	k = find(&c, "outside", "core");
	assert_true(k->opens && k->translated);
	assert_true(k->witness.at[DIM_NEW_DADDR] ==
	    holding_addresses("10.1.0.7").first);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_text_and_json_tell_the_same(void **state)
{
	struct text out = { 0 };
	struct audit_changes c;
	struct holding x;
	struct jsonw w;

	(void)state;
	compare(&x, BASE "tcp dport 443 accept\n",
	    BASE
	    "tcp dport 443 accept\niif lg0 oif core0 tcp dport 22 accept\n",
	    &c);
	audit_changes_text(&c, LANG_EN, &out);
	assert_non_null(strstr(text_str(&out), "1 open, 0 close"));
	assert_non_null(strstr(text_str(&out), "policy of inet filter"));
	text_clear(&out);
	jsonw_init(&w, &out);
	audit_changes_json(&c, &w, NULL);
	assert_non_null(strstr(text_str(&out), "\"change\":\"opens\""));
	assert_non_null(strstr(text_str(&out), "\"undecided\":0"));
	text_free(&out);
	audit_changes_fini(&c);
	holding_close(&x);
}

static void
test_edits_are_those_rules_that_mean_otherwise(void **state)
{
	struct rule_edits e;
	struct ruleset *old = holding_ruleset(BASE "tcp dport 1 accept\nlog\n"
						   "tcp dport 2 accept\n"
						   "tcp dport 3 accept\n");
	struct ruleset *now = holding_ruleset(BASE "tcp dport 1 accept\n"
						   "counter\nlog\n"
						   "tcp dport 3 accept\n"
						   "tcp dport 4 accept\n");
	struct text out = { 0 };

	(void)state;
	rule_edits_find(old, now, &e);
	/* A rule that only counts is a rule, though it changes nothing. */
	assert_int_equal(e.count, 3);
	assert_false(e.structure);
	rule_edits_text(&e, LANG_EN, 2, &out);
	assert_non_null(strstr(text_str(&out), "1 more lines"));
	text_free(&out);
	rule_edits_fini(&e);
	ruleset_free(old);
	ruleset_free(now);
}

static void
test_peer_that_differs_is_one_finding_a_pair(void **state)
{
	const struct audit_finding *f;
	struct holding x;

	(void)state;
	holding_open(&x, "", BASE "iif lg0 oif core0 tcp dport 443 accept\n");
	x.other = holding_ruleset(
	    BASE "iif lg0 oif core0 tcp dport 443 accept\n"
		 "iif lg0 oif core0 tcp dport 22 accept\n"
		 "iif lg0 oif core0 tcp dport 23 accept\n");
	x.a.peer = x.other;
	audit_peer(&x.a);
	assert_int_equal(holding_count(&x, CHECK_FWR_12), 1);
	f = holding_find(&x, CHECK_FWR_12, 0);
	assert_true(f->has_witness);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_true(holding_says(f, "(2)"));
	holding_close(&x);
}

static void
test_peer_that_is_alike_is_no_finding(void **state)
{
	struct holding x;

	(void)state;
	holding_open(&x, "",
	    BASE "tcp dport 443 accept\ntcp dport 80 accept\n");
	x.other = holding_ruleset(
	    BASE "tcp dport 80 accept\ntcp dport 443 accept\n");
	x.a.peer = x.other;
	audit_peer(&x.a);
	assert_int_equal(x.a.finding_count, 0);
	holding_close(&x);
}

static void
test_redirect_to_the_firewall_opens_by_one_of_its_addresses(void **state)
{
	struct audit_changes c;
	const struct audit_change *k;
	struct holding x;

	(void)state;
	compare(&x, INPUT "translated tcp dport 22 accept\n",
	    INPUT "translated tcp dport 22 accept\n"
		  "chain pre hook prerouting nat\n"
		  "iif lg0 tcp dport 8443 redirect 22\n",
	    &c);
	k = find(&c, "lg", "firewall");
	assert_true(k->opens && k->translated);
	assert_true(
	    k->witness.at[DIM_DADDR] == holding_addresses("10.2.0.1").first);
	assert_true(k->witness.at[DIM_OIF] == 0);
	audit_changes_fini(&c);
	holding_close(&x);
	compare(&x, INPUT "drop\n", INPUT "iif lg0 tcp dport 22 accept\n", &c);
	k = find(&c, "lg", "firewall");
	assert_true(
	    k->witness.at[DIM_DADDR] == holding_addresses("10.2.0.1").first);
	audit_changes_fini(&c);
	holding_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rule_that_is_added_opens_with_a_witness),
		cmocka_unit_test(test_rule_that_is_removed_closes),
		cmocka_unit_test(test_order_that_changes_nothing_is_no_change),
		cmocka_unit_test(test_order_that_changes_something_is_told),
		cmocka_unit_test(test_policy_changes_everything),
		cmocka_unit_test(
		    test_the_way_into_the_firewall_is_compared_too),
		cmocka_unit_test(test_same_unknown_on_both_sides_is_no_change),
		cmocka_unit_test(test_what_only_might_change_is_told_as_such),
		cmocka_unit_test(
		    test_translation_is_told_for_the_zone_it_leads_to),
		cmocka_unit_test(test_text_and_json_tell_the_same),
		cmocka_unit_test(
		    test_edits_are_those_rules_that_mean_otherwise),
		cmocka_unit_test(test_peer_that_differs_is_one_finding_a_pair),
		cmocka_unit_test(test_peer_that_is_alike_is_no_finding),
		cmocka_unit_test(
		    test_redirect_to_the_firewall_opens_by_one_of_its_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
