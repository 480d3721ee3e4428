/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scans (ATK-1) and floods (ATK-2): told once, with their packets, and what
 * looks like them and is none stays silent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "attack.h"
#include "attacking.h"

/* A town in which datagrams are seen to be answered. */
static struct attacking *
town(void)
{
	struct attacking *t = attacking_new();

	attacking_ask(t, "10.3.1.1", "10.3.0.53", 53, 40, 120);
	attacking_wait(t, CLOCK_MINUTE);
	return t;
}

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

/* ---- scans */

static void
test_a_sweep_of_a_port_is_told_once_with_its_packets(void **state)
{
	struct attacking *t = town();
	const struct attacking_note *n = &t->notes[0];

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i), 445);
		t->s.us += CLOCK_SECOND;
	}
	expect(t, CHECK_ATK_1, 1);
	assert_int_equal(n->severity, SEVERITY_MEDIUM);
	assert_int_equal(n->word, NOTICE_ATTACK_SWEEP);
	assert_true(is(&n->who, "10.3.5.5"));
	assert_string_equal(n->zones[0]->id, "office");
	assert_string_equal(n->zones[1]->id, "core");
	assert_int_equal(n->port, 445);
	assert_string_equal(n->seen, "10.1.0.0/27, tcp/445");
	assert_in_range(n->counted, 25, 28);
	assert_int_equal(n->packets, 4);
	attacking_free(t);
}

static void
test_sweeps_are_told_whatever_they_are_made_of(void **state)
{
	(void)state;
	for (int kind = 0; kind < 5; kind++) {
		struct attacking *t = town();

		for (unsigned i = 0; i < 40; i++) {
			const char *to = attacking_host("10.2", i);

			if (kind == 0)
				attacking_refused(t, "10.3.5.5", to, 22);
			else if (kind == 1)
				attacking_ping(t, "10.3.5.5", to, i % 4 == 0);
			else if (kind == 2)
				attacking_ask(t, "10.3.5.5", to, 161, 40, 0);
			else if (kind == 3) /* only the way back is seen */
				attacking_tcp(t, to, 22, "10.3.5.5",
				    attacking_port(t), TCP_RST | TCP_ACK, 0, 2,
				    0);
			else if (i % 3) /* some are found */
				attacking_try(t, "10.3.5.5", to, 8080);
			else
				attacking_talk(t, "10.3.5.5", to, 8080, 100,
				    900, 0);
		}
		expect(t, CHECK_ATK_1, 1);
		attacking_free(t);
	}
}

static void
test_a_slow_sweep_is_told_within_the_hour(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 55; i++) {
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i * 7), 22);
		attacking_wait(t, CLOCK_MINUTE);
	}
	expect(t, CHECK_ATK_1, 1);
	attacking_free(t);
}

static void
test_a_comb_of_services_or_of_any_ports_is_told(void **state)
{
	static const uint16_t services[] = { 21, 22, 23, 25, 53, 80, 110, 111,
		135, 139, 143, 389, 443, 445, 993, 995, 1433, 3306, 3389, 5900,
		8080, 8443 };

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct attacking *t = town();

		for (unsigned i = 0; i < 22 && kind == 0; i++)
			attacking_refused(t, "10.3.5.5", "10.1.0.10",
			    services[i]);
		for (unsigned i = 0; i < 100 && kind == 1; i++)
			attacking_try(t, "10.3.5.5", "10.1.0.10",
			    (uint16_t)(40000 + i));
		expect(t, CHECK_ATK_1, 1);
		assert_int_equal(t->notes[0].word, NOTICE_ATTACK_COMB);
		assert_true(is(&t->notes[0].whom, "10.1.0.10"));
		assert_int_equal(t->notes[0].packets, 4);
		attacking_free(t);
	}
}

static void
test_a_scan_is_told_again_when_it_grew_tenfold_or_after_a_day(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 180; i++)
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i), 445);
	expect(t, CHECK_ATK_1, 1);
	for (unsigned i = 180; i < 600; i++)
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i), 445);
	expect(t, CHECK_ATK_1, 2);
	assert_true(t->notes[1].counted >= 250);
	t->s.us += CLOCK_DAY;
	for (unsigned i = 0; i < 60; i++)
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i), 445);
	expect(t, CHECK_ATK_1, 3);
	attacking_free(t);
}

