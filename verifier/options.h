/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of one command: which options it takes, what they were
 * set to. A fault is one sentence on standard error in the reader's language.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/text.h"
#include "words.h"

#define OPTIONS_OPERANDS_MAX 16
#define OPTIONS_FORMATS_MAX 3
#define OPTIONS_GIVEN_MAX 256 /* times that one option may be given */

enum option_flag {
	OPTION_FORMAT = 1 << 0,
	OPTION_AT = 1 << 1,
	OPTION_DATA = 1 << 2,
	OPTION_OUTPUT = 1 << 3,
	OPTION_FOLLOW = 1 << 4,
	OPTION_KERNEL = 1 << 5,
	OPTION_APPROVE = 1 << 6,
};

/* Options that take any text, by name; what it means is the command's
 * business. Those marked so may be given more than once. */
enum option_value {
	VALUE_MODEL,	 /* --model, -t */
	VALUE_PROBE,	 /* --probe, -p */
	VALUE_FROM,	 /* --from, again */
	VALUE_LEDGER,	 /* --ledger */
	VALUE_CONDUITS,	 /* --conduits */
	VALUE_RULESET,	 /* --ruleset */
	VALUE_LEASES,	 /* --leases */
	VALUE_COLUMNS,	 /* --columns */
	VALUE_ENCODING,	 /* --encoding */
	VALUE_OBSERVED,	 /* --observed */
	VALUE_CELL,	 /* --cell */
	VALUE_HTML,	 /* --html */
	VALUE_SECONDS,	 /* --seconds */
	VALUE_ZONE,	 /* --zone, again */
	VALUE_CHECK,	 /* --check, again */
	VALUE_VERDICT,	 /* --verdict, again */
	VALUE_TAP,	 /* --tap, again */
	VALUE_NAME,	 /* --name */
	VALUE_CODE,	 /* --code */
	VALUE_GUIDELINE, /* --guideline */
	VALUE_UNTIL,	 /* --until */
	VALUE_REASON,	 /* --reason */
	VALUE_BY,	 /* --by */
	VALUE_NUMBER,	 /* --number */
	VALUE_CONDUIT,	 /* --conduit, again */
	VALUE_FIREWALL,	 /* --firewall */
	VALUE_NETNS,	 /* --netns */
	VALUE_PEER,	 /* --peer */
	VALUE_EXPLAIN,	 /* --explain */
	VALUE_WHAT_IF,	 /* --what-if */
	VALUE_SNAPSHOTS, /* --snapshots */
	VALUE_COUNT,
};
#define OPTION_VALUE(v) (UINT64_C(1) << (8 + (v)))

struct option_given {
	const char **items; /* borrowed from argv, in the order given */
	size_t count;	    /* 0: not given */
};

struct options {
	const char *command; /* its name */
	enum lang lang;
	int format;	    /* index in the command's formats */
	bool format_given;  /* "--format"; else format is the default */
	struct day at;	    /* year 0: not given */
	const char *data;   /* "--data", or NULL */
	const char *output; /* "-o", or NULL: standard output */
	bool follow;	    /* "--follow" */
	bool kernel;	    /* "--kernel" */
	bool approve;	    /* "--approve" */
	const char *operands[OPTIONS_OPERANDS_MAX];
	int operand_count;
	struct option_given given[VALUE_COUNT]; /* owned arrays */
};

/* The last (or only) text that was given, or NULL. */
static inline const char *
options_value(const struct options *o, enum option_value v)
{
	const struct option_given *g = &o->given[v];

	return g->count ? g->items[g->count - 1] : NULL;
}

struct command {
	const char *name;
	int (*run)(const struct options *o);
	enum word summary;
	const char *operands; /* "MODEL OLD", as usage shows them */
	int operand_least, operand_most;
	uint64_t flags; /* a set of enum option_flag and OPTION_VALUE;
			 * --lang is always there */
	const char *formats[OPTIONS_FORMATS_MAX]; /* [0] is the default */
};

enum options_result {
	OPTIONS_RUN,  /* go on */
	OPTIONS_HELP, /* --help: print the usage and end well */
	OPTIONS_BAD,  /* a sentence was printed: end badly */
};

/*
 * The language that the command line or else the environment asks for:
 * Japanese where LC_ALL, LC_MESSAGES or LANG says so, else English.
 */
enum lang options_lang(int argc, char **argv);
/* Parses what follows the command's name (argv[0]) into out. */
enum options_result options_parse(const struct command *c, int argc,
    char **argv, struct options *out);
void options_fini(struct options *o);
/* "sekisho check MODEL [--format text|json] ..." */
void options_usage(const struct command *c, struct text *out);

#endif
