/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the declared network lacks: TOP-5 limits of a conduit, TOP-6 an
 * encryption requirement on a line to the government cloud, TOP-7 a tap for
 * each boundary, zone and link, TOP-12 address translation that must exist
 * but is not declared, as far as the model alone can show it.
 */
#include "model_check_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model_internal.h"

#define IP_TCP 6
#define IP_UDP 17
#define IP_SCTP 132
#define PORTS 65536
#define PORTS_MANY 60000 /* so many are no limit */

/* ---- TOP-5 */

static void
name_lack(struct text *list, enum lang lang, enum word word)
{
	if (list->length)
		text_add(list, lang == LANG_JA ? "、" : ", ");
	text_add(list, words_get(lang, word));
}

/* How many ports the services of a protocol take together. */
static size_t
count_ports(const struct services *all, uint16_t protocol)
{
	uint8_t *taken = mem_calloc(PORTS, 1);
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct service *s = &all->items[i];

		for (size_t j = 0; s->protocol == protocol && j < s->port_count;
		     j++)
			memset(taken + s->ports[j].first, 1,
			    (size_t)(s->ports[j].last - s->ports[j].first) + 1);
	}
	for (size_t p = 0; p < PORTS; p++)
		count += taken[p];
	free(taken);
	return count;
}

/* Whether the services of a protocol leave no port out, or nearly none. */
static bool
takes_any_port(const struct services *all, uint16_t protocol)
{
	size_t most = 0; /* were no port named twice */

	for (size_t i = 0; i < all->count; i++) {
		const struct service *s = &all->items[i];

		if (s->protocol != protocol)
			continue;
		if (s->port_count == 0)
			return true;
		for (size_t j = 0; j < s->port_count; j++)
			most += (size_t)(s->ports[j].last - s->ports[j].first) +
			    1;
	}
	return most > PORTS_MANY && count_ports(all, protocol) > PORTS_MANY;
}

/* Only what has ports has applications: ICMP is its own. */
static bool
takes_any_application(const struct service *s)
{
	return s->application_count == 0 &&
	    (s->protocol == IP_TCP || s->protocol == IP_UDP ||
		s->protocol == IP_SCTP || s->protocol == PROTOCOL_ANY);
}

static void
name_service_lacks(struct text *list, enum lang lang, const struct services *s)
{
	bool protocol = false, application = false;
	bool port = takes_any_port(s, IP_TCP) || takes_any_port(s, IP_UDP) ||
	    takes_any_port(s, IP_SCTP);

	if (s->count == 0) {
		name_lack(list, lang, W_CHECK_LACKS_SERVICES);
		return;
	}
	for (size_t i = 0; i < s->count; i++) {
		protocol |= s->items[i].protocol == PROTOCOL_ANY;
		application |= takes_any_application(&s->items[i]);
	}
	if (protocol)
		name_lack(list, lang, W_CHECK_LACKS_PROTOCOL);
	if (port)
		name_lack(list, lang, W_CHECK_LACKS_PORTS);
	if (application)
		name_lack(list, lang, W_CHECK_LACKS_APPLICATIONS);
}

static void
report_lacks(const struct check_run *run, struct diag_place place,
    enum word noun, const char *id, struct text *list)
{
	if (list->length)
		words_diag(run->d, place, DIAG_WARNING, CHECK_TOP_5,
		    W_CHECK_LACKS, 3, words_get(run->d->lang, noun), id,
		    text_str(list));
	text_free(list);
}

/* The whole zone, also when its networks are written out. A zone of single
 * hosts is limited by naming them. */
static bool
is_whole(const struct endpoint *e)
{
	bool networks = false;

	if (e->whole_zone)
		return true;
	if (e->account != NULL || e->partner != NULL || e->list != NULL)
		return false;
	for (size_t i = 0; i < e->zone->all.count; i++)
		networks |= e->zone->all.items[i].length <
		    addr_bits(&e->zone->all.items[i].addr);
	return networks && model_set_covers_all(&e->reach, &e->zone->all);
}

static void
check_conduit_limits(const struct check_run *run, const struct conduit *c)
{
	const enum lang lang = run->d->lang;
	bool strict = c->special || c->from.zone->tier == TIER_MYNUMBER ||
	    c->to.zone->tier == TIER_MYNUMBER;
	struct text list = { 0 };

	if (strict && is_whole(&c->from))
		name_lack(&list, lang, W_CHECK_LACKS_FROM);
	if (strict && is_whole(&c->to))
		name_lack(&list, lang, W_CHECK_LACKS_TO);
	/* Those of a relay are told once, of the relay. */
	if (!c->from_relay)
		name_service_lacks(&list, lang, &c->services);
	report_lacks(run, c->place, W_NOUN_CONDUIT, c->id, &list);
}

