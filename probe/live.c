/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See live.h. One loop: wait for frames, orders, or room for records; take a
 * batch of frames; look after what is due by time. Nothing is opened in it.
 * The supervisor reads the kernel's statistics of the rings, since it outlives
 * this process; here only what was taken out of them is counted, each frame
 * before it is looked at, so that the one that kills is counted too.
 */
#include "live_internal.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "now.h"
#include "resident.h"
#include "silence.h"

#define BATCH 256	/* frames between looks at anything else */
#define POLL_MS 100	/* the longest sleep */
#define LEAST_POLL_MS 1 /* of a hold that is nearly over */
/* An empty ring is believed to stay empty after this many milliseconds: a block
 * that is not full is handed over in CAPTURE_RETIRE_MS. */
#define EMPTY_MS (6 * CAPTURE_RETIRE_MS)
/* What the clock shows is ahead of every frame that may still come, less: */
#define SLACK_US (2 * CAPTURE_HOLD_US)
#define DRAIN_MS 15000
#define ERROR_MAX 256
#define EXIT_CANNOT 70
#define POLLED_MAX (CAPTURE_SOURCES_MAX + 2)
#define SECOND_NS UINT64_C(1000000000)

/* ---- to the supervisor */

static void
answer(const struct live *l, enum order_type type, uint64_t number,
    uint32_t state, const char *text)
{
	struct order o = { .type = type,
		.number = number,
		.state = state,
		.fd = -1 };

	(void)snprintf(o.text, sizeof(o.text), "%s", text);
	/* Who cannot be told is gone, and so are we soon. */
	(void)order_send(l->job->orders, &o);
}

static _Noreturn void
cannot(const struct live *l, const char *why)
{
	answer(l, ORDER_FAILED, 0, 0, why);
	_exit(EXIT_CANNOT);
}

/* ---- prepare */

static void
open_engine(struct live *l)
{
	const struct live_job *job = l->job;
	struct engine_options options = {
		.conversations_max = job->conversations,
		.flow_id_base = job->flow_id_base,
		.flow_id_stride = job->flow_id_stride,
		.is_live = job->is_live,
		.generation = job->generation,
		.region = job->region,
		.silent_after_us = job->is_live ? SILENCE_DEFAULT_US : 0
	};
	char error[ERROR_MAX] = "";

	memcpy(options.secret, job->secret, sizeof(options.secret));
	l->channel = channel_new(job->records, job->number, job->generation, 1,
	    !job->is_live, &l->status->channel);
	l->observer = channel_observer(l->channel);
	l->engine = engine_new(job->model, job->taps, job->files,
	    job->source_count, &options, &l->observer, error, sizeof(error));
	if (l->engine == NULL)
		cannot(l, error);
}

/* The frame that the engine before died of was taken, and perhaps not counted
 * as read yet: it is, under its reason. */
static void
count_in_hand(struct live *l)
{
	struct counters *c = &l->status->counters;
	uint64_t taken = 0;

	for (size_t i = 0; i < CAPTURE_SOURCES_MAX; i++)
		taken += atomic_load(&l->status->sources[i].taken);
	if (taken == c->read + 1)
		c->read++;
}

/* A ledger of a model that comes later may be CP932: its tables are loaded
 * while files can be opened, and stay as long as the converter does. */
static void
hold_charset(const struct live *l)
{
	if (iconv_open("UTF-8", "CP932") == (iconv_t)-1)
		cannot(l, "no converter for CP932");
}

static void
add_source(struct sandbox_plan *walls, const struct live_job *job, uint32_t i)
{
	const int fd = job->is_live ? capture_fd(job->capture, i) :
				      capture_file_fd(job->capture, i);

	if (fd >= 0)
		walls->fds[walls->fd_count++] = fd;
}

static void
build_walls(struct live *l, struct sandbox_report *report)
{
	struct live_job *job = l->job;
	struct sandbox_plan *walls = &job->walls;
	char error[ERROR_MAX] = "";
	const char *open;

	for (uint32_t i = 0; i < job->source_count; i++)
		add_source(walls, job, i);
	walls->fds[walls->fd_count++] = job->records;
	walls->fds[walls->fd_count++] = job->orders;
	if (l->memory >= 0)
		walls->fds[walls->fd_count++] = l->memory;
	walls->writable[walls->writable_count++] = job->records;
	walls->writable[walls->writable_count++] = job->orders;
	walls->writable[walls->writable_count++] = STDERR_FILENO;
	if (!sandbox_enter(walls, report, error, sizeof(error)))
		cannot(l, error);
	open = walls->none ? NULL :
			     sandbox_prove(walls, capture_fd(job->capture, 0));
	if (open != NULL) {
		(void)snprintf(error, sizeof(error), "not refused: %s", open);
		cannot(l, error);
	}
}

