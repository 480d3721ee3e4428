/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the ledger and the model know of the device at one end of a
 * conversation: enough to say whom to ask.
 */
#ifndef ASSET_H
#define ASSET_H

#include "locate.h"

struct asset {
	const struct host *host; /* or NULL, as are these; all borrowed from
				  * the model */
	const char *name;
	const char *division; /* the division's name, as people say it */
	const char *kind;     /* "terminal", "server" ... */
	const struct mac *mac;
};

/*
 * The device at place p, whose conversation shows address shown. Nothing is
 * known of a host that a translation hides. O(1) expected for the host,
 * linear in the prefixes of divisions.
 */
struct asset asset_find(const struct model *m, const struct place *p,
    const struct addr *shown);

#endif
