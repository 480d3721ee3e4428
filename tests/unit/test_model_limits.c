/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model that is too large, wrongly nested or full of things that a terminal
 * would obey, and what need not be written in one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loading.h"

#define SERVICE "\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}]"

static void
test_too_many_conduits_leave_a_relay_without_any(void **state)
{
	struct text more = { 0 };
	struct loading l;

	(void)state;
	text_add(&more,
	    "\"relays\":[{\"id\":\"r\",\"hosts\":[\"10.9.0.30\"],"
	    "\"upstream\":{\"zone\":\"outside\"},\"downstream\":[{\"zone\":"
	    "\"lg\"}]," SERVICE "}],\"conduits\":[0");
	for (size_t i = 1; i <= MODEL_CONDUITS_MAX; i++)
		text_add(&more, ",0");
	text_add(&more, "]");
	loading_with(&l, text_str(&more), NULL);
	assert_null(l.m);
	assert_true(loading_says(&l, "too many \"conduits\": at most 200000"));
	loading_free(&l);
	text_free(&more);
}

static void
test_ids_hold_nothing_that_a_terminal_obeys(void **state)
{
	static const char *const ids[] = { "a\\u001b", "a\\u009b", "a\\u202e",
		"a\\u2066b", "a\\u2028" };
	char more[256];
	struct loading l;

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		snprintf(more, sizeof(more),
		    "\"proxies\":[],\"calendars\":[],"
		    "\"firewalls\":[{\"id\":\"%s\"}]",
		    ids[i]);
		loading_with(&l, more, NULL);
		assert_null(l.m);
		assert_true(loading_says(&l, "cannot be used"));
		loading_free(&l);
		snprintf(more, sizeof(more),
		    "\"service-groups\":{\"%s\":["
		    "{\"protocol\":\"tcp\"}]}",
		    ids[i]);
		loading_with(&l, more, NULL);
		assert_null(l.m);
		loading_free(&l);
	}
	loading_with(&l, "\"firewalls\":[{\"id\":\"本庁-fw\"}]", NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->firewalls[0].kind, FIREWALL_OPAQUE);
	loading_free(&l);
}

static void
test_long_words_are_cut_where_they_are_quoted(void **state)
{
	struct text more = { 0 };
	struct loading l;

	(void)state;
	text_add(&more, "\"stage\":\"");
	for (size_t i = 0; i < 10000; i++)
		text_add(&more, "あ");
	text_add(&more, "\"");
	loading_with(&l, text_str(&more), NULL);
	assert_null(l.m);
	assert_true(loading_says(&l, "あ…\" is no value"));
	assert_true(l.said.length < 2000);
	loading_free(&l);
	text_free(&more);
}

static void
test_blanks_say_nothing(void **state)
{
	static const char *const blanks[] = { " ", "\\t", "\xE3\x80\x80" };
	char more[256];
	struct loading l;

	(void)state;
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		snprintf(more, sizeof(more),
		    "\"exceptions\":[{\"id\":\"e\",\"excepts\":{\"check\":"
		    "\"SEG-2\"},\"compensating\":\"%s\"}]",
		    blanks[i]);
		loading_with(&l, more, NULL);
		assert_null(l.m);
		assert_true(loading_says(&l, "\"compensating\" is empty"));
		loading_free(&l);
	}
}

/* The model of these zones and one boundary between them all. */
static void
load_zones(struct loading *l, const char *zones, const char *ids)
{
	struct text text = { 0 };

	text_printf(&text,
	    "{\"format\":\"sekisho-topology/1\",\"guideline\":{\"file\":"
	    "\"mic-2025-03.json\",\"model\":\"alpha\"},\"zones\":[%s],"
	    "\"boundaries\":[{\"id\":\"x\",\"zones\":[%s]}]}",
	    zones, ids);
	loading_text(l, text_str(&text), NULL);
	text_free(&text);
}

static void
test_outside_lies_in_no_zone_and_claims_nothing_special(void **state)
{
	struct loading l;

	(void)state;
	load_zones(&l,
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"8.0.0.0/8\"]},"
	    "{\"id\":\"o\",\"tier\":\"outside\",\"networks\":["
	    "\"8.8.8.0/24\"]}",
	    "\"a\",\"o\"");
	assert_null(l.m);
	assert_true(loading_says(&l, "8.8.8.0/24 of zone \"o\" lies within"));
	loading_free(&l);
	load_zones(&l,
	    "{\"id\":\"o\",\"tier\":\"outside\",\"networks\":["
	    "\"0.0.0.0/0\",\"::/0\",\"10.0.0.0/8\"]}",
	    "\"o\"");
	assert_non_null(l.m);
	assert_int_equal(l.d.warnings, 1);
	assert_true(loading_says(&l, "10.0.0.0/8 is a special-purpose"));
	loading_free(&l);
}

static void
test_no_zone_holds_its_parent(void **state)
{
	struct loading l;

	(void)state;
	load_zones(&l,
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"10.1.0.0/16\"]},"
	    "{\"id\":\"b\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/8\"],"
	    "\"parent\":\"a\"}",
	    "\"a\",\"b\"");
	assert_null(l.m);
	assert_true(loading_says(&l, "wrong way round"));
	loading_free(&l);
}

