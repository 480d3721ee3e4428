/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See view.h. A frame is counted with the pair of its sender's MAC and the
 * prefix of its source, and with the prefix it goes to: all else is added up
 * from pairs when it is told. Most frames are like one just before, so a small
 * cache says where to count; who guesses its places makes it useless, which
 * costs him no more than the look-ups it spares.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view_internal.h"

#define ICMP6 58
#define ND_SOLICITATION 135
#define ND_ADVERTISEMENT 136
#define ND_HOPS 255 /* RFC 4861 7.1: else it came through a router */
#define ARP_REQUEST 1
#define TAG_BYTES 4

/* Without padding: they are hashed as bytes. */
struct prefix_key {
	uint64_t bits;
	uint32_t vlan, family;
};
struct pair_key {
	uint32_t mac, prefix;
};

struct view *
view_new(const struct model *m, const uint8_t secret[16])
{
	struct view *v = mem_calloc(1, sizeof(*v));

	v->m = m;
	v->tap_count = m->tap_count;
	memcpy(v->secret, secret, sizeof(v->secret));
	v->taps = mem_calloc(m->tap_count + 1, sizeof(struct view_tap *));
	return v;
}

static void
free_tap(struct view_tap *t)
{
	if (t == NULL)
		return;
	table_fini(&t->by_prefix);
	table_fini(&t->by_mac);
	table_fini(&t->by_pair);
	free(t->prefixes);
	free(t->macs);
	free(t->pairs);
	free(t);
}

void
view_free(struct view *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->tap_count; i++)
		free_tap(v->taps[i]);
	free(v->taps);
	free(v);
}

void
view_reload(struct view *v, const struct rebase *r)
{
	struct view_tap **taps = mem_calloc(r->to->tap_count + 1,
	    sizeof(struct view_tap *));

	for (size_t i = 0; i < v->tap_count; i++) {
		if (v->taps[i] == NULL)
			continue;
		if (r->taps[i] == NULL) {
			free_tap(v->taps[i]);
			continue;
		}
		taps[r->taps[i]->index] = v->taps[i];
		v->taps[i]->tap = r->taps[i];
	}
	free(v->taps);
	v->taps = taps;
	v->tap_count = r->to->tap_count;
	v->m = r->to;
	memset(v->cached, 0, sizeof(v->cached));
}

static struct view_tap *
tap_of(struct view *v, const struct tap *tap)
{
	struct view_tap *t = v->taps[tap->index];

	if (t != NULL)
		return t;
	t = mem_calloc(1, sizeof(*t));
	t->tap = tap;
	table_init(&t->by_prefix, VIEW_PREFIXES_MAX, sizeof(struct prefix_key),
	    v->secret);
	table_init(&t->by_mac, VIEW_MACS_MAX, sizeof(uint64_t), v->secret);
	table_init(&t->by_pair, VIEW_PAIRS_MAX, sizeof(struct pair_key),
	    v->secret);
	t->prefixes = mem_calloc(VIEW_PREFIXES_MAX, sizeof(*t->prefixes));
	t->macs = mem_calloc(VIEW_MACS_MAX, sizeof(*t->macs));
	t->pairs = mem_calloc(VIEW_PAIRS_MAX, sizeof(*t->pairs));
	v->taps[tap->index] = t;
	return t;
}

/* ---- where a frame is counted */

/* The first bits of an address, up to the length of its prefix. */
static uint64_t
bits_of(const struct addr *a)
{
	uint64_t bits = 0;

	memcpy(&bits, a->bytes,
	    a->family == 6 ? TAP_VIEW_LENGTH6 / 8 : TAP_VIEW_LENGTH4 / 8);
	return bits;
}

/* What follows them: which address of its prefix it is. */
static uint64_t
rest_of(const struct addr *a)
{
	uint64_t rest;

	if (a->family != 6)
		return a->bytes[TAP_VIEW_LENGTH4 / 8];
	memcpy(&rest, a->bytes + TAP_VIEW_LENGTH6 / 8, sizeof(rest));
	return rest;
}

static uint64_t
who_of(const struct packet *p, uint16_t vlan)
{
	uint64_t who = 0;

	if (p->has_macs)
		memcpy(&who, p->source_mac.bytes, sizeof(p->source_mac.bytes));
	return who ^ (uint64_t)vlan << 48;
}

/* The VLAN that a frame is of: the one that the tap maps, else the first that
 * is not the way from a distant switch. */
static uint16_t
vlan_of(const struct arrival *a)
{
	const struct packet *p = a->packet;

	if (a->vlan != 0 || p->tag_count == 0)
		return a->vlan;
	if (p->tags[0] != a->tap->mirror_vlan)
		return p->tags[0];
	return p->tag_count > 1 ? p->tags[1] : 0;
}

