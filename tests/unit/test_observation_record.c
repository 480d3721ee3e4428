/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records: whatever was observed arrives as it was; whatever cannot be is
 * refused and hands over nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "observing.h"

#define TRIALS 3000
/* Of those tried here; the later ones have tests of their own. */
#define TYPES (RECORD_LOG + 1)
#define GENERATION 7

/* What was handed over, copied; strings are compared in the call. */
struct notebook {
	struct observing *sent;
	unsigned calls, conversations, coverages, accounts, ticks, gaps;
	unsigned healths, lines;
	struct wall_us tick;
	char line[8192], cause[8192];
	struct clause clause; /* of the last conversation */
	struct tally tally;
	struct account_row last_counter;
	struct gap gap;
};

struct scene {
	struct observing *s;
	struct record_reader *reader;
	struct notebook notes;
	struct observer observer;
	struct record_head head;
	uint8_t record[RECORD_BYTES_MAX];
	size_t length;
};

static void
assert_same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a != NULL)
		assert_string_equal(a, b);
}

static void
assert_same_conversation(const struct conversation *sent,
    const struct conversation *got)
{
	struct conversation c = *got;

	assert_same_text(sent->application, got->application);
	assert_same_text(sent->master, got->master);
	assert_same_text(sent->resolved_name, got->resolved_name);
	assert_same_text(sent->server_name, got->server_name);
	c.application = sent->application;
	c.master = sent->master;
	c.resolved_name = sent->resolved_name;
	c.server_name = sent->server_name;
	assert_memory_equal(sent, &c, sizeof(c));
}

static void
assert_same_verdict(const struct verdict *sent, const struct verdict *got)
{
	struct verdict v = *got;

	assert_same_text(sent->clause.id, got->clause.id);
	assert_same_text(sent->clause.place.file, got->clause.place.file);
	v.clause.id = sent->clause.id;
	v.clause.place.file = sent->clause.place.file;
	for (size_t i = 0; i < sent->also_count; i++) {
		const struct clause *was = &sent->also_clause[i];

		assert_same_text(was->id, got->also_clause[i].id);
		assert_same_text(was->place.file,
		    got->also_clause[i].place.file);
		v.also_clause[i].id = was->id;
		v.also_clause[i].place.file = was->place.file;
	}
	assert_memory_equal(sent, &v, sizeof(v));
}

static void
on_conversation(void *context, const struct observation *o)
{
	struct notebook *n = context;
	struct observation got = *o;

	n->calls++;
	n->conversations++;
	n->clause = o->verdict->clause;
	if (n->sent == NULL)
		return;
	assert_same_conversation(&n->sent->c, o->conversation);
	assert_same_verdict(&n->sent->v, o->verdict);
	got.conversation = &n->sent->c;
	got.verdict = &n->sent->v;
	assert_memory_equal(&n->sent->o, &got, sizeof(got));
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	struct notebook *n = context;
	struct coverage_finding got = *f;

	n->calls++;
	n->coverages++;
	if (n->sent == NULL)
		return;
	assert_same_text(n->sent->coverage.detail, f->detail);
	got.detail = n->sent->coverage.detail;
	assert_memory_equal(&n->sent->coverage, &got, sizeof(got));
}

static void
assert_same_rows(const struct account_row *sent, const struct account_row *got,
    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(sent[i].name, got[i].name);
		assert_int_equal(sent[i].value, got[i].value);
	}
}

static void
on_account(void *context, const struct tally *t)
{
	struct notebook *n = context;
	const struct tally *sent;
	struct tally got = *t;

	n->calls++;
	n->accounts++;
	n->tally = *t;
	if (t->counter_count > 0) {
		n->last_counter = t->counters[t->counter_count - 1];
		(void)snprintf(n->line, sizeof(n->line), "%s",
		    n->last_counter.name);
	}
	if (n->sent == NULL)
		return;
	sent = &n->sent->tally;
	got.reasons = sent->reasons;
	got.counters = sent->counters;
	got.taps = sent->taps;
	assert_memory_equal(sent, &got, sizeof(got));
	assert_same_rows(sent->reasons, t->reasons, t->reason_count);
	assert_same_rows(sent->counters, t->counters, t->counter_count);
	for (size_t i = 0; i < t->tap_count; i++) {
		struct tap_account tap = t->taps[i];

		assert_same_text(sent->taps[i].file, tap.file);
		tap.file = sent->taps[i].file;
		assert_memory_equal(&sent->taps[i], &tap, sizeof(tap));
	}
}

