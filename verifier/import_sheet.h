/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cells of a table file, as text with their places: CSV (also separated
 * by tabs, also UTF-16) or the sheets of an .xlsx workbook. Says nothing of
 * what the cells mean. Everything is bounded: what is larger is a fault,
 * never a part that passes for the whole.
 */
#ifndef IMPORT_SHEET_H
#define IMPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

#define SHEET_FILE_BYTES_MAX (64u * 1024 * 1024)
#define SHEET_UNPACKED_MAX (128u * 1024 * 1024) /* all parts of a workbook */
#define SHEET_ROWS_MAX 200100 /* IMPORT_ROWS_MAX and what stands above them */
#define SHEET_COLUMNS_MAX 256
/* Of all sheets of a file: */
#define SHEET_CELLS_MAX 4000000
#define SHEET_MERGES_MAX 100000
/* Of all cells, a text that many cells share counted for each of them. */
#define SHEET_TEXT_MAX (128u * 1024 * 1024)
#define SHEET_SHEETS_MAX 64

/* One cell that is not empty. */
struct sheet_cell {
	const char *text; /* the arena's, UTF-8 */
	uint32_t column;  /* from 1 */
};

struct sheet_row {
	uint32_t number;	  /* as a spreadsheet counts, from 1 */
	struct sheet_cell *cells; /* by column; the arena's */
	uint32_t count;
	bool broken; /* its end is unknown (an open quote), told already */
};

/* Cells joined to one: first_row..last_row x first..last, from 1. */
struct sheet_merge {
	uint32_t first_row, last_row, first, last;
};

struct sheet {
	const char *name;	/* of the workbook; NULL: CSV */
	struct sheet_row *rows; /* owned; by number */
	size_t count, capacity;
	struct sheet_merge *merges; /* owned; by first row */
	size_t merge_count, merge_capacity;
};

struct book {
	struct arena *arena;  /* borrowed: owns the texts */
	struct sheet *sheets; /* owned; the visible ones, in their order */
	size_t count;
	size_t cells, merges, text; /* so far, against the limits above */
	const char *encoding;	    /* "utf-8", "cp932", "utf-16", "xlsx" */
	char sha256[65];	    /* of the file */
};

/*
 * Reads the file at path. Faults go to d; false when it is no table, after
 * one error. encoding as in struct import_options. b is ended with book_fini
 * whatever the result. O(bytes).
 */
bool book_load(struct book *b, const char *path, const char *encoding,
    struct arena *arena, struct diag *d);
/* The same of bytes that are in memory; shown names them in faults. */
bool book_read(struct book *b, const char *shown, const char *bytes,
    size_t length, const char *encoding, struct arena *arena, struct diag *d);
void book_fini(struct book *b);
/* The whole file, owned, or NULL after one error. */
char *book_bytes(const char *path, size_t *length, struct diag *d);
/* SHA-256 of bytes as 64 lower-case hex digits. */
void book_digest(const char *bytes, size_t length, char out[65]);
/* "A", "Z", "AA" ... of a column from 1. */
const char *sheet_letters(uint32_t column, char buf[8]);
/* The text at column of a row, or NULL. O(log cells). */
const char *sheet_text(const struct sheet_row *row, uint32_t column);

/* ---- for the readers of one format */

/* Appends an empty row; numbers must rise, else NULL. NULL also when there
 * are SHEET_ROWS_MAX: *full is then set. */
struct sheet_row *sheet_add_row(struct sheet *s, uint32_t number, bool *full);

/* import_csv.c */
bool book_read_csv(struct book *b, const char *shown, const char *bytes,
    size_t length, const char *encoding, struct diag *d);
/* import_xlsx.c */
bool book_read_xlsx(struct book *b, const char *shown, const char *bytes,
    size_t length, struct diag *d);

/* ---- import_zip.c: the parts of a packed workbook */

#define ZIP_ENTRIES_MAX 4096
#define ZIP_PARTS_MAX 96

struct zip_part {
	char *name;  /* owned: "xl/workbook.xml" */
	char *bytes; /* owned */
	size_t length;
};

struct zip {
	struct zip_part parts[ZIP_PARTS_MAX];
	size_t count;
};

enum zip_result {
	ZIP_OK,
	ZIP_BAD,       /* no zip, or damaged */
	ZIP_LARGE,     /* more than SHEET_UNPACKED_MAX or the counts above */
	ZIP_ENCRYPTED, /* needs a password */
	ZIP_TWICE,     /* two parts of one name: which one holds? */
};

/* Unpacks what lies in xl/ and is XML; ends with zip_fini in any case. */
enum zip_result zip_read(struct zip *z, const char *bytes, size_t length);
void zip_fini(struct zip *z);
const struct zip_part *zip_find(const struct zip *z, const char *name);

#endif
