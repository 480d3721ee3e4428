/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of sekisho audit: what was asked for, as it is handed from one to
 * the other. For cmd_audit*.c alone.
 */
#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include "audit.h"
#include "input.h"
#include "options.h"
#include "snapshot.h"

struct cmd_audit {
	const struct options *o;
	struct input in; /* a model, when has_model */
	bool has_model;
	const struct firewall *firewall;
	struct day at;
	struct wall_us taken;
	struct diag diag;		/* of rulesets; outlives them */
	struct ruleset *ruleset, *peer; /* owned; NULL: none */
	struct snapshot_store snapshots;
	bool has_snapshots;
};

/* ---- cmd_audit_options.c: false after one sentence on standard error */

/* Options that do not go together. */
bool cmd_audit_options(const struct options *o);
/* The firewall that is meant: --firewall, or the only one, or the only one
 * that is a boundary's. */
bool cmd_audit_firewall(struct cmd_audit *c);
/* No answer may take the place of what was read. */
bool cmd_audit_spares(const struct cmd_audit *c);
/* One sentence, with up to three quoted texts (NULL: none). Returns false. */
bool cmd_audit_refuse(enum lang lang, enum word word, const char *first,
    const char *second, const char *third);
/* Prints what d holds to standard error; whether it has no error. */
bool cmd_audit_sound(const struct diag *d);

/* ---- the answers: an enum cmd_status */
struct audit_set {
	struct audit *items; /* owned; one a boundary of the firewall */
	size_t count;
};
/* The audits of every boundary of firewall, made ready but not run. */
struct audit_set cmd_audit_prepare(const struct cmd_audit *c,
    const struct model *m, const struct firewall *firewall);
void cmd_audit_release(struct audit_set *s);

int cmd_audit_explain(const struct cmd_audit *c);
/* cmd_audit_what_if.c */
int cmd_audit_what_if(struct cmd_audit *c);

#endif
