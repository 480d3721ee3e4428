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
names_ports(const struct services *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const uint16_t p = s->items[i].protocol;

		if (p == PROTOCOL_ANY)
			return false;
		if (has_ports((uint8_t)p) && !s->items[i].port_count)
			return false;
	}
	return s->count > 0;
}

static bool
names_hosts(const struct endpoint *e)
{
	return e->hosts.count && !e->networks.count;
}

/* What an exception must name before it can excuse a forbidden crossing. */
static bool
names_enough(const struct exception *e)
{
	return e->has_from && e->has_to && names_hosts(&e->from) &&
	    names_hosts(&e->to) && names_ports(&e->services);
}

enum fit { FIT_NO, FIT_WAITS, FIT_YES };

/* One service of an exception against the conversation. Without payload the
 * application is not asked for; one that stays unknown does not match. */
static enum fit
service_fits(const struct look *l, const struct service *s)
{
	struct service item = *s;
	const struct services one = { .items = &item, .count = 1 };

	if (!service_matches(&one, l->protocol, l->port))
		return FIT_NO;
	if (!s->application_count ||
	    l->c->application_state == APPLICATION_NO_PAYLOAD)
		return FIT_YES;
	if (l->target || l->c->application_state == APPLICATION_UNKNOWN)
		return FIT_NO;
	if (l->c->application_state == APPLICATION_PENDING)
		return FIT_WAITS;
	return service_names(s, l->c) ? FIT_YES : FIT_NO;
}

static enum fit
services_fit(const struct look *l, const struct services *s)
{
	enum fit best = s->count ? FIT_NO : FIT_YES;

	for (size_t i = 0; i < s->count; i++) {
		const enum fit f = service_fits(l, &s->items[i]);

		if (f > best)
			best = f;
	}
	return best;
}

static enum fit
fits(const struct look *l, const struct exception *e, enum check check,
    const struct conduit *conduit)
{
	if (strcmp(e->check, checks_id(check)) != 0)
		return FIT_NO;
	if (check == CHECK_SEG_1 && !names_enough(e))
		return FIT_NO;
	if (e->conduit && e->conduit != conduit)
		return FIT_NO;
	if (e->link && !path_took(l, e->link))
		return FIT_NO;
	if (e->has_from && !end_fits(&e->from, &l->from))
		return FIT_NO;
	if (e->has_to && !end_fits(&e->to, &l->to))
		return FIT_NO;
	return services_fit(l, &e->services);
}

/* The length of the prefix that holds the address: what matched, not what
 * else is listed. */
static unsigned
end_detail(bool given, const struct endpoint *e, const struct place *p)
{
	unsigned longest = 0;

	if (!given)
		return 0;
	for (size_t i = 0; !e->whole_zone && i < e->reach.count; i++)
		if (e->reach.items[i].length > longest &&
		    prefix_contains(&e->reach.items[i], &p->address))
			longest = e->reach.items[i].length;
	return 1000 + longest;
}

static unsigned
detail(const struct look *l, const struct exception *e)
{
	return (e->conduit ? 1000u : 0) + (e->link ? 1000u : 0) +
	    (e->services.count ? 1000u : 0) +
	    end_detail(e->has_from, &e->from, &l->from) +
	    end_detail(e->has_to, &e->to, &l->to);
}

const struct exception *
exception_find(struct look *l, enum check check, const struct conduit *conduit,
    const struct exception **expired, bool *waiting)
{
	const int32_t offset = l->m->utc_offset_s;
	const struct day today = clock_day(l->now, offset, NULL);
	const struct exception *best = NULL;

	*expired = NULL;
	*waiting = false;
	for (size_t i = 0; i < l->m->exception_count; i++) {
		const struct exception *e = &l->m->exceptions[i];
		const enum fit f = fits(l, e, check, conduit);

		if (f == FIT_NO)
			continue;
		if (e->expires.year && day_compare(today, e->expires) > 0) {
			*expired = e;
			continue;
		}
		if (f == FIT_WAITS)
			*waiting = true;
		else if (!best || detail(l, e) > detail(l, best))
			best = e;
	}
	if (best && best->expires.year)
		look_again(l, day_begin(day_add(best->expires, 1), offset));
	return best;
}
