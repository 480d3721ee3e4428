/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor: opens everything, mutes the taps, forks the keeper, the
 * recorder and an engine for each boundary, starts again what dies, and ends
 * all of it clean. Reads no packet and no record.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include "arguments.h"
#include "model.h"
#include "run.h"

#define SUPERVISE_ENGINES_MAX 16
/* A first restart comes at once, the next ones later and later. */
#define SUPERVISE_BACKOFF_FIRST_MS 40 /* before the second */
/* A start takes a twentieth of a second: who can crash an engine with a packet
 * must not be able to blind it for long with another. */
#define SUPERVISE_BACKOFF_MOST_MS 2000
#define SUPERVISE_CALM_MS 10000 /* after that long it is a first one again */
#define SUPERVISE_RETRY_MS 1000 /* of what could not be started at all */
#define SUPERVISE_FRAME_MS 2000 /* the most that one frame may take */
#define SUPERVISE_BEAT_MS 10000 /* the most between signs of life */
#define SUPERVISE_RECORDER_MS \
	180000 /* of the recorder: a slow disk is no
				      * reason to lose what it holds */

/* Says so and is false when the probe is not in the model. */
bool supervise_plan_probe(const struct arguments *o, const struct model *m);

/* Capture files that are open, for one engine. */
struct supervise_files {
	const struct arguments *arguments;
	const struct model *model;
	struct capture *capture;		     /* owned: taken over */
	const struct tap *taps[CAPTURE_SOURCES_MAX]; /* by source */
	const char *files[CAPTURE_SOURCES_MAX];
	size_t source_count;
	const struct gap *gaps; /* found before the first frame */
	size_t gap_count;
	int folder;	    /* of eve.json, or -1: standard output */
	const char *events; /* as shown */
};

/*
 * Reads them to their end in an engine of their own, with a recorder beside
 * it, both behind walls. An engine that dies is started again and goes on
 * after the frame it died of; what cannot be read twice is a gap. Every fault
 * is told on standard error, once.
 */
enum run_code supervise_files(const struct supervise_files *f);

/*
 * Live until SIGTERM or SIGINT. Takes over bundle, which m was loaded from,
 * and m: both are freed. Every fault is told on standard error, once. Changes
 * who this process is, its signal mask, and settings of the taps' interfaces,
 * which are put back at the end; a link that it raised stays up.
 */
enum run_code supervise_live(const struct arguments *o, struct bundle *bundle,
    struct model *m);

#endif
