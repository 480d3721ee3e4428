/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of the children: they get ready, answer, hang, die and are
 * started again, at once at first and later and later when that does not
 * help. An engine that died owes a gap, told when the next one is ready and
 * knows what it closed. What a child says is checked; what it does not say in
 * time ends it.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"
#include "supervise_internal.h"

#define TICK_MS 1000
#define ORDERS_MOST 32 /* of one child at a time; an honest one has three */

/* ---- starting */

static bool
is_due(const struct child *c, uint64_t now)
{
	return c->state == SLOT_DUE && now >= c->due_ns;
}

static void
start_due(struct supervisor *s)
{
	const uint64_t now = now_monotonic();

	if (is_due(&s->recorder, now))
		(void)supervise_spawn_recorder(s);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (is_due(&s->slots[i].child, now))
			(void)supervise_spawn_engine(s, &s->slots[i]);
}

static int
wait_for(const struct child *c, uint64_t now, int most)
{
	if (c->state != SLOT_DUE)
		return most;
	if (c->due_ns <= now)
		return 0;
	if (c->due_ns - now >= (uint64_t)most * NS_PER_MS)
		return most;
	return (int)((c->due_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

int
supervise_watch_due(struct supervisor *s)
{
	uint64_t now;
	int ms = TICK_MS;

	start_due(s);
	now = now_monotonic();
	ms = wait_for(&s->recorder, now, ms);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		ms = wait_for(&s->slots[i].child, now, ms);
	return ms;
}

/* ---- ending */

/* When it starts again: at once, then later each time, at once again after
 * it was calm for a while. */
static void
back_off(struct child *c)
{
	const uint64_t now = now_monotonic();

	if (now - c->started_ns > SUPERVISE_CALM_MS * NS_PER_MS)
		c->backoff_ms = 0;
	c->state = SLOT_DUE;
	c->due_ns = c->ended_ns + c->backoff_ms * NS_PER_MS;
	if (c->backoff_ms == 0)
		c->backoff_ms = SUPERVISE_BACKOFF_FIRST_MS;
	else if (c->backoff_ms < SUPERVISE_BACKOFF_MOST_MS / 2)
		c->backoff_ms *= 2;
	else
		c->backoff_ms = SUPERVISE_BACKOFF_MOST_MS;
	c->restarts++;
}

/* It is no process any more. */
static void
note_end(struct child *c, int status)
{
	if (c->orders >= 0)
		(void)close(c->orders);
	c->orders = -1;
	c->ended_ns = now_monotonic();
	c->pid = 0;
	c->answer_ns = 0;
	c->exit_status = status;
	if (c->away_since.us == 0)
		c->away_since = now_wall();
	c->state = SLOT_EMPTY;
}

bool
supervise_watch_cannot(const struct child *c)
{
	if (c->was_ready)
		return false;
	return WIFEXITED(c->exit_status) || c->death_count >= SUPERVISE_OFTEN;
}

/* At the end: what the dead engine left open is closed by one more, which
 * reads nothing. */
static void
close_left(struct supervisor *s, struct slot *slot)
{
	if (slot->is_last) {
		supervise_account_gaps(s, slot, 0);
		return; /* it died, too: the gap says what is known */
	}
	slot->is_last = true;
	slot->child.state = SLOT_DUE;
	slot->child.due_ns = now_monotonic();
}

static void
engine_ended(struct supervisor *s, struct slot *slot, int status)
{
	struct child *c = &slot->child;
	const bool is_clean = c->state == SLOT_STOPPING && status == 0;

	note_end(c, status);
	supervise_account_close(s, slot);
	slot->owes_gap = slot->owes_gap || !is_clean || slot->is_afresh;
	slot->is_afresh = false;
	if (!is_clean)
		supervise_health_death(s, c, slot);
	if (s->phase == PHASE_ENGINES || slot->is_changing) {
		if (!is_clean)
			close_left(s, slot);
		else
			supervise_account_gaps(s, slot, 0);
	} else if (is_clean) {
		c->state = SLOT_DUE;
		c->due_ns = now_monotonic();
	} else if (s->phase == PHASE_STARTING && supervise_watch_cannot(c))
		s->is_failed = true;
	else
		back_off(c);
}

static void
recorder_ended(struct supervisor *s, int status)
{
	struct child *c = &s->recorder;
	const bool is_clean = c->state == SLOT_STOPPING && status == 0;

	note_end(c, status);
	if (is_clean || s->is_hurried) {
		s->phase = PHASE_ENDED;
		if (!is_clean)
			s->code = RUN_UNDECIDED;
		return;
	}
	/* At the end, too: what lies in the sockets is to be written. */
	if (s->phase == PHASE_RECORDER)
		s->phase = PHASE_ENGINES;
	supervise_health_death(s, c, NULL);
	if (s->phase == PHASE_STARTING && supervise_watch_cannot(c))
		s->is_failed = true;
	else
		back_off(c);
}

/* What children share with the supervisor is not for a keeper. */
static void
share(const struct supervisor *s, bool shared)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].region != NULL)
			region_inherit(s->slots[i].region, shared);
	if (s->record_status != NULL)
		(void)madvise(s->record_status, sizeof(*s->record_status),
		    shared ? MADV_DOFORK : MADV_DONTFORK);
}

