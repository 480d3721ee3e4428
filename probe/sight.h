/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sightings: at which places (tap, segment, VLAN) a conversation was seen, in
 * which direction, and whether through declared routers. Two places of one
 * boundary are the two sides of its firewall, and prove that a packet passed;
 * what that means is for judging.
 */
#ifndef SIGHT_H
#define SIGHT_H

#include "flow.h"

/*
 * The segment of a packet: as locate_segment says; of one that a tunnel carried
 * (carried), only where the tap maps a tag of its own frame, since neither the
 * tap nor its link is where it comes from.
 */
const struct zone *sight_segment(const struct tap *tap, const uint16_t *tags,
    size_t tag_count, bool carried, uint16_t *vlan, const struct link **link);

/*
 * The sighting of (tap, tags) in c, made when it is the first there; -1 when
 * CONVERSATION_SIGHTINGS_MAX are taken, and c->sightings_full is set.
 * *changed is set when something was. O(tags, sightings).
 */
int sight_place(struct conversation *c, const struct tap *tap,
    const uint16_t *tags, size_t tag_count, bool carried, bool *changed);

/* The sighting of (tap, tags) in c, or -1 when it was never seen there. */
int sight_find(const struct conversation *c, const struct tap *tap,
    const uint16_t *tags, size_t tag_count, bool carried);

/*
 * Counts a packet that came as frames frames at sighting number at, in the
 * direction way (0: from the initiator). macs keeps the last look-up of that
 * direction. *changed is set when a counter left zero: only then can judging
 * come out differently.
 */
void sight_packet(struct conversation *c, int at, int way,
    const struct packet *p, uint32_t frames, struct flow_macs *macs,
    bool *changed);

/* Counts a refusal (RST or ICMP unreachable) likewise. */
void sight_refusal(struct conversation *c, int at, int way,
    const struct packet *p, bool *changed);

/* Whether the sender's address is that of a router declared at that tap. */
bool sight_is_router(const struct tap *tap, const struct packet *p);
/* Whether the frame came from a declared router's MAC; true also where none
 * is known, or the frame has no MACs. */
bool sight_by_router(const struct tap *tap, const struct packet *p);

/* The initiator turns out to be the other side. */
void sight_swap(struct conversation *c);

#endif
