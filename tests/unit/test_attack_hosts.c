/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spreading between hosts (ATK-4), guessing of passwords (ATK-6) and what was
 * cut off (ATK-7), each beside what looks like it and is none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "attack.h"
#include "attacking.h"

static void
expect(struct attacking *t, enum check check, size_t count)
{
	attacking_wait(t, 15 * CLOCK_SECOND);
	if (attacking_count(t, check) != count || t->count != count)
		attacking_print(t);
	assert_int_equal(attacking_count(t, check), count);
	assert_int_equal(t->count, count);
}

static bool
is(const struct addr *a, const char *text)
{
	struct addr b;

	return addr_parse(text, &b) && addr_equal(a, &b);
}

/* ---- ATK-4 */

/* from opens that port of count hosts of net, and is answered. */
static void
spread(struct attacking *t, const char *from, const char *net, unsigned first,
    unsigned count, uint16_t port)
{
	for (unsigned i = first; i < first + count; i++) {
		attacking_talk(t, from, attacking_host(net, i), port, 3000,
		    9000, 0);
		t->s.us += CLOCK_SECOND;
	}
}

static void
test_a_host_that_reaches_many_new_ones_is_told(void **state)
{
	static const uint16_t ports[] = { 445, 3389, 5985, 22, 135 };
	const char *const nets[] = { "10.3", "10.1" };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 2; j++) {
			struct attacking *t = attacking_new();

			spread(t, "10.3.5.5", nets[j], 10, 25, ports[i]);
			expect(t, CHECK_ATK_4, 1);
			assert_int_equal(t->notes[0].severity,
			    j ? SEVERITY_CRITICAL : SEVERITY_HIGH);
			assert_true(is(&t->notes[0].who, "10.3.5.5"));
			assert_int_equal(t->notes[0].port, ports[i]);
			assert_in_range(t->notes[0].counted, 12, 14);
			assert_int_equal(t->notes[0].packets, 4);
			attacking_free(t);
		}
}

static void
test_a_few_new_ones_or_many_in_hours_are_no_spread(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	spread(t, "10.3.5.5", "10.3", 10, 8, 445);
	for (unsigned i = 0; i < 60; i++) {
		spread(t, "10.3.5.6", "10.3", 100 + i, 1, 3389);
		attacking_wait(t, 2 * CLOCK_MINUTE);
	}
	spread(t, "10.3.5.7", "10.3", 200, 40, 443);
	expect(t, CHECK_ATK_4, 0);
	attacking_free(t);
}

static void
test_servers_that_others_use_and_old_peers_are_no_spread(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned client = 0; client < 6; client++)
		for (unsigned i = 0; i < 40; i++) {
			attacking_talk(t, attacking_host("10.3", 500 + client),
			    attacking_host("10.2", i), 445, 3000, 9000, 0);
			attacking_wait(t, 2 * CLOCK_MINUTE);
		}
	spread(t, "10.3.5.5", "10.2", 0, 40, 445);
	/* Again, by one that has done so all the time, slowly. */
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 30; i++) {
			attacking_talk(t, "10.3.5.8", attacking_host("10.1", i),
			    5985, 300, 900, 0);
			attacking_wait(t,
			    round ? CLOCK_SECOND : 2 * CLOCK_MINUTE);
		}
	expect(t, CHECK_ATK_4, 0);
	attacking_free(t);
}

static void
test_who_manages_and_what_is_declared_is_no_spread(void **state)
{
	static const char *const who[] = { "10.3.7.7", "10.3.7.8", "10.3.7.9",
		"10.3.0.8", "10.3.0.30" };
	struct attacking *t = attacking_new();

	(void)state;
	for (size_t i = 0; i < 5; i++)
		spread(t, who[i], "10.2", 10, 40, 445);
	for (unsigned i = 1; i <= 16; i++) {
		char to[ADDR_TEXT_MAX];

		(void)snprintf(to, sizeof(to), "10.3.50.%u", i);
		attacking_talk(t, "10.2.5.5", to, 3389, 3000, 9000, 0);
	}
	expect(t, CHECK_ATK_4, 0);
	attacking_free(t);
}

