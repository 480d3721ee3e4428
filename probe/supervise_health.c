/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the probe itself is: a health record each minute and whenever that
 * changes, and the findings that only the supervisor can make: frames that
 * found no room (COV-1), a clock that cannot be believed (COV-5), processes
 * that died (COV-7).
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "coverage.h"
#include "supervise_internal.h"

#define MINUTE_NS (60000 * NS_PER_MS)
#define LOSSY_AGAIN_NS (60 * MINUTE_NS)
/* Losses of a minute that are told: above 0.1 %, and grave above 5 %. */
#define LOSSY_ABOVE 1000
#define LOSSY_GRAVE 20

/* ---- the record */

/* Kilobytes in memory; 0 where it cannot be seen, as where /proc hides what
 * may not be traced: a child then tells it itself. */
static uint64_t
memory_of(pid_t pid)
{
	char path[40], text[128] = "";
	unsigned long total, resident = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0 || sscanf(text, "%lu %lu", &total, &resident) != 2)
		return 0;
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void
add_process(struct health *h, const char *name, pid_t pid, uint32_t restarts,
    struct wall_us started, uint32_t told_kb)
{
	struct health_process *p = &h->processes[h->process_count];

	if (pid <= 0 || h->process_count == HEALTH_PROCESSES_MAX)
		return;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	p->pid = pid;
	p->restarts = restarts;
	p->memory_kb = memory_of(pid);
	if (p->memory_kb == 0)
		p->memory_kb = told_kb;
	p->started = started;
	h->process_count++;
}

/* The weakest wall of all counts. */
static void
add_child(const struct supervisor *s, const struct child *c, struct health *h,
    uint32_t told_kb)
{
	char name[16];

	if (c->state == SLOT_EMPTY)
		return;
	supervise_spawn_name(s, c, name);
	add_process(h, name, c->pid, c->restarts, c->started, told_kb);
	/* One that is only starting has read nothing, and reads nothing before
	 * its walls stand. */
	if (c->state != SLOT_RUNNING && c->state != SLOT_STOPPING)
		return;
	if (c->sandbox > h->sandbox)
		h->sandbox = c->sandbox;
	if (c->landlock < h->landlock)
		h->landlock = c->landlock;
}

static uint32_t
told_by_recorder(const struct supervisor *s)
{
	return s->record_status ? atomic_load(&s->record_status->memory_kb) : 0;
}

static uint32_t
told_by_engine(const struct slot *slot)
{
	return slot->region ?
	    atomic_load(&region_status(slot->region)->memory_kb) :
	    0;
}

static void
add_processes(const struct supervisor *s, struct health *h)
{
	h->sandbox = s->arguments->no_sandbox ? SANDBOX_NONE : SANDBOX_FULL;
	h->landlock = INT32_MAX;
	add_process(h, "supervisor", getpid(), 0, s->started, 0);
	if (s->keeper != NULL)
		add_process(h, "keeper", keeper_pid(s->keeper),
		    s->keeper_restarts, s->keeper_started, 0);
	add_child(s, &s->recorder, h, told_by_recorder(s));
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		add_child(s, &s->slots[i].child, h,
		    told_by_engine(&s->slots[i]));
	if (h->landlock == INT32_MAX)
		h->landlock = 0;
}

static void
add_tap(const struct supervisor *s, const struct watched *w, struct health *h)
{
	struct health_tap *t = &h->taps[h->tap_count];

	if (h->tap_count == HEALTH_TAPS_MAX)
		return;
	h->tap_count++;
	t->tap = w->tap;
	(void)snprintf(t->interface, sizeof(t->interface), "%s", w->interface);
	t->link = w->now.link;
	/* Since watching began: without what is nobody's. */
	t->received = (uint64_t)((int64_t)w->received - w->nobodys);
	t->taken = w->taken + w->taken_now;
	t->ring_drops = w->before.drops + w->handle.drops;
	t->ring_freezes = w->before.freezes + w->handle.freezes;
	t->nic_drops = w->nic_drops;
	t->held = w->held;
	t->unseen = w->unseen;
	t->muted = s->mute ? mute_count(s->mute, w->interface) : 0;
	h->muted += t->muted;
	t->last = w->last;
}

