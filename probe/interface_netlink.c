/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtnetlink, as much as three questions need: one link, all links, all
 * addresses. Asked of the kernel over a socket of its own each time, so it
 * speaks of the network namespace that this process is in, which sysfs
 * does only where it was mounted from within. rtnetlink(7), RFC 3549.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "interface_internal.h"

#define ANSWER_BYTES 65536 /* the kernel fills 32 KiB at most */
#define SEQUENCE 1
#define TRIES 8 /* a list may change while it is told */
#define PATIENCE_S 2

struct question {
	struct nlmsghdr head;
	struct ifinfomsg link; /* its first byte is the family, as of an
				* ifaddrmsg */
	struct rtattr name;
	char name_bytes[INTERFACE_NAME_MAX];
};

/* The next attribute of *bytes, which is moved on; false at the end. */
static bool
next_attribute(const uint8_t **bytes, size_t *length, struct rtattr *out,
    const uint8_t **value)
{
	size_t step;

	if (*length < sizeof(*out))
		return false;
	memcpy(out, *bytes, sizeof(*out));
	if (out->rta_len < sizeof(*out) || out->rta_len > *length)
		return false;
	*value = *bytes + sizeof(*out);
	step = RTA_ALIGN(out->rta_len);
	if (step > *length)
		step = *length;
	*bytes += step;
	*length -= step;
	out->rta_len = (unsigned short)(out->rta_len - sizeof(*out));
	return true;
}

static void
read_counts(const uint8_t *value, size_t length, struct interface_link *out)
{
	struct rtnl_link_stats64 stats = { 0 };

	/* Older kernels tell less, newer ones more. */
	memcpy(&stats, value, length < sizeof(stats) ? length : sizeof(stats));
	out->received = stats.rx_packets;
	out->sent = stats.tx_packets;
	out->errors = stats.rx_errors;
	/* Drivers differ in where they put an overrun; one that puts it in two
	 * places has it counted twice, which is said rather than missed. */
	out->missed = stats.rx_dropped + stats.rx_missed_errors +
	    stats.rx_fifo_errors + stats.rx_over_errors;
}

static void
parse_link(const uint8_t *body, size_t length, const struct interface_taker *t)
{
	struct interface_link link = { 0 };
	struct ifinfomsg info;
	struct rtattr a;
	const uint8_t *value;
	bool is_elsewhere = false; /* what it is built on */

	memcpy(&info, body, sizeof(info));
	link.index = (uint32_t)info.ifi_index;
	link.flags = info.ifi_flags;
	body += NLMSG_ALIGN(sizeof(info));
	length -= NLMSG_ALIGN(sizeof(info));
	while (next_attribute(&body, &length, &a, &value)) {
		if (a.rta_type == IFLA_IFNAME && a.rta_len > 0 &&
		    a.rta_len <= sizeof(link.name) &&
		    value[a.rta_len - 1] == '\0')
			memcpy(link.name, value, a.rta_len);
		else if (a.rta_type == IFLA_STATS64)
			read_counts(value, a.rta_len, &link);
		else if (a.rta_type == IFLA_LINK && a.rta_len == 4)
			memcpy(&link.below, value, 4);
		else if (a.rta_type == IFLA_MASTER && a.rta_len == 4)
			memcpy(&link.master, value, 4);
		else if (a.rta_type == IFLA_LINK_NETNSID)
			is_elsewhere = true;
	}
	if (is_elsewhere)
		link.below = 0;
	if (link.name[0] != '\0' && link.index != 0)
		t->take_link(t->context, &link);
}

static void
parse_address(const uint8_t *body, size_t length,
    const struct interface_taker *t)
{
	struct ifaddrmsg info;
	struct rtattr a;
	const uint8_t *value;
	bool fits = false;

	memcpy(&info, body, sizeof(info));
	body += NLMSG_ALIGN(sizeof(info));
	length -= NLMSG_ALIGN(sizeof(info));
	while (next_attribute(&body, &length, &a, &value)) {
		struct addr address = { 0 };

		if (a.rta_type != IFA_ADDRESS && a.rta_type != IFA_LOCAL)
			continue;
		if (info.ifa_family == AF_INET && a.rta_len == 4)
			address = addr_from_v4(value);
		else if (info.ifa_family == AF_INET6 && a.rta_len == 16)
			address = addr_from_v6(value);
		else
			continue;
		fits = fits || addr_kind(&address) != ADDR_LINK_LOCAL;
	}
	if (fits)
		t->take_address(t->context, info.ifa_index);
}

static int
told_error(const uint8_t *body, size_t length)
{
	int32_t fault;

	errno = EBADMSG;
	if (length < sizeof(fault))
		return -1;
	memcpy(&fault, body, sizeof(fault));
	if (fault < 0 && fault > INT32_MIN)
		errno = -fault;
	return fault == 0 ? 0 : -1;
}

