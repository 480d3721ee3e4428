/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See nat_plain.h. Each conversation's first segments are remembered under a
 * hash of what a translation leaves as it is; one that finds its like in a
 * conversation of another client, at another place, is proof. Which of the two
 * is the inside tells the TTL, which falls on the way (RFC 791 3.2); where the
 * translator does not lower it, the order of time.
 */
#include "nat_plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "nat.h"
#include "owner.h"
#include "recent.h"
#include "retain.h"

#define SEEN_MAX 192
#define END_MAX (ADDR_TEXT_MAX + 8)

/* A segment at one place. */
struct segment {
	const struct flow *flow; /* it is that one while its id is */
	uint64_t id;
	int64_t us;
	const struct zone *zone; /* of the place */
	const struct tap *tap;
	uint16_t vlan;
	uint8_t ttl;
	bool is_kept;
	struct evidence_packet kept; /* its bytes are here: */
	uint8_t bytes[EVIDENCE_BYTES_MAX];
};

/* Hashed as bytes: without holes. */
struct pair_key {
	uint64_t boundary; /* hash of its id, which is the same in each model */
	uint8_t family, zero[7];
	uint8_t inside[16], outside[16];
};

struct pair {
	struct pair_key key;
	uint64_t proofs;
	struct wall_us first, last;
	bool told;
	struct wall_us told_at;
};

/* Likewise. */
struct likeness {
	uint64_t payload; /* its hash */
	uint32_t boundary, seq, ack, length;
	uint8_t server[16];
	uint16_t port;
	uint8_t family, way;
	uint8_t zero[4];
};

/* The two sides of one segment. */
struct sides {
	const struct flow *inside, *outside;
	const struct segment *segment[2]; /* as they came */
	const struct tap *far_tap;
};

struct nat_plain {
	const struct model *model;
	uint8_t secret[16];
	struct recent recent;
	struct segment *segments; /* owned, by slot of it */
	struct table index;	  /* pair_key -> place in pairs */
	struct pair *pairs;	  /* owned */
	uint32_t pair_count;
	int64_t swept_us;
	uint64_t lost;
};

struct nat_plain *
nat_plain_new(const struct model *m, const uint8_t secret[16])
{
	struct nat_plain *n = mem_calloc(1, sizeof(*n));

	n->model = m;
	memcpy(n->secret, secret, sizeof(n->secret));
	recent_init(&n->recent, NAT_SEGMENTS_MAX);
	n->segments = mem_calloc(NAT_SEGMENTS_MAX, sizeof(*n->segments));
	table_init(&n->index, NAT_PAIRS_MAX, sizeof(struct pair_key), secret);
	n->pairs = mem_calloc(NAT_PAIRS_MAX, sizeof(*n->pairs));
	return n;
}

void
nat_plain_free(struct nat_plain *n)
{
	if (!n)
		return;
	recent_fini(&n->recent);
	table_fini(&n->index);
	free(n->segments);
	free(n->pairs);
	free(n);
}

uint64_t
nat_plain_lost(struct nat_plain *n)
{
	const uint64_t lost = n->lost;

	n->lost = 0;
	return lost;
}

/* Places are others; what was told of is not told again. */
void
nat_plain_reload(struct nat_plain *n, const struct model *m)
{
	n->model = m;
	recent_clear(&n->recent);
}

/* ---- pairs of addresses */

/* What nobody has seen for a day makes room. */
static void
sweep(struct nat_plain *n, int64_t us)
{
	if (n->swept_us != 0 && recent_apart(us, n->swept_us) < CLOCK_HOUR)
		return;
	n->swept_us = us;
	for (uint32_t i = n->pair_count; i-- > 0;) {
		if (recent_apart(us, n->pairs[i].last.us) <= CLOCK_DAY)
			continue;
		(void)table_remove(&n->index, &n->pairs[i].key);
		if (i == --n->pair_count)
			continue;
		(void)table_remove(&n->index, &n->pairs[n->pair_count].key);
		n->pairs[i] = n->pairs[n->pair_count];
		(void)table_add(&n->index, &n->pairs[i].key, i);
	}
}

