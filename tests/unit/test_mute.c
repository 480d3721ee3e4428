/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe/mute.c against the kernel: a network namespace of this test's own with
 * two ends of a cable, span0 (muted) and far0 (who listens). Where no such
 * namespace can be made every test is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "interface.h"
#include "mute.h"

#define FRAME_TYPE 0x88b5 /* for experiments: IEEE 802, local */
#define FRAME_BYTES 60
#define COMMAND_MAX 512

struct wire {
	bool usable;
	char error[256];
};

/* True when the command ended with 0; what it says is not shown. */
static bool
run(const char *command)
{
	char quiet[COMMAND_MAX];

	if (snprintf(quiet, sizeof(quiet), "{ %s; } >/dev/null 2>&1",
		command) >= (int)sizeof(quiet))
		return false;
	return system(quiet) == 0; /* a fixed text of this file */
}

static bool
make_cable(void)
{
	return run("ip link add span0 type veth peer name far0 && "
		   "sysctl -qw net.ipv6.conf.span0.disable_ipv6=1 && "
		   "sysctl -qw net.ipv6.conf.far0.disable_ipv6=1; "
		   "ip link set span0 arp off up && "
		   "ip link set far0 arp off up");
}

static int
set_up(void **state)
{
	struct wire *w = calloc(1, sizeof(*w));
	struct mute *m;

	if (!w)
		return -1;
	*state = w;
	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 || !make_cable())
		return 0;
	m = mute_new(w->error, sizeof(w->error));
	w->usable = m != NULL;
	if (!m)
		fprintf(stderr, "no mute here: %s\n", w->error);
	mute_free(m);
	return 0;
}

static int
tear_down(void **state)
{
	free(*state);
	return 0;
}

static struct wire *
needed(void **state)
{
	struct wire *w = *state;

	if (!w->usable)
		skip();
	return w;
}

/* ---- frames */

static int
packet_socket(const char *interface, uint16_t type, bool bypass)
{
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = (int)if_nametoindex(interface) };
	const int one = 1;

	assert_true(fd >= 0);
	assert_int_not_equal(at.sll_ifindex, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	if (bypass)
		assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS,
				     &one, sizeof(one)),
		    0);
	return fd;
}

static void
send_frames(const char *interface, unsigned count, bool bypass)
{
	uint8_t frame[FRAME_BYTES] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1,
		FRAME_TYPE >> 8, FRAME_TYPE & 0xff };
	const int fd = packet_socket(interface, 0, bypass);

	while (count-- > 0)
		(void)!send(fd, frame, sizeof(frame), 0); /* ENOBUFS */
	(void)close(fd);
}

/* What came so far; a veth hands over before send returns, or soon after. */
static unsigned
heard(int fd)
{
	uint8_t frame[2048];
	unsigned n = 0;

	(void)usleep(20000);
	while (recv(fd, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		n++;
	return n;
}

static struct mute *
muted(struct wire *w)
{
	struct mute *m = mute_new(w->error, sizeof(w->error));

	assert_non_null(m);
	assert_true(mute_add(m, "span0", w->error, sizeof(w->error)));
	assert_true(mute_holds(m, "span0"));
	return m;
}

/* ---- tests */

static void
test_without_a_mute_a_frame_leaves(void **state)
{
	int fd;

	(void)needed(state);
	fd = packet_socket("far0", FRAME_TYPE, false);
	send_frames("span0", 3, false);
	send_frames("span0", 2, true);
	assert_int_equal(heard(fd), 5);
	(void)close(fd);
}

static void
test_a_frame_that_is_sent_is_dropped_and_counted(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	const int fd = packet_socket("far0", FRAME_TYPE, false);

	assert_int_equal(mute_count(m, "span0"), 0);
	send_frames("span0", 20, false);
	assert_int_equal(heard(fd), 0);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 20);
	assert_int_equal(mute_count(m, "far0"), 0);
	(void)close(fd);
	mute_free(m);
}

static void
test_a_frame_that_passes_the_queue_by_is_dropped_and_counted(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	const int fd = packet_socket("far0", FRAME_TYPE, false);

	send_frames("span0", 20, true);
	assert_int_equal(heard(fd), 0);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 20);
	(void)close(fd);
	mute_free(m);
}