/* As interface_parse, of one message. */
static int
parse_one(const struct nlmsghdr *head, const uint8_t *body, size_t length,
    const struct interface_taker *t)
{
	if (head->nlmsg_flags & NLM_F_DUMP_INTR) {
		errno = EINTR;
		return -1;
	}
	switch (head->nlmsg_type) {
	case NLMSG_DONE:
		return 0;
	case NLMSG_ERROR:
		return told_error(body, length);
	case RTM_NEWLINK:
		if (t->take_link == NULL)
			break;
		if (length < NLMSG_ALIGN(sizeof(struct ifinfomsg)))
			goto bad;
		parse_link(body, length, t);
		break;
	case RTM_NEWADDR:
		if (t->take_address == NULL)
			break;
		if (length < NLMSG_ALIGN(sizeof(struct ifaddrmsg)))
			goto bad;
		parse_address(body, length, t);
		break;
	default:
		break;
	}
	return head->nlmsg_flags & NLM_F_MULTI ? 1 : 0;
bad:
	errno = EBADMSG;
	return -1;
}

int
interface_parse(const uint8_t *bytes, size_t length, uint32_t sequence,
    const struct interface_taker *t)
{
	int more = 1;

	while (more == 1 && length > 0) {
		struct nlmsghdr head;
		size_t step;

		errno = EBADMSG;
		if (length < sizeof(head))
			return -1;
		memcpy(&head, bytes, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > length)
			return -1;
		if (head.nlmsg_seq == sequence)
			more = parse_one(&head, bytes + sizeof(head),
			    head.nlmsg_len - sizeof(head), t);
		step = NLMSG_ALIGN((size_t)head.nlmsg_len);
		if (step > length)
			step = length;
		bytes += step;
		length -= step;
	}
	return more;
}

/* One answer of the kernel into bytes; its length, or -1 and errno. */
static ssize_t
receive(int fd, uint8_t *bytes)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t length = recvfrom(fd, bytes, ANSWER_BYTES, MSG_TRUNC,
	    (struct sockaddr *)&from, &size);

	if (length < 0)
		return -1;
	if (length > ANSWER_BYTES) {
		errno = EMSGSIZE;
		return -1;
	}
	/* Others may send to this socket, too: that is no answer. */
	return from.nl_pid == 0 ? length : 0;
}

static bool
ask_once(const struct question *q, const struct interface_taker *t)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	uint8_t *bytes = mem_calloc(1, ANSWER_BYTES);
	int more = -1, fault;
	ssize_t length;

	if (fd >= 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		sizeof(patience)) == 0 &&
	    send(fd, q, q->head.nlmsg_len, 0) == (ssize_t)q->head.nlmsg_len)
		more = 1;
	while (more == 1) {
		length = receive(fd, bytes);
		more = length < 0 ?
		    -1 :
		    interface_parse(bytes, (size_t)length, SEQUENCE, t);
	}
	fault = errno;
	if (fd >= 0)
		(void)close(fd);
	free(bytes);
	errno = fault;
	return more == 0;
}

static struct question
question(uint16_t type, uint16_t flags)
{
	return (struct question){
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
		    .nlmsg_type = type,
		    .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		    .nlmsg_seq = SEQUENCE },
	};
}

static void
keep_link(void *context, const struct interface_link *link)
{
	*(struct interface_link *)context = *link;
}

bool
interface_ask_link(const char *name, struct interface_link *out)
{
	struct question q = question(RTM_GETLINK, 0);
	struct interface_link link = { 0 };
	const struct interface_taker t = { .context = &link,
		.take_link = keep_link };
	size_t length = strlen(name) + 1;

	errno = ENODEV;
	if (length == 1 || length > INTERFACE_NAME_MAX)
		return false;
	memcpy(q.name_bytes, name, length);
	q.name.rta_type = IFLA_IFNAME;
	q.name.rta_len = (unsigned short)RTA_LENGTH(length);
	q.head.nlmsg_len += (uint32_t)RTA_SPACE(length);
	if (!ask_once(&q, &t))
		return false;
	errno = ENODEV;
	/* An alternative name finds it, too: then it is not of this name. */
	if (link.index == 0 || strcmp(link.name, name) != 0)
		return false;
	*out = link;
	return true;
}

bool
interface_ask_links(const struct interface_taker *t)
{
	const struct question q = question(RTM_GETLINK, NLM_F_DUMP);

	return ask_once(&q, t);
}

bool
interface_ask_addresses(const struct interface_taker *t)
{
	const struct question q = question(RTM_GETADDR, NLM_F_DUMP);

	for (int i = 0; i < TRIES; i++)
		if (ask_once(&q, t))
			return true;
		else if (errno != EINTR)
			return false;
	return false;
}