static uint32_t
find_vlan(struct view_tap *t, uint16_t vlan)
{
	uint32_t i = 0;

	while (i < t->vlan_count && t->vlans[i].id != vlan)
		i++;
	if (i == TAP_VIEW_VLANS_MAX)
		return TABLE_NONE;
	if (i == t->vlan_count)
		t->vlans[t->vlan_count++].id = vlan;
	return i;
}

/* Of a segment's own matters, not of a prefix. */
static bool
has_prefix(const struct addr *a)
{
	switch (addr_kind(a)) {
	case ADDR_GLOBAL:
	case ADDR_PRIVATE:
	case ADDR_SHARED:
	case ADDR_UNIQUE_LOCAL:
		return a->family != 0;
	case ADDR_LINK_LOCAL:
	case ADDR_LOOPBACK:
	case ADDR_MULTICAST:
	case ADDR_BROADCAST:
	case ADDR_UNSPECIFIED:
	case ADDR_RESERVED:
		break;
	}
	return false;
}

static uint32_t
find_prefix(struct view_tap *t, const struct addr *a, uint16_t vlan)
{
	const struct prefix_key key = { bits_of(a), vlan, a->family };
	uint32_t i;

	if (!has_prefix(a))
		return TABLE_NONE;
	i = table_find(&t->by_prefix, &key);
	if (i != TABLE_NONE)
		return i;
	if (!table_add(&t->by_prefix, &key, t->prefix_count)) {
		t->prefixes_refused++;
		return TABLE_NONE;
	}
	t->prefixes[t->prefix_count].address = *a;
	t->prefixes[t->prefix_count].vlan = vlan;
	return t->prefix_count++;
}

static uint32_t
find_mac(struct view_tap *t, const struct packet *p, uint16_t vlan)
{
	const uint64_t key = who_of(p, vlan);
	uint32_t i = table_find(&t->by_mac, &key);

	if (i != TABLE_NONE)
		return i;
	if (!table_add(&t->by_mac, &key, t->mac_count)) {
		t->macs_refused++;
		return TABLE_NONE;
	}
	t->macs[t->mac_count].mac = p->source_mac;
	t->macs[t->mac_count].vlan = vlan;
	return t->mac_count++;
}

static uint32_t
find_pair(struct view_tap *t, const struct packet *p, uint16_t vlan,
    uint32_t mac)
{
	const bool is_ip = p->source.family != 0;
	const struct pair_key key = { mac,
		is_ip ? find_prefix(t, &p->source, vlan) : TABLE_NONE };
	uint32_t i;

	if (key.mac == TABLE_NONE && key.prefix == TABLE_NONE)
		return TABLE_NONE;
	i = table_find(&t->by_pair, &key);
	if (i != TABLE_NONE)
		return i;
	if (!table_add(&t->by_pair, &key, t->pair_count)) {
		t->prefixes_refused++;
		return TABLE_NONE;
	}
	t->pairs[t->pair_count].mac = key.mac;
	t->pairs[t->pair_count].prefix = key.prefix;
	t->pairs[t->pair_count].first = rest_of(&p->source);
	return t->pair_count++;
}

/* Of a frame, what tells where it is counted. */
static void
describe(struct view_cached *c, const struct view_tap *t,
    const struct packet *p, uint16_t vlan)
{
	c->tap = t->tap->index + 1;
	c->family = p->source.family;
	c->who = who_of(p, vlan);
	c->source = c->family != 0 ? bits_of(&p->source) : 0;
	c->destination = c->family != 0 ? bits_of(&p->destination) : 0;
}

static bool
is_like(const struct view_cached *a, const struct view_cached *b)
{
	return a->who == b->who && a->source == b->source &&
	    a->destination == b->destination && a->tap == b->tap &&
	    a->family == b->family;
}

/* The first of the places where it may be in the cache. */
static struct view_cached *
set_of(struct view *v, const struct view_cached *c)
{
	uint64_t mix = (c->who ^ c->who >> 32) * UINT64_C(0x9e3779b97f4a7c15);

	mix = (mix ^ mix >> 32 ^ c->source ^ c->tap) *
	    UINT64_C(0xc2b2ae3d27d4eb4f);
	mix = (mix ^ mix >> 32 ^ c->destination) * UINT64_C(0x165667b19e3779f9);
	return &v->cached[(mix >> 40 & (VIEW_CACHED - 1)) * VIEW_WAYS];
}

/* Where p is counted, by the cache or else by the tables. */
static const struct view_cached *
place_of(struct view *v, struct view_tap *t, const struct packet *p,
    uint16_t vlan)
{
	struct view_cached c, *set;

	describe(&c, t, p, vlan);
	set = set_of(v, &c);
	for (int i = 0; i < VIEW_WAYS; i++)
		if (is_like(&set[i], &c))
			return &set[i];
	c.vlan = find_vlan(t, vlan);
	c.mac = p->has_macs ? find_mac(t, p, vlan) : TABLE_NONE;
	c.pair = find_pair(t, p, vlan, c.mac);
	c.prefix = c.family != 0 ? find_prefix(t, &p->destination, vlan) :
				   TABLE_NONE;
	/* The other one had its turn before. */
	set[1] = set[0];
	set[0] = c;
	return &set[0];
}

