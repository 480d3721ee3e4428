/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The closing summary of sekisho watch: what could not be judged stands before
 * what could, and what was not seen is said even where nothing is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checks.h"
#include "describe.h"
#include "watch_internal.h"
#include "words.h"

#define TITLE_COLUMNS 30
#define SUMMARY_INDENT 4 /* of what is folded */

static bool
is_filtered(const struct watch *w)
{
	return w->filter != NULL && watch_filter_is_set(w->filter);
}

/* "12", or "3/12" with a filter. meaning: of the name, or "". */
static void
add_count(const struct watch *w, struct text *out, const char *name,
    uint64_t passed, uint64_t all, const char *meaning)
{
	struct text shown = { 0 };
	char n[48];

	if (is_filtered(w))
		(void)snprintf(n, sizeof(n), "%" PRIu64 "/%" PRIu64, passed,
		    all);
	else
		(void)snprintf(n, sizeof(n), "%" PRIu64, all);

	text_escape(&shown, name, strlen(name));
	text_add(out, "  ");
	text_pad(out, text_str(&shown), TITLE_COLUMNS);
	text_printf(out, "%8s%s%s\n", n, meaning[0] ? "  " : "", meaning);
	text_free(&shown);
}

/* ---- what names mean */

static void
check_meaning(const struct watch *w, const char *name, struct text *out)
{
	const enum check check = checks_find(name);

	if (check != CHECK_NONE)
		text_add(out, checks_row(check)->title[w->lang]);
}

static void
reason_meaning(const struct watch *w, const char *name, struct text *out)
{
	describe_reason(name, w->lang, out);
}

static void
no_meaning(const struct watch *w, const char *name, struct text *out)
{
	(void)w;
	(void)name;
	(void)out;
}

/* ---- sections */

/* In the order of the table of checks. */
static int
by_check(const void *a, const void *b)
{
	const struct watch_row *x = a, *y = b;

	return (int)checks_find(x->name) - (int)checks_find(y->name);
}

static void
add_rows(const struct watch *w, enum word title, const struct watch_rows *rows,
    void (*meaning)(const struct watch *, const char *, struct text *),
    struct text *out)
{
	struct text words = { 0 };

	text_printf(out, "%s\n", words_get(w->lang, title));
	for (size_t i = 0; i < rows->count; i++) {
		text_clear(&words);
		meaning(w, rows->rows[i].name, &words);
		add_count(w, out, rows->rows[i].name, rows->rows[i].passed,
		    rows->rows[i].count, text_str(&words));
	}
	if (rows->rest > 0)
		add_count(w, out, words_get(w->lang, W_WATCH_REST),
		    rows->rest_passed, rows->rest, "");
	if (rows->count == 0)
		text_printf(out, "  %s\n", words_get(w->lang, W_WATCH_NONE));
	text_free(&words);
}

static void
add_checks(const struct watch *w, enum word title,
    const struct watch_rows *rows, struct text *out)
{
	struct watch_rows sorted = *rows;

	qsort(sorted.rows, sorted.count, sizeof(*sorted.rows), by_check);
	add_rows(w, title, &sorted, check_meaning, out);
}

static void
add_verdicts(const struct watch *w, struct text *out)
{
	static const enum verdict_kind order[] = { VERDICT_UNJUDGED,
		VERDICT_VIOLATE, VERDICT_EXCEPTED, VERDICT_CONFORM,
		VERDICT_OUT_OF_SCOPE };

	text_printf(out, "%s\n", words_get(w->lang, W_WATCH_VERDICTS));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_count(w, out, verdict_title(order[i], w->lang),
		    w->passed[order[i]], w->verdicts[order[i]],
		    order[i] == VERDICT_OUT_OF_SCOPE ?
			words_get(w->lang, W_WATCH_HIDDEN) :
			"");
}

static void
add_coverage(const struct watch *w, struct text *out)
{
	char n[32];

	text_printf(out, "%s\n", words_get(w->lang, W_WATCH_COVERAGE));
	for (size_t i = 0; i < w->coverage.count; i++) {
		const struct watch_row *r = &w->coverage.rows[i];

		if (r->count == UINT64_MAX)
			(void)snprintf(n, sizeof(n), "-");
		else
			(void)snprintf(n, sizeof(n), "%" PRIu64 ".%" PRIu64,
			    r->count / 10, r->count % 10);
		text_add(out, "  ");
		words_add(out, w->lang, W_WATCH_SEEN, 2, r->name, n);
		text_add_char(out, '\n');
	}
	if (w->coverage.count == 0)
		text_printf(out, "  %s\n",
		    words_get(w->lang, W_WATCH_NO_ACCOUNT));
	if (w->dropped_known) {
		(void)snprintf(n, sizeof(n), "%" PRIu64, w->dropped);
		text_add(out, "  ");
		words_add(out, w->lang, W_WATCH_DROPPED, 1, n);
		text_add_char(out, '\n');
	}
}

static void
add_devices(const struct watch *w, struct text *out)
{
	if (w->devices.count == 0)
		return;
	devices_say(&w->devices, w->lang, out);
	text_add_char(out, '\n');
}

static void
add_filter(const struct watch *w, struct text *out)
{
	struct text filter = { 0 };
	char passed[32], taken[32];

	if (!is_filtered(w))
		return;
	watch_filter_describe(w->filter, &filter);
	(void)snprintf(passed, sizeof(passed), "%" PRIu64, w->filter->passed);
	(void)snprintf(taken, sizeof(taken), "%" PRIu64, w->filter->taken);
	words_add(out, w->lang, W_OBSERVED_SHOWN, 3, text_str(&filter), passed,
	    taken);
	text_add_char(out, '\n');
	watch_filter_unseen(w->filter, out);
	text_free(&filter);
}

void
watch_summary(const struct watch *w, const char *file, struct text *said)
{
	struct text shown = { 0 }, summary = { 0 }, *out = &summary;
	char n[32];

	text_add_char(out, '\n');
	add_filter(w, out);
	add_rows(w, W_WATCH_REASONS, &w->reasons, reason_meaning, out);
	add_verdicts(w, out);
	add_checks(w, W_WATCH_ALERTS, &w->checks, out);
	if (w->dailies.count > 0)
		add_checks(w, W_WATCH_DAILY_ROWS, &w->dailies, out);
	if (w->records.count > 0)
		add_checks(w, W_WATCH_RECORDS, &w->records, out);
	if (w->gaps.count > 0)
		add_rows(w, W_WATCH_GAPS, &w->gaps, no_meaning, out);
	if (w->unknown.count > 0)
		add_rows(w, W_WATCH_UNKNOWN, &w->unknown, no_meaning, out);
	add_devices(w, out);
	if (w->tap_views > 0) {
		(void)snprintf(n, sizeof(n), "%" PRIu64, w->tap_views);
		words_add(out, w->lang, W_WATCH_TAPS, 1, n);
		text_add_char(out, '\n');
	}
	add_coverage(w, out);
	if (!w->ended)
		text_printf(out, "%s\n", words_get(w->lang, W_WATCH_UNENDED));
	if (w->unread > 0) {
		(void)snprintf(n, sizeof(n), "%" PRIu64, w->unread);
		words_add(out, w->lang, W_WATCH_UNREAD, 1, n);
		text_add_char(out, '\n');
	}
	watch_fold(w, text_str(&summary), SUMMARY_INDENT, said);
	text_free(&summary);
	/* Not folded: it is to be copied. */
	text_escape(&shown, file, strlen(file));
	words_add(said, w->lang, W_WATCH_FILE, 1, text_str(&shown));
	text_add_char(said, '\n');
	text_free(&shown);
}
