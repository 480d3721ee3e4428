/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The policies of a FortiGate, exported as tables, as sekisho-ruleset/1. What
 * a policy says that cannot be resolved (a name without its address, a user
 * group, a schedule) becomes "unknown" in the rule, a free choice, and is
 * told; nothing is left out or read wider without a word.
 *
 * Source: FortiOS CLI Reference, config firewall policy, address, addrgrp,
 * vip, service custom, service group.
 */
#ifndef IMPORT_RULESET_H
#define IMPORT_RULESET_H

#include "base/diag.h"
#include "base/text.h"

struct import_ruleset {
	size_t policies, disabled, rules;	  /* rules: those written */
	size_t addresses, services, groups, vips; /* definitions read */
	size_t unresolved;			  /* names in policies */
	struct text unread;  /* owned: headings that say nothing here */
	struct text aliases; /* owned: "office = port3" of interfaces, once */
	struct text json;    /* owned: the ruleset, ended by a line end */
};

/*
 * Reads tables from count files, in any order: one has the policies, the
 * others (or further tables below their own headings) define addresses,
 * groups, services and virtual IPs. encoding as in struct import_options.
 * False with faults in d when there are no policies or a file is no table; d
 * borrows paths. out is ended with import_ruleset_fini whatever the result.
 */
bool import_ruleset(const char *const *paths, size_t count,
    const char *encoding, struct import_ruleset *out, struct diag *d);
/* The same of one table in memory, which shown names in faults. */
bool import_ruleset_bytes(const char *shown, const char *bytes, size_t length,
    struct import_ruleset *out, struct diag *d);
void import_ruleset_fini(struct import_ruleset *x);

#endif
