/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Short texts that the parts of sekisho draft share: numbers and times for
 * sentences, services as a model writes them, virtual MACs.
 */
#ifndef DRAFT_TEXT_H
#define DRAFT_TEXT_H

#include "draft.h"

struct draft_counts {
	char text[4][24];
};

struct draft_times {
	char first[CLOCK_STAMP_MAX], last[CLOCK_STAMP_MAX];
};

void draft_text_counts(struct draft_counts *out, const uint64_t n[4]);
/* "2026-11-21 09:00" in the model's time zone. */
void draft_text_times(struct draft_times *out, const struct model *m,
    int64_t first_us, int64_t last_us);
/* "services": [...]; one of the model's groups where it says the same. */
void draft_text_services(const struct draft *d, const struct draft_row *r,
    struct text *out);
void draft_text_ledger_services(const struct import_conduit *row,
    struct text *out);
/* "vrrp" and its group where the MAC is one that a redundancy protocol makes
 * (RFC 5798 7.3, RFC 2281 5.1 and what vendors publish), or NULL. */
const char *draft_text_virtual(const struct mac *mac, unsigned *group);

#endif
