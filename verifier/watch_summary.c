/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The closing summary of sekisho watch: what could not be judged stands before
 * what could, and what was not seen is said even where nothing is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "watch.h"
#include "words.h"

#define TITLE_COLUMNS 30

static void
add_count(struct text *out, const char *name, uint64_t n)
{
	text_add(out, "  ");
	text_pad(out, name, TITLE_COLUMNS);
	text_printf(out, "%8" PRIu64 "\n", n);
}

static void
add_rows(const struct watch *w, enum word title, const struct watch_rows *rows,
    struct text *out)
{
	text_printf(out, "%s\n", words_get(w->lang, title));
	for (size_t i = 0; i < rows->count; i++)
		add_count(out, rows->rows[i].name, rows->rows[i].count);
	if (rows->rest > 0)
		add_count(out, words_get(w->lang, W_WATCH_REST), rows->rest);
	if (rows->count == 0)
		text_printf(out, "  %s\n", words_get(w->lang, W_WATCH_NONE));
}

static void
add_verdicts(const struct watch *w, struct text *out)
{
	static const enum verdict_kind order[] = { VERDICT_UNJUDGED,
		VERDICT_VIOLATE, VERDICT_EXCEPTED, VERDICT_CONFORM,
		VERDICT_OUT_OF_SCOPE };

	text_printf(out, "%s\n", words_get(w->lang, W_WATCH_VERDICTS));
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_count(out, verdict_title(order[i], w->lang),
		    w->verdicts[order[i]]);
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

void
watch_summary(const struct watch *w, const char *file, struct text *out)
{
	struct text shown = { 0 };
	char n[32];

	text_add_char(out, '\n');
	add_verdicts(w, out);
	add_rows(w, W_WATCH_REASONS, &w->reasons, out);
	add_rows(w, W_WATCH_ALERTS, &w->checks, out);
	if (w->gaps.count > 0)
		add_rows(w, W_WATCH_GAPS, &w->gaps, out);
	add_coverage(w, out);
	if (w->unread > 0) {
		(void)snprintf(n, sizeof(n), "%" PRIu64, w->unread);
		words_add(out, w->lang, W_WATCH_UNREAD, 1, n);
		text_add_char(out, '\n');
	}
	text_escape(&shown, file, strlen(file));
	words_add(out, w->lang, W_WATCH_FILE, 1, text_str(&shown));
	text_add_char(out, '\n');
	text_free(&shown);
}
