/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See sight.h. Counters saturate: they tell "some" from "none" and how much
 * of each, and a conversation that lasts for months must not turn them over.
 */
#include "sight.h"

#include <string.h>

#include "locate.h"

static void
count(uint32_t *counter, uint32_t n, bool *changed)
{
	if (*counter == 0 && n > 0)
		*changed = true;
	*counter = n > UINT32_MAX - *counter ? UINT32_MAX : *counter + n;
}

static int
find(const struct conversation *c, const struct tap *tap,
    const struct zone *segment, uint16_t vlan)
{
	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct sighting *s = &c->sightings[i];

		if (s->tap == tap && s->segment == segment && s->vlan == vlan)
			return (int)i;
	}
	return -1;
}

const struct zone *
sight_segment(const struct tap *tap, const uint16_t *tags, size_t tag_count,
    bool carried, uint16_t *vlan, const struct link **link)
{
	const struct zone *segment = locate_segment(tap, tags, tag_count, vlan,
	    link);

	if (!carried || *vlan != 0)
		return segment;
	*link = NULL;
	return NULL;
}

int
sight_find(const struct conversation *c, const struct tap *tap,
    const uint16_t *tags, size_t tag_count, bool carried)
{
	const struct link *link;
	uint16_t vlan;
	const struct zone *segment = sight_segment(tap, tags, tag_count,
	    carried, &vlan, &link);

	return find(c, tap, segment, vlan);
}

int
sight_place(struct conversation *c, const struct tap *tap, const uint16_t *tags,
    size_t tag_count, bool carried, bool *changed)
{
	const struct link *link;
	const struct zone *segment;
	struct sighting *s;
	uint16_t vlan;
	int at;

	segment = sight_segment(tap, tags, tag_count, carried, &vlan, &link);
	at = find(c, tap, segment, vlan);
	if (at >= 0)
		return at;
	if (c->sighting_count == CONVERSATION_SIGHTINGS_MAX) {
		*changed = *changed || !c->sightings_full;
		c->sightings_full = true;
		return -1;
	}
	s = &c->sightings[c->sighting_count];
	memset(s, 0, sizeof(*s));
	s->tap = tap;
	s->segment = segment;
	s->link = link;
	s->vlan = vlan;
	s->routers_known = locate_has_routers(tap, segment);
	*changed = true;
	return (int)c->sighting_count++;
}

/* Looks both MACs up, unless they are those of the last packet. */
static const struct flow_macs *
look_up(struct conversation *c, int at, int way, const struct packet *p,
    struct flow_macs *macs)
{
	struct sighting *s = &c->sightings[at];
	const struct router *from, *to;

	if (macs->known && macs->sighting == at &&
	    mac_equal(&macs->source, &p->source_mac) &&
	    mac_equal(&macs->destination, &p->destination_mac))
		return macs;
	from = locate_router(s->tap, s->segment, &p->source_mac);
	to = locate_router(s->tap, s->segment, &p->destination_mac);
	macs->known = true;
	macs->sighting = (int8_t)at;
	macs->source = p->source_mac;
	macs->destination = p->destination_mac;
	macs->from_router = from != NULL;
	macs->to_router = to != NULL;
	macs->to_group = mac_is_group(&p->destination_mac);
	if (!s->way[way].router)
		s->way[way].router = from ? from : to;
	return macs;
}

void
sight_packet(struct conversation *c, int at, int way, const struct packet *p,
    uint32_t frames, struct flow_macs *macs, bool *changed)
{
	struct sighting *s = &c->sightings[at];
	struct sighting_way *w = &s->way[way];
	const struct flow_macs *m;

	if (w->frames == 0 && p->has_macs)
		w->source = p->source_mac;
	count(&w->frames, frames, changed);
	if (p->payload_length > 0)
		count(&w->payload_frames, frames, changed);
	if (!p->has_macs)
		return;
	m = look_up(c, at, way, p, macs);
	if (m->from_router)
		count(&w->from_router, frames, changed);
	else if (s->routers_known)
		count(&w->from_other, frames, changed);
	if (m->to_router)
		count(&w->to_router, frames, changed);
	else if (s->routers_known && !m->to_group)
		count(&w->to_other, frames, changed);
}

void
sight_refusal(struct conversation *c, int at, int way, const struct packet *p,
    bool *changed)
{
	struct sighting *s = &c->sightings[at];

	count(&s->way[way].refusals, 1, changed);
	if (p->has_macs && locate_router(s->tap, s->segment, &p->source_mac))
		count(&s->way[way].refusals_from_router, 1, changed);
}

bool
sight_is_router(const struct tap *tap, const struct packet *p)
{
	for (size_t i = 0; i < tap->router_count; i++)
		if (addr_equal(&tap->routers[i].address, &p->source))
			return true;
	return false;
}

bool
sight_by_router(const struct tap *tap, const struct packet *p)
{
	const struct zone *segment = locate_segment(tap, p->tags, p->tag_count,
	    NULL, NULL);

	return !p->has_macs || !locate_has_routers(tap, segment) ||
	    locate_router(tap, segment, &p->source_mac) != NULL;
}

void
sight_swap(struct conversation *c)
{
	for (size_t i = 0; i < c->sighting_count; i++) {
		struct sighting_way *w = c->sightings[i].way;
		const struct sighting_way first = w[0];

		w[0] = w[1];
		w[1] = first;
	}
}