static void
add_backlog(const struct supervisor *s, struct health *h)
{
	const struct channel_counters *own = channel_counters(s->channel);

	for (int i = 0; i < RECORD_CLASS_COUNT; i++) {
		h->backlog[i] = own->backlog[i];
		for (size_t j = 0; j < SUPERVISE_ENGINES_MAX; j++)
			if (s->slots[j].region != NULL)
				h->backlog[i] += region_status(
				    s->slots[j].region)
						     ->channel.backlog[i];
	}
}

void
supervise_health_tell(struct supervisor *s, const char *event, const char *note)
{
	struct health h = { .now = now_wall(),
		.event = event,
		.generation = s->generation,
		.clock = s->clock.state,
		.clock_offset_us = s->clock.offset_us,
		.clock_steps = s->clock.steps };

	memcpy(h.model, s->model->sha256, sizeof(h.model));
	add_processes(s, &h);
	for (size_t i = 0; i < s->tap_count; i++)
		add_tap(s, &s->taps[i], &h);
	add_backlog(s, &h);
	(void)snprintf(h.note, sizeof(h.note), "%s", note);
	s->observer.health(s->observer.context, &h);
}

/* ---- findings */

void
supervise_health_death(struct supervisor *s, struct child *c,
    const struct slot *slot)
{
	const uint64_t now = now_monotonic();
	char name[16], cause[SUPERVISE_CAUSE_MAX];
	struct coverage_finding f = { .check = CHECK_COV_7,
		.severity = SEVERITY_MEDIUM,
		.now = now_wall(),
		.detail = name };
	uint64_t first;

	c->deaths_ns[c->death_count++ % SUPERVISE_OFTEN] = now;
	first = c->deaths_ns[c->death_count % SUPERVISE_OFTEN];
	if (c->death_count >= SUPERVISE_OFTEN &&
	    now - first <= SUPERVISE_OFTEN_MS * NS_PER_MS)
		f.severity = SEVERITY_HIGH;
	supervise_spawn_name(s, c, name);
	supervise_account_cause(s, c->exit_status, cause);
	if (slot != NULL && slot->count > 0)
		f.boundary = s->taps[slot->watched[0]].tap->boundary;
	f.counted = c->death_count;
	s->observer.coverage(s->observer.context, &f);
	complain(s->arguments->lang, W_LIVE_DIED, name, cause, NULL);
}

/* What a tap lost in the last minute; told once an hour while it goes on. */
static void
check_losses(struct supervisor *s, struct watched *w)
{
	const uint64_t ring = w->before.drops + w->handle.drops;
	const uint64_t lost = ring - w->minute_ring + w->nic_drops -
	    w->minute_nic;
	const uint64_t all = w->received - w->minute_frames +
	    (w->nic_drops - w->minute_nic);
	const uint64_t now = now_monotonic();
	struct coverage_finding f = { .check = CHECK_COV_1,
		.severity = SEVERITY_MEDIUM,
		.now = now_wall(),
		.boundary = w->tap->boundary,
		.tap = w->tap,
		.counted = lost,
		.of = all,
		.detail = COVERAGE_TOLD_FRAMES };

	w->minute_ring = ring;
	w->minute_nic = w->nic_drops;
	w->minute_frames = w->received;
	if (lost == 0 || lost < all / LOSSY_ABOVE)
		return;
	if (w->lossy_ns != 0 && now - w->lossy_ns < LOSSY_AGAIN_NS)
		return;
	w->lossy_ns = now;
	if (lost > all / LOSSY_GRAVE)
		f.severity = SEVERITY_HIGH;
	s->observer.coverage(s->observer.context, &f);
}

void
supervise_health_clock(struct supervisor *s)
{
	int64_t offset = 0, monotonic_us;
	const enum clock_state kernel = clockwatch_ask(&offset);
	struct wall_us wall;

	clockwatch_read(&wall, &monotonic_us);
	clockwatch_tick(&s->clock, wall, monotonic_us, kernel, offset,
	    &s->observer);
}

void
supervise_health_tick(struct supervisor *s)
{
	const uint64_t now = now_monotonic();

	supervise_health_clock(s);
	if (now < s->minute_ns)
		return;
	s->minute_ns = now + MINUTE_NS;
	for (size_t i = 0; i < s->tap_count; i++)
		check_losses(s, &s->taps[i]);
	supervise_health_tell(s, "minute", "");
}
