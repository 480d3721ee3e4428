/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling what is found of a device: who it is, the line of the model it is
 * held against, and the frame that shows it. A thing is told of a device once
 * in a day of packet time.
 */
#include <stdio.h>
#include <string.h>

#include "inventory_internal.h"

bool
inventory_due(struct inventory_entry *e, enum inventory_told which,
    struct wall_us now)
{
	const int64_t told = e->told_us[which];

	/* A clock that was set back is no day that went by. */
	if (told != INT64_MIN && now.us - told < CLOCK_DAY)
		return false;
	e->told_us[which] = now.us;
	return true;
}

void
inventory_describe(const struct device *d, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (uint8_t k = 0; k < d->name_count; k++) {
		const int n = snprintf(out + used, size - used, "%s%s (%s)",
		    used > 0 ? ", " : "", d->names[k].text,
		    device_source_name(d->names[k].source));

		if (n < 0 || (size_t)n >= size - used) {
			out[used] = '\0'; /* a whole name, or none */
			return;
		}
		used += (size_t)n;
	}
}

/* The first that is known beyond its link, else the first: people and their
 * lists do not know a device by the other ones. */
static const struct addr *
usual_address(const struct device *d)
{
	for (uint8_t k = 0; k < d->address_count; k++)
		if (addr_kind(&d->addresses[k]) != ADDR_LINK_LOCAL)
			return &d->addresses[k];
	return &d->addresses[0];
}

static void
take_party(struct notice_party *p, const struct inventory_entry *e,
    const struct inventory_finding *f)
{
	if (f->address)
		p->address = *f->address;
	else if (e->d.address_count > 0)
		p->address = *usual_address(&e->d);
	p->port = f->port;
	p->has_mac = e->d.has_mac;
	p->mac = e->d.mac;
	p->zone = e->d.zone;
}

/* Who asked it: the other end. */
static void
take_peer(const struct inventory *i, struct notice *n,
    const struct inventory_finding *f)
{
	if (!f->peer)
		return;
	n->party[1].address = *f->peer;
	n->party[1].port = f->peer_port;
	n->party[1].zone = locate_address(i->model, n->boundary, f->peer).zone;
}

static void
take_finding(struct notice *n, const struct inventory_finding *f,
    struct wall_us now)
{
	n->check = f->check;
	n->severity = f->severity;
	n->word = f->word;
	n->now = n->first = now;
	n->protocol = f->protocol;
	n->expected = f->expected;
	n->seen = f->seen;
	n->counted = f->counted;
	n->of = f->of;
	n->flow_id = f->flow_id;
	if (f->host)
		n->clause = (struct clause){ .kind = CLAUSE_MODEL,
			.id = f->host->name,
			.place = f->host->place };
}

/* The frame that decided it, or the one that showed the device first. */
static void
take_packet(const struct inventory *i, const struct inventory_entry *e,
    const struct arrival *a, struct evidence_packet *packet, struct notice *n)
{
	if (a && retain_cut(i->model, a, false, packet)) {
		n->packets = packet;
		n->packet_count = 1;
	} else if (e->kept != INVENTORY_NONE) {
		*packet = i->kept[e->kept].packet;
		packet->bytes = i->kept[e->kept].bytes;
		n->packets = packet;
		n->packet_count = 1;
	}
	if (n->packet_count > 0)
		packet->deciding = true;
}

void
inventory_tell(struct inventory *i, const struct inventory_entry *e,
    const struct inventory_finding *f, const struct arrival *a,
    struct wall_us now, const struct observer *o)
{
	struct notice n = { 0 };
	struct evidence_packet packet;

	if (!o->notice)
		return;
	take_finding(&n, f, now);
	n.boundary = e->d.boundary;
	n.tap = a ? a->tap : e->d.tap;
	if (a && a->packet) {
		n.tag_count = a->packet->tag_count;
		memcpy(n.tags, a->packet->tags, sizeof(n.tags));
	} else {
		n.first = e->d.first;
	}
	take_party(&n.party[0], e, f);
	take_peer(i, &n, f);
	take_packet(i, e, a, &packet, &n);
	o->notice(o->context, &n);
}

void
inventory_tell_zone(struct inventory *i, const struct boundary *b,
    const struct zone *z, const struct inventory_finding *f, struct wall_us now,
    const struct observer *o)
{
	struct notice n = { 0 };

	(void)i;
	if (!o->notice)
		return;
	take_finding(&n, f, now);
	n.boundary = b;
	n.party[0].zone = z;
	o->notice(o->context, &n);
}

bool
inventory_take_turn(struct inventory *i, const struct inventory_entry *e,
    struct inventory_day *day, const struct inventory_finding *many,
    struct wall_us now, const struct observer *o)
{
	if (day->told == 0 || now.us - day->since.us >= CLOCK_DAY)
		*day = (struct inventory_day){ .since = now };
	if (day->told < INVENTORY_ZONE_TOLD_MAX) {
		day->told++;
		return true;
	}
	if (!day->many_told)
		inventory_tell_zone(i, e->d.boundary, e->d.zone, many, now, o);
	day->many_told = true;
	return false;
}
