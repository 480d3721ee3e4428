/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the places where a conversation was seen prove: that it passed the
 * firewall, who refused it, that a source came from the wrong side, that it
 * left by an undeclared gateway or off its link. Nothing is concluded from a
 * transit link, nor of routers where none are declared.
 */
#include <stdio.h>
#include <string.h>

#include "judge_internal.h"

/* How long a packet may take through a firewall before its absence on the
 * other side counts; also the time an alert is held. */
#define CROSSING_US (3 * CLOCK_SECOND)

bool
zones_share_link(const struct zone *a, const struct zone *b)
{
	for (size_t i = 0; i < a->link_count; i++)
		for (size_t j = 0; j < b->link_count; j++)
			if (a->links[i] == b->links[j])
				return true;
	return false;
}

/* The segment belongs to this end: its own zone, its family, or a zone on
 * the same line. */
static bool
near_to(const struct zone *segment, const struct place *p)
{
	if (!segment || !p->zone || p->kind == PLACE_FIREWALL)
		return false;
	return zone_is_above(segment, p->zone) ||
	    zone_is_above(p->zone, segment) ||
	    zones_share_link(segment, p->zone);
}

/*
 * The segment lies on p's side rather than on the other end's. Parent and
 * child are near each other, so their own segments are told apart first, and
 * what is as near to both is nobody's side.
 */
static bool
on_side(const struct zone *segment, const struct place *p,
    const struct place *other)
{
	if (!near_to(segment, p))
		return false;
	if (segment == p->zone)
		return true;
	return segment != other->zone && !near_to(segment, other);
}

/* Both ends are of one zone, yet it was carried into that zone's segment from
 * another one: only a forged source does that. */
static bool
carried_home(const struct look *l)
{
	bool abroad = false, home = false;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct sighting_way *w = look_way(l, s, 0);

		if (!s->segment || !w->frames)
			continue;
		if (near_to(s->segment, &l->to))
			home = home || w->from_router;
		else
			abroad = abroad || w->from_other;
	}
	return abroad && home;
}

/* The initiator's packets were seen on a segment that is not its own. */
static bool
seen_beyond(const struct look *l)
{
	if (l->from.zone == l->to.zone)
		return carried_home(l);
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct sighting_way *w = look_way(l, s, 0);

		if (!s->segment || !w->frames ||
		    (near_to(s->segment, &l->from) &&
			!on_side(s->segment, &l->to, &l->from)))
			continue;
		if (!s->routers_known || w->from_router)
			return true;
	}
	return false;
}

/* A tap on the far side delivers frames, so a crossing would have shown. */
static bool
far_side_watched(const struct look *l)
{
	const struct boundary *b = l->c->boundary;

	if (!l->c->watching || l->c->lost || l->c->sightings_full)
		return false;
	for (size_t i = 0; i < b->tap_count; i++) {
		const struct tap *t = &b->taps[i];

		if (!l->c->watching[t->index] || t->direction != TAP_BOTH)
			continue;
		if (t->segment && t->segment == l->to.zone)
			return true;
		for (size_t j = 0; j < t->vlan_count; j++)
			if (t->vlans[j].zone == l->to.zone)
				return true;
	}
	return false;
}

/*
 * It was handed to the boundary's own router and to nobody else: only then
 * would the far side have shown it. By another gateway, or by one that leads
 * to a line of its own, it may have gone where no tap stands.
 */
static bool
handed_to_boundary(const struct look *l)
{
	bool handed = false;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct sighting_way *w = look_way(l, s, 0);

		if (!w->frames || !on_side(s->segment, &l->from, &l->to))
			continue;
		if (!w->to_router || w->to_other ||
		    (w->router && w->router->link))
			return false;
		handed = true;
	}
	return handed;
}

/* Beyond the boundary it would go under another address, and so as another
 * conversation. */
static bool
renamed_beyond(const struct look *l)
{
	for (size_t i = 0; i < l->m->translation_count; i++) {
		const struct translation *t = &l->m->translations[i];

		if (t->kind == TRANSLATION_OVERLOAD &&
		    t->from == l->from.zone &&
		    (!t->at || t->at == l->c->boundary->firewall) &&
		    (!t->toward || t->toward == l->to.zone))
			return true;
	}
	return false;
}