static void
on_tick(void *context, struct wall_us now)
{
	struct notebook *n = context;

	n->calls++;
	n->ticks++;
	n->tick = now;
}

static void
on_gap(void *context, const struct gap *g)
{
	struct notebook *n = context;
	struct gap got = *g;

	n->calls++;
	n->gaps++;
	n->gap = *g;
	(void)snprintf(n->cause, sizeof(n->cause), "%s", g->cause);
	(void)snprintf(n->line, sizeof(n->line), "%s", g->file ? g->file : "-");
	if (n->sent == NULL)
		return;
	assert_same_text(n->sent->gap.file, g->file);
	assert_same_text(n->sent->gap.cause, g->cause);
	got.file = n->sent->gap.file;
	got.cause = n->sent->gap.cause;
	assert_memory_equal(&n->sent->gap, &got, sizeof(got));
}

static void
on_health(void *context, const struct health *h)
{
	struct notebook *n = context;

	n->calls++;
	n->healths++;
	if (n->sent == NULL)
		return;
	assert_string_equal(n->sent->health.event, h->event);
	n->sent->health.event = h->event;
	assert_memory_equal(&n->sent->health, h, sizeof(*h));
}

static void
on_log(void *context, const char *line)
{
	struct notebook *n = context;

	n->calls++;
	n->lines++;
	(void)snprintf(n->line, sizeof(n->line), "%s", line);
}

static int
set_up(void **state)
{
	struct scene *t = calloc(1, sizeof(*t));

	t->s = observing_new();
	t->reader = record_reader_new();
	t->head = (struct record_head){ .engine = 3,
		.generation = GENERATION,
		.sequence = 41 };
	t->observer = (struct observer){ .context = &t->notes,
		.conversation = on_conversation,
		.coverage = on_coverage,
		.account = on_account,
		.tick = on_tick,
		.gap = on_gap,
		.health = on_health,
		.log = on_log };
	*state = t;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *t = *state;

	record_reader_free(t->reader);
	observing_free(t->s);
	free(t);
	return 0;
}

/* Reads a copy of exactly that length, so that a byte too far is seen. */
static enum record_result
read_bytes(struct scene *t, const uint8_t *bytes, size_t length)
{
	uint8_t *exact = malloc(length ? length : 1);
	enum record_result result;

	memcpy(exact, bytes, length);
	result = record_read(t->reader, exact, length, t->s->m, GENERATION,
	    &t->observer);
	free(exact);
	return result;
}

static enum record_result
read_record(struct scene *t)
{
	return read_bytes(t, t->record, t->length);
}

/* Makes a record of each type in turn. */
static void
make(struct scene *t, enum record_type type)
{
	struct observing *s = t->s;

	switch (type) {
	case RECORD_CONVERSATION:
		observing_conversation(s);
		t->length = record_conversation(t->record, &t->head, &s->o);
		break;
	case RECORD_COVERAGE:
		observing_coverage(s);
		t->length = record_coverage(t->record, &t->head, &s->coverage);
		break;
	case RECORD_ACCOUNT:
		observing_account(s);
		t->length = record_account(t->record, &t->head, &s->tally);
		break;
	case RECORD_TICK:
		t->length = record_tick(t->record, &t->head,
		    (struct wall_us){ 12345 });
		break;
	case RECORD_GAP:
		observing_gap(s);
		t->length = record_gap(t->record, &t->head, &s->gap);
		break;
	case RECORD_HEALTH:
		observing_health(s);
		t->length = record_health(t->record, &t->head, &s->health);
		break;
	default:
		t->length = record_log(t->record, &t->head, "行 of the log");
		break;
	}
	assert_int_equal(t->head.type, type);
	assert_true(t->length > 0 && t->length <= RECORD_BYTES_MAX);
}

