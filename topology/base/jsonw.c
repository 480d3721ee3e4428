/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A JSON writer that only appends. Numbers are written by hand: it is faster
 * than printf, and printf writes a comma for the decimal point in some
 * locales.
 */
#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DECIMAL_MAX 20	 /* digits of UINT64_MAX */
#define PLACES_MAX 15	 /* a double does not hold more */
#define EXACT_MAX 9.0e15 /* below 2^53: every integer is a double */

void
jsonw_init(struct jsonw *w, struct text *out)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
}

/* What precedes any value: a comma if it is not the first, and its key. */
static void
begin_value(struct jsonw *w, const char *key)
{
	if (w->filled[w->depth])
		text_add_char(w->out, ',');
	w->filled[w->depth] = true;
	if (key != NULL) {
		text_json(w->out, key, strlen(key));
		text_add_char(w->out, ':');
	}
}

static void
open_level(struct jsonw *w, const char *key, char bracket)
{
	begin_value(w, key);
	text_add_char(w->out, bracket);
	assert(w->depth + 1 < JSONW_DEPTH_MAX);
	w->filled[++w->depth] = false;
}

static void
close_level(struct jsonw *w, char bracket)
{
	assert(w->depth > 0);
	w->depth--;
	text_add_char(w->out, bracket);
}

void
jsonw_object(struct jsonw *w, const char *key)
{
	open_level(w, key, '{');
}

void
jsonw_array(struct jsonw *w, const char *key)
{
	open_level(w, key, '[');
}

void
jsonw_object_end(struct jsonw *w)
{
	close_level(w, '}');
}

void
jsonw_array_end(struct jsonw *w)
{
	close_level(w, ']');
}

void
jsonw_string(struct jsonw *w, const char *key, const char *s)
{
	begin_value(w, key);
	if (s == NULL)
		text_add_n(w->out, "null", 4);
	else
		text_json(w->out, s, strlen(s));
}

/* Adds value in decimal, with zeros in front up to digits. */
static void
add_decimal(struct text *out, uint64_t value, int digits)
{
	char buf[DECIMAL_MAX];
	char *p = buf + sizeof(buf);

	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value || buf + sizeof(buf) - p < digits);
	text_add_n(out, p, (size_t)(buf + sizeof(buf) - p));
}

void
jsonw_int(struct jsonw *w, const char *key, int64_t value)
{
	begin_value(w, key);
	if (value < 0)
		text_add_char(w->out, '-');
	add_decimal(w->out, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
}

void
jsonw_uint(struct jsonw *w, const char *key, uint64_t value)
{
	begin_value(w, key);
	add_decimal(w->out, value, 1);
}

/* value is finite and not negative. */
static void
add_real(struct text *out, double value, int decimals)
{
	uint64_t scale = 1, scaled, fraction;

	if (value >= EXACT_MAX) { /* such doubles are integers */
		text_printf(out, "%.0f", value);
		if (value > (double)INT64_MAX / 2)
			text_add(out, ".0"); /* readers must not take it so */
		return;
	}
	if (decimals > PLACES_MAX)
		decimals = PLACES_MAX;
	while (decimals > 0 && value * (double)(scale * 10) < EXACT_MAX) {
		scale *= 10;
		decimals--;
	}
	value *= (double)scale;
	scaled = (uint64_t)value;
	if (value - (double)scaled >= 0.5)
		scaled++;
	add_decimal(out, scaled / scale, 1);
	fraction = scaled % scale;
	if (fraction == 0)
		return;
	decimals = 0;
	for (; scale > 1; scale /= 10)
		decimals++;
	for (; fraction % 10 == 0; fraction /= 10)
		decimals--;
	text_add_char(out, '.');
	add_decimal(out, fraction, decimals);
}

/* JSON has no word for infinity and not-a-number: they become null. */
void
jsonw_real(struct jsonw *w, const char *key, double value, int decimals)
{
	size_t before;

	if (!isfinite(value)) {
		jsonw_null(w, key);
		return;
	}
	begin_value(w, key);
	before = w->out->length;
	if (value < 0)
		text_add_char(w->out, '-');
	add_real(w->out, value < 0 ? -value : value, decimals);
	/* -0.0001 to two places must not become -0 */
	if (strcmp(w->out->data + before, "-0") == 0) {
		w->out->length = before;
		text_add_char(w->out, '0');
	}
}

void
jsonw_bool(struct jsonw *w, const char *key, bool value)
{
	begin_value(w, key);
	text_add(w->out, value ? "true" : "false");
}

void
jsonw_null(struct jsonw *w, const char *key)
{
	begin_value(w, key);
	text_add_n(w->out, "null", 4);
}
