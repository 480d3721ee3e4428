/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Days as offices write them. An era's year is the year it began plus the
 * number less one; years past an era's end are arithmetic that everybody
 * understands and nobody may be sure of: read, and told.
 */
#include "cell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SERIAL_LEAST 20000 /* 1954-10-03 */
#define SERIAL_MOST 80000  /* 2119-01-11 */

static const struct era {
	const char *names[4];  /* folded: the word, its sign, its letters */
	int first;	       /* year 1 */
	struct day from, last; /* last.year 0: it goes on */
} eras[] = {
	{ { "令和", "㋿", "令", "r" }, 2019, { 2019, 5, 1 }, { 0, 0, 0 } },
	{ { "平成", "㍻", "平", "h" }, 1989, { 1989, 1, 8 }, { 2019, 4, 30 } },
	{ { "昭和", "㍼", "昭", "s" }, 1926, { 1926, 12, 25 }, { 1989, 1, 7 } },
};

struct reading {
	const char *p;
	const struct era *era; /* or NULL */
};

static bool
skip(struct reading *r, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(r->p, word, n) != 0)
		return false;
	r->p += n;
	return true;
}

/* A number of at most most digits, -1 when there is none. */
static int
number(struct reading *r, int most)
{
	int value = 0, n = 0;

	while (n < most && isdigit((unsigned char)r->p[n]))
		value = value * 10 + (r->p[n++] - '0');
	if (n == 0 || isdigit((unsigned char)r->p[n]))
		return -1;
	r->p += n;
	return value;
}

static void
era_name(struct reading *r)
{
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++)
		for (size_t j = 0; j < 4; j++)
			if (r->era == NULL && skip(r, eras[i].names[j]))
				r->era = &eras[i];
	if (r->era != NULL)
		(void)skip(r, ".");
}

/* Whether what is left may stand behind a day: "(火)", "T09:30". */
static bool
is_tail(const char *p)
{
	static const char *const weekdays[] = { "日", "月", "火", "水", "木",
		"金", "土" };
	char inside[8];
	size_t i, n;

	if (*p == '(') {
		n = strcspn(p, ")");
		if (p[n] == '\0' || n < 2 || n > sizeof(inside))
			return false;
		memcpy(inside, p + 1, n - 1);
		inside[n - 1] = '\0';
		for (i = 0; i < 7 && strcmp(inside, weekdays[i]) != 0; i++)
			;
		if (i == 7)
			return false;
		p += n + 1;
	}
	if (*p == 't' && isdigit((unsigned char)p[1]))
		p++;
	n = strspn(p, "0123456789:.");
	if (n > 0 && (strchr(p, ':') == NULL || n < 4))
		return false;
	return p[n] == '\0';
}

static enum cell_fault
settle(const struct reading *r, int year, int month, int day, struct day *out)
{
	char buf[16];
	struct day d;

	if (r->era != NULL)
		year += r->era->first - 1;
	if (year < 1 || year > 9999 || month < 1 || month > 99 || day < 1 ||
	    day > 99)
		return CELL_CALENDAR;
	(void)snprintf(buf, sizeof(buf), "%04d-%02d-%02d", year, month, day);
	if (!day_parse(buf, &d))
		return CELL_CALENDAR;
	*out = d;
	if (r->era != NULL &&
	    (day_compare(d, r->era->from) < 0 ||
		(r->era->last.year && day_compare(d, r->era->last) > 0)))
		return CELL_ERA;
	return CELL_OK;
}

/* The last day of the month. */
static enum cell_fault
month_end(const struct reading *r, int year, int month, struct day *out)
{
	enum cell_fault fault = settle(r, year, month, 1, out);

	if (fault == CELL_OK || fault == CELL_ERA)
		*out = day_add(day_add_months(*out, 1), -1);
	return fault;
}

