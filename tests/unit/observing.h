/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of records and of the channel: an installed example as
 * the model, and observations of every type made at random from a seed, all of
 * them such as could be.
 */
#ifndef OBSERVING_H
#define OBSERVING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observation_record.h"

#define OBSERVING_MODEL "topology/examples/city-alpha/model.jsonc"

struct observing {
	struct bundle bundle;
	struct model *m;
	uint64_t state; /* of the numbers */
	struct conversation c;
	struct verdict v;
	struct observation o;
	struct coverage_finding coverage;
	struct account_row reasons[8], counters[100];
	struct tap_account taps[16];
	struct tally tally;
	struct gap gap;
	struct health health;
	struct notice notice;
	struct evidence_packet packets[EVIDENCE_NOTICE_MAX];
	uint8_t bytes[EVIDENCE_NOTICE_MAX][EVIDENCE_BYTES_MAX];
	struct device device;
	char names[3][64]; /* of the conversation */
};

static inline struct observing *
observing_new(void)
{
	struct observing *s = calloc(1, sizeof(*s));
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };

	if (s == NULL)
		abort();
	s->state = 88172645463325252u;
	if (bundle_read(&s->bundle, OBSERVING_MODEL, "topology", &d))
		s->m = model_load(&s->bundle, &d);
	if (s->m == NULL) {
		diag_print(&d, &out);
		(void)fputs(text_str(&out), stderr);
		abort();
	}
	text_free(&out);
	diag_free(&d);
	return s;
}

static inline void
observing_free(struct observing *s)
{
	model_free(s->m);
	bundle_free(&s->bundle);
	free(s);
}

static inline uint64_t
observing_number(struct observing *s)
{
	s->state ^= s->state << 13;
	s->state ^= s->state >> 7;
	s->state ^= s->state << 17;
	return s->state;
}

/* 0..below - 1 */
static inline size_t
observing_below(struct observing *s, size_t below)
{
	return (size_t)(observing_number(s) >> 11) % below;
}

static inline bool
observing_bool(struct observing *s)
{
	return observing_below(s, 2) == 1;
}

static inline struct wall_us
observing_time(struct observing *s)
{
	return (struct wall_us){ INT64_C(1795223730123456) +
		(int64_t)observing_below(s, 1000000000) };
}

static inline struct addr
observing_address(struct observing *s, uint8_t family)
{
	struct addr a = { .family = family };

	for (unsigned i = 0; i < addr_bits(&a) / 8; i++)
		a.bytes[i] = (uint8_t)observing_number(s);
	return a;
}

static inline const struct tap *
observing_tap(struct observing *s)
{
	for (;;) {
		const struct boundary *b =
		    &s->m->boundaries[observing_below(s, s->m->boundary_count)];

		if (b->tap_count > 0)
			return &b->taps[observing_below(s, b->tap_count)];
	}
}

static inline const struct zone *
observing_zone(struct observing *s)
{
	size_t i = observing_below(s, s->m->zone_count + 2);

	if (i == s->m->zone_count)
		return &s->m->firewall_zone;
	return i < s->m->zone_count ? &s->m->zones[i] : NULL;
}

#define OBSERVING_ONE(s, nouns, count)                \
	((count) > 0 && observing_bool(s) ?           \
		&(nouns)[observing_below(s, count)] : \
		NULL)

static inline const char *
observing_text(struct observing *s)
{
	static const char *const words[] = { NULL, "", "TLS", "www.example.jp",
		"税務課\"の\\共有",
		"a-name-that-is-a-little-longer.example.jp" };

	return words[observing_below(s, sizeof(words) / sizeof(words[0]))];
}

static inline void
observing_copy(struct observing *s, char *out, size_t size)
{
	const char *text = observing_text(s);

	(void)snprintf(out, size, "%s", text != NULL ? text : "");
}

static inline enum element
observing_element(struct observing *s)
{
	size_t i = observing_below(s, ELEMENT_COUNT + 1);

	return i == ELEMENT_COUNT ? 0 : (enum element)(1u << i);
}

