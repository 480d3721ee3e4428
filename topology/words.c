/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The catalogue of messages and the filling of its placeholders. A
 * placeholder without a value stays as written, so that a wrong row is seen
 * in a test and not hidden.
 */
#include "words.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define VALUES_MAX 10 /* {0} .. {9} */

static const char *const rows[W_COUNT][LANG_COUNT] = {
#define WORD(name, ja, en) { ja, en },
#include "words_table.h"
#undef WORD
};

const char *
words_get(enum lang lang, enum word word)
{
	assert((unsigned)lang < LANG_COUNT && (unsigned)word < W_COUNT);
	return rows[word][lang];
}

/* The value that the placeholder at p asks for, or NULL when p is none. */
static const char *
value_at(const char *p, const char *const *values, size_t count)
{
	size_t i;

	if (p[0] != '{' || p[1] < '0' || p[1] > '9' || p[2] != '}')
		return NULL;
	i = (size_t)(p[1] - '0');
	if (i >= count)
		return NULL;
	return values[i] ? values[i] : "-";
}

static void
fill(struct text *out, const char *row, const char *const *values, size_t count)
{
	const char *p = row, *open, *value;

	while ((open = strchr(p, '{')) != NULL) {
		text_add_n(out, p, (size_t)(open - p));
		value = value_at(open, values, count);
		if (value != NULL) {
			text_add(out, value);
			p = open + 3;
		} else {
			text_add_char(out, '{');
			p = open + 1;
		}
	}
	text_add(out, p);
}

static void
fill_list(struct text *out, const char *row, size_t count, va_list ap)
{
	const char *values[VALUES_MAX];
	size_t i;

	assert(count <= VALUES_MAX);
	for (i = 0; i < count; i++)
		values[i] = va_arg(ap, const char *);
	fill(out, row, values, count);
}

void
words_add(struct text *out, enum lang lang, enum word word, size_t count, ...)
{
	va_list ap;

	va_start(ap, count);
	fill_list(out, words_get(lang, word), count, ap);
	va_end(ap);
}

void
words_diag(struct diag *d, struct diag_place place, enum diag_severity severity,
    enum check check, enum word word, size_t count, ...)
{
	const struct check_row *row;
	struct text sentence = { 0 };
	va_list ap;

	va_start(ap, count);
	fill_list(&sentence, words_get(d->lang, word), count, ap);
	va_end(ap);
	if (check == CHECK_NONE) {
		diag_add(d, place, severity, NULL, NULL, NULL,
		    text_str(&sentence));
	} else {
		row = checks_row(check);
		diag_add(d, place, severity, row->id,
		    severity_name(row->passed),
		    row->requirements[0] ? row->requirements : NULL,
		    text_str(&sentence));
	}
	text_free(&sentence);
}
