/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on a tap, from events as a probe writes them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine_scene.h"
#include "tap_check.h"

/* What a good tap of the segment "office" tells, in parts to be changed. */
struct parts {
	const char *frames, *tcp, *vlans, *prefixes, *macs, *payload;
};

static const struct parts good = {
	.frames = "\"frames\":5000,\"bytes\":1000000,\"copies\":0,\"cut\":0,"
		  "\"giants\":0,\"longest\":1514",
	.tcp = "\"conversations\":50,\"one_way\":0",
	.vlans = "{\"id\":0,\"zone\":\"office\",\"declared\":true,\"frames\":"
		 "5000}",
	.prefixes = "{\"prefix\":\"10.3.1.0/24\",\"vlan\":0,\"zone\":"
		    "\"office\",\"from\":2500,\"to\":2500,\"local\":2500},"
		    "{\"prefix\":\"203.0.113.0/24\",\"vlan\":0,\"zone\":"
		    "\"outside\",\"from\":2500,\"to\":2500,\"local\":0}",
	.macs = "{\"mac\":\"02:00:00:00:03:01\",\"vlan\":0,\"frames\":2500,"
		"\"prefixes\":1,\"zones\":[\"outside\"],\"address\":"
		"\"10.3.0.1\",\"declared\":\"router\",\"forwards\":true},"
		"{\"mac\":\"02:00:00:00:03:09\",\"vlan\":0,\"frames\":2500,"
		"\"prefixes\":1,\"zones\":[\"office\"],\"address\":null,"
		"\"declared\":null,\"forwards\":false}",
	.payload = "\"seen\":100000,\"missing\":0",
};

struct trying {
	struct model *m;
	struct tap_seen seen;
	struct tap_report report;
	struct text shown;
};

static int
set_up(void **state)
{
	struct trying *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	t->m = scene_load(scene_model_text);
	t->seen.tap = model_tap(t->m, "floor");
	t->seen.source = "span0";
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct trying *t = *state;

	tap_report_fini(&t->report);
	tap_seen_fini(&t->seen);
	text_free(&t->shown);
	model_free(t->m);
	free(t);
	return 0;
}

static void
line(struct trying *t, const char *text)
{
	tap_seen_line(&t->seen, 1, t->m, text, strlen(text));
}

static void
tell(struct trying *t, const struct parts *p)
{
	struct text out = { 0 };

	text_printf(&out,
	    "{\"timestamp\":\"2026-11-21T10:00:40.000000+0900\",\"event_type\":"
	    "\"sekisho_tap\",\"sekisho\":{\"boundary\":\"main\",\"tap\":\"%s\","
	    "\"segment\":null,\"from\":\"2026-11-21T10:00:00.000000+0900\","
	    "\"until\":\"2026-11-21T10:00:30.500000+0900\",%s,\"tcp\":{%s},"
	    "\"passed\":1,\"vlans\":[%s],\"prefixes\":[%s],\"macs\":[%s],"
	    "\"unlisted\":{\"vlans\":0,\"prefixes\":0,\"macs\":0}}}",
	    t->seen.tap->id, p->frames, p->tcp, p->vlans, p->prefixes, p->macs);
	line(t, text_str(&out));
	text_clear(&out);
	text_printf(&out,
	    "{\"event_type\":\"sekisho_coverage\",\"sekisho\":{\"level\":"
	    "\"tap\",\"tap\":\"%s\",\"frames\":5000,\"undecodable\":0,"
	    "\"drops\":null,\"payload\":{%s}}}",
	    t->seen.tap->id, p->payload);
	line(t, text_str(&out));
	text_free(&out);
	tap_report_fini(&t->report);
	tap_report_make(&t->report, &t->seen, LANG_EN);
	text_clear(&t->shown);
	tap_report_text(&t->report, LANG_EN, &t->shown);
}

static enum tap_sign
sign(const struct trying *t, enum tap_item item)
{
	for (size_t i = 0; i < t->report.row_count; i++)
		if (t->report.rows[i].item == item)
			return t->report.rows[i].sign;
	fail_msg("no row %s", tap_item_name(item));
	return TAP_SIGN_WRONG;
}

static void
test_a_tap_that_shows_what_is_declared_fits(void **state)
{
	struct trying *t = *state;

	tell(t, &good);
	assert_int_equal(t->report.verdict, TAP_FITS);
	assert_non_null(strstr(text_str(&t->shown),
	    "5000 frames (163.9 a second, 30.5 s)"));
}

