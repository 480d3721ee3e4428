/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connections seen under two pairs of addresses, through the engine as a
 * whole: which sides are joined and which are left apart, that joining is
 * undone with what declared it, and that translations which nobody declared
 * are told of once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine_scene.h"
#include "nat.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
#define HOST "10.2.5.5"
#define NEXT "10.2.5.6"
#define SERVER "172.20.30.8"
#define HIDDEN "172.20.5.10"

#define STATIC_TEXT                                           \
	"{\"at\":\"fw1\",\"kind\":\"static\",\"from\":{"      \
	"\"zone\":\"lg\",\"hosts\":[\"10.2.0.53\"]},\"to\":[" \
	"\"172.20.5.53\"],\"toward\":\"lgwan\"}"
#define OVERLOAD_TEXT(zone)                                         \
	"{\"at\":\"fw1\",\"kind\":\"overload\",\"from\":{\"zone\":" \
	"\"" zone "\"},\"to\":[\"" HIDDEN "\"],\"toward\":\"lgwan\"}"

#define TOLD_MAX 4096

/* The last that was told of a conversation. */
struct told {
	uint64_t id;
	enum observation_stage stage;
	char from[ADDR_TEXT_MAX];
	uint16_t port;
	size_t sightings;
	uint64_t packets;
	enum outcome outcome;
	enum passed passed;
};

struct town {
	struct scene s; /* first: its observer's context is cast back */
	struct told told[TOLD_MAX];
	size_t count;
	struct notice notice; /* the last one, and how many */
	char seen[NOTICE_TEXT_MAX + 1], expected[NOTICE_TEXT_MAX + 1];
	size_t notices;
};

static const struct scene_place near_out = { 0, 200, false, false };
static const struct scene_place near_back = { 0, 200, true, false };
static const struct scene_place far_out = { 0, 400, true, false };
static const struct scene_place far_back = { 0, 400, false, false };

static void
on_conversation(void *context, const struct observation *o)
{
	struct town *t = context;
	struct told *told = &t->told[t->count++];

	assert_true(t->count < TOLD_MAX);
	(void)scene_words(o);
	told->id = o->flow_id;
	told->stage = o->stage;
	(void)addr_format(&o->conversation->address[0], told->from);
	told->port = o->conversation->port[0];
	told->sightings = o->conversation->sighting_count;
	told->packets = o->packets[0] + o->packets[1];
	told->outcome = o->conversation->outcome;
	told->passed = o->verdict->passed;
}

static void
on_notice(void *context, const struct notice *n)
{
	struct town *t = context;

	if (n->check != CHECK_TOP_12)
		return;
	t->notice = *n;
	(void)snprintf(t->seen, sizeof(t->seen), "%s", n->seen);
	(void)snprintf(t->expected, sizeof(t->expected), "%s",
	    n->expected ? n->expected : "");
	t->notices++;
}

/* The scene's model with other translations. */
static struct model *
load(const char *translations)
{
	const char *at = strstr(scene_model_text, STATIC_TEXT);
	struct text text = { 0 };
	struct model *m;

	assert_non_null(at);
	text_add_n(&text, scene_model_text, (size_t)(at - scene_model_text));
	text_add(&text, translations);
	text_add(&text, at + strlen(STATIC_TEXT));
	m = scene_load(text_str(&text));
	text_free(&text);
	return m;
}

static struct town *
town_new(const char *translations)
{
	struct town *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->s.options = (struct engine_options){ .flow_id_base = 1000,
		.secret = "nat" };
	t->s.model = load(translations);
	scene_find_taps(t->s.model, t->s.taps);
	t->s.observer = (struct observer){ .context = t,
		.conversation = on_conversation,
		.account = scene_account,
		.notice = on_notice };
	scene_open(&t->s);
	t->s.us = INT64_C(1795222800) * CLOCK_SECOND;
	return t;
}

static void
town_free(struct town *t)
{
	engine_free(t->s.engine);
	model_free(t->s.model);
	free(t);
}

static struct town *
overload_town(void)
{
	return town_new(OVERLOAD_TEXT("lg"));
}

