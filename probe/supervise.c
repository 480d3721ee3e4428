/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See supervise.h. The order of events: everything that needs the first user
 * is opened, then the supervisor becomes who it stays, quiets and mutes the
 * taps, raises them, and forks. After that it waits: for signals, for the
 * second to pass, for what children answer.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "complain.h"
#include "supervise_internal.h"

#define ERROR_MAX 512
#define POLLED_MAX (SUPERVISE_ENGINES_MAX + 4)
#define DRAIN_MS 1000
#define FOLDER_PAUSE_NS 100000000
#define FOLDER_TRIES 50

static void
say(const struct supervisor *s, enum word word, const char *a, const char *b)
{
	complain(s->arguments->lang, word, a, b, NULL);
}

/* ---- what is opened first */

static bool
check_taps(struct supervisor *s)
{
	bool ok = true;

	for (size_t i = 0; i < s->tap_count; i++) {
		struct watched *w = &s->taps[i];

		if (!interface_read(w->interface, &w->now)) {
			say(s, W_LIVE_NOT_READ, w->interface,
			    strerrordesc_np(errno));
			ok = false;
		} else
			ok = supervise_tap_check(s, w) && ok;
	}
	return ok && supervise_tap_check_stack(s, s->taps, s->tap_count);
}

static bool
find_user(struct supervisor *s)
{
	char error[ERROR_MAX] = "";

	if (sandbox_find_user(s->arguments->user, &s->user, error,
		sizeof(error)))
		return true;
	say(s, W_LIVE_NO_USER, error, NULL);
	return false;
}

/* False: another probe writes there. One that was killed may have a recorder
 * that is not done yet. */
static bool
lock_folder(const struct supervisor *s)
{
	const struct timespec pause = { .tv_nsec = FOLDER_PAUSE_NS };

	for (int i = 0; i < FOLDER_TRIES; i++) {
		if (flock(s->folder, LOCK_EX | LOCK_NB) == 0)
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return false;
}

/* A new folder belongs to who will write in it. */
static bool
open_folder(struct supervisor *s)
{
	const char *folder = s->arguments->output;
	bool is_new;

	s->folder = -1;
	if (strcmp(folder, "-") == 0) {
		text_add(&s->events,
		    words_get(s->arguments->lang, W_PROBE_STDOUT));
		return true;
	}
	text_printf(&s->events, "%s/eve.json", folder);
	is_new = mkdir(folder, 0700) == 0;
	if (is_new || errno == EEXIST)
		s->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0 ||
	    (is_new && geteuid() == 0 &&
		fchown(s->folder, s->user.uid, s->user.gid) != 0)) {
		say(s, W_PROBE_NO_OUTPUT, text_str(&s->events),
		    strerrordesc_np(errno));
		return false;
	}
	if (!lock_folder(s)) {
		say(s, W_LIVE_FOLDER_IN_USE, folder, NULL);
		return false;
	}
	return true;
}

/* As who it is now. */
static bool
check_folder(const struct supervisor *s)
{
	char user[24];

	if (s->folder < 0 ||
	    faccessat(s->folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return true;
	(void)snprintf(user, sizeof(user), "%u", (unsigned)geteuid());
	say(s, W_LIVE_FOLDER_DENIED, s->arguments->output, user);
	return false;
}

static bool
become(struct supervisor *s)
{
	const struct sandbox_plan walls = { .role = SANDBOX_SUPERVISOR,
		.folder = -1,
		.none = s->arguments->no_sandbox };
	struct sandbox_report report;
	char error[ERROR_MAX] = "";

	if (!sandbox_become(&s->user, true, error, sizeof(error))) {
		say(s, W_LIVE_NO_RIGHTS, error, NULL);
		return s->arguments->no_sandbox && geteuid() == 0;
	}
	/* Its own walls; its children have them, too, and build theirs. */
	if (sandbox_enter(&walls, &report, error, sizeof(error)))
		return true;
	say(s, W_LIVE_NO_RIGHTS, error, NULL);
	return false;
}

static bool
open_waits(struct supervisor *s)
{
	const struct itimerspec each = { { 1, 0 }, { 1, 0 } };
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGCHLD);
	s->signals = s->timer = -1;
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		s->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (s->signals >= 0 && s->timer >= 0 &&
	    timerfd_settime(s->timer, 0, &each, NULL) == 0)
		return true;
	say(s, W_LIVE_NO_PROCESS, strerrordesc_np(errno), NULL);
	return false;
}

static void
open_notify(struct supervisor *s)
{
	if (!notify_open(&s->notify, getenv("NOTIFY_SOCKET"),
		getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid()))
		log_warn("supervise", "notify: %s", strerrordesc_np(errno));
}

/* ---- taps, then children */

static bool
begin_taps(struct supervisor *s)
{
	char error[ERROR_MAX] = "";
	bool ok = true;

	s->keeper = keeper_start(s->arguments->no_sandbox);
	s->keeper_started = now_wall();
	if (s->keeper == NULL) {
		say(s, W_LIVE_NO_KEEPER, strerrordesc_np(errno), NULL);
		return false;
	}
	s->mute = mute_new(error, sizeof(error));
	if (s->mute == NULL) {
		say(s, W_LIVE_NO_MUTE, error, NULL);
		return false;
	}
	for (size_t i = 0; ok && i < s->tap_count; i++) {
		ok = supervise_tap_begin(s, &s->taps[i]);
		s->taps[i].at = s->taps[i].now.index;
	}
	return ok;
}

static bool
start_children(struct supervisor *s)
{
	if (!supervise_spawn_prepare(s)) {
		say(s, W_LIVE_NO_PROCESS, strerrordesc_np(errno), NULL);
		return false;
	}
	s->channel = channel_new(s->own[0], RECORD_SUPERVISOR, s->generation, 1,
	    false, NULL);
	s->observer = channel_observer(s->channel);
	supervise_plan_slots(s);
	if (!supervise_spawn_recorder(s))
		return false;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].boundary != NULL &&
		    !supervise_spawn_engine(s, &s->slots[i]))
			return false;
	return true;
}

