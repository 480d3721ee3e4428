/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nft's JSON that is broken, hostile, or says less than it seems to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ruleset.h"
#include "ruleset_telling.h"

#define TABLE "{'table':{'family':'inet','name':'t'}}"
#define CHAIN                                                               \
	"{'chain':{'family':'inet','table':'t','name':'c','type':'filter'," \
	"'hook':'forward','prio':0}}"
#define RULE(expr) \
	"{'rule':{'family':'inet','table':'t','chain':'c','expr':[" expr "]}}"
#define FILE_OF(list) "{'nftables':[" list "]}"
#define MATCH(left, right) \
	"{'match':{'op':'==','left':" left ",'right':" right "}}"
#define SADDR "{'payload':{'protocol':'ip','field':'saddr'}}"
#define DPORT "{'payload':{'protocol':'tcp','field':'dport'}}"

static const char good[] = FILE_OF(
    "{'metainfo':{'version':'1.0.6',"
    "'json_schema_version':1}}," TABLE "," CHAIN
    ",{'set':{'family':'inet','table':'t','name':'s','type':'ipv4_addr',"
    "'elem':['10.0.0.1',{'range':['10.0.1.0','10.0.2.9']}]}}," RULE(MATCH(SADDR,
	"'@s'") "," MATCH(DPORT,
	"{'set':[22,443]}") ",{'counter':{'packets':5,'bytes':9}},"
			    "{'accept':null}") "," RULE("{'vmap':{'key':{'ct':{'key':'state'}},"
							"'data':{'set':[['new',{'drop':null}]]}}}"));

/* The faults of a file as text; the caller frees it. NULL: it was read. */
static char *
faults_of(const char *json)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(json, &d);
	struct text t = { 0 };
	char *copy = NULL;

	assert_true((r == NULL) == (d.errors > 0));
	diag_sort(&d);
	diag_print(&d, &t);
	if (r == NULL)
		copy = strdup(text_str(&t));
	text_free(&t);
	ruleset_free(r);
	diag_free(&d);
	return copy;
}

