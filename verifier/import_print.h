/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was imported, for people (a summary and every fault), as a clean
 * table, and as JSON (topology/schema/sekisho-import-1.json).
 */
#ifndef IMPORT_PRINT_H
#define IMPORT_PRINT_H

#include "import.h"
#include "words.h"

enum import_kind { IMPORT_LEDGER, IMPORT_CONDUITS, IMPORT_LEASES, IMPORT_LIST };

#define IMPORT_PRINT_COLUMNS 26 /* of the names in the summary */

struct jsonw;

/* "ledger" ... */
const char *import_kind_name(enum import_kind kind);
/* A name and a value on a line of the summary. */
void import_print_line(struct text *out, enum lang lang, enum word name,
    const char *value);
void import_print_summary(const struct imported *x, const char *path,
    const struct diag *d, struct text *out);
/*
 * UTF-8 with headings: a ledger as the model's "ledger" reads it (address,
 * mac, name, system, division, kind, offline, zone), conduits with the
 * headings that sekisho import knows, leases as address, mac, name. A device
 * with several MACs takes as many rows; networks and addresses that an
 * earlier row has are not written.
 */
void import_print_csv(const struct imported *x, enum import_kind kind,
    struct text *out);
void import_print_json(const struct imported *x, enum import_kind kind,
    const char *path, const struct diag *d, struct text *out);

/* The member "faults", an array. */
void import_print_json_faults(struct jsonw *w, const struct imported *x,
    const struct diag *d);

#endif
