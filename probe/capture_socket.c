/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The packet socket beneath a live source, where libpcap has no call or the
 * wrong one: it adds up statistics in 32 bits, hides how often the ring
 * was full, and throws away what this host sent only after the kernel has
 * counted it. So that every frame that is counted is handed out, too, the
 * socket is first bound to a protocol that nobody speaks, and to all of them
 * only when the kernel leaves out what is sent. packet(7),
 * Documentation/networking/packet_mmap.rst.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/membarrier.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "capture_internal.h"

#define GRACE_NS 20000000 /* where the kernel cannot say when it is over */

bool
capture_socket_begin(int fd, unsigned index)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)index };
	int version = 0, yes = 1, fault = 0;
	socklen_t length = sizeof(version);

	if (getsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, &length) != 0)
		return false;
	if (version != TPACKET_V3) {
		errno = EPROTONOSUPPORT;
		return false;
	}
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes,
		sizeof(yes)) != 0 ||
	    bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return false;
	/* An interface that went down meanwhile is told of this way. */
	length = sizeof(fault);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &length) != 0)
		return false;
	errno = fault;
	return fault == 0;
}

bool
capture_socket_stats(int fd, struct capture_stats *add)
{
	struct tpacket_stats_v3 now = { 0 };
	socklen_t length = sizeof(now);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &now, &length) != 0)
		return false;
	/* The kernel adds the drops to the packets when it is asked. */
	add->packets += (uint32_t)(now.tp_packets - now.tp_drops);
	add->drops += now.tp_drops;
	add->freezes += now.tp_freeze_q_cnt;
	return true;
}

bool
capture_socket_gone(int fd)
{
	struct sockaddr_ll at = { 0 };
	socklen_t length = sizeof(at);

	return getsockname(fd, (struct sockaddr *)&at, &length) == 0 &&
	    at.sll_ifindex == -1;
}

bool
capture_halt(int fd)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &none };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		   sizeof(program)) == 0;
}

/* Processors hold a filter under RCU, and this barrier waits for all of
 * that. */
void
capture_settle(void)
{
	const struct timespec t = { .tv_nsec = GRACE_NS };

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) != 0)
		(void)nanosleep(&t, NULL);
}

bool
capture_stop(int fd, struct capture_stats *rest)
{
	if (!capture_halt(fd))
		return false;
	capture_settle();
	return capture_socket_stats(fd, rest);
}

bool
capture_is_lost(int fd)
{
	return capture_socket_gone(fd);
}

bool
capture_count(int fd, struct capture_stats *add)
{
	return capture_socket_stats(fd, add);
}
