/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The closing summary: what was judged, what could not be, what alerted and
 * how much was seen. Also keeps what it needs of the engine's last tally,
 * standing between the engine and the recorder.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "counters.h"
#include "cover_bound.h"
#include "recorder.h"
#include "run.h"

#define SUMMARY_ENGINES_MAX 17

/* A tap's account as it is shown; no noun of a model, which may be gone. */
struct summary_tap {
	char *id, *file; /* owned; file may be NULL */
	char *boundary;	 /* owned: its name, or id; NULL: none */
	struct cover_payload payload;
	uint64_t tcp_conversations, tcp_one_way;
};

/* The last account of one engine. */
struct summary_account {
	uint64_t read, judged;
	struct account_row reasons[COUNTERS_REASONS_MAX]; /* of names */
	char names[COUNTERS_REASONS_MAX][COUNTERS_NAME_MAX];
	size_t reason_count;
	uint64_t unclassified;	  /* conversations, for want of room */
	struct summary_tap *taps; /* owned */
	size_t tap_count;
};

struct summary {
	struct observer inner; /* who is told besides */
	size_t engine;	       /* who speaks; below SUMMARY_ENGINES_MAX */
	struct wall_us now;    /* of the last account */
	bool gap;	       /* something is missing */
	struct summary_account accounts[SUMMARY_ENGINES_MAX];
};

/* Zero-initialise. inner is told everything unchanged. */
struct observer summary_observer(struct summary *s, struct observer inner);
void summary_fini(struct summary *s);
/* The text; events is where they were written, as shown. */
void summary_print(const struct summary *s, const struct model *m,
    const struct recorder_totals *totals, enum lang lang, const char *events,
    struct text *out);
/* Frames that were read, over all engines. */
uint64_t summary_read(const struct summary *s);
/* 0, 1 or 3 as the exit codes: findings, or what keeps them from being
 * believed to be none. */
enum run_code summary_code(const struct summary *s, const struct model *m,
    const struct recorder_totals *totals);
/* The share of conversations in scope that could not be judged, 0..1. */
double summary_unjudged(const struct recorder_totals *totals);

#endif
