/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See retain.h. Two arrays made at once: pieces of memory, of which a packet
 * takes one or more in a chain, and sets, one a conversation, which chain its
 * packets. Sets stand in one of two lists by age. A flow holds the number of
 * its set, or, without one, how many of its first packets went by: so those
 * that are known to conform cost a comparison a packet and no memory.
 */
#include "retain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rebase.h"
#include "retain_part.h"

#define NONE UINT32_MAX
/* flow.retained without a set: a mark and how many packets went by. */
#define GONE_MARK (UINT32_C(1) << 31)
#define GONE_FINE (UINT32_C(1) << 30) /* it conforms: nothing is to be kept */
#define GONE_TOLD (UINT32_C(1) << 29) /* that nothing is left was told */
#define GONE_SEEN UINT32_C(0xff)

#define PIECE_BYTES 88 /* two headers with a tag and options */
#define SETS_SHARE 2   /* pieces for each set */

struct piece {
	uint32_t next; /* of the same packet, or of what is free */
	/* From here on only of the first one of a packet. */
	uint32_t later; /* the next packet of the set */
	int64_t time_us;
	const struct tap *tap;
	uint32_t wire;
	uint16_t nanoseconds, link_type, kept, headers;
	bool deciding, cut;
	/* Of every one. */
	uint8_t bytes[PIECE_BYTES];
};

enum age_list { LIST_FINE, LIST_OTHER, LIST_COUNT };

struct set {
	struct flow *flow;
	uint32_t first, last;  /* packets, in order of arrival */
	uint32_t older, newer; /* in its list; newer: of what is free */
	uint32_t missing;
	uint32_t epoch; /* in which it was last told */
	uint8_t list;
	uint8_t seen;	/* of the first packets of the conversation */
	uint8_t beyond; /* packets after those that are kept */
	bool payload;	/* packets are kept with it */
	bool fresh;	/* has what was not told yet */
	bool told;
};

struct retained {
	const struct model *m;
	struct piece *pieces; /* owned */
	struct set *sets;     /* owned */
	uint32_t piece_count, set_count;
	uint32_t free_pieces, free_sets;   /* lists */
	uint32_t fresh_pieces, fresh_sets; /* never used from here on */
	uint32_t oldest[LIST_COUNT], newest[LIST_COUNT];
	bool *authorised; /* owned, by zone index: payload may be kept */
	uint32_t epoch;
	uint64_t lost;
	/* The packet at hand, and where it is kept, or NONE. */
	struct flow *flow;
	const struct arrival *at;
	uint32_t at_piece;
	struct retain_parts *parts; /* owned */
	struct evidence_set out;    /* being told, and its bytes */
	uint8_t room[EVIDENCE_PACKETS_MAX][EVIDENCE_PAYLOAD_MAX];
};

/* ---- the model */

static void
take_model(struct retained *k, const struct model *m)
{
	k->m = m;
	free(k->authorised);
	k->authorised = mem_calloc(m->zone_count + 2, sizeof(bool));
	for (size_t i = 0; i < m->evidence.payload_count; i++) {
		const struct evidence_zone *z = &m->evidence.payload[i];

		if (z->zone != NULL && z->authorised)
			k->authorised[z->zone->index] = true;
	}
}

/* Both ends are in zones with an authority. */
static bool
is_authorised(const struct retained *k, const struct flow *f)
{
	for (int i = 0; i < 2; i++)
		if (f->zones[i] == NULL || !k->authorised[f->zones[i]->index])
			return false;
	return true;
}

/* What a packet carries, or quotes, may be of other zones. */
static bool
is_plain(const struct arrival *a)
{
	return a->carrier == 0 && a->packet->tunnel == TUNNEL_NONE &&
	    a->packet->wrapped == TUNNEL_NONE && !a->packet->quoted.given &&
	    a->frame != NULL;
}

struct retained *
retain_new(const struct model *m, size_t bytes)
{
	struct retained *k = mem_calloc(1, sizeof(*k));
	const size_t each = SETS_SHARE * sizeof(struct piece) +
	    sizeof(struct set);

	if (bytes < RETAIN_BYTES_LEAST)
		bytes = RETAIN_BYTES_LEAST;
	k->set_count = (uint32_t)(bytes / each);
	k->piece_count = k->set_count * SETS_SHARE;
	k->pieces = mem_calloc(k->piece_count, sizeof(*k->pieces));
	k->sets = mem_calloc(k->set_count, sizeof(*k->sets));
	k->parts = retain_parts_new();
	k->free_pieces = k->free_sets = k->at_piece = NONE;
	for (int i = 0; i < LIST_COUNT; i++)
		k->oldest[i] = k->newest[i] = NONE;
	take_model(k, m);
	return k;
}