static inline struct finding
observing_finding(struct observing *s, bool none)
{
	struct finding f = { CHECK_NONE, SEVERITY_NONE };

	if (none && observing_below(s, 3) == 0)
		return f;
	f.check = (enum check)(1 + observing_below(s, CHECK_COUNT - 1));
	f.severity = (enum severity)(1 + observing_below(s, SEVERITY_CRITICAL));
	return f;
}

static inline void
observing_sighting(struct observing *s, struct sighting *out)
{
	out->tap = observing_tap(s);
	out->segment = observing_zone(s);
	out->link = OBSERVING_ONE(s, s->m->links, s->m->link_count);
	out->vlan = (uint16_t)observing_below(s, 4095);
	out->routers_known = observing_bool(s);
	for (int i = 0; i < 2; i++) {
		struct sighting_way *w = &out->way[i];

		w->frames = (uint32_t)observing_number(s);
		w->payload_frames = (uint32_t)observing_number(s);
		w->from_router = (uint32_t)observing_number(s);
		w->from_other = (uint32_t)observing_number(s);
		w->to_router = (uint32_t)observing_number(s);
		w->to_other = (uint32_t)observing_number(s);
		w->refusals = (uint32_t)observing_number(s);
		w->refusals_from_router = (uint32_t)observing_number(s);
		for (int k = 0; k < 6; k++)
			w->source.bytes[k] = (uint8_t)observing_number(s);
		w->router = OBSERVING_ONE(s, out->tap->routers,
		    out->tap->router_count);
	}
}

static inline void
observing_talk(struct observing *s)
{
	struct conversation *c = &s->c;
	const uint8_t family = observing_bool(s) ? 4 : 6;

	memset(c, 0, sizeof(*c));
	c->boundary =
	    &s->m->boundaries[observing_below(s, s->m->boundary_count)];
	for (int i = 0; i < 2; i++) {
		c->address[i] = observing_address(s, family);
		c->port[i] = (uint16_t)observing_number(s);
		c->payload[i] = observing_bool(s);
	}
	c->protocol = (uint8_t)observing_number(s);
	c->icmp_type = (uint8_t)observing_number(s);
	c->icmp_code = (uint8_t)observing_number(s);
	c->initiator = (enum initiator)observing_below(s, 3);
	c->first = observing_time(s);
	c->last = observing_time(s);
	c->outcome = (enum outcome)observing_below(s, 4);
	c->refusal = (enum refusal)observing_below(s, 3);
	if (observing_bool(s))
		c->refused_from = observing_address(s, family);
	c->datagram = observing_bool(s);
	c->one_way = observing_bool(s);
	c->application_state = (enum application_state)observing_below(s, 4);
	c->application = observing_text(s);
	c->master = observing_text(s);
	c->confidence = (enum confidence)observing_below(s, 3);
	c->server_name = observing_text(s);
	c->server_name_cut = observing_bool(s);
	c->resolved_name = observing_text(s);
	c->tls_version = (uint16_t)observing_number(s);
	c->tls_cipher = (uint16_t)observing_number(s);
	c->legacy = (uint8_t)observing_below(s, LEGACY_ALL + 1);
	c->tls_may_come = observing_bool(s);
	c->content_clear = observing_bool(s);
	c->server_name_outer = observing_bool(s);
	c->classifier_failed = observing_bool(s);
	c->malformed = observing_bool(s);
	c->lost = observing_bool(s);
	c->cut = observing_bool(s);
	c->tunnel = observing_bool(s);
	c->carriage = (enum carriage)observing_below(s, 3);
	c->target_count = observing_below(s, CONVERSATION_TARGETS_MAX + 1);
	for (size_t i = 0; i < c->target_count; i++) {
		observing_copy(s, c->targets[i].name, CONVERSATION_NAME_MAX);
		if (c->targets[i].name[0] == '\0')
			c->targets[i].address = observing_address(s, 6);
		c->targets[i].port = (uint16_t)observing_number(s);
	}
	c->targets_full = observing_bool(s);
	c->sighting_count = observing_below(s, CONVERSATION_SIGHTINGS_MAX + 1);
	for (size_t i = 0; i < c->sighting_count; i++)
		observing_sighting(s, &c->sightings[i]);
	c->sightings_full = observing_bool(s);
	c->ended = observing_bool(s);
}

