/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calendar, checked against itself over all its days and against libc. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#define JST (9 * 3600)

static struct day
day(const char *text)
{
	struct day d;

	if (!day_parse(text, &d))
		fail_msg("%s does not parse", text);
	return d;
}

static void
assert_day(struct day d, const char *want)
{
	char buf[11];

	assert_string_equal(day_format(d, buf, sizeof(buf)), want);
}

static void
test_only_days_of_the_calendar_parse(void **state)
{
	static const char *const bad[] = { "", "2027-3-31", "2027-02-29",
		"2100-02-29", "2027-13-01", "2027-00-10", "2027-04-31",
		"2027-01-00", "0000-01-01", "2027/03/31", "2027-03-31 ",
		"20270331", "+027-03-31", "2027-03-3a" };
	struct day d = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(day_parse(bad[i], &d));
	assert_int_equal(d.year, 0);
	assert_day(day("2000-02-29"), "2000-02-29");
	assert_day(day("2028-02-29"), "2028-02-29");
	assert_day(d, "");
}

static void
test_every_day_has_one_number_and_one_successor(void **state)
{
	struct day d = day("0001-01-01"), last = day("9999-12-31");
	struct day first = d;
	int weekday = day_weekday(d);
	int64_t n = 0;

	(void)state;
	assert_int_equal(weekday, 1); /* a Monday */
	while (day_compare(d, last) < 0) {
		struct day next = day_add(d, 1);

		assert_true(day_compare(d, next) < 0);
		weekday = (weekday + 1) % 7;
		if (day_weekday(next) != weekday ||
		    day_between(first, next) != ++n)
			fail_msg("%d-%d-%d", next.year, next.month, next.day);
		d = next;
	}
	assert_int_equal(n, 3652058);
}

static void
test_arithmetic_stays_within_the_calendar(void **state)
{
	(void)state;
	assert_day(day_add(day("2026-12-31"), 1), "2027-01-01");
	assert_day(day_add(day("2027-01-01"), -1), "2026-12-31");
	assert_day(day_add(day("9999-12-31"), 1), "9999-12-31");
	assert_day(day_add(day("0001-01-01"), -5), "0001-01-01");
	assert_day(day_add(day("2027-01-01"), INT32_MAX), "9999-12-31");
	assert_day(day_add(day("2027-01-01"), INT32_MIN), "0001-01-01");
	assert_day(day_add_months(day("2027-01-31"), 1), "2027-02-28");
	assert_day(day_add_months(day("2028-01-31"), 1), "2028-02-29");
	assert_day(day_add_months(day("2027-12-15"), 1), "2028-01-15");
	assert_day(day_add_months(day("2027-01-15"), -1), "2026-12-15");
	assert_day(day_add_months(day("2027-03-31"), -13), "2026-02-28");
	assert_day(day_add_months(day("2027-01-15"), INT32_MAX), "9999-12-31");
	assert_day(day_add_months(day("2027-01-15"), INT32_MIN), "0001-01-01");
	assert_int_equal(day_between(day("2027-03-01"), day("2027-02-28")), -1);
}

static void
test_a_day_begins_at_its_own_midnight(void **state)
{
	struct wall_us t = day_begin(day("1970-01-01"), JST);
	int64_t since;

	(void)state;
	assert_int_equal(t.us, -9 * CLOCK_HOUR);
	assert_day(clock_day(t, JST, &since), "1970-01-01");
	assert_int_equal(since, 0);
	t.us--;
	assert_day(clock_day(t, JST, &since), "1969-12-31");
	assert_int_equal(since, CLOCK_DAY - 1);
	assert_day(clock_day(t, 0, NULL), "1969-12-31");
	t.us = 15 * CLOCK_HOUR;
	assert_day(clock_day(t, JST, &since), "1970-01-02");
	assert_int_equal(since, 0);
}

static void
test_stamps_are_as_suricata_writes_them(void **state)
{
	struct wall_us t = { INT64_C(1795223733123456) };
	char buf[CLOCK_STAMP_MAX];

	(void)state;
	assert_string_equal(clock_stamp(t, JST, buf),
	    "2026-11-21T10:15:33.123456+0900");
	assert_string_equal(clock_stamp(t, 0, buf),
	    "2026-11-21T01:15:33.123456+0000");
	assert_string_equal(clock_stamp(t, -(3 * 3600 + 1800), buf),
	    "2026-11-20T21:45:33.123456-0330");
	t.us = -1;
	assert_string_equal(clock_stamp(t, 0, buf),
	    "1969-12-31T23:59:59.999999+0000");
}

static void
test_stamps_agree_with_libc(void **state)
{
	uint64_t x = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char buf[CLOCK_STAMP_MAX], want[CLOCK_STAMP_MAX];
		struct wall_us t;
		time_t seconds;
		struct tm tm;

		x = x * 6364136223846793005u + 1442695040888963407u;
		seconds = (time_t)(x >> 30) % 200000000000 - 50000000000;
		t.us = (int64_t)seconds * CLOCK_SECOND + 7;
		assert_non_null(gmtime_r(&seconds, &tm));
		assert_true(strftime(want, sizeof(want),
				"%Y-%m-%dT%H:%M:%S.000007+0000", &tm) > 0);
		if (tm.tm_year + 1900 < 1000)
			continue; /* %Y does not pad */
		assert_string_equal(clock_stamp(t, 0, buf), want);
	}
}

static void
test_extreme_times_are_held_at_the_nearest(void **state)
{
	char buf[CLOCK_STAMP_MAX];

	(void)state;
	assert_string_equal(clock_stamp((struct wall_us){ INT64_MAX },
				INT32_MAX, buf),
	    "9999-12-31T23:59:59.999999+9959");
	assert_string_equal(clock_stamp((struct wall_us){ INT64_MIN },
				INT32_MIN, buf),
	    "0001-01-01T00:00:00.000000-9959");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_days_of_the_calendar_parse),
		cmocka_unit_test(
		    test_every_day_has_one_number_and_one_successor),
		cmocka_unit_test(test_arithmetic_stays_within_the_calendar),
		cmocka_unit_test(test_a_day_begins_at_its_own_midnight),
		cmocka_unit_test(test_stamps_are_as_suricata_writes_them),
		cmocka_unit_test(test_stamps_agree_with_libc),
		cmocka_unit_test(test_extreme_times_are_held_at_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