void
retain_free(struct retained *k)
{
	if (k == NULL)
		return;
	free(k->authorised);
	free(k->pieces);
	free(k->sets);
	free(k->parts);
	free(k);
}

/* ---- lists */

static void
unlink_set(struct retained *k, struct set *s)
{
	if (s->older != NONE)
		k->sets[s->older].newer = s->newer;
	else
		k->oldest[s->list] = s->newer;
	if (s->newer != NONE)
		k->sets[s->newer].older = s->older;
	else
		k->newest[s->list] = s->older;
}

/* At the young end. */
static void
link_set(struct retained *k, struct set *s, enum age_list list)
{
	const uint32_t i = (uint32_t)(s - k->sets);

	s->list = (uint8_t)list;
	s->newer = NONE;
	s->older = k->newest[list];
	if (s->older != NONE)
		k->sets[s->older].newer = i;
	else
		k->oldest[list] = i;
	k->newest[list] = i;
}

static struct set *
set_of(const struct retained *k, const struct flow *f)
{
	if (f->retained == 0 || (f->retained & GONE_MARK) != 0)
		return NULL;
	return &k->sets[f->retained - 1];
}

/* How many of the first packets of f went by. */
static uint8_t
seen_of(const struct retained *k, const struct flow *f)
{
	const struct set *s = set_of(k, f);

	if (s != NULL)
		return s->seen;
	return (uint8_t)(f->retained & GONE_SEEN);
}

/* ---- memory */

static void
free_packet(struct retained *k, uint32_t at)
{
	uint32_t next;

	for (; at != NONE; at = next) {
		next = k->pieces[at].next;
		k->pieces[at].next = k->free_pieces;
		k->free_pieces = at;
	}
}

/* Returns how many packets there were. */
static uint32_t
free_packets(struct retained *k, struct set *s)
{
	uint32_t later, n = 0;

	for (uint32_t at = s->first; at != NONE; at = later, n++) {
		later = k->pieces[at].later;
		free_packet(k, at);
	}
	s->first = s->last = NONE;
	return n;
}

/* The flow of s goes on without it. */
static void
free_set(struct retained *k, struct set *s, uint32_t flags)
{
	(void)free_packets(k, s);
	if (k->flow == s->flow)
		k->at_piece = NONE;
	s->flow->retained = GONE_MARK | flags | s->seen;
	unlink_set(k, s);
	s->flow = NULL;
	s->newer = k->free_sets;
	k->free_sets = (uint32_t)(s - k->sets);
}

/* The oldest set but s gives way. False when there is no other. */
static bool
make_room(struct retained *k, const struct set *s)
{
	for (int i = 0; i < LIST_COUNT; i++) {
		uint32_t at = k->oldest[i];
		struct set *old;

		if (at != NONE && &k->sets[at] == s)
			at = k->sets[at].newer;
		if (at == NONE)
			continue;
		old = &k->sets[at];
		for (uint32_t p = old->first; p != NONE; p = k->pieces[p].later)
			k->lost++;
		free_set(k, old, 0);
		return true;
	}
	return false;
}

static struct set *
new_set(struct retained *k, struct flow *f)
{
	const uint8_t seen = seen_of(k, f);
	struct set *s;
	uint32_t i = k->free_sets;

	if (i != NONE)
		k->free_sets = k->sets[i].newer;
	else if (k->fresh_sets < k->set_count)
		i = k->fresh_sets++;
	else {
		(void)make_room(k, NULL);
		i = k->free_sets;
		k->free_sets = k->sets[i].newer;
	}
	s = &k->sets[i];
	memset(s, 0, sizeof(*s));
	s->flow = f;
	s->first = s->last = NONE;
	s->seen = seen;
	s->missing = seen; /* they went by before */
	f->retained = i + 1;
	link_set(k, s, LIST_OTHER);
	return s;
}

static uint32_t
new_piece(struct retained *k, const struct set *s)
{
	uint32_t at;

	for (;;) {
		at = k->free_pieces;
		if (at != NONE) {
			k->free_pieces = k->pieces[at].next;
			return at;
		}
		if (k->fresh_pieces < k->piece_count)
			return k->fresh_pieces++;
		if (!make_room(k, s))
			return NONE;
	}
}

/* Copies the bytes into as many pieces as they take; NONE: no room. */
static uint32_t
store(struct retained *k, const struct set *s, const uint8_t *bytes,
    uint32_t length)
{
	uint32_t first = NONE, last = NONE, n;

	do {
		const uint32_t at = new_piece(k, s);

		if (at == NONE) {
			free_packet(k, first);
			return NONE;
		}
		k->pieces[at].next = NONE;
		if (last != NONE)
			k->pieces[last].next = at;
		else
			first = at;
		last = at;
		n = length < PIECE_BYTES ? length : PIECE_BYTES;
		memcpy(k->pieces[at].bytes, bytes, n);
		bytes += n;
		length -= n;
	} while (length > 0);
	return first;
}

