/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The events of a probe as channels: each conversation is placed by the base
 * model (which may know more zones than the probe did), put under the first
 * reason for which it could never be proposed, and counted. Also what alerts
 * name, who forwards at a tap, and what devices call themselves. Only final
 * "flow" lines are conversations; what they cannot say is not guessed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "checks.h"
#include "draft.h"
#include "draft_event.h"
#include "draft_never.h"
#include "draft_text.h"
#include "locate.h"

#define ROOM_FIRST 4096
#define NIGHT_BEGINS_H 22
#define NIGHT_ENDS_H 6
#define NIGHT_HOURS 8

/* What makes a channel one; every byte is set, for hashing. */
struct channel_key {
	struct addr from, to;
	uint32_t from_zone, to_zone;
	uint16_t port, application, master;
	uint8_t protocol, never;
};

/* ---- words */

uint16_t
draft_word(struct draft_seen *s, const char *text)
{
	for (size_t i = 0; i < s->word_count; i++)
		if (strcmp(s->words[i], text) == 0)
			return (uint16_t)i;
	if (s->word_count == DRAFT_WORDS_MAX)
		return 0;
	s->words[s->word_count] = arena_strdup(s->arena, text);
	return (uint16_t)s->word_count++;
}

void
draft_seen_init(struct draft_seen *s, const struct model *m)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena_new();
	s->m = m;
	(void)draft_word(s, "");
	/* A fixed key: the same input must give the same output, and whoever
	 * wrote the events could only slow this one run down. */
	memset(s->secret, 0x5e, sizeof(s->secret));
	table_init(&s->index, ROOM_FIRST, sizeof(struct channel_key),
	    s->secret);
}

void
draft_seen_fini(struct draft_seen *s)
{
	table_fini(&s->index);
	free(s->channels);
	free(s->marks);
	free(s->forwarders);
	free(s->stations);
	free(s->resolvers);
	free(s->nats);
	free(s->names);
	free(s->dhcp);
	text_free(&s->coverage);
	arena_free(s->arena);
	memset(s, 0, sizeof(*s));
}

/* ---- channels */

static struct channel_key
key_of(const struct draft_channel *c)
{
	struct channel_key k;

	memset(&k, 0, sizeof(k));
	k.from = c->from;
	k.to = c->to;
	k.from_zone = c->from_zone != NULL ? c->from_zone->index + 1 : 0;
	k.to_zone = c->to_zone != NULL ? c->to_zone->index + 1 : 0;
	k.port = c->port;
	k.application = c->application;
	k.master = c->master;
	k.protocol = c->protocol;
	k.never = c->never;
	return k;
}

static void
grow(struct draft_seen *s)
{
	struct table larger;

	table_init(&larger, s->index.max * 2, sizeof(struct channel_key),
	    s->secret);
	for (size_t i = 0; i < s->channel_count; i++) {
		const struct channel_key k = key_of(&s->channels[i]);

		(void)table_add(&larger, &k, (uint32_t)i);
	}
	table_fini(&s->index);
	s->index = larger;
}

/* The channel like c, new where there was none; NULL when all are taken. */
static struct draft_channel *
channel_at(struct draft_seen *s, const struct draft_channel *c)
{
	const struct channel_key k = key_of(c);
	const uint32_t at = table_find(&s->index, &k);
	struct draft_channel *out;

	if (at != TABLE_NONE)
		return &s->channels[at];
	if (s->channel_count == DRAFT_CHANNELS_MAX)
		return NULL;
	if (s->channel_count == s->index.max)
		grow(s);
	s->channels = mem_grow(s->channels, &s->channel_room, s->channel_count,
	    sizeof(*s->channels));
	(void)table_add(&s->index, &k, (uint32_t)s->channel_count);
	out = &s->channels[s->channel_count++];
	*out = *c;
	out->first_us = INT64_MAX;
	out->last_us = INT64_MIN;
	out->night_only = true;
	return out;
}