static void
finish(struct town *t)
{
	scene_finish(&t->s);
	assert_false(t->s.unbalanced);
}

/* Conversations that ended, of that client (NULL: any). */
static size_t
ended(const struct town *t, const char *from)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->told[i].stage == OBSERVATION_FINAL &&
		    (!from || strcmp(t->told[i].from, from) == 0);
	return n;
}

static const struct told *
last_of(const struct town *t, const char *from)
{
	for (size_t i = t->count; i-- > 0;)
		if (t->told[i].stage == OBSERVATION_FINAL &&
		    strcmp(t->told[i].from, from) == 0)
			return &t->told[i];
	return NULL;
}

static void
open_near(struct town *t, const char *host, uint16_t port, uint32_t isn)
{
	scene_tcp(&t->s, near_out, host, port, SERVER, 443, SYN, isn, 0, NULL);
}

static void
open_far(struct town *t, uint16_t port, uint32_t isn)
{
	scene_tcp(&t->s, far_out, HIDDEN, port, SERVER, 443, SYN, isn, 0, NULL);
}

static void
answer_far(struct town *t, uint16_t port, uint32_t isn)
{
	scene_tcp(&t->s, far_back, SERVER, 443, HIDDEN, port, SYN | ACK, 900,
	    isn + 1, NULL);
}

/* ---- joined */

static void
test_both_sides_are_one_conversation_of_the_client(void **state)
{
	struct town *t = overload_town();
	const struct told *told;

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5000);
	answer_far(t, 50001, 5000);
	scene_tcp(&t->s, near_back, SERVER, 443, HOST, 40001, SYN | ACK, 900,
	    5001, NULL);
	scene_tcp(&t->s, far_out, HIDDEN, 50001, SERVER, 443, ACK, 5001, 901,
	    "far first");
	finish(t);
	assert_int_equal(ended(t, NULL), 1);
	told = last_of(t, HOST);
	assert_non_null(told);
	assert_int_equal(told->port, 40001);
	assert_int_equal(told->sightings, 2);
	assert_int_equal(told->outcome, OUTCOME_ANSWERED);
	assert_int_equal(told->passed, PASSED_YES);
	assert_int_equal(told->packets, 2); /* of each direction's own place */
	town_free(t);
}

static void
test_the_far_side_may_come_first(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_far(t, 50001, 5000);
	answer_far(t, 50001, 5000);
	assert_int_equal(t->count, 0); /* nothing is told of it yet */
	open_near(t, HOST, 40001, 5000);
	scene_tcp(&t->s, far_out, HIDDEN, 50001, SERVER, 443, RST, 5001, 0,
	    NULL);
	finish(t);
	assert_int_equal(ended(t, NULL), 1);
	assert_int_equal(last_of(t, HOST)->sightings, 2);
	for (size_t i = 0; i < t->count; i++)
		assert_string_equal(t->told[i].from, HOST);
	town_free(t);
}

static void
test_a_far_side_whose_near_side_does_not_come_is_told_of(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_far(t, 50001, 5000);
	assert_int_equal(t->count, 0);
	t->s.us += 4 * CLOCK_SECOND;
	open_near(t, HOST, 40001, 5000);
	assert_true(t->count > 0);
	finish(t);
	assert_int_equal(ended(t, HIDDEN), 1);
	assert_int_equal(ended(t, HOST), 1);
	town_free(t);
}

static void
test_the_answer_alone_leads_to_its_conversation(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	answer_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, NULL), 1);
	assert_int_equal(last_of(t, HOST)->outcome, OUTCOME_ANSWERED);
	town_free(t);
}

/* ---- left apart */

