/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See initiator.h. */
#include "initiator.h"

#include "flow.h"

#define TCP 6
/* Clients of nearly all systems use ports from here on; services have lower
 * ones. */
#define EPHEMERAL_LEAST 32768

/*
 * Nothing proves who began: whoever has the lower port is taken for the
 * responder. A group is never an initiator.
 */
static int
guess(const struct packet *p, int side)
{
	const enum addr_kind kind = addr_kind(&p->destination);

	if (kind == ADDR_MULTICAST || kind == ADDR_BROADCAST)
		return side;
	return p->source_port < p->destination_port ? !side : side;
}

bool
initiator_opens(const struct packet *p)
{
	return p->protocol == TCP && p->tcp_flags & TCP_SYN &&
	    !(p->tcp_flags & TCP_RST);
}

bool
initiator_may_answer(const struct packet *p, bool strict)
{
	if (p->protocol == TCP || p->unreadable ||
	    flow_is_icmp(p->source.family, p->protocol))
		return false;
	if (strict)
		return p->source_port <= p->destination_port;
	return p->source_port < EPHEMERAL_LEAST &&
	    p->destination_port >= EPHEMERAL_LEAST;
}

bool
initiator_may_turn(const struct conversation *c, int64_t us)
{
	const int64_t apart = us - c->first.us;

	return c->datagram && !c->malformed &&
	    c->initiator == INITIATOR_LIKELY && c->port[0] < EPHEMERAL_LEAST &&
	    c->port[1] >= EPHEMERAL_LEAST && apart <= INITIATOR_OVERTAKE_US &&
	    apart >= -INITIATOR_OVERTAKE_US;
}

static int
of_tcp(const struct packet *p, int side, enum initiator *certainty)
{
	if (initiator_opens(p)) {
		*certainty = INITIATOR_CERTAIN;
		return p->tcp_flags & TCP_ACK ? !side : side;
	}
	*certainty = INITIATOR_UNCERTAIN;
	return guess(p, side);
}

static int
of_icmp(const struct packet *p, int side, bool watched,
    enum initiator *certainty)
{
	*certainty = watched ? INITIATOR_LIKELY : INITIATOR_UNCERTAIN;
	if (flow_is_reply(p->protocol, p->icmp_type)) {
		*certainty = INITIATOR_UNCERTAIN;
		return !side;
	}
	if (flow_is_echo(p->protocol, p->icmp_type))
		*certainty = INITIATOR_CERTAIN;
	return side;
}

int
initiator_of(const struct packet *p, int side, bool watched,
    enum initiator *certainty)
{
	if (p->unreadable) { /* of what was cut, the first may be an answer */
		*certainty = watched && !p->payload_cut ? INITIATOR_LIKELY :
							  INITIATOR_UNCERTAIN;
		return side;
	}
	if (p->protocol == TCP)
		return of_tcp(p, side, certainty);
	if (flow_is_icmp(p->source.family, p->protocol))
		return of_icmp(p, side, watched, certainty);
	*certainty = watched ? INITIATOR_LIKELY : INITIATOR_UNCERTAIN;
	return watched ? side : guess(p, side);
}
