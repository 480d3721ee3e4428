/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of loading, printing and asking a model. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "loading.h"

#define SERVICE "\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}]"
#define FROM_CORE "\"from\":{\"zone\":\"core\"}"

static struct addr
address(const char *text)
{
	struct addr a = { 0 };

	assert_true(addr_parse(text, &a));
	return a;
}

static void
test_small_model_loads_with_its_defaults(void **state)
{
	struct loading l;

	(void)state;
	loading_with(&l, "\"limits\":{}", NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->stage, STAGE_IN_FORCE);
	assert_int_equal(l.m->utc_offset_s, 9 * 3600);
	assert_int_equal(l.m->limits.mail_bytes, 10 << 20);
	assert_int_equal(l.m->limits.stale_conduit_days, 90);
	assert_true(l.m->limits.coverage > 0.989);
	assert_int_equal(l.m->zones[1].parent->index, 0);
	assert_string_equal(model_zone(l.m, "firewall")->id, "firewall");
	assert_null(model_zone(l.m, "nowhere"));
	assert_int_equal(strlen(l.m->sha256), 64);
	loading_free(&l);
}

static void
test_reach_is_cut_with_account_and_partner(void **state)
{
	struct loading l;
	const struct conduit *c;

	(void)state;
	loading_with(&l,
	    "\"conduits\":[{\"id\":\"a\"," FROM_CORE
	    ",\"to\":{\"zone\":\"gcloud\",\"account\":\"res\"}," SERVICE
	    "},{\"id\":\"b\",\"from\":{\"zone\":\"core\",\"hosts\":["
	    "\"10.1.20.5-10.1.20.9\"]},\"to\":{\"zone\":\"lgwan\","
	    "\"partner\":\"eltax\",\"hosts\":[\"172.20.9.8\"]}," SERVICE
	    "},{\"id\":\"f\"," FROM_CORE
	    ",\"to\":{\"zone\":\"firewall\"}," SERVICE "}]",
	    NULL);
	assert_non_null(l.m);
	c = l.m->conduits;
	assert_true(c[0].from.whole_zone);
	assert_false(c[0].to.whole_zone);
	assert_int_equal(c[0].to.reach.items[0].length, 24);
	assert_true(prefix_set_contains(&c[1].from.reach,
	    &(struct addr){ 4, { 10, 1, 20, 9 } }));
	assert_false(prefix_set_contains(&c[1].from.reach,
	    &(struct addr){ 4, { 10, 1, 20, 10 } }));
	assert_int_equal(c[1].to.reach.count, 1);
	assert_ptr_equal(c[2].to.zone, &l.m->firewall_zone);
	loading_free(&l);
}

static void
test_empty_reach_and_foreign_hosts_are_errors(void **state)
{
	struct loading l;

	(void)state;
	loading_with(&l,
	    "\"conduits\":[{\"id\":\"a\"," FROM_CORE
	    ",\"to\":{\"zone\":\"lgwan\",\"partner\":\"eltax\",\"hosts\":["
	    "\"172.20.1.1\"]}," SERVICE "},{\"id\":\"b\"," FROM_CORE
	    ",\"to\":{\"zone\":\"lg\",\"hosts\":[\"10.3.0.1\"]}," SERVICE
	    "},{\"id\":\"c\"," FROM_CORE ",\"to\":{\"zone\":\"outside\","
	    "\"hosts\":[\"192.168.1.1\"]}," SERVICE "},{\"id\":\"d\"," FROM_CORE
	    ",\"to\":{\"zone\":\"lg\",\"partner\":\"eltax\"}," SERVICE
	    "},{\"id\":\"e\"," FROM_CORE ",\"to\":{\"zone\":\"core\"}," SERVICE
	    "}]",
	    NULL);
	assert_null(l.m);
	assert_true(loading_says(&l, "no address is left at this end"));
	assert_true(loading_says(&l,
	    "10.3.0.1 does not lie within the networks of zone \"lg\""));
	assert_true(loading_says(&l, "192.168.1.1 is a special-purpose"));
	assert_true(loading_says(&l, "partner \"eltax\" is in zone"));
	assert_true(loading_says(&l, "both ends are in zone \"core\""));
	loading_free(&l);
}

