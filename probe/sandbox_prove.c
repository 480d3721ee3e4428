/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tries from inside what the walls must refuse. Each attempt is made so that
 * it does no harm where the wall is missing: it could not succeed then either,
 * but it would fail for another reason than EPERM, and that is what is looked
 * at. Above all nothing may leave on a packet socket: the bytes to send lie at
 * an address above all memory of a process, which the kernel refuses (EFAULT)
 * before it has made a frame of them. The calls are bare so that no library
 * looks at those arguments first.
 */
#include "sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FRAME_BYTES 60 /* the least that Ethernet carries */
#define NOWHERE (~0UL - 4095)

/* A descriptor that came out of an attempt is given back at once. */
static bool
is_refused(long result)
{
	if (result >= 0)
		return false;
	return errno == EPERM;
}

static bool
is_refused_fd(long fd)
{
	bool refused = is_refused(fd);

	if (fd >= 0)
		(void)close((int)fd);
	return refused;
}

static const char *
prove_opening(void)
{
	if (!is_refused_fd(
		syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY, 0)))
		return "openat for writing";
	if (!SANDBOX_IS_RELAXED &&
	    !is_refused_fd(syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY, 0)))
		return "openat";
#ifdef SYS_open
	if (!is_refused_fd(syscall(SYS_open, "/dev/null", O_WRONLY, 0)))
		return "open for writing";
	if (!SANDBOX_IS_RELAXED &&
	    !is_refused_fd(syscall(SYS_open, "/", O_RDONLY, 0)))
		return "open";
#endif
	return NULL;
}

static const char *
prove_descriptors(void)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK,
		AF_PACKET };
	int pair[2];

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (!is_refused_fd(syscall(SYS_socket, families[i],
			SOCK_DGRAM | SOCK_CLOEXEC, 0)))
			return "socket";
	if (!is_refused(syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair)))
		return "socketpair";
	if (!is_refused(syscall(SYS_connect, STDIN_FILENO, NULL, 0)))
		return "connect";
	if (!is_refused(syscall(SYS_bind, STDIN_FILENO, NULL, 0)))
		return "bind";
	if (!is_refused_fd(syscall(SYS_dup, STDIN_FILENO)) ||
	    !is_refused_fd(syscall(SYS_fcntl, STDIN_FILENO, F_DUPFD, 0)))
		return "dup";
	/* Onto themselves: nothing is closed where it works. */
	if (!is_refused(syscall(SYS_dup3, STDIN_FILENO, STDIN_FILENO, 0)))
		return "dup3";
#ifdef SYS_dup2
	if (!is_refused(syscall(SYS_dup2, STDIN_FILENO, STDIN_FILENO)))
		return "dup2";
#endif
	return NULL;
}

/* An empty path is no program; a process that is not traced by us cannot be
 * looked into; signal 0 is none. */
static const char *
prove_processes(bool supervisor)
{
	char *none[] = { NULL };
	pid_t parent = getppid();

	if (!is_refused(syscall(SYS_execve, "", none, none)))
		return "execve";
	if (!is_refused(syscall(SYS_execveat, -1, "", none, none, 0)))
		return "execveat";
	if (!is_refused(syscall(SYS_ptrace, PTRACE_PEEKDATA, parent, 0, 0)))
		return "ptrace";
	if (!is_refused(syscall(SYS_setresuid, -1, -1, -1)))
		return "setresuid";
	if (supervisor)
		return NULL;
	if (!is_refused(syscall(SYS_kill, parent, 0)) ||
	    !is_refused(syscall(SYS_tgkill, parent, parent, 0)))
		return "kill";
	return NULL;
}

static const char *
prove_memory(void)
{
	const size_t size = 4096;
	void *page = mmap(NULL, size, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool refused = page == MAP_FAILED && errno == EPERM;

	if (page != MAP_FAILED)
		(void)munmap(page, size);
	if (!refused)
		return "mmap of a page to execute";
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	refused = is_refused(mprotect(page, size, PROT_READ | PROT_EXEC));
	(void)munmap(page, size);
	return refused ? NULL : "mprotect of a page to execute";
}

static const char *
prove_writing(int fd)
{
	if (!is_refused(syscall(SYS_write, fd, NOWHERE, FRAME_BYTES)))
		return "write";
	if (!is_refused(syscall(SYS_writev, fd, NOWHERE, 1)))
		return "writev";
	if (!is_refused(syscall(SYS_pwrite64, fd, NOWHERE, FRAME_BYTES, 0)))
		return "pwrite";
	if (!is_refused(syscall(SYS_pwritev2, fd, NOWHERE, 1, 0, 0, 0)))
		return "pwritev2";
	if (!is_refused(syscall(SYS_sendfile, fd, -1, NULL, FRAME_BYTES)))
		return "sendfile";
	if (!is_refused(syscall(SYS_splice, -1, NULL, fd, NULL, 1, 0)))
		return "splice";
	return NULL;
}

static const char *
prove_sending(int fd)
{
	if (!is_refused(syscall(SYS_sendto, fd, NOWHERE, FRAME_BYTES,
		MSG_DONTWAIT, NULL, 0)))
		return "sendto";
	if (!is_refused(syscall(SYS_sendmsg, fd, NOWHERE, MSG_DONTWAIT)))
		return "sendmsg";
	if (!is_refused(syscall(SYS_sendmmsg, fd, NOWHERE, 1, MSG_DONTWAIT)))
		return "sendmmsg";
	if (!is_refused(
		syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_DEBUG, NOWHERE, 0)))
		return "setsockopt";
	return NULL;
}

static const char *
prove_fd(const struct sandbox_plan *plan, int fd)
{
	const char *what = NULL;

	if (!sandbox_may_write(plan, fd))
		what = prove_writing(fd);
	return what ? what : prove_sending(fd);
}

const char *
sandbox_prove_folder(int folder)
{
	if (SANDBOX_IS_RELAXED)
		return NULL;
	for (int i = 0; i < 2; i++) {
		int fd = openat(folder, i == 0 ? ".." : "/",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 && errno == EACCES)
			continue;
		if (fd >= 0)
			(void)close(fd);
		return "openat beyond the folder";
	}
	return NULL;
}

const char *
sandbox_prove(const struct sandbox_plan *plan, int packet)
{
	const char *what = prove_processes(plan->role == SANDBOX_SUPERVISOR);

	if (what || plan->role == SANDBOX_SUPERVISOR)
		return what;
	if ((what = prove_opening()) || (what = prove_descriptors()) ||
	    (what = prove_memory()))
		return what;
	for (size_t i = 0; i < plan->fd_count; i++)
		if ((what = prove_fd(plan, plan->fds[i])))
			return what;
	return packet < 0 ? NULL : prove_fd(plan, packet);
}
