/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See mute.h. One netlink socket owns the table and asks for everything. Two
 * chains for each interface, before all others of their hooks, with policy
 * drop: the one on egress has one rule (counter, drop), the one on ingress has
 * none. Every reading holds the chains against what was made; the counters are
 * the kernel's and start anew with each chain, so sums are kept here. nf_tables of the kernel: a batch is done whole or not at all,
 * and a dump that was overtaken by a change says so (NLM_F_DUMP_INTR).
 */
#include "mute.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The kernel's headers are used as they are; this one before libnftnl's. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>

#include "base/mem.h"
#include "now.h"

#define WAIT_MS 1000  /* the most that one call may take */
#define READINGS 5    /* tries, where others change the tables meanwhile */
#define NAMES 16      /* of tables, where another PID namespace has ours */
#define STALE_MAX 256 /* answers of an earlier question that are passed over */
#define REQUEST_BYTES 4096
#define REPLY_BYTES 65536
#define NAME_BYTES 48
#define KERNEL_MAJOR 5	/* 5.16 has the hook, but PACKET_QDISC_BYPASS goes */
#define KERNEL_MINOR 17 /* past it there */

/* The hooks that have a chain of each interface. */
enum way {
	WAY_OUT, /* what is sent */
	WAY_IN,	 /* what came and packet sockets have had */
	WAY_COUNT,
};

struct muted {
	char interface[IFNAMSIZ];
	char chain[WAY_COUNT][NAME_BYTES]; /* "": none was made yet */
	uint32_t index;		/* of the interface the chains were made for */
	uint64_t count, last;	/* all frames; the chain's counter */
	uint64_t seen;		/* this reading: its counter, */
	unsigned chains, rules; /* and how many of them are as made */
	bool holds;		/* as of the last reading that could be made */
};

struct mute {
	struct mnl_socket *socket; /* owned; owns the table */
	int control;		   /* for the interfaces' indexes */
	uint32_t sequence;
	int64_t until_ms; /* CLOCK_MONOTONIC: the call must end by then */
	char table[NAME_BYTES];
	struct muted items[MUTE_INTERFACES_MAX];
	size_t count;
	unsigned named; /* chains that were given a name; none gets one twice */
	bool looked;	/* this reading: everything could be read, */
	bool strange;	/* and the table holds what was not made */
	_Alignas(struct nlmsghdr) char request[REQUEST_BYTES];
	_Alignas(struct nlmsghdr) char reply[REPLY_BYTES];
};

/* ---- talking to the kernel */

static int64_t
now_ms(void)
{
	return (int64_t)(now_monotonic() / 1000000);
}

/* What is awaited of one question, and what came of it. */
struct listening {
	uint32_t first, last; /* sequence numbers it was asked with */
	unsigned acks;	      /* still to come; 0: a dump */
	void (*take)(struct mute *m, const struct nlmsghdr *h);
	bool done, torn;
	int error;
};

static void
hear(struct mute *m, struct listening *l, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	if (h->nlmsg_seq < l->first || h->nlmsg_seq > l->last || l->done)
		return; /* of an earlier question */
	l->torn = l->torn || (h->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
	if (h->nlmsg_type == NLMSG_DONE) {
		l->done = true;
	} else if (h->nlmsg_type != NLMSG_ERROR) {
		if (l->take)
			l->take(m, h);
	} else if (mnl_nlmsg_get_payload_len(h) < sizeof(e->error)) {
		l->error = EBADMSG;
		l->done = true;
	} else if (e->error != 0) {
		l->error = -e->error;
		l->done = true;
	} else if (l->acks > 0 && --l->acks == 0) {
		l->done = true;
	}
}

/* One datagram of the kernel, or -1 and errno (EAGAIN: none yet). */
static ssize_t
receive(struct mute *m)
{
	struct sockaddr_nl from = { 0 };
	socklen_t size = sizeof(from);
	ssize_t n;

	n = recvfrom(mnl_socket_get_fd(m->socket), m->reply, sizeof(m->reply),
	    MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *)&from, &size);
	if (n > (ssize_t)sizeof(m->reply)) {
		errno = EMSGSIZE;
		return -1;
	}
	return n >= 0 && from.nl_pid != 0 ? 0 : n; /* not the kernel's */
}