/* ---- what it says */

/* What systems begin with, so that nobody has passed it on: a few of old are
 * among them (30, 60, 100, 200). */
static bool
is_initial(uint8_t ttl)
{
	switch (ttl) {
	case 0:
	case 1:
	case 30:
	case 32:
	case 60:
	case 64:
	case 100:
	case 128:
	case 200:
	case 255:
		return true;
	default:
		return false;
	}
}

/* Asking in ARP everybody uses his own address; an answer may be another's. */
static void
learn_arp(const struct packet *p, struct view_mac *m)
{
	const bool asks = p->arp_operation == ARP_REQUEST;

	if (!mac_equal(&p->arp_sender_mac, &p->source_mac) ||
	    !has_prefix(&p->arp_sender) || m->asked ||
	    (m->own[0].family != 0 && !asks))
		return;
	m->own[0] = p->arp_sender;
	m->asked = asks;
}

static void
learn_own(struct view_tap *t, const struct packet *p, uint32_t mac)
{
	struct view_mac *m;

	if (mac == TABLE_NONE)
		return;
	m = &t->macs[mac];
	if (p->kind == PACKET_ARP)
		learn_arp(p, m);
	else if (p->protocol == ICMP6 && p->ttl == ND_HOPS &&
	    (p->icmp_type == ND_SOLICITATION ||
		p->icmp_type == ND_ADVERTISEMENT) &&
	    m->own[1].family == 0 && p->source.family == 6 &&
	    has_prefix(&p->source))
		m->own[1] = p->source;
}

static void
count_pair(struct view_pair *pair, const struct packet *p)
{
	pair->frames++;
	if (p->source.family == 0)
		return;
	if (pair->first != rest_of(&p->source))
		pair->several = true;
	if (!is_initial(p->ttl) && !mac_is_group(&p->destination_mac))
		pair->hops++;
}

static void
count_in_lists(struct view *v, struct view_tap *t, const struct arrival *a)
{
	const struct packet *p = a->packet;
	const uint16_t vlan = vlan_of(a);
	const struct view_cached *c = place_of(v, t, p, vlan);

	if (c->vlan != TABLE_NONE)
		t->vlans[c->vlan].frames++;
	else
		t->vlans_refused++;
	if (c->prefix != TABLE_NONE)
		t->prefixes[c->prefix].to++;
	if (c->pair != TABLE_NONE)
		count_pair(&t->pairs[c->pair], p);
	else if (c->mac != TABLE_NONE)
		t->macs[c->mac].other++;
	if (p->kind == PACKET_ARP || p->protocol == ICMP6)
		learn_own(t, p, c->mac);
}

void
view_frame(struct view *v, const struct arrival *a)
{
	struct view_tap *t = tap_of(v, a->tap);
	const struct frame *f = a->frame;
	/* A tag that names no VLAN but a priority is not among the tags. */
	const uint32_t tags = a->packet->tag_count > 0 ? a->packet->tag_count :
							 1;

	if (t->frames == 0 || f->time.us < t->from.us)
		t->from = f->time;
	if (t->frames == 0 || f->time.us > t->until.us)
		t->until = f->time;
	t->frames++;
	t->bytes += f->wire;
	t->cut += f->captured < f->wire;
	t->giants += f->wire > VIEW_FRAME_MAX + TAG_BYTES * tags;
	if (f->wire > t->longest)
		t->longest = (uint32_t)f->wire;
	if (a->again)
		t->copies++;
	else
		count_in_lists(v, t, a);
}

/* ---- conversations */

/* What one of its taps showed of it. */
static void
count_conversation(struct view_tap *t, const struct flow *f)
{
	const struct conversation *c = &f->conversation;
	bool ways[2] = { false, false };
	size_t places = 0;

	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct sighting *s = &c->sightings[i];

		if (s->tap != t->tap)
			continue;
		places++;
		for (int way = 0; way < 2; way++)
			ways[way] = ways[way] || s->way[way].frames > 0;
	}
	t->passed += places > 1;
	if (!f->more)
		return;
	t->tcp_conversations++;
	t->tcp_one_way += !ways[0] || !ways[1];
}

static bool
is_first_of_tap(const struct conversation *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (c->sightings[k].tap == c->sightings[i].tap)
			return false;
	return true;
}

void
view_conversation(struct view *v, const struct flow *f)
{
	const struct conversation *c = &f->conversation;

	if (f->key.carrier != 0)
		return;
	for (size_t i = 0; i < c->sighting_count; i++)
		if (is_first_of_tap(c, i))
			count_conversation(tap_of(v, c->sightings[i].tap), f);
}
