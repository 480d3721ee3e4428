/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Emergencies: what a model may say of them, in itself and in the side file,
 * what they permit while they are on, to the minute, and what is told of them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "judge.h"
#include "loading.h"

#define JAPAN (9 * 3600)
#define SIDE "emergency.jsonc"
#define NAMES_SIDE "\"emergency-file\":\"" SIDE "\","

/* A boundary, and conduits with hours, for emergencies alone, and plain. */
#define BASE                                                                   \
	"\"boundaries\":[{\"id\":\"b\",\"zones\":[\"core\",\"lg\",\"lgwan\"]," \
	"\"taps\":[{\"id\":\"t\"}]}],\n"                                       \
	"\"conduits\":[" CONDUIT("hours", "1",                                 \
	    "\"schedule\":{\"hours\":\"08:00-18:00\"},") "," CONDUIT("alone",  \
	    "2", "\"emergency\":\"only\",") "," CONDUIT("plain", "3", "") "]"
#define CONDUIT(id, host, more)                                         \
	"{\"id\":\"" id "\"," more "\"from\":{\"zone\":\"lg\"},\"to\":" \
	"{\"zone\":\"lgwan\",\"hosts\":[\"172.20.9." host "\"]},"       \
	"\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}]}"
#define ON(id, since, until, more)                                      \
	"{\"id\":\"" id "\",\"since\":\"" since "\",\"until\":\"" until \
	"\"," more "\"conduits\":[\"hours\",\"alone\"]}"
#define LIFTS "\"lifts\":[\"schedule\"],"
#define NIGHT ON("night", "2026-11-20T22:00", "2026-11-21T02:00", LIFTS)

static void
load(struct loading *l, const char *emergencies, const char *side)
{
	const char *const sides[] = { SIDE, side, NULL };
	struct text more = { 0 };

	if (side != NULL)
		text_add(&more, NAMES_SIDE);
	if (emergencies != NULL)
		text_printf(&more, "\"emergencies\":[%s],\n", emergencies);
	text_add(&more, BASE);
	loading_with(l, text_str(&more), side != NULL ? sides : NULL);
	text_free(&more);
}

static int64_t
minute(const char *text)
{
	struct wall_us t;

	assert_true(clock_parse(text, JAPAN, &t));
	return t.us;
}

/* From lg to the conduit of that host; begun then, judged now. */
static struct verdict
judge_at(const struct model *m, int host, int64_t first, int64_t now)
{
	struct conversation c = { .boundary = &m->boundaries[0],
		.port = { 40000, 443 },
		.protocol = 6,
		.outcome = OUTCOME_DATA,
		.payload = { true, true },
		.application_state = APPLICATION_KNOWN,
		.application = "TLS" };
	struct verdict v;
	char to[24];

	snprintf(to, sizeof(to), "172.20.9.%d", host);
	addr_parse("10.2.1.1", &c.address[0]);
	addr_parse(to, &c.address[1]);
	c.first.us = first;
	c.last.us = now;
	judge(m, &c, (struct wall_us){ now }, &v);
	return v;
}

