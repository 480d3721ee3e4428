/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of verifier/explain*.c: patterns as people write them, each way to
 * get them wrong, and the walk as text and as JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/jsonx.h"
#include "evaluating.h"
#include "explain_internal.h"

/* What a pattern means, said again. */
static void
assert_means(const char *pattern, const char *expected)
{
	struct diag d = { .lang = LANG_EN };
	struct pool *p = pool_new();
	struct text out = { 0 };
	struct explain_query q;

	if (!explain_parse(pattern, p, &q, &d))
		diag_print(&d, &out);
	for (size_t i = 0; d.errors == 0 && i < q.count; i++) {
		text_add(&out, i ? " | " : "");
		explain_packets(&q.boxes[i], false, &out);
	}
	assert_string_equal(text_str(&out), expected);
	text_free(&out);
	diag_free(&d);
	pool_free(p);
}

static void
assert_fault(const char *pattern, unsigned column, const char *part)
{
	struct diag d = { .lang = LANG_EN };
	struct pool *p = pool_new();
	struct explain_query q;

	assert_false(explain_parse(pattern, p, &q, &d));
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.entries[0].place.column, column);
	if (!strstr(d.entries[0].sentence, part))
		fail_msg("%s: %s", pattern, d.entries[0].sentence);
	diag_free(&d);
	pool_free(p);
}

static void
test_pattern_is_said_as_it_was_written(void **state_)
{
	static const char *const same[] = {
		"tcp 10.2.0.5:* -> 10.1.0.7:443 iif lg0",
		"tcp 10.2.0.0/16:1024-65535 -> 10.1.0.7:443,8443 iif lg0 oif core0",
		"udp 10.2.0.1-10.2.0.9:53 -> 10.1.0.7,10.1.0.9:* iif lg*",
		"icmp 10.2.0.5 -> 10.1.0.7 type 8 code 0",
		"icmpv6 fd00:2::5 -> fd00:1::7 type 1-4,128-129",
		"tcp [fd00:2::5]:* -> [fd00:1::/64]:443 oif !core*,lg0",
		"any 10.2.0.5:* -> 10.1.0.7:* state established,related",
		"tcp 10.2.0.5:* -> 10.1.0.7:* flags syn,ack state invalid",
		"tcp 10.2.0.5:* -> 10.1.0.7:* flags any",
		"tcp 10.2.0.5:* -> 10.1.0.7:* flags 0x00-0x01,0x10",
		"tcp 10.2.0.5:* -> 10.1.0.7:* state any",
		"esp 10.2.0.5 -> 10.1.0.7",
		"200 10.2.0.5 -> 10.1.0.7",
		"tcp,udp 10.2.0.5:* -> 10.1.0.7:53",
		"tcp 10.2.0.5:* -> 10.1.0.7:443 state established direction reply",
	};

	(void)state_;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_means(same[i], same[i]);
}

static void
test_pattern_may_be_written_in_other_ways(void **state_)
{
	(void)state_;
	assert_means("10.2.0.5 -> 10.1.0.7:443",
	    "tcp,udp,dccp,sctp,...(+1) 10.2.0.5:* -> 10.1.0.7:443");
	assert_means("tcp 10.2.0.5->10.1.0.7 dport 443",
	    "tcp 10.2.0.5:* -> 10.1.0.7:443");
	assert_means("  6  10.2.0.5  →  10.1.0.7:443  iifname lg0 ",
	    "tcp 10.2.0.5:* -> 10.1.0.7:443 iif lg0");
	assert_means("icmp * -> * type echo-request",
	    "icmp * -> * type 8 | icmpv6 * -> * type 128");
	assert_means("tcp * -> *:80", "tcp *:* -> *:80 | tcp *:* -> *:80");
	assert_means("ip6 * -> *", "any *:* -> *:*");
	assert_means("tcp fd00::1 -> *", "tcp [fd00::1]:* -> *:*");
	assert_means("tcp 10.2.0.5 -> 10.1.0.7 flags 0x02 state new",
	    "tcp 10.2.0.5:* -> 10.1.0.7:*");
	/* The state is the one that flags and types imply. */
	assert_means("tcp 10.2.0.5 -> 10.1.0.7 flags rst",
	    "tcp 10.2.0.5:* -> 10.1.0.7:* flags rst state invalid");
	assert_means("tcp 10.2.0.5 -> 10.1.0.7 flags ack",
	    "tcp 10.2.0.5:* -> 10.1.0.7:* flags ack");
	assert_means("icmp 10.2.0.5 -> 10.1.0.7 type echo-reply",
	    "icmp 10.2.0.5 -> 10.1.0.7 type 0 state invalid");
	assert_means("icmpv6 fd00::1 -> fd00::2 type 135",
	    "icmpv6 fd00::1 -> fd00::2 type 135 state untracked");
	assert_means("!tcp 10.2.0.5 -> *", "!tcp 10.2.0.5:* -> *:*");
	assert_means("udp 10.2.0.5 -> 10.2.0.1:53 to firewall",
	    "udp 10.2.0.5:* -> 10.2.0.1:53");
}

