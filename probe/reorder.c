/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See reorder.h. What is kept lies in slots that are made once; each is in two
 * lists: one by the time at which it came, for what is due, and one of its
 * conversation, in the order in which it came, which is short.
 */
#include "reorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rebase.h"

#define NONE UINT16_MAX

struct held {
	struct flow *flow;
	struct arrival arrival;
	struct packet packet;
	struct tracked tracked;
	int64_t since_us;
	uint16_t older, newer; /* by time; newer links unused ones */
	uint16_t next;	       /* of its conversation */
	uint8_t side;
	uint8_t bytes[REORDER_BYTES_MAX];
};

struct reorder {
	struct reorder_taker taker;
	struct held *held; /* owned, REORDER_SEGMENTS_MAX */
	uint16_t oldest, newest, unused;
	uint64_t refused;
};

struct reorder *
reorder_new(const struct reorder_taker *taker)
{
	struct reorder *r = mem_calloc(1, sizeof(*r));

	r->taker = *taker;
	r->held = mem_calloc(REORDER_SEGMENTS_MAX, sizeof(*r->held));
	r->oldest = r->newest = r->unused = NONE;
	for (uint16_t i = REORDER_SEGMENTS_MAX; i-- > 0;) {
		r->held[i].newer = r->unused;
		r->unused = i;
	}
	return r;
}

void
reorder_free(struct reorder *r)
{
	if (!r)
		return;
	/* Payload is nobody's business after it was read. */
	explicit_bzero(r->held, REORDER_SEGMENTS_MAX * sizeof(*r->held));
	free(r->held);
	free(r);
}

uint64_t
reorder_refused(const struct reorder *r)
{
	return r->refused;
}

/* ---- numbers */

/* How far a lies ahead of b; negative when behind. */
static int32_t
ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static uint32_t
first_byte(const struct packet *p)
{
	return p->tcp_seq + (p->tcp_flags & TCP_SYN ? 1 : 0);
}

/* Bytes of its own direction come before it that nobody has read. */
static bool
follows_gap(const struct flow *f, const struct packet *p, int side)
{
	const struct flow_order *o = &f->order[side];

	return o->known && ahead(first_byte(p), o->next) > 0;
}

/* Nothing is known of one direction yet, and it is so young that its opening
 * may come still. */
static bool
precedes_opening(const struct flow *f, struct wall_us now)
{
	return (!f->order[0].known || !f->order[1].known) &&
	    now.us - f->begun_us < REORDER_HOLD_US;
}

/* It answers bytes of the other direction that nobody has read. */
static bool
answers_unread(const struct flow *f, const struct packet *p, int side)
{
	const struct flow_order *other = &f->order[!side];
	int32_t by;

	if (!other->known || !(p->tcp_flags & TCP_ACK))
		return false;
	by = ahead(p->tcp_ack, other->next);
	return by > 0 && (uint32_t)by <= REORDER_NEAR_MAX;
}

/* Hands it on and moves what is read. */
static void
hand_on(struct reorder *r, struct flow *f, const struct arrival *a,
    struct tracked t, int side)
{
	const struct packet *p = a->packet;
	struct flow_order *o = &f->order[side];
	const uint32_t end = first_byte(p) + p->payload_length;

	t.way = side ^ f->initiator_side;
	if (p->payload_length > 0 && t.fresh > 0) {
		t.gap = follows_gap(f, p, side);
		t.newest = !o->known || ahead(end, o->next) > 0;
	}
	/* Others may be ahead of bytes that have not come yet. */
	if ((p->payload_length > 0 || p->tcp_flags & TCP_SYN) &&
	    (!o->known || ahead(end, o->next) > 0)) {
		o->known = true;
		o->next = end;
	}
	r->taker.take(r->taker.context, f, a, &t);
}

/* ---- slots */

static void
unlink_held(struct reorder *r, uint16_t at)
{
	struct held *h = &r->held[at];

	if (h->older != NONE)
		r->held[h->older].newer = h->newer;
	else
		r->oldest = h->newer;
	if (h->newer != NONE)
		r->held[h->newer].older = h->older;
	else
		r->newest = h->older;
}

/* Takes the slot at *link out of its conversation and hands it on. */
static void
let_go(struct reorder *r, struct flow *f, uint16_t *link)
{
	const uint16_t at = *link;
	struct held *h = &r->held[at];

	*link = h->next;
	f->held_count--;
	unlink_held(r, at);
	hand_on(r, f, &h->arrival, h->tracked, h->side);
	explicit_bzero(h->bytes, sizeof(h->bytes));
	h->newer = r->unused;
	r->unused = at;
}