static void
test_every_kind_of_fault_is_told_at_once(void **state)
{
	/* what is written, what must be said of it */
	static const char *const cases[][2] = {
		{ "\"conduit\":[]", "did you mean \"conduits\"?" },
		{ "\"stage\":\"emergency\"", "\"emergency\" is no value" },
		{ "\"stage\":\"trial\"", "a trial needs its last day" },
		{ "\"until\":\"2027-01-01\"", "belongs to stage \"trial\"" },
		{ "\"organisation\":{\"timezone\":\"Mars\"}",
		    "time zone \"Mars\" is not known" },
		{ "\"hosts\":5", "\"hosts\" must be an array" },
		{ "\"hosts\":[5]", "an object { } is needed" },
		{ "\"hosts\":[{}]", "\"name\" is missing" },
		{ "\"hosts\":[{\"name\":\"\"}]", "\"name\" is empty" },
		{ "\"hosts\":[{\"name\":\"x\",\"division\":\"taxx\"}]",
		    "there is no division \"taxx\": did you mean \"tax\"?" },
		{ "\"limits\":{\"mail\":\"10\"}", "\"10\" is not a size" },
		{ "\"limits\":{\"coverage\":\"101 %\"}", "is not a share" },
		{ "\"limits\":{\"ruleset-age\":\"7\"}",
		    "is not a length of time" },
		{ "\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lgg\"]}]",
		    "there is no zone \"lgg\": did you mean \"lg\"?" },
		{ "\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lg\"],"
		  "\"taps\":[{\"id\":\"t\",\"segment\":\"core\"}]}]",
		    "zone \"core\" is not among the \"zones\"" },
		{ "\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lg\"],"
		  "\"taps\":[{\"id\":\"t\",\"vlans\":{\"5000\":\"lg\"}}]}]",
		    "\"5000\" is not a VLAN" },
		{ "\"calendars\":[{\"id\":\"c\",\"file\":\"c.csv\"}]",
		    "\"c.csv\" was not handed over" },
		{ "\"exceptions\":[{\"id\":\"e\",\"excepts\":{\"check\":"
		  "\"SEG-99\"}}]",
		    "there is no check \"SEG-99\"" },
		{ "\"firewalls\":[{\"id\":\"f\",\"kind\":\"nftable\"}]",
		    "did you mean \"nftables\"?" },
		{ "\"firewalls\":[{\"id\":\"f\",\"kind\":\"opaque\"}],"
		  "\"translations\":[{\"at\":\"f\",\"kind\":\"static\","
		  "\"from\":{\"zone\":\"lg\",\"hosts\":[\"10.2.0.1\","
		  "\"10.2.0.2\"]},\"to\":[\"172.20.0.1\"]}]",
		    "needs as many addresses" },
		{ "\"service-groups\":{\"a\":[\"@b\"]}",
		    "a service group cannot name another" },
		{ "\"relays\":[{\"id\":\"r\",\"hosts\":[\"10.9.0.1\","
		  "\"10.2.0.1\"],\"upstream\":{\"zone\":\"lgwan\"},"
		  "\"downstream\":[{\"zone\":\"lg\"}]," SERVICE "}]",
		    "do not lie in one zone" },
		{ "\"hosts\":[{\"name\":\"a\",\"interfaces\":[{\"address\":"
		  "\"10.2.0.1\"}]},{\"name\":\"b\",\"interfaces\":[{"
		  "\"address\":\"10.2.0.1\"}]}]",
		    "is already that of a" },
	};
	struct loading l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		loading_with(&l, cases[i][0], NULL);
		assert_null(l.m);
		assert_true(loading_says(&l, cases[i][1]));
		loading_free(&l);
	}
}