/* Hears answers until the question is done. False and errno. */
static bool
listen_for(struct mute *m, struct listening *l)
{
	struct pollfd p = { .fd = mnl_socket_get_fd(m->socket),
		.events = POLLIN };

	while (!l->done) {
		const struct nlmsghdr *h = (const void *)m->reply;
		const int64_t left = m->until_ms - now_ms();
		ssize_t got;
		int rest;

		if (left <= 0) {
			errno = ETIMEDOUT;
			return false;
		}
		(void)poll(&p, 1, (int)left);
		got = receive(m);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		for (rest = got > 0 ? (int)got : 0; mnl_nlmsg_ok(h, rest);
		     h = mnl_nlmsg_next(h, &rest))
			hear(m, l, h);
	}
	errno = l->error;
	return l->error == 0;
}

/* What is left of a question that took too long: a dump must be read to its
 * end before the kernel begins another. */
static void
pass_over(struct mute *m)
{
	for (int i = 0; i < STALE_MAX; i++)
		if (receive(m) < 0 && errno != ENOBUFS && errno != EMSGSIZE)
			return;
}

static bool
ask(struct mute *m, size_t length, struct listening *l)
{
	pass_over(m);
	if (mnl_socket_sendto(m->socket, m->request, length) < 0)
		return false;
	return listen_for(m, l);
}

/* ---- batches */

/* The messages of a batch, as they are put into m->request. */
struct batch {
	size_t used;
	uint32_t first;
	unsigned acks;
};

static void
batch_begin(struct mute *m, struct batch *b)
{
	b->first = ++m->sequence;
	b->acks = 0;
	b->used = nftnl_batch_begin(m->request, b->first)->nlmsg_len;
}

/* The head of the next message; its payload is built by the caller, who then
 * calls batch_added. A few hundred bytes each, four at most. */
static struct nlmsghdr *
batch_head(struct mute *m, struct batch *b, uint16_t type, uint16_t flags)
{
	b->acks++;
	return nftnl_nlmsg_build_hdr(m->request + b->used, type, NFPROTO_NETDEV,
	    (uint16_t)(flags | NLM_F_ACK), ++m->sequence);
}

static void
batch_added(struct batch *b, const struct nlmsghdr *h)
{
	b->used += MNL_ALIGN(h->nlmsg_len);
}

static bool
batch_send(struct mute *m, struct batch *b)
{
	struct listening l = { .first = b->first, .acks = b->acks };

	b->used +=
	    nftnl_batch_end(m->request + b->used, ++m->sequence)->nlmsg_len;
	l.last = m->sequence;
	return ask(m, b->used, &l);
}

static void *
need(void *made)
{
	if (!made) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return made;
}

static bool
table_make(struct mute *m)
{
	struct nftnl_table *t = need(nftnl_table_alloc());
	struct nlmsghdr *h;
	struct batch b;

	batch_begin(m, &b);
	nftnl_table_set_str(t, NFTNL_TABLE_NAME, m->table);
	nftnl_table_set_u32(t, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
	h = batch_head(m, &b, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
	nftnl_table_nlmsg_build_payload(h, t);
	batch_added(&b, h);
	nftnl_table_free(t);
	return batch_send(m, &b);
}

/* The kernel's number of the hook. */
static uint32_t
hook_of(enum way way)
{
	return way == WAY_OUT ? NF_NETDEV_EGRESS : NF_NETDEV_INGRESS;
}

static void
batch_chain(struct mute *m, struct batch *b, enum way way, const char *chain,
    const char *interface)
{
	struct nftnl_chain *c = need(nftnl_chain_alloc());
	struct nlmsghdr *h;

	nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, m->table);
	nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, chain);
	nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, "filter");
	nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, hook_of(way));
	nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, INT32_MIN);
	nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_DROP);
	nftnl_chain_set_str(c, NFTNL_CHAIN_DEV, interface);
	h = batch_head(m, b, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
	nftnl_chain_nlmsg_build_payload(h, c);
	batch_added(b, h);
	nftnl_chain_free(c);
}

