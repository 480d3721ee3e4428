/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Collects diagnostics so that an operator sees all faults of an input in one
 * run. What is kept and what is shown are bounded; what is counted is not, so
 * the totals are always true.
 */
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
diag_free(struct diag *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->entries[i].sentence);
	free(d->entries);
	d->entries = NULL;
	d->count = d->capacity = d->errors = d->warnings = 0;
	memset(d->graded, 0, sizeof(d->graded));
}

enum diag_grade
diag_grade_of(const char *word)
{
	static const char *const words[DIAG_GRADES] = {
		[DIAG_INFORMATION] = "information",
		[DIAG_LOW] = "low",
		[DIAG_MEDIUM] = "medium",
		[DIAG_HIGH] = "high",
		[DIAG_CRITICAL] = "critical",
	};

	for (int i = 0; word != NULL && i < DIAG_GRADES; i++)
		if (strcmp(words[i], word) == 0)
			return (enum diag_grade)i;
	return DIAG_HIGH;
}

void
diag_add(struct diag *d, struct diag_place place, enum diag_severity severity,
    const char *check, const char *grade, const char *requirements,
    const char *sentence)
{
	struct diag_entry *e;

	if (severity == DIAG_ERROR) {
		d->errors++;
	} else {
		d->warnings++;
		d->graded[diag_grade_of(grade)]++;
	}
	/* However many warnings there are, what stops loading is told. */
	if (d->count >=
	    (severity == DIAG_ERROR ? DIAG_ERRORS_MAX : DIAG_KEPT_MAX))
		return;
	d->entries = mem_grow(d->entries, &d->capacity, d->count,
	    sizeof(*d->entries));
	e = &d->entries[d->count++];
	e->place = place;
	e->severity = severity;
	e->check = check;
	e->grade = grade;
	e->requirements = requirements;
	e->sentence = mem_strdup(sentence);
}

/* Of pointers into one array; equal places keep the array's order. */
static int
compare_places(const void *x, const void *y)
{
	const struct diag_entry *const *px = x, *const *py = y;
	const struct diag_entry *a = *px, *b = *py;
	int c = strcmp(a->place.file ? a->place.file : "",
	    b->place.file ? b->place.file : "");

	if (c != 0)
		return c;
	if (a->place.line != b->place.line)
		return a->place.line < b->place.line ? -1 : 1;
	if (a->place.column != b->place.column)
		return a->place.column < b->place.column ? -1 : 1;
	return (a > b) - (a < b);
}

void
diag_sort(struct diag *d)
{
	const struct diag_entry **order;
	struct diag_entry *sorted;

	if (d->count < 2)
		return;
	order = mem_calloc(d->count, sizeof(const struct diag_entry *));
	for (size_t i = 0; i < d->count; i++)
		order[i] = &d->entries[i];
	qsort(order, d->count, sizeof(const struct diag_entry *),
	    compare_places);
	sorted = mem_calloc(d->count, sizeof(*sorted));
	for (size_t i = 0; i < d->count; i++)
		sorted[i] = *order[i];
	free(order);
	free(d->entries);
	d->entries = sorted;
	d->capacity = d->count;
}

static void
print_place(const struct diag_place *place, struct text *out)
{
	if (place->file == NULL)
		return;
	text_escape(out, place->file, strlen(place->file));
	if (place->line)
		text_printf(out, ":%u", place->line);
	if (place->line && place->column)
		text_printf(out, ":%u", place->column);
	text_add(out, ": ");
}

/* The words error and warning stay English: editors look for them. */
static void
print_entry(const struct diag_entry *e, struct text *out)
{
	print_place(&e->place, out);
	text_add(out, e->severity == DIAG_ERROR ? "error: " : "warning: ");
	text_escape(out, e->sentence, strlen(e->sentence));
	if (e->check != NULL) {
		text_printf(out, " [%s", e->check);
		if (e->severity == DIAG_WARNING && e->grade != NULL)
			text_printf(out, " %s", e->grade);
		if (e->requirements != NULL)
			text_printf(out, "; %s", e->requirements);
		text_add_char(out, ']');
	}
	text_add_char(out, '\n');
}

/* Of pointers into one array: errors, then the gravest, then its order. */
static int
compare_gravity(const void *x, const void *y)
{
	const struct diag_entry *const *px = x, *const *py = y;
	const struct diag_entry *a = *px, *b = *py;
	enum diag_grade ga = diag_grade_of(a->grade);
	enum diag_grade gb = diag_grade_of(b->grade);

	if (a->severity != b->severity)
		return a->severity == DIAG_ERROR ? -1 : 1;
	if (a->severity == DIAG_WARNING && ga != gb)
		return ga > gb ? -1 : 1;
	return (a > b) - (a < b);
}

static int
compare_order(const void *x, const void *y)
{
	const struct diag_entry *const *a = x, *const *b = y;

	return (*a > *b) - (*a < *b);
}

static void
print_rest(const struct diag *d, size_t shown, struct text *out)
{
	size_t rest = d->errors + d->warnings - shown;

	if (rest == 0)
		return;
	if (d->lang == LANG_JA)
		text_printf(out, "他 %zu 件\n", rest);
	else
		text_printf(out, "and %zu more\n", rest);
}

void
diag_print_all(const struct diag *d, struct text *out)
{
	for (size_t i = 0; i < d->count; i++)
		print_entry(&d->entries[i], out);
	print_rest(d, d->count, out);
}

void
diag_print(const struct diag *d, struct text *out)
{
	size_t shown = d->count < DIAG_SHOWN_MAX ? d->count : DIAG_SHOWN_MAX;
	const struct diag_entry **order;

	order = mem_calloc(d->count + 1, sizeof(const struct diag_entry *));
	for (size_t i = 0; i < d->count; i++)
		order[i] = &d->entries[i];
	qsort(order, d->count, sizeof(const struct diag_entry *),
	    compare_gravity);
	qsort(order, shown, sizeof(const struct diag_entry *), compare_order);
	for (size_t i = 0; i < shown; i++)
		print_entry(order[i], out);
	free(order);
	print_rest(d, shown, out);
}
