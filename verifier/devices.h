/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices of a probe's events, each counted once, by the last word on it:
 * whether the ledger or "hosts" has it, has it not, or nobody knows because
 * there is no ledger to compare with. For sekisho watch and sekisho matrix,
 * which must say the same of the same events.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "base/diag.h"
#include "base/jsonx.h"
#include "base/table.h"
#include "base/text.h"

#define DEVICES_MAX 65536 /* told apart; more are "at least" */

struct devices {
	struct table index; /* by hash of the MAC, or of the first address */
	uint8_t *states;    /* owned; by value of index */
	uint64_t count;
	uint64_t unregistered; /* a ledger was there, and they are not in it */
	uint64_t unaddressed;  /* of them without an address: routers beyond a
				* line and the like, that no ledger row can
				* be written for */
	uint64_t uncompared;   /* no ledger: "registered" is null */
	bool at_least;	       /* of count: more found no room */
	uint8_t secret[16];
};

/* secret keys the table: hosts of a network choose what is in it. Some 2 MiB;
 * devices_fini frees them. */
void devices_init(struct devices *out, const uint8_t secret[16]);
void devices_fini(struct devices *d);
/* Takes one sekisho_asset event, whatever its stage. O(1). */
void devices_take(struct devices *d, const struct jsonx *event);
/* Appends what is said of them, in one line without its end; nothing where
 * there are none. */
void devices_say(const struct devices *d, enum lang lang, struct text *out);

#endif
