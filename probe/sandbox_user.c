/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who the processes are: the account they run as and the capabilities that
 * they keep. Everything that is given up is read back afterwards, and an
 * attempt to become root again must fail: a drop that is not proven is none.
 * capabilities(7), credentials(7), libcap-ng.
 */
#include "sandbox_internal.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define DEFAULT_ACCOUNT "_sekisho"
#define DEFAULT_NUMBER 61234 /* of systemd's range for transient users */

#define BIT(capability) (UINT64_C(1) << (capability))

bool
sandbox_fault(const char *what, char *error, size_t size)
{
	(void)snprintf(error, size, "%s: %s", what, strerrordesc_np(errno));
	return false;
}

/* "61234" up to what; *end is set behind it. (uid_t)-1 means "no change" to
 * the kernel and is none. */
static bool
parse_number(const char *text, const char **end, uint32_t *out)
{
	uint64_t n = 0;
	const char *p = text;

	while (*p >= '0' && *p <= '9' && n <= UINT32_MAX)
		n = n * 10 + (uint64_t)(*p++ - '0');
	if (p == text || n >= UINT32_MAX)
		return false;
	*end = p;
	*out = (uint32_t)n;
	return true;
}

/* "UID" or "UID:GID"; the group of an unknown UID is its own number. */
static bool
parse_numbers(const char *name, struct sandbox_user *out)
{
	const struct passwd *account;
	const char *end;
	uint32_t uid, gid;

	if (!parse_number(name, &end, &uid))
		return false;
	account = getpwuid(uid);
	gid = account ? account->pw_gid : uid;
	if (*end == ':' && !parse_number(end + 1, &end, &gid))
		return false;
	if (*end != '\0')
		return false;
	out->uid = uid;
	out->gid = gid;
	return true;
}

bool
sandbox_find_user(const char *name, struct sandbox_user *out, char *error,
    size_t size)
{
	struct sandbox_user user = { DEFAULT_NUMBER, DEFAULT_NUMBER };
	const struct passwd *account;

	if (!name || !parse_numbers(name, &user)) {
		account = getpwnam(name ? name : DEFAULT_ACCOUNT);
		if (account) {
			user.uid = account->pw_uid;
			user.gid = account->pw_gid;
		} else if (name) {
			(void)snprintf(error, size, "no such account");
			return false;
		}
	}
	if (user.uid == 0 || user.gid == 0) {
		(void)snprintf(error, size, "is root, or of root's group");
		return false;
	}
	*out = user;
	return true;
}

/* From now on an execve gives no capability back, also not to root, and a
 * change of user takes none away. Needs CAP_SETPCAP: what has it not, like a
 * service that began without, has no_new_privs instead. */
static void
lock_securebits(void)
{
	(void)prctl(PR_SET_SECUREBITS,
	    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE |
		SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
	    0, 0, 0);
}

static bool
has_exactly(uint64_t kept)
{
	if (capng_get_caps_process() != 0)
		return false;
	for (unsigned int c = 0; c < 64; c++) {
		bool wanted = (kept & BIT(c)) != 0;

		if (!capng_capability_to_name(c))
			break;
		if (capng_have_capability(CAPNG_EFFECTIVE, c) != wanted ||
		    capng_have_capability(CAPNG_PERMITTED, c) != wanted ||
		    capng_have_capability(CAPNG_INHERITABLE, c) ||
		    capng_have_capability(CAPNG_AMBIENT, c))
			return false;
	}
	return true;
}

bool
sandbox_keep_capabilities(uint64_t kept, char *error, size_t size)
{
	bool bounded = prctl(PR_CAPBSET_DROP, 0, 0, 0, 0) == 0;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
		return sandbox_fault("ambient capabilities", error, size);
	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned int c = 0; c < 64; c++)
		if (kept & BIT(c) &&
		    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			c) != 0)
			return sandbox_fault("capabilities", error, size);
	if ((bounded && capng_apply(CAPNG_SELECT_BOUNDS) != 0) ||
	    capng_apply(CAPNG_SELECT_CAPS) != 0)
		return sandbox_fault("capabilities", error, size);
	if (!has_exactly(kept)) {
		errno = EPERM;
		return sandbox_fault("capabilities, read back", error, size);
	}
	return true;
}

/* Is who it shall be, in every sense, with no group besides. */
static bool
is_user(const struct sandbox_user *user)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) != 0 ||
	    getresgid(&gid[0], &gid[1], &gid[2]) != 0 || getgroups(0, NULL) > 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != user->uid || gid[i] != user->gid)
			return false;
	return true;
}

static bool
change_user(const struct sandbox_user *user, char *error, size_t size)
{
	/* For where the securebits could not be set. */
	(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (setgroups(0, NULL) != 0 ||
	    setresgid(user->gid, user->gid, user->gid) != 0 ||
	    setresuid(user->uid, user->uid, user->uid) != 0)
		return sandbox_fault("change of user", error, size);
	if (!is_user(user)) {
		errno = EPERM;
		return sandbox_fault("change of user, read back", error, size);
	}
	return true;
}

bool
sandbox_become(const struct sandbox_user *user, bool live, char *error,
    size_t size)
{
	uint64_t kept = live ? BIT(CAP_NET_RAW) | BIT(CAP_NET_ADMIN) : 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return sandbox_fault("no_new_privs", error, size);
	lock_securebits();
	if (geteuid() == 0 && !change_user(user, error, size))
		return false;
	if (!sandbox_keep_capabilities(kept, error, size))
		return false;
	if (setresuid(0, 0, 0) == 0 || setresgid(0, 0, 0) == 0) {
		errno = EPERM;
		return sandbox_fault("root could be had back", error, size);
	}
	/*
	 * A change of user sets this to what /proc/sys/fs/suid_dumpable says;
	 * setting it here makes that of no matter. The leak check of the
	 * address sanitizer traces its own process and needs it.
	 */
	if (!SANDBOX_IS_RELAXED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return sandbox_fault("dumpable", error, size);
	return true;
}