static void
test_two_taps_of_one_boundary_count_once(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		const char *to = attacking_host("10.1", i);

		attacking_try(t, "10.3.5.5", to, 445);
		scene_tcp(&t->s, (struct scene_place){ .source = 1 },
		    "10.3.5.5", t->port, to, 445, TCP_SYN, 1, 0, NULL);
		/* and again, as nobody answers */
		t->s.us += CLOCK_SECOND;
		attacking_tcp(t, "10.3.5.5", t->port, to, 445, TCP_SYN, 1, 0,
		    0);
	}
	expect(t, CHECK_ATK_1, 0);
	attacking_free(t);
}

static void
test_who_is_answered_does_not_scan(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		const char *to = attacking_host("198.51", i);

		if (i % 4 == 0)
			attacking_try(t, "10.3.5.5", to, 8443);
		else
			attacking_talk(t, "10.3.5.5", to, 8443, 100, 900, 0);
	}
	expect(t, CHECK_ATK_1, 0);
	attacking_free(t);
}

static void
test_hosts_that_answered_before_are_merely_down(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		attacking_ask(t, "10.3.5.5", attacking_host("10.2", i), 161, 40,
		    80);
	attacking_wait(t, 2 * CLOCK_MINUTE);
	for (unsigned i = 0; i < 100; i++)
		attacking_ask(t, "10.3.5.5", attacking_host("10.2", i), 161, 40,
		    0);
	expect(t, CHECK_ATK_1, 0);
	attacking_free(t);
}

static void
test_traceroute_and_dying_servers_are_no_scan(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 90; i++)
		attacking_ask(t, "10.3.5.5", "198.51.100.9",
		    (uint16_t)(33434 + i), 12, 0);
	for (unsigned i = 0; i < 90; i++) /* desktops that may not go there */
		attacking_try(t, "10.2.5.5", attacking_host("198.51", i), 443);
	for (unsigned i = 0; i < 20; i++)
		attacking_try(t, "10.3.5.6", attacking_host("10.2", i), 9100);
	expect(t, CHECK_ATK_1, 0);
	attacking_free(t);
}

static void
test_datagrams_out_follow_nothing_where_no_answer_is_ever_seen(void **state)
{
	struct attacking *t = attacking_new();

	(void)state;
	for (unsigned i = 0; i < 2000; i++)
		attacking_ask(t, "10.3.0.53", attacking_host("198.51", i), 53,
		    40, 0);
	expect(t, CHECK_ATK_1, 0);
	attacking_free(t);
}

static void
test_a_declared_scanner_is_silent_in_its_zones_and_hours(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		attacking_try(t, "10.3.7.7", attacking_host("10.2", i), 445);
		attacking_ping(t, "10.3.7.7", attacking_host("10.3", i), false);
		attacking_refused(t, "10.3.7.7", "10.2.0.9", (uint16_t)(1 + i));
	}
	expect(t, CHECK_ATK_1, 0);
	/* Not there: */
	for (unsigned i = 0; i < 60; i++)
		attacking_try(t, "10.3.7.7", attacking_host("10.1", i), 445);
	expect(t, CHECK_ATK_1, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_SCANNER_ASTRAY);
	assert_string_equal(t->notes[0].clause, "scan01");
	/* Nor then: */
	t->s.us += 10 * CLOCK_HOUR;
	for (unsigned i = 0; i < 60; i++)
		attacking_ping(t, "10.3.7.7", attacking_host("10.3", i), false);
	expect(t, CHECK_ATK_1, 2);
	attacking_free(t);
}

static void
test_a_scan_from_the_internet_that_finds_nothing_is_information(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 60; i++)
		attacking_try(t, "198.51.100.9", attacking_host("10.3", i), 22);
	expect(t, CHECK_ATK_1, 1);
	assert_int_equal(t->notes[0].severity, SEVERITY_INFORMATION);
	for (unsigned i = 0; i < 60; i++)
		if (i == 0)
			attacking_talk(t, "198.51.100.10", "10.3.99.1", 22, 100,
			    100, 0);
		else
			attacking_try(t, "198.51.100.10",
			    attacking_host("10.3", i), 22);
	expect(t, CHECK_ATK_1, 2);
	attacking_free(t);
}

