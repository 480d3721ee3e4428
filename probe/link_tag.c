/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LNK-2: tags that a trunk should not carry. An undeclared VLAN, a tag within
 * a tag (802.1Q: the way to hop into another VLAN), and frames without a tag
 * where every VLAN has one.
 *
 * Such a frame waits a little before it is told of. Where most frames of the
 * tap are like it, it is the tap that stands in the wrong place or strips the
 * tags, which COV-10 says or one notice of no gravity; a stray among others is
 * a fault in the network.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage.h"
#include "link_internal.h"
#include "retain.h"

static void decide(struct link_watch *l, struct link_stray *s,
    struct wall_us now, const struct observer *o);

static bool
is_mapped(const struct tap *tap, uint16_t vlan)
{
	uint16_t named = 0;

	(void)locate_segment(tap, &vlan, 1, &named, NULL);
	return named != 0;
}

/* An address of a zone within, on a tap that stands on no segment where the
 * frame has no tag. */
static bool
is_of_a_zone(const struct link_look *k)
{
	const struct packet *p = k->p;
	const struct addr *a = p->kind == PACKET_ARP ? &p->arp_sender :
						       &p->source;
	struct place at;

	if (a->family == 0)
		return false;
	at = locate_address(k->l->m, k->tap->boundary, a);
	return at.kind == PLACE_ZONE && at.zone->tier != TIER_OUTSIDE;
}

static enum link_stray_kind
kind_of(const struct link_look *k, const uint16_t *tags, size_t count)
{
	bool outer;

	if (count == 0)
		return !k->tap->segment && is_of_a_zone(k) ?
		    LINK_STRAY_UNTAGGED :
		    LINK_STRAY_NONE;
	outer = is_mapped(k->tap, tags[0]);
	if (count == 1)
		return outer ? LINK_STRAY_NONE : LINK_STRAY_VLAN;
	if (outer)
		return LINK_STRAY_DOUBLE;
	for (size_t i = 1; i < count; i++)
		if (is_mapped(k->tap, tags[i]))
			return LINK_STRAY_DOUBLE;
	return LINK_STRAY_VLAN;
}

static void
keep_packet(const struct link_look *k, struct link_stray *s)
{
	struct evidence_packet e;

	memset(&s->packet, 0, sizeof(s->packet));
	if (!k->a->frame || !retain_cut(k->l->m, k->a, false, &e))
		return;
	s->packet = e;
	s->packet.deciding = true;
	if (s->packet.kept > sizeof(s->bytes)) {
		s->packet.kept = sizeof(s->bytes);
		s->packet.cut = true;
	}
	memcpy(s->bytes, e.bytes, s->packet.kept);
	s->packet.bytes = NULL;
	s->packet.tap = NULL;
}

static void
begin(const struct link_look *k, struct link_stray *s,
    enum link_stray_kind kind, uint16_t outer, uint16_t inner)
{
	const struct packet *p = k->p;
	const bool arp = p->kind == PACKET_ARP;

	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->outer = outer;
	s->inner = inner;
	s->tap = k->tap->index;
	s->first_us = k->us;
	s->count = 1;
	s->who = link_party(&p->source_mac, arp ? &p->arp_sender : &p->source,
	    NULL);
	s->whom = link_party(mac_is_group(&p->destination_mac) ?
		NULL :
		&p->destination_mac,
	    arp ? &p->arp_target : &p->destination, NULL);
	s->tag_count = p->tag_count;
	memcpy(s->tags, p->tags, sizeof(s->tags));
	keep_packet(k, s);
}

static void
hold(const struct link_look *k, enum link_stray_kind kind, uint16_t outer,
    uint16_t inner)
{
	struct link_stray *vacant = NULL, *first = &k->l->strays[0];

	for (size_t i = 0; i < LINK_STRAYS_MAX; i++) {
		struct link_stray *s = &k->l->strays[i];

		if (s->kind == LINK_STRAY_NONE) {
			vacant = vacant ? vacant : s;
		} else if (s->kind == kind && s->tap == k->tap->index &&
		    s->outer == outer && s->inner == inner) {
			s->count++;
			return;
		}
		if (s->first_us < first->first_us)
			first = s;
	}
	if (!vacant) {
		k->l->strays_early++;
		decide(k->l, first, k->a->time, k->o);
		vacant = first;
	}
	begin(k, vacant, kind, outer, inner);
}

/* Most of the tap's frames are like that, as far as it was watched. */
static bool
is_common(const struct link_tap *t, enum link_stray_kind kind)
{
	const uint64_t of = kind == LINK_STRAY_UNTAGGED ? t->frames : t->tagged;

	return of >= COVERAGE_PLACED_LEAST &&
	    (double)t->strange[kind] > COVERAGE_PLACED_SHARE * (double)of;
}

bool
link_tags(const struct link_look *k)
{
	struct link_tap *t = &k->l->taps[k->tap->index];
	const uint16_t *tags = k->p->tags;
	size_t count = k->p->tag_count;
	enum link_stray_kind kind;

	if (k->tap->vlan_count == 0)
		return true;
	if (count > 0 && k->tap->mirror_vlan == tags[0]) {
		tags++;
		count--;
	}
	if (t->frames == 0 || k->us - t->since_us > COVERAGE_WINDOW_US) {
		memset(t, 0, sizeof(*t));
		t->since_us = k->us;
	}
	t->frames++;
	t->tagged += count > 0;
	kind = kind_of(k, tags, count);
	if (kind == LINK_STRAY_NONE)
		return true;
	t->strange[kind]++;
	hold(k, kind, count > 0 ? tags[0] : 0, count > 1 ? tags[1] : 0);
	/* Where every frame has a tag around its own it is the mirror's. */
	return kind == LINK_STRAY_DOUBLE && is_common(t, kind);
}

