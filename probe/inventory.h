/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The devices that were seen: by MAC on a watched segment, by address where a
 * host is seen only through a router; with their names and the services they
 * answered on. Held against ledger and "hosts": AST-1 to 6. Tells struct
 * device and notices.
 *
 * Only what the municipality owns is a device here: zones of the tiers
 * mynumber, lgwan, internet, relay, dmz, shared-services, school-affairs,
 * school-learning, management and remote-access. Not the internet, the LGWAN,
 * partners, the security cloud, SaaS; not guests, whose phones are theirs. In
 * a zone with "inspect": "headers" no names are read.
 *
 * On a segment a device is the source MAC of ARP, neighbour discovery, DHCP
 * requests, and IP packets whose source is an address of that segment or of
 * its link; never the MAC of a declared router, a group's virtual MAC (VRRP,
 * HSRP, GLBP, FGCP), or who bears an address of a router or firewall.
 *
 * AST-1, AST-5 and announcements of AST-4 speak in zones for which ledger or
 * "hosts" hold at least one row (rows of what is kept offline do not count),
 * and not of remote access. Of a boundary's other zones one notice of grade
 * information says that nobody can tell there; a model without a single row
 * has none. What services are expected of whom: inventory_expect.c.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "flow.h"
#include "track.h"

#define INVENTORY_DEVICES_MAX 65536

struct inventory;

/* secret keys the tables. m is borrowed until inventory_reload or _free. Some
 * 20 MB of tables, of which pages are taken as they are needed, and 1.6 kB a
 * device. */
struct inventory *inventory_new(const struct model *m,
    const uint8_t secret[16]);
void inventory_free(struct inventory *i);
/*
 * Another model; the one before must still be there. Devices, and when the
 * ledger's were last seen, go along by id, MAC and address; a device whose
 * boundary or zone is gone, or that is now a router, is let go of without a
 * word. O(devices + rows).
 */
void inventory_reload(struct inventory *i, const struct model *m);
/*
 * A frame that decoded and is no copy; not what a tunnel carries. AST-2 and
 * AST-6 are told by the frame that shows them; AST-1 once the device had a few
 * seconds to name itself, with its first frame. O(1).
 */
void inventory_frame(struct inventory *i, const struct arrival *a,
    const struct observer *o);
/*
 * A packet of a conversation, after it was tracked and named: what its ends
 * say about themselves (TLS, SMB), and services that answered (AST-4, AST-5).
 * Of a long conversation the first packets count, and one in many after them.
 * O(1); a service's first answer costs a look at every conduit.
 */
void inventory_packet(struct inventory *i, const struct flow *f,
    const struct arrival *a, const struct tracked *t, const struct observer *o);
/*
 * Time went on; about once a second. Tells new devices that have settled,
 * changes (at most one a minute and device), and forgets what was not seen for
 * a week. Once a day of watched packet time it looks for devices of the ledger
 * that were not seen for limits.unseen_days of it (AST-3); time between two
 * captures is not watched, and nothing is known of engines before this one.
 */
void inventory_tick(struct inventory *i, struct wall_us now,
    const struct observer *o);
/* The end: every device is told a last time. */
void inventory_finish(struct inventory *i, struct wall_us now,
    const struct observer *o);
/* Times that a device found no room: the newest are refused. */
uint64_t inventory_refused(const struct inventory *i);

#endif
