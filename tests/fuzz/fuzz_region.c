/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A region as an engine that was taken over may leave it: the head of the
 * status, the counters and the records are the input's bytes. Whatever it is,
 * what the next engine tells can be, and every frame still has one account.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "counters.h"
#include "coverage.h"
#include "region.h"

#define ROOM 16
#define GENERATION 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct model *model;

static const char model_text[] =
    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\"},"
    "\"guideline\":{\"file\":\"g.json\",\"model\":\"alpha\"},"
    "\"zones\":["
    "{\"id\":\"a\",\"tier\":\"lgwan\",\"networks\":[\"1.0.0.0/8\"]},"
    "{\"id\":\"b\",\"tier\":\"mynumber\",\"networks\":[\"10.0.0.0/31\","
    "\"::/1\"]}],"
    "\"probes\":[{\"id\":\"p\",\"management\":{\"zone\":\"a\",\"address\":"
    "\"1.0.0.1\"}}],"
    "\"boundaries\":[{\"id\":\"m\",\"zones\":[\"a\",\"b\"],\"taps\":["
    "{\"id\":\"s\",\"probe\":\"p\",\"segment\":\"a\"},"
    "{\"id\":\"t\",\"probe\":\"p\"}]},"
    "{\"id\":\"n\",\"zones\":[\"a\",\"b\"],\"taps\":["
    "{\"id\":\"u\",\"probe\":\"p\"}]}]}";

static void
require(bool holds)
{
	if (!holds)
		abort();
}

struct seen {
	uint64_t next_id, last_id, count;
};

static void
take(void *context, const struct observation *o)
{
	struct seen *s = context;
	const struct conversation *c = o->conversation;

	s->count++;
	require(o->flow_id > s->last_id && o->flow_id < s->next_id);
	s->last_id = o->flow_id;
	require(o->stage == OBSERVATION_FINAL && o->ending == ENDING_ENGINE);
	require(o->tap->boundary == c->boundary);
	require(c->boundary >= model->boundaries &&
	    c->boundary < model->boundaries + model->boundary_count);
	require(c->first.us <= c->last.us && c->ended);
	require(o->packets[0] + o->packets[1] <= o->frames && o->frames > 0);
	require(c->initiator <= INITIATOR_UNCERTAIN);
	require(c->outcome <= OUTCOME_DATA && o->tag_count <= 4);
	require(o->verdict->kind == VERDICT_OUT_OF_SCOPE ||
	    (o->verdict->kind == VERDICT_UNJUDGED &&
		o->verdict->reason == REASON_ENGINE_RESTARTED));
}

/* Takes size bytes of the input for what lies there; what is missing is as it
 * was. */
static void
fill(struct cursor *c, void *to, size_t size)
{
	const size_t n = cursor_left(c) < size ? cursor_left(c) : size;
	const uint8_t *bytes = cursor_take(c, n);

	if (n > 0)
		memcpy(to, bytes, n);
}

/* A record that can be, as far as the input does not say otherwise. */
static void
begin_record(struct region_conversation *s, uint32_t i)
{
	memset(s, 0, sizeof(*s));
	s->flow_id = i + 1;
	s->frames = 1;
	s->packets[0] = 1;
	s->generation = GENERATION;
	s->family = 4;
	s->whole = REGION_WHOLE;
}

static void
write_region(struct region *r, struct cursor *c)
{
	struct region_status *status = region_status(r);
	uint8_t what = cursor_u8(c);

	status->next_id = 1000;
	atomic_store(&status->used, ROOM);
	if (what & 1)
		fill(c, &status->next_id, sizeof(status->next_id));
	if (what & 2)
		fill(c, &status->used, sizeof(status->used));
	if (what & 4)
		fill(c, &status->counters, sizeof(status->counters));
	if (what & 8)
		fill(c, &status->accounts, sizeof(status->accounts));
	if (what & 16)
		fill(c, &status->fragments, sizeof(status->fragments));
	if (what & 64)
		fill(c, &status->told, sizeof(status->told));
	if (what & 128)
		fill(c, &status->sources, sizeof(status->sources));
	for (uint32_t i = 0; i < ROOM && cursor_left(c) > 0; i++) {
		struct region_conversation *s = region_at(r, i);
		const size_t offset = cursor_u8(c) % sizeof(*s);
		const size_t length = cursor_u8(c) % 32;

		begin_record(s, i);
		if (what & 32)
			fill(c, s, sizeof(*s));
		else
			fill(c, (uint8_t *)s + offset,
			    length < sizeof(*s) - offset ? length :
							   sizeof(*s) - offset);
	}
}