static void
test_the_model_has_every_noun_that_a_record_may_name(void **state)
{
	const struct model *m = ((struct scene *)*state)->s->m;
	size_t routers = 0;

	assert_true(m->link_count > 1);
	assert_true(m->translation_count > 0);
	assert_true(m->exception_count > 0);
	assert_true(m->conduit_count > 1);
	assert_true(m->boundary_count > 0);
	for (size_t i = 0; i < m->link_count; i++)
		assert_int_equal(m->links[i].index, i);
	for (size_t i = 0; i < m->translation_count; i++)
		assert_int_equal(m->translations[i].index, i);
	for (size_t i = 0; i < m->boundary_count; i++)
		for (size_t k = 0; k < m->boundaries[i].tap_count; k++)
			routers += m->boundaries[i].taps[k].router_count;
	assert_true(routers > 0);
}

static void
test_whatever_is_observed_arrives_as_it_was(void **state)
{
	struct scene *t = *state;

	t->notes.sent = t->s;
	for (unsigned i = 0; i < TRIALS; i++) {
		for (int type = 1; type < TYPES; type++) {
			make(t, (enum record_type)type);
			assert_int_equal(read_record(t), RECORD_OK);
		}
		assert_int_equal(t->notes.calls, (i + 1) * (TYPES - 1));
	}
	assert_int_equal(t->notes.conversations, TRIALS);
	assert_int_equal(t->notes.healths, TRIALS);
	assert_int_equal(t->notes.tick.us, 12345);
	assert_string_equal(t->notes.line, "行 of the log");
}

static void
test_calls_that_are_not_wanted_are_skipped(void **state)
{
	struct scene *t = *state;

	t->observer = (struct observer){ .context = &t->notes };
	for (int type = 1; type < TYPES; type++) {
		make(t, (enum record_type)type);
		assert_int_equal(read_record(t), RECORD_OK);
	}
	assert_int_equal(t->notes.calls, 0);
}

static void
test_the_head_is_read_as_it_was_written(void **state)
{
	struct scene *t = *state;
	struct record_head head;

	t->head.engine = RECORD_SUPERVISOR;
	t->head.generation = 0xfedcba98;
	t->head.sequence = UINT64_C(0x0123456789abcdef);
	make(t, RECORD_TICK);
	assert_int_equal(record_read_head(t->record, t->length, &head),
	    RECORD_OK);
	assert_int_equal(head.version, RECORD_VERSION);
	assert_int_equal(head.type, RECORD_TICK);
	assert_int_equal(head.class, RECORD_MINOR);
	assert_int_equal(head.engine, RECORD_SUPERVISOR);
	assert_int_equal(head.generation, 0xfedcba98);
	assert_int_equal(head.sequence, UINT64_C(0x0123456789abcdef));
	for (size_t n = 0; n < 16; n++)
		assert_int_equal(record_read_head(t->record, n, &head),
		    RECORD_TRUNCATED);
}

static void
test_what_alerts_is_urgent_and_a_last_word_is_not_an_update(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	struct verdict *v = &s->v;

	observing_conversation(s);
	memset(v, 0, sizeof(*v));
	s->o.stage = OBSERVATION_UPDATE;
	v->kind = VERDICT_VIOLATE;
	v->deciding = (struct finding){ CHECK_SEG_2, SEVERITY_HIGH };
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_URGENT);
	v->kind = VERDICT_EXCEPTED;
	v->alerts = true;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_UPDATE);
	s->o.stage = OBSERVATION_FINAL;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_FINAL);
	/* a mere remark counts once it is judged */
	v->kind = VERDICT_UNJUDGED;
	v->deciding = (struct finding){ CHECK_NONE, SEVERITY_NONE };
	v->also[0] = (struct finding){ CHECK_SEG_10, SEVERITY_INFORMATION };
	v->also_count = 1;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_URGENT);
	s->o.stage = OBSERVATION_FIRST;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_UPDATE);
	v->kind = VERDICT_CONFORM;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_URGENT);
	v->also_count = 0;
	(void)record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(t->head.class, RECORD_UPDATE);
}