/* ---- keeping */

/* Keeps the packet as the last one of s; false where it cannot be. */
static bool
keep(struct retained *k, struct set *s, const struct arrival *a)
{
	const bool payload = is_plain(a) && is_authorised(k, s->flow);
	struct evidence_packet headers, p;
	struct piece *piece;
	uint32_t at;

	if (!retain_cut(k->m, a, false, &headers))
		return false;
	p = headers;
	if (payload)
		(void)retain_cut(k->m, a, true, &p);
	at = store(k, s, p.bytes, p.kept);
	if (at == NONE) {
		k->lost++;
		return false;
	}
	piece = &k->pieces[at];
	piece->later = NONE;
	piece->time_us = p.time.us;
	piece->tap = p.tap;
	piece->wire = p.wire;
	piece->nanoseconds = p.nanoseconds;
	piece->link_type = p.link_type;
	piece->kept = (uint16_t)p.kept;
	piece->headers = (uint16_t)headers.kept;
	piece->deciding = false;
	piece->cut = p.cut;
	if (s->last != NONE)
		k->pieces[s->last].later = at;
	else
		s->first = at;
	s->last = at;
	s->payload = s->payload || payload;
	s->fresh = true;
	k->at_piece = at;
	return true;
}

void
retain_packet(struct retained *k, struct flow *f, const struct arrival *a)
{
	uint8_t seen;
	struct set *s;

	k->flow = f;
	k->at = a;
	k->at_piece = NONE;
	if (a->copy || !k->m->evidence.headers)
		return;
	seen = seen_of(k, f);
	if (seen >= EVIDENCE_FIRST_MAX)
		return;
	if ((f->retained & GONE_MARK) != 0 && (f->retained & GONE_FINE) != 0) {
		f->retained++; /* one more went by */
		return;
	}
	s = set_of(k, f);
	if (s == NULL)
		s = new_set(k, f);
	s->seen++;
	if (!keep(k, s, a))
		s->missing++;
	else if (a->frames > 1)
		s->missing += a->frames - 1;
}

void
retain_done(struct retained *k)
{
	k->flow = NULL;
	k->at = NULL;
	k->at_piece = NONE;
}

void
retain_release(struct retained *k, struct flow *f)
{
	struct set *s = set_of(k, f);

	if (s != NULL)
		free_set(k, s, 0);
	f->retained = 0;
	if (k->flow == f)
		retain_done(k);
}

void
retain_judged(struct retained *k, struct flow *f, const struct verdict *v,
    bool is_open)
{
	const bool conforms = v->kind == VERDICT_CONFORM;
	const bool fine = (conforms && !is_open) ||
	    v->kind == VERDICT_OUT_OF_SCOPE;
	struct set *s = set_of(k, f);

	if (s == NULL) {
		if (fine)
			f->retained |= GONE_MARK | GONE_FINE;
		else
			f->retained &= ~GONE_FINE;
		return;
	}
	if (fine) {
		free_set(k, s, GONE_FINE);
		return;
	}
	if (conforms != (s->list == LIST_FINE)) {
		unlink_set(k, s);
		link_set(k, s, conforms ? LIST_FINE : LIST_OTHER);
	}
}

/* ---- telling */

/* As the recorder will see it, at the latest in the end. */
static bool
is_alerting(const struct verdict *v)
{
	if (v->kind == VERDICT_EXCEPTED)
		return false;
	return v->kind == VERDICT_VIOLATE || v->alerts;
}

/* The packet at hand decided. Kept beyond the first ones, where it is. */
static struct set *
decide(struct retained *k, struct flow *f)
{
	struct set *s = set_of(k, f);

	if (k->flow != f || k->at == NULL || k->at->copy)
		return s;
	if (k->at_piece != NONE) {
		s->fresh = s->fresh || !k->pieces[k->at_piece].deciding;
		k->pieces[k->at_piece].deciding = true;
		return s;
	}
	if (s == NULL)
		s = new_set(k, f);
	if (s->beyond < EVIDENCE_DECIDING_MAX && keep(k, s, k->at)) {
		k->pieces[k->at_piece].deciding = true;
		s->beyond++;
	} else {
		s->missing++;
		s->fresh = true;
	}
	return s;
}

static void
copy_bytes(const struct retained *k, uint32_t at, uint8_t *out)
{
	uint32_t left = k->pieces[at].kept, n;

	for (; at != NONE && left > 0; at = k->pieces[at].next, left -= n) {
		n = left < PIECE_BYTES ? left : PIECE_BYTES;
		memcpy(out, k->pieces[at].bytes, n);
		out += n;
	}
}

