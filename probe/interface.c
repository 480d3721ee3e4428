/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See interface.h. Three settings are changed in the order in which the kernel
 * would otherwise speak: IPv6 (which asks for duplicates and routers as soon
 * as a link is up), ARP, and the offloads. What stands is read before anything
 * is changed, and what is to be put back is put on only where it is off: so a
 * note may be made early, and say more than was done.
 */
#include "interface.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interface_internal.h"

#define TRIES 8 /* a list may change while it is told */

struct list {
	struct interface_state *states;
	size_t count, room;
};

static struct interface_state
state_of(const struct interface_link *link)
{
	struct interface_state s = { .index = link->index,
		.link = (link->flags & IFF_UP) && (link->flags & IFF_RUNNING) ?
		    LINK_UP :
		    LINK_DOWN,
		.received = link->received,
		.sent = link->sent,
		.nic_drops = link->missed,
		.nic_errors = link->errors };
	uint64_t drops = interface_driver_drops(link->name);

	memcpy(s.name, link->name, sizeof(s.name));
	if (drops > s.nic_drops)
		s.nic_drops = drops;
	return s;
}

static void
note_address(void *context, uint32_t index)
{
	struct list *l = context;

	for (size_t i = 0; i < l->count; i++)
		if (l->states[i].index == index)
			l->states[i].has_address = true;
}

static bool
find_addresses(struct list *l)
{
	const struct interface_taker t = { .context = l,
		.take_address = note_address };

	return interface_ask_addresses(&t);
}

bool
interface_read(const char *name, struct interface_state *out)
{
	struct list one = { .states = out, .count = 1, .room = 1 };
	struct interface_link link;

	if (interface_ask_link(name, &link)) {
		*out = state_of(&link);
		return find_addresses(&one);
	}
	if (errno != ENODEV && errno != ENXIO)
		return false;
	*out = (struct interface_state){ .link = LINK_GONE };
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	return true;
}

static void
note_link(void *context, const struct interface_link *link)
{
	struct list *l = context;

	if (!(link->flags & IFF_LOOPBACK) && l->count < l->room)
		l->states[l->count++] = state_of(link);
}

static int
by_index(const void *a, const void *b)
{
	const struct interface_state *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

size_t
interface_list(struct interface_state *out, size_t room)
{
	struct list l = { .states = out, .room = room };
	const struct interface_taker t = { .context = &l,
		.take_link = note_link };
	bool told = false;

	for (int i = 0; i < TRIES && !told; i++) {
		l.count = 0;
		told = interface_ask_links(&t);
		if (!told && errno != EINTR)
			return 0;
	}
	/* Half a list, or one without the addresses, would look whole. */
	if (!told || !find_addresses(&l))
		return 0;
	if (l.count > 0)
		qsort(out, l.count, sizeof(*out), by_index);
	errno = 0;
	return l.count;
}

/* ---- settings */

/* The kernel's switch of IPv6 for an interface; -1 and errno. */
static int
open_ipv6(const struct interface_hands *h, const char *name, int mode)
{
	char path[32 + INTERFACE_NAME_MAX];

	/* No name of an interface has a slash (dev_valid_name). */
	if (strchr(name, '/') != NULL) {
		errno = ENODEV;
		return -1;
	}
	if (h->conf < 0) {
		errno = ENOENT;
		return -1;
	}
	(void)snprintf(path, sizeof(path), "%s/disable_ipv6", name);
	return openat(h->conf, path, mode | O_CLOEXEC | O_NOFOLLOW);
}

/* 1 has IPv6, 0 has not, -1 and errno. */
static int
has_ipv6(const struct interface_hands *h, const char *name)
{
	int fd = open_ipv6(h, name, O_RDONLY);
	char value = '0';
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1; /* a kernel without it */
	n = read(fd, &value, 1);
	(void)close(fd);
	return n == 1 ? value == '0' : -1;
}

static bool
set_ipv6(const struct interface_hands *h, const char *name, bool on)
{
	int fd = open_ipv6(h, name, O_WRONLY), fault;
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, on ? "0" : "1", 1);
	fault = errno;
	(void)close(fd);
	errno = fault;
	return n == 1;
}

static bool
read_flags(const struct interface_hands *h, const char *name, short *flags)
{
	struct ifreq r = { 0 };

	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (ioctl(h->control, SIOCGIFFLAGS, &r) != 0)
		return false;
	*flags = r.ifr_flags;
	return true;
}