static void
test_a_camera_and_a_managers_pc_manage_nothing(void **state)
{
	static const char *const who[] = { "10.3.7.10", "10.3.7.11" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct attacking *t = attacking_new();

		spread(t, who[i], "10.2", 10, 40, 445);
		expect(t, CHECK_ATK_4, 1);
		attacking_free(t);
	}
}

static void
test_a_chain_is_told_sooner_and_is_graver(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	attacking_talk(t, "10.3.5.5", "10.3.6.6", 3389, 3000, 9000, 0);
	attacking_wait(t, 20 * CLOCK_MINUTE);
	spread(t, "10.3.6.6", "10.3", 1000, 9, 445);
	expect(t, CHECK_ATK_4, 1);
	assert_int_equal(t->notes[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_SPREAD_CHAIN);
	assert_string_equal(t->notes[0].expected, "10.3.5.5");
	attacking_free(t);
}

/* ---- ATK-6 */

static void
test_many_short_visits_of_one_source_are_guesses(void **state)
{
	static const struct {
		uint16_t port;
		unsigned visits;
		size_t up, down;
	} services[] = { { 22, 40, 1800, 2400 }, { 3389, 30, 900, 1800 },
		{ 21, 50, 40, 140 }, { 445, 60, 700, 900 }, { 110, 80, 30, 80 },
		{ 636, 800, 900, 2600 } };

	(void)state;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		struct attacking *t = attacking_new();

		for (unsigned j = 0; j < services[i].visits; j++) {
			attacking_talk(t, "10.3.5.5", "10.2.0.9",
			    services[i].port, services[i].up, services[i].down,
			    CLOCK_SECOND / 2);
			/* as reset by the server, now and then */
			attacking_tcp(t, "10.2.0.9", services[i].port,
			    "10.3.5.5", t->port, TCP_RST, 9, 9, 0);
		}
		expect(t, CHECK_ATK_6, 1);
		assert_int_equal(t->notes[0].severity, SEVERITY_MEDIUM);
		assert_int_equal(t->notes[0].word, NOTICE_ATTACK_GUESS);
		assert_true(is(&t->notes[0].whom, "10.2.0.9"));
		assert_int_equal(t->notes[0].port, services[i].port);
		assert_true(t->notes[0].packets > 0);
		attacking_free(t);
	}
}

static void
test_long_sessions_large_ones_and_polling_are_no_guesses(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		attacking_talk(t, "10.3.5.5", "10.2.0.9", 22, 1800, 40000, 0);
		attacking_talk(t, "10.3.5.5", "10.2.0.9", 21, 400, 1400, 0);
		attacking_open(t, "10.3.7.8", "10.2.0.9", 3389);
	}
	for (unsigned i = 0; i < 10; i++)
		attacking_talk(t, "10.3.5.5", "10.2.0.9", 3389, 900, 1800,
		    40 * CLOCK_SECOND);
	for (unsigned i = 0; i < 300; i++) /* mail, each two minutes */
		for (unsigned j = 0; j < 5; j++)
			attacking_talk(t, attacking_host("10.3", i), "10.2.0.9",
			    110, 60, 200, 0);
	for (unsigned i = 0; i < 20; i++) /* a host that is looked after */
		attacking_talk(t, "10.3.7.8", "10.2.0.9", 22, 1800, 2400, 0);
	expect(t, CHECK_ATK_6, 0);
	attacking_free(t);
}

static void
test_guesses_seen_one_way_count(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		const uint16_t own =
		    (attacking_try(t, "10.3.5.5", "10.2.0.9", 22), t->port);

		attacking_tcp(t, "10.3.5.5", own, "10.2.0.9", 22, TCP_ACK, 2, 2,
		    0);
		attacking_tcp(t, "10.3.5.5", own, "10.2.0.9", 22, TCP_ACK, 2,
		    30, 900);
		attacking_tcp(t, "10.3.5.5", own, "10.2.0.9", 22,
		    TCP_ACK | TCP_FIN, 902, 900, 0);
	}
	attacking_wait(t, 6 * CLOCK_MINUTE); /* half of them is closed */
	expect(t, CHECK_ATK_6, 1);
	attacking_free(t);
}

