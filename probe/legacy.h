/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ways of old that payload shows: SMB 1 where the server speaks it (an offer
 * that it did not take is none), and SNMP whose community is in clear. Sets
 * conversation.legacy; what follows from it is daily.h's business.
 */
#ifndef LEGACY_H
#define LEGACY_H

#include "track.h"

/* Takes payload of f, new and in order. O(1), nothing is kept of it. */
void legacy_packet(struct flow *f, const struct packet *p,
    const struct tracked *t);

#endif
