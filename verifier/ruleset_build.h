/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How readers make a ruleset: tables, chains, rules and statements in the
 * order they are met, then ruleset_finish. It bounds everything, resolves
 * jumps by name, finds cycles, writes the texts and the digest. Only readers
 * include this.
 */
#ifndef RULESET_BUILD_H
#define RULESET_BUILD_H

#include "ruleset.h"

struct builder;

/* file is borrowed until ruleset_finish and copied there. */
struct builder *builder_new(enum ruleset_source source, const char *file);
void builder_free(struct builder *b); /* NULL is fine; without a ruleset */
/* For spans, elements and strings of the ruleset: they live as long. */
struct pool *builder_pool(struct builder *b);
const char *builder_string(struct builder *b, const char *s);
void builder_system(struct builder *b, const char *system);
/* Sets zones of the ruleset. */
void builder_zones(struct builder *b, bool zones);

/* Each gives NULL (and a fault in d) beyond its maximum or for a name that is
 * there already. Pointers stay good until the next call of the same one. */
struct table *builder_table(struct builder *b, enum table_family family,
    const char *name, struct diag_place place, struct diag *d);
/* table is a name that was added. The caller sets hook, type ... */
struct chain *builder_chain(struct builder *b, enum table_family family,
    const char *table, const char *name, struct diag_place place,
    struct diag *d);
/* A rule at the end of a chain; the caller sets handle, comment, packets. */
struct rule *builder_rule(struct builder *b, enum table_family family,
    const char *table, const char *chain, struct diag_place place,
    struct diag *d);

/* Statements at the end of the last rule; NULL beyond the maximum (the fault
 * is in d of builder_finish). Zeroed save kind. */
struct statement *builder_statement(struct builder *b,
    enum statement_kind kind);
/* A match of one field: MATCH statement with those values. */
void builder_match(struct builder *b, enum field field,
    const struct spans *values, bool negated);
/* A statement that may match or not, with what it is: "limit". */
void builder_unknown(struct builder *b, const char *what, bool may_decide);
/* A verdict; chain is the name of a jump's or goto's target, else NULL. */
void builder_verdict(struct builder *b, enum action action, const char *chain);
/* Of an element of a verdict map: target by name, resolved at the end within
 * the table of the rule that looks there. Returns the decision to store. */
struct decision builder_decision(struct builder *b, enum action action,
    const char *chain);

/*
 * Ends it: resolves, checks, normalises (adjacent intervals merged, a rule
 * that cannot match is kept), writes texts and sha256. NULL with faults in d
 * (unknown target, cycle of jumps, jump deeper than 16, a maximum). Frees b.
 */
struct ruleset *builder_finish(struct builder *b, struct diag *d);

#endif