static void
batch_rule(struct mute *m, struct batch *b, const char *chain)
{
	struct nftnl_expr *counter = need(nftnl_expr_alloc("counter"));
	struct nftnl_expr *drop = need(nftnl_expr_alloc("immediate"));
	struct nftnl_rule *r = need(nftnl_rule_alloc());
	struct nlmsghdr *h;

	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, m->table);
	nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, chain);
	nftnl_expr_set_u32(drop, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(drop, NFTNL_EXPR_IMM_VERDICT, NF_DROP);
	nftnl_rule_add_expr(r, counter); /* the rule's own from here on */
	nftnl_rule_add_expr(r, drop);
	h = batch_head(m, b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nftnl_rule_nlmsg_build_payload(h, r);
	batch_added(b, h);
	nftnl_rule_free(r);
}

/* Both or none. */
static bool
chains_make(struct mute *m, char chain[WAY_COUNT][NAME_BYTES],
    const char *interface)
{
	struct batch b;

	batch_begin(m, &b);
	batch_chain(m, &b, WAY_OUT, chain[WAY_OUT], interface);
	batch_rule(m, &b, chain[WAY_OUT]);
	batch_chain(m, &b, WAY_IN, chain[WAY_IN], interface);
	return batch_send(m, &b);
}

static bool
chain_remove(struct mute *m, const char *chain)
{
	struct nftnl_chain *c = need(nftnl_chain_alloc());
	struct nlmsghdr *h;
	struct batch b;

	batch_begin(m, &b);
	nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, m->table);
	nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, chain);
	h = batch_head(m, &b, NFT_MSG_DELCHAIN, 0);
	nftnl_chain_nlmsg_build_payload(h, c);
	batch_added(&b, h);
	nftnl_chain_free(c);
	return batch_send(m, &b) || errno == ENOENT;
}

/* ---- reading back */

static const struct muted *
find(const struct mute *m, const char *interface)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->items[i].interface, interface) == 0)
			return &m->items[i];
	return NULL;
}

static struct muted *
find_chain(struct mute *m, enum way way, const char *chain)
{
	for (size_t i = 0; chain && i < m->count; i++)
		if (strcmp(m->items[i].chain[way], chain) == 0)
			return &m->items[i];
	return NULL;
}

static bool
is_text(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

static bool
is_hooked(const struct nftnl_chain *c, enum way way, const struct muted *item)
{
	return nftnl_chain_is_set(c, NFTNL_CHAIN_HOOKNUM) &&
	    nftnl_chain_get_u32(c, NFTNL_CHAIN_HOOKNUM) == hook_of(way) &&
	    nftnl_chain_get_s32(c, NFTNL_CHAIN_PRIO) == INT32_MIN &&
	    nftnl_chain_get_u32(c, NFTNL_CHAIN_POLICY) == NF_DROP &&
	    is_text(nftnl_chain_get_str(c, NFTNL_CHAIN_DEV), item->interface);
}

static void
take_chain(struct mute *m, const struct nlmsghdr *h)
{
	struct nftnl_chain *c = need(nftnl_chain_alloc());
	struct muted *item = NULL;
	enum way way = WAY_OUT;
	const char *name;

	if (nftnl_chain_nlmsg_parse(h, c) < 0) {
		m->strange = true;
	} else if (is_text(nftnl_chain_get_str(c, NFTNL_CHAIN_TABLE),
		       m->table)) {
		name = nftnl_chain_get_str(c, NFTNL_CHAIN_NAME);
		item = find_chain(m, way, name);
		if (!item)
			item = find_chain(m, way = WAY_IN, name);
		if (!item)
			m->strange = true;
		else
			item->chains += is_hooked(c, way, item);
	}
	nftnl_chain_free(c);
}

/* Whether the rule is counter and drop and nothing else. */
static bool
is_ours(struct nftnl_rule *r, uint64_t *packets)
{
	struct nftnl_expr_iter *i = need(nftnl_expr_iter_create(r));
	const struct nftnl_expr *counter = nftnl_expr_iter_next(i);
	const struct nftnl_expr *drop = nftnl_expr_iter_next(i);
	const bool more = nftnl_expr_iter_next(i) != NULL;

	nftnl_expr_iter_destroy(i);
	if (!counter || !drop || more ||
	    !is_text(nftnl_expr_get_str(counter, NFTNL_EXPR_NAME), "counter") ||
	    !is_text(nftnl_expr_get_str(drop, NFTNL_EXPR_NAME), "immediate") ||
	    nftnl_expr_get_u32(drop, NFTNL_EXPR_IMM_DREG) != NFT_REG_VERDICT ||
	    nftnl_expr_get_u32(drop, NFTNL_EXPR_IMM_VERDICT) != NF_DROP)
		return false;
	*packets = nftnl_expr_get_u64(counter, NFTNL_EXPR_CTR_PACKETS);
	return true;
}

static void
take_rule(struct mute *m, const struct nlmsghdr *h)
{
	struct nftnl_rule *r = need(nftnl_rule_alloc());
	struct muted *item = NULL;
	uint64_t packets = 0;

	if (nftnl_rule_nlmsg_parse(h, r) == 0)
		item = find_chain(m, WAY_OUT,
		    nftnl_rule_get_str(r, NFTNL_RULE_CHAIN));
	if (!item || !is_ours(r, &packets)) {
		m->strange = true;
	} else {
		item->rules++;
		item->seen = packets;
	}
	nftnl_rule_free(r);
}

/* True with all that the table holds noted in the items; false when it cannot
 * be read, or was changed meanwhile (*torn). */
static bool
collect(struct mute *m, bool *torn)
{
	struct listening chains = { .take = take_chain };
	struct listening rules = { .take = take_rule };
	struct nftnl_rule *r;
	struct nlmsghdr *h;
	bool fine;

	m->strange = false;
	for (size_t i = 0; i < m->count; i++)
		m->items[i].chains = m->items[i].rules = 0;
	chains.first = chains.last = ++m->sequence;
	h = nftnl_nlmsg_build_hdr(m->request, NFT_MSG_GETCHAIN, NFPROTO_NETDEV,
	    NLM_F_DUMP, m->sequence);
	fine = ask(m, h->nlmsg_len, &chains);

	rules.first = rules.last = ++m->sequence;
	h = nftnl_nlmsg_build_hdr(m->request, NFT_MSG_GETRULE, NFPROTO_NETDEV,
	    NLM_F_DUMP, m->sequence);
	r = need(nftnl_rule_alloc());
	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, m->table);
	nftnl_rule_nlmsg_build_payload(h, r);
	nftnl_rule_free(r);
	fine = fine && ask(m, h->nlmsg_len, &rules);
	*torn = chains.torn || rules.torn;
	return fine && !*torn;
}

