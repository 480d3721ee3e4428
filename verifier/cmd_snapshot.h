/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of sekisho snapshot share: one taking of a ruleset, and how
 * it is told. Only cmd_snapshot*.c include this.
 */
#ifndef CMD_SNAPSHOT_H
#define CMD_SNAPSHOT_H

#include "input.h"
#include "snapshot.h"

struct snapshot_job {
	const struct options *o;
	const char *firewall; /* id */
	bool reads;	      /* a ruleset is read; else only approved */
	struct input in;      /* where a model was given */
	const struct firewall *declared; /* in it, or NULL */
	int32_t utc_offset_s;
	const struct snapshot_store *store;
	const struct snapshot *now;	 /* the newest before this one */
	const struct snapshot *approved; /* before this call, or NULL */
	struct ruleset *ruleset;	 /* owned: to be stored */
	struct wall_us at;
	bool is_new; /* another meaning than the newest */
	int status;  /* how the command ends, so far */
};

/* ---- cmd_snapshot_tell.c */

/* Says what was stored and how it differs from what was approved before, and
 * sets j->status. False, after a sentence or with a fault in d, when it could
 * not be told. */
bool snapshot_tell(struct snapshot_job *j, const struct snapshot *s,
    struct diag *d);
/* The states as an aligned table, or as JSON. */
void snapshot_list(const struct snapshot_store *s, enum lang lang, bool json,
    int32_t utc_offset_s, struct text *out);

#endif