static void
test_counts_go_on_under_another_model(void **state)
{
	struct attacking *t = town();
	struct model *m;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		attacking_try(t, "10.3.5.5", attacking_host("10.1", i), 445);
		if (i % 10 != 9)
			continue;
		m = scene_load(attacking_text);
		scene_find_taps(m, t->s.taps);
		engine_reload(t->s.engine, m, t->s.taps, i);
		model_free(t->s.model);
		t->s.model = m;
	}
	expect(t, CHECK_ATK_1, 1);
	attacking_free(t);
}

/* ---- floods */

static const char *
spoofed(unsigned i)
{
	static char text[ADDR_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%u.%u.%u.%u", 20 + i % 90,
	    i * 7 % 256, i * 13 % 256, i * 31 % 250 + 1);
	return text;
}

static void
flood_of_openings(struct attacking *t, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		attacking_try(t, spoofed(i), "10.3.0.80", 443);
		t->s.us += 2000;
	}
}

static void
test_a_flood_of_openings_from_spoofed_sources_is_told_once(void **state)
{
	struct attacking *t = town();
	const struct attacking_note *n = &t->notes[0];

	(void)state;
	flood_of_openings(t, 8000);
	expect(t, CHECK_ATK_2, 1);
	assert_int_equal(n->severity, SEVERITY_HIGH);
	assert_int_equal(n->word, NOTICE_ATTACK_FLOOD_OPENINGS);
	assert_true(is(&n->whom, "10.3.0.80"));
	assert_int_equal(n->who.family, 0);
	assert_int_equal(n->port, 443);
	assert_string_equal(n->seen, "tcp/443");
	assert_true(n->of > 700);
	assert_int_equal(n->packets, 4);
	attacking_free(t);
}

static void
test_fewer_openings_are_no_flood(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 8000; i++) { /* 90 in a second */
		attacking_try(t, spoofed(i), "10.3.0.80", 443);
		t->s.us += 10000;
	}
	expect(t, CHECK_ATK_2, 0);
	attacking_free(t);
}

static void
test_a_busy_service_that_goes_down_is_no_flood(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 40000; i++) /* 15 minutes of 40 a second */
		attacking_talk(t, attacking_host("10.3", i % 3000), "10.3.0.8",
		    8080, 200, 800, 18000);
	expect(t, CHECK_ATK_2, 0);
	for (unsigned i = 0; i < 8000; i++) { /* 110 a second */
		attacking_try(t, attacking_host("10.3", i % 3000), "10.3.0.8",
		    8080);
		t->s.us += 8000;
	}
	expect(t, CHECK_ATK_2, 0);
	attacking_free(t);
}

static void
test_floods_of_datagrams_and_of_icmp_are_told(void **state)
{
	struct attacking *t = town();

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		attacking_ask(t, spoofed(i), "10.3.0.80",
		    (uint16_t)(1000 + i * 7), 400, 0);
	expect(t, CHECK_ATK_2, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_FLOOD_DATAGRAMS);
	assert_true(is(&t->notes[0].whom, "10.3.0.80"));
	attacking_free(t);
	t = town();
	for (unsigned i = 0; i < 9000; i++)
		attacking_ping(t, "10.3.5.5", "10.2.0.80", i % 2 == 0);
	expect(t, CHECK_ATK_2, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_FLOOD_ICMP);
	assert_true(is(&t->notes[0].who, "10.3.5.5"));
	attacking_free(t);
}

