/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The closing summary: what was judged, what could not be, what alerted and
 * how much was seen. Also keeps what it needs of the engine's last tally,
 * standing between the engine and the recorder.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "counters.h"
#include "recorder.h"

struct summary {
	struct observer inner; /* who is told besides */
	struct wall_us now;
	uint64_t read, judged;
	struct account_row reasons[COUNTERS_REASONS_MAX];
	size_t reason_count;
	uint64_t unclassified;	  /* conversations, for want of room */
	struct tap_account *taps; /* owned */
	size_t tap_count;
};

/* Zero-initialise. inner is told everything unchanged. */
struct observer summary_observer(struct summary *s, struct observer inner);
void summary_fini(struct summary *s);
/* The text; events is where they were written, as shown. */
void summary_print(const struct summary *s, const struct model *m,
    const struct recorder_totals *totals, enum lang lang, const char *events,
    struct text *out);
/* The share of conversations in scope that could not be judged, 0..1. */
double summary_unjudged(const struct recorder_totals *totals);

#endif