static void
a_faulty_emergency_is_refused_and_says_why(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "{\"id\":\"e\",\"since\":\"2026-11-20T22:00\",\"conduits\":"
		  "[\"hours\"]}",
		    "needs both \"since\" and \"until\"" },
		{ "{\"id\":\"e\",\"until\":\"2026-11-20T22:00\",\"conduits\":"
		  "[\"hours\"]}",
		    "a permission for good" },
		{ ON("e", "2026-11-20", "2026-11-21T02:00", ""),
		    "\"2026-11-20\" is not a time" },
		{ ON("e", "2026-11-20T24:00", "2026-11-21T02:00", ""),
		    "is not a time" },
		{ ON("e", "2026-11-20T22:00:00", "2026-11-21T02:00", ""),
		    "is not a time" },
		{ ON("e", "2026-11-20T22:00", "2026-11-20T21:59", ""),
		    "\"until\" is before \"since\"" },
		{ ON("e", "2026-11-20T22:00", "2026-12-04T22:01", ""),
		    "lasts 14 days at most" },
		{ ON("e", "2026-11-20T22:00", "2026-11-21T02:00",
		      "\"lifts\":[\"tier\"],"),
		    "\"tier\" is no value of \"lifts\"" },
		{ ON("e", "2026-11-20T22:00", "2026-11-21T02:00",
		      "\"kind\":\"fire\","),
		    "\"fire\" is no value of \"kind\"" },
		{ "{\"id\":\"e\",\"since\":\"2026-11-20T22:00\",\"until\":"
		  "\"2026-11-21T02:00\"}",
		    "\"conduits\" is missing" },
		{ "{\"id\":\"e\",\"conduits\":[]}", "\"conduits\" is empty" },
		{ "{\"id\":\"e\",\"conduits\":[\"lg\"]}",
		    "there is no conduit \"lg\"" },
		{ "{\"id\":\"e\",\"conduits\":[\"hours\",\"hours\"]}",
		    "\"hours\" is listed twice" },
		{ NIGHT "," NIGHT, "emergency \"night\" is defined twice" },
		{ "{\"id\":\"e\",\"zones\":[\"lg\"],\"conduits\":[\"hours\"]}",
		    "there is no field \"zones\"" },
	};
	struct loading l;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(&l, cases[i].text, NULL);
		assert_null(l.m);
		assert_true(loading_says(&l, cases[i].says));
		loading_free(&l);
	}
}

static void
fourteen_days_are_the_most(void **state)
{
	struct loading l;

	(void)state;
	load(&l, ON("e", "2026-11-20T22:00", "2026-12-04T22:00", ""), NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->conduits[0].emergency_count, 1);
	assert_int_equal(l.m->conduits[2].emergency_count, 0);
	loading_free(&l);
}

static void
the_hours_do_not_count_while_it_is_on(void **state)
{
	const int64_t since = minute("2026-11-20T22:00");
	const int64_t until = minute("2026-11-21T02:00");
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l, NIGHT, NULL);
	assert_non_null(l.m);
	v = judge_at(l.m, 1, since - 1, since);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	assert_int_equal(v.deciding.check, CHECK_SEG_7);
	assert_null(v.emergency);
	v = judge_at(l.m, 1, since, since);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_int_equal(v.deciding.check, CHECK_SEG_7);
	assert_false(v.alerts);
	assert_int_equal(v.clause.kind, CLAUSE_MODEL);
	assert_string_equal(v.clause.id, "night");
	assert_string_equal(v.clause.place.file, "m.jsonc");
	assert_string_equal(v.emergency->id, "night");
	assert_true(v.again.us == until);
	v = judge_at(l.m, 1, until - 1, until - 1);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	v = judge_at(l.m, 1, until - 1, until);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	v = judge_at(l.m, 1, until, until);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	loading_free(&l);
}

static void
what_conforms_anyway_is_not_excepted(void **state)
{
	const int64_t noon = minute("2026-11-20T12:00");
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l, ON("day", "2026-11-20T00:00", "2026-11-21T00:00", LIFTS),
	    NULL);
	v = judge_at(l.m, 1, noon, noon);
	assert_int_equal(v.kind, VERDICT_CONFORM);
	assert_null(v.emergency);
	/* Judged again five minutes after the hours, as ever. */
	assert_true(v.again.us == minute("2026-11-20T18:05") + 1);
	v = judge_at(l.m, 1, noon, minute("2026-11-20T18:06"));
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_true(v.again.us == minute("2026-11-21T00:00"));
	loading_free(&l);
}

