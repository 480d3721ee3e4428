/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tunnels through the engine: what they carry, what they are, what is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine_play.h"
#include "tunnel.h"

#define NOTICES_MAX 64

struct told {
	struct scene *s;
	enum check check[NOTICES_MAX];
	enum severity severity[NOTICES_MAX];
	enum notice_word word[NOTICES_MAX];
	char seen[NOTICES_MAX][64];
	size_t packets[NOTICES_MAX];
	size_t count;
	enum carriage carriage; /* of the last conversation that had one */
	bool opaque;
	bool beside; /* LNK-6 stands beside another finding */
};

static void
on_notice(void *context, const struct notice *n)
{
	struct told *t = context;

	/* Of the other parts of the engine, nothing here. */
	if (n->check != CHECK_LNK_6 && n->check != CHECK_LNK_2)
		return;
	assert_true(t->count < NOTICES_MAX);
	t->check[t->count] = n->check;
	t->severity[t->count] = n->severity;
	t->word[t->count] = n->word;
	(void)snprintf(t->seen[t->count], sizeof(t->seen[0]), "%s", n->seen);
	t->packets[t->count] = n->packet_count;
	t->count++;
}

static void
on_conversation(void *context, const struct observation *o)
{
	struct told *t = context;

	if (o->conversation->carriage != CARRIAGE_NONE)
		t->carriage = o->conversation->carriage;
	t->opaque = t->opaque || o->conversation->tunnel;
	for (size_t i = 0; i < o->verdict->also_count; i++)
		t->beside = t->beside ||
		    (o->verdict->alerts &&
			o->verdict->also[i].check == CHECK_LNK_6);
	if (t->s->count == SCENE_NOTES_MAX)
		t->s->count = 0; /* nobody looks so far back */
	scene_note(t->s, o);
}

static void
on_account(void *context, const struct tally *tally)
{
	scene_account(((struct told *)context)->s, tally);
}

static void
on_coverage(void *context, const struct coverage_finding *f)
{
	scene_coverage(((struct told *)context)->s, f);
}

static struct scene *
begin(struct told *t, const char *text)
{
	struct scene *s = scene_new(0);

	memset(t, 0, sizeof(*t));
	t->s = s;
	if (text) {
		engine_free(s->engine);
		s->engine = NULL;
		model_free(s->model);
		s->model = scene_load(text);
		scene_find_taps(s->model, s->taps);
	}
	s->observer = (struct observer){ .context = t,
		.conversation = on_conversation,
		.account = on_account,
		.coverage = on_coverage,
		.notice = on_notice };
	scene_open(s);
	return s;
}

static void
end(struct told *t)
{
	scene_finish(t->s);
	assert_false(t->s->unbalanced);
	assert_true(t->s->final);
}

/* The scene's model with something put into its outermost object. */
static const char *
with(const char *more)
{
	static char text[32768];

	(void)snprintf(text, sizeof(text), "%.*s,%s}",
	    (int)strlen(scene_model_text) - 1, scene_model_text, more);
	return text;
}

/* The scene's model with a mirror on its trunk. */
static const char *
with_mirror(void)
{
	static char text[32768];
	const char *at = strstr(scene_model_text, "\"vlans\"");

	(void)snprintf(text, sizeof(text),
	    "%.*s\"mirror\":{\"vlan\":999,\"destinations\":[\"10.3.250.99\"]},"
	    "%s",
	    (int)(at - scene_model_text), scene_model_text, at);
	return text;
}

struct inner {
	const char *from, *to;
	uint16_t from_port, to_port;
};

/* An IPv4 packet in an IPv4 packet of protocol with a header before it. */
static void
carry(struct scene *s, struct scene_place at, const char *from, const char *to,
    uint8_t protocol, const char *header, size_t n, const struct inner *in)
{
	scene_ethernet(s, at.vlan, at.from_router, 0x0800);
	if (at.no_router)
		memcpy(s->frame, s->frame + 6, 6);
	scene_ip(s, from, to, protocol, n + 20 + 8 + 1, 1, 0);
	scene_bytes(s, header, n);
	scene_ip(s, in->from, in->to, 17, 9, 1, 0);
	scene_u16(s, in->from_port);
	scene_u16(s, in->to_port);
	scene_u16(s, 9);
	scene_u16(s, 0);
	scene_bytes(s, "x", 1);
	scene_send(s, at.source, s->length);
}