static void
test_pattern_says_where_it_is_wrong(void **state_)
{
	(void)state_;
	assert_fault("", 1, "PROTOCOL SOURCE -> DESTINATION");
	assert_fault("tcp", 1, "PROTOCOL SOURCE");
	assert_fault("tcp 10.2.0.5", 5, "PROTOCOL SOURCE");
	assert_fault("tcp 10.2.0.5 ->", 5, "PROTOCOL SOURCE");
	assert_fault("tco 10.2.0.5 -> 10.1.0.7", 1, "\"tco\" is no protocol");
	assert_fault("256 10.2.0.5 -> 10.1.0.7", 1, "no protocol");
	assert_fault("tcp 10.2.0.256 -> 10.1.0.7", 5, "no address");
	assert_fault("tcp 10.2.0.9-10.2.0.5 -> *", 5, "no address");
	assert_fault("tcp 10.2.0.5-fd00::1 -> *", 5, "no address");
	assert_fault("tcp 10.2.0.5,, -> *", 5, "no address");
	assert_fault("tcp [10.2.0.5 -> *", 5, "no address");
	assert_fault("tcp 10.2.0.5 -> fd00::1", 17, "another IP version");
	assert_fault("icmpv6 10.2.0.5 -> *", 1, "another IP version");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7:65536", 17, "no port");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7:90-80", 17, "no port");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7:http", 17, "no port");
	assert_fault("icmp 10.2.0.5 -> 10.1.0.7:80", 1, "no ports");
	assert_fault("esp 10.2.0.5 -> 10.1.0.7:80", 1, "no ports");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 いいf lg0", 26,
	    "not understood");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 iif", 26, "no value");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 iif abcdefghijklmnop", 30,
	    "no interface name");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 state old", 32, "no state");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 flags sin", 32, "no TCP flag");
	assert_fault("udp 10.2.0.5 -> 10.1.0.7 flags syn", 32, "only tcp");
	assert_fault("tcp 10.2.0.5 -> 10.1.0.7 type 8", 31, "only icmp");
	assert_fault("icmp 10.2.0.5 -> 10.1.0.7 type 256", 32, "no ICMP type");
	assert_fault("icmp 10.2.0.5 -> 10.1.0.7 code x", 32, "no ICMP code");
	assert_fault("tcp 10.2.0.5 -> * direction left", 29, "no direction");
	assert_fault("tcp 10.2.0.5 -> * oif x to firewall", 19, "no interface");
	assert_fault("tcp 10.2.0.5 -> * bridged to firewall", 1, "either");
	assert_fault("tcp 10.2.0.5 -> * state !new", 25, "take a \"!\"");
	assert_fault("icmp 10.2.0.5 -> * type packet-too-big", 1, "no such");
	assert_fault("tcp 10.2.0.5 -> * to", 19, "not understood");
	assert_fault("tcp 10.2.0.5 -> * iif a iif b", 25, "given twice");
	assert_fault("tcp 10.2.0.5 -> * iif a iifname b", 25, "given twice");
	assert_fault("tcp 10.2.0.5 -> * state new state any", 29, "twice");
	assert_fault("tcp 10.2.0.5 -> * flags syn flags ack", 29, "twice");
	assert_fault("icmp 10.2.0.5 -> * type 8 type 0", 27, "given twice");
	assert_fault("tcp 10.2.0.5 -> *:80 dport 443", 22, "given twice");
	assert_fault("tcp 10.2.0.5 -> * bridged bridged", 27, "given twice");
}

static void
test_hostile_pattern_is_a_fault_and_no_more(void **state_)
{
	static const char whole[] =
	    "tcp [fd00:2::5]:1-2 -> [fd00:1::7]:443 iif lg0 flags syn";
	char text[8192];

	(void)state_;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct diag d = { .lang = LANG_JA };
		struct pool *p = pool_new();
		struct explain_query q;

		memcpy(text, whole, n);
		text[n] = '\0';
		if (!explain_parse(text, p, &q, &d))
			assert_int_equal(d.errors, 1);
		diag_free(&d);
		pool_free(p);
	}
	memset(text, ',', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_fault(text, 1, "too long");
	memset(text, ' ', sizeof(text) - 1);
	for (size_t i = 0; i < 200; i += 2)
		text[i] = 'a';
	assert_fault(text, 97, "too long");
}

/* ---- the walk */