static void
test_each_fault_says_where_and_what_was_expected(void **state)
{
	static const struct {
		const char *json, *says;
	} rows[] = {
		{ "[]", "1:1: error: is not what nft -j" },
		{ "{'nftables':{}}", "is not what nft -j" },
		{ FILE_OF("5"), "an object with one member" },
		{ FILE_OF("{'flush':{'ruleset':null}}"), "is a command" },
		{ FILE_OF("{'table':null}"), "must be" },
		{ FILE_OF("{'table':{'family':'inet'}}"),
		    "\"name\" is missing" },
		{ FILE_OF("{'table':{'family':'ipx','name':'t'}}"),
		    "\"family\" must be one of ip, ip6" },
		{ FILE_OF(TABLE "," TABLE), "two tables" },
		{ FILE_OF(CHAIN), "there is no table" },
		{ FILE_OF(TABLE "," CHAIN "," CHAIN), "two chains" },
		{ FILE_OF(TABLE "," RULE("{'accept':null}")), "no chain" },
		{ FILE_OF(TABLE "," RULE("") "," CHAIN), "no chain" },
		{ FILE_OF(TABLE
		      ",{'chain':{'family':'inet','table':'t',"
		      "'name':'c','type':'filter','hook':'up','prio':0}}"),
		    "\"hook\" must be one of" },
		{ FILE_OF(TABLE ",{'chain':{'family':'inet','table':'t',"
				"'name':'c','type':'filter','hook':'input',"
				"'prio':'filter'}}"),
		    "\"prio\" must be an integer" },
		{ FILE_OF(TABLE "," CHAIN "," RULE("7")), "with one member" },
		{ FILE_OF(TABLE ",{'chain':{'family':'inet','table':'t',"
				"'name':'c','type':'filter','prio':0,"
				"'policy':'drop'}}"),
		    "\"hook\" is missing" },
		{ FILE_OF(TABLE "," CHAIN ",{'hookrule':{'drop':1}}"),
		    "objects of the kind hookrule are not known" },
		{ FILE_OF(TABLE "," CHAIN "," RULE("{'match':null}")),
		    "\"match\" must be an object" },
		{ FILE_OF(TABLE "," CHAIN "," RULE("{'match':{}}")),
		    "\"op\" is missing" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(
		      "{'match':{'op':'~','left':1,'right':2}}")),
		    "\"op\" must be one of" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(MATCH(DPORT, "70000"))),
		    "70000 is out of range (0 to 65535)" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(MATCH(DPORT, "-1"))),
		    "-1 is out of range" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(MATCH(DPORT, "null"))),
		    "a value is expected" },
		{ FILE_OF(
		      TABLE "," CHAIN "," RULE(MATCH(DPORT, "{'range':[5]}"))),
		    "an array of two" },
		{ FILE_OF(TABLE "," CHAIN
				"," RULE(MATCH(DPORT, "{'range':[5,4]}"))),
		    "ends before it begins" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(
		      MATCH(SADDR, "{'prefix':{'addr':'10.0.0.0','len':33}}"))),
		    "33 is out of range (0 to 32)" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(MATCH(SADDR, "'::1'"))),
		    "::1 is no IPv4 address" },
		{ FILE_OF(TABLE "," CHAIN
				"," RULE(MATCH("{'meta':{'key':'iifname'}}",
				    "'abcdefghijklmnop'"))),
		    "is too long" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(MATCH(SADDR, "'@x'"))),
		    "no set or map of that name" },
		{ FILE_OF(TABLE ",{'element':{'family':'inet','table':'t',"
				"'name':'x','elem':[]}}"),
		    "no set or map of that name" },
		{ FILE_OF(
		      TABLE ",{'set':{'family':'inet','table':'t',"
			    "'name':'x'}},{'map':{'family':'inet','table':'t',"
			    "'name':'x'}}"),
		    "two sets or maps" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(
		      MATCH("{'concat':[" SADDR "," DPORT "]}",
			  "{'set':[{'concat':['10.0.0.1']}]}"))),
		    "the parts of the concatenation" },
		{ FILE_OF(TABLE "," CHAIN "," RULE(
		      "{'vmap':{'key':" DPORT ",'data':{'set':[80]}}}")),
		    "an array of two" },
		{ FILE_OF(TABLE "," CHAIN "," RULE("{'jump':{}}")),
		    "\"target\" is missing" },
		{ FILE_OF(TABLE "," CHAIN "," RULE("{'jump':{'target':'x'}}")),
		    "jump leads to chain x" },
		{ FILE_OF(
		      TABLE "," CHAIN ",{'chain':{'family':'inet',"
			    "'table':'t','name':'d'}},{'rule':{'family':'inet',"
			    "'table':'t','chain':'d','expr':[{'jump':{'target':"
			    "'d'}}]}}"),
		    "circle" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *said = faults_of(rows[i].json);

		if (said == NULL || strstr(said, rows[i].says) == NULL ||
		    strncmp(said, "r.json:1:", 9) != 0)
			fail_msg("%s\nsaid %s\nnot  %s", rows[i].json, said,
			    rows[i].says);
		free(said);
	}
}

static void
test_faults_are_told_all_at_once_and_bounded(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };
	char *said;

	(void)state;
	said = faults_of(FILE_OF("{'table':{}},{'table':5},{'chain':{}}"));
	assert_non_null(strstr(said, "\"name\" is missing"));
	assert_non_null(strstr(said, "\"table\" must be an object"));
	free(said);
	text_add(&t, "{'nftables':[");
	for (int i = 0; i < 5000; i++)
		text_add(&t, i > 0 ? ",5" : "5");
	text_add(&t, "]}");
	assert_null(read_quoted(text_str(&t), &d));
	assert_in_range(d.errors, 1000, 1010);
	text_free(&t);
	diag_free(&d);
}

static void
test_every_truncation_is_a_fault(void **state)
{
	char *said = faults_of(good), *cut = strdup(good);

	(void)state;
	assert_null(said);
	for (size_t n = strlen(good); n-- > 0;) {
		cut[n] = '\0';
		said = faults_of(cut);
		assert_non_null(said);
		free(said);
	}
	free(cut);
}

