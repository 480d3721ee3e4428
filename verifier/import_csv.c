/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV as a sheet: rows are counted as a spreadsheet counts them (a field with
 * line ends is still one row, an empty line is one, too). UTF-16, which
 * Windows writes, becomes UTF-8 first; where the first line has tabs and no
 * comma, tabs separate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "csv.h"
#include "import_sheet.h"
#include "words.h"

static void
tell(struct diag *d, const char *shown, uint32_t row, uint32_t column,
    enum diag_severity severity, enum word word, const char *v0)
{
	struct diag_place place = { shown, row, column };

	words_diag(d, place, severity, CHECK_NONE, word, 1, v0);
}

/* ---- UTF-16 */

static size_t
put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool
is_utf16(const char *bytes, size_t length)
{
	return length >= 2 &&
	    (memcmp(bytes, "\xff\xfe", 2) == 0 ||
		memcmp(bytes, "\xfe\xff", 2) == 0);
}

/* Two bytes become at most three; a half of a pair, or an odd byte at the
 * end, becomes a byte that is no UTF-8 and is told as such. */
static char *
from_utf16(const char *bytes, size_t length, size_t *n)
{
	const unsigned char *p = (const unsigned char *)bytes + 2;
	size_t units = (length - 2) / 2, used = 0;
	int high = bytes[0] == '\xff' ? 1 : 0;
	char *out = mem_calloc(units + 2, 3);

	for (size_t i = 0; i < units; i++) {
		uint32_t c = (uint32_t)p[2 * i + (size_t)high] << 8 |
		    p[2 * i + (size_t)!high];
		uint32_t low = 0;

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < units)
			low = (uint32_t)p[2 * i + 2 + (size_t)high] << 8 |
			    p[2 * i + 2 + (size_t)!high];
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i++;
		}
		if (c >= 0xd800 && c < 0xe000)
			out[used++] = '\xff';
		else
			used += put_utf8(out + used, c);
	}
	if (length % 2 != 0)
		out[used++] = '\xff';
	*n = used;
	return out;
}

/* ---- rows */

/* first to last: what the fault cost. */
static void
tell_fault(struct diag *d, const char *shown, uint32_t first, uint32_t last,
    enum csv_fault fault)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", last);
	tell(d, shown, first, 0, DIAG_ERROR,
	    fault == CSV_OPEN_QUOTE ? W_IMPORT_CSV_QUOTE :
		fault == CSV_FIELDS ? W_IMPORT_CSV_FIELDS :
				      W_IMPORT_CSV_AFTER_QUOTE,
	    number);
}

static bool
add(struct book *b, struct sheet *s, const struct csv_row *from,
    uint32_t number, bool *full)
{
	struct sheet_row *row = sheet_add_row(s, number, full);
	uint32_t count = 0;

	if (row == NULL)
		return false;
	for (size_t i = 0; i < from->count; i++)
		count += from->fields[i].text[0] != '\0';
	if (from->fault != CSV_OK) {
		row->broken = true;
		return true;
	}
	b->cells += count;
	if (b->cells > SHEET_CELLS_MAX) {
		*full = true;
		return false;
	}
	row->cells = arena_calloc(b->arena, count, sizeof(*row->cells));
	for (size_t i = 0; i < from->count; i++) {
		struct sheet_cell *cell = &row->cells[row->count];

		if (from->fields[i].text[0] == '\0')
			continue;
		cell->text = arena_strdup(b->arena, from->fields[i].text);
		cell->column = (uint32_t)i + 1;
		row->count++;
	}
	return true;
}

static bool
read_rows(struct book *b, struct csv *csv, const char *shown, struct diag *d)
{
	struct csv_row *row = mem_calloc(1, sizeof(*row));
	uint32_t inside = 0; /* line ends within fields so far */
	uint32_t last = 0;
	bool full = false, fine = true;

	while (fine && csv_next(csv, row)) {
		/* Of a faulty row the line is that of the fault. */
		uint32_t number =
		    (row->count ? row->fields[0].line : row->line) - inside;

		if (number <= last)
			number = last + 1;
		if (row->fault != CSV_OK)
			tell_fault(d, shown, number, row->line - inside,
			    row->fault);
		else if (csv->line > row->line)
			inside += csv->line - row->line - 1;
		last = number;
		fine = add(b, &b->sheets[0], row, number, &full);
	}
	free(row);
	if (!fine)
		tell(d, shown, last, 0, DIAG_ERROR, W_IMPORT_TOO_LARGE, NULL);
	return fine;
}

static char
separator_of(const char *p, const char *end)
{
	bool tab = false;

	for (; p < end && *p != '\n' && *p != '\r'; p++) {
		if (*p == ',')
			return ',';
		tab |= *p == '\t';
	}
	return tab ? '\t' : ',';
}

bool
book_read_csv(struct book *b, const char *shown, const char *bytes,
    size_t length, const char *encoding, struct diag *d)
{
	enum csv_encoding as = encoding == NULL ? CSV_GUESS :
	    strcmp(encoding, "cp932") == 0	? CSV_CP932 :
						  CSV_UTF8;
	char *converted = NULL;
	struct csv csv;
	bool fine;

	if (is_utf16(bytes, length)) {
		converted = from_utf16(bytes, length, &length);
		bytes = converted;
		as = CSV_UTF8;
	}
	fine = csv_init(&csv, bytes, length, as);
	if (!fine)
		tell(d, shown, 0, 0, DIAG_ERROR, W_IMPORT_NO_ENCODING, "CP932");
	b->encoding = converted != NULL ? "utf-16" :
	    csv.encoding == CSV_CP932	? "cp932" :
					  "utf-8";
	csv.separator = separator_of(csv.next, csv.end);
	if (fine && csv.bad != 0)
		tell(d, shown, csv.bad_line, 0, DIAG_ERROR, W_IMPORT_BAD_BYTES,
		    b->encoding);
	b->sheets = mem_calloc(1, sizeof(*b->sheets));
	b->count = 1;
	fine = fine && read_rows(b, &csv, shown, d);
	csv_fini(&csv);
	free(converted);
	return fine;
}