/* ---- telling */

static const struct tap *
tap_at(const struct model *m, uint32_t index)
{
	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		if (b->tap_count > 0 && index >= b->taps[0].index &&
		    index - b->taps[0].index < b->tap_count)
			return &b->taps[index - b->taps[0].index];
	}
	return NULL;
}

/* "110 200 300": the VLANs that are declared, as far as they fit. */
static void
write_vlans(char out[LINK_TEXT_MAX], const struct tap *tap)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < tap->vlan_count; i++) {
		const int n = snprintf(out + used, LINK_TEXT_MAX - used, "%s%u",
		    i ? " " : "VLAN ", tap->vlans[i].id);

		if (n < 0 || (size_t)n >= LINK_TEXT_MAX - used - 8) {
			(void)snprintf(out + used, LINK_TEXT_MAX - used,
			    " ...");
			return;
		}
		used += (size_t)n;
	}
}

static void
write_seen(char out[LINK_TEXT_MAX], const struct link_stray *s)
{
	if (s->kind == LINK_STRAY_UNTAGGED)
		out[0] = '\0';
	else if (s->inner != 0)
		(void)snprintf(out, LINK_TEXT_MAX, "VLAN %u > VLAN %u",
		    s->outer, s->inner);
	else
		(void)snprintf(out, LINK_TEXT_MAX, "VLAN %u", s->outer);
}

/* Its zone, where the address has one. */
static void
place_party(const struct link_watch *l, const struct tap *tap,
    struct notice_party *p)
{
	struct place at;

	if (p->address.family == 0)
		return;
	at = locate_address(l->m, tap->boundary, &p->address);
	p->zone = at.zone;
}

static enum notice_word
word_of(const struct link_stray *s, bool tap)
{
	switch (s->kind) {
	case LINK_STRAY_VLAN:
		return NOTICE_LINK_VLAN;
	case LINK_STRAY_DOUBLE:
		return NOTICE_LINK_DOUBLE_TAG;
	default:
		return tap ? NOTICE_LINK_TAGS_STRIPPED : NOTICE_LINK_UNTAGGED;
	}
}

static void
tell(struct link_watch *l, const struct link_stray *s, const struct tap *tap,
    bool whole_tap, struct wall_us now, const struct observer *o)
{
	const struct link_claim c = { .check = CHECK_LNK_2,
		.severity = whole_tap ? SEVERITY_INFORMATION : SEVERITY_HIGH,
		.word = word_of(s, whole_tap),
		.also = (uint64_t)s->outer << 16 | s->inner };
	const uint64_t place = table_hash(l->secret, tap->id, strlen(tap->id));
	struct evidence_packet packet = s->packet;
	char expected[LINK_TEXT_MAX], seen[LINK_TEXT_MAX];
	struct notice n;
	uint64_t since;

	if (!link_is_news(l, place, &c, now.us, &since) || !o->notice)
		return;
	memset(&n, 0, sizeof(n));
	n.check = c.check;
	n.severity = c.severity;
	n.word = c.word;
	n.now = now;
	n.first.us = s->first_us;
	n.boundary = tap->boundary;
	n.tap = tap;
	n.tag_count = s->tag_count;
	memcpy(n.tags, s->tags, sizeof(n.tags));
	n.party[0] = s->who;
	n.party[1] = s->whom;
	if (!whole_tap) {
		place_party(l, tap, &n.party[0]);
		place_party(l, tap, &n.party[1]);
	} else {
		memset(n.party, 0, sizeof(n.party));
	}
	n.clause = link_clause_tap(tap);
	write_vlans(expected, tap);
	write_seen(seen, s);
	n.expected = expected;
	n.seen = seen[0] ? seen : NULL;
	n.counted = s->count + since;
	if (packet.kept > 0) {
		packet.bytes = s->bytes;
		packet.tap = tap;
		n.packets = &packet;
		n.packet_count = 1;
	}
	o->notice(o->context, &n);
}

static void
decide(struct link_watch *l, struct link_stray *s, struct wall_us now,
    const struct observer *o)
{
	const struct tap *tap = tap_at(l->m, s->tap);
	const bool whole_tap = is_common(&l->taps[s->tap], s->kind);

	/* COV-10 tells of a tap in the wrong place. */
	if (tap && (!whole_tap || s->kind == LINK_STRAY_UNTAGGED))
		tell(l, s, tap, whole_tap, now, o);
	memset(s, 0, sizeof(*s));
}

void
link_tags_tick(struct link_watch *l, struct wall_us now,
    const struct observer *o, bool all)
{
	for (size_t i = 0; i < LINK_STRAYS_MAX; i++) {
		struct link_stray *s = &l->strays[i];

		if (s->kind != LINK_STRAY_NONE &&
		    (all || now.us - s->first_us >= LINK_STRAY_US))
			decide(l, s, now, o);
	}
}

void
link_tags_reload(struct link_watch *l, const struct model *m)
{
	struct link_tap *taps = mem_calloc(m->tap_count + 1, sizeof(*taps));

	for (size_t i = 0; i < LINK_STRAYS_MAX; i++) {
		struct link_stray *s = &l->strays[i];
		const struct tap *old, *new;

		if (s->kind == LINK_STRAY_NONE)
			continue;
		old = tap_at(l->m, s->tap);
		new = old ? model_tap(m, old->id) : NULL;
		if (new)
			s->tap = new->index;
		else
			memset(s, 0, sizeof(*s));
	}
	free(l->taps);
	l->taps = taps;
}
