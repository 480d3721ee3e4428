/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe/silence.c: a town with a tap on each side of its firewall, time in
 * seconds, packets by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loading.h"
#include "silence.h"

#define NOTES_MAX 64
#define UDP 17
#define LG_DNS "10.2.0.53"
#define FAR_DNS "172.20.0.53"
/* 2026-11-20 12:00 in Japan, a Friday. */
#define NOON (INT64_C(1795143600) * CLOCK_SECOND)
#define ALLOWED (2 * 10 * CLOCK_MINUTE + 10 * CLOCK_SECOND)

#define ZONES                                                                \
	"\"zones\":["                                                        \
	"{\"id\":\"lg\",\"tier\":\"lgwan\",\"networks\":[\"10.2.0.0/16\"]}," \
	"{\"id\":\"office\",\"tier\":\"internet\",\"networks\":["            \
	"\"10.3.0.0/16\"]},"                                                 \
	"{\"id\":\"lgwan\",\"tier\":\"lgwan-network\",\"networks\":["        \
	"\"172.20.0.0/14\"]}],"                                              \
	"\"firewalls\":[{\"id\":\"fw1\",\"kind\":\"opaque\","                \
	"\"addresses\":[\"10.2.0.1\"]}]"
#define BEAT                                                            \
	"{\"tap\":\"lg-tap\",\"from\":\"10.2.0.53\",\"to\":"            \
	"\"172.20.0.53\",\"service\":{\"protocol\":\"udp\",\"ports\":[" \
	"53]},\"every\":\"10m\"}"

struct town {
	struct loading loaded, next;
	const struct tap *taps[8];
	size_t tap_count;
	struct silence *silence;
	struct observer observer;
	int64_t now;
	size_t told;
	struct coverage_finding notes[NOTES_MAX];
	char details[NOTES_MAX][128];
	struct flow flow;
};

static void
take(void *context, const struct coverage_finding *f)
{
	struct town *t = context;

	assert_true(t->told < NOTES_MAX);
	t->notes[t->told] = *f;
	(void)snprintf(t->details[t->told++], sizeof(t->details[0]), "%s",
	    f->detail ? f->detail : "-");
}

static void
load(struct loading *l, const char *taps, const char *beats, const char *more)
{
	static char text[8192];

	(void)snprintf(text, sizeof(text),
	    "{\"format\":\"sekisho-topology/1\",\"stage\":\"in-force\","
	    "\"organisation\":{\"name\":\"t\",\"code\":\"999998\","
	    "\"timezone\":\"Asia/Tokyo\"},"
	    "\"guideline\":{\"file\":\"mic-2025-03.json\",\"model\":"
	    "\"alpha\"}," ZONES
	    "%s,\"boundaries\":[{\"id\":\"main\",\"firewall\":\"fw1\","
	    "\"zones\":[\"lg\",\"office\",\"lgwan\"],\"taps\":[%s],"
	    "\"heartbeats\":[%s]},{\"id\":\"other\",\"zones\":[\"lg\","
	    "\"office\"]}]}",
	    more, taps, beats);
	loading_text(l, text, NULL);
	if (!l->m)
		fputs(text_str(&l->said), stderr);
	assert_non_null(l->m);
}

static size_t
taps_of(const struct model *m, const struct tap **out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->boundaries[0].tap_count; i++)
		out[n++] = &m->boundaries[0].taps[i];
	return n;
}

static void
begin_with(struct town *t, const char *taps, const char *beats,
    const char *more, int64_t default_us)
{
	memset(t, 0, sizeof(*t));
	load(&t->loaded, taps, beats, more);
	t->tap_count = taps_of(t->loaded.m, t->taps);
	t->observer = (struct observer){ .context = t, .coverage = take };
	t->silence = silence_new(t->loaded.m, t->taps, t->tap_count,
	    default_us);
	t->now = NOON;
	silence_begin(t->silence, (struct wall_us){ t->now });
}

