/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asks the kernel for its nf_tables: only GET messages, over a netlink socket
 * of the network namespace that is asked about. The answers are kept as they
 * came and read afterwards by ruleset_bytecode_read.c, without libnftnl's
 * parsers: those fail a whole rule for one instruction they do not know, and
 * pass over what a newer kernel says besides. The ruleset's generation before
 * and after, and the kernel's own mark on a dump that was overtaken, tell a
 * torn ruleset, which is asked for again and never used.
 * linux/netfilter/nf_tables.h, netlink(7), network_namespaces(7).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The kernel's headers are used as they are; this one before libnftnl's. */
#include <linux/magic.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>

#include "base/mem.h"
#include "ruleset_bytecode.h"
#include "words.h"

#define READINGS 10	   /* tries, where others change the ruleset */
#define PAUSE_NS 50000000  /* between them */
#define WAIT_MS 10000	   /* for one answer */
#define REPLY_BYTES 262144 /* more than the kernel puts into one */
#define REQUEST_BYTES 1024
#define SOCKET_BYTES 4194304 /* of the kernel's queue to us */
#define ROOM_FIRST 1048576
#define NETNS_FOLDER "/run/netns/"
#define NFT_TYPE(m) (NFNL_SUBSYS_NFTABLES << 8 | (m))

enum socket_kind { SOCKET_TABLES, SOCKET_LINKS, SOCKET_COUNT };

struct asking {
	struct mnl_socket *sockets[SOCKET_COUNT]; /* owned */
	uint32_t sequence;
	bool torn;	  /* this reading was overtaken */
	bool large;	  /* the answers are too many */
	uint8_t *answers; /* owned */
	size_t length, capacity;
	char *reply;	     /* owned */
	uint32_t generation; /* as the last answer said */
};

/* ---- sockets of another network namespace */

/* In a child, so that the caller stays where it is: opens the sockets inside
 * and hands them over. Returns errno, or 0. */
static int
open_inside(const char *path, int channel)
{
	union {
		char room[CMSG_SPACE(sizeof(int) * SOCKET_COUNT)];
		struct cmsghdr align;
	} control = { .room = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[SOCKET_COUNT];
	const int there = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct statfs held;

	/* A pipe would be waited for without end: only namespaces. */
	if (there < 0 || fstatfs(there, &held) != 0)
		return errno;
	if (held.f_type != NSFS_MAGIC)
		return EINVAL;
	if (setns(there, CLONE_NEWNET) != 0)
		return errno;
	fds[SOCKET_TABLES] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_NETFILTER);
	if (fds[SOCKET_TABLES] < 0)
		return errno;
	fds[SOCKET_LINKS] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_ROUTE);
	if (fds[SOCKET_LINKS] < 0)
		return errno;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	return sendmsg(channel, &m, 0) == 1 ? 0 : errno;
}

/* Takes what the child sent. False when it sent nothing. */
static bool
take_sockets(int channel, int fds[SOCKET_COUNT])
{
	union {
		char room[CMSG_SPACE(sizeof(int) * SOCKET_COUNT)];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	const struct cmsghdr *c;

	if (recvmsg(channel, &m, MSG_CMSG_CLOEXEC) != 1)
		return false;
	c = CMSG_FIRSTHDR(&m);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int) * SOCKET_COUNT))
		return false;
	memcpy(fds, CMSG_DATA(c), sizeof(int) * SOCKET_COUNT);
	return true;
}

/* Sockets of the namespace at path. False and errno. */
static bool
open_there(const char *path, int fds[SOCKET_COUNT])
{
	int channel[2], status = 0;
	bool taken;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
		return false;
	child = fork();
	if (child == 0)
		_exit(open_inside(path, channel[1]));
	(void)close(channel[1]);
	taken = child > 0 && take_sockets(channel[0], fds);
	(void)close(channel[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!taken)
		errno = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) ?
		    WEXITSTATUS(status) :
		    EIO;
	return taken;
}

static bool
open_here(int fds[SOCKET_COUNT])
{
	fds[SOCKET_TABLES] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_NETFILTER);
	if (fds[SOCKET_TABLES] < 0)
		return false;
	fds[SOCKET_LINKS] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_ROUTE);
	if (fds[SOCKET_LINKS] >= 0)
		return true;
	(void)close(fds[SOCKET_TABLES]);
	return false;
}

