/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rulesets kept over time: one file a state, in a folder a firewall, written
 * whole or not at all, with SHA-256, when it was taken, where and by whom,
 * whether it is approved and from when to when it was in force. FWR-8 holds
 * today's against the approved one. A state is in force from first_taken to
 * last_taken for sure; between two states nobody knows. The digest tells a
 * damaged file, not a forged one: who may write to the folder is the
 * operating system's to say.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "audit.h"

#define SNAPSHOTS_MAX 100000 /* files in a folder */

struct snapshot {
	char *path;				/* owned, as are the strings */
	char *firewall;				/* id in the model */
	char sha256[65];			/* of the ruleset's meaning */
	struct wall_us first_taken, last_taken; /* seen in force from, until */
	char *host, *operator_name;
	char *change_number; /* record of the change, or NULL */
	bool approved;
	char *approved_by, *approved_number; /* or NULL */
	struct wall_us approved_at;
};

struct snapshot_store {
	struct snapshot *items; /* owned, by firewall, then first_taken */
	size_t count, capacity;
	size_t left_out; /* beyond SNAPSHOTS_MAX */
	/* Names that faults point to; owned, so close the store after the
	 * diag was printed. */
	char **names;
	size_t name_count, name_capacity;
};

/* ---- snapshot.c: reading */

/* Whether folder is there, or cannot be asked: then reading it says why. */
bool snapshot_is_there(const char *folder);
/* Of every firewall when firewall is NULL. False with faults in d; what could
 * be read is in out all the same. A folder that is not there yet is empty. */
bool snapshot_open(const char *folder, const char *firewall,
    struct snapshot_store *out, struct diag *d);
void snapshot_close(struct snapshot_store *s);
/* The newest approved one, or NULL. Of a store of one firewall. */
const struct snapshot *snapshot_approved(const struct snapshot_store *s);
/* The one that was taken last, or NULL. */
const struct snapshot *snapshot_newest(const struct snapshot_store *s);
/* Its ruleset, owned by the caller, or NULL with faults in d; also where the
 * stored ruleset is not the one of the stored digest. */
struct ruleset *snapshot_ruleset(const struct snapshot *s, struct diag *d);
/* The day on which the snapshot in the file path was last seen in force, at
 * that offset; year 0 when it is no snapshot. For COV-12. */
struct day snapshot_day(const char *path, int32_t utc_offset_s);
/* Whether who approved it is who took it: TOP-3's rule. */
bool snapshot_self_approved(const struct snapshot *s);

/* ---- snapshot_write.c */

/* Whether a folder can be named so: not empty, no '/', no leading '.', no
 * control characters, at most 200 bytes. */
bool snapshot_names(const char *firewall);
/* Makes the folder of a firewall and keeps others out of it. -1 with a fault
 * in d; else a descriptor to close. Waits at most 10 s. */
int snapshot_lock(const char *folder, const char *firewall, struct diag *d);
/* Writes s, whose path is set by it when NULL, with that ruleset. False with a
 * fault in d; then the old file stands as before. Under the lock. */
bool snapshot_write(const char *folder, struct snapshot *s,
    const struct ruleset *r, int32_t utc_offset_s, struct diag *d);

/* ---- snapshot_audit.c */

/* FWR-8: finding of a when its ruleset means otherwise than the approved
 * one and no number of a change stands for it. */
void snapshot_audit(struct audit *a, const struct snapshot_store *s,
    struct diag *d);

#endif