#define GRE "\0\0\x08\0"
#define GRE_KEY_7 "\x20\0\x08\0\0\0\0\7"
#define GRE_KEY_8 "\x20\0\x08\0\0\0\0\x08"

static const struct inner leak = { "10.3.1.5", "10.1.0.10", 5, 514 };
static const struct inner query = { "10.2.0.9", "172.20.0.53", 5, 53 };
static const struct inner at_home = { "10.3.7.1", "10.3.7.2", 5, 53 };

/* In office, between two of its hosts, back and forth. */
static void
carry_gre(struct scene *s, const char *header, size_t n, const struct inner *in)
{
	const struct inner back = { in->to, in->from, in->to_port,
		in->from_port };
	const struct scene_place hosts = { .vlan = 300, .no_router = true };

	carry(s, hosts, "10.3.5.1", "10.3.5.2", 47, header, n, in);
	carry(s, hosts, "10.3.5.2", "10.3.5.1", 47, header, n, &back);
}

static size_t
count_of(const struct told *t, enum check check)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->check[i] == check;
	return n;
}

static bool
any_judged(const struct scene *s, enum check check)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->notes[i].check == check)
			return true;
	return false;
}

static void
test_what_is_inside_is_judged_and_each_frame_counted_once(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	carry_gre(s, GRE, 4, &leak);
	end(&t);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	assert_true(any_judged(s, CHECK_SEG_1));
	assert_int_equal(t.carriage, CARRIAGE_UNDECLARED);
	assert_false(t.opaque);
	assert_int_equal(s->read, 2);
	assert_int_equal(s->judged, 2);
	assert_true(scene_counted(s, "carried", 2));
	assert_true(scene_counted(s, "tunnel-gre", 2));
	scene_free(s);
}

static void
test_an_undeclared_tunnel_is_told_once(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	for (int i = 0; i < 20; i++) {
		carry_gre(s, GRE_KEY_7, 8, &at_home);
		s->us += CLOCK_SECOND;
	}
	end(&t);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 1);
	assert_int_equal(count_of(&t, CHECK_LNK_2), 0);
	assert_int_equal(t.severity[0], SEVERITY_HIGH);
	assert_string_equal(t.seen[0], "GRE 7");
	assert_int_equal(t.packets[0], 1);
	scene_free(s);
}

static void
test_it_is_told_again_after_a_day(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	carry_gre(s, GRE, 4, &at_home);
	s->us += CLOCK_DAY + CLOCK_MINUTE;
	carry_gre(s, GRE, 4, &at_home);
	end(&t);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 2);
	scene_free(s);
}

static void
test_another_key_is_another_tunnel(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	carry_gre(s, GRE_KEY_7, 8, &at_home);
	carry_gre(s, GRE_KEY_8, 8, &at_home);
	end(&t);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 2);
	/* Two inside, one outside. */
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 3);
	scene_free(s);
}

/* The crossing itself is alerted of, and as gravely: that is enough. */
static void
test_one_fact_is_one_alert(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);
	const struct inner back = { "10.2.0.9", "10.3.7.1", 53, 5 };
	const struct inner in = { "10.3.7.1", "10.2.0.9", 5, 53 };

	(void)state;
	carry(s, office, "10.3.5.1", "10.2.5.2", 47, GRE, 4, &in);
	carry(s, lg, "10.2.5.2", "10.3.5.1", 47, GRE, 4, &back);
	end(&t);
	assert_true(any_judged(s, CHECK_SEG_1) || any_judged(s, CHECK_SEG_2));
	assert_int_equal(count_of(&t, CHECK_LNK_6), 0);
	assert_true(t.beside);
	scene_free(s);
}