static bool
has_room(const struct reorder *r, const struct flow *f, const struct packet *p)
{
	return r->unused != NONE && f->held_count < REORDER_FLOW_MAX &&
	    p->payload_captured <= REORDER_BYTES_MAX;
}

static void
hold(struct reorder *r, struct flow *f, const struct arrival *a,
    const struct tracked *t, int side, struct wall_us now)
{
	const uint16_t at = r->unused;
	struct held *h = &r->held[at];
	uint16_t *link = &f->held;

	if (f->held_count == 0)
		f->held = NONE;
	r->unused = h->newer;
	h->flow = f;
	h->arrival = *a;
	h->packet = *a->packet;
	h->tracked = *t;
	h->since_us = now.us;
	h->side = (uint8_t)side;
	h->arrival.packet = &h->packet;
	h->arrival.frame = NULL;
	memcpy(h->bytes, h->packet.payload, h->packet.payload_captured);
	h->packet.payload = h->bytes;
	h->packet.transport = h->packet.headers_end = NULL;
	h->packet.transport_captured = 0;
	h->packet.carried = (struct carried){ 0 };
	h->next = NONE;
	while (*link != NONE)
		link = &r->held[*link].next;
	*link = at;
	f->held_count++;
	h->older = r->newest;
	h->newer = NONE;
	if (r->newest != NONE)
		r->held[r->newest].newer = at;
	else
		r->oldest = at;
	r->newest = at;
}

/* ---- turns */

/* Hands on what waits for nothing any more. */
static void
drain(struct reorder *r, struct flow *f, struct wall_us now)
{
	uint16_t *link = &f->held;

	while (f->held_count > 0 && *link != NONE) {
		const struct held *h = &r->held[*link];

		if (precedes_opening(f, now) ||
		    follows_gap(f, &h->packet, h->side) ||
		    answers_unread(f, &h->packet, h->side)) {
			link = &r->held[*link].next;
			continue;
		}
		let_go(r, f, link);
		link = &f->held; /* it may have freed an earlier one */
	}
}

/* The slot whose bytes come first: its gap is given up. */
static uint16_t *
earliest(struct reorder *r, struct flow *f)
{
	uint16_t *best = &f->held, *link;

	for (link = &r->held[*best].next; *link != NONE;
	     link = &r->held[*link].next) {
		const struct held *a = &r->held[*link], *b = &r->held[*best];

		if (a->side == b->side ?
			ahead(first_byte(&a->packet), first_byte(&b->packet)) <
			    0 :
			!answers_unread(f, &a->packet, a->side) &&
			    answers_unread(f, &b->packet, b->side))
			best = link;
	}
	return best;
}

void
reorder_flush(struct reorder *r, struct flow *f)
{
	while (f->held_count > 0)
		let_go(r, f, earliest(r, f));
}

void
reorder_packet(struct reorder *r, struct flow *f, const struct arrival *a,
    const struct tracked *t, int side, bool listens, struct wall_us now)
{
	const struct packet *p = a->packet;
	const bool early = listens && flow_is_tcp(f) &&
	    p->payload_captured > 0 &&
	    (precedes_opening(f, now) || follows_gap(f, p, side) ||
		answers_unread(f, p, side));

	if (early && has_room(r, f, p)) {
		hold(r, f, a, t, side, now);
		return;
	}
	if (early) {
		r->refused++;
		reorder_flush(r, f);
	}
	hand_on(r, f, a, *t, side);
	drain(r, f, now);
}

struct flow *
reorder_due(struct reorder *r, struct wall_us now)
{
	struct flow *f;

	if (r->oldest == NONE ||
	    now.us - r->held[r->oldest].since_us < REORDER_HOLD_US)
		return NULL;
	f = r->held[r->oldest].flow;
	reorder_flush(r, f);
	return f;
}

/* Who reads payload does not ask for its segment. */
void
reorder_reload(struct reorder *r, const struct rebase *to)
{
	for (uint16_t at = r->oldest; at != NONE; at = r->held[at].newer) {
		struct arrival *a = &r->held[at].arrival;

		a->tap = a->tap ? to->taps[a->tap->index] : NULL;
		a->segment = NULL;
	}
}