static void
test_what_is_not_the_same_opening_is_not_joined(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5001); /* another number */
	scene_tcp(&t->s, far_out, HIDDEN, 50002, SERVER, 80, SYN, 5000, 0,
	    NULL); /* another port */
	scene_tcp(&t->s, far_out, HIDDEN, 50003, "172.20.30.9", 443, SYN, 5000,
	    0, NULL);
	scene_tcp(&t->s, far_out, "172.20.5.11", 50004, SERVER, 443, SYN, 5000,
	    0, NULL); /* an address that hides nobody */
	finish(t);
	assert_int_equal(ended(t, HOST), 1);
	assert_int_equal(ended(t, HIDDEN), 3);
	assert_int_equal(ended(t, NULL), 5);
	town_free(t);
}

static void
test_only_who_is_declared_to_hide_there_is_joined(void **state)
{
	struct town *t = overload_town();

	(void)state;
	scene_tcp(&t->s, (struct scene_place){ 0, 300, false, false },
	    "10.3.1.5", 40001, SERVER, 443, SYN, 5000, 0, NULL);
	open_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, "10.3.1.5"), 1);
	assert_int_equal(ended(t, HIDDEN), 1);
	town_free(t);
}

static void
test_of_two_that_could_be_it_none_is_taken(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_near(t, NEXT, 40001, 5000);
	open_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, NULL), 3);
	assert_int_equal(last_of(t, HOST)->sightings, 1);
	town_free(t);
}

static void
test_a_second_far_side_undoes_the_first(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5000);
	open_far(t, 50002, 5000);
	answer_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, HOST), 1);
	assert_int_equal(ended(t, HIDDEN), 2);
	assert_int_equal(last_of(t, HOST)->outcome, OUTCOME_TRIED);
	town_free(t);
}

static void
test_a_late_opening_is_not_joined(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	t->s.us += NAT_WINDOW_US;
	open_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, NULL), 2);
	town_free(t);
}

static void
test_a_translated_port_serves_one_after_another(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5000);
	t->s.us += CLOCK_SECOND;
	open_near(t, NEXT, 40002, 7000);
	open_far(t, 50001, 7000);
	answer_far(t, 50001, 7000);
	t->s.us += CLOCK_SECOND;
	open_far(t, 50001, 9000); /* of somebody whom no tap shows */
	finish(t);
	assert_int_equal(last_of(t, HOST)->outcome, OUTCOME_TRIED);
	assert_int_equal(last_of(t, NEXT)->outcome, OUTCOME_ANSWERED);
	assert_int_equal(ended(t, HIDDEN), 1);
	assert_int_equal(ended(t, NULL), 3);
	town_free(t);
}

static void
test_what_has_ended_leads_nowhere(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5000);
	t->s.us += CLOCK_MINUTE; /* the opening is given up */
	answer_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, HOST), 1);
	assert_int_equal(ended(t, HIDDEN), 1);
	town_free(t);
}

/* ---- datagrams */

static void
say(struct town *t, bool far, const char *host, uint16_t port, const char *what)
{
	scene_udp(&t->s, far ? far_out : near_out, host, port, SERVER, 514,
	    what, strlen(what));
}

static void
test_datagrams_are_joined_by_what_they_say(void **state)
{
	struct town *t = overload_town();

	(void)state;
	say(t, false, HOST, 40001, "<13> one of a kind");
	say(t, true, HIDDEN, 50001, "<13> one of a kind");
	t->s.us += CLOCK_SECOND;
	say(t, true, HIDDEN, 50001, "<13> the next");
	t->s.us += CLOCK_SECOND;
	say(t, false, NEXT, 40001, "<13> another");
	say(t, true, HIDDEN, 50002, "<13> not another");
	t->s.us += CLOCK_SECOND;
	say(t, false, NEXT, 40002, "brief");
	say(t, true, HIDDEN, 50003, "brief");
	finish(t);
	assert_int_equal(last_of(t, HOST)->sightings, 2);
	assert_int_equal(ended(t, HOST), 1);
	assert_int_equal(ended(t, NEXT), 2);
	assert_int_equal(ended(t, HIDDEN), 2);
	town_free(t);
}