static void
test_little_traffic_never_fits(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	p.frames = "\"frames\":99,\"copies\":0";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_TRAFFIC), TAP_SIGN_UNKNOWN);
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
	/* Copies are no traffic. */
	p.frames = "\"frames\":150,\"copies\":51";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_TRAFFIC), TAP_SIGN_UNKNOWN);
	p = good;
	p.tcp = "\"conversations\":9,\"one_way\":0";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_DIRECTIONS), TAP_SIGN_UNKNOWN);
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
}

static void
test_too_little_payload_never_fits(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	p.payload = "\"seen\":9999,\"missing\":0";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_LOSS), TAP_SIGN_UNKNOWN);
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
}

static void
test_no_event_at_all_never_fits(void **state)
{
	struct trying *t = *state;

	tap_report_make(&t->report, &t->seen, LANG_JA);
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
	for (size_t i = 0; i < t->report.row_count; i++) {
		const enum tap_item item = t->report.rows[i].item;

		/* Of IPv6 nothing is asked. */
		assert_true(t->report.rows[i].sign != TAP_SIGN_FINE ||
		    item == TAP_ITEM_IPV6);
	}
}

static void
test_one_direction_is_misplaced_unless_it_is_declared(void **state)
{
	struct trying *t = *state;
	struct tap one = *t->seen.tap;
	struct parts p = good;

	p.tcp = "\"conversations\":50,\"one_way\":25";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_DIRECTIONS), TAP_SIGN_WRONG);
	assert_int_equal(t->report.verdict, TAP_MISPLACED);
	p.tcp = "\"conversations\":50,\"one_way\":5";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_DIRECTIONS), TAP_SIGN_DEVIATES);
	p.tcp = "\"conversations\":50,\"one_way\":4";
	tell(t, &p);
	assert_int_equal(t->report.verdict, TAP_FITS);
	one.direction = TAP_RX;
	t->seen.tap = &one;
	p.tcp = "\"conversations\":50,\"one_way\":50";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_DIRECTIONS), TAP_SIGN_FINE);
}

static void
test_another_zones_hosts_are_misplaced(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	p.prefixes = "{\"prefix\":\"10.2.1.0/24\",\"vlan\":0,\"zone\":\"lg\","
		     "\"from\":2500,\"to\":2500,\"local\":2500}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FOREIGN), TAP_SIGN_WRONG);
	assert_int_equal(sign(t, TAP_ITEM_PREFIXES), TAP_SIGN_WRONG);
	assert_int_equal(t->report.verdict, TAP_MISPLACED);
	/* A few of them among its own. */
	p.prefixes = "{\"prefix\":\"10.3.1.0/24\",\"vlan\":0,\"zone\":"
		     "\"office\",\"from\":2500,\"to\":2500,\"local\":2500},"
		     "{\"prefix\":\"10.2.1.0/24\",\"vlan\":0,\"zone\":\"lg\","
		     "\"from\":100,\"to\":2500,\"local\":100}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FOREIGN), TAP_SIGN_DEVIATES);
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
}

/* Between two routers: everything is passed on. */
static void
test_a_link_between_routers_is_no_segment(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	p.prefixes = "{\"prefix\":\"10.3.1.0/24\",\"vlan\":0,\"zone\":"
		     "\"office\",\"from\":2500,\"to\":2500,\"local\":0}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_PREFIXES), TAP_SIGN_WRONG);
	assert_int_equal(t->report.verdict, TAP_MISPLACED);
}