static void
add_server_name(struct draft_seen *s, struct draft_channel *c, const char *name)
{
	uint16_t word;

	if (name[0] == '\0')
		return;
	word = draft_word(s, name);
	for (size_t i = 0; i < c->name_count; i++)
		if (c->names[i] == word)
			return;
	if (word == 0 || c->name_count == DRAFT_NAMES_MAX)
		c->names_full = true;
	else
		c->names[c->name_count++] = word;
}

static void
count(struct draft_seen *s, struct draft_channel *c,
    const struct draft_event *e)
{
	int64_t since;
	const struct day day = clock_day((struct wall_us){ e->start_us },
	    s->m->utc_offset_s, &since);
	const int64_t minute = since / CLOCK_MINUTE;
	const int64_t hour = minute / 60;

	c->count++;
	c->bytes[0] += e->bytes[0];
	c->bytes[1] += e->bytes[1];
	c->packets += e->packets;
	if (e->start_us < c->first_us)
		c->first_us = e->start_us;
	if (e->end_us > c->last_us)
		c->last_us = e->end_us;
	c->tens[minute / 10 / 64] |= UINT64_C(1) << (minute / 10 % 64);
	c->minutes |= UINT64_C(1) << (minute % 60);
	c->days |= UINT64_C(1)
	    << (day_between((struct day){ 2000, 1, 1 }, day) & 63);
	/* Neither is what goes on from one night into the day. */
	if ((hour >= NIGHT_ENDS_H && hour < NIGHT_BEGINS_H) ||
	    e->end_us - e->start_us >= NIGHT_HOURS * CLOCK_HOUR)
		c->night_only = false;
}

/* ---- one conversation */

/* A DHCP server answers within its own zone, or through a relay. */
static void
note_dhcp(struct draft_seen *s, const struct draft_event *e,
    const struct zone *zone, const struct addr *server)
{
	struct draft_channel *c = NULL;

	if (e->protocol != 17 || (e->port != 67 && e->port != 547) ||
	    strncmp(e->application, "DHCP", 4) != 0 ||
	    strcmp(e->outcome, "tried") == 0 || zone == NULL)
		return;
	for (size_t i = 0; i < s->dhcp_count; i++)
		if (addr_equal(&s->dhcp[i].to, server) &&
		    s->dhcp[i].from_zone == zone)
			c = &s->dhcp[i];
	if (c == NULL && s->dhcp_count < DRAFT_MACS_MAX) {
		s->dhcp = mem_reallocarray(s->dhcp, s->dhcp_count + 1,
		    sizeof(*s->dhcp));
		c = &s->dhcp[s->dhcp_count++];
		memset(c, 0, sizeof(*c));
		c->to = *server;
		c->from_zone = zone;
	}
	if (c != NULL)
		c->count++;
}

static bool
is_settled(const struct draft_event *e)
{
	return strcmp(e->verdict, "conform") == 0 ||
	    strcmp(e->verdict, "excepted") == 0 ||
	    (strcmp(e->verdict, "unjudged") == 0 && e->check_count == 0 &&
		e->conduit[0] != '\0');
}

