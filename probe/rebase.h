/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From one model to the next while conversations are open: which noun of the
 * new one is that of the old one, by id. A conversation's sightings go along
 * where their place is declared as before (tap, segment, VLAN, link and the
 * routers that stand there); the others are forgotten, since what was counted
 * there was counted by another declaration.
 */
#ifndef REBASE_H
#define REBASE_H

#include "conversation.h"
#include "model.h"

#define REBASE_GONE UINT32_MAX
#define REBASE_MEMO 256

/* What the last look at an old place yielded. */
struct rebase_place {
	const struct tap *tap; /* old; NULL: nothing is kept yet */
	const struct zone *segment;
	uint16_t vlan;
	bool alike;
	const struct zone *to_segment; /* of the new model, as is */
	const struct link *to_link;
};

struct rebase {
	const struct model *from, *to;
	uint32_t *boundaries; /* owned, by old index: the new one, or
			       * REBASE_GONE */
	bool boundaries_moved;
	const struct tap **taps; /* owned, by old index: the new one, or NULL:
				  * it is gone, or of another boundary */
	const bool *watching;	 /* by new tap index; set by who begins */
	uint32_t generation;	 /* of the new one; likewise */
	struct rebase_place memo[REBASE_MEMO];
};

/* Both models are borrowed. End with rebase_fini. */
void rebase_init(struct rebase *r, const struct model *from,
    const struct model *to);
void rebase_fini(struct rebase *r);
/* The boundary's counterpart in the new model, or NULL: it is gone, or no tap
 * watches it any more. */
const struct boundary *rebase_boundary(const struct rebase *r,
    const struct boundary *old);
/*
 * Makes c one of the new model: boundary, sightings and watching, not what a
 * control handed down. moved[i] is where sighting i is now, or -1: forgotten,
 * and c->sightings_full says that there were more. False, and c is left as it
 * was, where rebase_boundary is NULL. O(sightings).
 */
bool rebase_conversation(struct rebase *r, struct conversation *c,
    int8_t moved[CONVERSATION_SIGHTINGS_MAX]);

#endif