static void
test_one_stream_of_datagrams_is_a_flood_where_it_is_unusual(void **state)
{
	(void)state;
	for (int usual = 0; usual < 2; usual++) {
		struct attacking *t = town();

		/* A quarter of an hour, of nothing or of such. */
		if (!usual)
			attacking_wait(t, 15 * CLOCK_MINUTE);
		for (unsigned i = 0; i < 90 * 9000u && usual; i++) {
			scene_udp(&t->s, attacking_place("10.3.5.5"),
			    "10.3.5.5", 5000, "10.3.0.81", 5004, &i, sizeof(i));
			t->s.us += i % 9000 ? 0 : CLOCK_SECOND;
		}
		for (unsigned i = 0; i < 150000; i++) {
			scene_udp(&t->s, attacking_place("10.3.5.5"),
			    "10.3.5.5", 5000, "10.3.0.81", 5004, &i, sizeof(i));
			t->s.us -= i % 10 ? 950 : 0;
		}
		expect(t, CHECK_ATK_2, usual ? 0 : 1);
		attacking_free(t);
	}
}

static void
test_answers_that_nobody_asked_for_are_a_flood(void **state)
{
	struct attacking *t = town();
	static const uint8_t answer[1200];

	(void)state;
	attacking_wait(t, 2 * CLOCK_MINUTE);
	for (unsigned i = 0; i < 2500; i++)
		scene_udp(&t->s, attacking_place("198.51.100.1"), spoofed(i),
		    123, "10.3.0.80", (uint16_t)(20000 + i), answer, 468);
	expect(t, CHECK_ATK_2, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_FLOOD_ANSWERS);
	assert_true(is(&t->notes[0].whom, "10.3.0.80"));
	attacking_free(t);
	/* Where questions are never seen, none is missing. */
	t = attacking_new();
	for (unsigned i = 0; i < 2500; i++)
		scene_udp(&t->s, attacking_place("198.51.100.1"), spoofed(i),
		    53, "10.3.0.80", (uint16_t)(20000 + i), answer, 1200);
	expect(t, CHECK_ATK_2, 0);
	attacking_free(t);
}

static void
test_connections_that_say_nothing_are_a_flood(void **state)
{
	struct attacking *t = town();

	(void)state;
	attacking_wait(t, 15 * CLOCK_MINUTE);
	for (unsigned i = 0; i < 2500; i++)
		attacking_open(t, attacking_host("198.51", i % 20), "10.3.0.80",
		    443);
	expect(t, CHECK_ATK_2, 1);
	assert_int_equal(t->notes[0].word, NOTICE_ATTACK_FLOOD_CONNECTIONS);
	attacking_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_sweep_of_a_port_is_told_once_with_its_packets),
		cmocka_unit_test(
		    test_sweeps_are_told_whatever_they_are_made_of),
		cmocka_unit_test(test_a_slow_sweep_is_told_within_the_hour),
		cmocka_unit_test(
		    test_a_comb_of_services_or_of_any_ports_is_told),
		cmocka_unit_test(
		    test_a_scan_is_told_again_when_it_grew_tenfold_or_after_a_day),
		cmocka_unit_test(test_two_taps_of_one_boundary_count_once),
		cmocka_unit_test(test_who_is_answered_does_not_scan),
		cmocka_unit_test(
		    test_hosts_that_answered_before_are_merely_down),
		cmocka_unit_test(test_traceroute_and_dying_servers_are_no_scan),
		cmocka_unit_test(
		    test_datagrams_out_follow_nothing_where_no_answer_is_ever_seen),
		cmocka_unit_test(
		    test_a_declared_scanner_is_silent_in_its_zones_and_hours),
		cmocka_unit_test(
		    test_a_scan_from_the_internet_that_finds_nothing_is_information),
		cmocka_unit_test(test_counts_go_on_under_another_model),
		cmocka_unit_test(
		    test_a_flood_of_openings_from_spoofed_sources_is_told_once),
		cmocka_unit_test(test_fewer_openings_are_no_flood),
		cmocka_unit_test(
		    test_a_busy_service_that_goes_down_is_no_flood),
		cmocka_unit_test(test_floods_of_datagrams_and_of_icmp_are_told),
		cmocka_unit_test(
		    test_one_stream_of_datagrams_is_a_flood_where_it_is_unusual),
		cmocka_unit_test(
		    test_answers_that_nobody_asked_for_are_a_flood),
		cmocka_unit_test(test_connections_that_say_nothing_are_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
