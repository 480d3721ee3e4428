/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See nat.h. What begins a connection is remembered under the end that stays
 * the same and the client's initial sequence number (RFC 9293 3.4.1: random
 * for who is not the client); of UDP it is a datagram's payload. What begins
 * under another pair of addresses and has the same is the same connection,
 * where a declared translation leads from the one to the other and nothing
 * else is like it. Both are rather left apart than joined by guess.
 */
#include "nat.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "initiator.h"
#include "owner.h"
#include "recent.h"

#define TCP 6
#define UDP 17

/* A conversation's beginning. */
struct opening {
	struct flow *flow; /* it is that one while its id is */
	uint64_t id;
	int64_t us;
	bool doubted; /* another could as well be meant: nothing joins it */
};

/* Another pair of addresses of a conversation. */
struct other {
	struct flow_key key;
	struct flow *flow;  /* NULL: unused */
	uint32_t next;	    /* of the same flow or unused, plus 1; 0: none */
	bool turned;	    /* side 0 of key is side 1 of the flow's */
	uint8_t outer_side; /* of key: the end that was translated */
};

struct nat {
	const struct model *model;
	uint8_t secret[16];
	bool *hides; /* owned, by boundary index: clients are hidden there */
	uint32_t *names; /* owned, likewise: the same in each model */
	/* Taken when some boundary hides clients: */
	struct recent recent;
	struct opening *openings; /* owned, by slot of recent; or NULL */
	struct table index;	  /* key -> place in others */
	struct other *others;	  /* owned */
	uint32_t unused;	  /* the first, plus 1; 0: none */
	struct nat_plain *plain;
	uint64_t lost;
};

/* What a packet says that is the same on both sides. */
struct sign {
	int opener; /* which end of its key begins */
	uint64_t hash;
	int64_t window_us;
};

/* Hashed as bytes: without holes. */
struct sign_key {
	uint64_t number;
	uint32_t boundary, carrier;
	uint8_t address[16]; /* of the end that stays the same */
	uint16_t port;
	uint8_t protocol, family;
	uint8_t zero[4];
};

/* ---- made, and made anew */

static void
make_room(struct nat *n)
{
	recent_init(&n->recent, NAT_RECENT_MAX);
	n->openings = mem_calloc(NAT_RECENT_MAX, sizeof(*n->openings));
	table_init(&n->index, NAT_JOINED_MAX, sizeof(struct flow_key),
	    n->secret);
	n->others = mem_calloc(NAT_JOINED_MAX, sizeof(*n->others));
	for (uint32_t i = NAT_JOINED_MAX; i-- > 0;) {
		n->others[i].next = n->unused;
		n->unused = i + 1;
	}
}

static bool
hides_at(const struct model *m, const struct boundary *b)
{
	for (size_t i = 0; i < m->translation_count; i++) {
		const struct translation *t = &m->translations[i];

		if (t->kind == TRANSLATION_OVERLOAD &&
		    (!t->at || t->at == b->firewall))
			return true;
	}
	return false;
}

static void
take_model(struct nat *n, const struct model *m)
{
	bool any = false;

	n->model = m;
	free(n->hides);
	free(n->names);
	n->hides = mem_calloc(m->boundary_count + 1, sizeof(*n->hides));
	n->names = mem_calloc(m->boundary_count + 1, sizeof(*n->names));
	for (size_t i = 0; i < m->boundary_count; i++) {
		const char *id = m->boundaries[i].id;

		n->names[i] = (uint32_t)table_hash(n->secret, id, strlen(id));
		n->hides[i] = hides_at(m, &m->boundaries[i]);
		any = any || n->hides[i];
	}
	if (any && !n->others)
		make_room(n);
}

struct nat *
nat_new(const struct model *m, const uint8_t secret[16])
{
	struct nat *n = mem_calloc(1, sizeof(*n));

	memcpy(n->secret, secret, sizeof(n->secret));
	n->plain = nat_plain_new(m, secret);
	take_model(n, m);
	return n;
}

void
nat_free(struct nat *n)
{
	if (!n)
		return;
	if (n->others) {
		recent_fini(&n->recent);
		table_fini(&n->index);
	}
	nat_plain_free(n->plain);
	free(n->openings);
	free(n->others);
	free(n->hides);
	free(n->names);
	free(n);
}