static void
test_an_ordinary_datagram_is_dropped_and_counted(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);

	const struct sockaddr_in far = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr = { htonl(0xc0000202) } }; /* 192.0.2.2 */
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(run("ip address add 192.0.2.1/24 dev span0"));
	for (int i = 0; i < 3; i++)
		(void)!sendto(fd, "x", 1, 0, (const struct sockaddr *)&far,
		    sizeof(far));
	assert_true(run("ip address delete 192.0.2.1/24 dev span0"));
	(void)close(fd);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 3);
	mute_free(m);
}

static void
test_flushing_the_ruleset_does_not_open_it(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	const int fd = packet_socket("far0", FRAME_TYPE, false);
	char command[COMMAND_MAX];

	assert_true(run("nft flush ruleset"));
	(void)snprintf(command, sizeof(command),
	    "nft delete table netdev sekisho-%d", (int)getpid());
	assert_false(run(command));
	(void)snprintf(command, sizeof(command),
	    "nft flush table netdev sekisho-%d", (int)getpid());
	assert_false(run(command));
	send_frames("span0", 5, false);
	assert_int_equal(heard(fd), 0);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 5);
	(void)close(fd);
	mute_free(m);
}

static void
test_its_end_takes_the_table_away(void **state)
{
	struct wire *w = needed(state);
	const int fd = packet_socket("far0", FRAME_TYPE, false);

	mute_free(muted(w));
	assert_false(run("nft list ruleset | grep sekisho"));
	send_frames("span0", 3, false);
	assert_int_equal(heard(fd), 3);
	(void)close(fd);
}

static void
test_the_death_of_its_process_takes_the_table_away(void **state)
{
	struct wire *w = needed(state);
	int ready[2], status;
	char word;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct mute *m = mute_new(w->error, sizeof(w->error));

		if (!m || !mute_add(m, "span0", w->error, sizeof(w->error)))
			_exit(1);
		(void)!write(ready[1], "", 1);
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &word, 1), 1);
	assert_true(run("nft list ruleset | grep sekisho"));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(run("nft list ruleset | grep sekisho"));
	(void)close(ready[0]);
	(void)close(ready[1]);
}

/* ---- what comes in */

/* COUNT frames of a protocol that this kernel has not, in a VLAN, from far0. */
static void
send_tagged(unsigned count)
{
	uint8_t frame[FRAME_BYTES] = { 1, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0,
		1, 0x81, 0, 0, 31, 0x88, 0xcc };
	const int fd = packet_socket("far0", 0, false);

	while (count-- > 0)
		assert_int_equal(send(fd, frame, sizeof(frame), 0),
		    sizeof(frame));
	(void)close(fd);
}

static uint64_t
drops_of(const char *interface)
{
	struct interface_state s;

	(void)usleep(20000);
	assert_true(interface_read(interface, &s));
	return s.nic_drops;
}

static void
test_frames_of_unknown_protocols_are_captured_and_no_drops(void **state)
{
	struct wire *w = needed(state);
	const int fd = packet_socket("span0", ETH_P_ALL, false);
	uint64_t before = drops_of("span0");
	struct mute *m;

	send_tagged(5);
	assert_int_equal(heard(fd), 5);
	assert_int_equal(drops_of("span0") - before, 5); /* as kernels do */
	before = drops_of("span0");
	m = muted(w);
	send_tagged(50);
	assert_int_equal(heard(fd), 50);
	assert_int_equal(drops_of("span0"), before);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 0);
	mute_free(m);
	(void)close(fd);
}

