/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an engine leaves behind, and what is believed of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_scene.h"
#include "region.h"

#define ROOM 64
#define GENERATION 3
#define NEXT_ID 5000
#define SECONDS INT64_C(1795222800)

struct taken {
	size_t count;
	struct observation o[ROOM];
	struct conversation c[ROOM];
	struct verdict v[ROOM];
};

struct bench {
	struct model *model;
	struct region *region;
	struct flow flow; /* a good one, to be changed */
	struct taken taken;
	struct observer observer;
	uint64_t refused;
};

static void
take(void *context, const struct observation *o)
{
	struct taken *t = context;

	assert_true(t->count < ROOM);
	t->o[t->count] = *o;
	t->c[t->count] = *o->conversation;
	t->v[t->count] = *o->verdict;
	t->count++;
}

static struct addr
address(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

static struct bench *
bench_new(void)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct conversation *c;

	assert_non_null(b);
	b->model = scene_load(scene_model_text);
	b->region = region_new(ROOM);
	assert_non_null(b->region);
	region_status(b->region)->next_id = NEXT_ID;
	b->observer = (struct observer){ .context = &b->taken,
		.conversation = take };
	c = &b->flow.conversation;
	c->boundary = &b->model->boundaries[0];
	c->address[0] = address("10.3.1.5");
	c->address[1] = address("10.1.0.10");
	c->port[0] = 51514;
	c->port[1] = 445;
	c->protocol = 6;
	c->outcome = OUTCOME_DATA;
	c->payload[0] = c->payload[1] = true;
	c->first.us = SECONDS * CLOCK_SECOND;
	c->last.us = c->first.us + 5 * CLOCK_SECOND;
	b->flow.id = 1000;
	b->flow.frames = 9;
	b->flow.way[0].packets = 5;
	b->flow.way[0].bytes = 500;
	b->flow.way[0].tcp_flags = TCP_SYN | TCP_ACK;
	b->flow.way[1].packets = 4;
	b->flow.way[1].bytes = 4000;
	b->flow.tap = &c->boundary->taps[1];
	b->flow.tags[0] = 300;
	b->flow.tag_count = 1;
	return b;
}

static void
bench_free(struct bench *b)
{
	region_free(b->region);
	model_free(b->model);
	free(b);
}

static uint64_t
close_all(struct bench *b)
{
	const struct wall_us now = { (SECONDS + 60) * CLOCK_SECOND };

	b->taken.count = 0;
	return region_close_all(b->region, b->model, GENERATION, now,
	    &b->observer, &b->refused);
}

static struct region_conversation *
put(struct bench *b)
{
	region_put(b->region, &b->flow, GENERATION);
	return region_at(b->region, b->flow.index);
}

static void
test_an_open_conversation_is_closed_as_unjudged(void **state)
{
	struct bench *b = bench_new();
	const struct observation *o = &b->taken.o[0];
	const struct conversation *c = &b->taken.c[0];

	(void)state;
	put(b);
	assert_int_equal(close_all(b), 1);
	assert_int_equal(b->refused, 0);
	assert_int_equal(b->taken.count, 1);
	assert_int_equal(o->stage, OBSERVATION_FINAL);
	assert_int_equal(o->ending, ENDING_ENGINE);
	assert_string_equal(ending_name(o->ending), "engine-restarted");
	assert_int_equal(o->state, FLOW_ESTABLISHED);
	assert_int_equal(o->flow_id, 1000);
	assert_int_equal(o->frames, 9);
	assert_int_equal(o->packets[1], 4);
	assert_int_equal(o->bytes[0], 500);
	assert_int_equal(o->tcp_flags[0], TCP_SYN | TCP_ACK);
	assert_int_equal(o->tag_count, 1);
	assert_int_equal(o->tags[0], 300);
	assert_string_equal(o->tap->id, "transit");
	assert_int_equal(o->end.us - o->start.us, 5 * CLOCK_SECOND);
	assert_string_equal(c->boundary->id, "main");
	assert_true(c->ended);
	assert_int_equal(c->port[1], 445);
	assert_int_equal(c->application_state, APPLICATION_UNKNOWN);
	assert_int_equal(b->taken.v[0].kind, VERDICT_UNJUDGED);
	assert_int_equal(b->taken.v[0].reason, REASON_ENGINE_RESTARTED);
	assert_string_equal(b->taken.v[0].from.zone->id, "office");
	assert_string_equal(b->taken.v[0].to.zone->id, "core");
	/* Once and for all. */
	assert_int_equal(close_all(b), 0);
	bench_free(b);
}

