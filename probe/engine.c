/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See engine.h. A frame takes this way: its time ends what has waited for
 * long enough; it is decoded, fragments are joined; its conversation is found
 * or opened, takes what the packet says (track), is named (identify), and is
 * judged and told of when something has changed (announce).
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "announce.h"
#include "base/mem.h"
#include "base/table.h"
#include "counters.h"
#include "coverage.h"
#include "decode.h"
#include "flow.h"
#include "fragment.h"
#include "identify.h"
#include "locate.h"
#include "owner.h"
#include "sight.h"
#include "timeline.h"
#include "track.h"

#define ENGINE_TICK_US CLOCK_SECOND
#define ENGINE_DIGEST_BYTES 96
#define ENGINE_TALLY_US (10 * CLOCK_MINUTE)
/* Two places of one datagram: by tap and outermost tag. */
#define ENGINE_PLACE(tap, vlan) ((uint64_t)(tap) << 16 | (vlan))

struct engine {
	const struct model *model;
	const struct observer *observer;
	const struct tap **taps; /* owned array, by source */
	size_t tap_count;
	bool *watching;		  /* owned, by tap index: it delivers frames */
	int64_t *watched_us;	  /* owned, by tap index: since when */
	struct flow_table *flows; /* owned, as are the next two */
	struct fragment_table *fragments;
	struct identifier *identifier;
	struct owner_table owners;
	struct coverage coverage;
	uint8_t secret[16];
	struct counters counters;
	struct counters_rows rows;
	struct announcer announcer;
	struct timeline time;
	int64_t ticked_us, tallied_us; /* idle time of the last one */
	int64_t forgot_us; /* idle time when something was last forgotten */
	uint64_t next_id;
	bool finished;
};

static void on_lost_fragments(void *context, const struct fragment_lost *lost);

struct engine *
engine_new(const struct model *m, const struct tap *const *taps,
    const char *const *files, size_t tap_count,
    const struct engine_options *options, const struct observer *observer,
    char *error, size_t size)
{
	struct identifier *identifier = identifier_new(m, options->secret,
	    error, size);
	const uint32_t max = options->conversations_max;
	struct engine *e;

	if (!identifier)
		return NULL;
	e = mem_calloc(1, sizeof(*e));
	e->model = m;
	e->observer = observer;
	e->identifier = identifier;
	e->tap_count = tap_count;
	e->taps = mem_calloc(tap_count + 1, sizeof(*e->taps));
	for (size_t i = 0; i < tap_count; i++)
		e->taps[i] = taps[i];
	e->watching = mem_calloc(m->tap_count + 1, sizeof(*e->watching));
	e->watched_us = mem_calloc(m->tap_count + 1, sizeof(*e->watched_us));
	e->flows = flow_table_new(max ? max : FLOW_MAX_DEFAULT,
	    options->secret);
	e->fragments = fragment_new(options->secret);
	fragment_tell(e->fragments, on_lost_fragments, e);
	coverage_init(&e->coverage, m, taps, files, tap_count);
	owner_init(&e->owners, m);
	memcpy(e->secret, options->secret, sizeof(e->secret));
	e->announcer.model = m;
	e->announcer.observer = observer;
	e->next_id = options->flow_id_base;
	return e;
}

void
engine_free(struct engine *e)
{
	struct flow *f;

	if (!e)
		return;
	while ((f = flow_oldest(e->flows)) != NULL) {
		identify_free(e->identifier, f);
		flow_remove(e->flows, f);
	}
	flow_table_free(e->flows);
	fragment_free(e->fragments);
	identifier_free(e->identifier);
	coverage_fini(&e->coverage);
	owner_fini(&e->owners);
	free(e->watched_us);
	free(e->watching);
	free(e->taps);
	free(e);
}

/* ---- the end of a conversation */

static enum counter
counter_of(enum ending ending)
{
	switch (ending) {
	case ENDING_TCP_END:
		return COUNTER_ENDED_TCP;
	case ENDING_TIMEOUT:
		return COUNTER_ENDED_TIMEOUT;
	case ENDING_EVICTED:
		return COUNTER_ENDED_EVICTED;
	case ENDING_REUSED:
		return COUNTER_ENDED_REUSED;
	default:
		return COUNTER_ENDED_SHUTDOWN;
	}
}

/* Every conversation leaves through here, and is told of once more. */
static void
end_flow(struct engine *e, struct flow *f, enum ending ending)
{
	const bool closed = track_state(f) == FLOW_CLOSED;

	if (closed && (ending == ENDING_TIMEOUT || ending == ENDING_SHUTDOWN))
		ending = ENDING_TCP_END;
	track_end(f);
	identify_end(e->identifier, f);
	e->counters.of[counter_of(ending)]++;
	e->counters.of[COUNTER_SIGHTINGS_FULL] +=
	    f->conversation.sightings_full;
	e->counters.of[COUNTER_TARGETS_FULL] += f->conversation.targets_full;
	coverage_conversation(&e->coverage, f);
	announce_final(&e->announcer, f, ending, e->time.now);
	identify_free(e->identifier, f);
	flow_remove(e->flows, f);
}

