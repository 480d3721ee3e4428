/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands of sekisho: what each is called with and how it ends. The
 * table of them is in main.c; one file a command.
 */
#ifndef CMD_H
#define CMD_H

#include "options.h"

/* How a command ends; see also architecture of exit codes in sekisho(1). */
enum cmd_status {
	CMD_CLEAN = 0,	   /* nothing above information */
	CMD_FINDINGS = 1,  /* findings, or changes */
	CMD_BAD_INPUT = 2, /* bad usage or input, or nowhere to write */
	CMD_UNDECIDED = 3, /* too little was seen to say */
};

/* Each returns an enum cmd_status. */
int cmd_init(const struct options *o);
int cmd_tap_check(const struct options *o);
int cmd_draft(const struct options *o);
int cmd_import(const struct options *o);
int cmd_check(const struct options *o);
int cmd_matrix(const struct options *o);
int cmd_audit(const struct options *o);
int cmd_snapshot(const struct options *o);
int cmd_checks(const struct options *o);
int cmd_diff(const struct options *o);
int cmd_watch(const struct options *o);
int cmd_emergency(const struct options *o);

#endif