static inline void
observing_place(struct observing *s, struct place *p)
{
	p->kind = (enum place_kind)observing_below(s, PLACE_FIREWALL + 1);
	p->zone = observing_zone(s);
	p->special = (enum addr_kind)observing_below(s, ADDR_RESERVED + 1);
	if (observing_bool(s))
		p->address = observing_address(s, observing_bool(s) ? 4 : 6);
	p->translation = OBSERVING_ONE(s, s->m->translations,
	    s->m->translation_count);
	p->hidden = observing_bool(s);
	p->shared = observing_bool(s);
}

/* Of each noun that a verdict may name, at random. */
static inline void
observing_clause(struct observing *s, struct clause *c)
{
	const struct conduit *k = s->v.conduit ? s->v.conduit :
						 s->v.near_miss.conduit;

	switch (observing_below(s, 6)) {
	case 0:
		break;
	case 1:
		c->kind = CLAUSE_GUIDELINE;
		c->from = (enum tier)observing_below(s, TIER_COUNT);
		c->to = (enum tier)observing_below(s, TIER_COUNT);
		c->id = s->m->guideline->model;
		c->place = s->m->guideline->cells[c->from][c->to].place;
		break;
	case 2:
		c->kind = CLAUSE_CONDUIT;
		k = k ? k : &s->m->conduits[0];
		c->id = k->id;
		c->place = k->place;
		break;
	case 3:
		c->kind = CLAUSE_EXCEPTION;
		c->id = s->v.exception ? s->v.exception->id : "no-longer";
		if (s->v.exception)
			c->place = s->v.exception->place;
		break;
	case 4:
		c->kind = CLAUSE_MODEL;
		c->id = s->v.from.zone ? s->v.from.zone->id : NULL;
		if (s->v.from.zone)
			c->place = s->v.from.zone->place;
		break;
	default:
		c->kind = CLAUSE_MODEL;
		c->id = s->c.boundary->id;
		c->place = s->c.boundary->place;
		break;
	}
}

static inline void
observing_judge(struct observing *s)
{
	struct verdict *v = &s->v;

	memset(v, 0, sizeof(*v));
	v->kind = (enum verdict_kind)observing_below(s, VERDICT_COUNT);
	v->reason = (enum reason)observing_below(s, REASON_COUNT);
	v->element = observing_element(s);
	v->deciding = observing_finding(s, true);
	v->also_count = observing_below(s, VERDICT_ALSO_MAX + 1);
	for (size_t i = 0; i < v->also_count; i++)
		v->also[i] = observing_finding(s, false);
	v->failed = observing_element(s);
	v->conduit = OBSERVING_ONE(s, s->m->conduits, s->m->conduit_count);
	v->exception = OBSERVING_ONE(s, s->m->exceptions,
	    s->m->exception_count);
	v->near_miss.conduit = OBSERVING_ONE(s, s->m->conduits,
	    s->m->conduit_count);
	v->near_miss.element = observing_element(s);
	observing_copy(s, v->near_miss.expected, 96);
	observing_copy(s, v->near_miss.seen, 96);
	observing_place(s, &v->from);
	observing_place(s, &v->to);
	observing_clause(s, &v->clause);
	for (size_t i = 0; i < v->also_count; i++) {
		v->also_failed[i] = observing_element(s);
		observing_clause(s, &v->also_clause[i]);
	}
	v->passed = (enum passed)observing_below(s, 3);
	v->refused_by = (enum refuser)observing_below(s, 4);
	v->judged = (unsigned)observing_below(s, 1u << ELEMENT_COUNT);
	v->unobserved = (unsigned)observing_below(s, 1u << ELEMENT_COUNT);
	v->reversed = observing_bool(s);
	v->backup_link = observing_bool(s);
	v->alerts = observing_bool(s);
	v->again.us = observing_bool(s) ? INT64_MAX : observing_time(s).us;
}

