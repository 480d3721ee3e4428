/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who forwards at a tap, as "routers" of a draft: the MACs that sent for other
 * zones, a redundancy group's own MAC with the devices that answer to it, and
 * the outer side of a translation. What may be a second way out, or a router
 * within the zone, is asked about instead.
 */
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "draft_text.h"
#include "events.h"
#include "locate.h"

#define ROUTER_SHARE 20 /* of a segment's forwarded frames: 1/20 is little */

static bool
beside(const struct draft_forwarder *a, const struct draft_forwarder *b)
{
	return a->tap == b->tap && a->zone == b->zone;
}

static uint64_t
frames_beside(const struct draft_seen *s, const struct draft_forwarder *f)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->forwarder_count; i++)
		if (beside(&s->forwarders[i], f) && s->forwarders[i].frames > n)
			n = s->forwarders[i].frames;
	return n;
}

static bool
is_little(const struct draft_seen *s, const struct draft_forwarder *f)
{
	return frames_beside(s, f) / ROUTER_SHARE > f->frames;
}

static bool
is_known(const struct draft_forwarder *f)
{
	return f->declared || locate_router(f->tap, f->zone, &f->mac) != NULL;
}

/* ---- redundancy groups */

static bool
same_group(const struct draft_forwarder *a, const struct draft_forwarder *b)
{
	unsigned x, y;
	const char *first = draft_text_virtual(&a->mac, &x);
	const char *second = draft_text_virtual(&b->mac, &y);

	return first != NULL && second != NULL && strcmp(first, second) == 0 &&
	    x == y && beside(a, b);
}

/* Zones that it sends for beside the segment's own one. */
static uint64_t
zones_beyond(const struct draft_forwarder *f)
{
	return f->zone != NULL ?
	    f->zones & ~(UINT64_C(1) << (f->zone->index & 63)) :
	    f->zones;
}

/* Whether f is a device of the group that g is the MAC of: where it sends for
 * the same zones and for its own address it is no router within the zone. */
static bool
is_device_of(const struct draft_seen *s, const struct draft_forwarder *f,
    const struct draft_forwarder *g)
{
	unsigned group;

	if (!beside(f, g) || is_known(f) ||
	    draft_text_virtual(&f->mac, &group) != NULL)
		return false;
	if (f->address.family != 0 && addr_equal(&f->address, &g->address))
		return true;
	return zones_beyond(f) != 0 && !is_little(s, f) &&
	    (zones_beyond(g) == 0 || (zones_beyond(f) & zones_beyond(g)) != 0);
}

/* The group that f stands with, the first where there are several, or NULL. */
static const struct draft_forwarder *
group_of(const struct draft_seen *s, const struct draft_forwarder *f)
{
	unsigned group;
	const bool is_group = draft_text_virtual(&f->mac, &group) != NULL;

	for (size_t i = 0; i < s->forwarder_count; i++) {
		const struct draft_forwarder *g = &s->forwarders[i];

		if (draft_text_virtual(&g->mac, &group) == NULL)
			continue;
		if (is_group ? same_group(g, f) : is_device_of(s, f, g))
			return g;
	}
	return NULL;
}

static const struct addr *
address_of(const struct draft_seen *s, const struct draft_forwarder *f)
{
	for (size_t i = 0; i < s->forwarder_count; i++)
		if (s->forwarders[i].address.family != 0 &&
		    same_group(&s->forwarders[i], f))
			return &s->forwarders[i].address;
	return f->address.family != 0 ? &f->address : NULL;
}

/* ---- rows */

static void
add_router(const struct draft_seen *s, const struct draft_forwarder *f,
    struct text *out)
{
	char address[ADDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	unsigned group;
	const char *kind = draft_text_virtual(&f->mac, &group);
	const struct addr *own = address_of(s, f);

	text_add(out, "          { ");
	if (own != NULL)
		text_printf(out, "\"address\": \"%s\", ",
		    addr_format(own, address));
	text_printf(out, "\"macs\": [\"%s\"", mac_format(&f->mac, mac));
	for (size_t i = 0; kind != NULL && i < s->forwarder_count; i++) {
		const struct draft_forwarder *x = &s->forwarders[i];

		if (x != f && !is_known(x) && group_of(s, x) == f)
			text_printf(out, ", \"%s\"", mac_format(&x->mac, mac));
	}
	text_add_char(out, ']');
	if (kind != NULL)
		text_printf(out,
		    ", \"virtual\": { \"kind\": \"%s\", \"group\": %u }", kind,
		    group);
	text_add(out, " }");
}

/* The tap's own node of the source. */
static const struct jsonx *
tap_node(const struct draft_source *s, const char *id)
{
	const struct jsonx *all = jsonx_get(jsonx_root(s->doc), "boundaries");

	for (const struct jsonx *b = all ? all->child : NULL; b; b = b->next) {
		const struct jsonx *taps = jsonx_get(b, "taps");

		for (const struct jsonx *t = taps ? taps->child : NULL; t;
		     t = t->next)
			if (strcmp(events_text(t, "id"), id) == 0)
				return t;
	}
	return NULL;
}

static void
ask(const struct draft *d, const struct draft_forwarder *f,
    struct text *questions)
{
	struct draft_counts c;
	char mac[MAC_TEXT_MAX];

