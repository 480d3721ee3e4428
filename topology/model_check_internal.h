/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between the files of model_check: what each looks at, and the few things
 * they share. Nothing here is for callers of model_check().
 */
#ifndef MODEL_CHECK_INTERNAL_H
#define MODEL_CHECK_INTERNAL_H

#include "model.h"
#include "words.h"

struct check_run {
	const struct model *m;
	struct day today; /* in the model's time zone */
	struct diag *d;
};

void check_guideline(const struct check_run *run);    /* TOP-2 */
void check_import(const struct check_run *run);	      /* TOP-8 */
void check_approvals(const struct check_run *run);    /* TOP-3 */
void check_dates(const struct check_run *run);	      /* TOP-4 */
void check_exceptions(const struct check_run *run);   /* TOP-10 */
void check_emergencies(const struct check_run *run);  /* TOP-10 */
void check_authority(const struct check_run *run);    /* TOP-11 */
void check_limits(const struct check_run *run);	      /* TOP-5 */
void check_encryption(const struct check_run *run);   /* TOP-6 */
void check_coverage(const struct check_run *run);     /* TOP-7 */
void check_translations(const struct check_run *run); /* TOP-12 */

/* The addresses an end stands for: its reach, else all of its zone. */
const struct prefix_set *end_addresses(const struct endpoint *e);
/* Whether any prefix of a and any of b overlap. */
bool prefix_set_overlaps(const struct prefix_set *a,
    const struct prefix_set *b);
/* Whether all of e is clean side, of one sanitiser or several together. */
bool end_is_clean(const struct model *m, const struct endpoint *e);
/* Whether z stands in the list. */
bool zone_listed(const struct zone *const *list, size_t count,
    const struct zone *z);

#endif
