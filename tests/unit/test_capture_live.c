/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Live sources, in a network namespace of this process alone: pairs of veth
 * whose one end is captured and whose other end sends. Skipped where such a
 * namespace cannot be made.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"

#define SMALL_RING (1u << 20)
#define PATIENCE_MS 3000

struct fixture {
	struct capture *c;
	int senders[2];
	char error[512];
};

static int
run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
sender(const char *interface)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int yes = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return -1;
	(void)setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes,
	    sizeof(yes));
	return fd;
}

static int
setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return -1;
	*state = x;
	if (run("ip link add s0 type veth peer name m0 && "
		"ip link add s1 type veth peer name m1 && "
		"for i in s0 m0 s1 m1; do ip link set $i up mtu 65535 || "
		"exit 1; done") != 0)
		return -1;
	x->senders[0] = sender("s0");
	x->senders[1] = sender("s1");
	x->c = capture_new();
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;

	capture_free(x->c);
	(void)close(x->senders[0]);
	(void)close(x->senders[1]);
	(void)run("for i in s0 s1; do ip link del $i 2>/dev/null; done; :");
	free(x);
	return 0;
}

/* A frame of length bytes that begins with the usual header and mark. */
static void
send_length(int fd, uint32_t mark, size_t length)
{
	static uint8_t bytes[65536];
	uint8_t *p = bytes;

	memset(p, 0x5a, length);
	memset(p, 2, 12);
	memcpy(p + 12, "\x88\xb5", 2);
	memcpy(p + 14, &mark, sizeof(mark));
	assert_int_equal(send(fd, p, length, 0), length);
}

static void
send_mark(int fd, uint32_t mark)
{
	send_length(fd, mark, 60);
}

static uint32_t
mark_of(const struct frame *f)
{
	uint32_t mark = 0;

	assert_true(f->captured >= 18);
	memcpy(&mark, f->bytes + 14, sizeof(mark));
	return mark;
}

/* The next frame, waiting as an engine does; false: none came in time. */
static bool
await_for(struct capture *c, struct frame *out, int patience_ms)
{
	int64_t until = now_ms() + patience_ms;

	while (now_ms() < until) {
		struct pollfd polled[CAPTURE_SOURCES_MAX];
		int fds[CAPTURE_SOURCES_MAX], wait;
		size_t count;
		enum capture_result r = capture_next(c, out);

		if (r == CAPTURE_FRAME)
			return true;
		assert_int_equal(r, CAPTURE_WAIT);
		count = capture_fds(c, fds, CAPTURE_SOURCES_MAX);
		for (size_t i = 0; i < count; i++)
			polled[i] = (struct pollfd){ .fd = fds[i],
				.events = POLLIN };
		wait = capture_hold_ms(c);
		assert_true(wait <= CAPTURE_HOLD_US / 1000);
		(void)poll(polled, (nfds_t)count, wait < 0 ? 20 : wait);
	}
	return false;
}

static bool
await(struct capture *c, struct frame *out)
{
	return await_for(c, out, PATIENCE_MS);
}

static int
open_live(struct fixture *x, const char *interface, uint32_t ring)
{
	int source = capture_open_live(x->c, interface, ring, x->error,
	    sizeof(x->error));

	if (source < 0)
		print_message("%s: %s\n", interface, x->error);
	return source;
}

static void
test_each_frame_is_handed_out_once_and_in_order(void **state)
{
	struct fixture *x = *state;
	struct timespec wall;
	struct frame f;

	assert_int_equal(open_live(x, "m0", 0), 0);
	assert_int_equal(capture_link_type(x->c, 0), 1);
	assert_int_equal(capture_snap_length(x->c, 0), 262144);
	assert_true(capture_fd(x->c, 0) >= 0);
	assert_int_equal(capture_fd(x->c, 1), -1);
	assert_int_equal(capture_next(x->c, &f), CAPTURE_WAIT);
	for (uint32_t i = 1; i <= 100; i++)
		send_mark(x->senders[0], i);
	for (uint32_t i = 1; i <= 100; i++) {
		assert_true(await(x->c, &f));
		assert_int_equal(mark_of(&f), i);
		assert_int_equal(f.number, i);
		assert_int_equal(f.captured, 60);
		assert_int_equal(f.wire, 60);
		assert_int_equal(f.source, 0);
		(void)clock_gettime(CLOCK_REALTIME, &wall);
		assert_true(f.nanoseconds < 1000);
		assert_in_range(wall.tv_sec * CLOCK_SECOND +
			wall.tv_nsec / 1000 - f.time.us,
		    0, 3 * CLOCK_SECOND);
	}
	assert_int_equal(capture_next(x->c, &f), CAPTURE_WAIT);
	assert_int_equal(capture_frames(x->c, 0), 100);
	assert_int_equal(capture_state(x->c, 0), CAPTURE_OPEN);
}

