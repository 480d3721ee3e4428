/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the sandbox share: sandbox.c orders the walls, each of the
 * others builds or tries one. Nobody else includes this, save their tests.
 */
#ifndef SANDBOX_INTERNAL_H
#define SANDBOX_INTERNAL_H

#include "sandbox.h"

/*
 * The address sanitizer must be able to read the program and its maps for a
 * report. Where it is built in, and only there, this is let through:
 * opening for reading, reading links, stat by path, asking for limits and
 * processors, address space without a limit (its shadow takes 16 TiB), and
 * the supervisor stays dumpable (its leak check traces it).
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_IS_RELAXED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_IS_RELAXED 1
#endif
#endif
#ifndef SANDBOX_IS_RELAXED
#define SANDBOX_IS_RELAXED 0
#endif

/* Writes "what: cause of errno" into error and returns false. */
bool sandbox_fault(const char *what, char *error, size_t size);

/* Drops every capability of this process but those (bits 1 << CAP_...), all
 * ambient and inheritable ones too, and reads them back. The bounding set goes
 * too where that is allowed. False with a cause. */
bool sandbox_keep_capabilities(uint64_t kept, char *error, size_t size);

/* The ABI of this kernel's Landlock, 0: it has none. */
int sandbox_landlock_abi(void);
/*
 * Nothing of the file system from now on but what lies beneath folder (-1:
 * nothing at all), no TCP and no abstract sockets or signals to others where
 * abi has walls for them. The recorder may make, write, rename and remove files
 * there, the keeper write those that are there. abi: 1.. as
 * sandbox_landlock_abi, or lower. False with errno.
 */
bool sandbox_landlock(enum sandbox_role role, int folder, int abi);

/* Loads the filter of system calls for plan->role. False with errno. */
bool sandbox_filter(const struct sandbox_plan *plan);
/* True when write(2) on fd is let through by that filter. */
bool sandbox_may_write(const struct sandbox_plan *plan, int fd);

/* sandbox_prove for folder: what leads out of it must be refused, which only
 * Landlock does. NULL, or what was not refused. */
const char *sandbox_prove_folder(int folder);

#endif
