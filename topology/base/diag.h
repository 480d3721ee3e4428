/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Collected diagnostics: every fault of an input at file:line:col with a
 * sentence, all at once. The sentence arrives finished (see words.h); nothing
 * here prints by itself.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define DIAG_SHOWN_MAX 20     /* printed in text form; then "and N more" */
#define DIAG_KEPT_MAX 10000   /* kept for JSON; beyond it only counted, */
#define DIAG_ERRORS_MAX 20000 /* save errors, which are kept up to here */

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/* Grades of warnings from the mildest, as "information" ... "critical". */
enum diag_grade {
	DIAG_INFORMATION,
	DIAG_LOW,
	DIAG_MEDIUM,
	DIAG_HIGH,
	DIAG_CRITICAL,
	DIAG_GRADES,
};

/* Where in the input; file is borrowed and must outlive the diag. line and
 * column count from 1 (column in characters); 0 means "the whole file". */
struct diag_place {
	const char *file;
	uint32_t line;
	uint32_t column;
};

struct diag_entry {
	struct diag_place place;
	enum diag_severity severity;
	const char *check;	  /* borrowed: "TOP-3", or NULL: plain syntax */
	const char *grade;	  /* borrowed: check's severity word, or NULL */
	const char *requirements; /* borrowed: "Q-01 Q-05", or NULL */
	char *sentence;		  /* owned */
};

/* Zero-initialise, then set lang. */
struct diag {
	enum lang lang;
	struct diag_entry *entries; /* owned */
	size_t count;
	size_t capacity;
	size_t errors;		    /* all, also those beyond DIAG_KEPT_MAX */
	size_t warnings;	    /* likewise */
	size_t graded[DIAG_GRADES]; /* the warnings, by grade */
};

void diag_free(struct diag *d);
void diag_add(struct diag *d, struct diag_place place,
    enum diag_severity severity, const char *check, const char *grade,
    const char *requirements, const char *sentence);
/* The grade a word names; DIAG_HIGH for another word or NULL, since what
 * nobody graded is not taken lightly. */
enum diag_grade diag_grade_of(const char *word);
/* Orders entries by file, line and column; equal ones keep their order. */
void diag_sort(struct diag *d);
/*
 * file:line:col: error|warning: sentence [TOP-3 high; Q-01 Q-05], one a line,
 * at most DIAG_SHOWN_MAX and then a line that counts the rest. Shown are the
 * errors first, then the gravest, in the order of the entries; the grade is
 * that of a warning. O(n log n).
 */
void diag_print(const struct diag *d, struct text *out);
/* The same of all that are kept, in the order of the entries. */
void diag_print_all(const struct diag *d, struct text *out);

#endif