static struct pair *
pair_of(struct nat_plain *n, const struct sides *s, struct wall_us now)
{
	const struct conversation *in = &s->inside->conversation;
	const struct conversation *out = &s->outside->conversation;
	struct pair_key key;
	struct pair *pair;
	uint32_t at;

	memset(&key, 0, sizeof(key));
	_Static_assert(sizeof(key) == 48, "the key has holes");
	key.boundary = table_hash(n->secret, in->boundary->id,
	    strlen(in->boundary->id));
	key.family = in->address[0].family;
	memcpy(key.inside, in->address[0].bytes, sizeof(key.inside));
	memcpy(key.outside, out->address[0].bytes, sizeof(key.outside));
	at = table_find(&n->index, &key);
	if (at != TABLE_NONE)
		return &n->pairs[at];
	if (n->pair_count == NAT_PAIRS_MAX)
		sweep(n, now.us);
	if (n->pair_count == NAT_PAIRS_MAX) {
		n->lost++;
		return NULL;
	}
	(void)table_add(&n->index, &key, n->pair_count);
	pair = &n->pairs[n->pair_count++];
	memset(pair, 0, sizeof(*pair));
	pair->key = key;
	pair->first = now;
	return pair;
}

/* ---- telling */

static const char *
end_text(const struct addr *a, uint16_t port, char buf[END_MAX])
{
	char shown[ADDR_TEXT_MAX];

	(void)snprintf(buf, END_MAX, a->family == 6 ? "[%s]:%u" : "%s:%u",
	    addr_format(a, shown), port);
	return buf;
}

static void
say_seen(const struct sides *s, char seen[SEEN_MAX])
{
	const struct conversation *in = &s->inside->conversation;
	const struct conversation *out = &s->outside->conversation;
	char a[END_MAX], b[END_MAX], c[END_MAX];

	(void)snprintf(seen, SEEN_MAX, "%s = %s > %s",
	    end_text(&in->address[0], in->port[0], a),
	    end_text(&out->address[0], out->port[0], b),
	    end_text(&in->address[1], in->port[1], c));
}

static void
name_party(const struct nat_plain *n, const struct conversation *c,
    struct notice_party *out)
{
	out->address = c->address[0];
	out->port = c->port[0];
	out->zone = locate_address(n->model, c->boundary, &c->address[0]).zone;
}

static void
tell(const struct nat_plain *n, const struct sides *s, const struct pair *pair,
    const struct arrival *a, const struct observer *o)
{
	const struct conversation *in = &s->inside->conversation;
	const struct translation *t = owner_hides(n->model, in->boundary,
	    &s->outside->conversation.address[0]);
	struct evidence_packet packets[2];
	char seen[SEEN_MAX];
	struct notice notice = { .check = CHECK_TOP_12,
		.severity = SEVERITY_MEDIUM,
		.word = NOTICE_TRANSLATION_UNDECLARED,
		.now = a->time,
		.first = pair->first,
		.boundary = in->boundary,
		.tap = s->far_tap,
		.protocol = in->protocol,
		.seen = seen,
		.counted = pair->proofs,
		.of = pair->proofs,
		.flow_id = s->inside->id,
		.packets = packets };

	if (!o->notice)
		return;
	say_seen(s, seen);
	name_party(n, in, &notice.party[0]);
	name_party(n, &s->outside->conversation, &notice.party[1]);
	if (t) { /* the address is declared, but for others */
		notice.expected = t->from->id;
		notice.clause.kind = CLAUSE_MODEL;
		notice.clause.id = t->from->id;
		notice.clause.place = t->place;
	}
	for (int i = 0; i < 2; i++) {
		if (!s->segment[i]->is_kept)
			continue;
		packets[notice.packet_count] = s->segment[i]->kept;
		packets[notice.packet_count].deciding = true;
		packets[notice.packet_count++].bytes = s->segment[i]->bytes;
	}
	o->notice(o->context, &notice);
}

/* Another segment that both sides showed. */
static void
prove(struct nat_plain *n, const struct sides *s, const struct arrival *a,
    const struct observer *o)
{
	const struct conversation *in = &s->inside->conversation;
	const struct conversation *out = &s->outside->conversation;
	struct pair *pair;

	if (owner_shows(n->model, in->boundary, &in->address[0],
		&out->address[0], &in->address[1]))
		return; /* declared */
	pair = pair_of(n, s, a->time);
	if (!pair)
		return;
	pair->last = a->time;
	pair->proofs++;
	if (pair->proofs < NAT_PROOF ||
	    (pair->told &&
		recent_apart(a->time.us, pair->told_at.us) < CLOCK_DAY))
		return;
	pair->told = true;
	pair->told_at = a->time;
	tell(n, s, pair, a, o);
}