static void
test_every_fault_of_a_conduit_is_told(void **state)
{
	static const char *const cases[][2] = {
		{ "\"renewal\":\"in-progress\"", "needs its number" },
		{ "\"renewal-number\":\"5\"", "needs its number" },
		{ "\"expires\":\"2027-02-30\"", "is not a day" },
		{ "\"starts\":\"2027-02-02\",\"expires\":\"2027-01-01\"",
		    "\"expires\" is before \"starts\"" },
		{ "\"review\":\"12 moons\"", "is not a length of time" },
		{ "\"services\":[\"@dns\"]",
		    "there is no service group \"dns\"" },
		{ "\"services\":[]", "\"services\" is empty" },
		{ "\"services\":[{\"protocol\":\"tpc\"}]",
		    "\"tpc\" is no protocol" },
		{ "\"services\":[{\"protocol\":256}]",
		    "\"256\" is no protocol" },
		{ "\"services\":[{\"protocol\":\"icmp\",\"ports\":[1]}]",
		    "protocol \"icmp\" has no ports" },
		{ "\"services\":[{\"protocol\":\"tcp\",\"ports\":[]}]",
		    "\"ports\" is empty" },
		{ "\"services\":[{\"protocol\":\"tcp\",\"ports\":[65536]}]",
		    "\"65536\" is not a port" },
		{ "\"services\":[{\"protocol\":\"tcp\",\"ports\":[\"9-8\"]}]",
		    "\"9-8\" is not a port" },
		{ "\"schedule\":{\"hours\":\"7-8\"}",
		    "is not a span of hours" },
		{ "\"schedule\":{}", "\"calendar\" or \"hours\" is needed" },
		{ "\"server-names\":[\"a b\"]", "is not a server name" },
		{ "\"via\":{}", "\"via\" is empty" },
		{ "\"from\":{\"zone\":\"core\",\"hosts\":[\"10.1.0.0/24\"]}",
		    "put it under \"networks\"" },
		{ "\"from\":{\"zone\":\"core\",\"networks\":[\"10.1.2.3/24\"]}",
		    "did you mean \"10.1.2.0/24\"?" },
		{ "\"from\":{\"zone\":\"core\",\"hosts\":[]}",
		    "\"hosts\" is empty" },
	};
	struct loading l;
	struct text more = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_clear(&more);
		text_add(&more,
		    "\"conduits\":[{\"id\":\"a\","
		    "\"to\":{\"zone\":\"lg\"},");
		if (strstr(cases[i][0], "\"from\"") == NULL)
			text_add(&more, FROM_CORE ",");
		if (strstr(cases[i][0], "\"services\"") == NULL)
			text_add(&more, SERVICE ",");
		text_add(&more, cases[i][0]);
		text_add(&more, "}]");
		loading_with(&l, text_str(&more), NULL);
		assert_null(l.m);
		assert_true(loading_says(&l, cases[i][1]));
		loading_free(&l);
	}
	text_free(&more);
}

static void
test_duplicate_ids_name_the_first_place(void **state)
{
	struct loading l;

	(void)state;
	loading_with(&l,
	    "\"hosts\":[],\n\"conduits\":[{\"id\":\"a\"," FROM_CORE
	    ",\"to\":{\"zone\":\"lg\"}," SERVICE "},\n{\"id\":\"a\"," FROM_CORE
	    ",\"to\":{\"zone\":\"lg\"}," SERVICE "}]",
	    NULL);
	assert_null(l.m);
	assert_true(loading_says(&l, "first at m.jsonc:14:19"));
	loading_free(&l);
}

static const char head[] =
    "{\"format\":\"sekisho-topology/1\",\"guideline\":{\"file\":"
    "\"mic-2025-03.json\",\"model\":\"alpha\"},\"zones\":[";

static void
load_zones(struct loading *l, const char *zones, const char *boundaries)
{
	struct text text = { 0 };

	text_printf(&text, "%s%s],\"boundaries\":[%s]}", head, zones,
	    boundaries);
	loading_text(l, text_str(&text), NULL);
	text_free(&text);
}