static void
test_the_same_datagram_of_two_hosts_is_joined_to_none(void **state)
{
	struct town *t = overload_town();

	(void)state;
	say(t, false, HOST, 40001, "<13> of all of us");
	say(t, false, NEXT, 40001, "<13> of all of us");
	say(t, true, HIDDEN, 50001, "<13> of all of us");
	t->s.us += CLOCK_SECOND;
	/* The second comes when the first was joined. */
	say(t, false, HOST, 40002, "<13> once more");
	say(t, true, HIDDEN, 50002, "<13> once more");
	say(t, false, NEXT, 40002, "<13> once more");
	say(t, true, HIDDEN, 50003, "<13> once more");
	t->s.us += CLOCK_SECOND;
	say(t, true, HIDDEN, 50002, "<13> goes on");
	finish(t);
	assert_int_equal(ended(t, HIDDEN), 3);
	assert_int_equal(ended(t, NULL), 7);
	town_free(t);
}

static void
test_a_late_datagram_is_not_joined(void **state)
{
	struct town *t = overload_town();

	(void)state;
	say(t, false, HOST, 40001, "<13> one of a kind");
	t->s.us += NAT_DATAGRAM_US;
	say(t, true, HIDDEN, 50001, "<13> one of a kind");
	finish(t);
	assert_int_equal(ended(t, NULL), 2);
	town_free(t);
}

/* ---- another model */

static void
reload(struct town *t, const char *translations)
{
	struct model *m = load(translations), *old = t->s.model;
	const struct tap *taps[3];

	scene_find_taps(m, taps);
	engine_reload(t->s.engine, m, taps, 2);
	t->s.model = m;
	memcpy(t->s.taps, taps, sizeof(taps));
	model_free(old);
}

static void
test_joined_conversations_go_on_while_they_are_declared(void **state)
{
	struct town *t = overload_town();

	(void)state;
	open_near(t, HOST, 40001, 5000);
	open_far(t, 50001, 5000);
	reload(t, STATIC_TEXT "," OVERLOAD_TEXT("lg"));
	answer_far(t, 50001, 5000);
	finish(t);
	assert_int_equal(ended(t, NULL), 1);
	assert_int_equal(last_of(t, HOST)->outcome, OUTCOME_ANSWERED);
	town_free(t);
}

static void
test_they_part_with_what_declared_them(void **state)
{
	static const char *const others[] = { STATIC_TEXT,
		OVERLOAD_TEXT("office") };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct town *t = overload_town();

		open_near(t, HOST, 40001, 5000);
		open_far(t, 50001, 5000);
		reload(t, others[i]);
		answer_far(t, 50001, 5000);
		finish(t);
		assert_int_equal(ended(t, NULL), 2);
		town_free(t);
	}
}

/* ---- nobody declared it */

/* Segments on both sides: client's and server's in turn. */
static void
talk(struct town *t, const char *outside, uint16_t port, uint32_t seq,
    unsigned n)
{
	static const char *const words[] = { "first", "second", "third",
		"fourth", "fifth" };

	scene_tcp(&t->s, near_out, HOST, port, SERVER, 443, SYN, seq, 0, NULL);
	scene_tcp(&t->s, far_out, outside, port, SERVER, 443, SYN, seq, 0,
	    NULL);
	for (unsigned i = 0; i < n; i++) {
		const uint32_t at = seq + 1 + 10 * i;

		if (i % 2 == 0) {
			scene_tcp(&t->s, near_out, HOST, port, SERVER, 443, ACK,
			    at, 900 + i, words[i % 5]);
			scene_tcp(&t->s, far_out, outside, port, SERVER, 443,
			    ACK, at, 900 + i, words[i % 5]);
		} else {
			scene_tcp(&t->s, far_back, SERVER, 443, outside, port,
			    ACK, 900 + i, at, words[i % 5]);
			scene_tcp(&t->s, near_back, SERVER, 443, HOST, port,
			    ACK, 900 + i, at, words[i % 5]);
		}
	}
	t->s.us += CLOCK_SECOND;
}