static bool
set_arp(const struct interface_hands *h, const char *name, bool on)
{
	struct ifreq r = { 0 };
	short flags, wanted;

	if (!read_flags(h, name, &flags))
		return false;
	wanted = (short)(on ? flags & ~IFF_NOARP : flags | IFF_NOARP);
	if (wanted == flags)
		return true;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	r.ifr_flags = wanted;
	return ioctl(h->control, SIOCSIFFLAGS, &r) == 0;
}

static bool
fault(char *error, size_t size, const char *what)
{
	(void)snprintf(error, size, "%s: %s", what, strerrordesc_np(errno));
	return false;
}

static bool
look(const struct interface_hands *h, const char *name,
    struct interface_settings *before, char *error, size_t size)
{
	struct interface_link link;
	short flags;
	int ipv6;

	if (!interface_ask_link(name, &link))
		return fault(error, size, name);
	memcpy(before->name, link.name, sizeof(before->name));
	ipv6 = has_ipv6(h, name);
	if (ipv6 < 0)
		return fault(error, size, "disable_ipv6");
	if (!read_flags(h, name, &flags))
		return fault(error, size, "IFF_NOARP");
	before->had_ipv6 = ipv6 == 1;
	before->had_arp = !(flags & IFF_NOARP);
	before->offloads = interface_offloads_on(h->control, name);
	if (before->had_ipv6 || before->had_arp || before->offloads != 0)
		before->index = link.index;
	return true;
}

bool
interface_look(const char *name, struct interface_settings *before, char *error,
    size_t size)
{
	struct interface_hands h;
	bool done;

	*before = (struct interface_settings){ 0 };
	if (!interface_hands_open(&h))
		return fault(error, size, name);
	done = look(&h, name, before, error, size);
	interface_hands_close(&h);
	return done;
}

/* Its name now: another of the name it had is not it. */
static bool
name_of(const struct interface_hands *h,
    const struct interface_settings *before, struct ifreq *now)
{
	*now = (struct ifreq){ .ifr_ifindex = (int)before->index };
	return ioctl(h->control, SIOCGIFNAME, now) == 0;
}

static bool
quiet(const struct interface_hands *h, const struct interface_settings *before,
    char *error, size_t size)
{
	struct ifreq now;

	if (!name_of(h, before, &now))
		return fault(error, size, before->name);
	if (before->had_ipv6 && !set_ipv6(h, now.ifr_name, false))
		return fault(error, size, "disable_ipv6");
	if (before->had_arp && !set_arp(h, now.ifr_name, false))
		return fault(error, size, "IFF_NOARP");
	if (before->offloads != 0 &&
	    !interface_set_offloads(h->control, now.ifr_name, before->offloads,
		false))
		return fault(error, size, "offloads");
	return true;
}

bool
interface_quiet(const struct interface_settings *before, char *error,
    size_t size)
{
	struct interface_hands h;
	bool done;

	if (before->index == 0)
		return true;
	if (!interface_hands_open(&h))
		return fault(error, size, before->name);
	done = quiet(&h, before, error, size);
	interface_hands_close(&h);
	return done;
}

bool
interface_hands_open(struct interface_hands *h)
{
	h->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	h->conf = -1;
	if (h->control < 0)
		return false;
	h->conf = open("/proc/sys/net/ipv6/conf",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return true;
}

void
interface_hands_close(struct interface_hands *h)
{
	(void)close(h->control);
	if (h->conf >= 0)
		(void)close(h->conf);
}

bool
interface_restore_with(const struct interface_hands *h,
    const struct interface_settings *before)
{
	struct ifreq now;
	int cause = 0;

	if (before->index == 0 || !name_of(h, before, &now))
		return true;
	if (before->offloads != 0 &&
	    !interface_set_offloads(h->control, now.ifr_name, before->offloads,
		true))
		cause = errno;
	if (before->had_arp && !set_arp(h, now.ifr_name, true) && cause == 0)
		cause = errno;
	if (before->had_ipv6 && !set_ipv6(h, now.ifr_name, true) && cause == 0)
		cause = errno;
	errno = cause;
	return cause == 0;
}

void
interface_restore(const struct interface_settings *before)
{
	struct interface_hands h;

	if (!interface_hands_open(&h))
		return;
	(void)interface_restore_with(&h, before);
	interface_hands_close(&h);
}
