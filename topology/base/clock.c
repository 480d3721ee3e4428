/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calendar arithmetic on plain integers, with the proleptic Gregorian
 * calendar. A day is a count since 1970-01-01; years begin in March so that
 * the leap day is the last of its year. libc's time functions are not used:
 * they read the zone of the machine and do not cover years before 1970 alike.
 */
#include "base/clock.h"

#include <assert.h>
#include <string.h>

#define YEAR_FIRST 1
#define YEAR_LAST 9999
#define DAYS_FIRST INT64_C(-719162) /* 0001-01-01 */
#define DAYS_LAST INT64_C(2932896)  /* 9999-12-31 */
#define DAYS_PER_ERA 146097	    /* 400 years */
#define DAY_TEXT_SIZE 11
#define OFFSET_MAX (99 * 3600 + 59 * 60) /* what +hhmm can say, in seconds */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_length(int year, int month)
{
	static const uint8_t lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/* Rounds toward minus infinity, which C's division does not. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static int64_t
days_of(struct day d)
{
	int64_t y = d.year - (d.month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t march_month = (d.month + 9) % 12; /* 0 March .. 11 February */
	int64_t day_of_year = (153 * march_month + 2) / 5 + d.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year;

	return era * DAYS_PER_ERA + day_of_era - 719468;
}

/* days is held within 0001-01-01 .. 9999-12-31. */
static struct day
day_of(int64_t days)
{
	int64_t z, era, doe, yoe, doy, mp;
	struct day d;

	if (days < DAYS_FIRST)
		days = DAYS_FIRST;
	if (days > DAYS_LAST)
		days = DAYS_LAST;
	z = days + 719468; /* since 0000-03-01 */
	era = floor_div(z, DAYS_PER_ERA);
	doe = z - era * DAYS_PER_ERA;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	d.day = (uint8_t)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (uint8_t)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int16_t)(yoe + era * 400 + (d.month <= 2));
	return d;
}

/* Reads exactly n digits; -1 when one of them is none. */
static int
read_digits(const char *s, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

static char *
put_digits(char *p, unsigned value, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + n;
}

static char *
put_day(char *p, struct day d)
{
	p = put_digits(p, (unsigned)d.year, 4);
	*p++ = '-';
	p = put_digits(p, d.month, 2);
	*p++ = '-';
	return put_digits(p, d.day, 2);
}

bool
day_parse(const char *text, struct day *out)
{
	int year, month, day;

	if (strlen(text) != DAY_TEXT_SIZE - 1 || text[4] != '-' ||
	    text[7] != '-')
		return false;
	year = read_digits(text, 4);
	month = read_digits(text + 5, 2);
	day = read_digits(text + 8, 2);
	if (year < YEAR_FIRST || month < 1 || month > 12 || day < 1 ||
	    day > month_length(year, month))
		return false;
	out->year = (int16_t)year;
	out->month = (uint8_t)month;
	out->day = (uint8_t)day;
	return true;
}

const char *
day_format(struct day d, char *buf, size_t size)
{
	assert(size >= DAY_TEXT_SIZE);
	if (size < DAY_TEXT_SIZE)
		return "";
	/* A day that was not given is written as nothing. */
	*(d.year < YEAR_FIRST ? buf : put_day(buf, d)) = '\0';
	return buf;
}

bool
clock_parse(const char *text, int32_t utc_offset_s, struct wall_us *out)
{
	char date[DAY_TEXT_SIZE];
	struct day d;
	int hour, minute;

	if (strlen(text) != CLOCK_MINUTE_MAX - 1 || text[10] != 'T' ||
	    text[13] != ':')
		return false;
	memcpy(date, text, sizeof(date) - 1);
	date[sizeof(date) - 1] = '\0';
	hour = read_digits(text + 11, 2);
	minute = read_digits(text + 14, 2);
	if (!day_parse(date, &d) || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59)
		return false;
	out->us = day_begin(d, utc_offset_s).us + hour * CLOCK_HOUR +
	    minute * CLOCK_MINUTE;
	return true;
}

const char *
clock_format(struct wall_us t, int32_t utc_offset_s, char *buf)
{
	int64_t since;
	const struct day d = clock_day(t, utc_offset_s, &since);
	char *p = put_day(buf, d);

	*p++ = 'T';
	p = put_digits(p, (unsigned)(since / CLOCK_HOUR), 2);
	*p++ = ':';
	p = put_digits(p, (unsigned)(since / CLOCK_MINUTE % 60), 2);
	*p = '\0';
	return buf;
}

int
day_compare(struct day a, struct day b)
{
	int x = a.year * 512 + a.month * 32 + a.day;
	int y = b.year * 512 + b.month * 32 + b.day;

	return (x > y) - (x < y);
}

struct day
day_add(struct day d, int days)
{
	return day_of(days_of(d) + days);
}

struct day
day_add_months(struct day d, int months)
{
	int64_t total = (int64_t)d.year * 12 + d.month - 1 + months;
	int64_t year = floor_div(total, 12);
	int length;

	if (year < YEAR_FIRST)
		return day_of(DAYS_FIRST);
	if (year > YEAR_LAST)
		return day_of(DAYS_LAST);
	d.year = (int16_t)year;
	d.month = (uint8_t)(total - year * 12 + 1);
	length = month_length(d.year, d.month);
	if (d.day > length)
		d.day = (uint8_t)length;
	return d;
}

int
day_weekday(struct day d)
{
	int64_t n = days_of(d) + 4; /* 1970-01-01 was a Thursday */

	return (int)(n - floor_div(n, 7) * 7);
}

int64_t
day_between(struct day a, struct day b)
{
	return days_of(b) - days_of(a);
}

struct wall_us
day_begin(struct day d, int32_t utc_offset_s)
{
	struct wall_us t;

	t.us = days_of(d) * CLOCK_DAY - utc_offset_s * CLOCK_SECOND;
	return t;
}

struct day
clock_day(struct wall_us t, int32_t utc_offset_s, int64_t *since)
{
	int64_t seconds = floor_div(t.us, CLOCK_SECOND);
	int64_t fraction = t.us - seconds * CLOCK_SECOND;
	int64_t days, rest;

	seconds += utc_offset_s; /* in seconds: cannot overflow, t.us could */
	days = floor_div(seconds, 86400);
	rest = (seconds - days * 86400) * CLOCK_SECOND + fraction;
	if (days < DAYS_FIRST)
		rest = 0;
	if (days > DAYS_LAST)
		rest = CLOCK_DAY - 1;
	if (since != NULL)
		*since = rest;
	return day_of(days);
}

const char *
clock_stamp(struct wall_us t, int32_t utc_offset_s, char *buf)
{
	int64_t since;
	struct day d = clock_day(t, utc_offset_s, &since);
	uint32_t seconds = (uint32_t)(since / CLOCK_SECOND);
	int64_t offset = utc_offset_s;
	uint32_t minutes;
	char *p = put_day(buf, d);

	*p++ = 'T';
	p = put_digits(p, seconds / 3600, 2);
	*p++ = ':';
	p = put_digits(p, seconds / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, seconds % 60, 2);
	*p++ = '.';
	p = put_digits(p, (uint32_t)(since % CLOCK_SECOND), 6);
	*p++ = offset < 0 ? '-' : '+';
	if (offset < 0)
		offset = -offset;
	if (offset > OFFSET_MAX)
		offset = OFFSET_MAX;
	minutes = (uint32_t)offset / 60;
	p = put_digits(p, minutes / 60, 2);
	p = put_digits(p, minutes % 60, 2);
	*p = '\0';
	return buf;
}