uint64_t
nat_lost(struct nat *n)
{
	const uint64_t lost = n->lost + nat_plain_lost(n->plain);

	n->lost = 0;
	return lost;
}

/* ---- other pairs of addresses */

static struct addr
end_of(const struct flow_key *key, int side)
{
	struct addr a = { .family = key->family };

	memcpy(a.bytes, key->address[side], sizeof(a.bytes));
	return a;
}

/* Takes one out, wherever in its flow's list it is. */
static void
leave(struct nat *n, struct other *o)
{
	const uint32_t place = (uint32_t)(o - n->others) + 1;
	uint32_t *at = &o->flow->joined;

	while (*at != place)
		at = &n->others[*at - 1].next;
	*at = o->next;
	(void)table_remove(&n->index, &o->key);
	o->flow = NULL;
	o->next = n->unused;
	n->unused = place;
}

static struct other *
find_other(const struct nat *n, const struct flow_key *key)
{
	const uint32_t at = table_find(&n->index, key);

	return at == TABLE_NONE ? NULL : &n->others[at];
}

/* key, of which outer_side was translated, is f's too from now on. */
static bool
join(struct nat *n, struct flow *f, const struct flow_key *key, int outer_side)
{
	struct other *o = find_other(n, key);
	const uint32_t place = n->unused;

	if (o && o->flow == f)
		return true;
	if (o)
		leave(n, o);
	else if (place == 0) {
		n->lost++;
		return false;
	}
	o = &n->others[n->unused - 1];
	(void)table_add(&n->index, key, n->unused - 1);
	n->unused = o->next;
	o->key = *key;
	o->flow = f;
	o->outer_side = (uint8_t)outer_side;
	o->turned = outer_side != f->initiator_side;
	o->next = f->joined;
	f->joined = (uint32_t)(o - n->others) + 1;
	return true;
}

void
nat_end(struct nat *n, struct flow *f)
{
	while (f->joined != 0)
		leave(n, &n->others[f->joined - 1]);
}

/* It stays where it is, at the boundary's new number, if it is declared. */
static void
move(struct nat *n, struct other *o)
{
	const struct conversation *c = &o->flow->conversation;
	const struct addr outer = end_of(&o->key, o->outer_side);
	const struct addr stays = end_of(&o->key, !o->outer_side);
	struct flow_key key = o->key;
	struct flow *f = o->flow;
	const int outer_side = o->outer_side;

	leave(n, o);
	key.boundary = c->boundary->index;
	if (owner_shows(n->model, c->boundary, &c->address[0], &outer, &stays))
		(void)join(n, f, &key, outer_side);
}

void
nat_reload(struct nat *n, const struct model *m)
{
	bool *moved;

	take_model(n, m);
	nat_plain_reload(n->plain, m);
	if (!n->others)
		return;
	/* Under their old numbers two could be the same: none is found until
	 * all are out. */
	moved = mem_calloc(NAT_JOINED_MAX, sizeof(*moved));
	for (uint32_t i = 0; i < NAT_JOINED_MAX; i++) {
		moved[i] = n->others[i].flow != NULL;
		if (moved[i])
			(void)table_remove(&n->index, &n->others[i].key);
	}
	for (uint32_t i = 0; i < NAT_JOINED_MAX; i++)
		if (moved[i] && n->others[i].flow)
			move(n, &n->others[i]);
	free(moved);
}

/* ---- what is the same on both sides */

static bool
read_number(const struct nat *n, const struct packet *p, int side,
    struct sign *out, uint64_t *number)
{
	if (p->unreadable)
		return false;
	if (initiator_opens(p)) {
		const bool back = p->tcp_flags & TCP_ACK;

		out->opener = back ? !side : side;
		out->window_us = NAT_WINDOW_US;
		*number = back ? p->tcp_ack - 1 : p->tcp_seq;
		return true;
	}
	if (p->protocol != UDP || p->payload_length < NAT_DATAGRAM_LEAST ||
	    p->payload_captured < p->payload_length)
		return false;
	out->opener = side;
	out->window_us = NAT_DATAGRAM_US;
	*number = table_hash(n->secret, p->payload, p->payload_length);
	return true;
}