static inline void
observing_conversation(struct observing *s)
{
	struct observation *o = &s->o;

	observing_talk(s);
	observing_judge(s);
	memset(o, 0, sizeof(*o));
	o->stage = (enum observation_stage)observing_below(s, 3);
	o->flow_id = observing_number(s) & ((UINT64_C(1) << 53) - 1);
	o->now = observing_time(s);
	o->conversation = &s->c;
	o->verdict = &s->v;
	for (int i = 0; i < 2; i++) {
		o->packets[i] = observing_number(s);
		o->bytes[i] = observing_number(s);
		o->tcp_flags[i] = (uint8_t)observing_number(s);
	}
	o->frames = observing_number(s);
	o->start = observing_time(s);
	o->end = observing_time(s);
	o->ending = (enum ending)observing_below(s, ENDING_ENGINE + 1);
	o->state = (enum flow_state)observing_below(s, 3);
	o->midstream = observing_bool(s);
	o->tap = observing_bool(s) ? observing_tap(s) : NULL;
	o->tag_count = (uint8_t)observing_below(s, 5);
	for (size_t i = 0; i < o->tag_count; i++)
		o->tags[i] = (uint16_t)observing_below(s, 4096);
}

static inline void
observing_coverage(struct observing *s)
{
	struct coverage_finding *f = &s->coverage;

	memset(f, 0, sizeof(*f));
	f->check = (enum check)(CHECK_COV_1 + observing_below(s, 12));
	f->severity = (enum severity)(
	    1 + observing_below(s, SEVERITY_CRITICAL));
	f->now = observing_time(s);
	f->boundary = OBSERVING_ONE(s, s->m->boundaries, s->m->boundary_count);
	f->tap = observing_bool(s) ? observing_tap(s) : NULL;
	f->counted = observing_number(s);
	f->of = observing_number(s);
	f->detail = observing_text(s);
}

static inline void
observing_mac(struct observing *s, bool *has_mac, struct mac *mac)
{
	*has_mac = observing_bool(s);
	for (int i = 0; *has_mac && i < 6; i++)
		mac->bytes[i] = (uint8_t)observing_number(s);
}

static inline void
observing_packets(struct observing *s, struct notice *n)
{
	n->packets = s->packets;
	n->packet_count = observing_below(s, EVIDENCE_NOTICE_MAX + 1);
	memset(s->packets, 0, sizeof(s->packets));
	for (size_t i = 0; i < n->packet_count; i++) {
		struct evidence_packet *p = &s->packets[i];

		p->time = observing_time(s);
		p->nanoseconds = (uint16_t)observing_below(s, 1000);
		p->tap = observing_tap(s);
		p->link_type = 1;
		p->wire = (uint32_t)observing_number(s);
		p->kept = (uint32_t)observing_below(s, EVIDENCE_BYTES_MAX + 1);
		for (uint32_t k = 0; k < p->kept; k++)
			s->bytes[i][k] = (uint8_t)observing_number(s);
		p->bytes = s->bytes[i];
		p->deciding = observing_bool(s);
		p->cut = observing_bool(s);
	}
}

/* A clause of what a notice may be held against. */
static inline void
observing_notice_clause(struct observing *s, struct notice *n)
{
	const struct zone *z = n->party[0].zone;
	const struct tap *tap = observing_tap(s);

	switch (observing_below(s, 4)) {
	case 0:
		break;
	case 1:
		n->clause.kind = CLAUSE_MODEL;
		n->clause.id = z != NULL ? z->id : "no-longer";
		if (z != NULL)
			n->clause.place = z->place;
		break;
	case 2:
		n->clause.kind = CLAUSE_MODEL;
		n->clause.id = n->boundary ? n->boundary->id : NULL;
		if (n->boundary != NULL)
			n->clause.place = n->boundary->place;
		break;
	default:
		n->clause.kind = CLAUSE_MODEL;
		n->clause.id = tap->id;
		n->clause.place = tap->place;
		break;
	}
}

