/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An engine over capture files: from the first frame to the end of the last
 * file, as fast as the recorder takes what comes of it. One that takes the
 * place of another reads the same files again, passes over what that one had
 * read (the frame it died of included) and goes on. A file that cannot be read
 * on is a gap; all that was read is judged.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "complain.h"
#include "live_internal.h"
#include "now.h"

#define BATCH 256 /* frames between looks at anything else */
/* flow_id: 32 bits that name the input above 20 that count; a longer count
 * runs on into them. Below 2^53. */
#define ID_COUNT_BITS 20

struct files {
	struct live *live;
	struct wall_us latest; /* time of the last frame read */
	uint64_t frames;
	bool begun; /* gaps can be told */
};

/* ---- gaps */

static void
tell_gap(struct files *r, struct gap gap)
{
	struct live *l = r->live;

	gap.now = r->latest;
	l->observer.gap(l->observer.context, &gap);
}

/* One that shows before the first frame waits for its time. */
static void
note_gap(struct files *r, struct gap gap)
{
	struct live_job *job = r->live->job;

	if (r->begun)
		tell_gap(r, gap);
	else if (job->gap_count < LIVE_GAPS_MAX) {
		gap.cause = mem_strdup(gap.cause); /* for as long as we live */
		job->gaps[job->gap_count++] = gap;
	}
}

static void
take_fault(struct files *r)
{
	const struct live_job *job = r->live->job;
	const struct capture_fault *f = capture_fault(job->capture);
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRIu64, f->frames + 1);
	complain(job->lang, W_PROBE_READ_FAULT, f->file, number, f->cause);
	note_gap(r,
	    (struct gap){ .kind = GAP_CAPTURE,
		.file = f->file,
		.tap = job->taps[f->source],
		.frames = f->frames,
		.cause = f->cause });
}

/* The next frame; faults are told and passed over. */
static bool
next_frame(struct files *r, struct frame *f)
{
	enum capture_result result;

	while (
	    (result = capture_next(r->live->job->capture, f)) == CAPTURE_FAULT)
		take_fault(r);
	return result == CAPTURE_FRAME;
}

/* ---- beginning */

/* The same model, taps and first frame give the same flow_ids. */
static uint64_t
id_base(const struct live_job *job, const struct frame *first)
{
	struct digest *d = digest_new();
	char hex[65];
	char when[64];

	digest_add(d, job->model->sha256, strlen(job->model->sha256));
	digest_add(d, job->probe, strlen(job->probe) + 1);
	for (size_t i = 0; i < job->source_count; i++)
		digest_add(d, job->taps[i]->id, strlen(job->taps[i]->id) + 1);
	if (first) {
		(void)snprintf(when, sizeof(when),
		    "%" PRId64 ".%03" PRIu32 " %" PRIu32 " %" PRIu32,
		    first->time.us, first->nanoseconds, first->source,
		    first->wire);
		digest_add(d, when, strlen(when) + 1);
		digest_add(d, first->bytes, first->captured);
	}
	digest_hex(d, hex);
	hex[8] = '\0';
	return (uint64_t)strtoul(hex, NULL, 16) << ID_COUNT_BITS;
}

/* Passes over what the engine before had read. */
static bool
pass_over(struct files *r, struct frame *f)
{
	uint64_t *skip = r->live->job->skip;
	bool some = true;

	while (some && skip[f->source] > 0) {
		skip[f->source]--;
		r->frames++;
		r->latest = f->time;
		some = next_frame(r, f);
	}
	return some;
}

/* What the engine before left is closed, and that it died is told. */
static void
tell_death(struct files *r)
{
	struct live *l = r->live;
	const struct live_job *job = l->job;
	const int status = job->exit_status;
	struct text cause = { 0 };
	char number[16];
	struct gap gap = { .kind = GAP_ENGINE, .exit_status = status };
	const struct coverage_finding f = { .check = CHECK_COV_7,
		.severity = SEVERITY_MEDIUM,
		.now = r->latest,
		.boundary = job->taps[0] ? job->taps[0]->boundary : NULL,
		.counted = 1,
		.detail = "engine" };

	gap.conversations = engine_inherit(l->engine, r->latest);
	(void)snprintf(number, sizeof(number), "%d",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		words_add(&cause, job->lang, W_LIVE_BY_SIGNAL, 2, number,
		    strsignal(WTERMSIG(status)));
	else
		words_add(&cause, job->lang, W_LIVE_BY_STATUS, 1, number);
	gap.cause = text_str(&cause);
	tell_gap(r, gap);
	l->observer.coverage(l->observer.context, &f);
	text_free(&cause);
}

/* False: there is no frame (any more). */
static bool
begin(struct files *r, struct frame *f)
{
	struct live_job *job = r->live->job;
	bool some = next_frame(r, f);

	if (some)
		r->latest = f->time;
	engine_ids(r->live->engine, id_base(job, some ? f : NULL));
	if (job->is_restart) {
		some = some && pass_over(r, f);
		tell_death(r);
	}
	r->begun = true;
	for (size_t i = 0; i < job->gap_count; i++)
		tell_gap(r, job->gaps[i]);
	return some;
}

/* ---- reading */

/* False at the end. */
static bool
take_batch(struct files *r, struct frame *f)
{
	struct live *l = r->live;
	bool some = true;

	atomic_store(&l->status->frame_ns, now_monotonic());
	for (int i = 0; i < BATCH && some; i++) {
		r->latest = f->time;
		live_frame(l, f);
		progress_frame(&l->progress, l->job->lang, ++r->frames, f->time,
		    l->job->model->utc_offset_s);
		some = next_frame(r, f);
	}
	atomic_store(&l->status->frame_ns, 0);
	return some;
}

void
live_files(struct live *l)
{
	struct files r = { .live = l };
	struct frame f;
	bool some = begin(&r, &f);

	while (some && !l->is_stopping) {
		atomic_store(&l->status->beat_ns, now_monotonic());
		some = take_batch(&r, &f);
		live_second(l);
		live_orders(l);
	}
	progress_end(&l->progress);
	live_finish(l);
}
