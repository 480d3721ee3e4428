/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See track.h. Outcome only rises (tried, refused, answered, data), so the
 * order in which merged taps show things matters little. Sequence numbers
 * (RFC 9293) count only at the place where a direction was first seen, or
 * near them elsewhere, because firewalls rewrite them.
 */
#include "track.h"

#include <string.h>

#include "initiator.h"
#include "sight.h"

#define TCP 6
#define UDP 17

#define ICMP4_UNREACHABLE 3
#define ICMP4_TOO_BIG 4 /* a code of it: "fragment it": no refusal */
#define ICMP6_UNREACHABLE 1

/* ---- time-outs and states */

static bool
is_closed(const struct flow *f)
{
	const struct flow_way *w = f->way;

	return w[0].reset || w[1].reset || (w[0].fin && w[1].fin);
}

static enum flow_idle
idle_tcp(const struct flow *f)
{
	if (is_closed(f))
		return FLOW_IDLE_TCP_CLOSED;
	if (f->way[0].fin || f->way[1].fin)
		return FLOW_IDLE_TCP_HALF_CLOSED;
	if (f->more || f->conversation.outcome >= OUTCOME_ANSWERED)
		return FLOW_IDLE_TCP_ESTABLISHED;
	return FLOW_IDLE_TCP_OPENING;
}

enum flow_idle
track_idle(const struct flow *f)
{
	if (flow_is_tcp(f))
		return idle_tcp(f);
	if (f->key.group == FLOW_GROUP_UNREADABLE)
		return FLOW_IDLE_OTHER;
	if (f->key.protocol == UDP)
		return FLOW_IDLE_UDP;
	return flow_has_icmp(f) ? FLOW_IDLE_ICMP : FLOW_IDLE_OTHER;
}

enum flow_idle
track_idle_of(const struct packet *p)
{
	if (p->unreadable)
		return FLOW_IDLE_OTHER;
	if (p->protocol == TCP)
		return FLOW_IDLE_TCP_ESTABLISHED;
	if (p->protocol == UDP)
		return FLOW_IDLE_UDP;
	return flow_is_icmp(p->source.family, p->protocol) ? FLOW_IDLE_ICMP :
							     FLOW_IDLE_OTHER;
}

enum flow_state
track_state(const struct flow *f)
{
	if (flow_is_tcp(f) && is_closed(f))
		return FLOW_CLOSED;
	if (f->conversation.outcome >= OUTCOME_ANSWERED || f->midstream)
		return FLOW_ESTABLISHED;
	return FLOW_NEW;
}

/* ---- who began */

static void
begin_ends(struct flow *f, const struct packet *p, int side)
{
	struct conversation *c = &f->conversation;
	const int way = side ^ f->initiator_side;

	c->address[way] = p->source;
	c->address[!way] = p->destination;
	if (flow_has_icmp(f)) {
		c->icmp_type = p->icmp_type;
		c->icmp_code = p->icmp_code;
		if (flow_is_echo(p->protocol, p->icmp_type))
			c->icmp_type = p->source.family == 4 ? 8 : 128;
		return;
	}
	c->port[way] = p->source_port;
	c->port[!way] = p->destination_port;
}

void
track_begin(struct flow *f, const struct boundary *boundary,
    const struct arrival *a, int side)
{
	struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;

	c->boundary = boundary;
	c->protocol = p->protocol;
	c->malformed = p->unreadable;
	c->datagram = c->malformed ||
	    (p->protocol != TCP && p->protocol != 1 && p->protocol != 58);
	c->first = c->last = a->time;
	f->initiator_side = (uint8_t)initiator_of(p, side, a->watched,
	    &c->initiator);
	f->midstream = flow_is_tcp(f) && !initiator_opens(p);
	begin_ends(f, p, side);
	f->way[0].place = f->way[1].place = -1;
	f->way[0].ack_place = f->way[1].ack_place = FLOW_PLACE_ANEW;
	f->source = a->source;
	f->tap = a->tap;
	memcpy(f->tags, p->tags, sizeof(f->tags));
	f->tag_count = p->tag_count;
	f->dirty = true;
}

/* The initiator turns out to be the other side. */
static void
swap_ends(struct flow *f)
{
	struct conversation *c = &f->conversation;
	const struct addr address = c->address[0];
	const uint16_t port = c->port[0];
	const bool payload = c->payload[0];
	const struct flow_way way = f->way[0];

	c->address[0] = c->address[1];
	c->address[1] = address;
	c->port[0] = c->port[1];
	c->port[1] = port;
	c->payload[0] = c->payload[1];
	c->payload[1] = payload;
	f->way[0] = f->way[1];
	f->way[1] = way;
	f->initiator_side = !f->initiator_side;
	sight_swap(c);
}

