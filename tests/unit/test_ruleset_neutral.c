/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sekisho-ruleset/1 as JSON and CSV, and the image of what was read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ruleset.h"
#include "ruling.h"

static const char good[] =
    "{\"format\": \"sekisho-ruleset/1\", \"name\": \"fw1\",\n"
    " \"default\": \"drop\", \"default-input\": \"drop\",\n"
    " \"address-groups\": {\"lg\": [\"10.2.0.0/16\", \"fd00:2::/32\"],\n"
    "  \"all\": [\"@lg\", \"10.3.0.1-10.3.0.9\"]},\n"
    " \"service-groups\": {\"web\": [\"tcp/80\", \"tcp/443\"]},\n"
    " \"rules\": [\n"
    "  {\"id\": 1, \"name\": \"web\", \"from-interfaces\": [\"port1\"],\n"
    "   \"to-interfaces\": \"port2\", \"source\": \"@all\",\n"
    "   \"destination\": [\"10.1.0.5\"], \"services\": \"@web\",\n"
    "   \"action\": \"accept\", \"log\": true},\n"
    "  {\"id\": 2, \"source\": \"@lg\", \"destination\": \"any\",\n"
    "   \"services\": [\"udp/53\", \"icmp/8\", {\"protocol\": \"tcp\",\n"
    "    \"source-ports\": \"1024-65535\", \"destination-ports\": [22]}],\n"
    "   \"action\": \"accept\", \"schedule\": \"office\"},\n"
    "  {\"id\": \"x3\", \"source\": \"any\", \"source-except\": "
    "\"10.0.0.0/8\",\n"
    "   \"destination\": \"192.0.2.1\", \"services\": [\"tcp/443\"],\n"
    "   \"action\": \"accept\", \"comment\": \"vip\",\n"
    "   \"nat\": {\"destination\": \"10.1.0.7:8443\", \"source\": true}},\n"
    "  {\"hook\": \"input\", \"source\": \"any\", \"destination\": \"any\",\n"
    "   \"services\": \"tcp/22\", \"action\": \"reject\",\n"
    "   \"unknown\": [\"users admin\"]},\n"
    "  {\"source\": \"any\", \"destination\": \"any\", \"services\": "
    "\"any\",\n"
    "   \"action\": \"accept\", \"enabled\": false}\n"
    " ]}\n";

static const char good_csv[] =
    "\xef\xbb\xbf#default,drop\r\n#name,fw1\r\n"
    "番号,名前,入力インタフェース,source,宛先,サービス,動作,宛先変換\r\n"
    "1,web,port1;port2,10.2.0.0/16 10.3.0.1-10.3.0.9,10.1.0.5,"
    "\"tcp/80\ntcp/443\",許可,\r\n"
    "2,vip,,any,192.0.2.1,tcp/443,accept,10.1.0.7:8443\r\n";

static struct ruleset *
read_json(const char *text, struct diag *d)
{
	return ruling_json(text, strlen(text), ruleset_neutral, d);
}

static void
test_rules_are_read_with_groups_and_places(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_json(good, &d);

	(void)state;
	assert_non_null(r);
	assert_true(r->zones);
	assert_string_equal(r->system, "fw1");
	assert_int_equal(r->source, RULESET_NEUTRAL);
	assert_int_equal(r->rule_count, 6); /* two let replies pass */
	assert_int_equal(r->unknown_count, 2);
	assert_string_equal(r->rules[0]->text,
	    "ct state established,related accept");
	assert_string_equal(r->rules[1]->text,
	    "iifname \"port1\" oifname \"port2\" "
	    "ip saddr { 10.2.0.0/16, 10.3.0.1-10.3.0.9 } ip daddr 10.1.0.5 "
	    "tcp dport { 80, 443 } log accept");
	assert_int_equal(r->rules[1]->handle, 1);
	assert_int_equal(r->rules[1]->place.line, 7);
	assert_string_equal(r->rules[2]->text,
	    "saddr { 10.2.0.0/16, fd00:2::/32 } { udp dport 53, icmp type "
	    "echo-request, tcp sport 1024-65535 dport 22 } schedule office "
	    "accept");
	assert_string_equal(r->rules[3]->text,
	    "ip saddr != 10.0.0.0/8 ip daddr 192.0.2.1 tcp dport 443 "
	    "dnat ip to 10.1.0.7:8443 masquerade accept");
	assert_string_equal(r->rules[3]->comment, "x3: vip");
	assert_true(r->chains[0]->policy_drop);
	assert_int_equal(r->chains[1]->hook, HOOK_INPUT);
	ruleset_free(r);
	diag_free(&d);
}

