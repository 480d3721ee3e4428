/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tunnels: which number a tunnel has in the keys of the conversations that
 * it carries, whether it is declared (LNK-6), whether it is no tunnel at all
 * but the way that frames take from a mirror to this tap (a transport), and
 * what of its inside does not belong there (LNK-2).
 */
#ifndef TUNNEL_H
#define TUNNEL_H

#include "flow.h"
#include "track.h"

#define TUNNELS_MAX 4096
/* Where there is no room, those that were not used for so long give way. */
#define TUNNEL_IDLE_US CLOCK_HOUR

struct tunnels;

/* secret keys the numbers. */
struct tunnels *tunnel_new(const struct model *m, const uint8_t secret[16]);
void tunnel_free(struct tunnels *t);
void tunnel_reload(struct tunnels *t, const struct model *m);
/*
 * The tunnel that p (seen as a says, with p->tunnel set) is a packet of: never
 * 0, the same for both of its directions and for all of its taps.
 */
uint32_t tunnel_number(const struct tunnels *t, const struct arrival *a,
    const struct packet *p);
/*
 * True when p only brings mirrored frames to this very tap: its inside is
 * taken as if the tap had shown it, and it is not judged itself.
 */
bool tunnel_is_transport(const struct tunnels *t, const struct arrival *a,
    const struct packet *p);
/*
 * A packet of f was tracked and f named; any packet. Of a tunnel (by what it
 * carries, or by what f was named) LNK-6 is planned, to be told by tunnel_tick
 * once a tunnel and as its outcome rises, and f->undeclared is set. The first packet of what a tunnel
 * carries tells LNK-2 through o where it does not belong there. O(1), and a
 * judgement where f has changed.
 */
void tunnel_packet(struct tunnels *t, struct flow *f, const struct arrival *a,
    const struct observer *o);
/* Tells what is due by now; at the end, all. About once a second. */
void tunnel_tick(struct tunnels *t, struct wall_us now, bool end,
    const struct observer *o);
/* How what a tunnel carries is to be judged: see struct conversation. One that
 * is not remembered is not declared. */
enum carriage tunnel_carriage(const struct tunnels *t, uint32_t number);
/* Tunnels that found no room: what is in them is held to be undeclared. */
uint64_t tunnel_refused(const struct tunnels *t);

#endif
