/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See probe_run.h. The child gets nothing of ours but its two descriptors.
 */
#include "probe_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "words.h"

#define PATH_BYTES 4096
#define ARGUMENTS_MAX (2 * PROBE_RUN_SOURCES_MAX + 16)
#define SAID_MAX 65536

static bool
complain(enum lang lang, enum word word, const char *what)
{
	struct text out = { 0 };

	text_add(&out, "sekisho: ");
	words_add(&out, lang, word, 1, what);
	text_add_char(&out, '\n');
	(void)fputs(text_str(&out), stderr);
	text_free(&out);
	return false;
}

/* The probe that lies beside this program, or its name for PATH. */
static const char *
program(char path[PATH_BYTES])
{
	static const char name[] = "sekisho-probe";
	const ssize_t n = readlink("/proc/self/exe", path,
	    PATH_BYTES - sizeof(name) - 1);
	char *slash;

	if (n <= 0)
		return name;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return name;
	memcpy(slash + 1, name, sizeof(name));
	return access(path, X_OK) == 0 ? path : name;
}

_Noreturn void
probe_run_become(const struct probe_run_request *r, int events, int said)
{
	const char *argv[ARGUMENTS_MAX + 1];
	char path[PATH_BYTES];
	size_t n = 0;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGPIPE, SIG_DFL);
	argv[n++] = program(path);
	argv[n++] = "-t";
	argv[n++] = r->model;
	argv[n++] = "-p";
	argv[n++] = r->probe;
	argv[n++] = "--lang";
	argv[n++] = r->lang == LANG_JA ? "ja" : "en";
	if (r->is_live)
		argv[n++] = "--only";
	if (r->data != NULL) {
		argv[n++] = "--data";
		argv[n++] = r->data;
	}
	for (size_t i = 0; i < r->source_count; i++) {
		argv[n++] = r->is_live ? "-i" : "-r";
		argv[n++] = r->sources[i];
	}
	argv[n] = NULL;
	if (dup2(events, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0)
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(PROBE_RUN_NO_PROGRAM);
}

bool
probe_run_start(struct probe_run *run, const struct probe_run_request *r)
{
	int events[2];

	run->lang = r->lang;
	if (pipe2(events, O_CLOEXEC) != 0)
		return complain(r->lang, W_RUN_NO_PROBE,
		    strerrordesc_np(errno));
	run->said = memfd_create("said", MFD_CLOEXEC);
	run->pid = run->said >= 0 ? fork() : -1;
	if (run->pid == 0)
		probe_run_become(r, events[1], run->said);
	(void)close(events[1]);
	run->events = events[0];
	(void)snprintf(run->path, sizeof(run->path), "/dev/fd/%d", run->events);
	if (run->pid > 0)
		return true;
	(void)complain(r->lang, W_RUN_NO_PROBE, strerrordesc_np(errno));
	(void)close(run->events);
	if (run->said >= 0)
		(void)close(run->said);
	return false;
}

/* Its own sentences are escaped by itself. */
static void
show_said(int fd)
{
	char block[4096];
	size_t shown = 0;
	ssize_t n;

	(void)lseek(fd, 0, SEEK_SET);
	while (shown < SAID_MAX && (n = read(fd, block, sizeof(block))) > 0) {
		(void)fwrite(block, 1, (size_t)n, stderr);
		shown += (size_t)n;
	}
}

bool
probe_run_ended_well(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) != PROBE_RUN_REFUSED &&
	    WEXITSTATUS(status) < PROBE_RUN_NO_PROGRAM;
}

bool
probe_run_finish(struct probe_run *run, bool tell)
{
	int status = 0;
	char number[16];
	bool good;
	pid_t pid;

	(void)close(run->events);
	do
		pid = waitpid(run->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	good = pid == run->pid && probe_run_ended_well(status);
	if (good && tell) {
		show_said(run->said);
	} else if (!good && WIFEXITED(status) &&
	    WEXITSTATUS(status) == PROBE_RUN_NO_PROGRAM) {
		(void)complain(run->lang, W_RUN_NO_PROBE,
		    strerrordesc_np(ENOENT));
	} else if (!good) {
		show_said(run->said);
		(void)snprintf(number, sizeof(number), "%d", status);
		(void)complain(run->lang, W_RUN_FAILED, number);
	}
	(void)close(run->said);
	return good;
}
