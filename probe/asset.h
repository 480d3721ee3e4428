/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the ledger and the model know of the device at one end of a
 * conversation: enough to say whom to ask.
 */
#ifndef ASSET_H
#define ASSET_H

#include "alert.h"
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
/* The device of that row; NULL: nothing is known of it. No MAC is looked for.
 */
struct asset asset_of_host(const struct model *m, const struct host *h);
/*
 * The device of a notice's party: by its address, else by its MAC (NULL: not
 * known), unless another address is registered with that: the frame may come
 * from a router. The same costs.
 */
struct asset asset_of_party(const struct model *m, const struct place *p,
    const struct addr *shown, const struct mac *mac);
/*
 * The device of party i (0 or 1) of a notice's alert. Where the notice is that
 * a registered MAC has another address (AST-2) or stands elsewhere (AST-6), it
 * is the device of that MAC whatever the address; else as above.
 */
struct asset asset_of_alert(const struct model *m, const struct alert *a,
    int i);

#endif