static bool
take_over(struct asking *a, const int fds[SOCKET_COUNT])
{
	const int room = SOCKET_BYTES;

	for (int i = 0; i < SOCKET_COUNT; i++) {
		a->sockets[i] = mnl_socket_fdopen(fds[i]);
		if (a->sockets[i] == NULL) {
			for (int j = i; j < SOCKET_COUNT; j++)
				(void)close(fds[j]);
			return false;
		}
		(void)setsockopt(fds[i], SOL_SOCKET, SO_RCVBUFFORCE, &room,
		    sizeof(room));
	}
	for (int i = 0; i < SOCKET_COUNT; i++)
		if (mnl_socket_bind(a->sockets[i], 0, MNL_SOCKET_AUTOPID) < 0)
			return false;
	return true;
}

/* ---- one question */

static void
keep(struct asking *a, const struct nlmsghdr *h)
{
	const size_t n = NLMSG_ALIGN(h->nlmsg_len);
	size_t capacity = a->capacity ? a->capacity : ROOM_FIRST;

	if (n > CODE_ANSWERS_MAX - a->length) {
		a->large = true;
		return;
	}
	while (capacity < a->length + n)
		capacity *= 2;
	if (capacity != a->capacity)
		a->answers = mem_reallocarray(a->answers, capacity, 1);
	a->capacity = capacity;
	memset(a->answers + a->length, 0, n);
	memcpy(a->answers + a->length, h, h->nlmsg_len);
	a->length += n;
}

/* The generation of an answer to GETGEN: its first 4 bytes are enough to see
 * that it is another. */
static void
note_generation(struct asking *a, const struct nlmsghdr *h)
{
	struct attr attrs[NFTA_GEN_MAX + 1];
	struct message m;
	struct cursor c;
	uint32_t beyond;
	bool bad = false;

	cursor_init(&c, (const uint8_t *)h, h->nlmsg_len);
	if (!message_next(&c, &m))
		return;
	cursor_skip(&m.body, sizeof(struct nfgenmsg));
	if (attrs_read(&m.body, attrs, NFTA_GEN_MAX, &beyond))
		a->generation = attr_u32(&attrs[NFTA_GEN_ID], &bad);
}