static void
a_conduit_for_emergencies_is_not_there_without_one(void **state)
{
	const int64_t noon = minute("2026-11-20T12:00");
	const int64_t night = minute("2026-11-20T23:00");
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l, ON("night", "2026-11-20T22:00", "2026-11-21T02:00", ""), NULL);
	v = judge_at(l.m, 2, noon, noon);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	assert_int_equal(v.deciding.check, CHECK_SEG_2);
	assert_string_equal(v.near_miss.conduit->id, "alone");
	assert_int_equal(v.near_miss.element, ELEMENT_SCHEDULE);
	assert_null(v.conduit);
	v = judge_at(l.m, 2, night, night);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_string_equal(v.conduit->id, "alone");
	assert_string_equal(v.emergency->id, "night");
	assert_true(v.again.us == minute("2026-11-21T02:00"));
	v = judge_at(l.m, 2, night, minute("2026-11-21T02:00"));
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	assert_int_equal(v.deciding.check, CHECK_SEG_2);
	/* It lifts no hours. */
	v = judge_at(l.m, 1, night, night);
	assert_int_equal(v.deciding.check, CHECK_SEG_7);
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	loading_free(&l);
}

static void
one_may_follow_another_without_a_break(void **state)
{
	const int64_t night = minute("2026-11-20T23:00");
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l,
	    NIGHT "," ON("more", "2026-11-21T02:00", "2026-11-21T04:00", LIFTS),
	    NULL);
	v = judge_at(l.m, 1, night, minute("2026-11-21T03:59"));
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_string_equal(v.emergency->id, "more");
	v = judge_at(l.m, 1, night, minute("2026-11-21T04:00"));
	assert_int_equal(v.kind, VERDICT_VIOLATE);
	loading_free(&l);
}

static void
what_cannot_be_seen_stays_unjudged(void **state)
{
	const int64_t night = minute("2026-11-20T23:00");
	struct conversation c = { .port = { 40000, 443 }, .protocol = 6 };
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l, NIGHT, NULL);
	c.boundary = &l.m->boundaries[0];
	c.one_way = true;
	addr_parse("10.2.1.1", &c.address[0]);
	addr_parse("172.20.9.1", &c.address[1]);
	c.first.us = c.last.us = night;
	judge(l.m, &c, c.last, &v);
	assert_int_equal(v.kind, VERDICT_UNJUDGED);
	assert_int_equal(v.reason, REASON_ONE_WAY);
	assert_string_equal(v.emergency->id, "night");
	loading_free(&l);
}

static void
a_plan_is_never_on(void **state)
{
	static const char plan[] = "{\"id\":\"plan\"," LIFTS
				   "\"conduits\":[\"hours\",\"alone\"]}";
	const int64_t night = minute("2026-11-20T23:00");
	struct loading l;

	(void)state;
	load(&l, plan, NULL);
	assert_true(l.m->emergencies[0].is_plan);
	assert_int_equal(judge_at(l.m, 1, night, night).kind, VERDICT_VIOLATE);
	assert_int_equal(judge_at(l.m, 2, night, night).kind, VERDICT_VIOLATE);
	assert_int_equal(judge_at(l.m, 1, 0, 0).kind, VERDICT_CONFORM);
	loading_free(&l);
}

static void
the_side_file_counts_like_the_model(void **state)
{
	static const char side[] =
	    "// a record\n{\"format\":\"sekisho-emergency/1\",\n"
	    "\"emergencies\":[\n" NIGHT "]}";
	const int64_t night = minute("2026-11-20T23:00");
	struct text printed = { 0 };
	const char *const sides[] = { SIDE, side, NULL };
	struct loading l;
	struct verdict v;

	(void)state;
	load(&l, "{\"id\":\"plan\"," LIFTS "\"conduits\":[\"hours\"]}", side);
	assert_non_null(l.m);
	assert_int_equal(l.m->emergency_count, 2);
	assert_true(l.m->emergencies[1].from_file);
	v = judge_at(l.m, 1, night, night);
	assert_int_equal(v.kind, VERDICT_EXCEPTED);
	assert_string_equal(v.clause.place.file, SIDE);
	assert_int_equal(v.clause.place.line, 4);
	/* Printed, it is the same again beside the same file. */
	model_print(l.m, &printed);
	loading_free(&l);
	loading_text(&l, text_str(&printed), sides);
	assert_non_null(l.m);
	assert_int_equal(l.m->emergency_count, 2);
	assert_true(l.m->conduits[1].emergency_only);
	assert_int_equal(judge_at(l.m, 1, night, night).kind, VERDICT_EXCEPTED);
	loading_free(&l);
	text_free(&printed);
}

