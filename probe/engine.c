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

#include "base/mem.h"
#include "base/table.h"
#include "decode.h"
#include "engine_internal.h"
#include "locate.h"
#include "sight.h"

#define ENGINE_DIGEST_BYTES 96
/* Two places of one datagram: by source and outermost tag. Sources of one tap
 * are one; their number stays when the model is replaced. */
#define ENGINE_PLACE(source, vlan) ((uint64_t)(source) << 16 | (vlan))

static void on_lost_fragments(void *context, const struct fragment_lost *lost);

const struct tap **
engine_distinct_taps(const struct engine *e, size_t *count)
{
	const struct tap **taps = mem_calloc(e->tap_count + 1, sizeof(*taps));

	*count = 0;
	for (size_t i = 0; i < e->tap_count; i++)
		if (e->taps[i] && e->places[i] == i)
			taps[(*count)++] = e->taps[i];
	return taps;
}

void
engine_find_places(struct engine *e)
{
	for (uint32_t i = 0; i < e->tap_count; i++) {
		uint32_t first = 0;

		while (
		    first < i && (!e->taps[i] || e->taps[first] != e->taps[i]))
			first++;
		e->places[i] = first;
	}
}

/* Where conversations and counts are kept: here, or where they outlive this
 * process. */
static void
keep_in(struct engine *e, const struct engine_options *options,
    const char *const *files)
{
	struct region_account *accounts = NULL;

	e->generation = options->generation;
	e->counters = &e->own;
	e->region = options->region;
	if (e->region) {
		struct region_status *status = region_status(e->region);

		e->counters = &status->counters;
		if (e->tap_count <= CAPTURE_SOURCES_MAX)
			accounts = status->accounts;
		if (status->next_id == 0)
			status->next_id = e->next_id;
		e->next_id = status->next_id;
		atomic_store(&status->generation, e->generation);
	}
	coverage_init(&e->coverage, e->model, e->taps, files, e->tap_count,
	    accounts);
}

static uint32_t
most_conversations(const struct engine_options *options)
{
	const uint32_t max = options->conversations_max ?
	    options->conversations_max :
	    FLOW_MAX_DEFAULT;

	return options->region && region_capacity(options->region) < max ?
	    region_capacity(options->region) :
	    max;
}

/* Taps and what is known of each. */
static void
take_taps(struct engine *e, const struct tap *const *taps, size_t count,
    int64_t silent_after_us)
{
	const struct tap **distinct;
	size_t distinct_count;

	e->tap_count = count;
	e->taps = mem_calloc(count + 1, sizeof(*e->taps));
	e->places = mem_calloc(count + 1, sizeof(*e->places));
	for (size_t i = 0; i < count; i++)
		e->taps[i] = taps[i];
	engine_find_places(e);
	e->watching = mem_calloc(e->model->tap_count + 1, sizeof(*e->watching));
	e->watched_us = mem_calloc(e->model->tap_count + 1,
	    sizeof(*e->watched_us));
	for (size_t i = 0; i < e->model->tap_count; i++)
		e->watched_us[i] = ENGINE_UNWATCHED;
	e->unwatched = true;
	distinct = engine_distinct_taps(e, &distinct_count);
	e->silence = silence_new(e->model, distinct, distinct_count,
	    silent_after_us);
	free(distinct);
}

struct engine *
engine_new(const struct model *m, const struct tap *const *taps,
    const char *const *files, size_t tap_count,
    const struct engine_options *options, const struct observer *observer,
    char *error, size_t size)
{
	struct identifier *identifier = identifier_new(m, options->secret,
	    error, size);
	struct engine *e;

	if (!identifier)
		return NULL;
	e = mem_calloc(1, sizeof(*e));
	e->model = m;
	e->observer = observer;
	e->identifier = identifier;
	e->is_live = e->time.live = options->is_live;
	e->stride = options->flow_id_stride ? options->flow_id_stride : 1;
	e->first_id = e->next_id = options->flow_id_base;
	take_taps(e, taps, tap_count, options->silent_after_us);
	e->flows = flow_table_new(most_conversations(options), options->secret);
	e->fragments = fragment_new(options->secret);
	fragment_tell(e->fragments, on_lost_fragments, e);
	keep_in(e, options, files);
	owner_init(&e->owners, m);
	memcpy(e->secret, options->secret, sizeof(e->secret));
	e->announcer.model = m;
	e->announcer.observer = observer;
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
	silence_free(e->silence);
	free(e->watched_us);
	free(e->watching);
	free(e->places);
	free(e->taps);
	free(e);
}

/* ---- packets */

/* Whether the tap had been watched for so long that an unknown conversation
 * must be a new one. */
static bool
was_watched(const struct engine *e, const struct tap *tap,
    const struct packet *p)
{
	const int64_t watched = e->watched_us[tap->index];
	const int64_t since = watched > e->forgot_us ? watched : e->forgot_us;

	return watched != ENGINE_UNWATCHED &&
	    e->time.idle.us - since > flow_timeout_us(track_idle_of(p));
}

void
engine_place_flow(const struct engine *e, struct flow *f)
{
	const struct conversation *c = &f->conversation;

	for (int i = 0; i < 2; i++) {
		const struct place place = locate_address(e->model, c->boundary,
		    &c->address[i ^ f->initiator_side]);

		f->zones[i] = place.zone;
		f->segment_only[i] = place.kind == PLACE_SEGMENT;
	}
}

