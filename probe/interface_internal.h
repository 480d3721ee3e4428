/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How interface.c asks the kernel: rtnetlink for what an interface is and
 * counts, the ethtool ioctls for what its driver counts and glues together.
 * Nobody else includes this, save tests.
 */
#ifndef INTERFACE_INTERNAL_H
#define INTERFACE_INTERNAL_H

#include "interface.h"

/* What rtnetlink says of one interface. */
struct interface_link {
	char name[INTERFACE_NAME_MAX];
	uint32_t index;
	uint32_t flags; /* IFF_* */
	uint64_t received, sent, missed, errors;
	/* That it is built on, and that it is a member of; 0: none here. */
	uint32_t below, master;
};

/*
 * Reads messages of rtnetlink as they came in one datagram. Takes each link of
 * RTM_NEWLINK to take_link, each index that RTM_NEWADDR has a fit address for
 * (not link-local) to take_address; NULL: not wanted. Returns 1 when more is
 * to come, 0 at the end, -1 and errno on an error that the kernel tells, or
 * EBADMSG on bytes that cannot be. EINTR: the list changed meanwhile.
 */
struct interface_taker {
	void *context;
	void (*take_link)(void *context, const struct interface_link *link);
	void (*take_address)(void *context, uint32_t index);
};
int interface_parse(const uint8_t *bytes, size_t length, uint32_t sequence,
    const struct interface_taker *t);

/* Asks for the link of that name. False and errno (ENODEV: none). */
bool interface_ask_link(const char *name, struct interface_link *out);
/* Asks for all links, or all addresses. False and errno. */
bool interface_ask_links(const struct interface_taker *t);
bool interface_ask_addresses(const struct interface_taker *t);

/* Frames that the driver's own statistics name as dropped on receiving; 0
 * where it has none. */
uint64_t interface_driver_drops(const char *name);
/* Whether a driver's counter of that name counts frames that were lost on
 * receiving. *queue: it is of one queue, and another may sum them up. */
bool interface_names_drops(const char *counter, bool *queue);
/* Bits of the receive offloads that are on and can be changed. control: a
 * datagram socket, or -1: one is opened for each question. */
uint32_t interface_offloads_on(int control, const char *name);
/*
 * Takes off (on: puts on) those of wanted that stand otherwise and can be
 * changed. False and errno when one cannot be. control as above.
 */
bool interface_set_offloads(int control, const char *name, uint32_t wanted,
    bool on);

#endif