void
check_limits(const struct check_run *run)
{
	const struct model *m = run->m;

	for (size_t i = 0; i < m->conduit_count; i++)
		check_conduit_limits(run, &m->conduits[i]);
	for (size_t i = 0; i < m->relay_count; i++) {
		struct text list = { 0 };

		name_service_lacks(&list, run->d->lang, &m->relays[i].services);
		report_lacks(run, m->relays[i].place, W_NOUN_RELAY,
		    m->relays[i].id, &list);
	}
}

/* ---- TOP-6 */

static bool
uses_link(const struct zone *z, const struct link *link)
{
	for (size_t i = 0; i < z->link_count; i++)
		if (z->links[i] == link)
			return true;
	return false;
}

/* An area of the government cloud: beneath the tier for individual numbers,
 * or of that tier with accounts. */
static bool
is_cloud(const struct zone *z)
{
	if (z->parent != NULL)
		return z->parent->tier == TIER_MYNUMBER;
	return z->tier == TIER_MYNUMBER && z->account_count != 0;
}

/* The government-cloud area that the link leads to, or NULL. */
static const struct zone *
cloud_behind(const struct model *m, const struct link *link)
{
	for (size_t i = 0; i < m->zone_count; i++) {
		const struct zone *z = &m->zones[i];

		if (is_cloud(z) && uses_link(z, link))
			return z;
	}
	return NULL;
}

void
check_encryption(const struct check_run *run)
{
	for (size_t i = 0; i < run->m->link_count; i++) {
		const struct link *link = &run->m->links[i];
		const struct zone *cloud = cloud_behind(run->m, link);

		if (cloud == NULL ||
		    (link->has_encryption && link->minimum != ENCRYPTION_NONE))
			continue;
		words_diag(run->d, link->place, DIAG_WARNING, CHECK_TOP_6,
		    W_CHECK_NO_ENCRYPTION, 2, link->id, cloud->id);
	}
	for (size_t i = 0; i < run->m->zone_count; i++) {
		const struct zone *z = &run->m->zones[i];

		if (is_cloud(z) && z->account_count != 0 && z->link_count == 0)
			words_diag(run->d, z->place, DIAG_WARNING, CHECK_TOP_6,
			    W_CHECK_CLOUD_NO_LINK, 1, z->id);
	}
}

/* ---- TOP-7 */

/* What a tap shows of a segment: it, and the line that is named for it. */
struct view {
	const struct zone *zone; /* or NULL: transit */
	const struct link *link; /* or NULL */
};

/* The i-th view of a tap: its own segment, then each VLAN. */
static bool
view_at(const struct tap *t, size_t i, struct view *out)
{
	if (i == 0) {
		*out = (struct view){ t->segment, t->link };
		return true;
	}
	if (i > t->vlan_count)
		return false;
	*out = (struct view){ t->vlans[i - 1].zone, t->vlans[i - 1].link };
	return true;
}

static bool
boundary_sees_zone(const struct boundary *b, const struct zone *z)
{
	struct view v;

	for (size_t t = 0; t < b->tap_count; t++)
		for (size_t i = 0; view_at(&b->taps[t], i, &v); i++)
			if (v.zone == z)
				return true;
	return false;
}

/* A line is seen where a tap, a VLAN or a router names it; a segment for
 * which no line is named shows every line of its zone. */
static bool
tap_sees_link(const struct tap *t, const struct link *link)
{
	struct view v;

	for (size_t i = 0; i < t->router_count; i++)
		if (t->routers[i].link == link)
			return true;
	for (size_t i = 0; view_at(t, i, &v); i++)
		if (v.link == link ||
		    (v.link == NULL && v.zone != NULL &&
			uses_link(v.zone, link)))
			return true;
	return false;
}

static bool
boundary_sees_link(const struct boundary *b, const struct link *link)
{
	for (size_t i = 0; i < b->tap_count; i++)
		if (tap_sees_link(&b->taps[i], link))
			return true;
	return false;
}

static bool
excused(const struct boundary *b, const struct zone *z)
{
	for (size_t i = 0; i < b->unmonitored_count; i++)
		if (b->unmonitored[i].zone == z)
			return true;
	return false;
}

/* A zone behind lines is watched when each of its lines is. */
static bool
seen_by_links(const struct boundary *b, const struct zone *z)
{
	for (size_t i = 0; i < z->link_count; i++)
		if (!boundary_sees_link(b, z->links[i]))
			return false;
	return z->link_count > 0;
}

