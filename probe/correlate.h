/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections that another connection announced: FTP data (RFC 959, 2428) and
 * TFTP transfers (RFC 1350). A control conversation tells which end point will
 * be used; the conversation that then opens there is its child, whatever its
 * ports. Bounded in number and in packet time; a full table is counted. Reads
 * no payload: inspect_ftp.h does.
 */
#ifndef CORRELATE_H
#define CORRELATE_H

#include "base/clock.h"
#include "packet.h"

#define CORRELATE_MAX 8192
/* Servers drop an unused passive port within a minute or so. */
#define CORRELATE_FTP_US (2 * CLOCK_MINUTE)
/* RFC 1350's answer comes at once; a client asks again within seconds. */
#define CORRELATE_TFTP_US (30 * CLOCK_SECOND)

enum correlate_kind {
	CORRELATE_FTP_DATA,
	CORRELATE_TFTP,
	CORRELATE_KIND_COUNT,
};

/* One end is known with its port, of the other only the address. */
struct correlate_expectation {
	enum correlate_kind kind;
	struct addr named;
	uint16_t named_port;
	struct addr other;
	/* The address that was announced is of neither end of the control
	 * connection: a server behind translation, or an FTP bounce
	 * (RFC 2577). The label holds, the control's verdict must not. */
	bool stranger;
};

struct correlate_match {
	uint64_t control;  /* as given to correlate_expect */
	const char *label; /* "FTP_DATA" or "TFTP"; static */
	struct wall_us at; /* when it was announced */
	bool stranger;
};

struct correlate_counters {
	uint64_t expected; /* announced */
	uint64_t matched;  /* opened */
	uint64_t expired;  /* never opened in time */
	uint64_t evicted;  /* pushed out by newer ones: the table was full */
};

struct correlate_table;

/* secret keys the hash. About 2 MB, taken at once. */
struct correlate_table *correlate_new(const uint8_t secret[16]);
void correlate_free(struct correlate_table *t);
/*
 * Expects a conversation at a boundary (its index). control names the control
 * conversation for the caller. The same end points announced again belong to
 * the newer control. When the table is full the oldest of the kind (else of
 * the other kind) goes and is counted. O(1) expected.
 */
void correlate_expect(struct correlate_table *t, uint32_t boundary,
    const struct correlate_expectation *e, uint64_t control,
    struct wall_us now);
/* As correlate_find, and what is expected stays so. */
bool correlate_look(struct correlate_table *t, uint32_t boundary,
    const struct packet *p, struct wall_us now, struct correlate_match *out);
/*
 * Asks at the first packet of a new conversation whether it was announced;
 * the packet may go either way. An expectation serves once. O(1) expected.
 */
bool correlate_find(struct correlate_table *t, uint32_t boundary,
    const struct packet *p, struct wall_us now, struct correlate_match *out);
/* The boundaries have other numbers: boundaries[old] is the new one, or
 * UINT32_MAX: it is gone, and nothing is expected there any more. */
void correlate_rename(struct correlate_table *t, const uint32_t *boundaries);
const struct correlate_counters *correlate_counters(
    const struct correlate_table *t);

#endif
