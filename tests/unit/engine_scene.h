/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A town with one trunk tap (VLAN 110 core, 200 lg, 300 office, 400 lgwan), a
 * transit tap and a proxy; frames for it a line each; and a notebook of what
 * the engine told. For tests of the engine as a whole.
 */
#ifndef ENGINE_SCENE_H
#define ENGINE_SCENE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "model.h"

#define SCENE_NOTES_MAX 4096

static const char scene_model_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\"]},"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\"]},"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\"]"
    "},"
    "{\"id\":\"lgwan\",\"tier\":\"lgwan-network\",\"networks\":["
    "\"172.20.0.0/14\"]},"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\"]}],"
    "\"probes\":[{\"id\":\"probe1\",\"management\":{\"zone\":\"office\","
    "\"address\":\"10.3.250.11\"}}],"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"opaque\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"10.3.0.1\"]}],"
    "\"translations\":[{\"at\":\"fw1\",\"kind\":\"static\",\"from\":{"
    "\"zone\":\"lg\",\"hosts\":[\"10.2.0.53\"]},\"to\":["
    "\"172.20.5.53\"],\"toward\":\"lgwan\"}],"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":[\"core\",\"lg\","
    "\"office\",\"lgwan\",\"outside\"],\"taps\":["
    "{\"id\":\"trunk\",\"probe\":\"probe1\",\"vlans\":{\"110\":\"core\","
    "\"200\":\"lg\",\"300\":\"office\",\"400\":\"lgwan\"},\"routers\":["
    "{\"address\":\"10.1.0.1\",\"macs\":[\"02:00:00:00:01:01\"]},"
    "{\"address\":\"10.2.0.1\",\"macs\":[\"02:00:00:00:02:01\"]},"
    "{\"address\":\"10.3.0.1\",\"macs\":[\"02:00:00:00:03:01\"]}]},"
    "{\"id\":\"transit\",\"probe\":\"probe1\"},"
    "{\"id\":\"floor\",\"probe\":\"probe1\",\"segment\":\"office\","
    "\"routers\":[{\"address\":\"10.3.0.1\",\"macs\":["
    "\"02:00:00:00:03:01\"]}]}]},"
    "{\"id\":\"dark\",\"zones\":[\"core\",\"lg\"]}],"
    "\"proxies\":[{\"id\":\"web\",\"hosts\":[\"10.2.0.8\"],\"ports\":[8080],"
    "\"for\":[\"office\"]}],"
    "\"conduits\":["
    "{\"id\":\"dns\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":\"lgwan\","
    "\"hosts\":[\"172.20.0.53\"]},\"services\":[{\"protocol\":\"udp\","
    "\"ports\":[53],\"applications\":[\"DNS\"]}],\"approved\":{\"by\":["
    "\"CISO\"],\"applicant\":\"x\",\"number\":\"1\",\"on\":\"2020-01-01\"}},"
    "{\"id\":\"ftp\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":\"lgwan\","
    "\"hosts\":[\"172.20.0.21\"]},\"services\":[{\"protocol\":\"tcp\","
    "\"ports\":[21],\"applications\":[\"FTP_CONTROL\"]}],\"approved\":{"
    "\"by\":[\"CISO\"],\"applicant\":\"x\",\"number\":\"2\",\"on\":"
    "\"2020-01-01\"}}]}";

/* What was told, by value; the pointers of a verdict are the model's. */
struct scene_note {
	enum observation_stage stage;
	uint64_t id, packets[2], frames;
	enum ending ending;
	enum verdict_kind kind;
	enum reason reason;
	enum check check;
	enum outcome outcome;
	enum initiator initiator;
	enum passed passed;
	bool one_way;
	enum application_state application_state;
	char application[32];
	bool inherited;
	size_t sightings, targets;
	struct target target; /* the first */
	struct wall_us now;
	char clause[32];
	const char *tap; /* the model's */
	size_t words;	 /* length of every name that it points to */
};

