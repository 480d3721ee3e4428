/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Landlock by its bare system calls: the C library has no wrappers, and the
 * header of the kernel that we are built with is older than kernels that we run
 * on, so the rights of each ABI stand here. A right that a kernel does not know
 * must not be named to it, hence the masks. landlock(7),
 * Documentation/userspace-api/landlock.rst.
 */
#include "sandbox_internal.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	RULE_PATH_BENEATH = 1,
	VERSION_FLAG = 1,
};

/* struct landlock_ruleset_attr as of ABI 6; a kernel takes a longer one than
 * its own when what it does not know is 0. */
struct ruleset {
	uint64_t files;	  /* ABI 1 */
	uint64_t network; /* ABI 4 */
	uint64_t scoped;  /* ABI 6 */
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

#define WRITE_FILE (UINT64_C(1) << 1)
#define READ_FILE (UINT64_C(1) << 2)
#define READ_DIR (UINT64_C(1) << 3)
#define REMOVE_FILE (UINT64_C(1) << 5)
#define MAKE_REG (UINT64_C(1) << 8)
#define FILES_ABI_1 ((UINT64_C(1) << 13) - 1)
#define REFER (UINT64_C(1) << 13)	  /* ABI 2: rename to elsewhere */
#define TRUNCATE (UINT64_C(1) << 14)	  /* ABI 3 */
#define IOCTL_DEVICE (UINT64_C(1) << 15)  /* ABI 5 */
#define TCP_BIND_CONNECT UINT64_C(3)	  /* ABI 4 */
#define SCOPE_ABSTRACT_SIGNAL UINT64_C(3) /* ABI 6 */

int
sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);

	return abi > 0 ? (int)abi : 0;
}

static struct ruleset
rights_of(int abi)
{
	struct ruleset r = { .files = FILES_ABI_1 };

	if (abi >= 2)
		r.files |= REFER;
	if (abi >= 3)
		r.files |= TRUNCATE;
	if (abi >= 4)
		r.network = TCP_BIND_CONNECT;
	if (abi >= 5)
		r.files |= IOCTL_DEVICE;
	if (abi >= 6)
		r.scoped = SCOPE_ABSTRACT_SIGNAL;
	if (SANDBOX_IS_RELAXED)
		r.files &= ~(READ_FILE | READ_DIR);
	return r;
}

bool
sandbox_landlock(enum sandbox_role role, int folder, int abi)
{
	struct ruleset rights = rights_of(abi);
	uint64_t wanted = role == SANDBOX_RECORDER ? WRITE_FILE | READ_FILE |
		READ_DIR | REMOVE_FILE | MAKE_REG | TRUNCATE :
						     WRITE_FILE;
	struct path_beneath beneath = {
		.allowed = rights.files & wanted,
		.parent = folder,
	};
	bool done = false;
	int saved, rules;

	rules = (int)syscall(SYS_landlock_create_ruleset, &rights,
	    sizeof(rights), 0);
	if (rules < 0)
		return false;
	if ((folder < 0 ||
		syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH,
		    &beneath, 0) == 0) &&
	    syscall(SYS_landlock_restrict_self, rules, 0) == 0)
		done = true;
	saved = errno;
	(void)close(rules);
	errno = saved;
	return done;
}