/* What follows a year: 4月1日, /4/1, 年度末. */
static enum cell_fault
rest(struct reading *r, int year, struct day *out)
{
	char separator;
	int month, day;

	if (skip(r, "年度末") && *r->p == '\0') /* fiscal years end in March */
		return month_end(r, year + 1, 3, out);
	if (skip(r, "年")) {
		separator = '\0';
	} else if (*r->p != '\0' && strchr("/-.", *r->p) != NULL) {
		separator = *r->p++;
	} else {
		return CELL_BAD;
	}
	month = number(r, 2);
	if (month < 0)
		return CELL_BAD;
	if (separator == '\0' && !skip(r, "月"))
		return CELL_BAD;
	if (separator != '\0' && *r->p != separator)
		return *r->p == '\0' ? CELL_NO_DAY : CELL_BAD;
	if (separator != '\0')
		r->p++;
	if (separator == '\0' && (skip(r, "末日") || skip(r, "末")) &&
	    *r->p == '\0')
		return month_end(r, year, month, out);
	if (*r->p == '\0')
		return CELL_NO_DAY;
	day = number(r, 2);
	if (day < 0 || (separator == '\0' && !skip(r, "日")) || !is_tail(r->p))
		return CELL_BAD;
	return settle(r, year, month, day, out);
}

/* "4/1", "4月1日", "25/4/1": no year, or not which. */
static bool
lacks_year(const char *p)
{
	int a = 0, b = 0, used = 0;

	return (sscanf(p, "%2d/%2d%n", &a, &b, &used) == 2 &&
		   (p[used] == '\0' || p[used] == '/')) ||
	    (sscanf(p, "%2d月%2d日%n", &a, &b, &used) == 2 && used > 0 &&
		p[used] == '\0') ||
	    (sscanf(p, "%2d.%2d.%2d%n", &a, &b, &b, &used) == 3 && used > 0 &&
		p[used] == '\0');
}

static enum cell_fault
read_key(const char *key, struct day *out)
{
	struct reading r = { key, NULL };
	size_t digits = strspn(key, "0123456789");
	int year;

	if (key[digits] == '\0' && digits == 8) {
		int all = number(&r, 8);

		return settle(&r, all / 10000, all / 100 % 100, all % 100, out);
	}
	if (key[digits] == '\0' && digits == 5) {
		int serial = number(&r, 5);

		return serial >= SERIAL_LEAST && serial <= SERIAL_MOST &&
			cell_serial(serial, false, out) ?
		    CELL_OK :
		    CELL_BAD;
	}
	era_name(&r);
	if (r.era != NULL && skip(&r, "元"))
		year = 1;
	else
		year = number(&r, r.era != NULL ? 2 : 4);
	if (year < 0)
		return CELL_BAD;
	if (r.era == NULL && (digits != 4 || year < 1000))
		return lacks_year(key) ? CELL_NO_YEAR : CELL_BAD;
	if (r.era != NULL && year == 0)
		return CELL_CALENDAR;
	return rest(&r, year, out);
}

/* Cuts off a time of day behind a blank: " 0:00:00". */
static void
cut_time(char *s)
{
	char *blank = strrchr(s, ' ');

	if (blank != NULL && strchr(blank, ':') != NULL &&
	    blank[1 + strspn(blank + 1, "0123456789:.")] == '\0')
		*blank = '\0';
}

enum cell_fault
cell_day(const char *s, struct day *out)
{
	struct text key = { 0 }, folded = { 0 };
	enum cell_fault fault;

	if (cell_is_nothing(s))
		return CELL_NOTHING;
	if (strlen(s) > 4 * CELL_WORD_MAX)
		return CELL_BAD;
	cell_fold(&folded, s);
	if (folded.length > 0)
		cut_time(folded.data);
	cell_key(&key, text_str(&folded));
	fault = read_key(text_str(&key), out);
	text_free(&folded);
	text_free(&key);
	return fault;
}

bool
cell_serial(double serial, bool from_1904, struct day *out)
{
	static const struct day base_1900 = { 1899, 12, 30 };
	static const struct day base_1904 = { 1904, 1, 1 };
	int n;

	if (!(serial >= 1 && serial < 2958466))
		return false;
	n = (int)serial;
	if (from_1904) {
		*out = day_add(base_1904, n);
		return true;
	}
	/* The 1900 system counts a 29 February 1900 that never was. */
	if (n == 60)
		return false;
	*out = day_add(base_1900, n < 60 ? n + 1 : n);
	return true;
}
