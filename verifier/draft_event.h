/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One "flow" line as sekisho draft needs it. Strings are borrowed from the
 * line and are "" where it says nothing.
 */
#ifndef DRAFT_EVENT_H
#define DRAFT_EVENT_H

#include "base/addr.h"
#include "checks.h"
#include "events.h"

#define DRAFT_EVENT_CHECKS_MAX 24

struct draft_event {
	struct addr from, to;
	uint16_t port, from_port;
	uint8_t protocol;
	int64_t start_us, end_us;
	uint64_t bytes[2], packets; /* packets: toward the server */
	const char *boundary, *verdict, *reason, *outcome, *initiator;
	const char *conduit, *passed, *application, *master, *confidence,
	    *server_name, *exception;
	/* The deciding one first, then those beside it; CHECK_NONE: one that
	 * this version does not know. */
	enum check checks[DRAFT_EVENT_CHECKS_MAX];
	size_t check_count;
	bool one_way;
};

/* False where the line lacks what a conversation has: ends, protocol, times,
 * boundary. Pure. */
bool draft_event_read(struct draft_event *e, const struct jsonx *o);
bool draft_event_has(const struct draft_event *e, enum check check);
/* "2026-11-21T10:15:33.123456+0900" as clock_stamp writes it. */
bool draft_event_time(const char *text, int64_t *us);

#endif
