/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection seen under two pairs of addresses. Where a declared
 * translation that hides clients (overload) stands between them, the far side
 * joins the conversation of the near side: known by the opening's sequence
 * number and the unchanged other end. Where none is declared, and the same
 * payload under the same sequence numbers is plainly seen on both sides, that
 * is TOP-12 (nat_plain.h). Declared one-to-one translations are owner.h's
 * business.
 */
#ifndef NAT_H
#define NAT_H

#include "flow.h"
#include "nat_plain.h"
#include "track.h"

#define NAT_RECENT_MAX 65536 /* openings and payloads remembered */
#define NAT_WINDOW_US (CLOCK_SECOND / 2)
/* Datagrams have no number of their own: what is alike must be near. */
#define NAT_DATAGRAM_US (CLOCK_SECOND / 20)
#define NAT_DATAGRAM_LEAST 8 /* bytes of payload: fewer are like too many */
#define NAT_JOINED_MAX 65536 /* other pairs of addresses */

struct nat;

/* secret keys the hashes. About 15 MB where the model hides clients. */
struct nat *nat_new(const struct model *m, const uint8_t secret[16]);
void nat_free(struct nat *n);
/* Joined conversations go on where m still declares what joined them. Call
 * after they were moved to m. */
void nat_reload(struct nat *n, const struct model *m);
/*
 * The open conversation that this packet of another pair of addresses belongs
 * to, or NULL: judge it for itself. *side is then the end of that
 * conversation's key which sent it. Taps are merged by time, so the far side
 * may have come first: a conversation that began there a moment ago and of
 * which nothing was told yet (nat_waits) then goes over to the near side's
 * addresses, and *taken is set: place it anew. O(1).
 */
struct flow *nat_find(struct nat *n, struct flow_table *flows,
    const struct flow_key *key, const struct arrival *a, int *side,
    bool *taken);
/* Whether f began just now behind an address that hides clients, so that the
 * near side may still come: nothing is told of it yet. */
bool nat_waits(const struct nat *n, const struct flow *f);
/* A packet was tracked as part of f; tells TOP-12 through o. O(payload). */
void nat_packet(struct nat *n, struct flow *f, const struct arrival *a,
    const struct tracked *t, const struct observer *o);
/* f ends: nothing may lead to it any more. */
void nat_end(struct nat *n, struct flow *f);
/* Pairs of addresses that found no room since the last call: the far side then
 * stays for itself, or a translation is not told of. */
uint64_t nat_lost(struct nat *n);

#endif