/* Judges what began a while ago and got no further, before alerts that wait
 * for it are written. */
static void
settle_flows(struct engine *e)
{
	struct flow *f;

	while ((f = flow_settled(e->flows, e->time.idle.us)) != NULL) {
		track_settle(f);
		announce_settled(&e->announcer, f);
	}
}

static void
expire_flows(struct engine *e)
{
	struct flow *f;

	while ((f = flow_expired(e->flows, e->time.idle.us)) != NULL)
		end_flow(e, f, ENDING_TIMEOUT);
}

/* ---- time */

static void
tell_tally(struct engine *e, bool final)
{
	struct tally t = { .now = e->time.now, .final = final };
	const struct fragment_counters *f = fragment_counters(e->fragments);

	e->counters.of[COUNTER_TIME_RESTARTED] = e->time.restarts;
	e->counters.of[COUNTER_CONVERSATIONS_OPEN] = flow_count(e->flows);
	e->counters.of[COUNTER_JUDGED_TIMES] = e->announcer.judgements;
	e->counters.of[COUNTER_CLASSIFIER_REFUSED] = identifier_refused(
	    e->identifier);
	e->counters.of[COUNTER_FRAGMENTS] = f->fragments;
	e->counters.of[COUNTER_FRAGMENTS_JOINED] = f->joined;
	e->counters.of[COUNTER_FRAGMENTS_UNJOINED] = f->told;
	counters_tally(&e->counters, f, &e->rows, &t);
	t.taps = coverage_accounts(&e->coverage);
	t.tap_count = e->tap_count;
	if (e->observer->account)
		e->observer->account(e->observer->context, &t);
}

/* What is due by time, in this order: alerts that wait are written on a tick,
 * and must have heard before what came of their conversations. */
static void
do_due(struct engine *e)
{
	settle_flows(e);
	expire_flows(e);
	if (timeline_due(&e->time, &e->ticked_us, ENGINE_TICK_US)) {
		fragment_expire(e->fragments, e->time.idle, false);
		if (e->observer->tick)
			e->observer->tick(e->observer->context, e->time.now);
	}
	if (timeline_due(&e->time, &e->tallied_us, ENGINE_TALLY_US))
		tell_tally(e, false);
}

/* Takes the time of a frame that was not counted yet. */
static void
take_time(struct engine *e, struct wall_us time)
{
	const uint64_t restarts = e->time.restarts;

	if (!e->time.started)
		coverage_begin(&e->coverage, e->observer, time);
	if (timeline_advance(&e->time, time))
		do_due(e);
	/* What is open may be older or younger than it looks, so nobody's
	 * beginning is known. */
	if (e->time.restarts != restarts)
		e->forgot_us = e->time.idle.us;
}

/* ---- packets */

/* Whether the tap had been watched for so long that an unknown conversation
 * must be a new one. */
static bool
was_watched(const struct engine *e, const struct tap *tap,
    const struct packet *p)
{
	const int64_t since = e->watched_us[tap->index] > e->forgot_us ?
	    e->watched_us[tap->index] :
	    e->forgot_us;

	return e->time.idle.us - since > flow_timeout_us(track_idle_of(p));
}

/* Makes room and a new entry. */
static struct flow *
open_flow(struct engine *e, const struct flow_key *key,
    const struct boundary *boundary, struct arrival *a, int side)
{
	struct flow *f;

	if (flow_full(e->flows)) {
		end_flow(e, flow_oldest(e->flows), ENDING_EVICTED);
		/* Its next packet will look like a first one. */
		e->forgot_us = e->time.idle.us;
	}
	a->watched = was_watched(e, a->tap, a->packet);
	f = flow_add(e->flows, key, e->time.idle.us);
	f->id = e->next_id++;
	track_begin(f, boundary, a, side);
	f->conversation.watching = e->watching;
	for (int i = 0; i < 2; i++) {
		const struct place place = locate_address(e->model, boundary,
		    &f->conversation.address[i ^ f->initiator_side]);

		f->zones[i] = place.zone;
		f->segment_only[i] = place.kind == PLACE_SEGMENT;
	}
	e->counters.of[COUNTER_CONVERSATIONS]++;
	if (identify_begin(e->identifier, f, a->packet, e->time.idle))
		e->counters.of[COUNTER_CORRELATED]++;
	return f;
}

/* The open conversation that an ICMP error is about, or NULL; *side is the
 * end of its key that sent what is quoted. */