/* A line to a far zone of two small networks that lie in one /24. */
static const char line_model[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\"]"
    "},"
    "{\"id\":\"far\",\"tier\":\"lgwan-network\",\"networks\":["
    "\"172.20.1.0/26\",\"172.20.1.64/26\"],\"links\":[\"line\"]}],"
    "\"links\":[{\"id\":\"line\",\"kind\":\"lgwan\",\"approved\":{\"by\":["
    "\"CISO\"],\"number\":\"1\",\"on\":\"2020-01-01\"}}],"
    "\"probes\":[{\"id\":\"probe1\",\"management\":{\"zone\":\"office\","
    "\"address\":\"10.3.250.11\"}}],"
    "\"boundaries\":[{\"id\":\"main\",\"zones\":[\"office\",\"far\"],"
    "\"taps\":[{\"id\":\"line\",\"probe\":\"probe1\",\"segment\":\"far\","
    "\"link\":\"line\"}]}]}";

static void
test_a_line_to_a_far_zone_needs_no_hosts_on_it(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	model_free(t->m);
	t->m = scene_load(line_model);
	t->seen.tap = model_tap(t->m, "line");
	p.vlans = "{\"id\":0,\"zone\":\"far\",\"declared\":true,\"frames\":"
		  "5000}";
	p.prefixes = "{\"prefix\":\"172.20.1.0/24\",\"vlan\":0,\"zone\":"
		     "\"far\",\"from\":2500,\"to\":2400,\"local\":0}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FOREIGN), TAP_SIGN_FINE);
	assert_int_equal(t->report.verdict, TAP_FITS);
	assert_non_null(strstr(text_str(&t->shown), "4900 packets"));
}

static void
test_routers_are_held_against_the_declared_ones(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	p.macs = "{\"mac\":\"02:00:00:00:aa:01\",\"vlan\":0,\"frames\":2500,"
		 "\"prefixes\":3,\"zones\":[],\"address\":\"10.3.0.2\","
		 "\"declared\":null,\"forwards\":true}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_ROUTERS), TAP_SIGN_DEVIATES);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_DEVIATES);
	assert_non_null(
	    strstr(text_str(&t->shown), "02:00:00:00:aa:01 10.3.0.2"));
	assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
}

/* Between the firewall and an L3 switch with the zone's hosts behind it. */
static void
test_a_router_within_the_zone_is_no_fault(void **state)
{
	static const char prefixes[] =
	    "{\"prefix\":\"10.3.1.0/24\",\"vlan\":0,\"zone\":\"office\","
	    "\"from\":2000,\"to\":2000,\"local\":0},"
	    "{\"prefix\":\"10.3.2.0/24\",\"vlan\":0,\"zone\":\"office\","
	    "\"from\":400,\"to\":400,\"local\":0},"
	    "{\"prefix\":\"203.0.113.0/24\",\"vlan\":0,\"zone\":"
	    "\"outside\",\"from\":2500,\"to\":2500,\"local\":0}";
#define MACS(router, zones, prefixes)                                       \
	"{\"mac\":\"" router "\",\"vlan\":0,\"frames\":2500,"               \
	"\"prefixes\":1,\"zones\":[\"outside\"],\"address\":\"10.3.0.1\","  \
	"\"declared\":\"router\",\"forwards\":true},"                       \
	"{\"mac\":\"02:00:00:00:c0:de\",\"vlan\":0,\"frames\":2500,"        \
	"\"prefixes\":" prefixes ",\"zones\":[" zones "],\"address\":null," \
	"\"declared\":null,\"forwards\":true}"
	struct trying *t = *state;
	struct parts p = good;

	p.prefixes = prefixes;
	p.macs = MACS("02:00:00:00:03:01", "\"office\"", "2");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_FINE);
	assert_int_equal(t->report.verdict, TAP_FITS);
	assert_non_null(strstr(text_str(&t->shown), "2400 packets"));
	assert_non_null(strstr(text_str(&t->shown),
	    "routers within the zone 02:00:00:00:c0:de"));
	/* None of the declared ones is beside it: it may be the far side. */
	p.macs = MACS("02:00:00:00:03:77", "\"office\"", "2");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_PREFIXES), TAP_SIGN_WRONG);
	/* It passes on more than the zone: of another, of one that the model
	 * has not, of none; more zones than are told. */
	p.macs = MACS("02:00:00:00:03:01", "\"office\",\"outside\"", "3");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_DEVIATES);
	assert_non_null(strstr(text_str(&t->shown), "SEG-12"));
	p.macs = MACS("02:00:00:00:03:01", "\"office\",\"nowhere\"", "2");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_DEVIATES);
	p.macs = MACS("02:00:00:00:03:01", "\"office\"", "3");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_DEVIATES);
	p.macs = MACS("02:00:00:00:03:01",
	    "\"office\",\"office\",\"office\",\"office\",\"office\","
	    "\"office\",\"office\",\"office\"",
	    "2");
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_FORWARDERS), TAP_SIGN_DEVIATES);
	assert_int_not_equal(t->report.verdict, TAP_FITS);
#undef MACS
}

