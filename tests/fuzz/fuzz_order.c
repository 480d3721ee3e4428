/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a process that was taken over may send its supervisor, and the other
 * way: the input as a message, with as many descriptors as its first byte says,
 * and as the content of a sealed file that should be a bundle. What is read of
 * a bundle must be written and read again alike.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "order.h"

#define FDS_MAX 16
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
send_raw(int socket, const uint8_t *bytes, size_t length, size_t count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)(uintptr_t)bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[FDS_MAX];

	for (size_t i = 0; i < count; i++)
		fds[i] = socket;
	if (count > 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
		message.msg_control = control.room;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	require(sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length);
}

static void
try_message(const uint8_t *bytes, size_t length, size_t count)
{
	struct order o, again;
	int ends[2], lowest;

	require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	send_raw(ends[0], bytes, length, count);
	if (order_receive(ends[1], &o) == 1) {
		require(o.type > ORDER_NONE && o.type < ORDER_TYPE_COUNT);
		require((o.type == ORDER_MODEL) == (o.fd >= 0));
		require(text_is_safe(o.text));
		require(order_send(ends[0], &o));
		require(order_receive(ends[1], &again) == 1);
		require(again.number == o.number && again.state == o.state &&
		    strcmp(again.text, o.text) == 0);
		if (o.fd >= 0) {
			(void)close(o.fd);
			(void)close(again.fd);
		}
	} else
		require(errno == EBADMSG);
	/* Nothing else stays open. */
	lowest = dup(ends[0]);
	require(lowest == ends[1] + 1);
	(void)close(lowest);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
try_bundle(const uint8_t *bytes, size_t length)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING), out;
	struct bundle b = { 0 }, again = { 0 };
	char first[65], second[65];

	require(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	require(fcntl(fd, F_ADD_SEALS, SEALS) == 0);
	if (order_bundle_read(fd, &b)) {
		out = order_bundle_write(&b);
		require(out >= 0 && order_bundle_read(out, &again));
		require(again.count == b.count);
		bundle_sha256(&b, first);
		bundle_sha256(&again, second);
		require(strcmp(first, second) == 0);
		(void)close(out);
	} else
		require(errno == EBADMSG && b.count == 0);
	bundle_free(&b);
	bundle_free(&again);
	(void)close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (size < 4096)
		try_message(data + 1, size - 1, data[0] % (FDS_MAX + 1));
	try_bundle(data + 1, size - 1);
	return 0;
}