static void
keeper_ended(struct supervisor *s)
{
	struct keeper *dead = s->keeper;

	share(s, false);
	s->keeper = keeper_start(s->arguments->no_sandbox);
	share(s, true);
	(void)keeper_end(dead);
	s->keeper_restarts++;
	s->keeper_started = now_wall();
	if (s->keeper == NULL) {
		complain(s->arguments->lang, W_LIVE_NO_KEEPER,
		    strerrordesc_np(errno), NULL, NULL);
		return;
	}
	for (size_t i = 0; i < s->setting_count; i++)
		(void)keeper_note(s->keeper, &s->settings[i]);
	supervise_health_tell(s, "restart", "keeper");
}

/* Whether it has ended, with its status taken. */
static bool
reap(const struct child *c, int *status)
{
	return c->pid > 0 && waitpid(c->pid, status, WNOHANG) == c->pid;
}

void
supervise_watch_reap(struct supervisor *s)
{
	siginfo_t info = { 0 };
	int status;

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (reap(&s->slots[i].child, &status)) {
			supervise_watch_orders(s, &s->slots[i].child,
			    &s->slots[i]);
			engine_ended(s, &s->slots[i], status);
		}
	if (reap(&s->recorder, &status)) {
		supervise_watch_orders(s, &s->recorder, NULL);
		recorder_ended(s, status);
	}
	if (s->keeper != NULL &&
	    waitid(P_PID, (id_t)keeper_pid(s->keeper), &info,
		WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    info.si_pid != 0)
		keeper_ended(s);
}

/* ---- what they say */

/* The recorder is another one: what is open must be told again. */
static void
tell_again(struct supervisor *s)
{
	const struct order again = { .type = ORDER_AGAIN, .fd = -1 };

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].child.state == SLOT_RUNNING)
			(void)order_send(s->slots[i].child.orders, &again);
}

static void
is_ready(struct supervisor *s, struct child *c, struct slot *slot,
    const struct order *o)
{
	const bool is_restart = c->away_since.us != 0;
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };
	char name[16];

	if (c->state != SLOT_STARTING)
		return;
	c->state = SLOT_RUNNING;
	c->was_ready = true;
	c->landlock = o->number <= INT16_MAX ? (int32_t)o->number : 0;
	c->sandbox = o->state <= SANDBOX_NONE ? (enum sandbox_state)o->state :
						SANDBOX_NONE;
	if (slot != NULL)
		supervise_account_gaps(s, slot, strtoull(o->text, NULL, 10));
	else if (is_restart)
		tell_again(s);
	c->away_since.us = 0;
	if (slot != NULL && (s->phase == PHASE_ENGINES || slot->is_changing)) {
		c->state = SLOT_STOPPING;
		supervise_account_halt(s, slot);
		(void)order_send(c->orders, &stop);
	} else if (is_restart && s->phase == PHASE_RUNNING) {
		supervise_spawn_name(s, c, name);
		supervise_health_tell(s, "restart", name);
	}
}

static void
take_order(struct supervisor *s, struct child *c, struct slot *slot,
    const struct order *o)
{
	switch (o->type) {
	case ORDER_READY:
		is_ready(s, c, slot, o);
		break;
	case ORDER_LOADED:
		if (c->answer_ns != 0 && o->number == s->generation) {
			c->answer_ns = 0;
			c->generation = s->generation;
		}
		break;
	case ORDER_REFUSED:
		if (c->answer_ns != 0)
			(void)kill(c->pid, SIGKILL);
		break;
	case ORDER_FAILED:
		if (c->state != SLOT_STARTING)
			break;
		complain(s->arguments->lang, W_LIVE_CANNOT_START, o->text, NULL,
		    NULL);
		break;
	case ORDER_DONE:
		if (slot == NULL && o->number <= RUN_UNDECIDED)
			s->code = (enum run_code)o->number;
		break;
	default:
		break; /* nothing that a child may say */
	}
}

void
supervise_watch_orders(struct supervisor *s, struct child *c, struct slot *slot)
{
	struct order o;
	int got = 0, count = 0;

	while (c->orders >= 0 && (got = order_receive(c->orders, &o)) > 0) {
		if (o.fd >= 0)
			(void)close(o.fd);
		/* Nobody has so much to say: the others would wait for ever. */
		if (++count > ORDERS_MOST) {
			errno = EBADMSG;
			got = -1;
			break;
		}
		take_order(s, c, slot, &o);
	}
	/* Gone or lying: either way it is of no more use. */
	if (got < 0) {
		(void)close(c->orders);
		c->orders = -1;
		if (c->pid > 0 && errno != ECONNRESET)
			(void)kill(c->pid, SIGKILL);
	}
}

/* ---- hanging */