static void
test_tags_that_the_kernel_takes_off_are_put_back(void **state)
{
	static const uint8_t tagged[60] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4,
		0x81, 0x00, 0x61, 0x23, 0x88, 0xb5, 0xaa };
	static const uint8_t twice[60] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4,
		0x88, 0xa8, 0x00, 0x0a, 0x81, 0x00, 0x00, 0x14, 0x88, 0xb5 };
	struct fixture *x = *state;
	struct frame f;

	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	assert_int_equal(send(x->senders[0], tagged, 60, 0), 60);
	assert_int_equal(send(x->senders[0], twice, 60, 0), 60);
	assert_true(await(x->c, &f));
	assert_int_equal(f.captured, 60);
	assert_int_equal(f.wire, 60);
	assert_memory_equal(f.bytes, tagged, 60);
	assert_true(await(x->c, &f));
	assert_int_equal(f.captured, 60);
	assert_memory_equal(f.bytes, twice, 60);
}

static void
test_giants_are_taken_whole(void **state)
{
	struct fixture *x = *state;
	struct frame f;

	assert_int_equal(open_live(x, "m0", 8u << 20), 0);
	for (uint32_t i = 0; i < 40; i++)
		send_length(x->senders[0], i, 65000 + i);
	for (uint32_t i = 0; i < 40; i++) {
		assert_true(await(x->c, &f));
		assert_int_equal(f.captured, 65000 + i);
		assert_int_equal(f.wire, 65000 + i);
		assert_int_equal(mark_of(&f), i);
		assert_int_equal(f.bytes[f.captured - 1], 0x5a);
	}
}

static void
test_what_this_host_sends_is_neither_taken_nor_counted(void **state)
{
	struct fixture *x = *state;
	int fd = sender("m0");
	struct capture_stats stats;
	struct frame f;

	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	for (uint32_t i = 0; i < 10; i++)
		send_mark(fd, 1000 + i);
	send_mark(x->senders[0], 7);
	assert_true(await(x->c, &f));
	assert_int_equal(mark_of(&f), 7);
	assert_false(await_for(x->c, &f, 50));
	assert_true(capture_stats(x->c, 0, &stats));
	assert_int_equal(stats.packets, 1);
	assert_int_equal(stats.drops, 0);
	(void)close(fd);
}

static void
test_what_finds_no_room_is_counted_to_the_frame(void **state)
{
	struct fixture *x = *state;
	struct capture_stats stats;
	uint64_t taken = 0;
	struct frame f;

	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 20000; i++)
			send_length(x->senders[0], i, 200);
		while (await_for(x->c, &f, 100))
			taken++;
		assert_true(capture_stats(x->c, 0, &stats));
		assert_int_equal(stats.packets, taken);
		assert_int_equal(stats.packets + stats.drops,
		    20000 * (round + 1));
	}
	assert_true(stats.drops > 0);
	assert_true(stats.freezes > 0);
	assert_int_equal(capture_frames(x->c, 0), taken);
}

static void
test_two_interfaces_are_merged_by_time(void **state)
{
	struct fixture *x = *state;
	int64_t last = 0, began;
	struct frame f;

	assert_int_equal(open_live(x, "m0", 0), 0);
	assert_int_equal(open_live(x, "m1", 0), 1);
	for (uint32_t i = 0; i < 2000; i++) {
		send_mark(x->senders[i / 3 % 2], i);
		if (i % 500 == 0)
			(void)usleep(15000);
	}
	for (uint32_t i = 0; i < 2000; i++) {
		assert_true(await(x->c, &f));
		assert_int_equal(mark_of(&f), i);
		assert_int_equal(f.source, i / 3 % 2);
		assert_true(f.time.us >= last);
		last = f.time.us;
	}
	/* beside an idle one a frame is late, but comes */
	began = now_ms();
	send_mark(x->senders[0], 5000);
	assert_true(await(x->c, &f));
	assert_in_range(now_ms() - began, CAPTURE_HOLD_US / 1000 - 1, 500);
}