static void
check_boundary(const struct check_run *run, const struct boundary *b)
{
	size_t blind = 0;

	for (size_t i = 0; i < b->zone_count; i++)
		if (!excused(b, b->zones[i]) &&
		    !boundary_sees_zone(b, b->zones[i]) &&
		    !seen_by_links(b, b->zones[i]))
			blind++;
	if (blind == 0)
		return;
	if (b->tap_count == 0) {
		words_diag(run->d, b->place, DIAG_WARNING, CHECK_TOP_7,
		    W_CHECK_BOUNDARY_BLIND, 1, b->id);
		return;
	}
	for (size_t i = 0; i < b->zone_count; i++) {
		const struct zone *z = b->zones[i];

		if (!excused(b, z) && !boundary_sees_zone(b, z) &&
		    !seen_by_links(b, z))
			words_diag(run->d, z->place, DIAG_WARNING, CHECK_TOP_7,
			    W_CHECK_ZONE_BLIND, 2, z->id, b->id);
	}
}

/* How a link is watched over all boundaries. */
enum watch { WATCH_NONE, WATCH_EXCUSED, WATCH_SEEN };

static enum watch
watch_of_link(const struct model *m, const struct link *link)
{
	enum watch watch = WATCH_NONE;

	for (size_t i = 0; i < m->boundary_count; i++) {
		const struct boundary *b = &m->boundaries[i];

		if (boundary_sees_link(b, link))
			return WATCH_SEEN;
		for (size_t j = 0; j < b->zone_count; j++)
			if (uses_link(b->zones[j], link) &&
			    excused(b, b->zones[j]))
				watch = WATCH_EXCUSED;
	}
	return watch;
}

static bool
at_some_boundary(const struct model *m, const struct zone *z)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (zone_listed(m->boundaries[i].zones,
			m->boundaries[i].zone_count, z))
			return true;
	return false;
}

void
check_coverage(const struct check_run *run)
{
	const struct model *m = run->m;

	for (size_t i = 0; i < m->boundary_count; i++)
		check_boundary(run, &m->boundaries[i]);
	for (size_t i = 0; i < m->zone_count; i++)
		if (!at_some_boundary(m, &m->zones[i]))
			words_diag(run->d, m->zones[i].place, DIAG_WARNING,
			    CHECK_TOP_7, W_CHECK_ZONE_NOWHERE, 1,
			    m->zones[i].id);
	for (size_t i = 0; i < m->link_count; i++)
		if (watch_of_link(m, &m->links[i]) == WATCH_NONE)
			words_diag(run->d, m->links[i].place, DIAG_WARNING,
			    CHECK_TOP_7, W_CHECK_LINK_BLIND, 1, m->links[i].id);
}

/* ---- TOP-12 */

/* Whether some translation gives addresses of z another face. */
static bool
is_translated(const struct model *m, const struct zone *z)
{
	for (size_t i = 0; i < m->translation_count; i++)
		if (m->translations[i].from == z)
			return true;
	return false;
}

/* The same address at both ends: that only works through a translation. */
static void
check_same_addresses(const struct check_run *run, const struct conduit *c)
{
	const struct zone *a = c->from.zone, *b = c->to.zone;

	if (a == b || a->tier == TIER_OUTSIDE || b->tier == TIER_OUTSIDE ||
	    a->parent == b || b->parent == a || is_translated(run->m, a) ||
	    is_translated(run->m, b))
		return;
	if (prefix_set_overlaps(end_addresses(&c->from), end_addresses(&c->to)))
		words_diag(run->d, c->place, DIAG_WARNING, CHECK_TOP_12,
		    W_CHECK_SAME_ADDRESSES, 3, c->id, a->id, b->id);
}

static bool
zone_holds(const struct zone *z, const struct prefix_set *set)
{
	return model_set_covers_all(&z->all, set);
}

/* What a translation makes of addresses must be known on the far side. */
static void
check_target(const struct check_run *run, const struct translation *t)
{
	char address[PREFIX_TEXT_MAX];

	if (t->toward == NULL)
		return;
	for (size_t i = 0; i < t->to.count; i++) {
		const struct prefix_set one = { &t->to.items[i], 1 };

		if (zone_holds(t->toward, &one) || zone_holds(t->from, &one))
			continue;
		words_diag(run->d, t->place, DIAG_WARNING, CHECK_TOP_12,
		    W_CHECK_TARGET_OUTSIDE, 2,
		    prefix_format(&t->to.items[i], address), t->toward->id);
		return;
	}
}

void
check_translations(const struct check_run *run)
{
	const struct model *m = run->m;

	for (size_t i = 0; i < m->translation_count; i++)
		check_target(run, &m->translations[i]);
	for (size_t i = 0; i < m->conduit_count; i++)
		check_same_addresses(run, &m->conduits[i]);
}