/* then is a child's word: one from the future is a lie, and as bad. */
static bool
is_older(uint64_t then, uint64_t now, uint64_t ms)
{
	if (then > now)
		return then - now > ms * NS_PER_MS;
	return then != 0 && now - then > ms * NS_PER_MS;
}

static bool
is_late(const struct child *c, uint64_t now)
{
	return c->answer_ns != 0 && now > c->answer_ns;
}

static void
end_hung(const struct supervisor *s, const struct child *c)
{
	char name[16];

	supervise_spawn_name(s, c, name);
	complain(s->arguments->lang, W_LIVE_HANGS, name, NULL, NULL);
	(void)kill(c->pid, SIGKILL);
}

void
supervise_watch_hangs(struct supervisor *s)
{
	const uint64_t now = now_monotonic();

	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		const struct child *c = &s->slots[i].child;
		const struct region_status *r;

		if (c->pid <= 0)
			continue;
		r = region_status(s->slots[i].region);
		if (is_late(c, now) ||
		    is_older(atomic_load(&r->frame_ns), now,
			SUPERVISE_FRAME_MS) ||
		    (c->answer_ns == 0 &&
			is_older(atomic_load(&r->beat_ns), now,
			    SUPERVISE_BEAT_MS)))
			end_hung(s, c);
	}
	if (s->recorder.pid > 0 &&
	    (is_late(&s->recorder, now) ||
		is_older(atomic_load(&s->record_status->beat_ns), now,
		    SUPERVISE_RECORDER_MS)))
		end_hung(s, &s->recorder);
}

/* ---- the end */

void
supervise_watch_afresh(struct supervisor *s, struct slot *slot)
{
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };
	struct child *c = &slot->child;

	if (c->state != SLOT_RUNNING)
		return; /* it will find what is there when it starts */
	slot->is_afresh = true;
	c->state = SLOT_STOPPING;
	c->away_since = now_wall();
	supervise_account_halt(s, slot);
	(void)order_send(c->orders, &stop);
}

/* The kernel's last counts are told before the engines' last accounts, which
 * stand beside them. */
static void
finish_accounts(struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].child.state == SLOT_RUNNING)
			supervise_account_finish(s, &s->slots[i]);
	supervise_health_tell(s, "stopping", "");
	(void)channel_flush(s->channel);
}

void
supervise_watch_stop(struct supervisor *s)
{
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };

	s->phase = PHASE_ENGINES;
	s->deadline_ns = supervise_after(SUPERVISE_END_MS);
	finish_accounts(s);
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		struct slot *slot = &s->slots[i];
		struct child *c = &slot->child;

		if (c->state == SLOT_DUE && slot->owes_gap) {
			slot->is_last = true;
			c->due_ns = now_monotonic();
		} else if (c->state == SLOT_DUE)
			c->state = SLOT_EMPTY;
		if (c->state != SLOT_RUNNING)
			continue; /* one that starts is told when it is ready */
		c->state = SLOT_STOPPING;
		(void)order_send(c->orders, &stop);
	}
}

static void
kill_engines(const struct supervisor *s)
{
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		if (s->slots[i].child.pid > 0)
			(void)kill(s->slots[i].child.pid, SIGKILL);
}

/* Time is up: first for the engines, whose conversations others then close;
 * then for everybody. */
static void
hurry(struct supervisor *s)
{
	kill_engines(s);
	s->deadline_ns = supervise_after(SUPERVISE_END_MS);
	if (!s->is_impatient) {
		s->is_impatient = true;
		return;
	}
	s->is_hurried = true;
	s->code = RUN_UNDECIDED;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++) {
		s->slots[i].is_last = true;
		if (s->slots[i].child.state == SLOT_DUE)
			s->slots[i].child.state = SLOT_EMPTY;
	}
	if (s->recorder.pid > 0)
		(void)kill(s->recorder.pid, SIGKILL);
	else
		s->phase = PHASE_ENDED;
}

/* Every engine has ended; the last words, then the recorder. */
static void
stop_recorder(struct supervisor *s)
{
	const struct order stop = { .type = ORDER_STOP, .fd = -1 };

	if (!s->is_said) {
		supervise_account_tick(s);
		supervise_health_tell(s, "stop", "");
	}
	s->is_said = true;
	(void)channel_drain(s->channel, TICK_MS);
	s->phase = PHASE_RECORDER;
	s->recorder.state = SLOT_STOPPING;
	(void)order_send(s->recorder.orders, &stop);
}

void
supervise_watch_ending(struct supervisor *s)
{
	bool is_empty = true;

	if (s->phase != PHASE_ENGINES && s->phase != PHASE_RECORDER)
		return;
	if (now_monotonic() > s->deadline_ns)
		hurry(s);
	if (s->phase != PHASE_ENGINES || s->is_hurried)
		return;
	for (size_t i = 0; i < SUPERVISE_ENGINES_MAX; i++)
		is_empty = is_empty && s->slots[i].child.state == SLOT_EMPTY;
	if (is_empty && s->recorder.state == SLOT_RUNNING)
		stop_recorder(s);
}
