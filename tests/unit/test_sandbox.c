/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walls, tried from inside: what each role cannot do, and what it still
 * can. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include "sandbox_internal.h"
#include "sandboxing.h"

static const enum sandbox_role children[] = { SANDBOX_ENGINE, SANDBOX_RECORDER,
	SANDBOX_KEEPER };
#define CHILDREN 3

static bool
can_play(enum sandbox_role role)
{
	return role != SANDBOX_KEEPER || is_root();
}

/* ---- what is refused */

static int
opens_nothing(void *context)
{
	struct sandbox_plan plan = plan_of(*(enum sandbox_role *)context);

	NEED(entered(&plan));
	REFUSED(open("/dev/null", O_WRONLY));
	REFUSED(openat(AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600));
	if (!SANDBOX_IS_RELAXED) {
		REFUSED(open("/", O_RDONLY));
		REFUSED(open("/etc/passwd", O_RDONLY));
		REFUSED(open("/proc/self/mem", O_RDONLY));
	}
	REFUSED(memfd_create("x", 0));
	REFUSED(unlink("/tmp/x"));
	REFUSED(rename("/tmp/x", "/tmp/y"));
	REFUSED(mkdir("/tmp/x", 0700));
	REFUSED(symlink("/tmp/x", "/tmp/y"));
	REFUSED(chmod("/tmp/x", 0777));
	REFUSED(chdir("/"));
	REFUSED(truncate("/tmp/x", 0));
	return 0;
}

static int
makes_no_descriptor(void *context)
{
	struct sandbox_plan plan = plan_of(*(enum sandbox_role *)context);
	int two[2];

	NEED(entered(&plan));
	REFUSED(socket(AF_INET, SOCK_STREAM, 0));
	REFUSED(socket(AF_UNIX, SOCK_STREAM, 0));
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0));
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0));
	REFUSED(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	REFUSED(pipe(two));
	REFUSED(eventfd(0, 0));
	REFUSED(dup(0));
	REFUSED(dup2(0, 9));
	REFUSED(dup3(0, 9, 0));
	REFUSED(fcntl(0, F_DUPFD, 9));
	REFUSED(fcntl(0, F_SETOWN, getppid()));
	REFUSED(listen(0, 1));
	REFUSED(accept(0, NULL, NULL));
	return 0;
}

static int
touches_no_process(void *context)
{
	struct sandbox_plan plan = plan_of(*(enum sandbox_role *)context);
	char *arguments[] = { "true", NULL };

	NEED(entered(&plan));
	REFUSED(execv("/bin/true", arguments));
	REFUSED(execveat(AT_FDCWD, "/bin/true", arguments, environ, 0));
	REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	REFUSED(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL));
	REFUSED(kill(getppid(), 0));
	REFUSED(kill(getpid(), 0));
	REFUSED(kill(-1, 0));
	REFUSED(syscall(SYS_tgkill, getppid(), getppid(), 0));
	REFUSED(syscall(SYS_pidfd_open, getppid(), 0));
	REFUSED(fork());
	REFUSED(syscall(SYS_clone3, NULL, 0));
	REFUSED(setuid(0));
	REFUSED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	REFUSED(setpriority(PRIO_PROCESS, 0, 5));
	return 0;
}