static void
test_places_handles_comments_and_counters_are_kept(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(
	    FILE_OF(TABLE
		"," CHAIN
		",\n{'rule':{'family':'inet','table':'t','chain':'c','handle':12,"
		"'comment':'庁内','expr':[{'counter':{'packets':5,'bytes':6}},"
		"{'drop':null}]}},\n{'rule':{'family':'inet','table':'t',"
		"'chain':'c','handle':13,'comment':'only words'}}"),
	    &d);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->rule_count, 2);
	assert_int_equal(r->source, RULESET_JSON);
	assert_string_equal(r->file, "r.json");
	assert_int_equal(r->rules[0]->place.line, 2);
	assert_int_equal(r->rules[1]->place.line, 3);
	assert_int_equal(r->rules[0]->handle, 12);
	assert_string_equal(r->rules[0]->comment, "庁内");
	assert_int_equal(r->rules[0]->packets, 5);
	assert_int_equal(r->rules[1]->packets, -1);
	assert_int_equal(r->rules[1]->statement_count, 0);
	ruleset_free(r);
	diag_free(&d);
}

static void
test_chains_are_as_written(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(
	    FILE_OF(
		"{'table':{'family':'netdev','name':'n','flags':['dormant']}},"
		"{'chain':{'family':'netdev','table':'n','name':'i','handle':4,"
		"'type':'filter','hook':'ingress','prio':-5,'policy':'drop',"
		"'dev':['lg0','lg1']}}," TABLE ",{'chain':{'family':'inet',"
		"'table':'t','name':'n','type':'nat','hook':'postrouting',"
		"'prio':100,'policy':'accept'}}"),
	    &d);
	const struct chain *c;

	(void)state;
	assert_non_null(r);
	assert_true(r->tables[0].dormant);
	assert_false(r->tables[1].dormant);
	c = r->chains[0];
	assert_int_equal(c->hook, HOOK_INGRESS);
	assert_int_equal(c->priority, -5);
	assert_int_equal(c->handle, 4);
	assert_true(c->policy_drop);
	assert_int_equal(c->rule_count, 0);
	assert_true(spans_has(c->devices, packet_value_of_name("lg1")));
	assert_false(spans_has(c->devices, packet_value_of_name("lg2")));
	c = r->chains[1];
	assert_int_equal(c->type, CHAIN_NAT);
	assert_int_equal(c->hook, HOOK_POSTROUTING);
	assert_null(c->devices);
	assert_int_equal(r->unknown_count, 0);
	ruleset_free(r);
	diag_free(&d);
}

/* As nft 1.0.6 prints a dormant table and a chain of a device. */
static void
test_a_chain_that_may_see_nothing_begins_with_a_free_choice(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(
	    FILE_OF(
		"{'table':{'family':'inet','name':'t','flags':'other'}}," CHAIN
		",{'table':{'family':'netdev','name':'n'}},{'chain':{'family':"
		"'netdev','table':'n','name':'i','type':'filter','hook':'ingress',"
		"'prio':0}}," RULE("{'drop':null}")),
	    &d);
	char *told;

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->rule_count, 3);
	assert_int_equal(r->unknown_count, 2);
	assert_false(r->tables[0].dormant);
	told = tell_rule(r->rules[0]);
	assert_string_equal(told, "unknown table flags; accept");
	free(told);
	told = tell_rule(r->rules[1]);
	assert_string_equal(told, "drop");
	free(told);
	told = tell_rule(r->rules[2]);
	assert_string_equal(told, "unknown chain device; accept");
	free(told);
	ruleset_free(r);
	diag_free(&d);
}

