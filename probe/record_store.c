/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where lines go: live to the journal, else to one plain file or to standard
 * output. And what is said when they cannot: COV-6 when that begins and when
 * it is over, at most once an hour between, and a gap that counts what is
 * missing as soon as it can be written. Live every line is tried; offline the
 * first fault is the last line, so that no account looks whole that is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "now.h"
#include "record_internal.h"

#define EVENTS_NAME "eve.json"
#define TRY_NS (3000 * RECORD_NS_PER_MS)
#define HOUR_NS (3600000 * RECORD_NS_PER_MS)

/* ---- writing */

/* All of it, waiting where the other end is slow. False and errno. */
static bool
write_whole(struct record_store *s, const char *bytes, size_t length)
{
	size_t done = 0;
	ssize_t n;

	while (done < length) {
		n = write(s->fd, bytes + done, length - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->is_torn = s->is_torn || done > 0;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

static bool
write_plain(struct record_store *s, const char *line, size_t length,
    bool conversation)
{
	bool ok = !(s->is_sticky && s->fault != 0);

	if (ok && s->is_torn) {
		ok = write_whole(s, "\n", 1);
		s->is_torn = !ok;
	}
	if (ok)
		ok = write_whole(s, line, length);
	if (ok) {
		s->fault = 0;
		s->plain.lines++;
		s->plain.bytes += length;
		return true;
	}
	if (s->fault == 0 || !s->is_sticky)
		s->fault = errno != 0 ? errno : EIO;
	s->plain.lost++;
	s->plain.lost_conversations += conversation;
	return false;
}

static bool
on_line(void *context, const char *line, size_t length, bool conversation,
    struct wall_us now)
{
	struct record *r = context;
	struct record_store *s = &r->store;

	(void)now;
	if (s->journal == NULL)
		return write_plain(s, line, length, conversation);
	/* Files are set aside by the day that it is here, whatever the day is
	 * that a record tells of. */
	return journal_write(s->journal, line, length,
	    conversation ? JOURNAL_CONVERSATION : JOURNAL_LASTING, now_wall());
}

static void
on_alert(void *context, const struct recorder_alert *a)
{
	struct record *r = context;

	syslog_out_alert(&r->store.syslog, a);
}

static void
on_store(void *context, struct eve_store *out)
{
	struct record *r = context;
	const struct journal_counters *c = record_store_counters(r);

	out->lines = c->lines;
	out->bytes = c->bytes;
	out->lost = c->lost;
	out->lost_conversations = c->lost_conversations;
	out->made_room = c->made_room;
	out->made_room_lasting = c->made_room_lasting;
	out->mended = c->mended;
	out->rotated = c->rotated;
	memcpy(out->refused, r->refused, sizeof(out->refused));
	out->missing = r->missing;
	out->held = recorder_held(r->recorder);
	out->syslog = r->store.syslog.sent;
	out->syslog_lost = r->store.syslog.lost;
	out->fault = record_store_fault(r);
	if (r->store.exhibits != NULL)
		out->evidence = exhibit_counters(r->store.exhibits);
	if (r->store.novelty != NULL)
		out->novelty = novelty_counters(r->store.novelty);
}

struct recorder_sink
record_store_sink(struct record *r)
{
	const struct recorder_sink sink = { .context = r,
		.line = on_line,
		.alert = r->store.has_syslog ? on_alert : NULL,
		.store = r->job->is_live ? on_store : NULL,
		.exhibits = r->store.exhibits,
		.novelty = r->store.novelty };

	return sink;
}

/* ---- opening */

/* Offline: one file, begun afresh. What has no length to set (a device, a
 * pipe) is left as it is. */
static int
open_plain(const struct record *r)
{
	const int fd = openat(r->job->folder, EVENTS_NAME,
	    O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0 && !r->job->is_restart && ftruncate(fd, 0) != 0 &&
	    errno != EINVAL) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* Its own folder, which nobody else may look into; made where it is not there.
 * -1 and errno. */
static int
open_private(int folder)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	struct stat st;
	int fd;

	if (mkdirat(folder, EXHIBIT_FOLDER, 0700) != 0 && errno != EEXIST)
		return -1;
	fd = openat(folder, EXHIBIT_FOLDER, flags);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    ((st.st_mode & 077) == 0 || fchmod(fd, 0700) == 0))
		return fd;
	(void)close(fd);
	errno = EPERM;
	return -1;
}

/* Where evidence goes. Without it all else goes on: each alert says so. */
static void
open_evidence(struct record *r)
{
	const struct exhibit_limits limits = {
		.days = r->job->model->limits.retain_evidence_days,
	};
	struct record_store *s = &r->store;

	s->evidence = open_private(r->job->folder);
	if (s->evidence < 0)
		complain(r->job->lang, W_PROBE_NO_EVIDENCE, r->job->events,
		    strerrordesc_np(errno), NULL);
	s->exhibits = exhibit_new(s->evidence, &limits, r->job->secret,
	    now_wall());
}

/* What was there of it, where it is not what was written. */
static enum word
loss_of(enum novelty_found found)
{
	switch (found) {
	case NOVELTY_PARTLY:
		return W_LIVE_NOVELTY_PARTLY;
	case NOVELTY_VERSION:
		return W_LIVE_NOVELTY_VERSION;
	case NOVELTY_UNREADABLE:
		return W_LIVE_NOVELTY_UNREADABLE;
	default:
		return W_LIVE_NOVELTY_FOREIGN;
	}
}

/* What alerted before. Without it all else goes on: alerts say that it is not
 * known. Offline the store begins with the packets' time. */
static void
open_novelty(struct record *r)
{
	const struct record_job *job = r->job;
	const struct wall_us never = { 0 };
	enum novelty_found found;
	struct novelty *n;

	n = novelty_new(job->folder, NULL, job->model->utc_offset_s,
	    job->secret, job->is_live ? now_wall() : never);
	r->store.novelty = n;
	found = novelty_found(n);
	if (found != NOVELTY_NONE && found != NOVELTY_WHOLE)
		complain(job->lang, loss_of(found), job->events, NOVELTY_FILE,
		    NOVELTY_ASIDE);
}

bool
record_store_open(struct record *r, char *error, size_t size)
{
	struct record_store *s = &r->store;
	const struct record_job *job = r->job;

	s->fd = STDOUT_FILENO;
	s->syslog.fd = s->evidence = -1;
	s->is_sticky = !job->is_live;
	if (job->folder >= 0 && job->is_live) {
		s->journal = journal_new(job->folder, &job->limits, now_wall());
		s->fd = -1;
	} else if (job->folder >= 0) {
		s->fd = open_plain(r);
		s->is_file = true;
	}
	if (s->journal == NULL && s->fd < 0) {
		(void)snprintf(error, size, "%s: %s", job->events,
		    strerrordesc_np(errno));
		return false;
	}
	if (job->folder >= 0) {
		open_evidence(r);
		open_novelty(r);
	}
	s->has_syslog = job->syslog;
	if (s->has_syslog && !syslog_out_open(&s->syslog, SYSLOG_OUT_PATH))
		complain(job->lang, W_LIVE_NO_SYSLOG, SYSLOG_OUT_PATH,
		    strerrordesc_np(errno), NULL);
	return true;
}

/* To be kept, and written to. */
static void
add_open(struct sandbox_plan *walls, int fd)
{
	if (fd < 0)
		return;
	walls->fds[walls->fd_count++] = fd;
	walls->writable[walls->writable_count++] = fd;
}

void
record_store_walls(const struct record *r, struct sandbox_plan *walls)
{
	const struct record_store *s = &r->store;

	walls->folder = r->job->folder;
	if (s->evidence > 0) {
		walls->inner = s->evidence;
		walls->fds[walls->fd_count++] = s->evidence;
	}
	if (r->job->folder >= 0)
		walls->fds[walls->fd_count++] = r->job->folder;
	add_open(walls, s->journal ? journal_fd(s->journal) : s->fd);
	add_open(walls, s->syslog.fd);
}

void
record_store_close(struct record *r)
{
	struct record_store *s = &r->store;

	journal_free(s->journal);
	s->journal = NULL;
	if (s->is_file && s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	novelty_free(s->novelty);
	s->novelty = NULL;
	exhibit_free(s->exhibits);
	s->exhibits = NULL;
	if (s->evidence >= 0)
		(void)close(s->evidence);
	s->evidence = -1;
	syslog_out_close(&s->syslog);
}

/* Once for each time that it begins. */
static void
tell_novelty(struct record *r)
{
	struct record_store *s = &r->store;
	const int fault = novelty_errno(s->novelty);
	const char *words = fault != 0 ? strerrordesc_np(fault) : NULL;

	if (fault != 0 && s->novelty_fault == 0)
		complain(r->job->lang, W_LIVE_NOVELTY_UNWRITTEN, r->job->events,
		    NOVELTY_FILE, words != NULL ? words : "unknown error");
	s->novelty_fault = fault;
}

bool
record_store_sync(struct record *r)
{
	struct record_store *s = &r->store;

	if (s->novelty != NULL && !novelty_sync(s->novelty))
		tell_novelty(r);
	if (s->journal != NULL)
		return journal_sync(s->journal);
	/* A device or a pipe has nothing to wait for. */
	return !s->is_file || fsync(s->fd) == 0 || errno == EINVAL;
}

const struct journal_counters *
record_store_counters(const struct record *r)
{
	return r->store.journal != NULL ? journal_counters(r->store.journal) :
					  &r->store.plain;
}

int
record_store_errno(const struct record *r)
{
	return r->store.journal != NULL ? journal_errno(r->store.journal) :
					  r->store.fault;
}

const char *
record_store_fault(const struct record *r)
{
	const int fault = record_store_errno(r);
	const char *words = fault != 0 ? strerrordesc_np(fault) : NULL;

	return fault == 0 ? NULL : words != NULL ? words : "unknown error";
}

/* ---- saying so */

static void
find(struct record *r, uint64_t counted, uint64_t of, const char *detail)
{
	const struct coverage_finding f = { .check = CHECK_COV_6,
		.severity = SEVERITY_HIGH,
		.now = r->now,
		.counted = counted,
		.of = of,
		.detail = detail };

	r->inner.coverage(r->inner.context, &f);
}

/* Writing has failed: that may be told elsewhere than where it failed. */
static void
begin_failing(struct record *r, const char *fault, uint64_t now_ns)
{
	struct record_store *s = &r->store;

	if (!s->is_failing) {
		complain(r->job->lang, W_PROBE_WRITE_FAULT, r->job->events,
		    fault, NULL);
		s->failing_since = r->now;
		s->cov_ns = 0;
	}
	s->is_failing = true;
	if (now_ns < s->cov_ns)
		return;
	s->cov_ns = now_ns + HOUR_NS;
	find(r, 0, 0, fault);
}

/* Counts what is missing since the last time. True when that could be
 * written. */
static bool
tell_gap(struct record *r, uint64_t lost, uint64_t room)
{
	struct record_store *s = &r->store;
	char lines[24], taken[24];
	struct text cause = { 0 };
	struct gap gap = { .kind = GAP_STORE,
		.now = r->now,
		.from = s->failing_since,
		.until = r->now,
		.records = lost + room };

	(void)snprintf(lines, sizeof(lines), "%" PRIu64, lost);
	(void)snprintf(taken, sizeof(taken), "%" PRIu64, room);
	words_add(&cause, r->job->lang, W_LIVE_LINES_MISSING, 2, lines, taken);
	gap.cause = text_str(&cause);
	r->inner.gap(r->inner.context, &gap);
	text_free(&cause);
	return record_store_fault(r) == NULL;
}

static void
end_failing(struct record *r, uint64_t lost)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%" PRIu64, lost);
	if (r->store.is_failing)
		complain(r->job->lang, W_LIVE_STORE_AGAIN, r->job->events,
		    number, NULL);
	r->store.is_failing = false;
	r->store.failing_since.us = 0;
}

void
record_store_tick(struct record *r)
{
	struct record_store *s = &r->store;
	const struct journal_counters *c = record_store_counters(r);
	const uint64_t now_ns = now_monotonic();
	const char *fault = record_store_fault(r);
	uint64_t lost, room;

	if (s->journal != NULL)
		journal_tick(s->journal, now_wall());
	if (s->exhibits != NULL)
		exhibit_tick(s->exhibits, now_wall());
	if (s->novelty != NULL) {
		novelty_tick(s->novelty, now_wall());
		tell_novelty(r);
	}
	if (!r->job->is_live)
		return; /* it is told at the end */
	if (fault != NULL)
		begin_failing(r, fault, now_ns);
	lost = c->lost - s->told_lost;
	room = c->made_room + c->made_room_lasting - s->told_room;
	if ((lost == 0 && (room == 0 || now_ns < s->room_ns)) ||
	    now_ns < s->try_ns)
		return;
	s->try_ns = now_ns + TRY_NS;
	if (!tell_gap(r, lost, room))
		return; /* it is lost too, and counted the next time */
	s->told_lost += lost;
	s->told_room += room;
	if (room > 0)
		s->room_ns = now_ns + HOUR_NS;
	end_failing(r, lost);
	find(r, lost + room, c->lines + c->lost, NULL);
}