static void
test_every_truncation_is_refused_and_hands_over_nothing(void **state)
{
	struct scene *t = *state;

	for (int type = 1; type < TYPES; type++) {
		for (int trial = 0; trial < 3; trial++) {
			make(t, (enum record_type)type);
			for (size_t n = 0; n < t->length; n++)
				assert_int_equal(read_bytes(t, t->record, n),
				    RECORD_TRUNCATED);
		}
	}
	assert_int_equal(t->notes.calls, 0);
}

static void
test_a_byte_too_many_is_malformed(void **state)
{
	struct scene *t = *state;

	for (int type = 1; type < TYPES; type++) {
		make(t, (enum record_type)type);
		t->record[t->length++] = 0;
		assert_int_equal(read_record(t), RECORD_MALFORMED);
	}
	assert_int_equal(t->notes.calls, 0);
}

static void
test_another_version_or_type_is_unsupported(void **state)
{
	struct scene *t = *state;
	struct record_head head;

	make(t, RECORD_TICK);
	for (unsigned v = 0; v < 256; v++) {
		t->record[0] = (uint8_t)v;
		assert_int_equal(read_record(t),
		    v == RECORD_VERSION ? RECORD_OK : RECORD_UNSUPPORTED);
	}
	t->record[0] = RECORD_VERSION;
	for (unsigned type = RECORD_TYPE_COUNT; type < 257; type++) {
		t->record[1] = (uint8_t)type;
		assert_int_equal(read_record(t), RECORD_UNSUPPORTED);
		assert_int_equal(record_read_head(t->record, t->length, &head),
		    RECORD_UNSUPPORTED);
	}
}

static void
test_a_head_that_cannot_be_is_malformed(void **state)
{
	struct scene *t = *state;

	make(t, RECORD_TICK);
	t->record[2] = RECORD_CLASS_COUNT;
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	t->head.sequence = 0; /* they count from 1 */
	make(t, RECORD_TICK);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
}

static void
test_what_names_nouns_of_another_generation_is_stale(void **state)
{
	struct scene *t = *state;

	t->head.generation = GENERATION + 1;
	make(t, RECORD_CONVERSATION);
	assert_int_equal(read_record(t), RECORD_STALE);
	t->s->gap = (struct gap){ .cause = "x", .tap = observing_tap(t->s) };
	t->length = record_gap(t->record, &t->head, &t->s->gap);
	assert_int_equal(read_record(t), RECORD_STALE);
	/* also where that index is none of this model */
	memset(t->record + 16 + 3, 0x7f, 4);
	assert_int_equal(read_record(t), RECORD_STALE);
	assert_int_equal(t->notes.calls, 0);
}

static void
test_what_names_no_noun_is_good_under_any_generation(void **state)
{
	struct scene *t = *state;

	t->head.generation = GENERATION - 1;
	make(t, RECORD_TICK);
	assert_int_equal(read_record(t), RECORD_OK);
	make(t, RECORD_LOG);
	assert_int_equal(read_record(t), RECORD_OK);
	t->s->gap = (struct gap){ .kind = GAP_BACKLOG, .cause = "" };
	t->length = record_gap(t->record, &t->head, &t->s->gap);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(t->notes.calls, 3);
}

/* Sets each byte of a record to each value. Nothing may crash, and what is
 * accepted must have been handed over once. */
static void
test_no_byte_of_a_record_is_believed(void **state)
{
	struct scene *t = *state;
	unsigned accepted = 0, refused = 0;

	for (int type = 1; type < TYPES; type++) {
		make(t, (enum record_type)type);
		for (size_t i = 0; i < t->length && i < 1500; i++) {
			const uint8_t was = t->record[i];

			for (unsigned v = 0; v < 256; v += 5) {
				t->record[i] = (uint8_t)v;
				if (read_record(t) == RECORD_OK)
					accepted++;
				else
					refused++;
			}
			t->record[i] = was;
		}
	}
	assert_int_equal(t->notes.calls, accepted);
	assert_true(refused > 1000);
}