/* The refusal was seen leaving the responder's own segment from a host. */
static bool
refused_beyond(const struct look *l)
{
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct sighting_way *w = look_way(l, s, 1);

		if (w->refusals > w->refusals_from_router &&
		    on_side(s->segment, &l->to, &l->from))
			return true;
	}
	return false;
}

static bool
is_boundary_address(const struct look *l, const struct addr *a)
{
	const struct boundary *b = l->c->boundary;

	for (size_t i = 0; b->firewall && i < b->firewall->address_count; i++)
		if (addr_equal(&b->firewall->addresses[i], a))
			return true;
	for (size_t i = 0; i < b->tap_count; i++)
		for (size_t j = 0; j < b->taps[i].router_count; j++)
			if (addr_equal(&b->taps[i].routers[j].address, a))
				return true;
	return false;
}

/* Who refused: the host is believed only where its answer was seen on its own
 * side, since a firewall forges a reset in the host's name. */
static enum refuser
refuser_of(const struct look *l, bool beyond, bool not_beyond)
{
	const struct conversation *c = l->c;

	if (c->outcome != OUTCOME_REFUSED)
		return REFUSER_NONE;
	if (c->refusal == REFUSAL_UNREACHABLE && c->refused_from.family) {
		if (is_boundary_address(l, &c->refused_from))
			return REFUSER_BOUNDARY;
		if (addr_equal(&c->refused_from,
			&c->address[l->flipped ? 0 : 1]) &&
		    (beyond || refused_beyond(l)))
			return REFUSER_HOST;
		return beyond ? REFUSER_HOST : REFUSER_UNKNOWN;
	}
	if (refused_beyond(l))
		return REFUSER_HOST;
	return not_beyond ? REFUSER_BOUNDARY : REFUSER_UNKNOWN;
}

/* The error came from an address beyond the boundary: so it got there. */
static bool
refused_from_beyond(const struct look *l)
{
	struct place p;

	if (l->c->outcome != OUTCOME_REFUSED ||
	    l->c->refusal != REFUSAL_UNREACHABLE ||
	    !l->c->refused_from.family ||
	    is_boundary_address(l, &l->c->refused_from))
		return false;
	p = locate_address(l->m, l->c->boundary, &l->c->refused_from);
	return p.kind == PLACE_ZONE && p.zone == l->to.zone;
}

void
path_passed(struct look *l)
{
	const struct conversation *c = l->c;
	const bool settled = c->ended || l->now.us - c->first.us >= CROSSING_US;
	const bool beyond = seen_beyond(l) || refused_from_beyond(l);
	const bool not_beyond = !beyond && settled &&
	    l->from.zone != l->to.zone && handed_to_boundary(l) &&
	    far_side_watched(l) && !renamed_beyond(l);

	l->refused_by = refuser_of(l, beyond, not_beyond);
	if (c->outcome >= OUTCOME_ANSWERED || beyond ||
	    l->refused_by == REFUSER_HOST)
		l->passed = PASSED_YES;
	else if (not_beyond || l->refused_by == REFUSER_BOUNDARY)
		l->passed = PASSED_NO;
	else
		l->passed = PASSED_UNKNOWN;
	if (l->passed == PASSED_UNKNOWN && !settled)
		look_again(l, (struct wall_us){ c->first.us + CROSSING_US });
}

/* One end's packets at one sighting: did they come from the side they should? */
static void
source_at(struct look *l, const struct sighting *s, const struct place *p,
    const struct sighting_way *w, bool seen_at_home)
{
	const bool own = near_to(s->segment, p);

	/* From a host of the segment, yet with another zone's address. A
	 * firewall's own packets and translated ones are not a host's. */
	if (w->from_other && !own && p->kind == PLACE_ZONE && !p->translation)
		look_fault(l, CHECK_LNK_1, ELEMENT_SOURCE,
		    clause_of_zone(s->segment));
	/* A host that speaks as the firewall, and not to its neighbours. */
	if (w->from_other && p->kind == PLACE_FIREWALL &&
	    !near_to(s->segment, p == &l->from ? &l->to : &l->from))
		look_fault(l, CHECK_LNK_1, ELEMENT_SOURCE,
		    clause_of_zone(s->segment));
	/* From a router, yet with an address that lives on this side. Routing
	 * inside a zone is excused by having seen the host itself send. */
	if (w->from_router && s->segment == p->zone && !p->translation &&
	    !seen_at_home)
		look_fault(l, CHECK_SEG_12, ELEMENT_SOURCE,
		    clause_of_zone(s->segment));
}

