/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interfaces that a ruleset names and that no zone of the model has: nobody
 * knows what lies behind them. Only audit_*.c include this.
 */
#ifndef AUDIT_STRANGER_H
#define AUDIT_STRANGER_H

#include "audit.h"

#define STRANGERS_MAX 256 /* the others are counted */

struct strangers {
	struct span *items; /* owned; a name, or a wildcard's names */
	size_t count, capacity;
	size_t left_out;
};

/* Adds those that the rules of r name, each once; "lo" is none, nor is a
 * wildcard that covers an interface of the model. None where the model has no
 * interfaces, or r names not one of them: it is not this firewall's then
 * (audit_reach says so). O(elements of r, times those found). */
void strangers_find(const struct audit *a, const struct ruleset *r,
    struct strangers *out);
void strangers_fini(struct strangers *s);
/* Addresses of zones that have no interface in the model are asked about at
 * any interface; what is of no such zone. In p. */
const struct spans *strangers_addresses(struct audit *a, int family,
    struct pool *p);
/* "interface eth9", "interface br-*"; not escaped. */
void stranger_words(const struct span *s, enum lang lang, struct text *out);

#endif