static void
test_csv_says_the_same_as_json(void **state)
{
	static const char json[] =
	    "{\"format\": \"sekisho-ruleset/1\", \"default\": \"drop\", "
	    "\"rules\": [{\"source\": [\"10.2.0.0/16\", "
	    "\"10.3.0.1-10.3.0.9\"], \"destination\": \"10.1.0.5\", "
	    "\"from-interfaces\": [\"port2\", \"port1\"], "
	    "\"services\": [\"tcp/443\", \"tcp/80\"], \"action\": \"accept\"}, "
	    "{\"source\": \"any\", \"destination\": \"192.0.2.1\", "
	    "\"services\": \"tcp/443\", \"action\": \"accept\", "
	    "\"nat\": {\"destination\": \"10.1.0.7:8443\"}}]}";
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r, *s;

	(void)state;
	r = ruleset_csv("r.csv", good_csv, strlen(good_csv), &d);
	s = read_json(json, &d);
	assert_int_equal(d.errors, 0);
	assert_non_null(r);
	assert_non_null(s);
	assert_string_equal(r->sha256, s->sha256);
	assert_int_equal(r->rules[1]->place.line, 4);
	assert_int_equal(r->rules[2]->place.line, 6);
	ruleset_free(r);
	ruleset_free(s);
	diag_free(&d);
}

/* A rule with these members has this fault. */
static void
faulty(const char *members, const char *said)
{
	struct text json = { 0 }, out = { 0 };
	struct diag d = { .lang = LANG_EN };

	text_printf(&json,
	    "{\"format\": \"sekisho-ruleset/1\", \"default\": \"drop\", "
	    "\"address-groups\": {\"a\": \"@b\", \"b\": \"@a\"}, "
	    "\"rules\": [{\"source\": \"any\", \"destination\": \"any\", "
	    "\"services\": \"any\", \"action\": \"accept\"}, {%s}]}",
	    members);
	assert_null(read_json(text_str(&json), &d));
	diag_print_all(&d, &out);
	if (strstr(text_str(&out), said) == NULL)
		fail_msg("%s: %s", members, text_str(&out));
	text_free(&json);
	text_free(&out);
	diag_free(&d);
}

#define REST "\"destination\": \"any\", \"services\": \"any\", "

static void
test_each_lie_is_told(void **state)
{
	(void)state;
	faulty("\"sorce\": \"any\", " REST "\"action\": \"accept\"",
	    "did you mean \"source\"");
	faulty("\"source\": \"10.1.0.5/16\", " REST "\"action\": \"accept\"",
	    "10.1.0.0/16");
	faulty("\"source\": \"10.9-10.1\", " REST "\"action\": \"accept\"",
	    "is no address");
	faulty("\"source\": [], " REST "\"action\": \"accept\"", "empty");
	faulty("\"source\": \"@none\", " REST "\"action\": \"accept\"",
	    "no group \"none\"");
	faulty("\"source\": \"@a\", " REST "\"action\": \"accept\"",
	    "holds itself");
	faulty("\"source\": \"any\", " REST "\"action\": \"acept\"",
	    "did you mean \"accept\"");
	faulty("\"source\": \"any\", " REST "\"log\": true",
	    "\"action\" is missing");
	faulty("\"source\": \"any\", \"destination\": \"any\", "
	       "\"services\": \"tcp/99999\", \"action\": \"drop\"",
	    "at most 65535");
	faulty("\"source\": \"any\", \"destination\": \"any\", "
	       "\"services\": \"gre/1\", \"action\": \"drop\"",
	    "no such numbers");
	faulty("\"source\": \"any\", \"destination\": \"any\", "
	       "\"services\": \"tcpp/1\", \"action\": \"drop\"",
	    "did you mean \"tcp\"");
	faulty("\"source\": \"any\", " REST "\"action\": \"accept\", "
	       "\"hook\": \"input\"",
	    "default-input");
	faulty("\"source\": \"any\", " REST "\"action\": \"accept\", "
	       "\"from-interfaces\": [\"a-very-long-name-1\", "
	       "\"a-very-long-name-2\"]",
	    "cannot be told apart");
	faulty("\"source\": \"any\", " REST "\"action\": \"accept\", "
	       "\"nat\": {\"destination\": \"any\"}",
	    "is no address");
	faulty("\"source\": \"any\", " REST "\"action\": true",
	    "must be a string");
}

static void
test_every_truncation_of_json_is_a_fault(void **state)
{
	(void)state;
	for (size_t n = 0; n + 2 < strlen(good); n++) {
		struct diag d = { .lang = LANG_EN };

		assert_null(ruling_json(good, n, ruleset_neutral, &d));
		assert_true(d.errors > 0);
		diag_free(&d);
	}
}