static void
a_side_file_that_is_not_there_means_that_none_is_on(void **state)
{
	struct loading l;

	(void)state;
	loading_with(&l, NAMES_SIDE BASE, NULL);
	assert_non_null(l.m);
	assert_int_equal(l.m->emergency_count, 0);
	assert_string_equal(l.m->emergency_file, SIDE);
	loading_free(&l);
}

static void
faults_of_the_side_file_are_told_in_it(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "[]", SIDE ":1:1: error" },
		{ "{\"format\":\"other\",\"emergencies\":[]}",
		    SIDE ":1:11: error: format \"other\" cannot be read" },
		{ "{\"format\":\"sekisho-emergency/1\"}",
		    "\"emergencies\" is missing" },
		{ "{\"format\":\"sekisho-emergency/1\",\"emergencies\":[\n"
		  "{\"id\":\"plan\",\"conduits\":[\"hours\"]}]}",
		    SIDE ":2:1: error: an emergency needs both" },
		{ "{\"format\":\"sekisho-emergency/1\",\"emergencies\":[\n" NIGHT
		  ",\n{\"id\":\"e\",\"conduits\":[\"nope\"]}]}",
		    SIDE ":3:23: error: there is no conduit \"nope\"" },
		{ "{\"format\":", SIDE ":1:" },
	};
	struct loading l;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		load(&l, NULL, cases[i].text);
		assert_null(l.m);
		assert_true(loading_says(&l, cases[i].says));
		loading_free(&l);
	}
}

/* What the model is said to lack on that day. */
static void
check_says(const struct model *m, struct day day, const char *says, bool so)
{
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };

	model_check(m, day, &d);
	diag_print(&d, &out);
	if ((strstr(text_str(&out), says) != NULL) != so)
		fail_msg("%s: %s", says, text_str(&out));
	diag_free(&d);
	text_free(&out);
}

static void
one_that_is_on_ends_soon_or_lacks_approval_is_told(void **state)
{
	static const char week[] = ON("week", "2026-11-20T22:00",
	    "2026-11-27T02:00", LIFTS "\"reason\":\"r\",");
	const struct day before = { 2026, 11, 19 }, first = { 2026, 11, 20 },
			 last = { 2026, 11, 26 }, over = { 2026, 11, 28 };
	struct loading l;

	(void)state;
	load(&l, week, NULL);
	check_says(l.m, before, "emergency \"week\" is on", false);
	check_says(l.m, first,
	    "emergency \"week\" is on until 2026-11-27T02:00; its conduits: "
	    "hours, alone [TOP-10 information",
	    true);
	check_says(l.m, last, "emergency \"week\" ends soon", true);
	check_says(l.m, over, "\"week\" ends", false);
	check_says(l.m, over, "emergency \"week\" has no approval", true);
	check_says(l.m, over, "has no reason", false);
	loading_free(&l);
	load(&l, "{\"id\":\"e\",\"conduits\":[\"hours\"]}", NULL);
	check_says(l.m, first, "emergency \"e\" opens nothing", true);
	check_says(l.m, first, "conduit \"alone\" is for emergencies only",
	    true);
	loading_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_faulty_emergency_is_refused_and_says_why),
		cmocka_unit_test(fourteen_days_are_the_most),
		cmocka_unit_test(the_hours_do_not_count_while_it_is_on),
		cmocka_unit_test(what_conforms_anyway_is_not_excepted),
		cmocka_unit_test(
		    a_conduit_for_emergencies_is_not_there_without_one),
		cmocka_unit_test(one_may_follow_another_without_a_break),
		cmocka_unit_test(what_cannot_be_seen_stays_unjudged),
		cmocka_unit_test(a_plan_is_never_on),
		cmocka_unit_test(the_side_file_counts_like_the_model),
		cmocka_unit_test(
		    a_side_file_that_is_not_there_means_that_none_is_on),
		cmocka_unit_test(faults_of_the_side_file_are_told_in_it),
		cmocka_unit_test(
		    one_that_is_on_ends_soon_or_lacks_approval_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