static void
test_overlap_counts_only_at_a_shared_boundary(void **state)
{
	static const char same[] =
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/16\"]},"
	    "{\"id\":\"b\",\"tier\":\"internet\",\"networks\":["
	    "\"10.0.0.0/16\"]}";
	static const char nested[] =
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/16\"]},"
	    "{\"id\":\"b\",\"tier\":\"lgwan\",\"networks\":[\"10.0.1.0/24\"]"
	    "%s}";
	static const char one[] = "{\"id\":\"x\",\"zones\":[\"a\",\"b\"]}";
	static const char two[] = "{\"id\":\"x\",\"zones\":[\"a\"]},"
				  "{\"id\":\"y\",\"zones\":[\"b\"]}";
	struct loading l;
	char text[256];

	(void)state;
	load_zones(&l, same, two);
	assert_non_null(l.m);
	loading_free(&l);
	load_zones(&l, same, one);
	assert_null(l.m);
	assert_true(loading_says(&l, "[TOP-1"));
	loading_free(&l);
	snprintf(text, sizeof(text), nested, "");
	load_zones(&l, text, one);
	assert_null(l.m);
	assert_true(loading_says(&l, "10.0.1.0/24 of zone \"b\" lies within"));
	loading_free(&l);
	snprintf(text, sizeof(text), nested, ",\"parent\":\"a\"");
	load_zones(&l, text, one);
	assert_non_null(l.m);
	loading_free(&l);
}

static void
test_parent_must_not_lead_back(void **state)
{
	struct loading l;

	(void)state;
	load_zones(&l,
	    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"10.0.0.0/16\"],"
	    "\"parent\":\"b\"},{\"id\":\"b\",\"tier\":\"lgwan\","
	    "\"networks\":[\"10.1.0.0/16\"],\"parent\":\"a\"},"
	    "{\"id\":\"c\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\"],"
	    "\"parent\":\"a\"}",
	    "");
	assert_null(l.m);
	assert_true(loading_says(&l, "leads back to itself"));
	loading_free(&l);
}

static void
test_relay_makes_conduits_of_its_own(void **state)
{
	static const char relay[] =
	    "\"relays\":[{\"id\":\"r\",\"hosts\":[\"10.9.0.30\"],"
	    "\"upstream\":{\"zone\":\"lgwan\",\"hosts\":[\"172.20.40.2\"]},"
	    "\"downstream\":[{\"zone\":\"lg\"},{\"zone\":\"core\"}]," SERVICE
	    ",\"pull-only\":%s,\"expires\":\"2027-03-31\"}]";
	const struct conduit *c;
	struct loading l;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), relay, "true");
	loading_with(&l, text, NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->conduit_count, 3);
	c = l.m->conduits;
	assert_string_equal(c[0].id, "r/downstream:lg");
	assert_string_equal(c[1].id, "r/downstream:core");
	assert_string_equal(c[2].id, "r/upstream");
	assert_true(c[0].from_relay && !c[0].special);
	assert_string_equal(c[0].to.zone->id, "gate");
	assert_string_equal(c[2].to.zone->id, "lgwan");
	assert_int_equal(c[0].direction, CONDUIT_FORWARD);
	assert_int_equal(c[2].expires.year, 2027);
	loading_free(&l);
	snprintf(text, sizeof(text), relay, "false");
	loading_with(&l, text, NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->conduits[2].direction, CONDUIT_BOTH);
	loading_free(&l);
}

