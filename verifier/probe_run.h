/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sekisho-probe as a child that reads captures: its events come through a
 * pipe, so that nothing of them lies on disk whatever happens. What it says
 * on its standard error is shown only where it fails. It ends with us.
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
	const char *sources[PROBE_RUN_SOURCES_MAX]; /* "TAP=FILE", borrowed */
	size_t source_count;
};

struct probe_run {
	enum lang lang;
	pid_t pid;
	int events, said; /* the pipe's end; what it said, in memory */
	char path[32];	  /* of the pipe's end, for events_open */
};

/* Starts the probe found beside this program, else on PATH. False after a
 * sentence on standard error; run is then not to be finished. */
bool probe_run_start(struct probe_run *run, const struct probe_run_request *r);
/* To be called once its events were read; tell: what it said is shown in any
 * case. False, after what it said and a sentence, where it refused its input
 * or died. */
bool probe_run_finish(struct probe_run *run, bool tell);

#endif
