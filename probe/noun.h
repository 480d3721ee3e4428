/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the nouns of one model to those of the next, for what is remembered of
 * conversations and must not point into a model that is gone. A noun is the
 * same when its id is; one that the new model does not hold lives on as a stub
 * that has an id, a name and little more, so that what was seen can still be
 * told. (rebase.h does the like for conversations that are still open.)
 */
#ifndef NOUN_H
#define NOUN_H

#include "observation.h"

#define NOUN_STUBS_MAX 65536 /* beyond it a noun is not known any more */

struct noun_map;

/*
 * To the nouns of m, which must outlive it; secret keys its table. Stubs live
 * as long as it does. O(nouns of m).
 */
struct noun_map *noun_map_new(const struct model *m, const uint8_t secret[16]);
void noun_map_free(struct noun_map *n);
/* Whether m holds a boundary of that id; true for NULL, which is none. */
bool noun_has_boundary(const struct noun_map *n, const struct boundary *b);
/* The noun of m with the id of the one given, else a stub, or NULL when there
 * is no room for one more; NULL for NULL. O(1) expected. */
const struct boundary *noun_boundary(struct noun_map *n,
    const struct boundary *b);
const struct tap *noun_tap(struct noun_map *n, const struct tap *t);
const struct zone *noun_zone(struct noun_map *n, const struct zone *z);
const struct conduit *noun_conduit(struct noun_map *n, const struct conduit *c);
/* What d points to; its row of the ledger is not looked for: NULL. */
void noun_device(struct noun_map *n, struct device *d);
/* A copy of s that lives as long as n, or NULL when there is no room. */
const char *noun_string(struct noun_map *n, const char *s);
/* What these point to. A translation is not kept: it has no id. */
void noun_place(struct noun_map *n, struct place *p);
void noun_clause(struct noun_map *n, struct clause *c);

/* Room for an observation under other nouns. */
struct noun_room {
	struct observation observation;
	struct conversation conversation;
	struct verdict verdict;
};

/*
 * o under the nouns of m, in room; what only judging needs (links, routers, a
 * control conversation) is left out. Returns what stands in room.
 */
const struct observation *noun_observation(struct noun_map *n,
    const struct observation *o, struct noun_room *room);

#endif