static int
executes_no_memory(void *context)
{
	struct sandbox_plan plan = plan_of(*(enum sandbox_role *)context);
	void *page;

	NEED(entered(&plan));
	errno = 0;
	NEED(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	NEED(errno == EPERM);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(page != MAP_FAILED);
	REFUSED(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	NEED(mprotect(page, 4096, PROT_READ) == 0);
	NEED(munmap(page, 4096) == 0);
	return 0;
}

static void
try_each_child(int (*body)(void *context))
{
	for (size_t i = 0; i < CHILDREN; i++) {
		enum sandbox_role role = children[i];

		if (can_play(role))
			assert_int_equal(apart(body, &role), 0);
	}
}

static void
test_no_role_opens_a_file(void **state)
{
	(void)state;
	try_each_child(opens_nothing);
}

static void
test_no_role_makes_a_descriptor(void **state)
{
	(void)state;
	try_each_child(makes_no_descriptor);
}

static void
test_no_role_reaches_another_process(void **state)
{
	(void)state;
	try_each_child(touches_no_process);
}

static void
test_no_role_executes_memory(void **state)
{
	(void)state;
	try_each_child(executes_no_memory);
}

static int
unshares(void *context)
{
	struct sandbox_plan plan = plan_of(*(enum sandbox_role *)context);

	NEED(entered(&plan));
	(void)unshare(CLONE_NEWUSER);
	return 0;
}

static void
test_who_tries_what_nobody_needs_is_ended(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHILDREN; i++) {
		enum sandbox_role role = children[i];
		int status;

		if (!can_play(role))
			continue;
		status = apart(unshares, &role);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

/* ---- writing, by descriptor */

static int
engine_writes(void *context)
{
	int *sv = context; /* two pairs: records, and another */
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct iovec v = { "x", 1 };

	plan.fds[plan.fd_count++] = sv[0];
	plan.fds[plan.fd_count++] = sv[2];
	plan.writable[plan.writable_count++] = sv[0];
	NEED(entered(&plan));
	NEED(write(sv[0], "x", 1) == 1);
	NEED(writev(sv[0], &v, 1) == 1);
	NEED(write(STDERR_FILENO, "", 0) == 0);
	REFUSED(write(STDOUT_FILENO, "x", 1));
	REFUSED(write(sv[2], "x", 1));
	REFUSED(writev(sv[2], &v, 1));
	REFUSED(pwrite(sv[2], "x", 1, 0));
	REFUSED(pwritev2(sv[2], &v, 1, 0, 0));
	/* A number whose upper half the kernel would cut off. */
	REFUSED(syscall(SYS_write, (1UL << 32) | (unsigned)sv[2], "x", 1UL));
	REFUSED(syscall(SYS_write, (1UL << 32) | (unsigned)sv[0], "x", 1UL));
	for (int i = 0; i < 3; i += 2) {
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

		REFUSED(send(sv[i], "x", 1, 0));
		REFUSED(sendto(sv[i], "x", 1, 0, NULL, 0));
		REFUSED(sendmsg(sv[i], &m, 0));
		REFUSED(setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &sv[i],
		    sizeof(sv[i])));
	}
	return 0;
}

static void
make_pairs(int sv[4])
{
	for (int i = 0; i < 4; i += 2)
		assert_int_equal(socketpair(AF_UNIX,
				     SOCK_SEQPACKET | SOCK_CLOEXEC |
					 SOCK_NONBLOCK,
				     0, &sv[i]),
		    0);
}

static void
close_pairs(const int sv[4])
{
	for (int i = 0; i < 4; i++)
		(void)close(sv[i]);
}

static void
test_an_engine_writes_where_it_may_and_sends_nowhere(void **state)
{
	char byte;
	int sv[4];

	(void)state;
	make_pairs(sv);
	assert_int_equal(apart(engine_writes, sv), 0);
	assert_int_equal(read(sv[1], &byte, 1), 1);
	assert_int_equal(read(sv[1], &byte, 1), 1);
	assert_int_equal(read(sv[1], &byte, 1), -1);
	assert_int_equal(read(sv[3], &byte, 1), -1);
	close_pairs(sv);
}

/* What an engine lives of: a model by descriptor, memory, time, polls. */
static int
engine_works(void *context)
{
	int *sv = context;
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct pollfd p = { .fd = sv[0], .events = POLLIN };
	char byte, control[64];
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct timespec t;
	struct stat st;
	void *big;
	int fd;

	plan.fds[plan.fd_count++] = sv[0];
	NEED(entered(&plan));
	NEED(poll(&p, 1, 1000) == 1);
	NEED(recvmsg(sv[0], &m, MSG_CMSG_CLOEXEC) == 1);
	NEED(m.msg_controllen > 0 && CMSG_FIRSTHDR(&m));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	NEED(fstat(fd, &st) == 0 && st.st_size == 5);
	NEED(fcntl(fd, F_GET_SEALS) >= 0);
	big = mmap(NULL, 5, PROT_READ, MAP_PRIVATE, fd, 0);
	NEED(big != MAP_FAILED && memcmp(big, "model", 5) == 0);
	NEED(munmap(big, 5) == 0 && close(fd) == 0);
	big = malloc(64 << 20);
	NEED(big);
	memset(big, 1, 64 << 20);
	free(big);
	NEED(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	NEED(signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0);
	return 0;
}

static int
send_file(int to, int fd)
{
	char byte = 'm', control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return (int)sendmsg(to, &m, 0);
}

static void
test_an_engine_can_do_its_work(void **state)
{
	int sv[4], fd = memfd_create("model", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "model", 5), 5);
	make_pairs(sv);
	assert_int_equal(send_file(sv[1], fd), 1);
	assert_int_equal(apart(engine_works, sv), 0);
	close_pairs(sv);
	(void)close(fd);
}

/* ---- the recorder's folder */

struct recording {
	int folder;
	int landlock_most;
};

static int
recorder_works(void *context)
{
	const struct recording *r = context;
	struct sandbox_plan plan = plan_of(SANDBOX_RECORDER);
	int fd;

	plan.folder = r->folder;
	plan.landlock_most = r->landlock_most;
	NEED(entered(&plan));
	fd = openat(r->folder, "eve.json",
	    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	NEED(fd >= 0);
	NEED(write(fd, "line\n", 5) == 5);
	NEED(fsync(fd) == 0 && ftruncate(fd, 2) == 0);
	NEED(lseek(fd, 0, SEEK_SET) == 0 && close(fd) == 0);
	NEED(renameat(r->folder, "eve.json", r->folder, "eve-1.json") == 0);
	NEED(faccessat(r->folder, "eve-1.json", F_OK, 0) == 0);
	REFUSED(openat(AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600));
	REFUSED(renameat(r->folder, "eve-1.json", AT_FDCWD, "/tmp/eve.json"));
	REFUSED(renameat(AT_FDCWD, "/etc/passwd", r->folder, "x"));
	REFUSED(linkat(AT_FDCWD, "/etc/passwd", r->folder, "x", 0));
	REFUSED(symlinkat("/etc/passwd", r->folder, "x"));
	REFUSED(mkdirat(r->folder, "x", 0700));
	REFUSED(fchmod(r->folder, 0777));
	NEED(unlinkat(r->folder, "eve-1.json", 0) == 0);
	if (r->landlock_most < 0 || sandbox_landlock_abi() == 0)
		return 0;
	NEED(openat(r->folder, "../outside", O_WRONLY) < 0 && errno == EACCES);
	NEED(openat(r->folder, "link", O_WRONLY) < 0 && errno == EACCES);
	NEED(unlinkat(r->folder, "../outside", 0) < 0 && errno == EACCES);
	if (!SANDBOX_IS_RELAXED)
		NEED(openat(r->folder, "/etc/passwd", O_RDONLY) < 0 &&
		    errno == EACCES);
	return 0;
}

static void
test_a_recorder_keeps_to_its_folder_whatever_the_kernel_has(void **state)
{
	/* -1: without Landlock; 2: as Linux 6.1 has it; 0: what is here. */
	static const int most[] = { -1, 1, 2, 3, 4, 5, 0 };
	char outer[] = "/tmp/test_sandbox.XXXXXX", path[64];
	struct recording r;

	(void)state;
	assert_non_null(mkdtemp(outer));
	(void)snprintf(path, sizeof(path), "%s/outside", outer);
	(void)close(open(path, O_WRONLY | O_CREAT, 0600));
	(void)snprintf(path, sizeof(path), "%s/in", outer);
	assert_int_equal(mkdir(path, 0700), 0);
	r.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(r.folder >= 0);
	assert_int_equal(symlinkat("../outside", r.folder, "link"), 0);
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		r.landlock_most = most[i];
		assert_int_equal(apart(recorder_works, &r), 0);
	}
	assert_int_equal(unlinkat(r.folder, "link", 0), 0);
	(void)close(r.folder);
	assert_int_equal(rmdir(path), 0);
	(void)snprintf(path, sizeof(path), "%s/outside", outer);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(outer), 0);
}

/* ---- descriptors, limits, numbers */

static int
only_its_own_stay(void *context)
{
	int *sv = context;
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);

	/* Out of order, one twice, one far up. */
	plan.fds[plan.fd_count++] = 300;
	plan.fds[plan.fd_count++] = sv[1];
	plan.fds[plan.fd_count++] = sv[1];
	plan.writable[plan.writable_count++] = sv[3];
	NEED(dup2(sv[0], 300) == 300 && dup2(sv[0], 299) == 299);
	NEED(entered(&plan));
	for (int fd = 3; fd < 400; fd++) {
		bool is_open = fcntl(fd, F_GETFD) >= 0;
		bool wanted = fd == 300 || fd == sv[1] || fd == sv[3];

		NEED(is_open == wanted);
	}
	return 0;
}