static inline void
observing_notice(struct observing *s)
{
	static const enum check checks[] = { CHECK_LNK_1, CHECK_LNK_10,
		CHECK_AST_1, CHECK_AST_6, CHECK_ATK_1, CHECK_ATK_7,
		CHECK_TOP_12 };
	struct notice *n = &s->notice;

	memset(n, 0, sizeof(*n));
	n->check = checks[observing_below(s, 7)];
	n->severity = (enum severity)(
	    1 + observing_below(s, SEVERITY_CRITICAL));
	n->word = (enum notice_word)(1 + observing_below(s, NOTICE_COUNT - 1));
	n->now = observing_time(s);
	n->first = observing_time(s);
	n->boundary = OBSERVING_ONE(s, s->m->boundaries, s->m->boundary_count);
	n->tap = observing_bool(s) ? observing_tap(s) : NULL;
	n->tag_count = (uint8_t)observing_below(s, 5);
	for (size_t i = 0; i < n->tag_count; i++)
		n->tags[i] = (uint16_t)observing_below(s, 4096);
	n->protocol = (uint8_t)observing_number(s);
	for (int i = 0; i < 2; i++) {
		struct notice_party *p = &n->party[i];

		if (observing_bool(s))
			p->address = observing_address(s,
			    observing_bool(s) ? 4 : 6);
		p->port = (uint16_t)observing_number(s);
		observing_mac(s, &p->has_mac, &p->mac);
		p->zone = observing_zone(s);
	}
	observing_notice_clause(s, n);
	n->expected = observing_text(s);
	n->seen = observing_text(s);
	n->counted = observing_number(s);
	n->of = observing_number(s);
	n->flow_id = observing_number(s) & ((UINT64_C(1) << 53) - 1);
	observing_packets(s, n);
}

static inline void
observing_device(struct observing *s)
{
	struct device *d = &s->device;

	memset(d, 0, sizeof(*d));
	d->stage = (enum device_stage)observing_below(s, 3);
	d->now = observing_time(s);
	d->first = observing_time(s);
	d->last = observing_time(s);
	d->boundary = OBSERVING_ONE(s, s->m->boundaries, s->m->boundary_count);
	d->tap = observing_bool(s) ? observing_tap(s) : NULL;
	d->zone = observing_zone(s);
	d->host = OBSERVING_ONE(s, s->m->hosts, s->m->host_count);
	observing_mac(s, &d->has_mac, &d->mac);
	d->address_count = (uint8_t)observing_below(s,
	    DEVICE_ADDRESSES_MAX + 1);
	for (size_t i = 0; i < d->address_count; i++)
		d->addresses[i] = observing_address(s,
		    observing_bool(s) ? 4 : 6);
	d->name_count = (uint8_t)observing_below(s, DEVICE_NAMES_MAX + 1);
	for (size_t i = 0; i < d->name_count; i++) {
		d->names[i].source = (enum device_source)observing_below(s,
		    DEVICE_SOURCE_COUNT);
		observing_copy(s, d->names[i].text, DEVICE_NAME_MAX);
	}
	d->service_count = (uint8_t)observing_below(s, DEVICE_SERVICES_MAX + 1);
	for (size_t i = 0; i < d->service_count; i++) {
		d->services[i].protocol = (uint8_t)observing_number(s);
		d->services[i].port = (uint16_t)observing_number(s);
		(void)snprintf(d->services[i].application,
		    sizeof(d->services[i].application), "%s",
		    observing_bool(s) ? "SMBv23" : "");
	}
	d->full = observing_bool(s);
	d->ledger = observing_bool(s);
}