static void
begin(struct town *t, const char *taps, const char *beats)
{
	begin_with(t, taps, beats, "", 0);
}

static void
loaded_fini(struct loading *l)
{
	model_free(l->m);
	bundle_free(&l->bundle);
	diag_free(&l->d);
	text_free(&l->said);
}

static void
end(struct town *t)
{
	silence_free(t->silence);
	loaded_fini(&t->loaded);
	if (t->next.m)
		loaded_fini(&t->next);
}

static const struct tap *
tap(const struct town *t, const char *id)
{
	const struct tap *found = model_tap(t->next.m ? t->next.m : t->loaded.m,
	    id);

	assert_non_null(found);
	return found;
}

/* Seconds, one tick each. */
static void
wait_us(struct town *t, int64_t us)
{
	for (; us > 0; us -= CLOCK_SECOND) {
		t->now += CLOCK_SECOND;
		silence_tick(t->silence, (struct wall_us){ t->now },
		    &t->observer);
	}
}

static void
frame(struct town *t, const char *id)
{
	silence_frame(t->silence, tap(t, id), (struct wall_us){ t->now });
}

/* A datagram from source to destination as that tap shows it; initiator: who
 * the flow table takes for the one that began. */
static void
datagram(struct town *t, const char *id, const char *source, uint16_t from,
    const char *destination, uint16_t to, int way)
{
	struct conversation *c = &t->flow.conversation;

	assert_true(addr_parse(source, &c->address[way]));
	assert_true(addr_parse(destination, &c->address[1 - way]));
	c->protocol = UDP;
	c->port[way] = from;
	c->port[1 - way] = to;
	silence_packet(t->silence, &t->flow, way, tap(t, id),
	    (struct wall_us){ t->now });
}

static void
request(struct town *t, const char *id)
{
	datagram(t, id, LG_DNS, 40000, FAR_DNS, 53, 0);
}

static void
reply(struct town *t, const char *id)
{
	datagram(t, id, FAR_DNS, 53, LG_DNS, 40000, 1);
}

#define LG_TAP "{\"id\":\"lg-tap\",\"segment\":\"lg\"}"
#define FAR_TAP "{\"id\":\"far-tap\",\"segment\":\"lgwan\"}"

/* ---- silent taps */

static void
test_a_silent_tap_is_told_once_and_then_each_hour(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    "");
	wait_us(&t, 15 * CLOCK_MINUTE);
	assert_int_equal(t.told, 0);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	assert_int_equal(t.notes[0].check, CHECK_COV_3);
	assert_int_equal(t.notes[0].severity, SEVERITY_HIGH);
	assert_ptr_equal(t.notes[0].tap, tap(&t, "lg-tap"));
	assert_ptr_equal(t.notes[0].boundary, &t.loaded.m->boundaries[0]);
	assert_int_equal(t.notes[0].now.us, t.now);
	assert_int_equal(t.notes[0].counted, 901);
	assert_int_equal(t.notes[0].of, 900);
	assert_null(t.notes[0].detail);
	wait_us(&t, CLOCK_HOUR - CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	wait_us(&t, 3 * CLOCK_HOUR);
	assert_int_equal(t.told, 5);
	end(&t);
}

static void
test_a_tap_that_speaks_again_begins_anew(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    "");
	wait_us(&t, 16 * CLOCK_MINUTE);
	assert_int_equal(t.told, 1);
	frame(&t, "lg-tap");
	wait_us(&t, 15 * CLOCK_MINUTE);
	assert_int_equal(t.told, 1);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	end(&t);
}

static void
test_a_tap_that_declares_nothing_has_the_default_or_none(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP, "");
	wait_us(&t, 3 * CLOCK_HOUR);
	assert_int_equal(t.told, 0);
	end(&t);
	begin_with(&t, LG_TAP, "", "", SILENCE_DEFAULT_US);
	wait_us(&t, SILENCE_DEFAULT_US);
	assert_int_equal(t.told, 0);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	end(&t);
}

