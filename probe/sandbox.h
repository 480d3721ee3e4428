/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walls around each process: descriptors that are not its own closed, no
 * new privileges, no core dump and no ptrace, limits, no capabilities, Landlock
 * where the kernel has it, and a seccomp filter of the calls that its role
 * needs. What is refused fails with EPERM (or, for calls that nobody has reason
 * to make, ends the process), and the drop is proven from inside before the
 * first packet is read. libcap-ng(3), seccomp(2), landlock(7).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "observation.h"

enum sandbox_role {
	SANDBOX_SUPERVISOR, /* two capabilities, no seccomp filter on opening */
	SANDBOX_ENGINE,	    /* live or offline: reads packets */
	SANDBOX_RECORDER,   /* one folder, and syslog */
	SANDBOX_KEEPER,	    /* puts interfaces back */
	SANDBOX_ROLE_COUNT,
};

#define SANDBOX_FDS_MAX 192

struct sandbox_plan {
	enum sandbox_role role;
	/* Everything else above standard error is closed. */
	int fds[SANDBOX_FDS_MAX];
	size_t fd_count;
	/* The only ones that write(2) may be called on (records, answers,
	 * standard error, files of the recorder: any it opened). */
	int writable[SANDBOX_FDS_MAX];
	size_t writable_count;
	int folder; /* of the recorder: may make, write, rename and
			       * remove files beneath it; of the keeper: may
			       * write what is there; else -1 */
	int inner;  /* of the recorder: a folder beneath that one, for likewise;
		    * 0: none */
	uint64_t memory_bytes; /* RLIMIT_AS; 0: none */
	bool none;	       /* --no-sandbox: descriptors, dumps, limits and
		    * capabilities only */
	/* Who forked this process; 0: whoever is its parent on entry. An
	 * engine is killed when that one is gone; a recorder gets SIGALRM,
	 * which ends it where it has not asked for it. */
	pid_t parent;
	/* Tests: as if the kernel had no newer ABI of Landlock than this one,
	 * negative: none at all; 0: what it has. */
	int landlock_most;
};

struct sandbox_report {
	enum sandbox_state state;
	int landlock; /* ABI in force, 0: none */
};

/* Who the processes run as. */
struct sandbox_user {
	uid_t uid;
	gid_t gid;
};

/*
 * name: of an account, "UID" or "UID:GID"; NULL: "_sekisho" where it exists,
 * else the numbers 61234:61234, which own nothing. False with a cause in error
 * when there is no such account or it is root.
 */
bool sandbox_find_user(const char *name, struct sandbox_user *out, char *error,
    size_t size);
/*
 * Once, in the supervisor, before anything of the network is read: drops all
 * capabilities but CAP_NET_RAW and CAP_NET_ADMIN (live) or all (offline), all
 * groups, and becomes that user where it is root; proves it (the user cannot
 * be changed back, the sets are exactly those). Where this process is not root
 * it must have those capabilities already. False with a cause in error.
 */
bool sandbox_become(const struct sandbox_user *user, bool live, char *error,
    size_t size);
/*
 * In a child, after everything that must be opened is open: builds the walls
 * and tries them from inside (sandbox_prove). False with a cause in error:
 * the child must then end. With plan->none no filter and no Landlock are
 * tried, so that their lack is no fault, and the report says SANDBOX_NONE;
 * what is left of the rest must work all the same. Under the address sanitizer
 * the filter is relaxed and the report says so. The child must leave by _exit
 * or by returning: nothing may be forked or opened any more.
 */
bool sandbox_enter(const struct sandbox_plan *plan,
    struct sandbox_report *report, char *error, size_t size);
/*
 * Tries what must be refused: opening a file, a socket, execve, ptrace of the
 * parent, kill of it, dup, memory to execute, and writing on each of fds that is
 * not writable, and sending on each. Nothing is sent or written where it is not
 * refused. Returns NULL, or the name of the first that was not refused. packet:
 * one more descriptor that must not be written on, or -1. A supervisor may open
 * and send, so that only the first of these are tried.
 */
const char *sandbox_prove(const struct sandbox_plan *plan, int packet);

#endif
