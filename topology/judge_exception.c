/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exceptions: every field given must match; the most specific one wins, then
 * file order. On a DENY cell only one that names SEG-1, both zones, hosts and
 * ports counts. One whose last day has passed excuses nothing, and says so.
 */
#include <string.h>

#include "judge_internal.h"

static bool
end_fits(const struct endpoint *e, const struct place *p)
{
	if (p->hidden && !e->whole_zone)
		return false; /* not known, so not excused */
	return endpoint_matches(e, p);
}

static bool
link_seen(const struct look *l, const struct link *link)
{
	for (size_t i = 0; i < l->c->sighting_count; i++)
		if (l->c->sightings[i].link == link)
			return true;
	return false;
}

static bool
names_ports(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const uint16_t p = s->items[i].protocol;

		if (p == PROTOCOL_ANY)
			return false;
		if ((p == 6 || p == 17) && !s->items[i].port_count)
			return false;
	}
	return s->count > 0;
}

/* What an exception must name before it can excuse a forbidden crossing. */
static bool
names_enough(const struct exception *e)
{
	return e->has_from && e->has_to && !e->from.whole_zone &&
	    !e->to.whole_zone && names_ports(&e->services);
}

static bool
fits(const struct look *l, const struct exception *e, enum check check,
    const struct conduit *conduit)
{
	if (strcmp(e->check, checks_id(check)) != 0)
		return false;
	if (check == CHECK_SEG_1 && !names_enough(e))
		return false;
	if (e->conduit && e->conduit != conduit)
		return false;
	if (e->link && !link_seen(l, e->link))
		return false;
	if (e->has_from && !end_fits(&e->from, &l->from))
		return false;
	if (e->has_to && !end_fits(&e->to, &l->to))
		return false;
	return !e->services.count ||
	    service_matches(&e->services, l->c->protocol, l->port);
}

static unsigned
end_detail(bool given, const struct endpoint *e)
{
	unsigned longest = 0;

	if (!given)
		return 0;
	for (size_t i = 0; !e->whole_zone && i < e->reach.count; i++)
		if (e->reach.items[i].length > longest)
			longest = e->reach.items[i].length;
	return 1000 + longest;
}

static unsigned
detail(const struct exception *e)
{
	return (e->conduit ? 1000u : 0) + (e->link ? 1000u : 0) +
	    (e->services.count ? 1000u : 0) +
	    end_detail(e->has_from, &e->from) + end_detail(e->has_to, &e->to);
}

const struct exception *
exception_find(struct look *l, enum check check, const struct conduit *conduit,
    const struct exception **expired)
{
	const int32_t offset = l->m->utc_offset_s;
	const struct day today = clock_day(l->now, offset, NULL);
	const struct exception *best = NULL;

	*expired = NULL;
	for (size_t i = 0; i < l->m->exception_count; i++) {
		const struct exception *e = &l->m->exceptions[i];

		if (!fits(l, e, check, conduit))
			continue;
		if (e->expires.year && day_compare(today, e->expires) > 0) {
			*expired = e;
			continue;
		}
		if (!best || detail(e) > detail(best))
			best = e;
	}
	if (best && best->expires.year)
		look_again(l, day_begin(day_add(best->expires, 1), offset));
	return best;
}
