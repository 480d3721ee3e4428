/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading a workbook (ECMA-376 part 1, 18): its visible sheets, shared and
 * inline strings without their readings (furigana), days by the number
 * formats of their cells, merged cells. What a formula last yielded is its
 * value; nothing is calculated. Charts, macros and links are not looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cell.h"
#include "import_sheet.h"
#include "import_xml.h"
#include "words.h"

#define STRINGS_MAX 4000000
#define STYLES_MAX 65536
#define FORMATS_MAX 4096
#define NUMBER_BYTES 32

struct listed {
	char *name, *id, *target; /* owned */
};

struct workbook {
	const struct zip *zip;
	struct book *b;
	struct arena *arena;
	struct listed sheets[SHEET_SHEETS_MAX];
	size_t sheet_count;
	bool from_1904;
	const char **strings; /* owned array, texts of the arena */
	size_t string_count, string_capacity;
	uint32_t dates[FORMATS_MAX]; /* ids of own formats that are days */
	size_t date_count;
	bool *day_styles; /* owned: by index of cellXfs */
	size_t style_count, style_capacity;
	bool in_cell_styles;
	/* of the string or cell being read */
	struct text text;
	int reading; /* depth of readings (rPh), whose text is left out */
	bool in_text;
	bool too_large;
	/* of the sheet being read */
	struct sheet *sheet;
	struct sheet_cell *cells; /* of the row: SHEET_COLUMNS_MAX */
	uint32_t cell_count;
	uint32_t row, column; /* of the last */
	char type[12];	      /* of the cell: "s", "inlineStr" ... */
	size_t style;
	bool in_row, in_cell;
	bool beyond; /* a cell right of the last column that is read */
};

/* ---- small values */

/* Whole digits, at most most; 0 for anything else. */
static uint32_t
number(const char *s, uint32_t most)
{
	uint64_t value = 0;

	if (s == NULL || *s == '\0')
		return 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		value = value * 10 + (uint64_t)(*s - '0');
		if (value > most)
			return 0;
	}
	return *s == '\0' ? (uint32_t)value : 0;
}

/* "BC12": column and row, 0 where they are not said; returns what follows. */
static const char *
reference(const char *s, uint32_t *column, uint32_t *row)
{
	*column = *row = 0;
	for (; *s >= 'A' && *s <= 'Z' && *column < 20000; s++)
		*column = *column * 26 + (uint32_t)(*s - 'A') + 1;
	for (; *s >= '0' && *s <= '9' && *row < 20000000; s++)
		*row = *row * 10 + (uint32_t)(*s - '0');
	return s;
}

static bool
is_true(const char *s)
{
	return s != NULL && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0);
}

static void
add_text(struct workbook *w, const char *s, size_t n)
{
	if (w->reading > 0 || !w->in_text)
		return;
	/* One more than fits, so that whoever reads it sees it is too long. */
	if (w->text.length + n > CELL_BYTES_MAX)
		n = w->text.length > CELL_BYTES_MAX ?
		    0 :
		    CELL_BYTES_MAX + 1 - w->text.length;
	text_add_n(&w->text, s, n);
}

static void
on_text(void *context, const char *s, size_t n)
{
	add_text(context, s, n);
}

/* ---- xl/workbook.xml and its relations */

static void
workbook_begin(void *context, struct xml *x, const char *name,
    const char **attributes)
{
	struct workbook *w = context;
	const char *title, *id, *state;

	if (strcmp(name, "workbookPr") == 0)
		w->from_1904 = is_true(xml_attribute(attributes, "date1904"));
	if (strcmp(name, "sheet") != 0)
		return;
	state = xml_attribute(attributes, "state");
	title = xml_attribute(attributes, "name");
	id = xml_attribute(attributes, "id");
	if (title == NULL || id == NULL ||
	    (state != NULL && strcmp(state, "visible") != 0))
		return;
	if (w->sheet_count == SHEET_SHEETS_MAX) {
		w->too_large = true;
		xml_stop(x);
		return;
	}
	w->sheets[w->sheet_count].name = mem_strdup(title);
	w->sheets[w->sheet_count++].id = mem_strdup(id);
}

static void
relations_begin(void *context, struct xml *x, const char *name,
    const char **attributes)
{
	struct workbook *w = context;
	const char *id = xml_attribute(attributes, "Id");
	const char *target = xml_attribute(attributes, "Target");

	(void)x;
	if (strcmp(name, "Relationship") != 0 || id == NULL || target == NULL)
		return;
	for (size_t i = 0; i < w->sheet_count; i++)
		if (strcmp(w->sheets[i].id, id) == 0 &&
		    w->sheets[i].target == NULL)
			w->sheets[i].target = mem_strdup(target);
}

