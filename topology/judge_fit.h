/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How one conduit fits a conversation, element by element: between
 * judge_conduit.c, which fits and chooses, judge_dates.c, which knows
 * calendars, and judge_encryption.c.
 */
#ifndef JUDGE_FIT_H
#define JUDGE_FIT_H

#include "judge_internal.h"

#define FIT_FAULTS_MAX 8

struct fit_fault {
	enum check check;
	enum severity severity;
	enum element element;
	const struct link *link; /* whose rule it is; NULL: the conduit's */
};

struct fit {
	const struct conduit *conduit;
	struct fit_fault faults[FIT_FAULTS_MAX];
	size_t fault_count;
	bool renewed; /* expired, its renewal is in progress */
	/* It fits only by that, which otherwise would be the check; or NULL. */
	const struct emergency *emergency;
	enum check without_emergency;
	bool clear_control; /* CRY-1 I: of the network itself, in clear */
	unsigned judged, unobserved, reasons;
	enum element hidden;
	int64_t again_us;
	struct near_miss near;
};

/* Notes what differs; the first difference is the near miss, unless a second
 * one is noted. */
void fit_fault(struct fit *f, enum check check, enum severity severity,
    enum element element, const char *expected, const char *seen);
/* Not to be seen here: said, never taken as met. */
void fit_hidden(struct fit *f, enum element element);
/* What is declared and what was seen, of something that is not wrong. */
void fit_near(struct fit *f, enum element element, const char *expected,
    const char *seen);
/* Why an application with payload has no label, or not all of it. */
enum reason fit_undecided(const struct conversation *c);
/* The severity of a check's row for passed or tried. */
enum severity fit_grade(const struct look *l, enum check check);

/* Starts and expires, judged in the model's days (SEG-8). */
void fit_dates(struct fit *f, const struct look *l);
/* Address lists that are older than their max-age, or of no known age: the
 * endpoints are then not to be judged by them (judge_list.c). */
void fit_lists(struct fit *f, const struct look *l);
/* Encryption of the conduit and of a government cloud's lines:
 * judge_encryption.c (CRY-1, CRY-2). */
void fit_encryption(struct fit *f, const struct look *l);
/* judge_emergency.c */
/* The emergency that names the conduit, lifts its hours where asked for, and is
 * on at t; or NULL. */
const struct emergency *emergency_at(const struct conduit *k, bool schedule,
    int64_t t_us);
/* Whether a conduit for emergencies alone may be used: one was on from the
 * first packet until now. */
bool emergency_admits(struct fit *f, const struct look *l);
/* Says that one would have been the conduit k of an emergency. */
void emergency_near(struct look *l, const struct conduit *k);
/* What the best fit has by an emergency stands as excepted. */
void emergency_take(struct look *l, const struct fit *f);
/* Judge again at us, when that is to come. */
void fit_again(struct fit *f, int64_t us, const struct look *l);

/* The schedule, with its grace after the end (SEG-7). */
void fit_schedule(struct fit *f, const struct look *l);

#endif