/* What settled it may stand in another model than this one. */
static bool
is_here(const struct model *m, const struct draft_event *e)
{
	if (e->exception[0] != '\0') {
		for (size_t i = 0; i < m->exception_count; i++)
			if (strcmp(m->exceptions[i].id, e->exception) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < m->conduit_count; i++)
		if (strcmp(m->conduits[i].id, e->conduit) == 0)
			return true;
	return false;
}

/* Who answers names within a zone asks others for its hosts. */
static void
note_resolver(struct draft_seen *s, const struct draft_event *e,
    const struct place *from, const struct place *to)
{
	struct draft_resolver *r;

	if (from->zone == NULL || from->zone != to->zone || e->port != 53 ||
	    strcmp(e->outcome, "tried") == 0 ||
	    strcmp(e->outcome, "refused") == 0)
		return;
	for (size_t i = 0; i < s->resolver_count; i++) {
		r = &s->resolvers[i];
		if (r->zone == to->zone && addr_equal(&r->host, &to->address)) {
			r->several |= !addr_equal(&r->client, &from->address);
			return;
		}
	}
	if (s->resolver_count == DRAFT_MACS_MAX) {
		s->too_many++;
		return;
	}
	s->resolvers = mem_reallocarray(s->resolvers, s->resolver_count + 1,
	    sizeof(*s->resolvers));
	r = &s->resolvers[s->resolver_count++];
	*r = (struct draft_resolver){ .zone = to->zone,
		.host = to->address,
		.client = from->address };
}

/* Where only the ports tell who opened it they tell it: the service is where
 * one is assigned, and the other port was made up for the day. */
static bool
may_have_opened(const struct draft_event *e)
{
	return e->from_port >= 1024 &&
	    !draft_is_assigned(e->protocol, e->from_port) &&
	    draft_is_assigned(e->protocol, e->port);
}

static bool
is_uncertain(const struct draft_event *e)
{
	return strcmp(e->initiator, "uncertain") == 0 ||
	    strcmp(e->reason, "direction") == 0;
}

static struct draft_event
turned(const struct draft_event *e)
{
	struct draft_event out = *e;

	out.from = e->to;
	out.to = e->from;
	out.port = e->from_port;
	out.from_port = e->port;
	out.bytes[0] = e->bytes[1];
	out.bytes[1] = e->bytes[0];
	out.packets = 0;
	return out;
}

static const struct boundary *
boundary_of(const struct model *m, const char *id)
{
	for (size_t i = 0; i < m->boundary_count; i++)
		if (strcmp(m->boundaries[i].id, id) == 0)
			return &m->boundaries[i];
	return NULL;
}

static void
see_span(struct draft_seen *s, int64_t from_us, int64_t to_us)
{
	if (s->last_us == 0 || from_us < s->first_us)
		s->first_us = from_us;
	if (to_us > s->last_us)
		s->last_us = to_us;
}

static void
note_reason(struct draft_seen *s, const struct draft_event *e)
{
	uint16_t word;

	if (strcmp(e->verdict, "unjudged") != 0 || e->reason[0] == '\0')
		return;
	word = draft_word(s, e->reason);
	for (size_t i = 0; i < s->reason_count; i++)
		if (s->reasons[i].word == word) {
			s->reasons[i].count++;
			return;
		}
	if (s->reason_count < DRAFT_REASONS_MAX)
		s->reasons[s->reason_count++] = (struct draft_reason){ word,
			1 };
}

static void
take_flow(struct draft_seen *s, const struct draft_event *e)
{
	const struct boundary *b = boundary_of(s->m, e->boundary);
	struct draft_channel c, *kept;
	const struct cell *cell;
	const char *name;
	struct place from, to;
	bool settled;

	s->flows++;
	note_reason(s, e);
	see_span(s, e->start_us, e->end_us);
	if (b == NULL) {
		s->elsewhere++;
		return;
	}
	from = locate_address(s->m, b, &e->from);
	to = locate_address(s->m, b, &e->to);
	/* A relay asks from the firewall's address. */
	note_dhcp(s, e, from.kind == PLACE_FIREWALL ? to.zone : from.zone,
	    &to.address);
	note_resolver(s, e, &from, &to);
	if (strcmp(e->verdict, "out-of-scope") == 0) {
		s->inside++;
		return;
	}
	memset(&c, 0, sizeof(c));
	c.from_zone = from.zone;
	c.to_zone = to.zone;
	c.from = from.zone != NULL ? from.address : e->from;
	c.to = to.zone != NULL ? to.address : e->to;
	c.port = e->port;
	c.protocol = e->protocol;
	c.asked = (uint8_t)draft_web_asked(s->m, b, &c, e->application,
	    e->server_name);
	/* The hop may be declared, or be none, and what is asked not be. */
	settled = is_settled(e) && is_here(s->m, e);
	s->not_here += is_settled(e) && !settled;
	c.hop = c.asked != 0 && from.zone != NULL &&
	    strcmp(e->reason, "name") == 0 && (settled || from.zone == to.zone);
	if (settled && !c.hop) {
		s->declared++;
		return;
	}
	if (from.zone != NULL && from.zone == to.zone && !c.hop &&
	    draft_never_by_check(e) != NEVER_SPOOFED) {
		s->inside++;
		return;
	}
	if (strcmp(e->confidence, "correlated") == 0 &&
	    draft_never_by_check(e) == NEVER_NOT) {
		s->announced++;
		return;
	}
	if (from.hidden || to.hidden || from.shared || to.shared)
		c.never = NEVER_HIDDEN;
	else
		c.never = (uint8_t)draft_never_of(s, b, &c, e);
	c.uncertain = c.never == NEVER_DIRECTION && may_have_opened(e) &&
	    e->application[0] != '\0' &&
	    draft_never_by_cell(s, &c, e) == NEVER_NOT;
	c.application = draft_word(s, e->application);
	c.master = draft_word(s, e->master);
	if (c.application == 0 && c.never == NEVER_NOT)
		c.never = NEVER_APPLICATION;
	if (c.never != NEVER_NOT && e->check_count > 0)
		c.rule = checks_id(e->checks[0]);
	kept = channel_at(s, &c);
	if (kept == NULL) {
		s->too_many++;
		return;
	}
	kept->asked |= c.asked;
	kept->hop &= c.hop;
	kept->uncertain |= c.uncertain;
	kept->unanswered |= c.never == NEVER_NOT && draft_is_report(e);
	count(s, kept, e);
	cell = c.never == NEVER_NOT || c.uncertain ?
	    draft_cell(s->m, c.from_zone, c.to_zone) :
	    NULL;
	if (cell != NULL && cell->kind == CELL_LIST)
		kept->list = draft_list_of(s->m, &c.to);
	name = kept->list != NULL ?
	    draft_list_name(kept->list, e->server_name) :
	    e->server_name;
	if (name != NULL) /* media to a list has none */
		add_server_name(s, kept, name);
}

static void
take_either(struct draft_seen *s, const struct draft_event *e)
{
	const struct draft_event other = turned(e);

	take_flow(s,
	    is_uncertain(e) && draft_never_by_check(e) == NEVER_NOT &&
		    !may_have_opened(e) && may_have_opened(&other) ?
		&other :
		e);
}

static void
take_model(struct draft_seen *s, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const char *sha256 = events_text(jsonx_get(own, "model"), "sha256");

	s->other_model |= sha256[0] != '\0' &&
	    strcmp(sha256, s->m->sha256) != 0;
}

/* ---- alerts */

static void
take_alert(struct draft_seen *s, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const char *check = events_text(own, "check");
	const char *severity = events_text(own, "severity");
	struct draft_mark *k, mark = { 0 };

	if (strcmp(check, "TOP-12") == 0)
		draft_nat_take(s, o);
	if (strcmp(check, "SEG-2") == 0 || strcmp(check, "SEG-3") == 0 ||
	    strncmp(check, "COV-", 4) == 0 || strncmp(check, "TOP-", 4) == 0)
		return;
	if (strcmp(severity, "low") == 0 ||
	    strcmp(severity, "information") == 0)
		return;
	(void)addr_parse(events_text(o, "src_ip"), &mark.from);
	(void)addr_parse(events_text(o, "dest_ip"), &mark.to);
	mark.port = (uint16_t)events_number(o, "dest_port");
	if (mark.from.family == 0 && mark.to.family == 0)
		return;
	for (size_t i = 0; i < s->mark_count; i++)
		if (addr_equal(&s->marks[i].from, &mark.from) &&
		    addr_equal(&s->marks[i].to, &mark.to) &&
		    s->marks[i].port == mark.port)
			return;
	if (s->mark_count == DRAFT_MARKS_MAX) {
		s->too_many++;
		return;
	}
	s->marks = mem_grow(s->marks, &s->mark_room, s->mark_count,
	    sizeof(*s->marks));
	k = &s->marks[s->mark_count++];
	*k = mark;
	k->rule = s->words[draft_word(s, check)];
}

/* ---- taps and devices */

static const struct zone *
vlan_zone(const struct tap *tap, int64_t vlan)
{
	for (size_t i = 0; i < tap->vlan_count; i++)
		if (tap->vlans[i].id == vlan)
			return tap->vlans[i].zone;
	return tap->segment;
}

static bool
names_zone(const struct jsonx *row, const struct zone *zone)
{
	const struct jsonx *all = jsonx_get(row, "zones");

	if (zone == NULL || all == NULL || all->kind != JSONX_ARRAY)
		return false;
	for (const struct jsonx *n = all->child; n != NULL; n = n->next)
		if (n->kind == JSONX_STRING && strcmp(n->string, zone->id) == 0)
			return true;
	return false;
}

/* Bits of the zones it sent for. */
static uint64_t
zones_of(const struct model *m, const struct jsonx *row)
{
	uint64_t set = 0;

	for (size_t i = 0; i < m->zone_count; i++)
		if (names_zone(row, &m->zones[i]))
			set |= UINT64_C(1) << (m->zones[i].index & 63);
	return set;
}

/* Into all, or into what stands there of it: the accounts of a run grow, and
 * the last one holds them all. */
static void
keep_forwarder(struct draft_seen *s, struct draft_forwarder **all,
    size_t *count, const struct draft_forwarder *f)
{
	struct draft_forwarder *kept;

	for (size_t i = 0; i < *count; i++) {
		kept = &(*all)[i];
		if (kept->tap != f->tap || kept->zone != f->zone ||
		    !mac_equal(&kept->mac, &f->mac))
			continue;
		if (f->frames > kept->frames)
			kept->frames = f->frames;
		kept->inner |= f->inner;
		kept->zones |= f->zones;
		if (f->address.family != 0)
			kept->address = f->address;
		return;
	}
	if (*count == DRAFT_MACS_MAX) {
		s->too_many++;
		return;
	}
	*all = mem_reallocarray(*all, *count + 1, sizeof(**all));
	(*all)[(*count)++] = *f;
}

static void
take_forwarder(struct draft_seen *s, const struct tap *tap,
    const struct jsonx *row)
{
	const struct jsonx *forwards = jsonx_get(row, "forwards");
	const struct jsonx *declared = jsonx_get(row, "declared");
	struct draft_forwarder f = { .tap = tap };
	unsigned group;

	if (forwards == NULL || forwards->kind != JSONX_BOOLEAN ||
	    !mac_parse(events_text(row, "mac"), &f.mac))
		return;
	(void)addr_parse(events_text(row, "address"), &f.address);
	f.zone = vlan_zone(tap, events_number(row, "vlan"));
	f.inner = names_zone(row, f.zone);
	f.zones = zones_of(s->m, row);
	f.frames = (uint64_t)events_number(row, "frames");
	f.declared = declared != NULL && declared->kind == JSONX_STRING;
	/* A group's MAC is a router's, whatever it sent. */
	if (forwards->integer || draft_text_virtual(&f.mac, &group) != NULL)
		keep_forwarder(s, &s->forwarders, &s->forwarder_count, &f);
	else if (f.address.family != 0)
		keep_forwarder(s, &s->stations, &s->station_count, &f);
}

static void
take_tap(struct draft_seen *s, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const struct tap *tap = model_tap(s->m, events_text(own, "tap"));
	const struct jsonx *macs = jsonx_get(own, "macs");

	if (tap == NULL || macs == NULL || macs->kind != JSONX_ARRAY)
		return;
	for (const struct jsonx *n = macs->child; n != NULL; n = n->next)
		take_forwarder(s, tap, n);
}

void
draft_name_add(struct draft_seen *s, const struct addr *a, const char *name)
{
	struct import_lease *l;

	if (name[0] == '\0' || draft_name_of(s, a) != NULL ||
	    s->name_count == DRAFT_MARKS_MAX)
		return;
	s->names = mem_grow(s->names, &s->name_room, s->name_count,
	    sizeof(*s->names));
	l = &s->names[s->name_count++];
	memset(l, 0, sizeof(*l));
	l->address = *a;
	l->name = arena_strdup(s->arena, name);
}

const char *
draft_name_of(const struct draft_seen *s, const struct addr *a)
{
	for (size_t i = 0; i < s->name_count; i++)
		if (addr_equal(&s->names[i].address, a))
			return s->names[i].name;
	return NULL;
}

/* The one address of a family that a device has, save link-local ones. Behind
 * a router stand many under its MAC, and no name is theirs. */
static bool
only_address(const struct jsonx *addresses, uint8_t family, struct addr *out)
{
	size_t n = 0;
	struct addr a;

	for (const struct jsonx *x = addresses->child; x != NULL; x = x->next)
		if (x->kind == JSONX_STRING && addr_parse(x->string, &a) &&
		    a.family == family && addr_kind(&a) != ADDR_LINK_LOCAL) {
			*out = a;
			n++;
		}
	return n == 1;
}

static void
take_asset(struct draft_seen *s, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const struct jsonx *names = jsonx_get(own, "names");
	const struct jsonx *addresses = jsonx_get(own, "addresses");
	const char *name;
	struct addr a;

	if (names == NULL || names->kind != JSONX_ARRAY ||
	    names->child == NULL || addresses == NULL ||
	    addresses->kind != JSONX_ARRAY)
		return;
	name = events_text(names->child, "text");
	if (only_address(addresses, 4, &a))
		draft_name_add(s, &a, name);
	if (only_address(addresses, 6, &a))
		draft_name_add(s, &a, name);
}

static void
take_stats(struct draft_seen *s, const struct jsonx *o)
{
	const struct jsonx *own = jsonx_get(o, "sekisho");
	const struct jsonx *all = jsonx_get(own, "coverage");

	if (all == NULL || all->kind != JSONX_ARRAY)
		return;
	text_clear(&s->coverage);
	for (const struct jsonx *n = all->child; n != NULL; n = n->next) {
		const char *sentence = events_text(n, "sentence");

		text_escape(&s->coverage, sentence, strlen(sentence));
		text_add_char(&s->coverage, '\n');
	}
}

bool
draft_read(struct draft_seen *s, const char *path, enum lang lang)
{
	struct events *events = events_open(path, lang);
	const struct jsonx *o;
	struct draft_event e;
	bool whole;

	if (events == NULL)
		return false;
	while ((o = events_next(events)) != NULL) {
		const char *type = events_text(o, "event_type");

		take_model(s, o);
		if (strcmp(type, "flow") == 0) {
			if (draft_event_read(&e, o))
				take_either(s, &e);
			else
				s->unread++;
		} else if (strcmp(type, "alert") == 0) {
			take_alert(s, o);
		} else if (strcmp(type, "sekisho_tap") == 0) {
			take_tap(s, o);
		} else if (strcmp(type, "sekisho_asset") == 0) {
			take_asset(s, o);
		} else if (strcmp(type, "stats") == 0) {
			take_stats(s, o);
		} else if (strcmp(type, "sekisho_gap") == 0) {
			s->gaps++;
		}
	}
	s->lines += events_lines(events);
	s->unread += events_unread(events);
	whole = !events_failed(events);
	events_close(events);
	return whole;
}
