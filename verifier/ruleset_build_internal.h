/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the builder share: ruleset_build.c gathers,
 * ruleset_build_finish.c puts together, ruleset_build_normal.c brings
 * statements into one form, ruleset_build_digest.c names the meaning.
 */
#ifndef RULESET_BUILD_INTERNAL_H
#define RULESET_BUILD_INTERNAL_H

#include "ruleset_build.h"
#include "ruleset_index.h"
#include "words.h"

struct build_table {
	struct table table; /* first: what the reader is given */
	size_t chains;
};

struct build_chain {
	struct chain chain; /* likewise */
	uint32_t table;
	size_t rules;
};

struct build_rule {
	struct rule rule; /* likewise */
	uint32_t chain;
};

struct builder {
	enum ruleset_source source;
	const char *file;   /* borrowed, or NULL */
	const char *system; /* in pool, or NULL */
	bool zones;
	struct pool *pool; /* becomes the ruleset's */
	struct build_table *tables;
	size_t table_count, table_capacity;
	struct build_chain *chains;
	size_t chain_count, chain_capacity;
	struct build_rule *rules;
	size_t rule_count, rule_capacity;
	struct ruleset_index *table_index; /* family, name -> tables */
	struct ruleset_index *chain_index; /* table, name -> chains */
	/* Statements of the last rule. */
	struct statement *statements;
	size_t statement_count;
	bool overfull; /* a rule has too many; place of the first */
	struct diag_place overfull_place;
};

/* The last rule's statements go into the pool. */
void builder_flush(struct builder *b);
uint32_t builder_find_table(const struct builder *b, enum table_family family,
    const char *name);
uint32_t builder_find_chain(const struct builder *b, uint32_t table,
    const char *name);

/* ---- ruleset_build_normal.c */

struct normal;

/* chains: of the finished ruleset, by the builder's numbers. */
struct normal *normal_new(struct builder *b, struct chain *const *chains,
    struct diag *d);
void normal_free(struct normal *n);
/*
 * One form for one meaning: targets by pointer, intervals merged, elements in
 * order, a negated lookup of one field as what remains, matches left out that
 * every packet passes which comes so far. False with a fault in d.
 */
bool normal_rule(struct normal *n, struct rule *rule, uint32_t table);

/* ---- ruleset_build_digest.c */

/* Writes r->sha256; r is otherwise finished. */
void builder_digest(struct ruleset *r);

/* ---- ruleset_text_rule.c */

/* What is known of the packets that come to a statement, for its words. */
struct rule_context {
	enum table_family family;
	int version;  /* 4, 6, or 0: either */
	int protocol; /* or -1: several */
};

/* The statement as nft writes it; a lookup of a named set may be negated. */
void rule_text_statement(const struct statement *s,
    const struct rule_context *c, struct text *out);
/* Gives every statement and the rule its text; in pool. */
void rule_text(struct rule *rule, struct pool *pool);

#endif