static void
test_in_quiet_hours_nothing_is_awaited(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\","
	    "\"quiet\":{\"hours\":\"12:10-13:00\"}}",
	    "");
	wait_us(&t, CLOCK_HOUR + 15 * CLOCK_MINUTE);
	assert_int_equal(t.told, 0); /* the whole time again */
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	end(&t);
}

static void
test_quiet_hours_that_passed_unseen_count_too(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\","
	    "\"quiet\":{\"hours\":\"12:10-13:00\"}}",
	    "");
	t.now += CLOCK_HOUR + 14 * CLOCK_MINUTE; /* offline: packet time */
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 0);
	t.now += 2 * CLOCK_MINUTE;
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	end(&t);
}

static void
test_silence_before_quiet_hours_is_told_again_only_after_them(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"5m\","
	    "\"quiet\":{\"hours\":\"12:10-18:00\"}}",
	    "");
	wait_us(&t, 10 * CLOCK_MINUTE);
	assert_int_equal(t.told, 1);
	wait_us(&t, 5 * CLOCK_HOUR + 50 * CLOCK_MINUTE);
	assert_int_equal(t.told, 1);
	wait_us(&t, 6 * CLOCK_MINUTE);
	assert_int_equal(t.told, 2);
	end(&t);
}

static void
test_a_tap_that_was_not_watched_owes_nothing(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    "");
	wait_us(&t, 14 * CLOCK_MINUTE);
	silence_begin(t.silence, (struct wall_us){ t.now });
	wait_us(&t, 15 * CLOCK_MINUTE);
	assert_int_equal(t.told, 0);
	end(&t);
}

static void
test_live_a_clock_that_is_set_is_no_silence(void **state)
{
	struct town t;

	(void)state;
	begin_with(&t, LG_TAP, "", "", SILENCE_DEFAULT_US);
	wait_us(&t, CLOCK_MINUTE);
	t.now += 3 * CLOCK_DAY;
	wait_us(&t, SILENCE_DEFAULT_US);
	assert_int_equal(t.told, 0);
	t.now -= 6 * CLOCK_DAY;
	wait_us(&t, SILENCE_DEFAULT_US);
	assert_int_equal(t.told, 0);
	wait_us(&t, 2 * CLOCK_SECOND);
	assert_int_equal(t.told, 1); /* and does not hide one either */
	end(&t);
}

static void
test_offline_a_jump_of_packet_time_is_a_silence(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    "");
	t.now += CLOCK_HOUR;
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1);
	end(&t);
}

/* ---- heartbeats */

static void
test_a_heartbeat_that_beats_is_no_finding(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP "," FAR_TAP, BEAT);
	for (int i = 0; i < 10; i++) {
		wait_us(&t, ALLOWED);
		request(&t, "lg-tap");
		request(&t, "far-tap");
		reply(&t, "far-tap");
		reply(&t, "lg-tap");
	}
	assert_int_equal(t.told, 0);
	end(&t);
}

static void
test_each_direction_is_awaited_at_each_side(void **state)
{
	static const char *const asked =
	    "10.2.0.53 > 172.20.0.53 udp/53 request";
	static const char *const answered =
	    "10.2.0.53 > 172.20.0.53 udp/53 reply";
	struct town t;

	(void)state;
	begin(&t, LG_TAP "," FAR_TAP, BEAT);
	wait_us(&t, ALLOWED);
	assert_int_equal(t.told, 0);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 4);
	assert_string_equal(t.details[0], asked);
	assert_string_equal(t.details[1], answered);
	assert_string_equal(t.details[2], asked);
	assert_string_equal(t.details[3], answered);
	assert_ptr_equal(t.notes[0].tap, tap(&t, "lg-tap"));
	assert_ptr_equal(t.notes[3].tap, tap(&t, "far-tap"));
	assert_int_equal(t.notes[0].of, ALLOWED / CLOCK_SECOND);
	end(&t);
}