/* An opening came after other packets of its connection: now it is known. */
static void
correct_initiator(struct flow *f, const struct packet *p, int side)
{
	const int opener = p->tcp_flags & TCP_ACK ? !side : side;

	if (f->conversation.initiator == INITIATOR_CERTAIN)
		return;
	if (opener != f->initiator_side)
		swap_ends(f);
	f->conversation.initiator = INITIATOR_CERTAIN;
	f->midstream = false;
	f->dirty = true;
}

/* The initial number seq is that of w, as far as w's is known. */
static bool
is_number_of(const struct flow_way *w, uint32_t seq)
{
	return w->syn ?
	    w->isn == seq :
	    w->sequence.known && (uint32_t)w->sequence.low == seq + 1;
}

/* It had come to something and ended, and that for good: what opens now with
 * the same number is another. One that was refused may be tried again. */
static bool
is_over(const struct flow *f, const struct arrival *a)
{
	const struct conversation *c = &f->conversation;

	return is_closed(f) && c->outcome >= OUTCOME_ANSWERED &&
	    a->time.us - c->last.us > TRACK_REORDER_US;
}

bool
track_reused(const struct flow *f, const struct arrival *a, int side)
{
	const struct packet *p = a->packet;
	const struct flow_way *w = &f->way[side ^ f->initiator_side];

	if (!initiator_opens(p))
		return false;
	if (is_number_of(w, p->tcp_seq) && !is_over(f, a))
		return false; /* again, or late */
	/* Its end may have been shown before its beginning. */
	if (!w->syn &&
	    a->time.us - f->conversation.first.us <= TRACK_REORDER_US &&
	    sequence_near(&w->sequence, p->tcp_seq))
		return false;
	if (!is_closed(f)) {
		if (!f->midstream && f->conversation.outcome <= OUTCOME_REFUSED)
			return false; /* tried again, or from both sides */
		if (!w->syn &&
		    a->time.us - f->conversation.first.us <= TRACK_REORDER_US)
			return false;
	}
	/* Elsewhere it may be the same opening with a rewritten number. */
	return w->place < 0 ||
	    w->place ==
	    sight_find(&f->conversation, a->tap, p->tags, p->tag_count,
		a->carrier != 0);
}

/* ---- how far it came */

static void
rise(struct flow *f, enum outcome outcome)
{
	if (outcome <= f->conversation.outcome)
		return;
	f->conversation.outcome = outcome;
	f->dirty = true;
}

static void
note_payload(struct flow *f, int way)
{
	struct conversation *c = &f->conversation;

	if (!c->payload[way]) {
		c->payload[way] = true;
		f->dirty = true;
	}
	if (c->payload[0] && c->payload[1])
		rise(f, OUTCOME_DATA);
}

static void
refuse(struct flow *f, enum refusal refusal)
{
	struct conversation *c = &f->conversation;

	if (c->outcome != OUTCOME_TRIED)
		return;
	c->refusal = refusal;
	rise(f, OUTCOME_REFUSED);
}

static void
note_more(struct flow *f)
{
	f->dirty = f->dirty || !f->more;
	f->more = true;
}

/* The initiator acknowledges an answer that we never saw. */
static bool
proves_answer(const struct flow_way *w, const struct packet *p)
{
	const uint32_t ahead = p->tcp_seq - w->isn;

	return p->tcp_flags & TCP_ACK &&
	    !(p->tcp_flags & (TCP_RST | TCP_SYN)) && w->syn && ahead >= 1 &&
	    ahead <= SEQUENCE_JUMP_MAX;
}

/* Without the opening: it acknowledges more than before, so that the other
 * side has sent something since. Bare probes do not. */
static bool
acknowledges_more(const struct flow *f, int way, const struct packet *p)
{
	const struct flow_way *w = &f->way[way];
	const uint32_t ahead = p->tcp_ack - w->ack;

	return f->midstream && w->acks && p->tcp_flags & TCP_ACK &&
	    ahead >= 1 && ahead <= SEQUENCE_JUMP_MAX;
}