static void
town(struct evaluating *x)
{
	struct table *t;

	evaluating_begin(x);
	t = table(x, TABLE_IP, "nat");
	(void)t;
	nat(x, "prerouting", HOOK_PREROUTING, -100);
	rule(x, "prerouting");
	daddr(x, "192.0.2.1");
	tcp(x, 8443);
	dnat(x, "10.1.0.7", 443);
	table(x, TABLE_INET, "filter");
	base(x, "forward", HOOK_FORWARD, 0, true);
	chain(x, "servers");
	rule(x, "forward");
	match(x, FIELD_CT_STATE, range(x, CT_ESTABLISHED, CT_RELATED));
	verdict(x, ACTION_ACCEPT);
	rule(x, "forward");
	daddr(x, "10.1.0.0/16");
	jump(x, "servers");
	rule(x, "servers");
	tcp(x, 443);
	verdict(x, ACTION_ACCEPT);
	rule(x, "servers");
	tcp(x, 22);
	builder_unknown(x->b, "limit", false);
	verdict(x, ACTION_ACCEPT);
	ready(x);
}

static void
explained(struct evaluating *x, const char *pattern, enum lang lang,
    struct text *out)
{
	struct explain_query q;

	text_clear(out);
	asked(x, pattern, &q);
	assert_int_equal(explain_text(x->e, &q, lang, out), WALK_DONE);
}

static void
assert_said(const struct text *out, const char *part)
{
	if (!strstr(text_str(out), part))
		fail_msg("no \"%s\" in\n%s", part, text_str(out));
}

static void
test_walk_is_told_chain_by_chain(void **state_)
{
	struct text out = { 0 };
	struct evaluating x;

	(void)state_;
	town(&x);
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8443 iif lg0", LANG_EN, &out);
	assert_said(&out, "ip nat prerouting (hook prerouting, priority -100");
	assert_said(&out, "chain inet filter servers");
	assert_said(&out,
	    "with its new destination: tcp 10.2.0.5:* -> 10.1.0.7:443");
	assert_said(&out, "  1 rule does not match\n");
	assert_said(&out, "\nresult: accepted\n");
	explained(&x, "tcp 10.2.0.5 -> 10.1.0.7:443,80", LANG_EN, &out);
	assert_said(&out, "matches only: tcp 10.2.0.5:* -> 10.1.0.7:443");
	assert_said(&out,
	    "the rest, on in inet filter servers: tcp "
	    "10.2.0.5:* -> 10.1.0.7:80");
	assert_said(&out,
	    "result: partly accepted, partly dropped\n"
	    "  accepted: tcp 10.2.0.5:* -> 10.1.0.7:443\n"
	    "  dropped: tcp 10.2.0.5:* -> 10.1.0.7:80\n");
	explained(&x, "tcp 10.2.0.5 -> 10.1.0.7:22", LANG_EN, &out);
	assert_said(&out, "may match or not (limit): both are followed");
	assert_said(&out, "result: possibly accepted");
	explained(&x, "udp 10.2.0.5 -> 10.1.0.7:22", LANG_EN, &out);
	assert_said(&out, "=> dropped (policy of inet filter forward)");
	assert_said(&out, "result: dropped");
	text_free(&out);
	done(&x);
}

static void
test_redirect_goes_on_by_the_way_to_the_firewall(void **state_)
{
	struct text out = { 0 };
	struct pool *p = pool_new();
	struct evaluating x;
	struct statement *s;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_IP, "nat");
	nat(&x, "prerouting", HOOK_PREROUTING, -100);
	rule(&x, "prerouting");
	tcp(&x, 8443);
	s = builder_statement(x.b, STATEMENT_DNAT);
	s->redirects = true;
	s->change.port = spans_one(builder_pool(x.b), 22, 22);
	rule(&x, "prerouting");
	tcp(&x, 8444);
	dnat(&x, "10.1.0.1", 22);
	table(&x, TABLE_INET, "filter");
	base(&x, "forward", HOOK_FORWARD, 0, true);
	base(&x, "input", HOOK_INPUT, 0, true);
	rule(&x, "input");
	tcp(&x, 22);
	verdict(&x, ACTION_ACCEPT);
	ready(&x);
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8443 iif lg0", LANG_EN, &out);
	assert_said(&out, "on by the way to the firewall itself: tcp 10.2.0.5");
	assert_said(&out, "=> taken in by the firewall\n");
	assert_said(&out, "\nresult: accepted\n");
	assert_said(&out, "are taken in by it and not forwarded");
	/* Whose the address is nobody told. */
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8444 iif lg0", LANG_EN, &out);
	assert_said(&out, "\nresult: dropped\n");
	assert_said(&out, "should the new destination be an address of the");
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8444 to firewall", LANG_EN,
	    &out);
	assert_said(&out, "\nresult: possibly accepted");
	evaluate_own(x.e, spans_one(p, 0x0a010001, 0x0a010001), NULL);
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8444 iif lg0", LANG_EN, &out);
	assert_said(&out, "\nresult: accepted\n");
	explained(&x, "tcp 10.2.0.5 -> 192.0.2.1:8444 to firewall", LANG_EN,
	    &out);
	assert_said(&out, "\nresult: accepted\n");
	explained(&x, "tcp 10.2.0.5 -> 10.1.0.7 flags rst", LANG_EN, &out);
	assert_said(&out, "taken as a packet without one (state invalid");
	text_free(&out);
	pool_free(p);
	done(&x);
}