/* side: the end of key that sent p. False where p says nothing of the kind. */
static bool
read_sign(const struct nat *n, const struct flow_key *key,
    const struct packet *p, int side, struct sign *out)
{
	struct sign_key k = { 0 };

	_Static_assert(sizeof(k) == 40, "the key has holes");
	if (!read_number(n, p, side, out, &k.number))
		return false;
	k.boundary = n->names[key->boundary];
	k.carrier = key->carrier;
	k.protocol = key->protocol;
	k.family = key->family;
	memcpy(k.address, key->address[!out->opener], sizeof(k.address));
	k.port = key->port[!out->opener];
	out->hash = table_hash(n->secret, &k, sizeof(k));
	return true;
}

static bool
is_within(const struct opening *o, int64_t us, int64_t window_us)
{
	return o->flow->open && o->flow->id == o->id &&
	    recent_apart(us, o->us) <= window_us;
}

/* The end that stays the same is the same, not only its hash. */
static bool
is_same_end(const struct flow *f, const struct flow_key *key, int side)
{
	const int end = !f->initiator_side;

	return f->key.boundary == key->boundary &&
	    f->key.carrier == key->carrier &&
	    f->key.protocol == key->protocol && f->key.family == key->family &&
	    f->key.port[end] == key->port[side] &&
	    memcmp(f->key.address[end], key->address[side],
		sizeof(key->address[side])) == 0;
}

/* How a conversation and a packet of another pair are related. */
enum relation {
	RELATION_NONE,
	RELATION_FAR,  /* the packet is of its far side */
	RELATION_NEAR, /* it is of the packet's far side */
};

static enum relation
relate(const struct nat *n, const struct flow *f, const struct flow_key *key,
    const struct sign *s, const struct arrival *a)
{
	const struct boundary *b = a->tap->boundary;
	const struct addr mine = end_of(&f->key, f->initiator_side);
	const struct addr its = end_of(key, s->opener);
	const struct addr stays = end_of(key, !s->opener);

	if (!is_same_end(f, key, !s->opener) || addr_equal(&mine, &its))
		return RELATION_NONE;
	if (owner_hides(n->model, b, &its) &&
	    owner_shows(n->model, b, &mine, &its, &stays))
		return RELATION_FAR;
	if (owner_hides(n->model, b, &mine) &&
	    owner_shows(n->model, b, &its, &mine, &stays))
		return RELATION_NEAR;
	return RELATION_NONE;
}

/* It has a far side already, which is not this one. */
static bool
is_taken(const struct nat *n, const struct flow *f, const struct flow_key *key)
{
	const struct other *o = find_other(n, key);

	return f->joined != 0 && (!o || o->flow != f);
}

/* The only conversation that is related, or NULL. */
static struct flow *
find_related(struct nat *n, const struct flow_key *key, const struct arrival *a,
    const struct sign *s, enum relation *relation)
{
	struct recent_look look;
	struct flow *found = NULL;

	for (uint32_t at = recent_first(&n->recent, s->hash, &look);
	     at != RECENT_NONE; at = recent_next(&n->recent, &look)) {
		struct opening *o = &n->openings[at];
		enum relation r;

		if (o->flow == found || !is_within(o, a->time.us, s->window_us))
			continue;
		r = relate(n, o->flow, key, s, a);
		if (r == RELATION_NONE)
			continue;
		/* Either could be it, or it was taken by another. */
		if (found || o->doubted || is_taken(n, o->flow, key)) {
			o->doubted = true;
			nat_end(n, o->flow);
			return NULL;
		}
		found = o->flow;
		*relation = r;
	}
	return found;
}

/* f, seen on the far side alone until now, gets the near side's addresses. */
static bool
take_over(struct nat *n, struct flow_table *flows, struct flow *f,
    const struct flow_key *key, const struct arrival *a, const struct sign *s,
    int side)
{
	struct conversation *c = &f->conversation;
	const struct packet *p = a->packet;
	const struct flow_key old = f->key;
	const int outer_side = f->initiator_side;

	/* What waits to be read of it goes by the old key's sides. */
	if (f->told || f->joined || n->unused == 0 ||
	    (flow_is_tcp(f) && (c->payload[0] || c->payload[1])))
		return false;
	flow_rekey(flows, f, key);
	f->initiator_side = (uint8_t)s->opener;
	c->address[0] = side == s->opener ? p->source : p->destination;
	c->port[0] = side == s->opener ? p->source_port : p->destination_port;
	f->dirty = true;
	return join(n, f, &old, outer_side);
}