static void
test_only_what_is_missing_is_told_and_repeated(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP "," FAR_TAP, BEAT);
	for (int i = 0; i < 9; i++) { /* an hour and a half */
		wait_us(&t, 10 * CLOCK_MINUTE);
		request(&t, "lg-tap");
		request(&t, "far-tap");
		reply(&t, "far-tap");
	}
	assert_int_equal(t.told, 2);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(t.details[i],
		    "10.2.0.53 > 172.20.0.53 udp/53 reply");
		assert_ptr_equal(t.notes[i].tap, tap(&t, "lg-tap"));
	}
	reply(&t, "lg-tap");
	wait_us(&t, 10 * CLOCK_MINUTE);
	assert_int_equal(t.told, 2); /* it is back: nothing is said */
	end(&t);
}

static void
test_who_began_does_not_matter(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP, BEAT);
	for (int i = 0; i < 4; i++) {
		wait_us(&t, 10 * CLOCK_MINUTE);
		datagram(&t, "lg-tap", FAR_DNS, 53, LG_DNS, 40000, 0);
		datagram(&t, "lg-tap", LG_DNS, 40000, FAR_DNS, 53, 1);
	}
	assert_int_equal(t.told, 0);
	end(&t);
}

static void
test_what_is_like_it_is_not_it(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP, BEAT);
	wait_us(&t, 20 * CLOCK_MINUTE);
	datagram(&t, "lg-tap", "10.2.0.54", 40000, FAR_DNS, 53, 0);
	datagram(&t, "lg-tap", LG_DNS, 53, FAR_DNS, 5353, 0);
	datagram(&t, "lg-tap", FAR_DNS, 40000, LG_DNS, 53, 0);
	datagram(&t, "lg-tap", LG_DNS, 40000, "172.20.0.54", 53, 0);
	wait_us(&t, 11 * CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	end(&t);
}

static void
test_the_far_side_is_awaited_only_where_it_is_shown(void **state)
{
	struct town t;

	(void)state;
	/* Two on the near side, one of neither, one of another zone. */
	begin(&t,
	    LG_TAP ",{\"id\":\"lg-two\",\"segment\":\"lg\"},"
		   "{\"id\":\"line\"},"
		   "{\"id\":\"office-tap\",\"segment\":\"office\"}",
	    BEAT);
	wait_us(&t, ALLOWED + CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	end(&t);
	/* A trunk that shows both: which side it was is not known here. */
	begin(&t,
	    "{\"id\":\"lg-tap\",\"vlans\":{\"200\":\"lg\",\"400\":\"lgwan\"}}"
	    "," FAR_TAP,
	    BEAT);
	wait_us(&t, ALLOWED + CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	end(&t);
}

static void
test_of_two_far_taps_either_will_do(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    LG_TAP "," FAR_TAP
		   ",{\"id\":\"far-two\",\"vlans\":{\"400\":\"lgwan\"}}",
	    BEAT);
	for (int i = 0; i < 4; i++) {
		wait_us(&t, 10 * CLOCK_MINUTE);
		request(&t, "lg-tap");
		reply(&t, "lg-tap");
		request(&t, "far-two");
		reply(&t, "far-tap");
	}
	assert_int_equal(t.told, 0);
	wait_us(&t, ALLOWED + CLOCK_SECOND);
	assert_int_equal(t.told, 4);
	end(&t);
}

static void
test_a_tap_of_another_run_is_not_awaited(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP "," FAR_TAP, BEAT);
	silence_free(t.silence);
	t.silence = silence_new(t.loaded.m, t.taps + 1, 1, 0);
	wait_us(&t, ALLOWED + 2 * CLOCK_SECOND); /* begins by itself */
	assert_int_equal(t.told, 2);
	assert_ptr_equal(t.notes[0].tap, tap(&t, "far-tap"));
	request(&t, "lg-tap"); /* of no tap that is watched: nothing */
	frame(&t, "lg-tap");
	end(&t);
}

