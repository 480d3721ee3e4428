/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the tests of locate and judge: one small model of a town with a
 * firewall, three tiers, a relay and the outside, and a way to make a
 * conversation in it a line each.
 */
#ifndef JUDGING_H
#define JUDGING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

static const char judging_model[] =
    "{\"format\":\"sekisho-topology/1\",\n"
    "\"stage\":\"%s\",%s"
    "\"organisation\":{\"name\":\"見本町\",\"code\":\"999998\"},\n"
    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":\"alpha\"},\n"
    "\"zones\":[\n"
    "{\"id\":\"core\",\"tier\":\"mynumber\",\"networks\":[\"10.1.0.0/16\","
    "\"fd00:1::/48\"]},\n"
    "{\"id\":\"gcloud\",\"tier\":\"mynumber\",\"parent\":\"core\","
    "\"networks\":[\"10.200.0.0/20\"],\"links\":[\"gc-main\",\"gc-backup\"]},"
    "\n"
    "{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\"]},\n"
    "{\"id\":\"office\",\"tier\":\"internet\",\"networks\":[\"10.3.0.0/16\"]}"
    ",\n"
    "{\"id\":\"lgwan\",\"tier\":\"lgwan-network\","
    "\"networks\":[\"172.20.0.0/14\"],\"links\":[\"lgwan\"]},\n"
    "{\"id\":\"outside\",\"tier\":\"outside\",\"networks\":[\"0.0.0.0/0\","
    "\"::/0\"]}],\n"
    "\"links\":[{\"id\":\"gc-main\",\"kind\":\"dedicated-line\"},"
    "{\"id\":\"gc-backup\",\"kind\":\"lgcs\"},"
    "{\"id\":\"lgwan\",\"kind\":\"lgwan\"}],\n"
    "\"probes\":[{\"id\":\"probe1\",\"management\":{\"zone\":\"office\","
    "\"address\":\"10.3.250.11\"}}],\n"
    "\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\",\"zones\":["
    "\"core\",\"gcloud\",\"lg\",\"office\",\"lgwan\",\"outside\"],\n"
    "\"taps\":[\n"
    "{\"id\":\"trunk\",\"probe\":\"probe1\",\"vlans\":{\"110\":\"core\","
    "\"200\":\"lg\",\"300\":\"office\",\"400\":\"lgwan\"},\"routers\":["
    "{\"address\":\"10.1.0.1\",\"macs\":[\"02:00:00:00:01:01\"]},"
    "{\"address\":\"10.2.0.1\",\"macs\":[\"02:00:00:00:02:01\"],"
    "\"virtual\":{\"kind\":\"vrrp\",\"group\":10}},"
    "{\"address\":\"10.3.0.1\",\"macs\":[\"02:00:00:00:03:01\"]}]},\n"
    "{\"id\":\"transit\",\"probe\":\"probe1\"}]}],\n"
    "\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"nftables\",\"addresses\":["
    "\"10.1.0.1\",\"10.2.0.1\",\"10.3.0.1\"]}],\n"
    "\"translations\":[{\"at\":\"fw1\",\"kind\":\"overload\",\"from\":{"
    "\"zone\":\"lg\"},\"to\":[\"172.20.5.10\"],\"toward\":\"lgwan\"},"
    "{\"at\":\"fw1\",\"kind\":\"overload\",\"from\":{\"zone\":\"office\"},"
    "\"to\":[\"203.0.113.1\"],\"toward\":\"outside\"},{\"at\":\"fw1\",\"kind\":\"overload\","
    "\"from\":{\"zone\":\"lg\"},\"to\":[\"203.0.113.1\"],\"toward\":\"outside\"},"
    "{\"at\":\"fw1\",\"kind\":\"static\",\"from\":{\"zone\":\"core\","
    "\"hosts\":[\"10.1.20.5\"]},\"to\":[\"172.20.5.20\"],"
    "\"toward\":\"lgwan\"}],\n"
    "\"conduits\":[\n"
    "{\"id\":\"files\",\"from\":{\"zone\":\"lg\",\"hosts\":[\"10.2.1.1\"]},"
    "\"to\":{\"zone\":\"lgwan\",\"hosts\":[\"172.20.9.8\"]},\"services\":[{"
    "\"protocol\":\"tcp\",\"ports\":[443],\"applications\":[\"TLS\"]}],"
    "\"expires\":\"2027-03-31\"},\n"
    "{\"id\":\"dns\",\"from\":{\"zone\":\"lg\"},\"to\":{\"zone\":\"lgwan\","
    "\"hosts\":[\"172.20.0.53\"]},\"services\":[{\"protocol\":\"udp\","
    "\"ports\":[53],\"applications\":[\"DNS\"]}]},\n"
    "{\"id\":\"case\",\"special\":true,\"basis\":\"x\",\"from\":{\"zone\":"
    "\"core\",\"hosts\":[\"10.1.20.5\"]},\"to\":{\"zone\":\"lgwan\","
    "\"hosts\":[\"172.20.9.9\"]},\"via\":{\"links\":[\"lgwan\"]},"
    "\"services\":[{\"protocol\":\"tcp\",\"ports\":[8443]}]}],\n"
    "\"exceptions\":[{\"id\":\"ex1\",\"excepts\":{\"check\":\"SEG-1\","
    "\"from\":{\"zone\":\"office\",\"hosts\":[\"10.3.7.7\"]},\"to\":{"
    "\"zone\":\"core\",\"hosts\":[\"10.1.7.7\"]},\"services\":[{"
    "\"protocol\":\"tcp\",\"ports\":[445]}]},\"reason\":\"r\","
    "\"compensating\":\"c\",\"approved\":{\"by\":[\"CISO\"],\"number\":"
    "\"1\",\"on\":\"2026-04-01\"},\"expires\":\"2026-12-31\"}]}\n";