/* ---- xl/sharedStrings.xml */

static void
strings_begin(void *context, struct xml *x, const char *name,
    const char **attributes)
{
	struct workbook *w = context;

	(void)x;
	(void)attributes;
	if (strcmp(name, "si") == 0)
		text_clear(&w->text);
	else if (strcmp(name, "rPh") == 0)
		w->reading++;
	else if (strcmp(name, "t") == 0)
		w->in_text = true;
}

static void
strings_end(void *context, struct xml *x, const char *name)
{
	struct workbook *w = context;

	if (strcmp(name, "t") == 0)
		w->in_text = false;
	else if (strcmp(name, "rPh") == 0)
		w->reading--;
	if (strcmp(name, "si") != 0)
		return;
	if (w->string_count == STRINGS_MAX) {
		w->too_large = true;
		xml_stop(x);
		return;
	}
	w->strings = mem_grow(w->strings, &w->string_capacity, w->string_count,
	    sizeof(*w->strings));
	w->strings[w->string_count++] = arena_strndup(w->arena,
	    text_str(&w->text), w->text.length);
}

/* ---- xl/styles.xml: which styles show days */

/* Whether a number format shows a day: y, d, e or g outside quotes, [ ] and
 * escapes (m alone may be minutes). */
static bool
shows_day(const char *code)
{
	for (const char *p = code; *p != '\0'; p++) {
		if (*p == '"' || *p == '[') {
			p = strchr(p + 1, *p == '"' ? '"' : ']');
			if (p == NULL)
				return false;
		} else if (*p == '\\' || *p == '_' || *p == '*') {
			if (*++p == '\0')
				return false;
		} else if (*p == ';') {
			return false; /* negative numbers are no days */
		} else if (strncasecmp(p, "general", 7) == 0) {
			p += 6;
		} else if (strncmp(p, "E+", 2) == 0 ||
		    strncmp(p, "E-", 2) == 0) {
			return false; /* scientific */
		} else if (strchr("yYdDeEgG", *p) != NULL) {
			return true;
		}
	}
	return false;
}

/* Built-in formats: of every language, then those of Japanese (18.8.30). */
static bool
is_day_format(const struct workbook *w, uint32_t id)
{
	for (size_t i = 0; i < w->date_count; i++)
		if (w->dates[i] == id)
			return true;
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
	    id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58;
}

static void
styles_begin(void *context, struct xml *x, const char *name,
    const char **attributes)
{
	struct workbook *w = context;
	const char *code = xml_attribute(attributes, "formatCode");
	uint32_t id = number(xml_attribute(attributes, "numFmtId"), 1000000);

	if (strcmp(name, "numFmt") == 0 && code != NULL && shows_day(code)) {
		if (w->date_count < FORMATS_MAX)
			w->dates[w->date_count++] = id;
		else
			xml_stop(x);
	} else if (strcmp(name, "cellXfs") == 0) {
		w->in_cell_styles = true;
	} else if (strcmp(name, "xf") == 0 && w->in_cell_styles) {
		if (w->style_count == STYLES_MAX) {
			xml_stop(x);
			return;
		}
		w->day_styles = mem_grow(w->day_styles, &w->style_capacity,
		    w->style_count, sizeof(*w->day_styles));
		w->day_styles[w->style_count++] = is_day_format(w, id);
	}
}

static void
styles_end(void *context, struct xml *x, const char *name)
{
	struct workbook *w = context;

	(void)x;
	if (strcmp(name, "cellXfs") == 0)
		w->in_cell_styles = false;
}

/* ---- a sheet */

static void
row_begin(struct workbook *w, struct xml *x, const char **attributes)
{
	const char *r = xml_attribute(attributes, "r");
	uint32_t at = r != NULL ? number(r, 20000000) : w->row + 1;

	if (w->in_row || at <= w->row) {
		xml_stop(x);
		return;
	}
	w->in_row = true;
	w->row = at;
	w->column = 0;
	w->cell_count = 0;
}

static void
row_end(struct workbook *w, struct xml *x)
{
	struct sheet_row *row;

	w->in_row = false;
	if (w->cell_count == 0)
		return;
	row = sheet_add_row(w->sheet, w->row, &w->too_large);
	if (row == NULL || w->too_large) {
		xml_stop(x);
		return;
	}
	row->cells = arena_copy(w->arena, w->cells, w->cell_count,
	    sizeof(*w->cells));
	row->count = w->cell_count;
}

