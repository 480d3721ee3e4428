/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line on standard error for who waits for an audit at a terminal: how many
 * seconds it has taken, from the first second on. Elsewhere nothing is said.
 */
#ifndef AUDIT_PROGRESS_H
#define AUDIT_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "base/text.h"

struct audit_progress {
	bool on;
	timer_t timer;
	const char *word; /* borrowed from the catalogue */
	volatile sig_atomic_t seconds;
};

/* p must stay where it is until audit_progress_end; only one at a time. */
void audit_progress_begin(struct audit_progress *p, enum lang lang);
/* Takes the line away. */
void audit_progress_end(struct audit_progress *p);

#endif