static uint16_t
sum_of(const uint8_t *bytes, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* From 192.0.2.2 to 192.0.2.1, which is span0's: a datagram to port 9, and an
 * echo request. */
static void
send_to_the_box(void)
{
	uint8_t frame[FRAME_BYTES] = { [6] = 2,
		[12] = 8,
		[14] = 0x45,
		[17] = 28,
		[22] = 64,
		[26] = 192,
		[28] = 2,
		[29] = 2,
		[30] = 192,
		[32] = 2,
		[33] = 1 };
	static const uint8_t udp[8] = { 0, 99, 0, 9, 0, 8 };
	static const uint8_t echo[8] = { 8, 0, 0xf7, 0xff };
	const int fd = packet_socket("far0", 0, false);
	struct ifreq r = { .ifr_name = "span0" };

	assert_int_equal(ioctl(fd, SIOCGIFHWADDR, &r), 0);
	memcpy(frame, r.ifr_hwaddr.sa_data, 6);
	for (int i = 0; i < 2; i++) {
		uint16_t sum;

		frame[23] = i == 0 ? IPPROTO_UDP : IPPROTO_ICMP;
		memcpy(&frame[34], i == 0 ? udp : echo, 8);
		frame[24] = frame[25] = 0;
		sum = sum_of(&frame[14], 20);
		frame[24] = (uint8_t)(sum >> 8);
		frame[25] = (uint8_t)sum;
		assert_int_equal(send(fd, frame, sizeof(frame), 0),
		    sizeof(frame));
	}
	(void)close(fd);
}

/* Packets that the IP of this namespace has taken in (Ip: InReceives). */
static unsigned long
ip_received(void)
{
	FILE *f = fopen("/proc/thread-self/net/snmp", "r");
	unsigned long n = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Ip: %*u %*u %lu", &n) == 1)
			break;
	(void)fclose(f);
	return n;
}

static void
test_what_is_sent_to_the_box_stays_outside_of_it(void **state)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(9) };
	struct wire *w = needed(state);
	const int capture = packet_socket("span0", ETH_P_ALL, false);
	const int port = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned long before = ip_received();
	struct mute *m;

	assert_int_equal(bind(port, (const struct sockaddr *)&at, sizeof(at)),
	    0);
	assert_true(run("ip address add 192.0.2.1/24 dev span0"));
	send_to_the_box();
	(void)usleep(20000);
	assert_int_equal(ip_received() - before, 2);
	assert_int_equal(heard(port), 0);    /* a datagram without payload */
	assert_int_equal(heard(capture), 3); /* and the answer */

	m = muted(w);
	before = ip_received();
	send_to_the_box();
	assert_int_equal(heard(capture), 2);
	assert_int_equal(ip_received(), before);
	errno = 0;
	assert_int_equal(recv(port, &before, sizeof(before), MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 0); /* not even tried */
	assert_true(run("ip address delete 192.0.2.1/24 dev span0"));
	mute_free(m);
	(void)close(port);
	(void)close(capture);
}

static void
test_two_stand_beside_each_other(void **state)
{
	struct wire *w = needed(state);
	struct mute *first = muted(w), *second = muted(w);
	const int fd = packet_socket("far0", FRAME_TYPE, false);

	send_frames("span0", 6, false);
	assert_true(mute_read(first));
	assert_true(mute_read(second));
	assert_int_equal(mute_count(first, "span0") +
		mute_count(second, "span0"),
	    6);
	mute_free(first);
	assert_true(mute_read(second));
	send_frames("span0", 2, true);
	assert_int_equal(heard(fd), 0);
	mute_free(second);
	(void)close(fd);
}

static void
test_an_interface_that_comes_back_is_muted_again(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	int fd;

	send_frames("span0", 7, false);
	assert_true(mute_read(m));
	assert_true(run("ip link delete span0"));
	assert_true(mute_read(m)); /* nobody's fault: it is gone */
	assert_false(mute_holds(m, "span0"));
	assert_int_equal(mute_count(m, "span0"), 7);
	assert_false(mute_add(m, "span0", w->error, sizeof(w->error)));

	assert_true(make_cable());
	assert_true(mute_read(m));
	assert_false(mute_holds(m, "span0"));
	assert_true(mute_add(m, "span0", w->error, sizeof(w->error)));
	assert_true(mute_holds(m, "span0"));
	fd = packet_socket("far0", FRAME_TYPE, false);
	send_frames("span0", 4, false);
	send_frames("span0", 4, true);
	assert_int_equal(heard(fd), 0);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 15);
	(void)close(fd);
	mute_free(m);
	assert_false(run("nft list ruleset | grep sekisho"));
}

static void
test_one_that_left_and_came_back_with_its_number_is_noticed(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	char command[COMMAND_MAX];
	int fd;

	(void)snprintf(command, sizeof(command),
	    "ip link add other0 index %u type veth peer name far0",
	    if_nametoindex("span0"));
	assert_true(run("ip link delete span0"));
	assert_true(run(command));
	assert_true(run("ip link set other0 name span0 && "
			"sysctl -qw net.ipv6.conf.span0.disable_ipv6=1; "
			"ip link set span0 arp off up && "
			"ip link set far0 arp off up"));
	if (!mute_read(m)) { /* the kernel did not take the chain along */
		assert_false(mute_holds(m, "span0"));
		assert_true(mute_add(m, "span0", w->error, sizeof(w->error)));
	}
	fd = packet_socket("far0", FRAME_TYPE, false);
	send_frames("span0", 3, false);
	assert_int_equal(heard(fd), 0);
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 3);
	(void)close(fd);
	mute_free(m);
}

