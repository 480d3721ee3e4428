/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which emergencies of the model are on, and how many conversations conformed
 * only by each: told when one begins, once a day while it is on, and when it
 * ends, by itself at its minute of packet time or because a new model has it no
 * more. Judges nothing.
 */
#ifndef EMERGENCY_H
#define EMERGENCY_H

#include "observation.h"

enum emergency_event {
	EMERGENCY_NOTHING,
	EMERGENCY_BEGINS,
	EMERGENCY_GOES_ON,   /* also the first word on one that was on before */
	EMERGENCY_ENDS,	     /* its time is over */
	EMERGENCY_WITHDRAWN, /* it is in no model any more */
};

/* One that is on, or was. Strings are owned by the watch. */
struct emergency_state {
	const char *id, *name;
	struct wall_us since, until;
	const struct emergency *emergency; /* of the model; NULL: withdrawn */
	bool is_on;
	struct wall_us ended;	/* the until that it was told to end by; 0 */
	bool was_on;		/* so far as this process was told */
	uint64_t conversations; /* that ended, by it, since counted_from */
	uint64_t of_day;	/* of them since it was told of last */
	struct wall_us counted_from;
	struct day told; /* when it was last told of */
};

struct emergency_watch;

/* m must outlive the watch or the next rebase. */
struct emergency_watch *emergency_watch_new(const struct model *m);
void emergency_watch_free(struct emergency_watch *w); /* NULL is fine */
/* A conversation ended that conformed only by e; NULL: by none. */
void emergency_watch_count(struct emergency_watch *w,
    const struct emergency *e);
/*
 * The next event that is due at packet time now, about *out, valid until the
 * next call; call until EMERGENCY_NOTHING. What has ended stays so, should time
 * step back, until a model names another end. O(emergencies).
 */
enum emergency_event emergency_watch_due(struct emergency_watch *w,
    struct wall_us now, const struct emergency_state **out);
/* The model is another one: counts go on under the same id; what is on and not
 * in m is due as withdrawn. The old model is not looked at again. */
void emergency_watch_rebase(struct emergency_watch *w, const struct model *m);
/* Those that are or were on, by turns from *cursor (0 at first) on; NULL after
 * the last. w may be NULL. */
const struct emergency_state *emergency_watch_each(
    const struct emergency_watch *w, size_t *cursor);
/* "begin", "on", "end", "withdrawn" */
const char *emergency_event_name(enum emergency_event e);

#endif
