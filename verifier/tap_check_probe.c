/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A probe as a child: its events come through a pipe, so that nothing is left
 * on disk whatever happens, what it says of itself through another, shown only
 * where it fails. Live it is asked to end (SIGTERM) when the time is over, and
 * tells then what it saw. It dies with this process.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "events.h"
#include "probe_run.h"
#include "tap_check.h"

#define READ_BYTES 65536
#define SAID_MAX 65536 /* of its standard error */
#define POLL_MS 200
#define BAR_COLUMNS 30
#define START_MS 30000 /* it takes no longer to begin */

struct child {
	const struct tap_probe *p;
	pid_t pid;
	int events, said;      /* ends to read from; -1: at their end */
	int signals;	       /* SIGINT and SIGTERM come here */
	sigset_t before;       /* what was blocked */
	int64_t begun_ms;      /* when it began to watch, or was started */
	bool is_heard;	       /* it told something */
	bool is_live, is_told; /* is_told: it was asked to end */
	bool *interrupted;
	struct text line, words; /* of its events; of its standard error */
	struct tap_seen *seen;
	size_t count;
	const struct model *m;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
say(enum lang lang, enum word word, const char *what)
{
	struct text out = { 0 };

	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 1, what);
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
}

/* ---- beginning */

/* "main-lg=span0" and the like, owned. */
static char *
pair_of(const struct tap_seen *s)
{
	struct text t = { 0 };
	char *pair;

	text_printf(&t, "%s=%s", s->tap->id, s->source);
	pair = mem_strdup(text_str(&t));
	text_free(&t);
	return pair;
}

_Noreturn static void
become_probe(const struct child *c, const char *id, int events, int said)
{
	struct probe_run_request r = { .model = c->p->model,
		.data = c->p->data,
		.probe = id,
		.lang = c->p->lang,
		.is_live = c->is_live };

	(void)sigprocmask(SIG_SETMASK, &c->before, NULL);
	for (size_t i = 0; i < c->count; i++)
		if (c->seen[i].is_live == c->is_live &&
		    strcmp(c->seen[i].tap->probe, id) == 0)
			r.sources[r.source_count++] = pair_of(&c->seen[i]);
	probe_run_become(&r, events, said);
}

_Static_assert(TAP_CHECK_OPERANDS_MAX <= PROBE_RUN_SOURCES_MAX,
    "all operands fit in one request");

static bool
start(struct child *c, const char *id)
{
	int events[2], said[2];

	if (pipe2(events, O_CLOEXEC) != 0)
		return false;
	if (pipe2(said, O_CLOEXEC) != 0) {
		(void)close(events[0]);
		(void)close(events[1]);
		return false;
	}
	c->pid = fork();
	if (c->pid == 0)
		become_probe(c, id, events[1], said[1]);
	(void)close(events[1]);
	(void)close(said[1]);
	c->events = events[0];
	c->said = said[0];
	c->begun_ms = now_ms();
	if (c->pid > 0)
		return true;
	(void)close(c->events);
	(void)close(c->said);
	return false;
}

/* ---- what it tells */

static void
take_events(struct child *c, const char *bytes, size_t n)
{
	while (n > 0) {
		const char *end = memchr(bytes, '\n', n);
		const size_t part = end != NULL ? (size_t)(end - bytes) : n;

		/* A line that is too long is of no kind that is wanted. */
		if (c->line.length <= EVENTS_LINE_MAX)
			text_add_n(&c->line, bytes, part);
		if (end == NULL)
			return;
		tap_seen_line(c->seen, c->count, c->m, text_str(&c->line),
		    c->line.length);
		text_clear(&c->line);
		bytes = end + 1;
		n -= part + 1;
	}
}

/* Reads what is there; at the end closes it. */
static void
take(struct child *c, int *fd, char *block)
{
	const ssize_t n = read(*fd, block, READ_BYTES);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		(void)close(*fd);
		*fd = -1;
	} else if (fd == &c->events) {
		/* Its first word comes when it watches. */
		if (!c->is_heard)
			c->begun_ms = now_ms();
		c->is_heard = true;
		take_events(c, block, (size_t)n);
	}
	if (n > 0 && fd == &c->said && c->words.length + (size_t)n <= SAID_MAX)
		text_add_n(&c->words, block, (size_t)n);
}