static bool
sent_from_home(const struct look *l, const struct place *p, int way)
{
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];

		if (s->segment == p->zone && look_way(l, s, way)->from_other)
			return true;
	}
	return false;
}

void
path_source(struct look *l)
{
	bool seen = false;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];

		if (!s->segment || !s->routers_known)
			continue;
		seen = true;
		for (int way = 0; way < 2; way++) {
			const struct place *p = way ? &l->to : &l->from;

			if (p->kind == PLACE_ZONE || p->kind == PLACE_FIREWALL)
				source_at(l, s, p, look_way(l, s, way),
				    sent_from_home(l, p, way));
		}
	}
	if (seen)
		l->judged |= ELEMENT_SOURCE;
	else
		l->unobserved |= ELEMENT_SOURCE;
}

static uint32_t
frames_of(const struct look *l, int way)
{
	uint32_t n = 0;

	for (size_t i = 0; i < l->c->sighting_count; i++)
		n += look_way(l, &l->c->sightings[i], way)->frames;
	return n;
}

/* Its answers went to a router, and nothing that it sent was seen: whether it
 * lives here or borrowed the address cannot be told. */
void
path_unseen_source(struct look *l)
{
	const struct conversation *c = l->c;

	if (!c->one_way || c->datagram)
		return;
	for (int way = 0; way < 2; way++) {
		const struct place *p = way ? &l->to : &l->from;

		if (p->kind != PLACE_ZONE || p->translation ||
		    frames_of(l, way) > 0)
			continue;
		for (size_t i = 0; i < c->sighting_count; i++) {
			const struct sighting *s = &c->sightings[i];

			if (s->routers_known && s->segment == p->zone &&
			    look_way(l, s, !way)->to_router)
				look_unjudged(l, REASON_ONE_WAY);
		}
	}
}

/* An address that lives in its segment alone and so may not be routed: as a
 * source also what only destinations may be, or nobody. */
static bool
stays_in_segment(const struct place *p, bool source)
{
	if (p->kind != PLACE_SEGMENT)
		return false;
	return p->special == ADDR_LINK_LOCAL ||
	    (source &&
		(p->special == ADDR_MULTICAST || p->special == ADDR_BROADCAST ||
		    p->special == ADDR_UNSPECIFIED));
}

bool
path_routed_link_local(const struct look *l)
{
	for (int end = 0; end < 2; end++) {
		const struct place *p = end ? &l->to : &l->from;
		const struct place *other = end ? &l->from : &l->to;

		if (!stays_in_segment(p, end == 0) || other->kind != PLACE_ZONE)
			continue;
		/* A peer of another zone than the segment's: it was carried
		 * across, or some box would carry it. */
		for (size_t i = 0; i < l->c->sighting_count; i++) {
			const struct sighting *s = &l->c->sightings[i];

			if (!s->segment)
				continue;
			if (!near_to(s->segment, other))
				return true;
			/* A router has a link-local address of its own in
			 * IPv6, but does not speak from one in IPv4. */
			if (p->address.family == 4 &&
			    look_way(l, s, end)->from_router)
				return true;
		}
	}
	return false;
}

const struct zone *
path_foreign(const struct look *l)
{
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct zone *z = l->c->sightings[i].segment;

		if (z && !near_to(z, &l->from) && !near_to(z, &l->to))
			return z;
	}
	return NULL;
}

/* Towards a zone at this sighting an undeclared box was the next hop, or the
 * frame came in from one. way: the direction that leads outwards. */
static bool
undeclared_gateway(const struct look *l, const struct sighting *s,
    const struct place *inner, int outward)
{
	const struct place *far = inner == &l->from ? &l->to : &l->from;

	if (!s->routers_known || !on_side(s->segment, inner, far))
		return false;
	return look_way(l, s, outward)->to_other ||
	    look_way(l, s, !outward)->from_other;
}

