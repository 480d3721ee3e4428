/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A frame's way through the engine up to its packets: it is decoded, fragments
 * are joined, and what a tunnel carries is opened and taken like another
 * arrival after the packet that carried it. Where a mirror only sent frames
 * here through a tunnel, the inside is the frame and the outside is nobody's.
 * A frame is accounted for once, with its outermost packet that is judged.
 */
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "engine_internal.h"
#include "locate.h"
#include "sight.h"

/* What a packet carries, as far as it could be opened. */
struct inside {
	bool given;		   /* packet is as far as decoding came */
	enum decode_status status; /* DECODE_OK and not given: nothing */
	struct packet packet;
};

static const enum unjudged_frame unread_reasons[DECODE_STATUS_COUNT] = {
	[DECODE_OK] = FRAME_NOT_IP,
	[DECODE_TRUNCATED] = FRAME_TRUNCATED,
	[DECODE_MALFORMED] = FRAME_MALFORMED,
	[DECODE_UNSUPPORTED] = FRAME_UNSUPPORTED,
};

static void take_kind(struct engine *e, struct arrival *a, unsigned nesting);
static void take_shown(struct engine *e, struct arrival *a,
    enum decode_status status, unsigned nesting);

/* ---- packets that are not whole */

/* What is known of a packet that could not be read to its ports: between
 * whom, by which protocol, and that there was something. */
static void
strip(const struct packet *p, bool cut, struct packet *out)
{
	const uint32_t header = p->source.family == 6 ? 40 : 20;

	memset(out, 0, sizeof(*out));
	out->kind = PACKET_IP;
	out->layer = p->layer;
	out->unreadable = true;
	out->has_macs = p->has_macs;
	out->source_mac = p->source_mac;
	out->destination_mac = p->destination_mac;
	memcpy(out->tags, p->tags, sizeof(out->tags));
	out->tag_count = p->tag_count;
	out->ethertype = p->ethertype;
	out->source = p->source;
	out->destination = p->destination;
	out->ttl = p->ttl;
	out->protocol = p->protocol;
	out->ip_length = p->ip_length;
	out->headers_end = p->headers_end;
	if (p->ip_length > header)
		out->payload_length = p->ip_length - header;
	out->payload_cut = cut;
}

/* Two places of one datagram: by source, tunnel and VLAN. Sources of one tap
 * are one; their number stays when the model is replaced. */
static uint64_t
place_of(const struct engine *e, const struct arrival *a)
{
	const struct packet *p = a->packet;
	uint16_t vlan = a->vlan;

	if (!a->segment && p->tag_count)
		vlan = p->tags[0];
	return (uint64_t)e->places[a->source] << 48 |
	    (uint64_t)a->carrier << 16 | vlan;
}

/* Fragments that stay without the rest are judged by their addresses, as of
 * the time at which the first of them came. */
void
engine_lost_fragments(void *context, const struct fragment_lost *lost)
{
	struct engine *e = context;
	const uint32_t source = (uint32_t)(lost->place >> 48);
	struct packet p;
	struct arrival a = { .packet = &p,
		.tap = e->taps[source],
		.source = source,
		.carrier = (uint32_t)(lost->place >> 16),
		.time = { e->time.now.us - (e->time.idle.us - lost->begun.us) },
		.frames = lost->frames,
		.bytes = (uint64_t)lost->packet->ip_length * lost->frames };

	if (!a.tap) { /* the model has it no more */
		if (a.carrier == 0)
			e->counters->frames[FRAME_TAP_UNKNOWN] += lost->frames;
		return;
	}
	strip(lost->packet, lost->packet->payload_cut, &p);
	retain_given_up(e->retained, lost->packet, lost->place, &a);
	engine_take_packet(e, &a);
}

void
engine_expire_fragments(struct engine *e, bool end)
{
	fragment_expire(e->fragments, e->time.idle, end);
	fragment_expire(e->carried_fragments, e->time.idle, end);
}

/* A joined datagram took frames frames of about the size of its last, which
 * had bytes bytes. */
static uint64_t
joined_bytes(uint64_t bytes, const struct packet *last,
    const struct packet *whole, uint32_t frames)
{
	const uint64_t header = last->source.family == 6 ? 48 : 20;
	const uint64_t link = bytes > last->ip_length ?
	    bytes - last->ip_length :
	    0;

	return whole->ip_length + (frames - 1) * header + frames * link;
}

/* ---- what packets carry */

static void
open_inside(const struct packet *p, unsigned nesting, struct inside *in)
{
	in->given = false;
	in->status = p->carried.status;
	if (p->carried.bytes == NULL)
		return;
	in->status = DECODE_UNSUPPORTED;
	if (nesting == PACKET_NESTING_MAX)
		return;
	in->status = decode_carried(p, &in->packet);
	in->given = true;
}

/* Encrypted: what it carries is not there to be opened. */
static bool
is_encrypted(enum packet_tunnel t)
{
	return t == TUNNEL_ESP || t == TUNNEL_WIREGUARD;
}

