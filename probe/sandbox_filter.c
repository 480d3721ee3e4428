/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The filter of system calls, one allow-list for each role. What is not on it
 * fails with EPERM, as if there were no right to it; what nobody here has any
 * reason to try ends the process. Arguments are looked at where the call alone
 * is too wide: on which descriptor may be written, where files may be made,
 * that no page becomes executable. A filter cannot follow pointers, so paths
 * are Landlock's. seccomp(2), libseccomp; the numbers behind each name are the
 * library's.
 */
#include "sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define REFUSE SCMP_ACT_ERRNO(EPERM)

/* Every child's: waiting, reading what is open, memory, time, signals to
 * itself, its end. recvmsg brings the file of a new model. */
static const int of_all[] = { SCMP_SYS(read), SCMP_SYS(readv),
	SCMP_SYS(pread64), SCMP_SYS(recvmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmmsg), SCMP_SYS(getsockname), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(lseek),
	SCMP_SYS(_llseek), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(close),
	SCMP_SYS(close_range), SCMP_SYS(munmap), SCMP_SYS(brk),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(futex),
	SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(sched_yield),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
	SCMP_SYS(getrusage), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigaltstack), SCMP_SYS(sigreturn),
	SCMP_SYS(restart_syscall), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(exit), SCMP_SYS(exit_group) };

/* Writing, by descriptor. */
static const int writing[] = { SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64) };

/* The recorder's, on descriptors that it has; and the clock that runs when the
 * supervisor is gone (alarm is setitimer on some machines). */
static const int of_recorder[] = { SCMP_SYS(alarm), SCMP_SYS(setitimer),
	SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64), SCMP_SYS(fallocate), SCMP_SYS(getdents64),
	SCMP_SYS(fstatfs), SCMP_SYS(fstatfs64) };

/* The recorder's, beneath the folder that its first argument names. */
static const int beneath[] = { SCMP_SYS(openat), SCMP_SYS(unlinkat),
	SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2) };

/* The keeper's ioctls, on the one socket that it has. */
static const uint64_t of_keeper[] = { SIOCGIFNAME, SIOCGIFFLAGS, SIOCSIFFLAGS,
	SIOCETHTOOL };

/* See SANDBOX_IS_RELAXED. */
static const int relaxed[] = { SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
	SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(sched_getaffinity) };

/* Nobody's, not even the supervisor's; sandbox_prove tries some of them.
 * capset is not here: its children inherit this and must drop theirs. */
static const int refused[] = { SCMP_SYS(execve), SCMP_SYS(execveat),
	SCMP_SYS(ptrace), SCMP_SYS(personality), SCMP_SYS(chroot),
	SCMP_SYS(setuid), SCMP_SYS(setreuid), SCMP_SYS(setresuid),
	SCMP_SYS(setgid), SCMP_SYS(setregid), SCMP_SYS(setresgid),
	SCMP_SYS(setgroups) };

/* Nobody's, and no library tries them either: who does was taken over. */
static const int deadly[] = { SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(bpf),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(move_mount),
	SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsmount),
	SCMP_SYS(mount_setattr), SCMP_SYS(unshare), SCMP_SYS(setns),
	SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(open_by_handle_at), SCMP_SYS(reboot),
	SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(modify_ldt), SCMP_SYS(quotactl), SCMP_SYS(acct),
	SCMP_SYS(syslog), SCMP_SYS(lookup_dcookie), SCMP_SYS(vmsplice) };

/* A filter in the making; fault is the first errno, and sticks. */
struct filter {
	scmp_filter_ctx context;
	int fault;
};

static void
note(struct filter *f, int result)
{
	if (result < 0 && f->fault == 0)
		f->fault = -result;
}

static void
add(struct filter *f, uint32_t action, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		note(f, seccomp_rule_add(f->context, action, calls[i], 0));
}

static void
allow(struct filter *f, const int *calls, size_t count)
{
	add(f, SCMP_ACT_ALLOW, calls, count);
}

/* Where one argument is exactly that number. Compared in full: upper bits
 * that the kernel would cut off do not pass. */
static void
allow_where(struct filter *f, int call, unsigned int argument, uint64_t value)
{
	note(f,
	    seccomp_rule_add(f->context, SCMP_ACT_ALLOW, call, 1,
		SCMP_CMP64(argument, SCMP_CMP_EQ, value)));
}

static void
allow_without(struct filter *f, int call, unsigned int argument, uint64_t bits)
{
	note(f,
	    seccomp_rule_add(f->context, SCMP_ACT_ALLOW, call, 1,
		SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, bits, 0)));
}

bool
sandbox_may_write(const struct sandbox_plan *plan, int fd)
{
	if (plan->role == SANDBOX_RECORDER || plan->role == SANDBOX_KEEPER ||
	    fd == STDERR_FILENO)
		return true;
	for (size_t i = 0; i < plan->writable_count; i++)
		if (plan->writable[i] == fd)
			return true;
	return false;
}

