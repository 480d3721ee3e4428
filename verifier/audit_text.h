/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The zone by zone table of an audit for a terminal, for audit_text.c.
 */
#ifndef AUDIT_TEXT_H
#define AUDIT_TEXT_H

#include "audit.h"

/* The table with a title and the signs that occur in it explained. Where it
 * is wider than a terminal its columns are numbered, and where that is not
 * enough stand in blocks below each other. O(zones squared). */
void audit_text_grid(const struct audit *a, struct text *out);

#endif