static bool
has_link(const struct zone *z, const struct link *link)
{
	for (size_t i = 0; i < z->link_count; i++)
		if (z->links[i] == link)
			return true;
	return false;
}

void
path_second_exit(struct look *l)
{
	const bool out = l->to.zone->tier == TIER_OUTSIDE;
	const struct place *far = out ? &l->to : &l->from;
	const struct place *inner = out ? &l->from : &l->to;
	const bool grave = inner->zone->tier == TIER_MYNUMBER ||
	    inner->zone->tier == TIER_LGWAN;
	bool other = false;

	if (far->zone->tier != TIER_OUTSIDE ||
	    inner->zone->tier == TIER_OUTSIDE)
		return;
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];

		if (undeclared_gateway(l, s, inner, out ? 0 : 1))
			other = true;
		if (s->link && far->zone->link_count &&
		    !on_side(s->segment, inner, far) &&
		    !has_link(far->zone, s->link))
			other = true;
	}
	if (!other)
		return;
	if (!look_got_through(l))
		look_fault_at(l, CHECK_SEG_13, SEVERITY_MEDIUM, ELEMENT_PATH,
		    clause_of_zone(far->zone));
	else
		look_fault_at(l, CHECK_SEG_13,
		    grave ? SEVERITY_CRITICAL : SEVERITY_HIGH, ELEMENT_PATH,
		    clause_of_zone(far->zone));
}

bool
zone_is_cloud(const struct zone *z)
{
	return z && z->parent && z->link_count &&
	    (z->tier == TIER_MYNUMBER || z->tier == TIER_LGWAN);
}

/* -1 off the zone's links, 1 on one of them, 0 not to be told. */
static int
on_link(const struct zone *cloud, const struct link *link, bool *backup)
{
	if (!link)
		return 0;
	if (!has_link(cloud, link))
		return -1;
	if (cloud->links[0] != link)
		*backup = true;
	return 1;
}

/* *on is set where a declared link shows itself. */
static bool
off_link(struct look *l, const struct sighting *s, const struct place *cloud,
    const struct place *inner, int outward, bool *on)
{
	int router = 0, tap = 0;

	const struct router *r = look_way(l, s, 0)->router ?
	    look_way(l, s, 0)->router :
	    look_way(l, s, 1)->router;

	if (s->segment && !near_to(s->segment, cloud) &&
	    !near_to(s->segment, inner))
		return true;
	if (undeclared_gateway(l, s, inner, outward))
		return true;
	if (r)
		router = on_link(cloud->zone, r->link, &l->backup_link);
	/* A tap's own link speaks only where it is not the inner segment. */
	if (!on_side(s->segment, inner, cloud))
		tap = on_link(cloud->zone, s->link, &l->backup_link);
	*on = *on || router > 0 || tap > 0;
	return router < 0 || tap < 0;
}

void
path_cloud_link(struct look *l)
{
	for (int end = 0; end < 2; end++) {
		const struct place *cloud = end ? &l->to : &l->from;
		const struct place *inner = end ? &l->from : &l->to;
		bool on = false;

		if (cloud->kind != PLACE_ZONE || !zone_is_cloud(cloud->zone))
			continue;
		for (size_t i = 0; i < l->c->sighting_count; i++) {
			if (!off_link(l, &l->c->sightings[i], cloud, inner,
				end ? 0 : 1, &on))
				continue;
			look_fault(l, CHECK_SEG_10, ELEMENT_PATH,
			    clause_of_zone(cloud->zone));
			return;
		}
		/* It got there, and no tap saw over which line. */
		if (!on && look_got_through(l))
			look_hidden(l, ELEMENT_PATH);
	}
}

bool
path_took(const struct look *l, const struct link *link)
{
	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];

		if (s->link == link)
			return true;
		for (int way = 0; way < 2; way++)
			if (s->way[way].router &&
			    s->way[way].router->link == link)
				return true;
	}
	return false;
}

static bool
link_in(const struct via *via, const struct link *link)
{
	for (size_t i = 0; i < via->link_count; i++)
		if (via->links[i] == link)
			return true;
	return false;
}