/* One enum, count or index of an observation that cannot be. */
struct lie {
	const char *what;
	size_t at; /* within the struct */
	int base;  /* 0 observation, 1 conversation, 2 verdict */
	unsigned value;
};

#define LIE_O(field, value)                                           \
	{                                                             \
#field, offsetof(struct observation, field), 0, value \
	}
#define LIE_C(field, value)                                            \
	{                                                              \
#field, offsetof(struct conversation, field), 1, value \
	}
#define LIE_V(field, value)                                       \
	{                                                         \
#field, offsetof(struct verdict, field), 2, value \
	}

static const struct lie lies[] = {
	LIE_O(stage, OBSERVATION_FINAL + 1),
	LIE_O(ending, ENDING_ENGINE + 1),
	LIE_O(state, FLOW_CLOSED + 1),
	LIE_C(initiator, INITIATOR_UNCERTAIN + 1),
	LIE_C(outcome, OUTCOME_DATA + 1),
	LIE_C(refusal, REFUSAL_UNREACHABLE + 1),
	LIE_C(application_state, APPLICATION_UNKNOWN + 1),
	LIE_C(confidence, CONFIDENCE_CORRELATED + 1),
	LIE_V(kind, VERDICT_COUNT),
	LIE_V(reason, REASON_COUNT),
	LIE_V(element, ELEMENT_TIER | ELEMENT_PATH),
	LIE_V(element, 1u << ELEMENT_COUNT),
	LIE_V(deciding.check, CHECK_COUNT),
	LIE_V(deciding.severity, SEVERITY_CRITICAL + 1),
	LIE_V(deciding.severity, SEVERITY_NONE),
	LIE_V(also[0].check, CHECK_COUNT),
	LIE_V(also[0].check, CHECK_NONE),
	LIE_V(failed, 3),
	LIE_V(clause.kind, CLAUSE_MODEL + 1),
	LIE_V(clause.from, TIER_FIREWALL + 1),
	LIE_V(clause.to, TIER_FIREWALL + 1),
	LIE_V(near_miss.element, 3),
	LIE_V(from.kind, PLACE_FIREWALL + 1),
	LIE_V(to.special, ADDR_RESERVED + 1),
	LIE_V(passed, PASSED_YES + 1),
	LIE_V(refused_by, REFUSER_UNKNOWN + 1),
	LIE_V(judged, 1u << ELEMENT_COUNT),
	LIE_V(unobserved, 1u << ELEMENT_COUNT),
};

static void
test_each_enum_out_of_range_is_malformed(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	char *const bases[] = { (char *)&s->o, (char *)&s->c, (char *)&s->v };

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		observing_conversation(s);
		s->v.deciding = s->v.also[0] = (struct finding){ CHECK_SEG_1,
			SEVERITY_HIGH };
		s->v.also_count = 1;
		memcpy(bases[lies[i].base] + lies[i].at, &lies[i].value,
		    sizeof(unsigned));
		t->length = record_conversation(t->record, &t->head, &s->o);
		if (read_record(t) != RECORD_MALFORMED)
			fail_msg("%s of %u was believed", lies[i].what,
			    lies[i].value);
	}
	assert_int_equal(t->notes.calls, 0);
}

static void
assert_malformed(struct scene *t)
{
	struct observing *s = t->s;

	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	observing_conversation(s);
}

