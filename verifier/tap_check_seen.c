/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A probe's events as facts about taps. Only three kinds are read: what a tap
 * shows, of which the last word counts, its minutes, which are added up, and
 * gaps. Lines come from a child of our own, yet what does not fit is passed
 * over, never trusted.
 */
#include <stdio.h>
#include <string.h>

#include "base/jsonx.h"
#include "events.h"
#include "tap_check.h"

static uint64_t
number(const struct jsonx *o, const char *key)
{
	const int64_t n = events_number(o, key);

	return n > 0 ? (uint64_t)n : 0;
}

static bool
is_true(const struct jsonx *o, const char *key)
{
	const struct jsonx *v = jsonx_get(o, key);

	return v != NULL && v->kind == JSONX_BOOLEAN && v->integer != 0;
}

static const struct zone *
zone_of(const struct jsonx *o, const struct model *m)
{
	const char *id = events_text(o, "zone");

	return id[0] != '\0' ? model_zone(m, id) : NULL;
}

/* "2026-11-21T10:15:33.123456+0900", as if it were UTC: only differences are
 * made of it. */
static int64_t
moment(const struct jsonx *o, const char *key)
{
	const char *text = events_text(o, key);
	char date[11] = "";
	int hour, minute;
	double second;
	struct day day;

	if (strlen(text) < sizeof(date))
		return 0;
	memcpy(date, text, sizeof(date) - 1);
	if (!day_parse(date, &day) ||
	    sscanf(text + sizeof(date), "%2d:%2d:%9lf", &hour, &minute,
		&second) != 3)
		return 0;
	return day_begin(day, 0).us + hour * CLOCK_HOUR +
	    minute * CLOCK_MINUTE + (int64_t)(second * (double)CLOCK_SECOND);
}

static void
take_vlans(struct tap_view *v, const struct jsonx *list, const struct model *m)
{
	for (const struct jsonx *o = list ? list->child : NULL;
	     o && v->vlan_count < TAP_VIEW_VLANS_MAX; o = o->next)
		v->vlans[v->vlan_count++] =
		    (struct tap_view_vlan){ .id = (uint16_t)number(o, "id"),
			    .declared = is_true(o, "declared"),
			    .zone = zone_of(o, m),
			    .frames = number(o, "frames") };
}

static void
take_prefixes(struct tap_view *v, const struct jsonx *list,
    const struct model *m)
{
	for (const struct jsonx *o = list ? list->child : NULL;
	     o && v->prefix_count < TAP_VIEW_PREFIXES_MAX; o = o->next) {
		struct tap_view_prefix p = { .vlan = (uint16_t)number(o,
						 "vlan"),
			.zone = zone_of(o, m),
			.from = number(o, "from"),
			.to = number(o, "to"),
			.local = number(o, "local") };

		if (prefix_parse(events_text(o, "prefix"), &p.prefix) ==
		    PREFIX_OK)
			v->prefixes[v->prefix_count++] = p;
	}
}

/* Zones of what a MAC sent; one that the model has not is kept as NULL, so that
 * it is taken for none of its own. */
static void
take_zones(struct tap_view_mac *mac, const struct jsonx *list,
    const struct model *m)
{
	for (const struct jsonx *o = list ? list->child : NULL;
	     o && mac->zone_count < TAP_VIEW_ZONES_MAX; o = o->next)
		mac->zones[mac->zone_count++] = o->kind == JSONX_STRING ?
		    model_zone(m, o->string) :
		    NULL;
}

static void
take_macs(struct tap_view *v, const struct jsonx *list, const struct model *m)
{
	for (const struct jsonx *o = list ? list->child : NULL;
	     o && v->mac_count < TAP_VIEW_MACS_MAX; o = o->next) {
		struct tap_view_mac mac = { .vlan = (uint16_t)number(o, "vlan"),
			.frames = number(o, "frames"),
			.prefixes = (uint32_t)number(o, "prefixes"),
			.router = events_text(o, "declared")[0] != '\0',
			.forwards = is_true(o, "forwards") };

		take_zones(&mac, jsonx_get(o, "zones"), m);
		(void)addr_parse(events_text(o, "address"), &mac.address);
		if (mac_parse(events_text(o, "mac"), &mac.mac))
			v->macs[v->mac_count++] = mac;
	}
}

