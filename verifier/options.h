/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of one command: which options it takes, what they were
 * set to. A fault is one sentence on standard error in the reader's language.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/text.h"
#include "words.h"

#define OPTIONS_OPERANDS_MAX 2
#define OPTIONS_FORMATS_MAX 3

enum option_flag {
	OPTION_FORMAT = 1 << 0,
	OPTION_AT = 1 << 1,
	OPTION_DATA = 1 << 2,
	OPTION_OUTPUT = 1 << 3,
	OPTION_FOLLOW = 1 << 4,
};

struct options {
	const char *command; /* its name */
	enum lang lang;
	int format;	    /* index in the command's formats */
	struct day at;	    /* year 0: not given */
	const char *data;   /* "--data", or NULL */
	const char *output; /* "-o", or NULL: standard output */
	bool follow;	    /* "--follow" */
	const char *operands[OPTIONS_OPERANDS_MAX];
};

struct command {
	const char *name;
	int (*run)(const struct options *o);
	enum word summary;
	const char *operands; /* "MODEL OLD", as usage shows them */
	int operand_count;
	unsigned flags; /* a set of enum option_flag; --lang is always there */
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
/* "sekisho check MODEL [--format text|json] ..." */
void options_usage(const struct command *c, struct text *out);

#endif
