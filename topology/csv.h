/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables that people keep: CSV as spreadsheets write it (RFC 4180, LF or
 * CRLF, quoted fields with commas and line ends), in UTF-8 with or without
 * its mark or in CP932, with the place of every field.
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_FIELDS_MAX 256

enum csv_encoding { CSV_UTF8, CSV_CP932, CSV_GUESS };

enum csv_fault {
	CSV_OK,
	CSV_OPEN_QUOTE,	 /* a quoted field has no end */
	CSV_AFTER_QUOTE, /* characters behind a closing quote */
	CSV_FIELDS,	 /* more than CSV_FIELDS_MAX */
};

struct csv_field {
	const char *text; /* trimmed of blanks when it was not quoted */
	uint32_t line, column;
};

struct csv_row {
	struct csv_field fields[CSV_FIELDS_MAX];
	size_t count;
	enum csv_fault fault;  /* the fields are then not to be used */
	uint32_t line, column; /* of the fault, else of the row */
};

struct csv {
	char *bytes; /* owned: the whole text in UTF-8, cut up as it is read */
	char *next, *end;
	uint32_t line, column;
	size_t bad; /* sequences that were no text, read as U+FFFD */
	uint32_t bad_line, bad_column; /* of the first */
	enum csv_encoding encoding;    /* what it was read as */
	char separator; /* ',' after csv_init; a caller may set '\t' */
};

/*
 * Decodes bytes. CSV_GUESS takes UTF-8 when all of it is valid, else CP932.
 * False when the system cannot convert CP932; *c is then empty. O(n).
 */
bool csv_init(struct csv *c, const char *bytes, size_t n,
    enum csv_encoding encoding);
void csv_fini(struct csv *c);
/* The next row that is not blank; false at the end. Texts live until
 * csv_fini. */
bool csv_next(struct csv *c, struct csv_row *row);

#endif
