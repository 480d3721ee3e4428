/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules as nft writes them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ruleset_build.h"
#include "ruling.h"

/* Begins a rule in forward. */
static void
begin(struct ruling *x)
{
	ruling_begin(x);
	ruling_rule(x, "forward");
}

static void
reads(struct ruling *x, const char *text)
{
	struct ruleset *r = ruling_finish(x);

	assert_non_null(r);
	assert_string_equal(r->rules[0]->text, text);
	ruling_end(x, r);
}

static void
match(struct ruling *x, enum field f, packet_value first, packet_value last)
{
	builder_match(x->b, f, ruling_one(x->p, first, last), false);
}

static void
test_dependencies_that_a_later_match_implies_are_left_out(void **state)
{
	struct ruling x;

	(void)state;
	begin(&x);
	match(&x, FIELD_FAMILY, 6, 6);
	match(&x, FIELD_PROTOCOL, 58, 58);
	builder_match(x.b, FIELD_SADDR, ruling_network(x.p, "fd00:2::/48"),
	    false);
	match(&x, FIELD_ICMP_TYPE, 128, 128);
	builder_verdict(x.b, ACTION_ACCEPT, NULL);
	reads(&x, "ip6 saddr fd00:2::/48 icmpv6 type echo-request accept");
	begin(&x);
	match(&x, FIELD_FAMILY, 4, 4);
	match(&x, FIELD_PROTOCOL, 17, 17);
	builder_verdict(x.b, ACTION_DROP, NULL);
	reads(&x, "meta nfproto ipv4 meta l4proto udp drop");
	begin(&x); /* an ICMP type has its family in its name */
	match(&x, FIELD_FAMILY, 6, 6);
	match(&x, FIELD_PROTOCOL, 58, 58);
	match(&x, FIELD_ICMP_TYPE, 134, 135);
	reads(&x, "icmpv6 type { nd-router-advert, nd-neighbor-solicit }");
	begin(&x); /* as does what a connection has */
	match(&x, FIELD_CT_STATE, CT_ESTABLISHED, CT_NEW);
	match(&x, FIELD_CT_DIRECTION, 1, 1);
	reads(&x, "ct direction reply");
	begin(&x); /* no match of the same run */
	match(&x, FIELD_PROTOCOL, 6, 6);
	(void)builder_statement(x.b, STATEMENT_LOG);
	match(&x, FIELD_DPORT, 22, 22);
	builder_verdict(x.b, ACTION_RETURN, NULL);
	reads(&x, "meta l4proto tcp log tcp dport 22 return");
}

static void
test_states_and_flags_are_words(void **state)
{
	struct span v[1024];
	struct ruling x;
	size_t n = 0;

	(void)state;
	begin(&x);
	match(&x, FIELD_CT_STATE, CT_ESTABLISHED, CT_RELATED);
	reads(&x, "ct state established,related");
	begin(&x);
	builder_match(x.b, FIELD_CT_STATE,
	    ruling_one(x.p, CT_INVALID, CT_INVALID), true);
	reads(&x, "ct state != invalid");
	begin(&x);
	for (packet_value i = 0; i < 256; i++)
		if ((i & 0x17) == 2)
			v[n++] = (struct span){ i, i };
	builder_match(x.b, FIELD_TCP_FLAGS, spans_make(x.p, v, n), false);
	reads(&x, "tcp flags & (fin | syn | rst | ack) == syn");
	begin(&x);
	match(&x, FIELD_TCP_FLAGS, 2, 2);
	reads(&x, "tcp flags == syn");
	begin(&x);
	n = 0;
	for (packet_value i = 0; i <= field_most(FIELD_CT_STATUS); i++)
		if (i & 32)
			v[n++] = (struct span){ i, i };
	builder_match(x.b, FIELD_CT_STATUS, spans_make(x.p, v, n), false);
	reads(&x, "ct status dnat");
	begin(&x);
	match(&x, FIELD_MARK, 0x100, 0x1ff);
	reads(&x, "meta mark & 0xffffff00 == 0x00000100");
}

static void
test_long_lists_are_cut_with_a_count(void **state)
{
	struct span v[40];
	struct ruling x;
	struct ruleset *r;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		v[i] = (struct span){ 2 * i + 1000, 2 * i + 1000 };
	begin(&x);
	match(&x, FIELD_PROTOCOL, 6, 17);
	builder_match(x.b, FIELD_DPORT, spans_make(x.p, v, 40), false);
	r = ruling_finish(&x);
	assert_non_null(r);
	assert_non_null(strstr(r->rules[0]->text,
	    "meta l4proto 6-17 "
	    "th dport { 1000, 1002,"));
	assert_non_null(strstr(r->rules[0]->text, "1030, ... 24 more }"));
	ruling_end(&x, r);
}

