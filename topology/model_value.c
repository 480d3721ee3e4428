/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of a model that have a small grammar of their own: days, lengths of
 * time, sizes, shares, hours, approvals. Nothing is rounded and no unit is
 * guessed: a number without its unit is a fault.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

#define DAY_S 86400
#define SPAN_MAX 1000000 /* of any unit; more is a slip of the pen */
#define SIZE_NUMBER_MAX (INT64_C(1) << 22) /* of TiB it still fits */
#define NAME_MAX_BYTES 253		   /* RFC 1035 */

struct unit {
	const char *word;
	int64_t size;
};

static const struct unit seconds[] = {
	{ "s", 1 },
	{ "second", 1 },
	{ "seconds", 1 },
	{ "m", 60 },
	{ "minute", 60 },
	{ "minutes", 60 },
	{ "h", 3600 },
	{ "hour", 3600 },
	{ "hours", 3600 },
	{ "d", DAY_S },
	{ "day", DAY_S },
	{ "days", DAY_S },
	{ NULL, 0 },
};
/* A month of retention is 31 days and a year 366: never kept too short. */
static const struct unit days[] = {
	{ "d", 1 },
	{ "day", 1 },
	{ "days", 1 },
	{ "week", 7 },
	{ "weeks", 7 },
	{ "month", 31 },
	{ "months", 31 },
	{ "year", 366 },
	{ "years", 366 },
	{ NULL, 0 },
};
static const struct unit months[] = {
	{ "month", 1 },
	{ "months", 1 },
	{ "year", 12 },
	{ "years", 12 },
	{ NULL, 0 },
};
static const struct unit sizes[] = {
	{ "B", 1 },
	{ "KiB", INT64_C(1) << 10 },
	{ "MiB", INT64_C(1) << 20 },
	{ "GiB", INT64_C(1) << 30 },
	{ "TiB", INT64_C(1) << 40 },
	{ "kB", 1000 },
	{ "MB", 1000000 },
	{ "GB", 1000000000 },
	{ NULL, 0 },
};

/* "15m", "35 days": a whole number, spaces, a unit. False on all else. */
static bool
parse_amount(const char *text, const struct unit *units, int64_t max,
    int64_t *out)
{
	const struct unit *u;
	int64_t n = 0;

	if (!isdigit((unsigned char)*text))
		return false;
	for (; isdigit((unsigned char)*text); text++) {
		n = n * 10 + (*text - '0');
		if (n > max)
			return false;
	}
	while (*text == ' ')
		text++;
	for (u = units; u->word != NULL; u++) {
		if (strcmp(u->word, text) == 0) {
			*out = n * u->size;
			return true;
		}
	}
	return false;
}

static int64_t
read_amount(struct loader *l, const struct jsonx *o, const char *key,
    const struct unit *units, const char *example, int64_t absent)
{
	const char *text = model_read_string(l, o, key, OPTIONAL);
	int64_t out;

	if (text == NULL)
		return absent;
	if (parse_amount(text, units, SPAN_MAX, &out) && out > 0)
		return out;
	model_read_fault(l, jsonx_get(o, key), W_MODEL_BAD_SPAN, 2, text,
	    example);
	return absent;
}

int64_t
model_value_duration(struct loader *l, const struct jsonx *o, const char *key,
    int64_t absent)
{
	return read_amount(l, o, key, seconds, "15m, 1h",
		   absent / CLOCK_SECOND) *
	    CLOCK_SECOND;
}

int
model_value_days(struct loader *l, const struct jsonx *o, const char *key,
    int absent)
{
	return (int)read_amount(l, o, key, days, "35 days, 12 months, 1 year",
	    absent);
}

int
model_value_months(struct loader *l, const struct jsonx *o, const char *key,
    int absent)
{
	return (int)read_amount(l, o, key, months, "12 months, 1 year", absent);
}

int64_t
model_value_size(struct loader *l, const struct jsonx *o, const char *key,
    int64_t absent)
{
	const char *text = model_read_string(l, o, key, OPTIONAL);
	int64_t out;

	if (text == NULL)
		return absent;
	if (parse_amount(text, sizes, SIZE_NUMBER_MAX, &out))
		return out;
	model_read_fault(l, jsonx_get(o, key), W_MODEL_BAD_SIZE, 1, text);
	return absent;
}

double
model_value_percent(struct loader *l, const struct jsonx *o, const char *key,
    double absent)
{
	const char *text = model_read_string(l, o, key, OPTIONAL);
	double whole = 0, part = 0, scale = 1;
	const char *p = text;

	if (text == NULL)
		return absent;
	/* By hand: strtod takes "inf", hex and the locale's comma. */
	for (; isdigit((unsigned char)*p) && whole <= 100; p++)
		whole = whole * 10 + (*p - '0');
	if (p > text && *p == '.') {
		for (p++; isdigit((unsigned char)*p) && scale < 1e9; p++) {
			part = part * 10 + (*p - '0');
			scale *= 10;
		}
	}
	whole += part / scale;
	if (p > text && whole <= 100) {
		while (*p == ' ')
			p++;
		if (strcmp(p, "%") == 0)
			return whole / 100;
	}
	model_read_fault(l, jsonx_get(o, key), W_MODEL_BAD_PERCENT, 1, text);
	return absent;
}