static void
note_acknowledged(struct flow_way *w, const struct packet *p)
{
	if (!(p->tcp_flags & TCP_ACK) || p->tcp_flags & (TCP_RST | TCP_SYN))
		return;
	w->acks = true;
	w->ack = p->tcp_ack;
}

static void
outcome_tcp(struct flow *f, const struct packet *p, int way, uint32_t fresh,
    int place)
{
	struct conversation *c = &f->conversation;
	const uint8_t flags = p->tcp_flags;

	if (flags & TCP_RST) {
		/* Of what was under way it is the end, no refusal. */
		if (way == 1 && c->outcome < OUTCOME_ANSWERED &&
		    !(f->midstream && f->more)) {
			refuse(f, REFUSAL_RESET);
			if (place >= 0)
				sight_refusal(c, place, way, p, &f->dirty);
		}
		return;
	}
	if (flags & TCP_ACK || fresh > 0)
		note_more(f);
	if (way == 1 ? !(flags & TCP_SYN) || flags & TCP_ACK :
		       proves_answer(&f->way[0], p) ||
		    (place == f->way[0].place && acknowledges_more(f, 0, p)))
		rise(f, OUTCOME_ANSWERED);
	if (place == f->way[way].place)
		note_acknowledged(&f->way[way], p);
	if (fresh > 0)
		note_payload(f, way);
}

static void
outcome_other(struct flow *f, const struct packet *p, int way)
{
	if (flow_has_icmp(f)) {
		/* Echoed bytes are no data that somebody asked for. */
		if (way == 1 && flow_is_reply(p->protocol, p->icmp_type))
			rise(f, OUTCOME_ANSWERED);
		return;
	}
	if (way == 1)
		rise(f, OUTCOME_ANSWERED);
	if (p->payload_length > 0)
		note_payload(f, way);
}

/* What came first may be an answer that overtook this, its question. */
static void
doubt_initiator(struct flow *f, const struct arrival *a, int side)
{
	struct conversation *c = &f->conversation;

	if (side == f->initiator_side || f->way[1].seen ||
	    !initiator_may_turn(c, a->time.us))
		return;
	swap_ends(f);
	c->initiator = INITIATOR_UNCERTAIN;
	rise(f, OUTCOME_ANSWERED);
	f->dirty = true;
}

/* ---- TCP's sequence numbers */

/* Payload: what of it is new, and where it stands. */
static void
sequence_payload(struct sequence *s, const struct packet *p, uint32_t seq,
    struct tracked *out)
{
	const bool known = s->known;
	const uint64_t high = s->high;
	uint64_t start;

	out->fresh = sequence_data(s, seq, p->payload_length, out->first_place);
	out->newest = out->fresh > 0 && (!known || s->high != high);
	start = s->high - p->payload_length;
	out->gap = out->newest &&
	    (!known || start > high || high - start > p->payload_length);
}

/* Whether an acknowledgement seen there has the numbers that w is counted by.
 */
static bool
is_ack_here(struct flow_way *w, int place)
{
	if (w->ack_place == FLOW_PLACE_ANEW)
		w->ack_place = (int8_t)place;
	return place == (w->seen ? w->place : w->ack_place);
}

/* Numbers of the opening and of the end, and acknowledgements. */
static void
sequence_tcp(struct flow *f, const struct packet *p, int place,
    struct tracked *out)
{
	const int way = out->way;
	const bool first_place = out->first_place;
	struct flow_way *w = &f->way[way];
	const uint8_t flags = p->tcp_flags;
	uint32_t seq = p->tcp_seq;

	if (initiator_opens(p) && first_place && (!w->syn || w->isn != seq)) {
		w->syn = true;
		w->isn = seq;
		sequence_begin(&w->sequence, seq);
	}
	if (initiator_opens(p)) {
		sequence_open(&w->sequence);
		sequence_open(&f->way[!way].sequence);
	}
	seq += flags & TCP_SYN ? 1 : 0;
	if (!(flags & TCP_RST))
		sequence_payload(&w->sequence, p, seq, out);
	if (flags & TCP_ACK && !(flags & TCP_RST))
		sequence_ack(&f->way[!way].sequence, p->tcp_ack,
		    is_ack_here(&f->way[!way], place));
	if (!first_place && !sequence_near(&w->sequence, seq))
		return;
	if (flags & TCP_FIN) {
		sequence_fin(&w->sequence, seq + p->payload_length);
		w->fin = true;
	}
	if (flags & TCP_RST && sequence_near(&w->sequence, seq))
		w->reset = true;
	else if (out->fresh > 0)
		w->reset = false; /* it was not the sender's own */
}