static void
test_what_crossed_nothing_is_out_of_scope(void **state)
{
	static const struct {
		const char *from, *to;
		enum verdict_kind kind;
	} cases[] = {
		{ "10.3.1.5", "10.3.1.6", VERDICT_OUT_OF_SCOPE },
		{ "10.3.1.5", "224.0.0.251", VERDICT_OUT_OF_SCOPE },
		{ "10.3.1.5", "255.255.255.255", VERDICT_OUT_OF_SCOPE },
		{ "fe80::1", "ff02::fb", VERDICT_OUT_OF_SCOPE },
		{ "10.3.1.5", "169.254.1.1", VERDICT_UNJUDGED },
		{ "10.3.1.5", "10.2.0.1", VERDICT_UNJUDGED },
		{ "10.3.1.5", "192.168.9.9", VERDICT_UNJUDGED },
		{ "224.0.0.1", "10.3.1.5", VERDICT_UNJUDGED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bench *b = bench_new();

		b->flow.conversation.protocol = 17;
		b->flow.conversation.address[0] = address(cases[i].from);
		b->flow.conversation.address[1] = address(cases[i].to);
		put(b);
		assert_int_equal(close_all(b), 1);
		assert_int_equal(b->taken.v[0].kind, cases[i].kind);
		bench_free(b);
	}
}

static void
test_whose_direction_is_not_known_is_not_out_of_scope_by_one(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	b->flow.conversation.address[1] = address("224.0.0.251");
	b->flow.conversation.initiator = INITIATOR_UNCERTAIN;
	put(b);
	assert_int_equal(close_all(b), 1);
	assert_int_equal(b->taken.v[0].kind, VERDICT_UNJUDGED);
	bench_free(b);
}

static void
test_what_ended_is_not_closed_again(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	put(b);
	region_remove(b->region, &b->flow);
	assert_int_equal(close_all(b), 0);
	assert_int_equal(b->refused, 0);
	bench_free(b);
}

static void
test_every_slot_is_used_and_none_beyond(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	assert_int_equal(region_capacity(b->region), ROOM);
	assert_null(region_at(b->region, ROOM));
	assert_null(region_at(b->region, UINT32_MAX));
	for (uint32_t i = 0; i < ROOM + 4; i++) {
		b->flow.index = i;
		b->flow.id = 2000 - i;
		region_put(b->region, &b->flow, GENERATION);
		region_remove(b->region, &(struct flow){ .index = ROOM + i });
	}
	assert_int_equal(close_all(b), ROOM);
	assert_int_equal(b->refused, 0);
	/* In the order in which they began. */
	for (size_t i = 1; i < b->taken.count; i++)
		assert_true(b->taken.o[i - 1].flow_id < b->taken.o[i].flow_id);
	bench_free(b);
}

static void
test_an_id_counts_once(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		b->flow.index = i * 3;
		b->flow.id = i < 4 ? 1000 : 1000 + i;
		put(b);
	}
	assert_int_equal(close_all(b), 7);
	assert_int_equal(b->refused, 3);
	bench_free(b);
}

static void
lie(struct region_conversation *s, int which)
{
	switch (which) {
	case 0:
		s->whole = 0; /* half written */
		break;
	case 1:
		s->whole = 1;
		break;
	case 2:
		s->flow_id = NEXT_ID; /* not given away yet */
		break;
	case 3:
		s->generation = GENERATION + 1;
		break;
	case 4:
		s->boundary = UINT32_MAX;
		break;
	case 5:
		s->boundary = 1; /* the tap is not of that one */
		break;
	case 6:
		s->tap = 3;
		break;
	case 7:
		s->family = 5;
		break;
	case 8:
		s->address[1][15] = 1; /* beyond an IPv4 address */
		break;
	case 9:
		s->frames = 0;
		break;
	case 10:
		s->packets[0] = 6; /* more than frames */
		break;
	case 11:
		s->packets[0] = s->packets[1] = UINT64_C(1) << 63;
		break;
	case 12:
		s->bytes[0] = UINT64_MAX;
		break;
	case 13:
		s->packets[0] = 0; /* bytes of no packet */
		break;
	case 14:
		s->first_us = s->last_us + 1;
		break;
	case 15:
		s->first_us = INT64_MIN;
		break;
	case 16:
		s->last_us = INT64_MAX;
		break;
	case 17:
		s->initiator = 3;
		break;
	case 18:
		s->outcome = 4;
		break;
	case 19:
		s->payload = 4;
		break;
	case 20:
		s->tag_count = 5;
		break;
	case 21:
		s->tags[0] = 4096;
		break;
	case 22:
		s->midstream = 2;
		break;
	default:
		s->frames = UINT64_MAX;
		break;
	}
}

static void
test_no_lie_is_believed(void **state)
{
	(void)state;
	for (int i = 0; i <= 23; i++) {
		struct bench *b = bench_new();

		lie(put(b), i);
		b->flow.index = 7;
		b->flow.id = 1001;
		put(b); /* the honest neighbour */
		assert_int_equal(close_all(b), 1);
		assert_int_equal(b->refused, 1);
		assert_int_equal(b->taken.o[0].flow_id, 1001);
		bench_free(b);
	}
}

static void
test_a_mark_beyond_the_end_is_not_followed(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	put(b);
	atomic_store(&region_status(b->region)->used, UINT32_MAX);
	assert_int_equal(close_all(b), 1);
	assert_int_equal(b->refused, 0);
	assert_int_equal(atomic_load(&region_status(b->region)->used), 0);
	bench_free(b);
}

static void
test_an_id_above_what_a_number_holds_is_refused(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	region_status(b->region)->next_id = UINT64_MAX;
	b->flow.id = UINT64_C(1) << 53;
	put(b);
	assert_int_equal(close_all(b), 0);
	assert_int_equal(b->refused, 1);
	bench_free(b);
}

static void
test_it_outlives_the_process_that_wrote_it(void **state)
{
	struct bench *b = bench_new();
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		put(b);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(close_all(b), 1);
	bench_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_an_open_conversation_is_closed_as_unjudged),
		cmocka_unit_test(test_what_crossed_nothing_is_out_of_scope),
		cmocka_unit_test(
		    test_whose_direction_is_not_known_is_not_out_of_scope_by_one),
		cmocka_unit_test(test_what_ended_is_not_closed_again),
		cmocka_unit_test(test_every_slot_is_used_and_none_beyond),
		cmocka_unit_test(test_an_id_counts_once),
		cmocka_unit_test(test_no_lie_is_believed),
		cmocka_unit_test(test_a_mark_beyond_the_end_is_not_followed),
		cmocka_unit_test(
		    test_an_id_above_what_a_number_holds_is_refused),
		cmocka_unit_test(test_it_outlives_the_process_that_wrote_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