/* Adds what came since the last reading. A counter that is lower than it was
 * was set back: what it shows came after that. */
static void
add_up(struct mute *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct muted *item = &m->items[i];

		if (item->rules != 1)
			continue;
		item->count += item->seen >= item->last ?
		    item->seen - item->last :
		    item->seen;
		item->last = item->seen;
	}
}

static bool
look(struct mute *m)
{
	bool torn = true, fine = false;

	for (int i = 0; i < READINGS && torn; i++)
		fine = collect(m, &torn);
	if (fine)
		add_up(m);
	return fine;
}

/* 0: there is none of that name. */
static uint32_t
index_of(const struct mute *m, const char *interface)
{
	struct ifreq r = { 0 };

	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	return ioctl(m->control, SIOCGIFINDEX, &r) == 0 ?
	    (uint32_t)r.ifr_ifindex :
	    0;
}

static bool
read_all(struct mute *m)
{
	bool fine;

	m->looked = look(m);
	fine = m->looked && !m->strange;
	for (size_t i = 0; m->looked && i < m->count; i++) {
		struct muted *item = &m->items[i];
		const bool made = item->chains == WAY_COUNT && item->rules == 1;
		const bool same = index_of(m, item->interface) == item->index;

		item->holds = made && same;
		/* The chains go with its interface; only where that stands
		 * has somebody taken them away. */
		fine = fine && (made || !same);
	}
	return fine;
}

bool
mute_read(struct mute *m)
{
	m->until_ms = now_ms() + WAIT_MS;
	return read_all(m);
}

uint64_t
mute_count(const struct mute *m, const char *interface)
{
	const struct muted *item = find(m, interface);

	return item ? item->count : 0;
}

bool
mute_holds(const struct mute *m, const char *interface)
{
	const struct muted *item = find(m, interface);

	return item && item->holds;
}

/* ---- making it */

static void
explain(const char *what, char *error, size_t size)
{
	const int cause = errno;

	if (cause == EPERM)
		(void)snprintf(error, size, "%s: needs CAP_NET_ADMIN", what);
	else if (cause == EOPNOTSUPP || cause == EAFNOSUPPORT ||
	    cause == EPROTONOSUPPORT || cause == EINVAL)
		(void)snprintf(error, size,
		    "%s: this kernel has no nftables egress hook, which needs "
		    "Linux %d.%d with CONFIG_NETFILTER_EGRESS: %s",
		    what, KERNEL_MAJOR, KERNEL_MINOR, strerror(cause));
	else
		(void)snprintf(error, size, "%s: %s", what, strerror(cause));
}

