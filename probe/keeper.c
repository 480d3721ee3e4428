/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See keeper.h. What crosses the pipe are notes of one size, each written at
 * once (shorter than PIPE_BUF), from the process this one was forked from: the
 * same program with the same layout, and with more rights than this one. Still
 * a note is looked at before it is believed.
 */
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "now.h"
#include "sandbox.h"

#define START_MS 5000
#define END_MS 5000
#define LOOK_MS 5 /* between looks whether it has ended */
#define READY 'r'

_Static_assert(sizeof(struct interface_settings) <= PIPE_BUF,
    "a note is written at once");

struct keeper {
	pid_t pid;
	int notes; /* the pipe's writing end */
};

/* ---- the child */

struct memory {
	struct interface_hands hands;
	struct interface_settings notes[KEEPER_NOTES_MAX];
	size_t count;
};

/* The kernel knows that interface no more, by any name. */
static bool
is_gone(const struct memory *m, const struct interface_settings *note)
{
	struct ifreq r = { .ifr_ifindex = (int)note->index };

	return ioctl(m->hands.control, SIOCGIFNAME, &r) != 0 && errno == ENODEV;
}

static void
restore(const struct memory *m, const struct interface_settings *note)
{
	if (!interface_restore_with(&m->hands, note))
		(void)dprintf(STDERR_FILENO, "sekisho-probe: keeper: %s: %s\n",
		    note->name, strerror(errno));
}

static void
forget(struct memory *m, size_t at)
{
	m->count--;
	memmove(&m->notes[at], &m->notes[at + 1],
	    (m->count - at) * sizeof(m->notes[0]));
}

/* One place more: an interface that is gone has nothing to be put back. */
static void
make_room(struct memory *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (is_gone(m, &m->notes[i])) {
			forget(m, i);
			return;
		}
	restore(m, &m->notes[0]);
	forget(m, 0);
}

static void
remember(struct memory *m, const struct interface_settings *note)
{
	if (note->index == 0 || !memchr(note->name, '\0', sizeof(note->name)))
		return;
	for (size_t i = 0; i < m->count; i++) {
		struct interface_settings *known = &m->notes[i];

		if (known->index != note->index)
			continue;
		known->had_ipv6 = known->had_ipv6 || note->had_ipv6;
		known->had_arp = known->had_arp || note->had_arp;
		known->offloads |= note->offloads;
		memcpy(known->name, note->name, sizeof(known->name));
		return;
	}
	if (m->count == KEEPER_NOTES_MAX)
		make_room(m);
	m->notes[m->count++] = *note;
}

/* Until the pipe's end: a process that only waits. */
static void
read_notes(struct memory *m, int from)
{
	struct interface_settings note;
	ssize_t n;

	while ((n = read(from, &note, sizeof(note))) != 0) {
		if (n == (ssize_t)sizeof(note))
			remember(m, &note);
		else if (n < 0 && errno != EINTR)
			return;
	}
}

static void
stand_apart(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP };
	struct sigaction as_usual = { .sa_handler = SIG_DFL };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t none;

	/* A Ctrl-C is for the supervisor, who then lets this one restore. */
	(void)setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)sigaction(ignored[i], &ignore, NULL);
	(void)sigaction(SIGCHLD, &as_usual, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_PDEATHSIG, 0); /* it is to outlive its parent */
	(void)prctl(PR_SET_NAME, "sekisho-keeper");
}

static _Noreturn void
child(int notes, int ready, bool no_sandbox)
{
	struct sandbox_plan plan = { .role = SANDBOX_KEEPER,
		.writable = { ready, STDERR_FILENO },
		.writable_count = 2,
		.none = no_sandbox };
	struct sandbox_report report;
	struct memory m = { .count = 0 };
	const char word = READY;
	char error[256] = "";
	bool fine;

	stand_apart();
	if (!interface_hands_open(&m.hands)) {
		(void)snprintf(error, sizeof(error), "%s", strerror(errno));
		fine = false;
	} else {
		plan.folder = m.hands.conf;
		plan.fds[plan.fd_count++] = notes;
		plan.fds[plan.fd_count++] = ready;
		plan.fds[plan.fd_count++] = m.hands.control;
		fine = sandbox_enter(&plan, &report, error, sizeof(error)) ||
		    no_sandbox;
	}
	if (!fine) {
		(void)dprintf(STDERR_FILENO, "sekisho-probe: keeper: %s\n",
		    error);
		_exit(1);
	}
	if (write(ready, &word, 1) != 1)
		_exit(1);
	(void)close(ready);
	read_notes(&m, notes);
	while (m.count > 0)
		restore(&m, &m.notes[--m.count]);
	_exit(0);
}

/* ---- the parent */

static int64_t
now_ms(void)
{
	return (int64_t)(now_monotonic() / 1000000);
}

/* Whether the child ended, with status 0, within that time. One that somebody
 * else has waited for has ended; how is not known. */
static bool
has_ended(pid_t pid, int within_ms, bool *clean)
{
	const int64_t until = now_ms() + within_ms;
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) != pid) {
		if (got < 0 && errno == ECHILD) {
			*clean = true;
			return true;
		}
		if (now_ms() >= until)
			return false;
		(void)nanosleep(&pause, NULL);
	}
	*clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return true;
}

static void
kill_it(pid_t pid)
{
	bool clean;

	(void)kill(pid, SIGKILL);
	(void)has_ended(pid, END_MS, &clean);
}

/* Its word that the walls stand; 0, or the errno of what went wrong. */
static int
await_ready(int ready)
{
	const int64_t until = now_ms() + START_MS;
	struct pollfd p = { .fd = ready, .events = POLLIN };
	char word = 0;

	for (;;) {
		const int64_t left = until - now_ms();
		int n;

		if (left <= 0)
			return ETIMEDOUT;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			break;
		if (n < 0 && errno != EINTR)
			return errno;
	}
	return read(ready, &word, 1) == 1 && word == READY ? 0 : EACCES;
}

struct keeper *
keeper_start(bool no_sandbox)
{
	int notes[2] = { -1, -1 }, ready[2] = { -1, -1 }, cause;
	struct keeper *k;
	pid_t pid = -1;

	if (pipe2(notes, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0) {
		(void)close(notes[1]);
		(void)close(ready[0]);
		child(notes[0], ready[1], no_sandbox);
	}
	cause = errno;
	if (notes[0] >= 0)
		(void)close(notes[0]);
	if (ready[1] >= 0)
		(void)close(ready[1]);
	if (pid > 0)
		cause = await_ready(ready[0]);
	if (ready[0] >= 0)
		(void)close(ready[0]);
	if (pid > 0 && cause == 0) {
		k = mem_calloc(1, sizeof(*k));
		k->pid = pid;
		k->notes = notes[1];
		return k;
	}
	if (notes[1] >= 0)
		(void)close(notes[1]);
	if (pid > 0)
		kill_it(pid);
	errno = cause;
	return NULL;
}

bool
keeper_note(struct keeper *k, const struct interface_settings *before)
{
	ssize_t n;

	if (before->index == 0)
		return true;
	do
		n = write(k->notes, before, sizeof(*before));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*before);
}

pid_t
keeper_pid(const struct keeper *k)
{
	return k->pid;
}

bool
keeper_end(struct keeper *k)
{
	bool clean = false;

	if (!k)
		return true;
	(void)close(k->notes);
	if (!has_ended(k->pid, END_MS, &clean))
		kill_it(k->pid);
	free(k);
	return clean;
}
