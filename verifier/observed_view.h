/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was observed, as it is shown: beside the declared model where there is
 * one, in the reader's language, as text, CSV or a page. The sentences that
 * text and page share are made here once, unescaped: whoever shows them
 * escapes for where they go.
 */
#ifndef OBSERVED_VIEW_H
#define OBSERVED_VIEW_H

#include "matrix.h"
#include "observed.h"
#include "words.h"

#define OBSERVED_VIEW_ZONES_MAX (OBSERVED_ZONES_MAX + MATRIX_ZONES_MAX)
#define OBSERVED_ADVICE_MAX 3
#define OBSERVED_TOPS_SHOWN 5	    /* of a cell on a page */
#define OBSERVED_TOPS_SHOWN_CELL 16 /* of a cell that was asked for */

struct observed_view_zone {
	const char *id;		 /* "" for the two pseudo-zones */
	const char *name;	 /* the id where the model knows none */
	const struct zone *zone; /* of the model, or NULL */
	int seen;		 /* index in observed->zones, -1: no event */
};

struct observed_view {
	const struct observed *o; /* borrowed, as all below */
	const struct model *m;	  /* or NULL */
	struct matrix declared;	  /* owned; of m */
	enum lang lang;
	const char *source;		  /* where the events lie */
	struct observed_view_zone *zones; /* owned: those of the model in its
					   * order, then others, then the two
					   * pseudo-zones */
	size_t count;
	int cell[2]; /* --cell as indices of zones; -1: all */
};

/* m: NULL where none was given. False when it has too many zones. */
bool observed_view_init(struct observed_view *v, const struct observed *o,
    const struct model *m, const char *source, enum lang lang);
void observed_view_fini(struct observed_view *v);
/* The index of a zone by id; -1 with the nearest id in *meant, or NULL. "-"
 * is an address in no zone. */
int observed_view_find(const struct observed_view *v, const char *id,
    const char **meant);
/* The cell of two zones of the view; NULL: nothing was seen. */
const struct observed_cell *observed_view_at(const struct observed_view *v,
    size_t from, size_t to);
/* What is declared for it; NULL without a model, or of a zone it lacks. */
const struct matrix_cell *observed_view_declared(const struct observed_view *v,
    size_t from, size_t to);
/* Whether the zone has any traffic that is in scope, with another one or (a
 * violation) within itself. */
bool observed_view_is_busy(const struct observed_view *v, size_t zone);

/* ---- signs */

enum observed_mark observed_mark_of(const struct observed_cell *c);
uint64_t observed_mark_count(const struct observed_cell *c,
    enum observed_mark mark);
const char *observed_mark_sign(enum observed_mark mark); /* "X" ... */
const char *observed_mark_title(enum observed_mark mark, enum lang lang);

/* ---- sentences: each appends one, without an end of line */

void observed_say_stage(const struct observed_view *v, struct text *out);
void observed_say_days(const struct observed_view *v, struct text *out);
/* Of the account: how many, 適合 n ...; lines are told apart by '\n'. */
void observed_say_coverage(const struct observed_view *v, struct text *out);
void observed_say_gaps(const struct observed_view *v, struct text *out);
void observed_say_devices(const struct observed_view *v, struct text *out);
/* What keeps the page from being the whole truth, a sentence a line: lines
 * that could not be read, what found no room, another model. May add none. */
void observed_say_limits(const struct observed_view *v, struct text *out);
/* "SEG-1 forbidden tier crossing 48, SEG-2 ..." of a cell. */
void observed_say_checks(const struct observed_view *v,
    const struct observed_cell *c, struct text *out);
/* "one-way 3, application 1" of a cell. */
void observed_say_reasons(const struct observed_view *v,
    const struct observed_cell *c, struct text *out);
/* Its counts by verdict, hosts and volume, reasons and checks, a sentence a
 * line. */
void observed_say_cell(const struct observed_view *v,
    const struct observed_cell *c, struct text *out);
/* What is declared for the cell. */
void observed_say_declared(const struct observed_view *v, size_t from,
    size_t to, struct text *out);
/* What to do next about the cell. */
void observed_say_next(const struct observed_view *v,
    const struct observed_cell *c, struct text *out);
/* What to do next where that reason kept it from being judged. */
enum word observed_next_of_reason(const char *reason);
/* "SEG-1", or the reason in the reader's words; nothing where it conforms. */
void observed_say_why(const struct observed_view *v,
    const struct observed_top *t, struct text *out);
/* Which line decided it and where that stands: tiers of a guideline's line by
 * the words of the guideline. Nothing where none did. */
void observed_say_clause(const struct observed_view *v,
    const struct observed_top *t, struct text *out);
/* How many conversations and rows a list leaves out; nothing where none. */
void observed_say_rest(const struct observed_view *v,
    const struct observed_rest *rest, struct text *out);
/* "1.2 MB" */
void observed_say_bytes(uint64_t bytes, struct text *out);
/* "2026-11-22 14:14:26" */
void observed_say_time(const char *stamp, struct text *out);
/* "name (id)" of a zone of the view */
void observed_say_zone(const struct observed_view *v, size_t zone,
    struct text *out);

/* ---- observed_advice.c */

/* The things to check first, at most OBSERVED_ADVICE_MAX sentences, each
 * owned by the caller; returns how many. */
size_t observed_advise(const struct observed_view *v,
    struct text out[OBSERVED_ADVICE_MAX]);

/* ---- forms */

void observed_text(const struct observed_view *v, struct text *out);
/* v->cell is set: its conversations both ways. */
void observed_text_cell(const struct observed_view *v, struct text *out);
void observed_csv(const struct observed_view *v, struct text *out);
void observed_csv_cell(const struct observed_view *v, struct text *out);
void observed_html(const struct observed_view *v, struct text *out);
void observed_svg(const struct observed_view *v, struct text *out);

#endif