static bool
is_new_enough(void)
{
	unsigned major = 0, minor = 0;
	struct utsname u;

	return uname(&u) == 0 &&
	    sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
	    (major > KERNEL_MAJOR ||
		(major == KERNEL_MAJOR && minor >= KERNEL_MINOR));
}

/* A name that nobody has: a process of another PID namespace may have ours.
 * A table with an owner says EPERM to others, as a lack of rights does. */
static bool
table_find_name(struct mute *m)
{
	for (int i = 0; i < NAMES; i++) {
		(void)snprintf(m->table, sizeof(m->table),
		    i == 0 ? "sekisho-%d" : "sekisho-%d-%d", (int)getpid(), i);
		if (table_make(m))
			return true;
		if (errno != EEXIST && errno != EPERM)
			return false;
	}
	return false;
}

struct mute *
mute_new(char *error, size_t size)
{
	struct mute *m = mem_calloc(1, sizeof(*m));

	m->until_ms = now_ms() + WAIT_MS;
	m->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!is_new_enough()) {
		errno = EOPNOTSUPP;
		goto failed;
	}
	m->socket = mnl_socket_open2(NETLINK_NETFILTER,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (m->control < 0 || !m->socket ||
	    mnl_socket_bind(m->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		goto failed;
	if (table_find_name(m))
		return m;
failed:
	explain("nftables table", error, size);
	mute_free(m);
	return NULL;
}

void
mute_free(struct mute *m)
{
	if (!m)
		return;
	if (m->socket)
		(void)mnl_socket_close(m->socket);
	if (m->control >= 0)
		(void)close(m->control);
	free(m);
}

/*
 * Chains for the item, made before the old ones go, so that there is no moment
 * without. Of two with one priority the newer one comes first: the old counter
 * stands still when it is read for the last time. A name is not used again, for
 * an answer that came too late may have left its chain behind.
 */
static bool
make_again(struct mute *m, struct muted *item, uint32_t index)
{
	char chain[WAY_COUNT][NAME_BYTES], old[WAY_COUNT][NAME_BYTES];
	bool done = true;

	m->named++;
	(void)snprintf(chain[WAY_OUT], NAME_BYTES, "out-%u", m->named);
	(void)snprintf(chain[WAY_IN], NAME_BYTES, "in-%u", m->named);
	if (!chains_make(m, chain, item->interface))
		return false;
	if (item->chain[WAY_OUT][0] != '\0')
		(void)look(m);
	memcpy(old, item->chain, sizeof(old));
	memcpy(item->chain, chain, sizeof(chain));
	item->index = index;
	item->last = 0;
	for (int way = 0; way < WAY_COUNT; way++)
		if (old[way][0] != '\0')
			done = chain_remove(m, old[way]) && done;
	return done;
}

bool
mute_add(struct mute *m, const char *interface, char *error, size_t size)
{
	const struct muted *known = find(m, interface);
	struct muted *item = known ? &m->items[known - m->items] : NULL;
	uint32_t index;

	m->until_ms = now_ms() + WAIT_MS;
	if (item)
		(void)read_all(m);
	if (item && m->looked && item->holds)
		return true;
	index = index_of(m, interface);
	if (index == 0 || strlen(interface) >= IFNAMSIZ) {
		(void)snprintf(error, size, "there is no such interface");
		return false;
	}
	if (!item && m->count == MUTE_INTERFACES_MAX) {
		(void)snprintf(error, size, "more than %d interfaces",
		    MUTE_INTERFACES_MAX);
		return false;
	}
	if (!item) {
		item = &m->items[m->count++];
		(void)snprintf(item->interface, sizeof(item->interface), "%s",
		    interface);
	}
	if (!make_again(m, item, index)) {
		explain("nftables chains", error, size);
		if (item->chain[WAY_OUT][0] == '\0')
			m->count--;
		return false;
	}
	(void)read_all(m);
	if (m->looked && item->holds)
		return true;
	(void)snprintf(error, size, "the nftables chains %s",
	    m->looked ? "are not there" : "cannot be read");
	return false;
}