static void
test_sets_that_change_are_said_to(void **state)
{
	static const struct {
		const char *set, *more;
		bool changing;
	} rows[] = {
		{ "'elem':['10.0.0.1']", "", false },
		{ "'flags':['interval','constant']", "", false },
		{ "'flags':['timeout']", "", true },
		{ "'flags':'dynamic'", "", true },
		{ "'elem':[{'elem':{'val':'10.0.0.1','expires':5}}]", "",
		    true },
		{ "'elem':[{'elem':{'val':'10.0.0.1','comment':'x',"
		  "'counter':{'packets':1,'bytes':2}}}]",
		    "", false },
		{ "'stmt':[{'counter':null}]", "", false },
		{ "'stmt':[{'limit':{'rate':5}}]", "", true },
		{ "'elem':[]",
		    "," RULE(
			"{'set':{'op':'add','set':'@s','elem':" SADDR "}}"),
		    true },
		{ "'elem':[]",
		    ",{'element':{'family':'inet','table':'t','name':'s',"
		    "'elem':['10.0.0.9']}}",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag d = { .lang = LANG_EN };
		struct text t = { 0 };
		struct ruleset *r;
		const struct statement *s;

		text_printf(&t,
		    FILE_OF(TABLE "," CHAIN "," RULE(MATCH(SADDR,
			"'@s'")) ",{'set':{'family':'inet','table':'t','name':'s',%s}}%s"),
		    rows[i].set, rows[i].more);
		r = read_quoted(text_str(&t), &d);
		assert_non_null(r);
		s = &r->rules[0]->statements[1];
		assert_string_equal(s->lookup.set, "s");
		if (s->lookup.changing != rows[i].changing)
			fail_msg("%s", text_str(&t));
		text_free(&t);
		ruleset_free(r);
		diag_free(&d);
	}
}

static void
test_bits_of_a_mark_that_no_rule_sets_are_zero(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(
	    FILE_OF(TABLE
		"," CHAIN
		"," RULE(MATCH("{'&':[{'meta':{'key':'mark'}},16]}", "16")) "," RULE(
		    "{'mangle':{'key':{'meta':{'key':'mark'}},'value':{'|':[{'meta':"
		    "{'key':'mark'}},48]}}}")),
	    &d);
	char *told;

	(void)state;
	assert_non_null(r);
	told = tell_rule(r->rules[0]);
	assert_string_equal(told, "mark 10,30");
	free(told);
	ruleset_free(r);
	/* Nobody knows what xt does: any bit. */
	r = read_quoted(FILE_OF(TABLE "," CHAIN "," RULE(
			    MATCH("{'&':[{'meta':{'key':'mark'}},16]}",
				"16")) "," RULE("{'xt':null}")),
	    &d);
	assert_non_null(r);
	told = tell_rule(r->rules[0]);
	assert_string_equal(told, "unknown meta mark");
	free(told);
	ruleset_free(r);
	diag_free(&d);
}

static void
test_xt_is_known_by_its_name_only(void **state)
{
	static const struct told_row rows[] = {
		{ "ip", "{'xt':null}", "unknown xt!" },
		{ "ip", "{'xt':{'type':'match','name':'addrtype'}}",
		    "unknown xt addrtype" },
		{ "ip", "{'xt':{'type':'target','name':'LOG'}}", "log" },
		{ "ip", "{'xt':{'type':'target','name':'TCPMSS'}}", "nothing" },
		{ "ip", "{'xt':{'type':'target','name':'DSCP'}}", "nothing" },
		{ "ip", "{'xt':{'type':'target','name':'TTL'}}", "nothing" },
		{ "ip", "{'xt':{'type':'target','name':'REJECT'}}", "reject" },
		{ "ip", "{'xt':{'type':'target','name':'MASQUERADE'}}",
		    "snat" },
		{ "ip", "{'xt':{'type':'target','name':'DNAT'}}", "dnat ?" },
		{ "ip", "{'xt':{'type':'target','name':'TPROXY'}}",
		    "unknown xt TPROXY!" },
		{ "ip", "{'something new':{'a':1}}", "unknown something new!" },
		{ "ip", "'words of nft'", "unknown words of nft!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *told = tell_expr(rows[i].family, rows[i].expr);

		assert_string_equal(told, rows[i].told);
		free(told);
	}
}

/* What nft 0.9.0 and 1.1 print otherwise than 1.0.6. */
static void
test_other_versions_of_nft_are_read_alike(void **state)
{
	static const struct told_row rows[] = {
		{ "inet",
		    "{'match':{'op':'==','left':{'payload':{'name':'tcp',"
		    "'field':'dport'}},'right':22}}",
		    "proto 6; dport 16" },
		{ "inet",
		    "{'match':{'op':'==','left':{'&':[{'payload':{'protocol':"
		    "'tcp','field':'flags'}},{'|':['fin','syn','rst','ack']}]},"
		    "'right':{'|':['fin','syn','rst','ack']}}}",
		    "proto 6; flags 17,1f,37,3f,57,5f,77,7f,97,9f,b7,bf,..16" },
		{ "inet",
		    "{'mangle':{'key':{'meta':{'key':'mark'}},'value':{'|':["
		    "{'meta':{'key':'mark'}},1,2,4]}}}",
		    "mark keep fffffff8 flip 7" },
		{ "inet",
		    "{'match':{'op':'==','left':{'ct':{'key':'saddr',"
		    "'family':'ip','dir':'original'}},'right':'10.0.0.1'}}",
		    "family 4; state 1-3; osaddr a000001" },
		{ "inet",
		    "{'match':{'op':'==','left':{'payload':{'tunnel':'vxlan',"
		    "'protocol':'ip','field':'saddr'}},'right':'10.0.0.1'}}",
		    "unknown vxlan ip saddr" },
		{ "inet", "{'last':{'used':5}}", "nothing" },
		{ "inet", "{'reset':{'tcp option':{'name':'sack-perm'}}}",
		    "proto 6; nothing" },
		{ "inet", "{'dnat':{'addr':{'concat':['10.0.0.5',8080]}}}",
		    "dnat ?" },
		{ "ip", "{'dnat':{'addr':'10.0.0.5','port':8080}}",
		    "dnat to a000005 port 1f90" },
		{ "ip6",
		    "{'dnat':{'addr':{'range':['2001:db8::1','2001:db8::2']}}}",
		    "dnat to 20010db800000000:1-20010db800000000:2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *told = tell_expr(rows[i].family, rows[i].expr);

		if (strcmp(told, rows[i].told) != 0)
			fail_msg("%s\nbecame %s\nnot    %s", rows[i].expr, told,
			    rows[i].told);
		free(told);
	}
}

static void
test_many_rules_at_one_large_set_share_it(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct text t = { 0 };
	struct ruleset *r;

	(void)state;
	text_add(&t,
	    "{'nftables':[" TABLE "," CHAIN
	    ",{'set':{'family':'inet','table':'t','name':'s','elem':[");
	for (unsigned i = 0; i < 100000; i++)
		text_printf(&t, "%s'10.%u.%u.%u'", i > 0 ? "," : "", i >> 15,
		    i >> 7 & 255, i << 1 & 255);
	text_add(&t, "]}}");
	for (unsigned i = 0; i < 2000; i++)
		text_add(&t, "," RULE(MATCH(SADDR, "'@s'")));
	text_add(&t, "]}");
	r = read_quoted(text_str(&t), &d);
	assert_non_null(r);
	assert_ptr_equal(r->rules[0]->statements[1].lookup.elements,
	    r->rules[1999]->statements[1].lookup.elements);
	assert_true(pool_bytes(r->pool) < 64u << 20);
	ruleset_free(r);
	text_free(&t);
	diag_free(&d);
}

/* Whether the only rule may be anything, be it by what. */
static bool
is_unknown(const char *json, const char *what)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_quoted(json, &d);
	bool found = false;

	assert_non_null(r);
	for (size_t i = 0; i < r->rule_count; i++)
		for (size_t k = 0; k < r->rules[i]->statement_count; k++) {
			const struct statement *s = &r->rules[i]->statements[k];

			found |= s->kind == STATEMENT_UNKNOWN &&
			    s->may_decide && strcmp(s->unknown, what) == 0;
		}
	ruleset_free(r);
	diag_free(&d);
	return found;
}

static void
test_a_member_that_nft_does_not_write_makes_its_rule_unknown(void **state)
{
	static const struct {
		const char *rest, *what;
	} rows[] = {
		{ RULE("{'match':{'op':'==','left':" DPORT
		       ",'right':443,'invert':true}},{'accept':null}"),
		    "match: invert" },
		{ RULE(MATCH("{'payload':{'protocol':'tcp','field':'dport',"
			     "'layer':2}}",
		      "443") ",{'accept':null}"),
		    "match: layer" },
		{ RULE(MATCH(SADDR,
		      "{'set':[{'elem':{'val':'10.0.0.1',"
		      "'frob':1}}]}") ",{'accept':null}"),
		    "match: frob" },
		{ RULE(MATCH(SADDR,
		      "{'prefix':{'addr':'10.0.0.0','len':8,"
		      "'not':true}}") ",{'accept':null}"),
		    "match: not" },
		{ RULE("{'accept':{'if':1}}"), "accept: if" },
		{ RULE("{'dnat':{'family':'ip','addr':'10.0.0.1','x':1}}"),
		    "dnat: x" },
		{ "{'rule':{'family':'inet','table':'t','chain':'c',"
		  "'disabled':true,'expr':[{'accept':null}]}}",
		    "rule: disabled" },
		{ "{'chain':{'family':'inet','table':'t','name':'d',"
		  "'type':'filter','hook':'forward','prio':0,'off':1}}",
		    "chain: off" },
	};
	static const char *const harmless = FILE_OF(
	    TABLE "," CHAIN ",{'rule':{'family':'inet','table':'t','chain':'c',"
		  "'handle':4,'index':1,'comment':'c','expr':["
		  "{'match':{'op':'==','left':" SADDR
		  ",'right':{'set':[{'elem':{'val':'10.0.0.1',"
		  "'comment':'x','counter':{'packets':1,'bytes':2}}}]}}"
		  "},{'log':{'prefix':'x'}},{'accept':null}]}}");
	char text[2048];
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), FILE_OF(TABLE "," CHAIN ",%s"),
		    rows[i].rest);
		if (!is_unknown(text, rows[i].what))
			fail_msg("%s is certain", rows[i].what);
	}
	r = read_quoted(harmless, &d);
	assert_non_null(r);
	for (size_t k = 0; k < r->rules[0]->statement_count; k++)
		assert_int_not_equal(r->rules[0]->statements[k].kind,
		    STATEMENT_UNKNOWN);
	ruleset_free(r);
	diag_free(&d);
}

