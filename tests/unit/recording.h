/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of what the recorder writes: a small model with names,
 * divisions and devices, one conversation in it to vary, and somewhere to
 * put the lines. With SEKISHO_EVE_LINES set, lines are also added to the file
 * of that name, for the schema test.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observation.h"

/* 2026-11-21T10:15:30.123456+0900 */
#define RECORDING_START INT64_C(1795223730123456)

static const uint8_t recording_secret[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
	12, 13, 14, 15, 16 };

static const char recording_model[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\",\n"
    "\"organisation\":{\"name\":\"見本町\",\"code\":\"999998\"},\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"name\":\"個人番号利用事務系\","
    "\"networks\":[\"10.1.0.0/16\",\"fd00:1::/48\"]},\n"
    "{\"id\":\"office\",\"tier\":\"internet\","
    "\"name\":\"インターネット接続系\",\"networks\":[\"10.3.0.0/16\","
    "\"fd00:3::/48\"]},\n"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"name\":\"インターネット\","
    "\"networks\":[\"0.0.0.0/0\",\"::/0\"]}],\n"
    "\"probes\":[{\"id\":\"probe1\"}],\n"
    "\"boundaries\":[{\"id\":\"main\",\"name\":\"本庁境界\",\"zones\":["
    "\"core\",\"office\",\"outside\"],\"taps\":["
    "{\"id\":\"main-trunk\",\"probe\":\"probe1\",\"interface\":\"span1\","
    "\"vlans\":{\"110\":\"core\",\"300\":\"office\"}},"
    "{\"id\":\"main-out\",\"probe\":\"probe1\"}]}],\n"
    "\"conduits\":[{\"id\":\"files\",\"name\":\"ファイル交換\","
    "\"from\":{\"zone\":\"office\",\"hosts\":[\"10.3.1.5\"]},"
    "\"to\":{\"zone\":\"outside\",\"hosts\":[\"203.0.113.7\"]},"
    "\"services\":[{\"protocol\":\"tcp\",\"ports\":[443]}]}],\n"
    "\"divisions\":[{\"id\":\"tax\",\"name\":\"税務課\","
    "\"networks\":[\"10.3.1.0/24\"]},"
    "{\"id\":\"it\",\"name\":\"情報政策課\"}],\n"
    "\"hosts\":[{\"name\":\"税務-PC12\",\"kind\":\"terminal\","
    "\"division\":\"tax\",\"interfaces\":[{\"zone\":\"office\","
    "\"address\":\"10.3.1.5\",\"mac\":\"02:00:00:00:30:05\"}]},"
    "{\"name\":\"基幹ファイルサーバ\",\"kind\":\"server\","
    "\"division\":\"it\",\"interfaces\":[{\"zone\":\"core\","
    "\"address\":\"10.1.0.10\"}]}]}\n";

struct recording {
	struct bundle bundle;
	struct model *m;
	struct conversation c;
	struct verdict v;
	struct observation o;
};

static inline void
recording_read(struct bundle *b, const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	struct text t = { 0 };
	char buf[4096];
	size_t n;

	while (f != NULL && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		text_add_n(&t, buf, n);
	if (f != NULL)
		(void)fclose(f);
	(void)bundle_add(b, name, name, text_str(&t), t.length);
	text_free(&t);
}

/* The example of the event shapes: 10.3.1.5 reads from 10.1.0.10 by SMB. */
static inline void
recording_example(struct recording *r)
{
	static const uint16_t tags[4] = { 300 };
	struct conversation *c = &r->c;
	struct verdict *v = &r->v;
	struct observation *o = &r->o;

	memset(c, 0, sizeof(*c));
	memset(v, 0, sizeof(*v));
	memset(o, 0, sizeof(*o));
	c->boundary = &r->m->boundaries[0];
	(void)addr_parse("10.3.1.5", &c->address[0]);
	(void)addr_parse("10.1.0.10", &c->address[1]);
	c->port[0] = 51514;
	c->port[1] = 445;
	c->protocol = 6;
	c->outcome = OUTCOME_DATA;
	c->application_state = APPLICATION_KNOWN;
	c->application = "SMBv23";
	c->confidence = CONFIDENCE_PAYLOAD;
	c->first.us = c->last.us = RECORDING_START;
	c->sighting_count = 2;
	c->sightings[0].tap = c->sightings[1].tap = &c->boundary->taps[0];
	c->sightings[0].vlan = 300;
	c->sightings[0].segment = model_zone(r->m, "office");
	c->sightings[0].way[0].frames = 41;
	c->sightings[0].way[1].frames = 55;
	c->sightings[1].vlan = 110;
	c->sightings[1].segment = model_zone(r->m, "core");
	c->sightings[1].way[0].frames = 41;

	v->kind = VERDICT_VIOLATE;
	v->alerts = true;
	v->deciding.check = CHECK_SEG_1;
	v->deciding.severity = SEVERITY_CRITICAL;
	v->also[0].check = CHECK_AST_4;
	v->also[0].severity = SEVERITY_MEDIUM;
	v->also_count = 1;
	v->failed = ELEMENT_TIER;
	v->judged = ELEMENT_TIER;
	v->clause.kind = CLAUSE_GUIDELINE;
	v->clause.from = TIER_INTERNET;
	v->clause.to = TIER_MYNUMBER;
	v->clause.place =
	    r->m->guideline->cells[TIER_INTERNET][TIER_MYNUMBER].place;
	v->passed = PASSED_YES;
	v->from = locate_address(r->m, c->boundary, &c->address[0]);
	v->to = locate_address(r->m, c->boundary, &c->address[1]);
	v->again.us = INT64_MAX;

	o->stage = OBSERVATION_FIRST;
	o->flow_id = 188123456789;
	o->now.us = RECORDING_START + 3 * CLOCK_SECOND;
	o->conversation = c;
	o->verdict = v;
	o->packets[0] = 41;
	o->packets[1] = 55;
	o->bytes[0] = 6120;
	o->bytes[1] = 48211;
	o->frames = 137;
	o->start.us = RECORDING_START;
	o->end = o->now;
	o->state = FLOW_ESTABLISHED;
	o->tcp_flags[0] = 0x1a;
	o->tcp_flags[1] = 0x1b;
	o->tap = &c->boundary->taps[0];
	memcpy(o->tags, tags, sizeof(tags));
	o->tag_count = 1;
}

/* Places both ends again after their addresses were changed. */
static inline void
recording_between(struct recording *r, const char *from, const char *to)
{
	(void)addr_parse(from, &r->c.address[0]);
	(void)addr_parse(to, &r->c.address[1]);
	r->v.from = locate_address(r->m, r->c.boundary, &r->c.address[0]);
	r->v.to = locate_address(r->m, r->c.boundary, &r->c.address[1]);
}

/* The conversation ends. */
static inline void
recording_end(struct recording *r)
{
	r->o.stage = OBSERVATION_FINAL;
	r->o.now.us = r->o.end.us + CLOCK_MINUTE;
	r->o.ending = ENDING_TCP_END;
	r->o.state = FLOW_CLOSED;
	r->c.ended = true;
}

/* Loads the model; faults are printed. Free with recording_free. */
static inline struct recording *
recording_new(void)
{
	struct recording *r = calloc(1, sizeof(*r));
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };

	(void)bundle_add(&r->bundle, "model.jsonc", "model.jsonc",
	    recording_model, sizeof(recording_model) - 1);
	recording_read(&r->bundle, "topology/guidelines/mic-2025-03.json",
	    "mic-2025-03.json");
	r->m = model_load(&r->bundle, &d);
	if (r->m == NULL) {
		diag_print(&d, &out);
		(void)fputs(text_str(&out), stderr);
		text_free(&out);
		abort();
	}
	diag_free(&d);
	recording_example(r);
	return r;
}

static inline void
recording_free(struct recording *r)
{
	model_free(r->m);
	bundle_free(&r->bundle);
	free(r);
}

/* Keeps lines (each with its newline) for the schema test. */
static inline void
recording_keep(const char *lines, size_t length)
{
	const char *path = getenv("SEKISHO_EVE_LINES");
	FILE *f = path != NULL ? fopen(path, "a") : NULL;

	if (f == NULL)
		return;
	(void)fwrite(lines, 1, length, f);
	(void)fclose(f);
}

#endif