static bool
begin(struct supervisor *s)
{
	s->tap_count = supervise_plan(s->arguments, s->model, s->taps);
	if (s->tap_count == 0 || !check_taps(s))
		return false;
	open_notify(s);
	return find_user(s) && open_folder(s) && become(s) && check_folder(s) &&
	    open_waits(s) && begin_taps(s) && start_children(s);
}

/* ---- the loop */

static void
take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;
	const struct order stats = { .type = ORDER_STATS, .fd = -1 };

	while (read(s->signals, &info, sizeof(info)) == sizeof(info))
		switch (info.ssi_signo) {
		case SIGHUP:
			supervise_reload(s);
			break;
		case SIGUSR1:
			/* The kernel's counts stand beside the accounts. */
			supervise_account_tick(s);
			supervise_health_tell(s, "asked", "");
			(void)channel_flush(s->channel);
			for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
				if (s->slots[i].child.state == SLOT_RUNNING)
					(void)order_send(
					    s->slots[i].child.orders, &stats);
			break;
		case SIGCHLD:
			supervise_watch_reap(s);
			break;
		default: /* the second time there is no more patience */
			if (s->phase == PHASE_STARTING ||
			    s->phase == PHASE_RUNNING) {
				(void)notify_stopping(&s->notify, NULL);
				supervise_watch_stop(s);
			} else
				s->deadline_ns = 0;
			break;
		}
}

static void
tell_status(const struct supervisor *s)
{
	struct text line = { 0 };
	char taps[24], generation[24];
	uint64_t taken = 0;

	for (size_t i = 0; i < s->tap_count; i++)
		taken += s->taps[i].taken + s->taps[i].taken_now;
	(void)snprintf(taps, sizeof(taps), "%zu", s->tap_count);
	(void)snprintf(generation, sizeof(generation), "%u", s->generation);
	words_add(&line, s->arguments->lang, W_LIVE_STATUS, 2, taps,
	    generation);
	text_printf(&line, " (%llu)", (unsigned long long)taken);
	(void)notify_alive(&s->notify);
	(void)notify_status(&s->notify, text_str(&line));
	text_free(&line);
}

static void
tick(struct supervisor *s)
{
	uint64_t times;

	if (read(s->timer, &times, sizeof(times)) != sizeof(times))
		return;
	supervise_account_tick(s);
	supervise_tap_tick(s);
	supervise_health_tick(s);
	supervise_watch_hangs(s);
	(void)channel_flush(s->channel);
	if (s->phase == PHASE_RUNNING)
		tell_status(s);
}

/* Whether all that were forked at first can work. */
static bool
is_ready(const struct supervisor *s)
{
	if (s->recorder.state != SLOT_RUNNING)
		return false;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].boundary != NULL &&
		    s->slots[i].child.state != SLOT_RUNNING)
			return false;
	return true;
}

