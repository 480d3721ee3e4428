/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of an engine's process share: live.c prepares, obeys and
 * reads interfaces; live_files.c reads capture files to their end. Nobody else
 * includes this.
 */
#ifndef LIVE_INTERNAL_H
#define LIVE_INTERNAL_H

#include "engine.h"
#include "live.h"
#include "order.h"
#include "progress.h"

struct live {
	struct live_job *job;
	const struct model *model; /* the job's, or our own */
	struct model *own;	   /* owned; NULL before the first reload */
	struct engine *engine;
	struct channel *channel;
	struct observer observer;
	struct region_status *status;
	uint64_t second_ns; /* when the once-a-second work is due */
	int memory;	    /* of resident_kb */
	/* As of a second ago, by source: of losses before the engine. */
	uint64_t drops[CAPTURE_SOURCES_MAX];
	enum capture_state links[CAPTURE_SOURCES_MAX];
	struct progress progress; /* of files */
	bool is_stopping;
	uint64_t empty_ns; /* stopping: since when nothing came; 0: it does */
};

/* Counts the frame, then hands it to the engine. */
void live_frame(struct live *l, const struct frame *f);
/* What is due each second: signs of life, what waits to be sent. */
void live_second(struct live *l);
void live_orders(struct live *l);
/* Ends clean: everything is told, and that it is. */
_Noreturn void live_finish(struct live *l);

/* Reads every file to its end. */
_Noreturn void live_files(struct live *l);

#endif
