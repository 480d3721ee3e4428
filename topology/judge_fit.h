/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How one conduit fits a conversation, element by element: between
 * judge_conduit.c, which fits and chooses, and judge_dates.c, which knows
 * calendars.
 */
#ifndef JUDGE_FIT_H
#define JUDGE_FIT_H

#include "judge_internal.h"

#define FIT_FAULTS_MAX 8

struct fit_fault {
	enum check check;
	enum severity severity;
	enum element element;
};

struct fit {
	const struct conduit *conduit;
	struct fit_fault faults[FIT_FAULTS_MAX];
	size_t fault_count;
	bool renewed; /* expired, its renewal is in progress */
	unsigned judged, unobserved, reasons;
	enum element hidden;
	int64_t again_us;
	struct near_miss near;
};

/* Notes what differs; the first difference is the near miss, unless a second
 * one is noted. */
void fit_fault(struct fit *f, enum check check, enum severity severity,
    enum element element, const char *expected, const char *seen);
/* The severity of a check's row for passed or tried. */
enum severity fit_grade(const struct look *l, enum check check);

/* Starts and expires, judged in the model's days (SEG-8). */
void fit_dates(struct fit *f, const struct look *l);
/* The schedule, with its grace after the end (SEG-7). */
void fit_schedule(struct fit *f, const struct look *l);

#endif