static void
show_progress(const struct child *c, int64_t done_ms)
{
	const int64_t all = (int64_t)c->p->seconds * 1000;
	struct text out = { 0 };
	char done[16], of[16];
	int columns;

	if (done_ms > all)
		done_ms = all;
	columns = (int)(done_ms * BAR_COLUMNS / all);
	(void)snprintf(done, sizeof(done), "%d", (int)(done_ms / 1000));
	(void)snprintf(of, sizeof(of), "%d", c->p->seconds);
	text_add(&out, "\r[");
	for (int i = 0; i < BAR_COLUMNS; i++)
		text_add_char(&out, i < columns ? '#' : '.');
	text_add(&out, "] ");
	words_add(&out, c->p->lang, W_TAP_PROGRESS, 2, done, of);
	text_add(&out, " ");
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
}

/* Somebody wants this to end. */
static bool
is_stopped(const struct child *c)
{
	struct signalfd_siginfo info;

	return c->signals >= 0 &&
	    read(c->signals, &info, sizeof(info)) == sizeof(info);
}

/* Asks it to end when its time is over, or somebody wants this to end. */
static void
mind_time(struct child *c)
{
	const int64_t done = now_ms() - c->begun_ms;
	const bool over = c->is_live &&
	    done >= (c->is_heard ? (int64_t)c->p->seconds * 1000 : START_MS);

	if (c->is_live && isatty(STDERR_FILENO) && !c->is_told)
		show_progress(c, done);
	if (is_stopped(c) && !*c->interrupted) {
		*c->interrupted = true;
		for (size_t i = 0; i < c->count; i++)
			c->seen[i].cut_short = !over;
	}
	if (c->is_told || (!over && !*c->interrupted))
		return;
	c->is_told = true;
	(void)kill(c->pid, SIGTERM);
}

/* Until it has closed both of its ends. */
static void
listen(struct child *c)
{
	char *block = mem_calloc(1, READ_BYTES);

	while (c->events >= 0 || c->said >= 0) {
		struct pollfd fds[3] = { { .fd = c->events, .events = POLLIN },
			{ .fd = c->said, .events = POLLIN },
			{ .fd = c->signals, .events = POLLIN } };

		mind_time(c);
		if (poll(fds, 3, POLL_MS) <= 0)
			continue;
		if (fds[0].revents != 0)
			take(c, &c->events, block);
		if (fds[1].revents != 0)
			take(c, &c->said, block);
	}
	if (c->is_live && isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);
	free(block);
}

/* ---- the end */

/* Whether it did what it was asked; else what it said, and that it failed. */
static bool
finish(struct child *c)
{
	int status = 0;
	pid_t pid;

	do
		pid = waitpid(c->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid == c->pid && probe_run_ended_well(status))
		return true;
	if (pid == c->pid && WIFEXITED(status) &&
	    WEXITSTATUS(status) == PROBE_RUN_NO_PROGRAM) {
		say(c->p->lang, W_TAP_NO_PROBE, strerrordesc_np(ENOENT));
		return false;
	}
	(void)fputs(text_str(&c->words), stderr);
	say(c->p->lang, W_TAP_PROBE_FAILED, "");
	return false;
}

bool
tap_probe_run(const struct tap_probe *p, const char *id, bool is_live,
    struct tap_seen *seen, size_t count, const struct model *m,
    bool *interrupted)
{
	struct child c = { .p = p,
		.is_live = is_live,
		.interrupted = interrupted,
		.seen = seen,
		.count = count,
		.m = m };
	sigset_t stop;
	bool good;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &stop, &c.before);
	c.signals = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
	good = start(&c, id);
	if (!good)
		say(p->lang, W_TAP_NO_PROBE, strerrordesc_np(errno));
	else {
		listen(&c);
		good = finish(&c);
	}
	if (c.signals >= 0)
		(void)close(c.signals);
	(void)sigprocmask(SIG_SETMASK, &c.before, NULL);
	text_free(&c.line);
	text_free(&c.words);
	return good;
}
