/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See record.h. One loop over poll: orders first, since a record may be of a
 * model that is on its way; then a number of records of each sender in turn;
 * then, each second, what time alone makes due.
 */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "complain.h"
#include "now.h"
#include "record_internal.h"
#include "resident.h"
#include "run.h"

#define POLL_MS 500
#define SECOND_NS (1000 * RECORD_NS_PER_MS)
#define QUIET_NS (2 * SECOND_NS) /* then time goes on without records */
#define EXIT_CANNOT 70
/* Without a supervisor: until the last engine, which dies with it, has hung
 * up; and until all is written, on whatever disk or pipe it is. */
#define ORPHAN_MS 3000
#define ORPHAN_ALARM_S 10
#define ERROR_MAX 512
#define LOG_LINES_MAX 100 /* a second; an engine may go on without end */

struct record_status *
record_status_new(void)
{
	void *p = mmap(NULL, sizeof(struct record_status),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* ---- what records say */

/* Somebody has told the time. */
static void
note_time(struct record *r, struct wall_us now)
{
	r->now = now;
	r->told_ns = now_monotonic();
}

static void
on_conversation(void *context, const struct observation *o)
{
	struct record *r = context;

	note_time(r, o->now);
	r->inner.conversation(r->inner.context, o);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct record *r = context;

	note_time(r, f->now);
	r->inner.coverage(r->inner.context, f);
}

static void
on_account(void *context, const struct tally *t)
{
	struct record *r = context;

	note_time(r, t->now);
	r->inner.account(r->inner.context, t);
}

static void
on_tick(void *context, struct wall_us now)
{
	struct record *r = context;

	note_time(r, now);
	r->inner.tick(r->inner.context, now);
}

static void
on_gap(void *context, const struct gap *g)
{
	struct record *r = context;

	r->inner.gap(r->inner.context, g);
}

static void
on_health(void *context, const struct health *h)
{
	struct record *r = context;

	r->inner.health(r->inner.context, h);
}

static void
on_notice(void *context, const struct notice *n)
{
	struct record *r = context;

	note_time(r, n->now);
	r->inner.notice(r->inner.context, n);
}

static void
on_device(void *context, const struct device *d)
{
	struct record *r = context;

	note_time(r, d->now);
	r->inner.device(r->inner.context, d);
}

static void
on_evidence(void *context, const struct evidence_set *e)
{
	struct record *r = context;

	r->inner.evidence(r->inner.context, e);
}

static void
on_minute(void *context, const struct tap_minute *m)
{
	struct record *r = context;

	r->inner.minute(r->inner.context, m);
}

static void
on_view(void *context, const struct tap_view *v)
{
	struct record *r = context;

	r->inner.view(r->inner.context, v);
}

/* One write a line, so that lines of several processes do not mix. */
static void
on_log(void *context, const char *line)
{
	struct record *r = context;
	struct text t = { 0 };

	if (++r->log_lines > LOG_LINES_MAX)
		return;
	text_add(&t, line);
	text_add_char(&t, '\n');
	log_write(t.data, t.length);
	text_free(&t);
}

/* ---- beginning */

/* The supervisor is gone. A write that never returns must not keep this
 * process: the next SIGALRM has its own way. */
static void
on_orphaned(int signal)
{
	(void)signal;
	(void)alarm(ORPHAN_ALARM_S);
}

static void
mind_signals(void)
{
	struct sigaction orphaned = { .sa_handler = on_orphaned,
		.sa_flags = (int)(SA_RESETHAND | SA_RESTART) };

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGALRM, &orphaned, NULL);
}

_Noreturn static void
fail(const struct record *r, const char *why)
{
	struct order o = { .type = ORDER_FAILED, .fd = -1 };

	(void)snprintf(o.text, sizeof(o.text), "%s", why);
	(void)order_send(r->job->orders, &o);
	_exit(EXIT_CANNOT);
}

static void
make_recorder(struct record *r)
{
	const struct record_job *job = r->job;
	const struct recorder_sink sink = record_store_sink(r);
	const uint32_t at = atomic_load(&job->status->totals_at) & 1;

	r->recorder = recorder_new_sink(job->model, job->generation, job->probe,
	    job->lang, &sink, job->secret);
	recorder_expect(r->recorder, job->is_live, 1);
	if (job->is_restart)
		recorder_resume(r->recorder, &job->status->totals[at]);
	r->inner = summary_observer(&r->summary,
	    recorder_observer(r->recorder));
	r->observer = (struct observer){ .context = r,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.notice = on_notice,
		.device = on_device,
		.evidence = on_evidence,
		.minute = on_minute,
		.view = on_view,
		.log = on_log };
}

static void
build_walls(struct record *r, struct sandbox_report *report)
{
	struct sandbox_plan *walls = &r->job->walls;
	char error[ERROR_MAX] = "";

	walls->role = SANDBOX_RECORDER;
	walls->none = r->job->no_sandbox;
	walls->fds[walls->fd_count++] = r->job->orders;
	if (r->memory >= 0)
		walls->fds[walls->fd_count++] = r->memory;
	walls->writable[walls->writable_count++] = r->job->orders;
	walls->writable[walls->writable_count++] = STDERR_FILENO;
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		if (r->job->senders[i] >= 0)
			walls->fds[walls->fd_count++] = r->job->senders[i];
	record_store_walls(r, walls);
	if (!sandbox_enter(walls, report, error, sizeof(error)))
		fail(r, error);
}

/* What the recorder before leaves behind, and what is known of its end. */
static void
take_over(struct record *r)
{
	const struct record_job *job = r->job;
	const struct coverage_finding f = { .check = CHECK_COV_7,
		.severity = SEVERITY_MEDIUM,
		.now = r->now,
		.detail = "recorder" };
	char again[24], untold[24], most[24];
	struct text cause = { 0 };
	struct gap gap = { .kind = GAP_RECORDER,
		.now = r->now,
		.until = r->now,
		.exit_status = job->exit_status };
	uint64_t lost;

	gap.from.us = atomic_load(&job->status->now_us);
	if (gap.from.us == 0)
		gap.from = job->away_since;
	(void)snprintf(again, sizeof(again), "%" PRIu64,
	    record_held_replay(r, &lost));
	(void)snprintf(untold, sizeof(untold), "%" PRIu64,
	    atomic_load(&job->status->untold));
	(void)snprintf(most, sizeof(most), "%" PRIu64, lost);
	words_add(&cause, job->lang, W_LIVE_RECORDER_AGAIN, 3, again, untold,
	    most);
	gap.cause = text_str(&cause);
	r->inner.gap(r->inner.context, &gap);
	text_free(&cause);
	/* The supervisor tells it too, alike: it is one group. */
	r->inner.coverage(r->inner.context, &f);
}

static void
prepare(struct record *r)
{
	struct sandbox_report report = { .state = SANDBOX_NONE };
	struct order ready = { .type = ORDER_READY, .fd = -1 };
	char error[ERROR_MAX] = "";

	mind_signals();
	digest_init();
	r->now = r->job->is_live ? now_wall() : r->now;
	r->told_ns = now_monotonic();
	record_sender_init(r);
	record_model_init(r);
	r->reader = record_reader_new();
	if (!record_store_open(r, error, sizeof(error)))
		fail(r, error);
	make_recorder(r);
	r->memory = resident_open();
	build_walls(r, &report);
	if (r->job->is_restart)
		take_over(r);
	ready.number = (uint64_t)report.landlock;
	ready.state = (uint32_t)report.state;
	(void)order_send(r->job->orders, &ready);
}

/* ---- going on */

static void
take_orders(struct record *r)
{
	struct order o;
	int got;

	while (!r->is_orders_gone &&
	    (got = order_receive(r->job->orders, &o)) != 0) {
		if (got < 0) /* the supervisor is gone: as if it said stop */
			r->is_orders_gone = true;
		else if (o.type == ORDER_MODEL) {
			record_model_take(r, &o);
			continue;
		} else if (o.type == ORDER_STOP)
			r->is_stopping = true;
		if (got > 0 && o.fd >= 0)
			(void)close(o.fd);
	}
}

/* Takes from each sender in turn; true when there may be more. */
static bool
take_records(struct record *r)
{
	bool more = false;

	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		if (r->senders[i].fd >= 0 || record_sender_waits(r, i))
			more = record_sender_take(r, i) || more;
	return more;
}

static void
publish(struct record *r)
{
	struct record_status *s = r->job->status;
	const struct journal_counters *c = record_store_counters(r);
	const uint64_t room = c->made_room + c->made_room_lasting;

	atomic_fetch_add(&s->store_made_room, room - r->store.published_room);
	r->store.published_room = room;
	record_sender_publish(r);
	atomic_store(&s->fault, record_store_errno(r));
	atomic_store(&s->untold, recorder_untold(r->recorder));
}

/* A sentence for the operator when what is refused becomes more. */
static void
say_refused(struct record *r)
{
	char number[24];
	uint64_t all = 0;

	for (int i = 0; i < RECORD_RESULT_COUNT; i++)
		all += r->refused[i];
	if (all == r->refused_told)
		return;
	(void)snprintf(number, sizeof(number), "%" PRIu64,
	    all - r->refused_told);
	complain(r->job->lang, W_LIVE_RECORDS_REFUSED, number, NULL, NULL);
	r->refused_told = all;
}

/* What time alone makes due. */
static void
look_after(struct record *r)
{
	const uint64_t now = now_monotonic();
	struct wall_us later = r->now;

	if (now - r->second_ns < SECOND_NS)
		return;
	r->second_ns = now;
	if (r->log_lines > LOG_LINES_MAX)
		log_warn("record", "%zu log lines of engines are left out",
		    r->log_lines - LOG_LINES_MAX);
	r->log_lines = 0;
	atomic_store(&r->job->status->memory_kb, resident_kb(r->memory));
	record_model_tick(r);
	if (r->job->is_live && now - r->told_ns >= QUIET_NS) {
		later.us += (int64_t)((now - r->told_ns) / 1000);
		r->inner.tick(r->inner.context, later);
	}
	record_held_expire(r);
	record_sender_tell(r);
	say_refused(r);
	record_store_tick(r);
	publish(r);
}

static void
wait_for_something(const struct record *r)
{
	struct pollfd fds[RECORD_SENDERS_MAX + 1];
	nfds_t n = 0;

	if (!r->is_orders_gone)
		fds[n++] = (struct pollfd){ .fd = r->job->orders,
			.events = POLLIN };
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		if (r->senders[i].fd >= 0 && !record_sender_waits(r, i))
			fds[n++] = (struct pollfd){ .fd = r->senders[i].fd,
				.events = POLLIN };
	(void)poll(fds, n, POLL_MS);
}

static bool
is_open(const struct record *r)
{
	for (size_t i = 0; i < RECORD_SENDERS_MAX; i++)
		if (r->senders[i].fd >= 0)
			return true;
	return false;
}

static void
beat(struct record *r)
{
	atomic_store(&r->job->status->beat_ns, now_monotonic());
}

/* Until the end is asked for, or offline has come. */
static void
go_on(struct record *r)
{
	bool more = false;

	while (!r->is_stopping && !r->is_orders_gone &&
	    (r->job->is_live || is_open(r))) {
		beat(r);
		if (!more)
			wait_for_something(r);
		take_orders(r);
		more = take_records(r);
		look_after(r);
	}
}

/* ---- the end */

/* What still lies in the sockets. No model will come any more, so nothing
 * waits for one. */
static void
drain(struct record *r)
{
	r->is_draining = true;
	while (take_records(r)) {
		beat(r);
		look_after(r);
	}
}

/* Without a supervisor nobody has made sure that the engines have ended: each
 * socket is read to its end. */
static void
drain_orphaned(struct record *r)
{
	const uint64_t until = now_monotonic() + ORPHAN_MS * RECORD_NS_PER_MS;
	struct text cause = { 0 };
	struct gap gap = { .kind = GAP_ENGINE, .exit_status = SIGKILL };

	while (is_open(r) && now_monotonic() < until) {
		wait_for_something(r);
		drain(r);
	}
	gap.now = gap.from = r->now;
	words_add(&cause, r->job->lang,
	    is_open(r) ? W_LIVE_ORPHANED_EARLY : W_LIVE_ORPHANED, 0);
	gap.cause = text_str(&cause);
	r->inner.gap(r->inner.context, &gap);
	complain(r->job->lang,
	    is_open(r) ? W_LIVE_ORPHANED_EARLY : W_LIVE_ORPHANED, NULL, NULL,
	    NULL);
	text_free(&cause);
}

static enum run_code
conclude(struct record *r)
{
	const struct recorder_totals *t = recorder_totals(r->recorder);
	const struct model *m = r->models[r->model_count - 1].m;
	bool undecided = t->lines_lost > 0;

	for (int i = 0; i < RECORD_RESULT_COUNT; i++)
		undecided = undecided || r->refused[i] > 0;
	if (undecided && t->findings == 0)
		return RUN_UNDECIDED;
	return summary_code(&r->summary, m, t);
}

/* Everything is written: how it ended. */
static enum run_code
close_books(struct record *r)
{
	const bool synced = record_store_sync(r);
	const char *fault = record_store_fault(r);
	const struct model *m = r->models[r->model_count - 1].m;
	struct text text = { 0 };

	if (fault == NULL && !synced)
		fault = strerrordesc_np(errno);
	if (fault != NULL)
		complain(r->job->lang, W_PROBE_WRITE_FAULT, r->job->events,
		    fault, NULL);
	if (fault != NULL && !r->job->is_live)
		return RUN_USAGE;
	summary_print(&r->summary, m, recorder_totals(r->recorder),
	    r->job->lang, r->job->events, &text);
	log_write(text_str(&text), text.length);
	text_free(&text);
	return conclude(r);
}

_Noreturn void
record_run(struct record_job *job)
{
	struct record *r = mem_calloc(1, sizeof(*r));
	struct order done = { .type = ORDER_DONE, .fd = -1 };

	r->job = job;
	prepare(r);
	go_on(r);
	drain(r);
	if (r->is_orders_gone)
		drain_orphaned(r);
	record_sender_tell(r);
	recorder_finish(r->recorder,
	    r->summary.now.us != 0 && !job->is_live ? r->summary.now : r->now);
	say_refused(r);
	record_store_tick(r);
	publish(r);
	done.number = close_books(r);
	beat(r);
	(void)order_send(job->orders, &done);
	_exit(EXIT_SUCCESS);
}