/* It must be one that the recorder takes. */
static void
on_minute(void *context, const struct tap_minute *m)
{
	(void)context;
	require(m->from.us <= m->until.us);
	require(m->copies <= m->frames && m->cut <= m->frames);
	require(m->undecodable <= m->frames);
	require(m->unclassified <= m->conversations);
	require(m->tcp_one_way <= m->tcp_conversations);
}

/* Whatever the counters were, each frame has one account from now on. */
static void
inherit(struct region_status *status)
{
	const struct tap *taps[CAPTURE_SOURCES_MAX] = { NULL };
	const struct observer minutes = { .minute = on_minute };
	struct counters_rows rows;
	struct coverage coverage;
	struct tally t = { 0 };

	for (size_t i = 0; i < model->boundaries[0].tap_count; i++)
		taps[2 * i] = taps[2 * i + 1] = &model->boundaries[0].taps[i];
	(void)counters_inherit(&status->counters, &status->fragments);
	counters_closed(&status->counters, 1, 1);
	counters_tally(&status->counters, &status->fragments, &rows, &t);
	require(t.read == t.judged + counters_unjudged(&t));
	coverage_init(&coverage, model, taps, NULL, CAPTURE_SOURCES_MAX,
	    status->accounts);
	coverage_keep(&coverage, &status->told, status->sources);
	(void)coverage_inherit(&coverage);
	coverage_time(&coverage, &minutes, (struct wall_us){ CLOCK_HOUR });
	coverage_close(&coverage, &minutes, (struct wall_us){ CLOCK_HOUR + 1 });
	for (size_t i = 0; i < CAPTURE_SOURCES_MAX; i++)
		require(status->accounts[i].cut <= status->accounts[i].frames);
	coverage_fini(&coverage);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct region *r = region_new(ROOM);
	struct cursor input;
	struct seen seen;
	const struct observer observer = { .context = &seen,
		.conversation = take };
	uint64_t closed, refused;

	cursor_init(&input, data, size);
	require(r != NULL);
	write_region(r, &input);
	seen = (struct seen){ .next_id = region_status(r)->next_id };
	closed = region_close_all(r, model, GENERATION, (struct wall_us){ 0 },
	    &observer, &refused);
	require(closed == seen.count && closed + refused <= ROOM);
	require(region_close_all(r, model, GENERATION, (struct wall_us){ 0 },
		    &observer, &refused) == 0);
	inherit(region_status(r));
	region_free(r);
	return 0;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char guideline[256 * 1024];
	char path[4096];
	struct bundle b = { 0 };
	struct diag d = { .lang = LANG_EN };
	FILE *f;
	size_t n;

	(void)argc;
	(void)argv;
	(void)snprintf(path, sizeof(path), "%s/guidelines/mic-2025-03.json",
	    bundle_data_dir());
	f = fopen(path, "r");
	require(f != NULL);
	n = fread(guideline, 1, sizeof(guideline), f);
	(void)fclose(f);
	(void)bundle_add(&b, "m", "m", model_text, strlen(model_text));
	(void)bundle_add(&b, "g.json", "g.json", guideline, n);
	model = model_load(&b, &d);
	if (!model) {
		struct text faults = { 0 };

		diag_print(&d, &faults);
		(void)fputs(text_str(&faults), stderr);
		abort();
	}
	diag_free(&d);
	bundle_free(&b);
	return 0;
}
