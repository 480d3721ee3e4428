/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See sandbox.h. The order of the walls: what is open, who may die with whom,
 * what is left of rights, limits, then Landlock, and the filter of system
 * calls last, because all before needs calls that it refuses. Then all is
 * tried.
 */
#include "sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox_internal.h"

/* Descriptors that a process may number up to; poll(2) also refuses to wait
 * for more entries than that. */
#define NOFILE_LEAST 256

static int
compare_fds(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Closes everything above standard error that is not in the plan. *highest:
 * the number of the highest that stays. */
static bool
close_others(const struct sandbox_plan *plan, int *highest)
{
	int kept[2 * SANDBOX_FDS_MAX + 2];
	unsigned int from = STDERR_FILENO + 1;
	size_t count = 0;

	if (plan->fd_count > SANDBOX_FDS_MAX ||
	    plan->writable_count > SANDBOX_FDS_MAX) {
		errno = EINVAL;
		return false;
	}
	for (size_t i = 0; i < plan->fd_count; i++)
		kept[count++] = plan->fds[i];
	for (size_t i = 0; i < plan->writable_count; i++)
		kept[count++] = plan->writable[i];
	kept[count++] = plan->folder;
	kept[count++] = plan->inner;
	qsort(kept, count, sizeof(kept[0]), compare_fds);
	*highest = STDERR_FILENO;
	for (size_t i = 0; i < count; i++) {
		if (kept[i] < (int)from)
			continue;
		if (kept[i] > (int)from &&
		    close_range(from, (unsigned int)kept[i] - 1, 0) != 0)
			return false;
		from = (unsigned int)kept[i] + 1;
		*highest = kept[i];
	}
	return close_range(from, ~0U, 0) == 0;
}

/*
 * The keeper outlives the supervisor; that is what it is for. The recorder is
 * told by SIGALRM, which ends it unless it has things to finish. Everyone else
 * ends at once.
 */
static bool
die_with_parent(const struct sandbox_plan *plan)
{
	pid_t parent = plan->parent ? plan->parent : getppid();
	const int signal = plan->role == SANDBOX_RECORDER ? SIGALRM : SIGKILL;

	if (plan->role == SANDBOX_KEEPER || plan->role == SANDBOX_SUPERVISOR)
		return true;
	if (prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0)
		return false;
	/* It may have died before that was set. */
	if (getppid() == parent)
		return true;
	errno = ESRCH;
	return false;
}

static bool
limit(int resource, uint64_t most)
{
	struct rlimit now, wanted = { most, most };

	if (getrlimit(resource, &now) != 0)
		return false;
	/* A hard limit that is lower already stays. */
	if (now.rlim_max < most)
		wanted.rlim_cur = wanted.rlim_max = now.rlim_max;
	return setrlimit(resource, &wanted) == 0;
}

/* Going beyond RLIMIT_FSIZE ends a process, so it is for an engine only whose
 * standard error is no file. */
static bool
writes_no_file(const struct sandbox_plan *plan)
{
	struct stat st;

	if (plan->role != SANDBOX_ENGINE ||
	    (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode)))
		return false;
	for (size_t i = 0; i < plan->writable_count; i++)
		if (fstat(plan->writable[i], &st) == 0 && S_ISREG(st.st_mode))
			return false;
	return true;
}

/* Not RLIMIT_NPROC: it counts the processes of the user, who are also those of
 * another probe; that none is forked is the filter's. */
static bool
set_limits(const struct sandbox_plan *plan, int highest)
{
	uint64_t files = (uint64_t)highest + 1 + 16;

	if (!limit(RLIMIT_CORE, 0) ||
	    !limit(RLIMIT_NOFILE, files < NOFILE_LEAST ? NOFILE_LEAST : files))
		return false;
	if (writes_no_file(plan) && !limit(RLIMIT_FSIZE, 0))
		return false;
	return plan->memory_bytes == 0 || SANDBOX_IS_RELAXED ||
	    limit(RLIMIT_AS, plan->memory_bytes);
}

static uint64_t
capabilities_of(enum sandbox_role role)
{
	return role == SANDBOX_KEEPER ? UINT64_C(1) << CAP_NET_ADMIN : 0;
}

/* What is done also without a sandbox. */
static bool
leave_everything(const struct sandbox_plan *plan, char *error, size_t size)
{
	int highest = STDERR_FILENO;

	if (plan->role == SANDBOX_SUPERVISOR) {
		if (!limit(RLIMIT_CORE, 0))
			return sandbox_fault("limits", error, size);
		return true;
	}
	if (!close_others(plan, &highest))
		return sandbox_fault("descriptors", error, size);
	if (!die_with_parent(plan))
		return sandbox_fault("parent", error, size);
	if (!sandbox_keep_capabilities(capabilities_of(plan->role), error,
		size))
		return false;
	if (!set_limits(plan, highest))
		return sandbox_fault("limits", error, size);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return sandbox_fault("dumpable", error, size);
	return true;
}

static int
landlock_abi(const struct sandbox_plan *plan)
{
	int abi = sandbox_landlock_abi();

	if (plan->role == SANDBOX_SUPERVISOR || plan->landlock_most < 0)
		return 0;
	if (plan->landlock_most > 0 && abi > plan->landlock_most)
		return plan->landlock_most;
	return abi;
}

static int
folder_of(const struct sandbox_plan *plan)
{
	return plan->role == SANDBOX_RECORDER || plan->role == SANDBOX_KEEPER ?
	    plan->folder :
	    -1;
}

bool
sandbox_enter(const struct sandbox_plan *plan, struct sandbox_report *report,
    char *error, size_t size)
{
	const char *open_way;
	int abi;

	report->state = SANDBOX_NONE;
	report->landlock = 0;
	if (!leave_everything(plan, error, size))
		return false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return sandbox_fault("no_new_privs", error, size);
	if (plan->none)
		return true;
	abi = landlock_abi(plan);
	if (abi > 0 && !sandbox_landlock(plan->role, folder_of(plan), abi))
		return sandbox_fault("Landlock", error, size);
	if (!sandbox_filter(plan))
		return sandbox_fault("seccomp", error, size);
	open_way = sandbox_prove(plan, -1);
	if (!open_way && abi > 0 && folder_of(plan) >= 0)
		open_way = sandbox_prove_folder(plan->folder);
	if (open_way) {
		(void)snprintf(error, size, "not refused: %s", open_way);
		return false;
	}
	report->state = SANDBOX_IS_RELAXED ? SANDBOX_RELAXED : SANDBOX_FULL;
	report->landlock = abi;
	return true;
}
