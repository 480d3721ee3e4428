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
	const char *file; /* borrowed from argv; with -i an interface */
};

#define ARGUMENTS_RING_MOST 1024 /* MiB */

struct arguments {
	const char *model, *probe, *output, *data_dir; /* borrowed; output is
							* "-" by default */
	enum lang lang;
	const char *user; /* borrowed; NULL: as sandbox_find_user has it */
	bool check_only, help, version;
	bool list; /* --list: interfaces are shown, nothing is judged */
	bool no_sandbox, syslog;
	uint32_t conversations; /* 0: the engine's default */
	uint32_t ring_mib;	/* 0: the capture's default */
	/* -r: files; without any of them the run is live. */
	struct argument_source sources[CAPTURE_SOURCES_MAX];
	size_t source_count;
	bool only; /* --only: no other taps than those of -i are watched */
	/* -i: interfaces, in place of those that the model names. */
	struct argument_source interfaces[CAPTURE_SOURCES_MAX];
	size_t interface_count;
};

/*
 * Without --lang the language is that of the environment (LC_ALL,
 * LC_MESSAGES, LANG) where it names Japanese or English, else Japanese.
 * False after a sentence on standard error.
 */
bool arguments_parse(struct arguments *o, int argc, char **argv);
void arguments_free(struct arguments *o);

#endif