static void
test_many_sources_at_one_service_are_a_spray(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 160; i++)
		attacking_talk(t, attacking_host("10.3", 300 + i % 40),
		    "10.2.0.9", 3389, 900, 1800, 0);
	expect(t, CHECK_ATK_6, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_SPRAY);
	assert_true(is(&t->notes[0].whom, "10.2.0.9"));
	attacking_free(t);
	t = attacking_new();
	for (unsigned i = 0; i < 160; i++)
		attacking_talk(t, attacking_host("198.51", i), "10.3.0.9", 22,
		    1800, 2400, 0);
	expect(t, CHECK_ATK_6, 1);
	attacking_free(t);
}

static void
test_a_morning_at_a_broker_of_desktops_is_no_spray(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 300; i++) /* sent on to another, each twice */
		for (unsigned j = 0; j < 2; j++)
			attacking_talk(t, attacking_host("10.2", i),
			    "10.3.50.1", 3389, 900, 1800, 0);
	expect(t, CHECK_ATK_6, 0);
	/* Who was there for longer may come back as often as he likes. */
	for (unsigned i = 0; i < 40; i++)
		attacking_talk(t, attacking_host("10.3", i), "10.2.0.9", 22,
		    5000, 90000, 0);
	for (unsigned i = 0; i < 40 * 9; i++)
		attacking_talk(t, attacking_host("10.3", i % 40), "10.2.0.9",
		    22, 1800, 2400, 0);
	expect(t, CHECK_ATK_6, 0);
	attacking_free(t);
}

static void
test_the_web_tells_by_its_rate_alone(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 900; i++) {
		attacking_talk(t, "10.3.5.5", "10.2.0.80", 443, 800, 2600, 0);
		/* pages of one zone, and beyond */
		attacking_talk(t, "10.2.5.5", "10.2.0.80", 443, 800, 2600, 0);
		attacking_talk(t, "10.3.5.6", "198.51.100.7", 443, 800, 2600,
		    0);
	}
	expect(t, CHECK_ATK_6, 0);
	for (unsigned i = 0; i < 900; i++)
		attacking_talk(t, "10.3.5.5", "10.2.0.80", 443, 800, 2600, 0);
	expect(t, CHECK_ATK_6, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_GUESS_WEB);
	attacking_free(t);
}

/* ---- ATK-7 */