/* 1: the answer goes on, 0: it ended, -1: errno says why it could not. */
static int
hear(struct asking *a, const struct nlmsghdr *h, bool dump)
{
	int error = 0;

	if (h->nlmsg_seq != a->sequence)
		return 1; /* of an earlier question */
	if ((h->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		a->torn = true;
	if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
		if (mnl_nlmsg_get_payload_len(h) >= sizeof(error))
			memcpy(&error, mnl_nlmsg_get_payload(h), sizeof(error));
		errno = error < 0 ? -error : 0;
		return errno != 0 ? -1 : 0;
	}
	if (h->nlmsg_type == NFT_TYPE(NFT_MSG_NEWGEN))
		note_generation(a, h);
	else
		keep(a, h);
	if (a->large) {
		errno = EFBIG;
		return -1;
	}
	return dump ? 1 : 0;
}

/* Waits for one datagram of the kernel. -1 and errno. */
static ssize_t
receive(struct asking *a, struct mnl_socket *s)
{
	struct pollfd p = { .fd = mnl_socket_get_fd(s), .events = POLLIN };
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t n;
	int ready;

	do
		ready = poll(&p, 1, WAIT_MS);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	if (ready <= 0)
		return -1;
	n = recvfrom(p.fd, a->reply, REPLY_BYTES, MSG_TRUNC | MSG_DONTWAIT,
	    (struct sockaddr *)&from, &size);
	if (n > REPLY_BYTES) {
		errno = EMSGSIZE;
		return -1;
	}
	return n >= 0 && from.nl_pid != 0 ? 0 : n; /* not the kernel's */
}

/* What is left of a question that failed: a dump must be read to its end
 * before the kernel begins another. */
static void
drain(struct asking *a)
{
	for (int i = 0; i < SOCKET_COUNT; i++)
		while (recv(mnl_socket_get_fd(a->sockets[i]), a->reply,
			   REPLY_BYTES, MSG_DONTWAIT) >= 0 ||
		    errno == ENOBUFS || errno == EINTR)
			;
}

/* Sends the question in request and keeps its answers. False and errno. */
static bool
ask(struct asking *a, struct mnl_socket *s, const void *request, size_t length,
    bool dump)
{
	if (mnl_socket_sendto(s, request, length) < 0)
		return false;
	for (;;) {
		const struct nlmsghdr *h = (const void *)a->reply;
		ssize_t got = receive(a, s);
		int left, more = 1;

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return false;
		for (left = (int)got; more > 0 && mnl_nlmsg_ok(h, left);
		     h = mnl_nlmsg_next(h, &left))
			more = hear(a, h, dump);
		if (more <= 0)
			return more == 0;
	}
}

static bool
ask_tables(struct asking *a, uint16_t type, bool dump)
{
	_Alignas(struct nlmsghdr) char request[REQUEST_BYTES];
	const struct nlmsghdr *h = nftnl_nlmsg_build_hdr(request, type,
	    NFPROTO_UNSPEC, dump ? NLM_F_DUMP : 0, ++a->sequence);

	return ask(a, a->sockets[SOCKET_TABLES], h, h->nlmsg_len, dump);
}

static bool
ask_links(struct asking *a)
{
	_Alignas(struct nlmsghdr) char request[REQUEST_BYTES];
	struct nlmsghdr *h = mnl_nlmsg_put_header(request);
	struct rtgenmsg *g;

	h->nlmsg_type = RTM_GETLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = ++a->sequence;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->rtgen_family = AF_UNSPEC;
	return ask(a, a->sockets[SOCKET_LINKS], h, h->nlmsg_len, true);
}

/* ---- the elements of each set: asked for by name */

static bool
ask_elements(struct asking *a, uint8_t family, const char *table,
    const char *name)
{
	_Alignas(struct nlmsghdr) char request[REQUEST_BYTES];
	struct nftnl_set *s = nftnl_set_alloc();
	struct nlmsghdr *h;
	bool fine;

	if (s == NULL || nftnl_set_set_str(s, NFTNL_SET_TABLE, table) != 0 ||
	    nftnl_set_set_str(s, NFTNL_SET_NAME, name) != 0) {
		nftnl_set_free(s);
		errno = ENOMEM;
		return false;
	}
	h = nftnl_nlmsg_build_hdr(request, NFT_MSG_GETSETELEM, family,
	    NLM_F_DUMP, ++a->sequence);
	nftnl_set_elems_nlmsg_build_payload(h, s);
	nftnl_set_free(s);
	fine = ask(a, a->sockets[SOCKET_TABLES], h, h->nlmsg_len, true);
	if (!fine && errno == ENOENT) /* gone since */
		a->torn = true;
	return fine;
}

/* Of each set in the answers so far; their room may move as others come. */
static bool
ask_all_elements(struct asking *a)
{
	const size_t end = a->length;
	size_t at = 0;

	while (at < end) {
		struct attr attrs[NFTA_SET_MAX + 1];
		char table[CODE_NAME_BYTES], name[CODE_NAME_BYTES];
		struct message m;
		struct cursor c;
		uint32_t beyond;
		const char *from, *of;
		uint8_t family;
		bool bad = false;

		cursor_init(&c, a->answers + at, end - at);
		if (!message_next(&c, &m))
			break; /* the reader says what is wrong with it */
		at = (size_t)(c.pos - a->answers);
		if (m.type != NFT_TYPE(NFT_MSG_NEWSET))
			continue;
		family = cursor_u8(&m.body);
		cursor_skip(&m.body, sizeof(struct nfgenmsg) - 1);
		if (!attrs_read(&m.body, attrs, NFTA_SET_MAX, &beyond))
			break;
		of = attr_string(&attrs[NFTA_SET_TABLE], &bad);
		from = attr_string(&attrs[NFTA_SET_NAME], &bad);
		if (bad || of == NULL || from == NULL)
			break;
		(void)snprintf(table, sizeof(table), "%s", of);
		(void)snprintf(name, sizeof(name), "%s", from);
		if (!ask_elements(a, family, table, name))
			return false;
	}
	return true;
}

/* ---- all of it */

/* One reading; a->torn: it was overtaken. False and errno. */
static bool
read_once(struct asking *a)
{
	uint32_t before;

	a->length = 0;
	a->torn = false;
	drain(a);
	if (!ask_tables(a, NFT_MSG_GETGEN, false))
		return false;
	before = a->generation;
	if (!ask_links(a) || !ask_tables(a, NFT_MSG_GETTABLE, true) ||
	    !ask_tables(a, NFT_MSG_GETCHAIN, true) ||
	    !ask_tables(a, NFT_MSG_GETSET, true) || !ask_all_elements(a) ||
	    !ask_tables(a, NFT_MSG_GETRULE, true) ||
	    !ask_tables(a, NFT_MSG_GETGEN, false))
		return false;
	if (a->generation != before)
		a->torn = true;
	return true;
}

/* What a dump says when it was overtaken, or its queue ran over. */
static bool
is_passing(int fault)
{
	return fault == EINTR || fault == EAGAIN || fault == ENOBUFS ||
	    fault == EBUSY;
}

static void
complain(struct diag *d, enum word word, const char *a, const char *b)
{
	const struct diag_place place = { "nf_tables", 0, 0 };
	struct text first = { 0 };

	text_quote(&first, a);
	words_diag(d, place, DIAG_ERROR, CHECK_NONE, word, 2, text_str(&first),
	    b);
	text_free(&first);
}

static void
complain_cause(const struct asking *a, struct diag *d, int cause)
{
	char most[24];

	(void)snprintf(most, sizeof(most), "%u",
	    CODE_ANSWERS_MAX / (1024u * 1024));
	if (a->large)
		complain(d, W_RULESET_KERNEL_LARGE, most, NULL);
	else if (cause == EPERM || cause == EACCES)
		complain(d, W_RULESET_KERNEL_RIGHTS, "", NULL);
	else if (cause == EPROTONOSUPPORT || cause == EAFNOSUPPORT ||
	    cause == EOPNOTSUPP || cause == EINVAL)
		complain(d, W_RULESET_KERNEL_NONE, strerror(cause), NULL);
	else
		complain(d, W_RULESET_KERNEL_ANSWER, strerror(cause), NULL);
}

/* Whole answers of one generation, or false with a fault in d. */
static bool
read_whole(struct asking *a, struct diag *d)
{
	static const struct timespec pause = { 0, PAUSE_NS };
	char tries[24];

	for (int i = 0; i < READINGS; i++) {
		const bool fine = read_once(a);
		const int cause = errno;

		if (fine && !a->torn)
			return true;
		if (!fine && !a->torn && !is_passing(cause)) {
			complain_cause(a, d, cause);
			return false;
		}
		(void)nanosleep(&pause, NULL);
	}
	(void)snprintf(tries, sizeof(tries), "%d", READINGS);
	complain(d, W_RULESET_KERNEL_TORN, tries, NULL);
	return false;
}

/* As ip netns names it, or a path. */
static void
netns_path(const char *netns, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s%s",
	    strchr(netns, '/') == NULL ? NETNS_FOLDER : "", netns);
}

struct ruleset *
ruleset_kernel(const char *netns, struct diag *d)
{
	struct asking a = { .sequence = 0 };
	struct ruleset *made = NULL;
	struct utsname system;
	char path[PATH_MAX];
	int fds[SOCKET_COUNT];
	bool open;

	if (netns != NULL)
		netns_path(netns, path);
	open = netns != NULL ? open_there(path, fds) : open_here(fds);
	if (!open && netns != NULL) {
		complain(d, W_RULESET_KERNEL_NETNS, netns, strerror(errno));
		return NULL;
	}
	a.reply = mem_calloc(REPLY_BYTES, 1);
	if (!open || !take_over(&a, fds))
		complain_cause(&a, d, errno);
	else if (read_whole(&a, d))
		made = ruleset_answers(a.answers, a.length,
		    uname(&system) == 0 ? system.nodename : NULL, d);
	for (int i = 0; i < SOCKET_COUNT; i++)
		if (a.sockets[i] != NULL)
			(void)mnl_socket_close(a.sockets[i]);
	free(a.answers);
	free(a.reply);
	return made;
}