static struct flow *
find_quoted(const struct engine *e, const struct boundary *boundary,
    const struct packet *p, int *side)
{
	const struct addr source = owner_of(&e->owners, boundary,
	    &p->quoted.source);
	const struct addr destination = owner_of(&e->owners, boundary,
	    &p->quoted.destination);
	const struct addr told = owner_of(&e->owners, boundary,
	    &p->destination);
	struct flow_key key;

	/* It goes to who sent what it quotes, or it is something else. */
	if (!addr_equal(&told, &source))
		return NULL;
	*side = flow_key_quoted(&key, boundary->index, &p->quoted, &source,
	    &destination);
	return *side < 0 ? NULL : flow_find(e->flows, &key);
}

/* The same zone, or one within the other. */
static bool
is_family(const struct zone *a, const struct zone *b)
{
	return zone_is_above(a, b) || zone_is_above(b, a);
}

/* Whether an error about f may come from who says that he sent it: a zone in
 * which f ends, or the boundary itself, by way of its own routers. */
static bool
is_plausible(const struct engine *e, const struct flow *f,
    const struct arrival *a)
{
	const struct place place = locate_address(e->model, a->tap->boundary,
	    &a->packet->source);

	if (place.kind == PLACE_FIREWALL || sight_is_router(a->tap, a->packet))
		return sight_by_router(a->tap, a->packet);
	return place.kind == PLACE_ZONE &&
	    (is_family(place.zone, f->zones[0]) ||
		is_family(place.zone, f->zones[1]));
}

/* The conversation that an ICMP error is about gets it. */
static bool
take_error(struct engine *e, const struct boundary *boundary,
    const struct arrival *a)
{
	struct flow *f;
	int side = -1;

	if (!a->packet->quoted.given)
		return false;
	f = find_quoted(e, boundary, a->packet, &side);
	if (!f || !is_plausible(e, f, a)) {
		e->counters.of[COUNTER_ICMP_ERROR_UNMATCHED]++;
		return false;
	}
	e->counters.of[COUNTER_ICMP_ERROR_MATCHED]++;
	track_error(f, a, side);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	announce(&e->announcer, f);
	return true;
}

static void
take_packet(struct engine *e, struct arrival *a)
{
	const struct boundary *boundary = a->tap->boundary;
	const struct addr source = owner_of(&e->owners, boundary,
	    &a->packet->source);
	const struct addr destination = owner_of(&e->owners, boundary,
	    &a->packet->destination);
	struct tracked tracked;
	struct flow_key key;
	struct flow *f;
	int side;

	e->counters.judged += a->frames;
	if (take_error(e, boundary, a))
		return;
	side = flow_key_of(&key, boundary->index, a->packet, &source,
	    &destination);
	f = flow_find(e->flows, &key);
	if (f && track_reused(f, a, side)) {
		end_flow(e, f, ENDING_REUSED);
		f = NULL;
	}
	if (!f)
		f = open_flow(e, &key, boundary, a, side);
	track_packet(f, a, side, &tracked);
	e->counters.of[COUNTER_COPIES] += tracked.copy;
	coverage_packet(&e->coverage, a->source, f, tracked.way, a->packet,
	    tracked.fresh);
	if (tracked.feed)
		identify_packet(e->identifier, f, a, &tracked, e->time.idle);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	announce(&e->announcer, f);
}

/* ---- frames */

/* A joined datagram took frames frames of about the size of its last. */
static uint64_t
joined_bytes(const struct frame *f, const struct packet *last,
    const struct packet *whole, uint32_t frames)
{
	const uint64_t header = last->source.family == 6 ? 48 : 20;
	const uint64_t link = f->wire > last->ip_length ?
	    f->wire - last->ip_length :
	    0;

	return whole->ip_length + (frames - 1) * header + frames * link;
}

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
	if (p->ip_length > header)
		out->payload_length = p->ip_length - header;
	out->payload_cut = cut;
}

/* A source of the tap of an ENGINE_PLACE. */
static uint32_t
source_at(const struct engine *e, uint64_t place)
{
	uint32_t source = 0;

	while (
	    source + 1 < e->tap_count && e->taps[source]->index != place >> 16)
		source++;
	return source;
}

/* Fragments that stay without the rest are judged by their addresses, as of
 * the time at which the first of them came. */
static void
on_lost_fragments(void *context, const struct fragment_lost *lost)
{
	struct engine *e = context;
	const uint32_t source = source_at(e, lost->place);
	struct packet p;
	struct arrival a = { .packet = &p,
		.tap = e->taps[source],
		.source = source,
		.time = { e->time.now.us - (e->time.idle.us - lost->begun.us) },
		.frames = lost->frames,
		.bytes = (uint64_t)lost->packet->ip_length * lost->frames };

	strip(lost->packet, lost->packet->payload_cut, &p);
	take_packet(e, &a);
}