struct scene {
	struct model *model;
	const struct tap *taps[3];
	struct engine_options options;
	struct engine *engine;
	struct observer observer;
	struct scene_note notes[SCENE_NOTES_MAX];
	size_t count;
	struct coverage_finding coverage[32];
	char details[32][64]; /* of them */
	size_t coverage_count;
	struct tap_minute minutes[64]; /* the first ones */
	size_t minute_count;
	uint64_t ticks, tallies;
	struct wall_us ticked;
	uint64_t read, judged, unjudged; /* of the last tally */
	bool final, unbalanced;
	char counters[4096]; /* of the last tally: " name=value name=value " */
	int64_t us;	     /* time of the next frame */
	uint8_t frame[2048];
	size_t length;
};

static inline size_t
scene_length(const char *name)
{
	return name ? strlen(name) : 0;
}

/* Reads every name that can be reached, so that a pointer to what is gone is
 * seen by the address sanitizer. */
static inline size_t
scene_words(const struct observation *o)
{
	const struct conversation *c = o->conversation;
	const struct verdict *v = o->verdict;
	size_t n = scene_length(o->tap->id) + scene_length(c->boundary->id) +
	    scene_length(c->application) + scene_length(c->master) +
	    scene_length(c->server_name) + scene_length(v->clause.id);

	if (v->conduit)
		n += scene_length(v->conduit->id);
	if (v->near_miss.conduit)
		n += scene_length(v->near_miss.conduit->id);
	if (v->from.zone)
		n += scene_length(v->from.zone->id);
	if (v->to.zone)
		n += scene_length(v->to.zone->id);
	for (size_t i = 0; i < c->sighting_count; i++) {
		const struct sighting *at = &c->sightings[i];

		n += scene_length(at->tap->id);
		n += at->segment ? scene_length(at->segment->id) : 0;
		for (int j = 0; j < 2; j++)
			n += at->way[j].router ?
			    at->way[j].router->address.family :
			    0;
	}
	return n;
}

static void
scene_note(void *context, const struct observation *o)
{
	struct scene *s = context;
	struct scene_note *n = &s->notes[s->count];
	const struct conversation *c = o->conversation;

	if (s->count == SCENE_NOTES_MAX)
		abort();
	s->count++;
	memset(n, 0, sizeof(*n));
	n->stage = o->stage;
	n->id = o->flow_id;
	memcpy(n->packets, o->packets, sizeof(n->packets));
	n->frames = o->frames;
	n->ending = o->ending;
	n->kind = o->verdict->kind;
	n->reason = o->verdict->reason;
	n->check = o->verdict->deciding.check;
	n->outcome = c->outcome;
	n->initiator = c->initiator;
	n->passed = o->verdict->passed;
	n->one_way = c->one_way;
	n->application_state = c->application_state;
	if (c->application)
		(void)snprintf(n->application, sizeof(n->application), "%s",
		    c->application);
	n->inherited = c->control != NULL;
	n->sightings = c->sighting_count;
	n->targets = c->target_count;
	n->target = c->targets[0];
	n->now = o->now;
	if (o->verdict->clause.id)
		(void)snprintf(n->clause, sizeof(n->clause), "%s",
		    o->verdict->clause.id);
	n->tap = o->tap->id;
	n->words = scene_words(o);
}

static void
scene_coverage(void *context, const struct coverage_finding *f)
{
	struct scene *s = context;

	if (s->coverage_count == sizeof(s->coverage) / sizeof(s->coverage[0]))
		abort();
	s->coverage[s->coverage_count] = *f;
	if (f->detail) {
		(void)snprintf(s->details[s->coverage_count],
		    sizeof(s->details[0]), "%s", f->detail);
		s->coverage[s->coverage_count].detail =
		    s->details[s->coverage_count];
	}
	s->coverage_count++;
}

static void
scene_account(void *context, const struct tally *t)
{
	struct scene *s = context;
	size_t used;

	s->tallies++;
	s->read = t->read;
	s->judged = t->judged;
	s->unjudged = 0;
	s->final = t->final;
	used = (size_t)snprintf(s->counters, sizeof(s->counters), " ");
	for (size_t i = 0; i < t->reason_count; i++) {
		s->unjudged += t->reasons[i].value;
		used += (size_t)snprintf(s->counters + used,
		    sizeof(s->counters) - used, "%s=%llu ", t->reasons[i].name,
		    (unsigned long long)t->reasons[i].value);
	}
	for (size_t i = 0; i < t->counter_count; i++)
		used += (size_t)snprintf(s->counters + used,
		    sizeof(s->counters) - used, "%s=%llu ", t->counters[i].name,
		    (unsigned long long)t->counters[i].value);
	if (t->read != t->judged + s->unjudged)
		s->unbalanced = true;
}

