/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The supervisor of a run over capture files: one engine, one recorder, no
 * interface to look after and nobody to hurry. The engine waits for room, so
 * nothing is lost on the way. An engine that dies is replaced by one that
 * passes over what was read; after too many deaths, and for what cannot be
 * opened again, the rest is a gap.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "complain.h"
#include "supervise_internal.h"

#define ERROR_MAX 512
#define TICK_MS 1000
#define DEATHS_MAX 100 /* of the engine; each costs a reading of the files */
#define RECORDER_DEATHS_MAX 5
/* Seconds with one batch of frames in hand and nothing for the recorder to
 * do: a stopped terminal or a slow disk is no hang. */
#define HANG_TICKS 20

struct reading {
	struct supervisor s;
	struct slot *slot; /* the one engine's */
	uint64_t frame_ns; /* as last seen, for HANG_TICKS */
	int ticks;
	bool is_over;	  /* the recorder has ended */
	bool is_hopeless; /* not all could be read, and nobody told so */
	bool is_said;	  /* why a child cannot go on */
	bool is_told;	  /* to stop: lines cannot be written */
};

/* ---- files again */

/* Whether reading it again yields the same: a pipe does not. */
static bool
can_reopen(const char *file)
{
	struct stat st;

	return strcmp(file, "-") != 0 && stat(file, &st) == 0 &&
	    S_ISREG(st.st_mode);
}

/* The rest of a file is lost with the engine. */
static void
give_up(struct reading *r, uint32_t source, const char *cause)
{
	const struct supervise_files *f = r->s.files;

	(void)capture_open_absent(r->s.reading, f->files[source], false);
	r->s.gaps[r->s.gap_count++] = (struct gap){ .kind = GAP_CAPTURE,
		.file = f->files[source],
		.tap = f->taps[source],
		.frames = r->s.taken[source],
		.cause = mem_strdup(cause) }; /* freed by forget_gaps */
	r->s.taken[source] = 0; /* nothing comes to be passed over */
}

static void
forget_gaps(struct supervisor *s)
{
	for (size_t i = 0; i < s->gap_count; i++)
		free((char *)(uintptr_t)s->gaps[i].cause);
	s->gap_count = 0;
}

static void
reopen(struct reading *r)
{
	const struct supervise_files *f = r->s.files;
	const bool is_hopeless = r->slot->child.death_count >= DEATHS_MAX;
	char error[ERROR_MAX];

	forget_gaps(&r->s);
	capture_free(r->s.reading);
	r->s.reading = capture_new();
	for (uint32_t i = 0; i < f->source_count; i++) {
		(void)snprintf(error, sizeof(error), "%s",
		    words_get(f->arguments->lang,
			is_hopeless ? W_LIVE_TOO_OFTEN : W_LIVE_NOT_TWICE));
		if (is_hopeless || !can_reopen(f->files[i]) ||
		    capture_open_file(r->s.reading, f->files[i], error,
			sizeof(error)) < 0)
			give_up(r, i, error);
	}
}

/* ---- ends */

/* With it the recorder sees the end of what is sent. */
static void
close_sending(struct slot *slot)
{
	(void)close(slot->records[0]);
	slot->records[0] = -1;
}

static void
note_end(struct child *c, int status)
{
	(void)close(c->orders);
	c->orders = -1;
	c->pid = 0;
	c->exit_status = status;
	c->away_since = now_wall();
	c->death_count++;
}

static void
say_death(const struct supervisor *s, const struct child *c)
{
	char name[16], cause[SUPERVISE_CAUSE_MAX];

	supervise_spawn_name(s, c, name);
	supervise_account_cause(s, c->exit_status, cause);
	complain(s->arguments->lang, W_LIVE_DIED, name, cause, NULL);
}

/* There is no going on without it. */
static void
fail(struct reading *r, const struct child *c)
{
	char cause[SUPERVISE_CAUSE_MAX];

	r->s.is_failed = true;
	if (r->is_said)
		return; /* it could say itself why */
	supervise_account_cause(&r->s, c->exit_status, cause);
	complain(r->s.arguments->lang, W_PROBE_NO_ENGINE, cause, NULL, NULL);
}

/* What each file had given by then; more than it has is a lie that only
 * skips. */
static void
note_taken(struct reading *r)
{
	const struct region_status *status = region_status(r->slot->region);

	for (size_t i = 0; i < r->s.files->source_count; i++)
		r->s.taken[i] = atomic_load(&status->sources[i].taken);
}

static void
engine_ended(struct reading *r, int status)
{
	struct child *c = &r->slot->child;

	note_end(c, status);
	if (status == 0) {
		close_sending(r->slot);
		return;
	}
	if (supervise_watch_cannot(c)) {
		fail(r, c);
		return;
	}
	say_death(&r->s, c);
	if (c->death_count > DEATHS_MAX) {
		r->is_hopeless = true; /* not even the last one could say it */
		close_sending(r->slot);
		return;
	}
	note_taken(r);
	reopen(r);
	if (!supervise_spawn_engine(&r->s, r->slot))
		r->s.is_failed = true;
}

static void
recorder_ended(struct reading *r, int status)
{
	struct child *c = &r->s.recorder;

	note_end(c, status);
	if (status == 0) {
		r->is_over = true;
		return;
	}
	if (supervise_watch_cannot(c) || c->death_count > RECORDER_DEATHS_MAX) {
		fail(r, c);
		return;
	}
	say_death(&r->s, c);
	if (!supervise_spawn_recorder(&r->s))
		r->s.is_failed = true;
}