static void
test_ipv4_is_not_written_as_ipv6(void **state)
{
	struct loading l;

	(void)state;
	load_zones(&l,
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":["
	    "\"::ffff:10.0.0.0/104\"]}",
	    "\"a\"");
	assert_null(l.m);
	assert_true(loading_says(&l, "write it as IPv4"));
	loading_free(&l);
}

static void
test_remarks_are_kept_and_needless_fields_are_optional(void **state)
{
	static const char more[] =
	    "\"sanitisers\":[{\"id\":\"s\",\"method\":\"remove\",\"clean\":["
	    "{\"zone\":\"gate\"}]}],"
	    "\"hosts\":[{\"note\":\"h\",\"interfaces\":[{\"mac\":"
	    "\"0200.0000.0001\"}]}],"
	    "\"boundaries\":[{\"id\":\"b\",\"note\":\"n\",\"zones\":[\"lg\"],"
	    "\"taps\":[{\"id\":\"t\",\"note\":\"n\"}]}],"
	    "\"conduits\":[{\"id\":\"c\",\"note\":\"n\",\"from\":{\"zone\":"
	    "\"core\"},\"to\":{\"zone\":\"lg\"}," SERVICE "}],"
	    "\"exceptions\":[{\"id\":\"e\",\"note\":\"n\",\"excepts\":{"
	    "\"check\":\"SEG-2\"}}]";
	struct text printed = { 0 };
	struct loading l;

	(void)state;
	loading_with(&l, more, NULL);
	assert_non_null(l.m);
	assert_null(l.m->hosts[0].name);
	assert_true(l.m->hosts[0].interfaces[0].has_mac);
	assert_int_equal(l.m->sanitisers[0].dirty_count, 0);
	assert_string_equal(l.m->conduits[0].note, "n");
	model_print(l.m, &printed);
	loading_free(&l);
	loading_text(&l, text_str(&printed), NULL);
	assert_non_null(l.m);
	assert_string_equal(l.m->hosts[0].note, "h");
	assert_string_equal(l.m->boundaries[0].taps[0].note, "n");
	assert_string_equal(l.m->exceptions[0].note, "n");
	loading_free(&l);
	text_free(&printed);
}

static void
test_partner_without_networks_has_the_zone(void **state)
{
	struct text text = { 0 };
	struct loading l;

	(void)state;
	text_add(&text,
	    "{\"format\":\"sekisho-topology/1\",\"guideline\":{\"file\":"
	    "\"mic-2025-03.json\",\"model\":\"alpha\"},\"zones\":[{\"id\":"
	    "\"z\",\"tier\":\"partner\",\"networks\":[\"172.20.9.0/24\"]}],"
	    "\"partners\":[{\"id\":\"p\",\"zone\":\"z\"}]}");
	loading_text(&l, text_str(&text), NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->partners[0].networks.count, 1);
	assert_int_equal(l.m->partners[0].networks.items[0].length, 24);
	loading_free(&l);
	text_free(&text);
}

static void
test_faults_say_what_was_meant_and_where(void **state)
{
	static const char wrong[] =
	    "{\"format\":\"sekisho-topology/1\",\n\"guideline\":{\"file\":"
	    "\"mic-2025-03.json\",\n\"model\":\"alfa\"},\"zones\":[{\"id\":"
	    "\"z\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/8\"],"
	    "\"accounts\":[{\"id\":\"a\",\"networks\":[\"10.1.0.0/16\"]},"
	    "{\"id\":\"b\",\"networks\":[\"10.1.0.0/16\"]},"
	    "{\"id\":\"a\",\"networks\":[\"10.1.0.0/16\"]}]}],"
	    "\"service-groups\":{\"g\":[{\"protocol\":\"TCP\"}]}}";
	struct loading l;

	(void)state;
	loading_text(&l, wrong, NULL);
	assert_null(l.m);
	assert_true(loading_says(&l,
	    "m.jsonc:3:9: error: this guideline has no model \"alfa\"; did "
	    "you mean \"alpha\"?"));
	assert_true(
	    loading_says(&l, "\"TCP\" is no protocol: did you mean \"tcp\"?"));
	assert_true(loading_says(&l, "\"a\" is listed twice"));
	loading_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_too_many_conduits_leave_a_relay_without_any),
		cmocka_unit_test(test_ids_hold_nothing_that_a_terminal_obeys),
		cmocka_unit_test(test_long_words_are_cut_where_they_are_quoted),
		cmocka_unit_test(test_blanks_say_nothing),
		cmocka_unit_test(
		    test_outside_lies_in_no_zone_and_claims_nothing_special),
		cmocka_unit_test(test_no_zone_holds_its_parent),
		cmocka_unit_test(test_ipv4_is_not_written_as_ipv6),
		cmocka_unit_test(
		    test_remarks_are_kept_and_needless_fields_are_optional),
		cmocka_unit_test(test_partner_without_networks_has_the_zone),
		cmocka_unit_test(test_faults_say_what_was_meant_and_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