static void
test_a_translation_that_nobody_declared_is_told_once_a_day(void **state)
{
	struct town *t = town_new(STATIC_TEXT);

	(void)state;
	talk(t, HIDDEN, 40001, 5000, NAT_PROOF - 1);
	assert_int_equal(t->notices, 0);
	talk(t, HIDDEN, 40002, 6000, 1); /* three in all */
	assert_int_equal(t->notices, 1);
	assert_int_equal(t->notice.severity, SEVERITY_MEDIUM);
	assert_int_equal(t->notice.word, NOTICE_TRANSLATION_UNDECLARED);
	assert_int_equal(t->notice.counted, NAT_PROOF);
	assert_int_equal(t->notice.packet_count, 2);
	assert_int_equal(t->notice.party[0].port, 40002);
	assert_string_equal(t->notice.party[0].zone->id, "lg");
	assert_string_equal(t->notice.party[1].zone->id, "lgwan");
	assert_string_equal(t->seen,
	    HOST ":40002 = " HIDDEN ":40002 > " SERVER ":443");
	assert_string_equal(t->expected, "");
	talk(t, HIDDEN, 40003, 7000, 5);
	assert_int_equal(t->notices, 1);
	talk(t, "172.20.5.12", 40004, 8000, 5); /* another pair */
	assert_int_equal(t->notices, 2);
	t->s.us += CLOCK_DAY;
	talk(t, HIDDEN, 40005, 9000, 5);
	assert_int_equal(t->notices, 3);
	town_free(t);
}

static void
test_an_address_declared_for_others_does_not_cover_it(void **state)
{
	struct town *t = town_new(OVERLOAD_TEXT("office"));

	(void)state;
	talk(t, HIDDEN, 40001, 5000, NAT_PROOF);
	assert_int_equal(t->notices, 1);
	assert_string_equal(t->expected, "office");
	assert_int_equal(t->notice.clause.kind, CLAUSE_MODEL);
	town_free(t);
}

static void
test_a_declared_translation_is_never_told_of(void **state)
{
	struct town *t = overload_town();

	(void)state;
	talk(t, HIDDEN, 40001, 5000, 5);
	assert_int_equal(t->notices, 0);
	finish(t);
	assert_int_equal(ended(t, NULL), 1);
	town_free(t);
}

/* The same words under other numbers, of another server, or at one place. */
static void
test_a_relay_a_balancer_and_a_neighbour_are_no_translation(void **state)
{
	struct town *t = town_new(STATIC_TEXT);

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		const uint32_t seq = 5001 + 10 * i;

		scene_tcp(&t->s, near_out, HOST, 40001, SERVER, 443, ACK, seq,
		    900, "word");
		scene_tcp(&t->s, far_out, HIDDEN, 50001, SERVER, 443, ACK,
		    seq + 77, 900, "word"); /* relay */
		scene_tcp(&t->s, far_out, HIDDEN, 50002, SERVER, 443, ACK, seq,
		    901, "word"); /* another connection with a poor ISN */
		scene_tcp(&t->s, far_out, HIDDEN, 50003, "172.20.30.9", 443,
		    ACK, seq, 900, "word"); /* balancer */
		scene_tcp(&t->s, near_out, NEXT, 40001, SERVER, 443, ACK, seq,
		    900, "word"); /* the same place */
		scene_tcp(&t->s, far_out, HIDDEN, 50004, SERVER, 443, ACK, seq,
		    900, "wort");
	}
	assert_int_equal(t->notices, 0);
	town_free(t);
}

static void
test_a_connection_seen_on_both_sides_is_not_translated(void **state)
{
	struct town *t = town_new(STATIC_TEXT);

	(void)state;
	scene_tcp(&t->s, near_out, HOST, 40001, SERVER, 443, SYN, 5000, 0,
	    NULL);
	scene_tcp(&t->s, far_out, HOST, 40001, SERVER, 443, SYN, 5000, 0, NULL);
	for (unsigned i = 0; i < 6; i++) {
		const uint32_t seq = 5001 + 10 * i;

		scene_tcp(&t->s, near_out, HOST, 40001, SERVER, 443, ACK, seq,
		    900, "word");
		scene_tcp(&t->s, far_out, HIDDEN, 50001, SERVER, 443, ACK, seq,
		    900, "word"); /* forged: its own shows as well */
	}
	assert_int_equal(t->notices, 0);
	town_free(t);
}

