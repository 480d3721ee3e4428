/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Running something in a process of its own, and plans of walls, for the tests
 * of the sandbox. What a child finds wrong it says on standard error and ends
 * with 1: the assertions of the test belong to the parent.
 */
#ifndef SANDBOXING_H
#define SANDBOXING_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox_internal.h"

#define NEED(condition)                                                    \
	do {                                                               \
		if (!(condition)) {                                        \
			(void)dprintf(2, "%s:%d: not so: %s (errno %d)\n", \
			    __FILE__, __LINE__, #condition, errno);        \
			return 1;                                          \
		}                                                          \
	} while (0)

/* The call fails with EPERM, which is the filter's word. */
#define REFUSED(call)                               \
	do {                                        \
		errno = 0;                          \
		NEED((call) < 0 && errno == EPERM); \
	} while (0)

/* The status of waitpid for a process that ran body(context). */
static inline int
apart(int (*body)(void *context), void *context)
{
	int status = -1;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(body(context));
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	return status;
}

static inline struct sandbox_plan
plan_of(enum sandbox_role role)
{
	return (struct sandbox_plan){ .role = role, .folder = -1 };
}

/* Enters, and says why it cannot. */
static inline bool
entered(const struct sandbox_plan *plan)
{
	struct sandbox_report report;
	char error[256] = "";

	if (sandbox_enter(plan, &report, error, sizeof(error)))
		return true;
	(void)dprintf(2, "sandbox_enter: %s\n", error);
	return false;
}

static inline bool
is_root(void)
{
	return geteuid() == 0;
}

#endif
