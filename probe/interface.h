/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tap's network interface as the kernel has it: what it is, what it counts,
 * and the three settings that keep the kernel's own frames off a span port:
 * IPv6 off, ARP off, receive offloads off (they would glue frames together
 * that were apart on the wire). Settings are changed by the supervisor and put
 * back by the keeper (keeper.h). Uses rtnetlink, which always speaks of this
 * network namespace (sysfs only where it was mounted from within it) and tells
 * the same counters, and the ethtool ioctls.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

#include "observation.h"

#define INTERFACE_NAME_MAX 16 /* IFNAMSIZ */
#define INTERFACES_MAX 1024   /* listed */

struct interface_state {
	char name[INTERFACE_NAME_MAX];
	uint32_t index; /* 0: there is none of that name */
	enum health_link link;
	bool has_address;   /* an IP address other than link-local */
	uint64_t received;  /* frames taken in since the interface exists */
	uint64_t sent;	    /* frames that really left since then */
	uint64_t nic_drops; /* dropped before any ring: rx_dropped, missed,
			     * fifo, over, and what ethtool's statistics name
			     * so, whichever is higher */
	uint64_t nic_errors;
};

/* What stands before interface_quiet changes it. */
struct interface_settings {
	char name[INTERFACE_NAME_MAX];
	uint32_t
	    index; /* of that very interface; 0: nothing is to be changed */
	bool had_ipv6, had_arp;
	uint32_t offloads; /* bits of those that were on */
};

/* False and errno when the kernel cannot be asked; an interface that is not
 * there is index 0 and LINK_GONE. */
bool interface_read(const char *name, struct interface_state *out);
/* All of this network namespace save loopback, in order of index; at most
 * room. 0 and errno when the kernel cannot be asked, errno 0 when there is
 * none. */
size_t interface_list(struct interface_state *out, size_t room);
/*
 * Looks for two of these interfaces where what comes in by the one (*lower)
 * would reach the other (*upper) through it: a VLAN, bond, bridge or the like
 * over it, at however many removes. 1: found; 0: none, those that are not there
 * apart; -1 and errno: the kernel cannot be asked.
 */
int interface_stacked(const char *const *names, size_t count, size_t *upper,
    size_t *lower);
/*
 * Reads which of IPv6, ARP and receive offloads are on and can be changed, and
 * changes nothing; before->index is 0 when none is. The keeper is told
 * (keeper_note) between this and interface_quiet: at no moment is a changed
 * setting known to one process alone. False with a cause in error (of size
 * bytes) when the kernel cannot be asked.
 */
bool interface_look(const char *name, struct interface_settings *before,
    char *error, size_t size);
/*
 * Takes off what interface_look found on that very interface, and nothing else:
 * what somebody puts on meanwhile is found by the next look, so the two are
 * called until a look finds nothing. False with a cause in error when one
 * cannot be changed; those before it are. Writes to /proc/sys/net/ipv6/conf,
 * for which CAP_NET_ADMIN is enough.
 */
bool interface_quiet(const struct interface_settings *before, char *error,
    size_t size);
/* What is needed to put settings back, opened before the walls stand: behind
 * them the keeper may ioctl(2) on control and open beneath conf for writing,
 * and nothing else, no socket and no path. */
struct interface_hands {
	int control; /* a datagram socket */
	int conf;    /* the folder /proc/sys/net/ipv6/conf; -1: no IPv6 here */
};
/* False and errno when there is no control socket. Both close on exec. */
bool interface_hands_open(struct interface_hands *h);
void interface_hands_close(struct interface_hands *h);
/* Puts back what before says was on and is not any more, where that interface (by index, under
 * whatever name it has now) is still there. Opens nothing but one file beneath
 * h->conf. False and errno of the first setting that would not go back; the
 * others are put back all the same. */
bool interface_restore_with(const struct interface_hands *h,
    const struct interface_settings *before);
/* The same with hands of its own. */
void interface_restore(const struct interface_settings *before);

#endif