static void
test_virtual_routers_have_their_macs(void **state)
{
	static const char boundary[] =
	    "\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lg\",\"core\"],"
	    "\"taps\":[{\"id\":\"t\",\"segment\":\"lg\",\"routers\":["
	    "{\"address\":\"10.2.0.1\",\"macs\":[\"02-00-00-00-00-01\"],"
	    "\"virtual\":{\"kind\":\"%s\",\"group\":10}}]}]}]";
	static const struct {
		const char *kind;
		size_t count;
		struct mac mac;
	} cases[] = {
		{ "vrrp", 2, { { 0, 0, 0x5e, 0, 1, 10 } } },
		{ "hsrp", 2, { { 0, 0, 0x0c, 7, 0xac, 10 } } },
		{ "hsrp2", 2, { { 0, 0, 0x0c, 0x9f, 0xf0, 10 } } },
		{ "glbp", 5, { { 0, 7, 0xb4, 0, 10, 1 } } },
		{ "fgcp", 257, { { 0, 9, 0x0f, 9, 10, 0 } } },
		{ "pan", 513, { { 0, 0x1b, 0x17, 0, 10, 0 } } },
	};
	const struct router *r;
	struct loading l;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), boundary, cases[i].kind);
		loading_with(&l, text, NULL);
		assert_non_null(l.m);
		r = &l.m->boundaries[0].taps[0].routers[0];
		assert_int_equal(r->mac_count, cases[i].count);
		assert_true(mac_equal(&r->macs[1], &cases[i].mac));
		assert_string_equal(r->zone->id, "lg");
		assert_non_null(model_tap(l.m, "t"));
		loading_free(&l);
	}
}

static void
test_printed_model_loads_and_prints_alike(void **state)
{
	static const char *const sides[] = { "c.csv", "2026-01-01,closed\n",
		"l.csv", "addr,name\n10.1.20.5,a\n", NULL };
	static const char more[] =
	    "\"calendars\":[{\"id\":\"c\",\"file\":\"c.csv\"}],"
	    "\"ledger\":{\"file\":\"l.csv\",\"columns\":{\"address\":\"addr\","
	    "\"name\":\"name\"}},"
	    "\"firewalls\":[{\"id\":\"f\",\"kind\":\"opaque\",\"operator\":"
	    "\"other\",\"addresses\":[\"10.2.0.1\"],\"interfaces\":{\"e0\":["
	    "\"lg\"]}}],"
	    "\"translations\":[{\"at\":\"f\",\"kind\":\"static\",\"from\":{"
	    "\"zone\":\"lg\",\"networks\":[\"10.2.4.0/24\"]},\"to\":["
	    "\"172.20.1.0/24\"],\"toward\":\"lgwan\"}],"
	    "\"boundaries\":[{\"id\":\"b\",\"zones\":[\"lg\",\"core\"],"
	    "\"firewall\":\"f\",\"taps\":[{\"id\":\"t\",\"silent-after\":"
	    "\"15m\",\"vlans\":{\"10\":{\"zone\":\"lg\",\"link\":\"line\"},"
	    "\"2\":\"core\"},\"routers\":[{\"virtual\":{\"kind\":\"vrrp\","
	    "\"group\":1}}],\"quiet\":{\"hours\":\"22:00-06:00\"}}],"
	    "\"heartbeats\":[{\"tap\":\"t\",\"from\":\"10.2.0.9\",\"to\":"
	    "\"10.1.0.9\",\"service\":{\"protocol\":\"udp\",\"ports\":[53]},"
	    "\"every\":\"90s\"}]}],"
	    "\"service-groups\":{\"g\":[{\"protocol\":\"udp\",\"ports\":[53,"
	    "\"1000-2000\"]},{\"protocol\":200},{\"protocol\":\"any\"}]},"
	    "\"conduits\":[{\"id\":\"a\",\"from\":{\"zone\":\"core\","
	    "\"hosts\":[\"10.1.20.5-10.1.20.9\",\"fd00:1::1\"]},\"to\":{"
	    "\"zone\":\"lg\"},\"services\":[\"@g\"],\"schedule\":{"
	    "\"calendar\":\"c\",\"hours\":\"00:00-24:00\"},\"via\":{\"links\":["
	    "\"line\"],\"boundaries\":[\"b\"],\"taps\":[\"t\"],\"vlans\":[10],"
	    "\"routers\":[\"10.2.0.1\"]},\"server-names\":[\"*.Example.JP\"],"
	    "\"renewal\":{\"state\":\"in-progress\",\"number\":\"5\"},"
	    "\"origin\":{\"state\":\"observed\",\"first\":\"2026-01-01\","
	    "\"count\":3},\"review\":\"1 year\",\"expires\":\"2027-03-31\"}],"
	    "\"relays\":[{\"id\":\"r\",\"hosts\":[\"10.9.0.30\"],\"upstream\":"
	    "{\"zone\":\"lgwan\"},\"downstream\":[{\"zone\":\"lg\"}]," SERVICE
	    "}],\"exceptions\":[{\"id\":\"e\",\"excepts\":{\"check\":\"SEG-1\","
	    "\"conduit\":\"r/upstream\",\"to\":{\"zone\":\"lg\"}}}],"
	    "\"numbers\":{\"zones\":[\"lg\"],\"may-hold\":[{\"hosts\":["
	    "\"10.2.3.4\"],\"affairs\":\"related\"}],\"authority\":{\"by\":"
	    "\"CISO\",\"number\":\"1\",\"on\":\"2026-04-01\"}},"
	    "\"evidence\":{\"payload\":[{\"zone\":\"lg\"}]},"
	    "\"limits\":{\"coverage\":\"99.5 %\",\"mail\":\"1500 kB\"}";
	struct text first = { 0 }, second = { 0 };
	struct loading l;

	(void)state;
	loading_with(&l, more, sides);
	assert_true(l.m != NULL || loading_says(&l, "nothing"));
	assert_true(l.m->numbers_authority && !l.m->payload_authority);
	model_print(l.m, &first);
	loading_free(&l);
	loading_text(&l, text_str(&first), sides);
	assert_true(l.m != NULL || loading_says(&l, "nothing"));
	model_print(l.m, &second);
	assert_string_equal(text_str(&first), text_str(&second));
	loading_free(&l);
	text_free(&first);
	text_free(&second);
}

