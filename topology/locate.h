/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a frame and an address stand: (tap, tags) → segment, MAC → declared
 * router, (boundary, address) → zone. Pure.
 */
#ifndef LOCATE_H
#define LOCATE_H

#include "model.h"

/* The index is part of the model; model_load calls this. */
struct locate_index *locate_index_new(const struct model *m);
void locate_index_free(struct locate_index *index);

enum place_kind {
	PLACE_ZONE,
	PLACE_NONE,	/* in no zone of this boundary */
	PLACE_SEGMENT,	/* multicast, broadcast, link-local, unspecified,
			 * loopback: of the segment, never of a zone */
	PLACE_FIREWALL, /* an address of a firewall: zone is the pseudo-zone */
};

struct place {
	enum place_kind kind;
	const struct zone *zone; /* PLACE_ZONE and PLACE_FIREWALL */
	enum addr_kind special;
	struct addr address;		       /* the owner's, where a static
					 * translation names it */
	const struct translation *translation; /* that declared it, or NULL */
	bool hidden; /* overload: the host is not known */
	bool shared; /* several zones hide behind it: zone is one of them */
};

/*
 * The zone of an address at a boundary: its firewall's addresses, declared
 * translations, then the longest prefix among the boundary's zones. "outside"
 * never claims special-purpose addresses. O(prefix lengths in use); no
 * allocation.
 */
struct place locate_address(const struct model *m,
    const struct boundary *boundary, const struct addr *address);

/*
 * The segment of a frame: the zone of the first of its tags (outermost
 * first) that the tap's vlans name, the outermost not counted where it is
 * that of the tap's mirror (RSPAN), else the tap's segment, else NULL
 * (transit). *vlan is set to that tag, or 0; *link to the link declared for
 * it, or NULL. Either may be NULL.
 */
const struct zone *locate_segment(const struct tap *tap, const uint16_t *tags,
    size_t tag_count, uint16_t *vlan, const struct link **link);

/* The declared router of that segment with this MAC, or NULL. */
const struct router *locate_router(const struct tap *tap,
    const struct zone *segment, const struct mac *mac);
/* Whether the tap declares any router with a MAC for that segment. */
bool locate_has_routers(const struct tap *tap, const struct zone *segment);

#endif