static void
scene_tick(void *context, struct wall_us now)
{
	struct scene *s = context;

	s->ticks++;
	s->ticked = now;
}

/* True when the last tally says name=value. */
static inline bool
scene_counted(const struct scene *s, const char *name, unsigned value)
{
	char wanted[80];

	(void)snprintf(wanted, sizeof(wanted), " %s=%u ", name, value);
	return strstr(s->counters, wanted) != NULL;
}

static inline void
scene_guideline(struct bundle *b)
{
	static char bytes[256 * 1024];
	FILE *f = fopen("topology/guidelines/mic-2025-03.json", "r");
	size_t n = 0;

	if (f) {
		n = fread(bytes, 1, sizeof(bytes), f);
		(void)fclose(f);
	}
	(void)bundle_add(b, "mic-2025-03.json", "mic-2025-03.json", bytes, n);
}

/* The model of that text; the caller frees it. */
static inline struct model *
scene_load(const char *text)
{
	struct bundle bundle = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct text faults = { 0 };
	struct model *m;

	(void)bundle_add(&bundle, "m", "m", text, strlen(text));
	scene_guideline(&bundle);
	m = model_load(&bundle, &d);
	diag_print(&d, &faults);
	if (!m) {
		fputs(text_str(&faults), stderr);
		abort();
	}
	text_free(&faults);
	diag_free(&d);
	bundle_free(&bundle);
	return m;
}

/* Sources: 0 trunk, 1 transit, 2 floor. */
static inline void
scene_find_taps(const struct model *m, const struct tap *taps[3])
{
	static const char *const ids[] = { "trunk", "transit", "floor" };

	for (size_t i = 0; i < 3; i++)
		taps[i] = model_tap(m, ids[i]);
}

static inline void
scene_minute(void *context, const struct tap_minute *m)
{
	struct scene *s = context;

	if (s->minute_count < 64)
		s->minutes[s->minute_count++] = *m;
}

/* Another engine; the one before is gone without a word. */
static inline void
scene_open(struct scene *s)
{
	char error[512];

	engine_free(s->engine);
	s->engine = engine_new(s->model, s->taps, NULL, 3, &s->options,
	    &s->observer, error, sizeof(error));
	if (!s->engine)
		abort();
}

static inline struct scene *
scene_new_with(const struct engine_options *options)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->options = *options;
	s->model = scene_load(scene_model_text);
	scene_find_taps(s->model, s->taps);
	s->observer = (struct observer){ .context = s,
		.conversation = scene_note,
		.coverage = scene_coverage,
		.account = scene_account,
		.tick = scene_tick,
		.minute = scene_minute };
	scene_open(s);
	s->us = INT64_C(1795222800) * CLOCK_SECOND; /* 2026-11-21 */
	return s;
}

/* conversations 0: the default. */
static inline struct scene *
scene_new(uint32_t conversations)
{
	const struct engine_options options = {
		.conversations_max = conversations,
		.flow_id_base = 1000,
		.secret = "scene"
	};

	return scene_new_with(&options);
}

static inline void
scene_free(struct scene *s)
{
	engine_free(s->engine);
	model_free(s->model);
	free(s);
}

/* ---- frames */

static inline void
scene_u16(struct scene *s, unsigned v)
{
	s->frame[s->length++] = (uint8_t)(v >> 8);
	s->frame[s->length++] = (uint8_t)v;
}

static inline void
scene_u32(struct scene *s, uint32_t v)
{
	scene_u16(s, v >> 16);
	scene_u16(s, v & 0xffff);
}

static inline void
scene_bytes(struct scene *s, const void *bytes, size_t n)
{
	if (n)
		memcpy(s->frame + s->length, bytes, n);
	s->length += n;
}