static void
test_to_add_it_twice_changes_nothing(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);

	send_frames("span0", 2, false);
	assert_true(mute_add(m, "span0", w->error, sizeof(w->error)));
	assert_true(mute_read(m));
	assert_int_equal(mute_count(m, "span0"), 2);
	mute_free(m);
}

static void
test_an_interface_that_is_not_there_is_refused(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);

	w->error[0] = '\0';
	assert_false(mute_add(m, "nothing0", w->error, sizeof(w->error)));
	assert_string_not_equal(w->error, "");
	assert_false(mute_add(m, "a-name-that-is-too-long-for-any", w->error,
	    sizeof(w->error)));
	assert_false(mute_holds(m, "nothing0"));
	assert_true(mute_read(m));
	mute_free(m);
}

static void
test_changes_by_others_do_not_disturb_a_reading(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		while (getppid() != 1)
			(void)run("nft 'add table ip t; delete table ip t'");
		_exit(0);
	}
	for (int i = 0; i < 300; i++)
		assert_true(mute_read(m));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	mute_free(m);
}

/* Without the right the kernel answers nothing about the chains, which stand. */
static void
test_chains_that_cannot_be_read_prove_nothing(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = muted(w);
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (setresuid(65534, 65534, 65534) != 0 || mute_read(m))
			_exit(1);
		_exit(mute_holds(m, "span0") &&
			    !mute_add(m, "span0", w->error, sizeof(w->error)) ?
			0 :
			2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(mute_read(m));
	assert_true(mute_holds(m, "span0"));
	mute_free(m);
}

static void
test_more_interfaces_than_there_is_room_for_are_refused(void **state)
{
	struct wire *w = needed(state);
	struct mute *m = mute_new(w->error, sizeof(w->error));
	char text[COMMAND_MAX];
	bool fine = true;

	assert_non_null(m);
	for (int i = 0; i <= MUTE_INTERFACES_MAX / 2; i++) {
		(void)snprintf(text, sizeof(text),
		    "ip link add many%da type veth peer name many%db", i, i);
		assert_true(run(text));
	}
	for (int i = 0; i < MUTE_INTERFACES_MAX; i++) {
		(void)snprintf(text, sizeof(text), "many%d%c", i / 2,
		    i % 2 ? 'b' : 'a');
		fine = fine && mute_add(m, text, w->error, sizeof(w->error));
	}
	assert_true(fine);
	(void)snprintf(text, sizeof(text), "many%da", MUTE_INTERFACES_MAX / 2);
	assert_false(mute_add(m, text, w->error, sizeof(w->error)));
	assert_true(mute_read(m));
	mute_free(m);
}

static void
test_without_the_right_it_says_what_is_needed(void **state)
{
	struct wire *w = needed(state);
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (setresuid(65534, 65534, 65534) != 0 ||
		    mute_new(w->error, sizeof(w->error)) != NULL)
			_exit(1);
		_exit(strstr(w->error, "CAP_NET_ADMIN") ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	mute_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_mute_a_frame_leaves),
		cmocka_unit_test(
		    test_a_frame_that_is_sent_is_dropped_and_counted),
		cmocka_unit_test(
		    test_a_frame_that_passes_the_queue_by_is_dropped_and_counted),
		cmocka_unit_test(
		    test_an_ordinary_datagram_is_dropped_and_counted),
		cmocka_unit_test(
		    test_frames_of_unknown_protocols_are_captured_and_no_drops),
		cmocka_unit_test(
		    test_what_is_sent_to_the_box_stays_outside_of_it),
		cmocka_unit_test(test_flushing_the_ruleset_does_not_open_it),
		cmocka_unit_test(test_its_end_takes_the_table_away),
		cmocka_unit_test(
		    test_the_death_of_its_process_takes_the_table_away),
		cmocka_unit_test(test_two_stand_beside_each_other),
		cmocka_unit_test(
		    test_an_interface_that_comes_back_is_muted_again),
		cmocka_unit_test(
		    test_one_that_left_and_came_back_with_its_number_is_noticed),
		cmocka_unit_test(test_to_add_it_twice_changes_nothing),
		cmocka_unit_test(
		    test_an_interface_that_is_not_there_is_refused),
		cmocka_unit_test(
		    test_changes_by_others_do_not_disturb_a_reading),
		cmocka_unit_test(test_chains_that_cannot_be_read_prove_nothing),
		cmocka_unit_test(
		    test_more_interfaces_than_there_is_room_for_are_refused),
		cmocka_unit_test(test_without_the_right_it_says_what_is_needed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