static void
check_one_way(struct flow *f, bool settled)
{
	struct conversation *c = &f->conversation;
	bool one_way;

	if (!flow_is_tcp(f))
		return;
	one_way = f->more && f->way[0].seen != f->way[1].seen &&
	    (settled || c->last.us - c->first.us >= FLOW_SETTLE_US);
	f->dirty = f->dirty || one_way != c->one_way;
	c->one_way = one_way;
}

/* ---- packets */

static void
set_once(bool *flag, bool value, bool *changed)
{
	*changed = *changed || (value && !*flag);
	*flag = *flag || value;
}

/* A copy at a place that has shown that direction says nothing. */
static bool
is_seen_again(const struct conversation *c, int place, int way,
    const struct arrival *a)
{
	return a->again && c->sightings[place].way[way].frames > 0;
}

static int
note_place(struct flow *f, const struct arrival *a, struct tracked *out)
{
	struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;
	struct flow_way *w = &f->way[out->way];
	const int place = sight_place(c, a->tap, p->tags, p->tag_count,
	    a->carrier != 0, &f->dirty);

	if (place >= 0 && !is_seen_again(c, place, out->way, a))
		sight_packet(c, place, out->way, p, a->frames, &w->macs,
		    &f->dirty);
	if (!w->seen || w->place == FLOW_PLACE_ANEW)
		w->place = (int8_t)place;
	w->seen = true;
	out->first_place = place == w->place;
	out->copy = a->copy;
	if (out->first_place && !out->copy) {
		w->packets += a->frames;
		w->bytes += a->bytes;
	}
	return place;
}

void
track_packet(struct flow *f, const struct arrival *a, int side,
    struct tracked *out)
{
	struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;
	int place;

	memset(out, 0, sizeof(*out));
	if (initiator_opens(p))
		correct_initiator(f, p, side);
	doubt_initiator(f, a, side);
	out->way = side ^ f->initiator_side;
	f->frames += a->frames;
	if (a->time.us > c->last.us)
		c->last = a->time;
	place = note_place(f, a, out);
	set_once(&c->tunnel, a->sealed, &f->dirty);
	set_once(&c->cut, out->first_place && p->payload_cut, &f->dirty);
	if (flow_is_tcp(f)) {
		f->way[out->way].tcp_flags |= p->tcp_flags;
		sequence_tcp(f, p, place, out);
		outcome_tcp(f, p, out->way, out->fresh, place);
	} else {
		outcome_other(f, p, out->way);
	}
	check_one_way(f, false);
	out->both = place >= 0 && c->sightings[place].way[0].frames > 0 &&
	    c->sightings[place].way[1].frames > 0;
	out->feed = (out->first_place && !out->copy) || out->fresh > 0;
}

static bool
is_unreachable(const struct packet *p)
{
	if (p->source.family == 4)
		return p->icmp_type == ICMP4_UNREACHABLE &&
		    p->icmp_code != ICMP4_TOO_BIG;
	return p->icmp_type == ICMP6_UNREACHABLE;
}

void
track_error(struct flow *f, const struct arrival *a, int quoted_side)
{
	struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;
	int place;

	f->frames += a->frames;
	if (a->time.us > c->last.us)
		c->last = a->time;
	if (quoted_side != f->initiator_side || !is_unreachable(p) ||
	    c->outcome >= OUTCOME_ANSWERED)
		return;
	if (c->refused_from.family == 0)
		c->refused_from = p->source;
	refuse(f, REFUSAL_UNREACHABLE);
	/* Only where packets of it were seen: an error's own way is not the
	 * conversation's. */
	place = sight_find(c, a->tap, p->tags, p->tag_count, a->carrier != 0);
	if (place >= 0)
		sight_refusal(c, place, 1, p, &f->dirty);
}

void
track_settle(struct flow *f)
{
	/* Whether it passed the firewall is settled now too. */
	if (f->conversation.outcome < OUTCOME_ANSWERED)
		f->dirty = true;
	check_one_way(f, true);
}

void
track_end(struct flow *f)
{
	struct conversation *c = &f->conversation;
	bool lost = false;

	c->ended = true;
	check_one_way(f, true);
	for (int i = 0; i < 2 && flow_is_tcp(f); i++)
		lost = sequence_end(&f->way[i].sequence) > 0 ||
		    f->way[i].sequence.broken || lost;
	set_once(&c->lost, lost, &f->dirty);
}