static void
test_each_index_out_of_range_is_malformed(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	const uint32_t far = 1000000;
	struct tap tap = *observing_tap(s);
	struct zone zone = { .index = (uint32_t)s->m->zone_count + 1 };
	struct boundary boundary = { .index = far };
	struct link link = { .index = (uint32_t)s->m->link_count };
	struct conduit conduit = { .index = (uint32_t)s->m->conduit_count };
	struct exception exception = { .index = far };
	struct translation translation = { .index = far };

	tap.index = (uint32_t)s->m->tap_count;
	observing_conversation(s);
	s->o.tap = &tap;
	assert_malformed(t);
	s->c.boundary = &boundary;
	assert_malformed(t);
	s->c.boundary = NULL;
	assert_malformed(t);
	s->c.sighting_count = 1;
	s->c.sightings[0].tap = NULL;
	assert_malformed(t);
	s->c.sighting_count = 1;
	s->c.sightings[0].tap = &tap;
	assert_malformed(t);
	s->c.sighting_count = 1;
	memset(&s->c.sightings[0], 0, sizeof(s->c.sightings[0]));
	observing_sighting(s, &s->c.sightings[0]);
	s->c.sightings[0].segment = &zone;
	assert_malformed(t);
	s->c.sighting_count = 1;
	s->c.sightings[0].tap = observing_tap(s);
	s->c.sightings[0].way[1].router = s->c.sightings[0].tap->routers +
	    s->c.sightings[0].tap->router_count;
	assert_malformed(t);
	s->c.sighting_count = 1;
	s->c.sightings[0].tap = observing_tap(s);
	s->c.sightings[0].link = &link;
	assert_malformed(t);
	s->v.conduit = &conduit;
	assert_malformed(t);
	s->v.near_miss.conduit = &conduit;
	assert_malformed(t);
	s->v.exception = &exception;
	assert_malformed(t);
	s->v.from.zone = &zone;
	assert_malformed(t);
	s->v.to.translation = &translation;
	assert_malformed(t);
	assert_int_equal(t->notes.calls, 0);
}

static void
test_values_that_cannot_be_are_malformed(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;

	observing_conversation(s);
	s->o.flow_id = UINT64_C(1) << 53;
	assert_malformed(t);
	s->o.now.us = INT64_MAX;
	assert_malformed(t);
	s->o.start.us = INT64_MIN;
	assert_malformed(t);
	s->c.address[0].family = 0;
	assert_malformed(t);
	s->c.address[0] = observing_address(s, 4);
	s->c.address[1] = observing_address(s, 6);
	assert_malformed(t);
	s->c.address[1].family = 5;
	assert_malformed(t);
	observing_coverage(s);
	s->coverage.check = CHECK_SEG_1;
	t->length = record_coverage(t->record, &t->head, &s->coverage);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	observing_coverage(s);
	s->coverage.severity = SEVERITY_NONE;
	t->length = record_coverage(t->record, &t->head, &s->coverage);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	observing_gap(s);
	s->gap.kind = GAP_KIND_COUNT;
	t->length = record_gap(t->record, &t->head, &s->gap);
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	assert_int_equal(t->notes.calls, 0);
}

/* Where a part of the record stands, or a failure. */
static uint8_t *
find_bytes(struct scene *t, const char *part)
{
	uint8_t *p = memmem(t->record, t->length, part, strlen(part));

	assert_non_null(p);
	return p;
}

static void
test_text_that_is_not_fit_to_be_shown_is_malformed(void **state)
{
	static const char *const bad[] = { "ab\001d", "ab\033d", "ab\177d",
		"a\302\233d", "ab\300d", "ab\377d", "\342\200\256d", "abc\n" };
	struct scene *t = *state;
	uint8_t *p;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		t->length = record_log(t->record, &t->head, "abcd");
		p = find_bytes(t, "abcd");
		memcpy(p, bad[i], 4);
		assert_int_equal(read_record(t), RECORD_MALFORMED);
	}
	/* a NUL within, and none at the end */
	t->length = record_log(t->record, &t->head, "abcd");
	p = find_bytes(t, "abcd");
	p[2] = '\0';
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	p[2] = 'c';
	p[4] = 'e';
	assert_int_equal(read_record(t), RECORD_MALFORMED);
	p[4] = '\0';
	assert_int_equal(read_record(t), RECORD_OK);
}

static void
test_a_length_that_lies_is_refused(void **state)
{
	struct scene *t = *state;
	uint8_t *p;

	for (unsigned n = 0; n < 65536; n++) {
		t->length = record_log(t->record, &t->head, "abcd");
		p = find_bytes(t, "abcd");
		p[-2] = (uint8_t)(n >> 8);
		p[-1] = (uint8_t)n;
		if (n == 4)
			assert_int_equal(read_record(t), RECORD_OK);
		else
			assert_true(read_record(t) == RECORD_MALFORMED ||
			    read_record(t) == RECORD_TRUNCATED);
	}
}

