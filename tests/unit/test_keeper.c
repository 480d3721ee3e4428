/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe/keeper.c with processes of its own: a stand-in for the supervisor
 * changes an interface, starts the keeper, and ends in one way or another. In a
 * network namespace of this test; where none can be made, all is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

#define SECOND_MS 1000
#define KILLS 60
#define KILL_STEP_US 15 /* later each time */
#define NET_ADMIN (1u << 12)

struct stand {
	bool usable;
	int pid_pipe[2]; /* from the stand-in: the keeper's number */
	char error[256];
};

static bool
run(const char *command)
{
	char quiet[512];

	if (snprintf(quiet, sizeof(quiet), "{ %s; } >/dev/null 2>&1",
		command) >= (int)sizeof(quiet))
		return false;
	return system(quiet) == 0; /* a fixed text of this file */
}

static int
set_up(void **state)
{
	struct stand *s = calloc(1, sizeof(*s));

	if (!s || pipe(s->pid_pipe) != 0)
		return -1;
	*state = s;
	/* What the stand-in leaves behind becomes a child of this test. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)signal(SIGPIPE, SIG_IGN);
	s->usable = geteuid() == 0 && unshare(CLONE_NEWNET) == 0;
	return 0;
}

static int
tear_down(void **state)
{
	struct stand *s = *state;

	(void)close(s->pid_pipe[0]);
	(void)close(s->pid_pipe[1]);
	free(s);
	return 0;
}

/* A fresh interface span0, and a second, span1. */
static struct stand *
needed(void **state)
{
	struct stand *s = *state;

	if (!s->usable)
		skip();
	(void)run("ip link delete span0");
	if (!run("ip link add span0 type veth peer name span1"))
		skip();
	return s;
}

/* ---- what the kernel says */

static bool
has_ipv6(const char *interface)
{
	char path[128], c = '\0';
	FILE *f;

	(void)snprintf(path, sizeof(path),
	    "/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
	f = fopen(path, "r");
	if (f) {
		c = (char)fgetc(f);
		(void)fclose(f);
	}
	return c == '0';
}

static bool
has_arp(const char *interface)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { 0 };

	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &r), 0);
	(void)close(fd);
	return (r.ifr_flags & IFF_NOARP) == 0;
}

static bool
is_as_before(const char *interface)
{
	return has_ipv6(interface) && has_arp(interface);
}

static bool
is_quiet(const char *interface)
{
	return !has_ipv6(interface) && !has_arp(interface);
}

static bool
within(int ms, bool (*reached)(const char *), const char *interface)
{
	for (; ms > 0 && !reached(interface); ms -= 10)
		(void)usleep(10000);
	return reached(interface);
}

/* The hexadecimal or decimal number of a line of /proc/PID/status. */
static uint64_t
status_of(pid_t pid, const char *name, int base)
{
	char path[64], line[256];
	uint64_t value = UINT64_MAX;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0 &&
		    line[strlen(name)] == ':')
			value = strtoull(line + strlen(name) + 1, NULL, base);
	if (f)
		(void)fclose(f);
	return value;
}

/* Descriptors above standard error; *known (may be NULL): of these its pipe,
 * its socket for settings, and their folder. */
static unsigned
descriptors(pid_t pid, unsigned *known)
{
	char path[64], target[256];
	unsigned above = 0, ours = 0;
	struct dirent *e;
	DIR *d;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		const ssize_t n = readlinkat(dirfd(d), e->d_name, target,
		    sizeof(target) - 1);

		if (n <= 0 || atoi(e->d_name) <= STDERR_FILENO)
			continue;
		target[n] = '\0';
		above++;
		ours += strncmp(target, "pipe:", 5) == 0 ||
		    strncmp(target, "socket:", 7) == 0 ||
		    strstr(target, "/sys/net/ipv6/conf");
	}
	(void)closedir(d);
	if (known)
		*known = ours;
	return above;
}

/* ---- the stand-in */

static bool
change(struct stand *s, struct keeper *k, const char *interface)
{
	struct interface_settings before;

	return interface_look(interface, &before, s->error, sizeof(s->error)) &&
	    keeper_note(k, &before) &&
	    interface_quiet(&before, s->error, sizeof(s->error));
}

