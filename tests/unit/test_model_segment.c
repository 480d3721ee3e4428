/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the link layer is held against, tunnels and containments: read, said
 * where they are wrong, and printed so that they load again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loading.h"

#define TAP \
	"\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lg\"],\"taps\":[{\"id\":\"t\",\"segment\":\"lg\","
#define END "}]}]"

static void
refused(const char *more, const char *sentence)
{
	struct loading l;

	loading_with(&l, more, NULL);
	assert_null(l.m);
	if (!loading_says(&l, sentence))
		fail_msg("not said: %s\nbut: %s", sentence, text_str(&l.said));
	loading_free(&l);
}

static void
test_a_tap_names_its_mirror_its_neighbours_and_its_root(void **state)
{
	struct loading l;
	const struct tap *t;

	(void)state;
	loading_with(&l,
	    TAP "\"mirror\":{\"vlan\":999,\"destinations\":[\"10.3.250.12\"]},"
		"\"neighbours\":[\"02:00:00:00:00:01\",\"02:00:00:00:00:02\"],"
		"\"root-bridge\":\"02:00:00:00:00:03\"" END,
	    NULL);
	assert_non_null(l.m);
	t = model_tap(l.m, "t");
	assert_int_equal(t->mirror_vlan, 999);
	assert_int_equal(t->mirror_destination_count, 1);
	assert_int_equal(t->neighbour_count, 2);
	assert_int_equal(t->neighbours[1].bytes[5], 2);
	assert_true(t->has_root_bridge);
	loading_free(&l);
}

static void
test_a_mirror_says_something_and_no_vlan_of_the_map(void **state)
{
	(void)state;
	refused(TAP "\"mirror\":{}" END, "needs \"vlan\" or \"destinations\"");
	refused(TAP "\"vlans\":{\"300\":\"lg\"},\"mirror\":{\"vlan\":300}" END,
	    "none of the tap's \"vlans\"");
	refused(TAP "\"mirror\":{\"vlan\":4095}" END, "from 1 to 4094");
	refused(TAP "\"root-bridge\":\"01:80:c2:00:00:00\"" END, "group MAC");
	refused(TAP "\"neighbours\":[\"x\"]" END, "not a MAC address");
}

static void
test_a_tunnel_has_ends_a_kind_and_a_key(void **state)
{
	struct loading l;
	const struct tunnel_declared *t;

	(void)state;
	loading_with(&l,
	    "\"tunnels\":[{\"id\":\"ov\",\"protocol\":\"vxlan\",\"key\":0,"
	    "\"from\":{\"hosts\":[\"10.2.0.5\"]},"
	    "\"to\":{\"networks\":[\"10.3.0.0/16\"]}}]",
	    NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->tunnel_count, 1);
	t = &l.m->tunnels[0];
	assert_string_equal(t->protocol, "vxlan");
	assert_string_equal(t->name, "ov");
	assert_true(t->has_key);
	assert_int_equal(t->ends[0].count, 1);
	assert_int_equal(t->ends[0].items[0].length, 32);
	assert_int_equal(t->ends[1].items[0].length, 16);
	loading_free(&l);
	refused("\"tunnels\":[{\"id\":\"a\",\"protocol\":\"vxlam\","
		"\"from\":{\"hosts\":[\"10.2.0.5\"]},"
		"\"to\":{\"hosts\":[\"10.2.0.6\"]}}]",
	    "did you mean \"vxlan\"");
	refused("\"tunnels\":[{\"id\":\"a\",\"protocol\":\"gre\","
		"\"from\":{},\"to\":{\"hosts\":[\"10.2.0.6\"]}}]",
	    "\"hosts\" or \"networks\" is needed");
	refused("\"tunnels\":[{\"id\":\"a\",\"protocol\":\"gre\","
		"\"to\":{\"hosts\":[\"10.2.0.6\"]}}]",
	    "\"from\" is missing");
}