static void
test_a_set_with_an_unknown_member_is_changing(void **state)
{
	static const char *const sets[] = {
		"'elem':[{'elem':{'val':'10.2.0.5','frob':1}}]",
		"'elem':['10.2.0.5'],'frob':1",
	};
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct diag d = { .lang = LANG_EN };
		struct ruleset *r;
		bool changing = false;

		snprintf(text, sizeof(text),
		    FILE_OF(TABLE "," CHAIN
				  ",{'set':{'family':'inet','table':'t','name':"
				  "'s','type':'ipv4_addr',%s}}," RULE(
				      MATCH(SADDR, "'@s'") ",{'drop':null}")),
		    sets[i]);
		r = read_quoted(text, &d);
		assert_non_null(r);
		for (size_t k = 0; k < r->rules[0]->statement_count; k++)
			changing |= r->rules[0]->statements[k].lookup.changing;
		assert_true(changing);
		ruleset_free(r);
		diag_free(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_fault_says_where_and_what_was_expected),
		cmocka_unit_test(test_faults_are_told_all_at_once_and_bounded),
		cmocka_unit_test(
		    test_a_member_that_nft_does_not_write_makes_its_rule_unknown),
		cmocka_unit_test(test_a_set_with_an_unknown_member_is_changing),
		cmocka_unit_test(test_every_truncation_is_a_fault),
		cmocka_unit_test(
		    test_places_handles_comments_and_counters_are_kept),
		cmocka_unit_test(test_chains_are_as_written),
		cmocka_unit_test(
		    test_a_chain_that_may_see_nothing_begins_with_a_free_choice),
		cmocka_unit_test(test_sets_that_change_are_said_to),
		cmocka_unit_test(
		    test_bits_of_a_mark_that_no_rule_sets_are_zero),
		cmocka_unit_test(test_xt_is_known_by_its_name_only),
		cmocka_unit_test(test_other_versions_of_nft_are_read_alike),
		cmocka_unit_test(test_many_rules_at_one_large_set_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
