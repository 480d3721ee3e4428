/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * See rebase.h. Whether two places are alike takes a look at all their routers,
 * so the answers are kept: conversations are many and places few.
 */
#include "rebase.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "locate.h"

static uint32_t
find_boundary(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(m->boundaries[i].id, id) == 0)
			return (uint32_t)i;
	return REBASE_GONE;
}

void
rebase_init(struct rebase *r, const struct model *from, const struct model *to)
{
	memset(r, 0, sizeof(*r));
	r->from = from;
	r->to = to;
	r->boundaries = mem_calloc(from->boundary_count + 1,
	    sizeof(*r->boundaries));
	r->taps = mem_calloc(from->tap_count + 1, sizeof(*r->taps));
	for (uint32_t i = 0; i < from->boundary_count; i++) {
		const struct boundary *b = &from->boundaries[i];

		r->boundaries[i] = find_boundary(to, b->id);
		r->boundaries_moved = r->boundaries_moved ||
		    r->boundaries[i] != i;
		for (size_t j = 0; j < b->tap_count; j++) {
			const struct tap *t = model_tap(to, b->taps[j].id);

			if (t && t->boundary->index == r->boundaries[i])
				r->taps[b->taps[j].index] = t;
		}
	}
}

void
rebase_fini(struct rebase *r)
{
	free(r->boundaries);
	free(r->taps);
}

const struct boundary *
rebase_boundary(const struct rebase *r, const struct boundary *old)
{
	const uint32_t index = r->boundaries[old->index];

	if (index == REBASE_GONE || r->to->boundaries[index].tap_count == 0)
		return NULL;
	return &r->to->boundaries[index];
}

/* ---- places */

static bool
same_id(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *
zone_id(const struct zone *z)
{
	return z ? z->id : NULL;
}

static const char *
link_id(const struct link *l)
{
	return l ? l->id : NULL;
}

/* Every MAC of a router that serves the segment at a does so at b. */
static bool
routers_within(const struct tap *a, const struct zone *a_segment,
    const struct tap *b, const struct zone *b_segment)
{
	for (size_t i = 0; i < a->router_count; i++) {
		const struct router *r = &a->routers[i];

		for (size_t j = 0; j < r->mac_count; j++) {
			const struct router *x = locate_router(a, a_segment,
			    &r->macs[j]);
			const struct router *y = locate_router(b, b_segment,
			    &r->macs[j]);

			if (!x)
				continue;
			if (!y || !addr_equal(&x->address, &y->address) ||
			    !same_id(link_id(x->link), link_id(y->link)))
				return false;
		}
	}
	return true;
}

/* A frame whose tags named no VLAN of a might name one of b. */
static bool
names_more(const struct tap *a, const struct tap *b)
{
	size_t j = 0;

	for (size_t i = 0; i < b->vlan_count; i++) {
		while (j < a->vlan_count && a->vlans[j].id < b->vlans[i].id)
			j++;
		if (j == a->vlan_count || a->vlans[j].id != b->vlans[i].id)
			return true;
	}
	return false;
}

static void
look_at(const struct rebase *r, const struct sighting *s,
    struct rebase_place *out)
{
	const struct tap *to = r->taps[s->tap->index];
	uint16_t vlan;

	memset(out, 0, sizeof(*out));
	out->tap = s->tap;
	out->segment = s->segment;
	out->vlan = s->vlan;
	if (!to || (s->vlan == 0 && names_more(s->tap, to)))
		return;
	out->to_segment = locate_segment(to, &s->vlan, s->vlan ? 1 : 0, &vlan,
	    &out->to_link);
	out->alike = vlan == s->vlan &&
	    same_id(zone_id(s->segment), zone_id(out->to_segment)) &&
	    same_id(link_id(s->link), link_id(out->to_link)) &&
	    routers_within(s->tap, s->segment, to, out->to_segment) &&
	    routers_within(to, out->to_segment, s->tap, s->segment);
}

static const struct rebase_place *
place_of(struct rebase *r, const struct sighting *s)
{
	struct rebase_place *p =
	    &r->memo[(s->tap->index * 31 + s->vlan) % REBASE_MEMO];

	if (p->tap != s->tap || p->segment != s->segment || p->vlan != s->vlan)
		look_at(r, s, p);
	return p;
}

/* False: the place is not what it was. */
static bool
rebase_sighting(struct rebase *r, struct sighting *s)
{
	const struct rebase_place *p = place_of(r, s);
	const struct tap *to = r->taps[s->tap->index];

	if (!p->alike)
		return false;
	s->tap = to;
	s->segment = p->to_segment;
	s->link = p->to_link;
	for (int i = 0; i < 2; i++)
		if (s->way[i].router)
			s->way[i].router = locate_router(to, s->segment,
			    &s->way[i].router->macs[0]);
	return true;
}

bool
rebase_conversation(struct rebase *r, struct conversation *c,
    int8_t moved[CONVERSATION_SIGHTINGS_MAX])
{
	const struct boundary *boundary = rebase_boundary(r, c->boundary);
	size_t kept = 0;

	if (!boundary)
		return false;
	c->boundary = boundary;
	c->watching = r->watching;
	for (size_t i = 0; i < c->sighting_count; i++) {
		moved[i] = -1;
		if (!rebase_sighting(r, &c->sightings[i]))
			continue;
		moved[i] = (int8_t)kept;
		if (kept != i)
			c->sightings[kept] = c->sightings[i];
		kept++;
	}
	c->sightings_full = c->sightings_full || kept < c->sighting_count;
	memset(c->sightings + kept, 0,
	    (c->sighting_count - kept) * sizeof(c->sightings[0]));
	c->sighting_count = kept;
	return true;
}
