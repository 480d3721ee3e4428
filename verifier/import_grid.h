/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sheet as rows of fields: which columns hold what, by their headings; 〃,
 * merged cells and blanks resolved; headings that come again, section titles,
 * totals and notes told from data. What a field's text means is the business
 * of import_ledger.c and its like. Only import_*.c include this.
 */
#ifndef IMPORT_GRID_H
#define IMPORT_GRID_H

#include "base/jsonx.h"
#include "cell.h"
#include "import.h"
#include "import_sheet.h"
#include "words.h"

#define GRID_SLOTS_MAX 64
#define GRID_FIELD_COLUMNS_MAX 8 /* IPアドレス1 .. 8 */

enum grid_field {
	FIELD_ADDRESS,
	FIELD_MAC,
	FIELD_NAME,
	FIELD_SYSTEM,
	FIELD_DIVISION,
	FIELD_KIND,
	FIELD_OFFLINE,
	FIELD_CONNECTED,
	FIELD_ZONE,
	FIELD_NOTE,
	FIELD_NUMBER,
	FIELD_BASIS,
	FIELD_FROM_ZONE,
	FIELD_FROM_NAME,
	FIELD_FROM_ADDRESS,
	FIELD_FROM, /* an address or a name */
	FIELD_TO_ZONE,
	FIELD_TO_NAME,
	FIELD_TO_ADDRESS,
	FIELD_TO,
	FIELD_DIRECTION,
	FIELD_PROTOCOL,
	FIELD_PORT,
	FIELD_SERVICE, /* ports, or a name beside a port column */
	FIELD_APPLICATION,
	FIELD_APPLICANT,
	FIELD_APPROVER,
	FIELD_APPROVAL_NUMBER,
	FIELD_APPROVED_ON,
	FIELD_STARTS,
	FIELD_EXPIRES,
	FIELD_STATE,
	FIELD_COUNT,
};

enum field_flag {
	FIELD_MANY = 1,	  /* several columns may hold it */
	FIELD_MERGED = 2, /* a merged cell holds for all its rows */
	FIELD_FILL = 4,	  /* in CSV a blank takes the cell above, too */
};

struct field_row {
	enum grid_field field;
	const char *key;      /* in a column map */
	const char *headings; /* usual ones as cell_key writes them, by
			       * preference, separated by | */
	unsigned flags;
};

struct grid_kind {
	const char *name; /* "ledger", also in a column map */
	const struct field_row *fields;
	size_t count;
	/* Of these one must be there; FIELD_COUNT ends the list. */
	enum grid_field needed[6];
	enum word needs; /* the sentence that says so */
};

/* import_fields.c */
extern const struct grid_kind grid_ledger, grid_conduits, grid_leases;

/* One column that is read. */
struct grid_slot {
	const struct field_row *row;
	uint32_t column;
	const char *heading;  /* the arena's */
	const char *keys[2];  /* of its heading's lines, or NULL */
	const char *above;    /* its text in the row above, or NULL */
	const char *merged;   /* text of the merge that runs, or NULL */
	uint32_t merged_last; /* the last row of it */
	bool filled;	      /* told that blanks take the cell above */
};

/* What a column map says of one field. */
struct grid_wish {
	const char *headings[GRID_FIELD_COLUMNS_MAX]; /* the arena's */
	size_t count;
	bool given; /* also as null: not to be read */
};

struct grid {
	const struct grid_kind *kind;
	const char *shown; /* borrowed: the path */
	struct diag *d;
	struct imported *out;
	struct book book;
	const struct sheet *sheet;
	struct grid_wish wishes[FIELD_COUNT];
	struct grid_slot slots[GRID_SLOTS_MAX];
	size_t slot_count;
	size_t carried;	   /* bytes that rows took from cells above */
	size_t next;	   /* index of the next row */
	size_t next_merge; /* in the sheet's, by first row */
	bool after_data;   /* a row of data stands directly above */
	uint32_t last_row; /* its number */
};

struct grid_line {
	uint32_t row;
	const char *text[GRID_SLOTS_MAX]; /* trimmed nowhere; NULL: blank */
	bool in_merge[GRID_SLOTS_MAX];	  /* blank, within a merged cell */
	bool taken[GRID_SLOTS_MAX];	  /* the text stands in a cell above */
	bool faulty;			  /* an error was told */
};

/*
 * Opens the file at path as a table of that kind; out->arena is made. False
 * when it is none, after at least one error. Ended with grid_close always.
 */
bool grid_open(struct grid *t, const char *path, const struct import_options *o,
    const struct grid_kind *kind, struct imported *out, struct diag *d);
/* The same of a file in memory. */
bool grid_open_bytes(struct grid *t, const char *path, const char *bytes,
    size_t length, const struct import_options *o, const struct grid_kind *kind,
    struct imported *out, struct diag *d);
/* The next row of data; others are counted. False at the end. */
bool grid_next(struct grid *t, struct grid_line *line);
void grid_close(struct grid *t);
/* The first slot of a field from slot from on, or -1. */
int grid_slot(const struct grid *t, enum grid_field field, int from);
/* The text of a field's first column in the row, or NULL; *slot is set. */
const char *grid_text(const struct grid *t, const struct grid_line *line,
    enum grid_field field, int *slot);
/* A name as it is kept, or NULL; tells Hangul and what is too long. */
const char *grid_name(struct grid *t, struct grid_line *line,
    enum grid_field field);
/* A day; year 0 for none or after a fault. */
struct day grid_day(struct grid *t, struct grid_line *line,
    enum grid_field field);
/*
 * A fault at a slot of the row (-1: the row), with count strings (at most 3),
 * which are escaped and cut here. An error makes the line faulty.
 */
void grid_fault(struct grid *t, struct grid_line *line, int slot,
    enum diag_severity severity, enum word word, size_t count, ...);
/* Counts the row as kept or left out for its faults. */
void grid_settle(struct grid *t, const struct grid_line *line);

/* ---- import_fields.c */

/* Reads the column map at path (NULL: none); false after a fault in it. */
bool fields_map(struct grid *t, const char *path);
/* The field that a heading's cell_key names, or NULL; *rank is how well, 0
 * best. */
const struct field_row *fields_find(const struct grid *t, const char *key,
    int *rank);
/* Whether two headings have the same cell_key. */
bool fields_same(const char *a, const char *b);

/* ---- import_headings.c */

/* Finds the headings in the sheet where they fit best and fills the slots;
 * false, after a fault, where there are none. */
bool headings_find(struct grid *t);
/* Whether a row holds the headings again. */
bool headings_again(const struct grid *t, const struct sheet_row *row);

#endif
