/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-probe as a child: probe_run_start for who reads captures, with its
 * events through a pipe, so that nothing of them lies on disk whatever happens,
 * and what it says on its standard error shown only where it fails; the parts
 * of it for who watches live and minds the time himself. It ends with us.
 */
#ifndef PROBE_RUN_H
#define PROBE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"

#define PROBE_RUN_SOURCES_MAX 64

struct probe_run_request {
	const char *model, *data; /* paths; data may be NULL */
	const char *probe;	  /* its id in the model */
	enum lang lang;
	/* "TAP=FILE", or live "TAP=INTERFACE"; borrowed */
	const char *sources[PROBE_RUN_SOURCES_MAX];
	size_t source_count;
	bool is_live; /* on these interfaces and no others */
};

#define PROBE_RUN_NO_PROGRAM 127 /* exit status: there is no such program */
#define PROBE_RUN_REFUSED 2	 /* of sekisho-probe(8): bad usage or input */

struct probe_run {
	enum lang lang;
	pid_t pid;
	int events, said; /* the pipe's end; what it said, in memory */
	char path[32];	  /* of the pipe's end, for events_open */
};

/* In a child that was forked for it: becomes the probe found beside this
 * program, else on PATH, with its standard output and error at these
 * descriptors; ends with PROBE_RUN_NO_PROGRAM where there is none. It dies
 * with its parent. */
_Noreturn void probe_run_become(const struct probe_run_request *r, int events,
    int said);
/* Whether a child with that status of waitpid read what it was given to the
 * end. */
bool probe_run_ended_well(int status);

/* Starts the probe found beside this program, else on PATH. False after a
 * sentence on standard error; run is then not to be finished. */
bool probe_run_start(struct probe_run *run, const struct probe_run_request *r);
/* To be called once its events were read; tell: what it said is shown in any
 * case. False, after what it said and a sentence, where it refused its input
 * or died. */
bool probe_run_finish(struct probe_run *run, bool tell);

#endif