struct day
model_value_day(struct loader *l, const struct jsonx *o, const char *key,
    enum need need)
{
	const char *text = model_read_string(l, o, key, need);
	struct day out = { 0 }, none = { 0 };

	if (text == NULL)
		return none;
	if (day_parse(text, &out))
		return out;
	model_read_fault(l, jsonx_get(o, key), W_MODEL_BAD_DAY, 1, text);
	return none;
}

/* "07:00" -> seconds; 24:00 only where late. NULL or what follows. */
static const char *
parse_clock(const char *p, bool late, int32_t *out)
{
	int h, m;

	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]) ||
	    p[2] != ':' || !isdigit((unsigned char)p[3]) ||
	    !isdigit((unsigned char)p[4]))
		return NULL;
	h = (p[0] - '0') * 10 + (p[1] - '0');
	m = (p[3] - '0') * 10 + (p[4] - '0');
	if (m > 59 || h > 24 || (h == 24 && (m != 0 || !late)))
		return NULL;
	*out = h * 3600 + m * 60;
	return p + 5;
}

bool
model_value_timezone(const char *text, int32_t *offset_s)
{
	int32_t value;
	const char *end;

	if (strcmp(text, "Asia/Tokyo") == 0) {
		*offset_s = 9 * 3600;
		return true;
	}
	if (strcmp(text, "UTC") == 0) {
		*offset_s = 0;
		return true;
	}
	if (text[0] != '+' && text[0] != '-')
		return false;
	end = parse_clock(text + 1, false, &value);
	if (end == NULL || *end != '\0' || value > 14 * 3600)
		return false;
	*offset_s = text[0] == '-' ? -value : value;
	return true;
}

/* "07:00-22:00"; equal times say nothing and are refused. */
static bool
parse_hours(const char *text, struct schedule *s)
{
	int32_t from, to;
	const char *p = parse_clock(text, false, &from);

	if (p == NULL || *p != '-')
		return false;
	p = parse_clock(p + 1, true, &to);
	if (p == NULL || *p != '\0' || from == to)
		return false;
	s->from_s = from;
	s->to_s = to % DAY_S;
	return true;
}

struct schedule
model_value_schedule(struct loader *l, const struct jsonx *n)
{
	struct schedule s = { 0 };
	const char *hours = model_read_string(l, n, "hours", OPTIONAL);
	uint32_t index;

	index = model_ids_member(l, NOUN_CALENDAR, n, "calendar", OPTIONAL);
	if (index != TABLE_NONE)
		s.calendar = &l->m->calendars[index];
	if (hours != NULL && !parse_hours(hours, &s))
		model_read_fault(l, jsonx_get(n, "hours"), W_MODEL_BAD_HOURS, 1,
		    hours);
	if (jsonx_get(n, "hours") == NULL && jsonx_get(n, "calendar") == NULL)
		model_read_fault(l, n, W_MODEL_SCHEDULE_EMPTY, 0);
	s.given = true;
	s.place = model_read_place(l, n);
	return s;
}

struct approval
model_value_approval(struct loader *l, const struct jsonx *o, const char *key)
{
	static const char *const keys[] = { "by", "applicant", "number", "on",
		NULL };
	const struct jsonx *n = jsonx_get(o, key), *by;
	struct approval a = { 0 };

	if (n == NULL || !model_read_object(l, n, keys))
		return a;
	a.given = true;
	a.place = model_read_place(l, n);
	by = jsonx_get(n, "by");
	if (by != NULL && by->kind == JSONX_STRING) {
		/* One person may stand alone. */
		a.by = arena_calloc(l->arena, 1, sizeof(*a.by));
		a.by[0] = model_read_string(l, n, "by", OPTIONAL);
		a.by_count = a.by[0] != NULL;
	} else {
		a.by = model_read_strings(l, n, "by", OPTIONAL, &a.by_count);
	}
	a.applicant = model_read_string(l, n, "applicant", OPTIONAL);
	a.number = model_read_string(l, n, "number", OPTIONAL);
	a.on = model_value_day(l, n, "on", OPTIONAL);
	return a;
}

const char *
model_value_name(struct arena *arena, const char *text)
{
	const char *p = text;
	size_t length = strlen(text);
	char *out, *q;

	if (strncmp(p, "*.", 2) == 0)
		p += 2;
	if (length > NAME_MAX_BYTES || *p == '\0' || *p == '.')
		return NULL;
	for (; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_' &&
		    (*p != '.' || p[1] == '.'))
			return NULL;
	out = arena_strdup(arena, text);
	for (q = out; *q != '\0'; q++)
		*q = (char)tolower((unsigned char)*q);
	if (q > out && q[-1] == '.')
		q[-1] = '\0'; /* the root's dot is not said in a handshake */
	return out;
}