static void
test_other_descriptors_are_closed(void **state)
{
	int sv[4];

	(void)state;
	make_pairs(sv);
	assert_int_equal(apart(only_its_own_stay, sv), 0);
	close_pairs(sv);
}

static int
has_the_limits(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct rlimit core, files, size;
	void *big;

	(void)context;
	(void)close(STDERR_FILENO);
	NEED(open("/dev/null", O_WRONLY) == STDERR_FILENO);
	plan.memory_bytes = 1u << 30;
	plan.none = true; /* so that they can be asked for */
	NEED(entered(&plan));
	NEED(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
	NEED(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max <= 256);
	NEED(getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_max == 0);
	NEED(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	if (SANDBOX_IS_RELAXED)
		return 0;
	big = mmap(NULL, 2ul << 30, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	NEED(big == MAP_FAILED && errno == ENOMEM);
	return 0;
}

static void
test_limits_are_set(void **state)
{
	(void)state;
	assert_int_equal(apart(has_the_limits, NULL), 0);
}

static int
writes_errors_to_a_file(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	int fd = *(int *)context;

	NEED(dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	NEED(entered(&plan));
	NEED(write(STDERR_FILENO, "words\n", 6) == 6);
	return 0;
}

static void
test_an_engine_whose_errors_go_to_a_file_can_write_them(void **state)
{
	char path[] = "/tmp/test_sandbox.XXXXXX", text[8] = "";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(apart(writes_errors_to_a_file, &fd), 0);
	assert_int_equal(pread(fd, text, sizeof(text), 0), 6);
	assert_string_equal(text, "words\n");
	(void)close(fd);
}

/* A child inside its walls that waits to be looked at. */
struct watched {
	struct sandbox_plan plan;
	int ready[2], go[2];
	pid_t pid;
};

static void
watch_begin(struct watched *w)
{
	char byte = 0;

	assert_int_equal(pipe2(w->ready, O_CLOEXEC), 0);
	assert_int_equal(pipe2(w->go, O_CLOEXEC), 0);
	(void)fflush(NULL);
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (w->pid == 0) {
		w->plan.fds[w->plan.fd_count++] = w->go[0];
		w->plan.writable[w->plan.writable_count++] = w->ready[1];
		byte = entered(&w->plan) ? 'y' : 'n';
		(void)!write(w->ready[1], &byte, 1);
		(void)!read(w->go[0], &byte, 1);
		_exit(0);
	}
	(void)close(w->ready[1]);
	(void)close(w->go[0]);
	assert_int_equal(read(w->ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
}

static void
watch_end(struct watched *w)
{
	int status;

	(void)close(w->go[1]);
	(void)close(w->ready[0]);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_int_equal(status, 0);
}

/* The value of a line of /proc/PID/status, or "". */
static void
status_of(pid_t pid, const char *name, char out[80])
{
	char path[64], line[512];
	FILE *file;

	out[0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0 &&
		    line[strlen(name)] == ':')
			(void)sscanf(line + strlen(name) + 1, " %79s", out);
	(void)fclose(file);
}

static void
test_the_kernel_says_the_same(void **state)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff",
		"CapAmb" };
	char value[80];

	(void)state;
	for (size_t i = 0; i < CHILDREN; i++) {
		struct watched w = { .plan = plan_of(children[i]) };

		if (!can_play(children[i]))
			continue;
		watch_begin(&w);
		status_of(w.pid, "Seccomp", value);
		assert_string_equal(value, "2");
		status_of(w.pid, "NoNewPrivs", value);
		assert_string_equal(value, "1");
		for (size_t s = 0; s < 4; s++) {
			bool kept = children[i] == SANDBOX_KEEPER &&
			    (s == 1 || s == 2);

			status_of(w.pid, sets[s], value);
			assert_int_equal(strtoull(value, NULL, 16),
			    kept ? 1u << 12 : 0); /* CAP_NET_ADMIN */
		}
		watch_end(&w);
	}
}

/* ---- with whom it dies */

static int
parent_of_one(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	int *alive = context, ready[2];
	char byte = 'y';

	NEED(pipe(ready) == 0);
	if (fork() == 0) {
		plan.writable[plan.writable_count++] = ready[1];
		plan.fds[plan.fd_count++] = alive[1];
		if (!entered(&plan) || write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			(void)poll(NULL, 0, -1);
	}
	NEED(read(ready[0], &byte, 1) == 1);
	return 0; /* and it dies */
}

static void
test_an_engine_dies_with_its_parent(void **state)
{
	struct pollfd p = { .events = POLLIN };
	int alive[2];

	(void)state;
	assert_int_equal(pipe2(alive, O_CLOEXEC), 0);
	assert_int_equal(apart(parent_of_one, alive), 0);
	(void)close(alive[1]);
	p.fd = alive[0];
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_true(p.revents & POLLHUP);
	(void)close(alive[0]);
}

static void
on_orphaned(int signal)
{
	static const char told = 't';

	(void)signal;
	(void)!write(STDIN_FILENO, &told, 1); /* see parent_of_recorder */
	(void)alarm(1);
}

static int
parent_of_recorder(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_RECORDER);
	const struct sigaction orphaned = { .sa_handler = on_orphaned,
		.sa_flags = (int)SA_RESETHAND };
	int *told = context, ready[2];
	char byte = 'y';

	NEED(pipe(ready) == 0);
	if (fork() == 0) {
		(void)dup2(told[1], STDIN_FILENO);
		(void)close(told[1]);
		plan.writable[plan.writable_count++] = ready[1];
		if (sigaction(SIGALRM, &orphaned, NULL) != 0 ||
		    !entered(&plan) || write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			(void)poll(NULL, 0, -1);
	}
	NEED(read(ready[0], &byte, 1) == 1);
	return 0; /* and it dies */
}

static void
test_a_recorder_is_told_of_the_death_and_has_its_time(void **state)
{
	struct pollfd p = { .events = POLLIN };
	char byte = 0;
	int told[2];

	(void)state;
	if (!can_play(SANDBOX_RECORDER))
		skip();
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	assert_int_equal(apart(parent_of_recorder, told), 0);
	(void)close(told[1]);
	p.fd = told[0];
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(byte, 't');
	/* The second one is its end. */
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_int_equal(read(told[0], &byte, 1), 0);
	(void)close(told[0]);
}

static int
has_lost_its_parent(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct sandbox_report report;
	char error[256] = "";

	(void)context;
	plan.parent = getpid(); /* which is not its parent */
	NEED(!sandbox_enter(&plan, &report, error, sizeof(error)));
	NEED(strstr(error, "parent"));
	return 0;
}

static void
test_an_engine_whose_parent_died_before_does_not_start(void **state)
{
	(void)state;
	assert_int_equal(apart(has_lost_its_parent, NULL), 0);
}

/* ---- without walls, and the supervisor's */

static int
has_no_walls(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct sandbox_report report;
	char error[256] = "";

	(void)context;
	plan.none = true;
	NEED(sandbox_enter(&plan, &report, error, sizeof(error)));
	NEED(report.state == SANDBOX_NONE && report.landlock == 0);
	NEED(fcntl(open("/", O_RDONLY), F_GETFD) >= 0);
	NEED(fcntl(9, F_GETFD) < 0);
	NEED(sandbox_prove(&plan, -1) != NULL);
	return 0;
}

static void
test_without_a_sandbox_the_report_says_so(void **state)
{
	(void)state;
	assert_int_equal(apart(has_no_walls, NULL), 0);
}

static int
reports_what_stands(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct sandbox_report report;
	char error[256] = "";
	int abi = sandbox_landlock_abi();

	(void)context;
	NEED(sandbox_enter(&plan, &report, error, sizeof(error)));
	NEED(report.state ==
	    (SANDBOX_IS_RELAXED ? SANDBOX_RELAXED : SANDBOX_FULL));
	NEED(report.landlock == abi);
	NEED(sandbox_prove(&plan, -1) == NULL);
	return 0;
}

static void
test_the_report_says_what_stands(void **state)
{
	(void)state;
	assert_int_equal(apart(reports_what_stands, NULL), 0);
}

static int
supervises(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_SUPERVISOR);
	enum sandbox_role role = SANDBOX_ENGINE;
	char *arguments[] = { "true", NULL };
	int fd;

	(void)context;
	NEED(entered(&plan));
	fd = open("/dev/null", O_RDWR);
	NEED(fd >= 0 && close(fd) == 0);
	NEED(kill(getppid(), 0) == 0);
	REFUSED(execv("/bin/true", arguments));
	REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	/* Its children have its walls and their own. */
	NEED(apart(opens_nothing, &role) == 0);
	return 0;
}

static void
test_a_supervisor_opens_but_executes_nothing(void **state)
{
	(void)state;
	assert_int_equal(apart(supervises, NULL), 0);
}

static int
has_too_many(void *context)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);
	struct sandbox_report report;
	char error[256] = "";

	(void)context;
	plan.fd_count = SANDBOX_FDS_MAX + 1;
	NEED(!sandbox_enter(&plan, &report, error, sizeof(error)));
	NEED(report.state == SANDBOX_NONE && error[0]);
	return 0;
}

static void
test_a_plan_that_cannot_be_is_refused(void **state)
{
	(void)state;
	assert_int_equal(apart(has_too_many, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_role_opens_a_file),
		cmocka_unit_test(test_no_role_makes_a_descriptor),
		cmocka_unit_test(test_no_role_reaches_another_process),
		cmocka_unit_test(test_no_role_executes_memory),
		cmocka_unit_test(test_who_tries_what_nobody_needs_is_ended),
		cmocka_unit_test(
		    test_an_engine_writes_where_it_may_and_sends_nowhere),
		cmocka_unit_test(test_an_engine_can_do_its_work),
		cmocka_unit_test(
		    test_a_recorder_keeps_to_its_folder_whatever_the_kernel_has),
		cmocka_unit_test(test_other_descriptors_are_closed),
		cmocka_unit_test(test_limits_are_set),
		cmocka_unit_test(
		    test_an_engine_whose_errors_go_to_a_file_can_write_them),
		cmocka_unit_test(test_the_kernel_says_the_same),
		cmocka_unit_test(test_an_engine_dies_with_its_parent),
		cmocka_unit_test(
		    test_a_recorder_is_told_of_the_death_and_has_its_time),
		cmocka_unit_test(
		    test_an_engine_whose_parent_died_before_does_not_start),
		cmocka_unit_test(test_without_a_sandbox_the_report_says_so),
		cmocka_unit_test(test_the_report_says_what_stands),
		cmocka_unit_test(test_a_supervisor_opens_but_executes_nothing),
		cmocka_unit_test(test_a_plan_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