/* ---- what they say */

static void
take_order(struct reading *r, struct child *c, const struct order *o)
{
	const struct order again = { .type = ORDER_AGAIN, .fd = -1 };

	if (o->type == ORDER_READY) {
		c->state = SLOT_RUNNING;
		c->was_ready = true;
		if (c == &r->s.recorder && c->death_count > 0 &&
		    r->slot->child.orders >= 0)
			(void)order_send(r->slot->child.orders, &again);
	} else if (o->type == ORDER_FAILED) {
		r->is_said = true;
		complain(r->s.arguments->lang, W_PROBE_NO_ENGINE, o->text, NULL,
		    NULL);
	} else if (o->type == ORDER_DONE && c == &r->s.recorder &&
	    o->number <= RUN_UNDECIDED)
		r->s.code = (enum run_code)o->number;
}

/* True when it has ended; *status: how. */
static bool
has_ended(struct reading *r, struct child *c, int *status)
{
	struct order o;
	int got = 0;

	while (c->orders >= 0 && (got = order_receive(c->orders, &o)) > 0) {
		if (o.fd >= 0)
			(void)close(o.fd);
		take_order(r, c, &o);
	}
	if (c->orders < 0 || got == 0)
		return false;
	if (errno != ECONNRESET)
		(void)kill(c->pid, SIGKILL); /* it lies */
	return waitpid(c->pid, status, 0) == c->pid;
}

/* ---- waiting */

/* The engine holds one batch for long, and not for want of room. */
static void
check_hang(struct reading *r)
{
	const struct child *c = &r->slot->child;
	uint64_t frame_ns;
	int waiting = 0;

	if (c->pid <= 0)
		return;
	frame_ns = atomic_load(&region_status(r->slot->region)->frame_ns);
	(void)ioctl(r->slot->records[1], SIOCINQ, &waiting);
	if (frame_ns == 0 || frame_ns != r->frame_ns || waiting > 0)
		r->ticks = 0;
	r->frame_ns = frame_ns;
	if (++r->ticks < HANG_TICKS)
		return;
	r->ticks = 0;
	complain(r->s.arguments->lang, W_LIVE_HANGS, "engine-0", NULL, NULL);
	(void)kill(c->pid, SIGKILL);
}

/* Lines that cannot be written need not be made. */
static void
check_disk(struct reading *r)
{
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };

	if (r->is_told || r->slot->child.orders < 0 ||
	    atomic_load(&r->s.record_status->fault) == 0)
		return;
	r->is_told = true;
	(void)order_send(r->slot->child.orders, &stop);
}

static void
turn(struct reading *r)
{
	struct pollfd polled[2] = { { .fd = r->slot->child.orders,
					.events = POLLIN },
		{ .fd = r->s.recorder.orders, .events = POLLIN } };
	int status;

	if (poll(polled, 2, TICK_MS) == 0) {
		check_hang(r);
		check_disk(r);
	}
	if (has_ended(r, &r->slot->child, &status))
		engine_ended(r, status);
	if (has_ended(r, &r->s.recorder, &status))
		recorder_ended(r, status);
}

/* ---- all of it */

static void
begin(struct reading *r, const struct supervise_files *f)
{
	struct supervisor *s = &r->s;

	s->arguments = f->arguments;
	s->files = f;
	s->reading = f->capture;
	s->generation = 1;
	s->model = f->model;
	s->code = RUN_UNDECIDED;
	s->folder = f->folder;
	s->bundle_fd = s->notify.fd = s->own[0] = s->own[1] = -1;
	s->recorder.orders = -1;
	text_add(&s->events, f->events);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		s->slots[i].child.orders = -1;
		s->slots[i].records[0] = s->slots[i].records[1] = -1;
	}
	for (size_t i = 0; i < f->gap_count && i < LIVE_GAPS_MAX; i++) {
		s->gaps[i] = f->gaps[i];
		s->gaps[i].cause = mem_strdup(f->gaps[i].cause);
		s->gap_count++;
	}
	r->slot = &s->slots[0];
}

static void
stop(struct child *c)
{
	int status;

	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, &status, 0);
	}
	if (c->orders >= 0)
		(void)close(c->orders);
}

static void
end(struct reading *r)
{
	stop(&r->slot->child);
	stop(&r->s.recorder);
	for (int i = 0; i < 2; i++)
		if (r->slot->records[i] >= 0)
			(void)close(r->slot->records[i]);
	region_free(r->slot->region);
	forget_gaps(&r->s);
	capture_free(r->s.reading);
	text_free(&r->s.events);
	free(r);
}

enum run_code
supervise_files(const struct supervise_files *f)
{
	struct reading *r = mem_calloc(1, sizeof(*r));
	enum run_code code;

	begin(r, f);
	if (!supervise_spawn_prepare(&r->s)) {
		complain(f->arguments->lang, W_PROBE_NO_ENGINE,
		    strerrordesc_np(errno), NULL, NULL);
		r->s.is_failed = true;
	} else if (!supervise_spawn_recorder(&r->s) ||
	    !supervise_spawn_engine(&r->s, r->slot))
		r->s.is_failed = true;
	while (!r->is_over && !r->s.is_failed)
		turn(r);
	code = r->s.is_failed ? RUN_USAGE : r->s.code;
	if (r->is_hopeless && code == RUN_CONFORMING)
		code = RUN_UNDECIDED;
	end(r);
	return code;
}
