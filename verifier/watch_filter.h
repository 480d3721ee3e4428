/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which events sekisho watch shows: those that name one of the zones, one of
 * the checks and one of the verdicts that were asked for. An event without
 * such a field is left out by that filter. Nothing is judged here, and what is
 * left out is still counted by who asks.
 */
#ifndef WATCH_FILTER_H
#define WATCH_FILTER_H

#include "base/jsonx.h"
#include "judge.h"
#include "options.h"

#define WATCH_FILTER_SEEN_MAX 512 /* zones of the events, to tell a slip */

struct watch_filter {
	enum lang lang;
	const struct option_given *zones, *checks, *verdicts; /* borrowed */
	bool check_wanted[CHECK_COUNT];
	bool verdict_wanted[VERDICT_COUNT];
	uint64_t taken, passed; /* events in all; of them those that pass */
	char *seen[WATCH_FILTER_SEEN_MAX]; /* owned: zones of the events */
	size_t seen_count;
};

/*
 * What o asks for. False, after one sentence on standard error with what may
 * have been meant, when there is no such check, family of checks ("SEG") or
 * verdict (its name, or its title in either language). o must outlive f.
 */
bool watch_filter_init(struct watch_filter *f, const struct options *o);
void watch_filter_fini(struct watch_filter *f);
/* Whether anything is left out at all. */
bool watch_filter_is_set(const struct watch_filter *f);
/* Whether that verdict was asked for by name. */
bool watch_filter_names_verdict(const struct watch_filter *f, int verdict);
/* Whether the event passes; it is counted. */
bool watch_filter_take(struct watch_filter *f, const struct jsonx *event);
/* "zone core, lg; check SEG; verdict violating", escaped. */
void watch_filter_describe(const struct watch_filter *f, struct text *out);
/* A sentence a line for each zone that was asked for and that no event so far
 * named, with the one that may have been meant. */
void watch_filter_unseen(const struct watch_filter *f, struct text *out);

#endif
