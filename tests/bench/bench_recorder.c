/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many lines of EVE JSON the recorder writes in a second, of a model that
 * is installed as an example: conversations that conform, that violate in
 * groups, and that violate in more groups than there may be.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "recorder.h"

#define MODEL "examples/town/model.jsonc"
#define CONVERSATIONS 200000
#define START INT64_C(1795223730123456)

struct scene {
	struct conversation c;
	struct verdict v;
	struct observation o;
};

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
set_up(struct scene *s, const struct model *m, enum verdict_kind kind)
{
	memset(s, 0, sizeof(*s));
	s->c.boundary = &m->boundaries[0];
	(void)addr_parse("10.0.0.1", &s->c.address[0]);
	(void)addr_parse("10.1.0.10", &s->c.address[1]);
	s->c.port[0] = 51514;
	s->c.port[1] = 445;
	s->c.protocol = 6;
	s->c.outcome = OUTCOME_DATA;
	s->c.application_state = APPLICATION_KNOWN;
	s->c.application = "SMBv23";
	s->c.confidence = CONFIDENCE_PAYLOAD;
	s->c.ended = true;
	s->c.sighting_count = 1;
	s->c.sightings[0].tap = &m->boundaries[0].taps[0];
	s->v.kind = kind;
	s->v.alerts = kind == VERDICT_VIOLATE;
	if (s->v.alerts) {
		s->v.deciding.check = CHECK_SEG_2;
		s->v.deciding.severity = SEVERITY_HIGH;
	}
	s->v.passed = PASSED_YES;
	s->v.from = locate_address(m, s->c.boundary, &s->c.address[0]);
	s->v.to = locate_address(m, s->c.boundary, &s->c.address[1]);
	s->o.stage = OBSERVATION_FINAL;
	s->o.ending = ENDING_TCP_END;
	s->o.state = FLOW_CLOSED;
	s->o.conversation = &s->c;
	s->o.verdict = &s->v;
	s->o.tap = s->c.sightings[0].tap;
	s->o.now.us = s->o.start.us = s->o.end.us = START;
}

/* Ends that many conversations, of which each share a group. */
static void
run(const struct model *m, const char *name, enum verdict_kind kind,
    uint64_t each)
{
	static const uint8_t secret[16] = { 1 };
	FILE *out = fopen("/dev/null", "w");
	struct recorder *r = recorder_new(m, "bench", LANG_JA, out, secret);
	struct observer observer = recorder_observer(r);
	struct scene s;
	double taken;

	set_up(&s, m, kind);
	taken = -seconds();
	for (uint64_t i = 0; i < CONVERSATIONS; i++) {
		uint32_t group = (uint32_t)(i / each);

		s.o.flow_id = i + 1;
		s.o.now.us += 1000;
		s.c.address[0].bytes[1] = (uint8_t)(group >> 16);
		s.c.address[0].bytes[2] = (uint8_t)(group >> 8);
		s.c.address[0].bytes[3] = (uint8_t)group;
		observer.conversation(observer.context, &s.o);
	}
	recorder_finish(r, s.o.now);
	taken += seconds();
	(void)printf("%-26s %8.0f conversations/s %8.0f lines/s\n", name,
	    CONVERSATIONS / taken, (double)recorder_totals(r)->lines / taken);
	recorder_free(r);
	(void)fclose(out);
}

int
main(void)
{
	struct bundle bundle = { 0 };
	struct diag d = { .lang = LANG_EN };
	struct text path = { 0 };
	struct model *m = NULL;

	text_printf(&path, "%s/%s", bundle_data_dir(), MODEL);
	if (bundle_read(&bundle, text_str(&path), bundle_data_dir(), &d))
		m = model_load(&bundle, &d);
	if (m == NULL) {
		(void)printf("cannot load %s\n", text_str(&path));
		return 1;
	}
	run(m, "conforming", VERDICT_CONFORM, 1);
	run(m, "violating, 100 a group", VERDICT_VIOLATE, 100);
	run(m, "violating, each its group", VERDICT_VIOLATE, 1);
	model_free(m);
	bundle_free(&bundle);
	diag_free(&d);
	text_free(&path);
	return 0;
}