static void
test_an_interface_that_was_down_goes_on(void **state)
{
	struct fixture *x = *state;
	struct capture_stats stats;
	struct frame f;

	assert_int_equal(open_live(x, "m0", 0), 0);
	send_mark(x->senders[0], 1);
	assert_true(await(x->c, &f));
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(run("ip link set m0 down"), 0);
		assert_false(await_for(x->c, &f, 50));
		assert_int_equal(capture_state(x->c, 0), CAPTURE_DOWN);
		assert_int_equal(run("ip link set m0 up"), 0);
		assert_false(await_for(x->c, &f, 50));
		assert_int_equal(capture_state(x->c, 0), CAPTURE_OPEN);
		send_mark(x->senders[0], 2 + i);
		assert_true(await(x->c, &f));
		assert_int_equal(mark_of(&f), 2 + i);
	}
	assert_true(capture_stats(x->c, 0, &stats));
	assert_int_equal(stats.packets, 4);
}

static void
test_one_that_is_gone_leaves_the_others(void **state)
{
	struct fixture *x = *state;
	struct capture_stats stats;
	int fds[2];
	struct frame f;

	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	assert_int_equal(open_live(x, "m1", SMALL_RING), 1);
	send_mark(x->senders[0], 1);
	assert_true(await(x->c, &f));
	assert_int_equal(run("ip link del m0"), 0);
	assert_false(await_for(x->c, &f, 50));
	assert_int_equal(capture_state(x->c, 0), CAPTURE_GONE);
	assert_int_equal(capture_state(x->c, 1), CAPTURE_OPEN);
	assert_int_equal(capture_fds(x->c, fds, 2), 1);
	assert_int_equal(fds[0], capture_fd(x->c, 1));
	/* what was counted can still be read */
	assert_true(capture_stats(x->c, 0, &stats));
	assert_int_equal(stats.packets, 1);
	send_mark(x->senders[1], 2);
	assert_true(await(x->c, &f));
	assert_int_equal(f.source, 1);
}

static bool
is_promiscuous(void)
{
	return run("ip -d link show m0 | grep -q 'promiscuity 1'") == 0;
}

/*
 * The child reads; the parent has let go and holds a duplicate of the socket.
 * Counts that the child tells of: taken, and those of its last capture_stats.
 */
static void
test_a_child_reads_on_after_its_parent_let_go(void **state)
{
	struct fixture *x = *state;
	volatile uint64_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct capture_stats rest = { 0 }, more = { 0 };
	struct capture_stats read;
	struct frame f;
	pid_t child;
	int kept;

	assert_true(shared != MAP_FAILED);
	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	kept = dup(capture_fd(x->c, 0));
	child = fork();
	if (child == 0) {
		(void)close(kept);
		while (shared[0] < 500)
			if (await(x->c, &f))
				shared[0]++;
		if (capture_stats(x->c, 0, &read))
			shared[1] = read.packets + read.drops;
		shared[2] = 1;
		for (;;)
			(void)pause();
	}
	capture_disown(x->c);
	assert_int_equal(capture_fd(x->c, 0), -1);
	assert_int_equal(capture_next(x->c, &f), CAPTURE_WAIT);
	capture_free(x->c);
	x->c = capture_new();
	assert_true(is_promiscuous());
	for (uint32_t i = 0; i < 500; i++)
		send_mark(x->senders[0], i);
	for (int i = 0; i < 300 && shared[2] == 0; i++)
		(void)usleep(10000);
	assert_int_equal(shared[0], 500);
	assert_int_equal(shared[1], 500);
	/* 300 more that it never reads; then it dies */
	for (uint32_t i = 0; i < 300; i++)
		send_mark(x->senders[0], i);
	(void)kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(capture_stop(kept, &rest));
	assert_int_equal(rest.packets + rest.drops, 300);
	for (uint32_t i = 0; i < 50; i++)
		send_mark(x->senders[0], i);
	assert_true(capture_stop(kept, &more));
	assert_int_equal(more.packets + more.drops, 0);
	(void)close(kept);
	assert_false(is_promiscuous());
	(void)munmap((void *)(uintptr_t)shared, 4096);
}

static void
test_a_source_that_was_stopped_can_be_read_out(void **state)
{
	struct fixture *x = *state;
	struct capture_stats rest = { 0 };
	uint64_t taken = 0;
	struct frame f;

	assert_int_equal(open_live(x, "m0", SMALL_RING), 0);
	for (uint32_t i = 0; i < 500; i++)
		send_mark(x->senders[0], i);
	assert_true(capture_stop(capture_fd(x->c, 0), &rest));
	for (uint32_t i = 0; i < 500; i++)
		send_mark(x->senders[0], 1000 + i);
	while (await_for(x->c, &f, 3 * CAPTURE_RETIRE_MS)) {
		assert_true(mark_of(&f) < 1000);
		taken++;
	}
	assert_int_equal(taken, 500);
	assert_int_equal(rest.packets, 500);
}