static inline void
observing_account(struct observing *s)
{
	struct tally *t = &s->tally;

	memset(t, 0, sizeof(*t));
	memset(s->taps, 0, sizeof(s->taps));
	t->now = observing_time(s);
	t->read = observing_number(s);
	t->judged = observing_number(s);
	t->bytes = observing_number(s);
	t->final = observing_bool(s);
	t->reasons = s->reasons;
	t->counters = s->counters;
	t->taps = s->taps;
	t->reason_count = observing_below(s, 9);
	for (size_t i = 0; i < t->reason_count; i++)
		s->reasons[i] = (struct account_row){ "not-ip", i };
	t->counter_count = observing_below(s, 101);
	for (size_t i = 0; i < t->counter_count; i++)
		s->counters[i] = (struct account_row){ "gave-up",
			observing_number(s) };
	t->tap_count = observing_below(s, 17);
	for (size_t i = 0; i < t->tap_count; i++) {
		struct tap_account *a = &s->taps[i];

		a->tap = observing_bool(s) ? observing_tap(s) : NULL;
		a->file = observing_text(s);
		a->frames = observing_number(s);
		a->bytes_captured = observing_number(s);
		a->bytes_wire = observing_number(s);
		a->cut = observing_number(s);
		a->first = observing_time(s);
		a->last = observing_time(s);
		a->tcp_conversations = observing_number(s);
		a->tcp_one_way = observing_number(s);
		a->payload_seen = observing_number(s);
		a->payload_missing = observing_number(s);
		a->backward = observing_number(s);
	}
}

static inline void
observing_gap(struct observing *s)
{
	struct gap *g = &s->gap;
	const char *cause = observing_text(s);

	memset(g, 0, sizeof(*g));
	g->kind = (enum gap_kind)observing_below(s, GAP_KIND_COUNT);
	g->file = observing_text(s);
	g->tap = observing_bool(s) ? observing_tap(s) : NULL;
	g->frames = observing_number(s);
	g->cause = cause != NULL ? cause : "";
	g->now = observing_time(s);
	g->from = observing_time(s);
	g->until = observing_time(s);
	g->held = observing_number(s);
	g->unseen = observing_number(s);
	g->conversations = observing_number(s);
	g->records = observing_number(s);
	g->exit_status = (int32_t)observing_number(s);
}

static inline void
observing_health(struct observing *s)
{
	struct health *h = &s->health;

	memset(h, 0, sizeof(*h));
	h->now = observing_time(s);
	h->event = "reload-refused";
	h->generation = (uint32_t)observing_number(s);
	(void)snprintf(h->model, sizeof(h->model), "%s", s->m->sha256);
	h->sandbox = (enum sandbox_state)observing_below(s, 3);
	h->landlock = (int32_t)observing_number(s);
	h->clock = (enum clock_state)observing_below(s, 3);
	h->clock_offset_us = (int64_t)observing_number(s);
	h->clock_steps = observing_number(s);
	h->muted = observing_number(s);
	for (int i = 0; i < RECORD_CLASS_COUNT; i++)
		h->backlog[i] = observing_number(s);
	h->tap_count = observing_below(s, HEALTH_TAPS_MAX + 1);
	for (size_t i = 0; i < h->tap_count; i++) {
		struct health_tap *t = &h->taps[i];

		t->tap = observing_bool(s) ? observing_tap(s) : NULL;
		(void)snprintf(t->interface, sizeof(t->interface), "span%u",
		    (unsigned)i & 63);
		t->link = (enum health_link)observing_below(s, 3);
		t->received = observing_number(s);
		t->taken = observing_number(s);
		t->ring_drops = observing_number(s);
		t->ring_freezes = observing_number(s);
		t->nic_drops = observing_number(s);
		t->held = observing_number(s);
		t->unseen = observing_number(s);
		t->muted = observing_number(s);
		t->last = observing_time(s);
	}
	h->process_count = observing_below(s, HEALTH_PROCESSES_MAX + 1);
	for (size_t i = 0; i < h->process_count; i++) {
		struct health_process *p = &h->processes[i];

		(void)snprintf(p->name, sizeof(p->name), "engine-%u",
		    (unsigned)i & 63);
		p->pid = (int32_t)observing_number(s);
		p->restarts = (uint32_t)observing_number(s);
		p->memory_kb = observing_number(s);
		p->started = observing_time(s);
	}
	observing_copy(s, h->note, sizeof(h->note));
}

#endif