static void
take_view(struct tap_seen *s, const struct jsonx *o, const struct model *m)
{
	struct tap_view *v = &s->view;
	const struct jsonx *tcp = jsonx_get(o, "tcp");
	const struct jsonx *unlisted = jsonx_get(o, "unlisted");

	memset(v, 0, sizeof(*v));
	v->tap = s->tap;
	v->from.us = moment(o, "from");
	v->until.us = moment(o, "until");
	v->frames = number(o, "frames");
	v->bytes = number(o, "bytes");
	v->copies = number(o, "copies");
	v->cut = number(o, "cut");
	v->giants = number(o, "giants");
	v->longest = (uint32_t)number(o, "longest");
	v->tcp_conversations = number(tcp, "conversations");
	v->tcp_one_way = number(tcp, "one_way");
	v->passed = number(o, "passed");
	v->unlisted_vlans = number(unlisted, "vlans");
	v->unlisted_prefixes = number(unlisted, "prefixes");
	v->unlisted_macs = number(unlisted, "macs");
	take_vlans(v, jsonx_get(o, "vlans"), m);
	take_prefixes(v, jsonx_get(o, "prefixes"), m);
	take_macs(v, jsonx_get(o, "macs"), m);
	s->is_found = true;
}

static void
take_minute(struct tap_seen *s, const struct jsonx *o)
{
	const struct jsonx *payload = jsonx_get(o, "payload");
	const struct jsonx *drops = jsonx_get(o, "drops");

	if (strcmp(events_text(o, "level"), "tap") != 0)
		return;
	s->payload_seen += number(payload, "seen");
	s->payload_missing += number(payload, "missing");
	s->undecodable += number(o, "undecodable");
	s->drops += number(drops, "ring") + number(drops, "nic");
	s->events += number(o, "frames");
}

static void
take_gap(struct tap_seen *s, const struct jsonx *o)
{
	const char *cause = events_text(o, "cause");

	s->gaps++;
	text_clear(&s->cause);
	text_quote(&s->cause, cause);
}

static void
take_event(struct tap_seen *seen, size_t count, const struct model *m,
    const struct jsonx *event)
{
	const struct jsonx *o = jsonx_get(event, "sekisho");
	const char *type = events_text(event, "event_type");
	const char *tap = events_text(o, "tap");

	for (size_t i = 0; i < count; i++) {
		if (strcmp(seen[i].tap->id, tap) != 0)
			continue;
		if (strcmp(type, "sekisho_tap") == 0)
			take_view(&seen[i], o, m);
		else if (strcmp(type, "sekisho_coverage") == 0)
			take_minute(&seen[i], o);
		else
			take_gap(&seen[i], o);
		return;
	}
}

void
tap_seen_line(struct tap_seen *seen, size_t count, const struct model *m,
    const char *line, size_t length)
{
	static const char *const kinds[] = { "\"event_type\":\"sekisho_tap\"",
		"\"event_type\":\"sekisho_coverage\"",
		"\"event_type\":\"sekisho_gap\"" };
	struct diag d = { .lang = LANG_EN };
	struct jsonx_doc *doc = NULL;
	bool wanted = false;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		wanted = wanted ||
		    memmem(line, length, kinds[i], strlen(kinds[i])) != NULL;
	if (wanted && length <= EVENTS_LINE_MAX)
		doc = jsonx_parse("event", line, length, &d);
	if (doc != NULL && jsonx_root(doc)->kind == JSONX_OBJECT)
		take_event(seen, count, m, jsonx_root(doc));
	jsonx_free(doc);
	diag_free(&d);
}

void
tap_seen_fini(struct tap_seen *s)
{
	text_free(&s->cause);
}