static void
test_text_is_escaped_and_cut_where_it_is_written(void **state)
{
	struct scene *t = *state;
	char *line = malloc(10001);

	t->length = record_log(t->record, &t->head, "a\033[2Jb\377\r\n");
	assert_int_equal(read_record(t), RECORD_OK);
	assert_string_equal(t->notes.line, "a\\x1b[2Jb\\xff\\x0d\\x0a");
	for (size_t i = 0; i < 9999; i += 3)
		memcpy(line + i, "関", 3);
	line[9999] = '\0';
	t->length = record_log(t->record, &t->head, line);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(strlen(t->notes.line), 4095);
	assert_true(text_is_safe(t->notes.line));
	/* of a path the end is kept: its last part is what is shown */
	memcpy(line + 9990, "/x.pcap", 8);
	t->s->gap = (struct gap){ .file = line };
	t->length = record_gap(t->record, &t->head, &t->s->gap);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(strlen(t->notes.line), 253);
	assert_string_equal(t->notes.line + 246, "/x.pcap");
	assert_string_equal(t->notes.cause, ""); /* never NULL */
	free(line);
}

static void
test_what_an_account_has_no_room_for_is_counted(void **state)
{
	struct scene *t = *state;
	struct account_row *rows = calloc(300, sizeof(*rows));
	struct tap_account *taps = calloc(600, sizeof(*taps));
	struct tally tally = { .read = 5,
		.counters = rows,
		.counter_count = 300,
		.taps = taps,
		.tap_count = 600 };
	char file[300];

	memset(file, 'f', sizeof(file));
	file[299] = '\0';
	for (size_t i = 0; i < 300; i++)
		rows[i] = (struct account_row){ "a-row", i };
	for (size_t i = 0; i < 600; i++) {
		taps[i].tap = observing_tap(t->s);
		taps[i].file = file;
	}
	t->length = record_account(t->record, &t->head, &tally);
	assert_int_equal(read_record(t), RECORD_OK);
	assert_int_equal(t->notes.tally.counter_count, 256 + 2);
	assert_string_equal(t->notes.line, "record-taps-cut");
	assert_int_equal(t->notes.last_counter.value,
	    600 - t->notes.tally.tap_count);
	assert_true(t->notes.tally.tap_count > 64);
	free(rows);
	free(taps);
}

static void
test_names_of_a_clause_outlive_record_and_model(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	const char *id, *file;
	char said[64], at[300];

	observing_conversation(s);
	s->v.conduit = &s->m->conduits[1];
	s->v.clause = (struct clause){ .kind = CLAUSE_CONDUIT,
		.id = s->v.conduit->id,
		.place = s->v.conduit->place };
	(void)snprintf(said, sizeof(said), "%s", s->v.conduit->id);
	(void)snprintf(at, sizeof(at), "%s", s->v.conduit->place.file);
	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_OK);
	id = t->notes.clause.id;
	file = t->notes.clause.place.file;
	assert_int_equal(read_record(t), RECORD_OK);
	assert_ptr_equal(id, t->notes.clause.id); /* kept once */
	assert_ptr_equal(file, t->notes.clause.place.file);
	model_free(s->m);
	s->m = NULL;
	memset(t->record, 0xff, sizeof(t->record));
	assert_string_equal(id, said);
	assert_string_equal(file, at);
}