/* Something stands in p in clear, and nobody could read it. */
static bool
is_sealed(const struct packet *p, const struct inside *in)
{
	if (is_encrypted(p->tunnel))
		return false;
	return in->status != DECODE_OK ||
	    (in->given && in->packet.kind == PACKET_OTHER &&
		in->packet.tunnel != TUNNEL_NONE);
}

/*
 * What a packet of a tunnel carried, as another arrival after it. Its segment
 * is what a tag of its own frame says, and no link layer is concluded from: it
 * was not there that the tap stands.
 */
static void
take_carried(struct engine *e, const struct arrival *outer,
    const struct inside *in, unsigned nesting)
{
	struct arrival a = *outer;
	const struct link *link;
	struct packet known;

	if (in->status != DECODE_OK && !is_encrypted(outer->packet->tunnel))
		e->counters->inner[in->status][in->given ? in->packet.layer :
							   LAYER_TUNNEL]++;
	if (!in->given)
		return;
	e->counters->of[COUNTER_CARRIED]++;
	a.packet = &in->packet;
	a.carrier = tunnel_number(e->tunnels, outer, outer->packet);
	a.frames = 1;
	a.bytes = outer->packet->carried.wire;
	a.sealed = false;
	a.segment = sight_segment(a.tap, a.packet->tags, a.packet->tag_count,
	    true, &a.vlan, &link);
	if (in->status == DECODE_OK) {
		take_kind(e, &a, nesting);
		return;
	}
	if (in->packet.destination.family == 0)
		return;
	e->counters->of[COUNTER_UNREADABLE]++;
	strip(&in->packet, in->status == DECODE_TRUNCATED, &known);
	a.packet = &known;
	engine_take_packet(e, &a);
}

/* The frame that a mirror sent here: as if the tap had shown it. */
static void
take_mirrored(struct engine *e, const struct arrival *outer, unsigned nesting)
{
	const struct carried *c = &outer->packet->carried;
	struct inside in;
	struct frame shown = { .source = outer->source,
		.time = outer->time,
		.captured = c->captured,
		.wire = c->wire,
		.link_type = c->link_type,
		.bytes = c->bytes };
	struct arrival a = { .packet = &in.packet,
		.tap = outer->tap,
		.source = outer->source,
		.time = outer->time,
		.frames = outer->frames,
		.bytes = c->wire,
		.frame = &shown };

	e->counters->of[COUNTER_MIRRORED] += outer->frames;
	open_inside(outer->packet, nesting, &in);
	if (in.given) {
		take_shown(e, &a, in.status, nesting + 1);
		return;
	}
	e->counters->frames[unread_reasons[in.status]] += outer->frames;
	if (in.status == DECODE_OK)
		return;
	e->counters->layers[in.status][LAYER_TUNNEL]++;
	coverage_undecodable(&e->coverage, outer->source);
}

/* A packet that is no fragment, or is none any more. */
static void
take_whole(struct engine *e, struct arrival *a, unsigned nesting)
{
	const struct packet *p = a->packet;
	struct inside in;

	if (p->tunnel == TUNNEL_NONE) {
		engine_take_packet(e, a);
		return;
	}
	if (tunnel_is_transport(e->tunnels, a, p)) {
		take_mirrored(e, a, nesting);
		return;
	}
	open_inside(p, nesting, &in);
	a->sealed = is_sealed(p, &in);
	engine_take_packet(e, a);
	take_carried(e, a, &in, nesting + 1);
}

static void
take_fragment(struct engine *e, struct arrival *a, unsigned nesting)
{
	const struct packet *p = a->packet;
	struct packet whole;
	uint32_t frames;

	if (a->again) { /* its like is held, or was joined already */
		if (a->carrier == 0)
			e->counters->judged += a->frames;
		return;
	}
	/* A mirror's own fragments, of which one stands for all from here. */
	if (a->carrier == 0)
		e->counters->judged += a->frames - 1;
	retain_part(e->retained, a, place_of(e, a));
	if (fragment_add(a->carrier ? e->carried_fragments : e->fragments, p,
		place_of(e, a), e->time.idle, &whole,
		&frames) != FRAGMENT_COMPLETE)
		return;
	e->counters->of[COUNTER_DATAGRAMS_JOINED]++;
	a->packet = &whole;
	a->last_part = a->frame;
	a->last_packet = p;
	a->frame = NULL;
	a->frames = frames;
	a->bytes = joined_bytes(a->bytes, p, &whole, frames);
	take_whole(e, a, nesting);
}

/* What is of no conversation. */
static void
take_other(struct engine *e, const struct arrival *a)
{
	const struct packet *p = a->packet;
	enum unjudged_frame reason = FRAME_NOT_IP;

	if (a->carrier != 0) {
		e->counters->of[COUNTER_CARRIED_OTHER]++;
		return;
	}
	/* What it carries is not seen, which is not to say that it is
	 * nothing. */
	if (p->kind == PACKET_ARP)
		reason = FRAME_ARP;
	else if (p->tunnel != TUNNEL_NONE)
		reason = FRAME_TUNNEL;
	e->counters->frames[reason] += a->frames;
}