static void
test_hostile_names_are_escaped(void **state)
{
	struct text where = { 0 };
	struct ruling x;
	struct ruleset *r;
	struct rule *rule, one;

	(void)state;
	ruling_begin(&x);
	builder_chain(x.b, TABLE_INET, "filter", "a\033[2Jb", ruling_place,
	    &x.d);
	rule = ruling_rule(&x, "a\033[2Jb");
	rule->comment = "c\033";
	rule->handle = 12;
	builder_match(x.b, FIELD_IIF, ruling_name(x.p, "e\033\n"), false);
	builder_verdict(x.b, ACTION_ACCEPT, NULL);
	r = ruling_finish(&x);
	assert_non_null(r);
	assert_true(text_is_safe(r->rules[0]->text));
	ruleset_where(r->rules[0], &where);
	assert_string_equal(text_str(&where),
	    "inet filter a\\x1b[2Jb #12 「c\\x1b」 (rules.json:7)");
	/* What nft writes is one line: the column tells the rules apart. */
	one = *r->rules[0];
	one.place.line = 1;
	one.place.column = 4711;
	text_clear(&where);
	ruleset_where(&one, &where);
	assert_non_null(strstr(text_str(&where), "(rules.json:1:4711)"));
	text_free(&where);
	ruling_end(&x, r);
}

static void
test_interfaces_may_be_wildcards(void **state)
{
	struct span s = packet_span_of_prefix("eth");
	struct ruling x;

	(void)state;
	begin(&x);
	match(&x, FIELD_OIF, s.first, s.last);
	reads(&x, "oifname \"eth*\"");
}

static void
test_maps_concatenations_and_translations_are_written_out(void **state)
{
	struct set_element e[2] = { { .parts = { NULL } } };
	struct statement *s;
	struct ruling x;

	(void)state;
	begin(&x);
	match(&x, FIELD_FAMILY, 4, 4);
	match(&x, FIELD_PROTOCOL, 6, 6);
	e[0].parts[0] = ruling_network(x.p, "10.1.0.5");
	e[0].parts[1] = ruling_one(x.p, 80, 80);
	e[1].parts[0] = ruling_network(x.p, "10.1.0.6");
	e[1].parts[1] = NULL;
	s = builder_statement(x.b, STATEMENT_MATCH);
	s->lookup.fields[0] = FIELD_DADDR;
	s->lookup.fields[1] = FIELD_DPORT;
	s->lookup.field_count = 2;
	s->lookup.elements = e;
	s->lookup.element_count = 2;
	s = builder_statement(x.b, STATEMENT_DNAT);
	s->change.address = ruling_network(x.p, "10.1.0.7");
	s->change.port = ruling_one(x.p, 8443, 8443);
	reads(&x,
	    "ip daddr . tcp dport { 10.1.0.5 . 80, 10.1.0.6 . 0-65535 } "
	    "dnat ip to 10.1.0.7:8443");
	begin(&x);
	s = builder_statement(x.b, STATEMENT_DNAT);
	s->redirects = true;
	s->change.port = ruling_one(x.p, 3128, 3128);
	reads(&x, "redirect to :3128");
	begin(&x);
	(void)builder_statement(x.b, STATEMENT_SNAT);
	reads(&x, "masquerade");
	begin(&x);
	s = builder_statement(x.b, STATEMENT_MARK);
	s->change.flip = 0x10;
	reads(&x, "meta mark set 0x00000010");
	begin(&x);
	s = builder_statement(x.b, STATEMENT_MATCH);
	s->lookup.fields[0] = FIELD_DPORT;
	s->lookup.field_count = 1;
	s->lookup.set = "ports";
	s->lookup.negated = true;
	reads(&x, "th dport != @ports");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_dependencies_that_a_later_match_implies_are_left_out),
		cmocka_unit_test(test_states_and_flags_are_words),
		cmocka_unit_test(test_long_lists_are_cut_with_a_count),
		cmocka_unit_test(test_hostile_names_are_escaped),
		cmocka_unit_test(test_interfaces_may_be_wildcards),
		cmocka_unit_test(
		    test_maps_concatenations_and_translations_are_written_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