static void
take_fragment(struct engine *e, const struct frame *f, const struct packet *p,
    struct arrival *a)
{
	struct packet whole;
	const uint16_t vlan = p->tag_count ? p->tags[0] : 0;

	if (fragment_add(e->fragments, p, ENGINE_PLACE(a->tap->index, vlan),
		e->time.idle, &whole, &a->frames) != FRAGMENT_COMPLETE)
		return;
	e->counters.of[COUNTER_DATAGRAMS_JOINED]++;
	a->packet = &whole;
	a->digest = 0;
	a->bytes = joined_bytes(f, p, &whole, a->frames);
	take_packet(e, a);
}

/* Names a frame by its bytes. The headers tell frames apart: checksums, the IP
 * identification and sequence numbers are among them. */
static uint64_t
frame_digest(const struct engine *e, const struct frame *f)
{
	const size_t n = f->captured < ENGINE_DIGEST_BYTES ?
	    f->captured :
	    ENGINE_DIGEST_BYTES;

	return table_hash(e->secret, f->bytes, n) + f->wire;
}

static void
take_decoded(struct engine *e, const struct frame *f, const struct packet *p)
{
	struct arrival a = { .packet = p,
		.tap = e->taps[f->source],
		.source = f->source,
		.time = f->time,
		.frames = 1,
		.bytes = f->wire,
		.digest = frame_digest(e, f) };

	e->counters.tunnels[p->tunnel]++;
	switch (p->kind) {
	case PACKET_ARP:
		e->counters.frames[FRAME_ARP]++;
		break;
	case PACKET_IP:
	case PACKET_FRAGMENT:
		if (p->kind == PACKET_FRAGMENT ||
		    (p->fragment &&
			(p->fragment_offset > 0 || p->more_fragments)))
			take_fragment(e, f, p, &a);
		else
			take_packet(e, &a);
		break;
	default:
		/* What it carries is not seen, which is not to say that it
		 * is nothing. */
		e->counters.frames[p->tunnel == TUNNEL_NONE ? FRAME_NOT_IP :
							      FRAME_TUNNEL]++;
		break;
	}
}

static void
watch(struct engine *e, const struct tap *tap)
{
	if (e->watching[tap->index])
		return;
	e->watching[tap->index] = true;
	e->watched_us[tap->index] = e->time.idle.us;
}

/* What could not be decoded; a crossing is judged where its ends are known. */
static void
take_undecoded(struct engine *e, enum decode_status status,
    const struct frame *f, const struct packet *p)
{
	static const enum unjudged_frame reasons[DECODE_STATUS_COUNT] = {
		[DECODE_TRUNCATED] = FRAME_TRUNCATED,
		[DECODE_MALFORMED] = FRAME_MALFORMED,
		[DECODE_UNSUPPORTED] = FRAME_UNSUPPORTED,
	};

	struct packet known;
	struct arrival a = { .packet = &known,
		.tap = e->taps[f->source],
		.source = f->source,
		.time = f->time,
		.frames = 1,
		.bytes = f->wire,
		.digest = frame_digest(e, f) };

	e->counters.layers[status][p->layer]++;
	if (p->destination.family == 0) {
		e->counters.frames[reasons[status]]++;
		return;
	}
	e->counters.of[COUNTER_UNREADABLE]++;
	strip(p, status == DECODE_TRUNCATED, &known);
	take_packet(e, &a);
}

void
engine_frame(struct engine *e, const struct frame *f)
{
	enum decode_status status;
	struct packet p;

	if (f->source < e->tap_count)
		take_time(e, f->time);
	e->counters.read++;
	e->counters.bytes += f->wire;
	if (f->source >= e->tap_count) {
		e->counters.frames[FRAME_TAP_UNKNOWN]++;
		return;
	}
	watch(e, e->taps[f->source]);
	e->counters.of[COUNTER_FRAMES_CUT] += f->captured < f->wire;
	if (coverage_frame(&e->coverage, f))
		e->counters.of[COUNTER_TIME_BACKWARD]++;
	status = decode_frame(f->link_type, f->bytes, f->captured, f->wire, &p);
	coverage_tags(&e->coverage, f->source, p.tags, p.tag_count);
	if (status == DECODE_OK)
		take_decoded(e, f, &p);
	else
		take_undecoded(e, status, f, &p);
}

void
engine_finish(struct engine *e)
{
	struct flow *f;

	if (e->finished)
		return;
	e->finished = true;
	if (!e->time.started)
		coverage_begin(&e->coverage, e->observer, e->time.now);
	fragment_expire(e->fragments, e->time.idle, true);
	while ((f = flow_oldest(e->flows)) != NULL)
		end_flow(e, f, ENDING_SHUTDOWN);
	coverage_end(&e->coverage, e->observer, e->time.now);
	tell_tally(e, true);
}