static void
prepare(struct live *l)
{
	struct sandbox_report report = { .state = SANDBOX_NONE };
	char closed[24] = "0";

	atomic_store(&l->status->beat_ns, now_monotonic());
	hold_charset(l);
	l->memory = resident_open();
	progress_start(&l->progress); /* asks what only now may be asked */
	open_engine(l);
	build_walls(l, &report);
	if (l->job->is_restart)
		count_in_hand(l);
	/* What the region holds is another's, so it is read behind walls; of
	 * files when the first frame's time is known. */
	if (l->job->is_restart && l->job->is_live)
		(void)snprintf(closed, sizeof(closed), "%" PRIu64,
		    engine_inherit(l->engine, now_wall()));
	atomic_store(&l->status->generation, l->job->generation);
	answer(l, ORDER_READY, (uint64_t)report.landlock,
	    (uint32_t)report.state, closed);
}

/* ---- orders */

/* The taps of another model for the same sources, by id. */
static void
find_taps(const struct live *l, const struct model *m,
    const struct tap *taps[CAPTURE_SOURCES_MAX])
{
	for (size_t i = 0; i < l->job->source_count; i++)
		taps[i] = l->job->taps[i] ? model_tap(m, l->job->taps[i]->id) :
					    NULL;
}

/* NULL when the bundle is none, or no good. */
static struct model *
load(int fd)
{
	struct bundle bundle = { 0 };
	struct diag d = { 0 };
	struct model *m = NULL;

	if (order_bundle_read(fd, &bundle))
		m = model_load(&bundle, &d);
	diag_free(&d);
	bundle_free(&bundle);
	return m;
}

static void
reload(struct live *l, const struct order *o)
{
	const struct tap *taps[CAPTURE_SOURCES_MAX] = { NULL };
	struct model *m = load(o->fd);

	if (m == NULL) {
		answer(l, ORDER_REFUSED, o->number, 0, "");
		return;
	}
	find_taps(l, m, taps);
	/* What ends by it is told of the model before. */
	engine_reload(l->engine, m, taps, (uint32_t)o->number);
	channel_generation(l->channel, (uint32_t)o->number);
	memcpy(l->job->taps, taps, sizeof(taps));
	model_free(l->own);
	l->own = m;
	l->model = m;
	atomic_store(&l->status->generation, (uint32_t)o->number);
	answer(l, ORDER_LOADED, o->number, 0, "");
}

static void
obey(struct live *l, const struct order *o)
{
	switch (o->type) {
	case ORDER_MODEL:
		reload(l, o);
		break;
	case ORDER_STATS:
		engine_account(l->engine);
		break;
	case ORDER_AGAIN:
		engine_again(l->engine);
		break;
	case ORDER_STOP:
		l->is_stopping = true;
		break;
	default:
		break;
	}
}

void
live_orders(struct live *l)
{
	struct order o;
	int got;

	while ((got = order_receive(l->job->orders, &o)) > 0) {
		obey(l, &o);
		if (o.fd >= 0)
			(void)close(o.fd);
	}
	if (got < 0)
		_exit(EXIT_FAILURE); /* nobody watches over us any more */
}

/* ---- frames */

void
live_frame(struct live *l, const struct frame *f)
{
	struct region_source *source = &l->status->sources[f->source];

	atomic_store_explicit(&source->taken,
	    atomic_load_explicit(&source->taken, memory_order_relaxed) + 1,
	    memory_order_relaxed);
	atomic_store_explicit(&source->last_us, f->time.us,
	    memory_order_relaxed);
	engine_frame(l->engine, f);
}

/* Returns what ended the batch: CAPTURE_FRAME when there may be more. */
static enum capture_result
take_batch(struct live *l)
{
	enum capture_result result = CAPTURE_FRAME;
	struct frame f;

	atomic_store(&l->status->frame_ns, now_monotonic());
	for (int i = 0; i < BATCH && result == CAPTURE_FRAME; i++) {
		result = capture_next(l->job->capture, &f);
		if (result == CAPTURE_FRAME)
			live_frame(l, &f);
	}
	atomic_store(&l->status->frame_ns, 0);
	return result;
}