static void
test_a_host_that_was_cut_off_may_send_nothing(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	attacking_try(t, "10.3.66.6", "10.2.0.9", 445);
	attacking_talk(t, "10.3.66.6", "10.2.0.9", 445, 100, 100, 0);
	expect(t, CHECK_ATK_7, 0); /* not yet */
	attacking_wait(t, 10 * CLOCK_MINUTE);
	attacking_talk(t, "10.3.66.6", "10.3.9.9", 445, 100, 100, 0);
	expect(t, CHECK_ATK_7, 0); /* who examines it */
	attacking_try(t, "10.3.66.6", "10.2.0.9", 445);
	expect(t, CHECK_ATK_7, 1);
	assert_int_equal(t->notes[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_CUT_SENDS);
	assert_string_equal(t->notes[0].clause, "cut1");
	assert_true(is(&t->notes[0].who, "10.3.66.6"));
	assert_int_equal(t->notes[0].packets, 1);
	for (unsigned i = 0; i < 5; i++)
		attacking_try(t, "10.3.66.6", attacking_host("10.2", i), 445);
	expect(t, CHECK_ATK_7, 1);
	attacking_talk(t, "10.3.66.6", "10.2.0.9", 445, 100, 100, 0);
	expect(t, CHECK_ATK_7, 2);
	assert_int_equal(t->notes[1].word, NOTICE_ATTACK_CUT_REACHED);
	assert_int_equal(t->notes[1].severity, SEVERITY_CRITICAL);
	/* Until the end of the next day. */
	t->s.us = (ATTACKING_BEGIN + 2 * 86400) * CLOCK_SECOND;
	attacking_talk(t, "10.3.66.6", "10.2.0.9", 445, 100, 100, 0);
	expect(t, CHECK_ATK_7, 2);
	attacking_free(t);
}

static void
test_a_conversation_that_goes_on_over_the_cut_is_told(void **state)
{
	struct attacking *t = attacking_new();
	uint16_t own;

	(void)state;
	attacking_wait(t, 9 * CLOCK_MINUTE + 50 * CLOCK_SECOND);
	attacking_open(t, "10.2.0.9", "10.3.66.6", 445);
	own = t->port;
	attacking_wait(t, 30 * CLOCK_SECOND);
	expect(t, CHECK_ATK_7, 0);
	attacking_tcp(t, "10.2.0.9", own, "10.3.66.6", 445, TCP_ACK, 2, 2, 90);
	/* That it was answered before the cut shows nothing. */
	expect(t, CHECK_ATK_7, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_CUT_TRIED);
	attacking_tcp(t, "10.3.66.6", 445, "10.2.0.9", own, TCP_ACK, 2, 92, 0);
	expect(t, CHECK_ATK_7, 2);
	assert_int_equal(t->notes[1].word, NOTICE_ATTACK_CUT_SENDS);
	/* On the other side it has got there. */
	scene_tcp(&t->s,
	    (struct scene_place){ .vlan = 300, .from_router = true },
	    "10.2.0.9", own, "10.3.66.6", 445, TCP_ACK, 92, 2, "x");
	expect(t, CHECK_ATK_7, 3);
	assert_int_equal(t->notes[2].word, NOTICE_ATTACK_CUT_REACHED);
	attacking_free(t);
}

static void
test_who_tries_to_reach_what_was_cut_off_is_told_once_for_all(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	attacking_wait(t, 11 * CLOCK_MINUTE);
	for (unsigned i = 0; i < 9; i++)
		attacking_try(t, attacking_host("10.2", i), "10.3.66.6", 445);
	expect(t, CHECK_ATK_7, 1);
	assert_int_equal(t->notes[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_CUT_TRIED);
	assert_true(is(&t->notes[0].whom, "10.3.66.6"));
	/* On its own segment: it got there. */
	attacking_try(t, "10.2.5.5", "10.3.66.6", 445);
	scene_tcp(&t->s,
	    (struct scene_place){ .vlan = 300, .from_router = true },
	    "10.2.5.5", t->port, "10.3.66.6", 445, TCP_SYN, 1, 0, NULL);
	expect(t, CHECK_ATK_7, 3);
	assert_int_equal(t->notes[2].word, NOTICE_ATTACK_CUT_REACHED);
	assert_int_equal(t->notes[2].severity, SEVERITY_CRITICAL);
	attacking_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_host_that_reaches_many_new_ones_is_told),
		cmocka_unit_test(
		    test_a_few_new_ones_or_many_in_hours_are_no_spread),
		cmocka_unit_test(
		    test_servers_that_others_use_and_old_peers_are_no_spread),
		cmocka_unit_test(
		    test_who_manages_and_what_is_declared_is_no_spread),
		cmocka_unit_test(
		    test_a_camera_and_a_managers_pc_manage_nothing),
		cmocka_unit_test(test_a_chain_is_told_sooner_and_is_graver),
		cmocka_unit_test(
		    test_many_short_visits_of_one_source_are_guesses),
		cmocka_unit_test(
		    test_long_sessions_large_ones_and_polling_are_no_guesses),
		cmocka_unit_test(test_guesses_seen_one_way_count),
		cmocka_unit_test(test_many_sources_at_one_service_are_a_spray),
		cmocka_unit_test(
		    test_a_morning_at_a_broker_of_desktops_is_no_spray),
		cmocka_unit_test(test_the_web_tells_by_its_rate_alone),
		cmocka_unit_test(test_a_host_that_was_cut_off_may_send_nothing),
		cmocka_unit_test(
		    test_a_conversation_that_goes_on_over_the_cut_is_told),
		cmocka_unit_test(
		    test_who_tries_to_reach_what_was_cut_off_is_told_once_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
