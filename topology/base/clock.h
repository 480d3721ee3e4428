/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time as values with their unit in the type. Nothing here reads a clock:
 * packets carry their time and callers hand in "now".
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000) /* microseconds */
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)
#define CLOCK_STAMP_MAX 40
#define CLOCK_MINUTE_MAX 17 /* "2026-11-21T09:30" and NUL */

/* Microseconds since 1970-01-01 UTC, leap seconds not counted. */
struct wall_us {
	int64_t us;
};

/* A day of the civil calendar; year 0 means "not given". */
struct day {
	int16_t year;  /* 1..9999 */
	uint8_t month; /* 1..12 */
	uint8_t day;   /* 1..31 */
};

/* "2027-03-31"; false when it is no day of the calendar. */
bool day_parse(const char *text, struct day *out);
/* "2027-03-31" into buf of at least 11 bytes; returns buf. */
const char *day_format(struct day d, char *buf, size_t size);
/* "2026-11-21T09:30" at utc_offset_s; false when it is no such time. */
bool clock_parse(const char *text, int32_t utc_offset_s, struct wall_us *out);
/* The same, written: into buf of at least CLOCK_MINUTE_MAX bytes; returns buf.
 * Seconds are left out. */
const char *clock_format(struct wall_us t, int32_t utc_offset_s, char *buf);
/* <0, 0, >0 */
int day_compare(struct day a, struct day b);
struct day day_add(struct day d, int days);
/* Adds months; the day is held within the new month (31 Jan + 1 = 28 Feb). */
struct day day_add_months(struct day d, int months);
/* 0 Sunday .. 6 Saturday */
int day_weekday(struct day d);
/* Days from a to b, negative when b is earlier. */
int64_t day_between(struct day a, struct day b);
/* The first instant of the day at utc_offset_s (seconds east of Greenwich). */
struct wall_us day_begin(struct day d, int32_t utc_offset_s);
/* The day, and microseconds since its midnight (may be NULL), at that offset. */
struct day clock_day(struct wall_us t, int32_t utc_offset_s, int64_t *since);
/*
 * "2026-11-21T10:15:33.123456+0900" as Suricata writes it; buf must hold
 * CLOCK_STAMP_MAX bytes. Years outside 1..9999 are written as the nearest.
 */
const char *clock_stamp(struct wall_us t, int32_t utc_offset_s, char *buf);

#endif