/* ---- anything at all */

static unsigned
draw(uint64_t *seed, unsigned n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (unsigned)(*seed >> 33) % n;
}

static void
step(struct town *t, uint64_t *seed)
{
	static const char *const hosts[] = { HOST, NEXT, HIDDEN,
		"172.20.5.11" };
	static const char *const words[] = { "<13> one of a kind",
		"<14> another kind" };
	static const uint8_t flags[] = { SYN, SYN, SYN | ACK, ACK, RST,
		FIN | ACK };
	const unsigned who = draw(seed, 4);
	const bool far = who >= 2;
	const uint16_t port = (uint16_t)(40001 + draw(seed, 3));
	const uint32_t isn = 5000 + 1000 * draw(seed, 3);
	const uint8_t f = flags[draw(seed, 6)];

	switch (draw(seed, 12)) {
	case 0:
		t->s.us += CLOCK_SECOND * draw(seed, 90);
		return;
	case 1:
		reload(t, draw(seed, 3) ? OVERLOAD_TEXT("lg") : STATIC_TEXT);
		return;
	case 2:
	case 3:
		say(t, far, hosts[who], port, words[draw(seed, 2)]);
		return;
	case 4:
		t->s.us -= (int64_t)CLOCK_SECOND * draw(seed, 3);
		return;
	default:
		break;
	}
	if (f == (SYN | ACK))
		scene_tcp(&t->s, far ? far_back : near_back, SERVER, 443,
		    hosts[who], port, f, 900, isn + 1, NULL);
	else
		scene_tcp(&t->s, far ? far_out : near_out, hosts[who], port,
		    SERVER, 443, f, f == SYN ? isn : isn + 1, 901,
		    f == ACK ? words[draw(seed, 2)] : NULL);
}

static void
test_any_order_of_anything_is_survived_and_accounted(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct town *t = overload_town();
		uint64_t dice = seed;

		for (unsigned i = 0; i < 600; i++) {
			step(t, &dice);
			if (t->count > TOLD_MAX / 2)
				t->count = 0;
		}
		finish(t);
		town_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_both_sides_are_one_conversation_of_the_client),
		cmocka_unit_test(test_the_far_side_may_come_first),
		cmocka_unit_test(
		    test_a_far_side_whose_near_side_does_not_come_is_told_of),
		cmocka_unit_test(
		    test_the_answer_alone_leads_to_its_conversation),
		cmocka_unit_test(
		    test_what_is_not_the_same_opening_is_not_joined),
		cmocka_unit_test(
		    test_only_who_is_declared_to_hide_there_is_joined),
		cmocka_unit_test(test_of_two_that_could_be_it_none_is_taken),
		cmocka_unit_test(test_a_second_far_side_undoes_the_first),
		cmocka_unit_test(test_a_late_opening_is_not_joined),
		cmocka_unit_test(
		    test_a_translated_port_serves_one_after_another),
		cmocka_unit_test(test_what_has_ended_leads_nowhere),
		cmocka_unit_test(test_datagrams_are_joined_by_what_they_say),
		cmocka_unit_test(
		    test_the_same_datagram_of_two_hosts_is_joined_to_none),
		cmocka_unit_test(test_a_late_datagram_is_not_joined),
		cmocka_unit_test(
		    test_joined_conversations_go_on_while_they_are_declared),
		cmocka_unit_test(test_they_part_with_what_declared_them),
		cmocka_unit_test(
		    test_a_translation_that_nobody_declared_is_told_once_a_day),
		cmocka_unit_test(
		    test_an_address_declared_for_others_does_not_cover_it),
		cmocka_unit_test(test_a_declared_translation_is_never_told_of),
		cmocka_unit_test(
		    test_a_relay_a_balancer_and_a_neighbour_are_no_translation),
		cmocka_unit_test(
		    test_a_connection_seen_on_both_sides_is_not_translated),
		cmocka_unit_test(
		    test_any_order_of_anything_is_survived_and_accounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