static void
test_hosts_and_divisions_are_found_by_address(void **state)
{
	static const char more[] =
	    "\"hosts\":[{\"name\":\"a\",\"division\":\"it\",\"interfaces\":["
	    "{\"zone\":\"core\",\"address\":\"10.1.20.7\"},{\"zone\":\"lg\","
	    "\"address\":\"10.2.0.7\"}]}]";
	struct loading l;
	struct addr a = address("10.1.20.7"), b = address("10.1.20.8");

	(void)state;
	loading_with(&l, more, NULL);
	assert_non_null(l.m);
	assert_string_equal(model_host(l.m, NULL, &a)->name, "a");
	assert_non_null(model_host(l.m, model_zone(l.m, "core"), &a));
	assert_null(model_host(l.m, model_zone(l.m, "lg"), &a));
	assert_null(model_host(l.m, NULL, &b));
	/* by host, by the longest prefix, by a shorter one, by none */
	assert_string_equal(model_division_of(l.m, NULL, &a)->id, "it");
	assert_string_equal(model_division_of(l.m, NULL, &b)->id, "tax");
	b = address("10.1.99.1");
	assert_string_equal(model_division_of(l.m, NULL, &b)->id, "it");
	b = address("192.0.2.1");
	assert_null(model_division_of(l.m, NULL, &b));
	loading_free(&l);
}

static struct wall_us
at(const char *day, int hour, int minute)
{
	struct day d = { 0 };
	struct wall_us t;

	assert_true(day_parse(day, &d));
	t = day_begin(d, 9 * 3600);
	t.us += hour * CLOCK_HOUR + minute * CLOCK_MINUTE;
	return t;
}

