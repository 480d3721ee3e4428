/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a live interface can be read, and whether each frame is accounted
 * for. Without arguments: a veth pair in a network namespace of its own, a
 * sender at full speed on one processor, the capture alone on another, and
 * the sum sent = taken + ring drops + interface drops. As
 *
 *	bench_live send INTERFACE SECONDS 60|imix [PROCESSOR]
 *
 * it is only the sender, for live.sh: prints "sent refused milliseconds bytes".
 * Frames are UDP over IPv4 of 2,000 conversations between two zones.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture.h"
#include "interface.h"
#include "now.h"

#define FLOWS 2000
#define IMIX_PERIOD 12
#define FRAME_MOST 1514
#define BATCH 64
#define RUN_SECONDS 3
#define DRAIN_MS 200

struct sent {
	uint64_t frames, refused, bytes, ms;
};

static uint64_t
now_ms(void)
{
	return now_monotonic() / 1000000;
}

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static void
pin(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)processor, &set);
	/* With fewer processors it runs where it may. */
	(void)sched_setaffinity(0, sizeof(set), &set);
}

/* Simple IMIX: 7 of 60 bytes, 4 of 590, 1 of 1514. */
static size_t
length_of(bool imix, size_t i)
{
	if (!imix || i % IMIX_PERIOD < 7)
		return 60;
	return i % IMIX_PERIOD < 11 ? 590 : FRAME_MOST;
}

static void
write_frame(uint8_t *p, uint32_t flow, size_t length)
{
	const uint16_t ip = htons((uint16_t)(length - 14));
	const uint16_t udp = htons((uint16_t)(length - 34));
	const uint16_t port = htons((uint16_t)(20000 + flow / 200));

	memset(p, 0, FRAME_MOST);
	memcpy(p, "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0", 16);
	memcpy(p + 16, &ip, 2);
	p[22] = 63;
	p[23] = 17;
	memcpy(p + 26, "\x0a\x03\x01", 3);
	p[29] = (uint8_t)(1 + flow % 200);
	memcpy(p + 30, "\x0a\x02\x01\x05", 4);
	memcpy(p + 34, &port, 2);
	memcpy(p + 36, "\x02\x02", 2);
	memcpy(p + 38, &udp, 2);
	memset(p + 42, 'x', length - 42);
}

static int
open_sender(const char *interface)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes,
		sizeof(yes)) != 0)
		die(interface);
	return fd;
}

/* What the kernel refuses (no room on the way) is counted apart: the receiving
 * side counts it as dropped where it got that far. A batch ends there. */
static void
count_batch(struct sent *s, const struct iovec *parts, size_t from, int done)
{
	if (done < 0 && errno != ENOBUFS && errno != EAGAIN)
		die("sendmmsg");
	if (done < 0)
		done = 0;
	s->refused += done < BATCH;
	s->frames += (uint64_t)done;
	for (int i = 0; i < done; i++)
		s->bytes += parts[from + (size_t)i].iov_len;
}

static struct sent
send_frames(const char *interface, int seconds, bool imix)
{
	/* Whole periods of both, so that each conversation has every size. */
	const size_t count = FLOWS * IMIX_PERIOD / 4;
	uint8_t *bytes = mem_calloc(count, FRAME_MOST);
	struct iovec *parts = mem_calloc(count + BATCH, sizeof(*parts));
	struct mmsghdr *all = mem_calloc(count + BATCH, sizeof(*all));
	int fd = open_sender(interface);
	struct sent s = { 0 };
	uint64_t begun = now_ms(), until = begun + (uint64_t)seconds * 1000;

	for (size_t i = 0; i < count + BATCH; i++) {
		size_t k = i % count;

		parts[i].iov_base = bytes + k * FRAME_MOST;
		parts[i].iov_len = length_of(imix, k);
		if (i < count)
			write_frame(parts[i].iov_base, (uint32_t)(k % FLOWS),
			    parts[i].iov_len);
		all[i].msg_hdr.msg_iov = &parts[i];
		all[i].msg_hdr.msg_iovlen = 1;
	}
	for (size_t at = 0; now_ms() < until;) {
		int done = sendmmsg(fd, all + at, BATCH, 0);

		count_batch(&s, parts, at, done);
		at = (at + (done > 0 ? (size_t)done : 0)) % count;
	}
	s.ms = now_ms() - begun;
	(void)close(fd);
	free(all);
	free(parts);
	free(bytes);
	return s;
}