static void
test_several_are_opened_at_once_and_in_order(void **state)
{
	struct fixture *x = *state;
	struct capture_wanted wanted[4] = { { "m1", true, 0, "" },
		{ "nosuch", true, 0, "" }, { "s0", false, 0, "" },
		{ "m0", true, 0, "" } };
	struct frame f;

	capture_open_several(x->c, wanted, 4, SMALL_RING);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(capture_fd(x->c, i) >= 0, i == 0 || i == 3);
	assert_int_equal(wanted[0].fault, 0);
	assert_int_equal(wanted[1].fault, ENODEV);
	assert_true(wanted[1].error[0] != '\0');
	send_mark(x->senders[0], 1); /* comes in by m0 */
	assert_true(await_for(x->c, &f, 2000));
	assert_int_equal(f.source, 3);
	assert_int_equal(mark_of(&f), 1);
	send_mark(x->senders[1], 2);
	assert_true(await_for(x->c, &f, 2000));
	assert_int_equal(f.source, 0);
	assert_int_equal(mark_of(&f), 2);
}

static void
test_what_cannot_be_opened_says_why(void **state)
{
	struct fixture *x = *state;
	int status;
	pid_t child;

	assert_int_equal(open_live(x, "nowhere", 0), -1);
	assert_int_equal(errno, ENODEV);
	assert_true(x->error[0] != '\0');
	assert_int_equal(run("ip link set m1 down"), 0);
	assert_int_equal(open_live(x, "m1", 0), -1);
	assert_int_equal(errno, ENETDOWN);
	assert_true(x->error[0] != '\0');
	assert_int_equal(run("ip link set m1 up"), 0);
	assert_int_equal(capture_open_file(x->c, "/nonexistent", x->error,
			     sizeof(x->error)),
	    -1);
	assert_int_equal(open_live(x, "m1", 0), 0);
	assert_int_equal(capture_open_file(x->c, "/dev/null", x->error,
			     sizeof(x->error)),
	    -1);
	child = fork();
	if (child == 0) {
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		_exit(open_live(x, "m0", 0) == -1 && errno == EPERM ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define LIVE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const char *
enter_namespace(void)
{
	if (geteuid() != 0)
		return "needs root";
	if (unshare(CLONE_NEWNET) != 0)
		return "no network namespace can be made";
	/* No frame of the kernel's own. */
	if (run("for i in all default; do echo 1 2>/dev/null "
		">/proc/sys/net/ipv6/conf/$i/disable_ipv6 || exit 1; done") !=
	    0)
		return "IPv6 cannot be taken off in a namespace";
	if (run("ip link add t0 type veth peer name t1 2>/dev/null && "
		"ip link del t0") != 0)
		return "no veth pair can be made";
	return NULL;
}

static const char *cause; /* why nothing can be tried, or NULL */

static void
test_live_capture_can_be_tried_here(void **state)
{
	(void)state;
	if (cause != NULL) {
		print_message("%s\n", cause);
		skip();
	}
}

int
main(void)
{
	const struct CMUnitTest here[] = {
		cmocka_unit_test(test_live_capture_can_be_tried_here),
	};
	const struct CMUnitTest tests[] = {
		LIVE_TEST(test_each_frame_is_handed_out_once_and_in_order),
		LIVE_TEST(test_tags_that_the_kernel_takes_off_are_put_back),
		LIVE_TEST(test_giants_are_taken_whole),
		LIVE_TEST(
		    test_what_this_host_sends_is_neither_taken_nor_counted),
		LIVE_TEST(test_what_finds_no_room_is_counted_to_the_frame),
		LIVE_TEST(test_two_interfaces_are_merged_by_time),
		LIVE_TEST(test_an_interface_that_was_down_goes_on),
		LIVE_TEST(test_one_that_is_gone_leaves_the_others),
		LIVE_TEST(test_a_child_reads_on_after_its_parent_let_go),
		LIVE_TEST(test_a_source_that_was_stopped_can_be_read_out),
		LIVE_TEST(test_several_are_opened_at_once_and_in_order),
		LIVE_TEST(test_what_cannot_be_opened_says_why),
	};
	int failed;

	cause = enter_namespace();
	failed = cmocka_run_group_tests(here, NULL, NULL);
	if (cause == NULL)
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	return failed;
}