/* Starts the keeper, changes both interfaces, and waits to be killed. */
static _Noreturn void
stand_in(struct stand *s)
{
	const int held = socket(AF_PACKET, SOCK_RAW, 0); /* not its */
	struct keeper *k = keeper_start(false);
	pid_t pid;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a test fails */
	if (held < 0 || !k || !change(s, k, "span0") || !change(s, k, "span1"))
		_exit(1);
	pid = keeper_pid(k);
	if (write(s->pid_pipe[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	for (;;)
		(void)pause();
}

static pid_t
start(struct stand *s, pid_t *keeper)
{
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		stand_in(s);
	assert_int_equal(read(s->pid_pipe[0], keeper, sizeof(*keeper)),
	    sizeof(*keeper));
	return pid;
}

static void
assert_ends(pid_t pid, int ms)
{
	int status;
	pid_t got = 0;

	for (; ms > 0 && got == 0; ms -= 10) {
		got = waitpid(pid, &status, WNOHANG);
		if (got == 0)
			(void)usleep(10000);
	}
	assert_int_equal(got, pid);
	assert_int_equal(status, 0);
}

/* ---- tests */

static void
test_a_killed_parent_leaves_the_interfaces_as_they_were(void **state)
{
	struct stand *s = needed(state);
	pid_t keeper, parent = start(s, &keeper);
	int status;

	assert_true(is_quiet("span0"));
	assert_true(is_quiet("span1"));
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(within(SECOND_MS, is_as_before, "span0"));
	assert_true(within(SECOND_MS, is_as_before, "span1"));
	assert_ends(keeper, SECOND_MS);
}

/* How far the stand-in had come is up to chance: before a note, between it and
 * the change, amid the changes, after. */
static void
test_a_parent_killed_at_any_moment_leaves_the_interfaces_as_they_were(
    void **state)
{
	struct stand *s = needed(state);
	int go[2], status;
	pid_t keeper, pid;

	for (unsigned i = 0; i < KILLS; i++) {
		assert_int_equal(pipe(go), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			struct keeper *k = keeper_start(false);

			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			keeper = k ? keeper_pid(k) : -1;
			(void)!write(go[1], &keeper, sizeof(keeper));
			(void)(k && change(s, k, "span0") &&
			    change(s, k, "span1"));
			for (;;)
				(void)pause();
		}
		assert_int_equal(read(go[0], &keeper, sizeof(keeper)),
		    sizeof(keeper));
		assert_true(keeper > 0);
		(void)usleep(i * KILL_STEP_US);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_ends(keeper, SECOND_MS);
		assert_true(is_as_before("span0"));
		assert_true(is_as_before("span1"));
		(void)close(go[0]);
		(void)close(go[1]);
	}
}

static void
test_a_note_of_what_was_not_changed_changes_nothing(void **state)
{
	struct stand *s = needed(state);
	struct keeper *k = keeper_start(false);
	struct interface_settings before;

	assert_non_null(k);
	assert_true(
	    interface_look("span0", &before, s->error, sizeof(s->error)));
	assert_true(before.had_ipv6 && before.had_arp);
	assert_true(is_as_before("span0"));
	assert_true(keeper_note(k, &before));
	assert_true(keeper_end(k));
	assert_true(is_as_before("span0"));
}

static void
test_signals_to_it_and_to_its_group_do_not_end_it(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGUSR1 };
	struct stand *s = needed(state);
	pid_t keeper, parent = start(s, &keeper);
	int status;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		assert_int_equal(kill(keeper, signals[i]), 0);
	assert_int_equal(getpgid(keeper), keeper);
	(void)usleep(50000);
	assert_int_equal(waitpid(keeper, &status, WNOHANG), -1);
	assert_int_equal(kill(keeper, 0), 0);
	assert_true(is_quiet("span0"));
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(within(SECOND_MS, is_as_before, "span0"));
	assert_ends(keeper, SECOND_MS);
}

static void
test_it_has_one_right_and_no_descriptor_of_its_parent(void **state)
{
	struct stand *s = needed(state);
	pid_t keeper, parent = start(s, &keeper);
	unsigned known;
	int status;

	assert_int_equal(status_of(keeper, "CapEff", 16), NET_ADMIN);
	assert_int_equal(status_of(keeper, "CapPrm", 16), NET_ADMIN);
	assert_int_equal(status_of(keeper, "CapInh", 16), 0);
	assert_int_equal(status_of(keeper, "CapAmb", 16), 0);
	assert_int_equal(status_of(keeper, "NoNewPrivs", 10), 1);
	assert_int_equal(status_of(keeper, "Seccomp", 10), 2);
	/* The one that it says it is ready with is closed soon after. */
	for (int i = 0; i < 100 && descriptors(keeper, NULL) > 3; i++)
		(void)usleep(10000);
	assert_int_equal(descriptors(keeper, &known), 3);
	assert_int_equal(known, 3);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_ends(keeper, SECOND_MS);
}

static void
test_its_end_puts_everything_back(void **state)
{
	struct stand *s = needed(state);
	struct keeper *k = keeper_start(false);

	assert_non_null(k);
	assert_true(change(s, k, "span0"));
	assert_true(change(s, k, "span0")); /* nothing more is changed */
	assert_true(is_quiet("span0"));
	assert_true(keeper_end(k));
	assert_true(is_as_before("span0"));
	assert_true(keeper_end(NULL));
}

static void
test_what_was_off_before_stays_off(void **state)
{
	struct stand *s = needed(state);
	struct keeper *k = keeper_start(false);

	assert_non_null(k);
	assert_true(run("ip link set span0 arp off"));
	assert_true(change(s, k, "span0"));
	assert_true(keeper_end(k));
	assert_true(has_ipv6("span0"));
	assert_false(has_arp("span0"));
}

static void
test_an_interface_of_the_same_name_is_not_the_same(void **state)
{
	struct stand *s = needed(state);
	struct keeper *k = keeper_start(false);

	assert_non_null(k);
	assert_true(change(s, k, "span0"));
	assert_true(run("ip link delete span0"));
	assert_true(run("ip link add span0 type veth peer name span1"));
	assert_true(run("sysctl -w net.ipv6.conf.span0.disable_ipv6=1"));
	assert_true(run("ip link set span0 arp off"));
	assert_true(keeper_end(k));
	assert_true(is_quiet("span0")); /* somebody else's wish */
}

static void
test_more_changes_than_it_remembers_lose_no_living_interface(void **state)
{
	struct stand *s = needed(state);
	struct keeper *k = keeper_start(false);
	struct interface_settings gone = { .name = "gone0",
		.index = 1000000,
		.had_ipv6 = true };

	assert_non_null(k);
	assert_true(change(s, k, "span0"));
	for (int i = 0; i < 2 * KEEPER_NOTES_MAX; i++, gone.index++)
		assert_true(keeper_note(k, &gone));
	assert_true(change(s, k, "span1"));
	assert_true(keeper_end(k));
	assert_true(is_as_before("span0"));
	assert_true(is_as_before("span1"));
}

static void
test_notes_that_say_nothing_are_passed_over(void **state)
{
	const struct interface_settings nothing = { .name = "span0" };
	struct interface_settings endless = { .index = 1 };
	struct keeper *k;

	(void)needed(state);
	k = keeper_start(false);
	assert_non_null(k);
	memset(endless.name, 'x', sizeof(endless.name));
	assert_true(keeper_note(k, &nothing));
	assert_true(keeper_note(k, &endless));
	assert_true(keeper_end(k));
}

static void
test_when_it_is_gone_its_parent_is_told(void **state)
{
	struct interface_settings one = { .name = "span0", .index = 1 };
	struct keeper *k;

	(void)needed(state);
	k = keeper_start(false);
	assert_non_null(k);
	assert_int_equal(kill(keeper_pid(k), SIGKILL), 0);
	for (int i = 0; i < 100 && keeper_note(k, &one); i++)
		(void)usleep(10000);
	assert_false(keeper_note(k, &one));
	assert_false(keeper_end(k));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_killed_parent_leaves_the_interfaces_as_they_were),
		cmocka_unit_test(
		    test_a_parent_killed_at_any_moment_leaves_the_interfaces_as_they_were),
		cmocka_unit_test(
		    test_a_note_of_what_was_not_changed_changes_nothing),
		cmocka_unit_test(
		    test_signals_to_it_and_to_its_group_do_not_end_it),
		cmocka_unit_test(
		    test_it_has_one_right_and_no_descriptor_of_its_parent),
		cmocka_unit_test(test_its_end_puts_everything_back),
		cmocka_unit_test(test_what_was_off_before_stays_off),
		cmocka_unit_test(
		    test_an_interface_of_the_same_name_is_not_the_same),
		cmocka_unit_test(
		    test_more_changes_than_it_remembers_lose_no_living_interface),
		cmocka_unit_test(test_notes_that_say_nothing_are_passed_over),
		cmocka_unit_test(test_when_it_is_gone_its_parent_is_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