static void
test_a_declared_tunnel_is_not_told_and_its_inside_conforms(void **state)
{
	struct told t;
	struct scene *s = begin(&t,
	    with("\"tunnels\":[{\"id\":\"t\",\"name\":\"t\",\"protocol\":"
		 "\"gre\",\"from\":{\"hosts\":[\"10.2.5.1\"]},\"to\":{"
		 "\"hosts\":[\"10.2.5.2\"]},\"key\":7}]"));
	const struct scene_place hosts = { .vlan = 200, .no_router = true };

	(void)state;
	carry(s, hosts, "10.2.5.2", "10.2.5.1", 47, GRE_KEY_7, 8, &query);
	s->us += 10 * CLOCK_SECOND;
	carry(s, hosts, "10.2.5.2", "10.2.5.1", 47, GRE_KEY_7, 8, &query);
	assert_int_equal(t.count, 0);
	/* Its key is part of what is declared. */
	carry(s, hosts, "10.2.5.2", "10.2.5.1", 47, GRE_KEY_8, 8, &query);
	end(&t);
	assert_int_equal(t.carriage, CARRIAGE_UNDECLARED);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 1);
	assert_string_equal(t.seen[t.count - 1], "GRE 8");
	scene_free(s);
}

static void
test_what_does_not_belong_in_a_tunnel_is_told(void **state)
{
	static const struct inner strange = { "10.1.0.5", "10.1.0.6", 5, 53 };
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	carry_gre(s, GRE, 4, &strange);
	carry_gre(s, GRE, 4, &strange);
	end(&t);
	assert_int_equal(count_of(&t, CHECK_LNK_2), 1);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 1);
	scene_free(s);
}

static void
test_a_mirrors_way_is_nobodys_conversation(void **state)
{
	struct told t;
	struct scene *s = begin(&t, with_mirror());
	struct scene_place at = { .vlan = 0 };
	uint8_t inner[128];
	size_t n;

	(void)state;
	/* As the tap would show it, to have its bytes. */
	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.1.0.10", 17, 9, 1, 0);
	scene_bytes(s, "\0\5\2\2\0\11\0\0x", 9);
	n = s->length;
	memcpy(inner, s->frame, n);
	scene_ethernet(s, at.vlan, false, 0x0800);
	scene_ip(s, "10.3.250.1", "10.3.250.99", 47, 4 + n, 1, 0);
	scene_bytes(s, "\0\0\x88\xbe", 4);
	scene_bytes(s, inner, n);
	scene_send(s, 0, s->length);
	end(&t);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 1);
	assert_int_equal(scene_last(s, OBSERVATION_FINAL, 0)->check,
	    CHECK_SEG_1);
	assert_int_equal(t.count, 0);
	assert_int_equal(t.carriage, CARRIAGE_NONE);
	assert_int_equal(s->judged, 1);
	assert_true(scene_counted(s, "mirrored", 1));
	assert_true(scene_counted(s, "carried", 0));
	scene_free(s);
}

/* From another zone anything could be in it: it is judged as it is. */
static void
test_what_a_stranger_sends_to_the_mirrors_end_is_a_tunnel(void **state)
{
	struct told t;
	struct scene *s = begin(&t, with_mirror());
	uint8_t inner[128];
	size_t n;

	(void)state;
	scene_ethernet(s, 300, false, 0x0800);
	scene_ip(s, "10.3.1.5", "10.3.1.6", 17, 9, 1, 0);
	scene_bytes(s, "\0\5\2\2\0\11\0\0x", 9);
	n = s->length;
	memcpy(inner, s->frame, n);
	scene_ethernet(s, 0, false, 0x0800);
	scene_ip(s, "10.1.0.66", "10.3.250.99", 47, 4 + n, 1, 0);
	scene_bytes(s, "\0\0\x88\xbe", 4);
	scene_bytes(s, inner, n);
	scene_send(s, 0, s->length);
	end(&t);
	assert_true(scene_counted(s, "mirrored", 0));
	assert_true(scene_counted(s, "carried", 1));
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	scene_free(s);
}