static void
test_schedules_follow_hours_and_calendar(void **state)
{
	struct calendar_day days[] = { { { 2026, 11, 23 }, false } };
	struct calendar c = { .days = days, .day_count = 1 };
	struct schedule s = { .given = true,
		.calendar = &c,
		.from_s = 7 * 3600,
		.to_s = 22 * 3600 };
	struct schedule night = { .given = true,
		.from_s = 22 * 3600,
		.to_s = 6 * 3600 };
	struct schedule none = { 0 };
	const int32_t jst = 9 * 3600;
	int64_t since = -1;

	(void)state;
	assert_true(schedule_covers(&none, at("2026-11-21", 3, 0), jst, NULL));
	/* 20 November 2026 is a Friday, the 23rd a holiday. */
	assert_true(schedule_covers(&s, at("2026-11-20", 7, 0), jst, NULL));
	assert_false(schedule_covers(&s, at("2026-11-20", 22, 5), jst, &since));
	assert_int_equal(since, 5 * CLOCK_MINUTE);
	assert_false(schedule_covers(&s, at("2026-11-23", 12, 0), jst, &since));
	assert_int_equal(since, 2 * CLOCK_DAY + 14 * CLOCK_HOUR);
	assert_true(schedule_covers(&s, at("2026-11-24", 12, 0), jst, NULL));
	assert_true(
	    schedule_covers(&night, at("2026-11-24", 23, 0), jst, NULL));
	assert_true(
	    schedule_covers(&night, at("2026-11-24", 5, 59), jst, NULL));
	assert_false(
	    schedule_covers(&night, at("2026-11-24", 6, 1), jst, &since));
	assert_int_equal(since, CLOCK_MINUTE);
	assert_true(calendar_open(NULL, (struct day){ 2026, 11, 22 }));
}

static void
test_every_truncation_is_refused_without_harm(void **state)
{
	struct loading whole, cut;
	struct text print = { 0 };
	char *text;
	size_t n, i;

	(void)state;
	loading_with(&whole, "\"limits\":{}", NULL);
	assert_non_null(whole.m);
	model_print(whole.m, &print);
	loading_free(&whole);
	n = print.length;
	while (n > 0 && print.data[n - 1] != '}')
		n--;
	for (i = 0; i < n; i += 7) {
		text = strndup(print.data, i);
		loading_text(&cut, text, NULL);
		assert_null(cut.m);
		assert_true(cut.d.errors > 0);
		loading_free(&cut);
		free(text);
	}
	text_free(&print);
}

static void
test_words_that_permit_nothing_are_warnings(void **state)
{
	static const char *const cases[][2] = {
		{ SERVICE ",\"owner\":\"nobody\"", "there is no division" },
		{ "\"services\":[{\"protocol\":\"tcp\",\"applications\":["
		  "\"TLSS\"]}]",
		    "did you mean \"TLS\"?" },
	};
	struct loading l;
	struct text more = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text_clear(&more);
		text_add(&more,
		    "\"conduits\":[{\"id\":\"a\"," FROM_CORE
		    ",\"to\":{\"zone\":\"lg\"},");
		text_add(&more, cases[i][0]);
		text_add(&more, "}]");
		loading_with(&l, text_str(&more), NULL);
		assert_non_null(l.m);
		assert_true(loading_says(&l, cases[i][1]));
		loading_free(&l);
	}
	text_free(&more);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_model_loads_with_its_defaults),
		cmocka_unit_test(test_reach_is_cut_with_account_and_partner),
		cmocka_unit_test(test_empty_reach_and_foreign_hosts_are_errors),
		cmocka_unit_test(test_every_kind_of_fault_is_told_at_once),
		cmocka_unit_test(test_every_fault_of_a_conduit_is_told),
		cmocka_unit_test(test_words_that_permit_nothing_are_warnings),
		cmocka_unit_test(test_duplicate_ids_name_the_first_place),
		cmocka_unit_test(test_overlap_counts_only_at_a_shared_boundary),
		cmocka_unit_test(test_parent_must_not_lead_back),
		cmocka_unit_test(test_relay_makes_conduits_of_its_own),
		cmocka_unit_test(test_virtual_routers_have_their_macs),
		cmocka_unit_test(test_printed_model_loads_and_prints_alike),
		cmocka_unit_test(test_hosts_and_divisions_are_found_by_address),
		cmocka_unit_test(test_schedules_follow_hours_and_calendar),
		cmocka_unit_test(test_every_truncation_is_refused_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