static void
test_a_tap_of_one_direction_is_content_with_it(void **state)
{
	struct town t;

	(void)state;
	begin(&t, "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"direction\":\"rx\"}",
	    BEAT);
	for (int i = 0; i < 4; i++) {
		wait_us(&t, 10 * CLOCK_MINUTE);
		request(&t, "lg-tap");
	}
	assert_int_equal(t.told, 0);
	wait_us(&t, ALLOWED + CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	end(&t);
}

static void
test_behind_an_overload_its_address_counts(void **state)
{
	static const char nat[] =
	    ",\"translations\":[{\"at\":\"fw1\",\"kind\":\"overload\","
	    "\"from\":{\"zone\":\"lg\"},\"to\":[\"172.20.5.10\"],"
	    "\"toward\":\"lgwan\"}]";
	struct town t;

	(void)state;
	begin_with(&t, LG_TAP "," FAR_TAP, BEAT, nat, 0);
	for (int i = 0; i < 4; i++) {
		wait_us(&t, 10 * CLOCK_MINUTE);
		request(&t, "lg-tap");
		reply(&t, "lg-tap");
		datagram(&t, "far-tap", "172.20.5.10", 1, FAR_DNS, 53, 0);
		datagram(&t, "far-tap", FAR_DNS, 53, "172.20.5.10", 1, 1);
	}
	assert_int_equal(t.told, 0);
	end(&t);
}

static void
test_a_translated_address_is_that_of_its_owner(void **state)
{
	static const char nat[] =
	    ",\"translations\":[{\"at\":\"fw1\",\"kind\":\"static\","
	    "\"from\":{\"zone\":\"lg\",\"hosts\":[\"10.2.0.53\"]},"
	    "\"to\":[\"172.20.5.53\"],\"toward\":\"lgwan\"}]";
	struct town t;

	(void)state;
	begin_with(&t, LG_TAP "," FAR_TAP,
	    "{\"tap\":\"lg-tap\",\"from\":\"172.20.5.53\",\"to\":"
	    "\"172.20.0.53\",\"service\":{\"protocol\":\"udp\",\"ports\":["
	    "53]},\"every\":\"10m\"}",
	    nat, 0);
	for (int i = 0; i < 4; i++) {
		wait_us(&t, 10 * CLOCK_MINUTE);
		request(&t, "lg-tap"); /* flows are by owner */
		reply(&t, "lg-tap");
		request(&t, "far-tap");
		reply(&t, "far-tap");
	}
	assert_int_equal(t.told, 0);
	end(&t);
}

static void
test_the_longest_detail_fits(void **state)
{
	struct town t;

	(void)state;
	begin(&t, LG_TAP,
	    "{\"tap\":\"lg-tap\","
	    "\"from\":\"fd11:2222:3333:4444:5555:6666:7777:8888\","
	    "\"to\":\"fd12:2222:3333:4444:5555:6666:7777:8888\","
	    "\"service\":{\"protocol\":\"sctp\",\"ports\":[65535]},"
	    "\"every\":\"10m\"}");
	wait_us(&t, ALLOWED + CLOCK_SECOND);
	assert_int_equal(t.told, 2);
	assert_string_equal(t.details[0],
	    "fd11:2222:3333:4444:5555:6666:7777:8888 > "
	    "fd12:2222:3333:4444:5555:6666:7777:8888 sctp/65535 request");
	end(&t);
}

/* ---- another model */

static void
reload(struct town *t, const char *taps, const char *beats)
{
	load(&t->next, taps, beats, "");
	t->tap_count = taps_of(t->next.m, t->taps);
	silence_reload(t->silence, t->next.m, t->taps, t->tap_count);
	loaded_fini(&t->loaded);
	memset(&t->loaded, 0, sizeof(t->loaded));
	bundle_add(&t->loaded.bundle, "x", "x", "", 0);
}

static void
test_a_new_model_goes_on_where_it_is_alike(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    BEAT);
	wait_us(&t, 14 * CLOCK_MINUTE);
	reload(&t,
	    "{\"id\":\"new\",\"segment\":\"office\",\"silent-after\":\"5m\"},"
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}"
	    "," FAR_TAP,
	    BEAT);
	wait_us(&t, CLOCK_MINUTE);
	assert_int_equal(t.told, 0);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 1); /* it was silent before, too */
	assert_ptr_equal(t.notes[0].tap, tap(&t, "lg-tap"));
	wait_us(&t, 4 * CLOCK_MINUTE);
	assert_int_equal(t.told, 2); /* five minutes since it is there */
	assert_ptr_equal(t.notes[1].tap, tap(&t, "new"));
	wait_us(&t, 1 * CLOCK_MINUTE + 10 * CLOCK_SECOND);
	assert_int_equal(t.told, 4); /* 20 min 11 s since it began */
	assert_ptr_equal(t.notes[2].tap, tap(&t, "lg-tap"));
	wait_us(&t, 14 * CLOCK_MINUTE - CLOCK_SECOND);
	assert_int_equal(t.told, 4);
	wait_us(&t, CLOCK_SECOND);
	assert_int_equal(t.told, 6); /* the far side is new */
	assert_ptr_equal(t.notes[5].tap, tap(&t, "far-tap"));
	end(&t);
}