/* The same translated port opens something else. */
static bool
is_another(const struct flow *f, const struct packet *p)
{
	const uint32_t isn = p->tcp_flags & TCP_ACK ? p->tcp_ack - 1 :
						      p->tcp_seq;

	return initiator_opens(p) && f->way[0].syn && f->way[0].isn != isn;
}

struct flow *
nat_find(struct nat *n, struct flow_table *flows, const struct flow_key *key,
    const struct arrival *a, int *side, bool *taken)
{
	enum relation relation = RELATION_NONE;
	struct flow *f = NULL;
	struct other *o;
	struct sign s;

	*taken = false;
	if (!n->hides[key->boundary])
		return NULL;
	if (read_sign(n, key, a->packet, *side, &s))
		f = find_related(n, key, a, &s, &relation);
	if (f && relation == RELATION_FAR)
		(void)join(n, f, key, s.opener);
	if (f && relation == RELATION_NEAR) {
		*taken = take_over(n, flows, f, key, a, &s, *side);
		return *taken ? f : NULL;
	}
	o = find_other(n, key);
	if (!o)
		return NULL;
	if (is_another(o->flow, a->packet)) {
		leave(n, o);
		return NULL;
	}
	*side ^= o->turned;
	return o->flow;
}

bool
nat_waits(const struct nat *n, const struct flow *f)
{
	const struct conversation *c = &f->conversation;

	return n->hides[f->key.boundary] && !f->told && !f->joined &&
	    recent_apart(c->last.us, c->first.us) < TRACK_REORDER_US &&
	    owner_hides(n->model, c->boundary, &c->address[0]);
}

/* ---- what is remembered */

/* Whether somebody may look for this conversation under other addresses. */
static bool
may_be_sought(const struct nat *n, const struct flow *f)
{
	const struct conversation *c = &f->conversation;
	const struct zone *zone = f->zones[f->initiator_side];

	for (size_t i = 0; i < n->model->translation_count; i++) {
		const struct translation *t = &n->model->translations[i];

		if (t->kind == TRANSLATION_OVERLOAD &&
		    (zone_is_above(t->from, zone) ||
			prefix_set_contains(&t->to, &c->address[0])))
			return true;
	}
	return false;
}

/* Another sends the same datagram: which of them was joined is not known any
 * more, and what comes under the other addresses stays for itself. */
static void
doubt(struct nat *n, const struct sign *s, const struct flow *f, int64_t us)
{
	struct recent_look look;

	for (uint32_t at = recent_first(&n->recent, s->hash, &look);
	     at != RECENT_NONE; at = recent_next(&n->recent, &look)) {
		struct opening *o = &n->openings[at];

		if (o->flow == f || !is_within(o, us, s->window_us))
			continue;
		o->doubted = true;
		nat_end(n, o->flow);
	}
}

static void
remember(struct nat *n, struct flow *f, const struct arrival *a, int way)
{
	struct recent_look look;
	struct opening *o;
	struct sign s;
	uint32_t at;

	/* Which of its ends began a conversation of datagrams is not in the
	 * packet: what the other end sends is no sign of it. */
	if (f->key.protocol == UDP && (way != 0 || f->joined))
		return;
	if (!may_be_sought(n, f) ||
	    !read_sign(n, &f->key, a->packet, f->initiator_side ^ way, &s))
		return;
	at = recent_first(&n->recent, s.hash, &look);
	if (at != RECENT_NONE && n->openings[at].flow == f &&
	    n->openings[at].id == f->id) {
		n->openings[at].us = a->time.us;
		return;
	}
	if (f->key.protocol == UDP)
		doubt(n, &s, f, a->time.us);
	o = &n->openings[recent_add(&n->recent, s.hash)];
	o->flow = f;
	o->id = f->id;
	o->us = a->time.us;
	o->doubted = false;
}

void
nat_packet(struct nat *n, struct flow *f, const struct arrival *a,
    const struct tracked *t, const struct observer *o)
{
	if (n->hides[f->key.boundary])
		remember(n, f, a, t->way);
	nat_plain_packet(n->plain, f, a, t, o);
}
