/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The survey as a table for a terminal of either language: cells first, then
 * the width of each column as a terminal counts it, then the lines. The second
 * and third prefix of an interface stand beneath the first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "survey_internal.h"
#include "words.h"

#define COLUMNS 6
#define VLANS_SHOWN 8
#define GAP 2 /* columns between cells */

enum column { NAME, LINK, ADDRESS, FRAMES, VLANS, PREFIX };

struct line {
	struct text cells[COLUMNS];
};

static void
write_head(struct line *l, enum lang lang)
{
	static const enum word words[COLUMNS] = { W_LIVE_LIST_NAME,
		W_LIVE_LIST_LINK, W_LIVE_LIST_ADDRESS, W_LIVE_LIST_FRAMES,
		W_LIVE_LIST_VLANS, W_LIVE_LIST_PREFIX };

	for (int i = 0; i < COLUMNS; i++)
		text_add(&l->cells[i], words_get(lang, words[i]));
}

static void
write_vlans(struct text *out, const struct survey_row *row, enum lang lang)
{
	unsigned shown = 0, more = 0;

	if (row->untagged) {
		text_add(out, words_get(lang, W_LIVE_LIST_UNTAGGED));
		shown = 1;
	}
	for (unsigned id = 0; id < SURVEY_VLANS; id++) {
		if (!(row->vlans[id / 8] >> id % 8 & 1))
			continue;
		if (shown == VLANS_SHOWN) {
			more++;
			continue;
		}
		text_printf(out, "%s%u", shown > 0 ? ", " : "", id);
		shown++;
	}
	if (more > 0) {
		char count[12];

		(void)snprintf(count, sizeof(count), "%u", more);
		words_add(out, lang, W_LIVE_LIST_MORE_VLANS, 1, count);
	}
}

static void
write_prefix(struct text *out, const struct survey_row *row,
    const struct survey_prefix *p)
{
	char text[PREFIX_TEXT_MAX];

	text_printf(out, "%s %.0f%%", prefix_format(&p->prefix, text),
	    row->bytes > 0 ? 100.0 * (double)p->bytes / (double)row->bytes : 0);
}

/* Frames a second, two digits where there are few. */
static void
write_rate(struct text *out, const struct survey_row *row)
{
	double rate = row->elapsed_ms > 0 ?
	    1000.0 * (double)row->frames / (double)row->elapsed_ms :
	    0;

	text_printf(out, rate < 10 && row->frames > 0 ? "%.1f" : "%.0f", rate);
}

/* The lines of one interface; returns how many. */
static size_t
write_row(struct line *lines, const struct survey_row *row, enum lang lang)
{
	struct survey_prefix biggest[SURVEY_SHOWN];
	size_t prefixes = survey_biggest(row, biggest);
	struct text *cells = lines[0].cells;

	text_quote(&cells[NAME], row->state.name);
	text_add(&cells[LINK],
	    words_get(lang,
		row->state.link == LINK_UP ? W_LIVE_LIST_UP :
					     W_LIVE_LIST_DOWN));
	text_add(&cells[ADDRESS],
	    words_get(lang,
		row->state.has_address ? W_LIVE_LIST_YES : W_LIVE_LIST_NO));
	if (row->is_measured) {
		write_rate(&cells[FRAMES], row);
		write_vlans(&cells[VLANS], row, lang);
	}
	for (size_t i = 0; i < prefixes; i++)
		write_prefix(&lines[i].cells[PREFIX], row, &biggest[i]);
	for (int i = FRAMES; i <= PREFIX; i++)
		if (cells[i].length == 0)
			text_add_char(&cells[i], '-');
	return prefixes > 1 ? prefixes : 1;
}

static void
add_spaces(struct text *out, size_t count)
{
	text_pad(out, "", count);
}

static void
print_line(const struct line *l, const size_t widths[COLUMNS], int columns,
    struct text *out)
{
	int last = columns - 1;

	while (last > 0 && l->cells[last].length == 0)
		last--;
	for (int i = 0; i <= last; i++) {
		const char *cell = text_str(&l->cells[i]);

		if (i == FRAMES)
			add_spaces(out, widths[i] - text_width(cell));
		if (i == last || i == FRAMES)
			text_add(out, cell);
		else
			text_pad(out, cell, widths[i]);
		if (i < last)
			add_spaces(out, GAP);
	}
	text_add_char(out, '\n');
}

static void
print_lines(const struct line *lines, size_t count, int columns,
    struct text *out)
{
	size_t widths[COLUMNS] = { 0 };

	for (size_t k = 0; k < count; k++)
		for (int i = 0; i < columns; i++) {
			size_t w = text_width(text_str(&lines[k].cells[i]));

			if (w > widths[i])
				widths[i] = w;
		}
	for (size_t k = 0; k < count; k++)
		print_line(&lines[k], widths, columns, out);
}

void
survey_table(const struct survey_row *rows, size_t count, bool is_measured,
    enum lang lang, struct text *out)
{
	size_t room = 1 + count * SURVEY_SHOWN, used = 1;
	struct line *lines = mem_calloc(room, sizeof(*lines));

	write_head(&lines[0], lang);
	for (size_t i = 0; i < count; i++)
		used += write_row(&lines[used], &rows[i], lang);
	print_lines(lines, used, is_measured ? COLUMNS : FRAMES, out);
	for (size_t k = 0; k < used; k++)
		for (int i = 0; i < COLUMNS; i++)
			text_free(&lines[k].cells[i]);
	free(lines);
	for (size_t i = 0; i < count; i++) {
		char frames[24], most[12];

		if (rows[i].unlisted == 0)
			continue;
		(void)snprintf(frames, sizeof(frames), "%" PRIu64,
		    rows[i].unlisted);
		(void)snprintf(most, sizeof(most), "%d", SURVEY_PREFIXES_MAX);
		words_add(out, lang, W_LIVE_LIST_UNLISTED, 3,
		    rows[i].state.name, most, frames);
		text_add_char(out, '\n');
	}
}
