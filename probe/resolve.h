/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names that addresses were looked up by, as DNS answers on the taps show
 * them (RFC 1035 4, RFC 3596): who asked, what for, what the answer was. A
 * bounded memory of minutes, so that an attempt at a bare address can be
 * called by its name. A hint and no more: nothing conforms by it and nothing
 * that passed is excused by it.
 *
 * An answer counts only where its question was seen just before, from the same
 * client and port to the same server, with the same id, type and name: so
 * nobody who does not see the question can put a name into it. Who asked, who
 * was asked and who stands between them can still make any name stand for any
 * address. Only answers over UDP port 53 are read, and no TCP, TLS or HTTPS.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "base/clock.h"
#include "packet.h"

#define RESOLVE_ROWS_MAX 65536	   /* then the oldest gives way, counted */
#define RESOLVE_QUESTIONS_MAX 8192 /* that wait for their answer at once */
#define RESOLVE_KEEP_US (60 * CLOCK_MINUTE)
#define RESOLVE_ANSWER_US (10 * CLOCK_SECOND) /* later is no answer */
#define RESOLVE_ADDRESSES_MAX 16 /* of one answer; more are left out */
#define RESOLVE_NAME_MAX 255

struct resolver;

/* secret keys its tables. About 30 MB of memory, touched as needed. */
struct resolver *resolve_new(const uint8_t secret[16]);
void resolve_free(struct resolver *r);
/*
 * Takes a datagram to or from UDP port 53, or leaves it; now is packet time.
 * Returns the name that a question in it asks for (lower case; borrowed until
 * the next call), "." where it goes to port 53 and is no plain question of one
 * name, and NULL where it does not go there. O(bytes), no allocation.
 */
const char *resolve_packet(struct resolver *r, const struct packet *p,
    struct wall_us now);
/*
 * The name by which client looked address up last within RESOLVE_KEEP_US
 * before now, or NULL. Lower case; borrowed until the next resolve_packet.
 * O(1) expected.
 */
const char *resolve_name(const struct resolver *r, const struct addr *client,
    const struct addr *address, struct wall_us now);
/* Rows that gave way, and answers that could not be read. */
uint64_t resolve_forgotten(const struct resolver *r);
uint64_t resolve_refused(const struct resolver *r);

#endif