static void
cell_begin(struct workbook *w, struct xml *x, const char **attributes)
{
	const char *r = xml_attribute(attributes, "r");
	const char *type = xml_attribute(attributes, "t");
	uint32_t column = w->column + 1, row = w->row;

	if (r != NULL && *reference(r, &column, &row) != '\0')
		column = 0;
	if (!w->in_row || w->in_cell || column <= w->column || column > 16384 ||
	    row != w->row) {
		xml_stop(x);
		return;
	}
	w->in_cell = true;
	w->column = column;
	(void)snprintf(w->type, sizeof(w->type), "%s", type ? type : "n");
	w->style = number(xml_attribute(attributes, "s"), STYLES_MAX);
	text_clear(&w->text);
}

/* A number as text: a day where its style says so, whole ones without the
 * exponent that files give them. */
static void
settle_number(struct workbook *w)
{
	char buf[NUMBER_BYTES], *end;
	double value;
	struct day day;

	if (w->text.length == 0 || w->text.length >= NUMBER_BYTES)
		return;
	value = strtod(text_str(&w->text), &end);
	if (*end != '\0')
		return;
	if (w->style < w->style_count && w->day_styles[w->style] &&
	    cell_serial(value, w->from_1904, &day)) {
		day_format(day, buf, sizeof(buf));
	} else if (value > -1e15 && value < 1e15 &&
	    value == (double)(int64_t)value) {
		(void)snprintf(buf, sizeof(buf), "%lld", (long long)value);
	} else {
		return;
	}
	text_clear(&w->text);
	text_add(&w->text, buf);
}

static void
cell_end(struct workbook *w, struct xml *x)
{
	const char *text = NULL;
	uint32_t index;

	w->in_cell = false;
	if (strcmp(w->type, "s") == 0 && w->text.length > 0) {
		index = number(text_str(&w->text), STRINGS_MAX);
		if (index >= w->string_count ||
		    (index == 0 && strcmp(text_str(&w->text), "0") != 0))
			xml_stop(x); /* another string is not the text */
		else
			text = w->strings[index];
	} else {
		if (strcmp(w->type, "n") == 0)
			settle_number(w);
		if (w->text.length > 0)
			text = arena_strndup(w->arena, text_str(&w->text),
			    w->text.length);
	}
	if (text == NULL || text[0] == '\0')
		return;
	if (w->column > SHEET_COLUMNS_MAX) {
		w->beyond = true;
		return;
	}
	w->b->text += strlen(text);
	if (++w->b->cells > SHEET_CELLS_MAX || w->b->text > SHEET_TEXT_MAX) {
		w->too_large = true;
		xml_stop(x);
		return;
	}
	w->cells[w->cell_count].text = text;
	w->cells[w->cell_count++].column = w->column;
}

static void
merge(struct workbook *w, struct xml *x, const char **attributes)
{
	const char *ref = xml_attribute(attributes, "ref");
	struct sheet *s = w->sheet;
	struct sheet_merge m;

	if (ref == NULL)
		return;
	ref = reference(ref, &m.first, &m.first_row);
	if (*ref++ != ':' || *reference(ref, &m.last, &m.last_row) != '\0' ||
	    m.first == 0 || m.first_row == 0 || m.last < m.first ||
	    m.last_row < m.first_row || w->b->merges == SHEET_MERGES_MAX) {
		w->too_large |= w->b->merges == SHEET_MERGES_MAX;
		xml_stop(x);
		return;
	}
	s->merges = mem_grow(s->merges, &s->merge_capacity, s->merge_count,
	    sizeof(*s->merges));
	s->merges[s->merge_count++] = m;
	w->b->merges++;
}

static void
sheet_begin(void *context, struct xml *x, const char *name,
    const char **attributes)
{
	struct workbook *w = context;

	if (strcmp(name, "row") == 0)
		row_begin(w, x, attributes);
	else if (strcmp(name, "c") == 0)
		cell_begin(w, x, attributes);
	else if (strcmp(name, "mergeCell") == 0)
		merge(w, x, attributes);
	else if (strcmp(name, "rPh") == 0)
		w->reading++;
	else if (w->in_cell &&
	    (strcmp(name, "v") == 0 ||
		(strcmp(name, "t") == 0 && strcmp(w->type, "inlineStr") == 0)))
		w->in_text = true;
}

static void
sheet_end(void *context, struct xml *x, const char *name)
{
	struct workbook *w = context;

	if (strcmp(name, "row") == 0)
		row_end(w, x);
	else if (strcmp(name, "c") == 0)
		cell_end(w, x);
	else if (strcmp(name, "rPh") == 0)
		w->reading--;
	else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
		w->in_text = false;
}

/* ---- the whole */

static const struct xml_calls workbook_calls = { workbook_begin, NULL, NULL };
static const struct xml_calls relations_calls = { relations_begin, NULL, NULL };
static const struct xml_calls strings_calls = { strings_begin, strings_end,
	on_text };
static const struct xml_calls styles_calls = { styles_begin, styles_end, NULL };
static const struct xml_calls sheet_calls = { sheet_begin, sheet_end, on_text };