static void
test_invented_names_fill_their_room_and_shut_nobody_out(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	char name[32];
	size_t kept = 0;

	observing_conversation(s);
	s->c.sighting_count = 0;
	s->v.conduit = s->v.near_miss.conduit = NULL;
	s->v.exception = NULL;
	s->v.from.zone = s->v.to.zone = NULL;
	s->v.clause = (struct clause){ .kind = CLAUSE_MODEL };
	s->v.also_count = 0;
	for (size_t i = 0; i < RECORD_NAMES_MAX + 100; i++) {
		(void)snprintf(name, sizeof(name), "invented-%zu", i);
		s->v.clause.id = name;
		t->length = record_conversation(t->record, &t->head, &s->o);
		kept += read_record(t) == RECORD_OK;
	}
	assert_int_equal(kept, RECORD_NAMES_MAX);
	/* what is of the model, or kept already, is good as ever */
	s->v.clause.id = "invented-7";
	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_OK);
	s->v.conduit = &s->m->conduits[0];
	s->v.clause = (struct clause){ .kind = CLAUSE_CONDUIT,
		.id = s->v.conduit->id,
		.place = s->v.conduit->place };
	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_OK);
	s->v.conduit = NULL;
	s->v.clause = (struct clause){ .kind = CLAUSE_GUIDELINE,
		.id = s->m->guideline->model,
		.place = s->m->guideline->cells[0][1].place };
	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_OK);
	s->v.clause = (struct clause){ .kind = CLAUSE_MODEL,
		.id = s->c.boundary->id,
		.place = s->c.boundary->place };
	t->length = record_conversation(t->record, &t->head, &s->o);
	assert_int_equal(read_record(t), RECORD_OK);
}

static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A fifth of what is aimed at: a busy machine must not fail it. */
static void
test_conversations_are_written_and_read_fast_enough(void **state)
{
	struct scene *t = *state;
	struct observing *s = t->s;
	const unsigned count = 100000;
	double taken;

	do
		observing_conversation(s);
	while (s->c.sighting_count < 2);
	s->c.sighting_count = 2;
	s->c.target_count = 0;
	taken = -seconds();
	for (unsigned i = 0; i < count; i++) {
		t->length = record_conversation(t->record, &t->head, &s->o);
		(void)record_read(t->reader, t->record, t->length, s->m,
		    GENERATION, &t->observer);
	}
	taken += seconds();
	print_message("%zu bytes, %.0f written and read a second\n", t->length,
	    count / taken);
	assert_int_equal(t->notes.calls, count);
	assert_true(taken < 5.0);
}

static void
test_each_result_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(record_result_name(RECORD_OK), "ok");
	assert_string_equal(record_result_name(RECORD_STALE), "stale");
	assert_string_equal(record_result_name(RECORD_RESULT_COUNT), "unknown");
}

#define WITH_SCENE(test) \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCENE(
		    test_the_model_has_every_noun_that_a_record_may_name),
		WITH_SCENE(test_whatever_is_observed_arrives_as_it_was),
		WITH_SCENE(test_calls_that_are_not_wanted_are_skipped),
		WITH_SCENE(test_the_head_is_read_as_it_was_written),
		WITH_SCENE(
		    test_what_alerts_is_urgent_and_a_last_word_is_not_an_update),
		WITH_SCENE(
		    test_every_truncation_is_refused_and_hands_over_nothing),
		WITH_SCENE(test_a_byte_too_many_is_malformed),
		WITH_SCENE(test_another_version_or_type_is_unsupported),
		WITH_SCENE(test_a_head_that_cannot_be_is_malformed),
		WITH_SCENE(
		    test_what_names_nouns_of_another_generation_is_stale),
		WITH_SCENE(
		    test_what_names_no_noun_is_good_under_any_generation),
		WITH_SCENE(test_no_byte_of_a_record_is_believed),
		WITH_SCENE(test_each_enum_out_of_range_is_malformed),
		WITH_SCENE(test_each_index_out_of_range_is_malformed),
		WITH_SCENE(test_values_that_cannot_be_are_malformed),
		WITH_SCENE(test_text_that_is_not_fit_to_be_shown_is_malformed),
		WITH_SCENE(test_a_length_that_lies_is_refused),
		WITH_SCENE(test_text_is_escaped_and_cut_where_it_is_written),
		WITH_SCENE(test_what_an_account_has_no_room_for_is_counted),
		WITH_SCENE(test_names_of_a_clause_outlive_record_and_model),
		WITH_SCENE(
		    test_invented_names_fill_their_room_and_shut_nobody_out),
		WITH_SCENE(test_conversations_are_written_and_read_fast_enough),
		cmocka_unit_test(test_each_result_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