/* The zone is reached by the declared links and by no other. */
static bool
zone_only_by(const struct zone *z, const struct via *via)
{
	if (!z || !z->link_count)
		return false;
	for (size_t i = 0; i < z->link_count; i++)
		if (!link_in(via, z->links[i]))
			return false;
	return true;
}

static enum path_result
via_links(const struct look *l, const struct via *via)
{
	enum path_result result = PATH_NOT_SEEN;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct router *r = look_way(l, s, 0)->router;
		const bool ends = on_side(s->segment, &l->from, &l->to);

		if (r && r->link && !link_in(via, r->link))
			return PATH_OTHER;
		if (undeclared_gateway(l, s, &l->from, 0))
			return PATH_OTHER;
		if (r && r->link)
			result = PATH_AS_DECLARED;
		if (ends && !(s->link && link_in(via, s->link)))
			continue; /* the near side of the line */
		if (s->link && !link_in(via, s->link))
			return PATH_OTHER;
		if (s->link || zone_only_by(s->segment, via))
			result = PATH_AS_DECLARED;
	}
	return result;
}

/* Positive where a listed thing was seen; other only where the far side was
 * seen without it. */
static enum path_result
via_places(const struct look *l, const struct via *via)
{
	enum path_result result = PATH_NOT_SEEN;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		bool tap = !via->tap_count, vlan = !via->vlan_count;

		for (size_t j = 0; j < via->tap_count; j++)
			tap |= via->taps[j] == s->tap;
		for (size_t j = 0; j < via->vlan_count; j++)
			vlan |= via->vlans[j] == s->vlan;
		if (tap && vlan)
			return PATH_AS_DECLARED;
		if (on_side(s->segment, &l->to, &l->from))
			result = PATH_OTHER;
	}
	return result;
}

static enum path_result
via_routers(const struct look *l, const struct via *via)
{
	enum path_result result = PATH_NOT_SEEN;

	for (size_t i = 0; i < l->c->sighting_count; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const struct sighting_way *w = look_way(l, s, 0);
		bool listed = false;

		for (size_t j = 0; w->router && j < via->router_count; j++)
			listed |= addr_equal(&via->routers[j],
			    &w->router->address);
		if (listed)
			result = PATH_AS_DECLARED;
		else if (on_side(s->segment, &l->from, &l->to) &&
		    (w->router || undeclared_gateway(l, s, &l->from, 0)))
			return PATH_OTHER;
	}
	return result;
}

static enum path_result
worse(enum path_result a, enum path_result b)
{
	if (a == PATH_OTHER || b == PATH_OTHER)
		return PATH_OTHER;
	return a == PATH_NOT_SEEN ? a : b;
}

static void
describe_path(const struct look *l, char *seen, size_t size)
{
	size_t used = 0;

	seen[0] = '\0';
	for (size_t i = 0; i < l->c->sighting_count && used < size; i++) {
		const struct sighting *s = &l->c->sightings[i];
		const int n = snprintf(seen + used, size - used, "%s%s%s%s",
		    i ? ", " : "", s->tap->id, s->segment ? "/" : "",
		    s->segment ? s->segment->id : "");

		if (n < 0)
			break;
		used += (size_t)n;
	}
}

enum path_result
path_via(const struct look *l, const struct via *via, char *seen, size_t size)
{
	enum path_result result = PATH_AS_DECLARED;

	if (path_foreign(l))
		result = PATH_OTHER;
	if (via->boundary_count) {
		bool listed = false;

		for (size_t i = 0; i < via->boundary_count; i++)
			listed |= via->boundaries[i] == l->c->boundary;
		if (!listed)
			result = PATH_OTHER;
	}
	if (via->link_count)
		result = worse(result, via_links(l, via));
	if (via->tap_count || via->vlan_count)
		result = worse(result, via_places(l, via));
	if (via->router_count)
		result = worse(result, via_routers(l, via));
	describe_path(l, seen, size);
	/* Where it left the tunnel that it came in, nobody stood. */
	if (l->c->carriage != CARRIAGE_NONE && result == PATH_AS_DECLARED)
		return PATH_NOT_SEEN;
	return result;
}