	draft_text_counts(&c, (uint64_t[4]){ f->frames });
	text_add(questions, "          // ");
	words_add(questions, d->lang,
	    f->inner ? W_DRAFT_ROUTER_INNER : W_DRAFT_ROUTER_DOUBT, 2,
	    mac_format(&f->mac, mac), c.text[0]);
	text_add_char(questions, '\n');
}

/* The far side of a translation sends nothing but its own address there. */
static size_t
translators_of(const struct draft *d, const struct tap *tap, size_t n,
    struct text *out)
{
	for (size_t i = 0; i < d->seen->station_count; i++) {
		const struct draft_forwarder *f = &d->seen->stations[i];

		if (f->tap != tap || is_known(f) ||
		    !draft_nat_shows(d->seen, tap->boundary, &f->address))
			continue;
		text_add(out, n++ ? ",\n" : "");
		add_router(d->seen, f, out);
	}
	return n;
}

static size_t
routers_of(const struct draft *d, const struct tap *tap, struct text *out,
    struct text *questions)
{
	const struct draft_seen *s = d->seen;
	size_t n = 0;

	for (size_t i = 0; i < s->forwarder_count; i++) {
		const struct draft_forwarder *f = &s->forwarders[i];
		const struct draft_forwarder *g;

		if (f->tap != tap || is_known(f))
			continue;
		g = group_of(s, f);
		if (g != NULL && g != f && !is_known(g))
			continue; /* stands in the group's row */
		if (g == NULL &&
		    !draft_nat_shows(s, tap->boundary, &f->address) &&
		    (f->inner || is_little(s, f))) {
			ask(d, f, questions);
			continue;
		}
		text_add(out, n++ ? ",\n" : "");
		add_router(s, f, out);
	}
	return translators_of(d, tap, n, out);
}

/* Where no router is written its questions stand with the others. */
static void
ask_routers(const struct draft *d, struct draft_source *source, const char *tap,
    const char *questions)
{
	struct text out = { 0 };

	if (questions[0] == '\0')
		return;
	text_add(&out, "  // ");
	words_add(&out, d->lang, W_DRAFT_ROUTER_ASKED, 1, tap);
	text_printf(&out, "\n%s", questions);
	draft_add_remark(source, text_str(&out));
	text_free(&out);
}

static void
write_routers(struct draft *d, struct draft_source *source,
    const struct tap *tap)
{
	const struct jsonx *node = tap_node(source, tap->id);
	struct text rows = { 0 }, questions = { 0 }, out = { 0 };
	const struct jsonx *old;
	size_t n;

	n = routers_of(d, tap, &rows, &questions);
	if (node == NULL || n == 0) {
		ask_routers(d, source, tap->id, text_str(&questions));
		goto out;
	}
	d->routers += n;
	text_printf(&out, "          // %s\n%s%s",
	    words_get(d->lang, W_DRAFT_ROUTERS_HEAD), text_str(&questions),
	    text_str(&rows));
	old = jsonx_get(node, "routers");
	if (old != NULL) {
		draft_add_element(source, old, text_str(&out));
	} else {
		text_clear(&questions);
		text_printf(&questions,
		    "          \"routers\": [\n%s\n          ]",
		    text_str(&out));
		draft_add_member(source, node, text_str(&questions));
	}
out:
	text_free(&rows);
	text_free(&questions);
	text_free(&out);
}

void
draft_write_routers(struct draft *d, struct draft_source *source)
{
	for (size_t i = 0; i < d->m->boundary_count; i++)
		for (size_t k = 0; k < d->m->boundaries[i].tap_count; k++)
			write_routers(d, source, &d->m->boundaries[i].taps[k]);
}