static void
test_what_a_mirror_cannot_have_meant_is_counted(void **state)
{
	struct told t;
	struct scene *s = begin(&t, with_mirror());

	(void)state;
	/* PPP, a cut header, nothing at all. */
	for (int i = 0; i < 3; i++) {
		scene_ethernet(s, 0, false, 0x0800);
		scene_ip(s, "10.3.250.1", "10.3.250.99", 47, 12, 1, 0);
		scene_bytes(s,
		    i == 0     ? "\x30\1\x88\x0b\0\0\0\0\0\0\0\0" :
			i == 1 ? "\x10\0\x88\xbe\0\0\0\1\x10\0\0\0" :
				 "\xb0\0\0\0\0\0\0\0\0\0\0\0",
		    12);
		scene_send(s, 0, s->length);
	}
	end(&t);
	assert_int_equal(s->read, 3);
	assert_int_equal(s->judged, 0);
	assert_true(scene_counted(s, "unsupported", 1));
	assert_true(scene_counted(s, "malformed", 2));
	scene_free(s);
}

/* Packets within packets, as deep as a frame holds. */
static void
test_a_nest_is_opened_as_far_as_the_cap_and_then_opaque(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);
	const size_t depth = 60;

	(void)state;
	scene_ethernet(s, 300, false, 0x0800);
	memcpy(s->frame, s->frame + 6, 6);
	for (size_t i = 0; i < depth; i++)
		scene_ip(s, "10.3.5.1", "10.3.5.2", i == depth - 1 ? 89 : 4,
		    (depth - 1 - i) * 20, 1, 0);
	scene_send(s, 0, s->length);
	end(&t);
	assert_int_equal(scene_count(s, OBSERVATION_FINAL),
	    PACKET_NESTING_MAX + 1);
	assert_true(t.opaque);
	assert_true(scene_counted(s, "carried", PACKET_NESTING_MAX));
	assert_true(scene_counted(s, "inner-unsupported-tunnel", 1));
	assert_int_equal(s->judged, 1);
	scene_free(s);
}

/* Fragments inside a tunnel, of which each comes in a frame of its own. */
static void
test_fragments_inside_are_joined_apart_by_their_tunnel(void **state)
{
	static const char *const headers[] = { GRE_KEY_7, GRE_KEY_8 };
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	for (int last = 0; last < 2; last++)
		for (int key = 0; key < 2; key++) {
			scene_ethernet(s, 300, false, 0x0800);
			memcpy(s->frame, s->frame + 6, 6);
			scene_ip(s, "10.3.5.1", "10.3.5.2", 47,
			    8 + 20 + (last ? 8 : 16), 1, 0);
			scene_bytes(s, headers[key], 8);
			scene_ip(s, "10.3.1.5", "10.1.0.10", 17, last ? 8 : 16,
			    77, last ? 2 : 0x2000);
			if (last)
				scene_bytes(s, "abcdefgh", 8);
			else
				scene_bytes(s, "\0\5\0\65\0\30\0\0abcdefgh",
				    16);
			scene_send(s, 0, s->length);
		}
	end(&t);
	assert_int_equal(s->read, 4);
	assert_int_equal(s->judged, 4);
	assert_true(scene_counted(s, "datagrams-joined", 2));
	assert_true(scene_counted(s, "fragments", 0));
	/* Outside one, inside two. */
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 3);
	scene_free(s);
}

/* A tunnel's packet that was cut in two, and so was what it carries. */
static void
test_a_joined_tunnel_carries_fragments_too(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);
	uint8_t whole[64];
	size_t n;

	(void)state;
	for (int last = 0; last < 2; last++) {
		s->length = 0;
		scene_bytes(s, GRE, 4);
		scene_ip(s, "10.3.1.5", "10.1.0.10", 17, last ? 8 : 16, 77,
		    last ? 2 : 0x2000);
		scene_bytes(s, last ? "abcdefgh" : "\0\5\0\65\0\30\0\0abcdefgh",
		    last ? 8 : 16);
		n = s->length;
		memcpy(whole, s->frame, n);
		for (int part = 0; part < 2; part++) {
			const size_t at = part ? 16 : 0;
			const size_t length = part ? n - 16 : 16;

			scene_ethernet(s, 300, false, 0x0800);
			memcpy(s->frame, s->frame + 6, 6);
			scene_ip(s, "10.3.5.1", "10.3.5.2", 47, length,
			    (unsigned)(100 + last),
			    part ? (unsigned)(at / 8) : 0x2000);
			scene_bytes(s, whole + at, length);
			scene_send(s, 0, s->length);
		}
	}
	end(&t);
	assert_int_equal(s->read, 4);
	assert_int_equal(s->judged, 4);
	assert_true(scene_counted(s, "datagrams-joined", 3));
	assert_int_equal(scene_count(s, OBSERVATION_FINAL), 2);
	scene_free(s);
}