static inline char *
judging_file(const char *path, size_t *length)
{
	FILE *f = fopen(path, "r");
	char *bytes = NULL;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0) {
		const long n = ftell(f);

		bytes = malloc((size_t)n + 1);
		rewind(f);
		*length = fread(bytes, 1, (size_t)n, f);
	}
	fclose(f);
	return bytes;
}

/* The model above in a stage ("in-force", "draft"); faults are printed. */
static inline struct model *
judging_load(const char *stage)
{
	static struct bundle bundle;
	struct diag d = { .lang = LANG_EN };
	struct text out = { 0 };
	char text[sizeof(judging_model) + 64];
	size_t length = 0;
	char *guideline = judging_file("topology/guidelines/mic-2025-03.json",
	    &length);
	struct model *m;

	snprintf(text, sizeof(text), judging_model, stage, "");
	bundle_free(&bundle);
	bundle_add(&bundle, "model.jsonc", "model.jsonc", text, strlen(text));
	bundle_add(&bundle, "mic-2025-03.json", "mic-2025-03.json",
	    guideline ? guideline : "", length);
	free(guideline);
	m = model_load(&bundle, &d);
	diag_print(&d, &out);
	if (!m)
		fputs(text_str(&out), stderr);
	text_free(&out);
	diag_free(&d);
	return m;
}

/* A conversation of a protocol at 2026-11-20 10:00 JST, certain, tried, not
 * yet seen anywhere. */
static inline struct conversation
judging_between(const struct model *m, const char *a, uint16_t aport,
    const char *b, uint16_t bport, uint8_t protocol)
{
	struct conversation c = { .boundary = &m->boundaries[0],
		.port = { aport, bport },
		.protocol = protocol };
	const struct day d = { 2026, 11, 20 };

	addr_parse(a, &c.address[0]);
	addr_parse(b, &c.address[1]);
	c.datagram = protocol != 6 && protocol != 1;
	c.first.us = day_begin(d, 9 * 3600).us + 10 * CLOCK_HOUR;
	c.last = c.first;
	return c;
}

/* Seen on a VLAN of the trunk; way 0 comes from a router or from a host. */
static inline struct sighting *
judging_seen(const struct model *m, struct conversation *c, uint16_t vlan,
    bool from_router)
{
	struct sighting *s = &c->sightings[c->sighting_count++];

	s->tap = model_tap(m, vlan ? "trunk" : "transit");
	s->segment = locate_segment(s->tap, &vlan, vlan ? 1 : 0, &s->vlan,
	    &s->link);
	s->routers_known = locate_has_routers(s->tap, s->segment);
	s->way[0].frames = 1;
	s->way[0].from_router = from_router && s->routers_known;
	s->way[0].from_other = !from_router && s->routers_known;
	s->way[0].to_router = !from_router && s->routers_known;
	return s;
}

static inline void
judging_answered(struct conversation *c, const char *application)
{
	c->outcome = OUTCOME_DATA;
	c->payload[0] = c->payload[1] = true;
	c->application_state = APPLICATION_KNOWN;
	c->application = application;
	c->confidence = CONFIDENCE_PAYLOAD;
}

static inline struct verdict
judging_verdict(const struct model *m, struct conversation *c)
{
	struct verdict v;

	judge(m, c, c->last, &v);
	return v;
}

#endif