static bool
walk(struct workbook *w, const char *name, const struct xml_calls *calls,
    bool needed)
{
	const struct zip_part *part = zip_find(w->zip, name);

	w->reading = 0;
	w->in_text = w->in_row = w->in_cell = false;
	if (part == NULL)
		return !needed;
	return xml_walk(part->bytes, part->length, calls, w);
}

/* "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml". */
static void
part_name(const char *target, struct text *out)
{
	text_clear(out);
	if (target[0] == '/') {
		text_add(out, target + 1);
		return;
	}
	text_add(out, "xl/");
	text_add(out, target);
}

static int
compare_merges(const void *left, const void *right)
{
	const struct sheet_merge *a = left, *b = right;

	return (a->first_row > b->first_row) - (a->first_row < b->first_row);
}

static bool
read_sheets(struct workbook *w)
{
	struct text name = { 0 };
	bool fine = true;

	w->b->sheets = mem_calloc(w->sheet_count + 1, sizeof(*w->b->sheets));
	for (size_t i = 0; i < w->sheet_count && fine; i++) {
		struct sheet *s = &w->b->sheets[w->b->count];

		if (w->sheets[i].target == NULL)
			continue; /* a sheet of charts has no table */
		part_name(w->sheets[i].target, &name);
		if (zip_find(w->zip, text_str(&name)) == NULL)
			continue;
		s->name = arena_strdup(w->arena, w->sheets[i].name);
		w->b->count++;
		w->sheet = s;
		w->row = w->column = 0;
		fine = walk(w, text_str(&name), &sheet_calls, true);
		if (s->merge_count > 1)
			qsort(s->merges, s->merge_count, sizeof(*s->merges),
			    compare_merges);
	}
	text_free(&name);
	return fine;
}

static bool
read_parts(struct workbook *w)
{
	return walk(w, "xl/workbook.xml", &workbook_calls, true) &&
	    walk(w, "xl/_rels/workbook.xml.rels", &relations_calls, true) &&
	    walk(w, "xl/sharedStrings.xml", &strings_calls, false) &&
	    walk(w, "xl/styles.xml", &styles_calls, false) && read_sheets(w);
}

static void
tell(struct diag *d, const char *shown, enum diag_severity severity,
    enum word word, const char *v0)
{
	struct diag_place place = { shown, 0, 0 };

	words_diag(d, place, severity, CHECK_NONE, word, 1, v0);
}

static bool
read_workbook(struct book *b, const struct zip *z, const char *shown,
    struct diag *d)
{
	struct workbook *w = mem_calloc(1, sizeof(*w));
	bool fine;

	w->zip = z;
	w->b = b;
	w->arena = b->arena;
	w->cells = mem_calloc(SHEET_COLUMNS_MAX + 1, sizeof(*w->cells));
	fine = zip_find(z, "xl/workbook.xml") != NULL;
	if (!fine)
		tell(d, shown, DIAG_ERROR, W_IMPORT_NOT_XLSX, NULL);
	else if (!(fine = read_parts(w)))
		tell(d, shown, DIAG_ERROR,
		    w->too_large ? W_IMPORT_TOO_LARGE : W_IMPORT_BAD_XML, NULL);
	else if (w->beyond)
		tell(d, shown, DIAG_ERROR, W_IMPORT_BEYOND, "IV");
	for (size_t i = 0; i < w->sheet_count; i++) {
		free(w->sheets[i].name);
		free(w->sheets[i].id);
		free(w->sheets[i].target);
	}
	free(w->strings);
	free(w->day_styles);
	free(w->cells);
	text_free(&w->text);
	free(w);
	return fine;
}

bool
book_read_xlsx(struct book *b, const char *shown, const char *bytes,
    size_t length, struct diag *d)
{
	struct zip z;
	enum zip_result result = zip_read(&z, bytes, length);
	bool fine = result == ZIP_OK;

	b->encoding = "xlsx";
	switch (result) {
	case ZIP_OK:
		fine = read_workbook(b, &z, shown, d);
		break;
	case ZIP_BAD:
		tell(d, shown, DIAG_ERROR, W_IMPORT_BAD_ZIP, NULL);
		break;
	case ZIP_LARGE:
		tell(d, shown, DIAG_ERROR, W_IMPORT_ZIP_LARGE, "128");
		break;
	case ZIP_ENCRYPTED:
		tell(d, shown, DIAG_ERROR, W_IMPORT_ENCRYPTED, NULL);
		break;
	case ZIP_TWICE:
		tell(d, shown, DIAG_ERROR, W_IMPORT_ZIP_TWICE, NULL);
		break;
	}
	zip_fini(&z);
	return fine;
}