/* ---- time */

/* Whose packets come after a loss may have begun in it. The supervisor keeps
 * the count of drops where it can be seen here. */
static void
note_losses(struct live *l, uint32_t source)
{
	struct region_source *s = &l->status->sources[source];
	const enum capture_state link = capture_state(l->job->capture, source);
	const uint64_t drops = atomic_load(&s->ring_drops);

	if (drops != l->drops[source] ||
	    (link == CAPTURE_OPEN && l->links[source] != CAPTURE_OPEN))
		engine_missed(l->engine);
	l->drops[source] = drops;
	l->links[source] = link;
	atomic_store(&s->state, (uint32_t)link);
}

void
live_second(struct live *l)
{
	const uint64_t now = now_monotonic();

	if (now < l->second_ns)
		return;
	l->second_ns = now + SECOND_NS;
	atomic_store(&l->status->memory_kb, resident_kb(l->memory));
	for (uint32_t i = 0; i < l->job->source_count; i++)
		note_losses(l, i);
	(void)channel_flush(l->channel);
}

/* Nothing is there: time may go on without a frame. before: the clock when
 * the rings were found empty, or earlier. */
static void
idle(struct live *l, struct wall_us before)
{
	if (capture_hold_ms(l->job->capture) >= 0)
		return;
	before.us -= SLACK_US;
	engine_time(l->engine, before);
}

static void
sleep_until_something(struct live *l)
{
	struct pollfd polled[POLLED_MAX];
	int fds[CAPTURE_SOURCES_MAX];
	const size_t count = capture_fds(l->job->capture, fds,
	    CAPTURE_SOURCES_MAX);
	int ms = capture_hold_ms(l->job->capture);
	nfds_t n = 0;

	for (size_t i = 0; i < count; i++)
		polled[n++] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	polled[n++] = (struct pollfd){ .fd = l->job->orders, .events = POLLIN };
	if (channel_is_waiting(l->channel))
		polled[n++] = (struct pollfd){ .fd = channel_fd(l->channel),
			.events = POLLOUT };
	if (ms < 0 || ms > POLL_MS)
		ms = l->is_stopping ? CAPTURE_RETIRE_MS : POLL_MS;
	if (ms == 0)
		ms = LEAST_POLL_MS;
	(void)poll(polled, n, ms);
}

/* ---- the end */

/* The supervisor lets no more frames in by now. */
static bool
is_drained(struct live *l, enum capture_result result)
{
	if (result == CAPTURE_FRAME || capture_hold_ms(l->job->capture) >= 0) {
		l->empty_ns = 0;
		return false;
	}
	if (l->empty_ns == 0)
		l->empty_ns = now_monotonic();
	return now_monotonic() - l->empty_ns > EMPTY_MS * (SECOND_NS / 1000);
}

void
live_finish(struct live *l)
{
	engine_finish(l->engine);
	/* Offline it waited for room each time: nothing is left. */
	(void)channel_drain(l->channel, DRAIN_MS);
	answer(l, ORDER_DONE, 0, 0, "");
	_exit(EXIT_SUCCESS);
}

static enum capture_result
turn(struct live *l)
{
	const struct wall_us before = now_wall();
	enum capture_result result;

	atomic_store(&l->status->beat_ns, now_monotonic());
	result = take_batch(l);
	if (result != CAPTURE_FRAME)
		idle(l, before);
	if (channel_is_waiting(l->channel))
		(void)channel_flush(l->channel);
	live_second(l);
	live_orders(l);
	return result;
}

void
live_run(struct live_job *job)
{
	struct live *l = mem_calloc(1, sizeof(*l));
	enum capture_result result;

	l->job = job;
	l->model = job->model;
	l->status = region_status(job->region);
	for (size_t i = 0; i < job->source_count; i++)
		l->drops[i] = atomic_load(&l->status->sources[i].ring_drops);
	prepare(l);
	if (!job->is_live)
		live_files(l);
	for (;;) {
		result = turn(l);
		if (l->is_stopping && is_drained(l, result))
			live_finish(l);
		if (result != CAPTURE_FRAME)
			sleep_until_something(l);
	}
}