/* ---- segments */

static bool
is_plain(const struct flow *f, const struct arrival *a, const struct tracked *t)
{
	const struct packet *p = a->packet;

	return flow_is_tcp(f) && f->key.carrier == 0 && f->joined == 0 &&
	    p->tunnel == TUNNEL_NONE && t->fresh > 0 && t->first_place &&
	    p->payload_captured == p->payload_length &&
	    f->way[t->way].packets <= NAT_FIRST_PACKETS &&
	    f->conversation.sighting_count == 1;
}

static uint64_t
likeness_of(const struct nat_plain *n, const struct flow *f,
    const struct packet *p, int way)
{
	const int server = !f->initiator_side;
	struct likeness like = { 0 };

	_Static_assert(sizeof(like) == 48, "the likeness has holes");
	like.payload = table_hash(n->secret, p->payload, p->payload_length);
	like.boundary = f->key.boundary;
	like.seq = p->tcp_seq;
	like.ack = p->tcp_ack;
	like.length = p->payload_length;
	memcpy(like.server, f->key.address[server], sizeof(like.server));
	like.port = f->key.port[server];
	like.family = f->key.family;
	like.way = (uint8_t)way;
	return table_hash(n->secret, &like, sizeof(like));
}

/* The other side of it: another client's, elsewhere, just now. */
static bool
is_other_side(const struct segment *s, const struct segment *now)
{
	const struct flow *f = s->flow;

	return f->open && f->id == s->id && f != now->flow &&
	    f->conversation.boundary == now->flow->conversation.boundary &&
	    recent_apart(now->us, s->us) <= NAT_WINDOW_US &&
	    (s->tap != now->tap || s->zone != now->zone ||
		s->vlan != now->vlan) &&
	    f->joined == 0 && f->conversation.sighting_count == 1 &&
	    !addr_equal(&f->conversation.address[0],
		&now->flow->conversation.address[0]);
}

/* Towards the server the inside comes first, on the way back last. */
static void
tell_apart(const struct segment *s, const struct segment *now, int way,
    struct sides *out)
{
	const bool is_upstream = s->ttl >= now->ttl;
	const bool is_inside = is_upstream == (way == 0);

	out->inside = is_inside ? s->flow : now->flow;
	out->outside = is_inside ? now->flow : s->flow;
	out->far_tap = is_inside ? now->tap : s->tap;
	out->segment[0] = s;
	out->segment[1] = now;
}

static void
note_segment(const struct nat_plain *n, const struct flow *f,
    const struct arrival *a, struct segment *s)
{
	s->flow = f;
	s->id = f->id;
	s->us = a->time.us;
	s->zone = a->segment;
	s->tap = a->tap;
	s->vlan = a->vlan;
	s->ttl = a->packet->ttl;
	s->is_kept = retain_cut(n->model, a, false, &s->kept);
	if (!s->is_kept)
		return;
	if (s->kept.kept > sizeof(s->bytes))
		s->kept.kept = sizeof(s->bytes);
	memcpy(s->bytes, s->kept.bytes, s->kept.kept);
}

void
nat_plain_packet(struct nat_plain *n, const struct flow *f,
    const struct arrival *a, const struct tracked *t, const struct observer *o)
{
	struct segment *now, *found = NULL;
	struct recent_look look;
	struct sides sides;
	uint64_t hash;
	uint32_t at, mine;

	if (!is_plain(f, a, t))
		return;
	hash = likeness_of(n, f, a->packet, t->way);
	mine = recent_add(&n->recent, hash);
	now = &n->segments[mine];
	note_segment(n, f, a, now);
	for (at = recent_first(&n->recent, hash, &look); at != RECENT_NONE;
	     at = recent_next(&n->recent, &look))
		if (at != mine && is_other_side(&n->segments[at], now))
			found = &n->segments[at];
	if (!found)
		return;
	tell_apart(found, now, t->way, &sides);
	prove(n, &sides, a, o);
}
