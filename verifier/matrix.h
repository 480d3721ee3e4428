/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zone by zone: what the guideline says of opening from one to the other, and
 * what is declared. Gathered once, shown as text, CSV or a page.
 */
#ifndef MATRIX_H
#define MATRIX_H

#include "model.h"

#define MATRIX_ZONES_MAX 512 /* a quarter of a million cells */

struct matrix_cell {
	const struct cell *cell; /* NULL: a zone with itself */
	uint32_t conduits;	 /* that may open this way */
	uint32_t exceptions;
};

struct matrix {
	const struct model *m;	   /* borrowed */
	size_t count;		   /* zones */
	struct matrix_cell *cells; /* owned; [from * count + to] */
};

/* False when the model has more than MATRIX_ZONES_MAX zones. */
bool matrix_collect(const struct model *m, struct matrix *out);
void matrix_fini(struct matrix *x);
/* The cell of two zones, by index. */
const struct matrix_cell *matrix_at(const struct matrix *x, size_t from,
    size_t to);
/* Whether this conduit, or exception, counts in the cell of two zones. */
bool matrix_has_conduit(const struct conduit *c, const struct zone *from,
    const struct zone *to);
bool matrix_has_exception(const struct exception *e, const struct zone *from,
    const struct zone *to);
/* Whether a conduit is declared where nothing may be opened. */
bool matrix_is_against(const struct matrix_cell *c);

/* matrix_html.c: a page that needs nothing but itself. */
void matrix_html(const struct matrix *x, enum lang lang, struct text *out);
/* matrix_svg.c: one picture a boundary, its zones, lines and taps. */
void matrix_svg(const struct boundary *b, enum lang lang, struct text *out);
/* Whether a zone lies beyond a line, and is drawn on the right. */
bool matrix_is_beyond(const struct zone *z);
/* A line of text at x, y, squeezed where it is wider than room; style: more
 * attributes with a space before them, or "". s is escaped. */
void matrix_svg_text(struct text *out, int x, int y, int room,
    const char *style, const char *s);

#endif