static void
begin_running(struct supervisor *s)
{
	struct text taps = { 0 };

	s->phase = PHASE_RUNNING;
	supervise_health_clock(s);
	supervise_health_tell(s, "start", "");
	for (size_t i = 0; i < s->tap_count; i++)
		text_printf(&taps, "%s%s=%s", i ? ", " : "", s->taps[i].id,
		    s->taps[i].interface);
	say(s, W_LIVE_READY, text_str(&taps), text_str(&s->events));
	(void)notify_ready(&s->notify, text_str(&taps));
	text_free(&taps);
	if (s->reload_again)
		supervise_reload(s);
}

static void
wait_for_something(struct supervisor *s, int ms)
{
	struct pollfd polled[POLLED_MAX];
	nfds_t n = 0;

	polled[n++] = (struct pollfd){ .fd = s->signals, .events = POLLIN };
	polled[n++] = (struct pollfd){ .fd = s->timer, .events = POLLIN };
	polled[n++] = (struct pollfd){ .fd = s->recorder.orders,
		.events = POLLIN };
	if (channel_is_waiting(s->channel))
		polled[n++] = (struct pollfd){ .fd = channel_fd(s->channel),
			.events = POLLOUT };
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		polled[n++] = (struct pollfd){ .fd = s->slots[i].child.orders,
			.events = POLLIN };
	(void)poll(polled, n, ms);
}

/* One turn: an order from nobody (-1) is passed over. */
static void
turn(struct supervisor *s)
{
	wait_for_something(s, supervise_watch_due(s));
	take_signals(s);
	supervise_watch_orders(s, &s->recorder, NULL);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		supervise_watch_orders(s, &s->slots[i].child, &s->slots[i]);
	if (channel_is_waiting(s->channel))
		(void)channel_flush(s->channel);
	tick(s);
	if (s->reload != RELOAD_NONE)
		supervise_reload_step(s);
	supervise_watch_ending(s);
	if (s->phase == PHASE_STARTING && is_ready(s))
		begin_running(s);
}

static void
run(struct supervisor *s)
{
	s->minute_ns = supervise_after(60000);
	while (s->phase != PHASE_ENDED && !s->is_failed)
		turn(s);
	if (s->is_failed)
		s->code = RUN_USAGE;
}

/* ---- the end of it all */

static void
close_pair(const int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			(void)close(pair[i]);
}

static void
free_slot(struct slot *slot)
{
	if (slot->child.pid > 0)
		(void)kill(slot->child.pid, SIGKILL);
	if (slot->child.orders >= 0)
		(void)close(slot->child.orders);
	close_pair(slot->records);
	region_free(slot->region);
	free(slot->boundary);
}

static void
end(struct supervisor *s)
{
	(void)keeper_end(s->keeper);
	mute_free(s->mute);
	if (s->recorder.pid > 0)
		(void)kill(s->recorder.pid, SIGKILL);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		free_slot(&s->slots[i]);
	if (s->channel != NULL)
		s->own[0] = -1; /* the channel's */
	channel_free(s->channel);
	close_pair(s->own);
	for (size_t i = 0; i < s->tap_count; i++) {
		if (s->taps[i].fd >= 0)
			(void)close(s->taps[i].fd);
		supervise_account_release(&s->taps[i]);
		free(s->taps[i].id);
	}
	if (s->reload == RELOAD_QUIT)
		for (size_t i = 0; i < s->next_count; i++)
			free(s->next_taps[i].id);
	model_free(s->next);
	model_free(s->loaded);
	text_free(&s->events);
	notify_close(&s->notify);
	free(s);
}

enum run_code
supervise_live(const struct arguments *o, struct bundle *bundle,
    struct model *m)
{
	struct supervisor *s = mem_calloc(1, sizeof(*s));
	enum run_code code;

	/* Threads that open rings (capture_open_several) need no memory of
	 * their own, and what they reserve would count as the children's. */
	(void)mallopt(M_ARENA_MAX, 1);
	bundle_free(bundle); /* as large as the model, and read again */
	s->arguments = o;
	s->model = s->loaded = m;
	s->generation = 1;
	s->code = RUN_UNDECIDED;
	s->started = now_wall();
	s->folder = s->bundle_fd = s->signals = s->timer = s->notify.fd = -1;
	s->own[0] = s->own[1] = s->recorder.orders = -1;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		s->slots[i].child.orders = -1;
		s->slots[i].records[0] = s->slots[i].records[1] = -1;
	}
	if (supervise_plan_probe(o, m) && begin(s))
		run(s);
	else
		s->code = RUN_USAGE;
	code = s->code;
	end(s);
	return code;
}
