/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fields of a row that several kinds of table have, read and their faults
 * told: between cell.h, which knows no tables, and import_ledger.c and its
 * like. Only import_*.c include this.
 */
#ifndef IMPORT_CELL_H
#define IMPORT_CELL_H

#include "import_grid.h"

enum import_cell_use {
	IMPORT_CELL_DEVICE, /* which addresses a device has */
	IMPORT_CELL_END,    /* which addresses a conduit is for */
};

/*
 * Adds the addresses of a slot's text to ranges. True when there are some or
 * the cell says "any" (*any is set then, else left); false for none and after
 * a fault, which is told.
 */
bool import_cell_addresses(struct grid *t, struct grid_line *line, int slot,
    const char *text, enum import_cell_use use,
    struct import_range ranges[IMPORT_RANGES_MAX], size_t *count, bool *any);
/* The MACs of the row's MAC column; *count 0 for none and after a fault. */
void import_cell_macs(struct grid *t, struct grid_line *line,
    struct mac macs[IMPORT_MACS_MAX], size_t *count);

/* Rows by all that is read of them, to find those that come again. */
struct seen_rows;
/* Room for that many rows; owned by the caller. */
struct seen_rows *import_cell_seen_new(size_t rows);
void import_cell_seen_free(struct seen_rows *s);
/* True, after a warning, when the same row stands above; it is counted as a
 * duplicate then. */
bool import_cell_seen(struct seen_rows *s, struct grid *t,
    struct grid_line *line);

#endif