/* Hands over what was built, as captured bytes of it, and steps 1 ms. */
static inline void
scene_send(struct scene *s, uint32_t source, size_t captured)
{
	uint8_t *exact = malloc(captured ? captured : 1);
	struct frame f = { .source = source,
		.time = { s->us },
		.captured = (uint32_t)captured,
		.wire = (uint32_t)s->length,
		.link_type = 1,
		.bytes = exact };

	if (!exact)
		abort();
	memcpy(exact, s->frame, captured);
	engine_frame(s->engine, &f);
	free(exact);
	s->us += 1000;
}

/* Ethernet from a host of the segment (or its router) and a VLAN tag. */
static inline void
scene_ethernet(struct scene *s, uint16_t vlan, bool from_router,
    unsigned ethertype)
{
	const uint8_t segment = vlan == 110 ? 1 : vlan == 200 ? 2 : 3;
	const uint8_t host[6] = { 2, 0, 0, 0, segment, 9 };
	const uint8_t router[6] = { 2, 0, 0, 0, segment, 1 };

	s->length = 0;
	scene_bytes(s, from_router ? host : router, 6);
	scene_bytes(s, from_router ? router : host, 6);
	if (vlan) {
		scene_u16(s, 0x8100);
		scene_u16(s, vlan);
	}
	scene_u16(s, ethertype);
}

static inline void
scene_ip(struct scene *s, const char *from, const char *to, uint8_t protocol,
    size_t payload, unsigned id, unsigned fragment)
{
	struct addr a;

	scene_u16(s, 0x4500);
	scene_u16(s, (unsigned)(20 + payload));
	scene_u16(s, id);
	scene_u16(s, fragment);
	s->frame[s->length++] = 63;
	s->frame[s->length++] = protocol;
	scene_u16(s, 0);
	if (!addr_parse(from, &a))
		abort();
	scene_bytes(s, a.bytes, 4);
	if (!addr_parse(to, &a))
		abort();
	scene_bytes(s, a.bytes, 4);
}

/* A host is at its router's mercy: from_router says who sent the frame. */
struct scene_place {
	uint32_t source;
	uint16_t vlan;
	bool from_router;
	bool no_router; /* from one host to another */
};

static inline void
scene_udp(struct scene *s, struct scene_place at, const char *from,
    uint16_t from_port, const char *to, uint16_t to_port, const void *payload,
    size_t n)
{
	scene_ethernet(s, at.vlan, at.from_router, 0x0800);
	if (at.no_router)
		memcpy(s->frame, s->frame + 6, 6);
	scene_ip(s, from, to, 17, 8 + n, 1, 0);
	scene_u16(s, from_port);
	scene_u16(s, to_port);
	scene_u16(s, (unsigned)(8 + n));
	scene_u16(s, 0);
	scene_bytes(s, payload, n);
	scene_send(s, at.source, s->length);
}

static inline void
scene_tcp(struct scene *s, struct scene_place at, const char *from,
    uint16_t from_port, const char *to, uint16_t to_port, unsigned flags,
    uint32_t seq, uint32_t ack, const char *payload)
{
	const size_t n = payload ? strlen(payload) : 0;

	scene_ethernet(s, at.vlan, at.from_router, 0x0800);
	scene_ip(s, from, to, 6, 20 + n, 1, 0);
	scene_u16(s, from_port);
	scene_u16(s, to_port);
	scene_u32(s, seq);
	scene_u32(s, ack);
	scene_u16(s, 0x5000 | flags);
	scene_u16(s, 4096);
	scene_u32(s, 0);
	scene_bytes(s, payload, n);
	scene_send(s, at.source, s->length);
}

static inline void
scene_finish(struct scene *s)
{
	engine_finish(s->engine);
}

/* The last note of that stage, or NULL; of any conversation when id is 0. */
static inline const struct scene_note *
scene_last(const struct scene *s, enum observation_stage stage, uint64_t id)
{
	for (size_t i = s->count; i-- > 0;)
		if (s->notes[i].stage == stage &&
		    (id == 0 || s->notes[i].id == id))
			return &s->notes[i];
	return NULL;
}

static inline size_t
scene_count(const struct scene *s, enum observation_stage stage)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->notes[i].stage == stage;
	return n;
}

#endif
