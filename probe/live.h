/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of an engine's process: prepare (the classifier, the region of the
 * engine before), walls, then frames until told to stop. Its sources are live
 * handles or capture files that the supervisor opened for it.
 */
#ifndef LIVE_H
#define LIVE_H

#include "base/text.h"
#include "capture.h"
#include "region.h"
#include "sandbox.h"

#define LIVE_GAPS_MAX (2 * CAPTURE_SOURCES_MAX)

struct live_job {
	const struct model *model; /* as of the fork; replaced by a reload */
	uint32_t generation;
	uint8_t number;				     /* of the engine */
	struct capture *capture;		     /* fresh, sources open */
	const struct tap *taps[CAPTURE_SOURCES_MAX]; /* by source */
	const char *files[CAPTURE_SOURCES_MAX];	     /* offline: as shown */
	size_t source_count;
	bool is_live;
	const char *probe; /* its id */
	enum lang lang;
	/* Offline: what could not be opened, told when the time of the first
	 * frame is known. */
	struct gap gaps[LIVE_GAPS_MAX];
	size_t gap_count;
	struct region *region; /* of this engine, and of those before it */
	bool is_restart;
	int exit_status; /* is_restart: how the one before ended */
	uint64_t skip[CAPTURE_SOURCES_MAX]; /* offline restart: frames of each
					     * source that are not for us */
	struct wall_us away_since; /* is_restart: when that was noticed */
	int records, orders;	   /* sockets, ours */
	uint64_t flow_id_base;	   /* offline it is made of the first frame */
	uint32_t flow_id_stride;
	uint32_t conversations; /* 0: the default */
	uint8_t secret[16];
	struct sandbox_plan walls; /* descriptors are filled in by live_run */
	bool no_sandbox;
};

/* Never returns. Exit status: 0 ended clean, 70 cannot start. */
_Noreturn void live_run(struct live_job *job);

#endif