static void
take_kind(struct engine *e, struct arrival *a, unsigned nesting)
{
	const struct packet *p = a->packet;

	if (p->kind != PACKET_IP && p->kind != PACKET_FRAGMENT)
		take_other(e, a);
	else if (p->kind == PACKET_FRAGMENT ||
	    (p->fragment && (p->fragment_offset > 0 || p->more_fragments)))
		take_fragment(e, a, nesting);
	else
		take_whole(e, a, nesting);
}

/* ---- frames as the tap shows them */

/* Where the frame stands, whether it was there before, and what the link layer
 * and the devices on it say by it. */
static void
watch_frame(struct engine *e, struct arrival *a, enum decode_status status)
{
	const struct packet *p = a->packet;
	enum duplicate kind;

	a->segment = locate_segment(a->tap, p->tags, p->tag_count, &a->vlan,
	    NULL);
	kind = duplicate_frame(e->duplicates, a->tap, a->segment, a->vlan,
	    a->frame, p);
	a->copy = kind != DUPLICATE_NONE;
	a->again = kind == DUPLICATE_AGAIN;
	e->counters->of[COUNTER_COPIES] += a->copy;
	coverage_copy(&e->coverage, a->source, a->copy);
	view_frame(e->view, a);
	if (a->copy)
		return;
	link_frame(e->link, a, status, e->observer);
	if (status == DECODE_OK)
		inventory_frame(e->inventory, a, e->observer);
}

static void
count_tunnels(struct engine *e, const struct packet *p)
{
	e->counters->tunnels[p->tunnel]++;
	if (p->wrapped != p->tunnel)
		e->counters->tunnels[p->wrapped]++;
}

/* What could not be decoded; a crossing is judged where its ends are known. */
static void
take_undecoded(struct engine *e, struct arrival *a, enum decode_status status)
{
	const struct packet *p = a->packet;
	struct packet known;

	coverage_undecodable(&e->coverage, a->source);
	e->counters->layers[status][p->layer]++;
	if (p->destination.family == 0) {
		e->counters->frames[unread_reasons[status]] += a->frames;
		return;
	}
	e->counters->of[COUNTER_UNREADABLE]++;
	strip(p, status == DECODE_TRUNCATED, &known);
	a->packet = &known;
	engine_take_packet(e, a);
}

static void
take_shown(struct engine *e, struct arrival *a, enum decode_status status,
    unsigned nesting)
{
	const struct packet *p = a->packet;

	if (status == DECODE_OK)
		count_tunnels(e, p);
	/* The outside of what a mirror sends is of no segment here. */
	if (status != DECODE_OK || !tunnel_is_transport(e->tunnels, a, p)) {
		coverage_tags(&e->coverage, a->source, p->tags, p->tag_count);
		watch_frame(e, a, status);
	}
	if (status == DECODE_OK)
		take_kind(e, a, nesting);
	else
		take_undecoded(e, a, status);
}

static void
watch(struct engine *e, const struct tap *tap)
{
	if (e->watching[tap->index])
		return;
	e->watching[tap->index] = true;
	if (e->watched_us[tap->index] == ENGINE_UNWATCHED)
		e->watched_us[tap->index] = e->time.idle.us;
}

#ifdef SEKISHO_DEBUG
/* For tests of what follows: a frame that ends the engine, or holds it. */
static void
obey(const struct frame *f)
{
	volatile bool forever = true;

	if (memmem(f->bytes, f->captured, "SEKISHO-CRASH-ME", 16))
		abort();
	if (memmem(f->bytes, f->captured, "SEKISHO-HANG-NOW", 16))
		while (forever)
			continue;
}
#endif

void
engine_frame(struct engine *e, const struct frame *f)
{
	enum decode_status status;
	struct packet p;
	struct arrival a = { .packet = &p,
		.source = f->source,
		.time = f->time,
		.frames = 1,
		.bytes = f->wire,
		.frame = f };

	if (f->source < e->tap_count)
		engine_take_time(e, f->time);
	e->counters->read++;
	e->counters->bytes += f->wire;
#ifdef SEKISHO_DEBUG
	obey(f);
#endif
	if (f->source >= e->tap_count || !e->taps[f->source]) {
		e->counters->frames[FRAME_TAP_UNKNOWN]++;
		return;
	}
	a.tap = e->taps[f->source];
	watch(e, a.tap);
	silence_frame(e->silence, a.tap, f->time);
	e->counters->of[COUNTER_FRAMES_CUT] += f->captured < f->wire;
	if (coverage_frame(&e->coverage, f))
		e->counters->of[COUNTER_TIME_BACKWARD]++;
	status = decode_frame(f->link_type, f->bytes, f->captured, f->wire, &p);
	take_shown(e, &a, status, 0);
}