/* Writing on standard error and on each writable one. */
static void
allow_writing(struct filter *f, const struct sandbox_plan *plan)
{
	for (size_t c = 0; c < COUNT(writing); c++) {
		allow_where(f, writing[c], 0, STDERR_FILENO);
		for (size_t i = 0; i < plan->writable_count; i++)
			if (plan->writable[i] != STDERR_FILENO)
				allow_where(f, writing[c], 0,
				    (uint64_t)plan->writable[i]);
	}
}

static void
allow_common(struct filter *f)
{
	static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2),
		SCMP_SYS(mprotect) };
	static const int looks[] = { F_GETFL, F_GETFD, F_GET_SEALS };

	allow(f, of_all, COUNT(of_all));
	for (size_t i = 0; i < COUNT(maps); i++)
		allow_without(f, maps[i], 2, PROT_EXEC);
	/* abort and raise; nobody else can be meant. */
	allow_where(f, SCMP_SYS(tgkill), 0, (uint64_t)getpid());
	for (size_t i = 0; i < COUNT(looks); i++) {
		allow_where(f, SCMP_SYS(fcntl), 1, (uint64_t)looks[i]);
		allow_where(f, SCMP_SYS(fcntl64), 1, (uint64_t)looks[i]);
	}
	/* fstat(3) of an open file is this, with an empty path. */
	allow_where(f, SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH);
	if (!SANDBOX_IS_RELAXED)
		return;
	allow(f, relaxed, COUNT(relaxed));
	allow_without(f, SCMP_SYS(open), 1, O_ACCMODE | O_CREAT);
	allow_without(f, SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT);
}

/* Statistics and pending errors of packet sockets, and what libpcap asks when
 * an interface went away. */
static void
allow_engine(struct filter *f, const struct sandbox_plan *plan)
{
	allow_where(f, SCMP_SYS(getsockopt), 1, SOL_SOCKET);
	allow_where(f, SCMP_SYS(getsockopt), 1, SOL_PACKET);
	allow_where(f, SCMP_SYS(ioctl), 1, SIOCGIFFLAGS);
	allow_writing(f, plan);
}

/* Opening, removing and renaming where the descriptor of that folder is named;
 * renaming within it only. */
static void
allow_beneath(struct filter *f, int folder)
{
	for (size_t i = 0; i < COUNT(beneath); i++)
		allow_where(f, beneath[i], 0, (uint64_t)folder);
	for (int i = 0; i < 2; i++)
		note(f,
		    seccomp_rule_add(f->context, SCMP_ACT_ALLOW,
			i == 0 ? SCMP_SYS(renameat) : SCMP_SYS(renameat2), 2,
			SCMP_A0_64(SCMP_CMP_EQ, (uint64_t)folder),
			SCMP_A2_64(SCMP_CMP_EQ, (uint64_t)folder)));
}

/* Landlock holds it to its folder; where the kernel has none, the descriptor of
 * the folder, and that it owns nothing else. */
static void
allow_recorder(struct filter *f, const struct sandbox_plan *plan)
{
	allow(f, writing, COUNT(writing));
	allow(f, of_recorder, COUNT(of_recorder));
	if (plan->folder >= 0)
		allow_beneath(f, plan->folder);
	if (plan->folder >= 0 && plan->inner > 0)
		allow_beneath(f, plan->inner);
}

static void
allow_keeper(struct filter *f, const struct sandbox_plan *plan)
{
	for (size_t i = 0; i < COUNT(of_keeper); i++)
		allow_where(f, SCMP_SYS(ioctl), 1, of_keeper[i]);
	allow(f, writing, COUNT(writing));
	if (plan->folder >= 0)
		allow_where(f, SCMP_SYS(openat), 0, (uint64_t)plan->folder);
}

static void
fill(struct filter *f, const struct sandbox_plan *plan)
{
	add(f, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly));
	if (plan->role == SANDBOX_SUPERVISOR) {
		add(f, REFUSE, refused, COUNT(refused));
		return;
	}
	allow_common(f);
	switch (plan->role) {
	case SANDBOX_ENGINE:
		allow_engine(f, plan);
		break;
	case SANDBOX_RECORDER:
		allow_recorder(f, plan);
		break;
	case SANDBOX_KEEPER:
		allow_keeper(f, plan);
		break;
	case SANDBOX_SUPERVISOR:
	case SANDBOX_ROLE_COUNT:
		note(f, -EINVAL);
		break;
	}
}

bool
sandbox_filter(const struct sandbox_plan *plan)
{
	struct filter f = {
		.context = seccomp_init(
		    plan->role == SANDBOX_SUPERVISOR ? SCMP_ACT_ALLOW : REFUSE)
	};

	if (!f.context) {
		errno = ENOMEM;
		return false;
	}
	note(&f,
	    seccomp_attr_set(f.context, SCMP_FLTATR_ACT_BADARCH,
		SCMP_ACT_KILL_PROCESS));
	/* A binary tree: the engine asks for the time with each batch. */
	note(&f, seccomp_attr_set(f.context, SCMP_FLTATR_CTL_OPTIMIZE, 2));
	fill(&f, plan);
	if (f.fault == 0)
		note(&f, seccomp_load(f.context));
	seccomp_release(f.context);
	errno = f.fault;
	return f.fault == 0;
}
