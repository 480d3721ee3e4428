/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of sekisho-probe → struct arguments. Reads no file; what it
 * refuses it says itself, once, in the chosen language.
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stdint.h>

#include "base/text.h"
#include "capture.h"

struct argument_source {
	char *tap;	  /* owned */
	const char *file; /* borrowed from argv */
};

struct arguments {
	const char *model, *probe, *output, *data_dir; /* borrowed; output is
							* "-" by default */
	enum lang lang;
	bool check_only, help, version;
	uint32_t conversations; /* 0: the engine's default */
	struct argument_source sources[CAPTURE_SOURCES_MAX];
	size_t source_count;
};

/*
 * Without --lang the language is that of the environment (LC_ALL,
 * LC_MESSAGES, LANG) where it names Japanese or English, else Japanese.
 * False after a sentence on standard error.
 */
bool arguments_parse(struct arguments *o, int argc, char **argv);
void arguments_free(struct arguments *o);

#endif