/* ---- the capture alone */

static int
run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
wait_for_frames(struct capture *c)
{
	struct pollfd polled = { .events = POLLIN };

	if (capture_fds(c, &polled.fd, 1) == 1)
		(void)poll(&polled, 1, 20);
}

static bool
measure(const char *name, bool imix)
{
	struct capture *c = capture_new();
	struct capture_stats stats = { 0 };
	struct interface_state before, after;
	uint64_t taken = 0, last, sum = 0;
	struct sent s = { 0 };
	char error[512];
	struct frame f;
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0 || !interface_read("m0", &before))
		die("pipe");
	if (capture_open_live(c, "m0", 0, error, sizeof(error)) != 0) {
		(void)fprintf(stderr, "m0: %s\n", error);
		exit(2);
	}
	child = fork();
	if (child == 0) {
		pin(0);
		s = send_frames("s0", RUN_SECONDS, imix);
		_exit(write(ends[1], &s, sizeof(s)) == sizeof(s) ? 0 : 1);
	}
	pin(1);
	(void)close(ends[1]);
	/* until the sender is done and nothing came for a while */
	for (last = now_ms(); waitpid(child, NULL, WNOHANG) == 0 ||
	     now_ms() - last < DRAIN_MS;) {
		for (int i = 0; i < 4096; i++) {
			if (capture_next(c, &f) != CAPTURE_FRAME) {
				wait_for_frames(c);
				break;
			}
			taken++;
			sum += f.bytes[f.captured - 1];
			last = now_ms();
		}
	}
	if (read(ends[0], &s, sizeof(s)) != sizeof(s))
		die("sender");
	(void)close(ends[0]);
	if (!capture_stats(c, 0, &stats) || !interface_read("m0", &after))
		die("m0");
	capture_free(c);
	(void)printf("%-5s %9" PRIu64 " sent  %6.2f Mpps  %5.2f Gbit/s  "
		     "%" PRIu64 " taken + %" PRIu64 " ring drops + %" PRIu64
		     " interface drops, %" PRIu64 " freezes%s\n",
	    name, s.frames, (double)s.frames / (double)s.ms / 1000,
	    (double)s.bytes * 8 / (double)s.ms / 1e6, taken, stats.drops,
	    after.nic_drops - before.nic_drops, stats.freezes,
	    sum == 0 ? " (nothing read)" : "");
	return s.frames + s.refused ==
	    taken + stats.drops + after.nic_drops - before.nic_drops;
}

static int
bench(void)
{
	bool ok;

	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 ||
	    run("ip link add s0 type veth peer name m0 2>/dev/null && "
		"for i in s0 m0; do "
		"echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; "
		"ip link set dev $i up || exit 1; done") != 0) {
		(void)printf("skipped: needs root and network namespaces\n");
		return 0;
	}
	ok = measure("60 B", false);
	ok = measure("IMIX", true) && ok;
	if (!ok)
		(void)printf("sent and accounted for differ\n");
	return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct sent s;

	if (argc == 1)
		return bench();
	if (argc < 5 || strcmp(argv[1], "send") != 0) {
		(void)fprintf(stderr,
		    "usage: bench_live [send INTERFACE SECONDS 60|imix "
		    "[PROCESSOR]]\n");
		return 2;
	}
	if (argc > 5)
		pin(atoi(argv[5]));
	s = send_frames(argv[2], atoi(argv[3]), strcmp(argv[4], "imix") == 0);
	(void)printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	    s.frames, s.refused, s.ms, s.bytes);
	return 0;
}