static void
test_reply_needs_no_conduit_and_that_is_said(void **state_)
{
	struct text out = { 0 };
	struct evaluating x;

	(void)state_;
	town(&x);
	explained(&x, "tcp 10.1.0.7:443 -> 10.2.0.5 state established", LANG_JA,
	    &out);
	assert_said(&out, "応答に登録は要りません");
	assert_said(&out, "結果: 許可されます");
	explained(&x, "tcp 10.1.0.7:443 -> 10.2.0.5", LANG_JA, &out);
	assert_null(strstr(text_str(&out), "応答に"));
	text_free(&out);
	done(&x);
}

static void
test_way_without_chains_passes_everything(void **state_)
{
	struct text out = { 0 };
	struct evaluating x;

	(void)state_;
	town(&x);
	explained(&x, "tcp 10.2.0.5 -> * bridged", LANG_EN, &out);
	assert_said(&out, "no chain stands on this way");
	assert_said(&out, "result: accepted");
	text_free(&out);
	done(&x);
}

static void
test_too_many_parts_are_undecided(void **state_)
{
	struct text out = { 0 };
	struct evaluating x;
	struct explain_query q;

	(void)state_;
	evaluating_begin(&x);
	table(&x, TABLE_INET, "t");
	base(&x, "forward", HOOK_FORWARD, 0, true);
	for (unsigned i = 0; i < 700; i++) {
		rule(&x, "forward");
		number(&x, FIELD_DPORT, 2 * i);
		number(&x, FIELD_SPORT, 3 * i);
		verdict(&x, ACTION_ACCEPT);
	}
	ready(&x);
	asked(&x, "tcp 10.2.0.5 -> 10.1.0.7", &q);
	assert_int_equal(explain_text(x.e, &q, LANG_EN, &out), WALK_UNDECIDED);
	assert_said(&out, "result: undecided");
	text_free(&out);
	done(&x);
}

static void
test_json_is_json_and_has_the_same_result(void **state_)
{
	static const char *const patterns[] = {
		"tcp 10.2.0.5 -> 192.0.2.1:8443 iif lg0",
		"tcp * -> *",
		"tcp 10.2.0.5 -> 10.1.0.7:22",
		"tcp 10.2.0.5 -> 10.1.0.7:443,80",
		"udp 10.2.0.5 -> 10.1.0.7:53",
	};
	static const char *const results[] = { "\"result\":\"accepted\"",
		"\"result\":\"open\"", "\"result\":\"open\"",
		"\"result\":\"partly\"", "\"result\":\"dropped\"" };
	struct text out = { 0 };
	struct evaluating x;
	struct explain_query q;

	(void)state_;
	town(&x);
	for (size_t i = 0; i < 5; i++) {
		struct diag d = { .lang = LANG_EN };
		struct jsonx_doc *doc;

		text_clear(&out);
		asked(&x, patterns[i], &q);
		assert_int_equal(explain_json(x.e, &q, LANG_EN, &out),
		    WALK_DONE);
		assert_said(&out, "\"format\":\"sekisho-explain/1\"");
		assert_said(&out, results[i]);
		doc = jsonx_parse("explain", out.data, out.length, &d);
		assert_non_null(doc);
		assert_int_equal(d.errors, 0);
		jsonx_free(doc);
		diag_free(&d);
	}
	text_free(&out);
	done(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pattern_is_said_as_it_was_written),
		cmocka_unit_test(test_pattern_may_be_written_in_other_ways),
		cmocka_unit_test(test_pattern_says_where_it_is_wrong),
		cmocka_unit_test(test_hostile_pattern_is_a_fault_and_no_more),
		cmocka_unit_test(test_walk_is_told_chain_by_chain),
		cmocka_unit_test(
		    test_redirect_goes_on_by_the_way_to_the_firewall),
		cmocka_unit_test(test_reply_needs_no_conduit_and_that_is_said),
		cmocka_unit_test(test_way_without_chains_passes_everything),
		cmocka_unit_test(test_too_many_parts_are_undecided),
		cmocka_unit_test(test_json_is_json_and_has_the_same_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