static struct wall_us
since_of(const char *since)
{
	struct loading l;
	struct wall_us at;
	char more[256];

	snprintf(more, sizeof(more),
	    "\"containments\":[{\"id\":\"c\",\"what\":{\"hosts\":"
	    "[\"10.2.0.5\"]},\"since\":\"%s\"}]",
	    since);
	loading_with(&l, more, NULL);
	assert_non_null(l.m);
	at = l.m->containments[0].since;
	loading_free(&l);
	return at;
}

static void
test_a_containment_begins_at_a_time_of_the_models_zone(void **state)
{
	static const char *const wrong[] = { "2026-11-20T24:00",
		"2026-11-20T09:60", "2026-11-31", "2026-11-20 09:30",
		"2026-11-20T9:30", "2026-11-20T09:30:00", "20 November" };
	char more[256];

	(void)state;
	/* 2026-11-20 in Tokyo begins at 15:00 of the day before. */
	assert_int_equal(since_of("2026-11-20").us,
	    INT64_C(1795100400) * CLOCK_SECOND);
	assert_int_equal(since_of("2026-11-20T09:30").us,
	    INT64_C(1795134600) * CLOCK_SECOND);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(more, sizeof(more),
		    "\"containments\":[{\"id\":\"c\",\"what\":{\"hosts\":"
		    "[\"10.2.0.5\"]},\"since\":\"%s\"}]",
		    wrong[i]);
		refused(more, "is not a time such as");
	}
}

static void
test_a_host_may_scan_move_and_offer(void **state)
{
	struct loading l;
	const struct host *h;

	(void)state;
	loading_with(&l,
	    "\"hosts\":[{\"name\":\"s\",\"interfaces\":[{\"address\":"
	    "\"10.2.0.7\"}],\"may-scan\":{\"zones\":[\"lg\"],\"window\":"
	    "{\"hours\":\"01:00-05:00\"}},\"switching\":[\"lg\",\"outside\"],"
	    "\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}]}]",
	    NULL);
	assert_non_null(l.m);
	h = &l.m->hosts[0];
	assert_int_equal(h->may_scan_count, 1);
	assert_true(h->scan_window.given);
	assert_int_equal(h->switching_count, 2);
	assert_true(h->services_given);
	assert_int_equal(h->services.count, 1);
	loading_free(&l);
}

static void
test_what_is_printed_loads_to_the_same(void **state)
{
	struct loading l, again;
	struct text first = { 0 }, second = { 0 };

	(void)state;
	loading_with(&l,
	    "\"tunnels\":[{\"id\":\"ov\",\"protocol\":\"gre\",\"key\":7,"
	    "\"from\":{\"hosts\":[\"10.2.0.5-10.2.0.9\"]},"
	    "\"to\":{\"hosts\":[\"10.2.0.20\"]}}],"
	    "\"containments\":[{\"id\":\"c\",\"what\":{\"hosts\":"
	    "[\"10.2.0.5\"]},\"since\":\"2026-11-20T09:30\",\"except\":"
	    "{\"hosts\":[\"10.2.0.6\"]}}],"
	    "\"hosts\":[{\"name\":\"s\",\"may-scan\":{\"zones\":[\"lg\"]},"
	    "\"services\":[{\"protocol\":\"udp\",\"ports\":[53]}]}]," TAP
	    "\"mirror\":{\"vlan\":7},\"root-bridge\":\"02:00:00:00:00:03\"" END,
	    NULL);
	assert_non_null(l.m);
	model_print(l.m, &first);
	loading_text(&again, text_str(&first), NULL);
	assert_non_null(again.m);
	model_print(again.m, &second);
	assert_string_equal(text_str(&first), text_str(&second));
	loading_free(&l);
	loading_free(&again);
	text_free(&first);
	text_free(&second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_tap_names_its_mirror_its_neighbours_and_its_root),
		cmocka_unit_test(
		    test_a_mirror_says_something_and_no_vlan_of_the_map),
		cmocka_unit_test(test_a_tunnel_has_ends_a_kind_and_a_key),
		cmocka_unit_test(
		    test_a_containment_begins_at_a_time_of_the_models_zone),
		cmocka_unit_test(test_a_host_may_scan_move_and_offer),
		cmocka_unit_test(test_what_is_printed_loads_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
