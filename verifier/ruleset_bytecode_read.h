/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the readers of the kernel's messages share: ruleset_bytecode_read.c
 * interfaces, tables and chains, ruleset_bytecode_read_set.c sets and their
 * elements, ruleset_bytecode_read_rule.c rules.
 */
#ifndef RULESET_BYTECODE_READ_H
#define RULESET_BYTECODE_READ_H

#include "ruleset_bytecode.h"
#include "words.h"

struct reader {
	struct code_world world;
	struct builder *b;
	struct diag *d;
	struct machine *machine;
	bool sets_mark; /* the rule that was looked at */
	bool failed;	/* a fault is in d */
};

/* "nf_tables", of no line. */
struct diag_place reader_place(void);
/* A fault, the first of the reading; what comes after it is not read. */
void reader_fail(struct reader *r, enum word word);
/* The head of nfnetlink and the attributes of a message. False: damaged. */
bool reader_open(const struct message *m, enum table_family *family,
    struct attr *a, size_t max);

void read_set(struct reader *r, const struct message *m);
void read_elements(struct reader *r, const struct message *m);
/* Notes which sets a rule changes, and which bits of a mark it sets. */
void read_changing(struct reader *r, const struct message *m);
void read_mark_bits(struct reader *r, const struct message *m);
void read_rule(struct reader *r, const struct message *m);

#endif