/* Makes room and a new entry. */
static struct flow *
open_flow(struct engine *e, const struct flow_key *key,
    const struct boundary *boundary, struct arrival *a, int side)
{
	struct flow *f;

	if (flow_full(e->flows)) {
		engine_end_flow(e, flow_oldest(e->flows), ENDING_EVICTED);
		/* Its next packet will look like a first one. */
		e->forgot_us = e->time.idle.us;
	}
	a->watched = was_watched(e, a->tap, a->packet);
	f = flow_add(e->flows, key, e->time.idle.us);
	f->id = e->next_id;
	engine_step_id(e);
	track_begin(f, boundary, a, side);
	f->conversation.watching = e->watching;
	engine_place_flow(e, f);
	e->counters->of[COUNTER_CONVERSATIONS]++;
	if (identify_begin(e->identifier, f, a->packet, e->time.idle))
		e->counters->of[COUNTER_CORRELATED]++;
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
		e->counters->of[COUNTER_ICMP_ERROR_UNMATCHED]++;
		return false;
	}
	e->counters->of[COUNTER_ICMP_ERROR_MATCHED]++;
	track_error(f, a, side);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	announce(&e->announcer, f);
	if (e->region)
		region_put(e->region, f, e->generation);
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
	bool is_new = false;
	struct flow *f;
	int side;

	if (take_error(e, boundary, a)) {
		e->counters->judged += a->frames;
		return;
	}
	side = flow_key_of(&key, boundary->index, a->packet, &source,
	    &destination);
	f = flow_find(e->flows, &key);
	if (f && track_reused(f, a, side)) {
		engine_end_flow(e, f, ENDING_REUSED);
		f = NULL;
	}
	if (!f) {
		f = open_flow(e, &key, boundary, a, side);
		is_new = true;
	}
	track_packet(f, a, side, &tracked);
	/* Whatever its payload does, it was there, and counts from here on. */
	if (is_new && e->region)
		region_put(e->region, f, e->generation);
	e->counters->judged += a->frames;
	e->counters->of[COUNTER_COPIES] += tracked.copy;
	silence_packet(e->silence, f, tracked.way, a->tap, a->time);
	coverage_packet(&e->coverage, a->source, f, tracked.way, a->packet,
	    tracked.fresh);
	if (tracked.feed)
		identify_packet(e->identifier, f, a, &tracked, e->time.idle);
	flow_touch(e->flows, f, track_idle(f), e->time.idle.us);
	announce(&e->announcer, f);
	if (e->region)
		region_put(e->region, f, e->generation);
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

/* Fragments that stay without the rest are judged by their addresses, as of
 * the time at which the first of them came. */
static void
on_lost_fragments(void *context, const struct fragment_lost *lost)
{
	struct engine *e = context;
	const uint32_t source = (uint32_t)(lost->place >> 16);
	struct packet p;
	struct arrival a = { .packet = &p,
		.tap = e->taps[source],
		.source = source,
		.time = { e->time.now.us - (e->time.idle.us - lost->begun.us) },
		.frames = lost->frames,
		.bytes = (uint64_t)lost->packet->ip_length * lost->frames };

	if (!a.tap) { /* the model has it no more */
		e->counters->frames[FRAME_TAP_UNKNOWN] += lost->frames;
		return;
	}
	strip(lost->packet, lost->packet->payload_cut, &p);
	take_packet(e, &a);
}

static void
take_fragment(struct engine *e, const struct frame *f, const struct packet *p,
    struct arrival *a)
{
	struct packet whole;
	const uint16_t vlan = p->tag_count ? p->tags[0] : 0;

	if (fragment_add(e->fragments, p,
		ENGINE_PLACE(e->places[a->source], vlan), e->time.idle, &whole,
		&a->frames) != FRAGMENT_COMPLETE)
		return;
	e->counters->of[COUNTER_DATAGRAMS_JOINED]++;
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

	e->counters->tunnels[p->tunnel]++;
	switch (p->kind) {
	case PACKET_ARP:
		e->counters->frames[FRAME_ARP]++;
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
		e->counters->frames[p->tunnel == TUNNEL_NONE ? FRAME_NOT_IP :
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
	if (e->watched_us[tap->index] == ENGINE_UNWATCHED)
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

	e->counters->layers[status][p->layer]++;
	if (p->destination.family == 0) {
		e->counters->frames[reasons[status]]++;
		return;
	}
	e->counters->of[COUNTER_UNREADABLE]++;
	strip(p, status == DECODE_TRUNCATED, &known);
	take_packet(e, &a);
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
	watch(e, e->taps[f->source]);
	silence_frame(e->silence, e->taps[f->source], f->time);
	e->counters->of[COUNTER_FRAMES_CUT] += f->captured < f->wire;
	if (coverage_frame(&e->coverage, f))
		e->counters->of[COUNTER_TIME_BACKWARD]++;
	status = decode_frame(f->link_type, f->bytes, f->captured, f->wire, &p);
	coverage_tags(&e->coverage, f->source, p.tags, p.tag_count);
	if (status == DECODE_OK)
		take_decoded(e, f, &p);
	else
		take_undecoded(e, status, f, &p);
}