static void
test_what_was_told_is_not_told_again_for_a_new_model(void **state)
{
	struct town t;

	(void)state;
	begin(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    BEAT);
	wait_us(&t, 25 * CLOCK_MINUTE);
	assert_int_equal(t.told, 3);
	reload(&t,
	    "{\"id\":\"lg-tap\",\"segment\":\"lg\",\"silent-after\":\"15m\"}",
	    BEAT);
	wait_us(&t, 30 * CLOCK_MINUTE);
	assert_int_equal(t.told, 3);
	reply(&t, "lg-tap");
	frame(&t, "lg-tap");
	end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_silent_tap_is_told_once_and_then_each_hour),
		cmocka_unit_test(test_a_tap_that_speaks_again_begins_anew),
		cmocka_unit_test(
		    test_a_tap_that_declares_nothing_has_the_default_or_none),
		cmocka_unit_test(test_in_quiet_hours_nothing_is_awaited),
		cmocka_unit_test(test_quiet_hours_that_passed_unseen_count_too),
		cmocka_unit_test(
		    test_silence_before_quiet_hours_is_told_again_only_after_them),
		cmocka_unit_test(test_a_tap_that_was_not_watched_owes_nothing),
		cmocka_unit_test(test_live_a_clock_that_is_set_is_no_silence),
		cmocka_unit_test(
		    test_offline_a_jump_of_packet_time_is_a_silence),
		cmocka_unit_test(test_a_heartbeat_that_beats_is_no_finding),
		cmocka_unit_test(test_each_direction_is_awaited_at_each_side),
		cmocka_unit_test(
		    test_only_what_is_missing_is_told_and_repeated),
		cmocka_unit_test(test_who_began_does_not_matter),
		cmocka_unit_test(test_what_is_like_it_is_not_it),
		cmocka_unit_test(
		    test_the_far_side_is_awaited_only_where_it_is_shown),
		cmocka_unit_test(test_of_two_far_taps_either_will_do),
		cmocka_unit_test(test_a_tap_of_another_run_is_not_awaited),
		cmocka_unit_test(
		    test_a_tap_of_one_direction_is_content_with_it),
		cmocka_unit_test(test_behind_an_overload_its_address_counts),
		cmocka_unit_test(
		    test_a_translated_address_is_that_of_its_owner),
		cmocka_unit_test(test_the_longest_detail_fits),
		cmocka_unit_test(test_a_new_model_goes_on_where_it_is_alike),
		cmocka_unit_test(
		    test_what_was_told_is_not_told_again_for_a_new_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