/* A CSV may end after any row. */
static void
test_every_truncation_of_csv_is_a_fault_or_fewer_rules(void **state)
{
	(void)state;
	for (size_t n = 0; n < strlen(good_csv); n++) {
		struct diag d = { .lang = LANG_EN };
		struct ruleset *r = ruleset_csv("r.csv", good_csv, n, &d);

		assert_true((r == NULL) == (d.errors > 0));
		if (r != NULL)
			assert_true(r->rule_count <= 3);
		ruleset_free(r);
		diag_free(&d);
	}
}

static void
csv_says(const char *text, const char *said)
{
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };

	assert_null(ruleset_csv("r.csv", text, strlen(text), &d));
	diag_print_all(&d, &out);
	if (strstr(text_str(&out), said) == NULL)
		fail_msg("%s: %s", text, text_str(&out));
	text_free(&out);
	diag_free(&d);
}

static void
test_each_lie_in_csv_is_told(void **state)
{
	(void)state;
	csv_says("source,destination,services,action\nany,any,any,accept\n",
	    "write \"#default,drop\"");
	csv_says("#defalt,drop\nsource,destination,services,action\n",
	    "did you mean \"default\"");
	csv_says("#default,drop\nsource,destinaton,services,action\n",
	    "did you mean \"destination\"");
	csv_says("#default,drop\nsource,destination,services,action\n"
		 ",any,any,accept\n",
	    "\"source\" (送信元) is empty: neither an empty cell nor a dash");
	csv_says("#default,drop\nsource,destination,services,action\n"
		 "any,any,any,\n",
	    "(動作) is empty: write accept, drop or reject");
	csv_says("#default,drop\n#Default,accept\n"
		 "source,destination,services,action\nany,any,any,accept\n",
	    "r.csv:2:1: error: there are two rows \"#default\"");
	csv_says("#default,drop\n#default-input,drop\n#default-input,drop\n"
		 "source,destination,services,action\nany,any,any,accept\n",
	    "r.csv:3:1: error: there are two rows \"#default-input\"");
	csv_says("#default,drop\nsource,destination,services,action\n"
		 "#default,accept\nany,any,any,accept\n",
	    "r.csv:3:1: error: the row \"#default\" stands behind");
	csv_says("#default,drop\nsource,destination,services,action\n"
		 "any,any,any,accept,any\n",
	    "without a heading");
	csv_says("#default,drop\nsource,destination,services,action\n"
		 "any,any,any,\"accept\n",
	    "not closed");
	csv_says("policyid,srcintf,dstintf,srcaddr,dstaddr,service,action\n",
	    "sekisho import ruleset");
}

/* The image reads back to the same, and a byte of it changed is told. */
static void
test_an_image_is_exact_and_refused_when_changed(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_json(good, &d), *again;
	struct text image = { 0 };
	struct jsonw w;
	char *at;

	(void)state;
	jsonw_init(&w, &image);
	ruleset_image_write(r, &w, NULL);
	again = ruling_json(text_str(&image), image.length, ruleset_image, &d);
	assert_non_null(again);
	assert_string_equal(r->sha256, again->sha256);
	assert_int_equal(r->unknown_count, again->unknown_count);
	assert_true(again->zones);
	for (size_t i = 0; i < r->rule_count; i++) {
		assert_string_equal(r->rules[i]->text, again->rules[i]->text);
		assert_int_equal(r->rules[i]->handle, again->rules[i]->handle);
	}
	ruleset_free(again);
	at = strstr(image.data, "1bb"); /* port 443 */
	assert_non_null(at);
	at[2] = 'c';
	assert_null(
	    ruling_json(text_str(&image), image.length, ruleset_image, &d));
	assert_true(d.errors > 0);
	ruleset_free(r);
	text_free(&image);
	diag_free(&d);
}

static void
test_every_truncation_of_an_image_is_a_fault(void **state)
{
	struct diag d = { .lang = LANG_EN };
	struct ruleset *r = read_json(good, &d);
	struct text image = { 0 };
	struct jsonw w;

	(void)state;
	jsonw_init(&w, &image);
	ruleset_image_write(r, &w, NULL);
	for (size_t n = 0; n < image.length; n++)
		assert_null(
		    ruling_json(text_str(&image), n, ruleset_image, &d));
	ruleset_free(r);
	text_free(&image);
	diag_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_are_read_with_groups_and_places),
		cmocka_unit_test(test_csv_says_the_same_as_json),
		cmocka_unit_test(test_each_lie_is_told),
		cmocka_unit_test(test_every_truncation_of_json_is_a_fault),
		cmocka_unit_test(
		    test_every_truncation_of_csv_is_a_fault_or_fewer_rules),
		cmocka_unit_test(test_each_lie_in_csv_is_told),
		cmocka_unit_test(
		    test_an_image_is_exact_and_refused_when_changed),
		cmocka_unit_test(test_every_truncation_of_an_image_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