static void
test_what_cannot_be_opened_leaves_its_tunnel_opaque(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);

	(void)state;
	carry_gre(s, "\x30\1\x88\x0b\0\0\0\0\0\0\0\0", 12, &at_home);
	end(&t);
	assert_true(t.opaque);
	assert_true(scene_counted(s, "inner-unsupported-tunnel", 2));
	assert_true(scene_counted(s, "carried", 0));
	scene_free(s);
}

static void
test_another_model_declares_and_forgets_tunnels(void **state)
{
	static const char *const declared =
	    "\"tunnels\":[{\"id\":\"t\",\"name\":\"t\",\"protocol\":\"gre\","
	    "\"from\":{\"hosts\":[\"10.3.5.1\"]},\"to\":{\"hosts\":["
	    "\"10.3.5.2\"]}}]";
	struct told t;
	struct scene *s = begin(&t, with(declared));
	struct model *old = s->model;

	(void)state;
	carry_gre(s, GRE, 4, &at_home);
	s->us += 10 * CLOCK_SECOND;
	carry_gre(s, GRE, 4, &at_home);
	assert_int_equal(t.count, 0);
	assert_int_equal(t.carriage, CARRIAGE_NONE); /* nothing told yet */
	s->model = scene_load(scene_model_text);
	scene_find_taps(s->model, s->taps);
	engine_reload(s->engine, s->model, s->taps, 2);
	model_free(old);
	carry_gre(s, GRE, 4, &at_home);
	end(&t);
	assert_int_equal(t.carriage, CARRIAGE_UNDECLARED);
	assert_int_equal(count_of(&t, CHECK_LNK_6), 1);
	scene_free(s);
}

static void
test_more_tunnels_than_there_is_room_for_are_counted(void **state)
{
	struct told t;
	struct scene *s = begin(&t, NULL);
	char from[32];

	(void)state;
	s->observer.notice = NULL;
	scene_open(s);
	for (unsigned i = 0; i < TUNNELS_MAX + 10; i++) {
		(void)snprintf(from, sizeof(from), "10.3.%u.%u", 100 + i / 250,
		    i % 250 + 1);
		carry(s, office, from, "10.3.5.2", 47, GRE, 4, &leak);
	}
	end(&t);
	assert_true(scene_counted(s, "tunnels-refused", 10));
	assert_int_equal(t.carriage, CARRIAGE_UNDECLARED);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_what_is_inside_is_judged_and_each_frame_counted_once),
		cmocka_unit_test(test_an_undeclared_tunnel_is_told_once),
		cmocka_unit_test(test_it_is_told_again_after_a_day),
		cmocka_unit_test(test_another_key_is_another_tunnel),
		cmocka_unit_test(test_one_fact_is_one_alert),
		cmocka_unit_test(
		    test_a_declared_tunnel_is_not_told_and_its_inside_conforms),
		cmocka_unit_test(test_what_does_not_belong_in_a_tunnel_is_told),
		cmocka_unit_test(test_a_mirrors_way_is_nobodys_conversation),
		cmocka_unit_test(
		    test_what_a_stranger_sends_to_the_mirrors_end_is_a_tunnel),
		cmocka_unit_test(
		    test_what_a_mirror_cannot_have_meant_is_counted),
		cmocka_unit_test(
		    test_a_nest_is_opened_as_far_as_the_cap_and_then_opaque),
		cmocka_unit_test(
		    test_fragments_inside_are_joined_apart_by_their_tunnel),
		cmocka_unit_test(test_a_joined_tunnel_carries_fragments_too),
		cmocka_unit_test(
		    test_what_cannot_be_opened_leaves_its_tunnel_opaque),
		cmocka_unit_test(
		    test_another_model_declares_and_forgets_tunnels),
		cmocka_unit_test(
		    test_more_tunnels_than_there_is_room_for_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
