/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Not one frame leaves: an engine inside its walls tries every way to write and
 * send on a real packet socket, and so does sandbox_prove where no wall is,
 * while the other end of the wire listens. In a network namespace of this
 * test; where none can be made, all is skipped.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "sandbox_internal.h"
#include "sandboxing.h"

#define FRAME_BYTES 60
#define OUR_TYPE 0x88b5 /* for experiments: nobody else speaks it */
#define NOWHERE (~0UL - 4095)

struct wire {
	bool usable;
	int sender;   /* packet socket on one end */
	int receiver; /* on the other, of OUR_TYPE */
	int records[2];
};

static int
open_packet(const char *interface, uint16_t type)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(type));

	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	return -1;
}

static int
set_up(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));

	if (!w)
		return -1;
	*state = w;
	if (unshare(CLONE_NEWNET) != 0 ||
	    system("{ ip link add near type veth peer name far &&"
		   " ip link set near up && ip link set far up; }"
		   " >/dev/null 2>&1") != 0)
		return 0;
	w->sender = open_packet("near", ETH_P_ALL);
	w->receiver = open_packet("far", OUR_TYPE);
	w->usable = w->sender >= 0 && w->receiver >= 0 &&
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, w->records) == 0;
	return 0;
}

static int
tear_down(void **state)
{
	free(*state); /* the namespace goes with the process */
	return 0;
}

static const uint8_t *
frame(void)
{
	static const uint8_t bytes[FRAME_BYTES] = { 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 2, 0, 0, 0, 0, 1, OUR_TYPE >> 8, OUR_TYPE & 0xff };

	return bytes;
}

/* Frames of our type that came over the wire, waiting ms for each. */
static int
arrived(const struct wire *w, int ms)
{
	struct pollfd p = { .fd = w->receiver, .events = POLLIN };
	uint8_t bytes[128];
	int count = 0;

	while (poll(&p, 1, ms) == 1 && read(w->receiver, bytes, 128) > 0)
		count++;
	return count;
}

static struct sandbox_plan
engine_plan(const struct wire *w)
{
	struct sandbox_plan plan = plan_of(SANDBOX_ENGINE);

	plan.fds[plan.fd_count++] = w->sender;
	plan.fds[plan.fd_count++] = w->records[0];
	plan.writable[plan.writable_count++] = w->records[0];
	return plan;
}

static int
try_to_transmit(void *context)
{
	const struct wire *w = context;
	struct sandbox_plan plan = engine_plan(w);
	uint8_t bytes[FRAME_BYTES];
	struct iovec v = { bytes, sizeof(bytes) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct mmsghdr mm = { .msg_hdr = m };
	struct tpacket_stats_v3 stats;
	socklen_t length = sizeof(stats);
	int fd = w->sender;

	memcpy(bytes, frame(), sizeof(bytes));
	NEED(entered(&plan));
	NEED(sandbox_prove(&plan, fd) == NULL);
	REFUSED(write(fd, bytes, sizeof(bytes)));
	REFUSED(writev(fd, &v, 1));
	REFUSED(pwrite(fd, bytes, sizeof(bytes), 0));
	REFUSED(pwritev(fd, &v, 1, 0));
	REFUSED(pwritev2(fd, &v, 1, -1, 0));
	REFUSED(send(fd, bytes, sizeof(bytes), 0));
	REFUSED(sendto(fd, bytes, sizeof(bytes), 0, NULL, 0));
	REFUSED(sendmsg(fd, &m, 0));
	REFUSED(sendmmsg(fd, &mm, 1, 0));
	REFUSED(syscall(SYS_sendfile, fd, w->records[0], NULL, 60));
	REFUSED(splice(w->records[0], NULL, fd, NULL, 60, 0));
	REFUSED(dup(fd));
	/* A ring to send from would be asked for like this. */
	REFUSED(setsockopt(fd, SOL_PACKET, PACKET_TX_RING, bytes, 16));
	/* What it lives of is let through. */
	NEED(getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &length) ==
	    0);
	NEED(write(w->records[0], bytes, sizeof(bytes)) == FRAME_BYTES);
	return 0;
}

static void
test_an_engine_transmits_not_one_frame(void **state)
{
	struct wire *w = *state;

	if (!w->usable)
		skip();
	/* The wire works, and this test would see a frame. */
	assert_int_equal(write(w->sender, frame(), FRAME_BYTES), FRAME_BYTES);
	assert_int_equal(arrived(w, 500), 1);
	assert_int_equal(apart(try_to_transmit, w), 0);
	assert_int_equal(arrived(w, 200), 0);
}

/* The attempts of sandbox_prove, each as it makes them. */
static int
attempt_without_walls(void *context)
{
	const struct wire *w = context;
	const int fd = w->sender;
	struct sandbox_plan plan = engine_plan(w);

	plan.none = true;
	NEED(entered(&plan));
	NEED(sandbox_prove(&plan, fd) != NULL);
	NEED(syscall(SYS_write, fd, NOWHERE, FRAME_BYTES) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_writev, fd, NOWHERE, 1) < 0 && errno != EPERM);
	NEED(syscall(SYS_pwrite64, fd, NOWHERE, FRAME_BYTES, 0) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_pwritev2, fd, NOWHERE, 1, 0, 0, 0) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_sendfile, fd, -1, NULL, FRAME_BYTES) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_splice, -1, NULL, fd, NULL, 1, 0) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_sendto, fd, NOWHERE, FRAME_BYTES, MSG_DONTWAIT, NULL,
		 0) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_sendmsg, fd, NOWHERE, MSG_DONTWAIT) < 0);
	NEED(errno != EPERM);
	NEED(syscall(SYS_sendmmsg, fd, NOWHERE, 1, MSG_DONTWAIT) < 0);
	NEED(errno != EPERM);
	return 0;
}

static void
test_the_proof_itself_transmits_nothing_where_no_wall_is(void **state)
{
	struct wire *w = *state;

	if (!w->usable)
		skip();
	assert_int_equal(apart(attempt_without_walls, w), 0);
	assert_int_equal(arrived(w, 200), 0);
}

/* A wall with one hole: the packet socket may be written on. */
static int
has_a_hole(void *context)
{
	const struct wire *w = context;
	struct sandbox_plan plan = engine_plan(w), strict = plan;

	plan.writable[plan.writable_count++] = w->sender;
	NEED(entered(&plan));
	NEED(sandbox_prove(&strict, -1) != NULL);
	NEED(strcmp(sandbox_prove(&strict, -1), "write") == 0);
	return 0;
}

static void
test_the_proof_finds_a_packet_socket_that_may_be_written_on(void **state)
{
	struct wire *w = *state;

	if (!w->usable)
		skip();
	assert_int_equal(apart(has_a_hole, w), 0);
	assert_int_equal(arrived(w, 200), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_engine_transmits_not_one_frame),
		cmocka_unit_test(
		    test_the_proof_itself_transmits_nothing_where_no_wall_is),
		cmocka_unit_test(
		    test_the_proof_finds_a_packet_socket_that_may_be_written_on),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