static bool
is_later(const struct evidence_packet *a, const struct evidence_packet *b)
{
	if (a->time.us != b->time.us)
		return a->time.us > b->time.us;
	return a->nanoseconds > b->nanoseconds;
}

/* In the order of time; packets of one time as they came. */
static void
insert(struct evidence_set *out, const struct evidence_packet *p)
{
	size_t i = out->packet_count++;

	for (; i > 0 && is_later(&out->packets[i - 1], p); i--)
		out->packets[i] = out->packets[i - 1];
	out->packets[i] = *p;
}

static void
fill(struct retained *k, const struct set *s)
{
	struct evidence_set *out = &k->out;

	for (uint32_t at = s->first;
	     at != NONE && out->packet_count < EVIDENCE_PACKETS_MAX;
	     at = k->pieces[at].later) {
		const struct piece *piece = &k->pieces[at];
		uint8_t *room = k->room[out->packet_count];
		const struct evidence_packet p = {
			.time = { piece->time_us },
			.nanoseconds = piece->nanoseconds,
			.tap = piece->tap,
			.link_type = piece->link_type,
			.kept = piece->kept,
			.wire = piece->wire,
			.bytes = room,
			.deciding = piece->deciding,
			.cut = piece->cut,
		};

		copy_bytes(k, at, room);
		insert(out, &p);
	}
	out->missing = s->missing;
	out->payload = s->payload;
}

static void
tell(struct retained *k, struct flow *f, struct set *s, struct wall_us now,
    const struct observer *o)
{
	struct evidence_set *out = &k->out;

	out->flow_id = f->id;
	out->now = now;
	out->packet_count = 0;
	out->missing = f->retained & GONE_SEEN;
	out->payload = false;
	if (s != NULL) {
		fill(k, s);
		s->fresh = false;
		s->told = true;
		s->epoch = k->epoch;
	} else
		f->retained |= GONE_MARK | GONE_TOLD;
	if (o->evidence)
		o->evidence(o->context, out);
}

void
retain_tell(struct retained *k, struct flow *f, const struct verdict *v,
    struct wall_us now, const struct observer *o)
{
	struct set *s;

	if (!is_alerting(v) || !k->m->evidence.headers)
		return;
	s = decide(k, f);
	if (s != NULL ? !s->fresh && s->epoch == k->epoch :
			(f->retained & GONE_TOLD) != 0)
		return;
	tell(k, f, s, now, o);
}

void
retain_settle(struct retained *k, struct flow *f, struct wall_us now,
    const struct observer *o)
{
	struct set *s = set_of(k, f);

	if (s != NULL && s->told && s->fresh)
		tell(k, f, s, now, o);
}

void
retain_again(struct retained *k)
{
	k->epoch++;
}

/* ---- another model */

/* Lets go of packets whose tap is gone; the others are of the new one's. */
static void
move_packets(struct retained *k, struct set *s, const struct rebase *r)
{
	uint32_t at = s->first, later, *link = &s->first;

	s->last = NONE;
	for (; at != NONE; at = later) {
		struct piece *piece = &k->pieces[at];

		later = piece->later;
		piece->tap = r->taps[piece->tap->index];
		if (piece->tap == NULL) {
			*link = later;
			free_packet(k, at);
			s->missing++;
			k->lost++;
			continue;
		}
		s->last = at;
		link = &piece->later;
	}
}

/* Payload that nobody answers for any more is not told. */
static void
cut_packets(struct retained *k, struct set *s)
{
	for (uint32_t at = s->first; at != NONE; at = k->pieces[at].later) {
		struct piece *piece = &k->pieces[at];

		piece->cut = piece->cut || piece->headers < piece->kept;
		piece->kept = piece->headers;
	}
	s->payload = false;
}

void
retain_reload(struct retained *k, const struct rebase *r)
{
	uint32_t next;

	retain_done(k);
	take_model(k, r->to);
	for (int i = 0; i < LIST_COUNT; i++)
		for (uint32_t at = k->oldest[i]; at != NONE; at = next) {
			struct set *s = &k->sets[at];

			next = s->newer;
			if (!k->m->evidence.headers) {
				free_set(k, s, 0);
				continue;
			}
			move_packets(k, s, r);
			if (s->payload && !is_authorised(k, s->flow))
				cut_packets(k, s);
		}
}

void
retain_part(struct retained *k, const struct arrival *a, uint64_t place)
{
	struct evidence_packet cut;

	if (retain_cut(k->m, a, false, &cut))
		retain_parts_add(k->parts, a, place, &cut);
}

void
retain_given_up(const struct retained *k, const struct packet *p,
    uint64_t place, struct arrival *a)
{
	retain_parts_find(k->parts, p, place, a);
}

uint64_t
retain_lost(const struct retained *k)
{
	return k->lost;
}