static void
test_frames_that_are_not_whole_are_told(void **state)
{
	static const struct {
		const char *frames;
		enum tap_item item;
	} rows[] = {
		{ "\"frames\":1000,\"copies\":100,\"cut\":0,\"giants\":0",
		    TAP_ITEM_COPIES },
		{ "\"frames\":1000,\"copies\":0,\"cut\":10,\"giants\":0",
		    TAP_ITEM_CUT },
		{ "\"frames\":1000,\"copies\":0,\"cut\":0,\"giants\":1",
		    TAP_ITEM_GIANTS },
	};
	struct trying *t = *state;
	struct parts p = good;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p.frames = rows[i].frames;
		tell(t, &p);
		assert_int_equal(sign(t, rows[i].item), TAP_SIGN_DEVIATES);
		assert_int_equal(t->report.verdict, TAP_INCOMPLETE);
		assert_non_null(strstr(text_str(&t->shown), "look at: "));
	}
	/* One in a hundred and more of the data. */
	p = good;
	t->seen.payload_seen = t->seen.payload_missing = 0;
	p.payload = "\"seen\":99000,\"missing\":1000";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_LOSS), TAP_SIGN_DEVIATES);
}

static void
test_vlans_missing_and_undeclared_are_told(void **state)
{
	struct trying *t = *state;
	struct parts p = good;

	t->seen.tap = model_tap(t->m, "trunk");
	p.vlans = "{\"id\":110,\"declared\":true,\"frames\":3000},{\"id\":300,"
		  "\"declared\":true,\"frames\":2000}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_VLANS), TAP_SIGN_DEVIATES);
	assert_non_null(strstr(text_str(&t->shown), "missing 200, 400"));
	p.vlans = "{\"id\":110,\"declared\":true,\"frames\":100},{\"id\":777,"
		  "\"declared\":false,\"frames\":2000}";
	tell(t, &p);
	assert_int_equal(sign(t, TAP_ITEM_VLANS), TAP_SIGN_WRONG);
	assert_int_equal(t->report.verdict, TAP_MISPLACED);
}

static void
test_a_gap_is_told_and_its_cause_escaped(void **state)
{
	struct trying *t = *state;

	line(t,
	    "{\"event_type\":\"sekisho_gap\",\"sekisho\":{\"tap\":"
	    "\"floor\",\"kind\":\"capture\",\"cause\":\"torn\\u001b[2J\"}}");
	tell(t, &good);
	assert_int_equal(sign(t, TAP_ITEM_TRAFFIC), TAP_SIGN_DEVIATES);
	assert_non_null(strstr(text_str(&t->shown), "torn\\x1b"));
	assert_null(strchr(text_str(&t->shown), '\x1b'));
}

static void
test_lines_that_are_no_events_are_passed_over(void **state)
{
	static const char *const lines[] = { "", "{", "[]", "null",
		"\"event_type\":\"sekisho_tap\"",
		"{\"event_type\":\"sekisho_tap\"}",
		"{\"event_type\":\"sekisho_tap\",\"sekisho\":7}",
		"{\"event_type\":\"sekisho_tap\",\"sekisho\":{\"tap\":"
		"\"nobody\",\"frames\":5}}",
		"{\"event_type\":\"sekisho_gap\",\"sekisho\":{\"tap\":null}}" };
	struct trying *t = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		line(t, lines[i]);
	/* What cannot be is none. */
	line(t,
	    "{\"event_type\":\"sekisho_tap\",\"sekisho\":{\"tap\":"
	    "\"floor\",\"frames\":-5,\"from\":\"yesterday\",\"vlans\":7,"
	    "\"prefixes\":[3,{\"prefix\":\"10.3.1.7/24\"}],\"macs\":[{}]}}");
	assert_true(t->seen.is_found);
	assert_int_equal(t->seen.view.frames, 0);
	assert_int_equal(t->seen.view.prefix_count, 0);
	assert_int_equal(t->seen.view.mac_count, 0);
	assert_int_equal(t->seen.gaps, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_a_tap_that_shows_what_is_declared_fits),
		TEST(test_little_traffic_never_fits),
		TEST(test_too_little_payload_never_fits),
		TEST(test_no_event_at_all_never_fits),
		TEST(test_one_direction_is_misplaced_unless_it_is_declared),
		TEST(test_another_zones_hosts_are_misplaced),
		TEST(test_a_link_between_routers_is_no_segment),
		TEST(test_a_line_to_a_far_zone_needs_no_hosts_on_it),
		TEST(test_routers_are_held_against_the_declared_ones),
		TEST(test_a_router_within_the_zone_is_no_fault),
		TEST(test_frames_that_are_not_whole_are_told),
		TEST(test_vlans_missing_and_undeclared_are_told),
		TEST(test_a_gap_is_told_and_its_cause_escaped),
		TEST(test_lines_that_are_no_events_are_passed_over),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
